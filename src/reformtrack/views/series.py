"""The data of a plan's charts: its burn-up, its agencies by month, its due days."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import accumulate, chain, count, pairwise
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
    """The number of activities that should be completed by the end of the day: the dated ones whose last due day has come."""
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
    return burn_up_on(plan, [first + timedelta(days=n) for n in range((last - first).days + 1)])


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
    return tuple(map(BurnUp, days, *map(accumulate, counts.values())))


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
    """Whether a burn-up counts a state differently from the one before: most records change neither status nor terms."""
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

    @property
    def of_state(self) -> int:
        """How much of it is so: overdue if anything is, completed if all is, else what is left."""
        return self.missed or self.due - self.completed or self.due


BEFORE = 0
"""The month, or the part, of what is due before a plan's first day; what is due after its last is in one more than it has."""

MOST_MONTHS = 18
"""A plan that lasts longer is shown by quarters: by its parts of three months."""


@checks_arguments
def by_lead_and_month(plan: Plan) -> dict[str, dict[int, Cell]]:
    """
    The activities that are due, by lead agency in order of name and by part of the plan: its months, from 1, or the quarters of
    one that lasts more than 18 months.

    A recurring one is due in each part in which it has an occurrence. What is due before its first day is in the part `BEFORE`,
    what is due after its last in one more than it has. What is due in a part is judged as `Plan.progress_by("month")` does.

    Raises:
        UnreadableRecord: a record of the plan cannot be read.
    """
    cells = _cells(plan, lambda activity, day: (plan.lead_of(activity), part_of(day, plan)))
    leads: dict[str, dict[int, Cell]] = {}
    for lead, month in sorted(cells, key=lambda key: (sort_key(key[0]), key[1])):
        leads.setdefault(lead, {})[month] = cells[lead, month]
    return leads


@checks_arguments
def parts_of(leads: Mapping[str, Mapping[int, Cell]], plan: Plan) -> list[int]:
    """The parts of a table by lead: all of the plan's, and what is outside it where something is due there."""
    return sorted(
        {*range(1, part_of(plan.state.last_day, plan) + 1), *(part for parts in leads.values() for part in parts)}
    )


@checks_arguments
def month_of(day: date, plan: Plan) -> int:
    """The month of a plan that a day is in, from 1; `BEFORE` it, or one more than it has after it."""
    first, last = plan.state.first_day, plan.state.last_day
    if day < first:
        return BEFORE
    until = min(day, last)
    return 12 * (until.year - first.year) + until.month - first.month + 1 + (day > last)


@checks_arguments
def part_of(day: date, plan: Plan) -> int:
    """The same in parts of the plan: months, or quarters of one that lasts more than 18 months."""
    months, month = month_of(plan.state.last_day, plan), month_of(day, plan)
    if months <= MOST_MONTHS:
        return month
    return -(-min(month, months) // 3) + (month > months)


@checks_arguments
def first_month(part: int, plan: Plan, *, by_month: bool = False) -> tuple[int, int]:
    """
    (year, month) with which a part of a plan begins.

    Args:
        by_month: the part is a month, as `month_of` counts them.
    """
    step = 1 if by_month or month_of(plan.state.last_day, plan) <= MOST_MONTHS else 3
    years, month = divmod(plan.state.first_day.month - 1 + step * (part - 1), 12)
    return plan.state.first_day.year + years, month + 1


@checks_arguments
def part_key(part: int, plan: Plan) -> str:
    """
    The key of a part in a question: the month with which it begins, "2024-07"; before the plan the month 00 of its first year,
    after it the month 13 of its last.
    """
    state = plan.state
    if part == BEFORE:
        return f"{state.first_day.year:04}-00"
    if part > part_of(state.last_day, plan):
        return f"{state.last_day.year:04}-13"
    year, month = first_month(part, plan)
    return f"{year:04}-{month:02}"


def round_numbers(top: int) -> list[int]:
    """
    The numbers on an axis: from 0 in steps of 1, 2 or 5 and their tens, to the first that is not below `top`; seven at most.

    >>> round_numbers(55), round_numbers(3), round_numbers(0)
    ([0, 10, 20, 30, 40, 50, 60], [0, 1, 2, 3], [0, 1])
    """
    steps = (step * 10**power for power in count() for step in (1, 2, 5))
    step = next(step for step in steps if top <= 6 * step)
    return list(range(0, max(1, -(-top // step)) * step + 1, step))


def first_days(first: date, last: date) -> list[date]:
    """
    The days on an axis of time: the first of months, of every one or of each second, third, sixth or twelfth from January;
    twelve at most.

    >>> [str(day) for day in first_days(date(2022, 12, 15), date(2023, 3, 1))]
    ['2023-01-01', '2023-02-01', '2023-03-01']
    """
    months = range(12 * first.year + first.month - (first.day == 1), 12 * last.year + last.month)
    widths = chain((1, 2, 3, 6), count(12, 12))
    shown = next(ticks for width in widths if len(ticks := [one for one in months if one % width == 0]) <= 12)
    return [date(one // 12, one % 12 + 1, 1) for one in shown]


@checks_arguments
def due_days(plan: Plan) -> dict[date, Cell]:
    """
    Each day on which something is due, in order: recurring activities on each of their days, each judged by itself.

    Raises:
        UnreadableRecord: a record of the plan cannot be read.
    """
    return dict(sorted(_cells(plan, lambda _, day: day).items()))


def _cells(plan: Plan, part: Callable[[Activity, date], K]) -> Mapping[K, Cell]:
    """The due work of activities that have not left the plan, by the part of the due day; each activity once per part."""
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
