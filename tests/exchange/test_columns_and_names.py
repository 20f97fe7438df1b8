"""Which column is meant, what a name is without the words of its role, and where a border was dragged."""

import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import zip_longest
from pathlib import Path

import pytest

from reformtrack.exchange.appendix.agencies import by_role, names_in
from reformtrack.exchange.appendix.finding import Answers, Draft
from reformtrack.exchange.appendix.importing import read_draft
from reformtrack.exchange.appendix.indicators import find_indicators
from reformtrack.exchange.appendix.reading import find_appendix
from reformtrack.exchange.appendix.sheet_reader import csv_sheet
from reformtrack.exchange.appendix.sheet_reader.word import word_sheet
from reformtrack.exchange.appendix.sheet_reader.word_numbers import WordNumbers
from reformtrack.exchange.appendix.sheets import Cell, Sheet
from reformtrack.language import Language
from tests.exchange.test_as_shown import LISTS, listed
from tests.exchange.test_word import W, cell, document, row, table


def read(*rows: list[Cell], **columns: str) -> Draft:
    """The draft of a sheet PL, with answers of which column a field is."""
    answers = Answers(columns={f"PL!{field}": column for field, column in columns.items()})
    return find_appendix([Sheet("PL", tuple(map(tuple, rows)))], Language("en"), year=2025, answers=answers)


def of_times(times: dict[str, str], **columns: str) -> Draft:
    """The draft of two tasks with some columns of times."""
    rows: list[list[Cell]] = [[1, "Rà soát", "Sở A", *times.values()], [2, "Công bố", "Sở B", *times.values()]]
    return read(["STT", "Nhiệm vụ", "Chủ trì", *times], *rows, **columns)


def of_leads(leads: dict[str, str], **columns: str) -> Draft:
    """The draft of two tasks with some columns of agencies."""
    rows: list[list[Cell]] = [[1, "Rà soát", *leads.values(), "Quý I"], [2, "Công bố", *leads.values(), "Quý II"]]
    return read(["STT", "Nhiệm vụ", *leads, "Thời hạn"], *rows, **columns)


def rows_of(*rows: str) -> list[list[Cell]]:
    """The rows of a table of Word, as a sheet has them."""
    document = f"<w:document {W}><w:body>{table(*rows)}</w:body></w:document>".encode()
    return [[text or "" for text in row] for row in word_sheet(document, WordNumbers(LISTS.encode(), b""), b"")["rows"]]


def spread(texts: Sequence[str], widths: str, before: int = 0) -> str:
    """A row of Word whose cells are as wide on its grid."""
    indent = f'<w:trPr><w:gridBefore w:val="{before}"/></w:trPr>' if before else ""
    cells = (cell(text, across=int(width)) for text, width in zip(texts, widths, strict=True))
    return row(*cells).replace("<w:tr>", f"<w:tr>{indent}", 1)


def asked(draft: Draft) -> list[str]:
    return [question.ask for question in draft.questions]


@pytest.mark.parametrize(
    ("times", "deadline"),
    [
        ({"Ngày hoàn thành": "30/6/2025", "Ngày hoàn thành thực tế": "15/6/2025"}, "30/6/2025"),
        ({"Ngày hoàn thành": "30/6/2025", "Thời gian hoàn thành thực tế": ""}, "30/6/2025"),
        ({"Thời gian giao": "02/01/2025", "Ngày hoàn thành": "30/6/2025"}, "30/6/2025"),
        ({"Thời điểm giao nhiệm vụ": "02/01/2025", "Tháng hoàn thành": "6"}, "tháng 6"),
        ({"Ngày hoàn thành": "30/6/2025", "Thời điểm báo cáo": "5/7/2025"}, "30/6/2025"),
        ({"Ngày hoàn thành": "30/6/2025", "Thời gian cập nhật": "5/7/2025"}, "30/6/2025"),
        ({"Ngày hoàn thành": "30/6/2025", "Tiến độ": "Đang thực hiện"}, "30/6/2025"),
        ({"Quý hoàn thành": "II", "Tiến độ": "50%"}, "Quý II"),
        ({"Tháng hoàn thành": "6", "Năm hoàn thành": "2025", "Tiến độ": "x"}, "tháng 6/2025"),
        ({"Thời hạn": "30/6/2025", "Ngày hoàn thành": "15/6/2025"}, "30/6/2025"),
        ({"Ngày hoàn thành": "15/6/2025", "Ngày hoàn thành dự kiến": "30/6/2025"}, "30/6/2025"),
        ({"Thời gian hoàn thành": "30/6/2025", "Thời gian hoàn thành thực tế": "15/6/2025"}, "30/6/2025"),
        ({"Năm hoàn thành": "2025", "Thời gian": "Quý II"}, "Quý II/2025"),
        ({"Thời gian giao hoàn thành": "30/6/2025"}, "30/6/2025"),
        ({"Ngày hoàn thành (dự kiến)": "30/6/2025", "Ngày hoàn thành (thực tế)": "15/6/2025"}, "30/6/2025"),
        ({"Thời gian thực hiện": "Quý II", "Ngày hoàn thành": ""}, "Quý II"),
        ({"Actual completion date": "15/6/2025", "Completion date": "30/6/2025"}, "30/6/2025"),
        ({"Quý I": "", "Quý II": "x", "Ngày hoàn thành": "15/6/2025"}, "Quý II"),
    ],
)
def test_a_day_of_completion_is_the_deadline_beside_what_is_none(times: dict[str, str], deadline: str) -> None:
    draft = of_times(times)
    assert ([], [deadline] * 2) == (asked(draft), [row.deadline for row in draft.activities])


@pytest.mark.parametrize("heads", [("06/2025", "09/2025"), ("Quý II", "Quý III"), ("T6", "T9")])
def test_a_mark_that_says_no_other_day_than_the_deadline_is_no_more_of_it(heads: tuple[str, str]) -> None:
    def deadline(text: str, *marks: str) -> str:
        return of_times({"Thời gian": text, **dict(zip(heads, marks, strict=True))}).activities[0].deadline

    assert ("Quý II", "30/9/2025") == (deadline("Quý II", "x", ""), deadline("30/9/2025", "", "x"))
    assert deadline("", "x", "") == deadline("Quý I", "x", "").removeprefix("Quý I; ")
    assert deadline("", "", "x") == deadline("Thường xuyên", "", "x").removeprefix("Thường xuyên; ")


@pytest.mark.parametrize(
    "heading",
    ["Thời gian giao nộp sản phẩm", "Thời điểm giao sản phẩm", "Thời gian giao ban", "Thời gian nhận kết quả",
     "Thời điểm báo cáo"],
)  # fmt: skip
def test_the_only_time_is_the_deadline_but_that_of_being_told(heading: str) -> None:
    draft = of_times({heading: "Quý I"})
    assert ([], ["Quý I"] * 2) == (asked(draft), [row.deadline for row in draft.activities])
    assert ["columns:PL!deadline"] == asked(of_times({"Thời gian giao": "Quý I"}))
    assert ["columns:PL!deadline"] == asked(of_times({"Thời gian giao": "Quý I", "Thời điểm báo cáo": "Quý I"}))


@pytest.mark.parametrize(
    ("times", "deadline"),
    [
        ({"Ngày hoàn thành": "30/6/2025", "Ngày trình": "15/5/2025"}, "30/6/2025"),
        ({"Ngày hoàn thành": "30/6/2025", "Thời gian thực hiện": "Thường xuyên"}, "30/6/2025"),
        ({"Tháng hoàn thành": "6", "Thời gian thực hiện": "30 ngày"}, "tháng 6"),
        ({"Quý hoàn thành": "II", "Tiến độ": "Tháng 6"}, "Quý II"),
        ({"Ngày hoàn thành": "30/6/2025", "Ngày kết thúc": "31/7/2025"}, "30/6/2025"),
    ],
)
def test_beside_another_time_which_is_the_deadline_is_asked(times: dict[str, str], deadline: str) -> None:
    """And whichever is said, is it."""
    first, second = list(times.values())[:2]
    assert ["columns:PL!deadline"] == asked(of_times(times))
    answered = of_times(times, deadline="D"), of_times(times, deadline="E")
    assert ([], []) == (asked(answered[0]), asked(answered[1]))
    assert (deadline, second) == tuple(draft.activities[0].deadline for draft in answered)
    assert first in answered[1].activities[0].custom.values()


@pytest.mark.parametrize(
    "leads",
    [
        {"Sở A": "Đơn vị thực hiện", "Ông Nam": "Người chịu trách nhiệm"},
        {"Sở A": "Cơ quan thực hiện", "Sở Tư pháp": "Đơn vị chủ trì thẩm định"},
        {"Sở A": "Cơ quan thực hiện", "UBND tỉnh": "Cơ quan chịu trách nhiệm phê duyệt"},
        {"Sở A": "Cơ quan chủ trì", "Sở B": "Cơ quan chịu trách nhiệm"},
        {"Ông Nam": "Người chịu trách nhiệm", "Sở Tư pháp": "Đơn vị thẩm định"},
        {"Sở A": "Cơ quan thực hiện", "Sở Nội vụ": "Cơ quan chủ trì nghiệm thu"},
        {"Sở A": "Cơ quan chủ trì", "Sở Nội vụ": "Cơ quan chủ trì tổng hợp"},
        {"Sở A": "Cơ quan chịu trách nhiệm", "Sở Nội vụ": "Cơ quan thực hiện"},
        {"Sở A": "Cơ quan chịu trách nhiệm chính", "Các sở": "Đơn vị thực hiện"},
        {"Sở A": "Đơn vị chịu trách nhiệm", "Ông B, 0912": "Đầu mối liên hệ"},
        {"Công chức Tư pháp": "Công chức chủ trì", "Ông A": "Phó Chủ tịch phụ trách"},
        {"Văn phòng": "Cán bộ, công chức chủ trì", "Bí thư": "Thường trực Đảng ủy phụ trách"},
        {"Văn phòng": "Cán bộ chủ trì", "Đ/c A": "Đ/c phụ trách"},
    ],
)
def test_who_appraises_approves_or_answers_for_it_in_person_is_no_lead_beside_an_agency(leads: dict[str, str]) -> None:
    draft = of_leads({heading: name for name, heading in leads.items()})
    assert ([], [(next(iter(leads)),)] * 2) == (asked(draft), [row.leads for row in draft.activities])


@pytest.mark.parametrize(
    "heading",
    ["Đơn vị chịu trách nhiệm báo cáo", "Cơ quan soạn thảo", "Cơ quan chủ trì kiểm tra"],
)
def test_of_two_agencies_neither_of_which_leads_the_lead_is_asked(heading: str) -> None:
    assert ["columns:PL!lead"] == asked(of_leads({"Cơ quan thực hiện": "Sở A", heading: "Sở B"}))
    assert [("Sở B",)] * 2 == [row.leads for row in of_leads({"Phòng": "P", heading: "Sở B"}).activities]


@pytest.mark.parametrize(
    ("person", "agency"),
    [("Cán bộ chủ trì", "Đơn vị phụ trách"), ("Cá nhân chủ trì", "Tổ chuyên môn phụ trách"),
     ("Người chủ trì", "Bộ phận phụ trách")],
)  # fmt: skip
def test_a_person_who_leads_beside_who_is_in_charge_is_asked_about(person: str, agency: str) -> None:
    leads = {person: "Bà Lan", agency: "Sở A"}
    assert ["columns:PL!lead"] == asked(of_leads(leads))
    for column, name in (("C", "Bà Lan"), ("D", "Sở A")):
        draft = of_leads(leads, lead=column)
        assert ([], (name,)) == (asked(draft), draft.activities[0].leads)


@pytest.mark.parametrize(
    "text",
    [
        "Sở A và Sở B đồng chủ trì", "Sở A, Sở B cùng chủ trì", "Sở A (đồng chủ trì), Sở B (đồng chủ trì)",
        "Đồng chủ trì: Sở A, Sở B", "Sở A\nSở B\n(đồng chủ trì)", "SỞ A VÀ SỞ B ĐỒNG CHỦ TRÌ", "Giao Sở A và Sở B chủ trì",
        "Cơ quan chủ trì là Sở A và Sở B",
    ],
)  # fmt: skip
def test_agencies_that_lead_together_are_named_without_their_role(text: str) -> None:
    [row] = of_leads({"Cơ quan chủ trì": text}).activities[:1]
    assert ["Sở A", "Sở B"] == [name.replace("SỞ", "Sở") for name in row.leads]


@pytest.mark.parametrize(
    "text",
    [
        "Sở A là cơ quan chủ trì", "Sở A được giao chủ trì", "Sở A làm đầu mối, chủ trì", "Sở A - chủ trì", "Sở A: chủ trì",
        "Sở A giữ vai trò chủ trì", "Sở A (cơ quan chủ trì)", "Sở A trực tiếp chủ trì", "Sở A, chủ trì", "Chủ trì là Sở A",
    ],
)  # fmt: skip
def test_who_leads_is_named_without_the_sentence_that_says_so(text: str) -> None:
    draft = of_leads({"Cơ quan chủ trì": text})
    assert ([], ("Sở A",)) == (asked(draft), draft.activities[0].leads)


@pytest.mark.parametrize(
    "text",
    ["Chủ trì Sở A, phối hợp Sở B", "Sở A chủ trì\nPhối hợp với Sở B", "Sở A chủ trì, Sở B phối hợp",
     "Sở A: chủ trì; Sở B: phối hợp"],
)  # fmt: skip
def test_who_supports_is_named_in_the_cell_of_who_leads(text: str) -> None:
    assert {"lead": "Sở A", "supporting": "Sở B"} == by_role(text, "lead")


@pytest.mark.parametrize(
    "name",
    ["UBND tỉnh Lâm Đồng", "UBND TỈNH LÂM ĐỒNG", "Hội đồng nhân dân tỉnh", "Các cơ quan được giao chủ trì nhiệm vụ",
     "Các sở, ngành được giao chủ trì", "Tổ phối hợp", "CT UBND tỉnh", "Cơ quan, đơn vị được giao", "Sở, ngành được giao",
     "Cơ quan được giao", "Cơ quan chủ trì soạn thảo", "Đơn vị chủ trì đề án", "Cơ quan, đơn vị chủ trì xây dựng văn bản",
     "Cơ quan chủ trì CCHC", "Cơ quan chủ trì TTHC", "Đơn vị chủ trì Dự án 1", "Đơn vị tự chủ trì"],
)  # fmt: skip
def test_a_name_keeps_its_own_words(name: str) -> None:
    assert ({"lead": name}, (name,), True) == (by_role(name, "lead"), names_in(name).names, names_in(name).is_sure)
    assert {"lead": "UBND tỉnh Lâm Đồng"} == by_role("UBND tỉnh Lâm Đồng chủ trì", "lead")


@pytest.mark.parametrize(
    "text",
    [
        "Sở A chủ trì tham mưu",
        "Sở A (chủ trì, tham mưu)",
        "Sở A (đầu mối)",
        "Hội đồng chủ trì",
        "Chủ trì CCHC",
        "Sở A được giao",
    ],
)
def test_a_name_with_words_of_a_role_is_asked_about(text: str) -> None:
    assert [f"agencies:{text}"] == asked(of_leads({"Cơ quan chủ trì": text}))


def test_what_may_be_several_is_offered_as_a_list() -> None:
    def choices(text: str) -> tuple[str, ...]:
        return of_leads({"Cơ quan chủ trì": text}).questions[0].choices

    assert ("Sở A + Sở B", "Sở A; Sở B") == choices("Sở A + Sở B")
    assert ("Sở A chủ trì tham mưu",) == choices("Sở A chủ trì tham mưu")
    assert "Đ/c Nam; Đ/c Lan" == choices("Đ/c Nam, Đ/c Lan")[1]


HEAD = ("STT", "Nhiệm vụ", "Sản phẩm", "Chủ trì", "Phối hợp", "Thời hạn")
TASKS = (("1", "Rà soát", "Báo cáo", "Sở A", "Sở B", "Quý I"), ("2", "Công bố", "Quyết định", "Sở C", "Sở D", "Quý II"))


@pytest.mark.parametrize(
    "widths",
    [
        ("121111", "112111", "121111"), ("112111", "121111", "112111"), ("112111", "111211", "112111"),
        ("111112", "111121", "111112"), ("211111", "121111", "211111"), ("121111", "211111", "112111"),
        ("121131", "112131", "121113"), ("111111", "111112", "111111"),
    ],
)  # fmt: skip
def test_a_border_of_word_that_was_dragged_in_some_rows_is_one(widths: Sequence[str]) -> None:
    """Below whatever section: the cells of a row are those of the headings, in their order."""
    section = spread(("I", "THỂ CHẾ"), "16")
    rows = rows_of(spread(HEAD, widths[0]), section, *map(spread, TASKS, widths[1:]))
    columns = [[text for text in texts if text] for texts in zip_longest(*(rows[:1] + rows[2:]), fillvalue="")]
    assert [list(column) for column in zip(HEAD, *TASKS, strict=True)] == [column for column in columns if column]
    draft = read(*rows)
    assert ([], ["1", "2"], ["THỂ CHẾ"]) == (
        asked(draft), [row.printed_number for row in draft.activities], [domain.title for domain in draft.domains]
    )  # fmt: skip


def test_a_row_of_word_that_is_set_in_begins_in_the_first_column() -> None:
    rows = rows_of(spread(HEAD, "211111"), spread(("I", "THỂ CHẾ"), "16"), spread(TASKS[0], "111111", 1))
    assert ([*HEAD], ["I", "THỂ CHẾ"], [*TASKS[0]]) == tuple([text for text in row if text] for row in rows)
    assert ["STT", "I", "1"] == [row[0] for row in rows]


def test_a_column_that_some_row_of_word_has_is_one() -> None:
    """A cell over several columns is no dragged border."""
    rows = rows_of(spread(HEAD, "111111"), spread(("1", "Rà soát", "Sở A", "Sở B", "Quý I"), "12111"),
                   spread(("2", "Công bố", "Quyết định", "Sở A", "Quý I"), "11121"))  # fmt: skip
    assert [["1", "Rà soát", "", "Sở A", "Sở B", "Quý I"], ["2", "Công bố", "Quyết định", "Sở A", "", "Quý I"]] == rows[
        1:
    ]


def test_numbers_that_word_puts_before_titles_are_theirs() -> None:
    """In a table without a column of numbers; beside one, and before an output, they only part what stands there."""
    rows = rows_of(row("Nhiệm vụ", "Chủ trì"), row(listed(2, 0, "Rà soát"), "Sở A"), row(listed(2, 0, "Họp"), "Sở B"))
    assert [["1 Rà soát", "Sở A"], ["2 Họp", "Sở B"]] == rows[1:]
    rows = rows_of(
        row(*HEAD[:3]), row("1", listed(2, 0, "Rà soát"), listed(2, 0, "Báo cáo")), row(listed(2), "Họp", "")
    )
    assert [["1", "Rà soát", "Báo cáo"], ["3", "Họp", ""]] == rows[1:]


@pytest.mark.slow
def test_numbers_that_word_puts_before_what_is_no_title_are_no_part_of_it(tmp_path: Path) -> None:
    """They number the rows, in whatever column the first is, and in cells that are merged."""

    def of(*rows: str) -> Draft:
        with zipfile.ZipFile(document(tmp_path / "a.docx", table(*rows)), "a") as archive:
            archive.writestr("word/numbering.xml", LISTS)
        return read_draft(tmp_path / "a.docx", year=2025)

    first, merged = listed(2, 0, "Thể chế"), cell("", down="goes on")
    begins = first.replace("<w:tc>", '<w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>')
    last = row(listed(2, 0, "Bộ máy"), "Họp", "Sở B", "Quý I")
    for above, below in ((first, first), (begins, merged)):
        rows = (row(one, title, "Sở A", "Quý I") for one, title in ((above, "Rà soát"), (below, "Công bố")))
        draft = of(row("Lĩnh vực", "Nhiệm vụ", "Chủ trì", "Thời hạn"), *rows, last)
        assert ["Thể chế", "Bộ máy"] == [domain.title for domain in draft.domains]
    tasks = row(listed(2, 0, "Sở A"), "Rà soát", "Quý I"), row(listed(2, 0, "Sở B"), "Công bố", "Quý I")
    assert [("Sở A",), ("Sở B",)] == [
        row.leads for row in of(row("Chủ trì", "Nhiệm vụ", "Thời hạn"), *tasks).activities
    ]


def texts_of(*lines: str) -> tuple[list[list[str]], list[str]]:
    """The rows of a text, and the cells of which it is not certain what they show."""
    sheet = csv_sheet("STT;Nhiệm vụ;Chủ trì;Thời hạn\n" + "".join(f"{line}\n" for line in lines))
    return [[text or "" for text in row] for row in sheet["rows"][1:]], sheet["unclear"]


def test_a_quotation_mark_that_closes_nowhere_takes_no_row_below() -> None:
    """It is a part of the text, as one that is closed before the end of its cell."""
    rows = texts_of(
        '1;"Xây dựng chính quyền số;Sở A;Quý II', '2;Đề án "Một cửa;Sở B;Quý III', '3;"Một cửa" cấp xã;Sở C;Quý IV'
    )
    assert (
        [["1", '"Xây dựng chính quyền số', "Sở A", "Quý II"], ["2", 'Đề án "Một cửa', "Sở B", "Quý III"],
         ["3", '"Một cửa" cấp xã', "Sở C", "Quý IV"]], []
    ) == rows  # fmt: skip


def test_a_blank_behind_a_quotation_mark_is_no_part_of_its_cell() -> None:
    rows = texts_of('1;"Rà soát; sửa" ;Sở A;"Quý I" ', '2;"Ban hành;\ncông bố" ;Sở B;Quý II', '3;"Một cửa" ; số;Sở C')
    assert ([["1", "Rà soát; sửa", "Sở A", "Quý I"], ["2", "Ban hành;\ncông bố", "Sở B", "Quý II"],
             ["3", "Một cửa", " số", "Sở C"]], []) == rows  # fmt: skip


def test_a_cell_of_a_text_has_its_own_lines_and_signs() -> None:
    """Beside a row with a quotation mark that closes nowhere."""
    rows = texts_of('1;"Xây dựng; công bố\n- ""kế hoạch""";"Sở A\n\nSở B";"Quý II"', '2;"Đề án;Sở B;Quý III')
    assert (
        [["1", 'Xây dựng; công bố\n- "kế hoạch"', "Sở A\n\nSở B", "Quý II"], ["2", '"Đề án', "Sở B", "Quý III"]], []
    ) == rows  # fmt: skip


def test_quotation_marks_that_may_be_those_of_one_cell_or_of_two_rows_are_asked_about() -> None:
    assert ["C2", "B3"] == texts_of('1;Xây dựng;"Sở A;Quý II', '2;Đề án";Sở B;Quý III')[1]
    assert ["B2", "C2", "D2", "E2"] == texts_of('1;"Đề án" một cửa; số;Sở B;Quý III', "2;Công bố;Sở A;Quý I")[1]


TASK: list[Cell] = [1, "Rà soát văn bản", "Báo cáo", "Sở A", "Sở B", "Quý I"]


@pytest.mark.parametrize(
    "head",
    [
        [*HEAD, "Ghi chú: nêu rõ khó khăn, vướng mắc, nguyên nhân chậm tiến độ nếu có"],
        [*HEAD, 5], [*HEAD, "1. Mức độ hoàn thành"], [*HEAD, date(2025, 1, 1)],
        ["STT", "Nội dung nhiệm vụ, giải pháp thực hiện cải cách hành chính năm 2025 của tỉnh", *HEAD[2:]],
        [*HEAD[:2], "Sản phẩm\n(ghi rõ tên văn bản, số, ngày ban hành, cơ quan ban hành văn bản)", *HEAD[3:]],
        [*HEAD[:5], "Thời hạn (ghi ngày, tháng, năm; nhiệm vụ thường xuyên thì ghi rõ là thường xuyên)"],
    ],
)  # fmt: skip
def test_a_long_heading_a_number_or_a_day_hides_no_table(head: list[Cell]) -> None:
    draft = read(head, TASK, [2, *TASK[1:]], head, [3, *TASK[1:]])
    assert [] == asked(draft)
    assert [("Rà soát văn bản", "Báo cáo", ("Sở A",), "Quý I")] * 3 == [
        (row.title, row.output, row.leads, row.deadline) for row in draft.activities
    ]


def test_months_that_a_spreadsheet_made_days_of_are_months_to_tick() -> None:
    """Days of weeks are none: of these, it is asked which column is the deadline."""
    rows: list[list[Cell]] = [[1, "Rà soát", "Sở A", "", "x", ""], [2, "Công bố", "Sở B", "x", "", "x"]]

    def deadlines(*heads: Cell) -> tuple[list[str], list[str]]:
        draft = read(["STT", "Nhiệm vụ", "Chủ trì", *heads], *rows)
        return [row.deadline for row in draft.activities], asked(draft)

    said = ["tháng 02/2025", "tháng 01/2025; tháng 03/2025"], list[str]()
    assert said == deadlines(*(date(2025, month, 1) for month in (1, 2, 3)))
    assert said == deadlines("01/2025", "02/2025", "03/2025")
    assert ["columns:PL!deadline"] == deadlines(date(2025, 1, 1), date(2025, 1, 8), date(2025, 1, 15))[1]


def test_a_row_of_a_task_is_no_heading() -> None:
    """Though it speaks of tasks and of time, and has a number."""
    task: list[Cell] = [3, "Nhiệm vụ: rà soát, tổng hợp, báo cáo", 5, "Thời hạn hoàn thành các báo cáo", "", "Quý I"]
    assert 3 == len(read([*HEAD], TASK, [2, *TASK[1:]], task).activities)


def numbered(heads: list[Cell], *numbers: list[Cell]) -> list[tuple[str, str, Mapping[str, str]]]:
    """The code, the printed number and the custom fields of tasks in two domains, by what stands before their titles."""
    first, *others = ([*cells, f"Rà soát {n}", "Sở A", "Quý I"] for n, cells in enumerate(numbers))
    number: list[Cell] = ["I" if head == "STT" else "" for head in heads]
    rows = [[*number, "THỂ CHẾ"], first, [*number, "BỘ MÁY"], *others]
    draft = read([*heads, "Nhiệm vụ", "Chủ trì", "Thời hạn"], *rows)
    assert (2, []) == (len(draft.domains), asked(draft))
    return [(row.code, row.printed_number, row.custom) for row in draft.activities]


def test_codes_beside_running_numbers_are_kept() -> None:
    """As a custom field: a list that is numbered anew would give the record of a task to another one."""
    said = [("1.01", "1", {"Mã số": "CV-07"}), ("2.01", "1", {"Mã số": "CV-03"})]
    assert said == numbered(["STT", "Mã số"], [1, "CV-07"], [1, "CV-03"])


def test_what_is_no_code_is_the_printed_number() -> None:
    draft = read(["Mã số", "Nhiệm vụ", "Chủ trì", "Thời hạn"], ["CV/07", "Rà soát", "Sở A", "Quý I"])
    assert [("1.01", "CV/07")] == [(row.code, row.printed_number) for row in draft.activities]


@pytest.mark.parametrize(
    ("heads", "rows"),
    [
        (["STT", "", "Nhiệm vụ", "Chủ trì", "Thời hạn"], [["I", "", "THỂ CHẾ"], ["", 1, "Rà soát", "Sở A", "Quý I"]]),
        (["STT", "Nhiệm vụ", "", "Chủ trì", "Thời hạn"], [["I", "THỂ CHẾ"], [1, "", "Rà soát", "Sở A", "Quý I"]]),
        (["STT", "Nhiệm vụ", "Chủ trì", "", "Thời hạn"], [["I", "THỂ CHẾ"], [1, "Rà soát", "Sở A", "", "Quý I"]]),
        (["STT", "Nhiệm vụ", "Chủ trì", "Thời hạn", ""], [["I", "THỂ CHẾ"], [1, "Rà soát", "Sở A", "", "Quý I"]]),
    ],
)
def test_columns_under_one_heading_each_row_of_which_has_one_text_are_one(
    heads: list[Cell], rows: list[list[Cell]]
) -> None:
    """Where a row has two, it is asked which column is meant."""
    wide = heads.index("")
    place = wide if rows[1][wide] else wide - 1
    other = [*rows[1]]
    other[place], other[2 * wide - 1 - place] = "", rows[1][place]
    sheet = Sheet("PL", tuple(map(tuple, [heads, *rows, other])), merged=(((0, wide - 1), (0, wide)),))
    draft = find_appendix([sheet], Language("en"), year=2025)
    assert ([], ["THỂ CHẾ"]) == (asked(draft), [domain.title for domain in draft.domains])
    assert [("1", "Rà soát", ("Sở A",), "Quý I", {})] * 2 == [
        (row.printed_number, row.title, row.leads, row.deadline, row.custom) for row in draft.activities
    ]


def test_codes_beside_the_numbers_of_indicators_are_kept() -> None:
    rows: list[list[Cell]] = [
        ["STT", "Mã số", "Tên chỉ tiêu", "Đơn vị tính", "Chỉ tiêu năm 2025"],
        [1, "CT-07", "Hồ sơ", "%", 90],
    ]
    draft = find_indicators([Sheet("S", tuple(map(tuple, rows)))], Language("en"), year=2025)
    assert ["custom"] == [column.became for column in draft.columns if column.heading == "Mã số"]
