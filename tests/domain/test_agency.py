"""Agencies: a life from registration to end, and heirs that exist."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from reformtrack import InvalidField, Tracker, errors
from reformtrack.domain.acceptance import accept
from reformtrack.domain.agency import MOST_LOANS, roles_of
from reformtrack.domain.kinds import AGENCY
from reformtrack.domain.timeline import as_records
from reformtrack.domain.values import StreamId
from reformtrack.events import (
    AgencyAliased,
    AgencyDissolved,
    AgencyMerged,
    AgencyRegistered,
    AgencyRenamed,
    AgencySplit,
    FunctionMoved,
    RecordRetracted,
    RoleDelegated,
    RoleEnded,
    RoleGranted,
)
from reformtrack.values import Role
from tests.support import ADOPTED, INSTANT, Clock, day, given

BORN, MERGED = date(2004, 1, 1), date(2025, 3, 1)
LATER = MERGED + timedelta(days=1)
NOW = datetime(2026, 1, 5, 3, tzinfo=UTC)


def registered(name: str = "a", on: date = BORN, **fields: Any) -> AgencyRegistered:
    return AgencyRegistered(f"@so-{name}", on=on, name=f"Sở {name.upper()}", **fields)


@pytest.mark.parametrize(
    ("history", "event", "error"),
    [
        ([], AgencyRenamed("@so-a", on=BORN, name="x"), errors.AgencyNotRegistered),
        ([], AgencyAliased("@so-a", on=BORN, aliases=("x",)), errors.AgencyNotRegistered),
        ([registered()], registered(), errors.AgencyAlreadyRegistered),
        ([registered(on=MERGED)], AgencyDissolved("@so-a", on=BORN), errors.AgencyNotRegistered),
        (
            [registered(), AgencyDissolved("@so-a", on=MERGED)],
            AgencyRenamed("@so-a", on=LATER, name="x"),
            errors.AgencyHasEnded,
        ),
        (
            [registered(), AgencyDissolved("@so-a", on=MERGED)],
            AgencyMerged("@so-a", on=LATER, into="@b"),
            errors.AgencyHasEnded,
        ),
        (
            [registered(), AgencyMerged("@so-a", on=LATER, into="@b")],
            AgencyDissolved("@so-a", on=MERGED),
            errors.AgencyHasEnded,
        ),
    ],
)
def test_what_an_agency_refuses(history: list[Any], event: Any, error: type[errors.IllegalHistory]) -> None:
    """Before it is registered, twice, and after its end; also what would make a later record so."""
    refused = given(AGENCY, *history).when(event)
    assert isinstance(refused, error)
    assert event is refused.event or event in refused.proposed


def test_an_agency_that_has_ended_may_still_get_an_alias() -> None:
    """Old papers call it by names that nobody had noted."""
    history = [registered(), AgencyDissolved("@so-a", on=MERGED)]
    state = given(AGENCY, *history).when(AgencyAliased("@so-a", on=LATER, aliases=("SA",)))
    assert (("SA",), MERGED) == (state.aliases, state.ended_on)


def test_an_agency_keeps_its_names_with_their_days() -> None:
    """In order."""
    before = registered(jurisdiction="Tỉnh Đắk Nông", aliases=("SA",))
    state = given(AGENCY, before).when(AgencyRenamed("@so-a", on=MERGED, name="Sở Mới"))
    assert ("Tỉnh Đắk Nông", ("SA",)) == (state.jurisdiction, state.aliases)
    assert ((BORN, "Sở A"), (MERGED, "Sở Mới")) == state.names


@pytest.mark.parametrize("into", [("@b",), ("@b", "@b"), ("b", "c"), ()])
def test_a_split_names_two_heirs_or_more(into: tuple[str, ...]) -> None:
    """Each once, by their ids."""
    with pytest.raises(InvalidField):
        AgencySplit("@so-a", on=MERGED, into=into)


@pytest.fixture
def tracker() -> Tracker:
    tracker = Tracker(clock=Clock(NOW))
    tracker.record(registered("a"), registered("b"), registered("c"), by="x")
    return tracker


@pytest.mark.parametrize(
    "events",
    [
        [AgencyMerged("@so-a", on=MERGED, into="@nobody")],
        [AgencyMerged("@so-a", on=MERGED, into="@so-a")],
        [FunctionMoved("@so-a", on=MERGED, function="x", to="@nobody")],
        [AgencySplit("@so-a", on=MERGED, into=("@so-b", "@nobody"))],
        [AgencyMerged("@so-a", on=MERGED, into="@so-b"), AgencyMerged("@so-b", on=MERGED, into="@so-a")],
        [AgencyMerged("@so-a", on=MERGED, into="@so-b"), AgencyMerged("@so-b", on=LATER, into="@so-a")],
        [registered("d", on=LATER), AgencyMerged("@so-a", on=MERGED, into="@so-d")],
        [AgencyDissolved("@so-b", on=MERGED), AgencyMerged("@so-a", on=LATER, into="@so-b")],
    ],
)
def test_what_is_handed_over_goes_to_an_agency_that_exists_on_that_day(tracker: Tracker, events: list[Any]) -> None:
    """So no agency is its own successor, by whatever way."""
    with pytest.raises(
        errors.NoSuchHeir, match=r"does not exist on that day( \(.*\))?; accepted: an agency that is registered by then"
    ):
        tracker.record(*events, by="x")
    assert 3 == tracker.log.position()


def test_an_heir_cannot_be_taken_back(tracker: Tracker) -> None:
    """Its registration, its end on an earlier day: what was handed over to it is in the way."""
    tracker.record(AgencyMerged("@so-a", on=MERGED, into="@so-b"), by="x")
    for event in (RecordRetracted("@so-b", version=1, reason="x"), AgencyDissolved("@so-b", on=MERGED)):
        with pytest.raises(errors.NoSuchHeir, match="would make a recorded event illegal") as refused:
            tracker.record(event, by="x")
        assert (event,) == refused.value.proposed
    tracker.record(AgencyDissolved("@so-b", on=LATER), by="x")


def test_two_writers_cannot_make_a_circle() -> None:
    """Each is judged with what the other recorded."""
    with Tracker(clock=Clock(NOW)) as tracker:
        tracker.record(registered("a"), registered("b"), by="x")
        judged = tracker._recording.judge([AgencyMerged("@so-b", on=MERGED, into="@so-a")], "x", "r", {})
        tracker.record(AgencyMerged("@so-a", on=MERGED, into="@so-b"), by="x")
        with pytest.raises(Exception, match="changed meanwhile"):
            tracker._store.append(judged[0], now=tracker._now, unchanged=judged[1])


def test_nobody_lends_without_end() -> None:
    """More loans by one person at an agency are refused: not those of somebody else, nor what an earlier version let in."""

    def loans(count: int, actor: str = "An") -> list[RoleDelegated]:
        last = ADOPTED + timedelta(days=9)
        return [
            RoleDelegated("@a", on=ADOPTED, actor=actor, role=Role.REPORTER, to=f"z{i}", until=last)
            for i in range(count)
        ]

    with Tracker() as tracker:
        tracker.record(AgencyRegistered("@a", on=ADOPTED, name="A"), by="x")
        tracker.record(*(RoleGranted("@a", on=ADOPTED, actor=a, role=Role.REPORTER) for a in ("An", "Bình")), by="x")
        with pytest.raises(
            errors.TooManyLoans, match=r"501 delegations on record at this agency; accepted: at most 500"
        ):
            tracker.record(*loans(MOST_LOANS + 1), by="An")
        tracker.record(*loans(MOST_LOANS), by="An")
        with pytest.raises(errors.TooManyLoans):
            tracker.record(*loans(1), by="An")
        tracker.record(*loans(1, "Bình"), by="Bình")
        history = tracker.log.history("@a")
        tracker.record(RecordRetracted("@a", version=history[-2].version, reason="x"), by="An")
        tracker.record(*loans(1), by="An")

    stream, grant = StreamId("@a"), RoleGranted("@a", on=ADOPTED, actor="Em", role=Role.REPORTER)
    stored: list[Any] = list(history[:3])
    stored += as_records(loans(MOST_LOANS + 9), {stream: stored}, INSTANT, "An", "r")
    more: list[Any] = [*as_records([grant], {stream: stored}, INSTANT, "x", "q")]
    accept(more, {stream: stored}, ADOPTED)


def test_the_roles_of_one_are_those_that_the_whole_register_has() -> None:
    """A loan ends with what it is lent from, by whoever is the lender, and not with the role of somebody else."""
    lent = RoleDelegated("@a", on=day("2-1"), actor="an", role=Role.MONITOR, to="Bình", until=day("12-1"))
    granted = [RoleGranted("@a", on=day("1-1"), actor=actor, role=Role.MONITOR) for actor in ("an", "cả")]
    for ended, until in (("an", day("2-28")), ("cả", day("12-1"))):
        facts: list[Any] = [*granted, lent, RoleEnded("@a", on=day("3-1"), actor=ended, role=Role.MONITOR)]
        assert [("Bình", "an", until)] == [(held.actor, held.lent_by, held.last) for held in roles_of("bình", facts)]
