"""What is kept of an answer is not taken for one of another log that has as many records."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from reformtrack import StoreError, Tracker
from reformtrack.events import ActivityCompleted, ProgressReported
from reformtrack.web import create_app
from tests.support import Clock, adopted, day, scheduled
from tests.web.asking import ask

DONE, NOT_DONE = (
    ActivityCompleted("p/1.01", on=day("6-1")),
    ProgressReported("p/1.01", on=day("6-1"), note="chưa xong"),
)
PATHS = ["/plans/p", "/", "/plans", "/api/v1/plans/p", "/api/v1/rollup", "/api/v1/plans/p/activities"]


@contextmanager
def opened(path: Path) -> Iterator[Tracker]:
    """By a clock that stands still: no instant tells two records apart."""
    with Tracker(f"sqlite:///{path}", clock=Clock()) as tracker:
        yield tracker


def copied(source: Path, target: Path) -> None:
    """As SQLite makes a backup, and takes one back, while the file is in use."""
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("is_running", [True, False])
def test_an_answer_of_before_a_restore_is_not_taken_for_one_of_after_it(
    tmp_path: Path, path: str, is_running: bool
) -> None:
    """Neither by the reader who sends its tag, nor out of what a server that went on running keeps in memory."""
    store, backup = tmp_path / "plans.db", tmp_path / "backup.db"
    with opened(store) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        copied(store, backup)
        tracker.record(DONE, by="x")
        app, position = create_app(tracker), tracker.log.position()
        before = ask(app, path)
        assert before.text == ask(app, path).text
        if is_running:
            copied(backup, store)
            tracker.record(NOT_DONE, by="x")
            assert position == tracker.log.position()
            after = ask(app, path, {"if-none-match": before.headers["etag"]})
    if not is_running:
        shutil.copy(backup, store)
        with opened(store) as tracker:
            tracker.record(NOT_DONE, by="x")
            assert position == tracker.log.position()
            after = ask(create_app(tracker), path, {"if-none-match": before.headers["etag"]})
    assert 200 == after.status_code
    assert before.text != after.text


def test_an_answer_that_nothing_was_recorded_after_is_the_same_in_every_process(tmp_path: Path) -> None:
    """Or nobody would ever be answered 304 behind a balancer."""
    with opened(tmp_path / "plans.db") as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        tag = ask(create_app(tracker), "/plans/p").headers["etag"]
    with opened(tmp_path / "plans.db") as tracker:
        assert 304 == ask(create_app(tracker), "/plans/p", {"if-none-match": tag}).status_code


def test_a_file_that_was_put_in_place_of_an_open_one_is_not_taken_for_it(tmp_path: Path) -> None:
    """What is recorded in a file that has no name any more is lost, and what is read there is not what the store says."""
    store, backup = tmp_path / "plans.db", tmp_path / "backup.db"
    with opened(store) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        copied(store, backup)
        app = create_app(tracker)
        assert 200 == ask(app, "/plans/p").status_code
        shutil.move(backup, store)
        with pytest.raises(StoreError, match="another file"):
            tracker.record(DONE, by="x")
        assert 500 == ask(app, "/plans/p").status_code
        store.unlink()
        with pytest.raises(StoreError, match="disappeared while"):
            tracker.plan("p")
