"""Delivery: everything at least once, in order per stream, whatever is refused, cannot be reached, or crashes."""

import threading
from collections import deque
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack import NotFound, Tracker
from reformtrack.documents.cloud_events import CloudEvent
from reformtrack.domain.values import Document
from reformtrack.events import ActivityStarted, EvidenceFiled
from reformtrack.outbox import DeadLetter, Delivered, Gone, Outbox, RetryLater
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
            if not to_come and len(set(inbox.got)) == tracker.log.position() - len(outbox.dead_letters("inbox")):
                break
        log = {record.position: record.stream for record in tracker.log.records()}
        dead = {letter.position for letter in outbox.dead_letters("inbox")}
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
        assert 7 == outbox.position("inbox")
        with pytest.raises(NotFound):
            outbox.deliver("nobody")


def test_what_is_refused_keeps_its_stream_and_no_other(url: str) -> None:
    """It is tried again after its delay; what waits behind it follows at once."""
    clock, inbox = Seconds(), Inbox(None, None, None, None, ValueError("no"))
    with Tracker(url, clock=Clock()) as tracker:
        plan(tracker, "p/1", "p/1", "p/2", "p/1")
        outbox = outbox_of(tracker, inbox, clock)
        assert Delivered(5, 1, 3) == outbox.deliver("inbox")
        assert [1, 2, 3, 4, 7] == inbox.got
        assert Delivered() == outbox.deliver("inbox"), "nothing is due"
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
        assert (DeadLetter(5, "p/1", 4, "ValueError: no"),) == outbox.dead_letters("inbox")
        assert [1, 2, 3, 4, 6] == inbox.got
        with pytest.raises(ValueError, match="accepted: the position of a dead letter"):
            outbox.redeliver("inbox", 6)
        outbox.redeliver("inbox", 5)
        outbox.deliver("inbox")
        assert ([1, 2, 3, 4, 6, 5], ()) == (inbox.got, outbox.dead_letters("inbox"))


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
        while not outbox.dead_letters("inbox"):
            outbox.deliver("inbox")
            clock.now += 30.0
        assert 1_110 <= clock.now - 1_000.0 <= 1_300
        assert [1] == [letter.position for letter in outbox.dead_letters("inbox")]


def test_a_receiver_that_is_gone_is_left_alone_until_it_is_enabled() -> None:
    """And then gets everything from where it was."""
    clock, inbox = Seconds(), Inbox(None, Gone("moved"))
    with Tracker(clock=Clock()) as tracker:
        plan(tracker)
        outbox = outbox_of(tracker, inbox, clock)
        outbox.deliver("inbox")
        clock.now += 1_000_000.0
        assert (Delivered(), "moved") == (outbox.deliver("inbox"), outbox.disabled("inbox"))
        outbox.enable("inbox")
        outbox.deliver("inbox")
        assert ([1, 2, 3, 4], "") == (inbox.got, outbox.disabled("inbox"))


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
        assert Delivered() == outbox.deliver("inbox")
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
                assert Delivered() == later.deliver("inbox"), "the lease is the first one's"
                clock.now += 61.0
                assert 2 == later.deliver("inbox").delivered, "3 and 4: it has run out"
                clock.now += 1.0

        earlier = outbox_of(tracker, first, clock)
        assert 3 == earlier.deliver("inbox").delivered, "1, 2, and 3 a second time"
        assert ([3, 4], 4) == (second.got, later.position("inbox"))
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
        assert 0 == outbox.position("inbox")
        assert 4 == outbox.deliver("inbox").delivered


def test_a_record_that_cannot_be_read_is_a_dead_letter_and_stops_nothing(tmp_path: Path) -> None:
    """With its reason."""
    url, clock, inbox = f"sqlite:///{tmp_path}/plans.db", Seconds(), Inbox()
    with Tracker(url, clock=Clock()) as tracker:
        plan(tracker, "p/1")
        tamper(url, "UPDATE reformtrack_log SET topic = 'X.1' WHERE position = 3")
        outbox = outbox_of(tracker, inbox, clock)
        outbox.deliver("inbox")
        assert [1, 2, 4, 5] == inbox.got
        [letter] = outbox.dead_letters("inbox")
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
