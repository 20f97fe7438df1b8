"""
An indicator: one of the other figures of a report, with its definition and readings.

Visits, people, cases and petitions are different units; a bound ("trên 98%") is not a value; and the printed figure is
kept beside the computed one, never replaced by it.

Legal (✓) or not (–) in a state:

|  | not defined | defined |
| --- | --- | --- |
| IndicatorDefined | ✓ | – |
| ReadingTaken | – | ✓ |
"""

import enum
from datetime import date
from decimal import Decimal
from typing import Annotated, assert_never

import attrs
import msgspec
from msgspec import Meta
from msgspec.structs import replace

from reformtrack.domain import errors, illegal
from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.fields import ONE_LINE, Count, HostFields, Note, OptionalName, Title, finite, frozen
from reformtrack.domain.labelled import Labelled
from reformtrack.domain.said import said
from reformtrack.domain.showing import brief_repr
from reformtrack.domain.values import Document, IndicatorId, indicator_id


class IndicatorKind(Labelled):
    """The form of an indicator's readings."""

    COUNT = "count"
    """A whole number of one unit: `value`."""
    RATIO = "ratio"
    """A part of a whole of the same unit: `part` and `whole`, part ≤ whole."""
    AMOUNT = "amount"
    """A decimal number: `value`."""
    BOUND = "bound"
    """A bound, not a value: `bound` and `value`, as "trên 98%"."""
    TEXT = "text"
    """No number was published: `reported_text` alone."""


class Bound(enum.Enum):
    """On which side of a bound the true value is."""

    ABOVE = ">"
    AT_LEAST = "≥"
    BELOW = "<"
    AT_MOST = "≤"


@checks_arguments
class Relation(enum.Enum):
    """The claimed relation between the sums on the left and on the right."""

    EQUAL = "="
    AT_MOST = "≤"
    AT_LEAST = "≥"

    def holds(self, left: Decimal, right: Decimal) -> bool:
        """
        Whether it holds.

        >>> Relation.AT_MOST.holds(Decimal(538), Decimal(2107))
        True
        """
        if self is Relation.EQUAL:
            return left == right
        return left <= right if self is Relation.AT_MOST else left >= right


Term = Annotated[str, Meta(max_length=220, pattern=r"^([a-z0-9]+(-[a-z0-9]+)*(\.(part|whole))?)$"), ONE_LINE]
"""A number in a check: the name of an indicator of the same plan (its value), or the name and `.part` or `.whole`."""


@frozen(kw_only=True)
class Check:
    """A claim about figures that belong together, as 43 + 20 = 63. One that fails is a warning; it never edits a figure."""

    left: Annotated[tuple[Term, ...], Meta(min_length=1, max_length=20)]
    """The terms added up on the left."""
    relation: Relation
    right: Annotated[tuple[Term, ...], Meta(min_length=1, max_length=20)]
    """The terms added up on the right."""
    note: Note = ""
    """Where the claim comes from."""

    @property
    def names(self) -> frozenset[str]:
        """The names of the indicators in it."""
        return frozenset(term.partition(".")[0] for term in (*self.left, *self.right))


@frozen(kw_only=True)
class IndicatorFact:
    """The fields of every event about an indicator."""

    subject: IndicatorId = attrs.field(kw_only=False, converter=indicator_id)
    """The indicator, as `dak-nong-2023#complaints`."""
    on: date
    """The local day on which it took effect."""


@frozen(kw_only=True)
class IndicatorDefined(IndicatorFact):
    """The indicator is defined: what is counted, in which unit."""

    title: Title
    unit: OptionalName
    """The unit, as "lượt"; empty for text."""
    kind: IndicatorKind
    target: Decimal | None = attrs.field(default=None, validator=finite)
    """The target value, in the unit."""
    checks: Annotated[tuple[Check, ...], Meta(max_length=50)] = ()
    """Claims about this and other indicators of the plan."""
    part_of: Annotated[str, Meta(max_length=220, pattern=r"^([a-z0-9]+(-[a-z0-9]+)*)?$"), ONE_LINE] = ""
    """The name of the indicator whose count (a ratio's part) includes this one's; empty: none. Implies the check "at most"."""
    taxonomy: OptionalName = ""
    """The classification that the title uses, if it is outdated, as "dịch vụ công mức độ 3, 4 (trước 2022)"."""
    group: OptionalName = ""
    """The heading that it is shown under."""
    host_fields: HostFields = attrs.field(factory=dict, hash=False)
    """The host's own fields of the indicator, as who answers for it."""


@frozen(kw_only=True)
class ReadingTaken(IndicatorFact):
    """A figure as observed or as published."""

    as_of: date
    """The day that the figure describes; not after `on`."""
    reported_text: Annotated[str, Meta(max_length=2_000)] = ""
    """The words of the source, verbatim but for Unicode normalisation."""
    value: Decimal | None = attrs.field(default=None, validator=finite)
    """The number, in the indicator's unit."""
    part: Count | None = None
    whole: Count | None = None
    bound: Bound | None = None
    """For a bound: on which side of `value` the true figure is."""
    reported_percent: Decimal | None = attrs.field(default=None, validator=finite)
    """The percentage that the source printed beside a part of a whole."""
    period: OptionalName = ""
    """The period counted over, as "2023"."""
    source: Document | None = None
    note: Note = ""

    def __attrs_post_init__(self) -> None:
        _check_reading(self)


def _check_reading(event: ReadingTaken) -> None:
    if event.as_of > event.on:
        raise errors.unfit(event, "as_of", said("a day not after `on`, {on}", on=event.on))
    if event.part is not None and event.whole is not None and event.part > event.whole:
        raise errors.unfit(event, "part", said("0 to its whole, {whole}", whole=event.whole))


IndicatorEvent = IndicatorDefined | ReadingTaken

__all__ = ["IndicatorDefined", "ReadingTaken"]


class IndicatorState(msgspec.Struct, frozen=True):
    """The state of an indicator."""

    __repr__ = brief_repr

    definition: IndicatorDefined | None = None
    readings: tuple[ReadingTaken, ...] = ()
    """In the order of the timeline."""

    @property
    def latest(self) -> ReadingTaken | None:
        """The reading of the latest as-of day; of several, the last in the timeline."""
        return max(reversed(self.readings), key=lambda reading: reading.as_of, default=None)


def check(state: IndicatorState, event: IndicatorEvent) -> None:
    """Refuse an event that the table above has as illegal in this state, with the error of the rule that is broken."""
    match event:
        case IndicatorDefined():
            if state.definition is not None:
                raise illegal.IndicatorAlreadyDefined(event)
        case ReadingTaken():
            if state.definition is None:
                raise illegal.IndicatorNotDefined(event)
            _check_form(state.definition.kind, event)
        case _:
            assert_never(event)


_FORMS: dict[IndicatorKind, tuple[frozenset[str], str]] = {
    IndicatorKind.COUNT: (frozenset({"value"}), said("value, a whole number from 0")),
    IndicatorKind.RATIO: (
        frozenset({"part", "whole"}),
        said("part and whole, and reported_percent if one was printed"),
    ),
    IndicatorKind.AMOUNT: (frozenset({"value"}), "value"),
    IndicatorKind.BOUND: (frozenset({"value", "bound"}), said("value and bound")),
    IndicatorKind.TEXT: (frozenset({"reported_text"}), said("reported_text and no number")),
}


def _check_form(kind: IndicatorKind, event: ReadingTaken) -> None:
    needed, accepted = _FORMS[kind]
    given = {name for name in ("value", "part", "whole", "bound") if getattr(event, name) is not None}
    # The words of the source may accompany any number; only for kind TEXT are they the reading itself.
    if kind is IndicatorKind.TEXT and event.reported_text:
        given.add("reported_text")
    whole_number = event.value is None or (event.value >= 0 and event.value == event.value.to_integral_value())
    fits = given == needed and (kind is not IndicatorKind.COUNT or whole_number)
    if not fits or (event.reported_percent is not None and kind is not IndicatorKind.RATIO):
        found = said(
            "the indicator is of kind {kind} and the reading has {given}",
            kind=kind,
            given=tuple(sorted(given)) or said("no number"),
        )
        raise illegal.ReadingDoesNotFit(event, found, accepted)


def evolve(state: IndicatorState, event: IndicatorEvent) -> IndicatorState:
    """The state after an event. Never refuses."""
    match event:
        case IndicatorDefined():
            return replace(state, definition=event)
        case ReadingTaken():
            return replace(state, readings=(*state.readings, event))
        case _:
            assert_never(event)
