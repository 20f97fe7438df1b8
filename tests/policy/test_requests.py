"""A request that is sent again: its own actor gets its records, whatever has become of them; nobody else learns of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reformtrack import NotPermitted, RequestReused, Tracker, errors
from reformtrack.events import ActivityStarted, PlanClosed, ProgressReported, RecordRetracted, RoleEnded
from reformtrack.policy import Permit, Refuse
from reformtrack.values import Role
from tests.policy.world import START, STEWARD, granted, province
from tests.support import Clock, adopted, day, scheduled, tamper

A = "p/1.01"
STARTED = ActivityStarted(A, on=day("2-1"))


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    with province() as tracker:
        tracker.record(STARTED, by="tam", request_id="r")
        yield tracker


@pytest.mark.parametrize("actor", ["ai-do", "thu", "nam", "van", STEWARD])
@pytest.mark.parametrize("event", [STARTED, ProgressReported(A, on=day("2-1"), note="x")])
def test_who_may_not_record_learns_nothing_of_requests(tracker: Tracker, actor: str, event: Any) -> None:
    """What they are told is the same whether the id is taken or not, and they get no records."""
    said = set()
    for request in ("r", "chưa có"):
        with pytest.raises(NotPermitted) as caught:
            tracker.record(event, by=actor, request_id=request)
        said.add(str(caught.value))
    assert 1 == len(said)


def test_a_retry_gives_its_records_when_the_role_has_ended(tracker: Tracker) -> None:
    """What was recorded was permitted then: a retry records nothing, so it needs no permit."""
    [first] = tracker.log.history(A)[1:]
    tracker.record(RoleEnded("@tu-phap", on=day("12-31"), actor="tam", role=Role.REPORTER), by=STEWARD)
    assert (first,) == tracker.record(STARTED, by="tam", request_id="r")
    with pytest.raises(NotPermitted):  # the id is theirs, what it says now is not
        tracker.record(ProgressReported(A, on=day("2-1"), note="x"), by="tam", request_id="r")
    assert 2 == len(tracker.log.history(A))


def test_who_may_record_is_told_that_the_id_was_used(tracker: Tracker) -> None:
    """By another actor, or with other events."""
    with pytest.raises(RequestReused):
        tracker.record(STARTED, by="tuan", request_id="r")
    with pytest.raises(RequestReused):
        tracker.record(ProgressReported(A, on=day("2-1"), note="x"), by="tam", request_id="r")


def test_a_policy_of_ones_own_is_asked_first_too() -> None:
    """Whatever it is."""
    asked = []

    def ask(actor: str, event: Any, situation: Any) -> Permit | Refuse:
        asked.append(actor)
        return Permit("all") if actor != "ai-do" else Refuse("accepted: others")

    with Tracker(clock=Clock(), policy=ask) as tracker:
        first = tracker.record(adopted(), scheduled(), by="a", request_id="r")
        assert first == tracker.record(adopted(), scheduled(), by="a", request_id="r")
        assert ["a", "a"] == asked, "a retry is not asked for"
        with pytest.raises(NotPermitted):
            tracker.record(adopted(), scheduled(), by="ai-do", request_id="r")
        with pytest.raises(RequestReused):
            tracker.record(adopted(), scheduled(), by="b", request_id="r")


def test_who_has_no_role_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    """So that they learn of no damage, and make nobody read whole plans; who had one once is judged by what is on record."""
    url = f"sqlite:///{tmp_path}/a.db"
    with province(url) as tracker:
        tracker.record(granted("cu", "@tu-phap", Role.REPORTER, until=START), by=STEWARD)
        policy, clock = tracker._policy, tracker._clock
    tamper(url, "UPDATE reformtrack_log SET state = CAST('{' AS BLOB) WHERE originator_id IN ('p', 'p/1.01')")
    report, closed = ProgressReported("p/1.01", on=START, note="x"), PlanClosed("p", on=START)
    with Tracker(url, policy=policy, clock=clock) as tracker:
        for made in (report, closed, RecordRetracted("p/1.01", version=1, reason="x")):
            with pytest.raises(NotPermitted):
                tracker.record(made, by="ai-do")
        for by in ("tam", "cu"):
            with pytest.raises(errors.UnreadableRecord):
                tracker.record(report, by=by)
        assert "ai-do" == tracker.log.refusals()[0].event.actor
