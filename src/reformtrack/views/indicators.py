"""
The other figures of a plan's report: each indicator's reading on a day, and the checks between them.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import shortened
from reformtrack.domain.indicator import Check, IndicatorDefined, IndicatorEvent, IndicatorKind, ReadingTaken, Relation
from reformtrack.domain.kinds import INDICATOR
from reformtrack.domain.showing import brief
from reformtrack.domain.timeline import Record, timeline
from reformtrack.domain.values import IndicatorId, StreamId, code_of
from reformtrack.domain.wording import Lang, day, number, percent, rounded_percent

_SIGNS = {True: "✓ ", False: "✗ ", None: ""}
_WORDS: Mapping[str, Mapping[Lang, str]] = {
    "missing": {"vi": "– (không có số liệu)", "en": "– (no figure)"},
    "days": {"vi": "không so sánh được (số liệu của {})", "en": "not comparable (readings of {})"},
}


@attrs.frozen(field_transformer=brief)
@checks_arguments
class CheckResult:
    """What became of a check."""

    check: Check
    left: tuple[Decimal | None, ...]
    """The figure of each term on its left side; None for one that is missing."""
    right: tuple[Decimal | None, ...]
    days: tuple[date, ...] = ()
    """The as-of days of the readings that the figures are from, in order; only figures of one day belong together."""

    @property
    def holds(self) -> bool | None:
        """Whether it holds; None when a figure is missing, or the figures are of several days."""
        left, right = _sum(self.left), _sum(self.right)
        if left is None or right is None or len(self.days) > 1:
            return None
        return self.check.relation.holds(left, right)

    def figures(self, lang: Lang = "vi") -> str:
        """The claim in figures: `43 + 20 = 63`; why there are none, where one is missing or of another day."""
        if None in (*self.left, *self.right):
            return _WORDS["missing"][lang]
        if len(self.days) > 1:
            return _WORDS["days"][lang].format(", ".join(day(one, lang) for one in self.days))
        left, right = (
            " + ".join(number(figure, lang) for figure in side if figure is not None)
            for side in (self.left, self.right)
        )
        return f"{left} {self.check.relation.value} {right}"

    def judged(self, lang: Lang = "vi") -> str:
        """The figures after a sign that says whether the claim holds, where it can be judged: `✓ 43 + 20 = 63`."""
        return f"{_SIGNS[self.holds]}{self.figures(lang)}"

    def text(self, lang: Lang = "vi") -> str:
        """
        The claim in words and in figures.

        >>> check = Check(left=("settled.part", "continuing"), relation=Relation.EQUAL, right=("settled.whole",))
        >>> CheckResult(check, (Decimal(43), Decimal(20)), (Decimal(63),)).text()
        'settled.part + continuing = settled.whole: 43 + 20 = 63'
        """
        claim = f"{' + '.join(self.check.left)} {self.check.relation.value} {' + '.join(self.check.right)}"
        return f"{claim}: {self.figures(lang)}"


@attrs.frozen(repr=False)
@checks_arguments
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

    def __repr__(self) -> str:
        return f"<Indicator {self.id} on {self.on}: {shortened(self.text())}, {len(self.readings)} readings>"

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

    def percent(self, lang: Lang = "vi") -> str:
        """The rate as a percentage, rounded half-up to one decimal: `68,3%`; a dash when there is none."""
        return percent(self.rate, lang)

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
    streams: Mapping[StreamId, Iterable[Record[Any]]], on: date, known_at: int | None = None
) -> tuple[Indicator, ...]:
    """
    The indicators that the records of their streams make, with every check between them, in the order of their definition.

    Args:
        streams: the records of the indicators of one plan; checks reach no further.
        on: the day asked for.
        known_at: the log position up to which it was known; None for all that is on record.
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
    left, right = (tuple(_value(term, by_name) for term in side) for side in (check.left, check.right))
    named = {term.partition(".")[0] for term in (*check.left, *check.right)}
    days = {one.reading.as_of for name, one in by_name.items() if name in named and one.reading is not None}
    return CheckResult(check, left, right, tuple(sorted(days)))


def _sum(figures: Iterable[Decimal | None]) -> Decimal | None:
    total = Decimal(0)
    for figure in figures:
        if figure is None:
            return None
        total += figure
    return total


def _value(term: str, by_name: Mapping[str, Indicator]) -> Decimal | None:
    """The number that a term of a check names; None when there is no such figure, or it is a bound."""
    name, _, side = term.partition(".")
    reading = by_name[name].reading if name in by_name else None
    if reading is None or reading.bound is not None:
        return None
    value = getattr(reading, side) if side else reading.value
    return None if value is None else Decimal(value)
