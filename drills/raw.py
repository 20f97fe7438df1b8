"""
The tables of a store as anybody sees and changes them who has the database: without reformtrack, its triggers off meanwhile.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, Protocol

import psycopg
from psycopg.sql import SQL

Row = tuple[Any, ...]
Content = dict[str, list[Row]]
"""The rows of each table, in the order of its key."""

LOG, REQUESTS, TREE, SIZE = "reformtrack_log", "reformtrack_requests", "reformtrack_tree", "reformtrack_tree_size"
_SEQUENCE = "sqlite_sequence"
"""Where SQLite keeps the last position that it gave."""
GENERATIONS = "reformtrack_views"
_WIDTHS = {"plans": 3, "spans": 4, "names": 1, "gaps": 2, "today": 2, "news": 1}
VIEWS = {f"reformtrack_{name}_1": width for name, width in _WIDTHS.items()} | {GENERATIONS: 1}
"""Of each table of the first views, how many of its first columns are its key."""
SPANS, NAMES, TODAY = (f"reformtrack_{name}_1" for name in ("spans", "names", "today"))
_KEYS = {LOG: 1, REQUESTS: 1, TREE: 2, SIZE: 1, _SEQUENCE: 1, **VIEWS}
"""The same of each table."""
_COLUMNS: dict[str, Sequence[str]] = {
    LOG: ("position", "originator_id", "originator_version", "topic", "state"),
    REQUESTS: ("first_position", "last_position", "request_id", "recorded_at"),
    TREE: ("level", "tile", "position", "hashes"),
    SIZE: ("id", "size", "position"),
    _SEQUENCE: ("name", "seq"),
}


class _Database(Protocol):
    before: list[str]
    """Statements that turn the triggers of the log off; `after` turns them on again."""
    after: list[str]
    overriding: str
    """What an INSERT says so that it may give the position."""

    @property
    def tables(self) -> tuple[str, ...]: ...

    def columns(self, table: str) -> list[str]: ...

    def ask(self, statement: str, values: Sequence[Any] = ()) -> list[Row]: ...

    def skip(self, positions: int) -> None: ...


class Raw:
    """The tables of a store."""

    def __init__(self, database: _Database) -> None:
        self._database = database
        views = {table: database.columns(table) for table in VIEWS}
        self._columns = _COLUMNS | {table: names for table, names in views.items() if names}
        self._tables = (*database.tables, *(table for table in VIEWS if table in self._columns))

    def read(self) -> Content:
        """What is in them."""
        return {table: self._rows(table) for table in self._tables}

    @property
    def is_sqlite(self) -> bool:
        """Whether they are in a file of SQLite."""
        return isinstance(self._database, _Sqlite)

    @contextmanager
    def changed(self, do: Sequence[str], undo: Sequence[str]) -> Iterator[None]:
        """Within, what is defined in the database is changed; no row is."""
        for statement in do:
            self._database.ask(statement)
        try:
            yield
        finally:
            for statement in undo:
                self._database.ask(statement)

    def ask(self, statement: str) -> list[Row]:
        """The rows that a statement gives."""
        return self._database.ask(statement)

    def _rows(self, table: str) -> list[Row]:
        names = self._columns[table]
        return self._database.ask(f"SELECT {', '.join(names)} FROM {table} ORDER BY {', '.join(names[: _KEYS[table]])}")

    def write(self, content: Content) -> None:
        """Make these rows of what is in them, by as few changes as that needs: all, or none where the database refuses one."""
        self._database.ask("BEGIN")
        try:
            for statement in self._database.before:
                self._database.ask(statement)
            for table, rows in content.items():
                self._make(table, rows)
            for statement in self._database.after:
                self._database.ask(statement)
            self._database.ask("COMMIT")
        except BaseException:
            self._database.ask("ROLLBACK")
            raise

    def _make(self, table: str, rows: Sequence[Row]) -> None:
        there, wanted = ({typed(row): row for row in found} for found in (self._rows(table), rows))
        names = self._columns[table]
        which = " AND ".join(f"{name} = ?" for name in names[: _KEYS[table]])
        for row in (there[key] for key in there.keys() - wanted.keys()):
            self._database.ask(f"DELETE FROM {table} WHERE {which}", row[: _KEYS[table]])
        for row in (wanted[key] for key in wanted.keys() - there.keys()):
            marks = ", ".join("CAST(? AS TEXT)" if _is_no_text(value) else "?" for value in row)
            into = f"{table} ({', '.join(names)}) {self._database.overriding if table == LOG else ''}"
            self._database.ask(f"INSERT INTO {into} VALUES ({marks})", list(map(_sent, row)))

    def skip(self, positions: int) -> None:
        """Let the next record come so many positions after the one that would be next, as after appends that failed."""
        self._database.skip(positions)


def typed(row: Row) -> tuple[Any, ...]:
    """A row, to be compared: 1 and 1.0 are equal in Python and not the same in a database."""
    return tuple((type(value), value) for value in row)


def _is_no_text(value: object) -> bool:
    """Whether it is a text with bytes that are no UTF-8."""
    return isinstance(value, str) and any("\udc80" <= sign <= "\udcff" for sign in value)


def _sent(value: Any) -> Any:
    return value.encode("utf-8", "surrogateescape") if _is_no_text(value) else value


class _Sqlite:
    tables = (LOG, REQUESTS, TREE, SIZE, _SEQUENCE)
    overriding = ""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        triggers = self.ask("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        self.before = [f"DROP TRIGGER {name}" for name, _ in triggers]
        self.after = [sql for _, sql in triggers]

    def ask(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        return self._connection.execute(statement, values).fetchall()

    def columns(self, table: str) -> list[str]:
        return [row[1] for row in self.ask(f"PRAGMA table_info({table})")]

    def skip(self, positions: int) -> None:
        self.ask("UPDATE sqlite_sequence SET seq = (SELECT max(position) FROM reformtrack_log) + ?", [positions])


class _Postgres:
    tables = (LOG, REQUESTS, TREE, SIZE)
    overriding = "OVERRIDING SYSTEM VALUE"
    before, after = (
        [f"ALTER TABLE {table} {turn} TRIGGER ALL" for table in (LOG, REQUESTS)] for turn in ("DISABLE", "ENABLE")
    )

    def __init__(self, connection: psycopg.Connection[Row]) -> None:
        self._connection = connection

    def ask(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        cursor = self._connection.execute(SQL(statement.replace("?", "%s")), values)
        return cursor.fetchall() if cursor.description else []

    def columns(self, table: str) -> list[str]:
        found = self.ask(
            "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(?) AND attnum > 0 ORDER BY attnum", [table]
        )
        return [name for (name,) in found]

    def skip(self, positions: int) -> None:
        last = "(SELECT max(position) FROM reformtrack_log)"
        self.ask(f"SELECT setval(pg_get_serial_sequence('reformtrack_log', 'position'), {last} + ?)", [positions])


@contextmanager
def opened(url: str, is_loose: bool) -> Iterator[Raw]:
    """
    The tables of a store that is there.

    Args:
        url: of the store.
        is_loose: whether the constraints of the log's table are taken away too, so that it takes copies of rows, and no value.
    """
    with _sqlite(url, is_loose) if url.startswith("sqlite") else _postgres(url, is_loose) as database:
        yield Raw(database)


_LOOSE = """
CREATE TABLE other (position INTEGER PRIMARY KEY AUTOINCREMENT, originator_id, originator_version, topic, state);
INSERT INTO other SELECT * FROM reformtrack_log;
DROP TABLE reformtrack_log;
ALTER TABLE other RENAME TO reformtrack_log;
"""
"""Also without the triggers of the log."""
_LOOSE_POSTGRES = """
ALTER TABLE reformtrack_log DROP CONSTRAINT reformtrack_log_originator_id_originator_version_key;
ALTER TABLE reformtrack_log ALTER originator_id DROP NOT NULL, ALTER originator_version DROP NOT NULL,
    ALTER topic DROP NOT NULL, ALTER state DROP NOT NULL;
"""


@contextmanager
def _sqlite(url: str, is_loose: bool) -> Iterator[_Sqlite]:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
        connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        connection.execute("PRAGMA synchronous = OFF")
        if is_loose:
            connection.executescript(_LOOSE)
        yield _Sqlite(connection)


@contextmanager
def _postgres(url: str, is_loose: bool) -> Iterator[_Postgres]:
    address, _, schema = url.partition("&schema=")
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in (
            f"SET search_path = {schema}",
            "SET synchronous_commit = off",
            *([_LOOSE_POSTGRES] if is_loose else []),
        ):
            connection.execute(SQL(statement))
        yield _Postgres(connection)
