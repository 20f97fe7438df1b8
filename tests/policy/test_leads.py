"""Whom the plan names: one agency, several, a group, or one that is no more; and who answers for it then."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from reformtrack import Document, NotPermitted, Tracker
from reformtrack.answers import ProgressStatus
from reformtrack.domain.texts import name_key, normalised
from reformtrack.events import (
    ActivityCompleted,
    ActivityReassigned,
    ActivityReopened,
    ActivityStarted,
    AgencyAliased,
    AgencyDissolved,
    AgencyRegistered,
    CompletionConfirmed,
    CompletionReturned,
    EvidenceFiled,
)
from reformtrack.exchange.agency_workbook import agency_workbook, import_agency_workbook
from reformtrack.values import Role
from tests.policy.world import DOCUMENT, DOORS, START, STEWARD, granted, province, recorded
from tests.support import Clock, adopted, day, scheduled

GROUPS = ("Sở Tư pháp, Sở Nội vụ", "Các sở, ban, ngành", "Sở Tư pháp; Sở Nội vụ", "Đơn vị chưa đăng ký")
JULY = Document(number="7/QĐ-UBND", date=day("7-1"))
Q = "q/1.01"
HINT = "ActivityReassigned"


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    with province() as tracker:
        yield tracker


def plan_led_by(tracker: Tracker, lead: str | tuple[str, ...]) -> None:
    plan: Any = adopted("q", document=DOCUMENT, confirmation_required=True)
    tracker.record(plan, scheduled(Q, lead=lead), scheduled("q/2.01", domain="2"), by="van")


def refusal(tracker: Tracker, event: Any, by: str) -> str:
    with pytest.raises(NotPermitted) as caught:
        tracker.record(event, by=by)
    return caught.value.reason


@pytest.mark.parametrize("lead", GROUPS)
def test_a_refusal_says_that_a_planner_names_who_answers(tracker: Tracker, lead: str) -> None:
    """To those who report or monitor in the plan: they read it, and with it the lead that it prints."""
    plan_led_by(tracker, lead)
    for event in (
        ActivityStarted(Q, on=day("2-1")),
        ActivityCompleted(Q, on=day("2-1")),
        EvidenceFiled(Q, on=day("2-1"), evidence=(DOCUMENT,)),
        CompletionConfirmed(Q, on=day("2-1"), completion=2),
        CompletionReturned(Q, on=day("2-1"), reason="x"),
    ):
        for actor in ("tam", "thu", "nam"):
            assert HINT in refusal(tracker, event, actor)
            assert lead not in refusal(tracker, event, actor), "the journal of refusals keeps no text of the plan"
    assert HINT in refusal(tracker, ActivityReopened(Q, on=day("2-1"), reason="x"), "tam")


@pytest.mark.parametrize("lead", GROUPS)
def test_nobody_else_learns_how_the_lead_is_printed(tracker: Tracker, lead: str) -> None:
    """Who has no part in the plan, and whoever asks of an activity that is not there or has a clear lead: always the same."""
    plan_led_by(tracker, lead)
    tracker.record(granted("khac", "@tu-phap", Role.REPORTER, plan="p"), by=STEWARD)
    for actor in ("ai-do", "khac", "van", STEWARD):
        ids = (Q, "q/2.01", "q/9.99", "khong-co/1.01")
        assert 1 == len({refusal(tracker, ActivityStarted(id, on=day("2-1")), actor) for id in ids})
    for id in ("q/2.01", "q/9.99", "khong-co/1.01"):
        expected = "accepted: a reporter of the lead agency, on an activity of the plan"
        assert expected == refusal(tracker, ActivityStarted(id, on=day("2-1")), "thu")


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("lead", GROUPS[:2])
def test_who_was_named_reports_and_another_agency_confirms(door: str, lead: str, tmp_path: Path) -> None:
    """Also what was done before the planner said so, on its true day; whom they report for cannot confirm it."""
    url = f"sqlite:///{tmp_path}/a.db"
    with province(url) as tracker:
        plan_led_by(tracker, lead)
        tracker.record(granted("ba", "@tu-phap", Role.MONITOR), by=STEWARD)
        done = ActivityCompleted(Q, on=day("6-1"))
        assert not recorded(door, tracker, url, tmp_path, "tam", done)
        handed = ActivityReassigned(Q, on=day("7-1"), lead="Sở Tư pháp", document=JULY)
        assert recorded(door, tracker, url, tmp_path, "van", handed)
        assert not recorded(door, tracker, url, tmp_path, "nga", done)
        assert recorded(door, tracker, url, tmp_path, "tam", done)
        confirmed = CompletionConfirmed(Q, on=day("6-2"), completion=3)
        assert not recorded(door, tracker, url, tmp_path, "ba", confirmed)
        assert recorded(door, tracker, url, tmp_path, "nam", confirmed)
        assert ProgressStatus.COMPLETED is tracker.plan("q").activity("1.01").status


@pytest.mark.slow
def test_a_workbook_says_so_too(tracker: Tracker, tmp_path: Path) -> None:
    """In the row of the activity."""
    import openpyxl

    plan_led_by(tracker, GROUPS[0])
    (tmp_path / "a.xlsx").write_bytes(agency_workbook(tracker.plan("q"), GROUPS[0]))
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    [sheet] = book.worksheets
    sheet["H6"].value, sheet["I6"].value = "đã hoàn thành", day("6-1")
    book.save(tmp_path / "a.xlsx")
    found = import_agency_workbook(tracker, tmp_path / "a.xlsx", lead=GROUPS[0], by="tam")
    assert () == found.records
    assert "giao lại cho một cơ quan" in found.problems[0].what


def test_a_clear_lead_of_the_day_is_not_replaced_by_a_later_one(tracker: Tracker) -> None:
    """Who leads since does not write the past of who led then."""
    tracker.record(ActivityReassigned("p/1.01", on=day("7-1"), lead="Sở Nội vụ", document=JULY), by="van")
    for on, actor, other in (("6-1", "tam", "nga"), ("7-2", "nga", "tam")):
        event = EvidenceFiled("p/1.01", on=day(on), evidence=(DOCUMENT,))
        assert "lead agency" in refusal(tracker, event, other)
        tracker.record(event, by=actor)


def test_an_agency_that_was_dissolved_is_answered_for_by_whom_the_plan_names_since(tracker: Tracker) -> None:
    """Nobody until then, and the refusal says so."""
    tracker.record(AgencyDissolved("@tu-phap", on=day("7-1")), by=STEWARD)
    started = ActivityStarted("p/1.01", on=day("2-1"))
    assert HINT in refusal(tracker, started, "nga")
    tracker.record(ActivityReassigned("p/1.01", on=day("7-2"), lead="Sở Nội vụ", document=JULY), by="van")
    tracker.record(started, by="nga")


def test_an_ambiguous_name_is_nobodys(tracker: Tracker) -> None:
    """Two agencies go by it: it is never guessed."""
    plan_led_by(tracker, "STP")
    for id in ("@tu-phap", "@noi-vu"):
        tracker.record(AgencyAliased(id, on=START, aliases=("STP",)), by=STEWARD)
    assert HINT in refusal(tracker, ActivityStarted(Q, on=day("2-1")), "tam")


LIKE = ("Sở Tư Phap", "So Tu phap", "Sở Tư phàp", "Sơ Tư pháp", "Sở Tu\u031b\u0301 pháp", "Ｓở Tư pháp", "Sở Tư pháp.")
"""Names that one may take for "Sở Tư pháp": a tone, a letter or a width is another."""
THE_SAME = ("SỞ TƯ PHÁP", "sở tư pháp", "So\u031b\u0309 Tu\u031b pha\u0301p")
"""The same in other capitals, and with its marks apart, as a Mac writes it."""


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("lead", LIKE)
def test_no_right_comes_from_likeness(door: str, lead: str, tmp_path: Path) -> None:
    """Who reports for the agency does nothing for a lead that only looks like it, nor for one that supports."""
    url = f"sqlite:///{tmp_path}/a.db"
    with province(url) as tracker:
        plan: Any = adopted("q", document=DOCUMENT, confirmation_required=True)
        supported = scheduled("q/2.01", domain="2", lead="Sở Nội vụ", supporting=(lead,))
        tracker.record(plan, scheduled(Q, lead=lead), supported, by="van")
        started, filed = (
            ActivityStarted(Q, on=day("2-1")),
            EvidenceFiled("q/2.01", on=day("2-1"), evidence=(DOCUMENT,)),
        )
        for event in (started, ActivityCompleted(Q, on=day("6-1")), filed):
            assert not recorded(door, tracker, url, tmp_path, "tam", event)
        assert HINT in refusal(tracker, started, "tam")
        assert () == tracker.agencies().responsible(lead, START)
        is_spelling = name_key(lead) == name_key("Sở Tư pháp")  # work is grouped by it, and no right comes from that
        of = {work.label: work.is_clear for work in tracker.agencies().work(tracker.plan("q"))}
        assert is_spelling is of["Sở Tư pháp" if is_spelling else normalised(lead)]


@pytest.mark.parametrize("lead", THE_SAME)
def test_capitals_and_the_form_of_marks_make_no_other_agency(lead: str) -> None:
    """What a person reads as the same name, letter by letter, is the same."""
    with province() as tracker:
        plan_led_by(tracker, lead)
        tracker.record(ActivityStarted(Q, on=day("2-1")), by="tam")


def test_likeness_speaks_against_an_agency_all_the_same(tmp_path: Path) -> None:
    """What was done under a lead that looks like it, before a policy asked for whom, is not judged by its own monitor."""
    url = f"sqlite:///{tmp_path}/a.db"
    clock = Clock(datetime(2023, 12, 31, 10, tzinfo=UTC))
    with Tracker(url, clock=clock) as before:
        plan: Any = adopted("q", document=DOCUMENT, confirmation_required=True)
        before.record(plan, scheduled(Q, lead="Sở Tư Phap"), by="van")
        before.record(ActivityCompleted(Q, on=day("6-1")), by="ai-do")
    with province(url, clock) as tracker:
        tracker.record(granted("ba", "@tu-phap", Role.MONITOR), by=STEWARD)
        tracker.record(ActivityReassigned(Q, on=day("7-1"), lead="Sở Nội vụ", document=JULY), by="van")
        confirmed = CompletionConfirmed(Q, on=day("7-2"), completion=2)
        for own in ("ba", "nam"):
            assert "monitor" in refusal(tracker, confirmed, own)
        tracker.record(confirmed, by="vinh")


def test_a_group_that_is_registered_answers_for_itself(tracker: Tracker) -> None:
    """As before: a steward says that it is one agency, and who reports for it."""
    plan_led_by(tracker, GROUPS[1])
    agency = AgencyRegistered("@cac-so", on=START, name=GROUPS[1])
    tracker.record(agency, granted("tam", "@cac-so", Role.REPORTER), by=STEWARD)
    tracker.record(ActivityStarted(Q, on=day("2-1")), by="tam")


JOINT = ("Sở Tư pháp", "Sở Nội vụ")


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("reporter", ["tam", "nga"])
def test_each_of_joint_leads_reports_and_none_of_them_confirms(door: str, reporter: str, tmp_path: Path) -> None:
    """Whoever of them reported it: what one did is the work of all."""
    url = f"sqlite:///{tmp_path}/a.db"
    with province(url) as tracker:
        tracker.record(granted("ba", "@tu-phap", Role.MONITOR), by=STEWARD)
        plan: Any = adopted("q", document=DOCUMENT, confirmation_required=True)
        tracker.record(plan, scheduled(Q, lead=JOINT), by="van")
        assert not recorded(door, tracker, url, tmp_path, "thu", ActivityStarted(Q, on=day("2-1")))
        assert recorded(door, tracker, url, tmp_path, reporter, ActivityCompleted(Q, on=day("6-1")))
        confirmed = CompletionConfirmed(Q, on=day("6-2"), completion=2)
        for own in ("ba", "nam"):
            assert not recorded(door, tracker, url, tmp_path, own, confirmed)
        assert recorded(door, tracker, url, tmp_path, "vinh", confirmed)


def test_of_joint_leads_the_clear_one_reports_and_likeness_speaks_against_the_other(tracker: Tracker) -> None:
    """Whom the other name means is for a planner to say; whom it may mean does not judge."""
    tracker.record(granted("ba", "@tu-phap", Role.MONITOR), by=STEWARD)
    plan: Any = adopted("q", document=DOCUMENT, confirmation_required=True)
    tracker.record(plan, scheduled(Q, lead=("Sở Nội vụ", "Sở Tư phap")), by="van")
    tracker.record(ActivityCompleted(Q, on=day("6-1")), by="nga")
    for own in ("ba", "nam"):
        assert "monitor" in refusal(tracker, CompletionConfirmed(Q, on=day("6-2"), completion=2), own)
    tracker.record(CompletionConfirmed(Q, on=day("6-2"), completion=2), by="vinh")


def test_work_without_a_lead_waits_for_a_planner(tracker: Tracker) -> None:
    plan: Any = adopted("q", document=DOCUMENT)
    tracker.record(plan, scheduled(Q, lead=()), by="van")
    assert HINT in refusal(tracker, ActivityStarted(Q, on=day("2-1")), "tam")
    tracker.record(ActivityReassigned(Q, on=day("2-1"), lead=JOINT, document=DOCUMENT), by="van")
    tracker.record(ActivityStarted(Q, on=day("2-1")), by="nga")


def test_a_full_stop_behind_a_name_gives_no_right_and_speaks_against_the_agency(tracker: Tracker) -> None:
    """The monitors of an agency judged the work that it led with another, where its name was printed with a full stop."""
    plan_led_by(tracker, ("Sở Tư pháp", "Sở Nội vụ."))
    done = ActivityCompleted(Q, on=day("3-1"))
    refusal(tracker, done, "nga")
    tracker.record(done, by="tam")
    confirmed = CompletionConfirmed(Q, on=day("3-2"), completion=2)
    refusal(tracker, confirmed, "nam")
    tracker.record(confirmed, by="vinh")


def test_who_is_named_beside_an_unclear_name_reports_for_the_days_before_too(tracker: Tracker) -> None:
    """As for the days since; it had to wait until the other name was put right."""
    plan_led_by(tracker, ())
    named = ActivityReassigned(Q, on=day("7-1"), lead=("Sở Tư pháp", "Các sở, ban, ngành"), document=JULY)
    tracker.record(named, by="van")
    tracker.record(ActivityStarted(Q, on=day("6-1")), by="tam")
    refusal(tracker, ActivityCompleted(Q, on=day("6-2")), "nga")
