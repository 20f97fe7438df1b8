"""One appendix in many layouts, as people make them."""

import csv
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter

Row = tuple[str, str, str, str, str]
"""(title, output, lead, supporting, deadline)."""

DOMAINS: Sequence[tuple[str, Sequence[Row]]] = (
    (
        "Cải cách thể chế",
        (
            ("Rà soát văn bản quy phạm pháp luật", "Báo cáo", "Sở Tư pháp", "Các sở, ban, ngành", "Quý II"),
            ("Xây dựng nghị quyết", "Nghị quyết", "Văn phòng UBND tỉnh", "Sở Tư pháp", "31/08/2023"),
        ),
    ),
    (
        "Cải cách thủ tục hành chính",
        (
            ("Công bố thủ tục", "Quyết định", "Sở Nội vụ", "Sở Tư pháp", "Thường xuyên"),
            ("Số hóa hồ sơ", "Hồ sơ số", "Sở Nội vụ", "Sở Tư pháp", "20/3; 20/6; 20/9; 20/12"),
            ("Tổng kết phong trào", "Báo cáo", "Sở Nội vụ", "Sở Tư pháp", "12/2023"),
        ),
    ),
)
ROMAN = ("I", "II", "III")
Cells = list[list[Any]]
HEAD = ["STT", "Nhiệm vụ", "Sản phẩm", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời gian hoàn thành"]


def plain(numbered: bool = True) -> Iterator[list[Any]]:
    """Domain rows in Roman numbers, activities numbered within each."""
    for number, (title, rows) in enumerate(DOMAINS):
        yield [ROMAN[number], title.upper() if numbered else title]
        for place, row in enumerate(rows, 1):
            yield [place, *row]


def simple() -> Cells:
    return [HEAD, *plain()]


def titled() -> Cells:
    above = [["ỦY BAN NHÂN DÂN"], ["TỈNH X"], [], ["PHỤ LỤC"], ["NHIỆM VỤ CẢI CÁCH HÀNH CHÍNH NĂM 2023"], []]
    below = [["", "Tổng cộng: 5 nhiệm vụ"], ["Ghi chú: danh mục minh họa"], [], ["Nơi nhận:"], ["- Bộ Nội vụ;"]]
    return [*above, HEAD, ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"], *plain(), *below]


def two_rows() -> Cells:
    return [
        ["STT", "Nội dung nhiệm vụ", "Sản phẩm", "Cơ quan thực hiện", "", "Thời hạn"],
        ["", "", "", "Chủ trì", "Phối hợp", ""],
        ["1", "2", "3", "4", "5", "6=4+5"],
        *plain(),
    ]


def shuffled() -> Cells:
    order = (4, 1, 5, 0, 2, 3)
    rows = [HEAD, *([*row, *[""] * (6 - len(row))] for row in plain())]
    moved = [[row[place] for place in order] for row in rows]
    return [[*row[:1], "", *row[1:]] for row in moved]


def stray_column() -> Cells:
    return [["", *row] for row in [["x"], HEAD, *plain()]]


def english() -> Cells:
    return [["No.", "Activity", "Output", "Lead agency", "Supporting agencies", "Deadline"], *plain()]


def capitals_without_number() -> Cells:
    rows: Cells = [HEAD]
    for title, activities in DOMAINS:
        rows += [["", title.upper()], *([place, *row] for place, row in enumerate(activities, 1))]
    return rows


def named_domains() -> Cells:
    rows: Cells = [HEAD]
    for number, (title, activities) in enumerate(DOMAINS, 1):
        rows += [[f"Lĩnh vực {number}: {title}"], *([place, *row] for place, row in enumerate(activities, 1))]
    return rows


def domain_column() -> Cells:
    head = ["STT", "Lĩnh vực", *HEAD[1:]]
    return [head, *([n, title, *row] for title, rows in DOMAINS for n, row in enumerate(rows, 1))]


def codes() -> Cells:
    rows: Cells = [["Mã số", *HEAD[1:]]]
    for number, (title, activities) in enumerate(DOMAINS, 1):
        rows += [
            [ROMAN[number - 1], title],
            *([f"{number}.{place:02}", *row] for place, row in enumerate(activities, 1)),
        ]
    return rows


def repeated_headings() -> Cells:
    rows = [*plain()]
    return [HEAD, *rows[:3], [], HEAD, ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"], *rows[3:], ["Cộng", 5]]


def joined_roman() -> Cells:
    rows: Cells = [HEAD]
    for number, (title, activities) in enumerate(DOMAINS):
        rows += [["", f"{ROMAN[number]}. {title}"], *([place, *row] for place, row in enumerate(activities, 1))]
    return rows


def spaced() -> Cells:
    rows = [[f"  {cell}\u00a0 " if isinstance(cell, str) else cell for cell in row] for row in simple()]
    return [line for row in rows for line in (row, [])]


def with_note_and_budget() -> Cells:
    return [[*HEAD, "Kinh phí", "Ghi chú"], *([*row, "1.250.000", "x"] if len(row) > 2 else row for row in plain())]


def dated_cells() -> Cells:
    return [[date(2023, 8, 31) if cell == "31/08/2023" else cell for cell in row] for row in simple()]


def signed() -> Cells:
    recipients = [["", "Nơi nhận:", "", "", "", "TM. ỦY BAN NHÂN DÂN"], ["", "- Như trên;", "", "", "", "CHỦ TỊCH"]]
    return [["", "", "ĐVT: triệu đồng"], *simple(), ["", "Tổng cộng", "", "", "", ""], [], *recipients]


def dotted_codes() -> Cells:
    rows: Cells = [HEAD]
    for number, (title, activities) in enumerate(DOMAINS, 1):
        rows += [[ROMAN[number - 1], title], *([f"{number}.{n:02}.", *row] for n, row in enumerate(activities, 1))]
    return rows


LAYOUTS: dict[str, Callable[[], Cells]] = {
    function.__name__: function
    for function in (
        simple,
        titled,
        two_rows,
        shuffled,
        stray_column,
        english,
        capitals_without_number,
        named_domains,
        domain_column,
        codes,
        repeated_headings,
        joined_roman,
        spaced,
        with_note_and_budget,
        dated_cells,
        signed,
        dotted_codes,
    )
}


def workbook(path: Path, *sheets: Cells, merged: Sequence[str] = ()) -> Path:
    """A .xlsx file with these sheets."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for cells in sheets:
            sheet = book.add_worksheet()
            for number, row in enumerate(cells):
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(number, column, cell, day)
                    else:
                        sheet.write(number, column, cell)
            for area in merged:
                sheet.merge_range(area, "")
    return path


def table(path: Path, cells: Cells, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    """A .csv file."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(
            [[f"{c:%d/%m/%Y}" if isinstance(c, date) else c for c in row] for row in cells]
        )
    return path


def open_document(path: Path, cells: Cells) -> Path:
    """An .ods file with one sheet of texts."""
    rows = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in cells)
    names = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in _ODS_NAMES)
    sheet = f'<table:table table:name="Sheet1">{rows}</table:table>'
    body = f"<office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", f"<manifest:manifest {names}/>")
        archive.writestr("content.xml", f"<office:document-content {names}>{body}</office:document-content>")
    return path


_ODS_NAMES = ("office", "table", "text", "manifest")


def _ods_cell(cell: Any) -> str:
    if cell in ("", None):
        return "<table:table-cell/>"
    text = f"{cell:%d/%m/%Y}" if isinstance(cell, date) else escape(str(cell))
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
