"""
What the web application carries: pages, polls and streams of one server process on one core, beside the same page on Django.

    python benchmarks/web.py sqlite:///country.db --django django.db
    python benchmarks/web.py "postgresql://…&schema=country"

The store is one that `benchmarks/country.py --store` wrote, and gets some hundred records more; the file of Django is one that
`benchmarks/django_page.py` made of it. Linux: the server runs on core 0, the load generator on core 1.
"""

import argparse
import asyncio
import gc
import itertools
import os
import random
import re
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import psutil
import uvicorn
import uvloop
from load import Listener, Load, asked, get, listener, load, middle, post
from seeding import ADOPTED, LAST, NOW
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from reformtrack import Tracker
from reformtrack.web import Actor, create_app

PLANS = 10_000
CONNECTIONS = 8
LISTENERS = 500
_draw = random.Random(7)
A_SECOND = 10
"""How many records a second are made while listeners listen."""


class Server(NamedTuple):
    """A server process."""

    port: int
    process: psutil.Process

    def megabytes(self) -> float:
        """The memory that it has in use."""
        found: int = self.process.memory_info().rss
        return found / 2**20


@contextmanager
def served(what: str, where: str) -> Iterator[Server]:
    """A server in a process of its own, on core 0."""
    with socket.create_server(("127.0.0.1", 0), backlog=2_048) as here:
        command = [sys.executable, __file__, where, "--serve", what, str(here.fileno())]
        with subprocess.Popen(command, pass_fds=[here.fileno()], env={**os.environ, "DJANGO_DB": where}) as process:
            try:
                yield Server(here.getsockname()[1], psutil.Process(process.pid))
            finally:
                process.terminate()


def serve(what: str, where: str, handle: int) -> None:
    """Be the server."""
    os.sched_setaffinity(0, {0})
    app, interface = _app(what, where)
    gc.freeze()  # both as `reformtrack serve` does, for all alike
    gc.set_threshold(50_000)
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        interface=interface,
        access_log=False,
        log_level="error",
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=handle)])


def _app(what: str, where: str) -> tuple[Any, Any]:
    match what:
        case "pages":
            return create_app(Tracker(where, clock=lambda: NOW)), "asgi3"
        case "streams":
            return create_app(Tracker(where, clock=lambda: NOW), authorize=_anybody), "asgi3"
        case "nothing":
            return PlainTextResponse("."), "asgi3"
        case _:
            return _on_django(what), "asgi3" if what == "asgi" else "wsgi"


def _on_django(interface: str) -> Any:
    import django_page  # noqa: F401  # it sets Django up, from the environment
    from django.core.handlers.asgi import ASGIHandler
    from django.core.handlers.wsgi import WSGIHandler

    return ASGIHandler() if interface == "asgi" else WSGIHandler()


async def _anybody(request: Request) -> Actor:
    """Somebody for each connection: one alone has no more than a share of the streams."""
    return Actor(f"nguoi-{request.client.port}" if request.client else "khong-ro")


def at_random(query: str = "") -> Iterator[bytes]:
    """Requests for plans at random, seeded; the draw goes on from load to load, so none finds the answers of another kept."""
    while True:
        yield get(f"/plans/k-{_draw.randrange(PLANS):05}{query}")


def again(path: str, **headers: str) -> Iterator[bytes]:
    """The same request again and again."""
    return itertools.repeat(get(path, **headers))


class Bench:
    """Loads servers and prints a table, a line as soon as it is known."""

    def __init__(self, seconds: float, rounds: int) -> None:
        self.seconds, self.rounds = seconds, rounds

    async def line(
        self, what: str, server: Server, requests: Callable[[], Iterator[bytes]], status: int = 200, aim: float = 0
    ) -> Load:
        """One load, its rounds one after another: the median one."""
        await load(server.port, requests(), CONNECTIONS, 1)
        loads = [await load(server.port, requests(), CONNECTIONS, self.seconds) for _ in range(self.rounds)]
        for one in loads:
            assert {status} == set(one.statuses), one.statuses
        found = middle(loads)
        least, most = (of(one.rate for one in loads) for of in (min, max))
        p50, p99 = found.ms(50), found.ms(99)
        rates = f"{found.rate:>7,.0f}/s ({f'{least:,.0f} to {most:,.0f}':>16})"
        met = "" if not aim else "met" if found.rate >= aim and p99 <= 100 else "MISSED"
        print(f"{what:58} {rates} p50 {p50:>6.1f} p99 {p99:>6.1f} ms {server.megabytes():>5.0f} MB {met}", flush=True)
        return found


async def pages(bench: Bench, url: str) -> None:
    """The plan page, and polls of it."""
    with served("pages", url) as server:
        await _ready(server.port, "/healthz")
        await bench.line("plan page, plans at random", server, at_random, aim=200)
        await bench.line("plan page, one plan again and again", server, lambda: again("/plans/k-00007"), aim=200)
        await bench.line("plan page of 30 June, plans at random", server, lambda: at_random("?on=2023-06-30"))
        await bench.line("the plan as JSON, plans at random", server, json_at_random)
        _, page = await asked(server.port, get("/plans/k-00007"))
        tag = re.search(rb"\r\netag: ([^\r]*)\r\n", page, re.IGNORECASE)
        assert tag is not None
        polls = lambda: again("/plans/k-00007", If_None_Match=tag[1].decode())  # noqa: E731  # one use, beside the others
        await bench.line("poll that is answered with 304", server, polls, status=304, aim=1_500)


def json_at_random() -> Iterator[bytes]:
    """The same plans as the API answers them."""
    return (request.replace(b"/plans/", b"/api/v1/plans/") for request in at_random())


AT_COUNTRYS_SIZE: Mapping[str, tuple[str, float]] = {
    "plan page": ("/plans/k-{plan}", 300),
    "activity page": ("/plans/k-{plan}/activities/1.01", 300),
    "list of a plan": ("/plans/k-{plan}/activities", 300),
    "list of a plan, overdue": ("/plans/k-{plan}/activities?timeliness=overdue", 300),
    "plans, a page": ("/plans?page=57", 300),
    "page of a lead": ("/agencies?lead=S%E1%BB%9F%20T%C6%B0%20ph%C3%A1p", 300),
    "country": ("/", 0),
    "overdue across the country": ("/activities?list=overdue", 0),
    "trend": ("/trend", 0),
}
"""By what it is: the path of a page, and the milliseconds within which 95 of 100 are to be answered."""


def _path(path: str, dates: tuple[date, date] | None) -> str:
    """A page of a plan at random, at two dates."""
    path = path.format(plan=f"{_draw.randrange(PLANS):05}")
    if dates is None:
        return path
    on, known_at = dates
    return f"{path}{'&' if '?' in path else '?'}on={on}&known_at={known_at}"


def _two_dates() -> tuple[date, date]:
    """A day of the year, and one from it on by which it was known."""
    on = _draw.randrange((LAST - ADOPTED).days)
    return ADOPTED + timedelta(days=on), ADOPTED + timedelta(days=_draw.randrange(on, (LAST - ADOPTED).days))


async def _timed(port: int, path: str) -> tuple[float, int]:
    """The milliseconds that a page takes, and its bytes."""
    started = time.perf_counter()
    status, answer = await asked(port, get(path))
    assert status == 200, (path, status)
    return (time.perf_counter() - started) * 1e3, len(answer)


async def country(url: str, seconds: float) -> None:
    """
    Each page at a country's size, one reader; then 200 readers, each a page (no trend) every 5 s, over 50 pairs of dates, each
    kind of page of a plan at random at each: pages that come again.
    """
    pairs = [_two_dates() for _ in range(50)]
    with served("pages", url) as server:
        await _ready(server.port, "/healthz")
        for what, (path, aim) in AT_COUNTRYS_SIZE.items():
            for when, dates in (("today", lambda: None), ("at two dates", _two_dates)):
                found = [await _timed(server.port, _path(path, dates())) for _ in range(20 if aim else 3)]
                p50, p95 = (sorted(ms for ms, _ in found)[int(share * (len(found) - 1))] for share in (0.5, 0.95))
                met = "" if not aim else f"≤ {aim:.0f} ms: {'met' if p95 <= aim else 'MISSED'}"
                largest = max(size for _, size in found) // 1_000
                print(f"{what + ', ' + when:58} p50 {p50:>8.1f} p95 {p95:>8.1f} ms {largest:>5} kB {met}", flush=True)
        kinds = [path for what, (path, _) in AT_COUNTRYS_SIZE.items() if what != "trend"]
        addresses = [_path(path, both) for path, both in itertools.product(kinds, pairs)]
        for path in addresses:  # each of these once: the pairs come again
            await _timed(server.port, path)
        times: list[float] = []

        async def read() -> None:
            await asyncio.sleep(_draw.uniform(0, 5))
            end = time.perf_counter() + 6 * seconds
            while time.perf_counter() < end:
                ms, _ = await _timed(server.port, _draw.choice(addresses))
                times.append(ms)
                await asyncio.sleep(max(0.0, 5 - ms / 1e3))

        await asyncio.gather(*(read() for _ in range(200)))
        p50, p95, most = (sorted(times)[int((len(times) - 1) * share)] for share in (0.5, 0.95, 1))
        print(
            f"200 readers, a page every 5 s, 50 pairs of dates: {len(times):,} pages, p50 {p50:.0f} p95 {p95:.0f} most "
            f"{most:.0f} ms {server.megabytes():.0f} MB",
            flush=True,
        )


async def on_django(bench: Bench, path: str, interface: str) -> None:
    """The same page on Django."""
    with served(interface, path) as server:
        await _ready(server.port, "/plans/k-00007")
        name = f"Django ({interface.upper()}), "
        await bench.line(f"{name}plan page, plans at random", server, at_random)
        await bench.line(f"{name}one plan again and again", server, lambda: again("/plans/k-00007"))
        await bench.line(f"{name}plan page of 30 June", server, lambda: at_random("?known=2023-06-30"))


async def streams(url: str, seconds: float) -> None:
    """Listeners, and records that are made while they listen."""
    with served("streams", url) as server:
        await _ready(server.port, "/healthz")
        before = server.megabytes()
        listeners = [await listener(server.port, "/api/v1/events") for _ in range(LISTENERS)]
        for one in listeners:
            await asyncio.wait_for(one.listening.wait(), 30)
        sent, answered = await _recorded(server.port, int(seconds * A_SECOND))
        await asyncio.sleep(3)
        _tell(listeners, sent, answered, server.megabytes() - before)
        for one in listeners:
            one.transport.close()


async def _recorded(port: int, number: int) -> tuple[dict[int, float], dict[int, float]]:
    """Records, made one after another at a steady rate: when each was sent and acknowledged, by position."""
    sent: dict[int, float] = {}
    answered: dict[int, float] = {}
    draw, run, started = random.Random(), time.time_ns(), time.perf_counter()
    for n in range(number):
        await asyncio.sleep(max(0.0, started + n / A_SECOND - time.perf_counter()))
        proof = {"title": f"Tài liệu {run} {n}"}
        event = {"type": "EvidenceFiled", "subject": f"k-{draw.randrange(PLANS):05}/1.01", "on": LAST.isoformat()}
        body = msgspec.json.encode({"events": [{**event, "evidence": [proof]}]})
        at = time.perf_counter()
        status, answer = await asked(port, post("/api/v1/records", body, f"{run}-{n}"))
        assert status == 201, answer
        position = msgspec.json.decode(answer.partition(b"\r\n\r\n")[2])["records"][0]["position"]
        sent[position], answered[position] = at, time.perf_counter()
    return sent, answered


def _tell(listeners: list[Listener], sent: dict[int, float], answered: dict[int, float], grown: float) -> None:
    for one in listeners:
        assert list(sent) == [position for position, _ in one.came], "a listener missed a record, or got one twice"
    late = sorted(at - sent[position] for one in listeners for position, at in one.came)
    later = max(at - answered[position] for one in listeners for position, at in one.came)
    p50, p99, most = (late[int((len(late) - 1) * share)] * 1e3 for share in (0.5, 0.99, 1))
    print(
        f"{len(listeners)} listeners, {len(sent)} records at {A_SECOND}/s: {len(late):,} delivered, each once and in "
        f"order; after sending p50 {p50:.0f} p99 {p99:.0f} most {most:.0f} ms; after the answer at most {later * 1e3:.0f} ms; "
        f"{grown:.0f} MB more: {'met' if most <= 1_000 else 'MISSED'}",
        flush=True,
    )


async def _ready(port: int, path: str) -> None:
    status, _ = await asked(port, get(path))
    assert status == 200, (path, status)


async def measure(options: argparse.Namespace) -> None:
    """Everything, one after another."""
    os.sched_setaffinity(0, {1})
    bench = Bench(options.seconds, options.rounds)
    if options.country:
        await country(options.store, options.seconds)
        return
    with served("nothing", "") as server:
        await bench.line("the load generator, against an application that does nothing", server, lambda: again("/"))
    await pages(bench, options.store)
    if options.django:
        for interface in ("asgi", "wsgi"):
            await on_django(bench, str(Path(options.django).absolute()), interface)
    await streams(options.store, 2 * options.seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description="What the web application carries.")
    parser.add_argument("store", help="the URL of a store of 10,000 plans")
    parser.add_argument("--django", help="the file that benchmarks/django_page.py made of it")
    parser.add_argument("--country", action="store_true", help="the pages at a country's size, and nothing else")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve[0], options.store, int(options.serve[1]))
        return
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    uvloop.run(measure(options))


if __name__ == "__main__":
    main()
