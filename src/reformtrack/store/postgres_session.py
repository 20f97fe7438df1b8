"""A transaction of PostgreSQL, for tables beside the log."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import psycopg
from psycopg import Connection, Cursor
from psycopg.rows import tuple_row
from psycopg.sql import Identifier

from reformtrack.domain.errors import StoreError
from reformtrack.store.log import LOG_TABLE, REQUESTS_TABLE
from reformtrack.store.postgres_schema import OF_FOREIGN_KEYS, of_another_role

_OUR_TABLE = re.compile(r"(?<![\w.'])(?<!INDEX )reformtrack_\w+")
_CREATES = re.compile(r"\s*CREATE TABLE\b")
_WRITES = re.compile(r"\s*(?:INSERT|UPDATE|DELETE|WITH\b.*\b(?:INSERT|UPDATE|DELETE))\b", re.DOTALL)
_MAKES = re.compile(r"\s*(?:CREATE TABLE|DROP TABLE IF EXISTS)\b")
_OWNERS = f"""
SELECT made.relname, pg_get_userbyid(made.relowner),
    (made.relowner = log.relowner OR pg_get_userbyid(made.relowner) = current_user) AND made.relkind IN ('r', 'S')
        AS is_trusted,
    NOT EXISTS (SELECT FROM pg_rewrite WHERE ev_class = made.oid)
        AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = made.oid AND NOT ({OF_FOREIGN_KEYS}))
        AS is_plain, made.oid,
    EXISTS (SELECT FROM aclexplode(coalesce(nspacl, acldefault('n', nspowner)))
        WHERE privilege_type = 'CREATE' AND grantee <> log.relowner AND pg_get_userbyid(grantee) <> current_user)
FROM pg_class AS log JOIN pg_class AS made USING (relnamespace) JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname = %s AND log.relname = %s AND starts_with(made.relname, 'reformtrack_') AND made.relkind NOT IN ('i', 'I')
"""
_REVOKE = """
DO $$ DECLARE other record; BEGIN
    FOR other IN SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END AS name
        FROM pg_class, aclexplode(relacl) WHERE pg_class.oid = {literal}::regclass AND grantee <> relowner
    LOOP EXECUTE 'REVOKE TRIGGER, REFERENCES ON {table} FROM ' || other.name; END LOOP;
END $$
"""
"""Default privileges may give others these rights on a new table: their triggers would run with the rights of who writes."""


def quoted(text: str) -> str:
    """A text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


@lru_cache(maxsize=1_024)
def _qualified(statement: str, schema: str) -> tuple[bytes, frozenset[str]]:
    """
    A statement in PostgreSQL's dialect, with the schema before each table of ours; and the tables beside the log that it names.

    No search path names the schema: whoever may create functions in it could have them called, by the owner too, in the
    place of the server's own whose types fit less exactly.
    """
    place = f"{Identifier(schema).as_string()}."
    named = frozenset(_OUR_TABLE.findall(statement)) - {LOG_TABLE, REQUESTS_TABLE}
    return _OUR_TABLE.sub(lambda found: place + found[0], statement.replace("?", "%s")).encode(), named


class _Found(NamedTuple):
    """A table beside the log."""

    owner: str
    is_trusted: bool
    """Whether this role made it, or the owner of the log."""
    is_plain: bool
    """Whether it has no rules and no triggers."""
    oid: int
    others_may_create: bool
    """Whether a role that is neither may put another table in its place."""


_OURS = _Found("", True, True, 0, False)
"""One that this transaction has made."""


class PostgresSession:
    """
    A transaction on a connection, whose statements name our tables without their schema.

    It touches no table that a role made which is neither this one nor the owner of the log, and writes none with rules or
    triggers: these would run that role's functions with the rights of this one.
    """

    text = 'text COLLATE "C"'
    blob = "bytea"
    clustered = ""

    def __init__(self, connection: Connection[Any], schema: str) -> None:
        self._connection, self._schema = connection, schema
        self._found: dict[str, _Found] | None = None
        """By name: the tables of ours that there are, as of the first one that was asked for."""
        self._locked = set[str]()
        """Tables in whose place nobody can put another before the transaction ends."""

    def make(self, table: str, columns: str, secret: str = "") -> None:
        if self._of(table) is not None:
            return
        self.execute(f"CREATE TABLE {table} ({columns})")
        if secret:  # ANALYZE keeps samples of a column's values where no deletion reaches them
            # In a block, because psycopg forgets what it prepared after an ALTER, and in a pipeline what it prepares since too.
            self.execute(f"DO $$ BEGIN ALTER TABLE {table} ALTER {secret} SET STATISTICS 0; END $$")

    def select(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        return self._run(statement, parameters).fetchall()

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        self._run(statement, parameters)
        if _CREATES.match(statement):
            for table in _qualified(statement, self._schema)[1]:
                place = Identifier(self._schema, table).as_string()
                revoked = _REVOKE.replace("{literal}", quoted(place)).replace("{table}", place.replace("'", "''"))
                self._connection.execute(revoked.encode())

    def many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        if rows:
            self._connection.cursor().executemany(self._trusted(statement), rows)

    def _run(self, statement: str, parameters: Sequence[Any]) -> Cursor[Any]:
        cursor = self._connection.cursor(row_factory=tuple_row)
        return cursor.execute(self._trusted(statement), parameters)

    def _trusted(self, statement: str) -> bytes:
        """
        A statement whose tables are there, and trusted; one that makes a table trusts it from then on.

        Raises:
            StoreError: one belongs to another role; one that is written has rules or triggers.
            psycopg.errors.UndefinedTable: one is not there.
        """
        qualified, named = _qualified(statement, self._schema)
        makes = _MAKES.match(statement) is not None
        writes = _WRITES.match(statement) is not None
        there = [self._of(table) for table in named]
        if makes:
            if self._found is not None:
                self._found.update((table, _OURS) for table in named)
                self._locked.update(named)
            return qualified
        for table, found in zip(named, there, strict=True):
            if found is None:
                raise psycopg.errors.UndefinedTable(table)
            if writes and not found.is_plain:
                raise StoreError(
                    "the table {table} has a trigger or a rule, which would run with the rights of this role; accepted: one "
                    "without, as reformtrack makes it",
                    table=table,
                )
            if found.others_may_create and table not in self._locked:
                self._lock(table, found, "ROW EXCLUSIVE" if writes else "ACCESS SHARE")
        return qualified

    def _lock(self, table: str, found: _Found, mode: str) -> None:
        """
        Let nobody put another table in the place of one that is about to be used.

        Even to plan a query calls functions of a table's indexes. The name is looked up as it is now, not as it was when a
        transaction that repeats its reads began.

        Raises:
            StoreError: somebody has put one there, which belongs to another role.
            psycopg.errors.UndefinedTable: it has gone meanwhile.
        """
        place = Identifier(self._schema, table).as_string()
        self._connection.execute(f"LOCK TABLE ONLY {place} IN {mode} MODE".encode())
        now = self._connection.cursor(row_factory=tuple_row).execute("SELECT to_regclass(%s)::oid", [place]).fetchone()
        if now != (found.oid,):
            self._found = None
            self._of(table)
            raise psycopg.errors.UndefinedTable(table)
        self._locked.add(table)

    def _of(self, table: str) -> _Found | None:
        """
        A table, if it exists, as of the first one of the transaction that was asked for.

        Raises:
            StoreError: it belongs to another role.
        """
        if self._found is None:
            cursor = self._connection.cursor(row_factory=tuple_row)
            rows = cursor.execute(_OWNERS, (self._schema, LOG_TABLE)).fetchall()
            self._found = {name: _Found._make(row) for name, *row in rows}
        found = self._found.get(table)
        if found is not None and not found.is_trusted:
            raise of_another_role("table", table, found.owner)
        return found
