"""Plans as they are published, typed whole, and tables of kinds that no case has: what comes of each."""

from pathlib import Path
from typing import Any

import docx
import pytest
import xlsxwriter

from reformtrack import Tracker
from reformtrack.exchange.appendix.finding import Answers, Draft
from reformtrack.exchange.appendix.importing import NewPlan, read_draft, record_draft
from tests.exchange.accounting import unaccounted
from tests.exchange.layouts import workbook
from tests.exchange.published import MINISTRY, PROVINCE, PROVINCE_MERGED, Cells
from tests.support import ADOPTED

pytestmark = pytest.mark.slow


def as_workbook(path: Path, rows: Cells, merged: Any = ()) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Phụ lục")
        for area in merged:
            (top, left), (bottom, right) = area
            sheet.merge_range(top, left, bottom, right, "")
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if cell is not None:
                    sheet.write(number, place, cell)
    return path


def as_document(path: Path, rows: Cells, head: int) -> Path:
    """The lines above the table as paragraphs, a section over its whole row, as such documents have it."""
    document = docx.Document()
    for row in rows[:head]:
        document.add_paragraph("\t".join(str(cell) for cell in row if cell is not None))
    width = max(map(len, rows[head:]))
    table = document.add_table(0, width)
    for row in filter(None, rows[head:]):
        cells = table.add_row().cells
        for place, cell in enumerate(row):
            cells[place].text = "" if cell is None else str(cell)
        if len(row) == 2:
            merged = cells[1].merge(cells[-1])
            merged.text = str(row[1])
    document.save(str(path))
    return path


def read(path: Path, year: int, **options: Any) -> Draft:
    draft = read_draft(path, year=year, lang="en", **options)
    assert {} == unaccounted(path, draft)
    return draft


def said(draft: Draft) -> list[tuple[Any, ...]]:
    """Domain, group, title, leads, deadline as read."""
    titles = {domain.code: domain.title for domain in draft.domains}
    return [
        (
            titles[row.domain],
            row.group,
            row.title,
            row.leads,
            [f"{day:%d/%m}" for day in row.due.days] if row.due else None,
        )
        for row in draft.activities
    ]


REFORM, LAW, CHIEF = "Vụ Cải cách hành chính", "Vụ Pháp chế", "CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH CẢI CÁCH HÀNH CHÍNH"
TEXTS, FOLLOWED = (
    ("Xây dựng, hoàn thiện hệ thống văn bản quy phạm pháp luật",),
    ("Theo dõi tình hình thi hành pháp luật",),
)
OF_MINISTRY = [
    (CHIEF, (), (REFORM,), []),
    (CHIEF, (), (REFORM,), ["30/06", "30/09"]),
    (CHIEF, (), (REFORM,), ["31/03", "30/06", "30/09", "31/12"]),
    ("CẢI CÁCH THỂ CHẾ", TEXTS, ("Cục Văn thư và Lưu trữ nhà nước",), ["31/05"]),
    ("CẢI CÁCH THỂ CHẾ", TEXTS, ("Vụ Tổ chức - Biên chế",), ["31/12"]),
    ("CẢI CÁCH THỂ CHẾ", FOLLOWED, (LAW,), ["31/03"]),
    ("CẢI CÁCH THỂ CHẾ", FOLLOWED, (LAW,), ["31/01"]),
    ("CẢI CÁCH THỦ TỤC HÀNH CHÍNH", (), ("Văn phòng Bộ",), []),
    ("CẢI CÁCH TỔ CHỨC BỘ MÁY HÀNH CHÍNH NHÀ NƯỚC", (), ("Vụ Chính quyền địa phương",), []),
    ("CẢI CÁCH TỔ CHỨC BỘ MÁY HÀNH CHÍNH NHÀ NƯỚC", (), (REFORM,), ["30/06"]),
]


@pytest.mark.parametrize("form", ["xlsx", "docx"])
def test_the_plan_of_a_ministry_is_read_whole(form: str, tmp_path: Path) -> None:
    """Its first task was due before the year began, which is asked; the office that signs is no agency."""
    path = tmp_path / f"a.{form}"
    path = as_workbook(path, MINISTRY) if form == "xlsx" else as_document(path, MINISTRY, 7)
    asked = read(path, 2024)
    assert ["Tháng 12/2023"] == [question.ask.removeprefix("deadlines:") for question in asked.questions]
    draft = read(path, 2024, answers=Answers(deadlines={"Tháng 12/2023": "Thường xuyên"}))
    assert () == draft.questions
    assert OF_MINISTRY == [(domain, group, leads, days) for domain, group, _, leads, days in said(draft)]
    titles = [row[1] for row in MINISTRY if len(row) == 6 and row[0] not in ("STT", None)]
    assert titles == [row.title for row in draft.activities]
    assert ("Các bộ, cơ quan ngang bộ", "UBND các tỉnh, thành phố trực thuộc Trung ương") == draft.activities[
        -1
    ].supporting
    with Tracker() as tracker:
        new = NewPlan(title="Kế hoạch", year=2024, jurisdiction="Bộ Nội vụ")
        assert 11 == len(record_draft(tracker, draft, "p", by="a", on=ADOPTED, new=new).records)
        assert () == record_draft(tracker, draft, "p", by="a", on=ADOPTED).events


def test_the_plan_of_a_province_is_read_whole(tmp_path: Path) -> None:
    """With headings in two rows, one column for sections and tasks, numbers that go on, a row that a page cuts."""
    path = as_workbook(tmp_path / "a.xlsx", PROVINCE, PROVINCE_MERGED)
    [question] = read(path, 2024).questions
    assert "E24" == question.cell
    list_ = "Văn phòng UBND tỉnh; Báo, Đài PT&TH tỉnh"
    draft = read(path, 2024, answers=Answers(cells={"Phụ lục!E24": list_}, agencies={list_: list_}))
    assert () == draft.questions
    titles = [row[1] for row in PROVINCE if len(row) == 7 and isinstance(row[0], int)]
    assert titles == [row.title for row in draft.activities]
    assert [*map(str, range(1, 11))] == [row.printed_number for row in draft.activities]
    assert ["1", "1", "2", "2", "3", "4", "5", "5", "6", "7"] == [row.domain for row in draft.activities]
    days = [days for *_, days in said(draft)]
    assert [["31/03"], ["31/12"], ["15/09"], ["31/12"], [], ["31/12"], ["31/12"], ["31/01"], ["30/06"], []] == days
    cut = draft.activities[8]
    assert ("Hệ thống được nâng cấp\nBáo cáo đánh giá", ("Văn phòng UBND tỉnh", "Sở Nội vụ")) == (
        cut.output,
        cut.supporting,
    )
    assert ("Văn phòng UBND tỉnh", "Báo, Đài PT&TH tỉnh") == draft.activities[9].supporting


MATRIX: Cells = [
    ["TT", "Nội dung công việc", "Sở Nội vụ", "Sở Tư pháp", "VP UBND tỉnh", "Thời gian hoàn thành"],
    ["I", "Cải cách thể chế"],
    [1, "Rà soát văn bản", "PH", "CT", "PH", "Quý II"],
    [2, "Kiểm tra công vụ", "CT", None, "PH", "30/9/2025"],
    [3, "Tập huấn", "Chủ trì", "CT", None, "Thường xuyên"],
]


def test_agencies_may_have_columns_with_marks_of_their_part(tmp_path: Path) -> None:
    """CT leads, PH supports; with other marks it is asked which column is the lead, and CT is no agency."""
    draft = read(workbook(tmp_path / "a.xlsx", MATRIX), 2025)
    assert () == draft.questions
    assert [("Sở Tư pháp",), ("Sở Nội vụ",), ("Sở Nội vụ", "Sở Tư pháp")] == [row.leads for row in draft.activities]
    assert [("Sở Nội vụ", "VP UBND tỉnh"), ("VP UBND tỉnh",), ()] == [row.supporting for row in draft.activities]
    crossed = workbook(tmp_path / "b.xlsx", [*MATRIX[:4], [3, "Tập huấn", "x", "CT", None, "Quý I"]])
    assert ["A1"] == [question.cell for question in read(crossed, 2025).questions]
    taken = read(crossed, 2025, answers=Answers(columns={"Sheet1!lead": "C"}))
    assert ["C3", "C4"] == [question.cell for question in taken.questions]


def test_numbers_of_word_are_no_text(tmp_path: Path) -> None:
    """Where a list numbers the rows, a bold line alone is a title."""
    rows = [
        ("STT", "Nhiệm vụ", "Sản phẩm", "Chủ trì", "Thời gian"),
        ("", "Cải cách thể chế", "", "", ""),
        ("", "Rà soát văn bản", "Báo cáo", "Sở Tư pháp", "Quý II"),
        ("", "Kiểm tra văn bản", "Báo cáo", "Sở Tư pháp", "30/9/2025"),
        ("", "Thủ tục hành chính", "", "", ""),
        ("", "Công bố danh mục", "Quyết định", "Văn phòng UBND tỉnh", "Quý III"),
    ]
    document = docx.Document()
    table = document.add_table(0, 5)
    for number, row in enumerate(rows):
        for place, (cell, text) in enumerate(zip(table.add_row().cells, row, strict=True)):
            paragraph = cell.paragraphs[0]
            paragraph.add_run(text).bold = number in (1, 4)
            if number and not place:
                paragraph.style = "List Number"
    document.save(str(tmp_path / "a.docx"))
    draft = read(tmp_path / "a.docx", 2025)
    assert () == draft.questions
    assert ["Cải cách thể chế", "Thủ tục hành chính"] == [domain.title for domain in draft.domains]
    assert ["1", "1", "2"] == [row.domain for row in draft.activities]


def test_a_form_for_each_task_is_no_table(tmp_path: Path) -> None:
    """It is said what a table needs."""
    rows = [
        ["Nhiệm vụ:", "Rà soát"],
        ["Đơn vị chủ trì:", "Sở Tư pháp"],
        ["Thời hạn:", "Quý II"],
        [],
        ["Nhiệm vụ:", "Công bố"],
    ]
    draft = read(workbook(tmp_path / "a.xlsx", rows), 2025)
    [question] = draft.questions
    assert ((), True) == (draft.activities, "give the columns headings" in question.to_do)
