"""
The round trip with a lead agency: a workbook of its activities, which it fills in and sends back.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from io import BytesIO
from itertools import chain, islice, starmap
from os import PathLike
from typing import Any, cast, get_args

import attrs
import msgspec

from reformtrack.domain.activity import (
    ActivityCompleted,
    ActivityResumed,
    ActivityStarted,
    ActivitySuspended,
    EvidenceFiled,
    OccurrenceCompleted,
    ProgressReported,
)
from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import IllegalHistory, InvalidField, NotPermitted, PolicyRequired, SheetFileError
from reformtrack.domain.kinds import Event
from reformtrack.domain.protected import redacted
from reformtrack.domain.said import said
from reformtrack.domain.showing import brief
from reformtrack.domain.timeline import Record
from reformtrack.domain.values import MAX_ID_LENGTH, SLUG, ActivityId, Document
from reformtrack.domain.wording import Lang, day
from reformtrack.exchange.appendix.finding import Problem
from reformtrack.exchange.appendix.lines import has_text, plain, text_of, unread
from reformtrack.exchange.appendix.sheet_reader import cell_name
from reformtrack.exchange.appendix.sheets import Cell, Sheet, read_sheets
from reformtrack.exchange.report.annex import row_height
from reformtrack.exchange.words import error_words, printed_deadline, undecided
from reformtrack.extras import extra
from reformtrack.language import Language
from reformtrack.tracker import Tracker
from reformtrack.views.activity import Activity
from reformtrack.views.agencies import Registry
from reformtrack.views.plan import Plan

with extra("exchange"):
    import xlsxwriter

__all__ = ["Returned", "agency_workbook", "import_agency_workbook"]

_MARK = re.compile(
    rf"reformtrack (?=.{{1,{MAX_ID_LENGTH}}} )({SLUG}) ([0-9]{{1,18}}) ([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})"
)
_HEAD = 4
"""The row of the headings as it is sent, from 0."""
_ID, _CODE, _TITLE, _DUE, _UPDATE, _WIDTH = 0, 1, 2, 5, 7, 14
"""Columns as they are sent: the hidden id, the first that is shown, the title, the due day, the first that is filled in."""
_FIRST, _LAST = date(2000, 1, 1), date(2999, 12, 31)
"""The days that the cells of days admit."""
_SHADE = "#fff8dc"


@attrs.frozen(field_transformer=brief)
class Returned:
    """What came back in a workbook: each cell that was filled in is on record, or named in a problem."""

    problems: tuple[Problem, ...]
    """Cells that were not recorded, each with the reason: it contradicts the log, is unreadable, or stands outside the form."""
    records: tuple[Record[Event], ...]
    """The records that were made."""
    earlier: tuple[Record[Event], ...] = ()
    """The records of before that say the same as the workbook: they were not made again."""


def _updates(say: Language) -> Mapping[str, str]:
    """What can be chosen: the words of each kind of update."""
    return {
        "started": say("work has begun"),
        "completed": say("completed"),
        "suspended": say("suspended"),
        "resumed": say("work goes on again"),
        "reported": say("progress only"),
    }


@checks_arguments
def agency_workbook(plan: Plan, lead: str, lang: Lang = "vi", *, registry: Registry | None = None) -> bytes:
    """
    A .xlsx workbook of a lead agency's open activities: what is due, and cells to fill in; all others are protected.

    A recurring activity has a row for each occurrence that is open. What a split leaves undecided is in the workbook of each
    heir, with a comment at its code.

    Args:
        plan: the plan on a day.
        lead: the lead as printed; with a registry, who answers for the work, as `Work.names` has it.
        registry: the agencies on that day.

    Raises:
        InvalidField: the agency leads no open activity of the plan.
        UnreadableRecord: a record of the plan cannot be read.
    """
    plan.check_readable()
    saved, say = BytesIO(), Language(lang)
    whose = _whose(plan, registry, printed=registry is None)
    rows = list(_rows(plan, lead, whose, say))
    if not rows:
        how = said("as printed") if registry is None else said("as it is called on the day")
        accepted = said("an agency that leads an open activity of the plan, {how}", how=how)
        raise InvalidField("agency_workbook", "lead", lead, accepted)
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(saved, options) as book:
        sheet = book.add_worksheet(say("Updates"))
        _fill(book, sheet, _captions(plan, lead, say), [cells for _, cells in rows], say)
        for row, (activity, _) in enumerate(rows, _HEAD + 1):
            if mark := undecided(whose[activity.id], say):
                sheet.write_comment(row, _CODE, redacted(mark, say))
    return saved.getvalue()


def _columns(say: Language) -> list[tuple[str, int]]:
    return [
        ("id", 4),
        (say("Code"), 8),
        (say("Activity"), 50),
        (say("Output"), 24),
        (say("Deadline"), 16),
        (say("Due day"), 13),
        (say("Status"), 18),
        (say("Update"), 20),
        (say("Day"), 13),
        (say("Result, or reason"), 36),
        (say("Obstacles"), 30),
        (say("Evidence: number"), 18),
        (say("Evidence: day"), 13),
        (say("Evidence: title"), 36),
    ]


def _captions(plan: Plan, lead: str, say: Language) -> tuple[str, ...]:
    """What stands above the table: the hidden mark, which says what the sheet was made from, and a line each."""
    return (
        f"reformtrack {plan.id} {plan.position} {plan.on}",
        redacted(plan.state.title, say),
        say("{agency}: as of {day}", agency=redacted(lead, say), day=day(plan.on, say.lang)),
        say("Fill in the yellow cells and send the file back. Leave a row empty where nothing is new."),
        redacted(plan.notice, say),
    )


def _whose(plan: Plan, registry: Registry | None, *, printed: bool) -> Mapping[ActivityId, tuple[str, ...]]:
    """For whom each activity is: those who answer for it, its lead as printed, or both."""
    found = {one.id: (one.lead,) if printed else () for one in plan.activities}
    for work in registry.work(plan) if registry else ():
        found |= {one.id: (*work.names, *found[one.id]) for one in work.activities}
    return found


def _rows(
    plan: Plan, lead: str, whose: Mapping[ActivityId, tuple[str, ...]], say: Language
) -> Iterator[tuple[Activity, tuple[str | date | None, ...]]]:
    """Each row: its activity, and the cells that are protected. The id of one that recurs has the day of the occurrence."""
    for activity in plan.activities:
        if lead in whose[activity.id] and activity.status.is_open:
            texts = (activity.title, activity.state.terms.output, printed_deadline(activity, say.lang))
            shown, status = [redacted(text, say) for text in texts], activity.status.label(say.lang)
            for due in activity.open_days or (activity.due,):
                id = f"{activity.id} {due}" if activity.deadline.is_recurring else activity.id
                yield activity, (id, activity.code, *shown, due, status)


def _fill(
    book: Any, sheet: Any, captions: Sequence[str], rows: Sequence[Sequence[str | date | None]], say: Language
) -> None:
    font = {"font_name": "Times New Roman", "font_size": 12, "valign": "top", "text_wrap": True, "border": 1}
    text, days = book.add_format(font), book.add_format({**font, "num_format": "dd/mm/yyyy"})
    head = book.add_format({**font, "bold": True, "align": "center", "bg_color": "#f3f5f7"})
    given = book.add_format({**font, "locked": False, "bg_color": _SHADE, "num_format": "@"})
    given_day = book.add_format({**font, "locked": False, "bg_color": _SHADE, "num_format": "dd/mm/yyyy"})
    title = book.add_format({"font_name": "Times New Roman", "font_size": 14, "bold": True})
    # What is sent is locked; what may be filled in stands to its right, as text, so that Excel changes nothing that is typed.
    sheet.write_string(0, _ID, captions[0])
    for row, caption in enumerate(captions[1:]):
        sheet.write_string(row, _CODE, caption, title if row == 0 else None)
    sheet.set_row(_HEAD, 34)
    for column, (name, width) in enumerate(_columns(say)):
        sheet.set_column(column, column, width, None, {"hidden": column == _ID})
        sheet.write_string(_HEAD, column, name, head)
    for row, cells in enumerate(rows, _HEAD + 1):
        sheet.set_row(
            row, row_height([*map(text_of, cells[_CODE:_DUE])], [width for _, width in _columns(say)[_CODE:]])
        )
        for column, cell in enumerate(cells):
            if isinstance(cell, date):
                sheet.write_datetime(row, column, cell, days)
            else:
                (sheet.write_blank if cell is None else sheet.write_string)(row, column, cell, text)
        for column in range(_UPDATE, len(_columns(say))):
            sheet.write_blank(row, column, None, given_day if column in (8, 12) else given)
    last = _HEAD + len(rows)
    sheet.data_validation(
        _HEAD + 1, _UPDATE, last, _UPDATE, {"validate": "list", "source": list(_updates(say).values())}
    )
    for column in (8, 12):
        limits = {"validate": "date", "criteria": "between", "minimum": _FIRST, "maximum": _LAST}
        sheet.data_validation(_HEAD + 1, column, last, column, limits)
    sheet.protect("", {"format_columns": True, "format_rows": True, "sort": False, "autofilter": True})
    sheet.freeze_panes(_HEAD + 1, 3)
    sheet.autofilter(_HEAD, _ID, last, len(_columns(say)) - 1)
    sheet.print_area(0, _CODE, last, len(_columns(say)) - 1)
    sheet.repeat_rows(_HEAD)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


@checks_arguments
def import_agency_workbook(
    tracker: Tracker, path: str | PathLike[str], *, lead: str, by: str, lang: Lang = "vi"
) -> Returned:
    """
    Record what an agency filled in, row by row; what cannot be recorded is listed with its reason.

    The same file again records nothing; one that was filled in further records what is new in it.

    Args:
        path: the workbook that came back.
        lead: the agency that it came from; rows of others are refused.
        by: who it is recorded as.

    Raises:
        SheetFileError: no spreadsheet, or none that `agency_workbook` made, or headings are missing, doubled or changed.
        NotFound: its plan is not on record.
    """
    say = Language(lang)
    sheets = [(sheet, _mark(sheet)) for sheet in read_sheets(path)]
    readers = [_Reader(path, sheet, mark, tracker, lead, say) for sheet, mark in sheets if mark is not None]
    if not readers:
        raise SheetFileError(path, "it is no workbook of an agency's activities", "the file that was sent, filled in")
    problems = [problem for sheet, mark in sheets if mark is None for problem in _not_read(sheet, say)]
    updates: dict[str, list[_Update]] = {}
    for reader in readers:
        for update in reader.updates():
            updates.setdefault(update.id, []).append(update)
    made: dict[Event, Record[Event]] = {}
    earlier: dict[Event, Record[Event]] = {}
    for rows in updates.values():
        update = rows[0]
        if any(other.events != update.events for other in rows):
            what = say("the same row stands in the file again, filled in otherwise")
            _refuse(rows, what, say("leave one of the two"))
            continue
        found = {**update.on_record(), **made}
        events = list(_since(update.events, found))
        # Nothing is new in a row that stands on record as it is, even if its completion was undone since.
        is_known = all(event in found for event in events)
        new = [] if is_known else [e for e in events if e not in found or update.is_undone(found[e])]
        digest = hashlib.sha256(msgspec.json.encode([*update.reader.mark[:2], by, new])).hexdigest()[:32]
        try:
            records = tracker.record(*new, by=by, request_id=f"workbook-{digest}") if new else ()
        except PolicyRequired:
            raise  # that is no matter of who sent the row
        except NotPermitted as error:
            _refuse(rows, error_words(error, say), say("let somebody return it who may"))
        except IllegalHistory as error:
            what = say("it contradicts the log: {error}", error=error_words(error, say))
            _refuse(rows, what, say("correct the row, or leave it empty"))
        else:
            made |= {record.event: record for record in records}
            earlier |= {event: found[event] for event in events if event not in made}
    problems += [problem for reader in readers for problem in reader.problems]
    return Returned(tuple(problems), tuple(made.values()), tuple(earlier.values()))


def _mark(sheet: Sheet) -> tuple[str, int, date] | None:
    """The plan, the log position and the day that a sheet was made from, wherever its mark stands."""
    texts = (cell.strip() for row in sheet.rows for cell in row if isinstance(cell, str) and "reformtrack" in cell)
    match = next(filter(None, map(_MARK.fullmatch, texts)), None)
    try:
        return (match[1], int(match[2]), date.fromisoformat(match[3])) if match else None
    except ValueError:
        return None


def _not_read(sheet: Sheet, say: Language) -> Iterator[Problem]:
    """That a sheet without a mark has something in it, if it has."""
    filled = (
        (row, place) for row, cells in enumerate(sheet.rows) for place, cell in enumerate(cells) if has_text(cell)
    )
    for cell in islice(chain(starmap(cell_name, filled), sorted(sheet.empty_formulas)), 1):
        yield Problem(sheet.name, cell, say("the sheet is not read"), say("write it into one of the yellow cells"))


def _since(events: Sequence[Event], found: Mapping[Event, Record[Event]]) -> Iterator[Event]:
    """What a row says, where it was filled in further: evidence that came to a completion on record is filed by itself."""
    for event in events:
        if isinstance(event, ActivityCompleted | OccurrenceCompleted) and event not in found:
            bare = attrs.evolve(event, evidence=())
            if bare in found:
                yield bare
                yield EvidenceFiled(event.subject, on=event.on, evidence=event.evidence)
                continue
        yield event


@attrs.frozen
class _Update:
    """A row that was filled in and can be read."""

    reader: _Reader
    row: int
    id: str
    """Of the activity, and of its occurrence."""
    activity: Activity
    """As it is now."""
    events: tuple[Event, ...]

    def on_record(self) -> dict[Event, Record[Event]]:
        """What stands on record of the activity: all that counts, and all of since the sheet was made."""
        counted = {record.version for record in self.activity.timeline}
        records = self.reader.plan.records[self.activity.id]
        return {r.event: r for r in records if r.version in counted or r.position > self.reader.mark[1]}

    def is_undone(self, record: Record[Event]) -> bool:
        """Whether a record of a completion does not hold any more, as when it was sent back."""
        completes = isinstance(record.event, ActivityCompleted | OccurrenceCompleted)
        return completes and record not in self.activity.because


def _refuse(rows: Iterable[_Update], what: str, to_do: str) -> None:
    """Note that rows are not recorded."""
    for row in rows:
        row.reader.refuse(row.row, row.reader.places[_UPDATE], what, to_do)


def _headings(path: str | PathLike[str], sheet: Sheet) -> tuple[int, Language, list[int]]:
    """The row of the headings, wherever it stands, from 0; its language; the place of each column, from 0."""
    rows = [[*map(_said, row)] for row in sheet.rows]
    heads = [(Language(lang), [name for name, _ in _columns(Language(lang))]) for lang in get_args(Lang)]
    texts, row, say, names = max(
        ((texts, row, say, names) for row, texts in enumerate(rows) for say, names in heads),
        key=lambda head: len({*head[0]} & {*head[3]}),
    )
    if wrong := [name for name in names if texts.count(name) != 1]:
        found = f"row {row + 1} of sheet {sheet.name!r} does not have each of these headings once: {', '.join(wrong)}"
        raise SheetFileError(path, found, "the headings of the file that was sent")
    return row, say, [texts.index(name) for name in names]


class _Reader:
    """Reads the rows of a sheet that came back, and holds them against what was sent."""

    def __init__(
        self,
        path: str | PathLike[str],
        sheet: Sheet,
        mark: tuple[str, int, date],
        tracker: Tracker,
        lead: str,
        say: Language,
    ) -> None:
        plan_id, position, on = self.mark = mark
        self.problems: list[Problem] = []
        self.plan = tracker.plan(plan_id)
        if position > tracker.log.position():
            raise SheetFileError(path, f"it was made from record {position} of another log", "a file of this log")
        sent = tracker.plan(plan_id, on, position)
        self._sheet, self._lead, self._say = sheet, lead, say
        self._head, shown_in, self.places = _headings(path, sheet)
        self._captions = set(map(_said, _captions(sent, lead, shown_in)))
        registry = tracker.agencies()
        # A sheet does not say whether it was made for a lead as printed or for who answers, so both are taken.
        self._whose, then = (_whose(one, registry, printed=True) for one in (self.plan, sent))
        self._sent = {str(cells[_ID]): (activity, cells) for activity, cells in _rows(sent, lead, then, shown_in)}
        self._activities: dict[str, Activity] = {activity.id: activity for activity in self.plan.activities}
        self._kinds = {words: kind for lang in ("vi", "en") for kind, words in _updates(Language(lang)).items()}
        places = self.places[_UPDATE:]
        self._merged = {
            (row, column)
            for (top, left), (bottom, right) in sheet.merged
            for row in range(top, bottom + 1)
            for column in places
            if left <= column <= right
        }

    def refuse(self, row: int, place: int, what: str, to_do: str) -> None:
        """Note a problem with a cell, its places from 0."""
        self.problems.append(Problem(self._sheet.name, cell_name(row, place), what, to_do))

    def _text(self, row: int, place: int) -> str:
        """What a cell of a row says: nothing only where it is empty."""
        has_no_value = unread(self._sheet, row, place, self._say) is not None
        return "–" if has_no_value else _said(self._sheet.rows[row][place])

    def updates(self) -> Iterator[_Update]:
        """The rows that were filled in and can be read; what else differs from what was sent is noted."""
        say = self._say
        for row, cells in enumerate(self._sheet.rows):
            texts = {place: text for place, cell in enumerate(cells) if cell != "" and (text := self._text(row, place))}
            beside = [cell_name(row, place) for place in texts if place not in self.places]
            if row == self._head:
                self._refuse_beside(beside)
                continue
            id = texts.get(self.places[_ID], "")
            if id in self._sent:
                yield from self._update(row, id, texts, beside)
            elif others := [place for place, text in texts.items() if text not in self._captions]:
                what = say("no activity of {agency}", agency=self._lead)
                place = next((place for place in others if place != self.places[_ID]), others[0])
                self.refuse(row, place, what, say("do not add rows; use the file that was sent"))

        if formulas := self._sheet.empty_formulas:
            # Beyond the last cell with a value, where the reader of the file gives no rows.
            seen = (cell_name(row, place) for row, cells in enumerate(self._sheet.rows) for place in range(len(cells)))
            self._refuse_beside(sorted(formulas.difference(seen)))

    def _refuse_beside(self, cells: Iterable[str]) -> None:
        what, to_do = self._say("the cell is not read"), self._say("write it into one of the yellow cells")
        self.problems += [Problem(self._sheet.name, cell, what, to_do) for cell in cells]

    def _update(self, row: int, id: str, texts: Mapping[int, str], beside: Sequence[str]) -> Iterator[_Update]:
        """What a row of the table says, if it can be recorded; else its problems are noted."""
        say, (was, sent) = self._say, self._sent[id]
        shown = [texts.get(place, "") for place in self.places]
        changed = [c for c in range(_CODE, _UPDATE) if shown[c] != _said(sent[c])]
        for column in changed:
            what = say("the row of activity {code} says {shown}", code=was.code, shown=f"“{shown[column][:100]}”")
            self.refuse(
                row,
                self.places[column],
                what,
                say("fill in the yellow cells alone, and leave all others as they were sent"),
            )
        self._refuse_beside(beside)
        # A row that may be about another activity, or that says nothing, is not read on: one problem would be told as five.
        if {_CODE, _TITLE, _DUE} & {*changed} or beside or not any(shown[_UPDATE:]):
            return
        activity = self._activities.get(was.id)
        if activity is None or self._lead not in self._whose[activity.id]:
            what = say("no activity of {agency}", agency=self._lead)
            self.refuse(row, self.places[_CODE], what, say("do not add rows; use the file that was sent"))
            return
        cells = self._sheet.rows[row]
        given = [cells[place] if place < len(cells) else None for place in self.places]
        problems = {**dict(self._wrong(given)), **dict(self._unread(row))}
        for column, found in problems.items():
            self.refuse(row, self.places[column], *found)
        if problems:
            return
        due = sent[_DUE] if was.deadline.is_recurring else None
        try:
            yield _Update(self, row, id, activity, tuple(self._events(given, activity.id, cast("date | None", due))))
        except InvalidField as error:
            what = f"{error.field}: {error.found}"
            self.refuse(row, self.places[_UPDATE], what, say("accepted: {accepted}", accepted=error.accepted))

    def _unread(self, row: int) -> Iterator[tuple[int, tuple[str, str]]]:
        """The cells of a row that have no value of their own, and what to do."""
        say = self._say
        for column in range(_UPDATE, _WIDTH):
            place = self.places[column]
            if (row, place) in self._merged and place < len(self._sheet.rows[row]) and self._text(row, place):
                yield (
                    column,
                    (say("the cell is merged with others"), say("unmerge it, and fill in each cell by itself")),
                )
            if (found := unread(self._sheet, row, place, say)) is not None:
                yield column, found

    def _wrong(self, given: list[Cell]) -> Iterator[tuple[int, tuple[str, str]]]:
        """The cells of a row that say nothing that can be recorded, and what to do: none is left out in silence."""
        say, (update, day, said, obstacles, number, issued, title) = self._say, map(text_of, given[_UPDATE:_WIDTH])
        # By the number of the column; each needs of the others what an event needs.
        as_day = say("write the day as 31/08/2023")
        if update and update not in self._kinds:
            yield 7, (say("the update {text} is not known", text=f"“{update}”"), say("choose from the list"))
        if not (update or said or obstacles or number or issued or title):
            yield 7, (say("nothing is reported for this day"), say("choose from the list"))
        if _day(given[8]) is None:
            yield 8, (say("the day cannot be read") if day else say("the update has no day"), as_day)
        if self._kinds.get(update) == "reported" and not (said or obstacles):
            yield 9, (say("no progress is said"), say("write the result, or leave the update empty"))
        if _day(given[12]) and not (number or title):
            yield 11, (say("the document has neither a number nor a title"), say("write its number or its title"))
        if issued and _day(given[12]) is None:
            yield 12, (say("the day of the document cannot be read"), as_day)

    def _events(self, given: list[Cell], id: ActivityId, occurrence: date | None) -> Iterator[Event]:
        update, said, obstacles = (text_of(given[column]) for column in (7, 9, 10))
        kind, when = self._kinds.get(update), cast(date, _day(given[8]))
        evidence = tuple(self._evidence(given))
        if obstacles and kind in ("completed", "suspended"):  # after these, progress is not reported
            yield ProgressReported(id, on=when, obstacles=obstacles)
        match kind:
            case "completed" if occurrence is not None:
                yield OccurrenceCompleted(id, on=when, occurrence=occurrence, evidence=evidence, note=said)
            case "completed":
                yield ActivityCompleted(id, on=when, evidence=evidence, note=said)
            case "started":
                yield ActivityStarted(id, on=when, note=said)
            case "suspended":
                yield ActivitySuspended(id, on=when, reason=said)
            case "resumed":
                yield ActivityResumed(id, on=when, note=said)
            case _ if said or obstacles:
                yield ProgressReported(id, on=when, note=said, obstacles=obstacles)
        if obstacles and kind in ("started", "resumed"):
            yield ProgressReported(id, on=when, obstacles=obstacles)
        if evidence and kind != "completed":
            yield EvidenceFiled(id, on=when, evidence=evidence)

    def _evidence(self, given: list[Cell]) -> Iterator[Document]:
        number, _, title = map(text_of, given[11:14])
        if number or title:
            yield Document(number=plain(number), title=title, date=_day(given[12]))  # who issued it is not known


def _said(cell: Cell) -> str:
    """A cell as a text that is the same for each form of a day and of space."""
    return plain(text_of(_day(cell) or cell))


def _day(cell: Cell) -> date | None:
    """A day that the cells admit, as a cell of days or as it is typed: a number in a cell of days is one of the year 1900."""
    match = re.fullmatch(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s*", cell) if isinstance(cell, str) else None
    try:
        found = date(int(match[3]), int(match[2]), int(match[1])) if match else cell
    except ValueError:
        return None
    return found if isinstance(found, date) and _FIRST <= found <= _LAST else None
