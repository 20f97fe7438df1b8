"""
What protection and encryption cost: an append, a read of the log, and a token, beside the same without them.

Run: python benchmarks/confidential.py
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial

from reformtrack import Deadline, Domain, Tracker
from reformtrack.events import ActivityScheduled, PlanAdopted, ProgressReported
from reformtrack.protection import Protection

ROUNDS, APPENDS, EVENTS = 5, 300, 5_000
DAY = date(2023, 1, 2)
NOTE = "Đã rà soát 12 văn bản; người phụ trách: "
NAME = "Nguyễn Thị Minh Khai"
MASTER = os.urandom(32)


def opened(folder: str, name: str, *, encrypted: bool = False) -> Tracker:
    """A store with a plan and an activity."""
    keys = [os.urandom(32)] if encrypted else None
    tracker = Tracker(f"sqlite:///{folder}/{name}.db", cipher_keys=keys)
    adopted = PlanAdopted("p", on=DAY, title="x", year=2023, jurisdiction="x", domains=(Domain("1", "x"),))
    due = Deadline.parse("Quý II", 2023)
    tracker.record(
        adopted,
        *(ActivityScheduled(f"p/{n}", on=DAY, domain="1", title="x", lead="y", deadline=due) for n in range(APPENDS)),
        by="a",
    )
    return tracker


def microseconds(call: Callable[[], object], times: int) -> float:
    """How long each of so many parts of a call takes."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) / times * 1e6


def append(tracker: Tracker, note: Callable[[], str]) -> None:
    """One event in a transaction, each in another activity, so that no stream grows."""
    for number in range(APPENDS):
        tracker.record(ProgressReported(f"p/{number}", on=DAY, note=note()), by="a")


def read(tracker: Tracker) -> int:
    """The whole log; how many records."""
    return sum(1 for _ in tracker.log.records())


def measured(folder: str, number: int) -> dict[str, float]:
    """One round: each contender in its turn."""
    plain, encrypted = opened(folder, f"plain{number}"), opened(folder, f"encrypted{number}", encrypted=True)
    protection = Protection(plain, MASTER)
    with plain, encrypted:
        for tracker in (plain, encrypted):
            append(tracker, lambda: NOTE)
        found = {
            "append, plain": microseconds(lambda: append(plain, lambda: NOTE + NAME), APPENDS),
            "append, encrypted": microseconds(lambda: append(encrypted, lambda: NOTE + NAME), APPENDS),
            "append, with a token": microseconds(
                lambda: append(plain, lambda: NOTE + protection.protect("nv-1", NAME)), APPENDS
            ),
        }
        for tracker in (plain, encrypted):
            events = [ProgressReported(f"p/{n % APPENDS}", on=DAY, note=NOTE + NAME) for n in range(EVENTS)]
            tracker.record(*events, by="a")
        for name, tracker in (("plain", plain), ("encrypted", encrypted)):
            found[f"read of the log, {name}"] = microseconds(partial(read, tracker), tracker.log.position())
        token = protection.protect("nv-1", NAME)
        found["protect"] = microseconds(lambda: [protection.protect("nv-1", NAME) for _ in range(APPENDS)], APPENDS)
        found["reveal"] = microseconds(lambda: [protection.reveal(token) for _ in range(APPENDS)], APPENDS)
    return found


def main() -> None:
    """Print the medians, and the ratios to the plain way."""
    with tempfile.TemporaryDirectory() as folder:
        rounds = [measured(folder, number) for number in range(ROUNDS)]
    medians = {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}
    for name, value in medians.items():
        floor = medians.get(f"{name.split(',')[0]}, plain")
        print(f"{name:28} {value:9.2f} µs {f'{value / floor:5.2f} × plain' if floor else ''}")


if __name__ == "__main__":
    main()
