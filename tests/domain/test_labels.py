"""What the values of the domain are called, in both languages."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from reformtrack.answers import PlanVersion, PlanWarning, WarningKind
from reformtrack.domain.period import Period, calendar_year, month, nine_months, quarterly
from reformtrack.domain.values import plan_id
from reformtrack.domain.wording import later, rounded_percent, time_left


@pytest.mark.parametrize(
    ("period", "vi", "en"),
    [
        (quarterly(2023)[0], "quý I năm 2023", "quarter I of 2023"),
        (quarterly(2023)[1], "6 tháng đầu năm 2023", "the first 6 months of 2023"),
        (nine_months(2023), "9 tháng đầu năm 2023", "the first 9 months of 2023"),
        (month(2023, 11), "tháng 11 năm 2023", "month 11 of 2023"),
        (calendar_year(2023), "năm 2023", "the year 2023"),
    ],
)
def test_a_period_is_called_by_its_title(period: Period, vi: str, en: str) -> None:
    """In English too, where the title is one of these."""
    assert (vi, vi, en) == (period.label(), period.label("vi"), period.label("en"))


@pytest.mark.parametrize(
    ("undocumented", "apart", "vi", "en"),
    [
        (0, 0, "3", "3"),
        (1, 0, "3, 1 thay đổi chưa có văn bản", "3, 1 change without a document"),
        (0, 1, "3, 1 thay đổi theo văn bản riêng", "3, 1 change by a document of its own"),
        (
            1_000,
            2_000,
            "3, 1.000 thay đổi chưa có văn bản, 2.000 thay đổi theo văn bản riêng",
            "3, 1,000 changes without a document, 2,000 changes by documents of their own",
        ),
    ],
)
def test_a_version_says_what_changed_since(undocumented: int, apart: int, vi: str, en: str) -> None:
    """How many changes have no document, and how many one of their own."""
    version = PlanVersion(plan_id("p"), 3, undocumented, apart)
    assert (vi, vi, en) == (version.text(), version.text("vi"), version.text("en"))


def test_what_was_decided_later_says_the_day() -> None:
    """In the language that is asked for, Vietnamese unless one is."""
    decided = date(2023, 12, 20)
    vi, en = " (quyết định sau, ngày 20/12/2023)", " (decided later, on 2023-12-20)"
    assert ("", vi, vi, en) == (later(None), later(decided), later(decided, "vi"), later(decided, "en"))


@pytest.mark.parametrize(
    ("rate", "rounded"),
    [(Fraction(0), "0.0"), (Fraction(-1, 2000), "-0.1"), (Fraction(1, 2000), "0.1"), (Fraction(1, 2001), "0.0")],
)
def test_a_rate_is_rounded_half_away_from_nothing(rate: Fraction, rounded: str) -> None:
    """And the rate of none is 0.0 without a sign."""
    assert rounded == str(rounded_percent(rate))
    assert Decimal(rounded) == rounded_percent(rate)


@pytest.mark.parametrize(
    ("days", "vi", "en"),
    [
        (2, "còn 2 ngày", "due in 2 days"),
        (1, "còn 1 ngày", "due in 1 day"),
        (0, "đến hạn hôm nay", "due today"),
        (-1, "quá hạn 1 ngày", "1 day overdue"),
        (-2, "quá hạn 2 ngày", "2 days overdue"),
    ],
)
def test_the_time_to_a_due_day_is_said_in_one_way(days: int, vi: str, en: str) -> None:
    """On the terminal, in warnings and digests, in what a report is known otherwise by."""
    assert (vi, en) == (time_left(days, "vi"), time_left(days, "en"))
    kind = WarningKind.OVERDUE if days < 0 else WarningKind.DUE
    warning = PlanWarning(kind=kind, subject="p/1", title="Rà soát", due=date(2023, 6, 30), days=abs(days))
    assert f"{vi} (thời hạn 30/06/2023): Rà soát" == warning.words()
    assert f"{en} (deadline 2023-06-30): Rà soát" == warning.words("en")


def test_one_day_of_silence_is_one_day() -> None:
    for days, said in ((1, "no update for 1 day: x"), (2, "no update for 2 days: x")):
        assert said == PlanWarning(kind=WarningKind.SILENT, subject="p/1", title="x", days=days).words("en")
