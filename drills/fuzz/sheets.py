"""
Spreadsheets: files as they come, workbooks put together of parts, and tables as an appendix or an agency's return.

Workbooks are read here in this process, which is fast; in reformtrack one of its own, with bounds of its own, reads them.
"""

import io
import math
import re
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from unittest.mock import patch
from xml.sax.saxutils import escape

import attrs
import msgspec
import xlsxwriter

from drills.fuzz.target import Finding, Target, check_error, check_texts
from reformtrack import Document, IllegalHistory, Tracker
from reformtrack.domain.errors import NotFound, SheetFileError
from reformtrack.exchange import agency_workbook
from reformtrack.exchange.appendix import importing, sheet_reader, sheets
from reformtrack.exchange.appendix.importing import NewPlan
from reformtrack.exchange.appendix.lines import unread
from reformtrack.exchange.appendix.reading import find_appendix
from reformtrack.exchange.appendix.sheet_reader.cells import cell_name
from reformtrack.exchange.appendix.sheets import Sheet
from reformtrack.language import Language
from tests.exchange import layouts
from tests.exchange import old_workbook as old
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
    return _READ(path, content) if _is_wide(content) else _said(path, content)


def _said(path: Path, content: bytes) -> bytes:
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
    if _is_answer(data):
        _imported(lambda: _sheets(data))


def _imported(read: Callable[[], tuple[Sheet, ...]]) -> None:
    _import(read, "new", None)
    _import(read, "p", Document(number="9/QĐ-UBND"))


def _import(read: Callable[[], tuple[Sheet, ...]], plan: str, document: Document | None) -> None:
    with TemporaryDirectory() as folder, patch.object(importing, "sheets_in", lambda content, path: read()):
        path = Path(folder, "file")
        path.write_bytes(b"x")
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
    if _is_answer(data):
        _returned(lambda: _sheets(data))


def _returned(read: Callable[[], tuple[Sheet, ...]]) -> None:
    with (
        _filled() as tracker,
        patch.object(agency_workbook.returning, "content_of", lambda path: b""),
        patch.object(agency_workbook.returning, "sheets_in", lambda content, path: read()),
        patch.object(agency_workbook.answering, "content_of", lambda path: b""),
        patch.object(agency_workbook.answering, "sheets_in", lambda content, path: read()),
    ):
        try:
            found = agency_workbook.import_agency_workbook(tracker, _PATH, lead=_LEAD, by="a")
            agency_workbook.answer_agency_workbook(_PATH, found)
        except (SheetFileError, NotFound) as error:
            check_error(error)
        else:
            check_texts([record.event for record in found.records])


def cells(data: bytes) -> None:
    """
    A workbook of each format whose cells are of every type and value: read, imported, and sent back by an agency.

    The first line says the format, each other one a cell: the place of its kind among those of the format, and its value.
    """
    form, *given = data.split(b"\n")[:41]
    make, kinds = _FORMS[len(form) % len(_FORMS)]
    chosen = [(kinds[line[0] % len(kinds)], line[1:]) for line in given if line]
    with patch.object(sheets, "_read", _said):
        try:
            [sheet] = sheets.sheets_in(make(chosen), _PATH)
        except SheetFileError as error:
            check_error(error)
            return
    for number, (kind, value) in enumerate(chosen):
        row, column = 1 + number // _COLUMNS, number % _COLUMNS
        is_there = row < len(sheet.rows)
        if is_there and kind.lacks_value(value) and unread(sheet, row, column, Language("vi")) is None:
            raise Finding(f"{kind} {value!r} is read as {sheet.rows[row][column : column + 1]}")
    for cell in (cell for row in sheet.rows for cell in row):
        if not (cell is None or isinstance(cell, str | bool | int) or _is_in_range(cell)):
            raise Finding(f"{cell!r} was read")
    _imported(lambda: (sheet,))
    back = _sent()
    filled = [*back.rows[:5], *((*back.rows[5][:7], *row[:7]) for row in sheet.rows[1:])]
    names = frozenset(_moved(name) for name in sheet.empty_formulas)
    _returned(lambda: (attrs.evolve(back, rows=tuple(filled), empty_formulas=names),))


def _is_in_range(cell: float | date) -> bool:
    return cell.year > 1900 if isinstance(cell, date) else math.isfinite(cell)


@cache
def _sent() -> Sheet:
    """The sheet of a workbook that came back."""
    return _sheets(_returns()[0])[0]


def _moved(name: str) -> str:
    """The name of a cell, four rows down and seven columns to the right, where an agency fills in."""
    return f"{chr(ord(name[0]) + 7)}{int(name[1:]) + 4}" if name[1:].isdecimal() else name


class Kind(NamedTuple):
    """A kind of cell: what it is written as, and when it has no value."""

    form: str | Callable[[int, int, bytes], bytes]
    """XML, in which `VALUE` and `PLACE` stand; or what makes a record of the old form."""
    lacks_value: Callable[[bytes], bool] = lambda value: False


def _not_finite(value: bytes) -> bool:
    """Whether a number is one that no cell can hold; what is no number at all, the library refuses."""
    try:
        return not math.isfinite(float(value))
    except ValueError:
        return False


def _always(value: bytes) -> bool:
    return True


_XLSX = (
    *(
        Kind(f'<c r="PLACE"{form}><v>VALUE</v></c>', _not_finite)
        for form in ("", ' t="n"', ' s="1"', ' s="2"', ' s="3"')
    ),
    Kind('<c r="PLACE" t="b"><v>VALUE</v></c>'),
    *(Kind(f'<c r="PLACE" t="{form}"><v>VALUE</v></c>') for form in ("d", "str", "s", "z")),
    Kind('<c r="PLACE" t="e"><v>VALUE</v></c>', _always),
    Kind("<c t='e' r='PLACE'><f>1/0</f><v>VALUE</v></c>", _always),
    Kind('<c r="PLACE" t="inlineStr"><is><t>VALUE</t></is></c>'),
    Kind('<c r="PLACE" t="inlineStr"><is><r><t>VALUE</t></r><r><t xml:space="preserve"> VALUE</t></r></is></c>'),
    Kind('<c r="PLACE"><f>VALUE</f></c>', _always),
    Kind('<c s="1" r="PLACE"><f t="shared" si="0"/><v></v></c>', _always),
    Kind('<c r="PLACE" s="1"><f>A1</f><v>VALUE</v></c>', _not_finite),
    Kind('<c r="PLACE" t="str"><f>A1</f><v>VALUE</v></c>'),
    Kind('<c r="PLACE" s="99"/>'),
    Kind('<c r="PLACE" s="VALUE"><v>45000</v></c>'),
)
_STYLES = ("dd/mm/yyyy", "[h]:mm:ss", "0%")


def _ods(kind: str, name: str, lacks_value: Callable[[bytes], bool] = lambda value: False, more: str = "") -> Kind:
    at = f'office:value-type="{kind}" office:{name}="VALUE"{more}'
    return Kind(f"<table:table-cell {at}><text:p>VALUE</text:p></table:table-cell>", lacks_value)


_ODS = (
    *(_ods(kind, "value", _not_finite) for kind in ("float", "percentage", "currency")),
    *(_ods(kind, f"{kind}-value") for kind in ("date", "time", "boolean", "string")),
    _ods("float", "value", _not_finite, ' table:formula="of:=1"'),
    _ods("string", "string-value", _always, ' table:formula="of:=1/0" calcext:value-type="error"'),
    Kind('<table:table-cell table:formula="of:=VALUE"/>', _always),
    Kind('<table:table-cell office:value-type="void"/>'),
    Kind('<table:table-cell office:value-type="VALUE" office:value="1"/>'),
    Kind(
        '<table:table-cell office:value-type="string"><text:p>VALUE<text:span>VALUE</text:span></text:p></table:table-cell>'
    ),
    Kind('<table:covered-table-cell office:value-type="float" office:value="VALUE"/>'),
)


def _double(value: bytes) -> bytes:
    """Eight bytes: those of a number, where the value is one."""
    with suppress(ValueError, OverflowError):
        return struct.pack("<d", float(value))
    return value[:8].ljust(8, b"\0")


def _raw_not_finite(value: bytes) -> bool:
    return not math.isfinite(struct.unpack("<d", _double(value))[0])


_XLS = (
    *(
        Kind(lambda r, c, v, form=form: old.number(r, c, _double(v), form), _raw_not_finite)  # type: ignore[misc]
        for form in old.FORMATS
    ),
    Kind(lambda r, c, v: old.truth(r, c, bool(v))),
    Kind(
        lambda r, c, v: old.error(r, c, (v or b"\x17")[0]), lambda value: (value or b"\x17")[0] in old.ERRORS.values()
    ),
    Kind(lambda r, c, v: old.label(r, c, v.decode("utf-8", "replace")[:2_000])),
    Kind(
        lambda r, c, v: old.formula(r, c, _double(v)),
        lambda value: _double(value)[6:] != b"\xff\xff" and _raw_not_finite(value),
    ),
    Kind(lambda r, c, v: old.formula(r, c, old.special(2, 0x07)), _always),
    Kind(lambda r, c, v: old.formula(r, c, old.special(1, len(v) % 3))),
    Kind(lambda r, c, v: old.formula(r, c, old.special(3))),
    Kind(
        lambda r, c, v: (
            old.formula(r, c, old.special(0)) + old.record(old.STRING, old.text(v.decode("latin-1")[:2_000]))
        )
    ),
    Kind(lambda r, c, v: old.record(old.BLANK, struct.pack("<HHH", r, c, 0))),
    Kind(lambda r, c, v: old.record(old.RK, struct.pack("<HHH", r, c, 2) + v[:4].ljust(4, b"\0"))),
)
_HEAD = ("STT", "Lĩnh vực", "Nhiệm vụ", "Sản phẩm", "Chủ trì", "Phối hợp", "Thời hạn", "Kinh phí", "Ghi chú")
_COLUMNS = len(_HEAD)
Chosen = Sequence[tuple[Kind, bytes]]


def _in_xml(chosen: Chosen, end: str) -> Iterator[str]:
    """The cells in XML, row by row."""
    for number, (kind, value) in enumerate(chosen):
        place = cell_name(1 + number // _COLUMNS, number % _COLUMNS)
        given = (
            escape(value.decode("utf-8", "replace"), {'"': "&quot;"}) if value.isascii() else value.decode("latin-1")
        )
        given = re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd]|[<]", "?", given)
        if number % _COLUMNS == 0 and number:
            yield end
        assert isinstance(kind.form, str)
        yield kind.form.replace("PLACE", place).replace("VALUE", given)


def _made_xlsx(chosen: Chosen, *, epoch_1904: bool = False) -> bytes:
    rows = "".join(_in_xml(chosen, "</row><row>"))
    parts = _skeleton(epoch_1904)
    with zipfile.ZipFile(packed := io.BytesIO(), "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content.replace(b"HERE", rows.encode()))
    return packed.getvalue()


@cache
def _skeleton(epoch_1904: bool) -> dict[str, bytes]:
    """A workbook with headings, in which HERE stands where rows begin; its styles are a day, a duration, a percentage."""
    with xlsxwriter.Workbook(made := io.BytesIO(), {"date_1904": epoch_1904}) as book:
        sheet = book.add_worksheet("Phụ lục")
        sheet.write_row(0, 0, _HEAD)
        for number, form in enumerate(_STYLES):
            sheet.write_number(9, number, 1, book.add_format({"num_format": form}))
    with zipfile.ZipFile(made) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    parts[name] = re.sub(rb'<row r="10".*?</row>', b"<row>HERE</row>", re.sub(rb"<dimension [^>]*>", b"", parts[name]))
    assert b"HERE" in parts[name]
    return parts


def _made_ods(chosen: Chosen) -> bytes:
    end = "</table:table-row><table:table-row>"
    with TemporaryDirectory() as folder:
        path = layouts.open_document(Path(folder, "a.ods"), [[*_HEAD], ["HERE"]])
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
    here = b'<table:table-cell office:value-type="string"><text:p>HERE</text:p></table:table-cell>'
    rows = "".join(_in_xml(chosen, end)).encode()
    calcext = b'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" xmlns:table='
    content = parts["content.xml"].replace(b"xmlns:table=", calcext, 1).replace(here, rows)
    with zipfile.ZipFile(packed := io.BytesIO(), "w") as archive:
        for name, part in {**parts, "content.xml": content}.items():
            archive.writestr(name, part)
    return packed.getvalue()


def _made_xls(chosen: Chosen, *, small: bool = False) -> bytes:
    rows: list[list[object]] = [[*_HEAD]]
    for number, (kind, value) in enumerate(chosen):
        if number % _COLUMNS == 0:
            rows.append([])
        assert not isinstance(kind.form, str)
        rows[-1].append(kind.form(len(rows) - 1, number % _COLUMNS, value))
    return old.appendix(rows, small=small)


_FORMS: Sequence[tuple[Callable[[Chosen], bytes], Sequence[Kind]]] = (
    (_made_xlsx, _XLSX),
    (_made_ods, _ODS),
    (_made_xls, _XLS),
    (partial(_made_xlsx, epoch_1904=True), _XLSX),
    (partial(_made_xls, small=True), _XLS),
)


def _cells() -> Sequence[bytes]:
    """Of each format, each kind of cell with values that it may have; and a whole row of them."""
    values = (
        b"1",
        b"45000.5",
        b"NaN",
        b"2023-06-30",
        b"true",
        b"#REF!",
        "Sở Tư pháp".encode(),
        b"0.35",
        b"",
        b"1e300",
        b"PT1H",
    )
    found = []
    for form, (_, kinds) in enumerate(_FORMS):
        for kind in range(len(kinds)):
            lines = [bytes([kind]) + value for value in values]
            found.append(b"\n".join([b"x" * form, *lines]))
        found.append(b"\n".join([b"x" * form, *(bytes([kind]) + b"2" for kind in range(len(kinds)))]))
    return found


def _sheets(data: bytes) -> tuple[sheets.Sheet, ...]:
    return sheets._answered(Path("x.xlsx"), data)


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
    "workbook_cells": Target(cells, _cells),
    "appendix": Target(appendix, _answers),
    "agency_return": Target(returned, _returns),
}
