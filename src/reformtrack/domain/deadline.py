"""
Deadlines as plans print them: the text kept verbatim, and the days that were read from it.

Reading never guesses. A text is read only when a form below accounts for all of it; anything else is kept as
`unspecified`, which has no day and is never overdue.
"""

import calendar
import enum
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import attrs

from reformtrack.domain.errors import InvalidField
from reformtrack.domain.fields import forbidden_character

MAX_TEXT = 500
"""Longer texts are kept and not read."""


class DeadlineKind(enum.Enum):
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


_RECURRING = frozenset(
    {DeadlineKind.DAYS, DeadlineKind.EACH_MONTH, DeadlineKind.EACH_QUARTER, DeadlineKind.EACH_HALF_YEAR}
)
_DATELESS = frozenset({DeadlineKind.REGULAR, DeadlineKind.DEPENDENT, DeadlineKind.UNSPECIFIED})


def _check_days(instance: "Deadline", attribute: "attrs.Attribute[Any]", days: tuple[date, ...]) -> None:
    kind = instance.kind
    least, most = (0, 0) if kind in _DATELESS else (2, 366) if kind in _RECURRING else (1, 1)
    if not least <= len(days) <= most:
        raise InvalidField("Deadline", attribute.name, days, f"{least} to {most} days for the kind {kind.value}")
    if sorted(set(days)) != list(days):
        raise InvalidField("Deadline", attribute.name, days, "days in order, each once")


@attrs.frozen
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
        Read a deadline in Vietnamese or English. Never raises: what cannot be read is of kind `unspecified`.

        "Trước ngày 31/8" (before) is due on 31/8: a deadline day is inclusive, and officials write "trước ngày" for it.

        Args:
            text: as printed.
            year: the plan year, for texts that name none.
        """
        try:
            kind, days = _read(_normalised(text), year)
            return cls(text, kind, tuple(sorted(set(days))))
        except (ValueError, OverflowError):
            return cls(text, DeadlineKind.UNSPECIFIED, ())

    @classmethod
    def on_day(cls, day: date, text: str = "") -> "Deadline":
        """A deadline on one day; its text is the day as dd/MM/yyyy unless given."""
        return cls(text or f"{day.day:02}/{day.month:02}/{day.year:04}", DeadlineKind.DAY, (day,))

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


def recordable(instance: object, attribute: "attrs.Attribute[Any]", deadline: Deadline) -> None:
    """
    An attrs validator: a deadline whose text a record may carry. Reading takes any text; keeping it does not.

    Raises:
        InvalidField: the text is none, is longer than 500 characters, or has a character that must not be stored.
    """
    owner, text = type(instance).__name__, deadline.text
    if not isinstance(text, str) or len(text) > MAX_TEXT:
        raise InvalidField(owner, attribute.name, text, f"a deadline whose text has at most {MAX_TEXT} characters")
    if refused := forbidden_character(text):
        raise InvalidField(owner, attribute.name, text, f"a deadline whose text is without {refused}")


Reading = tuple[DeadlineKind, list[date]]
Reader = Callable[[re.Match[str], int], Reading]

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name[:3]: n for name, n in _MONTHS.items()} | {"sept": 9}

# "Before", "by", "at the latest" a day are all due on that day. Before a month or a quarter is not by its end, so a period
# takes only the words that mean its end.
_BY = (
    r"(?:(?:hoàn thành |xong )?(?:trước|chậm nhất(?: là)?(?: vào)?|muộn nhất(?: là)?(?: vào)?|đến(?: hết)?|vào|hết)(?: ngày)? |"
    r"(?:before|by|until|no later than|not later than|due|on) )?"
)
_WITHIN = (
    r"(?:(?:hoàn thành |xong )?(?:trong|chậm nhất(?: là)?(?: trong| vào)?|muộn nhất(?: là)?(?: trong| vào)?|đến hết|hết) |"
    r"(?:in|during|within|by the end of|end of)(?: the)? )?"
)
_YEAR = r"(?: ?[/,.-]? ?(?:năm |of )?(?P<year>[0-9]{4}))?"
_NUMERIC_DAY = r"(?:ngày )?(?P<day>[0-9]{1,2}) ?[/.-] ?(?P<month>[0-9]{1,2})(?: ?[/.-] ?(?P<year>[0-9]{4}))?"
_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_QUARTER = r"(?:iv|i{1,3}|[1-4])"
_HALVES = {"đầu": 1, "cuối": 2, "first": 1, "second": 2, "1": 1, "2": 2}


def _normalised(text: str) -> str:
    """The text for reading: NFC, lower case, single spaces, no full stop at its end."""
    if len(text) > MAX_TEXT:
        return ""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split()).rstrip(" .;,")


def _read(text: str, year: int) -> Reading:
    for pattern, reader in _FORMS:
        if match := pattern.fullmatch(text):
            return reader(match, year)
    return _read_several(text, year)


def _read_several(text: str, year: int) -> Reading:
    """Several days or quarters in one text; one part that cannot be read leaves the whole unread."""
    parts = re.split(r" ?(?:;|,| và | and ) ?", text)
    if len(parts) < 2:
        return DeadlineKind.UNSPECIFIED, []
    if re.match(r"(?:các )?quý ", parts[0]):
        parts[0] = parts[0].removeprefix("các ")
        parts = [f"quý {part}" if re.fullmatch(_QUARTER, part) else part for part in parts]
    days: list[date] = []
    for part in parts:
        for pattern, reader in _PARTS:
            if match := pattern.fullmatch(part):
                days += reader(match, year)[1]
                break
        else:
            return DeadlineKind.UNSPECIFIED, []
    return DeadlineKind.DAYS, days


def _year_of(match: re.Match[str], year: int) -> int:
    return int(match["year"] or year)


def _day(match: re.Match[str], year: int) -> Reading:
    return DeadlineKind.DAY, [date(_year_of(match, year), int(match["month"]), int(match["day"]))]


def _named_day(match: re.Match[str], year: int) -> Reading:
    return DeadlineKind.DAY, [date(_year_of(match, year), _MONTHS[match["name"]], int(match["day"]))]


def _month(match: re.Match[str], year: int) -> Reading:
    return DeadlineKind.MONTH, [_month_end(_year_of(match, year), int(match["month"]))]


def _named_month(match: re.Match[str], year: int) -> Reading:
    return DeadlineKind.MONTH, [_month_end(_year_of(match, year), _MONTHS[match["name"]])]


def _quarter(match: re.Match[str], year: int) -> Reading:
    number = (_ROMAN | _ORDINALS)[match["quarter"]]
    return DeadlineKind.QUARTER, [_month_end(_year_of(match, year), 3 * number)]


def _half(match: re.Match[str], year: int) -> Reading:
    return DeadlineKind.HALF_YEAR, [_month_end(_year_of(match, year), 6 * _HALVES[match["half"]])]


def _whole_year(match: re.Match[str], year: int) -> Reading:
    return DeadlineKind.YEAR, [date(_year_of(match, year), 12, 31)]


def _on_a_day_of_months(match: re.Match[str], year: int) -> Reading:
    months = [int(month) for month in re.findall(r"[0-9]+", match["months"])]
    return DeadlineKind.DAYS, [date(_year_of(match, year), month, int(match["day"])) for month in months]


def _every(kind: DeadlineKind, months: Iterable[int]) -> Reader:
    ends = tuple(months)
    return lambda match, year: (kind, [_month_end(_year_of(match, year), month) for month in ends])


def _dateless(kind: DeadlineKind) -> Reader:
    return lambda match, year: (kind, [])


def _month_end(year: int, month: int) -> date:
    """
    The last day of a month.

    Raises:
        ValueError: there is no such month.
    """
    return date(year, month, calendar.monthrange(date(year, month, 1).year, month)[1])


_EACH = r"(?:định kỳ )?(?:hằng|hàng|mỗi|theo|each|every)"
_DAYS: tuple[tuple[str, Reader], ...] = (
    (r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})", _day),
    (_NUMERIC_DAY, _day),
    (rf"(?:ngày )?(?P<day>[0-9]{{1,2}}) tháng (?P<month>[0-9]{{1,2}}){_YEAR}", _day),
    (rf"(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<name>{_NAMES})\.?{_YEAR}", _named_day),
    (rf"(?P<name>{_NAMES})\.? (?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<year>[0-9]{{4}}))?", _named_day),
)
_PERIODS: tuple[tuple[str, Reader], ...] = (
    (r"(?:tháng ?|t)?(?P<month>[0-9]{1,2}) ?[/-] ?(?P<year>[0-9]{4})", _month),
    (rf"tháng (?P<month>[0-9]{{1,2}}){_YEAR}", _month),
    (rf"(?P<name>{_NAMES})\.?{_YEAR}", _named_month),
    (rf"quý (?P<quarter>{_QUARTER}){_YEAR}", _quarter),
    (rf"(?:q|quarter )(?P<quarter>{_QUARTER}){_YEAR}", _quarter),
    (rf"(?P<quarter>first|second|third|fourth) quarter{_YEAR}", _quarter),
    (rf"(?:0?6|sáu) tháng (?P<half>đầu|cuối)(?: năm)?{_YEAR}", _half),
    (rf"nửa (?P<half>đầu|cuối) năm{_YEAR}", _half),
    (rf"(?P<half>first|second) half(?: of the year)?{_YEAR}", _half),
    (rf"h(?P<half>[12]){_YEAR}", _half),
    (r"(?:cả |cuối )?năm(?: (?P<year>[0-9]{4}))?", _whole_year),
    (r"(?:whole |the )?year(?: (?P<year>[0-9]{4}))?", _whole_year),
    (r"(?P<year>[0-9]{4})", _whole_year),
)
_OTHERS: tuple[tuple[str, Reader], ...] = (
    (r"(?:hằng|hàng|mỗi) năm(?P<year>)|(?:annually|yearly|each year|every year)", _whole_year),
    (rf"(?:{_EACH} (?:quý|quarter)|quarterly){_YEAR}", _every(DeadlineKind.EACH_QUARTER, (3, 6, 9, 12))),
    (rf"(?:{_EACH} (?:tháng|month)|monthly){_YEAR}", _every(DeadlineKind.EACH_MONTH, range(1, 13))),
    (
        rf"(?:{_EACH} (?:0?6|sáu) tháng|(?:0?6|sáu) tháng một lần|half-yearly|semi-annually|every (?:six|6) months){_YEAR}",
        _every(DeadlineKind.EACH_HALF_YEAR, (6, 12)),
    ),
    (rf"(?:0?6|sáu) tháng(?:,| và) (?:cả )?năm{_YEAR}", _every(DeadlineKind.DAYS, (6, 12))),
    (
        rf"ngày (?P<day>[0-9]{{1,2}}) (?:của )?các tháng (?P<months>[0-9]{{1,2}}(?:(?:, ?| và )[0-9]{{1,2}})+){_YEAR}",
        _on_a_day_of_months,
    ),
    (
        r"(?:làm )?(?:thường xuyên|liên tục)(?:,? liên tục)?(?: trong năm| hằng năm| hàng năm)?|"
        r"regular(?:ly)?|ongoing|continuous(?:ly)?|all year round",
        _dateless(DeadlineKind.REGULAR),
    ),
    (
        r"(?:theo|sau khi|khi có|ngay sau khi|as per|according to|following|after|upon|when required|when requested)(?: .+)?",
        _dateless(DeadlineKind.DEPENDENT),
    ),
)
_FORMS = tuple(
    (re.compile(f"{lead}(?:{pattern})"), reader)
    for lead, table in ((_BY, _DAYS), (_WITHIN, _PERIODS), ("", _OTHERS))
    for pattern, reader in table
)
_PARTS = tuple((re.compile(pattern), reader) for pattern, reader in (*_DAYS, *_PERIODS))
