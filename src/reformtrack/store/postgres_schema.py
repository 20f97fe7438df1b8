"""
The schema in PostgreSQL: what is in it, and that it is ours.

The two tables of the log, triggers that refuse to change them, and the function by which all writing goes.
"""

import math
import re
from typing import Any

import psycopg
from eventsourcing.postgres import PostgresDatastore
from psycopg import Connection
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Composed, Identifier, Literal

from reformtrack.domain.errors import StoreError, StoreUnavailable
from reformtrack.domain.said import said
from reformtrack.store.log import LOG_TABLE, REQUESTS_TABLE
from reformtrack.store.patience import current_call

SCHEMA_VERSION = 1
"""The version of the tables and the function below, in the comment of the log table."""

LOCKS = 0x52464D54
"""The first number of the advisory locks that are taken; the second says for what, and for which schema."""

CHANNEL = "reformtrack_log"
"""The NOTIFY channel of each append; the payload is the schema."""

APPEND = "reformtrack_append"
LOCK = "SELECT pg_catalog.pg_advisory_xact_lock(%s, pg_catalog.hashtext(%s))"
SETTINGS = "search_path=pg_catalog, pg_temp"
"""The fixed search path of the functions, whoever calls them."""
_REFUSED = "23R01"  # of the class of integrity violations, so that it is one for eventsourcing too
_PASSING = ("08", "40", "25006", "53300", "57P01", "57P02", "57P03", "57P05")
"""
SQLSTATEs, or their prefixes, of transient errors: a lost connection, a transaction to try again, no leader any more,
too many connections, a server that is stopping, crashing, or starting, and a connection that was idle for too long.
"""
_COMING = re.compile("the database system is|closed the connection|connection is lost|session is read-only")
"""The messages of a server that is starting, stopping, crashing, or no longer the leader."""
OF_FOREIGN_KEYS = (
    "tgisinternal AND tgfoid IN (SELECT oid FROM pg_proc WHERE starts_with(proname, 'RI_FKey_') "
    "AND pronamespace = 'pg_catalog'::regnamespace)"
)
"""Whether a trigger is the server's own, of a foreign key, in SQL."""
_ARGUMENTS = (
    "ids text[], versions bigint[], topics text[], states bytea[], request text, instant text, lows text[], highs text[], "
    "positions bigint[], OUT stored bigint[], OUT latest text"
)
_STATEMENTS = """
CREATE SCHEMA IF NOT EXISTS {schema};
CREATE TABLE {log} (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    originator_id text COLLATE "C" NOT NULL,
    originator_version bigint NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL,
    UNIQUE (originator_id, originator_version)
);
CREATE TABLE {requests} (
    first_position bigint PRIMARY KEY,
    last_position bigint NOT NULL,
    request_id text COLLATE "C" NOT NULL UNIQUE,
    recorded_at text COLLATE "C" NOT NULL
);
CREATE FUNCTION {refuse}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log of reformtrack is append-only' USING ERRCODE = {refused};
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {log}
    FOR EACH STATEMENT EXECUTE FUNCTION {refuse}();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {requests}
    FOR EACH STATEMENT EXECUTE FUNCTION {refuse}();
CREATE FUNCTION {append}({arguments}) LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    condition record;
BEGIN
    PERFORM pg_advisory_xact_lock({locks}, hashtext({name}));
    IF request <> '' THEN
        SELECT recorded_at INTO latest FROM {requests} ORDER BY first_position DESC LIMIT 1;
        IF latest > instant THEN
            RETURN;
        END IF;
    END IF;
    FOR condition IN SELECT * FROM unnest(lows, highs, positions) AS given (low, high, since) LOOP
        -- By the index of streams: a plan without it, which the planner would choose, reads the log from there to its end.
        PERFORM FROM {log} WHERE originator_id >= condition.low AND originator_id < condition.high
            GROUP BY () HAVING max(position + 0) > condition.since;
        IF FOUND THEN
            RAISE EXCEPTION 'streams around changed meanwhile' USING ERRCODE = {refused};
        END IF;
    END LOOP;
    WITH inserted AS (
        INSERT INTO {log} (originator_id, originator_version, topic, state)
        SELECT id, version, topic, state
        FROM unnest(ids, versions, topics, states) WITH ORDINALITY AS given (id, version, topic, state, place)
        ORDER BY place
        RETURNING position
    )
    SELECT array_agg(position ORDER BY position) INTO stored FROM inserted;
    IF request <> '' THEN
        INSERT INTO {requests} VALUES (stored[1], stored[array_upper(stored, 1)], request, instant);
    END IF;
    PERFORM pg_notify({channel}, {name});
END $$;
COMMENT ON TABLE {log} IS {version};
"""


def prepare(datastore: PostgresDatastore) -> None:
    """
    Create the tables and the function if missing, and check that they are ours. One process at a time does it.

    Raises:
        StoreUnavailable: the server is starting, or is stopping, or changes its leader.
        StoreError: they are of another version, or the server cannot be reached: raised at once, without retries.
    """
    schema = datastore.schema
    log = f'"{schema}".{LOG_TABLE}'
    try:
        with (
            psycopg.connect(**_in_time(parameters_of(datastore))) as connection,
            connection.cursor(row_factory=tuple_row) as cursor,
        ):
            cursor.execute(LOCK, (LOCKS + 1, schema))
            cursor.execute(
                "SELECT to_regclass(%s) IS NOT NULL, obj_description(to_regclass(%s), 'pg_class')", (log, log)
            )
            [(found, version)] = cursor.fetchall()
            if not found:
                cursor.execute(_statements(schema))
            elif version != _version():
                raise StoreError(
                    "cannot open the schema {schema!r}: its tables are {version!r}; accepted: {accepted!r}, or a newer "
                    "reformtrack",
                    schema=schema,
                    version=version,
                    accepted=_version(),
                )
    except psycopg.Error as error:
        # Where no connection was made there is no SQLSTATE, only the server's words; other reasons may stay.
        comes = is_passing(error) if error.sqlstate else _COMING.search(str(error))
        kind = StoreUnavailable if comes else StoreError
        what = said(
            "cannot open the schema {schema!r}: {error}; accepted: a server that can be reached",
            schema=schema,
            error=str(error),
        )
        raise kind(what) from error


_IS_TRUSTED = """
SELECT pg_get_userbyid(proowner), proowner = relowner OR pg_get_userbyid(proowner) = current_user
FROM pg_proc, pg_class AS log WHERE pg_proc.oid = to_regprocedure(%s)::oid AND log.oid = to_regclass(%s)::oid
"""


_TYPES = "(text[], bigint[], text[], bytea[], text, text, text[], text[], bigint[])"


def functions(schema: str) -> dict[str, tuple[str, str]]:
    """The body and settings of each function, and its arguments with what it returns, by name and types."""
    refuse, append = _statements(schema).as_string().split("$$")[1::2]
    names = (Identifier(schema, name).as_string() for name in ("reformtrack_refuse", APPEND))
    made = (refuse, " RETURNS trigger"), (append + SETTINGS, f"{_ARGUMENTS} RETURNS record")
    return dict(zip((f"{next(names)}()", f"{next(names)}{_TYPES}"), made, strict=True))


def is_made(connection: Connection[Any], schema: str, function: str) -> bool:
    """
    Whether a function exists.

    Args:
        function: its name, with its types in parentheses.

    Raises:
        StoreError: it belongs to a role other than this one and the owner of the log.
    """
    names = tuple(f"{Identifier(schema).as_string()}.{name}" for name in (function, LOG_TABLE))
    found = connection.cursor(row_factory=tuple_row).execute(_IS_TRUSTED, names).fetchone()
    if found and not found[1]:
        raise of_another_role("function", function, found[0])
    return found is not None


def of_another_role(kind: str, what: str, owner: str) -> StoreError:
    """The error for a table or a function of a role that is neither this one nor the owner of the log."""
    return StoreError(
        "the {kind} {what} belongs to another role, {found!r}, and would run with the rights of this one; accepted: "
        "one that the owner of the log made, by opening the store so first, or by grant",
        kind=kind,
        what=what,
        found=owner,
    )


def is_passing(error: BaseException) -> bool:
    """Whether the connection was lost, the server is starting, stopping or no leader any more, or is out of connections."""
    if not isinstance(error, psycopg.Error) or isinstance(error, psycopg.InterfaceError):
        return isinstance(error, psycopg.InterfaceError)
    if error.sqlstate is None:  # raised by the client: there was no server to give one
        return isinstance(error, psycopg.OperationalError)
    return error.sqlstate.startswith(_PASSING)


def parameters_of(datastore: PostgresDatastore) -> dict[str, Any]:
    """The connection parameters of the pool."""
    kwargs = datastore.pool.kwargs
    if not isinstance(kwargs, dict):
        raise TypeError("the parameters of the pool are a mapping, as eventsourcing makes it")
    return kwargs


def _in_time(parameters: dict[str, Any]) -> dict[str, Any]:
    """The connection parameters with a timeout of the remaining retry budget, in whole seconds; at least two per host."""
    call, given = current_call(), int(parameters.get("connect_timeout", 0))
    left = math.inf if call is None else max(2, math.ceil(call.left))
    limit = min(given if given > 0 else math.inf, left)
    return parameters if math.isinf(limit) else {**parameters, "connect_timeout": limit}


def _version() -> str:
    return f"reformtrack {SCHEMA_VERSION}"


def _statements(schema: str) -> Composed:
    return SQL(_STATEMENTS).format(
        schema=Identifier(schema),
        name=Literal(schema),
        log=Identifier(schema, LOG_TABLE),
        requests=Identifier(schema, REQUESTS_TABLE),
        refuse=Identifier(schema, "reformtrack_refuse"),
        append=Identifier(schema, APPEND),
        arguments=SQL(_ARGUMENTS),
        locks=Literal(LOCKS),
        channel=Literal(CHANNEL),
        refused=Literal(_REFUSED),
        version=Literal(_version()),
    )
