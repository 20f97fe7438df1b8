"""An id of a plan leaves room for all that begins with it; one of before it had to is read as ever."""

from pathlib import Path

import pytest

from reformtrack import InvalidField, Tracker
from reformtrack.domain import plan as plans
from reformtrack.events import ActivityStarted
from reformtrack.exchange.digest import digests
from tests.support import Clock, adopted, day, scheduled


@pytest.mark.parametrize("length", [1, 99, 100])
def test_a_plan_of_any_id_is_reported_and_gets_digests(length: int) -> None:
    """Whatever its activities and leads are called."""
    plan = "a" * length
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(plan), scheduled(f"{plan}/{'1' * 99}", lead="Sở " + "N" * 200), by="tester")
        assert f"{plan}@2023-01" == tracker.reports.issue(plan, "2023-01", by="tester").id
        assert 1 == len(digests(tracker, plan, on=day("12-1")))


def test_a_new_plan_has_no_id_that_leaves_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is on record is read, recorded for, and imported."""
    plan = "a" * 190
    with Tracker() as tracker, Tracker() as other:
        with pytest.raises(InvalidField, match="an id of at most 100 characters"):
            tracker.record(adopted("a" * 101), by="tester")
        with monkeypatch.context() as before:
            before.setattr(plans, "MAX_PLAN_ID_LENGTH", 200)
            tracker.record(adopted(plan), scheduled(f"{plan}/1"), by="tester")
        tracker.record(ActivityStarted(f"{plan}/1", on=day("2-1")), by="tester")
        tracker.log.export(tmp_path / "log.jsonl")
        other.log.load(tmp_path / "log.jsonl")
        assert list(tracker.log.records()) == list(other.log.records())
        assert "1" == other.plan(plan).activity("1").code
