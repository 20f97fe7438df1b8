"""
The other figures of a plan's report: each indicator's reading on a day, and the checks between them.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs

from reformtrack.domain.events import INDICATOR
from reformtrack.domain.indicator import Check, IndicatorDefined, IndicatorEvent, IndicatorKind, ReadingTaken, Relation
from reformtrack.domain.timeline import KnownAt, Record, timeline
from reformtrack.domain.values import IndicatorId, StreamId, code_of
from reformtrack.domain.wording import Lang, number, rounded_percent


@attrs.frozen
class CheckResult:
    """What became of a check."""

    check: Check
    left: Decimal | None
    """The sum of its left side; None when a figure in it is missing."""
    right: Decimal | None

    @property
    def holds(self) -> bool | None:
        """Whether it holds; None when a figure is missing."""
        if self.left is None or self.right is None:
            return None
        return self.check.relation.holds(self.left, self.right)

    def text(self, lang: Lang = "vi") -> str:
        """
        The check with its figures.

        >>> check = Check(left=("settled.part", "continuing"), relation=Relation.EQUAL, right=("settled.whole",))
        >>> CheckResult(check, Decimal(63), Decimal(63)).text()
        'settled.part + continuing = settled.whole: 63 = 63'
        """
        relation = self.check.relation.value
        claim = f"{' + '.join(self.check.left)} {relation} {' + '.join(self.check.right)}"
        left, right = ("?" if side is None else number(side, lang) for side in (self.left, self.right))
        return f"{claim}: {left} {relation} {right}"


@attrs.frozen
class Indicator:
    """An indicator on a day, as known at an instant."""

    id: IndicatorId
    on: date
    definition: IndicatorDefined
    reading: ReadingTaken | None
    """The reading of the latest as-of day; None before the first."""
    readings: tuple[ReadingTaken, ...]
    """All readings, in the order in which they took effect."""
    timeline: tuple[Record[IndicatorEvent], ...]
    checks: tuple[CheckResult, ...] = ()

    @property
    def name(self) -> str:
        """Its name in the plan."""
        return code_of(self.id)

    @property
    def rate(self) -> Fraction | None:
        """part ÷ whole of the reading, exactly; None when there is none."""
        reading = self.reading
        if reading is None or reading.part is None or not reading.whole:
            return None
        return Fraction(reading.part, reading.whole)

    @property
    def percent_difference(self) -> Decimal | None:
        """
        The reported percentage less the computed one, rounded to the reported one's decimals; None when there is no pair.

        Not zero means that the published figure does not follow from its own numbers. Both are kept.
        """
        rate, reading = self.rate, self.reading
        if rate is None or reading is None or reading.reported_percent is None:
            return None
        exponent = reading.reported_percent.as_tuple().exponent
        decimals = max(0, -exponent) if isinstance(exponent, int) else 0
        return reading.reported_percent - rounded_percent(rate, decimals)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What does not fit, in words: checks that fail, a reported percentage other than the computed one."""
        failed = tuple(result.text() for result in self.checks if result.holds is False)
        if not self.percent_difference or self.reading is None:
            return failed
        return (*failed, f"{self.name}: reported {self.reading.reported_percent}%, off by {self.percent_difference}")

    def text(self, lang: Lang = "vi") -> str:
        """The figure as computed from the reading: `43/63 vụ`, `2.107 lượt`, `> 98 %`."""
        reading = self.reading
        if reading is None:
            return "–"
        if reading.part is not None and reading.whole is not None:
            figure = f"{number(reading.part, lang)}/{number(reading.whole, lang)}"
        elif reading.value is not None:
            figure = number(reading.value, lang)
            if reading.bound is not None:
                figure = f"{reading.bound.value} {figure}"
        else:
            return reading.reported_text
        return f"{figure} {self.definition.unit}".strip()


def fold_indicators(
    streams: Mapping[StreamId, Iterable[Record[Any]]], on: date, known_at: KnownAt = None
) -> tuple[Indicator, ...]:
    """
    The indicators that the records of their streams make, with every check between them, in the order of their definition.

    Args:
        streams: the records of the indicators of one plan; checks reach no further.
        on: the day asked for.
        known_at: what was known; None for all that is on record.
    """
    indicators = []
    for stream, all_records in streams.items():
        records: tuple[Record[IndicatorEvent], ...] = timeline(all_records, on, known_at)
        state = INDICATOR.fold(records)
        if state.definition is not None:
            indicators.append(
                Indicator(IndicatorId(stream), on, state.definition, state.latest, state.readings, records)
            )
    by_name = {indicator.name: indicator for indicator in indicators}
    checked = (
        attrs.evolve(indicator, checks=tuple(_result(check, by_name) for check in _checks(indicator)))
        for indicator in indicators
    )
    return tuple(sorted(checked, key=lambda indicator: indicator.timeline[0].position))


def _checks(indicator: Indicator) -> tuple[Check, ...]:
    definition = indicator.definition
    if not definition.part_of:
        return definition.checks
    part = f"{indicator.name}.part" if definition.kind is IndicatorKind.RATIO else indicator.name
    return (*definition.checks, Check(left=(part,), relation=Relation.AT_MOST, right=(definition.part_of,)))


def _result(check: Check, by_name: Mapping[str, Indicator]) -> CheckResult:
    return CheckResult(check, _sum(check.left, by_name), _sum(check.right, by_name))


def _sum(terms: Iterable[str], by_name: Mapping[str, Indicator]) -> Decimal | None:
    values = [_value(term, by_name) for term in terms]
    return None if None in values else sum((value for value in values if value is not None), Decimal(0))


def _value(term: str, by_name: Mapping[str, Indicator]) -> Decimal | None:
    """The number that a term of a check names; None when there is no such figure, or it is a bound."""
    name, _, side = term.partition(".")
    reading = by_name[name].reading if name in by_name else None
    if reading is None or reading.bound is not None:
        return None
    value = getattr(reading, side) if side else reading.value
    return None if value is None else Decimal(value)
