"""
An activity of a plan: what can happen to it, what state that leaves it in, and which histories are legal.

The class names of the events are not what is stored (`reformtrack.store.registry` holds the names), but the fields are:
a released field is never renamed or given another meaning.

Legal (✓) or not (–) in a state; with one deadline only (1), or for an occurrence of a recurring one (n):

| | not scheduled | not started | started | suspended | completed | confirmed | left |
|---|---|---|---|---|---|---|---|
| ActivityScheduled | ✓ | – | – | – | – | – | – |
| ProgressReported | – | ✓ | ✓ | – | – | – | – |
| ActivityCompleted | – | 1 | 1 | – | – | – | – |
| OccurrenceCompleted | – | n | n | – | – | – | – |
| ActivityStarted | – | ✓ | – | – | – | – | – |
| EvidenceFiled | – | ✓ | ✓ | ✓ | ✓ | ✓ | – |
| ActivityReassigned | – | ✓ | ✓ | ✓ | ✓ | ✓ | – |
| ActivityRevised | – | ✓ | ✓ | ✓ | ✓ | ✓ | – |
| CompletionConfirmed | – | – | – | – | ✓ | – | – |
| CompletionReturned | – | n | n | – | ✓ | – | – |
| ActivityReopened | – | n | n | – | ✓ | ✓ | – |
| ActivitySuspended | – | ✓ | ✓ | – | – | – | – |
| ActivityResumed | – | – | – | ✓ | – | – | – |
| ActivityRescheduled | – | ✓ | ✓ | ✓ | – | – | – |
| ActivityWithdrawn | – | ✓ | ✓ | ✓ | – | – | – |
| ActivityCarriedOver | – | ✓ | ✓ | ✓ | – | – | – |
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, assert_never

import attrs
import msgspec
from msgspec import Meta
from msgspec.structs import replace

from reformtrack.domain import errors, illegal
from reformtrack.domain.deadline import Deadline, DeadlineKind
from reformtrack.domain.fields import (
    AgencyNames,
    Count,
    Group,
    HostFields,
    Leads,
    Note,
    OptionalName,
    PrintedNumber,
    Reason,
    Title,
    finite,
    frozen,
)
from reformtrack.domain.gathered import Gathered, concatenated
from reformtrack.domain.occurrences import Done, completed_on, is_done, open_days, with_done
from reformtrack.domain.said import said
from reformtrack.domain.showing import brief_repr
from reformtrack.domain.status import ProgressStatus
from reformtrack.domain.values import ActivityId, Document, DomainCode, PlanId, activity_id, plan_id, plan_of
from reformtrack.domain.wording import lead_words

Documents = Annotated[tuple[Document, ...], Meta(max_length=100)]
Weight = Annotated[int, Meta(ge=1, le=1_000_000)]
LeadText = Annotated[str, Meta(max_length=2_000)]


@frozen(kw_only=True)
class ActivityFact:
    """What every event about an activity has."""

    subject: ActivityId = attrs.field(kw_only=False, converter=activity_id)
    """The activity, as `dak-nong-2023/1.04`."""
    on: date
    """The local day on which it took effect."""


class _Led:
    """What gives an activity to whoever has the lead."""

    __slots__ = ()
    lead: Leads

    @property
    def leads(self) -> tuple[str, ...]:
        """The names of whoever has the lead: one, several jointly, or none."""
        return (self.lead,) if isinstance(self.lead, str) else self.lead


@frozen(kw_only=True)
class ActivityScheduled(_Led, ActivityFact):
    """
    The activity stands in the plan, from the adoption or by a later document.

    Raises:
        InvalidField: a lead is named twice.
    """

    domain: DomainCode
    """Code of one of the plan's domains."""
    title: Title
    """The task, as printed in the plan."""
    lead: Leads
    """
    The lead agency, as printed; may be a group, "Các sở, ban, ngành". Several in a tuple have the lead jointly; an empty one
    says that the plan names nobody.
    """
    deadline: Deadline
    """When it has to be done: the text as printed, and what was read from it."""
    output: Annotated[str, Meta(max_length=2_000)] = ""
    """What has to come of it (sản phẩm)."""
    supporting: AgencyNames = ()
    """The supporting agencies."""
    weight: Weight = 1
    """Relative weight, 1 to 1,000,000; the three official rules do not use it."""
    budget: Count | None = None
    """Budget in đồng; None when the plan has none."""
    document: Document | None = None
    """The document that put it into the plan, when it is not the adoption's."""
    host_fields: HostFields = attrs.field(factory=dict, hash=False)
    """Fields of the host's own: stored, shown, never interpreted."""
    number: PrintedNumber = ""
    """Its number as printed, "42", in the plan or in its domain: officials know it by that."""
    group: Group = ()
    """The headings under which it stands in its domain, the outer first."""
    lead_text: LeadText = ""
    """What is printed in the place of the lead, where that is more than the names."""


@frozen(kw_only=True)
class ActivityStarted(ActivityFact):
    """Work began: once, on whichever side of reports of progress its day is."""

    note: Note = ""


@frozen(kw_only=True)
class ProgressReported(ActivityFact):
    """
    How far the work is, as the lead agency says: a percentage, or a part of a whole, or words alone.

    Raises:
        InvalidField: both measures, half a measure, a part above its whole, or nothing said at all.
    """

    percent: Decimal | None = attrs.field(default=None, validator=finite)
    """0 to 100."""
    part: Count | None = None
    """Units done, as 1240 of 2500 dossiers; never above `whole`."""
    whole: Count | None = None
    """Units to do."""
    unit: OptionalName = ""
    """What is counted, as "hồ sơ"; goes with `part` and `whole`."""
    note: Note = ""
    obstacles: Note = ""
    """What is in the way of the work; those of the last day with a report count, and "Không" or none ends them."""
    next_step: Note = ""

    def __attrs_post_init__(self) -> None:
        _check_measure(self)

    @property
    def shows_work(self) -> bool:
        """Whether a percentage or a part above 0 says that work has begun; words alone do not."""
        return bool(self.percent or self.part)


def _check_measure(event: ProgressReported) -> None:
    # A percentage and a part of a whole would be two figures for one fact, and might disagree.
    if event.percent is not None and not 0 <= event.percent <= 100:
        raise errors.unfit(event, "percent", said("0 to 100"))
    if (event.part is None) != (event.whole is None) or (event.part is None) != (event.unit == ""):
        raise errors.unfit(event, "part", said("part, whole and unit together, or none"))
    if event.part is not None and event.whole is not None and event.part > event.whole:
        raise errors.unfit(event, "part", said("0 to its whole, {whole}", whole=event.whole))
    if event.part is not None and event.percent is not None:
        raise errors.unfit(event, "percent", said("percent, or part of a whole: not both"))
    if event.part is None and event.percent is None and not (event.note or event.obstacles or event.next_step):
        raise errors.unfit(event, "note", said("a measure, or words in note, obstacles or next_step"))


@frozen(kw_only=True)
class EvidenceFiled(ActivityFact):
    """Evidence was filed apart from a completion."""

    evidence: Annotated[tuple[Document, ...], Meta(min_length=1, max_length=100)]
    note: Note = ""


@frozen(kw_only=True)
class ActivityCompleted(ActivityFact):
    """The lead agency reports the activity complete. One with occurrences is completed by them instead."""

    evidence: Documents = ()
    """The documents that prove it; without any, the completion is listed among those without evidence."""
    note: Note = ""


@frozen(kw_only=True)
class OccurrenceCompleted(ActivityFact):
    """One occurrence of a recurring deadline is done; when each is, the activity is completed."""

    occurrence: date
    """The due day of the occurrence, one of the deadline's."""
    evidence: Documents = ()
    note: Note = ""


@frozen(kw_only=True)
class CompletionConfirmed(ActivityFact):
    """The monitoring agency confirms the completion that stands on record; when that is retracted, this falls with it."""

    completion: Annotated[int, Meta(ge=0)]
    """The version, in the activity's stream, of the record that completed it; 0 only in records of before it was asked for."""
    note: Note = ""


@frozen(kw_only=True)
class CompletionReturned(ActivityFact):
    """The monitoring agency sends the completion back: the activity is in progress again."""

    reason: Reason
    occurrence: date | None = None
    """For a recurring activity, the occurrence that is sent back."""


@frozen(kw_only=True)
class ActivityReopened(ActivityFact):
    """The completion does not hold any more: the activity is in progress again."""

    reason: Reason
    occurrence: date | None = None
    """For a recurring activity, the occurrence that is open again."""


@frozen(kw_only=True)
class ActivitySuspended(ActivityFact):
    """Work is halted. The deadline goes on; to move it, reschedule."""

    reason: Reason


@frozen(kw_only=True)
class ActivityResumed(ActivityFact):
    """Work goes on after a suspension, from where it was."""

    note: Note = ""


@frozen(kw_only=True)
class ActivityRescheduled(ActivityFact):
    """The activity has another deadline from this day."""

    deadline: Deadline
    document: Document | None = None
    """The document that moves it."""
    note: Note = ""


@frozen(kw_only=True)
class ActivityReassigned(_Led, ActivityFact):
    """
    Another agency has the lead from this day, or others have it jointly.

    Raises:
        InvalidField: a lead is named twice.
    """

    lead: Leads
    """Whoever has it from this day; see `ActivityScheduled`."""
    supporting: AgencyNames = ()
    """The supporting agencies from this day, in place of those before."""
    document: Document | None = None
    note: Note = ""
    lead_text: LeadText = ""
    """What is printed in the place of the lead, where that is more than the names."""


@frozen(kw_only=True)
class ActivityRevised(ActivityFact):
    """The wording or the means of the activity change; what is None stays as it is."""

    title: Title | None = None
    output: Annotated[str, Meta(max_length=2_000)] | None = None
    domain: DomainCode | None = None
    """Code of another of the plan's domains."""
    weight: Weight | None = None
    budget: Count | None = None
    document: Document | None = None
    note: Note = ""
    host_fields: HostFields | None = attrs.field(default=None, hash=False)
    """All the host's own fields from this day, in place of those before."""
    number: PrintedNumber | None = None
    """Another number as printed; empty where it has none any more."""
    group: Group | None = None
    """All the headings under which it stands, in place of those before."""


@frozen(kw_only=True)
class ActivityWithdrawn(ActivityFact):
    """The activity is taken out of the plan; it counts no more."""

    reason: Reason
    document: Document | None = None


@frozen(kw_only=True)
class ActivityCarriedOver(ActivityFact):
    """The activity goes on in a later plan; it counts no more in this one."""

    into: PlanId = attrs.field(converter=plan_id)
    """The plan that it goes on in."""
    reason: Note = ""
    document: Document | None = None


PlanChange = (
    ActivityScheduled
    | ActivityRescheduled
    | ActivityReassigned
    | ActivityRevised
    | ActivityWithdrawn
    | ActivityCarriedOver
)
"""What a document decides about an activity."""

WorkReport = (
    ActivityStarted | ProgressReported | ActivityCompleted | OccurrenceCompleted | ActivitySuspended | ActivityResumed
)
"""What those who do the work say of it."""

Judgement = CompletionConfirmed | CompletionReturned | ActivityReopened
"""What says whether a completion holds."""

ActivityEvent = PlanChange | WorkReport | EvidenceFiled | Judgement

__all__ = [
    "ActivityScheduled", "ActivityStarted", "ProgressReported", "EvidenceFiled", "ActivityCompleted",
    "OccurrenceCompleted", "CompletionConfirmed", "CompletionReturned", "ActivityReopened", "ActivitySuspended",
    "ActivityResumed", "ActivityRescheduled", "ActivityReassigned", "ActivityRevised", "ActivityWithdrawn",
    "ActivityCarriedOver",
]  # fmt: skip
"""The events, for `reformtrack.events`."""

DenominatorChange = ActivityScheduled | ActivityRescheduled | ActivityWithdrawn | ActivityCarriedOver


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What the plan says of an activity on a day: the schedule with all changes to it."""

    __repr__ = brief_repr

    domain: str = ""
    title: str = ""
    output: str = ""
    leads: tuple[str, ...] = ()
    supporting: tuple[str, ...] = ()
    deadline: Deadline = Deadline("", DeadlineKind.UNSPECIFIED, ())
    weight: int = 1
    budget: int | None = None
    host_fields: HostFields = {}
    number: str = ""
    group: tuple[str, ...] = ()
    lead_text: str = ""

    @property
    def lead(self) -> str:
        """Whoever has the lead, in one line: "Bộ A, Bộ B (chung)"."""
        return lead_words(self.leads)


_TERMS = Terms.__struct_fields__


class ActivityState(msgspec.Struct, frozen=True):
    """
    An activity as its timeline leaves it. Nothing here depends on a clock.

    A state is made for every event that is replayed, so it is a class of msgspec, which replaces a field in 0.06 µs where
    attrs takes 1.4.
    """

    __repr__ = brief_repr

    scheduled_on: date | None = None
    """The day on which it came into the plan; None before."""
    status: ProgressStatus = ProgressStatus.NOT_STARTED
    """How far it is; completed as reported, whether or not that is confirmed."""
    terms: Terms = Terms()
    started_on: date | None = None
    completed_on: date | None = None
    """The day on which it was reported complete: for a recurring one, the latest day of its occurrences."""
    confirmed_on: date | None = None
    occurrences: Done = ()
    report: ProgressReported | None = None
    """The latest report of progress."""
    filed: Gathered[tuple[Document, ...], tuple[Document, ...]] = Gathered(concatenated, ())
    """The evidence, as it grows."""
    resumes_as: ProgressStatus = ProgressStatus.NOT_STARTED
    """While suspended: the status that it goes back to."""
    carried_into: str = ""
    """The plan that it went on in."""

    @property
    def evidence(self) -> tuple[Document, ...]:
        """All that was filed, with completions and apart from them."""
        return self.filed.whole

    @property
    def open_occurrences(self) -> tuple[date, ...]:
        """The due days of the deadline's occurrences that are not completed."""
        return open_days(self.terms.deadline, self.occurrences)


_WORKABLE = (ProgressStatus.NOT_STARTED, ProgressStatus.IN_PROGRESS)


def check(state: ActivityState, event: ActivityEvent) -> None:
    """Refuse an event that the table above has as illegal in this state, with the error of the rule that is broken."""
    if isinstance(event, ActivityScheduled):
        if state.scheduled_on is not None:
            raise illegal.ActivityAlreadyScheduled(event)
        return
    # What holds for every other event first, so that the cases below ask only what is their own.
    if state.scheduled_on is None:
        raise illegal.ActivityNotScheduled(event)
    if state.status.has_left:
        raise illegal.ActivityHasLeft(event)
    match event:
        case ProgressReported():
            _check_workable(state, event)
        case ActivityCompleted():
            _check_workable(state, event)
            _check_not_recurring(state, event)
        case OccurrenceCompleted():
            _check_workable(state, event)
            _check_occurrence(state, event, event.occurrence)
            if is_done(state.occurrences, event.occurrence):
                raise illegal.OccurrenceAlreadyCompleted(event)
        case ActivityStarted():
            _check_workable(state, event)
            if state.started_on is not None:
                raise illegal.ActivityAlreadyStarted(event)
        case EvidenceFiled() | ActivityReassigned() | ActivityRevised():
            pass
        case CompletionConfirmed():
            _check_completed(state, event)
            _check_unconfirmed(state, event)
        case CompletionReturned():
            _check_can_be_undone(state, event, event.occurrence)
            _check_unconfirmed(state, event)
        case ActivityReopened():
            _check_can_be_undone(state, event, event.occurrence)
        case ActivitySuspended():
            _check_workable(state, event)
        case ActivityResumed():
            if state.status is not ProgressStatus.SUSPENDED:
                raise illegal.ActivityNotSuspended(event)
        case ActivityRescheduled() | ActivityWithdrawn() | ActivityCarriedOver():
            if state.status is ProgressStatus.COMPLETED:
                raise illegal.ActivityAlreadyCompleted(event)
            if isinstance(event, ActivityCarriedOver) and event.into == plan_of(event.subject):
                raise illegal.CarriedIntoSamePlan(event)
        case _:
            assert_never(event)


def _check_workable(state: ActivityState, event: ActivityEvent) -> None:
    if state.status is ProgressStatus.COMPLETED:
        raise illegal.ActivityAlreadyCompleted(event)
    if state.status is ProgressStatus.SUSPENDED:
        raise illegal.ActivityIsSuspended(event)


def _check_completed(state: ActivityState, event: ActivityEvent) -> None:
    if state.status is not ProgressStatus.COMPLETED:
        raise illegal.ActivityNotCompleted(event)


def _check_unconfirmed(state: ActivityState, event: ActivityEvent) -> None:
    if state.confirmed_on is not None:
        raise illegal.ActivityAlreadyConfirmed(event)


def _check_not_recurring(state: ActivityState, event: ActivityEvent) -> None:
    if state.terms.deadline.is_recurring:
        raise illegal.ActivityIsRecurring(
            event,
            said("the deadline recurs, so the activity is completed by its occurrences"),
            said("the occurrence, one of {days}", days=state.terms.deadline.occurrences),
        )


def _check_occurrence(state: ActivityState, event: ActivityEvent, occurrence: date) -> None:
    deadline = state.terms.deadline
    if not deadline.is_recurring:
        raise illegal.ActivityNotRecurring(event)
    if occurrence not in deadline.occurrences:
        raise illegal.UnknownOccurrence(
            event,
            said("the deadline has no occurrence on {day}", day=occurrence),
            said("one of {days}", days=deadline.occurrences),
        )


def _check_can_be_undone(state: ActivityState, event: ActivityEvent, occurrence: date | None) -> None:
    if occurrence is None:
        _check_not_recurring(state, event)
        _check_completed(state, event)
        return
    if state.status is ProgressStatus.SUSPENDED:
        raise illegal.ActivityIsSuspended(event)
    _check_occurrence(state, event, occurrence)
    if not is_done(state.occurrences, occurrence):
        raise illegal.OccurrenceNotCompleted(event)


def evolve(state: ActivityState, event: ActivityEvent) -> ActivityState:
    """The state after an event. Never refuses: what is on record is replayed whatever today's rules are."""
    # In the order of `check`, which is nearly that of how often they come: a match asks one class after the other.
    match event:
        case ActivityScheduled():
            return replace(state, scheduled_on=event.on, terms=changed(Terms(), event))
        case ProgressReported():
            return replace(state, status=_in_progress(state) if event.shows_work else state.status, report=event)
        case ActivityCompleted():
            filed = state.filed.plus(event.evidence)
            return replace(state, status=ProgressStatus.COMPLETED, completed_on=event.on, filed=filed)
        case OccurrenceCompleted():
            occurrences = with_done(state.occurrences, event.occurrence, event.on)
            filed = state.filed.plus(event.evidence)
            return _completed_if_done(replace(state, status=_in_progress(state), occurrences=occurrences, filed=filed))
        case ActivityStarted():
            return replace(state, status=_in_progress(state), started_on=event.on)
        case EvidenceFiled():
            return replace(state, filed=state.filed.plus(event.evidence))
        case ActivityReassigned() | ActivityRevised():
            return replace(state, terms=changed(state.terms, event))
        case CompletionConfirmed():
            return replace(state, confirmed_on=event.on)
        case CompletionReturned() | ActivityReopened():
            return replace(
                state,
                status=ProgressStatus.IN_PROGRESS,
                completed_on=None,
                confirmed_on=None,
                occurrences=tuple(done for done in state.occurrences if done[0] != event.occurrence),
            )
        case ActivitySuspended():
            return replace(state, status=ProgressStatus.SUSPENDED, resumes_as=state.status)
        case ActivityResumed():
            return _completed_if_done(replace(state, status=state.resumes_as))
        case ActivityRescheduled():
            return _completed_if_done(replace(state, terms=changed(state.terms, event)))
        case ActivityWithdrawn():
            return replace(state, status=ProgressStatus.WITHDRAWN)
        case ActivityCarriedOver():
            return replace(state, status=ProgressStatus.CARRIED_OVER, carried_into=event.into)
        case _:
            assert_never(event)


TERMS_CHANGE = frozenset((ActivityScheduled, ActivityRescheduled, ActivityReassigned, ActivityRevised))
"""The events that change the terms of an activity."""


def changed(terms: Terms, event: ActivityEvent) -> Terms:
    """The terms after an event: each that it names is as it says; most events name none."""
    given = {name: value for name in _NAMED.get(type(event), ()) if (value := getattr(event, name)) is not None}
    return replace(terms, **given) if given else terms


_NAMED = {kind: tuple(name for name in _TERMS if hasattr(kind, name)) for kind in TERMS_CHANGE}
"""The terms that each of these events may name."""


def denominator_changes(events: Iterable[ActivityEvent], since: date) -> Iterator[DenominatorChange]:
    """
    The events after a day that change which rates count an activity: it comes, leaves, gets or loses a date.

    Before it came nothing of it changes a rate, whatever an imported log says.
    """
    dated = is_there = False
    for event in events:
        is_there |= isinstance(event, ActivityScheduled)
        if not is_there:
            continue
        match event:
            case ActivityScheduled() | ActivityRescheduled():
                changes = isinstance(event, ActivityScheduled) or dated != event.deadline.is_dated
                dated = event.deadline.is_dated
            case ActivityWithdrawn() | ActivityCarriedOver():
                changes = True
            case _:
                continue
        if changes and event.on > since:
            yield event


def _in_progress(state: ActivityState) -> ProgressStatus:
    return ProgressStatus.IN_PROGRESS if state.status is ProgressStatus.NOT_STARTED else state.status


def _completed_if_done(state: ActivityState) -> ActivityState:
    """A recurring activity is completed when each of its occurrences is, on the latest of their days."""
    last = completed_on(state.terms.deadline, state.occurrences) if state.status in _WORKABLE else None
    return state if last is None else replace(state, status=ProgressStatus.COMPLETED, completed_on=last)
