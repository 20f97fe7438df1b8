"""What a third stranger's files have, and was read in silence as something else: it is read as it is meant, or asked about."""

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from reformtrack import Deadline, Document, Tracker
from reformtrack.errors import SheetFileError
from reformtrack.exchange.appendix.agencies import names_in
from reformtrack.exchange.appendix.finding import Answers, Draft
from reformtrack.exchange.appendix.importing import Import, NewPlan, import_appendix, read_draft
from reformtrack.exchange.appendix.reading import find_appendix
from reformtrack.exchange.appendix.sheets import Percent, Sheet
from reformtrack.language import Language
from reformtrack.values import DeadlineKind
from tests.exchange.layouts import Cells
from tests.exchange.test_appendix import found

pytestmark = pytest.mark.slow

HEAD = ["STT", "Nhiệm vụ", "Chủ trì", "Thời hạn"]
BUDGET = [*HEAD, "Kinh phí (triệu đồng)"]


def asked_of(cells: Cells) -> list[str]:
    return [question.cell for question in found(cells).questions]


def read(cells: Cells, answers: Answers, **marks: Any) -> Draft:
    return find_appendix([Sheet("S1", tuple(map(tuple, cells)), **marks)], Language("en"), answers=answers, year=2025)


def book(path: Path, rows: Cells, merged: str = "", forms: dict[str, str] | None = None) -> Path:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for area in merged.split():
        sheet.merge_cells(area)
    for name, form in (forms or {}).items():
        sheet[name].number_format = form
    made.save(path)
    return path


def document_of(path: Path, *parts: str | Cells) -> Path:
    made = docx.Document()
    for part in parts:
        if isinstance(part, str):
            made.add_paragraph(part)
            continue
        table = made.add_table(rows=0, cols=len(part[0]))
        for texts in part:
            for cell, text in zip(table.add_row().cells, texts, strict=False):
                cell.text = str(text)
    made.save(str(path))
    return path


def amended(tmp_path: Path, before: Cells, after: Cells, answers: Answers | None = None, **how: Any) -> Import:
    """What a second file makes of the plan of a first one."""
    tracker = Tracker()
    new = NewPlan(title="Kế hoạch", year=2025, jurisdiction="Tỉnh")
    first = import_appendix(tracker, book(tmp_path / "a.xlsx", before), "p", by="a", on=date(2025, 1, 3), new=new)
    assert first.is_accepted, first.problems
    second = book(tmp_path / "b.xlsx", after, **how)
    document = Document(number="9/QĐ-UBND")
    return import_appendix(
        tracker, second, "p", by="a", on=date(2025, 6, 1), document=document, answers=answers, dry_run=True
    )


# budgets


def test_an_amount_merged_over_several_tasks_is_counted_once() -> None:
    """It is asked what each has; a dash says that the first has it all."""
    rows: Cells = [BUDGET, [1, "A", "Sở A", "Quý I", 300], [2, "B", "Sở A", "Quý I", 300], [3, "C", "Sở A", "Quý I", 5]]
    merged = frozenset({(2, 4)})
    draft = read(rows, Answers(), merged_down=merged)
    assert ["E3"] == [question.cell for question in draft.questions]
    answered = read(rows, Answers(cells={"S1!E3": "–"}), merged_down=merged)
    assert ([300_000_000, None, 5_000_000], ()) == ([one.budget for one in answered.activities], answered.questions)


@pytest.mark.parametrize(
    "text",
    [
        "3%",
        "50% NSNN",
        "5 lớp",
        "10 người",
        "2 đợt",
        "3 lần/năm",
        Percent(0.5),
        "5 nghìn tờ rơi",
        "100 đồng chí",
        "10 triệu đồng/xã",
    ],
)
def test_what_is_no_money_is_no_budget(text: object) -> None:
    """It is told, and nothing is counted."""
    draft = found([BUDGET, [1, "A", "Sở A", "Quý I", text]])
    assert ([None], ["E2"]) == ([one.budget for one in draft.activities], [one.cell for one in draft.problems])


@pytest.mark.parametrize(
    "text",
    [
        "300 (NSĐP)",
        "300 triệu từ nguồn xã hội hóa",
        "300*",
        "300 trđ",
        "300 (dự kiến)",
        "300 NSNN",
        "300 từ ngân sách tỉnh",
    ],
)
def test_what_stands_beside_an_amount_is_a_remark(text: str) -> None:
    assert [300_000_000] == [one.budget for one in found([BUDGET, [1, "A", "Sở A", "Quý I", text]]).activities]


def test_a_total_alone_is_the_budget_and_a_sign_of_money_its_unit() -> None:
    [row] = found([[*HEAD, "Tổng kinh phí (triệu đồng)"], [1, "A", "Sở A", "Quý I", 300]]).activities
    assert 300_000_000 == row.budget
    [row] = found([BUDGET, [1, "A", "Sở A", "Quý I", "150.000.000 ₫"]]).activities
    assert 150_000_000 == row.budget


# deadlines


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Theo hướng dẫn của Bộ Nội vụ, chậm nhất 30/9/2025", date(2025, 9, 30)),
        ("Khi có yêu cầu, báo cáo trước 15/12/2025", date(2025, 12, 15)),
        ("Theo chỉ đạo của UBND tỉnh trước 31/10", date(2025, 10, 31)),
        ("Sau khi có Nghị quyết của HĐND tỉnh, trước 30/9/2025", date(2025, 9, 30)),
        ("Sau khi Luật được ban hành, hoàn thành trong Quý III", date(2025, 9, 30)),
        ("Khi có yêu cầu nhưng trước 30/6", date(2025, 6, 30)),
        ("upon request, by September 30 2025", date(2025, 9, 30)),
        ("Báo cáo trước 15/12", date(2025, 12, 15)),
    ],
)
def test_a_last_day_beside_what_it_depends_on_is_the_day(text: str, day: date) -> None:
    assert (day,) == Deadline.entered(text, 2025).days


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Theo Quyết định số 123/QĐ-TTg ngày 15/7/2021", DeadlineKind.DEPENDENT),
        ("Theo Kế hoạch số 45/KH-BNV ngày 12/3/2025 của Bộ Nội vụ", DeadlineKind.DEPENDENT),
        ("Sau khi Chính phủ ban hành Nghị định", DeadlineKind.DEPENDENT),
        ("Theo hướng dẫn của Trung ương", DeadlineKind.DEPENDENT),
        ("Theo kế hoạch năm 2025 của Bộ Nội vụ", DeadlineKind.DEPENDENT),
        ("Theo kế hoạch của tỉnh (Quý III)", DeadlineKind.UNSPECIFIED),
        ("Theo yêu cầu; định kỳ 6 tháng, năm", DeadlineKind.UNSPECIFIED),
        ("Sau khi Thanh tra kết thúc trước 30/6", DeadlineKind.DEPENDENT),
        ("Khi có yêu cầu, trước 15/6 và 15/12", DeadlineKind.UNSPECIFIED),
        ("Theo hướng dẫn của Bộ ban hành trước ngày 15/3/2025", DeadlineKind.DEPENDENT),
        ("Theo các văn bản còn hiệu lực trước ngày 01/3/2025", DeadlineKind.DEPENDENT),
        ("Theo hướng dẫn của Bộ, ít nhất 15 ngày trước ngày 30/9", DeadlineKind.DEPENDENT),
        ("Theo quý, tháng", DeadlineKind.UNSPECIFIED),
        ("Theo quý", DeadlineKind.EACH_QUARTER),
        ("Theo tháng", DeadlineKind.EACH_MONTH),
        ("Theo từng quý", DeadlineKind.EACH_QUARTER),
    ],
)
def test_what_depends_on_something_swallows_no_day(text: str, kind: DeadlineKind) -> None:
    """The day of a document is none of its own; what else says when leaves it unread, which is told."""
    assert kind is Deadline.entered(text, 2025).kind


@pytest.mark.parametrize(
    "text",
    ["Tổ chức trong Quý II và đầu Quý III", "Báo cáo định kỳ hằng quý và cả năm 2025 theo mẫu", "Hội nghị tháng 6 hoặc 7",
     "UBND tỉnh ban hành xong thì trước 30/6 hoặc 30/7", "Trường hợp đột xuất"],
)  # fmt: skip
def test_a_deadline_that_begins_like_an_agency_is_none(text: str) -> None:
    """It is kept, and that no day was read is told."""
    draft = found([HEAD, [1, "A", "Sở A", text]])
    assert ((), [text]) == (draft.questions, [one.deadline for one in draft.activities])


def test_a_roman_number_is_no_agency() -> None:
    assert "agency" not in found([HEAD, [1, "A", "Sở A", "III"]]).problems[0].what


def test_of_a_column_with_both_orders_of_a_day_each_that_may_be_either_is_asked_about() -> None:
    rows: Cells = [[n, f"Việc {n}", "Sở A", text] for n, text in enumerate(("6/30/2025", "3/4/2025", "30/6/2025"), 1)]
    assert ["D2", "D3"] == asked_of([HEAD, *rows])


def test_months_below_one_heading_are_periods() -> None:
    months: list[Any] = ["Thời gian thực hiện (tháng)", *[""] * 11]
    below = ["", "", "", *range(1, 13)]
    marks = ["", "", "x", *[""] * 9]
    draft = read([["STT", "Nhiệm vụ", "Chủ trì", *months], below, [1, "A", "Sở A", *marks]], Answers())
    assert ([(date(2025, 3, 31),)], ()) == ([one.due.days for one in draft.activities if one.due], draft.questions)


# agencies


@pytest.mark.parametrize(
    "text",
    ["BHXH tỉnh\nCục Thuế tỉnh", "Văn phòng\nThanh tra", "Công chức Tư pháp\nCông chức Văn phòng",
     "Ông Nguyễn Văn A\nBà Trần Thị B", "VNPT\nViettel", "Đảng ủy\nHĐND\nUBND xã", "Sở Nội vụ v.v.",
     "Sở Nội vụ, Sở Tư pháp...", "Sở Nội vụ (Phòng A, Phòng B)"],
)  # fmt: skip
def test_lines_that_may_be_agencies_are_asked_about(text: str) -> None:
    assert not names_in(text).is_sure


@pytest.mark.parametrize(
    "text",
    [
        "Sở Nội\nvụ", "Sở Nông nghiệp và\nMôi trường", "UBND huyện\nĐắk Song", "Văn phòng\nUBND tỉnh",
        "Các phòng, ban chuyên môn", "Bộ Chỉ huy\nBộ đội Biên phòng tỉnh", "Các sở,\nban, ngành", "Sở,\nban, ngành",
        "Các sở,\nban, ngành, UBND các huyện",
        "UBND các xã,\nphường", "Ban Tổ chức\nTỉnh ủy", "Các Sở, Ban, Ngành",
        "Các hội, đoàn thể", "Các ban, ngành, đoàn thể", "Ban, ngành, đoàn thể xã", "Các sở, ban, ngành",
    ],
)  # fmt: skip
def test_one_agency_over_several_lines_or_of_many_is_one(text: str) -> None:
    is_two = "UBND các huyện" in text
    assert (1 + is_two, True) == (len(names_in(text).names), names_in(text).is_sure)


@pytest.mark.parametrize("text", ["Thôn 1\nThôn 2", "Thôn 1, Thôn 2", "Tổ 5; Tổ 6"])
def test_hamlets_are_agencies_of_their_own(text: str) -> None:
    assert (2, True) == (len(names_in(text).names), names_in(text).is_sure)


def test_a_named_unit_is_no_part_of_many() -> None:
    assert ("Các sở, ban, ngành", "huyện ủy Đắk Mil") == names_in("Các sở, ban, ngành, huyện ủy Đắk Mil").names


def test_a_list_after_a_colon_is_asked_about() -> None:
    assert not names_in("Các đơn vị: Sở Tư pháp, Sở Tài chính").is_sure


@pytest.mark.parametrize("text", ["Chưa xác định", "?", "TBD", "(để trống)", "Đang phân công", "Chưa phân công"])
def test_what_stands_where_no_agency_is_named_yet_is_none(text: str) -> None:
    assert "C2" in asked_of([HEAD, [1, "A", text, "Quý I"]])


@pytest.mark.parametrize("text", ["Sở Nội vụ2", "Sở Nội vụ [2]", "Sở Nội vụ (2)"])
def test_the_mark_of_a_footnote_makes_no_other_agency(text: str) -> None:
    draft = found([HEAD, [1, "A", "Sở Nội vụ", "Quý I"], [2, "B", text, "Quý I"]])
    assert {("Sở Nội vụ",)} == {one.leads for one in draft.activities}


def test_numbers_of_hamlets_are_no_marks() -> None:
    draft = found(
        [HEAD, *([n, "A", f"{name}{n}", "Quý I"] for n, name in ((1, "Thôn"), (2, "Thôn"), (3, "Trường số")))]
    )
    assert [("Thôn1",), ("Thôn2",), ("Trường số3",)] == [one.leads for one in draft.activities]


def test_long_cells_of_agencies_are_read_in_time() -> None:
    for text in ("Sở A, đơn vị" + " liên quan" * 100 + "!", "Các sở," + " huyện tỉnh" * 100 + " (x)"):
        assert names_in(text).names


def test_names_in_an_old_code_of_letters_are_seen() -> None:
    """Its letters are none of Vietnamese, even where few words have them."""
    rows: Cells = [[1, "Rà soát", "së néi vô", "Quý I"], [2, "Công bố", "së t ph¸p", "Quý I"]]
    [question] = found([HEAD, *rows]).questions
    assert "TCVN3" in question.what


def test_letters_of_other_languages_are_no_old_code() -> None:
    rows: Cells = [[1, "Plan", "Ministria e Shëndetësisë", "Q1 2025"], [2, "Act", "Këshilli i Ministrave", "Q2 2025"]]
    assert () == found([HEAD, *rows]).questions


# cells in the place of others


@pytest.mark.parametrize("text", ["Quý II", "30/6/2025", "12", "?", "Chưa rõ"])
def test_what_supports_has_a_name(text: str) -> None:
    assert ["E2"] == asked_of([[*HEAD, "Phối hợp"], [1, "A", "Sở A", "Quý I", text]])


@pytest.mark.parametrize("text", ["30/6/2025", "nt", "-", "Quý II/2025"])
def test_a_title_has_words_of_its_own(text: str) -> None:
    assert "B3" in asked_of([HEAD, [1, "A", "Sở A", "Quý I"], [2, text, "Sở A", "Quý I"]])


def test_a_number_that_is_a_day_is_asked_about() -> None:
    """Excel makes a day of 1.1; where nothing says which number it was, a person does."""
    day = date(2025, 1, 2)
    assert ["A2"] == asked_of([HEAD, [day, "A", "Sở A", "Quý I"]])
    answered = read([HEAD, [day, "A", "Sở A", "Quý I"]], Answers(cells={"S1!A2": "2.1"}))
    assert ((), ["2.1"]) == (answered.questions, [one.code for one in answered.activities])


@pytest.mark.parametrize("form", ["0.00", "#,##0.00"])
def test_a_code_is_as_it_is_shown(form: str, tmp_path: Path) -> None:
    """2.1 with two decimals is 2.10, the tenth."""
    rows: Cells = [HEAD, [2.1, "A", "Sở A", "Quý I"], [2.11, "B", "Sở A", "Quý I"], [2.5, "C", "Sở A", "Quý I"]]
    draft = read_draft(book(tmp_path / "a.xlsx", rows, forms={"A2": form, "A3": form}), year=2025)
    assert ["2.10", "2.11", "2.5"] == [one.code for one in draft.activities]


# rows and titles


@pytest.mark.parametrize(
    "title",
    ["NHIỆM VỤ BÃI BỎ", "CÁC NHIỆM VỤ KHÔNG TIẾP TỤC THỰC HIỆN", "Nhiệm vụ đưa ra khỏi kế hoạch", "Nội dung hủy bỏ"],
)
def test_what_stands_below_a_title_of_what_is_taken_out_is_asked_about(title: str) -> None:
    rows: Cells = [["A", "NHIỆM VỤ BỔ SUNG"], [1, "A", "Sở A", "Quý I"], ["B", title], [1, "B", "Sở B", "Quý II"]]
    draft = found([HEAD, *rows])
    assert ["A4"] == [question.cell for question in draft.questions]
    left = read([HEAD, *rows], Answers(rows={"S1!4": "leave_tasks"}))
    assert (["A"], ()) == ([one.title for one in left.activities], left.questions)
    assert found([["DANH MỤC " + title.upper()], HEAD, [1, "B", "Sở B", "Quý II"]]).questions


def test_a_row_that_begins_small_among_numbered_ones_is_asked_about() -> None:
    """Where a page cut every cell of a task, its rest looks like a task."""
    rows: Cells = [
        [1, "Rà soát, hệ thống hóa văn bản", "Văn phòng", "Trước ngày"],
        ["", "quy phạm pháp luật", "UBND tỉnh", "30/6/2025"],
        [2, "Công bố", "Sở A", "Quý III"],
    ]
    assert ["B3"] == [question.cell for question in found([HEAD, *rows]).questions]
    joined = read([HEAD, *rows], Answers(rows={"S1!3": "join"}))
    first = joined.activities[0]
    assert ("Rà soát, hệ thống hóa văn bản quy phạm pháp luật", ("Văn phòng UBND tỉnh",), (date(2025, 6, 30),)) == (
        first.title, first.leads, first.due and first.due.days
    )  # fmt: skip


def test_a_title_over_columns_is_one_where_another_column_is_the_first(tmp_path: Path) -> None:
    head = ["STT", "Mục tiêu", "Nhiệm vụ", "Chủ trì", "Thời hạn"]
    rows: Cells = [
        head, ["I", "CẢI CÁCH THỂ CHẾ"], [1, "x", "A", "Sở A", "Quý I"], ["II", "CẢI CÁCH TTHC"], [1, "y", "B", "Sở B", "Quý I"]
    ]  # fmt: skip
    draft = read_draft(book(tmp_path / "a.xlsx", rows, merged="B2:E2 B4:E4"), year=2025)
    assert ((), ["CẢI CÁCH THỂ CHẾ", "CẢI CÁCH TTHC"]) == (draft.questions, [one.title for one in draft.domains])
    answers = Answers(rows={"Sheet!2": "domain", "Sheet!4": "domain"})
    draft = read_draft(book(tmp_path / "b.xlsx", rows), year=2025, answers=answers)
    assert ["CẢI CÁCH THỂ CHẾ", "CẢI CÁCH TTHC"] == [one.title for one in draft.domains]


def test_a_heading_over_two_columns_loses_neither() -> None:
    """What stands in the second one is asked about."""
    head = ["STT", "Nhiệm vụ", "", "Chủ trì", "Thời hạn"]
    cells: Cells = [head, [1, "Văn bản", "Rà soát nghị quyết", "Sở A", "Quý I"]]
    draft = read(cells, Answers(), merged=(((0, 1), (0, 2)),))
    [question] = draft.questions
    assert "B “Nhiệm vụ”, C “Nhiệm vụ”" in question.what


def test_small_roman_numbers_are_of_one_level() -> None:
    rows: Cells = [
        ["i", "Cải cách thể chế"],
        [1, "A", "Sở A", "Quý I"],
        ["ii", "Cải cách TTHC"],
        [1, "B", "Sở B", "Quý I"],
    ]
    assert ["Cải cách thể chế", "Cải cách TTHC"] == [one.title for one in found([HEAD, *rows]).domains]


def test_a_title_of_a_domain_that_ends_in_a_year_is_of_it() -> None:
    draft = read([HEAD, ["I", "CẢI CÁCH THỂ CHẾ NĂM 2026"], [1, "A", "Sở A", "Quý I"]], Answers())
    assert [(date(2026, 3, 31),)] == [one.due.days for one in draft.activities if one.due]


def test_the_head_of_each_page_begins_no_section(tmp_path: Path) -> None:
    """Of a file that was made of pages: a title that was there before, or who issued it."""
    first: Cells = [HEAD, ["I", "CẢI CÁCH THỂ CHẾ", "", ""], ["1", "A", "Sở A", "Quý I"]]
    second: Cells = [HEAD, ["2", "B", "Sở A", "Quý I"]]
    title = "PHỤ LỤC NHIỆM VỤ NĂM 2025"
    within = [*first, ["UBND TỈNH ĐẮK NÔNG", "", "", ""], *second[1:]]
    for name, parts in {
        "a": (title, first, title, second),
        "b": ("UBND TỈNH ĐẮK NÔNG", within),
    }.items():
        draft = read_draft(document_of(tmp_path / f"{name}.docx", *parts), year=2025)
        assert () == draft.questions
        assert (["CẢI CÁCH THỂ CHẾ"], {()}) == (
            [one.title for one in draft.domains],
            {a.group for a in draft.activities},
        )

    assert read_draft(document_of(tmp_path / "c.docx", within), year=2025).questions


def test_signs_within_a_title_make_no_other_task(tmp_path: Path) -> None:
    before: Cells = [HEAD, [1, "Tuyên truyền", "Sở A", "Quý I"], [2, "Rà soát đánh giá TTHC", "Sở A", "Quý I"]]
    found = amended(tmp_path, before, [HEAD, [1, "Rà soát, đánh giá TTHC", "Sở A", "Quý I"]])
    assert ["1.01"] == [one.activity for one in found.changes if one.field == "activity"]


@pytest.mark.parametrize("title", ["SỐ HÓA HỒ SƠ", "BỘ MÁY HÀNH CHÍNH", "BỔ SUNG NHIỆM VỤ MỚI", "SỞ NỘI VỤ"])
def test_titles_in_capitals_are_titles(title: str) -> None:
    rows: Cells = [["", "CẢI CÁCH THỂ CHẾ"], [1, "A", "Sở A", "Quý I"], ["", title], [1, "B", "Sở B", "Quý II"]]
    assert title in [one.title for one in found([HEAD, *rows]).domains]


# what is hidden, and headings


def test_a_row_or_a_column_without_a_height_is_hidden(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx", [[*HEAD, "Phối hợp"], [1, "A", "Sở A", "Quý I", "Sở B"], [2, "B", "Sở A", "Quý I", ""]]
    )
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = part.replace(b'<row r="3"', b'<row r="3" ht="0" customHeight="1"')
                columns = b'<cols><col min="5" max="5" width="0" customWidth="1"/></cols><sheetData>'
                part = part.replace(b"<sheetData>", columns)
            new.writestr(name, part)
    draft = read_draft(tmp_path / "b.xlsx", year=2025)
    assert ["A"] == [one.title for one in draft.activities]
    assert [()] == [one.supporting for one in draft.activities]


@pytest.mark.parametrize("name", ["T\nT", "STT / No.", "S T T"])
def test_the_column_of_numbers_is_known(name: str) -> None:
    assert ["1"] == [one.printed_number for one in found([[name, *HEAD[1:]], [1, "A", "Sở A", "Quý I"]]).activities]


def test_agencies_that_coordinate_support() -> None:
    draft = found([["No.", "Task", "Lead", "Deadline", "Coordinating agencies"], [1, "A", "DoHA", "Q1 2025", "DoJ"]])
    assert [("DoJ",)] == [one.supporting for one in draft.activities]


# amendments


def test_titles_that_stand_under_other_codes_are_asked_about(tmp_path: Path) -> None:
    """Where a list is numbered anew, what was done would be another's; a title that stands in both places is no such."""
    before: Cells = [
        HEAD,
        ["1.1", "Rà soát", "Sở A", "Quý I"],
        ["1.2", "Công bố", "Sở A", "Quý I"],
        ["1.3", "Niêm yết", "Sở A", "Quý I"],
    ]
    after: Cells = [HEAD, ["1.1", "Công bố", "Sở A", "Quý I"], ["1.2", "Niêm yết", "Sở A", "Quý I"]]
    found = amended(tmp_path, before, after)
    assert {"A2", "A3"} == {question.cell for question in found.problems if question.is_error}
    twice: Cells = [HEAD, ["1.1", "Rà soát", "Sở A", "Quý I"], ["2.1", "Tuyên truyền", "Sở A", "Quý I"]]
    other = tmp_path / "other"
    other.mkdir()
    renamed: Cells = [HEAD, ["1.1", "Tuyên truyền", "Sở A", "Quý I"], ["2.1", "Tuyên truyền", "Sở A", "Quý I"]]
    assert amended(other, twice, renamed).is_accepted


@pytest.mark.parametrize(
    "title",
    [
        "PHỤ LỤC SỬA ĐỔI, BỔ SUNG MỘT SỐ NHIỆM VỤ TẠI KẾ HOẠCH CCHC NĂM 2025",
        "PHỤ LỤC NHIỆM VỤ BỔ SUNG",
        "NHIỆM VỤ GIA HẠN",
    ],
)
def test_an_appendix_of_what_changes_withdraws_nothing_in_silence(title: str, tmp_path: Path) -> None:
    plan: Cells = [HEAD, *([str(n), f"Nhiệm vụ {n}", "Sở A", "Quý I"] for n in range(1, 6))]
    found = amended(tmp_path, plan, [[title], HEAD, ["3", "Nhiệm vụ 3", "Sở A", "Quý IV"]])
    [question] = (problem for problem in found.problems if problem.is_error)
    assert "thiếu các nhiệm vụ của kế hoạch: 1.01, 1.02" in question.what


def test_a_full_stop_and_a_bracket_make_no_other_task(tmp_path: Path) -> None:
    found = amended(tmp_path, [HEAD, [1, "Rà soát", "Sở A", "Quý I"]], [HEAD, ["1)", "Rà soát.", "Sở A", "Quý I"]])
    assert ([], True) == ([one for one in found.changes if one.field == "activity"], found.is_accepted)


def test_short_words_in_capitals_are_no_titles() -> None:
    """As the sources of money below a task."""
    rows: Cells = [[1, "A", "Sở A", "Quý I"], ["", "NSĐP", "", ""], [2, "B", "Sở B", "Quý II"]]
    draft = found([HEAD, *rows])
    assert {()} == {one.group for one in draft.activities}
    assert "B3" in [problem.cell for problem in draft.problems]


def test_what_stands_below_a_note_is_told() -> None:
    rows: Cells = [
        [1, "A", "Sở A", "Quý I"],
        ["", "(*) Nhiệm vụ trọng tâm"],
        ["", "Niêm yết công khai thủ tục hành chính"],
    ]
    assert "B4" in {problem.cell for problem in found([HEAD, *rows]).problems}


def test_a_web_page_is_called_one(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_text("<html><table><tr><td>STT</td></tr></table></html>", encoding="utf-8")
    with pytest.raises(SheetFileError, match="web page"):
        read_draft(tmp_path / "a.xls", year=2025)
