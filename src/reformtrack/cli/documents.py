"""
What the commands answer with `--json`. The keys are stable: one is added, never renamed.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from reformtrack.cli.session import Document
from reformtrack.domain.progress import CountingRule, Progress
from reformtrack.domain.status import ProgressStatus, Timeliness
from reformtrack.domain.tally import Tally
from reformtrack.domain.timeline import Record, decided_later
from reformtrack.views.plan import Activity, Plan
from reformtrack.views.rollup import Rollup


def figure(progress: Progress | Tally) -> dict[str, Any]:
    """A rate: its counts, and its percentage as a text with one decimal, null for the rate of nothing."""
    return {
        "rule": progress.rule.value,
        "completed": progress.completed,
        "total": progress.total,
        "percent": None if progress.percent is None else str(progress.percent),
        "open": progress.open,
        "overdue": progress.overdue,
        "left_out": {reason.value: count for reason, count in progress.excluded.items()},
    }


def asked(plan: Plan) -> dict[str, Any]:
    """The plan and the two clocks that an answer is about."""
    return {
        "plan": plan.id,
        "title": plan.state.title,
        "on": plan.on,
        "is_forecast": plan.is_forecast,
        "known_at": plan.known_at,
        "position": plan.position,
        "version": plan.version,
        "undocumented_changes": plan.plan_version.undocumented,
        "changes_by_own_documents": plan.plan_version.apart,
        "host_fields": plan.state.host_fields,
    }


def plan_document(plan: Plan) -> Document:
    """A plan with its rates, its domains and what stands how."""
    domains = plan.progress_by("domain")
    return asked(plan) | {
        "year": plan.state.year,
        "jurisdiction": plan.state.jurisdiction,
        "adopted_on": plan.state.adopted_on,
        "document": plan.state.document,
        "is_open": plan.state.is_open,
        "progress": figure(plan.progress()),
        "rates": {rule.value: figure(plan.progress(rule)) for rule in CountingRule},
        "domains": [
            {"code": domain.code, "title": domain.title, **figure(domains[domain.code])}
            for domain in plan.state.domains
        ],
        "statuses": {status.value: count for status, count in statuses(plan).items()},
        "timeliness": {timeliness.value: count for timeliness, count in timeliness_counts(plan).items()},
        "without_evidence": [activity.code for activity in plan.without_evidence()],
    }


def statuses(plan: Plan) -> dict[ProgressStatus, int]:
    """How many activities stand at each status."""
    counts = Counter(activity.status for activity in plan.activities)
    return {status: counts[status] for status in ProgressStatus if status in counts}


def timeliness_counts(plan: Plan) -> dict[Timeliness, int]:
    """How many activities are in time, overdue and so on."""
    counts = Counter(activity.timeliness() for activity in plan.activities)
    return {timeliness: counts[timeliness] for timeliness in Timeliness if timeliness in counts}


def activities_document(plan: Plan, activities: Iterable[Activity]) -> Document:
    """Some activities of a plan."""
    return asked(plan) | {"activities": [_activity(activity) for activity in activities]}


def _activity(activity: Activity) -> Document:
    return {
        "id": activity.id,
        "code": activity.code,
        "domain": activity.domain,
        "title": activity.title,
        "lead": activity.lead,
        "status": activity.status.value,
        "timeliness": activity.timeliness().value,
        "deadline": activity.deadline.text,
        "deadline_decided_later": activity.deadline_decided_later,
        "due": activity.due,
        "open_days": activity.open_days,
        "days_overdue": activity.days_overdue,
        "because": [record.position for record in activity.because],
    }


def record_document(name: str, record: Record[Any], retracted_by: int | None = None) -> Document:
    """A record; `retracted_by` is the version of its retraction, or of that of what it confirms; null when it stands."""
    return {
        "position": record.position,
        "stream": record.stream,
        "version": record.version,
        "name": name,
        "event": record.event,
        "recorded_at": record.recorded_at,
        "by": record.by,
        "request_id": record.request_id,
        "agency": record.agency,
        "rule": record.rule,
        "decided_later": decided_later(record.event),
        "retracted_by": retracted_by,
    }


def rollup_document(rollup: Rollup) -> Document:
    """The counts of many plans."""
    return {
        "on": rollup.on,
        "rule": rollup.rule.value,
        "position": rollup.position,
        "by": rollup.by,
        "total": figure(rollup.total),
        "lines": [dict(zip(rollup.by, key, strict=True)) | figure(line) for key, line in rollup.in_order()],
        "silent": [{"plan": silent.plan, "recorded_at": silent.recorded_at} for silent in rollup.silent],
        "unreadable": rollup.unreadable,
        "is_forecast": rollup.is_forecast,
    }
