"""No steward has more by what they record, whomever it is about; and an end is undone by nobody whom it ends."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from reformtrack import IllegalHistory, NotPermitted, Tracker
from reformtrack.domain.texts import same_name
from reformtrack.events import (
    AgencyDissolved,
    AgencyMerged,
    AgencyRegistered,
    AgencySplit,
    ProgressReported,
    RecordRetracted,
    RoleDelegated,
    RoleEnded,
    RoleGranted,
)
from reformtrack.policy import SeparationOfDuties
from reformtrack.values import Role
from tests.policy.world import START, STEWARD, granted, may, province
from tests.support import Clock, day

FIRST, OTHER = "ba", "hai"
REPORT = ProgressReported("p/1.01", on=day("3-1"), note="x")
FAR = date(2030, 1, 1)


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    """The province, with two stewards who were granted that role."""
    with province() as tracker:
        tracker.record(granted(FIRST, "@van-phong", Role.STEWARD), by=STEWARD)
        tracker.record(granted(OTHER, "@van-phong", Role.STEWARD), by=FIRST)
        yield tracker


def last(tracker: Tracker, id: str, kind: type[Any], actor: str = "") -> RecordRetracted:
    found = [
        r for r in tracker.log.history(id) if isinstance(r.event, kind) and actor in ("", getattr(r.event, "actor", ""))
    ]
    return RecordRetracted(id, version=found[-1].version, reason="x")


@pytest.mark.parametrize("end", ["dissolved", "merged", "split"])
def test_no_agency_comes_back_that_took_theirs_over(tracker: Tracker, end: str) -> None:
    """Where they had a role goes on at its heir, so what ended the heir ended their role."""
    tracker.record(
        *(AgencyRegistered(id, on=START, name=id[1:]) for id in ("@cu", "@mot", "@hai")),
        granted(FIRST, "@cu", Role.REPORTER),
        by=OTHER,
    )
    made: Any = {
        "dissolved": AgencyDissolved("@tu-phap", on=day("8-1")),
        "merged": AgencyMerged("@tu-phap", on=day("8-1"), into="@mot"),
        "split": AgencySplit("@tu-phap", on=day("8-1"), into=("@mot", "@hai")),
    }[end]
    tracker.record(AgencyMerged("@cu", on=day("7-1"), into="@tu-phap"), made, by=OTHER)
    retracted = last(tracker, "@tu-phap", type(made))
    assert not may(tracker, retracted, FIRST)
    assert may(tracker, retracted, OTHER)
    assert may(tracker, REPORT, FIRST)


def test_a_loan_does_not_come_back_with_the_role_of_who_lent_it(tracker: Tracker) -> None:
    """Not by the retraction of its end, by whomever that was recorded."""
    loan = RoleDelegated("@tu-phap", on=day("2-1"), until=FAR, actor="tam", to=FIRST, role=Role.REPORTER)
    tracker.record(loan, by="tam")
    assert may(tracker, REPORT, FIRST)
    for ended_by in (OTHER, FIRST):
        tracker.record(RoleEnded("@tu-phap", on=day("3-1"), actor="tam", role=Role.REPORTER), by=ended_by)
        assert not may(tracker, REPORT, FIRST)
        assert not may(tracker, last(tracker, "@tu-phap", RoleEnded), FIRST)
        tracker.record(last(tracker, "@tu-phap", RoleEnded), by=OTHER)
    assert may(tracker, REPORT, FIRST)


def test_a_loan_does_not_last_longer_by_an_older_role_of_who_lent_it(tracker: Tracker) -> None:
    """It ended with that role: neither another grant dated before, nor the retraction of the first one, makes it go on."""
    until = granted("moi", "@tu-phap", Role.REPORTER, on=day("1-5"), until=date(2024, 1, 31))
    tracker.record(until, by=OTHER)
    for to in (FIRST, "BA"):
        loan = RoleDelegated("@tu-phap", on=day("2-1"), until=FAR, actor="moi", to=to, role=Role.REPORTER)
        tracker.record(loan, by="moi")
    assert not may(tracker, granted("moi", "@tu-phap", Role.REPORTER, on=day("1-4")), FIRST)
    tracker.record(granted("moi", "@tu-phap", Role.REPORTER, on=day("1-6")), by=FIRST)
    assert not may(tracker, RecordRetracted("@tu-phap", version=4, reason="x"), FIRST)
    assert may(tracker, RecordRetracted("@tu-phap", version=4, reason="x"), OTHER)


def test_a_steward_does_not_stay_one_for_longer(tracker: Tracker) -> None:
    """With a role that ends, by another one at an agency that comes back."""
    tracker.record(AgencyRegistered("@mot", on=START, name="Một"), granted("ca", "@mot", Role.STEWARD), by=OTHER)
    tracker.record(granted("ca", "@van-phong", Role.STEWARD, until=date(2024, 1, 1)), by=OTHER)
    tracker.record(AgencyDissolved("@mot", on=day("8-1")), by=OTHER)
    assert not may(tracker, last(tracker, "@mot", AgencyDissolved), "ca")
    tracker.record(granted("ca", "@noi-vu", Role.STEWARD), by=OTHER)
    assert may(tracker, last(tracker, "@mot", AgencyDissolved), "ca"), "they are one without an end anyway"


def test_what_gives_a_steward_nothing_is_permitted(tracker: Tracker) -> None:
    """Also one who reports: what they record of others, and of their own agency."""
    tracker.record(granted(FIRST, "@tu-phap", Role.REPORTER), by=OTHER)
    tracker.record(
        AgencyRegistered("@mot", on=START, name="Một"),
        granted("x", "@tu-phap", Role.REPORTER),
        RoleEnded("@tu-phap", on=day("3-1"), actor="x", role=Role.REPORTER),
        by=FIRST,
    )
    tracker.record(last(tracker, "@tu-phap", RoleEnded), by=FIRST)
    tracker.record(AgencyMerged("@mot", on=day("3-1"), into="@tu-phap"), by=FIRST)
    tracker.record(last(tracker, "@mot", AgencyMerged), by=FIRST)


@pytest.mark.parametrize("by", ["moi", "MOI", "tam", "thu"])
def test_who_borrowed_a_role_does_not_undo_the_end_of_the_loan(tracker: Tracker, by: str) -> None:
    """Not under a second loan of the same role either; stewards do."""
    loan = RoleDelegated("@tu-phap", on=day("2-1"), until=FAR, actor="tam", to="moi", role=Role.REPORTER)
    tracker.record(loan, by="tam")
    tracker.record(RoleEnded("@tu-phap", on=day("6-1"), actor="moi", role=Role.REPORTER), by=OTHER)
    again = RoleDelegated("@tu-phap", on=day("6-1"), until=day("6-2"), actor="tam", to="moi", role=Role.REPORTER)
    tracker.record(again, by="tam")
    assert not may(tracker, last(tracker, "@tu-phap", RoleEnded), by)
    assert may(tracker, last(tracker, "@tu-phap", RoleEnded), FIRST)


IDS = ("@a", "@b")
DAYS = st.integers(0, 5).map(lambda n: day("6-1").replace(day=1 + n))
ACTORS = st.sampled_from([FIRST, "BA", "tam"])
ROLES = st.sampled_from([Role.REPORTER, Role.REPORTER, Role.STEWARD])
LAST = st.sampled_from([None, date(2024, 1, 1), FAR])
EVENTS: Any = st.sampled_from(IDS).flatmap(
    lambda id: st.one_of(
        st.builds(RoleGranted, st.just(id), on=DAYS, actor=ACTORS, role=ROLES, until=LAST),
        st.builds(RoleEnded, st.just(id), on=DAYS, actor=st.just("tam"), role=st.just(Role.REPORTER)),
        st.builds(
            RoleDelegated,
            st.just(id),
            on=DAYS,
            actor=st.sampled_from(["tam", OTHER]),
            to=st.sampled_from([FIRST, "BA"]),
            role=ROLES,
            until=st.sampled_from([date(2024, 1, 1), FAR]),
        ),
        st.builds(AgencyMerged, st.just(id), on=DAYS, into=st.sampled_from(IDS)),
        st.builds(AgencyDissolved, st.just(id), on=DAYS),
        *(2 * [st.builds(RecordRetracted, st.just(id), version=st.integers(3, 7), reason=st.just("x"))]),
    )
)


def had(tracker: Tracker) -> dict[tuple[Any, ...], date]:
    """Until when the steward has which role where, by the register as the tracker shows it, and who merged what."""
    agencies, found = tracker.agencies(), dict[tuple[Any, ...], date]()
    for agency in agencies.agencies:
        for role in agency.state.roles:
            at = agency
            while at.state.ended_on is not None and len(at.state.successors) == 1:
                [merger] = [r for r in at.timeline if isinstance(r.event, AgencyMerged)]
                if same_name(merger.by, FIRST) and role.role is not Role.STEWARD:
                    break
                at = agencies.agency(at.state.successors[0])
            if same_name(role.actor, FIRST) and role.holds(agencies.on) and at.state.ended_on is None:
                where = "" if role.role is Role.STEWARD else at.id
                key = role.actor, role.role, role.plan, where
                found[key] = max(found.get(key, date.min), role.last or date.max)
    return found


@given(st.lists(st.tuples(st.sampled_from([FIRST, FIRST, OTHER]), EVENTS), min_size=5, max_size=30))
def test_nothing_that_a_steward_records_gives_them_more(steps: list[tuple[str, Any]]) -> None:
    """Whatever it is and whomever it is about; the others may give it."""
    with province() as tracker:
        tracker.record(*(AgencyRegistered(id, on=START, name=id[1:]) for id in IDS), by=STEWARD)
        tracker.record(*(granted("tam", id, Role.REPORTER) for id in IDS), by=STEWARD)
        tracker.record(granted(FIRST, "@van-phong", Role.STEWARD), by=STEWARD)
        tracker.record(granted(OTHER, "@van-phong", Role.STEWARD), by=FIRST)
        tracker.record(granted(FIRST, "@a", Role.REPORTER), by=OTHER)
        loan = RoleDelegated("@b", on=day("5-1"), until=FAR, actor="tam", to=FIRST, role=Role.REPORTER)
        tracker.record(loan, by="tam")
        permitted = 0
        for by, made in steps:
            before = had(tracker)
            try:
                tracker.record(made, by=by)
            except (NotPermitted, IllegalHistory):
                continue
            if by == FIRST:
                permitted += 1
                assert all(until <= before.get(key, date.min) for key, until in had(tracker).items())
        event(f"permitted: {min(permitted, 3)}")


def test_the_first_stewards_grant_the_role_to_several_in_one_request() -> None:
    """They keep the register until that request is done, and then no more; to themselves they grant nothing in it."""
    first: list[Any] = [AgencyRegistered("@a", on=START, name="A")]
    first += [granted(who, "@a", Role.STEWARD) for who in (FIRST, OTHER)]
    with Tracker(policy=SeparationOfDuties(stewards=(STEWARD,))) as tracker:
        for theirs in (
            granted(STEWARD, "@a", Role.STEWARD),
            granted(STEWARD, "@a", Role.MONITOR),
            RoleDelegated("@a", on=START, actor=FIRST, role=Role.STEWARD, to=STEWARD, until=FAR),
        ):
            with pytest.raises(NotPermitted):
                tracker.record(*first, theirs, by=STEWARD)
        tracker.record(*first, AgencyRegistered("@b", on=START, name="B"), by=STEWARD)
        assert not may(tracker, AgencyRegistered("@c", on=START, name="C"), STEWARD)
        assert all(may(tracker, AgencyRegistered(f"@{who}", on=START, name=who), who) for who in (FIRST, OTHER))


def test_each_lender_and_who_borrowed_it_end_what_several_lent() -> None:
    """The loans of the others too; nobody else does, and what was granted beside them is ended by no lender."""
    clock = Clock(datetime(2023, 1, 2, 10, tzinfo=UTC))
    with Tracker(clock=clock, policy=SeparationOfDuties(stewards=(STEWARD,))) as tracker:
        lenders = ("một", "mai")
        given = [granted(who, "@a", Role.REPORTER) for who in (*lenders, "mười")]
        tracker.record(AgencyRegistered("@a", on=START, name="A"), *given, by=STEWARD)

        def lent(on: str) -> RoleEnded:
            """What both lend from a day on, and the end of it a month later."""
            for who in lenders:
                loan = RoleDelegated("@a", on=day(f"{on}-1"), actor=who, role=Role.REPORTER, to="xuân", until=FAR)
                tracker.record(loan, by=who)
            return RoleEnded("@a", on=day(f"{int(on) + 1}-1"), actor="xuân", role=Role.REPORTER)

        for ending, month in zip((*lenders, "xuân"), ("2", "4", "6"), strict=True):
            clock.now = datetime(2023, int(month) + 1, 1, 10, tzinfo=UTC)
            end = lent(month)
            assert not may(tracker, end, "mười")
            assert may(tracker, end, ending)
            assert not [held for _, held in tracker.agencies().roles_of("xuân") if held.holds(end.on)]
        clock.now = datetime(2023, 9, 1, 10, tzinfo=UTC)
        tracker.record(granted("xuân", "@a", Role.REPORTER, on=day("8-1")), by=STEWARD)
        assert not may(tracker, lent("8"), lenders[0])
