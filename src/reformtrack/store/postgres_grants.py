"""
The rights of the application's role in PostgreSQL: to read and append to the log, and nothing else.

The owner of the tables, another role, grants them. Derived tables belong to the role, which creates them.
"""

import re
from typing import Any

from psycopg import Connection
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Composed, Identifier

from reformtrack.domain.errors import StoreError
from reformtrack.store.log import LOG_TABLE, REQUESTS_TABLE
from reformtrack.store.postgres_schema import APPEND
from reformtrack.store.side_tables import SUBJECT_KEYS
from reformtrack.store.view_tables import NAMES

_LOG = """\
REVOKE ALL ON TABLE {log}, {requests} FROM PUBLIC, {role};
REVOKE ALL ON SEQUENCE {positions} FROM PUBLIC, {role};
REVOKE ALL ON FUNCTION {append} FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA {schema} TO {role};
GRANT SELECT ON TABLE {log}, {requests} TO {role};
GRANT INSERT (originator_id, originator_version, topic, state) ON TABLE {log} TO {role};
GRANT INSERT ON TABLE {requests} TO {role};
GRANT EXECUTE ON FUNCTION {append} TO {role}"""
"""INSERT without the position, which the server assigns, so that nothing can be inserted between records."""

_VIEWS = re.compile(f"reformtrack_views|reformtrack_({'|'.join(NAMES)})_[0-9]+")
_DERIVED = """
SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'r'
    AND starts_with(relname, 'reformtrack_') AND relname <> ALL(%s) ORDER BY relname
"""
_MAY_CREATE = "SELECT has_schema_privilege(%(role)s, %(schema)s::regnamespace, 'CREATE')"
_TOO_MUCH = """
SELECT count(*) FROM pg_roles AS other, pg_class AS log JOIN pg_namespace AS schema ON schema.oid = relnamespace
WHERE pg_has_role(%(role)s, other.oid, 'MEMBER') AND nspname = %(schema)s AND (
    relname = ANY(%(tables)s) AND (
        other.oid IN (relowner, nspowner) OR other.rolsuper
        OR other.rolname IN ('pg_execute_server_program', 'pg_write_server_files')
        OR other.rolcreaterole AND current_setting('server_version_num')::int < 160000
        OR has_sequence_privilege(other.oid, %(positions)s, 'USAGE, UPDATE')
        OR has_table_privilege(other.oid, log.oid, 'UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
        OR has_any_column_privilege(other.oid, log.oid, 'UPDATE, REFERENCES')
        OR relname = %(log)s AND has_column_privilege(other.oid, log.oid, 'position', 'INSERT'))
    OR relname = ANY(%(beside)s) AND (
        has_table_privilege(other.oid, log.oid, 'REFERENCES, TRIGGER')
        OR has_any_column_privilege(other.oid, log.oid, 'REFERENCES')))
"""


def grant(connection: Connection[Any], schema: str, role: str) -> list[str]:
    """
    Grant a role its rights, in the current transaction.

    The view tables are dropped, whoever created them, and the role rebuilds them. It may change the rows of the other
    tables beside the log, such as the outbox's and the subjects' keys.

    Args:
        connection: one of the owner of the tables.
        schema: where the tables are.
        role: there already.

    Returns:
        The statements that were run.

    Raises:
        StoreError: the role has more rights than these from elsewhere.
    """
    tables = [LOG_TABLE, REQUESTS_TABLE]
    cursor = connection.cursor(row_factory=tuple_row)
    name = SQL("{}").format(Identifier(schema)).as_string(connection)
    log = Identifier(schema, LOG_TABLE).as_string(connection)
    # Of its positions: whoever sets the sequence puts records between others.
    found = "SELECT relname FROM pg_class WHERE oid = pg_get_serial_sequence(%s, 'position')::regclass"
    [(sequence,)] = cursor.execute(found, (log,)).fetchall()
    positions = Identifier(schema, sequence)
    statements = [_log_statement(line, schema, role, positions) for line in _LOG.split(";\n")]
    beside = []
    for (derived,) in cursor.execute(_DERIVED, (name, tables)).fetchall():
        table, to = Identifier(schema, derived), Identifier(role)
        if _VIEWS.fullmatch(derived):
            statements.append(SQL("DROP TABLE {}").format(table))
        else:
            beside.append(derived)
            statements.append(SQL("REVOKE ALL ON TABLE {} FROM PUBLIC, {}").format(table, to))
            more = SQL(", TRUNCATE" if derived == SUBJECT_KEYS else "")  # which an erasure ends with
            statements.append(SQL("GRANT SELECT, INSERT, UPDATE, DELETE{} ON TABLE {} TO {}").format(more, table, to))
    for statement in statements:
        cursor.execute(statement)
    [(may_create,)] = cursor.execute(_MAY_CREATE, {"role": role, "schema": name}).fetchall()
    if not may_create:  # of a right that is another's to give, PostgreSQL only warns
        raise StoreError(
            "this role cannot let {role!r} make tables in the schema {schema!r}; accepted: the same by the owner of the schema",
            role=role,
            schema=schema,
        )
    given = {
        "role": role,
        "schema": schema,
        "tables": tables,
        "log": LOG_TABLE,
        "beside": beside,
        "positions": positions.as_string(connection),
    }
    [(too_much,)] = cursor.execute(_TOO_MUCH, given).fetchall()
    if too_much:
        raise StoreError(
            "the role {role!r} can change the log: it owns it, or has rights on it from elsewhere; accepted: a role "
            "that is not a superuser, does not own the tables or the schema, can make or give itself no other role, and is no "
            "member of one that does, or that runs programs or writes files on the server",
            role=role,
        )
    return [statement.as_string(connection) for statement in statements]


def _log_statement(line: str, schema: str, role: str, positions: Identifier) -> Composed:
    tables = {"log": LOG_TABLE, "requests": REQUESTS_TABLE, "append": APPEND}
    names = {"positions": positions, **{name: Identifier(schema, table) for name, table in tables.items()}}
    return SQL(line).format(schema=Identifier(schema), role=Identifier(role), **names)
