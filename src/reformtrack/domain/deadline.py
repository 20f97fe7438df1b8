"""
Deadlines as plans print them: the text kept verbatim, and the days that were read from it.

Reading never guesses. A text is read only when a form below accounts for all of it; anything else is kept as
`unspecified`, which has no day and is never overdue.
"""

from datetime import date
from typing import Any

import attrs

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.deadline_forms import DeadlineKind as DeadlineKind
from reformtrack.domain.deadline_text import MAX_TEXT as MAX_TEXT
from reformtrack.domain.deadline_text import read, read_over
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.said import said
from reformtrack.domain.showing import brief

# Tuples, because a member of an enum is found in one by identity, and hashed by a function of Python.
_RECURRING = (DeadlineKind.DAYS, DeadlineKind.EACH_MONTH, DeadlineKind.EACH_QUARTER, DeadlineKind.EACH_HALF_YEAR)
_DATELESS = (DeadlineKind.REGULAR, DeadlineKind.DEPENDENT, DeadlineKind.UNSPECIFIED)


def _check_days(instance: "Deadline", attribute: "attrs.Attribute[Any]", days: tuple[date, ...]) -> None:
    kind = instance.kind
    least, most = (0, 0) if kind in _DATELESS else (2, 366) if kind in _RECURRING else (1, 1)
    if not least <= len(days) <= most:
        raise InvalidField(
            "Deadline",
            attribute.name,
            days,
            said("{least} to {most} days for the kind {kind}", least=least, most=most, kind=kind),
        )
    if len(days) > 1 and sorted(set(days)) != list(days):
        raise InvalidField("Deadline", attribute.name, days, said("days in order, each once"))


def _check_start(instance: "Deadline", attribute: "attrs.Attribute[Any]", start: date | None) -> None:
    if start is not None and (not instance.days or start > instance.days[0]):
        accepted = said("the first day of a span, up to its due day")
        raise InvalidField("Deadline", attribute.name, start, accepted)


@checks_arguments
@attrs.frozen(field_transformer=brief)
class Deadline:
    """
    When something has to be done.

    Raises:
        InvalidField: the days do not fit the kind, are not in order, or one is given twice.

    >>> quarter = Deadline.parse("Quý III", 2023)
    >>> quarter.kind, quarter.last
    (<DeadlineKind.QUARTER: 'quarter'>, datetime.date(2023, 9, 30))
    >>> Deadline.parse("khi thuận tiện", 2023).kind
    <DeadlineKind.UNSPECIFIED: 'unspecified'>
    """

    text: str
    """The text as printed, verbatim."""
    kind: DeadlineKind
    days: tuple[date, ...] = attrs.field(validator=_check_days)
    """The due days, each inclusive, in order; of a month, quarter, half-year or year its last day; none without a date."""
    start: date | None = attrs.field(default=None, validator=_check_start)
    """Of a span, "01/3 - 30/6", its first day."""

    @classmethod
    def parse(cls, text: str, year: int, days: tuple[date, date] | None = None) -> "Deadline":
        """
        Read a deadline in Vietnamese or English. No text is refused: what cannot be read is of kind `unspecified`, and so is
        a day that does not exist, as "31/2". What a person enters is read by `entered`, which refuses that.

        "Trước ngày 31/8" (before) is due on 31/8: a deadline day is inclusive, and officials write "trước ngày" for it.

        Args:
            text: as printed.
            year: the plan year, for texts that name none.
            days: the first and the last day of a plan that is not for its calendar year: what names no year is read in them.
        """
        try:
            return cls.entered(text, year, days)
        except InvalidField:
            return cls(text, DeadlineKind.UNSPECIFIED, ())

    @classmethod
    def entered(cls, text: str, year: int, days: tuple[date, date] | None = None) -> "Deadline":
        """
        The same where a person enters it, who can put it right: a text of the form of a day that does not exist is refused.

        Raises:
            InvalidField: it has a day or a month that no calendar has, or a day twice.

        >>> Deadline.entered("31/2/2023", 2023)
        Traceback (most recent call last):
        ...
        reformtrack.domain.errors.InvalidField: Deadline.text cannot be '31/2/2023'; accepted: a day that exists, as 30/6/2023
        """
        try:
            reading = read(text, year) if days is None else read_over(text, *days)
            return cls(text, reading.kind, tuple(sorted(set(reading.days))), reading.start)
        except (ValueError, OverflowError):
            raise InvalidField(
                "Deadline", "text", text, said("a day that exists, as {day}", day=f"30/6/{year}")
            ) from None

    @property
    def is_dated(self) -> bool:
        """Whether it has a day at all."""
        return bool(self.days)

    @property
    def is_recurring(self) -> bool:
        """Whether it has occurrences, each to be completed."""
        return self.kind in _RECURRING

    @property
    def occurrences(self) -> tuple[date, ...]:
        """The due days of a recurring deadline; none of another."""
        return self.days if self.is_recurring else ()

    @property
    def last(self) -> date | None:
        """The final due day; None without a date."""
        return self.days[-1] if self.days else None

    def __str__(self) -> str:
        return self.text
