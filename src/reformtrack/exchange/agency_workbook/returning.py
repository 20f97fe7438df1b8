"""Records what an agency filled in, row by row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import chain, islice, starmap
from os import PathLike

import attrs
import msgspec

from reformtrack.domain.activity import ActivityCompleted, EvidenceFiled, OccurrenceCompleted
from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import NotPermitted, PolicyRequired, SheetFileError
from reformtrack.domain.gathered import grouped
from reformtrack.domain.illegal import IllegalHistory
from reformtrack.domain.kinds import Event
from reformtrack.domain.said import said as sentence
from reformtrack.domain.showing import brief
from reformtrack.domain.timeline import Record
from reformtrack.domain.wording import Lang, day
from reformtrack.exchange.agency_workbook.form import mark_of
from reformtrack.exchange.agency_workbook.reading import Reader, Reported, Update
from reformtrack.exchange.appendix.finding import Problem
from reformtrack.exchange.appendix.lines import quoted, text_of
from reformtrack.exchange.appendix.sheet_reader.cells import cell_name
from reformtrack.exchange.appendix.sheets import Sheet, content_of, sheets_in
from reformtrack.exchange.error_words import error_words
from reformtrack.language import Language
from reformtrack.tracker import Tracker


@attrs.frozen
class Taken:
    """A row of which all that it says is on record."""

    sheet: str
    number: int
    """Of the row, from 1."""
    events: tuple[Reported, ...]
    is_new: bool
    """Whether any of it was recorded now."""


@attrs.frozen(field_transformer=brief)
class Returned:
    """What came back in a workbook: each cell that was filled in is on record, or named in a problem."""

    problems: tuple[Problem, ...]
    """Cells that were not recorded, each with the reason: it contradicts the log, is unreadable, or stands outside the form."""
    records: tuple[Record[Event], ...]
    """The records that were made."""
    earlier: tuple[Record[Event], ...] = ()
    """The records of before that say the same as the workbook: they were not made again."""
    taken: tuple[Taken, ...] = ()
    """The rows that the records are of."""


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
        lang: the language of the problems.

    Raises:
        SheetFileError: no spreadsheet, or none that `agency_workbook` made, or headings are missing, doubled or changed.
        NotFound: its plan is not on record.
    """
    say = Language(lang)
    sheets = [(sheet, mark_of(sheet)) for sheet in sheets_in(content_of(path), path)]
    readers = [Reader(path, sheet, mark, tracker, lead, say) for sheet, mark in sheets if mark is not None]
    if not readers:
        accepted = sentence("the file that was sent, filled in")
        raise SheetFileError(path, sentence("it is no workbook of an agency's activities"), accepted)
    problems = [problem for sheet, mark in sheets if mark is None for problem in _not_read(sheet, say)]
    updates = grouped((update.id, update) for reader in readers for update in reader.updates())
    made: dict[Event, Record[Event]] = {}
    earlier: dict[Event, Record[Event]] = {}
    taken: list[Taken] = []
    # Of one activity, in the order of the days that they are about: what stops later work does not come before it.
    of_activities = grouped((rows[0].activity.id, rows) for rows in updates.values())
    by_day = (
        sorted(each, key=lambda rows: min(event.on for event in rows[0].events)) for each in of_activities.values()
    )
    for rows in chain.from_iterable(by_day):
        update = rows[0]
        if any(other.events != update.events for other in rows):
            what, to_do = say("the same row stands in the file again, filled in otherwise"), say("leave one of the two")
            _refuse(rows, what, to_do)
            continue
        found = {**update.on_record(), **made}
        events = list(_since(update))
        # Nothing is new in a row that stands on record as it is, even if its completion was undone since.
        is_known = all(event in found for event in events)
        undoing = (one for event in events if event in found and (one := update.undoing(found[event])))
        if is_known and (undone := next(undoing, None)):
            _tell_undone(rows, undone, tracker, say)
            earlier |= {event: found[event] for event in events}
            continue
        new = [] if is_known else [e for e in events if e not in found or update.is_undone(found[e])]
        of = (update.reader.mark.plan, update.reader.mark.position, by, new)
        digest = hashlib.sha256(msgspec.json.encode(of)).hexdigest()[:32]
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
            taken += [Taken(row.reader.sheet.name, row.row + 1, update.events, bool(new)) for row in rows]
    problems += [problem for reader in readers for problem in reader.problems]
    return Returned(tuple(problems), tuple(made.values()), tuple(earlier.values()), tuple(taken))


def _refuse(rows: Sequence[Update], what: str, to_do: str) -> None:
    for row in rows:
        row.refuse(what, to_do)


def _tell_undone(rows: Sequence[Update], undone: Record[Event], tracker: Tracker, say: Language) -> None:
    """Note that what a row says was recorded before, and does not count any more."""
    on = day(undone.recorded_at.astimezone(tracker.local_time).date(), say.lang)
    reason = quoted(getattr(undone.event, "reason", ""))
    what = say("it was recorded before, and does not count any more since {day}: {reason}", day=on, reason=reason)
    for row in rows:
        row.refuse(what, say("write what is so now, with its own day"), is_error=False)


def _not_read(sheet: Sheet, say: Language) -> Iterator[Problem]:
    """That a sheet without a mark has something in it, if it has; of one that is hidden nobody knows."""
    if sheet.is_hidden:
        yield Problem(
            sheet.name, "A1", say("the sheet is hidden, and is not read"), say("show the sheet, or delete it")
        )
    filled = ((row, place) for row, cells in enumerate(sheet.rows) for place, cell in enumerate(cells) if text_of(cell))
    for cell in islice(chain(starmap(cell_name, filled), sorted(sheet.empty_formulas)), 1):
        yield Problem(sheet.name, cell, say("the sheet is not read"), say("write it into one of the yellow cells"))


def _since(update: Update) -> Iterator[Event]:
    """What a row says, where it was filled in further: evidence that came to a completion on record is filed by itself."""
    holding = {known: record for known, record in update.on_record().items() if not update.is_undone(record)}
    for event in update.events:
        if isinstance(event, ActivityCompleted | OccurrenceCompleted) and event.evidence and event not in holding:
            before = next((known for known in holding if _is_more_of(event, known)), None)
            if before is not None:
                yield before
                yield EvidenceFiled(event.subject, on=event.on, evidence=event.evidence)
                continue
        yield event


def _is_more_of(event: ActivityCompleted | OccurrenceCompleted, known: Event) -> bool:
    """Whether a completion differs from one on record by its evidence alone."""
    return type(known) is type(event) and attrs.evolve(event, evidence=()) == attrs.evolve(known, evidence=())
