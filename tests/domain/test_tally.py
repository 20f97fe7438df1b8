"""Tallies: counts of many plans that add up under one rule, and say the same as the figures of the plans."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack import CountingRule
from reformtrack.answers import Tally
from reformtrack.domain.errors import Incomparable, InvalidField
from reformtrack.domain.progress import Counted

COUNTS = st.dictionaries(st.sampled_from(Counted), st.integers(0, 1000))
RULE = CountingRule.WHOLE_PLAN


@given(COUNTS, COUNTS, COUNTS)
def test_tallies_are_a_commutative_monoid(a: dict[Counted, int], b: dict[Counted, int], c: dict[Counted, int]) -> None:
    """The order of adding is nothing to the sum, and an empty one changes nothing."""
    one, two, three = (Tally(rule=RULE, counts=counts) for counts in (a, b, c))
    assert one + two == two + one
    assert (one + two) + three == one + (two + three)
    assert one + Tally(rule=RULE) == one
    assert (one + two).total == one.total + two.total
    assert Tally(rule=RULE, counts=[*a.items(), *b.items()]) == one + two


@given(COUNTS)
def test_bounds_hold_for_any_tally(counts: dict[Counted, int]) -> None:
    """0 ≤ completed ≤ total, overdue ≤ open, and nothing is lost."""
    tally = Tally(rule=RULE, counts=counts)
    assert 0 <= tally.completed <= tally.total
    assert 0 <= tally.overdue <= tally.open
    assert tally.total == tally.completed + tally.open
    assert sum(counts.values()) == tally.total + sum(tally.excluded.values())
    assert (tally.rate is None) == (tally.total == 0)


def test_a_tally_says_each_count_and_prints_as_officials_do() -> None:
    """Counts of nothing are left out; the rate is exact."""
    counts = {Counted.OVERDUE: 1, Counted.COMPLETED: 53, Counted.OPEN: 1, Counted.NO_DATE: 12, Counted.WITHDRAWN: 0}
    tally = Tally(rule=CountingRule.DATED_ONLY, counts=counts)
    assert ((Counted.COMPLETED, 53), (Counted.OPEN, 1), (Counted.OVERDUE, 1), (Counted.NO_DATE, 12)) == tally.counts
    assert (53, 2, 1, 55, {Counted.NO_DATE: 12}) == (
        tally.completed,
        tally.open,
        tally.overdue,
        tally.total,
        tally.excluded,
    )
    assert ("53/55 (96,4%)", "53/55 (96.4%)", "53/55 (96,4%)") == (tally.text(), tally.text("en"), str(tally))
    many = Tally(rule=RULE, counts={Counted.COMPLETED: 1234, Counted.OPEN: 1})
    assert ("1.234/1.235 (99,9%)", "1,234/1,235 (99.9%)") == (many.text(), many.text("en"))


def test_tallies_under_two_rules_cannot_be_added() -> None:
    """As figures cannot."""
    message = "^counts under whole_plan and dated_only cannot be added; accepted: the same rule in both$"
    with pytest.raises(Incomparable, match=message):
        Tally(rule=RULE) + Tally(rule=CountingRule.DATED_ONLY)
    with pytest.raises((TypeError, InvalidField)):  # the latter under the mutation check, which gives it a public name
        Tally(rule=RULE) + 1  # type: ignore[operator]
