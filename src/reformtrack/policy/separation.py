"""
Separation of duties: who does the work reports it, somebody of another agency confirms it, plans change by documents.
"""

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
from reformtrack.policy.asking import AnyState, Permit, Refuse, Situation
from reformtrack.policy.duties import Duties, Hat
from reformtrack.views.agencies import Registry

_MOVES = tuple(set(get_args(activity.PlanChange)) - {activity.ActivityRevised})
"""What sets or moves a due day or a lead, or takes work out of a plan: only by a document that has a date."""

_NO_DOCUMENT = plan.PlanClosed | plan.PlanReopened | indicator.IndicatorDefined
"""What changes a plan and names no document: none of them moves a due day or takes an activity out."""

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
        "no single agency answers for the lead as printed; accepted: once a planner has named one, by ActivityReassigned"
    )
)
PLANNING = Refuse(said("accepted: a planner, with the document that changes the plan, dated that day or before"))
MONITORING = Refuse(said("accepted: a monitor"))
MEASURING = Refuse(said("accepted: a monitor, or a reporter of any agency"))
STEWARDING = Refuse(said("accepted: a steward of the register, not about themselves"))
RETRACTING = Refuse(said("accepted: who may record it today, with a document where that needs one"))
"""
What refusals say: always the same for the same kind of event, so that nothing of what is on record is told.

`UNANSWERED` is the exception. It tells that there is such an activity, and that its lead is not one agency: to those alone who
report or monitor in the plan, who read the lead there anyway and could not know otherwise what to ask for. It does not repeat
the lead, as refusals go on record.
"""


class _Rule(NamedTuple):
    """The rule for an event, and for which agencies the actor may record it."""

    name: str
    otherwise: Refuse
    reporters: tuple[Hat, ...] = ()
    """Those for which they may because they report for them."""
    others: tuple[Hat, ...] = ()
    """Those for which they may in another role."""


@frozen
class SeparationOfDuties:
    """
    The policy of a public plan: the lead agency reports, another confirms, documents change plans, stewards keep the register.

    Roles are recorded at agencies (`RoleGranted`, `RoleDelegated`, `RoleEnded`) and count on the day of the recording. The lead
    agency is that of the day of the fact; its merged successor answers for it today, and cannot confirm it.

    Args:
        stewards: who keeps the register before anybody has been granted that role, for all plans; nobody by this from the
            next request on. They grant nothing to themselves.

    Raises:
        InvalidField: a steward whose name cannot be recorded, or none at all.
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
        """Whether somebody has and had no role, so that they may record nothing, whatever is on record beside the agencies."""
        return not (registry.roles_of(actor) or self._is_first_steward(actor, registry))

    def _stewardship(self, event: AgencyFact | JournalEvent, situation: Situation, duties: Duties) -> Permit | Refuse:
        """The register, and the log itself, are kept by stewards; a role is also lent, and a loan ended, by who has it."""
        # First what holders of a role may do themselves; then a steward, who decides nothing that they gain by.
        actor = duties.actor
        if isinstance(event, RoleDelegated) and event.actor == actor:
            lent = (hat for hat in duties.as_(event.role) if event.role is not Role.STEWARD)
            at = duties.heir(event.subject)
            return _permit("the holder delegates", (hat for hat in lent if hat.agency == at), STEWARDING)
        is_retracted = situation.retracted is not None
        if isinstance(event, RoleEnded) and not is_retracted and _ends_a_loan(actor, event, situation.state):
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
        # What reporters said is taken back by those of the same agency; what a monitor reopened, not by those whose work it is,
        # into whose agency theirs may have merged since.
        reopened = isinstance(fact, activity.ActivityReopened)
        if record.agency:
            said = AgencyId(StreamId(record.agency))
            same = {said if reopened else duties.heir(said)}
        else:
            same = {*duties.answering(fact.on)} if ACTIVITY.has(record.stream) else {None}
        others = duties.judges(fact.on) if reopened else rule.others
        reporters = (hat for hat in rule.reporters if hat.agency in same)
        return _retracted(_permit(rule.name, (*reporters, *others), RETRACTING))


def _permit(rule: str, hats: Iterable[Hat], otherwise: Refuse) -> Permit | Refuse:
    """
    A permit for the first of the agencies for which the actor may record it; a refusal without one.

    A role of their own comes before any that was lent, so that nobody acts for who lent them one where their own is enough.
    """
    first = min(hats, key=lambda hat: hat.lent_by != "", default=None)
    return otherwise if first is None else Permit(rule, first.agency or "")


def _retracted(answer: Permit | Refuse) -> Permit | Refuse:
    """The answer for a retraction, by that for the fact: a refusal does not tell which fact it is."""
    return Permit(f"retraction: {answer.rule}", answer.agency) if isinstance(answer, Permit) else RETRACTING


def _rule(event: Any, situation: Situation, duties: Duties, retraction: RecordRetracted | None = None) -> _Rule:
    """The rule for an event, or for the retraction of it."""
    # What is taken back again is nothing that somebody does for work that they confirmed.
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
    Whether a change of a plan, or its retraction, is decided by a document by the day on which it takes effect.

    A retraction takes effect on the day of what it takes back. The activities of a plan that the same request adopts need no
    document of their own.
    """
    if isinstance(event, _NO_DOCUMENT):
        return True
    document = event.document if retraction is None else retraction.document
    if document is None:
        comes_with_plan = situation.adopts and event.on == situation.plan.adopted_on
        return comes_with_plan and isinstance(event, activity.ActivityScheduled) and retraction is None
    if document.date is None:  # nobody could tell which was first
        return not isinstance(event, _MOVES if retraction is None else (*_MOVES, plan.PlanAdopted))
    return bool(document.date <= event.on)


def _is_unanswered(event: Any, situation: Situation, duties: Duties) -> bool:
    """Whether nobody can record it for want of an agency that answers for the lead, and the actor is one who may be told."""
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


def _ends_a_loan(actor: str, event: RoleEnded, state: AnyState) -> bool:
    """
    Whether what is ended is on loan, all of it, and it is the actor who has it or lent some of it.

    An end is of the role, whoever lent it: one lender ends the loans of the others too. They lend it anew if they want to; else
    each could keep a role with somebody whom another does not trust any more.
    """
    concerned = state.concerned(event) if isinstance(state, agency.AgencyState) else ()
    held = [role for role in concerned if role.actor == event.actor and role.holds(event.on)]
    lenders = {role.lent_by for role in held}
    return bool(held) and "" not in lenders and actor in {event.actor, *lenders}
