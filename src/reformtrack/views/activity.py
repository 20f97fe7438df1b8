"""An activity on a day, as known at an instant: its status, its due days, and the records behind them."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from datetime import date
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple, TypeVar

import attrs

from reformtrack.domain.activity import (
    ActivityEvent,
    ActivityReassigned,
    ActivityRescheduled,
    ActivityResumed,
    ActivityScheduled,
    ActivityState,
    ActivitySuspended,
    CompletionConfirmed,
    OccurrenceCompleted,
    ProgressReported,
    denominator_changes,
)
from reformtrack.domain.arguments import Days, checks_arguments
from reformtrack.domain.deadline import Deadline
from reformtrack.domain.errors import shortened
from reformtrack.domain.gathered import grouped
from reformtrack.domain.kinds import ACTIVITY
from reformtrack.domain.status import ProgressStatus, Timeliness
from reformtrack.domain.timeline import Record, decided_later
from reformtrack.domain.values import ActivityId, code_of
from reformtrack.domain.wording import names_no_obstacle

K = TypeVar("K", bound=Hashable)

UNDATED = "undated"
"""The key, in a split by month, of the activities without a date."""

SOON_DAYS = 7
"""The default number of days before its due day at which an activity is due soon."""

_PARTS = ("scheduled", "deadline", "status")
"""The attributes that status and timeliness depend on, besides the occurrences of the deadline."""

_RELIES_ON = {
    ActivitySuspended: "status",
    ActivityResumed: "status",
    CompletionConfirmed: "status",
    OccurrenceCompleted: "deadline",
}
"""The events whose result depends on an earlier state: resumed work has the status from before its suspension."""


class Due(NamedTuple):
    """A due day of an activity, and whether it was met."""

    day: date
    done_on: date | None
    """The day on which it was reported done; None while it is not."""

    def days_late(self, on: date) -> int:
        """The number of days by which it was missed, until it was done or until a day; 0 if it was not."""
        days = ((self.done_on or on) - self.day).days
        return max(0, days)


class Standing(NamedTuple):
    """What determines how an activity, or its part due in a month, is counted."""

    status: ProgressStatus
    dated: bool
    overdue: bool
    past: bool
    """Whether its last due day is past."""


@attrs.frozen(repr=False)
@checks_arguments
class Activity:
    """An activity on a day, as known at an instant."""

    id: ActivityId
    on: date
    """The day asked for."""
    state: ActivityState = attrs.field(hash=False)
    """Its state."""
    confirmation_required: bool
    """Whether its plan counts only confirmed completions."""
    timeline: tuple[Record[ActivityEvent], ...] = attrs.field(hash=False, repr=False)
    """The records that count, in the order in which they took effect."""

    def __repr__(self) -> str:
        how = f"{self.status.value}, {self.timeliness().value}, due {self.due}"
        return f"<Activity {self.id} on {self.on}: {how}, {shortened(self.title)}, {shortened(self.lead)}>"

    @property
    def code(self) -> str:
        """Its code in the plan."""
        return code_of(self.id)

    @property
    def domain(self) -> str:
        """The code of its domain."""
        return self.state.terms.domain

    @property
    def title(self) -> str:
        """The task."""
        return self.state.terms.title

    @property
    def lead(self) -> str:
        """Whoever has the lead, in one line as in Vietnamese: "Sở Nội vụ", or "Bộ A, Bộ B (chung)"."""
        return self.state.terms.lead

    @property
    def leads(self) -> tuple[str, ...]:
        """The names of whoever has the lead: one, several jointly, or none."""
        return self.state.terms.leads

    @property
    def number(self) -> str:
        """Its number as printed; empty when none is."""
        return self.state.terms.number

    @property
    def group(self) -> tuple[str, ...]:
        """The headings under which it stands in its domain, the outer first."""
        return self.state.terms.group

    @property
    def lead_since(self) -> date:
        """The day since which it has its lead: of its schedule, or of the last reassignment."""
        events = (record.event for record in reversed(self.timeline))
        return next((e.on for e in events if isinstance(e, ActivityScheduled | ActivityReassigned)), self.on)

    @property
    def deadline(self) -> Deadline:
        """When it has to be done."""
        return self.state.terms.deadline

    @property
    def deadline_decided_later(self) -> date | None:
        """The day of the document that set its deadline, if that is after the effective day; else None."""
        events = (record.event for record in reversed(self.timeline))
        return decided_later(next((e for e in events if isinstance(e, ActivityScheduled | ActivityRescheduled)), None))

    @cached_property
    def status(self) -> ProgressStatus:
        """Its status; a completion that has to be confirmed counts as waiting until it is."""
        return self._status_of(self.state)

    def _status_of(self, state: ActivityState) -> ProgressStatus:
        waits = state.status is ProgressStatus.COMPLETED and self.confirmation_required and state.confirmed_on is None
        return ProgressStatus.AWAITING_CONFIRMATION if waits else state.status

    @property
    def _awaits_confirmation(self) -> bool:
        return self.status is ProgressStatus.AWAITING_CONFIRMATION

    @property
    def completed_on(self) -> date | None:
        """The day of completion; None while it is open or waits for confirmation."""
        return self.state.completed_on if self.status is ProgressStatus.COMPLETED else None

    @property
    def reported_on(self) -> date | None:
        """While it waits for confirmation, the day on which it was reported complete; else None."""
        return self.state.completed_on if self._awaits_confirmation else None

    @property
    def obstacles(self) -> str:
        """
        The obstacles that the reports of progress of the last day with one name; none says that they are over.

        Of a recurring activity each occurrence may be reported by itself, of a joint one each lead reports.
        """
        reports = [record.event for record in self.timeline if isinstance(record.event, ProgressReported)]
        last = [event.obstacles for event in reports if event.on == reports[-1].on]
        return "; ".join(dict.fromkeys(text for text in last if not names_no_obstacle(text)))

    def changes(self, since: date) -> list[bool]:
        """For each change after a day that changed the denominator, whether it has a document of its own."""
        events = denominator_changes((record.event for record in self.timeline), since)
        return [event.document is not None for event in events]

    def course(self, first: date) -> Iterator[tuple[date, object]]:
        """The days, from a day on, on which it entered the plan, was completed, left, or its last due day changed."""
        state, by_day = ACTIVITY.initial, dict[date, object]()
        for record in self.timeline:
            state = ACTIVITY.evolve(state, record.event)
            confirmed = state.confirmed_on is not None or not self.confirmation_required
            done = state.status is ProgressStatus.COMPLETED and confirmed
            by_day[max(first, record.event.on)] = (state.status.has_left, done, state.terms.deadline.last)
        for _, same in groupby(by_day.items(), key=itemgetter(1)):
            yield next(same)

    @cached_property
    def dues(self) -> tuple[Due, ...]:
        """The due days of its deadline, in order, one for each occurrence, each met or missed by itself."""
        done = dict(self.state.occurrences) if self.deadline.is_recurring else {}
        return tuple(Due(day, done.get(day, self.state.completed_on)) for day in self.deadline.days)

    @property
    def open_days(self) -> tuple[date, ...]:
        """The open due days, in order; empty once it was reported complete or has left."""
        state = self.state
        if not state.status.is_open:
            return ()
        return state.open_occurrences if self.deadline.is_recurring else self.deadline.days

    @cached_property
    def missed(self) -> tuple[Due, ...]:
        """The due days that make it overdue, in order: open and past; while it waits for confirmation, those met late."""
        if self._awaits_confirmation:
            return tuple(due for due in self.dues if due.days_late(self.on))
        return tuple(Due(day, None) for day in self.open_days if day < self.on)

    @property
    def met_late(self) -> tuple[Due, ...]:
        """Of a completed one, the due days that were met late, in order."""
        return tuple(due for due in self.dues if due.days_late(self.on)) if self.completed_on else ()

    @property
    def due(self) -> date | None:
        """
        The first open due day. While it waits for confirmation, the day missed by the most, else its last one. None
        when it is completed, has left, or has no date.
        """
        if missed := self.missed:
            return max(missed, key=lambda due: due.days_late(self.on)).day
        open_days = self.open_days or (self.deadline.days[-1:] if self.status.is_open else ())
        return open_days[0] if open_days else None

    @property
    def is_overdue(self) -> bool:
        """
        Whether it is open and a due day is past.

        The due day itself is in time. While it waits for confirmation, the day on which it was reported complete
        decides.
        """
        return bool(self.missed)

    @property
    def days_overdue(self) -> int:
        """The number of days by which `due` was missed, until the day asked for or until it was reported; 0 if it was not."""
        return max((due.days_late(self.on) for due in self.missed), default=0)

    @property
    def standing(self) -> Standing:
        """What determines how it is counted."""
        last = self.deadline.last
        return Standing(self.status, last is not None, self.is_overdue, last is not None and last < self.on)

    def standing_by(self, part: Callable[[date], K]) -> dict[K, Standing]:
        """
        What determines how it is counted in each part of its due days; empty when it has no date.

        Each part is judged as if nothing else were due; it also waits if its plan requires confirmation.

        Args:
            part: maps a due day to its part, such as its month.
        """
        parts = grouped((part(due.day), due) for due in self.dues)
        return {name: self._standing_of(dues) for name, dues in parts.items()}

    def by_month(self) -> dict[str, Standing]:
        """What determines how it is counted in each month in which something is due; under `UNDATED` when it has no date."""
        return self.standing_by(lambda due: due.isoformat()[:7]) or {UNDATED: self.standing}

    def _standing_of(self, dues: Sequence[Due]) -> Standing:
        status, waiting = self.status, ProgressStatus.AWAITING_CONFIRMATION
        if status.is_open and all(due.done_on for due in dues):
            status = waiting if self.confirmation_required else ProgressStatus.COMPLETED
        judged = [due for due in dues if status is waiting or due.done_on is None] if status.is_open else []
        return Standing(status, True, any(due.days_late(self.on) for due in judged), dues[-1].day < self.on)

    def timeliness(self, soon_days: Days = SOON_DAYS) -> Timeliness:
        """
        Whether it is in time, derived from its deadline and the day.

        Args:
            soon_days: the number of days before a due day from which it is due soon, up to the day itself.
        """
        if not self.deadline.is_dated:
            return Timeliness.NO_DEADLINE
        if self.status.has_left:
            return Timeliness.NOT_JUDGED
        if self.status is ProgressStatus.COMPLETED:
            return Timeliness.LATE if any(due.days_late(self.on) for due in self.dues) else Timeliness.ON_TIME
        if self.is_overdue:
            return Timeliness.OVERDUE
        return Timeliness.DUE_SOON if self.due_within(soon_days) else Timeliness.IN_TIME

    def due_within(self, days: Days = SOON_DAYS) -> tuple[date, ...]:
        """Its open due days from the day asked for to `days` later, in order."""
        return tuple(due for due in self.open_days if 0 <= (due - self.on).days <= days)

    @property
    def lacks_evidence(self) -> bool:
        """Whether it was reported complete without evidence on record."""
        return self.state.status is ProgressStatus.COMPLETED and not self.state.evidence

    @property
    def because(self) -> tuple[Record[ActivityEvent], ...]:
        """
        The records that its status and timeliness depend on, in the order in which they took effect; the last one
        decided.

        For the schedule, the deadline, the status and each occurrence: the record that last changed it, with those that
        its meaning depends on. Replaying only these gives the same status and timeliness.
        """
        state, parts = ACTIVITY.initial, dict[object, object]()
        reasons: dict[object, tuple[int, ...]] = {}
        for record in self.timeline:
            state, before = ACTIVITY.evolve(state, record.event), parts
            parts = self._decisive(state)
            reason = (*reasons.get(_RELIES_ON.get(type(record.event)), ()), record.version)
            changed = [part for part in before.keys() | parts.keys() if before.get(part) != parts.get(part)]
            reasons |= dict.fromkeys(changed, reason)
        deciding = {version for part in (*_PARTS, *self.deadline.occurrences) for version in reasons.get(part, ())}
        return tuple(record for record in self.timeline if record.version in deciding) or self.timeline[:1]

    def _decisive(self, state: ActivityState) -> dict[object, object]:
        """The parts of a state that status and timeliness depend on, by name, with each completed occurrence by due day."""
        named = (state.scheduled_on, state.terms.deadline, self._status_of(state))
        return {**dict(zip(_PARTS, named, strict=True)), **dict(state.occurrences)}
