"""What is read of many streams at once is what is read of each."""

from datetime import date
from pathlib import Path

from reformtrack import Tracker
from reformtrack.events import ActivityStarted
from tests.support import adopted, scheduled, tamper


def test_a_row_that_is_no_text_spoils_its_plan_alone_however_many_streams_are_read(tmp_path: Path) -> None:
    """Of more streams than one statement asks for, the error of one row was that of the whole store."""
    path = tmp_path / "plans.db"
    with Tracker(path) as tracker:
        tracker.record(adopted("q"), scheduled("q/1"), by="a")
        tracker.record(adopted(), *(scheduled(f"p/{n}") for n in range(150)), by="a")
        tracker.record(ActivityStarted("p/0", on=date(2023, 2, 1)), by="a")
    row = "originator_id = 'p/0' AND originator_version = 2"
    tamper(f"sqlite:///{path}", f"UPDATE reformtrack_log SET topic = CAST(x'ff41' AS TEXT) WHERE {row}")
    with Tracker(path) as tracker:
        found = tracker.rollup()
        assert (("p",), 1) == (found.unreadable, found.total.total)
