"""PostgreSQL: what the library below gets wrong, and what only a server can do."""

import logging
import re
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from operator import attrgetter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from reformtrack import StoreError, Tracker
from reformtrack.domain.errors import StoreUnavailable
from reformtrack.errors import UnreadableRecord
from reformtrack.events import ActivityStarted
from reformtrack.store import view_reads, view_tables
from reformtrack.store.application import settings_of
from reformtrack.store.patience import patience
from reformtrack.store.postgres_factory import connection_parameters
from tests.support import ADOPTED, adopted, scheduled, tamper

SECRET = "bí-mật-47"


def schema_of(url: str) -> str:
    return url.rpartition("=")[2]


def sql(url: str, statement: str) -> list[Any]:
    """A statement run behind reformtrack's back."""
    address, _, schema = url.rpartition("&schema=")
    with psycopg.connect(address, autocommit=True) as connection:
        cursor = connection.execute(f"SET search_path = {schema}")
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def tracker(postgres: str) -> Iterator[Tracker]:
    with Tracker(postgres) as tracker:
        tracker.record(adopted(), scheduled(), by="tester", request_id="first")
        yield tracker


@pytest.mark.parametrize("table", ["reformtrack_log", "reformtrack_requests"])
@pytest.mark.parametrize("change", ["UPDATE {} SET recorded_at = ''", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_log_refuses_to_be_changed(tracker: Tracker, postgres: str, table: str, change: str) -> None:
    """Triggers stand in the database itself."""
    column = "topic" if table.endswith("log") else "request_id"
    with pytest.raises(psycopg.IntegrityError, match="append-only"):
        sql(postgres, change.format(table).replace("recorded_at", column))
    assert 2 == len(list(tracker.log.records()))


def test_the_log_is_read_without_reformtrack(tracker: Tracker, postgres: str) -> None:
    """Plain columns and JSON."""
    rows = sql(
        postgres, "SELECT originator_id, convert_from(state, 'utf8')::json -> 'event' ->> 'on' FROM reformtrack_log"
    )
    assert [("p", ADOPTED.isoformat()), ("p/1.01", ADOPTED.isoformat())] == rows


def rows_read(url: str, work: Callable[[Tracker], None]) -> int:
    """How many rows of the log the server reads for some work, by scans of the table or of an index."""
    question = (
        "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_user_tables "
        f"WHERE schemaname = '{schema_of(url)}' AND relname = 'reformtrack_log'"
    )
    [[before]] = sql(url, question)
    with Tracker(url.replace("&schema=", "&application_name=counted&schema=")) as tracker:
        work(tracker)
    while sql(url, "SELECT 1 FROM pg_stat_activity WHERE application_name = 'counted'"):
        time.sleep(0.01)  # a process of the server has told what it read when it is gone
    [[after]] = sql(url, question)
    return int(after - before)


@pytest.mark.parametrize("analyzed", [False, True])
def test_a_record_in_a_long_log_reads_only_its_streams(postgres: str, analyzed: bool) -> None:
    """Whatever the server knows of the table, and when it has gone over from plans for one question to one for all."""

    def record_all(tracker: Tracker) -> None:
        tracker.record(adopted(), *(scheduled(f"p/{n}") for n in range(3_000)), by="a")

    def start_some(tracker: Tracker) -> None:
        for number in range(20):
            tracker.record(ActivityStarted(f"p/{number}", on=ADOPTED), by="a")

    def ask_for_the_head(tracker: Tracker) -> None:
        for _ in range(20):
            tracker.log.head()

    with Tracker(postgres):
        assert 0 == rows_read(postgres, lambda tracker: None)
    rows_read(postgres, record_all)
    if analyzed:
        sql(postgres, "ANALYZE reformtrack_log")
    assert 20 <= rows_read(postgres, start_some) < 20 * 20
    assert 20 <= rows_read(postgres, ask_for_the_head) < 20 * 20


def test_two_schemas_are_two_stores(tracker: Tracker, server: str) -> None:
    """As two files are."""
    with Tracker(f"{server}&schema=apart") as other:
        assert [] == list(other.log.records())


def test_the_cells_of_a_country_do_not_fall_together(tracker: Tracker, postgres: str) -> None:
    """PostgreSQL hashes both halves of a number into one: groups by cells alone took 44 s, in 26,773 batches."""
    tracker.views.catch_up()
    packed = f"{view_tables.cell(1, 0, 0)}::bigint * j + {view_tables.cell(0, 1, 0)} * d + k"
    numbers = "generate_series(1, 2300) j, generate_series(1, 7) d, generate_series(0, 3) k"
    sql(postgres, f"INSERT INTO reformtrack_today_1 SELECT {packed}, 738000, 1 FROM {numbers}")
    sql(postgres, "ANALYZE reformtrack_today_1")

    def explained(statement: str, parameters: Sequence[Any]) -> list[Any]:
        return sql(postgres, "EXPLAIN (ANALYZE) " + statement.replace("?", "{}").format(*parameters))

    session: Any = SimpleNamespace(clustered="", select=explained)
    plan = "\n".join(row[0] for row in view_reads.today(session, 1, 738_001, ("jurisdiction", "domain")))
    assert "rows=64400.00" in plan
    assert all(int(batches) < 100 for batches in re.findall(r"Batches: (\d+)", plan)), plan


def test_tables_of_another_version_are_refused(tracker: Tracker, postgres: str) -> None:
    """A newer reformtrack made them."""
    sql(postgres, "COMMENT ON TABLE reformtrack_log IS 'reformtrack 99'")
    with pytest.raises(StoreError, match="its tables are 'reformtrack 99'"):
        Tracker(postgres)


@pytest.mark.parametrize("value", ["y", "yes", "1"])
def test_functions_without_a_lock_are_refused(value: str) -> None:
    """With them a reader that follows the log loses events."""
    env = {"PERSISTENCE_MODULE": "eventsourcing.postgres", "POSTGRES_ENABLE_DB_FUNCTIONS": value}
    with pytest.raises(StoreError, match="loses events"):
        Tracker(env=env)


def test_eventsourcings_own_settings_open_the_store(server: str, tmp_path: Path) -> None:
    """Where they are given as such."""
    host = server.rpartition("host=")[2]
    env = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": "postgres",
        "POSTGRES_HOST": host,
        "POSTGRES_USER": "postgres",
        "POSTGRES_PASSWORD": SECRET,
        "POSTGRES_SCHEMA": "by_settings",
    }
    with Tracker(env=env) as tracker:
        tracker.record(adopted(), by="tester")
    with Tracker(f"{server}&schema=by_settings") as tracker:
        assert 1 == tracker.log.position()


def test_a_url_has_several_hosts_and_parameters_of_a_connection() -> None:
    """libpq's own pass through; the schema is ours."""
    url = "postgresql://u:p%40ss@a:5432,b:5433/db?target_session_attrs=read-write&sslmode=verify-full&schema=tỉnh&options=-c%20role%3Dapp"
    assert {
        "user": "u",
        "password": "p@ss",
        "host": "a,b",
        "port": "5432,5433",
        "dbname": "db",
        "target_session_attrs": "read-write",
        "sslmode": "verify-full",
        "schema": "tỉnh",
        "options": "-c role=app",
    } == connection_parameters(url)


@pytest.mark.parametrize("rest", ["/db?connect_timeout=soon", "/%d4", ":x[y]z@h/db", "/\udcff"])
def test_a_url_that_cannot_be_read_is_refused_and_none_of_it_is_said(rest: str) -> None:
    """What is in brackets may be a piece of a password."""
    with pytest.raises(StoreError, match="accepted: postgresql") as caught:
        Tracker(f"postgresql://u{rest}")
    assert rest[1:] not in "".join(traceback.format_exception(caught.value))


def test_the_second_host_is_tried_when_the_first_is_not_there(postgres: str) -> None:
    """As with a cluster whose leader moved."""
    address, _, schema = postgres.rpartition("&schema=")
    folder = address.rpartition("host=")[2]
    url = f"postgresql://postgres@/postgres?host=/nowhere,{folder}&target_session_attrs=read-write&schema={schema}"
    with Tracker(url) as tracker:
        tracker.record(adopted(), by="tester")


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://u:{SECRET}@/db?host=/nowhere&connect_timeout=1",
        f"postgresql://u:{SECRET}@localhost:{SECRET}/db",
        f"postgresql://u:{SECRET}@localhost/db?no_such=parameter",
        f"postgres//u:{SECRET}@localhost/db",
        f"mysql://u:{SECRET}@localhost/db",
    ],
)
def test_a_password_never_shows(url: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    """Not in an error and what caused it, not in a log, not in a repr."""
    caplog.set_level(logging.DEBUG)
    with patience(0.1), pytest.raises(StoreError) as caught:
        Tracker(url)
    shown = (
        "".join(traceback.format_exception(caught.value))
        + repr(caught.value)
        + caplog.text
        + "".join(capfd.readouterr())
    )
    assert SECRET not in shown


def test_the_repr_of_a_tracker_has_no_password(postgres: str) -> None:
    """It says what it is, and no more."""
    assert SECRET not in repr(Tracker) + repr(settings_of)


def test_an_unreadable_record_is_listed(tracker: Tracker, postgres: str) -> None:
    """Its plan raises, and the quarantine names it."""
    tamper(postgres, "UPDATE reformtrack_log SET topic = 'X.1' WHERE originator_id = 'p/1.01'")
    [error] = tracker.log.quarantine()
    assert ("p/1.01", 1, "name") == (error.stream, error.version, error.field)
    with pytest.raises(UnreadableRecord):
        tracker.plan("p").progress()


SOON = 30.0
"""Less than the minute, in seconds, that a call waits for a server, and more than one that does not wait may take."""


class DroppingProxy:
    """
    Stands between the tracker and the server, and drops a connection when it was asked to.

    It waits for the server's reply to an append, which comes after its commit, and closes both sides without handing it on.
    It can also end all connections at once, or go on holding them and hand nothing on, while new ones are served.
    """

    def __init__(self, folder: Path, server: str) -> None:
        self.server = str(Path(server) / ".s.PGSQL.5432")
        self.drops = 0
        self.needle: bytes | None = None
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(folder / ".s.PGSQL.5432"))
        self.path = folder / ".s.PGSQL.5432"
        self.listener.listen()
        self.open: list[socket.socket] = []
        self.deaf: set[socket.socket] = set()
        self.stopped = False
        self.lock = threading.Lock()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                with self.lock:  # a pool connects in the background: nobody is served while, or after, the rest are cut
                    if self.stopped:
                        client.close()
                        return
                    server = socket.socket(socket.AF_UNIX)
                    server.connect(self.server)
                    self.open += [client, server]
                marked = threading.Event()
                threading.Thread(target=self.forward, args=(client, server, marked, True), daemon=True).start()
                threading.Thread(target=self.forward, args=(server, client, marked, False), daemon=True).start()

    def stop(self) -> None:
        """Nobody is reached any more."""
        self.path.unlink()
        self.stopped = True
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.cut()

    def cut(self) -> None:
        """End every connection that there is; new ones are served."""
        with self.lock:
            for end in self.open:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def swallow(self) -> None:
        """Hand nothing on from now on, and let nobody know; new connections are served."""
        self.deaf.update(self.open)

    def forward(self, source: socket.socket, target: socket.socket, marked: threading.Event, to_server: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if source in self.deaf:
                    continue
                if to_server and self.needle and self.needle in data:
                    marked.set()
                elif not to_server and marked.is_set():
                    self.drops, self.needle = self.drops + 1, None
                    break
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@pytest.mark.parametrize("named", [True, False])
def test_an_append_whose_connection_dies_after_the_commit_comes_back_with_its_own_records(
    postgres: str, tmp_path_factory: pytest.TempPathFactory, named: bool
) -> None:
    """Success, whether or not the caller named the request; and nothing is recorded twice."""
    address, _, schema = postgres.rpartition("&schema=")
    folder = tmp_path_factory.mktemp("p")
    proxy = DroppingProxy(folder, address.rpartition("host=")[2])
    with Tracker(f"postgresql://postgres@/postgres?host={folder}&schema={schema}") as tracker:
        tracker.record(adopted(), scheduled(), by="tester")
        for number in range(10):
            proxy.needle = f"drop-{number}".encode()
            records = tracker.record(
                scheduled(f"p/2.{number}", title=f"drop-{number}"),
                by="tester",
                request_id=f"r{number}" if named else None,
            )
            assert records == tracker.log.history(f"p/2.{number}")
    assert 10 == proxy.drops
    proxy.stop()


def test_a_request_that_is_found_is_acknowledged_when_the_standby_has_it_too(tracker: Tracker, postgres: str) -> None:
    """After a crash of the leader it may have been committed there alone."""

    def again() -> threading.Thread:
        thread = threading.Thread(
            target=lambda: tracker.record(adopted(), scheduled(), by="tester", request_id="first"), daemon=True
        )
        thread.start()
        thread.join(0.5)
        return thread

    assert not again().is_alive()
    sql(postgres, "ALTER SYSTEM SET synchronous_standby_names = 'one_that_is_away'")
    try:
        sql(postgres, "SELECT pg_reload_conf()")
        waiting = next(thread for thread in (again() for _ in range(10)) if thread.is_alive())
        assert [(1,)] == sql(postgres, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
    finally:
        sql(postgres, "ALTER SYSTEM RESET synchronous_standby_names")
        sql(postgres, "SELECT pg_reload_conf()")
    waiting.join(10)
    assert not waiting.is_alive()


def test_a_follower_goes_on_when_its_connections_are_lost(tracker: Tracker, postgres: str) -> None:
    """Misses nothing and doubles nothing."""
    stop = threading.Event()
    with Tracker(postgres) as reader:
        followed = reader.log.follow(after=2, stop=stop)
        for number in range(3, 8):
            tracker.record(adopted(f"p-{number}"), by="tester")
            record = next(followed)
            assert (f"p-{number}", number) == (record.stream, record.position)
            sql(postgres, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
        stop.set()
        assert [] == list(followed)


def test_a_store_that_cannot_be_reached_is_asked_again_and_then_said_to_be_so(
    postgres: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Nothing is acknowledged that is not stored; a reader gets an error of its own."""
    address, _, schema = postgres.rpartition("&schema=")
    folder = tmp_path_factory.mktemp("p")
    proxy = DroppingProxy(folder, address.rpartition("host=")[2])
    url = f"postgresql://postgres@/postgres?host={folder}&connect_timeout=1&schema={schema}"
    with patience(0.3), Tracker(url) as tracker:
        tracker.record(adopted(), scheduled(), by="tester")
        proxy.stop()
        tracker._store.recorder.datastore.pool.timeout = 0.2  # type: ignore[attr-defined]
        with pytest.raises(StoreUnavailable):
            tracker.record(ActivityStarted("p/1.01", on=ADOPTED), by="tester")
        with pytest.raises(StoreUnavailable):
            tracker.plan("p", on=date(2023, 6, 30))
    with Tracker(postgres) as tracker:
        assert 2 == tracker.log.position()


@pytest.mark.parametrize(
    "needle",
    [
        "pg_advisory_xact_lock",
        ".reformtrack_views",
        "originator_id >= $1",
        'INSERT INTO "',
        "COMMIT",
        "READ ONLY",
    ],
)
@pytest.mark.parametrize("call", ["views.catch_up", "views.rebuild", "rollup"])
def test_views_are_kept_and_read_when_connections_die_in_the_middle(
    postgres: str, tmp_path_factory: pytest.TempPathFactory, needle: str, call: str
) -> None:
    """What is lost with a connection is done again from the beginning, not asked again on it."""
    address, _, schema = postgres.rpartition("&schema=")
    folder = tmp_path_factory.mktemp("p")
    proxy = DroppingProxy(folder, address.rpartition("host=")[2])
    on = date(2023, 12, 31)
    with Tracker(f"postgresql://postgres@/postgres?host={folder}&schema={schema}") as tracker:
        tracker.record(adopted(), scheduled(), by="tester")
        started = time.monotonic()
        proxy.needle = needle.encode()
        attrgetter(call)(tracker)()
        used = "READ ONLY" not in needle or call != "views.rebuild"
        used &= needle != "originator_id >= $1" or call != "views.rebuild"
        assert int(used) == proxy.drops
        assert time.monotonic() - started < SOON
        proxy.needle = None
        assert "0/1 (0,0%)" == str(tracker.rollup(on=on).total)
    proxy.stop()


def test_a_server_that_starts_is_waited_for(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It refuses connections until it has read its write-ahead log."""
    connect, answers = psycopg.connect, iter(["starting up", "in recovery mode", "not yet accepting connections"])

    def starting(*args: Any, **kwargs: Any) -> Any:
        for answer in answers:
            raise psycopg.OperationalError(f"connection failed: FATAL:  the database system is {answer}")
        return connect(*args, **kwargs)

    monkeypatch.setattr(psycopg, "connect", starting)
    with Tracker(postgres) as tracker:
        assert 0 == tracker.log.position()


def test_a_server_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    """Why, and what is accepted, once."""
    started = time.monotonic()
    with pytest.raises(
        StoreError, match=r"(?s)cannot open the schema 'public'.*; accepted: a server that can be reached$"
    ) as info:
        Tracker(f"postgresql://postgres@/postgres?host={tmp_path}")
    assert not isinstance(info.value, StoreUnavailable)
    assert time.monotonic() - started < SOON
