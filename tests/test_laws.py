"""The laws of the whole: over any history that a tracker accepts."""

import contextlib
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import attrs
from hypothesis import assume, given
from hypothesis import strategies as st

from reformtrack import CountingRule, Deadline, Document, IllegalHistory, Plan, Record
from reformtrack.answers import Counted, Entry, Outcome, ProgressStatus, Timeliness
from reformtrack.domain.kinds import ACTIVITY
from reformtrack.domain.timeline import check_retractions, timeline
from reformtrack.events import (
    ActivityCarriedOver,
    ActivityCompleted,
    ActivityReassigned,
    ActivityReopened,
    ActivityRescheduled,
    ActivityResumed,
    ActivityRevised,
    ActivityStarted,
    ActivitySuspended,
    ActivityWithdrawn,
    CompletionConfirmed,
    CompletionReturned,
    EvidenceFiled,
    OccurrenceCompleted,
    ProgressReported,
    RecordRetracted,
)
from reformtrack.testing import proposals
from reformtrack.testing.history import CODES, DAYS
from reformtrack.values import ActivityId, DeadlineKind, StreamId
from reformtrack.views.activity import UNDATED, Activity
from tests.support import ADOPTED, INSTANT, JUNE, REGULAR, records, scheduled, tracker_of

ID = "p/1.01"


def answers(plan: Plan) -> Any:
    """All that a plan answers, without the positions and instants of its records."""
    return [
        *(str(plan.progress(rule)) for rule in CountingRule),
        *((a.code, a.status, a.timeliness(), a.due, a.lead, a.days_overdue, a.state) for a in plan.activities),
    ]


@given(proposals(), DAYS, st.booleans())
def test_bounds_and_conservation_hold_on_any_day(events: list[Any], on: date, confirmation: bool) -> None:
    """0 ≤ completed ≤ total, overdue ≤ open; domains and leads each sum to the whole under every rule."""
    with tracker_of(events, confirmation_required=confirmation) as tracker:
        plan = tracker.plan("p", on=on)
        for rule in CountingRule:
            whole = plan.progress(rule)
            assert 0 <= whole.completed <= whole.total
            assert 0 <= whole.overdue <= whole.open
            assert len(plan.activities) == whole.total + sum(whole.excluded.values())
            for by in ("domain", "lead"):
                parts = plan.progress_by(by, rule)
                assert whole.counted == sum(parts.values(), attrs.evolve(whole, counted=(), plan_versions=())).counted
                assert whole.completed == sum(part.completed for part in parts.values())
        assert len(plan.overdue()) == plan.progress(CountingRule.WHOLE_PLAN).overdue
        assert all(activity.days_overdue > 0 and activity.due is not None for activity in plan.overdue())
        assert sorted((a.days_overdue for a in plan.overdue()), reverse=True) == [
            a.days_overdue for a in plan.overdue()
        ]


@given(proposals(), DAYS, st.booleans())
def test_each_due_day_counts_by_itself(events: list[Any], on: date, confirmation: bool) -> None:
    """What is missed, due soon, or of a month says nothing of another due day; together they say what the activity is."""
    with tracker_of(events, confirmation_required=confirmation) as tracker:
        plan = tracker.plan("p", on=on)
    assert [a for a in plan.activities if a.due_within(30)] == sorted(plan.due_within(30), key=plan.activities.index)
    months = {rule: plan.progress_by("month", rule) for rule in CountingRule}
    for activity in plan.activities:
        days, missed = activity.deadline.days, {due.day for due in activity.missed}
        soon, waits = set(activity.due_within(30)), activity.status is ProgressStatus.AWAITING_CONFIRMATION
        assert {day for day in activity.open_days if on <= day <= on + timedelta(days=30)} == soon
        assert not missed & soon
        assert bool(missed) is activity.is_overdue
        assert waits or {day for day in activity.open_days if day < on} == missed
        assert {f"{day:%Y-%m}" for day in days} or {UNDATED} == {
            name for name, part in months[CountingRule.WHOLE_PLAN].items() if activity.id in dict(part.counted)
        }
        for rule, parts in months.items():
            whole = dict(plan.progress(rule).counted)[activity.id]
            counted = {name: as_ for name, part in parts.items() for id, as_ in part.counted if id == activity.id}
            overdue = {name for name, as_ in counted.items() if as_ is Counted.OVERDUE}
            if all(due.done_on is None for due in activity.dues) or not confirmation:
                assert {f"{day:%Y-%m}" for day in missed} == overdue
            if len(days) < 2 or whole in (Counted.COMPLETED, Counted.WITHDRAWN, Counted.CARRIED_OVER):
                assert {whole} == set(counted.values())


@given(proposals(), DAYS, DAYS, st.booleans())
def test_conservation_holds_in_every_period(events: list[Any], one: date, other: date, confirmation: bool) -> None:
    """Carried in + added + reopened = what stands at the end; each side counted apart from the balance."""
    first, last = min(one, other), max(one, other)
    with tracker_of(events, confirmation_required=confirmation) as tracker:
        balance = tracker.plan("p", on=last).balance(first)
        before = {a.code: a for a in tracker.plan("p", on=max(first - timedelta(days=1), ADOPTED)).activities}
        if first == ADOPTED:
            before = {}
        after = {a.code: a for a in tracker.plan("p", on=last).activities}
    carried_in = {code for code, activity in before.items() if activity.status.is_open}
    added = after.keys() - before.keys()
    assert len(carried_in) == balance.entries[Entry.CARRIED_IN]
    assert len(added) == balance.entries[Entry.ADDED]
    assert sum(balance.entries.values()) == sum(balance.outcomes.values()) == balance.total
    inside = {line[0].partition("/")[2] for line in balance.lines}
    assert carried_in | added <= inside
    open_after = {code for code, activity in after.items() if activity.status.is_open}
    assert open_after <= inside, "what is open at the end was open at the start, came in, or was reopened"
    assert len(open_after) == balance.outcomes[Outcome.OPEN_IN_TIME] + balance.outcomes[Outcome.OPEN_OVERDUE]
    late = {code for code in inside if after[code].timeliness() is Timeliness.LATE}
    assert len(late) == balance.outcomes[Outcome.COMPLETED_LATE]
    withdrawn = {code for code in inside if after[code].status is ProgressStatus.WITHDRAWN}
    assert len(withdrawn) == balance.outcomes[Outcome.WITHDRAWN]


def is_legal(history: list[Record[Any]]) -> bool:
    """Whether every event of a timeline is legal where it stands, checked from the first one on."""
    state = ACTIVITY.initial
    for record in timeline(history):
        try:
            ACTIVITY.check(state, record.event)
        except IllegalHistory:
            return False
        state = ACTIVITY.evolve(state, record.event)
    return True


@given(proposals(("1.01",)), DAYS)
def test_a_proposal_is_judged_as_if_the_whole_timeline_was_checked(events: list[Any], same_day: date) -> None:
    """Only what a proposal can change is checked again; the answer is that of checking all. Days are few, so many tie."""
    history: list[Record[Any]] = []
    for event in events:
        if not isinstance(event, RecordRetracted) and event.on > same_day:
            event = attrs.evolve(event, on=same_day)
        proposed = records(event, start=len(history) + 1)
        try:
            check_retractions(history, proposed)
        except IllegalHistory:
            continue
        try:
            ACTIVITY.judge(history, proposed)
        except IllegalHistory:
            assert not is_legal([*history, *proposed])
        else:
            assert is_legal([*history, *proposed])
            history += proposed


@given(proposals(), DAYS)
def test_replay_of_the_log_gives_the_state(events: list[Any], on: date) -> None:
    """Records read one by one from the log, folded without any check, are what the plan answers."""
    with tracker_of(events) as tracker:
        plan = tracker.plan("p", on=on)
        streams: dict[str, list[Record[Any]]] = {}
        for record in tracker.log.records():
            streams.setdefault(record.stream, []).append(record)
        for activity in plan.activities:
            records: Any = timeline(streams[activity.id], on)
            assert activity.state == ACTIVITY.fold(records)
            assert activity.timeline == records


@given(proposals(), proposals(), DAYS)
def test_what_was_known_is_untouched_by_later_records(before: list[Any], after: list[Any], on: date) -> None:
    """Late facts, corrections, retractions: the answer as known at a past instant or position stays, to the record."""
    with tracker_of(before) as tracker:
        instant, position = INSTANT - timedelta(seconds=1), tracker.log.position()
        asked = tracker.plan("p", on=on, known_at=instant), tracker.plan("p", on=on, known_at=position)
        for event in after:
            with contextlib.suppress(IllegalHistory):
                tracker.record(event, by="tester")
        again = tracker.plan("p", on=on, known_at=instant), tracker.plan("p", on=on, known_at=position)
    assert asked == again
    assert [a.progress() for a in asked] == [a.progress() for a in again]


@given(proposals(CODES[:2]), proposals(CODES[2:]), st.randoms(), DAYS)
def test_events_of_different_activities_commute(one: list[Any], other: list[Any], random: Any, on: date) -> None:
    """Whichever way two activities' events are interleaved, the plan answers the same."""
    left, right, mixed = list(one), list(other), []
    while left or right:
        mixed.append((left if left and (not right or random.random() < 0.5) else right).pop(0))
    with tracker_of(one + other) as a, tracker_of(mixed) as b:
        assert answers(a.plan("p", on=on)) == answers(b.plan("p", on=on))


@given(proposals(), st.data(), DAYS)
def test_retracting_and_recording_anew_is_recording(events: list[Any], data: st.DataObject, on: date) -> None:
    """A record taken back and given again in one request leaves every answer as it was, unless its day has others."""
    with tracker_of(events) as tracker:
        histories: list[Any] = [tracker.log.history(f"p/{code}") for code in CODES]
        live: list[Record[Any]] = [record for history in histories for record in timeline(history)]
        assume(live)
        record = data.draw(st.sampled_from(live))
        same_day = [r for r in live if r.stream == record.stream and r.event.on == record.event.on]
        assume(same_day[-1] == record)
        before = answers(tracker.plan("p", on=on))
        tracker.record(RecordRetracted(record.stream, version=record.version, reason="x"), record.event, by="tester")
        assert before == answers(tracker.plan("p", on=on))


@given(proposals(), DAYS)
def test_a_request_again_appends_nothing(events: list[Any], on: date) -> None:
    """Every request that was accepted, given again, returns its own records."""
    with tracker_of(events) as tracker:
        position = tracker.log.position()
        for record in list(tracker.log.records()):
            assert (record,) == tracker.record(record.event, by=record.by, request_id=record.request_id)
        assert position == tracker.log.position()


@given(proposals(), DAYS)
def test_another_day_of_a_plan_at_hand_is_that_day_of_the_store(events: list[Any], on: date) -> None:
    """`as_of` needs no store."""
    with tracker_of(events) as tracker:
        assert tracker.plan("p", on=on) == tracker.plan("p").as_of(on)


_QUARTER_DAYS = Deadline.parse("Hằng quý", 2023).days
_SOME_QUARTERS = (_QUARTER_DAYS[:2], _QUARTER_DAYS[:3], _QUARTER_DAYS[1:3], _QUARTER_DAYS)
_DEADLINES = [JUNE, REGULAR, *(Deadline("x", DeadlineKind.DAYS, days) for days in _SOME_QUARTERS)]
_STEPS: list[Any] = [
    ActivityStarted(ID, on=ADOPTED),
    ProgressReported(ID, on=ADOPTED, percent=Decimal(5)),
    ProgressReported(ID, on=ADOPTED, note="x"),
    ActivityCompleted(ID, on=ADOPTED),
    EvidenceFiled(ID, on=ADOPTED, evidence=(Document(number="1"),)),
    ActivityReassigned(ID, on=ADOPTED, lead="Sở Nội vụ"),
    ActivityRevised(ID, on=ADOPTED, title="y"),
    CompletionConfirmed(ID, on=ADOPTED, completion=1),
    ActivitySuspended(ID, on=ADOPTED, reason="x"),
    ActivityResumed(ID, on=ADOPTED),
    *(OccurrenceCompleted(ID, on=ADOPTED, occurrence=due) for due in _QUARTER_DAYS),
    *(CompletionReturned(ID, on=ADOPTED, reason="x", occurrence=due) for due in (None, *_QUARTER_DAYS)),
    *(ActivityReopened(ID, on=ADOPTED, reason="x", occurrence=due) for due in (None, *_QUARTER_DAYS)),
    *(ActivityRescheduled(ID, on=ADOPTED, deadline=deadline) for deadline in _DEADLINES),
]
_KINDS = (
    ActivityStarted | ProgressReported,
    ActivityCompleted | OccurrenceCompleted,
    CompletionConfirmed,
    CompletionReturned | ActivityReopened,
    ActivitySuspended | ActivityResumed,
    ActivityRescheduled,
    ActivityReassigned | ActivityRevised | EvidenceFiled,
)
"""As often as each other, so that what takes several steps comes up."""
_LEAVING = ActivityWithdrawn(ID, on=ADOPTED, reason="x"), ActivityCarriedOver(ID, on=ADOPTED, into="q")


@st.composite
def legal_histories(draw: st.DrawFn) -> list[Record[Any]]:
    """What may become of one activity in a year, each step legal where it stands."""
    history: list[Any] = [scheduled(ID, deadline=draw(st.sampled_from(_DEADLINES)))]
    for _ in range(draw(st.integers(0, 15))):
        state = ACTIVITY.fold(records(*history))
        steps = [step for step in _STEPS if _is_legal(state, step)]
        groups = [group for kinds in _KINDS if (group := [step for step in steps if isinstance(step, kinds)])]
        history.append(draw(st.sampled_from(draw(st.sampled_from(groups)))))
    last = draw(st.sampled_from([None, *_LEAVING]))
    if last and _is_legal(ACTIVITY.fold(records(*history)), last):
        history.append(last)
    days = sorted(draw(st.lists(DAYS, min_size=len(history), max_size=len(history))))
    return records(*(attrs.evolve(event, on=on) for event, on in zip(history, days, strict=True)))


def _is_legal(state: Any, event: Any) -> bool:
    with contextlib.suppress(IllegalHistory):
        ACTIVITY.check(state, event)
        return True
    return False


@given(legal_histories(), st.booleans(), DAYS)
def test_because_is_all_that_status_and_timeliness_depend_on(
    history: list[Record[Any]], confirmation: bool, on: date
) -> None:
    """Without the rest it is the same, with its last record it came to be so, and what says who or what is not in it."""

    def answers(facts: Sequence[Record[Any]]) -> Any:
        one = activity(facts)
        return one.status, one.timeliness(), one.deadline, one.missed, [due for due in one.dues if one.status.is_open]

    def activity(facts: Sequence[Record[Any]]) -> Activity:
        return Activity(ActivityId(StreamId(ID)), on, ACTIVITY.fold(facts), confirmation, tuple(facts))

    because = activity(history).because
    assert because[0] is history[0]
    assert [record for record in history if record in because] == list(because)
    assert answers(because) == answers(history)
    last = history.index(because[-1])
    assert answers(history[: last + 1]) == answers(history)
    assert answers(history[:last]) != answers(history)
    assert not [r for r in because if isinstance(r.event, ActivityReassigned | ActivityRevised | EvidenceFiled)]
