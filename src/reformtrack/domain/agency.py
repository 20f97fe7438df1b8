"""
An agency: its life, its names, and what became of it.

A reorganisation never renames the past: a figure of 2023 prints the name of 2023, and whoever follows an activity up today
reaches the agency that has taken it over.

Legal (✓) or not (–) in a state; "held" where the actor holds the role:

|  | not registered | exists | exists, held | ended | ended, held |
| --- | --- | --- | --- | --- | --- |
| AgencyRegistered | ✓ | – | – | – | – |
| AgencyAliased | – | ✓ | ✓ | ✓ | ✓ |
| AgencyRenamed | – | ✓ | ✓ | – | – |
| AgencyMerged | – | ✓ | ✓ | – | – |
| AgencySplit | – | ✓ | ✓ | – | – |
| FunctionMoved | – | ✓ | ✓ | – | – |
| AgencyDissolved | – | ✓ | ✓ | – | – |
| RoleGranted | – | ✓ | ✓ | – | – |
| RoleDelegated | – | – | ✓ | – | – |
| RoleEnded | – | – | ✓ | – | ✓ |
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any, assert_never

import attrs
import msgspec
from msgspec import Meta
from msgspec.structs import replace

from reformtrack.domain import errors, illegal
from reformtrack.domain.fields import AgencyName, AgencyNames, FieldCheck, Name, Note, OptionalName, Title, frozen
from reformtrack.domain.gathered import Gathered, concatenated
from reformtrack.domain.labelled import Labelled
from reformtrack.domain.said import said
from reformtrack.domain.showing import brief_repr
from reformtrack.domain.texts import folded_name, same_name
from reformtrack.domain.values import AgencyId, Document, PlanId, agency_id, plan_id


def _agency_ids(given: tuple[str, ...]) -> tuple[AgencyId, ...]:
    return tuple(map(agency_id, given))


@frozen(kw_only=True)
class AgencyFact:
    """The fields of every event about an agency."""

    subject: AgencyId = attrs.field(kw_only=False, converter=agency_id)
    """The agency, as `@so-noi-vu`."""
    on: date
    """The local day on which it took effect: the first day of what is new."""


@frozen(kw_only=True)
class AgencyRegistered(AgencyFact):
    """The agency exists, from this day or since before."""

    name: AgencyName
    """Its name, as printed: "Sở Nội vụ"."""
    jurisdiction: OptionalName = ""
    """Its jurisdiction: "Tỉnh Đắk Nông"."""
    aliases: AgencyNames = ()
    """Other names, as "SNV"."""
    document: Document | None = None


@frozen(kw_only=True)
class AgencyAliased(AgencyFact):
    """Further names."""

    aliases: Annotated[tuple[AgencyName, ...], Meta(min_length=1, max_length=200)]


@frozen(kw_only=True)
class AgencyRenamed(AgencyFact):
    """It goes on under another name."""

    name: AgencyName
    document: Document | None = None


@frozen(kw_only=True)
class AgencyMerged(AgencyFact):
    """It ends, and another agency, new or existing, takes all of it over."""

    into: AgencyId = attrs.field(converter=agency_id)
    """The successor."""
    document: Document | None = None


@frozen(kw_only=True)
class AgencySplit(AgencyFact):
    """It ends, and several agencies take over parts of it."""

    into: Annotated[tuple[AgencyId, ...], Meta(min_length=2, max_length=50)] = attrs.field(converter=_agency_ids)
    """The successors, two or more. Each activity has to be assigned to one of them."""
    document: Document | None = None

    def __attrs_post_init__(self) -> None:
        if len(set(self.into)) < 2 or len(set(self.into)) < len(self.into):
            raise errors.unfit(self, "into", said("two agencies or more, each once"))


@frozen(kw_only=True)
class FunctionMoved(AgencyFact):
    """It goes on without one of its functions, which another agency takes over."""

    function: Title
    """What moved, as "quản lý nhà nước về tín ngưỡng, tôn giáo"."""
    to: AgencyId = attrs.field(converter=agency_id)
    document: Document | None = None


@frozen(kw_only=True)
class AgencyDissolved(AgencyFact):
    """It ends without a successor."""

    note: Note = ""
    document: Document | None = None


class Role(Labelled):
    """What somebody may record for an agency, under a policy that asks: see `reformtrack.policy.SeparationOfDuties`."""

    REPORTER = "reporter"
    """Reports the work of the agency, and files its evidence."""
    MONITOR = "monitor"
    """Confirms or returns the work of others, takes figures, issues reports."""
    PLANNER = "planner"
    """Adopts, changes and closes plans."""
    STEWARD = "steward"
    """Keeps the register of agencies, and who has which role."""


def _plan_or_none(text: str) -> PlanId | str:
    return plan_id(text) if text else ""


@frozen(kw_only=True)
class RoleFact(AgencyFact):
    """The fields of every event about a role. A role at a merged agency moves to its successor; a split ends it."""

    actor: Name
    """The holder, as in `by` of their records."""
    role: Role
    plan: PlanId | str = attrs.field(default="", converter=_plan_or_none)
    """The plan that the role is for; empty for all plans."""


@frozen(kw_only=True)
class RoleGranted(RoleFact):
    """Somebody has a role at the agency."""

    until: date | None = None
    """The last day; None until it is ended."""
    document: Document | None = None


_check_to = FieldCheck("RoleDelegated", "to", Name)


def _somebody_else(given: str, event: Any) -> str:
    """The delegate, who cannot be the holder in another spelling. Checked on construction, not on reading."""
    to: str = _check_to(given)
    if same_name(to, event.actor):
        raise errors.InvalidField("RoleDelegated", "to", to, said("somebody else"))
    return to


@frozen(kw_only=True)
class RoleDelegated(RoleFact):
    """
    The holder of a granted role delegates it to somebody else, who cannot delegate it further. It ends with the role
    itself.
    """

    to: Name = attrs.field(converter=attrs.Converter(_somebody_else, takes_self=True))  # type: ignore[misc]  # mypy's plugin knows functions only
    """The delegate."""
    until: date
    """The last day."""
    document: Document | None = None

    def __attrs_post_init__(self) -> None:
        if self.to == self.actor:
            raise errors.unfit(self, "to", said("somebody else"))
        if self.until < self.on:
            raise errors.unfit(self, "until", said("a day from {on} on", on=self.on))


@frozen(kw_only=True)
class RoleEnded(RoleFact):
    """From this day somebody no longer has a role, nor do their delegates."""

    note: Note = ""


RoleEvent = RoleGranted | RoleDelegated | RoleEnded

AgencyEvent = (
    AgencyRegistered
    | AgencyAliased
    | AgencyRenamed
    | AgencyMerged
    | AgencySplit
    | FunctionMoved
    | AgencyDissolved
    | RoleEvent
)

__all__ = [
    "AgencyRegistered", "AgencyAliased", "AgencyRenamed", "AgencyMerged", "AgencySplit", "FunctionMoved",
    "AgencyDissolved", "RoleGranted", "RoleDelegated", "RoleEnded",
]  # fmt: skip


Whose = tuple[str, Role, str]
"""(person, role, the plan it is for)."""

MOST_LOANS = 500
"""The most delegations by one person on record at an agency, ended ones included: each costs every reader of the register."""


class RoleHeld(msgspec.Struct, frozen=True):
    """Somebody's role at an agency."""

    actor: str
    role: Role
    plan: str
    """The plan for which it is held; empty for all."""
    first: date
    last: date | None
    """The last day; None while it has no end."""
    lent_by: str = ""
    """Who delegated it; empty for one that was granted."""

    def holds(self, day: date) -> bool:
        """Whether it is held on a day."""
        return self.first <= day and (self.last is None or day <= self.last)


def _roles_with(before: tuple[RoleHeld, ...], added: Sequence[RoleEvent]) -> tuple[RoleHeld, ...]:
    """Roles after the next events about them, in order of day."""
    roles = list(before)
    places: dict[Whose, list[int]] = {}
    if len(added) > 1:
        for place, held in enumerate(roles):
            _note_place(places, place, held)
    for event in added:
        whose = event.actor, event.role, event.plan
        among = places.get(whose, []) if len(added) > 1 else range(len(roles))
        if isinstance(event, RoleEnded):
            for place in among:
                roles[place] = _ended(roles[place], event)
            places[whose] = []  # what began by then has ended for good
            continue
        held = _begun((roles[place] for place in among), event)
        _note_place(places, len(roles), held)
        roles.append(held)
    return tuple(roles)


def _current_with(
    before: Mapping[Whose, tuple[RoleHeld, ...]], added: Sequence[RoleEvent]
) -> Mapping[Whose, tuple[RoleHeld, ...]]:
    """The roles of `AgencyState.current` after the next events about them, in order of day."""
    current = dict(before)
    for event in added:
        concerned = current.get((event.actor, event.role, event.plan), ())
        if isinstance(event, RoleEnded):
            for held in concerned:  # listed under both the holder and the delegator
                for whose in _whose(held):
                    if left := tuple(one for one in current.pop(whose, ()) if one is not held):
                        current[whose] = left
            continue
        held = _begun(concerned, event)
        # A grant that an earlier one outlasts changes nothing.
        if held.lent_by or not any(_outlasts(one, held) for one in concerned if not one.lent_by):
            for whose in _whose(held):
                current[whose] = (*current.get(whose, ()), held)
    return current


def _whose(held: RoleHeld) -> Iterator[Whose]:
    return ((person, held.role, held.plan) for person in (held.actor, held.lent_by) if person)


def _outlasts(one: RoleHeld, other: RoleHeld) -> bool:
    return one.actor == other.actor and (one.last or date.max) >= (other.last or date.max)


def _begun(among: Iterable[RoleHeld], event: RoleGranted | RoleDelegated) -> RoleHeld:
    """The role that an event begins for its actor."""
    if isinstance(event, RoleGranted):
        return RoleHeld(event.actor, event.role, event.plan, event.on, event.until)
    granted = _role(among, event)
    last = event.until if granted is None or granted.last is None else min(event.until, granted.last)
    return RoleHeld(event.to, event.role, event.plan, event.on, last, event.actor)


def roles_of(person: str, facts: Iterable[AgencyEvent]) -> list[RoleHeld]:
    """
    The roles of one person, as in `AgencyState.roles`, computed only from the events about them.

    Args:
        person: their name as `folded_name` makes it.
        facts: those of an agency, in the order in which they took effect.
    """
    about: list[RoleEvent] = []
    lenders = set[str]()
    for event in facts:
        if isinstance(event, AgencyRegistered):
            about.clear()
        elif isinstance(event, RoleDelegated):
            if folded_name(event.to) == person:
                lenders.add(event.actor)
                about.append(event)
        elif isinstance(event, RoleGranted | RoleEnded):
            about.append(event)
    about = [e for e in about if isinstance(e, RoleDelegated) or e.actor in lenders or folded_name(e.actor) == person]
    return [held for held in _roles_with((), about) if folded_name(held.actor) == person]


def _note_place(places: dict[Whose, list[int]], place: int, held: RoleHeld) -> None:
    for whose in _whose(held):
        places.setdefault(whose, []).append(place)


def _ended(held: RoleHeld, event: RoleEnded) -> RoleHeld:
    """A role after the end of a role: shortened if it is that one, or was delegated from it."""
    is_it = event.actor in (held.actor, held.lent_by) and (held.role, held.plan) == (event.role, event.plan)
    return replace(held, last=event.on - timedelta(days=1)) if is_it and held.holds(event.on) else held


def _role(roles: Iterable[RoleHeld], event: RoleDelegated | RoleEnded) -> RoleHeld | None:
    """The role that an event ends or delegates. Only a granted role can be delegated."""
    for held in roles:
        same = held.actor == event.actor and (held.role, held.plan) == (event.role, event.plan)
        if same and held.holds(event.on) and (isinstance(event, RoleEnded) or not held.lent_by):
            return held
    return None


class AgencyState(msgspec.Struct, frozen=True):
    """The state of an agency."""

    __repr__ = brief_repr

    registered_on: date | None = None
    jurisdiction: str = ""
    names: tuple[tuple[date, str], ...] = ()
    """(first day, name) of each name, in order."""
    called: Gathered[tuple[str, ...], tuple[str, ...]] = Gathered(concatenated, ())
    """The aliases."""
    ended_on: date | None = None
    """The first day after its end."""
    successors: tuple[AgencyId, ...] = ()
    functions: tuple[tuple[date, str, AgencyId], ...] = ()
    """(day, function, receiving agency) of each function that moved away."""
    held: Gathered[tuple[RoleHeld, ...], RoleEvent] = Gathered(_roles_with, ())
    """The roles."""
    current: Gathered[Mapping[Whose, tuple[RoleHeld, ...]], RoleEvent] = Gathered(_current_with, {})
    """By person, role and plan: what they hold or delegated on the day of the latest event; ended ones are not kept."""

    def exists_on(self, day: date) -> bool:
        """Whether it is registered by a day, and has not ended by it."""
        since, until = self.registered_on, self.ended_on
        return since is not None and since <= day and (until is None or day < until)

    @property
    def aliases(self) -> tuple[str, ...]:
        """Its aliases."""
        return self.called.whole

    def concerned(self, event: RoleEvent) -> tuple[RoleHeld, ...]:
        """The roles that the actor of an event holds or delegated on its day."""
        return self.current.whole.get((event.actor, event.role, event.plan), ())

    @property
    def roles(self) -> tuple[RoleHeld, ...]:
        """Current and past roles, in the order in which they began."""
        return self.held.whole


def check(state: AgencyState, event: AgencyEvent) -> None:
    """Refuse an event that is illegal in this state by the table above, with the error of the broken rule."""
    if isinstance(event, AgencyRegistered):
        if state.registered_on is not None:
            raise illegal.AgencyAlreadyRegistered(event)
        return
    if state.registered_on is None:
        raise illegal.AgencyNotRegistered(event)
    if state.ended_on is not None and not isinstance(event, AgencyAliased | RoleEnded):
        raise illegal.AgencyHasEnded(event)
    if isinstance(event, RoleDelegated | RoleEnded) and _role(state.concerned(event), event) is None:
        raise illegal.RoleNotHeld(event)


def evolve(state: AgencyState, event: AgencyEvent) -> AgencyState:
    """The state after an event. Never refuses."""
    match event:
        case AgencyRegistered():
            names = ((event.on, event.name),)
            return AgencyState(event.on, event.jurisdiction, names, Gathered(concatenated, event.aliases))
        case AgencyAliased():
            return replace(state, called=state.called.plus(event.aliases))
        case AgencyRenamed():
            return replace(state, names=(*state.names, (event.on, event.name)))
        case AgencyMerged():
            return replace(state, ended_on=event.on, successors=(event.into,))
        case AgencySplit():
            return replace(state, ended_on=event.on, successors=event.into)
        case FunctionMoved():
            return replace(state, functions=(*state.functions, (event.on, event.function, event.to)))
        case AgencyDissolved():
            return replace(state, ended_on=event.on)
        case RoleGranted() | RoleDelegated() | RoleEnded():
            return replace(state, held=state.held.plus(event), current=state.current.plus(event))
        case _:
            assert_never(event)
