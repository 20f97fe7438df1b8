"""
A burn-up as a drawing: lines in a box of its own units, which the page scales.
"""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise

import attrs

from reformtrack.views.series import BurnUp, first_days, round_numbers

WIDTH, HEIGHT = 720, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 12, 12, 30


@attrs.frozen
class Drawing:
    """What the template draws; lengths are in units of the box, 720 by 260."""

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


def drawing_of(days: Sequence[BurnUp], on: date) -> Drawing:
    """The drawing of a burn-up of a plan, as asked on a day."""
    first, last = days[0].day, days[-1].day
    steps = round_numbers(max(point.total for point in days))
    top = steps[-1]
    length = max(1, (last - first).days)

    def x(day: date) -> float:
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * (day - first).days / length, 1)

    y = [round(HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * number / top, 1) for number in range(top + 1)]

    def line(points: Sequence[BurnUp], value: Callable[[BurnUp], int]) -> str:
        """Level between the days on which the number changes: on each day it stands at that day's number."""
        drawn = [f"{x(point.day)},{y[value(point)]}" for point in points[:1]]
        for before, point in pairwise(points):
            if value(before) != value(point):
                drawn += (f"{x(point.day)},{y[value(one)]}" for one in (before, point))
        return " ".join(drawn + [f"{x(point.day)},{y[value(point)]}" for point in points[-1:]])

    return Drawing(
        planned=line(days, lambda point: point.planned),
        completed=line([point for point in days if point.day <= on], lambda point: point.completed),
        there=line(days, lambda point: point.total),
        months=[(x(day), day) for day in first_days(first, last)],
        steps=[(y[number], number) for number in steps],
        today=x(on) if first <= on <= last else None,
    )
