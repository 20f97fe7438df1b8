"""
The audit of derived data: compares each row of the views, and the numbers of each recorded report, with the log.

Nothing seals the views: whoever can write to their tables writes the figures that are read from them.
"""

from collections.abc import Callable, Collection, Iterator
from functools import partial
from random import SystemRandom

from reformtrack.country.folding import is_counted, kept, latest_day, named_row, plan_table_row, read_row, spoils
from reformtrack.domain.errors import StoreError, StoreUnavailable
from reformtrack.domain.kinds import REPORT
from reformtrack.domain.report import ReportCorrected, ReportIssued
from reformtrack.domain.timeline import timeline
from reformtrack.domain.values import PlanId, StreamId, plan_of
from reformtrack.projection import Projection
from reformtrack.store import view_tables
from reformtrack.store.application import RecordStore
from reformtrack.store.checking import Damage
from reformtrack.store.log import plan_ranges, range_of
from reformtrack.store.session import Session
from reformtrack.store.view_tables import Tracking
from reformtrack.views.plan import fold_plan
from reformtrack.views.report import wrong_numbers

Progress = Callable[[int, int], None]


def audit(
    store: RecordStore, projection: Projection, spot: int | None, progress: Progress | None, repair: bool
) -> Iterator[Damage]:
    """
    Each report and each row of the views that differs from the log.

    Args:
        spot: of how many plans, drawn by chance; default: of all.
        progress: is told how many plans are done, of how many.
        repair: make anew what the views say of what differs.
    """
    plans, reported = set[PlanId](), set[PlanId]()
    for stream in filter(is_counted, store.stream_ids()):
        plans.add(plan_of(stream))
        if REPORT.has(stream):
            reported.add(plan_of(stream))
    for plan in _some(reported, spot):
        yield from _wrong_reports(store, plan)
    try:
        yield from _wrong_views(store, projection, plans, spot, progress, repair)
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
    store: RecordStore,
    projection: Projection,
    plans: set[PlanId],
    spot: int | None,
    progress: Progress | None,
    repair: bool,
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
        wrong, day = projection.read(partial(_of_plan, projection, plan, begun.position))
        yield from (Damage(0, text) for text in wrong)
        if wrong and repair:
            projection.refold(plan)
        latest = max(latest, day)
        if progress:
            progress(done, len(chosen))
    is_wrong = latest > begun.latest_day or (latest < begun.latest_day and len(chosen) == len(plans))
    if is_wrong:
        yield Damage(
            0, f"reformtrack_views says that the latest day is {begun.latest_day!r}, and the log gives {latest!r}"
        )
    if repair and (is_wrong or projection.read(partial(_of_all, store))[0]):
        projection.rebuild(None)


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
    projection: Projection, plan: PlanId, before: int, session: Session, tracking: Tracking
) -> tuple[list[str], str]:
    """The errors in the rows of a plan, from one snapshot with its records, and its latest day up to a position."""
    generation, names = tracking.generation, view_tables.names(session, tracking.generation)
    streams, spoilt = projection.records(plan, tracking.position)
    right = kept(plan, streams, spoilt)
    rows = {
        "plans": [plan_table_row(span) for span in right.folded.plan],
        "spans": [named_row(stream, span) for stream, span in right.folded.spans],
        "gaps": [*right.gaps],
        "news": [(plan, *right.news)] if right.news else [],
    }
    found = {name: view_tables.rows_of(session, generation, name, plan) for name in rows}
    found["spans"] = [read_row(row, names) for row in found["spans"]]
    wrong = [text for name in rows for text in view_tables.unlike(name, generation, rows[name], found[name])]
    return wrong, latest_day(record for records in streams.values() for record in records if record.position <= before)
