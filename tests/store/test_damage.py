"""Damage: found by the check, said in words, and nothing acknowledged that is not stored."""

import os
import random
import resource
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from reformtrack import StoreError, Tracker
from reformtrack.errors import UnreadableRecord
from reformtrack.events import ActivityStarted, ProgressReported
from reformtrack.seal import Seals, SigningKey
from reformtrack.store.application import Conflict
from reformtrack.store.registry import MAX_STATE_BYTES
from tests.support import ADOPTED, adopted, day, scheduled, tracker_of, without_triggers
from tests.support import tamper as tamper_with


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of 3 requests with 34 records."""
    with Tracker(f"sqlite:///{tmp_path}/plans.db") as tracker:
        tracker.record(adopted(), *(scheduled(f"p/{n}") for n in range(30)), by="a", request_id="first")
        tracker.record(ActivityStarted("p/1", on=day("2-1")), by="a", request_id="second")
        tracker.record(
            *(ProgressReported("p/1", on=day("3-1"), note=f"{n}") for n in range(2)), by="a", request_id="third"
        )
    return tmp_path / "plans.db"


def opened(path: Path) -> Tracker:
    return Tracker(f"sqlite:///{path}")


def tamper(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection, without_triggers(connection):
        for statement in statements:
            connection.execute(statement)


def test_a_whole_store_has_no_damage(path: Path) -> None:
    """Nor has an empty one, nor one with refused and repeated requests."""
    with opened(path) as tracker, Tracker() as empty, tracker_of([scheduled(), scheduled()]) as other:
        assert () == tracker.log.check() == empty.log.check() == other.log.check()


def test_a_whole_store_in_postgresql_has_no_damage(postgres: str) -> None:
    """Gaps of the sequence, which a refused append leaves, are none."""
    with Tracker(postgres) as tracker:
        tracker.record(adopted(), scheduled(), by="a", request_id="1")
        with pytest.raises(Conflict):
            tracker._store.append(list(tracker.log.records()), now=tracker._now, unchanged=())
        tracker.record(scheduled("p/2"), by="a")
        assert 3 < tracker.log.position()
        assert () == tracker.log.check()


@pytest.mark.parametrize("column", ["state", "topic", "originator_id"])
def test_a_record_of_which_something_was_taken_away_is_read_and_named(postgres: str, column: str) -> None:
    """A page of the log has every row, one with NULL in it too: what is read has no gaps that nobody sees."""
    with Tracker(postgres) as tracker:
        tracker.record(adopted(), scheduled(), scheduled("p/2"), by="a")
        sealed = Seals(tracker).seal(SigningKey.generate("example.vn/log"))
        tamper_with(postgres, f"ALTER TABLE {LOG} ALTER {column} DROP NOT NULL")
        tamper_with(postgres, f"UPDATE {LOG} SET {column} = NULL WHERE position = 2")
        assert [1, 2, 3] == [row[0] for row in tracker._store.select_log(None, 10)]
        assert 2 in {damage.position for damage in tracker.log.check()}
        assert 2 == Seals(tracker).verify(sealed).position


LOG, REQUESTS = "reformtrack_log", "reformtrack_requests"


@pytest.mark.parametrize(
    ("statements", "position", "what"),
    [
        ([f"DELETE FROM {LOG} WHERE position = 32"], 32, "the record is missing"),
        ([f"DELETE FROM {LOG} WHERE position > 32"], 0, "records are missing at its end"),
        ([f"DELETE FROM {LOG} WHERE position > 32"], 33, "request 'third' has no records"),
        ([f"DELETE FROM {REQUESTS} WHERE first_position = 32"], 32, "it belongs to no request"),
        ([f"DELETE FROM {REQUESTS} WHERE first_position = 33"], 33, "it belongs to no request"),
        ([f"UPDATE {LOG} SET topic = 'X.1' WHERE position = 5"], 5, "no event of this name"),
        ([f"UPDATE {LOG} SET state = '{{' WHERE position = 5"], 5, "cannot be read"),
        ([f"UPDATE {LOG} SET originator_version = 9 WHERE position = 34"], 34, "version 9 of p/1 stands at place 4"),
        (
            [f"UPDATE {REQUESTS} SET request_id = 'other' WHERE first_position = 32"],
            32,
            "it says of itself request 'second'",
        ),
        ([f"UPDATE {REQUESTS} SET recorded_at = '2000' WHERE first_position = 32"], 32, "is before"),
        (
            [
                f"UPDATE {LOG} SET originator_version = -1 WHERE position = 33",
                f"UPDATE {LOG} SET originator_version = 3 WHERE position = 34",
                f"UPDATE {LOG} SET originator_version = 4 WHERE position = 33",
            ],
            33,
            "was recorded before the one before it",
        ),
        ([f"INSERT INTO {REQUESTS} VALUES (99, 99, 'more', '2999')"], 99, "has no records"),
    ],
)
def test_the_check_finds_what_was_done_behind_its_back(
    path: Path, statements: list[str], position: int, what: str
) -> None:
    """And names the position."""
    tamper(path, *statements)
    with opened(path) as tracker:
        found = tracker.log.check()
    assert any(damage.position == position and what in damage.what for damage in found), found


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def zeroed(content: bytes) -> bytes:
    return content[:4096] + b"\0" * 4096 + content[8192:]


@pytest.mark.parametrize("change", [cut, zeroed])
def test_a_damaged_file_is_refused_or_found(path: Path, change: Callable[[bytes], bytes]) -> None:
    """With an error of reformtrack's own, when it is opened, when it is checked, or both."""
    path.write_bytes(change(path.read_bytes()))
    try:
        with opened(path) as tracker:
            assert tracker.log.check()
    except StoreError as error:
        assert "accepted" in str(error)


def test_single_flipped_bits_raise_no_error_of_the_library_below(path: Path) -> None:
    """Whatever bit it is: an answer, an unreadable record, or the store's own error; never a raw one."""
    content = path.read_bytes()
    draw = random.Random(5)
    found = 0
    for _ in range(120):
        place, bit = draw.randrange(100, len(content)), 1 << draw.randrange(8)
        path.write_bytes(content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :])
        for leftover in ("plans.db-wal", "plans.db-shm"):
            (path.parent / leftover).unlink(missing_ok=True)
        try:
            with opened(path) as tracker:
                found += bool(tracker.log.check())
        except StoreError:
            found += 1
    assert found > 20, "most of the file's bytes mean something"


def test_a_file_that_is_read_only_is_refused(path: Path) -> None:
    """When it is written to; root may write everywhere, so a folder of a read-only kind stands for it."""
    if os.getuid() == 0:
        with closing(sqlite3.connect(path)) as connection, opened(path) as tracker:
            connection.execute("PRAGMA query_only = 1")
            tracker._store.recorder._select("PRAGMA query_only = 1", [])
            with pytest.raises(StoreError, match="readonly"):
                tracker.record(ActivityStarted("p/2", on=day("2-1")), by="a")
            assert 34 == tracker.log.position()
        return
    path.chmod(0o444)
    with pytest.raises(StoreError, match="readonly"):
        opened(path)


FULL = """
import resource, signal, sys
from datetime import date
from reformtrack import StoreError, Tracker
from reformtrack.events import ProgressReported
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Tracker(sys.argv[1]) as tracker:
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
    try:
        for number in range(10_000):
            event = ProgressReported("p/1", on=date(2023, 3, 1), note="x" * 5_000)
            tracker.record(event, by="a", request_id=f"n{number}")
            print(number, flush=True)
    except StoreError as error:
        print("refused", error)
"""


@pytest.mark.slow
def test_a_disk_that_is_full_refuses_and_loses_nothing(path: Path) -> None:
    """Each acknowledged record is there, reading goes on, and the check finds nothing. A limit on files stands for the disk."""
    assert resource.getrlimit(resource.RLIMIT_FSIZE)
    told = subprocess.run(
        [sys.executable, "-c", FULL, f"sqlite:///{path}"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert told[-1].startswith("refused the store failed")
    with opened(path) as tracker:
        stored = {record.request_id for record in tracker.log.records()}
        assert {f"n{number}" for number in told[:-1]} <= stored
        assert len(stored) - 3 in (len(told) - 1, len(told))
        assert () == tracker.log.check()
        tracker.record(ActivityStarted("p/2", on=ADOPTED), by="a")


@pytest.mark.slow
def test_a_compressed_state_that_would_fill_the_memory_is_stopped(tmp_path: Path) -> None:
    """Some kilobytes that stand for hundreds of megabytes: unreadable, at the cost of a state."""
    path = tmp_path / "plans.db"
    env = {
        "PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "SQLITE_DBNAME": str(path),
        "COMPRESSOR_TOPIC": "eventsourcing.compressor:ZlibCompressor",
    }
    with Tracker(env=env) as tracker:
        tracker.record(adopted(), by="a")
        for state, reason in (
            (zlib.compress(b" " * (300 * MAX_STATE_BYTES)), "more than 1048576"),
            (zlib.compress(b"{}" * 1000)[:-5], "cut off"),
        ):
            with closing(sqlite3.connect(path)) as connection, connection:
                connection.execute("DROP TRIGGER IF EXISTS reformtrack_log_no_update")
                connection.execute("UPDATE reformtrack_log SET state = ?", [state])
            with pytest.raises(UnreadableRecord, match=reason):
                tracker.log.history("p")
