"""A roll-up as a series over days: as it is known at one position, or as it was known day by day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Literal

import attrs

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.progress import CountingRule
from reformtrack.domain.showing import table
from reformtrack.domain.tally import Tally
from reformtrack.domain.values import PlanId
from reformtrack.domain.wording import day
from reformtrack.extras import extra
from reformtrack.views.rollup import RollupBy

if TYPE_CHECKING:
    import polars

Every = Literal["day", "week"]
"""How far the points of a trend are apart."""

_BARS = "▁▂▃▄▅▆▇█"


@attrs.frozen
class TrendPoint:
    """A day of a trend."""

    on: date
    position: int
    """The log position up to which it counts."""
    lines: Mapping[tuple[str, ...], Tally] = attrs.field(hash=False)
    """The counts of each part in which there is an activity, as in a `Rollup`."""
    total: Tally
    """All parts together."""
    unreadable: tuple[PlanId, ...] = ()
    """The plans that are left out, because a record of them cannot be read."""


@attrs.frozen(kw_only=True, repr=False)
@checks_arguments
class Trend:
    """The counts of many plans on some days, each as `Tracker.rollup` gives it."""

    rule: CountingRule
    by: tuple[RollupBy, ...]
    points: tuple[TrendPoint, ...]
    """In order of days."""

    def __repr__(self) -> str:
        days = f"{self.points[0].on} to {self.points[-1].on}"
        return f"<Trend by {', '.join(self.by)}: {len(self.points)} days from {days}, {self.rule.value}>"

    def _repr_html_(self) -> str:
        return table(self.rule.label(), [(day(point.on), point.total) for point in self.points])

    def of(self, is_wanted: Callable[[tuple[str, ...]], bool]) -> Trend:
        """Only some of the parts, by their keys."""
        points = []
        for point in self.points:
            lines = {key: tally for key, tally in point.lines.items() if is_wanted(key)}
            points.append(attrs.evolve(point, lines=lines, total=reduce(add, lines.values(), Tally(rule=self.rule))))
        return attrs.evolve(self, points=tuple(points))

    @property
    def sparkline(self) -> str:
        """
        The rates as a line of bars, of which only 100 % is full; a dot where there is nothing to divide by.

        >>> from reformtrack.answers import Counted
        >>> rule = CountingRule.WHOLE_PLAN
        >>> tallies = [Tally(rule=rule, counts={Counted.COMPLETED: n, Counted.OPEN: 8 - n}) for n in range(9)]
        >>> points = [TrendPoint(date(2023, 6, 1 + n), 0, {}, tally) for n, tally in enumerate(tallies)]
        >>> Trend(rule=rule, by=(), points=tuple(points)).sparkline
        '▁▁▂▃▄▅▆▇█'
        """
        rates = (point.total.rate for point in self.points)
        return "".join("·" if rate is None else _BARS[int(rate * (len(_BARS) - 1))] for rate in rates)

    def to_frame(self) -> polars.DataFrame:
        """
        A data frame, a row a day and part: the day, the position, the key, and the counts. Needs the extra `analytics`.

        Raises:
            MissingExtra: polars is not installed.
        """
        with extra("analytics"):
            from reformtrack.views.frames import trend_frame
        return trend_frame(self)
