"""
Separation of duties: who does the work reports it, somebody of another agency confirms it, plans change by documents.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

import attrs

from reformtrack.domain import activity, agency, dispatch, indicator, plan, report
from reformtrack.domain.agency import Role, RoleDelegated, RoleFact
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.events import Event
from reformtrack.domain.fields import Names, checked
from reformtrack.domain.journal import BackupAccepted, JournalFact, StoreConfigured
from reformtrack.domain.timeline import RecordRetracted
from reformtrack.domain.values import AgencyId, StreamId, plan_of
from reformtrack.policy.asking import Permit, Refuse, Situation
from reformtrack.views.agencies import Found, Registry

_REPORTS = (
    activity.ActivityStarted,
    activity.ProgressReported,
    activity.ActivityCompleted,
    activity.OccurrenceCompleted,
    activity.ActivitySuspended,
    activity.ActivityResumed,
)
_PLANS = (
    plan.PlanAdopted,
    plan.PlanAmended,
    plan.PlanClosed,
    plan.PlanReopened,
    activity.ActivityScheduled,
    activity.ActivityRescheduled,
    activity.ActivityReassigned,
    activity.ActivityRevised,
    activity.ActivityWithdrawn,
    activity.ActivityCarriedOver,
    indicator.IndicatorDefined,
)
_NO_DOCUMENT = (plan.PlanClosed, plan.PlanReopened, indicator.IndicatorDefined)
"""What changes a plan and names no document: none of them moves a due day or takes an activity out."""

_JUDGEMENTS = (activity.CompletionConfirmed, activity.CompletionReturned, activity.ActivityReopened)
"""What says whether a completion holds: it is taken back by those who may judge the work, not by whose it is."""

REPORTING = Refuse("accepted: a reporter of the lead agency")
EVIDENCE = Refuse("accepted: a reporter of the lead agency or of a supporting one")
JUDGING = Refuse("accepted: a monitor of another agency, of whom and of whose agency none of the work is")
REOPENING = Refuse("accepted: a reporter of the lead agency, or a monitor")
PLANNING = Refuse("accepted: a planner, with the document that changes the plan")
MONITORING = Refuse("accepted: a monitor")
MEASURING = Refuse("accepted: a monitor, or a reporter of any agency")
STEWARDING = Refuse("accepted: a steward of the register, not about themselves")
RETRACTING = Refuse("accepted: who recorded it and still may, or a monitor")
"""What refusals say: always the same for the same kind of event, so that nothing of what is on record is told."""


class Duties:
    """
    What an actor may do for which agencies today: their roles, those of merged agencies at the agency that took over.

    Nothing is taken for granted of the register: what is asked may be in a request that will turn out to be illegal.

    Args:
        registry: the agencies on the day of the recording, with their roles.
        actor: who.
        plan: the plan that it is about; empty for none.
    """

    def __init__(self, registry: Registry, actor: str, plan: str) -> None:
        self._registry = registry
        self._states = {one.id: one.state for one in registry.agencies}
        self._held = tuple(
            (role.role, heir, role.plan in ("", plan))
            for one in registry.agencies
            for role in one.state.roles
            if role.actor == actor and role.holds(registry.on) and (heir := self.heir(one.id))
        )

    def as_(self, role: Role) -> tuple[AgencyId, ...]:
        """The agencies for which the actor has a role in the plan, in Vietnamese order of their names."""
        return tuple(dict.fromkeys(id for held, id, counts in self._held if counts and held is role))

    @property
    def agencies(self) -> tuple[AgencyId, ...]:
        """The agencies for which the actor has any role, in whichever plan."""
        return tuple(dict.fromkeys(id for _, id, _ in self._held))

    def heir(self, id: AgencyId) -> AgencyId | None:
        """Who has all of an agency taken over by today: itself, or where its mergers lead; nobody after a split or an end."""
        passed = {id}
        while (state := self._states.get(id)) is not None and state.ended_on is not None:
            if len(state.successors) != 1 or state.successors[0] in passed:
                return None
            passed.add(id := state.successors[0])
        return id if state is not None else None

    def named(self, name: str, day: date) -> AgencyId | None:
        """The agency that a printed name meant on a day; None when that is not clear."""
        match self._registry.resolve(name, day):
            case Found(found):
                return found.id
            case _:
                return None

    def heir_of(self, name: str, day: date) -> AgencyId | None:
        """Who answers today for what was given to a printed name; None when that is not clear."""
        found = self.named(name, day)
        return found and self.heir(found)

    def is_line(self, one: AgencyId, other: AgencyId) -> bool:
        """Whether two agencies are one, or one came out of the other, by mergers and splits."""
        return one in self._line(other) or other in self._line(one)

    def _line(self, id: AgencyId) -> set[AgencyId]:
        line, asked = {id}, [id]
        while asked:
            state = self._states.get(asked.pop())
            new = set(state.successors if state else ()) - line
            line |= new
            asked.extend(new)
        return line


@attrs.frozen(field_transformer=checked)
class SeparationOfDuties:
    """
    The policy of a public plan: the lead agency reports, another confirms, documents change plans, stewards keep the register.

    Roles are recorded at agencies (`RoleGranted`, `RoleDelegated`, `RoleEnded`) and count on the day of the recording. The lead
    agency is that of the day of the fact; its merged successor answers for it today, and cannot confirm it.

    Args:
        stewards: who keeps the register before anybody has been granted that role. They grant nothing to themselves.

    Raises:
        InvalidField: a steward whose name cannot be recorded, or none at all.
    """

    stewards: Names

    def __attrs_post_init__(self) -> None:
        if not self.stewards:
            raise InvalidField("SeparationOfDuties", "stewards", self.stewards, "one at least")

    def __call__(self, actor: str, event: Event, situation: Situation) -> Permit | Refuse:
        """Whether an actor may record an event: one rule for each kind."""
        plan_ = event.plan if isinstance(event, RoleFact) else plan_of(event.subject)
        duties = Duties(situation.registry, actor, plan_)
        if isinstance(event, RecordRetracted):
            return self._retraction(actor, event, situation, duties)
        return self._fact(actor, event, situation, duties)

    def _fact(self, actor: str, event: Any, situation: Situation, duties: Duties) -> Permit | Refuse:
        match event:
            case _ if isinstance(event, _REPORTS):
                return _permit("lead reports", _leads(duties, situation.state, event.on), REPORTING)
            case activity.EvidenceFiled():
                leads = (situation.state.terms.lead, *situation.state.terms.supporting)
                return _permit(
                    "lead or supporting agency files evidence", _reporters(duties, leads, event.on), EVIDENCE
                )
            case activity.CompletionConfirmed() | activity.CompletionReturned():
                return _permit("another agency judges", _judges(duties, situation, event.on), JUDGING)
            case activity.ActivityReopened():
                found = (*_leads(duties, situation.state, event.on), *duties.as_(Role.MONITOR))
                return _permit("lead or monitor reopens", found, REOPENING)
            case _ if isinstance(event, _PLANS):
                planners = duties.as_(Role.PLANNER) if _has_document(event, situation) else ()
                return _permit("planner changes the plan by a document", planners, PLANNING)
            case indicator.ReadingTaken():
                found = (*duties.as_(Role.MONITOR), *duties.as_(Role.REPORTER))
                return _permit("monitor or reporter takes a figure", found, MEASURING)
            case _ if isinstance(event, agency.AgencyFact | BackupAccepted | StoreConfigured):
                return self._stewardship(actor, event, duties)
            case _ if isinstance(event, report.ReportFact | dispatch.DigestSent):
                return _permit("monitor reports", duties.as_(Role.MONITOR), MONITORING)
            case _:
                return Refuse(f"no rule is for {type(event).__name__}")

    def _stewardship(self, actor: str, event: agency.AgencyFact | JournalFact, duties: Duties) -> Permit | Refuse:
        """The register, and the log itself, are kept by stewards; a role is also lent by who has it."""
        if isinstance(event, RoleDelegated) and event.actor == actor:
            lent = (id for id in duties.as_(event.role) if event.role is not Role.STEWARD)
            return _permit("the holder delegates", (id for id in lent if duties.heir(event.subject) == id), STEWARDING)
        concerned = {event.actor} if isinstance(event, RoleFact) else set()
        if isinstance(event, RoleDelegated):
            concerned.add(event.to)
        agencies = duties.as_(Role.STEWARD)
        if actor in concerned or not (agencies or actor in self.stewards):
            return STEWARDING
        return Permit("steward keeps the register", next(iter(agencies), ""))

    def _retraction(self, actor: str, event: RecordRetracted, situation: Situation, duties: Duties) -> Permit | Refuse:
        """By who recorded it, while they may still; of a plan also by a monitor, a judgement of others' work only."""
        record = situation.retracted
        if record is None or isinstance(record.event, RecordRetracted):
            return RETRACTING
        again = self._fact(actor, record.event, situation, duties)
        if not plan_of(event.subject):
            return again
        if record.by == actor and isinstance(again, Permit):
            return Permit("who recorded it retracts", again.agency)
        if isinstance(record.event, _JUDGEMENTS):
            return _permit("monitor retracts", _judges(duties, situation, record.event.on), RETRACTING)
        return _permit("monitor retracts", duties.as_(Role.MONITOR), RETRACTING)


def _permit(rule: str, agencies: Iterable[AgencyId], otherwise: Refuse) -> Permit | Refuse:
    """A permit for the first of the agencies for which the actor may; a refusal when there is none."""
    first = next(iter(agencies), None)
    return otherwise if first is None else Permit(rule, first)


def _reporters(duties: Duties, names: Iterable[str], day: date) -> tuple[AgencyId, ...]:
    """The agencies for which the actor reports, among those that answer today for what the names were given."""
    answering = {duties.heir_of(name, day) for name in names}
    return tuple(id for id in duties.as_(Role.REPORTER) if id in answering)


def _leads(duties: Duties, state: activity.ActivityState, day: date) -> tuple[AgencyId, ...]:
    return _reporters(duties, (state.terms.lead,), day)


def _judges(duties: Duties, situation: Situation, day: date) -> tuple[AgencyId, ...]:
    """
    The agencies for which the actor monitors work that is none of theirs, nor of any agency that they act for.

    Whose work it is says the lead of the day, and for whom it was reported: the lead may have changed since.
    """
    lead = duties.named(situation.state.terms.lead, day)
    whose = [AgencyId(StreamId(id)) for id in situation.done_for if id]
    if lead is None or any(duties.is_line(own, one) for own in duties.agencies for one in (lead, *whose)):
        return ()
    return duties.as_(Role.MONITOR)


def _has_document(event: Any, situation: Situation) -> bool:
    """Whether a change of a plan names its document; what stands in the plan from its adoption has the adoption's."""
    if isinstance(event, _NO_DOCUMENT):
        return True
    from_the_start = isinstance(event, activity.ActivityScheduled) and event.on == situation.plan.adopted_on
    return from_the_start or event.document is not None
