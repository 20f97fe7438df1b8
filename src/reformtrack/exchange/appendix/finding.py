"""
The appendix of a plan, found in a spreadsheet: its domains and activities, and everything in it that a person has to look at.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import count

import attrs

from reformtrack.domain.wording import folded
from reformtrack.exchange.appendix.headings import Column, Headings, find_headings, unit_of
from reformtrack.exchange.appendix.lines import (
    Line,
    budget_of,
    domain_title,
    has_text,
    is_about_the_table,
    is_ending,
    is_error,
    is_numbered_domain,
    line_of,
    own_code,
    plain,
    text_of,
    unread,
)
from reformtrack.exchange.appendix.sheet_reader import cell_name
from reformtrack.exchange.appendix.sheets import Cell, Sheet
from reformtrack.language import Language


@attrs.frozen
class Problem:
    """Something in a file that a person has to look at."""

    sheet: str
    cell: str
    """As `B12`; a row alone as `12`; empty for the whole sheet."""
    what: str
    to_do: str
    is_error: bool = True
    """Whether the file is not accepted because of it; else it is only to be known."""

    @property
    def row(self) -> str:
        """The row that it is about, as `leave` names it: `Phụ lục!12`."""
        return f"{self.sheet}!{self.cell.lstrip('ABCDEFGHIJKLMNOPQRSTUVWXYZ')}"


@attrs.frozen(kw_only=True)
class AppendixDomain:
    code: str
    title: str


@attrs.frozen(kw_only=True)
class AppendixRow:
    """An activity of the appendix; its texts as they stand in the file, but for spaces around them, and in names between."""

    sheet: str
    number: int
    """Of the row, from 1."""
    columns: Mapping[Column, int] = attrs.field(hash=False)
    """The places of its table's columns, from 0. What has no column, the file says nothing of."""
    code: str
    """Its code: the file's own, or the domain's number and its place in it, as `1.04`."""
    has_own_code: bool
    domain: str
    """The code of its domain."""
    title: str
    lead: str
    deadline: str
    output: str = ""
    supporting: tuple[str, ...] = ()
    budget: int | None = None
    note: str = ""
    printed: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    """By column, the text of a cell of which something else was read: `{"budget": "1,25 tỷ đồng"}`."""

    @property
    def row(self) -> str:
        """Where it stands, as `Phụ lục!12`."""
        return f"{self.sheet}!{self.number}"

    def problem(self, column: Column, what: str, to_do: str, is_error: bool = True) -> Problem:
        """A problem of its cell in a column, or of the row where there is no such column."""
        place = self.columns.get(column)
        cell = str(self.number) if place is None else cell_name(self.number - 1, place)
        return Problem(self.sheet, cell, what, to_do, is_error)


@attrs.frozen(kw_only=True)
class Appendix:
    """What was found in a file."""

    domains: tuple[AppendixDomain, ...]
    rows: tuple[AppendixRow, ...]
    problems: tuple[Problem, ...]


def find_appendix(sheets: Sequence[Sheet], say: Language) -> Appendix:
    """
    The appendix in the sheets of a file. All problems are found at once; nothing is guessed.

    The table is found by its headings, Vietnamese or English, in any order, over one row or two. Titles above, a row
    "(1) (2) (3)", headings that are repeated, totals and notes below are left out.
    """
    finder = _Finder(say)
    for sheet in sheets:
        finder.look_at(sheet)
    if not finder.tables:
        names = ", ".join(sheet.name for sheet in sheets)
        what = say(
            "no table of activities is in it: no row has headings for the activity and its lead agency or deadline"
        )
        finder.problems.append(
            Problem(names, "", what, say("give the columns headings, as: STT, Nhiệm vụ, Chủ trì, Thời hạn"))
        )
    elif not finder.rows:
        finder.problems.append(Problem(finder.tables[0], "", say("the table has no activities"), say("check the file")))
    finder.check_codes()
    domains = tuple(AppendixDomain(code=code, title=title) for code, title in finder.domains.items())
    return Appendix(domains=domains, rows=tuple(finder.coded()), problems=tuple(finder.problems))


class _Finder:
    """Goes through the rows of the sheets from top to bottom, and remembers the domain that it is in."""

    def __init__(self, say: Language) -> None:
        self.say = say
        self.domains: dict[str, str] = {}
        self.rows: list[AppendixRow] = []
        self.problems: list[Problem] = []
        self.tables: list[str] = []
        self._codes: dict[str, str] = {}
        self._domain = ""
        self._places: Counter[str] = Counter()
        self._unit = 1
        self._is_over = False

    def look_at(self, sheet: Sheet) -> None:
        """Add what a sheet has; one without a table is left out."""
        headings = None
        number, self._unit = 0, 1
        last = max((n for n, row in enumerate(sheet.rows) if sum(map(has_text, row)) > 1), default=-1)
        while number < len(sheet.rows):
            if found := find_headings(sheet.rows, number):
                self._begin(sheet, found)
                headings, number = found, number + found.height
                continue
            if headings:
                self._take(line_of(sheet, number, headings), is_below=number > last)
            else:
                self._look_for_unit(sheet.rows[number])
            number += 1

    def _begin(self, sheet: Sheet, found: Headings) -> None:
        self._is_over = False
        if sheet.name not in self.tables:
            self.tables.append(sheet.name)
            for row, column, text in found.others:
                what = self.say("the column {heading} is not known", heading=f"“{text}”")
                self._know(sheet, cell_name(row, column), what)

    def _know(self, sheet: Sheet, cell: str, what: str) -> None:
        """Note what is left out of the import, and is no error."""
        self.problems.append(Problem(sheet.name, cell, what, self.say("it is not imported"), is_error=False))

    def _look_for_unit(self, row: Sequence[Cell]) -> None:
        """The unit of the budgets, where it stands above the table: `ĐVT: triệu đồng`."""
        for text in map(text_of, row):
            if re.search(r"\b(?:dvt|don vi tinh|unit)\b", folded(text[:100])):
                self._unit = unit_of(text[:100]) or self._unit

    def _take(self, line: Line, is_below: bool) -> None:
        if line.is_empty:
            return
        # The order counts: what ends the table stands below it, and looks like a row of it.
        if is_ending(line) or (is_below and is_about_the_table(line)):
            self._is_over = True
        if self._is_over or is_about_the_table(line):
            return
        if is_below and not is_numbered_domain(line):
            place = next(place for place, text in enumerate(line.texts) if text)
            what = self.say("the text {text} below the table is no activity", text=f"“{line.filled[0][:80]}”")
            self._know(line.sheet, cell_name(line.number, place), what)
            return
        self._check_cells(line)
        if title := domain_title(line):
            self._enter(title)
        elif line.get.get("title") or line.get.get("lead") or line.get.get("deadline"):
            self._add(line)

    def _enter(self, title: str) -> None:
        self._domain = self._codes.setdefault(folded(title), str(len(self._codes) + 1))
        self.domains.setdefault(self._domain, title)

    def _add(self, line: Line) -> None:
        get = line.get
        if get.get("domain"):
            self._enter(get["domain"])
        if not self._domain:
            self._enter(self.say("General"))
        self._places[self._domain] += 1
        code = own_code(line, self._places[self._domain])
        row = AppendixRow(
            sheet=line.sheet.name,
            number=line.number + 1,
            columns=line.headings.columns,
            code=code,
            has_own_code=bool(code),
            domain=self._domain,
            title=get.get("title", ""),
            lead=plain(get.get("lead", "")),
            deadline=get.get("deadline", ""),
            output=get.get("output", ""),
            supporting=tuple(part for text in get.get("supporting", "").split(";") if (part := plain(text))),
            budget=budget_of(line, self._unit),
            note=get.get("note", ""),
        )
        self.rows.append(attrs.evolve(row, printed=dict(_printed(row, line))))
        self.problems += self._missing(row, line)

    def _missing(self, row: AppendixRow, line: Line) -> Iterator[Problem]:
        """What an activity has to have and has not, and a budget that could not be read."""
        say, to_do = self.say, self.say("fill the cell in, or leave the row out")
        if not row.title:
            yield row.problem("title", say("the activity has no title"), to_do)
        elif line.is_merged("title"):
            what = say("the activity has no title of its own: its cell is merged with the one above")
            yield row.problem("title", what, to_do)
        if not row.lead:
            yield row.problem("lead", say("the activity has no lead agency"), to_do)
        if not row.deadline:
            yield row.problem("deadline", say("the activity has no deadline"), to_do)
        text = line.get.get("budget", "")
        if row.budget is None and text not in ("", "-", "–") and not is_error(text):
            what = say("the budget {text} is no amount in đồng", text=f"“{text[:80]}”")
            yield row.problem("budget", what, say("it is not imported"), is_error=False)

    def _check_cells(self, line: Line) -> None:
        for place in line.headings.columns.values():
            if (found := unread(line.sheet, line.number, place, self.say)) is not None:
                is_error = not isinstance(line.sheet.rows[line.number][place], bool)
                self.problems.append(Problem(line.sheet.name, cell_name(line.number, place), *found, is_error=is_error))

    def check_codes(self) -> None:
        """Each code of the file's own stands once."""
        first: dict[str, AppendixRow] = {}
        for row in self.rows:
            other = first.setdefault(row.code, row) if row.has_own_code else row
            if other is not row:
                what = self.say("the code {code} stands in row {row} too", code=row.code, row=other.row)
                self.problems.append(row.problem("code", what, self.say("give each activity a code of its own")))

    def coded(self) -> Iterator[AppendixRow]:
        """The rows, those without a code given one: the domain's number and the first place in it that is free."""
        used = {row.code for row in self.rows}
        places: dict[str, Iterator[int]] = {}
        for row in self.rows:
            numbers = places.setdefault(row.domain, count(1))
            code = row.code or next(code for n in numbers if (code := f"{row.domain}.{n:02}") not in used)
            yield attrs.evolve(row, code=code)


def _printed(row: AppendixRow, line: Line) -> Iterator[tuple[str, str]]:
    """The texts of cells of which another form is kept, or none."""
    budget, supporting = line.get.get("budget", ""), line.get.get("supporting", "")
    if budget not in ("", "-", "–", str(row.budget)):
        yield "budget", budget
    if supporting != "; ".join(row.supporting):
        yield "supporting", supporting
