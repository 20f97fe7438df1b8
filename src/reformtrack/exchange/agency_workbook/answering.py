"""Answers a workbook that came back: a copy of it, with a remark beside each row."""

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping
from datetime import date
from io import BytesIO
from itertools import count, takewhile
from os import PathLike
from typing import Any

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import SheetFileError
from reformtrack.domain.said import said as sentence
from reformtrack.domain.wording import Lang, day
from reformtrack.exchange.agency_workbook.form import (
    DAYS,
    GIVEN,
    SIGNS,
    Head,
    Place,
    columns,
    empty_formulas,
    head_of,
    mark_of,
)
from reformtrack.exchange.agency_workbook.returning import Returned, Taken
from reformtrack.exchange.agency_workbook.sending import FONT, formats_of, set_up
from reformtrack.exchange.appendix.finding import Problem
from reformtrack.exchange.appendix.lines import text_of
from reformtrack.exchange.appendix.sheet_reader.cells import MAX_TEXT, cell_name
from reformtrack.exchange.appendix.sheets import Cell, Percent, Sheet, content_of, sheets_in
from reformtrack.exchange.report.sheet import OPTIONS, print_on_pages, row_height, write_cell
from reformtrack.exchange.words import happened
from reformtrack.extras import extra
from reformtrack.language import Language

with extra("exchange"):
    import xlsxwriter
    from xlsxwriter.utility import xl_cell_to_rowcol

_WIDTH, _OTHER = 44, 20
"""Of the column of remarks, and of those that the form does not have."""

_MOST = 300_000
"""How many cells that are filled a workbook may have to be answered."""


@checks_arguments
def answer_agency_workbook(path: str | PathLike[str], found: Returned, lang: Lang = "vi") -> bytes:
    """
    The answer to a workbook that came back: an .xlsx copy with a remark in each row that was filled in, beside its cells.

    Cells that have to be put right are red. It is filled in and sent back as the workbook itself is: remarks are not read.

    Args:
        path: the workbook that came back.
        found: what `import_agency_workbook` made of it.
        lang: the language of the remarks; that of the problems is the one in which it was imported.

    Raises:
        SheetFileError: as `import_agency_workbook`; or it has more than 300,000 cells.
    """
    saved, say, names = BytesIO(), Language(lang), set[str]()
    problems: dict[str, dict[int, list[tuple[int, Problem]]]] = defaultdict(lambda: defaultdict(list))
    for problem in found.problems:
        row, column = xl_cell_to_rowcol(problem.cell)
        problems[problem.sheet][row].append((column, problem))
    sheets = sheets_in(content_of(path), path)
    if (count := sum(cell is not None for sheet in sheets for row in sheet.rows for cell in row)) > _MOST:
        what = sentence("it has {count} cells, more than are answered", count=count)
        raise SheetFileError(path, what, sentence("a file with {most} cells at most", most=_MOST))
    with xlsxwriter.Workbook(saved, OPTIONS | FONT) as book:
        formats = formats_of(book)
        for sheet in sheets:
            head = head_of(path, sheet) if mark_of(sheet) else None
            taken = {one.number - 1: one for one in found.taken if one.sheet == sheet.name}
            page = book.add_worksheet(_name(sheet.name, names))
            _Copy(sheet, head, problems[sheet.name], taken, say).write(page, formats)
    return saved.getvalue()


def _name(name: str, names: set[str]) -> str:
    """A name that Excel accepts, whatever the sheet's own is in another format, and that no sheet has yet."""
    bare = tried = re.sub(r"[\[\]:*?/\\]", " ", name).strip("' ")[:31].rstrip("' ") or "1"
    numbers = count(2)
    while tried.casefold() in names:
        tried = f"{bare[:27].rstrip()} {next(numbers)}"
    names.add(tried.casefold())
    return tried


class _Copy:
    """A copy of a sheet, with its remarks left of the cells that were filled in."""

    def __init__(
        self,
        sheet: Sheet,
        head: Head | None,
        problems: Mapping[int, list[tuple[int, Problem]]],
        taken: Mapping[int, Taken],
        say: Language,
    ) -> None:
        self._sheet, self._head, self._problems, self._taken, self._say = sheet, head, problems, taken, say
        self._old = head.answer if head else -1
        # Remarks of before are left out, the new ones take their place.
        new = head.places[Place.UPDATE] if head else max(map(len, sheet.rows), default=0)
        self._at = self._old if self._old >= 0 else new
        self._places = {column: place for place, column in head.places.items()} if head else {}
        self._columns = columns(head.say) if head else []

    def write(self, page: Any, formats: Mapping[str, Any]) -> None:
        head, rows = self._head, self._sheet.rows
        formulas = empty_formulas(self._sheet)
        last = max([len(rows) - 1, *self._problems, *formulas])
        page.set_column(0, self._to(max(map(len, rows), default=0)), _OTHER)
        if head:
            set_up(page, head.row, last, [self._to(column) for column in head.places.values()], head.say)
            page.write_string(head.row, self._at, head.say("Reply"), formats["head"])
        print_on_pages(page, 0.3, 0.4)
        page.set_column(self._at, self._at, _WIDTH)
        merged_down = self._merge(page)
        for row in range(last + 1):
            cells = rows[row] if row < len(rows) else ()
            wrong = {column for column, problem in self._problems.get(row, ()) if problem.is_error}
            is_of_table = (
                head is not None and row > head.row and bool(text_of(self._sheet.cell(row, head.places[Place.ID])))
            )
            empty = formulas.get(row, set())
            for column in sorted({*range(len(cells)), *wrong, *empty} - {self._old}):
                cell = None if (row, column) in merged_down else self._sheet.cell(row, column)
                cell = _sent_back(cell, is_formula=column in empty)
                if is_of_table or column in wrong or cell is not None:
                    style = formats[self._style(row, column, cell, is_of_table, column in wrong)]
                    write_cell(page, row, self._to(column), cell, style)
            summary = [self._summary()] if head and row == head.row - 1 else []
            remarks = (*self._own(row, empty), *summary, *self._remarks(row, is_of_table))
            remark = "\n".join(filter(None, remarks))[:MAX_TEXT]
            if head and row == head.row:
                if remark:  # a later answer finds its column by the heading
                    page.write_comment(row, self._at, remark, {"x_scale": 3, "y_scale": 2})
            elif is_of_table or remark:
                style = "done" if row in self._taken else "not done" if is_of_table or wrong else "caption"
                write_cell(page, row, self._at, remark or None, formats[style])
            if is_of_table or (remark and not (head and row == head.row)):
                own = [column for column in self._places if is_of_table and column]
                texts = [remark, *(text_of(self._sheet.cell(row, column)) for column in own)]
                widths = [_WIDTH, *(self._columns[self._places[column]][1] for column in own)]
                page.set_row(row, row_height(texts, widths))

    def _merge(self, page: Any) -> set[tuple[int, int]]:
        """Merge what is merged in the sheet; the cells that stay empty, since the first of their area has the text."""
        merged_down = set(self._sheet.merged_down)
        for (top, left), (bottom, right) in self._sheet.merged:
            if not self._to(left) <= self._at <= self._to(right) and (top, left) != (bottom, right):
                page.merge_range(top, self._to(left), bottom, self._to(right), "", None)
            else:  # the column of remarks comes between, so that each cell says again what it says
                merged_down -= {(row, at) for row, at in merged_down if top <= row <= bottom and left <= at <= right}
        return merged_down

    def _to(self, column: int) -> int:
        """The column of the copy that a column of the sheet stands in."""
        return column + (self._old < 0 and column >= self._at)

    def _style(self, row: int, column: int, cell: object, is_of_table: bool, is_wrong: bool) -> str:
        """How a cell looks."""
        place = self._places.get(column)
        if not is_of_table and not isinstance(cell, date):
            name = "head" if self._head and row == self._head.row else "title" if row == 0 else "caption"
            return f"wrong {name}".replace("title", "caption") if is_wrong else name
        # A number that is no day as it was filled in would read as one of 1900.
        is_day = isinstance(cell, date) or (place in DAYS and not isinstance(cell, int | float))
        name = "given" if place in GIVEN else "text"
        name = ("given day" if place in GIVEN else "days") if is_day else name
        return f"wrong {name}" if is_wrong else name

    def _own(self, row: int, empty: Container[int]) -> Iterator[str]:
        """The lines that the agency typed into the column of remarks; they stay above the new remark."""
        if self._old >= 0 and not (self._head and row == self._head.row):
            cell = _sent_back(self._sheet.cell(row, self._old), is_formula=self._old in empty)
            lines = text_of(cell).splitlines()
            yield from takewhile(lambda line: line[:1] not in SIGNS, filter(str.strip, lines))

    def _remarks(self, row: int, is_of_table: bool) -> Iterator[str]:
        """What is said of a row: that it is on record, or of each cell what is wrong and what to do."""
        say = self._say
        if taken := self._taken.get(row):
            events = "; ".join(f"{happened(event, say)} ({day(event.on, say.lang)})" for event in taken.events)
            told = say("recorded: {events}", events=events)
            yield "✓ " + (told if taken.is_new else say("on record already: {events}", events=events))
        for column, problem in sorted(self._problems.get(row, ()), key=lambda one: one[0]):
            place = self._places.get(column) if is_of_table else None
            where = self._columns[place][0] if place else cell_name(row, self._to(column))
            yield f"{'✗' if problem.is_error else '•'} {where}: {problem.what} → {problem.to_do}"

    def _summary(self) -> str:
        """How much of the sheet is on record, and how much is to be put right."""
        wrong = sum(problem.is_error for problems in self._problems.values() for _, problem in problems)
        done = self._say.plural("✓ {count} row is on record.", "✓ {count} rows are on record.", len(self._taken))
        what = self._say.plural(
            "✗ {count} cell is to be put right (red): correct it and send this file back.",
            "✗ {count} cells are to be put right (red): correct them and send this file back.",
            wrong,
        )
        return f"{done} {what}" if wrong else done


def _sent_back(cell: Cell, *, is_formula: bool) -> Cell:
    """A cell as it is sent back, so that it is read the same again; `is_formula` says that it is one without a value."""
    if cell is None and is_formula:
        return "#N/A"
    return text_of(cell) if isinstance(cell, Percent) else cell
