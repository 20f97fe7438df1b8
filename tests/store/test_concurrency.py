"""Writers in several processes and threads: nothing lost, doubled or out of order, no error that a retry would have cured."""

import threading
from collections.abc import Mapping

import pytest

from drills import writers
from reformtrack import Tracker
from reformtrack.events import ActivityStarted
from tests.support import ADOPTED, adopted, scheduled

pytestmark = pytest.mark.slow


def test_what_writers_were_told_is_what_the_log_has(url: str) -> None:
    """Four processes of two threads on the same sixty activities; a reader that follows sees each record once, in order."""
    stop, seen = threading.Event(), list[int]()
    with Tracker(url):
        reader = threading.Thread(target=writers.follow, args=(url, stop, seen))
        reader.start()
        outcomes = writers.run(url, processes=4, threads=2, requests=40)
        stop.set()
        reader.join()
    assert [] == list(writers.violations(url, outcomes))
    assert sum(len(outcome.told) for outcome in outcomes) > 100
    with Tracker(url) as tracker:
        assert seen == [record.position for record in tracker.log.records()]
        assert tracker.plan("p").progress().total == writers.ACTIVITIES


def test_a_request_that_is_made_twice_at_once_is_recorded_once(url: str) -> None:
    """Each caller gets the same records: what the other one recorded is not in the way of the same request."""
    with Tracker(url) as tracker:
        tracker.record(adopted(), *(scheduled(f"p/{number}") for number in range(10)), by="a")
        for number in range(10):
            event, told = ActivityStarted(f"p/{number}", on=ADOPTED), list[int]()

            def record(event: ActivityStarted, told: list[int], version: Mapping[str, int]) -> None:
                request = f"start {event.subject}"
                told.append(tracker.record(event, by="a", request_id=request, expected_version=version)[0].position)

            expected = {event.subject: 1} if number % 2 else {}
            callers = [threading.Thread(target=record, args=(event, told, expected)) for _ in range(4)]
            for caller in callers:
                caller.start()
            for caller in callers:
                caller.join()
            assert [tracker.log.history(event.subject)[1].position] * 4 == told
            assert 2 == len(tracker.log.history(event.subject))


def test_no_record_enters_a_plan_after_its_close(url: str) -> None:
    """Whoever was told of a record was told before the close; and the close comes through although others record."""
    with Tracker(url) as tracker:
        tracker.record(adopted("q"), *(scheduled(f"q/{n}") for n in range(3)), by="a")
        with writers.processes_of(4) as pool:
            closing = pool.submit(writers.close_soon, url, 0.3)
            counts = list(pool.map(writers.write_until_closed, [url] * 3, range(3)))
            closed = closing.result()
        positions = [r.position for r in tracker.log.records() if r.stream.startswith("q/")]
    assert closed > max(positions)
    assert sum(counts) + 3 == len(positions)


def test_processes_that_start_together_on_a_fresh_store_all_succeed(url: str) -> None:
    """One makes the tables, the others wait; each record has a position of its own."""
    with writers.processes_of(4) as pool:
        positions = list(pool.map(open_and_record, [url] * 12, range(12)))
    assert 12 == len(set(positions))
    with Tracker(url) as tracker:
        assert sorted(positions) == [record.position for record in tracker.log.records()]


def open_and_record(url: str, number: int) -> int:
    with Tracker(url) as tracker:
        return tracker.record(adopted(f"p-{number}"), by="tester")[0].position


def test_a_follower_is_told_soon_and_goes_on_from_a_position(url: str) -> None:
    """Of what another tracker records; and it ends when it is told to, after what is on record."""
    stop = threading.Event()
    with Tracker(url) as writer, Tracker(url) as reader:
        writer.record(adopted("q"), scheduled("q/1"), by="a")
        followed = reader.log.follow(after=1, stop=stop)
        assert "q/1" == next(followed).stream
        for number in range(2, 12):
            timer = threading.Timer(0.02, lambda n=number: writer.record(scheduled(f"q/{n}"), by="a"))
            timer.start()
            record = next(followed)
            assert (f"q/{number}", number + 1) == (record.stream, record.position)
            timer.join()
        stop.set()
        assert [] == list(followed)
