"""
Lines over days as a drawing, in a box of its own units, which the page scales.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

import attrs

from reformtrack.views.series import first_days, round_numbers

WIDTH, HEIGHT = 720, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 12, 12, 30


@attrs.frozen
class Drawing:
    """What the template draws; lengths are in units of the box, 720 by 260."""

    lines: Mapping[str, str]
    """The points of each line, by its name."""
    months: Sequence[tuple[float, date]]
    """Where months begin, and their first days: as many as there is room for."""
    steps: Sequence[tuple[float, int]]
    """Where lines of the grid stand, and the number of activities at each."""
    today: float | None
    """Where the day asked for is; None outside the days drawn."""


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

    def x(day: date) -> float:
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * (day - first).days / length, 1)

    y = [round(HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * number / top, 1) for number in range(top + 1)]

    def line(numbers: Sequence[int]) -> str:
        """Level between the days on which the number changes: on each day it stands at that day's number."""
        points = list(zip(days, numbers, strict=False))
        drawn = [f"{x(day)},{y[number]}" for day, number in points[:1]]
        for before, point in pairwise(points):
            if before[1] != point[1]:
                drawn += (f"{x(day)},{y[number]}" for day, number in (before, point))
        return " ".join(drawn + [f"{x(day)},{y[number]}" for day, number in points[-1:]])

    return Drawing(
        lines={name: line(numbers) for name, numbers in lines.items()},
        months=[(x(day), day) for day in first_days(first, last)],
        steps=[(y[number], number) for number in steps],
        today=x(on) if first <= on <= last else None,
    )
