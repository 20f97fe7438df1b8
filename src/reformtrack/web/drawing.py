"""
The drawings of the pages: lengths are in thousandths of the width, so that a drawing fits any screen and its texts keep
their size.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import attrs

from reformtrack.exchange.words import bridge_causes, headed
from reformtrack.language import Language
from reformtrack.views.report import Bridge, IssuedReport
from reformtrack.views.series import BurnUp, first_days, round_numbers

WIDTH, HEIGHT = 1000, 260
_TOP, _BOTTOM = 24, 30


@attrs.frozen
class Drawing:
    """A burn-up: lines in a box of 1000 by 260."""

    planned: str
    """The points of the line of what is planned: completed by each day if all deadlines are met."""
    completed: str
    """The points of the line of what is completed, up to the day asked for."""
    there: str
    """The points of the line of what is in the plan."""
    months: Sequence[tuple[float, date]]
    """Where months begin, and their first days: as many as there is room for."""
    steps: Sequence[tuple[float, int]]
    """Where lines of the grid stand, and the number of activities at each."""
    today: float | None
    """Where the day asked for is; None outside the plan."""
    values: Sequence[tuple[float, float, BurnUp]]
    """
    The values at the ends of months, and on the day asked for: where the time since the one before begins, and its length.
    """


def drawing_of(days: Sequence[BurnUp], on: date) -> Drawing:
    """The drawing of a burn-up of a plan, as asked on a day."""
    first, last = days[0].day, days[-1].day
    steps = round_numbers(max(point.total for point in days))
    top = steps[-1]
    length = max(1, (last - first).days)
    months = first_days(first, last)

    def x(day: date) -> float:
        return round(WIDTH * (day - first).days / length, 1)

    y = [round(HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * number / top, 1) for number in range(top + 1)]

    def line(points: Sequence[BurnUp], value: Callable[[BurnUp], int]) -> str:
        """Level between the days on which the number changes: on each day it stands at that day's number."""
        drawn = [f"{x(point.day)},{y[value(point)]}" for point in points[:1]]
        for before, point in pairwise(points):
            if value(before) != value(point):
                drawn += (f"{x(point.day)},{y[value(one)]}" for one in (before, point))
        return " ".join(drawn + [f"{x(point.day)},{y[value(point)]}" for point in points[-1:]])

    ends = {*(day - timedelta(days=1) for day in months if day > first), last, *([on] if first <= on <= last else [])}
    shown = [point for point in days if point.day in ends]
    begins = [0.0, *(x(point.day) for point in shown)]
    return Drawing(
        planned=line(days, lambda point: point.planned),
        completed=line([point for point in days if point.day <= on], lambda point: point.completed),
        there=line(days, lambda point: point.total),
        months=[(x(day), day) for day in months],
        steps=[(y[number], number) for number in steps],
        today=x(on) if first <= on <= last else None,
        values=[(begin, round(x(point.day) - begin, 1), point) for begin, point in zip(begins, shown, strict=False)],
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
