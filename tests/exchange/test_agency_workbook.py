"""The round trip with an agency: what it fills in is recorded as its own, and what contradicts the log is listed."""

import subprocess
from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from reformtrack import InvalidField, NotFound, Tracker
from reformtrack.answers import ProgressStatus
from reformtrack.domain.errors import SheetFileError
from reformtrack.events import (
    ActivityCompleted,
    ActivityReassigned,
    ActivityRevised,
    ActivitySuspended,
    AgencyRegistered,
    AgencySplit,
)
from reformtrack.exchange.agency_workbook import Returned, agency_workbook, import_agency_workbook
from tests.exchange.layouts import simple, workbook
from tests.support import LONGEST, QUARTERS, REGULAR, Clock, adopted, day, scheduled

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("in_this_process")]

LEAD = "Sở Tư pháp"
KINDS = ["bắt đầu thực hiện", "đã hoàn thành", "tạm dừng", "tiếp tục thực hiện", "chỉ báo cáo tiến độ"]
START, DONE, STOP, GO_ON, REPORT = KINDS


@pytest.fixture
def tracker() -> Tracker:
    tracker = Tracker()
    tracker.record(
        adopted(host_fields={"nguồn": "minh họa"}),
        scheduled("p/1", title="=1+1"),
        scheduled("p/2", deadline=REGULAR),
        scheduled("p/3", deadline=QUARTERS),
        scheduled("p/4"),
        scheduled("p/5", lead="Sở Nội vụ"),
        scheduled("p/6"),
        ActivityCompleted("p/6", on=day("2-1")),
        by="a",
    )
    return tracker


def sent(tracker: Tracker, path: Path) -> Path:
    path.write_bytes(agency_workbook(tracker.plan("p"), LEAD))
    return path


def filled(path: Path, rows: dict[str, list[Any]]) -> Path:
    """
    The workbook as the agency saves it: with other software, cells from the column of updates on.

    By the id of the activity, its first row; `p/3 2023-06-20` is its row of a due day.
    """
    book: Any = openpyxl.load_workbook(path)
    [sheet] = book.worksheets
    left = dict(rows)
    for row in sheet.iter_rows(min_row=6):
        id = str(row[0].value)
        for place, value in enumerate(left.pop(id, left.pop(id.split()[0], []))):
            row[7 + place].value = value
    assert {} == left
    book.save(path)
    return path


def returned(tracker: Tracker, path: Path) -> Returned:
    return import_agency_workbook(tracker, path, lead=LEAD, by="so-tu-phap")


def test_an_heir_has_a_workbook_of_what_is_theirs(tracker: Tracker, tmp_path: Path) -> None:
    """Under the register: what was left to them, what is not decided between heirs marked; each can send it back."""
    born, split = date(2020, 1, 1), day("6-1")
    tracker.record(
        AgencyRegistered("@tu-phap", on=born, name=LEAD),
        *(AgencyRegistered(f"@{name.lower()}", on=split, name=f"Sở {name}") for name in ("Mot", "Hai")),
        AgencySplit("@tu-phap", on=split, into=("@mot", "@hai")),
        scheduled("p/7", on=split, lead="Sở Mot"),
        by="a",
    )
    plan, path = tracker.plan("p"), tmp_path / "a.xlsx"
    path.write_bytes(agency_workbook(plan, "Sở Mot", registry=tracker.agencies()))
    [sheet] = openpyxl.load_workbook(path).worksheets
    rows = {row[0].value: row[1].comment for row in sheet.iter_rows(min_row=6)}
    assert ["p/1", "p/2", "p/3 2023-03-20", "p/3 2023-06-20", "p/4", "p/7"] == list(rows)
    mark = "(chưa quyết định cơ quan chủ trì: Sở Hai, Sở Mot)"
    assert [mark] * 5 + [None] == [note and note.text for note in rows.values()]
    filled(path, {"p/1": [DONE, day("6-20")], "p/7": [START, day("6-20")]})
    found = import_agency_workbook(tracker, path, lead="Sở Mot", by="so-mot")
    assert ((), ["p/1", "p/7"]) == (found.problems, [record.stream for record in found.records])
    tracker.record(ActivityReassigned("p/4", on=day("6-21"), lead="Sở Hai"), by="a")
    filled(path, {"p/4": [START, day("6-22")]})
    [problem] = import_agency_workbook(tracker, path, lead="Sở Mot", by="so-mot").problems
    assert "nhiệm vụ hiện do Sở Hai chủ trì" == problem.what
    with pytest.raises(InvalidField):
        agency_workbook(plan, LEAD, registry=tracker.agencies())


def test_a_workbook_has_what_an_agency_has_to_do_and_protects_the_rest(tracker: Tracker, tmp_path: Path) -> None:
    """Its open activities, a list to choose from, cells that are open, a column that is hidden."""
    sheet: Any = openpyxl.load_workbook(sent(tracker, tmp_path / "a.xlsx")).worksheets[0]
    assert [
        ("p/1", day("6-30")),
        ("p/2", None),
        ("p/3 2023-03-20", day("3-20")),
        ("p/3 2023-06-20", day("6-20")),
        ("p/4", day("6-30")),
    ] == [(row[0].value, row[5].value and row[5].value.date()) for row in sheet.iter_rows(min_row=6)]
    assert "=1+1" == sheet["C6"].value
    assert "s" == sheet["C6"].data_type
    assert sheet.column_dimensions["A"].hidden
    assert sheet.protection.sheet
    assert [True] * 7 + [False] * 8 == [sheet.cell(6, column).protection.locked for column in range(1, 16)]
    lists = [found for found in sheet.data_validations.dataValidation if found.type == "list"]
    assert [f'"{",".join(KINDS)}"'] == [found.formula1 for found in lists]
    assert "minh họa" in str(sheet["B4"].value)
    with pytest.raises(InvalidField, match="leads an open activity"):
        agency_workbook(tracker.plan("p"), "Sở Y tế")


def test_what_is_filled_in_is_recorded_as_the_agencys(tracker: Tracker, tmp_path: Path) -> None:
    """With its evidence, once; who issued that, the file does not say, and the lead is not taken for it."""
    path = sent(tracker, tmp_path / "a.xlsx")
    filled(
        path,
        {
            "p/1": [DONE, date(2023, 6, 20), "Xong", "Thiếu người", "45/BC-STP", date(2023, 6, 19), "Báo cáo"],
            "p/2": [REPORT, "5/6/2023", "Đang làm", None],
            "p/3": [DONE, "18/3/2023", None, None, 12.0, None, None],
        },
    )
    found = returned(tracker, path)
    assert () == found.problems
    assert {"so-tu-phap"} == {record.by for record in found.records}
    plan = tracker.plan("p", on=date(2023, 12, 1))
    assert ProgressStatus.COMPLETED is plan.activity("1").status
    [evidence] = plan.activity("1").state.evidence
    assert ("45/BC-STP", date(2023, 6, 19), "") == (evidence.number, evidence.date, evidence.issuer)
    assert ((date(2023, 3, 20), date(2023, 3, 18)),) == plan.activity("3").state.occurrences
    position = tracker.log.position()
    again = returned(tracker, path)
    assert ((), found.records, position) == (again.records, again.earlier, tracker.log.position())
    filled(path, {"p/4": [START, "1/7/2023"]})
    assert position + 1 == (returned(tracker, path).records[-1].position) == tracker.log.position()


def test_an_occurrence_is_done_though_an_earlier_one_was_missed(tracker: Tracker, tmp_path: Path) -> None:
    """Each that is open has a row of its own; one that was met has none."""
    path = filled(sent(tracker, tmp_path / "a.xlsx"), {"p/3 2023-06-20": [DONE, "18/6/2023"]})
    assert () == returned(tracker, path).problems
    assert ((date(2023, 6, 20), date(2023, 6, 18)),) == tracker.plan("p").activity("3").state.occurrences
    sheet: Any = openpyxl.load_workbook(sent(tracker, tmp_path / "b.xlsx")).worksheets[0]
    days = [row[5].value.date() for row in sheet.iter_rows(min_row=6) if "p/3 " in row[0].value]
    assert [date(2023, 3, 20)] == days


def test_what_contradicts_the_log_is_listed_and_the_rest_recorded(tracker: Tracker, tmp_path: Path) -> None:
    """Each with its cell, and the rule that is broken."""
    path = sent(tracker, tmp_path / "a.xlsx")
    tracker.record(ActivitySuspended("p/1", on=day("3-1"), reason="x"), by="a")
    filled(
        path,
        {
            "p/1": [DONE, "20/6/2023"],
            "p/2": ["làm xong rồi", "20/6/2023"],
            "p/3": [DONE, "32/6/2023"],
            "p/4": [STOP, "20/6/2023", None],
        },
    )
    found = returned(tracker, path)
    assert ["H6", "H7", "I8", "J10"] == sorted(problem.cell for problem in found.problems)
    assert any("nhiệm vụ đang tạm dừng" in problem.what for problem in found.problems)
    assert () == found.records


def test_a_row_of_another_agency_is_refused(tracker: Tracker, tmp_path: Path) -> None:
    """An id that was changed, or a row that was added."""
    path = sent(tracker, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    [sheet] = book.worksheets
    sheet["A6"], sheet["A7"] = "p/5", "p/99"
    book.save(path)
    filled(path, {"p/5": [DONE, "20/6/2023"], "p/99": [DONE, "20/6/2023"]})
    found = returned(tracker, path)
    assert (["B6", "B7"], ()) == ([problem.cell for problem in found.problems], found.records)


def test_another_file_is_said_to_be_none(tracker: Tracker, tmp_path: Path) -> None:
    """And one of a plan that is not on record."""
    with pytest.raises(SheetFileError, match="no workbook of an agency"):
        returned(tracker, workbook(tmp_path / "a.xlsx", simple()))
    path = sent(tracker, tmp_path / "b.xlsx")
    with Tracker() as other, pytest.raises(NotFound):
        returned(other, path)


@pytest.mark.needs("soffice")
def test_it_survives_being_saved_by_libreoffice(tracker: Tracker, tmp_path: Path) -> None:
    """As .ods, too."""
    path = filled(sent(tracker, tmp_path / "a.xlsx"), {"p/1": [DONE, date(2023, 6, 20)]})
    (tmp_path / "out").mkdir()
    for form in ("xlsx", "ods"):
        command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", form]
        subprocess.run([*command, "--outdir", tmp_path / "out", path], check=True, capture_output=True, timeout=LONGEST)
        saved = tmp_path / "out" / f"a.{form}"
        assert 1 == len(CalamineWorkbook.from_path(saved).sheet_names)
        found = returned(tracker, saved)
        assert ((), 1) == (found.problems, len(found.records + found.earlier))


CELLS: tuple[tuple[Any, ...], ...] = (
    (None, START, DONE, STOP, REPORT, "làm xong rồi"),
    (None, "20/6/2023", "40/12/2023", "mai"),
    (None, "Kết quả"),
    (None, "Vướng mắc"),
    (None, "45/BC-STP"),
    (None, "19/6/2023", "40/12/2023", 12.0),
    (None, "Báo cáo"),
)
"""What may stand in each cell of a row that is filled in."""


def written(event: Any) -> str:
    """All that an event holds, as text."""
    return msgspec.json.encode(event).decode()


def kept(value: Any) -> str:
    """How a cell that is recorded stands in its events."""
    days = {"20/6/2023": "2023-06-20", "19/6/2023": "2023-06-19"}
    names = {START: "ActivityStarted", DONE: "ActivityCompleted", STOP: "ActivitySuspended", REPORT: "ProgressReported"}
    return {**days, **names}.get(value, str(value))


@settings(max_examples=25, deadline=None)
@example([None, "20/6/2023", None, None, None, None, None])
@example([REPORT, "20/6/2023", None, None, None, None, None])
@example([REPORT, "20/6/2023", None, None, "45/BC-STP", None, None])
@example([None, None, None, None, "45/BC-STP", None, None])
@example([None, "20/6/2023", None, None, "45/BC-STP", None, None])
@example([DONE, "20/6/2023", None, None, None, "40/12/2023", None])
@example([DONE, None, None, None, "45/BC-STP", "40/12/2023", None])
@example([DONE, "20/6/2023", None, None, None, "19/6/2023", None])
@given(st.tuples(*map(st.sampled_from, CELLS)).map(list))
def test_each_cell_that_is_filled_in_is_recorded_or_answered(cells: list[Any]) -> None:
    """A row is recorded whole, or refused with a problem of its own; a cell that is wrong is named."""
    with Tracker() as tracker, TemporaryDirectory() as folder:
        tracker.record(adopted(), scheduled("p/1"), by="a")
        found = returned(tracker, filled(sent(tracker, Path(folder) / "a.xlsx"), {"p/1": cells}))
    places = {problem.cell for problem in found.problems}
    wrong = {f"{column}6" for column, cell in zip("HI", cells[:2], strict=True) if cell in CELLS[0][5:] + CELLS[1][2:]}
    wrong |= {"M6"} if cells[5] in CELLS[5][2:] else set()
    assert wrong <= places
    if found.problems:
        assert () == found.records
    events = [(type(record.event).__name__, written(record.event)) for record in found.records]
    for cell in cells:
        if cell is not None and not found.problems:
            assert any(kept(cell) == name or kept(cell) in text for name, text in events), cell
    assert found.records or found.problems or not any(cell is not None for cell in cells)


def test_a_row_whose_id_code_and_title_disagree_is_refused(tracker: Tracker, tmp_path: Path) -> None:
    """A sheet that was sorted without its hidden column would complete another activity."""
    path = filled(sent(tracker, tmp_path / "a.xlsx"), {"p/1": [DONE, "20/6/2023"], "p/2": [REPORT, "5/6/2023", "x"]})
    book = openpyxl.load_workbook(path)
    [sheet] = book.worksheets
    for column in range(2, 15):
        one, other = sheet.cell(6, column), sheet.cell(10, column)
        one.value, other.value = other.value, one.value
    book.save(path)
    found = returned(tracker, path)
    places = [problem.cell for problem in found.problems]
    assert (["B6", "B10"], ["p/2"]) == (places, [r.stream for r in found.records])
    assert "của nhiệm vụ 4 “Rà soát văn bản”, nhưng trên dòng lại ghi 1 “" in found.problems[1].what
    sheet["B10"], sheet["C10"], sheet["A10"] = "4", "Nhiệm vụ khác", "p/4"
    book.save(path)
    assert "C10" in [problem.cell for problem in returned(tracker, path).problems], "the title is another one"


def test_a_sheet_that_is_sorted_by_its_own_filter_stays_whole(tracker: Tracker, tmp_path: Path) -> None:
    """The hidden column is in the range that is sorted."""
    book = openpyxl.load_workbook(sent(tracker, tmp_path / "a.xlsx"))
    assert "A5:O10" == book.worksheets[0].auto_filter.ref


def test_a_title_that_was_revised_since_the_file_was_sent_is_still_its_own(tracker: Tracker, tmp_path: Path) -> None:
    """Any title that the activity had."""
    path = filled(sent(tracker, tmp_path / "a.xlsx"), {"p/4": [DONE, "20/6/2023"]})
    tracker.record(ActivityRevised("p/4", on=day("6-1"), title="Rà soát, sửa đổi văn bản"), by="a")
    found = returned(tracker, path)
    assert ((), ["p/4"]) == (found.problems, [record.stream for record in found.records])


def test_what_stands_beside_the_columns_is_answered(tracker: Tracker, tmp_path: Path) -> None:
    """A note in a column of one's own is not lost."""
    path = filled(sent(tracker, tmp_path / "a.xlsx"), {"p/1": [DONE, "20/6/2023"]})
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["P6"] = "Ghi chú riêng"
    book.save(path)
    found = returned(tracker, path)
    assert ["P6"] == [problem.cell for problem in found.problems]
    assert () == found.records


def test_joint_work_is_in_the_workbook_of_each_lead_and_marked() -> None:
    """With a register and without."""
    with Tracker(clock=Clock()) as tracker:
        names = (AgencyRegistered("@a", on=day("1-2"), name="Bộ A"), AgencyRegistered("@b", on=day("1-2"), name="Bộ B"))
        tracker.record(adopted(), scheduled("p/1", lead=("Bộ A", "Bộ B")), *names, by="a")
        plan = tracker.plan("p", on=day("2-1"))
        for lead in ("Bộ A", "Bộ B"):
            for registry in (None, tracker.agencies(day("2-1"))):
                book = openpyxl.load_workbook(BytesIO(agency_workbook(plan, lead, registry=registry)))
                comments = [cell.comment.text for row in book.worksheets[0].iter_rows() for cell in row if cell.comment]
                assert ["(cùng chủ trì: Bộ A, Bộ B)"] == [text for text in comments if "Bộ" in text]
