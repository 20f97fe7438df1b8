"""
The Merkle tree within the appends of PostgreSQL: a function of the server, so that an append stays one round trip.

It does the same as `tree.grow`, in the same tables: `tests/seal/test_within_appends.py` compares the two.
"""

from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Composed, Identifier, Literal

from reformtrack.store.log import LOG_TABLE
from reformtrack.store.postgres_schema import LOCK, LOCKS, SETTINGS, is_made
from reformtrack.store.tree import FORMAT, SIZE_TABLE, TREE_TABLE

GROW = "reformtrack_grow_1"
"""The name of the function; a new version gets a new number, since a role cannot replace another role's function."""

_FUNCTION = """
CREATE FUNCTION {grow}() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kept record;
    news record;
    hash bytea;
    height integer;
    place bigint;
BEGIN
    INSERT INTO {sizes} AS sizes VALUES (1, 0, 0) ON CONFLICT (id) DO UPDATE SET size = sizes.size
        RETURNING sizes.size, sizes.position INTO kept;
    FOR news IN SELECT * FROM {log} AS log WHERE log.position > kept.position ORDER BY log.position LOOP
        hash := sha256('\\x00'::bytea || int4send({length}) || {format}::bytea || int4send(8) || int8send(kept.size)
            || int4send(8) || int8send(news.position)
            || int4send(octet_length(news.originator_id)) || convert_to(news.originator_id, 'UTF8')
            || int4send(8) || int8send(news.originator_version)
            || int4send(octet_length(news.topic)) || convert_to(news.topic, 'UTF8')
            || int4send(octet_length(news.state)) || news.state);
        INSERT INTO {tree} AS tree VALUES (0, kept.size / 256, news.position, hash) ON CONFLICT (level, tile) DO UPDATE
            SET position = news.position, hashes = substr(tree.hashes, 1, (kept.size % 256 * 32)::integer) || hash;
        kept.size := kept.size + 1;
        kept.position := news.position;
        height := 0;
        place := kept.size;
        WHILE place % 256 = 0 LOOP
            SELECT tree.hashes INTO hash FROM {tree} AS tree WHERE tree.level = height AND tree.tile = place / 256 - 1;
            WHILE octet_length(hash) > 32 LOOP
                SELECT string_agg(sha256('\\x01'::bytea || substr(hash, 64 * pair + 1, 64)), ''::bytea ORDER BY pair)
                    INTO hash FROM generate_series(0, octet_length(hash) / 64 - 1) AS pairs (pair);
            END LOOP;
            height := height + 1;
            place := place / 256;
            INSERT INTO {tree} AS tree VALUES (height, (place - 1) / 256, 0, hash) ON CONFLICT (level, tile) DO UPDATE
                SET hashes = substr(tree.hashes, 1, ((place - 1) % 256 * 32)::integer) || hash;
        END LOOP;
    END LOOP;
    UPDATE {sizes} AS sizes SET size = kept.size, position = kept.position WHERE id = 1;
END $$
"""


def functions(schema: str) -> dict[str, tuple[str, str]]:
    """Of the function, by its name, its body and its settings, and what it returns."""
    made = _function(schema).as_string().split("$$")[1] + SETTINGS
    return {f"{Identifier(schema, GROW).as_string()}()": (made, " RETURNS void")}


def _function(schema: str) -> Composed:
    return SQL(_FUNCTION).format(
        grow=Identifier(schema, GROW),
        log=Identifier(schema, LOG_TABLE),
        tree=Identifier(schema, TREE_TABLE),
        sizes=Identifier(schema, SIZE_TABLE),
        length=Literal(len(FORMAT)),
        format=Literal(FORMAT.decode()),
    )


def prepare(connection: Connection[Any], schema: str) -> None:
    """
    Create the function if missing.

    Raises:
        StoreError: it belongs to a role that is neither this one nor the owner of the log.
    """
    with connection.transaction():
        connection.execute(LOCK, (LOCKS + 1, schema))
        if not is_made(connection, schema, f"{GROW}()"):
            connection.execute(_function(schema))
