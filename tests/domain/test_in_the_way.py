"""A refusal names the record that is in the way, by the stream in which it stands: of the activity, or of what is around it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from reformtrack import Domain, IllegalHistory, Tracker, errors
from reformtrack.domain.said import cited
from reformtrack.events import (
    ActivityCompleted,
    ActivityStarted,
    AgencyDissolved,
    AgencyMerged,
    AgencyRegistered,
    CompletionConfirmed,
    IndicatorDefined,
    PlanClosed,
    PlanReopened,
    ReadingTaken,
    RecordRetracted,
)
from reformtrack.testing import proposals
from reformtrack.values import IndicatorKind
from tests.support import Clock, adopted, day, scheduled

EARLY = date(2022, 12, 1)
TASK = scheduled("p/1")
STARTED = ActivityStarted("p/1", on=day("7-1"))
CLOSED = PlanClosed("p", on=day("6-1"))
BACK = PlanReopened("p", on=day("8-1"), reason="x")
DEFINED = IndicatorDefined("p#a", on=day("3-1"), title="x", unit="y", kind=IndicatorKind.COUNT)
GONE = RecordRetracted("p/1", version=2, reason="x")
ENDED = [AgencyRegistered("@b", on=day("1-1"), name="B"), AgencyDissolved("@b", on=day("3-1"))]
BOTH = [AgencyRegistered(id, on=day("1-1"), name=id[1:]) for id in ("@a", "@b")]


def merged(on: date) -> Any:
    return AgencyMerged("@a", on=on, into="@b")


REFUSED: list[tuple[list[Any], list[Any], type[IllegalHistory], str, int]] = [
    ([TASK, CLOSED, BACK], [STARTED], errors.PlanNotOpenThen, "p", 2),
    ([TASK, STARTED], [CLOSED], errors.PlanNotOpenThen, "p", 2),
    ([TASK, CLOSED], [STARTED], errors.PlanIsClosed, "p", 2),
    ([TASK, CLOSED, BACK, PlanClosed("p", on=day("9-1"))], [STARTED], errors.PlanIsClosed, "p", 4),
    ([], [scheduled("p/1", on=EARLY)], errors.PlanNotAdopted, "p", 1),
    ([], [IndicatorDefined("p#b", on=EARLY, title="x", unit="y", kind=IndicatorKind.COUNT)], errors.PlanNotAdopted, "p", 1),
    ([], [scheduled("p/1", domain="9")], errors.UnknownDomain, "p", 1),
    (
        [TASK],
        [RecordRetracted("p", version=1, reason="x"), adopted(domains=(Domain("2", "x"),))],
        errors.UnknownDomain,
        "p",
        3,
    ),
    ([TASK], [RecordRetracted("p", version=1, reason="x")], errors.PlanNotAdopted, "p", 2),
    ([*BOTH, merged(day("3-1"))], [RecordRetracted("@b", version=1, reason="x")], errors.NoSuchHeir, "@b", 2),
    (
        [*BOTH, AgencyRegistered("@c", on=day("1-1"), name="C"), merged(day("3-1"))],
        [RecordRetracted("@c", version=1, reason="x"), RecordRetracted("@b", version=1, reason="x")],
        errors.NoSuchHeir,
        "@b",
        2,
    ),
    ([TASK], [ActivityStarted("p/1", on=EARLY)], errors.ActivityNotScheduled, "p/1", 1),
    ([DEFINED], [ReadingTaken("p#a", on=day("2-1"), as_of=day("2-1"), value=Decimal(1))], errors.IndicatorNotDefined, "p#a", 1),
    ([TASK, STARTED, GONE], [GONE], errors.AlreadyRetracted, "p/1", 3),
    ([TASK, STARTED, GONE], [RecordRetracted("p/1", version=3, reason="x")], errors.RetractionOfRetraction, "p/1", 3),
    (
        [TASK, ActivityCompleted("p/1", on=day("7-1")), GONE],
        [CompletionConfirmed("p/1", on=day("7-2"), completion=2)],
        errors.ConfirmsAnotherRecord,
        "p/1",
        3,
    ),
    ([AgencyRegistered("@a", on=day("1-1"), name="A"), *ENDED], [merged(day("4-1"))], errors.NoSuchHeir, "@b", 2),
    ([AgencyRegistered("@a", on=EARLY, name="A"), *ENDED], [merged(EARLY)], errors.NoSuchHeir, "@b", 1),
]  # fmt: skip


@pytest.mark.parametrize(("history", "events", "rule", "stream", "version"), REFUSED)
def test_a_refusal_names_the_record_in_the_way_and_its_own_stream(
    history: list[Any], events: list[Any], rule: type[IllegalHistory], stream: str, version: int
) -> None:
    """The close of the plan is record 2 of the plan, not of the activity that is refused."""
    with Tracker(clock=Clock()) as tracker:
        for event in (adopted(), *history):
            tracker.record(event, by="a")
        with pytest.raises(rule) as caught:
            tracker.record(*events, by="b")
    found = caught.value.in_the_way
    assert (rule, stream, version) == (type(caught.value), found.stream, found.version)
    assert f"{cited(found.event)}, record {version} of {stream})" in str(caught.value)


def test_what_nobody_recorded_is_in_no_bodys_way() -> None:
    """Where nothing brings it later either, no record is named."""
    with Tracker(clock=Clock()) as tracker, pytest.raises(errors.ActivityNotScheduled) as caught:
        tracker.record(adopted(), STARTED, by="a")
    assert caught.value.in_the_way is None


@given(proposals())
def test_the_record_in_the_way_is_the_one_that_it_is_called(events: list[Any]) -> None:
    """Whatever is refused: the record of that version in that stream, or a proposed one."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), by="a")
        for event in [*events[: len(events) // 2], CLOSED, BACK, *events[len(events) // 2 :]]:
            try:
                tracker.record(event, by="a")
            except IllegalHistory as error:
                way = error.in_the_way
                if way is not None:
                    assert f"record {way.version} of {way.stream})" in str(error)
                    assert way.event in (
                        event,
                        *(r.event for r in tracker.log.history(way.stream)[way.version - 1 :][:1]),
                    )


def test_what_a_store_notes_of_itself_stays_and_the_refusal_names_it() -> None:
    """Each record of the journal by itself."""
    with Tracker(clock=Clock()) as tracker:
        for zone in ("UTC+01:00", "UTC+02:00"):
            tracker.configure(time_zone=zone, by="a")
        for version, record in enumerate(tracker.log.history("~store"), 1):
            retraction = RecordRetracted("~store", version=version, reason="x")
            with pytest.raises(errors.JournalIsKept) as refused:
                tracker.record(retraction, by="a")
            assert (retraction, record) == (refused.value.event, refused.value.in_the_way)


def test_what_an_agency_gave_away_on_the_day_of_its_end_is_refused_by_that_end() -> None:
    """It does not exist any more on that very day."""
    with Tracker(clock=Clock()) as tracker:
        record: Any = tracker.record
        record(BOTH[0], *ENDED, by="x")
        with pytest.raises(errors.NoSuchHeir) as refused:
            tracker.record(AgencyMerged("@a", on=day("3-1"), into="@b"), by="x")
    assert refused.value.in_the_way is not None
    assert ("@b", 2) == (refused.value.in_the_way.stream, refused.value.in_the_way.version)
