"""
What charts of a plan show, as numbers: its burn-up, its agencies by month, its due days.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from reformtrack.domain.progress import Counted, CountingRule
from reformtrack.domain.status import ProgressStatus
from reformtrack.views.plan import Activity, Plan


class BurnUp(NamedTuple):
    """A day of a burn-up."""

    day: date
    planned: int
    """How many activities should be completed by the end of the day: those whose last due day has come."""
    completed: int
    """How many are."""
    total: int
    """How many there are in the plan."""


def burn_up(plan: Plan, first: date, last: date, step: int = 7) -> tuple[BurnUp, ...]:
    """
    A plan's burn-up against its deadlines: every `step` days from `first`, and on `last`, as the plan is known.

    Activities without a date are planned for the last day.
    """
    days = [first + timedelta(days=n) for n in range(0, (last - first).days, step)]
    return tuple(_burn_up_on(plan.as_of(day), day, last) for day in [*days, last])


def _burn_up_on(plan: Plan, day: date, last: date) -> BurnUp:
    progress = plan.progress(CountingRule.WHOLE_PLAN)
    inside = set(progress.activities(Counted.COMPLETED, Counted.OPEN, Counted.OVERDUE))
    planned = sum((activity.deadline.last or last) <= day for activity in plan.activities if activity.id in inside)
    return BurnUp(day, planned, progress.completed, progress.total)


class Cell(NamedTuple):
    """An agency's activities that fall due in a month."""

    completed: int
    due: int


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
