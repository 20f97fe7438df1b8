"""The annex of a report and the appendix of a plan as workbooks: kinds of rows, numbers, and how they are printed."""

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from dak_nong_events import MONITOR, YEAR, record_year
from dak_nong_events import PLAN as DAK_NONG
from dak_nong_events import Clock as DakNongClock

from reformtrack import Period, Tracker
from reformtrack.answers import Report
from reformtrack.exchange.report.annex import appendix_xlsx, xlsx
from tests.long_plan import PLAN, TODAY, tracker_of_long_tasks
from tests.support import day, scheduled, tracker_of, worked

PRINTABLE_INCHES = 297 / 25.4 - 0.8
SMALLEST = 8


@pytest.fixture(scope="module", params=["dak-nong", "long"])
def report(request: Any) -> Iterator[Report]:
    """The worked example's annual report, and one of 140 long tasks."""
    if request.param == "long":
        with tracker_of_long_tasks() as tracker:
            period = Period(code="q1", title="quý I năm 2025", first=TODAY.replace(month=1, day=1), last=TODAY)
            yield tracker.reports.issue(PLAN, period, by="x")
        return
    clock = DakNongClock()
    with Tracker(clock=clock) as tracker:
        record_year(tracker, clock)
        yield tracker.reports.issue(DAK_NONG, YEAR, by=MONITOR)


def books(report: Report) -> list[Any]:
    """Both workbooks."""
    return [openpyxl.load_workbook(io.BytesIO(made)) for made in (xlsx(report), appendix_xlsx(report.plan))]


def test_each_sheet_is_printed_in_letters_of_eight_points_or_more(report: Report) -> None:
    """On A4 landscape, as wide as the page; the headings on each page; in sight, and with a filter, on the screen."""
    for sheet in (sheet for book in books(report) for sheet in book):
        pixels = sum(sheet.column_dimensions[cell.column_letter].width * 7 for cell in sheet[4])
        points = 12 * min(1.0, PRINTABLE_INCHES / (pixels / 96))
        assert points >= SMALLEST, (sheet.title, points)
        assert ("9", "landscape", True, 1, 0) == (
            str(sheet.page_setup.paperSize),
            sheet.page_setup.orientation,
            sheet.sheet_properties.pageSetUpPr.fitToPage,
            sheet.page_setup.fitToWidth or 1,
            sheet.page_setup.fitToHeight if sheet.title != "Cơ sở số liệu" or not report.checkpoint else 0,
        )
        assert sheet.print_title_rows == "$4:$4"
        assert str(sheet.auto_filter.ref).startswith("A4:")
        assert sheet.freeze_panes[1:] == "5"


def test_kinds_of_rows_are_apart(report: Report) -> None:
    """Total, domains and agencies say what they are, and look like it; a rate is a number."""
    sheet = books(report)[0]["Số liệu"]
    assert ("Phân theo", "Nội dung", "Tổng số nhiệm vụ", "Đã hoàn thành", "Tỷ lệ", "Quá hạn") == tuple(
        c.value for c in sheet[4]
    )
    rows = list(sheet.iter_rows(min_row=5))
    kinds = [row[0].value for row in rows]
    assert "Tổng số" == kinds[0]
    assert ["Tổng số", "Lĩnh vực", "Cơ quan chủ trì"] == list(dict.fromkeys(kinds))
    looks = {row[0].value: (row[1].font.b, row[1].fill.bgColor.rgb, row[1].fill.fgColor.rgb) for row in rows}
    assert 3 == len(set(looks.values()))
    for figure, row in zip(report.content.figures, rows, strict=True):
        assert ((figure.total, figure.completed), figure.overdue) == ((row[2].value, row[3].value), row[5].value)
        assert figure.rate is None or abs(row[4].value - float(figure.rate)) < 1e-12
        assert ("0.0%" if figure.total else "General") == row[4].number_format


def test_rows_of_tasks_look_like_their_state(report: Report) -> None:
    """Those overdue, and those that have left the plan; cells begin with capitals."""
    sheet = books(report)[0]["Nhiệm vụ"]
    heads = [cell.value for cell in sheet[4]]
    numbered = any(one.number not in ("", one.code) for one in report.plan.activities)
    assert numbered == ("Số" in heads)
    for activity, row in zip(report.plan.activities, sheet.iter_rows(min_row=5), strict=True):
        cells = dict(zip(heads, row, strict=True))
        assert not numbered or str(cells["Số"].value) == activity.number
        assert activity.is_overdue == (cells["Nhiệm vụ"].fill.fill_type == "solid")
        assert activity.status.has_left == bool(cells["Nhiệm vụ"].font.i)
        assert cells["Tình trạng"].value[:1].isupper()


def test_joint_leads_are_said_in_the_language_of_the_workbook() -> None:
    """Where lines are split by lead, too."""
    with tracker_of([scheduled("p/1", lead=("Bộ A", "Bộ B")), scheduled("p/2", lead=())]) as tracker:
        report = tracker.reports.issue("p", Period(code="x", title="x", first=day("1-1"), last=day("6-1")), by="x")
    book: Any = openpyxl.load_workbook(io.BytesIO(xlsx(report, "en")))
    said = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    assert {"Bộ A, Bộ B (joint)", "no lead agency"} <= said
    assert not [text for text in said if isinstance(text, str) and "(chung)" in text]


def test_a_rate_of_an_indicator_is_a_number(report: Report) -> None:
    """Beside its text."""
    if report.indicators:
        sheet = books(report)[0]["Số liệu khác"]
        rates = [row[4].value for row in sheet.iter_rows(min_row=5)]
        assert [None if one.rate is None else float(one.rate) for one in report.indicators] == pytest.approx(rates)


def test_a_workbook_is_made_quickly(report: Report) -> None:
    """In seconds of work: a hundred times what it takes."""
    start = worked()
    xlsx(report)
    assert worked() - start < 10


@pytest.mark.slow
@pytest.mark.needs("soffice")
@pytest.mark.needs("pdftoppm")
def test_what_is_printed_has_no_page_too_many(report: Report, tmp_path: Path, pictures: Path) -> None:
    """As LibreOffice prints it: no page beside another, and every task is on one."""
    path = tmp_path / f"{report.plan.id}.xlsx"
    path.write_bytes(xlsx(report))
    office = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*office, "--outdir", str(tmp_path), str(path)], check=True, capture_output=True)
    printed = path.with_suffix(".pdf")
    subprocess.run(["pdftoppm", "-r", "60", "-png", str(printed), str(pictures / f"{path.stem}-xlsx")], check=True)
    text = subprocess.run(["pdftotext", "-layout", str(printed), "-"], check=True, capture_output=True).stdout.decode()
    pages = text.split("\f")[:-1]
    tasks = [page for page in pages if "Cơ quan phối" in page]
    assert len(tasks) == sum("Tài liệu" in page for page in tasks)  # the first and the last column are on one page
    assert len(tasks) <= 1 + len(report.plan.activities) / 5
