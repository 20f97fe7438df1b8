"""SQLite: eventsourcing's recorder on a log table of our own, with append conditions and request ids."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from eventsourcing.persistence import (
    ConnectionUnavailableError,
    IntegrityError,
    OperationalError,
    PersistenceError,
    StoredEvent,
)
from eventsourcing.sqlite import (
    SQLITE3_DEFAULT_LOCK_TIMEOUT,
    SQLiteApplicationRecorder,
    SQLiteConnectionPool,
    SQLiteDatastore,
    SQLiteFactory,
)
from eventsourcing.utils import Environment

from reformtrack.domain.errors import StoreError
from reformtrack.domain.said import said, sentence
from reformtrack.domain.values import StreamId
from reformtrack.store.log import (
    COLUMNS,
    LOG_TABLE,
    PAGE,
    REQUESTS_TABLE,
    Append,
    Index,
    LogRecorder,
    Request,
    entries_statement,
    left,
    pages,
    streams_statement,
)
from reformtrack.store.patience import waited_for
from reformtrack.store.registry import Row
from reformtrack.store.session import Session
from reformtrack.store.sqlite_pool import LogPool
from reformtrack.store.sqlite_schema import file_uri, prepare, redefined
from reformtrack.store.streams import StreamRange
from reformtrack.store.tree import grow_within
from reformtrack.store.whole_file import make_private

_RANGES_A_QUERY = 100
_INSTANT_BEFORE = (
    f"SELECT recorded_at FROM {REQUESTS_TABLE} WHERE first_position <= coalesce(?, (SELECT max(position) FROM {LOG_TABLE})) "
    "ORDER BY first_position DESC LIMIT 1"
)
"""Requests after the last record belong to no record, and are ignored."""
_CHANGED = f"SELECT originator_id FROM {LOG_TABLE} WHERE originator_id >= ? AND originator_id < ? AND +position > ?"
_INSERT_REQUEST = f"INSERT INTO {REQUESTS_TABLE} VALUES (last_insert_rowid() - ?, last_insert_rowid(), ?, ?)"
_POLL = 0.05
_CHECKPOINT_WAIT = 10.0
_PASSING = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class SQLiteLogRecorder(LogRecorder, SQLiteApplicationRecorder):  # type: ignore[misc]  # eventsourcing's `max_notification_id` returns None too, undeclared
    """The log in a SQLite file, or in memory. SQLite lets in one writer at a time by itself."""

    read_table = f"{LOG_TABLE} NOT INDEXED"

    def __init__(self, datastore: SQLiteDatastore) -> None:
        super().__init__(datastore, LOG_TABLE)
        self.insert_events_statement = (
            f"INSERT INTO {LOG_TABLE} (originator_id, originator_version, topic, state) VALUES (?,?,?,?)"
        )
        self._local = threading.local()
        self._lock_timeout = datastore.pool.lock_timeout or SQLITE3_DEFAULT_LOCK_TIMEOUT
        self._keeps_tree = False

    def construct_create_table_statements(self) -> list[str]:
        """None: `sqlite_schema` creates the tables, under a lock."""
        return []

    def keep_tree(self) -> None:
        """From now on the Merkle tree is kept in the transaction of each append."""
        self._keeps_tree = True

    def append(self, append: Append) -> Sequence[int]:
        """Store the events in one transaction, and return the position of each."""
        held = self._held()
        if held is not None:
            return self._append(held, append)
        with self.exclusive() as cursor:
            return self._append(cursor, append)

    @contextmanager
    def exclusive(self) -> Iterator[sqlite3.Cursor]:
        """Hold the write lock: reads stay valid until the commit at the end."""
        with self._connection(is_writer=True) as cursor:
            waited_for(lambda _: cursor.execute("BEGIN IMMEDIATE"), self._lock_timeout, _is_busy)
            self._local.cursor = cursor
            try:
                yield cursor
                cursor.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # SQLite may have rolled back by itself
                    cursor.execute("ROLLBACK")
                raise
            finally:
                self._local.cursor = None

    def _held(self) -> sqlite3.Cursor | None:
        return getattr(self._local, "cursor", None)

    def _append(self, cursor: sqlite3.Cursor, append: Append) -> Sequence[int]:
        for start in range(0, len(append.unchanged), _RANGES_A_QUERY):
            some = append.unchanged[start : start + _RANGES_A_QUERY]
            given = [value for (low, high), position in some for value in (low, high, position)]
            found = cursor.execute(" UNION ALL ".join([_CHANGED] * len(some)) + " LIMIT 1", given).fetchone()
            if found:
                raise IntegrityError(f"streams around changed meanwhile: {found[0]}")
        latest = cursor.execute(_INSTANT_BEFORE, (append.after,)).fetchone()
        recorded_at, events = append.stamp(latest and latest[0])
        cursor.executemany(self.insert_events_statement, map(_parameters, events))
        cursor.execute(_INSERT_REQUEST, (len(events) - 1, append.request_id, recorded_at))
        first = cursor.lastrowid or 0  # the key of its table
        positions = range(first, first + len(events))
        if self._keeps_tree:
            grow_within(_SQLiteSession(cursor), self, positions[-1])
        return positions

    def select_streams(self, ranges: Sequence[StreamRange]) -> list[Row]:
        """The stored events of ranges of streams, as they are at one moment."""
        if len(ranges) <= _RANGES_A_QUERY:
            return self._select_ranges(ranges)
        with self.moment():
            parts = (ranges[start : start + _RANGES_A_QUERY] for start in range(0, len(ranges), _RANGES_A_QUERY))
            return [row for some in parts for row in self._select_ranges(some)]

    @contextmanager
    def listening(self) -> Iterator[Callable[[float], None]]:
        """A short sleep: SQLite has no notifications."""
        yield lambda seconds: time.sleep(min(seconds, _POLL))

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction of the views, under the write lock."""
        with self.exclusive() as cursor:
            yield _SQLiteSession(cursor)

    @contextmanager
    def erasing(self, table: str, secret: str) -> Iterator[Session]:
        """
        Deleted content is overwritten, and the write-ahead log is checkpointed and truncated.

        The table is emptied and filled again: where SQLite split or merged pages, rows that were moved away stay behind between
        the others, and deleting a row reaches none of these copies. A table that is emptied has its pages filled with zeros.
        """
        with self.transaction() as session:
            session.execute("PRAGMA secure_delete = ON")
            yield session
            rows = session.select(f"SELECT * FROM {table}")
            session.execute(f"DELETE FROM {table}")
            if rows:
                session.many(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows)
        deadline = time.monotonic() + _CHECKPOINT_WAIT
        while self._select("PRAGMA wal_checkpoint(TRUNCATE)", [])[0][0]:
            if time.monotonic() > deadline:
                found = said("a reader holds the write-ahead log open")
                raise left(table, found, said("erase again when it has ended"))
            time.sleep(_POLL)

    @contextmanager
    def moment(self) -> Iterator[Session]:
        """What is read within is of one moment."""
        held = self._held()
        if held is not None:
            yield _SQLiteSession(held)
            return
        with self._connection(is_writer=False) as cursor:
            cursor.execute("BEGIN")
            self._local.cursor = cursor
            try:
                yield _SQLiteSession(cursor)
            finally:
                self._local.cursor = None
                cursor.execute("ROLLBACK")

    def rows(self, index: Index) -> Iterator[tuple[Any, ...]]:
        """The columns of an index of all rows of its table, in order of position: from the table, through no index."""
        by_position = index._replace(order=index.columns[:1])
        statement = partial(entries_statement, f"{index.table} NOT INDEXED", by_position, limit="?")

        def read(after: tuple[Any, ...]) -> list[tuple[Any, ...]]:
            return self._select(statement("?" * len(after)), [*after, PAGE])

        for rows in pages(read, (), lambda row: row[:1]):
            yield from rows

    def select_entries(self, index: Index, after: Sequence[Any], limit: int) -> list[tuple[Any, ...]]:
        """Entries of an index after one, given by its columns in the order of the index; from the first where none is given."""
        marks, given = zip(*[_marked(value) for value in after], strict=True) if after else ((), ())
        name = f"sqlite_autoindex_{index.table}_1"
        is_there = self._select("SELECT 1 FROM sqlite_master WHERE name = ?", [name])
        table = f"{index.table} INDEXED BY {name}" if is_there else index.table
        return self._select(entries_statement(table, index, marks, "?"), [*given, limit])

    def select_stream_ids(self, after: str, limit: int) -> list[StreamId]:
        """The ids of streams after one, in order, each once, at most `limit`."""
        mark, given = _marked(after)
        return [id for (id,) in self._select(streams_statement(LOG_TABLE, mark, "?"), [given, limit])]

    def restore(self, rows: Sequence[Row], requests: Sequence[Request], *, gapless: bool = False) -> None:
        """Store records at positions after all others, within `exclusive`."""
        cursor = self._held()
        if cursor is None:
            raise OperationalError("records are restored within exclusive()")
        cursor.executemany(f"INSERT INTO {LOG_TABLE} ({COLUMNS}) VALUES (?,?,?,?,?)", rows)
        cursor.executemany(f"INSERT INTO {REQUESTS_TABLE} VALUES (?,?,?,?)", requests)
        if gapless:
            self.check_gapless(rows[0][0], rows[-1][0])

    def grant(self, role: str) -> list[str]:
        """SQLite has no roles."""
        raise StoreError(
            "{role!r} cannot be given rights: a SQLite file has no roles; accepted: the permissions of the file, or PostgreSQL",
            role=role,
        )

    def damage(self) -> list[str]:
        """The errors that SQLite finds in the file, and whether the log was truncated."""
        try:
            found = [text for (text,) in self._select("PRAGMA integrity_check", []) if text != "ok"]
            used = self._select("SELECT seq FROM sqlite_sequence WHERE name = ?", [LOG_TABLE])
            last = self.max_notification_id() or 0
        except PersistenceError as error:
            return [str(error)]
        if used and used[0][0] > last:
            what = sentence("the log ends at position {last}, and {given} was given: records are missing at its end")
            found.append(said(what, last=last, given=used[0][0]))
        return found

    def disorder(self) -> list[str]:
        """The errors that SQLite finds in the two tables and their indexes, such as entries that no search finds."""
        there = self._select(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name IN (?, ?)", [LOG_TABLE, REQUESTS_TABLE]
        )
        found = chain.from_iterable(self._select(f"PRAGMA integrity_check({table})", []) for (table,) in there)
        return [text for (text,) in found if text != "ok"]

    def redefined(self) -> list[str]:
        """The tables, indexes and triggers whose definitions are not reformtrack's."""
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as empty, self.moment() as session:
            return list(redefined(session, _SQLiteSession(empty.cursor())))

    def is_passing(self, error: BaseException) -> bool:
        """Whether another connection held the lock for too long, or other threads had all connections."""
        return _is_busy(error.__cause__ or error) or isinstance(error, ConnectionUnavailableError)

    def _select(self, statement: str, params: Sequence[Any]) -> list[Any]:
        """The rows of one statement, as tuples; one statement sees one state of the store, so it needs no transaction."""
        return self._select_page(statement, params)

    def _select_page(
        self, statement: str, params: Sequence[Any], order: str = "", most: int | None = None
    ) -> list[Any]:
        held = self._held()
        if held is not None:
            return _rows(held, statement, params, most)
        with self._connection(is_writer=False) as cursor:
            return _rows(cursor, statement, params, most)

    def _connection(self, *, is_writer: bool) -> "_Connection":
        return _Connection(self.datastore.pool, is_writer)


class _SQLiteSession:
    text = "TEXT"
    blob = "BLOB"
    clustered = " WITHOUT ROWID"

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor

    def make(self, table: str, columns: str, secret: str = "") -> None:
        self.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")

    def select(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        return _rows(self._cursor, statement, parameters)

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        self._cursor.execute(statement, parameters)

    def many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        self._cursor.executemany(statement, rows)


class _Connection:
    """
    A connection of the pool, as a cursor that returns tuples and raises eventsourcing's errors.

    A class, not a generator, because every query uses it.
    """

    def __init__(self, pool: SQLiteConnectionPool, is_writer: bool) -> None:
        self._pool, self._is_writer = pool, is_writer

    def __enter__(self) -> sqlite3.Cursor:
        self._connection = self._pool.get_connection(is_writer=self._is_writer)
        cursor: sqlite3.Cursor = self._connection.cursor().sqlite_cursor
        cursor.row_factory = None
        return cursor

    def __exit__(self, _type: object, error: BaseException | None, _traceback: object) -> None:
        self._pool.put_connection(self._connection)
        if isinstance(error, sqlite3.IntegrityError):
            raise IntegrityError(str(error)) from error
        if isinstance(error, sqlite3.Error | UnicodeEncodeError):
            raise OperationalError(str(error)) from error


def _is_busy(error: BaseException) -> bool:
    """Whether another connection holds a lock; the upper bits of the code say which."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _PASSING


def _fetched(cursor: sqlite3.Cursor, statement: str, params: Sequence[Any], most: int | None) -> list[Any]:
    """The rows of a statement; with `most` those of the log, up to the one whose texts and state make them larger than that."""
    if most is None:
        return cursor.execute(statement, params).fetchall()
    rows = list[Any]()
    with closing(cursor.connection.cursor()) as own:  # unread rows would keep the log from being truncated
        own.row_factory = None
        for row in own.execute(statement, params):
            rows.append(row)
            try:
                most -= len(row[1]) + len(row[3]) + len(row[4])
            except TypeError:
                continue  # reformtrack stores no number there
            if most < 0:
                break
    return rows


def _rows(cursor: sqlite3.Cursor, statement: str, params: Sequence[Any], most: int | None = None) -> list[Any]:
    """The rows of a statement; texts that somebody made invalid UTF-8 are decoded with surrogates, which no record has."""
    try:
        return _fetched(cursor, statement, params, most)
    except sqlite3.OperationalError as error:
        if not str(error).startswith("Could not decode to UTF-8"):
            raise
    connection = cursor.connection
    connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    try:
        return _fetched(cursor, statement, params, most)
    finally:
        connection.text_factory = str


def _marked(value: Any) -> tuple[str, Any]:
    """The mark and value of a parameter; a text with surrogates is encoded to its original bytes."""
    if isinstance(value, str):
        data = value.encode("utf-8", "surrogateescape")
        if data != value.encode("utf-8", "replace"):
            return "CAST(? AS TEXT)", data
    return "?", value


def _parameters(event: StoredEvent) -> tuple[str, int, str, bytes]:
    return str(event.originator_id), event.originator_version, event.topic, event.state


class SQLiteLogFactory(SQLiteFactory):
    """
    Creates the recorder above in place of eventsourcing's, after creating or checking the tables.

    Args:
        env: the settings; without SQLITE_DBNAME, or with `:memory:`, the log is kept in memory.

    Raises:
        StoreError: the file cannot be opened, or is not ours.
    """

    def __init__(self, env: Environment) -> None:
        database = env.get("SQLITE_DBNAME", ":memory:")
        in_memory = database == ":memory:"
        uri = "file::memory:" if in_memory else file_uri(database)
        if not in_memory:
            with suppress(OSError):  # it exists; or it cannot be created, and SQLite reports why
                make_private(Path(database).resolve())
        connection = prepare(uri)
        fixed = {"SQLITE_DBNAME": uri, "ORIGINATOR_ID_TYPE": "text", "CREATE_TABLE": "no"}
        super().__init__(Environment(env.name, {**env, **fixed}))
        unused = self.datastore.pool
        file = None if in_memory else Path(database).absolute()
        self.datastore.pool = LogPool(file, uri, unused.lock_timeout, connection)
        unused.close()

    def application_recorder(self) -> SQLiteLogRecorder:
        return SQLiteLogRecorder(self.datastore)
