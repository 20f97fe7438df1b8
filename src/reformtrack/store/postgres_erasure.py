"""How PostgreSQL forgets deleted rows: the table is moved to a new file."""

import psycopg
from eventsourcing.postgres import PostgresDatastore
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from reformtrack.domain.said import said
from reformtrack.store.log import left

_LOCK_TIMEOUT = "100ms"  # short, because everybody queues behind a waiter for such a lock
_SAMPLED = "SELECT 1 FROM pg_stats WHERE (schemaname, tablename, attname) = (%s, %s, %s)"
_ALSO_SAMPLED = """
SELECT 'INDEX ' || indexrelid::regclass FROM pg_index WHERE indrelid = to_regclass(%(table)s) AND indexprs IS NOT NULL
UNION ALL SELECT format('STATISTICS %%I.%%I', stxnamespace::regnamespace, stxname) FROM pg_statistic_ext
    WHERE stxrelid = to_regclass(%(table)s)
"""
"""What somebody made of a table's columns, whose values ANALYZE keeps samples of."""


def rewritten(datastore: PostgresDatastore, table: str, secret: str) -> bool:
    """
    Move a table to a new file; the old one is emptied with the commit. Returns False while somebody reads the
    table.

    VACUUM FULL would not do: it keeps each deleted row that an older transaction may see, on whichever machine. FREEZE lets
    those transactions see the rows that stay.
    """
    place = Identifier(datastore.schema, table)
    with datastore.get_connection() as connection:
        cursor = connection.cursor(row_factory=tuple_row)
        try:
            with connection.transaction():
                cursor.execute(SQL("SET LOCAL lock_timeout = {}").format(_LOCK_TIMEOUT))
                cursor.execute(SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(place))
                rows = cursor.execute(SQL("SELECT * FROM {}").format(place)).fetchall()
                cursor.execute(SQL("TRUNCATE {}").format(place))
                with cursor.copy(SQL("COPY {} FROM STDIN (FREEZE)").format(place)) as copy:
                    for row in rows:
                        copy.write_row(row)
        except psycopg.errors.LockNotAvailable:
            return False
        except psycopg.errors.InsufficientPrivilege as error:
            accepted = said("erase again as its owner, or as a role that its owner has granted its rights since")
            raise left(table, said("this role may not empty the table"), accepted) from error
        if cursor.execute(_SAMPLED, (datastore.schema, table, secret)).fetchone():
            accepted = said(
                'ALTER TABLE {table} ALTER {column} TYPE text COLLATE "C", ALTER {column} SET STATISTICS 0, then, as a '
                "superuser, VACUUM FULL pg_statistic",
                table=table,
                column=secret,
            )
            raise left(table, said("its statistics have samples of it"), accepted)
        if made := cursor.execute(_ALSO_SAMPLED, {"table": place.as_string()}).fetchall():
            names = ", ".join(name for (name,) in made)
            accepted = said(
                "DROP {names}, then, as a superuser, VACUUM FULL pg_statistic, pg_statistic_ext_data, and erase again",
                names=names,
            )
            raise left(table, said("its statistics have samples of it"), accepted)
        return True
