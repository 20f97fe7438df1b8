"""
Deadlines as plans print them: the text kept verbatim, and the days that were read from it.

Reading never guesses. A text is read only when a form below accounts for all of it; anything else is kept as
`unspecified`, which has no day and is never overdue.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import partial
from typing import Any

import attrs

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.labelled import Labelled
from reformtrack.domain.said import said
from reformtrack.domain.showing import brief
from reformtrack.domain.texts import normalised

MAX_TEXT = 500
"""Longer texts are kept and not read."""


class DeadlineKind(Labelled):
    """What form of deadline a text is."""

    DAY = "day"
    DAYS = "days"
    """Several days, each an occurrence of its own."""
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    EACH_MONTH = "each_month"
    EACH_QUARTER = "each_quarter"
    EACH_HALF_YEAR = "each_half_year"
    REGULAR = "regular"
    """Thường xuyên: no date at all."""
    DEPENDENT = "dependent"
    """Theo …: a date that someone else sets."""
    UNSPECIFIED = "unspecified"
    """A text that could not be read, or none."""


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

    @classmethod
    def parse(cls, text: str, year: int) -> "Deadline":
        """
        Read a deadline in Vietnamese or English. No text is refused: what cannot be read is of kind `unspecified`, and so is
        a day that does not exist, as "31/2". What a person enters is read by `entered`, which refuses that.

        "Trước ngày 31/8" (before) is due on 31/8: a deadline day is inclusive, and officials write "trước ngày" for it.

        Args:
            text: as printed.
            year: the plan year, for texts that name none.
        """
        try:
            return cls.entered(text, year)
        except InvalidField:
            return cls(text, DeadlineKind.UNSPECIFIED, ())

    @classmethod
    def entered(cls, text: str, year: int) -> "Deadline":
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
            kind, days = _read(_normalised(text), year)
            return cls(text, kind, tuple(sorted(set(days))))
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


Reading = tuple[DeadlineKind, list[date]]
Reader = Callable[[re.Match[str], int], Reading]
Form = tuple[str, Reader]

# Written out, because `calendar.month_abbr` follows the locale of the host.
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = {name: n for n, name in enumerate(_MONTHS, 1)} | {"i": 1, "ii": 2, "iii": 3, "iv": 4, "đầu": 1, "cuối": 2}
_NUMBERS |= {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}


def _normalised(text: str) -> str:
    """The text for reading: NFC, lower case, single spaces, no colons, no full stop at its end."""
    if len(text) > MAX_TEXT:
        return ""
    return " ".join(normalised(text).casefold().replace(":", " ").split()).rstrip(" .;,")


def _read(text: str, year: int) -> Reading:
    return _first(_FORMS, text, year) or _read_several(text, year) or (DeadlineKind.UNSPECIFIED, [])


def _first(forms: Iterable[Form], text: str, year: int) -> Reading | None:
    for pattern, reader in forms:
        if match := re.fullmatch(pattern, text):  # compiled when the first deadline is read, and kept by `re`
            return reader(match, year)
    return None


def _read_several(text: str, year: int) -> Reading | None:
    """Several days or periods in one text; one part that cannot be read leaves the whole unread."""
    parts = _SEPARATOR.split(text)
    unit = _UNIT.match(text)
    kinds: set[DeadlineKind] = set()
    days: list[date] = []
    for part in parts:
        reading = _first(_PARTS, part, year) or (unit and _first(_PARTS, f"{unit['unit']} {part}", year))
        if not reading:
            return None
        kinds.add(reading[0])
        days += reading[1]
    # "Quý 1, 3/2024" may mean the third quarter, or March.
    if _year_is_unclear(parts, year) or {DeadlineKind.MONTH, DeadlineKind.QUARTER} <= kinds:
        return None
    return DeadlineKind.DAYS, days


def _year_is_unclear(parts: list[str], year: int) -> bool:
    """Whether only some parts name a year, and it is not the plan's: it may be meant for the other parts too."""
    named = [re.search("[0-9]{4}", part) for part in parts]
    return None in named and any(found and int(found[0]) != year for found in named)


def _year_of(match: re.Match[str], year: int) -> int:
    return int(match.groupdict().get("year") or year)


def _number(word: str) -> int:
    return _NUMBERS.get(word) or _NUMBERS.get(word[:3]) or int(word)


def _day(match: re.Match[str], year: int) -> Reading:
    return DeadlineKind.DAY, [date(_year_of(match, year), _number(match["month"]), int(match["day"]))]


def _day_of_months(match: re.Match[str], year: int) -> Reading:
    months = re.findall("[0-9]+", match["months"])
    return DeadlineKind.DAYS, [date(_year_of(match, year), int(month), int(match["day"])) for month in months]


def _period(kind: DeadlineKind, length: int, match: re.Match[str], year: int) -> Reading:
    """The n-th period of `length` months in its year."""
    return kind, [_month_end(_year_of(match, year), length * _number(match["n"]))]


def _every(kind: DeadlineKind, length: int, match: re.Match[str], year: int) -> Reading:
    """Every period of `length` months in a year."""
    return kind, [_month_end(_year_of(match, year), month) for month in range(length, 13, length)]


def _dateless(kind: DeadlineKind, match: re.Match[str], year: int) -> Reading:
    return kind, []


def _month_end(year: int, month: int) -> date:
    """
    The last day of a month.

    Raises:
        ValueError: there is no such month.
    """
    first = date(year, month, 1)  # `calendar` would bring `locale`, at each import
    return first.replace(day=31) if month == 12 else first.replace(month=month + 1) - timedelta(days=1)


def _forms(lead: str, table: Iterable[tuple[str, Reader]]) -> tuple[Form, ...]:
    return tuple((f"{lead}(?:{pattern})", reader) for pattern, reader in table)


# "Before", "by", "at the latest" a day are all due on that day. Before a month or a quarter is not by its end, so a period
# takes only the words that mean its end.
_LATEST = r"(?:(?:hoàn thành|xong) )?(?:(?:chậm|muộn) nhất )?(?:là )?"
_BY = (
    rf"(?:{_LATEST}(?:vào )?(?:trước |đến )?(?:hết )?(?:ngày )?|"
    r"(?:due )?(?:(?:before|by|until|on|(?:no|not) later than) )?(?:the )?)"
)
_WITHIN = (
    rf"(?:{_LATEST}(?:vào |trong )?(?:(?:đến )?(?:hết|cuối) )?|"
    r"(?:(?:in|during|within|(?:no|not) later than|(?:by )?(?:the )?end of) )?(?:the )?)"
)
_YEAR = r"(?P<year>[0-9]{4})"
_OF_YEAR = rf"(?: ?[/,.-] ?| )(?:năm |of )?{_YEAR}"
_ANY_YEAR = rf"(?:{_OF_YEAR})?"
_IN_YEAR = rf"(?: trong năm)?{_ANY_YEAR}"
_DAY = r"(?P<day>[0-9]{1,2})"
_MONTH = r"(?P<month>[0-9]{1,2})"
_NAMES = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?)"
)
_NAMED = rf"(?P<month>{_NAMES})\.?"
_SIX_MONTHS = r"(?:0?6|sáu) tháng"
_EACH = r"(?:(?:định kỳ )?(?:hằng|hàng|mỗi|each|every)|định kỳ(?: theo)?)"

# A comma before a year belongs to the date.
_SEPARATOR = re.compile(r" ?(?:;|,(?! ?(?:năm )?[0-9]{4}(?:[ ,;]|$))) ?(?:(?:và|and) )?| (?:và|and) ")
_UNIT = re.compile(rf"{_WITHIN}(?:các )?(?P<unit>quý|tháng) ")

# Without a year only a slash makes a date: "3-5" may be a span, "3.5" a number; "01-03/2023" a span of months.
_DAYS = (
    (rf"{_YEAR} ?[/-] ?{_MONTH} ?[/-] ?{_DAY}", _day),
    (rf"{_DAY} ?/ ?{_MONTH}{_ANY_YEAR}", _day),
    (rf"{_DAY} ?\. ?{_MONTH}{_OF_YEAR}", _day),
    (rf"{_DAY} ?- ?{_MONTH}(?! ?/){_OF_YEAR}", _day),
    (rf"ngày {_DAY} ?[.-] ?{_MONTH}{_ANY_YEAR}", _day),
    (rf"{_DAY} tháng {_MONTH}{_ANY_YEAR}", _day),
    (rf"{_DAY}(?:st|nd|rd|th)?[ -](?:of )?{_NAMED}{_ANY_YEAR}", _day),
    (rf"{_NAMED} {_DAY}(?:st|nd|rd|th)?{_ANY_YEAR}", _day),
)
_month, _quarter = partial(_period, DeadlineKind.MONTH, 1), partial(_period, DeadlineKind.QUARTER, 3)
_half, _whole_year = partial(_period, DeadlineKind.HALF_YEAR, 6), partial(_every, DeadlineKind.YEAR, 12)
_PERIODS = (
    (rf"(?:tháng ?|t)?(?P<n>[0-9]{{1,2}}) ?[/-] ?{_YEAR}", _month),
    (rf"tháng (?P<n>[0-9]{{1,2}}){_ANY_YEAR}", _month),
    (rf"(?P<n>{_NAMES})\.?{_ANY_YEAR}", _month),
    (rf"(?:(?:các )?quý |q\.? ?|quarter )(?P<n>iv|i{{1,3}}|0?[1-4]){_ANY_YEAR}", _quarter),
    (rf"(?P<n>first|second|third|fourth|1st|2nd|3rd|4th) quarter(?: of the year)?{_ANY_YEAR}", _quarter),
    (rf"{_SIX_MONTHS} (?P<n>đầu|cuối)(?: năm)?{_ANY_YEAR}", _half),
    (rf"nửa (?P<n>đầu|cuối) năm{_ANY_YEAR}", _half),
    (rf"(?P<n>first|second) half(?: of the year)?{_ANY_YEAR}", _half),
    (rf"h(?P<n>[12]){_ANY_YEAR}", _half),
    (rf"(?:cả|cuối) năm(?: {_YEAR})?", _whole_year),
)
# Never a part of a list: there, a year is that of the parts before it.
_YEARS = ((rf"(?:năm|(?:whole )?year)(?: {_YEAR})?", _whole_year), (_YEAR, _whole_year))
_OTHERS = (
    (rf"{_EACH} (?:năm|year)|annually|yearly", _whole_year),
    (rf"(?:{_EACH} (?:quý|quarter)|quarterly){_IN_YEAR}", partial(_every, DeadlineKind.EACH_QUARTER, 3)),
    (rf"(?:{_EACH} (?:tháng|month)|monthly){_IN_YEAR}", partial(_every, DeadlineKind.EACH_MONTH, 1)),
    (
        rf"(?:{_EACH} (?:{_SIX_MONTHS}|(?:6|six) months|half[ -]year)|(?:định kỳ )?{_SIX_MONTHS} ?(?:(?:1|một) lần|/ ?lần)|"
        rf"half[ -]yearly|semi-?annually){_IN_YEAR}",
        partial(_every, DeadlineKind.EACH_HALF_YEAR, 6),
    ),
    (rf"(?:định kỳ )?{_SIX_MONTHS}(?: ?[,;] ?| và )(?:cả )?năm{_ANY_YEAR}", partial(_every, DeadlineKind.DAYS, 6)),
    (
        rf"{_BY}{_DAY} (?:của )?các tháng (?P<months>[0-9]{{1,2}}(?:(?:, ?| và )[0-9]{{1,2}})+){_ANY_YEAR}",
        _day_of_months,
    ),
    (
        r"(?:làm )?(?:thường xuyên|liên tục)(?:,? liên tục)?(?: (?:trong|hằng|hàng|cả) năm(?: [0-9]{4})?)?|"
        r"regular(?:ly)?|on-?going|continuous(?:ly)?|all year round",
        partial(_dateless, DeadlineKind.REGULAR),
    ),
    (
        r"(?:theo|sau khi|ngay sau khi|khi có|as per|according to|following|after|upon) .+|when (?:required|requested)(?: .+)?",
        partial(_dateless, DeadlineKind.DEPENDENT),
    ),
)
_PARTS = _forms(_BY, _DAYS) + _forms(_WITHIN, _PERIODS)
_FORMS = _PARTS + _forms(_WITHIN, _YEARS) + _forms("", _OTHERS)
