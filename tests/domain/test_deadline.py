"""Deadlines: what is read from each form, and that nothing is ever guessed."""

import csv
import unicodedata
from calendar import monthrange
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reformtrack import Deadline, InvalidField
from reformtrack.domain.deadline import MAX_TEXT
from reformtrack.values import DeadlineKind

K = DeadlineKind
PLAN = Path(__file__).parents[2] / "examples" / "data" / "dak-nong-2023-activities.csv"


def days(text: str) -> tuple[date, ...]:
    """Days given as `2023-03-31 2023-06-30`, or as `3-31 6-30` in 2023."""
    return tuple(
        date.fromisoformat(part if len(part) == 10 else "2023-{:0>2}-{:0>2}".format(*part.split("-")))
        for part in text.split()
    )


QUARTER_ENDS = "3-31 6-30 9-30 12-31"


MONTH_ENDS = "1-31 2-28 3-31 4-30 5-31 6-30 7-31 8-31 9-30 10-31 11-30 12-31"
HALF_YEAR_ENDS = "6-30 12-31"

READ = [
    ("31/8/2023", K.DAY, "8-31"),
    ("15/01/2023", K.DAY, "1-15"),
    ("30/01/2023", K.DAY, "1-30"),
    ("15/12/2023", K.DAY, "12-15"),
    ("31-8-2023", K.DAY, "8-31"),
    ("31.8.2023", K.DAY, "8-31"),
    ("31.8/2023", K.DAY, "8-31"),
    ("ngày 31-8/2023", K.DAY, "8-31"),
    ("31 / 8 / 2023", K.DAY, "8-31"),
    ("31 - 8 - 2023", K.DAY, "8-31"),
    ("31/8 năm 2023", K.DAY, "8-31"),
    ("31/8, 2023", K.DAY, "8-31"),
    ("31/8/2023;", K.DAY, "8-31"),
    ("ngày 31/8", K.DAY, "8-31"),
    ("ngày 31-8", K.DAY, "8-31"),
    ("Ngày 31 . 8", K.DAY, "8-31"),
    ("03/04", K.DAY, "4-3"),
    ("31/3/2024", K.DAY, "2024-03-31"),
    ("29/2/2024", K.DAY, "2024-02-29"),
    ("1/1/0001", K.DAY, "0001-01-01"),
    ("31/12/9999", K.DAY, "9999-12-31"),
    ("2023-08-31", K.DAY, "8-31"),
    ("2024/8/31", K.DAY, "2024-08-31"),
    ("2023 - 08 - 31", K.DAY, "8-31"),
    ("ngày 31 tháng 8 năm 2023", K.DAY, "8-31"),
    ("31 tháng 8", K.DAY, "8-31"),
    ("31 tháng 8/2024", K.DAY, "2024-08-31"),
    ("ngày 05 tháng 3 năm 2024", K.DAY, "2024-03-05"),
    ("31 August 2023", K.DAY, "8-31"),
    ("31st of August", K.DAY, "8-31"),
    ("the 22nd of May 2024", K.DAY, "2024-05-22"),
    ("31-Aug-2024", K.DAY, "2024-08-31"),
    ("1 Sept. 2023", K.DAY, "9-1"),
    ("August 31, 2023", K.DAY, "8-31"),
    ("August 3rd 2024", K.DAY, "2024-08-03"),
    ("March 1st", K.DAY, "3-1"),
    ("March 2nd", K.DAY, "3-2"),
    ("March 4th", K.DAY, "3-4"),
    ("3rd March", K.DAY, "3-3"),
    ("4th March", K.DAY, "3-4"),
    ("Aug 31", K.DAY, "8-31"),
    ("Aug. 31", K.DAY, "8-31"),
    ("Trước 31/8/2023", K.DAY, "8-31"),
    ("Trước ngày 31/8/2023", K.DAY, "8-31"),
    ("Trước ngày: 31/8/2023", K.DAY, "8-31"),
    ("Chậm nhất 31/8", K.DAY, "8-31"),
    ("Chậm nhất là ngày 31/8", K.DAY, "8-31"),
    ("Chậm nhất trước ngày 31/8", K.DAY, "8-31"),
    ("Muộn nhất vào ngày 31/8", K.DAY, "8-31"),
    ("Hoàn thành trước ngày 31/8", K.DAY, "8-31"),
    ("Hoàn thành ngày 31/8", K.DAY, "8-31"),
    ("Xong trước 31/8", K.DAY, "8-31"),
    ("Đến 31/8", K.DAY, "8-31"),
    ("Đến hết ngày 31/8", K.DAY, "8-31"),
    ("before 31 August", K.DAY, "8-31"),
    ("by 31 August", K.DAY, "8-31"),
    ("until 31 August", K.DAY, "8-31"),
    ("on 31 August", K.DAY, "8-31"),
    ("due 31 August", K.DAY, "8-31"),
    ("due by the 31st of August", K.DAY, "8-31"),
    ("no later than 31/8/2023", K.DAY, "8-31"),
    ("not later than August 31, 2023", K.DAY, "8-31"),
    ("20/3 - 20/6", K.DAY, "6-20"),
    ("20/3; 20/6; 20/9; 20/12", K.DAYS, "3-20 6-20 9-20 12-20"),
    ("20/3, 20/6 and 20/9", K.DAYS, "3-20 6-20 9-20"),
    ("20/3;20/6 ;20/9;", K.DAYS, "3-20 6-20 9-20"),
    ("20/3; 20/6; và 20/9", K.DAYS, "3-20 6-20 9-20"),
    ("20/3, and 20/6", K.DAYS, "3-20 6-20"),
    ("20/3; 20/6; 20/3", K.DAYS, "3-20 6-20"),
    ("20/12, 20/3 và 20/6/2023", K.DAYS, "3-20 6-20 12-20"),
    ("20/12/2023; 20/3/2024", K.DAYS, "12-20 2024-03-20"),
    ("2023-12-20, 2024-03-20", K.DAYS, "12-20 2024-03-20"),
    ("20 March and 20 June", K.DAYS, "3-20 6-20"),
    ("August 31, 2023 and June 1, 2023", K.DAYS, "6-1 8-31"),
    ("June 1, 2024, August 31, 2024", K.DAYS, "2024-06-01 2024-08-31"),
    ("June 1, 2024; August 31, 2024", K.DAYS, "2024-06-01 2024-08-31"),
    ("20/3; 20/6, năm 2023", K.DAYS, "3-20 6-20"),
    ("Trước ngày 20/3; 20/6", K.DAYS, "3-20 6-20"),
    ("Trước 20/3, trước 20/6", K.DAYS, "3-20 6-20"),
    ("ngày 20 của các tháng 3, 6, 9, 12", K.DAYS, "3-20 6-20 9-20 12-20"),
    ("Trước ngày 20 các tháng: 3,6", K.DAYS, "3-20 6-20"),
    ("ngày 20 các tháng 3 và 6 năm 2024", K.DAYS, "2024-03-20 2024-06-20"),
    ("6 tháng, năm", K.DAYS, HALF_YEAR_ENDS),
    ("06 tháng; năm", K.DAYS, HALF_YEAR_ENDS),
    ("Định kỳ sáu tháng và cả năm", K.DAYS, HALF_YEAR_ENDS),
    ("6 tháng, năm 2024", K.DAYS, "2024-06-30 2024-12-31"),
    ("Quý I, III", K.DAYS, "3-31 9-30"),
    ("Quý II và IV", K.DAYS, "6-30 12-31"),
    ("Quý I; Quý III", K.DAYS, "3-31 9-30"),
    ("Các quý 1, 2", K.DAYS, "3-31 6-30"),
    ("Quý I; 15/12", K.DAYS, "3-31 12-15"),
    ("Quý I, III năm 2023", K.DAYS, "3-31 9-30"),
    ("Quý I/2024, Quý III/2024", K.DAYS, "2024-03-31 2024-09-30"),
    ("Trong quý I, III", K.DAYS, "3-31 9-30"),
    ("Hoàn thành trong Quý II và quý IV", K.DAYS, "6-30 12-31"),
    ("Q1 and Q3", K.DAYS, "3-31 9-30"),
    ("Quý II và cuối năm", K.DAYS, "6-30 12-31"),
    ("Tháng 3, 6, 9", K.DAYS, "3-31 6-30 9-30"),
    ("Tháng 3 và 6 năm 2023", K.DAYS, "3-31 6-30"),
    ("Tháng 3; tháng 6", K.DAYS, "3-31 6-30"),
    ("3/2024, 6/2024", K.DAYS, "2024-03-31 2024-06-30"),
    ("12/2023", K.MONTH, "12-31"),
    ("12 - 2023", K.MONTH, "12-31"),
    ("2/2024", K.MONTH, "2024-02-29"),
    ("Tháng 12", K.MONTH, "12-31"),
    ("tháng 02 năm 2023", K.MONTH, "2-28"),
    ("tháng 12/2023", K.MONTH, "12-31"),
    ("Tháng12/2024", K.MONTH, "2024-12-31"),
    ("Tháng 12, 2024", K.MONTH, "2024-12-31"),
    ("Tháng 12. 2024", K.MONTH, "2024-12-31"),
    ("T12/2023", K.MONTH, "12-31"),
    ("Trong tháng 6", K.MONTH, "6-30"),
    ("Vào tháng 6", K.MONTH, "6-30"),
    ("Hết tháng 6", K.MONTH, "6-30"),
    ("Cuối tháng 6", K.MONTH, "6-30"),
    ("Chậm nhất tháng 6", K.MONTH, "6-30"),
    ("Muộn nhất là trong tháng 6", K.MONTH, "6-30"),
    ("December 2023", K.MONTH, "12-31"),
    ("Dec", K.MONTH, "12-31"),
    ("Dec. 2024", K.MONTH, "2024-12-31"),
    ("by the end of June", K.MONTH, "6-30"),
    ("no later than June", K.MONTH, "6-30"),
    ("not later than June", K.MONTH, "6-30"),
    ("Trước tháng 12", K.MONTH, "11-30"),
    ("before December", K.MONTH, "11-30"),
    ("Quý I", K.QUARTER, "3-31"),
    ("Quý II", K.QUARTER, "6-30"),
    ("Quý III", K.QUARTER, "9-30"),
    ("Quý IV", K.QUARTER, "12-31"),
    ("QUÝ III", K.QUARTER, "9-30"),
    ("Quý 3", K.QUARTER, "9-30"),
    ("Quý 03", K.QUARTER, "9-30"),
    ("Quý III/2023", K.QUARTER, "9-30"),
    ("Quý III/2024", K.QUARTER, "2024-09-30"),
    ("Quý III năm 2024", K.QUARTER, "2024-09-30"),
    ("Quý III - 2024", K.QUARTER, "2024-09-30"),
    ("  Quý   III . ", K.QUARTER, "9-30"),
    ("Trong quý II", K.QUARTER, "6-30"),
    ("Hoàn thành: Quý II", K.QUARTER, "6-30"),
    ("Đến hết quý II", K.QUARTER, "6-30"),
    ("Q3", K.QUARTER, "9-30"),
    ("Q3 2024", K.QUARTER, "2024-09-30"),
    ("Q.III/2024", K.QUARTER, "2024-09-30"),
    ("Quarter 3", K.QUARTER, "9-30"),
    ("third quarter", K.QUARTER, "9-30"),
    ("third quarter of 2024", K.QUARTER, "2024-09-30"),
    ("the fourth quarter of the year", K.QUARTER, "12-31"),
    ("in the first quarter", K.QUARTER, "3-31"),
    ("second quarter", K.QUARTER, "6-30"),
    ("1st quarter", K.QUARTER, "3-31"),
    ("2nd quarter", K.QUARTER, "6-30"),
    ("3rd quarter", K.QUARTER, "9-30"),
    ("4th quarter", K.QUARTER, "12-31"),
    ("Trước quý III", K.QUARTER, "6-30"),
    ("6 tháng đầu năm", K.HALF_YEAR, "6-30"),
    ("06 tháng đầu năm 2023", K.HALF_YEAR, "6-30"),
    ("06 tháng cuối năm 2024", K.HALF_YEAR, "2024-12-31"),
    ("Sáu tháng cuối năm", K.HALF_YEAR, "12-31"),
    ("6 tháng đầu", K.HALF_YEAR, "6-30"),
    ("6 tháng", K.HALF_YEAR, "6-30"),
    ("Nửa đầu năm", K.HALF_YEAR, "6-30"),
    ("Nửa cuối năm 2024", K.HALF_YEAR, "2024-12-31"),
    ("first half of the year", K.HALF_YEAR, "6-30"),
    ("first half of 2024", K.HALF_YEAR, "2024-06-30"),
    ("second half", K.HALF_YEAR, "12-31"),
    ("second half of the year", K.HALF_YEAR, "12-31"),
    ("H1 2023", K.HALF_YEAR, "6-30"),
    ("H2/2024", K.HALF_YEAR, "2024-12-31"),
    ("Trong năm", K.YEAR, "12-31"),
    ("Năm 2023", K.YEAR, "12-31"),
    ("Trong năm 2024", K.YEAR, "2024-12-31"),
    ("Cả năm", K.YEAR, "12-31"),
    ("Cuối năm", K.YEAR, "12-31"),
    ("Cuối năm 2024", K.YEAR, "2024-12-31"),
    ("Đến cuối năm", K.YEAR, "12-31"),
    ("2024", K.YEAR, "2024-12-31"),
    ("During the year", K.YEAR, "12-31"),
    ("within the year 2024", K.YEAR, "2024-12-31"),
    ("The whole year", K.YEAR, "12-31"),
    ("End of the year", K.YEAR, "12-31"),
    ("by the end of 2024", K.YEAR, "2024-12-31"),
    ("Hằng năm", K.YEAR, "12-31"),
    ("Hàng năm", K.YEAR, "12-31"),
    ("Định kỳ hằng năm", K.YEAR, "12-31"),
    ("annually", K.YEAR, "12-31"),
    ("yearly", K.YEAR, "12-31"),
    ("each year", K.YEAR, "12-31"),
    ("Hằng quý", K.EACH_QUARTER, QUARTER_ENDS),
    ("Hàng quý", K.EACH_QUARTER, QUARTER_ENDS),
    ("Định kỳ hằng quý", K.EACH_QUARTER, QUARTER_ENDS),
    ("Định kỳ quý", K.EACH_QUARTER, QUARTER_ENDS),
    ("Định kỳ theo quý", K.EACH_QUARTER, QUARTER_ENDS),
    ("Theo quý", K.EACH_QUARTER, QUARTER_ENDS),
    ("Mỗi quý năm 2023", K.EACH_QUARTER, QUARTER_ENDS),
    ("Hằng quý trong năm", K.EACH_QUARTER, QUARTER_ENDS),
    ("Hằng quý trong năm 2024", K.EACH_QUARTER, "2024-03-31 2024-06-30 2024-09-30 2024-12-31"),
    ("quarterly", K.EACH_QUARTER, QUARTER_ENDS),
    ("each quarter", K.EACH_QUARTER, QUARTER_ENDS),
    ("every quarter", K.EACH_QUARTER, QUARTER_ENDS),
    ("Hằng tháng", K.EACH_MONTH, MONTH_ENDS),
    ("Hàng tháng", K.EACH_MONTH, MONTH_ENDS),
    ("Mỗi tháng trong năm 2023", K.EACH_MONTH, MONTH_ENDS),
    ("monthly", K.EACH_MONTH, MONTH_ENDS),
    ("every month", K.EACH_MONTH, MONTH_ENDS),
    ("Hằng 6 tháng", K.EACH_HALF_YEAR, HALF_YEAR_ENDS),
    ("Định kỳ 06 tháng", K.EACH_HALF_YEAR, HALF_YEAR_ENDS),
    ("6 tháng một lần", K.EACH_HALF_YEAR, HALF_YEAR_ENDS),
    ("Định kỳ 6 tháng 1 lần", K.EACH_HALF_YEAR, HALF_YEAR_ENDS),
    ("sáu tháng/lần", K.EACH_HALF_YEAR, HALF_YEAR_ENDS),
    ("06 tháng / lần năm 2024", K.EACH_HALF_YEAR, "2024-06-30 2024-12-31"),
    ("half-yearly", K.EACH_HALF_YEAR, HALF_YEAR_ENDS),
    ("half yearly", K.EACH_HALF_YEAR, HALF_YEAR_ENDS),
    ("semi-annually", K.EACH_HALF_YEAR, HALF_YEAR_ENDS),
    ("semiannually", K.EACH_HALF_YEAR, HALF_YEAR_ENDS),
    ("every six months", K.EACH_HALF_YEAR, HALF_YEAR_ENDS),
    ("every 6 months", K.EACH_HALF_YEAR, HALF_YEAR_ENDS),
    ("each half-year", K.EACH_HALF_YEAR, HALF_YEAR_ENDS),
    ("every half year", K.EACH_HALF_YEAR, HALF_YEAR_ENDS),
    ("Thường xuyên", K.REGULAR, ""),
    ("Làm thường xuyên", K.REGULAR, ""),
    ("Thường xuyên trong năm", K.REGULAR, ""),
    ("Thường xuyên trong năm 2023", K.REGULAR, ""),
    ("Thường xuyên hằng năm", K.REGULAR, ""),
    ("Thường xuyên hàng năm", K.REGULAR, ""),
    ("Thường xuyên hằng quý", K.REGULAR, ""),
    ("Thường xuyên cả năm", K.REGULAR, ""),
    ("Thường xuyên, liên tục", K.REGULAR, ""),
    ("Thường xuyên liên tục", K.REGULAR, ""),
    ("Liên tục", K.REGULAR, ""),
    ("regular", K.REGULAR, ""),
    ("regularly", K.REGULAR, ""),
    ("ongoing", K.REGULAR, ""),
    ("on-going", K.REGULAR, ""),
    ("continuous", K.REGULAR, ""),
    ("continuously", K.REGULAR, ""),
    ("all year round", K.REGULAR, ""),
    ("Theo các kỳ họp HĐND tỉnh", K.DEPENDENT, ""),
    ("Theo hướng dẫn của Bộ Nội vụ", K.DEPENDENT, ""),
    ("Theo: Kế hoạch", K.DEPENDENT, ""),
    ("Theo\nKế hoạch", K.DEPENDENT, ""),
    ("Sau khi có văn bản của Trung ương", K.DEPENDENT, ""),
    ("Ngay sau khi được phê duyệt", K.DEPENDENT, ""),
    ("Khi có yêu cầu", K.DEPENDENT, ""),
    ("As per the guidance of the Ministry", K.DEPENDENT, ""),
    ("According to the guidance", K.DEPENDENT, ""),
    ("Following the guidance", K.DEPENDENT, ""),
    ("After approval", K.DEPENDENT, ""),
    ("Upon request", K.DEPENDENT, ""),
    ("when required", K.DEPENDENT, ""),
    ("when requested by the Ministry", K.DEPENDENT, ""),
]


@pytest.mark.parametrize(("text", "kind", "expected"), READ)
def test_a_deadline_is_read_as_it_is_meant(text: str, kind: DeadlineKind, expected: str) -> None:
    """Each form of the domain, in both languages; a year that is written wins over the plan's."""
    deadline = Deadline.parse(text, 2023)
    assert (kind, days(expected)) == (deadline.kind, deadline.days)
    assert text == deadline.text == str(deadline)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        ". ; ,",
        "khi thuận tiện",
        # days and months that there are not
        "31/02/2023",
        "29/2",
        "0/5",
        "1/0",
        "8/23",
        "31/8/0000",
        "13/2023",
        "0/2023",
        "Tháng 0",
        "Tháng 13",
        "Quý 0",
        "Quý 5",
        "Quý V",
        "Quý iiii",
        "H3",
        "năm 0000",
        "ngày 31 các tháng 3, 6",
        # digits that are too many, too few, or none
        "031/8",
        "31/8/20233",
        "tháng 122023",
        "31 tháng 82023",
        "Q32023",
        "tháng 012",
        "năm 23",
        "31",
        "²⁰/³",
        "٣١/٨/٢٠٢٣",
        # more than one meaning
        "3-5",
        "3.5",
        "12.2023",
        "T12",
        "Trước 2024",
        "Đến quý III",
        "by Q3",
        "20/3; 20/6/2024",
        "20/3/2024; 20/6",
        "Quý I và quý III năm 2024",
        "Quý 1, 3/2023",
        "20/3; 20/6; 2023",
        "Quý I; năm 2023",
        "2023; 2024",
        # less or more than a deadline
        "Quý",
        "tháng",
        "ngày",
        "Nửa đầu",
        "Định kỳ",
        "Theo",
        "Sau khi",
        "Upon",
        "theodore",
        "aftermath",
        "when required, Q3",
        "Quý III hoặc khi có yêu cầu",
        "31/8/2023 (dự kiến)",
        # perhaps a span of months
        "01-03/2023",
        "1 - 3 / 2023",
        # lists with one part that is none
        "20/3; 20/3",
        "20/3; bất thường",
        "31/1 và 31/2",
        "20/3 20/6",
        "Quý I, V",
        "Tháng 6, 31",
        "20 tháng 3, 6",
        "; 31/8",
        "31/8,,30/9",
    ],
)
def test_what_is_no_deadline_or_more_than_one_is_not_read(text: str) -> None:
    """Nothing is guessed, clamped or left over."""
    assert Deadline(text, K.UNSPECIFIED, ()) == Deadline.parse(text, 2023)


def test_a_number_after_a_quarter_and_before_a_year_may_be_a_month() -> None:
    """Not read, even where the year is clear; a numeral of a quarter is no month."""
    for text in ("Quý 1, 3/2024", "Quý 1, 2/2024", "Quý 2; 1/2024; 7/2024"):
        assert K.UNSPECIFIED is Deadline.parse(text, 2024).kind
    assert days("2024-03-31 2024-09-30") == Deadline.parse("Quý I, III/2024", 2024).days


@pytest.mark.parametrize(
    ("number", "names"),
    list(
        enumerate(
            [
                ("January", "Jan"),
                ("February", "Feb"),
                ("March", "Mar"),
                ("April", "Apr"),
                ("May", "MAY"),
                ("June", "Jun"),
                ("July", "Jul"),
                ("August", "Aug"),
                ("September", "Sept", "Sep"),
                ("October", "Oct"),
                ("November", "Nov"),
                ("December", "Dec"),
            ],
            1,
        )
    ),
)
def test_an_english_month_has_its_name_and_its_short_one(number: int, names: tuple[str, ...]) -> None:
    """In a day and by itself."""
    for name in names:
        assert Deadline(name, K.MONTH, (date(2023, number, monthrange(2023, number)[1]),)) == Deadline.parse(name, 2023)
        assert (
            (date(2023, number, 5),) == Deadline.parse(f"5 {name}", 2023).days == Deadline.parse(f"{name} 5", 2023).days
        )


@pytest.mark.parametrize("year", [0, 10_000, -1, 10**30])
def test_a_plan_year_outside_the_calendar_leaves_unread_what_needs_it(year: int) -> None:
    """What names its own year, or has no day, is read all the same."""
    for text in ("31/8", "Tháng 2", "Quý I", "H1", "Trong năm", "Hằng quý", "20/3; 20/6", "ngày 5 các tháng 3, 6"):
        assert Deadline(text, K.UNSPECIFIED, ()) == Deadline.parse(text, year)
    assert days("8-31") == Deadline.parse("31/8/2023", year).days
    assert K.REGULAR is Deadline.parse("Thường xuyên", year).kind


def test_every_deadline_of_the_worked_example_is_read() -> None:
    """Fourteen forms in fifty-five activities."""
    with PLAN.open(encoding="utf-8") as file:
        deadlines = [Deadline.parse(row["deadline"], 2023) for row in csv.DictReader(file)]
    assert 55 == len(deadlines)
    assert K.UNSPECIFIED not in {deadline.kind for deadline in deadlines}
    assert {K.REGULAR, K.DEPENDENT} == {deadline.kind for deadline in deadlines if not deadline.is_dated}
    assert {K.DAYS, K.EACH_QUARTER} == {deadline.kind for deadline in deadlines if deadline.is_recurring}


@given(st.text(st.characters(exclude_categories=[])), st.integers())
@example("Quý I", 0)
@example("Quý I", 10**30)
@example("Hằng tháng", -5)
@example("31/8/0000", 2023)
@example("x" * 1_000_000, 2023)
@example("quý 1," * 80, 2023)
@example("\ud800\x00", 2023)
def test_reading_never_raises_and_keeps_the_text(text: str, year: int) -> None:
    """Any text, any year; the days are in order, each once, and only where the kind has them."""
    deadline = Deadline.parse(text, year)
    assert text == deadline.text
    assert sorted(set(deadline.days)) == list(deadline.days)
    assert deadline.is_dated == (deadline.kind not in (K.REGULAR, K.DEPENDENT, K.UNSPECIFIED))
    assert deadline.is_recurring == (len(deadline.days) > 1)


FRAGMENTS = st.lists(
    st.sampled_from(
        ["quý", "tháng", "năm", "hằng", "trước", "ngày", "i", "iii", "31", "8", "/", "2023", ";", ",", "và", "6", "-"]
    ),
    max_size=8,
).map(" ".join)


@given(FRAGMENTS)
def test_reading_is_the_same_in_any_unicode_form_case_and_spacing(text: str) -> None:
    """NFD as Macs write it, capitals, double spaces."""
    plain = Deadline.parse(text, 2023)
    for other in (unicodedata.normalize("NFD", text), text.upper(), f"  {text.replace(' ', '  ')} "):
        assert (plain.kind, plain.days) == (Deadline.parse(other, 2023).kind, Deadline.parse(other, 2023).days)


@given(
    st.dates(date(1900, 1, 1), date(2999, 12, 31)),
    st.sampled_from(["{0.day}/{0.month}/{0.year}", "{0}", "ngày {0.day} tháng {0.month} năm {0.year}"]),
)
def test_a_day_that_is_written_is_the_day_that_is_read(day: date, form: str) -> None:
    """Whatever the plan year is."""
    assert (K.DAY, (day,)) == (Deadline.parse(form.format(day), 2023).kind, Deadline.parse(form.format(day), 2023).days)


@given(st.integers(1, 4), st.integers(1900, 2999))
def test_a_quarter_ends_on_the_last_day_of_its_third_month(quarter: int, year: int) -> None:
    """As the calendar has it."""
    last = Deadline.parse(f"Quý {quarter}", year).last
    assert date(year, 3 * quarter, monthrange(year, 3 * quarter)[1]) == last


def test_a_text_longer_than_the_limit_is_not_read() -> None:
    """At the limit it is."""
    spaces = " " * (MAX_TEXT - len("Quý I"))
    assert K.QUARTER is Deadline.parse(f"{spaces}Quý I", 2023).kind
    assert K.UNSPECIFIED is Deadline.parse(f"{spaces} Quý I", 2023).kind


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (K.DAY, ""),
        (K.DAY, "1-1 1-2"),
        (K.QUARTER, "1-1 1-2"),
        (K.DAYS, "1-1"),
        (K.EACH_MONTH, ""),
        (K.DAYS, "1-2 1-1"),
        (K.DAYS, "1-1 1-1"),
        (K.REGULAR, "1-1"),
        (K.DEPENDENT, "1-1"),
        (K.UNSPECIFIED, "1-1"),
    ],
)
def test_an_inconsistent_deadline_cannot_be_built_nor_decoded(kind: DeadlineKind, text: str) -> None:
    """The days fit the kind, in order, each once."""
    with pytest.raises(InvalidField) as caught:
        Deadline("x", kind, days(text))
    assert ("Deadline", "days") == (caught.value.owner, caught.value.field)
    stored = msgspec.json.encode({"text": "x", "kind": kind, "days": days(text)})
    with pytest.raises(msgspec.ValidationError, match=r"Deadline\.days cannot be"):
        msgspec.json.decode(stored, type=Deadline)


def test_a_deadline_has_at_most_a_years_days() -> None:
    """366 occurrences and no more."""
    start = date(2023, 1, 1).toordinal()
    year = tuple(date.fromordinal(start + n) for n in range(367))
    assert 366 == len(Deadline("x", K.DAYS, year[:366]).occurrences)
    with pytest.raises(InvalidField, match="2 to 366 days for the kind days"):
        Deadline("x", K.DAYS, year)


def test_a_deadline_says_its_last_day_and_its_occurrences() -> None:
    """One that does not recur has none."""
    assert (days("3-20 6-20"), date(2023, 6, 20)) == (
        Deadline.parse("20/3; 20/6", 2023).occurrences,
        Deadline.parse("20/3; 20/6", 2023).last,
    )
    assert ((), date(2023, 9, 30)) == (
        Deadline.parse("Quý III", 2023).occurrences,
        Deadline.parse("Quý III", 2023).last,
    )
    assert Deadline.parse("Thường xuyên", 2023).last is None


@pytest.mark.parametrize(
    "text",
    [
        "31/2",
        "31/2/2023",
        "30.2.2023",
        "31 tháng 4",
        "Tháng 13",
        "13/2023",
        "31/1 và 31/2",
        "ngày 31 các tháng 3, 4",
        "20/3; 20/3",
    ],
)
def test_what_looks_like_a_day_and_is_none_is_refused_where_it_is_entered(text: str) -> None:
    """As printed in a plan of another time it is kept, without a day."""
    assert K.UNSPECIFIED is Deadline.parse(text, 2023).kind
    with pytest.raises(InvalidField) as caught:
        Deadline.entered(text, 2023)
    assert ("text", "a day that exists, as 30/6/2023") == (caught.value.field, caught.value.accepted)


@given(st.text(max_size=30), st.integers(1900, 2999))
def test_what_is_entered_is_read_as_what_is_printed(text: str, year: int) -> None:
    """Or refused; a text that no form accounts for is kept by both."""
    try:
        found = Deadline.entered(text, year)
    except InvalidField:
        found = Deadline(text, K.UNSPECIFIED, ())
    assert Deadline.parse(text, year) == found
