"""Tables of a sheet and their rows, sections and tasks while they are read."""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

import attrs

from reformtrack.domain.wording import folded
from reformtrack.exchange.appendix.finding import Place
from reformtrack.exchange.appendix.headings import Headings, own_texts
from reformtrack.exchange.appendix.lines import Number, is_foreign, is_unit, numbered, parted, plain, unit_of_heading
from reformtrack.exchange.appendix.sheet_reader.cells import cell_name
from reformtrack.exchange.appendix.sheets import Cell, Sheet

TOTALS = ("tong", "cong", "total", "sum")
_NOTES = ("tong cong", "tong so", "ghi chu", "luu y", "nguon:", "note:", "source:", "grand total", "chu thich")
_ENDING = re.compile(
    r"n[ơo]i nh[ậa]n\b|ng[ưu][ờo]i l[ậa]p (?:bi[ểe]u|b[ảa]ng)?\s*(?:\(|$)|(?:tm|kt|tl|tuq)\. ", re.IGNORECASE
)
"""What a signature begins with: the table is over."""
_OFFICE = re.compile(
    r"(?:Q\. ?)?(?:PHÓ )?(?:BỘ TRƯỞNG|THỨ TRƯỞNG|CHỦ TỊCH|CHỦ NHIỆM|GIÁM ĐỐC|TỔNG GIÁM ĐỐC|VỤ TRƯỞNG|CỤC TRƯỞNG|"
    r"TRƯỞNG BAN|TỔNG CỤC TRƯỞNG|CHÁNH VĂN PHÒNG|CHÁNH THANH TRA|VIỆN TRƯỞNG|HIỆU TRƯỞNG|THỦ TRƯỞNG(?: CƠ QUAN| ĐƠN VỊ)?|"
    r"TRƯỞNG PHÒNG)(?: \(.*)?|\((?:đã ký|ký tên|ký,).*",
    re.DOTALL,
)
"""The office of who signs, by itself."""
_SIGNS = re.compile(
    r"(?P<role>(?:nguoi|can bo|don vi) (?:lap|bao cao|tong hop|ky|phu trach|theo doi)"
    r"(?: (?:bieu|bang|ke hoach|bao cao|danh muc))?|(?:xac nhan|phe duyet) cua .+|\(ky\b.{0,40})|"
    r"ngay [., …]*thang [., …]*nam\b.{0,8}|"
    r"(?!truoc|sau|tu|den|cham|hoan|trong|xong|ngay|dot|lan|ky\b|giai doan|bao cao)[^:]{2,30}(?:,|(?P<place> )) ?"
    r"\bngay (?:[0-9., …]*thang [0-9., …]*nam\b.{0,8}|[0-9/.-]{6,10})|"
    r"(?P<office>ke toan(?: truong)?|thu ky|lanh dao(?: (?:phong|don vi|co quan|duyet))?|kiem soat|lap (?:bang|bieu)|duyet|"
    r"(?:q ?\. ?)?(?:pho )?(?:tong )?(?:giam doc|chu tich|chu nhiem|bi thu|(?:vu|cuc|vien|hieu|thu|bo|thu) truong|"
    r"(?:truong|pho) (?:ban|phong|khoa|bo mon)|chanh (?:van phong|thanh tra))(?P<of> [^,;]{1,60})?)"
)
"""What is in a signature, without marks and capitals; an office, a role alone, a place may be of the last task."""
ISSUER = re.compile(
    r"(?:(?:uy ban nhan dan|ubnd|hoi dong nhan dan|hdnd) .{1,60}|phu luc ?[ivx0-9a-z]{0,4}|"
    r"cong hoa xa hoi chu nghia viet nam.*|ke hoach (?:cai cach hanh chinh|cchc)\b.{0,80})"
)
"""What stands at the head of a page: who issued the plan, and what it is called; without marks and capitals."""
PAGE = re.compile(r"\W*(?:trang|page)? ?[0-9]{1,3}(?:[/ ]+[0-9]{1,3})?\W*")
"""The number of a page."""
LEVELS = ("letter", "roman", "named")
"""The forms of numbers of domains; sections below them are groups."""
TITLES = (*LEVELS, "group")
"""The forms of numbers that titles have, and tasks seldom."""


@attrs.frozen(eq=False, slots=False)
class Table:
    """A table of a sheet: its headings and its rows, to where the next one begins."""

    sheet: Sheet
    headings: Headings
    end: int
    titles: tuple[int, ...]
    """The rows that stand above it."""

    @property
    def below(self) -> range:
        """The rows below its headings."""
        return range(self.headings.end, self.end)

    @property
    def above(self) -> list[str]:
        """The texts of the rows above it."""
        return [text for number in self.titles for text in own_texts(self.sheet, number).values()]

    def period_to(self, number: int, place: int) -> str:
        """The period of a mark: the last one under which it stands, where its cell is merged over several."""
        end = next((right for (_, left), (_, right) in self.sheet.merged_in(number) if left == place), place)
        return next(
            h.period for p in range(end, place - 1, -1) if (h := self.headings.all.get(p)) and h.column == "tick"
        )

    @cached_property
    def unit(self) -> int | None:
        """How many đồng one of the unit above it is; None where none is named, 0 where it is another money."""
        named = [
            text
            for text in (text[:100] for text in self.above)
            if re.search(r"\b(?:dvt|don vi tinh|unit)\b", folded(text)) or is_unit(text)
        ]
        last = named[-1] if named else ""
        return 0 if is_foreign(last) else unit_of_heading(last)


@attrs.frozen(eq=False)
class Line:
    """A row of a table: its own texts."""

    table: Table
    number: int
    """From 0."""
    own: Mapping[int, str]
    """By place; what is merged with the cell above is not the row's own."""
    get: Mapping[str, str]
    """By field, as it reads, what is merged with the cell above too."""
    custom: Mapping[str, str]
    mark: Number
    """The number that stands before it."""
    head: str
    """The title, without a number that stands in its cell; of a row that may be a section."""

    @property
    def sheet(self) -> Sheet:
        return self.table.sheet

    @property
    def headings(self) -> Headings:
        return self.table.headings

    @property
    def row(self) -> str:
        """As `leave` names it."""
        return f"{self.sheet.name}!{self.number + 1}"

    def at(self, column: str | int = "") -> Place:
        """The cell of a field, or at a place from 0; the row where it has no such column."""
        place = column if isinstance(column, int) else self.headings.columns.get(column)
        return self.sheet.name, str(self.number + 1) if place is None else cell_name(self.number, place)

    @property
    def first(self) -> Place:
        """Its first cell with text."""
        return self.at(min(self.own))

    def raw(self, column: str) -> Cell:
        """The cell of a field, as it is in the sheet."""
        place, row = self.headings.columns.get(column, -1), self.sheet.rows[self.number]
        return row[place] if 0 <= place < len(row) else None

    def is_merged(self, column: str) -> bool:
        """Whether the field's cell is merged with the one above."""
        return (self.number, self.headings.columns.get(column, -1)) in self.sheet.merged_down

    def has(self, *columns: str) -> bool:
        """Whether the row itself says something in one of some columns."""
        return any(self.get.get(column) and not self.is_merged(column) for column in columns)

    @property
    def is_whole(self) -> bool:
        """Whether the row itself has a title, a lead and a deadline."""
        return self.has("lead") and self.has("deadline") and self.has("title")

    @property
    def is_emphatic(self) -> bool:
        """Whether it is set apart as a section is: in capitals, or merged over columns."""
        if self.head.isupper() and len(self.head) > 3 and (" " in self.head or len(self.head) > 8):
            return True
        areas = self.sheet.merged_in(self.number)
        return any(top == bottom and right - left >= 2 for (top, left), (bottom, right) in areas)

    @property
    def is_bold(self) -> bool:
        """Whether its title is bold."""
        names = (cell_name(self.number, place) for place, text in self.own.items() if len(text) > 3)
        return bool(self.sheet.bold) and any(name in self.sheet.bold for name in names)


@attrs.define(eq=False)
class Section:
    """A title that activities stand under."""

    mark: Number
    title: str
    line: Line | None
    child: tuple[str, int] | None = None
    """(form, depth) of the number of the first row below it."""
    says: dict[str, str] = attrs.field(factory=dict)
    """Its own lead and deadline, by field."""


@attrs.define(eq=False)
class Item:
    """An activity, or an indicator, while its rows are read."""

    line: Line
    get: dict[str, str]
    custom: dict[str, str]
    path: tuple[Section, ...]
    budget: Cell = None


def level_of(section: Section) -> tuple[object, ...]:
    """Sections of one level follow each other; those of another stand below or above."""
    mark = section.mark
    return mark.form, mark.depth, mark.form == "none" and section.title.isupper()


def is_child(after: Number, mark: Number, dotted: bool = False) -> bool:
    """Whether a row's number is that of the first row below another: 1.1 below 1, a) below 1, 1 below a row without number."""
    if mark.form == "number":
        if after.form == "number" and after.printed.startswith(f"{mark.printed}."):
            return True
        if not mark.printed[0].isdigit() and after.printed.isdigit():
            return not dotted  # 1 below I.1, and 3 below I.2
        return not dotted and (
            after.form in ("lower", "dash") or (after.printed in ("1", "01") and after.depth == mark.depth)
        )
    if mark.form in TITLES:
        return after.form in ("number", "lower", "dash", "other")
    if mark.form == "lower":
        return after.form == "dash" or after.printed in ("1", "01")
    is_first = after.printed in ("1", "01", "a", "1.1", "1.01", "I.1")
    return after.form != "none" and (is_first or (after.form == "dash" and mark.form != "dash"))


def has_plain_titles(lines: Sequence[Line]) -> bool:
    """Whether every list of a table begins below a title that has no number, and there are several."""
    first = [n for n, line in enumerate(lines) if line.mark.printed in ("1", "01") and line.has("lead", "deadline")]
    above = [lines[n - 1] for n in first if n]

    def is_title(line: Line) -> bool:
        is_plain = line.mark.form == "none" and len(line.own) == 1
        return is_plain and not line.is_emphatic and not is_about_the_table(line)

    return 1 < len({line.head for line in above}) == len(first) and all(map(is_title, above))


def has_lettered_titles(lines: Sequence[Line]) -> bool:
    """Whether a), b), c) stand before the tasks of a table, and each has nothing but a title."""
    lettered = [n for n, line in enumerate(lines) if line.mark.form == "lower"]
    return bool(lettered) and all(
        not lines[n].has("lead", "deadline", "output")
        and (after.mark.form == "number" and after.has("lead", "deadline"))
        and (lines[n].mark.printed != "a" or n == 0 or lines[n - 1].mark.form not in ("number", "other"))
        for n in lettered
        for after in lines[n + 1 : n + 2] or [lines[n]]
    )


def has_sections(table: Table) -> bool:
    """Whether a row of a table is a section that is numbered as one."""
    for number in table.below:
        own = list(own_texts(table.sheet, number).values())
        if 0 < len(own) <= 2:
            both = (numbered(own[0]), "") if len(own) == 2 else parted(own[0])
            if both and both[0].form in TITLES:
                return True
    return False


def texts_in(tables: Sequence[Table], column: str, least: int = 1) -> set[str]:
    """The texts of a column in some tables, without marks and capitals; of rows with so many texts at least."""
    rows = ((own_texts(t.sheet, number), t.headings.columns.get(column, -1)) for t in tables for number in t.below)
    return {folded(own[place]) for own, place in rows if len(own) >= least and place in own}


def are_alike(one: Collection[str], other: Collection[str]) -> bool:
    both = len(set(one) & set(other))
    return both > 0 and 2 * both >= min(len(one), len(other)) and (both > 1 or len(one) + len(other) <= 3)


def ends_table(line: Line) -> bool:
    """Whether signatures begin in a row: the table is over."""
    if line.mark.form != "none" and line.is_whole:
        return False
    is_signed = line.mark.form == "none" and all(_OFFICE.fullmatch(plain(text)) for text in line.own.values())
    return is_signed or any(_ENDING.match(text) for text in line.own.values())


def is_signed(line: Line, is_apart: bool) -> bool:
    """Whether a row below all tasks is of a signature; one that may be more of the last task is so where it stands apart."""
    if line.mark.form not in ("none", "other") or line.is_merged("title"):
        return False
    signs = [may_sign(text) for text in line.own.values()]
    may_go_on = any(text[:1].islower() for text in line.own.values()) or (
        len(signs) == 1 and signs[0] and signs[0]["role"]
    )
    return all(sign and (is_apart or not (may_go_on or sign["office"] or sign["place"])) for sign in signs)


def may_sign(text: str) -> re.Match[str] | None:
    """What of a text is as signatures have it."""
    return _SIGNS.fullmatch(folded(text.split("\n")[0][:100]))


def is_about_the_table(line: Line) -> bool:
    """A total or a note: a text of its own that begins like one."""
    own = [line.own[min(line.own)], *(line.get.get(name, "") for name in ("title", "code") if not line.is_merged(name))]
    words = [folded(text[:60]).strip(" *():.-") for text in own if text.lstrip(" *(-")[:1].isupper()]
    marked = any(re.match(r"\(?\*+\)?\s*\S", text) for text in own)
    return marked or any(text in TOTALS or text.startswith(_NOTES) for text in words)
