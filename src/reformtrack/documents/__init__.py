"""Converts answers to their one JSON form, for every interface that speaks JSON."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from reformtrack.documents.country_forms import (
    AcrossDocument,
    AcrossLine,
    Agencies,
    AgencyDocument,
    RollupDocument,
    RollupLine,
    SilentPlan,
    TrendDocument,
    TrendPoint,
)
from reformtrack.documents.forms import (
    Activities,
    ActivityDocument,
    ActivityLine,
    AgencyActivities,
    CheckDocument,
    DueActivities,
    DueLine,
    History,
    HistoryLine,
    IndicatorDocument,
    ListedLine,
    Part,
    PlanDocument,
    PlanLine,
    ProgressDocument,
    RecordDocument,
    RequestedRecord,
    Stage,
    WarningDocument,
)
from reformtrack.documents.report_forms import (
    ActivityDriftDocument,
    BalanceDrift,
    ComparisonDocument,
    CorrectionDocument,
    FigureCounts,
    FigureDocument,
    ReportDocument,
    SectionDocument,
)
from reformtrack.domain.progress import CountingRule, Progress
from reformtrack.domain.report import Figure, ReportCorrected
from reformtrack.domain.status import ProgressStatus, Timeliness
from reformtrack.domain.tally import Tally
from reformtrack.domain.timeline import KnownAt, Record, decided_later
from reformtrack.domain.values import Document, plan_of
from reformtrack.domain.wording import rounded_percent
from reformtrack.exchange.report_words import comparison_words, drift_words
from reformtrack.language import Language
from reformtrack.views.across import Across
from reformtrack.views.activity import Activity
from reformtrack.views.agencies import Agency, Registry
from reformtrack.views.drift import Drift
from reformtrack.views.indicators import Indicator
from reformtrack.views.listing import Listing
from reformtrack.views.plan import Plan
from reformtrack.views.report import Comparison, Report
from reformtrack.views.rollup import Part as RollupPart
from reformtrack.views.rollup import Rollup, in_order
from reformtrack.views.rows import PlanRow
from reformtrack.views.trend import Trend
from reformtrack.views.warnings import PlanWarning

F = TypeVar("F", bound=Struct)


def _form(form: type[F], one: object, **said: Any) -> F:
    """A form with the given fields; the others are copied from the attributes of the same names."""
    return form(**{name: said[name] if name in said else getattr(one, name) for name in form.__struct_fields__})


def progress_document(progress: Progress | Tally) -> ProgressDocument:
    """The document of a figure."""
    return _figure(ProgressDocument, progress)


def _figure(form: type[F], counted: Progress | Tally, **said: Any) -> F:
    excluded = {reason.value: count for reason, count in counted.excluded.items()}
    return _form(form, counted, rule=counted.rule.value, percent=_text(counted.percent), excluded=excluded, **said)


def record_document(record: Record[Any]) -> RecordDocument:
    return _record(RecordDocument, record)


def requested_document(record: Record[Any]) -> RequestedRecord:
    return _record(RequestedRecord, record)


def history_document(
    stream: str, records: Iterable[Record[Any]], gone: Mapping[int, Record[Any]], host_fields: Mapping[str, str]
) -> History:
    """
    The history of a stream.

    Args:
        gone: the retraction of each record that no longer counts, by the version of the record.
        host_fields: those of the plan.
    """
    lines = [
        _record(HistoryLine, one, retracted_by=gone[one.version].version if one.version in gone else None)
        for one in records
    ]
    return History(stream, host_fields, lines)


def _record(form: type[F], record: Record[Any], **said: Any) -> F:
    event = record.event
    return _form(
        form,
        record,
        type=type(event).__name__,
        decided_later=decided_later(event),
        event=msgspec.to_builtins(event),
        **said,
    )


def plan_line(row: PlanRow) -> PlanLine:
    return _form(
        PlanLine,
        row,
        id=row.plan,
        plan_version=row.version,
        undocumented_changes=row.undocumented,
        changes_by_own_documents=row.apart,
    )


def _asked(plan: Plan) -> dict[str, Any]:
    return {
        "plan": plan.id,
        "title": plan.state.title,
        "on": plan.on,
        "is_forecast": plan.is_forecast,
        "known_at": plan.known_at,
        "position": plan.position,
        "plan_version": plan.version,
        "undocumented_changes": plan.plan_version.undocumented,
        "changes_by_own_documents": plan.plan_version.apart,
        "notice": plan.notice,
        "host_fields": plan.state.host_fields,
    }


def plan_document(plan: Plan) -> PlanDocument:
    """
    The document of a plan.

    Raises:
        UnreadableRecord: a record of the plan cannot be read.
    """
    state = plan.state
    return _form(
        PlanDocument,
        state,
        **_asked(plan),
        stages=[Stage(stage.code, stage.title, stage.first, stage.last) for stage in state.stages],
        level=None if state.level is None else state.level.value,
        document=_fields(state.document),
        progress=progress_document(plan.progress()),
        rates=[progress_document(plan.progress(rule)) for rule in CountingRule],
        domains=_parts(plan.progress_by("domain"), plan.domain_title),
        groups=_parts(plan.progress_by("group"), str),
        leads=_parts(plan.progress_by("lead"), str),
        statuses={status.value: count for status, count in statuses(plan).items()},
        timeliness={timeliness.value: count for timeliness, count in timeliness(plan).items()},
        due_within_7_days=len(plan.due_within()),
        overdue=len(plan.overdue()),
        without_evidence=[activity.code for activity in plan.without_evidence()],
    )


def statuses(plan: Plan) -> dict[ProgressStatus, int]:
    """The number of activities by status."""
    counts = Counter(activity.status for activity in plan.activities)
    return {status: counts[status] for status in ProgressStatus if status in counts}


def timeliness(plan: Plan) -> dict[Timeliness, int]:
    """The number of activities by timeliness."""
    counts = Counter(activity.timeliness() for activity in plan.activities)
    return {timeliness: counts[timeliness] for timeliness in Timeliness if timeliness in counts}


def _parts(parts: Mapping[str, Progress], title: Callable[[str], str]) -> list[Part]:
    return [Part(key, title(key), progress_document(progress)) for key, progress in parts.items()]


def activities_document(
    plan: Plan, activities: Iterable[Activity], next_code: str | None = None, listing: Listing | None = None
) -> Activities:
    """
    A page of activities.

    Args:
        next_code: the code after which the next page begins.
        listing: the answer that it is a page of, with its counts; without one they are all.
    """
    lines = [_listed(one) for one in activities]
    count, counts = (len(listing.rows), listing.counts) if listing else (len(lines), {})
    return Activities(**_asked(plan), activities=lines, next=next_code, count=count, counts=counts)


def agency_activities_document(
    agency: Agency,
    known_at: KnownAt,
    activities: Iterable[Activity],
    next_id: str | None,
    listing: Listing,
    unclear: int,
) -> AgencyActivities:
    """A page of the activities that an agency leads, in all plans; the arguments are those of `activities_document`."""
    return AgencyActivities(
        agency=agency.id,
        name=agency.name,
        on=agency.on,
        known_at=known_at,
        activities=[_listed(one) for one in activities],
        next=next_id,
        count=len(listing.rows),
        counts=listing.counts,
        unclear=unclear,
    )


def _listed(activity: Activity) -> ListedLine:
    terms, evidence = activity.state.terms, len(activity.state.evidence)
    return _line(
        ListedLine,
        activity,
        output=terms.output,
        supporting=terms.supporting,
        evidence=evidence,
        host_fields=terms.host_fields,
    )


def due_document(plan: Plan, days: int) -> DueActivities:
    """The activities of a plan with something due within some days."""
    lines = [_line(DueLine, one, due_within=one.due_within(days)) for one in plan.due_within(days)]
    return DueActivities(**_asked(plan), days=days, activities=lines)


def _line(form: type[F], activity: Activity, **said: Any) -> F:
    return _form(
        form,
        activity,
        status=activity.status.value,
        timeliness=activity.timeliness().value,
        deadline=activity.deadline.text,
        because=tuple(record.position for record in activity.because),
        **said,
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
        version: the version of its stream, as known, whatever day was asked for.
        evidence, because: a page of its evidence, and of the records behind its status.
        next_page: the next page, if any.
    """
    return ActivityDocument(
        activity=_line(ActivityLine, activity),
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
        percent=_text(None if indicator.rate is None else rounded_percent(indicator.rate)),
        reported_percent=_text(reading.reported_percent if reading else None),
        percent_difference=_text(indicator.percent_difference),
        checks=[CheckDocument(result.text("en"), result.holds) for result in indicator.checks],
    )


def _text(figure: Decimal | None) -> str | None:
    return None if figure is None else f"{figure:f}"


def report_document(report: Report, drift: Drift) -> ReportDocument:
    """The document of an issued report, with the changes since."""
    now = {line.key: line for line in drift.lines}
    sent = {figure.key: figure for figure in report.content.figures}
    figures = []
    for key in dict.fromkeys((*sent, *now)):
        was, is_ = sent.get(key), now[key].now if key in now else sent[key]
        title = sent[key].title if key in sent else now[key].title
        figures.append(FigureDocument(key, title, _numbers(was), _numbers(is_), key in now))
    return _form(
        ReportDocument,
        report,
        plan=report.plan.id,
        period=report.period.code,
        title=report.period.title,
        first=report.period.first,
        last=report.period.last,
        issue_position=report.issue.position,
        corrections=[_correction(record) for record in report.corrections],
        rule=report.content.rule.value,
        plan_version=report.content.plan_version,
        undocumented_changes=report.version.undocumented,
        changes_by_own_documents=report.version.apart,
        position=report.content.position,
        text=report.text("en"),
        sections=[SectionDocument(section.name, section.text) for section in report.content.sections],
        figures=figures,
        restated=bool(drift),
        balance=[BalanceDrift(kind.value, sent, now) for kind, sent, now in drift.balance],
        activities=[ActivityDriftDocument(one.id, one.words("en")) for one in drift.activities],
        otherwise=drift_words(drift, Language("en")),
        because=[record.position for record in drift.records],
        published=[_comparison(one, comparison_words(one, Language("en"))) for one in report.compared()],
    )


def _comparison(one: Comparison, words: str) -> ComparisonDocument:
    published = one.published
    return _form(
        ComparisonDocument,
        published,
        title=one.title,
        percent=_text(published.percent),
        source=_fields(published.source),
        rule=published.rule and published.rule.value,
        own=_numbers(one.own),
        own_rule=one.rule.value,
        percent_difference=_text(one.percent_difference),
        agrees=one.agrees,
        words=words,
    )


def _numbers(figure: Figure | None) -> FigureCounts | None:
    if figure is None:
        return None
    return FigureCounts(figure.completed, figure.total, _text(figure.percent), figure.overdue)


def _correction(record: Record[ReportCorrected]) -> CorrectionDocument:
    event = record.event
    return CorrectionDocument(
        event.on, record.by, event.reason, _fields(event.document), record.recorded_at, record.position
    )


def _fields(document: Document | None) -> dict[str, Any] | None:
    return None if document is None else msgspec.to_builtins(document)


def agencies_document(registry: Registry, agencies: Iterable[Agency], *, is_forecast: bool) -> Agencies:
    """The document of agencies of a registry."""
    return Agencies(
        on=registry.on,
        is_forecast=is_forecast,
        agencies=[
            _form(
                AgencyDocument,
                one,
                registered_on=one.state.registered_on,
                ended_on=one.state.ended_on,
                successors=[heir.id for heir in registry.successors(one.id) if heir.id != one.id],
            )
            for one in agencies
        ],
    )


def warning_document(warning: PlanWarning) -> WarningDocument:
    return _form(WarningDocument, warning, kind=warning.kind.value, text=warning.text_en)


def rollup_document(rollup: Rollup) -> RollupDocument:
    """The counts of many plans."""
    return _form(
        RollupDocument,
        rollup,
        rule=rollup.rule.value,
        total=progress_document(rollup.total),
        lines=_lines(rollup.by, rollup.in_order()),
        silent=[SilentPlan(one.plan, one.recorded_at.isoformat(timespec="microseconds")) for one in rollup.silent],
    )


def across_document(found: Across) -> AcrossDocument:
    """A page of activities of many plans."""
    lines = [
        _line(AcrossLine, one, plan=plan_of(one.id), plan_title=title, jurisdiction=jurisdiction)
        for jurisdiction, title, one, *_ in found.lines
    ]
    return _form(AcrossDocument, found, count=found.total, activities=lines, next=found.next or None)


def _lines(by: Sequence[str], parts: Iterable[RollupPart]) -> list[RollupLine]:
    return [_figure(RollupLine, tally, key=dict(zip(by, key, strict=True))) for key, tally in parts]


def trend_document(trend: Trend) -> TrendDocument:
    """The counts of many plans on some days."""
    points = [
        _form(
            TrendPoint,
            point,
            total=progress_document(point.total),
            lines=_lines(trend.by, in_order(point.lines) if trend.by else ()),
        )
        for point in trend.points
    ]
    return TrendDocument(rule=trend.rule.value, by=trend.by, points=points)
