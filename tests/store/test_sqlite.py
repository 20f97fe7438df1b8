"""The SQLite store: the hazards of the library below, each with a test that fails without the remedy."""

import json
import sqlite3
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.application import Application

from drills import writers
from reformtrack import StoreError, Tracker
from reformtrack.cli import main
from reformtrack.errors import UnreadableRecord
from reformtrack.events import ActivityStarted
from reformtrack.store.application import settings_of
from reformtrack.store.sqlite_schema import APPLICATION_ID, SCHEMA_VERSION
from tests.support import ADOPTED, INSTANT, Clock, adopted, day, scheduled


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "plans.db"


@pytest.fixture
def tracker(path: Path) -> Iterator[Tracker]:
    with Tracker(f"sqlite:///{path}", clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="tester", request_id="first")
        yield tracker


def sql(path: Path, statement: str, *params: Any) -> list[Any]:
    """A statement run behind reformtrack's back."""
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(statement, params).fetchall()


def tamper(path: Path, statement: str, *params: Any) -> None:
    """A change that the triggers would refuse."""
    for (trigger,) in sql(path, "SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        sql(path, f"DROP TRIGGER {trigger}")
    sql(path, statement, *params)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reformtrack_log SET state = x''",
        "DELETE FROM reformtrack_log",
        "UPDATE reformtrack_requests SET recorded_at = ''",
        "DELETE FROM reformtrack_requests",
    ],
)
def test_the_log_refuses_to_be_changed(tracker: Tracker, path: Path, statement: str) -> None:
    """Triggers stand in the file itself."""
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        sql(path, statement)
    assert 2 == len(list(tracker.log.records()))


def test_a_position_is_never_used_twice(tracker: Tracker, path: Path) -> None:
    """Also when the newest row was deleted behind our back: a follower would miss what took its place."""
    last = tracker.log.position()
    tamper(path, "DELETE FROM reformtrack_log WHERE position = ?", last)
    sql(path, "DELETE FROM reformtrack_requests")
    [record] = tracker.record(scheduled("p/1.02"), by="tester")
    assert last + 1 == record.position


def test_the_file_says_what_it_is(tracker: Tracker, path: Path) -> None:
    """Application id, schema version, and tables of our own name."""
    assert [(APPLICATION_ID,)] == sql(path, "PRAGMA application_id")
    assert [(SCHEMA_VERSION,)] == sql(path, "PRAGMA user_version")
    assert [("wal",)] == sql(path, "PRAGMA journal_mode")
    tables = {name for (name,) in sql(path, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {"reformtrack_log", "reformtrack_requests", "sqlite_sequence"} == tables


def test_the_log_is_read_without_reformtrack(tracker: Tracker, path: Path) -> None:
    """With sqlite3 and json alone."""
    [(topic, state)] = sql(path, "SELECT topic, state FROM reformtrack_log WHERE originator_id = 'p/1.01'")
    assert "ActivityScheduled.1" == topic
    assert "Rà soát văn bản" == json.loads(state)["event"]["title"]


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        ("CREATE TABLE stored_events (a)", "belongs to another program"),
        ("PRAGMA application_id = 5", "belongs to another program"),
        (f"PRAGMA application_id = {APPLICATION_ID}", "its schema is version 0"),
    ],
)
def test_a_file_of_another_program_is_refused(path: Path, prepare: str, message: str) -> None:
    """And left as it was."""
    sql(path, prepare)
    with pytest.raises(StoreError, match=message):
        Tracker(f"sqlite:///{path}")
    assert not [name for (name,) in sql(path, "SELECT name FROM sqlite_master") if "reformtrack" in name]


def test_a_file_of_a_newer_reformtrack_is_refused(tracker: Tracker, path: Path) -> None:
    """It may hold what this one would lose."""
    tracker.close()
    sql(path, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(StoreError, match="or a newer reformtrack"):
        Tracker(f"sqlite:///{path}")


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    """With its name in the message."""
    path.write_text("Kế hoạch" * 1000)
    with pytest.raises(StoreError, match="not a database"):
        Tracker(f"sqlite:///{path}")


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    """Instead of SQLite's "unable to open database file"."""
    with pytest.raises(StoreError, match=r"the folder .* does not exist"):
        Tracker(f"sqlite:///{tmp_path / 'no' / 'plans.db'}")
    with pytest.raises(StoreError, match="it is a folder"):
        Tracker(f"sqlite:///{tmp_path}")


@pytest.mark.parametrize("name", ["a?mode=memory", "file:a", "a#b", "a%20b", "kế hoạch", ":memory:x"])
def test_nothing_in_a_path_is_taken_for_an_option(tmp_path: Path, name: str) -> None:
    """The file is the one that was named, and the data is in it."""
    env = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(tmp_path / name)}
    with Tracker(env=env) as tracker:
        tracker.record(adopted(), by="tester")
    assert (tmp_path / name).is_file()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mysql://localhost/db",
        "sqlite://host/db",
        "sqlite:///a?mode=ro",
        "sqlite:///a#b",
        "sqlite:a",
        "file:a?mode=ro",
        "postgres:u:geheim@h/d",
        "postgresql:/u:geheim@h/d",
        "postgresql//u:geheim@h/d",
        "host=h password=geheim",
    ],
)
def test_a_url_that_is_not_known_is_refused(url: str) -> None:
    """And the forms that are known are named."""
    with pytest.raises(StoreError, match=r"accepted: the path of a SQLite file, such as plans\.db") as caught:
        settings_of(url)
    assert "geheim" not in str(caught.value)


def test_a_url_says_where_the_file_is() -> None:
    """Three slashes: relative; four: absolute; none: memory."""
    assert "a/b.db" == settings_of("sqlite:///a/b.db")["SQLITE_DBNAME"]
    assert "/a/b.db" == settings_of("sqlite:////a/b.db")["SQLITE_DBNAME"]
    assert {} == settings_of("sqlite://") == settings_of("sqlite:///:memory:") == settings_of(":memory:")


@pytest.mark.parametrize("name", ["plans.db", "a b.db", "kế-hoạch", "C:plans.db", "a?mode=ro"])
def test_a_store_is_named_by_its_path_wherever_it_is_named(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To a tracker as to the command line, as text or as a Path: it is the same file."""
    monkeypatch.chdir(tmp_path)
    with Tracker(name) as tracker:
        tracker.record(adopted(), by="x")
    assert [name] == [path.name for path in tmp_path.iterdir() if not path.name.endswith(("-wal", "-shm", ".lock"))]
    for again in (Path(name), tmp_path / name, str(tmp_path / name)):
        with Tracker(again) as tracker:
            assert 1 == len(tracker.plans())
    assert 0 == main(["--store", name, "plan", "p"])


def test_the_environment_of_the_process_redirects_nothing(
    monkeypatch: pytest.MonkeyPatch, path: Path, tmp_path: Path
) -> None:
    """Settings of another application of eventsourcing in the same process are not ours."""
    monkeypatch.setenv("PERSISTENCE_MODULE", "eventsourcing.sqlite")
    monkeypatch.setenv("SQLITE_DBNAME", str(tmp_path / "other.db"))
    monkeypatch.setenv("REFORMTRACK_SQLITE_DBNAME", str(tmp_path / "other.db"))
    monkeypatch.setenv("COMPRESSOR_TOPIC", "eventsourcing.compressor:ZlibCompressor")
    monkeypatch.setenv("IS_SNAPSHOTTING_ENABLED", "y")
    with Tracker(f"sqlite:///{path}") as tracker, Tracker() as in_memory:
        tracker.record(adopted(), by="tester")
        in_memory.record(adopted("q"), by="tester")
    assert not (tmp_path / "other.db").exists()
    assert [b"{"] == [state[:1] for (state,) in sql(path, "SELECT state FROM reformtrack_log")]


@pytest.mark.parametrize(
    "env",
    [
        {"MAPPER_TOPIC": "x:Y"},
        {"TRANSCODER_TOPIC": "x:Y"},
        {"APPLICATION_RECORDER_TOPIC": "x:Y"},
        {"IS_SNAPSHOTTING_ENABLED": "y"},
        {"REFORMTRACK_IS_SNAPSHOTTING_ENABLED": "y"},
        {"PERSISTENCE_MODULE": "eventsourcing.postgres"},
        {"PERSISTENCE_MODULE": "eventsourcing.sqlite"},
        {"PERSISTENCE_MODULE": "os"},
        {"COMPRESSOR_TOPIC": "no.such:Thing"},
        {"CIPHER_TOPIC": "eventsourcing.cipher:AESCipher"},
    ],
)
def test_a_setting_that_would_break_the_log_is_refused(env: dict[str, str]) -> None:
    """With the reason; nothing is imported because of it."""
    with pytest.raises(StoreError, match=r"is refused|cannot be made|cannot be opened"):
        Tracker(env=env)


def test_a_url_and_settings_together_are_refused() -> None:
    """One of them says where the records are."""
    with pytest.raises(StoreError, match="one of them"):
        Tracker("sqlite://", env={})


def test_the_compressors_of_eventsourcing_work(path: Path) -> None:
    """What is stored is what they make of the JSON; a state that they cannot open is an unreadable record."""
    env = {
        "PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "SQLITE_DBNAME": str(path),
        "COMPRESSOR_TOPIC": "eventsourcing.compressor:ZlibCompressor",
    }
    with Tracker(env=env) as tracker:
        [record] = tracker.record(adopted(), by="tester")
        [(state,)] = sql(path, "SELECT state FROM reformtrack_log")
        assert "p" == json.loads(zlib.decompress(state))["event"]["subject"]
        assert (record,) == tracker.log.history("p")
        tamper(path, "UPDATE reformtrack_log SET state = x'00'")
        with pytest.raises(UnreadableRecord, match="the compressed state is cut off"):
            tracker.log.history("p")


def test_an_unreadable_record_is_named_and_hides_no_other_stream(tracker: Tracker, path: Path) -> None:
    """Its own stream and the figures of its plan raise; everything else answers, and the quarantine lists it."""
    tracker.record(scheduled("p/1.02"), adopted("q"), scheduled("q/1"), by="tester")
    tamper(path, "UPDATE reformtrack_log SET topic = 'posix:system' WHERE originator_id = 'p/1.02'")
    with pytest.raises(UnreadableRecord) as caught:
        tracker.log.history("p/1.02")
    assert ("p/1.02", 1, "name") == (caught.value.stream, caught.value.version, caught.value.field)
    plan = tracker.plan("p")
    for figure in (plan.progress, plan.overdue, plan.due_within, lambda: plan.balance(ADOPTED)):
        with pytest.raises(UnreadableRecord):
            figure()
    with pytest.raises(UnreadableRecord):
        plan.activity("1.02")
    assert "Rà soát văn bản" == plan.activity("1.01").title
    assert 1 == tracker.plan("q").progress().total
    assert 1 == len(tracker.log.history("p/1.01"))
    with pytest.raises(UnreadableRecord):
        tracker.record(ActivityStarted("p/1.02", on=day("2-1")), by="tester")
    tracker.record(ActivityStarted("p/1.01", on=day("2-1")), by="tester")
    assert [caught.value.position] == [error.position for error in tracker.log.quarantine()]
    read: list[Any] = []
    with pytest.raises(UnreadableRecord) as stopped:
        read.extend(tracker.log.records())
    rest = list(tracker.log.records(after=stopped.value.position))
    assert ["q", "q/1", "p/1.01"] == [record.stream for record in rest]


def test_a_plan_whose_own_record_cannot_be_read_says_so(tracker: Tracker, path: Path) -> None:
    """Rather than that there is no such plan."""
    tamper(path, "UPDATE reformtrack_log SET state = '{}' WHERE originator_id = 'p'")
    with pytest.raises(UnreadableRecord, match="missing required field `event`"):
        tracker.plan("p")


def test_an_event_moved_to_another_stream_is_unreadable(tracker: Tracker, path: Path) -> None:
    """An event says what it is about, so it cannot be made to say it of something else."""
    tamper(path, "UPDATE reformtrack_log SET originator_id = 'p/1.09' WHERE originator_id = 'p/1.01'")
    with pytest.raises(UnreadableRecord, match=r"it is about 'p/1\.01'"):
        tracker.log.history("p/1.09")


def test_the_notification_log_of_eventsourcing_works(tracker: Tracker) -> None:
    """The store is an application of eventsourcing, and its own tools read it."""
    store = tracker._store
    assert isinstance(store, Application)
    notifications = store.notification_log.select(start=1, limit=10)
    assert [1, 2] == [notification.id for notification in notifications]
    assert list(tracker.log.records()) == [store.mapper.to_domain_event(n) for n in notifications]
    assert [2] == [n.id for n in store.recorder.select_notifications(1, 10, inclusive_of_start=False)]
    assert [2] == [n.id for n in store.recorder.select_notifications(None, 10, topics=["ActivityScheduled.1"])]
    assert [1] == [n.id for n in store.recorder.select_notifications(1, 10, stop=1)]
    assert ["p/1.01"] == [record.stream for record in store.events.get("p/1.01")]  # type: ignore[attr-defined]


def test_a_clock_that_goes_back_records_nothing_in_the_past(path: Path) -> None:
    """By minutes: the instant of the last record holds until the clock has caught up."""
    clock = Clock()
    with Tracker(f"sqlite:///{path}", clock=clock) as tracker:
        [first] = tracker.record(adopted(), by="tester")
        clock.now -= timedelta(minutes=5)
        [second] = tracker.record(scheduled(), by="tester")
        assert INSTANT == first.recorded_at == second.recorded_at
        clock.now += timedelta(hours=3)
        [third] = tracker.record(scheduled("p/1.02"), by="tester")
        assert clock.now == third.recorded_at > INSTANT


def test_a_clock_without_a_time_zone_is_refused() -> None:
    """An instant is an instant everywhere."""
    with Tracker(clock=lambda: datetime(2023, 6, 1)) as tracker, pytest.raises(ValueError, match="time zone"):
        tracker.record(adopted(), by="tester")


def _open_and_record(path: str, number: int) -> int:
    with Tracker(f"sqlite:///{path}") as tracker:
        return tracker.record(adopted(f"p-{number}"), by="tester")[0].position


@pytest.mark.slow
def test_processes_that_start_together_on_a_fresh_file_all_succeed(path: Path) -> None:
    """One makes the tables, the others wait; each record has a position of its own."""
    with writers.processes_of(4) as pool:
        positions = list(pool.map(_open_and_record, [str(path)] * 12, range(12)))
    assert list(range(1, 13)) == sorted(positions)


def test_memory_is_forgotten_and_apart() -> None:
    """Two trackers in memory share nothing."""
    with Tracker() as one, Tracker() as other:
        one.record(adopted(), by="tester")
        assert 1 == one.log.position()
        assert 0 == other.log.position()
    assert UTC is INSTANT.tzinfo


def test_one_record_after_the_other_is_made_on_one_connection(tracker: Tracker) -> None:
    """Which has its statements compiled, and its pages read."""
    pool = tracker._store.recorder.datastore.pool  # type: ignore[attr-defined]
    [before] = pool._idle
    for number in range(2, 5):
        tracker.record(scheduled(f"p/1.0{number}"), by="tester")
        tracker.plan("p")
    assert [before] == pool._idle


def test_readers_do_not_wait_for_writers(tracker: Tracker) -> None:
    """Nor behind those that wait for their turn to write."""
    with tracker.transaction():
        waiting = [
            threading.Thread(target=tracker.record, args=(scheduled(f"p/2.{n}"),), kwargs={"by": "x"}) for n in range(3)
        ]
        for one in waiting:
            one.start()
        reading = threading.Thread(target=tracker.plan, args=("p",))
        reading.start()
        reading.join(2)
        assert not reading.is_alive()
    for one in waiting:
        one.join()
    assert 5 == tracker.log.position()


def test_an_id_that_nobody_gave_is_in_the_order_of_time(tracker: Tracker) -> None:
    """So the index of requests grows at its end."""
    ids = []
    for number in range(2, 6):
        time.sleep(0.002)
        ids += [tracker.record(scheduled(f"p/1.0{number}"), by="tester")[0].request_id]
    assert sorted(set(ids)) == ids
