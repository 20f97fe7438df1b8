"""
The crash test: processes that record, catch views up and make them anew are killed at random moments, hundreds of times.

    python -m tests.drills.kills --kills 200 sqlite postgres server

`sqlite` and `postgres` kill the client's process; `server` kills a process of the PostgreSQL server, which makes all of it start
again from its write-ahead log. After each kill the same work goes on; at the end, what was acknowledged is held against the log.
"""

import argparse
import multiprocessing
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from reformtrack import Event, IllegalHistory, Tracker
from tests.drills import writers
from tests.drills.writers import ACTIVITIES, Outcome, Told
from tests.support import adopted, scheduled

LONGEST_LIFE = 0.15
"""For how many seconds a process works at the longest after its first answer, before it is killed."""
CHECKED_EVERY = 20
"""After how many kills the views are held against the live fold."""
_processes = multiprocessing.get_context("forkserver")


class Request(NamedTuple):
    """What a writer is about to send, and is told to send again if it was not acknowledged."""

    request_id: str
    events: list[Event]


def record_on(url: str, seed: int, again: Request | None, tell: "Connection[Any, Any]") -> None:
    """Records one request after the other: says which before, and what it was told after."""
    draw = random.Random(seed)
    with Tracker(url) as tracker:
        for number in range(1_000_000):
            request = again or Request(*writers.request(draw, f"{seed}-{number}"))
            again = None
            tell.send(request)
            try:
                records = tracker.record(*request.events, by="writer", request_id=request.request_id)
            except IllegalHistory:
                tell.send(None)
            else:
                tell.send(
                    Told(request.request_id, [(r.position, r.stream, r.version) for r in records], time.monotonic())
                )


def keep_views(url: str, seed: int, again: None, tell: "Connection[Any, Any]") -> None:
    """Catches views up as they come, and makes them anew from time to time."""
    draw = random.Random(seed)
    with Tracker(url) as tracker:
        tell.send(None)
        while True:
            if draw.random() < 0.2:
                tracker.rebuild()
            else:
                tracker.catch_up()


def killed(
    work: Callable[..., None], url: str, seed: int, again: Request | None, kill: Callable[[BaseProcess], None]
) -> list[Any]:
    """What a process said until it was killed, at a random moment after its first word."""
    ours, theirs = _processes.Pipe(duplex=False)
    process = _processes.Process(target=work, args=(url, seed, again, theirs), daemon=True)
    process.start()
    theirs.close()
    said: list[Any] = []
    with suppress(EOFError), ours:
        said.append(ours.recv())
        time.sleep(random.Random(-seed).uniform(0, LONGEST_LIFE))
        kill(process)
        while True:
            said.append(ours.recv())
    process.join()
    return said
