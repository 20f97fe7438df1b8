"""What the tracker alone makes: no interface takes it from outside, and the policy is asked for it all the same."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings

from reformtrack import CountingRule, Event, NotPermitted, Tracker, errors
from reformtrack.cli.given import event_names
from reformtrack.domain.kinds import EVENT_TYPES, JOURNAL, RECORDABLE
from reformtrack.domain.period import period
from reformtrack.events import ActivityCompleted, ReportCorrected, ReportIssued
from reformtrack.exchange import event_json
from reformtrack.testing import events
from reformtrack.values import Content, Figure
from tests.policy.world import DOORS, province, recorded
from tests.support import Clock, day

HALF = period("2023-h1")
OURS = (ReportIssued, ReportCorrected, *JOURNAL.events)
A = "p/1.01"


def made_up(position: int) -> Content:
    """Figures that nobody worked for."""
    figures = (Figure(key="total", title="Toàn kế hoạch", completed=2, total=2, overdue=0),)
    return Content(rule=CountingRule.WHOLE_PLAN, plan_version=1, position=position, figures=figures)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[tuple[Tracker, str]]:
    url = f"sqlite:///{tmp_path}/a.db"
    with province(url) as tracker:
        yield tracker, url


@pytest.mark.parametrize("door", DOORS)
def test_no_door_takes_a_report_that_somebody_made_up(door: str, store: tuple[Tracker, str], tmp_path: Path) -> None:
    """Neither an issue nor a correction, by a monitor either, who may issue reports: the log has 0/2."""
    tracker, url = store
    issued = ReportIssued("p@2023-h1", on=day("6-30"), period=HALF, content=made_up(tracker.log.position()))
    assert not recorded(door, tracker, url, tmp_path, "nam", issued)
    with pytest.raises(errors.NotFound):
        tracker.reports.get("p@2023-h1")
    tracker.reports.issue("p", HALF, by="nam")
    corrected = ReportCorrected("p@2023-h1", on=day("12-31"), content=made_up(tracker.log.position()), reason="x")
    assert not recorded(door, tracker, url, tmp_path, "nam", corrected)
    assert "0/2 (0,0%)" == tracker.reports.get("p@2023-h1").text()


def test_without_a_policy_it_is_the_same() -> None:
    """And the error says which call makes it."""
    with province() as tracker:
        issued = ReportIssued("p@2023-h1", on=day("6-30"), period=HALF, content=made_up(1))
        with pytest.raises(errors.NotRecordable, match=r"reports\.issue") as caught:
            tracker.record(issued, by="nam")
    assert ("ReportIssued", "p@2023-h1") == (caught.value.event, caught.value.subject)
    with Tracker() as tracker, pytest.raises(TypeError, match=r"ReportIssued\(p@2023-h1\) cannot be recorded"):
        tracker.record(issued, by="nam")


@given(events(*OURS))
@settings(max_examples=30)
def test_whatever_it_says_it_is_not_taken(event: Event) -> None:
    """Each of them, whatever its content."""
    with Tracker() as tracker, pytest.raises(errors.NotRecordable):
        tracker.record(event, by="x")


def test_every_interface_takes_the_same_events() -> None:
    """One list: what Python takes is what JSON is read as, over HTTP and on the command line, and what Tab offers there."""
    assert set(EVENT_TYPES) - set(OURS) == set(RECORDABLE)
    names = {kind.__name__ for kind in RECORDABLE}
    assert names == set(event_json.RECORDABLE_NAMES) == set(event_names(""))
    for kind in OURS:
        with pytest.raises(event_json.NotAnEvent):
            event_json.event_type(kind.__name__)


def test_the_policy_is_asked_for_what_the_tracker_makes(store: tuple[Tracker, str]) -> None:
    """An issue and a correction are a monitor's; who is refused is on record as with any other event."""
    tracker, _ = store
    for actor in ("tam", "van", "quan-tri", "ai-do"):
        with pytest.raises(NotPermitted, match="accepted: a monitor"):
            tracker.reports.issue("p", HALF, by=actor)
    tracker.reports.issue("p", HALF, by="nam")
    with pytest.raises(NotPermitted, match="accepted: a monitor"):
        tracker.reports.correct("p@2023-h1", reason="x", by="tam")
    tracker.reports.correct("p@2023-h1", reason="x", by="vinh")
    assert ["nam", "vinh"] == [record.by for record in tracker.log.history("p@2023-h1")]
    assert "ReportCorrected" in {record.event.event for record in tracker.log.refusals()}


def test_a_report_says_what_the_log_says() -> None:
    """Whatever was recorded before it, at the position that it names."""
    clock = Clock(datetime(2023, 12, 31, 10, tzinfo=UTC))
    with province(clock=clock) as tracker:
        tracker.record(ActivityCompleted(A, on=day("6-1")), by="tam")
        report = tracker.reports.issue("p", HALF, by="nam")
        known = tracker.plan("p", on=HALF.last, known_at=report.content.position)
        [total, *_] = report.content.figures
        assert (known.progress().completed, known.progress().total) == (total.completed, total.total)


@pytest.mark.parametrize("by", ["nam", "vinh", "tam"])
def test_a_request_that_issued_a_report_gives_it_to_its_own_actor(store: tuple[Tracker, str], by: str) -> None:
    """To another one it is a request of their own: refused by the policy, or as used before; nor is it a correction."""
    tracker, _ = store
    first = tracker.reports.issue("p", HALF, by="nam", request_id="r")
    if by == "nam":
        assert first == tracker.reports.issue("p", HALF, by=by, request_id="r")
        with pytest.raises(errors.RequestReused):
            tracker.reports.correct("p@2023-h1", reason="x", by=by, request_id="r")
    else:
        with pytest.raises(NotPermitted if by == "tam" else errors.RequestReused):
            tracker.reports.issue("p", HALF, by=by, request_id="r")
    assert 1 == len(tracker.log.history("p@2023-h1"))


def test_a_period_is_still_the_callers(store: tuple[Tracker, str]) -> None:
    """Which days a report is of is for people to say; what happened on them is not."""
    tracker, _ = store
    own: Any = attrs.evolve(HALF, code="2023-nua", title="Nửa năm", last=date(2023, 6, 30))
    assert "0/2 (0,0%)" == tracker.reports.issue("p", own, by="nam").text()
