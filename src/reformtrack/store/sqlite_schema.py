"""
The SQLite file: its path, its tables, and the check that it is ours.

The log is a table of our own. `AUTOINCREMENT` never uses a position twice, even if the newest row was deleted
externally; triggers refuse updates and deletes; the application id and user version identify the file.
"""

import re
import sqlite3
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

from reformtrack.domain.errors import StoreError
from reformtrack.domain.said import said, sentence
from reformtrack.store import tree, view_tables
from reformtrack.store.log import LOG_TABLE, REQUESTS_TABLE
from reformtrack.store.session import Session
from reformtrack.store.side_tables import prepare_outbox, prepare_subject_keys

APPLICATION_ID = 0x52464D54
"""SQLite's application id of a reformtrack file: "RFMT"."""

SCHEMA_VERSION = 1
"""The version of the tables below, in SQLite's user version."""
_OPEN_TIMEOUT = 10.0
DURABLE = "PRAGMA synchronous = FULL"
"""Set explicitly: some builds sync the write-ahead log only at checkpoints."""

_STATEMENTS = f"""
CREATE TABLE {LOG_TABLE} (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    originator_id TEXT NOT NULL,
    originator_version INTEGER NOT NULL,
    topic TEXT NOT NULL,
    state BLOB NOT NULL,
    UNIQUE (originator_id, originator_version)
);
CREATE TABLE {REQUESTS_TABLE} (
    first_position INTEGER PRIMARY KEY,
    last_position INTEGER NOT NULL,
    request_id TEXT NOT NULL UNIQUE,
    recorded_at TEXT NOT NULL
);
{
    "".join(
        f'''
CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table}
BEGIN SELECT RAISE(ABORT, 'the log of reformtrack is append-only'); END;
'''
        for table in (LOG_TABLE, REQUESTS_TABLE)
        for change in ("UPDATE", "DELETE")
    )
}PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA_VERSION};
"""


_ASKED = count()
_SPACES = re.compile(r"[ \t\n\f\r]+")
"""What is a space to SQLite: any other is a part of a name."""


def file_uri(path: str) -> str:
    """
    The SQLite URI of a file, with the path escaped.

    Raises:
        StoreError: the folder of the file does not exist.
    """
    resolved = Path(path).resolve()
    if not resolved.parent.is_dir():
        words = sentence("cannot open {path}: the folder {folder} does not exist; accepted: a file in a folder")
        raise StoreError(words, path=resolved, folder=resolved.parent)
    if resolved.is_dir():
        raise StoreError("cannot open {path}: it is a folder; accepted: a file", path=resolved)
    return f"file:{quote(str(resolved))}?mode=rwc"


def prepare(uri: str) -> sqlite3.Connection:
    """
    Open a store, create its tables if it is new, and check that it is ours.

    Several processes may do this at once: one creates the tables, the others wait for it.

    Returns:
        The connection, in autocommit mode.

    Raises:
        StoreError: it is not a SQLite file, or belongs to another program or a newer reformtrack.
    """
    try:
        connection = connect(uri)
        try:
            _use_write_ahead_log(connection)
            connection.execute("BEGIN IMMEDIATE")
            _create_or_check(connection, uri)
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        words = sentence("cannot open {uri}: {error}; accepted: a file of reformtrack, or a new name")
        raise StoreError(words, uri=uri, error=str(error)) from error
    return connection


def connect(uri: str) -> sqlite3.Connection:
    """A connection, for any thread, in autocommit mode, whose commits are durable when they are acknowledged."""
    connection = sqlite3.connect(
        uri, uri=True, timeout=_OPEN_TIMEOUT, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    connection.execute(DURABLE)
    return connection


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Retry, because changing the journal mode of a new file does not wait for other processes doing the same."""
    deadline = time.monotonic() + _OPEN_TIMEOUT
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _create_or_check(connection: sqlite3.Connection, uri: str) -> None:
    application_id = connection.execute("PRAGMA application_id").fetchone()[0]
    user_version = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not tables and not application_id:
        for statement in _statements():
            connection.execute(statement)
    elif application_id != APPLICATION_ID:
        raise StoreError(
            "cannot open {uri}: it belongs to another program; accepted: a file of reformtrack, or a new name", uri=uri
        )
    elif user_version != SCHEMA_VERSION:
        raise StoreError(
            "cannot open {uri}: its schema is version {found}; accepted: {accepted}, or a newer reformtrack",
            uri=uri,
            found=user_version,
            accepted=SCHEMA_VERSION,
        )


def redefined(session: Session, ours: Session) -> Iterator[str]:
    """
    The tables, indexes and triggers whose definitions are not reformtrack's, in words. Generations of views that are
    not read are left out.

    Args:
        session: reads the store.
        ours: an empty database, in which everything is created for comparison.
    """
    for statement in _statements():
        ours.execute(statement)
    needed = {name for _, name in _definitions(ours)}
    for prepare in (view_tables.prepare, tree.prepare, prepare_subject_keys, prepare_outbox):
        prepare(ours)
    found, optional = _definitions(session), _definitions(ours)
    if ("table", "reformtrack_views") in found and (tracking := view_tables.current(session)):
        view_tables.make(ours, tracking.generation)
        view_tables.index(ours, tracking.generation)
    needed |= {name for _, name in found} | {name for _, name in _definitions(ours).keys() - optional.keys()}
    right = {key: value for key, value in _definitions(ours).items() if value[0] in needed}
    tables_ = {table for table, _ in right.values()}
    beside = {key for key, (table, _) in found.items() if table.lower() in tables_}  # in whatever case it was given
    named = set[str]()
    for key in sorted(right.keys() | beside):
        name = " ".join(key)
        if found.get(key) != right.get(key):
            named.add((found.get(key) or right[key])[0].lower())
        if key not in found:
            yield said("the {object} is missing", object=name)
        elif key not in right:
            yield said("the {object} on {table} is not reformtrack's", object=name, table=found[key][0])
        elif found[key] != right[key]:
            yield said("the {object} is not as reformtrack makes it", object=name)
    for kind, table in sorted(right.keys() & found.keys()):
        if kind == "table" and table not in named and _in_use(session, table) != _in_use(ours, table):
            yield said("the {object} has triggers or indexes that are not reformtrack's", object=f"table {table}")


def _in_use(session: Session, table: str) -> tuple[list[int], list[tuple[Any, ...]]]:
    """
    How many triggers each change of a table runs, and its indexes: as SQLite takes them, whatever the columns beside their
    definitions say that they are of.
    """
    columns = ", ".join(f'"{name}" = "{name}"' for _, name, *_ in session.select(f'PRAGMA table_info("{table}")'))
    changes = f'INSERT INTO "{table}" DEFAULT VALUES', f'UPDATE "{table}" SET {columns}', f'DELETE FROM "{table}"'
    # Each with a number: SQLite crashes where it runs one again that it prepared before the definitions changed.
    steps = (session.select(f"EXPLAIN {change} -- {next(_ASKED)}") for change in changes)
    triggers = [sum(code == "Program" for _, code, *_ in of_change) for of_change in steps]
    return triggers, sorted(tuple(index)[1:] for index in session.select(f'PRAGMA index_list("{table}")'))


def _definitions(session: Session) -> dict[tuple[str, str], tuple[str, str]]:
    """By kind and name: the table and the SQL of each definition."""
    rows = session.select("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master")
    return {(kind, name): (table, _SPACES.sub(" ", sql)) for kind, name, table, sql in rows}


def _statements() -> list[str]:
    """Run the statements one by one: `executescript` would commit the surrounding transaction."""
    statements, lines = [], ""
    for line in _STATEMENTS.splitlines(keepends=True):
        lines += line
        if sqlite3.complete_statement(lines):
            statements.append(lines)
            lines = ""
    return statements
