"""The other figures: computed beside reported, and the checks between them."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack import NotFound, Tracker
from reformtrack.events import IndicatorDefined, ReadingTaken, RecordRetracted
from reformtrack.values import Bound, Check, IndicatorKind, Relation
from tests.support import ADOPTED, INSTANT, Clock, adopted, day

K = IndicatorKind
LANGS: tuple[Any, ...] = ("vi", "en")


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), by="x")
        yield tracker


def figure(tracker: Tracker, name: str, kind: IndicatorKind = K.COUNT, unit: str = "vụ", **fields: Any) -> None:
    """An indicator with one reading; fields of the definition by their name, the rest are the reading's."""
    definition = {key: fields.pop(key) for key in ("checks", "part_of", "target") if key in fields}
    tracker.record(
        IndicatorDefined(f"p#{name}", on=ADOPTED, title=name, unit=unit, kind=kind, **definition),
        ReadingTaken(f"p#{name}", on=day("12-15"), as_of=day("12-14"), **fields),
        by="x",
    )


def check(*sides: tuple[str, ...], relation: Relation = Relation.EQUAL) -> Check:
    return Check(left=sides[0], relation=relation, right=sides[1])


def test_figures_that_belong_together_are_checked(tracker: Tracker) -> None:
    """43 + 20 = 63 holds; a wrong figure warns, and stays what it is."""
    claim = check(("settled.part", "continuing"), ("settled.whole",))
    figure(tracker, "settled", K.RATIO, part=43, whole=63, reported_text="43/63 vụ khiếu nại", checks=(claim,))
    figure(tracker, "continuing", value=Decimal(20))
    settled = tracker.indicator("p#settled")
    assert [True] == [result.holds for result in settled.checks]
    assert () == settled.warnings
    assert "43/63 vụ" == settled.text()
    assert Fraction(43, 63) == settled.rate
    wrong = ReadingTaken("p#continuing", on=day("12-16"), as_of=day("12-14"), value=Decimal(21))
    tracker.record(wrong, by="x")
    settled = tracker.indicator("p#settled")
    assert ("settled.part + continuing = settled.whole: 43 + 21 = 63",) == settled.warnings
    assert "21 vụ" == tracker.indicator("p#continuing").text()
    assert () == tracker.indicator("p#settled", on=day("12-15")).warnings
    assert 2 == len(tracker.indicator("p#continuing").readings)


def test_a_check_with_a_missing_figure_neither_holds_nor_fails(tracker: Tracker) -> None:
    """No reading, no such indicator, a bound, or a text: nothing to add up."""
    claims = tuple(check(("a",), (name,)) for name in ("none", "bound", "text", "empty"))
    figure(tracker, "a", value=Decimal(1), checks=claims)
    figure(tracker, "bound", K.BOUND, value=Decimal(1), bound=Bound.ABOVE)
    figure(tracker, "text", K.TEXT, reported_text="x")
    tracker.record(IndicatorDefined("p#empty", on=ADOPTED, title="x", unit="", kind=K.COUNT), by="x")
    found = tracker.indicator("p#a")
    assert [None] * 4 == [result.holds for result in found.checks]
    assert () == found.warnings
    assert ["a = none: – (không có số liệu)", "a = none: – (no figure)"] == [
        found.checks[0].text(lang) for lang in LANGS
    ]
    missing = "– (no figure)"
    assert [missing, "not comparable (a bound: bound)", missing, missing] == [one.judged("en") for one in found.checks]


def test_readings_of_different_days_are_not_judged_together(tracker: Tracker) -> None:
    """20 going on in June and 43 settled in December are not 63, though the sum is right; of one day they are judged again."""
    claim = check(("settled.part", "continuing"), ("settled.whole",))
    figure(tracker, "settled", K.RATIO, part=43, whole=63, checks=(claim,))
    tracker.record(IndicatorDefined("p#continuing", on=ADOPTED, title="x", unit="vụ", kind=K.COUNT), by="x")
    june = ReadingTaken("p#continuing", on=day("6-15"), as_of=day("6-14"), value=Decimal(20))
    tracker.record(june, by="x")
    found = tracker.indicator("p#settled")
    [result] = found.checks
    assert (None, (day("6-14"), day("12-14")), ()) == (result.holds, result.days, found.warnings)
    assert "không so sánh được (số liệu của 14/06/2023, 14/12/2023)" == result.judged()
    assert "not comparable (readings of 2023-06-14, 2023-12-14)" == result.judged("en")
    tracker.record(ReadingTaken("p#continuing", on=day("12-15"), as_of=day("12-14"), value=Decimal(20)), by="x")
    [result] = tracker.indicator("p#settled").checks
    assert (True, "✓ 43 + 20 = 63") == (result.holds, result.judged())


@given(st.lists(st.integers(0, 3), min_size=3, max_size=3), st.lists(st.integers(0, 2), min_size=3, max_size=3))
def test_a_check_is_judged_where_each_figure_is_there_and_of_one_day(values: list[int], months: list[int]) -> None:
    """Else it neither holds nor fails; a value of 3 stands for no reading."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), by="x")
        claim = check(("a", "b"), ("c",))
        for name, value, month in zip("abc", values, months, strict=True):
            checks = (claim,) if name == "a" else ()
            subject, on = f"p#{name}", date(2023, 6 + month, 14)
            defined = IndicatorDefined(subject, on=ADOPTED, title="x", unit="", kind=K.COUNT, checks=checks)
            taken = [ReadingTaken(subject, on=on, as_of=on, value=Decimal(value))] if value < 3 else []
            tracker.record(defined, *taken, by="x")
        [result] = tracker.indicator("p#a").checks
    there = max(values) < 3
    assert (values[0] + values[1] == values[2] if there and len({*months}) == 1 else None) is result.holds
    assert there is ("(no figure)" not in result.text("en"))
    assert ("✗" in result.judged()) is (result.holds is False)


def test_a_part_of_a_larger_count_is_at_most_that_count(tracker: Tracker) -> None:
    """538 of 2.107 visits; for a ratio it is the part that counts."""
    figure(tracker, "visits", unit="lượt", value=Decimal(2107))
    figure(tracker, "leaders", unit="lượt", value=Decimal(538), part_of="visits")
    figure(tracker, "ratio", K.RATIO, part=2108, whole=3000, part_of="visits")
    assert ["538 ≤ 2.107"] == [r.figures() for r in tracker.indicator("p#leaders").checks]
    assert () == tracker.indicator("p#leaders").warnings
    assert ("ratio.part ≤ visits: 2.108 ≤ 2.107",) == tracker.indicator("p#ratio").warnings


@pytest.mark.parametrize(
    ("part", "whole", "reported", "difference"),
    [
        (53, 55, "96.4", "0.0"),
        (1, 7, "14.28", "-0.01"),
        (1, 7, "14.29", "0.00"),
        (1, 2, "50", "0"),
        (1, 3, "34", "1"),
    ],
)
def test_a_reported_percentage_stands_beside_the_computed_one(
    tracker: Tracker, part: int, whole: int, reported: str, difference: str
) -> None:
    """Compared to the decimals that were printed; a difference warns and edits nothing."""
    figure(tracker, "a", K.RATIO, part=part, whole=whole, reported_percent=Decimal(reported))
    found = tracker.indicator("p#a")
    assert Decimal(difference) == found.percent_difference
    own = Decimal(reported) - Decimal(difference)
    expected = f"{reported}% (off by {difference} from {own}%)" if Decimal(difference) else f"{reported}%"
    assert expected == found.published("en")
    assert ((f"a: {expected}",) if Decimal(difference) else ()) == found.warned("en")
    assert found.published().replace(",", ".").replace("lệch", "off by").replace("so với", "from") == expected
    assert found.reading is not None
    assert Decimal(reported) == found.reading.reported_percent


def test_a_figure_is_printed_with_its_unit_and_its_bound(tracker: Tracker) -> None:
    """In both languages; a text as it was reported; a dash before the first reading."""
    figure(tracker, "visits", unit="lượt", value=Decimal(2107))
    figure(tracker, "rate", K.BOUND, unit="%", value=Decimal(98), bound=Bound.ABOVE, reported_text="trên 98%")
    figure(tracker, "model", K.TEXT, unit="", reported_text="được nhân rộng")
    figure(tracker, "money", K.AMOUNT, unit="tỷ đồng", value=Decimal("1234.5"))
    tracker.record(IndicatorDefined("p#empty", on=ADOPTED, title="x", unit="vụ", kind=K.COUNT), by="x")
    assert ["2.107 lượt", "> 98 %", "được nhân rộng", "1.234,5 tỷ đồng", "–"] == [
        indicator.text() for indicator in tracker.indicators("p")
    ]
    assert "2,107 lượt" == tracker.indicator("p#visits").text("en")
    assert tracker.indicator("p#empty").rate is None
    assert tracker.indicator("p#empty").percent_difference is None


def test_a_ratio_of_nothing_has_no_rate(tracker: Tracker) -> None:
    """0 of 0."""
    figure(tracker, "a", K.RATIO, part=0, whole=0, reported_percent=Decimal(0))
    assert (None, None) == (tracker.indicator("p#a").rate, tracker.indicator("p#a").percent_difference)
    assert "0/0 vụ" == tracker.indicator("p#a").text()


def test_indicators_are_asked_on_two_clocks(tracker: Tracker) -> None:
    """A reading retracted is out now, and was in before."""
    figure(tracker, "a", value=Decimal(5))
    position = tracker.log.position()
    tracker.record(RecordRetracted("p#a", version=2, reason="nhầm"), by="x")
    assert "–" == tracker.indicator("p#a").text()
    assert "5 vụ" == tracker.indicator("p#a", known_at=position).text()
    assert "–" == tracker.indicator("p#a", on=day("12-14"), known_at=INSTANT).text()
    with pytest.raises(NotFound):
        tracker.indicator("p#a", known_at=1)
    assert () == tracker.indicators("p", known_at=1)


def test_relations_other_than_equal_are_checked_too(tracker: Tracker) -> None:
    """People are at least as many as visits."""
    figure(
        tracker,
        "people",
        unit="người",
        value=Decimal(3107),
        checks=(check(("people",), ("visits",), relation=Relation.AT_LEAST),),
    )
    figure(tracker, "visits", unit="lượt", value=Decimal(2107))
    assert [True] == [result.holds for result in tracker.indicator("p#people").checks]
    assert "people ≥ visits: 3.107 ≥ 2.107" == tracker.indicator("p#people").checks[0].text()


@pytest.mark.parametrize(("part", "holds"), [(5, True), (4, False)])
def test_a_part_of_a_ratio_is_part_of_what_it_counts(part: int, holds: bool) -> None:
    """An indicator that is a part of a ratio, or a ratio that is a part, is compared by the ratio's part."""
    with Tracker() as tracker:
        tracker.record(
            adopted(),
            IndicatorDefined("p#settled", on=ADOPTED, title="Đã giải quyết", unit="vụ", kind=IndicatorKind.RATIO),
            IndicatorDefined(
                "p#hard", on=ADOPTED, title="Vụ phức tạp", unit="vụ", kind=IndicatorKind.COUNT, part_of="settled"
            ),
            IndicatorDefined(
                "p#seen", on=ADOPTED, title="Đã kiểm tra", unit="vụ", kind=IndicatorKind.RATIO, part_of="settled"
            ),
            ReadingTaken("p#settled", on=day("6-14"), as_of=day("6-14"), part=part, whole=7),
            ReadingTaken("p#hard", on=day("6-14"), as_of=day("6-14"), value=Decimal(5)),
            ReadingTaken("p#seen", on=day("6-14"), as_of=day("6-14"), part=5, whole=6),
            by="thanh-tra",
        )
        for name in ("hard", "seen"):
            [check] = tracker.indicator(f"p#{name}").checks
            assert (check.holds, check.right) == (holds, (Decimal(part),))


def test_a_bound_in_a_check_is_said_to_be_one(tracker: Tracker) -> None:
    """There is a figure, and it can't be added up or compared."""
    figure(tracker, "b", K.BOUND, value=Decimal(98), bound=Bound.ABOVE)
    figure(tracker, "c", K.AMOUNT, value=Decimal(90), checks=(check(("c",), ("b",), relation=Relation.AT_LEAST),))
    [result] = [result for one in tracker.indicators("p") for result in one.checks]
    assert (None, "not comparable (a bound: b)") == (result.holds, result.judged("en"))
    assert "không so sánh được (chỉ biết giới hạn: b)" == result.judged()
