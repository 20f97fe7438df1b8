"""
Spreadsheets as rows of cells: .xlsx, .xls, .ods and .csv, in bounded time and memory, whatever is in the file.
"""

import csv
import io
import subprocess
import sys
import zipfile
from datetime import date
from os import PathLike
from pathlib import Path

import attrs
import msgspec

from reformtrack.domain.errors import SheetFileError
from reformtrack.exchange import sheet_reader

MAX_BYTES = 20 << 20
"""The largest file: 20 MiB."""

MAX_INFLATED = 300 << 20
"""The most that the parts of a file may be together when unpacked."""

SECONDS = 30
"""How long a file may take to be read."""

_OLE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
_PROTECTED = "EncryptedPackage".encode("utf-16-le")
_ACCEPTED = ".xlsx, .xls, .ods or .csv"

Cell = str | float | int | bool | date | None


@attrs.frozen
class Sheet:
    """A sheet that can be seen."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    """All cells from A1 on; a cell below the first of cells that are merged downwards has the first one's value."""
    merged_down: frozenset[tuple[int, int]] = frozenset()
    """(row, column), from 0, of the cells that have their value from the one above."""
    empty_formulas: frozenset[str] = frozenset()
    """The cells, as `B12`, that have a formula and no value of it."""


class _Read(msgspec.Struct):
    name: str
    rows: list[list[str | float | int | bool | dict[str, date] | None]]
    merged: list[tuple[tuple[int, int], tuple[int, int]]]


class _Answer(msgspec.Struct):
    sheets: list[_Read] = []
    formulas: list[str] = []
    error: str = ""


def read_sheets(path: str | PathLike[str]) -> tuple[Sheet, ...]:
    """
    The sheets of a file that can be seen. What the file is, its content says, not its name.

    Raises:
        SheetFileError: no spreadsheet, too large, protected by a password, with macros or links to other files.
        OSError: it cannot be read.
    """
    path = Path(path)
    if path.stat().st_size > MAX_BYTES:
        raise SheetFileError(path, f"it has {path.stat().st_size:,} bytes", f"at most {MAX_BYTES:,} bytes")
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise SheetFileError(path, "it is empty")
    if start.startswith(_ZIP):
        _check_archive(path)
    elif start.startswith(_OLE):
        if _PROTECTED in path.read_bytes():
            raise SheetFileError(path, "it is protected by a password", "a file without one")
    else:
        return (_csv(path),)
    return _read(path)


def _check_archive(path: Path) -> None:
    """A workbook's parts: not too large, no macros, no links to other files, no entities."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > MAX_INFLATED or len(parts) > 5_000:
                raise SheetFileError(path, "it would be too large when unpacked", f"at most {MAX_INFLATED:,} bytes")
            names = [part.filename for part in parts]
            if any(name.endswith("vbaProject.bin") for name in names):
                raise SheetFileError(path, "it has macros", "the same saved as .xlsx without macros")
            if any("/externalLinks/" in name for name in names):
                raise SheetFileError(path, "it has links to other files", "the same with its values pasted as values")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as opened:
                        head = opened.read(4_096)
                    if b"<!DOCTYPE" in head or b"<!ENTITY" in head or head.startswith((b"\xff\xfe", b"\xfe\xff")):
                        raise SheetFileError(path, f"{part.filename} declares XML entities or is not UTF-8")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise SheetFileError(path, f"it is damaged, or no workbook: {error}") from error


def _read(path: Path) -> tuple[Sheet, ...]:
    """Read a workbook in a process of its own."""
    command = [sys.executable, "-I", sheet_reader.__file__, str(path.resolve())]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise SheetFileError(path, f"it takes more than {SECONDS} seconds to read", "a smaller file") from None
    if done.returncode:
        raise SheetFileError(path, "it needs too much memory, or is damaged", "a smaller file")
    answer = msgspec.json.decode(done.stdout, type=_Answer)
    if answer.error:
        raise SheetFileError(path, f"it cannot be read: {answer.error}")
    return tuple(_sheet(sheet, number, answer.formulas) for number, sheet in enumerate(answer.sheets, 1))


def _sheet(read: _Read, number: int, formulas: list[str]) -> Sheet:
    rows: list[list[Cell]] = [
        [value["day"] if isinstance(value, dict) else value for value in row] for row in read.rows
    ]
    filled = set()
    for (top, left), (bottom, _) in read.merged:
        for row in range(top + 1, min(bottom + 1, len(rows))):
            if left < len(rows[row]) and rows[row][left] is None:
                rows[row][left] = rows[top][left]
                filled.add((row, left))
    prefix = f"sheet{number}.xml!"
    empty = frozenset(name.removeprefix(prefix) for name in formulas if name.startswith(prefix))
    return Sheet(read.name, tuple(map(tuple, rows)), frozenset(filled), empty)


def _csv(path: Path) -> Sheet:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise SheetFileError(
            path, "it is no text in UTF-8, and no workbook", f"{_ACCEPTED}, the last in UTF-8"
        ) from None
    if "\x00" in text or text.lstrip()[:5].lower() in ("<html", "<?xml", "<!doc"):
        raise SheetFileError(path, "it is another kind of file with the name of a spreadsheet")
    delimiter = max(",;\t", key=text[:10_000].count)
    rows: list[tuple[Cell, ...]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if len(rows) >= sheet_reader.MAX_ROWS or len(row) > sheet_reader.MAX_COLUMNS:
                found = f"more than {sheet_reader.MAX_ROWS} rows or {sheet_reader.MAX_COLUMNS} columns"
                raise SheetFileError(path, f"it has {found}", "a smaller file")
            rows.append(tuple(value or None for value in row))
    except csv.Error as error:
        raise SheetFileError(path, f"it cannot be read as CSV: {error}") from error
    return Sheet(path.stem, tuple(rows))
