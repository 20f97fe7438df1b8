"""A browser that looks at the worked example, and everything that it says and asks for."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import axe_core_python
from playwright.sync_api import Browser, Page, sync_playwright
from serve_dak_nong import worked_example

from reformtrack import Tracker
from reformtrack.web import create_app
from tests.web.asking import serve

AXE = Path(axe_core_python.__file__).parent / "axe.min.js"
PLAN = "/plans/dak-nong-2023"
PAGES = (
    "/",
    "/plans",
    PLAN,
    f"{PLAN}?on=2023-06-30&known_at=2023-06-30",
    f"{PLAN}/activities",
    f"{PLAN}/activities?counted=completed&domain=3",
    f"{PLAN}/activities?list=overdue&by=lead&q=so&columns=code,title,supporting,evidence",
    f"{PLAN}/activities?q=zzz&status=completed",
    "/agencies/so-noi-vu/activities",
    f"{PLAN}/activities/6.01",
    f"{PLAN}/activities/4.06",
    f"{PLAN}/indicators",
    f"{PLAN}/reports",
    f"{PLAN}/reports/2023-nam",
    "/agencies",
    "/agencies/so-noi-vu",
    "/agencies?lead=Thanh+tra+t%E1%BB%89nh",
    "/activities?list=overdue&on=2023-12-22",
    "/activities?list=without-lead&jurisdiction=T%E1%BB%89nh+%C4%90%E1%BA%AFk+N%C3%B4ng",
    "/trend",
    "/no-such-page",
    f"{PLAN}?on=never",
)
"""Every kind of page."""


@attrs.frozen
class Served:
    """The worked example, served on this machine."""

    address: str
    tracker: Tracker


@contextmanager
def served(*, week_later: bool = True) -> Iterator[Served]:
    """The worked example, served."""
    with worked_example(week_later=week_later) as tracker, serve(create_app(tracker)) as address:
        yield Served(address, tracker)


@contextmanager
def browser() -> Iterator[Browser]:
    """The browser of this machine; that of Playwright is not downloaded."""
    with sync_playwright() as playwright:
        program = shutil.which("chromium")
        found = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--lang=en-US"])
        try:
            yield found
        finally:
            found.close()


@attrs.define
class Heard:
    """What a page said and asked for."""

    complaints: list[str] = attrs.field(factory=list)
    """Errors and warnings on the console, and errors of scripts."""
    asked: list[str] = attrs.field(factory=list)
    """The address of every request."""
    received: list[int] = attrs.field(factory=list)
    """The size of every answer's body, in bytes."""


def listened_to(page: Page) -> Heard:
    """Listen to a page from now on."""
    heard = Heard()
    page.on(
        "console",
        lambda message: heard.complaints.append(message.text) if message.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: heard.complaints.append(str(error)))
    page.on("request", lambda request: heard.asked.append(request.url))
    page.on("response", lambda response: heard.received.append(len(response.body())) if response.ok else None)
    return heard
