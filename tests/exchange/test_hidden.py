"""What is hidden or struck out in a sheet is never silently a part of the plan, whatever the format."""

import subprocess
from pathlib import Path

import pytest
import xlsxwriter

from reformtrack.exchange.appendix.finding import Answers
from reformtrack.exchange.appendix.importing import read_draft
from reformtrack.exchange.appendix.lines import text_of
from tests.exchange.reading import read_sheets
from tests.support import LONGEST

HEAD = ("STT", "Nhiệm vụ", "Chủ trì", "Thời hạn", "Phối hợp")
ROWS = (
    ("I", "THỂ CHẾ"),
    (1, "Rà soát", "Sở A", "Quý I", "Sở C"),
    (2, "Việc ẩn", "Sở A", "Quý I", "Sở C"),
    (3, "Việc gạch", "Sở B", "Quý I"),
)


def made(path: Path, *, filtered: bool = False, partly: bool = False) -> Path:
    """A row that is hidden, one that is struck out, a column that is hidden."""
    with xlsxwriter.Workbook(path) as book:
        sheet, struck = book.add_worksheet("PL"), book.add_format({"font_strikeout": True})
        sheet.write_row(0, 0, HEAD)
        for number, row in enumerate(ROWS, 1):
            sheet.write_row(number, 0, row, struck if row[0] == 3 else None)
        if filtered:
            sheet.autofilter(0, 0, len(ROWS), 4)
            sheet.filter_column(0, "x != 2")
        if partly:
            sheet.write_rich_string(2, 3, struck, "Quý I", " Quý II")
        sheet.set_row(3, None, None, {"hidden": True})
        sheet.set_column(4, 4, None, None, {"hidden": True})
    return path


def check(path: Path) -> None:
    draft = read_draft(path, year=2025, lang="en")
    assert ["Rà soát"] == [task.title for task in draft.activities]
    assert ((), ()) == (draft.questions, draft.activities[0].supporting)
    assert {"4", "5", "E1"} == {note.cell for note in draft.notes}
    shown = read_draft(path, year=2025, answers=Answers(rows={"PL!4": "take"}, columns={"PL!E": "supporting"}))
    assert ["Rà soát", "Việc ẩn"] == [task.title for task in shown.activities]
    assert ("Sở C",) == shown.activities[0].supporting


@pytest.mark.slow
def test_what_is_hidden_or_struck_out_is_left_out_and_told(tmp_path: Path) -> None:
    """It may be taken in all the same."""
    check(made(tmp_path / "a.xlsx"))


@pytest.mark.needs("soffice")
@pytest.mark.parametrize("form", ["xls", "ods"])
def test_so_it_is_in_what_libreoffice_saves(form: str, tmp_path: Path) -> None:
    """The formats of before, and of others."""
    check(converted(made(tmp_path / "a.xlsx"), form))


def converted(path: Path, form: str) -> Path:
    """A workbook as LibreOffice saves it in another form."""
    command = ["soffice", f"-env:UserInstallation=file://{path.parent}/profile", "--headless", "--convert-to", form]
    subprocess.run([*command, "--outdir", path.parent, path], check=True, capture_output=True, timeout=LONGEST)
    return path.with_suffix(f".{form}")


@pytest.mark.needs("soffice")
@pytest.mark.parametrize("form", ["xlsx", "xls", "ods"])
def test_a_number_that_is_shown_as_a_percentage_is_one(form: str, tmp_path: Path) -> None:
    """In each form of workbook; a sign that only stands in the format makes none."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("S")
        for place, code in enumerate(("0%", "0.00%", "0.0 %", '0.00" %"', "0.00")):
            page.write_column(0, place, [0.95, 0.955, 0.955], book.add_format({"num_format": code}))
    [sheet] = read_sheets(path if form == "xlsx" else converted(path, form))
    shown = [["95%"] * 3 + ["0.95"] * 2, *[["95,5%"] * 3 + ["0.955"] * 2] * 2]
    assert shown == [list(map(text_of, row)) for row in sheet.rows]


@pytest.mark.slow
def test_rows_that_a_filter_hides_are_asked_for(tmp_path: Path) -> None:
    """Somebody looked at a part of the plan, and sent it so."""
    path = made(tmp_path / "a.xlsx", filtered=True)
    [question] = read_draft(path, year=2025).questions
    assert ("PL", "rows:PL!hidden", ("take", "leave")) == (question.sheet, question.ask, question.choices)
    taken = read_draft(path, year=2025, answers=Answers(rows={"PL!hidden": "take"}))
    assert ((), ["Rà soát", "Việc ẩn"]) == (taken.questions, [task.title for task in taken.activities])


@pytest.mark.slow
def test_a_text_of_which_a_part_is_struck_out_is_asked_for(tmp_path: Path) -> None:
    """Which part holds, no reader tells."""
    path = made(tmp_path / "a.xlsx", partly=True)
    assert ["D3"] == [question.cell for question in read_draft(path, year=2025).questions]
    draft = read_draft(path, year=2025, answers=Answers(cells={"PL!D3": "Quý II"}))
    assert ((), "Quý II") == (draft.questions, draft.activities[0].deadline)
