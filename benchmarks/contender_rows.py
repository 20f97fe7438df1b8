"""
What the contenders of `contenders.py` keep of an activity: a row, as one would design it without reformtrack.

Days are ISO texts. In the order of recording it is the row of a table that is updated; in the order of the days, without what
was retracted, it is what was so from each day on.
"""

from bisect import insort
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from reformtrack import Event, Record
from reformtrack.events import (
    ActivityCompleted,
    ActivityReassigned,
    ActivityRescheduled,
    ActivityScheduled,
    ActivityStarted,
    CompletionConfirmed,
    CompletionReturned,
    EvidenceFiled,
    OccurrenceCompleted,
    PlanAdopted,
    ProgressReported,
    RecordRetracted,
)

Records = Iterable[Record[Any]]
Counts = dict[tuple[str, ...], tuple[int, int, int]]
"""By jurisdiction and domain: how many are completed, of how many, and how many are overdue."""
Late = tuple[int, list[str]]
"""How many activities are overdue, and the ids of those that are so for longest."""
SHOWN = 50
NO_END = 2**62
Call = tuple[str, dict[str, Any]]
"""What is to be called on a row, or on an aggregate that keeps one, and with what."""


class Value(NamedTuple):
    """What of a row is asked for."""

    jurisdiction: str
    domain: str
    lead: str
    status: str
    due: str | None
    late: int
    """By how many days it was late when it was reported, while that waits for its confirmation."""
    done_on: str | None
    note: str


class Row:
    """An activity, as it is after what was called."""

    def __init__(
        self, jurisdiction: str, domain: str, lead: str, days: Sequence[str], recurs: bool, confirms: bool
    ) -> None:
        self.jurisdiction, self.domain, self.lead, self.note = jurisdiction, domain, lead, ""
        self.recurs, self.confirms, self.status = recurs, confirms, "not_started"
        self.days, self.left = list(days), list(days)
        self.missed = 0
        self.done_on: str | None = None

    def start(self, on: str) -> None:
        if self.status == "not_started":
            self.status = "in_progress"

    def report(self, on: str, note: str) -> None:
        self.start(on)
        self.note = note

    def file(self, on: str, evidence: list[str]) -> None:
        """What is filed stands in a table of its own."""

    def complete(self, on: str, evidence: list[str]) -> None:
        self.status, self.done_on = "awaiting_confirmation" if self.confirms else "completed", on

    def occur(self, on: str, occurrence: str, evidence: list[str]) -> None:
        self.left.remove(occurrence)
        self.missed = max(self.missed, _days(occurrence, on))
        self.start(on)
        if not self.left:
            self.complete(on, evidence)

    def confirm(self, on: str) -> None:
        self.status = "completed"

    def send_back(self, on: str, reason: str) -> None:
        self.status, self.done_on = "in_progress", None

    def reschedule(self, on: str, days: Sequence[str]) -> None:
        self.days, self.left = list(days), list(days)

    def reassign(self, on: str, lead: str) -> None:
        self.lead = lead

    def retract(self, completion: bool) -> None:
        """Undo a completion. What else it may be stands in no column."""
        if completion:
            self.send_back("", "")

    @property
    def value(self) -> Value:
        late = 0
        if self.status == "awaiting_confirmation" and self.done_on:
            late = self.missed if self.recurs else max([_days(day, self.done_on) for day in self.days], default=0)
        due = next(iter(self.left), None) if self.done_on is None else next(reversed(self.days), None)
        return Value(self.jurisdiction, self.domain, self.lead, self.status, due, max(0, late), self.done_on, self.note)


def _days(since: str, until: str) -> int:
    return (date.fromisoformat(until) - date.fromisoformat(since)).days


class Desk:
    """Where records are read: what each calls on the row of which activity."""

    def __init__(self) -> None:
        self.plans: dict[str, PlanAdopted] = {}
        self.events: dict[tuple[str, int], Event] = {}
        """What may be retracted."""

    def told(self, record: Record[Any]) -> Call | None:
        """None for the record of a plan."""
        e = record.event
        if isinstance(e, PlanAdopted):
            self.plans[str(e.subject)] = e
            return None
        on = e.on.isoformat() if hasattr(e, "on") else ""
        proof = [document.title for document in getattr(e, "evidence", ())]
        match e:
            case ActivityScheduled():
                plan = self.plans[str(e.subject).partition("/")[0]]
                where = {"jurisdiction": plan.jurisdiction, "domain": e.domain, "lead": "; ".join(e.leads)}
                terms = {"recurs": e.deadline.is_recurring, "confirms": plan.confirmation_required}
                return "schedule", {**where, "days": _due(e), **terms}
            case ActivityStarted():
                return "start", {"on": on}
            case ProgressReported():
                return "report", {"on": on, "note": e.note}
            case EvidenceFiled():
                self.events[e.subject, record.version] = e
                return "file", {"on": on, "evidence": proof}
            case ActivityCompleted():
                self.events[e.subject, record.version] = e
                return "complete", {"on": on, "evidence": proof}
            case OccurrenceCompleted():
                return "occur", {"on": on, "occurrence": e.occurrence.isoformat(), "evidence": proof}
            case CompletionConfirmed():
                return "confirm", {"on": on}
            case CompletionReturned():
                return "send_back", {"on": on, "reason": e.reason}
            case ActivityRescheduled():
                return "reschedule", {"on": on, "days": _due(e)}
            case ActivityReassigned():
                return "reassign", {"on": on, "lead": "; ".join(e.leads)}
            case RecordRetracted():
                return "retract", {"completion": isinstance(self.events[e.subject, e.version], ActivityCompleted)}
        raise AssertionError(e)


def _due(event: ActivityScheduled | ActivityRescheduled) -> list[str]:
    return [day.isoformat() for day in event.deadline.days]


class Table:
    """Rows in the order of recording: what is known of the last day only."""

    def __init__(self) -> None:
        self.desk, self.rows = Desk(), dict[str, Row]()

    def changed(self, record: Record[Any]) -> Row | None:
        """The row that a record changed."""
        if (call := self.desk.told(record)) is None:
            return None
        id, (name, given) = str(record.event.subject), call
        if name == "schedule":
            self.rows[id] = Row(**given)
        else:
            getattr(self.rows[id], name)(**given)
        return self.rows[id]


Fact = tuple[str, int, Call]
"""(day, version, call)."""
Period = tuple[str, str | None, Value]
"""(from, to, what is so)."""


class Timelines:
    """What was so of each activity on each day, as known now; folded anew with each record, in memory."""

    def __init__(self) -> None:
        self.desk, self.facts = Desk(), dict[str, list[Fact]]()
        self.now: dict[str, list[Period]] = {}

    def changed(self, record: Record[Any]) -> tuple[list[Period], list[Period]] | None:
        """The periods that went, and those that came."""
        call = self.desk.told(record)
        if call is None or call[0] == "file":
            return None
        id, facts = str(record.event.subject), self.facts.setdefault(str(record.event.subject), [])
        if isinstance(record.event, RecordRetracted):
            facts[:] = [fact for fact in facts if fact[1] != record.event.version]
        else:
            insort(facts, (record.event.on.isoformat(), record.version, call), key=lambda fact: fact[:2])
        before, after = self.now.get(id, []), _periods(facts)
        self.now[id] = after
        return [one for one in before if one not in after], [one for one in after if one not in before]


def _periods(facts: Sequence[Fact]) -> list[Period]:
    found: list[tuple[str, Value]] = []
    for day, value in _days_of(facts):
        if found and found[-1][0] == day:
            found.pop()
        if not found or found[-1][1] != value:
            found.append((day, value))
    ends = [*(day for day, _ in found[1:]), None]
    return [(day, end, value) for (day, value), end in zip(found, ends, strict=True)]


def _days_of(facts: Sequence[Fact]) -> Iterator[tuple[str, Value]]:
    row: Row | None = None
    for day, _, (name, given) in facts:
        if name == "schedule":
            row = Row(**given)
        elif row is not None:
            getattr(row, name)(**given)
        if row is not None:  # the days of a row that is done, and its notes, are not asked for
            value = row.value
            yield day, value._replace(done_on=None, note="", due=None if row.done_on else value.due)
