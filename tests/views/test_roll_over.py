"""Next year's plan from this year's: nothing is lost, nothing is recorded before it is accepted."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given

from reformtrack import (
    ActivityCompleted,
    ActivityScheduled,
    ActivityWithdrawn,
    Deadline,
    InvalidField,
    ProgressStatus,
    Tracker,
)
from tests.support import JUNE, QUARTERS, REGULAR, Clock, adopted, day, scheduled
from tests.test_laws import proposals, tracker_of

LAST = date(2023, 12, 28)


def test_the_next_plan_has_what_goes_on_and_nothing_else() -> None:
    """Regular and recurring ones copied, unfinished ones carried over and linked, completed and withdrawn ones not."""
    with Tracker(clock=Clock(datetime(2024, 2, 1, tzinfo=UTC))) as tracker:
        tracker.record(
            adopted(title="Kế hoạch năm 2023"),
            scheduled("p/1", deadline=JUNE),
            scheduled("p/2", deadline=REGULAR),
            scheduled("p/3", deadline=QUARTERS),
            scheduled("p/4", deadline=Deadline.parse("Quý III", 2023)),
            scheduled("p/5"),
            scheduled("p/6"),
            ActivityCompleted("p/2", on=day("5-1")),
            ActivityCompleted("p/5", on=day("5-1")),
            ActivityWithdrawn("p/6", on=day("5-1"), reason="x"),
            by="a",
        )
        before = tracker.position()
        proposal = tracker.roll_over("p", "q", on=LAST)
        assert (before, ("2", "3"), ("1", "4")) == (tracker.position(), proposal.copied, proposal.carried)
        tracker.record(*proposal.events, by="a")
        new, old = tracker.plan("q"), tracker.plan("p")
    assert ("Kế hoạch năm 2024", 2024) == (new.state.title, new.state.year)
    assert ["1", "2", "3", "4"] == [activity.code for activity in new.activities]
    deadlines = {activity.code: activity.deadline for activity in new.activities}
    assert (date(2024, 12, 31), date(2024, 9, 30)) == (deadlines["1"].last, deadlines["4"].last)
    assert [date(2024, 3, 20), date(2024, 6, 20)] == list(deadlines["3"].days)
    assert REGULAR == deadlines["2"]
    assert {"carried_over_from": "p/1"} == new.activity("1").state.terms.host_fields
    assert {} == new.activity("2").state.terms.host_fields
    status = {activity.code: activity.status for activity in old.activities}
    assert ProgressStatus.CARRIED_OVER is status["1"] is status["4"]
    assert ProgressStatus.COMPLETED is status["2"]
    with tracker_of([]) as other, pytest.raises(InvalidField):
        other.roll_over("p", "Q", on=LAST)


@given(proposals())
def test_every_proposal_can_be_recorded_and_loses_nothing(events: list[Any]) -> None:
    """Whatever the year was: each open activity is in the next plan, and nothing is open in this one but what recurs."""
    with tracker_of(events) as tracker:
        plan = tracker.plan("p", LAST)
        proposal = tracker.roll_over("p", "q", on=LAST)
        tracker.record(*proposal.events, by="a")
        new = {activity.code for activity in tracker.plan("q").activities}
        assert {a.code for a in plan.activities if a.status.is_open} <= new
        assert new == {*proposal.copied, *proposal.carried}
        assert not {*proposal.copied} & {*proposal.carried}
        scheduled_again = [event for event in proposal.events if isinstance(event, ActivityScheduled)]
        assert len(new) == len(scheduled_again)
        left = {a.code for a in tracker.plan("p", LAST).activities if a.status.is_open}
        assert left <= set(proposal.copied)
