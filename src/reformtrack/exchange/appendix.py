"""
The appendix of a plan, found in a spreadsheet: its domains and activities, and everything in it that a person has to look at.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

import attrs

from reformtrack.domain.wording import day, folded
from reformtrack.exchange.sheets import Cell, Sheet
from reformtrack.language import Language

Column = Literal["code", "title", "output", "lead", "supporting", "deadline", "budget", "note", "domain"]

_WORDS: Sequence[tuple[Column, tuple[str, ...]]] = (
    ("supporting", ("phoi hop", "supporting")),
    ("lead", ("chu tri", "lead", "co quan thuc hien", "don vi thuc hien", "phan cong")),
    ("deadline", ("thoi gian", "thoi han", "han hoan thanh", "tien do", "deadline", "due")),
    ("budget", ("kinh phi", "budget")),
    ("note", ("ghi chu", "note", "remark")),
    ("output", ("san pham", "ket qua", "output", "result")),
    ("domain", ("linh vuc", "domain")),
    ("title", ("nhiem vu", "hoat dong", "noi dung", "cong viec", "activity", "task")),
    ("code", ("stt", "so tt", "tt", "ma", "ma so", "ma nhiem vu", "code", "no.", "no", "#")),
)
"""What each heading has in it, in the order in which they are tried."""
_LONGEST_HEADING = 60
_ROMAN = re.compile(r"[IVXLC]+\.?")
_CODE = re.compile(r"[0-9A-Za-z]+(?:[._-][0-9A-Za-z]+)+")
_FORMULA_ROW = re.compile(r"\(?\d{1,2}\)?(\s*=.*)?")
_TOTALS = ("tong", "cong", "total", "sum")
_BEGINNINGS = ("tong cong", "tong so", "ghi chu", "luu y", "nguon:", "noi nhan", "note:", "source:", "grand total")
_ERRORS = ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!")


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
    """A domain of the appendix."""

    code: str
    title: str


@attrs.frozen(kw_only=True)
class AppendixRow:
    """An activity of the appendix; its texts as they stand in the file, but for spaces around them."""

    row: str
    """Where it stands, as `Phụ lục!12`."""
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
    return Appendix(domains=domains, rows=tuple(finder.rows), problems=tuple(finder.problems))


class _Finder:
    """Goes through the rows of the sheets from top to bottom, and remembers the domain that it is in."""

    def __init__(self, say: Language) -> None:
        self.say = say
        self.domains: dict[str, str] = {}
        self.rows: list[AppendixRow] = []
        self.problems: list[Problem] = []
        self.tables: list[str] = []
        self._domain = ""
        self._inside = 0

    def look_at(self, sheet: Sheet) -> None:
        """Add what a sheet has; one without a table is left out."""
        columns: Mapping[Column, int] = {}
        number = 0
        while number < len(sheet.rows):
            found, height = _headings(sheet.rows, number)
            if found:
                columns, number = found, number + height
                if sheet.name not in self.tables:
                    self.tables.append(sheet.name)
                continue
            if columns:
                self._take(sheet, number, columns)
            number += 1

    def _take(self, sheet: Sheet, number: int, columns: Mapping[Column, int]) -> None:
        row = sheet.rows[number]
        texts = [_text(cell) for cell in row]
        if not any(texts) or all(_FORMULA_ROW.fullmatch(text) for text in texts if text):
            return
        get = {name: texts[place] if place < len(texts) else "" for name, place in columns.items()}
        own = {name: text for name, text in get.items() if (number, columns[name]) not in sheet.merged_down}
        if not any(own.values()) or _is_about_the_table(own, get):
            return
        self._check_cells(sheet, number, columns, get)
        if title := _domain_title(get, texts):
            self._enter(title)
        elif get.get("title") or get.get("lead") or get.get("deadline"):
            self._add(sheet, number, columns, get)

    def _enter(self, title: str, code: str = "") -> None:
        known = next((known for known, text in self.domains.items() if folded(text) == folded(title)), "")
        self._domain = known or code or str(len(self.domains) + 1)
        self._inside = sum(row.domain == self._domain for row in self.rows)
        self.domains.setdefault(self._domain, title)

    def _add(self, sheet: Sheet, number: int, columns: Mapping[Column, int], get: Mapping[Column, str]) -> None:
        say = self.say
        if get.get("domain"):
            self._enter(get["domain"])
        if not self._domain:
            self._enter(say("General"))
        self._inside += 1
        for name, what in (
            ("title", say("the activity has no title")),
            ("lead", say("the activity has no lead agency")),
            ("deadline", say("the activity has no deadline")),
        ):
            if not get.get(name):  # type: ignore[call-overload]
                place = columns.get(name)  # type: ignore[call-overload]
                cell = str(number + 1) if place is None else _name(number, place)
                self.problems.append(Problem(sheet.name, cell, what, say("fill the cell in, or leave the row out")))
        written = get.get("code", "").rstrip(".")
        own = bool(_CODE.fullmatch(written))
        self.rows.append(
            AppendixRow(
                row=f"{sheet.name}!{number + 1}",
                code=written if own else f"{self._domain}.{self._inside:02}",
                has_own_code=own,
                domain=self._domain,
                title=get.get("title", ""),
                lead=get.get("lead", ""),
                deadline=get.get("deadline", ""),
                output=get.get("output", ""),
                supporting=tuple(part for text in get.get("supporting", "").split(";") if (part := text.strip())),
                budget=self._budget(sheet, number, columns, get.get("budget", "")),
                note=get.get("note", ""),
            )
        )

    def _budget(self, sheet: Sheet, number: int, columns: Mapping[Column, int], text: str) -> int | None:
        """A budget in đồng: digits, with marks of thousands. Other words are a problem to know, and stay in the file."""
        digits = re.sub(r"[.,\s]|đồng|VND", "", text)
        if digits.isdecimal():
            return int(digits)
        if text and text not in ("-", "–", "0"):
            what = self.say("the budget {text} is no amount in đồng", text=f"“{text}”")
            cell = _name(number, columns["budget"])
            self.problems.append(Problem(sheet.name, cell, what, self.say("it is not imported"), is_error=False))
        return None

    def _check_cells(self, sheet: Sheet, number: int, columns: Mapping[Column, int], get: Mapping[Column, str]) -> None:
        for column, place in columns.items():
            cell = _name(number, place)
            if get[column] in _ERRORS or cell in sheet.empty_formulas:
                what = self.say("the cell has a formula without a value")
                self.problems.append(Problem(sheet.name, cell, what, self.say("paste its value as a value")))

    def check_codes(self) -> None:
        """Each code stands once."""
        first: dict[str, AppendixRow] = {}
        for row in self.rows:
            other = first.setdefault(row.code, row)
            if other is not row:
                sheet, _, number = row.row.rpartition("!")
                what = self.say("the code {code} stands in row {row} too", code=row.code, row=other.row)
                self.problems.append(Problem(sheet, number, what, self.say("give each activity a code of its own")))


def _headings(rows: Sequence[Sequence[Cell]], number: int) -> tuple[Mapping[Column, int], int]:
    """The columns that headings in a row, or in it and the next, name, and how many rows that takes; none if there are none."""
    above = _named(rows[number])
    if "title" not in above:
        return {}, 0
    below = _named(rows[number + 1]) if number + 1 < len(rows) else {}
    under: dict[Column, int] = {
        name: place for name, place in below.items() if name in ("lead", "supporting", "deadline")
    }
    both: dict[Column, int] = above | under if under and "title" not in below else above
    if "lead" in both or "deadline" in both:
        return both, 1 if both is above else 2
    return {}, 0


def _named(row: Sequence[Cell]) -> dict[Column, int]:
    found: dict[Column, int] = {}
    for place, cell in enumerate(row):
        text = folded(cell.replace("_", " ")) if isinstance(cell, str) and len(cell) <= _LONGEST_HEADING else ""
        kind = next((kind for kind, words in _WORDS if _is_heading(text, kind, words)), None)
        if kind is not None and kind not in found:
            found[kind] = place
    return found


def _is_heading(text: str, kind: Column, words: Sequence[str]) -> bool:
    if kind == "code":
        return text in words
    return any(re.search(rf"\b{re.escape(word)}\b", text) for word in words)


def _is_about_the_table(own: Mapping[Column, str], get: Mapping[Column, str]) -> bool:
    """A total, a note or a signature: a text that begins like one, in a row without lead and deadline."""
    if get.get("lead") or get.get("deadline"):
        return False
    words = [folded(text).strip(" *():.-") for text in (own.get("title", ""), own.get("code", "")) if text]
    return any(text in _TOTALS or text.startswith(_BEGINNINGS) for text in words)


def _domain_title(get: Mapping[Column, str], texts: Sequence[str]) -> str:
    """The title of a domain, where a row is one: text without lead and deadline, numbered in Roman or in capitals."""
    if get.get("lead") or get.get("deadline") or get.get("output"):
        return ""
    filled = [text for text in texts if text]
    if len(filled) > 2:
        return ""
    title = get.get("title") or max(filled, key=len)
    number = next((text.rstrip(".") for text in filled if text != title), "")
    joined = re.match(r"([IVXLC]+)[.\s–-]+(.+)", title)
    if joined and not number:
        number, title = joined[1], joined[2]
    titled = re.match(r"(?i:lĩnh vực|domain)\s*\w*\s*[:.–-]\s*(.+)", title)
    if titled:
        return titled[1].strip()
    is_domain = bool(_ROMAN.fullmatch(number)) or re.fullmatch(r"[A-Z]", number) or title.isupper()
    return title.strip() if is_domain else ""


def _text(cell: Cell) -> str:
    """A cell as it reads: days as dd/mm/yyyy, whole numbers without decimals."""
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, date):
        return day(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = unicodedata.normalize("NFC", str(cell))
    return re.sub(r"[ \t\u00a0]+", " ", text).strip()


def _name(row: int, column: int) -> str:
    """The name of a cell, from its places from 0: `B12`."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def problems_of(appendix: Appendix, leave: Sequence[str]) -> Iterator[Problem]:
    """The problems that are left when some rows are left out."""
    return (problem for problem in appendix.problems if problem.row not in leave)
