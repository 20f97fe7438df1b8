"""What of the sheets of an .xls file the library does not tell: cells without a value, and how they look."""

import struct
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import partial
from math import isnan
from typing import NamedTuple

from .cells import MAX_COLUMNS, Marks, Style, cell_name, no_marks
from .xls_texts import RichText, rich_texts

MAX_OLD_SHEETS = 255
"""Of an .xls file, hidden ones too."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_EOF, _BOUNDSHEET, _FONT, _FORMAT, _XF, _ROW_RECORD, _COLINFO = 0x0A, 0x85, 0x31, 0x41E, 0xE0, 0x208, 0x7D

_SHARED, _CONTINUE, _TEXT, _FILTER = 0xFC, 0x3C, 0xFD, 0x9B

_FORMULA_RECORD, _BOOLERR, _NUMBER, _MULTIPLE = 0x06, 0x205, 0x203, 0xBD

_CELLS = (_TEXT, 0x204, 0x27E, _NUMBER, _FORMULA_RECORD, _MULTIPLE)
"""Records of a cell with a text or a number: each begins with its row, its column and its style; one has several cells."""


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


def old_marks(stream: bytes) -> Mapping[str, Callable[[], Marks]]:
    """By the name of a sheet of an .xls file: what finds its marks."""
    fonts: list[str] = []
    raised = set[int]()
    shared: list[bytes] = []
    before = 0
    formats: dict[str, str] = {}
    styles: list[tuple[int, str]] = []
    sheets: list[bytes] = []
    for kind, data in records(stream, 0):
        if kind == _FONT:
            _, flags, _, weight, escapement = struct.unpack_from("<5H", data)
            raised |= {len(fonts)} if escapement == 1 else set()
            fonts.append("struck" if flags & 8 else "bold" if weight >= 700 else "")
            if len(fonts) == 4:
                fonts.append("")  # no font has the number 4
        elif kind == _SHARED or (kind == before == _CONTINUE and shared) or (kind == _CONTINUE and before == _SHARED):
            shared.append(data)
        elif kind == _FORMAT:
            formats[str(*struct.unpack_from("<H", data))] = _old_text(data[4:])
        elif kind == _XF:
            font, form = struct.unpack_from("<2H", data)
            styles.append((font, str(form)))
        elif kind == _BOUNDSHEET and len(sheets) < MAX_OLD_SHEETS:
            sheets.append(data)
        before = kind
    shown = [Style.of(fonts[font] if font < len(fonts) else "", form, formats.get(form, "")) for font, form in styles]
    struck = {number for number, look in enumerate(fonts) if look == "struck"}
    texts = _Texts(rich_texts(shared), struck, raised)
    return {
        _old_text(sheet[7:]): partial(_marks_at, stream, struct.unpack_from("<I", sheet)[0], shown, texts)
        for sheet in sheets
    }


class _Texts(NamedTuple):
    """The shared texts that have parts, and the fonts that strike out, and that raise."""

    rich: Mapping[int, RichText]
    struck: Container[int]
    raised: Container[int]


def _old_text(data: bytes) -> str:
    """A text of a record: after a byte that says how it is written."""
    return data[1:].decode("utf-16-le" if data[:1] and data[0] & 1 else "latin-1", "replace")


def _marks_at(stream: bytes, at: int, styles: Sequence[Style], texts: _Texts) -> Marks:
    found = no_marks()
    for kind, data in records(stream, at):
        # An error is a record of its own, a NaN, or the cached result of a formula.
        is_error = kind == _BOOLERR and data[7:8] == b"\1"
        is_error |= kind == _NUMBER and isnan(*struct.unpack("<6xd", data))
        if is_error or (kind == _FORMULA_RECORD and data[6:7] == b"\2" and data[12:14] == b"\xff\xff"):
            found["formulas"].append(cell_name(*struct.unpack_from("<HH", data)))
        found["filtered"] |= kind == _FILTER
        if kind == _ROW_RECORD and struct.unpack_from("<H", data, 12)[0] & 0x20:
            found["hidden"].append(struct.unpack_from("<H", data)[0])
        elif kind == _COLINFO and struct.unpack_from("<H", data, 8)[0] & 1:
            first, last = struct.unpack_from("<2H", data)
            found["hidden_columns"] += range(first, min(last + 1, MAX_COLUMNS))
        elif kind in _CELLS:
            row, first = struct.unpack_from("<2H", data)
            for place in range((len(data) - 6) // 6 if kind == _MULTIPLE else 1):
                (style,) = struct.unpack_from("<H", data, 4 + 6 * place)
                name = cell_name(row, first + place)
                shown, form, code = styles[style] if style < len(styles) else Style([], None)
                if code:
                    found["codes"][name] = code
                if form:
                    found["forms"][name] = form
                if kind == _TEXT and (rich := texts.rich.get(struct.unpack_from("<I", data, 6)[0])):
                    shown = rich.looks(shown, texts.struck)
                    if text := rich.shown(texts.raised):
                        found["texts"][name] = text
                for look in shown:
                    found[look].append(name)
    return found
