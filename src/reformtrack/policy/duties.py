"""
What somebody may do for which agencies today, and in whose work they have a part.
"""

from collections.abc import Collection, Iterable, Iterator
from copy import copy
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from reformtrack.domain.agency import AgencyMerged, Role, RoleHeld
from reformtrack.domain.confirmation import Deed
from reformtrack.domain.texts import folded_name, same_name
from reformtrack.domain.values import AgencyId
from reformtrack.policy.asking import Situation
from reformtrack.views.agencies import Ambiguous, Found, lineage_of


class Hat(NamedTuple):
    """A role that somebody has today."""

    held: RoleHeld
    at: AgencyId
    """The agency at which it is on record."""
    agency: AgencyId | None
    """The one for which it counts today; None when nobody took that one over."""
    permits: bool
    """Whether it is theirs by their very name, and counts in the plan that is asked about; else it only speaks against them."""

    @property
    def lent_by(self) -> str:
        """Who lent it; empty for one that was granted."""
        return self.held.lent_by


class _Work(NamedTuple):
    """What the rules ask of deeds."""

    people: frozenset[str]
    """Who did them, as `folded_name` makes their names."""
    agencies: frozenset[str]
    """Those that they name."""
    leads: frozenset[tuple[tuple[str, ...], date]]
    """(whoever had the lead, the day) of those that name no agency."""


@lru_cache(maxsize=4)
def _work(deeds: frozenset[Deed]) -> _Work:
    """Worked out once for a request of many judgements."""
    return _Work(
        frozenset(folded_name(deed.by) for deed in deeds),
        frozenset(deed.agency for deed in deeds if deed.agency),
        frozenset((deed.leads, deed.on) for deed in deeds if not deed.agency),
    )


class Duties:
    """
    What an actor may do for which agencies today: their roles, those of merged agencies at the agency that took over.

    Nothing is taken for granted of the register: what is asked may be in a request that will turn out to be illegal.

    Args:
        situation: what an event of the actor meets.
        actor: who.
        plan: the plan that it is about; empty for none.
    """

    def __init__(self, situation: Situation, actor: str, plan: str) -> None:
        self.actor = actor
        self._met, self._plan = situation, plan
        self._registry = situation.registry
        self._hats = list(self._hats_among(self._registry.held_by(actor)))

    def _hats_among(self, roles: Iterable[tuple[AgencyId, RoleHeld]]) -> Iterator[Hat]:
        for id, role in roles:
            # A steward of one agency keeps the register of all: with that role nothing is gained by a merger.
            heir = self.heir(id, own=role.role is not Role.STEWARD)
            is_theirs = role.actor == self.actor and role.plan in ("", self._plan)
            yield Hat(role, id, heir, is_theirs)

    def as_(self, role: Role) -> tuple[Hat, ...]:
        """How the actor has a role in the plan, in Vietnamese order of the names of the agencies."""
        return tuple(hat for hat in self._hats if hat.permits and hat.held.role is role and hat.agency)

    def gains(self) -> bool:
        """
        Whether the actor has more by the event, an agency's: another role, at another agency, or one that lasts longer.

        In whatever spelling of their name. As a steward they are one of the whole register. Only who has nothing but that
        role, for good, or no role at all, has nothing to gain, whatever it is.
        """
        if all(_is_for_good(role) for _, role in self._registry.roles_of(self.actor)):
            return False
        before, after = self._lasting(), copy(self)
        after._registry = self._met.registry_after
        return any(until > before.get(what, date.min) for what, until in after._lasting().items())

    def _lasting(self) -> dict[tuple[str, Role, str, str], date]:
        """The last day of each role of the actor."""
        found: dict[tuple[str, Role, str, str], date] = {}
        roles = [(one.id, role) for one, role in self._registry.roles_of(self.actor) if role.holds(self._met.today)]
        for held, _, agency, _ in self._hats_among(roles):
            if agency:
                what = held.actor, held.role, held.plan, "" if held.role is Role.STEWARD else agency
                found[what] = max(found.get(what, date.min), held.last or date.max)
        return found

    def heir(self, id: AgencyId, *, own: bool = True) -> AgencyId | None:
        """
        Who has all of an agency taken over by today: itself, or where its mergers lead; nobody after a split or an end.

        Args:
            own: what it is asked for is the actor's own; a merger that they recorded themselves then passes nothing on.
        """
        return lineage_of(self._registry).heir(id, (lambda id: not self._merged(id)) if own else (lambda id: True))

    def _merged(self, id: AgencyId) -> bool:
        """Whether the actor recorded the merger of an agency."""
        records = self._registry.agency(id).timeline
        return any(isinstance(r.event, AgencyMerged) and same_name(r.by, self.actor) for r in records)

    def _named(self, name: str, day: date) -> AgencyId | None:
        """The agency that a printed name meant on a day; None when that is not clear."""
        match self._registry.resolve(name, day):
            case Found(found):
                return found.id
            case _:
                return None

    def _looks_like(self, name: str, day: date) -> Iterable[AgencyId]:
        """The agencies that a printed name may mean, where it is not clear: it permits nothing, and counts against them."""
        match self._registry.resolve(name, day):
            case Ambiguous(several):
                return (one.id for one in several)
            case _:
                return ()

    def _all_named(self, names: Iterable[str], day: date) -> list[AgencyId]:
        """The agencies that several names meant on a day; none of them where that is not clear of one."""
        found = [self._named(name, day) for name in names]
        return [] if None in found else [one for one in found if one]

    def _named_today(self) -> list[AgencyId]:
        """The agencies that have the lead today."""
        return self._all_named(self._met.leads, self._met.today)

    def answering(self, day: date, *, own: bool = True) -> frozenset[AgencyId]:
        """
        Who answers today for the lead of a day, each of several: its heir; where nobody has one, that of whom the plan names
        today.
        """
        named = [self._named(name, day) for name in self._met.terms.leads]
        led = [one for one in named if one and self.heir(one, own=False)] or self._named_today()
        return frozenset(heir for one in led if (heir := self.heir(one, own=own)))

    def reporters(self, day: date, supporting: Iterable[str] = ()) -> tuple[Hat, ...]:
        """How the actor reports for an agency that answers today for the lead of a day, or supports it."""
        named = [one for name in supporting if (one := self._named(name, day))]
        answering = {*self.answering(day), *map(self.heir, named)}
        return tuple(hat for hat in self.as_(Role.REPORTER) if hat.agency in answering)

    def doers(self, day: date, supporting: Iterable[str] = ()) -> tuple[Hat, ...]:
        """The same, where neither the actor nor the agency, or one of its line, confirmed what was done on the day."""
        confirmed = self._met.confirmers(day)
        if any(same_name(by, self.actor) for by, _ in confirmed):
            return ()
        whose = {agency for _, agency in confirmed if agency}
        return tuple(
            hat
            for hat in self.reporters(day, supporting)
            if not lineage_of(self._registry).is_one(hat.agency or hat.at, whose)
        )

    def workers(self, day: date) -> frozenset[str]:
        """
        The agencies whose work it is, as of those who judge it on a day; none where that is not clear.

        That is the lead, and all for which something was done since it was last sent back. A deed that names no agency, of
        before a policy asked for one, was the lead's of its day; where that was no agency, it is that of whom the plan names
        today, and of all that it may have meant.
        """
        work, printed = _work(self._met.deeds), (self._met.terms.leads, day)
        leads = [self._all_named(*one) or self._named_today() for one in work.leads]
        names = {(name, then) for names, then in (*work.leads, printed) for name in names}
        found = work.agencies.union(*leads, (one for name in printed[0] if (one := self._named(name, day))))
        if [] in leads or not found:
            return frozenset()
        return found.union(*(self._looks_like(*one) for one in names))

    def judges(self, day: date) -> tuple[Hat, ...]:
        """
        How the actor may judge the work, as of a day: as a monitor who has no part in it.

        With a role on loan nobody judges what its lender has a part in.
        """
        if not (whose := self.workers(day)):
            return ()
        return tuple(
            hat
            for hat in self.as_(Role.MONITOR)
            if not any(self._has_part(person, whose) for person in (self.actor, hat.lent_by) if person)
        )

    def _has_part(self, person: str, whose: Collection[str]) -> bool:
        """
        Whether somebody did some of the work, or has a role at an agency whose work it is, in whichever plan.

        A role on loan counts against who has it from their first record for that agency: nobody need have asked for it.
        """
        if folded_name(person) in _work(self._met.deeds).people:
            return True
        lineage = lineage_of(self._registry)
        return any(
            lineage.is_one(id, whose)
            for hat in self._hats_among(self._registry.held_by(person))
            if not hat.lent_by
            or any(same_name(by, person) and lineage.is_one(hat.at, (of,)) for by, of in self._met.acted)
            for id in (hat.at, self.heir(hat.at, own=False))
            if id
        )


def _is_for_good(role: RoleHeld) -> bool:
    """Whether it is that of a steward who was granted it for all plans, without an end."""
    return role.role is Role.STEWARD and not (role.lent_by or role.plan or role.last)
