"""
Honest histories: stores that grow, are closed and opened, caught up, made anew, and moved to the other database.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random

from drills import histories
from drills.judging import Answer, Found, Sealed, by_verify, judged, offline
from reformtrack import Tracker
from reformtrack.seal import verify_log

_OF_ONE_STORE = 50


def run(fresh: Iterator[str], others: Iterator[str], draw: Random, number: int) -> Found:
    """So many histories; `others` are the URLs of empty stores to which some are moved."""
    for start in range(0, number, _OF_ONE_STORE):
        with ExitStack() as stack:
            growing = Growing(next(fresh), next(others), draw, stack)
            yield "stores", 1
            for _ in range(min(_OF_ONE_STORE, number - start)):
                yield from growing.step()


class Growing:
    """A store, and checkpoints of it from its beginning on."""

    def __init__(self, url: str, other: str, draw: Random, stack: ExitStack) -> None:
        self._draw, self._stack = draw, stack
        self._url, self._other = url, other
        self._kind = histories.Kind.drawn(draw)
        self._folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        self._tracker = self._opened(url)
        histories.begin(self._tracker)
        if draw.random() < 0.5:
            histories.grow(self._tracker, draw, draw.choice((50, 240, 500)))
        self._checkpoints = [histories.sealed(self._tracker)]

    def _opened(self, url: str) -> Tracker:
        return self._stack.enter_context(self._kind.opened(url))

    def step(self) -> Found:
        """Something happens, the log is longer then; and all of it is in order."""
        self._grow()
        yield "histories", 1
        what = self._draw.choices(("", "catch_up", "seal", "rebuild", "restart", "move"), (60, 10, 15, 2, 10, 1))[0]
        if what:
            yield what, 1
            getattr(self, f"_{what}")()
        checkpoints = self._draw.sample(self._checkpoints, min(2, len(self._checkpoints)))
        for checkpoint in checkpoints:
            yield from judged("verify", by_verify(self._tracker, checkpoint.ours), None, True)
        for answer in self._offline(sorted(self._checkpoints, key=lambda checkpoint: checkpoint.ours.size)):
            yield from judged("offline", answer, None, True)
        damage = self._tracker.log.check()
        yield "check asked", 1
        yield from map(str, damage)

    def _grow(self) -> None:
        if self._url.startswith("postgres") and self._draw.random() < 0.3:
            with self._tracker.transaction() as session:
                schema = self._url.rpartition("=")[2]
                session.select(f"SELECT nextval(pg_get_serial_sequence('{schema}.reformtrack_log', 'position'))")
        histories.grow(self._tracker, self._draw, self._draw.choice((1, 1, 2, 5, 9, 20)))

    def _catch_up(self) -> None:
        self._tracker.views.catch_up()

    def _seal(self) -> None:
        self._checkpoints.append(histories.sealed(self._tracker))

    def _rebuild(self) -> None:
        self._tracker.views.rebuild()

    def _restart(self) -> None:
        self._tracker.close()
        self._tracker = self._opened(self._url)

    def _move(self) -> None:
        """To the other database, once; from then on it is recorded there."""
        if self._other:
            self._tracker.log.export(self._folder / "moved.jsonl")
            self._tracker.close()
            self._url, self._other = self._other, ""
            self._tracker = self._opened(self._url)
            self._tracker.log.load(self._folder / "moved.jsonl")

    def _offline(self, checkpoints: Sequence[Sealed]) -> list[Answer]:
        """What the stand-alone verifier says of the file, or of the log as a file."""
        file = histories.file_of(self._url)
        if file is None or self._draw.random() < 0.3:
            file = self._folder / self._draw.choice(("log.jsonl", "log.jsonl.gz"))
            self._tracker.log.export(file)
        with verify_log.opened(file) as log:
            return offline(log, checkpoints)
