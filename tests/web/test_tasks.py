"""What an official does on a telephone, from the first page on: each in few taps, none of which leads nowhere."""

import pytest
from playwright.sync_api import Browser, expect

from tests.web.browser import Served

pytestmark = pytest.mark.needs("chromium")

PLAN, AGENCY = "main ol li a", ("header a:has-text('Cơ quan')", "main a:text-is('Sở Nội vụ')")
DAYS = ".clocks > summary"
TASKS: dict[str, tuple[tuple[str | tuple[str, str], ...], str]] = {
    "which tasks of an agency are late, and why": (
        (*AGENCY, "main a[href*='timeliness=overdue']", "tbody th a"),
        "Chờ hướng dẫn của Trung ương",
    ),
    "what was known on 30/06": (
        (PLAN, DAYS, ("input[name=on]", "30/06/2023"), ("input[name=known_at]", "30/06/2023"), ".clocks button"),
        "5/55",
    ),
    "the report as a document": (
        (PLAN, "main a:text-is('Báo cáo đã ban hành')", "main table a, main li a", ".files a:has-text('.docx')"),
        "dak-nong-2023-2023-nam-report-2023-12-28.docx",
    ),
    "a task by its number": ((PLAN, ("input[type=search]", "4.06"), ".search button", "tbody th a"), "Phân cấp quản lý"),
    "what falls due next, of all": (("main a:has-text('Đến hạn trong 7 ngày')",), "Đến hạn trong 7 ngày tới: 1 nhiệm vụ"),
    "what has no evidence, as a workbook": (
        ("main a:has-text('chưa có tài liệu')", ".fetch > summary", ".files a:has-text('.xlsx')"),
        "activities-without-evidence-2023-12-28.xlsx",
    ),
    "the workbook that an agency fills in": (
        (*AGENCY, "main a:has-text('Mọi nhiệm vụ')", ".fetch > summary", ".files a:has-text('Tệp Excel để điền')"),
        "dak-nong-2023-workbook-2023-12-28.xlsx",
    ),
    "why the reported figure is another now": ((PLAN, ".reported a"), "đến 28/12/2023 là 52/55"),
    "what of a domain, by lead": (
        (
            PLAN,
            "table a:has-text('Cải cách thủ tục hành chính')",
            ".filters > summary",
            ("select[name=by]", "lead"),
            ".filters button",
        ),
        "Văn phòng UBND tỉnh 9",
    ),
    "the end of a quarter, to send on": (
        (PLAN, DAYS, ".presets > summary", ".presets a:text-is('hết quý II/2023')", ".copy"),
        "Đã sao chép liên kết",
    ),
}  # fmt: skip
MOST_TAPS = 5


@pytest.mark.parametrize("task", TASKS)
def test_a_task_is_done_in_five_taps(chromium: Browser, site: Served, task: str) -> None:
    """At 360 px, without a word that has to be known beforehand but those typed."""
    context = chromium.new_context(
        base_url=site.address, viewport={"width": 360, "height": 740}, permissions=["clipboard-read", "clipboard-write"]
    )
    page = context.new_page()
    page.goto("/")
    steps, expected = TASKS[task]
    assert sum(isinstance(step, str) for step in steps) <= MOST_TAPS
    fetched = []
    page.on("download", lambda download: fetched.append(download.suggested_filename))
    for step in steps:
        page.wait_for_load_state("networkidle")
        if isinstance(step, str) and step.startswith(".files"):
            with page.expect_download():
                page.locator(step).locator("visible=true").first.click()
        elif isinstance(step, str):
            page.locator(step).locator("visible=true").first.click()
        elif "select" in step[0]:
            page.select_option(*step)
        else:
            page.fill(*step)
    if fetched:
        assert [expected] == fetched
    else:
        expect(page.locator("main")).to_contain_text(expected)
    context.close()
