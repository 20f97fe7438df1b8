"""A cache of the counts of many plans, for equal questions at the same time."""

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import lru_cache
from typing import Any

import attrs

from reformtrack.domain.errors import UnreadableRecord
from reformtrack.domain.kinds import PLAN
from reformtrack.domain.lineage import agency_key
from reformtrack.domain.plan import PlanState
from reformtrack.domain.progress import CountingRule, Progress
from reformtrack.domain.protected import concealed
from reformtrack.domain.said import said
from reformtrack.domain.texts import name_key
from reformtrack.domain.timeline import KnownAt, Record, timeline
from reformtrack.domain.values import PlanId
from reformtrack.tracker import Tracker
from reformtrack.views.across import notices_of
from reformtrack.views.agencies import Agency, Registry, Work
from reformtrack.views.plan import Plan
from reformtrack.views.rollup import NamedPlan, Rollup, RollupBy
from reformtrack.views.trend import Trend
from reformtrack.views.warnings import SILENT_DAYS
from reformtrack.web.answering import in_turn
from reformtrack.web.asked import Asked
from reformtrack.web.paging import A_PAGE

KEPT = 8
"""How many answers are kept."""

_BUSY = said("another question about many plans is being answered; accepted: the same question a little later")


@attrs.frozen
class LedBy:
    """Whether a lead may be one of several names, alone or with others."""

    names: frozenset[str]
    """By `agency_key`."""

    def __call__(self, lead: str) -> bool:
        key = agency_key(lead)
        return key in self.names or ("," in key and any(name in key for name in self.names))


class Counts:
    """
    The counts of all plans of a tracker.

    The last few answers are cached under the tag of the log, and never stale. The work of an agency, which is folded from the
    records of its plans, and trends are computed one at a time.
    """

    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker
        self._one_at_a_time = threading.Lock()
        self._whole, self._part = (lru_cache(maxsize=KEPT)(lambda _, *asked: tracker.rollup(*asked)) for _ in range(2))
        self._named = lru_cache(maxsize=KEPT)(lambda _, *asked: tracker.named_plans(*asked))
        self._trends = lru_cache(maxsize=KEPT)(lambda _, *asked: self._trend(*asked))

    def rollup(
        self,
        asked: Asked,
        *by: RollupBy,
        rule: CountingRule = CountingRule.WHOLE_PLAN,
        plans: tuple[PlanId, ...] | None = None,
        leads: Callable[[str], bool] | None = None,
    ) -> Rollup:
        """The counts of plans, split; default: of all, whoever leads."""
        day = asked.on or self._tracker.today()
        # Kept apart: else the parts that pages ask for push out the figures of the whole.
        is_whole = plans is None and leads is None
        kept, silent_days = (self._whole, SILENT_DAYS) if is_whole else (self._part, None)  # shown of the country alone
        return kept(self._now(), plans, by, day, rule, silent_days, asked.known_at, leads)

    def named(self, asked: Asked) -> Sequence[NamedPlan]:
        """What the plans that are counted were called."""
        return self._named(self._now(), asked.on, asked.known_at)

    def trends(
        self, asked: Asked, plans: tuple[str, ...] | None, parts: frozenset[tuple[str, str]] | None
    ) -> tuple[Trend, Trend]:
        """
        What is counted week by week, as known and as it was known each day.

        Args:
            parts: only these: (plan, key of the lead).
        """
        last = asked.on or self._tracker.today()
        return self._trends(self._now(), last, asked.known_at, plans, parts)

    def plans_of(self, asked: Asked, jurisdiction: str) -> tuple[NamedPlan, ...]:
        """
        The plans of a jurisdiction; none before the first was adopted.

        Raises:
            NotFound: no plan was ever of it.
        """
        found = tuple(one for one in self.named(asked) if concealed(one.jurisdiction) == concealed(jurisdiction))
        if not found:
            self._tracker.across(key={"jurisdiction": jurisdiction}, on=asked.on, known_at=asked.known_at, limit=1)
        return found

    def work(self, asked: Asked, registry: Registry, agency: Agency) -> Sequence[tuple[Plan, Work, Progress]]:
        """
        The work of an agency, or of a lead as printed, in each plan, under the plan's own rule.

        Raises:
            Problem: another such question is being answered.
        """
        names = frozenset(
            agency_key(name)
            for one in registry.agencies
            if agency in registry.last_in_line(one.id)
            for name in one.names
        )
        plans = sorted(plan for (plan,) in self.rollup(asked, "plan", leads=LedBy(names)).lines)
        found = []
        with in_turn(self._one_at_a_time, _BUSY):
            for plan in (self._tracker.plan(id, asked.on, asked.known_at) for id in plans):
                parts = registry.progress_by_agency(plan)
                found += [(plan, one, parts[one.label]) for one in registry.work(plan) if agency in one.agencies]
        return found

    def states(self, asked: Asked, plans: Iterable[str]) -> Mapping[str, PlanState]:
        """How some plans stood, from the records of each plan itself; without those that cannot be read."""
        found, on = dict[str, PlanState](), asked.on or self._tracker.today()
        for plan in plans:
            with suppress(UnreadableRecord):
                own: tuple[Record[Any], ...] = self._tracker.log.history(plan, asked.known_at)
                found[plan] = PLAN.fold(timeline(own, on))
        return found

    def notices(self, asked: Asked, plans: Collection[str]) -> Sequence[str]:
        """The notices of some plans, each once: of more than a page of them none, so that no page grows with the country."""
        states = self.states(asked, sorted(plans) if len(plans) <= A_PAGE else ())
        return notices_of(states.values())

    def _now(self) -> str:
        """The tag of all that can be known now."""
        return f"{self._tracker.log.head().tag} {self._tracker.today()}"

    def _trend(
        self, last: date, known_at: KnownAt, plans: tuple[str, ...] | None, parts: frozenset[tuple[str, str]] | None
    ) -> tuple[Trend, Trend]:
        by: tuple[RollupBy, ...] = () if parts is None else ("plan", "lead")
        with in_turn(self._one_at_a_time, _BUSY):
            now, then = (
                self._tracker.trend(None, last, plans=plans, by=by, known_at=known_at, as_it_was=as_it_was)
                for as_it_was in (False, True)
            )
        if parts is None:
            return now, then

        def is_wanted(key: tuple[str, ...]) -> bool:
            return (key[0], name_key(key[1])) in parts

        return now.of(is_wanted), then.of(is_wanted)
