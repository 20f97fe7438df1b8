"""
The answers of the API: what each says, in the form of its JSON.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct

from reformtrack.domain.progress import CountingRule, Counts, Progress
from reformtrack.domain.report import Figure, ReportCorrected
from reformtrack.domain.tally import Tally
from reformtrack.domain.timeline import Record, decided_later
from reformtrack.domain.values import Document
from reformtrack.domain.wording import percent
from reformtrack.exchange.words import drift_words
from reformtrack.language import Language
from reformtrack.views.indicators import Indicator
from reformtrack.views.plan import Activity, Plan
from reformtrack.views.report import Drift, Report
from reformtrack.views.rows import PlanRow
from reformtrack.views.warnings import PlanWarning


class OfADay(Struct, frozen=True, kw_only=True):
    """An answer for a day."""

    is_forecast: bool = False
    """Whether the day is still to come: how it will be if nothing else is recorded until then."""


class ProgressDocument(Struct, frozen=True):
    """How many activities are completed, of how many, under one rule."""

    rule: str
    completed: int
    open: int
    overdue: int
    total: int
    percent: str | None
    """The rate, rounded half-up to one decimal, as "96.4%"; null when there is nothing to divide by."""
    excluded: dict[str, int]
    """How many activities the rate leaves out, by reason."""


class RecordDocument(Struct, frozen=True):
    """A record: an event, and how it came onto the record."""

    position: int
    stream: str
    version: int
    type: str
    recorded_at: datetime
    by: str
    agency: str
    """The agency that it was recorded for; empty where no policy asks."""
    rule: str
    """The rule that let it in; empty where no policy asks."""
    decided_later: date | None
    """The day of the event's document, where that is after the day on which the event takes effect."""
    event: dict[str, Any]
    """The fields of the event, as the schema of its type says."""


class PlanLine(Struct, frozen=True):
    """A plan in the list of plans."""

    id: str
    title: str
    jurisdiction: str
    year: int
    version: int
    undocumented_changes: int
    """How many changes of the denominator since that version's document have no document."""
    changes_by_own_documents: int
    """How many have one of their own, which is no amendment."""
    open: bool


class Plans(OfADay, frozen=True):
    """The plans."""

    plans: list[PlanLine]


class Part(Struct, frozen=True):
    """The progress of a part of a plan."""

    key: str
    title: str
    progress: ProgressDocument


class PlanDocument(OfADay, frozen=True):
    """A plan on a day, as known at an instant."""

    id: str
    title: str
    jurisdiction: str
    year: int
    on: date
    plan_version: int
    undocumented_changes: int
    """How many changes of the denominator since that version's document have no document."""
    changes_by_own_documents: int
    """How many have one of their own, which is no amendment."""
    position: int
    """The log position of the latest record of the plan that was known."""
    open: bool
    notice: str
    """What has to stand beside its figures wherever they are shown; empty for nothing."""
    progress: ProgressDocument
    """Under the plan's own rule."""
    rates: list[ProgressDocument]
    """Under each of the three rules."""
    domains: list[Part]
    leads: list[Part]
    due_within_7_days: int
    overdue: int
    without_evidence: int


class ActivityLine(Struct, frozen=True):
    """An activity on a day, as known at an instant."""

    id: str
    code: str
    domain: str
    title: str
    lead: str
    status: str
    timeliness: str
    deadline: str
    deadline_decided_later: date | None
    """The day of the document that set the deadline, where that holds from a day before it."""
    due: date | None
    days_overdue: int
    open_days: tuple[date, ...]
    """The due days for which something is still to be done: of a recurring activity, those of its open occurrences."""


class Activities(OfADay, frozen=True):
    """Activities of a plan, in order of code."""

    activities: list[ActivityLine]
    next: str | None
    """The code to go on from; null on the last page."""


class ActivityDocument(OfADay, frozen=True):
    """An activity, and why it is as it is."""

    activity: ActivityLine
    output: str
    supporting: list[str]
    completed_on: date | None
    """Null while it waits for its confirmation."""
    reported_on: date | None
    """While it waits for its confirmation, the day on which it was reported complete."""
    confirmed_on: date | None
    evidence: list[dict[str, Any]]
    """A page of it: a hundred documents at most, fewer where they are large."""
    version: int
    """The version of its stream that this says: a record that was not known is not in it."""
    version_tag: str
    """The same for the header If-Match of a write: refused when somebody has recorded since."""
    because: list[RecordDocument]
    """The records that make its status and its timeliness so; a page of them."""
    next: int | None
    """The page on which the evidence and the records go on; null on the last of both."""


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
    """That less the computed one, rounded to the decimals of the printed one; "0.00" where they agree."""
    checks: list[CheckDocument]


class Indicators(OfADay, frozen=True):
    """The other figures of a plan."""

    indicators: list[IndicatorDocument]


class FigureDocument(Struct, frozen=True):
    """A line of a report: as sent, and as known now of the same day."""

    key: str
    title: str
    sent: str | None
    sent_overdue: int | None
    now: str | None
    now_overdue: int | None
    differs: bool


class BalanceDrift(Struct, frozen=True):
    """How many activities came in, or stand at the end, in one way: as sent, and as known now."""

    kind: str
    sent: int
    now: int


class ActivityDriftDocument(Struct, frozen=True):
    """An activity that is counted or stands otherwise now than in the report."""

    activity: str
    words: str
    """What is otherwise."""


class CorrectionDocument(Struct, frozen=True):
    """A correction of an issued report."""

    on: date
    by: str
    reason: str
    document: dict[str, Any] | None
    recorded_at: datetime
    position: int


class ReportDocument(Struct, frozen=True):
    """An issued report."""

    id: str
    period: str
    first: date
    last: date
    issued_on: date
    """The day of its issue, whether or not it was corrected since."""
    issued_at: datetime
    by: str
    issue_position: int
    """The log position of the record of its issue."""
    corrections: list[CorrectionDocument]
    """In order; its text and its figures are those of the last one."""
    rule: str
    plan_version: int
    undocumented_changes: int
    """How many changes of the denominator since that version's document have no document."""
    changes_by_own_documents: int
    """How many have one of their own, which is no amendment."""
    position: int
    """The log position up to which it was known what it says."""
    text: str
    figures: list[FigureDocument]
    restated: bool
    """Whether anything that it prints is known otherwise now."""
    balance: list[BalanceDrift]
    """The numbers of the balance that are known otherwise now."""
    activities: list[ActivityDriftDocument]
    """The activities of which anything that the report prints is otherwise now."""
    otherwise: list[str]
    """What else is known otherwise now, in words: balance, rates, other figures, plan version."""


class Reports(Struct, frozen=True):
    """The issued reports of a plan, in order of their cut-off."""

    reports: list[ReportDocument]


class WarningDocument(Struct, frozen=True):
    """Something that asks for attention."""

    kind: str
    subject: str
    title: str
    lead: str
    due: date | None
    days: int
    stage: int
    """Of what is due: 7, 3 or 1, the stage that it has reached; else 0."""
    text: str
    """Of a figure that differs: how; else empty."""
    decided_later: date | None
    """The day of the document that set the due day, where that holds from a day before it."""


class Warnings(OfADay, frozen=True):
    """What asks for attention in a plan, the most urgent first."""

    warnings: list[WarningDocument]


class AgencyDocument(Struct, frozen=True):
    """An agency on a day, as known at an instant."""

    id: str
    name: str
    names: list[str]
    registered_on: date | None
    ended_on: date | None
    successors: list[str]


class Agencies(OfADay, frozen=True):
    """The agencies."""

    agencies: list[AgencyDocument]


class RollupLine(Struct, frozen=True):
    """The counts of a part."""

    key: dict[str, str]
    completed: int
    open: int
    overdue: int
    total: int
    percent: str | None
    excluded: dict[str, int]
    """How many activities the rate leaves out, by reason."""


class RollupDocument(OfADay, frozen=True):
    """The counts of many plans."""

    on: date
    rule: str
    position: int
    lines: list[RollupLine]
    unreadable: list[str]
    """The plans that are left out, because a record of them cannot be read."""
    silent: list[str]
    """The open plans without a record for 30 days."""


class Records(Struct, frozen=True):
    """A page of the log."""

    records: list[RecordDocument]
    next: int | None
    """The position to go on from; null at the end of the log."""


class Recorded(Struct, frozen=True):
    """What was recorded."""

    records: list[RecordDocument]


class ProblemDocument(Struct, frozen=True):
    """What went wrong: RFC 9457. Some problems say more."""

    type: str
    title: str
    status: int
    detail: str


def progress_document(progress: Progress) -> ProgressDocument:
    """The document of a figure."""
    return ProgressDocument(
        rule=progress.rule.value,
        completed=progress.completed,
        open=progress.open,
        overdue=progress.overdue,
        total=progress.total,
        percent=_percent(progress),
        excluded={reason.value: count for reason, count in progress.excluded.items()},
    )


def record_document(record: Record[Any]) -> RecordDocument:
    """The document of a record."""
    return RecordDocument(
        position=record.position,
        stream=record.stream,
        version=record.version,
        type=type(record.event).__name__,
        recorded_at=record.recorded_at,
        by=record.by,
        agency=record.agency,
        rule=record.rule,
        decided_later=decided_later(record.event),
        event=msgspec.to_builtins(record.event),
    )


def plan_line(row: PlanRow) -> PlanLine:
    """The line of a plan."""
    return PlanLine(
        row.plan, row.title, row.jurisdiction, row.year, row.version, row.undocumented, row.apart, bool(row.is_open)
    )


def plan_document(plan: Plan) -> PlanDocument:
    """
    The document of a plan.

    Raises:
        UnreadableRecord: a record of the plan cannot be read.
    """
    titles = {domain.code: domain.title for domain in plan.state.domains}
    return PlanDocument(
        id=plan.id,
        title=plan.state.title,
        jurisdiction=plan.state.jurisdiction,
        year=plan.state.year,
        on=plan.on,
        plan_version=plan.version,
        undocumented_changes=plan.plan_version.undocumented,
        changes_by_own_documents=plan.plan_version.apart,
        position=plan.position,
        open=plan.state.is_open,
        notice=plan.notice,
        progress=progress_document(plan.progress()),
        rates=[progress_document(plan.progress(rule)) for rule in CountingRule],
        domains=_parts(plan.progress_by("domain"), titles),
        leads=_parts(plan.progress_by("lead"), {}),
        due_within_7_days=len(plan.due_within()),
        overdue=len(plan.overdue()),
        without_evidence=len(plan.without_evidence()),
    )


def _parts(parts: Mapping[str, Progress], titles: Mapping[str, str]) -> list[Part]:
    return [Part(key, titles.get(key, key), progress_document(progress)) for key, progress in parts.items()]


def activity_line(activity: Activity) -> ActivityLine:
    """The line of an activity."""
    return ActivityLine(
        id=activity.id,
        code=activity.code,
        domain=activity.domain,
        title=activity.title,
        lead=activity.lead,
        status=activity.status.value,
        timeliness=activity.timeliness().value,
        deadline=activity.deadline.text,
        deadline_decided_later=activity.deadline_decided_later,
        due=activity.due,
        days_overdue=activity.days_overdue,
        open_days=activity.open_days,
    )


def activity_document(
    activity: Activity,
    version: int,
    evidence: Sequence[Document],
    because: Sequence[Record[Any]],
    next_page: int | None,
) -> ActivityDocument:
    """
    The document of an activity.

    Args:
        version: that of its stream, as it was known, whatever day was asked for.
        evidence, because: a page of its evidence, and of the records that make it so.
        next_page: the next one, if there is one.
    """
    return ActivityDocument(
        activity=activity_line(activity),
        output=activity.state.terms.output,
        supporting=list(activity.state.terms.supporting),
        completed_on=activity.completed_on,
        reported_on=activity.reported_on,
        confirmed_on=activity.state.confirmed_on,
        evidence=[msgspec.to_builtins(document) for document in evidence],
        version=version,
        version_tag=version_tag(activity.id, version),
        because=[record_document(record) for record in because],
        next=next_page,
    )


def version_tag(stream: str, version: int) -> str:
    """
    The tag of a version of a stream, as If-Match takes it.

    >>> version_tag("p/1.01", 3)
    '"p/1.01;3"'
    """
    return f'"{stream};{version}"'


def indicator_document(indicator: Indicator) -> IndicatorDocument:
    """The document of another figure."""
    reading = indicator.reading
    return IndicatorDocument(
        id=indicator.id,
        title=indicator.definition.title,
        unit=indicator.definition.unit,
        text=indicator.text("en"),
        reported_text=reading.reported_text if reading else "",
        as_of=reading.as_of if reading else None,
        percent=None if indicator.rate is None else indicator.percent("en"),
        reported_percent=_text(reading.reported_percent if reading else None),
        percent_difference=_text(indicator.percent_difference),
        checks=[CheckDocument(result.text("en"), result.holds) for result in indicator.checks],
    )


def _text(figure: Decimal | None) -> str | None:
    return None if figure is None else f"{figure:f}"


def report_document(report: Report, drift: Drift) -> ReportDocument:
    """The document of an issued report, with what is known otherwise since."""
    now = {line.key: line for line in drift.lines}
    sent = {figure.key: figure for figure in report.content.figures}
    figures = []
    for key in dict.fromkeys((*sent, *now)):
        was, is_ = sent.get(key), now[key].now if key in now else sent[key]
        title = sent[key].title if key in sent else now[key].title
        figures.append(FigureDocument(key, title, *_numbers(was), *_numbers(is_), key in now))
    return ReportDocument(
        id=report.id,
        period=report.period.title,
        first=report.period.first,
        last=report.period.last,
        issued_on=report.issued_on,
        issued_at=report.issued_at,
        by=report.by,
        issue_position=report.issue.position,
        corrections=[_correction(record) for record in report.corrections],
        rule=report.content.rule.value,
        plan_version=report.content.plan_version,
        undocumented_changes=report.version.undocumented,
        changes_by_own_documents=report.version.apart,
        position=report.content.position,
        text=report.text("en"),
        figures=figures,
        restated=bool(drift),
        balance=[BalanceDrift(kind.value, sent, now) for kind, sent, now in drift.balance],
        activities=[ActivityDriftDocument(one.id, one.words("en")) for one in drift.activities],
        otherwise=drift_words(drift, Language("en")),
    )


def _numbers(figure: Figure | None) -> tuple[str | None, int | None]:
    return (f"{figure.completed}/{figure.total}", figure.overdue) if figure else (None, None)


def _correction(record: Record[ReportCorrected]) -> CorrectionDocument:
    event = record.event
    document = None if event.document is None else msgspec.to_builtins(event.document)
    return CorrectionDocument(event.on, record.by, event.reason, document, record.recorded_at, record.position)


def warning_document(warning: PlanWarning) -> WarningDocument:
    """The document of a warning."""
    return WarningDocument(
        kind=warning.kind.value,
        subject=warning.subject,
        title=warning.title,
        lead=warning.lead,
        due=warning.due,
        days=warning.days,
        stage=warning.stage,
        text=warning.text_en,
        decided_later=warning.decided_later,
    )


def rollup_line(by: tuple[str, ...], key: tuple[str, ...], tally: Tally) -> RollupLine:
    """The line of a part."""
    names = dict(zip(by, key, strict=True))
    excluded = {reason.value: count for reason, count in tally.excluded.items()}
    return RollupLine(names, tally.completed, tally.open, tally.overdue, tally.total, _percent(tally), excluded)


def _percent(counted: Counts) -> str | None:
    return None if counted.rate is None else percent(counted.rate, "en")
