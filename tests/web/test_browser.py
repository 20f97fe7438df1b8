"""The dashboard in a real browser: figures, the time machine, keyboard, no scripts, narrow screens, accessibility."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from reformtrack.domain.values import Document
from reformtrack.events import EvidenceFiled
from tests.support import AT_LENGTH
from tests.web.browser import AXE, PAGES, PLAN, Heard, Served, listened_to

pytestmark = pytest.mark.needs("chromium")

FIRST_VIEW = 150_000
"""What a first view may weigh, in bytes, without compression."""


@pytest.fixture
def page(chromium: Browser, site: Served) -> Iterator[Page]:
    """A page of a person with a wide screen."""
    context = chromium.new_context(base_url=site.address, viewport={"width": 1280, "height": 900}, locale="vi-VN")
    yield context.new_page()
    context.close()


@pytest.fixture
def heard(page: Page, site: Served) -> Iterator[Heard]:
    """What the page says; in the end, that it complained of nothing and asked no other host."""
    found = listened_to(page)
    yield found
    assert [] == found.complaints
    assert {site.address} == {"/".join(url.split("/")[:3]) for url in found.asked if not url.startswith("data:")}


def headline(page: Page) -> str:
    return " ".join(page.locator(".headline").inner_text().split())


def test_the_headline_of_the_day_of_the_report(page: Page, heard: Heard) -> None:
    """As published: 53 of 55, with its rule."""
    page.goto(f"{PLAN}?on=2023-12-21")
    assert "53/55 96,4%" == headline(page)
    expect(page.locator(".rule").first).to_contain_text("cách tính: toàn kế hoạch")
    expect(page.locator(".notice").first).to_contain_text("minh họa")


def test_the_time_machine_moves_without_loading_the_page_anew(page: Page, heard: Heard) -> None:
    """30 June as known now, and as known then; the address says both, and the way back leads back."""
    page.goto(f"{PLAN}?on=2023-12-21")
    page.evaluate("window.same = true")
    page.fill("input[name=on]", "2023-06-30")
    page.click(".clocks button")
    expect(page.locator(".headline")).to_contain_text("7/55")
    page.fill("input[name=known_at]", "2023-06-30")
    page.click(".clocks button")
    expect(page.locator(".headline")).to_contain_text("5/55")
    assert page.evaluate("window.same")
    assert "on=2023-06-30&known_at=2023-06-30" in page.url
    expect(page.locator(".asof")).to_contain_text("theo dữ liệu cập nhật đến 30/06/2023")
    page.go_back()
    expect(page.locator(".headline")).to_contain_text("7/55")
    page.click(".asof a")
    expect(page.locator(".headline")).to_contain_text("52/55")


def test_a_day_before_the_adoption_is_shown_in_place(page: Page, heard: Heard) -> None:
    """The bar of days stays, also where a script puts the answer into the page; and it leads on."""
    page.goto(PLAN)
    page.fill("input[name=on]", "2022-12-01")
    page.click(".clocks button")
    expect(page.locator("main .notice")).to_contain_text("chưa được ban hành")
    page.fill("input[name=on]", "2023-06-30")
    page.click(".clocks button")
    expect(page.locator("main .headline")).to_contain_text("/55")
    heard.complaints.clear()  # the browser itself says that one answer had the status 404


def test_the_links_around_a_page_go_with_its_clocks(page: Page, heard: Heard) -> None:
    """The time machine moves them too, forth and back; and a list that is asked for stays when the language changes."""
    page.goto(f"{PLAN}/activities?counted=overdue&on=2023-12-21")
    links = page.locator("header a")
    for day in ("2023-06-30", "2023-05-31"):
        page.fill("input[name=on]", day)
        page.click(".clocks button")
        for number in range(links.count()):
            expect(links.nth(number)).to_have_attribute("href", re.compile(f"on={day}"))
    page.go_back()
    expect(links.first).to_have_attribute("href", "/?on=2023-06-30")
    page.click("header a[lang=en]")
    expect(page.locator(".asof")).to_contain_text("As it stood on 2023-06-30")
    assert "counted=overdue" in page.url


def test_a_figure_leads_to_its_records(page: Page, heard: Heard) -> None:
    """From the headline to the 53 activities, to the record that makes one of them complete."""
    page.goto(f"{PLAN}?on=2023-12-21")
    page.click(".headline a")
    expect(page.locator("h1")).to_have_text("53 nhiệm vụ")
    assert 53 == page.locator("tbody tr").count()
    row = page.locator("tbody tr", has_text="6.01")
    row.locator("td a").last.click()
    record = page.locator(".records li:target")
    expect(record).to_contain_text("báo cáo hoàn thành")
    expect(record).to_contain_text("01/09/2023")
    expect(record).to_contain_text("so-noi-vu")
    expect(record).to_contain_text("02/09/2023 18:00")
    assert "on=2023-12-21" in page.url, "the clock is kept on the way"


@pytest.mark.long
def test_every_figure_of_the_plan_counts_what_it_leads_to(page: Page, heard: Heard) -> None:
    """Tiles, domains, months: as many activities as the figure says."""
    page.goto(f"{PLAN}?on=2023-12-21")
    said = page.locator("main a").evaluate_all("all => all.map(a => [a.innerText.trim(), a.getAttribute('href')])")
    said = [(text.lstrip("✓✗○ "), href) for text, href in said]
    links = [(text, href) for text, href in said if text[:1].isdigit() and ". " not in text and "activities?" in href]
    assert sum("month=" in href for _, href in links) > 20, "the heat map"
    assert len(links) > 30
    for text, href in links:
        page.goto(href)
        number = text.split()[0]
        counted = page.locator("tbody tr").count()
        done, _, whole = number.partition("/")
        listed = int(whole if whole and "month=" in href else done)
        assert listed == counted, href


def test_every_figure_of_a_report_leads_to_what_was_known_when_it_was_sent(page: Page, heard: Heard) -> None:
    """Each line to as many completed activities as it says, those that differ also to what is known now."""
    page.goto(f"{PLAN}/reports/2023-nam")
    said = page.locator("main td a").evaluate_all("all => all.map(a => [a.innerText.trim(), a.getAttribute('href')])")
    assert 18 == len(said), "16 lines, two of which are known otherwise"
    for text, href in said:
        page.goto(href)
        assert int(text.partition("/")[0]) == page.locator("tbody tr").count(), href


def test_the_keyboard_is_enough(page: Page, heard: Heard) -> None:
    """Skip to the content, set the clock, follow the headline: without a mouse, the focus always seen."""
    page.goto(PLAN)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    assert page.locator(".skip").bounding_box()["x"] >= 0  # type: ignore[index]  # it is shown while it has the focus
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.focus("input[name=on]")
    page.keyboard.type("21/12/2023")
    page.keyboard.press("Enter")
    expect(page.locator(".headline")).to_contain_text("53/55")
    for _ in range(40):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML")
        if page.evaluate("document.activeElement.matches('.headline a')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("53 nhiệm vụ")


def test_everything_can_be_read_without_scripts(chromium: Browser, site: Served) -> None:
    """The same figures, the same way through them."""
    context = chromium.new_context(base_url=site.address, java_script_enabled=False)
    page = context.new_page()
    page.goto(PLAN)
    page.fill("input[name=on]", "2023-06-30")
    page.fill("input[name=known_at]", "2023-06-30")
    page.click(".clocks button")
    assert headline(page).startswith("5/55")
    page.click(".headline a")
    assert 5 == page.locator("tbody tr").count()
    page.click("tbody tr >> nth=0 >> th a")
    expect(page.locator(".records li.because").first).to_be_visible()
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_narrow_screen_shows_all_without_scrolling_sideways(chromium: Browser, site: Served, path: str) -> None:
    """360 px: what can be pressed is 24 px high at least (WCAG 2.5.8); the bar at the top is 120 px high at most."""
    context = chromium.new_context(base_url=site.address, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(path)
    page.wait_for_load_state("networkidle")  # a trend comes later
    assert 360 == page.evaluate("document.documentElement.scrollWidth")
    assert page.locator("header.site").bounding_box()["height"] <= 120  # type: ignore[index]
    texts = page.locator("svg text").evaluate_all(
        "all => all.filter(e => e.getClientRects().length)"
        ".map(e => e.getScreenCTM().a * parseFloat(getComputedStyle(e).fontSize))"
    )
    assert all(size >= 11 for size in texts)
    assert 0 == page.locator(".scroll").evaluate_all("all => all.filter(e => e.scrollWidth > e.clientWidth).length")
    small = page.locator("button, input, summary, .tiles a, .clocks label, header a").evaluate_all(
        "all => all.filter(e => e.getClientRects().length && e.type != 'hidden' && e.getBoundingClientRect().height < 24)"
        ".map(e => e.outerHTML)"
    )
    assert [] == small
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert 360 == page.evaluate("document.documentElement.scrollWidth"), "also with everything unfolded"
    context.close()


@pytest.mark.parametrize(
    ("path", "lang"),
    [(path, lang) for lang in ("vi", "en") for path in (PAGES if AT_LENGTH or lang == "vi" else PAGES[:4])],
)
def test_no_page_shuts_anybody_out(page: Page, path: str, lang: str) -> None:
    """By the rules of axe-core, WCAG 2.2 AA and best practice: no finding of any weight."""
    page.goto(f"{path}{'&' if '?' in path else '?'}lang={lang}")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate(
        "axe.run({resultTypes: ['violations'], selectors: false})"
        ".then(r => ({violations: r.violations, passes: r.passes.length}))"  # not all that passes, with its page
    )
    findings = [(one["id"], one["impact"], [node["html"] for node in one["nodes"]][:3]) for one in found["violations"]]
    assert [] == findings
    assert found["passes"] > 10


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_vietnamese_and_light(page: Page, path: str, site: Served) -> None:
    """Its language is declared, its letters are whole, it weighs little, asks no other host, and complains of nothing."""
    heard = listened_to(page)
    answer = page.goto(path)
    page.wait_for_load_state("networkidle")
    text = page.locator("body").inner_text()
    assert "vi" == page.locator("html").get_attribute("lang")
    assert "Kế hoạch cải cách hành chính" in text
    assert unicodedata.is_normalized("NFC", text)
    assert "\ufffd" not in text
    error = 0 if answer and answer.ok else len(page.content().encode())  # what was received is of answers that are none
    assert sum(heard.received) + error <= FIRST_VIEW
    assert all(url.startswith((site.address, "data:")) for url in heard.asked)
    expected = (
        1 if path in ("/no-such-page", f"{PLAN}?on=never") else 0
    )  # the browser itself says that the status is 4xx
    assert expected == len(heard.complaints), heard.complaints


def test_news_is_told_where_a_page_is_open(page: Page, heard: Heard, site: Served) -> None:
    """A line with a link to the same page, which the reader follows when it suits; nothing moves by itself."""
    page.goto(f"{PLAN}?on=2023-12-21")
    page.evaluate("document.querySelector('.news').dispatchEvent(new Event('every'))")
    page.wait_for_timeout(300)
    assert "" == page.locator(".news").inner_text().strip()
    filed = EvidenceFiled("dak-nong-2023/2.06", on=site.tracker.today(), evidence=(Document(title="Biên bản"),))
    site.tracker.record(filed, by="so-tu-phap")
    page.evaluate("document.querySelector('.news').dispatchEvent(new Event('every'))")
    expect(page.locator(".news")).to_contain_text("1 bản ghi mới: xem")
    assert page.url.removeprefix(site.address) == page.locator(".news a").get_attribute("href")


def test_a_page_can_be_printed(page: Page, heard: Heard) -> None:
    """Without what only a screen needs."""
    page.emulate_media(media="print")
    page.goto(f"{PLAN}?on=2023-12-21")
    for hidden in ("header.site", ".clocks", ".parts"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator(".headline")).to_be_visible()
    page.goto(f"{PLAN}/activities?list=overdue&domain=5&on=2023-12-21")
    for hidden in (".lists", "form.list", ".choice", ".chips >> text=Bỏ tất cả", ".chips >> text=✕ >> nth=0"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator(".chips")).to_contain_text("5. Cải cách chế độ công vụ")


def test_the_time_machine_is_folded_on_a_telephone_and_has_the_days_that_are_asked_for_most(
    chromium: Browser, site: Served
) -> None:
    """Without scripts, in the order day, month, year whatever the browser's language; a report's day shows what it saw."""
    context = chromium.new_context(
        base_url=site.address, viewport={"width": 360, "height": 740}, java_script_enabled=False, locale="en-US"
    )
    page = context.new_page()
    page.goto(PLAN)
    expect(page.locator("input[name=on]")).to_be_hidden()
    page.click(".clocks > summary")
    page.fill("input[name=on]", "30/6/2023")
    page.click(".clocks button")
    assert headline(page).startswith("7/55")
    assert "30/06/2023" == page.locator(".clocks input[name=on]").input_value()
    expect(page.locator(".asof")).to_contain_text("Tình hình đến ngày 30/06/2023")
    page.click(".clocks > summary")
    page.click(".presets > summary")
    names = page.locator(".presets a").all_inner_texts()
    assert ["hết quý I/2023", "hết quý II/2023", "hết quý III/2023"] == [name for name in names if "hết" in name]
    assert 4 == sum(name.startswith("chốt số liệu") for name in names)
    page.goto(PLAN)
    page.click(".clocks > summary")
    page.click(".presets > summary")
    page.click("text=báo cáo năm 2023")
    assert headline(page).startswith("53/55")
    assert "on=2023-12-21&known_at=634" in page.url
    context.close()


def test_the_address_of_a_page_can_be_copied(chromium: Browser, site: Served) -> None:
    """With both clocks, so that it shows the same later; without a script it is a link to that page."""
    context = chromium.new_context(base_url=site.address, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{PLAN}?on=2023-06-30")
    page.click(".copy")
    expect(page.locator(".copy")).to_have_text("Đã sao chép liên kết")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert f"{site.address}{PLAN}?on=2023-06-30&known_at={site.tracker.today()}" == copied
    page.goto(copied)
    assert headline(page).startswith("7/55")
    context.close()


def test_the_chart_says_its_values(page: Page, heard: Heard) -> None:
    """Each on hover, and as a table; the day asked for is named."""
    page.goto(f"{PLAN}?on=2023-06-30")
    titles = page.locator(".burnup title").all_text_contents()
    assert "30/06/2023: đã hoàn thành 7, theo kế hoạch 9, trong kế hoạch 55" in titles
    assert titles[-1].startswith("31/12/2023: theo kế hoạch ")
    expect(page.locator("text.today")).to_have_text("30/06/2023")
    page.click("text=Số liệu của biểu đồ")
    expect(page.locator("tr", has=page.get_by_role("rowheader", name="30/06/2023"))).to_contain_text("7")
    page.goto(PLAN)
    expect(page.locator("text.today")).to_contain_text("hôm nay")


@pytest.mark.parametrize("path", [PLAN, f"{PLAN}/activities/6.01", f"{PLAN}/reports/2023-nam"])
def test_a_dark_screen_is_as_readable(chromium: Browser, site: Served, path: str) -> None:
    """By axe-core's rule of contrast, at 360 px."""
    context = chromium.new_context(
        base_url=site.address, viewport={"width": 360, "height": 740}, color_scheme="dark", reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(path)
    assert "rgb(15, 22, 29)" == page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert [] == page.evaluate(
        "axe.run({runOnly: ['color-contrast']}).then(r => r.violations.map(v => v.nodes.map(n => n.html)))"
    )
    context.close()
