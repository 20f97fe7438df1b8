"""
What an agency may do to its workbook: each cell that it filled in is recorded where it was meant, or named.

What it meant a cell for is read from the sheet as a person sees it: the heading above, and the code, title and due day beside.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import attrs
import openpyxl
import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from reformtrack import Deadline, Tracker
from reformtrack.answers import ProgressStatus
from reformtrack.domain.errors import SheetFileError
from reformtrack.domain.wording import Lang
from reformtrack.events import (
    ActivityCompleted,
    ActivityReassigned,
    ActivityRescheduled,
    ActivityRevised,
    ActivityScheduled,
    ActivityStarted,
    CompletionReturned,
    RecordRetracted,
)
from reformtrack.exchange.agency_workbook import (
    Returned,
    agency_workbook,
    answer_agency_workbook,
    import_agency_workbook,
)
from reformtrack.testing import strategies
from tests.support import JUNE, QUARTERS, REGULAR, adopted, day, scheduled

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("in_this_process")]

LEAD, OTHER = "Sở Tư pháp", "Sở Nội vụ"
START, DONE, STOP, GO_ON, REPORT = (
    "bắt đầu thực hiện",
    "đã hoàn thành",
    "tạm dừng",
    "tiếp tục thực hiện",
    "chỉ báo cáo tiến độ",
)
NAMES = {
    START: ("ActivityStarted",),
    DONE: ("ActivityCompleted", "OccurrenceCompleted"),
    STOP: ("ActivitySuspended",),
    GO_ON: ("ActivityResumed",),
    REPORT: ("ProgressReported",),
}
UPDATE, DAY, EVIDENCE_DAY = "Cập nhật tình trạng", "Ngày thực hiện", "Tài liệu kiểm chứng: ngày"
FIELDS = (
    "Kết quả, hoặc lý do",
    "Khó khăn, vướng mắc",
    "Tài liệu kiểm chứng: số, ký hiệu",
    "Tài liệu kiểm chứng: trích yếu",
    "Tài liệu kiểm chứng: cơ quan ban hành",
)
WIDTH = 15


def plan_of(deadline: Deadline = QUARTERS) -> Tracker:
    """Three activities of one lead, the last of them recurring, and one of another."""
    tracker = Tracker()
    of = [scheduled(f"p/{code}", title=f"Nhiệm vụ số {code}") for code in (1, 2)]
    recurring = scheduled("p/3", title="Báo cáo", deadline=deadline)
    tracker.record(adopted(), *of, recurring, scheduled("p/9", lead=OTHER), by="a")
    return tracker


@pytest.fixture
def tracker() -> Tracker:
    return plan_of()


@pytest.fixture
def path(tracker: Tracker, tmp_path: Path) -> Path:
    """The workbook as it was sent: rows 6 and 7 of p/1 and p/2, rows 8 and 9 of the occurrences of p/3."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(agency_workbook(tracker.plan("p"), LEAD))
    return path


def returned(tracker: Tracker, path: Path, edit: Callable[[Any], object]) -> Returned:
    """What is answered to a workbook of which the first sheet was edited."""
    book = openpyxl.load_workbook(path)
    edit(book.worksheets[0])
    book.save(path)
    return import_agency_workbook(tracker, path, lead=LEAD, by="b")


def fill(sheet: Any, row: int, *values: Any) -> Any:
    """The sheet with the cells of a row filled in, from the column of updates on."""
    for column, value in enumerate(values, 8):
        sheet.cell(row, column).value = value
    return sheet


def cells(found: Returned) -> list[str]:
    return [problem.cell for problem in found.problems]


def streams(found: Returned) -> list[str]:
    return [record.stream for record in found.records]


def exchange(sheet: Any, one: int, other: int, columns: range = range(1, WIDTH + 1)) -> Any:
    """The sheet with the contents of two rows exchanged."""
    for column in columns:
        exchange_cells(sheet.cell(one, column), sheet.cell(other, column))
    return sheet


def exchange_cells(one: Any, other: Any) -> None:
    one.value, other.value = other.value, one.value


def exchange_columns(sheet: Any, one: int, other: int) -> None:
    """Exchange two whole columns, headings included."""
    for row in range(5, sheet.max_row + 1):
        exchange_cells(sheet.cell(row, one), sheet.cell(row, other))


MOVES: dict[str, Callable[[Any], object]] = {
    "an empty row above is deleted": lambda sheet: sheet.delete_rows(4),
    "three rows above are deleted": lambda sheet: sheet.delete_rows(2, 3),
    "rows are inserted above": lambda sheet: sheet.insert_rows(1, 3),
    "the headings are sorted along": lambda sheet: exchange(sheet, 5, 6),
    "rows are sorted": lambda sheet: exchange(exchange(sheet, 6, 9), 7, 8),
    "a column is inserted before": lambda sheet: sheet.insert_cols(1),
    "a column is inserted within": lambda sheet: sheet.insert_cols(9),
    "the days are exchanged": lambda sheet: exchange_columns(sheet, 9, 13),
    "result and obstacles are exchanged": lambda sheet: exchange_columns(sheet, 10, 11),
    "the sheet is renamed": lambda sheet: setattr(sheet, "title", "Của Sở"),
    "the column of ids is shown": lambda sheet: setattr(sheet.column_dimensions["A"], "hidden", False),
    "rows are hidden": lambda sheet: setattr(sheet.row_dimensions[7], "hidden", True),
    "the protection is taken off": lambda sheet: setattr(sheet.protection, "sheet", False),
    "an id has spaces around it": lambda sheet: setattr(sheet["A6"], "value", " p/1 \u00a0"),
    "a due day is a text": lambda sheet: setattr(sheet["F8"], "value", "20.3.2023"),
    "a row is given twice": lambda sheet: [sheet.append([cell.value for cell in row]) for row in [*sheet.rows][5:9]],
}


@pytest.mark.parametrize("move", MOVES)
def test_a_table_is_read_wherever_its_rows_and_columns_stand(move: str, tracker: Tracker, path: Path) -> None:
    """By its headings and ids; nothing that was filled in is lost, or recorded for something else."""

    def edit(sheet: Any) -> None:
        fill(sheet, 6, DONE, date(2023, 6, 20), "Xong", "Thiếu người", "45/BC", date(2023, 7, 15), "Báo cáo")
        fill(sheet, 7, START, date(2023, 2, 1))
        fill(sheet, 9, DONE, date(2023, 6, 18))
        MOVES[move](sheet)

    found = returned(tracker, path, edit)
    assert () == found.problems
    said: dict[tuple[str, str], Any] = {(r.stream, type(r.event).__name__): r.event for r in found.records}
    assert {
        ("p/1", "ProgressReported"),
        ("p/1", "ActivityCompleted"),
        ("p/2", "ActivityStarted"),
        ("p/3", "OccurrenceCompleted"),
    } == said.keys()
    assert 4 == len(found.records)
    completed = said["p/1", "ActivityCompleted"]
    [evidence] = completed.evidence
    assert (date(2023, 6, 20), "Xong") == (completed.on, completed.note)
    assert ("45/BC", date(2023, 7, 15), "Báo cáo") == (evidence.number, evidence.date, evidence.title)
    assert "Thiếu người" == said["p/1", "ProgressReported"].obstacles
    assert date(2023, 6, 20) == said["p/3", "OccurrenceCompleted"].occurrence


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_named(state: str, tracker: Tracker, path: Path) -> None:
    """In the answer too; what was filled in in it is not recorded."""

    def edit(sheet: Any) -> None:
        fill(sheet, 6, DONE, date(2023, 6, 20))
        copy = sheet.parent.copy_worksheet(sheet)
        copy.title, copy.sheet_state = "Bản sao", state
        fill(copy, 7, DONE, date(2023, 6, 20))

    found = returned(tracker, path, edit)
    assert ([("Bản sao", "A1")], ["p/1"]) == ([(p.sheet, p.cell) for p in found.problems], streams(found))
    answer = openpyxl.load_workbook(BytesIO(answer_agency_workbook(path, found)))
    assert "trang tính bị ẩn" in str(answer["Bản sao"]["A1"].value)


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        (lambda sheet: setattr(sheet["I5"], "value", "Ngày làm"), "Ngày thực hiện"),
        (lambda sheet: setattr(sheet["M5"], "value", "Ngày thực hiện"), "Ngày thực hiện, Tài liệu kiểm chứng: ngày"),
        (lambda sheet: setattr(sheet["P5"], "value", "Khó khăn, vướng mắc"), "Khó khăn"),
        (lambda sheet: sheet.delete_cols(11), "Khó khăn"),
        (lambda sheet: setattr(sheet["A5"], "value", None), "id"),
        (lambda sheet: sheet.delete_rows(5), "Kết quả, hoặc lý do"),
    ],
)
def test_a_heading_that_is_missing_doubled_or_changed_is_named(
    edit: Callable[[Any], object], named: str, tracker: Tracker, path: Path
) -> None:
    """And nothing of the file is recorded."""
    position = tracker.log.position()
    with pytest.raises(SheetFileError, match=named):
        returned(tracker, path, lambda sheet: edit(fill(sheet, 6, DONE, date(2023, 6, 20))))
    assert position == tracker.log.position()


def test_a_sheet_in_english_is_read(tracker: Tracker, tmp_path: Path) -> None:
    """Whatever language is answered in."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(agency_workbook(tracker.plan("p"), LEAD, "en"))
    found = returned(tracker, path, lambda sheet: fill(sheet, 6, "completed", date(2023, 6, 20)))
    assert ((), ["p/1"]) == (found.problems, streams(found))


def test_each_copy_of_the_sheet_is_read(tracker: Tracker, path: Path) -> None:
    """A row that two of them fill in differently is named in both; one that they fill in alike is recorded once."""

    def edit(sheet: Any) -> None:
        fill(sheet, 6, DONE, date(2023, 6, 20))
        fill(sheet, 7, START, date(2023, 2, 1))
        copy = sheet.parent.copy_worksheet(sheet)
        copy.title = "Bản sao"
        fill(copy, 6, DONE, date(2023, 6, 21))
        fill(copy, 9, DONE, date(2023, 6, 18))

    found = returned(tracker, path, edit)
    assert [("Cập nhật", "H6"), ("Bản sao", "H6")] == [(p.sheet, p.cell) for p in found.problems]
    assert ["p/2", "p/3"] == streams(found)


def test_a_sheet_without_the_mark_is_named(tracker: Tracker, path: Path) -> None:
    """When there is something in it."""

    def edit(sheet: Any) -> None:
        fill(sheet, 6, DONE, date(2023, 6, 20))
        sheet.parent.create_sheet("Trống")
        sheet.parent.create_sheet("Ghi chú")["B3"] = "Việc 2 đã xong"
        sheet.parent.create_sheet("Số")["C1"] = 0
        sheet.parent.create_sheet("Công thức")["D1"] = "=1+1"

    found = returned(tracker, path, edit)
    places = [("Ghi chú", "B3"), ("Số", "C1"), ("Công thức", "D1")]
    assert (places, ["p/1"]) == ([(p.sheet, p.cell) for p in found.problems], streams(found))


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        (lambda sheet: exchange(sheet, 8, 9, range(6, 7)), ["F8", "F9"]),
        (lambda sheet: setattr(sheet["F8"], "value", "20/6/2023"), ["F8"]),
        (lambda sheet: setattr(sheet["F8"], "value", None), ["F8"]),
        (lambda sheet: setattr(sheet["B8"], "value", "4"), ["B8"]),
        (lambda sheet: setattr(sheet["C8"], "value", "Nhiệm vụ khác"), ["C8"]),
        (lambda sheet: setattr(sheet["A8"], "value", "p/3"), ["B8"]),
        (lambda sheet: setattr(sheet["A8"], "value", "p/3 2023-06-20"), ["F8"]),
        (lambda sheet: exchange(sheet, 8, 9, range(2, 15)), ["F8", "F9"]),
    ],
)
def test_a_row_whose_id_disagrees_with_what_is_shown_is_refused(
    edit: Callable[[Any], object], named: list[str], tracker: Tracker, path: Path
) -> None:
    """The due day too: it says which occurrence of a recurring activity was done."""
    found = returned(tracker, path, lambda sheet: edit(fill(sheet, 8, DONE, date(2023, 3, 18))))
    assert (named, []) == (cells(found), streams(found))


def test_a_row_of_an_occurrence_completes_no_activity(tracker: Tracker, path: Path) -> None:
    """When the deadline does not recur any more."""
    tracker.record(ActivityRescheduled("p/3", on=day("2-1"), deadline=JUNE), by="a")
    found = returned(tracker, path, lambda sheet: fill(sheet, 8, DONE, date(2023, 3, 18)))
    assert (["H8"], []) == (cells(found), streams(found))


@pytest.mark.parametrize("place", ["B30", "A30", "C12", "Q40", "P5", "G6", "E6", "D7", "B3", "D2", "P6"])
@pytest.mark.parametrize("value", ["Đã xong", True, 0, "=1+1"])
def test_what_is_written_outside_the_yellow_cells_is_named(
    place: str, value: object, tracker: Tracker, path: Path
) -> None:
    """Whatever it is, in rows that are filled in and in others."""

    def edit(sheet: Any) -> None:
        fill(sheet, 7, START, date(2023, 2, 1))
        sheet[place] = value

    assert [place] == cells(returned(tracker, path, edit))


@pytest.mark.parametrize("area", ["H6:H7", "J6:J7", "J6:K6", "H6:I7", "N6:N7"])
def test_what_stands_in_merged_cells_is_named(area: str, tracker: Tracker, path: Path) -> None:
    """Whose it is nobody can say: Excel moves it to the first cell."""

    def edit(sheet: Any) -> None:
        fill(sheet, 6, REPORT, date(2023, 6, 20), "Đang làm", None, None, None, "Báo cáo")
        sheet.merge_cells(area)

    found = returned(tracker, path, edit)
    assert area.split(":")[0] in cells(found)
    assert [] == streams(found)


def test_rows_of_other_workbooks_are_named(tracker: Tracker, path: Path, tmp_path: Path) -> None:
    """Of another agency, and of another plan."""
    tracker.record(adopted("q"), scheduled("q/1", lead=LEAD), by="a")

    def edit(sheet: Any) -> None:
        for plan, lead in (("p", OTHER), ("q", LEAD)):
            (tmp_path / "b.xlsx").write_bytes(agency_workbook(tracker.plan(plan), lead))
            other = openpyxl.load_workbook(tmp_path / "b.xlsx").worksheets[0]
            fill(other, 6, DONE, date(2023, 6, 20))
            sheet.append([cell.value for cell in other[6]])

    found = returned(tracker, path, edit)
    assert (["B10", "B11"], []) == (cells(found), streams(found))


def test_a_workbook_of_two_plans_is_recorded_for_both(tracker: Tracker, path: Path, tmp_path: Path) -> None:
    """Each sheet says which plan it is of."""
    tracker.record(adopted("q"), scheduled("q/1", lead=LEAD), by="a")
    (tmp_path / "b.xlsx").write_bytes(agency_workbook(tracker.plan("q"), LEAD))
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(tmp_path / "b.xlsx").worksheets[0].rows]

    def edit(sheet: Any) -> None:
        other = sheet.parent.create_sheet("Q")
        for row in rows:
            other.append(row)
        for each in (sheet, other):
            fill(each, 6, DONE, date(2023, 6, 20))

    found = returned(tracker, path, edit)
    assert ((), ["p/1", "q/1"]) == (found.problems, streams(found))


def test_a_workbook_of_another_log_is_refused(tracker: Tracker, path: Path) -> None:
    """One that was made of more than this log has."""
    tracker.record(ActivityRevised("p/1", on=day("2-1"), title="Việc khác"), by="a")
    path.write_bytes(agency_workbook(tracker.plan("p"), LEAD))
    with plan_of() as other, pytest.raises(SheetFileError, match="another log"):
        returned(other, path, lambda sheet: fill(sheet, 6, DONE, date(2023, 6, 20)))


def test_what_was_changed_since_the_workbook_was_sent_does_not_lose_a_row(tracker: Tracker, path: Path) -> None:
    """What was completed since, or has another lead, is named; what was revised is recorded."""
    tracker.record(
        ActivityRevised("p/1", on=day("2-1"), title="Việc khác", output="Báo cáo"),
        ActivityRescheduled("p/1", on=day("2-1"), deadline=REGULAR),
        ActivityCompleted("p/2", on=day("2-1")),
        ActivityReassigned("p/3", on=day("2-1"), lead=OTHER),
        by="a",
    )
    found = returned(tracker, path, lambda sheet: [fill(sheet, row, DONE, date(2023, 3, 18)) for row in range(6, 10)])
    assert (["B8", "B9", "C6", "H7"], ["p/1"]) == (sorted(cells(found)), streams(found))


def test_what_stands_on_record_is_not_recorded_again(tracker: Tracker, path: Path) -> None:
    """A workbook that is filled in further and sent again: by the content of the row, whoever recorded it."""
    first = returned(tracker, path, lambda sheet: fill(sheet, 6, REPORT, date(2023, 3, 1), "Đang làm"))
    found = returned(tracker, path, lambda sheet: fill(sheet, 6, REPORT, date(2023, 3, 1), "Đang làm", None, "12/BC"))
    assert (first.records, ["EvidenceFiled"]) == (found.earlier, [type(r.event).__name__ for r in found.records])
    history = ["ActivityScheduled", "ProgressReported", "EvidenceFiled"]
    assert history == [type(record.event).__name__ for record in tracker.log.history("p/1")]
    again = import_agency_workbook(tracker, path, lead=LEAD, by="c")
    assert ((), (*found.earlier, *found.records), ()) == (again.records, again.earlier, again.problems)


def test_evidence_that_comes_after_a_completion_is_filed(tracker: Tracker, path: Path) -> None:
    """With the completion that stands on record; sent again, it is there."""
    first = returned(tracker, path, lambda sheet: fill(sheet, 8, DONE, date(2023, 3, 18)))
    found = returned(tracker, path, lambda sheet: setattr(sheet["L8"], "value", "12/BC"))
    assert (first.records, ["EvidenceFiled"]) == (found.earlier, [type(r.event).__name__ for r in found.records])
    again = returned(tracker, path, lambda sheet: None)
    assert ((), (*first.records, *found.records)) == (again.records, again.earlier)


def test_a_completion_that_was_sent_back_is_not_recorded_again_by_the_same_row(tracker: Tracker, path: Path) -> None:
    """Only by one that says more: then it is reported complete anew, on the same day too."""
    done = returned(tracker, path, lambda sheet: fill(sheet, 6, DONE, date(2023, 3, 18), "Xong"))
    tracker.record(CompletionReturned("p/1", on=date(2023, 3, 18), reason="Thiếu tài liệu"), by="c")
    again = returned(tracker, path, lambda sheet: None)
    assert ((), done.records, (), ["H6"]) == (
        again.records,
        again.earlier,
        again.taken,
        [p.cell for p in again.problems],
    )
    found = returned(tracker, path, lambda sheet: setattr(sheet["L6"], "value", "12/BC"))
    assert ["ActivityCompleted"] == [type(record.event).__name__ for record in found.records]
    assert ProgressStatus.COMPLETED is tracker.plan("p").activity("1").status


def test_what_was_taken_back_since_the_workbook_was_sent_is_not_recorded_again(tracker: Tracker, path: Path) -> None:
    """By the same workbook; a new one may say it anew."""
    [record] = returned(tracker, path, lambda sheet: fill(sheet, 6, REPORT, date(2023, 3, 1), "Đang làm")).records
    tracker.record(RecordRetracted("p/1", version=record.version, reason="Nhầm"), by="c")
    again = returned(tracker, path, lambda sheet: None)
    assert ((), (record,)) == (again.records, again.earlier)
    path.write_bytes(agency_workbook(tracker.plan("p"), LEAD))
    found = returned(tracker, path, lambda sheet: fill(sheet, 6, REPORT, date(2023, 3, 1), "Đang làm"))
    assert (["p/1"], ()) == (streams(found), found.earlier)


def test_rows_that_say_the_same_give_one_record(tracker: Tracker, path: Path) -> None:
    """As two occurrences of which the same progress is reported."""
    found = returned(
        tracker, path, lambda sheet: [fill(sheet, row, REPORT, date(2023, 3, 1), "Đang làm") for row in (8, 9)]
    )
    assert (["p/3"], (), ()) == (streams(found), found.earlier, found.problems)


class Cell(NamedTuple):
    """A cell that an agency filled in, as somebody who looks at the sheet understands it."""

    sheet: str
    place: str
    row: int
    text: str
    heading: str
    of: str
    """The id of the row, where it agrees with all that is shown in the row; else empty."""


def text_of(value: Any) -> str:
    """A value of a cell as a text."""
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    return " ".join(str(value).split()) if value is not None else ""


def filled_in(book: Any, sent: Any) -> list[Cell]:
    """All cells of a workbook whose texts do not stand in the one that was sent, or stand where it asks for an answer."""
    table = [[text_of(cell.value) for cell in row] for row in sent.iter_rows(min_row=5)]
    given = {text_of(cell.value) for row in sent.rows for cell in row} | {""}
    found = []
    for sheet in book.worksheets:
        rows = [[text_of(cell.value) for cell in row] for row in sheet.rows]
        head: list[str] = max(rows, key=lambda row: len({*row} & {*table[0]}), default=[])
        for number, row in enumerate(rows, 1):
            by = dict(zip(head, row, strict=True))
            beside = ("Mã", "Nhiệm vụ", "Ngày đến hạn")
            whose = [line for line in table[1:] if line[0] == by.get("id")]
            agrees = [
                line for line in whose if all(dict(zip(table[0], line, strict=True))[h] == by.get(h) for h in beside)
            ]
            for column, text in enumerate(row, 1):
                of = agrees[0][0] if agrees else ""
                if text not in given or (text and of and head[column - 1] in table[0][7:WIDTH]):
                    place = f"{get_column_letter(column)}{number}"
                    found.append(Cell(sheet.title, place, number, text, head[column - 1], of))
    return found


def said(events: list[Any]) -> Iterator[tuple[str, str, str]]:
    """(id of the row, heading, text) of each thing that events say."""
    for made in events:
        of = f"{made.subject} {made.occurrence}" if hasattr(made, "occurrence") else made.subject
        yield from ((of, FIELDS[0], text) for name in ("note", "reason") if (text := getattr(made, name, "")))
        if text := getattr(made, "obstacles", ""):
            yield of, FIELDS[1], text
        for document in getattr(made, "evidence", ()):
            yield of, FIELDS[2], document.number
            yield of, FIELDS[3], document.title
            yield of, FIELDS[4], document.issuer
            yield of, EVIDENCE_DAY, text_of(document.date)
        yield of, DAY, text_of(made.on)
        yield from ((of, UPDATE, words) for words, names in NAMES.items() if type(made).__name__ in names)


FOUR = Deadline.parse("20/3; 20/6; 20/9; 20/12", 2023)
ROWS = st.integers(6, 11)
"""Those of the activities, as they were sent: two, and four of the occurrences of a third."""
YELLOW = st.integers(8, WIDTH)
PLACES = st.tuples(st.integers(2, 4) | ROWS | st.integers(12, 14), st.integers(1, 17))
"""(row, column), some of them beside the table."""
EDITS: dict[str, tuple[st.SearchStrategy[Any], Callable[..., object]]] = {
    "delete a row above": (st.integers(2, 4), lambda sheet, row: sheet.delete_rows(row)),
    "delete a row": (ROWS, lambda sheet, row: sheet.delete_rows(row)),
    "insert a row": (st.integers(1, 10), lambda sheet, row: sheet.insert_rows(row)),
    "delete a column": (st.integers(1, 17), lambda sheet, column: sheet.delete_cols(column)),
    "insert a column": (st.integers(1, 15), lambda sheet, column: sheet.insert_cols(column)),
    "exchange rows": (st.tuples(ROWS | st.just(5), ROWS), lambda sheet, rows: exchange(sheet, *rows)),
    "exchange rows in part": (
        st.tuples(ROWS, ROWS, st.integers(2, 7)),
        lambda sheet, at: exchange(sheet, at[0], at[1], range(at[2], WIDTH + 1)),
    ),
    "exchange columns": (
        st.tuples(st.integers(1, 14) | YELLOW, YELLOW),
        lambda sheet, columns: exchange_columns(sheet, *columns),
    ),
    "exchange cells": (
        st.tuples(PLACES, PLACES),
        lambda sheet, places: exchange_cells(sheet.cell(*places[0]), sheet.cell(*places[1])),
    ),
    "write a note": (PLACES, lambda sheet, place: setattr(sheet.cell(*place), "value", f"ghi chú {place}")),
    "write a formula": (PLACES, lambda sheet, place: setattr(sheet.cell(*place), "value", "=1+1")),
    "empty a cell": (PLACES, lambda sheet, place: setattr(sheet.cell(*place), "value", None)),
    "copy a row": (
        st.tuples(ROWS, st.none() | st.integers(8, 14)),
        lambda sheet, at: copy_row(sheet, *at),
    ),
    "copy the sheet": (
        st.none() | PLACES,
        lambda sheet, place: copy_sheet(sheet, place),
    ),
    "paste into a new sheet": (ROWS, lambda sheet, row: paste(sheet, row)),
    "merge cells": (
        st.tuples(ROWS, st.integers(7, 14), st.integers(0, 1), st.integers(0, 1)),
        lambda sheet, at: merge(sheet, *at),
    ),
    "put spaces into an id": (
        ROWS,
        lambda sheet, row: setattr(sheet.cell(row, 1), "value", f" {sheet.cell(row, 1).value} "),
    ),
    "hide a row": (ROWS, lambda sheet, row: setattr(sheet.row_dimensions[row], "hidden", True)),
    "rename the sheet": (st.just(0), lambda sheet, _: setattr(sheet, "title", "Trang của tôi")),
    "take the protection off": (st.just(0), lambda sheet, _: setattr(sheet.protection, "sheet", False)),
}


def copy_row(sheet: Any, row: int, column: int | None) -> None:
    """A row once more at the end, perhaps with a cell of its own."""
    sheet.append([cell.value for cell in sheet[row]])
    if column is not None:
        sheet.cell(sheet.max_row, column).value = f"riêng {column}"


def copy_sheet(sheet: Any, place: tuple[int, int] | None) -> None:
    copy = sheet.parent.copy_worksheet(sheet)
    if place is not None:
        copy.cell(*place).value = "của bản sao"


def paste(sheet: Any, row: int) -> None:
    sheet.parent.create_sheet().append([cell.value for cell in sheet[row]])


def merge(sheet: Any, row: int, column: int, down: int, right: int) -> None:
    """As Excel merges: the first cell that has something gives the area its value, the others lose theirs."""
    if not sheet.merged_cells.ranges:
        area = [sheet.cell(row + below, column + beside) for below in range(down + 1) for beside in range(right + 1)]
        area[0].value = next((cell.value for cell in area if cell.value is not None), None)
        sheet.merge_cells(start_row=row, start_column=column, end_row=row + down, end_column=column + right)


def mostly(values: list[Any], *others: Any) -> st.SearchStrategy[Any]:
    """One of the values, or seldom one of the others."""
    return st.sampled_from([*values * (1 + 9 * len(others) // len(values)), *others])


FILLED = st.tuples(
    mostly([START, DONE, DONE.upper(), f" {REPORT} ", STOP], None, "xong"),
    mostly(
        [date(2023, 3, 18), date(2023, 6, 21), "19/6/2023", "19-06-2023", "5.6.2023", "2023-06-05"],
        45,
        "mai",
        "6/25/2023",
    ),
    mostly([True], None),
    st.booleans(),
    st.booleans(),
    mostly([None, None, date(2023, 3, 17), date(2023, 6, 19)], "40/12/2023"),
    st.booleans(),
    st.booleans(),
)


def filled_row(sheet: Any, row: int, cells: tuple[Any, ...]) -> None:
    """Each text of it stands in this cell alone."""
    for column, value in enumerate(cells, 8):
        text = f"{get_column_letter(column)} của {sheet.cell(row, 1).value}" if value is True else value
        sheet.cell(row, column).value = text or None


@given(st.data())
def test_each_cell_is_recorded_where_it_was_meant_or_named(data: st.DataObject) -> None:
    """Whatever is done to the workbook; sent again, it records nothing more."""
    edits = st.sampled_from([*EDITS]).flatmap(lambda name: EDITS[name][0].map(lambda how: (name, how)))
    with plan_of(FOUR) as tracker, TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        path.write_bytes(agency_workbook(tracker.plan("p"), LEAD))
        sent, book = (openpyxl.load_workbook(path) for _ in range(2))
        for row, values in data.draw(st.dictionaries(ROWS, FILLED, min_size=3), "filled").items():
            filled_row(book.worksheets[0], row, values)
        drawn = data.draw(st.lists(edits, min_size=1, max_size=3), "edits")
        # Last of all: merged areas stay where they are when openpyxl moves rows and columns, unlike in Excel.
        for name, how in sorted(drawn, key=lambda edit: edit[0] == "merge cells"):
            EDITS[name][1](book.worksheets[0], how)
        if data.draw(st.booleans(), "something was recorded meanwhile"):
            tracker.record(ActivityStarted("p/1", on=day("2-1"), note="x"), by="a")
        book.save(path)
        cells = filled_in(openpyxl.load_workbook(path), sent.worksheets[0])
        before = tracker.log.position()
        try:
            found = import_agency_workbook(tracker, path, lead=LEAD, by="b")
        except SheetFileError as error:
            assert before == tracker.log.position()
            assert any(words in error.found for words in ("headings", "no workbook of an agency"))
            event("refused")
            return
        event(f"recorded: {min(len(found.records), 2)}, named: {min(len(found.problems), 2)}")
        assert_lawful(cells, found, tracker)
        position, again = tracker.log.position(), import_agency_workbook(tracker, path, lead=LEAD, by="b")
        assert ((), position) == (again.records, tracker.log.position())
        assert {*found.records} <= {*again.earlier}
        assert cells_of(found) == cells_of(again)  # a refusal may cite a record of a later row, the second time
        # The answer is the workbook once more: it has all that it had, and says no more when it comes back.
        answer = Path(folder) / "answer.xlsx"
        answer.write_bytes(answer_agency_workbook(path, again))
        assert texts_in(path) <= texts_in(answer)
        third = import_agency_workbook(tracker, answer, lead=LEAD, by="b")
        assert ((), again.earlier) == (third.records, third.earlier)
        assert len(again.problems) == len(third.problems)


def texts_in(path: Path) -> Counter[str]:
    """The texts of all cells of a workbook, but of formulas without a value, and of a day that is none (of 1900)."""
    cells = [cell.value for sheet in openpyxl.load_workbook(path) for row in sheet.rows for cell in row]
    return Counter(text for cell in cells if (text := text_of(cell)) and not text.startswith(("=", "1900-")))


def cells_of(found: Returned) -> set[tuple[str, str]]:
    return {(problem.sheet, problem.cell) for problem in found.problems}


def assert_lawful(cells: list[Cell], found: Returned, tracker: Tracker) -> None:
    """Each cell is recorded for its row under its heading, or named; and nothing is recorded that stands nowhere."""
    named = {(problem.sheet, problem.cell) for problem in found.problems}
    rows = {(problem.sheet, problem.row) for problem in found.problems}
    unread_sheets = {problem.sheet for problem in found.problems if "trang tính" in problem.what}
    recorded = set(said([record.event for record in found.records]))
    meant = set()
    for cell in cells:
        activity = cell.of.split()[0] if cell.of else ""
        text = cell.text.lower() if cell.text.lower() in NAMES else read_as_day(cell.text)
        is_recorded = {(cell.of, cell.heading, text), (activity, cell.heading, text)} & recorded
        meant |= {(cell.of, cell.heading, text), (activity, cell.heading, text)}
        if (cell.sheet, cell.place) in named or cell.sheet in unread_sheets:
            continue
        is_in_row = (cell.sheet, f"{cell.sheet}!{cell.row}") in rows
        assert is_recorded or is_in_row, cell
    # What is recorded stands in the sheet, for this row, under this heading.
    for of, heading, text in recorded:
        assert not text or (of, heading, text) in meant or heading == UPDATE, (of, heading, text)


def read_as_day(text: str) -> str:
    """A day as it is typed, in the form of a cell of days."""
    for form in ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"):
        with suppress(ValueError):
            return f"{datetime.strptime(text, form):%Y-%m-%d}"
    return text


@given(strategies.events(ActivityScheduled), strategies.texts(max_size=40), st.sampled_from(["vi", "en"]))
def test_a_workbook_that_comes_back_as_it_was_sent_differs_in_nothing(
    made: ActivityScheduled, title: str, lang: Lang
) -> None:
    """Whatever its texts are, and whichever software saved it."""
    schedule = attrs.evolve(made, subject="p/1", domain="1", on=day("2-1"), document=None, lead=made.lead or "Sở X")
    lead = schedule.leads[0]
    with Tracker() as tracker, TemporaryDirectory() as folder:
        tracker.record(adopted(title=title or "x"), schedule, by="a")
        path = Path(folder) / "a.xlsx"
        path.write_bytes(agency_workbook(tracker.plan("p"), lead, lang))
        for _ in range(2):
            found = import_agency_workbook(tracker, path, lead=lead, by="b")
            assert ((), ()) == (found.problems, found.records)
            openpyxl.load_workbook(path).save(path)
