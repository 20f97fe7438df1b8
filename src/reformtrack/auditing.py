"""
The audit of derived data: compares each row of the views, and the numbers of each recorded report, with the log.

Nothing seals the views: whoever can write to their tables writes the figures that are read from them.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from random import SystemRandom
from typing import Any

from reformtrack.domain.errors import StoreError, StoreUnavailable, UnreadableRecord
from reformtrack.domain.kinds import ACTIVITY, REPORT
from reformtrack.domain.report import ReportCorrected, ReportIssued
from reformtrack.domain.timeline import Record, timeline
from reformtrack.domain.values import PlanId, StreamId, plan_of
from reformtrack.projection import Projection, latest_day, news_with
from reformtrack.store import view_tables
from reformtrack.store.application import RecordStore
from reformtrack.store.checking import Damage
from reformtrack.store.log import plan_ranges, range_of, whole_plan
from reformtrack.store.session import Session
from reformtrack.store.view_tables import Tracking
from reformtrack.views.past import is_counted, spoils
from reformtrack.views.plan import fold_plan
from reformtrack.views.report import wrong_numbers
from reformtrack.views.rows import activity_row, plan_row

Progress = Callable[[int, int], None]
Rows = list[tuple[Any, ...]]


def audit(store: RecordStore, projection: Projection, spot: int | None, progress: Progress | None) -> Iterator[Damage]:
    """
    Each report and each row of the views that differs from the log.

    Args:
        spot: of how many plans, drawn by chance; default: of all.
        progress: is told how many plans are done, of how many.
    """
    plans, reported = set[PlanId](), set[PlanId]()
    for stream in filter(is_counted, store.stream_ids()):
        plans.add(plan_of(stream))
        if REPORT.has(stream):
            reported.add(plan_of(stream))
    for plan in _some(reported, spot):
        yield from _wrong_reports(store, plan)
    try:
        yield from _wrong_views(store, projection, plans, spot, progress)
    except StoreUnavailable:
        raise
    except StoreError as error:  # tables that are gone, that are not as they were made, or that another role made
        yield Damage(0, f"the views are not held against the log: {error}")


def _some(plans: Collection[PlanId], spot: int | None) -> list[PlanId]:
    """So many of the plans; all unless a number is given."""
    return sorted(plans) if spot is None or spot >= len(plans) else SystemRandom().sample(sorted(plans), spot)


def _wrong_reports(store: RecordStore, plan: PlanId) -> Iterator[Damage]:
    """The reports and corrections of a plan whose numbers differ from the log at the time of issue."""
    streams, unreadable = store.streams([*plan_ranges(plan), range_of(REPORT, plan)])
    for stream in filter(REPORT.has, sorted(streams)):
        sent = [
            record for record in timeline(streams[stream]) if isinstance(record.event, ReportIssued | ReportCorrected)
        ]
        last = next((record.event.period.last for record in sent if isinstance(record.event, ReportIssued)), None)
        for record in sent:
            # The records behind a report must precede it and be readable: only then can its numbers be recomputed.
            content = record.event.content
            spoilt = [error for error in unreadable if spoils(error) and error.position <= content.position]
            if content.position >= record.position:
                what = f"{stream} rests on position {content.position}, which is not before its own"
                yield Damage(record.position, what)
            elif spoilt:
                yield Damage(record.position, f"the numbers of {stream} cannot be checked: {spoilt[0]}")
            elif last is not None:
                known = fold_plan(plan, streams, last, content.position)
                for key, says, gives in wrong_numbers(content, known):
                    what = f"{stream} says {says or 'nothing'} of {key!r}, and the log gave {gives or 'nothing'}"
                    yield Damage(record.position, f"{what} at position {content.position}")


def _wrong_views(
    store: RecordStore, projection: Projection, plans: set[PlanId], spot: int | None, progress: Progress | None
) -> Iterator[Damage]:
    """The rows of the views that differ from the log; views that are behind the log or being rebuilt are not damage."""
    begun = projection.tracking()
    if begun is None:
        return
    wrong, named = projection.read(partial(_of_all, store))
    yield from (Damage(0, text) for text in wrong)
    plans |= {PlanId(StreamId(plan)) for plan in named}
    chosen, latest = _some(plans, spot), ""
    for done, plan in enumerate(chosen, 1):
        wrong, day = projection.read(partial(_of_plan, store, plan, begun.position))
        yield from (Damage(0, text) for text in wrong)
        latest = max(latest, day)
        if progress:
            progress(done, len(chosen))
    if latest > begun.latest_day or (latest < begun.latest_day and len(chosen) == len(plans)):
        yield Damage(
            0, f"reformtrack_views says that the latest day is {begun.latest_day!r}, and the log gives {latest!r}"
        )


def _of_all(store: RecordStore, session: Session, tracking: Tracking) -> tuple[list[str], list[str]]:
    """The errors in the rows of all plans together, and the plans that have rows."""
    found, head = list(view_tables.wrong_sums(session, tracking.generation)), store.head()
    if tracking.position > head:
        found.append(f"reformtrack_views says position {tracking.position}, and the log ends at {head}")
    if (number := view_tables.number_read(session)) != 1:
        found.append(f"reformtrack_views has {number} generations that are read, and the log gives one")
    plans = view_tables.plans_with_rows(session, tracking.generation)
    found += [f"a row of the views is of the plan {plan!r}" for plan in plans if not isinstance(plan, str)]
    return found, [plan for plan in plans if isinstance(plan, str)]


def _of_plan(
    store: RecordStore, plan: PlanId, before: int, session: Session, tracking: Tracking
) -> tuple[list[str], str]:
    """The errors in the rows of a plan, from one snapshot with its records, and its latest day up to a position."""
    streams, unreadable = store.streams(whole_plan(plan))
    own = {
        stream: [record for record in records if record.position <= tracking.position]
        for stream, records in streams.items()
        if is_counted(stream) and plan_of(stream) == plan
    }
    spoilt = [error for error in unreadable if error.position <= tracking.position and is_counted(error.stream)]
    right = _rows(plan, own, spoilt)
    found = {name: view_tables.rows_of(session, tracking.generation, name, plan) for name in right}
    wrong = [text for name in right for text in view_tables.unlike(name, tracking.generation, right[name], found[name])]
    return wrong, max(
        (latest_day([r for r in records if r.position <= before]) for records in own.values()), default=""
    )


def _rows(
    plan: PlanId, streams: Mapping[StreamId, Sequence[Record[Any]]], unreadable: Sequence[UnreadableRecord]
) -> dict[str, Rows]:
    """The rows of a plan in each table that has rows of plans, from all of its records."""
    row = plan_row(plan, streams.get(plan, ()))
    activities = [activity_row(stream, streams[stream], row) for stream in streams if ACTIVITY.has(stream)]
    kept = [activity for activity in activities if activity]
    if row:
        row = row._replace(undocumented=sum(a.undocumented for a in kept), apart=sum(a.apart for a in kept))
    counts = Counter((a.plan, a.domain, a.lead, a.status, a.dated, a.due, a.late) for a in kept)
    # The news of a plan, readable or not; a plan with no readable record has only this row.
    news: tuple[int, int] | None = None
    for records in filter(None, streams.values()):
        news = news_with(news, records, 0)
    for error in unreadable:
        news = news_with(news, (), spoils(error))
    return {
        "plans": [row] if row else [],
        "activities": [*kept],
        "counts": [(*key, number) for key, number in counts.items()],
        "news": [(plan, *news)] if news else [],
    }
