"""
The Merkle tree of the log, stored in tiles beside it, as a view that remembers the log as it was.

A leaf is a row of the log as stored, compressed or encrypted if the store is: each field preceded by its length, so
that no two rows have the same bytes. Tiles have 256 hashes of one level, as in the tiled logs of C2SP.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from hashlib import sha256
from struct import Struct, error
from typing import NamedTuple

from reformtrack.domain.errors import SealError
from reformtrack.domain.merkle import EMPTY, Node, leaf_hash, node_hash, parents
from reformtrack.store.log import RowReader, pages
from reformtrack.store.registry import Row
from reformtrack.store.session import Session

TREE_TABLE = "reformtrack_tree"
SIZE_TABLE = "reformtrack_tree_size"

FORMAT = b"reformtrack-log/1"
"""The first field of a leaf: its format."""

PAGE = 4_096
"""The number of rows read at a time: whole tiles."""

_HEIGHT = 8
_WIDTH = 1 << _HEIGHT
_HASH = 32
_UPSERT = (
    f"INSERT INTO {TREE_TABLE} VALUES (?, ?, ?, ?) "
    "ON CONFLICT (level, tile) DO UPDATE SET position = excluded.position, hashes = excluded.hashes"
)
NOT_A_ROW = (AttributeError, TypeError, UnicodeEncodeError, error)
"""The errors of encoding a row with a value of an impossible type or range."""

_length = Struct(">I").pack
_head = Struct(f">I{len(FORMAT)}sIQIQI").pack
_number = Struct(">IQI").pack


class Kept(NamedTuple):
    """The state of the stored tree."""

    size: int
    """How many rows it has."""
    position: int
    """The log position of the last of them."""


def leaf_of(index: int, row: Row) -> bytes:
    """
    The bytes of a row of the log as a leaf of the tree.

    Args:
        index: its index among the rows, from 0, without gaps.
    """
    position, stream, version, topic, state = row
    name, event = stream.encode(), topic.encode()
    start = _head(len(FORMAT), FORMAT, 8, index, 8, position, len(name))
    return b"".join((start, name, _number(8, version, len(event)), event, _length(len(state)), state))


def leaf_hashes(first: int, rows: Sequence[Row]) -> list[bytes]:
    """The hashes of rows as leaves, of which the first has the index `first`."""
    try:
        return [sha256(b"\x00" + leaf_of(index, row)).digest() for index, row in enumerate(rows, first)]
    except NOT_A_ROW:
        return [_hash_of_anything(index, row) for index, row in enumerate(rows, first)]


def _hash_of_anything(index: int, row: Row) -> bytes:
    """The hash of a row as a leaf; an empty one for a row with a value that reformtrack never stores."""
    try:
        return leaf_hash(leaf_of(index, row))
    except NOT_A_ROW:
        return leaf_hash(b"")


def rows_of(reader: RowReader, up_to: int | None = None) -> Iterator[list[Row]]:
    """The rows of the log, page by page, including forged ones before reformtrack's first position."""
    return pages(lambda after: reader.select_log(after, PAGE, up_to), None, lambda row: row[0])


class Growing:
    """An incremental tree that keeps only the hashes that its root still needs."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []

    def add(self, hashes: Sequence[bytes]) -> None:
        """Add leaves."""
        done = 0
        while done < len(hashes):
            place, left = self.size + done, len(hashes) - done
            level = min((place & -place).bit_length() - 1 if place else left.bit_length() - 1, left.bit_length() - 1)
            self._push(level, _folded(hashes[done : done + (1 << level)]))
            done += 1 << level
        self.size += done

    def _push(self, level: int, found: bytes) -> None:
        while self._peaks and self._peaks[-1][0] == level:
            found, level = sha256(b"\x01" + self._peaks.pop()[1] + found).digest(), level + 1
        self._peaks.append((level, found))

    def root(self) -> bytes:
        """The root of what was added."""
        hashes = [found for _, found in reversed(self._peaks)] or [EMPTY]
        return reduce(lambda found, peak: node_hash(peak, found), hashes)


def roots(reader: RowReader, sizes: Iterable[int], up_to: int | None = None) -> dict[int, bytes]:
    """The roots by size, for the given sizes up to a position; the last is that of all rows."""
    growing, pages, rows, found = Growing(), rows_of(reader, up_to), list[Row](), dict[int, bytes]()
    for size in (*sorted(sizes), sys.maxsize):
        while growing.size < size and (rows := rows or next(pages, [])):
            new, rows = rows[: size - growing.size], rows[size - growing.size :]
            growing.add(leaf_hashes(growing.size, new))
        found[growing.size] = growing.root()
    return found


def _folded(hashes: Sequence[bytes]) -> bytes:
    """The hash above a whole subtree: a power of two of hashes."""
    while len(hashes) > 1:
        hashes = parents(hashes)
    return hashes[0]


def prepare(session: Session) -> None:
    """Create the tables of the tree if missing."""
    session.make(
        TREE_TABLE,
        "level INTEGER NOT NULL, tile BIGINT NOT NULL, position BIGINT NOT NULL, "
        f"hashes {session.blob} NOT NULL, PRIMARY KEY (level, tile), UNIQUE (level, position, tile)",
    )
    session.make(SIZE_TABLE, "id INTEGER PRIMARY KEY, size BIGINT NOT NULL, position BIGINT NOT NULL")


def clear(session: Session) -> None:
    """Clear the tree. Its tables must exist."""
    session.execute(f"DELETE FROM {TREE_TABLE}")
    session.execute(f"UPDATE {SIZE_TABLE} SET size = 0, position = 0")


def kept(session: Session) -> Kept:
    """How far the tree is; nothing is kept where somebody took that away. Its tables have to be there."""
    rows = session.select(f"SELECT size, position FROM {SIZE_TABLE} WHERE id = 1")
    return Kept(*rows[0]) if rows else Kept(0, 0)


def locked(session: Session) -> Kept:
    """How far the tree is, and until the end of the transaction nobody else adds to it. Its tables have to be there."""
    session.execute(
        f"INSERT INTO {SIZE_TABLE} VALUES (1, 0, 0) ON CONFLICT (id) DO UPDATE SET size = {SIZE_TABLE}.size"
    )
    return kept(session)


def grow_within(session: Session, reader: RowReader, up_to: int) -> None:
    """Add all up to the append in whose transaction this is, which keeps others out. The tables are there."""
    now = locked(session)
    while now.position < up_to:
        now = grow(session, now, reader.select_log(now.position, PAGE, up_to))


def grow(session: Session, before: Kept, rows: Sequence[Row]) -> Kept:
    """
    Add the rows that come next, of which there is one at least. Its tables have to be there.

    Args:
        before: how far the tree is, locked.
    """
    size = before.size
    changed = list[tuple[int, int, int, bytes]]()
    level, first, hashes = 0, size, leaf_hashes(size, rows)
    while hashes:
        begun = _tile(session, level, first // _WIDTH)
        tiles, above = _tiles(begun, first, hashes)
        for tile, content in tiles:
            last = min((tile << _HEIGHT) + _WIDTH, size + len(rows)) - size - 1
            changed.append((level, tile, 0 if level else rows[last][0], content))
        level, first, hashes = level + 1, first >> _HEIGHT, above
    session.many(_UPSERT, changed)
    now = Kept(size + len(rows), rows[-1][0])
    session.execute(f"UPDATE {SIZE_TABLE} SET size = ?, position = ?", now)
    return now


def _tiles(begun: bytes, first: int, hashes: Sequence[bytes]) -> tuple[list[tuple[int, bytes]], list[bytes]]:
    """The tiles that more hashes of a level make, after a tile that is begun, and the hashes of those that they fill."""
    tile, within = divmod(first, _WIDTH)
    content = begun[: within * _HASH] + b"".join(hashes)
    tiles, above = list[tuple[int, bytes]](), list[bytes]()
    for number, start in enumerate(range(0, len(content), _WIDTH * _HASH), tile):
        part = content[start : start + _WIDTH * _HASH]
        tiles.append((number, part))
        if len(part) == _WIDTH * _HASH:
            above.append(_folded(_cut(part)))
    return tiles, above


def _cut(content: bytes) -> list[bytes]:
    return [content[start : start + _HASH] for start in range(0, len(content), _HASH)]


def _tile(session: Session, level: int, tile: int) -> bytes:
    rows = session.select(f"SELECT hashes FROM {TREE_TABLE} WHERE level = ? AND tile = ?", [level, tile])
    return rows[0][0] if rows and isinstance(rows[0][0], bytes) else b""


def nodes(session: Session) -> Node:
    """What gives the nodes of the kept tree, each tile read once. It raises `SealError` where tiles are missing."""
    read: dict[tuple[int, int], bytes] = {}

    def node(level: int, index: int) -> bytes:
        tiled, within = divmod(level, _HEIGHT)
        tile, place = divmod(index << within, _WIDTH)
        if (tiled, tile) not in read:
            read[tiled, tile] = _tile(session, tiled, tile)
        found = read[tiled, tile][place * _HASH : (place + (1 << within)) * _HASH]
        if len(found) < _HASH << within:
            raise SealError("tiles of the stored tree are missing; accepted: a store with its complete tree")
        return _folded(_cut(found))

    return node


def index_of(session: Session, reader: RowReader, position: int) -> int:
    """The index of the row at a position that the kept tree has reached: of its tile, and then counted."""
    [(tile,)] = session.select(
        f"SELECT tile FROM {TREE_TABLE} WHERE level = 0 AND position >= ? ORDER BY position LIMIT 1", [position]
    )
    before = session.select(f"SELECT position FROM {TREE_TABLE} WHERE level = 0 AND tile = ?", [tile - 1])
    first: int = tile * _WIDTH
    return first + reader.count(before[0][0] if before else 0, position) - 1


def kept_leaves(session: Session, first: int, count: int) -> list[bytes]:
    """The hashes of leaves of the kept tree; fewer where tiles, or parts of them, are missing."""
    low, high = first // _WIDTH, (first + count - 1) // _WIDTH
    content = b"".join(_tile(session, 0, tile)[: _WIDTH * _HASH] for tile in range(low, high + 1))
    return _cut(content)[first - low * _WIDTH :][:count]


def first_difference(
    reader: RowReader, size: int, leaves: Callable[[int, int], Sequence[bytes]]
) -> tuple[int, Row | None, Row | None] | None:
    """
    Where the log first differs from the leaves of a tree.

    Args:
        size: of how many leaves.
        leaves: gives the hashes of leaves, by the first and their number.

    Returns:
        The index, the last row before it and the row in its place, each None where there is none; None when nothing differs.
    """
    index, before = 0, None
    for rows in rows_of(reader):
        rows = rows[: size - index]
        for row, found, right in zip(rows, leaf_hashes(index, rows), leaves(index, len(rows)), strict=False):
            if found != right:
                return index, before, row
            index, before = index + 1, row
        if index == size:
            return None
    return index, before, None
