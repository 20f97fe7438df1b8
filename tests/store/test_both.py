"""What has to be tried on each store from outside of it: reused positions, locks that are held, forks."""

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest

from reformtrack import StoreUnavailable, Tracker, patience
from reformtrack.events import ActivityStarted
from tests.support import adopted, day, scheduled, tamper


@pytest.fixture
def tracker(url: str) -> Iterator[Tracker]:
    with Tracker(url) as tracker:
        tracker.record(adopted(), scheduled(), by="tester")
        yield tracker


def test_a_position_names_one_record_for_good(tracker: Tracker, url: str) -> None:
    """Also when the newest row was deleted behind the library's back; and the check says that it is missing."""
    tamper(url, "DELETE FROM reformtrack_log WHERE position = 2")
    [record] = tracker.record(scheduled("p/2"), by="tester")
    assert 3 == record.position
    assert any(damage.position == 2 for damage in tracker.log.check())


def test_a_lock_that_is_held_too_long_is_said_to_be_so_and_nothing_is_stored(sqlite: str) -> None:
    """A writer of a file waits for it; when it is let go, the same call succeeds."""
    path = sqlite.removeprefix("sqlite:///")
    env = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": path, "SQLITE_LOCK_TIMEOUT": "1"}
    event = ActivityStarted("p/1.01", on=day("2-1"))
    with Tracker(env=env) as tracker, closing(sqlite3.connect(path, isolation_level=None)) as other:
        tracker.record(adopted(), scheduled(), by="tester")
        other.execute("BEGIN IMMEDIATE")
        with patience(0.1), pytest.raises(StoreUnavailable, match="locked"):
            tracker.record(event, by="tester", request_id="7")
        assert 2 == tracker.log.position()
        other.execute("ROLLBACK")
        [record] = tracker.record(event, by="tester", request_id="7")
        assert 3 == record.position


FORKING = """
import os, sys
from reformtrack import StoreError, Tracker
with Tracker(sys.argv[1]) as tracker:
    if child := os.fork():
        os.waitpid(child, 0)
        print(tracker.log.position())
    else:
        try:
            tracker.log.position()
        except StoreError as error:
            print(error, flush=True)
        finally:
            os._exit(0)
"""


@pytest.mark.slow
def test_a_tracker_is_refused_in_a_forked_child(tracker: Tracker, url: str) -> None:
    """Two processes would speak on one connection."""
    done = subprocess.run([sys.executable, "-c", FORKING, url], capture_output=True, text=True, check=True)
    assert re.fullmatch(r".*accepted: a Tracker opened in each process.*\n2\n", done.stdout)
