"""Tracker: recording all or nothing, idempotency, conflicts, the two clocks, and the answers to bad input."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from reformtrack import (
    Document,
    Domain,
    IllegalHistory,
    InvalidField,
    NotFound,
    ReformtrackError,
    RequestReused,
    SeparationOfDuties,
    StoreError,
    Tracker,
    VersionConflict,
    errors,
)
from reformtrack.errors import ConcurrentUpdate, InvalidInstant
from reformtrack.events import (
    ActivityCompleted,
    ActivityStarted,
    IndicatorDefined,
    PlanAmended,
    PlanClosed,
    PlanReopened,
    RecordRetracted,
)
from reformtrack.store.application import Conflict, RecordStore
from reformtrack.values import IndicatorKind
from tests.support import ADOPTED, INSTANT, Clock, adopted, day, scheduled

A, B = "p/1.01", "p/1.02"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tracker(clock: Clock) -> Iterator[Tracker]:
    with Tracker(clock=clock) as tracker:
        tracker.record(adopted(), scheduled(A), scheduled(B, domain="2"), by="so-noi-vu")
        yield tracker


def test_records_come_back_with_both_clocks_actor_request_and_place(tracker: Tracker) -> None:
    """And the history of a stream holds them."""
    [record] = tracker.record(ActivityStarted(A, on=day("2-1")), by="so-tu-phap", request_id="7")
    assert (4, A, 2, INSTANT, "so-tu-phap", "7") == (
        record.position,
        record.stream,
        record.version,
        record.recorded_at,
        record.by,
        record.request_id,
    )
    assert record == tracker.log.history(A)[-1]
    assert 4 == tracker.log.position()
    assert UTC is record.recorded_at.tzinfo


def test_a_request_is_recorded_whole_or_not_at_all(tracker: Tracker) -> None:
    """One event that is refused leaves nothing of the others, in any stream."""
    with pytest.raises(errors.ActivityNotScheduled):
        tracker.record(ActivityStarted(A, on=day("2-1")), ActivityStarted("p/9.99", on=day("2-1")), by="x")
    assert 3 == tracker.log.position()
    assert () == tracker.record(by="x")


@pytest.mark.parametrize(
    ("event", "error"),
    [
        (ActivityStarted(A, on=date(2024, 1, 1)), errors.DatedInTheFuture),
        (ActivityStarted(A, on=date(9999, 12, 31)), errors.DatedInTheFuture),
        (scheduled("p/1.03", domain="7"), errors.UnknownDomain),
        (scheduled(A), errors.ActivityAlreadyScheduled),
        (scheduled("q/1.01"), errors.PlanNotAdopted),
        (scheduled("p/1.03", on=date(2022, 12, 31)), errors.PlanNotAdopted),
        (RecordRetracted("q", version=1, reason="x"), errors.NoSuchRecord),
        (RecordRetracted("p", version=1, reason="x"), errors.PlanNotAdopted),
        (PlanClosed("p", on=date(2023, 1, 1)), errors.PlanNotAdopted),
    ],
)
def test_what_would_be_illegal_is_refused_and_nothing_is_appended(
    tracker: Tracker, event: Any, error: type[IllegalHistory]
) -> None:
    """Each with its own error."""
    with pytest.raises(error) as caught:
        tracker.record(event, by="x")
    assert error is type(caught.value)
    if error is errors.DatedInTheFuture:
        assert "a day up to today" == caught.value.accepted
    assert caught.value.event is not None
    assert caught.value.found
    assert caught.value.accepted
    assert 3 == tracker.log.position()


def test_every_event_of_a_request_is_judged_whatever_comes_before_it(tracker: Tracker) -> None:
    """A retraction ahead of it, or an event of another plan that changes in the same request."""
    [started] = tracker.record(ActivityStarted(A, on=day("2-1")), by="x")
    retraction = RecordRetracted(A, version=started.version, reason="nhầm")
    unknown = scheduled("p/1.03", domain="7")
    with pytest.raises(errors.UnknownDomain) as caught:
        tracker.record(retraction, unknown, by="x")
    assert unknown == caught.value.event
    early = IndicatorDefined("p#a", on=date(2022, 1, 1), title="x", unit="", kind=IndicatorKind.TEXT)
    with pytest.raises(errors.PlanNotAdopted) as refused:
        tracker.record(early, by="x")
    assert early == refused.value.event
    nowhere = IndicatorDefined("q#a", on=day("2-1"), title="x", unit="", kind=IndicatorKind.TEXT)
    with pytest.raises(errors.PlanNotAdopted):
        tracker.record(nowhere, by="x")


def test_plans_that_change_in_one_request_are_judged_each_by_its_own_days_and_domains(tracker: Tracker) -> None:
    """What another plan has or has not is nothing to it."""
    tracker.record(
        PlanAmended("p", on=day("3-1"), document=Document(number="99/QĐ-UBND")),
        adopted("q", domains=(Domain("9", "Chuyển đổi số"),)),
        scheduled("q/1", domain="9"),
        by="x",
    )
    assert ("9",) == tuple(activity.domain for activity in tracker.plan("q").activities)


def test_a_close_is_judged_by_the_facts_of_every_activity(tracker: Tracker) -> None:
    """One of many is enough to stand in the way, wherever it is among them."""
    for plan in ("q1", "q2", "q3", "q4", "q5", "q6"):
        late = ActivityStarted(f"{plan}/4", on=day("11-1"))
        tracker.record(adopted(plan), *(scheduled(f"{plan}/{n}") for n in range(1, 8)), late, by="x")
        with pytest.raises(errors.PlanNotOpenThen) as caught:
            tracker.record(PlanClosed(plan, on=day("10-1")), by="x")
        assert late == caught.value.event


@pytest.mark.parametrize("event", [None, "ActivityStarted", {"subject": A}, ActivityStarted, 5])
def test_what_is_no_event_is_refused(tracker: Tracker, event: Any) -> None:
    """By type."""
    with pytest.raises(TypeError, match="accepted: the events of reformtrack"):
        tracker.record(event, by="x")


@pytest.mark.parametrize("by", ["", "x" * 301, "a\x00", 5, None])
def test_an_actor_is_a_short_text(tracker: Tracker, by: Any) -> None:
    """Someone has to stand for a record."""
    with pytest.raises(InvalidField) as caught:
        tracker.record(ActivityStarted(A, on=day("2-1")), by=by)
    assert "by" == caught.value.field


@pytest.mark.parametrize("request_id", ["", "x" * 201, "a\x00", 5])
def test_a_request_id_is_a_short_text(tracker: Tracker, request_id: Any) -> None:
    """It is stored with every record of the request."""
    with pytest.raises(InvalidField) as caught:
        tracker.record(ActivityStarted(A, on=day("2-1")), by="x", request_id=request_id)
    assert "request_id" == caught.value.field


def test_the_longest_names_can_be_read_again(tracker: Tracker) -> None:
    """What is accepted is readable."""
    [record] = tracker.record(ActivityStarted(A, on=day("2-1")), by="ấ" * 300, request_id="ấ" * 200)
    assert record == tracker.log.history(A)[-1]


def test_today_is_the_local_day(clock: Clock) -> None:
    """Late in the evening in UTC it is the next day in Viet Nam already."""
    clock.now = datetime(2023, 6, 30, 17, 30, tzinfo=UTC)
    with Tracker(clock=clock) as tracker:
        assert date(2023, 7, 1) == tracker.today()
        tracker.record(adopted(on=date(2023, 7, 1)), by="x")
    with Tracker(clock=clock, local_time=UTC) as tracker:
        assert date(2023, 6, 30) == tracker.today()
        with pytest.raises(errors.DatedInTheFuture, match="today is 2023-06-30"):
            tracker.record(adopted(on=date(2023, 7, 1)), by="x")


def test_the_same_request_again_appends_nothing(tracker: Tracker) -> None:
    """And gives the records of the first time."""
    events = [ActivityStarted(A, on=day("2-1")), ActivityStarted(B, on=day("2-1"))]
    first = tracker.record(*events, by="x", request_id="7")
    assert first == tracker.record(*events, by="x", request_id="7")
    assert 5 == tracker.log.position()


def test_a_request_id_stands_for_one_request(tracker: Tracker) -> None:
    """Other events, fewer, more, in another order, about another stream, or by another actor are refused."""
    events = [ActivityStarted(A, on=day("2-1")), ActivityStarted(B, on=day("2-1"))]
    tracker.record(*events, by="x", request_id="7")
    for other in (events[:1], events[::-1], [*events, scheduled("p/1.03")], [scheduled("p/1.04")]):
        with pytest.raises(RequestReused) as caught:
            tracker.record(*other, by="x", request_id="7")
        assert ("7", 4) == (caught.value.request_id, caught.value.position)
    with pytest.raises(RequestReused):
        tracker.record(*events, by="y", request_id="7")
    assert 5 == tracker.log.position()


def test_a_refused_request_may_come_again(tracker: Tracker) -> None:
    """Nothing of it is on record, its id neither."""
    with pytest.raises(errors.ActivityNotScheduled):
        tracker.record(ActivityStarted("p/1.03", on=day("2-1")), by="x", request_id="7")
    tracker.record(scheduled("p/1.03"), by="x")
    assert 2 == tracker.record(ActivityStarted("p/1.03", on=day("2-1")), by="x", request_id="7")[0].version


def test_an_expected_version_that_does_not_hold_is_refused(tracker: Tracker) -> None:
    """For streams that are written to, for others, and for those that are not there."""
    event = ActivityStarted(A, on=day("2-1"))
    for stream, expected, found in ((A, 0, 1), (A, 2, 1), (B, 2, 1), ("p", 0, 1), ("p/1.09", 1, 0), ("q", 1, 0)):
        with pytest.raises(VersionConflict) as caught:
            tracker.record(event, by="x", expected_version={stream: expected})
        assert (stream, expected, found) == (caught.value.stream, caught.value.expected, caught.value.found)
    tracker.record(event, by="x", expected_version={A: 1, B: 1, "p": 1, "q": 0})
    with pytest.raises(InvalidField):
        tracker.record(event, by="x", expected_version={"?": 1})


def test_a_closed_plan_takes_no_record_of_its_activities_until_it_is_reopened(tracker: Tracker) -> None:
    """Whatever its day; retractions neither."""
    tracker.record(ActivityStarted(A, on=day("2-1")), PlanClosed("p", on=day("12-15")), by="x")
    for event in (
        ActivityCompleted(A, on=day("6-1")),
        scheduled("p/1.03"),
        RecordRetracted(A, version=2, reason="nhầm"),
    ):
        with pytest.raises(errors.PlanIsClosed) as caught:
            tracker.record(event, by="x")
        assert "PlanClosed(p) on 2023-12-15" in str(caught.value)
    tracker.record(PlanReopened("p", on=day("12-20"), reason="bổ sung"), by="x")
    tracker.record(ActivityCompleted(A, on=day("6-1")), by="x")
    with pytest.raises(errors.PlanNotOpenThen):
        tracker.record(ActivityStarted(B, on=day("12-17")), by="x")


def test_a_plan_cannot_be_closed_before_a_fact_of_its_activities(tracker: Tracker) -> None:
    """The fact that is in the way is named."""
    tracker.record(ActivityStarted(A, on=day("11-1")), by="x")
    with pytest.raises(errors.PlanNotOpenThen, match="would make a recorded event illegal") as caught:
        tracker.record(PlanClosed("p", on=day("10-1")), by="x")
    assert (A, (PlanClosed("p", on=day("10-1")),)) == (caught.value.event.subject, tuple(caught.value.proposed))


def test_an_adoption_can_be_retracted_with_all_that_stands_on_it(tracker: Tracker) -> None:
    """In one request; then the plan can be adopted anew."""
    retractions = [RecordRetracted(stream, version=1, reason="nhầm") for stream in (A, B, "p")]
    tracker.record(*retractions, by="x")
    with pytest.raises(NotFound):
        tracker.plan("p")
    tracker.record(adopted(title="Mới"), scheduled(A), by="x")
    assert ("Mới", 1) == (tracker.plan("p").state.title, len(tracker.plan("p").activities))


def test_closing_reopening_and_recording_in_one_request_is_judged_in_its_order(tracker: Tracker) -> None:
    """What comes after the close is refused, what comes after the reopening is not."""
    close, reopen = PlanClosed("p", on=day("12-15")), PlanReopened("p", on=day("12-20"), reason="x")
    start = ActivityStarted(A, on=day("2-1"))
    with pytest.raises(errors.PlanIsClosed):
        tracker.record(close, start, reopen, by="x")
    with pytest.raises(errors.PlanIsClosed):
        tracker.record(close, start, by="x")
    tracker.record(close, reopen, start, by="x")


def test_the_two_clocks_answer_for_any_day_as_known_at_any_instant(tracker: Tracker, clock: Clock) -> None:
    """A late fact changes what is known now about a past day, and not what was known then."""
    clock.now = INSTANT + timedelta(days=10)
    tracker.record(ActivityCompleted(A, on=day("6-20")), by="x")
    midyear = day("6-30")
    assert "1/2 (50,0%)" == str(tracker.plan("p", on=midyear).progress())
    for known_at in (INSTANT, INSTANT.astimezone(timezone(timedelta(hours=7))), 3):
        assert "0/2 (0,0%)" == str(tracker.plan("p", on=midyear, known_at=known_at).progress())
    assert "0/2 (0,0%)" == str(tracker.plan("p", on=day("6-19")).progress())
    tracker.record(RecordRetracted(A, version=2, reason="nhầm"), by="x")
    assert "0/2 (0,0%)" == str(tracker.plan("p", on=midyear).progress())
    assert "1/2 (50,0%)" == str(tracker.plan("p", on=midyear, known_at=4).progress())


@pytest.mark.parametrize(
    "known_at",
    [datetime(2023, 6, 1), INSTANT + timedelta(microseconds=1), -1, 4, "2023-06-01", date(2023, 6, 1), 1.5, True],
)
def test_what_cannot_have_been_known_cannot_be_asked(tracker: Tracker, known_at: Any) -> None:
    """Naive instants, instants and positions to come, other types."""
    for ask in (tracker.plan, tracker.indicators):
        with pytest.raises(InvalidInstant):
            ask("p", known_at=known_at)


@pytest.mark.parametrize("on", ["2023-06-30", INSTANT, 20230630])
def test_a_day_is_a_date(tracker: Tracker, on: Any) -> None:
    """An instant is no day."""
    with pytest.raises(InvalidField):
        tracker.plan("p", on=on)


def test_what_is_not_there_is_not_found(tracker: Tracker) -> None:
    """With what was asked; an id that is none is refused as such."""
    with pytest.raises(NotFound) as caught:
        tracker.plan("p", on=date(2022, 12, 31))
    assert ("plan", "p", date(2022, 12, 31)) == (caught.value.kind, caught.value.id, caught.value.on)
    assert isinstance(caught.value, LookupError)
    for ask in (
        lambda: tracker.plan("q"),
        lambda: tracker.plan("p", known_at=0),
        lambda: tracker.indicator("p#a"),
        lambda: tracker.plan("p").activity("9"),
    ):
        with pytest.raises(NotFound):
            ask()
    assert () == tracker.log.history("p/9.99")
    for misask, id in ((tracker.plan, "P"), (tracker.log.history, "?"), (tracker.indicator, "p")):
        with pytest.raises(InvalidField):
            misask(id)


def test_the_log_goes_on_from_a_position(tracker: Tracker) -> None:
    """In the order of recording, to the end or to a position."""
    assert ["p", A, B] == [record.stream for record in tracker.log.records()]
    assert [B] == [record.stream for record in tracker.log.records(after=2)]
    assert [A] == [record.stream for record in tracker.log.records(after=1, up_to=2)]
    assert [] == list(tracker.log.records(after=3))


def test_a_log_of_many_pages_is_read_whole(tracker: Tracker) -> None:
    """Page borders lose nothing and double nothing."""
    tracker.record(*(scheduled(f"p/2.{n}") for n in range(2500)), by="x")
    assert list(range(1, 2504)) == [record.position for record in tracker.log.records()]
    assert [] == list(tracker.log.quarantine())


def test_plans_whose_ids_begin_alike_are_apart(tracker: Tracker) -> None:
    """p, p-2 and p2 share no stream."""
    tracker.record(adopted("p-2"), scheduled("p-2/1.01"), adopted("p2"), scheduled("p2/1.01"), by="x")
    assert [2, 1, 1] == [len(tracker.plan(plan).activities) for plan in ("p", "p-2", "p2")]
    tracker.record(PlanClosed("p", on=day("12-1")), by="x")
    tracker.record(ActivityStarted("p-2/1.01", on=day("2-1")), by="x")


class LosesReplies:
    """A store whose appends are committed, and whose first reply is lost."""

    def __init__(self, tracker: Tracker, error: Exception) -> None:
        self.append = tracker._store.append
        self.error: Exception | None = error

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        positions = self.append(*args, **kwargs)
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        return positions


@pytest.mark.parametrize("error", [StoreError("connection lost"), Conflict("taken")])
def test_a_request_whose_commit_was_not_acknowledged_finds_its_own_records(
    tracker: Tracker, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Success, not an error and not a second record, whether or not the caller named the request."""
    for stream, request_id in ((A, "7"), (B, None)):
        monkeypatch.setattr(tracker._store, "append", LosesReplies(tracker, error))
        [record] = tracker.record(ActivityStarted(stream, on=day("2-1")), by="x", request_id=request_id)
        monkeypatch.undo()
        assert (record,) == tracker.log.history(stream)[1:]


def test_a_store_that_fails_and_stored_nothing_says_so(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is the store's, and the same call again records once."""

    def fail(*args: Any, **kwargs: Any) -> Any:
        raise StoreError("url and env were both given; accepted: one of them")

    event = ActivityStarted(A, on=day("2-1"))
    with monkeypatch.context() as patch:
        patch.setattr(tracker._store, "append", fail)
        with pytest.raises(StoreError, match="both given"):
            tracker.record(event, by="x", request_id="7")
    assert 1 == len(tracker.log.history(A))
    tracker.record(event, by="x", request_id="7")
    assert 2 == len(tracker.log.history(A))


def test_a_request_that_always_loses_gives_up_and_says_so(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a bounded number of attempts, with nothing recorded."""
    attempts = []

    def lose(*args: Any, **kwargs: Any) -> Any:
        attempts.append(1)
        raise Conflict("taken")

    monkeypatch.setattr(tracker._store, "append", lose)
    with pytest.raises(ConcurrentUpdate, match=r"p/1.01 changed during each of 10 attempts; nothing was recorded"):
        tracker.record(ActivityStarted(A, on=day("2-1")), by="x")
    assert 10 == len(attempts)


def test_a_request_that_loses_is_judged_anew(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan was closed between the judgement and the append: the record is refused, not squeezed in."""
    append = RecordStore.append
    closing = [PlanClosed("p", on=day("12-15"))]

    def append_after_close(store: RecordStore, *args: Any, **kwargs: Any) -> Any:
        if closing:
            tracker.record(closing.pop(), by="y")
        return append(store, *args, **kwargs)

    monkeypatch.setattr(RecordStore, "append", append_after_close)
    with pytest.raises(errors.PlanIsClosed):
        tracker.record(scheduled("p/1.03"), by="x")
    assert () == tracker.log.history("p/1.03")


def test_a_plan_is_not_closed_over_an_activity_that_came_in_meanwhile(
    tracker: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other way round: the fact comes first, the close is judged with it."""
    append = RecordStore.append
    facts = [scheduled("p/1.03", on=day("12-20"))]

    def append_after_fact(store: RecordStore, *args: Any, **kwargs: Any) -> Any:
        if facts:
            tracker.record(facts.pop(), by="y")
        return append(store, *args, **kwargs)

    monkeypatch.setattr(RecordStore, "append", append_after_fact)
    with pytest.raises(errors.PlanNotOpenThen):
        tracker.record(PlanClosed("p", on=day("12-15")), by="x")
    assert tracker.plan("p").state.is_open


def test_threads_that_record_together_lose_and_double_nothing(tracker: Tracker) -> None:
    """Each record once, versions dense, whoever wins."""
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for n in range(20):
                tracker.record(scheduled(f"p/{number}.{n}"), by="x")
                note = ActivityStarted(f"p/{number}.{n}", on=day("2-1"))
                tracker.record(note, by="x", request_id=f"{number}-{n}")
                tracker.record(note, by="x", request_id=f"{number}-{n}")
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [] == failures
    assert 3 + 4 * 20 * 2 == tracker.log.position() == len(list(tracker.log.records()))


def test_every_error_is_reformtracks_and_the_built_in_that_it_means() -> None:
    """So that a caller may catch either."""
    found = [cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, ReformtrackError)]
    assert len(found) > 30
    for cls in found:
        assert cls is ReformtrackError or issubclass(
            cls, ValueError | TypeError | LookupError | RuntimeError | OSError | ImportError
        )
        assert cls.__doc__


def test_the_hosts_own_fields_are_stored_and_shown(tracker: Tracker) -> None:
    """Of plans and of activities; nothing is made of them."""
    tracker.record(adopted("q", host_fields={"mã": "KH"}), scheduled("q/1", host_fields={"mã": "NV"}), by="x")
    plan = tracker.plan("q")
    assert ({"mã": "KH"}, {"mã": "NV"}) == (plan.state.host_fields, plan.activity("1").state.terms.host_fields)
    assert ADOPTED == plan.state.adopted_on


def test_the_class_of_a_policy_is_no_policy() -> None:
    """It can be called, and would answer with a policy: refused before anything is recorded."""
    with pytest.raises(InvalidField, match=r"the policy itself, as SeparationOfDuties\(…\), and not its class"):
        Tracker(policy=SeparationOfDuties)  # type: ignore[arg-type]


def test_nothing_is_on_record_of_an_id_that_nobody_used() -> None:
    """Which is an answer; one that is no id is refused."""
    with Tracker(clock=Clock()) as tracker:
        assert [(), (), ()] == [tracker.log.history("nope"), tracker.reports.of("nope"), tracker.reports.issued("nope")]
        with pytest.raises(InvalidField, match=r"plan\.id cannot be 'NO PE'"):
            tracker.reports.of("NO PE")
