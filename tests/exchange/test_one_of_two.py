"""Where a file has two values in one place, the one that is shown is read; where that is not certain, the cell is named."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font

from reformtrack.exchange.agency_workbook import agency_workbook, import_agency_workbook
from reformtrack.exchange.appendix.finding import Answers, Draft
from reformtrack.exchange.appendix.importing import read_draft
from tests.exchange.test_returned_workbook import DONE, LEAD, fill, plan_of
from tests.exchange.test_word import cell, document, paragraph, read, row, run, table

pytestmark = pytest.mark.slow

HEAD = ("STT", "Nhiệm vụ", "Chủ trì", "Thời hạn")
NOT_SHOWN = "the text “{}” is not shown, since its cell is merged with others"
UNCLEAR = "it is not certain what the cell shows"


def workbook(path: Path, rows: Any, area: str) -> Draft:
    """A workbook that has the text of each of its merged cells, as other programs write it."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for texts in (HEAD, *rows):
        sheet.append(texts)
    sheet.merged_cells.add(area)
    made.save(path)
    return read_draft(path, year=2025, lang="en")


def word(path: Path, *cells: str) -> Draft:
    """Tasks with these cells as their deadlines."""
    rows = (row(str(n), f"Việc số {n}", "Sở A", one) for n, one in enumerate(cells, 1))
    return read(document(path, table(row(*HEAD), *rows)))


def deadlines(draft: Draft) -> list[str]:
    return [one.deadline for one in draft.activities]


def told(draft: Draft) -> list[tuple[str, str]]:
    return [(one.cell, one.what) for one in draft.problems]


@pytest.mark.parametrize(
    ("first", "second", "problems"),
    [
        ("Quý I", "Quý IV", [("D3", NOT_SHOWN.format("Quý IV"))]),
        ("Quý I", " Quý  I", []),
        ("Quý I", "  ", []),
        ("Quý I", None, []),
        ("Quý I", True, [("D3", NOT_SHOWN.format("True"))]),
    ],
)
def test_what_is_under_merged_cells_is_named_and_not_read(
    first: str, second: Any, problems: list[tuple[str, str]], tmp_path: Path
) -> None:
    """The value of the first cell is that of all rows; the same once more is no fault."""
    draft = workbook(tmp_path / "a.xlsx", [(1, "Rà soát", "Sở A", first), (2, "Công bố", "Sở A", second)], "D2:D3")
    assert (["Quý I", "Quý I"], problems) == (deadlines(draft), told(draft))
    assert () == draft.questions


def test_what_is_under_cells_that_are_merged_sideways_is_named_too(tmp_path: Path) -> None:
    """A task without a deadline is asked about as one whose cell is empty."""
    rows = [(1, "Rà soát", "Sở A", "Quý I"), (2, "Công bố", "Sở A", "Quý IV")]
    draft = workbook(tmp_path / "a.xlsx", rows, "C3:D3")
    assert ["Quý I", ""] == deadlines(draft)
    assert [("D3", NOT_SHOWN.format("Quý IV")), ("D3", "the activity has no deadline")] == told(draft)


def test_an_answer_says_what_a_covered_cell_means(tmp_path: Path) -> None:
    workbook(tmp_path / "a.xlsx", [(1, "Rà soát", "Sở A", "Quý I"), (2, "Công bố", "Sở A", "Quý IV")], "D2:D3")
    answers = Answers(cells={"Sheet!D3": "Quý IV"})
    assert ["Quý I", "Quý IV"] == deadlines(read_draft(tmp_path / "a.xlsx", year=2025, answers=answers))


def test_what_goes_on_in_word_shows_the_first_cell(tmp_path: Path) -> None:
    """As Word and LibreOffice do."""
    draft = word(tmp_path / "a.docx", cell("Quý I", down="begins"), cell("Quý IV", down="goes on"))
    assert (["Quý I", "Quý I"], [("D3", NOT_SHOWN.format("Quý IV"))]) == (deadlines(draft), told(draft))


@pytest.mark.parametrize(("struck", "expected"), [("D2", ["", ""]), ("D3", ["Quý I", "Quý I"])])
def test_merged_cells_look_as_their_first_one(struck: str, expected: list[str], tmp_path: Path) -> None:
    """What is struck out in it is so in all rows; how the others look is not shown."""
    workbook(tmp_path / "a.xlsx", [(1, "Rà soát", "Sở A", "Quý I"), (2, "Công bố", "Sở A", "Quý I")], "D2:D3")
    made = openpyxl.load_workbook(tmp_path / "a.xlsx")
    made.worksheets[0].unmerge_cells("D2:D3")
    made.worksheets[0]["D3"] = "Quý I"
    made.worksheets[0][struck].font = Font(strike=True)
    made.worksheets[0].merged_cells.add("D2:D3")
    made.save(tmp_path / "a.xlsx")
    assert expected == deadlines(read_draft(tmp_path / "a.xlsx", year=2025))


def test_what_goes_on_below_an_unclear_cell_is_unclear(tmp_path: Path) -> None:
    """An answer for one is none for the other."""
    first = cell("1/2025", down="begins").replace("</w:p>", sign("Symbol", "F032") + "</w:p>")
    assert [("D2", UNCLEAR), ("D3", UNCLEAR)] == told(word(tmp_path / "a.docx", first, cell("", down="goes on")))


def test_a_cell_beside_one_that_goes_on_is_read(tmp_path: Path) -> None:
    """The first was wider; under its second half stands a cell of its own."""
    path = document(
        tmp_path / "a.docx",
        table(
            row(*HEAD),
            row("1", "Rà soát", cell("Sở A", across=2, down="begins")),
            row("2", "Công bố", cell("Sở B", down="goes on"), "Quý IV"),
        ),
    )
    draft = read(path)
    assert ["", "Quý IV"] == deadlines(draft)
    assert ("C3", NOT_SHOWN.format("Sở B")) in told(draft)


def sign(font: str, code: str, look: str = "") -> str:
    return f'<w:r><w:rPr>{look}</w:rPr><w:sym w:font="{font}" w:char="{code}"/></w:r>'


def of(*runs: str) -> str:
    return f"<w:tc>{paragraph(*runs)}</w:tc>"


@pytest.mark.parametrize(
    ("runs", "deadline", "is_sure"),
    [
        ([run("1"), sign("Times New Roman", "0032"), run("/2025")], "12/2025", True),
        ([run("1"), sign("", "0032"), run("/2025")], "12/2025", True),
        ([run("1"), sign("Symbol", "F032"), run("/2025")], "1/2025", False),
        ([run("1"), sign("Wingdings", "0032"), run("/2025")], "1/2025", False),
        ([run("1"), sign("Times New Roman", "F032"), run("/2025")], "1/2025", False),
        ([run("1"), sign("Arial", "zz"), run("/2025")], "1/2025", False),
        ([sign("Wingdings", "F04A")], "", False),
        ([sign("Wingdings", "F0A8"), run(" Quý I")], "Quý I", True),
        ([sign("Symbol", "F0B7"), run(" Quý I")], "Quý I", True),
        ([run("1/2025"), sign("Arial", "0032", '<w:vertAlign w:val="superscript"/>')], "1/2025²", True),
        ([run("1"), f"<w:del>{sign('Arial', '0032')}</w:del>", run("/2025")], "1/2025", True),
        ([run("1"), sign("Arial", "0032", "<w:strike/>"), run("/2025")], "12/2025", False),
        (
            [
                run("1"),
                '<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math">'
                "<m:r><m:t>2</m:t></m:r></m:oMath>",
                run("/2025"),
            ],
            "1/2025",
            False,
        ),
    ],
)
def test_a_sign_is_read_or_its_cell_is_asked_about(
    runs: list[str], deadline: str, is_sure: bool, tmp_path: Path
) -> None:
    """A digit of a text font is one; what a symbol font draws is not known, but for marks and bullets."""
    draft = word(tmp_path / "a.docx", cell("Quý I"), of(*runs))
    assert deadline == deadlines(draft)[1]
    assert is_sure == ("D3" not in [one.cell for one in draft.questions])


def forms(choice: str, fallback: str | None, of: str = "wps") -> str:
    other = "" if fallback is None else f"<mc:Fallback>{fallback}</mc:Fallback>"
    return (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="urn:x">'
        f'<mc:Choice Requires="{of}">{choice}</mc:Choice>{other}</mc:AlternateContent>'
    )


EMOJI = '<x:symEx xmlns:x="http://schemas.microsoft.com/office/word/2015/wordml/symex" x:font="Segoe UI Emoji" x:char="{}"/>'


@pytest.mark.parametrize(
    ("content", "deadline", "is_sure"),
    [
        (forms(run("Quý III"), run(" và Quý IV")), "Quý III", False),
        (forms(run("Quý III"), run("Quý III")), "Quý III", True),
        (forms(run("Quý III"), None), "Quý III", False),
        (forms("", run("Quý IV")), "Quý IV", False),
        (run("Quý III") + forms("<w:r/>", "<w:r/>"), "Quý III", True),
        (run("Quý III ") + forms(f"<w:r>{EMOJI.format('1F60A')}</w:r>", run("😊")), "Quý III 😊", True),
        (forms(forms(run("Quý III"), run("Quý III")), run("Quý III")), "Quý III", True),
        (forms(forms(run("Quý III"), run("Quý II")), run("Quý III")), "Quý III", False),
    ],
)
def test_of_two_forms_one_is_read(content: str, deadline: str, is_sure: bool, tmp_path: Path) -> None:
    """Where they differ, the cell is asked about."""
    draft = word(tmp_path / "a.docx", cell("Quý I"), of(content))
    assert deadline == deadlines(draft)[1]
    assert is_sure == (("D3", UNCLEAR) not in told(draft))


def test_a_row_in_two_forms_is_read_once(tmp_path: Path) -> None:
    """All its cells are asked about where the forms differ."""
    one, other = (row("2", "Rà soát", "Sở A", deadline) for deadline in ("Quý I", "Quý IV"))
    draft = read(document(tmp_path / "a.docx", table(row(*HEAD), row("1", "Họp", "Sở A", "Quý I"), forms(one, other))))
    assert ["Quý I", "Quý I"] == deadlines(draft)
    assert [(f"{column}3", UNCLEAR) for column in "ABCD"] == told(draft)


def test_a_cell_that_is_merged_sideways_in_the_old_way_is_asked_about(tmp_path: Path) -> None:
    """Programs show its text, or do not."""
    beside = cell("Quý IV").replace("<w:tcPr>", "<w:tcPr><w:hMerge/>")
    assert [("D3", UNCLEAR)] == told(word(tmp_path / "a.docx", cell("Quý I"), beside))


def test_an_answer_says_what_an_unclear_cell_means(tmp_path: Path) -> None:
    word(tmp_path / "a.docx", of(run("1"), sign("Symbol", "F032"), run("/2025")))
    draft = read_draft(tmp_path / "a.docx", year=2025, answers=Answers(cells={"Word!D2": "12/2025"}))
    assert (["12/2025"], ()) == (deadlines(draft), draft.questions)


def test_a_row_of_nothing_but_an_unknown_sign_is_asked_about(tmp_path: Path) -> None:
    path = document(
        tmp_path / "a.docx",
        table(row(*HEAD), row("1", "Họp", "Sở A", "Quý I"), row("", "", "", of(sign("Wingdings", "F04A")))),
    )
    assert [("D3", UNCLEAR)] == told(read(path))


@pytest.mark.parametrize(
    ("area", "named"),
    [
        ("G6:H6", ("H6", "the cell is merged with others")),
        (
            "D6:K6",
            (
                "F6",
                "the hidden id says that the row is of 1 “Nhiệm vụ số 1” (30/06/2023); "
                "the row itself says 1 “Nhiệm vụ số 1” (–)",
            ),
        ),
    ],
)
def test_what_an_agency_filled_in_under_merged_cells_is_named(
    area: str, named: tuple[str, str], tmp_path: Path
) -> None:
    """It is not recorded, nor what else is in the row."""
    tracker = plan_of()
    path = tmp_path / "a.xlsx"
    path.write_bytes(agency_workbook(tracker.plan("p"), LEAD))
    book = openpyxl.load_workbook(path)
    fill(book.worksheets[0], 6, DONE, "18/3/2023")
    book.worksheets[0].merged_cells.add(area)
    book.save(path)
    found = import_agency_workbook(tracker, path, lead=LEAD, by="b", lang="en")
    assert () == found.records
    assert named in [(one.cell, one.what) for one in found.problems]
