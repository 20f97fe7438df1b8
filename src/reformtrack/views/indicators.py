"""The other figures of a plan's report: each indicator's reading on a day, and the checks between them."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args

import attrs

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import shortened
from reformtrack.domain.indicator import Check, IndicatorDefined, IndicatorEvent, IndicatorKind, ReadingTaken, Relation
from reformtrack.domain.kinds import INDICATOR
from reformtrack.domain.showing import brief
from reformtrack.domain.timeline import Record, timeline
from reformtrack.domain.values import IndicatorId, StreamId, code_of
from reformtrack.domain.wording import Lang, day, number, percent, rounded_as
from reformtrack.language import Language

_SIGNS = {True: "✓ ", False: "✗ ", None: ""}


@attrs.frozen(field_transformer=brief)
@checks_arguments
class CheckResult:
    """The result of a check."""

    check: Check
    left: tuple[Decimal | None, ...]
    """The figure of each term on its left side; None for one that is missing."""
    right: tuple[Decimal | None, ...]
    days: tuple[date, ...] = ()
    """The as-of days of the figures, in order; only figures of one day can be compared."""
    bounds: tuple[str, ...] = ()
    """The terms with only a bound, which cannot be added."""

    @property
    def holds(self) -> bool | None:
        """Whether it holds; None when a figure is missing or a bound, or the figures are of several days."""
        left, right = ([one for one in side if one is not None] for side in (self.left, self.right))
        if None in (*self.left, *self.right) or len(self.days) > 1:
            return None
        return self.check.relation.holds(sum(left, Decimal(0)), sum(right, Decimal(0)))

    def figures(self, lang: Lang = "vi") -> str:
        """The claim in figures: `43 + 20 = 63`; or why not, if one is missing, a bound or of another day."""
        say = Language(lang)
        if self.bounds:
            return say("not comparable (a bound: {terms})", terms=", ".join(self.bounds))
        if None in (*self.left, *self.right):
            return say("– (no figure)")
        if len(self.days) > 1:
            return say("not comparable (readings of {days})", days=", ".join(day(one, lang) for one in self.days))
        left, right = (
            " + ".join(number(figure, lang) for figure in side if figure is not None)
            for side in (self.left, self.right)
        )
        return f"{left} {self.check.relation.value} {right}"

    def judged(self, lang: Lang = "vi") -> str:
        """The figures after a sign for whether the claim holds, if it can be judged: `✓ 43 + 20 = 63`."""
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

    @property
    def history(self) -> tuple["Indicator", ...]:
        """It with each of its readings, that of the latest as-of day first."""
        readings = sorted(self.readings, key=lambda reading: reading.as_of)
        return tuple(attrs.evolve(self, reading=reading) for reading in reversed(readings))

    def percent(self, lang: Lang = "vi") -> str:
        """The rate as a percentage, rounded half-up to one decimal: `68,3%`; a dash when there is none."""
        return percent(self.rate, lang)

    @property
    def percent_difference(self) -> Decimal | None:
        """
        The reported minus the computed percentage, rounded to the decimals of the reported one; None if one is missing.

        A non-zero value means that the published percentage does not follow from its own numbers. Both are kept.
        """
        rate, reading = self.rate, self.reading
        if rate is None or reading is None or reading.reported_percent is None:
            return None
        return reading.reported_percent - rounded_as(rate, reading.reported_percent)

    def published(self, lang: Lang = "vi") -> str:
        """
        The percentage that the source printed, and its difference from the computed one: `14,28% (lệch -0,01 so với
        14,29%)`.

        Empty where it printed none.
        """
        if self.reading is None or self.reading.reported_percent is None:
            return ""
        reported, difference = self.reading.reported_percent, self.percent_difference
        if not difference:
            return f"{number(reported, lang)}%"
        say = Language(lang)
        return say(
            "{percent}% (off by {difference} from {computed}%)",
            percent=number(reported, lang),
            difference=number(difference, lang),
            computed=number(reported - difference, lang),
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """The discrepancies in words: failed checks, and a reported percentage that differs from the computed one."""
        return self.warned()

    def warned(self, lang: Lang = "vi") -> tuple[str, ...]:
        """The same in a language."""
        failed = tuple(result.text(lang) for result in self.checks if result.holds is False)
        return (*failed, f"{self.name}: {self.published(lang)}") if self.percent_difference else failed

    def printed(self, lang: Lang = "vi") -> tuple[str, str, str, str]:
        """Its row in a report: title, as reported, as computed, checks."""
        reported = self.reading.reported_text if self.reading else ""
        computed = self.text(lang) if self.rate is None else f"{self.text(lang)} ({self.percent(lang)})"
        checks = "; ".join(result.judged(lang) for result in self.checks)
        is_said = any(self.published(language) in reported for language in get_args(Lang))
        published = reported if is_said else "; ".join(filter(None, (reported, self.published(lang))))
        return self.definition.title, published, computed, checks

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
        attrs.evolve(indicator, checks=tuple(_result(check, by_name) for check in _checks(indicator, by_name)))
        for indicator in indicators
    )
    return tuple(sorted(checked, key=lambda indicator: indicator.timeline[0].position))


def _checks(indicator: Indicator, by_name: Mapping[str, Indicator]) -> tuple[Check, ...]:
    definition = indicator.definition
    if not definition.part_of:
        return definition.checks
    part, whole = (_counted(name, by_name) for name in (indicator.name, definition.part_of))
    return (*definition.checks, Check(left=(part,), relation=Relation.AT_MOST, right=(whole,)))


def _counted(name: str, by_name: Mapping[str, Indicator]) -> str:
    """The term for the count of an indicator: for a ratio, its part."""
    is_ratio = name in by_name and by_name[name].definition.kind is IndicatorKind.RATIO
    return f"{name}.part" if is_ratio else name


def _result(check: Check, by_name: Mapping[str, Indicator]) -> CheckResult:
    left, right = (tuple(_value(term, by_name) for term in side) for side in (check.left, check.right))
    days = {one.reading.as_of for name, one in by_name.items() if name in check.names and one.reading is not None}
    bounds = (term for term in (*check.left, *check.right) if (of := _reading(term, by_name)) and of.bound is not None)
    return CheckResult(check, left, right, tuple(sorted(days)), tuple(dict.fromkeys(bounds)))


def _reading(term: str, by_name: Mapping[str, Indicator]) -> ReadingTaken | None:
    name = term.partition(".")[0]
    return by_name[name].reading if name in by_name else None


def _value(term: str, by_name: Mapping[str, Indicator]) -> Decimal | None:
    """The number of a term of a check; None if the figure is missing or a bound."""
    reading, side = _reading(term, by_name), term.partition(".")[2]
    if reading is None or reading.bound is not None:
        return None
    value = getattr(reading, side) if side else reading.value
    return None if value is None else Decimal(value)
