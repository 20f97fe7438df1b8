"""The numbers behind charts: equal to asking the plan day by day."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack import InvalidField, Tracker
from reformtrack.domain.progress import Counted, CountingRule
from reformtrack.events import ActivityCompleted, OccurrenceCompleted
from reformtrack.testing import proposals
from reformtrack.testing.history import CODES, DAYS, LEADS
from reformtrack.views.activity import UNDATED
from reformtrack.views.plan import Plan
from reformtrack.views.series import BurnUp, Cell, DueState, burn_up, burn_up_on, by_lead_and_month, due_days
from tests.support import QUARTERS, REGULAR, adopted, day, scheduled, tracker_of


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


@given(proposals(), DAYS, st.integers(0, 60), st.booleans())
def test_the_burn_up_is_what_the_plan_says_each_day(
    events: list[Any], first: date, length: int, confirmation: bool
) -> None:
    """Over any history, completions that wait for their confirmation among them."""
    last = first + timedelta(days=length)
    with tracker_of(events, confirmation_required=confirmation) as tracker:
        plan = tracker.plan("p", on=first)
        days = [first + timedelta(days=n) for n in range(length + 1)]
        assert asked_each_day(plan, days) == list(burn_up(plan, first, last))


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


@st.composite
def met(draw: st.DrawFn) -> list[Any]:
    """What follows upon activities of which some occurrences were completed, in time or late."""
    done = draw(st.lists(st.tuples(st.sampled_from(CODES), DAYS, st.sampled_from(QUARTERS.days)), max_size=6))
    return [
        *(
            scheduled(f"p/{code}", deadline=QUARTERS, domain=code[0], lead=draw(st.sampled_from(LEADS)))
            for code in CODES
        ),
        *(OccurrenceCompleted(f"p/{code}", on=on, occurrence=occurrence) for code, on, occurrence in done),
        *draw(proposals()),
    ]


@given(proposals() | met(), DAYS, st.booleans())
def test_the_heat_map_of_a_month_is_the_progress_of_the_month(events: list[Any], on: date, confirmation: bool) -> None:
    """Completed, due and overdue, whoever leads; and a due day is done or missed as if nothing else were due of it."""
    with tracker_of(events, confirmation_required=confirmation) as tracker:
        plan = tracker.plan("p", on=on)
    heat = Counter[tuple[int, str]]()
    for months in by_lead_and_month(plan).values():
        for month, cell in months.items():
            heat.update({(month, name): getattr(cell, name) for name in Cell._fields})
    rates = {
        month: part for month, part in plan.progress_by("month", CountingRule.WHOLE_PLAN).items() if month != UNDATED
    }
    counted = Counter[tuple[int, str]]()
    for name, part in rates.items():
        place = int(name[5:]) if name[:4] == "2023" else 13 if name > "2023" else 0
        counted.update(
            {(place, "completed"): part.completed, (place, "due"): part.total, (place, "missed"): part.overdue}
        )
    assert counted == heat
    by_day = due_days(plan)
    assert all(not cell.missed for at, cell in by_day.items() if at >= on)
    open_days = [(one, at) for one in plan.activities for at in one.deadline.days if not one.status.has_left]
    assert Counter(at for _, at in open_days) == {at: cell.due for at, cell in by_day.items()}
    assert {at for one, at in open_days if at in {due.day for due in one.missed}} <= {
        at for at, cell in by_day.items() if cell.missed
    }


def test_an_occurrence_that_waits_for_its_confirmation_is_not_done() -> None:
    """Reported in time it is not due, reported late it is missed: as the same document says where it counts."""
    with Tracker() as tracker:
        tracker.record(
            adopted(confirmation_required=True),
            scheduled("p/1", deadline=QUARTERS),
            OccurrenceCompleted("p/1", on=day("4-5"), occurrence=day("3-20")),
            OccurrenceCompleted("p/1", on=day("6-1"), occurrence=day("6-20")),
            by="x",
        )
        plan = tracker.plan("p", on=day("7-1"))
    assert [DueState.MISSED, DueState.NOT_DUE] == [cell.state for cell in due_days(plan).values()]
    assert {3: Cell(0, 1, 1), 6: Cell(0, 1, 0)} == by_lead_and_month(plan)["Sở Tư pháp"]


def test_the_days_of_a_burn_up_are_in_order() -> None:
    """Else it is said: no day is left out, or answered for another."""
    with Tracker() as tracker:
        tracker.record(adopted(), scheduled("p/1"), by="x")
        plan = tracker.plan("p")
    with pytest.raises(InvalidField):
        burn_up_on(plan, [day("12-1"), day("1-5")])
    with pytest.raises(InvalidField):
        burn_up(plan, day("6-1"), day("3-1"))
    assert 2 == len(burn_up_on(plan, [day("6-1"), day("6-1")]))
