"""A server that is away, a connection that is dead, a tracker that is closed: what a call, a follower and a process do then."""

import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from eventsourcing.persistence import OperationalError
from eventsourcing.postgres import PostgresDatastore

from reformtrack import Document, ReformtrackError, StoreError, StoreUnavailable, Tracker, patience
from reformtrack.errors import TrackerClosed
from reformtrack.events import ActivityStarted, EvidenceFiled, PlanClosed
from reformtrack.facets import Log, Reports, Views
from reformtrack.open_store import OpenStore
from reformtrack.outbox import Outbox
from reformtrack.protection import Protection
from reformtrack.seal import Seals, SigningKey
from reformtrack.store import postgres
from reformtrack.store.streams import StreamRange
from tests.store.test_postgres import DroppingProxy
from tests.support import ADOPTED, adopted, scheduled

pytestmark = pytest.mark.slow

SOON = 1.5
"""Within how many seconds a call is told, on a machine with other things to do: at once, or within the second of a follower."""

KEY = SigningKey.generate("example.vn/away")
END = date(2023, 12, 31)


@pytest.fixture
def proxy(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DroppingProxy]:
    """A proxy before the server."""
    found = DroppingProxy(tmp_path_factory.mktemp("p"), postgres.rpartition("&schema=")[0].rpartition("host=")[2])
    yield found
    with suppress(OSError):
        found.stop()


@pytest.fixture
def through(postgres: str, proxy: DroppingProxy) -> str:
    """The URL of the same store through the proxy."""
    folder = proxy.path.parent
    return f"postgresql://postgres@/postgres?host={folder}&schema={postgres.rpartition('=')[2]}"


def again(proxy: DroppingProxy) -> DroppingProxy:
    """The server is back."""
    return DroppingProxy(proxy.path.parent, str(Path(proxy.server).parent))


def filed(number: int) -> EvidenceFiled:
    return EvidenceFiled("p/1.01", on=ADOPTED, evidence=(Document(title=f"Biên bản {number}"),))


class Call:
    """A call in a thread of its own: what came of it, and how long it took after a moment."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self.error: BaseException | None = None
        self.ended = 0.0
        self.thread = threading.Thread(target=self.run, args=(call,), daemon=True)
        self.thread.start()

    def run(self, call: Callable[[], Any]) -> None:
        try:
            call()
        except BaseException as error:  # whatever it is, the test looks at it
            self.error = error
        self.ended = time.monotonic()

    def after(self, moment: float, limit: float = 30.0) -> float:
        """How many seconds after a moment it ended."""
        self.thread.join(limit)
        assert not self.thread.is_alive()
        return self.ended - moment


def seconds_of(call: Callable[[], Any], kind: type[Exception]) -> float:
    started = time.monotonic()
    with pytest.raises(kind):
        call()
    return time.monotonic() - started


def calls_of(tracker: Tracker, folder: Path) -> dict[str, Callable[[], Any]]:
    """A call of every public method of a tracker that asks its store something."""
    checkpoint, document = Seals(tracker).seal(KEY), dict[str, Any](by="x")
    return {
        "Seals.accept_backup": lambda: Seals(tracker).accept_backup(checkpoint, KEY, reason="x", by="x"),
        "Tracker.across": tracker.across,
        "Tracker.agencies": tracker.agencies,
        "Views.catch_up": tracker.views.catch_up,
        "Log.check": tracker.log.check,
        "Tracker.configure": lambda: tracker.configure(by="x"),
        "Log.correct_instants": lambda: tracker.log.correct_instants(1, 1, reason="x", by="x"),
        "Reports.correct": lambda: tracker.reports.correct("p@2023-year", reason="x", **document),
        "Protection.erase": lambda: Protection(tracker, bytes(32)).erase("nv-1"),
        "Log.export": lambda: tracker.log.export(folder / "log.jsonl"),
        "Views.export_parquet": lambda: tracker.views.export_parquet(folder),
        "Log.follow": lambda: next(tracker.log.follow()),
        "Log.grant": lambda: tracker.log.grant("nobody"),
        "Log.head": tracker.log.head,
        "Log.history": lambda: tracker.log.history("p"),
        "Log.load": lambda: tracker.log.load(folder / "kept.jsonl"),
        "Tracker.indicator": lambda: tracker.indicator("p#x"),
        "Tracker.indicators": lambda: tracker.indicators("p"),
        "Reports.issue": lambda: tracker.reports.issue("p", "2023-year", **document),
        "Reports.issued": lambda: tracker.reports.issued("p"),
        "Views.lag": tracker.views.lag,
        "Seals.leaf": lambda: Seals(tracker).leaf(1),
        "Tracker.trend": lambda: tracker.trend(ADOPTED, ADOPTED),
        "Reports.before": lambda: tracker.reports.before(tracker.reports.get("p@2023-year")),
        "Log.records": lambda: next(tracker.log.records()),
        "Tracker.plan": lambda: tracker.plan("p"),
        "Tracker.plans": tracker.plans,
        "Tracker.named_plans": tracker.named_plans,
        "Log.position": tracker.log.position,
        "Protection.protect": lambda: Protection(tracker, bytes(32)).protect("nv-1", "x"),
        "Seals.prove": lambda: Seals(tracker).prove(1, checkpoint),
        "Seals.prove_consistency": lambda: Seals(tracker).prove_consistency(checkpoint, checkpoint),
        "Log.quarantine": lambda: list(tracker.log.quarantine()),
        "Views.rebuild": tracker.views.rebuild,
        "Tracker.record": lambda: tracker.record(filed(1), by="x"),
        "Log.refusals": tracker.log.refusals,
        "Reports.get": lambda: tracker.reports.get("p@2023-year"),
        "Reports.beside": lambda: tracker.reports.beside(tracker.reports.get("p@2023-year")),
        "Reports.draft": lambda: tracker.reports.draft("p", "2023-year"),
        "Views.live": tracker.views.live,
        "Views.refold": lambda: tracker.views.refold("p"),
        "Reports.of": lambda: tracker.reports.of("p"),
        "Reports.restated": lambda: tracker.reports.restated("p"),
        "Protection.reveal": lambda: Protection(tracker, bytes(32)).reveal("⟦nv-1:AAAA⟧"),
        "Tracker.roll_over": lambda: tracker.roll_over("p", "q", on=END),
        "Tracker.rollup": tracker.rollup,
        "Seals.seal": lambda: Seals(tracker).seal(KEY),
        "Tracker.transaction": lambda: tracker.transaction().__enter__(),
        "Seals.verify": lambda: Seals(tracker).verify(checkpoint),
        "Tracker.warnings": lambda: tracker.warnings("p"),
    }


NEEDS_NO_STORE = {"Tracker.close", "Tracker.end_of", "Tracker.is_forecast", "Tracker.today"}


def opened(url: str | None, folder: Path) -> Tracker:
    """A tracker of a short plan, with all that its methods need."""
    tracker = Tracker(url)
    tracker.record(adopted(), scheduled(), by="x")
    tracker.log.export(folder / "kept.jsonl")
    Protection(tracker, bytes(32)).protect("nv-1", "x")
    return tracker


def test_the_calls_here_are_all_that_there_are(tmp_path: Path) -> None:
    """A new public method has to be in the list."""
    public = {
        f"{'Tracker' if kind is OpenStore else kind.__name__}.{name}"
        for kind in (OpenStore, Tracker, Log, Reports, Views, Seals, Protection)
        for name, member in vars(kind).items()
        if not name.startswith("_") and callable(member)
    }
    assert public == calls_of(opened(None, tmp_path), tmp_path).keys() | NEEDS_NO_STORE


def test_a_closed_tracker_says_so_at_once(any_url: str | None, tmp_path: Path) -> None:
    """Every public method, on every store, and whatever is open: it is not taken for a server that is away."""
    tracker = opened(any_url, tmp_path)
    outbox = Outbox(tracker, "https://example.vn/log")
    outbox.subscribe("inbox", lambda event: None)
    calls = calls_of(tracker, tmp_path)
    log, followed, unreadable = tracker.log.records(), tracker.log.follow(), tracker.log.quarantine()
    assert 1 == next(log).position == next(followed).position
    tracker.close()
    tracker.close()
    calls |= {
        "an open follower": lambda: [next(followed) for _ in range(3)],
        "an open quarantine": lambda: list(unreadable),
        "deliver": lambda: outbox.deliver("inbox"),
        "run": lambda: outbox.run(threading.Event()),
        "undelivered": lambda: outbox.undelivered("inbox"),
        "subscriptions": lambda: outbox.subscriptions(),
        "unsubscribe": lambda: outbox.unsubscribe("inbox"),
        "subscribe": lambda: outbox.subscribe("other", lambda event: None),
    }
    for name, call in calls.items():
        started = time.monotonic()
        with pytest.raises(TrackerClosed, match="accepted: the same call on an open tracker") as caught:
            call()
        assert time.monotonic() - started < SOON, name
        assert isinstance(caught.value, ReformtrackError)
        assert isinstance(caught.value, RuntimeError)
        assert not isinstance(caught.value, OSError)


@pytest.mark.parametrize("away", ["refused", "swallowed"])
def test_calls_that_wait_for_the_server_are_told_of_the_close(
    through: str, proxy: DroppingProxy, tmp_path: Path, away: str
) -> None:
    """In other threads, in whatever they wait: for a connection, for the next try, or for an answer that is swallowed."""
    tracker = opened(through, tmp_path)
    calls = calls_of(tracker, tmp_path)
    proxy.swallow() if away == "swallowed" else proxy.stop()
    waiting = [
        Call(calls["Tracker.plan"]),
        Call(calls["Tracker.record"]),
        Call(calls["Tracker.rollup"]),
        Call(calls["Seals.verify"]),
        Call(lambda: list(tracker.log.follow(after=9))),
    ]
    time.sleep(0.7)
    moment = time.monotonic()
    tracker.close()
    assert time.monotonic() - moment < SOON
    ended = [(call.after(moment), call.error) for call in waiting]
    told = [
        (after, error) for after, error in ended if after >= 0
    ]  # a new connection, which is served, may have answered
    assert told
    for after, error in told:
        assert after < SOON
        assert isinstance(error, TrackerClosed), error


def test_calls_that_wait_for_a_lock_are_told_of_the_close(any_url: str | None) -> None:
    """Of another process in a file, of the server, or of another thread in memory."""
    tracker = Tracker(any_url)
    tracker.record(adopted(), scheduled(), by="x")
    free = threading.Event()

    def hold() -> None:
        if any_url is None:
            with tracker.transaction():
                held.set()
                free.wait(30)
        elif any_url.startswith("sqlite"):
            with closing(sqlite3.connect(any_url.removeprefix("sqlite:///"), isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                held.set()
                free.wait(30)
        else:
            with Tracker(any_url) as one, one._store.exclusive(), Tracker(any_url) as two, two.transaction() as session:
                session.select("SELECT 1")  # the lock before it is sent along, and not waited for
                held.set()
                free.wait(30)

    held = threading.Event()
    holder = Call(hold)
    assert held.wait(10)

    def transact() -> None:
        with tracker.transaction() as session:
            session.select("SELECT 1")

    waiting = [Call(lambda: tracker.record(filed(1), by="x")), Call(transact)]
    time.sleep(0.5)
    moment = time.monotonic()
    tracker.close()
    try:
        for call in waiting:
            assert call.after(moment) < SOON
            assert isinstance(call.error, TrackerClosed), call.error
    finally:
        free.set()
        holder.thread.join(10)


def close_under_others(url: str | None) -> list[str]:
    """Close a tracker while three threads record, one asks and one follows; what was acknowledged."""
    acknowledged: list[str] = []
    tracker = Tracker(url)
    if tracker.log.position() == 0:
        tracker.record(adopted(), scheduled(), by="x")

    def record() -> None:
        for number in range(10_000):
            [record] = tracker.record(filed(number), by="x")
            acknowledged.append(record.request_id)

    def ask() -> None:
        while True:
            tracker.plan("p", on=END)

    calls = [Call(record), Call(record), Call(record), Call(ask), Call(lambda: list(tracker.log.follow()))]
    time.sleep(0.2)
    moment = time.monotonic()
    tracker.close()
    for call in calls:
        assert call.after(moment) < SOON
        assert isinstance(call.error, TrackerClosed), call.error
    return acknowledged


def test_a_tracker_may_be_closed_under_those_who_use_it(any_url: str | None) -> None:
    """Each call gives its answer or says that it is closed; what was acknowledged is there."""
    for _ in range(5):
        acknowledged = close_under_others(any_url)
        if any_url is not None:
            assert acknowledged
            with Tracker(any_url) as tracker:
                assert set(acknowledged) <= {record.request_id for record in tracker.log.records()}


@pytest.mark.parametrize("hears", ["refused", "swallowed"])
@pytest.mark.parametrize("subscriber", ["follow", "outbox"])
def test_a_subscriber_hears_stop_while_the_server_is_away(
    through: str, proxy: DroppingProxy, hears: str, subscriber: str
) -> None:
    """Within a second, without an error, however long the others are patient."""
    stop = threading.Event()
    with Tracker(through) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        outbox = Outbox(tracker, "https://example.vn/log")
        outbox.subscribe("inbox", lambda event: None, after=0)

        def run() -> None:
            outbox.run(stop) if subscriber == "outbox" else list(tracker.log.follow(stop=stop))

        call = Call(run)
        time.sleep(0.3)
        proxy.swallow() if hears == "swallowed" else proxy.stop()
        time.sleep(2.2)
        moment = time.monotonic()
        stop.set()
        assert call.after(moment) < SOON
        assert call.error is None


def test_a_follower_that_is_told_to_stop_says_nothing_of_an_outage(
    any_url: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    """It comes to its end, with what was on record when it was told, and leaves its connections in order."""
    stop, seen = threading.Event(), list[int]()
    with Tracker(any_url) as tracker:
        tracker.record(adopted(), by="x")
        call = Call(lambda: seen.extend(record.position for record in tracker.log.follow(stop=stop)))
        time.sleep(1.8)
        tracker.record(scheduled(), by="x")
        moment = time.monotonic()
        stop.set()
        assert call.after(moment) < SOON
        assert ([1, 2], None) == (seen, call.error)
    assert [] == [record for record in caplog.records if record.name.startswith("reformtrack")]


@pytest.mark.parametrize("subscriber", ["follow", "outbox"])
def test_a_subscriber_outlives_an_outage_that_is_longer_than_patience(
    postgres: str, through: str, proxy: DroppingProxy, subscriber: str
) -> None:
    """It goes on soon after the server is back; nothing is missed and nothing comes twice."""
    stop, seen = threading.Event(), list[int]()

    def follow() -> None:
        seen.extend(record.position for record in tracker.log.follow(stop=stop))

    with Tracker(through) as tracker, Tracker(postgres) as writer:
        writer.record(adopted(), scheduled(), by="x")
        outbox = Outbox(tracker, "https://example.vn/log")
        outbox.subscribe("inbox", lambda event: seen.append(int(event["id"])), after=0)

        def impatient() -> None:
            with patience(0.5):
                follow() if subscriber == "follow" else outbox.run(stop)

        call = Call(impatient)
        for outage in (0.2, 4.0):
            time.sleep(1)
            proxy.stop()
            writer.record(filed(1), by="x")
            time.sleep(outage)
            assert call.thread.is_alive(), call.error
            proxy = again(proxy)
            back = time.monotonic()
            while len(seen) < writer.log.position():
                assert time.monotonic() - back < 5
                time.sleep(0.02)
        stop.set()
        assert call.after(time.monotonic()) < SOON
        assert call.error is None
        assert [1, 2, 3, 4] == seen
        proxy.stop()


def test_a_connection_that_is_lost_while_a_store_is_opened_is_made_again(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the tables were looked at, and before there is a recorder; once, and for longer than the patience."""
    register, losses = PostgresDatastore.register_type_adapters, iter([True, False, *[True] * 99])

    def lost(datastore: PostgresDatastore) -> None:
        if next(losses):
            raise OperationalError("consuming input failed") from psycopg.OperationalError("server closed")
        register(datastore)

    monkeypatch.setattr(PostgresDatastore, "register_type_adapters", lost)
    with Tracker(postgres) as tracker:
        assert 0 == tracker.log.position()
    with pytest.raises(StoreUnavailable, match="cannot be opened: consuming input failed"), patience(0):
        Tracker(postgres)


@pytest.mark.parametrize("seconds", [0, 1.5])
def test_one_call_waits_no_longer_than_its_patience(
    through: str, proxy: DroppingProxy, tmp_path: Path, seconds: float
) -> None:
    """Whatever it asks, and how often: what is nested in it has no patience of its own."""
    with opened(through, tmp_path) as tracker:
        calls = calls_of(tracker, tmp_path)
        proxy.stop()
        for name in ("Tracker.plan", "Tracker.record", "Tracker.rollup", "Seals.verify", "Reports.issue", "Log.check"):
            with patience(seconds):
                took = seconds_of(calls[name], StoreUnavailable)
            assert took < seconds + SOON, name
            if name != "check":  # what is read while it goes on is not asked again
                assert took > seconds - 0.1, name


def test_one_call_has_one_patience_for_several_outages(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that goes away for a second at each of the three questions of a call does not make it begin anew."""
    with Tracker(postgres) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        select, first = tracker._store.recorder.select_streams, dict[str, float]()

        def flapping(ranges: Sequence[StreamRange]) -> Any:
            if time.monotonic() < first.setdefault(str(ranges), time.monotonic()) + 1.0:
                raise OperationalError("away") from psycopg.OperationalError("away")
            return select(ranges)

        monkeypatch.setattr(tracker._store.recorder, "select_streams", flapping)
        with patience(2.2):
            assert seconds_of(lambda: tracker.reports.of("p"), StoreUnavailable) < 2.2 + SOON
        first.clear()
        with patience(10):
            assert () == tracker.reports.of("p")


def open_many(tracker: Tracker, count: int = 12) -> None:
    """Let the pool have many connections."""
    ready = threading.Barrier(count)

    def ask() -> None:
        with tracker._store.recorder.datastore.get_connection() as connection:  # type: ignore[attr-defined]  # PostgreSQL's
            connection.execute("SELECT 1")
            ready.wait(20)

    for call in [Call(ask) for _ in range(count)]:
        call.after(0)
        assert call.error is None


@pytest.mark.parametrize(
    "method",
    [
        "Tracker.plan",
        "Tracker.record",
        "Tracker.rollup",
        "Tracker.transaction",
        "Log.history",
        "Log.check",
        "Protection.erase",
    ],
)
def test_connections_that_the_server_ended_are_noticed_before_they_are_used(
    through: str, proxy: DroppingProxy, tmp_path: Path, method: str
) -> None:
    """All of a large pool at once, while the server is there: no call takes one dead connection after the other."""
    with opened(through, tmp_path) as tracker, patience(5):
        calls = calls_of(tracker, tmp_path)
        open_many(tracker)
        proxy.cut()
        time.sleep(0.1)
        started = time.monotonic()
        calls[method]()
        assert time.monotonic() - started < SOON


@pytest.mark.parametrize("method", ["Tracker.plan", "Tracker.record", "Seals.verify"])
def test_connections_that_swallow_what_is_asked_are_given_up(
    through: str, proxy: DroppingProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """All of them when one does: half open, as after a firewall forgot them; the call goes on with a new one."""
    monkeypatch.setattr(postgres, "SILENCE", 1.0)
    with opened(through, tmp_path) as tracker, patience(10):
        calls = calls_of(tracker, tmp_path)
        open_many(tracker)
        proxy.swallow()
        started = time.monotonic()
        calls[method]()
        assert 0.9 < time.monotonic() - started < 1.0 + SOON


def test_connections_over_a_network_notice_a_machine_that_is_gone(postgres: str) -> None:
    """Within seconds, not after the many minutes of the operating system; and what the URL says holds."""
    folder = postgres.rpartition("&schema=")[0].rpartition("host=")[2]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        forwarding = Forwarding(listener, Path(folder) / ".s.PGSQL.5432")
        for more, expected in (("", (1, 10, 10_000)), ("&tcp_user_timeout=7000&keepalives_idle=3", (1, 3, 7_000))):
            schema = postgres.rpartition("=")[2]
            url = f"postgresql://postgres@127.0.0.1:{port}/postgres?sslmode=disable{more}&schema={schema}"
            with Tracker(url) as tracker, tracker._store.recorder.datastore.get_connection() as connection:  # type: ignore[attr-defined]
                with socket.socket(fileno=os.dup(connection.fileno())) as end:
                    found = (
                        end.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE),
                        end.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE),
                        end.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT),
                    )
                assert expected == found
        forwarding.stop()


class Forwarding:
    """Hands on what comes by TCP to a socket of the file system, and back."""

    def __init__(self, listener: socket.socket, path: Path) -> None:
        self.listener = listener
        self.path = path
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self.path))
                for source, target in ((client, server), (server, client)):
                    threading.Thread(target=self.forward, args=(source, target), daemon=True).start()

    def forward(self, source: socket.socket, target: socket.socket) -> None:
        with source, suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        """No more connections."""
        self.listener.close()


def test_a_host_that_answers_nothing_is_waited_for_no_longer_than_patience(postgres: str) -> None:
    """Its port is open, and nobody is behind it; for each connection, and when a tracker is opened."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"postgresql://postgres@127.0.0.1:{listener.getsockname()[1]}/postgres"
        with patience(1):
            assert seconds_of(lambda: Tracker(url), StoreError) < 2 + SOON  # psycopg waits for two seconds at least


def test_a_connect_timeout_of_zero_is_no_limit(postgres: str) -> None:
    """As libpq has it."""
    with Tracker(postgres.replace("&schema", "&connect_timeout=0&schema")) as tracker:
        assert 0 == tracker.log.position()


def test_a_record_that_was_under_way_when_its_connection_went_silent_is_not_made_twice(
    through: str, proxy: DroppingProxy
) -> None:
    """Its answer was swallowed: it is looked for on a new connection."""
    with Tracker(through) as tracker, patience(10):
        tracker.record(adopted(), scheduled(), by="x")
        for number in range(5):
            proxy.needle = f"drop-{number}".encode()
            tracker.record(scheduled(f"p/2.{number}", title=f"drop-{number}"), by="x")
        assert 5 == proxy.drops
        assert 7 == tracker.log.position() == len(list(tracker.log.records()))


ENDING = """
import sys, threading, time
from reformtrack import Tracker, patience

url, how = sys.argv[1:]
tracker = Tracker(url)
thread = threading.Thread(target=lambda: list(tracker.log.follow()), daemon=how == "exit")
asking = threading.Thread(target=lambda: tracker.plan("p"), daemon=how == "exit")
print("ready", flush=True)
sys.stdin.readline()
thread.start()
asking.start()
time.sleep(1)
if how == "close":
    tracker.close()
"""


@pytest.mark.parametrize("how", ["close", "exit"])
def test_a_process_ends_at_once_while_the_server_is_away(through: str, proxy: DroppingProxy, how: str) -> None:
    """With a follower and a question that wait; closed or not."""
    with Tracker(through) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
    process = subprocess.Popen(
        [sys.executable, "-c", ENDING, through, how], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin
    assert process.stdout
    assert "ready\n" == process.stdout.readline()
    proxy.stop()
    process.stdin.write("\n")
    process.stdin.flush()
    started = time.monotonic()
    process.communicate(timeout=30)
    assert time.monotonic() - started < 1 + 2 * SOON


def test_a_follower_raises_what_is_no_outage(any_url: str | None) -> None:
    """A tracker that is closed by the one who reads; an argument that is none."""
    tracker = Tracker(any_url)
    tracker.record(adopted(), scheduled(), ActivityStarted("p/1.01", on=ADOPTED), PlanClosed("p", on=END), by="x")
    followed = tracker.log.follow()
    assert [1, 2, 3, 4] == [next(followed).position for _ in range(4)]
    tracker.close()
    with pytest.raises(TrackerClosed):
        next(followed)
