"""Every kind of cell that a format allows is read as what it is, or its cell is named; nothing is read as empty in silence."""

import io
import math
import re
import struct
import subprocess
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from reformtrack import Tracker
from reformtrack.domain.errors import SheetFileError
from reformtrack.exchange import bounded
from reformtrack.exchange.agency_workbook import Returned, agency_workbook, import_agency_workbook
from reformtrack.exchange.appendix import sheet_reader, sheets
from reformtrack.exchange.appendix.importing import Import, NewPlan, import_appendix
from reformtrack.exchange.appendix.sheet_reader.xls import workbook_stream
from reformtrack.exchange.appendix.sheets import Percent
from tests.exchange import old_workbook as old
from tests.exchange.layouts import open_document, table, workbook
from tests.exchange.reading import read_sheets
from tests.support import adopted, scheduled

HEAD = ["STT", "Lĩnh vực", "Nhiệm vụ", "Sản phẩm", "Chủ trì", "Phối hợp", "Thời hạn", "Kinh phí (đồng)", "Ghi chú"]
ROW: list[Any] = [1, "Thể chế", "Rà soát", "Báo cáo", "Sở Tư pháp", "Sở Nội vụ", "Quý II", 5, "x"]
LEAD = "Sở Tư pháp"


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The script that reads a workbook is asked here: a process of its own for each cell would take minutes."""

    def work(worker: str, content: bytes, accepted: str) -> bytes:
        try:
            return sheet_reader.answer(content)
        except Exception as error:  # as the process does
            raise bounded.Unusable(f"it cannot be read: {error}", accepted) from None

    monkeypatch.setattr(bounded, "work", work)


STYLED = {"day": "dd/mm/yyyy", "duration": "[h]:mm:ss", "percent": "0%"}


def xlsx(path: Path, place: str, cell: str, *, epoch_1904: bool = False) -> Path:
    """An appendix of which one cell is this XML, `day`, `duration` and `percent` standing for their styles."""
    first = path.with_name("first.xlsx")
    with xlsxwriter.Workbook(first, {"date_1904": epoch_1904}) as book:
        sheet = book.add_worksheet("Phụ lục")
        for number, row in enumerate([HEAD, ROW]):
            sheet.write_row(number, 0, row)
        for number, form in enumerate(STYLED.values()):
            sheet.write_number(30, number, 1, book.add_format({"num_format": form}))
    put(first, path, "xl/worksheets/sheet1.xml", lambda part: _with_cell(part, place, cell))
    return path


def _with_cell(part: str, place: str, cell: str) -> str:
    for number, name in enumerate(STYLED, 1):
        cell = cell.replace(f's="{name}"', f's="{number}"')
    part = re.sub(r'<row r="31".*?</row>', "", part).replace('ref="A1:I31"', 'ref="A1:I2"')
    return re.sub(rf'<c r="{place}"[^>]*>.*?</c>', lambda _: cell.replace("<c", f'<c r="{place}"', 1), part)


def put(source: Path, path: Path, name: str, change: Callable[[str], str]) -> None:
    """A copy of an archive, one part of it changed."""
    with zipfile.ZipFile(source) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    changed = change(parts[name].decode()).encode()
    assert changed != parts[name]
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in {**parts, name: changed}.items():
            archive.writestr(part, content)


def ods(path: Path, place: str, cell: str) -> Path:
    """The same as an .ods file."""
    rows: list[list[Any]] = [HEAD, [*ROW]]
    rows[1]["ABCDEFGHI".index(place[0])] = "HERE"
    first = open_document(path.with_name("first.ods"), rows)
    here = '<table:table-cell office:value-type="string"><text:p>HERE</text:p></table:table-cell>'
    calcext = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    put(first, path, "content.xml", lambda part: part.replace(here, cell.replace(">", f" {calcext}>", 1)))
    return path


def imported(path: Path) -> Import:
    new = NewPlan(title="Kế hoạch", year=2023, jurisdiction="Tỉnh X")
    with Tracker() as tracker:
        return import_appendix(tracker, path, "p", by="a", on=date(2023, 1, 2), new=new)


def value(path: Path, place: str) -> object:
    [sheet] = read_sheets(path)
    return sheet.rows[1]["ABCDEFGHI".index(place[0])]


NO_VALUE: dict[str, str] = {
    "an error": '<c t="e"><v>#REF!</v></c>',
    "an error of a formula": '<c t="e"><f>1/0</f><v>#DIV/0!</v></c>',
    "an error in other quotes": "<c s=\"0\" t='e'><v>#N/A</v></c>",
    "an error in a text": '<c t="str"><f>A1</f><v>#VALUE!</v></c>',
    "a formula without a value": "<c><f>1+1</f></c>",
    "a formula with an empty value": "<c><f>1+1</f><v/></c>",
    "NaN": "<c><v>NaN</v></c>",
    "infinity": "<c><v>inf</v></c>",
    "minus infinity": "<c><v>-inf</v></c>",
    "what is too large": "<c><v>1e999</v></c>",
    "what is too small": '<c t="n"><v>-1e999</v></c>',
    "a formula that is NaN": "<c><f>A1</f><v>NaN</v></c>",
    "a day that is NaN": '<c s="day"><v>NaN</v></c>',
    "a duration that is NaN": '<c s="duration"><v>NaN</v></c>',
    "a formula that is a duration of NaN": '<c s="duration"><f>A1</f><v>nan</v></c>',
    "a day that is infinite": '<c s="day"><v>1e999</v></c>',
    "a day before 1901": '<c s="day"><v>60</v></c>',
    "a percentage that is NaN": '<c s="percent"><v>NaN</v></c>',
}


@pytest.mark.slow
@pytest.mark.parametrize("place", ["C2", "D2", "E2", "F2", "G2", "H2", "I2"])
@pytest.mark.parametrize("kind", NO_VALUE)
def test_a_cell_without_a_value_is_named(kind: str, place: str, tmp_path: Path) -> None:
    """In every column, those that may be empty too: what is left out in silence is missed by nobody."""
    found = imported(xlsx(tmp_path / "a.xlsx", place, NO_VALUE[kind]))
    assert not found.is_accepted
    assert place in {problem.cell for problem in found.problems if problem.is_error}


@pytest.mark.parametrize("error", ["#SPILL!", "#CALC!", "#GETTING_DATA", "#FIELD!", "#CONNECT!", "#BLOCKED!", "#FOO"])
def test_an_error_that_is_newer_than_the_library_is_named(error: str, tmp_path: Path) -> None:
    """A file that the library refuses because of one cell says which."""
    with pytest.raises(SheetFileError, match=rf"{error}.*D2"):
        imported(xlsx(tmp_path / "a.xlsx", "D2", f'<c t="e"><v>{error}</v></c>'))


@pytest.mark.parametrize(
    "cell",
    [
        '<c s="duration"><v>1e10</v></c>',
        '<c s="duration"><v>-1e300</v></c>',
        '<c s="duration"><v>inf</v></c>',
        '<c s="day"><v>-1e15</v></c>',
        '<c s="day"><v>-1e300</v></c>',
        '<c s="day"><v>-inf</v></c>',
    ],
)
def test_what_no_value_of_python_is_for_is_named_by_its_row(cell: str, tmp_path: Path) -> None:
    """Not as an error of Python, nor as a lack of memory."""
    with pytest.raises(
        SheetFileError, match=r"row 2 of 'Phụ lục' has a day, a time or a duration that is out of range"
    ):
        imported(xlsx(tmp_path / "a.xlsx", "D2", cell))


READ: dict[str, tuple[str, object]] = {
    "a number": ("<c><v>12.5</v></c>", 12.5),
    "a whole number": ("<c><v>12</v></c>", 12.0),
    "minus nothing": ("<c><v>-0</v></c>", 0.0),
    "a huge number": ("<c><v>123456789012345678901234567890</v></c>", 1.2345678901234568e29),
    "a tiny number": ("<c><v>1e-320</v></c>", 1e-320),
    "a percentage": ('<c s="percent"><v>0.35</v></c>', Percent(0.35)),
    "a text": ('<c t="inlineStr"><is><t>xong</t></is></c>', "xong"),
    "a text in decomposed letters": ('<c t="inlineStr"><is><t>So\u031b\u0309</t></is></c>', "Sở"),
    "a text of a formula": ('<c t="str"><f>"x"</f><v>x</v></c>', "x"),
    "an empty text": ('<c t="str"><v></v></c>', None),
    "an empty text of a formula": ('<c t="str"><f>""</f><v></v></c>', None),
    "a truth": ('<c t="b"><v>1</v></c>', True),
    "a falsehood": ('<c t="b"><v>0</v></c>', False),
    "a day": ('<c s="day"><v>45000</v></c>', date(2023, 3, 15)),
    "a day at noon": ('<c s="day"><v>45000.5</v></c>', date(2023, 3, 15)),
    "a day of a formula": ('<c s="day"><f>TODAY()</f><v>45000</v></c>', date(2023, 3, 15)),
    "the last day": ('<c s="day"><v>2958465</v></c>', date(9999, 12, 31)),
    "a day after the last": ('<c s="day"><v>2958466</v></c>', 2958466.0),
    "a time": ('<c s="day"><v>0.5</v></c>', "12:00:00"),
    "a day before the first": ('<c s="day"><v>-5</v></c>', "00:00:00"),
    "a duration": ('<c s="duration"><v>1.5</v></c>', "1 day, 12:00:00"),
    "a day in ISO": ('<c t="d"><v>2023-06-30</v></c>', date(2023, 6, 30)),
    "an instant in ISO": ('<c t="d"><v>2023-06-30T10:00:00Z</v></c>', "2023-06-30T10:00:00Z"),
    "no day in ISO": ('<c t="d"><v>0000-00-00</v></c>', "0000-00-00"),
    "nothing": ("<c/>", None),
    "an escaped control": ('<c t="inlineStr"><is><t>a_x0007_</t></is></c>', "a\x07"),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", READ)
def test_a_cell_is_read_as_what_it_is(kind: str, tmp_path: Path) -> None:
    """By its type and its format; and whatever that is, an import takes it or names the cell."""
    cell, expected = READ[kind]
    found = value(xlsx(tmp_path / "a.xlsx", "D2", cell), "D2")
    assert (type(expected), expected) == (type(found), found)
    for place in ("C2", "D2", "E2", "F2", "G2", "H2"):
        result = imported(xlsx(tmp_path / "b.xlsx", place, cell))
        assert result.records or place in {problem.cell for problem in result.problems if problem.is_error}


def test_a_day_is_counted_from_where_the_workbook_says(tmp_path: Path) -> None:
    """Excel on a Mac began in 1904."""
    path = xlsx(tmp_path / "a.xlsx", "G2", '<c s="day"><v>43538</v></c>', epoch_1904=True)
    assert date(2023, 3, 15) == value(path, "G2")


@pytest.mark.parametrize("place", ["D2", "F2", "I2"])
def test_a_truth_value_is_not_left_out_in_silence(place: str, tmp_path: Path) -> None:
    """A box that was ticked is no text; it is said, and the rest is imported."""
    found = imported(xlsx(tmp_path / "a.xlsx", place, '<c t="b"><v>1</v></c>'))
    assert found.is_accepted
    assert place in {problem.cell for problem in found.problems}


ODS_NO_VALUE = {
    "an error": '<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" '
    'calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>',
    "a formula without a value": '<table:table-cell table:formula="of:=1/0"></table:table-cell>',
    "NaN": '<table:table-cell office:value-type="float" office:value="NaN"><text:p>NaN</text:p></table:table-cell>',
    "infinity": '<table:table-cell office:value-type="currency" office:value="INF"><text:p>1</text:p></table:table-cell>',
    "too large": '<table:table-cell office:value-type="percentage" office:value="1e999"><text:p>1</text:p></table:table-cell>',
    "a day before 1901": '<table:table-cell office:value-type="date" office:date-value="1899-12-30"><text:p>1</text:p>'
    "</table:table-cell>",
}


@pytest.mark.parametrize("place", ["D2", "F2", "G2", "H2", "I2"])
@pytest.mark.parametrize("kind", ODS_NO_VALUE)
def test_a_cell_of_an_open_document_without_a_value_is_named(kind: str, place: str, tmp_path: Path) -> None:
    """The library reads an error as an empty text."""
    found = imported(ods(tmp_path / "a.ods", place, ODS_NO_VALUE[kind]))
    assert not found.is_accepted
    assert place in {problem.cell for problem in found.problems if problem.is_error}


ODS_READ: dict[str, tuple[str, object]] = {
    "float": ('office:value-type="float" office:value="1.5"', 1.5),
    "percentage": ('office:value-type="percentage" office:value="0.35"', 0.35),
    "currency": ('office:value-type="currency" office:currency="VND" office:value="5"', 5.0),
    "date": ('office:value-type="date" office:date-value="2023-06-30"', date(2023, 6, 30)),
    "instant": ('office:value-type="date" office:date-value="2023-06-30T10:00:00"', date(2023, 6, 30)),
    "a day after the last": ('office:value-type="date" office:date-value="10000-01-01"', "10000-01-01"),
    "time": ('office:value-type="time" office:time-value="PT36H"', "PT36H"),
    "boolean": ('office:value-type="boolean" office:boolean-value="true"', True),
    "string": ('office:value-type="string" office:string-value="y"', "y"),
    "void": ('office:value-type="void"', None),
}


@pytest.mark.parametrize("kind", ODS_READ)
def test_a_cell_of_an_open_document_is_read_as_what_it_is(kind: str, tmp_path: Path) -> None:
    """By its type."""
    given, expected = ODS_READ[kind]
    shown = "x" if kind == "string" else ""
    path = ods(tmp_path / "a.ods", "D2", f"<table:table-cell {given}><text:p>{shown}</text:p></table:table-cell>")
    assert expected == value(path, "D2")


OLD_NO_VALUE: dict[str, Callable[[int, int], bytes]] = {
    **{name: partial(old.error, code=code) for name, code in old.ERRORS.items()},
    "an error of a formula": lambda row, column: old.formula(row, column, old.special(2, 0x07)),
    "NaN": lambda row, column: old.number(row, column, math.nan),
    "infinity": lambda row, column: old.number(row, column, math.inf),
    "a day that is infinite": lambda row, column: old.number(row, column, math.inf, "day"),
    "a day before 1901": lambda row, column: old.number(row, column, 59, "day"),
    "a duration that is NaN": lambda row, column: old.number(row, column, math.nan, "duration"),
}


@pytest.mark.parametrize("small", [False, True])
@pytest.mark.parametrize("place", ["D2", "F2", "H2"])
@pytest.mark.parametrize("kind", OLD_NO_VALUE)
def test_a_cell_of_the_old_form_without_a_value_is_named(kind: str, place: str, small: bool, tmp_path: Path) -> None:
    """The library reads an error as an empty text; the file is looked through for them, wherever its sectors are."""
    column = "ABCDEFGHI".index(place[0])
    row = [*ROW[:column], OLD_NO_VALUE[kind](1, column), *ROW[column + 1 :]]
    path = tmp_path / "a.xls"
    path.write_bytes(old.appendix([HEAD, row], small=small))
    found = imported(path)
    assert not found.is_accepted
    assert {place} == {problem.cell for problem in found.problems if problem.is_error}


OLD_READ: dict[str, tuple[bytes, object]] = {
    "a number": (old.number(1, 3, 12.5), 12.5),
    "a percentage": (old.number(1, 3, 0.35, "percent"), 0.35),
    "a day": (old.number(1, 3, 45_000, "day"), date(2023, 3, 15)),
    "a duration": (old.number(1, 3, 1.5, "duration"), "1 day, 12:00:00"),
    "a truth": (old.truth(1, 3, True), True),
    "a text": (old.label(1, 3, "Sở"), "Sở"),
    "a formula": (old.formula(1, 3, struct.pack("<d", 2.5)), 2.5),
    "a text of a formula": (old.formula(1, 3, old.special(0)) + old.record(old.STRING, old.text("xong")), "xong"),
    "a truth of a formula": (old.formula(1, 3, old.special(1, 1)), True),
    "an empty text of a formula": (old.formula(1, 3, old.special(3)), None),
}


@pytest.mark.parametrize("kind", OLD_READ)
def test_a_cell_of_the_old_form_is_read_as_what_it_is(kind: str, tmp_path: Path) -> None:
    """By its record and its format."""
    cell, expected = OLD_READ[kind]
    path = tmp_path / "a.xls"
    path.write_bytes(old.appendix([HEAD, [*ROW[:3], cell, *ROW[4:]]]))
    [sheet] = read_sheets(path)
    assert (expected, frozenset()) == (sheet.rows[1][3], sheet.empty_formulas)


@pytest.mark.slow
def test_a_damaged_file_of_the_old_form_is_refused_soon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sectors that lead in a circle, sizes that are lies, ends that are missing. Some of it ends the process that reads it."""
    monkeypatch.undo()
    whole = old.appendix([HEAD, ROW])
    for place in (30, 32, 44, 48, 56, 60, 76, 80):
        for value in (0, 2, 0xFFFFFFFF):
            damaged = bytearray(whole)
            struct.pack_into("<I", damaged, place, value)
            path = tmp_path / "a.xls"
            path.write_bytes(bytes(damaged))
            with suppress(SheetFileError):
                read_sheets(path)
    for end in range(0, len(whole), 97):
        with suppress(Exception):  # whatever the script says of it, as an answer
            workbook_stream(whole[:end])


def test_a_binary_workbook_is_refused(tmp_path: Path) -> None:
    """Of its errors the library says nothing, and neither do we."""
    source, path = workbook(tmp_path / "a.xlsx", [HEAD, ROW]), tmp_path / "a.xlsb"
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(path, "w") as packed:
        for name in archive.namelist():
            packed.writestr(name.replace("workbook.xml", "workbook.bin"), archive.read(name))
    with pytest.raises(SheetFileError, match=r"a binary workbook \(\.xlsb\)"):
        imported(path)


@pytest.mark.needs("soffice")
def test_an_error_in_a_file_of_the_old_form_is_named(tmp_path: Path) -> None:
    """As LibreOffice saves it; errors of formulas, and their values."""
    source = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(source) as book:
        book.add_worksheet("Trước").write_formula("D2", "=1/0", None, "#DIV/0!")
        sheet = book.add_worksheet("Phụ lục")
        for number, row in enumerate([HEAD, ROW, [2, "Thể chế", "Ban hành", *ROW[3:]]]):
            sheet.write_row(number, 0, row)
        sheet.write_formula("D2", "=1/0", None, "#DIV/0!")
        sheet.write_formula("H3", "=NA()", None, "#N/A")
        sheet.write_formula("I2", '="xong"', None, "xong")
    home = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", "--headless", home, "--convert-to", "xls", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    path = tmp_path / "a.xls"
    assert [{"D2"}, {"D2", "H3"}] == [set(sheet.empty_formulas) for sheet in read_sheets(path)]
    assert {"D2", "H3"} == {problem.cell for problem in imported(path).problems if problem.is_error}


MARKS = "a" + "\u0301\u0323" * 20


@pytest.mark.parametrize("form", ["xlsx", "ods", "csv"])
def test_a_cell_with_too_many_marks_is_named(form: str, tmp_path: Path) -> None:
    """It is not normalised, and the file is not taken."""
    rows: list[list[Any]] = [HEAD, [*ROW[:3], MARKS, *ROW[4:]]]
    make: dict[str, Callable[[Path, Any], Path]] = {"xlsx": workbook, "ods": open_document, "csv": table}
    with pytest.raises(SheetFileError, match=r"D2.*more than 30 combining marks in a row"):
        imported(make[form](tmp_path / f"a.{form}", rows))


@pytest.mark.slow
def test_a_process_of_its_own_says_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a workbook of each format."""
    monkeypatch.undo()
    old_file = tmp_path / "a.xls"
    old_file.write_bytes(old.appendix([HEAD, [*ROW[:3], old.error(1, 3, 0x17), *ROW[4:]]]))
    files = [
        xlsx(tmp_path / "a.xlsx", "D2", NO_VALUE["NaN"]),
        ods(tmp_path / "a.ods", "D2", ODS_NO_VALUE["an error"]),
        old_file,
    ]
    for path in files:
        assert {"D2"} == {problem.cell for problem in imported(path).problems if problem.is_error}
    with pytest.raises(SheetFileError, match="row 2 of 'Phụ lục' has a day, a time or a duration that is out of range"):
        imported(xlsx(tmp_path / "b.xlsx", "D2", '<c s="day"><v>-1e300</v></c>'))


@pytest.mark.parametrize("form", ["xlsx", "ods", "csv"])
def test_texts_are_in_one_normal_form_whatever_the_format(form: str, tmp_path: Path) -> None:
    """A file saved on a Mac says the same."""
    make: dict[str, Callable[[Path, Any], Path]] = {"xlsx": workbook, "ods": open_document, "csv": table}
    [sheet] = read_sheets(make[form](tmp_path / f"a.{form}", [["So\u031b\u0309", "b"]]))
    assert ("Sở", "b") == sheet.rows[0]


def test_spaces_and_lines_in_a_name_are_trimmed(tmp_path: Path) -> None:
    """As somebody breaks a line in a cell; an invisible character is left out, and told."""
    rows: list[list[Any]] = [HEAD, [*ROW[:4], " Sở\u00a0Tư\n pháp ", "Sở  Nội\nvụ ; Sở\tY tế", *ROW[6:]]]
    found = imported(workbook(tmp_path / "a.xlsx", rows))
    assert ("Sở Tư pháp", ("Sở Nội vụ", "Sở Y tế")) == (found.events[1].lead, found.events[1].supporting)  # type: ignore[union-attr]
    rows[1][4], rows[1][5] = "Sở Tư\u200b pháp", "Sở Nội\u00ad vụ"
    again = imported(workbook(tmp_path / "b.xlsx", rows))
    assert ("Sở Tư pháp", ("Sở Nội vụ",)) == (again.events[1].lead, again.events[1].supporting)  # type: ignore[union-attr]
    assert [("E2", False), ("F2", False)] == [(problem.cell, problem.is_error) for problem in again.problems]


def test_a_name_on_record_that_has_such_a_line_is_the_same_as_in_the_file(tmp_path: Path) -> None:
    """An amendment does not reassign what only spaces tell apart."""
    path = workbook(tmp_path / "a.xlsx", [HEAD, [*ROW[:4], "Sở Tư\npháp", *ROW[5:]]])
    new = NewPlan(title="Kế hoạch", year=2023, jurisdiction="Tỉnh X")
    with Tracker() as tracker:
        for again in range(2):
            found = import_appendix(tracker, path, "p", by="a", on=date(2023, 1, 2), new=new)
            assert bool(found.records) == (again == 0)


def agency_return(folder: Path, cells: dict[str, str]) -> Returned:
    """A workbook that comes back, some of its cells this XML."""
    with Tracker() as tracker:
        tracker.record(adopted(), scheduled("p/1"), by="a")
        source, path = folder / "sent.xlsx", folder / "back.xlsx"
        source.write_bytes(agency_workbook(tracker.plan("p"), LEAD))

        def fill(part: str) -> str:
            for place, cell in cells.items():
                part = re.sub(rf'<c r="{place}"[^>]*/>', cell.replace("<c", f'<c r="{place}"', 1), part)
            return part

        put(source, path, "xl/worksheets/sheet1.xml", fill)
        return import_agency_workbook(tracker, path, lead=LEAD, by="a")


def text(content: str) -> str:
    return f'<c t="inlineStr"><is><t>{content}</t></is></c>'


FILLED = {"H6": text("đã hoàn thành"), "I6": text("20/06/2023"), "J6": text("xong")}


@pytest.mark.parametrize("place", ["H6", "I6", "J6", "K6", "L6", "M6", "N6"])
@pytest.mark.parametrize("kind", [*NO_VALUE, "a truth value"])
def test_a_cell_of_a_return_without_a_value_is_named_and_its_row_not_recorded(
    kind: str, place: str, tmp_path: Path
) -> None:
    """Each of the cells that an agency fills in."""
    cell = NO_VALUE.get(kind, '<c t="b"><v>1</v></c>').replace('s="day"', 's="6"')
    found = agency_return(tmp_path, {**FILLED, place: cell})
    assert found.records == ()
    assert {place} == {problem.cell for problem in found.problems}


def test_a_return_is_read_as_it_is_shown(tmp_path: Path) -> None:
    """Numbers without a decimal point, and spaces trimmed; a row with nothing but a number was filled in too."""
    found = agency_return(tmp_path, {**FILLED, "J6": "<c><v>0</v></c>", "L6": text(" 45/BC  - STP")})
    [record] = found.records
    assert "0" == record.event.note  # type: ignore[union-attr]
    assert "45/BC - STP" == record.event.evidence[0].number  # type: ignore[union-attr]
    alone = agency_return(tmp_path, {"J6": "<c><v>0</v></c>"})
    assert {"I6"} == {problem.cell for problem in alone.problems}


def test_what_the_reader_says_is_json_whatever_it_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """And where it is not, that is the file's error."""
    for said in (b"", b"{", b'{"sheets":[{"name":"x","rows":[[NaN]],"merged":[],"formulas":[]}]}', b'"\xff"'):
        monkeypatch.setattr(sheets, "_read", lambda path, content, said=said: said)
        with pytest.raises(SheetFileError, match="cannot be read"):
            sheets.sheets_in(io.BytesIO(workbook(tmp_path / "a.xlsx", [["a"]]).read_bytes()).getvalue(), "a")
