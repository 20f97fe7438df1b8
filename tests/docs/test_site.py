"""The site that `make docs` built: its own search answers what people ask, and every link of it leads somewhere."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import attrs
import pytest
from playwright.sync_api import Page, expect

from tests.web.browser import browser

ROOT = Path(__file__).parents[2]
SITE = ROOT / "build/docs"
SOURCES = [ROOT / name for name in ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "docs", "src/reformtrack")]
QUESTIONS = {
    "undo a completion": "faq.html#how-do-i-undo-a-completion",
    "304": "faq.html#index-0",
    "two processes": "faq.html#may-two-processes-write",
    "clerk leaves": "faq.html#what-if-a-clerk-leaves",
    "move from SQLite to PostgreSQL": "faq.html#how-do-i-move-from-sqlite-to-postgresql",
    "rate published": "faq.html#why-does-a-rate-differ-from-the-published-one",
    "restore": "faq.html#how-do-i-back-up-and-restore",
    "python version": "faq.html#which-versions-of-python-and-of-databases-does-it-run-on",
    "test my code": "faq.html#how-do-i-test-my-own-code-against-it",
    "clock wrong": "faq.html#what-happens-when-the-clock-is-wrong",
    "migrate": "how-to/keep-a-file.html#migrate-a-store",
    "employee leaves": "faq.html#what-if-a-clerk-leaves",
    "HTTP 304": "faq.html#what-does-http-status-304-mean",
    "change the deadline": "faq.html#we-changed-the-deadline-afterwards-is-the-work-still-late",
    "how fast": "faq.html#how-fast-is-it-and-how-large-may-it-be",
    "delete a record": "faq.html#can-i-change-or-delete-a-record",
    "login": "faq.html#index-2",
    "GDPR": "how-to/protect-personal-data.html#index-0",
}
"""What people type, and the section that answers it."""

_QUERY = re.compile(r"\?[^#]*")
_AWAY = re.compile(r"[a-z]+:|//")


@attrs.define
class Links(HTMLParser):
    """What a page leads to, and what can be led to in it."""

    links: list[str] = attrs.field(factory=list)
    loads: list[str] = attrs.field(factory=list)
    anchors: set[str] = attrs.field(factory=set)

    def __attrs_pre_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name == "id" and value:
                self.anchors.add(value)
            if name in ("href", "src") and value is not None:
                (self.links if tag == "a" else self.loads).append(value)


@pytest.fixture(scope="module")
def site() -> Path:
    """The site, if it was built since its sources changed."""
    files = [file for source in SOURCES for file in (source.rglob("*.*") if source.is_dir() else [source])]
    changed = max(file.stat().st_mtime for file in files if file.suffix in (".md", ".py", ".js"))
    built = SITE / "searchindex.js"
    if not built.exists() or built.stat().st_mtime < changed:
        pytest.skip("`make docs` has not built the site since its sources changed")
    return SITE


@pytest.fixture(scope="module")
def search(site: Path) -> Iterator[Page]:
    """The page of its search, read from the disk: no server."""
    with browser() as chromium:
        page = chromium.new_page()
        page.goto(f"{site.as_uri()}/search.html")
        yield page


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("asked", QUESTIONS)
def test_the_search_finds_the_answer(search: Page, asked: str) -> None:
    """Among the first three, and at the place that answers it."""
    search.goto(search.url.partition("?")[0] + f"?q={asked}")
    expect(search.locator(".search-summary")).to_contain_text(re.compile("finished|did not match"), timeout=60_000)
    expect(search.locator("ul.search li").first).to_be_visible(timeout=60_000)
    links = [link.get_attribute("href") or "" for link in search.locator("ul.search li > a").all()[:3]]
    assert QUESTIONS[asked] in [_QUERY.sub("", link) for link in links]


@pytest.mark.slow
def test_every_link_leads_somewhere(site: Path) -> None:
    """To a file of the site, and to an anchor in it; and nothing is loaded from another host."""
    pages = dict[Path, Links]()
    for file in site.rglob("*.html"):
        pages[file] = Links()
        pages[file].feed(file.read_text(encoding="utf-8"))
    dead, away, followed = [], [], 0
    for file, page in pages.items():
        away += [f"{file}: {link}" for link in page.loads if _AWAY.match(link)]
        for link in (link for link in page.links + page.loads if not _AWAY.match(link)):
            path, anchor = urldefrag(_QUERY.sub("", link))
            to = (file.parent / unquote(path)).resolve() if path else file
            followed += 1
            if not to.exists() or (anchor and to in pages and unquote(anchor) not in pages[to].anchors):
                dead.append(f"{file}: {link}")
    assert ([], []) == (dead, away)
    assert followed > 10_000
