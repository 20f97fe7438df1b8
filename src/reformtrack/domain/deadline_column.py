"""What an import asks about the deadlines of a column, beside how each is read."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

import attrs

from reformtrack.domain.deadline import Deadline
from reformtrack.domain.deadline_forms import DeadlineKind
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.said import said

_YEARS_AFTER = 10
_DAY_ZERO = date(1899, 12, 30)


DayOrder = Literal["dmy", "mdy", "undecided", "contradicting"]
"""In which order days are written; undecided if none shows it, contradicting if some show one and some the other."""

# Two numbers, and the year after them; not the end of "2025/06/30".
_WRITTEN = re.compile(
    r"(?<![0-9])(?<![0-9]{4}[/.-])([0-9]{1,2})( ?[/.-] ?)([0-9]{1,2})(?![0-9])"
    r"((?: ?[/.-] ?|,? (?:năm )?)[0-9]{4}(?![0-9])|\2[0-9]{2}(?![0-9/.-]))?"
)


def serial_day(text: str) -> date | None:
    """
    The day of this century whose serial number in a spreadsheet a text looks like; None when it looks like none.

    >>> serial_day("45838"), serial_day("2025")
    (datetime.date(2025, 6, 30), None)
    """
    number = re.fullmatch(r"([0-9]{5})(?:[.,][0-9]+)?", text.strip())
    day = _DAY_ZERO + timedelta(days=int(number[1])) if number else _DAY_ZERO
    return day if 2000 <= day.year < 2100 else None


def day_order(texts: Iterable[str]) -> DayOrder:
    """
    The order in which a column has its days, as those show whose day is no month.

    >>> day_order(["1/31/2025", "3/4/2025"]), day_order(["3/4/2025", "Quý II"])
    ('mdy', 'undecided')
    """
    days = [(int(day[1]), int(day[3])) for text in texts for day in _WRITTEN.finditer(text) if day[4]]
    is_dmy = any(1 <= second <= 12 < first <= 31 for first, second in days)
    is_mdy = any(1 <= first <= 12 < second <= 31 for first, second in days)
    if is_dmy and is_mdy:
        return "contradicting"
    return "dmy" if is_dmy else "mdy" if is_mdy else "undecided"


def entered_in(order: DayOrder, text: str, year: int, days: tuple[date, date] | None = None) -> Deadline:
    """
    `Deadline.entered` in a column whose days have an order: month before day if it is `mdy`, else day before month.

    Raises:
        InvalidField: as `Deadline.entered` does.

    >>> entered_in("mdy", "3/4/2025", 2025).days
    (datetime.date(2025, 3, 4),)
    """
    if order != "mdy":
        return Deadline.entered(text, year, days)
    day_first = _WRITTEN.sub(_day_first, text)
    try:
        return attrs.evolve(Deadline.entered(day_first, year, days), text=text)
    except InvalidField as error:
        raise InvalidField("Deadline", "text", text, error.accepted) from None


def _day_first(written: re.Match[str]) -> str:
    """The same with the day before the month; "12/25" stays as it is, since it may be a month and a year."""
    is_day = written[4] or (written[2] == "/" and max(int(written[1]), int(written[3])) <= 12)
    return f"{written[3]}{written[2]}{written[1]}{written[4] or ''}" if is_day else written[0]


def checked_bounds(deadline: Deadline, first: date, last: date) -> str:
    """
    A note, as a sentence, where something is due after the last day of its plan; else empty.

    Args:
        first, last: the days of the plan.

    Raises:
        InvalidField: it is due before the first day, or more than ten years after the last.

    >>> checked_bounds(Deadline.parse("Quý I/2026", 2025), date(2025, 1, 1), date(2025, 12, 31))
    'due after the last day of the plan, 2025-12-31'
    """
    due = deadline.last
    if due is None:
        return ""
    earliest = deadline.days[0] if deadline.kind is DeadlineKind.DAYS else due
    is_too_late = (due.year - _YEARS_AFTER, due.month, due.day) > (last.year, last.month, last.day)
    if earliest < first or is_too_late:
        accepted = said(
            "a day from {first} on, and at most {most} years after {last}", first=first, most=_YEARS_AFTER, last=last
        )
        raise InvalidField("Deadline", "text", deadline.text, accepted)
    return said("due after the last day of the plan, {last}", last=last) if due > last else ""
