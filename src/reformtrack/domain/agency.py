"""
An agency: its life, its names, and what became of it.

A reorganisation never renames the past: a figure of 2023 prints the name of 2023, and whoever follows an activity up today
reaches the agency that has taken it over.
"""

from datetime import date
from typing import Annotated, assert_never

import attrs
import msgspec
from msgspec import Meta
from msgspec.structs import replace

from reformtrack.domain import errors
from reformtrack.domain.fields import Name, Names, Note, OptionalName, Title, checked
from reformtrack.domain.values import AgencyId, Document, agency_id


def _agency_ids(given: tuple[str, ...]) -> tuple[AgencyId, ...]:
    return tuple(map(agency_id, given))


@attrs.frozen(kw_only=True, field_transformer=checked)
class AgencyFact:
    """What every event about an agency has."""

    subject: AgencyId = attrs.field(kw_only=False, converter=agency_id)
    """The agency, as `@so-noi-vu`."""
    on: date
    """The local day on which it took effect: the first day of what is new."""


@attrs.frozen(kw_only=True, field_transformer=checked)
class AgencyRegistered(AgencyFact):
    """The agency exists, from this day or since before."""

    name: Name
    """Its name, as printed: "Sở Nội vụ"."""
    jurisdiction: OptionalName = ""
    """Where it is an agency: "Tỉnh Đắk Nông"."""
    aliases: Names = ()
    """What else it is called, as "SNV"."""
    document: Document | None = None


@attrs.frozen(kw_only=True, field_transformer=checked)
class AgencyAliased(AgencyFact):
    """More that it is called."""

    aliases: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=200)]


@attrs.frozen(kw_only=True, field_transformer=checked)
class AgencyRenamed(AgencyFact):
    """It goes on under another name."""

    name: Name
    document: Document | None = None


@attrs.frozen(kw_only=True, field_transformer=checked)
class AgencyMerged(AgencyFact):
    """It ends, and another agency takes all of it over: a new one, or one that keeps its name."""

    into: AgencyId = attrs.field(converter=agency_id)
    """The successor."""
    document: Document | None = None


@attrs.frozen(kw_only=True, field_transformer=checked)
class AgencySplit(AgencyFact):
    """It ends, and several agencies take parts of it over."""

    into: Annotated[tuple[AgencyId, ...], Meta(min_length=2, max_length=50)] = attrs.field(converter=_agency_ids)
    """The successors, two or more. Which of them an activity goes to has to be decided for each."""
    document: Document | None = None

    def __attrs_post_init__(self) -> None:
        if len(set(self.into)) < 2 or len(set(self.into)) < len(self.into):
            raise errors.InvalidField("AgencySplit", "into", self.into, "two agencies or more, each once")


@attrs.frozen(kw_only=True, field_transformer=checked)
class FunctionMoved(AgencyFact):
    """It goes on without one of its functions, which another agency takes over."""

    function: Title
    """What moved, as "quản lý nhà nước về tín ngưỡng, tôn giáo"."""
    to: AgencyId = attrs.field(converter=agency_id)
    document: Document | None = None


@attrs.frozen(kw_only=True, field_transformer=checked)
class AgencyDissolved(AgencyFact):
    """It ends without a successor."""

    note: Note = ""
    document: Document | None = None


AgencyEvent = (
    AgencyRegistered | AgencyAliased | AgencyRenamed | AgencyMerged | AgencySplit | FunctionMoved | AgencyDissolved
)


class AgencyState(msgspec.Struct, frozen=True):
    """An agency as its timeline leaves it."""

    registered_on: date | None = None
    jurisdiction: str = ""
    names: tuple[tuple[date, str], ...] = ()
    """(first day, name) of each name, in order."""
    aliases: tuple[str, ...] = ()
    ended_on: date | None = None
    """The first day on which it is no more."""
    successors: tuple[AgencyId, ...] = ()
    functions: tuple[tuple[date, str, AgencyId], ...] = ()
    """(day, what, to whom) of each function that moved away."""


UNREGISTERED = AgencyState()
"""The state of an agency before its first event."""


def check(state: AgencyState, event: AgencyEvent) -> None:
    """
    Refuse an event that would be illegal in this state.

    Raises:
        AgencyNotRegistered, AgencyAlreadyRegistered, AgencyHasEnded: the rule that is broken.
    """
    if isinstance(event, AgencyRegistered):
        if state.registered_on is not None:
            raise errors.AgencyAlreadyRegistered(event)
        return
    if state.registered_on is None:
        raise errors.AgencyNotRegistered(event)
    if state.ended_on is not None and not isinstance(event, AgencyAliased):
        raise errors.AgencyHasEnded(event)


def heirs(event: AgencyEvent) -> tuple[AgencyId, ...]:
    """The agencies that an event hands something to: each has to exist on that day."""
    match event:
        case AgencyMerged():
            return (event.into,)
        case AgencySplit():
            return event.into
        case FunctionMoved():
            return (event.to,)
        case AgencyRegistered() | AgencyAliased() | AgencyRenamed() | AgencyDissolved():
            return ()
        case _:
            assert_never(event)


def evolve(state: AgencyState, event: AgencyEvent) -> AgencyState:
    """The state after an event. Never refuses."""
    match event:
        case AgencyRegistered():
            names = ((event.on, event.name),)
            return AgencyState(event.on, event.jurisdiction, names, event.aliases)
        case AgencyAliased():
            return replace(state, aliases=(*state.aliases, *event.aliases))
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
        case _:
            assert_never(event)
