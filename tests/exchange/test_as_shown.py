"""What a person sees in a file is what is read: raised numbers, struck parts, formats of numbers, numbers that Word puts."""

import subprocess
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from reformtrack.exchange.appendix.finding import Answers, Draft
from reformtrack.exchange.appendix.importing import read_draft
from reformtrack.exchange.appendix.sheet_reader.cells import number_form, with_raised
from reformtrack.exchange.appendix.sheet_reader.xls_texts import RichText, rich_texts
from tests.exchange.reading import read_sheets
from tests.exchange.test_word import W, document, row, run, table

pytestmark = pytest.mark.slow

HEAD = ["STT", "Nhiệm vụ", "Chủ trì", "Thời hạn", "Kinh phí (triệu đồng)"]


def rich(path: Path) -> Path:
    """A sheet whose texts have raised numbers, and parts that are struck out."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("PL")
        up, out = book.add_format({"font_script": 1}), book.add_format({"font_strikeout": True})
        for place, text in enumerate(HEAD):
            sheet.write(0, place, text)
        sheet.write(1, 0, 1)
        sheet.write_rich_string(1, 1, "Rà soát", up, "1")
        sheet.write_rich_string(1, 2, "Sở Nội vụ", up, "(2)")
        sheet.write_rich_string(1, 3, "Tháng 1", up, "1")
        sheet.write_rich_string(1, 4, "150", up, "2")
        sheet.write_row(2, 0, [2, "Tập huấn"])
        sheet.write_rich_string(2, 2, out, "Sở Y tế", "; Sở Tài chính")
        sheet.write_rich_string(2, 3, "Quý I", out, "II")
        sheet.write(2, 4, 10)
    return path


def converted(path: Path, form: str) -> Path:
    """The same in another form."""
    if form == "xlsx":
        return path
    folder = path.parent
    home = f"-env:UserInstallation=file://{folder / 'home'}"
    command = ["soffice", "--headless", home, "--convert-to", form, "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return path.with_suffix(f".{form}")


@pytest.mark.needs("soffice")
@pytest.mark.parametrize("form", ["xlsx", "ods", "xls"])
def test_raised_numbers_and_parts_struck_out_are_seen(form: str, tmp_path: Path) -> None:
    """A raised number is a footnote's, and no part of the number before it; what is partly struck out is asked about."""
    draft = read_draft(converted(rich(tmp_path / "a.xlsx"), form), year=2025)
    first = draft.activities[0]
    assert ("Rà soát¹", ("Sở Nội vụ",), "Tháng 1¹", 150_000_000) == (
        first.title, first.leads, first.deadline, first.budget
    )  # fmt: skip
    assert first.due is not None
    assert (date(2025, 1, 31),) == first.due.days
    assert {"C3", "D3"} == {question.cell for question in draft.questions if "bị gạch bỏ" in question.what}


def test_the_texts_of_an_old_file_go_on_in_the_next_record() -> None:
    """Also in the midst of a sign of two bytes, and written in another way from there on; damaged ones end the table."""
    text, runs = "Tháng 1¹", [(7, 5)]
    wide = text.encode("utf-16-le")
    head = (1).to_bytes(4, "little") * 2 + len(text).to_bytes(2, "little")
    many = b"".join(number.to_bytes(2, "little") for run in runs for number in run)
    whole = head + b"\x09" + (1).to_bytes(2, "little") + wide + many
    assert {0: RichText(wide, runs)} == rich_texts([whole])
    cut = 8 + 2 + 1 + 2 + 6
    assert {0: RichText(wide, runs)} == rich_texts([whole[:cut], b"\x01" + whole[cut:]])
    assert {0: RichText("abcdefgh".encode("utf-16-le"), runs)} == rich_texts(
        [head + b"\x08\x01\x00abcd", b"\x00efgh" + many]
    )
    for end in range(len(whole)):
        assert {} == rich_texts([whole[:end]])
    two = "📌1".encode("utf-16-le")  # a sign of two units
    table_ = (
        head.replace((8).to_bytes(2, "little"), (3).to_bytes(2, "little")) + b"\x09\x01\x00" + two + b"\x02\x00\x05\x00"
    )
    assert "📌¹" == rich_texts([table_])[0].shown({5})


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ('#,##0" triệu"', 50, "50 triệu"), ('#,##0.0" tỷ"', 1.5, "1,5 tỷ"), ("#,##0,", 150_000_000, 150_000.0),
        ("#,##0,,", 150_000_000, 150.0), ('"NV-"00', 7, "NV-07"), ('00"/2026"', 3, "03/2026"), ('"1."0', 2, "1.2"),
        ('_-"VND"* #,##0_-', 500, "VND 500"), ('General" triệu"', 5, "5 triệu"), ('0 "triệu" "đồng"', 5, "5 triệu đồng"),
        ('[$USD] #,##0', 5, "USD 5"), ('#,##0\\ "đồng";[Red]-#,##0', 200, "200 đồng"),
    ],
)  # fmt: skip
def test_a_number_is_what_its_format_shows(code: str, value: float, shown: object) -> None:
    form = number_form(code)
    assert form is not None
    assert shown == form.shown(value)


@pytest.mark.parametrize(
    "code", ["General", "0", "#,##0", "0%", "dd/mm/yyyy", '"Tháng "mm', "@", '_-* #,##0\\ "₫"_-', ""]
)
def test_other_formats_change_nothing(code: str) -> None:
    assert number_form(code) is None


def test_decimals_are_counted_as_they_are_shown() -> None:
    """They tell 2.1 from 2.10; and they change no number."""
    form = number_form("#,##0.00")
    assert form is not None
    assert (2, 2.1) == (form.decimals, form.shown(2.1))


def test_budgets_are_read_as_they_are_shown(tmp_path: Path) -> None:
    """In thousands, and with the unit that the format writes; what is too much is asked about, and can be answered."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for cells in (
        HEAD,
        [1, "A", "Sở A", "Quý I", 150_000_000],
        [2, "B", "Sở A", "Quý I", 2],
        [3, "C", "Sở A", "Quý I", 3],
    ):
        sheet.append(cells)
    sheet["E2"].number_format, sheet["E3"].number_format = "#,##0,,", '0" tỷ"'
    book.save(tmp_path / "a.xlsx")
    assert [150 * 10**6, 2 * 10**9, 3 * 10**6] == [
        row.budget for row in read_draft(tmp_path / "a.xlsx", year=2025).activities
    ]
    sheet["E2"].number_format = "General"
    book.save(tmp_path / "a.xlsx")
    [question] = read_draft(tmp_path / "a.xlsx", year=2025).questions
    assert (f"cells:{sheet.title}!E2", "E2") == (question.ask, question.cell)
    answers = Answers(cells={f"{sheet.title}!E2": "150 triệu"})
    draft = read_draft(tmp_path / "a.xlsx", year=2025, answers=answers)
    assert (150 * 10**6, ()) == (draft.activities[0].budget, draft.questions)


def test_what_somebody_remarked_on_a_cell_is_told(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("PL")
        sheet.write_row(0, 0, HEAD[:4])
        sheet.write_row(1, 0, [1, "Rà soát", "Sở A", "Quý I"])
        sheet.write_comment("D2", "Gia hạn đến 30/9", {"author": "x"})
    [remark] = [told for told in read_draft(tmp_path / "a.xlsx", year=2025).problems if "Gia hạn" in told.what]
    assert ("D2", False) == (remark.cell, remark.is_error)


def level(number: int, form: str, text: str, start: int = 1) -> str:
    shown = f'<w:start w:val="{start}"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>'
    return f'<w:lvl w:ilvl="{number}">{shown}</w:lvl>'


LISTS = f"""<w:numbering {W}>
<w:abstractNum w:abstractNumId="7">{level(0, "upperRoman", "%1.")}{level(1, "decimal", "%2")}{level(2, "lowerLetter", "%3)")}
</w:abstractNum>
<w:abstractNum w:abstractNumId="8">{level(0, "decimal", "%1")}{level(1, "decimal", "%1.%2")}</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="8"/>
<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num></w:numbering>"""
STYLES = f"""<w:styles {W}><w:style w:type="paragraph" w:styleId="Muc">
<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style></w:styles>"""


def listed(number: int, level_: int = 0, text: str = "") -> str:
    """A cell with a paragraph of a list."""
    place = f'<w:numPr><w:ilvl w:val="{level_}"/><w:numId w:val="{number}"/></w:numPr>'
    return f"<w:tc><w:tcPr/><w:p><w:pPr>{place}</w:pPr>{run(text)}</w:p></w:tc>"


def styled(text: str = "") -> str:
    """A cell with a paragraph whose style is of a list."""
    return f'<w:tc><w:tcPr/><w:p><w:pPr><w:pStyle w:val="Muc"/></w:pPr>{run(text)}</w:p></w:tc>'


def word(path: Path, *rows: str) -> Draft:
    with zipfile.ZipFile(document(path, table(row(*HEAD[:4]), *rows)), "a") as archive:
        archive.writestr("word/numbering.xml", LISTS)
        archive.writestr("word/styles.xml", STYLES)
    return read_draft(path, year=2025)


def test_the_numbers_that_word_puts_are_numbers(tmp_path: Path) -> None:
    """Of sections and tasks, by their lists or by their style; each list begins below its section again."""
    task = ("Sở A", "Quý I")
    draft = word(
        tmp_path / "a.docx",
        row(listed(1), "Thể chế", "", ""), row(listed(1, 1), "Rà soát", *task), row(listed(1, 1), "Tập huấn", *task),
        row(styled(), "Bộ máy", "", ""), row(listed(1, 1), "Sắp xếp", *task),
    )  # fmt: skip
    assert ["Thể chế", "Bộ máy"] == [domain.title for domain in draft.domains]
    assert [("1", "1"), ("1", "2"), ("2", "1")] == [(one.domain, one.printed_number) for one in draft.activities]
    assert () == draft.questions


def test_lists_of_word_count_as_word_does(tmp_path: Path) -> None:
    """Over several levels; one that begins elsewhere is a list of its own."""
    lists = ((2, 0), (2, 1), (2, 1), (2, 0), (2, 1), (3, 0), (3, 0))
    rows = [row(listed(*one), f"Việc {n}", "Sở A", "Quý I") for n, one in enumerate(lists)]
    word(tmp_path / "a.docx", *rows)
    [sheet] = read_sheets(tmp_path / "a.docx")
    assert ["1", "1.1", "1.2", "2", "2.1", "5", "6"] == [cells[0] for cells in sheet.rows[1:]]


def test_marks_of_symbol_fonts_are_marks(tmp_path: Path) -> None:
    """An empty box is none."""
    mark, box = (
        f'<w:tc><w:p><w:r><w:sym w:font="Wingdings" w:char="{c}"/></w:r></w:p></w:tc>' for c in ("F0FC", "F0A8")
    )
    head = row("STT", "Nhiệm vụ", "Chủ trì", "Quý I", "Quý II")
    path = document(
        tmp_path / "a.docx", table(head, row("1", "Rà soát", "Sở A", box, mark), row("2", "Họp", "Sở A", mark, box))
    )
    assert ["Quý II", "Quý I"] == [one.deadline for one in read_draft(path, year=2025).activities]


def test_what_was_moved_away_is_no_text(tmp_path: Path) -> None:
    """While changes are tracked."""
    gone = f'<w:tc><w:p><w:moveFrom w:id="1" w:author="x">{run("Quý I")}</w:moveFrom>{run("Quý IV")}</w:p></w:tc>'
    path = document(tmp_path / "a.docx", table(row(*HEAD[:4]), row("1", "Rà soát", "Sở A", gone)))
    assert ["Quý IV"] == [one.deadline for one in read_draft(path, year=2025).activities]


def test_a_raised_letter_in_the_midst_is_a_letter() -> None:
    assert "17h00 ngày 15/3" == with_raised([("17", False), ("h", True), ("00 ngày 15/3", False)])
    assert "Quý III" == with_raised([("Quý ", False), ("III", True)])
    assert "Công an xã" == with_raised([("Công an xã", False), ("(a)", True)])
