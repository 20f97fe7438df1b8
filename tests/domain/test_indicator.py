"""Indicators: which readings fit which kind, and which reading is the latest."""

from decimal import Decimal
from typing import Any

import pytest

from reformtrack import InvalidField, errors
from reformtrack.domain.kinds import INDICATOR
from reformtrack.events import IndicatorDefined, ReadingTaken
from reformtrack.values import Bound, Check, IndicatorKind, Relation
from tests.support import ADOPTED, day, given


def defined(kind: IndicatorKind = IndicatorKind.COUNT) -> IndicatorDefined:
    return IndicatorDefined("p#a", on=ADOPTED, title="Lượt tiếp công dân", unit="lượt", kind=kind)


def reading(**fields: Any) -> ReadingTaken:
    return ReadingTaken("p#a", on=day("12-1"), **{"as_of": day("11-30"), **fields})


K = IndicatorKind


@pytest.mark.parametrize(
    ("kind", "fields", "fits"),
    [
        (K.COUNT, {"value": Decimal(2107)}, True),
        (K.COUNT, {"value": Decimal(0)}, True),
        (K.COUNT, {"value": Decimal("1.0")}, True),
        (K.COUNT, {"value": Decimal("1.5")}, False),
        (K.COUNT, {"value": Decimal(-1)}, False),
        (K.COUNT, {}, False),
        (K.COUNT, {"part": 1, "whole": 2}, False),
        (K.COUNT, {"value": Decimal(1), "part": 1}, False),
        (K.COUNT, {"value": Decimal(1), "reported_percent": Decimal(1)}, False),
        (K.RATIO, {"part": 43, "whole": 63}, True),
        (K.RATIO, {"part": 43, "whole": 63, "reported_percent": Decimal("68.3")}, True),
        (K.RATIO, {"part": 43}, False),
        (K.RATIO, {"value": Decimal(43)}, False),
        (K.AMOUNT, {"value": Decimal("-1.5")}, True),
        (K.AMOUNT, {"value": Decimal(1), "bound": Bound.ABOVE}, False),
        (K.BOUND, {"value": Decimal(98), "bound": Bound.ABOVE}, True),
        (K.BOUND, {"value": Decimal(98)}, False),
        (K.BOUND, {"bound": Bound.ABOVE}, False),
        (K.TEXT, {"reported_text": "được nhân rộng"}, True),
        (K.TEXT, {}, False),
        (K.TEXT, {"reported_text": "x", "value": Decimal(1)}, False),
    ],
)
def test_a_reading_has_the_form_of_its_indicators_kind(kind: IndicatorKind, fields: dict[str, Any], fits: bool) -> None:
    """Visits are whole, ratios have two numbers, a bound has a side, and a text has no number."""
    event = reading(**fields)
    answer = given(INDICATOR, defined(kind)).when(event)
    if fits:
        assert event == answer.latest
    else:
        assert errors.ReadingDoesNotFit is type(answer)
        assert event == answer.event
        assert f"the indicator is of kind {kind.value}" in answer.found


@pytest.mark.parametrize(
    ("kind", "fields", "found", "accepted"),
    [
        (K.COUNT, {}, "of kind count and the reading has no number", "value, a whole number from 0"),
        (
            K.TEXT,
            {"part": 1, "whole": 2},
            "of kind text and the reading has part, whole",
            "reported_text and no number",
        ),
        (K.AMOUNT, {"part": 1, "whole": 2}, "of kind amount and the reading has part, whole", "value"),
        (K.BOUND, {"value": Decimal(1)}, "of kind bound and the reading has value", "value and bound"),
        (
            K.RATIO,
            {"value": Decimal(1)},
            "of kind ratio and the reading has value",
            "part and whole, and reported_percent if one was printed",
        ),
    ],
)
def test_a_reading_that_does_not_fit_says_what_would(
    kind: IndicatorKind, fields: dict[str, Any], found: str, accepted: str
) -> None:
    """In words."""
    refused = given(INDICATOR, defined(kind)).when(reading(**fields))
    assert (f"the indicator is {found}", accepted) == (refused.found, refused.accepted)


def test_a_reading_needs_a_definition_and_a_definition_stands_once() -> None:
    """One error class a broken rule."""
    refused = given(INDICATOR).when(reading(value=Decimal(1)))
    assert (errors.IndicatorNotDefined, reading(value=Decimal(1))) == (type(refused), refused.event)
    again = IndicatorDefined("p#a", on=day("2-1"), title="x", unit="", kind=K.TEXT)
    refused = given(INDICATOR, defined()).when(again)
    assert (errors.IndicatorAlreadyDefined, again) == (type(refused), refused.event)


def test_the_latest_reading_is_that_of_the_latest_day_described() -> None:
    """Of two of one day, the later in the timeline: it corrects the other."""
    old = reading(value=Decimal(1), as_of=day("6-30"))
    new = reading(value=Decimal(2), as_of=day("11-30"))
    corrected = reading(value=Decimal(3), as_of=day("11-30"))
    assert new == given(INDICATOR, defined(), new).when(old).latest
    assert corrected == given(INDICATOR, defined(), new, old).when(corrected).latest
    assert INDICATOR.initial.latest is None


@pytest.mark.parametrize(
    ("fields", "field"), [({"as_of": day("12-2")}, "as_of"), ({"part": 2, "whole": 1}, "part"), ({"part": -1}, "part")]
)
def test_a_reading_that_contradicts_itself_cannot_be_built(fields: dict[str, Any], field: str) -> None:
    """A figure of a day to come, or a part above its whole."""
    with pytest.raises(InvalidField) as caught:
        reading(**fields)
    assert field == caught.value.field


@pytest.mark.parametrize("term", ["A", "a.value", "a b", "", "43"[:0]])
def test_a_check_names_figures_of_the_plan(term: str) -> None:
    """An indicator's name, with `.part` or `.whole` where it has one."""
    with pytest.raises(InvalidField):
        Check(left=(term,), relation=Relation.EQUAL, right=("a",))


@pytest.mark.parametrize(
    ("relation", "holds"),
    [
        (Relation.EQUAL, [False, True, False]),
        (Relation.AT_MOST, [True, True, False]),
        (Relation.AT_LEAST, [False, True, True]),
    ],
)
def test_a_relation_holds_or_not(relation: Relation, holds: list[bool]) -> None:
    """For a number below, equal to and above another."""
    assert holds == [relation.holds(Decimal(n), Decimal(5)) for n in (4, 5, 6)]
