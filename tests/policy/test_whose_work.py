"""Whose work it is goes by what was done, by whom and for which agency; roles that were lent, merged and granted go by use."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reformtrack import IllegalHistory, NotPermitted, SeparationOfDuties, Tracker, errors
from reformtrack.events import (
    ActivityCompleted,
    ActivityReassigned,
    ActivityReopened,
    ActivityStarted,
    AgencyAliased,
    AgencyMerged,
    AgencyRegistered,
    AgencySplit,
    CompletionConfirmed,
    CompletionReturned,
    EvidenceFiled,
    IndicatorDefined,
    ProgressReported,
    ReadingTaken,
    RecordRetracted,
    RoleDelegated,
    RoleEnded,
    RoleGranted,
)
from reformtrack.values import IndicatorKind, Role
from tests.policy.world import (
    DOCUMENT,
    DOORS,
    START,
    STEWARD,
    granted,
    may,
    plan_of_two,
    province,
    recorded,
    register,
)
from tests.support import Clock, day, scheduled

A, B, C, THIRD = "p/1.01", "p/2.01", "p/1.02", "p/1.03"
DONE = ActivityCompleted(A, on=day("6-1"))
EVIDENCE = EvidenceFiled(A, on=day("5-1"), evidence=(DOCUMENT,))


def confirmed(version: int, on: str = "6-2", id: str = A) -> CompletionConfirmed:
    return CompletionConfirmed(id, on=day(on), completion=version)


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    """The province, with a monitor in each agency."""
    with province() as tracker:
        monitors = [("ba", "@tu-phap"), ("tra", "@tai-chinh")]
        tracker.record(*(granted(actor, agency, Role.MONITOR) for actor, agency in monitors), by=STEWARD)
        tracker.record(scheduled(C, document=DOCUMENT, lead="Sở Tư pháp"), by="van")
        yield tracker


def lent(
    to: str, agency: str = "@tu-phap", actor: str = "tam", role: Role = Role.REPORTER, **more: Any
) -> RoleDelegated:
    return RoleDelegated(agency, **{"on": day("12-1"), "until": day("12-31"), **more}, actor=actor, to=to, role=role)


# Deeds


def test_who_filed_the_evidence_does_not_confirm(tracker: Tracker) -> None:
    """Nor does anybody of that agency; a supporting agency that did nothing may."""
    tracker.record(granted("thu", "@van-phong", Role.MONITOR), by=STEWARD)
    tracker.record(DONE, by="tam")
    tracker.record(EVIDENCE, by="thu")
    assert not may(tracker, confirmed(2), "thu")
    assert not may(tracker, confirmed(2), "tra")
    assert may(tracker, confirmed(2), "vinh")


def test_a_supporting_agency_that_did_nothing_may_confirm(tracker: Tracker) -> None:
    """The list of supporting agencies says who may help, not who did."""
    tracker.record(DONE, by="tam")
    assert may(tracker, confirmed(2), "tra")


def test_evidence_dated_after_the_confirmation_counts_as_well(tracker: Tracker) -> None:
    """The day of a confirmation is for who records it to choose."""
    tracker.record(DONE, by="tam")
    tracker.record(EvidenceFiled(A, on=day("8-1"), evidence=(DOCUMENT,)), by="thu")
    assert not may(tracker, confirmed(2, "6-2"), "tra")


def test_a_former_lead_that_did_the_work_does_not_confirm_it(tracker: Tracker) -> None:
    """It had reported 100 %; who leads now only said so."""
    tracker.record(ProgressReported(A, on=day("3-1"), percent=Decimal(100)), by="tam")
    tracker.record(ActivityReassigned(A, on=day("4-1"), lead="Sở Nội vụ", document=DOCUMENT), by="van")
    tracker.record(DONE, by="nga")
    for own in ("ba", "nam"):
        assert not may(tracker, confirmed(4), own)
    assert may(tracker, confirmed(4), "vinh")


def test_a_former_lead_that_did_nothing_may_confirm(tracker: Tracker) -> None:
    """Another agency filed evidence while it led, and another one did the work."""
    tracker.record(EvidenceFiled(A, on=day("3-1"), evidence=(DOCUMENT,)), by="thu")
    tracker.record(ActivityReassigned(A, on=day("4-1"), lead="Sở Nội vụ", document=DOCUMENT), by="van")
    tracker.record(DONE, by="nga")
    assert may(tracker, confirmed(4), "ba")


def test_who_reported_and_has_moved_does_not_confirm(tracker: Tracker) -> None:
    """They are at another agency today; it is still what they did. The same for progress and for the beginning."""
    tracker.record(ActivityStarted(A, on=day("2-1")), by="tuan")
    tracker.record(DONE, by="tam")
    moved = [RoleEnded("@tu-phap", on=day("7-1"), actor=actor, role=Role.REPORTER) for actor in ("tam", "tuan")]
    new = [granted(actor, "@van-phong", Role.MONITOR, on=day("7-1")) for actor in ("tam", "tuan")]
    tracker.record(*moved, *new, by=STEWARD)
    for own in ("tam", "tuan"):
        assert not may(tracker, confirmed(3, "7-2"), own)
    assert may(tracker, confirmed(3, "7-2"), "vinh")


def test_what_was_sent_back_is_done_anew(tracker: Tracker) -> None:
    """Who did what was returned has no part in what another agency did instead. A reopening by the lead sends nothing back."""
    tracker.record(DONE, by="tam")
    tracker.record(ActivityReopened(A, on=day("6-2"), reason="x"), by="tuan")
    tracker.record(ActivityReassigned(A, on=day("6-3"), lead="Sở Tài chính", document=DOCUMENT), by="van")
    tracker.record(ActivityCompleted(A, on=day("6-4")), by="thu")
    assert not may(tracker, CompletionReturned(A, on=day("6-5"), reason="x"), "ba")
    tracker.record(CompletionReturned(A, on=day("6-5"), reason="x"), by="nam")
    tracker.record(ActivityCompleted(A, on=day("6-6")), by="thu")
    assert not may(tracker, confirmed(7, "6-7"), "tra")
    assert may(tracker, confirmed(7, "6-7"), "ba")


@given(st.lists(st.sampled_from(["started", "progress", "evidence", "completed"]), min_size=1, max_size=4), st.data())
@settings(max_examples=25)
def test_nobody_who_did_anything_since_the_last_return_confirms(kinds: list[str], data: st.DataObject) -> None:
    """Whatever it was, whoever else did something, and whichever roles they have today."""
    with province() as tracker:
        agencies = {"tam": "@tu-phap", "thu": "@tai-chinh"}
        done_by = set()
        for number, kind in enumerate(kinds):
            actor = data.draw(st.sampled_from(["tam", "thu"])) if kind == "evidence" else "tam"
            made: Any = {
                "started": ActivityStarted(A, on=day("2-1")),
                "progress": ProgressReported(A, on=day("2-2"), note=str(number)),
                "evidence": EvidenceFiled(A, on=day("2-3"), evidence=(DOCUMENT,)),
                "completed": ActivityCompleted(A, on=day("6-1")),
            }[kind]
            try:
                tracker.record(made, by=actor)
            except IllegalHistory:
                continue
            done_by.add(actor)
        version = next(
            (r.version for r in tracker.log.history(A) if isinstance(r.event, ActivityCompleted)),
            len(tracker.log.history(A)) + 1,
        )
        if version > len(tracker.log.history(A)):
            tracker.record(DONE, by="tam")
            done_by.add("tam")
        for actor in done_by:
            tracker.record(
                RoleEnded(agencies[actor], on=day("7-1"), actor=actor, role=Role.REPORTER),
                granted(actor, "@van-phong", Role.MONITOR, on=day("7-1")),
                granted(f"{actor}-2", agencies[actor], Role.MONITOR, on=day("7-1")),
                by=STEWARD,
            )
        for actor in done_by:
            assert not may(tracker, confirmed(version, "7-2"), actor)
            assert not may(tracker, confirmed(version, "7-2"), f"{actor}-2")
        assert may(tracker, confirmed(version, "7-2"), "nam")


def test_a_deed_that_was_recorded_after_the_return_counts_on_whatever_day(tracker: Tracker) -> None:
    """Who did it does not step over the return by a date before it; what was recorded before the return is sent back."""
    tracker.record(granted("thu", "@van-phong", Role.MONITOR), by=STEWARD)
    tracker.record(EvidenceFiled(A, on=day("5-30"), evidence=(DOCUMENT,)), by="thu")
    tracker.record(DONE, by="tam")
    tracker.record(CompletionReturned(A, on=day("6-5"), reason="x"), by="nam")
    tracker.record(ActivityCompleted(A, on=day("6-6")), by="tam")
    tracker.record(EvidenceFiled(A, on=day("5-30"), evidence=(DOCUMENT,)), by="tuan")
    assert may(tracker, confirmed(5, "6-7"), "thu"), "hers was sent back"
    tracker.record(RecordRetracted(A, version=7, reason="x"), by="thu")
    tracker.record(EvidenceFiled(A, on=day("5-30"), evidence=(DOCUMENT,)), by="thu")
    for own in ("thu", "tra"):
        assert not may(tracker, confirmed(5, "6-7"), own)
    assert may(tracker, confirmed(5, "6-7"), "vinh")


# What is done for work that was confirmed


@pytest.mark.parametrize("on", ["5-1", "6-2", "8-1"])
@pytest.mark.parametrize("by", ["tra", "TRA", "thu"])
def test_who_confirmed_does_nothing_for_it_afterwards(tracker: Tracker, on: str, by: str) -> None:
    """Nor does their agency: on record they would have confirmed their own work. Others of the agency's say may."""
    tracker.record(granted("tra", "@tai-chinh", Role.REPORTER), granted("TRA", "@tai-chinh", Role.REPORTER), by=STEWARD)
    tracker.record(DONE, by="tam")
    tracker.record(confirmed(2), by="tra")
    filed = EvidenceFiled(A, on=day(on), evidence=(DOCUMENT,))
    assert not may(tracker, filed, by)
    assert may(tracker, filed, "tam")


def test_who_confirmed_and_has_moved_does_nothing_for_it(tracker: Tracker) -> None:
    """Not for the lead either, nor does the agency that took theirs over; what was opened again is work for all."""
    tracker.record(DONE, by="tam")
    tracker.record(confirmed(2), by="nam")
    tracker.record(granted("nam", "@tu-phap", Role.REPORTER), by=STEWARD)
    tracker.record(AgencyMerged("@noi-vu", on=day("7-1"), into="@tai-chinh"), by=STEWARD)
    for by in ("nam", "thu"):
        assert not may(tracker, EVIDENCE, by)
    tracker.record(ActivityReopened(A, on=day("7-1"), reason="x"), by="vinh")
    for by in ("nam", "thu"):
        assert not may(tracker, EVIDENCE, by), "it is of before the confirmation"
        assert may(tracker, EvidenceFiled(A, on=day("7-1"), evidence=(DOCUMENT,)), by)
    tracker.record(ActivityCompleted(A, on=day("7-2")), by="tam")
    assert not may(tracker, confirmed(7, "7-3"), "nam")


def test_a_confirmation_that_fell_is_in_nobodys_way(tracker: Tracker) -> None:
    """It fell with the completion, or was taken back itself."""
    tracker.record(granted("tra", "@tai-chinh", Role.REPORTER), by=STEWARD)
    tracker.record(DONE, by="tam")
    tracker.record(confirmed(2), by="tra")
    assert not may(tracker, EVIDENCE, "tra")
    tracker.record(RecordRetracted(A, version=2, reason="x"), by="tam")
    assert may(tracker, EVIDENCE, "tra")


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("by", ["tra", "TRA", "thu"])
def test_a_confirmation_does_not_come_back_over_work_of_who_confirmed(by: str, door: str, tmp_path: Path) -> None:
    """What opened the work again is not taken back, until what they or their agency did meanwhile is."""
    url = f"sqlite:///{tmp_path}/a.db"
    with province(url) as tracker:
        roles = [("tra", Role.MONITOR), ("tra", Role.REPORTER), ("TRA", Role.REPORTER)]
        tracker.record(*(granted(actor, "@tai-chinh", role) for actor, role in roles), by=STEWARD)
        tracker.record(DONE, by="tam")
        tracker.record(confirmed(2), by="tra")
        tracker.record(ActivityReopened(A, on=day("6-3"), reason="x"), by="vinh")
        tracker.record(EvidenceFiled(A, on=day("6-4"), evidence=(DOCUMENT,)), by=by)
        back = RecordRetracted(A, version=4, reason="x")
        assert not recorded(door, tracker, url, tmp_path, "vinh", back)
        assert recorded(door, tracker, url, tmp_path, by, RecordRetracted(A, version=5, reason="x"))
        assert recorded(door, tracker, url, tmp_path, "vinh", back)
        assert day("6-2") == tracker.plan("p").activities[0].state.confirmed_on


def test_a_confirmation_comes_back_over_work_of_others(tracker: Tracker) -> None:
    """And only who may take the reopening back is told why they may not."""
    tracker.record(DONE, by="tam")
    tracker.record(confirmed(2), by="tra")
    tracker.record(ActivityReopened(A, on=day("6-3"), reason="x"), by="tam")
    tracker.record(EvidenceFiled(A, on=day("6-4"), evidence=(DOCUMENT,)), by="tam")
    tracker.record(EvidenceFiled(A, on=day("6-4"), evidence=(DOCUMENT,)), by="thu")
    back = RecordRetracted(A, version=4, reason="x")
    for by, told in (("tam", True), ("vinh", True), ("thu", False), ("nga", False)):
        with pytest.raises(NotPermitted) as caught:
            tracker.record(back, by=by)
        assert told == ("did something" in str(caught.value))
    tracker.record(RecordRetracted(A, version=6, reason="x"), by="thu")
    assert may(tracker, back, "tam")


def test_a_reopening_after_another_is_taken_back(tracker: Tracker) -> None:
    """The work done since stays under the first one."""
    tracker.record(DONE, by="tam")
    tracker.record(confirmed(2), by="tra")
    tracker.record(ActivityReopened(A, on=day("6-3"), reason="x"), by="tam")
    tracker.record(ActivityCompleted(A, on=day("6-4")), by="tam")
    tracker.record(ActivityReopened(A, on=day("6-5"), reason="x"), by="tam")
    tracker.record(EvidenceFiled(A, on=day("6-6"), evidence=(DOCUMENT,)), by="thu")
    assert may(tracker, RecordRetracted(A, version=6, reason="x"), "tam")


def test_in_one_request_nobody_confirms_and_then_does(tracker: Tracker) -> None:
    """The second is judged by what the first makes of it."""
    tracker.record(granted("tra", "@tai-chinh", Role.REPORTER), by=STEWARD)
    tracker.record(DONE, by="tam")
    with pytest.raises(NotPermitted):
        tracker.record(confirmed(2), EVIDENCE, by="tra")


# Work of before a policy


def test_work_of_before_a_policy_is_of_the_lead_on_its_day(tmp_path: Path) -> None:
    """It names no agency; who led when it was completed does not confirm it after the lead has changed."""
    url = f"sqlite:///{tmp_path}/a.db"
    with Tracker(url, clock=Clock()) as tracker:
        tracker.record(*plan_of_two(), DONE, by="van-thu")
    with Tracker(url, clock=Clock(), policy=SeparationOfDuties(stewards=(STEWARD,))) as tracker:
        register(tracker)
        tracker.record(granted("ba", "@tu-phap", Role.MONITOR), by=STEWARD)
        tracker.record(granted("van-thu", "@van-phong", Role.MONITOR), by=STEWARD)
        handed = ActivityReassigned(A, on=day("6-15"), lead="Sở Tài chính", document=DOCUMENT)
        tracker.record(handed, by="van")
        assert not may(tracker, confirmed(2, "7-1"), "ba")
        assert not may(tracker, confirmed(2, "7-1"), "van-thu"), "nor does who recorded it"
        assert may(tracker, confirmed(2, "7-1"), "nam")


def test_work_of_before_a_policy_by_a_group_is_of_whom_the_plan_names_since(tmp_path: Path) -> None:
    """Until then nobody can say whose it is, so nobody confirms it."""
    url = f"sqlite:///{tmp_path}/a.db"
    with Tracker(url, clock=Clock()) as tracker:
        plan, _, second = plan_of_two()
        tracker.record(
            plan, scheduled(A, lead="Các sở, ban, ngành", supporting=("Sở Tài chính",)), second, DONE, by="van-thu"
        )
    with Tracker(url, clock=Clock(), policy=SeparationOfDuties(stewards=(STEWARD,))) as tracker:
        register(tracker)
        tracker.record(granted("ba", "@tu-phap", Role.MONITOR), by=STEWARD)
        for made, by in ((confirmed(2), "nam"), (EVIDENCE, "thu"), (confirmed(2), "nam")):
            with nullcontext() if by == "thu" else pytest.raises(NotPermitted, match="ActivityReassigned"):
                tracker.record(made, by=by)  # it is known what one agency did, and not who did the rest
        tracker.record(ActivityReassigned(A, on=day("7-1"), lead="Sở Tư pháp", document=DOCUMENT), by="van")
        assert not may(tracker, confirmed(2), "ba")
        assert may(tracker, confirmed(2), "nam")


# Roles that were lent


@pytest.mark.parametrize("door", DOORS)
def test_a_role_lent_unasked_disables_nobody(door: str, tmp_path: Path) -> None:
    """It counts for the borrower at once, against them from their first record for that agency in the plan."""
    url = f"sqlite:///{tmp_path}/a.db"
    with province(url) as tracker:
        third = "p/1.03"
        tracker.record(*(scheduled(id, document=DOCUMENT, lead="Sở Tư pháp") for id in (C, third)), by="van")
        for id in (A, C):
            tracker.record(ActivityCompleted(id, on=day("6-1")), by="tam")
        today = tracker.today()
    with Tracker(url, policy=SeparationOfDuties(stewards=(STEWARD,))) as tracker:
        on = tracker.today()
        assert recorded(door, tracker, url, tmp_path, "tam", lent("nam", on=on, until=date(on.year + 1, 1, 1)))
        assert recorded(door, tracker, url, tmp_path, "nam", confirmed(2))
        assert (
            recorded(door, tracker, url, tmp_path, "nam", EvidenceFiled(B, on=day("6-1"), evidence=(DOCUMENT,)))
            is False
        )
        used = EvidenceFiled(third, on=day("6-3"), evidence=(DOCUMENT,))
        assert recorded(door, tracker, url, tmp_path, "nam", used), "for the borrower at once"
        assert not recorded(door, tracker, url, tmp_path, "nam", confirmed(2, id=C)), "against them once it was used"
        assert recorded(door, tracker, url, tmp_path, "vinh", confirmed(2, id=C))
    assert today <= on


def test_nobody_acts_for_who_lent_them_a_role_where_their_own_is_enough(tracker: Tracker) -> None:
    """The record names the agency of their own, though that of the loan comes first by its name; so it stays unused."""
    tracker.record(lent("vinh", "@noi-vu", "nam", Role.MONITOR), by="nam")
    tracker.record(DONE, by="tam")
    tracker.record(ActivityCompleted(B, on=day("6-1")), by="nga")
    assert may(tracker, confirmed(2), "vinh")
    assert "@van-phong" == tracker.log.history(A)[-1].agency
    assert may(tracker, confirmed(2, id=B), "vinh")


def test_a_role_of_their_own_comes_before_any_that_was_lent(tracker: Tracker) -> None:
    """Another role, too: a monitor who was lent a reporter's goes on for her own agency, and may still judge."""
    defined = IndicatorDefined("p#so", on=day("2-1"), title="Số", unit="lượt", kind=IndicatorKind.COUNT)
    tracker.record(defined, by="van")
    tracker.record(DONE, by="tam")
    tracker.record(ActivityCompleted(C, on=day("6-1")), by="tam")
    tracker.record(lent("nam"), by="tam")
    [figure] = tracker.record(ReadingTaken("p#so", on=day("6-1"), as_of=day("6-1"), value=Decimal(5)), by="nam")
    [opened] = tracker.record(ActivityReopened(C, on=day("6-2"), reason="x"), by="nam")
    assert ("@noi-vu", "@noi-vu") == (figure.agency, opened.agency)
    assert not may(tracker, RecordRetracted(C, version=3, reason="x"), "tam")
    [taken_back] = tracker.record(RecordRetracted("p#so", version=2, reason="x"), by="nam")
    assert "@noi-vu" == taken_back.agency
    assert may(tracker, confirmed(2), "nam")


def test_one_request_does_not_use_a_loan_and_judge(tracker: Tracker) -> None:
    """What comes before in the request counts as what is on record."""
    for id in (A, C):
        tracker.record(ActivityCompleted(id, on=day("6-1")), by="tam")
    tracker.record(lent("nam"), by="tam")
    used = EvidenceFiled(A, on=day("6-3"), evidence=(DOCUMENT,))
    with pytest.raises(NotPermitted):
        tracker.record(used, confirmed(2, id=C), by="nam")
    tracker.record(confirmed(2, id=C), used, by="nam")


def test_who_judges_with_a_lent_role_is_tied_as_who_lent_it(tracker: Tracker) -> None:
    """A monitor lends the role to somebody who then confirms what the monitor reported, or what is of the monitor's agency."""
    tracker.record(granted("hai", "@tu-phap", Role.REPORTER), granted("hai", "@van-phong", Role.MONITOR), by=STEWARD)
    tracker.record(DONE, by="tam")
    tracker.record(lent("moi", "@van-phong", "hai", Role.MONITOR), by="hai")
    tracker.record(lent("moi-2", "@tu-phap", "ba", Role.MONITOR), by="ba")
    assert not may(tracker, confirmed(2), "hai")
    assert not may(tracker, confirmed(2), "moi")
    assert not may(tracker, confirmed(2), "moi-2")
    tracker.record(lent("moi", "@van-phong", "vinh", Role.MONITOR), by="vinh")
    assert may(tracker, confirmed(2), "moi"), "with a role of one who has no part in it"


def test_who_has_moved_does_not_confirm_by_a_lent_role(tracker: Tracker) -> None:
    """What the lender did stays theirs after their role there has ended."""
    tracker.record(DONE, by="tam")
    tracker.record(
        RoleEnded("@tu-phap", on=day("7-1"), actor="tam", role=Role.REPORTER),
        granted("tam", "@van-phong", Role.MONITOR, on=day("7-1")),
        by=STEWARD,
    )
    tracker.record(lent("moi", "@van-phong", "tam", Role.MONITOR), by="tam")
    assert not may(tracker, confirmed(2, "7-2"), "moi")


@pytest.mark.parametrize(
    ("actor", "ends"), [("tam", True), ("nam", True), ("tuan", False), ("vinh", False), (STEWARD, True)]
)
def test_who_lent_and_who_borrowed_may_end_it(tracker: Tracker, actor: str, ends: bool) -> None:
    """And a steward; nobody else."""
    tracker.record(lent("nam"), by="tam")
    end = RoleEnded("@tu-phap", on=day("12-31"), actor="nam", role=Role.REPORTER)
    assert ends == may(tracker, end, actor)
    assert ends != may(tracker, ActivityStarted(A, on=day("2-1")), "nam")


def test_nobody_ends_their_own_granted_role_as_if_it_were_lent(tracker: Tracker) -> None:
    """Neither alone nor beside a loan of the same role; and a loan that was ended is not taken up again by who had it."""
    tracker.record(granted("hai", "@tu-phap", Role.REPORTER), by=STEWARD)
    tracker.record(lent("hai"), lent("moi"), by="tam")
    for actor in ("hai", "tam"):
        assert not may(tracker, RoleEnded("@tu-phap", on=day("12-31"), actor="hai", role=Role.REPORTER), actor)
    assert not may(tracker, RoleEnded("@tu-phap", on=day("12-31"), actor="tam", role=Role.REPORTER), "tam")
    tracker.record(RoleEnded("@tu-phap", on=day("12-31"), actor="moi", role=Role.REPORTER), by="tam")
    back = RecordRetracted("@tu-phap", version=len(tracker.log.history("@tu-phap")), reason="x")
    for actor in ("moi", "tam"):
        assert not may(tracker, back, actor)


def test_a_loan_ties_in_whatever_spelling_it_is_used(tracker: Tracker) -> None:
    """The name that a role was lent to permits; every spelling of it speaks against."""
    for id in (A, C):
        tracker.record(ActivityCompleted(id, on=day("6-1")), by="tam")
    tracker.record(lent("NAM"), by="tam")
    tracker.record(EvidenceFiled(A, on=day("6-3"), evidence=(DOCUMENT,)), by="NAM")
    assert not may(tracker, confirmed(2, id=C), "nam")
    assert may(tracker, confirmed(2, id=C), "vinh")


ENDED = RoleEnded("@tu-phap", on=day("12-31"), actor="nam", role=Role.REPORTER)


@pytest.fixture
def lending() -> Iterator[tuple[Tracker, Clock]]:
    """A was done before nam worked for its lead on loan, and C while he did; now he has ended it."""
    clock = Clock(datetime(2023, 12, 20, 10, tzinfo=UTC))
    with province(clock=clock) as tracker:
        tracker.record(*(scheduled(id, document=DOCUMENT, lead="Sở Tư pháp") for id in (C, THIRD, "p/1.04")), by="van")
        tracker.record(DONE, by="tam")
        clock.now += timedelta(days=5)
        tracker.record(lent("nam", on=day("12-25")), by="tam")
        tracker.record(ActivityStarted(THIRD, on=day("6-1")), by="nam")
        clock.now += timedelta(days=3)
        tracker.record(ActivityCompleted(C, on=day("6-1")), by="tam")
        clock.now += timedelta(days=3)
        yield tracker, clock


@pytest.mark.parametrize("door", DOORS)
def test_no_request_ends_a_loan_and_judges(door: str, tmp_path: Path) -> None:
    """Nor do two of one day: on the day on which it is ended it counts."""
    url = f"sqlite:///{tmp_path}/a.db"
    with province(url) as tracker:
        tracker.record(scheduled(C, document=DOCUMENT, lead="Sở Tư pháp"), by="van")
        tracker.record(DONE, by="tam")
    with Tracker(url, policy=SeparationOfDuties(stewards=(STEWARD,))) as tracker:
        on = tracker.today()
        tracker.record(lent("nam", on=on, until=date(on.year + 1, 1, 1)), by="tam")
        tracker.record(ActivityStarted(C, on=day("6-1")), by="nam")
        end = RoleEnded("@tu-phap", on=on, actor="nam", role=Role.REPORTER)
        assert not recorded(door, tracker, url, tmp_path, "nam", end, confirmed(2))
        assert not recorded(door, tracker, url, tmp_path, "nam", confirmed(2))
        tracker.record(end, by="nam")
        assert not recorded(door, tracker, url, tmp_path, "nam", confirmed(2))
        assert recorded(door, tracker, url, tmp_path, "vinh", confirmed(2))


def test_a_loan_that_is_ended_ties_to_what_was_recorded_while_it_was_used(lending: tuple[Tracker, Clock]) -> None:
    """And to nothing else, from the second day after its last one: nobody is kept from judging for good."""
    tracker, clock = lending
    tracker.record(ENDED, by="nam")
    assert not may(tracker, confirmed(2), "nam"), "it counts on the day on which it is ended"
    clock.now += timedelta(days=1)
    assert may(tracker, confirmed(2), "nam"), "of before the loan"
    assert not may(tracker, confirmed(2, id=C), "nam"), "of the days of the loan"
    clock.now += timedelta(days=30)
    assert not may(tracker, confirmed(2, id=C), "nam")
    assert not may(tracker, RecordRetracted(C, version=2, reason="x"), "nam")
    tracker.record(ActivityStarted("p/1.04", on=day("6-1")), by="tam")
    tracker.record(ActivityCompleted("p/1.04", on=day("6-1")), by="tam")
    assert may(tracker, confirmed(3, id="p/1.04"), "nam"), "of after it"
    assert may(tracker, confirmed(2, id=C), "vinh")


def test_a_loan_that_has_run_out_ties_as_one_that_was_ended(lending: tuple[Tracker, Clock]) -> None:
    """It ends by itself after its last day."""
    tracker, clock = lending
    clock.now += timedelta(days=2)
    assert may(tracker, confirmed(2), "nam")
    assert not may(tracker, confirmed(2, id=C), "nam")


def test_a_loan_that_was_not_used_ties_to_nothing_after_its_end(tracker: Tracker) -> None:
    """Nor on the day of its end: otherwise anybody could keep a monitor from judging."""
    tracker.record(lent("nam"), by="tam")
    tracker.record(DONE, by="tam")
    tracker.record(ENDED, by="nam")
    assert may(tracker, confirmed(2), "nam")


@pytest.mark.parametrize("actor", ["nam", "tam"])
def test_a_loan_is_not_ended_as_if_it_had_not_been(lending: tuple[Tracker, Clock], actor: str) -> None:
    """Neither of an earlier day, nor by a retraction: a steward alone puts that right."""
    tracker, _ = lending
    early = RoleEnded("@tu-phap", on=day("12-25"), actor="nam", role=Role.REPORTER)
    back = RecordRetracted("@tu-phap", version=len(tracker.log.history("@tu-phap")), reason="x")
    assert not may(tracker, early, actor)
    assert not may(tracker, back, actor)
    assert may(tracker, early, STEWARD)


# Stewards


def test_a_stewards_own_role_does_not_follow_a_merger_that_they_recorded(tracker: Tracker) -> None:
    """Into whichever agency they like. It goes on where another steward recorded it; and it ties them in both cases."""
    for steward, other in (("hai", "ba"), ("ba", "hai")):
        with province() as tracker:
            tracker.record(granted("hai", "@van-phong", Role.STEWARD), by=STEWARD)
            tracker.record(granted("ba", "@noi-vu", Role.STEWARD), granted("mot", "@tai-chinh", Role.MONITOR), by="hai")
            roles = [granted("hai", "@tai-chinh", Role.REPORTER), granted("hai", "@noi-vu", Role.MONITOR)]
            tracker.record(*roles, by="ba")
            tracker.record(AgencyMerged("@tai-chinh", on=day("5-1"), into="@tu-phap"), by=steward)
            assert (steward == "ba") == may(tracker, ActivityStarted(A, on=day("6-1")), "hai")
            tracker.record(DONE, by="tam")
            assert not may(tracker, confirmed(len(tracker.log.history(A))), "hai"), other
            assert not may(tracker, confirmed(len(tracker.log.history(A))), "mot")


def test_a_merger_that_they_recorded_ties_a_steward_as_any_other(tracker: Tracker) -> None:
    """To the work of every agency that came into the same one."""
    tracker.record(
        AgencyRegistered("@mot", on=START, name="Sở Một"), granted("hai", "@van-phong", Role.STEWARD), by=STEWARD
    )
    tracker.record(granted("ba", "@noi-vu", Role.STEWARD), by="hai")
    roles = [granted("hai", "@tai-chinh", Role.REPORTER), granted("hai", "@noi-vu", Role.MONITOR)]
    tracker.record(*roles, by="ba")
    tracker.record(DONE, by="tam")
    tracker.record(AgencyMerged("@tai-chinh", on=day("6-1"), into="@mot"), by="hai")
    tracker.record(AgencyMerged("@tu-phap", on=day("6-1"), into="@mot"), by="ba")
    assert not may(tracker, confirmed(2), "hai")
    assert may(tracker, confirmed(2), "nam")


def test_nor_does_the_work_of_another_agency_come_to_them(tracker: Tracker) -> None:
    """Into their own agency: the work follows for their colleagues, not for who recorded it."""
    tracker.record(granted("nga", "@van-phong", Role.STEWARD), by=STEWARD)
    tracker.record(granted("moi", "@noi-vu", Role.REPORTER), granted("hai", "@van-phong", Role.STEWARD), by="nga")
    tracker.record(granted("nga", "@tai-chinh", Role.REPORTER), by="hai")
    tracker.record(AgencyMerged("@tu-phap", on=day("5-1"), into="@noi-vu"), by="nga")
    assert not may(tracker, ActivityStarted(A, on=day("2-1")), "nga")
    handed = ActivityReassigned(A, on=day("6-1"), lead="Sở Tài chính", document=DOCUMENT)
    tracker.record(handed, by="van")
    assert not may(tracker, ActivityStarted(A, on=day("2-1")), "nga"), "nor as one of those who lead since"
    assert may(tracker, ActivityStarted(A, on=day("2-1")), "moi")
    tracker.record(
        AgencyAliased("@noi-vu", on=day("6-1"), aliases=("SNV",)), by="nga"
    )  # they keep the register as before


def test_a_steward_is_one_after_the_merger_of_their_own_agency(tracker: Tracker) -> None:
    """The register is that of all agencies: nothing is gained, and without the role nobody might be left to keep it."""
    tracker.record(granted("nga", "@noi-vu", Role.STEWARD), by=STEWARD)
    tracker.record(AgencyMerged("@noi-vu", on=day("5-1"), into="@van-phong"), by="nga")
    assert may(tracker, granted("moi", "@van-phong", Role.REPORTER), "nga")


def test_a_split_frees_nobody_of_what_their_agency_did(tracker: Tracker) -> None:
    """Their role there goes nowhere, and still ties them to the work of its line."""
    tracker.record(granted("hai", "@tu-phap", Role.REPORTER), granted("hai", "@van-phong", Role.MONITOR), by=STEWARD)
    tracker.record(DONE, by="tam")
    parts = [AgencyRegistered(id, on=START, name=id[1:]) for id in ("@mot", "@hai")]
    tracker.record(*parts, AgencySplit("@tu-phap", on=day("7-1"), into=("@mot", "@hai")), by=STEWARD)
    assert not may(tracker, confirmed(2, "7-2"), "hai")
    assert may(tracker, confirmed(2, "7-2"), "vinh")


@pytest.mark.parametrize("door", DOORS)
def test_the_stewards_of_the_settings_end_with_the_first_that_is_granted(door: str, tmp_path: Path) -> None:
    """From then on the register says who they are, also when that role has ended. One for a single plan keeps no register."""
    url = f"sqlite:///{tmp_path}/a.db"
    with province(url) as tracker:
        own = AgencyRegistered("@moi", on=START, name="Sở mới")
        assert recorded(door, tracker, url, tmp_path, STEWARD, granted("x", "@noi-vu", Role.STEWARD, plan="p"))
        assert recorded(door, tracker, url, tmp_path, STEWARD, own)
        first = granted("nga", "@noi-vu", Role.STEWARD, until=day("12-31"))
        assert recorded(door, tracker, url, tmp_path, STEWARD, first)
        assert not recorded(door, tracker, url, tmp_path, STEWARD, granted("y", "@noi-vu", Role.REPORTER))
        if door != "command":  # whose clock is the machine's: the role is over there
            second = RoleGranted("@noi-vu", on=START, actor="vinh", role=Role.STEWARD, until=day("12-31"))
            assert recorded(door, tracker, url, tmp_path, "nga", second)
    with Tracker(url, policy=SeparationOfDuties(stewards=(STEWARD,))) as tracker:
        for actor in (STEWARD, "nga", "vinh"):
            assert not recorded(door, tracker, url, tmp_path, actor, granted("z", "@noi-vu", Role.REPORTER))


def test_what_the_law_refuses_for_whom_is_refused_by_the_policy_first(tracker: Tracker) -> None:
    """One idea of whose work it is: who reported does not confirm, and nothing of the record is told."""
    tracker.record(granted("tam", "@van-phong", Role.MONITOR), by=STEWARD)
    tracker.record(DONE, by="tam")
    with pytest.raises(NotPermitted):
        tracker.record(confirmed(2), by="tam")
    with Tracker(clock=Clock()) as other, pytest.raises(errors.ConfirmsOwnWork):
        other.record(*plan_of_two(), DONE, by="tam")
        other.record(confirmed(2), by="tam")
