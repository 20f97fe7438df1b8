"""The JSON forms of reports."""

from datetime import date, datetime
from typing import Any

from msgspec import Struct


class FigureCounts(Struct, frozen=True):
    """The numbers of a line of a report."""

    completed: int
    total: int
    percent: str | None
    overdue: int


class FigureDocument(Struct, frozen=True):
    """A line of a report: as issued, and as known now for the same day."""

    key: str
    title: str
    sent: FigureCounts | None
    now: FigureCounts | None
    differs: bool


class BalanceDrift(Struct, frozen=True):
    """A number of the balance: as issued, and as known now."""

    kind: str
    sent: int
    now: int


class ActivityDriftDocument(Struct, frozen=True):
    """An activity that is now counted differently, or has another status, than in the report."""

    activity: str
    words: str
    """The differences."""


class CorrectionDocument(Struct, frozen=True):
    """A correction of an issued report."""

    on: date
    by: str
    reason: str
    document: dict[str, Any] | None
    recorded_at: datetime
    position: int


class ComparisonDocument(Struct, frozen=True, kw_only=True):
    """A figure of the period that was published elsewhere, beside the report's own."""

    key: str
    title: str
    reported_text: str
    """The words of the source."""
    part: int | None
    whole: int | None
    percent: str | None
    """The percentage that the source printed."""
    source: dict[str, Any] | None
    rule: str | None
    """The counting rule of the source; null when it names none."""
    own: FigureCounts | None
    """As computed; null for a line that the plan does not have."""
    own_rule: str
    percent_difference: str | None
    """The published minus the report's own percentage, rounded to the decimals of the published one."""
    agrees: bool | None
    """Null when they cannot be compared."""
    words: str


class SectionDocument(Struct, frozen=True):
    """A part of a report in words."""

    name: str
    text: str


class ReportDocument(Struct, frozen=True, kw_only=True):
    """An issued report."""

    id: str
    plan: str
    period: str
    """The code of its period."""
    title: str
    first: date
    last: date
    issued_on: date
    """The day of its issue, even if it was corrected later."""
    issued_at: datetime
    by: str
    issue_position: int
    """The log position of the record of its issue."""
    corrections: list[CorrectionDocument]
    """In order; the report shows the figures of the last one."""
    rule: str
    plan_version: int
    undocumented_changes: int
    """How many changes of the denominator since that version's document have no document."""
    changes_by_own_documents: int
    """How many have one of their own, which is no amendment."""
    position: int
    """The log position up to which records were taken into account."""
    text: str
    sections: list[SectionDocument]
    """What it says in words, in order."""
    figures: list[FigureDocument]
    restated: bool
    """Whether anything that it prints has changed since."""
    balance: list[BalanceDrift]
    """The numbers of the balance that have changed since."""
    activities: list[ActivityDriftDocument]
    """The activities of which something printed in the report has changed since."""
    otherwise: list[str]
    """Other changes since the report, in words: balance, rates, other figures, plan version."""
    because: list[int]
    """The log positions of the records that caused the changes."""
    published: list[ComparisonDocument]
    """The figures of the period that were published elsewhere."""
    checkpoint: str
    """The signed checkpoint of the log behind its content; empty if it was not sealed."""


class Reports(Struct, frozen=True):
    """The issued reports of a plan, in order of their cut-off."""

    reports: list[ReportDocument]
