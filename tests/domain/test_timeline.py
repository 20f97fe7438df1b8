"""The laws of the two clocks, over any histories."""

from datetime import date, timedelta
from typing import Any

from hypothesis import assume
from hypothesis import given as given_
from hypothesis import strategies as st

from reformtrack import Record
from reformtrack.domain.kinds import ACTIVITY
from reformtrack.domain.timeline import Aggregate, Growing, as_records, known, retractions, timeline
from reformtrack.domain.values import StreamId
from reformtrack.events import (
    ActivityCompleted,
    ActivityStarted,
    CompletionConfirmed,
    CompletionReturned,
    ProgressReported,
    RecordRetracted,
)
from tests.support import ADOPTED, INSTANT, scheduled

A = "p/1.01"
DAYS = st.integers(0, 20).map(lambda n: ADOPTED + timedelta(days=n))


@st.composite
def histories(draw: st.DrawFn) -> list[Record[Any]]:
    """Records of one stream, retractions among them, their instants never going back, positions with gaps."""
    found: list[Record[Any]] = []
    for version in range(1, draw(st.integers(0, 12)) + 1):
        retract = draw(st.booleans()) and version > 1
        event: Any = (
            RecordRetracted(A, version=draw(st.integers(1, version - 1)), reason="x")
            if retract
            else ProgressReported(A, on=draw(DAYS), note=str(version))
        )
        minutes = draw(st.integers(0, 2)) + (found[-1].recorded_at - INSTANT).seconds // 60 if found else 0
        position = (found[-1].position if found else 0) + draw(st.integers(1, 3))
        found.append(Record(position, event.subject, version, event, INSTANT + timedelta(minutes=minutes), "b", "r"))
    return found


@given_(histories(), DAYS)
def test_a_timeline_is_in_order_of_day_then_version_and_has_no_later_day(history: list[Record[Any]], on: date) -> None:
    """And holds each record at most once."""
    places = [(record.event.on, record.version) for record in timeline(history, on)]
    assert sorted(set(places)) == places
    assert all(day <= on for day, _ in places)


@given_(histories())
def test_a_timeline_holds_what_is_not_retracted(history: list[Record[Any]]) -> None:
    """All facts but those that a retraction names; never a retraction."""
    gone = {record.event.version for record in history if isinstance(record.event, RecordRetracted)}
    expected = {r.version for r in history if not isinstance(r.event, RecordRetracted)} - gone
    assert expected == {record.version for record in timeline(history)}


@given_(histories(), histories(), DAYS)
def test_what_was_known_is_untouched_by_later_records(
    history: list[Record[Any]], more: list[Record[Any]], on: date
) -> None:
    """Whatever is recorded later, the answer for a position stays."""
    assume(history)
    last = history[-1]
    later = [
        Record(
            last.position + record.position,
            record.stream,
            last.version + record.version,
            record.event,
            last.recorded_at + timedelta(seconds=1),
            "b",
            "r",
        )
        for record in more
    ]
    assert timeline(history, on) == timeline([*history, *later], on, last.position)
    assert tuple(history) == known([*history, *later], last.position)


@given_(histories(), DAYS, st.integers(0, 40))
def test_asking_by_position_is_asking_of_the_log_cut_there(history: list[Record[Any]], on: date, position: int) -> None:
    """A position is an exact name of what was known."""
    cut = [record for record in history if record.position <= position]
    assert timeline(cut, on) == timeline(history, on, position)


@given_(histories(), DAYS)
def test_retracting_a_record_is_never_having_recorded_it(history: list[Record[Any]], on: date) -> None:
    """As far as what is known now goes."""
    facts = [record for record in history if not isinstance(record.event, RecordRetracted)]
    assume(facts)
    wrong = facts[-1]
    end = history[-1]
    retraction = Record(
        end.position + 1,
        end.stream,
        end.version + 1,
        RecordRetracted(A, version=wrong.version, reason="x"),
        end.recorded_at,
        "b",
        "r",
    )
    without = [record for record in history if record.version != wrong.version]
    assert timeline(without, on) == timeline([*history, retraction], on)
    assert timeline(history, on, end.position) == timeline([*history, retraction], on, end.position)


def test_a_record_is_known_from_its_own_position_on() -> None:
    """The position itself is in."""
    record = Record(7, A, 1, ActivityStarted(A, on=ADOPTED), INSTANT, "b", "r")  # type: ignore[arg-type]
    assert [record.is_known(at) for at in (None, 6, 7, 8)] == [True, False, True, True]


def test_a_record_speaks_eventsourcings_names() -> None:
    """So that it is a domain event there."""
    record = Record(7, A, 3, ActivityStarted(A, on=ADOPTED), INSTANT, "b", "r")  # type: ignore[arg-type]
    assert (record.originator_id, record.originator_version) == (A, 3)


@st.composite
def of_an_activity(draw: st.DrawFn) -> list[Record[Any]]:
    """Records of an activity, legal or not: reports, completions, confirmations, what sends them back, retractions of any."""
    found: list[Record[Any]] = []
    for version in range(1, draw(st.integers(0, 16)) + 1):
        on, earlier = draw(DAYS), draw(st.integers(1, version + 1))
        event: Any = draw(
            st.sampled_from(
                [
                    scheduled(A, on=on),
                    ProgressReported(A, on=on, note=str(version)),
                    ActivityCompleted(A, on=on),
                    CompletionConfirmed(A, on=on, completion=earlier),
                    CompletionReturned(A, on=on, reason="x"),
                    RecordRetracted(A, version=earlier, reason="x"),
                ]
            )
        )
        found.append(Record(version, event.subject, version, event, INSTANT, "b", "r"))
    return found


@given_(of_an_activity(), st.integers(0, 16), st.lists(DAYS | st.none(), max_size=3))
def test_a_timeline_that_grows_is_the_one_that_is_made_at_once(
    history: list[Record[Any]], start: int, asked: list[date | None]
) -> None:
    """After each record, on every day, in whatever order it is asked."""
    growing = Growing(ACTIVITY, history[:start])
    for count in range(start, len(history) + 1):
        for day in asked:
            expected = timeline(history[:count], day)
            assert ACTIVITY.fold(expected) == growing.on(day)
            if day is not None:
                assert expected == tuple(growing.facts[: growing.up_to(day)])
        assert timeline(history[:count]) == tuple(growing.facts)
        if count < len(history):
            growing.add(history[count])


def test_a_record_at_the_end_is_folded_once() -> None:
    """However many came before it, and whichever days are asked: so a request of many events takes no longer an event."""
    folded = []

    def evolve(state: int, event: Any) -> int:
        folded.append(event)
        return state + 1

    growing = Growing(Aggregate(0, lambda state, event: None, evolve), [])
    for version in range(1, 201):
        event = ProgressReported(A, on=ADOPTED + timedelta(days=version // 50), note="x")
        growing.add(Record(version, event.subject, version, event, INSTANT, "b", "r"))
        assert (version, version) == (growing.on(), growing.on(event.on))
    assert 200 == len(folded)


def test_a_confirmation_falls_with_the_completion_that_it_confirms() -> None:
    """And with no other: each record that counts no more has the retraction that took it out."""
    events: list[Any] = [
        scheduled("p/1"),
        ActivityCompleted("p/1", on=ADOPTED),
        CompletionConfirmed("p/1", on=ADOPTED, completion=2),
        ProgressReported("p/1", on=ADOPTED, note="x"),
        RecordRetracted("p/1", version=2, reason="x"),
        RecordRetracted("p/1", version=4, reason="x"),
    ]
    records = [Record(n, StreamId("p/1"), n, event, INSTANT, "a", "r") for n, event in enumerate(events, 1)]
    assert {2: records[4], 3: records[4], 4: records[5]} == retractions(records)


def test_a_confirmation_falls_with_what_it_confirms() -> None:
    """A history that grows forgets it as one that was read whole does, whichever of them were there before."""
    events: list[Any] = [
        scheduled(),
        ActivityCompleted(A, on=ADOPTED),
        CompletionConfirmed(A, on=ADOPTED, completion=2),
        RecordRetracted(A, version=2, reason="x"),
    ]
    history = as_records(events, {}, INSTANT, "x", "r")
    for there in range(5):
        growing = Growing(ACTIVITY, history[:there])
        for record in history[there:]:
            growing.add(record)
        assert [1] == [record.version for record in growing.facts]
    proposed = {(record.position, record.recorded_at, record.by, record.request_id) for record in history}
    assert {(0, INSTANT, "x", "r")} == proposed, "what is proposed has no position"
