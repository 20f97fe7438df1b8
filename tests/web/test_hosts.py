"""An application that is for this machine answers under its names, not under one that a page of another site made lead here."""

import asyncio
from functools import partial
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Message

from reformtrack import InvalidField, Tracker
from reformtrack.web import LOCAL_HOSTS, create_app
from tests.support import Clock, adopted
from tests.web.asking import ask

PATHS = ("/", "/plans/p", "/api/v1/plans", "/api/v1/events", "/healthz", "/readyz", "/nothing")


def status(app: ASGIApp, path: str, *hosts: str) -> int:
    return ask(app, path, [("host", host) for host in hosts]).status_code


def test_a_socket_is_refused_under_any_name() -> None:
    """There is none here."""
    with Tracker(clock=Clock()) as tracker:
        for host in ("evil.example", "localhost"):
            sent: list[Message] = []
            scope: dict[str, Any] = {
                "type": "websocket",
                "path": "/plans/p",
                "root_path": "",
                "query_string": b"",
                "subprotocols": [],
            }
            scope |= {"headers": [(b"host", host.encode())], "extensions": {}}
            asyncio.run(create_app(tracker, hosts=LOCAL_HOSTS)(scope, connects, partial(keep, sent)))
            assert ["websocket.close"] == [message["type"] for message in sent], host


async def connects() -> Message:
    return {"type": "websocket.connect"}


async def keep(sent: list[Message], message: Message) -> None:
    sent.append(message)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LocalHost:8023",
        "127.0.0.1",
        "127.0.0.1:8023",
        "[::1]:8023",
        "cchc.example.vn",
        "CCHC.example.vn:80",
    ],
)
def test_it_answers_under_its_names(host: str) -> None:
    """With any port, in capitals or not."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), by="x")
        app = create_app(tracker, hosts=(*LOCAL_HOSTS, "cchc.Example.vn"))
        assert [200, 200] == [status(app, path, host) for path in ("/plans/p", "/api/v1/plans/p")]


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8023",
        "127.0.0.1.evil.example",
        "evil-localhost",
        "localhost.evil.example",
        "localhost.",
        "x@localhost",
        "localhost@evil.example",
        "localhost:8023@evil.example",
        "localhost:",
        "localhost:x",
        "localhost, evil.example",
        "http://localhost",
        "localhost/",
        "127.1",
        "0.0.0.0",
        "[::]",
        "::1",
        "[::1",
        "ｌocalhost",
        "",
    ],
)
def test_it_answers_under_no_other(host: str) -> None:
    """Pages, the API, streams, health: 421, as a page or a problem document, with what is accepted; the page has its style."""
    with Tracker(clock=Clock()) as tracker:
        app = create_app(tracker, hosts=LOCAL_HOSTS)
        for path in PATHS:
            answer = ask(app, path, [("host", host.encode())])  # type: ignore[list-item]  # of bytes
            assert 421 == answer.status_code, path
            kind = "application/problem+json" if path.startswith("/api/") else "text/html"
            assert kind == answer.headers["content-type"].partition(";")[0]
            assert ": localhost, 127.0.0.1, [::1]" in answer.text
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert "no-store" == answer.headers["cache-control"]
        assert 200 == ask(app, "/static/site.css", [("host", host.encode())]).status_code  # type: ignore[list-item]  # of bytes
        posted = ask(
            app, "/api/v1/records", {"host": "evil.example", "idempotency-key": "k"}, "POST", json={"events": []}
        )
        assert 421 == posted.status_code


def test_a_request_names_one_host() -> None:
    """Of two, one might be what a proxy looked at, and the other what is answered."""
    with Tracker(clock=Clock()) as tracker:
        app = create_app(tracker, hosts=LOCAL_HOSTS)
        assert 421 == status(app, "/", "localhost", "evil.example")
        assert 421 == status(app, "/", "evil.example", "localhost")
        assert 200 == status(app, "/", "localhost")


def test_the_page_says_it_in_the_language_of_the_reader() -> None:
    """And shows what was asked as a text."""
    with Tracker(clock=Clock()) as tracker:
        app = create_app(tracker, hosts=LOCAL_HOSTS)
        vietnamese, english = (ask(app, path, {"host": "<b>x"}).text for path in ("/", "/?lang=en"))
    assert "Tên máy chủ trong địa chỉ không đúng" in vietnamese
    assert "Host not served here" in english
    assert "<b>x" not in vietnamese


def test_where_it_is_mounted_the_host_decides() -> None:
    """Any name is answered unless names are given; given, they hold there too."""
    with Tracker(clock=Clock()) as tracker:
        assert 200 == status(create_app(tracker), "/", "portal.example")
        app = Starlette(routes=[Mount("/a", create_app(tracker, hosts=["portal.example"]))])
        assert (200, 421) == (status(app, "/a/", "portal.example"), status(app, "/a/", "localhost"))
        assert ask(app, "/a/api/v1/plans", {"host": "x"}).headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "name", ["", "*", "*.example.vn", "http://example.vn", "example.vn:80", "a b", "::1", "[::1]:80"]
)
def test_a_name_that_is_none_is_refused_at_once(name: str) -> None:
    """When the application is made, and not when it is asked."""
    with Tracker() as tracker, pytest.raises(InvalidField, match="a name or an address without a port"):
        create_app(tracker, hosts=[name])
