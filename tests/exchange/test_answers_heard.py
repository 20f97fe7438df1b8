"""An answer is heard, or its giver is told that it was not: wherever it was written, and whatever file it is of."""

from pathlib import Path

import openpyxl
import pytest

from reformtrack.domain.errors import SheetFileError
from reformtrack.exchange.appendix.finding import Draft
from reformtrack.exchange.appendix.importing import Answers, answers_in, draft_xlsx, read_draft

pytestmark = pytest.mark.slow
HEAD = ("STT", "Nhiệm vụ", "Cơ quan chủ trì", "Thời gian hoàn thành")
ROWS = (("1", "Rà soát văn bản", "Sở Tư pháp", "45838"), ("2", "Công bố thủ tục", "Sở Nội vụ", "Trước ngày 15/3"))


def appendix(folder: Path, name: str = "a.xlsx", *more: tuple[str, ...]) -> Path:
    book = openpyxl.Workbook()
    assert book.active
    book.active.title = "PL1"
    for row in (HEAD, *ROWS, *more):
        book.active.append(row)
    book.save(folder / name)
    return folder / name


def answered(draft: Draft, path: Path, part: str, answer: str) -> Path:
    """The draft's workbook, with an answer in the line whose problem has a part."""
    path.write_bytes(draft_xlsx(draft))
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    [line] = [row for row in sheet.iter_rows(min_row=5) if part in f"{row[5].value}"]
    line[8].value = answer
    book.save(path)
    return path


def unheard(draft: Draft) -> str:
    return " ".join(f"{problem.what} {problem.to_do}" for problem in draft.problems if not problem.sheet)


def test_what_is_only_told_of_a_deadline_is_answered_in_its_line(tmp_path: Path) -> None:
    """It says how to write the deadline: what is written there counts, as in a mapping."""
    path = appendix(tmp_path)
    draft = read_draft(path, year=2025)
    assert () == draft.questions
    answers = answers_in(answered(draft, tmp_path / "d.xlsx", "45838", "30/06/2025"), path)
    assert {"45838": "30/06/2025"} == answers.deadlines
    again = read_draft(path, year=2025, answers=answers)
    assert ["2025-06-30"] == [str(day) for day in again.activities[0].due.days]  # type: ignore[union-attr]  # it is dated


def test_a_line_that_asks_nothing_has_no_room_for_an_answer(tmp_path: Path) -> None:
    """An answer there is refused with its row, since it would change nothing."""
    path = appendix(tmp_path, "a.xlsx", ("3", "Tập huấn", "Sở Nội vụ", "30/4/2026"))
    draft = read_draft(path, year=2025)
    made = answered(draft, tmp_path / "d.xlsx", "sau ngày cuối", "30/4/2025")
    sheet = openpyxl.load_workbook(made).worksheets[0]
    rows = {bool(row[0].value): row for row in sheet.iter_rows(min_row=5)}
    assert rows[False][8].fill.fgColor.rgb != rows[True][8].fill.fgColor.rgb == "FFFFF8DC"
    with pytest.raises(SheetFileError, match=rf"row {rows[False][8].row} .* asks nothing"):
        answers_in(made, path)


@pytest.mark.parametrize(
    ("section", "name", "answer"),
    [
        ("cells", "Không có!E2", "30/6/2025"),
        ("cells", "PL1!D400", "30/6/2025"),
        ("cells", "D2", "30/6/2025"),
        ("rows", "PL1!9", "leave"),
        ("rows", "Pl 1!2", "leave"),
        ("sheets", "PL2", "leave"),
        ("columns", "PL2!C", "lead"),
        ("amounts", "Phu luc!F", ","),
        ("amounts", "PL!F unit", "đồng"),
    ],
)
def test_an_answer_about_no_place_of_the_file_is_named(tmp_path: Path, section: str, name: str, answer: str) -> None:
    """One that is mistyped would be taken for given."""
    path = appendix(tmp_path)
    assert "" == unheard(read_draft(path, year=2025))
    draft = read_draft(path, year=2025, answers=Answers.of({section: {name: answer}}))
    assert f"{section}:{name}" in unheard(draft)
    assert () == draft.questions


@pytest.mark.parametrize(
    "given",
    [
        {"sheets": {"*": "take", "PL1": "take"}},
        {"rows": {"PL1!2": "activity", "PL1!hidden": "leave"}},
        {"cells": {"PL1!D2": "30/6/2025", "PL1!D3": "Quý I"}},
        {"columns": {"PL1!C": "lead", "PL1!lead": "C", "Đơn vị khác": "lead"}},
        {"amounts": {"PL1!F": ",", "PL1!F unit": "đồng"}},
        {"deadlines": {"Quý Z": "Quý I"}, "agencies": {"VP": "Văn phòng"}},
    ],
)
def test_an_answer_about_a_place_or_a_text_is_not(tmp_path: Path, given: dict[str, dict[str, str]]) -> None:
    """Texts and headings may be those of a plan's next appendix."""
    assert "" == unheard(read_draft(appendix(tmp_path), year=2025, answers=Answers.of(given)))


def test_answers_of_a_draft_of_another_file_are_named(tmp_path: Path) -> None:
    """They are not taken where they name places of it: of this file they would say something else."""
    other = appendix(tmp_path, "b.xlsx", ("3", "Tập huấn", "Sở Nội vụ", "Quý I"))
    draft, made = read_draft(other, year=2025), tmp_path / "d.xlsx"
    made.write_bytes(draft_xlsx(draft))
    book = openpyxl.load_workbook(made)
    keys = {"rows:PL1!3": "leave", "columns:PL1!C": "left"}
    for row in book.worksheets[0].iter_rows(min_row=5):
        if row[0].value in keys:
            row[8].value = keys[str(row[0].value)]
    book.save(made)
    path = appendix(tmp_path)
    answers = answers_in(made, path)
    assert ({}, {}, keys) == (answers.rows, answers.columns, answers.aside)
    told = unheard(read_draft(path, year=2025, answers=answers))
    assert all(key in told for key in keys)
    assert keys.keys() == {
        f"{at}:{name}" for at in ("rows", "columns") for name in getattr(answers_in(made, other), at)
    }


def test_the_draft_says_which_days_were_read(tmp_path: Path) -> None:
    """Beside the texts, for whoever has to put a name under it; a text without a day has none."""
    book = tmp_path / "d.xlsx"
    book.write_bytes(draft_xlsx(read_draft(appendix(tmp_path), year=2025)))
    taken = {str(row[2].value): row[4].value for row in openpyxl.load_workbook(book).worksheets[0].iter_rows(min_row=5)}
    assert ("nhiệm vụ", "nhiệm vụ; Thời hạn: 15/03/2025") == (taken["2"], taken["3"])
