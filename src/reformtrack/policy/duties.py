"""
What somebody may do for which agencies today, and in whose work they have a part.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from reformtrack.domain.agency import AgencyMerged, Role, same_line
from reformtrack.domain.confirmation import Deed
from reformtrack.domain.texts import folded_name, same_name
from reformtrack.domain.values import AgencyId
from reformtrack.policy.asking import Situation
from reformtrack.views.agencies import Found


class _Hat(NamedTuple):
    """A role that somebody has today."""

    role: Role
    at: AgencyId
    """The agency at which it is on record."""
    agency: AgencyId | None
    """The one for which it counts today; None when nobody took that one over."""
    permits: bool
    """Whether it is theirs by their very name, and counts in the plan that is asked about; else it only speaks against them."""
    lent_by: str


class _Work(NamedTuple):
    """What the rules ask of deeds."""

    people: frozenset[str]
    """Who did them, as `folded_name` makes their names."""
    agencies: frozenset[str]
    """Those that they name."""
    leads: frozenset[tuple[str, date]]
    """(who had the lead, the day) of those that name no agency."""


@lru_cache(maxsize=4)
def _work(deeds: frozenset[Deed]) -> _Work:
    """Worked out once for a request of many judgements."""
    return _Work(
        frozenset(folded_name(deed.by) for deed in deeds),
        frozenset(deed.agency for deed in deeds if deed.agency),
        frozenset((deed.lead, deed.on) for deed in deeds if not deed.agency),
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
        self._find = situation.registry.find
        # Their own roles first: nobody acts for who lent them one where their own is enough.
        self._hats = sorted(self._hats_of(actor), key=lambda hat: hat.lent_by != "")

    def _hats_of(self, person: str) -> Iterator[_Hat]:
        for id, role in self._met.registry.held_by(person):
            # A steward of one agency keeps the register of all: with that role nothing is gained by a merger.
            heir = self.heir(id, own=role.role is not Role.STEWARD)
            is_theirs = role.actor == person and role.plan in ("", self._plan)
            yield _Hat(role.role, id, heir, is_theirs, role.lent_by)

    def as_(self, role: Role) -> tuple[AgencyId, ...]:
        """The agencies for which the actor has a role in the plan, in Vietnamese order of their names, those of loans last."""
        return tuple(dict.fromkeys(hat.agency for hat in self._hats_as(role) if hat.agency))

    def _hats_as(self, role: Role) -> Iterator[_Hat]:
        return (hat for hat in self._hats if hat.permits and hat.role is role)

    def heir(self, id: AgencyId, *, own: bool = True) -> AgencyId | None:
        """
        Who has all of an agency taken over by today: itself, or where its mergers lead; nobody after a split or an end.

        Args:
            own: what it is asked for is the actor's own; a merger that they recorded themselves then passes nothing on.
        """
        passed = {id}
        while (one := self._find(id)) is not None and one.state.ended_on is not None:
            heirs = one.state.successors
            if len(heirs) != 1 or heirs[0] in passed:
                return None
            if own and any(isinstance(r.event, AgencyMerged) and same_name(r.by, self.actor) for r in one.timeline):
                return None
            passed.add(id := heirs[0])
        return id if one is not None else None

    def _named(self, name: str, day: date) -> AgencyId | None:
        """The agency that a printed name meant on a day; None when that is not clear."""
        match self._met.registry.resolve(name, day):
            case Found(found):
                return found.id
            case _:
                return None

    def _named_today(self) -> AgencyId | None:
        """The agency that has the lead today."""
        return self._named(self._met.lead, self._met.today)

    def answering(self, day: date, *, own: bool = True) -> AgencyId | None:
        """Who answers today for the lead of a day: its heir; where there is none, that of whom the plan names today."""
        led = self._named(self._met.terms.lead, day)
        if not (led and self.heir(led, own=False)):
            led = self._named_today()
        return led and self.heir(led, own=own)

    def reporters(self, day: date, supporting: Iterable[str] = ()) -> tuple[AgencyId, ...]:
        """The agencies for which the actor reports, of those that answer today for the lead of a day, or support it."""
        named = [one for name in supporting if (one := self._named(name, day))]
        answering = {self.answering(day), *map(self.heir, named)}
        return tuple(id for id in self.as_(Role.REPORTER) if id in answering)

    def workers(self, day: date) -> frozenset[str]:
        """
        The agencies whose work it is, as of those who judge it on a day; none where that is not clear.

        That is the lead, and all for which something was done since it was last sent back. A deed that names no agency, of
        before a policy asked for one, was the lead's of its day; where that was no agency, it is that of whom the plan names
        today.
        """
        work = _work(self._met.deeds)
        leads = [self._named(*lead) or self._named_today() for lead in work.leads]
        lead = self._named(self._met.terms.lead, day)
        found = work.agencies.union(one for one in (*leads, lead) if one)
        return frozenset() if None in leads else found

    def judges(self, day: date) -> tuple[AgencyId, ...]:
        """
        The agencies for which the actor may judge the work, as of a day: as a monitor who has no part in it.

        With a role on loan nobody judges what its lender has a part in.
        """
        if not (whose := self.workers(day)):
            return ()
        found = [
            hat.agency
            for hat in self._hats_as(Role.MONITOR)
            if not any(self._has_part(person, whose) for person in (self.actor, hat.lent_by) if person)
        ]
        return tuple(dict.fromkeys(id for id in found if id))

    def _has_part(self, person: str, whose: Collection[str]) -> bool:
        """
        Whether somebody did some of the work, or has a role at an agency whose work it is, in whichever plan.

        A role on loan counts against who has it from their first record for that agency: nobody need have asked for it.
        """
        if folded_name(person) in _work(self._met.deeds).people:
            return True
        return any(
            self._is_line(id, whose)
            for hat in self._hats_of(person)
            if not hat.lent_by
            or any(same_name(by, person) and self._is_line(hat.at, (of,)) for by, of in self._met.acted)
            for id in (hat.at, self.heir(hat.at, own=False))
            if id
        )

    def _is_line(self, one: str, others: Collection[str]) -> bool:
        return any(same_line(one, other, self._successors) for other in others)

    def _successors(self, id: str) -> tuple[AgencyId, ...]:
        found = self._find(id)
        return () if found is None else found.state.successors
