"""
The interface of a store, for every database: the log of records and their requests.

Both databases have the two tables of [the store](docs/store.md), and answer the same queries.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol, TypeVar

from eventsourcing.persistence import ApplicationRecorder, IntegrityError, Notification, StoredEvent

from reformtrack.domain.errors import StoreError
from reformtrack.domain.said import sentence
from reformtrack.domain.values import StreamId
from reformtrack.store.registry import Row
from reformtrack.store.session import Session
from reformtrack.store.streams import StreamRange

LOG_TABLE = "reformtrack_log"
REQUESTS_TABLE = "reformtrack_requests"

URL_KEY = "REFORMTRACK_POSTGRES_URL"
"""The setting that passes on a URL of PostgreSQL; here, because psycopg may not be installed."""

NOT_OPENED = sentence("the store cannot be opened: {error}; accepted: a store that can be reached")
"""What is said where the database refuses while a store is opened."""

PAGE = 5_000
"""The page size when reading all rows."""

PAGE_BYTES = 4_194_304
"""The most bytes of ids, topics and states on a page; the last one may exceed it."""

COLUMNS = "position, originator_id, originator_version, topic, state"


class Index(NamedTuple):
    """An index of one of the two tables, used by queries."""

    table: str
    columns: tuple[str, ...]
    """The columns compared between a row and its entry; the position first."""
    order: tuple[str, ...]
    """The columns of the index, among these."""


_STREAM, _REQUEST_ID = ("originator_id", "originator_version"), ("request_id",)
INDEXES = (
    Index(LOG_TABLE, ("position", *_STREAM), _STREAM),
    Index(REQUESTS_TABLE, ("first_position", *_REQUEST_ID), _REQUEST_ID),
)
"""Those of streams and of request ids."""


class Request(NamedTuple):
    """A request: the positions of its records, its name, and its instant as text."""

    first_position: int
    last_position: int
    request_id: str
    recorded_at: str


class Newest(NamedTuple):
    """The newest records of the log and of one stream."""

    position: int
    """The position of the last record; 0 before the first."""
    tag: str
    """Identifies the last records: differs between logs of equal length, even if both got the same last request."""
    position_in_stream: int
    """The position of the last record of the stream; 0 before its first."""


class Unchanged(NamedTuple):
    """The append condition that nothing in a range was recorded after a position."""

    streams: StreamRange
    position: int


Key = TypeVar("Key")
Found = TypeVar("Found")


def pages(read: Callable[[Key], list[Found]], after: Key, end: Callable[[Found], Key]) -> Iterator[list[Found]]:
    """
    Page after page, each continuing the one before, until one is empty.

    Also ends when a page would repeat, because reading an index or table that somebody disordered would loop.
    """
    seen = set[Key]()
    while after not in seen and (page := read(after)):
        seen.add(after)
        yield page
        after = end(page[-1])


class RowReader(Protocol):
    """Reads the rows of a log as they are stored."""

    def select_log(self, after: int | None, limit: int, up_to: int | None = None) -> list[Row]:
        """The rows after a position, in order, at most `limit`, fewer where they are large; None is before any."""

    def count(self, after: int, up_to: int) -> int:
        """How many rows there are after a position, up to another."""


Stamp = Callable[[str | None], tuple[str, Sequence[StoredEvent]]]
"""
Takes the last instant, and returns one not before it, with the stored events of an append stamped with it. It may
refuse a last instant too far in the future.
"""


class Append(NamedTuple):
    """
    An append: the records of one request, under conditions.

    The instant is taken under the lock, so that no writer has to retry because another one was faster.
    """

    stamp: Stamp
    request_id: str
    unchanged: Sequence[Unchanged] = ()
    after: int | None = None
    """The position of the request that its instant must follow, if not the last one of the log; 0 for none."""


class LogRecorder(ApplicationRecorder):
    """
    Keeps the log in one table and the requests in another, both append-only.

    An append is one transaction under a lock that admits one writer at a time. It checks that no version or request id
    is taken and that each condition holds, and takes its instant. So positions and instants are in commit order, and
    the basis of a decision is unchanged when it is committed.
    """

    mark = "?"
    """The parameter mark in a statement."""
    log_table, requests_table = LOG_TABLE, REQUESTS_TABLE
    """The names of the two tables in a statement."""
    read_table = LOG_TABLE
    """The log, read in order of position."""
    indexes: Sequence[Index] = INDEXES
    """The indexes of its tables, which `check` compares with their rows."""

    @abstractmethod
    def keep_tree(self) -> None:
        """
        From now on the Merkle tree is kept in the transaction of each append. Its tables must exist.

        Raises:
            StoreError: its function belongs to a role that is not trusted.
        """

    def compare_clocks(self) -> None:
        """From now on refuse appends whose instant is far from the clock of the database, if it has one."""

    @abstractmethod
    def append(self, append: Append) -> Sequence[int]:
        """
        Store the events, one or more, all or none, and return the position of each.

        Raises:
            eventsourcing.persistence.IntegrityError: a version or the request id is taken, or a condition does not hold.
            eventsourcing.persistence.PersistenceError: the database failed; whether something was stored is unknown.
        """

    @abstractmethod
    def exclusive(self) -> AbstractContextManager[object]:
        """
        Hold the append lock, and read the latest state: for a writer that lost too often.

        Appends are committed at the end at the latest, unless an error is raised.
        """

    def select_log(
        self,
        after: int | None,
        limit: int,
        up_to: int | None = None,
        topics: Sequence[str] = (),
        most: int = PAGE_BYTES,
    ) -> list[Row]:
        """
        The stored events after a position, in order, at most `limit`.

        None reads from the beginning, 0 only from reformtrack's first. A page ends with the event that exceeds `most`
        bytes, so only an empty page is the last.
        """
        mark = self.mark
        conditions = [f"position > {mark}"] * (after is not None) + [f"position <= {mark}"] * (up_to is not None)
        conditions += [f"topic IN ({', '.join([mark] * len(topics))})"] * bool(topics)
        given = [one for one in (after, up_to, *topics, limit) if one is not None]
        where = f"WHERE {' AND '.join(conditions) or 'true'} ORDER BY position LIMIT {mark}"
        return self._select_page(f"SELECT {COLUMNS} FROM {self.read_table} {where}", given, "position", most)

    def select_stream(self, stream: StreamId, after: int, limit: int, up_to: int | None, most: int) -> list[Row]:
        """The stored events of one stream after a position, in order, at most `limit`, and of so many bytes."""
        statement = (
            f"SELECT {COLUMNS} FROM {self.log_table} WHERE originator_id = {self.mark} AND position > {self.mark} "
            f"AND position <= {self.mark} ORDER BY originator_version LIMIT {self.mark}"
        )
        given = [stream, after, 2**63 - 1 if up_to is None else up_to, limit]
        return self._select_page(statement, given, "originator_version", most)

    @abstractmethod
    def select_streams(self, ranges: Sequence[StreamRange]) -> list[Row]:
        """The stored events of ranges of streams, from one snapshot, in any order."""

    def _select_ranges(self, ranges: Sequence[StreamRange]) -> list[Row]:
        """The stored events of a few ranges of streams, by one statement."""
        one = (
            f"SELECT {COLUMNS} FROM {self.log_table} WHERE originator_id >= {self.mark} AND originator_id < {self.mark}"
        )
        return self._select(" UNION ALL ".join([one] * len(ranges)), [bound for range_ in ranges for bound in range_])

    def select_request(self, request_id: str) -> tuple[int, int] | None:
        """The first and last position of the events recorded with a request; None when there is none."""
        statement = f"SELECT first_position, last_position FROM {self.requests_table} WHERE request_id = {self.mark}"
        rows = self._select(statement, [request_id])
        return rows[0] if rows else None

    def select_newest(self, stream: str) -> list[Any]:
        """The newest records, each with the position of the last one of a stream, and with the last request."""
        # Without the sum PostgreSQL would read the log from its end to the last record of the stream.
        last = f"SELECT max(position + 0) FROM {self.log_table} WHERE originator_id = {self.mark}"
        request = f"SELECT request_id || recorded_at FROM {self.requests_table} ORDER BY first_position DESC LIMIT 1"
        statement = (
            f"SELECT ({last}), position, ({request}), originator_id, originator_version, topic, substr(state, 1, 1000) "
            f"FROM {self.log_table} ORDER BY position DESC LIMIT 8"
        )
        return self._select(statement, [stream])

    def select_last_of(self, ranges: Sequence[StreamRange]) -> list[Any]:
        """The last record of ranges of streams, its position first, and how many they have; nothing where they have none."""
        # Without the sum PostgreSQL would read the log from its end.
        bounds = f"originator_id >= {self.mark} AND originator_id < {self.mark}"
        one = f"SELECT max(position + 0) AS last, count(*) AS number FROM {self.log_table} WHERE {bounds}"
        each = " UNION ALL ".join([one] * len(ranges))
        found = f"SELECT max(last) AS last, sum(number) AS number FROM ({each}) AS each_range"
        statement = f"SELECT {COLUMNS}, number FROM ({found}) AS found JOIN {self.log_table} ON position = last"
        return self._select(statement, [bound for range_ in ranges for bound in range_])

    @abstractmethod
    def listening(self) -> AbstractContextManager[Callable[[float], None]]:
        """Within, a function that waits until something may have been recorded, or for so many seconds at most."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[Session]:
        """A transaction of the views: one maintainer at a time, committed at the end, reading from one snapshot."""

    @abstractmethod
    def erasing(self, table: str, secret: str) -> AbstractContextManager[Session]:
        """
        A transaction for deleting rows of a small table; the values of the column `secret` are then erased from the
        files of the database too.

        Raises:
            StoreError: a copy may be left in a file; the rows are deleted from the table all the same.
        """

    @abstractmethod
    def moment(self) -> AbstractContextManager[Session]:
        """Read from one snapshot in this thread."""

    @abstractmethod
    def rows(self, index: Index) -> Iterator[tuple[Any, ...]]:
        """The indexed columns of all rows, in any order, read from the table and not through an index."""

    def entries(self, index: Index) -> Iterator[tuple[Any, ...]]:
        """The same through the index, in its order."""
        places = [index.columns.index(name) for name in index.order]
        for rows in pages(
            lambda after: self.select_entries(index, after, PAGE), (), lambda row: tuple(row[place] for place in places)
        ):
            yield from rows

    @abstractmethod
    def select_entries(self, index: Index, after: Sequence[Any], limit: int) -> list[tuple[Any, ...]]:
        """The entries of an index after one, given by its columns in index order; from the first if none is given."""

    @abstractmethod
    def select_stream_ids(self, after: str, limit: int) -> list[StreamId]:
        """The ids of streams after one, in order, each once, at most `limit`."""

    def select_requests(self, first: int, last: int) -> list[Request]:
        """The requests of the records from one position to another, in order."""
        earliest = f"SELECT max(first_position) FROM {self.requests_table} WHERE first_position <= {self.mark}"
        statement = (
            f"SELECT first_position, last_position, request_id, recorded_at FROM {self.requests_table} "
            f"WHERE first_position >= coalesce(({earliest}), 0) AND first_position <= {self.mark} ORDER BY first_position"
        )
        return [Request(*row) for row in self._select(statement, [first, last])]

    def select_position(self, after: int, instant: str) -> int:
        """
        The last position of the last request that was recorded by an instant; 0 when there is none.

        Args:
            after: the position of a request after which instants up to this one never go back; or 0.
        """
        table, mark = self.requests_table, self.mark
        at = (
            f"SELECT recorded_at FROM {table} WHERE first_position <= place + step ORDER BY first_position DESC LIMIT 1"
        )
        statement = (  # step by step, by halves
            f"WITH RECURSIVE search (place, step) AS (SELECT CAST({mark} AS BIGINT), CAST({2**61} AS BIGINT) UNION ALL "
            f"SELECT CASE WHEN coalesce(({at}), '') <= {mark} THEN place + step ELSE place END, step / 2 FROM search "
            f"WHERE step > 0) SELECT last_position FROM {table} WHERE first_position <= (SELECT max(place) FROM search) "
            "ORDER BY first_position DESC LIMIT 1"
        )
        found = self._select(statement, [after, instant])
        return found[0][0] if found else 0

    @abstractmethod
    def _select(self, statement: str, params: Sequence[Any]) -> list[Any]:
        """The rows of one statement."""

    @abstractmethod
    def _select_page(self, statement: str, params: Sequence[Any], order: str, most: int) -> list[Row]:
        """The rows of a statement of rows of the log, up to the one whose state makes them larger than `most` bytes."""

    def has_changed(self, condition: Unchanged) -> bool:
        """Whether a condition of an append does not hold."""
        # Without the sum PostgreSQL would read the log from its end to the last record of the streams.
        low, high = (f"originator_id {sign} {self.mark}" for sign in (">=", "<"))
        statement = f"SELECT max(position + 0) FROM {self.log_table} WHERE {low} AND {high}"
        [(last,)] = self._select(statement, condition.streams)
        return (last or 0) > condition.position

    def last_version(self, stream: str) -> int:
        """The version of the last record of a stream; 0 when it has none."""
        statement = f"SELECT max(originator_version) FROM {self.log_table} WHERE originator_id = {self.mark}"
        [(last,)] = self._select(statement, [stream])
        return last or 0

    def max_notification_id(self) -> int | None:
        """The position of the last record; None if the log is empty."""
        found: int | None = self._select(f"SELECT max(position) FROM {self.log_table}", [])[0][0]
        return found

    def count(self, after: int, up_to: int) -> int:
        """How many records the log has after a position, up to another."""
        statement = f"SELECT count(*) FROM {self.log_table} WHERE position > {self.mark} AND position <= {self.mark}"
        [(found,)] = self._select(statement, [after, up_to])
        return int(found)

    @abstractmethod
    def restore(self, rows: Sequence[Row], requests: Sequence[Request], *, gapless: bool = False) -> None:
        """
        Store records at their positions in another store, which follow all others. Only within `exclusive`.

        Args:
            gapless: refuse a version without its predecessor: the stream would be blocked at that number.

        Raises:
            eventsourcing.persistence.IntegrityError: a position, a version or a request id is taken; or a version is missing.
        """

    def check_gapless(self, first: int, last: int) -> None:
        """
        Refuse records from one position to another if one lacks the preceding version.

        Raises:
            eventsourcing.persistence.IntegrityError: a version is missing.
        """
        statement = (
            f"SELECT originator_id FROM {self.log_table} found WHERE position >= {self.mark} AND position <= {self.mark} "
            f"AND originator_version > 1 AND NOT EXISTS (SELECT 1 FROM {self.log_table} earlier WHERE "
            "earlier.originator_id = found.originator_id AND earlier.originator_version = found.originator_version - 1 "
            "AND earlier.position < found.position) LIMIT 1"
        )
        for (stream,) in self._select(statement, [first, last]):
            raise IntegrityError(f"a version of {stream} is missing")

    @abstractmethod
    def grant(self, role: str) -> list[str]:
        """
        Grant a role of the database the rights to read and append to the log, and no others.

        Returns:
            The statements that were run.

        Raises:
            StoreError: the database has no roles, or this one has more rights from elsewhere.
        """

    @abstractmethod
    def damage(self) -> list[str]:
        """The errors that the database itself finds in its data."""

    def disorder(self) -> list[str]:
        """The errors that the database itself finds in the two tables and their indexes, if it can check them."""
        return []

    @abstractmethod
    def redefined(self) -> list[str]:
        """The tables, indexes, triggers and functions whose definitions are not reformtrack's."""

    @abstractmethod
    def is_passing(self, error: BaseException) -> bool:
        """Whether an error is transient: a lost connection, a lock held too long."""

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


def left(table: str, why: str, accepted: str) -> StoreError:
    """The message when an erasure reached the table but not yet the files."""
    return StoreError(
        "the rows are deleted from {table}, but a copy may still be in the files of the store: {why}; accepted: {accepted}",
        table=table,
        why=why,
        accepted=accepted,
    )


def entries_statement(table: str, index: Index, marks: Sequence[str], limit: str) -> str:
    """The statement that reads entries after one whose columns `marks` stand for; `table` also says through what."""
    order = ", ".join(index.order)
    condition = f"({order}) > ({', '.join(marks)})" if marks else "true"
    return f"SELECT {', '.join(index.columns)} FROM {table} WHERE {condition} ORDER BY {order} LIMIT {limit}"


def streams_statement(table: str, mark: str, limit: str) -> str:
    """The statement that reads the ids of streams."""
    return (
        f"SELECT DISTINCT originator_id FROM {table} WHERE originator_id > {mark} ORDER BY originator_id LIMIT {limit}"
    )
