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

from reformtrack import Deadline, DeadlineKind, InvalidField
from reformtrack.domain.deadline import MAX_TEXT

K = DeadlineKind
PLAN = Path(__file__).parents[2] / "examples" / "data" / "dak-nong-2023-activities.csv"


def days(text: str) -> tuple[date, ...]:
    """Days given as `2023-03-31 2023-06-30`, or as `3-31 6-30` in 2023."""
    return tuple(
        date.fromisoformat(part if len(part) == 10 else "2023-{:0>2}-{:0>2}".format(*part.split("-")))
        for part in text.split()
    )


QUARTER_ENDS = "3-31 6-30 9-30 12-31"


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("31/8/2023", K.DAY, "8-31"),
        ("15/01/2023", K.DAY, "1-15"),
        ("31-8-2023", K.DAY, "8-31"),
        ("31.8.2023", K.DAY, "8-31"),
        ("31 / 8 / 2023", K.DAY, "8-31"),
        ("ngày 31/8", K.DAY, "8-31"),
        ("03/04", K.DAY, "4-3"),
        ("31/3/2024", K.DAY, "2024-03-31"),
        ("29/2/2024", K.DAY, "2024-02-29"),
        ("2023-08-31", K.DAY, "8-31"),
        ("ngày 31 tháng 8 năm 2023", K.DAY, "8-31"),
        ("31 tháng 8", K.DAY, "8-31"),
        ("ngày 05 tháng 3 năm 2024", K.DAY, "2024-03-05"),
        ("31 August 2023", K.DAY, "8-31"),
        ("31st of August", K.DAY, "8-31"),
        ("1 Sept. 2023", K.DAY, "9-1"),
        ("August 31, 2023", K.DAY, "8-31"),
        ("Aug 31", K.DAY, "8-31"),
        ("Trước 31/8/2023", K.DAY, "8-31"),
        ("Trước ngày 31/8/2023", K.DAY, "8-31"),
        ("Chậm nhất là ngày 31/8", K.DAY, "8-31"),
        ("Hoàn thành trước ngày 31/8", K.DAY, "8-31"),
        ("Đến hết ngày 31/8", K.DAY, "8-31"),
        ("by 31 August", K.DAY, "8-31"),
        ("no later than 31/8/2023", K.DAY, "8-31"),
        ("20/3; 20/6; 20/9; 20/12", K.DAYS, "3-20 6-20 9-20 12-20"),
        ("20/12, 20/3 và 20/6/2023", K.DAYS, "3-20 6-20 12-20"),
        ("20/12/2023; 20/3/2024", K.DAYS, "12-20 2024-03-20"),
        ("20 March and 20 June", K.DAYS, "3-20 6-20"),
        ("ngày 20 của các tháng 3, 6, 9, 12", K.DAYS, "3-20 6-20 9-20 12-20"),
        ("ngày 20 các tháng 3 và 6 năm 2024", K.DAYS, "2024-03-20 2024-06-20"),
        ("6 tháng, năm", K.DAYS, "6-30 12-31"),
        ("Quý I, III", K.DAYS, "3-31 9-30"),
        ("Quý II và IV", K.DAYS, "6-30 12-31"),
        ("Quý I; Quý III", K.DAYS, "3-31 9-30"),
        ("Các quý 1, 2", K.DAYS, "3-31 6-30"),
        ("Quý I; 15/12", K.DAYS, "3-31 12-15"),
        ("12/2023", K.MONTH, "12-31"),
        ("2/2024", K.MONTH, "2024-02-29"),
        ("Tháng 12", K.MONTH, "12-31"),
        ("tháng 02 năm 2023", K.MONTH, "2-28"),
        ("tháng 12/2023", K.MONTH, "12-31"),
        ("T12/2023", K.MONTH, "12-31"),
        ("Trong tháng 6", K.MONTH, "6-30"),
        ("Chậm nhất tháng 6", K.MONTH, "6-30"),
        ("December 2023", K.MONTH, "12-31"),
        ("Dec", K.MONTH, "12-31"),
        ("by the end of June", K.MONTH, "6-30"),
        ("Quý I", K.QUARTER, "3-31"),
        ("Quý II", K.QUARTER, "6-30"),
        ("Quý III", K.QUARTER, "9-30"),
        ("Quý IV", K.QUARTER, "12-31"),
        ("QUÝ III", K.QUARTER, "9-30"),
        ("Quý 3", K.QUARTER, "9-30"),
        ("Quý III/2023", K.QUARTER, "9-30"),
        ("Quý III/2024", K.QUARTER, "2024-09-30"),
        ("Quý III năm 2024", K.QUARTER, "2024-09-30"),
        ("  Quý   III . ", K.QUARTER, "9-30"),
        ("Trong quý II", K.QUARTER, "6-30"),
        ("Q3", K.QUARTER, "9-30"),
        ("Q3 2024", K.QUARTER, "2024-09-30"),
        ("Quarter 3", K.QUARTER, "9-30"),
        ("third quarter of 2024", K.QUARTER, "2024-09-30"),
        ("in the first quarter", K.QUARTER, "3-31"),
        ("6 tháng đầu năm", K.HALF_YEAR, "6-30"),
        ("06 tháng cuối năm 2024", K.HALF_YEAR, "2024-12-31"),
        ("Nửa đầu năm", K.HALF_YEAR, "6-30"),
        ("second half of the year", K.HALF_YEAR, "12-31"),
        ("H1 2023", K.HALF_YEAR, "6-30"),
        ("Trong năm", K.YEAR, "12-31"),
        ("Trong năm 2024", K.YEAR, "2024-12-31"),
        ("Cả năm", K.YEAR, "12-31"),
        ("Cuối năm", K.YEAR, "12-31"),
        ("2024", K.YEAR, "2024-12-31"),
        ("During the year", K.YEAR, "12-31"),
        ("End of the year", K.YEAR, "12-31"),
        ("Hằng năm", K.YEAR, "12-31"),
        ("annually", K.YEAR, "12-31"),
        ("Hằng quý", K.EACH_QUARTER, QUARTER_ENDS),
        ("Hàng quý", K.EACH_QUARTER, QUARTER_ENDS),
        ("Định kỳ hằng quý", K.EACH_QUARTER, QUARTER_ENDS),
        ("Mỗi quý năm 2023", K.EACH_QUARTER, QUARTER_ENDS),
        ("quarterly", K.EACH_QUARTER, QUARTER_ENDS),
        ("every quarter", K.EACH_QUARTER, QUARTER_ENDS),
        ("Hằng tháng", K.EACH_MONTH, "1-31 2-28 3-31 4-30 5-31 6-30 7-31 8-31 9-30 10-31 11-30 12-31"),
        ("monthly", K.EACH_MONTH, "1-31 2-28 3-31 4-30 5-31 6-30 7-31 8-31 9-30 10-31 11-30 12-31"),
        ("Hằng 6 tháng", K.EACH_HALF_YEAR, "6-30 12-31"),
        ("6 tháng một lần", K.EACH_HALF_YEAR, "6-30 12-31"),
        ("half-yearly", K.EACH_HALF_YEAR, "6-30 12-31"),
        ("Thường xuyên", K.REGULAR, ""),
        ("Thường xuyên trong năm", K.REGULAR, ""),
        ("Thường xuyên, liên tục", K.REGULAR, ""),
        ("ongoing", K.REGULAR, ""),
        ("Theo các kỳ họp HĐND tỉnh", K.DEPENDENT, ""),
        ("Theo hướng dẫn của Bộ Nội vụ", K.DEPENDENT, ""),
        ("Sau khi có văn bản của Trung ương", K.DEPENDENT, ""),
        ("As per the guidance of the Ministry", K.DEPENDENT, ""),
        ("when required", K.DEPENDENT, ""),
        ("", K.UNSPECIFIED, ""),
        ("khi thuận tiện", K.UNSPECIFIED, ""),
        ("31/02/2023", K.UNSPECIFIED, ""),
        ("29/2", K.UNSPECIFIED, ""),
        ("8/23", K.UNSPECIFIED, ""),
        ("13/2023", K.UNSPECIFIED, ""),
        ("Tháng 13", K.UNSPECIFIED, ""),
        ("Quý V", K.UNSPECIFIED, ""),
        ("Quý III hoặc khi có yêu cầu", K.UNSPECIFIED, ""),
        ("20/3; bất thường", K.UNSPECIFIED, ""),
        ("20/3; 20/3", K.UNSPECIFIED, ""),
        ("Trước quý III", K.UNSPECIFIED, ""),
        ("Trước 2024", K.UNSPECIFIED, ""),
        ("before December", K.UNSPECIFIED, ""),
        ("²⁰/³", K.UNSPECIFIED, ""),
        ("٣١/٨/٢٠٢٣", K.UNSPECIFIED, ""),
        ("31/8/20233", K.UNSPECIFIED, ""),
    ],
)
def test_a_deadline_is_read_as_it_is_meant_or_not_at_all(text: str, kind: DeadlineKind, expected: str) -> None:
    """Each form of the domain, in both languages, and the texts that only look like one."""
    deadline = Deadline.parse(text, 2023)
    assert (kind, days(expected)) == (deadline.kind, deadline.days)
    assert text == deadline.text == str(deadline)


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


def test_a_deadline_on_a_day_writes_it_as_officials_do() -> None:
    """Or with the words that are given."""
    assert Deadline("05/03/2023", K.DAY, days("3-5")) == Deadline.on_day(date(2023, 3, 5))
    assert "gia hạn" == Deadline.on_day(date(2023, 3, 5), "gia hạn").text


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
