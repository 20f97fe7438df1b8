"""What is answered is bounded in bytes; what does not fit is a link away, and nothing is lost on the way."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from reformtrack import Document, Tracker
from reformtrack.events import AgencyRegistered, EvidenceFiled, PlanAmended
from reformtrack.web import create_app
from reformtrack.web.feed import frames_after
from tests.support import adopted, day, scheduled
from tests.web.asking import ask

COUNT = 30
MOST = 2_000_000
"""More than an answer has, and far less than the records have together."""

LARGE = tuple(Document(number=str(place), title="ộ" * 1_500) for place in range(60))
API = "/api/v1"


def filed(number: int) -> EvidenceFiled:
    return EvidenceFiled("p/1.01", on=day("2-1"), evidence=(Document(number=f"first-{number}"), *LARGE))


@pytest.fixture(scope="module")
def tracker() -> Iterator[Tracker]:
    with Tracker() as tracker:
        tracker.record(adopted(), scheduled(), AgencyRegistered("@a", on=day("1-1"), name="A"), by="tester")
        tracker.record(*map(filed, range(COUNT)), by="tester")
        amended = [PlanAmended("p", on=day("2-1"), document=LARGE[n % 60]) for n in range(250)]
        tracker.record(*amended, by="tester")
        yield tracker


def pages_from(app: Any, path: str) -> Iterator[str]:
    """A page, and those that its links lead to, one after the other."""
    while True:
        answer = ask(app, path)
        assert 200 == answer.status_code
        assert len(answer.content) < MOST
        yield answer.text
        found = re.search(r'<a rel="next" href="([^"]+)">', answer.text)
        if found is None:
            return
        path = found[1].replace("&amp;", "&")


@pytest.mark.slow
def test_the_pages_of_an_activity_have_each_record_once(tracker: Tracker) -> None:
    """The newest first; and the evidence that is not shown is said to be in them."""
    pages = list(pages_from(create_app(tracker), "/plans/p/activities/1.01?lang=en"))
    versions = [int(version) for page in pages for version in re.findall(r'<li id="r(\d+)"', page)]
    assert list(range(COUNT + 1, 0, -1)) == versions
    assert len(pages) > 1
    assert re.search(r"\d+ more documents are in the records below", pages[0])
    assert set(range(COUNT)) == {int(number) for page in pages for number in re.findall(r"first-(\d+)\b", page)}


def test_the_records_of_a_plan_and_of_an_agency_have_pages(tracker: Tracker) -> None:
    """Each once, the newest first, however many they are."""
    app = create_app(tracker)
    pages = list(pages_from(app, "/plans/p"))
    versions = [int(version) for page in pages for version in re.findall(r'<li id="r(\d+)"', page)]
    assert 3 <= len(pages)
    assert list(range(251, 0, -1)) == versions
    assert 1 == len(list(pages_from(app, "/agencies/a")))


def test_a_link_to_a_record_leads_to_its_page(tracker: Tracker) -> None:
    """Whatever page that is; a record that does not exist leads to the newest."""
    app = create_app(tracker)
    for version in (1, 2, COUNT // 2, COUNT + 1):
        assert f'<li id="r{version}"' in ask(app, f"/plans/p/activities/1.01?record={version}").text
    listed = ask(app, "/plans/p/activities").text
    [link] = set(re.findall(r'href="([^"#]+record=\d+)#(r\d+)"', listed))
    assert f'<li id="{link[1]}"' in ask(app, link[0].replace("&amp;", "&")).text
    assert f'<li id="r{COUNT + 1}"' in ask(app, "/plans/p/activities/1.01?record=999").text
    for wrong in ("record=0", "record=x", "page=0", "page=99", "page=²"):
        assert 400 == ask(app, f"/plans/p/activities/1.01?{wrong}").status_code


@pytest.mark.slow
def test_the_api_gives_an_activity_page_by_page(tracker: Tracker) -> None:
    """All its evidence, and all the records that make it so, once."""
    app, numbers, because = create_app(tracker), list[str](), list[int]()
    page: int | None = 1
    while page is not None:
        answer = ask(app, f"{API}/plans/p/activities/1.01?page={page}")
        assert len(answer.content) < MOST
        found = answer.json()
        numbers += [document["number"] for document in found["evidence"]]
        because += [record["version"] for record in found["because"]]
        page = found["next"]
    one = tracker.plan("p").activity("1.01")
    assert [document.number for document in one.state.evidence] == numbers
    assert [record.version for record in one.because] == because
    for wrong in ("0", "99", "x"):
        assert 400 == ask(app, f"{API}/plans/p/activities/1.01?page={wrong}").status_code


@pytest.mark.parametrize("stream", ["", "&stream=p/1.01"])
def test_a_page_of_the_log_is_bounded(tracker: Tracker, stream: str) -> None:
    """In bytes, however many records were asked for; the pages have each record once."""
    app, found = create_app(tracker), list[int]()
    after: int | None = 0
    while after is not None:
        answer = ask(app, f"{API}/records?limit=1000&after={after}{stream}")
        assert len(answer.content) < MOST
        page = answer.json()
        found += [record["position"] for record in page["records"]]
        after = page["next"]
    expected = tracker.log.history("p/1.01") if stream else tracker.log.records()
    assert [record.position for record in expected] == found


def test_what_looks_at_the_log_reads_what_it_answers(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of one record, what is new, a frame of the stream of events: no more than some records of it."""
    app, sizes, recorder = create_app(tracker), list[int](), tracker._store.recorder
    select = recorder._select_page

    def selected(*args: Any, **given: Any) -> Any:
        rows = select(*args, **given)
        sizes.extend(len(row[4]) for row in rows if len(row) == 5)
        return rows

    monkeypatch.setattr(recorder, "_select_page", selected)
    largest = max(len(row[4]) for row in recorder.select_log(0, 1_000))
    for question in (
        lambda: ask(app, f"{API}/records?limit=1&after=3"),
        lambda: ask(app, f"{API}/records?limit=1&after=3&stream=p/1.01"),
        lambda: ask(app, "/news?after=3"),
        lambda: frames_after(tracker, 3),
    ):
        sizes.clear()
        question()
        assert sum(sizes) < 65_536 + 3 * largest


def test_news_says_when_there_is_more(tracker: Tracker) -> None:
    """Also where the first record fills a page."""
    app = create_app(tracker)
    assert "1 new records and more" in ask(app, "/news?after=3&lang=en").text
    assert "1 new record: show it" in ask(app, f"/news?after={tracker.log.position() - 1}&lang=en").text


@pytest.mark.parametrize("path", ["/", "/plans/p", f"{API}/plans/p", "/nothing", "/healthz", f"{API}/events"])
def test_an_address_that_is_too_long_is_refused_before_it_is_read(tracker: Tracker, path: str) -> None:
    """By whoever asks: reading it took time that grew with the square of its parameters."""
    app = create_app(tracker, authorize=lambda _: None)
    for query in ("a" * 61_441, "&".join(f"p{number}" for number in range(501)), "&" * 61_000):
        found = ask(app, f"{path}?{query}")
        assert (414, "no-store") == (found.status_code, found.headers["cache-control"])
        assert "accepted: at most 61440 bytes" in found.text or "chấp nhận: không quá 61440 byte" in found.text
    for query in ("a" * 61_440, "&".join(f"p{number}" for number in range(500))):
        assert 414 != ask(app, f"{path}?{query}").status_code
