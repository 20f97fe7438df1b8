"""The same person by another spelling is let through nowhere; and a role is held by the very name that it was granted to."""

from pathlib import Path

import pytest

from reformtrack import NotPermitted, SeparationOfDuties, Tracker, errors
from reformtrack.events import ActivityCompleted, CompletionConfirmed, CompletionReturned, RoleDelegated, RoleGranted
from reformtrack.refusals import A_MINUTE, Refusals
from reformtrack.values import Role
from tests.policy.world import START, province
from tests.support import Clock, adopted, day, scheduled, tamper

A = "p/1.01"
DONE = ActivityCompleted(A, on=day("6-20"))
SPELLINGS = ["TAM", "Tam", "\uff34\uff41\uff4d"]
"""Names of "tam" that can be recorded: in capitals, and in fullwidth letters."""

OLD_SPELLINGS = [*SPELLINGS, "tam ", "t\u200bam", "t\u00adam", "tam\ufe0f"]
"""And those that could be, before names were one line without invisible characters."""


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_nobody_confirms_their_own_work_in_another_spelling(spelling: str) -> None:
    """Without a policy, where names are all that there is."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(confirmation_required=True), scheduled(), DONE, by="tam")
        with pytest.raises(errors.ConfirmsOwnWork):
            tracker.record(CompletionConfirmed(A, on=day("7-1"), completion=2), by=spelling)
        tracker.record(CompletionConfirmed(A, on=day("7-1"), completion=2), by="tám")


@pytest.mark.parametrize("spelling", OLD_SPELLINGS)
def test_nor_what_they_reported_in_a_spelling_that_can_no_longer_be_recorded(spelling: str, tmp_path: Path) -> None:
    """Old records are read as they are, and folded all the same."""
    url = f"sqlite:///{tmp_path}/a.db"
    with Tracker(url, clock=Clock()) as tracker:
        tracker.record(adopted(confirmation_required=True), scheduled(), by="x")
        tracker.record(DONE, by="tam-x")
    tamper(url, f"""UPDATE reformtrack_log SET state = CAST(replace(state, '"tam-x"', '"{spelling}"') AS BLOB)""")
    with Tracker(url, clock=Clock()) as tracker:
        assert spelling == tracker.log.history(A)[-1].by
        with pytest.raises(errors.ConfirmsOwnWork):
            tracker.record(CompletionConfirmed(A, on=day("7-1"), completion=2), by="tam")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_role_is_held_by_the_very_name(spelling: str) -> None:
    """Folding permits nothing."""
    with province() as tracker, pytest.raises(NotPermitted):
        tracker.record(DONE, by=spelling)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_roles_in_another_spelling_count_against_somebody(spelling: str) -> None:
    """Who reports for the agency in one spelling judges none of its work in another."""
    with province() as tracker:
        tracker.record(RoleGranted("@noi-vu", on=START, actor=spelling, role=Role.MONITOR), by="quan-tri")
        tracker.record(DONE, by="tuan")
        for judgement in (
            CompletionConfirmed(A, on=day("7-1"), completion=2),
            CompletionReturned(A, on=day("7-1"), reason="x"),
        ):
            with pytest.raises(NotPermitted):
                tracker.record(judgement, by=spelling)
        tracker.record(CompletionConfirmed(A, on=day("7-1"), completion=2), by="nam")


@pytest.mark.parametrize("spelling", ["QUAN-TRI", "Quan-Tri", "\uff51uan-tri"])
def test_a_steward_grants_nothing_to_themselves_in_another_spelling(spelling: str) -> None:
    """Nor lends it."""
    with province() as tracker:
        with pytest.raises(NotPermitted):
            tracker.record(RoleGranted("@noi-vu", on=START, actor=spelling, role=Role.MONITOR), by="quan-tri")
        with pytest.raises(NotPermitted):
            lent = RoleDelegated("@noi-vu", on=START, actor="nam", to=spelling, role=Role.MONITOR, until=day("12-31"))
            tracker.record(lent, by="quan-tri")


def test_a_steward_is_the_very_name() -> None:
    """As given to the policy."""
    with (
        Tracker(clock=Clock(), policy=SeparationOfDuties(stewards=("quan-tri",))) as tracker,
        pytest.raises(NotPermitted),
    ):
        tracker.record(RoleGranted("@a", on=START, actor="a", role=Role.MONITOR), by="QUAN-TRI")


def test_refusals_are_counted_by_person_and_not_by_spelling() -> None:
    """Or each spelling would fill the log anew."""
    refusals, now = Refusals(), Clock().now
    found = [refusals.due(spelling, now) for spelling in ["tam", *OLD_SPELLINGS]]
    assert [1] * A_MINUTE + [0] * (len(found) - A_MINUTE) == found
