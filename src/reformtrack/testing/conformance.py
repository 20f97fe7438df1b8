"""
What a store of reformtrack promises, as tests: memory, SQLite and PostgreSQL pass them, and a store of your own has to.

Subclass `StoreConformance` in a test module of pytest, and give it a fixture `url` that names an empty store for each test::

    class TestMyStore(StoreConformance):
        @pytest.fixture
        def url(self, tmp_path):
            return f"sqlite:///{tmp_path}/plans.db"
"""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from reformtrack.domain.activity import ActivityStarted, ProgressReported
from reformtrack.domain.errors import ClockBehind, ConcurrentUpdate, RequestReused, VersionConflict
from reformtrack.domain.illegal import IllegalHistory
from reformtrack.domain.kinds import Event
from reformtrack.domain.plan import PlanClosed
from reformtrack.domain.timeline import Record, RecordRetracted
from reformtrack.domain.values import plan_id
from reformtrack.store.application import Conflict, RecordStore
from reformtrack.store.log import Unchanged
from reformtrack.store.streams import plan_ranges, stream_range
from reformtrack.testing.history import ADOPTED, Clock, adopted, scheduled
from reformtrack.tracker import Tracker

__all__ = ["StoreConformance"]


NOON = datetime(2023, 12, 31, 5, tzinfo=UTC)
MANY = 5_000
KILLS = 5

_WRITER = """
import sys
from datetime import date
from itertools import count
from reformtrack import Tracker
from reformtrack.events import ProgressReported
with Tracker(sys.argv[1]) as tracker:
    for number in count():
        pair = [ProgressReported(f"p/1.{n}", on=date(2023, 6, 1), note=f"{sys.argv[2]}-{number}") for n in (1, 2)]
        tracker.record(*pair, by="writer", request_id=f"{sys.argv[2]}-{number}")
        print(number, flush=True)
"""


@contextmanager
def refused(error: type[Exception]) -> Iterator[None]:
    """Within, this error must be raised."""
    try:
        yield
    except error:
        return
    raise AssertionError(f"{error.__name__} was not raised")


class StoreConformance:
    """The tests. `url` is a fixture that you give; None names a store in memory, which one tracker has to itself."""

    def test_positions_and_versions_are_in_the_order_of_recording(self, url: str | None) -> None:
        """Positions grow over all streams, versions count from 1 in each."""
        with Tracker(url) as tracker:
            returned = [
                *tracker.record(adopted(), scheduled("p/1"), scheduled("p/2"), by="a"),
                *tracker.record(ActivityStarted("p/2", on=ADOPTED), by="a"),
                *tracker.record(ActivityStarted("p/1", on=ADOPTED), by="a"),
            ]
            assert list(tracker.log.records()) == returned
            positions = [record.position for record in returned]
            assert positions == sorted(set(positions))
            assert positions[-1] == tracker.log.position()
            assert [record.version for record in returned] == [1, 1, 1, 2, 2]
            assert [
                record.position for record in tracker.log.records(after=positions[1], up_to=positions[3])
            ] == positions[2:4]

    def test_a_request_is_stored_whole_or_not_at_all(self, url: str | None) -> None:
        """One refused event, or one version that is taken, leaves nothing of the others."""
        with Tracker(url) as tracker:
            tracker.record(adopted(), scheduled("p/1"), by="a")
            before = list(tracker.log.records())
            with refused(IllegalHistory):
                tracker.record(scheduled("p/2"), ActivityStarted("p/9", on=ADOPTED), by="a")
            with refused(Conflict):
                _append(tracker, [("p/3", 1), ("p/1", 1)], "taken")
            assert list(tracker.log.records()) == before
            assert tracker.log.history("p/3") == ()

    def test_a_version_that_was_not_expected_is_refused(self, url: str | None) -> None:
        """And nothing is stored."""
        with Tracker(url) as tracker:
            tracker.record(adopted(), scheduled("p/1"), by="a")
            with refused(VersionConflict):
                tracker.record(ActivityStarted("p/1", on=ADOPTED), by="a", expected_version={"p/1": 2})
            tracker.record(ActivityStarted("p/1", on=ADOPTED), by="a", expected_version={"p/1": 1})

    def test_an_append_whose_condition_does_not_hold_stores_nothing(self, url: str | None) -> None:
        """Something was recorded in the range after the position."""
        with Tracker(url) as tracker:
            tracker.record(adopted(), scheduled("p/1"), by="a")
            position = tracker.log.position()
            tracker.record(adopted("p-2"), scheduled("p-2/1"), by="a")
            unchanged = [Unchanged(streams, position) for streams in plan_ranges(plan_id("p"))]
            _append(tracker, [("p/2", 1)], "holds", unchanged)
            with refused(Conflict):
                _append(tracker, [("p/3", 1)], "fails", unchanged)
            _append(tracker, [("p/3", 1)], "apart", [Unchanged(stream_range("p"), position)])
            assert [len(tracker.log.history(f"p/{n}")) for n in (2, 3)] == [1, 1]

    def test_the_same_request_again_appends_nothing(self, url: str | None) -> None:
        """It gives the records of the first time; with other events it is refused."""
        with Tracker(url) as tracker:
            first = tracker.record(adopted(), scheduled("p/1"), by="a", request_id="ố")
            tracker.record(scheduled("p/2"), by="a", request_id="Ố")
            assert tracker.record(adopted(), scheduled("p/1"), by="a", request_id="ố") == first
            with refused(RequestReused):
                tracker.record(scheduled("p/3"), by="a", request_id="ố")
            with refused(Conflict):
                _append(tracker, [("p/3", 1)], "ố")
            assert len(list(tracker.log.records())) == 3

    def test_plans_whose_ids_begin_alike_are_apart(self, url: str | None) -> None:
        """A range of streams has these streams and no other, whatever order the database gives to texts."""
        plans = ["p", "p-1", "p-a", "p1", "pa", "a", "z", "0", "p-0"]
        with Tracker(url) as tracker:
            for plan in plans:
                tracker.record(
                    adopted(plan), *(scheduled(f"{plan}/{code}") for code in ("1", "A", "a", "1.10")), by="a"
                )
            for plan in plans:
                assert [a.code for a in tracker.plan(plan).activities] == ["1", "1.10", "A", "a"]
                assert [record.stream for record in tracker.log.history(plan)] == [plan]

    def test_any_text_comes_back_as_it_was(self, url: str | None) -> None:
        """Every script, also beyond the first plane; quotes, backslashes, newlines."""
        note = "Đắk Nông – “96,4%” \\ ' \" \n\t ﷽ 𝄞 🏛️ ẵ ệ  x"
        with Tracker(url) as tracker:
            tracker.record(adopted(), scheduled("p/1"), by="Sở Nội vụ")
            [record] = tracker.record(ProgressReported("p/1", on=ADOPTED, note=note), by="Sở Nội vụ 🏛")
            assert tracker.log.history("p/1")[1:] == (record,)
            assert record.by == "Sở Nội vụ 🏛"

    def test_a_large_request_is_stored_in_one(self, url: str | None) -> None:
        """Thousands of events, about thousands of streams."""
        with Tracker(url) as tracker:
            records = tracker.record(adopted(), *(scheduled(f"p/{n}") for n in range(MANY)), by="a", request_id="1")
            assert len({record.recorded_at for record in records}) == 1
            assert list(tracker.log.records()) == list(records)
            assert tracker.record(*(record.event for record in records), by="a", request_id="1") == records
            streams, unreadable = tracker._store.streams([stream_range(f"p/{n}") for n in range(MANY)])
            assert (len(streams), unreadable) == (MANY, [])

    def test_no_append_has_an_instant_before_an_earlier_one(self, url: str | None) -> None:
        """Set back by minutes, the clock waits for the log; by more, nothing is recorded until one of the two is right."""
        clock = Clock(NOON)
        with Tracker(url, clock=clock) as tracker:
            tracker.record(adopted(), by="a")
            clock.now -= timedelta(minutes=5)
            [back] = tracker.record(scheduled("p/1"), by="a")
            assert back.recorded_at == NOON
            clock.now -= timedelta(microseconds=1)
            with contextlib.suppress(ClockBehind):
                tracker.record(scheduled("p/2"), by="a")
                raise AssertionError("a clock that is far behind the log was taken")
            clock.now = NOON + timedelta(microseconds=1)
            [forth] = tracker.record(scheduled("p/2"), by="a")
            assert forth.recorded_at == clock.now
            assert [record.recorded_at for record in tracker.log.records()] == [NOON, NOON, clock.now]

    def test_what_was_known_is_untouched_by_later_records(self, url: str | None) -> None:
        """By an instant and by a position, with a late fact and a retraction after it."""
        clock = Clock(NOON)
        with Tracker(url, clock=clock) as tracker:
            tracker.record(adopted(), scheduled("p/1"), ActivityStarted("p/1", on=date(2023, 3, 1)), by="a")
            instant, position = clock.now, tracker.log.position()
            before = tracker.plan("p", on=date(2023, 6, 30), known_at=position)
            clock.now += timedelta(days=1)
            tracker.record(RecordRetracted("p/1", version=2, reason="x"), scheduled("p/2"), by="a")
            assert tracker.plan("p", on=date(2023, 6, 30), known_at=position).activities == before.activities
            assert tracker.plan("p", on=date(2023, 6, 30), known_at=instant).activities == before.activities
            assert len(tracker.plan("p", on=date(2023, 6, 30)).activities) == 2

    def test_another_tracker_finds_what_was_recorded(self, url: str | None) -> None:
        """At once, and after the first is closed."""
        if url is None:
            return
        with Tracker(url) as first, Tracker(url) as second:
            first.record(adopted(), by="a")
            second.record(scheduled("p/1"), by="b")
            both = list(first.log.records())
            assert list(second.log.records()) == both
        with Tracker(url) as third:
            assert list(third.log.records()) == both

    def test_writers_at_once_lose_and_double_nothing(self, url: str | None) -> None:
        """Threads that record on the same activities: each acknowledged record is there once, and none after a close."""
        acknowledged: list[Record[Event]] = []
        with Tracker(url) as tracker:
            tracker.record(adopted(), *(scheduled(f"p/{n}") for n in range(3)), by="a")

            def write(name: str) -> None:
                for number in range(20):
                    event = ProgressReported(f"p/{number % 3}", on=ADOPTED, note=f"{name}-{number}")
                    acknowledged.extend(_insistent(lambda e=event: tracker.record(e, by=name)))  # type: ignore[misc]

            threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(acknowledged) == 80
            assert sorted(acknowledged, key=lambda record: record.position) == list(tracker.log.records())[4:]
            _insistent(lambda: tracker.record(PlanClosed("p", on=date(2023, 12, 1)), by="a"))
            with refused(IllegalHistory):
                tracker.record(ProgressReported("p/1", on=ADOPTED, note="x"), by="a")

    def test_a_writer_that_is_killed_leaves_whole_requests(self, url: str | None) -> None:
        """Each acknowledged request is there; each request that is there is whole, and a repetition finds it."""
        if url is None:
            return
        with Tracker(url) as tracker:
            tracker.record(adopted(), scheduled("p/1.1"), scheduled("p/1.2"), by="a")
            # Killed after more and more acknowledged requests; what it said before it died is read to the end.
            for run in range(KILLS):
                command = [sys.executable, "-c", _WRITER, url, str(run)]
                with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
                    assert writer.stdout is not None
                    acknowledged = [int(writer.stdout.readline()) for _ in range(5 * run + 1)]
                    writer.kill()
                    acknowledged += [int(line) for line in writer.stdout if line.endswith("\n")]
                stored = [r for r in tracker.log.records() if r.request_id.startswith(f"{run}-")]
                by_request = {r.request_id: [s for s in stored if s.request_id == r.request_id] for r in stored}
                assert all([r.stream for r in pair] == ["p/1.1", "p/1.2"] for pair in by_request.values())
                assert {f"{run}-{number}" for number in acknowledged} <= by_request.keys()
                last = by_request[max(by_request, key=lambda request: int(request.partition("-")[2]))]
                again = tracker.record(*(r.event for r in last), by="writer", request_id=last[0].request_id)
                assert list(again) == last


def _append(
    tracker: Tracker, versions: list[tuple[str, int]], request_id: str, unchanged: list[Unchanged] | None = None
) -> None:
    """Records at versions, past all rules of the domain."""
    store: RecordStore = tracker._store
    records = [Record(0, s, v, scheduled(s), NOON, "a", request_id) for s, v in versions]  # type: ignore[arg-type]
    store.append(records, now=lambda: datetime.now(UTC), unchanged=unchanged or [])


def _insistent(call: Callable[[], tuple[Record[Event], ...]]) -> tuple[Record[Event], ...]:
    """A call, again when other writers came first too often."""
    while True:
        try:
            return call()
        except ConcurrentUpdate:
            continue
