"""
The recorder: eventsourcing's SQLite recorder on a log table of our own, with append conditions and request ids.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from eventsourcing.persistence import IntegrityError, Notification, StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteCursor, SQLiteDatastore, SQLiteFactory

from reformtrack.store.registry import Row
from reformtrack.store.schema import LOG_TABLE, REQUESTS_TABLE

_COLUMNS = "position, originator_id, originator_version, topic, state"
_RANGES_A_QUERY = 100
_LATEST_INSTANT = f"SELECT recorded_at FROM {REQUESTS_TABLE} ORDER BY first_position DESC LIMIT 1"


class StreamRange(NamedTuple):
    """The streams whose ids are from `low`, itself in it, to `high`, itself not in it."""

    low: str
    high: str


class Unchanged(NamedTuple):
    """The condition of an append that nothing in a range was recorded after a position."""

    streams: StreamRange
    position: int


class LogRecorder(SQLiteApplicationRecorder):
    """
    Stores events in `reformtrack_log`.

    `insert_events` takes more arguments than its base: the `request_id`, which can be stored once; `recorded_at`, which may
    not be before that of an earlier append; and `unchanged`, the conditions under which the append holds. All are checked in
    the transaction of the append, so that what a decision was based on is still so when it is committed.
    """

    def __init__(self, datastore: SQLiteDatastore, events_table_name: str = LOG_TABLE) -> None:
        super().__init__(datastore, events_table_name)
        self.insert_events_statement = (
            f"INSERT INTO {events_table_name} (originator_id, originator_version, topic, state) VALUES (?,?,?,?)"
        )
        self.select_max_notification_id_statement = f"SELECT MAX(position) FROM {events_table_name}"

    def construct_create_table_statements(self) -> list[str]:
        """None: `reformtrack.store.schema` makes the tables, under a lock."""
        return []

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:
        """Store events in one transaction, and return the position of each."""
        with self.datastore.transaction(commit=True) as c:
            return self._insert_events(c, stored_events, **kwargs)

    def _insert_events(
        self,
        c: SQLiteCursor,
        stored_events: Sequence[StoredEvent],
        *,
        request_id: str = "",
        recorded_at: str = "",
        unchanged: Iterable[Unchanged] = (),
        **_: Any,
    ) -> Sequence[int]:
        if not stored_events:
            return []
        # Inserting first takes the write lock, so what is read below is the latest and stays so until the commit.
        c.executemany(
            self.insert_events_statement,
            [(str(s.originator_id), s.originator_version, s.topic, s.state) for s in stored_events],
        )
        c.execute("SELECT last_insert_rowid()")
        last = c.fetchone()[0]
        first = last - len(stored_events) + 1
        for streams, position in unchanged:
            c.execute(
                f"SELECT 1 FROM {self.events_table_name} WHERE originator_id >= ? AND originator_id < ?"
                " AND position > ? AND position < ? LIMIT 1",
                (*streams, position, first),
            )
            if c.fetchone():
                raise IntegrityError(f"streams from {streams.low} changed after position {position}")
        if request_id:
            c.execute(_LATEST_INSTANT)
            latest = c.fetchone()
            if latest and latest[0] > recorded_at:
                raise IntegrityError(f"an append at {latest[0]} came before this one of {recorded_at}")
            c.execute(f"INSERT INTO {REQUESTS_TABLE} VALUES (?,?,?,?)", (first, last, request_id, recorded_at))
        return range(first, last + 1)

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """The stored events from position `start` to `stop`, at most `limit`, as eventsourcing's notifications."""
        after = 0 if start is None else start - inclusive_of_start
        rows = self.select_log(after, limit, stop, topics)
        return [
            Notification(id=row[0], originator_id=row[1], originator_version=row[2], topic=row[3], state=row[4])
            for row in rows
        ]

    def select_log(self, after: int, limit: int, up_to: int | None = None, topics: Sequence[str] = ()) -> list[Row]:
        """The stored events after a position, in order, at most `limit`."""
        statement = f"SELECT {_COLUMNS} FROM {self.events_table_name} WHERE position > ?"
        params: list[int | str] = [after]
        if up_to is not None:
            statement += " AND position <= ?"
            params.append(up_to)
        if topics:
            statement += f" AND topic IN ({','.join('?' * len(topics))})"
            params.extend(topics)
        return self._select(f"{statement} ORDER BY position LIMIT ?", [*params, limit])

    def select_streams(self, ranges: Sequence[StreamRange]) -> list[Row]:
        """The stored events of ranges of streams, as they are at one moment."""
        one = f"SELECT {_COLUMNS} FROM {self.events_table_name} WHERE originator_id >= ? AND originator_id < ?"
        rows: list[Row] = []
        if len(ranges) <= _RANGES_A_QUERY:
            return self._select(*_union(one, ranges))
        with self.datastore.transaction(commit=False) as c:
            for start in range(0, len(ranges), _RANGES_A_QUERY):
                c.execute(*_union(one, ranges[start : start + _RANGES_A_QUERY]))
                rows += map(tuple, c.fetchall())
        return rows

    def select_latest_instant(self) -> str | None:
        """The `recorded_at` of the last append; None when there is none."""
        rows = self._select(_LATEST_INSTANT, [])
        return rows[0][0] if rows else None

    def select_request(self, request_id: str) -> tuple[int, int] | None:
        """The first and last position of the events recorded with a request; None when there is none."""
        statement = f"SELECT first_position, last_position FROM {REQUESTS_TABLE} WHERE request_id = ?"
        rows = self._select(statement, [request_id])
        return rows[0] if rows else None

    def _select(self, statement: str, params: Sequence[int | str]) -> list[Any]:
        """The rows of one statement, as tuples; one statement sees one state of the store, so it needs no transaction."""
        connection = self.datastore.pool.get_connection(is_writer=False)
        try:
            cursor: sqlite3.Cursor = connection.cursor().sqlite_cursor
            cursor.row_factory = None
            return cursor.execute(statement, params).fetchall()
        finally:
            self.datastore.pool.put_connection(connection)


def _union(statement: str, ranges: Sequence[StreamRange]) -> tuple[str, list[str]]:
    """The statement for several ranges at once, and its parameters."""
    return " UNION ALL ".join([statement] * len(ranges)), [bound for range_ in ranges for bound in range_]


class LogFactory(SQLiteFactory):
    """Makes the recorder above where eventsourcing would make its own."""

    application_recorder_class = LogRecorder
