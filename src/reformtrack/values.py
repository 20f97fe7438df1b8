"""What events are made of, and what questions take."""

from reformtrack.domain.agency import Role
from reformtrack.domain.deadline import DeadlineKind
from reformtrack.domain.indicator import Bound, Check, IndicatorKind, Relation
from reformtrack.domain.period import calendar_year, month, nine_months, period, quarterly
from reformtrack.domain.plan import Level
from reformtrack.domain.report import Content, Figure, Section
from reformtrack.domain.texts import LedAs
from reformtrack.domain.timeline import KnownAt
from reformtrack.domain.values import (
    ActivityId,
    AgencyId,
    DispatchId,
    IndicatorId,
    JournalId,
    PlanId,
    ReportId,
    StreamId,
)
from reformtrack.domain.wording import Lang

__all__ = [
    "ActivityId", "AgencyId", "Bound", "Check", "Content", "DeadlineKind", "DispatchId", "Figure", "IndicatorId",
    "IndicatorKind", "JournalId", "KnownAt", "Lang", "LedAs", "Level", "PlanId", "Relation", "ReportId", "Role", "Section",
    "StreamId", "calendar_year", "month", "nine_months", "period", "quarterly",
]  # fmt: skip
