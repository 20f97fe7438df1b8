"""Next year's plan, proposed from this year's as events to review, edit and record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

import attrs

from reformtrack.domain.activity import ActivityCarriedOver, ActivityEvent, ActivityScheduled
from reformtrack.domain.deadline import Deadline, DeadlineKind
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.fields import MOST_HOST_FIELDS
from reformtrack.domain.illegal import IllegalHistory
from reformtrack.domain.kinds import ACTIVITY, PLAN, Event
from reformtrack.domain.plan import PlanAdopted, PlanState
from reformtrack.domain.said import said
from reformtrack.domain.showing import brief
from reformtrack.domain.status import ProgressStatus
from reformtrack.domain.texts import name_key, one_line
from reformtrack.domain.timeline import Record, RecordRetracted, timeline
from reformtrack.domain.values import Document, PlanId, code_of, plan_id
from reformtrack.views.activity import Activity
from reformtrack.views.agencies import Registry
from reformtrack.views.plan import Plan

_ORIGIN = "carried_over_from"
"""The field that names the activity of the previous plan that an activity continues."""


@attrs.frozen(kw_only=True, field_transformer=brief)
class RollOver:
    """A proposal of events; it records nothing itself."""

    into: PlanId
    events: tuple[Event, ...]
    """The next plan's adoption, its activities, and the carry-over of each unfinished one; to be edited and recorded."""
    copied: tuple[str, ...]
    """The codes of the regular and recurring activities, which repeat every year, completed or not."""
    carried: tuple[str, ...]
    """The codes of the unfinished activities that continue in the next plan, including those already carried over into it."""
    blocked: tuple[tuple[str, str], ...]
    """(code, why) of the unfinished activities that the events leave out: reported complete, or with later records."""
    settled: tuple[str, ...]
    """The codes of activities not in the next plan: completed, withdrawn, or already carried over into another one."""
    redated: tuple[str, ...]
    """The codes in the next plan whose deadline does not exist in its days: due by its end, until somebody sets a day."""
    unclear: tuple[str, ...]
    """
    The codes in the next plan with a leading or supporting agency that somebody has to decide: it was split, ended
    without a successor, is ambiguous, or another agency has its name now.
    """
    unlinked: tuple[str, ...]
    """The codes in the next plan without `carried_over_from`, because the host's own fields leave no room for it."""
    later: tuple[str, ...]
    """The codes of activities scheduled after this plan's day; they are in no other list."""
    lets_go: bool
    """Whether the carry-overs are recorded in this plan; False when it is closed."""


def roll_over(
    plan: Plan, into: str, *, on: date, registry: Registry, title: str = "", document: Document | None = None
) -> RollOver:
    """
    Propose the next plan from this one.

    Regular and recurring activities are copied, except those that have left. Unfinished ones are carried over:
    scheduled in the next plan under the same code, with their origin, and carried over in this one, unless it is closed
    or has already done so. Each activity is in one of `copied`, `carried`, `blocked`, `settled` and `later`. Deadlines
    are parsed again in the days of the next plan; one before them, or that does not exist in them, is proposed for the
    whole of them; one whose days do not follow from its words stays as it is. Agencies get the name of the one responsible
    today. Stages are named for their own days: the next plan has none until somebody gives them.

    Args:
        plan: the plan on its last day.
        into: the id of the next plan.
        on: the day of its adoption; the unfinished ones are carried over on it, or on this plan's day when that is earlier.
        registry: the agencies on that day.
        title: its title; default: this plan's with the next year in it.
        document: the document that adopts it, and carries the unfinished ones over.

    Raises:
        InvalidField: `into` is no plan id, or this plan's.
        UnreadableRecord: a record of the plan cannot be read.
    """
    plan.check_readable()
    first = plan.state.last_day + timedelta(days=1) if plan.state.last_day < date.max else plan.state.last_day
    next_id, year = plan_id(into), first.year
    if next_id == plan.id:
        raise InvalidField("roll_over", "into", into, said("the id of another plan"))
    last = _last_of_next(plan.state, first)
    names = _Names(registry)
    day = min(on, plan.on)
    copied, carried, settled = list[str](), list[str](), list[str]()
    blocked, redated, unclear, unlinked = list[tuple[str, str]](), list[str](), list[str](), list[str]()
    scheduled, gone = list[Event](), list[Event]()
    for activity in plan.activities:
        leaves = ActivityCarriedOver(activity.id, on=day, into=next_id, document=document)
        status, went = activity.status, activity.state.carried_into == next_id
        # What is regular, or has several due days a year, repeats every year.
        is_yearly = activity.deadline.kind is DeadlineKind.REGULAR or activity.deadline.is_recurring
        is_copied = not status.has_left and is_yearly
        if not went and (status.has_left or (status is ProgressStatus.COMPLETED and not is_copied)):
            settled.append(activity.code)
            continue
        if is_copied:
            copied.append(activity.code)
        elif went:
            carried.append(activity.code)
        elif why := _in_the_way(plan, leaves):
            blocked.append((activity.code, why))
            continue
        else:
            carried.append(activity.code)
            gone.append(leaves)
        deadline, is_redated = _deadline(
            activity.deadline, plan.state, PlanState(year=year, first_day=first, last_day=last)
        )
        redated += [activity.code] * is_redated
        unclear += [activity.code] * names.are_unclear(activity)
        fields = activity.state.terms.host_fields if is_copied else _linked(activity)
        unlinked += [activity.code] * (not is_copied and _ORIGIN not in fields)
        scheduled.append(_scheduled(activity, next_id, on, deadline, fields, names))
    # A closed plan takes no record of any day, so its state on every day counts.
    whole = PLAN.fold(timeline(plan._of(plan.id)))
    lets_go = whole.is_open and whole.is_open_on(day)
    adopted = PlanAdopted(
        next_id,
        on=on,
        title=title or _next_title(plan.state, year - plan.state.year),
        year=year,
        first_day=None if plan.state.is_of_years else first,
        last_day=None if plan.state.days is None else last,
        jurisdiction=one_line(plan.state.jurisdiction),
        level=plan.state.level,
        above=one_line(plan.state.above),
        domains=plan.state.domains,
        document=document,
        counting_rule=plan.state.counting_rule,
        confirmation_required=plan.state.confirmation_required,
        host_fields=plan.state.host_fields,
    )
    return RollOver(
        into=next_id,
        events=(adopted, *scheduled, *(gone if lets_go else ())),
        copied=tuple(copied),
        carried=tuple(carried),
        blocked=tuple(blocked),
        settled=tuple(settled),
        redated=tuple(redated),
        unclear=tuple(unclear),
        unlinked=tuple(unlinked),
        later=_later(plan),
        lets_go=lets_go,
    )


def _in_the_way(plan: Plan, leaves: ActivityCarriedOver) -> str:
    """Why an activity cannot be carried over; empty if it can."""
    history = plan._of(leaves.subject)
    proposed = Record[ActivityEvent | RecordRetracted](
        0, leaves.subject, len(history) + 1, leaves, history[-1].recorded_at, "", ""
    )
    try:
        ACTIVITY.judge(history, [proposed])
    except IllegalHistory as error:
        return str(error)
    return ""


def _later(plan: Plan) -> tuple[str, ...]:
    here = {activity.id for activity in plan.activities}
    records = ((id, plan.records[id]) for id in sorted(plan.records) if ACTIVITY.has(id) and id not in here)
    return tuple(code_of(id) for id, history in records if timeline(history))


class _Names:
    """The names of agencies in the next plan."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def of(self, name: str, then: date) -> str:
        """The name of the single agency responsible for work assigned to a name on a day; else that name."""
        heirs = self._registry.responsible(name, then)
        return heirs[0].name if len(heirs) == 1 else name

    def are_unclear(self, activity: Activity) -> bool:
        """Whether somebody has to decide about one of its agencies."""
        then = activity.lead_since
        return not all(self._goes_on(name, then) for name in (*activity.leads, *activity.state.terms.supporting))

    def _goes_on(self, name: str, then: date) -> bool:
        """Whether one existing agency is meant by the proposed name, or the register does not know the name on either day."""
        agencies, unclear = self._registry.meant(name, then)
        proposed, still_unclear = self._registry.meant(one_line(self.of(name, then)), self._registry.on)
        is_one = len(agencies) == 1 and agencies[0].exists and not unclear and not still_unclear
        return proposed == agencies and (is_one or not agencies)


def _linked(activity: Activity) -> Mapping[str, str]:
    """The host's own fields, with the origin of an activity, if there is room."""
    fields = activity.state.terms.host_fields
    has_room = len(fields) < MOST_HOST_FIELDS or _ORIGIN in fields
    return {**fields, _ORIGIN: activity.id} if has_room else fields


def _scheduled(
    activity: Activity, into: PlanId, on: date, deadline: Deadline, fields: Mapping[str, str], names: _Names
) -> ActivityScheduled:
    terms, then = activity.state.terms, activity.lead_since
    leads = tuple(one_line(names.of(lead, then)) for lead in terms.leads)
    return ActivityScheduled(
        f"{into}/{activity.code}",
        on=on,
        domain=terms.domain,
        title=terms.title,
        lead=tuple({name_key(name): name for name in leads}.values()),
        deadline=deadline,
        output=terms.output,
        supporting=tuple(one_line(names.of(name, then)) for name in terms.supporting),
        weight=terms.weight,
        budget=terms.budget,
        host_fields=fields,
        number=terms.number,
        group=terms.group,
        lead_text=terms.lead_text if leads == terms.leads else "",  # else it names others
    )


def _next_title(state: PlanState, years: int) -> str:
    """The title of a plan with its years moved on."""
    own = {str(year): str(year + years) for year in (state.year, state.last_day.year)}
    return re.sub("|".join(own), lambda found: own[found[0]], state.title)


def _last_of_next(state: PlanState, first: date) -> date:
    """The last day of the next plan, as long as this one: in months, or in days where it is not for whole ones."""
    if first.day != state.first_day.day:
        return first + (state.last_day - state.first_day)
    months = 12 * (first.year - state.first_day.year) + first.month - state.first_day.month
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1) + timedelta(days=first.day - 2)


def _deadline(deadline: Deadline, before: PlanState, after: PlanState) -> tuple[Deadline, bool]:
    """
    A deadline in the next plan, and whether its days could not be taken there: then it is due by its end.

    Words are parsed again only if its days came from them; a deadline without days stays without.
    """
    if all(day >= after.first_day for day in deadline.days):
        return deadline, False
    again = Deadline.parse(deadline.text, after.year, after.days)
    is_read = again.is_dated and Deadline.parse(deadline.text, before.year, before.days) == deadline
    if is_read and all(day >= after.first_day for day in again.days):
        return again, False
    text = "Trong năm" if after.days is None else f"{after.last_day:%d/%m/%Y}"
    return Deadline.parse(text, after.year, after.days), True
