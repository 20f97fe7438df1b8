"""Where a table ends and what stands below it: no signature, no other table and no other year becomes a part of the plan."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from reformtrack.exchange.appendix.agencies import names_in
from reformtrack.exchange.appendix.finding import Answers, Draft
from reformtrack.exchange.appendix.importing import read_draft
from reformtrack.exchange.appendix.reading import find_appendix
from reformtrack.exchange.appendix.sheets import Sheet
from reformtrack.language import Language
from tests.exchange.accounting import unaccounted_in
from tests.exchange.layouts import Cells
from tests.exchange.test_not_in_silence import document_of
from tests.support import worked

HEAD = ["STT", "Nhiệm vụ", "Sản phẩm", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời hạn"]


def task(number: object, title: str, lead: str = "Sở Nội vụ") -> list[Any]:
    return [number, title, "Báo cáo", lead, "Sở Tư pháp", "Quý II"]


PLAN: Cells = [HEAD, ["I", "THỂ CHẾ"], task(1, "Rà soát văn bản"), task(2, "Công bố danh mục")]


def found(rows: Cells, year: int = 2025, answers: Answers | None = None, **marks: Any) -> Draft:
    width = max(map(len, rows))
    cells = tuple((*(cell if cell != "" else None for cell in row), *[None] * (width - len(row))) for row in rows)
    sheet = Sheet("S1", cells, **marks)
    draft = find_appendix([sheet], Language("en"), answers=answers, year=year)
    assert {} == unaccounted_in([sheet], draft)
    return draft


def in_word(path: Path, *parts: Any) -> Draft:
    return read_draft(document_of(path / "a.docx", *parts), year=2025, lang="en")


def said_by(draft: Draft) -> list[tuple[object, ...]]:
    titles = {domain.code: domain.title for domain in draft.domains}
    return [
        (titles[row.domain], row.group, row.title, row.output, row.leads, row.supporting) for row in draft.activities
    ]


def titles(draft: Draft) -> list[tuple[str, str]]:
    names = {domain.code: domain.title for domain in draft.domains}
    return [(names[row.domain], row.title) for row in draft.activities]


# signatures

SIGNATURES = {
    "who made it": ["Người lập", "Nguyễn Văn A"],
    "place, day, office": ["Đắk Nông ngày 28 tháng 12 năm 2024", "Thủ trưởng đơn vị", "Nguyễn Văn A"],
    "place with a comma": ["Đắk Nông, ngày 28 tháng 12 năm 2024", "Trưởng phòng", "Nguyễn Văn A"],
    "an office with its agency": ["Chủ tịch UBND xã", "Nguyễn Văn A"],
    "an agency": ["UBND XÃ QUẢNG SƠN", "Nguyễn Văn A"],
    "a name": ["Nguyễn Văn A"],
}


@pytest.mark.parametrize("column", [2, 3, 4, 5])
@pytest.mark.parametrize("texts", SIGNATURES.values(), ids=SIGNATURES)
def test_a_signature_below_the_table_is_no_part_of_its_last_task(texts: list[str], column: int) -> None:
    draft = found([*PLAN, [], [], *([""] * column + [text] for text in texts)])
    assert said_by(found(PLAN)) == said_by(draft)
    assert () == draft.questions


@pytest.mark.parametrize(
    "rows",
    [
        [["Người lập", "Thủ trưởng đơn vị"], ["Lê Thị C", "Nguyễn Văn A"]],
        [["Kế toán", "Người lập", "", "Thủ trưởng cơ quan"], ["Lê Thị C", "Bùi D", "", "Nguyễn Văn A"]],
        [["", "NGƯỜI LẬP BIỂU", "", "", "GIÁM ĐỐC"], ["", "Lê Thị C", "", "", "Nguyễn Văn A"]],
        [
            ["Xác nhận của lãnh đạo", "", "", "Đắk Nông, ngày 28 tháng 12 năm 2024\nNgười báo cáo"],
            ["", "", "", "Bùi D"],
        ],
        [["", "Người lập\n\nLê Thị C", "", "Giám đốc\n\nNguyễn Văn A"]],
        [["", "Phó Giám đốc", "", "Phòng Nội vụ"], ["", "Bùi D", "", "Nguyễn Văn A"]],
    ],
)
def test_a_signature_over_two_columns_is_no_task(rows: Cells) -> None:
    draft = found([*PLAN, [], *rows])
    assert said_by(found(PLAN)) == said_by(draft)[:2]
    assert len(said_by(draft)) == 2 or draft.questions


@pytest.mark.parametrize("text", ["Chủ tịch UBND các xã", "Phòng Kinh tế", "Nguyễn Văn A"])
def test_what_may_be_another_lead_is_asked_directly_below_a_task(text: str) -> None:
    assert [question.cell for question in found([*PLAN, ["", "", "", text]]).questions] == ["D5"]


@pytest.mark.parametrize("text", ["Kế toán", "Thư ký", "Chủ tịch", "Hiệu trưởng"])
def test_an_office_below_those_who_support_is_one_of_them(text: str) -> None:
    supported = [3, "Quyết toán", "Báo cáo", "Sở Y tế", "Tư pháp;", "Quý II"]
    assert ("Tư pháp", text) == found([*PLAN, supported, ["", "", "", "", text]]).activities[2].supporting


@pytest.mark.parametrize("text", ["Đợt 2: ngày 30 tháng 9 năm 2025", "Đợt 2, ngày 30 tháng 9 năm 2025"])
@pytest.mark.parametrize("between", [[], [[]]])
def test_a_second_day_of_the_last_task_is_not_lost(text: str, between: Cells) -> None:
    timed = [3, "Kiểm tra", "Báo cáo", "Sở Y tế", "", "Đợt 1: ngày 30 tháng 3 năm 2025;"]
    draft = found([*PLAN, timed, *between, ["", "", "", "", "", text]])
    assert between or draft.activities[2].deadline.endswith(text)
    assert not between or "F7" in [problem.cell for problem in draft.problems]


@pytest.mark.parametrize(
    "offices",
    [
        ["", "Kiểm soát", "", "Lập bảng", "", "Chủ tịch"],
        ["", "Duyệt", "", "", "", "Người lập"],
        ["", "Người lập", "", "Trưởng phòng Nội vụ", "", "Chủ tịch UBND xã"],
        ["", "Kế toán", "", "Thư ký", "", "Chủ tịch"],
    ],
)
@pytest.mark.parametrize("between", [[], [[]]])
def test_a_signature_over_the_columns_of_a_task_is_none(offices: list[str], between: Cells) -> None:
    names = ["Lê A" if text else "" for text in offices]
    assert (said_by(found(PLAN)), ()) == (said_by(draft := found([*PLAN, *between, offices, names])), draft.questions)


def test_who_approves_may_be_the_last_task_of_a_table_without_numbers() -> None:
    rows = [["Nhiệm vụ", "Chủ trì", "Thời hạn"], ["Rà soát", "Văn phòng", "Quý I"]]
    draft = found([*rows, ["Phê duyệt của Chủ tịch", "Chủ tịch UBND xã", ""]])
    assert 2 == len(draft.activities)
    numbered = found([*PLAN, ["", "Phê duyệt của Chủ tịch", "", "Chủ tịch UBND xã", "", ""]])
    assert 3 == len(numbered.activities)


def test_a_place_and_a_day_directly_below_a_task_are_no_deadline() -> None:
    draft = found([*PLAN, ["", "", "", "", "", "Đắk Nông ngày 28 tháng 12 năm 2024"]])
    assert draft.questions or said_by(found(PLAN)) == said_by(draft)
    assert "Quý II" == draft.activities[1].deadline


def test_a_lead_that_goes_on_in_small_letters_is_joined() -> None:
    draft = found([*PLAN, ["", "", "", "và Công an tỉnh"], task(3, "Tổng kết")])
    assert draft.activities[1].leads == ("Sở Nội vụ", "Công an tỉnh")
    assert () == draft.questions


@pytest.mark.parametrize(
    ("first", "rest"),
    [("Sở Văn hóa, Thể thao", "Du lịch"), ("Ban Quản lý các khu", "Kinh tế"), ("Thanh tra", "Tỉnh"), ("Công an", "xã")],
)
def test_a_name_that_a_page_cuts_is_joined(first: str, rest: str) -> None:
    cut: Cells = [task(3, "Xây dựng", first), ["", "", "", rest], task(4, "Tổng kết")]
    draft = found([*PLAN, *cut])
    assert ((f"{first} {rest}",), ()) == (draft.activities[2].leads, draft.questions)


@pytest.mark.parametrize(("first", "rest"), [("Văn phòng", "Tư pháp"), ("Công an", "Kế toán"), ("Sở Y tế", "Ông A")])
def test_another_lead_below_one_is_asked_about(first: str, rest: str) -> None:
    cut: Cells = [task(3, "Xây dựng", first), ["", "", "", rest], task(4, "Tổng kết")]
    assert ["D6"] == [question.cell for question in found([*PLAN, *cut]).questions]


def test_no_row_goes_on_over_an_empty_one() -> None:
    draft = found([*PLAN, [], ["", "", "Tờ trình", "", "Sở Y tế"], task(3, "Tổng kết")])
    assert ["C6"] == [question.cell for question in draft.questions]


@pytest.mark.slow
@pytest.mark.parametrize(
    "rows",
    [
        [["", "", "", "Chủ tịch UBND xã"], ["", "", "", "Nguyễn Văn A"]],
        [["", "", "", "UBND XÃ QUẢNG SƠN"], ["", "", "", "Nguyễn Văn A"]],
        [["NGƯỜI LẬP\n\n\nLê Thị C", "GIÁM ĐỐC\n\n\nNguyễn Văn A"]],
        [["", "", "", "Lâm Đồng, ngày 28 tháng 12 năm 2024"], ["Người lập biểu", "", "", "Thủ trưởng cơ quan"]],
    ],
)
def test_a_table_of_signatures_in_word_is_no_part_of_the_last_task(rows: Cells, tmp_path: Path) -> None:
    draft = in_word(tmp_path, PLAN, rows)
    assert said_by(found(PLAN)) == said_by(draft)
    assert () == draft.questions


# other tables

OTHERS = {
    "documents": [
        ["STT", "Văn bản", "Số, ký hiệu", "Cơ quan ban hành", "Người ký", "Ngày ban hành"],
        ["I", "VĂN BẢN TRUNG ƯƠNG"],
        ["1", "Nghị quyết về CCHC", "76/NQ-CP", "Chính phủ", "Thủ tướng", "15/7/2025"],
    ],
    "people": [
        ["STT", "Họ và tên", "Chức vụ", "Đơn vị", "Vai trò", "Thời gian tham gia"],
        ["1", "Nguyễn Văn A", "Giám đốc", "Sở Nội vụ", "Tổ trưởng", "Năm 2025"],
    ],
    "procedures without numbers": [
        ["Tên thủ tục", "Mức độ", "Phí", "Cơ quan giải quyết", "Ghi chú", "Thời gian giải quyết"],
        ["Cấp đổi giấy phép", "Toàn trình", "50.000 đồng", "Sở Y tế", "", "10 ngày"],
    ],
    "people without numbers": [
        ["Họ và tên", "Chức vụ", "Đơn vị", "Điện thoại"],
        ["Nguyễn Văn A", "Giám đốc", "Sở Nội vụ", "0900 000 000"],
    ],
    "a summary": [["TT", "Cơ quan", "Số nhiệm vụ"], ["1", "Sở Nội vụ", "2"]],
    "indicators": [
        ["STT", "Chỉ tiêu", "Đơn vị tính", "Kế hoạch", "Cơ quan theo dõi"],
        ["1", "Tỷ lệ hồ sơ đúng hạn", "%", "98", "Văn phòng UBND tỉnh"],
    ],
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_a_table_of_something_else_below_the_plan_is_no_part_of_it(other: Cells) -> None:
    """It is named at its headings, or asked about; as a whole, it can be left out."""
    draft = found([*PLAN, [], ["DANH MỤC KÈM THEO"], *other])
    assert said_by(found(PLAN)) == said_by(draft)
    assert ["A7"] == [problem.cell for problem in draft.problems]
    left = found([*PLAN, [], ["DANH MỤC KÈM THEO"], *other], answers=Answers(rows={"S1!7": "leave"}))
    assert (said_by(draft), ()) == (said_by(left), left.questions)


@pytest.mark.slow
@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_another_table_in_word_is_no_part_of_the_plan(other: Cells, tmp_path: Path) -> None:
    draft = in_word(tmp_path, PLAN, other)
    assert said_by(found(PLAN)) == said_by(draft)
    assert ["A5"] == [problem.cell for problem in draft.problems]


def test_indicators_below_the_plan_are_named_and_not_asked_about() -> None:
    heads = ["STT", "Chỉ tiêu", "Đơn vị tính", "Cơ quan theo dõi", "Mục tiêu 2025", "Kỳ báo cáo"]
    draft = found(
        [*PLAN, [], ["CÁC CHỈ TIÊU"], heads, ["1", "Tỷ lệ hồ sơ đúng hạn", "%", "Văn phòng", "98", "Hằng quý"]]
    )
    assert (said_by(found(PLAN)), ()) == (said_by(draft), draft.questions)
    assert ["A7"] == [note.cell for note in draft.notes]


DUTIES = ["Thực hiện các nhiệm vụ được giao", "Báo cáo kết quả", "Cơ quan được phân công", "Các cơ quan phối hợp"]


@pytest.mark.parametrize(
    ("head", "task"),
    [
        (HEAD[1:], [*DUTIES, "Theo quy định"]),
        (HEAD[1:], [*DUTIES, "Kịp thời"]),
        (HEAD, ["-", *DUTIES, "Theo quy định"]),
        (HEAD, ["a)", *DUTIES, "Ngay khi có văn bản"]),
        (HEAD, ["-", *DUTIES, date(2025, 6, 30)]),
        (HEAD, ["BS1", *DUTIES, "Ngay khi có văn bản"]),
        (HEAD[1:], ["TT", "Bài viết", "TT", "", "Quý II"]),
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_a_task_that_speaks_of_tasks_and_results_is_no_heading(
    head: list[str], task: list[Any], is_first: bool
) -> None:
    other = [*([2] if len(head) == 6 else []), "Rà soát", "Báo cáo", "Sở Nội vụ", "", "Quý II"]
    rows: Cells = (
        [head, ["I. THỂ CHẾ"], task, other] if is_first else [head, ["I. THỂ CHẾ"], other, ["II. BỘ MÁY"], task, other]
    )
    draft = found(rows)
    assert (len(rows) - 2 - (not is_first), ()) == (len(draft.activities), draft.questions)


def test_rows_below_headings_that_are_not_known_are_asked_about_and_may_be_taken() -> None:
    rows = [
        *PLAN,
        [],
        ["STT", "Việc cần làm thêm", "Yêu cầu", "Bộ phận"],
        [3, "Lập sổ", "Kịp thời", "Sở Y tế", "", "Kịp thời"],
    ]
    assert ["A6"] == [question.cell for question in found(rows).questions]
    taken = found(rows, answers=Answers(rows={"S1!6": "take"}))
    assert (("THỂ CHẾ", "Lập sổ"), ()) == (titles(taken)[2], taken.questions)


def test_a_task_without_a_number_may_be_meant_by_what_looks_as_headings() -> None:
    rows = [*PLAN, ["II. BỘ MÁY"], ["Bổ sung", *DUTIES], task(3, "Sắp xếp")]
    assert ["A6"] == [question.cell for question in found(rows).questions]
    assert 4 == len(found(rows, answers=Answers(rows={"S1!6": "activity"})).activities)


def test_the_plan_goes_on_below_another_table() -> None:
    draft = found([*PLAN, [], *OTHERS["a summary"], [], HEAD, ["II", "BỘ MÁY"], task(3, "Sắp xếp")])
    assert ("BỘ MÁY", "Sắp xếp") == titles(draft)[2]
    assert () == draft.questions


@pytest.mark.slow
def test_a_table_that_goes_on_in_word_without_headings_is_one(tmp_path: Path) -> None:
    rest = [task(3, "Sắp xếp"), ["II", "BỘ MÁY", "", "", "", ""], task(4, "Tổng kết")]
    draft = in_word(tmp_path, PLAN, "", rest)
    assert [("THỂ CHẾ", "Sắp xếp"), ("BỘ MÁY", "Tổng kết")] == titles(draft)[2:]
    assert () == draft.questions


# tables of two years

OLD = [HEAD, task(1, "Việc cũ"), task(2, "Việc cũ hai")]
NEW = [HEAD, task(1, "Việc mới"), task(2, "Việc mới hai")]
YEARS = [
    ("PHỤ LỤC 1: NHIỆM VỤ CẢI CÁCH HÀNH CHÍNH NĂM 2024", "PHỤ LỤC 2: NHIỆM VỤ CẢI CÁCH HÀNH CHÍNH NĂM 2025"),
    ("KẾT QUẢ THỰC HIỆN NHIỆM VỤ NĂM 2024", "NHIỆM VỤ NĂM 2025"),
    ("Biểu 1. Các nhiệm vụ đã hoàn thành năm 2024", "Biểu 2. Nhiệm vụ năm 2025"),
    ("I. KẾT QUẢ NĂM 2024", "II. NHIỆM VỤ NĂM 2025"),
    ("A. KẾT QUẢ CẢI CÁCH HÀNH CHÍNH CỦA TỈNH NĂM 2024", "B. NHIỆM VỤ NĂM 2025"),
    ("Kết quả năm 2024 trên địa bàn xã Bình An", "Nhiệm vụ năm 2025"),
]


@pytest.mark.parametrize("title", ["TỔNG KẾT CÔNG TÁC CẢI CÁCH HÀNH CHÍNH NĂM 2024", "CÔNG TÁC CCHC NĂM 2024"])
def test_a_numbered_title_of_a_past_year_is_asked_about(title: str) -> None:
    """It may be a domain of the plan: II between I and III."""
    of_task = ["Sở Nội vụ", "Quý I/2025"]
    rows: Cells = [["NHIỆM VỤ CẢI CÁCH HÀNH CHÍNH NĂM 2025"], ["I. THỂ CHẾ"], SHORT, [1, "Rà soát", *of_task]]
    rows += [[f"II. {title}"], SHORT, [2, "Hội nghị", *of_task], ["III. TÀI CHÍNH"], SHORT, [3, "Tự chủ", *of_task]]
    assert found(rows).questions


@pytest.mark.parametrize("below", ["phê duyệt của Chủ tịch UBND tỉnh", "Cán bộ phụ trách", "(ký kết với Bưu điện)"])
def test_more_of_the_last_task_directly_below_it_is_not_lost(below: str) -> None:
    draft = found([SHORT, [1, "Hoàn thiện hồ sơ trình;", "Văn phòng", "Quý I"], ["", below]])
    assert below in draft.activities[0].title or any(below in problem.what for problem in draft.problems)


@pytest.mark.parametrize(("old", "new"), YEARS)
@pytest.mark.parametrize("is_old_first", [True, False])
def test_of_two_tables_the_one_of_the_plan_s_year_is_imported(old: str, new: str, is_old_first: bool) -> None:
    both = [[old], *OLD, [], [new], *NEW] if is_old_first else [[new], *NEW, [], [old], *OLD]
    draft = found(both)
    assert ["Việc mới", "Việc mới hai"] == [title for _, title in titles(draft)]
    row = 2 if is_old_first else 7
    assert ((), True) == (draft.questions, f"A{row}" in [note.cell for note in draft.notes])
    assert len(found(both, answers=Answers(rows={f"S1!{row}": "take"})).activities) == 4


def test_a_table_of_last_year_beside_one_without_a_year_is_asked() -> None:
    rows = [["NHIỆM VỤ CẢI CÁCH HÀNH CHÍNH"], *NEW, [], ["KẾT QUẢ THỰC HIỆN NHIỆM VỤ NĂM 2024"], *OLD]
    assert ["A7"] == [question.cell for question in found(rows).questions]
    assert len(found(rows, answers=Answers(rows={"S1!7": "leave"})).activities) == 2


@pytest.mark.parametrize("page", [[], [["Trang 2"]]])
def test_last_year_s_table_over_two_pages_is_left_out_as_one(page: Cells) -> None:
    rows = [["NHIỆM VỤ NĂM 2024"], *OLD, *page, HEAD, task(3, "Việc cũ ba"), [], ["NHIỆM VỤ NĂM 2025"], *NEW]
    draft = found(rows)
    assert (["Việc mới", "Việc mới hai"], ()) == ([title for _, title in titles(draft)], draft.questions)
    assert ["A2"] == [note.cell for note in draft.notes]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("BÁO CÁO KẾT QUẢ 2024", "KẾ HOẠCH 2025"),
        ("I. KẾT QUẢ CÁC CHỈ TIÊU NĂM 2024", "II. NHIỆM VỤ NĂM 2025"),
        ("Thực hiện kết luận thanh tra năm 2024", "Nhiệm vụ năm 2025"),
    ],
)
def test_a_table_whose_title_may_say_another_year_is_asked(old: str, new: str) -> None:
    assert ["A2"] == [question.cell for question in found([[old], *OLD, [], [new], *NEW]).questions]
    assert len(found([["Giai đoạn 2021-2025"], *OLD, [], ["NHIỆM VỤ NĂM 2025"], *NEW]).activities) == 4


def test_what_is_carried_over_and_what_is_to_come_are_of_the_plan() -> None:
    for title in ("I. NHIỆM VỤ NĂM 2024 CHUYỂN SANG", "NHIỆM VỤ THEO KẾ HOẠCH NĂM 2024 TIẾP TỤC THỰC HIỆN"):
        assert len(found([[title], *OLD, [], ["II. NHIỆM VỤ NĂM 2025"], *NEW]).activities) == 4
    assert len(found([["NHIỆM VỤ NĂM 2025"], *OLD, [], ["NHIỆM VỤ NĂM 2026"], *NEW]).activities) == 4


@pytest.mark.parametrize(
    "title",
    [
        "II. KHẮC PHỤC HẠN CHẾ CHỈ SỐ CCHC NĂM 2024",
        "II. THỰC HIỆN KẾT LUẬN KIỂM TRA CCHC NĂM 2024",
        "II. NÂNG CAO CHỈ SỐ SO VỚI NĂM 2024",
        "II. TRIỂN KHAI LUẬT CÁN BỘ NĂM 2008",
        "II. CÁC NHIỆM VỤ CHƯA XONG CỦA NĂM 2024",
        "II. NHIỆM VỤ TIẾP NỐI NĂM 2024",
    ],
)
@pytest.mark.parametrize("is_said", [True, False])
def test_a_domain_whose_title_names_a_past_year_is_one(title: str, is_said: bool) -> None:
    rows: Cells = [
        ["KẾ HOẠCH CCHC NĂM 2025"],
        *PLAN,
        [title],
        HEAD,
        task(1, "Sắp xếp"),
        ["III. TÀI CHÍNH"],
        task(1, "Tự chủ"),
    ]
    draft = found(rows[not is_said :])
    assert [(title.removeprefix("II. "), "Sắp xếp"), ("TÀI CHÍNH", "Tự chủ")] == titles(draft)[2:]
    assert () == draft.questions


@pytest.mark.slow
def test_a_sentence_that_names_a_past_year_leaves_no_table_out(tmp_path: Path) -> None:
    said = "Kết quả năm 2024 còn thấp nên các đơn vị tập trung thực hiện:"
    draft = in_word(
        tmp_path, "Kế hoạch năm 2025", "I. THỂ CHẾ", [HEAD, task(1, "A")], "II. BỘ MÁY", said, [HEAD, task(1, "B")]
    )
    assert [("THỂ CHẾ", "A"), ("BỘ MÁY", "B")] == titles(draft)


def test_a_sheet_of_what_last_year_left_is_asked_about() -> None:
    first = Sheet("A", (("KẾ HOẠCH CCHC NĂM 2025", *[None] * 5), *map(tuple, [HEAD, task(1, "Rà soát")])))
    for title, asked in (("NHIỆM VỤ KHẮC PHỤC TỒN TẠI NĂM 2024", [("B", "sheets:B")]), ("NHIỆM VỤ NĂM 2024", [])):
        second = Sheet("B", ((title, *[None] * 5), *map(tuple, [HEAD, task(1, "Sắp xếp")])))
        draft = find_appendix([first, second], Language("en"), year=2025)
        assert asked == [(question.sheet, question.ask) for question in draft.questions]


# titles over tables

OVER = {
    "letters": ("A. THỂ CHẾ", "B. BỘ MÁY", "C. CÔNG VỤ"),
    "numbers": ("1. Thể chế", "2. Bộ máy", "3. Công vụ"),
    "Roman": ("I. THỂ CHẾ", "II. BỘ MÁY", "III. CÔNG VỤ"),
}
SHORT = ["STT", "Nhiệm vụ", "Cơ quan chủ trì", "Thời hạn"]
UNIT = ["STT", "Nhiệm vụ", "Đơn vị chủ trì", "Thời hạn"]
NOTED = [*UNIT, "Ghi chú"]


@pytest.mark.parametrize("heads", [(SHORT, UNIT, UNIT), (SHORT, NOTED, SHORT), (SHORT, SHORT, UNIT), (SHORT,) * 3])
@pytest.mark.parametrize("over", OVER.values(), ids=OVER)
def test_titles_over_tables_are_domains_whatever_the_headings(
    over: tuple[str, ...], heads: tuple[list[str], ...]
) -> None:
    rows: Cells = []
    for title, head in zip(over, heads, strict=True):
        rows += [
            [title],
            head,
            [1, f"Rà soát {title}", "Sở Nội vụ", "Quý I"],
            [2, f"Báo cáo {title}", "Sở Y tế", "Quý II"],
            [],
        ]
    draft = found(rows)
    meant = [title.split(". ")[-1] for title in over for _ in range(2)]
    assert (meant, ()) == ([domain for domain, _ in titles(draft)], draft.problems)


@pytest.mark.parametrize("second", [SHORT, UNIT, NOTED])
@pytest.mark.parametrize(
    "between",
    [
        ([["A. THỂ CHẾ"]], [["", "Tổng cộng: 1"], ["B. BỘ MÁY"]]),
        ([["A. THỂ CHẾ"]], [["PHỤ LỤC 2"], ["B. BỘ MÁY"]]),
        ([["A", "THỂ CHẾ"]], [[], ["B", "BỘ MÁY"]]),
        ([["", "", "", "ĐVT: triệu đồng"], ["A. THỂ CHẾ"]], [["B. BỘ MÁY"]]),
        ([["A. THỂ CHẾ"], ["", "", "", "ĐVT: triệu đồng"]], [["B. BỘ MÁY"]]),
        ([["I. THỂ CHẾ"], ["Sở Tư pháp theo dõi các nhiệm vụ sau:"]], [[], ["II. BỘ MÁY"]]),
        ([["I. THỂ CHẾ"]], [[], [], ["", "", "", "TM. UBND TỈNH"], ["", "", "", "CHỦ TỊCH"], [], ["II. BỘ MÁY"]]),
    ],
)
def test_what_else_stands_between_tables_hides_no_title(between: tuple[Cells, Cells], second: list[str]) -> None:
    first = [*between[0], SHORT, [1, "Rà soát", "Sở Nội vụ", "Quý I"]]
    draft = found([*first, *between[1], second, [1, "Sắp xếp", "Sở Nội vụ", "Quý I"]])
    assert ([("THỂ CHẾ", "Rà soát"), ("BỘ MÁY", "Sắp xếp")], ()) == (titles(draft), draft.questions)


def test_page_numbers_and_titles_over_tables_of_domains_are_none() -> None:
    """Only a title with a number is over a table; one without is asked about, or is that of the page."""
    of_task = ["Sở Nội vụ", "Quý I"]
    rows: Cells = [["Trang 1"], SHORT, ["THỂ CHẾ"], [1, "Rà soát", *of_task], ["Trang 2"], SHORT, ["CÔNG VỤ"]]
    draft = found([*rows, [2, "Sắp xếp", *of_task]])
    assert [("THỂ CHẾ", "Rà soát"), ("CÔNG VỤ", "Sắp xếp")] == titles(draft)


@pytest.mark.parametrize("second", [SHORT, UNIT])
def test_titles_over_tables_with_domains_of_their_own_rename_none(second: list[str]) -> None:
    of_task = ["Sở Nội vụ", "Quý I"]
    rows: Cells = [["CÁC NHIỆM VỤ CCHC"], SHORT, ["I", "THỂ CHẾ"], [1, "Rà soát", *of_task], ["II", "BỘ MÁY"]]
    rows += [[1, "Sắp xếp", *of_task], [], ["CÁC NHIỆM VỤ BỔ SUNG"], second, ["I", "THỂ CHẾ"], [1, "Sửa", *of_task]]
    draft = found([*rows, ["III", "TÀI CHÍNH"], [1, "Tự chủ", *of_task]])
    assert [*map(str.upper, ["Thể chế", "Bộ máy", "Thể chế", "Tài chính"])] == [domain for domain, _ in titles(draft)]
    assert () == draft.questions


# numbers of domains


@pytest.mark.parametrize("number", ["II -", "II.-", "II/", "Ⅱ", "ii", "ⅱ", "I I", "ІІ", "(II)", "II –"])
def test_a_number_that_reads_as_roman_is_that_of_a_domain(number: str) -> None:
    draft = found([*PLAN, [number, "TỔ CHỨC BỘ MÁY"], task(3, "Sắp xếp")])
    assert (("TỔ CHỨC BỘ MÁY", "Sắp xếp"), ()) == (titles(draft)[2], draft.problems)


@pytest.mark.parametrize("number", ["II -", "II.-", "Ⅱ.", "ii.", "ⅱ)", "ІІ."])
def test_so_it_is_before_a_title_in_its_cell(number: str) -> None:
    draft = found([*PLAN, [f"{number} TỔ CHỨC BỘ MÁY"], task(3, "Sắp xếp")])
    assert (("TỔ CHỨC BỘ MÁY", "Sắp xếp"), ()) == (titles(draft)[2], draft.problems)


@pytest.mark.parametrize("number", ["IIII", "1V", "IV.", "iv"])
def test_a_four_as_clerks_write_it_is_one(number: str) -> None:
    draft = found([*PLAN, ["III", "TỔ CHỨC BỘ MÁY"], task(3, "Sắp xếp"), [number, "CÔNG VỤ"], task(4, "Đào tạo")])
    assert (("CÔNG VỤ", "Đào tạo"), ()) == (titles(draft)[3], draft.problems)


@pytest.mark.parametrize("number", ["", "2", "IIV", "Z2", "II I I I", "*"])
def test_a_title_that_looks_as_the_domain_above_does_is_asked_about(number: str) -> None:
    rows = [*PLAN, [number, "TỔ CHỨC BỘ MÁY"], task(3, "Sắp xếp"), ["III", "CÔNG VỤ"], task(4, "Đào tạo")]
    assert found(rows).questions[0].cell in ("A5", "B5")
    assert ("TỔ CHỨC BỘ MÁY", "Sắp xếp") == titles(found(rows, answers=Answers(rows={"S1!5": "domain"})))[2]


def test_groups_in_capitals_below_their_domain_are_groups() -> None:
    groups: Cells = [["", "XÂY DỰNG VĂN BẢN"], task(1, "Rà soát"), ["", "KIỂM TRA"], task(2, "Công bố")]
    draft = found([HEAD, ["I", "THỂ CHẾ"], *groups, ["II", "BỘ MÁY"], *groups])
    assert [("XÂY DỰNG VĂN BẢN",), ("KIỂM TRA",)] * 2 == [group for _, group, *_ in said_by(draft)]
    assert () == draft.questions
    lettered = found(
        [HEAD, ["I", "THỂ CHẾ"], ["a)", "XÂY DỰNG"], task(1, "Rà soát"), ["b)", "KIỂM TRA"], task(2, "Công bố")]
    )
    assert [("XÂY DỰNG",), ("KIỂM TRA",)] == [group for _, group, *_ in said_by(lettered)]


@pytest.mark.parametrize(
    ("number", "under"),
    [("", 3), ("*", 3), ("2", 3), ("3", "3.1")],
    ids=["none", "a mark", "a number", "its own tasks"],
)
def test_a_group_in_capitals_below_tasks_is_one_where_the_domains_go_on(number: str, under: object) -> None:
    rows = [*PLAN, [number, "THEO DÕI THI HÀNH"], task(under, "Theo dõi")]
    draft = found([*rows, ["II", "BỘ MÁY"], task(1, "Sắp xếp")])
    assert [(), (), ("THEO DÕI THI HÀNH",), ()] == [group for _, group, *_ in said_by(draft)]
    assert () == draft.questions
    assert (under == 3) == bool(found(rows).questions)


def test_a_title_of_what_is_taken_out_is_asked_about_as_such() -> None:
    rows = [*PLAN, ["NHIỆM VỤ ĐƯA RA KHỎI KẾ HOẠCH"], task(3, "Sắp xếp")]
    assert ["domain", "leave_tasks"] == [*found(rows).questions[0].choices]
    assert 2 == len(found(rows, answers=Answers(rows={"S1!5": "leave_tasks"})).activities)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("XÂY DỰNG, PHÁT TRIỂN CHÍNH QUYỀN ĐIỆN TỬ,", "CHÍNH QUYỀN SỐ"),
        ("XÂY DỰNG CHÍNH QUYỀN ĐIỆN TỬ", "VÀ CHÍNH QUYỀN SỐ"),
        ("CẢI CÁCH TỔ CHỨC BỘ MÁY CỦA", "CƠ QUAN HÀNH CHÍNH"),
    ],
)
def test_a_title_over_two_rows_is_one(first: str, second: str) -> None:
    draft = found([HEAD, ["VI", first], ["", second], task(1, "Rà soát"), task(2, "Công bố")])
    assert [(f"{first} {second}", "Rà soát"), (f"{first} {second}", "Công bố")] == titles(draft)
    assert () == draft.questions


def test_titles_with_the_number_of_their_domain_are_groups() -> None:
    rows = [
        HEAD,
        ["I", "THỂ CHẾ"],
        ["I.1", "Xây dựng văn bản"],
        task(1, "Rà soát"),
        ["I.2", "Kiểm tra"],
        task(2, "Báo cáo"),
    ]
    draft = found([*rows, ["II", "BỘ MÁY"], task(3, "Sắp xếp")])
    assert [("Xây dựng văn bản",), ("Kiểm tra",), ()] == [group for _, group, *_ in said_by(draft)]
    assert () == draft.problems


def test_a_point_below_the_last_task_is_named() -> None:
    assert ["B5"] == [note.cell for note in found([*PLAN, ["", "* Rà soát quy hoạch của tỉnh"]]).problems]


# time


@pytest.mark.parametrize("column", [2, 4])
def test_the_time_of_rows_that_go_on_does_not_grow_with_their_square(column: int) -> None:
    """It was 20 s for 4,000 rows."""
    rows = [HEAD, task(1, "Rà soát"), *([""] * column + [f"Sản phẩm {n} của đơn vị"] + [""] * 3 for n in range(4_000))]
    began = worked()
    find_appendix([Sheet("S1", tuple(map(tuple, rows)))], Language("en"), year=2025)
    assert worked() - began < 8


def test_a_long_list_of_names_that_is_unclear_is_read_in_little_time() -> None:
    began = worked()
    for cell in range(200):
        assert not names_in(", ".join(f"cdef{n} {cell}" for n in range(200))).is_sure
    assert worked() - began < 2


# hidden rows


def test_a_mark_that_repeats_a_hidden_row_is_asked_about() -> None:
    rows = [*PLAN, task(3, "Tổng kết", "Sở Y tế"), task(4, "Sắp xếp", "nt"), task(5, "Báo cáo", "nt")]
    draft = found(rows, hidden=frozenset({4}))
    assert ["D6"] == [question.cell for question in draft.questions]
    assert () == found(rows).questions
    assert ("Sở Y tế",) == found(rows, hidden=frozenset({4}), answers=Answers(cells={"S1!D6": "Sở Y tế"})).activities[
        3
    ].leads
