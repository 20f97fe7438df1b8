"""A cell that shows something else than its value is named, and its value is never taken in silence."""

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from reformtrack.exchange.appendix.importing import read_draft
from reformtrack.exchange.appendix.sheet_reader.cells import shows_other
from tests.exchange.reading import read_sheets

HEAD = ["STT", "Nhiệm vụ", "Chủ trì", "Thời hạn", "Kinh phí (triệu đồng)"]
DAY = {"day": "2023-06-15"}


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ('dd"/12/"yyyy', DAY), ('dd/mm/"2024"', DAY), ('mm"/2024"', DAY), ('"Quý I/"yyyy', DAY), ('"Cuối năm "yyyy', DAY),
        ('"Q1/"yyyy', DAY), ("dd/mm/\\2\\0\\2\\4", DAY), ("dd/12/yyyy", DAY), ("[$12-42A]/mm/yyyy", DAY), (";;;", DAY),
        ("mmmm", DAY), ('"Quý Ⅳ/"yyyy', DAY),
        ("[<9]dd/mm/yyyy", DAY), ("0.00 5", 1), ('0" tỷ";-0" triệu"', -5),
        ('"31/12/2023"', DAY), ('"31/12/2023"', 45_000), ('0"."00', 1234), ("0\\.00", 1234), ('"12"', 1234),
        ("0-00", 1234), ('[>100]"5";0', 1234), ("[>100]0,;0", 1234), ("[>2000]0", 1234), (";;;", 1234), ('"-"0', 5),
        ('"."0', 5), ("0;0", -5), ('0%" (2024)"', 0.5), ('0;0;"5"', 0), (";;;", "Quý I"), (';;;"Quý IV"', "Quý I"),
        ('"≥"0%', 0.95), ('"Trên "0%', 0.95), ("mm/yyyy hh:mm", DAY), ("yyyy hh:mm", DAY), ("h:mm", DAY),
        ('@" (gia hạn đến 31/12)"', "30/6/2023"), ('"";"";"";"31/12/2023"', "30/6/2023"), (';;;"chưa hoàn thành"', "x"),
    ],
)  # fmt: skip
def test_a_format_that_shows_something_else_is_seen(code: str, value: object) -> None:
    assert shows_other(code, value)


@pytest.mark.parametrize(
    ("code", "value"),
    [
        *((code, DAY) for code in (
            "dd/mm/yyyy", '"Ngày "dd/mm/yyyy',
            '"Trước "d/m', 'dd" tháng "mm" năm "yyyy', "\\N\\g\\à\\y\\ dd/mm/yyyy", "dd/mm/yyyy;@", "dd/mm",
            "[$-42A]d mmmm yyyy;@", "[$-F800]dddd, mmmm dd, yyyy", 'yyyy-mm-dd"T"hh:mm:ss.000', "mmm-yy", "yyyy", '"Năm "yyyy',
            "dddd dd/mm", 'dddd", "d"/"m', "dddd\\ dd\\ mmmm", '"Hoàn thành trước ngày "dd/mm/yyyy', "d/m/yyyy h:mm",
            "m/d/yy h:mm AM/PM", "dd\\-mm\\-yyyy", "[$-1010000]d/m/yyyy;@", 'dd"."mm"."yyyy',
        )),
        *((code, number) for number in (1234, 0, -3) for code in (
            "General", "@", "0%", "0.00%", "#,##0", '#,##0" triệu đồng"', "#,##0;[Red]-#,##0", "#,##0_);[Red](#,##0)",
            "0.00E+00",
            '_(* #,##0_);_(* (#,##0);_(* "-"??_);_(@_)',
            '_-* #,##0.00\\ "₫"_-;\\-* #,##0.00\\ "₫"_-;_-* "-"??\\ "₫"_-;_-@_-',
            "[$₫-42A]#,##0", '"NV-"00', '00"/2026"', "# ##0", '0" %"', "0;-0;;@", "# ?/?", "[>=0]#,##0;-#,##0",
        )),
        *(('"TRUE";"TRUE";"FALSE"', truth) for truth in (True, False)), ('"≥"0', 5),
        *((code, "Quý I") for code in ("General", "@", '"5"', "dd/mm/yyyy;@", "0;0;0;General", "_(@_)", '"- "@')),
    ],
)  # fmt: skip
def test_ordinary_formats_show_the_value(code: str, value: object) -> None:
    assert not shows_other(code, value)


@pytest.mark.slow
def test_such_cells_are_asked_about(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in (HEAD, *([n, f"Việc {n}", "Sở A", date(2023, 6, 15), 1234] for n in (1, 2))):
        sheet.append(row)
    sheet["D2"].number_format, sheet["E2"].number_format, sheet["C2"].number_format = (
        'dd"/12/"yyyy',
        '0"."00',
        ';;;"Sở B"',
    )
    book.save(tmp_path / "a.xlsx")
    draft = read_draft(tmp_path / "a.xlsx", year=2023)
    asked = {question.cell for question in draft.questions if "giá trị của ô" in question.what}
    assert {"C2", "D2", "E2"} == asked
    assert not [problem for problem in draft.problems if "không đọc được ngày" in problem.what], "once is enough"
    assert ("Sở A",) == draft.activities[1].leads


STRIKE = '<style:text-properties style:text-line-through-style="solid"/>'
NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{of or name}:1.0"'
    for name, of in dict.fromkeys(("office", "table", "text", "style"), "").items()
    | {"fo": "xsl-fo-compatible", "number": "datastyle"}.items()
)
PART = f"<office:document-{{}} {NAMES}>{{}}</office:document-{{}}>"


def style(name: str, inside: str = "", more: str = "", family: str = "table-cell") -> str:
    return f'<style:style style:name="{name}" style:family="{family}" {more}>{inside}</style:style>'


def parent(name: str) -> str:
    return f'style:parent-style-name="{name}"'


def text(value: str, more: str = "", tag: str = "table-cell") -> str:
    return f'<table:{tag} office:value-type="string" {more}><text:p>{value}</text:p></table:{tag}>'


def day(shown: str, more: str = "") -> str:
    value = 'office:value-type="date" office:date-value="2023-06-15"'
    return f"<table:table-cell {value} {more}><text:p>{shown}</text:p></table:table-cell>"


def number(shown: str, more: str = "") -> str:
    return f'<table:table-cell office:value-type="float" office:value="1234" {more}><text:p>{shown}</text:p></table:table-cell>'


def ods(path: Path, row: str, own: str = "", common: str = "", columns: str = "") -> Path:
    """An .ods file of one sheet, with styles of its own and with named ones."""
    body = f'<table:table table:name="A">{columns}{row}</table:table>'
    content = f"<office:automatic-styles>{own}</office:automatic-styles>"
    content += f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml", '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        )
        archive.writestr("content.xml", PART.format("content", content, "content"))
        styles = f"<office:styles>{common}</office:styles>"
        archive.writestr("styles.xml", PART.format("styles", styles, "styles"))
    return path


USES = 'table:style-name="s"'
DEFAULT = 'table:default-cell-style-name="s"'


@pytest.mark.slow
@pytest.mark.parametrize(
    ("own", "common", "cell", "row", "columns"),
    [
        ("", style("s", STRIKE), USES, "", ""),
        (style("s", "", parent("S")), style("S", STRIKE), USES, "", ""),
        (style("s", "", parent("b")) + style("b", STRIKE), "", USES, "", ""),
        (style("s", "", parent("b")), style("b", "", parent("c")) + style("c", STRIKE, parent("b")), USES, "", ""),
        (style("s", STRIKE), "", "", DEFAULT, ""),
        (style("s", STRIKE), "", "", "", f'<table:table-column {DEFAULT} table:number-columns-repeated="2"/>'),
        ("", style("Default", STRIKE), "", "", ""),
    ],
    ids=["named", "parent", "own parent", "circle", "row", "column", "default"],
)
def test_a_look_may_come_from_elsewhere(
    own: str, common: str, cell: str, row: str, columns: str, tmp_path: Path
) -> None:
    """From a style with a name, from its parents, from the row and the column; neighbours are written as one."""
    two = text("x", f'{cell} table:number-columns-repeated="2"')
    found = ods(tmp_path / "a.ods", f"<table:table-row {row}>{two}</table:table-row>", own, common, columns)
    [sheet] = read_sheets(found)
    assert {"A1", "B1"} == sheet.struck


@pytest.mark.slow
def test_a_style_takes_back_what_its_parent_says(tmp_path: Path) -> None:
    none = '<style:text-properties style:text-line-through-style="none" fo:font-weight="bold"/>'
    own, common = style("s", none, parent("S")), style("S", STRIKE) + style("s", STRIKE, family="text")
    [sheet] = read_sheets(ods(tmp_path / "a.ods", f"<table:table-row>{text('x', USES)}</table:table-row>", own, common))
    assert ([], ["A1"]) == ([*sheet.struck], [*sheet.bold])


@pytest.mark.slow
def test_thousands_come_from_a_parent_too(tmp_path: Path) -> None:
    common = counted('<number:number number:decimal-places="0" number:display-factor="1000"/>').replace('"s"', '"S"')
    row = f"<table:table-row>{number('1', USES)}{number('1')}</table:table-row>"
    [sheet] = read_sheets(ods(tmp_path / "a.ods", row, style("s", "", parent("S")), common))
    assert ((1.234, 1234),) == sheet.rows


def dated(*parts: str) -> str:
    inside = "".join(f"<number:{part}/>" if part.isalpha() else f"<number:text>{part}</number:text>" for part in parts)
    data = f'<number:date-style style:name="N">{inside}</number:date-style>'
    return data + style("s", "", 'style:data-style-name="N"')


def counted(inside: str) -> str:
    data = f'<number:number-style style:name="N">{inside}</number:number-style>'
    return data + style("s", "", 'style:data-style-name="N"')


ONE = '<number:number number:min-integer-digits="1"/>'


@pytest.mark.slow
@pytest.mark.parametrize(
    ("own", "cell", "value"),
    [
        (dated("day", "/", "month", "/", "year"), day("15/06/2023", USES), date(2023, 6, 15)),
        (dated("day", "/", "month", "/", "year"), day("2023", USES), date(2023, 6, 15)),
        (dated("month", "/", "year"), day("06/2023", USES), "06/2023"),
        (dated("day", "/12/", "year"), day("15/12/2023", USES), None),
        ("", day("15/06/2023"), date(2023, 6, 15)),
        ("", day("06/2023"), "06/2023"),
        ("", day("2023"), None),
        ("", number("1.234 tỷ"), None),
        ("", number("1234"), 1234),
        (counted(ONE + "<number:text> tỷ</number:text>"), number("1234 tỷ", USES), "1234 tỷ"),
        (counted('<number:number number:display-factor="1000"/>'), number("1", USES), None),
        (counted("<number:text>99</number:text>"), number("99", USES), None),
        (counted(ONE.replace("/>", '><number:embedded-text number:position="2">.</number:embedded-text></number:number>')),
         number("12.34", USES), None),
    ],
)  # fmt: skip
def test_what_an_open_document_shows_is_its_style(own: str, cell: str, value: object, tmp_path: Path) -> None:
    """Programs write the text anew; without a style, a text that is not of the value is named."""
    [sheet] = read_sheets(ods(tmp_path / "a.ods", f"<table:table-row>{cell}</table:table-row>", own))
    assert (("#SHOWN!" if value is None else value,),) == sheet.rows


@pytest.mark.slow
def test_a_value_below_merged_cells_is_named(tmp_path: Path) -> None:
    rows = [
        [*map(text, HEAD[:4])],
        [*map(text, ["1", "Việc 1", "Sở A"]), text("Quý I", 'table:number-rows-spanned="2"')],
    ]
    rows.append([*map(text, ["2", "Việc 2", "Sở A"]), text("Quý IV", tag="covered-table-cell")])
    path = ods(tmp_path / "a.ods", "".join(f"<table:table-row>{''.join(row)}</table:table-row>" for row in rows))
    draft = read_draft(path, year=2023)
    assert [("D3", "nội dung “Quý IV” không hiển thị vì ô chứa nội dung này được gộp với ô khác")] == [
        (problem.cell, problem.what) for problem in draft.problems
    ]
    assert ["Quý I", "Quý I"] == [activity.deadline for activity in draft.activities]
