"""The tracker beside a naive model: whatever is recorded, the two agree on every day, as known at every point."""

import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from reformtrack import CountingRule, Event, Record, Tracker
from reformtrack.domain.values import code_of
from reformtrack.events import (
    ActivityCarriedOver,
    ActivityCompleted,
    ActivityReassigned,
    ActivityReopened,
    ActivityRescheduled,
    ActivityResumed,
    ActivityScheduled,
    ActivityStarted,
    ActivitySuspended,
    ActivityWithdrawn,
    CompletionConfirmed,
    CompletionReturned,
    OccurrenceCompleted,
    PlanAdopted,
    PlanClosed,
    PlanReopened,
    ProgressReported,
    RecordRetracted,
)
from reformtrack.testing import TrackerMachine
from reformtrack.testing.machine import CODES, DAYS
from tests.naive import NaivePlan, is_overdue, rates, status_of
from tests.support import ADOPTED, INSTANT

NAMES = {
    "not_started": "not started",
    "in_progress": "in progress",
    "awaiting_confirmation": "awaiting",
    "carried_over": "carried over",
}
FACTS: dict[type[Event], str] = {
    ActivityScheduled: "schedule",
    ActivityStarted: "start",
    ActivityCompleted: "complete",
    ActivitySuspended: "suspend",
    ActivityResumed: "resume",
    ProgressReported: "report",
    CompletionConfirmed: "confirm",
    ActivityReopened: "reopen",
    CompletionReturned: "return",
    OccurrenceCompleted: "occurrence",
    ActivityRescheduled: "reschedule",
    ActivityReassigned: "reassign",
    ActivityCarriedOver: "carry over",
    ActivityWithdrawn: "withdraw",
    RecordRetracted: "retract",
}
"""What the model calls an event."""


def fact(event: Any, by: str) -> dict[str, Any]:
    """An event, as the model has it."""
    made = {"name": FACTS[type(event)], "code": code_of(event.subject), "by": by, "on": getattr(event, "on", None)}
    match event:
        case ActivityScheduled() | ActivityRescheduled():
            made["due"] = event.deadline.days
        case ProgressReported():
            made["percent"] = event.percent
        case CompletionConfirmed():
            made["completion"] = event.completion
        case OccurrenceCompleted() | ActivityReopened() | CompletionReturned():
            made["due_day"] = event.occurrence
        case RecordRetracted():
            made["target"] = event.version
    return made


class TrackerAgainstModel(TrackerMachine):
    """Tries anything; what the one accepts the other has to accept, and each answer has to be the same."""

    def __init__(self) -> None:
        super().__init__()
        self.model = NaivePlan(ADOPTED)
        self.instants: list[tuple[datetime, int]] = []

    def record(self, event: Event, by: str = "tester") -> Record[Event] | None:
        """What the model says is expected of the tracker."""
        record = super().record(event, by)
        match event:
            case PlanAdopted():
                self.confirmation_required = event.confirmation_required
                return record
            case PlanClosed():
                expected = self.model.would_close(event.on)
                if expected:
                    self.model.periods[-1] = (self.model.periods[-1][0], event.on)
            case PlanReopened():
                expected = not self.model.is_open()
                self.model.periods.append((event.on, None))
            case _:
                new = fact(event, by)
                new["version"] = self.model.versions(new["code"]) + 1
                expected = self.model.would_accept({**new, "position": 10**9})
                if record and expected:
                    self.model.facts.append({**new, "position": record.position})
                    self.instants.append((record.recorded_at, record.position))
        assert bool(record) == expected, f"the model {'accepts' if expected else 'refuses'} {event}"
        return record

    @rule(on=DAYS, data=st.data())
    def agree(self, on: date, data: st.DataObject) -> None:
        """At any day, as known now, at any instant and at any position, the answers are the same."""
        known: int | None = None
        asked: Any = None
        how: str = data.draw(st.sampled_from(["now", "instant", "position"]))
        if self.instants and how != "now":
            instant, known = data.draw(st.sampled_from(self.instants))
            asked = instant if how == "instant" else known
        plan = self.tracker.plan("p", on=on, known_at=asked)
        found = {activity.code: activity for activity in plan.activities}
        states = {
            code: state for code in CODES if (state := self.model.replay(self.model.facts, code, on, known)) is not None
        }
        assert states.keys() == found.keys()
        for code, state in states.items():
            activity = found[code]
            status = activity.status.value
            assert status_of(state, self.confirmation_required) == NAMES.get(status, status)
            assert is_overdue(state, on, self.confirmation_required) == activity.is_overdue
        expected = rates(list(states.values()), on, self.confirmation_required)
        for rule_ in CountingRule:
            progress = plan.progress(rule_)
            assert expected[rule_.value] == (progress.completed, progress.total)
        assert expected["overdue"][0] == len(plan.overdue())
        assert_conserved(plan, on)

    @invariant()
    def versions_are_the_models(self) -> None:
        for code in CODES:
            if self.acknowledged:
                assert self.model.versions(code) == len(self.tracker.log.history(f"p/{code}"))


def assert_conserved(plan: Any, on: date) -> None:
    """The parts sum to the whole, by domain and by lead; a period's balance holds the activities of the plan."""
    for rule_ in CountingRule:
        whole = plan.progress(rule_)
        for by in ("domain", "lead"):
            parts = plan.progress_by(by, rule_).values()
            assert whole == sum(parts, attrs.evolve(whole, counted=(), plan_versions=())) if parts else whole.total == 0
    balance = plan.balance(on - timedelta(days=10))
    assert sum(balance.entries.values()) == sum(balance.outcomes.values()) == balance.total


class OnDisk(TrackerAgainstModel):
    """The same with a SQLite file, which is closed and opened again in between."""

    def open(self) -> Tracker:
        self.folder = tempfile.TemporaryDirectory()
        self.url = f"sqlite:///{Path(self.folder.name) / 'plans.db'}"
        return Tracker(self.url, clock=self.clock)

    @rule()
    def restart(self) -> None:
        self.tracker.close()
        self.tracker = Tracker(self.url, clock=self.clock)

    def teardown(self) -> None:
        super().teardown()
        if hasattr(self, "folder"):
            self.folder.cleanup()


TestMemory = TrackerAgainstModel.TestCase
TestSQLite = pytest.mark.slow(OnDisk.TestCase)
TestMemory.settings = TestSQLite.settings = settings(stateful_step_count=40, deadline=None)


class Forgets(Tracker):
    """Acknowledges a completion that it does not keep."""

    def record(self, *events: Any, **how: Any) -> Any:
        if isinstance(events[0], ActivityStarted):
            return (Record(10**6, events[0].subject, 9, events[0], INSTANT, how["by"], "r"),)
        return super().record(*events, **how)


class KnowsTooMuch(Tracker):
    """Answers for the past with what it knows now."""

    def plan(self, plan: str, on: date | None = None, known_at: Any = None) -> Any:
        return super().plan(plan, on)


class LagsBehind(Tracker):
    """Sums up another day than was asked."""

    def rollup(self, *args: Any, **how: Any) -> Any:
        return super().rollup(*args, **{**how, "on": ADOPTED})


@pytest.mark.parametrize("kind", [Forgets, KnowsTooMuch, LagsBehind])
@pytest.mark.slow
def test_the_machine_finds_a_tracker_that_is_wrong(kind: type[Tracker]) -> None:
    """So that what it says of yours is worth something."""

    class Wrong(TrackerMachine):
        def open(self) -> Tracker:
            return kind(clock=self.clock)

    tried = settings(max_examples=200, stateful_step_count=40, deadline=None, database=None, phases=[Phase.generate])
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Wrong, settings=tried)
