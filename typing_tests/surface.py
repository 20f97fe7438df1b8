"""What a host writes has the types that it expects. It is checked by mypy and pyright, and never run."""

from datetime import date, datetime
from typing import assert_type

from reformtrack import Event, NotFound, Plan, Progress, Record, ReformtrackError, Tracker
from reformtrack.answers import Damage, Head, Indicator, PlanRow, Registry, Report, Rollup
from reformtrack.errors import UnreadableRecord
from reformtrack.events import ActivityCompleted, PlanClosed, StoreConfigured
from reformtrack.outbox import Outbox
from reformtrack.protection import Protection
from reformtrack.seal import Checkpoint, Seals, SigningKey, Verification

DAY = date(2023, 6, 20)


def records(tracker: Tracker, events: list[Event]) -> tuple[Record[Event], ...]:
    """Of the event that was recorded, whichever it is."""
    completed = tracker.record(ActivityCompleted("p/1", on=DAY), by="a")
    assert_type(completed, tuple[Record[ActivityCompleted], ...])
    assert_type(completed[0].event.on, date)
    assert_type(tracker.record(*events, by="a"), tuple[Record[Event], ...])
    mixed: tuple[Record[ActivityCompleted | PlanClosed], ...] = tracker.record(
        ActivityCompleted("p/1", on=DAY), PlanClosed("p", on=DAY), by="a"
    )
    tracker.record("PlanClosed", by="a")  # type: ignore[type-var]  # pyright: ignore[reportArgumentType]
    tracker.record(PlanClosed("p", on=DAY))  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    return (*mixed, *completed)  # a record of one event is a record of any


def answers(tracker: Tracker) -> None:
    """Of the tracker and its facets."""
    assert_type(tracker.plan("p"), Plan)
    assert_type(tracker.plan("p", on=DAY).progress(), Progress)
    assert_type(tracker.rollup(by=["lead"]), Rollup)
    assert_type(tracker.agencies(), Registry)
    assert_type(tracker.indicator("p#x"), Indicator)
    assert_type(tracker.plans(), tuple[PlanRow, ...])
    assert_type(tracker.today(), date)
    assert_type(tracker.end_of(DAY), datetime | None)
    assert_type(tracker.configure(by="a"), Record[StoreConfigured])
    assert_type(tracker.reports.issue("p", "2023-year", by="a"), Report)
    assert_type(tracker.reports.of("p"), tuple[Report, ...])
    assert_type(tracker.log.history("p"), tuple[Record[Event], ...])
    assert_type(tracker.log.head(), Head)
    assert_type(tracker.log.check(), tuple[Damage, ...])
    assert_type([*tracker.log.quarantine()], list[UnreadableRecord])
    assert_type(tracker.views.lag(), int)
    tracker.rollup(by=["weather"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]


def features(tracker: Tracker, key: SigningKey) -> None:
    """What needs an extra is entered by a class that takes the tracker."""
    assert_type(Seals(tracker).seal(key), Checkpoint)
    assert_type(Seals(tracker).verify(Seals(tracker).seal(key)), Verification)
    assert_type(Protection(tracker, bytes(32)).protect("nv-1", "x"), str)
    Outbox(tracker, "https://example.vn/log").subscribe("inbox", lambda event: print(event["data"]["position"]))


def caught(tracker: Tracker) -> str:
    """What is raised keeps its facts."""
    try:
        tracker.plan("p")
    except NotFound as error:
        assert_type(error.kind, str)
        return error.id
    except ReformtrackError as error:
        return str(error)
    return ""
