"""The connections to SQLite: one that writes, under a lock of this process, and those that read."""

import os
import sqlite3
import threading
from pathlib import Path

from eventsourcing.persistence import ConnectionPoolClosedError, ConnectionUnavailableError, InterfaceError
from eventsourcing.sqlite import SQLiteConnection, SQLiteConnectionPool

from reformtrack.domain.errors import StoreError
from reformtrack.domain.said import said
from reformtrack.store.patience import waited_for
from reformtrack.store.sqlite_schema import connect

_BUSY_WAIT = 1_000
"""The milliseconds that SQLite itself waits for a lock, uninterruptibly; then it is retried."""


class LogPool(SQLiteConnectionPool):
    """
    Connections with durable commits, all to one file or one memory database. No wait for one outlasts its call.

    The last one that was put back is taken first: it has its statements compiled and its pages read. eventsourcing's own pool
    compiles each statement anew, and lets readers queue behind writers that wait. A database in memory is one connection, which
    readers and writers take in turns.

    Args:
        file: where it is; None in memory.
        db_name: its URI.
        lock_timeout: the seconds that a writer waits for the lock of the file.
        first: a connection to it.
    """

    def __init__(self, file: Path | None, db_name: str, lock_timeout: int | None, first: sqlite3.Connection) -> None:
        super().__init__(db_name=db_name, lock_timeout=lock_timeout)
        self._file = str(file) if file else None
        self._opened = _identity(self._file)
        self._guard, self._turn = threading.Lock(), threading.Lock()
        self._idle = [_made(first)]

    def get_connection(self, timeout: float | None = None, *, is_writer: bool | None = None) -> SQLiteConnection:
        """
        A connection, if the path still leads to the same file: writes to a replaced file would be lost.

        Raises:
            StoreError: the file was moved or replaced.
        """
        if self._file and (found := _identity(self._file)) != self._opened:
            gone = said("{file} disappeared", file=self._file)
            what = said("another file was put in place of {file}", file=self._file) if found else gone
            raise StoreError("{what} while it was open; accepted: a new tracker on the file to use", what=what)
        takes_turns = is_writer or self.is_sqlite_memory_mode
        if takes_turns and not self._turn.acquire(blocking=False):
            wait = self.pool_timeout if timeout is None else timeout
            waited_for(self._wait_for_turn, wait, lambda error: isinstance(error, ConnectionUnavailableError))
        try:
            with self._guard:
                if self._closed:
                    raise ConnectionPoolClosedError
                connection = self._idle.pop() if self._idle else None
            connection = connection or self._create_connection()
        except BaseException:
            if takes_turns:
                self._turn.release()
            raise
        connection.is_writer = is_writer
        return connection

    def _wait_for_turn(self, seconds: float) -> None:
        if not self._turn.acquire(timeout=seconds):
            raise ConnectionUnavailableError

    def _create_connection(self) -> SQLiteConnection:
        try:
            return _made(connect(self.db_name))
        except sqlite3.Error as error:
            raise InterfaceError(str(error)) from error

    def put_connection(self, conn: SQLiteConnection) -> None:
        """Take a connection back; after the close, the thread that used it closes it, since SQLite may still be using it."""
        takes_turns = conn.is_writer or self.is_sqlite_memory_mode
        with self._guard:
            is_kept = not self._closed and len(self._idle) < self.pool_size
            if is_kept:
                self._idle.append(conn)
        if not is_kept:
            conn.close()
        if takes_turns:
            self._turn.release()

    def close(self) -> None:
        """Close idle connections, and hand out no more."""
        with self._guard:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()


def _made(connection: sqlite3.Connection) -> SQLiteConnection:
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_WAIT}")
    connection.row_factory = sqlite3.Row  # as eventsourcing reads its own statements
    return SQLiteConnection(connection, max_age=None)


def _identity(file: str | None) -> tuple[int, int] | None:
    """The device and the inode of a file; None when it does not exist or cannot be read."""
    try:
        found = os.stat(file or "")
    except OSError:
        return None
    return found.st_dev, found.st_ino
