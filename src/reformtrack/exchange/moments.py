"""What is typed for `known_at`, in an address and on the command line."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from reformtrack.domain.errors import InvalidField, InvalidInstant
from reformtrack.domain.said import said
from reformtrack.domain.timeline import KnownAt
from reformtrack.domain.wording import day_of

if TYPE_CHECKING:
    from reformtrack.tracker import Tracker

LARGEST_POSITION = 10**18 - 1
"""The largest log position that may be asked for: 18 digits."""
_ACCEPTED = said("a day, which means its end, an instant with its zone, as 2023-06-30T17:00+07:00, or a log position")


def known_in(tracker: "Tracker", text: str) -> KnownAt:
    """
    A log position, the end of a day, or an instant with its zone; days in the form of either language.

    Raises:
        InvalidField: another text.
        InvalidInstant: a day that has not come, or an instant without its zone.

    >>> from reformtrack.tracker import Tracker
    >>> with Tracker(clock=lambda: datetime(2023, 7, 10, tzinfo=UTC)) as tracker:
    ...     known_in(tracker, "120")
    ...     [known_in(tracker, text).isoformat() for text in ("30/06/2023", "2023-06-30", "30/06/2023 17:00+07:00")]
    120
    ['2023-06-30T23:59:59.999999+07:00', '2023-06-30T23:59:59.999999+07:00', '2023-06-30T17:00:00+07:00']
    """
    if text.isascii() and text.isdecimal() and len(text) <= len(str(LARGEST_POSITION)):
        return int(text)
    try:
        found = _typed(text)
        if isinstance(found, datetime) and found.tzinfo:
            for zone in (UTC, tracker.local_time):
                found.astimezone(zone)  # an instant at the very beginning of the calendar has no day in each zone
    except (ValueError, OverflowError):
        raise InvalidField("query", "known_at", text, _ACCEPTED) from None
    if not isinstance(found, datetime):
        if found > tracker.today():
            raise InvalidInstant(found, said("a day that has come"))
        return tracker.end_of(found)
    if found.tzinfo is None:
        raise InvalidInstant(found, said("an instant with its time zone"))
    return found


def _typed(text: str) -> date | datetime:
    day, space, time = text.partition(" ")
    if "T" in day or space:
        return datetime.fromisoformat(f"{day_of(day)} {time}" if "/" in day else text)
    return day_of(text)
