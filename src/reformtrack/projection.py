"""
The materialised views: kept up to date with the log, made anew beside the old, and asked about many plans at once.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeVar

from reformtrack.domain.errors import StoreError, StoreUnavailable, UnreadableRecord
from reformtrack.domain.kinds import ACTIVITY
from reformtrack.domain.progress import CountingRule
from reformtrack.domain.tally import Tally
from reformtrack.domain.timeline import Record, RecordRetracted
from reformtrack.domain.values import PlanId, StreamId, plan_of
from reformtrack.store import view_tables
from reformtrack.store.application import RecordStore
from reformtrack.store.log import plan_ranges, stream_range, whole_plan
from reformtrack.store.patience import patiently
from reformtrack.store.session import Session
from reformtrack.store.view_tables import Known, Tracking
from reformtrack.telemetry import Attributes, spanned
from reformtrack.views.past import PastCounts, is_counted, spoils
from reformtrack.views.plan import fold_plan
from reformtrack.views.rollup import Rollup, RollupBy, Silent, TotalLines, lines_of
from reformtrack.views.rows import ActivityRow, PlanRow, activity_row, plan_row

_logger = logging.getLogger(__name__)

BATCH = 1_000
"""How many records are applied in a transaction."""

PAGE = 5_000
"""How many records, and rows, are read and written at a time when views are made anew."""

NO_END = 2**63 - 1
"""A position that no log reaches."""

READS = 3
"""How often views are read that are made anew in the same moment."""

T = TypeVar("T")

Item = Record[Any] | UnreadableRecord


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
        """Bring the views up to the last of some records; what they do not change is not written."""
        generation, last = tracking.generation, items[-1].position
        items = [item for item in items if is_counted(item.stream)]
        plans = sorted({plan_of(item.stream) for item in items})
        touched = {record.stream for record in _readable(items) if ACTIVITY.has(record.stream)}
        known = view_tables.known(session, generation, plans)
        streams = self._records([stream_range(stream) for stream in (*plans, *sorted(touched))], last)
        rows = {plan: plan_row(plan, streams.pop(plan, [])) for plan in plans}
        news = _news(items, known)
        new_plans = {plan: row for plan, row in rows.items() if _own(row) != _own(_row(known, plan))}
        # A plan that is not adopted any more, or confirms its completions from now on, changes the rows of all its activities.
        for plan, row in new_plans.items():
            if _binds(row) != _binds(_row(known, plan)):
                streams |= self._records(plan_ranges(plan)[1:], last)
        names = sorted(streams.keys() | touched)
        activities = {name: activity_row(name, streams.get(name, ()), rows[plan_of(name)]) for name in names}
        old = view_tables.activity_rows(session, generation, names)
        new_activities = {name: row for name, row in activities.items() if row != old.get(name)}
        spoilt = {plan for plan in plans if news[plan][1] != (known[plan].unreadable if plan in known else 0)}
        counted = sorted({plan_of(name) for name in new_activities} | new_plans.keys() | spoilt)
        added = {plan: view_tables.contribution(session, generation, plan) for plan in counted}
        _put(session, generation, "plans", new_plans)
        _put(session, generation, "activities", new_activities)
        view_tables.sum_changes(session, generation, counted)
        view_tables.count(session, generation, counted)
        _put(session, generation, "news", {plan: (plan, *told) for plan, told in news.items()})
        for plan, contribution in added.items():
            view_tables.move(session, generation, contribution, view_tables.contribution(session, generation, plan))
        moved = Tracking(generation, last, max(tracking.latest_day, latest_day(_readable(items))))
        view_tables.track(session, moved)
        return moved

    def _records(self, ranges: Sequence[Any], up_to: int) -> dict[StreamId, list[Record[Any]]]:
        streams, _ = self._store.streams(ranges) if ranges else ({}, None)
        return {
            stream: [record for record in records if record.position <= up_to] for stream, records in streams.items()
        }

    @spanned("reformtrack.rebuild", _of_rebuilding)
    def rebuild(self, progress: Callable[[int, int], None] | None) -> int:
        """Make the views anew beside those that are read, and put them in their place. Returns the position."""
        start = time.perf_counter()
        position = patiently(lambda: self._rebuild(progress))
        _logger.info("views made anew", extra={"position": position, "seconds": time.perf_counter() - start})
        return position

    def _rebuild(self, progress: Callable[[int, int], None] | None) -> int:
        with self._store.transaction() as session:
            view_tables.prepare(session)
            generation = view_tables.begin(session)
        head = self._store.head()
        plans: dict[PlanId, PlanRow | None] = {}
        news: dict[str, tuple[int, int]] = {}
        latest, done, activities = "", 0, list[ActivityRow]()
        for stream, group in groupby(self._store.by_stream(head, PAGE), key=attrgetter("stream")):
            items = list(group)
            if not is_counted(stream):
                continue
            records, plan = _readable(items), plan_of(stream)
            if plan == stream:
                plans[plan] = plan_row(plan, records)
            elif ACTIVITY.has(StreamId(stream)) and (row := activity_row(StreamId(stream), records, plans.get(plan))):
                activities.append(row)
            news[plan] = news_with(news.get(plan), records, sum(map(spoils, items)))
            latest, done = max(latest, latest_day(records)), done + len(items)
            if len(activities) >= PAGE:
                with self._store.transaction() as session:
                    view_tables.add(session, generation, "activities", activities)
                activities = []
                if progress:
                    progress(done, head)
        with self._store.transaction() as session:
            view_tables.add(session, generation, "activities", activities)
            view_tables.add(session, generation, "plans", [row for row in plans.values() if row])
            view_tables.add(session, generation, "news", [(plan, *told) for plan, told in news.items()])
            view_tables.index(session, generation)
            view_tables.sum_changes(session, generation)
            view_tables.count(session, generation)
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
        """How far the views are, without bringing them up to date; 0 when there are none."""
        tracking = self.tracking()
        return tracking.position if tracking else 0

    def tracking(self) -> Tracking | None:
        """The views that are read, without bringing them up to date; None when there are none."""

        def tracking() -> Tracking | None:
            if not self._prepared:
                with self._store.transaction() as session:
                    view_tables.prepare(session)
                self._prepared = True
            with self._store.moment() as session:
                return view_tables.current(session)

        return patiently(tracking)

    def plans(self) -> tuple[PlanRow, ...]:
        """The plans as the views have them."""
        self.catch_up()
        return self.read(lambda session, tracking: tuple(PlanRow(*row) for row in _plan_rows(session, tracking)))

    def plans_as_known(self, on: date, known_at: int | None) -> tuple[PlanRow, ...]:
        """The plans as they stood on a day, as known then, from their own records."""
        rows = []
        for id in self._on_record():
            streams, _ = self._store.streams(plan_ranges(id))
            if row := plan_row(id, streams.get(id, ()), on, known_at):
                version = fold_plan(id, streams, on, known_at).plan_version
                rows.append(row._replace(undocumented=version.undocumented, apart=version.apart))
        return tuple(rows)

    def _on_record(self) -> list[PlanId]:
        self.catch_up()
        found = self.read(lambda session, tracking: view_tables.plans_on_record(session, tracking.generation))
        return [PlanId(StreamId(plan)) for plan in found]

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
        The counts of plans, from the views where they hold what was known then of the day, else from the records.

        Args:
            silence: a plan is silent if its last record up to the second of these positions is not after the first.
            known_at: the log position up to which; None for all that is on record.
        """

        def counted(session: Session, tracking: Tracking) -> Rollup | int:
            # The views know no day before the latest, and no less than all records: those are folded, outside of here.
            generation = tracking.generation
            if known_at is not None or on.isoformat() < tracking.latest_day or tracking.position > silence[1]:
                return tracking.position
            unreadable = view_tables.unreadable(session, generation)
            lines: Mapping[tuple[str, ...], Tally]
            if plans is None and set(by) <= {"jurisdiction", "domain"}:
                lines = TotalLines(rule, *view_tables.totals(session, generation, on.isoformat(), by), len(by))
            else:
                lines = lines_of(rule, view_tables.sums(session, generation, on.isoformat(), by, plans), by)
            silent = view_tables.silent(session, generation, silence[0], plans)
            wanted = None if plans is None else set(plans)
            return Rollup(
                on=on,
                rule=rule,
                position=tracking.position,
                by=tuple(by),
                lines=lines,
                unreadable=tuple(PlanId(StreamId(plan)) for plan in unreadable if wanted is None or plan in wanted),
                silent=self._silent(silent),
            )

        self.catch_up()
        answer = self.read(counted)
        if isinstance(answer, Rollup):
            return answer
        position, found = answer if known_at is None else known_at, PastCounts(by, silence)
        for id in self._on_record() if plans is None else plans:
            streams, spoilt = self._store.streams(whole_plan(id))
            found.add(id, streams, spoilt, on, position)
        return Rollup(
            on=on,
            rule=rule,
            position=position,
            by=tuple(by),
            lines=lines_of(rule, found.rows, by),
            unreadable=tuple(found.unreadable),
            silent=self._silent(found.silent),
        )

    def _silent(self, found: Sequence[tuple[str, int, str]]) -> tuple[Silent, ...]:
        """Plans with the position and the instant of their latest record, the longest silent first."""
        meant = self._store.instants.meaning()
        silent = (Silent(PlanId(StreamId(plan)), meant(position, at)) for plan, position, at in found)
        return tuple(sorted(silent, key=attrgetter("recorded_at", "plan")))

    def read(self, answer: Callable[[Session, Tracking], T]) -> T:
        """What the current views answer, without bringing them up to date: of one moment, in which the log is read too."""
        return patiently(lambda: self._read_current(answer))

    def _read_current(self, answer: Callable[[Session, Tracking], T]) -> T:
        """Views that were made anew twice while they are read are gone: they are read again."""
        for attempt in range(1, READS + 1):
            try:
                with self._store.moment() as session:
                    tracking = view_tables.current(session)
                    if tracking is None:
                        raise StoreError("the views are gone while they are read; accepted: the same call again")
                    return answer(session, tracking)
            except StoreError as error:
                if attempt == READS or isinstance(error, StoreUnavailable):
                    raise
        raise AssertionError("the last attempt answers or raises")


def _plan_rows(session: Session, tracking: Tracking) -> list[tuple[Any, ...]]:
    return view_tables.plan_rows(session, tracking.generation)


def _first(session: Session) -> Tracking:
    """The views of an empty log, where there are none yet."""
    generation = view_tables.begin(session)
    view_tables.index(session, generation)
    view_tables.make_current(session, generation)
    return Tracking(generation, 0, "")


def _row(known: Mapping[str, Known], plan: PlanId) -> tuple[Any, ...] | None:
    return known[plan].row if plan in known else None


def _binds(row: tuple[Any, ...] | None) -> Any:
    """What of a plan's row the rows of its activities depend on."""
    return row and (PlanRow(*row).confirmation_required, PlanRow(*row).documented_on)


def _own(row: tuple[Any, ...] | None) -> Any:
    """What of a plan's row its own records say."""
    return row and PlanRow(*row)._replace(undocumented=0, apart=0)


def _readable(items: Sequence[Item]) -> list[Record[Any]]:
    return [item for item in items if isinstance(item, Record)]


def latest_day(records: Sequence[Record[Any]]) -> str:
    """The latest day of a fact, as ISO text; empty when there is none."""
    days = [record.event.on for record in records if type(record.event) is not RecordRetracted]
    return max(days).isoformat() if days else ""


def news_with(before: tuple[int, int] | None, records: Sequence[Record[Any]], more_unreadable: int) -> tuple[int, int]:
    """(position of the latest record, number of unreadable ones), with more records of one stream of a plan."""
    position, unreadable = before or (0, 0)
    if records:  # the last one of a stream is its latest
        position = max(position, records[-1].position)
    return position, unreadable + more_unreadable


def _news(items: Sequence[Item], known: Mapping[str, Known]) -> dict[PlanId, tuple[int, int]]:
    """(position of the latest record, number of unreadable ones) of the plans of more records."""
    told: dict[PlanId, tuple[int, int]] = {}
    for item in items:
        plan = plan_of(item.stream)
        records = _readable([item])
        before = told.get(plan) or (known[plan][:2] if plan in known else None)
        told[plan] = news_with(before, records, spoils(item))
    return told


def _put(session: Session, generation: int, name: str, rows: Mapping[Any, Sequence[Any] | None]) -> None:
    """Rows by their keys; None takes one out."""
    view_tables.remove(session, generation, name, list(rows))
    view_tables.add(session, generation, name, [row for row in rows.values() if row])
