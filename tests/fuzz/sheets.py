"""
Spreadsheets: files as they come, workbooks put together of parts, and tables as an appendix or an agency's return.

Workbooks are read here in this process, which is fast; in reformtrack one of its own, with bounds of its own, reads them.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import msgspec

from reformtrack import Document, IllegalHistory, Tracker
from reformtrack.domain.errors import NotFound, SheetFileError
from reformtrack.exchange import agency_workbook, importing, sheet_reader, sheets
from reformtrack.exchange.appendix import find_appendix
from reformtrack.exchange.importing import NewPlan
from reformtrack.language import Language
from tests.exchange import layouts
from tests.fuzz.target import Target, check_error, check_texts
from tests.support import QUARTERS, Clock, adopted, scheduled

SEPARATOR = b"\x1e"
"""Stands between the names and the contents of the parts that a workbook is put together of."""

_FAR = re.compile(rb"[A-Z]{1,3}[0-9]{5,}|\b[A-Z]{3}[0-9]")
"""A cell beyond row 9,999 or column ZZ."""

_READ = sheets._read
_LEAD = "Sở Tư pháp"
_PATH = Path("file")
_NEW = NewPlan(title="Kế hoạch", year=2023, jurisdiction="Tỉnh X")


def _in_process(path: Path, content: bytes) -> bytes:
    """What the process of its own would say; it ends where the library panics. It is asked itself where it may be killed."""
    if _is_wide(content):
        return _READ(path, content)
    try:
        return sheet_reader.answer(content)
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise SheetFileError(path, "it cannot be read") from error
        raise


def _is_wide(content: bytes) -> bool:
    """Whether cells are so far apart that the library may ask for more memory than there is, and end without a word."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return False
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return any(_FAR.search(archive.read(part)) for part in archive.infolist())


def file(data: bytes) -> None:
    """A file as it came: .xlsx, .ods, .xls, .csv, or something else."""
    with patch.object(sheets, "_read", _in_process):
        try:
            found = sheets.sheets_in(data, _PATH)
        except SheetFileError as error:
            check_error(error)
        else:
            find_appendix(found, Language("vi"))


def parts(data: bytes) -> None:
    """A workbook put together of parts, their names and their contents by turns."""
    names = data.split(SEPARATOR)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a name that is there twice
        for name, content in zip(names[::2], names[1::2], strict=False):
            archive.writestr(zipfile.ZipInfo(name.decode("latin-1")[:200] or "x"), content)
    file(packed.getvalue())


def appendix(data: bytes) -> None:
    """Tables as the reader gives them, imported as a new plan and as an amendment; nothing is recorded."""
    if not _is_answer(data):
        return
    _import(data, "new", None)
    _import(data, "p", Document(number="9/QĐ-UBND"))


def _import(data: bytes, plan: str, document: Document | None) -> None:
    with TemporaryDirectory() as folder, patch.object(importing, "sheets_in", lambda content, path: _sheets(content)):
        path = Path(folder, "file")
        path.write_bytes(data)
        try:
            found = importing.import_appendix(
                _kept(), path, plan, by="a", on=date(2023, 6, 1), new=_NEW, document=document, dry_run=True
            )
        except (SheetFileError, IllegalHistory) as error:
            check_error(error)
        else:
            check_texts(found.events)


def returned(data: bytes) -> None:
    """Tables as the reader gives them, as what an agency sends back."""
    if not _is_answer(data):
        return
    with _filled() as tracker, patch.object(agency_workbook, "read_sheets", lambda path: _sheets(data)):
        try:
            found = agency_workbook.import_agency_workbook(tracker, _PATH, lead=_LEAD, by="a")
        except (SheetFileError, NotFound) as error:
            check_error(error)
        else:
            check_texts([record.event for record in found.records])


def _sheets(data: bytes) -> tuple[sheets.Sheet, ...]:
    return sheets._answered(data)


def _is_answer(data: bytes) -> bool:
    """Whether the reader could have said it."""
    try:
        return bool(msgspec.json.decode(data, type=sheets._Answer))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False


def _filled() -> Tracker:
    tracker = Tracker(clock=Clock())
    tracker.record(adopted(), scheduled("p/1"), scheduled("p/2", deadline=QUARTERS), by="a")
    return tracker


@cache
def _kept() -> Tracker:
    return _filled()


@cache
def _workbooks() -> Sequence[bytes]:
    """A .xlsx file, one with days and merged cells, and an .ods file."""
    with TemporaryDirectory() as folder:
        first = layouts.workbook(Path(folder, "a.xlsx"), layouts.simple()[:4])
        other = layouts.workbook(Path(folder, "b.xlsx"), layouts.dated_cells()[:5], merged=["H1:I3"])
        return [
            path.read_bytes() for path in (first, other, layouts.open_document(Path(folder, "c.ods"), layouts.codes()))
        ]


def _files() -> Sequence[bytes]:
    with TemporaryDirectory() as folder:
        tables = [layouts.table(Path(folder, f"{name}.csv"), make()) for name, make in layouts.LAYOUTS.items()]
        texts = [path.read_bytes() for path in tables]
    return [*_workbooks(), *texts, b"\xff\xfe" + texts[0].decode().encode("utf-16-le"), b"sep=;\n" + texts[1], _ole()]


def _ole() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def _recipes() -> Sequence[bytes]:
    found = []
    for workbook in _workbooks():
        with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
            given = [(info.filename, archive.read(info)) for info in archive.infolist() if "theme" not in info.filename]
        found.append(SEPARATOR.join(part for name, content in given for part in (name.encode(), content)))
    return found


def _answers() -> Sequence[bytes]:
    """What the reader says of each layout."""
    with TemporaryDirectory() as folder:
        books = [layouts.workbook(Path(folder, name), make()) for name, make in layouts.LAYOUTS.items()]
        return [sheet_reader.answer(book.read_bytes()) for book in books]


def _returns() -> Sequence[bytes]:
    """A workbook that came back: two rows filled in, each in its way."""
    with _filled() as tracker:
        answer = msgspec.json.decode(sheet_reader.answer(agency_workbook.agency_workbook(tracker.plan("p"), _LEAD)))
    rows = answer["sheets"][0]["rows"]
    rows[5][7:14] = ["đã hoàn thành", {"day": "2023-06-20"}, "xong", "chậm", 45.0, "20/06/2023", "Báo cáo"]
    rows[6][7:14] = ["bắt đầu thực hiện", "01/03/2023", "", "thiếu người", None, None, None]
    return [msgspec.json.encode(answer)]


TARGETS = {
    "sheet_file": Target(file, _files),
    "workbook_parts": Target(parts, _recipes),
    "appendix": Target(appendix, _answers),
    "agency_return": Target(returned, _returns),
}
