"""
Next year's plan, proposed from this year's: as events to look at, edit and record.
"""

from datetime import date

import attrs

from reformtrack.domain.activity import ActivityCarriedOver, ActivityEvent, ActivityScheduled
from reformtrack.domain.deadline import Deadline, DeadlineKind
from reformtrack.domain.errors import IllegalHistory
from reformtrack.domain.events import ACTIVITY, PLAN, Event
from reformtrack.domain.plan import PlanAdopted
from reformtrack.domain.showing import brief
from reformtrack.domain.status import ProgressStatus
from reformtrack.domain.texts import one_line
from reformtrack.domain.timeline import Record, RecordRetracted, timeline
from reformtrack.domain.values import Document, PlanId, plan_id
from reformtrack.views.plan import Activity, Plan


@attrs.frozen(kw_only=True, field_transformer=brief)
class RollOver:
    """A proposal: nothing of it is on record until it is recorded."""

    into: PlanId
    events: tuple[Event, ...]
    """The next plan's adoption, its activities, and that each unfinished one is carried over; to be edited and recorded."""
    copied: tuple[str, ...]
    """The codes of the regular and recurring activities that every year has."""
    carried: tuple[str, ...]
    """The codes of the unfinished activities that go on in the next plan."""
    blocked: tuple[tuple[str, str], ...]
    """(code, why) of the unfinished activities that the events leave out: reported complete, or with later records."""
    settled: tuple[str, ...]
    """The codes of what is not in the next plan: completed, withdrawn or carried over before."""
    redated: tuple[str, ...]
    """The codes in the next plan whose deadline that year does not have: due in the whole of it, until somebody sets a day."""
    lets_go: bool
    """Whether this plan takes the carry-overs; False when it is closed: then the events leave it as it is."""


def roll_over(
    plan: Plan,
    into: str,
    *,
    on: date,
    title: str = "",
    document: Document | None = None,
) -> RollOver:
    """
    Propose the next plan from this one.

    Regular and recurring activities are copied. Unfinished ones are carried over: scheduled in the next plan under the same
    code, with a note of where they come from, and carried over in this one, unless it is closed. Each activity is in one of
    `copied`, `carried`, `blocked` and `settled`. Deadlines are read anew in the next year; one that names a day of this year,
    or that the next does not have, is proposed for the whole of the next.

    Args:
        plan: the plan on its last day.
        into: the id of the next plan.
        on: the day of its adoption; the unfinished ones are carried over on it, or on this plan's day when that is earlier.
        title: its title; this plan's with the next year in it unless given.
        document: the document that adopts it, and carries the unfinished ones over.

    Raises:
        InvalidField: `into` is no plan id.
        UnreadableRecord: a record of the plan cannot be read.
    """
    plan.check_readable()
    next_id, year = plan_id(into), plan.state.year + 1
    day = min(on, plan.on)
    copied, carried, settled = list[str](), list[str](), list[str]()
    blocked, redated = list[tuple[str, str]](), list[str]()
    scheduled, gone = list[Event](), list[Event]()
    for activity in plan.activities:
        leaves = ActivityCarriedOver(activity.id, on=day, into=next_id, document=document)
        if activity.status.has_left or (activity.status is ProgressStatus.COMPLETED and not _is_yearly(activity)):
            settled.append(activity.code)
            continue
        if _is_yearly(activity):
            copied.append(activity.code)
        elif why := _in_the_way(plan, leaves):
            blocked.append((activity.code, why))
            continue
        else:
            carried.append(activity.code)
            gone.append(leaves)
        scheduled.append(again := _scheduled(activity, next_id, year, on))
        if again.deadline.text != activity.deadline.text:
            redated.append(activity.code)
    # A closed plan takes no record whatever its day, so what is known of it on every day counts.
    whole = PLAN.fold(timeline(plan._of(plan.id)))
    lets_go = whole.is_open and whole.is_open_on(day)
    adopted = PlanAdopted(
        next_id,
        on=on,
        title=title or plan.state.title.replace(str(plan.state.year), str(year)),
        year=year,
        jurisdiction=one_line(plan.state.jurisdiction),
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
        lets_go=lets_go,
    )


def _in_the_way(plan: Plan, leaves: ActivityCarriedOver) -> str:
    """Why an activity cannot be carried over as its records stand; empty when it can."""
    history = plan._of(leaves.subject)
    proposed = Record[ActivityEvent | RecordRetracted](
        0, leaves.subject, len(history) + 1, leaves, history[-1].recorded_at, "", ""
    )
    try:
        ACTIVITY.judge(history, [proposed])
    except IllegalHistory as error:
        return str(error)
    return ""


def _is_yearly(activity: Activity) -> bool:
    """Whether it is done every year anew: regular, or on several days of each year."""
    return activity.deadline.kind is DeadlineKind.REGULAR or activity.deadline.is_recurring


def _scheduled(activity: Activity, into: PlanId, year: int, on: date) -> ActivityScheduled:
    terms = activity.state.terms
    return ActivityScheduled(
        f"{into}/{activity.code}",
        on=on,
        domain=terms.domain,
        title=terms.title,
        lead=one_line(terms.lead),
        deadline=_deadline(terms.deadline, year),
        output=terms.output,
        supporting=tuple(map(one_line, terms.supporting)),
        weight=terms.weight,
        budget=terms.budget,
        host_fields=terms.host_fields
        if _is_yearly(activity)
        else {**terms.host_fields, "carried_over_from": activity.id},
    )


def _deadline(deadline: Deadline, year: int) -> Deadline:
    """The same words in the next year; the whole of it, where they name a day of this year or one that it does not have."""
    again = Deadline.parse(deadline.text, year)
    if deadline.is_dated and (not again.days or any(day.year != year for day in again.days)):
        return Deadline.parse("Trong năm", year)
    return again
