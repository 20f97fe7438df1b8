"""What is kept of a plan, from its records: its spans, those of its activities, and the gaps in which nothing was recorded."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from operator import attrgetter
from typing import Any, NamedTuple

from reformtrack.country.spans import Binding, Facts, Span, TooManySpans, activity_spans, bindings, facts_of, plan_spans
from reformtrack.domain.errors import UnreadableRecord
from reformtrack.domain.kinds import ACTIVITY, DISPATCH, kind_of
from reformtrack.domain.progress import CountingRule
from reformtrack.domain.status import ProgressStatus
from reformtrack.domain.timeline import Record, RecordRetracted
from reformtrack.domain.values import ActivityId, PlanId, StreamId, code_of, plan_of
from reformtrack.store.instants import text_of
from reformtrack.store.view_tables import NEVER, NO_END, WAITS, Known, cell, place
from reformtrack.views.plan import Plan
from reformtrack.views.rows import PlanRow

Row = tuple[Any, ...]
Streams = Mapping[StreamId, Sequence[Record[Any]]]
Item = Record[Any] | UnreadableRecord

STATUSES = tuple(ProgressStatus)
"""A status is its place here in the tables."""

COMPLETED, COMPLETED_UNDATED, OPEN, OPEN_UNDATED, WITHDRAWN, CARRIED_OVER = 0, 1, 2, 3, 5, 6
"""The kinds in a cell, besides `WAITS`: what decides with the day how an activity is counted under any rule."""

_LEFT = {ProgressStatus.WITHDRAWN: WITHDRAWN, ProgressStatus.CARRIED_OVER: CARRIED_OVER}
A_DAY = timedelta(days=1).total_seconds()


def kind(facts: Facts) -> int:
    """The kind that an activity is counted as."""
    if facts.status.has_left:
        return _LEFT[facts.status]
    dated = facts.last != NEVER
    if facts.status is ProgressStatus.COMPLETED:
        return COMPLETED if dated else COMPLETED_UNDATED
    if facts.status is ProgressStatus.AWAITING_CONFIRMATION and dated and facts.due == NEVER:
        return WAITS
    return OPEN if dated else OPEN_UNDATED


def is_past(facts: Facts, on: int) -> bool:
    """Whether the day is over after which an activity of its kind is counted as another."""
    return (facts.last if kind(facts) == WAITS else facts.due) < on


def facts_on(plan: Plan) -> list[Facts]:
    """What is so of each activity of a plan, which is answered from its records."""
    binding = Binding(plan.state.jurisdiction, plan.state.confirmation_required)
    found = (facts_of(one.id, one.state, one.timeline, binding) for one in plan.activities)
    return [facts for facts in found if facts]


def plan_table_row(span: Span[PlanRow]) -> Row:
    plan, *said, rule, confirmation_required, is_open, documented, _, _ = span.so
    on = documented.toordinal() if documented else 0
    return (plan, *_corners(span), *said, rule.value, int(confirmation_required), int(is_open), on)


def with_changes(row: Row, changes: tuple[int, int]) -> PlanRow:
    """The row of a plan, from what stands in its span."""
    plan, jurisdiction, title, year, version, rule, confirmation_required, is_open, documented = row
    said = CountingRule(rule), bool(confirmation_required), bool(is_open)
    on = date.fromordinal(documented) if documented else None
    return PlanRow(plan, jurisdiction, title, year, version, *said, on, *changes)


def names_in(spans: Iterable[tuple[StreamId, Span[Facts]]]) -> set[str]:
    """The texts of spans that are kept as numbers."""
    return {name for _, span in spans for name in (span.so.jurisdiction, span.so.domain, span.so.lead, span.so.group)}


def span_table_row(stream: StreamId, span: Span[Facts], ids: Mapping[str, int]) -> Row:
    so = span.so
    packed = cell(ids[so.jurisdiction], ids[so.domain], kind(so))
    numbers = STATUSES.index(so.status), so.bits, so.undone, so.undocumented, so.apart, " ".join(map(str, so.later))
    key = plan_of(stream), code_of(stream), *_corners(span)
    return (*key, packed, so.due, so.last, ids[so.lead], ids[so.group], *numbers)


def named_row(stream: StreamId, span: Span[Facts]) -> Row:
    """The same with names in the place of their numbers."""
    ids = {name: number for number, name in enumerate(names_in([(stream, span)]))}
    return read_row(span_table_row(stream, span, ids), {number: name for name, number in ids.items()})


def _corners(span: Span[Any]) -> tuple[int, int, int, int]:
    return span.pos_from, span.day_from, span.pos_to, span.day_to


def read_row(row: Row, names: Mapping[int, str]) -> Row:
    """The row of a span with its names in the place of their numbers."""
    key, (packed, due, last, lead, headings, *numbers) = row[:6], row[6:]
    return (*key, place(packed, names), due, last, names.get(lead), names.get(headings), *numbers)


Point = tuple[int, float]
"""The position of a record, and its instant in seconds."""


def point(record: Record[Any]) -> Point:
    """Where a record stands."""
    return record.position, record.recorded_at.timestamp()


def point_of(known: Known) -> Point:
    """Where the latest record of a plan stands."""
    return known.position, datetime.fromisoformat(known.recorded_at).timestamp()


def gaps(plan: PlanId, points: Iterable[Point]) -> list[Row]:
    """
    The gaps of a day and more between the records of a plan, given in order.

    Where instants go back they were corrected, and nobody knows how long the gap was.
    """
    return [(plan, a, b) for (a, at), (b, then) in pairwise(points) if not 0 <= then - at < A_DAY]


def is_counted(stream: object) -> bool:
    """
    Whether a stream belongs to a plan and its records are news of it: not an agency, a journal or a dispatch.

    A stream id that somebody changed to a non-text belongs to no plan.
    """
    if not isinstance(stream, str) or not _is_utf8(plan_of(stream)):
        return False
    kind = kind_of(stream)
    return kind.form.of_plan and kind is not DISPATCH


def _is_utf8(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text)


def spoils(item: Item) -> bool:
    """Whether an item makes a plan's counts impossible: an unreadable record of the plan or of an activity."""
    counted = ACTIVITY.has(StreamId(item.stream)) or plan_of(item.stream) == item.stream
    return counted and not isinstance(item, Record)


def first_spoilt(before: int, items: Iterable[Item]) -> int:
    """The position of the first record that makes a plan's counts impossible; 0 when there is none."""
    return min(filter(None, (before, *(item.position for item in items if spoils(item)))), default=0)


def readable(items: Iterable[Item]) -> list[Record[Any]]:
    """The records among items of the log."""
    return [item for item in items if isinstance(item, Record)]


class Folded(NamedTuple):
    """Spans of a plan and of its activities."""

    plan: Sequence[Span[PlanRow]]
    spans: Sequence[tuple[StreamId, Span[Facts]]]
    is_live: int
    """1 when there are too many: it is answered from its records, and none are kept."""


def folded(plan: PlanId, streams: Streams, position: int, whole: Callable[[], Streams]) -> Folded:
    """
    The spans that were opened or closed after a position.

    Args:
        streams: all records of the plan's stream, and of the activities that have records after the position.
        whole: all records of all activities, which may change too where the plan does.
    """
    try:
        own = plan_spans(plan, streams.get(plan, ()))
        binds = bindings(own)
        if binds and binds[-1].position > position:
            streams = whole()
        spans = [
            (stream, span)
            for stream in filter(ACTIVITY.has, streams)
            for span in activity_spans(ActivityId(stream), binds, streams[stream])
            if _is_new(span, position)
        ]
        return Folded([span for span in own if _is_new(span, position)], spans, 0)
    except TooManySpans:
        return Folded((), (), 1)


def _is_new(span: Span[Any], position: int) -> bool:
    return span.pos_from > position or position < span.pos_to < NO_END


class Kept(NamedTuple):
    """What is kept of a plan."""

    folded: Folded = Folded((), (), 0)
    gaps: Sequence[Row] = ()
    news: Known | None = None
    """None when nothing was ever recorded of it."""


def kept(plan: PlanId, streams: Streams, spoilt: Sequence[UnreadableRecord]) -> Kept:
    """What is kept of a plan, from all of its records."""
    records = sorted((record for of_one in streams.values() for record in of_one), key=attrgetter("position"))
    if not records and not spoilt:
        return Kept()
    found = folded(plan, streams, 0, lambda: streams)
    last = (records[-1].position, text_of(records[-1].recorded_at)) if records else (0, "")
    news = Known(*last, first_spoilt(0, spoilt), found.is_live, *_changes(found.plan, found.spans))
    return Kept(found, gaps(plan, map(point, records)), news)


def _changes(own: Sequence[Span[PlanRow]], spans: Sequence[tuple[StreamId, Span[Facts]]]) -> tuple[int, int]:
    """The changes of the denominator on the latest day since the last document of a plan; see `PlanRow`."""
    since = [plan_table_row(span)[-1] for span in own if span.pos_to == NO_END and span.day_to == NEVER]
    now = [span for _, span in spans if span.pos_to == NO_END]
    signed = [(1, span.so) for span in now if since and span.day_to == NEVER]
    signed += [(-1, span.so) for span in now for day in since if span.day_from <= day < span.day_to]
    return sum(sign * so.undocumented for sign, so in signed), sum(sign * so.apart for sign, so in signed)


def latest_day(records: Iterable[Record[Any]]) -> str:
    """The latest day of a fact, as ISO text; empty when there is none."""
    days = [record.event.on for record in records if type(record.event) is not RecordRetracted]
    return max(days).isoformat() if days else ""
