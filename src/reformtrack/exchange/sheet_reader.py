"""
Reads a spreadsheet in a process of its own, whose memory and time are bounded, and prints its cells as JSON.

It is run as a script and imports nothing of reformtrack: whatever a hostile file makes of the library below, it is made here.
"""

import json
import re
import sys
import zipfile
from datetime import date, datetime, time, timedelta

MEMORY = 1 << 30
"""Bytes of address space."""
MAX_ROWS, MAX_COLUMNS, MAX_SHEETS = 20_000, 200, 50
MAX_TEXT = 32_767
"""The longest text of a cell, as Excel has it."""

_EMPTY_FORMULA = re.compile(rb'<c\s+r="([A-Z]+[0-9]+)"[^>]*>\s*<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*</c>')


def limit() -> None:
    """Bound the memory of this process, where the system can."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def cell(value: object) -> object:
    """A cell as JSON: a text, a number, a truth value, null, or a day under `day`."""
    if isinstance(value, datetime):
        return {"day": value.date().isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, time | timedelta):
        return str(value)
    if isinstance(value, str) and len(value) > MAX_TEXT:
        raise ValueError(f"a cell has {len(value)} characters, more than {MAX_TEXT}")
    return None if value == "" else value


def read(path: str) -> dict[str, object]:
    """The sheets of a file that can be seen."""
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    book = CalamineWorkbook.from_path(path)
    seen = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
    if len(seen) > MAX_SHEETS:
        raise ValueError(f"{len(seen)} sheets, more than {MAX_SHEETS}")
    return {"sheets": [one_sheet(book, name) for name in seen], "formulas": formulas(path)}


def one_sheet(book: object, name: str) -> dict[str, object]:
    """A sheet: its cells from A1 on, and which are merged."""
    sheet = book.get_sheet_by_name(name)  # type: ignore[attr-defined]
    if sheet.total_height > MAX_ROWS or sheet.total_width > MAX_COLUMNS:
        found = f"{sheet.total_height} rows and {sheet.total_width} columns"
        raise ValueError(f"sheet {name!r} has {found}, more than {MAX_ROWS} and {MAX_COLUMNS}")
    rows = [[cell(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    return {"name": name, "rows": rows, "merged": sheet.merged_cell_ranges or []}


def formulas(path: str) -> list[str]:
    """The cells, as `sheet1.xml!B12`, that have a formula and no value of it."""
    if not zipfile.is_zipfile(path):
        return []
    found = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                part = archive.read(name)
                found += [f"{name.rpartition('/')[2]}!{match[1].decode()}" for match in _EMPTY_FORMULA.finditer(part)]
    return found[:100]


if __name__ == "__main__":
    limit()
    try:
        answer = read(sys.argv[1])
    except MemoryError:
        answer = {"error": "it needs too much memory"}
    except Exception as error:  # whatever the library makes of it, it is said, and this process ends
        answer = {"error": f"{error}"}
    sys.stdout.write(json.dumps(answer))
