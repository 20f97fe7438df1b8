"""What opens a log in PostgreSQL: its settings and its URL."""

import re
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import psycopg
from eventsourcing.persistence import PersistenceError
from eventsourcing.postgres import PostgresFactory
from eventsourcing.utils import Environment
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from reformtrack.domain.errors import StoreError, StoreUnavailable
from reformtrack.store.log import NOT_OPENED, URL_KEY
from reformtrack.store.postgres import PostgresLogRecorder
from reformtrack.store.postgres_pool import CONNECTION_WAIT, NETWORK, LogPool
from reformtrack.store.postgres_schema import is_passing, parameters_of, prepare


class PostgresLogFactory(PostgresFactory):
    """
    Creates our recorder in place of eventsourcing's.

    Raises:
        StoreError: a setting is refused.
    """

    def __init__(self, env: Environment) -> None:
        if env.get(self.POSTGRES_ENABLE_DB_FUNCTIONS):
            raise StoreError(
                "the setting {setting} is refused: with it, a reader that follows the log loses events; accepted: "
                "settings without it",
                setting=self.POSTGRES_ENABLE_DB_FUNCTIONS,
            )
        url = env.get(URL_KEY)
        given = connection_parameters(url) if url else {}
        settings = {"POSTGRES_SCHEMA": given.pop("schema", ""), **env, "ORIGINATOR_ID_TYPE": "text"}
        if url:  # eventsourcing wants to have these; the URL decides
            settings |= dict.fromkeys(("POSTGRES_DBNAME", "POSTGRES_HOST", "POSTGRES_USER", "POSTGRES_PASSWORD"), "")
        super().__init__(Environment(env.name, settings))
        kwargs: dict[str, Any] = {"row_factory": dict_row, **given} if url else parameters_of(self.datastore)
        # The append function must see everything committed before it got the lock, and must not call functions that
        # another role put into the search path, or into a policy of a table that it put in the place of another.
        fixed = "-c default_transaction_isolation=read\\ committed -c search_path=pg_catalog -c row_security=off"
        kwargs["options"] = f"{kwargs.get('options', '')} {fixed}".strip()
        pool = self.datastore.pool = LogPool(self.datastore, {**NETWORK, **kwargs})
        if float(given.get("connect_timeout", 0)) > 0:  # libpq's 0 is no limit
            pool.timeout = float(given["connect_timeout"])
        elif not env.get(self.POSTGRES_CONNECT_TIMEOUT):
            pool.timeout = CONNECTION_WAIT

    def application_recorder(self) -> PostgresLogRecorder:
        """
        The recorder of the log, its tables made and checked.

        Raises:
            StoreUnavailable: the server has ended the connection meanwhile.
        """
        prepare(self.datastore)
        try:
            return PostgresLogRecorder(self.datastore)
        except PersistenceError as error:
            self.datastore.close()
            if is_passing(error.__cause__ or error):
                raise StoreUnavailable(NOT_OPENED, error=str(error)) from error
            raise


def connection_parameters(url: str) -> dict[str, Any]:
    """
    The connection parameters of a URL: libpq's own, including several hosts and TLS, and `schema`.

    Raises:
        StoreError: it is not such a URL. The message has no password.
    """
    unclear = StoreError(
        "unknown store: a URL of PostgreSQL whose password, hosts or ports cannot be told apart; accepted: "
        "postgresql://user:password@host1,host2:port/database, with %40 for @, %2F for /, %3F for ?, %23 for #, %5B "
        "for [, %3D for = and %3B for ;"
    )
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets may be in the password, and the message would quote a piece of it
        raise unclear from None
    if {"@", "=", ";"} & set(parts.path) or parts.fragment or parts.netloc.count("@") > 1:
        # A piece of the password would be taken for a host, and named in an error.
        raise unclear
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    schema = query.pop("schema", "")
    address = f"{parts.scheme}://{parts.netloc}{parts.path}"
    try:
        found: dict[str, Any] = conninfo_to_dict(f"{address}?{urlencode(query, quote_via=quote)}")
        is_read = re.fullmatch("-?[0-9]{1,9}", found.get("connect_timeout", "0")) is not None
    except (psycopg.ProgrammingError, UnicodeError):
        is_read = False
    if not is_read:
        raise StoreError(
            "unknown store: a URL of PostgreSQL that cannot be read; accepted: "
            "postgresql://user:password@host1,host2:port/database?parameter=value, with libpq's parameters and "
            "schema"
        )
    return {**found, "schema": schema} if schema else found
