"""What marks the cells of a workbook is read as XML, however it is written; what cannot be told for certain is refused."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from reformtrack.domain.errors import SheetFileError
from tests.exchange.reading import read_sheets

pytestmark = pytest.mark.slow

SHEET = "xl/worksheets/sheet1.xml"
LINKS = "xl/_rels/workbook.xml.rels"


def made(path: Path, change: Callable[[str, str], tuple[str, str]] = lambda name, text: (name, text)) -> Path:
    """A workbook with a hidden row and column, an error, and a cell that is struck out; its parts and their names changed."""
    whole = path.with_name("whole.xlsx")
    with xlsxwriter.Workbook(whole) as book:
        sheet, struck = book.add_worksheet("PL"), book.add_format({"font_strikeout": True})
        for row in range(4):
            sheet.write_row(row, 0, ["a", "b", row, "d"])
        sheet.write(3, 1, "gạch", struck)
        sheet.write_formula(3, 2, "=NA()", None, "#N/A")
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column(3, 3, None, None, {"hidden": True})
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            name, text = change(name, old.read(name).decode())
            new.writestr(name, text)
    return path


def within(*changes: tuple[str, str], part: str = SHEET) -> Callable[[str, str], tuple[str, str]]:
    def change(name: str, text: str) -> tuple[str, str]:
        for old, new in changes if name == part else ():
            assert re.search(old, text)
            text = re.sub(old, new, text)
        return name, text

    return change


def renamed(name: str) -> Callable[[str, str], tuple[str, str]]:
    return lambda old, text: (name if old == SHEET else old, text)


FOREIGN = (r"<worksheet ", '<worksheet xmlns:f="urn:f" ')

WRITTEN = {
    "spaces": within(*((rf' {name}="', f' {name} = "') for name in ("r", "s", "t", "hidden", "min", "max"))),
    "single quotes": within((r'="([^"]*)"', r"='\1'")),
    "a sign before": within(FOREIGN, ("<(row|c|col) ", r'<\1 f:a=">" ')),
    "codes of signs": within(('hidden="1"', 'hidden="&#49;"')),
    "words": within(('hidden="1"', 'hidden=" true "')),
    "rows without a number": within((r'<row r="\d"', "<row")),
    "cells without a name": within((r'<c r="\w+"', "<c")),
    "numbers of styles with zeros": within((' s="', ' s="00')),
    "a prefix": within((r"<(/?)(?=\w)", r"<\1x:"), ("xmlns=", "xmlns:x=")),
    "capitals in the name": renamed("xl/worksheets/Sheet1.XML"),
    "backslashes in the name": renamed(SHEET.replace("/", "\\")),
    "long ways": within(('Target="worksheets/', 'Target="/xl/worksheets/'), part=LINKS),
}


@pytest.mark.parametrize("way", WRITTEN)
def test_marks_are_found_however_the_xml_is_written(way: str, tmp_path: Path) -> None:
    [plain] = read_sheets(made(tmp_path / "plain.xlsx"))
    marks = (plain.hidden, plain.hidden_columns, plain.empty_formulas, plain.struck)
    assert [[2], [3], ["C4"], ["B4"]] == [*map(list, marks)]
    assert [plain] == [*read_sheets(made(tmp_path / "a.xlsx", WRITTEN[way]))]


ROW = '<row r="9"><c r="A9" t="inlineStr"><is><t>x</t></is></c></row>'

UNCLEAR = {
    "no part": renamed("xl/worksheets/other.xml"),
    "a number cut by a remark": within(("<v>1</v></c><c", "<v>1<!-- -->2</v></c><c")),
    "a number by codes": within(("<v>1</v></c><c", "<v>1&#50;</v></c><c")),
    "a text by codes": within(("<v>0</v>", "<v>&#x30;</v>")),
    "two values": within(("<v>1</v></c><c", "<v>1</v><v>2</v></c><c")),
    "a text that no type names": within((r"<v>1</v></c><c", "<is><t>x</t></is></c><c")),
    "a value of another namespace": within(FOREIGN, ("<v>1</v></c><c", "<f:v>1</f:v></c><c")),
    "a cell of another namespace": within(FOREIGN, ("</row>", '<f:c r="E1"><v>1</v></f:c></row>')),
    "a cell in another row": within(('r="B2"', 'r="B9"')),
    "a cell twice": within(('r="B2"', 'r="A2"')),
    "a row twice": within(('<row r="3"', '<row r="2"')),
    "a cell without a column": within(('r="B2"', 'r="2"')),
    "cells in no row": within((r"<row [^>]*>|</row>", "")),
    "rows in an alternative": within(FOREIGN, ("<sheetData>", "<sheetData><f:a>"), ("</sheetData>", "</f:a></sheetData>")),
    "two tables": within(("</sheetData>", f"</sheetData><sheetData>{ROW}</sheetData>")),
    "a table of another namespace": within(FOREIGN, ("<sheetData>", f"<f:sheetData>{ROW}</f:sheetData><sheetData>")),
    "an id twice": within(("</Relat", '<Relationship Id="rId1" Type="x" Target="x"/></Relat'), part=LINKS),
    "other texts": within(('Target="shared', 'Target="'), part=LINKS),
    "other styles": within(('Target="styles', 'Target="looks'), part=LINKS),
    "a way within the folder": within(('Target="worksheets/', 'Target="xl/worksheets/'), part=LINKS),
    "two ids": within(("<sheet ", '<sheet xmlns:f="urn:f" f:id="rId9" '), part="xl/workbook.xml"),
    "two sheets of one name": within(("<sheet .*?/>", r"\g<0>\g<0>"), part="xl/workbook.xml"),
}  # fmt: skip


@pytest.mark.parametrize("way", UNCLEAR)
def test_a_workbook_that_may_be_shown_otherwise_is_refused(way: str, tmp_path: Path) -> None:
    """By those who read it as XML; with what to do."""
    with pytest.raises(SheetFileError, match=r"it is not certain which .* opened in Excel or Word and saved again"):
        read_sheets(made(tmp_path / "a.xlsx", UNCLEAR[way]))


def test_values_of_every_kind_are_there(tmp_path: Path) -> None:
    """Empty texts, blank ones, errors and texts of a cell's own make no workbook doubtful."""
    cells = (
        '<c r="A9" t="inlineStr"><is><r><t>x</t></r></is></c><c r="B9" t="inlineStr"><is/></c><c r="C9" t="str"><f>A</f><v/>'
        '</c><c r="D9" t="b"><v>0</v></c><c r="E9" t="str"><v> </v></c><c r="F9" t="e"><v>#REF!</v></c><c r="G9" s="1"/>'
        '<c r="H9" t="d"><v>2025-01-02</v></c><c r="I9" t="str"><v>a&#10;&#7879;</v></c><c r="J9"><v></v></c>'
    )
    extra = f'<row r="9">{cells}</row><row/></sheetData>'
    [sheet] = read_sheets(made(tmp_path / "a.xlsx", within(("</sheetData>", extra))))
    assert ("x", None, None, False) == sheet.rows[8][:4]
    assert "a\nệ" == sheet.rows[8][8]
    assert ["C4", "F9"] == sorted(sheet.empty_formulas)
