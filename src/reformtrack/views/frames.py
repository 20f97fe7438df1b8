"""
A plan as data frames of polars: a row for each activity, and a row for each record behind them.

Needs polars, of the extra `analytics`; `Plan.to_frame` and `Plan.history_frame` import this module when they are called.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from reformtrack.domain.status import ProgressStatus, Timeliness
from reformtrack.domain.timeline import Record, RecordRetracted, retractions
from reformtrack.extras import extra
from reformtrack.views.activity import Activity
from reformtrack.views.plan import Plan
from reformtrack.views.rollup import in_order
from reformtrack.views.trend import Trend

with extra("analytics"):
    import polars as pl

STATUSES = pl.Enum([status.value for status in ProgressStatus])
"""The values of `ProgressStatus`, in its order."""

TIMELINESS = pl.Enum([timeliness.value for timeliness in Timeliness])
"""The values of `Timeliness`, in its order."""

_TEXT, _NUMBER, _DAY, _FLAG = pl.String(), pl.Int64(), pl.Date(), pl.Boolean()
_TEXTS, _INSTANT = pl.List(pl.String()), pl.Datetime("us", "UTC")

ACTIVITIES: Sequence[tuple[str, pl.DataType, Callable[[Activity], object]]] = (
    ("activity", _TEXT, lambda activity: activity.id),
    ("code", _TEXT, lambda activity: activity.code),
    ("domain", _TEXT, lambda activity: activity.domain),
    ("title", _TEXT, lambda activity: activity.title),
    ("output", _TEXT, lambda activity: activity.state.terms.output),
    ("number", _TEXT, lambda activity: activity.number),
    ("group", _TEXTS, lambda activity: list(activity.group)),
    ("leads", _TEXTS, lambda activity: list(activity.leads)),
    ("supporting", _TEXTS, lambda activity: list(activity.state.terms.supporting)),
    ("status", STATUSES, lambda activity: activity.status.value),
    ("timeliness", TIMELINESS, lambda activity: activity.timeliness().value),
    ("deadline", _TEXT, lambda activity: activity.deadline.text),
    ("dated", _FLAG, lambda activity: activity.deadline.is_dated),
    ("due", _DAY, lambda activity: activity.due),
    ("final_due", _DAY, lambda activity: activity.deadline.last),
    ("deadline_decided_later", _DAY, lambda activity: activity.deadline_decided_later),
    ("overdue", _FLAG, lambda activity: activity.is_overdue),
    ("days_overdue", _NUMBER, lambda activity: activity.days_overdue),
    ("scheduled_on", _DAY, lambda activity: activity.state.scheduled_on),
    ("started_on", _DAY, lambda activity: activity.state.started_on),
    ("completed_on", _DAY, lambda activity: activity.completed_on),
    ("reported_on", _DAY, lambda activity: activity.reported_on),
    ("confirmed_on", _DAY, lambda activity: activity.state.confirmed_on),
    ("occurrences", _NUMBER, lambda activity: len(activity.deadline.occurrences)),
    (
        "occurrences_done",
        _NUMBER,
        lambda activity: len(activity.deadline.occurrences) - len(activity.state.open_occurrences),
    ),
    ("weight", _NUMBER, lambda activity: activity.state.terms.weight),
    ("budget", _NUMBER, lambda activity: activity.state.terms.budget),
    ("evidence", _NUMBER, lambda activity: len(activity.state.evidence)),
    ("records", _NUMBER, lambda activity: len(activity.timeline)),
)
"""The columns from an activity itself; its plan fills `plan` and `domain_title`."""

HISTORY = {
    "position": _NUMBER,
    "stream": _TEXT,
    "version": _NUMBER,
    "name": _TEXT,
    "on": _DAY,
    "recorded_at": _INSTANT,
    "by": _TEXT,
    "request_id": _TEXT,
    "agency": _TEXT,
    "rule": _TEXT,
    "retracted": _FLAG,
    "event": _TEXT,
}
"""The columns of a record."""

_encode = msgspec.json.Encoder().encode


def activities_frame(plan: Plan) -> pl.DataFrame:
    """
    The activities of a plan, a row each, in order of code.

    Statuses are the values of `ProgressStatus` and `Timeliness`. `due` is the next day on which something is due,
    `final_due` the last one of the deadline. The count under each rule can be computed from `status`, `dated` and
    `overdue`.

    Raises:
        UnreadableRecord: a record of the plan cannot be read.
    """
    plan.check_readable()
    columns = [pl.Series(name, list(map(value, plan.activities)), dtype) for name, dtype, value in ACTIVITIES]
    columns.insert(7, pl.Series("lead", list(map(plan.lead_of, plan.activities)), _TEXT))
    of_domains = [plan.domain_title(activity.domain) for activity in plan.activities]
    columns.insert(3, pl.Series("domain_title", of_domains, _TEXT))
    columns.insert(0, pl.Series("plan", [plan.id] * len(plan.activities), _TEXT))
    return pl.DataFrame(columns)


def history_frame(plan: Plan) -> pl.DataFrame:
    """
    The records of a plan and its activities that were known, a row each, in the order of recording.

    It includes records of later days, retracted ones, confirmations that fell with them, and retractions. `on` is
    empty for a retraction, which has no day. `event` is the event as JSON.

    Raises:
        UnreadableRecord: a record of the plan cannot be read.
    """
    plan.check_readable()
    rows = list[tuple[object, ...]]()
    for records in plan.records.values():
        gone = retractions(records)
        rows += [_row(record, record.version in gone) for record in records]
    return pl.DataFrame(rows, HISTORY, orient="row").sort("position")


def _row(record: Record[Any], retracted: bool) -> tuple[object, ...]:
    event = record.event
    return (
        record.position,
        record.stream,
        record.version,
        type(event).__name__,
        None if isinstance(event, RecordRetracted) else event.on,
        record.recorded_at,
        record.by,
        record.request_id,
        record.agency,
        record.rule,
        retracted,
        _encode(event).decode(),
    )


def trend_frame(trend: Trend) -> pl.DataFrame:
    """A trend, a row a day and part, in order of days and parts: `by` is empty for all plans together."""
    columns: dict[str, pl.DataType] = {"on": _DAY, "position": _NUMBER, **dict.fromkeys(trend.by, _TEXT)}
    columns |= dict.fromkeys(_COUNTS, _NUMBER)
    rows = [
        (point.on, point.position, *key, *(getattr(tally, name) for name in _COUNTS))
        for point in trend.points
        for key, tally in (in_order(point.lines) if trend.by else [((), point.total)])
    ]
    return pl.DataFrame(rows, columns, orient="row")


_COUNTS = ("completed", "total", "open", "overdue")
