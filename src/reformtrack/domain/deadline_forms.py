"""
The forms of deadlines in Vietnamese and in English: a table of patterns, each with what it is read as.

They are matched against folded text: lower case without marks, so that "Qúy", "QUÝ" and "Quy" are "quy", and "hằng" and
"hàng" are "hang". "Sáu" is "6".
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

from reformtrack.domain.labelled import Labelled
from reformtrack.domain.said import said


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


class Reading(NamedTuple):
    """What a text was read as."""

    kind: DeadlineKind
    days: tuple[date, ...] = ()
    note: str = ""
    """How it was read, where people may have meant otherwise."""
    start: date | None = None
    """Of a span, its first day."""
    is_every_month: bool = False
    """Whether it has days in each month, or in the last of each quarter, and would have them in another year."""


Reader = Callable[[re.Match[str], int], Reading | None]
Form = tuple[str, Reader]
"""A pattern that matches a whole text, and what it is read as."""

EACH = (DeadlineKind.EACH_MONTH, DeadlineKind.EACH_QUARTER, DeadlineKind.EACH_HALF_YEAR)
"""The kinds that are of every year."""

MONTHS_OF = {DeadlineKind.MONTH: 1, DeadlineKind.QUARTER: 3, DeadlineKind.HALF_YEAR: 6, DeadlineKind.YEAR: 12}
"""How many months a period has."""


# Written out, because `calendar.month_abbr` follows the locale of the host.
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NUMBERS = {name: n for n, name in enumerate(_MONTHS, 1)}
_NUMBERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "chin": 9, "nine": 9}
_NUMBERS |= {"dau": 1, "cuoi": 2, "first": 1, "second": 2, "third": 3, "fourth": 4, "last": 2}
_NUMBERS |= {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4}


def _number(word: str) -> int:
    return _NUMBERS.get(word) or _MONTH_NUMBERS.get(word[:3]) or int(word)


def _year_of(match: re.Match[str], year: int) -> int:
    return int(match.groupdict().get("year") or year)


def _month_end(year: int, month: int) -> date:
    """
    The last day of a month.

    Raises:
        ValueError: there is no such month.
    """
    first = date(year, month, 1)  # `calendar` would bring `locale`, at each import
    return first.replace(day=31) if month == 12 else first.replace(month=month + 1) - timedelta(days=1)


def _day(match: re.Match[str], year: int) -> Reading | None:
    day, month = int(match["day"]), _number(match["month"])
    # "12/25" is 25 December to some, and December 2025 to others.
    if not match.groupdict().get("year") and 1 <= day <= 12 < month and "thang" not in match[0]:
        return None
    return Reading(DeadlineKind.DAY, (date(_year_of(match, year), month, day),))


def _short_year(match: re.Match[str], year: int) -> Reading | None:
    """A year of two digits, as "30/6/25", "30-Jun-25" and "Jun-25"; only the plan's and the next, as "Jun-30" may be a day."""
    full = year - year % 100 + int(match["short"])
    if not 0 <= full - year <= 1:
        return None
    month = _number(match["month"])
    if day := match.groupdict().get("day"):
        return Reading(DeadlineKind.DAY, (date(full, month, int(day)),))
    note = said("read as the month {month}", month=f"{month}/{full}")
    return Reading(DeadlineKind.MONTH, (_month_end(full, month),), note)


def _days_of_months(months: Iterable[int], match: re.Match[str], year: int) -> Reading:
    """The same days of several months: those that are named, or these."""
    named = match.groupdict().get("months")
    months = map(int, re.findall("[0-9]+", named)) if named else months
    numbers, year = [int(day) for day in re.findall("[0-9]+", match["day"])], _year_of(match, year)
    if named or not all(1 <= day <= 31 for day in numbers):
        given = tuple(date(year, m, day) for m in months for day in numbers)
        return Reading(DeadlineKind.DAYS, given)
    ends = [_month_end(year, month) for month in months]
    days = tuple(end.replace(day=min(day, end.day)) for end in ends for day in numbers)
    is_shorter = any(day > end.day for end in ends for day in numbers)
    note = said("in a shorter month on its last day") if is_shorter else ""
    return Reading(DeadlineKind.DAYS, days, note, is_every_month=True)


def _period(kind: DeadlineKind, length: int, match: re.Match[str], year: int) -> Reading:
    """The n-th period of `length` months in its year."""
    return Reading(kind, (_month_end(_year_of(match, year), length * _number(match["n"])),))


def _year_and_month(match: re.Match[str], year: int) -> Reading | None:
    """ "2025-06"; but "2011-12" may be the fiscal year."""
    return None if int(match["n"]) == (int(match["year"]) + 1) % 100 else _month(match, year)


def _first_months(count: int, match: re.Match[str], year: int) -> Reading:
    """The first months of a year: half a year, or by the last day of them; 0 where the text says that it means the first."""
    months = count or _number(match["n"])
    kind = DeadlineKind.HALF_YEAR if months == 6 else DeadlineKind.DAY
    note = said("read as the first {count} months of the year", count=count) if count else ""
    return Reading(kind, (_month_end(_year_of(match, year), months),), note)


def _every(kind: DeadlineKind, length: int, match: re.Match[str], year: int) -> Reading:
    """Every period of `length` months in a year."""
    return Reading(kind, tuple(_month_end(_year_of(match, year), month) for month in range(length, 13, length)))


def _reports(match: re.Match[str], year: int) -> Reading:
    """When periodic reports are due: at the end of each period that is named."""
    year = _year_of(match, year)
    units = re.findall(_REPORT, match["units"])
    months = sorted({month for unit in units for month in _ENDS.get(unit) or (_number(unit.removesuffix(" thang")),)})
    # Each month and each quarter have the days of all longer periods.
    kinds = {"thang": DeadlineKind.EACH_MONTH, "quy": DeadlineKind.EACH_QUARTER}
    kind = next((kinds[unit] for unit in kinds if unit in units), DeadlineKind.DAYS)
    return Reading(kind, tuple(_month_end(year, month) for month in months))


def _dateless(kind: DeadlineKind, note: str, match: re.Match[str], year: int) -> Reading:
    return Reading(kind, (), note)


_YEAR = r"(?P<year>[0-9]{4})"
_OF_YEAR = rf"(?: ?[/,.(-] ?| )(?:cua )?(?:nam ?|of )?{_YEAR}\)?"
_ANY_YEAR = rf"(?:{_OF_YEAR})?"
_IN_YEAR = rf"(?: trong(?: ca)? nam)?{_ANY_YEAR}"
# Midnight in Greenwich is another day's morning elsewhere: of a time there only midnight is read.
_TIME = (
    r"(?:[t ](?:[0-2]?[0-9] [0-5][0-9](?: [0-5][0-9](?:\.[0-9]{1,9})?)?(?: [ap]m|\+07 ?00)?"
    r"|00 00(?: 00(?:\.0{1,9})?)?(?:z|\+00 ?00)))?"
)
_NGAY = "(?:(?:cac )?ngay ?)?"
_DAY = r"(?P<day>[0-9]{1,2})"
_MONTH = r"(?P<month>[0-9]{1,2})"
_N = r"(?P<n>[0-9]{1,2})"
NAMES = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?)"
)
_NAMED = rf"(?P<month>{NAMES})\.?"
_TH = "(?:st|nd|rd|th)"
THANG = r"(?:thang|thg\.?)"
_SIX_MONTHS = "0?6 thang"
_EACH = (
    "(?:(?:dinh ky )?(?:hang|moi|tung|each|every)|dinh ky(?: theo)?|"
    "theo(?: tung|(?= (?:thang|quy)$))|cac(?= (?:thang|quy) trong nam))"
)
_COUNTED = "(?:0?[1-9]|1[01]|ba|chin)"

# What reports are named for, and the months at whose ends they are due; of "6 tháng" and "9 tháng" it is their number.
_ENDS = {"thang": range(1, 13), "quy": (3, 6, 9, 12), "quy i": (3,), "quy 1": (3,), "nam": (12,)}
_REPORT = "quy [i1](?![iv0-9])|(?:0?[69]|chin) thang|thang|quy|nam"
_EACH_REPORT = rf"(?:(?:{_EACH}|ca|0?1|mot) )?(?:{_REPORT})"

# Without a year only a slash makes a date: "3-5" may be a span, "3.5" a number; "01-03/2023" a span of months.
_DAYS = (
    (rf"{_NGAY}{_YEAR} ?[/.-] ?{_MONTH} ?[/.-] ?{_DAY}{_TIME}", _day),
    (rf"{_NGAY}{_DAY} ?/ ?{_MONTH}(?:{_OF_YEAR}{_TIME})?", _day),
    (rf"{_NGAY}{_DAY} ?\. ?{_MONTH}{_OF_YEAR}{_TIME}", _day),
    (rf"{_NGAY}{_DAY} ?- ?{_MONTH}(?! ?/){_OF_YEAR}{_TIME}", _day),
    (rf"ngay {_DAY} ?[.-] ?{_MONTH}{_ANY_YEAR}", _day),
    (rf"{_NGAY}{_DAY} {THANG} ?{_MONTH}{_ANY_YEAR}", _day),
    (rf"{_NGAY}{_DAY}{_TH}?[ -](?:of )?{_NAMED}{_ANY_YEAR}", _day),
    (rf"{_NGAY}{_NAMED} {_DAY}{_TH}?{_ANY_YEAR}", _day),
    (rf"{_NGAY}{_DAY}(?P<sign> ?[/.-] ?){_MONTH}(?P=sign)(?P<short>[0-9]{{2}})", _short_year),
    (rf"{_DAY}(?P<sign>[ -]){_NAMED}(?P=sign)(?P<short>[0-9]{{2}})", _short_year),
)
_month, _quarter = partial(_period, DeadlineKind.MONTH, 1), partial(_period, DeadlineKind.QUARTER, 3)
_half, _whole_year = partial(_period, DeadlineKind.HALF_YEAR, 6), partial(_every, DeadlineKind.YEAR, 12)
_PERIODS = (
    (rf"(?:{THANG} ?|t\.? ?)?{_N} ?[/-] ?{_YEAR}", _month),
    (rf"{THANG} ?{_N}{_ANY_YEAR}", _month),
    (rf"t\.? ?{_N}{_OF_YEAR}", _month),
    (r"(?P<year>20[0-9]{2}) ?[/-] ?(?P<n>0[1-9]|1[0-2])", _year_and_month),
    (rf"(?P<n>{NAMES})\.?{_ANY_YEAR}", _month),
    (rf"{_NAMED}(?:-| ?')(?P<short>[0-9]{{2}})", _short_year),
    (rf"(?:(?:cac )?quy ?|quarter )(?P<n>[iv]+|[0-9]{{1,2}}|mot|hai|ba|bon|tu){_ANY_YEAR}", _quarter),
    (rf"q\.? ?(?P<n>[iv]+|0?[0-9]){_ANY_YEAR}", _quarter),
    (rf"(?P<n>first|second|third|fourth|1st|2nd|3rd|4th|[iv]+) (?:quarter|q\.?)(?: of the year)?{_ANY_YEAR}", _quarter),
    (rf"{_SIX_MONTHS} (?P<n>dau|cuoi)(?: nam)?{_ANY_YEAR}", _half),
    (rf"nua (?P<n>dau|cuoi) nam{_ANY_YEAR}", _half),
    (rf"(?P<n>first|second|1st|2nd) half(?: of the year)?{_ANY_YEAR}", _half),
    (rf"(?P<n>first|last) (?:6|six) months(?: of the year)?{_ANY_YEAR}", _half),
    (rf"h(?P<n>[12]){_ANY_YEAR}", _half),
    (rf"(?P<n>{_COUNTED}) thang dau(?: nam)?{_ANY_YEAR}", partial(_first_months, 0)),
    (rf"first (?P<n>9|nine) months(?: of the year)?{_ANY_YEAR}", partial(_first_months, 0)),
    (rf"(?:(?:ca |whole )?(?:nam|year)|year[ -]end)(?: ?{_YEAR})?", _whole_year),
    (_YEAR, _whole_year),
)
_SOME_DAYS = r"(?P<day>[0-9]{1,2}(?:(?:,| va| and| &) ?(?:ngay )?[0-9]{1,2})*)"
_each_month, _quarter_ends = partial(_days_of_months, range(1, 13)), partial(_days_of_months, (3, 6, 9, 12))
_RECURRING = (
    (
        rf"{_NGAY}{_SOME_DAYS} (?:cua )?cac thang (?P<months>[0-9]{{1,2}}(?:(?:, ?| va )[0-9]{{1,2}})+){_ANY_YEAR}",
        _each_month,
    ),
    (
        rf"ngay {_SOME_DAYS} (?:cua )?thang (?P<months>[0-9]{{1,2}}(?:(?:, ?| va )(?:thang )?[0-9]{{1,2}})+){_ANY_YEAR}",
        _each_month,
    ),
    (rf"(?:dinh ky )?(?:truoc |vao )?{_NGAY}{_SOME_DAYS} (?:cua )?{_EACH} thang{_IN_YEAR}", _each_month),
    (rf"{_DAY}{_TH}(?: day)?(?: of)? {_EACH} month{_IN_YEAR}", _each_month),
    (rf"{_EACH} thang,? \(?(?:(?:cham nhat|truoc|vao|la) )*ngay {_SOME_DAYS}\)?{_IN_YEAR}", _each_month),
    (rf"(?:monthly|{_EACH} month),? (?:(?:by|on|before|the) )*{_DAY}{_TH}", _each_month),
    (
        rf"{_EACH} quy,? \(?(?:(?:cham nhat|truoc|vao|la) )*ngay {_SOME_DAYS} (?:cua )?"
        rf"thang cuoi (?:cung )?(?:cua )?quy\)?{_IN_YEAR}",
        _quarter_ends,
    ),
    (rf"ngay {_SOME_DAYS} (?:cua )?thang cuoi (?:cung )?(?:cua )?(?:{_EACH} )?quy{_IN_YEAR}", _quarter_ends),
)

_NOT_EACH = said("regular, without a deadline: single weeks, months or quarters are not tracked")
_REGULAR = (
    "(?:(?:nhiem vu|cong viec|viec|lam|thuc hien|trien khai|tien hanh) )*(?:thuong xuyen|lien tuc)"
    "(?:(?:[,/]| va)? ?(?:thuong xuyen|lien tuc|dot xuat))?"
)
_EACH_UNIT = rf"{_EACH} (?:tuan|thang|quy|{_SIX_MONTHS})"
_regular, _not_each = (partial(_dateless, DeadlineKind.REGULAR, note) for note in ("", _NOT_EACH))
_dependent = partial(_dateless, DeadlineKind.DEPENDENT, "")
_OTHERS = (
    (
        rf"{_REGULAR}(?:,? \(?(?:(?:trong|hang|ca|moi) )*nam\)?)?"
        r"(?:,? \(?(?:(?:trong|giai doan|cac nam) )*[0-9]{4}(?: ?- ?[0-9]{4})?\)?)?",
        _regular,
    ),
    (
        rf"{_REGULAR},? \(?{_EACH_UNIT}\)?|{_EACH_UNIT}(?:,| va)? {_REGULAR}|"
        r"(?:on-?going|continuous(?:ly)?|regular(?:ly)?),? (?:quarterly|monthly|weekly)",
        _not_each,
    ),
    (
        rf"(?:(?:sang |chieu |ngay )?thu [a-z0-9]+,? )?(?:hang ngay|{_EACH} (?:tuan|week))|"
        rf"{_EACH} (?:(?:mon|tues|wednes|thurs|fri)?day)|(?:bi-?)?weekly|fortnightly|daily|"
        "(?:0?[0-9]|mot|hai) tuan ?(?:/ ?|(?:1|mot) )lan",
        _not_each,
    ),
    (
        r"regular(?:ly)?|on-?going|continuous(?:ly)?|permanent(?:ly)?|all year round|"
        r"on a (?:permanent|regular|continuous) basis",
        _regular,
    ),
    (rf"(?:cuoi |end of )?{_EACH} (?:nam|year)|annually|yearly", _whole_year),
    (
        rf"(?:(?:cuoi |end of )?{_EACH} (?:quy|quarter)|quarterly){_IN_YEAR}",
        partial(_every, DeadlineKind.EACH_QUARTER, 3),
    ),
    (rf"(?:(?:cuoi |end of )?{_EACH} (?:thang|month)|monthly){_IN_YEAR}", partial(_every, DeadlineKind.EACH_MONTH, 1)),
    (
        rf"(?:{_EACH} (?:{_SIX_MONTHS}|(?:6|six) months|half[ -]year)|(?:dinh ky )?{_SIX_MONTHS} ?(?:(?:1|mot) lan|/ ?lan)|"
        rf"half[ -]yearly|semi-?annually){_IN_YEAR}",
        partial(_every, DeadlineKind.EACH_HALF_YEAR, 6),
    ),
    (
        rf"(?=.*(?:{_EACH}|[69]|chin) )(?:bao cao )?"
        rf"(?P<units>{_EACH_REPORT}(?:(?: ?[,;] ?(?:va )?| va ){_EACH_REPORT})+){_ANY_YEAR}",
        _reports,
    ),
    (rf"{_SIX_MONTHS}(?:(?: ?/ ?| ){_YEAR})?", partial(_first_months, 6)),
    (rf"(?:0?9|chin) thang{_ANY_YEAR}", partial(_first_months, 9)),
    (
        r"(?:theo|sau khi|ngay sau khi|khi co|as per|according to|following|after|upon) .+|when (?:required|requested)(?: .+)?|"
        r"(?:bao cao )?dot xuat(?:[ ,(]+(?:khi|theo) .+)?|khi (?:can(?: thiet)?|phat sinh(?: .+)?|(?:duoc|nhan) .+)|"
        r"ad[ -]hoc|on[ -](?:demand|request)|"
        r"as (?:and when )?(?:needed|required|requested|necessary)|when (?:needed|necessary)",
        _dependent,
    ),
    # So many days after something that is no day.
    (
        r"(?:(?:cham nhat|khong qua|toi da|trong|vong|thoi (?:han|gian)|sau|within|(?:no|not) later than|in) )*"
        r"(?:[0-9]{1,3}|one|two|three|six)(?: \([a-z ]+\))? "
        r"(?:ngay|tuan|thang|nam|(?:working )?(?:day|week|month)s?)(?: lam viec)?,? "
        r"(?:ke tu|tinh tu|tu (?:ngay|khi)|sau|of|after|from|following) (?![0-9]|.*[0-9] ?[/.-] ?[0-9]).+",
        _dependent,
    ),
)
FORMS: dict[str, tuple[Form, ...]] = {"days": _DAYS, "core": _DAYS + _PERIODS + _RECURRING, "others": _OTHERS}
"""Days; what words may stand before, as "before"; and what stands by itself."""
