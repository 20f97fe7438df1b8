"""Activities of many plans, page by page: those behind a figure, and those that need attention."""

from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple

import attrs

from reformtrack.domain.arguments import Days, checks_arguments
from reformtrack.domain.plan import PlanState
from reformtrack.domain.status import ProgressStatus
from reformtrack.domain.values import PlanId
from reformtrack.views.activity import SOON_DAYS, Activity
from reformtrack.views.plan import Plan

Attention = Literal["overdue", "due-soon", "without-evidence", "without-lead", "awaiting-confirmation"]
"""The lists of activities that need attention."""


def needing(plan: Plan, attention: Attention, days: Days = SOON_DAYS) -> tuple[Activity, ...]:
    """
    The activities of a plan on a list.

    Args:
        days: how many days ahead something is due soon.
    """
    match attention:
        case "overdue":
            return plan.overdue()
        case "due-soon":
            return plan.due_within(days)
        case "without-evidence":
            return plan.without_evidence()
        case "without-lead":
            return plan.without_lead()
        case "awaiting-confirmation":
            waiting = ProgressStatus.AWAITING_CONFIRMATION
            return tuple(activity for activity in plan.activities if activity.status is waiting)


class AcrossLine(NamedTuple):
    """An activity of one of many plans."""

    jurisdiction: str
    plan_title: str
    activity: Activity
    notice: str
    """The notice of the plan; see `Plan.notice`."""
    domain: str
    """The title of its domain."""


def notices_of(parts: Iterable[Plan | PlanState | AcrossLine]) -> tuple[str, ...]:
    """The notices of plans, each once."""
    return tuple(dict.fromkeys(one.notice for one in parts if one.notice))


@attrs.frozen(kw_only=True)
@checks_arguments
class Across:
    """
    A page of activities of many plans on a day, as known at a log position.

    What is overdue comes with the longest overdue first, what is due soon with the nearest first; all else, and what is
    equal, in order of plan and code as texts.
    """

    on: date
    position: int
    """The log position up to which everything counts: later pages of the same list are asked for with it as `known_at`."""
    total: int
    """How many activities there are, on all pages."""
    lines: tuple[AcrossLine, ...]
    next: str
    """Where the next page begins, for `after`; empty on the last."""
    unreadable: tuple[PlanId, ...]
    """The plans that are left out, because a record of them cannot be read."""
    is_forecast: bool = False
    """Whether the day was in the future when asked."""

    @property
    def notices(self) -> tuple[str, ...]:
        """The notices of the plans whose activities are on the page, each once."""
        return notices_of(self.lines)
