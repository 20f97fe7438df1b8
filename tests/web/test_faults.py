"""When the database goes, a client is slow, or one goes away: the others are answered, and it recovers by itself."""

import asyncio
import socket
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from reformtrack import Tracker
from reformtrack.web import Actor, create_app
from tests.store.test_postgres import SOON, DroppingProxy
from tests.support import LONGEST, Clock, adopted, scheduled
from tests.web.asking import serve
from tests.web.test_feed import listening

pytestmark = pytest.mark.slow

GONE = 8.0
"""For how many seconds the database is gone; the drill takes 30."""


def outage(server: str, folder: Path, seconds: float) -> tuple[list[tuple[int, float]], float]:
    """
    Ask for a page again and again while the database goes and comes back.

    Returns:
        (status, seconds) of each answer while it was gone, and after how many seconds of its return the page was there again.
    """
    address, _, schema = server.rpartition("&schema=")
    real = address.rpartition("host=")[2]
    proxy = DroppingProxy(folder, real)
    url = f"postgresql://postgres@/postgres?host={folder}&schema={schema}"
    with Tracker(url, clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        app = create_app(tracker, authorize=lambda request: Actor("a"))
        with serve(app) as site, httpx.Client(base_url=site, timeout=LONGEST) as client:
            assert 200 == client.get("/plans/p").status_code
            proxy.stop()
            answers, end = [], time.monotonic() + seconds
            while time.monotonic() < end:
                for method, path in (
                    ("GET", "/plans/p"),
                    ("GET", "/api/v1/plans/p"),
                    ("GET", "/readyz"),
                    ("POST", "/api/v1/records"),
                ):
                    started = time.monotonic()
                    event = {"type": "ActivityStarted", "subject": "p/1.01", "on": "2023-02-01"}
                    more = (
                        {"json": {"events": [event]}, "headers": {"Idempotency-Key": "k"}} if method == "POST" else {}
                    )
                    answer = client.request(method, path, **more)  # type: ignore[arg-type]  # of two forms
                    answers.append((answer.status_code, time.monotonic() - started))
                    assert "retry-after" in answer.headers
                    assert "password" not in answer.text
                assert 200 == client.get("/healthz").status_code
            again = DroppingProxy(folder, real)
            back = time.monotonic()
            while client.get("/plans/p").status_code != 200:
                assert time.monotonic() < back + LONGEST
            recovered = time.monotonic() - back
            assert 200 == client.get("/readyz").status_code
            assert (
                201
                == client.post(
                    "/api/v1/records", json={"events": [event]}, headers={"Idempotency-Key": "k"}
                ).status_code
            )
            assert ["ActivityStarted"] == [type(record.event).__name__ for record in tracker.log.history("p/1.01")[1:]]
            again.stop()
    return answers, recovered


def test_a_database_that_is_gone_is_said_to_be_so_and_comes_back(
    postgres: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """503 with Retry-After within seconds, for pages, the API and records; the process lives; then all works by itself."""
    answers, recovered = outage(postgres, tmp_path_factory.mktemp("p"), GONE)
    assert {503} == {status for status, _ in answers}
    assert max(seconds for _, seconds in answers) < SOON
    assert recovered < SOON


def test_streams_of_records_go_on_after_a_long_outage(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Longer than any request waits; soon after the database is back, each record once."""
    address, _, schema = postgres.rpartition("&schema=")
    folder, real = tmp_path_factory.mktemp("p"), address.rpartition("host=")[2]
    proxy = DroppingProxy(folder, real)
    url = f"postgresql://postgres@/postgres?host={folder}&schema={schema}"
    with Tracker(url, clock=Clock()) as tracker, Tracker(postgres, clock=Clock()) as writer:
        writer.record(adopted(), by="x")
        with serve(create_app(tracker)) as site, listening(site, after=0) as one, listening(site) as other:
            assert 1 == next(one)[0]
            proxy.stop()
            writer.record(scheduled(), by="x")
            time.sleep(5)
            again = DroppingProxy(folder, real)
            back = time.monotonic()
            assert [2, 2] == [next(one)[0], next(other)[0]]
            assert time.monotonic() - back < 5
            again.stop()


def test_streams_end_and_requests_are_refused_when_the_tracker_is_closed(url: str) -> None:
    """At once, with 503: the process that serves them is about to stop, and another one may answer."""
    tracker = Tracker(url, clock=Clock())
    tracker.record(adopted(), scheduled(), by="x")
    app = create_app(tracker, authorize=lambda request: Actor("a"))
    with serve(app) as site, listening(site, after=0) as stream:
        assert [1, 2] == [next(stream)[0] for _ in range(2)]
        closed = time.monotonic()
        tracker.close()
        assert [] == list(stream)
        assert time.monotonic() - closed < 2
        for path in ("/plans/p", "/api/v1/plans/p", "/api/v1/events", "/readyz"):
            assert 503 == httpx.get(f"{site}{path}", timeout=20).status_code
        event = {"type": "ActivityStarted", "subject": "p/1.01", "on": "2023-02-01"}
        body = {"events": [event]}
        answer = httpx.post(f"{site}/api/v1/records", json=body, headers={"Idempotency-Key": "k"}, timeout=20)
        assert (503, "TrackerClosed") == (answer.status_code, answer.json()["type"].rpartition("/")[2])
        assert time.monotonic() - closed < 5


def test_many_are_told_as_soon_as_one_that_the_database_is_gone(
    postgres: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A hundred requests at once, pages and `/readyz`, are all answered within seconds, and all is well when it is back."""
    address, _, schema = postgres.rpartition("&schema=")
    folder, real = tmp_path_factory.mktemp("p"), address.rpartition("host=")[2]
    proxy = DroppingProxy(folder, real)
    with Tracker(f"postgresql://postgres@/postgres?host={folder}&schema={schema}", clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        with serve(create_app(tracker)) as site:
            assert 200 == httpx.get(f"{site}/plans/p").status_code
            proxy.stop()
            for _ in range(2):
                started = time.monotonic()
                assert {503} == set(all_at_once(site, ["/plans/p", "/readyz"] * 50))
                assert time.monotonic() - started < SOON
            again = DroppingProxy(folder, real)
            back = time.monotonic()
            while httpx.get(f"{site}/plans/p", timeout=LONGEST).status_code != 200:
                assert time.monotonic() < back + SOON
            assert {200} == set(all_at_once(site, ["/plans/p", "/readyz"] * 50))
            again.stop()


def all_at_once(site: str, paths: list[str]) -> list[int]:
    """The status of the answer to each of many requests that are sent at once."""

    async def ask_all() -> list[int]:
        async with httpx.AsyncClient(
            base_url=site, timeout=LONGEST, limits=httpx.Limits(max_connections=None)
        ) as client:
            return [answer.status_code for answer in await asyncio.gather(*map(client.get, paths))]

    return asyncio.run(ask_all())


def test_a_slow_client_delays_nobody() -> None:
    """Some who read a byte now and then, and some who never finish their request: others are answered meanwhile."""
    with Tracker(clock=Clock()) as tracker, serve(create_app(tracker)) as address, ExitStack() as stack:
        tracker.record(adopted(), *(scheduled(f"p/{n}") for n in range(200)), by="x")
        host, port = address.removeprefix("http://").split(":")
        for number in range(20):
            slow = stack.enter_context(socket.create_connection((host, int(port))))
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
            if number % 2:
                slow.sendall(b"GET /plans/p/activities HTTP/1.1\r\nHost: x\r\n\r\n")
                slow.recv(1)
            else:
                slow.sendall(b"POST /api/v1/records HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        with httpx.Client(base_url=address, timeout=LONGEST) as client:
            assert all(client.get("/plans/p").status_code == 200 for _ in range(50))


def test_a_client_that_goes_away_leaves_nothing_behind(caplog: pytest.LogCaptureFixture) -> None:
    """In the middle of an answer, of its request, or of a stream."""
    asked: list[Scope] = []
    answered: list[Scope] = []
    with Tracker(clock=Clock()) as tracker, ExitStack() as stack:
        app = create_app(tracker, authorize=lambda request: Actor("a"))

        async def noted(scope: Scope, receive: Receive, send: Send) -> None:
            asked.append(scope)
            try:
                await app(scope, receive, send)
            finally:
                answered.append(scope)

        address = stack.enter_context(serve(noted))
        tracker.record(adopted(), *(scheduled(f"p/{n}") for n in range(200)), by="x")
        host, port = address.removeprefix("http://").split(":")
        head = b"Host: x\r\nContent-Type: application/json\r\nIdempotency-Key: k\r\n"
        for request in (
            b"GET /plans/p/activities HTTP/1.1\r\nHost: x\r\n\r\n",
            b"POST /api/v1/records HTTP/1.1\r\n" + head + b"Content-Length: 1000\r\n\r\n" + b'{"events": [',
            b"GET /api/v1/events?after=0 HTTP/1.1\r\nHost: x\r\n\r\n",
        ):
            for _ in range(10):
                with socket.create_connection((host, int(port))) as gone:
                    gone.sendall(request)
                    time.sleep(0.01)
        end = time.monotonic() + LONGEST
        while (len(asked), len(answered)) != (31, 30) and time.monotonic() < end:  # the one is the server's own
            time.sleep(0.05)
        assert (31, 30) == (len(asked), len(answered))
        assert asked[0] not in answered
        assert 200 == httpx.get(f"{address}/plans/p", timeout=LONGEST).status_code
        assert 201 == tracker.log.position(), "nothing was recorded"
    assert [] == [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
