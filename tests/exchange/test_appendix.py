"""The table of activities in sheets: which row is what, and what of it a person has to look at."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reformtrack.exchange.appendix.finding import Answers, Draft
from reformtrack.exchange.appendix.reading import find_appendix
from reformtrack.exchange.appendix.sheets import Cell, Sheet
from reformtrack.language import Language
from tests.exchange.layouts import DOMAINS, HEAD, LAYOUTS, Cells, capitals_without_number, plain, simple, titled


def found(*sheets: Cells, merged: frozenset[tuple[int, int]] = frozenset()) -> Draft:
    """The appendix in sheets of these cells, named S1, S2, …"""
    values = [Sheet(f"S{n}", tuple(map(tuple, cells)), merged) for n, cells in enumerate(sheets, 1)]
    return find_appendix(values, Language("en"))


def one(*cells: Any, head: Sequence[Any] = HEAD) -> Draft:
    """The appendix of one domain and one activity."""
    return found([list(head), ["I", "THỂ CHẾ"], list(cells)])


def told(appendix: Draft) -> list[tuple[str, str, bool]]:
    return [(problem.cell, problem.what, problem.is_error) for problem in appendix.problems]


ACTIVITY = [1, "Rà soát", "Báo cáo", "Sở Tư pháp", "", "Quý II"]
SIGNATURES: dict[str, Cells] = {
    "beside the recipients": [
        ["", "Nơi nhận:", "", "", "", "KT. CHỦ TỊCH"],
        ["", "- Bộ Nội vụ;", "", "", "", "PHÓ CHỦ TỊCH"],
    ],
    "in the last columns": [
        ["", "", "", "", "TM. ỦY BAN NHÂN DÂN"],
        ["", "", "", "", "CHỦ TỊCH"],
        [],
        ["", "", "", "Nguyễn Văn A"],
    ],
    "under a total": [["", "Tổng cộng: 5 nhiệm vụ"], ["", "", "", "", "", "GIÁM ĐỐC"]],
}


@pytest.mark.parametrize("name", SIGNATURES)
@pytest.mark.parametrize("layout", [simple, titled, capitals_without_number])
def test_signatures_below_the_table_are_neither_domains_nor_activities(layout: Any, name: str) -> None:
    """Wherever they stand, and although they are in capitals as domains may be."""
    appendix = found([*layout(), [], *SIGNATURES[name]])
    assert (2, 5, ()) == (len(appendix.domains), len(appendix.activities), appendix.problems)


def test_a_text_below_the_table_is_said_to_be_left_out() -> None:
    """It might have been meant as something."""
    appendix = found([*simple(), ["", "GIẢI PHÁP THỰC HIỆN"]])
    assert [("B9", "the text “GIẢI PHÁP THỰC HIỆN” below the table is no activity", False)] == told(appendix)
    assert 2 == len(appendix.domains)


def test_an_activity_that_speaks_of_tasks_and_time_is_no_heading() -> None:
    """Most of its cells name no column."""
    appendix = one(1, "Theo dõi nhiệm vụ được giao", "Báo cáo", "Sở Nội vụ", "", "Theo tiến độ được giao")
    assert ["Theo dõi nhiệm vụ được giao"] == [row.title for row in appendix.activities]


def test_a_column_that_is_not_known_is_named() -> None:
    """It is kept. A second one of the same kind is asked for; the days on which work starts are no deadline."""
    head = ["STT", "Nhiệm vụ", "Hoạt động cụ thể", "Địa bàn", "Chủ trì", "Thời gian thực hiện", ""]
    below = ["", "", "", "", "", "Bắt đầu", "Kết thúc"]
    appendix = found([head, below, ["I", "THỂ CHẾ"], [1, "a", "b", "c", "Sở A", "Quý I", "Quý II"]])
    assert ("D1", "the column “Địa bàn” is no field of an activity", False) in told(appendix)
    assert [("B2", "several columns may be Activity: B “Nhiệm vụ”, C “Hoạt động cụ thể”", True)] == [
        problem for problem in told(appendix) if problem[2]
    ]
    assert ["C1", "D1", "F2"] == [cell for cell, _, is_error in told(appendix) if not is_error]
    [row] = appendix.activities
    assert ("Quý II", {"Địa bàn": "c", "Hoạt động cụ thể": "b", "Thời gian thực hiện: Bắt đầu": "Quý I"}) == (
        row.deadline,
        row.custom,
    )


@pytest.mark.parametrize(
    ("heading", "cell", "budget", "printed"),
    [
        ("Kinh phí", 1_250_000, 1_250_000, {}),
        ("Kinh phí", "1.250.000 đồng", 1_250_000, {"budget": "1.250.000 đồng"}),
        ("Kinh phí (triệu đồng)", 1250, 1_250_000_000, {"budget": "1250"}),
        ("Kinh phí (triệu đồng)", 0.1, 100_000, {"budget": "0.1"}),
        ("Dự toán (tỷ đồng)", "1,25", 1_250_000_000, {"budget": "1,25"}),
        ("Kinh phí", "500 triệu đồng", 500_000_000, {"budget": "500 triệu đồng"}),
        ("Kinh phí (triệu đồng)", "1.250.000 đồng", 1_250_000, {"budget": "1.250.000 đồng"}),
        ("Kinh phí", "–", None, {}),
    ],
)
def test_a_budget_is_read_in_its_unit(heading: str, cell: Any, budget: int, printed: dict[str, str]) -> None:
    """The cell's own, else the heading's; the text of the cell is kept where it is another."""
    appendix = one(*ACTIVITY, cell, head=[*HEAD, heading])
    assert () == appendix.problems
    assert [(budget, printed)] == [(row.budget, dict(row.printed)) for row in appendix.activities]


def test_the_unit_of_budgets_may_stand_above_the_table() -> None:
    """As it does in printed tables."""
    appendix = found([["", "ĐVT: triệu đồng"], [*HEAD, "Kinh phí"], ["I", "THỂ CHẾ"], [*ACTIVITY, 3]])
    assert [3_000_000] == [row.budget for row in appendix.activities]


@pytest.mark.parametrize(
    "cell", ["Ngân sách tỉnh", "0,5 đồng", "khoảng 500", "1,250 triệu, 3 đợt", -5, 1e300, float("nan")]
)
def test_a_budget_that_is_no_amount_is_said_and_its_text_kept(cell: Any) -> None:
    """It is not guessed."""
    appendix = one(*ACTIVITY, cell, head=[*HEAD, "Kinh phí"])
    assert [("G3", False)] == [(cell, error) for cell, _, error in told(appendix)]
    assert [(None, ["budget"])] == [(row.budget, list(row.printed)) for row in appendix.activities]


def test_numbers_that_excel_made_of_codes_are_codes_again() -> None:
    """The tenth is 1.10, although its cell is the number 1.1."""
    cells = [[float(f"1.{n}"), *ACTIVITY[1:]] for n in range(1, 13)]
    appendix = found([HEAD, ["I", "THỂ CHẾ"], *cells])
    assert () == appendix.questions
    assert [f"1.{n}" for n in range(1, 13)] == [row.code for row in appendix.activities]
    padded = [[float(f"1.{n:02}"), *ACTIVITY[1:]] for n in range(1, 13)]
    assert [f"1.{n:02}" for n in range(1, 13)] == [
        row.code for row in found([HEAD, ["I", "THỂ CHẾ"], *padded]).activities
    ]


@pytest.mark.parametrize(
    ("heading", "cell", "code", "own"),
    [
        ("STT", 7, "1.01", False),
        ("STT", "1.07.", "1.07", True),
        ("Mã số", "NV01", "NV01", True),
        ("Mã số", 7, "7", True),
        ("STT", "a)", "1.01", False),
        ("STT", True, "1.01", False),
    ],
)
def test_a_code_is_the_files_own_or_made_of_the_place(heading: str, cell: Any, code: str, own: bool) -> None:
    """A running number is no code, unless its column is one of codes."""
    appendix = one(cell, *ACTIVITY[1:], head=[heading, *HEAD[1:]])
    assert [(code, own)] == [(row.code, row.has_own_code) for row in appendix.activities]


def test_a_code_that_is_made_is_none_of_the_files_own() -> None:
    """Of rows with codes and rows without."""
    appendix = found([HEAD, ["I", "THỂ CHẾ"], ACTIVITY, ["1.01", *ACTIVITY[1:]], ACTIVITY])
    assert ["1.02", "1.01", "1.03"] == [row.code for row in appendix.activities]


def test_a_title_that_is_merged_downwards_is_one_task() -> None:
    """With both outputs and both days, and a note; where the rows have two leads, it is asked."""
    cells: Cells = [HEAD, ["I", "THỂ CHẾ"], ACTIVITY, [None, "Rà soát", "Tờ trình", "Sở Tư pháp", "", "Quý III"]]
    appendix = found(cells, merged=frozenset({(3, 1)}))
    [row] = appendix.activities
    assert ("Báo cáo\nTờ trình", "Quý II; Quý III") == (row.output, row.deadline)
    assert [
        ("F3", "the deadline “Quý II; Quý III” was read: read as 2 occurrences, each to be completed", False),
        ("4", "the row has no number and no task of its own: it goes on with row 3", False),
    ] == told(appendix)
    cells[3][3] = "Sở Nội vụ"
    asked = found(cells, merged=frozenset({(3, 1)}))
    assert [("C4", True)] == [(cell, is_error) for cell, _, is_error in told(asked)]


def test_a_domain_of_several_lines_is_kept_whole() -> None:
    """With its number before it or not."""
    for cells in (["", "II. CẢI CÁCH\nTHỂ CHẾ"], ["", "Lĩnh vực 2:\nCải cách\nthể chế"]):
        [domain] = found([HEAD, cells, ACTIVITY]).domains
        assert "CẢI CÁCH\nTHỂ CHẾ" == domain.title.upper()


def test_a_table_that_is_not_there_is_one_problem() -> None:
    """Which names the sheets."""
    [problem] = found([["Mục lục"]], [["x", "y"]]).problems
    assert ("S1, S2", "", True) == (problem.sheet, problem.cell, problem.is_error)
    assert ["the table has no activities"] == [p.what for p in found([HEAD, ["I", "THỂ CHẾ"]]).problems]


def work_of_finding(cells: Cells) -> float:
    began = time.process_time()
    appendix = found(cells)
    assert appendix.activities or appendix.problems
    return time.process_time() - began


def many_rows(count: int) -> Cells:
    head = ["Lĩnh vực", "Nhiệm vụ", "Chủ trì", "Thời hạn"]
    return [head, *([f"L{n}", f"Việc {n}", "Sở A", "Quý I"] for n in range(count))]


def long_texts(times: int) -> Cells:
    """Which are made to take long."""
    texts = ["lĩnh vực" + "\n" * 1_000 * times + "x", "a" + "\u0323\u0302" * 3_000 * times, "I" * 6_000 * times]
    return [HEAD, *([text] for text in texts), *([["", text] for text in texts] * 10)]


@pytest.mark.slow
@pytest.mark.parametrize("cells", [many_rows, long_texts])
def test_ten_times_as_much_takes_about_ten_times_as_long(cells: Callable[[int], Cells]) -> None:
    """Where the work grew with the square it would be a hundred times as long."""
    found(many_rows(10))
    few = 2_000 if cells is many_rows else 4
    assert work_of_finding(cells(10 * few)) < 33 * work_of_finding(cells(few))


cells = st.one_of(
    st.none(),
    st.sampled_from(
        [*HEAD, "Mã số", "Kinh phí (triệu đồng)", "Bắt đầu", "I", "II. THỂ CHẾ", "1.01", "TỔNG CỘNG", "(1)"]
    ),
    st.sampled_from(
        ["Lĩnh vực 1: a", "ĐVT: tỷ đồng", "TM. UBND", "#REF!", "Quý II", "1.250,5", "x" * 70, "\u0323", " \n"]
    ),
    st.text(max_size=20),
    st.integers(-3, 10**18),
    st.floats(),
    st.booleans(),
    st.dates(),
)
places = st.frozensets(st.tuples(st.integers(0, 9), st.integers(0, 5)), max_size=6)


@example([[float("nan"), "Rà soát", "", "Sở Tư pháp"]], frozenset(), True)
@example([[float("inf"), "Rà soát", "", "Sở Tư pháp"]], frozenset(), True)
@given(st.lists(st.lists(cells, max_size=8), max_size=25), places, st.booleans())
def test_whatever_is_in_a_sheet_there_are_rows_or_problems(
    rows: list[list[Cell]], merged: frozenset[tuple[int, int]], headed: bool
) -> None:
    """Never an error of Python; every problem says where, what and what to do, and every code is one of its own."""
    appendix = found([[*HEAD, "Kinh phí"], *rows] if headed else rows, merged=merged)
    assert appendix.activities or appendix.problems
    assert all(problem.what and problem.to_do and problem.sheet for problem in appendix.problems)
    made = [row.code for row in appendix.activities if not row.has_own_code]
    assert len(set(made)) == len(made)
    assert {row.domain for row in appendix.activities} <= {domain.code for domain in appendix.domains}


@given(st.sampled_from(sorted(LAYOUTS)), st.data())
def test_empty_rows_between_change_nothing(name: str, data: st.DataObject) -> None:
    """But the rows that they are found in."""
    layout = LAYOUTS[name]()
    headed = 2 if name == "two_rows" else 1
    first = next(n for n, row in enumerate(layout) if len([cell for cell in row if cell]) > 3) + headed
    place = data.draw(st.integers(first, len(layout)))
    spread = found([*layout[:place], [], [None, ""], *layout[place:]])
    assert [(r.code, r.title, r.deadline) for r in found(layout).activities] == [
        (r.code, r.title, r.deadline) for r in spread.activities
    ]


def test_a_table_over_sheets_goes_on_in_its_domain() -> None:
    """Headings are repeated on each; the second begins in the middle of a domain."""
    rows = list(plain())
    appendix = found([HEAD, *rows[:2]], [["x"]], [HEAD, *rows[2:]])
    assert ["1.01", "1.02", "2.01", "2.02", "2.03"] == [row.code for row in appendix.activities]
    assert ["S1!3", "S3!2"] == [row.row for row in appendix.activities][:2]
    assert [title.upper() for title, _ in DOMAINS] == [domain.title for domain in appendix.domains]


def test_headings_in_three_rows_without_merged_cells() -> None:
    """The whole budget is the budget, and no part of it."""
    cells: Cells = [
        ["STT", "Nhiệm vụ", "Tổ chức thực hiện", "", "", "Kinh phí (triệu đồng)", ""],
        ["", "", "Cơ quan", "", "Thời hạn", "Tổng số", "Trong đó NSNN"],
        ["", "", "Chủ trì", "Phối hợp", "", "", ""],
        ["I", "THỂ CHẾ"],
        [1, "Rà soát", "Sở A", "Sở B", "Quý I", 100, 50],
    ]
    draft = found(cells)
    [row] = draft.activities
    assert () == draft.questions
    assert (("Sở A",), ("Sở B",), "Quý I", 100_000_000) == (row.leads, row.supporting, row.deadline, row.budget)
    assert {"Kinh phí (triệu đồng): Trong đó NSNN": "50"} == row.custom


@pytest.mark.parametrize(
    ("title", "deadline", "asked"),
    [("Thể chế", "Quý I", ["C3"]), ("Thể chế", "sớm", ["C3"]), ("THỂ CHẾ", "Sở Y tế", ["C3", "E3"])],
)
def test_a_text_that_stands_where_none_belongs_is_asked_for(title: str, deadline: str, asked: list[str]) -> None:
    """A name among the deadlines, a day among the names, a title that has both."""
    head = ["STT", "Nhiệm vụ", "Chủ trì", "Phối hợp", "Thời hạn"]
    draft = found([head, ["I", "BỘ MÁY"], [1, title, "30/6/2025", "", deadline]])
    assert asked == [question.cell for question in draft.questions]


def test_a_note_between_tasks_is_told() -> None:
    """It may be a task."""
    draft = found([HEAD, ["I", "THỂ CHẾ"], ACTIVITY, ["", "* Nhiệm vụ giao thêm"], [2, *ACTIVITY[1:]]])
    assert ("B4", "the text “* Nhiệm vụ giao thêm” is taken for a note", False) in told(draft)


def test_one_numbered_row_above_others_is_asked_for() -> None:
    """With a lead and a day that may be of other rows it is a title or a task; of several such rows, tasks."""
    above = ["1", "Tổ chức bộ máy", "", "của tỉnh", "", "Quý IV"]
    below = [[f"1.{n}", f"Nhiệm vụ {n}", "Báo cáo", "Sở Nội vụ", "", "Quý I"] for n in (1, 2)]
    [question] = found([HEAD, above, *below]).questions
    assert ("S1", "A2", "rows:S1!2") == (question.sheet, question.cell, question.ask)
    other = ["2", "Theo dõi", "Báo cáo", "Sở Tư pháp", "", "Quý II"]
    assert 4 == len(found([HEAD, above, *below, other]).activities)


@pytest.mark.parametrize("mark", ["//", "-//-", "(nt)", "″ ″", ",,", "Như mục trên", "(như trên)", "nt."])
def test_signs_for_the_row_above_are_known(mark: str) -> None:
    """In whichever way an office writes them, and told."""
    rows: Cells = [list(HEAD), ["I", "THỂ CHẾ"], ACTIVITY, [2, "Công bố", "", mark, "", mark]]
    appendix = found(rows)
    assert [("Sở Tư pháp",)] * 2 == [row.leads for row in appendix.activities]
    assert {"D4", "F4"} == {problem.cell for problem in appendix.notes}


def test_a_title_that_has_titles_below_it_is_told() -> None:
    """The domains are those below it: what is above them is imported nowhere."""
    rows: Cells = [
        list(HEAD),
        ["A", "CẢI CÁCH"],
        ["I", "Văn bản"],
        ACTIVITY,
        ["B", "BỘ MÁY"],
        ["I", "Sắp xếp"],
        ACTIVITY,
    ]
    appendix = found(rows)
    assert ["Văn bản", "Sắp xếp"] == [domain.title for domain in appendix.domains]
    assert [
        ("A2", "the title “CẢI CÁCH” stands above the titles of domains", False),
        ("A5", "the title “BỘ MÁY” stands above the titles of domains", False),
    ] == told(appendix)


def test_numbered_titles_over_tables_with_the_same_headings_are_domains() -> None:
    """The first one too, which stands above all headings; a single one over a table is the table's own title."""
    first: Cells = [["1. Thể chế"], list(HEAD), ACTIVITY]
    appendix = found([*first, ["2. Bộ máy"], list(HEAD), [1, "Sắp xếp", "", "Sở Nội vụ", "", "Quý III"]])
    assert ["Thể chế", "Bộ máy"] == [domain.title for domain in appendix.domains]
    assert ["1", "2"] == [row.domain for row in appendix.activities]
    assert ["General"] == [domain.title for domain in found(first).domains]


@pytest.mark.parametrize("answer", ["activity", "join"])
def test_one_number_and_title_on_two_rows_is_asked(answer: str) -> None:
    """One task with two outputs, or two tasks: to be said. With numbers of their own they are two."""
    rows: Cells = [list(HEAD), ["I", "THỂ CHẾ"], ACTIVITY, [1, "Rà soát", "Nghị quyết", "Sở Tư pháp", "", "Quý III"]]
    [question] = found(rows).questions
    assert ("B4", "rows:S1!4", ("join", "activity", "leave")) == (question.cell, question.ask, question.choices)
    answered = find_appendix(
        [Sheet("S1", tuple(map(tuple, rows)))], Language("en"), answers=Answers(rows={"S1!4": answer})
    )
    assert () == answered.questions
    assert {"activity": 2, "join": 1}[answer] == len(answered.activities)
    rows[3][0] = 2
    assert () == found(rows).problems
