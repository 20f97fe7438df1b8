"""Separation of duties: each rule, who it lets in, and that nothing goes round it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reformtrack import NotPermitted, SeparationOfDuties, Tracker, errors, open_to_all
from reformtrack.answers import ProgressStatus
from reformtrack.events import (
    ActivityCompleted,
    ActivityReassigned,
    ActivityReopened,
    ActivityRescheduled,
    ActivityStarted,
    ActivitySuspended,
    ActivityWithdrawn,
    AgencyMerged,
    AgencyRegistered,
    AgencyRenamed,
    AgencySplit,
    CompletionConfirmed,
    CompletionReturned,
    EvidenceFiled,
    PlanClosed,
    ProgressReported,
    RecordingRefused,
    RecordRetracted,
    RoleDelegated,
    RoleEnded,
)
from reformtrack.refusals import ACTORS, Refusals
from reformtrack.values import Role
from tests.policy.world import AGENCIES, DOCUMENT, ROLES, START, STEWARD, granted, province
from tests.support import JUNE, Clock, adopted, day, scheduled

A, B = "p/1.01", "p/2.01"
EVERYBODY = (*(actor for actor, _, _ in ROLES), STEWARD, "ai-do")
DONE = ActivityCompleted(A, on=day("6-1"))


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    with province() as tracker:
        yield tracker


def permitted(tracker: Tracker, event: Any) -> set[str]:
    """Who may record an event, each asked on the same history: what is recorded for one is taken back behind the policy."""
    found = set()
    for actor in EVERYBODY:
        try:
            tracker.record(event, by=actor)
        except NotPermitted:
            continue
        except errors.IllegalHistory:  # it was permitted, and stands on record already
            pass
        found.add(actor)
    return found


@pytest.mark.parametrize(
    ("event", "actors"),
    [
        (ActivityStarted(A, on=day("2-1")), {"tam", "tuan"}),
        (ProgressReported(A, on=day("2-1"), note="x"), {"tam", "tuan"}),
        (ActivitySuspended(A, on=day("2-1"), reason="x"), {"tam", "tuan"}),
        (EvidenceFiled(A, on=day("2-1"), evidence=(DOCUMENT,)), {"tam", "tuan", "thu"}),
        (ActivityStarted(B, on=day("2-1")), {"nga"}),
        (ActivityRescheduled(A, on=day("2-1"), deadline=JUNE, document=DOCUMENT), {"van"}),
        (ActivityRescheduled(A, on=day("2-1"), deadline=JUNE), set()),
        (ActivityReassigned(A, on=day("2-1"), lead="Sở Nội vụ"), set()),
        (ActivityReassigned(A, on=day("2-1"), lead="Sở Nội vụ", document=DOCUMENT), {"van"}),
        (ActivityWithdrawn(A, on=day("2-1"), reason="x"), set()),
        (ActivityWithdrawn(A, on=day("2-1"), reason="x", document=DOCUMENT), {"van"}),
        (scheduled("p/1.02"), set()),
        (scheduled("p/1.02", document=DOCUMENT), {"van"}),
        (scheduled("p/1.02", on=day("2-1")), set()),
        (scheduled("p/1.02", on=day("2-1"), document=DOCUMENT), {"van"}),
        (PlanClosed("p", on=day("12-30")), {"van"}),
        (adopted("q"), set()),
        (adopted("q", document=DOCUMENT), {"van"}),
        (AgencyRegistered("@moi", on=START, name="Sở mới"), {STEWARD}),
        (AgencyRenamed("@noi-vu", on=day("2-1"), name="Sở Nội vụ mới"), {STEWARD}),
        (granted("moi", "@noi-vu", Role.REPORTER), {STEWARD}),
        (granted(STEWARD, "@noi-vu", Role.REPORTER), set()),
        (RoleEnded("@noi-vu", on=day("2-1"), actor="nam", role=Role.MONITOR), {STEWARD}),
    ],
)
def test_each_event_has_those_who_may_record_it(tracker: Tracker, event: Any, actors: set[str]) -> None:
    """And nobody else: others are refused, whatever the history says of it."""
    assert actors == permitted(tracker, event)


@pytest.mark.parametrize(
    ("event", "actors"),
    [
        (CompletionConfirmed(A, on=day("6-2"), completion=2), {"nam", "vinh"}),
        (CompletionReturned(A, on=day("6-2"), reason="thiếu"), {"nam", "vinh"}),
        (ActivityReopened(A, on=day("6-2"), reason="x"), {"tam", "tuan", "nam", "vinh"}),
        (RecordRetracted(A, version=2, reason="x"), {"tam", "tuan"}),
    ],
)
def test_a_completion_is_judged_by_others(tracker: Tracker, event: Any, actors: set[str]) -> None:
    """By monitors of agencies that did not do the work; taken back by those who may report it."""
    tracker.record(DONE, by="tam")
    assert actors == permitted(tracker, event)


def test_a_monitor_does_not_confirm_work_of_their_own_agency(tracker: Tracker) -> None:
    """The interior leads the second activity: its monitor cannot confirm that, another agency's can."""
    tracker.record(ActivityCompleted(B, on=day("6-1")), by="nga")
    assert {"vinh"} == permitted(tracker, CompletionConfirmed(B, on=day("6-2"), completion=2))


def test_who_also_reports_for_the_agency_does_not_confirm(tracker: Tracker) -> None:
    """A second hat does not help."""
    tracker.record(granted("hai", "@tu-phap", Role.REPORTER), granted("hai", "@van-phong", Role.MONITOR), by=STEWARD)
    tracker.record(DONE, by="tam")
    with pytest.raises(NotPermitted):
        tracker.record(CompletionConfirmed(A, on=day("6-2"), completion=2), by="hai")


def test_who_does_the_work_is_not_forgotten_when_the_lead_changes(tracker: Tracker) -> None:
    """Once it is reported and handed on, no second hat of the agency that did it confirms it or sends it back."""
    tracker.record(
        granted("hai", "@tu-phap", Role.REPORTER),
        granted("hai", "@van-phong", Role.MONITOR),
        granted("ba", "@tu-phap", Role.MONITOR),
        granted("ba", "@van-phong", Role.MONITOR),
        by=STEWARD,
    )
    tracker.record(DONE, by="tam")
    tracker.record(ActivityReassigned(A, on=day("6-2"), lead="Sở Tài chính", document=DOCUMENT), by="van")
    for actor in ("hai", "ba"):
        for event in (
            CompletionConfirmed(A, on=day("6-3"), completion=2),
            CompletionReturned(A, on=day("6-3"), reason="x"),
        ):
            with pytest.raises(NotPermitted):
                tracker.record(event, by=actor)
    assert {"nam", "vinh"} == permitted(tracker, CompletionConfirmed(A, on=day("6-3"), completion=2))


def test_a_hat_in_another_plan_is_a_hat(tracker: Tracker) -> None:
    """Who reports for the agency in one plan does not confirm what it did in another."""
    tracker.record(
        granted("hai", "@tu-phap", Role.REPORTER, plan="q"), granted("hai", "@van-phong", Role.MONITOR), by=STEWARD
    )
    tracker.record(DONE, by="tam")
    with pytest.raises(NotPermitted):
        tracker.record(CompletionConfirmed(A, on=day("6-2"), completion=2), by="hai")


@pytest.mark.parametrize("returned", [True, False])
def test_a_judgement_is_not_taken_back_by_those_whose_work_it_is(tracker: Tracker, returned: bool) -> None:
    """Sent back, or opened again after a confirmation, by the interior: no monitor of justice makes it complete again."""
    tracker.record(granted("ba", "@tu-phap", Role.MONITOR), by=STEWARD)
    tracker.record(DONE, by="tam")
    if returned:
        tracker.record(CompletionReturned(A, on=day("6-2"), reason="x"), by="nam")
    else:
        tracker.record(CompletionConfirmed(A, on=day("6-2"), completion=2), by="nam")
        tracker.record(ActivityReopened(A, on=day("6-3"), reason="x"), by="nam")
    retracted = RecordRetracted(A, version=len(tracker.log.history(A)), reason="x")
    for actor in ("ba", "tam", "tuan"):
        with pytest.raises(NotPermitted):
            tracker.record(retracted, by=actor)
    tracker.record(retracted, by="vinh")


def test_every_record_names_the_rule_and_the_agency(tracker: Tracker) -> None:
    """As they are read back."""
    tracker.record(DONE, by="tam")
    tracker.record(CompletionConfirmed(A, on=day("6-2"), completion=2), by="nam")
    found = [(record.by, record.agency, record.rule) for record in tracker.log.history(A)]
    assert [
        ("van", "@van-phong", "planner changes the plan by a document"),
        ("tam", "@tu-phap", "lead reports"),
        ("nam", "@noi-vu", "another agency judges"),
    ] == found
    assert {("quan-tri", "", "steward keeps the register")} == {
        (record.by, record.agency, record.rule) for id in AGENCIES for record in tracker.log.history(id)
    }


MERGED = day("7-1")


def test_a_merged_agency_cannot_confirm_the_work_of_its_predecessor(tracker: Tracker) -> None:
    """Justice goes into the interior: the interior reports it now, and only the third agency confirms."""
    tracker.record(DONE, by="tam")
    tracker.record(AgencyMerged("@tu-phap", on=MERGED, into="@noi-vu"), by=STEWARD)
    assert {"vinh"} == permitted(tracker, CompletionConfirmed(A, on=day("7-2"), completion=2))


def test_roles_and_work_follow_a_merger(tracker: Tracker) -> None:
    """Who reported for the agency that merged does so for its successor, as its colleagues there; also for days before."""
    tracker.record(AgencyMerged("@tu-phap", on=MERGED, into="@noi-vu"), by=STEWARD)
    started = ActivityStarted(A, on=day("2-1"))
    assert {"tam", "tuan", "nga"} == permitted(tracker, started)
    assert "@noi-vu" == tracker.log.history(A)[-1].agency


def test_a_split_ends_roles_and_leaves_work_to_be_handed_on(tracker: Tracker) -> None:
    """Nobody reports until somebody is given the lead; whoever comes out of the split cannot confirm its work."""
    tracker.record(DONE, by="tam")
    parts = [AgencyRegistered(id, on=MERGED, name=name) for id, name in (("@phan-1", "Sở Một"), ("@phan-2", "Sở Hai"))]
    tracker.record(*parts, AgencySplit("@tu-phap", on=MERGED, into=("@phan-1", "@phan-2")), by=STEWARD)
    tracker.record(
        granted("mot", "@phan-1", Role.REPORTER, on=MERGED),
        granted("hai", "@phan-2", Role.MONITOR, on=MERGED),
        by=STEWARD,
    )
    for actor in ("tam", "mot"):
        with pytest.raises(NotPermitted):
            tracker.record(ActivityReopened(A, on=day("7-2"), reason="x"), by=actor)
    with pytest.raises(NotPermitted):
        tracker.record(CompletionConfirmed(A, on=day("7-2"), completion=2), by="hai")
    tracker.record(CompletionConfirmed(A, on=day("7-2"), completion=2), by="vinh")
    handed = ActivityReassigned(A, on=day("7-3"), lead="Sở Một", document=DOCUMENT)
    tracker.record(handed, by="van")
    tracker.record(ActivityReopened(A, on=day("7-4"), reason="x"), by="mot")


def test_a_role_counts_on_the_day_of_the_recording(tracker: Tracker) -> None:
    """Not on the day of the fact: who has left does not write the past, and nobody writes before they came."""
    tracker.record(RoleEnded("@tu-phap", on=day("12-31"), actor="tam", role=Role.REPORTER), by=STEWARD)
    with pytest.raises(NotPermitted):
        tracker.record(DONE, by="tam")
    tracker.record(granted("sau", "@tu-phap", Role.REPORTER, until=day("12-30")), by=STEWARD)
    with pytest.raises(NotPermitted):
        tracker.record(DONE, by="sau")


def test_a_role_for_one_plan_is_none_for_another(tracker: Tracker) -> None:
    """Its reporter reports there."""
    tracker.record(granted("rieng", "@tu-phap", Role.REPORTER, plan="q"), by=STEWARD)
    with pytest.raises(NotPermitted):
        tracker.record(DONE, by="rieng")
    tracker.record(granted("rieng", "@tu-phap", Role.REPORTER, plan="p"), by=STEWARD)
    tracker.record(DONE, by="rieng")


def delegated(to: str, actor: str = "tam", **more: Any) -> RoleDelegated:
    fields = {"on": day("12-1"), "until": day("12-31"), "role": Role.REPORTER, **more}
    return RoleDelegated("@tu-phap", actor=actor, to=to, **fields)


def test_a_role_is_lent_by_who_has_it(tracker: Tracker) -> None:
    """For a time; who borrowed it does not lend it on, and it ends with the role itself."""
    with pytest.raises(NotPermitted):
        tracker.record(delegated("thay"), by="tuan")
    tracker.record(delegated("thay"), by="tam")
    assert "the holder delegates" == tracker.log.history("@tu-phap")[-1].rule
    tracker.record(ActivityStarted(A, on=day("2-1")), by="thay")
    with pytest.raises(errors.RoleNotHeld):
        tracker.record(delegated("ke-tiep", "thay"), by="thay")
    tracker.record(RoleEnded("@tu-phap", on=day("12-31"), actor="tam", role=Role.REPORTER), by=STEWARD)
    with pytest.raises(NotPermitted):
        tracker.record(DONE, by="thay")


def test_what_is_lent_ends_with_its_last_day() -> None:
    """And not before."""
    clock = Clock()
    with province(clock=clock) as tracker:
        tracker.record(delegated("thay"), by="tam")
        tracker.record(ActivityStarted(A, on=day("2-1")), by="thay")
        clock.now += timedelta(days=1)
        with pytest.raises(NotPermitted):
            tracker.record(DONE, by="thay")


def test_nobody_gives_themselves_a_role(tracker: Tracker) -> None:
    """A steward neither by grant nor by delegation, nor by taking back what was recorded of them; nor by one request of two."""
    tracker.record(granted("nam", "@noi-vu", Role.STEWARD), by=STEWARD)
    tracker.record(granted("vinh", "@van-phong", Role.STEWARD), by="nam")
    for own in (
        granted("nam", "@tu-phap", Role.REPORTER),
        delegated("nam"),
        RoleEnded("@noi-vu", on=day("2-1"), actor="nam", role=Role.MONITOR),
    ):
        with pytest.raises(NotPermitted):
            tracker.record(own, by="nam")
        with pytest.raises(NotPermitted):
            tracker.record(AgencyRegistered("@moi", on=START, name="Sở mới"), own, by="nam")
    tracker.record(ended := RoleEnded("@noi-vu", on=day("12-1"), actor="nam", role=Role.MONITOR), by="vinh")
    version = next(record.version for record in tracker.log.history("@noi-vu") if record.event == ended)
    with pytest.raises(NotPermitted):
        tracker.record(RecordRetracted("@noi-vu", version=version, reason="x"), by="nam")
    tracker.record(RecordRetracted("@noi-vu", version=version, reason="x"), by="vinh")


def test_the_same_request_does_not_make_room_for_itself(tracker: Tracker) -> None:
    """A plan changed and reported by its planner, at once: the report is none of theirs. Nothing of it is recorded."""
    handed = ActivityReassigned(A, on=day("2-1"), lead="Văn phòng UBND tỉnh", document=DOCUMENT)
    position = tracker.log.position()
    with pytest.raises(NotPermitted, match=r"ActivityStarted\(p/1.01\)"):
        tracker.record(handed, ActivityStarted(A, on=day("2-2")), by="van")
    assert 1 == len(tracker.log.history(A))
    assert all(isinstance(record.event, RecordingRefused) for record in tracker.log.records(after=position))


def test_a_register_that_would_be_illegal_is_refused_in_bounded_time(tracker: Tracker) -> None:
    """Agencies that merge into each other, or into none: the rule of the history says so, not a crash."""
    round_ = [AgencyMerged("@noi-vu", on=MERGED, into="@tu-phap"), AgencyMerged("@tu-phap", on=MERGED, into="@noi-vu")]
    with pytest.raises(errors.NoSuchHeir):
        tracker.record(*round_, granted("x", "@tai-chinh", Role.REPORTER), by=STEWARD)
    with pytest.raises(errors.NoSuchHeir):
        tracker.record(
            AgencyMerged("@noi-vu", on=MERGED, into="@khong-co"), granted("x", "@tai-chinh", Role.MONITOR), by=STEWARD
        )


def test_a_refusal_says_the_same_whatever_is_on_record(tracker: Tracker) -> None:
    """Whether the plan, the activity or the record is there or not, who leads it, and at which version it is."""
    tracker.record(DONE, by="tam")
    for make in (
        lambda id: ActivityStarted(id, on=day("2-1")),
        lambda id: CompletionConfirmed(id, on=day("6-2"), completion=2),
        lambda id: RecordRetracted(id, version=2, reason="x"),
        lambda id: ActivityWithdrawn(id, on=day("2-1"), reason="x", document=DOCUMENT),
    ):
        said = set()
        for id in (A, B, "p/9.99", "khong-co/1.01"):
            with pytest.raises(NotPermitted) as caught:
                tracker.record(make(id), by="ai-do", expected_version={id: 7})
            said.add(str(caught.value).replace(id, "ID"))
        assert 1 == len(said)


def test_refusals_are_on_record_without_what_was_refused() -> None:
    """Who, what kind, about what, why; of many a few, which say how many they stand for."""
    clock = Clock()
    with province(clock=clock) as tracker:
        for _ in range(50):
            with pytest.raises(NotPermitted):
                tracker.record(ProgressReported(A, on=day("2-1"), note="bí mật"), by="thu")
        assert [1, 1, 1] == [record.event.times for record in tracker.log.refusals()]
        clock.now += timedelta(minutes=1)
        with pytest.raises(NotPermitted):
            tracker.record(ProgressReported(A, on=day("2-1"), note="bí mật"), by="thu")
        *_, last = tracker.log.refusals()
        assert 48 == last.event.times
        assert ("reformtrack", "~refusals-2023-12") == (last.by, last.stream)
        found = (last.event.actor, last.event.event, last.event.about, last.event.reason)
        assert (
            "thu",
            "ProgressReported",
            A,
            "accepted: a reporter of the lead agency, on an activity of the plan",
        ) == found
        assert "bí mật" not in "".join(map(str, tracker.log.records()))
        assert "0/2 (0,0%)" == str(tracker.plan("p").progress()), "views are as they were"


def test_of_many_who_are_refused_at_once_the_first_hundred_are_on_record() -> None:
    """Names that are made up fill no log; a minute later there is room again."""
    refusals, now = Refusals(), Clock().now
    assert [1] * ACTORS == [refusals.due(f"a-{number}", now) for number in range(ACTORS)]
    assert [0, 0, 1] == [refusals.due(actor, now) for actor in ("a-100", "a-101", "a-1")]
    assert 1 == refusals.due("a-100", now + timedelta(minutes=2))


def test_nobody_writes_the_journal_of_refusals(tracker: Tracker) -> None:
    """Neither with a policy nor without one; and what is in it is not taken back."""
    with pytest.raises(NotPermitted):
        tracker.record(DONE, by="ai-do")
    [refused] = tracker.log.refusals()
    for actor in EVERYBODY:
        with pytest.raises(TypeError):
            tracker.record(refused.event, by=actor)
        with pytest.raises(NotPermitted):
            tracker.record(RecordRetracted(refused.stream, version=1, reason="x"), by=actor)


def test_a_journal_is_kept_without_a_policy_too(tmp_path: Path) -> None:
    """What was refused under a policy cannot be taken back by a tracker that has none."""
    url = f"sqlite:///{tmp_path}/a.db"
    with province(url) as tracker, pytest.raises(NotPermitted):
        tracker.record(DONE, by="ai-do")
    for policy, error in ((None, errors.PolicyRequired), (open_to_all, errors.JournalIsKept)):
        with Tracker(url, clock=Clock(), policy=policy) as tracker, pytest.raises(error):
            tracker.record(RecordRetracted("~refusals-2023-12", version=1, reason="x"), by="ai-do")


def test_an_import_of_a_log_does_not_go_round_the_policy(tracker: Tracker, tmp_path: Path) -> None:
    """It takes a tracker without one."""
    tracker.log.export(tmp_path / "log.jsonl")
    with Tracker(f"sqlite:///{tmp_path}/b.db", policy=SeparationOfDuties(stewards=("x",))) as other:
        with pytest.raises(NotPermitted):
            other.log.load(tmp_path / "log.jsonl")
        assert 0 == other.log.position()


def test_reports_of_a_tracker_are_the_monitors(tracker: Tracker) -> None:
    """Issued by name, through the policy like everything else."""
    with pytest.raises(NotPermitted):
        tracker.reports.issue("p", "2023-h1", by="tam")
    assert "p@2023-h1" == tracker.reports.issue("p", "2023-h1", by="nam").id


def test_a_group_that_is_no_agency_reports_nothing_until_it_is_one(tracker: Tracker) -> None:
    """The plan says "Các sở, ban, ngành": a steward says which agency answers for it."""
    name = "Các sở, ban, ngành"
    tracker.record(scheduled("p/1.03", lead=name, document=DOCUMENT), by="van")
    assert set() == permitted(tracker, ActivityStarted("p/1.03", on=day("2-1")))
    tracker.record(
        AgencyRegistered("@cac-so", on=START, name=name), granted("tam", "@cac-so", Role.REPORTER), by=STEWARD
    )
    tracker.record(ActivityStarted("p/1.03", on=day("2-1")), by="tam")
    assert ProgressStatus.IN_PROGRESS is tracker.plan("p").activity("1.03").status


def test_a_policy_without_a_steward_is_refused() -> None:
    """Nobody could ever do anything."""
    with pytest.raises(errors.InvalidField, match="stewards"):
        SeparationOfDuties(stewards=())


def test_without_a_policy_nothing_changes() -> None:
    """Everybody records, and records name no rule."""
    with Tracker(clock=Clock()) as tracker:
        [record] = tracker.record(adopted(), by="ai-do")
        assert ("", "") == (record.agency, record.rule)
