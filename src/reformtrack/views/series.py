"""
What charts of a plan show, as numbers: its burn-up, its agencies by month, its due days.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import Annotated, NamedTuple

from msgspec import Meta

from reformtrack.domain.activity import ActivityStarted, ActivityState, EvidenceFiled, ProgressReported
from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.events import ACTIVITY, PLAN, is_activity
from reformtrack.domain.status import ProgressStatus
from reformtrack.domain.timeline import timeline
from reformtrack.views.plan import Activity, Plan

_UNCOUNTED = (ProgressReported, EvidenceFiled, ActivityStarted)
"""What changes nothing that a burn-up counts, neither at once nor by what comes after it: most records of an activity."""


class BurnUp(NamedTuple):
    """A day of a burn-up."""

    day: date
    planned: int
    """How many activities should be completed by the end of the day: those whose last due day has come."""
    completed: int
    """How many are."""
    total: int
    """How many there are in the plan."""


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

    Activities without a date are planned for the last of the days. Equal to asking `plan.as_of` each day, but each activity is
    folded once: a page shows this while somebody waits.

    Args:
        days: one or more, in order.

    Raises:
        UnreadableRecord: a record of the plan cannot be read.
    """
    plan.check_readable()
    if not days:
        raise InvalidField("burn_up_on", "days", days, "one day or more, in order")
    last = days[-1]
    to_be_confirmed = PLAN.fold(timeline(plan.records.get(plan.id, ()))).confirmation_required  # said at its adoption
    counts = {name: [0] * (len(days) + 1) for name in ("planned", "completed", "total")}

    def add(name: str, start: int, end: int) -> None:
        """Count one more from one day to another, by what changes on the first and after the last."""
        if start < end:
            counts[name][start] += 1
            counts[name][end] -= 1

    for state, start, end in _stretches(plan, days):
        if state.status.has_left:
            continue
        add("total", start, end)
        add("planned", max(start, bisect_left(days, state.terms.deadline.last or last)), end)
        if state.status is ProgressStatus.COMPLETED and (state.confirmed_on is not None or not to_be_confirmed):
            add("completed", start, end)
    sums = {name: list(accumulate(changes)) for name, changes in counts.items()}
    return tuple(BurnUp(day, sums["planned"][n], sums["completed"][n], sums["total"][n]) for n, day in enumerate(days))


def _stretches(plan: Plan, days: Sequence[date]) -> Iterator[tuple[ActivityState, int, int]]:
    """What each activity counts as, by a state of it, with the places among the days from which, and up to which, it does."""
    for stream, records in plan.records.items():
        if not is_activity(stream):
            continue
        state, start = ACTIVITY.initial, 0
        for record in timeline(record for record in records if not isinstance(record.event, _UNCOUNTED)):
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


class Cell(NamedTuple):
    """An agency's activities that fall due in a month."""

    completed: int
    due: int


@checks_arguments
def by_lead_and_month(plan: Plan) -> dict[str, dict[int, Cell]]:
    """By lead agency and month (1 to 12) of the plan's year: the activities whose last due day is in it."""
    due: Counter[tuple[str, int]] = Counter()
    completed: Counter[tuple[str, int]] = Counter()
    for activity in _inside(plan):
        last = activity.deadline.last
        if last is not None and last.year == plan.state.year:
            due[activity.lead, last.month] += 1
            completed[activity.lead, last.month] += activity.status is ProgressStatus.COMPLETED
    leads = dict.fromkeys(lead for lead, _ in sorted(due))
    return {
        lead: {month: Cell(completed[lead, month], due[lead, month]) for month in range(1, 13) if due[lead, month]}
        for lead in leads
    }


@checks_arguments
def due_days(plan: Plan) -> dict[date, Cell]:
    """Each day on which something is due, recurring ones on each of their days; what is completed of it, of how much."""
    due: Counter[date] = Counter()
    completed: Counter[date] = Counter()
    for activity in _inside(plan):
        for day, done in _due_days(activity):
            due[day] += 1
            completed[day] += done
    return {day: Cell(completed[day], due[day]) for day in sorted(due)}


def _due_days(activity: Activity) -> Iterator[tuple[date, bool]]:
    done = activity.status is ProgressStatus.COMPLETED
    if activity.deadline.is_recurring:
        met = {day for day, _ in activity.state.occurrences}
        yield from ((day, done or day in met) for day in activity.deadline.occurrences)
    elif activity.deadline.last is not None:
        yield activity.deadline.last, done


def _inside(plan: Plan) -> Iterator[Activity]:
    """The activities that have not left the plan."""
    return (activity for activity in plan.activities if not activity.status.has_left)
