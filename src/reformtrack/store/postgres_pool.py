"""The connections to PostgreSQL: dead ones are detected before use, and no wait outlasts its call."""

import math
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import psycopg
from eventsourcing.postgres import ConnectionPool, PostgresDatastore
from psycopg import Connection
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow
from psycopg_pool import PoolTimeout

from reformtrack.store.patience import LEAST, current_call, waited_for

CONNECTION_WAIT = 2.0
"""The default seconds that a call waits for a connection before a retry."""

_NO_VIEWS = """
SELECT set_config(name, 'view, foreign-table', false) FROM pg_settings WHERE name = 'restrict_nonsystem_relation_kind'
"""
"""
No view but the server's own is read: one that another role puts in the place of a table, after the question who made
that, would run the role's functions. PostgreSQL has this since August 2024, in each of its major versions.
"""

NETWORK = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""
The default timeouts of libpq for a silent machine while connecting, idle or sending; in seconds, the last in
milliseconds. The operating system's own limits are many minutes.
"""

RV = TypeVar("RV")
_silence: ContextVar[float | None] = ContextVar("reformtrack.silence", default=None)


@contextmanager
def answered_within(seconds: float | None) -> Iterator[None]:
    """
    Give up a connection after this many seconds of silence during a query.

    None waits as long as the call and the pool are open; infinity does not check these either, for waits that are short
    by themselves.
    """
    token = _silence.set(seconds)
    try:
        yield
    finally:
        _silence.reset(token)


class LogConnection(Connection[DictRow]):
    """A connection whose waits for the server end with the call, with the pool, or after too long a silence."""

    taken_from: "LogPool | None" = None
    """The pool, while checked out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.made = time.monotonic()

    def wait(self, gen: Generator[Any, Any, RV], *args: Any, **kwargs: Any) -> RV:
        return super().wait(self._heard(gen), *args, **kwargs)

    def _heard(self, gen: Generator[Any, Any, RV]) -> Generator[Any, Any, RV]:
        call, silence = current_call(), _silence.get()
        heard = time.monotonic()
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if ready:
                    heard = time.monotonic()
                else:  # psycopg checks ten times a second whether to end its wait
                    is_closed = self.taken_from is not None and self.taken_from.closed
                    if silence != math.inf and (is_closed or (call is not None and call.is_ended)):
                        silence = LEAST  # an answer of the server may still arrive
                    if silence is not None and time.monotonic() - heard > silence:
                        self.pgconn.finish()
                        raise psycopg.OperationalError("connection given up: the server did not answer")
                wanted = gen.send(ready)
        except StopIteration as found:
            answer: RV = found.value
            return answer


class LogPool(ConnectionPool[Connection[DictRow]]):
    """
    Hands out connections that are alive, as far as known without asking the server.

    The one that was put back last is taken first: it has its statements prepared. A connection closed by the server is
    noticed. When one is found dead in use, all older ones are dropped, because a restart or a firewall has probably killed
    them too.

    Args:
        datastore: whose pool it replaces.
        kwargs: the connection parameters.
    """

    def __init__(self, datastore: PostgresDatastore, kwargs: dict[str, Any]) -> None:
        unused = datastore.pool
        self._after_connect = datastore.after_connect_func()
        super().__init__(
            get_password_func=unused.get_password_func,
            connection_class=LogConnection,
            kwargs=kwargs,
            min_size=unused.min_size,
            max_size=unused.max_size,
            open=False,
            configure=self._configured,
            check=ConnectionPool.check_connection if datastore.pre_ping else None,
            timeout=unused.timeout,
            max_waiting=unused.max_waiting,
            max_lifetime=unused.max_lifetime,
            reconnect_timeout=0,  # each waiting call retries itself: no long backoff after a long outage
        )
        self._dead_until = 0.0
        self._asking, self._spare = list[None](), list[Connection[DictRow]]()

    def _configured(self, connection: Connection[DictRow]) -> None:
        self._after_connect(connection)
        connection.execute(_NO_VIEWS)

    @contextmanager
    def connection(self, timeout: float | None = None) -> Iterator[Connection[DictRow]]:
        """A connection for some statements. Each commits by itself, so nothing is left to commit at the end."""
        connection = self.getconn(timeout)
        try:
            yield connection
        finally:
            self.putconn(connection)

    def getconn(self, timeout: float | None = None) -> Connection[DictRow]:
        """A connection that is alive."""
        while True:
            wait = self.timeout if timeout is None else timeout
            try:
                connection = self._spare.pop()
            except IndexError:
                self._asking.append(None)
                try:
                    connection = waited_for(super().getconn, wait, lambda error: isinstance(error, PoolTimeout))
                finally:
                    self._asking.pop()
            if self._is_alive(connection):
                if isinstance(connection, LogConnection):
                    connection.taken_from = self
                return connection
            connection.close()
            super().putconn(connection)

    def _is_alive(self, connection: Connection[DictRow]) -> bool:
        try:
            connection.pgconn.consume_input()  # asks the operating system, not the server: a microsecond
        except psycopg.Error:
            return False
        return not isinstance(connection, LogConnection) or connection.made > self._dead_until

    def putconn(self, connection: Connection[DictRow]) -> None:
        """Take a connection back."""
        if isinstance(connection, LogConnection):
            connection.taken_from = None
            if connection.broken and connection.made > self._dead_until:
                self._dead_until = time.monotonic()
            if self._may_be_spared(connection):
                self._spare.append(connection)
                return
        super().putconn(connection)

    def _may_be_spared(self, connection: LogConnection) -> bool:
        """Whether it may be the one that the next call takes, past the queue of the pool, in which each would have its turn."""
        return (
            not (self._spare or self._asking or self._check or self.closed)
            and connection.pgconn.transaction_status == TransactionStatus.IDLE
            and time.monotonic() < connection.made + self.max_lifetime
        )

    def close(self, timeout: float = 0.1) -> None:
        """Close it; threads of it that are making a connection end by themselves."""
        super().close(timeout)
        while self._spare:
            super().putconn(self._spare.pop())
