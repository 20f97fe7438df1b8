"""Progress: bounds, sums, rounding, and what the figure says of itself."""

import math
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given as given_
from hypothesis import strategies as st

from reformtrack import CountingRule, InvalidField, Progress
from reformtrack.answers import Counted, PlanVersion, ProgressStatus, Tally
from reformtrack.domain.progress import counted_as
from reformtrack.domain.values import plan_id
from reformtrack.domain.wording import day as written
from reformtrack.domain.wording import number, percent, rounded_percent
from reformtrack.errors import Incomparable
from reformtrack.testing import progresses

ON = date(2023, 12, 21)
RULES = st.sampled_from(CountingRule)
A, B, C = CountingRule


def version(number: int) -> PlanVersion:
    return PlanVersion(plan_id("p"), number)


def progress(rule: CountingRule = A, **counts: int) -> Progress:
    """Progress with so many activities counted as each."""
    counted: Any = {f"p/{name}.{n}": Counted(name) for name, count in counts.items() for n in range(count)}
    return Progress(rule=rule, on=ON, counted=counted)


@given_(RULES.flatmap(progresses))
def test_bounds_hold_for_any_progress(figure: Progress) -> None:
    """0 ≤ completed ≤ total, overdue ≤ open, completed + open = total, counted + excluded = all."""
    assert 0 <= figure.completed <= figure.total
    assert 0 <= figure.overdue <= figure.open
    assert figure.total == figure.completed + figure.open
    assert len(figure.counted) == figure.total + sum(figure.excluded.values())
    assert figure.rate is None or 0 <= figure.rate <= 1
    assert (figure.total == 0) == (figure.rate is None)


@given_(RULES.flatmap(lambda rule: st.tuples(*(progresses(rule, plan=plan) for plan in ("a", "b", "c")))))
def test_progress_is_a_commutative_monoid(figures: tuple[Progress, Progress, Progress]) -> None:
    """Sums of disjoint sets: in any order, in any grouping, and zero changes nothing."""
    a, b, c = figures
    zero = Progress(rule=a.rule, on=a.on)
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert a + zero == a == zero + a
    assert (a + b).completed == a.completed + b.completed
    assert (a + b).total == a.total + b.total
    assert (a + b).overdue == a.overdue + b.overdue


def test_the_figure_of_nothing_has_its_rule_day_and_knowledge() -> None:
    """It is the neutral element of its own kind only."""
    zero = Progress(rule=B, on=ON, known_at=7)
    assert (B, ON, 7, 0) == (zero.rule, zero.on, zero.known_at, zero.total)


def test_what_cannot_be_compared_cannot_be_added() -> None:
    """Another rule, day or knowledge; the same activity twice; two versions of one plan."""
    counted: Any = {"p/1": Counted.OPEN}
    one = Progress(rule=A, on=ON, counted=counted, plan_versions=[version(1)])
    others: list[tuple[Progress, str]] = [
        (Progress(rule=B, on=ON), "with rule whole_plan and dated_only cannot"),
        (Progress(rule=A, on=date(2023, 6, 30)), f"with on {ON} and 2023-06-30 cannot"),
        (Progress(rule=A, on=ON, known_at=7), "with known_at None and 7 cannot"),
        (one, "1 activities are in both, such as p/1"),
        (
            Progress(rule=A, on=ON, plan_versions=[version(2)]),
            "^two versions of one plan cannot be added; accepted: the same version in both$",
        ),
    ]
    for other, message in others:
        with pytest.raises(Incomparable, match=message):
            one + other
    with pytest.raises((TypeError, InvalidField)):  # the latter under the mutation check, which gives it a public name
        one + 1  # type: ignore[operator]


@pytest.mark.parametrize(("rule", "counted"), [(A, "no_date"), (A, "not_yet_due"), (B, "not_yet_due"), (C, "open")])
def test_a_progress_that_contradicts_its_rule_cannot_be_built(rule: CountingRule, counted: str) -> None:
    """Each rule leaves out what it leaves out, and nothing else."""
    with pytest.raises(InvalidField):
        progress(rule, **{counted: 1})


def test_a_progress_that_counts_something_twice_cannot_be_built() -> None:
    """Neither an activity nor a plan."""
    pairs: Any = [("p/1", Counted.OPEN), ("p/1", Counted.COMPLETED)]
    with pytest.raises(InvalidField, match="each activity once"):
        Progress(rule=A, on=ON, counted=pairs)
    versions: Any = [version(1), version(2)]
    with pytest.raises(InvalidField, match="one version of each plan"):
        Progress(rule=A, on=ON, plan_versions=versions)


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (progress(A, completed=53, open=2), "53/55 (96,4%)"),
        (progress(B, completed=18, overdue=3, no_date=42), "18/21 (85,7%)"),
        (progress(C, completed=16051, overdue=223, not_yet_due=5640), "16.051/16.274 (98,6%)"),
        (progress(A, completed=16051, overdue=223, open=5640), "16.051/21.914 (73,2%)"),
        (progress(A), "0/0 (–)"),
        (progress(A, withdrawn=3), "0/0 (–)"),
    ],
)
def test_the_official_rates_come_out_as_published(figure: Progress, text: str) -> None:
    """Đắk Nông 2023, the Government's steering committee 2024, the Prime Minister's working group 2017."""
    assert text == str(figure)


def test_a_ratio_is_printed_as_numbers_are_in_vietnamese() -> None:
    """Unless another language is asked for."""
    many = Tally(rule=CountingRule.WHOLE_PLAN, counts=[(Counted.COMPLETED, 1_053), (Counted.OPEN, 1_054)])
    assert ("1.053/2.107", "1,053/2,107") == (many.ratio(), many.ratio("en"))


def test_a_figure_prints_in_english() -> None:
    """With the other separators."""
    assert progress(C, completed=16051, overdue=223).text("en") == "16,051/16,274 (98.6%)"


def test_a_figure_names_its_basis() -> None:
    """Rule, day, what was known, plan versions, and what is left out."""
    counted: Any = {"p/1": Counted.NO_DATE, "p/2": Counted.WITHDRAWN, "p/3": Counted.NO_DATE}
    figure = Progress(rule=B, on=ON, plan_versions=[version(2)], counted=counted)
    assert figure.excluded == {Counted.NO_DATE: 2, Counted.WITHDRAWN: 1}
    assert figure.basis() == (
        "cách tính: chỉ tính nhiệm vụ có thời hạn; tính đến ngày 21/12/2023; theo dữ liệu cập nhật đến nay; "
        "phiên bản kế hoạch: p v2; không tính: 2 không có thời hạn cụ thể; 1 đưa ra khỏi kế hoạch"
    )
    assert figure.basis("en") == (
        "rule: dated activities only; as of 2023-12-21; as known now; plan version: p v2; "
        "left out: 2 without a date; 1 withdrawn"
    )
    at_position = Progress(rule=A, on=ON, known_at=1234)
    assert "as known at log position 1234" in at_position.basis("en")
    assert "theo dữ liệu cập nhật đến số thứ tự bản ghi 1234" in at_position.basis()
    at_instant = Progress(rule=A, on=ON, known_at=datetime(2023, 6, 30, 17, tzinfo=UTC))
    assert "theo dữ liệu cập nhật đến 30/06/2023 17:00:00+0000" in at_instant.basis()
    two_plans = Progress(rule=A, on=ON, plan_versions=[PlanVersion(plan_id("q"), 1), version(2)])
    assert two_plans.basis("en").endswith("plan version: p v2, q v1")
    assert at_instant.basis("en") == "rule: whole plan; as of 2023-12-21; as known at 2023-06-30 17:00:00+0000"


def test_a_figure_lists_the_activities_behind_each_count() -> None:
    """In order of id, for one count or several."""
    figure = progress(A, open=1, completed=2, overdue=1)
    assert figure.activities(Counted.COMPLETED) == ("p/completed.0", "p/completed.1")
    assert figure.activities(Counted.OPEN, Counted.OVERDUE) == ("p/open.0", "p/overdue.0")
    assert (figure.completed, figure.open, figure.overdue, figure.total) == (2, 2, 1, 4)
    assert Decimal("50.0") == figure.percent
    assert progress(A).percent is None


S = ProgressStatus


@pytest.mark.parametrize(
    ("rule", "status", "dated", "overdue", "past", "expected"),
    [
        (A, S.COMPLETED, True, False, False, Counted.COMPLETED),
        (A, S.COMPLETED, False, False, False, Counted.COMPLETED),
        (B, S.COMPLETED, False, False, False, Counted.NO_DATE),
        (B, S.COMPLETED, True, False, False, Counted.COMPLETED),
        (C, S.COMPLETED, False, False, False, Counted.COMPLETED),
        (A, S.IN_PROGRESS, True, False, False, Counted.OPEN),
        (A, S.IN_PROGRESS, True, True, True, Counted.OVERDUE),
        (A, S.NOT_STARTED, False, False, False, Counted.OPEN),
        (B, S.NOT_STARTED, False, False, False, Counted.NO_DATE),
        (B, S.SUSPENDED, True, True, True, Counted.OVERDUE),
        (B, S.SUSPENDED, True, False, False, Counted.OPEN),
        (C, S.AWAITING_CONFIRMATION, True, False, False, Counted.NOT_YET_DUE),
        (C, S.AWAITING_CONFIRMATION, True, False, True, Counted.AWAITING_CONFIRMATION),
        (C, S.AWAITING_CONFIRMATION, True, True, True, Counted.OVERDUE),
        (C, S.AWAITING_CONFIRMATION, False, False, False, Counted.NO_DATE),
        (A, S.AWAITING_CONFIRMATION, True, False, True, Counted.OPEN),
        (B, S.AWAITING_CONFIRMATION, True, False, True, Counted.OPEN),
        (C, S.SUSPENDED, True, False, True, Counted.NOT_YET_DUE),
        (C, S.IN_PROGRESS, True, True, True, Counted.OVERDUE),
        (C, S.NOT_STARTED, False, False, False, Counted.NO_DATE),
        (A, S.WITHDRAWN, True, False, False, Counted.WITHDRAWN),
        (B, S.WITHDRAWN, False, False, False, Counted.WITHDRAWN),
        (C, S.CARRIED_OVER, True, False, False, Counted.CARRIED_OVER),
    ],
)
def test_each_rule_counts_what_it_says(
    rule: CountingRule, status: ProgressStatus, dated: bool, overdue: bool, past: bool, expected: Counted
) -> None:
    """Every branch of the three rules."""
    assert expected is counted_as(rule, status, dated, overdue, past)


@given_(st.integers(0, 10**9), st.integers(1, 10**9), st.integers(0, 4))
def test_percentages_are_rounded_half_up_exactly(part: int, whole: int, decimals: int) -> None:
    """As exact fractions say, and never by way of a float."""
    rate = Fraction(part, whole)
    found = rounded_percent(rate, decimals)
    scaled = rate * 100 * 10**decimals
    assert math.floor(scaled + Fraction(1, 2)) == int(found.scaleb(decimals))
    assert -decimals == found.as_tuple().exponent
    assert abs(Fraction(found) - rate * 100) <= Fraction(1, 2 * 10**decimals)


@given_(st.integers(-(10**6), 10**6))
def test_halves_are_rounded_away_from_zero(thousandths: int) -> None:
    """As the decimal module rounds half up."""
    rate = Fraction(thousandths, 2000)
    exact = Decimal(thousandths) / 20
    assert exact.quantize(Decimal("0.1"), ROUND_HALF_UP) == rounded_percent(rate)


def test_numbers_are_written_as_officials_write_them() -> None:
    """Dots for thousands and a comma for decimals, in Vietnamese."""
    assert [
        number(2107),
        number(2107, "en"),
        number(Decimal("-1234.50")),
        number(Decimal("1E+3")),
        number(0),
    ] == ["2.107", "2,107", "-1.234,50", "1.000", "0"]
    assert [percent(Fraction(1, 7), "vi", 2), percent(Fraction(1, 7), "en"), percent(None)] == ["14,29%", "14.3%", "–"]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_status_and_count_has_its_words(lang: Any) -> None:
    """In both languages, each its own."""
    from reformtrack.answers import Timeliness

    for labelled in (ProgressStatus, Timeliness, Counted, CountingRule):
        labels = [member.label(lang) for member in labelled]
        assert len(set(labels)) == len(labels)
        assert all(labels)
        assert [member.label() for member in labelled] == [member.label("vi") for member in labelled]
    assert ("30/06/2023", "2023-06-30") == (written(date(2023, 6, 30)), written(date(2023, 6, 30), lang="en"))
    assert "33,3%" == percent(Fraction(1, 3))


def test_progress_shows_itself_as_known_when() -> None:
    """Now, or at its instant."""
    assert "known now" in repr(Progress(rule=A, on=ON))
    assert "known at 7" in repr(Progress(rule=A, on=ON, known_at=7))


def test_what_is_left_out_is_printed_as_numbers_are_in_the_language() -> None:
    """A thousand has its own sign in each."""
    whole = Tally(rule=CountingRule.FALLEN_DUE, counts={Counted.WITHDRAWN: 1_234})
    assert whole.left_out("vi").startswith("1.234 ")
    assert whole.left_out("en").startswith("1,234 ")
    assert whole.left_out() == whole.left_out("vi")
