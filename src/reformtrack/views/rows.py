"""The rows of plans in lists and in files."""

from datetime import date
from typing import NamedTuple

from reformtrack.domain.plan import PlanState
from reformtrack.domain.progress import CountingRule
from reformtrack.domain.showing import brief_repr
from reformtrack.domain.values import PlanId
from reformtrack.views.plan import Plan


class PlanRow(NamedTuple):
    """A plan as it stood on a day."""

    plan: str
    jurisdiction: str
    title: str
    year: int
    version: int
    """The plan version."""
    counting_rule: CountingRule
    confirmation_required: bool
    """Whether a completion counts only when it is confirmed."""
    is_open: bool
    """Whether it is adopted and not closed."""
    documented_on: date | None
    """The day of the document that made this version; None where none has a day."""
    undocumented: int = 0
    """The number of changes of the denominator since, without a document."""
    apart: int = 0
    """The number of such changes with a document of their own that is not an amendment."""

    def __repr__(self) -> str:
        return brief_repr(self)


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
        state.counting_rule,
        state.confirmation_required,
        state.is_open,
        state.documented_on,
    )


def plan_row_now(plan: Plan) -> PlanRow | None:
    """The row of a plan on its day; None when it is not adopted."""
    row, version = plan_row_of(plan.id, plan.state), plan.plan_version
    return row and row._replace(undocumented=version.undocumented, apart=version.apart)
