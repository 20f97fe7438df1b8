"""
Writers that record at once from processes and threads, and the check of what they were told against the log.

    python -m drills.writers sqlite:///plans.db --processes 8 --requests 2500
"""

import argparse
import json
import multiprocessing
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any, NamedTuple, Protocol

from reformtrack import Event, IllegalHistory, Record, Tracker
from reformtrack.events import ActivityCompleted, ActivityReopened, PlanClosed, ProgressReported
from tests.support import ADOPTED, adopted, scheduled

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["drills.writers"])  # else each process that is started imports everything anew
ACTIVITIES = 60
SHARED = 10
"""Every so many requests, one is sent whose name and events another process sends too."""


def processes_of(number: int) -> ProcessPoolExecutor:
    """So many processes; one that dies is an error, where a pool of multiprocessing waits for its answer for ever."""
    return ProcessPoolExecutor(number, PROCESSES)


class Told(NamedTuple):
    """What a writer was told of a request: the positions and versions of its records; and when, by the monotonic clock."""

    request_id: str
    records: list[tuple[int, str, int]]
    at: float

    @classmethod
    def of(cls, records: Sequence[Record[Any]]) -> "Told":
        """What the records say, now."""
        told: list[tuple[int, str, int]] = [(record.position, record.stream, record.version) for record in records]
        return cls(records[0].request_id, told, time.monotonic())


class Outcome(NamedTuple):
    """What all writers were told: acknowledgements, how many requests were refused by a rule, and errors in words."""

    told: list[Told]
    refused: int
    errors: list[str]


class Flag(Protocol):
    """What says to writers in other processes that it is enough."""

    def is_set(self) -> bool:
        """Whether it is."""


def write(
    url: str, process: int, threads: int, requests: int, enough: Flag | None = None, activities: int = ACTIVITIES
) -> Outcome:
    """One process of writers, each of so many requests at the most."""
    told: list[Told] = []
    errors: list[str] = []
    refused: list[str] = []
    with Tracker(url) as tracker:

        def one(thread: int) -> None:
            draw = random.Random(f"{process}-{thread}")
            for number in range(requests):
                if enough and enough.is_set():
                    return
                request_id, events = request(draw, f"{process}-{thread}-{number}", activities)
                try:
                    records = tracker.record(*events, by="writer", request_id=request_id)
                except IllegalHistory as error:
                    refused.append(type(error).__name__)
                except Exception as error:  # whatever it is, it is counted and shown
                    errors.append(f"{type(error).__name__}: {error}")
                else:
                    told.append(Told.of(records))

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(one, range(threads)))
    return Outcome(told, len(refused), errors)


def request(draw: random.Random, name: str, activities: int = ACTIVITIES) -> tuple[str, list[Event]]:
    """A request of one to three events; some are the same in every process."""
    shared = draw.randrange(SHARED) == 0
    if shared:
        name = f"shared-{draw.randrange(1000)}"
        draw = random.Random(name)
    events: list[Event] = []
    for number in range(draw.randrange(1, 4)):
        activity = f"p/{draw.randrange(activities)}"
        on = ADOPTED + timedelta(days=draw.randrange(300))
        kind = 0 if shared else draw.randrange(4)
        if kind < 2:
            events.append(ProgressReported(activity, on=on, note=f"{name}-{number}"))
        elif kind == 2:
            events.append(ActivityCompleted(activity, on=on))
        else:
            events.append(ActivityReopened(activity, on=on, reason="làm lại"))
    return name, events


def close_soon(url: str, seconds: float) -> int:
    """Closes the plan `q` after some seconds, while others record on it; the position of the close."""
    time.sleep(seconds)
    with Tracker(url) as tracker:
        return tracker.record(PlanClosed("q", on=date(2023, 12, 30)), by="closer")[0].position


def write_until_closed(url: str, number: int) -> int:
    """Records on an activity of `q` until its plan is closed; how many."""
    with Tracker(url) as tracker:
        for count in range(1_000_000):
            try:
                tracker.record(ProgressReported(f"q/{number}", on=ADOPTED, note=str(count)), by="w")
            except IllegalHistory:
                return count
    raise AssertionError("the plan was never closed")


def run(
    url: str, processes: int, threads: int, requests: int, enough: Flag | None = None, activities: int = ACTIVITIES
) -> list[Outcome]:
    """What the writers were told, process by process."""
    with Tracker(url) as tracker:
        tracker.record(adopted(), *(scheduled(f"p/{n}") for n in range(activities)), by="a", request_id="p")
    with processes_of(processes) as pool:
        writing = [pool.submit(write, url, n, threads, requests, enough, activities) for n in range(processes)]
        return [one.result() for one in writing]


def violations(url: str, outcomes: list[Outcome]) -> Iterator[str]:
    """
    What the log and the acknowledgements say against each other.

    Each acknowledged request is in the log exactly once, as it was told; whoever sent it too was told the same; a request is
    whole and its records follow each other; versions count from 1 in each stream; positions and instants grow.
    """
    with Tracker(url) as tracker:
        log: list[Record[Any]] = list(tracker.log.records())
        last = max(log, key=lambda record: record.position)
        yield from [] if tracker.log.position() == last.position else ["the last position is not the log's"]
    by_request: dict[str, list[tuple[int, str, int]]] = {}
    for record in log:
        by_request.setdefault(record.request_id, []).append((record.position, record.stream, record.version))
    for outcome in outcomes:
        yield from outcome.errors
        for told in outcome.told:
            if by_request.get(told.request_id) != told.records:
                yield f"{told.request_id}: told {told.records}, found {by_request.get(told.request_id)}"
    for records in by_request.values():
        if [position for position, _, _ in records] != list(range(records[0][0], records[0][0] + len(records))):
            yield f"records of one request are apart: {records}"
    versions: Counter[str] = Counter()
    before = None
    for record in log:
        versions[record.stream] += 1
        if record.version != versions[record.stream]:
            yield f"{record.stream}: version {record.version} at place {versions[record.stream]}"
        if before and (before.position >= record.position or before.recorded_at > record.recorded_at):
            yield f"position {record.position} is not after {before.position} in order and time"
        before = record


def follow(url: str, stop: threading.Event, seen: list[int]) -> None:
    """Follows the log until it is stopped and has come to the end."""
    with Tracker(url) as tracker:
        seen.extend(record.position for record in tracker.log.follow(stop=stop))


def main() -> None:
    parser = argparse.ArgumentParser(description="Writers at once, checked.")
    parser.add_argument("url")
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--requests", type=int, default=800, help="of each thread")
    parser.add_argument("--activities", type=int, default=ACTIVITIES, help="that they record on")
    options = parser.parse_args()
    stop, seen = threading.Event(), list[int]()
    with Tracker(options.url):
        reader = threading.Thread(target=follow, args=(options.url, stop, seen))
        reader.start()
    started = time.perf_counter()
    outcomes = run(options.url, options.processes, options.threads, options.requests, None, options.activities)
    seconds = time.perf_counter() - started
    stop.set()
    reader.join()
    found = list(violations(options.url, outcomes))
    with Tracker(options.url) as tracker:
        positions = [record.position for record in tracker.log.records()]
    print(
        json.dumps(
            {
                "writers": options.processes * options.threads,
                "records": len(positions),
                "acknowledged requests": sum(len(outcome.told) for outcome in outcomes),
                "refused by a rule": sum(outcome.refused for outcome in outcomes),
                "violations": len(found),
                "first": found[:3],
                "the reader saw each once, in order": seen == positions,
                "seconds": round(seconds, 1),
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
