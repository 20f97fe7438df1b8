"""
A transaction of PostgreSQL, for tables beside the log.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from psycopg import Connection, Cursor
from psycopg.rows import tuple_row
from psycopg.sql import Identifier

from reformtrack.store.postgres_schema import is_made


@lru_cache(maxsize=1_024)
def _qualified(statement: str, schema: str) -> bytes:
    """
    A statement in PostgreSQL's dialect, with the schema before each table of ours.

    No search path names the schema: whoever may create functions in it could have them called, by the owner too, in the
    place of the server's own whose types fit less exactly.
    """
    place = f"{Identifier(schema).as_string()}."
    return _OUR_TABLE.sub(lambda found: place + found[0], statement.replace("?", "%s")).encode()


_OUR_TABLE = re.compile(r"(?<![\w.'])(?<!INDEX )reformtrack_\w+")


class PostgresSession:
    """A transaction on a connection, whose statements name our tables without their schema."""

    text = 'text COLLATE "C"'
    blob = "bytea"
    clustered = ""

    def __init__(self, connection: Connection[Any], schema: str) -> None:
        self._connection, self._schema = connection, schema

    def make(self, table: str, columns: str, secret: str = "") -> None:
        if is_made(self._connection, self._schema, table):
            return
        self.execute(f"CREATE TABLE {table} ({columns})")
        if secret:  # ANALYZE keeps samples of a column's values where no deletion reaches them
            # In a block, because psycopg forgets what it prepared after an ALTER, and in a pipeline what it prepares since too.
            self.execute(f"DO $$ BEGIN ALTER TABLE {table} ALTER {secret} SET STATISTICS 0; END $$")

    def select(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        return self._run(statement, parameters).fetchall()

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        self._run(statement, parameters)

    def many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        if rows:
            self._connection.cursor().executemany(_qualified(statement, self._schema), rows)

    def _run(self, statement: str, parameters: Sequence[Any]) -> Cursor[Any]:
        cursor = self._connection.cursor(row_factory=tuple_row)
        return cursor.execute(_qualified(statement, self._schema), parameters)
