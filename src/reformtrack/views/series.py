"""
The data of a plan's charts: its burn-up, its agencies by month, its due days.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import accumulate, pairwise
from typing import NamedTuple

from reformtrack.domain.activity import ActivityStarted, ActivityState, EvidenceFiled, ProgressReported
from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.kinds import ACTIVITY, PLAN
from reformtrack.domain.labelled import Labelled
from reformtrack.domain.said import said
from reformtrack.domain.status import ProgressStatus
from reformtrack.domain.timeline import timeline
from reformtrack.domain.wording import sort_key
from reformtrack.views.activity import Activity, K
from reformtrack.views.plan import Plan

_UNCOUNTED = (ProgressReported, EvidenceFiled, ActivityStarted)
"""The events that never change what a burn-up counts: most records of an activity."""


class BurnUp(NamedTuple):
    """A day of a burn-up."""

    day: date
    planned: int
    """
    The number of activities that should be completed by the end of the day: the dated ones whose last due day has come.
    """
    completed: int
    """The number completed."""
    total: int
    """The number in the plan."""
    undated: int
    """The number without a date: they are never planned, and are stated beside the chart."""

    @property
    def later(self) -> int:
        """The number due after the day."""
        return self.total - self.planned - self.undated


@checks_arguments
def burn_up(plan: Plan, first: date, last: date) -> tuple[BurnUp, ...]:
    """
    A plan's burn-up against its deadlines on each day from `first` to `last`, as the plan is known.

    Raises:
        InvalidField: `last` is before `first`.
        UnreadableRecord: a record of the plan cannot be read.
    """
    if last < first:
        raise InvalidField("burn_up", "last", last, said("{first} or a day after it", first=first))
    days = [first + timedelta(days=n) for n in range((last - first).days)]
    return burn_up_on(plan, [*days, last])


@checks_arguments
def burn_up_on(plan: Plan, days: Sequence[date]) -> tuple[BurnUp, ...]:
    """
    A plan's burn-up on some days, as the plan is known.

    Equal to `plan.as_of` on each day, but each activity is folded only once, because a page shows this while somebody
    waits.

    Args:
        days: one or more, in order.

    Raises:
        InvalidField: no day, or days out of order.
        UnreadableRecord: a record of the plan cannot be read.
    """
    plan.check_readable()
    if not days or any(day > after for day, after in pairwise(days)):
        raise InvalidField("burn_up_on", "days", days, said("one day or more, in order"))
    to_be_confirmed = PLAN.fold(timeline(plan._of(plan.id))).confirmation_required  # said at its adoption
    counts = {name: [0] * (len(days) + 1) for name in BurnUp._fields[1:]}

    def add(name: str, start: int, end: int) -> None:
        """Count one more from one day to another, as differences on the first day and after the last."""
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
    """For each state of an activity, how it counts, with the range of days in which it does."""
    for stream in plan.records:
        if not ACTIVITY.has(stream):
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
    """
    Whether a burn-up counts a state differently from the one before: most records change neither status nor terms.
    """
    return (
        before.status is not after.status
        or before.terms is not after.terms
        or before.confirmed_on != after.confirmed_on
        or before.scheduled_on != after.scheduled_on
    )


class DueState(Labelled):
    """The status of due work on a day."""

    DONE = "done", "completed"
    MISSED = "missed", "overdue"
    """Its due day is past and it is overdue."""
    NOT_DUE = "not_due", "not yet due, or waiting for confirmation"
    """Not completed, and not overdue: its due day has not passed, or it was reported in time and waits for confirmation."""


class Cell(NamedTuple):
    """Due work: activities or occurrences on a day, or activities of an agency in a month."""

    completed: int
    due: int
    missed: int

    @property
    def state(self) -> DueState:
        """Missed if anything in it is; done if all of it is."""
        if self.missed:
            return DueState.MISSED
        return DueState.DONE if self.completed == self.due else DueState.NOT_DUE


BEFORE, AFTER = 0, 13
"""The columns, in a table of a plan's year, for what is due before and after it."""


@checks_arguments
def by_lead_and_month(plan: Plan) -> dict[str, dict[int, Cell]]:
    """
    The due activities by lead agency, in order of name, and by month (1 to 12) of the plan's year.

    A recurring one is due in each month of its occurrences. Work due before or after that year is in the months
    `BEFORE` and `AFTER`. A month is judged as in `Plan.progress_by("month")`.

    Raises:
        UnreadableRecord: a record of the plan cannot be read.
    """
    cells = _cells(plan, lambda activity, day: (activity.lead, month_of(day, plan)))
    leads: dict[str, dict[int, Cell]] = {}
    for lead, month in sorted(cells, key=lambda key: (sort_key(key[0]), key[1])):
        leads.setdefault(lead, {})[month] = cells[lead, month]
    return leads


@checks_arguments
def months_of(leads: Mapping[str, Mapping[int, Cell]]) -> list[int]:
    """
    The columns of a table by lead and month: all months of the year, and `BEFORE` or `AFTER` if something is due there.
    """
    return sorted({*range(1, 13), *(month for months in leads.values() for month in months)})


@checks_arguments
def month_of(day: date, plan: Plan) -> int:
    """The month of a day in a plan's year; `BEFORE` or `AFTER` outside it."""
    if day.year == plan.state.year:
        return day.month
    return BEFORE if day.year < plan.state.year else AFTER


@checks_arguments
def due_days(plan: Plan) -> dict[date, Cell]:
    """
    Each day on which something is due, in order: recurring activities on each of their days, each judged by itself.

    Raises:
        UnreadableRecord: a record of the plan cannot be read.
    """
    return dict(sorted(_cells(plan, lambda _, day: day).items()))


def _cells(plan: Plan, part: Callable[[Activity, date], K]) -> Mapping[K, Cell]:
    """
    The due work of activities that have not left the plan, by the part of the due day; each activity once per part.
    """
    plan.check_readable()
    found: dict[K, Cell] = {}
    for activity in plan.activities:
        if activity.status.has_left:
            continue
        for name, standing in activity.standing_by(partial(part, activity)).items():
            completed, due, missed = found.get(name, (0, 0, 0))
            done = standing.status is ProgressStatus.COMPLETED
            found[name] = Cell(completed + done, due + 1, missed + standing.overdue)
    return found
