"""
Concurrent cold starts: 2 to 16 processes open one store in the same moment, fresh or not, and record.

    python -m drills.starts --starts 50
"""

import argparse
import multiprocessing
import random
import sys
import tempfile
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import Any

from drills.kills import store
from reformtrack import Tracker
from tests.support import adopted

_processes = multiprocessing.get_context("forkserver")


def open_and_record(url: str, number: int, tell: "Connection[Any, Any]") -> None:
    """Opens the store when it is told to; says the position of what it recorded, or the error."""
    tell.send("ready")
    tell.recv()
    try:
        with Tracker(url) as tracker:
            tell.send(tracker.record(adopted(f"plan-{number}"), by="starter")[0].position)
    except Exception as error:  # whatever it is, it is counted and shown
        tell.send(f"{type(error).__name__}: {error}")


def start(url: str, processes: int, first: int) -> Iterator[str]:
    """So many processes at once; what went wrong."""
    ends, running = [], []
    for number in range(first, first + processes):
        ours, theirs = _processes.Pipe()
        running.append(_processes.Process(target=open_and_record, args=(url, number, theirs), daemon=True))
        running[-1].start()
        theirs.close()
        ends.append(ours)
    for end in ends:
        end.recv()
    for end in ends:
        end.send("go")
    said = [end.recv() for end in ends]
    for process in running:
        process.join()
    yield from (word for word in said if isinstance(word, str))
    with Tracker(url) as tracker:
        found: dict[str, int] = {record.stream: record.position for record in tracker.log.records()}
    for number, position in enumerate(said, first):
        if not isinstance(position, str) and found.get(f"plan-{number}") != position:
            yield f"plan-{number} is not at {position}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Start processes on one store at once.")
    parser.add_argument("--starts", type=int, default=50, help="on each store, fresh and existing")
    options = parser.parse_args()
    _processes.set_forkserver_preload([__name__])
    draw, failed = random.Random(7), 0
    for mode in ("sqlite", "postgres"):
        with store(mode) as (existing, _), tempfile.TemporaryDirectory() as folder:
            for kind in ("fresh", "existing"):
                wrong: list[str] = []
                passed = 0
                for number in range(options.starts):
                    fresh = (
                        f"sqlite:///{folder}/{number}.db" if mode == "sqlite" else f"{existing}&schema=fresh_{number}"
                    )
                    url = fresh if kind == "fresh" else existing
                    found = list(start(url, draw.randrange(2, 17), 100 * number))
                    passed += not found
                    wrong += found
                failed += options.starts - passed
                print(f"{mode:9} {kind:9} {passed} of {options.starts}", *wrong[:3], sep="\n  ", flush=True)
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
