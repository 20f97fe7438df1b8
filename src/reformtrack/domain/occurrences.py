"""Recurring work: which occurrences of a deadline are done, and when all of them are."""

from bisect import bisect_left
from datetime import date

from reformtrack.domain.deadline import Deadline

Done = tuple[tuple[date, date], ...]
"""(due day, day done) of each completed occurrence, in order of due day."""


def is_done(done: Done, due: date) -> bool:
    """Whether the occurrence of a due day is completed."""
    place = bisect_left(done, (due,))
    return place < len(done) and done[place][0] == due


def with_done(done: Done, due: date, on: date) -> Done:
    """With one more that is completed, or with another day for the same."""
    place = bisect_left(done, (due,))
    return (*done[:place], (due, on), *done[place + is_done(done, due) :])


def open_days(deadline: Deadline, done: Done) -> tuple[date, ...]:
    """The due days of the deadline's occurrences that are not completed."""
    days = {due for due, _ in done}
    return tuple(due for due in deadline.occurrences if due not in days)


def completed_on(deadline: Deadline, done: Done) -> date | None:
    """The latest day of the occurrences, once each is completed; None before, and of a deadline without occurrences."""
    # To count them is quicker, and mostly enough: not all that are done need be of the deadline of today.
    if not deadline.is_recurring or len(done) < len(deadline.days) or open_days(deadline, done):
        return None
    return max(on for due, on in done if due in deadline.days)
