"""The agencies are read once and kept: who may do what is never judged by what they were."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack import IllegalHistory, NotPermitted, Record, Tracker
from reformtrack.domain.kinds import AGENCY
from reformtrack.domain.timeline import Growing
from reformtrack.domain.values import AgencyId, StreamId
from reformtrack.events import (
    AgencyAliased,
    AgencyDissolved,
    AgencyMerged,
    AgencyRegistered,
    AgencyRenamed,
    EvidenceFiled,
    ProgressReported,
    RecordRetracted,
    RoleDelegated,
    RoleEnded,
    RoleGranted,
)
from reformtrack.policy.asking import Situations
from reformtrack.values import Role
from reformtrack.views.agencies import agency_of, fold_registry
from tests.policy.world import DOCUMENT, ROLES, START, STEWARD, granted, plan_of_two, province
from tests.support import INSTANT

IDS = ("@a", "@b", "@c")
PEOPLE = ("An", "Bình", "AN")
DAYS = st.integers(0, 6).map(lambda n: START + timedelta(days=n))
TODAY = START + timedelta(days=4)


@st.composite
def changes(draw: st.DrawFn) -> list[Record[Any]]:
    """Records of agencies, legal or not, some of days to come."""
    found, versions = [], dict.fromkeys(IDS, 0)
    for position in range(1, draw(st.integers(0, 25)) + 1):
        id, on, actor = draw(st.sampled_from(IDS)), draw(DAYS), draw(st.sampled_from(PEOPLE))
        role = draw(st.sampled_from([Role.STEWARD, Role.REPORTER]))
        event = draw(
            st.sampled_from(
                [
                    AgencyRegistered(id, on=on, name=draw(st.sampled_from(["Sở A", "Sở B", "sở a"]))),
                    AgencyRenamed(id, on=on, name="Sở Á"),
                    AgencyAliased(id, on=on, aliases=("SA",)),
                    AgencyMerged(id, on=on, into="@c"),
                    AgencyDissolved(id, on=on),
                    RoleGranted(id, on=on, actor=actor, role=role),
                    RoleDelegated(id, on=on, actor=actor, role=role, to="Chi", until=date(2100, 1, 1)),
                    RoleDelegated(id, on=on, actor="Chi", role=role, to=actor, until=on + timedelta(days=2)),
                    RoleEnded(id, on=on, actor=actor, role=role),
                    RecordRetracted(id, version=draw(st.integers(1, 4)), reason="x"),
                ]
            )
        )
        versions[id] += 1
        found.append(Record(position, StreamId(id), versions[id], event, INSTANT, "b", "r"))
    return found


@given(changes(), st.integers(0, 25), st.booleans())
def test_a_register_that_changes_is_the_one_that_is_made_anew(
    records: list[Record[Any]], start: int, says: bool
) -> None:
    """After each record: the agencies and their order, whom a name means, who has which role, whether there was a steward."""

    def told(registry: Any) -> Any:
        found = {name: registry.resolve(name, START) for name in ("Sở A", "sở a", "Sở B", "Sở Á", "SA", "-")}
        roles = {person: (registry.roles_of(person), registry.held_by(person)) for person in (*PEOPLE, "Chi", "-")}
        return registry, found, roles, registry.has_steward, {id: registry.find(id) for id in IDS}

    def at(count: int) -> dict[StreamId, list[Record[Any]]]:
        return {StreamId(id): [r for r in records[:count] if r.stream == id] for id in IDS}

    registry = fold_registry(at(start), TODAY)
    told(registry)
    growing = {id: Growing(AGENCY, of) for id, of in at(start).items()}
    for count in range(start + 1, len(records) + 1):
        record = records[count - 1]
        stream = record.stream
        growing[stream].add(record)
        agency = agency_of(growing[stream], AgencyId(stream), TODAY)
        registry = registry.with_agency(AgencyId(stream), agency, _fact(record, at(count)[stream]) if says else None)
        assert told(fold_registry(at(count), TODAY)) == told(registry)
    assert told(fold_registry(at(len(records)), TODAY)) == told(registry.settled())


def _fact(record: Record[Any], stream: list[Record[Any]]) -> Any:
    """What a record puts in, or takes out."""
    event = record.event
    return (
        stream[event.version - 1].event
        if isinstance(event, RecordRetracted) and event.version <= len(stream)
        else event
    )


def test_a_role_that_somebody_else_granted_counts_at_once(url: str) -> None:
    """In another process, say: nobody is refused by what was kept, nor permitted by it."""
    with province(url) as one, Tracker(url, policy=one._policy, clock=one._clock) as other:
        report = ProgressReported("p/1.01", on=START, note="x")
        for tracker in (one, other):
            with pytest.raises(NotPermitted):
                tracker.record(report, by="moi")
        one.record(granted("moi", "@tu-phap", Role.REPORTER), by=STEWARD)
        other.record(report, by="moi")
        one.record(RoleEnded("@tu-phap", on=START + timedelta(days=1), actor="moi", role=Role.REPORTER), by=STEWARD)
        with pytest.raises(NotPermitted):
            other.record(report, by="moi")
        with pytest.raises(NotPermitted):
            one.record(report, by="moi")


def test_what_is_illegal_by_agencies_that_have_changed_is_judged_again(url: str) -> None:
    """A merger into an agency that another tracker has registered meanwhile."""
    with Tracker(url) as one, Tracker(url) as other:
        merged = AgencyMerged("@a", on=START, into="@b")
        one.record(AgencyRegistered("@a", on=START, name="A"), by="x")
        with pytest.raises(IllegalHistory):
            other.record(merged, by="x")
        one.record(AgencyRegistered("@b", on=START, name="B"), by="x")
        other.record(merged, by="x", expected_version={"@b": 1})


@given(st.lists(st.tuples(st.integers(0, 1), st.sampled_from(PEOPLE[:2]), st.integers(0, 3)), max_size=14))
def test_two_trackers_judge_as_one_that_was_just_opened(steps: list[tuple[int, str, int]]) -> None:
    """Whoever of them records what, by whatever was granted, ended, aliased by the other."""
    with province() as tracker:
        kept = [tracker, _sharing(tracker)]
        for number, (which, person, kind) in enumerate(steps):
            event: Any = (
                granted(person, "@tu-phap", Role.REPORTER),
                RoleEnded("@tu-phap", on=START, actor=person, role=Role.REPORTER),
                EvidenceFiled("p/1.01", on=START, evidence=(DOCUMENT,)),
                AgencyAliased("@tu-phap", on=START, aliases=(f"T{number}",)),
            )[kind]
            by = STEWARD if kind != 2 else person
            expected = _answer(partial(_sharing(tracker)._recording.judge, [event], by, "r", {}))
            assert expected == _answer(partial(kept[which].record, event, by=by))


def _sharing(tracker: Tracker) -> Tracker:
    """Another tracker on the same database in memory, with nothing kept."""
    other = object.__new__(Tracker)
    other.__dict__.update(tracker.__dict__)
    recording = tracker._recording
    other._recording = type(recording)(
        recording._store, recording._now, recording._today, tracker._policy, recording._configuration
    )
    return other


def _answer(call: Callable[[], object]) -> str:
    """What refuses it, if anything does."""
    try:
        call()
    except (NotPermitted, IllegalHistory) as error:
        return type(error).__name__
    return ""


def test_a_request_of_many_events_is_judged_as_many_requests_of_one() -> None:
    """Each by what the ones before it make of the agencies."""
    with province() as one, province() as other:
        events = [granted(f"n{i}", "@tu-phap", Role.REPORTER) for i in range(5)]
        reports = [ProgressReported("p/1.01", on=START, note="x")]
        one.record(*events, by=STEWARD)
        for event in events:
            other.record(event, by=STEWARD)
        for tracker in (one, other):
            for i in range(5):
                tracker.record(*reports, by=f"n{i}")
        assert [r.agency for r in one.log.records()] == [r.agency for r in other.log.records()]


def test_a_situation_is_asked_while_it_is_judged() -> None:
    """And says what it is about."""
    registry = fold_registry({}, TODAY)
    situations = Situations({}, registry)
    [plan, first, _] = plan_of_two()
    record = Record(0, plan.subject, 1, plan, INSTANT, "van", "r")
    situation = situations.of(record)
    assert (False, (), frozenset()) == (situation.adopts, situation.leads, situation.deeds)
    assert "<Situation on 2023-01-02, recorded on 2023-01-06>" == repr(situation)
    situations.add(record)
    assert situations.of(Record(0, first.subject, 1, first, INSTANT, "van", "r")).adopts
    assert len(ROLES) > 1
