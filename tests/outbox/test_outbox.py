"""Delivery: everything at least once, in order per stream, whatever is refused, cannot be reached, or crashes."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack import InvalidField, Tracker
from reformtrack.documents.cloud_events import CloudEvent, cloud_event
from reformtrack.domain.timeline import Record
from reformtrack.domain.values import Document
from reformtrack.errors import UnknownSubscription
from reformtrack.events import ActivityScheduled, ActivityStarted, EvidenceFiled, PlanAdopted
from reformtrack.outbox import Delivered, Gone, Outbox, Refused, RetryLater, State, Subscription, Undelivered
from tests.support import ADOPTED, LONGEST, Clock, adopted, scheduled, tamper

DELAYS = (10.0, 100.0, 1_000.0)
SOURCE = "https://example.vn/log"
STREAMS = ("p/1", "p/2", "p/3")


class Killed(BaseException):
    """The process ends after a delivery, before it is tracked."""


class Seconds:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Inbox:
    """A receiver that does what it is told: takes an event unless there is something else to do."""

    def __init__(self, *answers: BaseException | None) -> None:
        self.answers = deque(answers)
        self.got: list[int] = []

    def __call__(self, event: CloudEvent) -> None:
        answer = self.answers.popleft() if self.answers else None
        if isinstance(answer, Killed):
            self.got.append(int(event["id"]))
        if answer is not None:
            raise answer
        self.got.append(int(event["id"]))


def filed(stream: str, number: int = 0) -> EvidenceFiled:
    return EvidenceFiled(stream, on=ADOPTED, evidence=(Document(title=f"Biên bản {number}"),))


def plan(tracker: Tracker, *streams: str) -> None:
    """A plan at position 1, its activities at 2, 3 and 4, and a record of each of these streams from 5 on."""
    tracker.record(adopted(), *map(scheduled, STREAMS), by="x")
    for number, stream in enumerate(streams):
        tracker.record(filed(stream, number), by="x")


def outbox_of(tracker: Tracker, inbox: Callable[[CloudEvent], None], clock: Seconds, **more: Any) -> Outbox:
    """An outbox whose subscription is to the whole log."""
    found = Outbox(tracker, SOURCE, delays=DELAYS, lease=60.0, clock=clock, **more)
    found.subscribe("inbox", inbox, after=0)
    return found


def place(outbox: Outbox) -> Subscription:
    return outbox.subscriptions()["inbox"]


def given_up(outbox: Outbox) -> tuple[Undelivered, ...]:
    return tuple(one for one in outbox.undelivered("inbox") if one.given_up)


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


ANSWERS = st.lists(
    st.sampled_from([None, None, None, "refused", "later", "killed"]),
    max_size=40,
)


@given(st.lists(st.sampled_from(STREAMS), max_size=25), ANSWERS, st.lists(st.integers(0, 3), max_size=25))
def test_nothing_is_skipped_and_every_stream_keeps_its_order(
    streams: list[str], script: list[str | None], more: list[int]
) -> None:
    """Whatever is refused, cannot be reached, or is killed, and whenever the next process begins."""
    made: dict[str, Callable[[], BaseException]] = {
        "refused": lambda: ValueError("no"),
        "later": RetryLater,
        "killed": Killed,
    }
    clock, inbox = Seconds(), Inbox(*(made[answer]() if answer else None for answer in script))
    with Tracker(clock=Clock()) as tracker:
        plan(tracker)
        outbox, to_come = outbox_of(tracker, inbox, clock), deque(streams)
        for number in [*more, *([25] * 300)]:
            for _ in range(number):
                if to_come:
                    tracker.record(filed(to_come.popleft(), len(to_come)), by="x")
            try:
                outbox.deliver("inbox")
            except Killed:
                outbox = outbox_of(tracker, inbox, clock)  # a new process, which has to wait for the lease
            clock.now += 30.0
            if not to_come and len(set(inbox.got)) == tracker.log.position() - len(given_up(outbox)):
                break
        log = {record.position: record.stream for record in tracker.log.records()}
        dead = {letter.position for letter in given_up(outbox)}
        assert log.keys() == set(inbox.got) | dead
        for stream in log.values():
            first = list(dict.fromkeys(position for position in inbox.got if log[position] == stream))
            assert sorted(first) == first
        if "killed" not in script:
            assert len(set(inbox.got)) == len(inbox.got), "without a crash exactly once"
        if script.count("refused") <= len(DELAYS):
            assert not dead


def test_it_goes_on_where_it_was(url: str) -> None:
    """In another process, on each store; a subscription without a place begins at the end of the log."""
    clock, inbox = Seconds(), Inbox()
    with Tracker(url, clock=Clock()) as tracker:
        plan(tracker, "p/1", "p/2")
        assert Delivered(6, 0, 0) == outbox_of(tracker, inbox, clock).deliver("inbox")
    with Tracker(url, clock=Clock()) as tracker:
        outbox, late = outbox_of(tracker, inbox, clock), Inbox()
        outbox.subscribe("late", late)
        tracker.record(filed("p/3"), by="x")
        assert (1, 1) == (outbox.deliver("inbox").delivered, outbox.deliver("late").delivered)
        assert ([1, 2, 3, 4, 5, 6, 7], [7]) == (inbox.got, late.got)
        assert 7 == place(outbox).position


def test_what_is_refused_keeps_its_stream_and_no_other(url: str) -> None:
    """It is tried again after its delay; what waits behind it follows at once."""
    clock, inbox = Seconds(), Inbox(None, None, None, None, ValueError("no"))
    with Tracker(url, clock=Clock()) as tracker:
        plan(tracker, "p/1", "p/1", "p/2", "p/1")
        outbox = outbox_of(tracker, inbox, clock)
        assert Delivered(5, 1, 3) == outbox.deliver("inbox")
        assert [1, 2, 3, 4, 7] == inbox.got
        assert Delivered(0, 0, 3) == outbox.deliver("inbox"), "nothing is due"
        clock.now += 12.0
        assert Delivered(3, 0, 0) == outbox.deliver("inbox")
        assert [1, 2, 3, 4, 7, 5, 6, 8] == inbox.got


def test_what_is_refused_too_often_is_a_dead_letter_and_its_stream_goes_on(url: str) -> None:
    """It is listed with what was said, and can be delivered later."""
    clock, inbox = Seconds(), Inbox(*[None] * 4, *[ValueError("no")] * 4)
    with Tracker(url, clock=Clock()) as tracker:
        plan(tracker, "p/1", "p/1")
        outbox = outbox_of(tracker, inbox, clock)
        for _ in range(4):
            outbox.deliver("inbox")
            clock.now += 1_200.0
        dead = Undelivered(position=5, stream="p/1", attempts=4, error="ValueError: no", next_try=None, given_up=True)
        assert (dead,) == given_up(outbox)
        assert [1, 2, 3, 4, 6] == inbox.got
        with pytest.raises(ValueError, match="accepted: the position of a dead letter"):
            outbox.redeliver("inbox", 6)
        outbox.redeliver("inbox", 5)
        outbox.deliver("inbox")
        assert ([1, 2, 3, 4, 6, 5], ()) == (inbox.got, given_up(outbox))


def test_a_receiver_that_cannot_be_reached_is_waited_for() -> None:
    """The same record again, later and later, or when the receiver says; nothing else is tried meanwhile."""
    clock, inbox = Seconds(), Inbox(None, RetryLater(), RetryLater(), RetryLater("busy", 500.0))
    with Tracker(clock=Clock()) as tracker:
        plan(tracker)
        outbox = outbox_of(tracker, inbox, clock)
        tried: list[float] = []
        for _ in range(600):
            left = len(inbox.answers)
            outbox.deliver("inbox")
            if len(inbox.answers) < left or (not inbox.answers and len(tried) < 5):
                tried.append(clock.now - 1_000.0)
            if len(inbox.got) == 4:
                break
            clock.now += 1.0
        assert [1, 2, 3, 4] == inbox.got
        waits = [later - earlier for earlier, later in pairwise(tried) if later > earlier]
        assert 9 <= waits[0] <= 12
        assert 18 <= waits[1] <= 23
        assert 500 <= clock.now - 1_000.0 - waits[0] - waits[1] <= 502


def test_a_receiver_that_is_never_reached_again_costs_one_record_after_all_delays() -> None:
    """So that a record that kills its receiver cannot hold the subscription for ever."""
    clock, inbox = Seconds(), Inbox(*[RetryLater()] * 40)
    with Tracker(clock=Clock()) as tracker:
        plan(tracker)
        outbox = outbox_of(tracker, inbox, clock)
        while not given_up(outbox):
            outbox.deliver("inbox")
            clock.now += 30.0
        assert 1_110 <= clock.now - 1_000.0 <= 1_300
        assert [1] == [letter.position for letter in given_up(outbox)]


def test_a_receiver_that_is_gone_is_left_alone_until_it_is_enabled() -> None:
    """And then gets everything from where it was."""
    clock, inbox = Seconds(), Inbox(None, Gone("moved"))
    with Tracker(clock=Clock()) as tracker:
        plan(tracker)
        outbox = outbox_of(tracker, inbox, clock)
        outbox.deliver("inbox")
        clock.now += 1_000_000.0
        ended = Delivered(state=State.DISABLED, reason="moved")
        assert (ended, "moved") == (outbox.deliver("inbox"), place(outbox).reason)
        outbox.enable("inbox")
        outbox.deliver("inbox")
        assert ([1, 2, 3, 4], "") == (inbox.got, place(outbox).reason)


def test_a_part_of_the_log_can_be_delivered_again(url: str) -> None:
    """From a position on; those that wait and those that were given up too, each once."""
    clock, inbox = Seconds(), Inbox(None, ValueError("no"))
    with Tracker(url, clock=Clock()) as tracker:
        plan(tracker, "p/1")
        outbox = outbox_of(tracker, inbox, clock)
        outbox.deliver("inbox")
        outbox.replay("inbox", after=1)
        outbox.deliver("inbox")
        assert [1, 3, 4, 2, 3, 4, 5] == inbox.got
        clock.now += 100.0
        assert Delivered() == outbox.deliver("inbox"), "nothing waits either"
        with pytest.raises(ValueError, match="accepted: a log position from 0 to 5"):
            outbox.replay("inbox", after=6)


def test_of_two_deliverers_one_has_the_subscription(url: str) -> None:
    """The other does nothing, until the first gives no sign of life for the time of the lease."""
    clock = Seconds()
    with Tracker(url, clock=Clock()) as tracker, Tracker(url, clock=Clock()) as other:
        plan(tracker)
        second = Inbox()
        later = outbox_of(other, second, clock)

        def first(event: CloudEvent) -> None:
            if event["id"] == "3":
                leased = Delivered(state=State.LEASED, until=at(1_060.0))
                assert leased == later.deliver("inbox"), "the lease is the first one's"
                clock.now += 61.0
                assert 2 == later.deliver("inbox").delivered, "3 and 4: it has run out"
                clock.now += 1.0

        earlier = outbox_of(tracker, first, clock)
        assert 3 == earlier.deliver("inbox").delivered, "1, 2, and 3 a second time"
        assert ([3, 4], 4) == (second.got, place(later).position)
        assert Delivered() == earlier.deliver("inbox"), "what it delivered late moved nothing"


def test_a_deliverer_that_lost_its_subscription_writes_nothing() -> None:
    """It was set back meanwhile: the place stays where it was set."""
    clock = Seconds()
    with Tracker(clock=Clock()) as tracker:
        plan(tracker)

        def receiver(event: CloudEvent) -> None:
            if event["id"] == "3" and not again:
                again.append(1)
                outbox.replay("inbox", after=0)

        again: list[int] = []
        outbox = outbox_of(tracker, receiver, clock)
        outbox.deliver("inbox")
        assert 0 == place(outbox).position
        assert 4 == outbox.deliver("inbox").delivered


@pytest.mark.parametrize("only", [None, (PlanAdopted, ActivityScheduled, EvidenceFiled)])
def test_a_record_that_cannot_be_read_is_a_dead_letter_and_stops_nothing(tmp_path: Path, only: Any) -> None:
    """With its reason; also where some events are wanted, because it may be one of these."""
    url, clock, inbox = f"sqlite:///{tmp_path}/plans.db", Seconds(), Inbox()
    with Tracker(url, clock=Clock()) as tracker:
        plan(tracker, "p/1")
        tamper(url, "UPDATE reformtrack_log SET topic = 'X.1' WHERE position = 3")
        outbox = outbox_of(tracker, inbox, clock)
        outbox.subscribe("inbox", inbox, only=only)
        outbox.deliver("inbox")
        assert [1, 2, 4, 5] == inbox.got
        [letter] = given_up(outbox)
        assert (3, "p/2") == (letter.position, letter.stream)
        assert letter.error.startswith("it cannot be read: no event of this name")


def test_it_runs_until_it_is_told_to_stop() -> None:
    """And delivers what is recorded meanwhile."""
    stop, all_there = threading.Event(), threading.Event()
    got: list[str] = []

    def receiver(event: CloudEvent) -> None:
        got.append(event["id"])
        if len(got) == 5:
            all_there.set()

    with Tracker(clock=Clock()) as tracker:
        plan(tracker)
        outbox = Outbox(tracker, SOURCE)
        outbox.subscribe("inbox", receiver, after=0)
        thread = threading.Thread(target=outbox.run, args=(stop,))
        thread.start()
        tracker.record(ActivityStarted("p/1", on=ADOPTED), by="x")
        assert all_there.wait(LONGEST)
        stop.set()
        thread.join(20)
        assert (["1", "2", "3", "4", "5"], False) == (got, thread.is_alive())


def test_each_record_that_is_not_delivered_says_why_and_when_it_is_tried_again() -> None:
    """Those that were refused, those behind them, and those that were given up, in one answer."""
    clock = Seconds()
    inbox = Inbox(None, None, None, None, Refused("the receiver answered 401", status=401), ValueError("no"))
    with Tracker(clock=Clock()) as tracker:
        plan(tracker, "p/1", "p/2", "p/1")
        outbox = outbox_of(tracker, inbox, clock)
        assert Delivered(4, 2, 3) == outbox.deliver("inbox")
        first, second, behind = outbox.undelivered("inbox")
        assert (5, "p/1", 1, "the receiver answered 401") == (first.position, first.stream, first.attempts, first.error)
        assert (6, "p/2", 1, "ValueError: no") == (second.position, second.stream, second.attempts, second.error)
        assert (7, "p/1", 0, "", first.next_try) == attrs.astuple(behind)[:5]
        assert first.next_try is not None
        assert at(1_009.0) <= first.next_try <= at(1_011.0)
        assert not any(one.given_up for one in (first, second, behind))


def test_whoever_delivers_is_told_how_the_subscription_stands(url: str) -> None:
    """Idle, resting, ended: by the round that found it, by each later one, and to another process."""
    clock, inbox = (
        Seconds(),
        Inbox(None, RetryLater("the receiver answered 503"), None, Gone("the receiver answered 410")),
    )
    with Tracker(url, clock=Clock()) as tracker, Tracker(url, clock=Clock()) as other:
        plan(tracker)
        outbox, elsewhere = outbox_of(tracker, inbox, clock), outbox_of(other, inbox, clock)

        def stands() -> Delivered:
            found = outbox.deliver("inbox")
            assert attrs.astuple(found)[2:] == attrs.astuple(place(elsewhere))[1:]
            assert attrs.evolve(found, delivered=0) == outbox.deliver("inbox") == elsewhere.deliver("inbox")
            return found

        found = stands()
        assert (1, State.RESTING, "the receiver answered 503") == (found.waiting, found.state, found.reason)
        assert found.until is not None
        assert at(1_009.0) <= found.until <= at(1_011.0)
        [waits] = outbox.undelivered("inbox")
        assert Undelivered(2, "p/1", 0, found.reason, found.until, given_up=False) == waits
        clock.now += 12.0
        assert Delivered(1, 0, 0, State.DISABLED, None, "the receiver answered 410") == stands()
        outbox.enable("inbox")
        assert Delivered(2) == stands()
        assert [1, 2, 3, 4] == inbox.got


def test_why_it_rests_is_what_its_receiver_said_last() -> None:
    """Not what was said of a record that waits on its own, was given up, or is to be tried anew; each record waits once."""
    clock = Seconds()
    inbox = Inbox(*[ValueError("no")] * 2, *[RetryLater("the receiver answered 503", 500)] * 3, Gone("moved"))
    with Tracker(clock=Clock()) as tracker:
        plan(tracker)
        outbox = Outbox(tracker, SOURCE, delays=DELAYS, clock=clock)
        outbox.subscribe("inbox", inbox, after=0)
        outbox.deliver("inbox")
        assert ("the receiver answered 503", 3) == (place(outbox).reason, place(outbox).waiting)
        clock.now += 501.0
        found = outbox.deliver("inbox")
        assert ("the receiver answered 503", 3, 3) == (found.reason, found.waiting, place(outbox).waiting)
        outbox.enable("inbox")
        assert "the receiver answered 503" == outbox.deliver("inbox").reason
        clock.now += 501.0
        assert "moved" == outbox.deliver("inbox").reason
        assert [(1, None), (2, None), (3, None)] == [
            (one.position, one.next_try) for one in outbox.undelivered("inbox")
        ]


def test_a_dead_letter_that_is_tried_anew_is_not_why_it_rests() -> None:
    """It was given up before."""
    clock = Seconds()
    inbox = Inbox(*[ValueError("no")] * 2, None, RetryLater("the receiver answered 503", 500))
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), by="x")
        outbox = Outbox(tracker, SOURCE, delays=(0.0,), clock=clock)
        outbox.subscribe("inbox", inbox, after=0)
        outbox.deliver("inbox")
        outbox.deliver("inbox")
        tracker.record(scheduled("p/1"), scheduled("p/2"), by="x")
        assert "the receiver answered 503" == outbox.deliver("inbox").reason
        outbox.redeliver("inbox", 1)
        assert "the receiver answered 503" == place(outbox).reason


def test_a_subscription_of_a_process_that_was_killed_is_leased_until_its_lease_ends() -> None:
    """And then goes on."""
    clock = Seconds()
    with Tracker(clock=Clock()) as tracker:
        plan(tracker)
        with pytest.raises(Killed):
            outbox_of(tracker, Inbox(Killed()), clock).deliver("inbox")
        outbox = outbox_of(tracker, Inbox(), clock)
        assert Delivered(0, 0, 0, State.LEASED, at(1_060.0)) == outbox.deliver("inbox")
        assert (State.LEASED, at(1_060.0)) == (place(outbox).state, place(outbox).until)
        clock.now += 61.0
        assert Delivered(4) == outbox.deliver("inbox")


def test_what_becomes_of_a_subscription_is_logged_once_in_words(caplog: pytest.LogCaptureFixture) -> None:
    """Without what a receiver said: its class, and the HTTP status that it has."""
    caplog.set_level(logging.INFO, "reformtrack.outbox")
    clock = Seconds()
    inbox = Inbox(
        None, Refused("Bà An", status=401), RetryLater("Bà An", 20, status=503), None, Gone("Bà An", status=410)
    )
    with Tracker(clock=Clock()) as tracker:
        plan(tracker)
        outbox = outbox_of(tracker, inbox, clock)
        for _ in range(40):
            outbox.deliver("inbox")
            clock.now += 1.0
    names = ("state", "position", "attempts", "error", "status")
    found = [(one.message, *(getattr(one, name, None) for name in names)) for one in caplog.records]
    assert [
        ("record refused", None, 2, 1, "Refused", 401),
        ("receiver cannot be reached", None, 3, None, "RetryLater", 503),
        ("subscription has another state", "resting", None, None, None, None),
        ("receiver wants nothing any more", None, 3, None, "Gone", 410),
        ("subscription has another state", "disabled", None, None, None, None),
    ] == [line for line in found if line[1] != "idle"]
    assert "Bà An" not in repr([vars(one) for one in caplog.records])


@given(st.lists(st.sampled_from(STREAMS), max_size=12), ANSWERS)
def test_a_subscription_to_some_events_gets_all_of_these_in_order_and_no_other(
    streams: list[str], script: list[str | None]
) -> None:
    """Whatever is refused; and passes the others, so that nothing is read twice."""
    made: dict[str, Callable[[], BaseException]] = {"refused": lambda: ValueError("no"), "later": RetryLater}
    clock, inbox = Seconds(), Inbox(*(made[one]() if one in made else None for one in script if one))
    with Tracker(clock=Clock()) as tracker:
        plan(tracker, *streams)
        outbox = outbox_of(tracker, inbox, clock)
        outbox.subscribe("inbox", inbox, only=(PlanAdopted, EvidenceFiled))
        for _ in range(200):
            outbox.deliver("inbox")
            clock.now += 60.0
        dead = {one.position for one in given_up(outbox)}
        assert {1, *range(5, 5 + len(streams))} == set(inbox.got) | dead
        for stream in STREAMS:
            first = [position for position in inbox.got if position >= 5 and streams[position - 5] == stream]
            assert sorted(set(first)) == first
        assert tracker.log.position() == place(outbox).position


def test_what_waits_is_not_sent_to_a_subscription_that_wants_it_no_more() -> None:
    """Which events those are is said each time a process starts, as the receiver is."""
    clock, inbox = Seconds(), Inbox(ValueError("no"))
    with Tracker(clock=Clock()) as tracker:
        plan(tracker)
        outbox = outbox_of(tracker, inbox, clock)
        outbox.deliver("inbox")
        outbox.subscribe("inbox", inbox, only=[ActivityScheduled])
        clock.now += 12.0
        assert Delivered() == outbox.deliver("inbox")
        assert [2, 3, 4] == inbox.got


@pytest.mark.parametrize("only", [(), (str,), "PlanAdopted", (PlanAdopted, 1)])
def test_what_is_no_class_of_events_is_refused(only: Any) -> None:
    """Rather than that nothing is ever sent."""
    with Tracker() as tracker, pytest.raises(InvalidField, match=r"Outbox\.subscribe\.only cannot be .*; accepted: "):
        Outbox(tracker, SOURCE).subscribe("inbox", print, only=only)


def test_subscriptions_are_listed_and_can_be_ended(url: str) -> None:
    """With all that waits; a process that still delivers to one is told so."""
    clock, inbox = Seconds(), Inbox(ValueError("no"))
    with Tracker(url, clock=Clock()) as tracker, Tracker(url, clock=Clock()) as other:
        plan(tracker)
        outbox, elsewhere = outbox_of(tracker, inbox, clock), outbox_of(other, inbox, clock)
        outbox.subscribe("late", inbox)
        outbox.deliver("inbox")
        assert ["inbox", "late"] == list(elsewhere.subscriptions())
        assert Subscription(4, 1, State.IDLE, None, "") == place(elsewhere)
        elsewhere.unsubscribe("inbox")
        assert ["late"] == list(outbox.subscriptions())
        assert Delivered(state=State.DISABLED, reason="it was unsubscribed") == outbox.deliver("inbox")
        with pytest.raises(UnknownSubscription):
            elsewhere.deliver("inbox")
        outbox.subscribe("inbox", inbox)
        assert ((), 4) == (outbox.undelivered("inbox"), place(outbox).position)


def test_a_subscription_that_is_ended_while_it_is_delivered_to_is_written_no_more() -> None:
    """Neither its place nor what waits."""
    clock = Seconds()

    def receiver(event: CloudEvent) -> None:
        outbox.unsubscribe("inbox")
        raise ValueError("no")

    with Tracker(clock=Clock()) as tracker:
        plan(tracker)
        outbox = outbox_of(tracker, receiver, clock)
        assert State.DISABLED is outbox.deliver("inbox").state
        assert {} == outbox.subscriptions()


def test_subscriptions_can_be_ended_under_a_deliverer() -> None:
    """It goes on with the others."""
    stop = threading.Event()

    def receiver(event: CloudEvent) -> None:
        outbox.unsubscribe("second")
        stop.set()

    with Tracker(clock=Clock()) as tracker:
        plan(tracker)
        outbox = Outbox(tracker, SOURCE)
        outbox.subscribe("first", receiver, after=0)
        outbox.subscribe("second", receiver, after=0)
        outbox.run(stop)
        assert 1 == outbox.subscriptions()["first"].position


def test_a_subscription_that_does_not_exist_is_said_to_be_so() -> None:
    """And what to do first."""
    with Tracker() as tracker:
        outbox = Outbox(tracker, SOURCE)
        calls: list[Callable[[str], object]] = [
            outbox.deliver,
            outbox.enable,
            outbox.unsubscribe,
            outbox.undelivered,
            outbox.replay,
            lambda name: outbox.redeliver(name, 1),
        ]
        for call in calls:
            with pytest.raises(
                UnknownSubscription, match="subscription 'x' does not exist in this process; accepted: "
            ) as no:
                call("x")
            assert "x" == no.value.name


@pytest.mark.parametrize(
    "source", ["not a uri", "", "/log", "example.vn", "https:", "https://example.vn/%zz", "urn:x\n"]
)
def test_a_source_is_a_uri(source: str) -> None:
    """As CloudEvents asks, of an outbox and of an event."""
    accepted = r"source cannot be .*; accepted: an absolute URI, as https://example\.vn/log"
    with Tracker() as tracker, pytest.raises(InvalidField, match=accepted):
        Outbox(tracker, source)
    record = Record(1, filed("p/1").subject, 1, filed("p/1"), at(0), "a", "r")
    with pytest.raises(InvalidField, match=accepted):
        cloud_event(record, source)
    assert "urn:example:log" == cloud_event(record, "urn:example:log")["source"]
