"""
PostgreSQL: the same two tables, in a schema, and a function that appends to them in one statement.

The function takes a lock that lets in one writer at a time until it commits, so positions are in the order of the commits and
a reader that follows the log misses nothing. One statement is one transaction and one round trip to the server.
"""

import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg import Connection, Cursor
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from reformtrack.domain.errors import ClocksDiffer, StoreError
from reformtrack.domain.instants import MOST_AHEAD
from reformtrack.domain.said import said
from reformtrack.domain.values import StreamId
from reformtrack.store import postgres_tree, tree
from reformtrack.store.instants import Ahead, text_of
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
    streams_statement,
)
from reformtrack.store.patience import current_call
from reformtrack.store.postgres_definitions import redefined
from reformtrack.store.postgres_erasure import rewritten
from reformtrack.store.postgres_grants import grant
from reformtrack.store.postgres_pool import answered_within
from reformtrack.store.postgres_schema import APPEND, CHANNEL, LOCK, LOCKS, is_passing, prepare
from reformtrack.store.postgres_session import PostgresSession
from reformtrack.store.postgres_tree import GROW
from reformtrack.store.registry import Row
from reformtrack.store.session import Session
from reformtrack.store.side_tables import prepare_outbox, prepare_subject_keys
from reformtrack.store.streams import StreamRange

SILENCE = 10.0
"""
The seconds of silence after which a query's connection is replaced by a new one. An append, which may wait for others,
gets the same, or the remaining retry budget.
"""

REWRITE_WAIT = 10.0
"""The seconds that an erasure waits for readers of the table that it moves to a new file."""

_QUICK_ATTEMPTS = 3
_FEW = 4
"""For how many events, conditions and ranges a statement has a parameter each."""
_POLL = 0.05


class PostgresLogRecorder(LogRecorder, PostgresApplicationRecorder):
    """The log in a PostgreSQL database."""

    mark = "%s"

    def __init__(self, datastore: PostgresDatastore) -> None:
        super().__init__(datastore, events_table_name=LOG_TABLE)
        schema = datastore.schema
        self.log_table, self.requests_table = (f'"{schema}".{table}' for table in (LOG_TABLE, REQUESTS_TABLE))
        self.read_table = self.log_table
        self._grown, self._near = "", ""
        self._append = cache(self._append_statement)
        self._local = threading.local()

    def _append_statement(self, events: int, conditions: int) -> bytes:
        """The statement for so many events and conditions; for more than a few, they are given as lists."""

        def given(kind: str, count: int) -> str:
            # To make an array takes psycopg longer than the server.
            return f"%b::{kind}[]" if count > _FEW else f"ARRAY[{', '.join(['%b'] * count)}]::{kind}[]"

        of_events, of_conditions = (
            ", ".join(given(kind, count) for kind in kinds.split())
            for kinds, count in (("text bigint text bytea", events), ("text text bigint", conditions))
        )
        # By its types, all of them: another function of this name would fit the arguments as they are sent better. And only
        # once the clock was looked at: OFFSET 0 keeps the planner from doing that afterwards.
        return (
            f"SELECT found.*{self._grown} FROM (SELECT instant FROM (VALUES (%b::text)) AS clock (instant){self._near} "
            f"OFFSET 0) AS given, LATERAL {self._function(APPEND)}({of_events}, %b::text, instant, {of_conditions}) AS found"
        ).encode()

    def _function(self, name: str) -> str:
        return Identifier(self.datastore.schema, name).as_string()

    def create_table(self) -> None:
        """Create the tables and the function if missing, and check that they are ours."""
        prepare(self.datastore)

    def append(self, append: Append) -> Sequence[int]:
        """
        Store the events in one transaction, and return the position of each.

        The instant is taken before the lock, which saves a round trip; if another writer came first with a later one,
        it is taken again, finally under the lock. The same happens when the last request is not reliable: it is far in
        the future, has no record, or was corrected.
        """
        with self._connection() as connection, answered_within(None if self._held() else _patience_left()):
            cursor = connection.cursor(row_factory=tuple_row)
            latest = None
            try:
                for _ in range(_QUICK_ATTEMPTS if append.after is None else 0):
                    stored, latest = self._call(cursor, append, append.request_id, *append.stamp(latest))
                    if stored:
                        return stored
            except ClocksDiffer:
                raise
            except (Ahead, StoreError):
                pass  # of a request that belongs to no record, perhaps: judged below
            with connection.transaction():
                cursor.execute(LOCK, (LOCKS, self.datastore.schema))
                recorded_at, events = append.stamp(self._instant_before(cursor, append.after))
                stored, _ = self._call(cursor, append, "", recorded_at, events)
                request = stored[0], stored[-1], append.request_id, recorded_at
                cursor.execute(SQL(f"INSERT INTO {self.requests_table} VALUES (%s, %s, %s, %s)"), request)
                return stored

    def compare_clocks(self) -> None:
        """From now on refuse appends whose instant is far from the server's clock."""
        apart = "abs(extract(epoch FROM clock_timestamp() - instant::timestamptz))"
        self._near = f" WHERE {apart} <= {MOST_AHEAD.total_seconds()}"
        self._append.cache_clear()

    def keep_tree(self) -> None:
        """From now on a function of the server updates the Merkle tree in the statement of each append."""
        with self.datastore.get_connection() as connection:
            postgres_tree.prepare(connection, self.datastore.schema)
        self._grown = f", {self._function(GROW)}()"
        self._append.cache_clear()

    @contextmanager
    def exclusive(self) -> Iterator[Connection[Any]]:
        """Holds the lock that each append takes; what is appended within is committed at once."""
        key = (LOCKS, self.datastore.schema)
        with self.datastore.get_connection() as connection:
            with answered_within(_patience_left()):
                connection.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", key)
            self._local.connection = connection
            try:
                yield connection
            finally:
                self._local.connection = None
                with answered_within(SILENCE):
                    connection.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", key)

    def _held(self) -> Connection[Any] | None:
        return getattr(self._local, "connection", None)

    @contextmanager
    def _connection(self) -> Iterator[Connection[Any]]:
        held = self._held()
        if held is not None:
            yield held
            return
        with self.datastore.get_connection() as connection:
            yield connection

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int]:
        """Store events without a request, as eventsourcing does."""
        if not stored_events:
            return []
        with self.datastore.get_connection() as connection:
            cursor = connection.cursor(row_factory=tuple_row)
            now = text_of(datetime.now(UTC))
            return self._call(cursor, Append(lambda latest: (now, stored_events), ""), "", now, stored_events)[0]

    def _call(
        self, cursor: Cursor[Any], append: Append, request_id: str, recorded_at: str, events: Sequence[StoredEvent]
    ) -> tuple[list[int], str | None]:
        """The positions of the events, or none and the later instant of another append."""
        conditions = append.unchanged
        of_events: list[list[Any]] = [
            [str(event.originator_id) for event in events],
            [event.originator_version for event in events],
            [event.topic for event in events],
            [event.state for event in events],
        ]
        of_conditions: list[list[Any]] = [
            [condition.streams.low for condition in conditions],
            [condition.streams.high for condition in conditions],
            [condition.position for condition in conditions],
        ]
        cursor.execute(
            self._append(min(len(events), _FEW + 1), min(len(conditions), _FEW + 1)),
            [recorded_at, *_given(of_events), request_id, *_given(of_conditions)],
            prepare=True,
        )
        found = cursor.fetchone()
        if found is None:
            [(server,)] = cursor.execute("SELECT clock_timestamp()").fetchall()
            raise ClocksDiffer(recorded_at, text_of(server.astimezone(UTC)))
        stored: list[int] | None = found[0]
        return stored or [], found[1]

    def select_streams(self, ranges: Sequence[StreamRange]) -> list[Row]:
        """
        The stored events of ranges of streams, from one snapshot.

        A few are plain conditions, of which the server keeps the plan. Many are taken range by range: OFFSET 0 keeps the
        planner from a join that reads the whole log.
        """
        if len(ranges) <= _FEW:
            return self._select_ranges(ranges)
        statement = (
            f"SELECT {COLUMNS} FROM unnest(%s::text[], %s::text[]) AS streams (low, high) CROSS JOIN LATERAL "
            f"(SELECT {COLUMNS} FROM {self.log_table} WHERE originator_id >= low AND originator_id < high OFFSET 0) AS found"
        )
        return self._select(statement, [[low for low, _ in ranges], [high for _, high in ranges]])

    def _instant_before(self, cursor: Cursor[Any], after: int | None) -> str | None:
        """The instant of the last request up to a position, or to the last record; later requests are ignored."""
        last = f"coalesce(%s, (SELECT max(position) FROM {self.log_table}))"
        statement = (
            f"SELECT recorded_at FROM {self.requests_table} WHERE first_position <= {last} ORDER BY first_position DESC"
        )
        row = cursor.execute(SQL(f"{statement} LIMIT 1"), [after]).fetchone()
        return row[0] if row else None

    def select_request(self, request_id: str) -> tuple[int, int] | None:
        """
        The first and last position of the events recorded with a request; None when there is none.

        If a server crashed while a commit waited for its standby, the standby may lack the commit. So before a request
        found this way is acknowledged, another commit is made, which waits for the standby.
        """
        found = super().select_request(request_id)
        if found:
            self._select("SELECT pg_logical_emit_message(true, 'reformtrack', '')", [], _patience_left())
        return found

    @contextmanager
    def listening(self) -> Iterator[Callable[[float], None]]:
        """A connection of its own that the server notifies of each append."""
        with self.datastore.get_connection() as connection:
            with answered_within(SILENCE):
                connection.execute(SQL("LISTEN {}").format(Identifier(CHANNEL)))

            def wait(seconds: float) -> None:
                with answered_within(math.inf):
                    for _ in connection.notifies(timeout=seconds, stop_after=1):
                        pass

            try:
                yield wait
            finally:
                connection.close()  # it stops listening even if the server cannot be told

    def transaction(self) -> AbstractContextManager[Session]:
        """One transaction of the views, under a lock of their own: writers of the log go on."""
        return self._session(LOCK, [LOCKS + 2, self.datastore.schema])

    @contextmanager
    def erasing(self, table: str, secret: str) -> Iterator[Session]:
        """Afterwards the table is moved to a new file without the deleted rows; the server's own log and backups keep them."""
        with self.transaction() as session:
            yield session
        deadline = time.monotonic() + REWRITE_WAIT
        while not rewritten(self.datastore, table, secret):
            if time.monotonic() > deadline:
                found = said("another transaction is reading the table")
                raise left(table, found, said("erase again when it has ended"))
            time.sleep(_POLL)

    def moment(self) -> AbstractContextManager[Session]:
        """What is read within is of one moment."""
        return self._session("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY", [])

    @contextmanager
    def _session(self, first: str, parameters_: Sequence[Any]) -> Iterator[Session]:
        """
        Statements without rows are pipelined, because round trips took most of a batch's time.

        The beginning waits for the server, so that a dead connection is not mistaken for a long wait for the lock.
        """
        with self.datastore.get_connection() as connection, connection.pipeline() as pipeline, connection.transaction():
            connection.execute("SET LOCAL search_path = pg_catalog, pg_temp")
            with answered_within(SILENCE):
                pipeline.sync()
            connection.execute(SQL(first), parameters_)
            self._local.connection = connection
            try:
                yield PostgresSession(connection, self.datastore.schema)
            finally:
                self._local.connection = None

    def rows(self, index: Index) -> Iterator[tuple[Any, ...]]:
        """The columns of an index of all rows of its table, in any order: from the table, through no index."""
        statement = SQL("SELECT {} FROM {}").format(
            SQL(", ").join(map(Identifier, index.columns)), Identifier(self.datastore.schema, index.table)
        )
        with self.datastore.get_connection() as connection, connection.transaction():
            for way in ("indexscan", "indexonlyscan", "bitmapscan"):
                connection.execute(SQL(f"SET LOCAL enable_{way} = off"))
            with connection.cursor("rows", row_factory=tuple_row) as cursor:
                cursor.itersize = PAGE
                yield from cursor.execute(statement)

    def select_entries(self, index: Index, after: Sequence[Any], limit: int) -> list[tuple[Any, ...]]:
        """Entries of an index after one, given by its columns in the order of the index; from the first where none is given."""
        table = Identifier(self.datastore.schema, index.table).as_string()
        statement = SQL(entries_statement(table, index, ["%s"] * len(after), "%s"))
        with self._connection() as connection, connection.transaction():
            cursor = connection.cursor(row_factory=tuple_row, binary=True)
            for way in ("sort", "seqscan", "bitmapscan"):
                cursor.execute(SQL(f"SET LOCAL enable_{way} = off"))
            return cursor.execute(statement, [*after, limit], prepare=False).fetchall()

    def select_stream_ids(self, after: str, limit: int) -> list[StreamId]:
        """The ids of streams after one, in order, each once, at most `limit`."""
        return [id for (id,) in self._select(streams_statement(self.log_table, "%s", "%s"), [after, limit])]

    def restore(self, rows: Sequence[Row], requests: Sequence[Request], *, gapless: bool = False) -> None:
        """Store records at positions after all others, within `exclusive`, in one transaction."""
        with self._connection() as connection, connection.transaction():
            cursor = connection.cursor()
            with cursor.copy(SQL(f"COPY {self.log_table} ({COLUMNS}) FROM STDIN (FORMAT BINARY)")) as copy:
                copy.set_types(["int8", "text", "int8", "text", "bytea"])
                for row in rows:
                    copy.write_row(row)
            cursor.executemany(SQL(f"INSERT INTO {self.requests_table} VALUES (%s, %s, %s, %s)"), requests)
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'position'), %s)", (self.log_table, rows[-1][0]))
            if gapless:
                self.check_gapless(rows[0][0], rows[-1][0])

    def grant(self, role: str) -> list[str]:
        """Give a role the right to read the log and to add to it; this tracker's role owns the tables."""
        with self.transaction() as session:  # the role must own no permanent table: it could add code to it
            for prepare in (tree.prepare, prepare_subject_keys, prepare_outbox):
                prepare(session)
        with self.datastore.get_connection() as connection, connection.transaction():
            return grant(connection, self.datastore.schema, role)

    def damage(self) -> list[str]:
        """Nothing: PostgreSQL checks its pages when reading them, if data checksums are on."""
        return []

    def redefined(self) -> list[str]:
        """What of the tables, their indexes, triggers and functions is not as reformtrack makes it."""
        with self.moment() as session:
            return list(redefined(session, self.datastore.schema))

    def is_passing(self, error: BaseException) -> bool:
        """Whether the connection was lost, the server is starting, stopping or no leader any more, or is out of connections."""
        return is_passing(error.__cause__ or error)

    def _select_page(self, statement: str, params: Sequence[Any], order: str, most: int) -> list[Row]:
        # which the server knows without reading them
        size = " + ".join(f"coalesce(octet_length({column}), 0)" for column in ("originator_id", "topic", "state"))
        before = f"sum({size}) OVER (ORDER BY {order} ROWS UNBOUNDED PRECEDING) - ({size})"
        page = f"SELECT *, {before} AS before FROM ({statement}) page"
        return self._select(f"SELECT {COLUMNS} FROM ({page}) page WHERE before <= %s ORDER BY {order}", [*params, most])

    def _select(self, statement: str, params: Sequence[Any], silence: float | None = None) -> list[Any]:
        with self._connection() as connection, answered_within(None if self._held() else silence or SILENCE):
            cursor = connection.cursor(row_factory=tuple_row, binary=True)
            return cursor.execute(statement.encode(), params, prepare=True).fetchall()


def _given(lists: Sequence[list[Any]]) -> list[Any]:
    """The values of lists one by one, where these are few; else the lists."""
    return [value for values in lists for value in values] if len(lists[0]) <= _FEW else list(lists)


def _patience_left() -> float:
    call = current_call()
    return SILENCE if call is None else max(SILENCE, call.left)
