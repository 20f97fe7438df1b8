"""Mounted under any path of another application, every link leads on within it; the host alone says who may do what."""

import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import mount_in_fastapi
import mount_in_litestar
import pytest
from serve_dak_nong import worked_example
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from reformtrack.web import create_app
from tests.web.asking import ask

EXAMPLES = Path(__file__).parents[2] / "examples"
EVENT = {"type": "ActivityReopened", "subject": "dak-nong-2023/6.01", "on": "2023-12-28", "reason": "x"}


class Links(HTMLParser):
    """The addresses that a page leads to or loads, and the anchors in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src", "action", "hx-get") and value and not value.startswith("data:"):
                self.links.append(value)
            if name == "id" and value:
                self.anchors.add(value)


def crawled(app: ASGIApp, prefix: str, start: str, most: int, headers: dict[str, str] | None = None) -> int:
    """How many addresses were reached from a page, each of them within the prefix, and there."""
    pages: dict[str, Links | None] = {}
    wanted: set[tuple[str, str]] = set()
    to_come = [f"{prefix}{start}"]
    while to_come and len(pages) < most:
        address = to_come.pop(0)
        if address in pages:
            continue
        answer = ask(app, address, headers)
        assert answer.status_code in (200, 204), address
        page = Links(answer.text) if answer.headers.get("content-type", "").startswith("text/html") else None
        pages[address] = page
        for link in page.links if page else ():
            path, _, anchor = link.partition("#")
            if path:
                assert path.startswith(f"{prefix}/"), link
                to_come.append(path)
            if anchor:
                wanted.add((path or address, anchor))
    for address, anchor in wanted:
        if page := pages.get(address):
            assert anchor in page.anchors, f"{address}#{anchor}"
    return len(pages)


def in_django_style(app: ASGIApp, prefix: str) -> ASGIApp:
    """As a host that only looks at the path hands requests on."""

    async def hosted(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "root_path": prefix}, receive, send)

    return hosted


@pytest.mark.parametrize("prefix", ["", "/a", "/cai-cach/tinh", "/cải cách"])
@pytest.mark.parametrize("start", ["/", "/plans/dak-nong-2023?on=2023-06-30&known_at=2023-06-30&lang=en"])
def test_every_link_leads_on_within_the_mount(prefix: str, start: str) -> None:
    """Pages, files, forms and what scripts ask for; every anchor is there; also where the prefix has to be escaped."""
    with worked_example() as tracker:
        app = create_app(tracker)
        escaped = "/c%E1%BA%A3i%20c%C3%A1ch" if prefix == "/cải cách" else prefix
        mounted = Starlette(routes=[Mount(prefix, app)]) if prefix else app
        assert 60 == crawled(mounted, escaped, start, 60)
        assert 20 == crawled(in_django_style(app, prefix), escaped, start, 20)


def test_the_clocks_and_the_language_are_kept_in_every_link() -> None:
    """But in those that change them."""
    with worked_example() as tracker:
        app = create_app(tracker)
        answer = ask(app, "/plans/dak-nong-2023?on=2023-06-30&known_at=2023-07-01&lang=en")
        links = [link for link in Links(answer.text).links if "/plans/" in link and "?" in link]
        kept = [link for link in links if "on=2023-06-30&known_at=2023-07-01&lang=en" in link]
        others = {link for link in links if link not in kept}
        assert len(kept) > 50
        here = "/plans/dak-nong-2023"
        assert {f"{here}?on=2023-06-30&known_at=2023-07-01&lang=vi", f"{here}?lang=en"} == others


def test_it_goes_into_fastapi_with_the_login_of_the_portal() -> None:
    """Nobody without a token, guests read, agencies record; the portal's own routes beside it."""
    portal = mount_in_fastapi.portal
    agency, guest = ({"authorization": f"Bearer {token}"} for token in mount_in_fastapi.TOKENS)
    assert 401 == ask(portal, "/cai-cach/").status_code
    assert 40 == crawled(portal, "/cai-cach", "/", 40, guest)
    assert "/cai-cach/api/v1" == ask(portal, "/cai-cach/api/v1/openapi.json", guest).json()["servers"][0]["url"]
    records, body = "/cai-cach/api/v1/records", {"events": [EVENT]}
    assert 403 == ask(portal, records, {**guest, "idempotency-key": "1"}, "POST", json=body).status_code
    recorded = ask(portal, records, {**agency, "idempotency-key": "1"}, "POST", json=body)
    assert (201, "so-noi-vu") == (recorded.status_code, recorded.json()["records"][0]["by"])
    assert {"ten": "khach", "tien_do": "51/55 (92,7%)"} == ask(portal, "/toi", guest).json()


def test_it_goes_into_litestar() -> None:
    """With the path that Litestar takes off put back."""
    portal: Any = mount_in_litestar.portal  # Litestar has types of its own for the same ASGI
    assert 40 == crawled(portal, "/cai-cach", "/", 40)
    assert {"tien_do": "52/55 (94,5%)"} == ask(portal, "/tien-do").json()


DJANGO = """
import mount_in_django as host
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from tests.web.asking import ask
from tests.web.test_mounting import EVENT, crawled

call_command("migrate", verbosity=0)
add = Permission.objects.create(codename="add_record", name="x", content_type=ContentType.objects.get_for_model(User))
cookies = {}
for name in ("so-noi-vu", "khach", "cu"):
    user = User.objects.create_user(name, is_active=name != "cu")
    if name == "so-noi-vu":
        user.user_permissions.add(add)
    session = SessionStore()
    session["_auth_user_id"], session["_auth_user_backend"] = str(user.pk), "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    cookies[name] = {"cookie": f"sessionid={session.session_key}"}
assert 401 == ask(host.application, "/cai-cach/").status_code
assert 401 == ask(host.application, "/cai-cach/", cookies["cu"]).status_code, "no longer active"
assert 401 == ask(host.application, "/cai-cach/", {"cookie": "sessionid=made-up"}).status_code
assert 40 == crawled(host.application, "/cai-cach", "/", 40, cookies["khach"])
records, body = "/cai-cach/api/v1/records", {"events": [EVENT]}
assert 403 == ask(host.application, records, {**cookies["khach"], "idempotency-key": "1"}, "POST", json=body).status_code
found = ask(host.application, records, {**cookies["so-noi-vu"], "idempotency-key": "1"}, "POST", json=body)
assert (201, "so-noi-vu") == (found.status_code, found.json()["records"][0]["by"])
assert 404 == ask(host.application, "/elsewhere").status_code, "Django's own"
print("whole")
"""


def test_it_goes_into_django_with_its_users_and_permissions() -> None:
    """In a process of its own: Django's settings hold for a whole process."""
    paths = os.pathsep.join((str(EXAMPLES), str(EXAMPLES.parent), str(EXAMPLES.parent / "src")))
    done = subprocess.run(
        [sys.executable, "-c", DJANGO],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
        check=False,
    )
    assert (0, "whole\n") == (done.returncode, done.stdout), done.stderr


def test_an_authorize_that_fails_is_the_hosts_own_error() -> None:
    """It is not taken for nobody, nor for somebody."""

    def authorize(request: Any) -> None:
        raise ZeroDivisionError

    with worked_example() as tracker, pytest.raises(ZeroDivisionError):
        ask(create_app(tracker, authorize=authorize), "/")
