"""A workbook of the old form (.xls: BIFF8 in a compound file) put together of records, each kind of cell among them."""

import struct
from collections.abc import Sequence

BOF, EOF, BOUNDSHEET, DIMENSIONS, XF, FORMAT, DATE_1904 = 0x809, 0x0A, 0x85, 0x200, 0xE0, 0x41E, 0x22
NUMBER, BOOLERR, FORMULA, STRING, LABEL, BLANK, RK = 0x203, 0x205, 0x06, 0x207, 0x204, 0x201, 0x27E

FORMATS = {"general": 0, "percent": 9, "day": 14, "time": 21, "duration": 46}
"""Excel's own number formats, by which a number is a day."""

XFS = {name: place for place, name in enumerate(FORMATS)}
ERRORS = {"#NULL!": 0x00, "#DIV/0!": 0x07, "#VALUE!": 0x0F, "#REF!": 0x17, "#NAME?": 0x1D, "#NUM!": 0x24, "#N/A": 0x2A}


def record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def text(given: str) -> bytes:
    """A text in UTF-16, its length before it."""
    return struct.pack("<HB", len(given), 1) + given.encode("utf-16-le")


def _place(row: int, column: int, form: str) -> bytes:
    return struct.pack("<HHH", row, column, XFS[form])


def number(row: int, column: int, value: bytes | float, form: str = "general") -> bytes:
    """A number; its eight bytes as they are, where they are given."""
    raw = value if isinstance(value, bytes) else struct.pack("<d", value)
    return record(NUMBER, _place(row, column, form) + raw)


def label(row: int, column: int, given: str) -> bytes:
    return record(LABEL, _place(row, column, "general") + text(given))


def truth(row: int, column: int, value: bool) -> bytes:
    return record(BOOLERR, _place(row, column, "general") + bytes([value, 0]))


def error(row: int, column: int, code: int) -> bytes:
    return record(BOOLERR, _place(row, column, "general") + bytes([code, 1]))


def formula(row: int, column: int, result: bytes, form: str = "general") -> bytes:
    """A formula with the eight bytes of its result."""
    return record(FORMULA, _place(row, column, form) + result + bytes(6) + struct.pack("<H", 0))


def special(kind: int, value: int = 0) -> bytes:
    """A result that is no number: 0 a text, which follows, 1 a truth value, 2 an error, 3 an empty text."""
    return bytes([kind, 0, value, 0, 0, 0, 0xFF, 0xFF])


def stream(cells: bytes, name: str = "Phụ lục", epoch_1904: bool = False) -> bytes:
    """The stream of a workbook with one sheet."""
    head = record(BOF, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)) + record(DATE_1904, struct.pack("<H", epoch_1904))
    xfs = b"".join(record(XF, struct.pack("<HH", 0, code) + bytes(16)) for code in FORMATS.values())
    sheet_name = name.encode("utf-16-le")
    size = len(head) + len(xfs) + 4 + 8 + len(sheet_name) + 4
    bound = record(BOUNDSHEET, struct.pack("<IBBBB", size, 0, 0, len(name), 1) + sheet_name)
    sheet = record(BOF, struct.pack("<HHHHII", 0x600, 16, 0, 0, 0, 0)) + cells + record(EOF, b"")
    return head + xfs + bound + record(EOF, b"") + sheet


def compound(content: bytes, *, small: bool = False) -> bytes:
    """A compound file (MS-CFB) with a stream `Workbook`; in small sectors, as a short one stands, when that is asked."""
    end, free, fat_sector = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    mini = small and len(content) < 4_096
    if mini:
        count = max(1, -(-len(content) // 64))
        minis = content.ljust(-(-count // 8) * 512, b"\0")
        body = len(minis) // 512
        mini_fat = [*range(1, count), end]
        sectors = [_sector(mini_fat, free), minis]
        chains: list[int] = [end, *range(2, body + 1), end]
    else:
        content = content.ljust(max(4_096, -(-len(content) // 512) * 512), b"\0")
        body = len(content) // 512
        sectors, chains = [content], [*range(1, body), end]
    folder = len(chains)
    root = _entry("Root Entry", 5, child=1, first=1 if mini else end, length=len(sectors[-1]) if mini else 0)
    entries = root + _entry("Workbook", 2, first=0, length=len(content)) + bytes(256)
    fats = 1
    while (folder + 1 + fats) > fats * 128:
        fats += 1
    chains = [*chains, end, *[fat_sector] * fats]
    table = b"".join(_sector(chains[n * 128 : (n + 1) * 128], free) for n in range(fats))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIII", 0, fats, folder, 0, 4_096)
    header += struct.pack("<IIII", 0 if mini else end, 1 if mini else 0, end, 0)
    header += struct.pack("<109I", *range(folder + 1, folder + 1 + fats), *[free] * (109 - fats))
    return header + b"".join(sectors) + entries + table


def _sector(numbers: Sequence[int], free: int) -> bytes:
    return struct.pack("<128I", *numbers, *[free] * (128 - len(numbers)))


def _entry(name: str, kind: int, *, first: int, length: int, child: int = 0xFFFFFFFF) -> bytes:
    raw = (name + "\0").encode("utf-16-le")
    none = 0xFFFFFFFF
    found = raw.ljust(64, b"\0") + struct.pack("<HBBIII", len(raw), kind, 1, none, none, child) + bytes(36)
    return found + struct.pack("<IQ", first, length)


def appendix(rows: Sequence[Sequence[object]], **named: object) -> bytes:
    """A file with these rows, each cell a text, a number, a truth value, or a record of its own as bytes."""
    cells = b""
    for row, given in enumerate(rows):
        for column, cell in enumerate(given):
            if isinstance(cell, bytes):
                cells += cell
            elif isinstance(cell, bool):
                cells += truth(row, column, cell)
            elif isinstance(cell, int | float):
                cells += number(row, column, float(cell))
            elif cell:
                cells += label(row, column, str(cell))
    return compound(stream(cells), **named)  # type: ignore[arg-type]
