"""The host alone says who may do what."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from serve_dak_nong import worked_example
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Mount, Route

from reformtrack import Tracker
from reformtrack.web import Actor, create_app
from tests.support import LONGEST
from tests.web.asking import ask
from tests.web.test_mounting import EVENT, OTHERS, PAGES


@pytest.fixture(scope="module")
def tracker() -> Iterator[Tracker]:
    with worked_example() as found:
        yield found


def one_by_one(request: Request) -> Actor | None:
    with pytest.raises(RuntimeError, match="no running event loop"):
        asyncio.get_running_loop()
    name = request.headers.get("who")
    return Actor(name, may_record=name == "so-noi-vu") if name else None


async def in_the_loop(request: Request) -> Actor | None:
    asyncio.get_running_loop()
    name = request.headers.get("who")
    return Actor(name, may_record=name == "so-noi-vu") if name else None


@pytest.mark.parametrize("authorize", [one_by_one, in_the_loop])
def test_the_host_says_who_may_do_what(authorize: Any) -> None:
    """From a thread without a loop, or in the loop: nobody sees nothing, one who reads does not record."""
    with worked_example() as tracker:
        app, body = create_app(tracker, authorize=authorize), {"events": [EVENT]}
        open_to_all = {"/healthz", "/readyz", "/static/site.css", "/api/v1/openapi.json"}
        for path in (*PAGES, *OTHERS, "/api/v1/events", "/api/v1/rollup"):
            assert (200 if path in open_to_all else 401) == ask(app, path).status_code, path
        for path in PAGES + OTHERS:
            assert ask(app, path, {"who": "khach"}).status_code == 200, path
        for who, status in (({}, 401), ({"who": "khach"}, 403), ({"who": "so-noi-vu"}, 201)):
            before = tracker.log.position()
            headers = {**who, "idempotency-key": "1"}
            assert status == ask(app, "/api/v1/records", headers, "POST", json=body).status_code
            assert (1 if status == 201 else 0) == tracker.log.position() - before


def test_every_path_but_four_asks_the_host(tracker: Tracker) -> None:
    """Also those that are not in the lists above."""
    app = create_app(tracker, authorize=lambda request: None)
    given = {"plan": "dak-nong-2023", "code": "1.04", "period": "2023-nam", "name": "so-noi-vu", "form": "csv"}
    routes = [(prefix, route) for prefix, each in _routed(app) for route in each]
    found = {
        f"{prefix}{route.path}": ask(
            app, (prefix + route.path).format(**given), method=max(route.methods or ())
        ).status_code
        for prefix, route in routes
    }
    assert len(found) > 25
    assert {"/healthz", "/readyz", "/api/v1/openapi.json"} == {path for path, status in found.items() if status != 401}


def _routed(app: Starlette) -> Iterator[tuple[str, list[Route]]]:
    yield "", [route for route in app.routes if isinstance(route, Route)]
    for mount in app.routes:
        if isinstance(mount, Mount) and mount.path != "/static":
            yield mount.path, [route for route in mount.routes if isinstance(route, Route)]


def test_without_a_word_of_the_host_everybody_reads_and_nobody_records() -> None:
    """Whoever they say that they are."""
    with worked_example() as tracker:
        app, before = create_app(tracker), tracker.log.position()
        headers = {"authorization": "Bearer x", "who": "so-noi-vu", "idempotency-key": "1"}
        assert 403 == ask(app, "/api/v1/records", headers, "POST", json={"events": [EVENT]}).status_code
        assert before == tracker.log.position()
        for path in PAGES + OTHERS:
            assert 200 == ask(app, path).status_code, path


def failing(request: Request) -> Actor | None:
    raise ZeroDivisionError


async def failing_in_the_loop(request: Request) -> Actor | None:
    raise ZeroDivisionError


@pytest.mark.parametrize("authorize", [failing, failing_in_the_loop])
@pytest.mark.parametrize("path", ["/", "/api/v1/plans", "/api/v1/events"])
def test_an_authorize_that_fails_is_the_hosts_own_error(authorize: Any, path: str, tracker: Tracker) -> None:
    """It is not taken for nobody, nor for somebody: 500, and the host's log has it."""
    app = Starlette(routes=[Mount("/a", create_app(tracker, authorize=authorize))])
    with pytest.raises(ZeroDivisionError):
        ask(app, f"/a{path}")

    async def answer() -> int:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return (await client.get(f"/a{path}")).status_code

    assert 500 == asyncio.run(answer())


@pytest.mark.parametrize(
    ("status", "headers"),
    [(303, {"location": "/dang-nhap"}), (401, {"www-authenticate": "Basic"}), (429, {"retry-after": "9"}), (403, {})],
)
@pytest.mark.parametrize("path", ["/", "/api/v1/plans", "/api/v1/events"])
def test_a_host_may_answer_in_its_own_way(status: int, headers: dict[str, str], path: str, tracker: Tracker) -> None:
    """With an HTTPException: to where one signs in, how, and when to come back."""

    def authorize(request: Request) -> Actor | None:
        raise HTTPException(status, "by the host", headers)

    answer = ask(create_app(tracker, authorize=authorize), path)
    assert status == answer.status_code
    assert headers.items() <= dict(answer.headers).items()
    assert "by the host" in answer.text


def test_a_slow_word_of_the_host_holds_up_nobody(tracker: Tracker) -> None:
    """It waits in a thread, beside the loop: none of ten at once gets one before all of them have asked."""
    all_of_them = threading.Barrier(10, timeout=LONGEST)

    def authorize(request: Request) -> Actor:
        all_of_them.wait()
        return Actor("khach", may_record=False)

    async def all_at_once() -> list[int]:
        transport = httpx.ASGITransport(app=create_app(tracker, authorize=authorize))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return [one.status_code for one in await asyncio.gather(*(client.get("/api/v1/plans") for _ in range(10)))]

    assert [200] * 10 == asyncio.run(all_at_once())
