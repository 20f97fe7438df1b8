"""
The round trip with a lead agency: a workbook of its activities, which it fills in and sends back.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import date
from io import BytesIO
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
from reformtrack.domain.events import Event
from reformtrack.domain.protected import redacted
from reformtrack.domain.showing import brief
from reformtrack.domain.timeline import Record
from reformtrack.domain.values import MAX_ID_LENGTH, SLUG, Document
from reformtrack.domain.wording import Lang, day
from reformtrack.exchange.appendix.finding import Problem
from reformtrack.exchange.appendix.lines import plain, text_of, unread
from reformtrack.exchange.appendix.sheet_reader import cell_name
from reformtrack.exchange.appendix.sheets import Cell, Sheet, read_sheets
from reformtrack.exchange.report.annex import row_height
from reformtrack.exchange.words import printed_deadline
from reformtrack.extras import extra
from reformtrack.language import Language
from reformtrack.tracker import Tracker
from reformtrack.views.plan import Activity, Plan

with extra("exchange"):
    import xlsxwriter

__all__ = ["Returned", "agency_workbook", "import_agency_workbook"]

_MARK = re.compile(rf"reformtrack (?=.{{1,{MAX_ID_LENGTH}}} )({SLUG}) ([0-9]{{1,18}})")
_HEAD = 4
"""The row of the headings, from 0."""
_ID, _CODE, _TITLE, _DUE, _UPDATE, _WIDTH = 0, 1, 2, 5, 7, 14
"""Columns: the hidden id, the first that is shown, the title, the due day, the first that is filled in; how many."""
_FIRST, _LAST = date(2000, 1, 1), date(2999, 12, 31)
"""The days that the cells of days admit."""
_SHADE = "#fff8dc"


@attrs.frozen(field_transformer=brief)
class Returned:
    """What came back in a workbook."""

    problems: tuple[Problem, ...]
    """The rows that were not recorded, and why: what contradicts the log, what cannot be read, what is another agency's."""
    records: tuple[Record[Event], ...]
    """The records, those of an earlier import of the same row among them."""


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
def agency_workbook(plan: Plan, lead: str, lang: Lang = "vi") -> bytes:
    """
    A .xlsx workbook of a lead agency's open activities: what is due, and cells to fill in; all others are protected.

    A recurring activity has a row for each occurrence that is open.

    Raises:
        InvalidField: the agency leads no open activity of the plan.
        UnreadableRecord: a record of the plan cannot be read.
    """
    plan.check_readable()
    activities = [activity for activity in plan.activities if activity.lead == lead and activity.status.is_open]
    if not activities:
        raise InvalidField(
            "agency_workbook", "lead", lead, "an agency that leads an open activity of the plan, as printed"
        )
    saved, say = BytesIO(), Language(lang)
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(saved, options) as book:
        _fill(book, book.add_worksheet(say("Updates")), plan, lead, activities, say)
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


def _fill(book: Any, sheet: Any, plan: Plan, lead: str, activities: list[Activity], say: Language) -> None:
    font = {"font_name": "Times New Roman", "font_size": 12, "valign": "top", "text_wrap": True, "border": 1}
    text, days = book.add_format(font), book.add_format({**font, "num_format": "dd/mm/yyyy"})
    head = book.add_format({**font, "bold": True, "align": "center", "bg_color": "#f3f5f7"})
    given = book.add_format({**font, "locked": False, "bg_color": _SHADE, "num_format": "@"})
    given_day = book.add_format({**font, "locked": False, "bg_color": _SHADE, "num_format": "dd/mm/yyyy"})
    title = book.add_format({"font_name": "Times New Roman", "font_size": 14, "bold": True})
    sheet.write_string(0, _ID, f"reformtrack {plan.id} {plan.position}")
    sheet.write_string(0, _CODE, redacted(plan.state.title, say), title)
    sheet.write_string(1, _CODE, say("{agency}: as of {day}", agency=redacted(lead, say), day=day(plan.on, say.lang)))
    sheet.write_string(
        2, _CODE, say("Fill in the yellow cells and send the file back. Leave a row empty where nothing is new.")
    )
    sheet.write_string(3, _CODE, redacted(plan.notice, say))
    sheet.set_row(_HEAD, 34)
    for column, (name, width) in enumerate(_columns(say)):
        sheet.set_column(column, column, width, None, {"hidden": column == _ID})
        sheet.write_string(_HEAD, column, name, head)
    rows = [(activity, due) for activity in activities for due in activity.open_days or (activity.due,)]
    for row, (activity, due) in enumerate(rows, _HEAD + 1):
        terms = activity.state.terms
        title_, output, deadline = (
            redacted(text, say) for text in (activity.title, terms.output, printed_deadline(activity, say.lang))
        )
        cells = (activity.id, activity.code, title_, output, deadline)
        sheet.set_row(row, row_height(cells[1:], [width for _, width in _columns(say)[1:]]))
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, cell, text)
        if due is None:
            sheet.write_blank(row, _DUE, None, text)
        else:
            sheet.write_datetime(row, _DUE, due, days)
        sheet.write_string(row, 6, activity.status.label(say.lang), text)
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
        SheetFileError: no spreadsheet, or none that `agency_workbook` made.
        NotFound: its plan is not on record.
    """
    say = Language(lang)
    found = [(sheet, mark) for sheet in read_sheets(path) if (mark := _mark(sheet)) is not None]
    if not found:
        raise SheetFileError(path, "it is no workbook of an agency's activities", "the file that was sent, filled in")
    sheet, (plan_id, position) = found[0]
    plan = tracker.plan(plan_id)
    reader = _Reader(sheet, plan, lead, say)
    records: list[Record[Event]] = []
    for row, events in reader.updates():
        digest = hashlib.sha256(msgspec.json.encode([plan_id, position, by, events])).hexdigest()[:32]
        try:
            records += tracker.record(*events, by=by, request_id=f"workbook-{digest}")
        except PolicyRequired:
            raise  # that is no matter of who sent the row
        except NotPermitted as error:
            reader.refuse(row, _UPDATE, str(error), say("let somebody return it who may"))
        except IllegalHistory as error:
            reader.refuse(
                row,
                _UPDATE,
                say("it contradicts the log: {error}", error=error),
                say("correct the row, or leave it empty"),
            )
    return Returned(tuple(reader.problems), tuple(records))


def _mark(sheet: Sheet) -> tuple[str, int] | None:
    first = sheet.rows[0][0] if sheet.rows and sheet.rows[0] else None
    match = _MARK.fullmatch(first) if isinstance(first, str) else None
    return (match[1], int(match[2])) if match else None


class _Reader:
    """Reads the rows of a workbook that came back."""

    def __init__(self, sheet: Sheet, plan: Plan, lead: str, say: Language) -> None:
        self.problems: list[Problem] = []
        self._sheet, self._plan, self._lead, self._say = sheet, plan, lead, say
        self._activities: dict[str, Activity] = {activity.id: activity for activity in plan.activities}
        self._kinds = {words: kind for lang in ("vi", "en") for kind, words in _updates(Language(lang)).items()}

    def refuse(self, row: int, column: int, what: str, to_do: str) -> None:
        """Note a problem with a cell, its row and column from 0."""
        self.problems.append(Problem(self._sheet.name, cell_name(row, column), what, to_do))

    def updates(self) -> Iterator[tuple[int, list[Event]]]:
        """(row, events) of each row that was filled in and can be read."""
        for row, cells in enumerate(self._sheet.rows[_HEAD + 1 :], _HEAD + 1):
            given, columns = [*cells, *[None] * _WIDTH], range(_UPDATE, max(_WIDTH, len(cells)))
            problems = {c: found for c in columns if (found := unread(self._sheet, row, c, self._say)) is not None}
            if not problems and not any(text_of(given[column]) for column in columns):
                continue
            activity = self._activities.get(str(given[_ID]))
            if activity is None or activity.lead != self._lead:
                what = self._say("no activity of {agency}", agency=self._lead)
                self.refuse(row, _CODE, what, self._say("do not add rows; use the file that was sent"))
                continue
            if not self._is_of(activity, given):
                shown = f"{text_of(given[_CODE])} {text_of(given[_TITLE])}"[:100]
                what = self._say("the row of activity {code} says {shown}", code=activity.code, shown=f"“{shown}”")
                self.refuse(
                    row, _CODE, what, self._say("fill in the file as it was sent; do not move texts between rows")
                )
                continue
            problems = {**dict(self._wrong(given)), **problems}
            for column, found in problems.items():
                self.refuse(row, column, *found)
            if problems:
                continue
            try:
                yield row, list(self._events(given, activity))
            except InvalidField as error:
                self.refuse(
                    row,
                    _UPDATE,
                    f"{error.field}: {error.found}",
                    self._say("accepted: {accepted}", accepted=error.accepted),
                )

    def _is_of(self, activity: Activity, given: list[Cell]) -> bool:
        """Whether code and title of a row are those of its activity, as they are or were; else rows were sorted in part."""
        titles = (getattr(record.event, "title", None) for record in self._plan.records[activity.id])
        shown = {plain(redacted(title, Language(lang))) for title in titles if title for lang in get_args(Lang)}
        return text_of(given[_CODE]) == activity.code and plain(text_of(given[_TITLE])) in shown

    def _wrong(self, given: list[Cell]) -> Iterator[tuple[int, tuple[str, str]]]:
        """The cells of a row that say nothing that can be recorded, and what to do: none is left out in silence."""
        say, (update, day, said, obstacles, number, issued, title) = self._say, map(text_of, given[_UPDATE:_WIDTH])
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
        for column in range(_WIDTH, len(given)):
            if text_of(given[column]):
                yield column, (say("the column is not read"), say("write it into one of the yellow cells"))

    def _events(self, given: list[Cell], activity: Activity) -> Iterator[Event]:
        update, said, obstacles = (text_of(given[column]) for column in (7, 9, 10))
        kind, when = self._kinds.get(update), cast(date, _day(given[8]))
        evidence = tuple(self._evidence(given))
        if obstacles and kind in ("completed", "suspended"):  # after these, progress is not reported
            yield ProgressReported(activity.id, on=when, obstacles=obstacles)
        match kind:
            case "completed" if activity.deadline.is_recurring and (due := _day(given[_DUE])) is not None:
                # The occurrence that the file was sent for: the next one may be another by now.
                yield OccurrenceCompleted(activity.id, on=when, occurrence=due, evidence=evidence, note=said)
            case "completed":
                yield ActivityCompleted(activity.id, on=when, evidence=evidence, note=said)
            case "started":
                yield ActivityStarted(activity.id, on=when, note=said)
            case "suspended":
                yield ActivitySuspended(activity.id, on=when, reason=said)
            case "resumed":
                yield ActivityResumed(activity.id, on=when, note=said)
            case _ if said or obstacles:
                yield ProgressReported(activity.id, on=when, note=said, obstacles=obstacles)
        if obstacles and kind in ("started", "resumed"):
            yield ProgressReported(activity.id, on=when, obstacles=obstacles)
        if evidence and kind != "completed":
            yield EvidenceFiled(activity.id, on=when, evidence=evidence)

    def _evidence(self, given: list[Cell]) -> Iterator[Document]:
        number, _, title = map(text_of, given[11:14])
        if number or title:
            yield Document(number=plain(number), title=title, date=_day(given[12]))  # who issued it is not known


def _day(cell: Cell) -> date | None:
    """A day that the cells admit, as a cell of days or as it is typed: a number in a cell of days is one of the year 1900."""
    match = re.fullmatch(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s*", cell) if isinstance(cell, str) else None
    try:
        found = date(int(match[3]), int(match[2]), int(match[1])) if match else cell
    except ValueError:
        return None
    return found if isinstance(found, date) and _FIRST <= found <= _LAST else None
