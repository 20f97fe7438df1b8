"""Files as sheets: what a file is, its content says; what is hostile in it is refused in bounded time."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest
import xlsxwriter

from reformtrack.domain.errors import SheetFileError
from reformtrack.exchange import bounded
from reformtrack.exchange.appendix.sheets import Sheet
from reformtrack.exchange.bounded import MAX_INFLATED
from tests.exchange.layouts import Cells, open_document, simple, table, workbook
from tests.exchange.reading import read_sheets
from tests.support import LONGEST, worked

pytestmark = pytest.mark.slow

SECONDS = 10
"""How much work a file may be that is refused before the limit of time."""


def changed(path: Path, change: Callable[[str, bytes], bytes], extra: dict[str, bytes] | None = None) -> Path:
    """A workbook of which some parts are others."""
    whole = workbook(path.with_name("whole.xlsx"), simple())
    with zipfile.ZipFile(whole) as archive:
        parts = {name: change(name, archive.read(name)) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**parts, **(extra or {})}.items():
            archive.writestr(name, content)
    return path


def within_sheet(old: bytes, new: bytes) -> Callable[[str, bytes], bytes]:
    return lambda name, part: part.replace(old, new, 1) if name.endswith("sheet1.xml") else part


def with_part(name: str, content: bytes = b"x") -> Callable[[Path], Path]:
    return lambda path: changed(path, lambda _, part: part, {name: content})


def written(content: bytes) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return make


def ole(stream: str) -> Callable[[Path], Path]:
    return written(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + stream.encode("utf-16-le"))


def lying(path: Path) -> Path:
    """A bomb whose directory says that it is small."""
    size = MAX_INFLATED + 1
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _ in range(size // (1 << 20) + 1):
            part.write(b" " * (1 << 20))
    content = bytearray(out.getvalue())
    directory = content.rindex(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (100).to_bytes(4, "little")
    path.write_bytes(content)
    return path


def merged(*areas: str) -> Callable[[Path], Path]:
    """Cells that are merged, in a sheet whose last cell is B20000."""
    last = b'<row r="20000"><c r="B20000"><v>1</v></c></row></sheetData>'
    cells = b"<mergeCells>" + b"".join(b'<mergeCell ref="%s"/>' % area.encode() for area in areas) + b"</mergeCells>"
    return lambda path: changed(path, within_sheet(b"</sheetData>", last + cells))


def merged_in_each_sheet(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for _ in range(6):
            sheet = book.add_worksheet()
            sheet.merge_range("A1:A18000", "x")
            sheet.write("B20000", "y")
    return path


def one_text_in_many_cells(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row in range(4_000):
            sheet.write(row, 0, "ấ" * 32_000)
    return path


def late_entities(path: Path) -> Path:
    declared = b"?><!--" + b"x" * 2_000_000 + b'--><!DOCTYPE x [<!ENTITY a "a">]>'
    return changed(path, within_sheet(b"?>", declared))


def in_utf_16(path: Path) -> Path:
    def recoded(name: str, part: bytes) -> bytes:
        return part.decode().encode("utf-16") if name.endswith("sheet1.xml") else part

    return changed(path, recoded)


HOSTILE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "pdf": (written(b"%PDF-1.7 ..."), "it is a PDF document: open it in Word, check the table, and save it as .docx"),
    "rtf": (written(b"{\\rtf1 ...}"), "it is an RTF document"),
    "docx": (with_part("word/document.xml"), "it is not certain which of its parts is shown"),
    "doc": (ole("WordDocument"), "a Word document of the old form .*; accepted: the same saved as .docx"),
    "old macros": (ole("_VBA_PROJECT"), "it has macros"),
    "macros": (with_part("xl/vbaProject.bin"), "it has macros; accepted: the same saved as .xlsx without macros"),
    "password": (ole("EncryptedPackage"), "it is protected by a password; accepted: a file without one"),
    "links": (with_part("xl/externalLinks/externalLink1.xml"), "links to other files"),
    "lying directory": (lying, "too large when unpacked"),
    "many parts": (
        lambda path: changed(path, lambda _, part: part, {f"xl/{n}": b"" for n in range(6_000)}),
        "too large when unpacked; accepted: at most .* in 5,000 parts",
    ),
    "late entities": (late_entities, "declares XML entities"),
    "utf-16": (in_utf_16, "is not UTF-8"),
    "merged": (merged(*["A1:A19999"] * 50_000), "merged more than once"),
    "merged often": (merged(*["A1:A20000"] * 199), "merged more than once"),
    "merged across": (merged("A5:B9", "B1:B5"), "merged more than once"),
    "merged in each sheet": (merged_in_each_sheet, "more than 100000 cells are merged in all sheets together"),
    "one text in many cells": (one_text_in_many_cells, "characters in all sheets|too much memory"),
    "csv with a long cell": (written(b"a,b\n" + b"x" * 40_000 + b",y"), "row 2 has more than 32767 characters"),
    "csv of commas": (written(b"," * (10 << 20)), "more than 20000 rows or 200 columns"),
    "csv of quotes": (written(b'"' * (19 << 20)), "field larger than|too much memory|seconds"),
    "open quote": (written(b'a,b\n"' + b"x,\n" * (3 << 20)), "more than 200000 lines"),
    "page": (written(b"  <TABLE><tr></tr></TABLE>"), "a web page"),
    "latin": (written("STT,Nhiệm vụ".encode()[:-1] + b"\xff"), "saved as “CSV UTF-8”"),
}


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.ods", "a.docx"])
def test_each_form_is_read_in_a_process_that_has_a_limit(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which ends it: texts and documents of Word too."""
    path, rows = tmp_path / name, [["STT", "Nhiệm vụ"], ["1", "Rà soát"]]
    match path.suffix:
        case ".csv":
            table(path, rows)
        case ".xlsx":
            workbook(path, rows)
        case ".ods":
            open_document(path, rows)
        case _:
            document = docx.Document()
            document.add_table(2, 2).cell(0, 0).text = "STT"
            document.save(str(path))
    assert read_sheets(path)
    monkeypatch.setattr(bounded, "SECONDS", 0.001)
    with pytest.raises(SheetFileError, match=r"it takes more than 0\.001 seconds to read"):
        read_sheets(path)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_soon_and_clearly(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before its parts are opened where that can be, and with words that say what it is."""
    make, message = HOSTILE[name]
    path = make(tmp_path / "a.xlsx")
    monkeypatch.setattr(bounded, "SECONDS", LONGEST)
    began = worked()
    with pytest.raises(SheetFileError, match=message) as refused:
        read_sheets(path)
    assert worked() - began < SECONDS
    assert "; accepted: " in str(refused.value)


def test_a_file_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that reads it is ended."""
    monkeypatch.setattr(bounded, "SECONDS", 0.001)
    with pytest.raises(SheetFileError, match=r"more than 0.001 seconds"):
        read_sheets(workbook(tmp_path / "a.xlsx", simple()))


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A folder; and a device, which would never end."""
    for path in (tmp_path, Path("/dev/zero")):
        with pytest.raises(SheetFileError, match="it is no file"):
            read_sheets(path)
    with pytest.raises(FileNotFoundError):
        read_sheets(tmp_path / "none.xlsx")


TEXTS: Cells = [
    ["STT", "Nhiệm vụ", "Chủ trì"],
    ["1", "Rà soát, công bố, số hóa", "Sở A; Sở B"],
    ["2", "a, b, c, d", ""],
]
ROWS = tuple(tuple(cell or None for cell in row) for row in TEXTS)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_text_is_parted_where_its_columns_are(delimiter: str, encoding: str, tmp_path: Path) -> None:
    """However many commas its sentences have."""
    [sheet] = read_sheets(table(tmp_path / "a.csv", TEXTS, delimiter, encoding))
    assert Sheet("a", ROWS) == sheet


def test_a_text_may_say_how_it_is_parted(tmp_path: Path) -> None:
    """As Excel has it, in a first line; the rows keep their numbers."""
    path = tmp_path / "a.csv"
    path.write_text("sep=;\na,b,c;d\n", encoding="utf-8")
    [sheet] = read_sheets(path)
    assert (("sep=", None), ("a,b,c", "d")) == sheet.rows


def test_cells_with_a_formula_and_no_value_are_known_by_their_sheet(tmp_path: Path) -> None:
    """Whatever the order of the sheets and of their parts, and hidden ones before; an empty text is a value."""
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    hidden, second, first = book.active, book.create_sheet("Hai"), book.create_sheet("Một")
    assert hidden is not None
    hidden.sheet_state = "hidden"
    hidden["A1"] = "=1"
    second["B2"], first["C3"] = "=1+1", "x"
    book.move_sheet("Một", -1)
    book.save(path)
    assert [("Một", frozenset()), ("Hai", {"B2"})] == [
        (sheet.name, sheet.empty_formulas) for sheet in read_sheets(path)
    ]
    with xlsxwriter.Workbook(path) as made:
        made.add_worksheet().write_formula("A1", '=""', value="")
    [sheet] = read_sheets(changed_type(path))
    assert frozenset() == sheet.empty_formulas


def changed_type(path: Path) -> Path:
    """The same as Excel writes it: the value of the formula is a text, an empty one."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b'<c r="A1">', b'<c r="A1" t="str">')
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_cells_that_are_merged_downwards_have_the_value_of_the_first(tmp_path: Path) -> None:
    """In an .xlsx file and in an .ods file."""
    path = open_document(tmp_path / "a.ods", [["a", "x"], ["b", ""], ["c", ""], ["d", ""]])
    span = b'<table:table-cell office:value-type="string" table:number-rows-spanned="2"><text:p>x'
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["content.xml"] = parts["content.xml"].replace(b'<table:table-cell office:value-type="string"><text:p>x', span)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    other = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(other) as book:
        sheet = book.add_worksheet()
        sheet.write_column("A1", ["a", "b", "c", "d"])
        sheet.merge_range("B1:B2", "x")
    expected = Sheet(
        "Sheet1", (("a", "x"), ("b", "x"), ("c", None), ("d", None)), frozenset({(1, 1)}), merged=(((0, 1), (1, 1)),)
    )
    assert [expected, expected] == [*read_sheets(path), *read_sheets(other)]


def test_an_open_document_is_read_as_a_workbook(tmp_path: Path) -> None:
    """As LibreOffice saves it."""
    [sheet] = read_sheets(open_document(tmp_path / "a.ods", TEXTS))
    assert Sheet("Sheet1", ROWS) == sheet
