"""
How sheets look: a title, a line with the basis, headings, rows of several kinds; printed on A4 in letters of 8 points or more.
"""

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Literal

import attrs

from reformtrack.extras import extra
from reformtrack.language import Language

with extra("exchange"):
    import xlsxwriter
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Value = str | int | Fraction | date | None
Kind = Literal["line", "total", "part", "late", "left"]
"""The kinds of rows: a line; the total; a part of it, as a domain; a task that is overdue; one that has left the plan."""

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""The options of every workbook: no text becomes a formula, a link or a number."""

_POINTS = 12
_HEAD = 3
"""The row of the headings, from 0."""

_KINDS: dict[Kind, dict[str, Any]] = {
    "line": {},
    "total": {"bold": True, "bg_color": "#d9e4e6"},
    "part": {"bold": True, "bg_color": "#f3f5f7"},
    "late": {"bg_color": "#fbe9e2"},
    "left": {"italic": True, "font_color": "#4a5968"},
}


@attrs.frozen(kw_only=True)
class Sheet:
    """What stands in a sheet."""

    name: str
    title: str
    note: str
    """Of which day, by which rule, and the plan's own notice."""
    head: Sequence[tuple[str, int]]
    """The heading of each column, and its width in letters: 216 together are printed in 8 points."""
    rows: Sequence[Sequence[Value]]
    kinds: Sequence[Kind] = ()
    """The kind of each row; all are lines unless given."""
    frozen: int = 1
    """How many columns stay in sight, and are printed on each page."""

    def write(self, book: xlsxwriter.Workbook, say: Language) -> Worksheet:
        """Add it to a workbook."""
        sheet, formats = book.add_worksheet(self.name), _Formats(book, say)
        widths, last = [width for _, width in self.head], len(self.head) - 1
        for row, (text, style) in enumerate(((self.title, formats.title), (self.note, formats.note))):
            width, line = (int(sum(widths) / 1.2), 19) if row == 0 else (sum(widths), 16)
            sheet.set_row(row, row_height([text], [width], line))
            if last:
                sheet.merge_range(row, 0, row, last, "", style)
            sheet.write_string(row, 0, text, style)
        sheet.set_row(_HEAD, row_height([text for text, _ in self.head], widths))
        for column, (text, width) in enumerate(self.head):
            sheet.set_column(column, column, width)
            sheet.write_string(_HEAD, column, text, formats.head)
        for place, row_ in enumerate(self.rows):
            number = _HEAD + 1 + place
            sheet.set_row(number, row_height(["" if value is None else str(value) for value in row_], widths))
            for column, value in enumerate(row_):
                style = formats.of(value, self.kinds[place] if self.kinds else "line")
                write_cell(sheet, number, column, value, style)
        end = _HEAD + len(self.rows)
        sheet.freeze_panes(_HEAD + 1, self.frozen)
        sheet.autofilter(_HEAD, 0, end, last)
        sheet.print_area(0, 0, end, last)
        sheet.repeat_rows(_HEAD)
        print_on_pages(sheet, 0.4, 0.5)
        return sheet


def print_on_pages(sheet: Worksheet, side: float, top: float) -> None:
    """Print all columns on one page of A4, and number the pages; margins are in inches, a tenth more at the bottom."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=side, right=side, top=top, bottom=round(top + 0.1, 1))
    sheet.set_footer("&C&P / &N")
    sheet.fit_to_pages(1, 0)


def row_height(texts: Sequence[str], widths: Sequence[int], line: float = 16.0) -> float:
    """
    The height of a row, in points, in which texts of 12 points fit columns of some widths: not every program sets it by itself.

    Args:
        line: the height of a line.

    >>> row_height(["Rà soát", "x" * 50], [20, 20])
    50.0
    """
    lines = max(
        (
            sum(max(1, -(-len(line) // max(1, width - 1))) for line in text.split("\n"))
            for text, width in zip(texts, widths, strict=False)
        ),
        default=1,
    )
    return min(400.0, 2 + line * lines)


class _Formats:
    """How cells look: numbers with a thousands mark, days as dd/mm/yyyy; a spreadsheet shows its own locale's marks."""

    def __init__(self, book: xlsxwriter.Workbook, say: Language) -> None:
        font = {"font_name": "Times New Roman", "font_size": _POINTS}
        cell = {**font, "border": 1, "valign": "top", "text_wrap": True}
        above = {**font, "valign": "top", "text_wrap": True}
        add: Callable[[dict[str, Any]], Format] = book.add_format
        day = "dd/mm/yyyy" if say.lang == "vi" else "yyyy-mm-dd"
        forms: dict[type, dict[str, Any]] = {
            str: {},
            int: {"num_format": "#,##0"},
            Fraction: {"num_format": "0.0%"},
            date: {"num_format": day, "align": "center"},
        }
        self.title = add({**above, "bold": True, "font_size": 14})
        self.note = add({**above, "italic": True})
        self.head = add({**cell, "bold": True, "align": "center", "valign": "vcenter", "bg_color": "#d9dee3"})
        self._cells = {
            (kind, type_): add({**cell, **form, **style})
            for kind, style in _KINDS.items()
            for type_, form in forms.items()
        }

    def of(self, value: Value, kind: Kind) -> Format:
        """That of a cell of a row."""
        return self._cells[kind, next((type_ for type_ in (int, Fraction, date) if isinstance(value, type_)), str)]


def write_cell(sheet: Worksheet, row: int, column: int, value: Value | bool | float, style: Format) -> None:
    """Write a cell as what it is: a text is never taken for a formula or an address."""
    match value:
        case None:
            sheet.write_blank(row, column, None, style)
        case bool():
            sheet.write_boolean(row, column, value, style)
        case int() | float():
            sheet.write_number(row, column, value, style)
        case Fraction():
            sheet.write_number(row, column, float(value), style)
        case date():
            sheet.write_datetime(row, column, value, style)
        case str():
            sheet.write_string(row, column, value, style)
