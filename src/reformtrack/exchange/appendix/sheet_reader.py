"""
Reads a spreadsheet, or the tables of a Word document, as a worker of `reformtrack.exchange.bounded`: cells as JSON.
"""

import csv
import json
import posixpath
import re
import struct
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from io import BytesIO, StringIO
from itertools import islice
from math import isfinite, isnan
from typing import Any
from xml.etree import ElementTree

MAX_ROWS, MAX_COLUMNS, MAX_SHEETS = 20_000, 200, 50
MAX_TEXT = 32_767
"""The longest text of a cell, as Excel has it."""

MAX_CELLS, MAX_CHARACTERS = 4_000_000, 50_000_000
"""Of all sheets together."""

MAX_MERGED = 100_000
"""Cells of all sheets that are merged, of each such area its first column: real sheets have some thousand."""

MAX_EMPTY = 100_000
"""Cells of a sheet with an error, or with a formula and no value."""

MAX_MARKED = 100_000
"""Cells of a sheet that are bold or struck out, and rows and columns that are hidden."""

MAX_OLD_SHEETS = 255
"""Of an .xls file, hidden ones too."""

NO_VALUE = "#NUM!"
"""What Excel writes in a cell whose number or day it cannot show."""

_FIRST_YEAR = 1901
"""Before it no day of a cell is taken: Excel counts a 29 February 1900, and a day that is no number is one of 1899."""

_FORMULA = re.compile(
    rb"<(?:\w+:)?c(?P<at>\s[^<>]{0,500})>\s*<(?:\w+:)?f(?:\s[^<>]{0,500})?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?P<value><(?:\w+:)?v\s*(?:/>|>\s*</(?:\w+:)?v>))?\s*</(?:\w+:)?c>"
)
_ERROR = re.compile(rb"""<(?:\w+:)?c(?P<at>\s[^<>]{0,500}\bt=["']e["'][^<>]{0,500})>""")
_NAN = re.compile(
    rb"<(?:\w+:)?c(?P<at>\s[^<>]{0,500})>\s*(?:<(?:\w+:)?f(?:\s[^<>]{0,500})?(?:/>|>[^<]*</(?:\w+:)?f>)\s*)?"
    rb"<(?:\w+:)?v(?:\s[^<>]{0,500})?>\s*[+-]?nan\s*<",
    re.IGNORECASE,
)
"""A cell with what is no number, which the library reads as a day of 1899, or as no time at all."""
_ROW = re.compile(rb"<(?:\w+:)?row\s([^<>]{0,1000})>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\s([^<>]{0,1000})>")
_STYLED = re.compile(rb"<(?:\w+:)?c\s([^<>]{0,500})>(?:<(?:\w+:)?v>([0-9]{1,9})</)?")
_ATTRIBUTE = re.compile(rb"""\b(\w+)=["']([^"']*)["']""")
_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3}[0-9]{1,7})["']""")
Area = tuple[tuple[int, int], tuple[int, int]]
"""((row, column) of the first cell, that of the last), from 0."""

_DELIMITERS, _SAMPLE = ",;\t", 100_000
_SAYS_DELIMITER = re.compile(r"\"?sep=([,;\t])\"?\s*\n", re.IGNORECASE)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FONT, _XF, _ROW_RECORD, _COLINFO = 0x31, 0xE0, 0x208, 0x7D
_CELLS = (0xFD, 0x203, 0x204, 0x06, 0x27E)
"""Records of a cell with a text or a number: each begins with its row, its column and its style."""
_EOF, _BOUNDSHEET, _FORMULA_RECORD, _BOOLERR, _NUMBER = 0x0A, 0x85, 0x06, 0x205, 0x203
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def cell(value: object) -> object:
    """A cell as JSON: a text, a number, a truth value, null, or a day under `day`."""
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        return {"day": day.isoformat()} if day.year >= _FIRST_YEAR else NO_VALUE
    if isinstance(value, float) and not isfinite(value):
        return NO_VALUE
    if isinstance(value, time | timedelta):
        return str(value)
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise ValueError(f"a cell has {len(value)} characters, more than {MAX_TEXT}")
        return value or None
    return value


def read(content: bytes) -> dict[str, object]:
    """The sheets of a file that can be seen."""
    if not content.startswith((_OLE[:4], *_ZIP)):
        return {"sheets": [csv_sheet(content.decode())]}
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    is_archive = zipfile.is_zipfile(BytesIO(content))
    if is_archive and (document := part_of(content, "word/document.xml")):
        return {"sheets": [word_sheet(document)]}
    parts = parts_of(content) if is_archive else {}
    # First, because the library may never end with XML that is cut off.
    tables = tables_of(content) if is_archive else {}
    stream = b"" if is_archive else workbook_stream(content)
    old, old_marks = errors_in_biff(stream), marks_in_biff(stream)
    looks = styles_of(content) if parts else None
    styles = open_styles(content) if tables else {}
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    seen = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
    if len(seen) > MAX_SHEETS:
        raise ValueError(f"{len(seen)} sheets, more than {MAX_SHEETS}")
    sheets = []
    cells = characters = merged = 0
    for name in seen:
        empty = list(formulas(content, parts[name])) if name in parts else old.get(name, [])
        spans = []
        if (table := tables.get(name)) is not None:
            spans, empty = list(spans_in(table)), list(errors_in(table))
        try:
            sheet = one_sheet(book, name, spans)
        except Exception as error:
            if not empty:
                raise
            raise ValueError(f"{error}; cells of {name!r} without a value: {', '.join(empty[:10])}") from error
        if len(empty) > MAX_EMPTY:
            raise ValueError(f"more than {MAX_EMPTY} cells of {name!r} have no value")
        marks: dict[str, Any] = {}
        if looks is not None and name in parts:
            marks = marks_of(part_of(content, parts[name]), looks)
        elif table is not None:
            marks = open_marks(table, styles)
        else:
            marks = old_marks.get(name, {})
        if sum(len(found) for found in marks.values() if isinstance(found, list)) > MAX_MARKED:
            raise ValueError(f"more than {MAX_MARKED} cells of {name!r} are marked or hidden")
        sheets.append({**sheet, "formulas": empty, **marks})
        merged += sum(bottom - top + 1 for (top, _), (bottom, _) in sheet["merged"])
        if merged > MAX_MERGED:
            raise ValueError(f"more than {MAX_MERGED} cells are merged in all sheets together")
        cells += sum(map(len, sheet["rows"]))
        characters += sum(len(value) for row in sheet["rows"] for value in row if isinstance(value, str))
        if cells > MAX_CELLS or characters > MAX_CHARACTERS:
            raise ValueError(f"more than {MAX_CELLS} cells or {MAX_CHARACTERS} characters in all sheets together")
    hidden = [sheet.name for sheet in book.sheets_metadata if sheet.visible != SheetVisibleEnum.Visible]
    return {"sheets": sheets, "hidden": hidden[:MAX_SHEETS]}


def csv_sheet(text: str) -> dict[str, Any]:
    """The sheet that a text is; an empty cell is null."""
    said = _SAYS_DELIMITER.match(text)
    delimiter = said[1] if said else max(_DELIMITERS, key=lambda sign: _evenness(text[:_SAMPLE], sign))
    rows: list[list[str | None]] = []
    for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter):
        rows.append([value or None for value in row])
        if len(rows) > MAX_ROWS or len(row) > MAX_COLUMNS:
            raise ValueError(f"more than {MAX_ROWS} rows or {MAX_COLUMNS} columns")
        if any(len(value) > MAX_TEXT for value in row):
            raise ValueError(f"a cell of row {len(rows)} has more than {MAX_TEXT} characters")
    return {"name": "", "rows": rows, "merged": [], "formulas": []}


def _evenness(text: str, delimiter: str) -> tuple[int, int]:
    """How many rows have the width that most have, and that width; rows of one cell do not count."""
    try:
        widths = Counter(map(len, csv.reader(StringIO(text, newline=""), delimiter=delimiter)))
    except csv.Error:
        return 0, 0
    return max(((count, width) for width, count in widths.items() if width > 1), default=(0, 0))


def one_sheet(book: Any, name: str, spans: list[Area]) -> dict[str, Any]:
    """A sheet: its cells from A1 on, and which are merged."""
    sheet = book.get_sheet_by_name(name)
    if sheet.total_height > MAX_ROWS or sheet.total_width > MAX_COLUMNS:
        found = f"{sheet.total_height} rows and {sheet.total_width} columns"
        raise ValueError(f"sheet {name!r} has {found}, more than {MAX_ROWS} and {MAX_COLUMNS}")
    try:
        given = sheet.to_python(skip_empty_area=False)
    except BaseException as error:  # the library panics, or gives what Python has no value for
        if not isinstance(error, OverflowError) and type(error).__name__ != "PanicException":
            raise
        found = f"row {_rows_before(sheet) + 1} of {name!r} has a day, a time or a duration that is out of range"
        raise ValueError(found) from None
    areas = merged_in(sheet.merged_cell_ranges or spans, name, len(given), max(map(len, given), default=0))
    return {"name": name, "rows": [[cell(value) for value in row] for row in given], "merged": list(areas)}


def merged_in(areas: Iterable[Area], name: str, height: int, width: int) -> Iterator[Area]:
    """The merged cells of a sheet as far as it has cells; each is merged once."""
    taken = bytearray(height * width)
    for (top, left), (bottom, right) in areas:
        bottom, right = min(bottom, height - 1), min(right, width - 1)
        if top > bottom or left > right:
            continue
        for row in range(top, bottom + 1):
            first, end = row * width + left, row * width + right + 1
            if any(taken[first:end]):
                raise ValueError(f"sheet {name!r} has cells that are merged more than once")
            taken[first:end] = b"\1" * (end - first)
        yield (top, left), (bottom, right)


def _rows_before(sheet: Any) -> int:
    """How many rows can be read before one that cannot."""
    read = 0
    try:
        for _ in sheet.iter_rows():
            read += 1
    except BaseException:
        return read
    return read


def parts_of(content: bytes) -> dict[str, str]:
    """By the name of a sheet of an .xlsx file: the part that has its cells."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        if "xl/workbook.xml" not in archive.namelist() or "xl/_rels/workbook.xml.rels" not in archive.namelist():
            return {}
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels")).iterfind(".//{*}Relationship")
        targets = {link.get("Id"): posixpath.join("/xl", link.get("Target", "")).lstrip("/") for link in links}
        sheets = ElementTree.fromstring(archive.read("xl/workbook.xml")).iterfind(".//{*}sheet")  # of either namespace
        return {sheet.get("name", ""): targets.get(_link(sheet), "") for sheet in sheets}


def _link(sheet: ElementTree.Element) -> str:
    return next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")


def tables_of(content: bytes) -> dict[str, ElementTree.Element]:
    """By the name of a sheet of an .ods file: its table, of which the library does not tell all."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        if "content.xml" not in archive.namelist():
            return {}
        tables = ElementTree.fromstring(archive.read("content.xml")).iter(f"{_TABLE}table")
        return {table.get(f"{_TABLE}name", ""): table for table in tables}


def cells_in(table: ElementTree.Element) -> Iterator[tuple[int, int, ElementTree.Element]]:
    """(row, column, cell) of a table, from 0; what is repeated is only counted."""
    top = 0
    for row in table.iter(f"{_TABLE}table-row"):
        left = 0
        for cell in row:
            yield top, left, cell
            left += int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        top += int(row.get(f"{_TABLE}number-rows-repeated", "1"))


def spans_in(table: ElementTree.Element) -> Iterator[Area]:
    """The merged cells of a table."""
    for top, left, cell in cells_in(table):
        down, right = (int(cell.get(f"{_TABLE}number-{name}-spanned", "1")) for name in ("rows", "columns"))
        if down * right > 1 and top < MAX_ROWS:
            yield (top, left), (min(top + down, MAX_ROWS) - 1, left + right - 1)


def errors_in(table: ElementTree.Element) -> Iterator[str]:
    """The cells, as `B12`, with an error, or with a formula and no value of it."""
    for top, left, cell in cells_in(table):
        is_error = cell.get(f"{_CALC}value-type") == "error"
        if is_error or (f"{_TABLE}formula" in cell.attrib and f"{_OFFICE}value-type" not in cell.attrib):
            yield cell_name(top, left)


def part_of(content: bytes, name: str) -> bytes:
    """A part of an archive; empty when it has none of that name."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return archive.read(name) if name in archive.namelist() else b""


def styles_of(content: bytes) -> tuple[dict[bytes, str], dict[bytes, str]]:
    """How cells of an .xlsx file look: by the number of a style, and by that of a shared text, `bold`, `struck` or `partly`."""
    styles: dict[bytes, str] = {}
    if part := part_of(content, "xl/styles.xml"):
        root = ElementTree.fromstring(part)
        fonts = [
            "struck" if _is_on(f, "strike") else "bold" if _is_on(f, "b") else ""
            for f in root.iterfind(".//{*}fonts/{*}font")
        ]
        for number, style in enumerate(root.iterfind(".//{*}cellXfs/{*}xf")):
            font = int(style.get("fontId", "0"))
            styles[str(number).encode()] = fonts[font] if font < len(fonts) else ""
    texts: dict[bytes, str] = {}
    if b"strike" in (part := part_of(content, "xl/sharedStrings.xml")):
        for number, text in enumerate(ElementTree.fromstring(part).iterfind("{*}si")):
            runs = [_is_on(run, "strike") for run in text.iterfind("{*}r") if "".join(run.itertext()).strip()]
            if any(runs):
                texts[str(number).encode()] = "struck" if all(runs) else "partly"
    return {number: look for number, look in styles.items() if look}, texts


def _is_on(element: ElementTree.Element, name: str) -> bool:
    """Whether a property, as `<b/>`, is set, and not to false."""
    found = element.find(f".//{{*}}{name}")
    return found is not None and next((v for k, v in found.attrib.items() if k.endswith("val")), "1") not in (
        "0",
        "false",
    )


def marks_of(part: bytes, looks: tuple[dict[bytes, str], dict[bytes, str]]) -> dict[str, Any]:
    """What of a sheet of an .xlsx file is hidden, bold and struck out."""
    styles, texts = looks
    found: dict[str, Any] = {"hidden": [], "hidden_columns": [], "bold": [], "struck": [], "partly": []}
    for row in _ROW.finditer(part):
        given = dict(_ATTRIBUTE.findall(row[1]))
        if given.get(b"hidden") in (b"1", b"true") and given.get(b"r", b"").isdigit():
            found["hidden"].append(int(given[b"r"]) - 1)
    for column in _COLUMN.finditer(part):
        given = dict(_ATTRIBUTE.findall(column[1]))
        if given.get(b"hidden") in (b"1", b"true"):
            first, last = int(given.get(b"min", b"1")), int(given.get(b"max", b"1"))
            found["hidden_columns"] += range(first - 1, min(last, MAX_COLUMNS))
    if styles or texts:
        for styled in _STYLED.finditer(part):
            given = dict(_ATTRIBUTE.findall(styled[1]))
            look = texts.get(styled[2] or b"", "") if given.get(b"t") == b"s" else ""
            if look := look or styles.get(given.get(b"s", b""), ""):
                found[look].append(given.get(b"r", b"").decode())
    found["filtered"] = b"filterColumn" in part
    return found


def open_styles(content: bytes) -> dict[str, str]:
    """By the name of a style of an .ods file: `bold` or `struck`, where its texts are."""
    found = {}
    for style in ElementTree.fromstring(part_of(content, "content.xml")).iter(f"{_STYLE}style"):
        for text in style.iter(f"{_STYLE}text-properties"):
            if text.get(f"{_STYLE}text-line-through-style", "none") != "none":
                found[style.get(f"{_STYLE}name", "")] = "struck"
            elif text.get(f"{_FO}font-weight") == "bold":
                found[style.get(f"{_STYLE}name", "")] = "bold"
    return found


def open_marks(table: ElementTree.Element, styles: dict[str, str]) -> dict[str, Any]:
    """What of a sheet of an .ods file is hidden, bold and struck out."""
    found: dict[str, Any] = {"hidden": [], "hidden_columns": [], "bold": [], "struck": []}
    found["filtered"] = any(row.get(f"{_TABLE}visibility") == "filter" for row in table.iter(f"{_TABLE}table-row"))
    for kind, name, most in (("hidden", "row", MAX_ROWS), ("hidden_columns", "column", MAX_COLUMNS)):
        at = 0
        for one in table.iter(f"{_TABLE}table-{name}"):
            end = at + int(one.get(f"{_TABLE}number-{name}s-repeated", "1"))
            if one.get(f"{_TABLE}visibility", "visible") != "visible":
                found[kind] += range(at, min(end, most))
            at = end
    for top, left, cell in cells_in(table):
        if (look := styles.get(cell.get(f"{_TABLE}style-name", ""), "")) and "".join(cell.itertext()).strip():
            found[look].append(cell_name(top, left))
    return found


def word_sheet(document: bytes) -> dict[str, Any]:
    """
    A Word document as one sheet: a paragraph is a row with one cell, a row of a table is a row.

    What was deleted while changes are tracked is no text.
    """
    rows: list[list[Any]] = []
    merged: list[Any] = []
    marks: dict[str, list[str]] = {"bold": [], "struck": [], "partly": []}
    body = ElementTree.fromstring(document).find(f"{_WORD}body")
    for block in _blocks(body) if body is not None else ():
        if len(rows) > MAX_ROWS:
            raise ValueError(f"more than {MAX_ROWS} rows")
        if block.tag == f"{_WORD}p":
            if text := _word_text(block):
                rows.append([text])
                _word_marks(block, len(rows) - 1, 0, marks)
        else:
            _add_table(block, rows, merged, marks)
    width = max(map(len, rows), default=0)
    if width > MAX_COLUMNS or sum(map(len, rows)) > MAX_CELLS:
        raise ValueError(f"more than {MAX_COLUMNS} columns")
    return {"name": "Word", "rows": rows, "merged": merged, "formulas": [], **marks}


def _blocks(parent: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """The paragraphs and tables of a document or a cell, those within content controls too."""
    for block in parent:
        if block.tag in (f"{_WORD}p", f"{_WORD}tbl"):
            yield block
        elif block.tag in (f"{_WORD}sdt", f"{_WORD}sdtContent", f"{_WORD}customXml"):
            yield from _blocks(block)


def _add_table(
    table: ElementTree.Element, rows: list[list[Any]], merged: list[Any], marks: dict[str, list[str]]
) -> None:
    begun: dict[int, int] = {}
    areas: dict[tuple[int, int], list[int]] = {}
    for row in table.iter(f"{_WORD}tr"):
        cells: list[Any] = []
        top = len(rows)
        before = row.find(f"{_WORD}trPr/{_WORD}gridBefore")
        cells += [None] * (min(int(before.get(f"{_WORD}val", "0")), MAX_COLUMNS) if before is not None else 0)
        for cell in row.iter(f"{_WORD}tc"):
            place = len(cells)
            span = cell.find(f"{_WORD}tcPr/{_WORD}gridSpan")
            width = min(int(span.get(f"{_WORD}val", "1")), MAX_COLUMNS) if span is not None else 1
            merge = cell.find(f"{_WORD}tcPr/{_WORD}vMerge")
            goes_on = merge is not None and merge.get(f"{_WORD}val", "continue") == "continue" and place in begun
            text = "\n".join(filter(None, (_word_text(p) for p in cell.iter(f"{_WORD}p"))))
            if len(text) > MAX_TEXT:
                raise ValueError(f"a cell has {len(text)} characters, more than {MAX_TEXT}")
            if goes_on and not text:
                areas[begun[place], place][0] = top
            else:
                begun.pop(place, None)
                if merge is not None:
                    begun[place] = top
                areas[top, place] = [top, place + max(1, width) - 1]
                _word_marks(cell, top, place, marks)
            cells += [text or None, *[None] * (max(1, width) - 1)]
        rows.append(cells[:MAX_COLUMNS])
    merged += [(first, tuple(last)) for first, last in areas.items() if first != tuple(last)]


def _word_text(paragraph: ElementTree.Element) -> str:
    """The text of a paragraph as it is shown."""
    parts = {f"{_WORD}tab": " ", f"{_WORD}br": "\n", f"{_WORD}cr": "\n", f"{_WORD}noBreakHyphen": "-"}
    return "".join(parts.get(e.tag, e.text or "" if e.tag == f"{_WORD}t" else "") for e in paragraph.iter()).strip()


def _word_marks(element: ElementTree.Element, row: int, column: int, marks: dict[str, list[str]]) -> None:
    runs = [run for run in element.iter(f"{_WORD}r") if "".join(t.text or "" for t in run.iter(f"{_WORD}t")).strip()]
    struck = [_is_on(run, "strike") or _is_on(run, "dstrike") for run in runs]
    if runs and any(struck):
        marks["struck" if all(struck) else "partly"].append(cell_name(row, column))
    elif runs and all(_is_on(run, "b") for run in runs):
        marks["bold"].append(cell_name(row, column))


def formulas(content: bytes, part: str) -> Iterator[str]:
    """The cells, as `B12`, with an error, or with a formula and no value of it. An empty text is a value."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        text = archive.read(part) if part in archive.namelist() else b""
    found = [match["at"] for pattern in (_ERROR, _NAN) for match in pattern.finditer(text)]
    found += [m["at"] for m in _FORMULA.finditer(text) if m["value"] is None or b't="str"' not in m["at"]]
    for at in found:
        if place := _PLACE.search(at):
            yield place[1].decode()


def workbook_stream(content: bytes) -> bytes:
    """The stream of an .xls file (a compound file, MS-CFB) that has its cells; empty for another file."""
    if content[:8] != _OLE:
        return b""
    shift, small_shift = struct.unpack_from("<2H", content, 30)
    first_of_folder, cutoff, first_of_small = struct.unpack_from("<I4xII", content, 48)
    most = len(content) >> shift
    tables = [number for number in struct.unpack_from("<109I", content, 76) if number < most]

    def chain(whole: bytes, shift: int, table: Sequence[int], number: int) -> bytes:
        """The sectors of a stream, each of which says, in a table, which is next."""
        found: list[bytes] = []
        while number < len(table) and len(found) <= most << 3:
            found.append(whole[number << shift : (number + 1) << shift])
            number = table[number]
        return b"".join(found)

    sectors = content[1 << shift :]
    fat = _numbers(b"".join(sectors[number << shift : (number + 1) << shift] for number in tables))
    folder = chain(sectors, shift, fat, first_of_folder)
    for at in range(0, len(folder) - 127, 128):
        if folder[at : at + 64].startswith("Workbook\0".encode("utf-16-le")):
            first, length = struct.unpack_from("<II", folder, at + 116)
            if length >= cutoff:
                return chain(sectors, shift, fat, first)
            small = chain(sectors, shift, fat, struct.unpack_from("<I", folder, 116)[0])
            return chain(small, small_shift, _numbers(chain(sectors, shift, fat, first_of_small)), first)
    return b""


def _numbers(data: bytes) -> Sequence[int]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """(kind, data) of each record of a part of a workbook's stream (MS-XLS), from its beginning to its end."""
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind == _EOF:
            return
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def errors_in_biff(stream: bytes) -> dict[str, list[str]]:
    """By the name of a sheet: the cells, as `B12`, with an error."""
    found: dict[str, list[str]] = {}
    for sheet in islice((data for kind, data in records(stream, 0) if kind == _BOUNDSHEET), MAX_OLD_SHEETS):
        name = sheet[8:].decode("utf-16-le" if sheet[7] & 1 else "latin-1", "replace")
        cells = found.setdefault(name, [])
        for of, data in records(stream, struct.unpack_from("<I", sheet)[0]):
            # An error is a record of its own, a NaN, or the cached result of a formula.
            is_error = (of == _BOOLERR and data[7:8] == b"\1") or (
                of == _NUMBER and isnan(*struct.unpack("<6xd", data))
            )
            if is_error or (of == _FORMULA_RECORD and data[6:7] == b"\2" and data[12:14] == b"\xff\xff"):
                row, column = struct.unpack_from("<HH", data)
                cells.append(cell_name(row, column))
    return found


def marks_in_biff(stream: bytes) -> dict[str, dict[str, list[Any]]]:
    """By the name of a sheet of an .xls file: what of it is hidden, bold and struck out."""
    fonts: list[str] = []
    looks: list[str] = []
    found: dict[str, dict[str, list[Any]]] = {}
    for kind, data in records(stream, 0):
        if kind == _FONT:
            _, flags, _, weight = struct.unpack_from("<4H", data)
            fonts.append("struck" if flags & 8 else "bold" if weight >= 700 else "")
            if len(fonts) == 4:
                fonts.append("")  # no font has the number 4
        elif kind == _XF:
            (font,) = struct.unpack_from("<H", data)
            looks.append(fonts[font] if font < len(fonts) else "")
    for sheet in islice((data for kind, data in records(stream, 0) if kind == _BOUNDSHEET), MAX_OLD_SHEETS):
        marks: dict[str, list[Any]] = {"hidden": [], "hidden_columns": [], "bold": [], "struck": []}
        found[sheet[8:].decode("utf-16-le" if sheet[7] & 1 else "latin-1", "replace")] = marks
        for kind, data in records(stream, struct.unpack_from("<I", sheet)[0]):
            if kind == _ROW_RECORD and struct.unpack_from("<H", data, 12)[0] & 0x20:
                marks["hidden"].append(struct.unpack_from("<H", data)[0])
            elif kind == _COLINFO and struct.unpack_from("<H", data, 8)[0] & 1:
                first, last = struct.unpack_from("<2H", data)
                marks["hidden_columns"] += range(first, min(last + 1, MAX_COLUMNS))
            elif kind in _CELLS:
                row, column, style = struct.unpack_from("<3H", data)
                if look := looks[style] if style < len(looks) else "":
                    marks[look].append(cell_name(row, column))
    return found


def cell_name(row: int, column: int) -> str:
    """
    The name of a cell, from its places from 0.

    >>> cell_name(11, 1), cell_name(0, 26)
    ('B12', 'AA1')
    """
    return f"{_letters(column)}{row + 1}"


@cache
def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def answer(content: bytes) -> bytes:
    """The sheets of a file as JSON."""
    return json.dumps(read(content), allow_nan=False).encode()
