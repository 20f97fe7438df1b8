"""
What charts of a plan show, as numbers: its burn-up, its agencies by month, its due days.
"""

import enum
from bisect import bisect_left
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import Annotated, NamedTuple, TypeVar

from msgspec import Meta

from reformtrack.domain.activity import ActivityStarted, ActivityState, EvidenceFiled, ProgressReported
from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.events import ACTIVITY, PLAN, is_activity
from reformtrack.domain.status import ProgressStatus
from reformtrack.domain.timeline import timeline
from reformtrack.domain.wording import sort_key
from reformtrack.views.plan import Activity, Plan

K = TypeVar("K", bound=Hashable)

_UNCOUNTED = (ProgressReported, EvidenceFiled, ActivityStarted)
"""What changes nothing that a burn-up counts, neither at once nor by what comes after it: most records of an activity."""


class BurnUp(NamedTuple):
    """A day of a burn-up."""

    day: date
    planned: int
    """How many activities should be completed by the end of the day: the dated ones whose last due day has come."""
    completed: int
    """How many are."""
    total: int
    """How many there are in the plan."""
    undated: int
    """How many of them have no date: they are never planned, and are said beside it."""

    @property
    def later(self) -> int:
        """How many are due after the day."""
        return self.total - self.planned - self.undated


@checks_arguments
def burn_up(plan: Plan, first: date, last: date, step: Annotated[int, Meta(ge=1)] = 7) -> tuple[BurnUp, ...]:
    """
    A plan's burn-up against its deadlines: every `step` days from `first`, and on `last`, as the plan is known.

    Raises:
        UnreadableRecord: a record of the plan cannot be read.
    """
    days = [first + timedelta(days=n) for n in range(0, (last - first).days, step)]
    return burn_up_on(plan, [*days, last])


@checks_arguments
def burn_up_on(plan: Plan, days: Sequence[date]) -> tuple[BurnUp, ...]:
    """
    A plan's burn-up on some days, as the plan is known.

    Equal to asking `plan.as_of` each day, but each activity is folded once: a page shows this while somebody waits.

    Args:
        days: one or more, in order.

    Raises:
        UnreadableRecord: a record of the plan cannot be read.
    """
    plan.check_readable()
    if not days:
        raise InvalidField("burn_up_on", "days", days, "one day or more, in order")
    to_be_confirmed = PLAN.fold(timeline(plan._of(plan.id))).confirmation_required  # said at its adoption
    counts = {name: [0] * (len(days) + 1) for name in BurnUp._fields[1:]}

    def add(name: str, start: int, end: int) -> None:
        """Count one more from one day to another, by what changes on the first and after the last."""
        if start < end:
            counts[name][start] += 1
            counts[name][end] -= 1

    for state, start, end in _stretches(plan, days):
        if state.status.has_left:
            continue
        add("total", start, end)
        last = state.terms.deadline.last
        if last is None:
            add("undated", start, end)
        else:
            add("planned", max(start, bisect_left(days, last)), end)
        if state.status is ProgressStatus.COMPLETED and (state.confirmed_on is not None or not to_be_confirmed):
            add("completed", start, end)
    sums = {name: list(accumulate(changes)) for name, changes in counts.items()}
    return tuple(BurnUp(day, *(sums[name][n] for name in BurnUp._fields[1:])) for n, day in enumerate(days))


def _stretches(plan: Plan, days: Sequence[date]) -> Iterator[tuple[ActivityState, int, int]]:
    """What each activity counts as, by a state of it, with the places among the days from which, and up to which, it does."""
    for stream in plan.records:
        if not is_activity(stream):
            continue
        state, start = ACTIVITY.initial, 0
        for record in timeline(record for record in plan._of(stream) if not isinstance(record.event, _UNCOUNTED)):
            after = ACTIVITY.evolve(state, record.event)
            if _counts_otherwise(state, after):
                place = bisect_left(days, record.event.on, start)
                if place > start and state.scheduled_on is not None:
                    yield state, start, place
                start = place
            state = after
        if state.scheduled_on is not None:
            yield state, start, len(days)


def _counts_otherwise(before: ActivityState, after: ActivityState) -> bool:
    """Whether a burn-up counts a state otherwise than the one before: most records change neither status nor terms."""
    return (
        before.status is not after.status
        or before.terms is not after.terms
        or before.confirmed_on != after.confirmed_on
        or before.scheduled_on != after.scheduled_on
    )


class DueState(enum.Enum):
    """Where what is due stands on a day."""

    DONE = "done"
    MISSED = "missed"
    """Its due day is past and it is overdue."""
    NOT_DUE = "not_due"
    """Not completed, and not overdue: its due day has not passed, or it was reported in time and waits for confirmation."""


class Cell(NamedTuple):
    """What is due: on a day, activities or occurrences of them; of an agency in a month, activities."""

    completed: int
    due: int
    missed: int

    @property
    def state(self) -> DueState:
        """Missed when anything in it is; done when all of it is."""
        if self.missed:
            return DueState.MISSED
        return DueState.DONE if self.completed == self.due else DueState.NOT_DUE


BEFORE, AFTER = 0, 13
"""The months, in a table of a plan's year, of what is due before it and after it."""


@checks_arguments
def by_lead_and_month(plan: Plan) -> dict[str, dict[int, Cell]]:
    """
    The activities that are due, by lead agency in order of name and by month (1 to 12) of the plan's year.

    A recurring one is due in each month of its occurrences. What is due before that year and after it stands in the months
    `BEFORE` and `AFTER`.
    """
    each = _cells(((one.lead, month_of(day, plan), one.id), state) for one, day, state in _due(plan))
    cells = _cells(((lead, month), cell.state) for (lead, month, _), cell in each.items())
    leads: dict[str, dict[int, Cell]] = {}
    for lead, month in sorted(cells, key=lambda key: (sort_key(key[0]), key[1])):
        leads.setdefault(lead, {})[month] = cells[lead, month]
    return leads


@checks_arguments
def months_of(leads: Mapping[str, Mapping[int, Cell]]) -> list[int]:
    """The months of a table by lead and month: all of the year, and what is outside it where something is due there."""
    return sorted({*range(1, 13), *(month for months in leads.values() for month in months)})


@checks_arguments
def month_of(day: date, plan: Plan) -> int:
    """The month of a plan's year that a day is in; `BEFORE` or `AFTER` outside it."""
    if day.year == plan.state.year:
        return day.month
    return BEFORE if day.year < plan.state.year else AFTER


@checks_arguments
def due_days(plan: Plan) -> dict[date, Cell]:
    """Each day on which something is due, in order: recurring activities on each of their days."""
    return dict(sorted(_cells((day, state) for _, day, state in _due(plan)).items()))


def _cells(due: Iterable[tuple[K, DueState]]) -> Mapping[K, Cell]:
    found: dict[K, Cell] = {}
    for key, state in due:
        completed, all_, missed = found.get(key, (0, 0, 0))
        found[key] = Cell(completed + (state is DueState.DONE), all_ + 1, missed + (state is DueState.MISSED))
    return found


def _due(plan: Plan) -> Iterator[tuple[Activity, date, DueState]]:
    """What is due of the activities that have not left the plan, and on which day."""
    for activity in plan.activities:
        if activity.status.has_left:
            continue
        completed, late = activity.status is ProgressStatus.COMPLETED, activity.is_overdue
        met = {day for day, _ in activity.state.occurrences} if activity.deadline.is_recurring else ()
        for day in activity.deadline.days:
            missed = late and day < plan.on
            done = completed or day in met
            yield activity, day, DueState.DONE if done else DueState.MISSED if missed else DueState.NOT_DUE
