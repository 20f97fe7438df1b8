"""
Reads a spreadsheet, or the tables of a Word document, as a worker of `reformtrack.exchange.bounded`: cells as JSON.

It imports only its own modules, by their places beside it.
"""

import csv
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from io import BytesIO, StringIO
from itertools import islice
from typing import Any

from .cells import (
    MAX_CELLS,
    MAX_CHARACTERS,
    MAX_COLUMNS,
    MAX_EMPTY,
    MAX_MARKED,
    MAX_MERGED,
    MAX_ROWS,
    MAX_SHEETS,
    MAX_TEXT,
    OLE,
    ZIP,
    Area,
    Unclear,
    cell,
    cell_name,
    linked,
    no_marks,
    part_name,
    place_of,
    put_shown,
)
from .ods import ods_marks
from .word import word_sheet
from .word_numbers import WordNumbers
from .xls import old_marks, workbook_stream
from .xlsx import xlsx_marks

_BOOK, _DOCUMENT = "xl/workbook.xml", "word/document.xml"

_DELIMITERS, _SAMPLE = ",;\t|", 100_000
_MOST_LINES = 200
"""The most lines of a cell of a text."""

_BLANK = re.compile(r"\" +(?=[,;\t|\r\n]|$)")
"""Blanks between a quotation mark and the end of its cell."""
_SAYS_DELIMITER = re.compile(r"\"?sep=([,;\t|])\"?\s*\n", re.IGNORECASE)


def read(content: bytes) -> dict[str, object]:
    """The sheets of a file that can be seen."""
    if not content.startswith((OLE, *ZIP)):
        return {"sheets": [csv_sheet(content.decode())]}
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    part = parts_of(content)
    forms = [name for name in (_BOOK, _DOCUMENT, "content.xml") if part(name)]
    if len(forms) > 1 or (forms in ([_BOOK], [_DOCUMENT]) and linked(part, "", "officeDocument") not in ([], forms)):
        raise Unclear
    if document := part(_DOCUMENT):
        kinds = ("numbering", "styles")
        lists, styles = (part(next(iter(linked(part, _DOCUMENT, kind)), f"word/{kind}.xml")) for kind in kinds)
        return {"sheets": [word_sheet(document, WordNumbers(lists, styles), styles)]}
    # First, because the library may never end with XML that is cut off.
    is_xlsx = bool(part(_BOOK))
    marked = {
        **xlsx_marks(part),
        **ods_marks(part("content.xml"), part("styles.xml")),
        **old_marks(workbook_stream(content)),
    }
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    seen = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
    hidden = [sheet.name for sheet in book.sheets_metadata if sheet.visible != SheetVisibleEnum.Visible]
    if len(seen) > MAX_SHEETS:
        raise ValueError(f"{len(seen)} sheets, more than {MAX_SHEETS}")
    sheets = []
    cells = characters = merged = 0
    for name in seen:
        try:
            marks = (marked[name] if is_xlsx else marked.get(name, no_marks))()
        except (Unclear, KeyError) as error:
            raise Unclear(name) from error
        spans, empty, filled = marks.pop("spans", []), marks["formulas"], marks.pop("filled", None)
        try:
            sheet = one_sheet(book, name, spans)
        except Exception as error:  # whatever a library raises of such a cell, the cells are named
            if not empty:
                raise
            raise ValueError(f"{error}; cells of {name!r} without a value: {', '.join(empty[:10])}") from error
        if len(empty) > MAX_EMPTY:
            raise ValueError(f"more than {MAX_EMPTY} cells of {name!r} have no value")
        if sum(len(found) for found in marks.values() if isinstance(found, list)) - len(empty) > MAX_MARKED:
            raise ValueError(f"more than {MAX_MARKED} cells of {name!r} are marked or hidden")
        if filled is not None and not are_there(filled, sheet["rows"]):
            raise Unclear(name)
        put_shown(sheet["rows"], marks)
        sheets.append({**sheet, **marks})
        merged += sum(bottom - top + 1 for (top, _), (bottom, _) in sheet["merged"])
        cells += sum(map(len, sheet["rows"]))
        characters += sum(len(value) for row in sheet["rows"] for value in row if isinstance(value, str))
        characters += sum(map(len, marks["comments"].values()))
        if merged > MAX_MERGED:
            raise ValueError(f"more than {MAX_MERGED} cells are merged in all sheets together")
        if cells > MAX_CELLS or characters > MAX_CHARACTERS:
            raise ValueError(f"more than {MAX_CELLS} cells or {MAX_CHARACTERS} characters in all sheets together")
    return {"sheets": sheets, "hidden": hidden[:MAX_SHEETS]}


def parts_of(content: bytes) -> Callable[[str], bytes]:
    """What reads a part of an archive by its name; of a part that is not there, and of no archive, nothing."""
    if not content.startswith(ZIP):
        return lambda name: b""
    archive = zipfile.ZipFile(BytesIO(content))
    parts = {part_name(part.filename): part for part in archive.infolist()}
    return lambda name: archive.read(parts[found]) if (found := part_name(name)) in parts else b""


def are_there(filled: Iterable[int], rows: Iterable[Iterable[object]]) -> bool:
    """
    Whether the cells with a value are those that a sheet has, in their order.

    Args:
        filled: of each cell with a value twice its place, and one more where its value is seen.
    """
    places = (
        place_of(row, column)
        for row, cells in enumerate(rows)
        for column, value in enumerate(cells)
        if value is not None
    )
    place = next(places, None)
    for one in filled:
        if one >> 1 == place:
            place = next(places, None)
        elif one & 1:
            return False
    return place is None


def csv_sheet(text: str) -> dict[str, Any]:
    """The sheet that a text is; an empty cell is null."""
    said = _SAYS_DELIMITER.match(text)
    delimiter = said[1] if said else max(_DELIMITERS, key=lambda sign: _evenness(text[:_SAMPLE], sign))
    rows: list[list[str | None]] = []
    unclear: list[str] = []
    for row, places in _rows(text, delimiter):
        unclear += [cell_name(len(rows), place) for place in places]
        rows.append([value or None for value in row])
        if len(rows) > MAX_ROWS or len(row) > MAX_COLUMNS:
            raise ValueError(f"more than {MAX_ROWS} rows or {MAX_COLUMNS} columns")
        if any(len(value) > MAX_TEXT for value in row):
            raise ValueError(f"a cell of row {len(rows)} has more than {MAX_TEXT} characters")
    return {"name": "", "rows": rows, "merged": [], **no_marks(), "unclear": unclear}


def _rows(text: str, delimiter: str) -> Iterator[tuple[list[str], Iterable[int]]]:
    """
    The cells of each row, and which of them are uncertain, because it is what their quotation marks are.

    One before a text that is not closed behind it is a part of the text: else it may take the rows below into its cell. Where
    each line of a cell is a whole row too, each is one.
    """
    lines, reader = [*islice(StringIO(text, newline=""), 10 * MAX_ROWS + 1)], partial(csv.reader, delimiter=delimiter)
    if len(lines) > 10 * MAX_ROWS:
        raise ValueError(f"more than {10 * MAX_ROWS} lines")
    found, at = list[tuple[list[str] | None, Sequence[str]]](), 0
    while at < len(lines) and len(found) <= MAX_ROWS:
        row, end = _quoted(lines, at, reader)
        found.append((row, lines[at:end]))
        at = end
    widths = Counter(len(row) for row, _ in found if row and len(row) > 1)
    width = max(widths, key=widths.__getitem__, default=1)
    for row, held in found:
        each = [next(reader([line], quoting=csv.QUOTE_NONE), []) for line in held if len(held) > 1 or row is None]
        if row is not None and any(len(one) != width for one in each or [[]]):
            yield row, ()
            continue
        for one in each:
            quoted = [place for place, value in enumerate(one) if '"' in value]
            is_certain = row is None and len(one) == width
            yield one, () if is_certain else quoted if len(one) == width else range(min(quoted, default=0), len(one))


def _quoted(lines: Sequence[str], at: int, reader: Callable[..., Iterator[list[str]]]) -> tuple[list[str] | None, int]:
    """The row that begins in a line, and the line after it; None where its quotation marks are not those of cells."""
    for end in range(at + 1, min(at + _MOST_LINES, len(lines)) + 1):
        for held in (lines[at:end], [_BLANK.sub('"', line) for line in lines[at:end]]):
            try:
                return next(reader(held, strict=True), []), end
            except csv.Error as error:
                goes_on = str(error) == "unexpected end of data"
            if goes_on:
                break
        else:
            break
    return None, at + 1


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


def answer(content: bytes) -> bytes:
    """The sheets of a file as JSON; or the name of one, empty for all, of which it is not certain what it shows."""
    try:
        found = read(content)
    except Unclear as error:
        found = {"sheets": [], "unclear": "".join(error.args)}
    return json.dumps(found, allow_nan=False).encode()
