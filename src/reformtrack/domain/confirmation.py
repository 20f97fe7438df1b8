"""
Whose work an activity is, and the rules of confirmation that no policy can relax: a confirmation names the record that
it confirms, and nobody confirms what they reported.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, get_args

from reformtrack.domain import illegal
from reformtrack.domain.activity import (
    ActivityCompleted,
    ActivityReassigned,
    ActivityReopened,
    ActivityRescheduled,
    ActivityScheduled,
    CompletionConfirmed,
    CompletionReturned,
    EvidenceFiled,
    OccurrenceCompleted,
    WorkReport,
)
from reformtrack.domain.lineage import Lineage
from reformtrack.domain.said import said
from reformtrack.domain.texts import same_name
from reformtrack.domain.timeline import Growing, Record, RecordRetracted, timeline

DEEDS = frozenset(get_args(WorkReport | EvidenceFiled))
"""The classes of the events that contribute to an activity."""
_LEADS = frozenset((ActivityScheduled, ActivityReassigned))


class Deed(NamedTuple):
    """A contribution to an activity: work reported or evidence filed."""

    by: str
    agency: str
    """For which agency; empty where none was asked."""
    leads: tuple[str, ...]
    """Whoever had the lead on that day, as printed."""
    on: date


class Deeds(NamedTuple):
    """The deeds for an activity since the last return of its completion."""

    leads: tuple[str, ...] = ()
    """Whoever has the lead, as printed."""
    versions: Mapping[Deed, int] = {}
    """Each deed, with the version of its last record."""

    @property
    def found(self) -> frozenset[Deed]:
        return frozenset(self.versions)


NOTHING_DONE = Deeds()

_Said = tuple[str, str, tuple[str, ...], date]
"""A deed as a plain tuple."""


def done(before: Deeds, records: Iterable[Record[Any]]) -> Deeds:
    """
    The deeds after the next records of the activity's timeline.

    A return clears the deeds recorded before it; later records count even if dated earlier. The return of one of
    several occurrences, and a reopening, clear nothing.
    """
    return _done(before, records, _returns_all)


def _done(before: Deeds, records: Iterable[Record[Any]], is_return: Callable[[Any], bool]) -> Deeds:
    leads, found = before.leads, before.versions
    # As plain tuples, which cost a sixth of a Deed; None is a return.
    said: list[tuple[int, _Said | None]] = []
    for record in records:
        event = record.event
        kind = type(event)
        if kind in DEEDS:
            said.append((record.version, (record.by, record.agency, leads, event.on)))
        elif kind in _LEADS:
            leads = event.leads
        elif kind is CompletionReturned and is_return(event):
            said.append((record.version, None))
    last, new = 0, dict[_Said, int]()
    # Of the records of one deed, which are of one day, the last has the highest version.
    for version, deed in reversed(said):
        if deed is None:
            last = max(last, version)
        elif version > last:
            new.setdefault(deed, version)
    if last:
        found = {deed: version for deed, version in found.items() if version > last}
    if not new:
        return Deeds(leads, found)
    merged = {**found, **{Deed._make(key): 0 for key in new.keys() - found.keys()}}
    merged.update(new)  # type: ignore[arg-type]  # a Deed and a plain tuple are equal, and the Deed stays as the key
    return Deeds(leads, merged)


def _returns_all(event: CompletionReturned) -> bool:
    return event.occurrence is None


def deeds(stream: Growing[Any, Any], day: date, today: date, without: Record[Any] | None = None) -> Deeds:
    """
    The deeds for an activity that count for somebody who judges it on a day.

    Deeds dated later count too, because whoever records a judgement chooses its day; a return dated later does not.

    Args:
        stream: the activity's.
        day: that of the judgement.
        today: the last day that counts.
        without: a record to ignore, because it is being retracted.
    """
    judged, last = stream.up_to(min(day, today)), stream.up_to(today)
    whole = judged if without is None else min(judged, stream.place(without))
    value = stream.folded(NOTHING_DONE, done, whole)
    if whole == last:
        return value
    later = (record for record in stream.facts[whole:last] if record is not without)
    return _done(value, later, lambda event: event.on <= day and _returns_all(event))


Confirmed = Mapping[tuple[str, str], tuple[date, date | None]]
"""By (person, agency): the day of their last confirmation, and the day on which it was reopened, if it was."""

NOBODY: Confirmed = {}


def confirmers(before: Confirmed, records: Iterable[Record[Any]]) -> Confirmed:
    """The confirmations after the next records of the activity's timeline."""
    found = dict(before)
    for record in records:
        event = record.event
        kind = type(event)
        if kind is CompletionConfirmed:
            found[record.by, record.agency] = event.on, None
        elif kind is ActivityReopened or kind is CompletionReturned:
            for who, (on, opened) in found.items():
                found[who] = on, event.on if opened is None else opened
    return found


def check_confirmations(history: Sequence[Record[Any]], proposed: Sequence[Record[Any]], lineage: Lineage) -> None:
    """
    Refuse whatever would leave a confirmation that does not name the record that completed the activity.

    Each is judged at its place in valid time. Confirmations from before they named a record stay as they are.

    Raises:
        ConfirmsAnotherRecord, ConfirmsOwnWork: the rule that is broken.
    """
    records = (*history, *proposed)
    if not any(isinstance(record.event, CompletionConfirmed) for record in records):
        return
    facts = timeline(records)
    _check_standing(records, proposed, {record.version for record in facts})
    reports: dict[date | None, Record[Any]] = {}
    days: tuple[date, ...] = ()
    for record in facts:
        match record.event:
            case ActivityScheduled(deadline=deadline) | ActivityRescheduled(deadline=deadline):
                days = deadline.days
            case ActivityCompleted():
                reports = {None: record}
            case OccurrenceCompleted(occurrence=occurrence):
                reports[occurrence] = record
            case ActivityReopened(occurrence=occurrence) | CompletionReturned(occurrence=occurrence):
                reports.pop(occurrence, None)
            # Older confirmations name no record, and stay.
            case CompletionConfirmed(completion=completion) if completion or record.version > len(history):
                counted = [report for due, report in reports.items() if due is None or due in days]
                try:
                    _check(record, counted, lineage)
                except illegal.IllegalHistory as error:
                    if record.version <= len(history):
                        error.proposed = tuple(one.event for one in proposed)
                    raise


def _check_standing(records: Sequence[Record[Any]], proposed: Sequence[Record[Any]], standing: Container[int]) -> None:
    for record in proposed:
        if isinstance(record.event, CompletionConfirmed) and record.version not in standing:
            version = record.event.completion
            retractions = (r for r in records if isinstance(r.event, RecordRetracted) and r.event.version == version)
            error = illegal.ConfirmsAnotherRecord(
                record.event,
                said("record {version} of {stream} is retracted", version=version, stream=record.event.subject),
                said("the record that completed it instead"),
            )
            raise error.naming(next(retractions, None))


def _check(record: Record[Any], reports: Sequence[Record[Any]], lineage: Lineage) -> None:
    """Check a confirmation against the records that completed the activity: one, or one for each occurrence."""
    event = record.event
    if not reports:  # in a log that was imported: what is recorded here completes it first
        found = said("nothing completed {stream}", stream=event.subject)
        raise illegal.ConfirmsAnotherRecord(event, found, said("the record that completed it"))
    last = reports[-1]
    if event.completion != last.version:
        found = said(
            "record {version} of {stream} completed it, not record {other}",
            version=last.version,
            stream=event.subject,
            other=event.completion,
        )
        accepted = said("completion={version}", version=last.version)
        raise illegal.ConfirmsAnotherRecord(event, found, accepted).naming(last)
    for report in reports:
        if report.version > record.version:
            found = said(
                "record {version} of {stream} came after the confirmation, record {other}",
                version=report.version,
                stream=event.subject,
                other=record.version,
            )
            accepted = said("the confirmation taken back first, and given anew")
            raise illegal.ConfirmsAnotherRecord(event, found, accepted).naming(report)
        if same_name(record.by, report.by) or (
            record.agency and report.agency and lineage.is_one(record.agency, [report.agency])
        ):
            raise illegal.ConfirmsOwnWork(
                event,
                said("it was reported by the same person or agency"),
                said("a confirmation by somebody of another agency"),
            ).naming(report)
