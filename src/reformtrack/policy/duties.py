"""What somebody may do for which agencies today, and whose work they have a part in."""

from collections.abc import Collection, Iterable, Iterator
from copy import copy
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from reformtrack.domain.agency import AgencyMerged, Role, RoleHeld
from reformtrack.domain.confirmation import Deed
from reformtrack.domain.texts import folded_name, same_name
from reformtrack.domain.timeline import Record
from reformtrack.domain.values import AgencyId
from reformtrack.policy.asking import Situation, counts_against
from reformtrack.views.agencies import Ambiguous, Found, lineage_of


class Hat(NamedTuple):
    """A role that somebody has today."""

    held: RoleHeld
    at: AgencyId
    """The agency at which it is on record."""
    agency: AgencyId | None
    """The agency for which it counts today; None when no agency took that one over."""
    permits: bool
    """Whether it is held under exactly this name and counts in the plan in question; otherwise it only counts against them."""

    @property
    def lent_by(self) -> str:
        """The delegator; empty for a granted role."""
        return self.held.lent_by


class _Work(NamedTuple):
    """A summary of deeds for the rules."""

    people: frozenset[str]
    """The persons, by `folded_name`."""
    agencies: frozenset[str]
    """Those that they name."""
    leads: frozenset[tuple[tuple[str, ...], date]]
    """(whoever had the lead, the day) of those that name no agency."""
    joint: frozenset[tuple[tuple[str, ...], date]]
    """(whoever had the lead jointly, the day): what one of them did is the work of all."""


@lru_cache(maxsize=4)
def _work(deeds: frozenset[Deed]) -> _Work:
    """Computed once for a request with many judgements."""
    return _Work(
        frozenset(folded_name(deed.by) for deed in deeds),
        frozenset(deed.agency for deed in deeds if deed.agency),
        frozenset((deed.leads, deed.on) for deed in deeds if not deed.agency),
        frozenset((deed.leads, deed.on) for deed in deeds if len(deed.leads) > 1),
    )


class Duties:
    """
    What an actor may do for which agencies today: their roles, where a role at a merged agency counts at its successor.

    The register is not assumed to be legal: the request may turn out to be illegal.

    Args:
        situation: that of an event of the actor.
        actor: who.
        plan: the plan of the event; empty for none.
    """

    def __init__(self, situation: Situation, actor: str, plan: str) -> None:
        self.actor = actor
        self._met, self._plan = situation, plan
        self._registry = situation.registry
        self._hats = list(self._hats_among(self._registry.held_by(actor)))

    def _hats_among(self, roles: Iterable[tuple[AgencyId, RoleHeld]]) -> Iterator[Hat]:
        for id, role in roles:
            # A steward of one agency keeps the register of all, so a merger gives a steward nothing.
            heir = self.heir(id, own=role.role is not Role.STEWARD)
            is_theirs = role.actor == self.actor and role.plan in ("", self._plan)
            yield Hat(role, id, heir, is_theirs)

    def as_(self, role: Role) -> tuple[Hat, ...]:
        """How the actor holds a role in the plan, in Vietnamese order of the agencies' names."""
        return tuple(hat for hat in self._hats if hat.permits and hat.held.role is role and hat.agency)

    def gains(self) -> bool:
        """
        Whether an agency event gives the actor more: another role, a role at another agency, or a longer one.

        In whatever spelling of their name. As a steward they are one of the whole register. Only somebody with just
        that role, without an end, or with no role at all, has nothing to gain.
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
        The agency that has all of an agency's work today: itself, or the last one it was merged into; None after a
        split or an end.

        Args:
            own: whether the question is about the actor's own rights: then a merger that they recorded themselves
            passes nothing on.
        """
        return lineage_of(self._registry).heir(id, (lambda id: not self._merged(id)) if own else (lambda id: True))

    def _merged(self, id: AgencyId) -> bool:
        """Whether the actor recorded the merger of an agency."""
        records = self._registry.agency(id).timeline
        return any(isinstance(r.event, AgencyMerged) and same_name(r.by, self.actor) for r in records)

    def _named(self, name: str, day: date) -> AgencyId | None:
        """The agency that a printed name meant on a day; None when that is not clear."""
        found = self._registry.resolve(name, day)
        return found.agency.id if isinstance(found, Found) else None

    def _looks_like(self, name: str, day: date) -> Iterable[AgencyId]:
        """The agencies that an ambiguous printed name may mean: it permits nothing, and counts against the actor."""
        found = self._registry.resolve(name, day)
        return (one.id for one in found.agencies) if isinstance(found, Ambiguous) else ()

    def _all_named(self, names: Iterable[str], day: date) -> list[AgencyId]:
        """The agencies that several names meant on a day; none of them where that is not clear of one."""
        found = [self._named(name, day) for name in names]
        return [] if None in found else [one for one in found if one]

    def answering(self, day: date, *, own: bool = True) -> frozenset[AgencyId]:
        """
        Who answers today for the lead of a day, each of several: its heir; where nobody has one, that of whom the plan names
        today.
        """
        named = [self._named(name, day) for name in self._met.terms.leads]
        if not (led := [one for one in named if one and self.heir(one, own=False)]):
            led = [one for name in self._met.leads if (one := self._named(name, self._met.today))]
        return frozenset(heir for one in led if (heir := self.heir(one, own=own)))

    def reporters(self, day: date, supporting: Iterable[str] = ()) -> tuple[Hat, ...]:
        """How the actor may report for an agency that answers today for the lead on a day, or supports it."""
        named = [one for name in supporting if (one := self._named(name, day))]
        answering = {*self.answering(day), *map(self.heir, named)}
        return tuple(hat for hat in self.as_(Role.REPORTER) if hat.agency in answering)

    def doers(self, day: date, supporting: Iterable[str] = ()) -> tuple[Hat, ...]:
        """The same, if neither the actor nor the agency, or one of its lineage, confirmed the work of the day."""
        hats = self.reporters(day, supporting)
        return tuple(hat for hat in hats if not self._has_confirmed(self.actor, hat.agency or hat.at, day))

    def _has_confirmed(self, person: str, agency: str, day: date) -> bool:
        """Whether somebody, or an agency or one of its lineage, confirmed the work of a day."""
        confirmed = self._met.confirmers(day)
        whose = {whose for _, whose in confirmed if whose}
        return any(same_name(by, person) for by, _ in confirmed) or lineage_of(self._registry).is_one(agency, whose)

    def confirmers_did_since(self, opened: Record[Any]) -> bool:
        """Whether a confirmation that stands again without a reopening would be by who did something since."""
        since = self._met.done_since(opened.version)
        return any(self._has_confirmed(one.by, one.agency, one.event.on) for one in since)

    def workers(self, day: date) -> frozenset[str]:
        """
        The agencies whose work is judged on a day; None where that is ambiguous.

        These are the lead, and every agency that contributed since the last return, or had the lead jointly when somebody
        did. A deed without an agency, from before a policy asked for one, counts for the lead of its day; if that was no
        agency, for today's lead and every agency that the name may have meant.
        """
        work, printed = _work(self._met.deeds), (self._met.terms.leads, day)
        leads = [self._all_named(*one) or self._all_named(self._met.leads, self._met.today) for one in work.leads]
        led = {(name, then) for names, then in (*work.joint, printed) for name in names}
        names = led | {(name, then) for names, then in work.leads for name in names}
        found = work.agencies.union(*leads, (one for name, then in led if (one := self._named(name, then))))
        if [] in leads or not found:
            return frozenset()
        return found.union(*(self._looks_like(*one) for one in names))

    def judges(self, day: date) -> tuple[Hat, ...]:
        """
        How the actor may judge the work of a day: as a monitor with no part in it.

        With a delegated role, not if the delegator has a part in it.
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
        Whether somebody did some of the work, or holds a role in any plan at an agency whose work it is.

        A delegated role counts against the delegate only from their first record for that agency, because nobody has to
        ask for a delegation; then also after its end, see `counts_against`, because they can end it themselves.
        """
        if folded_name(person) in _work(self._met.deeds).people:
            return True
        lineage = lineage_of(self._registry)
        return any(
            lineage.is_one(id, whose)
            for hat in self._hats_among(self._counting(person))
            if not hat.lent_by
            or any(same_name(by, person) and lineage.is_one(hat.at, (of,)) for by, of in self._met.acted)
            for id in (hat.at, self.heir(hat.at, own=False))
            if id
        )

    def _counting(self, person: str) -> Iterator[tuple[AgencyId, RoleHeld]]:
        """The roles that count against somebody; those on loan if they were used."""
        yield from self._registry.held_by(person)
        for agency, role in self._registry.roles_of(person):
            if role.lent_by and counts_against(role, self._met.today, self._met.worked):
                yield agency.id, role


def _is_for_good(role: RoleHeld) -> bool:
    """Whether it is a steward's role, granted for all plans without an end."""
    return role.role is Role.STEWARD and not (role.lent_by or role.plan or role.last)
