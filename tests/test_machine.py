"""The tracker beside a naive model: whatever is recorded, the two agree on every day, as known at every point."""

import tempfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from reformtrack import CountingRule, Deadline, Domain, IllegalHistory, Tracker
from reformtrack.events import (
    ActivityCarriedOver,
    ActivityCompleted,
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
from reformtrack.values import DeadlineKind
from tests.naive import NaivePlan, is_overdue, rates, status_of

ADOPTED = date(2023, 1, 2)
DAYS = st.integers(0, 40).map(lambda n: ADOPTED + timedelta(days=n))
CODES = st.sampled_from(["1.01", "1.02", "2.01"])
ONE_DAY, SEVERAL, NO_DAY = (
    ((ADOPTED + timedelta(days=15),)),
    (ADOPTED + timedelta(days=10), ADOPTED + timedelta(days=20)),
    (),
)
DUE = st.sampled_from([ONE_DAY, SEVERAL, NO_DAY])
DUE_DAY = st.sampled_from([None, *SEVERAL, ONE_DAY[0]])
NAMES = {
    "not_started": "not started",
    "in_progress": "in progress",
    "awaiting_confirmation": "awaiting",
    "carried_over": "carried over",
}


def deadline(due: tuple[date, ...]) -> Deadline:
    kind = {0: DeadlineKind.REGULAR, 1: DeadlineKind.DAY, 2: DeadlineKind.DAYS}[len(due)]
    return Deadline("; ".join(map(str, due)), kind, due)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2023, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class TrackerAgainstModel(RuleBasedStateMachine):
    """Tries anything; what the one accepts the other has to accept, and each answer has to be the same."""

    confirmation_required = False

    def open(self) -> str | None:
        return None

    @initialize(confirmation=st.booleans())
    def adopt(self, confirmation: bool) -> None:
        self.clock = Clock()
        self.tracker = Tracker(self.open(), clock=self.clock)
        self.confirmation_required = confirmation
        self.model = NaivePlan(ADOPTED)
        self.instants: list[tuple[datetime, int]] = []
        self.tracker.record(
            PlanAdopted(
                "p",
                on=ADOPTED,
                title="Kế hoạch",
                year=2023,
                jurisdiction="Tỉnh",
                domains=(Domain("1", "Thể chế"), Domain("2", "Thủ tục")),
                confirmation_required=confirmation,
            ),
            by="tester",
        )

    def try_to_record(self, event: Any, fact: dict[str, Any], by: str = "tester") -> None:
        """Record an event and expect of the tracker what the model says."""
        self.clock.now += timedelta(seconds=1)
        code, fact = fact["code"], {**fact, "by": by}
        expected = self.model.would_accept({**fact, "version": self.model.versions(code) + 1, "position": 10**9})
        try:
            [record] = self.tracker.record(event, by=by)
        except IllegalHistory as error:
            assert not expected, f"the model accepts {fact}, the tracker says {error}"
            return
        assert expected, f"the model refuses {fact}"
        self.model.facts.append({**fact, "version": record.version, "position": record.position})
        self.instants.append((record.recorded_at, record.position))

    @rule(code=CODES, on=DAYS, due=DUE)
    def schedule(self, code: str, on: date, due: tuple[date, ...]) -> None:
        event = ActivityScheduled(f"p/{code}", on=on, domain=code[0], title="Việc", lead="Sở", deadline=deadline(due))
        self.try_to_record(event, {"name": "schedule", "code": code, "on": on, "due": due})

    @rule(code=CODES, due=DUE)
    def schedule_early(self, code: str, due: tuple[date, ...]) -> None:
        self.schedule(code, ADOPTED, due)

    @rule(code=CODES, on=DAYS, name=st.sampled_from(["start", "complete", "suspend", "resume"]))
    def plain(self, code: str, on: date, name: str) -> None:
        id = f"p/{code}"
        events: dict[str, Any] = {
            "start": ActivityStarted(id, on=on),
            "complete": ActivityCompleted(id, on=on),
            "suspend": ActivitySuspended(id, on=on, reason="chờ"),
            "resume": ActivityResumed(id, on=on),
        }
        self.try_to_record(events[name], {"name": name, "code": code, "on": on})

    @rule(code=CODES, on=DAYS, percent=st.sampled_from([None, 0, 40]))
    def report(self, code: str, on: date, percent: int | None) -> None:
        measure = None if percent is None else Decimal(percent)
        event = ProgressReported(f"p/{code}", on=on, percent=measure, note="đang làm")
        self.try_to_record(event, {"name": "report", "code": code, "on": on, "percent": percent})

    @rule(code=CODES, on=DAYS, completion=st.integers(1, 12), by=st.sampled_from(["tester", "monitor"]))
    def confirm(self, code: str, on: date, completion: int, by: str) -> None:
        """A record of the activity, whichever."""
        event = CompletionConfirmed(f"p/{code}", on=on, completion=completion)
        self.try_to_record(event, {"name": "confirm", "code": code, "on": on, "completion": completion}, by)

    @rule(code=CODES, on=DAYS, data=st.data())
    def confirm_a_completion(self, code: str, on: date, data: st.DataObject) -> None:
        """One of those that there are."""
        names = ("complete", "occurrence")
        done = [fact["version"] for fact in self.model.facts if fact["code"] == code and fact["name"] in names]
        if done:
            self.confirm(code, on, data.draw(st.sampled_from(done)), "monitor")

    @rule(code=CODES, on=DAYS, due_day=DUE_DAY, reopen=st.booleans())
    def undo(self, code: str, on: date, due_day: date | None, reopen: bool) -> None:
        cls: Any = ActivityReopened if reopen else CompletionReturned
        event = cls(f"p/{code}", on=on, reason="sai", occurrence=due_day)
        name = "reopen" if reopen else "return"
        self.try_to_record(event, {"name": name, "code": code, "on": on, "due_day": due_day})

    @rule(code=CODES, on=DAYS, due_day=st.sampled_from(SEVERAL))
    def complete_occurrence(self, code: str, on: date, due_day: date) -> None:
        event = OccurrenceCompleted(f"p/{code}", on=on, occurrence=due_day)
        self.try_to_record(event, {"name": "occurrence", "code": code, "on": on, "due_day": due_day})

    @rule(code=CODES, on=DAYS, due=DUE)
    def reschedule(self, code: str, on: date, due: tuple[date, ...]) -> None:
        event = ActivityRescheduled(f"p/{code}", on=on, deadline=deadline(due))
        self.try_to_record(event, {"name": "reschedule", "code": code, "on": on, "due": due})

    @rule(code=CODES, on=DAYS, carry=st.booleans())
    def leave(self, code: str, on: date, carry: bool) -> None:
        id = f"p/{code}"
        event = ActivityCarriedOver(id, on=on, into="q") if carry else ActivityWithdrawn(id, on=on, reason="bỏ")
        self.try_to_record(event, {"name": "carry over" if carry else "withdraw", "code": code, "on": on})

    @rule(code=CODES, version=st.integers(1, 12))
    def retract(self, code: str, version: int) -> None:
        event = RecordRetracted(f"p/{code}", version=version, reason="nhầm")
        self.try_to_record(event, {"name": "retract", "code": code, "target": version})

    @rule(on=DAYS)
    def close(self, on: date) -> None:
        expected = self.model.would_close(on)
        try:
            self.tracker.record(PlanClosed("p", on=on), by="tester")
        except IllegalHistory:
            assert not expected
            return
        assert expected
        self.model.periods[-1] = (self.model.periods[-1][0], on)

    @precondition(lambda self: not self.model.is_open())
    @rule(later=st.integers(0, 5))
    def reopen_plan(self, later: int) -> None:
        closed_on = self.model.periods[-1][1]
        assert closed_on is not None
        on = closed_on + timedelta(days=later)
        self.tracker.record(PlanReopened("p", on=on, reason="bổ sung"), by="tester")
        self.model.periods.append((on, None))

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
            code: state
            for code in ("1.01", "1.02", "2.01")
            if (state := self.model.replay(self.model.facts, code, on, known)) is not None
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
    def nothing_is_lost(self) -> None:
        if hasattr(self, "model"):
            for code in ("1.01", "1.02", "2.01"):
                assert self.model.versions(code) == len(self.tracker.log.history(f"p/{code}"))

    def teardown(self) -> None:
        if hasattr(self, "tracker"):
            self.tracker.close()


def assert_conserved(plan: Any, on: date) -> None:
    """The parts sum to the whole, by domain, lead and month; a period's balance holds the activities of the plan."""
    for rule_ in CountingRule:
        whole = plan.progress(rule_)
        for by in ("domain", "lead", "month"):
            parts = plan.progress_by(by, rule_).values()
            assert whole == sum(parts, attrs.evolve(whole, counted=(), plan_versions=())) if parts else whole.total == 0
    balance = plan.balance(on - timedelta(days=10))
    assert sum(balance.entries.values()) == sum(balance.outcomes.values()) == balance.total


class OnDisk(TrackerAgainstModel):
    """The same with a SQLite file, which is closed and opened again in between."""

    def open(self) -> str:
        self.folder = tempfile.TemporaryDirectory()
        self.url = f"sqlite:///{Path(self.folder.name) / 'plans.db'}"
        return self.url

    @rule()
    def restart(self) -> None:
        self.tracker.close()
        self.tracker = Tracker(self.url, clock=self.clock)

    def teardown(self) -> None:
        super().teardown()
        if hasattr(self, "folder"):
            self.folder.cleanup()


TestMemory = TrackerAgainstModel.TestCase
TestSQLite = OnDisk.TestCase
TestMemory.settings = TestSQLite.settings = settings(stateful_step_count=40, deadline=None)
