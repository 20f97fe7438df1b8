"""Tracker: the one object that records events, and answers for any day as known at any instant."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from os import PathLike
from typing import TypeVar, cast

import attrs

from reformtrack.configuration import Configuration, time_zone_name
from reformtrack.country.across import Wanted, place_of
from reformtrack.country.trends import days_of
from reformtrack.domain import errors
from reformtrack.domain.arguments import Days, Limit, checks_arguments
from reformtrack.domain.journal import StoreConfigured
from reformtrack.domain.kinds import INDICATOR, Event
from reformtrack.domain.progress import Counted, CountingRule
from reformtrack.domain.said import said
from reformtrack.domain.timeline import KnownAt, Record
from reformtrack.domain.values import Document, PlanId, indicator_id, plan_id, plan_of
from reformtrack.facets import Log, Reports, Views
from reformtrack.many_plans import ManyPlans
from reformtrack.open_store import OpenStore, system_clock
from reformtrack.policy.asking import Policy
from reformtrack.projection import Projection
from reformtrack.recording import Recording
from reformtrack.store.application import RecordStore, settings_of
from reformtrack.store.cipher import RowCipher
from reformtrack.store.kept_tree import KeptTree
from reformtrack.store.patience import each_one_call
from reformtrack.store.streams import AGENCIES, range_of
from reformtrack.store.view_tables import NO_END
from reformtrack.views.across import Across, Attention
from reformtrack.views.activity import SOON_DAYS
from reformtrack.views.agencies import Registry, fold_registry
from reformtrack.views.indicators import Indicator, fold_indicators
from reformtrack.views.plan import Plan
from reformtrack.views.roll_over import RollOver, roll_over
from reformtrack.views.rollup import NamedPlan, Rollup, RollupBy
from reformtrack.views.rows import PlanRow
from reformtrack.views.trend import Every, Trend
from reformtrack.views.warnings import SILENT_DAYS, STAGES, PlanWarning, plan_warnings

E = TypeVar("E", bound=Event)


@each_one_call
@checks_arguments
class Tracker(OpenStore):
    """
    Keeps reform plans: records events and answers for any day (`on`) as known at any instant (`known_at`).

    Args:
        url: where the records are kept: the path of a SQLite file, `plans.db`, or a URL, as `postgresql://host/database`; in
            memory when it is not given. `--store` and REFORMTRACK_STORE take the same.
        env: eventsourcing's own settings instead of a URL, including ciphers and compressors. The process's environment
            is never read; pass `os.environ` to use it.
        clock: returns the current instant, with its time zone; for tests and examples. The machine's clock is compared
            with that of a PostgreSQL server; a clock given here is not.
        local_time: the time zone of the days of facts, as "Europe/Riga", a `ZoneInfo`, or a fixed offset as
            "UTC+07:00"; default: the recorded one, and Viet Nam's for a store that has recorded none.
        cipher_keys: encrypt the whole log, each 32 bytes or their base64 text: the first encrypts new records, the
            others read older ones. Needs the extra `seal`.
        policy: decides who may record what. Its name is recorded before the first record that it permits. Without a
            policy everybody may record everything, except in a store that has had a policy other than `open_to_all`:
            there recording requires one.
        tree_within_appends: keep the Merkle tree of `Seals` in the transaction of each append. Without it `Seals`,
            `views.catch_up` and whatever else needs the tree update it, and recording is faster.

    Raises:
        StoreError: the store cannot be opened, or with other keys, or its days are those of another time zone.
        InvalidField: `local_time` is no time zone; or `policy` is the class of one.

    >>> from reformtrack import Deadline, Domain
    >>> from reformtrack.events import ActivityCompleted, ActivityScheduled, PlanAdopted
    >>> start, deadline = date(2023, 1, 2), Deadline.parse("Quý II", 2023)
    >>> domains = (Domain("1", "Cải cách thể chế"),)
    >>> with Tracker() as tracker:
    ...     records = tracker.record(
    ...         PlanAdopted("p", on=start, title="Kế hoạch", year=2023, jurisdiction="Tỉnh", domains=domains),
    ...         ActivityScheduled("p/1", on=start, domain="1", title="Rà soát", lead="Sở Tư pháp", deadline=deadline),
    ...         ActivityCompleted("p/1", on=date(2023, 6, 20)),
    ...         by="so-noi-vu",
    ...     )
    ...     print(tracker.plan("p").progress(), tracker.plan("p", on=start).progress())
    1/1 (100,0%) 0/1 (0,0%)
    """

    def __init__(
        self,
        url: str | PathLike[str] | None = None,
        *,
        env: Mapping[str, str] | None = None,
        clock: Callable[[], datetime] = system_clock,
        local_time: tzinfo | str | None = None,
        cipher_keys: Sequence[bytes | str] | None = None,
        policy: Policy | None = None,
        tree_within_appends: bool = False,
    ) -> None:
        if url is not None and env is not None:
            raise errors.StoreError("url and env were both given; accepted: one of them")
        if isinstance(policy, type):
            accepted = said("the policy itself, as {name}(…), and not its class", name=policy.__name__)
            raise errors.InvalidField("Tracker", "policy", policy, accepted)
        # Before a file is made.
        zone = "" if local_time is None else time_zone_name("Tracker", "local_time", local_time)
        self._clock = clock
        rows = None if cipher_keys is None else RowCipher(cipher_keys)
        self._store = RecordStore(settings_of(url) if url is not None else env or {}, rows)
        if clock is system_clock:
            self._store.recorder.compare_clocks()
        self._policy = policy
        self._projection = Projection(self._store)
        self._many = ManyPlans(self._store, self._projection)
        try:
            self._configuration = Configuration(self._store, zone, policy)
            self._recording = Recording(self._store, self._now, self.today, policy, self._configuration)
            self._tree = KeptTree(self._store, tree_within_appends)
        except BaseException:
            self.close()
            raise

    def is_forecast(self, on: date | None) -> bool:
        """Whether a day is in the future: answers for it hold if nothing else is recorded until then."""
        return on is not None and on > self.today()

    @property
    def log(self) -> Log:
        """The log: every record in order; read, followed, checked, exported."""
        return Log(self)

    @property
    def reports(self) -> Reports:
        """The issued reports."""
        return Reports(self)

    @property
    def views(self) -> Views:
        """The materialised views that `rollup` and `plans` answer from."""
        return Views(self)

    def record(
        self, *events: E, by: str, request_id: str | None = None, expected_version: Mapping[str, int] | None = None
    ) -> tuple[Record[E], ...]:
        """
        Record events: all of them in one transaction, or none.

        Each is judged at its place in valid time: a late event is accepted if the history with it is legal at every
        point. A wrong record is retracted with RecordRetracted, never changed.

        Args:
            events: any number, about any number of plans, activities and indicators.
            by: who records them, 1 to 300 characters.
            request_id: names the request, 1 to 200 characters: a retry with the same id, events and actor returns the
                records of the first time and appends nothing. Generated by default.
            expected_version: the version of each stream that the caller has seen (0 for none); refused when a stream
                has changed since.

        Returns:
            The records, in the order of the events.

        Raises:
            IllegalHistory: the history would be illegal; one class for each rule.
            NotPermitted: the policy does not permit it; PolicyRequired where one is in force and the tracker has none.
            RequestReused: the request id was used for other events or by another actor, and the policy permits these
                events.
            NotRecordable: an event that only the tracker creates, such as a report: use `reports.issue`.
            ClockBehind: the instant of the last record is more than five minutes ahead of the clock.
            ClocksDiffer: the clock of the database server differs by more than five minutes.
            VersionConflict: a stream is not at the expected version.
            ConcurrentUpdate: other writers came first at each of ten attempts.
            InvalidField: `by` or `request_id` is not a text that can be stored.
            NoEvent: something that is not an event of reformtrack, such as a list of events. It is a TypeError.
            StoreError: the store failed, or a stream of the events cannot be read.
        """
        records = self._recording.record(events, by, request_id, expected_version or {})
        return cast(tuple[Record[E], ...], records)  # one for each event

    def plan(self, plan: str, on: date | None = None, known_at: KnownAt = None) -> Plan:
        """
        A plan on a day, as known at an instant.

        Args:
            plan: its id.
            on: the day; default: today. A future day shows what will be overdue if nothing is recorded until then.
            known_at: an aware instant or a log position; default: all that is on record.

        Raises:
            NotFound: it was not adopted by that day, as known then.
            InvalidInstant: `known_at` is naive, or has not come yet.
            StoreError: the store failed.
        """
        return self._plan(plan_id(plan), on, known_at)

    def indicators(self, plan: str, on: date | None = None, known_at: KnownAt = None) -> tuple[Indicator, ...]:
        """
        The indicators of a plan on a day, as known at an instant, in the order of their definition, with their checks.

        Raises:
            UnreadableRecord: a stored event of one of them cannot be read.
            InvalidInstant: `known_at` is naive, or has not come yet.
        """
        id = plan_id(plan)
        on, position = self._asked(on, known_at)
        return fold_indicators(self._readable(range_of(INDICATOR, id), position), on, position)

    def indicator(self, indicator: str, on: date | None = None, known_at: KnownAt = None) -> Indicator:
        """
        One of the `indicators`, which raises what they do.

        Raises:
            NotFound: it was not defined by that day, as known then.
        """
        id = indicator_id(indicator)
        for found in self.indicators(plan_of(id), on, known_at):
            if found.id == id:
                return found
        raise errors.NotFound("indicator", id, on or self.today(), known_at)

    def agencies(self, on: date | None = None, known_at: KnownAt = None) -> Registry:
        """
        The agencies on a day, as known at an instant: names, successors, and whom a printed name means.

        Raises:
            UnreadableRecord: a stored event of an agency cannot be read.
            InvalidInstant: `known_at` is naive, or has not come yet.
        """
        on, position = self._asked(on, known_at)
        return fold_registry(self._readable(AGENCIES, position), on, position, known_at)

    def roll_over(
        self, plan: str, into: str, *, on: date, title: str = "", document: Document | None = None
    ) -> RollOver:
        """
        Propose the next plan from this one on a day, as events to review, edit and `record`.

        Args:
            plan, into: the ids of this plan and of the next one.
            on: the day of the next plan's adoption.
            title: the next plan's title; default: this one's with the next year in it.
            document: the document that adopts it, and carries the unfinished ones over.

        Raises:
            NotFound: the plan was not adopted by that day.
            InvalidField: `into` is no plan id, or this plan's.
            UnreadableRecord: a record of the plan or of an agency cannot be read.
        """
        return roll_over(
            self.plan(plan, on=on), into, on=on, registry=self.agencies(on), title=title, document=document
        )

    def warnings(
        self,
        plan: str,
        on: date | None = None,
        known_at: KnownAt = None,
        *,
        stages: Sequence[Days] = STAGES,
        silent_days: Days = SILENT_DAYS,
    ) -> tuple[PlanWarning, ...]:
        """
        What needs attention: overdue, due soon, reported complete without evidence, silent, figures that do not fit.

        Args:
            plan, on, known_at: as in `plan`.
            stages: the numbers of days before a due day at which a warning is given.
            silent_days: after how many days without a fact an open activity is silent.

        Raises:
            NotFound, InvalidInstant: as in `plan`.
            UnreadableRecord: a record of the plan cannot be read.
        """
        found = self.plan(plan, on, known_at)
        return plan_warnings(found, self.indicators(plan, on, known_at), stages=stages, silent_days=silent_days)

    def rollup(
        self,
        plans: Sequence[str] | None = None,
        by: Sequence[RollupBy] = ("jurisdiction", "domain"),
        on: date | None = None,
        rule: CountingRule = CountingRule.WHOLE_PLAN,
        silent_days: Days | None = SILENT_DAYS,
        known_at: KnownAt = None,
        leads: Callable[[str], bool] | None = None,
    ) -> Rollup:
        """
        The counts of many plans on a day, from the materialised views, which are brought up to date first.

        Any day, as known at any instant, is answered from bitemporal spans: each activity says once what was so of it over
        which days, as known over which log positions. What is known at a position that the views have reached never changes.

        Args:
            plans: their ids, in any order; one that is given twice counts once; default: all plans.
            by: what to split by, each once: "jurisdiction", "plan", "domain", "lead", "group" (the headings, as
                `Plan.progress_by` names a group). Split by plan or jurisdiction, a part without activities is 0/0; a domain,
                lead or group without activities is left out.
            on: the day; default: today.
            rule: what counts: one rule for all plans, so that the parts add up.
            silent_days: an open plan is silent when its last record known then was made more than this many days before
                the end of `on`. A plan without records by then is not silent. None: nobody asks, and `silent` is empty.
            known_at: as in `plan`.
            leads: whether a line of a lead is meant, as `by="lead"` has lines, but each as it was printed: only its activities
                are counted, and a part without any is left out. It is asked of every name that is counted by. Default: all.

        Raises:
            NotFound: nothing was ever recorded of one of the plans.
            InvalidField: an invalid id, or an unknown `by`.
            InvalidInstant, StoreError: as in `plan`.
        """
        ids = _ids(plans)
        day, position = self._asked(on, known_at)
        silence = None if silent_days is None else (self._by_end_of(day, silent_days), self._by_end_of(day))
        found = self._many.rollup(day, tuple(dict.fromkeys(by)), ids, rule, silence, position, leads)
        return attrs.evolve(found, is_forecast=self.is_forecast(day))

    def trend(
        self,
        first: date | None = None,
        last: date | None = None,
        *,
        every: Every = "week",
        plans: Sequence[str] | None = None,
        by: Sequence[RollupBy] = (),
        rule: CountingRule = CountingRule.WHOLE_PLAN,
        known_at: KnownAt = None,
        as_it_was: bool = False,
    ) -> Trend:
        """
        A roll-up as a series over days: each point has the counts that `rollup` gives for its day.

        Args:
            first, last: the days; the last one is a point, default: today; the first by default 51 weeks before it.
            every: "day" or "week"; 1,000 points at most.
            plans, by, rule, known_at: as in `rollup`.
            as_it_was: each day as it was known at its own end, where that is before `known_at`: such a point never changes.

        Raises:
            NotFound, InvalidField, InvalidInstant, StoreError: as in `rollup`.

        >>> from reformtrack.testing.history import adopted, scheduled
        >>> with Tracker() as tracker:
        ...     records = tracker.record(adopted(), scheduled("p/1.01"), by="so-noi-vu")
        ...     found = tracker.trend(date(2023, 6, 20), date(2023, 7, 4))
        ...     [(str(point.on), point.total.overdue) for point in found.points]
        [('2023-06-20', 0), ('2023-06-27', 0), ('2023-07-04', 1)]
        """
        until, position = self._asked(last, known_at)
        days = days_of(first, until, every)
        ends = [self._by_end_of(day) if as_it_was else NO_END for day in days]
        keys = tuple(dict.fromkeys(by))
        return Trend(rule=rule, by=keys, points=self._many.trend(days, ends, keys, _ids(plans), rule, position))

    def across(
        self,
        attention: Attention | None = None,
        *,
        plans: Sequence[str] | None = None,
        key: Mapping[RollupBy, str] | None = None,
        counted: Sequence[Counted] | None = None,
        rule: CountingRule = CountingRule.WHOLE_PLAN,
        days: Days = SOON_DAYS,
        on: date | None = None,
        known_at: KnownAt = None,
        after: str = "",
        limit: Limit = 100,
    ) -> Across:
        """
        The activities of many plans on a list, or behind a number of a roll-up, page by page.

        Args:
            attention: "overdue", "due-soon", "without-evidence", "without-lead" or "awaiting-confirmation": what `Plan.overdue`
                and the like say of each plan; default: all activities.
            plans, on, known_at: as in `rollup`.
            key: only those of a part of a roll-up: its keys, as {"jurisdiction": "Tỉnh Đắk Nông"}; a lead in whatever spelling.
            counted, rule: only those that are counted as one of these under a rule.
            days: how many days ahead something is due soon.
            after: `next` of the page before. Pages of one moment have its `position` as `known_at`.
            limit: how many are on a page.

        Raises:
            NotFound: nothing was ever recorded of one of the plans, or no plan was ever of the jurisdiction.
            InvalidField, InvalidInstant, StoreError: as in `rollup`.

        >>> from reformtrack.testing.history import adopted, scheduled
        >>> with Tracker() as tracker:
        ...     records = tracker.record(adopted(), scheduled("p/1.01"), scheduled("p/1.02"), by="so-noi-vu")
        ...     found = tracker.across("overdue", on=date(2023, 7, 4), limit=1)
        ...     found.total, [line.activity.code for line in found.lines], found.next
        (2, ['1.01'], '-4 p/1.01')
        """
        part = dict(key or {})
        named = [part.pop("plan")] if "plan" in part else None
        ids = _ids(plans) if named is None else [plan for plan in _ids(named) or () if plans is None or plan in plans]
        day, position = self._asked(on, known_at)
        wanted = Wanted(day, attention, part, counted, rule, days)
        found = self._many.across(wanted, ids, position, place_of(after), limit)
        return attrs.evolve(found, is_forecast=self.is_forecast(day))

    def plans(self, on: date | None = None, known_at: KnownAt = None) -> tuple[PlanRow, ...]:
        """
        The plans that were adopted by a day, as they stood on it and as known at an instant, in order of their ids.

        They are read from the materialised views, which are brought up to date first.

        Raises:
            InvalidInstant, StoreError: as in `plan`.
        """
        return self._many.plans(*self._asked(on, known_at))

    def named_plans(self, on: date | None = None, known_at: KnownAt = None) -> tuple[NamedPlan, ...]:
        """
        What the plans that `rollup` counts were called on a day, as known at an instant, in order of their ids: the quickest
        list of plans.

        Raises:
            InvalidInstant, StoreError: as in `plan`.
        """
        return self._many.named(*self._asked(on, known_at))

    def configure(self, *, time_zone: tzinfo | str | None = None, by: str) -> Record[StoreConfigured]:
        """
        Record the configuration of the store, if it is not recorded yet: its id, time zone and policy.

        Recorded days stay as they are, whatever the time zone.

        Args:
            time_zone: a new time zone for all users of the store, as `local_time`; the policy has to permit it.
            by: who changes it.

        Returns:
            The current configuration record.

        Raises:
            InvalidField: it is no time zone.
            NotPermitted: the policy does not permit it.
            VersionConflict: another time zone was recorded at the same time.

        >>> with Tracker() as tracker:
        ...     before = tracker.local_time.utcoffset(None)
        ...     configured = tracker.configure(time_zone="UTC+01:00", by="quan-tri")
        ...     str(before), str(tracker.local_time.utcoffset(None)), configured.event.time_zone, tracker.log.position()
        ('7:00:00', '1:00:00', 'UTC+01:00', 1)
        """
        return self._recording.configure(
            "" if time_zone is None else time_zone_name("Tracker.configure", "time_zone", time_zone), by
        )

    def end_of(self, day: date) -> datetime | None:
        """
        The `known_at` for the end of a local day: None, which is everything on record, for today and future days.

        >>> from datetime import UTC
        >>> Tracker(clock=lambda: datetime(2023, 7, 10, 3, tzinfo=UTC)).end_of(date(2023, 6, 30)).isoformat()
        '2023-06-30T23:59:59.999999+07:00'
        """
        return self._end_of(day)


def _ids(plans: Sequence[str] | None) -> list[PlanId] | None:
    """The ids of plans, each once; None for all."""
    return None if plans is None else sorted(set(map(plan_id, plans)))
