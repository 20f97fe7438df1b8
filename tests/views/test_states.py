"""The states of a plan by part: each activity once, the parts sum to the whole; what is new, and what is due next."""

from datetime import UTC, date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reformtrack import CountingRule, Tracker
from reformtrack.domain.balance import Outcome
from reformtrack.domain.status import ProgressStatus, Timeliness
from reformtrack.events import ActivityCompleted, ActivityStarted, RecordRetracted
from reformtrack.testing import proposals
from reformtrack.testing.history import DAYS
from reformtrack.views.states import OPEN, STATES, due_next, recent, states_by
from tests.support import Clock, adopted, day, scheduled, tracker_of


def summed(parts: Any, of: str) -> tuple[int, ...]:
    return tuple(map(sum, zip(*(getattr(part, of) for part in parts), strict=True)))


@given(proposals(), DAYS, st.sampled_from(["domain", "lead"]), st.booleans())
def test_the_parts_of_the_states_sum_to_the_whole(events: list[Any], on: date, by: Any, confirmation: bool) -> None:
    """Over any history: to what the rates count, each activity in one state, each open one in one timeliness."""
    with tracker_of(events, confirmation_required=confirmation) as tracker:
        plan = tracker.plan("p", on=on)
    whole, parts = states_by(plan, by)
    rates = plan.progress_by(by, CountingRule.WHOLE_PLAN)
    assert {name: rate.total for name, rate in rates.items() if rate.total} == {
        name: part.total for name, part in parts.items() if part.total
    }
    for of in ("states", "timeliness"):
        assert getattr(whole, of) == (summed(parts.values(), of) or (0,) * len(getattr(whole, of)))
    rate = plan.progress(CountingRule.WHOLE_PLAN)
    assert (rate.total, rate.open, rate.overdue) == (
        whole.total,
        whole.open,
        whole.timeliness[OPEN.index(Timeliness.OVERDUE)],
    )
    done = [STATES.index(one) for one in (Outcome.COMPLETED_ON_TIME, Outcome.COMPLETED_LATE)]
    assert rate.completed == sum(whole.states[place] for place in done)
    assert whole.states[STATES.index(ProgressStatus.AWAITING_CONFIRMATION)] == sum(
        one.status is ProgressStatus.AWAITING_CONFIRMATION for one in plan.activities
    )


def test_what_is_new_took_effect_or_was_recorded_within_seven_days() -> None:
    """A fact of long ago that was recorded late is new as well; what was taken back is not."""
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        today = tracker.today()
        tracker.record(adopted(), *(scheduled(f"p/{n}") for n in range(1, 5)), by="x")
        clock.now += timedelta(days=30)
        tracker.record(ActivityStarted("p/1", on=day("2-1")), ActivityStarted("p/3", on=day("2-1")), by="x")
        tracker.record(RecordRetracted("p/3", version=2, reason="x"), by="x")
        tracker.record(ActivityCompleted("p/2", on=today + timedelta(days=30)), by="x")
        plan = tracker.plan("p")
        found = [
            (one.code, [record.version for record in records])
            for one, records in recent(plan, UTC, plan.on - timedelta(days=6))
        ]
        assert [("2", [2]), ("1", [2])] == found
        clock.now += timedelta(days=7)
        plan = tracker.plan("p")
        assert [] == recent(plan, UTC, plan.on - timedelta(days=6))


def test_what_falls_due_next_is_the_nearest_open_day() -> None:
    """Today's is among it, what is past or done is not."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), *(scheduled(f"p/{n}") for n in range(1, 4)), by="x")
        tracker.record(ActivityCompleted("p/2", on=day("3-1")), by="x")
        at = [tracker.plan("p", on=on) for on in (day("6-30"), day("7-1"))]
    assert [("1", day("6-30")), ("3", day("6-30"))] == [(one.code, due) for one, due in due_next(at[0], 5)]
    assert [] == due_next(at[1], 5)
    assert 1 == len(due_next(at[0], 1))
