"""
The drawings of the pages: lengths are in thousandths of the width, so that a drawing fits any screen and its texts keep
their size.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import attrs

from reformtrack.exchange.report_words import bridge_causes, headed
from reformtrack.language import Language
from reformtrack.views.bridge import Bridge
from reformtrack.views.report import IssuedReport
from reformtrack.views.series import first_days, round_numbers

WIDTH, HEIGHT = 1000, 260
_TOP, _BOTTOM = 24, 30
_EACH = 60
"""So many days are few: the values of each are told."""


@attrs.frozen
class Drawing:
    """Lines over days, in a box of 1000 by 260."""

    lines: Mapping[str, str]
    """The points of each line, by its name."""
    months: Sequence[tuple[float, date]]
    """Where months begin, and their first days: as many as there is room for."""
    steps: Sequence[tuple[float, int]]
    """Where lines of the grid stand, and the number of activities at each."""
    today: float | None
    """Where the day asked for is; None outside the days drawn."""
    ends: Sequence[tuple[float, float, date]]
    """
    The ends of months and the day asked for, or all days where they are few: where the time since the one before begins,
    its length, and the day.
    """


def drawing_of(days: Sequence[date], lines: Mapping[str, Sequence[int]], on: date) -> Drawing:
    """
    The drawing of lines over days, as asked on a day.

    Args:
        lines: the number on each day, by the name of the line; one that is shorter ends sooner.
    """
    first, last = days[0], days[-1]
    steps = round_numbers(max(number for line in lines.values() for number in line))
    top = steps[-1]
    length = max(1, (last - first).days)
    months = first_days(first, last)

    def x(day: date) -> float:
        return round(WIDTH * (day - first).days / length, 1)

    y = [round(HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * number / top, 1) for number in range(top + 1)]

    def line(numbers: Sequence[int]) -> str:
        """Level between the days on which the number changes: on each day it stands at that day's number."""
        points = list(zip(days, numbers, strict=False))
        drawn = [f"{x(day)},{y[number]}" for day, number in points[:1]]
        for before, point in pairwise(points):
            if before[1] != point[1]:
                drawn += (f"{x(day)},{y[number]}" for day, number in (before, point))
        return " ".join(drawn + [f"{x(day)},{y[number]}" for day, number in points[-1:]])

    there = [on] if first <= on <= last else []
    of_months = {*(day - timedelta(days=1) for day in months if day > first), last, *there}
    ends = days if len(days) <= _EACH else sorted(of_months)
    begins = [0.0, *map(x, ends)]
    return Drawing(
        lines={name: line(numbers) for name, numbers in lines.items()},
        months=[(x(day), day) for day in months],
        steps=[(y[number], number) for number in steps],
        today=x(on) if there else None,
        ends=[(begin, round(x(day) - begin, 1), day) for begin, day in zip(begins, ends, strict=False)],
    )


@attrs.frozen
class Bar:
    """A line of a bridge: a rate, or the change that a cause made of it; in percent."""

    label: str
    start: Decimal
    end: Decimal
    is_change: bool

    @property
    def change(self) -> Decimal:
        """By how much it changes the rate, in percentage points."""
        return self.end - self.start


def bridge_of(before: IssuedReport, after: IssuedReport, found: Bridge, say: Language) -> list[Bar]:
    """The bars of a bridge between two reports: the rate of the first, what each cause added or took, that of the second."""
    causes = bridge_causes(found, say)
    zero = Decimal(0)
    return [
        Bar(headed(before, say), zero, causes[0][1], False),
        *(Bar(cause, start, end, True) for cause, start, end in causes),
        Bar(headed(after, say), zero, causes[-1][2], False),
    ]
