"""
A roll-up on many days in one pass over the spans: each holds for a run of the days, and is past its own from one of them on.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from reformtrack.domain.errors import InvalidField
from reformtrack.domain.said import said
from reformtrack.store import view_reads
from reformtrack.store.session import Session
from reformtrack.store.view_tables import MARK
from reformtrack.views.trend import Every

MOST_POINTS = 1_000
WEEKS = 52
"""How many points a trend has unless its first day is given."""

Row = tuple[Any, ...]


def days_of(first: date | None, last: date, every: Every) -> list[date]:
    """
    The days of a trend, up to its last.

    Raises:
        InvalidField: the first day is after the last one, or there are more points than `MOST_POINTS`.
    """
    first = first or date.fromordinal(max(1, last.toordinal() - 7 * (WEEKS - 1)))
    step = 7 if every == "week" else 1
    if not 0 <= (last - first).days < step * MOST_POINTS:
        accepted = said("{last} or a day before it, {most} points at most", last=last, most=MOST_POINTS)
        raise InvalidField("Tracker.trend", "first", first, accepted)
    return [last - timedelta(days=n) for n in range(0, (last - first).days + 1, step)][::-1]


def counts_of_days(
    session: Session,
    generation: int,
    days: Sequence[int],
    positions: Sequence[int],
    by: Collection[str],
    plans: Sequence[str] | None,
    without: Collection[str],
) -> Iterator[list[Row]]:
    """
    For each day, as known at its position, the rows that `view_reads.counts` gives.

    Args:
        days, positions: neither goes back.
    """
    end = len(days)
    known = (0, end) if positions[0] == positions[-1] else (_place("pos_from", positions), _place("pos_to", positions))
    groups = view_reads.spans_over(
        session,
        generation,
        (days[0], days[-1]),
        (positions[0], positions[-1]),
        by,
        (_place("day_from", days), known[0], _place("day_to", days), known[1], _place(f"{MARK} + 1", days)),
        end,
        plans,
        without,
    )
    changes: dict[Row, tuple[list[int], list[int]]] = {}
    for *key, start, until, past, activities in groups:
        held, gone = changes.setdefault(tuple(key), ([0] * (end + 1), [0] * (end + 1)))
        held[start] += activities
        held[until] -= activities
        if past < until:
            gone[max(start, past)] += activities
            gone[until] -= activities
    keys = list(changes)
    series = [zip(accumulate(held), accumulate(gone), strict=True) for held, gone in changes.values()]
    for _ in days:
        now = zip(keys, map(next, series), strict=True)
        yield [(*key, view_reads.packed(*numbers)) for key, numbers in now if numbers[0]]


def _place(column: str, values: Sequence[int], low: int = 0, high: int | None = None) -> str:
    """How many of some values, in order, are below a column, in SQL: by halves, since it is asked of each span."""
    high = len(values) if high is None else high
    if low == high:
        return str(low)
    middle = (low + high) // 2
    above, below = _place(column, values, middle + 1, high), _place(column, values, low, middle)
    return f"CASE WHEN {column} > {values[middle]} THEN {above} ELSE {below} END"
