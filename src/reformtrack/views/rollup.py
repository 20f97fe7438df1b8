"""Many plans at once: counts by jurisdiction, plan, domain and lead."""

from collections.abc import Hashable, Iterable, Mapping
from datetime import date, datetime
from functools import reduce
from operator import add
from typing import Any, Literal

import attrs

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.fields import Count
from reformtrack.domain.progress import Counted, CountingRule
from reformtrack.domain.protected import redacted
from reformtrack.domain.said import said
from reformtrack.domain.showing import brief, table
from reformtrack.domain.tally import Tally
from reformtrack.domain.values import PlanId
from reformtrack.domain.wording import day, sort_key

RollupBy = Literal["jurisdiction", "plan", "domain", "lead", "group"]
"""The keys by which a roll-up can be split."""

_SHOWN = 20
"""The number of parts that a notebook shows."""


Part = tuple[tuple[str, ...], Tally]
"""A part of a roll-up: its key and its counts."""


@attrs.frozen
class Silent:
    """An open plan without a record for a long time."""

    plan: PlanId
    recorded_at: datetime
    """The instant of its latest record, in UTC."""


@attrs.frozen(field_transformer=brief)
class NamedPlan:
    """A plan that is counted, and what it was called then."""

    id: PlanId
    jurisdiction: str
    title: str


@attrs.frozen(kw_only=True, repr=False)
@checks_arguments
class Rollup:
    """
    The counts of many plans on a day, as known at a log position, split so that the parts sum to the whole.

    A plan with a record that cannot be read is left out whole, and named in `unreadable`.
    """

    on: date
    rule: CountingRule
    position: int
    """The log position up to which everything is counted."""
    by: tuple[RollupBy, ...]
    lines: Mapping[tuple[str, ...], Tally] = attrs.field(hash=False)
    """The counts of each part, in no order; its key has a value for each of `by`."""
    unreadable: tuple[PlanId, ...]
    silent: tuple[Silent, ...]
    """The open plans without a record for the days asked for, the longest silent first."""
    plans: tuple[NamedPlan, ...] = ()
    """The plans that are counted, in order of their ids; with those that have no activity of what is asked for."""
    is_forecast: bool = False
    """Whether the day was in the future when asked: a forecast if nothing else is recorded until then."""

    def __repr__(self) -> str:
        what = f"{len(self.lines)} parts, {self.rule.value}, {len(self.unreadable)} plans that cannot be read"
        return f"<Rollup by {', '.join(self.by)} on {self.on}, at position {self.position}: {what}>"

    def _repr_html_(self) -> str:
        first = [(*(redacted(part, str) for part in key), line) for key, line in self.in_order()[:_SHOWN]]
        more = [(f"… {len(self.lines) - _SHOWN}",)] if len(self.lines) > _SHOWN else []
        return table(f"{self.rule.label()}; {day(self.on)}", [*first, *more])

    @property
    def total(self) -> Tally:
        """All parts together."""
        return reduce(add, self.lines.values(), Tally(rule=self.rule))

    def in_order(self) -> list[Part]:
        """The parts in order of their names."""
        return in_order(self.lines)

    def worst(self, number: Count = 10) -> list[Part]:
        """The parts with the lowest rates, among equals the largest first; without complete and empty ones."""
        return worst_first(self.lines.items())[:number]

    def late(self) -> list[Part]:
        """The parts with overdue activities, the most first."""
        return most_overdue(self.lines.items())

    def over(self, parents: Mapping[str, str]) -> dict[str, Tally]:
        """
        The counts of each jurisdiction including all below it.

        Args:
            parents: the parent of each jurisdiction; one without a parent is at the top.

        Raises:
            InvalidField: the roll-up is not split by jurisdiction, or a jurisdiction is above itself.
        """
        if "jurisdiction" not in self.by:
            raise InvalidField("Rollup.over", "by", self.by, said("one by jurisdiction"))
        place = self.by.index("jurisdiction")
        below: dict[str, list[tuple[Counted, int]]] = {}
        for key, line in self.lines.items():
            for name in _upwards(key[place], parents):
                below.setdefault(name, []).extend(line.counts)
        return {name: Tally(rule=self.rule, counts=counted) for name, counted in below.items()}


def _name(key: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(map(sort_key, key))


def in_order(lines: Mapping[tuple[str, ...], Tally]) -> list[Part]:
    """Parts in order of their names."""
    return sorted(lines.items(), key=lambda part: _name(part[0]))


def best_first(parts: Iterable[Part]) -> list[Part]:
    """Parts with the best rate first, among equals the larger, then by name; empty ones last."""
    return sorted(parts, key=lambda part: (part[1].rate is None, -(part[1].rate or 0), -part[1].total, _name(part[0])))


def worst_first(parts: Iterable[Part]) -> list[Part]:
    """Parts with the lowest rate first, among equals the larger, then by name; without complete and empty ones."""
    low = [(rate, part) for part in parts if (rate := part[1].rate) is not None and rate < 1]
    return [part for _, part in sorted(low, key=lambda one: (one[0], -one[1][1].total, _name(one[1][0])))]


def most_overdue(parts: Iterable[Part]) -> list[Part]:
    """Parts with overdue activities, the most first, then by name."""
    return sorted((part for part in parts if part[1].overdue), key=lambda part: (-part[1].overdue, _name(part[0])))


def ranks(values: Iterable[Hashable]) -> list[int]:
    """
    The ranks of sorted values; equal values share one.

    >>> ranks(["100 %", "100 %", "50 %"])
    [1, 1, 3]
    """
    first: dict[Hashable, int] = {}
    return [first.setdefault(value, place) for place, value in enumerate(values, 1)]


def _upwards(name: str, parents: Mapping[str, str]) -> Iterable[str]:
    path = [name]
    while (name := parents.get(name, "")) != "":
        if name in path:
            raise InvalidField("Rollup.over", "parents", name, said("a tree of jurisdictions, none above itself"))
        path.append(name)
    return path
