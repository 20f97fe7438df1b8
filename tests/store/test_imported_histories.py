"""Histories that recording would refuse come in with a log, which is not judged; every face answers, or says what is wrong."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from reformtrack import Document, ReformtrackError, Tracker
from reformtrack.events import ActivityStarted, AgencyMerged, AgencyRegistered, AgencySplit, PlanAmended
from reformtrack.exchange.calendar import icalendar
from reformtrack.testing import proposals
from reformtrack.web import create_app
from tests.support import ADOPTED, INSTANT, Clock, adopted, day, scheduled
from tests.web.asking import ask

PATHS = ("/", "/plans", "/plans/p", "/plans/p/activities", "/plans/p/activities/1.01", "/agencies", "/agencies/a")
DATA = ("plans/p", "plans/p/activities/1.01", "plans/p/warnings", "agencies", "rollup", "records")


def imported(events: list[Any], folder: Path) -> Tracker:
    """A tracker that was given a log of events that nobody judged."""
    log = folder / "log.jsonl"
    log.unlink(missing_ok=True)
    with pytest.MonkeyPatch.context() as patch, Tracker(clock=Clock()) as source:
        patch.setattr("reformtrack.recording.accept", lambda *_: None)
        source.record(adopted(), *events, by="x")
        source.log.export(log)
    tracker = Tracker(clock=Clock())
    tracker.log.load(log)
    return tracker


def check_faces(tracker: Tracker) -> None:
    """Each answers; what cannot be answered is an error that says so."""
    app = create_app(tracker)
    for path in (*PATHS, *(f"/api/v1/{path}" for path in DATA)):
        assert ask(app, path).status_code in (200, 404, 409), path
    for asked in (
        lambda: tracker.log.check(),
        lambda: icalendar(tracker.plan("p")),
        lambda: tracker.reports.issue("p", "2023-h1", by="m"),
        lambda: tracker.roll_over("p", "q", on=date(2023, 12, 1)),
        lambda: tracker.agencies().progress_by_agency(tracker.plan("p")),
        lambda: tracker.record(ActivityStarted("p/1.01", on=INSTANT.date()), by="m"),
        lambda: tracker.record(PlanAmended("p", on=INSTANT.date(), document=Document(number="1")), by="m"),
    ):
        try:
            asked()
        except ReformtrackError as error:
            assert str(error)


@pytest.mark.long
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=proposals())
@pytest.mark.slow
def test_no_history_that_was_imported_breaks_a_face(tmp_path: Path, events: list[Any]) -> None:
    """Activities that were completed before they were scheduled, confirmed and never completed, and the like."""
    with imported(events, tmp_path) as tracker:
        check_faces(tracker)


def test_agencies_that_took_each_other_over_have_no_heir(tmp_path: Path) -> None:
    """Nor do they send whoever asks round in circles."""
    names = [AgencyRegistered(f"@{one}", on=ADOPTED, name=f"Sở {one.upper()}") for one in "abc"]
    circle = [
        AgencyMerged("@a", on=day("6-1"), into="@b"),
        AgencyMerged("@b", on=day("6-2"), into="@c"),
        AgencySplit("@c", on=day("6-3"), into=("@a", "@b")),
    ]
    with imported([*names, *circle, scheduled(lead="Sở A"), scheduled("p/9.01", domain="9")], tmp_path) as tracker:
        assert () == tracker.agencies().successors("@a")
        check_faces(tracker)
