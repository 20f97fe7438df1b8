"""
A draft of sheets: tables found by their headings, each row taken for what it is, each cell put in one place.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import count, pairwise, zip_longest

import attrs

from reformtrack.domain.deadline import DeadlineKind
from reformtrack.domain.texts import one_line
from reformtrack.domain.wording import folded
from reformtrack.exchange.appendix.account import Account
from reformtrack.exchange.appendix.agencies import is_alone, key_of_name
from reformtrack.exchange.appendix.finding import (
    Answers,
    AppendixDomain,
    Draft,
    DraftColumn,
    DraftSheet,
    folded_keys,
    place_of,
)
from reformtrack.exchange.appendix.finishing import Finisher, field_label
from reformtrack.exchange.appendix.headings import FIELDS, Headings, find_headings, own_texts
from reformtrack.exchange.appendix.lines import (
    Number,
    is_ditto,
    is_nothing,
    numbered,
    parted,
    plain,
    text_of,
    unit_of,
)
from reformtrack.exchange.appendix.old_codes import old_code_of
from reformtrack.exchange.appendix.rows import (
    LEVELS,
    TOTALS,
    Item,
    Line,
    Section,
    Table,
    are_alike,
    ends_table,
    has_plain_titles,
    has_sections,
    is_about_the_table,
    is_child,
    level_of,
    titles_of,
)
from reformtrack.exchange.appendix.sheet_reader import cell_name
from reformtrack.exchange.appendix.sheets import Sheet
from reformtrack.language import Language

_TITLE = re.compile(r"^(?:phu luc|bieu|danh muc|bang|\(?kem theo|\(?ban hanh|annex|appendix|table|ke hoach|mau so)\b")
_PAGE = re.compile(r"\W*(?:trang|page)? ?[0-9]{1,3}(?:[/ ]+[0-9]{1,3})?\W*")
_OPEN_END = re.compile(
    r"(?:,|;|-|–|\b(?:và|của|của các|các|cho|với|về|theo|trong|trên|tại|để|do|là|and|of|the|for|to|in))$", re.IGNORECASE
)
_NO_DOMAIN = re.compile(
    r"(?:sheet|trang tinh|trang|bang|table|pl|phu luc|appendix|annex|data|du lieu|ke hoach|kh|nam|ban|tong hop|nhiem vu|"
    r"danh muc|bieu|final|moi|cu|year|plan|copy|v|so|s|to|word|cap nhat|chi tiet)*[\s_.()\-0-9ivx]*"
)
_OPEN_END = re.compile(
    r"(?:,|;|-|–|\b(?:và|của|của các|các|cho|với|về|theo|trong|trên|tại|để|do|là|and|of|the|for|to|in))$", re.IGNORECASE
)
_NO_DOMAIN = re.compile(
    r"(?:sheet|trang tinh|trang|bang|table|pl|phu luc|appendix|annex|data|du lieu|ke hoach|kh|nam|ban|tong hop|nhiem vu|"
    r"danh muc|bieu|final|moi|cu|year|plan|copy|v|so|s|to|word|cap nhat|chi tiet)*[\s_.()\-0-9ivx]*"
)
_NO_DOMAIN = re.compile(
    r"(?:sheet|trang tinh|trang|bang|table|pl|phu luc|appendix|annex|data|du lieu|ke hoach|kh|nam|ban|tong hop|nhiem vu|"
    r"danh muc|bieu|final|moi|cu|year|plan|copy|v|so|s|to|word|cap nhat|chi tiet)*[\s_.()\-0-9ivx]*"
)
_OURS = re.compile(r"reformtrack \S+ [0-9]+(?: |$)")
_YEAR = re.compile(r"(?<![0-9/])(20[0-9]{2})(?![0-9])")
_TICKS = ("x", "v", "✓", "✔", "√", "●", "•", "*", "có", "yes", "1", "☑", "☒", "þ", "ü")
_LEFT = ("over", "total", "remark", "below")
"""What a row is that is left out: below the table's end, a total, a note to it, or a text below."""


def find_appendix(
    sheets: Sequence[Sheet],
    say: Language,
    *,
    year: int = 0,
    days: tuple[date, date] | None = None,
    answers: Answers | None = None,
    leave: Collection[str] = (),
    known: Collection[str] = (),
    file: str = "",
    digest: str = "",
) -> Draft:
    """
    The draft of the sheets of a file. All problems are found at once; nothing is guessed.

    Args:
        sheets: those of a file.
        year: the plan year; 0 where none is known, and then no sheet is told from another by its year.
        days: the plan's first and last day, where it is not for its calendar year.
        answers: what a person says of sheets, columns, rows and texts.
        leave: the rows to leave out, as `Phụ lục!12`.
        known: the names of agencies that are registered, or in the plan.
        file, digest: the file's name, and the SHA-256 of its content.
    """
    reader = _Reader(say, year or 2000, answers or Answers(), leave, known, chooses_year=bool(year), days=days)
    reader.read(sheets)
    finisher = reader.finisher()
    activities = list(finisher.finished())
    order = {sheet.name: place for place, sheet in enumerate(sheets)}
    aside = [row for row in activities if row.row in reader.left]
    return Draft(
        file=file,
        digest=digest,
        year=reader.year,
        sheets=tuple(sorted(reader.sheets, key=lambda sheet: order[sheet.name])),
        columns=tuple(reader.columns),
        rows=tuple(sorted(reader.rows, key=lambda row: (order[row.sheet], row.number))),
        domains=tuple(AppendixDomain(code=code, title=title) for code, title in finisher.domains.items()),
        activities=tuple(row for row in activities if row.row not in reader.left),
        problems=tuple(
            sorted(
                (p for p in reader.problems if p.row not in reader.left or p.ask.startswith("rows:")),
                key=lambda p: (order.get(p.sheet, -1), *place_of(p)),
            )
        ),
        left=tuple(reader.left),
        set_aside=tuple(aside),
    )


class _Reader(Account):
    """Goes through the sheets from top to bottom, and remembers the sections that it is in."""

    def __init__(
        self,
        say: Language,
        year: int,
        answers: Answers,
        leave: Collection[str],
        known: Collection[str],
        chooses_year: bool,
        days: tuple[date, date] | None,
    ) -> None:
        super().__init__(say, year, days, answers, chooses_year)
        self.sheets: list[DraftSheet] = []
        self.columns: list[DraftColumn] = []
        self.left: dict[str, None] = {}
        self._known = known
        self._row_answers = {**dict.fromkeys(leave, "leave"), **answers.rows}
        self._headed = folded_keys(answers.columns) | {k: v for k, v in answers.columns.items() if "!" in k}
        self._items: list[Item] = []
        self._sections: list[Section] = []
        self._all_sections: list[Section] = []
        self._under: set[int] = set()
        self._left_sections: set[int] = set()
        self._base: tuple[Section, ...] = ()
        self._last: Item | Section | None = None
        self._table: Table | None = None
        self._letter = ""
        self._number = -1
        """The row that was read last."""
        self._unseen: set[tuple[str, int]] = set()
        """The rows that are hidden or struck out."""
        self._plain_titles: dict[int, bool] = {}
        self._is_numbered: dict[int, bool] = {}
        self._title_levels: dict[int, set[tuple[str, int]]] = {}
        """By table, the levels of numbers that titles of others have."""
        self._is_over = False
        self._units: dict[int, int] = {}
        self._bold: dict[int, bool] = {}

    def finisher(self) -> Finisher:
        """What makes activities of what was read."""
        under = self._under | self._left_sections
        return Finisher(self, self._items, self._all_sections, under, self._units, self._known)

    # --- sheets and tables

    def read(self, sheets: Sequence[Sheet]) -> None:
        """Add what the sheets have."""
        texts = [cell for sheet in sheets for row in sheet.rows for cell in row if isinstance(cell, str)]
        if code := old_code_of(texts[:20_000]):
            what = self._say("the text is in the old Vietnamese code {code}, and not in Unicode", code=code)
            self._tell(sheets[0].name, "", what, self._say("convert it to Unicode, and import it again"), is_error=True)
            for sheet in sheets:
                self._leave_sheet(sheet, what)
            return
        readable = [sheet for sheet in sheets if self._may_be_read(sheet)]
        if self.problems:  # the other sheets of what reformtrack made are no appendix either
            for sheet in readable:
                self._leave_sheet(sheet, self.problems[0].what, quiet=True)
            return
        tables = {sheet.name: self._tables(sheet) for sheet in readable}
        if not any(tables.values()):
            tables = {s.name: self._tables(s, guess=True)[:1] for s in sheets if s.name in tables}
        taken = [sheet for sheet in sheets if tables.get(sheet.name)]
        chosen = set(self._chosen(taken, tables))
        for sheet in sheets:
            if sheet.name in tables and sheet.name not in chosen and not tables[sheet.name] and sheet.rows:
                self._leave_sheet(sheet, self._say("no table of activities was found in it"), quiet=not taken)
        domain_sheets = self._sheets_of_domains([s for s in taken if s.name in chosen], tables)
        for sheet in taken:
            if sheet.name in chosen:
                self.sheets.append(DraftSheet(name=sheet.name, is_taken=True))
                self._base = domain_sheets.get(sheet.name, ())
                self._read_tables(sheet, tables[sheet.name])
        if not taken:
            names = ", ".join(sheet.name for sheet in sheets if not sheet.is_hidden)
            what = self._say(
                "no table of activities is in it: no row has headings for the activity and its lead agency or deadline"
            )
            to_do = self._say("give the columns headings, as: STT, Nhiệm vụ, Chủ trì, Thời hạn")
            self._tell(names, "", what, to_do, is_error=True)
        elif chosen and not self._items:
            self._tell(
                taken[0].name, "", self._say("the table has no activities"), self._say("check the file"), is_error=True
            )

    def _may_be_read(self, sheet: Sheet) -> bool:
        """Whether a sheet may have a table; one that is hidden, or that reformtrack made for something else, is named."""
        say, first = self._say, next((text_of(cell) for row in sheet.rows for cell in row if text_of(cell)), "")
        labels = [
            {say_(text) for text in ("Due day", "Timeliness", "Reported complete on")}
            for say_ in (Language("vi"), Language("en"))
        ]
        what = to_do = ""
        if sheet.is_hidden:
            self.sheets.append(DraftSheet(name=sheet.name, is_taken=False, why=say("it is hidden")))
            return False
        if self._answers.sheets.get(sheet.name, self._answers.sheets.get("*")) == "leave":
            self._leave_sheet(sheet, say("it is left out"), quiet=True)
            return False
        if _OURS.match(first):
            what = say("this is the workbook that was sent to an agency, and no appendix")
            to_do = say("import it as the updates of an agency")
        elif any(label <= {text_of(cell) for cell in row} for row in sheet.rows[:6] for label in labels):
            what = say("this is the annex of a report, and no appendix")
            to_do = say("import the appendix itself: the plan has it as a workbook")
        if not what:
            return True
        self._leave_sheet(sheet, what, quiet=True)
        self._tell(sheet.name, "", what, to_do, is_error=True)
        return False

    def _leave_sheet(self, sheet: Sheet, why: str, quiet: bool = False) -> None:
        self.sheets.append(DraftSheet(name=sheet.name, is_taken=False, why=why))
        for number in range(len(sheet.rows)):
            self._put(sheet, number, "left", own_texts(sheet, number), "left")
        if not quiet and sheet.rows:
            what = self._say("the sheet is not imported: {why}", why=why)
            self._tell(sheet.name, "", what, self._say("nothing, unless it has activities of the plan"))

    def _tables(self, sheet: Sheet, guess: bool = False) -> list[Table]:
        """The tables of a sheet, from the top."""
        headings: list[Headings] = []
        number = 0
        while number < len(sheet.rows):
            before = headings[-1] if headings else None
            found = find_headings(sheet, number, self._headed, before, guess=guess and not headings)
            if found is not None:
                headings.append(found)
            number += found.height if found is not None else 1
        tables: list[Table] = []
        begin = 0
        for place, found in enumerate(headings):
            before = headings[place - 1] if place else None
            titles = self._titles_above(sheet, found, begin, before)
            if tables:
                tables[-1] = attrs.evolve(tables[-1], end=min(titles, default=found.first))
            tables.append(Table(sheet, found, len(sheet.rows), tuple(titles)))
            begin = found.first + found.height
        return tables

    def _titles_above(self, sheet: Sheet, found: Headings, begin: int, before: Headings | None) -> list[int]:
        """The rows above a table's headings that are its title, and no part of the table before it."""
        titles: list[int] = []
        for number in range(found.first - 1, begin - 1, -1):
            own = own_texts(sheet, number)
            if before is not None:
                text = next(iter(own.values()), "")
                section = parted(text)
                if len(own) > 1 or (section and section[0].form in LEVELS):
                    break
                if own and (min(own) > found.columns.get("title", 0) or text[:1].islower()):
                    break  # the rest of a row that a page cuts
            titles.append(number)
        texts = [folded(text) for number in titles for text in own_texts(sheet, number).values()]
        if (
            before is not None
            and before.key == found.key
            and not any(_TITLE.match(t) or _PAGE.fullmatch(t) for t in texts)
        ):
            return []  # the headings are repeated on another page: what stands above them is a part of the table
        return sorted(titles)

    def _chosen(self, sheets: Sequence[Sheet], tables: Mapping[str, Sequence[Table]]) -> Iterator[str]:
        """The sheets that are imported; of several with one content, or of several years, the one that is meant, else asked."""
        say = self._say
        open_ = [sheet for sheet in sheets if self._answers.sheets.get(sheet.name) != "take"]
        years = {sheet.name: year for sheet in sheets if (year := self._year_of(sheet, tables[sheet.name]))}
        of_other_years = {name for name, year in years.items() if year != self.year and self.year in years.values()}
        titles = {sheet.name: titles_of(tables[sheet.name]) for sheet in sheets}
        asked: dict[str, str] = {}
        for sheet in open_:
            others = [other for other in sheets if other is not sheet and other.name not in of_other_years]
            alike = next((o for o in others if are_alike(titles[sheet.name], titles[o.name])), None)
            if sheet.name in of_other_years and self._chooses_year:
                continue
            if len(set(years.values())) > 1 and sheet.name in years and self.year not in years.values():
                asked[sheet.name] = say("the sheets are of several years, and none of the plan's")
            elif alike is not None:
                asked[sheet.name] = say("it has the same activities as the sheet {other}", other=f"“{alike.name}”")
        for sheet in sheets:
            if sheet in open_ and self._chooses_year and sheet.name in of_other_years:
                self._leave_sheet(sheet, say("it is of the year {year}", year=years[sheet.name]))
            else:
                if sheet.name in asked:
                    to_do = say("say which sheet is imported, and which is left out")
                    self._ask(sheet.name, "", asked[sheet.name], to_do, f"sheets:{sheet.name}", ("take", "leave"))
                yield sheet.name

    def _year_of(self, sheet: Sheet, tables: Sequence[Table]) -> int:
        """The year that a sheet's name has, else its title."""
        if found := _YEAR.findall(sheet.name):
            return int(found[-1]) if len(set(found)) == 1 else 0
        titles = [text for number in tables[0].titles for text in own_texts(sheet, number).values()]
        named = {
            year
            for text in titles
            for year in re.findall(r"\bnam (20[0-9]{2})\b", folded(text[:300]))
            if "thang" not in folded(text[:300])
        }
        return int(named.pop()) if len(named) == 1 else 0

    def _sheets_of_domains(
        self, sheets: Sequence[Sheet], tables: Mapping[str, Sequence[Table]]
    ) -> dict[str, tuple[Section, ...]]:
        """By sheet, the domain that its name is, where each sheet is one domain."""
        if len(sheets) < 2:
            return {}
        found: dict[str, tuple[Section, ...]] = {}
        for sheet in sheets:
            both = parted(sheet.name) or (Number("none", ""), re.sub(r"^[0-9IVX]+[ _-]+", "", sheet.name))
            title = both[1].strip()
            is_divided = any("domain" in t.headings.columns or has_sections(t) for t in tables[sheet.name])
            if is_divided or not title or _NO_DOMAIN.fullmatch(folded(title)):
                return {}
            found[sheet.name] = (Section(Number("named", both[0].printed), title, None),)
        return found

    # --- rows

    def _read_tables(self, sheet: Sheet, tables: Sequence[Table]) -> None:
        self._is_over = False
        heads = [self._section_above(table) for table in tables]
        many = sum(head is not None for head in heads) > 1 or (heads[0] is not None and any(map(has_sections, tables)))
        for number in range(tables[0].titles[0] if tables[0].titles else tables[0].headings.first):
            self._put(sheet, number, "left", own_texts(sheet, number), "left")
        for table, head, after in zip_longest(tables, heads, tables[1:]):
            self._begin(table, head if many else None)
            goes_on = after is not None and after.headings.key == table.headings.key and not after.titles
            self._read_rows(table, after if goes_on else None)

    def _section_above(self, table: Table) -> tuple[int, Number, str] | None:
        """The numbered title directly above a table's headings."""
        for number in reversed(table.titles):
            if own := own_texts(table.sheet, number):
                both = parted(next(iter(own.values()))) if len(own) == 1 else None
                return (number, *both) if both and both[0].form in LEVELS else None
        return None

    def _begin(self, table: Table, head: tuple[int, Number, str] | None) -> None:
        """A table's titles and headings; and whether it goes on with the sections of the one before."""
        sheet, headings = table.sheet, table.headings
        titles = {number: own_texts(sheet, number) for number in table.titles}
        for number, own in titles.items():
            for text in own.values():
                if re.search(r"\b(?:dvt|don vi tinh|unit)\b", folded(text[:100])):
                    self._units[id(table)] = unit_of(text[:100]) or 1
            if head is None or number != head[0]:
                self._put(sheet, number, "heading", own, "heading")
        before, self._table = self._table, table
        shown = [folded(t) for own in titles.values() for t in own.values() if not _PAGE.fullmatch(folded(t))]
        goes_on = before is not None and before.headings.key == headings.key and not self._base
        if goes_on and shown and not any("tiep theo" in text or "continued" in text for text in shown):
            earlier = [folded(t) for n in before.titles for t in own_texts(before.sheet, n).values()] if before else []
            goes_on = shown == earlier and before is not None and before.sheet is not sheet
        if not goes_on:
            self._sections, self._last, self._letter = list(self._base), None, ""
        if head is not None:
            self._put(sheet, head[0], "domain", titles[head[0]], "domain")
            self._enter(Section(head[1], head[2], None))
        self._is_over = False
        for number in range(headings.first, headings.first + headings.height):
            self._put(sheet, number, "heading", own_texts(sheet, number), "heading")
        if not (before is not None and before.headings.key == headings.key and before.sheet is sheet):
            self._tell_columns(table)

    def _tell_columns(self, table: Table) -> None:
        say, sheet, headings = self._say, table.sheet, table.headings
        for place, heading in sorted(headings.all.items()):
            letter, (row, column) = cell_name(0, place)[:-1], heading.cells[-1]
            hidden = place in sheet.hidden_columns and f"{sheet.name}!{letter}" not in self._answers.columns
            became = "left" if hidden else heading.column
            self.columns.append(
                DraftColumn(sheet=sheet.name, column=letter, row=row + 1, heading=heading.text, became=became)
            )
            if hidden:
                what = say("the column {heading} is hidden", heading=f"“{heading.text}”")
                self._tell(sheet.name, cell_name(row, column), what, say("it is not imported"))
            elif heading.column in ("custom", "start", "both"):
                what = say("the column {heading} is no field of an activity", heading=f"“{heading.text}”")
                self._tell(sheet.name, cell_name(row, column), what, say("it is kept as a custom field"))
        for field, places in headings.unclear.items():
            first = headings.first + headings.height - 1
            names = ", ".join(f"{cell_name(0, p)[:-1]} “{headings.all[p].text}”" for p in places)
            others = [p for p, h in sorted(headings.all.items()) if h.column in ("custom", "start", "both", "note")]
            label = field_label(field, say)
            what = (
                say("several columns may be {field}: {columns}", field=label, columns=names)
                if len(places) > 1
                else say("the column {columns} names two fields, {field} among them", field=label, columns=names)
                if places
                else say("no column is named as {field}", field=label)
            )
            choices = [cell_name(0, p)[:-1] for p in places or others]
            cell = cell_name(first, (places or (min(headings.all),))[0])
            self._ask(sheet.name, cell, what, say("say which column it is"), f"columns:{sheet.name}!{field}", choices)

    def _read_rows(self, table: Table, goes_on: Table | None) -> None:
        """The rows of a table; below those of one that goes on with its headings repeated, nothing but the table stands."""
        begin = table.headings.first + table.headings.height
        lines = [line for number in range(begin, table.end) if (line := self._line(table, number)) is not None]
        signed = next((line.number for line in lines if ends_table(line)), table.end)
        last = max((line.number for line in lines if len(line.own) > 1 and line.number < signed), default=-1)
        whole = [line for line in lines if line.get.get("lead") and line.get.get("deadline")]
        self._bold[id(table)] = 2 * sum(line.is_bold for line in whole) < max(1, len(whole))
        self._check_hidden(table, lines)
        seen = [line for line in lines if not self._is_left_by_looks(line)]
        self._is_numbered[id(table)] = 2 * sum(line.mark.form == "number" for line in whole) >= len(whole)
        self._title_levels[id(table)] = {
            (line.mark.form, line.mark.depth)
            for line, after in pairwise(seen)
            if line.mark.form == "number" and len(line.own) <= 2 and is_child(after.mark, line.mark, dotted=True)
        }
        self._plain_titles[id(table)] = has_plain_titles(seen)
        begin = goes_on.headings.first + goes_on.headings.height if goes_on is not None else 0
        numbers = range(begin, goes_on.end) if goes_on is not None else ()
        following = (
            next((line for n in numbers if (line := self._line(goes_on, n, quiet=True)) is not None), None)
            if goes_on
            else None
        )
        for line, after in zip_longest(seen, seen[1:]):
            self._take(line, after if after is not None else following, line.number > last and goes_on is None)
            self._number = line.number

    def _line(self, table: Table, number: int, quiet: bool = False) -> Line | None:
        """A row with texts of its own; None for one without, and for one with only the numbers of the columns."""
        sheet, headings = table.sheet, table.headings
        row = sheet.rows[number]
        own = {}
        for place, text in own_texts(sheet, number).items():
            name = cell_name(number, place)
            own[place] = self._answers.cells.get(f"{sheet.name}!{name}", text)
        if not own and quiet:
            return None
        if not own:
            booleans = [p for p, cell in enumerate(row) if isinstance(cell, bool)]
            for place in booleans:
                self._check_cell(sheet, number, place)
            return None
        if len(own) > 2 and all(re.fullmatch(r"\(?\d{1,2}\)?(\s*=.*)?", text) for text in own.values()):
            if not quiet:
                self._put(sheet, number, "heading", own, "heading")
            return None
        get: dict[str, str] = {}
        custom: dict[str, str] = {}
        parts: dict[str, str] = {}
        ticks: list[str] = []
        for place, heading in headings.all.items():
            cell = row[place] if place < len(row) else None
            text = own.get(place, text_of(cell)) if place < len(row) else ""
            if place not in own:  # an answer may fill in an empty cell
                text = self._answers.cells.get(f"{sheet.name}!{cell_name(number, place)}", text)
            if not text or self._is_left_cell(sheet, number, place):
                continue
            if heading.column in FIELDS:
                get[heading.column] = text
            elif heading.column == "tick":
                ticks.append(heading.period if text.casefold() in _TICKS else text)
            elif heading.column in ("quarter", "month", "year", "day"):
                parts[heading.column] = text
            elif (heading.column != "left" and (number, place) not in sheet.merged_down) or heading.column == "custom":
                custom[_unused(one_line(heading.text)[:100] or cell_name(0, place)[:-1], custom)] = text
        if ticks:
            get["deadline"] = "; ".join([*([get["deadline"]] if get.get("deadline") else []), *ticks])
        if parts:
            get["deadline"] = _joined_parts(parts, get.get("deadline", ""))
        code, title = get.get("code", ""), get.get("title", "")
        mark, head = self._marked(headings, own, code, title, number, sheet)
        return Line(table, number, own, get, custom, mark, head)

    def _marked(
        self, headings: Headings, own: Mapping[int, str], code: str, title: str, number: int, sheet: Sheet
    ) -> tuple[Number, str]:
        """The number that stands before a row, and its title as that of a section."""
        at = headings.columns.get("code", -1)
        if (number, at) in sheet.merged_down:
            code = ""
        mark = numbered(code, self._letter)
        if title and (number, headings.columns.get("title", -1)) not in sheet.merged_down:
            if mark.form == "none" and re.match(r"[-–+•]\s*\S", title):
                return Number("dash", ""), title
            both = parted(title, self._letter) if mark.form == "none" else None
            return (both[0], both[1]) if both else (mark, title)
        first = min(own)
        text = own[first]
        # A section may stand in the first column, or in a merged row.
        if first <= max(at, headings.columns.get("title", 0)) and (
            at != first or mark.form in ("other", "named", "group")
        ):
            both = parted(text, self._letter)
            return both or (Number("none", ""), text)
        return mark, ""

    def _check_hidden(self, table: Table, lines: Sequence[Line]) -> None:
        """Where a filter hides rows, whether they are meant is asked."""
        name, hidden = table.sheet.name, [line.number + 1 for line in lines if line.number in table.sheet.hidden]
        if hidden and table.sheet.is_filtered and f"{name}!hidden" not in self._row_answers:
            rows = ", ".join(map(str, hidden[:20]))
            what = self._say.plural(
                "a filter hides {count} row: {rows}", "a filter hides {count} rows: {rows}", len(hidden), rows=rows
            )
            to_do = self._say("show all rows, or say whether they are imported")
            self._ask(name, "", what, to_do, f"rows:{name}!hidden", ("take", "leave"))

    def _is_left_by_looks(self, line: Line) -> bool:
        """Whether a row is left out because it is hidden or struck out."""
        say, sheet = self._say, line.table.sheet
        answer = self._row_answers.get(line.row, self._row_answers.get(f"{sheet.name}!hidden", ""))
        hidden = line.number in sheet.hidden
        struck = all(cell_name(line.number, place) in sheet.struck for place in line.own)
        if not hidden and not struck:
            for place, text in line.own.items():
                self._check_look(line, place, text)
            return False
        if answer == "take" and hidden:
            return False
        self._unseen.add((sheet.name, line.number))
        why = say("the row is struck out") if struck else say("the row is hidden")
        self._put(sheet, line.number, "left", line.own, "left", why)
        if not (hidden and sheet.is_filtered):
            self._tell(sheet.name, str(line.number + 1), why, say("it is not imported"))
        return True

    def _check_look(self, line: Line, place: int, text: str) -> None:
        sheet, name = line.table.sheet, cell_name(line.number, place)
        if f"{sheet.name}!{name}" in self._answers.cells:
            return
        if name in sheet.struck:
            what = self._say("the text {text} is struck out", text=f"“{text[:80]}”")
            self._tell(sheet.name, name, what, self._say("it is not imported"))
        elif name in sheet.partly_struck:
            what = self._say("a part of the text {text} is struck out", text=f"“{text[:80]}”")
            self._ask(
                sheet.name,
                name,
                what,
                self._say("delete what does not hold, or write what is meant"),
                f"cells:{sheet.name}!{name}",
            )

    def _take(self, line: Line, after: Line | None, is_below: bool) -> None:
        answer = self._row_answers.get(line.row, "")
        sheet = line.table.sheet
        if line.mark.form == "letter":
            self._letter = line.mark.printed
        kind = (
            answer if answer in ("join", "activity", "domain", "group", "note") else self._kind(line, after, is_below)
        )
        if answer in ("leave", "leave_heading", "leave_tasks"):
            self.left[line.row] = None
            if kind in ("domain", "group") and not is_below:
                self._leave_section(line, answer)
            elif kind != "activity":
                self._put(sheet, line.number, "left", line.own, "left", self._say("left out as asked"))
                return
            else:
                self._activity(line, became="left")
            return
        for place in line.table.headings.all:
            if kind not in _LEFT:
                self._check_cell(sheet, line.number, place)
        if kind in _LEFT:
            self._leave_row(line, kind)
        elif kind in ("domain", "group"):
            self._section(line, after)
        elif kind == "activity":
            self._activity(line)
        elif kind == "join":
            self._join(line, asked=answer == "join")
        elif kind == "note":
            self._put(sheet, line.number, "note", line.own, "note")
        else:
            self._put(sheet, line.number, "unclear", line.own, "unclear")
            text = f"“{(line.head or next(iter(line.own.values())))[:80]}”"
            what = self._say(
                "it is not clear what the row {text} is: a title, a task, or more of the row above", text=text
            )
            cell = cell_name(line.number, min(line.own))
            to_do = self._say("say what it is, or leave the row out")
            self._ask(
                sheet.name, cell, what, to_do, f"rows:{line.row}", ("domain", "group", "activity", "join", "leave")
            )

    def _kind(self, line: Line, after: Line | None, is_below: bool) -> str:
        """What a row is; `unclear` where only a person can tell."""
        has_core = line.has("lead", "deadline")
        is_whole = line.has("lead") and line.has("deadline") and line.has("title")
        self._is_over |= ends_table(line)
        if self._is_over:
            return "unclear" if is_whole and line.mark.form in ("number", "lower", "other") else "over"
        if is_about_the_table(line) and not has_core:
            if is_below or line.mark.form in ("none", "other", "dash"):
                self._is_over |= is_below
                is_total = folded(line.own[min(line.own)]).startswith(TOTALS)
                return "total" if is_below or is_total else "remark"
            return "unclear"
        mark, head = line.mark, line.head
        rest = line.has("output", "supporting", "budget", "note") or bool(line.custom)
        if not head or (line.is_merged("title") and not line.has("title")):
            return self._kind_without_title(line)
        if "domain" in line.table.headings.columns and is_whole:
            return "activity"
        if is_whole and mark.form == "none" and line.is_emphatic and self._is_numbered[id(line.table)]:
            return "unclear"  # a title with two texts of other rows, or a task
        is_level = (mark.form, mark.depth) in self._title_levels[id(line.table)]
        is_level |= not self._reads(line.get.get("deadline", ""))
        if is_whole and is_level and after is not None and is_child(after.mark, mark, dotted=True):
            return "unclear"
        is_section = self._is_section(line, after)
        if mark.form in ("roman", "letter", "named", "group"):
            if is_below and not has_core and (after is None or not is_section):
                return (
                    "below"
                    if mark.form == "letter" or (len(line.own) < 2 and after is None and not is_section)
                    else "domain"
                )
            if is_whole and not is_section:
                return "activity"
            return "domain" if not (has_core or rest) or is_section else "activity"
        if is_below and not has_core and (mark.form == "none" or not is_section):
            return "join" if mark.form == "none" and line.head[:1].islower() and self._is_next(line) else "below"
        if is_whole:
            return "activity"
        if has_core:
            if mark.form == "none" and self._goes_on(line):
                return "join"
            missing = not line.has("lead") or not line.has("deadline")
            return (
                "group"
                if missing and mark.form == "number" and after is not None and is_child(after.mark, mark, dotted=True)
                else "activity"
            )
        if is_section and (mark.form != "none" or not self._goes_on(line)):
            return "group"
        if mark.form == "none" and self._goes_on(line):
            return "join"
        if mark.form in ("number", "lower", "other") and (rest or not is_section):
            return "activity"
        return "activity" if rest and mark.form != "none" else "unclear"

    def _kind_without_title(self, line: Line) -> str:
        is_number = set(line.own) == {line.table.headings.columns.get("code")}
        if is_number:
            return "unclear" if line.mark.form == "other" else "total"
        if line.mark.form in ("number", "roman", "letter", "other", "lower") and not line.is_merged("title"):
            return "activity"
        return "join" if isinstance(self._last, Item) or line.is_merged("title") else "unclear"

    def _is_section(self, line: Line, after: Line | None) -> bool:
        """Whether what stands below a row, or how it looks, makes it the title of other rows."""
        mark = line.mark
        if mark.form in ("roman", "letter", "named", "group"):
            if not line.has("lead", "deadline") and len(line.own) <= 2:
                return True
            return after is not None and (after.mark.form not in (mark.form, "none") or is_child(after.mark, mark))
        # A sentence before a list may be anything; titles without numbers stand before each list.
        counts = mark.form != "none" or self._plain_titles[id(line.table)]
        if (
            counts
            and after is not None
            and is_child(after.mark, mark)
            and not (line.has("lead") and line.has("deadline"))
        ):
            return True
        return (line.is_emphatic or (line.is_bold and self._bold[id(line.table)])) and not line.has(
            "lead", "deadline", "output"
        )

    def _goes_on(self, line: Line) -> bool:
        """Whether a row without a number is the rest of the row above: its text begins small, or the one above is open."""
        last = self._last
        if last is None or line.is_emphatic:
            return False
        before = last.get.get("title", "") if isinstance(last, Item) else last.title
        return line.head[:1].islower() or bool(_OPEN_END.search(before))

    def _is_next(self, line: Line) -> bool:
        """Whether a row stands directly below the one that was read last."""
        between = range(self._number + 1, line.number)
        return isinstance(self._last, Item) and all((line.table.sheet.name, n) in self._unseen for n in between)

    def _leave_row(self, line: Line, kind: str) -> None:
        """A total, a note, or what stands below the table."""
        text = f"“{next(iter(line.own.values()))[:80]}”"
        self._put(line.table.sheet, line.number, "left", line.own, "left")
        if kind == "remark":
            what = self._say("the text {text} is taken for a note", text=text)
            cell = cell_name(line.number, min(line.own))
            self._tell(line.table.sheet.name, cell, what, self._say("it is not imported"))
        if kind == "below":
            what = self._say("the text {text} below the table is no activity", text=text)
            cell = cell_name(line.number, min(line.own))
            self._tell(line.table.sheet.name, cell, what, self._say("it is not imported"))

    # --- sections

    def _section(self, line: Line, after: Line | None) -> None:
        """A row that others stand under. What else stands in it belongs to it, or to the row above, or is asked."""
        child = (after.mark.form, after.mark.depth) if after is not None else None
        section = Section(line.mark, line.head, line, child=child)
        self._enter(section)
        is_domain = section is self._domain_section()
        became = dict.fromkeys(line.own, "domain" if is_domain else "group")
        columns = {place: heading.column for place, heading in line.table.headings.all.items()}
        heads = {line.table.headings.columns.get("code"), line.table.headings.columns.get("title")}
        for place, text in line.own.items():
            if place in heads or text in (line.head, f"{line.mark.printed}. {line.head}") or line.head in text:
                continue
            became[place] = self._stray(line, section, place, text, columns.get(place, ""))
        self._put_each(line, "domain" if is_domain else "group", became)
        self._last = section

    def _stray(self, line: Line, section: Section, place: int, text: str, column: str) -> str:
        """What a text in the row of a section is."""
        say, sheet, name = self._say, line.table.sheet, cell_name(line.number, place)
        last = self._items[-1] if self._items and self._items[-1].line.table is line.table else None
        above = last.get.get(column, "") if last else ""
        answer = self._answers.cells.get(f"{sheet.name}!{name}", "")
        joined = plain(f"{above} {text}")
        shown = f"“{text[:80]}”"
        belongs = bool(above) and (
            (column == "deadline" and not self._reads(above) and self._reads(joined) and not self._reads(text))
            or (column != "deadline" and bool(_OPEN_END.search(above)) and text[:1].islower())
        )
        if (answer == "join" or (belongs and answer != "note")) and last is not None:
            last.get[column] = joined
            what = say("the text {text} in the row of a title belongs to the row above", text=shown)
            self._tell(sheet.name, name, what, say("it is joined to it: {text}", text=f"“{joined[:120]}”"))
            return column
        is_own = (
            (column in ("lead", "supporting") and text[:1].isupper() and not _OPEN_END.search(above))
            or column in ("budget", "note", "custom", "start", "")
            or (column in ("deadline", "tick", "quarter", "month", "year", "day") and self._reads(text))
        )
        if not is_own and answer != "note":
            what = say("the text {text} stands in the row of a title", text=shown)
            to_do = say("say whether it belongs to the row above, or is a note to the title")
            self._ask(sheet.name, name, what, to_do, f"cells:{sheet.name}!{name}", ("join", "note"))
            return "unclear"
        if column == "lead":
            section.lead = text
        if column == "deadline":
            section.deadline = text
        what = say("the title {title} has a text of its own: {text}", title=f"“{section.title[:80]}”", text=shown)
        self._tell(sheet.name, name, what, say("it is noted, and not imported for its activities"))
        return "note"

    def _enter(self, section: Section) -> None:
        level = level_of(section)
        for place, other in enumerate(self._sections):
            if level_of(other) == level and other not in self._base:
                del self._sections[place:]
                break
        for other in self._sections:
            self._under.add(id(other))
        self._sections.append(section)
        self._all_sections.append(section)

    def _domain_section(self) -> Section | None:
        found = [section for section in self._sections if section.mark.form in LEVELS]
        return found[-1] if found else self._sections[0] if self._sections else None

    def _leave_section(self, line: Line, answer: str) -> None:
        """A title that is left out: what becomes of the activities below it has to be said."""
        say, sheet = self._say, line.table.sheet
        self._put(sheet, line.number, "left", line.own, "left", say("left out as asked"))
        if answer == "leave_tasks":
            section = Section(line.mark, line.head, line)
            self._enter(section)
            self._left_sections.add(id(section))
            return
        if answer == "leave_heading":
            return
        before = self._domain_section()
        under = f"“{before.title}”" if before else say("no title")
        what = say(
            "the row is the title {title}: without it, the tasks below it would stand under {under}",
            title=f"“{line.head[:80]}”",
            under=under,
        )
        to_do = say("say whether only the title is left out, or its tasks as well")
        self._ask(sheet.name, str(line.number + 1), what, to_do, f"rows:{line.row}", ("leave_heading", "leave_tasks"))

    # --- activities

    def _activity(self, line: Line, became: str = "activity") -> None:
        get = dict(line.get)
        previous = self._items[-1].get if self._items else {}
        for field, text in line.get.items():
            if field in ("code", "title", "budget") or line.is_merged(field):
                continue
            if is_ditto(text):
                self._repeat(line, field, text, previous, get)
            elif is_nothing(text) and field not in ("lead", "deadline"):
                get[field] = ""
        if get.get("domain"):
            title = get["domain"]
            self._sections = [Section(Number("named", ""), plain(title) if "\n" in title else title, None)]
        elif "domain" in line.table.headings.columns and not self._sections:
            self._sections = []
        if "group" in line.table.headings.columns and not get.get("group") and self._items and self._same_place(line):
            get["group"] = previous.get("group", "")
        self._pop(line.mark)
        budget = line.table.headings.columns.get("budget", -1)
        row = line.table.sheet.rows[line.number]
        item = Item(
            line, get, dict(line.custom), tuple(self._sections), row[budget] if 0 <= budget < len(row) else None
        )
        if any(id(section) in self._left_sections for section in item.path):
            self.left[line.row] = None
            became = "left"
        self._items.append(item)
        self._last = item
        self._put_fields(line, became)

    def _same_place(self, line: Line) -> bool:
        return self._items[-1].line.table is line.table and self._items[-1].path == tuple(self._sections)

    def _repeat(self, line: Line, field: str, text: str, previous: Mapping[str, str], get: dict[str, str]) -> None:
        """A mark that repeats the row above."""
        sheet, cell = line.table.sheet.name, line.cell(field)
        if previous.get(field):
            get[field] = previous[field]
            what = self._say("the mark {text} is read as the text above", text=f"“{text}”")
            self._tell(sheet, cell, what, self._say("it is recorded as {text}", text=f"“{plain(get[field])[:80]}”"))
        else:
            what = self._say("the mark {text} repeats a text, and there is none above", text=f"“{text}”")
            self._ask(sheet, cell, what, self._say("write the text"), f"cells:{sheet}!{cell}")

    def _pop(self, mark: Number) -> None:
        """Leave the numbered sections that an activity's number ends."""
        for place, section in enumerate(self._sections):
            if section.mark.form == "number" and mark.form == "number" and section.child is not None:
                is_child = mark.printed.startswith(f"{section.mark.printed}.") or section.child == (
                    mark.form,
                    mark.depth,
                )
                if mark.depth <= section.mark.depth and not is_child:
                    del self._sections[place:]
                    return
            if section.mark.form == "lower" and mark.form == "number":
                del self._sections[place:]
                return

    def _join(self, line: Line, asked: bool = False) -> None:
        """More of the row above: its texts go on, or it is one task with several outputs."""
        say, sheet, last = self._say, line.table.sheet, self._last
        if isinstance(last, Section) and line.head and len(line.own) == 1:
            last.title = f"{last.title} {line.head}"
            self._put(sheet, line.number, "joined", line.own, "domain")
            self._tell_joined(line)
            return
        if not isinstance(last, Item):
            self._put(sheet, line.number, "unclear", line.own, "unclear")
            what = say("the row goes on with a row above, and there is none")
            self._ask(
                sheet.name,
                str(line.number + 1),
                what,
                say("say what it is, or leave the row out"),
                f"rows:{line.row}",
                ("activity", "leave"),
            )
            return
        get, own = last.get, {f: t for f, t in line.get.items() if not line.is_merged(f) and f != "code"}
        lead, deadline = own.get("lead", ""), own.get("deadline", "")
        same_lead = (
            not lead
            or not get.get("lead")
            or key_of_name(plain(lead)) == key_of_name(plain(get["lead"]))
            or is_ditto(lead)
        )
        two_days = bool(deadline and get.get("deadline")) and self._reads(deadline) and self._reads(get["deadline"])
        is_sure = line.is_merged("title") or not (two_days and (lead or own.get("output")))
        is_sure &= bool(get.get("title")) or not own.get("title")  # the end of a title whose beginning is not there
        lead_goes_on = bool(lead) and (bool(_OPEN_END.search(get.get("lead", ""))) or not is_alone(plain(lead)))
        if not asked and not (
            (same_lead or lead_goes_on) and is_sure and self._days_fit(get.get("deadline", ""), deadline)
        ):
            self._put(sheet, line.number, "unclear", line.own, "unclear")
            what = say("the row has no title of its own: it is more of the task above, or another task")
            to_do = say("join the rows, or give each task its title")
            self._ask(
                sheet.name, cell_name(line.number, min(line.own)), what, to_do, f"rows:{line.row}", ("join", "leave")
            )
            return
        for field, text in own.items():
            if field == "lead" and same_lead and get.get("lead"):
                continue
            get[field] = self._together(field, get.get(field, ""), text)
        for name, text in line.custom.items():
            last.custom[name] = "\n".join(filter(None, (last.custom.get(name, ""), text)))
        budget = line.table.headings.columns.get("budget", -1)
        if own.get("budget") and last.budget is None:
            last.budget = sheet.rows[line.number][budget]
        elif own.get("budget"):
            what = say("the row above has a budget, and its second row has another one")
            self._ask(
                sheet.name,
                line.cell("budget"),
                what,
                say("write one amount"),
                f"cells:{sheet.name}!{line.cell('budget')}",
            )
        if line.row in self.left:
            return
        self._put_fields(line, "joined")
        self._tell_joined(line)

    def _tell_joined(self, line: Line) -> None:
        above = (
            self._last.line.number + 1
            if isinstance(self._last, Item)
            else (self._last.line.number + 1 if self._last and self._last.line else 0)
        )
        what = self._say("the row has no number and no task of its own: it goes on with row {row}", row=above)
        self._tell(line.table.sheet.name, str(line.number + 1), what, self._say("its texts are joined to that row"))

    def _days_fit(self, above: str, text: str) -> bool:
        """Whether two parts of a deadline are one that can be read, or one of them is none."""
        if not above or not text or plain(above) == plain(text):
            return True
        one = self._reads(plain(f"{above} {text}"))
        return one or self._kind_of(f"{above}; {text}") is DeadlineKind.DAYS or not self._reads(above)

    def _together(self, field: str, above: str, text: str) -> str:
        """Two parts of a text as one."""
        if not above or is_nothing(above) or plain(above) == plain(text):
            return text
        if field == "deadline":
            one = plain(f"{above} {text}")
            return one if self._reads(one) or not self._reads(above) else f"{above}; {text}"
        if field in ("lead", "supporting"):
            return f"{above}\n{text}"
        return (
            f"{above} {text}"
            if text[:1].islower() or _OPEN_END.search(above) or field == "title"
            else f"{above}\n{text}"
        )


def _joined_parts(parts: Mapping[str, str], main: str) -> str:
    """A deadline of several columns: quarter, month or day, and year."""
    year = parts.get("year", "")
    if main:
        return (
            f"{main}/{year}"
            if year and not re.search(r"20[0-9]{2}", main) and re.fullmatch(r"20[0-9]{2}", year)
            else main
        )
    text = ""
    if quarter := parts.get("quarter"):
        text = f"Quý {quarter}" if re.fullmatch(r"[1-4]|IV|I{1,3}", quarter, re.IGNORECASE) else quarter
    elif month := parts.get("month"):
        text = f"tháng {month}" if month.isdigit() else month
    if day := parts.get("day"):
        text = f"{day}/{parts['month']}" if parts.get("month", "").isdigit() and day.isdigit() else day
    if not text or not year:
        return text or year
    return f"{text}/{year}" if text[-1:].isdigit() or re.search(r"[IV]$", text) else f"{text} {year}"


def _unused(name: str, used: Collection[str]) -> str:
    """A name that is no other's."""
    name = f"{name} (2)" if name in ("note", "budget", "supporting") else name
    return next(tried for n in count(1) if (tried := name if n == 1 else f"{name} ({n})") not in used)
