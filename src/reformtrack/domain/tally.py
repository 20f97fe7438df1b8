"""Counts of many plans: like `Progress`, without the list of activities."""

from collections.abc import Iterable, Mapping

import attrs

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import Incomparable
from reformtrack.domain.progress import Counted, CountingRule, Counts
from reformtrack.domain.said import sentence


def _summed(counts: Mapping[Counted, int] | Iterable[tuple[Counted, int]]) -> tuple[tuple[Counted, int], ...]:
    sums: dict[Counted, int] = {}
    for as_, count in counts.items() if isinstance(counts, Mapping) else counts:
        sums[as_] = sums.get(as_, 0) + count
    return tuple([(as_, sums[as_]) for as_ in _IN_ORDER if sums.get(as_)])


_IN_ORDER = tuple(Counted)


@checks_arguments
@attrs.frozen(kw_only=True)
class Tally(Counts):
    """
    The number of activities by how they are counted, under one counting rule.

    `+` adds counts under the same rule; it is commutative and associative, and a tally without counts is its identity.

    >>> tally = Tally(rule=CountingRule.WHOLE_PLAN, counts={Counted.COMPLETED: 53, Counted.OVERDUE: 1, Counted.OPEN: 1})
    >>> str(tally), (tally + tally).total
    ('53/55 (96,4%)', 110)
    """

    rule: CountingRule
    counts: tuple[tuple[Counted, int], ...] = attrs.field(default=(), converter=_summed)
    """(counted as, how many), in the order of `Counted`; given as a mapping, or as pairs in which the same may come again."""

    def __add__(self, other: "Tally") -> "Tally":
        """
        The counts of both.

        Raises:
            Incomparable: they are under different rules.
        """
        if not isinstance(other, Tally):
            return NotImplemented
        if self.rule is not other.rule:
            words = sentence("counts under {rule} and {other} cannot be added; accepted: the same rule in both")
            raise Incomparable(words, rule=self.rule.value, other=other.rule.value)
        return Tally(rule=self.rule, counts=(*self.counts, *other.counts))
