"""What is gathered is the tuple that it would be if it were made at once, however it came about and whenever it is asked."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reformtrack.domain.agency import AgencyState, RoleEvent, evolve, roles_of
from reformtrack.domain.gathered import Gathered, concatenated
from reformtrack.domain.texts import folded_name
from reformtrack.events import AgencyRegistered, RoleDelegated, RoleEnded, RoleGranted
from reformtrack.values import Role
from tests.support import ADOPTED

PEOPLE = st.sampled_from(["An", "AN", "Bình", "Chi"])
STEPS = st.lists(st.tuples(st.integers(0, 30), st.lists(st.integers(), max_size=3).map(tuple), st.booleans()))


@given(STEPS)
def test_what_is_gathered_is_what_was_added(steps: list[tuple[int, tuple[int, ...], bool]]) -> None:
    """From whichever it goes on, and whether or not that was asked before; and it is equal, hashed, shown and kept as that."""
    made: list[tuple[Gathered[tuple[int, ...], tuple[int, ...]], tuple[int, ...]]] = [(Gathered(concatenated, ()), ())]
    for place, added, asked in steps:
        before, expected = made[place % len(made)]
        more = before.plus(added)
        made.append((more, expected + added))
        if asked:
            assert expected + added == more.whole
    for one, expected in made:
        other = Gathered(concatenated, expected)
        assert (expected, repr(expected), hash(other)) == (one.whole, repr(one), hash(one))
        assert one == other == pickle.loads(pickle.dumps(one))
        assert one != Gathered(concatenated, (*expected, 0))
    empty = made[0][0]
    assert hash(empty.plus((1,))) != hash(empty.plus((2,)))


def test_a_long_one_is_made_and_thrown_away_and_asked_by_threads() -> None:
    """A hundred thousand additions deep."""
    one: Gathered[tuple[int, ...], tuple[int, ...]] = Gathered(concatenated, ())
    for number in range(100_000):
        one = one.plus((number,))
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: len(one.whole), range(8)))
    assert [100_000] * 8 == found
    assert 100_000 == len(pickle.loads(pickle.dumps(one)).whole)


@st.composite
def role_facts(draw: st.DrawFn) -> list[Any]:
    """Facts of roles in order of their days, legal or not."""
    found: list[Any] = []
    for number in sorted(draw(st.lists(st.integers(0, 12), max_size=20))):
        on, actor, to, role = ADOPTED + timedelta(days=number), draw(PEOPLE), draw(PEOPLE), draw(st.sampled_from(Role))
        until = on + timedelta(days=draw(st.integers(0, 9)))
        about = {"on": on, "actor": actor, "role": role, "plan": draw(st.sampled_from(["", "p"]))}
        kind = draw(st.sampled_from([AgencyRegistered, RoleGranted, RoleDelegated, RoleEnded]))
        if kind is AgencyRegistered:
            found.append(AgencyRegistered("@a", on=on, name="A"))
        elif kind is RoleGranted:
            found.append(RoleGranted("@a", until=draw(st.sampled_from([None, until])), **about))
        elif kind is RoleEnded:
            found.append(RoleEnded("@a", **about))
        elif folded_name(actor) != folded_name(to):
            found.append(RoleDelegated("@a", to=to, until=until, **about))
    return found


@given(role_facts())
def test_what_is_kept_of_roles_says_what_all_of_them_do(facts: list[Any]) -> None:
    """Before each fact: whether its actor has the role, could lend it, and who lent it to them."""
    state = AgencyState()
    for fact in facts:
        if isinstance(fact, RoleDelegated | RoleEnded):
            held = [
                one
                for one in state.roles
                if (one.actor, one.role, one.plan) == (fact.actor, fact.role, fact.plan) and one.holds(fact.on)
            ]
            kept = [one for one in state.concerned(fact) if one.actor == fact.actor and one.holds(fact.on)]
            assert {one.lent_by for one in held} == {one.lent_by for one in kept}
            assert next((o for o in held if not o.lent_by), None) == next((o for o in kept if not o.lent_by), None)
        state = evolve(state, fact)


@given(role_facts(), st.integers(0, 12))
def test_roles_are_the_same_in_whatever_lots_they_are_gathered(facts: list[Any], cut: int) -> None:
    """One by one, or many after some that were gathered: those are found by who holds them, and by who lent them."""
    lots, one_by_one = AgencyState(), AgencyState()
    for fact in facts[:cut]:
        lots = evolve(lots, fact)
    assert len(lots.roles) <= cut
    for fact in facts[cut:]:
        lots = evolve(lots, fact)
    for fact in facts:
        one_by_one = evolve(one_by_one, fact)
        assert len(one_by_one.roles) <= len(facts)
    assert one_by_one.roles == lots.roles


def test_the_end_of_a_role_ends_what_was_lent_from_it_in_whatever_lots() -> None:
    """The loan was gathered before, and is found by who lent it."""
    about: dict[str, Any] = {"actor": "An", "role": Role.REPORTER}
    state = AgencyState()
    until, ended = ADOPTED + timedelta(20), ADOPTED + timedelta(10)
    granted = RoleGranted("@a", on=ADOPTED, **about)
    state = evolve(evolve(state, granted), RoleDelegated("@a", on=ADOPTED, to="Bình", until=until, **about))
    assert 2 == len(state.roles)
    other = RoleGranted("@a", on=ended, actor="Cả", role=Role.REPORTER)
    state = evolve(evolve(state, other), RoleEnded("@a", on=ended, **about))
    assert [ended - timedelta(1)] * 2 == [held.last for held in state.roles if held.actor != "Cả"]


def test_what_is_kept_of_roles_does_not_grow_with_what_has_ended() -> None:
    """Nor with what is granted twice."""
    state = AgencyState()
    about: dict[str, Any] = {"on": ADOPTED, "actor": "An", "role": Role.REPORTER}
    for _ in range(100):
        for fact in (
            RoleGranted("@a", **about),
            RoleGranted("@a", **about),
            RoleDelegated("@a", to="Bình", until=ADOPTED, **about),
            RoleEnded("@a", **about),
        ):
            state = evolve(state, fact)
    assert {} == state.current.whole
    assert 300 == len(state.roles)


def test_a_grant_that_an_earlier_one_outlasts_is_not_kept_twice() -> None:
    """One that lasts longer is."""
    about: dict[str, Any] = {"on": ADOPTED, "actor": "An", "role": Role.REPORTER}
    short, long = ADOPTED + timedelta(10), ADOPTED + timedelta(20)
    for lasts, kept in (
        ((short, short), [short]),
        ((short, long), [short, long]),
        ((long, short), [long]),
        ((None, None), [None]),
        ((long, None), [long, None]),
        ((None, long), [None]),
    ):
        state = AgencyState()
        for until in lasts:
            state = evolve(state, RoleGranted("@a", until=until, **about))
        assert kept == [held.last for _, roles in state.current.whole.items() for held in roles]


@given(role_facts(), st.sets(st.integers(0, 20)))
def test_roles_are_the_same_however_many_facts_are_taken_at_once(facts: list[Any], asked: set[int]) -> None:
    """One by one, as they are where each state is asked; all at once; and of one person alone."""
    one_by_one = at_times = AgencyState()
    for place, fact in enumerate(facts):
        one_by_one, at_times = evolve(one_by_one, fact), evolve(at_times, fact)
        assert isinstance(one_by_one.roles, tuple)
        if place in asked:
            assert isinstance(at_times.roles, tuple)
    assert one_by_one == at_times
    for person in ("An", "Bình", "Chi"):
        mine = [held for held in one_by_one.roles if folded_name(held.actor) == folded_name(person)]
        assert mine == roles_of(folded_name(person), facts)


def test_an_end_shortens_what_was_granted_and_all_that_was_lent_from_it() -> None:
    """Also where the facts are taken at once, and a loan that was over by then stays as it was."""
    until = ADOPTED + timedelta(days=2), ADOPTED + timedelta(days=30)
    end = ADOPTED + timedelta(days=10)
    state = AgencyState()
    facts: tuple[RoleEvent, ...] = (
        RoleGranted("@a", on=ADOPTED, actor="An", role=Role.REPORTER),
        *(RoleDelegated("@a", on=ADOPTED, actor="An", role=Role.REPORTER, to="Chi", until=last) for last in until),
        RoleEnded("@a", on=end, actor="An", role=Role.REPORTER),
    )
    for fact in facts:
        state = evolve(state, fact)
    lasts: list[date | None] = [held.last for held in state.roles]
    assert [end - timedelta(days=1), until[0], end - timedelta(days=1)] == lasts
