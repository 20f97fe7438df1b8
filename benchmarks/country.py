"""
A country, simulated: its plans in bulk, and what many of them cost to count.

    python benchmarks/country.py [--plans 10000] [--store country.db]

34 provinces, their departments and 3,300 communes; by default 10,000 plans of 55 activities, some 5 million events, seeded. The
log is written as it would be stored, without the rules of recording, which the benchmark of the core measures.
"""

import argparse
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from core import decoders

from reformtrack import (
    ActivityCompleted,
    ActivityScheduled,
    ActivityStarted,
    CountingRule,
    Deadline,
    Document,
    Domain,
    Event,
    EvidenceFiled,
    PlanAdopted,
    ProgressReported,
    Record,
    Tracker,
)
from reformtrack.store.log import Request
from reformtrack.store.registry import Registry, Row

PROVINCES, COMMUNES = 34, 3_300
ACTIVITIES = 55
REPORTS = 6
ADOPTED = date(2023, 1, 2)
LAST = date(2023, 12, 15)
DEADLINES = ("Quý I", "Quý II", "Quý III", "Quý IV", "Trong năm", "30/11/2023", "Thường xuyên")
LEADS = ("Sở Nội vụ", "Sở Tư pháp", "Sở Tài chính", "Văn phòng UBND", "Sở Thông tin và Truyền thông")
DOMAINS = tuple(Domain(str(n), f"Lĩnh vực {n}") for n in range(1, 8))
NOW = datetime(2023, 12, 21, 3, tzinfo=UTC)
BATCH = 200
"""How many plans are written in a transaction."""


def jurisdiction(number: int) -> str:
    """Of the plans, a third are of provinces and their departments, the rest of communes."""
    return f"Tỉnh {number % PROVINCES + 1}" if number % 3 == 0 else f"Xã {number % COMMUNES + 1}"


def parents() -> dict[str, str]:
    """Each commune is in a province, each province in the country."""
    tree = {f"Xã {n + 1}": f"Tỉnh {n % PROVINCES + 1}" for n in range(COMMUNES)}
    return tree | {f"Tỉnh {n + 1}": "Việt Nam" for n in range(PROVINCES)}


def events_of(number: int, templates: "Templates") -> Iterator[tuple[str, int, str, bytes]]:
    """(stream, version, name, state) of each event of one plan."""
    draw = random.Random(number)
    plan = f"k-{number:05}"
    yield plan, 1, *templates.of("PlanAdopted", number, plan, ADOPTED, jurisdiction(number))
    for activity in range(ACTIVITIES):
        stream = f"{plan}/{activity % 7 + 1}.{activity // 7 + 1:02}"
        variant = draw.randrange(templates.variants)
        version, day = 1, ADOPTED + timedelta(days=draw.randrange(5, 40))
        yield stream, version, *templates.of("ActivityScheduled", variant, stream, ADOPTED, str(activity % 7 + 1))
        version += 1
        yield stream, version, *templates.of("ActivityStarted", variant, stream, day, "")
        for _ in range(REPORTS):
            day, version = min(day + timedelta(days=draw.randrange(15, 45)), LAST), version + 1
            yield stream, version, *templates.of("ProgressReported", variant, stream, day, "")
        if draw.random() < 0.93:
            yield stream, version + 1, *templates.of("EvidenceFiled", variant, stream, day, "")
            yield stream, version + 2, *templates.of("ActivityCompleted", variant, stream, day, "")


class Templates:
    """Stored events with places for what differs: encoding a country's worth of them one by one would take minutes."""

    variants = len(DEADLINES) * len(LEADS)

    def __init__(self) -> None:
        registry = Registry()
        self.cut: dict[tuple[str, int], tuple[str, list[bytes]]] = {}
        for variant in range(self.variants):
            for event in self.samples(variant):
                record = Record(0, event.subject, 1, event, datetime(2023, 12, 20, tzinfo=UTC), "he-thong", "@REQUEST@")
                name, state = registry.encode(record)
                for place in (b"@WHERE@", b"2001-01-01", b"@REQUEST@", b'"t/1"', b'"t"'):
                    state = state.replace(place, b"\x00" + {b'"t/1"': b'"t"'}.get(place, place) + b"\x00")
                self.cut[type(event).__name__, variant] = (name, state.split(b"\x00"))

    def samples(self, variant: int) -> Iterator[Event]:
        proof = Document(title="Báo cáo kết quả thực hiện", issuer="Sở Nội vụ", date=date(2023, 6, 1))
        lead, due = LEADS[variant % len(LEADS)], Deadline.parse(DEADLINES[variant // len(LEADS)], 2023)
        day, activity = date(2001, 1, 1), "t/1"
        yield PlanAdopted("t", on=day, title="Kế hoạch cải cách", year=2023, jurisdiction="@WHERE@", domains=DOMAINS)
        title = "Kiểm tra công tác cải cách hành chính tại các cơ quan, đơn vị"
        # The code of a domain takes no sign, so it is put in its place below.
        yield ActivityScheduled(activity, on=day, domain="WHERE", title=title, lead=lead, deadline=due)
        yield ActivityStarted(activity, on=day, note="Triển khai theo kế hoạch")
        yield ProgressReported(activity, on=day, note="Đang thực hiện", next_step="Tiếp tục thực hiện")
        yield EvidenceFiled(activity, on=day, evidence=(proof,))
        yield ActivityCompleted(activity, on=day, evidence=(proof,))

    def of(self, kind: str, variant: int, stream: str, day: date, where: str) -> tuple[str, bytes]:
        name, parts = self.cut[kind, variant % self.variants]
        values = {b"@WHERE@": where.encode(), b"2001-01-01": day.isoformat().encode(), b"@REQUEST@": stream.encode()}
        values[b'"t"'] = f'"{stream}"'.encode()
        state = b"".join(values.get(part, part) for part in parts)
        return name, state.replace(b'"domain":"WHERE"', f'"domain":"{where}"'.encode()) if where else state


def fill(tracker: Tracker, plans: int) -> int:
    """Write the plans; how many events."""
    recorder, templates, position = tracker._store.recorder, Templates(), tracker.position()
    numbers = iter(range(plans))
    while batch := list(islice(numbers, BATCH)):
        rows: list[Row] = []
        requests: list[Request] = []
        for number in batch:
            for stream, version, name, state in events_of(number, templates):
                position += 1
                rows.append((position, stream, version, name, state))
                requests.append(Request(position, position, f"{stream}#{version}", "2023-12-20T00:00:00.000000+00:00"))
        with recorder.exclusive():
            recorder.restore(rows, requests)
    return position


def floor(path: Path) -> float:
    """Seconds to SELECT the whole log and decode each event with msgspec, and nothing else."""
    readers = decoders()
    connection = sqlite3.connect(path)
    started = time.perf_counter()
    for name, state in connection.execute("SELECT topic, state FROM reformtrack_log ORDER BY position"):
        readers[name](state)
    return time.perf_counter() - started


def one_transaction_an_event(path: Path, events: int) -> float:
    """Seconds an event of a projection that commits each event with its position, as eventsourcing's does."""
    with Tracker(f"sqlite:///{path}") as tracker, tempfile.TemporaryDirectory() as folder:
        view = sqlite3.connect(Path(folder) / "view.db", isolation_level=None)
        view.execute("PRAGMA journal_mode = WAL")
        view.executescript("CREATE TABLE a (id TEXT PRIMARY KEY, status TEXT, day TEXT); CREATE TABLE t (p INTEGER);")
        started = time.perf_counter()
        for record in islice(tracker.log(), events):
            view.execute("BEGIN")
            view.execute(
                "INSERT INTO a VALUES (?,?,?) ON CONFLICT (id) DO UPDATE SET status = excluded.status, day = excluded.day",
                (record.stream, type(record.event).__name__, str(getattr(record.event, "on", ""))),
            )
            view.execute("INSERT INTO t VALUES (?)", (record.position,))
            view.execute("COMMIT")
        return (time.perf_counter() - started) / events


def median(call: Callable[[], Any], rounds: int = 9) -> float:
    """Median milliseconds."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        call()
        times.append((time.perf_counter() - started) * 1e3)
    return statistics.median(times)


def rebuilt(path: Path) -> tuple[float, int]:
    """(seconds, MB at the most) of making the views anew, in a process of its own."""
    found = subprocess.run(
        [sys.executable, __file__, "--rebuild", str(path)], capture_output=True, text=True, check=True
    ).stdout.split()
    return float(found[0]), int(found[1])


def rebuild_here(path: str) -> None:
    with Tracker(f"sqlite:///{path}") as tracker:
        started = time.perf_counter()
        tracker.rebuild()
        print(time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def line(what: str, value: str, aim: str, met: bool) -> None:
    print(f"{what:66} {value:>16}   {aim}: {'met' if met else 'MISSED'}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="A country, simulated.")
    parser.add_argument("--plans", type=int, default=10_000)
    parser.add_argument("--store", type=Path, help="a file to keep; one that is there is used as it is")
    parser.add_argument("--rebuild", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.rebuild:
        rebuild_here(options.rebuild)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = options.store or Path(folder) / "country.db"
        small = Path(folder) / "small.db"
        made = path.exists()
        for file, plans in ((small, 200), (path, options.plans)):
            with Tracker(f"sqlite:///{file}") as tracker:
                if file == small or not made:
                    started = time.perf_counter()
                    count = fill(tracker, plans)
                    print(
                        f"{plans:,} plans, {count:,} events written in {time.perf_counter() - started:.0f} s",
                        flush=True,
                    )
        measure(path, small)


def measure(path: Path, small: Path) -> None:
    with Tracker(f"sqlite:///{path}") as tracker, Tracker(f"sqlite:///{small}") as little:
        events, few = tracker.position(), little.position()
    bare, (seconds, megabytes) = floor(path), rebuilt(path)
    small_seconds, _ = rebuilt(small)
    each, each_of_few = seconds / events, small_seconds / few
    slice_ = one_transaction_an_event(small, 5_000)
    line("rebuild, against raw SELECT and decode", f"{seconds / bare:.2f} × {bare:.1f} s", "≤ 3×", seconds <= 3 * bare)
    line("rebuild, against a transaction an event", f"{slice_ / each:.1f}×", "≥ 5× faster", slice_ >= 5 * each)
    line("rebuild, memory", f"{megabytes} MB", "≤ 400 MB", megabytes <= 400)
    line(
        "rebuild, an event, against that of 100,000", f"{each / each_of_few:.2f}×", "≤ 1.2×", each <= 1.2 * each_of_few
    )
    with Tracker(f"sqlite:///{path}", clock=lambda: NOW) as tracker:
        tracker.catch_up()
        numbers = iter(range(10**6))

        def one_more() -> None:
            proof = Document(title=f"Tài liệu {next(numbers)}")
            tracker.record(EvidenceFiled("k-00007/1.01", on=LAST, evidence=(proof,)), by="he-thong")

        def caught_up() -> float:
            one_more()
            return median(tracker.catch_up, 1)

        ms = median(lambda: tracker.rollup(by=("jurisdiction", "domain")))
        line("rollup of all plans by jurisdiction and domain", f"{ms:.1f} ms", "≤ 50 ms", ms <= 50)
        ms = median(lambda: tracker.rollup(by=("jurisdiction",), rule=CountingRule.FALLEN_DUE).over(parents()))
        line("rollup of all plans over the tree of jurisdictions", f"{ms:.1f} ms", "≤ 50 ms", ms <= 50)
        ms = median(lambda: tracker.plan("k-00007").progress_by("domain"))
        line("a plan's dashboard", f"{ms:.1f} ms", "≤ 5 ms", ms <= 5)
        ms = median(lambda: tracker.plan("k-00007", on=date(2023, 6, 30)).progress_by("domain"))
        line("a plan on a past day", f"{ms:.1f} ms", "≤ 10 ms", ms <= 10)
        ms = statistics.median(caught_up() for _ in range(9))
        line("catching up after one record", f"{ms:.1f} ms", "≤ 2 ms", ms <= 2)


if __name__ == "__main__":
    main()
