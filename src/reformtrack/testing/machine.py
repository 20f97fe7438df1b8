"""
A state machine that tries whatever may be recorded of a plan, on a tracker of yours: your store, your policy.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import attrs

from reformtrack.domain.activity import (
    ActivityCarriedOver,
    ActivityCompleted,
    ActivityReopened,
    ActivityRescheduled,
    ActivityResumed,
    ActivityStarted,
    ActivitySuspended,
    ActivityWithdrawn,
    CompletionConfirmed,
    CompletionReturned,
    OccurrenceCompleted,
    ProgressReported,
)
from reformtrack.domain.deadline import Deadline, DeadlineKind
from reformtrack.domain.errors import IllegalHistory, NotPermitted
from reformtrack.domain.kinds import Event
from reformtrack.domain.plan import PlanClosed, PlanReopened
from reformtrack.domain.timeline import Record, RecordRetracted
from reformtrack.domain.values import Document
from reformtrack.extras import extra
from reformtrack.testing.history import ADOPTED, Clock, adopted, scheduled
from reformtrack.tracker import Tracker
from reformtrack.views.plan import Plan

with extra("testing"):
    from hypothesis import strategies as st
    from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

DAYS = st.integers(0, 40).map(lambda n: ADOPTED + timedelta(days=n))
CODES = st.sampled_from(["1.01", "1.02", "2.01"])
_ONE, _TEN, _TWENTY = (ADOPTED + timedelta(days=n) for n in (15, 10, 20))
DUE = st.sampled_from(
    [
        Deadline("một ngày", DeadlineKind.DAY, (_ONE,)),
        Deadline("hai ngày", DeadlineKind.DAYS, (_TEN, _TWENTY)),
        Deadline("thường xuyên", DeadlineKind.REGULAR, ()),
    ]
)
VERSIONS = st.integers(1, 12)
DOCUMENT = Document(type="Quyết định", number="156/QĐ-UBND", date=date(2022, 12, 30))


class TrackerMachine(RuleBasedStateMachine):
    """
    Records events on a plan `p`, legal or not, and asks: whatever was acknowledged is in the log, once and in order; the views
    answer as the log does; and what was answered of a day, as known at a position, is answered again.

    Give your tracker in `open`; add rules and invariants of your own. Run it as `TestPlans = Plans.TestCase`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.acknowledged: list[Record[Event]] = []
        self.told: list[tuple[date, int, Plan]] = []
        self.closed_on: date | None = None

    def open(self) -> Tracker:
        """The tracker, over an empty store: in memory unless you say otherwise. `self.clock` stands still until it is set."""
        return Tracker(clock=self.clock)

    def record(self, event: Event, by: str = "tester") -> Record[Event] | None:
        """Try to record an event, under a document where it can have one; None where it is illegal, or not permitted."""
        changed: Any = event
        if hasattr(event, "document"):
            event = attrs.evolve(changed, document=DOCUMENT)
        self.clock.now += timedelta(seconds=1)
        try:
            [record] = self.tracker.record(event, by=by)
        except (IllegalHistory, NotPermitted):
            return None
        self.acknowledged.append(record)
        return record

    @initialize(confirmation=st.booleans())
    def adopt(self, confirmation: bool) -> None:
        """The plan."""
        self.tracker = self.open()
        self.start = self.tracker.log.position()
        assert self.record(attrs.evolve(adopted(), confirmation_required=confirmation))

    @rule(code=CODES, on=DAYS | st.just(ADOPTED), due=DUE)
    def schedule(self, code: str, on: date, due: Deadline) -> None:
        """An activity comes into the plan."""
        self.record(attrs.evolve(scheduled(f"p/{code}"), domain=code[0], on=on, deadline=due))

    @rule(code=CODES, on=DAYS, name=st.sampled_from([ActivityStarted, ActivityCompleted, ActivityResumed]))
    def work(self, code: str, on: date, name: type[ActivityStarted | ActivityCompleted | ActivityResumed]) -> None:
        """Work begins, ends, or goes on."""
        self.record(name(f"p/{code}", on=on))

    @rule(code=CODES, on=DAYS)
    def suspend(self, code: str, on: date) -> None:
        """Work is halted."""
        self.record(ActivitySuspended(f"p/{code}", on=on, reason="chờ"))

    @rule(code=CODES, on=DAYS, percent=st.sampled_from([None, Decimal(0), Decimal(40)]))
    def report(self, code: str, on: date, percent: Decimal | None) -> None:
        """Progress, with a measure or in words."""
        self.record(ProgressReported(f"p/{code}", on=on, percent=percent, note="đang làm"))

    @rule(code=CODES, on=DAYS, data=st.data(), by=st.sampled_from(["tester", "monitor"]))
    def confirm(self, code: str, on: date, data: st.DataObject, by: str) -> None:
        """A completion, or any other record of the activity."""
        done = [
            record.version
            for record in self.acknowledged
            if record.stream == f"p/{code}" and isinstance(record.event, ActivityCompleted | OccurrenceCompleted)
        ]
        completion = data.draw(st.sampled_from(done) | VERSIONS if done else VERSIONS)
        self.record(CompletionConfirmed(f"p/{code}", on=on, completion=completion), by)

    @rule(code=CODES, on=DAYS, due_day=st.sampled_from([None, _TEN, _ONE, _TWENTY]), reopen=st.booleans())
    def undo(self, code: str, on: date, due_day: date | None, reopen: bool) -> None:
        """A completion is sent back, or does not hold any more."""
        kind = ActivityReopened if reopen else CompletionReturned
        self.record(kind(f"p/{code}", on=on, reason="sai", occurrence=due_day))

    @rule(code=CODES, on=DAYS, due_day=st.sampled_from([_TEN, _TWENTY]))
    def complete_occurrence(self, code: str, on: date, due_day: date) -> None:
        """One of several due days is met."""
        self.record(OccurrenceCompleted(f"p/{code}", on=on, occurrence=due_day))

    @rule(code=CODES, on=DAYS, due=DUE)
    def reschedule(self, code: str, on: date, due: Deadline) -> None:
        """Another deadline."""
        self.record(ActivityRescheduled(f"p/{code}", on=on, deadline=due))

    @rule(code=CODES, on=DAYS, carry=st.booleans())
    def leave(self, code: str, on: date, carry: bool) -> None:
        """An activity leaves the plan."""
        id = f"p/{code}"
        self.record(ActivityCarriedOver(id, on=on, into="q") if carry else ActivityWithdrawn(id, on=on, reason="bỏ"))

    @rule(code=CODES, version=VERSIONS)
    def retract(self, code: str, version: int) -> None:
        """A record is taken back."""
        self.record(RecordRetracted(f"p/{code}", version=version, reason="nhầm"))

    @rule(on=DAYS)
    def close(self, on: date) -> None:
        """The plan ends."""
        if self.record(PlanClosed("p", on=on)):
            self.closed_on = on

    @precondition(lambda self: self.closed_on is not None)
    @rule(later=st.integers(0, 5))
    def reopen_plan(self, later: int) -> None:
        """The plan goes on."""
        assert self.closed_on is not None
        if self.record(PlanReopened("p", on=self.closed_on + timedelta(days=later), reason="bổ sung")):
            self.closed_on = None

    @rule(on=DAYS | st.just(ADOPTED + timedelta(days=40)))
    def ask(self, on: date) -> None:
        """The plan on a day; the roll-up of it says the same."""
        plan = self.tracker.plan("p", on)
        whole = self.tracker.rollup(["p"], by=("plan",), on=on).total
        assert whole.counts == plan.progress(whole.rule).counts
        if len(self.told) < 5:  # the earlier, the more is recorded after it
            self.told.append((on, self.tracker.log.position(), plan))

    @invariant()
    def what_was_known_stays(self) -> None:
        """One that was told, each in its turn, is asked for again, whatever was recorded since."""
        if self.told:
            on, known_at, plan = self.told[len(self.acknowledged) % len(self.told)]
            assert self.tracker.plan("p", on, known_at).activities == plan.activities

    @invariant()
    def nothing_is_lost(self) -> None:
        """Nor doubled, nor out of order."""
        if self.acknowledged:
            mine = [record for record in self.tracker.log.records(after=self.start) if record.stream[0] == "p"]
            assert mine == self.acknowledged

    def teardown(self) -> None:
        """The tracker is closed."""
        if hasattr(self, "tracker"):
            self.tracker.close()
