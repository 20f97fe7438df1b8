"""
The balance of a period: the activities that came in equal those that stand at its end.

carried in + added + reopened = completed on time + completed late + open in time + open overdue + withdrawn + carried over
"""

from collections.abc import Iterable, Mapping
from datetime import date

import attrs

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import unfit
from reformtrack.domain.labelled import Labelled
from reformtrack.domain.said import said
from reformtrack.domain.values import ActivityId, StreamId


class Entry(Labelled):
    """How an activity came into a period's balance."""

    CARRIED_IN = "carried_in", "carried in from before the period"
    """It was open when the period began."""
    ADDED = "added", "added in the period"
    """It came into the plan in the period."""
    REOPENED = "reopened", "reopened in the period"
    """It was settled when the period began, and its completion was undone in the period."""


class Outcome(Labelled):
    """Where an activity stands at the end of a period."""

    COMPLETED_ON_TIME = "completed_on_time"
    """Completed by its deadline, or without one: what has no deadline cannot be late."""
    COMPLETED_LATE = "completed_late"
    OPEN_IN_TIME = "open_in_time", "open, in time"
    OPEN_OVERDUE = "open_overdue", "open, overdue"
    WITHDRAWN = "withdrawn", "withdrawn from the plan"
    CARRIED_OVER = "carried_over"


def _sorted_lines(lines: Iterable[tuple[str, Entry, Outcome]]) -> tuple[tuple[ActivityId, Entry, Outcome], ...]:
    ordered = sorted(lines, key=lambda line: line[0])
    return tuple((ActivityId(StreamId(id)), entry, outcome) for id, entry, outcome in ordered)


@checks_arguments
@attrs.frozen(kw_only=True, repr=False)
class Balance:
    """
    How the activities of a period came in and where they stand at its end.

    Each activity occurs once, with one entry and one outcome, so the two sides are equal by construction.

    Raises:
        InvalidField: an activity is given twice, or the period ends before it begins.

    >>> balance = Balance(
    ...     first=date(2023, 1, 1),
    ...     last=date(2023, 6, 30),
    ...     lines=[("p/1", Entry.ADDED, Outcome.COMPLETED_LATE), ("p/2", Entry.CARRIED_IN, Outcome.OPEN_IN_TIME)],
    ... )
    >>> balance.entries[Entry.ADDED], balance.outcomes[Outcome.COMPLETED_LATE], balance.total
    (1, 1, 2)
    """

    first: date
    """The first day of the period."""
    last: date
    """The last day of the period, inclusive."""
    lines: tuple[tuple[ActivityId, Entry, Outcome], ...] = attrs.field(converter=_sorted_lines)
    """(activity, how it came in, where it stands), in order of id."""

    def __attrs_post_init__(self) -> None:
        _check_lines(self)

    def __repr__(self) -> str:
        return f"<Balance {self.first} to {self.last}: {self.total} activities>"

    @property
    def entries(self) -> Mapping[Entry, int]:
        """The number of activities by entry."""
        return {entry: sum(line[1] is entry for line in self.lines) for entry in Entry}

    @property
    def outcomes(self) -> Mapping[Outcome, int]:
        """The number of activities by outcome."""
        return {outcome: sum(line[2] is outcome for line in self.lines) for outcome in Outcome}

    @property
    def total(self) -> int:
        """The activities of the period: the sum of either side."""
        return len(self.lines)


def _check_lines(balance: Balance) -> None:
    if balance.last < balance.first:
        raise unfit(balance, "last", said("a day from {first}", first=balance.first))
    if len({activity for activity, _, _ in balance.lines}) < len(balance.lines):
        raise unfit(balance, "lines", said("each activity once"))
