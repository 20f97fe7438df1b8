"""The spans of a plan say what its live fold says, on every day, as known at every position."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack import CountingRule, Deadline, Document, Plan, Tracker
from reformtrack.country import spans as module
from reformtrack.country.spans import (
    LATE,
    NO_EVIDENCE,
    Facts,
    Span,
    TooManySpans,
    activity_spans,
    bindings,
    plan_spans,
)
from reformtrack.country.states import Stream
from reformtrack.domain.activity import ActivityState
from reformtrack.domain.kinds import ACTIVITY
from reformtrack.domain.progress import counted_as
from reformtrack.domain.status import ProgressStatus, Timeliness
from reformtrack.domain.timeline import Record
from reformtrack.domain.values import ActivityId, PlanId, StreamId
from reformtrack.domain.wording import BETWEEN_LEADS
from reformtrack.events import (
    ActivityCompleted,
    ActivityReopened,
    ActivityRescheduled,
    ActivityWithdrawn,
    CompletionConfirmed,
    CompletionReturned,
    EvidenceFiled,
    OccurrenceCompleted,
    PlanAmended,
    ProgressReported,
    RecordRetracted,
)
from reformtrack.store.view_tables import NEVER, NO_END
from reformtrack.testing import proposals
from reformtrack.testing.history import tracker_of
from reformtrack.views.plan import PATH, fold_plan
from tests.second_histories import History
from tests.support import INSTANT, Clock, adopted, day, records, scheduled

P = PlanId(StreamId("p"))
Streams = dict[StreamId, list[Record[Any]]]


def streams_of(tracker: Tracker) -> Streams:
    """The records of the plan `p` and of its activities."""
    found: Streams = {}
    for record in tracker.log.records():
        if record.stream == P or ACTIVITY.has(record.stream):
            found.setdefault(record.stream, []).append(record)
    return found


def spans_of(streams: Streams) -> dict[StreamId, list[Span[Facts]]]:
    """The spans of each activity."""
    binds = bindings(plan_spans(P, streams.get(P, ())))
    return {
        stream: activity_spans(ActivityId(stream), binds, records)
        for stream, records in streams.items()
        if ACTIVITY.has(stream)
    }


def days_of(streams: Streams) -> list[date]:
    """Every day of a fact or on which something is due, and the days around it."""
    found = set[date]()
    for record in (record for of_one in streams.values() for record in of_one):
        if hasattr(record.event, "on"):
            found.add(record.event.on)
        found.update(getattr(getattr(record.event, "deadline", None), "days", ()))
    return sorted({date.min, date.max, *(one + timedelta(days=n) for one in found for n in (-1, 0, 1))})


def at(spans: Iterable[Span[Any]], on: date, position: int) -> list[Any]:
    """What the spans say of a day, as known at a position."""
    ordinal = on.toordinal()
    return [s.so for s in spans if s.pos_from <= position < s.pos_to and s.day_from <= ordinal < s.day_to]


def said(facts: Facts, on: date) -> dict[str, Any]:
    """What a span says of an activity on a day, in the words of an activity."""
    ordinal = on.toordinal()
    dated, overdue, past = facts.last != NEVER, facts.due < ordinal, facts.last < ordinal
    return {
        "domain": facts.domain,
        "leads": tuple(filter(None, facts.lead.split(BETWEEN_LEADS))),
        "group": facts.group,
        "standing": (facts.status, dated, overdue, past),
        "days overdue": max(0, ordinal - facts.due if facts.due > 0 else -facts.due) if overdue else 0,
        "late": bool(facts.bits & LATE),
        "without evidence": bool(facts.bits & NO_EVIDENCE),
        "undone": facts.undone,
        "counted": [counted_as(rule, facts.status, dated, overdue, past) for rule in CountingRule],
    }


def check_against(
    plan: Plan, spans: dict[StreamId, list[Span[Facts]]], own: list[Span[Any]], on: date, known_at: int
) -> None:
    """Each field of each activity, and of the plan itself."""
    found = {stream: at(of_one, on, known_at) for stream, of_one in spans.items()}
    assert all(len(rows) <= 1 for rows in found.values()), "at most one row an activity, day and position"
    there = {stream: rows[0] for stream, rows in found.items() if rows}
    assert {one.id for one in plan.activities} == set(there)
    counted = [dict(plan.progress(rule).counted) for rule in CountingRule] if plan.version else []
    for one in plan.activities:
        expected = {
            "domain": one.domain,
            "leads": one.leads,
            "group": PATH.join(one.group),
            "standing": one.standing,
            "days overdue": one.days_overdue,
            "late": one.status is ProgressStatus.COMPLETED and one.timeliness() is Timeliness.LATE,
            "without evidence": one.lacks_evidence,
            "undone": sum(isinstance(r.event, CompletionReturned | ActivityReopened) for r in one.timeline),
            "counted": [rule[one.id] for rule in counted],
        }
        assert expected == said(there[one.id], on), (one.id, on, known_at)
        assert plan.state.jurisdiction == there[one.id].jurisdiction
    rows = at(own, on, known_at)
    assert len(rows) == (plan.version > 0)
    if rows:
        state, since = plan.state, rows[0].documented_on
        assert (state.jurisdiction, state.title, state.year) == (rows[0].jurisdiction, rows[0].title, rows[0].year)
        assert (state.version, state.counting_rule) == (rows[0].version, rows[0].counting_rule)
        assert (state.is_open, state.confirmation_required) == (rows[0].is_open, rows[0].confirmation_required)
        assert (state.documented_on, plan.id) == (since, rows[0].plan)
        assert since is not None
        before = [facts for of_one in spans.values() for facts in at(of_one, since, known_at)]
        apart = sum(facts.apart for facts in there.values()) - sum(facts.apart for facts in before)
        without = sum(facts.undocumented for facts in there.values()) - sum(facts.undocumented for facts in before)
        assert (plan.plan_version.undocumented, plan.plan_version.apart) == (without, apart)


def check_law(streams: Streams, pairs: Iterable[tuple[date, int]]) -> None:
    """On the pairs, each field; and no two spans that meet are equal, or span nothing."""
    spans, own = spans_of(streams), plan_spans(P, streams.get(P, ()))
    for on, known_at in pairs:
        check_against(fold_plan(P, streams, on, known_at), spans, own, on, known_at)
    for of_one in spans.values():
        check_canonical(of_one)
    check_canonical(own)


def check_canonical(spans: Sequence[Span[Any]]) -> None:
    assert all(0 < s.pos_from < s.pos_to <= NO_END and 0 < s.day_from < s.day_to <= NEVER for s in spans)
    starts = {(s.pos_from, s.day_from, s.day_to, s.so) for s in spans}
    assert not [s for s in spans if (s.pos_to, s.day_from, s.day_to, s.so) in starts], "the same, closed and opened"
    for position in {s.pos_from for s in spans}:
        column = sorted((s for s in spans if s.pos_from <= position < s.pos_to), key=lambda s: s.day_from)
        assert all(a.day_to <= b.day_from and (a.day_to, a.so) != (b.day_from, b.so) for a, b in pairwise(column))


def all_pairs(streams: Streams) -> list[tuple[date, int]]:
    positions = sorted({0, *(record.position for records in streams.values() for record in records)})
    return [(on, position) for on in days_of(streams) for position in positions]


@given(proposals())
def test_they_say_what_the_live_fold_says(events: list[Any]) -> None:
    """All days of any fact or due day, the days around it, and all positions; each field, under all rules."""
    with tracker_of(events) as tracker:
        streams = streams_of(tracker)
        check_law(streams, all_pairs(streams))


def unjudged(events: Iterable[Any]) -> Streams:
    """Events as records, as they came, whether or not they make a legal history."""
    found: Streams = {}
    for position, event in enumerate(events, 1):
        own = found.setdefault(event.subject, [])
        own.append(Record(position, event.subject, len(own) + 1, event, INSTANT, "a", str(position)))
    return found


@given(proposals(), st.booleans())
@pytest.mark.slow
def test_they_do_of_histories_that_no_rule_was_asked_about(events: list[Any], confirmed: bool) -> None:
    """As an imported log may have them: work on what is complete, confirmations of what was retracted, and worse."""
    streams = unjudged([adopted(confirmation_required=confirmed), *events])
    check_law(streams, all_pairs(streams))


def test_a_confirmation_of_what_was_retracted_before_counts_for_nothing() -> None:
    """Though it is the next record in the world, as in the log."""
    streams = unjudged(
        [
            adopted(confirmation_required=True),
            scheduled("p/1"),
            ActivityCompleted("p/1", on=day("6-1")),
            RecordRetracted("p/1", version=2, reason="x"),
            CompletionConfirmed("p/1", on=day("6-5"), completion=2),
            ActivityCompleted("p/1", on=day("6-7")),
        ]
    )
    check_law(streams, all_pairs(streams))


def test_what_left_before_it_came_changed_nothing() -> None:
    """As an imported log may have it: on the day of the plan's document, or after it."""
    for on in ("1-2", "1-3"):
        events = [
            adopted(),
            scheduled("p/1", on=day("1-4"), document=None),
            ActivityWithdrawn("p/1", on=day(on), reason="x"),
        ]
        streams = unjudged(events)
        check_law(streams, all_pairs(streams))


@given(st.integers(0, 10**9))
@pytest.mark.slow
def test_they_do_over_the_histories_of_the_second_model(seed: int) -> None:
    """Adoptions made anew, confirmations, groups, documents, records made late: pairs drawn by chance, which are thousands."""
    draw = Random(seed)
    history = History(draw, Counter())
    history.make()
    with history.tracker as tracker:
        streams = streams_of(tracker)
        pairs = all_pairs(streams)
        check_law(streams, draw.sample(pairs, min(len(pairs), 150)))


@given(proposals(), st.integers(0, 40))
def test_what_is_added_later_makes_the_same_spans(events: list[Any], cut: int) -> None:
    """What was open at a position is all that later records close; what was closed by then stays as it is."""
    with tracker_of(events) as tracker:
        streams = streams_of(tracker)
    position = cut + 1
    before = spans_of({stream: [r for r in records if r.position <= position] for stream, records in streams.items()})
    for stream, spans in spans_of(streams).items():
        early = [
            span if span.pos_to <= position else span._replace(pos_to=NO_END)
            for span in spans
            if span.pos_from <= position
        ]
        assert before.get(stream, []) == early


Q = Deadline.parse("20/3; 20/6", 2023)
DIRECTED: dict[str, list[tuple[Any, ...]]] = {
    "late counts no occurrence that a reschedule dropped": [
        (adopted(), scheduled("p/1", deadline=Q)),
        (OccurrenceCompleted("p/1", on=day("4-10"), occurrence=day("3-20")),),
        (ActivityRescheduled("p/1", on=day("4-20"), deadline=Deadline.parse("20/6", 2023)),),
        (ActivityCompleted("p/1", on=day("6-1")),),
    ],
    "an occurrence that is done late, and the deadline then drops the other": [
        (adopted(), scheduled("p/1", deadline=Q)),
        (OccurrenceCompleted("p/1", on=day("6-10"), occurrence=day("6-20")),),
        (ActivityRescheduled("p/1", on=day("6-12"), deadline=Deadline.parse("20/6; 20/9", 2023)),),
        (OccurrenceCompleted("p/1", on=day("9-30"), occurrence=day("9-20")),),
    ],
    "a confirmation falls with its completion, and not with another": [
        (adopted(confirmation_required=True), scheduled("p/1")),
        (ActivityCompleted("p/1", on=day("6-1")),),
        (CompletionConfirmed("p/1", on=day("6-5"), completion=2),),
        (RecordRetracted("p/1", version=2, reason="x"),),
        (ActivityCompleted("p/1", on=day("6-3")),),
        (CompletionConfirmed("p/1", on=day("7-8"), completion=5),),
    ],
    "a late completion that waits for its confirmation": [
        (adopted(confirmation_required=True), scheduled("p/1"), scheduled("p/2", deadline=Q)),
        (ActivityCompleted("p/1", on=day("7-9")),),
        (OccurrenceCompleted("p/2", on=day("3-25"), occurrence=day("3-20")),),
        (OccurrenceCompleted("p/2", on=day("6-19"), occurrence=day("6-20")),),
        (CompletionConfirmed("p/2", on=day("7-8"), completion=3),),
    ],
    "two facts of one day": [
        (adopted(), scheduled("p/1")),
        (ActivityCompleted("p/1", on=day("6-1")),),
        (ActivityReopened("p/1", on=day("6-1"), reason="x"),),
        (EvidenceFiled("p/1", on=day("6-1"), evidence=(Document(title="x"),)),),
        (ActivityCompleted("p/1", on=day("6-1")),),
        (RecordRetracted("p/1", version=2, reason="x"), RecordRetracted("p/1", version=3, reason="x")),
    ],
    "a record is retracted and replaced in one request": [
        (adopted(), scheduled("p/1")),
        (ActivityCompleted("p/1", on=day("6-1")),),
        (RecordRetracted("p/1", version=2, reason="x"), ActivityCompleted("p/1", on=day("7-3"))),
        (RecordRetracted("p/1", version=1, reason="x"), scheduled("p/1", domain="2", lead=())),
    ],
    "an adoption is retracted and made anew, elsewhere and with confirmation": [
        (adopted(), scheduled("p/1"), scheduled("p/2")),
        (ActivityCompleted("p/1", on=day("6-1")),),
        (
            RecordRetracted("p", version=1, reason="x"),
            adopted(on=day("1-1"), jurisdiction="Xã Q", confirmation_required=True),
        ),
        (PlanAmended("p", on=day("7-1"), document=Document(title="x")),),
        (RecordRetracted("p", version=3, reason="x"), adopted(jurisdiction="Tỉnh B")),
    ],
    "an adoption is made anew of a later day before it is retracted, in one request": [
        (adopted(on=day("1-1")), scheduled("p/1", on=day("1-1"))),
        (
            adopted(on=day("1-9"), jurisdiction="Xã Q"),
            RecordRetracted("p", version=1, reason="x"),
            RecordRetracted("p/1", version=1, reason="x"),
            scheduled("p/1", on=day("1-9")),
        ),
    ],
    "what is learnt of the past splits spans and joins them again": [
        (adopted(), scheduled("p/1")),
        (ActivityCompleted("p/1", on=day("6-1")),),
        (ActivityReopened("p/1", on=day("7-1"), reason="x"),),
        (RecordRetracted("p/1", version=3, reason="x"),),
        (ActivityReopened("p/1", on=day("6-5"), reason="x"),),
        (RecordRetracted("p/1", version=5, reason="x"),),
    ],
    "no deadline, no lead, a heading": [
        (adopted(), scheduled("p/1", deadline=Deadline.parse("Thường xuyên", 2023), lead=(), group=("A", "B"))),
        (ActivityRescheduled("p/1", on=day("3-1"), deadline=Q, document=Document(title="x")),),
        (ActivityRescheduled("p/1", on=day("3-1"), deadline=Deadline.parse("không rõ", 2023)),),
    ],
}


@pytest.mark.parametrize("what", DIRECTED)
def test_what_chance_seldom_meets(what: str) -> None:
    """Cases that random histories miss; each position of each request among them."""
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        for number, events in enumerate(DIRECTED[what]):
            clock.now += timedelta(minutes=1)
            tracker.record(*events, by=f"person {number}")
        streams = streams_of(tracker)
        assert sum(map(len, DIRECTED[what])) == tracker.log.position()
    check_law(streams, all_pairs(streams))


def test_in_order_records_make_two_spans_each_but_one() -> None:
    """2k - 1 of k records that change something; what changes nothing makes none."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled("p/1"), by="a")
        for n in range(1, 6):
            tracker.record(ActivityCompleted("p/1", on=day(f"{n}-3")), by="a")
            tracker.record(EvidenceFiled("p/1", on=day(f"{n}-4"), evidence=(Document(title="x"),)), by="a")
            tracker.record(ActivityReopened("p/1", on=day(f"{n}-5"), reason="x"), by="a")
        streams = streams_of(tracker)
    [spans] = spans_of(streams).values()
    assert 2 * (1 + 5 * 2 + 1) - 1 == len(spans), "one of the pieces of evidence is the first"


def test_an_activity_has_a_most_of_spans() -> None:
    """A history that would make more than that is refused while it is built."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled("p/1"), by="a")
        for n in range(1, 8):
            tracker.record(ActivityCompleted("p/1", on=day(f"{n}-3")), by="a")
            tracker.record(ActivityReopened("p/1", on=day(f"{n}-5"), reason="x"), by="a")
        streams = streams_of(tracker)
    stream = ActivityId(StreamId("p/1"))
    with pytest.raises(TooManySpans):
        activity_spans(stream, bindings(plan_spans(P, streams[P])), streams[stream], 28)
    assert 29 == len(activity_spans(stream, bindings(plan_spans(P, streams[P])), streams[stream], 29))
    assert module.MOST >= 1_000


def test_an_activity_that_is_changed_at_its_beginning_again_and_again_has_no_spans() -> None:
    """Each change makes all states after it anew; its plan is answered from its records."""
    events: list[Any] = [ProgressReported("p/1.01", on=day("3-1") + timedelta(days=n), note="x") for n in range(200)]
    for _ in range(300):
        version = len(events) + 2
        events += [EvidenceFiled("p/1.01", on=day("2-1"), evidence=(Document(title="x"),))]
        events += [RecordRetracted("p/1.01", version=version, reason="x")]
    binds = [module.Bound(0, [(0, None), (1, module.Binding("x", False))])]
    with pytest.raises(TooManySpans):
        activity_spans(ActivityId(StreamId("p/1.01")), binds, records(scheduled(), *events))
    assert activity_spans(ActivityId(StreamId("p/1.01")), binds, records(scheduled(), *events[:202]))


@pytest.mark.parametrize("is_retracted", [False, True])
def test_reports_of_ever_earlier_days_are_not_folded_anew_each_time(is_retracted: bool) -> None:
    """A state is made twice or so for each, however many there are; and where each is taken back, too."""
    made = 0

    def evolve(state: ActivityState, event: Any) -> ActivityState:
        nonlocal made
        made += 1
        return module._told(state, event)

    days = [day("2-1") + timedelta(days=300 - n) for n in range(300)]
    events: list[Any] = [ProgressReported("p/1.01", on=on, percent=Decimal(n % 100)) for n, on in enumerate(days)]
    if is_retracted:
        events += [RecordRetracted("p/1.01", version=version, reason="x") for version in range(2, 300)]
    stream = Stream(evolve, ACTIVITY.initial)
    for record in records(scheduled(), *events):
        assert stream.add(record) is not None
    assert [ACTIVITY.fold(stream.facts).status] == [state.status for state in stream.states[-1:]]
    assert made <= 2 * (len(events) + 1)
