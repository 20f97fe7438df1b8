"""
The same ten events written the plain way of eventsourcing: an Aggregate with @event, the default JSON transcoder.

Days are kept as ISO texts, because the default transcoder knows no date.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from reformtrack import Event
from reformtrack.events import (
    ActivityCompleted,
    ActivityReassigned,
    ActivityRescheduled,
    ActivityResumed,
    ActivityScheduled,
    ActivityStarted,
    ActivitySuspended,
    CompletionReturned,
    EvidenceFiled,
    ProgressReported,
)

NAMESPACE = UUID("5c1ae6f4-4d2b-4d0e-9d52-3f2b3a1f6d11")


class PlainActivity(Aggregate):
    """An activity as a tutorial of eventsourcing would have it."""

    @event("Scheduled")
    def __init__(self, code: str, on: str, domain: str, title: str, lead: str, due: str) -> None:
        self.code = code
        self.scheduled_on = on
        self.domain = domain
        self.title = title
        self.lead = lead
        self.due = due
        self.status = "not_started"
        self.note = ""
        self.evidence: list[str] = []

    @staticmethod
    def create_id(code: str) -> UUID:
        return uuid5(NAMESPACE, code)

    @event("Started")
    def start(self, on: str, note: str) -> None:
        self.status = "in_progress"
        self.started_on = on

    @event("Reported")
    def report(self, on: str, note: str, next_step: str) -> None:
        self.status = "in_progress"
        self.note = note

    @event("EvidenceFiled")
    def file(self, on: str, evidence: list[str]) -> None:
        self.evidence += evidence

    @event("Suspended")
    def suspend(self, on: str, reason: str) -> None:
        self.status = "suspended"

    @event("Resumed")
    def resume(self, on: str, note: str) -> None:
        self.status = "in_progress"

    @event("Rescheduled")
    def reschedule(self, on: str, due: str) -> None:
        self.due = due

    @event("Completed")
    def complete(self, on: str, evidence: list[str]) -> None:
        self.status = "completed"
        self.completed_on = on
        self.evidence += evidence

    @event("Reassigned")
    def reassign(self, on: str, lead: str) -> None:
        self.lead = lead

    @event("Returned")
    def send_back(self, on: str, reason: str) -> None:
        self.returned_on = on


class PlainTracker(Application[UUID]):
    """The application around it."""

    snapshotting_intervals = {}


def plain(events: Sequence[Event]) -> PlainActivity:
    """The aggregate on which the events of one activity were triggered."""
    aggregate: Any = None
    for e in events:
        on = e.on.isoformat() if hasattr(e, "on") else ""
        match e:
            case ActivityScheduled():
                aggregate = PlainActivity(e.subject, on, e.domain, e.title, "; ".join(e.leads), e.deadline.text)
            case ActivityStarted():
                aggregate.start(on, e.note)
            case ProgressReported():
                aggregate.report(on, e.note, e.next_step)
            case EvidenceFiled():
                aggregate.file(on, [document.title for document in e.evidence])
            case ActivitySuspended():
                aggregate.suspend(on, e.reason)
            case ActivityResumed():
                aggregate.resume(on, e.note)
            case ActivityRescheduled():
                aggregate.reschedule(on, e.deadline.text)
            case ActivityCompleted():
                aggregate.complete(on, [document.title for document in e.evidence])
            case ActivityReassigned():
                aggregate.reassign(on, e.lead)
            case CompletionReturned():
                aggregate.send_back(on, e.reason)
    assert isinstance(aggregate, PlainActivity)
    return aggregate
