"""
What no policy can relax about a confirmation: which record it confirms, and that nobody confirms work of their own.
"""

from collections.abc import Callable, Container, Sequence
from datetime import date
from typing import Any

from reformtrack.domain import errors
from reformtrack.domain.activity import (
    ActivityCompleted,
    ActivityReopened,
    ActivityRescheduled,
    ActivityScheduled,
    CompletionConfirmed,
    CompletionReturned,
    OccurrenceCompleted,
)
from reformtrack.domain.texts import same_name
from reformtrack.domain.timeline import Record, timeline

SameAgency = Callable[[str, str], bool]
"""Whether two agencies are one, or one has taken over from the other."""


def check_confirmations(
    history: Sequence[Record[Any]], proposed: Sequence[Record[Any]], same_agency: SameAgency
) -> None:
    """
    Refuse whatever would leave an activity with a confirmation of another record than the one that completed it.

    One is judged at its place in valid time, with all that stands before it there. Those recorded before confirmations named
    a record stay as they are.

    Raises:
        ConfirmsAnotherRecord, ConfirmsOwnWork: the rule that is broken.
    """
    records = (*history, *proposed)
    if not any(isinstance(record.event, CompletionConfirmed) for record in records):
        return
    facts = timeline(records)
    _check_standing(proposed, {record.version for record in facts})
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
            case CompletionConfirmed(completion=completion) if completion or record.version > len(history):
                counted = [report for due, report in reports.items() if due is None or due in days]
                try:
                    _check(record, counted, same_agency)
                except errors.IllegalHistory as error:
                    if record.version <= len(history):
                        error.proposed = tuple(one.event for one in proposed)
                    raise


def _check_standing(proposed: Sequence[Record[Any]], standing: Container[int]) -> None:
    for record in proposed:
        if isinstance(record.event, CompletionConfirmed) and record.version not in standing:
            found = f"record {record.event.completion} of {record.event.subject} is retracted"
            raise errors.ConfirmsAnotherRecord(record.event, found, "the record that completed it instead")


def _check(record: Record[Any], reports: Sequence[Record[Any]], same_agency: SameAgency) -> None:
    """Hold a confirmation against the records that completed the activity: one, or one an occurrence."""
    last, event = reports[-1], record.event
    if event.completion != last.version:
        found = f"record {last.version} of {event.subject} completed it, not record {event.completion}"
        error: errors.IllegalHistory = errors.ConfirmsAnotherRecord(event, found, f"completion={last.version}")
        error.in_the_way = last
        raise error
    for report in reports:
        if same_name(record.by, report.by) or (
            record.agency and report.agency and same_agency(record.agency, report.agency)
        ):
            error = errors.ConfirmsOwnWork(
                event, "it was reported by the same person or agency", "a confirmation by somebody of another agency"
            )
            error.in_the_way = report
            raise error
