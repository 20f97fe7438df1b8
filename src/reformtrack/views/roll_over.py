"""
Next year's plan, proposed from this year's: as events to look at, edit and record.
"""

from collections.abc import Iterator
from datetime import date

import attrs

from reformtrack.domain.activity import ActivityCarriedOver, ActivityScheduled
from reformtrack.domain.deadline import Deadline
from reformtrack.domain.events import Event
from reformtrack.domain.plan import PlanAdopted
from reformtrack.domain.showing import brief
from reformtrack.domain.texts import one_line
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
    code, with a note of where they come from, and carried over in this one. What was completed, withdrawn or carried over
    before is not. Deadlines are read anew in the next year; one that names a day of this year is proposed for the whole of
    the next, for whoever edits the proposal to set.

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
    copied = [activity for activity in plan.activities if _is_yearly(activity) and not activity.status.has_left]
    carried = [activity for activity in plan.activities if activity.status.is_open and not _is_yearly(activity)]
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
    both = sorted((*copied, *carried), key=lambda activity: plan.activities.index(activity))
    events: tuple[Event, ...] = (
        adopted,
        *(_scheduled(activity, next_id, year, on) for activity in both),
        *_carried(carried, next_id, min(on, plan.on), document),
    )
    return RollOver(
        into=next_id,
        events=events,
        copied=tuple(activity.code for activity in copied),
        carried=tuple(activity.code for activity in carried),
    )


def _is_yearly(activity: Activity) -> bool:
    """Whether it is done every year anew: regular, or on several days of each year."""
    return not activity.deadline.is_dated or activity.deadline.is_recurring


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
    """The same words in the next year; where they name this year, the whole of the next."""
    again = Deadline.parse(deadline.text, year)
    if again.days and any(day.year != year for day in again.days):
        return Deadline.parse("Trong năm", year)
    return again


def _carried(
    activities: list[Activity], into: PlanId, on: date, document: Document | None
) -> Iterator[ActivityCarriedOver]:
    return (ActivityCarriedOver(activity.id, on=on, into=into, document=document) for activity in activities)
