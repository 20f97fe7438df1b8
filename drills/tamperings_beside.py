"""
What can be done to the tables beside the log: the requests, which `check` holds the log against, the tree that is kept, the
views that figures are read from; and to the indexes, triggers and functions that no row shows.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from random import Random

from drills.raw import GENERATIONS, LOG, REQUESTS, SIZE, TREE, VIEWS, Content, Raw, Row
from drills.tamperings import Impossible, flipped
from reformtrack.store.tree import _folded, leaf_hashes

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


def tiles_of_the_rows(draw: Random, content: Content) -> Content:
    """A hash of a higher tile made that of the rows as they are now: of it, and not of the leaves, a root is made."""
    full = [row for row in content[TREE] if row[LEVEL] == 0 and len(row[HASHES]) == 256 * _HASH]
    if not full:
        raise Impossible
    tile = draw.choice(full)[TILE]
    rows = sorted(content[LOG])[tile * 256 : (tile + 1) * 256]
    place = next((place for place, row in enumerate(content[TREE]) if row[LEVEL : TILE + 1] == (1, tile // 256)), None)
    if len(rows) < 256 or place is None:
        raise Impossible
    hashes, start = content[TREE][place][HASHES], tile % 256 * _HASH
    above = _folded(leaf_hashes(tile * 256, rows))
    return _with(content, TREE, place, HASHES, hashes[:start] + above + hashes[start + _HASH :])


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
    *(
        tiles_of_the_rows,
        bit_of_a_tile,
        leaves_of_a_tile,
        length_of_a_tile,
        place_of_a_tile,
        tiles_deleted,
        tiles_swapped,
    ),
    *(tree_emptied, size_of_the_tree, rows_of_the_size),
)


# --- Views -------------------------------------------------------------------------------------------------------------


def _view(draw: Random, content: Content) -> str:
    """A table of the views that has rows; that of generations is another matter."""
    return draw.choice([table for table in VIEWS if table != GENERATIONS and content[table]])


def value_of_a_view(draw: Random, content: Content) -> Content:
    """A count, a status, a day, a title, a key: any value, made another of its type."""
    table = _view(draw, content)
    place = draw.randrange(len(content[table]))
    column = draw.randrange(len(content[table][place]))
    value = content[table][place][column]
    if isinstance(value, int):
        other: object = draw.choice((value + 1, value - 1, 1 - value, 0, 99))
    else:
        same = [row[column] for rows in content.values() for row in rows if len(row) > column]
        other = draw.choice(
            ("completed", "", "2099-12-31", f"{value}x", *(text for text in same if isinstance(text, str)))
        )
    return _with(content, table, place, column, other)


def row_of_a_view_deleted(draw: Random, content: Content) -> Content:
    table = _view(draw, content)
    place = draw.randrange(len(content[table]))
    return {**content, table: content[table][:place] + content[table][place + 1 :]}


def row_of_a_view_forged(draw: Random, content: Content) -> Content:
    """One more, with another key; of counts, also a second one for what is counted."""
    table = _view(draw, content)
    row = draw.choice(content[table])
    place = draw.randrange(VIEWS[table])
    other = row[place] + 1 if isinstance(row[place], int) else f"{row[place]}0"
    return {**content, table: [*content[table], (*row[:place], other, *row[place + 1 :])]}


def rows_of_a_view_swapped(draw: Random, content: Content) -> Content:
    """What two rows say, but their keys."""
    table = _view(draw, content)
    rows, width = list(content[table]), min(VIEWS[table], 7)
    one, two = draw.randrange(len(rows)), draw.randrange(len(rows))
    rows[one], rows[two] = rows[one][:width] + rows[two][width:], rows[two][:width] + rows[one][width:]
    return {**content, table: rows}


def place_of_the_views(draw: Random, content: Content) -> Content:
    """A position that the log does not have yet: what comes up to there would never be counted. Or another latest day."""
    [(generation, version, position, latest_day, is_current)] = content[GENERATIONS]
    far = position + draw.choice((1_000, 10**6, 2**60))
    others: tuple[list[Row], ...] = (
        [(generation, version, far, latest_day, is_current)],
        [(generation, version, position, draw.choice(("", "2022-01-01", "2099-01-01")), is_current)],
        [(generation, version, position, latest_day, is_current), (9, 99, position, latest_day, 1)],
    )
    return {**content, GENERATIONS: draw.choice(others)}


OF_VIEWS = (
    *(value_of_a_view, value_of_a_view, row_of_a_view_deleted, row_of_a_view_forged, rows_of_a_view_swapped),
    place_of_the_views,
)


# --- Indexes, triggers, functions --------------------------------------------------------------------------------------


@contextmanager
def hidden(draw: Random, raw: Raw, content: Content) -> Iterator[str]:
    """An index of some rows, or of all in another order, in the place of ours in SQLite; perhaps without a trace of its own."""
    table, columns = draw.choice([(LOG, "originator_id, originator_version"), (REQUESTS, "request_id")])
    ours, other = f"sqlite_autoindex_{table}_1", "reformtrack_other"
    rows = [row[0] for row in content[table]]
    if not rows or raw.ask(f"SELECT count(*) FROM sqlite_master WHERE name = '{ours}'") == [(0,)]:
        raise Impossible
    some = draw.sample(rows, min(len(rows), draw.choice((1, 1, 2, 5))))
    key = raw.ask(f"SELECT name FROM pragma_table_info('{table}') LIMIT 1")[0][0]
    if len(rows) > 1 and draw.random() < 0.5:
        create = f"CREATE INDEX {other} ON {table} ({columns.replace(',', ' DESC,')} DESC)"
    else:
        create = f"CREATE INDEX {other} ON {table} ({columns}) WHERE {key} NOT IN ({', '.join(map(str, some))})"
    raw.ask(create)
    roots: dict[str, int] = dict(
        raw.ask(f"SELECT name, rootpage FROM sqlite_master WHERE name IN ('{ours}', '{other}')")
    )
    is_traceless = draw.random() < 0.5
    gone = [f"DELETE FROM sqlite_master WHERE name = '{other}'"] if is_traceless else []
    there = [f"INSERT INTO sqlite_master VALUES ('index', '{other}', '{table}', 0, '{create}')"] if is_traceless else []
    _schema(raw, *_rooted({ours: roots[other], other: roots[ours]}), *gone)
    try:
        yield f"in place of {ours}: {create}"
    finally:
        _schema(raw, *there, *_rooted(roots))
        raw.ask(f"DROP INDEX {other}")


def _rooted(roots: dict[str, int]) -> list[str]:
    return [f"UPDATE sqlite_master SET rootpage = {root} WHERE name = '{name}'" for name, root in roots.items()]


def _schema(raw: Raw, *statements: str) -> None:
    """Change the schema itself, and let every connection read it again."""
    raw.ask("PRAGMA writable_schema = ON")
    for statement in statements:
        raw.ask(statement)
    [(version,)] = raw.ask("PRAGMA schema_version")
    raw.ask(f"PRAGMA schema_version = {version + 1}")
    raw.ask("PRAGMA writable_schema = RESET")


@contextmanager
def redefined(draw: Random, raw: Raw, content: Content) -> Iterator[str]:
    """A trigger less, or another one; an index, a constraint, a rule, a policy, a right more; another column or function."""
    table, derived = draw.choice((LOG, REQUESTS)), draw.choice((*VIEWS, TREE, SIZE))
    if raw.is_sqlite:
        triggers = raw.ask("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        name, sql = draw.choice(triggers)
        changes = [
            ([f"DROP TRIGGER {name}"], [sql]),
            ([f"DROP TRIGGER {name}", sql.replace("append-only", "mine")], [f"DROP TRIGGER {name}", sql]),
            ([f"CREATE TRIGGER mine AFTER INSERT ON {table} BEGIN SELECT 1; END"], ["DROP TRIGGER mine"]),
            ([f"CREATE TRIGGER mine AFTER INSERT ON {derived} BEGIN SELECT 1; END"], ["DROP TRIGGER mine"]),
            ([f"CREATE INDEX mine ON {table} (1) WHERE true"], ["DROP INDEX mine"]),
            ([f"CREATE INDEX mine ON {derived} (1) WHERE true"], ["DROP INDEX mine"]),
        ]
    else:
        [(body, trigger)] = raw.ask(
            "SELECT pg_get_functiondef('reformtrack_refuse'::regproc), pg_get_triggerdef(oid) "
            f"FROM pg_trigger WHERE tgrelid = '{table}'::regclass AND tgname = 'append_only'"
        )
        changes = [
            ([f"ALTER TABLE {table} DISABLE TRIGGER append_only"], [f"ALTER TABLE {table} ENABLE TRIGGER append_only"]),
            ([f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"], [f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"]),
            ([f"CREATE INDEX mine ON {table} ((1)) WHERE true"], ["DROP INDEX mine"]),
            ([f"CREATE INDEX mine ON {derived} ((1)) WHERE true"], ["DROP INDEX mine"]),
            ([f"CREATE RULE mine AS ON INSERT TO {table} DO INSTEAD NOTHING"], [f"DROP RULE mine ON {table}"]),
            ([f"CREATE RULE mine AS ON UPDATE TO {derived} DO INSTEAD NOTHING"], [f"DROP RULE mine ON {derived}"]),
            ([body.replace("append-only", "mine")], [body]),
            ([f"CREATE POLICY mine ON {table} USING (true)"], [f"DROP POLICY mine ON {table}"]),
            ([f"ALTER TABLE {table} ADD CONSTRAINT mine CHECK (true)"], [f"ALTER TABLE {table} DROP CONSTRAINT mine"]),
            ([f"ALTER TABLE {table} SET UNLOGGED"], [f"ALTER TABLE {table} SET LOGGED"]),
            ([f"GRANT UPDATE ON {table} TO PUBLIC"], [f"REVOKE UPDATE ON {table} FROM PUBLIC"]),
            ([f"ALTER TABLE {LOG} ALTER position SET CYCLE"], [f"ALTER TABLE {LOG} ALTER position SET NO CYCLE"]),
            (
                [f"DROP TRIGGER append_only ON {table}", trigger.replace("EXECUTE", "WHEN (false) EXECUTE")],
                [f"DROP TRIGGER append_only ON {table}", trigger],
            ),
        ]
    do, undo = draw.choice(changes)
    with raw.changed(do, undo):
        yield "; ".join(do)


OF_DEFINITIONS: tuple[Callable[[Random, Raw, Content], AbstractContextManager[str]], ...] = (hidden, redefined)
"""The first is for SQLite alone."""
