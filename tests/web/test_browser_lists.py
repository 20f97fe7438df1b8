"""Lists of activities in a real browser: search, filters, columns, files; by keyboard, without scripts, on a telephone."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import python_calamine
from playwright.sync_api import Browser, Page, expect

from tests.web.browser import AXE, PLAN, Served, listened_to

pytestmark = pytest.mark.needs("chromium")

LIST = f"{PLAN}/activities"


@pytest.fixture
def page(chromium: Browser, site: Served) -> Iterator[Page]:
    """A page of a person with a wide screen; in the end, it complained of nothing and asked no other host."""
    context = chromium.new_context(base_url=site.address, viewport={"width": 1280, "height": 900}, locale="vi-VN")
    found = context.new_page()
    heard = listened_to(found)
    yield found
    context.close()
    assert [] == heard.complaints
    assert all(url.startswith((site.address, "data:", "blob:")) for url in heard.asked)


def rows(page: Page) -> int:
    return page.locator("table.listed tbody tr").count()


def fetched(page: Page, form: str) -> Path:
    with page.expect_download() as download:
        page.click(f".files a:has-text('.{form}')")
    assert download.value.suggested_filename.endswith(f".{form}")
    return Path(download.value.path())


def test_a_list_is_searched_filtered_sorted_and_fetched(page: Page) -> None:
    """As many rows as was said beside the filter; the address says all and leads there again; files have the same."""
    page.goto(f"{LIST}?on=2023-12-21")
    choice = page.locator("select[name=status] option[value=completed]")
    said = int(choice.inner_text().rpartition("(")[2].rstrip(")"))
    page.select_option("select[name=status]", "completed")
    page.click("button:has-text('Lọc')")
    expect(page.locator("h1")).to_have_text(f"{said} nhiệm vụ")
    assert said == rows(page)
    page.fill("input[type=search]", "thu tuc hanh chinh")
    page.press("input[type=search]", "Enter")
    expect(page.locator(".chips")).to_contain_text("thu tuc hanh chinh")
    found = rows(page)
    assert 0 < found < said
    assert "thủ tục hành chính" in page.locator("tbody th").first.inner_text().lower()
    page.click("thead a:has-text('Thời hạn')")
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Thời hạn")
    assert page.url.endswith("?on=2023-12-21&status=completed&q=thu+tuc+hanh+chinh&sort=deadline")
    titles = page.locator("tbody th").all_inner_texts()
    with fetched(page, "csv").open(encoding="utf-8-sig", newline="") as file:
        assert titles == [row["Nhiệm vụ"] for row in csv.DictReader(io.StringIO(file.read()))]
    book = python_calamine.CalamineWorkbook.from_path(str(fetched(page, "xlsx"))).get_sheet_by_index(0).to_python()
    assert set(titles) <= {str(cell) for row in book for cell in row}
    page.goto(page.url)
    assert titles == page.locator("tbody th").all_inner_texts()
    page.click(".chips a:has-text('thu tuc')")
    expect(page.locator("h1")).to_have_text(f"{said} nhiệm vụ")
    assert "sort=deadline" in page.url, "the order is kept"


def test_the_time_machine_keeps_what_is_asked(page: Page) -> None:
    """Also after a form of the list has put its answer into the page."""
    page.goto(f"{LIST}?on=2023-12-21")
    page.fill("input[type=search]", "sở nội vụ")
    page.press("input[type=search]", "Enter")
    expect(page.locator(".chips")).to_contain_text("sở nội vụ")
    page.fill("input[name=on]", "2023-06-30")
    page.click(".clocks button[type=submit]")
    expect(page.locator(".asof")).to_contain_text("30/06/2023")
    expect(page.locator(".chips")).to_contain_text("sở nội vụ")
    page.go_back()
    expect(page.locator(".asof")).to_contain_text("21/12/2023")


def test_columns_are_chosen(page: Page) -> None:
    """And stay while the list is sorted; the usual ones are a click away."""
    page.goto(LIST)
    page.click(".choice summary")
    page.uncheck("input[value=record]")
    page.check("input[value=supporting]")
    page.click("button:has-text('Xem các cột này')")
    expect(page.locator("thead")).to_contain_text("Cơ quan phối hợp")
    page.click("thead a:has-text('Nhiệm vụ')")
    expect(page.locator("thead")).to_contain_text("Cơ quan phối hợp")
    expect(page.locator("thead")).not_to_contain_text("Bản ghi làm căn cứ")


def test_an_empty_list_says_what_to_do(page: Page) -> None:
    """Each condition that may be taken away, with what there would be."""
    page.goto(f"{LIST}?q=zzz&status=completed&on=2023-12-21")
    expect(page.locator("main .notice")).to_contain_text("Không có nhiệm vụ nào")
    page.click("main .notice a:has-text('53 nhiệm vụ')")
    expect(page.locator("h1")).to_have_text("53 nhiệm vụ")


def test_the_keyboard_is_enough_for_a_list(page: Page) -> None:
    """From the search to a filter, by Tab and Enter alone, the focus always seen."""
    page.goto(f"{LIST}?on=2023-12-21")
    page.focus("input[type=search]")
    page.keyboard.type("ho so")
    page.keyboard.press("Enter")
    expect(page.locator(".chips")).to_contain_text("ho so")
    expect(page.locator("input[type=search]")).to_be_focused()
    for _ in range(30):
        page.keyboard.press("Tab")
        assert "none" != page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        if page.evaluate("document.activeElement.matches('.chips a')"):
            break
    else:
        pytest.fail("the keyboard does not come to the conditions")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("55 nhiệm vụ")


def test_a_list_works_without_scripts_on_a_telephone(chromium: Browser, site: Served) -> None:
    """Filters are folded until asked for; each activity is a card, a line for each value; nothing scrolls sideways."""
    context = chromium.new_context(
        base_url=site.address, viewport={"width": 360, "height": 740}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(f"{LIST}?on=2023-12-21")
    expect(page.locator("select[name=status]")).to_be_hidden()
    page.click(".filters summary")
    page.select_option("select[name=status]", "completed")
    page.select_option("select[name=by]", "lead")
    page.click("button:has-text('Lọc')")
    expect(page.locator("h1")).to_have_text("53 nhiệm vụ")
    assert page.url.endswith("/activities?on=2023-12-21&status=completed&by=lead"), "a plain address"
    assert 53 == page.locator("tbody tr:not(.group)").count()
    cell = page.locator("td[data-label='Thời hạn']").first
    box, card = cell.bounding_box(), page.locator("tbody tr").nth(1).bounding_box()
    assert box is not None
    assert card is not None
    assert 0 <= box["x"] < box["x"] + box["width"] <= 360
    assert card["width"] > 250
    for path in (f"{LIST}?q=zzz", f"{LIST}?by=status&sort=-changed", "/agencies/so-noi-vu/activities"):
        page.goto(path)
        width = page.locator("html").bounding_box()
        assert width is not None
        assert 360 == width["width"]
    context.close()


def pressed_to(page: Page, selector: str, *, most: int = 80) -> None:
    """Tab to what a selector says, the focus always seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        assert "none" != page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"the keyboard does not come to {selector}")


@pytest.mark.parametrize("width", [1280, 360])
def test_the_keyboard_is_enough_for_filters_columns_and_files(page: Page, width: int) -> None:
    """And for the days that are asked for most; what is folded is unfolded by Enter."""
    page.set_viewport_size({"width": width, "height": 760})
    page.goto(f"{LIST}?on=2023-12-21")
    if width == 360:
        pressed_to(page, ".filters > summary")
        page.keyboard.press("Enter")
    pressed_to(page, "select[name=status]")
    for _ in range(6):
        page.keyboard.press("ArrowDown")
        if "completed" == page.locator("select[name=status]").input_value():
            break
    pressed_to(page, ".filters button")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("53 nhiệm vụ")
    pressed_to(page, ".choice > summary")
    page.keyboard.press("Enter")
    pressed_to(page, ".choice input[value=output]")
    page.keyboard.press("Space")
    pressed_to(page, ".choice button")
    page.keyboard.press("Enter")
    expect(page.locator("thead")).to_contain_text("Sản phẩm")
    if width == 360:
        pressed_to(page, ".fetch > summary")
        page.keyboard.press("Enter")
    pressed_to(page, ".files a[href*='.csv']")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        assert 53 == len(list(csv.DictReader(file)))
    page.goto(page.url)
    if width == 360:
        pressed_to(page, ".clocks > summary")
        page.keyboard.press("Enter")
    pressed_to(page, ".presets > summary")
    page.keyboard.press("Enter")
    pressed_to(page, ".presets a[href*='on=2023-09-30']")
    page.keyboard.press("Enter")
    expect(page.locator(".asof")).to_contain_text("30/09/2023")
    expect(page.locator(".chips")).to_contain_text("đã hoàn thành")


def test_columns_and_files_need_no_scripts(chromium: Browser, site: Served) -> None:
    """On a telephone, in a list of a plan and in one of all plans; the files have what the page says."""
    context = chromium.new_context(
        base_url=site.address, viewport={"width": 360, "height": 740}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(f"{LIST}?on=2023-12-21")
    page.click(".choice > summary")
    page.uncheck("input[value=record]")
    page.click("button:has-text('Xem các cột này')")
    assert page.url.endswith("columns=code%2Ctitle%2Clead%2Cdeadline%2Cstatus")
    for path, rows in ((page.url, 55), ("/activities?list=overdue&on=2023-12-22", 1)):
        page.goto(path)
        expect(page.locator(".files a").first).to_be_hidden()
        page.click(".fetch > summary")
        with fetched(page, "csv").open(encoding="utf-8-sig", newline="") as file:
            assert rows == len(list(csv.DictReader(file)))
    page.click(".lists a:has-text('Chưa có cơ quan chủ trì')")
    expect(page.locator("main .notice")).to_contain_text("Hãy chọn danh sách khác")
    context.close()


@pytest.mark.parametrize("path", [f"{LIST}?status=completed", "/activities?list=overdue&jurisdiction=Tỉnh+Đắk+Nông"])
def test_what_is_unfolded_on_a_telephone_shuts_nobody_out(chromium: Browser, site: Served, path: str) -> None:
    """Filters, columns, files and days, all open: no finding of axe-core, nothing hidden sideways, nothing too low to press."""
    context = chromium.new_context(base_url=site.address, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(path)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert 360 == page.evaluate("document.documentElement.scrollWidth")
    small = page.locator("main a, summary, button, input, select").evaluate_all(
        "all => all.filter(e => e.getClientRects().length && e.type != 'hidden' && e.type != 'checkbox'"
        " && !e.closest('table, p') && e.getBoundingClientRect().height < 24).map(e => e.outerHTML)"
    )
    assert [] == small
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))")
    assert [] == found
    context.close()
