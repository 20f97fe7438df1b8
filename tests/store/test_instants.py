"""A wrong clock: refused where it shows, corrected on record; and an instant means one position of the log, come what may."""

import contextlib
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reformtrack import InvalidField, NotFound, NotPermitted, SeparationOfDuties, StoreError, Tracker, open_to_all
from reformtrack.domain.errors import ClockBehind, ClocksDiffer
from reformtrack.domain.illegal import InstantNotAhead, JournalIsKept, NoSuchRecord
from reformtrack.domain.values import Document
from reformtrack.errors import InvalidInstant
from reformtrack.events import (
    ActivityStarted,
    AgencyRegistered,
    AgencyRenamed,
    IndicatorDefined,
    InstantsCorrected,
    ProgressReported,
    ReadingTaken,
    RecordRetracted,
)
from reformtrack.seal import Seals, SigningKey
from reformtrack.values import IndicatorKind
from reformtrack.web import create_app
from tests.support import INSTANT, Clock, adopted, day, scheduled, tamper
from tests.web.asking import ask as page_of

MINUTES = timedelta(minutes=1)
WRONG = datetime(2038, 1, 19, 3, 14, 7, tzinfo=UTC)
REASON = "Đồng hồ máy chủ sai"


def progress(number: int = 0) -> ProgressReported:
    return ProgressReported("p/1.01", on=day("3-1"), note=f"lần {number}")


def rows(tracker: Tracker) -> list[Any]:
    return tracker._store.recorder.select_log(0, 10_000)


def wronged(tracker: Tracker, clock: Clock) -> tuple[int, int]:
    """Three sound records in two requests, then two of 2038 in one and one in another: their positions."""
    tracker.record(adopted(), scheduled(), by="a")
    clock.now += MINUTES
    tracker.record(progress(), by="a")
    right, clock.now = clock.now, WRONG
    first = tracker.record(progress(1), progress(2), by="b")[0].position
    last = tracker.record(progress(3), by="b")[0].position
    clock.now = right + MINUTES
    return first, last


def test_a_log_that_is_ahead_of_the_clock_is_said_to_be_so_and_nothing_is_recorded(url: str) -> None:
    """The error names the records and their instant; reading goes on."""
    clock = Clock()
    with Tracker(url, clock=clock) as tracker:
        first, last = wronged(tracker, clock)
        before = rows(tracker)
        with pytest.raises(ClockBehind, match=rf"correct_instants\({first}, {last}\) by a steward") as caught:
            tracker.record(progress(4), by="a")
        error = caught.value
        assert (first, last, WRONG, clock.now) == (error.first, error.last, error.instant, error.now)
        assert "2038-01-19" in str(error)
        assert f"position {last}" in str(error)
        assert isinstance(error, StoreError)
        assert before == rows(tracker)
        assert 1 == len(tracker.plan("p").activities)


def test_instants_go_on_while_the_log_is_ahead_by_five_minutes(url: str) -> None:
    """Exactly; a microsecond more is a clock that is wrong."""
    clock = Clock()
    with Tracker(url, clock=clock) as tracker:
        tracker.record(adopted(), scheduled(), by="a")
        clock.now -= 5 * MINUTES
        [back] = tracker.record(progress(), by="a")
        assert INSTANT == back.recorded_at
        clock.now -= timedelta(microseconds=1)
        with pytest.raises(ClockBehind):
            tracker.record(progress(1), by="a")
        assert () == tracker.log.check()


def test_after_a_correction_instants_go_on_from_the_last_right_one(url: str) -> None:
    """No position and no byte of a record changes; the check finds nothing; the wrong ones are known from the correction on."""
    clock = Clock()
    with Tracker(url, clock=clock) as tracker:
        first, last = wronged(tracker, clock)
        before = rows(tracker)
        document = Document(number="12/BB-STTTT")
        record = tracker.log.correct_instants(first, last, reason=REASON, by="quan-tri", document=document)
        corrected, clock.now = clock.now, clock.now + MINUTES
        event = record.event
        assert isinstance(event, InstantsCorrected)
        assert (first, last, REASON, document) == (event.first, event.last, event.reason, event.document)
        assert ("~clock", corrected, "quan-tri") == (record.stream, record.recorded_at, record.by)
        [after] = tracker.record(progress(4), by="a")
        assert clock.now == after.recorded_at
        assert before == rows(tracker)[: len(before)]
        assert () == tracker.log.check()
        positions = [tracker.log.position(corrected + place * MINUTES) for place in (-3, -2, -1, 0, 1)]
        assert [0, 2, first - 1, record.position, after.position] == positions
        clock.now = WRONG + MINUTES
        assert after.position == tracker.log.position(WRONG)


def test_a_clock_that_was_behind_leaves_no_trace(url: str) -> None:
    """A machine whose clock is behind by minutes goes on with the last instant, and the next one with its own."""
    clock = Clock()
    with Tracker(url, clock=clock) as tracker:
        tracker.record(adopted(), scheduled(), by="a")
        clock.now += timedelta(hours=1)
        [forth] = tracker.record(progress(), by="a")
        assert clock.now == forth.recorded_at


def test_a_correction_names_whole_requests_that_are_ahead(url: str) -> None:
    """Nothing else is said to be wrong; what it leaves out still stops the recording."""
    clock = Clock()
    with Tracker(url, clock=clock) as tracker:
        first, last = wronged(tracker, clock)
        for wrong in ((first + 1, last), (first, first), (first, last + 1), (last + 1, last + 9), (first, 2**63 - 1)):
            with pytest.raises(NoSuchRecord, match="accepted: the first position of a request"):
                tracker.log.correct_instants(*wrong, reason=REASON, by="x")
        for sound in ((1, last), (3, 3), (1, 2)):
            with pytest.raises(InstantNotAhead, match="is not after"):
                tracker.log.correct_instants(*sound, reason=REASON, by="x")
        for none in ((0, last), (last, first), (first, 2**63)):
            with pytest.raises(InvalidField):
                tracker.log.correct_instants(*none, reason=REASON, by="x")
        with pytest.raises(InvalidField):
            tracker.log.correct_instants(first, last, reason="", by="x")
        with pytest.raises(ClockBehind) as caught:
            tracker.log.correct_instants(first, first + 1, reason=REASON, by="x")
        assert (first, last) == (caught.value.first, caught.value.last)
        assert () == tracker.log.history("~clock")
        tracker.log.correct_instants(first, last, reason=REASON, by="x")
        with pytest.raises(InstantNotAhead, match="these instants are corrected already"):
            tracker.log.correct_instants(first, last, reason=REASON, by="x")
        with pytest.raises(InstantNotAhead):  # the correction itself is right
            tracker.log.correct_instants(last + 1, last + 1, reason=REASON, by="x")
        assert () == tracker.log.check()


def test_a_correction_by_a_wrong_clock_is_corrected_too(url: str) -> None:
    """One that was made while the clock was ahead, and a second time."""
    clock = Clock()
    with Tracker(url, clock=clock) as tracker:
        first, last = wronged(tracker, clock)
        right, clock.now = clock.now, WRONG - timedelta(days=365)
        wrong = tracker.log.correct_instants(first, last, reason=REASON, by="x")
        tracker.record(progress(4), by="a")
        clock.now = right
        with pytest.raises(ClockBehind) as caught:
            tracker.record(progress(5), by="a")
        assert (first, wrong.position + 1) == (caught.value.first, caught.value.last)
        record = tracker.log.correct_instants(wrong.position, wrong.position + 1, reason=REASON, by="x")
        assert right == record.recorded_at
        assert record.position == tracker.log.position(right) == tracker.log.position()
        assert () == tracker.log.check()


def test_a_policy_lets_stewards_correct_and_nobody_else(url: str) -> None:
    """And nobody by recording the event, nor is it taken back."""
    clock = Clock()
    with Tracker(url, clock=clock) as tracker:
        first, last = wronged(tracker, clock)
    with Tracker(url, clock=clock, policy=SeparationOfDuties(stewards=("quan-tri",))) as tracker:
        with pytest.raises(NotPermitted):
            tracker.log.correct_instants(first, last, reason=REASON, by="x")
        assert () == tracker.log.history("~clock")
        tracker.log.correct_instants(first, last, reason=REASON, by="quan-tri")
        with pytest.raises(NotPermitted):
            tracker.log.correct_instants(first, last, reason=REASON, by="x")
        assert [1] == [record.event.times for record in tracker.log.refusals()]
    with Tracker(url, clock=clock, policy=open_to_all) as tracker:
        event = InstantsCorrected("~clock", on=day("6-1"), first=first, last=last, reason=REASON)
        with pytest.raises(TypeError, match="cannot be recorded"):
            tracker.record(event, by="x")
        with pytest.raises(JournalIsKept):
            tracker.record(RecordRetracted("~clock", version=1, reason="x"), by="x")


@pytest.mark.parametrize(
    ("statement", "first"),
    [
        (
            "UPDATE reformtrack_requests SET recorded_at = '2038-01-19T03:14:07.000000+00:00' WHERE first_position = 3",
            3,
        ),
        ("INSERT INTO reformtrack_requests VALUES (4, 4, 'x', '2038-01-19T03:14:07.000000+00:00')", 4),
    ],
)
def test_a_row_of_the_requests_that_is_ahead_is_named_and_corrected(url: str, statement: str, first: int) -> None:
    """Whoever put it there: recording stops, and goes on once a steward says that it is wrong."""
    clock = Clock()
    with Tracker(url, clock=clock) as tracker:
        tracker.record(adopted(), scheduled(), by="a")
        tracker.record(progress(), progress(1), by="a", request_id="r")
        tamper(url, statement)
        clock.now += MINUTES
        with pytest.raises(ClockBehind) as caught:
            tracker.record(progress(2), by="a")
        assert (first, 4) == (caught.value.first, caught.value.last)
        tracker.log.correct_instants(first, 4, reason=REASON, by="x")
        [record] = tracker.record(progress(2), by="a")
        assert clock.now == record.recorded_at
        assert tracker.log.check(), "the record and its request do not say the same"


def test_a_row_of_the_requests_behind_the_log_stops_nothing(url: str) -> None:
    """It belongs to no record, whatever its instant, or what stands there instead of one."""
    clock = Clock()
    with Tracker(url, clock=clock) as tracker:
        tracker.record(adopted(), scheduled(), by="a")
        tamper(url, "INSERT INTO reformtrack_requests VALUES (99, 99, 'x', '2038-01-19T03:14:07.000000+00:00')")
        tamper(url, "INSERT INTO reformtrack_requests VALUES (100, 100, 'y', '2999')")
        clock.now += MINUTES
        [record] = tracker.record(progress(), by="a", request_id="r")
        assert clock.now == record.recorded_at
        assert (record,) == tracker.record(progress(), by="a", request_id="r")
        assert {99, 100} == {damage.position for damage in tracker.log.check()}
        assert 3 == tracker.log.position(clock.now)


def test_a_row_of_the_requests_without_an_instant_is_an_error_of_the_store(url: str) -> None:
    """Not of Python's; and it is corrected as any other that is ahead."""
    clock = Clock()
    with Tracker(url, clock=clock) as tracker:
        tracker.record(adopted(), scheduled(), by="a")
        tamper(url, "UPDATE reformtrack_requests SET recorded_at = '2999' WHERE first_position = 1")
        with pytest.raises(StoreError, match="'2999', which is not an instant; accepted"):
            tracker.record(progress(), by="a")
        tracker.log.correct_instants(1, 2, reason=REASON, by="x")
        assert clock.now == tracker.record(progress(), by="a")[0].recorded_at


def test_a_server_whose_clock_says_otherwise_refuses(postgres: str) -> None:
    """By five minutes, ahead or behind; a clock that was given is not compared."""
    with Tracker(postgres) as tracker:
        tracker.record(adopted(), scheduled(), by="a")
        for shift in (timedelta(minutes=6), timedelta(minutes=-6), timedelta(days=5000)):
            tracker._clock = lambda shift=shift: datetime.now(UTC) + shift  # type: ignore[misc]
            with pytest.raises(ClocksDiffer, match="at most five minutes apart"):
                tracker.record(progress(), by="a")
            assert 2 == len(rows(tracker))
        tracker._clock = lambda: datetime.now(UTC) + timedelta(minutes=4)
        tracker.record(progress(), by="a")
    with Tracker(postgres, clock=Clock(datetime.now(UTC) + timedelta(days=1))) as tracker:
        tracker.record(progress(1), by="a")


def test_a_server_is_not_asked_after_the_record_is_made(postgres: str) -> None:
    """An empty log, where no instant is before: a clock that is behind the server's is refused there too."""
    with Tracker(postgres, tree_within_appends=True) as tracker:
        tracker._clock = lambda: datetime.now(UTC) - timedelta(hours=1)
        with pytest.raises(ClocksDiffer) as caught:
            tracker.record(adopted(), by="a")
        assert caught.value.instant < caught.value.server
        assert [] == rows(tracker)
        tracker._clock = lambda: datetime.now(UTC)
        tracker.record(adopted(), by="a")
        assert 1 == tracker._tree.kept().size


VIET_NAM = timezone(timedelta(hours=7))


def test_today_is_not_before_the_day_of_the_last_record(url: str) -> None:
    """A clock that is set back over midnight refuses no fact of the day that had begun."""
    clock = Clock(datetime(2023, 7, 1, 0, 1, tzinfo=VIET_NAM))
    with Tracker(url, clock=clock) as tracker:
        tracker.record(adopted(), scheduled(), by="a")
        clock.now -= 3 * MINUTES
        assert date(2023, 7, 1) == tracker.today()
        tracker.record(ActivityStarted("p/1.01", on=day("7-1")), by="a")
        clock.now -= 2 * MINUTES  # 23:56: the log is five minutes ahead
        tracker.record(ProgressReported("p/1.01", on=day("7-1"), note="x"), by="a")
        clock.now -= 1 * MINUTES
        assert date(2023, 6, 30) == tracker.today()
        with pytest.raises(ClockBehind):  # and not that the fact is dated in the future
            tracker.record(ProgressReported("p/1.01", on=day("7-1"), note="y"), by="a")
    with Tracker(url, clock=Clock(datetime(2023, 7, 1, 23, 58, tzinfo=VIET_NAM))) as tracker:
        assert date(2023, 7, 1) == tracker.today()


def naive_position(tracker: Tracker, instant: datetime) -> int:
    """The greatest last position of a request that was recorded by then."""
    requests = tracker._store.recorder.select_requests(1, 10**6)
    known = [request for request in requests if datetime.fromisoformat(request.recorded_at) <= instant]
    return max((request.last_position for request in known), default=0)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["record", "record", "correct", "part"]), st.sampled_from([-9000, -61, -3, 0, 1, 7, 61, 9000])
    ),
    max_size=25,
)


def recorded(url: str | None, steps: list[tuple[str, int]]) -> Tracker:
    """A log of a clock that is set to and fro, with the corrections that let it go on."""
    clock = Clock()
    tracker = Tracker(url, clock=clock)
    tracker.record(adopted(), scheduled(), by="a")
    for number, (what, minutes) in enumerate(steps):
        clock.now += minutes * MINUTES
        try:
            tracker.record(progress(number), *[progress(-number)] * (number % 3), by="a")
        except ClockBehind as error:
            first, last = error.first, error.last
            if what == "part":  # what is left over is ahead still, or not
                first = tracker._store.recorder.select_requests(last, last)[-1].first_position
            if what != "record":
                with contextlib.suppress(ClockBehind, InstantNotAhead, NoSuchRecord):
                    tracker.log.correct_instants(first, last, reason=REASON, by="x")
    clock.now += timedelta(days=300)
    return tracker


def check_positions(tracker: Tracker) -> None:
    assert () == tracker.log.check()
    instants = {record.recorded_at for record in tracker.log.records()} | {
        INSTANT + n * MINUTES for n in (-9000, 30, 100, 9000)
    }
    for instant in (at + more for at in instants for more in (-MINUTES, timedelta(0), timedelta(microseconds=1))):
        if instant <= tracker._now():
            assert naive_position(tracker, instant) == tracker.log.position(instant)


@given(STEPS)
def test_an_instant_means_the_last_position_that_was_recorded_by_then(steps: list[tuple[str, int]]) -> None:
    """Whatever the clock did and was said of it; the check finds nothing."""
    with recorded(None, steps) as tracker:
        check_positions(tracker)


@settings(max_examples=15)
@given(STEPS)
def test_the_same_in_postgresql(server: str, steps: list[tuple[str, int]]) -> None:
    """Its search is its own."""
    with recorded(f"{server}&schema=i{uuid4().hex}", steps) as tracker:
        check_positions(tracker)


@given(STEPS)
def test_instants_that_are_right_never_go_back(steps: list[tuple[str, int]]) -> None:
    """Of the records that nothing says are wrong."""
    with recorded(None, steps) as tracker:
        corrections = [record.event for record in tracker.log.history("~clock")]
        right = [r for r in tracker.log.records() if not any(c.first <= r.position <= c.last for c in corrections)]  # type: ignore[union-attr]  # all of this kind
        assert sorted(record.recorded_at for record in right) == [record.recorded_at for record in right]


FIGURE = IndicatorDefined("p#a", on=day("1-3"), title="Khiếu nại", unit="vụ", kind=IndicatorKind.COUNT)
FACES: dict[str, Callable[[Tracker, Any], Any]] = {
    "plan": lambda tracker, at: tracker.plan("p", known_at=at).activities,
    "progress": lambda tracker, at: tracker.plan("p", known_at=at).progress().counted,
    "another day": lambda tracker, at: tracker.plan("p", known_at=at).as_of(day("6-1")).activities,
    "indicators": lambda tracker, at: tracker.indicators("p", known_at=at),
    "agencies": lambda tracker, at: tracker.agencies(known_at=at).agencies,
    "reports": lambda tracker, at: [(one.id, one.content) for one in tracker.reports.of("p", known_at=at)],
    "as known now": lambda tracker, at: [one.plan_now.activities for one in tracker.reports.of("p", known_at=at)],
    "warnings": lambda tracker, at: tracker.warnings("p", known_at=at),
    "plans": lambda tracker, at: tracker.plans(known_at=at),
    "roll-up": lambda tracker, at: [(one.lines, one.position) for one in [tracker.rollup(known_at=at)]],
}


@pytest.mark.parametrize("face", FACES)
def test_every_face_answers_for_an_instant_as_for_its_position(url: str, face: str) -> None:
    """Before a wrong clock, in between, at the correction, and after it."""
    clock, ask = Clock(), FACES[face]
    with Tracker(url, clock=clock) as tracker:
        tracker.record(adopted(), scheduled(), scheduled("p/2.01", domain="2"), by="a")
        clock.now += MINUTES
        tracker.record(FIGURE, by="a")
        right, clock.now = clock.now, WRONG
        tracker.record(
            ActivityStarted("p/1.01", on=day("3-1")),
            ReadingTaken("p#a", on=day("3-1"), as_of=day("3-1"), value=Decimal(5)),
            by="a",
        )
        tracker.record(AgencyRegistered("@a", on=day("1-2"), name="Sở A"), by="a")
        tracker.reports.issue("p", "2023-h1", by="a")
        last = tracker.record(RecordRetracted("p/1.01", version=2, reason="x"), by="a")[-1].position
        clock.now = right + MINUTES
        tracker.log.correct_instants(5, last, reason=REASON, by="x")
        clock.now += MINUTES
        tracker.record(scheduled("p/1.02"), by="a")
        seen = set()
        for minutes in range(4):
            instant = INSTANT + minutes * MINUTES
            position = tracker.log.position(instant)
            seen.add(position)
            assert ask(tracker, instant) == ask(tracker, position)
        assert [3, 4, last + 1, last + 2] == sorted(seen)
        assert ask(tracker, clock.now) == ask(tracker, None)


def test_an_answer_shows_the_instant_that_was_asked(url: str) -> None:
    """And not the position that it means."""
    with Tracker(url, clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="a")
        tracker.reports.issue("p", "2023-h1", by="a")
        asked = INSTANT.astimezone(VIET_NAM)
        plan = tracker.plan("p", known_at=asked)
        [report] = tracker.reports.of("p", known_at=asked)
        assert (asked, 2) == (plan.known_at, plan.position)
        assert asked == plan.as_of(day("6-1")).known_at == plan.progress().known_at == report.plan_now.known_at
        assert asked == tracker.agencies(known_at=asked).known_at
        assert 1 == tracker.plan("p", known_at=1).known_at
        asks = (tracker.plan, "z"), (tracker.indicator, "p#z"), (tracker.reports.get, "p@2022-h1")
        for ask, id in asks:
            with pytest.raises(NotFound) as caught:
                ask(id, known_at=asked)
            assert asked == caught.value.known_at


def test_instants_at_the_ends_of_the_calendar(url: str) -> None:
    """Nothing was known at the beginning, in whatever zone; the end has not come."""
    with Tracker(url, clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="a")
        for zone in (UTC, VIET_NAM, timezone(-timedelta(hours=12))):
            assert 0 == tracker.log.position(datetime.min.replace(tzinfo=zone))
            with pytest.raises(NotFound):
                tracker.plan("p", known_at=datetime.min.replace(tzinfo=zone))
            assert {} == tracker.rollup(known_at=datetime.min.replace(tzinfo=zone)).lines
            with pytest.raises(InvalidInstant):
                tracker.log.position(datetime.max.replace(tzinfo=zone))
        for wrong in (datetime(2023, 1, 1), -1, 3, True, "1"):
            with pytest.raises(InvalidInstant):
                tracker.log.position(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("within", [False, True])
def test_the_tree_has_a_correction_as_any_other_record(url: str, within: bool) -> None:
    """And proofs and checkpoints go on."""
    clock, key = Clock(), SigningKey.generate("example.vn/log")
    with Tracker(url, clock=clock, tree_within_appends=within) as tracker:
        first, last = wronged(tracker, clock)
        before = Seals(tracker).seal(key)
        tracker.log.correct_instants(first, last, reason=REASON, by="x")
        assert (within, within) == (tracker._tree.kept().size == last + 1, tracker._tree.kept().position > last)
        assert Seals(tracker).verify(before).holds
        assert Seals(tracker).verify(Seals(tracker).seal(key, after=before)).holds
        assert () == tracker.log.check()


def test_two_stewards_at_once_make_one_correction(url: str) -> None:
    """The other is told that it is on record."""
    clock = Clock()
    with Tracker(url, clock=clock) as tracker:
        first, last = wronged(tracker, clock)
    barrier, said = threading.Barrier(4), list[str]()

    def correct() -> None:
        with Tracker(url, clock=clock) as tracker:
            barrier.wait()
            try:
                tracker.log.correct_instants(first, last, reason=REASON, by="x")
                said.append("corrected")
            except InstantNotAhead:
                said.append("on record")

    threads = [threading.Thread(target=correct) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ["corrected", *["on record"] * 3] == sorted(said)
    with Tracker(url, clock=clock) as tracker:
        assert 1 == len(tracker.log.history("~clock"))
        assert () == tracker.log.check()


def test_a_plan_is_silent_by_what_its_last_instant_means(url: str, tmp_path: Path) -> None:
    """A record of 2038 would keep it from ever being silent; once it is corrected, it counts from then."""
    clock = Clock()
    with Tracker(url, clock=clock) as tracker:
        wronged(tracker, clock)
        tracker.views.catch_up()
        tracker.log.correct_instants(4, 6, reason=REASON, by="x")
        corrected = clock.now
        tracker.record(adopted("q"), by="a")
        clock.now += timedelta(days=31)
        tracker.record(scheduled("q/1"), by="a")
        for _ in range(2):
            [silent] = tracker.rollup(silent_days=30).silent
            assert ("p", corrected) == (silent.plan, silent.recorded_at)
            assert (silent,) == tracker.rollup(silent_days=30, known_at=clock.now).silent
            assert (silent,) == tracker.rollup(silent_days=30, known_at=tracker.log.position()).silent
            assert () == tracker.rollup(silent_days=32).silent
            assert () == tracker.rollup(silent_days=100_000).silent
            tracker.views.export_parquet(tmp_path / "tables")
            [row, _] = pq.read_table(tmp_path / "tables" / "plans.parquet").to_pylist()
            assert ("p", corrected) == (row["plan"], row["recorded_at"])
            tracker.views.rebuild()


def test_what_cannot_be_read_is_known_from_its_position_on_for_an_instant_too(url: str) -> None:
    """A question about before it answers; as for a position, so for an instant, of every face."""
    clock = Clock()
    with Tracker(url, clock=clock) as tracker:
        tracker.record(adopted(), scheduled(), FIGURE, AgencyRegistered("@a", on=day("1-2"), name="Sở A"), by="a")
        tracker.reports.issue("p", "2023-h1", by="a")
        answers = {name: ask(tracker, tracker.log.position()) for name, ask in FACES.items()}
        clock.now += MINUTES
        tracker.record(progress(), ReadingTaken("p#a", on=day("3-1"), as_of=day("3-1"), value=Decimal(5)), by="a")
        tracker.record(AgencyRegistered("@b", on=day("1-2"), name="Sở B"), by="a")
        tamper(url, "UPDATE reformtrack_log SET topic = 'X.1' WHERE position > 5")
    with Tracker(url, clock=clock) as tracker:
        for name, ask in FACES.items():
            assert answers[name] == ask(tracker, 5) == ask(tracker, INSTANT), name
        assert {6, 7, 8} == {error.position for error in tracker.log.quarantine()}
        assert [6] == [error.position for error in tracker.plan("p").unreadable]


def test_what_was_known_before_an_unreadable_record_is_shown_by_every_page(url: str) -> None:
    """The log, a stream, the pages of a report and of an agency: for an instant as for a position."""
    clock, pages = (
        Clock(),
        ("/plans/p/reports/2023-h1", "/agencies/a", "/api/v1/records", "/api/v1/records?stream=p/1.01"),
    )
    with Tracker(url, clock=clock) as tracker:
        tracker.record(adopted(), scheduled(), FIGURE, AgencyRegistered("@a", on=day("1-2"), name="Sở A"), by="a")
        tracker.reports.issue("p", "2023-h1", by="a")
        clock.now += MINUTES
        tracker.record(progress(), AgencyRenamed("@a", on=day("3-1"), name="Sở B"), by="a")
        tracker.reports.correct("p@2023-h1", reason="x", by="a")
        tamper(url, "UPDATE reformtrack_log SET topic = 'X.1' WHERE position > 5")
    with Tracker(url, clock=clock) as tracker:
        assert {6, 7, 8} == {error.position for error in tracker.log.quarantine()}
        app = create_app(tracker)
        for page in pages:
            sign = "&" if "?" in page else "?"
            asked = (f"{page}{sign}known_at={known}" for known in ("5", INSTANT.strftime("%Y-%m-%dT%H:%M:%SZ"), "8"))
            assert [200, 200, 500] == [page_of(app, address).status_code for address in asked], page
        assert [1] == [record.version for record in tracker.log.history("p/1.01", 5)]
        assert tracker.log.history("p/1.01", 5) == tracker.log.history("p/1.01", INSTANT)


def test_a_correction_that_cannot_be_read_is_still_a_turn(url: str) -> None:
    """What it says is lost, and that instants begin anew with it is not."""
    clock = Clock()
    with Tracker(url, clock=clock) as tracker:
        first, last = wronged(tracker, clock)
        tracker.log.correct_instants(first, last, reason=REASON, by="x")
        tracker.record(progress(4), by="a")
        tamper(url, "UPDATE reformtrack_log SET state = '{' WHERE originator_id = '~clock'")
        assert last + 2 == tracker.log.position(clock.now)
        assert first - 1 == tracker.log.position(clock.now - MINUTES)
        assert any(damage.position == last + 1 for damage in tracker.log.check())
