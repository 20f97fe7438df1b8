"""A digest as an agency gets it: a table with links, who sends it, what is asked by when, each activity once."""

import json
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import html5lib
import lxml.html
import pytest
from dak_nong_events import PLAN as DAK_NONG
from dak_nong_events import Clock as DakNongClock
from dak_nong_events import record_year
from hypothesis import given
from hypothesis import strategies as st

from reformtrack import Deadline, InvalidField, Tracker
from reformtrack.answers import WarningKind
from reformtrack.cli import main
from reformtrack.events import DigestSent
from reformtrack.exchange.digest import Digest, digests
from reformtrack.testing import proposals
from reformtrack.testing.history import DAYS
from tests.long_plan import NOBODYS, PLAN, TODAY, tracker_of_long_tasks
from tests.support import QUARTERS, Clock, adopted, day, scheduled, tracker_of

LINK = "https://cchc.example.vn/theo-doi"


@given(proposals(), DAYS)
def test_each_activity_is_in_a_digest_once(events: list[Any], on: date) -> None:
    """And each warning of the plan in the digest of somebody: what nobody leads, in that of whose plan it is."""
    with tracker_of(events) as tracker:
        made, warnings = digests(tracker, "p", on), tracker.warnings("p", on)
        jurisdiction = tracker.plan("p", on).state.jurisdiction
    for digest in made:
        codes = [entry.code for entry in digest.entries]
        assert len(set(codes)) == len(codes)
        assert len(digest.warnings) == sum(len(entry.matters) for entry in digest.entries)
        page = lxml.html.fromstring(digest.html)
        assert codes == [cell.text_content() for cell in page.xpath("//tbody/tr/th")]
        assert all(f"[{code}] " in digest.text for code in codes)
    assert {one.key for one in warnings if one.kind is not WarningKind.DIFFERS} == {
        one.key for digest in made for one in digest.warnings
    }
    nobodys = {one.subject for one in warnings if not one.leads and one.kind is not WarningKind.DIFFERS}
    assert nobodys <= {one.subject for digest in made if digest.to == jurisdiction for one in digest.warnings}


def of(*events: Any, on: str = "7-10", **options: Any) -> tuple[Digest, ...]:
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), *events, by="x")
        return digests(tracker, "p", day(on), **options)


def test_work_without_a_lead_reaches_whose_plan_it_is() -> None:
    """It is said that it has no lead, and asked who has."""
    [digest] = of(scheduled("p/1", lead=()))
    assert adopted().jurisdiction == digest.to
    assert 1 == digest.text.count(digest.to)  # it is not signed by whom it is to
    [entry] = digest.entries
    assert ("Quá hạn 10 ngày (thời hạn 30/06/2023)", "Chưa có cơ quan chủ trì") == entry.matters
    assert "Xác định cơ quan chủ trì" in entry.asked


def test_a_digest_says_who_sends_it_and_what_is_asked_by_when() -> None:
    """In its text and in its page; by a day of work, unless another day is given."""
    [digest] = of(scheduled("p/1"), on="7-4", sender="Sở Nội vụ")
    for words in (digest.text, lxml.html.fromstring(digest.html).text_content()):
        assert "Kính gửi: Sở Tư pháp" in words
        assert "Quý cơ quan có 1 nhiệm vụ của “Kế hoạch" in words
        assert "phản hồi chậm nhất ngày 10/07/2023" in words  # the 9th is a Sunday
        assert "Báo cáo kết quả hoặc lý do chậm tiến độ, dự kiến thời gian hoàn thành" in words
        assert "Sở Nội vụ" in words
    assert ("Sở Nội vụ", day("7-10")) == (digest.sender, digest.answer_by)
    [other] = of(scheduled("p/1"), on="7-4", answer_by=day("7-6"))
    assert "chậm nhất ngày 06/07/2023" in other.text
    assert adopted().jurisdiction == other.sender


def test_a_digest_links_each_activity() -> None:
    """Where it is said under which address the pages are."""
    [digest] = of(scheduled("p/1.01"), link=LINK + "/")
    address = f"{LINK}/plans/p/activities/1.01"
    assert [address] == lxml.html.fromstring(digest.html).xpath("//tbody//a/@href")
    assert f"\n   {address}\n" in digest.text
    [bare] = of(scheduled("p/1.01"))
    assert [] == lxml.html.fromstring(bare.html).xpath("//a")


def test_what_is_to_be_said_of_an_activity_stands_together() -> None:
    """Each missed day, and that nothing was heard of it; asked for once."""
    [digest] = of(scheduled("p/1", deadline=QUARTERS), scheduled("p/2", deadline=Deadline.parse("12/2023", 2023)))
    assert ["1", "2"] == [entry.code for entry in digest.entries]
    assert 2 == len(digest.entries[0].matters)
    assert ("Báo cáo kết quả hoặc lý do chậm tiến độ, dự kiến thời gian hoàn thành",) == digest.entries[0].asked
    assert digest.subject.startswith("2 nhiệm vụ cần xử lý – Kế hoạch")


def test_the_printed_number_stands_before_the_code() -> None:
    """Officials know a task by it."""
    [digest] = of(scheduled("p/a-7", number="42"))
    assert ["42 (a-7)"] == [entry.code for entry in digest.entries]


@given(st.text(), st.text())
def test_a_mail_is_one_message_whatever_the_names_are(title: str, sender: str) -> None:
    """No name adds a header; it has a text and a page."""
    try:
        event = adopted(title=title)
    except InvalidField:
        return
    with Tracker(clock=Clock()) as tracker:
        tracker.record(event, scheduled(), by="x")
        [digest] = digests(tracker, "p", day("7-10"), sender=sender)
    content = digest.eml("a@example.org", "b@example.org", datetime(2023, 7, 10, 8, tzinfo=UTC))
    message = message_from_bytes(content, policy=default)
    assert ["Subject", "From", "To", "Date", "X-Unsent", "MIME-Version", "Content-Type"] == message.keys()
    assert ["text/plain", "text/html"] == [part.get_content_type() for part in message.iter_parts()]


def test_a_digest_is_a_mail() -> None:
    """The same bytes each time; without addresses a draft; what is no address is refused."""
    [digest] = of(scheduled())
    at = datetime(2023, 7, 10, 8, tzinfo=UTC)
    content = digest.eml("so-tu-phap@example.org", "so-noi-vu@example.org", at)
    assert content == digest.eml("so-tu-phap@example.org", "so-noi-vu@example.org", at)
    message = message_from_bytes(content, policy=default)
    assert digest.subject == message["Subject"]
    assert "Sở Tư pháp <so-tu-phap@example.org>" == str(message["To"])
    assert digest.text.splitlines() == message.get_body(("plain",)).get_content().splitlines()  # type: ignore[union-attr]  # it is there
    assert digest.html.splitlines() == message.get_body(("html",)).get_content().splitlines()  # type: ignore[union-attr]  # it is there
    assert [] == message_from_bytes(digest.eml(), policy=default).get_all("To", [])
    for wrong in ("a", "a@", "a@b\nBcc: c@example.org", "a b@c.vn"):
        with pytest.raises(InvalidField):
            digest.eml(wrong)


def test_a_digest_in_english_has_no_vietnamese_words() -> None:
    """But what the plan says."""
    [digest] = of(scheduled("p/1", title="x"), lang="en", sender="y")
    said = digest.text.replace("Sở Tư pháp", "").replace(adopted().title, "").replace("Quý II", "")
    assert said.isascii() or not set(said) - {*map(chr, range(128)), *"–“”"}


def test_the_command_writes_each_digest_as_mail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And records that those with an address were sent when it is told so: of these nothing is new then."""
    store = tmp_path / "plans.db"
    with Tracker(store, clock=Clock(datetime(2023, 7, 10, 3, tzinfo=UTC))) as tracker:
        tracker.record(adopted(), scheduled("p/1"), scheduled("p/2", lead=()), by="x")
    addresses = tmp_path / "addresses.json"
    addresses.write_text(json.dumps({"Sở Tư pháp": "so-tu-phap@example.org"}), encoding="utf-8")
    words = ["--store", str(store), "digest", "p", "--on", "10/07/2023", "--to", str(tmp_path / "out")]
    more = ["--link", LINK, "--sender", "Sở Nội vụ", "--from", "so-noi-vu@example.org", "--addresses", str(addresses)]
    assert 0 == main([*words, *more])
    out = capsys.readouterr().out
    assert "Sở Tư pháp" in out
    assert "so-tu-phap.eml" in out
    files = sorted((tmp_path / "out").iterdir())
    assert 2 == len(files)
    message = message_from_bytes((tmp_path / "out" / "so-tu-phap.eml").read_bytes(), policy=default)
    assert "Sở Tư pháp <so-tu-phap@example.org>" == str(message["To"])
    assert "Sở Nội vụ <so-noi-vu@example.org>" == str(message["From"])
    assert f"{LINK}/plans/p/activities/1" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert 0 == main([*words[:-2], "--sent", "--by", "van-thu", "--addresses", str(addresses), "--json"])
    [own, other] = json.loads(capsys.readouterr().out)["digests"]
    assert {"Sở Tư pháp", adopted().jurisdiction} == {own["to"], other["to"]}
    assert 0 == main([*words[:-2], "--json"])
    assert [adopted().jurisdiction] == [one["to"] for one in json.loads(capsys.readouterr().out)["digests"]]
    with Tracker(store) as tracker:
        events = [one.event for one in tracker.log.records() if isinstance(one.event, DigestSent)]
    assert ["so-tu-phap@example.org"] == [event.address for event in events]


@pytest.mark.slow
@pytest.mark.needs("chromium")
@pytest.mark.parametrize("width", [1280, 360])
def test_a_digest_is_read_on_a_screen_of_any_width(width: int, pictures: Path) -> None:
    """Nothing stands beside the screen, on a wide one and on a telephone's; a strict parser reads it."""
    from playwright.sync_api import sync_playwright

    clock = DakNongClock()
    with Tracker(clock=clock) as example, tracker_of_long_tasks() as long:
        record_year(example, clock)
        made = {
            "dak-nong": digests(example, DAK_NONG, date(2023, 11, 23), sender="Sở Nội vụ", link=LINK),
            "long": digests(long, PLAN, TODAY, sender="Văn phòng Chính phủ", link=LINK),
        }
    assert "Chính phủ" in {one.to for one in made["long"]}  # what nobody leads
    assert len(NOBODYS) == len(next(one for one in made["long"] if one.to == "Chính phủ").entries)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": 900})
        for name, all_ in made.items():
            longest = max(all_, key=lambda one: len(one.entries))
            html5lib.HTMLParser(strict=True).parse(longest.html)
            page.set_content(longest.html)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.screenshot(path=pictures / f"digest-{name}-{width}.png", full_page=True)
        browser.close()
