"""Writes the views and the log to files, as they are at one position of the log."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import attrs

from reformtrack.domain.values import PlanId, StreamId
from reformtrack.extras import extra
from reformtrack.projection import Projection
from reformtrack.store import view_reads, view_tables
from reformtrack.store.application import RecordStore
from reformtrack.store.session import Session
from reformtrack.store.streams import plan_ranges
from reformtrack.store.view_tables import Tracking
from reformtrack.store.whole_file import whole
from reformtrack.views.plan import Plan, fold_plan
from reformtrack.views.rows import plan_row_now


@attrs.frozen(kw_only=True)
class ParquetExport:
    """Result of an export to Parquet files."""

    position: int
    """The log position up to which everything is in the files."""
    latest_day: date | None
    """The latest day of a fact up to there; the tables are right for it and every day after. None when there is no fact."""
    plans: int
    activities: int
    spans: int
    records: int
    unreadable: tuple[PlanId, ...]
    """The plans that are not in the tables, because a record of them cannot be read."""
    live: tuple[PlanId, ...] = ()
    """The plans that have no spans, because they have too many; see `Views.live`."""


def export_parquet(
    store: RecordStore, projection: Projection, folder: Path, progress: Callable[[int, int], None] | None
) -> ParquetExport:
    """Write the views and the log, up to the position of the views, to files."""
    with extra("analytics"):
        from reformtrack.analytics import files

    def written(session: Session, tracking: Tracking) -> ParquetExport:
        generation, position = tracking.generation, tracking.position
        news = view_tables.news(session, generation)
        unreadable, live = view_tables.left_out(session, generation, position)
        said = {"position": position, "latest_day": tracking.latest_day, "unreadable": unreadable, "live": live}
        meant = store.instants.meaning()

        def readable_plans() -> Iterator[Plan]:
            for id in (PlanId(StreamId(plan)) for plan in news if plan not in unreadable):
                streams, _ = store.streams(plan_ranges(id))
                yield fold_plan(id, streams, date.max, position)

        def plan_rows() -> Iterator[Sequence[Any]]:
            for plan in readable_plans():
                if row := plan_row_now(plan):
                    yield *row, meant(news[plan.id].position, news[plan.id].recorded_at)

        activity_rows = (files.activity_row(one, plan) for plan in readable_plans() for one in plan.activities)
        names, spans_ = (
            view_tables.names(session, generation),
            view_reads.all_spans(session, generation, files.ROW_GROUP),
        )
        span_rows = (files.span_row(row, names) for row in spans_ if row[0] not in unreadable)
        encode, items = store.mapper.registry.encode, store.all_after(0, position)
        log_rows = (files.log_row(item, encode) for item in items)
        folder.mkdir(parents=True, exist_ok=True)
        paths = (folder / f"{name}.parquet" for name in ("plans", "activities", "spans", "log"))
        with whole(*paths) as (plans, activities, spans, log):
            return ParquetExport(
                position=position,
                latest_day=date.fromisoformat(tracking.latest_day) if tracking.latest_day else None,
                plans=files.write(plans, files.PLANS, plan_rows(), said),
                activities=files.write(activities, files.ACTIVITIES, activity_rows, said),
                spans=files.write(spans, files.SPANS, span_rows, said),
                live=tuple(PlanId(StreamId(plan)) for plan in live),
                records=files.write(
                    log, files.LOG, log_rows, said, progress and (lambda row: progress(row[0], position))
                ),
                unreadable=tuple(PlanId(StreamId(plan)) for plan in unreadable),
            )

    return projection.up_to_date(written)
