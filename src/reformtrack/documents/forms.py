"""
The one JSON form of every answer: of the API, of the stream of records, and of the commands with `--json`.

Keys are stable: they are added, never renamed. A day is `2023-06-30`, an instant has its zone, a percentage is a text
without the sign, null where there is nothing to divide by.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct


class OfADay(Struct, frozen=True, kw_only=True):
    """An answer for a day."""

    is_forecast: bool = False
    """Whether the day is in the future: a forecast if nothing else is recorded until then."""


class ProgressDocument(Struct, frozen=True, kw_only=True):
    """How many activities are completed, of how many, under one rule."""

    rule: str
    completed: int
    total: int
    percent: str | None
    """The rate, rounded half-up to one decimal, as "96.4"; null when there is nothing to divide by."""
    open: int
    overdue: int
    excluded: dict[str, int]
    """How many activities the rate leaves out, by reason."""


class RecordDocument(Struct, frozen=True, kw_only=True):
    """A record: an event, with when and by whom it was recorded."""

    position: int
    stream: str
    version: int
    type: str
    recorded_at: datetime
    by: str
    agency: str
    """The agency that it was recorded for; empty where no policy asks."""
    rule: str
    """The rule that permitted it; empty where no policy asks."""
    decided_later: date | None
    """The day of the event's document, if it is after the effective day."""
    event: dict[str, Any]
    """The fields of the event, as the schema of its type says."""


class RequestedRecord(RecordDocument, frozen=True, kw_only=True):
    """A record with its request."""

    request_id: str


class HistoryLine(RequestedRecord, frozen=True, kw_only=True):
    """A record in the history of a stream."""

    retracted_by: int | None
    """The version of its retraction, or of the retraction of the record that it confirms; null while it counts."""


class History(Struct, frozen=True):
    """Every record of a stream."""

    stream: str
    host_fields: Mapping[str, str]
    """The host's own fields of the plan."""
    records: list[HistoryLine]


class PlanLine(Struct, frozen=True, kw_only=True):
    """A plan in the list of plans."""

    id: str
    title: str
    jurisdiction: str
    year: int
    plan_version: int
    undocumented_changes: int
    """How many changes of the denominator since that version's document have no document."""
    changes_by_own_documents: int
    """How many have one of their own, which is no amendment."""
    is_open: bool


class Plans(OfADay, frozen=True):
    """The plans."""

    plans: list[PlanLine]


class Part(Struct, frozen=True):
    """The progress of a part of a plan."""

    key: str
    title: str
    progress: ProgressDocument


class PlanAsked(OfADay, frozen=True, kw_only=True):
    """A plan, and the two clocks of an answer about it."""

    plan: str
    title: str
    on: date
    known_at: datetime | int | None
    """The instant or the log position that was asked for; null for all that is on record."""
    position: int
    """The log position of the latest record of the plan that was known."""
    plan_version: int
    undocumented_changes: int
    """How many changes of the denominator since that version's document have no document."""
    changes_by_own_documents: int
    """How many have one of their own, which is no amendment."""
    notice: str
    """The notice to show beside its figures everywhere; empty for none."""
    host_fields: Mapping[str, str]
    """The host's own fields, the notice among them."""


class Stage(Struct, frozen=True):
    """A named part of a plan."""

    code: str
    title: str
    first: date
    last: date


class PlanDocument(PlanAsked, frozen=True, kw_only=True):
    """A plan on a day, as known at an instant."""

    year: int
    first_day: date
    """Its first day."""
    last_day: date
    """Its last day."""
    stages: list[Stage]
    """Named parts of it, in order."""
    jurisdiction: str
    level: str | None
    """The level of government: central, province, district, commune; null where the plan does not say."""
    above: str
    """The jurisdiction above; empty where the plan does not say."""
    adopted_on: date | None
    document: dict[str, Any] | None
    """The document that adopted it."""
    is_open: bool
    progress: ProgressDocument
    """Under the plan's own rule."""
    rates: list[ProgressDocument]
    """Under each of the three rules."""
    domains: list[Part]
    groups: list[Part]
    leads: list[Part]
    statuses: dict[str, int]
    """How many activities stand at each status."""
    timeliness: dict[str, int]
    """The number of activities by timeliness."""
    due_within_7_days: int
    overdue: int
    without_evidence: list[str]
    """The codes of the activities that are reported complete without evidence."""


class ActivityLine(Struct, frozen=True, kw_only=True):
    """An activity on a day, as known at an instant."""

    id: str
    code: str
    domain: str
    title: str
    number: str
    """As printed in the plan; empty when none is."""
    group: tuple[str, ...]
    """The headings under which it stands in its domain."""
    lead: str
    """Whoever has the lead, in one line."""
    leads: tuple[str, ...]
    """The names of whoever has the lead: one, several jointly, or none."""
    status: str
    timeliness: str
    deadline: str
    deadline_decided_later: date | None
    """The day of the document that set the deadline, if that is after the effective day."""
    due: date | None
    days_overdue: int
    open_days: tuple[date, ...]
    """The open due days; of a recurring activity, those of its open occurrences."""
    because: tuple[int, ...]
    """The log positions of the records behind its status and timeliness."""


class ListedLine(ActivityLine, frozen=True, kw_only=True):
    """An activity in a list."""

    output: str
    supporting: tuple[str, ...]
    completed_on: date | None
    """Null while it waits for its confirmation."""
    evidence: int
    """How many documents prove it."""
    host_fields: Mapping[str, str]
    """The host's own fields of the activity."""


class DueLine(ActivityLine, frozen=True, kw_only=True):
    """An activity with something due soon."""

    due_within: tuple[date, ...]
    """Its open due days within the days asked for."""


class DueActivities(PlanAsked, frozen=True, kw_only=True):
    """The activities of a plan with something due soon, the nearest first."""

    days: int
    """The number of days ahead that was asked for."""
    activities: list[DueLine]


class Activities(PlanAsked, frozen=True, kw_only=True):
    """A page of the activities of a plan that were asked for, in the order that was asked for; by code unless another was."""

    activities: list[ListedLine]
    next: str | None = None
    """The code after which the next page begins; null on the last page."""
    count: int = 0
    """How many activities there are on all pages."""
    counts: Mapping[str, Mapping[str, int]] = {}
    """For each filter and each of its values, how many activities there are with it and all else that is asked."""


class AgencyActivities(OfADay, frozen=True, kw_only=True):
    """The activities that an agency leads in all plans, those of unclear leads apart: a page of them."""

    agency: str
    name: str
    on: date
    known_at: datetime | int | None
    """The instant or the log position that was asked for; null for all that is on record."""
    activities: list[ListedLine]
    next: str | None = None
    """The id after which the next page begins; null on the last page."""
    count: int
    counts: Mapping[str, Mapping[str, int]]
    unclear: int
    """How many activities are not in it, because their lead may mean several agencies."""


class ActivityDocument(OfADay, frozen=True, kw_only=True):
    """An activity, and the records behind its status."""

    activity: ActivityLine
    output: str
    supporting: list[str]
    completed_on: date | None
    """Null while it waits for its confirmation."""
    reported_on: date | None
    """While it waits for its confirmation, the day on which it was reported complete."""
    confirmed_on: date | None
    evidence: list[dict[str, Any]]
    """A page of the evidence: at most a hundred documents, fewer if they are large."""
    version: int
    """The version of its stream in this answer, without records that were not known."""
    version_tag: str
    """The same for the header If-Match of a write, which is refused if somebody has recorded since."""
    because: list[RecordDocument]
    """A page of the records behind its status and timeliness."""
    next: int | None
    """The next page of the evidence and the records; null on the last of both."""


class CheckDocument(Struct, frozen=True):
    """A check between figures."""

    text: str
    holds: bool | None
    """Null when a figure is missing."""


class IndicatorDocument(Struct, frozen=True):
    """Another figure of a plan."""

    id: str
    title: str
    unit: str
    text: str
    """As computed from the reading."""
    reported_text: str
    as_of: date | None
    percent: str | None
    reported_percent: str | None
    """The percentage that the source printed."""
    percent_difference: str | None
    """The printed minus the computed percentage, rounded to the decimals of the printed one; "0.00" if they agree."""
    checks: list[CheckDocument]


class Indicators(OfADay, frozen=True):
    """The other figures of a plan."""

    indicators: list[IndicatorDocument]


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


class WarningDocument(Struct, frozen=True):
    """Something that needs attention."""

    kind: str
    subject: str
    title: str
    lead: str
    leads: tuple[str, ...]
    due: date | None
    days: int
    stage: int
    """For what is due: the stage reached, 7, 3 or 1; else 0."""
    text: str
    """For a figure that differs: how; else empty."""
    decided_later: date | None
    """The day of the document that set the due day, if that is after the effective day."""


class Warnings(OfADay, frozen=True):
    """What needs attention in a plan, the most urgent first."""

    warnings: list[WarningDocument]


class AgencyDocument(Struct, frozen=True):
    """An agency on a day, as known at an instant."""

    id: str
    name: str
    names: tuple[str, ...]
    registered_on: date | None
    ended_on: date | None
    successors: list[str]


class Agencies(OfADay, frozen=True, kw_only=True):
    """The agencies."""

    on: date

    agencies: list[AgencyDocument]


class RollupLine(ProgressDocument, frozen=True, kw_only=True):
    """The counts of a part."""

    key: dict[str, str]


class SilentPlan(Struct, frozen=True):
    """An open plan without a record for 30 days."""

    plan: str
    recorded_at: str
    """When the last one was recorded, in UTC."""


class RollupDocument(OfADay, frozen=True, kw_only=True):
    """The counts of many plans."""

    on: date
    rule: str
    position: int
    by: tuple[str, ...]
    total: ProgressDocument
    lines: list[RollupLine]
    unreadable: tuple[str, ...]
    """The plans that are left out, because a record of them cannot be read."""
    silent: list[SilentPlan]


class TrendPoint(Struct, frozen=True, kw_only=True):
    """A day of a trend."""

    on: date
    position: int
    """The log position up to which it counts."""
    total: ProgressDocument
    lines: list[RollupLine]
    """The parts in which there is an activity; none where the trend is not split."""
    unreadable: tuple[str, ...]
    """The plans that are left out, because a record of them cannot be read."""


class TrendDocument(Struct, frozen=True, kw_only=True):
    """The counts of many plans on some days."""

    rule: str
    by: tuple[str, ...]
    points: list[TrendPoint]


class AcrossLine(ActivityLine, frozen=True, kw_only=True):
    """An activity of one of many plans."""

    plan: str
    plan_title: str
    jurisdiction: str


class AcrossDocument(OfADay, frozen=True, kw_only=True):
    """A page of activities of many plans."""

    on: date
    position: int
    """The log position up to which everything counts: give it as `known_at` for later pages of the same list."""
    count: int
    """How many activities there are on all pages."""
    activities: list[AcrossLine]
    next: str | None
    """Where the next page begins, as `after` takes it; null on the last."""
    unreadable: tuple[str, ...]
    """The plans that are left out, because a record of them cannot be read."""
    notices: tuple[str, ...]
    """What plans whose activities are on the page ask to have beside their figures, each once."""


class Records(Struct, frozen=True):
    """A page of the log."""

    records: list[RecordDocument]
    next: int | None
    """The position after which the next page begins; null at the end of the log."""


class Recorded(Struct, frozen=True):
    """The records of a request."""

    records: list[RecordDocument]


class ProblemDocument(Struct, frozen=True):
    """What went wrong: RFC 9457. Some problems say more."""

    type: str
    title: str
    status: int
    detail: str
