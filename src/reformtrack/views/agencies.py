"""The agencies on a day, as known at an instant: their names, the meaning of a printed name, and successors."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache, cached_property
from typing import Any, NamedTuple

import attrs

from reformtrack.domain.agency import (
    AgencyAliased,
    AgencyEvent,
    AgencyState,
    Role,
    RoleDelegated,
    RoleFact,
    RoleHeld,
    roles_of,
)
from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import NotFound
from reformtrack.domain.gathered import grouped
from reformtrack.domain.kinds import AGENCY
from reformtrack.domain.lineage import Lineage, agency_key, exact_name
from reformtrack.domain.progress import CountingRule, Progress
from reformtrack.domain.showing import brief, known_words
from reformtrack.domain.texts import folded_name, name_key
from reformtrack.domain.timeline import Growing, KnownAt, Record, timeline
from reformtrack.domain.values import AgencyId, StreamId, agency_id
from reformtrack.domain.wording import Lang, lead_words, sort_key
from reformtrack.views.activity import Activity
from reformtrack.views.plan import Plan

_MOST_KEPT = 1_000
"""The size of the cache of roles by person; it is bounded because anybody may ask to record."""


@attrs.frozen(field_transformer=brief)
@checks_arguments
class Agency:
    """An agency on a day, as known at an instant."""

    id: AgencyId
    on: date
    """The day asked for."""
    state: AgencyState = attrs.field(hash=False)
    """Its state."""
    timeline: tuple[Record[AgencyEvent], ...] = attrs.field(hash=False, repr=False)

    @property
    def name(self) -> str:
        """Its latest name by that day."""
        return self.name_on(self.on)

    def name_on(self, day: date) -> str:
        """Its name on a day; before its registration, its first one."""
        names = [name for first, name in self.state.names if first <= day]
        return names[-1] if names else self.state.names[0][1]

    @property
    def names(self) -> tuple[str, ...]:
        """All its names, current and past, then its aliases."""
        return (*(name for _, name in self.state.names), *self.state.aliases)

    @property
    def exists(self) -> bool:
        """Whether it has not ended by that day."""
        return self.state.ended_on is None


@attrs.frozen(field_transformer=brief)
class Found:
    """A name that means one agency."""

    agency: Agency


@attrs.frozen(field_transformer=brief)
class Ambiguous:
    """A name that several agencies had, or that only resembles theirs: a person has to decide."""

    agencies: tuple[Agency, ...]


@attrs.frozen(field_transformer=brief)
class Unknown:
    """A name that no agency has or had, nor a similar one."""

    name: str


@checks_arguments
class Work(NamedTuple):
    """The activities of a plan with the same responsible agencies on a day."""

    names: tuple[str, ...]
    """The names of these agencies, with the id where several share a name; for an ambiguous lead, only the lead as printed."""
    agencies: tuple[Agency, ...]
    """
    The responsible agencies: several after a split; an ended one without a successor. For an ambiguous lead: those that
    it may mean.
    """
    is_clear: bool
    activities: tuple[Activity, ...]
    is_joint: bool = False
    """Whether they have the lead jointly, or nobody has it: the work stands here once, and is the work of each of them."""

    @property
    def label(self) -> str:
        """The names in one, as a key."""
        return self.words()

    def words(self, lang: Lang = "vi") -> str:
        """The names in one line."""
        return lead_words(self.names, lang) if self.is_joint else " + ".join(self.names)


class _Roles(NamedTuple):
    """The roles of one person."""

    roles: tuple[tuple[AgencyId, RoleHeld], ...]
    """All current and past roles, in the order of the agencies."""
    held: tuple[tuple[AgencyId, RoleHeld], ...]
    """The roles held on the day; of roles that differ only in days, one."""
    lenders: frozenset[str]
    """Everybody who ever delegated a role to them."""


@attrs.frozen(slots=False, repr=False)
@checks_arguments
class Registry:
    """The agencies on a day, as known at an instant."""

    on: date
    known_at: KnownAt
    agencies: tuple[Agency, ...]
    """Those registered by that day, including ended ones, in Vietnamese order of name."""

    def __repr__(self) -> str:
        return f"<Registry on {self.on}, {known_words(self.known_at)}: {len(self.agencies)} agencies>"

    @cached_property
    def _by_id(self) -> Mapping[AgencyId, Agency]:
        return {agency.id: agency for agency in self.agencies}

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[AgencyId, ...]]:
        found = grouped((name, agency.id) for agency in self.agencies for name in _known_by(agency))
        return {name: tuple(agencies) for name, agencies in found.items()}

    @cached_property
    def _called(self) -> Mapping[str, int]:
        """The number of responsible agencies by name."""
        return Counter(agency.name for agency in self.agencies if agency.exists or not self.successors(agency.id))

    @cached_property
    def _roles(self) -> Mapping[str, tuple[tuple[AgencyId, RoleHeld], ...]]:
        found = grouped(
            (folded_name(role.actor), (agency.id, role)) for agency in self.agencies for role in agency.state.roles
        )
        return {actor: tuple(roles) for actor, roles in found.items()}

    @cached_property
    def has_steward(self) -> bool:
        """Whether anybody holds or held the role of a steward for all plans."""
        return any(_is_steward(role) for agency in self.agencies for role in agency.state.roles)

    @cached_property
    def _unread(self) -> frozenset[AgencyId]:
        """The agencies whose entries in `_roles` are stale: their roles are computed for one person when asked."""
        return frozenset()

    def roles_of(self, actor: str) -> list[tuple[Agency, RoleHeld]]:
        """Every current and past role of somebody, in any spelling of the name, in the order of the agencies."""
        return [(self._by_id[id], role) for id, role in self._of(folded_name(actor)).roles]

    def held_by(self, actor: str) -> tuple[tuple[AgencyId, RoleHeld], ...]:
        """The roles that somebody holds on the day, as `roles_of`; of roles that differ only in days, one."""
        return self._of(folded_name(actor)).held

    @cached_property
    def _kept(self) -> dict[str, _Roles]:
        """A cache by person."""
        return {}

    def _of(self, person: str) -> _Roles:
        if (kept := self._kept.get(person)) is None:
            roles = self._worked_out(person)
            held = {(id, r.actor, r.role, r.plan, r.lent_by): (id, r) for id, r in roles if r.holds(self.on)}
            kept = _Roles(roles, tuple(held.values()), frozenset(role.lent_by for _, role in roles))
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[person] = kept
        return kept

    def _worked_out(self, person: str) -> tuple[tuple[AgencyId, RoleHeld], ...]:
        found = grouped((id, role) for id, role in self._roles.get(person, ()) if id not in self._unread)
        for id in self._unread:
            if (agency := self.find(id)) is not None:
                found[id] = roles_of(person, (record.event for record in agency.timeline))
        agencies = sorted((self._by_id[id] for id in found), key=_order)
        return tuple((agency.id, role) for agency in agencies for role in found[agency.id])

    def _still_kept(self, fact: object) -> dict[str, _Roles]:
        """The part of the cache that stays valid after adding or removing a fact."""
        if not isinstance(fact, RoleFact):
            return {}
        is_loan = isinstance(fact, RoleDelegated)
        person = folded_name(fact.to if isinstance(fact, RoleDelegated) else fact.actor)
        return {
            one: kept
            for one, kept in self._kept.copy().items()  # other threads ask the same register
            if one != person and (is_loan or fact.actor not in kept.lenders)
        }

    def find(self, id: str) -> Agency | None:
        """An agency by its id; None if it is not registered by that day, as known then."""
        return self._by_id.get(AgencyId(StreamId(id)))

    @cached_property
    def _places(self) -> list[Any]:
        return [_order(agency) for agency in self.agencies]

    def with_agency(self, id: str, agency: Agency | None, fact: object = None) -> "Registry":
        """
        A copy with another state of one agency, or without it; cached results of the others are kept.

        Args:
            fact: the fact that was added or removed; None if unknown.
        """
        key = AgencyId(StreamId(id))
        before, agencies, places, by_id = self.find(id), list(self.agencies), self._places, dict(self._by_id)
        had_order, order = (None if one is None else _order(one) for one in (before, agency))
        if is_moved := had_order != order:
            places = list(places)
        if before is not None:
            place = bisect_left(places, had_order)
            del agencies[place], by_id[key]
            if is_moved:
                del places[place]
        if agency is not None:
            place = bisect_left(places, order)
            agencies.insert(place, agency)
            by_id[key] = agency
            if is_moved:
                places.insert(place, order)
        made = Registry(self.on, self.known_at, tuple(agencies))
        kept: dict[str, Any] = {"_places": places, "_by_id": by_id}
        if "_by_name" in self.__dict__:
            is_renamed = is_moved or before is None or agency is None or before.names != agency.names
            kept["_by_name"] = self._renamed(before, agency, by_id) if is_renamed else self._by_name
        unread = key in self._unread  # then its roles are not computed at all
        had, has = (() if one is None or unread else one.state.roles for one in (before, agency))
        is_read = not unread and has[: len(had)] == had
        more = has[len(had) :] if is_read else ()
        if "_roles" in self.__dict__:
            kept["_unread"] = self._unread if is_read else self._unread | {key}
            kept["_roles"] = self._with_roles(key, more) if more else self._roles
        beside = isinstance(fact, AgencyAliased) or (isinstance(fact, RoleFact) and fact.role is not Role.STEWARD)
        if "has_steward" in self.__dict__ and (is_read or beside):
            kept["has_steward"] = self.has_steward or any(map(_is_steward, more))
        is_same = is_read and not more and (before is None or not is_moved)
        kept["_kept"] = self._kept if is_same else self._still_kept(fact)
        made.__dict__.update(kept)
        return made

    def _renamed(
        self, before: Agency | None, agency: Agency | None, by_id: Mapping[AgencyId, Agency]
    ) -> dict[str, tuple[AgencyId, ...]]:
        names = dict(self._by_name)
        had, has = (() if one is None else one.state.aliases for one in (before, agency))
        if before and agency and before.state.names == agency.state.names and has[: len(had)] == had:
            for name in set(map(agency_key, has[len(had) :])):  # only the names change
                names[name] = tuple(sorted({*names.get(name, ()), agency.id}, key=lambda id: _order(by_id[id])))
            return names
        for one in filter(None, (before, agency)):
            for name in _known_by(one):
                ids = {*names.get(name, ()), one.id} if one is agency else {*names[name]} - {one.id}
                names[name] = tuple(sorted(ids, key=lambda id: _order(by_id[id])))
        return names

    def _with_roles(self, id: AgencyId, more: Iterable[RoleHeld]) -> dict[str, tuple[tuple[AgencyId, RoleHeld], ...]]:
        roles = dict(self._roles)
        for role in more:
            actor = folded_name(role.actor)
            roles[actor] = (*roles.get(actor, ()), (id, role))
        return roles

    def settled(self) -> "Registry":
        """A copy for many questions, with the roles of all agencies precomputed."""
        if self._unread:
            roles = self._roles.items()
            kept = {actor: tuple(pair for pair in pairs if pair[0] not in self._unread) for actor, pairs in roles}
            self.__dict__["_roles"], unread, self.__dict__["_unread"] = kept, self._unread, frozenset()
            for agency in filter(None, map(self.find, unread)):
                self.__dict__["_roles"] = self._with_roles(agency.id, agency.state.roles)
        return self

    def agency(self, id: str) -> Agency:
        """
        An agency by its id.

        Raises:
            NotFound: it is not registered by that day, as known then.
        """
        found = self._by_id.get(agency_id(id))
        if found is None:
            raise NotFound("agency", id, self.on, self.known_at)
        return found

    def search(self, text: str) -> tuple[Agency, ...]:
        """The agencies with the text in one of their names, ignoring marks and case."""
        wanted = agency_key(text)
        return tuple(agency for agency in self.agencies if any(wanted in agency_key(name) for name in agency.names))

    def resolve(self, name: str, then: date | None = None) -> Found | Ambiguous | Unknown:
        """
        The agency that a printed name means; never a guess.

        An agency with exactly this name on the day of print takes precedence over one that had it at another time or as
        an alias. Case, spaces and normal form are ignored unless they distinguish two agencies. Letters and tone marks
        matter: a name that only resembles an agency's is Ambiguous, even if just one does. Only Found gives rights.

        Args:
            name: as printed.
            then: the day of the print; default: the day asked for.
        """
        day, exact = self.on if then is None else then, exact_name(name)
        alike = self._alike(name)
        named = [agency for agency in alike if exact in map(exact_name, agency.names)]
        there = [agency for agency in named if agency.state.exists_on(day)]
        for narrower in (
            [agency for agency in there if name == agency.name_on(day)],
            [agency for agency in there if exact == exact_name(agency.name_on(day))],
            there,
            named,
        ):
            if len(narrower) == 1:
                return Found(narrower[0])
            if narrower:
                return Ambiguous(tuple(narrower))
        return Ambiguous(tuple(alike)) if alike else Unknown(name)

    def _alike(self, name: str) -> list[Agency]:
        """The agencies with a name that differs from this one in marks, case and spaces at the most."""
        return [self._by_id[id] for id in self._by_name.get(agency_key(name), ())]

    def successors(self, id: str) -> tuple[Agency, ...]:
        """
        Its successors on the day asked for: itself while it exists, several after a split, none after a dissolution.

        Raises:
            NotFound: it is not registered by that day, as known then.
        """
        line = filter(None, map(self.find, lineage_of(self).line(self.agency(id).id)))
        return tuple(sorted((one for one in line if one.exists), key=_order))

    def responsible(self, name: str, then: date | None = None) -> tuple[Agency, ...]:
        """
        The agencies responsible on the day asked for, for work assigned to a name on a day; empty if the name is
        ambiguous or unknown.
        """
        found = self.resolve(name, then)
        return self.successors(found.agency.id) if isinstance(found, Found) else ()

    def last_in_line(self, id: str) -> tuple[Agency, ...]:
        """Its successors on the day asked for; itself if it has ended without one."""
        return self.successors(id) or (self.agency(id),)

    def meant(self, lead: str, then: date) -> tuple[tuple[Agency, ...], str]:
        """
        The agencies responsible for work of a lead; for an ambiguous lead, the candidates and its name.

        A lead is found in every spelling of a name (`name_key`), as work is grouped by it; no right comes from that.
        """
        resolved = self.resolve(lead, then)
        if not isinstance(resolved, Found):
            names = {name for agency in self._alike(lead) for name in agency.names if name_key(name) == name_key(lead)}
            spelt = {self.resolve(name, then) for name in names}
            resolved = spelt.pop() if len(spelt) == 1 else resolved
        match resolved:
            case Found(agency):
                return self.last_in_line(agency.id), ""
            case Ambiguous(several):
                return tuple(dict.fromkeys(heir for one in several for heir in self.last_in_line(one.id))), lead
            case _:
                return (), lead

    def work(self, plan: Plan) -> tuple[Work, ...]:
        """
        A plan's activities by those who answer for them on the day asked for, in order of the labels; each activity once.

        A lead is interpreted as of the day on which it got the activity (`Activity.lead_since`).
        """
        meant = cache(self.meant)
        found: dict[tuple[tuple[Agency | str, ...], bool], list[tuple[Activity, tuple[Agency, ...]]]] = {}
        for activity in plan.activities:
            leads = [meant(name, activity.lead_since) for name in activity.leads]
            agencies = tuple(dict.fromkeys(agency for of, _ in leads for agency in of))
            # On another day an unclear lead may mean others: it is one line all the same.
            whose = dict.fromkeys(
                one for of, unclear in leads for one in ((plan.spelling(unclear),) if unclear else of)
            )
            is_joint = len(leads) != 1 and len(whose) != 1  # two that one agency answers for today are not
            key = tuple(sorted(whose, key=_named_first)) if is_joint else tuple(whose)
            found.setdefault((key, is_joint), []).append((activity, agencies))
        printed = {one for ones, _ in found for one in ones if isinstance(one, str)}

        def name(one: Agency | str) -> str:
            is_taken = isinstance(one, Agency) and (self._called[one.name] > 1 or one.name in printed)
            return one if isinstance(one, str) else f"{one.name} ({one.id})" if is_taken else one.name

        made = []
        for (ones, is_joint), activities in found.items():
            several = tuple(dict.fromkeys(agency for _, of in activities for agency in of))
            is_clear = bool(ones) and not any(isinstance(one, str) for one in ones)
            names = tuple(map(name, ones))
            made.append(Work(names, several, is_clear, tuple(activity for activity, _ in activities), is_joint))
        return tuple(sorted(made, key=lambda work: sort_key(work.label)))

    def progress_by_agency(self, plan: Plan, rule: CountingRule | None = None) -> dict[str, Progress]:
        """
        A plan's progress split by responsible agencies on the day asked for, as in `work`; the parts sum to the whole.

        Args:
            rule: what counts; default: the plan's own rule.
        """
        whole = plan.progress(rule)
        as_ = dict(whole.counted)
        parts = grouped((work.label, (one.id, as_[one.id])) for work in self.work(plan) for one in work.activities)
        return {label: attrs.evolve(whole, counted=pairs) for label, pairs in parts.items()}


def lineage_of(registry: Registry) -> Lineage:
    """The lineage of the agencies on the day of the registry."""
    return Lineage(lambda id: None if (found := registry.find(id)) is None else found.state)


def _named_first(one: Agency | str) -> Any:
    """The order of joint leads: agencies by their names, before what is printed and means none for sure."""
    return (1, sort_key(one)) if isinstance(one, str) else (0, *_order(one))


def _order(agency: Agency) -> Any:
    return sort_key(agency.name), agency.id


def _is_steward(role: RoleHeld) -> bool:
    return role.role is Role.STEWARD and not role.plan


def _known_by(agency: Agency) -> set[str]:
    return {agency_key(name) for name in agency.names}


def agency_of(growing: Growing[AgencyState, AgencyEvent], id: AgencyId, on: date) -> Agency | None:
    """An agency on a day, from its stream; None if it is not registered by then."""
    state = growing.on(on)
    return None if state.registered_on is None else Agency(id, on, state, tuple(growing.facts[: growing.up_to(on)]))


def fold_registry(
    streams: Mapping[StreamId, Iterable[Record[Any]]], on: date, known_at: int | None = None, asked: KnownAt = None
) -> Registry:
    """
    The agencies that the records of their streams make.

    Args:
        streams: the records of all agencies.
        on: the day asked for.
        known_at: the log position up to which it was known; None for all that is on record.
        asked: the instant that means this position, where one was asked.
    """
    agencies = []
    for stream, records in streams.items():
        facts: tuple[Record[AgencyEvent], ...] = timeline(records, on, known_at)
        state = AGENCY.fold(facts)
        if state.registered_on is not None:
            agencies.append(Agency(AgencyId(stream), on, state, facts))
    return Registry(on, known_at if asked is None else asked, tuple(sorted(agencies, key=_order)))
