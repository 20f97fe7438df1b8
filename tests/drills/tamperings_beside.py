"""
What can be done to the tables beside the log: the requests, which `check` holds the log against, and the tree that is kept.
"""

from random import Random

from tests.drills.raw import LOG, REQUESTS, SIZE, TREE, Content, Row
from tests.drills.tamperings import Impossible, flipped

FIRST, LAST, REQUEST_ID, RECORDED_AT = range(4)
LEVEL, TILE, POSITION, HASHES = range(4)
_HASH = 32


def _with(content: Content, table: str, place: int, column: int, value: object) -> Content:
    rows = content[table]
    row = (*rows[place][:column], value, *rows[place][column + 1 :])
    return {**content, table: [*rows[:place], row, *rows[place + 1 :]]}


def _place(draw: Random, rows: list[Row]) -> int:
    if not rows:
        raise Impossible
    return draw.randrange(len(rows))


def request_edited(draw: Random, content: Content) -> Content:
    place = _place(draw, content[REQUESTS])
    first, last, name, instant = content[REQUESTS][place]
    column, value = draw.choice(
        [
            (FIRST, first + draw.choice((-1, 1, 1_000_000))),
            (LAST, last + draw.choice((-1, 1, 1_000_000))),
            (REQUEST_ID, name + "x"),
            (RECORDED_AT, instant.replace("2023", draw.choice(("2022", "2024")))),
            (RECORDED_AT, ""),
        ]
    )
    return _with(content, REQUESTS, place, column, value)


def bit_of_any_column(draw: Random, content: Content) -> Content:
    """Of a row of the log, or of a request: a number, a text, or bytes."""
    table = draw.choice((LOG, REQUESTS))
    place = _place(draw, content[table])
    column = draw.randrange(len(content[table][place]))
    return _with(content, table, place, column, _other(draw, content[table][place][column]))


def _other(draw: Random, value: object) -> object:
    """A value with one bit flipped; a text then may have bytes that are no UTF-8."""
    if isinstance(value, int):
        return value ^ 1 << draw.randrange(63)
    if isinstance(value, str):
        return flipped(draw, value.encode()).decode("utf-8", "surrogateescape")
    assert isinstance(value, bytes)
    return flipped(draw, value)


def request_deleted(draw: Random, content: Content) -> Content:
    rows = content[REQUESTS]
    place = _place(draw, rows)
    return {**content, REQUESTS: rows[:place] + rows[place + 1 :]}


def request_forged(draw: Random, content: Content) -> Content:
    """One whose records are not there, before, in or after the log: who sends it would be told that it is on record."""
    rows = content[REQUESTS]
    last = rows[_place(draw, rows)][LAST]
    first = draw.choice((last + 1, last + 50_000, 0, -5))
    return {**content, REQUESTS: [*rows, (first, first, "forged", rows[-1][RECORDED_AT])]}


def requests_swapped(draw: Random, content: Content) -> Content:
    rows = list(content[REQUESTS])
    one, two = _place(draw, rows), _place(draw, rows)
    rows[one], rows[two] = (*rows[one][:2], *rows[two][2:]), (*rows[two][:2], *rows[one][2:])
    return {**content, REQUESTS: rows}


OF_REQUESTS = (bit_of_any_column, request_edited, request_deleted, request_forged, requests_swapped)


def bit_of_a_tile(draw: Random, content: Content) -> Content:
    place = _place(draw, content[TREE])
    return _with(content, TREE, place, HASHES, flipped(draw, content[TREE][place][HASHES]))


def leaves_of_a_tile(draw: Random, content: Content) -> Content:
    """Hashes of leaves alone; those above them, where the tile is full, stay as they were."""
    place = draw.choice([place for place, row in enumerate(content[TREE]) if row[LEVEL] == 0] or [None])
    if place is None:
        raise Impossible
    hashes = bytearray(content[TREE][place][HASHES])
    for _ in range(draw.randrange(1, 4)):
        start = draw.randrange(len(hashes) // _HASH) * _HASH
        hashes[start : start + _HASH] = draw.randbytes(_HASH)
    return _with(content, TREE, place, HASHES, bytes(hashes))


def length_of_a_tile(draw: Random, content: Content) -> Content:
    """Cut by a hash or by a byte, longer, or empty."""
    place = _place(draw, content[TREE])
    hashes = content[TREE][place][HASHES]
    others = (hashes[:-_HASH], hashes[_HASH:], hashes[:-1], hashes + hashes[-_HASH:], hashes + b"\0", b"")
    return _with(content, TREE, place, HASHES, draw.choice(others))


def place_of_a_tile(draw: Random, content: Content) -> Content:
    place, column = _place(draw, content[TREE]), draw.choice((LEVEL, TILE, POSITION))
    return _with(content, TREE, place, column, draw.choice((content[TREE][place][column] + 5, 9, -1)))


def tiles_deleted(draw: Random, content: Content) -> Content:
    return {**content, TREE: [row for row in content[TREE] if draw.random() < 0.5]}


def tiles_swapped(draw: Random, content: Content) -> Content:
    rows = list(content[TREE])
    one, two = _place(draw, rows), _place(draw, rows)
    rows[one], rows[two] = (*rows[one][:3], rows[two][HASHES]), (*rows[two][:3], rows[one][HASHES])
    return {**content, TREE: rows}


def tree_emptied(draw: Random, content: Content) -> Content:
    """As it was before anything was kept: it is made anew of the rows that are there then."""
    return {**content, TREE: [], SIZE: [(1, 0, 0)]}


def size_of_the_tree(draw: Random, content: Content) -> Content:
    [(number, size, position)] = content[SIZE]
    other = draw.choice((0, size - 1, size + 1, -1, size + 10**12, 2**62))
    return {**content, SIZE: [(number, other, draw.choice((position, 0, other)))]}


def rows_of_the_size(draw: Random, content: Content) -> Content:
    """None, another one, or two."""
    [(number, size, position)] = content[SIZE]
    others: tuple[list[Row], ...] = (
        [],
        [(2, size, position)],
        [(number, size, position), (2, 0, 0)],
        [(0, 3, 3), (number, size, position)],
    )
    return {**content, SIZE: draw.choice(others)}


OF_THE_TREE = (
    *(bit_of_a_tile, leaves_of_a_tile, length_of_a_tile, place_of_a_tile, tiles_deleted, tiles_swapped),
    *(tree_emptied, size_of_the_tree, rows_of_the_size),
)
