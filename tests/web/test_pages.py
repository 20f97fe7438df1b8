"""The pages: their figures are the tracker's, on both clocks; what is entered is no markup; errors say what to do."""

import asyncio
import html
import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import html5lib
import httpx
import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from serve_dak_nong import worked_example
from starlette.requests import Request

from reformtrack import CountingRule, Deadline, NotFound, Period, Tracker
from reformtrack.domain.values import Document
from reformtrack.domain.wording import percent
from reformtrack.events import (
    ActivityCompleted,
    ActivityStarted,
    ActivityWithdrawn,
    AgencyRegistered,
    AgencyRenamed,
    EvidenceFiled,
    FigurePublished,
    RecordRetracted,
)
from reformtrack.testing import proposals
from reformtrack.testing.history import DAYS
from reformtrack.web import Actor, answering, counts, create_app
from reformtrack.web.asked import Asked, asked
from reformtrack.web.page import view_of
from reformtrack.web.problems import Problem
from tests.support import ADOPTED, Clock, adopted, day, scheduled, tamper, tracker_of
from tests.web.asking import ask

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"' {{ 7 * 7 }}"


def raw_get(app: Any, path: str) -> tuple[int, dict[bytes, bytes], str]:
    """Status, headers and body of an answer to a path as it is: a client would read a host in some."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b""}
    asyncio.run(
        app({**scope, "headers": [(b"host", b"test")], "server": ("test", 80), "scheme": "http"}, receive, send)
    )
    start, *body = sent
    return start["status"], dict(start["headers"]), b"".join(part["body"] for part in body).decode()


def plain(answer: httpx.Response) -> str:
    """What a page says, without its markup; it is whole HTML."""
    document = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(answer.text)
    return " ".join("".join(document.itertext()).split())


@given(proposals(), DAYS, st.integers(0, 30))
def test_the_page_of_a_plan_says_what_the_tracker_says(events: list[Any], on: date, back: int) -> None:
    """Over any history, on any day, as known at any position."""
    with tracker_of(events) as tracker:
        app = create_app(tracker)
        known_at = max(1, tracker.log.position() - back)
        answer = ask(app, f"/plans/p?on={on}&known_at={known_at}")
        plan = tracker.plan("p", on=on, known_at=known_at)
        assert 200 == answer.status_code
        progress = plan.progress()
        said = plain(answer)
        assert f"{progress.completed}/{progress.total} {percent(progress.rate)} nhiệm vụ đã hoàn thành" in said
        assert f"{len(plan.overdue())} quá hạn" in said
        for counted in ("completed", "overdue"):
            shown = ask(app, f"/plans/p/activities?counted={counted}&on={on}&known_at={known_at}")
            expected = [id for id, as_ in progress.counted if as_.value == counted]
            found = re.findall(r'<th scope="row"><a href="/plans/p/activities/([^"?]+)', shown.text)
            assert sorted(id.removeprefix("p/") for id in expected) == sorted(found)


def test_each_due_day_of_a_recurring_activity_stands_on_its_pages() -> None:
    """What was missed with its days, what is due soon, and what is open."""
    with Tracker(clock=Clock()) as tracker:
        deadline = Deadline.parse("20/3; 20/6; 25/6; 20/9", 2023)
        tracker.record(
            adopted(confirmation_required=True), scheduled("p/1", deadline=deadline), scheduled("p/2"), by="a"
        )
        tracker.record(ActivityCompleted("p/2", on=day("6-20")), by="a")
        app = create_app(tracker)
        whole, one, waits = (
            plain(ask(app, f"/plans/p{path}?on=2023-06-21")) for path in ("", "/activities/1", "/activities/2")
        )
    assert "Sở Tư pháp · 20/03/2023 · quá hạn 93 ngày · 20/06/2023 · quá hạn 1 ngày" in whole
    assert "Sở Tư pháp · 25/06/2023" in whole
    assert "20/03/2023 (quá hạn 93 ngày); 20/06/2023 (quá hạn 1 ngày); 25/06/2023; 20/09/2023" in one
    assert "Ngày đến hạn30/06/2023" in waits


@pytest.mark.parametrize("rule", CountingRule)
def test_a_cell_of_the_heat_map_leads_to_what_it_counts(rule: CountingRule) -> None:
    """Nothing that has left the plan, and all that is due, whatever the rule of the plan."""
    with Tracker(clock=Clock()) as tracker:
        ids = [f"p/{n}" for n in (1, 2, 3)]
        tracker.record(
            adopted(counting_rule=rule),
            *map(scheduled, ids),
            ActivityWithdrawn(ids[0], on=day("3-1"), reason="x"),
            by="a",
        )
        app = create_app(tracker)
        [(link, cell)] = re.findall(
            r'href="([^"]*month=[^"]*)".*?</span> (.*?)</a>', ask(app, "/plans/p?on=2023-06-01").text
        )
        found = re.findall(r'<th scope="row"><a href="/plans/p/activities/([^"?]+)', ask(app, html.unescape(link)).text)
    assert ("0/2", ["2", "3"]) == (cell, found)


def test_the_page_of_an_agency_has_its_work_and_no_namesakes() -> None:
    """By whom the lead meant on the day it was printed, marks included; what may be several agencies' is said to be so."""
    born, x, z = date(2020, 1, 1), "Phòng Tư pháp", "Phòng Tu pháp"
    with Tracker(clock=Clock()) as tracker:
        tracker.record(
            *(AgencyRegistered(f"@{id}", on=born, name=name) for id, name in (("a", x), ("b", "Sở Z"), ("c", z))),
            *(AgencyRegistered(f"@{id}", on=born, name="Sở Chung") for id in "de"),
            AgencyRenamed("@a", on=day("5-1"), name="Phòng Y"),
            AgencyRenamed("@b", on=day("7-1"), name=x),
            adopted(),
            *(scheduled(f"p/{n}", lead=lead) for n, lead in enumerate((x, "Sở Z", z, "Sở Chung"), 1)),
            scheduled("p/5", on=day("8-1"), lead=x),
            by="a",
        )
        app = create_app(tracker)
        pages = {id: ask(app, f"/agencies/{id}?on=2023-12-01") for id in "abcde"}
        behind: dict[str, list[list[str]]] = {}
        for id, page in pages.items():
            assert 200 == page.status_code
            links = [html.unescape(link) for link in re.findall(r'href="([^"]*list=overdue[^"]*)"', page.text)]
            shown = [ask(app, link).text for link in links]
            behind[id] = [re.findall(r'<th scope="row"><a href="/plans/p/activities/([^"?]+)', one) for one in shown]
            totals = re.findall(r">0/([0-9])</a>", page.text)
            assert [str(len(codes)) for codes in behind[id]] == totals
        said = plain(pages["d"])
    assert {"a": [["1"]], "b": [["2", "5"]], "c": [["3"]], "d": [], "e": []} == behind
    assert "1 nhiệm vụ chưa được tính ở đây: tên cơ quan chủ trì “Sở Chung” có thể là của nhiều cơ quan" in said


def test_a_day_known_means_until_its_end_and_today_means_now() -> None:
    """In the local time of facts, whatever the server's is."""
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        tracker.record(adopted(), scheduled(), ActivityCompleted("p/1.01", on=day("6-1")), by="x")
        app, today = create_app(tracker), tracker.today()
        assert "1/1" in plain(ask(app, f"/plans/p?known_at={today}"))
        assert 404 == ask(app, f"/plans/p?known_at={today - timedelta(days=1)}").status_code
        clock.now += timedelta(days=1)
        assert "1/1" in plain(ask(app, f"/plans/p?known_at={today}"))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/plans/nothing", 404),
        ("/plans/NOT-AN-ID", 400),
        ("/plans/p?on=yesterday", 400),
        ("/plans/p?on=2022-01-01", 404),
        ("/plans/p?known_at=99999999", 400),
        ("/plans/p?known_at=2023-01-05T10:00:00", 400),
        ("/plans/p?known_at=2999-01-01T10:00:00Z", 400),
        ("/plans/p?lang=fr", 400),
        ("/plans/p/activities/9.99", 404),
        ("/plans/p/activities?counted=everything", 400),
        ("/plans/p/activities?list=everything", 400),
        ("/plans/p/activities?rule=mine", 400),
        ("/plans/p/reports/2023-year", 404),
        ("/plans/p/reports/%00", 400),
        ("/plans?page=0", 400),
        ("/plans?page=2", 400),
        ("/news?after=-1", 400),
        ("/agencies/so-noi-vu", 404),
        ("/static/../app.py", 404),
        ("/nothing", 404),
    ],
)
def test_what_cannot_be_answered_is_said_in_a_page(path: str, status: int) -> None:
    """With its status, and in whole HTML."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        answer = ask(create_app(tracker), path)
        assert status == answer.status_code
        assert "Trang chủ" in plain(answer)


def test_what_is_entered_is_never_taken_for_markup() -> None:
    """Titles, notes, names, evidence, and the query itself: shown as they are."""
    with Tracker(clock=Clock()) as tracker:
        document = Document(title=EVIL, url="https://example.com/?a=1&b='><script>", sha256="a" * 64)
        tracker.record(
            adopted(title=EVIL, jurisdiction=EVIL, host_fields={"note": EVIL}),
            scheduled(title=EVIL, lead=EVIL, output=EVIL),
            ActivityStarted("p/1.01", on=day("2-1"), note=EVIL),
            EvidenceFiled("p/1.01", on=day("3-1"), evidence=(document,)),
            by=EVIL,
        )
        tracker.record(RecordRetracted("p/1.01", version=2, reason=EVIL), by=EVIL)
        app = create_app(tracker)
        for path in ("/", "/plans", "/plans/p", "/plans/p/activities", "/plans/p/activities/1.01", "/plans/p/reports"):
            answer = ask(app, path)
            assert EVIL in plain(answer)
            assert "<script>alert" not in answer.text
            assert "<img" not in answer.text
            assert " onerror=alert(1)>" not in answer.text.replace("&gt;", "")
        searched = ask(app, "/plans", params={"q": EVIL, "jurisdiction": EVIL, "lang": "en"})
        assert 200 == searched.status_code
        assert "<script>alert" not in searched.text
        assert "javascript:" not in ask(app, "/news?after=0", {"HX-Current-URL": "javascript:alert(1)"}).text
        assert 'href="/"' in ask(app, "/news?after=0", {"HX-Current-URL": "https://elsewhere.example//evil"}).text


@pytest.mark.parametrize(
    "path", ["//evil.example/x", "//evil.example", "/\\evil.example", "/%5cevil.example/", "/plans/p//"]
)
def test_no_link_of_a_page_leads_to_another_host(path: str) -> None:
    """Also of the page that says that there is none, whose own address looks like a host."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), by="x")
        status, headers, body = raw_get(create_app(tracker), path)
    assert (404, {}) == (status, {name: value for name, value in headers.items() if name == b"location"})
    links = re.findall(r'(?:href|action|src|hx-get)="([^"]*)"', body)
    assert {"test"} == {
        urlsplit(urljoin("http://test/", link)).netloc for link in links if not link.startswith("data:")
    }
    assert not any("\\" in link for link in links)


@pytest.mark.parametrize("path", ["/plans/", "/agencies/", "/api/v1/plans/", "/api/v1", "/static/"])
def test_nobody_is_sent_to_the_host_that_a_request_names(path: str) -> None:
    """An address with a slash too many is none; an answer that is kept on its way cannot lead elsewhere."""
    with Tracker(clock=Clock()) as tracker:
        answer = ask(create_app(tracker), path, {"host": "evil.example"})
    assert (404, None, False) == (answer.status_code, answer.headers.get("location"), "evil" in answer.text)


@pytest.mark.parametrize(
    "page",
    [
        "//e.example/x",
        "/\\e.example",
        "http://test/\\e.example",
        "http://test//e.example",
        "http://[",
        "x:y",
        "http://t/../e",
    ],
)
def test_the_line_that_tells_of_news_leads_to_a_page_of_this_application(page: str) -> None:
    """Whatever a request says that it comes from."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), by="x")
        answer = ask(create_app(tracker), "/news?after=0", {"hx-current-url": page})
    [link] = re.findall('href="([^"]*)"', answer.text)
    assert (200, "test") == (answer.status_code, urlsplit(urljoin("http://test/", link.replace("\\", "/"))).netloc)


def test_a_page_is_fetched_again_only_when_something_was_recorded() -> None:
    """Or on the next day, or by somebody else."""
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        app = create_app(tracker, authorize=lambda request: Actor(request.headers["who"], may_record=False))
        tag = ask(app, "/plans/p", {"who": "a"}).headers["etag"]

        def status(who: str = "a") -> int:
            return ask(app, "/plans/p", {"who": who, "if-none-match": tag}).status_code

        assert (304, 200) == (status(), status("b"))
        tracker.record(ActivityStarted("p/1.01", on=day("2-1")), by="x")
        assert 200 == status()
        tag = ask(app, "/plans/p", {"who": "a"}).headers["etag"]
        assert 304 == status()
        clock.now += timedelta(days=1)
        assert 200 == status()


def test_a_tag_is_of_all_that_an_answer_depends_on() -> None:
    """Of two pages that ask for news each gets its own link, from this application and from a cache before it."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        app = create_app(tracker)
        asking = [{"hx-current-url": f"http://test/{page}"} for page in ("plans/p", "agencies")]
        first, second = (ask(app, "/news?after=0", headers) for headers in asking)
        assert "/plans/p" in first.text
        assert "/agencies" in second.text
        assert first.headers["etag"] != second.headers["etag"]
        assert {"hx-current-url", "cookie", "authorization"} == {
            name.strip().lower() for name in first.headers["vary"].split(",")
        }
        tag = {"if-none-match": first.headers["etag"]}
        assert [304, 200] == [ask(app, "/news?after=0", {**headers, **tag}).status_code for headers in asking]


HEADERS = {
    "accept": "application/json",
    "accept-language": "en",
    "authorization": "Bearer x",
    "cookie": "lang=en",
    "host": "other.example",
    "hx-boosted": "true",
    "hx-current-url": "http://test/agencies",
    "hx-request": "true",
    "hx-request-type": "partial",
    "hx-target": "page",
    "origin": "http://other.example",
    "referer": "http://other.example/agencies",
    "sec-fetch-mode": "navigate",
    "user-agent": "x",
    "x-forwarded-host": "other.example",
    "x-forwarded-prefix": "/other",
    "x-forwarded-proto": "https",
}


@pytest.mark.parametrize("path", ["/", "/plans/p", "/plans/p?lang=en", "/news?after=0", "/api/v1/plans/p"])
def test_a_header_that_changes_an_answer_is_in_its_tag_and_named(path: str) -> None:
    """Any header that a browser, a script or a proxy sends: the answer is the same, or is another one to every cache."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        app = create_app(tracker)
        plainly, changing = ask(app, path), set()
        for name, value in HEADERS.items():
            answer = ask(app, path, {name: value})
            if answer.text != plainly.text:
                changing.add(name)
                assert answer.headers["etag"] != plainly.headers["etag"]
                assert name in answer.headers["vary"].lower()
    assert ({"hx-current-url"} if path.startswith("/news") else set()) == changing


def test_an_answer_that_is_kept_is_the_same_and_none_is_kept_too_long() -> None:
    """Not after a record, not for another address, day, language or mount."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        app = create_app(tracker)
        before = ask(app, "/plans/p")
        assert (before.text, before.headers["etag"]) == (
            ask(app, "/plans/p").text,
            ask(app, "/plans/p").headers["etag"],
        )
        assert before.headers["content-type"] == ask(app, "/plans/p").headers["content-type"]
        assert "Reform" not in before.text
        assert "overdue" in plain(ask(app, "/plans/p?lang=en"))
        tracker.record(ActivityCompleted("p/1.01", on=day("6-1")), by="x")
        assert "1/1" in plain(ask(app, "/plans/p"))
        assert "0/1" in plain(ask(app, f"/plans/p?on={ADOPTED}"))


def test_a_plan_that_cannot_be_counted_says_so(tmp_path: Path) -> None:
    """Its page is an error with what to do; the page of all plans names it and counts the others."""
    url = f"sqlite:///{tmp_path}/plans.db"
    with Tracker(url, clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), adopted("q"), scheduled("q/1"), by="x")
        tamper(url, "UPDATE reformtrack_log SET topic = 'X.1' WHERE originator_id = 'p/1.01'")
        app = create_app(tracker)
        spoilt = ask(app, "/plans/p")
        assert 500 == spoilt.status_code
        assert "Tracker.log.quarantine()" in plain(spoilt)
        country = ask(app, "/")
        assert "1 kế hoạch không được tính vì có bản ghi không đọc được: p" in plain(country)
        assert "0/1" in plain(country)


@pytest.mark.slow  # six hundred pages
def test_every_record_has_a_place_on_the_page_of_what_it_is_about() -> None:
    """Also those of the plan itself, of indicators, reports and agencies, and those that were taken back."""
    with worked_example() as tracker:
        app = create_app(tracker)
        request = Request({"type": "http", "path": "/", "query_string": b"", "headers": []})
        view = view_of(request, Asked(None, None, "vi"), tracker, 0)
        pages: dict[str, set[str]] = {}
        for record in tracker.log.records():
            address, _, anchor = view.record(record).partition("#")
            if address not in pages:
                pages[address] = set(re.findall(r'id="([^"]+)"', ask(app, address).text))
            assert anchor in pages[address], record
        assert len(pages) > 60


def test_what_was_retracted_of_a_report_is_marked_so_on_its_page() -> None:
    """As on the pages of plans, activities and agencies; it counts no more."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled("p/1.01"), by="a")
        report = tracker.reports.issue("p", "2023-h1", by="a")
        given: dict[str, Any] = {"on": tracker.today(), "reported_text": "SAI 96,4%", "percent": Decimal("96.4")}
        [record] = tracker.record(FigurePublished("p@2023-h1", period=report.period, **given), by="a")
        tracker.record(RecordRetracted("p@2023-h1", version=record.version, reason="nhầm nguồn"), by="a")
        assert () == tracker.reports.get("p@2023-h1").compared()
        said = plain(ask(create_app(tracker), "/plans/p/reports/2023-h1?lang=en"))
        assert "retracted by record 3" in said
        assert "nhầm nguồn" in said


HALF = Period(code="2023-dau", title="6 tháng", first=ADOPTED, last=day("6-30"))
NINE = Period(code="2023-sau", title="9 tháng", first=ADOPTED, last=day("9-30"))


def reported(app: Any, query: str = "") -> str:
    """What the page of the plan says of a report; empty when nothing."""
    found = html5lib.parse(ask(app, f"/plans/p{query}").text, namespaceHTMLElements=False)
    return " ".join(" ".join("".join(one.itertext()).split()) for one in found.iterfind(".//p[@class='reported']"))


def test_the_page_of_a_plan_shows_the_last_report_where_it_says_otherwise() -> None:
    """Its figure, its period, and the way to what changed; nothing while they are the same, nor before it was issued."""
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        tracker.record(adopted(), *(scheduled(f"p/{n}") for n in range(1, 5)), by="x")
        tracker.record(ActivityCompleted("p/1", on=day("5-2")), by="x")
        app = create_app(tracker)
        assert "" == reported(app)
        tracker.reports.issue("p", HALF, by="x")
        assert "" == reported(app), "they are the same"
        tracker.record(ActivityCompleted("p/2", on=day("7-2")), by="x")
        said = "Số liệu đã báo cáo: 1/4 (25,0%), 6 tháng, tính đến 30/06/2023. Diễn biến sau kỳ báo cáo"
        assert said == reported(app)
        assert "" == reported(app, f"?known_at={tracker.log.position() - 2}"), "as known before the report"
        assert "" == reported(app, f"?on={day('7-1')}"), "on a day before it was issued"
        assert "Last report: 1/4 (25.0%), 6 tháng, up to 2023-06-30. What" in reported(app, "?lang=en")
        [link] = re.findall(r'<a href="([^"]+)#since">', ask(app, "/plans/p").text)
        page = plain(ask(app, link))
        assert "Đã báo cáo 1/4 (25,0%), đến " in page
        assert "2 Rà soát văn bản: chưa thực hiện → đã hoàn thành, báo cáo hoàn thành, 02/07/2023" in page
        assert 'id="since"' in ask(app, link).text
        tracker.reports.issue("p", NINE, by="x")
        assert "" == reported(app), "the last one says what is so today"
        tracker.record(RecordRetracted("p/1", version=2, reason="x"), by="x")
        assert "2/4 (50,0%), 9 tháng" in reported(app)


def test_a_report_under_another_rule_is_compared_under_its_own() -> None:
    """And the page says which, and what the figure is under it now."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), *(scheduled(f"p/{n}") for n in range(1, 4)), by="x")
        tracker.record(scheduled("p/4", deadline=Deadline.parse("Thường xuyên", 2023)), by="x")
        tracker.reports.issue("p", HALF, by="x", rule=CountingRule.DATED_ONLY)
        app = create_app(tracker)
        assert "" == reported(app), "0/3 then and now, and 0/4 under the rule of the plan"
        tracker.record(ActivityCompleted("p/1", on=day("7-2")), by="x")
        rule = CountingRule.DATED_ONLY.label("vi")
        assert f"0/3 (0,0%), 6 tháng, tính đến 30/06/2023 (cách tính: {rule}; hiện nay 1/3 (33,3%))" in reported(app)


def test_an_activity_that_is_no_longer_there_is_named_among_the_changes() -> None:
    """Without a link that leads nowhere; one that came is named too."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled("p/1"), scheduled("p/2"), by="x")
        tracker.reports.issue("p", HALF, by="x")
        tracker.record(RecordRetracted("p/2", version=1, reason="x"), scheduled("p/3", on=day("7-1")), by="x")
        tracker.record(scheduled("p/4", on=day("7-1")), by="x")
        page = ask(create_app(tracker), "/plans/p/reports/2023-dau")
    assert "2 Rà soát văn bản: chưa thực hiện → không có trong kế hoạch" in plain(page)
    assert "3 Rà soát văn bản: không có trong kế hoạch → chưa thực hiện, đưa vào kế hoạch, 01/07/2023" in plain(page)
    changes = page.text.partition('id="since"')[2].partition("</ul>")[0]
    assert "/activities/2" not in changes
    assert "/activities/3" in changes


def test_what_keeps_every_total_of_a_report_is_shown_as_otherwise() -> None:
    """On its page, in the list, in the API: the totals are the same and one activity is late now."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled("p/1"), ActivityCompleted("p/1", on=day("5-1")), by="x")
        tracker.reports.issue("p", "2023-year", by="x")
        wrong = RecordRetracted("p/1", version=2, reason="x")
        tracker.record(wrong, ActivityCompleted("p/1", on=day("7-1")), by="x")
        app = create_app(tracker)
        page, listed = ask(app, "/plans/p/reports/2023-year"), ask(app, "/plans/p/reports")
        answer = ask(app, "/api/v1/plans/p/reports/2023-year").json()
    assert "1 Rà soát văn bản: đã hoàn thành, đúng hạn → đã hoàn thành, trễ hạn" in plain(page)
    assert "0 số liệu, 1 nhiệm vụ" in plain(listed)
    assert (True, [False] * 4) == (answer["restated"], [line["differs"] for line in answer["figures"]])
    assert [("completed_on_time", 1, 0), ("completed_late", 0, 1)] == [tuple(one.values()) for one in answer["balance"]]
    assert ["p/1"] == [one["activity"] for one in answer["activities"]]


def test_a_report_that_cannot_be_read_keeps_nobody_from_the_plan(tmp_path: Path) -> None:
    """Its figures are there, and the way to the page that says what is wrong."""
    url = f"sqlite:///{tmp_path}/plans.db"
    with Tracker(url, clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        tracker.reports.issue("p", HALF, by="x")
        tamper(url, "UPDATE reformtrack_log SET topic = 'X.1' WHERE originator_id = 'p@2023-dau'")
        app = create_app(tracker)
        assert "0/1" in plain(ask(app, "/plans/p"))
        assert "Có báo cáo đã ban hành không đọc được." in reported(app)
        assert 500 == ask(app, "/plans/p/reports").status_code


def test_a_plan_without_activities_is_among_the_plans(tmp_path: Path) -> None:
    """On the page of the country, in the list and in the API; one that cannot be read is named instead."""
    url = f"sqlite:///{tmp_path}/plans.db"
    with Tracker(url, clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        tracker.record(adopted("bare", jurisdiction="Xã Trống", title="Kế hoạch trống"), adopted("lost"), by="x")
        tamper(url, "UPDATE reformtrack_log SET topic = 'X.1' WHERE position = 4")
        app = create_app(tracker)
        for query in ("", f"?known_at={tracker.log.position()}", "?on=2023-06-01"):
            country, listed = plain(ask(app, f"/{query}")), plain(ask(app, f"/plans{query}"))
            assert "trong 2 kế hoạch" in country
            assert "Xã Trống" in country
            assert "2 kế hoạch" in listed
            assert re.search("Kế hoạch trống *Xã Trống *0/0", listed)


def test_the_country_ranks_and_pages_its_places() -> None:
    """By rate, the larger of equals first; the worst, the late and the silent beside it; on a past day as well."""
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        for number in range(120):
            plan, place = f"x-{number}", f"Xã {number:03}"
            done = [ActivityCompleted(f"{plan}/1", on=day("6-1"))] if number % 3 == 0 else []
            tracker.record(adopted(plan, jurisdiction=place), scheduled(f"{plan}/1"), *done, by="x")
        app = create_app(tracker)
        first, second = ask(app, "/"), ask(app, "/?page=2")
        ranks = re.findall(
            r'<td class="number" data-label="[^"]*">(\d+)</td><th scope="row"><a href="/plans/(x-\d+)"',
            first.text + second.text,
        )
        assert [1] * 40 + [41] * 80 == [int(rank) for rank, _ in ranks]
        assert ["x-0", "x-3", "x-6"] == [plan for _, plan in ranks[:3]]
        assert "40/120" in plain(first)
        assert "0/120" in plain(ask(app, "/?on=2023-05-31"))
        assert "40/120" in plain(ask(app, f"/?known_at={tracker.log.position()}"))
        assert "Trang 1/2" in plain(first)
        assert 400 == ask(app, "/?page=3").status_code
        found = ask(app, "/plans?q=xa 11")
        assert "10 kế hoạch" in plain(found)
        assert "20 kế hoạch" in plain(ask(app, "/plans?q=xa 1"))


def test_the_work_of_agencies_is_folded_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes meanwhile is told to come again, and the other pages are not kept waiting."""
    monkeypatch.setattr(answering, "PATIENCE", 0.01)
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), AgencyRegistered("@tu-phap", on=ADOPTED, name="Sở Tư pháp"), by="x")
        kept, registry = counts.Counts(tracker), tracker.agencies()
        past, now = asked(tracker, {"on": "2023-05-01"}), asked(tracker, {})
        agency = registry.agency("@tu-phap")
        with kept._one_at_a_time:
            with pytest.raises(Problem, match="later") as caught:
                kept.work(now, registry, agency)
            assert 503 == caught.value.status
            assert 1 == len(kept.rollup(now, "plan").lines) == len(kept.rollup(past, "plan").lines)
        assert 1 == len(kept.work(past, registry, agency))


def test_every_answer_says_that_nothing_is_loaded_from_elsewhere() -> None:
    """Also errors, files and 304."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), by="x")
        app = create_app(tracker)
        tag = ask(app, "/").headers["etag"]
        for path, more in (
            ("/", {}),
            ("/", {"if-none-match": tag}),
            ("/nothing", {}),
            ("/static/site.css", {}),
            ("/healthz", {}),
        ):
            headers = ask(app, path, more).headers
            assert "default-src 'none'" in headers["content-security-policy"]
            assert "unsafe" not in headers["content-security-policy"]
            for rule in ("base-uri 'none'", "form-action 'self'", "frame-ancestors 'self'", "script-src 'self'"):
                assert rule in headers["content-security-policy"].split("; ")
            assert "nosniff" == headers["x-content-type-options"]


def test_health_says_how_far_the_views_are_behind() -> None:
    """And that the store answers."""
    with Tracker(clock=Clock()) as tracker:
        app = create_app(tracker)
        assert {"status": "ok"} == ask(app, "/healthz").json()
        tracker.record(adopted(), scheduled(), by="x")
        assert {"status": "ok", "position": 2, "views_behind": 2} == ask(app, "/readyz").json()
        assert 200 == ask(app, "/").status_code
        assert 0 == ask(app, "/readyz").json()["views_behind"]
    with pytest.raises(NotFound):
        Tracker().plan("p")


@pytest.mark.parametrize(
    "path",
    ["", "/plans", "/plans/p", "/plans/p/activities", "/plans/p/activities/1.01", "/plans/p/indicators", "/agencies"],
)
def test_a_day_to_come_is_a_forecast_and_says_so(path: str) -> None:
    """On each page with a day, and in each answer of the API; not today, and no longer once that day has come."""
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        tracker.record(adopted(), scheduled(), AgencyRegistered("@a", on=ADOPTED, name="Sở A"), by="x")
        app, today = create_app(tracker), tracker.today()
        to_come = today + timedelta(days=1)
        api = f"/api/v1{path or '/rollup'}"
        path = path or "/"
        assert "Dự báo đến" in plain(ask(app, f"{path}?on={to_come}"))
        assert "Dự báo" not in plain(ask(app, f"{path}?on={today}")) + plain(ask(app, path))
        assert tracker.rollup(on=to_come).is_forecast
        assert ask(app, f"{api}?on={to_come}").json()["is_forecast"]
        assert not ask(app, f"{api}?on={today}").json()["is_forecast"]
        clock.now += timedelta(days=1)
        assert "Dự báo" not in plain(ask(app, f"{path}?on={to_come}"))
        assert not ask(app, f"{api}?on={to_come}").json()["is_forecast"]


@pytest.mark.parametrize("path", ["/plans/p", "/plans/p/activities", "/plans/p/reports", "/plans/p/indicators"])
def test_a_day_before_the_adoption_is_answered_on_the_page(path: str) -> None:
    """With the day of the adoption, a way there, and the bar in which another day is chosen."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        app = create_app(tracker)
        before = ADOPTED - timedelta(days=1)
        answer = ask(app, f"{path}?on={before}")
        said = plain(answer)
        assert 404 == answer.status_code
        assert f"Ngày {before:%d/%m/%Y} kế hoạch chưa được ban hành; kế hoạch được ban hành ngày 02/01/2023" in said
        assert re.search(f'name="on"[^>]* value="{before:%d/%m/%Y}"', answer.text)
        [way] = re.findall(r'href="([^"]+)">Xem ngày 02/01/2023', answer.text)
        assert (200, path) == (ask(app, way).status_code, urlsplit(way).path)


def test_what_was_not_there_yet_says_since_when_it_is() -> None:
    """An activity that came later, and what was not recorded yet as known then; what is nowhere on record is an error."""
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        tracker.record(adopted(), by="x")
        clock.now += timedelta(days=3)
        tracker.record(scheduled(on=day("3-1")), by="x")
        app = create_app(tracker)
        early = plain(ask(app, "/plans/p/activities/1.01?on=2023-02-01"))
        assert "Ngày 01/02/2023 chưa có nội dung này; có từ ngày 01/03/2023" in early
        unknown = plain(ask(app, "/plans/p/activities/1.01?known_at=1"))
        assert "chưa được ghi; được ghi ngày 03/01/2024" in unknown
        assert "Không tìm thấy trang" in plain(ask(app, "/plans/p/activities/9.9?on=2023-02-01"))


def test_what_was_taken_back_whole_says_so_and_why() -> None:
    """It was said not to be on record yet, and "recorded on" the day on which it was; links of a report lead to it."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(on=day("3-1")), by="x")
        tracker.record(RecordRetracted("p/1.01", version=1, reason="Ghi nhầm kế hoạch"), by="y")
        answer = ask(create_app(tracker), "/plans/p/activities/1.01")
        early = plain(ask(create_app(tracker), "/plans/p/activities/1.01?known_at=1"))
    assert 404 == answer.status_code
    assert "Mọi bản ghi về nội dung này đã được thu hồi; lần cuối ngày 31/12/2023" in plain(answer)
    assert "Ghi nhầm kế hoạch" in plain(answer)
    assert "chưa được ghi" in early


@pytest.mark.parametrize(
    ("path", "wrong", "others"),
    [
        ("/plans/p/activities?lang=vi&domain=1&domain=2&due_from=30/02/2023", "due_from", {"domain": ["1", "2"]}),
        ("/plans/p?on=99/99/2023&known_at=1", "on", {"known_at": ["1"]}),
        ("/plans/p?on=2023-06-30&known_at=2030-01-01", "known_at", {"on": ["2023-06-30"]}),
        ("/plans/p/activities?q=%3Cb%3E&due_to=x", "due_to", {"q": ["<b>"]}),
        ("/plans/p/activities?changed_since=x", "changed_since", {}),
    ],
)
def test_what_was_typed_wrong_can_be_mended_and_nothing_else_is_lost(
    path: str, wrong: str, others: dict[str, list[str]]
) -> None:
    """The page of the error has the field with what was typed, and keeps all else that was asked."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        answer = ask(create_app(tracker), path)
    form = html5lib.parse(answer.text, namespaceHTMLElements=False).find(".//form")
    fields: dict[str, list[str]] = {}
    for field in form.iter("input"):
        fields.setdefault(field.get("name"), []).append(field.get("value"))
    asked = parse_qs(urlsplit(path).query)
    assert (400, urlsplit(path).path) == (answer.status_code, form.get("action"))
    assert asked == fields
    assert others.items() <= fields.items()
    assert [wrong] == [field.get("name") for field in form.iter("input") if field.get("aria-invalid")]


@pytest.mark.parametrize("query", ["sort=nothing", "page=99", "lang=fr", "status=no"])
def test_what_nobody_types_is_not_asked_again(query: str) -> None:
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        answer = ask(create_app(tracker), f"/plans/p/activities?{query}")
    assert 400 == answer.status_code
    assert "aria-invalid" not in answer.text


def test_a_country_without_a_plan_that_can_be_read_says_which(tmp_path: Path) -> None:
    """It said that there were no activities on that day, and to choose another."""
    url = f"sqlite:///{tmp_path / 'plans.db'}"
    with Tracker(url, clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        tamper(url, "UPDATE reformtrack_log SET topic = 'x.9' WHERE originator_id = 'p/1.01'")
        answer = plain(ask(create_app(tracker), "/"))
    assert "1 kế hoạch không được tính" in answer
    assert "Hãy chọn ngày khác" not in answer


def test_the_page_of_an_agency_counts_each_plan_by_its_own_rule() -> None:
    """As `progress_by_agency` does; it names the rule beside the rate, and the links behind the figures keep it."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(AgencyRegistered("@so-tu-phap", on=ADOPTED, name="Sở Tư pháp"), by="a")
        for rule in CountingRule:
            id = rule.value.replace("_", "-")
            deadlines = ("30/6/2023", "30/9/2023", "Thường xuyên")
            work = [scheduled(f"{id}/{n}", deadline=Deadline.parse(text, 2023)) for n, text in enumerate(deadlines, 1)]
            tracker.record(adopted(id, title=id, counting_rule=rule), *work, by="a")
            tracker.record(ActivityCompleted(f"{id}/1", on=day("6-1")), by="a")
        app, registry, on = create_app(tracker), tracker.agencies(day("8-1")), day("8-1")
        answer = ask(app, f"/agencies/so-tu-phap?on={on}")
        shown = set()
        for rule in CountingRule:
            plan = tracker.plan(rule.value.replace("_", "-"), on)
            own = registry.progress_by_agency(plan)["Sở Tư pháp"]
            rate = percent(own.rate)
            assert f"{plan.id} {own.completed}/{own.total} {rate} {rule.label()} {own.overdue}" in spaced(answer)
            shown.add(rate)
        links = re.findall(r'href="(/plans/[^"]+/activities\?[^"]+)"', answer.text)
        for link in (link.replace("&amp;", "&") for link in links):
            assert f"rule={urlsplit(link).path.split('/')[2].replace('-', '_')}" in link
    assert {"33,3%", "50,0%", "100,0%"} == shown, "the three rules differ here"
    assert 6 == len(links)


def spaced(answer: httpx.Response) -> str:
    """What a page says, a space between its parts."""
    document = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(answer.text)
    return " ".join(" ".join(document.itertext()).split())


def test_what_is_known_on_a_day_to_come_is_refused() -> None:
    """As in Python, on pages and in the API; the end of today is all that is on record, and yesterday's has come."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), by="a")
        app, today = create_app(tracker), tracker.today()
        for path in ("/plans/p", "/plans", "/api/v1/plans/p", "/api/v1/rollup"):
            for known_at, status in ((today, 200), (today + timedelta(days=1), 400), (date(2030, 1, 1), 400)):
                assert status == ask(app, f"{path}?known_at={known_at}").status_code
        problem = ask(app, "/api/v1/plans/p?known_at=2030-01-01").json()
    assert "InvalidInstant" in problem["type"]
    assert "2030-01-01" in problem["detail"]


def test_two_counts_of_what_is_due_have_two_names() -> None:
    """The list has all with a coming due day; in the table what is overdue is in its own column; the page says how many."""
    with Tracker(clock=Clock()) as tracker:
        twice = Deadline.parse("20/3; 25/6", 2023)
        tracker.record(
            adopted(), scheduled("p/1", deadline=twice), scheduled("p/2", deadline=Deadline.parse("26/6", 2023)), by="a"
        )
        app = create_app(tracker)
        whole = ask(app, "/plans/p?on=2023-06-21").text
        page = lxml.html.fromstring(whole)
        [tile] = page.xpath("//li[contains(@class, 'due-soon')]")
        [soon] = page.xpath("//tr[@class='total']/td[@data-label='Chưa hoàn thành, sắp đến hạn']")[:1]
        assert ("2", "1") == (tile.xpath(".//strong")[0].text_content(), soon.text_content())
        [note] = [one for one in page.xpath("//main//p") if "cũng có kỳ đến hạn trong 7 ngày tới" in one.text_content()]
        assert "1 nhiệm vụ quá hạn" in note.text_content()
        listed = lxml.html.fromstring(ask(app, note.xpath("./a/@href")[0]).text)
        assert "Đến hạn trong 7 ngày tới: 1 nhiệm vụ" == listed.xpath("//h1")[0].text_content()
        for path in ("/plans/p/activities?list=due-soon&", "/activities?list=due-soon&", "/?"):
            assert "Đến hạn trong 7 ngày tới" in ask(app, f"{path}on=2023-06-21").text
        assert "Đến hạn trong 30 ngày tới" in ask(app, "/activities?list=due-soon&days=30&on=2023-06-01").text
        assert "cũng có kỳ đến hạn" not in ask(app, "/plans/p?on=2023-06-01").text
