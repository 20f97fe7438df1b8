"""A state machine that tries whatever may be recorded of a plan, on a tracker of yours: your store, your policy."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import attrs

from reformtrack.domain.activity import ActivityCompleted, CompletionConfirmed, OccurrenceCompleted
from reformtrack.domain.errors import NotPermitted
from reformtrack.domain.illegal import IllegalHistory
from reformtrack.domain.kinds import Event
from reformtrack.domain.plan import PlanClosed, PlanReopened
from reformtrack.domain.timeline import Record
from reformtrack.domain.values import Document
from reformtrack.extras import extra
from reformtrack.testing.history import ADOPTED, JUNE, QUARTERS, Clock, adopted, happenings, proposals
from reformtrack.tracker import Tracker
from reformtrack.views.plan import Plan

with extra("testing"):
    from hypothesis import strategies as st
    from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

CODES = ("1.01", "1.02", "2.01")
_DUE = (*QUARTERS.days, *JUNE.days)
DAYS = st.sampled_from([ADOPTED, *(day + timedelta(days=n) for day in _DUE for n in (-9, -1, 0, 1, 9))])
"""Few, so that what happens often ties; before, on and after the days on which something is due."""
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

    @initialize(confirmation=st.booleans(), events=proposals(CODES, DAYS))
    def adopt(self, confirmation: bool, events: Sequence[Event]) -> None:
        """The plan, and what there is in it to begin with."""
        self.tracker = self.open()
        self.start = self.tracker.log.position()
        assert self.record(attrs.evolve(adopted(), confirmation_required=confirmation))
        self.happen(events, "monitor")

    @rule(events=st.lists(happenings(CODES, DAYS), min_size=1, max_size=5), by=st.sampled_from(["tester", "monitor"]))
    def happen(self, events: Sequence[Event], by: str) -> None:
        """Things about activities; what the lead agency did may be confirmed by its own people, or by others."""
        for event in events:
            self.record(event, by if isinstance(event, CompletionConfirmed) else "tester")

    @rule(on=st.none() | DAYS, data=st.data())
    def confirm(self, on: date | None, data: st.DataObject) -> None:
        """The last completion of an activity, on its day or another."""
        done: dict[str, tuple[int, date]] = {}
        for record in self.acknowledged:
            if isinstance(record.event, ActivityCompleted | OccurrenceCompleted):
                done[record.stream] = record.version, record.event.on
        if done:
            stream, (version, day) = data.draw(st.sampled_from(list(done.items())))
            self.record(CompletionConfirmed(stream, on=on or day, completion=version), "monitor")

    @precondition(lambda self: self.closed_on is None)
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

    @rule(on=DAYS)
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
