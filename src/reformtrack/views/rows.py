"""
The rows of the materialised views: one for each plan and each activity, so that many can be counted at once.

A row is the fold of all records of a stream up to a log position, for the day of the latest of them and every day
after. It holds the due day but not whether something is overdue, because that changes with the day, without a record.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from reformtrack.domain.kinds import ACTIVITY, PLAN
from reformtrack.domain.plan import PlanState
from reformtrack.domain.showing import brief_repr
from reformtrack.domain.status import ProgressStatus
from reformtrack.domain.timeline import Record, timeline
from reformtrack.domain.values import ActivityId, PlanId, StreamId, plan_of
from reformtrack.domain.wording import BETWEEN_LEADS
from reformtrack.views.activity import Activity


class PlanRow(NamedTuple):
    """A plan."""

    plan: str
    jurisdiction: str
    title: str
    year: int
    version: int
    """The plan version."""
    counting_rule: str
    confirmation_required: int
    """1 when a completion counts only when it is confirmed."""
    is_open: int
    """1 when it is adopted and not closed."""
    documented_on: str
    """The day of the document that made this version, as ISO text."""
    undocumented: int = 0
    """The number of changes of the denominator since, without a document."""
    apart: int = 0
    """The number of such changes with a document of their own that is not an amendment."""

    def __repr__(self) -> str:
        return brief_repr(self)


class ActivityRow(NamedTuple):
    """An activity, as far as counting and lists of what is due need it."""

    activity: str
    plan: str
    domain: str
    lead: str
    """The names of whoever has the lead, with `BETWEEN_LEADS` between them."""
    status: str
    """Its status, taking confirmation into account: the value of a `ProgressStatus`."""
    dated: int
    """1 when its deadline has a day."""
    due: str
    """
    The first open due day, as ISO text; while it waits for confirmation, the day missed by the most, else its last one;
    else empty.
    """
    late: int
    """1 when it waits for its confirmation and was reported complete after its deadline."""
    title: str
    deadline: str
    """The deadline as printed."""
    undocumented: int
    """
    The number of its changes since the document of the plan version that changed the denominator, without a document.
    """
    apart: int
    """The number of such changes with a document of their own."""


def plan_row(
    plan: PlanId, records: Sequence[Record[Any]], on: date | None = None, known_at: int | None = None
) -> PlanRow | None:
    """The row of a plan from all records of its stream, on a day as known at a log position; None when it is not adopted."""
    return plan_row_of(plan, PLAN.fold(timeline(records, on, known_at)))


def plan_row_of(plan: PlanId, state: PlanState) -> PlanRow | None:
    """The row of a plan from its state; None when it is not adopted."""
    if state.adopted_on is None:
        return None
    return PlanRow(
        plan,
        state.jurisdiction,
        state.title,
        state.year,
        state.version,
        state.counting_rule.value,
        int(state.confirmation_required),
        int(state.is_open),
        state.documented_on.isoformat() if state.documented_on else "",
    )


def activity_row(stream: StreamId, records: Sequence[Record[Any]], plan: PlanRow | None) -> ActivityRow | None:
    """The row of an activity from all records of its stream; None when it is not scheduled, or its plan not adopted."""
    facts = timeline(records)
    state = ACTIVITY.fold(facts)
    if state.scheduled_on is None or plan is None:
        return None
    activity = Activity(ActivityId(stream), date.max, state, bool(plan.confirmation_required), facts)
    late = activity.status is ProgressStatus.AWAITING_CONFIRMATION and activity.is_overdue
    due = activity.due
    changes = activity.changes(date.fromisoformat(plan.documented_on) if plan.documented_on else date.max)
    return ActivityRow(
        stream,
        plan_of(stream),
        activity.domain,
        BETWEEN_LEADS.join(activity.leads),
        activity.status.value,
        int(activity.deadline.is_dated),
        due.isoformat() if due else "",
        int(late),
        activity.title,
        activity.deadline.text,
        changes.count(False),
        changes.count(True),
    )
