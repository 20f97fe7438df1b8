"""
The rows of a sheet that is a text: .csv in UTF-8, or in UTF-16 as Excel saves "Unicode text".
"""

import csv
import io
import re
from collections import Counter
from pathlib import Path

from reformtrack.domain.errors import SheetFileError
from reformtrack.domain.said import said
from reformtrack.exchange.appendix.old_codes import old_code_of
from reformtrack.exchange.appendix.sheet_reader import MAX_COLUMNS, MAX_ROWS, MAX_TEXT

_DELIMITERS = ",;\t"
_SAMPLE = 100_000
_SAYS_DELIMITER = re.compile(r"\"?sep=([,;\t])\"?\s*\n", re.IGNORECASE)
_MARKUP = ("<html", "<?xml", "<!doc", "<tabl")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def csv_rows(content: bytes, path: Path) -> tuple[tuple[str | None, ...], ...]:
    """
    The rows that a text has; an empty cell is None.

    Raises:
        SheetFileError: it is no text in UTF-8 or UTF-16, another kind of file, or too large a table.
    """
    text = _decoded(content, path)
    if "\x00" in text or text.lstrip()[:5].lower() in _MARKUP:
        raise SheetFileError(path, said("it is another kind of file with the name of a spreadsheet"))
    rows: list[tuple[str | None, ...]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)):
            _check_size(row, len(rows) + 1, path)
            rows.append(tuple(value or None for value in row))
    except csv.Error as error:
        raise SheetFileError(path, said("it cannot be read as CSV: {error}", error=str(error))) from error
    return tuple(rows)


def _decoded(content: bytes, path: Path) -> str:
    code = "utf-16" if content.startswith(_UTF_16) else _unmarked_utf_16(content) or "utf-8-sig"
    try:
        return content.decode(code)
    except UnicodeDecodeError:
        found = said("it is no text in UTF-8, and no workbook")
        guesses = (old_code_of(content.decode(guess, "replace").split("\n")) for guess in ("cp1252", "latin-1"))
        if old := next(filter(None, guesses), ""):
            found = said("its text is in the old Vietnamese code {code}, and not in Unicode", code=old)
        raise SheetFileError(path, found, said(".xlsx, .xls, .ods, or .csv saved as “CSV UTF-8”")) from None


def _unmarked_utf_16(content: bytes) -> str:
    """The byte order of a text in UTF-16 without its mark: half of it is zero bytes, at odd places or at even ones."""
    sample = content[:_SAMPLE]
    for first, code in ((1, "utf-16-le"), (0, "utf-16-be")):
        if sample[first::2].count(0) * 4 > len(sample) and sample[1 - first :: 2].count(0) * 50 < len(sample):
            return code
    return ""


def _delimiter(text: str) -> str:
    """What parts the cells: what the first line says, else what makes the most rows of one width."""
    if said := _SAYS_DELIMITER.match(text):
        return said[1]
    return max(_DELIMITERS, key=lambda delimiter: _evenness(text[:_SAMPLE], delimiter))


def _evenness(text: str, delimiter: str) -> tuple[int, int]:
    """How many rows have the width that most have, and that width; rows of one cell do not count."""
    try:
        widths = Counter(map(len, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)))
    except csv.Error:
        return 0, 0
    return max(((count, width) for width, count in widths.items() if width > 1), default=(0, 0))


def _check_size(row: list[str], number: int, path: Path) -> None:
    if number > MAX_ROWS or len(row) > MAX_COLUMNS:
        found = said("it has more than {rows} rows or {columns} columns", rows=MAX_ROWS, columns=MAX_COLUMNS)
        raise SheetFileError(path, found, said("a smaller file"))
    if any(len(value) > MAX_TEXT for value in row):
        found = said("a cell of row {number} has more than {most} characters", number=number, most=MAX_TEXT)
        raise SheetFileError(path, found, said("a smaller file"))
