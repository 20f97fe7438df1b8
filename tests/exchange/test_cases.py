"""What people really have, one small file a kind of fault: each gives the right answer, or a question."""

import csv
from collections.abc import Callable, Collection, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from reformtrack import Document, Tracker
from reformtrack.domain.deadline import DeadlineKind
from reformtrack.exchange.appendix.finding import Answers, Draft
from reformtrack.exchange.appendix.importing import Import, NewPlan, import_appendix, read_draft
from tests.exchange.accounting import unaccounted

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("in_this_process")]

CASES = Path("tests/exchange/cases")
NEW = NewPlan(title="Kế hoạch", year=2025, jurisdiction="Tỉnh X")
Check = Callable[[Draft], None]


def path_of(name: str) -> Path:
    [path] = CASES.glob(f"{name}*")
    return path


def read(name: str, **options: Any) -> Draft:
    return read_draft(path_of(name), **{"year": 2025, "lang": "en", **options})


def titles(draft: Draft) -> list[str]:
    return [row.title for row in draft.activities]


def days(draft: Draft) -> list[tuple[str, ...]]:
    return [tuple(f"{day:%d/%m/%Y}" for day in row.due.days) if row.due else () for row in draft.activities]


def notes(draft: Draft) -> set[str]:
    return {note.cell for note in draft.notes}


def stray_text(draft: Draft) -> None:
    assert (["Thể chế", "Nhân lực"], 2) == ([domain.title for domain in draft.domains], len(draft.activities))
    if draft.questions:
        [question] = draft.questions
        assert "E4" == question.cell
    else:
        assert "2025 và những năm tiếp theo" == draft.activities[0].deadline
        assert "E4" in notes(draft)


def tracker_columns(draft: Draft) -> None:
    assert {"E1", "F1", "G1", "H1", "I1", "J1"} <= notes(draft)
    assert {"Trạng thái": "Đang làm", "Tiến độ %": "0.5", "Người theo dõi": "Ông X", "Ngày cập nhật": "01/03/2025"} == (
        draft.activities[0].custom
    )


def groups(draft: Draft) -> None:
    assert [("Nhóm I: Nhận thức",)] * 2 == [row.group for row in draft.activities]
    assert [("31/03/2025",), ("30/06/2025",)] == days(draft)


def american(draft: Draft) -> None:
    assert [("31/01/2025",), ("28/02/2025",), ("04/03/2025",)] == days(draft)
    assert any(note.cell.startswith("D") for note in draft.notes)


def letters(draft: Draft) -> None:
    assert [
        "NHIỆM VỤ CHUNG – Cải cách thể chế",
        "Cải cách thủ tục",
        "NHIỆM VỤ RIÊNG – Cải cách thể chế",
    ] == [domain.title for domain in draft.domains]
    assert [("1", ("Xây dựng văn bản",))] * 3 + [("1", ()), ("2", ()), ("3", ())] == [
        (row.domain, row.group) for row in draft.activities
    ]
    assert ["1.1", "a)", "b)", "2", "1", "1"] == [row.printed_number for row in draft.activities]


def budgets(draft: Draft) -> None:
    assert ["F3"] == [question.cell for question in draft.questions]
    assert {"F15", "F17"} <= notes(draft)
    read_on = read("14", answers=Answers(amounts={"Phụ lục!F": ","}))
    assert () == read_on.questions
    assert [1_250_000_000, 1_250_000, 1_250_000_000] == [read_on.activities[place].budget for place in (0, 1, 10)]
    other = read("14", answers=Answers(amounts={"Phụ lục!F": "."}))
    assert (1_250_000_000, 1_250_500_000) == (other.activities[1].budget, other.activities[2].budget)


def lists(draft: Draft) -> None:
    assert [("Sở Nội vụ", "Sở Tư pháp"), ("Sở Nội vụ", "Sở Tư pháp"), ("Văn phòng UBND tỉnh",)] == [
        row.leads for row in draft.activities
    ]
    assert [("Sở A", "Sở B", "UBND các huyện")] * 2 + [("Sở A", "Sở B")] == [row.supporting for row in draft.activities]
    assert [("31/03/2025", "30/09/2025"), ("15/03/2025", "15/09/2025"), ("15/03/2025",)] == days(draft)


def two_outputs(draft: Draft) -> None:
    assert ("Kế hoạch\nBáo cáo", ("31/03/2025", "31/12/2025")) == (draft.activities[0].output, days(draft)[0])
    assert {"4", "E3"} == notes(draft)


def page_breaks(draft: Draft) -> None:
    assert ["Báo cáo của UBND tỉnh", "Danh mục thủ tục", ""] == [row.output for row in draft.activities]
    assert [("Sở B", "Sở C"), ("Sở B", "Sở C", "UBND các huyện"), ()] == [row.supporting for row in draft.activities]
    assert [("30/06/2025",), ("30/06/2025",), ("30/09/2025",)] == days(draft)
    assert {"4", "6"} == notes(draft)


def section_leads(draft: Draft) -> None:
    assert ["Cải cách thể chế", "Cải cách thủ tục"] == [domain.title for domain in draft.domains]
    assert {"D2", "D4", "F4"} == notes(draft)


def dittos(draft: Draft) -> None:
    assert [("Sở A",)] * 4 == [row.leads for row in draft.activities]
    assert [("Sở B",)] * 3 + [()] == [row.supporting for row in draft.activities]
    assert ["Báo cáo"] * 3 + [""] == [row.output for row in draft.activities]
    assert [("31/03/2025",)] * 4 == days(draft)
    assert {"C4", "D4", "E4", "F4", "C5", "D5", "E5", "F5", "D6", "F6"} == notes(draft)


def two_tables(draft: Draft) -> None:
    assert ["Thể chế", "General"] == [domain.title for domain in draft.domains]
    assert ["1", "2", "2"] == [row.domain for row in draft.activities]


def each_deadline(draft: Draft) -> None:
    """Each text of `deadlines.csv` is read as it says; a day that is none, and 12/25, are questions, the rest is kept."""
    with Path("tests/domain/cases/deadlines.csv").open(encoding="utf-8") as file:
        right = {
            row["text"]: (row["kind"], row["days"].split("; ") if row["days"] else []) for row in csv.DictReader(file)
        }
    asked = {question.cell for question in draft.questions}
    met = 0
    for row in draft.activities:
        if row.deadline not in right:
            assert row.due is not None, row.deadline
            assert row.due.kind is not DeadlineKind.UNSPECIFIED, row.deadline
            continue
        met += 1
        kind, expected = right[row.deadline]
        if kind == "impossible" or row.deadline == "12/25":
            assert (None, True) == (row.due, f"E{row.number}" in asked), row.deadline
            continue
        assert row.due is not None, row.deadline
        found = [f"{day.day}/{day.month}/{day.year}" for day in row.due.days]
        if expected == ["the 20th of each of 12 months"]:
            expected = [f"20/{month}/2025" for month in range(1, 13)]
        assert (kind, expected) == ("recurring" if len(found) > 1 else row.due.kind.value, found), row.deadline
        assert row.deadline == row.due.text
        assert kind != "unspecified" or f"E{row.number}" in notes(draft), row.deadline
    assert 46 == met


def one_agency(draft: Draft) -> None:
    assert 1 == len({row.leads for row in draft.activities})
    assert draft.notes


def of_sheets(*taken: str) -> Check:
    def check(draft: Draft) -> None:
        assert [*taken] == [sheet.name for sheet in draft.sheets if sheet.is_taken]
        left = {sheet.name for sheet in draft.sheets if not sheet.is_taken}
        assert left == {note.sheet for note in draft.notes}

    return check


def deadlines(*expected: tuple[str, ...]) -> Check:
    def check(draft: Draft) -> None:
        assert [*expected] == days(draft)

    return check


def anything(draft: Draft) -> None:
    pass


THREE = ["Rà soát", "Công bố", "Niêm yết"]
RIGHT: dict[str, tuple[Sequence[str], Collection[str], Check]] = {
    "01": (["Rà soát văn bản", "Đào tạo"], ["E4"], stray_text),
    "02": (["Rà soát văn bản"], [], tracker_columns),
    "04": (["Chương trình tuyên truyền", "Phong trào học tập số"], [], groups),
    "06": (["Implementation plan", "Amend two laws", "Define new terms"], [], american),
    "07": (
        [
            "Rà soát văn bản quy phạm",
            "Rà soát đợt 1",
            "Rà soát đợt 2",
            "Theo dõi thi hành",
            "Công bố danh mục",
            "Báo cáo",
        ],
        [],
        letters,
    ),
    "08": (["Rà soát", "Công bố"], [], lambda draft: check_notes(draft, {"4"})),
    "09": (
        ["Rà soát", "Công bố", "Giải ngân"],
        [],
        lambda d: check_domains(d, ["Thể chế", "Thủ tục hành chính", "Tài chính công"]),
    ),
    "11": ([f"Việc {n}" for n in range(1, 77)], ["E32", "E53", "E54", "E55", "E56"], each_deadline),
    "14": ([f"Việc {n}" for n in range(1, 17)], ["F3"], budgets),
    "15": (["Rà soát văn bản\n- đợt 1\n- đợt 2", "Công bố", "Dài"], [], lists),
    "17": (["Kiểm soát thủ tục"], [], two_outputs),
    "18b": (["Rà soát văn bản quy phạm"], [], deadlines(("15/03/2025",))),
    "22b": ([], [""], anything),
    "23": (["Open contracting"], [], deadlines(("31/12/2025",))),
    "25": (["Publish budget"], [], deadlines(("31/12/2025",))),
    "28": (["Publish"], [], deadlines(("30/09/2025",))),
    "29a": (["Việc"], [], deadlines(("30/06/2025",))),
    "29c": (["Việc"], ["D2"], anything),
    "29e": (["Việc"], [], deadlines(("30/06/2025",))),
    "29g": (["Việc"], ["E2"], anything),
    "31": (["Rà soát"], [], lambda draft: check_notes(draft, {"4"})),
    "34": (["Rà soát"], [], lambda d: check_domains(d, ["Thể chế"])),
    "35-wrapped-agency-a": (["Rà soát văn bản quy phạm", "Công bố danh mục", "Niêm yết", "Việc bốn"], [], one_agency),
    "36": ([], [""], anything),
    "37": (["Rà soát", "Công bố"], [], of_sheets("Phụ lục")),
    "38": (["Rà soát văn bản", "Công bố", "Niêm yết"], [], page_breaks),
    "40": (["Rà soát", "Công bố"], [], section_leads),
    "43": (["Rà soát"], [], of_sheets("2025")),
    "44": (["Rà soát", "Rà soát"], [], lambda draft: check_notes(draft, {"B4"})),
    "46": ([*THREE, "Kiểm tra"], [], dittos),
    "48": (["Rà soát", "Đề án A", "Đề án B"], [], two_tables),
    "49": (["Decree in force", "Portal online"], [], deadlines(("30/06/2026",), ("31/12/2025",))),
    "50": (
        ["Rà soát", "Công bố", "Báo cáo"],
        [],
        deadlines(("31/03/2025",), ("30/09/2025",), ("31/03/2025", "30/06/2025", "30/09/2025", "31/12/2025")),
    ),
    "52": ([], [""], anything),
    "53": ([*THREE, "Báo cáo", "Kiểm tra"], [], one_agency),
}
"""By file: the titles of its activities, the cells of its questions, and what else is right."""


def check_notes(draft: Draft, expected: set[str]) -> None:
    assert expected == notes(draft)


def check_domains(draft: Draft, expected: list[str]) -> None:
    assert expected == [domain.title for domain in draft.domains]


@pytest.mark.parametrize("name", RIGHT)
def test_each_case_gives_its_right_answer(name: str) -> None:
    """And each of its cells stands in one place; each problem says where, what, and what to do."""
    draft = read(name)
    expected, asked, check = RIGHT[name]
    assert expected == titles(draft)
    if name != "01":
        assert [*asked] == [question.cell for question in draft.questions]
    check(draft)
    assert all(problem.sheet and problem.what and problem.to_do for problem in draft.problems)
    assert {} == unaccounted(path_of(name), draft)
    assert draft == Draft.from_json(draft.to_json())


def imported(tracker: Tracker, name: str, **options: Any) -> Import:
    given = {
        "by": "a",
        "on": date(2025, 1, 2),
        "new": NEW,
        "document": Document(number="9/QĐ"),
        "lang": "en",
        **options,
    }
    return import_appendix(tracker, path_of(name), "p", **given)


def test_a_rewrapped_appendix_amends_nothing() -> None:
    """Nor does a name in another spelling."""
    with Tracker() as tracker:
        assert 5 == len(imported(tracker, "35-wrapped-agency-a").records)
        again = imported(tracker, "35-wrapped-agency-b", on=date(2025, 3, 1))
        assert ((), True) == (again.events, again.is_accepted)


@pytest.mark.parametrize("name", RIGHT)
def test_nothing_is_recorded_while_there_is_a_question(name: str) -> None:
    """And whatever has none is recorded, once."""
    with Tracker() as tracker:
        result = imported(tracker, name)
        assert bool(result.records) == (not read(name).questions)
        assert imported(tracker, name).events == () or not result.records


def test_a_title_that_is_left_out_is_asked_what_becomes_of_its_tasks() -> None:
    """Only the title, or its tasks as well; which they are."""
    draft = read("40", leave=["Phụ lục!4"])
    [question] = draft.questions
    assert ("4", ("leave_heading", "leave_tasks")) == (question.cell, question.choices)
    assert "“Cải cách thể chế”" in question.what
    kept = read("40", answers=Answers(rows={"Phụ lục!4": "leave_heading"}))
    assert ((), ["1", "1"]) == (kept.questions, [row.domain for row in kept.activities])
    without = read("40", answers=Answers(rows={"Phụ lục!4": "leave_tasks"}))
    assert ((), ["Rà soát"]) == (without.questions, titles(without))
