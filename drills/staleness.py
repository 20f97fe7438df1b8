"""
How far views are behind while others record, and a record of one plan cannot be read.

    python -m drills.staleness sqlite postgres
"""

import argparse
import multiprocessing
import random
import statistics
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import chain

from drills.kills import store
from reformtrack import Document, Tracker
from reformtrack.events import EvidenceFiled
from reformtrack.store import view_tables
from tests.support import ADOPTED, adopted, scheduled, tamper

PLANS, ACTIVITIES = 50, 10
WRITERS = 2
PAUSE = 0.05
"""Seconds between two rounds of the keeper of the views."""
LIMIT = 2.0

_processes = multiprocessing.get_context("forkserver")


def write(url: str, seed: int, records: int, rate: float) -> list[tuple[int, float]]:
    """(position, instant by the monotonic clock) of each record that was acknowledged."""
    draw, told = random.Random(seed), list[tuple[int, float]]()
    with Tracker(url) as tracker:
        for number in range(records):
            plan, activity = draw.randrange(1, PLANS), draw.randrange(ACTIVITIES)
            proof = Document(title=f"Tài liệu {seed}-{number}")
            [record] = tracker.record(EvidenceFiled(f"p{plan}/{activity}", on=ADOPTED, evidence=(proof,)), by="a")
            told.append((record.position, time.monotonic()))
            time.sleep(draw.expovariate(rate))
    return told


def keep(url: str) -> None:
    """A process of the host that keeps the views."""
    with Tracker(url) as tracker:
        while True:
            tracker.views.catch_up()
            time.sleep(PAUSE)


def watch(tracker: Tracker, stop: threading.Event, seen: list[tuple[int, float]]) -> None:
    """(position of the views, instant), whenever it has moved."""
    position = 0
    while not stop.wait(0.005):
        with tracker._store.moment() as session:
            tracking = view_tables.current(session)
        if tracking and tracking.position != position:
            position = tracking.position
            seen.append((position, time.monotonic()))


def measure(mode: str, records: int, rate: float) -> bool:
    """Whether all figures are as they have to be."""
    with store(mode) as (url, _), Tracker(url) as tracker:
        for plan in range(PLANS):
            tracker.record(adopted(f"p{plan}"), *(scheduled(f"p{plan}/{n}") for n in range(ACTIVITIES)), by="a")
        tracker.views.catch_up()
        tamper(url, "UPDATE reformtrack_log SET topic = 'X.1' WHERE originator_id = 'p0/3'")
        tracker.views.rebuild()
        keeper = _processes.Process(target=keep, args=(url,), daemon=True)
        keeper.start()
        stop, seen = threading.Event(), list[tuple[int, float]]()
        watcher = threading.Thread(target=watch, args=(tracker, stop, seen))
        watcher.start()
        with ProcessPoolExecutor(WRITERS, _processes) as pool:
            answers = [pool.submit(write, url, n, records // WRITERS, rate) for n in range(WRITERS)]
        told = list(chain.from_iterable(answer.result() for answer in answers))
        last = max(position for position, _ in told)
        end = time.monotonic() + 10
        while (not seen or seen[-1][0] < last) and time.monotonic() < end:
            time.sleep(0.05)
        stop.set()
        watcher.join()
        keeper.terminate()
        lags = sorted(max(0.0, next(at for position, at in seen if position >= mine) - when) for mine, when in told)
        found = tracker.rollup(by=["plan"], on=ADOPTED)
        others = {(f"p{n}",): tracker.plan(f"p{n}", on=ADOPTED).progress().total for n in range(1, PLANS)}
        equal = others == {key: line.total for key, line in found.lines.items()} and found.unreadable == ("p0",)
        listed = [str(error) for error in tracker.log.quarantine()]
    print(
        f"{mode:9} {len(told):,} records, views behind: median {statistics.median(lags) * 1e3:.0f} ms, "
        f"99 % {lags[int(len(lags) * 0.99)] * 1e3:.0f} ms, longest {lags[-1] * 1e3:.0f} ms; "
        f"the other plans' figures {'are right' if equal else 'are WRONG'}; listed: {listed[0]}",
        flush=True,
    )
    return equal and lags[-1] < LIMIT and len(listed) == 1


def main() -> None:
    parser = argparse.ArgumentParser(description="How far views are behind when one record cannot be read.")
    parser.add_argument("modes", nargs="+", choices=["sqlite", "postgres"])
    parser.add_argument("--records", type=int, default=2_000)
    parser.add_argument("--rate", type=float, default=100.0, help="records a second of each writer")
    options = parser.parse_args()
    met = [measure(mode, options.records, options.rate) for mode in options.modes]
    sys.exit(not all(met))


if __name__ == "__main__":
    main()
