"""
What stands in a schema of PostgreSQL, held against what reformtrack makes there.

Whoever owns the tables can make the server answer otherwise than they say: by a rule, a policy, a trigger, an index of some of
the rows, a function with another body. None of that changes a row, so no checkpoint shows it.
"""

from collections.abc import Iterator
from typing import Any

from psycopg import Connection
from psycopg.rows import tuple_row
from psycopg.sql import SQL

from reformtrack.store import postgres_schema, postgres_tree
from reformtrack.store.log import LOG_TABLE, REQUESTS_TABLE

_TABLES = """
SELECT relname,
    relkind = 'r' AND NOT relrowsecurity AND NOT EXISTS (SELECT FROM pg_rewrite WHERE ev_class = pg_class.oid)
        AND NOT EXISTS (SELECT FROM pg_inherits WHERE pg_class.oid IN (inhparent, inhrelid)),
    ARRAY(SELECT format('%%s %%s %%s %%s', tgname, tgenabled, tgtype, proname)
        FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid WHERE tgrelid = pg_class.oid AND NOT tgisinternal),
    ARRAY(SELECT CASE WHEN indpred IS NULL AND indexprs IS NULL AND indisvalid AND indisready AND indnatts = indnkeyatts
                AND NOT EXISTS (SELECT FROM pg_opclass WHERE pg_opclass.oid = ANY(indclass) AND NOT opcdefault)
                AND NOT EXISTS (SELECT FROM unnest(indoption::int[]) AS option WHERE option <> 0)
                AND NOT EXISTS (SELECT FROM unnest(indcollation::oid[], indkey::int[]) AS part (collated, number)
                    JOIN pg_attribute ON attrelid = indrelid AND attnum = number WHERE collated <> attcollation)
            THEN (SELECT string_agg(attname, ',' ORDER BY place)
                FROM unnest(indkey::int[]) WITH ORDINALITY AS part (number, place)
                JOIN pg_attribute ON attrelid = indrelid AND attnum = number)
            ELSE 'not plain' END
        FROM pg_index WHERE indrelid = pg_class.oid ORDER BY 1),
    ARRAY(SELECT format('%%s %%s %%s %%s %%s', attname, format_type(atttypid, atttypmod), attnotnull, attidentity, collname)
        FROM pg_attribute LEFT JOIN pg_collation ON pg_collation.oid = attcollation
        WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum)
FROM pg_class
WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'v', 'm', 'f', 'p') AND starts_with(relname, 'reformtrack_')
ORDER BY relname
"""
_FUNCTION = """
SELECT prosrc || coalesce(array_to_string(proconfig, ';'), ''), lanname, prosecdef
FROM pg_proc JOIN pg_language ON pg_language.oid = prolang WHERE pg_proc.oid = to_regprocedure(%s)
"""
_COLUMNS = {
    LOG_TABLE: [
        "position bigint t a ",
        "originator_id text t  C",
        "originator_version bigint t  ",
        "topic text t  default",
        "state bytea t  ",
    ],
    REQUESTS_TABLE: [
        "first_position bigint t  ",
        "last_position bigint t  ",
        "request_id text t  C",
        "recorded_at text t  C",
    ],
}
_INDEXES = {
    LOG_TABLE: ["originator_id,originator_version", "position"],
    REQUESTS_TABLE: ["first_position", "request_id"],
}
_TRIGGERS = ["append_only O 58 reformtrack_refuse"]  # 58: before each statement of UPDATE, DELETE and TRUNCATE


def redefined(connection: Connection[Any], schema: str) -> Iterator[str]:
    """What of the tables beside and of the log, of their indexes and triggers and of the functions is not ours, in words."""
    cursor = connection.cursor(row_factory=tuple_row)
    for name, is_plain, triggers, indexes, columns in cursor.execute(SQL(_TABLES), (f'"{schema}"',)).fetchall():
        if not is_plain:
            yield f"the table {name} is not a plain table, or has rules, policies or child tables"
        if triggers != (_TRIGGERS if name in _COLUMNS else []):
            yield f"the triggers of the table {name} are {triggers}"
        if "not plain" in indexes or indexes != _INDEXES.get(name, indexes):
            yield f"the indexes of the table {name} are of {indexes}"
        if columns != _COLUMNS.get(name, columns):
            yield f"the columns of the table {name} are {columns}"
    for functions, is_needed in ((postgres_schema.functions, True), (postgres_tree.functions, False)):
        for function, right in functions(schema).items():
            found = cursor.execute(SQL(_FUNCTION), (function,)).fetchone()
            if found != (right, "plpgsql", False) and (found or is_needed):
                yield f"the function {function} is not as reformtrack makes it"
