"""Spreadsheets as rows of cells: .xlsx, .xls, .ods and .csv, in bounded time and memory, whatever is in the file."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from os import PathLike
from pathlib import Path

import attrs
import msgspec

from reformtrack.domain.errors import SheetFileError
from reformtrack.domain.gathered import grouped
from reformtrack.domain.said import said
from reformtrack.domain.texts import TOO_MANY_MARKS, has_too_many_marks, normalised
from reformtrack.exchange import bounded
from reformtrack.exchange.appendix import sheet_reader
from reformtrack.exchange.appendix.old_codes import old_code_of
from reformtrack.exchange.appendix.sheet_reader.cells import MAX_MARKED, OLE, ZIP, Area, cell_name, part_name
from reformtrack.exchange.bounded import LONGEST, Unusable
from reformtrack.extras import extra

_ACCEPTED = said("a spreadsheet or a Word document: .xlsx, .xls, .ods, .docx, or .csv in UTF-8")
_SAMPLE = 100_000
_MARKUP = ("<html", "<?xml", "<!doc", "<tabl")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_OTHER_FILES = (
    (b"%PDF", said("it is a PDF document: open it in Word, check the table, and save it as .docx")),
    (b"{\\rtf", said("it is an RTF document")),
    (b"\x89PNG", said("it is a picture")),
    (b"\xff\xd8\xff", said("it is a picture")),
)
_OTHER_ARCHIVES = (
    ("ppt/", said("it is a PowerPoint presentation")),
    ("xl/workbook.bin", said("it is a binary workbook (.xlsb)")),
)
_IN_OLE = (
    ("EncryptedPackage", said("it is protected by a password"), said("a file without one")),
    ("_VBA_PROJECT", said("it has macros"), said("the same saved as .xlsx without macros")),
    ("WordDocument", said("it is a Word document of the old form (.doc)"), said("the same saved as .docx")),
)

Cell = str | float | int | bool | date | None


class Percent(float):
    """A number in a cell that shows it as a percentage: 0.95 that is shown as 95%."""


class Fixed(float):
    """A number in a cell that shows so many decimals of it: 2.1 that is shown as 2.10."""

    decimals: int

    @property
    def shown(self) -> str:
        """The number as it is shown."""
        return f"{self:.{self.decimals}f}"


@attrs.frozen(slots=False)
class Sheet:
    """A sheet that can be seen."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    """All cells from A1 on; of merged cells the first has its value, those below it the same, and the others none."""
    merged_down: frozenset[tuple[int, int]] = frozenset()
    """(row, column), from 0, of the cells that have their value from the one above."""
    empty_formulas: frozenset[str] = frozenset()
    """The cells, as `B12`, that have an error, or a formula and no value of it."""
    merged: tuple[Area, ...] = ()
    """((row, column) of the first cell, that of the last), from 0, of each area of merged cells."""
    hidden: frozenset[int] = frozenset()
    """The rows that are hidden, from 0."""
    hidden_columns: frozenset[int] = frozenset()
    is_filtered: bool = False
    """Whether rows are hidden by a filter."""
    bold: frozenset[str] = frozenset()
    """The cells, as `B12`, in bold."""
    struck: frozenset[str] = frozenset()
    """Those that are struck out."""
    partly_struck: frozenset[str] = frozenset()
    """Those of whose text a part is struck out."""
    comments: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    """By cell, what somebody remarked on it, beside its text."""
    covered: Mapping[str, Cell] = attrs.field(factory=dict, hash=False)
    """By cell, what stands in it and is not shown, since it is merged with one that has another value."""
    unclear: frozenset[str] = frozenset()
    """The cells of which it is not certain what they show."""
    begins: frozenset[int] = frozenset()
    """The rows, from 0, where a paragraph or a table of a Word document begins."""
    is_hidden: bool = False
    """Whether the sheet itself is hidden: it is named, and its cells are not read."""

    def cell(self, row: int, column: int) -> Cell:
        """The cell at a place, from 0; None beyond those that are read."""
        cells = self.rows[row] if row < len(self.rows) else ()
        return cells[column] if column < len(cells) else None

    def merged_in(self, row: int) -> Sequence[Area]:
        """The areas of merged cells that a row, from 0, is a part of."""
        return self._merged_by_row.get(row, ())

    @cached_property
    def _merged_by_row(self) -> Mapping[int, Sequence[Area]]:
        return grouped((row, area) for area in self.merged for row in range(area[0][0], area[1][0] + 1))


class Numbered(str):
    """A text before which Word puts a number."""

    bare = ""
    """The text alone: the number is that of a title, and of nothing else."""


class _Day(msgspec.Struct):
    day: date


class _Read(
    msgspec.Struct, rename={"empty_formulas": "formulas", "is_filtered": "filtered", "partly_struck": "partly"}
):
    name: str
    rows: list[list[str | float | int | bool | _Day | None]]
    merged: tuple[Area, ...]
    empty_formulas: frozenset[str]
    percent: frozenset[str] = frozenset()
    hidden: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    is_filtered: bool = False
    bold: frozenset[str] = frozenset()
    struck: frozenset[str] = frozenset()
    partly_struck: frozenset[str] = frozenset()
    comments: dict[str, str] = {}
    fixed: dict[str, int] = {}
    unclear: frozenset[str] = frozenset()
    begins: frozenset[int] = frozenset()
    bare: dict[str, str] = {}


class _Answer(msgspec.Struct):
    sheets: list[_Read]
    hidden: list[str] = []
    unclear: str | None = None
    """The sheet of which it is not certain which cells it shows, empty for the whole file."""


_answer = msgspec.json.Decoder(_Answer).decode


def content_of(path: str | PathLike[str]) -> bytes:
    """
    What is in a file, read once.

    Raises:
        SheetFileError: it is empty, too large, or no file.
        OSError: it cannot be read.
    """
    with _named(path):
        return bounded.content_of(Path(path), _ACCEPTED)


def sheets_in(content: bytes, path: str | PathLike[str]) -> tuple[Sheet, ...]:
    """
    The sheets in the content of a file, of hidden ones the names; `path` is only named in errors: what it is, the content says.

    Raises:
        SheetFileError: no spreadsheet, too large, protected by a password, with macros or links to other files.
    """
    path = Path(path)
    with _named(path):
        for sign, kind in _OTHER_FILES:
            if content.startswith(sign):
                raise Unusable(kind, _ACCEPTED)
        # A file of the old form has the names of its streams in it, as UTF-16.
        for stream, found, accepted in _IN_OLE if content.startswith(OLE) else ():
            if stream.encode("utf-16-le") in content:
                raise Unusable(found, accepted)
        if content.startswith(ZIP):
            with bounded.opened(content, _ACCEPTED) as archive:
                _check_names([*map(part_name, archive.namelist())])
                bounded.check_parts(archive, _ACCEPTED)
    if not content.startswith((OLE, *ZIP)):
        content = csv_text(content, path).encode()
    return _answered(path, _read(path, content))


@contextmanager
def _named(path: str | PathLike[str]) -> Iterator[None]:
    """What makes a file unusable, as an error that names it."""
    try:
        yield
    except Unusable as error:
        raise SheetFileError(path, error.found, error.accepted) from error.__cause__


def _check_names(names: Sequence[str]) -> None:
    # The most telling first: a document of Word has no sheet either.
    for start, kind in _OTHER_ARCHIVES:
        if any(name.startswith(start) for name in names):
            raise Unusable(kind, _ACCEPTED)
    if not any(name.startswith(("xl/", "word/")) or name == "content.xml" for name in names):
        raise Unusable(said("it is an archive, and no workbook"), _ACCEPTED)
    if any(name.endswith("vbaproject.bin") or name.startswith("basic/") for name in names):
        raise Unusable(said("it has macros"), said("the same saved as .xlsx without macros"))
    if any("/externallinks/" in name for name in names):
        raise Unusable(said("it has links to other files"), said("the same with its values pasted as values"))


def _read(path: Path, content: bytes) -> bytes:
    """What a process of its own says of a workbook, or of a text in UTF-8."""
    if content.startswith((*ZIP, OLE)):
        with extra("exchange"):
            import python_calamine  # noqa: F401  # the other process would say so in the words of a bad file
    with _named(path):
        return bounded.work(sheet_reader.__file__, content, _ACCEPTED)


def _answered(path: Path, found: bytes) -> tuple[Sheet, ...]:
    try:
        answer = _answer(found)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SheetFileError(path, said("it cannot be read: {error}", error=str(error)[:LONGEST]), _ACCEPTED) from error
    if answer.unclear is not None:
        what = said("it is not certain which of its parts is shown")
        if answer.unclear:
            what = said("it is not certain which cells its sheet {sheet} shows", sheet=f"“{answer.unclear}”")
        raise SheetFileError(path, what, said("the same, opened in Excel or Word and saved again"))
    hidden = (Sheet(name, (), is_hidden=True) for name in answer.hidden)
    return (*(_sheet(path, sheet) for sheet in answer.sheets), *hidden)


def csv_text(content: bytes, path: Path) -> str:
    """
    The text of a .csv file, in UTF-8, or in UTF-16 as Excel saves "Unicode text"; its cells are parted in the other process.

    Raises:
        SheetFileError: it is no text in UTF-8 or UTF-16, or another kind of file.
    """
    try:
        text = content.decode("utf-16" if content.startswith(_UTF_16) else _unmarked_utf_16(content) or "utf-8-sig")
    except UnicodeDecodeError:
        found = said("it is no text in UTF-8, and no workbook")
        guesses = (old_code_of(content.decode(guess, "replace").split("\n")) for guess in ("cp1252", "latin-1"))
        if old := next(filter(None, guesses), ""):
            found = said("its text is in the old Vietnamese code {code}, and not in Unicode", code=old)
        raise SheetFileError(path, found, said(".xlsx, .xls, .ods, or .csv saved as “CSV UTF-8”")) from None
    if (start := text.lstrip()[:5].lower()) in _MARKUP and start != "<?xml":
        raise SheetFileError(
            path, said("it is a web page that is named as a spreadsheet: open it in Excel and save it as .xlsx")
        )
    if "\x00" in text or start in _MARKUP:
        raise SheetFileError(path, said("it is another kind of file with the name of a spreadsheet"))
    return text


def _unmarked_utf_16(content: bytes) -> str:
    """The byte order of a text in UTF-16 without its mark: half of it is zero bytes, at odd places or at even ones."""
    sample = content[:_SAMPLE]
    for first, code in ((1, "utf-16-le"), (0, "utf-16-be")):
        if sample[first::2].count(0) * 4 > len(sample) and sample[1 - first :: 2].count(0) * 50 < len(sample):
            return code
    return ""


def _sheet(path: Path, read: _Read) -> Sheet:
    name = read.name or path.stem  # a text has the name of its file
    rows = [
        [_cell(path, read, name, number, place, cell) for place, cell in enumerate(row)]
        for number, row in enumerate(read.rows)
    ]
    filled, covered = set(), {}
    looks = {"struck": set(read.struck), "unclear": set(read.unclear)}
    for (top, left), (bottom, right) in read.merged:
        first = rows[top][left] if left < len(rows[top]) else None
        for row, cells in enumerate(rows[top : bottom + 1], top):
            under = left + (row == top)
            for column, cell in enumerate(cells[under : right + 1], under):
                if cell is not None:
                    cells[column] = None
                    if cell != first and str(cell).split() not in ([], str(first).split()):
                        covered[cell_name(row, column)] = cell
            if row > top and left < len(cells):
                cells[left] = first
                filled.add((row, left))
                for found in looks.values():
                    (found.add if cell_name(top, left) in found else found.discard)(cell_name(row, left))
            if len(covered) > MAX_MARKED:
                error = f"more than {MAX_MARKED} cells of {name!r} are under merged ones"
                raise SheetFileError(path, said("it cannot be read: {error}", error=error), _ACCEPTED)
    marks = {
        mark: found for mark, found in msgspec.structs.asdict(read).items() if mark not in ("percent", "fixed", "bare")
    }
    marks |= {look: frozenset(found) for look, found in looks.items()} | {"name": name, "covered": covered}
    return Sheet(**{**marks, "rows": tuple(map(tuple, rows)), "merged_down": frozenset(filled)})


_LOOK_ALIKES = str.maketrans("ƣƢ", "ưƯ")
"""What fonts of before Unicode leave in texts, and no Vietnamese word has."""


def _cell(path: Path, read: _Read, sheet: str, row: int, column: int, cell: Cell | _Day) -> Cell:
    """
    A cell, a text in NFC and without letters of old fonts.

    Raises:
        SheetFileError: it has more combining marks in a row than any text.
    """
    if isinstance(cell, str):
        if has_too_many_marks(cell):
            what = said("{place} has {marks}", place=f"{sheet}!{cell_name(row, column)}", marks=TOO_MANY_MARKS)
            raise SheetFileError(path, what, said("a file without such a cell"))
        text = normalised(cell).translate(_LOOK_ALIKES)
        if bare := read.bare and read.bare.get(cell_name(row, column)):
            text = Numbered(text)
            text.bare = normalised(bare).translate(_LOOK_ALIKES)
        return text
    if isinstance(cell, _Day):
        return cell.day
    if read.fixed and isinstance(cell, float) and (decimals := read.fixed.get(cell_name(row, column))):
        fixed = Fixed(cell)
        fixed.decimals = decimals
        return fixed
    is_percent = read.percent and isinstance(cell, float) and cell_name(row, column) in read.percent
    return Percent(cell) if is_percent and isinstance(cell, float) else cell
