"""
The texts of an .xls file whose parts have fonts of their own (MS-XLS, the table of shared texts): what is struck out or raised.
"""

import struct
from collections.abc import Container, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from .cells import raised_in, struck_look


class RichText(NamedTuple):
    """A text whose parts have fonts of their own."""

    text: bytes
    """As UTF-16."""
    runs: Sequence[tuple[int, int]]
    """(its first unit of UTF-16, the number of its font) of each part but the first, which has the font of the cell."""

    def _parts(self) -> Iterator[tuple[str, int | None]]:
        """Each part, with the number of its font; None for that of the cell."""
        begins = [(0, None), *self.runs, (len(self.text) // 2, None)]
        for (begin, font), (end, _) in pairwise(begins):
            yield self.text[2 * begin : 2 * end].decode("utf-16-le", "replace"), font

    def looks(self, of_cell: Sequence[str], struck: Container[int]) -> list[str]:
        """
        How a cell with the text looks.

        Args:
            of_cell: the looks of the cell's own style.
            struck: the numbers of fonts that strike out.
        """
        out = ["struck" in of_cell if font is None else font in struck for part, font in self._parts() if part.strip()]
        others = [look for look in of_cell if look != "struck"]
        return [*others, *filter(None, [struck_look(out)])]

    def shown(self, raised: Container[int]) -> str:
        """The text with its raised signs as such; empty where it has none."""
        return raised_in([(part, font in raised) for part, font in self._parts()])


class _Chunks:
    """The data of a record and of those in which it goes on."""

    def __init__(self, chunks: Sequence[bytes]) -> None:
        self._chunks, self._number, self._at = chunks, 0, 0

    def take(self, size: int) -> bytes:
        """
        The next bytes.

        Raises:
            IndexError: the records end before.
        """
        found = b""
        while len(found) < size:
            part = self._chunks[self._number][self._at : self._at + size - len(found)]
            found, self._at = found + part, self._at + len(part)
            if len(found) < size:
                self._number, self._at = self._number + 1, 0
        return found

    def skip(self, size: int) -> None:
        """
        Pass the next bytes.

        Raises:
            IndexError: the records end before.
        """
        while (left := len(self._chunks[self._number]) - self._at) < size:
            size, self._number, self._at = size - left, self._number + 1, 0
        self._at += size

    def text(self, length: int, is_wide: bool) -> bytes:
        """
        The next signs, as UTF-16; in a record in which a text goes on, a byte says anew how it is written.

        Args:
            length: how many units of UTF-16 it has.
            is_wide: whether each has two bytes here.

        Raises:
            IndexError: the records end before.
        """
        found = b""
        while True:
            size = 2 if is_wide else 1
            left = (len(self._chunks[self._number]) - self._at) // size
            part = self.take(min(length - len(found) // 2, left) * size)
            found += part if is_wide else part.decode("latin-1").encode("utf-16-le")
            if len(found) >= 2 * length:
                return found
            self._number, self._at = self._number + 1, 0
            is_wide = bool(self.take(1)[0] & 1)


def rich_texts(chunks: Sequence[bytes]) -> dict[int, RichText]:
    """
    By its number, each shared text that has parts; those up to where the table is damaged.

    Args:
        chunks: the data of the record of shared texts, and of those in which it goes on.
    """
    found: dict[int, RichText] = {}
    data = _Chunks(chunks)
    try:
        _, count = struct.unpack("<II", data.take(8))
        for number in range(count):
            length, flags = struct.unpack("<HB", data.take(3))
            (runs,) = struct.unpack("<H", data.take(2)) if flags & 8 else (0,)
            (more,) = struct.unpack("<I", data.take(4)) if flags & 4 else (0,)
            text = data.text(length, bool(flags & 1))
            parts = [struct.unpack("<HH", data.take(4)) for _ in range(runs)]
            data.skip(more)
            if parts:
                found[number] = RichText(text, [(int(begin), int(font)) for begin, font in parts])
    except (IndexError, struct.error):
        pass  # the library says what of such a file cannot be read
    return found
