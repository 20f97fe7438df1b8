"""Answers about many plans at once, from the materialised views; what stays out of them is folded from its records."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from functools import cache, partial, reduce
from itertools import chain
from operator import add, attrgetter
from typing import Any

from reformtrack.country.across import Place, Wanted, places_after
from reformtrack.country.counting import id_of, lines_of, live_rows, of_leads, silent_plans
from reformtrack.country.folding import with_changes
from reformtrack.country.trends import counts_of_days
from reformtrack.domain.errors import NotFound
from reformtrack.domain.plan import PlanAdopted
from reformtrack.domain.progress import CountingRule
from reformtrack.domain.protected import concealed
from reformtrack.domain.said import said
from reformtrack.domain.tally import Tally
from reformtrack.domain.timeline import Record
from reformtrack.domain.values import PlanId, StreamId
from reformtrack.domain.wording import folded
from reformtrack.projection import Projection, records_in
from reformtrack.store import view_reads, view_tables
from reformtrack.store.application import RecordStore
from reformtrack.store.session import Session
from reformtrack.store.streams import plan_ranges, stream_range
from reformtrack.store.view_reads import Then
from reformtrack.store.view_tables import Tracking
from reformtrack.telemetry import Attributes, spanned
from reformtrack.views.across import Across, AcrossLine
from reformtrack.views.plan import Plan, fold_plan
from reformtrack.views.rollup import NamedPlan, Rollup, RollupBy, Silent
from reformtrack.views.rows import PlanRow, plan_row_now, plan_row_of
from reformtrack.views.trend import TrendPoint

Streams = Mapping[StreamId, Iterable[Record[Any]]]
_PLACES = ("plan", "jurisdiction")
"""By what a roll-up is split that a plan has as a whole: the first of the columns below."""
_OF_PLAN = ("plan", "jurisdiction", "title", "is_open")


def _of_rollup(found: Rollup) -> Attributes:
    return {"reformtrack.by": " ".join(found.by), "reformtrack.position": found.position}


class ManyPlans:
    """What is asked of many plans of a store."""

    def __init__(self, store: RecordStore, projection: Projection) -> None:
        self._store, self._projection = store, projection

    def plans(self, on: date, known_at: int | None) -> tuple[PlanRow, ...]:
        """The plans as they stood on a day, as known at a log position; None for all that is on record."""

        def found(session: Session, tracking: Tracking) -> tuple[PlanRow, ...]:
            then, live = self._then(session, tracking, on, known_at, None)
            if _is_now(tracking, on, known_at):
                news = view_tables.news(session, then.generation)
                changes = {plan: (known.undocumented, known.apart) for plan, known in news.items()}
            else:
                changes = view_reads.changes(session, then.generation, then.on, then.position)
            of_all = view_reads.plans(then._replace(without=()))
            rows = [with_changes(row, changes.get(row[0], (0, 0))) for row in of_all]
            return tuple(sorted([*rows, *filter(None, map(plan_row_now, live))], key=attrgetter("plan")))

        return self._projection.up_to_date(found)

    def _then(
        self, session: Session, tracking: Tracking, on: date, known_at: int | None, plans: Sequence[PlanId] | None
    ) -> tuple[Then, list[Plan]]:
        """
        What is asked of the spans of some plans, or all, on a day; and those of them that have too many spans.

        Raises:
            NotFound: of one of the plans nothing was ever recorded.
        """
        position = tracking.position if known_at is None else known_at
        self._check_there(session, tracking.generation, plans, on, known_at)
        spoilt, live = view_tables.left_out(session, tracking.generation, position)
        then = Then(session, tracking.generation, on.toordinal(), position, plans, spoilt)
        return then, self._live(live, plans, on, position)

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
        return [fold_plan(id, read(id), on, position) for id in _among(plans, live)]

    def across(
        self, wanted: Wanted, plans: Sequence[PlanId] | None, known_at: int | None, after: Place, limit: int
    ) -> Across:
        """A page of activities of plans, after a place."""

        def found(session: Session, tracking: Tracking) -> Across:
            then, live = self._then(session, tracking, wanted.on, known_at, plans)
            if "jurisdiction" in wanted.key:
                self._check_jurisdiction(session, then.generation, wanted, known_at)
            places, total = places_after(then, wanted, live, after, limit + 1)
            return Across(
                on=wanted.on,
                position=then.position,
                total=total,
                lines=tuple(self._lines(places[:limit], wanted.on, then.position)),
                next=str(places[limit - 1]) if len(places) > limit else "",
                unreadable=_among(plans, then.without),
            )

        return self._projection.up_to_date(found)

    def _lines(self, places: Sequence[Place], on: date, position: int) -> Iterator[AcrossLine]:
        """What is told of the activities at some places, from their records."""
        by_plan: dict[PlanId, set[str]] = {}
        for place in places:
            by_plan.setdefault(id_of(place.plan), {place.plan}).add(f"{place.plan}/{place.code}")
        streams = records_in(
            self._store, [stream_range(one) for ids in by_plan.values() for one in sorted(ids)], position
        )
        parts = {
            plan: fold_plan(plan, {id: found for id, found in streams.items() if id in ids}, on, position)
            for plan, ids in by_plan.items()
        }
        for place in places:
            part = parts[id_of(place.plan)]
            one = part.activity(f"{place.plan}/{place.code}")
            yield AcrossLine(part.state.jurisdiction, part.state.title, one, part.notice, part.domain_title(one.domain))

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

    def _check_jurisdiction(self, session: Session, generation: int, wanted: Wanted, known_at: int | None) -> None:
        """
        Refuse a jurisdiction that no plan on record was ever of, for the same reason.

        Raises:
            NotFound: it is one.
        """
        name = wanted.key["jurisdiction"]
        there = view_tables.jurisdictions(session, generation)
        if concealed(name) in map(concealed, there):
            return
        for plan in chain.from_iterable(view_tables.left_out(session, generation, view_tables.NO_END)):
            [own] = records_in(self._store, [stream_range(plan)], view_tables.NO_END).values() or [[]]
            adopted = [record.event.jurisdiction for record in own if isinstance(record.event, PlanAdopted)]
            if concealed(name) in map(concealed, adopted) or not adopted:  # its adoption may be what cannot be read
                return
        alike = get_close_matches(folded(name), spellings := {folded(one): one for one in there}, cutoff=0.8)
        nearly = ", ".join(spellings[one] for one in alike)
        accepted = nearly or said("the jurisdiction of a plan on record, spelt as there")
        raise NotFound("jurisdiction", name, wanted.on, known_at, accepted)

    @spanned("reformtrack.rollup", _of_rollup)
    def rollup(
        self,
        on: date,
        by: Sequence[RollupBy],
        plans: Sequence[PlanId] | None,
        rule: CountingRule,
        silence: tuple[int, int] | None,
        known_at: int | None,
        leads: Callable[[str], bool] | None,
    ) -> Rollup:
        """
        The counts of plans.

        Args:
            leads: which lines of leads are counted; default: all.
            silence: a plan is silent if its last record up to the second of these positions is not after the first; None:
                nobody asks.
            known_at: the log position up to which; None for all that is on record.
        """

        def found(session: Session, tracking: Tracking) -> Rollup:
            then, live = self._then(session, tracking, on, known_at, plans)
            names = view_tables.names(session, then.generation)
            if (
                (plans, leads) == (None, None)
                and {*by} <= {"jurisdiction", "domain"}
                and _is_now(tracking, on, known_at)
            ):
                rows = view_reads.today(session, then.generation, then.on, by)
            else:
                rows = view_reads.counts(then, by, () if leads is None else (of_leads(names, leads),))
            there = _there(then, live)
            quiet = silent_plans(session, then.generation, silence, then.position) if silence else {}
            is_open = {row[0] for row in there if row[-1]} if quiet else ()
            places = [_PLACES.index(name) for name in by if name in _PLACES]
            empty = there if by and len(places) == len(by) and leads is None else ()
            return Rollup(
                on=on,
                rule=rule,
                position=then.position,
                by=tuple(by),
                lines=lines_of(
                    rule,
                    by,
                    rows,
                    names,
                    [row for plan in live for row in live_rows(plan, by, leads)],
                    dict.fromkeys(tuple([row[place] for place in places]) for row in empty),
                ),
                unreadable=_among(plans, then.without),
                plans=_named(there),
                silent=self._silent((plan, *latest) for plan, latest in quiet.items() if plan in is_open),
            )

        return self._projection.up_to_date(found)

    def named(self, on: date, known_at: int | None) -> tuple[NamedPlan, ...]:
        """The plans that are counted on a day, as known at a log position; None for all that is on record."""

        def found(session: Session, tracking: Tracking) -> tuple[NamedPlan, ...]:
            return _named(_there(*self._then(session, tracking, on, known_at, None)))

        return self._projection.up_to_date(found)

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
                if readable_then := [plan for plan in _among(plans, spoilt) if plan not in unreadable]:
                    then = Then(session, generation, on.toordinal(), position, readable_then)
                    rows += view_reads.counts(then, by)
                folded = self._live(live, plans, on, position, streams_of)
                of_live = [row for plan in folded for row in live_rows(plan, by)]
                lines = lines_of(rule, by, rows, names, of_live, ())
                total = reduce(add, lines.values(), Tally(rule=rule))
                points.append(TrendPoint(on, position, lines, total, _among(plans, unreadable)))
            return tuple(points)

        return self._projection.up_to_date(found)

    def _silent(self, found: Iterable[tuple[str, int, str]]) -> tuple[Silent, ...]:
        """Plans with the position and the instant of their latest record, the longest silent first."""
        meant = self._store.instants.meaning()
        silent = (Silent(id_of(plan), datetime.fromisoformat(meant(position, at))) for plan, position, at in found)
        return tuple(sorted(silent, key=attrgetter("recorded_at", "plan")))


def _among(plans: Collection[str] | None, found: Iterable[str]) -> tuple[PlanId, ...]:
    """Those that were found of some plans, or of all."""
    return tuple(id_of(plan) for plan in found if plans is None or plan in plans)


def _there(then: Then, live: Iterable[Plan]) -> list[tuple[Any, ...]]:
    """What is told of the plans that are counted, or of some of them, in order of their ids; `live` are of those."""
    of_live = filter(None, (plan_row_of(plan.id, plan.state) for plan in live))
    return sorted([*view_reads.plans(then, _OF_PLAN), *map(attrgetter(*_OF_PLAN), of_live)])


def _named(there: Iterable[tuple[Any, ...]]) -> tuple[NamedPlan, ...]:
    return tuple([NamedPlan(id, jurisdiction, title) for id, jurisdiction, title, _ in there])


def _is_now(tracking: Tracking, on: date, known_at: int | None) -> bool:
    """Whether a day is from the latest one on, and all that is on record is asked for."""
    return known_at is None and on.isoformat() >= tracking.latest_day
