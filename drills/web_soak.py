"""
A soak: ten minutes of a steady mixed load on the web application, with writes going on; its memory has to stay flat.

    python -m drills.web_soak sqlite:///fresh.db --minutes 10

Readers ask for pages, JSON and polls of plans at random, listeners come, listen and go, a writer records. Flat means that the
last half of the time adds less than 2 % of the memory that the server has in use.
"""

import argparse
import asyncio
import itertools
import os
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable

import httpx
import psutil
import uvicorn
from starlette.requests import Request

from reformtrack import Tracker
from reformtrack.web import Actor, create_app
from tests.support import Clock, adopted, scheduled

PLANS, ACTIVITIES = 200, 20
READS_A_SECOND, WRITES_A_SECOND = 40, 4
READERS, LISTENERS = 8, 20
READS = (
    *("/plans/{plan}", "/plans/{plan}?on=2023-03-01", "/plans/{plan}/activities", "/plans/{plan}/activities/{n}", "/"),
    *("/api/v1/plans/{plan}", "/api/v1/plans/{plan}/activities", "/plans/{plan}?lang=en", "/plans/no-such"),
)
GROWTH = 0.02


def fill(url: str) -> None:
    """Some plans, unless they are there."""
    with Tracker(url, clock=Clock()) as tracker:
        for number in range(0 if tracker.log.position() else PLANS):
            plan = f"p-{number}"
            activities = (scheduled(f"{plan}/{n}") for n in range(1, ACTIVITIES + 1))
            tracker.record(adopted(plan), *activities, by="soak")


def serve(url: str, handle: int) -> None:
    """Be the server."""
    with Tracker(url, clock=Clock()) as tracker:
        app = create_app(tracker, authorize=_anybody)
        config = uvicorn.Config(app, access_log=False, log_level="error", timeout_graceful_shutdown=1)
        uvicorn.Server(config).run(sockets=[socket.socket(fileno=handle)])


async def _anybody(request: Request) -> Actor:
    return Actor("soak")


class Soak:
    """The clients; each does one thing at a steady rate until the end."""

    def __init__(self, client: httpx.AsyncClient, seconds: float) -> None:
        self._client, self._end = client, time.monotonic() + seconds
        self._draw, self._tags = random.Random(7), dict[str, str]()
        self.answers: Counter[str] = Counter()
        self.written, self.heard = 0, 0

    async def steadily(self, rate: float, call: Callable[[], Awaitable[None]]) -> None:
        """Call so many times a second, one after another."""
        begun = time.monotonic()
        for n in itertools.count():
            await asyncio.sleep(max(0.0, begun + n / rate - time.monotonic()))
            if time.monotonic() >= self._end:
                return
            await call()

    async def read(self) -> None:
        """A page, JSON, a poll of what was seen before, or something that there is not."""
        path = self._draw.choice(READS).format(
            plan=f"p-{self._draw.randrange(PLANS)}", n=self._draw.randint(1, ACTIVITIES)
        )
        headers = {"If-None-Match": self._tags[path]} if path in self._tags else {}
        answer = await self._client.get(path, headers=headers)
        if answer.status_code == 200:
            self._tags[path] = answer.headers["etag"]
        self.answers[f"GET {answer.status_code}"] += 1

    async def write(self) -> None:
        """One record."""
        self.written += 1
        subject = f"p-{self._draw.randrange(PLANS)}/{self._draw.randint(1, ACTIVITIES)}"
        event = {"type": "EvidenceFiled", "subject": subject, "on": "2023-06-01"}
        event_of_now = {**event, "evidence": [{"title": f"Tài liệu {self.written}"}]}
        headers = {"Idempotency-Key": f"{os.getpid()}-{self.written}"}
        answer = await self._client.post("/api/v1/records", json={"events": [event_of_now]}, headers=headers)
        self.answers[f"POST {answer.status_code}"] += 1

    async def listen(self) -> None:
        """Listen to some records, then go away."""
        async with self._client.stream("GET", "/api/v1/events") as answer:
            lines = answer.aiter_lines()
            for _ in range(self._draw.randint(1, 20)):
                async for line in lines:
                    if line.startswith("id:"):
                        self.heard += 1
                        break
                if time.monotonic() >= self._end:
                    return


async def soak(port: int, process: psutil.Process, minutes: float) -> list[float]:
    """Load the server; the memory that it had in use at the beginning, after each minute, and at the end, in MB."""
    limits = httpx.Limits(max_connections=200)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=60) as client:
        clients = Soak(client, 60 * minutes)
        tasks = [asyncio.create_task(clients.steadily(READS_A_SECOND / READERS, clients.read)) for _ in range(READERS)]
        tasks += [asyncio.create_task(clients.steadily(1, clients.listen)) for _ in range(LISTENERS)]
        tasks.append(asyncio.create_task(clients.steadily(WRITES_A_SECOND, clients.write)))
        found = [process.memory_info().rss / 2**20]
        for minute in range(1, round(minutes) + 1):
            await asyncio.sleep(60)
            found.append(process.memory_info().rss / 2**20)
            print(f"minute {minute:2} {found[-1]:6.1f} MB, {process.num_threads()} threads", flush=True)
        for task in tasks[:-1]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for task in tasks:
            if not task.cancelled() and (error := task.exception()):
                raise error
        print(dict(clients.answers), f"{clients.heard} records heard")
        assert {"GET 200", "GET 304", "GET 404", "POST 201"} == set(clients.answers)
        assert clients.heard > 0
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="A steady load on the web application.")
    parser.add_argument("url", help="of an empty store, or of one of an earlier soak")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve is not None:
        serve(options.url, options.serve)
        return
    fill(options.url)
    with socket.create_server(("127.0.0.1", 0)) as here:
        command = [sys.executable, "-m", "drills.web_soak", options.url, "--serve", str(here.fileno())]
        with subprocess.Popen(command, pass_fds=[here.fileno()]) as process:
            try:
                found = asyncio.run(soak(here.getsockname()[1], psutil.Process(process.pid), options.minutes))
            finally:
                process.terminate()
    middle = found[len(found) // 2]
    grown = found[-1] / middle - 1
    print(f"from {found[0]:.1f} MB; in the last half {middle:.1f} to {found[-1]:.1f} MB: {grown:+.1%}")
    sys.exit(grown >= GROWTH)


if __name__ == "__main__":
    main()
