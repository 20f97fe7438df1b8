"""
The audit of derived data: compares each row of the views, and the numbers of each recorded report, with the log.

Nothing seals the views: whoever can write to their tables writes the figures that are read from them.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from random import SystemRandom

from reformtrack.country.folding import is_counted, kept, latest_day, named_row, plan_table_row, read_row, spoils
from reformtrack.domain.errors import StoreError, StoreUnavailable, UnreadableRecord
from reformtrack.domain.kinds import REPORT
from reformtrack.domain.report import ReportCorrected, ReportIssued
from reformtrack.domain.said import said, sentence
from reformtrack.domain.timeline import timeline
from reformtrack.domain.values import PlanId, StreamId, plan_of
from reformtrack.projection import Projection
from reformtrack.store import view_damage, view_tables
from reformtrack.store.application import RecordStore
from reformtrack.store.checking import Damage
from reformtrack.store.log_file import Progress
from reformtrack.store.session import Session
from reformtrack.store.streams import plan_ranges, range_of
from reformtrack.store.view_tables import Known, Tracking
from reformtrack.views.plan import fold_plan
from reformtrack.views.report import wrong_numbers


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
        yield Damage(0, said("the views are not held against the log: {error}", error=error.words))


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
                what = said(
                    "{stream} rests on position {position}, which is not before its own",
                    stream=stream,
                    position=content.position,
                )
                yield Damage(record.position, what)
            elif spoilt:
                what = said("the numbers of {stream} cannot be checked: {error}", stream=stream, error=spoilt[0].words)
                yield Damage(record.position, what)
            elif last is not None:
                known = fold_plan(plan, streams, last, content.position)
                for key, says, gives in wrong_numbers(content, known):
                    what = said(
                        "{stream} says {says} of {key}, and the log gave {gives} at position {position}",
                        stream=stream,
                        says=says or said("nothing"),
                        key=repr(key),
                        gives=gives or said("nothing"),
                        position=content.position,
                    )
                    yield Damage(record.position, what)


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
    named = projection.read(lambda session, tracking: view_damage.plans_with_rows(session, tracking.generation))
    plans |= {PlanId(StreamId(plan)) for plan in named if isinstance(plan, str)}
    chosen, latest, more = _some(plans, spot), "", Counter[tuple[str, int]]()
    for done, plan in enumerate(chosen, 1):
        wrong, day, sums, spoilt = projection.read(partial(_of_plan, projection, plan, begun.position))
        if spot is not None:  # the check of all records names each that cannot be read
            yield from (Damage(error.position, error.words) for error in spoilt)
        if wrong and repair:
            projection.refold(plan)
            left, _, sums, _ = projection.read(partial(_of_plan, projection, plan, begun.position))
            yield from (Damage(0, text, text not in left) for text in wrong)
        else:
            yield from (Damage(0, text) for text in wrong)
        more.update(sums)
        latest = max(latest, day)
        if progress:
            progress(done, len(chosen))

    def of_all(session: Session, tracking: Tracking) -> list[str]:
        found = _of_all(store, more, session, tracking)
        if latest > tracking.latest_day or (latest < begun.latest_day and len(chosen) == len(plans)):
            what = sentence("reformtrack_views says that the latest day is {day}, and the log gives {right}")
            found.append(said(what, day=repr(tracking.latest_day), right=repr(latest)))
        return found

    wrong, left = projection.read(of_all), []
    if wrong and repair:
        projection.rebuild(None)
        more.clear()
        left = projection.read(of_all)
    yield from (Damage(0, text, repair and text not in left) for text in wrong)


def _of_all(store: RecordStore, more: view_damage.Sums, session: Session, tracking: Tracking) -> list[str]:
    """The errors in the rows of all plans together."""
    found: list[str] = [*view_damage.wrong_sums(session, tracking.generation, more)]
    head = store.head()
    if tracking.position > head:
        what = sentence("reformtrack_views says position {position}, and the log ends at {head}")
        found.append(said(what, position=tracking.position, head=head))
    if (number := view_tables.number_read(session)) != 1:
        found.append(
            said("reformtrack_views has {count} generations that are read, and the log gives one", count=number)
        )
    plans = view_damage.plans_with_rows(session, tracking.generation)
    found += [
        said("a row of the views is of the plan {plan}", plan=repr(plan)) for plan in plans if not isinstance(plan, str)
    ]
    return found


def _of_plan(
    projection: Projection, plan: PlanId, before: int, session: Session, tracking: Tracking
) -> tuple[Sequence[str], str, view_damage.Sums, Sequence[UnreadableRecord]]:
    """
    The errors in the rows of a plan, from one snapshot with its records; its latest day up to a position; by how much its
    right rows give more to the counts of today than those that are there; and its records that cannot be read.
    """
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
    wrong = [text for name in rows for text in view_damage.unlike(name, generation, rows[name], found[name])]
    day = latest_day(record for records in streams.values() for record in records if record.position <= before)
    if not wrong:
        return wrong, day, {}, spoilt
    is_spoilt = [any(Known(*row[1:]).unreadable for row in table["news"]) for table in (rows, found)]
    more, there = (
        Counter() if left_out else Counter(view_damage.sums_of(table["spans"]))
        for left_out, table in zip(is_spoilt, (rows, found), strict=True)
    )
    more.subtract(there)
    return wrong, day, more, spoilt
