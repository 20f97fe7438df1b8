"""Tables of kinds that no case has, made in memory: what is plainly meant is read, and the rest is asked; no cell is lost."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from reformtrack.exchange.appendix.agencies import names_in
from reformtrack.exchange.appendix.finding import Answers, Draft
from reformtrack.exchange.appendix.reading import find_appendix
from reformtrack.exchange.appendix.sheet_reader import csv_sheet
from reformtrack.exchange.appendix.sheets import Sheet
from reformtrack.language import Language
from tests.exchange.accounting import unaccounted_in
from tests.exchange.reading import read_sheets

Rows = Sequence[Sequence[Any]]
HEAD = ["STT", "Nhiệm vụ", "Sản phẩm", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời gian hoàn thành"]
ENGLISH: list[Any] = ["No", "Activity", "Responsible institution"]


def task(number: Any, title: str, lead: str = "Sở Nội vụ", due: str = "Quý II") -> list[Any]:
    return [number, title, "Báo cáo", lead, "Sở Tư pháp", due]


def read(*tables: Rows, names: Sequence[str] = (), answers: Answers | None = None, merged: Any = ()) -> Draft:
    sheets = [
        Sheet(name, tuple(tuple(cell if cell != "" else None for cell in row) for row in rows), merged=merged)
        for name, rows in zip(names or ("Phụ lục",), tables, strict=True)
    ]
    draft = find_appendix(sheets, Language("en"), year=2025, answers=answers)
    assert {} == unaccounted_in(sheets, draft)
    return draft


def titles(draft: Draft) -> list[str]:
    return [row.title for row in draft.activities]


def days(draft: Draft) -> list[list[str]]:
    return [[f"{day:%d/%m/%y}" for day in row.due.days] if row.due else [] for row in draft.activities]


HEADS: Sequence[tuple[Sequence[str], Sequence[Any]]] = (
    (["Stt", "Hoạt động", "Trách nhiệm (chủ trì)", "Trách nhiệm (phối hợp)", "Thời gian kết thúc"], (1, 2, 3, 4)),
    (["TT", "Mục tiêu, nhiệm vụ", "Đơn vị chịu trách nhiệm chính", "Đơn vị tham gia", "Mốc hoàn thành"], (1, 2, 3, 4)),
    (["TT", "Tên đề án, văn bản", "Cơ quan soạn thảo", "Cơ quan phối hợp", "Thời gian ban hành"], (1, 2, 3, 4)),
    (["TT", "Nhiệm vụ", "Đầu mối thực hiện", "Phối hợp", "Hoàn thành trước ngày", "Văn bản giao"], (1, 2, 3, 4)),
    (["Nr", "Action", "Lead institution", "Contributing institutions", "Implementation period"], (1, 2, 3, 4)),
    (["Nr", "Action", "Responsible institution", "Co-responsible", "By when", "Owner notes"], (1, 2, 3, 4)),
)


@pytest.mark.parametrize(("head", "places"), HEADS, ids=lambda given: str(given[-1]))
def test_headings_in_use_name_their_columns(head: Sequence[str], places: Sequence[int]) -> None:
    draft = read([head, [1, "Việc", "Sở A", "Sở B", "30/6/2025", "x"][: len(head)]])
    assert () == draft.questions
    [row] = draft.activities
    assert ("Việc", ("Sở A",), ("Sở B",), "1") == (row.title, row.leads, row.supporting, row.printed_number)
    assert [["30/06/25"]] == days(draft)


@pytest.mark.parametrize("unit", ["(triệu đồng)", "ĐVT: triệu đồng", "Triệu đồng"])
def test_a_row_below_the_headings_may_have_the_unit_of_the_budget(unit: str) -> None:
    """And the numbers or the letters of the columns below it."""
    rows = [[*HEAD, "Kinh phí"], [*[""] * 6, unit], [*"ABCDEFG"], ["I", "Thể chế"], [*task(1, "Một"), 100]]
    draft = read(rows)
    assert ((), [100_000_000]) == (draft.questions, [row.budget for row in draft.activities])


@pytest.mark.parametrize(
    ("above", "heading", "cell"),
    [((), "Cost (EUR)", 1000), ((), "Cost", "1000 EUR"), ((["ĐVT: USD"],), "Kinh phí", 1000)],
)
def test_an_amount_in_another_money_is_none_in_dong(above: Rows, heading: str, cell: object) -> None:
    """It is kept as it is printed."""
    draft = read([*above, [*HEAD, heading], [*task(1, "Một"), cell]])
    [row] = draft.activities
    assert (None, (), True) == (row.budget, draft.questions, str(cell) in {*row.custom.values(), *row.printed.values()})


@pytest.mark.parametrize(
    "heads",
    [
        ["2025 Q1", "2025 Q2", "2025 Q3", "2025 Q4"],
        ["I quarter", "II quarter", "III quarter", "IV quarter"],
        ["1Q", "2Q", "3Q", "4Q"],
    ],
)
def test_quarters_with_marks_are_named_in_many_ways(heads: Sequence[str]) -> None:
    """A dash is no mark; a text is kept beside the quarter that it stands under."""
    rows = [[*ENGLISH, *heads], [1, "Law", "MoJ", "-", "✓", "", ""], [2, "Portal", "MoD", "", "", "", "X"]]
    draft = read([*rows, [3, "Rules", "MoD", "", "draft", "", "adopt"]])
    assert () == draft.questions
    assert [["30/06/25"], ["31/12/25"]] == days(draft)[:2]
    assert "(draft); " in draft.activities[2].deadline


def test_quarters_may_stand_under_their_years() -> None:
    """And years by themselves may have marks; with numbers under them they are no deadline."""
    over: list[Any] = [*ENGLISH, 2025, *[""] * 3, 2026, *[""] * 3]
    rows: Rows = [over, [*[""] * 3, *["Q1", "Q2", "Q3", "Q4"] * 2], [1, "Law", "MoJ", *[""] * 5, "x", "", ""]]
    draft = read(rows, merged=(((0, 3), (0, 6)), ((0, 7), (0, 10))))
    assert ([["30/06/26"]], ()) == (days(draft), draft.questions)
    years = read([[*ENGLISH, 2025, 2026, 2027], [1, "Law", "MoJ", "x", "", ""], [2, "Portal", "MoD", "", "x", ""]])
    assert ([["31/12/25"], ["31/12/26"]], ()) == (days(years), years.questions)
    amounts = read([[*ENGLISH, "Deadline", 2025, 2026], [1, "Law", "MoJ", "Q3 2025", 10, 1]])
    assert ([["30/09/25"]], {"2025": "10", "2026": "1"}) == (days(amounts), amounts.activities[0].custom)


def test_a_cell_that_says_who_leads_and_who_supports_is_parted() -> None:
    """In the column of the leads, and in one for both; where it says nothing, it is asked which column is the lead."""
    rows = [
        HEAD,
        task(1, "Một", "Sở Nội vụ (chủ trì), Sở Tài chính (phối hợp)"),
        task(2, "Hai", "Chủ trì: Sở Nội vụ"),
        task(3, "Ba", "- Chủ trì: Sở Nội vụ\n- Phối hợp: Sở Y tế, Sở Tài chính"),
    ]
    draft = read(rows)
    assert ([("Sở Nội vụ",)] * 3, ()) == ([row.leads for row in draft.activities], draft.questions)
    law = "Sở Tư pháp"
    assert [("Sở Tài chính", law), (law,), ("Sở Y tế", "Sở Tài chính", law)] == [
        row.supporting for row in draft.activities
    ]
    both = ["STT", "Nhiệm vụ", "Cơ quan chủ trì, phối hợp", "Thời hạn"]
    draft = read([both, [1, "Một", "Chủ trì: Sở Nội vụ\nPhối hợp: Sở Tư pháp", "Quý II"]])
    [row] = draft.activities
    assert ((), ("Sở Nội vụ",), ("Sở Tư pháp",)) == (draft.questions, row.leads, row.supporting)
    bare = read([both, [1, "Một", "Sở Nội vụ, Sở Tư pháp", "Quý II"]])
    assert ["columns:Phụ lục!lead"] == [question.ask for question in bare.questions]


def test_zones_and_projects_are_no_agencies_of_their_own() -> None:
    name = "Ban Quản lý Khu kinh tế và các khu công nghiệp"
    assert ((name,), True) == (names_in(name).names, names_in(name).is_sure)
    assert ("Sở Nội vụ", "các sở, ban, ngành") == names_in("Sở Nội vụ và các sở, ban, ngành").names


def test_sections_of_english_plans_are_known_by_their_words() -> None:
    """Objectives are domains, specific ones and measures are groups; above repeated headings too."""
    head = [*ENGLISH, "Deadline"]
    rows = [
        head,
        ["STRATEGIC OBJECTIVE 1: Policy"],
        ["Specific objective 1.1: Better laws"],
        ["1.1.1", "Law", "MoJ", "Q1 2025"],
        ["Specific objective 1.2: Consultation"],
        ["1.2.1", "Consult", "MoJ", "Q2 2025"],
        ["STRATEGIC OBJECTIVE 2: Digital"],
        ["2.1.1", "Portal", "MoD", "Q2 2025"],
    ]
    draft = read(rows)
    assert ((), ["Policy", "Digital"]) == (draft.questions, [domain.title for domain in draft.domains])
    assert [("Better laws",), ("Consultation",), ()] == [row.group for row in draft.activities]
    one, two = [["1.1.1", "Law", "MoJ", "Q1 2025"]], [["1.2.1", "Portal", "MoD", "Q2 2025"]]
    draft = read([["Measure 1.1: Planning"], head, *one, ["Measure 1.2: Coordination"], head, *two])
    assert ((), ["Planning", "Coordination"]) == (draft.questions, [domain.title for domain in draft.domains])


def test_a_number_before_a_title_above_tasks_without_numbers_is_that_of_a_section() -> None:
    rows = [
        ["Task", "Responsible", "Deadline"],
        ["1. Services"],
        ["Law", "MoJ", "Q1"],
        ["2. Service"],
        ["Rules", "MoJ", "Q2"],
    ]
    draft = read(rows)
    assert ((), ["Law", "Rules"]) == (draft.questions, titles(draft))
    assert ["Services", "Service"] == [domain.title for domain in draft.domains]


@pytest.mark.parametrize(
    "names",
    [("Quý I", "Quý II"), ("Tháng 1", "Tháng 2"), ("Sở Nội vụ", "Sở Y tế"), ("SNV", "SYT"), ("Q1 2025", "Q2 2025")],
)
def test_sheets_of_periods_and_of_agencies_are_no_domains(names: Sequence[str]) -> None:
    leads = ("Sở Nội vụ", "Sở Y tế")
    draft = read(*([HEAD, task(1, f"Việc {n}", lead)] for n, lead in enumerate(leads)), names=names)
    assert ((), ["Việc 0", "Việc 1"], 1) == (draft.questions, titles(draft), len(draft.domains))


@pytest.mark.parametrize("name", ["Phụ lục (cũ)", "Bản nháp", "KH 24", "Old", "Dự thảo"])
def test_a_sheet_that_is_called_a_former_one_is_asked_about(name: str) -> None:
    """As is one of the year before by its two digits; left out as answered."""
    tables = [HEAD, task(1, "Một"), task(2, "Hai")], [HEAD, task(1, "Xưa"), task(2, "Nay")]
    given: dict[str, Any] = {"names": ["KH 25", name]}
    draft = read(*tables, **given)
    assert [(f"sheets:{name}", ("take", "leave"))] == [(q.ask, q.choices) for q in draft.questions]
    left = read(*tables, **given, answers=Answers(sheets={name: "leave"}))
    assert ((), ["Một", "Hai"]) == (left.questions, titles(left))


OLD = ["Rµ so¸t v¨n b¶n quy ph¹m", "C«ng bè thñ tôc hµnh chÝnh"]


@pytest.mark.parametrize(
    "rows",
    [
        [HEAD, *(task(n, title) for n, title in enumerate(OLD, 1))],
        [HEAD, *(task(n, f"Rà soát đợt {n}") for n in range(1, 40)), task(40, OLD[0])],
        [HEAD, *(task(n, f"Rà soát đợt {n}") for n in range(1, 40)), task(40, "C?i cách th? t?c hành chính")],
    ],
    ids=["a column", "a row", "lost letters"],
)
def test_one_column_or_row_in_an_old_code_is_asked_about(rows: Rows) -> None:
    """Of several sheets, the one that has it may be left out."""
    draft = read(rows)
    assert ([""], ()) == ([question.cell for question in draft.questions], draft.activities)
    names = ["Nay", "Bảng mã"]
    tables = [HEAD, task(1, "Một")], rows
    [question] = read(*tables, names=names).questions
    assert ("sheets:Bảng mã", ("leave",)) == (question.ask, question.choices)
    assert ["Một"] == titles(read(*tables, names=names, answers=Answers(sheets={"Bảng mã": "leave"})))


def test_names_and_quotes_that_only_look_alike_are_no_old_sheet_and_no_old_code() -> None:
    tables = [HEAD, task(1, "Law «One stop»", "MoJ", "Q1")], [HEAD, task(1, "Hai")]
    draft = read(*tables, names=["Dân cư", "Nhập liệu"])
    assert ((), ["Law «One stop»", "Hai"]) == (draft.questions, titles(draft))


def test_cells_of_a_text_may_be_parted_by_bars() -> None:
    rows = csv_sheet("STT|Nhiệm vụ|Chủ trì\n1|Rà soát, công bố|Sở A\n")["rows"]
    assert [["STT", "Nhiệm vụ", "Chủ trì"], ["1", "Rà soát, công bố", "Sở A"]] == rows


@pytest.mark.slow
def test_a_part_that_is_struck_out_is_seen_in_a_text_of_the_cell_itself(tmp_path: Path) -> None:
    """Some programs write texts into the cells, and not into one list."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet, struck = book.add_worksheet(), book.add_format({"font_strikeout": True})
        sheet.write_rich_string(0, 0, struck, "Quý II", " Quý III")
        sheet.write_string(0, 1, "Quý I", struck)
    [found] = read_sheets(path)
    assert ({"A1"}, {"B1"}) == ({*found.partly_struck}, {*found.struck})


def test_a_cell_of_a_day_is_not_turned_by_texts_with_the_month_first() -> None:
    """A program may have taken 3/4, as it was typed, for the third of April: it is asked, and answers stand as they are."""
    head = [*ENGLISH, "Due date"]
    rows = [
        head,
        [1, "Law", "MoJ", date(2025, 4, 3)],
        [2, "Rules", "MoJ", "1/31/2025"],
        [3, "A", "MoJ", date(2025, 6, 30)],
    ]
    draft = read(rows)
    assert (["D2"], [[], ["31/01/25"], ["30/06/25"]]) == ([question.cell for question in draft.questions], days(draft))
    told = read(rows, answers=Answers(deadlines={"03/04/2025": "4/3/2025"}))
    assert ((), ["04/03/25"]) == (told.questions, days(told)[0])


@pytest.mark.parametrize("text", ["Như mục 1", "Như nhiệm vụ số 1", "See 1"])
def test_a_text_that_refers_to_another_row_is_no_agency(text: str) -> None:
    draft = read([HEAD, task(1, "Một"), task(2, "Hai", text)])
    assert ["D3"] == [question.cell for question in draft.questions]
    noted = read([[*HEAD, "Ghi chú"], [*task(1, "Một"), "Xem mục 2"]])
    assert ((), "Xem mục 2") == (noted.questions, noted.activities[0].note)
    again = read([HEAD, task(1, "Một"), task(2, "Hai", "as above", "tương tự như trên")])
    assert ([("Sở Nội vụ",)] * 2, ()) == ([row.leads for row in again.activities], again.questions)


def test_the_number_of_a_page_in_a_table_is_no_part_of_a_task() -> None:
    rows = [HEAD, task(1, "Một"), ["Trang 3"], task(2, "Hai"), ["", "", "4"], task(3, "Ba")]
    draft = read(rows)
    assert ((), ["Một", "Hai", "Ba"], {"Báo cáo"}) == (
        draft.questions,
        titles(draft),
        {a.output for a in draft.activities},
    )
    assert {"A3", "C5"} == {note.cell for note in draft.notes}
    cut = read([HEAD, task(1, "Một", due="Trước ngày"), ["", "", "", "", "", "30/6"], task(2, "Hai")])
    assert ((), ["30/06/25"]) == (cut.questions, days(cut)[0])


def test_a_quarter_alone_and_the_end_of_a_time_are_deadlines() -> None:
    head = ["STT", "Nhiệm vụ", "Chủ trì"]
    draft = read([[*head, "Quý"], [1, "Một", "Sở A", "II"], [2, "Hai", "Sở A", 3], [3, "Ba", "Sở A", "Quý IV"]])
    assert ((), [["30/06/25"], ["30/09/25"], ["31/12/25"]]) == (draft.questions, days(draft))
    rows: Rows = [
        [*head, "Thời gian thực hiện", ""],
        ["", "", "", "Từ", "Đến"],
        [1, "Một", "Sở A", "01/01/2025", "30/6/2025"],
    ]
    span = read(rows, merged=(((0, 3), (0, 4)),))
    assert ((), [["30/06/25"]]) == (span.questions, days(span))


def test_a_table_of_something_else_above_is_named() -> None:
    above: Rows = [["STT", "Chỉ tiêu", "Đơn vị tính", "Kế hoạch"], [1, "Tỷ lệ hồ sơ", "%", 95]]
    draft = read([*above, HEAD, task(1, "Một")])
    assert ((), ["A1", "A2"]) == (draft.questions, [note.cell for note in draft.notes])


def test_a_mark_that_is_merged_over_rows_repeats_the_row_above_them_in_each() -> None:
    rows = tuple(map(tuple, [HEAD, task(1, "Một"), task(2, "Hai", "Như trên"), task(3, "Ba", "Như trên")]))
    sheet = Sheet("Phụ lục", rows, merged_down=frozenset({(3, 3)}), merged=(((2, 3), (3, 3)),))
    draft = find_appendix([sheet], Language("en"), year=2025)
    assert ([("Sở Nội vụ",)] * 3, ()) == ([row.leads for row in draft.activities], draft.questions)
