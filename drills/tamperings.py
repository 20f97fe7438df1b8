"""
What can be done to the tables of a store by somebody who has the database: what is in them before, and after.

Each takes a source of chance and rows and gives other rows, or raises `Impossible` where the rows do not let it.
"""

from collections.abc import Callable, Sequence
from random import Random

from drills.raw import Row
from reformtrack.domain.timeline import Record, RecordRetracted
from reformtrack.store.registry import Registry
from reformtrack.store.streams import BACKUPS
from tests.support import INSTANT

Tampering = Callable[[Random, list[Row]], list[Row]]

POSITION, STREAM, VERSION, NAME, STATE = range(5)
_MOST = 2**63 - 1


class Impossible(Exception):
    """There are too few rows for it."""


def _place(draw: Random, rows: Sequence[Row], least: int = 1) -> int:
    """Any of the rows; the first and the last, and those at the border of a tile, more often than others."""
    if len(rows) < least:
        raise Impossible
    special = [place for place in (0, len(rows) - 1, 255, 256, 511, 512) if place < len(rows)]
    return draw.choice(special) if draw.random() < 0.2 else draw.randrange(len(rows))


def _range(draw: Random, rows: Sequence[Row], least: int = 1) -> tuple[int, int]:
    """The first of some rows that follow each other, and the first after them."""
    first = _place(draw, rows, least)
    first = min(first, len(rows) - least)
    return first, min(len(rows), first + draw.randrange(least, least + 9))


def _with(rows: list[Row], place: int, column: int, value: object) -> list[Row]:
    row = rows[place]
    return [*rows[:place], (*row[:column], value, *row[column + 1 :]), *rows[place + 1 :]]


def _with_contents(rows: list[Row], first: int, contents: Sequence[Row]) -> list[Row]:
    """Rows with the contents of others, at the positions that they have."""
    moved = [
        (row[POSITION], *content[1:])
        for row, content in zip(rows[first : first + len(contents)], contents, strict=True)
    ]
    return [*rows[:first], *moved, *rows[first + len(contents) :]]


def flipped(draw: Random, data: bytes) -> bytes:
    """Bytes with another bit."""
    if not data:
        raise Impossible
    changed, bit = bytearray(data), draw.randrange(len(data) * 8)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


# --- Rows of the log ---------------------------------------------------------------------------------------------------


def bit_of_a_state(draw: Random, rows: list[Row]) -> list[Row]:
    place = _place(draw, rows)
    return _with(rows, place, STATE, flipped(draw, rows[place][STATE]))


def bytes_of_a_state(draw: Random, rows: list[Row]) -> list[Row]:
    """Cut, longer, empty, another text of as many bytes, or that of another row."""
    place = _place(draw, rows)
    state = rows[place][STATE]
    others = (state[:-1], state + b" ", b"", state.replace(b"so-tu-phap", b"so-noi-vu-"), draw.choice(rows)[STATE])
    return _with(rows, place, STATE, draw.choice(others))


def name(draw: Random, rows: list[Row]) -> list[Row]:
    place = _place(draw, rows)
    known = rows[place][NAME]
    others = ("ActivityCompleted.1", known[:-1] + "9", known + " ", known.upper(), "", draw.choice(rows)[NAME])
    return _with(rows, place, NAME, draw.choice(others))


def stream(draw: Random, rows: list[Row]) -> list[Row]:
    place = _place(draw, rows)
    known = rows[place][STREAM]
    others = ("p/9.99", known + "0", known[:-1], BACKUPS, "@x", "p/e\u0301", draw.choice(rows)[STREAM])
    return _with(rows, place, STREAM, draw.choice(others))


def version(draw: Random, rows: list[Row]) -> list[Row]:
    place = _place(draw, rows)
    known = rows[place][VERSION]
    return _with(rows, place, VERSION, draw.choice((known + 1, known - 1, 0, -known, _MOST, known + 2**32)))


def _free(draw: Random, rows: Sequence[Row]) -> int:
    """A position that no row has: in a gap, at the end, before the beginning, anywhere."""
    taken = {row[POSITION] for row in rows}
    last = max(taken, default=0)
    gaps = list(set(range(1, last)) - taken)
    places = [last + 1, last + draw.randrange(2, 1_000), 0, -draw.randrange(1, 1_000), *(gaps and [draw.choice(gaps)])]
    return draw.choice([place for place in places if place not in taken])


def position(draw: Random, rows: list[Row]) -> list[Row]:
    place = _place(draw, rows)
    return _with(rows, place, POSITION, _free(draw, rows))


def border_of_two_fields(draw: Random, rows: list[Row]) -> list[Row]:
    """The same bytes, cut into fields at another place."""
    place = _place(draw, rows)
    number, known, count, event, state = rows[place]
    if draw.random() < 0.5:
        return [*rows[:place], (number, known + event[:1], count, event[1:], state), *rows[place + 1 :]]
    return [*rows[:place], (number, known, count, event + "{", state[1:]), *rows[place + 1 :]]


def value_of_another_type(draw: Random, rows: list[Row]) -> list[Row]:
    """What a table with constraints does not take, or makes the right value again."""
    place, which = _place(draw, rows), draw.choice((STREAM, VERSION, NAME, STATE))
    known = rows[place][which]
    text = known.decode("latin-1") if isinstance(known, bytes) else str(known)
    return _with(rows, place, which, draw.choice((None, text, text.encode(), 1.5, "\udcff", b"\xff", 7)))


def one_deleted(draw: Random, rows: list[Row]) -> list[Row]:
    place = _place(draw, rows)
    return rows[:place] + rows[place + 1 :]


def some_deleted(draw: Random, rows: list[Row]) -> list[Row]:
    gone = {_place(draw, rows) for _ in range(draw.randrange(1, 6))}
    return [row for place, row in enumerate(rows) if place not in gone]


def range_deleted(draw: Random, rows: list[Row]) -> list[Row]:
    first, end = _range(draw, rows)
    return rows[:first] + rows[end:]


def stream_deleted(draw: Random, rows: list[Row]) -> list[Row]:
    known = rows[_place(draw, rows)][STREAM]
    return [row for row in rows if row[STREAM] != known]


def tail_cut(draw: Random, rows: list[Row]) -> list[Row]:
    return rows[: _place(draw, rows)]


def one_deleted_and_the_gap_closed(draw: Random, rows: list[Row]) -> list[Row]:
    place = _place(draw, rows)
    return _with_contents(rows[:-1], place, rows[place + 1 :])


def _forged(draw: Random, rows: Sequence[Row], place: int) -> Row:
    """A row that says what no row says, at some position, in a stream that is there or a new one."""
    row = rows[place]
    known = draw.choice((row[STREAM], "p/7.77", BACKUPS))
    last = max((other[VERSION] for other in rows if other[STREAM] == known), default=0)
    return row[POSITION], known, last + 1, row[NAME], row[STATE].replace(b"tester", b"forger") + b" "


def forged_at_a_free_position(draw: Random, rows: list[Row]) -> list[Row]:
    row = _forged(draw, rows, _place(draw, rows))
    return [*rows, (_free(draw, rows), *row[1:])]


def forged_backup(draw: Random, rows: list[Row]) -> list[Row]:
    """At the end of the journal of accepted backups: something else than it can have, which can be read all the same."""
    count = sum(row[STREAM] == BACKUPS for row in rows) + 1
    event = RecordRetracted(BACKUPS, version=count, reason="x")
    forged = Registry().encode(Record(0, event.subject, count, event, INSTANT, "x", "x"))
    return [*rows, (_free(draw, rows), BACKUPS, count, *forged)]


def forged_in_between(draw: Random, rows: list[Row]) -> list[Row]:
    """Those after it are moved on."""
    place = _place(draw, rows)
    moved = [(row[POSITION] + 1, *row[1:]) for row in rows[place:]]
    return [*rows[:place], _forged(draw, rows, place), *moved]


def copy_of_a_row(draw: Random, rows: list[Row]) -> list[Row]:
    """At a free position; as it is, which only a table without constraints takes, or as the next of its stream."""
    _, known, count, event, state = rows[_place(draw, rows)]
    last = max(row[VERSION] for row in rows if row[STREAM] == known)
    return [*rows, (_free(draw, rows), known, draw.choice((count, last + 1)), event, state)]


def two_swapped(draw: Random, rows: list[Row]) -> list[Row]:
    """All that they have but their positions."""
    one, two = sorted((_place(draw, rows), _place(draw, rows)))
    first, second = rows[one], rows[two]
    return _with_contents(_with_contents(rows, one, [second]), two, [first])


def neighbours_swapped(draw: Random, rows: list[Row]) -> list[Row]:
    one = min(_place(draw, rows, 2), len(rows) - 2)
    return _with_contents(rows, one, [rows[one + 1], rows[one]])


def two_states_swapped(draw: Random, rows: list[Row]) -> list[Row]:
    one, two = _place(draw, rows), _place(draw, rows)
    return _with(_with(rows, one, STATE, rows[two][STATE]), two, STATE, rows[one][STATE])


def reordered(draw: Random, rows: list[Row]) -> list[Row]:
    first, end = _range(draw, rows, 2)
    return _with_contents(rows, first, draw.sample(rows[first:end], end - first))


def turned(draw: Random, rows: list[Row]) -> list[Row]:
    """One row moved to another place, and those between moved up."""
    first, end = _range(draw, rows, 2)
    return _with_contents(rows, first, [*rows[first + 1 : end], rows[first]])


def replayed_over(draw: Random, rows: list[Row]) -> list[Row]:
    """The content of an older row in place of a newer one; its stream and version stay where it is told."""
    one, two = sorted((_place(draw, rows), _place(draw, rows)))
    if draw.random() < 0.5:
        return _with(_with(rows, two, STATE, rows[one][STATE]), two, NAME, rows[one][NAME])
    return _with_contents(rows, two, [rows[one]])


def replayed_after(draw: Random, rows: list[Row]) -> list[Row]:
    """Older rows once more at the end, as the next of their streams."""
    first, end = _range(draw, rows)
    found, last = list(rows), rows[-1][POSITION]
    for number, (_, known, _, event, state) in enumerate(rows[first:end], last + 1):
        count = max(row[VERSION] for row in found if row[STREAM] == known) + 1
        found.append((number, known, count, event, state))
    return found


def rolled_back(draw: Random, rows: list[Row]) -> list[Row]:
    """The tail cut, and other rows in its place, at the same positions."""
    place = _place(draw, rows)
    return _with_contents(rows, place, [_forged(draw, rows, place) for _ in rows[place:]])


def nothing(draw: Random, rows: list[Row]) -> list[Row]:
    return rows


OF_ROWS: tuple[Tampering, ...] = (
    *(bit_of_a_state, bytes_of_a_state, name, stream, version, position, border_of_two_fields, value_of_another_type),
    *(one_deleted, some_deleted, range_deleted, stream_deleted, tail_cut, one_deleted_and_the_gap_closed),
    *(forged_at_a_free_position, forged_in_between, forged_backup, copy_of_a_row),
    *(two_swapped, neighbours_swapped, two_states_swapped, reordered, turned),
    *(replayed_over, replayed_after, rolled_back, nothing),
)
"""Edits, deletions, insertions, swaps, replays, truncations; and a change that is none."""
