"""
A row of an appendix's table, and what it says: a domain, a code, a budget, or nothing of an activity.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from math import isfinite

import attrs

from reformtrack.domain.wording import day, folded
from reformtrack.exchange.appendix.headings import Column, Headings, unit_of
from reformtrack.exchange.appendix.sheet_reader import cell_name
from reformtrack.exchange.appendix.sheets import Cell, Sheet
from reformtrack.language import Language

_ROMAN = re.compile(r"[IVXLC]+")
_JOINED = re.compile(r"([IVXLC]+)[.\s–-]+(.+)", re.DOTALL)
_NAMED = re.compile(r"(?:lĩnh vực|domain)\s*(?:\w+\s*)?[:.–-]\s*(.+)", re.DOTALL | re.IGNORECASE)
_CODE = re.compile(r"[0-9A-Za-z]+(?:[._-][0-9A-Za-z]+)*")
_FORMULA_ROW = re.compile(r"\(?\d{1,2}\)?(\s*=.*)?")
_TOTALS = ("tong", "cong", "total", "sum")
_BEGINNINGS = ("tong cong", "tong so", "ghi chu", "luu y", "nguon:", "note:", "source:", "grand total")
_ENDING = re.compile(r"n[ơo]i nh[ậa]n\b|ng[ưu][ờo]i l[ậa]p\b|(?:tm|kt)\. ", re.IGNORECASE)
"""What a signature begins with: the table is over."""
_ERROR = re.compile(
    r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!|PYTHON!|GETTING_DATA)"
    r"|Err:\d{3}"
)
"""What Excel and LibreOffice write where a formula has no value."""
_AMOUNT = re.compile(
    r"(?P<whole>\d{1,3}(?:\.\d{3})+|\d+)(?:,(?P<part>\d+))?|(?P<english>\d{1,3}(?:,\d{3}){2,}|\d+\.\d+)"
)
_FIRST: Sequence[Column] = ("title", "code")


@attrs.frozen
class Line:
    """A row of a table: its cells by column, as texts."""

    sheet: Sheet
    number: int
    """From 0."""
    headings: Headings
    get: Mapping[Column, str]
    """The text of each column that the table has."""
    texts: Sequence[str]
    """Of all cells."""

    @property
    def filled(self) -> list[str]:
        """The texts of its cells that are not empty."""
        return [text for text in self.texts if text]

    @property
    def is_empty(self) -> bool:
        """Whether it has no text, or only the numbers of the columns, as "(1) (2) (3)", or none of its own."""
        if not self.filled or all(_FORMULA_ROW.fullmatch(text) for text in self.filled):
            return True
        return not any(text for name, text in self.get.items() if not self.is_merged(name))

    def is_merged(self, column: Column) -> bool:
        """Whether the cell is merged with the one above it."""
        return (self.number, self.headings.columns.get(column, -1)) in self.sheet.merged_down

    def cell(self, column: Column) -> Cell:
        """What stands in a column; None where there is none."""
        place = self.headings.columns.get(column, len(self.texts))
        return self.sheet.rows[self.number][place] if place < len(self.texts) else None


def line_of(sheet: Sheet, number: int, headings: Headings) -> Line:
    """A row of a sheet under its headings."""
    texts = [text_of(cell) for cell in sheet.rows[number]]
    get = {name: texts[place] if place < len(texts) else "" for name, place in headings.columns.items()}
    return Line(sheet, number, headings, get, texts)


def is_about_the_table(line: Line) -> bool:
    """A total or a note: a text of its own that begins like one, in a row without lead and deadline."""
    if line.get.get("lead") or line.get.get("deadline"):
        return False
    own = [line.get.get(name, "") for name in _FIRST if not line.is_merged(name)]
    words = [folded(text[:60]).strip(" *():.-") for text in own if text]
    return any(text in _TOTALS or text.startswith(_BEGINNINGS) for text in words)


def is_ending(line: Line) -> bool:
    """Whether signatures begin here: the table is over."""
    return any(_ENDING.match(text) for text in line.filled)


def is_numbered_domain(line: Line) -> bool:
    """Whether a row with one cell is a domain by its number and not by its capitals, which a signature has too."""
    text = line.filled[0]
    return bool(_JOINED.fullmatch(text) or _NAMED.fullmatch(text)) and not line.get.get("deadline")


def domain_title(line: Line) -> str:
    """The title of a domain, where a row is one: text without lead and deadline, numbered in Roman or in capitals."""
    get = line.get
    if get.get("lead") or get.get("deadline") or get.get("output") or len(line.filled) > 2:
        return ""
    # The number may stand in a cell of its own, or before the title in the same one.
    title = get.get("title") or max(line.filled, key=len)
    number = next((text.rstrip(".") for text in line.filled if text != title), "")
    if (joined := _JOINED.fullmatch(title)) and not number:
        number, title = joined[1], joined[2]
    if titled := _NAMED.fullmatch(title):
        return titled[1].strip()
    is_domain = bool(_ROMAN.fullmatch(number)) or re.fullmatch(r"[A-Z]", number) or title.isupper()
    return title.strip() if is_domain else ""


def own_code(line: Line, place: int) -> str:
    """
    The code that stands in a row; empty when it is a running number, or none.

    A number cell 1.1 is 1.10 where the tenth activity stands: Excel keeps no zeros at the end of a number.
    """
    cell = line.cell("code")
    if isinstance(cell, float) and isfinite(cell) and not cell.is_integer():
        tried = (f"{int(cell)}.{place}", f"{int(cell)}.{place:02}")
        return next((code for code in tried if float(code) == cell), str(cell) if _CODE.fullmatch(str(cell)) else "")
    text = line.get.get("code", "").rstrip(".")
    is_code = _CODE.fullmatch(text) and (line.headings.has_codes or not text.isalnum())
    return text if is_code else ""


def budget_of(line: Line, above: int) -> int | None:
    """
    A budget in đồng; None when none is given, or what is given is no whole number of đồng.

    The unit is that of the cell itself, else of the heading, else the one above the table.
    """
    cell, text = line.cell("budget"), line.get.get("budget", "")
    unit = unit_of(text) or line.headings.unit or above
    # A number is exact as it prints; a text has points or commas for thousands, in the Vietnamese way or the English.
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        amount = Decimal(repr(cell))
    else:
        found = _AMOUNT.fullmatch(re.sub(r"[^\d.,\s][\D]*$", "", text[:100]).strip())
        if found is None:
            return None
        english = (found["english"] or "").replace(",", "")
        amount = Decimal(english or f"{found['whole'].replace('.', '')}.{found['part'] or 0}")
    dong = amount * unit
    return int(dong) if dong.is_finite() and dong == dong.to_integral_value() and 0 <= dong <= 10**15 else None


def text_of(cell: Cell) -> str:
    """A cell as it reads: days as dd/mm/yyyy, whole numbers without decimals."""
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, date):
        return day(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return re.sub(r"[ \t\u00a0]+", " ", str(cell)).strip()


def has_text(cell: Cell) -> bool:
    """Whether a cell has anything but space."""
    return cell is not None and not isinstance(cell, bool) and bool(str(cell).strip())


def plain(text: str) -> str:
    """A text with single spaces for whatever space is in it."""
    return " ".join(text.split())


def is_error(text: str) -> bool:
    """Whether a text is the error of a formula."""
    return _ERROR.fullmatch(text) is not None


def unread(sheet: Sheet, row: int, column: int, say: Language) -> tuple[str, str] | None:
    """Why a cell, its places from 0, says nothing that can be taken, and what to do; None when it does, or is empty."""
    cell = sheet.rows[row][column] if column < len(sheet.rows[row]) else None
    if is_error(text_of(cell)) or cell_name(row, column) in sheet.empty_formulas:
        return say("the cell has a formula without a value"), say("paste its value as a value")
    if isinstance(cell, bool):
        return say("the cell has a truth value ({value}) and no text", value=str(cell).upper()), say("write a text")
    return None
