"""
Reads a spreadsheet, as a worker of `reformtrack.exchange.bounded`: its cells as JSON.
"""

import json
import posixpath
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

MAX_ROWS, MAX_COLUMNS, MAX_SHEETS = 20_000, 200, 50
MAX_TEXT = 32_767
"""The longest text of a cell, as Excel has it."""

MAX_CELLS, MAX_CHARACTERS = 4_000_000, 50_000_000
"""Of all sheets together."""

_FORMULA = re.compile(
    rb'<(?:\w+:)?c\s+r="(?P<cell>[A-Z]{1,3}[0-9]{1,7})"(?P<kind>[^>]*)>\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*'
    rb"(?P<value><(?:\w+:)?v\s*(?:/>|>\s*</(?:\w+:)?v>))?\s*</(?:\w+:)?c>"
)
Area = tuple[tuple[int, int], tuple[int, int]]
"""((row, column) of the first cell, that of the last), from 0."""

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINKS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def cell(value: object) -> object:
    """A cell as JSON: a text, a number, a truth value, null, or a day under `day`."""
    if isinstance(value, datetime):
        return {"day": value.date().isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, time | timedelta):
        return str(value)
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise ValueError(f"a cell has {len(value)} characters, more than {MAX_TEXT}")
        return unicodedata.normalize("NFC", value) or None
    return value


def read(content: bytes) -> dict[str, object]:
    """The sheets of a file that can be seen."""
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    is_archive = zipfile.is_zipfile(BytesIO(content))
    parts = parts_of(content) if is_archive else {}
    spans = spans_of(content) if is_archive else {}  # first, because the library may never end with XML that is cut off
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    seen = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
    if len(seen) > MAX_SHEETS:
        raise ValueError(f"{len(seen)} sheets, more than {MAX_SHEETS}")
    sheets = []
    cells = characters = 0
    for name in seen:
        sheet = one_sheet(book, name, spans.get(name, []))
        sheet["formulas"] = list(formulas(content, parts[name]))[:1_000] if name in parts else []
        sheets.append(sheet)
        cells += sum(map(len, sheet["rows"]))
        characters += sum(len(value) for row in sheet["rows"] for value in row if isinstance(value, str))
        if cells > MAX_CELLS or characters > MAX_CHARACTERS:
            raise ValueError(f"more than {MAX_CELLS} cells or {MAX_CHARACTERS} characters in all sheets together")
    return {"sheets": sheets}


def one_sheet(book: Any, name: str, spans: list[Area]) -> dict[str, Any]:
    """A sheet: its cells from A1 on, and which are merged."""
    sheet = book.get_sheet_by_name(name)
    if sheet.total_height > MAX_ROWS or sheet.total_width > MAX_COLUMNS:
        found = f"{sheet.total_height} rows and {sheet.total_width} columns"
        raise ValueError(f"sheet {name!r} has {found}, more than {MAX_ROWS} and {MAX_COLUMNS}")
    merged = sheet.merged_cell_ranges or spans
    if sum(bottom - top + 1 for (top, _), (bottom, _) in merged) > MAX_ROWS * MAX_COLUMNS:
        raise ValueError(f"sheet {name!r} has cells that are merged more than once")
    rows = [[cell(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    return {"name": name, "rows": rows, "merged": merged}


def parts_of(content: bytes) -> dict[str, str]:
    """By the name of a sheet of an .xlsx file: the part that has its cells."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        if "xl/workbook.xml" not in archive.namelist() or "xl/_rels/workbook.xml.rels" not in archive.namelist():
            return {}
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels")).iter(f"{_LINKS}Relationship")
        targets = {link.get("Id"): posixpath.join("/xl", link.get("Target", "")).lstrip("/") for link in links}
        sheets = ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(f"{_MAIN}sheet")
        return {sheet.get("name", ""): targets.get(sheet.get(_LINK), "") for sheet in sheets}


def spans_of(content: bytes) -> dict[str, list[Area]]:
    """By the name of a sheet of an .ods file: its merged cells, which the library does not tell."""
    found: dict[str, list[Area]] = {}
    with zipfile.ZipFile(BytesIO(content)) as archive:
        if "content.xml" in archive.namelist():
            for table in ElementTree.fromstring(archive.read("content.xml")).iter(f"{_TABLE}table"):
                found[table.get(f"{_TABLE}name", "")] = list(spans_in(table))
    return found


def spans_in(table: ElementTree.Element) -> Iterator[Area]:
    """The merged cells of a table; what is repeated is only counted."""
    top = 0
    for row in table.iter(f"{_TABLE}table-row"):
        left = 0
        for cell in row:
            down, right = (int(cell.get(f"{_TABLE}number-{name}-spanned", "1")) for name in ("rows", "columns"))
            if down * right > 1 and top < MAX_ROWS:
                yield (top, left), (min(top + down, MAX_ROWS) - 1, left + right - 1)
            left += int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        top += int(row.get(f"{_TABLE}number-rows-repeated", "1"))


def formulas(content: bytes, part: str) -> Iterator[str]:
    """The cells, as `B12`, that have a formula and no value of it. An empty text is a value."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        text = archive.read(part) if part in archive.namelist() else b""
    for match in _FORMULA.finditer(text):
        if match["value"] is None or b't="str"' not in match["kind"]:
            yield match["cell"].decode()


def answer(content: bytes) -> bytes:
    """The sheets of a file as JSON."""
    return json.dumps(read(content)).encode()
