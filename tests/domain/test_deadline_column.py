"""Deadlines of a column: serial numbers, the order of day and month, and the bounds of a plan."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack import Deadline, InvalidField
from reformtrack.domain.deadline_column import DayOrder, checked_bounds, day_order, entered_in, serial_day
from reformtrack.domain.deadline_text import how_read
from reformtrack.domain.said import Said
from reformtrack.language import Language

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("45838", date(2025, 6, 30)),
        (" 45838 ", date(2025, 6, 30)),
        ("45838.0", date(2025, 6, 30)),
        ("45838,5", date(2025, 6, 30)),
        ("46022", date(2025, 12, 31)),
        ("36526", date(2000, 1, 1)),
        ("73050", date(2099, 12, 31)),
        ("36525", None),
        ("73051", None),
        ("2025", None),
        ("458380", None),
        ("45838/1", None),
        ("Quý II", None),
        ("", None),
    ],
)
def test_a_number_of_this_century_looks_like_a_day(text: str, day: date | None) -> None:
    """The days of a spreadsheet, counted from 30/12/1899; it is not read as one."""
    assert day == serial_day(text)
    assert () == Deadline.parse(text, 2025).days or day is None


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        ([], "undecided"),
        (["1/31/2025", "2/28/2025", "3/4/2025"], "mdy"),
        (["31/1/2025", "3/4/2025"], "dmy"),
        (["31.1.2025", "3.4.2025"], "dmy"),
        (["1-31-2025"], "mdy"),
        (["3/4/2025", "5/6/2025"], "undecided"),
        (["1/31/2025", "31/1/2025"], "contradicting"),
        (["Quý II", "1/31/2025 0:00", "TBD"], "mdy"),
        (["by 1/31/2025; 2/28/2025"], "mdy"),
        (["31 / 1 / 2025"], "dmy"),
        (["1/31/25", "3/4/25"], "mdy"),
        (["31/1/25", "3/4/25"], "dmy"),
        (["20/3-25/3", "1/12"], "undecided"),
        (["12/25", "1/31"], "undecided"),
        (["2025/06/30", "2025-01-31", "12/2025"], "undecided"),
        (["32/1/2025", "1/32/2025", "13/13/2025", "0/13/2025"], "undecided"),
    ],
)
def test_a_column_shows_the_order_of_its_days(texts: list[str], order: DayOrder) -> None:
    """By the days that are no months, and by nothing else."""
    assert order == day_order(texts) == day_order(reversed(texts))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("3/4/2025", ["3-4"]),
        ("1/31/2025", ["1-31"]),
        ("03-04-2025", ["3-4"]),
        ("3/4 /2025", ["3-4"]),
        ("3/4/2025 0:00", ["3-4"]),
        ("3/4", ["3-4"]),
        ("3/4/25", ["3-4"]),
        ("1/31/25", ["1-31"]),
        ("3/4 năm 2025", ["3-4"]),
        ("1/31 năm 2025", ["1-31"]),
        ("12/25", []),
        ("by 3/4/2025", ["3-4"]),
        ("3/4/2025; 6/7/2025", ["3-4", "6-7"]),
        ("1/2-3/4/2025", ["3-4"]),
        ("2025-03-04", ["3-4"]),
        ("2025/03/04", ["3-4"]),
        ("03/2025", ["3-31"]),
        ("Quý I", ["3-31"]),
        ("3 April 2025", ["4-3"]),
    ],
)
def test_a_text_is_read_in_the_order_of_its_column(text: str, days: list[str]) -> None:
    """And kept as it is printed."""
    found = entered_in("mdy", text, 2025)
    assert (text, days) == (found.text, [f"{day.month}-{day.day}" for day in found.days])


@pytest.mark.parametrize("order", ["dmy", "undecided", "contradicting"])
def test_without_a_proof_the_day_comes_first(order: DayOrder) -> None:
    """As officials write it."""
    assert Deadline.entered("3/4/2025", 2025) == entered_in(order, "3/4/2025", 2025)
    with pytest.raises(InvalidField):
        entered_in(order, "1/31/2025", 2025)


@pytest.mark.parametrize("order", ["mdy", "dmy"])
def test_a_day_without_a_year_is_one_of_the_plans_days(order: DayOrder) -> None:
    """In a plan from 1/7/2025 to 30/6/2026."""
    days = date(2025, 7, 1), date(2026, 6, 30)
    assert (date(2026, 3, 31),) == entered_in(order, "31/3", 2025, days).days
    assert (date(2025, 12, 31),) == entered_in(order, "31/12", 2025, days).days


def test_a_day_that_does_not_exist_is_refused_as_it_is_printed() -> None:
    """In either order."""
    with pytest.raises(InvalidField) as caught:
        entered_in("mdy", "2/30/2025", 2025)
    assert ("2/30/2025", "a day that exists, as 30/6/2025") == (caught.value.args[2], caught.value.accepted)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from("/-."))
def test_each_day_is_read_as_it_was_written(day: date, sign: str) -> None:
    """Whatever signs stand between."""
    text = f"{day.month}{sign}{day.day}{sign}{day.year}"
    assert (day,) == entered_in("mdy", text, 2025).days
    assert day_order([text]) == ("mdy" if day.day > 12 else "undecided")


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("1/1/2025", ""),
        ("31/12/2025", ""),
        ("Hằng quý", ""),
        ("Thường xuyên", ""),
        ("khi rảnh", ""),
        ("1/1/2026", "due after the last day of the plan, 2025-12-31"),
        ("2025-2026", "due after the last day of the plan, 2025-12-31"),
        ("30/6/2025; 30/6/2026", "due after the last day of the plan, 2025-12-31"),
        ("31/12/2035", "due after the last day of the plan, 2025-12-31"),
    ],
)
def test_what_is_due_after_its_plan_is_noted(text: str, note: str) -> None:
    """What has no day is within all bounds."""
    found = checked_bounds(Deadline.entered(text, 2025), FIRST, LAST)
    assert note == found
    assert not note or (isinstance(found, Said) and found.pattern != Language("vi")(found.pattern))


@pytest.mark.parametrize(
    "text", ["31/12/2024", "Quý IV/2024", "20/12/2024; 20/6/2025", "Trước quý I", "1/1/2036", "9999"]
)
def test_what_is_due_before_its_plan_or_long_after_it_is_refused(text: str) -> None:
    """More than ten years, to the day."""
    with pytest.raises(InvalidField) as caught:
        checked_bounds(Deadline.entered(text, 2025), FIRST, LAST)
    assert (text, "a day from 2025-01-01 on, and at most 10 years after 2025-12-31") == (
        caught.value.args[2],
        caught.value.accepted,
    )


def test_a_plan_that_begins_in_the_year_has_the_periods_of_the_whole_year() -> None:
    """Each quarter of a plan from March on; but no single day before it. Ten years after a leap day are a day more."""
    first = date(2025, 3, 1)
    assert "" == checked_bounds(Deadline.parse("Hằng tháng", 2025), first, LAST)
    with pytest.raises(InvalidField):
        checked_bounds(Deadline.parse("20/2; 20/6", 2025), first, LAST)
    leap = date(2024, 2, 29)
    assert checked_bounds(Deadline.parse("28/2/2034", 2025), leap, leap)
    with pytest.raises(InvalidField):
        checked_bounds(Deadline.parse("1/3/2034", 2025), leap, leap)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("3/12", (date(2025, 3, 12),)),
        ("12/3", (date(2025, 12, 3),)),
        ("12/12", (date(2025, 12, 12),)),
        ("13/12", (date(2025, 12, 13),)),
        ("12/13", ()),  # a day, or a month of another year
        ("12/25", ()),
        ("Tháng 12/25", ()),
    ],
)
def test_days_without_a_year_turn_where_both_numbers_may_be_months(text: str, days: tuple[date, ...]) -> None:
    found = entered_in("mdy", text, 2025)
    assert (text, days) == (found.text, found.days)


@pytest.mark.parametrize("text", ["Jun-27", "30-Jun-27"])
def test_a_year_of_two_digits_is_the_plan_s_or_the_next(text: str) -> None:
    assert () == Deadline.parse(text, 2025).days
    assert 1 == len(Deadline.parse(text, 2026).days) == len(Deadline.parse(text, 2027).days)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("6 tháng", "read as the first 6 months of the year"),
        ("9 tháng", "read as the first 9 months of the year"),
        ("6 tháng đầu năm", ""),
        ("9 tháng đầu năm", ""),
    ],
)
def test_months_without_their_year_are_noted(text: str, note: str) -> None:
    assert note == how_read(text, 2025)
