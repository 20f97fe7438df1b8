"""
Counts of many plans: what `Progress` says of one, without the list of activities behind it.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction

import attrs

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import Incomparable
from reformtrack.domain.progress import IN_RATE, Counted, CountingRule
from reformtrack.domain.wording import Lang, number, percent


def _sorted_counts(counts: Mapping[Counted, int] | Iterable[tuple[Counted, int]]) -> tuple[tuple[Counted, int], ...]:
    given = dict(counts)
    return tuple((counted, given[counted]) for counted in Counted if given.get(counted))


@checks_arguments
@attrs.frozen(kw_only=True)
class Tally:
    """
    How many activities are counted as what, under one counting rule.

    `+` adds counts under the same rule; it is commutative and associative, and a tally without counts is its identity.

    >>> tally = Tally(rule=CountingRule.WHOLE_PLAN, counts={Counted.COMPLETED: 53, Counted.OVERDUE: 1, Counted.OPEN: 1})
    >>> str(tally), (tally + tally).total
    ('53/55 (96,4%)', 110)
    """

    rule: CountingRule
    counts: tuple[tuple[Counted, int], ...] = attrs.field(default=(), converter=_sorted_counts)
    """(counted as, how many), in the order of `Counted`; given as a mapping or as pairs."""

    def _number(self, *counted: Counted) -> int:
        return sum(count for as_, count in self.counts if as_ in counted)

    @property
    def completed(self) -> int:
        """How many are completed: the numerator."""
        return self._number(Counted.COMPLETED)

    @property
    def overdue(self) -> int:
        """How many are open and past a due day."""
        return self._number(Counted.OVERDUE)

    @property
    def open(self) -> int:
        """How many in the rate are not completed, overdue ones included."""
        return self._number(Counted.OPEN, Counted.OVERDUE)

    @property
    def total(self) -> int:
        """How many are in the rate: the denominator."""
        return self._number(*IN_RATE)

    @property
    def excluded(self) -> dict[Counted, int]:
        """How many are left out of the rate, by reason."""
        return {as_: count for as_, count in self.counts if as_ not in IN_RATE}

    @property
    def rate(self) -> Fraction | None:
        """completed ÷ total, exactly; None when nothing is in the rate."""
        return Fraction(self.completed, self.total) if self.total else None

    def __add__(self, other: "Tally") -> "Tally":
        """
        The counts of both.

        Raises:
            Incomparable: they are under different rules.
        """
        if not isinstance(other, Tally):
            return NotImplemented
        if self.rule is not other.rule:
            raise Incomparable(
                f"counts under {self.rule.value} and {other.rule.value} cannot be added; accepted: the same rule in both"
            )
        return tallied(self.rule, (*self.counts, *other.counts))

    def text(self, lang: Lang = "vi") -> str:
        """The figure as officials write it: `53/55 (96,4%)`."""
        return f"{number(self.completed, lang)}/{number(self.total, lang)} ({percent(self.rate, lang)})"

    def __str__(self) -> str:
        return self.text()


def tallied(rule: CountingRule, counted: Iterable[tuple[Counted, int]]) -> Tally:
    """The tally of pairs in which the same may come several times."""
    sums: dict[Counted, int] = {}
    for as_, count in counted:
        sums[as_] = sums.get(as_, 0) + count
    return Tally(rule=rule, counts=sums)
