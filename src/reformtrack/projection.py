"""
The materialised views: kept up to date with the log, rebuilt beside the old ones, and queried for many plans at once.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, partial, reduce
from operator import add, attrgetter
from typing import Any, TypeVar

from reformtrack.country.across import Place, Wanted, places_after
from reformtrack.country.counting import id_of, lines_of, live_rows, silent_plans
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
    with_changes,
)
from reformtrack.country.trends import counts_of_days
from reformtrack.domain.errors import NotFound, StoreError, StoreUnavailable, UnreadableRecord
from reformtrack.domain.kinds import ACTIVITY
from reformtrack.domain.progress import CountingRule
from reformtrack.domain.said import said
from reformtrack.domain.tally import Tally
from reformtrack.domain.timeline import Record
from reformtrack.domain.values import PlanId, StreamId, plan_of
from reformtrack.store import view_tables
from reformtrack.store.application import RecordStore
from reformtrack.store.instants import text_of
from reformtrack.store.log import plan_ranges, stream_range, whole_plan
from reformtrack.store.patience import patiently
from reformtrack.store.session import Session
from reformtrack.store.view_tables import NEVER, NO_END, Known, Tracking
from reformtrack.telemetry import Attributes, spanned
from reformtrack.views.across import Across, AcrossLine
from reformtrack.views.plan import Plan, fold_plan
from reformtrack.views.rollup import Rollup, RollupBy, Silent
from reformtrack.views.rows import PlanRow, plan_row_now, plan_row_of
from reformtrack.views.trend import TrendPoint

_logger = logging.getLogger(__name__)

BATCH = 1_000
"""How many records are applied in a transaction."""

PAGE = 5_000
"""How many records and rows are read and written at a time in a rebuild."""

READS = 3
"""Retry budget of a reader under rebuilds."""

T = TypeVar("T")
Streams = Mapping[StreamId, Iterable[Record[Any]]]
_NOTHING = Known(0, "", 0, 0, 0, 0)
_PLACES = {"jurisdiction", "plan"}
_IS_OPEN = PlanRow._fields.index("is_open")


def _of_catching_up(found: tuple[int, int]) -> Attributes:
    return {"reformtrack.position": found[0], "reformtrack.records": found[1]}


def _of_rebuilding(position: int) -> Attributes:
    return {"reformtrack.position": position}


def _of_rollup(found: Rollup) -> Attributes:
    return {"reformtrack.by": " ".join(found.by), "reformtrack.position": found.position}


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
        """The position reached, and how many records were applied."""
        total = 0
        while True:
            position, applied = patiently(self._batch)
            total += applied
            if not applied:
                return position, total

    def _batch(self) -> tuple[int, int]:
        """Apply a batch, in one transaction; the position reached, and how many records were applied."""
        with self._store.transaction() as session:
            view_tables.prepare(session)
            tracking = view_tables.current(session) or _first(session)
            items = list(self._store.read(tracking.position, BATCH))
            if items:
                tracking = self._apply(session, tracking, items)
        return tracking.position, len(items)

    def _apply(self, session: Session, tracking: Tracking, items: Sequence[Item]) -> Tracking:
        """Bring the views up to the last of some records; spans that stay are not written."""
        generation, position, last = tracking.generation, tracking.position, items[-1].position
        by_plan: dict[PlanId, list[Item]] = {}
        for item in filter(lambda item: is_counted(item.stream), items):
            by_plan.setdefault(plan_of(item.stream), []).append(item)
        known = view_tables.known(session, generation, sorted(by_plan))
        touched = {
            plan: sorted({item.stream for item in readable(new) if ACTIVITY.has(item.stream)})
            for plan, new in by_plan.items()
        }
        ranges = [stream_range(stream) for plan, streams in touched.items() for stream in (plan, *streams)]
        streams = self._records(ranges, last)
        for plan, new in by_plan.items():
            before, records = known.get(plan, _NOTHING), readable(new)
            now = before._replace(unreadable=first_spoilt(before.unreadable, new))
            given = [point_of(before)] if before.position else []
            view_tables.add(session, generation, "gaps", gaps(plan, [*given, *map(point, records)]))
            if records:
                now = now._replace(position=records[-1].position, recorded_at=text_of(records[-1].recorded_at))
            if not before.is_live:
                of_one = {stream: streams.get(stream, ()) for stream in (plan, *touched[plan])}
                whole = partial(self._records, plan_ranges(plan), last)
                found = folded(plan, of_one, position, whole)
                if any(found) or now.unreadable != before.unreadable:
                    now = self._moved(session, generation, plan, found, position, now)
            view_tables.remove(session, generation, "news", [plan])
            view_tables.add(session, generation, "news", [(plan, *now)])
        everything = (record for new in by_plan.values() for record in readable(new))
        moved = Tracking(generation, last, max(tracking.latest_day, latest_day(everything)))
        view_tables.track(session, moved)
        return moved

    def _moved(
        self, session: Session, generation: int, plan: PlanId, found: Folded, position: int, news: Known
    ) -> Known:
        """Write what changed of a plan after a position, and count it anew. Returns the news of the plan."""
        was = view_tables.added(session, generation, plan)
        view_tables.remove(session, generation, "news", [plan])
        view_tables.add(session, generation, "news", [(plan, *news)])
        if found.is_live:
            for name in ("plans", "spans"):
                view_tables.remove(session, generation, name, [plan])
        else:
            self._write(session, generation, found, position)
        view_tables.move(session, generation, was, view_tables.added(session, generation, plan))
        changes = view_tables.changes(session, generation, NEVER - 1, NO_END - 1, plan)
        undocumented, apart = changes.get(plan, (0, 0))
        return news._replace(is_live=found.is_live, undocumented=undocumented, apart=apart)

    def _write(self, session: Session, generation: int, found: Folded, position: int) -> None:
        """Close the spans that were opened up to a position, and add the others."""
        own = [plan_table_row(span) for span in found.plan]
        ids = view_tables.ids(session, generation, names_in(found.spans)) if found.spans else {}
        of_activities = [span_table_row(stream, span, ids) for stream, span in found.spans]
        for name, rows, key in (("plans", own, 1), ("spans", of_activities, 2)):
            old = [row for row in rows if row[key] <= position]
            view_tables.close(session, generation, name, [(row[key + 2], *row[: key + 2]) for row in old])
            view_tables.add(session, generation, name, [row for row in rows if row[key] > position])

    def _records(self, ranges: Sequence[Any], up_to: int) -> dict[StreamId, list[Record[Any]]]:
        streams, _ = self._store.streams(ranges) if ranges else ({}, None)
        return {
            stream: [record for record in records if record.position <= up_to] for stream, records in streams.items()
        }

    def refold(self, plan: PlanId) -> None:
        """Make what is kept of a plan anew, from all of its records, as when one can be read that could not be."""
        self.catch_up()
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
            view_tables.add(session, generation, "news", [(plan, *found.news)])

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

    def plans(self, on: date, known_at: int | None) -> tuple[PlanRow, ...]:
        """The plans as they stood on a day, as known at a log position; None for all that is on record."""

        def found(session: Session, tracking: Tracking) -> tuple[PlanRow, ...]:
            generation, day = tracking.generation, on.toordinal()
            position = tracking.position if known_at is None else known_at
            if _is_now(tracking, on, known_at):
                news = view_tables.news(session, generation)
                changes = {plan: (known.undocumented, known.apart) for plan, known in news.items()}
            else:
                changes = view_tables.changes(session, generation, day, position)
            rows = [
                with_changes(row, changes.get(row[0], (0, 0)))
                for row in view_tables.plans(session, generation, day, position)
            ]
            _, live = view_tables.left_out(session, generation, position)
            folded = self._live(live, None, on, position)
            return tuple(sorted([*rows, *filter(None, map(plan_row_now, folded))], key=attrgetter("plan")))

        self.catch_up()
        return self.read(found)

    def _streams(self, plan: PlanId) -> Streams:
        """All records of a plan that can be read."""
        return self._store.streams(plan_ranges(plan))[0]

    def _live(
        self,
        live: Iterable[str],
        plans: Sequence[PlanId] | None,
        on: date,
        position: int,
        streams_of: Callable[[PlanId], Streams] | None = None,
    ) -> list[Plan]:
        """
        Of the plans that have too many spans, those of some plans, or all.

        Args:
            live: as `view_tables.left_out` gives them.
            streams_of: the records of a plan; read unless given.
        """
        read = streams_of or self._streams
        chosen = (PlanId(StreamId(plan)) for plan in live if plans is None or plan in plans)
        return [fold_plan(id, read(id), on, position) for id in chosen]

    def across(
        self, wanted: Wanted, plans: Sequence[PlanId] | None, known_at: int | None, after: Place, limit: int
    ) -> Across:
        """A page of activities of plans, after a place."""

        def found(session: Session, tracking: Tracking) -> Across:
            generation = tracking.generation
            position = tracking.position if known_at is None else known_at
            self._check_there(session, generation, plans, wanted.on, known_at)
            spoilt, live = view_tables.left_out(session, generation, position)
            folded = self._live(live, plans, wanted.on, position)
            places, total = places_after(session, generation, position, wanted, plans, spoilt, folded, after, limit + 1)
            return Across(
                on=wanted.on,
                position=position,
                total=total,
                lines=tuple(self._lines(places[:limit], wanted.on, position)),
                next=str(places[limit - 1]) if len(places) > limit else "",
                unreadable=tuple(id_of(plan) for plan in spoilt if plans is None or plan in plans),
            )

        self.catch_up()
        return self.read(found)

    def _lines(self, places: Sequence[Place], on: date, position: int) -> Iterator[AcrossLine]:
        """What is told of the activities at some places, from their records."""
        by_plan: dict[PlanId, set[str]] = {}
        for place in places:
            by_plan.setdefault(id_of(place.plan), {place.plan}).add(f"{place.plan}/{place.code}")
        streams = self._records([stream_range(one) for ids in by_plan.values() for one in sorted(ids)], position)
        parts = {
            plan: fold_plan(plan, {id: found for id, found in streams.items() if id in ids}, on, position)
            for plan, ids in by_plan.items()
        }
        for place in places:
            part = parts[id_of(place.plan)]
            one = part.activity(f"{place.plan}/{place.code}")
            yield AcrossLine(part.state.jurisdiction, part.state.title, one, part.notice)

    def _check_there(
        self, session: Session, generation: int, plans: Sequence[PlanId] | None, on: date, known_at: int | None
    ) -> None:
        """
        Refuse ids of which nothing was ever recorded: a mistyped one must not be counted as 0/0.

        Raises:
            NotFound: there is one.
        """
        there = view_tables.known(session, generation, plans or ())
        for plan in plans or ():
            if plan not in there:
                raise NotFound("plan", plan, on, known_at, said("the ids of plans on record"))

    @spanned("reformtrack.rollup", _of_rollup)
    def rollup(
        self,
        on: date,
        by: Sequence[RollupBy],
        plans: Sequence[PlanId] | None,
        rule: CountingRule,
        silence: tuple[int, int],
        known_at: int | None,
    ) -> Rollup:
        """
        The counts of plans.

        Args:
            silence: a plan is silent if its last record up to the second of these positions is not after the first.
            known_at: the log position up to which; None for all that is on record.
        """

        def found(session: Session, tracking: Tracking) -> Rollup:
            generation, day = tracking.generation, on.toordinal()
            position = tracking.position if known_at is None else known_at
            self._check_there(session, generation, plans, on, known_at)
            spoilt, many_spans = view_tables.left_out(session, generation, position)
            live = self._live(many_spans, plans, on, position)
            wanted = None if plans is None else set(plans)
            if plans is None and set(by) <= {"jurisdiction", "domain"} and _is_now(tracking, on, known_at):
                rows = view_tables.today(session, generation, day, by)
            else:
                rows = view_tables.counts(session, generation, day, position, by, plans, spoilt)
            there = {
                row[0]: row
                for row in (
                    *view_tables.plans(session, generation, day, position),
                    *filter(None, (plan_row_of(plan.id, plan.state) for plan in live)),
                )
                if row[0] not in spoilt and (wanted is None or row[0] in wanted)
            }
            places = [{"plan": row[0], "jurisdiction": row[1]} for row in there.values()] if by else []
            return Rollup(
                on=on,
                rule=rule,
                position=position,
                by=tuple(by),
                lines=lines_of(
                    rule,
                    by,
                    rows,
                    view_tables.names(session, generation),
                    [row for plan in live for row in live_rows(plan, by)],
                    [tuple(place[name] for name in by) for place in places] if {*by} <= _PLACES else (),
                ),
                unreadable=tuple(id_of(plan) for plan in spoilt if wanted is None or plan in wanted),
                silent=self._silent(
                    (plan, *latest)
                    for plan, latest in silent_plans(session, generation, silence, position).items()
                    if plan in there and there[plan][_IS_OPEN]
                ),
            )

        self.catch_up()
        return self.read(found)

    def trend(
        self,
        days: Sequence[date],
        ends: Sequence[int],
        by: Sequence[RollupBy],
        plans: Sequence[PlanId] | None,
        rule: CountingRule,
        known_at: int | None,
    ) -> tuple[TrendPoint, ...]:
        """
        The counts of plans on many days.

        Args:
            ends: the positions up to which each day is known at most.
        """

        def found(session: Session, tracking: Tracking) -> tuple[TrendPoint, ...]:
            generation, head = tracking.generation, tracking.position if known_at is None else known_at
            self._check_there(session, generation, plans, days[-1], known_at)
            positions = [min(end, head) for end in ends]
            left_out = cache(partial(view_tables.left_out, session, generation))
            streams_of = cache(self._streams)
            spoilt, _ = left_out(positions[-1])
            names = view_tables.names(session, generation)
            ordinals = [day.toordinal() for day in days]
            series = counts_of_days(session, generation, ordinals, positions, by, plans, spoilt)
            points = []
            for on, position, rows in zip(days, positions, series, strict=True):
                unreadable, live = left_out(position)
                readable_then = [plan for plan in spoilt if plan not in unreadable and (plans is None or plan in plans)]
                if readable_then:
                    rows += view_tables.counts(session, generation, on.toordinal(), position, by, readable_then, ())
                folded = self._live(live, plans, on, position, streams_of)
                of_live = [row for plan in folded for row in live_rows(plan, by)]
                lines = lines_of(rule, by, rows, names, of_live, ())
                total = reduce(add, lines.values(), Tally(rule=rule))
                left = tuple(id_of(plan) for plan in unreadable if plans is None or plan in plans)
                points.append(TrendPoint(on, position, lines, total, left))
            return tuple(points)

        self.catch_up()
        return self.read(found)

    def _silent(self, found: Iterable[tuple[str, int, str]]) -> tuple[Silent, ...]:
        """Plans with the position and the instant of their latest record, the longest silent first."""
        meant = self._store.instants.meaning()
        silent = (Silent(id_of(plan), meant(position, at)) for plan, position, at in found)
        return tuple(sorted(silent, key=attrgetter("recorded_at", "plan")))

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


def _is_now(tracking: Tracking, on: date, known_at: int | None) -> bool:
    """Whether a day is from the latest one on, and all that is on record is asked for."""
    return known_at is None and on.isoformat() >= tracking.latest_day
