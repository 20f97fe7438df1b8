"""Shares of a whole: they add up."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from reformtrack.answers import shares


@given(st.lists(st.integers(0, 10**6), max_size=60), st.integers(0, 3))
def test_shares_add_up_to_one_hundred_and_each_is_near_its_own(counts: list[int], decimals: int) -> None:
    """Each less than one unit of its last place from the exact share, and a larger count never has a smaller share."""
    found = shares(counts, decimals)
    whole = sum(counts)
    assert len(counts) == len(found)
    assert (100 if whole else 0) == sum(found)
    unit = Fraction(1, 10**decimals)
    for count, share in zip(counts, found, strict=True):
        assert abs(Fraction(share) - Fraction(100 * count, whole or 1)) < unit
    ordered = [share for _, share in sorted(zip(counts, found, strict=True), key=lambda pair: (pair[0], pair[1]))]
    assert sorted(found) == ordered


def test_the_parts_of_the_example_add_up() -> None:
    """1/3 each: the first gets what is missing."""
    assert (Decimal("33.4"), Decimal("33.3"), Decimal("33.3")) == shares([5, 5, 5])
    assert ("0.00", "0.00") == tuple(map(str, shares([0, 0], 2)))
    assert (Decimal("33.34"), Decimal("33.33"), Decimal("33.33")) == shares([5, 5, 5], 2)
