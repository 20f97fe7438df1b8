"""
A plan: what can happen to it, what state that leaves it in, and which histories are legal, its activities' days included.

Legal (✓) or not (–) in a state:

|  | not adopted | open | closed |
| --- | --- | --- | --- |
| PlanAdopted | ✓ | – | – |
| PlanAmended | – | ✓ | – |
| PlanClosed | – | ✓ | – |
| PlanReopened | – | – | ✓ |
"""

from datetime import date
from itertools import pairwise
from typing import Annotated, assert_never

import attrs
import msgspec
from msgspec import Meta
from msgspec.structs import replace

from reformtrack.domain import errors, illegal
from reformtrack.domain.activity import ActivityEvent, ActivityRevised, ActivityScheduled
from reformtrack.domain.fields import FieldCheck, HostFields, Name, Note, OptionalName, Reason, Title, frozen
from reformtrack.domain.labelled import Labelled
from reformtrack.domain.period import Period
from reformtrack.domain.progress import CountingRule
from reformtrack.domain.said import said
from reformtrack.domain.showing import brief_repr
from reformtrack.domain.timeline import Fact
from reformtrack.domain.values import Document, Domain, PlanId, plan_id

MAX_PLAN_ID_LENGTH = 100
"""Of a plan that is adopted from now on: half of `MAX_ID_LENGTH`, so that what its other ids add has the other half."""


MOST_YEARS = 30
"""The longest a plan lasts."""

Year = Annotated[int, Meta(ge=1900, le=2999)]
_YEAR = FieldCheck("PlanAdopted", "year", Year)


class Level(Labelled):
    """The level of government whose plan it is. Since 01/07/2025 Viet Nam has two below the centre: province and commune."""

    CENTRAL = "central"
    PROVINCE = "province"
    DISTRICT = "district"
    """Until 30/06/2025."""
    COMMUNE = "commune"


def _year(year: int) -> int:
    return 0 if type(year) is int and not year else _YEAR(year)  # 0: that of the first day, once that is checked


@frozen(kw_only=True)
class PlanFact:
    """What every event about a plan has."""

    subject: PlanId = attrs.field(kw_only=False, converter=plan_id)
    """The plan, as `dak-nong-2023`."""
    on: date
    """The local day on which it took effect."""


@frozen(kw_only=True)
class PlanAdopted(PlanFact):
    """
    The plan is adopted: from this day it is open, and activities can be scheduled in its domains. Its id has at most 100
    characters, so that ids of its activities, reports and digests, which begin with it, have room.

    Raises:
        InvalidField: domains with one code, a year that is not that of the first day, days that are no period of at most 30
            years, or stages that are not one after the other in it.
    """

    title: Title
    year: Year = attrs.field(default=0, converter=_year)
    """The plan year: that of its first day, where that is given. Deadlines without a year are of it, or of the plan's days."""
    jurisdiction: Name
    """Whose plan it is, as "Tỉnh Đắk Nông"."""
    domains: Annotated[tuple[Domain, ...], Meta(min_length=1, max_length=100)]
    """The domains in order of display; their codes are unique."""
    document: Document | None = None
    """The document that adopts it."""
    counting_rule: CountingRule = CountingRule.WHOLE_PLAN
    """The rule of the plan's own rate."""
    confirmation_required: bool = False
    """Whether a completion counts only when the monitoring agency has confirmed it."""
    host_fields: HostFields = attrs.field(factory=dict, hash=False)
    """Fields of the host's own: stored, shown, never interpreted."""
    first_day: date | None = None
    """The first day of the plan, of one that is not for its calendar year."""
    last_day: date | None = None
    """Its last day, in it; the end of the calendar year unless given."""
    stages: Annotated[tuple[Period, ...], Meta(max_length=30)] = ()
    """Named parts of it, one after the other."""
    level: Level | None = None
    """The level of government."""
    above: OptionalName = ""
    """The jurisdiction above, as "Tỉnh Lâm Đồng" above a commune."""

    def __attrs_post_init__(self) -> None:
        codes = [domain.code for domain in self.domains]
        if len(set(codes)) < len(codes):
            raise errors.InvalidField("PlanAdopted", "domains", codes, said("domains whose codes are unique"))
        if not self.year and self.first_day is None:
            raise errors.InvalidField("PlanAdopted", "year", None, said("the year of the plan, or its first day"))
        if not self.year:
            object.__setattr__(self, "year", _YEAR(self.first_day.year))  # type: ignore[union-attr]  # one of the two is there
        if self.first_day is not None and self.first_day.year != self.year:
            raise errors.unfit(self, "first_day", said("a day of {year}", year=self.year))
        _check_days(*period_of(self), self.stages)


def period_of(plan: PlanAdopted) -> tuple[date, date]:
    """The first and the last day of a plan: of its calendar year, unless it names others."""
    return days_of(plan.year, plan.first_day, plan.last_day)


def days_of(year: int, first_day: date | None, last_day: date | None) -> tuple[date, date]:
    """The first and the last day of a plan of a year, of which either may be named."""
    first = first_day or date(year, 1, 1)
    return first, last_day or date(first.year, 12, 31)


def days_to_read_in(first: date, last: date) -> tuple[date, date] | None:
    """The first and last day of a plan that is not for its calendar year, to read deadlines in; else None."""
    return None if (first, last) == days_of(first.year, None, None) else (first, last)


def _check_days(first: date, last: date, stages: tuple[Period, ...]) -> None:
    end = date(first.year + MOST_YEARS, 1, 1)
    if not first <= last < end:
        accepted = said("a day from {first}, before {end}", first=first, end=end)
        raise errors.InvalidField("PlanAdopted", "last_day", last, accepted)
    days = [day for stage in stages for day in (stage.first, stage.last)]
    ends_before = any(stage.last >= after.first for stage, after in pairwise(stages))
    if days and (
        days[0] < first or days[-1] > last or ends_before or len({stage.code for stage in stages}) < len(stages)
    ):
        accepted = said(
            "stages from {first} to {last}, one after the other, each with a code of its own", first=first, last=last
        )
        raise errors.InvalidField("PlanAdopted", "stages", tuple(days), accepted)


@frozen(kw_only=True)
class PlanAmended(PlanFact):
    """A document changes the plan: from this day figures name a new plan version. The changes are events of activities."""

    document: Document
    note: Note = ""
    host_fields: HostFields | None = attrs.field(default=None, hash=False)
    """All the host's own fields from this day, in place of those before; None when they stay."""


@frozen(kw_only=True)
class PlanClosed(PlanFact):
    """The plan's work ends after this day; no record enters its activities until it is reopened."""

    note: Note = ""


@frozen(kw_only=True)
class PlanReopened(PlanFact):
    """The plan is open again from this day."""

    reason: Reason


PlanEvent = PlanAdopted | PlanAmended | PlanClosed | PlanReopened

__all__ = ["PlanAdopted", "PlanAmended", "PlanClosed", "PlanReopened"]


class PlanState(msgspec.Struct, frozen=True):
    """A plan as its timeline leaves it."""

    __repr__ = brief_repr

    adopted_on: date | None = None
    title: str = ""
    year: int = 0
    first_day: date = date.min
    """The first day of the plan."""
    last_day: date = date.max
    """Its last day."""
    stages: tuple[Period, ...] = ()
    level: Level | None = None
    above: str = ""
    jurisdiction: str = ""
    domains: tuple[Domain, ...] = ()
    document: Document | None = None
    """The document that adopted it."""
    counting_rule: CountingRule = CountingRule.WHOLE_PLAN
    confirmation_required: bool = False
    host_fields: HostFields = {}
    amendments: tuple[Document, ...] = ()
    """The documents that amended it, in order."""
    documented_on: date | None = None
    """The day of the last of its documents, the adoption among them."""
    periods: tuple[tuple[date, date | None], ...] = ()
    """(first, last) day of each period in which the plan was open; None for one that has no end."""

    @property
    def notice(self) -> str:
        """The notice beside its figures everywhere: the texts of the host's own fields."""
        return "; ".join(self.host_fields.values())

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and last day of a plan that is not for its calendar year, to read deadlines in; else None."""
        return days_to_read_in(self.first_day, self.last_day)

    @property
    def is_of_years(self) -> bool:
        """Whether it is for one calendar year, or several."""
        return (self.first_day.month, self.first_day.day, self.last_day.month, self.last_day.day) == (1, 1, 12, 31)

    @property
    def version(self) -> int:
        """The number of the plan version that figures name: 0 before the adoption, 1 from it, one more each amendment."""
        return 0 if self.adopted_on is None else 1 + len(self.amendments)

    @property
    def is_open(self) -> bool:
        """Whether the plan is adopted and not closed at the end of its timeline."""
        return bool(self.periods) and self.periods[-1][1] is None

    def is_open_on(self, day: date) -> bool:
        """Whether `day` is in one of the plan's open periods, their first and last days included."""
        return any(first <= day and (last is None or day <= last) for first, last in self.periods)


def check(state: PlanState, event: PlanEvent) -> None:
    """
    Refuse an event that the table above has as illegal in this state, with the error of the rule that is broken.

    Raises:
        InvalidField: the id of a new plan is too long.
    """
    if isinstance(event, PlanAdopted):
        if state.adopted_on is not None:
            raise illegal.PlanAlreadyAdopted(event)
        if len(event.subject) > MAX_PLAN_ID_LENGTH:
            accepted = said("an id of at most {most} characters", most=MAX_PLAN_ID_LENGTH)
            raise errors.unfit(event, "subject", accepted)
        return
    if state.adopted_on is None:
        raise illegal.PlanNotAdopted(event)
    match event:
        case PlanAmended() | PlanClosed():
            if not state.is_open:
                raise illegal.PlanIsClosed(event)
        case PlanReopened():
            if state.is_open:
                raise illegal.PlanIsOpen(event)
        case _:
            assert_never(event)


def check_adopted(plan: PlanState, event: Fact) -> None:
    """Refuse an event about something in a plan, of a day before its adoption, with PlanNotAdopted."""
    if not plan.periods or event.on < plan.periods[0][0]:
        raise illegal.PlanNotAdopted(event)


def check_activity(plan: PlanState, event: ActivityEvent) -> None:
    """
    Refuse an activity's event that its plan does not allow: a day on which the plan is not open, a domain it does not have.

    `plan` is the plan's whole timeline folded, not cut at the event's day.

    Raises:
        PlanNotAdopted, PlanNotOpenThen, UnknownDomain: the rule that is broken.
    """
    check_adopted(plan, event)
    if not plan.is_open_on(event.on):
        raise illegal.PlanNotOpenThen(event)
    if isinstance(event, ActivityScheduled | ActivityRevised) and event.domain is not None:
        codes = [domain.code for domain in plan.domains]
        if event.domain not in codes:
            found = said("the plan has no domain {domain}", domain=repr(event.domain))
            raise illegal.UnknownDomain(event, found, said("one of {codes}", codes=tuple(codes)))


_AS_ADOPTED = tuple(field.name for field in attrs.fields(PlanAdopted) if field.name in PlanState.__struct_fields__)


def evolve(state: PlanState, event: PlanEvent) -> PlanState:
    """The state after an event. Never refuses."""
    match event:
        case PlanAdopted():
            same = {name: getattr(event, name) for name in _AS_ADOPTED}
            same["first_day"], same["last_day"] = period_of(event)
            return PlanState(adopted_on=event.on, documented_on=event.on, periods=((event.on, None),), **same)
        case PlanAmended():
            return replace(
                state,
                amendments=(*state.amendments, event.document),
                documented_on=event.on,
                host_fields=state.host_fields if event.host_fields is None else event.host_fields,
            )
        case PlanClosed():
            closed = tuple((first, event.on if last is None else last) for first, last in state.periods)
            return replace(state, periods=closed)
        case PlanReopened():
            return replace(state, periods=(*state.periods, (event.on, None)))
        case _:
            assert_never(event)
