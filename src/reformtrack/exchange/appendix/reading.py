"""A draft of sheets: tables found by their headings, each row taken for what it is, each cell put in one place."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise, zip_longest

import attrs

from reformtrack.domain.wording import folded
from reformtrack.exchange.appendix.account import Account
from reformtrack.exchange.appendix.agencies import is_alone
from reformtrack.exchange.appendix.building import Building
from reformtrack.exchange.appendix.choosing import Choice, LeftTable, domains_by_sheet, heads_numbers
from reformtrack.exchange.appendix.finding import (
    Answers,
    AppendixDomain,
    Draft,
    DraftColumn,
    DraftSheet,
    IndicatorRow,
    Progress,
    place_of,
)
from reformtrack.exchange.appendix.finishing import Finisher
from reformtrack.exchange.appendix.headings import find_headings, is_at_any_time, kind_of, own_texts
from reformtrack.exchange.appendix.line_reading import line_in
from reformtrack.exchange.appendix.lines import Number, is_unit, numbered, parted, plain, quoted, text_of
from reformtrack.exchange.appendix.old_codes import lost_in, old_code_in
from reformtrack.exchange.appendix.row_kinds import Looks, RowKinds
from reformtrack.exchange.appendix.rows import (
    ISSUER,
    PAGE,
    TITLES,
    Line,
    Section,
    Table,
    ends_table,
    has_sections,
    is_about_the_table,
    is_child,
    is_signed,
    may_sign,
)
from reformtrack.exchange.appendix.sheet_reader.cells import cell_name, column_name
from reformtrack.exchange.appendix.sheets import Cell, Sheet
from reformtrack.exchange.appendix.vocabulary import ACTIVITIES, IN_TITLES, INDICATORS, OF_TITLES, field_label
from reformtrack.language import Language

_ANEW = re.compile(
    r"\b(?:dieu chinh|sua|thay (?:doi|the|bang)|gia han|lui|keo dai|chuyen (?:sang|thanh|ve)|doi (?:thanh|lai)|nay la"
    r"|sau (?:sap xep|sap nhap|hop nhat))\b|(?<!\bdoi )(?<!\bdiem )\bmoi(?: \(|$)|^cap nhat$"
)
"""What the heading of a column has that says what another one says, anew; without marks and capitals."""
_UNNUMBERED = ("none", "other", "dash")
"""The forms of numbers that rows below a table may have too."""
_LEFT = ("over", "total", "remark", "below")
"""What a row is that is left out: below the table's end, a total, a note to it, or a text below."""


def find_appendix(
    sheets: Sequence[Sheet],
    say: Language,
    *,
    year: int = 0,
    days: tuple[date, date] | None = None,
    answers: Answers | None = None,
    known: Collection[str] = (),
    progress: Progress | None = None,
) -> Draft:
    """
    The draft of the sheets of a file. All problems are found at once; nothing is guessed.

    Args:
        sheets: those of a file.
        year: the plan year; 0 where none is known, and then no sheet is told from another by its year.
        days: the plan's first and last day, where it is not for its calendar year.
        answers: what a person says of sheets, columns, rows and texts.
        known: the names of agencies that are registered, or in the plan.
        progress: is told how many rows are read, of how many.
    """
    reader = Reader(Account(say, year, answers, days), progress)
    reader.read(sheets)
    finisher = Finisher(reader.account, reader.built, known)
    activities, left = finisher.finished(), reader.built.left
    return attrs.evolve(
        reader.draft(sheets),
        domains=tuple(AppendixDomain(code=code, title=title) for code, title in finisher.domains.items()),
        activities=tuple(row for row in activities if row.row not in left),
        set_aside=tuple(row for row in activities if row.row in left),
    )


class Reader:
    """
    Goes through the sheets from top to bottom, and says what each row is.

    Args:
        account: where is told what each row became.
        progress: is told how many rows are read, of how many.
        kinds: what says of each row what it is.
    """

    def __init__(self, account: Account, progress: Progress | None = None, kinds: type[RowKinds] = RowKinds) -> None:
        self._progress, self._rows, self._done = progress or (lambda done, total: None), 0, 0
        self.account, self.built, self.say = account, Building(account), account.say
        self._choice = Choice(account)
        self._columns: list[DraftColumn] = []
        self._table: Table | None = None
        self._kinds = kinds(account, self.built)
        self._letters: dict[str, str] = {}
        self._heads: Sequence[str] = ()
        """What stands above the first of the tables that have the same headings."""

    def draft(self, sheets: Sequence[Sheet], indicators: Sequence[IndicatorRow] = ()) -> Draft:
        """The draft of what was read, in the order of the file."""
        account, left = self.account, self.built.left
        order = {sheet.name: place for place, sheet in enumerate(sheets)}
        problems = (p for p in account.problems if p.row not in left or p.ask.startswith("rows:"))
        return Draft(
            file="",
            digest="",
            year=account.year,
            sheets=tuple(sorted(self._choice.sheets, key=lambda sheet: order[sheet.name])),
            columns=tuple(self._columns),
            rows=tuple(sorted(account.rows, key=lambda row: (order[row.sheet], row.number))),
            domains=(),
            activities=(),
            problems=tuple(sorted(problems, key=lambda p: (order.get(p.sheet, -1), *place_of(p)))),
            left=tuple(left),
            indicators=tuple(indicators),
            answers=account.answers,
        )

    def read(self, sheets: Sequence[Sheet]) -> None:
        """Add what the sheets have."""
        say, account, choice = self.say, self.account, self._choice
        for sheet in sheets:
            code, lost = old_code_in(sheet.rows), lost_in(sheet.rows)
            if not (code or lost) or account.answers.sheets.get(sheet.name) == "leave":
                continue
            what = say("the text is in the old Vietnamese code {code}, and not in Unicode", code=code)
            to_do = say("convert it to Unicode, and import it again")
            if not code:
                what = say("letters of the text {text} were lost when it was saved", text=quoted(lost))
                to_do = say("import the original file, or write the texts anew")
            key, choices = (f"sheets:{sheet.name}", ("leave",)) if len(sheets) > 1 else ("", ())
            account.ask((sheet.name, ""), what, to_do, key, choices)
            for other in sheets:
                choice.leave_sheet(other, what, quiet=True)
            return
        readable = [sheet for sheet in sheets if choice.may_be_read(sheet)]
        if account.problems:  # the other sheets of what reformtrack made are no appendix either
            for sheet in readable:
                choice.leave_sheet(sheet, account.problems[0].what, quiet=True)
            return
        tables = {sheet.name: choice.tables(sheet) for sheet in readable}
        if not any(tables.values()):
            tables = {sheet.name: choice.tables(sheet, guess=True)[:1] for sheet in readable}
        taken = [sheet for sheet in readable if tables[sheet.name]]
        self._rows = sum(len(sheet.rows) for sheet in taken)
        names = set(choice.chosen(taken, tables))
        for sheet in readable:
            if not tables[sheet.name] and sheet.rows:
                if taken and account.answers.sheets.get(sheet.name) != "leave" and self._has_tasks(sheet.rows):
                    what = say("the sheet has rows as a table of activities has, and no headings")
                    to_do = say("put its rows below the table that they belong to, or leave the sheet out")
                    account.ask((sheet.name, ""), what, to_do, f"sheets:{sheet.name}", ("leave",))
                choice.leave_sheet(sheet, say("no table of activities was found in it"), quiet=not taken)
        chosen = [sheet for sheet in taken if sheet.name in names]
        domains = domains_by_sheet(chosen, tables)
        for sheet in chosen:
            choice.sheets.append(DraftSheet(name=sheet.name, is_taken=True))
            self.built.base = domains.get(sheet.name, ())
            self._read_tables(sheet, tables[sheet.name])
        if not taken:
            all_ = ", ".join(sheet.name for sheet in sheets if not sheet.is_hidden)
            what = say(
                "no table of activities is in it: no row has headings for the activity and its lead agency or deadline"
            )
            to_do = say("give the columns headings, as: STT, Nhiệm vụ, Chủ trì, Thời hạn")
            if account.of is not ACTIVITIES:
                what = say(
                    "no table of indicators is in it: no row has headings for the indicator and its target or unit"
                )
                to_do = say("give the columns headings, as: STT, Tên chỉ tiêu, Đơn vị tính, Chỉ tiêu năm 2025")
            account.ask((all_, ""), what, to_do)
        elif chosen and not self.built.items:
            account.ask((taken[0].name, ""), say("the table has no activities"), say("check the file"))

    def _has_tasks(self, table: Iterable[Sequence[Cell]]) -> bool:
        """Whether a row has a number, and after it three texts or more, one of which says when."""
        rows = ([text for text in map(text_of, row) if text] for row in table)
        return self.account.of is ACTIVITIES and any(
            len(row) > 3
            and numbered(row[0]).form == "number"
            and any(self.account.reads(text) or is_at_any_time(text) for text in row[2:] if not text.isdigit())
            for row in rows
        )

    def _read_tables(self, sheet: Sheet, tables: Sequence[Table]) -> None:
        self._kinds.is_over = False
        heads = [_section_above(table) for table in tables]
        over = _titles_over(tables)
        if heads[0] is None and sum(one is not None for one in over[1:]) > 0:
            # Those over tables with the same headings are rows of the one before.
            each = zip(heads, over, tables, strict=True)
            heads = [one if one and one[0] in table.titles else head for head, one, table in each]
            heads[0] = over[0]
        many = over[0] is not None and heads[0] is over[0]
        many |= any(head is not None for head in heads[1:]) or (heads[0] is not None and any(map(has_sections, tables)))
        left = {number for table in self._choice.left_tables[sheet.name] for number in table.rows}
        for number in sorted({*range(min((*tables[0].titles, tables[0].headings.first))), *left}):
            self.account.put(sheet, number, "left")
        for left_table in self._choice.left_tables[sheet.name]:
            self._tell_left_table(sheet, left_table)
        for cell, remark in sheet.comments.items():
            what = self.say("somebody remarked on the cell: {text}", text=quoted(remark))
            self.account.tell_left((sheet.name, cell), what)
        for cell, covered in sheet.covered.items():
            text = quoted(text_of(covered) or str(covered))
            what = self.say("the text {text} is not shown, since its cell is merged with others", text=text)
            self.account.tell_left((sheet.name, cell), what)
        for table, head, after in zip_longest(tables, heads, tables[1:]):
            self._begin(table, head if many else None)
            self._read_rows(table, after)

    def _tell_left_table(self, sheet: Sheet, table: LeftTable) -> None:
        """A table that is left out: of another year, or of something else; one that may be meant is asked about."""
        own, account, say = own_texts(sheet, table.first), self.account, self.say
        at, key = (sheet.name, cell_name(table.first, min(own))), f"{sheet.name}!{table.first + 1}"
        what = say("the table is of the year {year}", year=table.year)
        to_do, choices = say("say whether it is imported"), ["take", "leave"]
        is_asked = not table.is_sure
        if not table.year:
            what = say("the table with the headings {text} is of another kind", text=quoted(", ".join(own.values())))
            to_do, choices = (
                say("leave it out, or give its columns headings as the table above it has them"),
                ["take", "leave"] if heads_numbers(own) else ["take", "activity", "leave"],
            )
            is_of_indicators = find_headings(sheet, table.first, {}, None, of=INDICATORS) is not None
            has_tasks = self._has_tasks(sheet.rows[table.first + 1 : table.rows.stop])
            is_asked = not is_of_indicators and (not heads_numbers(own) or has_tasks)
        if is_asked and account.answers.rows.get(key) != "leave":
            account.ask(at, what, to_do, f"rows:{key}", choices)
        else:
            account.tell_left(at, what)

    def _begin(self, table: Table, head: tuple[int, Number, str] | None) -> None:
        """A table's titles and headings; and whether it goes on with the sections of the one before."""
        sheet, headings, built = table.sheet, table.headings, self.built
        before, self._table = self._table, table
        is_same = before is not None and before.headings.key == headings.key
        shown = [text for text in map(folded, table.above) if not PAGE.fullmatch(text)]
        goes_on = is_same and not built.base
        if goes_on and shown and not any("tiep theo" in text or "continued" in text for text in shown):
            # The head of a page, which stood above the first table too.
            goes_on = before is not None and shown == [
                text for text in map(folded, self._heads) if not PAGE.fullmatch(text)
            ]
        if not is_same or before is None:
            self._heads = table.above
        if not goes_on:
            # The title of a table with other headings may be the last row of the table above.
            is_below = before is not None and before.sheet is sheet and head is None
            is_titled = is_below and isinstance(built.last, Section)
            built.sections, built.last = built.sections if is_titled else list(built.base), None
            self._letters.clear()
        for number in (*table.titles, *range(headings.first, headings.end)):
            is_domain = head is not None and number == head[0]
            if goes_on:
                self._kinds.unseen.add((sheet.name, number))
            self.account.put(sheet, number, "domain" if is_domain else "heading")
            if number < headings.first and len(own := own_texts(sheet, number)) > 2:
                what = self.say("the text {text} above the table is no activity", text=quoted(own[min(own)]))
                self.account.tell_left((sheet.name, cell_name(number, min(own))), what)
        if head is not None:
            built.enter(Section(head[1], head[2], None))
        self._kinds.is_over = False
        if not is_same or before is None or before.sheet is not sheet:
            self._tell_columns(table)

    def _tell_columns(self, table: Table) -> None:
        say, sheet, headings = self.say, table.sheet, table.headings
        for place, heading in sorted(headings.all.items()):
            letter, (row, column) = column_name(place), heading.cells[-1]
            at, shown = (sheet.name, cell_name(row, column)), f"“{heading.text}”"
            is_hidden = place in sheet.hidden_columns and f"{sheet.name}!{letter}" not in self.account.answers.columns
            became = "left" if is_hidden else heading.column
            self._columns.append(
                DraftColumn(sheet=sheet.name, column=letter, row=row + 1, heading=heading.text, became=became)
            )
            if is_hidden:
                self.account.tell_left(at, say("the column {heading} is hidden", heading=shown))
            elif heading.column in ("custom", "start", "both"):
                what = say("the column {heading} is no field of an indicator", heading=shown)
                if self.account.of is ACTIVITIES:
                    what = say("the column {heading} is no field of an activity", heading=shown)
                if heading.column == "custom" and self._says_anew(table, place):
                    what = say("the column {heading} may say what holds in the place of another one", heading=shown)
                    to_do = say("write what holds now into the column of its field, or say what the column is")
                    key = f"columns:{sheet.name}!{letter}"
                    self.account.ask(at, what, to_do, key, ("custom", "deadline", "lead"))
                else:
                    self.account.tell(at, what, say("it is kept as a custom field"))
        for field, places in headings.unclear.items():
            names = ", ".join(f"{column_name(p)} “{headings.all[p].text}”" for p in places)
            label = field_label(field, say)
            what = say("no column is named as {field}", field=label)
            if len(places) > 1:
                what = say("several columns may be {field}: {columns}", field=label, columns=names)
            elif places:
                what = say("the column {columns} names two fields, {field} among them", field=label, columns=names)
            free = ("custom", "start", "both", "note", *(("domain", "group", "output") if field == "title" else ()))
            choices = [column_name(p) for p in places or headings.places(*free)]
            choices += [IN_TITLES] if not places and field in OF_TITLES and self.account.of is ACTIVITIES else []
            at = sheet.name, cell_name(headings.end - 1, places[0] if places else min(headings.all))
            self.account.ask(at, what, say("say which column it is"), f"columns:{sheet.name}!{field}", choices)

    def _says_anew(self, table: Table, place: int) -> bool:
        """Whether a column has a heading as "Điều chỉnh thành", and days or agencies below it."""
        headings, name, answers = table.headings, table.sheet.name, self.account.answers.columns
        text = headings.all[place].text
        keys = {
            text,
            f"{name}!{column_name(place)}",
            f"{name}!{kind_of(text, {})[0]}",
        }  # what it is, or which is its field
        is_asked = any(place in places for places in headings.unclear.values()) or keys & answers.keys()
        if self.account.of is not ACTIVITIES or is_asked or not _ANEW.search(folded(text)):
            return False
        texts = (own_texts(table.sheet, number).get(place, "") for number in table.below)
        return any(self.account.has_days(text) or (len(text) < 100 and is_alone(plain(text))) for text in texts if text)

    def _read_rows(self, table: Table, under: Table | None) -> None:
        """
        The rows of a table.

        Args:
            under: the table below. Directly below with the same headings, the rows go on there; else titles may be over it.
        """
        lines = list(self._lines(table))
        self._check_filter(table, lines)
        seen = [line for line in lines if not self._is_left_by_looks(line)]
        signed = self._kinds.signed = self._signed(table, seen)
        self._check_unseen_titles([line for line in lines if line.number < signed], seen)
        last = max((line.number for line in lines if len(line.own) > 1 and line.number < signed), default=-1)
        self._kinds.looks = Looks.of(lines, seen)
        goes_on = under is not None and under.headings.key == table.headings.key and not under.titles
        below = under.below if under else ()
        letters = "".join(self._letters.values())
        nexts = (line_in(self.account, under, n, letters, quiet=True) for n in below if under)
        following = next((line for line in nexts if line is not None), None)
        for line, after in zip_longest(seen, seen[1:]):
            is_over = goes_on or (under is not None and line.mark.form in TITLES)
            self._take(line, after or (following if is_over else None), line.number > last and not is_over)
            self._done += 1
            self._progress(min(self._done, self._rows), self._rows)

    def _signed(self, table: Table, lines: Sequence[Line]) -> int:
        """The row in which the signature below a table begins; the table's end if it has no signature."""
        rows = [line for line in lines if line.row not in self.account.answers.rows]
        numbers = [line.number for line in lines if line.mark.form not in _UNNUMBERED]
        # Below the last number, offices in the columns of a task sign as those that stand apart; an agency may lead one.
        over = {
            line.number
            for line in rows
            if numbers and line.has("title") and len(line.own) > 1
            if line.has("deadline") or not any(sign and sign["of"] for sign in map(may_sign, line.own.values()))
        }
        offices = (
            line.number for line in rows if line.number in over and line.number > numbers[-1] and is_signed(line, True)
        )
        end = next(offices, table.end)
        last = max((*numbers, *(line.number for line in lines if line.is_whole and line.number < end)), default=-1)
        apart = (
            {line.number for above, line in pairwise(lines) if line.number > above.number + 1}
            | table.sheet.begins
            | over
        )
        signed = (
            line.number
            for line in rows
            if ends_table(line) or (line.number > last and is_signed(line, line.number in apart))
        )
        return next(signed, table.end)

    def _lines(self, table: Table) -> Iterator[Line]:
        """The rows with texts of their own; a letter is told from a Roman number by the letter before it."""
        above = ""
        for number in table.below:
            line = line_in(self.account, table, number, "".join(self._letters.values()), above)
            if line is not None:
                above = line.mark.printed if line.mark.form == "number" and line.mark.depth == 1 else above
                if line.mark.form in ("letter", "lower"):
                    self._letters[line.mark.form] = line.mark.printed
                yield line

    def _check_filter(self, table: Table, lines: Sequence[Line]) -> None:
        """Where a filter hides rows, whether they are meant is asked."""
        name, hidden = table.sheet.name, [line.number + 1 for line in lines if line.number in table.sheet.hidden]
        if hidden and table.sheet.is_filtered and f"{name}!hidden" not in self.account.answers.rows:
            rows = ", ".join(map(str, hidden[:20]))
            what = self.say.plural(
                "a filter hides {count} row: {rows}", "a filter hides {count} rows: {rows}", len(hidden), rows=rows
            )
            to_do = self.say("show all rows, or say whether they are imported")
            self.account.ask((name, ""), what, to_do, f"rows:{name}!hidden", ("take", "leave"))

    def _is_left_by_looks(self, line: Line) -> bool:
        """Whether a row is left out because it is hidden or struck out."""
        say, sheet = self.say, line.sheet
        answer = self.account.answers.rows.get(line.row, self.account.answers.rows.get(f"{sheet.name}!hidden", ""))
        is_hidden = line.number in sheet.hidden
        is_struck = bool(sheet.struck) and all(cell_name(line.number, place) in sheet.struck for place in line.own)
        if not is_hidden and not is_struck:
            self._check_struck_cells(line)
            return False
        if answer == "take" and is_hidden:
            return False
        self._kinds.unseen.add((sheet.name, line.number))
        self.built.hidden.add((sheet.name, line.number))
        why = say("the row is struck out") if is_struck else say("the row is hidden")
        self.account.put_line(line, "left", why=why)
        if not (is_hidden and sheet.is_filtered):
            self.account.tell_left(line.at(), why)
        return True

    def _check_unseen_titles(self, lines: Sequence[Line], seen: Sequence[Line]) -> None:
        """Where a title is not seen, and tasks below it are, they would stand under the title above: it is asked."""
        shown, rows, titles = set(map(id, seen)), self.account.answers.rows, list[Line]()
        for line in lines:
            if not line.has("lead", "deadline", "output"):
                titles = [] if id(line) in shown and _may_be_title(line) else [*titles, line]
                continue
            for title in titles if id(line) in shown else ():
                is_asked = title.row in rows or (title.sheet.is_filtered and f"{title.sheet.name}!hidden" not in rows)
                is_title = _may_be_title(title) or is_child(line.mark, title.mark, dotted=True)
                if id(title) not in shown and is_title and not is_asked:
                    what = self.say("the row {text} is not seen, and tasks below it are", text=quoted(title.head))
                    to_do = self.say("put the row right in the file, or say whether it is imported")
                    choices = ("take", "leave") if title.number in title.sheet.hidden else ("leave",)
                    self.account.ask(title.at(), what, to_do, f"rows:{title.row}", choices)
            titles = [] if id(line) in shown else titles

    def _check_struck_cells(self, line: Line) -> None:
        say, sheet, answers = self.say, line.sheet, self.account.answers.cells
        for place, text in line.own.items() if sheet.struck or sheet.partly_struck else ():
            at, name = line.at(place), cell_name(line.number, place)
            if f"{sheet.name}!{name}" in answers:
                continue
            if name in sheet.struck:
                self.account.tell_left(at, say("the text {text} is struck out", text=quoted(text)))
            elif name in sheet.partly_struck:
                what = say("a part of the text {text} is struck out", text=quoted(text))
                to_do = say("delete what does not hold, or write what is meant")
                self.account.ask(at, what, to_do, f"cells:{sheet.name}!{name}")

    def _take(self, line: Line, after: Line | None, is_below: bool) -> None:
        answer, account, built = self.account.answers.rows.get(line.row, ""), self.account, self.built
        is_told = answer in ("join", "activity", "domain", "group", "note")
        kind = answer if is_told else self._kinds.kind(line, after, is_below)
        if answer in ("leave", "leave_heading", "leave_tasks", "withdraw"):
            built.left[line.row] = None
            if kind in ("domain", "group") and not is_below:
                built.leave_section(line, answer)
            elif kind == "activity" and answer != "withdraw":
                built.activity(line, became="left")
            else:
                account.put_line(line, "left", why=self.say("left out as asked"))
            return
        if (line.sheet.name, line.number) in self._choice.passed:
            account.put_line(line, "heading")
            return
        if kind in _LEFT:
            self._leave_row(line, kind)
            return
        for place in line.headings.all:
            account.check_cell(line.sheet, line.number, place)
        if kind in ("domain", "group"):
            built.section(line, after, is_domain=answer == "domain")
        elif kind == "activity":
            built.activity(line)
        elif kind == "join":
            built.join(line, asked=answer == "join")
        else:
            account.put_line(line, kind)
        if kind == "unclear":
            text = quoted(line.head or next(iter(line.own.values())))
            what = self.say(
                "it is not clear what the row {text} is: a title, a task, or more of the row above", text=text
            )
            choices = ("domain", "group", "activity", "join", "leave")
            account.ask(line.first, what, self.say("say what it is, or leave the row out"), f"rows:{line.row}", choices)

    def _leave_row(self, line: Line, kind: str) -> None:
        """A total, a note, or what stands below the table."""
        say, text = self.say, quoted(next(iter(line.own.values())))
        self.account.put_line(line, "left")
        if kind == "remark":
            self._kinds.unseen.add((line.sheet.name, line.number))
            self.account.tell_left(line.first, say("the text {text} is taken for a note", text=text))
        if kind == "below":
            self.account.tell_left(line.first, say("the text {text} below the table is no activity", text=text))


def _may_be_title(line: Line) -> bool:
    """Whether a row without a lead and a deadline has the number, or the look, of a title."""
    is_of_page = is_about_the_table(line) or ISSUER.fullmatch(folded(line.head)) is not None
    return (line.mark.form in TITLES or line.is_emphatic) and not is_of_page


def _section_above(table: Table) -> tuple[int, Number, str] | None:
    """The numbered title above a table's headings."""
    found = _title_above(table.sheet, sorted(table.titles, reverse=True))
    return found if found and found[1].form in TITLES else None


def _title_above(sheet: Sheet, numbers: Iterable[int]) -> tuple[int, Number, str] | None:
    """The title that is the first text in some rows, but for sentences and units of money."""
    for number in numbers:
        match list(own_texts(sheet, number).values()):
            case [text] if (both := parted(text)) or not (_is_sentence(text) or is_unit(text)):
                return (number, *(both or (Number("none", ""), text)))
            case [code, title] if (mark := numbered(code)).form in TITLES:
                return number, mark, title
            case [_, _, *_]:
                return None
    return None


def _is_sentence(text: str) -> bool:
    """Whether a text above a table says who does what, and titles nothing."""
    return (
        text[-1] in ".:;"
        or re.match(r"(?:giao|de nghi|yeu cau) (?:cac|cho)\b|.*\b(?:sau day|nhu sau|duoi day)\b", folded(text))
        is not None
    )


def _titles_over(tables: Sequence[Table]) -> list[tuple[int, Number, str] | None]:
    """The titles with plain numbers in the rows directly above tables, as "1. Thể chế"."""
    found = [_title_above(table.sheet, range(table.headings.first - 1, -1, -1)) for table in tables]
    return [one if one and one[1].form == "number" and one[1].depth == 1 else None for one in found]
