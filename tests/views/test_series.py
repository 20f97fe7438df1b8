"""The numbers behind charts: equal to asking the plan day by day."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reformtrack.domain.progress import Counted, CountingRule
from reformtrack.views.plan import Plan
from reformtrack.views.series import BurnUp, burn_up
from tests.test_laws import DAYS, proposals, tracker_of


def asked_each_day(plan: Plan, days: list[date]) -> list[BurnUp]:
    """The burn-up as the plan itself answers it, a day at a time."""
    found = []
    for on in days:
        then = plan.as_of(on)
        progress = then.progress(CountingRule.WHOLE_PLAN)
        inside = set(progress.activities(Counted.COMPLETED, Counted.OPEN, Counted.OVERDUE))
        due = [activity for activity in then.activities if activity.id in inside]
        planned = sum((activity.deadline.last or days[-1]) <= on for activity in due)
        found.append(BurnUp(on, planned, progress.completed, progress.total))
    return found


@given(proposals(), DAYS, st.integers(0, 400), st.integers(1, 40), st.booleans())
def test_the_burn_up_is_what_the_plan_says_each_day(
    events: list[Any], first: date, length: int, step: int, confirmation: bool
) -> None:
    """Over any history, completions that wait for their confirmation among them."""
    last = first + timedelta(days=length)
    with tracker_of(events, confirmation_required=confirmation) as tracker:
        plan = tracker.plan("p", on=first)
        days = [first + timedelta(days=n) for n in range(0, length, step)] + [last]
        assert asked_each_day(plan, days) == list(burn_up(plan, first, last, step))
