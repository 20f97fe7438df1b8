"""Next year's plan from this year's: nothing is lost, nothing is recorded before it is accepted."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack import Deadline, IllegalHistory, InvalidField, Plan, Tracker
from reformtrack.answers import ProgressStatus, RollOver
from reformtrack.events import (
    ActivityCarriedOver,
    ActivityCompleted,
    ActivityScheduled,
    ActivityWithdrawn,
    AgencyDissolved,
    AgencyMerged,
    AgencyRegistered,
    AgencyRenamed,
    AgencySplit,
    PlanClosed,
    PlanReopened,
)
from reformtrack.testing import proposals
from reformtrack.testing.history import DAYS
from reformtrack.values import DeadlineKind
from tests.support import JUNE, QUARTERS, REGULAR, Clock, adopted, day, scheduled, tracker_of

LAST = date(2023, 12, 28)


def test_the_next_plan_has_what_goes_on_and_nothing_else() -> None:
    """Regular and recurring ones copied, unfinished ones carried over and linked, completed and withdrawn ones not."""
    with Tracker(clock=Clock(datetime(2024, 2, 1, tzinfo=UTC))) as tracker:
        tracker.record(
            adopted(title="Kế hoạch năm 2023"),
            scheduled("p/1", deadline=JUNE),
            scheduled("p/2", deadline=REGULAR),
            scheduled("p/3", deadline=QUARTERS),
            scheduled("p/4", deadline=Deadline.parse("Quý III", 2023)),
            scheduled("p/5"),
            scheduled("p/6"),
            ActivityCompleted("p/2", on=day("5-1")),
            ActivityCompleted("p/5", on=day("5-1")),
            ActivityWithdrawn("p/6", on=day("5-1"), reason="x"),
            by="a",
        )
        before = tracker.log.position()
        proposal = tracker.roll_over("p", "q", on=LAST)
        assert (before, ("2", "3"), ("1", "4")) == (tracker.log.position(), proposal.copied, proposal.carried)
        tracker.record(*proposal.events, by="a")
        new, old = tracker.plan("q"), tracker.plan("p")
    assert ("Kế hoạch năm 2024", 2024) == (new.state.title, new.state.year)
    assert ["1", "2", "3", "4"] == [activity.code for activity in new.activities]
    deadlines = {activity.code: activity.deadline for activity in new.activities}
    assert (date(2024, 12, 31), date(2024, 9, 30)) == (deadlines["1"].last, deadlines["4"].last)
    assert [date(2024, 3, 20), date(2024, 6, 20)] == list(deadlines["3"].days)
    assert REGULAR == deadlines["2"]
    assert {"carried_over_from": "p/1"} == new.activity("1").state.terms.host_fields
    assert {} == new.activity("2").state.terms.host_fields
    status = {activity.code: activity.status for activity in old.activities}
    assert ProgressStatus.CARRIED_OVER is status["1"] is status["4"]
    assert ProgressStatus.COMPLETED is status["2"]
    with tracker_of([]) as other, pytest.raises(InvalidField):
        other.roll_over("p", "Q", on=LAST)


def rolled(tracker: Tracker, *events: Any, on: date = LAST, **plan: Any) -> tuple[RollOver, Plan]:
    """A proposal after some events, and the next plan that recording it makes."""
    tracker.record(adopted(**plan), *events, by="a")
    proposal = tracker.roll_over("p", "q", on=on)
    tracker.record(*proposal.events, by="a")
    return proposal, tracker.plan("q")


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    with Tracker(clock=Clock(datetime(2024, 2, 1, tzinfo=UTC))) as tracker:
        yield tracker


def test_what_waits_for_its_confirmation_is_named_and_keeps_nothing_else_back(tracker: Tracker) -> None:
    """It is complete as reported, so it can't be carried over; it has to be confirmed or sent back first."""
    proposal, new = rolled(
        tracker,
        scheduled("p/1"),
        scheduled("p/2"),
        ActivityCompleted("p/1", on=day("5-1")),
        confirmation_required=True,
    )
    [(code, why)] = proposal.blocked
    assert ("1", ("2",), ["2"]) == (code, proposal.carried, [activity.code for activity in new.activities])
    assert "the activity is completed (ActivityCompleted(p/1) on 2023-05-01, record 2 of p/1)" in why
    assert ProgressStatus.AWAITING_CONFIRMATION is tracker.plan("p").activity("1").status


def test_what_is_completed_after_the_day_is_named_too(tracker: Tracker) -> None:
    """On the day of the roll-over it was open, and what happened since stands in the way."""
    done = ActivityCompleted("p/1", on=date(2023, 12, 29))
    proposal, new = rolled(tracker, scheduled("p/1"), done)
    assert (["1"], ()) == ([code for code, _ in proposal.blocked], new.activities)


@pytest.mark.parametrize("text", ["Theo hướng dẫn của Bộ Nội vụ", "khi thuận tiện", ""])
def test_what_depends_on_somebody_else_is_not_done_every_year(tracker: Tracker, text: str) -> None:
    """Completed it is not copied; unfinished it goes on."""
    later = Deadline.parse(text, 2023)
    proposal, new = rolled(
        tracker,
        scheduled("p/1", deadline=later),
        scheduled("p/2", deadline=later),
        ActivityCompleted("p/1", on=day("5-1")),
    )
    assert ((), ("2",), ("1",)) == (proposal.copied, proposal.carried, proposal.settled)
    assert [later] == [activity.deadline for activity in new.activities]


@pytest.mark.parametrize(
    ("year", "text", "days", "named"),
    [
        (2024, "29/2", (date(2025, 12, 31),), True),
        (2024, "29/2; 30/6", (date(2025, 12, 31),), True),
        (2024, "30/6/2024", (date(2025, 12, 31),), True),
        (2024, "30/6", (date(2025, 6, 30),), False),
        (2024, "tháng 2", (date(2025, 2, 28),), False),
        (2024, "31/1/2025", (date(2025, 1, 31),), False),
        (2024, "Thường xuyên", (), False),
        (2024, "Hằng quý", tuple(Deadline.parse("Hằng quý", 2025).days), False),
        (2027, "29/2", (), False),
        (2024, Deadline("Hằng tuần", DeadlineKind.REGULAR, ()), (), False),
        (2024, Deadline("Quý II", DeadlineKind.DAY, (date(2024, 5, 15),)), (date(2025, 12, 31),), True),
        (2024, Deadline("sau Tết", DeadlineKind.DAY, (date(2025, 1, 31),)), (date(2025, 1, 31),), False),
    ],
)
def test_a_deadline_never_loses_its_day_in_silence(
    year: int, text: str | Deadline, days: tuple[date, ...], named: bool
) -> None:
    """
    Where the next year has no such day, it is due in the whole of it, and said to be so.

    What has no day, or was entered as other than it reads, is not read anew.
    """
    with Tracker(clock=Clock(datetime(year + 1, 2, 1, tzinfo=UTC))) as tracker:
        start = date(year, 1, 2)
        deadline = Deadline.parse(text, year) if isinstance(text, str) else text
        tracker.record(adopted(on=start, year=year), scheduled("p/1", on=start, deadline=deadline), by="a")
        proposal = tracker.roll_over("p", "q", on=date(year, 12, 28))
        tracker.record(*proposal.events, by="a")
        again = tracker.plan("q").activity("1").deadline
    assert (days, ("1",) if named else ()) == (again.days, proposal.redated)
    assert named or again.kind is deadline.kind


def test_work_goes_on_with_who_answers_for_it(tracker: Tracker) -> None:
    """Under the name that the agency has today; where that name is another's too, or work was split, the proposal says so."""
    born, x, y = date(2020, 1, 1), "Sở X", "Sở Y"
    proposal, new = rolled(
        tracker,
        *(AgencyRegistered(f"@{id}", on=born, name=name) for id, name in (("a", x), ("b", "Sở Z"), ("d", "Sở D"))),
        AgencyRenamed("@a", on=day("5-1"), name=y),
        AgencyRenamed("@b", on=day("7-1"), name=x),
        AgencyDissolved("@d", on=day("8-1")),
        AgencyRegistered("@e", on=day("9-1"), name="Sở D"),
        scheduled("p/1", lead=x),
        scheduled("p/2", lead="Sở Z", supporting=(x, "Sở Lạ")),
        scheduled("p/3", lead="Sở D"),
        scheduled("p/4", lead="Sở Lạ"),
    )
    assert [y, x, "Sở D", "Sở Lạ"] == [activity.lead for activity in new.activities]
    assert (y, "Sở Lạ") == new.activity("2").state.terms.supporting
    assert ("3",) == proposal.unclear
    old = tracker.agencies(LAST).progress_by_agency(tracker.plan("p", on=day("12-1")))
    now = tracker.agencies().progress_by_agency(new)
    codes = [{name: [id[2:] for id, _ in part.counted] for name, part in parts.items()} for parts in (old, now)]
    assert {"Sở D (@d)": ["3"], "Sở Lạ": ["4"], x: ["2"], y: ["1"]} == codes[0]
    assert {"Sở D (@e)": ["3"], "Sở Lạ": ["4"], x: ["2"], y: ["1"]} == codes[1]


def test_what_nobody_or_several_have_taken_over_is_for_somebody_to_decide(tracker: Tracker) -> None:
    """It is proposed under the name as printed, and named: after a split, a dissolution, and where a name is two agencies'."""
    born, split, gone = date(2020, 1, 1), "Sở Tách", "Sở Hết"
    names = {"s": split, "d": gone, "m": "Sở Gộp", "h": "Sở Nhận", "t1": "Sở Trùng", "t2": "Sở Trùng"}
    proposal, new = rolled(
        tracker,
        *(AgencyRegistered(f"@{id}", on=born, name=name) for id, name in names.items()),
        *(AgencyRegistered(f"@s{n}", on=day("7-1"), name=f"Sở Tách {n}") for n in (1, 2)),
        AgencySplit("@s", on=day("7-1"), into=("@s1", "@s2")),
        AgencyDissolved("@d", on=day("7-1")),
        AgencyMerged("@m", on=day("7-1"), into="@h"),
        scheduled("p/1", lead=split),
        scheduled("p/2", lead="Sở Gộp", supporting=(split,)),
        scheduled("p/3", lead="Sở Gộp"),
        scheduled("p/4", lead=gone),
        scheduled("p/5", lead="Sở Trùng"),
        scheduled("p/6", lead="Sở Lạ"),
        scheduled("p/7", lead=split, deadline=REGULAR),
    )
    assert ("1", "2", "4", "5", "7") == proposal.unclear
    assert [split, "Sở Nhận", "Sở Nhận", gone, "Sở Trùng", "Sở Lạ", split] == [one.lead for one in new.activities]


def test_what_was_carried_into_the_next_plan_before_is_in_it(tracker: Tracker) -> None:
    """It left this plan then, so the next one has it, linked; what went on in another plan, or was withdrawn, is settled."""
    june = day("6-1")
    proposal, new = rolled(
        tracker,
        *(scheduled(f"p/{n}", deadline=REGULAR if n in (2, 5) else JUNE) for n in (1, 2, 3, 4, 5)),
        ActivityCarriedOver("p/1", on=june, into="q"),
        ActivityCarriedOver("p/2", on=june, into="q"),
        ActivityCarriedOver("p/3", on=june, into="r"),
        ActivityWithdrawn("p/5", on=june, reason="x"),
    )
    assert (("1", "2", "4"), ("3", "5"), ()) == (proposal.carried, proposal.settled, proposal.copied)
    assert ["p/4"] == [event.subject for event in proposal.events if isinstance(event, ActivityCarriedOver)]
    assert {f"p/{one.code}": one.state.terms.host_fields for one in new.activities} == {
        f"p/{n}": {"carried_over_from": f"p/{n}"} for n in (1, 2, 4)
    }


def test_what_leaves_no_room_for_its_origin_is_named(tracker: Tracker) -> None:
    """The host's own fifty fields stay."""
    own = {str(number): "x" for number in range(50)}
    proposal, new = rolled(tracker, scheduled("p/1", host_fields=own), scheduled("p/2"))
    assert (("1",), own) == (proposal.unlinked, new.activity("1").state.terms.host_fields)


def test_what_is_scheduled_after_the_day_is_named(tracker: Tracker) -> None:
    """It is no part of the plan of that day."""
    proposal, _ = rolled(tracker, scheduled("p/1"), scheduled("p/2", on=date(2023, 12, 29)))
    assert (("1",), ("2",)) == (proposal.carried, proposal.later)


def test_a_plan_is_not_rolled_over_into_itself(tracker: Tracker) -> None:
    """Nothing of that could be recorded."""
    tracker.record(adopted(), scheduled("p/1"), by="a")
    with pytest.raises(InvalidField):
        tracker.roll_over("p", "p", on=LAST)


@pytest.mark.parametrize(
    ("closed", "is_open"),
    [
        ([PlanClosed("p", on=date(2023, 12, 20))], False),
        ([PlanClosed("p", on=date(2023, 12, 31))], False),
        ([PlanClosed("p", on=day("12-1")), PlanReopened("p", on=date(2023, 12, 31), reason="x")], False),
        ([PlanClosed("p", on=day("6-1")), PlanReopened("p", on=day("8-1"), reason="x")], True),
    ],
)
def test_the_proposal_of_a_closed_plan_leaves_that_plan_as_it_is(
    tracker: Tracker, closed: list[Any], is_open: bool
) -> None:
    """Its unfinished activities go on in the next one all the same, and the proposal says that this one keeps them."""
    proposal, new = rolled(tracker, scheduled("p/1"), scheduled("p/2", deadline=REGULAR), *closed)
    assert (is_open, ("1",), ("2",)) == (proposal.lets_go, proposal.carried, proposal.copied)
    assert "p/1" == new.activity("1").state.terms.host_fields["carried_over_from"]
    left = ProgressStatus.CARRIED_OVER if is_open else ProgressStatus.NOT_STARTED
    assert left is tracker.plan("p").activity("1").status


@given(proposals(), st.booleans(), st.sampled_from([None, LAST, day("6-1")]), DAYS)
def test_every_proposal_can_be_recorded_and_loses_nothing(
    events: list[Any], confirmation: bool, closed: date | None, on: date
) -> None:
    """Whatever the year was, on whatever day: each activity is in the next plan, or named with why it is not."""
    with tracker_of(events, confirmation_required=confirmation) as tracker:
        if closed:
            with contextlib.suppress(IllegalHistory):
                tracker.record(PlanClosed("p", on=closed), by="a")
        plan = tracker.plan("p", on)
        proposal = tracker.roll_over("p", "q", on=on)
        tracker.record(*proposal.events, by="a")
        new = {activity.code for activity in tracker.plan("q").activities}
        blocked = tuple(code for code, _ in proposal.blocked)
        parts = (proposal.copied, proposal.carried, blocked, proposal.settled, proposal.later)
        assert sorted(
            activity.code for activity in tracker.plan("p", max(on, date(2024, 12, 31))).activities
        ) == sorted(chain(*parts))
        assert new == {*proposal.copied, *proposal.carried}
        assert not {a.code for a in plan.activities if a.status.is_open} & {*proposal.settled}
        assert {*proposal.redated} <= new
        for one in tracker.plan("q").activities:
            before = plan.activity(one.code).deadline
            same = [(at.month, at.day) for at in before.days] == [(at.month, at.day) for at in one.deadline.days]
            assert (same and before.kind is one.deadline.kind) is (one.code not in proposal.redated)
        if proposal.lets_go:
            left = {a.code for a in tracker.plan("p", on).activities if a.status.is_open}
            assert left <= {*proposal.copied, *blocked}


def test_a_day_of_a_year_after_the_next_stays_in_the_next_plan() -> None:
    """Nobody moved such a deadline, and nothing keeps the next plan from having it; one of this year is due in the next."""
    with Tracker() as tracker:
        later, this = (scheduled(f"p/{n}", deadline=Deadline.parse(f"31/3/{n}", 2023)) for n in (2025, 2023))
        tracker.record(adopted(), later, this, by="so-noi-vu")
        proposed = tracker.roll_over("p", "q", on=date(2023, 12, 28))
        deadlines = {
            str(event.subject): event.deadline for event in proposed.events if isinstance(event, ActivityScheduled)
        }
        assert deadlines["q/2025"] == Deadline("31/3/2025", DeadlineKind.DAY, (date(2025, 3, 31),))
        assert deadlines["q/2023"].days == (date(2024, 12, 31),)
        assert proposed.redated == ("2023",)
