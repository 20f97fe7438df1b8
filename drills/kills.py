"""
The crash test: processes that record, catch views up and make them anew are killed at random moments, hundreds of times.

    python -m drills.kills --kills 200 sqlite postgres server

`sqlite` and `postgres` kill the process that records or keeps the views. `server` kills a process of the PostgreSQL server,
which makes the whole server start again from its write-ahead log, and goes on when the client has been answered again. A
request that was not acknowledged is sent again by the next process; what was acknowledged is held against the log.
"""

import argparse
import multiprocessing
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import date
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from signal import SIGKILL
from typing import Any, NamedTuple

import psutil

from drills import writers
from drills.writers import ACTIVITIES, Outcome, Told
from reformtrack import CountingRule, Event, IllegalHistory, Tracker
from reformtrack.answers import Counted, Tally
from tests.servers import postgres_server
from tests.support import adopted, scheduled

LONGEST_LIFE = 0.15
"""For how many seconds a process works at the longest after its first word, before it is killed."""
CHECKED_EVERY = 20
"""After how many kills the views are held against the live fold."""
ON = date(2023, 12, 31)

_KILLED = (-SIGKILL, 255)
"""The exit codes of a process that was killed; the second where the fork server has not heard of it. After an error it is 1."""

_processes = multiprocessing.get_context("forkserver")


class Request(NamedTuple):
    """What is about to be sent, and is sent again if it was not acknowledged."""

    request_id: str
    events: list[Event]


class Kept(NamedTuple):
    """How far the views were brought; and when, by the monotonic clock."""

    position: int
    at: float


class Refused(NamedTuple):
    """The answer to a request that a rule forbids."""

    request_id: str


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
                tell.send(Refused(request.request_id))
            else:
                tell.send(Told.of(records))


def keep_views(url: str, seed: int, _: None, tell: "Connection[Any, Any]") -> None:
    """Catches views up as they come, and makes them anew from time to time; says the position."""
    draw = random.Random(seed)
    with Tracker(url) as tracker:
        while True:
            tell.send(
                Kept(tracker.views.rebuild() if draw.random() < 0.2 else tracker.views.catch_up(), time.monotonic())
            )


class Crashes:
    """Kills on one store: how many there were, what was acknowledged, and what is wrong."""

    def __init__(self, url: str, kill: "Kill") -> None:
        self.url, self.kill = url, kill
        self.sent: dict[str, int] = {}
        self.told: list[Told] = []
        self.kills: Counter[str] = Counter()
        self.wrong: list[str] = []

    def lives(self, work: Callable[..., None], kills: int, seed: int) -> None:
        """One process after the other, each killed; each begins with what the last was not answered."""
        unanswered = None
        for number in range(kills):
            said = self._life(work, seed + number, unanswered)
            unanswered = self._heard(said, unanswered)
            self.kills[work.__name__] += 1
            if work is record_on and number % CHECKED_EVERY == CHECKED_EVERY - 1:
                self._check_views()

    def _life(self, work: Callable[..., None], seed: int, again: Request | None) -> list[Any]:
        """What a process said until it was killed."""
        ours, theirs = _processes.Pipe(duplex=False)
        process = _processes.Process(target=work, args=(self.url, seed, again, theirs), daemon=True)
        process.start()
        theirs.close()
        said: list[Any] = []
        with suppress(EOFError), ours:
            said.append(ours.recv())
            time.sleep(random.Random(-seed).uniform(0, LONGEST_LIFE))
            said += self.kill(process, ours)
            while True:
                said.append(ours.recv())
        process.join()
        if process.exitcode not in _KILLED:
            self.wrong.append(f"{work.__name__} ended by itself with {process.exitcode}, seed {seed}")
        return said

    def _heard(self, said: list[Any], unanswered: Request | None) -> Request | None:
        """Notes the answers; the request that had none."""
        for word in said:
            if isinstance(word, Request):
                unanswered = word
                self.sent[word.request_id] = len(word.events)
            elif isinstance(word, Told | Refused):
                unanswered = None
                self.told += [word] if isinstance(word, Told) else []
        return unanswered

    def _check_views(self) -> None:
        """The views, which catch up by themselves, against the fold of the records, at one position."""
        with Tracker(self.url) as tracker:
            views = tracker.rollup(by=["domain"], on=ON, rule=CountingRule.WHOLE_PLAN)
            plan = tracker.plan("p", on=ON, known_at=views.position)
        counts: dict[str, Counter[Counted]] = {}
        counted = dict(plan.progress(CountingRule.WHOLE_PLAN).counted)
        for activity in plan.activities:
            counts.setdefault(activity.domain, Counter())[counted[activity.id]] += 1
        live = {(domain,): Tally(rule=CountingRule.WHOLE_PLAN, counts=found) for domain, found in counts.items()}
        if views.lines != live:
            self.wrong.append(f"position {views.position}: the views say {views.lines}, the fold {live}")

    def violations(self) -> Iterator[str]:
        """Everything that is wrong at the end."""
        yield from self.wrong
        yield from writers.violations(self.url, [Outcome(self.told, 0, [])])
        with Tracker(self.url) as tracker:
            found = Counter(record.request_id for record in tracker.log.records())
            yield from (str(damage) for damage in tracker.log.check())
        for request_id, events in self.sent.items():
            if found[request_id] not in (0, events):
                yield f"{request_id}: {found[request_id]} of its {events} records are in the log"


Kill = Callable[[BaseProcess, "Connection[Any, Any]"], list[Any]]
"""Ends the life of a process, which says things meanwhile."""


def kill_client(process: BaseProcess, _: "Connection[Any, Any]") -> list[Any]:
    """Kills the process itself."""
    process.kill()
    return []


class KillServer:
    """Kills a process of the server, whereupon all of them end; and the client when it was answered again."""

    def __init__(self, postmaster: int) -> None:
        self._postmaster = psutil.Process(postmaster)
        self._one_at_a_time = threading.Lock()

    def __call__(self, process: BaseProcess, ours: "Connection[Any, Any]") -> list[Any]:
        with self._one_at_a_time:
            while not self._kill_one():
                time.sleep(0.01)
            killed = time.monotonic()
            said: list[Any] = []
            while not any(word.at >= killed for word in said if isinstance(word, Told | Kept)):
                said.append(ours.recv())
        process.kill()
        return said

    def _kill_one(self) -> bool:
        serving = [child for child in self._postmaster.children() if _serves_a_client(child)]
        with suppress(psutil.NoSuchProcess, IndexError):
            random.choice(serving).kill()
            return True
        return False


def _serves_a_client(process: psutil.Process) -> bool:
    """By the title that PostgreSQL gives to its processes."""
    with suppress(psutil.NoSuchProcess):
        return "[local]" in " ".join(process.cmdline())
    return False


@contextmanager
def store(mode: str) -> Iterator[tuple[str, Kill]]:
    """The URL of an empty store, and how lives end on it."""
    if mode == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/plans.db", kill_client
        return
    with postgres_server() as server:
        yield server.url, kill_client if mode == "postgres" else KillServer(server.pid)


def crash(mode: str, kills: int, seed: int) -> Crashes:
    """So many kills on a store of its own, of a recorder and of a keeper of the views side by side."""
    with store(mode) as (url, kill):
        with Tracker(url) as tracker:
            tracker.record(adopted(), *(scheduled(f"p/{n}") for n in range(ACTIVITIES)), by="a", request_id="p")
            tracker.views.catch_up()
        crashes = Crashes(url, kill)
        with ThreadPoolExecutor(2) as pool:
            half = kills // 2
            for done in [
                pool.submit(crashes.lives, record_on, kills - half, seed),
                pool.submit(crashes.lives, keep_views, half, seed),
            ]:
                done.result()
        crashes.wrong = list(crashes.violations())
    return crashes


def main() -> None:
    parser = argparse.ArgumentParser(description="Kill processes that record and keep views, and check what is left.")
    parser.add_argument("modes", nargs="+", choices=["sqlite", "postgres", "server"])
    parser.add_argument("--kills", type=int, default=200, help="in each mode")
    parser.add_argument("--seed", type=int, default=1_000_000)
    options = parser.parse_args()
    _processes.set_forkserver_preload([__name__])
    wrong = 0
    for mode in options.modes:
        found = crash(mode, options.kills, options.seed)
        wrong += len(found.wrong)
        lives = ", ".join(f"{number} of {work}" for work, number in sorted(found.kills.items()))
        print(
            f"{mode:9} kills {found.kills.total():>4} ({lives}), "
            f"acknowledged {len(found.told):>6,}, violations {len(found.wrong)}",
            *found.wrong[:5],
            sep="\n  ",
            flush=True,
        )
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
