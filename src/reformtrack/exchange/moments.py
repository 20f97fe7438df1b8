"""
What is typed for `known_at`, in an address and on the command line.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reformtrack.domain.errors import InvalidInstant
from reformtrack.domain.said import said
from reformtrack.domain.timeline import KnownAt
from reformtrack.domain.wording import day_of

if TYPE_CHECKING:
    from reformtrack.tracker import Tracker

_DIGITS = 18
ACCEPTED = said("a day, which means its end, an instant with its zone, as 2023-06-30T17:00+07:00, or a log position")


def known_in(tracker: "Tracker", text: str) -> KnownAt:
    """
    A log position, the end of a day, or an instant with its zone; days in the form of either language.

    Raises:
        ValueError: it is none of these.
        InvalidInstant: a day that has not come, or an instant without its zone.

    >>> from reformtrack.tracker import Tracker
    >>> with Tracker(clock=lambda: datetime(2023, 7, 10, tzinfo=UTC)) as tracker:
    ...     known_in(tracker, "120")
    ...     [known_in(tracker, text).isoformat() for text in ("30/06/2023", "2023-06-30", "30/06/2023 17:00+07:00")]
    120
    ['2023-06-30T23:59:59.999999+07:00', '2023-06-30T23:59:59.999999+07:00', '2023-06-30T17:00:00+07:00']
    """
    if text.isascii() and text.isdecimal() and len(text) <= _DIGITS:
        return int(text)
    day, space, time = text.partition(" ")
    if space and "/" in day:
        text = f"{day_of(day)} {time}"
    elif "T" not in text and not space:
        found = day_of(text)
        if found > tracker.today():
            raise InvalidInstant(found, said("a day that has come"))
        return tracker.end_of(found)
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise InvalidInstant(instant, said("an instant with its time zone"))
    try:
        for zone in (
            UTC,
            tracker.local_time,
        ):  # an instant at the very beginning of the calendar has no day in each zone
            instant.astimezone(zone)
    except OverflowError as error:
        raise ValueError(str(error)) from None
    return instant
