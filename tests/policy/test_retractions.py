"""A retraction is made by whoever may record that fact today, with a document where recording it needs one."""

import json
from collections.abc import Iterator
from contextlib import nullcontext
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reformtrack import NotPermitted, SeparationOfDuties, Tracker, errors
from reformtrack.domain.period import period
from reformtrack.events import (
    ActivityCompleted,
    ActivityReassigned,
    ActivityReopened,
    ActivityRescheduled,
    ActivityStarted,
    AgencyMerged,
    AgencyRegistered,
    AgencySplit,
    CompletionConfirmed,
    CompletionReturned,
    EvidenceFiled,
    FigurePublished,
    IndicatorDefined,
    PlanAmended,
    PlanClosed,
    ReadingTaken,
    RecordRetracted,
    RoleDelegated,
    RoleEnded,
)
from reformtrack.exchange.words import details
from reformtrack.language import Language
from reformtrack.values import IndicatorKind, Role
from tests.policy.world import (
    DOCUMENT,
    DOORS,
    ROLES,
    START,
    STEWARD,
    granted,
    plan_of_two,
    province,
    recorded,
    register,
)
from tests.support import JUNE, Clock, day

A, B = "p/1.01", "p/2.01"
DONE = ActivityCompleted(A, on=day("6-1"))
EVERYBODY = (*(actor for actor, _, _ in ROLES), "ba", STEWARD, "ai-do")


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    with province() as tracker:
        tracker.record(granted("ba", "@tu-phap", Role.MONITOR), by=STEWARD)
        yield tracker


def last(tracker: Tracker, id: str, **more: Any) -> RecordRetracted:
    return RecordRetracted(id, version=len(tracker.log.history(id)), reason="nhập nhầm", **more)


def permitted(retracted: RecordRetracted, *history: tuple[Any, str]) -> set[str]:
    """Who may take something back, each asked on a store of their own."""
    found = set()
    for actor in EVERYBODY:
        with province() as tracker:
            tracker.record(granted("ba", "@tu-phap", Role.MONITOR), by=STEWARD)
            for event, by in history:
                tracker.record(event, by=by)
            try:
                tracker.record(retracted, by=actor)
            except NotPermitted:
                continue
            found.add(actor)
    return found


SHORTER = ActivityRescheduled(A, on=day("3-1"), deadline=JUNE, document=DOCUMENT)
READING = ReadingTaken("p#so", on=day("6-1"), as_of=day("6-1"), value=Decimal(5))
DEFINED = IndicatorDefined("p#so", on=day("2-1"), title="Số", unit="lượt", kind=IndicatorKind.COUNT)
CONFIRMED = CompletionConfirmed(A, on=day("6-2"), completion=2)
RETURNED = CompletionReturned(A, on=day("6-2"), reason="x")
PUBLISHED = FigurePublished("p@2023-h1", on=day("6-14"), period=period("2023-h1"), reported_text="1/2")


@pytest.mark.parametrize(
    ("id", "version", "history", "actors"),
    [
        (A, 2, [(ActivityStarted(A, on=day("2-1")), "tam")], {"tam", "tuan"}),
        (A, 2, [(DONE, "tam")], {"tam", "tuan"}),
        (A, 2, [(EvidenceFiled(A, on=day("2-1"), evidence=(DOCUMENT,)), "thu")], {"thu"}),
        (A, 2, [(EvidenceFiled(A, on=day("2-1"), evidence=(DOCUMENT,)), "tam")], {"tam", "tuan"}),
        (A, 3, [(DONE, "tam"), (CONFIRMED, "nam")], {"nam", "vinh"}),
        (A, 3, [(DONE, "tam"), (RETURNED, "nam")], {"nam", "vinh"}),
        (A, 3, [(DONE, "tam"), (ActivityReopened(A, on=day("6-2"), reason="x"), "nam")], {"nam", "vinh"}),
        (A, 3, [(DONE, "tam"), (ActivityReopened(A, on=day("6-2"), reason="x"), "tam")], {"tam", "tuan", "nam", "vinh"}),
        (A, 3, [(DONE, "tam"), (ActivityReopened(A, on=day("6-2"), reason="x"), "ba")], {"tam", "tuan", "nam", "vinh"}),
        ("p#so", 2, [(DEFINED, "van"), (READING, "tam")], {"tam", "tuan", "nam", "vinh", "ba"}),
        ("p#so", 2, [(DEFINED, "van"), (READING, "vinh")], {"nam", "vinh", "ba"}),
        ("p#so", 1, [(DEFINED, "van")], {"van"}),
        ("p@2023-h1", 1, [(PUBLISHED, "nam")], {"nam", "vinh", "ba"}),
        ("p", 2, [(PlanClosed("p", on=day("12-30")), "van")], {"van"}),
        (A, 1, [], set()),
        (A, 2, [(SHORTER, "van")], set()),
        ("p", 2, [(PlanAmended("p", on=day("2-1"), document=DOCUMENT), "van")], set()),
        ("@noi-vu", 2, [], {STEWARD}),
    ],
)  # fmt: skip
def test_each_fact_is_taken_back_by_those_who_may_record_it(
    id: str, version: int, history: list[tuple[Any, str]], actors: set[str]
) -> None:
    """What reporters said by the same agency, what was judged by judges, facts of plans by nobody without a document."""
    assert actors == permitted(RecordRetracted(id, version=version, reason="x"), *history)


@pytest.mark.parametrize(
    ("id", "version", "history"),
    [(A, 1, []), (A, 2, [(SHORTER, "van")]), ("p", 2, [(PlanAmended("p", on=day("2-1"), document=DOCUMENT), "van")])],
)
def test_a_change_of_a_plan_is_taken_back_by_a_planner_with_a_document(
    id: str, version: int, history: list[tuple[Any, str]]
) -> None:
    """By nobody else with one."""
    assert {"van"} == permitted(RecordRetracted(id, version=version, reason="x", document=DOCUMENT), *history)


@pytest.mark.parametrize("door", DOORS)
def test_no_monitor_takes_overdue_work_out_of_the_plan(door: str, tmp_path: Path) -> None:
    """Neither their own agency's nor another's: not its schedule, nor the reschedule that made it late."""
    url = f"sqlite:///{tmp_path}/a.db"
    with province(url) as tracker:
        tracker.record(ActivityRescheduled(B, on=day("3-1"), deadline=JUNE, document=DOCUMENT), by="van")
        overdue = [activity.id for activity in tracker.plan("p").overdue()]
        for document in (None, DOCUMENT):
            for id, version in ((B, 1), (B, 2), (A, 1)):
                for actor in ("nam", "vinh", "nga", "tam"):
                    retracted = RecordRetracted(id, version=version, reason="x", document=document)
                    assert not recorded(door, tracker, url, tmp_path, actor, retracted)
        assert overdue == [activity.id for activity in tracker.plan("p").overdue()] == [A, B]
        assert recorded(door, tracker, url, tmp_path, "van", last(tracker, B, document=DOCUMENT))


def test_a_role_that_has_ended_takes_nothing_back(tracker: Tracker) -> None:
    """A clerk corrects their own typing, while they may still type it."""
    tracker.record(DONE, by="tam")
    tracker.record(RoleEnded("@tu-phap", on=day("12-31"), actor="tam", role=Role.REPORTER), by=STEWARD)
    with pytest.raises(NotPermitted):
        tracker.record(last(tracker, A), by="tam")
    tracker.record(last(tracker, A), by="tuan")
    assert "retraction: lead reports" == tracker.log.history(A)[-1].rule


def test_what_was_returned_is_not_made_complete_by_those_who_did_it(tracker: Tracker) -> None:
    """The lead has changed since: the return that is taken back was of their work all the same."""
    tracker.record(DONE, by="tam")
    tracker.record(RETURNED, by="nam")
    handed = ActivityReassigned(A, on=day("6-1"), lead="Sở Tài chính", document=DOCUMENT)
    tracker.record(handed, by="van")
    retracted = RecordRetracted(A, version=3, reason="x")
    for actor in ("ba", "tam"):
        with pytest.raises(NotPermitted):
            tracker.record(retracted, by=actor)
    tracker.record(retracted, by="vinh")


def test_what_a_monitor_reopened_stays_when_their_agency_becomes_that_whose_work_it_is(tracker: Tracker) -> None:
    """Its reporters took over an agency, not the right to say that the work is complete after all."""
    tracker.record(DONE, by="tam")
    tracker.record(ActivityReopened(A, on=day("6-2"), reason="x"), by="nam")
    tracker.record(AgencyMerged("@noi-vu", on=day("7-1"), into="@tu-phap"), by=STEWARD)
    for own in ("tam", "nga", "ba", "nam"):
        with pytest.raises(NotPermitted):
            tracker.record(last(tracker, A), by=own)
    tracker.record(last(tracker, A), by="vinh")


def test_a_steward_does_not_bring_their_own_agency_back(tracker: Tracker) -> None:
    """It was split by another one, and their role ended with it."""
    tracker.record(granted("ba", "@van-phong", Role.STEWARD), by=STEWARD)
    tracker.record(granted("hai", "@van-phong", Role.STEWARD), by="ba")
    parts = [AgencyRegistered(id, on=START, name=id[1:]) for id in ("@mot", "@hai")]
    split = AgencySplit("@tu-phap", on=day("7-1"), into=("@mot", "@hai"))
    tracker.record(*parts, split, by="hai")
    with pytest.raises(NotPermitted):
        tracker.record(last(tracker, "@tu-phap"), by="ba")
    tracker.record(last(tracker, "@tu-phap"), by="hai")
    split = AgencySplit("@tu-phap", on=day("7-2"), into=("@mot", "@hai"))
    tracker.record(split, by="ba")
    with pytest.raises(NotPermitted):
        tracker.record(last(tracker, "@tu-phap"), by="ba")  # nor what they ended themselves
    tracker.record(last(tracker, "@tu-phap"), by="hai")
    split = AgencySplit("@tu-phap", on=day("7-3"), into=("@mot", "@hai"))
    tracker.record(RoleEnded("@tu-phap", on=day("6-1"), actor="ba", role=Role.MONITOR), split, by="hai")
    tracker.record(last(tracker, "@tu-phap"), by="ba")  # they have nothing there any more that would come back
    split = AgencySplit("@tu-phap", on=day("7-4"), into=("@mot", "@hai"))
    tracker.record(granted("BA", "@tu-phap", Role.MONITOR), split, by="hai")
    with pytest.raises(NotPermitted):
        tracker.record(last(tracker, "@tu-phap"), by="ba")  # in another spelling they have
    tracker.record(AgencyMerged("@van-phong", on=day("7-1"), into="@noi-vu"), by="ba")
    tracker.record(last(tracker, "@van-phong"), by="hai")  # the role of steward is that of the whole register


def test_a_loan_that_was_recorded_wrongly_is_taken_back_by_a_steward(tracker: Tracker) -> None:
    """Who lent it ends it, also one for a single plan, by somebody who has the role for that plan alone."""
    tracker.record(granted("rieng", "@tu-phap", Role.REPORTER, plan="p"), by=STEWARD)
    loan = RoleDelegated(
        "@tu-phap", on=day("12-1"), until=day("12-31"), actor="rieng", to="nam", role=Role.REPORTER, plan="p"
    )
    tracker.record(loan, by="rieng")
    for other in ("nam", "tam", "rieng"):
        with pytest.raises(NotPermitted):
            tracker.record(last(tracker, "@tu-phap"), by=other)
    tracker.record(last(tracker, "@tu-phap"), by=STEWARD)
    tracker.record(loan, by="rieng")
    tracker.record(RoleEnded("@tu-phap", on=day("12-31"), actor="nam", role=Role.REPORTER, plan="p"), by="rieng")


@pytest.mark.slow
def test_what_was_recorded_before_there_was_a_policy(tmp_path: Path) -> None:
    """It names no agency: of work, the reporters of the lead on its day may take it back; of a figure, monitors."""
    url = f"sqlite:///{tmp_path}/a.db"
    closed = PlanClosed("p", on=day("12-30"))
    for actors, facts in (
        ({"tam", "tuan"}, [DONE]),
        ({"tam", "tuan"}, [EvidenceFiled(A, on=day("2-1"), evidence=(DOCUMENT,))]),
        ({"nam", "vinh"}, [DEFINED, READING]),
        ({"van"}, [closed]),
        ({"van"}, [DEFINED]),
    ):
        for actor in EVERYBODY:
            Path(url.removeprefix("sqlite:///")).unlink(missing_ok=True)
            with Tracker(url, clock=Clock()) as tracker:
                tracker.record(*plan_of_two(), *facts, by="van-thu")
            with Tracker(url, clock=Clock(), policy=SeparationOfDuties(stewards=(STEWARD,))) as tracker:
                register(tracker)
                version = len(tracker.log.history(facts[-1].subject))
                retracted = RecordRetracted(facts[-1].subject, version=version, reason="x")
                with nullcontext() if actor in actors else pytest.raises(NotPermitted):
                    tracker.record(retracted, by=actor)


def test_a_refusal_tells_nothing_of_the_record(tracker: Tracker) -> None:
    """Whether it is there, what it is, whose it is."""
    tracker.record(DONE, by="tam")
    tracker.record(AgencyMerged("@tai-chinh", on=day("7-1"), into="@noi-vu"), by=STEWARD)
    for actor in ("ai-do", "thu", "van"):
        said = set()
        for id, version in ((A, 1), (A, 2), (A, 9), ("p/9.99", 1), ("@noi-vu", 1), ("@tai-chinh", 3), ("q", 1)):
            with pytest.raises(NotPermitted) as caught:
                tracker.record(RecordRetracted(id, version=version, reason="x"), by=actor)
            said.add(str(caught.value).replace(id, "ID"))
        assert 1 == len(said)


def test_a_document_is_kept_and_shown(tracker: Tracker) -> None:
    """With the number by which it is cited; a retraction without one says nothing of documents."""
    tracker.record(last(tracker, A, document=DOCUMENT), by="van")
    [_, retracted] = tracker.log.history(A)
    assert isinstance(retracted.event, RecordRetracted)
    assert DOCUMENT == retracted.event.document
    assert any("156/QĐ-UBND" in text for text in details(retracted.event, Language("vi")))
    assert not any(
        "văn bản" in text.lower() for text in details(RecordRetracted(A, version=1, reason="x"), Language("vi"))
    )


def test_what_no_document_was_given_for_is_stored_as_it_always_was(tmp_path: Path) -> None:
    """Byte for byte, so that a log of before and one of now are the same log."""
    with province() as tracker:
        tracker.record(DONE, by="tam")
        tracker.record(last(tracker, A), by="tam")
        tracker.record(last(tracker, B, document=DOCUMENT), by="van")
        tracker.log.export(tmp_path / "log.jsonl")
    lines = (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()
    states = [json.loads(text) for text in lines]
    found = [json.dumps(state) for state in states if "RecordRetracted" in json.dumps(state)]
    assert [False, True] == ["document" in text for text in found]


def test_a_journal_and_a_report_stay_whatever_the_document(tracker: Tracker) -> None:
    """The law is before every policy."""
    tracker.reports.issue("p", "2023-h1", by="nam")
    with pytest.raises(errors.ReportIsLocked):
        tracker.record(RecordRetracted("p@2023-h1", version=1, reason="x", document=DOCUMENT), by="nam")
