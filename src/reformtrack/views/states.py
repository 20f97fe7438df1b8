"""How many activities of a plan are in each state, by part; and what changed of late."""

from collections.abc import Sequence
from datetime import date, tzinfo
from typing import Any, Literal

import attrs

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.balance import Outcome
from reformtrack.domain.status import ProgressStatus, Timeliness
from reformtrack.domain.timeline import Record
from reformtrack.domain.wording import sort_key
from reformtrack.views.activity import Activity
from reformtrack.views.plan import Plan, outcome_of

State = ProgressStatus | Outcome
"""Of an open activity its status; of a completed one, whether it was completed in time."""

STATES: Sequence[State] = (
    ProgressStatus.NOT_STARTED,
    ProgressStatus.IN_PROGRESS,
    ProgressStatus.AWAITING_CONFIRMATION,
    ProgressStatus.SUSPENDED,
    Outcome.COMPLETED_ON_TIME,
    Outcome.COMPLETED_LATE,
)
"""The states of what is in a plan, in order: each activity is in one of them."""

OPEN: Sequence[Timeliness] = (Timeliness.IN_TIME, Timeliness.DUE_SOON, Timeliness.OVERDUE, Timeliness.NO_DEADLINE)
"""Whether an open activity is in time, in order: each open one is one of these."""


@attrs.frozen
class States:
    """The activities of a part of a plan by state, those that have left it aside; the open ones also by timeliness."""

    states: tuple[int, ...]
    """How many are in each of `STATES`, in that order."""
    timeliness: tuple[int, ...]
    """How many of the open ones are each of `OPEN`, in that order."""

    @property
    def total(self) -> int:
        """How many are in the plan: the sum of the states."""
        return sum(self.states)

    @property
    def open(self) -> int:
        """How many are not completed: the sum of the timeliness."""
        return sum(self.timeliness)


@checks_arguments
def states_by(plan: Plan, by: Literal["domain", "lead"]) -> tuple[States, dict[str, States]]:
    """
    The states of a whole plan, and of its parts, which sum to it: domains in the plan's order, leads in order of name.

    Raises:
        UnreadableRecord: a record of the plan cannot be read.
    """
    plan.check_readable()
    parts: dict[str, list[Activity]] = {domain.code: [] for domain in plan.state.domains} if by == "domain" else {}
    there = [one for one in plan.activities if not one.status.has_left]
    for one in there:
        parts.setdefault(one.domain if by == "domain" else plan.lead_of(one), []).append(one)
    names = parts if by == "domain" else sorted(parts, key=sort_key)
    return states_of(there), {name: states_of(parts[name]) for name in names}


def states_of(activities: Sequence[Activity]) -> States:
    """The states of activities; those that have left their plan are in none."""
    states: list[State] = [
        outcome_of(one) if one.status is ProgressStatus.COMPLETED else one.status for one in activities
    ]
    timely = [one.timeliness() for one in activities if one.status.is_open]
    return States(tuple(map(states.count, STATES)), tuple(map(timely.count, OPEN)))


@checks_arguments
def recent(plan: Plan, zone: tzinfo, since: date) -> list[tuple[Activity, list[Record[Any]]]]:
    """
    What counts of each activity and took effect, or was recorded, from a day on up to the day asked for; the latest first.

    Args:
        zone: the time zone in which a record has its day.
    """

    def is_new(record: Record[Any]) -> bool:
        return record.event.on >= since or since <= record.recorded_at.astimezone(zone).date() <= plan.on

    found = [(one, [record for record in reversed(one.timeline) if is_new(record)]) for one in plan.activities]
    latest = [(one, records) for one, records in found if records]
    return sorted(latest, key=lambda pair: max(record.position for record in pair[1]), reverse=True)


@checks_arguments
def due_next(plan: Plan, most: int) -> list[tuple[Activity, date]]:
    """The open activities that fall due on the day asked for or later, each with its next due day; the nearest first."""
    due = [(min(days), one) for one in plan.activities if (days := [day for day in one.open_days if day >= plan.on])]
    return [(one, day) for day, one in sorted(due, key=lambda pair: pair[0])[:most]]
