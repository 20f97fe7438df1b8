"""
The log and the views as Parquet files, for tools that read tables: DuckDB, pandas, Dask, Power BI.

Four files in a folder, all of one log position, which stands in the metadata of each: `activities.parquet` and `plans.parquet`
have a row for each, `spans.parquet` what was so of each activity, when, and as known when; `log.parquet` has a row for each
record, its event as JSON.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import Any

from reformtrack.country.folding import STATUSES
from reformtrack.domain.errors import UnreadableRecord
from reformtrack.domain.status import ProgressStatus
from reformtrack.domain.timeline import Record, RecordRetracted
from reformtrack.domain.wording import BETWEEN_LEADS, lead_words
from reformtrack.extras import extra
from reformtrack.store.view_tables import NEVER, NO_END, of_cell
from reformtrack.views.activity import Activity
from reformtrack.views.plan import Plan

with extra("analytics"):
    import pyarrow as pa
    import pyarrow.parquet as pq

ROW_GROUP = 50_000
"""How many rows are in memory, and in a row group, at a time."""

Column = tuple[str, pa.DataType, Callable[[Any], Any]]


def _as_is(value: Any) -> Any:
    return value


def _ordinal(day: int) -> date | None:
    return None if day == NEVER else date.fromordinal(day)


_TEXT, _DAY, _INSTANT = pa.string(), pa.date32(), pa.timestamp("us", tz="UTC")

PLANS: Sequence[Column] = (
    ("plan", _TEXT, _as_is),
    ("jurisdiction", _TEXT, _as_is),
    ("title", _TEXT, _as_is),
    ("year", pa.int32(), _as_is),
    ("version", pa.int32(), _as_is),
    ("counting_rule", _TEXT, attrgetter("value")),
    ("confirmation_required", pa.bool_(), _as_is),
    ("is_open", pa.bool_(), _as_is),
    ("documented_on", _DAY, _as_is),
    ("undocumented", pa.int32(), _as_is),
    ("apart", pa.int32(), _as_is),
    ("recorded_at", _INSTANT, datetime.fromisoformat),
)
"""The columns of plans: what a `PlanRow` has, and the instant of the latest record."""

ACTIVITIES: Sequence[Column] = (
    ("activity", _TEXT, _as_is),
    ("plan", _TEXT, _as_is),
    ("jurisdiction", _TEXT, _as_is),
    ("domain", _TEXT, _as_is),
    ("lead", _TEXT, _as_is),
    ("status", _TEXT, _as_is),
    ("dated", pa.bool_(), _as_is),
    ("due", _DAY, _as_is),
    ("late", pa.bool_(), _as_is),
    ("title", _TEXT, _as_is),
    ("deadline", _TEXT, _as_is),
    ("undocumented", pa.int32(), _as_is),
    ("apart", pa.int32(), _as_is),
)
"""The columns of activities; see `activity_row`."""

SPANS: Sequence[Column] = (
    ("activity", _TEXT, _as_is),
    ("plan", _TEXT, _as_is),
    ("jurisdiction", _TEXT, _as_is),
    ("domain", _TEXT, _as_is),
    ("lead", _TEXT, _as_is),
    ("group", _TEXT, _as_is),
    ("status", _TEXT, _as_is),
    ("pos_from", pa.int64(), _as_is),
    ("pos_to", pa.int64(), lambda position: None if position == NO_END else position),
    ("day_from", _DAY, date.fromordinal),
    ("day_to", _DAY, _ordinal),
    ("due", _DAY, lambda day: None if day <= 0 else _ordinal(day)),
    ("last", _DAY, _ordinal),
    ("late", pa.bool_(), _as_is),
    ("days_late", pa.int32(), _as_is),
)
"""The columns of spans: what was so of an activity from a day on until before another, as known from a position on likewise."""

LOG: Sequence[Column] = (
    ("position", pa.int64(), _as_is),
    ("stream", _TEXT, _as_is),
    ("version", pa.int32(), _as_is),
    ("name", _TEXT, _as_is),
    ("on", _DAY, _as_is),
    ("recorded_at", _INSTANT, _as_is),
    ("by", _TEXT, _as_is),
    ("request_id", _TEXT, _as_is),
    ("event", _TEXT, _as_is),
    ("error", _TEXT, _as_is),
)
"""The columns of the log. Of a record that cannot be read there are its place, its name and the error."""


def write(
    path: Path,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    said: dict[str, Any],
    progress: Callable[[Sequence[Any]], None] | None = None,
) -> int:
    """
    Write rows to a file, a row group at a time.

    Args:
        said: goes into the metadata of the file, under `reformtrack`, as JSON.
        progress: is told the last row of each row group.

    Returns:
        How many rows there are.
    """
    fields = [pa.field(name, type_) for name, type_, _ in columns]
    schema = pa.schema(fields, metadata={"reformtrack": json.dumps(said, ensure_ascii=False)})
    count, left = 0, iter(rows)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while group := list(islice(left, ROW_GROUP)):
            values = zip(columns, zip(*group, strict=True), strict=True)
            arrays = [pa.array(map(convert, column), type_) for (_, type_, convert), column in values]
            writer.write_batch(pa.record_batch(arrays, schema=schema), row_group_size=ROW_GROUP)
            count += len(group)
            if progress:
                progress(group[-1])
    return count


def activity_row(activity: Activity, plan: Plan) -> Sequence[Any]:
    """
    An activity as a row, on its day.

    `late` says that it waits for its confirmation and was reported late; `undocumented` and `apart` count its changes of the
    denominator since the last document of the plan, without a document and with one of their own.
    """
    late = activity.status is ProgressStatus.AWAITING_CONFIRMATION and activity.is_overdue
    changes = activity.changes(plan.state.documented_on or date.max)
    place, terms = (activity.id, plan.id, plan.state.jurisdiction, activity.domain), activity.state.terms
    counted = (activity.status.value, activity.deadline.is_dated, activity.due, late)
    return *place, terms.lead, *counted, terms.title, terms.deadline.text, changes.count(False), changes.count(True)


def span_row(row: Sequence[Any], names: Mapping[int, str]) -> Sequence[Any]:
    """
    A span as a row.

    `late` says that it waits for its confirmation and was reported late, by `days_late`: so it is overdue on any day.
    """
    plan, code, pos_from, day_from, pos_to, day_to, cell, due, last, lead, headings, status, *_ = row
    jurisdiction, domain, _ = of_cell(cell)
    led = lead_words(tuple(filter(None, names[lead].split(BETWEEN_LEADS))))
    called = (f"{plan}/{code}", plan, names[jurisdiction], names[domain], led, names[headings], STATUSES[status].value)
    return *called, pos_from, pos_to, day_from, day_to, due, last, due < 0, max(0, -due)


def log_row(item: Record[Any] | UnreadableRecord, encode: Callable[[Record[Any]], tuple[str, bytes]]) -> Sequence[Any]:
    """A record of the log as a row; `encode` gives its name and its JSON."""
    if isinstance(item, UnreadableRecord):
        return item.position, item.stream, item.version, item.name, None, None, None, None, None, str(item)
    name, state = encode(item)
    on = None if type(item.event) is RecordRetracted else item.event.on
    at = item.recorded_at
    return item.position, item.stream, item.version, name, on, at, item.by, item.request_id, state.decode(), None
