"""The materialised views: kept up to date with the log, and rebuilt beside the old ones."""

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from reformtrack.country.counting import id_of
from reformtrack.country.folding import (
    Folded,
    Item,
    Kept,
    first_spoilt,
    folded,
    gaps,
    is_counted,
    kept,
    latest_day,
    names_in,
    plan_table_row,
    point,
    point_of,
    readable,
    span_table_row,
)
from reformtrack.domain.errors import StoreError, StoreUnavailable, UnreadableRecord
from reformtrack.domain.gathered import grouped
from reformtrack.domain.kinds import ACTIVITY
from reformtrack.domain.timeline import Record
from reformtrack.domain.values import PlanId, StreamId, plan_of
from reformtrack.store import view_reads, view_tables
from reformtrack.store.application import RecordStore
from reformtrack.store.instants import text_of
from reformtrack.store.patience import patiently
from reformtrack.store.session import Session
from reformtrack.store.streams import plan_ranges, stream_range, whole_plan
from reformtrack.store.view_tables import NEVER, NO_END, Known, Tracking
from reformtrack.telemetry import Attributes, spanned

_logger = logging.getLogger(__name__)

BATCH = 1_000
"""How many records are applied in a transaction."""

PAGE = 5_000
"""How many records and rows are read and written at a time in a rebuild."""

READS = 3
"""Retry budget of a reader under rebuilds."""

T = TypeVar("T")
_NOTHING = Known(0, "", 0, 0, 0, 0)


def _of_catching_up(found: tuple[int, int]) -> Attributes:
    return {"reformtrack.position": found[0], "reformtrack.records": found[1]}


def _of_rebuilding(position: int) -> Attributes:
    return {"reformtrack.position": position}


def records_in(store: RecordStore, ranges: Sequence[Any], up_to: int) -> dict[StreamId, list[Record[Any]]]:
    """The records of some ranges of a log up to a position, by stream."""
    streams, _ = store.streams(ranges) if ranges else ({}, None)
    return {stream: [record for record in records if record.position <= up_to] for stream, records in streams.items()}


class Projection:
    """Keeps the views of a store."""

    def __init__(self, store: RecordStore) -> None:
        self._store = store
        self._prepared = False

    def catch_up(self) -> int:
        """Apply what is new in the log, batch by batch, each with its position in one transaction. Returns the position."""
        position, _ = self._caught_up()
        return position

    @spanned("reformtrack.catch_up", _of_catching_up)
    def _caught_up(self) -> tuple[int, int]:
        """The position reached, at least the head of the log at the start; and how many records were applied."""
        head = total = 0
        while True:
            position, applied = patiently(self._batch)
            total += applied
            if not applied:
                return position, total
            head = head or self._store.head()  # read once, so that steady appends do not keep it going
            if position >= head:
                return position, total

    def _batch(self) -> tuple[int, int]:
        """Apply a batch, in one transaction; the position reached, and how many records were applied."""
        with self._store.transaction() as session:
            view_tables.prepare(session)  # in each batch: the file may have been restored meanwhile
            tracking = view_tables.current(session) or _first(session)
            items = list(self._store.read(tracking.position, BATCH))
            if items:
                tracking = self._apply(session, tracking, items)
        return tracking.position, len(items)

    def _apply(self, session: Session, tracking: Tracking, items: Sequence[Item]) -> Tracking:
        """Bring the views up to the last of some records; spans that stay are not written."""
        generation, position, last = tracking.generation, tracking.position, items[-1].position
        by_plan = grouped((plan_of(item.stream), item) for item in items if is_counted(item.stream))
        known = view_tables.known(session, generation, sorted(by_plan))
        touched = {
            plan: sorted({item.stream for item in readable(new) if ACTIVITY.has(item.stream)})
            for plan, new in by_plan.items()
        }
        ranges = [stream_range(stream) for plan, streams in touched.items() for stream in (plan, *streams)]
        streams = records_in(self._store, ranges, last)
        for plan, new in by_plan.items():
            before, records = known.get(plan, _NOTHING), readable(new)
            now = before._replace(unreadable=first_spoilt(before.unreadable, new))
            given = [point_of(before)] if before.position else []
            view_tables.add(session, generation, "gaps", gaps(plan, [*given, *map(point, records)]))
            if records:
                now = now._replace(position=records[-1].position, recorded_at=text_of(records[-1].recorded_at))
            if not before.is_live:
                of_one = {stream: streams.get(stream, ()) for stream in (plan, *touched[plan])}
                whole = partial(records_in, self._store, plan_ranges(plan), last)
                found = folded(plan, of_one, position, whole)
                if any(found) or now.unreadable != before.unreadable:
                    now = self._moved(session, generation, plan, found, position, before, now)
            view_tables.tell(session, generation, plan, now)
        everything = (record for new in by_plan.values() for record in readable(new))
        moved = Tracking(generation, last, max(tracking.latest_day, latest_day(everything)))
        view_tables.track(session, moved)
        return moved

    def _moved(
        self, session: Session, generation: int, plan: PlanId, found: Folded, position: int, before: Known, now: Known
    ) -> Known:
        """Write what changed of a plan after a position, and count it anew. Returns the news of the plan."""
        was = view_tables.added(session, generation, plan, before)
        if found.is_live:
            for name in ("plans", "spans"):
                view_tables.remove(session, generation, name, [plan])
        else:
            self._write(session, generation, found, position)
        view_tables.move(session, generation, was, view_tables.added(session, generation, plan, now))
        changes = view_reads.changes(session, generation, NEVER - 1, NO_END - 1, plan)
        undocumented, apart = changes.get(plan, (0, 0))
        return now._replace(is_live=found.is_live, undocumented=undocumented, apart=apart)

    def _write(self, session: Session, generation: int, found: Folded, position: int) -> None:
        """Close the spans that were opened up to a position, and add the others."""
        own = [plan_table_row(span) for span in found.plan]
        ids = view_tables.ids(session, generation, names_in(found.spans)) if found.spans else {}
        of_activities = [span_table_row(stream, span, ids) for stream, span in found.spans]
        for name, rows, key in (("plans", own, 1), ("spans", of_activities, 2)):
            old = [row for row in rows if row[key] <= position]
            view_tables.close(session, generation, name, [(row[key + 2], *row[: key + 2]) for row in old])
            view_tables.add(session, generation, name, [row for row in rows if row[key] > position])

    def refold(self, plan: PlanId) -> None:
        """Make what is kept of a plan anew, up to where the views are, as when a record can be read that could not be."""
        if self.tracking():  # which also makes the tables of a new store
            patiently(lambda: self._refold(plan))

    def _refold(self, plan: PlanId) -> None:
        with self._store.transaction() as session:
            tracking = view_tables.current(session)
            if tracking is None:
                return
            generation = tracking.generation
            found = kept(plan, *self.records(plan, tracking.position))
            for name in ("plans", "spans", "gaps", "news"):
                view_tables.remove(session, generation, name, [plan])
            self._put(session, generation, plan, found)
            view_tables.sum_up(session, generation)  # of all: what the plan added before may have been anything

    def _put(self, session: Session, generation: int, plan: PlanId, found: Kept) -> None:
        """Add what is kept of a plan."""
        view_tables.add(session, generation, "gaps", found.gaps)
        self._write(session, generation, found.folded, 0)
        if found.news:
            view_tables.tell(session, generation, plan, found.news)

    def live(self) -> tuple[PlanId, ...]:
        """The plans that have too many spans, and are answered from their records; none where there are no views."""
        if self.tracking() is None:
            return ()
        _, live = self.read(lambda session, tracking: view_tables.left_out(session, tracking.generation, 0))
        return tuple(map(id_of, live))

    def records(self, plan: PlanId, position: int) -> tuple[dict[StreamId, list[Record[Any]]], list[UnreadableRecord]]:
        """The records of a plan up to a position that are counted, and those that cannot be read."""
        streams, unreadable = self._store.streams(whole_plan(plan))
        own = {
            stream: [record for record in records if record.position <= position]
            for stream, records in streams.items()
            if is_counted(stream) and plan_of(stream) == plan
        }
        return own, [e for e in unreadable if e.position <= position and is_counted(e.stream)]

    @spanned("reformtrack.rebuild", _of_rebuilding)
    def rebuild(self, progress: Callable[[int, int], None] | None) -> int:
        """Rebuild the views beside those in use, then replace them. Returns the position."""
        start = time.perf_counter()
        position = patiently(lambda: self._rebuild(progress))
        _logger.info("views rebuilt", extra={"position": position, "seconds": time.perf_counter() - start})
        return position

    def _rebuild(self, progress: Callable[[int, int], None] | None) -> int:
        with self._store.transaction() as session:
            view_tables.prepare(session)
            generation = view_tables.begin(session)
        head = self._store.head()
        made: dict[PlanId, Kept] = {}
        latest, done, size = "", 0, 0

        def write() -> None:
            with self._store.transaction() as session:
                for plan, found in made.items():
                    self._put(session, generation, plan, found)
            made.clear()
            if progress:
                progress(min(done, head), head)

        for plan in sorted({plan_of(stream) for stream in self._store.stream_ids() if is_counted(stream)}):
            streams, spoilt = self.records(plan, head)
            made[plan] = kept(plan, streams, spoilt)
            latest = max(latest, *map(latest_day, streams.values()))
            done, size = done + sum(map(len, streams.values())), size + len(made[plan].folded.spans)
            if size >= PAGE:
                write()
                size = 0
        write()
        with self._store.transaction() as session:
            view_tables.index(session, generation)
            view_tables.sum_up(session, generation)
            tracking = Tracking(generation, head, latest)
            view_tables.track(session, tracking)
            while items := list(self._store.read(tracking.position, BATCH)):  # so that no reader is taken back
                tracking = self._apply(session, tracking, items)
            view_tables.make_current(session, generation)
        if progress:
            progress(head, head)
        return tracking.position

    def position(self) -> int:
        """The position of the views, without bringing them up to date; 0 when there are none."""
        tracking = self.tracking()
        return tracking.position if tracking else 0

    def tracking(self) -> Tracking | None:
        """The current generation of views, without bringing it up to date; None when there is none."""

        def tracking() -> Tracking | None:
            if not self._prepared:
                with self._store.transaction() as session:
                    view_tables.prepare(session)
                self._prepared = True
            with self._store.moment() as session:
                return view_tables.current(session)

        return patiently(tracking)

    def up_to_date(self, answer: Callable[[Session, Tracking], T]) -> T:
        """An answer of the current views, after everything on record by now was applied."""
        self.catch_up()
        return self.read(answer)

    def read(self, answer: Callable[[Session, Tracking], T]) -> T:
        """An answer of the current views, without bringing them up to date, from one snapshot that includes the log."""
        return patiently(lambda: self._read_current(answer))

    def _read_current(self, answer: Callable[[Session, Tracking], T]) -> T:
        """Retry when a rebuild dropped this generation under the reader."""
        for attempt in range(1, READS + 1):
            try:
                with self._store.moment() as session:
                    tracking = view_tables.current(session)
                    if tracking is None:
                        raise StoreError(
                            "the views were rebuilt repeatedly while they were read; accepted: the same call again"
                        )
                    return answer(session, tracking)
            except StoreError as error:
                if attempt == READS or isinstance(error, StoreUnavailable):
                    raise
        raise AssertionError("the last attempt answers or raises")


def _first(session: Session) -> Tracking:
    """The views of an empty log, used before the first ones exist."""
    generation = view_tables.begin(session)
    view_tables.index(session, generation)
    view_tables.make_current(session, generation)
    return Tracking(generation, 0, "")
