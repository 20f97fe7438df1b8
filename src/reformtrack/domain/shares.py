"""Shares of a whole as percentages that add up to 100."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from msgspec import Meta

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.fields import Count


@checks_arguments
def shares(counts: Sequence[Count], decimals: Annotated[int, Meta(ge=0, le=100)] = 1) -> tuple[Decimal, ...]:
    """
    Each count as a percentage of their sum, so that the percentages add up to exactly 100.

    By largest remainder (Hamilton's method): each is rounded down, and the missing units go to those that lost most,
    among equals to the first. So a share may differ by one in its last place from the same share rounded alone: say so
    where they are printed.

    Args:
        counts: whole numbers from 0.
        decimals: of the percentages.

    Returns:
        A percentage for each count; all 0 when the sum is 0.

    >>> [str(share) for share in shares([1, 1, 1])]
    ['33.4', '33.3', '33.3']
    """
    whole = sum(counts)
    if not whole:
        return tuple(Decimal(0).scaleb(-decimals) for _ in counts)
    exact = [Fraction(count * 100 * 10**decimals, whole) for count in counts]
    units = [int(share) for share in exact]
    by_loss = sorted(range(len(counts)), key=lambda place: units[place] - exact[place])
    for place in by_loss[: 100 * 10**decimals - sum(units)]:
        units[place] += 1
    return tuple(Decimal(unit).scaleb(-decimals) for unit in units)
