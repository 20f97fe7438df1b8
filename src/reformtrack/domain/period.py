"""Reporting periods: from when to when a report counts, and when it is due. They are data, because rules differ and change."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated

import attrs
from msgspec import Meta

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import InvalidField, unfit
from reformtrack.domain.fields import ONE_LINE, OptionalName, Title, frozen
from reformtrack.domain.said import said
from reformtrack.domain.wording import Lang

PeriodCode = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$"), ONE_LINE]
"""The code of a period, unique within a plan's reports: `2023-year`."""


Year = Annotated[int, Meta(ge=2, le=9_998)]
"""A year whose reporting year is in the calendar."""


@frozen(kw_only=True)
@checks_arguments
class Period:
    """
    The days that a report counts.

    Raises:
        InvalidField: it ends before it begins.
    """

    code: PeriodCode
    title: Title
    """As a report prints it, "năm 2023"."""
    first: date
    last: date
    """The cut-off: the last day that counts, inclusive."""
    cumulative: bool = True
    """Whether it counts from the beginning of the reporting year."""
    due: date | None = None
    """The day by which the report has to be sent."""
    source: OptionalName = ""
    """The document that sets it."""

    def label(self, lang: Lang = "vi") -> str:
        """
        Its title; in English the titles of the periods below are said in English, others as they are.

        >>> period("2023-h1").label(), period("2023-h1").label("en")
        ('6 tháng đầu năm 2023', 'the first 6 months of 2023')
        """
        for pattern, words in _IN_ENGLISH if lang == "en" else ():
            if found := pattern.fullmatch(self.title):
                return words.format(*found.groups())
        return self.title

    def __attrs_post_init__(self) -> None:
        if self.last < self.first:
            raise unfit(self, "last", said("a day from {first}", first=self.first))


_IN_ENGLISH = (
    (re.compile(r"quý (I|II|III|IV) năm (\d{4})"), "quarter {} of {}"),
    (re.compile(r"(\d{1,2}) tháng đầu năm (\d{4})"), "the first {} months of {}"),
    (re.compile(r"tháng (\d{1,2}) năm (\d{4})"), "month {} of {}"),
    (re.compile(r"năm (\d{4})"), "the year {}"),
)

SOURCE = "581/BNV-CCHC"
"""The document of the Ministry of Home Affairs that sets the periods of the periodic report."""


@checks_arguments
def quarterly(year: Year) -> tuple[Period, Period, Period, Period]:
    """
    The four periods of the periodic report of a year: first quarter, half-year, third quarter, year (581/BNV-CCHC).

    The reporting year is not the plan year: it goes from 15/12 to 14/12. The third quarter counts the quarter only.

    >>> [(period.code, str(period.first), str(period.last)) for period in quarterly(2023)][3]
    ('2023-year', '2022-12-15', '2023-12-14')
    """
    begin = date(year - 1, 12, 15)
    quarter = _period(year, "q1", f"quý I năm {year}", begin, 3)
    half = _period(year, "h1", f"6 tháng đầu năm {year}", begin, 6)
    third = _period(year, "q3", f"quý III năm {year}", date(year, 6, 15), 9, cumulative=False)
    return quarter, half, third, _period(year, "year", f"năm {year}", begin, 12)


@checks_arguments
def nine_months(year: Year) -> Period:
    """The period of a nine-month report: from 15/12 of the year before to 14/9."""
    return _period(year, "m9", f"9 tháng đầu năm {year}", date(year - 1, 12, 15), 9)


@checks_arguments
def month(year: Year, number: Annotated[int, Meta(ge=1, le=12)]) -> Period:
    """
    The period of a monthly report: from the 15th of the month before to the 14th.

    >>> str(month(2023, 1).first), str(month(2023, 1).last)
    ('2022-12-15', '2023-01-14')
    """
    first = date(year - 1, 12, 15) if number == 1 else date(year, number - 1, 15)
    return _period(year, f"{number:02}", f"tháng {number} năm {year}", first, number, cumulative=False)


@checks_arguments
def calendar_year(year: Year) -> Period:
    """The calendar year, for plans that report by it."""
    return Period(code=f"{year}-calendar", title=f"năm {year}", first=date(year, 1, 1), last=date(year, 12, 31))


@checks_arguments
def period(code: str) -> Period:
    """
    The period that a code names, of those above.

    Raises:
        InvalidField: none has this code.

    >>> period("2023-h1").title
    '6 tháng đầu năm 2023'
    """
    if known := _known(code):
        return known
    year = code[:4]
    year = year if year.isdecimal() and len(year) == 4 else "2023"
    codes = ", ".join(f"{year}-{part}" for part in ("q1", "h1", "q3", "year", "m9", "calendar", "01"))
    accepted = said("{codes} to {last}, or a Period of your own", codes=codes, last=f"{year}-12")
    raise InvalidField("period", "code", code, accepted)


def _known(code: str) -> Period | None:
    year = code[:4]
    if not (year.isdecimal() and code[4:5] == "-" and 2 <= int(year) <= 9_998):
        return None
    months = (month(int(year), number) for number in range(1, 13))
    every = (*quarterly(int(year)), nine_months(int(year)), calendar_year(int(year)), *months)
    return next((one for one in every if one.code == code), None)


def check_period(one: Period, stages: Iterable[Period], owner: str, field: str) -> None:
    """
    Refuse a period that is called as a stage of the plan, or as one of those above, and has another title or other days: its
    report would take the place of theirs, or be read as one of other days. What is on record stays.

    Args:
        stages: those of the plan, which may be on record with a code of those above.
        owner: what it was given to.
        field: as what.

    Raises:
        InvalidField: it is.
    """
    there = next((stage for stage in stages if stage.code == one.code), None) or _known(one.code)
    if there and there != attrs.evolve(one, due=there.due, source=there.source):
        accepted = said(
            "another code: {code} is “{title}” from {first} to {last}, with cumulative={cumulative}",
            code=there.code,
            title=there.title,
            first=there.first,
            last=there.last,
            cumulative=there.cumulative,
        )
        raise InvalidField(owner, field, one.code, accepted)


@checks_arguments
def next_days(one: Period) -> tuple[date, date]:
    """
    The first and the last day of what comes after a period: to the cut-off of the next periodic report, else as many days.

    >>> [str(day) for day in next_days(period("2023-h1"))], str(next_days(period("2023-05"))[1])
    (['2023-06-15', '2023-09-14'], '2023-06-14')
    """
    first = one.last + timedelta(days=1)
    part = re.fullmatch(r"[0-9]{4}-(q1|h1|q3|m9|year|[0-9]{2})", one.code)
    if part and one.source == SOURCE:
        months = one.last.month - 1 + (1 if part[1].isdecimal() else 3)
        return first, date(one.last.year + months // 12, months % 12 + 1, one.last.day)
    return first, one.last + (first - one.first)


def cited_source(one: Period) -> str:
    """
    What sets a period, as a report cites it: the days of a month and of nine months are of other rules than the four's.

    >>> [cited_source(period(f"2023-{part}")) for part in ("q1", "h1", "q3", "year", "m9", "05")]
    ['581/BNV-CCHC', '581/BNV-CCHC', '581/BNV-CCHC', '581/BNV-CCHC', '', '']
    >>> cited_source(Period(code="2023-05", title="5", first=date(2023, 5, 1), last=date(2023, 5, 31), source="7/QĐ-UBND"))
    '7/QĐ-UBND'
    """
    is_of_four = one.code[5:] in ("q1", "h1", "q3", "year")
    return "" if one.source == SOURCE and not is_of_four else one.source


def _period(year: int, part: str, title: str, first: date, last_month: int, *, cumulative: bool = True) -> Period:
    last = date(year, last_month, 14)
    return Period(
        code=f"{year}-{part}",
        title=title,
        first=first,
        last=last,
        cumulative=cumulative,
        due=last + timedelta(days=6),
        source=SOURCE,
    )
