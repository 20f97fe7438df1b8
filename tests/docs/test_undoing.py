"""Each event has a recipe that undoes it, and the recipe works: docs/how-to/undo-and-correct.md."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import reformtrack.events
from reformtrack import Document, IllegalHistory, Tracker
from reformtrack.domain.kinds import EVENT_TYPES, KINDS, RECORDABLE, Event
from reformtrack.events import (
    ActivityCarriedOver,
    ActivityCompleted,
    ActivityReassigned,
    ActivityReopened,
    ActivityRescheduled,
    ActivityResumed,
    ActivityRevised,
    ActivityStarted,
    ActivitySuspended,
    ActivityWithdrawn,
    AgencyAliased,
    AgencyDissolved,
    AgencyMerged,
    AgencyRegistered,
    AgencyRenamed,
    AgencySplit,
    CompletionConfirmed,
    CompletionReturned,
    DigestSent,
    EvidenceFiled,
    FigurePublished,
    FunctionMoved,
    IndicatorDefined,
    OccurrenceCompleted,
    PlanAmended,
    PlanClosed,
    PlanReopened,
    ProgressReported,
    ReadingTaken,
    RecordRetracted,
    RoleDelegated,
    RoleEnded,
    RoleGranted,
)
from reformtrack.values import IndicatorKind, Role, calendar_year
from tests.support import ADOPTED, JUNE, QUARTERS, adopted, day, scheduled

PAGE = Path(__file__).parents[2] / "docs/how-to/undo-and-correct.md"
ROW = re.compile(r"^\| `(\w+)` \| (.*?) \| (.*?) \| .*? \| .*? \|$", re.MULTILINE)
RECIPES = {event: (retract, then) for event, retract, then in ROW.findall(PAGE.read_text(encoding="utf-8"))}

A, B, C = "@a", "@b", "@c"
DOCUMENT = Document(number="9/QĐ-UBND", date=date(2023, 5, 2))
OCCURRENCE = day("3-20")
BEFORE: tuple[Event, ...] = (
    adopted(),
    scheduled("p/1"),
    scheduled("p/2", deadline=QUARTERS),
    *(AgencyRegistered(id, on=day("1-2"), name=f"Sở {id[1:]}") for id in (A, B, C)),
)
"""What stands before each event below: a plan, an activity of one day and one of several, three agencies."""


def in_role(kind: type[RoleGranted] | type[RoleEnded], when: str) -> Event:
    """A role that somebody is granted, or that ends."""
    return kind(A, on=day(when), actor="an", role=Role.REPORTER)


DEFINED = IndicatorDefined("p#visits", on=day("1-2"), title="Lượt", unit="lượt", kind=IndicatorKind.COUNT)
DONE = ActivityCompleted("p/1", on=day("6-1"))
SUSPENDED = ActivitySuspended("p/1", on=day("4-1"), reason="chờ")
PART = OccurrenceCompleted("p/2", on=day("3-1"), occurrence=OCCURRENCE)

SAID: dict[type[Event], tuple[tuple[Event, ...], tuple[Event, ...]]] = {
    type(before[-1]): (before, after)
    for before, after in (
        ((PlanAmended("p", on=day("5-2"), document=DOCUMENT),), (PlanAmended("p", on=day("6-2"), document=DOCUMENT),)),
        ((PlanClosed("p", on=day("12-1")),), (PlanReopened("p", on=day("12-5"), reason="x"),)),
        (
            (PlanClosed("p", on=day("12-1")), PlanReopened("p", on=day("12-5"), reason="x")),
            (PlanClosed("p", on=day("12-6")),),
        ),
        ((scheduled("p/3"),), (ActivityWithdrawn("p/3", on=day("5-2"), reason="x"),)),
        (
            (ActivityRescheduled("p/1", on=day("5-2"), deadline=JUNE),),
            (ActivityRescheduled("p/1", on=day("5-3"), deadline=JUNE),),
        ),
        ((ActivityReassigned("p/1", on=day("5-2"), lead="B"),), (ActivityReassigned("p/1", on=day("6-2"), lead="C"),)),
        ((ActivityRevised("p/1", on=day("5-2"), title="B"),), (ActivityRevised("p/1", on=day("6-2"), title="C"),)),
        ((ActivityWithdrawn("p/1", on=day("5-2"), reason="x"),), (scheduled("p/1-bis"),)),
        ((ActivityCarriedOver("p/1", on=day("5-2"), into="q"),), (scheduled("p/1-bis"),)),
        ((ActivityStarted("p/1", on=day("3-1")),), (SUSPENDED,)),
        (
            (ProgressReported("p/1", on=day("3-1"), percent=Decimal(90)),),
            (ProgressReported("p/1", on=day("3-2"), percent=Decimal(9)),),
        ),
        ((DONE,), (ActivityReopened("p/1", on=day("6-2"), reason="x"),)),
        ((PART,), (ActivityReopened("p/2", on=day("3-2"), reason="x", occurrence=OCCURRENCE),)),
        ((SUSPENDED,), (ActivityResumed("p/1", on=day("5-1")),)),
        ((SUSPENDED, ActivityResumed("p/1", on=day("5-1"))), (ActivitySuspended("p/1", on=day("5-2"), reason="x"),)),
        (
            (EvidenceFiled("p/1", on=day("6-2"), evidence=(DOCUMENT,)),),
            (EvidenceFiled("p/1", on=day("6-3"), evidence=(DOCUMENT,)),),
        ),
        (
            (DONE, CompletionConfirmed("p/1", on=day("6-5"), completion=2)),
            (ActivityReopened("p/1", on=day("6-6"), reason="x"),),
        ),
        (
            (DONE, CompletionReturned("p/1", on=day("6-5"), reason="x")),
            (ActivityCompleted("p/1", on=day("6-6")),),
        ),
        (
            (DONE, ActivityReopened("p/1", on=day("6-5"), reason="x")),
            (ActivityCompleted("p/1", on=day("6-6")),),
        ),
        ((DEFINED,), (IndicatorDefined("p#other", on=day("5-1"), title="x", unit="x", kind=IndicatorKind.COUNT),)),
        (
            (DEFINED, ReadingTaken("p#visits", on=day("6-1"), as_of=day("5-1"), value=Decimal(9))),
            (ReadingTaken("p#visits", on=day("6-2"), as_of=day("5-1"), value=Decimal(8)),),
        ),
        (
            (FigurePublished("p@2023-calendar", on=day("12-31"), period=calendar_year(2023), reported_text="98%"),),
            (FigurePublished("p@2023-calendar", on=date(2024, 1, 2), period=calendar_year(2023), reported_text="97%"),),
        ),
        (
            (DigestSent("p!so-a", on=day("6-1"), to="Sở A", warnings=("w",)),),
            (DigestSent("p!so-a", on=day("7-1"), to="Sở A", warnings=("w",)),),
        ),
        ((AgencyRegistered("@d", on=day("1-2"), name="D"),), (AgencyDissolved("@d", on=day("5-1")),)),
        ((AgencyAliased(A, on=day("3-1"), aliases=("x",)),), ()),
        ((AgencyRenamed(A, on=day("3-1"), name="B"),), (AgencyRenamed(A, on=day("3-2"), name="A"),)),
        ((AgencyMerged(A, on=day("3-1"), into=B),), (AgencyRegistered("@a2", on=day("5-1"), name="A"),)),
        ((AgencySplit(A, on=day("3-1"), into=(B, C)),), (AgencyRegistered("@a2", on=day("5-1"), name="A"),)),
        ((AgencyDissolved(A, on=day("3-1")),), (AgencyRegistered("@a2", on=day("5-1"), name="A"),)),
        (
            (FunctionMoved(A, on=day("3-1"), function="x", to=B),),
            (FunctionMoved(B, on=day("5-1"), function="x", to=A),),
        ),
        ((in_role(RoleGranted, "1-2"),), (in_role(RoleEnded, "5-1"),)),
        (
            (
                in_role(RoleGranted, "1-2"),
                RoleDelegated(A, on=day("3-1"), actor="an", role=Role.REPORTER, to="ba", until=day("9-1")),
            ),
            (RoleEnded(A, on=day("5-1"), actor="ba", role=Role.REPORTER),),
        ),
        (
            (in_role(RoleGranted, "1-2"), in_role(RoleEnded, "5-1")),
            (in_role(RoleGranted, "6-1"),),
        ),
    )
}
"""By event, what is recorded up to it, and what undoes it where it was so."""


def test_each_event_has_a_recipe() -> None:
    """A new event without one fails here, and in the dictionary above."""
    assert set(reformtrack.events.__all__) == set(RECIPES)
    assert {*RECORDABLE} == {*SAID, type(BEFORE[0]), RecordRetracted}


@pytest.mark.parametrize("event", EVENT_TYPES, ids=lambda event: event.__name__)
def test_the_page_says_which_records_are_retracted(event: type[Event]) -> None:
    """No retraction, and nothing that the tracker alone makes."""
    may = event is not RecordRetracted and not any(event in kind.made for kind in KINDS)
    assert may == RECIPES[event.__name__][0].startswith("yes")


@pytest.mark.parametrize("event", SAID, ids=lambda event: event.__name__)
def test_each_record_is_undone_as_the_page_says(event: type[Event]) -> None:
    """By its retraction, and by an event that the page names."""
    before, after = SAID[event]
    assert {type(one).__name__ for one in after} <= set(re.findall(r"`(\w+)`", RECIPES[event.__name__][1]))
    for undo in (None, *after):
        with Tracker() as tracker:
            tracker.record(*BEFORE, *before[:-1], by="a")
            [record] = tracker.record(before[-1], by="b")
            undone = undo or RecordRetracted(record.stream, version=record.version, reason="x")
            tracker.record(undone, by="b")
            assert () == tracker.log.check()


def test_what_others_rest_on_is_retracted_with_a_new_one_in_the_same_request() -> None:
    """A plan with activities, an activity with progress, an indicator with readings; of one day all are recorded anew."""
    with Tracker() as tracker:
        done = ActivityStarted("p/1", on=day("1-3"))
        early = ActivityStarted("p/2", on=ADOPTED)
        reading = ReadingTaken("p#visits", on=day("6-1"), as_of=day("5-1"), value=Decimal(9))
        tracker.record(*BEFORE, done, early, DEFINED, reading, by="a")
        for stream, right in (("p", adopted(year=2024)), ("p/1", scheduled("p/1", title="x")), ("p#visits", DEFINED)):
            tracker.record(RecordRetracted(stream, version=1, reason="x"), right, by="a")
        assert (2024, "x") == (tracker.plan("p").state.year, tracker.plan("p").activity("1").title)
        again = [RecordRetracted("p/2", version=version, reason="x") for version in (1, 2)]
        with pytest.raises(IllegalHistory):
            tracker.record(again[0], scheduled("p/2", title="x"), by="a")
        tracker.record(*reversed(again), scheduled("p/2", title="x"), early, by="a")
        assert () == tracker.log.check()
