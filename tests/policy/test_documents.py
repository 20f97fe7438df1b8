"""What changes a plan is decided by a document, on its day or after it: nothing is moved to before it was decided."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reformtrack import Deadline, Document, NotPermitted, SeparationOfDuties, Tracker
from reformtrack.cli import main
from reformtrack.events import (
    ActivityCarriedOver,
    ActivityReassigned,
    ActivityRescheduled,
    ActivityRevised,
    ActivityWithdrawn,
    PlanAdopted,
    PlanAmended,
    RecordRetracted,
)
from tests.policy.world import DOCUMENT, DOORS, START, STEWARD, province, recorded
from tests.support import JUNE, Clock, adopted, day, scheduled

A = "p/1.01"
LATER = Deadline.parse("30/9/2023", 2023)
MOVING: dict[str, Callable[[date, Document | None], Any]] = {
    "scheduled": lambda on, document: scheduled("p/1.09", on=on, document=document),
    "rescheduled": lambda on, document: ActivityRescheduled(A, on=on, deadline=LATER, document=document),
    "reassigned": lambda on, document: ActivityReassigned(A, on=on, lead="Sở Nội vụ", document=document),
    "withdrawn": lambda on, document: ActivityWithdrawn(A, on=on, reason="x", document=document),
    "carried over": lambda on, document: ActivityCarriedOver(A, on=on, into="q", document=document),
}
OTHER: dict[str, Callable[[date, Document | None], Any]] = {
    "adopted": lambda on, document: adopted("q", on=on, document=document),
    "amended": lambda on, document: PlanAmended("p", on=on, document=document or Document(number="1/QĐ")),
    "revised": lambda on, document: ActivityRevised(A, on=on, title="x", document=document),
}
CHANGING = {kind: made for kind, made in OTHER.items() if kind != "adopted"}


def dated(on: date | None) -> Document:
    return Document(number="99/QĐ-UBND", date=on)


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    with province() as tracker:
        yield tracker


def may(tracker: Tracker, *events: Any, by: str = "van") -> bool:
    """Whether the policy lets somebody record something; nothing else is in the way of what is tried here."""
    try:
        tracker.record(*events, by=by)
    except NotPermitted:
        return False
    return True


@pytest.mark.parametrize("kind", MOVING)
@given(days=st.integers(0, 300), lag=st.integers(-20, 20))
@settings(max_examples=15)
def test_what_moves_a_day_or_a_lead_takes_effect_on_the_day_of_its_document_or_after(
    kind: str, days: int, lag: int
) -> None:
    """Not a day earlier."""
    on = START + timedelta(days=days)
    with province() as tracker:
        assert (lag <= 0) == may(tracker, MOVING[kind](on, dated(on + timedelta(days=lag))))


@pytest.mark.parametrize("kind", MOVING)
def test_a_document_without_a_date_counts_as_none_for_them(tracker: Tracker, kind: str) -> None:
    """Nobody could tell whether it came before."""
    assert not may(tracker, MOVING[kind](day("6-1"), dated(None)))
    assert not may(tracker, MOVING[kind](day("6-1"), None))
    assert may(tracker, MOVING[kind](day("6-1"), dated(day("6-1"))))


@pytest.mark.parametrize("kind", OTHER)
def test_what_moves_nothing_is_not_before_the_date_of_its_document(tracker: Tracker, kind: str) -> None:
    """A document that has a date was not there before it."""
    assert not may(tracker, OTHER[kind](day("6-1"), dated(day("6-2"))))
    assert may(tracker, OTHER[kind](day("6-1"), dated(day("6-1"))))


@pytest.mark.parametrize("kind", CHANGING)
@pytest.mark.parametrize("door", DOORS)
def test_a_document_without_a_date_changes_no_day_before_its_record(door: str, kind: str, tmp_path: Path) -> None:
    """It is as old as its record, and so is one that takes back what changed such a day."""
    url, kind_of = f"sqlite:///{tmp_path}/a.db", CHANGING[kind]
    with province(url) as tracker:
        for on in (START, day("6-1"), day("12-30")):
            assert not recorded(door, tracker, url, tmp_path, "van", kind_of(on, dated(None)))
        assert recorded(door, tracker, url, tmp_path, "van", kind_of(day("6-1"), dated(day("6-1"))))
        id = kind_of(START, None).subject
        assert not recorded(
            door, tracker, url, tmp_path, "van", RecordRetracted(id, version=2, reason="x", document=dated(None))
        )


@pytest.mark.parametrize("kind", CHANGING)
def test_a_document_without_a_date_changes_the_plan_from_today_on(tracker: Tracker, kind: str) -> None:
    """What it changed today is taken back today by such a one."""
    made = CHANGING[kind](tracker.today(), dated(None))
    assert may(tracker, made)
    assert may(tracker, RecordRetracted(made.subject, version=2, reason="x", document=dated(None)))
    assert may(tracker, made)


def test_today_is_the_day_of_the_store() -> None:
    """In Hà Nội the year has begun while it is evening in Greenwich."""
    with province(clock=Clock(datetime(2023, 12, 31, 20, tzinfo=UTC))) as tracker:
        assert not may(tracker, OTHER["revised"](day("12-31"), dated(None)))
        assert may(tracker, OTHER["revised"](date(2024, 1, 1), dated(None)))


def test_a_plan_of_the_past_is_adopted_by_a_document_without_a_date(tracker: Tracker) -> None:
    """It changes no plan that was there."""
    assert may(tracker, OTHER["adopted"](START, dated(None)))


@pytest.mark.parametrize("door", DOORS)
def test_late_stays_late_through_each_door(door: str, tmp_path: Path) -> None:
    """A decision of December does not move the deadline of June, nor takes the reschedule of June back."""
    url, december = f"sqlite:///{tmp_path}/a.db", dated(day("12-1"))
    with province(url) as tracker:
        shorter = ActivityRescheduled(A, on=day("5-2"), deadline=JUNE, document=dated(day("5-2")))
        assert recorded(door, tracker, url, tmp_path, "van", shorter)
        for moved in (
            ActivityRescheduled(A, on=day("6-1"), deadline=LATER, document=december),
            ActivityWithdrawn(A, on=day("6-1"), reason="x", document=december),
            RecordRetracted(A, version=2, reason="x", document=december),
        ):
            assert not recorded(door, tracker, url, tmp_path, "van", moved)
        assert recorded(
            door, tracker, url, tmp_path, "van", RecordRetracted(A, version=2, reason="x", document=dated(day("4-1")))
        )


@pytest.mark.parametrize("door", DOORS)
def test_activities_without_a_document_come_in_the_request_that_adopts_the_plan(door: str, tmp_path: Path) -> None:
    """Whoever adds one afterwards says by which document, on the day of the adoption too; the adoption's own is one."""
    url = f"sqlite:///{tmp_path}/a.db"
    with province(url) as tracker:
        assert not recorded(door, tracker, url, tmp_path, "van", scheduled("p/1.09"))
        q: PlanAdopted = adopted("q", document=DOCUMENT)
        late = scheduled("q/1.02", on=day("3-1"))
        assert not recorded(door, tracker, url, tmp_path, "van", q, scheduled("q/1.01"), late)
        assert not recorded(door, tracker, url, tmp_path, "van", q, scheduled("p/1.09")), "that is another plan's"
        moved = ActivityRescheduled("q/1.01", on=START, deadline=LATER)
        assert not recorded(door, tracker, url, tmp_path, "van", q, scheduled("q/1.01"), moved)
        assert recorded(door, tracker, url, tmp_path, "van", q, scheduled("q/1.01"))
        assert not recorded(door, tracker, url, tmp_path, "van", scheduled("q/1.02"))
        assert recorded(door, tracker, url, tmp_path, "van", scheduled("q/1.02", document=DOCUMENT))


def test_a_plan_is_not_adopted_anew_to_move_its_work(tracker: Tracker) -> None:
    """In one request the old one is taken back and another put in its place: the old deadlines are taken back by document."""
    again: PlanAdopted = adopted(document=DOCUMENT, confirmation_required=True)
    lenient = scheduled(A, deadline=LATER)
    taken = [RecordRetracted(id, version=1, reason="x", document=DOCUMENT) for id in ("p", A)]
    bare = [RecordRetracted(id, version=1, reason="x") for id in ("p", A)]
    december = [RecordRetracted(id, version=1, reason="x", document=dated(day("12-1"))) for id in ("p", A)]
    undated = [RecordRetracted(id, version=1, reason="x", document=dated(None)) for id in ("p", A)]
    for plan, activity in ((0, 0), (0, 1), (1, 0)):
        for wrong in (bare, december, undated):
            pair = [(taken, wrong)[1 - plan][0], (taken, wrong)[1 - activity][1]]
            assert not may(tracker, pair[0], again, pair[1], lenient)
    assert may(tracker, taken[0], again, taken[1], lenient), "what was typed wrongly is put right by the same document"


def test_the_next_plan_is_recorded_as_it_is_proposed(tracker: Tracker) -> None:
    """Each activity that goes on in it leaves this plan by the document that adopts the next."""
    proposed = tracker.roll_over("p", "q", on=day("12-31"), document=dated(day("12-28")))
    assert ("1.01", "2.01") == proposed.carried
    assert may(tracker, *proposed.events)
    assert 2 == len(tracker.plan("q").activities)


@pytest.mark.slow
def test_an_import_names_the_day_of_its_document(tmp_path: Path) -> None:
    """On the command line by an option: without it, a policy lets no amendment in."""
    url = f"sqlite:///{tmp_path}/a.db"
    with province(url) as tracker:
        rows = "STT,Nhiệm vụ,Cơ quan chủ trì,Thời gian hoàn thành\nI,Thể chế,,\n1.01,Rà soát,Sở Tư pháp,{}\n"
        words = ["--store", url, "--stewards", STEWARD, "--lang", "en", "import", "q", str(tmp_path / "a.csv")]
        new = ("--title", "Kế hoạch", "--year", "2023", "--jurisdiction", "Tỉnh", "--document", "1/KH-UBND")
        (tmp_path / "a.csv").write_text(rows.format("30/6/2023"), encoding="utf-8")
        assert 0 == main([*words, *new, "--on", "2023-01-02", "--by", "van"])
        (tmp_path / "a.csv").write_text(rows.format("30/9/2023"), encoding="utf-8")
        change = (*words, "--document", "9/QĐ-UBND", "--on", "2023-05-02", "--by", "van")
        assert 3 == main([*change])
        assert 2 == main([*words, "--document-date", "2023-05-02", "--by", "van"]), "the date of which one?"
        assert 3 == main([*change, "--document-date", "2023-05-03"])
        assert 0 == main([*change, "--document-date", "2023-05-02"])
        assert LATER.days == tracker.plan("q", on=day("6-1")).activities[0].deadline.days


def test_without_a_policy_a_late_decision_is_a_true_fact() -> None:
    """The domain takes it: it happens, and every answer of before still says what was known then."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        tracker.record(MOVING["rescheduled"](day("6-1"), dated(day("12-1"))), by="x")
    with Tracker(clock=Clock(), policy=SeparationOfDuties(stewards=("x",))) as tracker, pytest.raises(NotPermitted):
        tracker.record(adopted(), scheduled(), by="x")
