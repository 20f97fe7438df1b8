"""What clerks write into the workbook they are sent, and what must not be recorded as something else."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font

from reformtrack import Document, Tracker
from reformtrack.events import (
    ActivityCompleted,
    ActivityReassigned,
    ActivityScheduled,
    CompletionReturned,
    RecordRetracted,
)
from reformtrack.exchange.agency_workbook import agency_workbook, import_agency_workbook
from reformtrack.exchange.agency_workbook.answering import _name
from reformtrack.exchange.agency_workbook.returning import Returned
from tests.faces.worlds import several
from tests.support import adopted, day, scheduled

pytestmark = pytest.mark.slow

LEAD, DONE, PROGRESS = "Sở Tư pháp", "đã hoàn thành", "chỉ báo cáo tiến độ"
ON = date(2023, 6, 20)
QUARTERS = several("hằng quý", *(day(text) for text in ("3-31", "6-30", "9-30", "12-31")))
Filled = Mapping[str, Any]


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    with Tracker() as tracker:
        tracker.record(
            adopted(confirmation_required=True),
            scheduled("p/1", domain="1", lead=LEAD, title="Việc một"),
            scheduled("p/2", domain="1", lead=LEAD, title="Việc hai", deadline=QUARTERS),
            by="a",
        )
        yield tracker


def filled(tracker: Tracker, path: Path, *cells: Filled, sent: bytes = b"") -> Path:
    """The workbook that was sent, with these cells by the letters of their columns, a mapping a row from the first on."""
    path.write_bytes(sent or agency_workbook(tracker.plan("p"), LEAD))
    book = openpyxl.load_workbook(path)
    sheet: Any = book.worksheets[0]
    for row, values in enumerate(cells, 6):
        for column, value in values.items():
            sheet[f"{column}{row}"] = value
    book.save(path)
    return path


def taken(tracker: Tracker, path: Path, *cells: Filled) -> Returned:
    return import_agency_workbook(tracker, filled(tracker, path, *cells), lead=LEAD, by="b")


def wrong(found: Returned) -> list[str]:
    return [problem.cell for problem in found.problems if problem.is_error]


def test_obstacles_of_one_day_stand_together(tracker: Tracker, tmp_path: Path) -> None:
    """Each occurrence of a task has a row of its own: one without obstacles does not end those of another."""
    rows: list[Filled] = [
        {},
        {"H": PROGRESS, "I": ON, "J": "đang làm", "K": "Thiếu kinh phí"},
        {"H": PROGRESS, "I": ON, "J": "chưa làm"},
        {"H": PROGRESS, "I": ON, "J": "chưa làm", "K": "Thiếu người"},
    ]
    assert [] == wrong(taken(tracker, tmp_path / "a.xlsx", *rows))
    assert "Thiếu kinh phí; Thiếu người" == tracker.plan("p").activity("2").obstacles


@pytest.mark.parametrize(
    "text",
    [
        "Không có khó khăn, vướng mắc",
        "Không có vướng mắc",
        "Chưa phát sinh",
        "không có gì",
        "Không phát sinh khó khăn",
        "0",
    ],
)
def test_that_there_are_no_obstacles_is_none(text: str, tracker: Tracker, tmp_path: Path) -> None:
    found = taken(tracker, tmp_path / "a.xlsx", {"H": PROGRESS, "I": ON, "J": "đang làm", "K": text})
    assert ([], "") == (wrong(found), tracker.plan("p").activity("1").obstacles)


def test_that_obstacles_are_over_can_be_all_that_is_said(tracker: Tracker, tmp_path: Path) -> None:
    taken(tracker, tmp_path / "a.xlsx", {"H": PROGRESS, "I": day("6-1"), "K": "Thiếu người"})
    found = taken(tracker, tmp_path / "b.xlsx", {"H": PROGRESS, "I": ON, "K": "Không"})
    assert ([], 1, "") == (wrong(found), len(found.records), tracker.plan("p").activity("1").obstacles)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        *(("L", text) for text in ("chưa có", "Chưa", "Đang trình ký", "dự thảo", "gửi sau", "x", "có", "?", "ko có")),
        *(("N", text) for text in ("chưa có", "gửi sau", "?", "x")),
        *(("L", text) for text in ("12/BC-STP, 13/BC-STP", "12/BC-STP và 13/BC-STP", "12/BC-STP + 13/BC-STP", "12,13/BC-STP")),
        *(("L", text) for text in ("12/BC-STP 13/BC-STP", "Quyết định số 12/QĐ-UBND", date(2023, 6, 12))),
        *(("L", text) for text in ("5/6/2023", "đạt 100%", "3/5 xã")),
        ("J", date(2023, 2, 1)),
    ],
)  # fmt: skip
def test_what_is_no_document_is_named(cell: str, text: object, tracker: Tracker, tmp_path: Path) -> None:
    """Nothing of the row is recorded, and it can be put right."""
    found = taken(tracker, tmp_path / "a.xlsx", {"H": DONE, "I": ON, cell: text})
    assert ([f"{cell}6"], ()) == (wrong(found), found.records)


@pytest.mark.parametrize(
    "number", ["12/BC-STP", "TB-12", "1234", "12/2023/QĐ-UBND", "45-KH/TU", "12/BC-SLĐTB&XH", "123/SGD&ĐT-VP"]
)
def test_a_number_of_a_document_is_recorded(number: str, tracker: Tracker, tmp_path: Path) -> None:
    assert [] == wrong(taken(tracker, tmp_path / "a.xlsx", {"H": DONE, "I": ON, "L": number}))
    assert (Document(number=number),) == tracker.plan("p").activity("1").state.evidence


@pytest.mark.parametrize("number", ["Số: 12/BC-STP", "số 12/BC-STP", "12/BC-STP;", "12/BC-STP, "])
def test_the_word_for_a_number_is_no_part_of_it(number: str, tracker: Tracker, tmp_path: Path) -> None:
    assert [] == wrong(taken(tracker, tmp_path / "a.xlsx", {"H": DONE, "I": ON, "L": number}))
    assert (Document(number="12/BC-STP"),) == tracker.plan("p").activity("1").state.evidence


def test_a_row_of_work_that_was_scheduled_anew_is_refused(tracker: Tracker, tmp_path: Path) -> None:
    """The id means other work now."""
    path = filled(tracker, tmp_path / "a.xlsx", {"H": DONE, "I": ON})
    tracker.record(
        RecordRetracted("p/1", version=1, reason="Nhầm"),
        ActivityScheduled(
            "p/1", on=day("1-2"), domain="1", title="Việc khác hẳn", lead=LEAD, deadline=several("thường xuyên")
        ),
        by="a",
    )
    found = import_agency_workbook(tracker, path, lead=LEAD, by="b")
    assert (1, ()) == (len(wrong(found)), found.records)


def test_what_was_sent_back_is_not_said_to_be_on_record(tracker: Tracker, tmp_path: Path) -> None:
    """The same words again: that the completion was returned, or its record taken back, is named."""
    first = taken(tracker, tmp_path / "a.xlsx", {"H": DONE, "I": ON, "L": "12/BC"})
    assert 1 == len(first.records)
    tracker.record(CompletionReturned("p/1", on=day("7-1"), reason="Thiếu biên bản"), by="a")
    again = taken(tracker, tmp_path / "b.xlsx", {"H": DONE, "I": ON, "L": "12/BC"})
    assert ([], (), ()) == (wrong(again), again.records, again.taken)
    assert "Thiếu biên bản" in again.problems[0].what


def test_a_report_that_was_taken_back_is_not_said_to_be_on_record(tracker: Tracker, tmp_path: Path) -> None:
    sent = filled(tracker, tmp_path / "a.xlsx", {"H": PROGRESS, "I": ON, "J": "đang làm"})
    import_agency_workbook(tracker, sent, lead=LEAD, by="b")
    tracker.record(RecordRetracted("p/1", version=2, reason="Gửi nhầm"), by="a")
    again = import_agency_workbook(tracker, sent, lead=LEAD, by="b")
    assert ([], ()) == (wrong(again), again.taken)
    assert "Gửi nhầm" in again.problems[0].what


def test_days_may_be_swapped_where_another_cell_has_the_month_first(tracker: Tracker, tmp_path: Path) -> None:
    """A day that Excel made of 6/5 in an American file too."""
    rows: list[Filled] = [{"H": DONE, "I": "6/20/2023"}, {"H": PROGRESS, "I": date(2023, 5, 6), "J": "đang làm"}]
    found = taken(tracker, tmp_path / "a.xlsx", *rows)
    assert (["I6", "I7"], ()) == (sorted(wrong(found)), found.records)


def test_what_is_struck_out_is_not_recorded_and_remarks_are_told(tracker: Tracker, tmp_path: Path) -> None:
    path = filled(tracker, tmp_path / "a.xlsx", {"H": DONE, "I": ON}, {"H": PROGRESS, "I": ON, "J": "đang làm"})
    book = openpyxl.load_workbook(path)
    sheet: Any = book.worksheets[0]
    sheet["H6"].font = Font(strike=True)
    sheet["H7"].comment = Comment("Chưa có văn bản", "An")
    book.save(path)
    found = import_agency_workbook(tracker, path, lead=LEAD, by="b")
    assert ["H6"] == wrong(found)
    assert "Chưa có văn bản" in " ".join(problem.what for problem in found.problems if problem.cell == "H7")


def test_more_evidence_of_a_completion_is_filed(tracker: Tracker, tmp_path: Path) -> None:
    """Another document than the one that came with it."""
    taken(tracker, tmp_path / "a.xlsx", {"H": DONE, "I": ON, "L": "12/BC"})
    found = taken(tracker, tmp_path / "b.xlsx", {"H": DONE, "I": ON, "L": "13/BC"})
    assert ([], 1) == (wrong(found), len(found.records))
    assert {"12/BC", "13/BC"} == {document.number for document in tracker.plan("p").activity("1").state.evidence}


def test_evidence_that_was_sent_back_is_not_filed_again(tracker: Tracker, tmp_path: Path) -> None:
    """And a cell that was emptied stops no other row."""
    taken(tracker, tmp_path / "a.xlsx", {"H": DONE, "I": ON, "L": "12/BC"})
    emptied = taken(tracker, tmp_path / "b.xlsx", {"H": DONE, "I": ON}, {"H": PROGRESS, "I": ON, "J": "đang làm"})
    assert (["H6"], 1) == (wrong(emptied), len(emptied.records))
    tracker.record(CompletionReturned("p/1", on=day("7-1"), reason="12/BC không đúng"), by="a")
    found = taken(tracker, tmp_path / "c.xlsx", {"H": DONE, "I": day("7-2"), "L": "13/BC"})
    assert [] == wrong(found)
    assert ["13/BC"] == [one.number for record in found.records for one in getattr(record.event, "evidence", ())]


def test_a_long_cell_of_signs_is_read_in_time(tracker: Tracker, tmp_path: Path) -> None:
    taken(tracker, tmp_path / "a.xlsx", {"H": DONE, "I": ON, "N": "?" * 20_000 + "a", "L": "1" * 20_000})


def test_a_note_beside_the_table_says_that_its_row_is_not_recorded(tracker: Tracker, tmp_path: Path) -> None:
    found = taken(tracker, tmp_path / "a.xlsx", {"H": DONE, "I": ON, "Q": "gửi kèm bản giấy"})
    [problem] = found.problems
    assert ((), "Q6") == (found.records, problem.cell)
    assert "dòng này chưa được ghi" in problem.what


def test_sheets_of_long_names_get_names_of_their_own() -> None:
    names: set[str] = set()
    made = [_name(name, names) for name in ("A" * 27 + " 4", "A" * 31, "A" * 31 + "B", "A" * 27 + " 2", "A" * 40)]
    assert len(made) == len(set(made)) == len(names)
    assert all(len(name) <= 31 for name in made)


def test_completed_by_the_monitor_is_as_before(tracker: Tracker, tmp_path: Path) -> None:
    """What somebody else recorded meanwhile in other words is refused as before."""
    tracker.record(ActivityCompleted("p/1", on=day("6-1")), by="a")
    assert ["H6"] == wrong(taken(tracker, tmp_path / "a.xlsx", {"H": DONE, "I": ON}))


def test_what_is_wrong_is_named_by_its_own_cell(tracker: Tracker, tmp_path: Path) -> None:
    """A stop without a reason, a day before the plan, work that is another agency's now."""
    assert ["J6"] == wrong(taken(tracker, tmp_path / "a.xlsx", {"H": "tạm dừng", "I": ON}))
    assert ["I6"] == wrong(taken(tracker, tmp_path / "b.xlsx", {"H": DONE, "I": date(2022, 6, 20)}))
    path = filled(tracker, tmp_path / "c.xlsx", {"H": DONE, "I": ON})
    tracker.record(ActivityReassigned("p/1", on=day("6-1"), lead="Sở Nội vụ"), by="a")
    [problem] = import_agency_workbook(tracker, path, lead=LEAD, by="b").problems
    assert "Sở Nội vụ" in problem.what


def test_rows_of_one_activity_are_recorded_in_the_order_of_their_days(tracker: Tracker, tmp_path: Path) -> None:
    """Whatever the order of the rows is; so nothing is left for the same file, the second time."""
    rows: list[Filled] = [
        {},
        {"H": "tiếp tục thực hiện", "I": day("6-1")},
        {"H": "tạm dừng", "I": day("5-1"), "J": "Chờ hướng dẫn"},
    ]
    found = taken(tracker, tmp_path / "a.xlsx", *rows)
    assert ([], 2) == (wrong(found), len(found.records))
