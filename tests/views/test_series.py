"""The numbers behind charts: equal to asking the plan day by day."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reformtrack import Tracker
from reformtrack.answers import ProgressStatus
from reformtrack.domain.progress import Counted, CountingRule
from reformtrack.events import ActivityCompleted, OccurrenceCompleted
from reformtrack.views.plan import Plan
from reformtrack.views.series import BurnUp, DueState, burn_up, by_lead_and_month, due_days
from tests.support import QUARTERS, REGULAR, adopted, day, scheduled
from tests.test_laws import DAYS, proposals, tracker_of


def asked_each_day(plan: Plan, days: list[date]) -> list[BurnUp]:
    """The burn-up as the plan itself answers it, a day at a time."""
    found = []
    for on in days:
        then = plan.as_of(on)
        progress = then.progress(CountingRule.WHOLE_PLAN)
        inside = set(progress.activities(Counted.COMPLETED, Counted.OPEN, Counted.OVERDUE))
        due = [activity for activity in then.activities if activity.id in inside]
        last_days = [activity.deadline.last for activity in due]
        planned = sum(last is not None and last <= on for last in last_days)
        found.append(BurnUp(on, planned, progress.completed, progress.total, last_days.count(None)))
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


def test_planned_is_what_is_dated_and_due_and_the_rest_stands_beside_it() -> None:
    """Whichever day the chart ends on: an activity without a date is never planned."""
    with Tracker() as tracker:
        tracker.record(adopted(), scheduled("p/1"), scheduled("p/2", deadline=REGULAR), by="x")
        plan = tracker.plan("p", on=day("7-1"))
        for last in (day("7-1"), day("12-31")):
            point = next(point for point in burn_up(plan, day("7-1"), last) if point.day == day("7-1"))
            assert (1, 0, 2, 1) == (point.planned, point.completed, point.total, point.undated)


def test_what_is_due_is_done_missed_or_not_due_yet() -> None:
    """On the due day itself it is not late; each occurrence is judged by itself; nothing to come is missed."""
    with Tracker() as tracker:
        tracker.record(
            adopted(),
            scheduled("p/1", deadline=QUARTERS),
            scheduled("p/2"),
            scheduled("p/3", lead="Ban Dân tộc"),
            OccurrenceCompleted("p/1", on=day("6-1"), occurrence=day("6-20")),
            ActivityCompleted("p/3", on=day("6-30")),
            by="x",
        )
        states = [
            {day: cell.state for day, cell in due_days(tracker.plan("p", on=on)).items()}
            for on in (day("3-20"), day("6-30"), day("7-1"))
        ]
    march, june, end = day("3-20"), day("6-20"), day("6-30")
    assert {march: DueState.NOT_DUE, june: DueState.NOT_DUE, end: DueState.NOT_DUE} == states[0]
    assert {march: DueState.MISSED, june: DueState.DONE, end: DueState.NOT_DUE} == states[1]
    assert {march: DueState.MISSED, june: DueState.DONE, end: DueState.MISSED} == states[2]


@given(proposals(), DAYS, st.booleans())
def test_the_heat_map_has_each_due_day_and_calls_none_to_come_missed(
    events: list[Any], on: date, confirmation: bool
) -> None:
    """Those outside the plan's year too, once an activity; and a day is missed of exactly what the plan calls overdue."""
    with tracker_of(events, confirmation_required=confirmation) as tracker:
        plan = tracker.plan("p", on=on)
        by_day, by_lead = due_days(plan), by_lead_and_month(plan)
        cells = [(month, cell) for months in by_lead.values() for month, cell in months.items()]
        due = Counter(
            month
            for one in plan.activities
            if not one.status.has_left
            for month in {
                0 if at.year < 2023 else 13 if at.year > 2023 else at.month
                for at in one.deadline.occurrences or one.deadline.days[-1:]
            }
        )
        found = Counter[int]()
        for month, cell in cells:
            found[month] += cell.due
        assert due == found
        assert sum(cell.due for cell in by_day.values()) >= sum(found.values())
        assert all(not cell.missed for at, cell in by_day.items() if at >= on)
        late = {one.lead for one in plan.overdue() if one.status is not ProgressStatus.AWAITING_CONFIRMATION}
        missed = {lead for lead, months in by_lead.items() if any(cell.missed for cell in months.values())}
        assert late <= missed <= {one.lead for one in plan.overdue()}
