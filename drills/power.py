"""
The power-failure test of a SQLite store: what may be on the disk after each of its operations, opened and held against the log.

    python -m drills.power --requests 300 --cuts 2000

A process records, keeps views and delivers, while `power.c` writes down each operation on the store's files. Then the power
fails after one operation, and after another. What was written before the file's last fsync is on the disk. Of what was written
since, all may be there, or nothing, or any sectors of 512 or 4,096 bytes; where the file grew, zeros or what stood on the disk
before may be in place of others. Of the names made or removed since the last fsync of the folder, any. Every state is opened
with reformtrack.

`--synchronous NORMAL` weakens the store on purpose; the drill has to find that it loses records.
"""

import argparse
import os
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from drills import writers
from reformtrack import CountingRule, Event, IllegalHistory, Tracker
from reformtrack.answers import Counted, Tally
from reformtrack.events import ProgressReported
from reformtrack.outbox import Outbox
from reformtrack.store import sqlite_schema
from tests.support import ADOPTED, adopted, scheduled

ACTIVITIES = 12
STORE, TOLD = "plans.db", "told"
SUBSCRIPTION = "inbox"
ON = date(2023, 12, 31)
_HEADER = struct.Struct("<c3xIQQQ")


def work(folder: Path, requests: int, seed: int, synchronous: str) -> None:
    """Records, and writes to a file of its own the position that each acknowledgement names; checkpoints come in between."""
    sqlite_schema.DURABLE = f"PRAGMA synchronous = {synchronous}"
    draw, told = random.Random(seed), os.open(folder / TOLD, os.O_WRONLY | os.O_CREAT)
    store, number = folder / STORE, 0
    while number < requests:
        with Tracker(f"sqlite:///{store}") as tracker, closing(sqlite3.connect(store, isolation_level=None)) as other:
            if not number:
                plan: list[Event] = [adopted(), *(scheduled(f"p/{n}") for n in range(ACTIVITIES))]
                os.write(told, b"%d\n" % tracker.record(*plan, by="a", request_id="p")[-1].position)
            outbox = Outbox(tracker, "https://example.vn/log")
            outbox.subscribe(SUBSCRIPTION, lambda event: None, after=0)
            for _ in range(draw.randrange(5, 60)):
                number += 1
                name, events = writers.request(draw, str(number), ACTIVITIES)
                if draw.randrange(4) == 0:
                    note = f"{number} " + "ghi chú " * draw.randrange(200)
                    name, events = f"long-{number}", [ProgressReported("p/0", on=ADOPTED, note=note)]
                with suppress(IllegalHistory):
                    records = tracker.record(*events, by="writer", request_id=name)
                    os.write(told, b"%d\n" % records[-1].position)
                _beside(draw.randrange(40), tracker, outbox, other)


def _beside(choice: int, tracker: Tracker, outbox: Outbox, other: sqlite3.Connection) -> None:
    """What else is done to a store between two requests, now and then."""
    if choice == 0:
        tracker.views.rebuild()
    elif choice < 6:
        tracker.views.catch_up()
    elif choice < 9:
        outbox.deliver(SUBSCRIPTION)
    elif choice < 14:
        if other.in_transaction:
            other.execute("COMMIT")
        other.execute(f"PRAGMA wal_checkpoint({('PASSIVE', 'FULL', 'RESTART', 'TRUNCATE', 'PASSIVE')[choice - 9]})")
    elif choice < 16 and not other.in_transaction:  # a reader: until it ends, the write-ahead log is not begun anew
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM reformtrack_log").fetchone()


class Operation(NamedTuple):
    """A line of the trace."""

    what: str
    """c create, d the folder is opened, w write, t truncate, s sync, u unlink."""
    file: int
    """The inode."""
    offset: int
    """Where it writes; the size that it cuts to."""
    name: str
    written: bytes


def operations(trace: Path) -> Iterator[Operation]:
    """The operations of a trace, in order."""
    with trace.open("rb") as lines:
        while header := lines.read(_HEADER.size):
            what, name_size, file, offset, size = _HEADER.unpack(header)
            name = lines.read(name_size).decode()
            yield Operation(what.decode(), file, offset, name, lines.read(size))


class File:
    """A file: what is surely on the disk, and what was done to it since."""

    def __init__(self) -> None:
        self.durable = bytearray()
        self.since: list[Operation] = []

    def sync(self) -> None:
        """All is on the disk."""
        for operation in self.since:
            _apply(self.durable, operation.what, operation.offset, operation.written)
        self.since.clear()

    def after_failure(self, draw: random.Random, kept: float, sector: int) -> bytes:
        """What may be found: each sector of each write since the sync with some probability, in any combination."""
        found = bytearray(self.durable)
        for what, _, offset, _, written in self.since:
            if what == "t":
                if draw.random() < kept:
                    _apply(found, what, offset, written)
                continue
            start = 0
            while start < len(written):
                end = min(len(written), start + sector - (offset + start) % sector)
                if draw.random() < kept:
                    _apply(found, what, offset + start, written[start:end])
                elif kept and offset + start >= len(
                    self.durable
                ):  # the file grew, and has what stood on the disk before
                    there = (None, bytes(end - start), draw.randbytes(end - start))[draw.randrange(3)]
                    if there is not None:
                        _apply(found, what, offset + start, there)
                start = end
        return bytes(found)


def _apply(content: bytearray, what: str, offset: int, written: bytes) -> None:
    if what == "t":
        del content[offset:]
    content.extend(bytes(max(0, offset - len(content))))
    if what == "w":
        content[offset : offset + len(written)] = written


class Disk:
    """The folder of a store, operation after operation."""

    def __init__(self) -> None:
        self.told = 0
        """The last position that was acknowledged."""
        self._folder = 0
        self._files: dict[int, File] = {}
        self._told_file = 0
        self._names: dict[str, File | None] = {}
        self._names_since: list[tuple[str, File | None]] = []

    def do(self, operation: Operation) -> None:
        """One operation, with the power on."""
        what, inode, _, name, written = operation
        if what == "c" and name == TOLD:
            self._told_file = inode
        elif what == "w" and inode == self._told_file:
            self.told = max(self.told, int(written))  # a request sent again is acknowledged again
        elif what == "d":
            self._folder = inode
        elif what == "c":
            self._files[inode] = File()  # a number of a file that is gone may be used again
            self._names_since.append((name, self._files[inode]))
        elif what == "u":
            self._names_since.append((name, None))
        elif what == "s" and inode == self._folder:
            self._names.update(self._names_since)
            self._names_since.clear()
        elif what == "s":
            self._files[inode].sync()
        else:
            self._files[inode].since.append(operation)

    def after_failure(self, draw: random.Random, kept: float, sector: int) -> dict[str, bytes]:
        """The files that may be found, by name."""
        names, lost = dict(self._names), set[str]()
        for name, file in self._names_since:  # of one name, what came after something lost is lost too
            if name in lost or draw.random() >= kept:
                lost.add(name)
            else:
                names[name] = file
        return {name: file.after_failure(draw, kept, sector) for name, file in names.items() if file}


class Log(NamedTuple):
    """What a store holds: the rows of its log and of its requests."""

    rows: list[Any]
    requests: list[Any]

    @classmethod
    def of(cls, store: Path) -> "Log":
        """Read without reformtrack."""
        with closing(sqlite3.connect(store)) as file:
            return cls(
                file.execute("SELECT * FROM reformtrack_log ORDER BY position").fetchall(),
                file.execute("SELECT * FROM reformtrack_requests ORDER BY first_position").fetchall(),
            )


def violations(store: Path, told: int, whole: Log) -> Iterator[str]:
    """All that is wrong with a store after the power came back, when so much of the whole log had been acknowledged."""
    with Tracker(f"sqlite:///{store}") as tracker:
        found, head = Log.of(store), tracker.log.position()
        if head < told:
            yield f"{told} was acknowledged, and the log ends at {head}"
        until = sum(request[1] <= head for request in whole.requests)
        if found != Log(whole.rows[: len(found.rows)], whole.requests[:until]):
            yield f"position {head}: not what was recorded"
        if head not in (0, *(request[1] for request in found.requests)):
            yield f"position {head}: a part of a request"
        yield from (str(damage) for damage in tracker.log.check())
        yield from _ahead(store, head)
        if head:
            yield from _wrong_views(tracker)
        [record] = tracker.record(adopted("later"), by="a")
        if [record] != list(tracker.log.records(after=head)):
            yield f"position {head}: the next record is not in the log"


def _ahead(store: Path, head: int) -> Iterator[str]:
    """The places of the views and of the outbox that are past the end of the log."""
    with closing(sqlite3.connect(store)) as file:
        tables = {name for (name,) in file.execute("SELECT name FROM sqlite_master")}
        for table in tables & {"reformtrack_views", "reformtrack_subscriptions"}:
            for (position,) in file.execute(f"SELECT position FROM {table} WHERE position > ?", [head]):
                yield f"{table} is at {position}, the log ends at {head}"


def _wrong_views(tracker: Tracker) -> Iterator[str]:
    """The views, which catch up by themselves, against the fold of the records."""
    views = tracker.rollup(by=["domain"], on=ON, rule=CountingRule.WHOLE_PLAN)
    plan = tracker.plan("p", on=ON)
    counts: dict[str, Counter[Counted]] = {}
    counted = dict(plan.progress(CountingRule.WHOLE_PLAN).counted)
    for activity in plan.activities:
        counts.setdefault(activity.domain, Counter())[counted[activity.id]] += 1
    live = {(domain,): Tally(rule=CountingRule.WHOLE_PLAN, counts=found) for domain, found in counts.items()}
    if views.lines != live:
        yield f"position {views.position}: the views say {views.lines}, the fold {live}"


class Failures(NamedTuple):
    """What came out."""

    operations: int
    records: int
    cuts: int
    states: int
    lost: int
    """How many states lacked something acknowledged, or were wrong otherwise."""
    wrong: list[str]
    """The first of what was wrong."""


def traced(folder: Path, requests: int, seed: int, synchronous: str) -> tuple[list[Operation], Log]:
    """A process works on a store in a folder; what it did, and the log that it left."""
    shim, trace, kept = folder / "power.so", folder / "trace", folder / "kept"
    kept.mkdir()
    source = Path(__file__).with_suffix(".c")
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", shim, source, "-ldl"], check=True)
    words = [sys.executable, "-m", "drills.power", "--work", kept, "--requests", requests, "--seed", seed]
    watched = {"LD_PRELOAD": str(shim), "POWER_FOLDER": str(kept), "POWER_TRACE": str(trace)}
    subprocess.run(
        [*map(str, words), "--synchronous", synchronous],
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **watched},
    )
    found = list(operations(trace))
    disk = Disk()
    for operation in found:
        disk.do(operation)
    for name, content in disk.after_failure(random.Random(0), 1.0, 512).items():
        if (kept / name).read_bytes() != content:
            raise AssertionError(f"{name} is not what the trace makes of it: the trace is not whole")
    return found, Log.of(kept / STORE)


def fail(requests: int, cuts: int, seed: int = 1, synchronous: str = "FULL") -> Failures:
    """Work, and a power failure after so many of its operations, drawn evenly; several states of the disk of each."""
    draw, wrong, lost, states = random.Random(seed), list[str](), 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        trace, whole = traced(folder, requests, seed, synchronous)
        chosen = set(draw.sample(range(len(trace)), min(cuts, len(trace))))
        disk = Disk()
        for number, operation in enumerate(trace):
            disk.do(operation)
            if number not in chosen:
                continue
            for kept in (0.0, 1.0, draw.choice((0.1, 0.5, 0.9))):
                found = _after(folder / "after", disk.after_failure(draw, kept, draw.choice((512, 4096))))
                said = _said(found, disk.told, whole)
                states, lost = states + 1, lost + bool(said)
                wrong += [f"operation {number}, {kept} kept: {text}" for text in said]
    return Failures(len(trace), len(whole.rows), len(chosen), states, lost, wrong[:20])


def _after(folder: Path, files: dict[str, bytes]) -> Path:
    """The store with these files."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder / STORE


def _said(store: Path, told: int, whole: Log) -> list[str]:
    try:
        return list(violations(store, told, whole))
    except Exception as error:  # whatever it is, it is counted and shown
        return [f"{type(error).__name__}: {error}"]


def main() -> None:
    parser = argparse.ArgumentParser(description="Let the power fail under a SQLite store, and check what is left.")
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--cuts", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--synchronous", choices=["FULL", "NORMAL"], default="FULL")
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(options.work, options.requests, options.seed, options.synchronous)
        return
    found = fail(options.requests, options.cuts, options.seed, options.synchronous)
    print(
        f"{found.records} records in {found.operations} operations; {found.cuts} cut points, {found.states} states of the "
        f"disk, {found.lost} of them wrong",
        *found.wrong,
        sep="\n  ",
    )
    sys.exit(bool(found.lost))


if __name__ == "__main__":
    main()
