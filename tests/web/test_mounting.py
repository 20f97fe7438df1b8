"""Mounted under any path of another application, every link leads on within it."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from serve_dak_nong import worked_example
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from reformtrack import Tracker
from reformtrack.web import create_app
from tests.support import AT_LENGTH
from tests.web.asking import ask

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[2] / "examples"
EVENT = {"type": "ActivityReopened", "subject": "dak-nong-2023/6.01", "on": "2023-12-28", "reason": "x"}
PLAN = "/plans/dak-nong-2023"
CLOCKS = {"on": "2023-12-22", "known_at": "2023-12-25", "lang": "en"}

PAGES = (
    "/",
    "/plans",
    "/plans?q=dak",
    PLAN,
    f"{PLAN}/activities",
    f"{PLAN}/activities?counted=overdue&rule=whole_plan",
    f"{PLAN}/activities/1.04",
    f"{PLAN}/indicators",
    f"{PLAN}/reports",
    f"{PLAN}/reports/2023-nam",
    "/agencies",
    "/agencies/so-noi-vu",
    "/activities?list=overdue&on=2023-12-22",
    "/trend",
)
"""A page of each kind."""

OTHERS = (
    "/news?after=1",
    "/healthz",
    "/readyz",
    "/static/site.css",
    "/api/v1/openapi.json",
    "/api/v1/plans",
    f"/api/v1{PLAN}/activities/1.04",
    "/api/v1/agencies",
)

PREFIXES = ("", "/a", "/api/v1/plans", "/cải cách/@tỉnh")
"""Where it is mounted: nowhere, somewhere, under names that it has itself, and where the path must be escaped."""


class Links(HTMLParser):
    """The addresses that a page leads to or loads, the anchors in it, and what its forms send."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.sent: list[dict[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        for name in ("href", "src", "action", "hx-get"):
            if name in found and not found[name].startswith("data:"):
                self.links.append(found[name])
        if "id" in found:
            self.anchors.add(found["id"])
        if tag == "form":
            self.sent.append({})
        if tag == "input":
            self.sent[-1][found["name"]] = found.get("value", "")


def crawl(app: ASGIApp, prefix: str, starts: tuple[str, ...], most: int, headers: dict[str, str] | None = None) -> int:
    """How many addresses are reached from some, breadth first: each is there, within the prefix, and has its anchors."""

    async def crawled() -> Mapping[str, Links | None]:
        to_come = [f"{prefix}{start}" for start in starts]
        pages: dict[str, Links | None] = {}
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
            while to_come and len(pages) < most:
                address = to_come.pop(0)
                if address in pages:
                    continue
                answer = await client.get(address)
                assert answer.status_code in (200, 204), address
                page = Links(answer.text) if answer.headers.get("content-type", "").startswith("text/html") else None
                pages[address] = page
                to_come += within(prefix, page.links if page else [])
        return pages

    pages = asyncio.run(crawled())
    for address, page in pages.items():
        for link in page.links if page else ():
            path, _, anchor = link.partition("#")
            target = pages.get(path or address)
            if anchor and target:
                assert anchor in target.anchors, f"{address} leads to {link}"
    return len(pages)


def within(prefix: str, links: list[str]) -> list[str]:
    """Links without their anchors: each leads to a place under the prefix, and names the prefix once."""
    paths = [link.partition("#")[0] for link in links if not link.startswith("#")]
    for path in paths:
        assert path.startswith(f"{prefix}/"), path
        assert not prefix or not path.startswith(f"{prefix}{prefix}/"), path
    return paths


def by_mount(app: ASGIApp, prefix: str) -> ASGIApp:
    """As Starlette mounts it."""
    return Starlette(routes=[Mount(prefix, app)])


def by_path(app: ASGIApp, prefix: str) -> ASGIApp:
    """As a host that only looks at the path hands requests on: Django's, or one of your own."""

    async def hosted(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "root_path": prefix}, receive, send)

    return hosted


def by_fastapi(app: ASGIApp, prefix: str) -> ASGIApp:
    """As FastAPI mounts it."""
    portal = FastAPI()
    portal.mount(prefix, app)
    return portal


HOSTS = (by_mount, by_path, by_fastapi)


@pytest.fixture(scope="module")
def tracker() -> Iterator[Tracker]:
    with worked_example() as found:
        yield found


@pytest.mark.parametrize(
    ("host", "prefix"),
    [
        (host, prefix)
        for number, prefix in enumerate(PREFIXES)
        for place, host in enumerate(HOSTS)
        if AT_LENGTH or place == number % len(HOSTS)  # each prefix, and each host
    ],
)
def test_every_kind_of_page_is_there_under_any_prefix(
    host: Callable[[ASGIApp, str], ASGIApp], prefix: str, tracker: Tracker
) -> None:
    """And the first links of each lead on within it: pages, files, forms and what scripts ask for."""
    app, at = host(create_app(tracker), prefix), quote(prefix, safe="/@")
    first, then = (100, 50) if AT_LENGTH else (40, 15)
    assert first == crawl(app, at, PAGES + OTHERS, first)
    assert then == crawl(app, at, (f"{PLAN}?on=2023-06-30&known_at=2023-06-30&lang=en",), then)
    server = ask(app, f"{at}/api/v1/openapi.json").json()["servers"][0]["url"]
    assert f"{prefix}/api/v1" == httpx.URL(server).path


def test_every_link_of_the_worked_example_leads_somewhere(tracker: Tracker) -> None:
    """From the first page on, on either clock, in both languages; in a long run until there is none left."""
    most = 100_000 if AT_LENGTH else 200
    found = crawl(by_mount(create_app(tracker), "/a"), "/a", ("/",), most)
    assert 1_000 < found < most if AT_LENGTH else found == most


@pytest.mark.parametrize("path", PAGES)
def test_the_clocks_and_the_language_are_kept(path: str, tracker: Tracker) -> None:
    """By every link and every form, but those that change them; figures of a report are asked for as it was sent."""
    here, _, query = path.partition("?")
    filters = {name: values[0] for name, values in parse_qs(query).items() if name not in CLOCKS}
    answer = ask(create_app(tracker), here, params={**filters, **CLOCKS})
    page = Links(answer.text)
    asked = {
        link: {k: v[0] for k, v in parse_qs(urlsplit(link).query).items()} for link in page.links if link[0] != "#"
    }
    assert 200 == answer.status_code
    others = [
        (link, found) for link, found in asked.items() if "/static/" not in link and not CLOCKS.items() <= found.items()
    ]
    language, now = {**filters, **CLOCKS, "lang": "vi"}, {**filters, "lang": "en"}
    changed = [found for link, found in others if urlsplit(link).path == here]
    assert language in changed
    assert now in changed
    report = {"on": "2023-12-21", "lang": "en"}
    for link, found in others:
        of_a_report = path.endswith("2023-nam") and "/activities" in link and report.items() <= found.items()
        # A day that is proposed changes the clocks, and nothing else.
        is_preset = urlsplit(link).path == here and {**found, **CLOCKS} == {**filters, **CLOCKS}
        assert (link, found) == (here, {}) or found in (language, now) or of_a_report or is_preset, link
    for sent in page.sent:
        assert CLOCKS.items() <= sent.items()


@pytest.mark.parametrize("prefix", PREFIXES)
def test_errors_lead_back_into_the_mount(prefix: str, tracker: Tracker) -> None:
    """Of pages as pages, of the API as problem documents, of files in a word."""
    app, at = by_mount(create_app(tracker), prefix), quote(prefix, safe="/@")
    for path, kind in (
        ("/nothing", "text/html"),
        (f"{PLAN}-x", "text/html"),
        ("/api/v1/nothing", "application/problem+json"),
        (f"/api/v1{PLAN}-x", "application/problem+json"),
        ("/static/nothing.css", "text/plain"),
        ("/static/%2e%2e/app.py", "text/plain"),
    ):
        answer = ask(app, f"{at}{path}")
        assert (404, kind) == (answer.status_code, answer.headers["content-type"].partition(";")[0])
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        for link in within(at, Links(answer.text).links if kind == "text/html" else []):
            assert 200 == ask(app, link).status_code or urlsplit(link).path == f"{at}{path}"


def test_behind_a_proxy_that_takes_a_prefix_off_the_server_puts_it_back(tmp_path: Path) -> None:
    """With `uvicorn --root-path`: the paths that come in have no prefix, those of links do."""
    imports = "from reformtrack.web import create_app\nfrom serve_dak_nong import worked_example\n"
    (tmp_path / "portal.py").write_text(f"{imports}app = create_app(worked_example())\n")
    words = [sys.executable, "-m", "uvicorn", "portal:app", "--root-path", "/cai-cach", "--port", "0"]
    server = subprocess.Popen(words, cwd=tmp_path, env=paths(tmp_path), stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        line = next(line for line in server.stderr if "running on" in line)
        with httpx.Client(base_url=line.split(" running on ")[1].split()[0]) as proxy:
            for path in PAGES:
                answer = proxy.get(path)
                assert 200 == answer.status_code, path
                links = within("/cai-cach", Links(answer.text).links)
                assert proxy.get(links[-1].removeprefix("/cai-cach")).status_code in (200, 204)
            assert 200 == proxy.get("/static/site.css").status_code
            assert "/cai-cach/api/v1" == proxy.get("/api/v1/openapi.json").json()["servers"][0]["url"]
    finally:
        server.terminate()
        server.communicate()


def paths(*more: Path) -> dict[str, str]:
    """The environment of a process that finds the examples and these tests."""
    found = (EXAMPLES, EXAMPLES.parent, EXAMPLES.parent / "src", *more)
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, found))}
