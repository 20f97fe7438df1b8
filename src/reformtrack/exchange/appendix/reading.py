"""
A draft of sheets: tables found by their headings, each row taken for what it is, each cell put in one place.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from itertools import pairwise, zip_longest

import attrs

from reformtrack.domain.wording import folded
from reformtrack.exchange.appendix.account import Account
from reformtrack.exchange.appendix.building import OPEN_END, Building
from reformtrack.exchange.appendix.choosing import Choice, domains_by_sheet
from reformtrack.exchange.appendix.finding import (
    Answers,
    AppendixDomain,
    AppendixRow,
    Draft,
    DraftColumn,
    DraftSheet,
    IndicatorRow,
    Progress,
    folded_keys,
    place_of,
)
from reformtrack.exchange.appendix.finishing import Finisher, field_label
from reformtrack.exchange.appendix.headings import own_texts
from reformtrack.exchange.appendix.line_reading import line_in
from reformtrack.exchange.appendix.lines import Number, parted
from reformtrack.exchange.appendix.old_codes import old_code_of
from reformtrack.exchange.appendix.rows import (
    LEVELS,
    PAGE,
    TOTALS,
    Item,
    Line,
    Section,
    Table,
    ends_table,
    has_plain_titles,
    has_sections,
    is_about_the_table,
    is_child,
)
from reformtrack.exchange.appendix.sheet_reader import cell_name
from reformtrack.exchange.appendix.sheets import Sheet
from reformtrack.exchange.appendix.vocabulary import ACTIVITIES
from reformtrack.language import Language

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
    progress: Progress | None = None,
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
        progress: is told how many rows are read, of how many.
    """
    account = Account(say, year or 2000, days, answers or Answers(), chooses_year=bool(year))
    built = Building(account)
    reader = Reader(account, built, leave, progress)
    reader.read(sheets)
    finisher = Finisher(account, built.items, built.all_sections, built.under | built.left_sections, known)
    activities = list(finisher.finished())
    return draft_of(
        sheets,
        reader,
        file=file,
        digest=digest,
        domains=tuple(AppendixDomain(code=code, title=title) for code, title in finisher.domains.items()),
        activities=tuple(row for row in activities if row.row not in built.left),
        set_aside=tuple(row for row in activities if row.row in built.left),
    )


def draft_of(
    sheets: Sequence[Sheet],
    reader: "Reader",
    *,
    file: str,
    digest: str,
    domains: tuple[AppendixDomain, ...] = (),
    activities: tuple[AppendixRow, ...] = (),
    set_aside: tuple[AppendixRow, ...] = (),
    indicators: tuple[IndicatorRow, ...] = (),
) -> Draft:
    """The draft of what was read, in the order of the file."""
    account, left = reader.account, reader.built.left
    order = {sheet.name: place for place, sheet in enumerate(sheets)}
    return Draft(
        file=file,
        digest=digest,
        year=account.year,
        sheets=tuple(sorted(reader.sheets, key=lambda sheet: order[sheet.name])),
        columns=tuple(reader.columns),
        rows=tuple(sorted(account.rows, key=lambda row: (order[row.sheet], row.number))),
        domains=domains,
        activities=activities,
        problems=tuple(
            sorted(
                (p for p in account.problems if p.row not in left or p.ask.startswith("rows:")),
                key=lambda p: (order.get(p.sheet, -1), *place_of(p)),
            )
        ),
        left=tuple(left),
        set_aside=set_aside,
        indicators=indicators,
    )


@attrs.frozen(kw_only=True)
class _Looks:
    """How the rows of a table look, by which its titles are told from its tasks."""

    is_numbered: bool = False
    """Whether most tasks have a number."""
    has_bold_titles: bool = False
    """Whether bold letters set a row apart."""
    has_plain_titles: bool = False
    """Whether each list stands below a title without a number."""
    title_levels: frozenset[tuple[str, int]] = frozenset()
    """The levels of numbers that titles of others have; also of one row above others, which nothing shows to be a task."""


class Reader:
    """
    Goes through the sheets from top to bottom, and says what each row is.

    Args:
        account: where is told what each row became.
        built: the sections and tasks that the rows are put together to.
        leave: the rows to leave out, as `Phụ lục!12`.
        progress: is told how many rows are read, of how many.
    """

    def __init__(
        self, account: Account, built: Building, leave: Collection[str], progress: Progress | None = None
    ) -> None:
        self._progress, self._rows, self._done = progress, 0, 0
        self.account, self.built, self.say, self._answers = account, built, account.say, account.answers
        columns = account.answers.columns
        self._choice = Choice(account, folded_keys(columns) | {k: v for k, v in columns.items() if "!" in k})
        self.columns: list[DraftColumn] = []
        self.row_answers = {**dict.fromkeys(leave, "leave"), **account.answers.rows}
        self._table: Table | None = None
        self._looks = _Looks()
        self._letter = ""
        self._number = -1
        """The row that was read last."""
        self._unseen: set[tuple[str, int]] = set()
        """The rows that are hidden or struck out."""
        self.is_over = False

    @property
    def sheets(self) -> Sequence[DraftSheet]:
        """What each sheet was taken for."""
        return self._choice.sheets

    def read(self, sheets: Sequence[Sheet]) -> None:
        """Add what the sheets have."""
        texts = [cell for sheet in sheets for row in sheet.rows for cell in row if isinstance(cell, str)]
        if code := old_code_of(texts[:20_000]):
            what = self.say("the text is in the old Vietnamese code {code}, and not in Unicode", code=code)
            self.account.tell(
                sheets[0].name, "", what, self.say("convert it to Unicode, and import it again"), is_error=True
            )
            for sheet in sheets:
                self._choice.leave_sheet(sheet, what)
            return
        readable = [sheet for sheet in sheets if self._choice.may_be_read(sheet)]
        if self.account.problems:  # the other sheets of what reformtrack made are no appendix either
            for sheet in readable:
                self._choice.leave_sheet(sheet, self.account.problems[0].what, quiet=True)
            return
        tables = {sheet.name: self._choice.tables(sheet) for sheet in readable}
        if not any(tables.values()):
            tables = {s.name: self._choice.tables(s, guess=True)[:1] for s in sheets if s.name in tables}
        taken = [sheet for sheet in sheets if tables.get(sheet.name)]
        self._rows = sum(len(sheet.rows) for sheet in taken)
        chosen = set(self._choice.chosen(taken, tables))
        for sheet in sheets:
            if sheet.name in tables and sheet.name not in chosen and not tables[sheet.name] and sheet.rows:
                self._choice.leave_sheet(sheet, self.say("no table of activities was found in it"), quiet=not taken)
        domain_sheets = domains_by_sheet([s for s in taken if s.name in chosen], tables)
        for sheet in taken:
            if sheet.name in chosen:
                self._choice.sheets.append(DraftSheet(name=sheet.name, is_taken=True))
                self.built.base = domain_sheets.get(sheet.name, ())
                self._read_tables(sheet, tables[sheet.name])
        if not taken:
            names = ", ".join(sheet.name for sheet in sheets if not sheet.is_hidden)
            self.account.tell(names, "", *self.none_found(), is_error=True)
        elif chosen and not self.built.items:
            self.account.tell(
                taken[0].name, "", self.say("the table has no activities"), self.say("check the file"), is_error=True
            )

    def none_found(self) -> tuple[str, str]:
        """What is said of a file without a table, and what to do."""
        what = self.say(
            "no table of activities is in it: no row has headings for the activity and its lead agency or deadline"
        )
        return what, self.say("give the columns headings, as: STT, Nhiệm vụ, Chủ trì, Thời hạn")

    def _tell_progress(self, rows: int) -> None:
        self._done += rows
        if self._progress is not None:
            self._progress(min(self._done, self._rows), self._rows)

    def _read_tables(self, sheet: Sheet, tables: Sequence[Table]) -> None:
        self.is_over = False
        heads = [self._section_above(table) for table in tables]
        many = sum(head is not None for head in heads) > 1 or (heads[0] is not None and any(map(has_sections, tables)))
        for number in range(tables[0].titles[0] if tables[0].titles else tables[0].headings.first):
            self.account.put(sheet, number, "left", own_texts(sheet, number), "left")
        for table, head, after in zip_longest(tables, heads, tables[1:]):
            self._begin(table, head if many else None)
            goes_on = after is not None and after.headings.key == table.headings.key and not after.titles
            self.read_rows(table, after if goes_on else None)

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
            if head is None or number != head[0]:
                self.account.put(sheet, number, "heading", own, "heading")
        before, self._table = self._table, table
        shown = [folded(t) for own in titles.values() for t in own.values() if not PAGE.fullmatch(folded(t))]
        goes_on = before is not None and before.headings.key == headings.key and not self.built.base
        if goes_on and shown and not any("tiep theo" in text or "continued" in text for text in shown):
            earlier = [folded(t) for n in before.titles for t in own_texts(before.sheet, n).values()] if before else []
            goes_on = shown == earlier and before is not None and before.sheet is not sheet
        if not goes_on:
            self.built.sections, self.built.last, self._letter = list(self.built.base), None, ""
        if head is not None:
            self.account.put(sheet, head[0], "domain", titles[head[0]], "domain")
            self.built.enter(Section(head[1], head[2], None))
        self.is_over = False
        for number in range(headings.first, headings.first + headings.height):
            self.account.put(sheet, number, "heading", own_texts(sheet, number), "heading")
        if not (before is not None and before.headings.key == headings.key and before.sheet is sheet):
            self._tell_columns(table)

    def _tell_columns(self, table: Table) -> None:
        say, sheet, headings = self.say, table.sheet, table.headings
        for place, heading in sorted(headings.all.items()):
            letter, (row, column) = cell_name(0, place)[:-1], heading.cells[-1]
            hidden = place in sheet.hidden_columns and f"{sheet.name}!{letter}" not in self._answers.columns
            became = "left" if hidden else heading.column
            self.columns.append(
                DraftColumn(sheet=sheet.name, column=letter, row=row + 1, heading=heading.text, became=became)
            )
            if hidden:
                what = say("the column {heading} is hidden", heading=f"“{heading.text}”")
                self.account.tell(sheet.name, cell_name(row, column), what, say("it is not imported"))
            elif heading.column in ("custom", "start", "both"):
                shown = f"“{heading.text}”"
                what = (
                    say("the column {heading} is no field of an activity", heading=shown)
                    if self.account.of is ACTIVITIES
                    else say("the column {heading} is no field of an indicator", heading=shown)
                )
                self.account.tell(sheet.name, cell_name(row, column), what, say("it is kept as a custom field"))
        for field, places in headings.unclear.items():
            first = headings.first + headings.height - 1
            names = ", ".join(f"{cell_name(0, p)[:-1]} “{headings.all[p].text}”" for p in places)
            free = ("custom", "start", "both", "note", *(("domain", "group", "output") if field == "title" else ()))
            others = [p for p, h in sorted(headings.all.items()) if h.column in free]
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
            self.account.ask(
                sheet.name, cell, what, say("say which column it is"), f"columns:{sheet.name}!{field}", choices
            )

    def read_rows(self, table: Table, goes_on: Table | None) -> None:
        """The rows of a table; below those of one that goes on with its headings repeated, nothing but the table stands."""
        begin = table.headings.first + table.headings.height
        lines = [
            line
            for number in range(begin, table.end)
            if (line := line_in(self.account, table, number, self._letter)) is not None
        ]
        signed = next((line.number for line in lines if ends_table(line)), table.end)
        last = max((line.number for line in lines if len(line.own) > 1 and line.number < signed), default=-1)
        whole = [line for line in lines if line.get.get("lead") and line.get.get("deadline")]
        self.check_hidden(table, lines)
        seen = [line for line in lines if not self.is_left_by_looks(line)]
        parents = [
            (line.mark.form, line.mark.depth, len(line.own) <= 2)
            for line, after in pairwise(seen)
            if line.mark.form == "number" and is_child(after.mark, line.mark, dotted=True)
        ]
        levels = Counter((line.mark.form, line.mark.depth) for line in whole)
        self._looks = _Looks(
            is_numbered=2 * sum(line.mark.form == "number" for line in whole) >= len(whole),
            has_bold_titles=2 * sum(line.is_bold for line in whole) < max(1, len(whole)),
            has_plain_titles=has_plain_titles(seen),
            title_levels=frozenset(
                (form, depth) for form, depth, is_bare in parents if is_bare or levels[form, depth] == 1
            ),
        )
        begin = goes_on.headings.first + goes_on.headings.height if goes_on is not None else 0
        numbers = range(begin, goes_on.end) if goes_on is not None else ()
        following = (
            next(
                (
                    line
                    for n in numbers
                    if (line := line_in(self.account, goes_on, n, self._letter, quiet=True)) is not None
                ),
                None,
            )
            if goes_on
            else None
        )
        for line, after in zip_longest(seen, seen[1:]):
            self._take(line, after if after is not None else following, line.number > last and goes_on is None)
            self._number = line.number
            self._tell_progress(1)

    def check_hidden(self, table: Table, lines: Sequence[Line]) -> None:
        """Where a filter hides rows, whether they are meant is asked."""
        name, hidden = table.sheet.name, [line.number + 1 for line in lines if line.number in table.sheet.hidden]
        if hidden and table.sheet.is_filtered and f"{name}!hidden" not in self.row_answers:
            rows = ", ".join(map(str, hidden[:20]))
            what = self.say.plural(
                "a filter hides {count} row: {rows}", "a filter hides {count} rows: {rows}", len(hidden), rows=rows
            )
            to_do = self.say("show all rows, or say whether they are imported")
            self.account.ask(name, "", what, to_do, f"rows:{name}!hidden", ("take", "leave"))

    def is_left_by_looks(self, line: Line) -> bool:
        """Whether a row is left out because it is hidden or struck out."""
        say, sheet = self.say, line.table.sheet
        answer = self.row_answers.get(line.row, self.row_answers.get(f"{sheet.name}!hidden", ""))
        hidden = line.number in sheet.hidden
        struck = bool(sheet.struck) and all(cell_name(line.number, place) in sheet.struck for place in line.own)
        if not hidden and not struck:
            for place, text in line.own.items():
                self._check_look(line, place, text)
            return False
        if answer == "take" and hidden:
            return False
        self._unseen.add((sheet.name, line.number))
        why = say("the row is struck out") if struck else say("the row is hidden")
        self.account.put(sheet, line.number, "left", line.own, "left", why)
        if not (hidden and sheet.is_filtered):
            self.account.tell(sheet.name, str(line.number + 1), why, say("it is not imported"))
        return True

    def _check_look(self, line: Line, place: int, text: str) -> None:
        sheet = line.table.sheet
        if not sheet.struck and not sheet.partly_struck:
            return
        name = cell_name(line.number, place)
        if f"{sheet.name}!{name}" in self._answers.cells:
            return
        if name in sheet.struck:
            what = self.say("the text {text} is struck out", text=f"“{text[:80]}”")
            self.account.tell(sheet.name, name, what, self.say("it is not imported"))
        elif name in sheet.partly_struck:
            what = self.say("a part of the text {text} is struck out", text=f"“{text[:80]}”")
            self.account.ask(
                sheet.name,
                name,
                what,
                self.say("delete what does not hold, or write what is meant"),
                f"cells:{sheet.name}!{name}",
            )

    def _take(self, line: Line, after: Line | None, is_below: bool) -> None:
        answer = self.row_answers.get(line.row, "")
        sheet = line.table.sheet
        if line.mark.form == "letter":
            self._letter = line.mark.printed
        kind = answer if answer in ("join", "activity", "domain", "group", "note") else self.kind(line, after, is_below)
        if answer in ("leave", "leave_heading", "leave_tasks"):
            self.built.left[line.row] = None
            if kind in ("domain", "group") and not is_below:
                self.built.leave_section(line, answer)
            elif kind != "activity":
                self.account.put(sheet, line.number, "left", line.own, "left", self.say("left out as asked"))
                return
            else:
                self.built.activity(line, became="left")
            return
        for place in line.table.headings.all:
            if kind not in _LEFT:
                self.account.check_cell(sheet, line.number, place)
        if kind in _LEFT:
            self._leave_row(line, kind)
        elif kind in ("domain", "group"):
            self.built.section(line, after)
        elif kind == "activity":
            self.built.activity(line)
        elif kind == "join":
            self.built.join(line, asked=answer == "join")
        elif kind == "note":
            self.account.put(sheet, line.number, "note", line.own, "note")
        else:
            self.account.put(sheet, line.number, "unclear", line.own, "unclear")
            text = f"“{(line.head or next(iter(line.own.values())))[:80]}”"
            what = self.say(
                "it is not clear what the row {text} is: a title, a task, or more of the row above", text=text
            )
            cell = cell_name(line.number, min(line.own))
            to_do = self.say("say what it is, or leave the row out")
            self.account.ask(
                sheet.name, cell, what, to_do, f"rows:{line.row}", ("domain", "group", "activity", "join", "leave")
            )

    def kind(self, line: Line, after: Line | None, is_below: bool) -> str:
        """What a row is; `unclear` where only a person can tell."""
        has_core = line.has("lead", "deadline")
        is_whole = line.has("lead") and line.has("deadline") and line.has("title")
        self.is_over |= ends_table(line)
        if self.is_over:
            return "unclear" if is_whole and line.mark.form in ("number", "lower", "other") else "over"
        if is_about_the_table(line) and not has_core:
            if is_below or line.mark.form in ("none", "other", "dash"):
                self.is_over |= is_below
                is_total = folded(line.own[min(line.own)]).startswith(TOTALS)
                return "total" if is_below or is_total else "remark"
            return "unclear"
        mark, head = line.mark, line.head
        rest = line.has("output", "supporting", "budget", "note") or bool(line.custom)
        if not head or (line.is_merged("title") and not line.has("title")):
            return self._kind_without_title(line)
        if "domain" in line.table.headings.columns and is_whole:
            return "activity"
        if is_whole and mark.form == "none" and line.is_emphatic and self._looks.is_numbered:
            return "unclear"  # a title with two texts of other rows, or a task
        is_level = (mark.form, mark.depth) in self._looks.title_levels
        is_level |= not self.account.reads(line.get.get("deadline", ""))
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
        return "join" if isinstance(self.built.last, Item) or line.is_merged("title") else "unclear"

    def _is_section(self, line: Line, after: Line | None) -> bool:
        """Whether what stands below a row, or how it looks, makes it the title of other rows."""
        mark = line.mark
        if mark.form in ("roman", "letter", "named", "group"):
            if not line.has("lead", "deadline") and len(line.own) <= 2:
                return True
            return after is not None and (after.mark.form not in (mark.form, "none") or is_child(after.mark, mark))
        # A sentence before a list may be anything; titles without numbers stand before each list.
        counts = mark.form != "none" or self._looks.has_plain_titles
        if (
            counts
            and after is not None
            and is_child(after.mark, mark)
            and not (line.has("lead") and line.has("deadline"))
        ):
            return True
        return (line.is_emphatic or (line.is_bold and self._looks.has_bold_titles)) and not line.has(
            "lead", "deadline", "output"
        )

    def _goes_on(self, line: Line) -> bool:
        """Whether a row without a number is the rest of the row above: its text begins small, or the one above is open."""
        last = self.built.last
        if last is None or line.is_emphatic:
            return False
        before = last.get.get("title", "") if isinstance(last, Item) else last.title
        return line.head[:1].islower() or bool(OPEN_END.search(before))

    def _is_next(self, line: Line) -> bool:
        """Whether a row stands directly below the one that was read last."""
        between = range(self._number + 1, line.number)
        return isinstance(self.built.last, Item) and all((line.table.sheet.name, n) in self._unseen for n in between)

    def _leave_row(self, line: Line, kind: str) -> None:
        """A total, a note, or what stands below the table."""
        text = f"“{next(iter(line.own.values()))[:80]}”"
        self.account.put(line.table.sheet, line.number, "left", line.own, "left")
        if kind == "remark":
            what = self.say("the text {text} is taken for a note", text=text)
            cell = cell_name(line.number, min(line.own))
            self.account.tell(line.table.sheet.name, cell, what, self.say("it is not imported"))
        if kind == "below":
            what = self.say("the text {text} below the table is no activity", text=text)
            cell = cell_name(line.number, min(line.own))
            self.account.tell(line.table.sheet.name, cell, what, self.say("it is not imported"))
