"""Separation of duties: who does the work reports it, somebody of another agency confirms it, plans change by documents."""

from collections.abc import Iterable
from typing import Any, NamedTuple, get_args

from reformtrack.domain import activity, agency, dispatch, indicator, plan, report
from reformtrack.domain.agency import AgencyFact, Role, RoleDelegated, RoleEnded, RoleFact
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.fields import Names, frozen
from reformtrack.domain.journal import BackupAccepted, InstantsCorrected, JournalEvent, StoreConfigured
from reformtrack.domain.kinds import ACTIVITY, Event
from reformtrack.domain.said import said
from reformtrack.domain.texts import same_name
from reformtrack.domain.timeline import RecordRetracted
from reformtrack.domain.values import AgencyId, StreamId, plan_of
from reformtrack.policy.asking import Permit, Refuse, Situation
from reformtrack.policy.duties import Duties, Hat
from reformtrack.views.agencies import Registry

_MOVES = tuple(set(get_args(activity.PlanChange)) - {activity.ActivityRevised})
"""The events that set or move a due day or a lead, or remove work from a plan: they need a dated document."""

_NO_DOCUMENT = plan.PlanClosed | plan.PlanReopened | indicator.IndicatorDefined
"""The events that change a plan without a document: none of them moves a due day or removes an activity."""

REPORTING = Refuse(said("accepted: a reporter of the lead agency, on an activity of the plan"))
EVIDENCE = Refuse(said("accepted: a reporter of the lead agency or of a supporting one, on an activity of the plan"))
JUDGING = Refuse(
    said(
        "accepted: a monitor from an agency with no part in the work, who took no part in it either, on an activity of the plan"
    )
)
REOPENING = Refuse(said("accepted: a reporter of the lead agency, or a monitor, on an activity of the plan"))
UNANSWERED = Refuse(
    said(
        "no single agency is responsible for the lead as printed; accepted: after a planner has named one, by "
        "ActivityReassigned"
    )
)
PLANNING = Refuse(said("accepted: a planner, with the document that changes the plan, dated that day or before"))
MONITORING = Refuse(said("accepted: a monitor"))
MEASURING = Refuse(said("accepted: a monitor, or a reporter of any agency"))
STEWARDING = Refuse(said("accepted: a steward of the register, not about themselves"))
RETRACTING = Refuse(said("accepted: anybody who may record it today, with a document where it needs one"))
DONE_SINCE = Refuse(
    said("whoever confirmed the work, or their agency, did something for it since; accepted: after that is retracted")
)
"""
The texts of refusals: the same for each kind of event, so that they disclose nothing on record.

There are two exceptions, told only to who can read it in the plan anyway and needs to know what to ask for. They repeat
nothing of the record, because refusals are recorded. `UNANSWERED` discloses to reporters and monitors of the plan that
the activity exists and that its lead is not a single agency; `DONE_SINCE`, to who may otherwise take back a
reopening, that the confirmation before it would stand over work of who confirmed.
"""


class _Rule(NamedTuple):
    """The rule for an event, and for which agencies the actor may record it."""

    name: str
    otherwise: Refuse
    reporters: tuple[Hat, ...] = ()
    """The agencies that they report for."""
    others: tuple[Hat, ...] = ()
    """The agencies that they act for in another role."""


@frozen
class SeparationOfDuties:
    """
    The policy of a public plan: the lead agency reports, another confirms, documents change plans, stewards keep the register.

    Roles are recorded at agencies (`RoleGranted`, `RoleDelegated`, `RoleEnded`) and count on the day of the recording.
    The lead agency is that on the day of the fact; its merged successor answers for it today, and cannot confirm it.

    Args:
        stewards: who keeps the register until the role of a steward is granted for all plans; after that request this
        list has no effect. They cannot grant themselves roles.

    Raises:
        InvalidField: a steward's name that cannot be recorded, or an empty list.
    """

    stewards: Names

    def __attrs_post_init__(self) -> None:
        if not self.stewards:
            raise InvalidField("SeparationOfDuties", "stewards", self.stewards, said("one at least"))

    def __call__(self, actor: str, event: Event, situation: Situation) -> Permit | Refuse:
        """Whether an actor may record an event: one rule for each kind."""
        fact = event if situation.retracted is None else situation.retracted.event
        duties = Duties(situation, actor, fact.plan if isinstance(fact, RoleFact) else plan_of(event.subject))
        if isinstance(event, RecordRetracted):
            return self._retraction(event, situation, duties)
        if isinstance(event, AgencyFact | BackupAccepted | InstantsCorrected | StoreConfigured):
            return self._stewardship(event, situation, duties)
        rule = _rule(event, situation, duties)
        if not (rule.reporters or rule.others) and _is_unanswered(event, situation, duties):
            return UNANSWERED
        return _permit(rule.name, (*rule.reporters, *rule.others), rule.otherwise)

    def is_stranger(self, actor: str, registry: Registry) -> bool:
        """Whether somebody never held a role, and so may record nothing, whatever else is on record."""
        return not (registry.roles_of(actor) or self._is_first_steward(actor, registry))

    def _stewardship(self, event: AgencyFact | JournalEvent, situation: Situation, duties: Duties) -> Permit | Refuse:
        """
        Stewards keep the register and the log; holders may delegate their roles and end delegations.

        Not for days before, nor by a retraction, because what was done with a delegated role counts against them.
        """
        # First the rights of role holders; then those of stewards, who decide nothing to their own gain.
        actor = duties.actor
        is_retracted = situation.retracted is not None
        if isinstance(event, RoleDelegated) and event.actor == actor and not is_retracted:
            lent = (hat for hat in duties.as_(event.role) if event.role is not Role.STEWARD)
            at = duties.heir(event.subject)
            return _permit("the holder delegates", (hat for hat in lent if hat.agency == at), STEWARDING)
        if isinstance(event, RoleEnded) and not is_retracted and _ends_a_loan(actor, event, situation):
            return Permit("who lent or borrowed it ends it")
        concerned = {event.actor} if isinstance(event, RoleFact) else set()
        if isinstance(event, RoleDelegated):
            concerned.add(event.to)
        hats = duties.as_(Role.STEWARD)
        if any(same_name(actor, one) for one in concerned) or not (
            hats or self._is_first_steward(actor, situation.before)
        ):
            return STEWARDING
        if isinstance(event, AgencyFact) and duties.gains():
            return STEWARDING
        rule = "steward keeps the register"
        return _permit(rule, hats, STEWARDING) if hats else Permit(rule)

    def _is_first_steward(self, actor: str, registry: Registry) -> bool:
        return actor in self.stewards and not registry.has_steward

    def _retraction(self, event: RecordRetracted, situation: Situation, duties: Duties) -> Permit | Refuse:
        """By whoever may record that fact today."""
        record = situation.retracted
        if record is None or isinstance(record.event, RecordRetracted):
            return RETRACTING
        fact = record.event
        if isinstance(fact, AgencyFact | BackupAccepted):
            return _retracted(self._stewardship(fact, situation, duties))
        rule = _rule(fact, situation, duties, event)
        # Reporters' records are retracted by reporters of the same agency; a monitor's reopening not by those whose
        # work it is, even if the monitor's agency has merged into theirs.
        reopened = isinstance(fact, activity.ActivityReopened)
        if record.agency:
            said = AgencyId(StreamId(record.agency))
            same = {said if reopened else duties.heir(said)}
        else:
            same = {*duties.answering(fact.on)} if ACTIVITY.has(record.stream) else {None}
        others = duties.judges(fact.on) if reopened else rule.others
        reporters = (hat for hat in rule.reporters if hat.agency in same)
        answer = _retracted(_permit(rule.name, (*reporters, *others), RETRACTING))
        return DONE_SINCE if reopened and isinstance(answer, Permit) and duties.confirmers_did_since(record) else answer


def _permit(rule: str, hats: Iterable[Hat], otherwise: Refuse) -> Permit | Refuse:
    """
    A permit for the first agency for which the actor may record it; else a refusal.

    Their own roles come before delegated ones, so that nobody acts for a delegator without need.
    """
    first = min(hats, key=lambda hat: hat.lent_by != "", default=None)
    return otherwise if first is None else Permit(rule, first.agency or "")


def _retracted(answer: Permit | Refuse) -> Permit | Refuse:
    """The answer for a retraction, derived from the answer for the fact; a refusal does not disclose which fact it is."""
    return Permit(f"retraction: {answer.rule}", answer.agency) if isinstance(answer, Permit) else RETRACTING


def _rule(event: Any, situation: Situation, duties: Duties, retraction: RecordRetracted | None = None) -> _Rule:
    """The rule for an event, or for the retraction of it."""
    # A retraction does not count as work on something that the actor confirmed.
    reporters = duties.doers if retraction is None else duties.reporters
    match event:
        case _ if isinstance(event, activity.WorkReport):
            return _Rule("lead reports", REPORTING, reporters(event.on))
        case activity.EvidenceFiled():
            found = reporters(event.on, situation.terms.supporting)
            return _Rule("lead or supporting agency files evidence", EVIDENCE, found)
        case activity.CompletionConfirmed() | activity.CompletionReturned():
            return _Rule("another agency judges", JUDGING, others=duties.judges(event.on))
        case activity.ActivityReopened():
            return _Rule("lead or monitor reopens", REOPENING, duties.reporters(event.on), duties.as_(Role.MONITOR))
        case _ if isinstance(event, plan.PlanEvent | activity.PlanChange | indicator.IndicatorDefined):
            planners = duties.as_(Role.PLANNER) if _is_decided(event, situation, retraction) else ()
            return _Rule("planner changes the plan by a document", PLANNING, others=planners)
        case indicator.ReadingTaken():
            hats = duties.as_(Role.REPORTER), duties.as_(Role.MONITOR)
            return _Rule("monitor or reporter takes a figure", MEASURING, *hats)
        case _ if isinstance(event, report.ReportEvent | dispatch.DigestSent):
            return _Rule("monitor reports", MONITORING, others=duties.as_(Role.MONITOR))
        case _:
            return _Rule("", Refuse(f"no rule is for {type(event).__name__}"))


def _is_decided(event: Any, situation: Situation, retraction: RecordRetracted | None) -> bool:
    """
    Whether a change of a plan, or its retraction, has a document dated no later than its effective day.

    A retraction takes effect on the day of the retracted record. The activities of a plan that the same request adopts
    need no document of their own. A document without a date is as old as its record: it adopts a plan, and changes one
    from today on, but moves nothing.
    """
    if isinstance(event, _NO_DOCUMENT):
        return True
    document = event.document if retraction is None else retraction.document
    if document is None:
        comes_with_plan = situation.adopts and event.on == situation.plan.adopted_on
        return comes_with_plan and isinstance(event, activity.ActivityScheduled) and retraction is None
    if document.date is None:  # nobody could tell which was first
        if isinstance(event, plan.PlanAdopted):
            return retraction is None
        return event.on >= situation.today and not isinstance(event, _MOVES)
    return bool(document.date <= event.on)


def _is_unanswered(event: Any, situation: Situation, duties: Duties) -> bool:
    """Whether nobody may record it because no single agency answers for the lead, and the actor may be told so."""
    if (
        not isinstance(event, activity.WorkReport | activity.EvidenceFiled | activity.Judgement)
        or not situation.terms.domain
    ):
        return False
    if not (duties.as_(Role.REPORTER) or duties.as_(Role.MONITOR)):
        return False
    if isinstance(event, activity.CompletionConfirmed | activity.CompletionReturned):
        return not duties.workers(event.on)
    return not duties.answering(event.on, own=False)


def _ends_a_loan(actor: str, event: RoleEnded, situation: Situation) -> bool:
    """
    Whether all that is ended, from today on, is delegated, and the actor is the delegate or one of the delegators.

    An end covers the role from every delegator: one delegator also ends the delegations of the others, who may delegate
    again. Otherwise one could keep a role with somebody whom another no longer trusts.
    """
    state = situation.state
    concerned = state.concerned(event) if isinstance(state, agency.AgencyState) else ()
    held = [role for role in concerned if role.actor == event.actor and role.holds(event.on)]
    lenders = {role.lent_by for role in held}
    return event.on >= situation.today and bool(held) and "" not in lenders and actor in {event.actor, *lenders}
