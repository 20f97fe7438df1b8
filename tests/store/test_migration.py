"""
A store lasts longer than the libraries below it: what was written by the first version is read by this one, as it is.

The golden files in `golden_store` were written once and are never changed. A new version of eventsourcing that names or makes
tables in another way, or writes rows in another form, fails here.
"""

import sqlite3
from contextlib import closing
from datetime import date
from importlib.metadata import requires
from pathlib import Path

import pytest

from reformtrack import Document, Tracker
from reformtrack.events import ActivityCompleted, RecordRetracted
from tests.support import day, scheduled

GOLDEN = Path(__file__).parent / "golden_store"


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """A file as the first version left it."""
    path = tmp_path / "plans.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((GOLDEN / "store-1.sql").read_text(encoding="utf-8"))
    return path


def schema(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()


def test_a_file_of_the_first_version_is_read_and_goes_on(first: Path) -> None:
    """Both clocks, the retraction and the requests; the next record has the next position."""
    with Tracker(f"sqlite:///{first}") as tracker:
        assert () == tracker.log.check()
        history = tracker.log.history("p/1.01")
        assert ["ActivityScheduled", "ActivityCompleted", "RecordRetracted"] == [
            type(record.event).__name__ for record in history
        ]
        completed = ActivityCompleted("p/1.01", on=day("6-20"), evidence=(Document(number="45/BC-STP"),))
        assert completed == history[1].event
        assert RecordRetracted("p/1.01", version=2, reason="nhầm") == history[2].event
        end = date(2023, 12, 31)
        assert "1/2" in str(tracker.plan("p", on=end, known_at=4).progress())
        assert "0/2" in str(tracker.plan("p", on=end).progress())
        assert "Đắk Nông “x”" == tracker.plan("p", on=end).activity("1.02").title
        assert [4] == [record.position for record in tracker.record(completed, by="so-tu-phap", request_id="r1")]
        assert [7] == [record.position for record in tracker.record(scheduled("p/1.03"), by="a")]


def test_a_new_file_has_the_tables_of_the_first_version(first: Path, tmp_path: Path) -> None:
    """Whatever eventsourcing would make: our tables have names of their own."""
    Tracker(f"sqlite:///{tmp_path}/new.db").close()
    assert schema(first) == schema(tmp_path / "new.db")


def test_a_log_file_of_the_first_version_fills_a_store_and_is_written_again(url: str, tmp_path: Path) -> None:
    """Byte for byte, in SQLite and in PostgreSQL: the way from any store to any other."""
    golden = GOLDEN / "log-1.jsonl"
    with Tracker(url) as tracker:
        assert 6 == tracker.log.load(golden)
        assert () == tracker.log.check()
        tracker.log.export(tmp_path / "log.jsonl")
    assert golden.read_bytes() == (tmp_path / "log.jsonl").read_bytes()


def test_nothing_in_a_store_names_a_python_module(first: Path) -> None:
    """Neither eventsourcing's nor our own: modules may move."""
    dump = first.read_bytes()
    for name in (b"eventsourcing", b"reformtrack.", b"domain:"):
        assert name not in dump
    with closing(sqlite3.connect(first)) as connection:
        topics = {topic for (topic,) in connection.execute("SELECT topic FROM reformtrack_log")}
    assert {
        "PlanAdopted.1",
        "ActivityScheduled.1",
        "ActivityCompleted.1",
        "ActivityStarted.1",
        "RecordRetracted.1",
    } == topics


def test_the_requirement_keeps_the_next_major_version_out() -> None:
    """Version 10 has no `eventsourcing.application.Application`, on which the store is built."""
    [needed] = [line for line in requires("reformtrack") or () if line.startswith("eventsourcing")]
    assert "<10" in needed
