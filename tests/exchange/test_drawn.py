"""The form of the charts: round axes with years, labels that are whole, legends that hide nothing, read without colour."""

import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from dak_nong_events import PLAN as DAK_NONG
from dak_nong_events import Clock as DakNongClock
from dak_nong_events import record_year
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from reformtrack import Period, Tracker
from reformtrack.answers import Bridge
from reformtrack.events import ActivityCompleted
from reformtrack.exchange.report.canvas import Chart
from reformtrack.exchange.report.charts import bridge_chart, charts
from reformtrack.exchange.report_words import bridge_causes
from reformtrack.language import Language
from reformtrack.views.bridge import bridge
from reformtrack.views.plan import Plan
from reformtrack.views.series import first_days, round_numbers
from tests.faces.test_charts import Drawing
from tests.long_plan import PLAN, TODAY, tracker_of_long_tasks
from tests.support import day, scheduled, tracker_of

VI = Language("vi")
MOST_INCHES = 8.4
"""What fits on a page of A4 at 16 cm, with a heading above."""


@given(st.integers(0, 100_000))
def test_an_axis_of_numbers_is_round(top: int) -> None:
    """From 0 in steps of 1, 2, 5, 10 …, at most seven, the last one not below what is drawn and by less than a step above."""
    numbers = round_numbers(top)
    step = numbers[1]
    assert 0 == numbers[0] <= top <= numbers[-1] < max(top, 1) + step
    assert len(numbers) <= 7
    assert str(step).rstrip("0") in ("1", "2", "5")
    assert {step} == {b - a for a, b in pairwise(numbers)}


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 12_000))
def test_an_axis_of_time_has_first_days_of_months(first: date, length: int) -> None:
    """Twelve at most, all from first to last, each as many months after the one before; a whole year begins with January."""
    last = first + timedelta(days=length)
    days = first_days(first, last)
    assert len(days) <= 12
    assert all(first <= one <= last and one.day == 1 for one in days)
    months = [12 * one.year + one.month for one in days]
    assert len({b - a for a, b in pairwise(months)}) <= 1
    assert length < 62 or days


RATES = st.fractions(-1, 1, max_denominator=500)


@given(RATES, st.tuples(RATES, RATES, RATES, RATES))
def test_the_printed_parts_of_a_bridge_add_up(before: Fraction, changes: tuple[Fraction, ...]) -> None:
    """Each begins where the one before ends, from the rate of the first report to that of the second, as they are printed."""
    names = ("correction", "scope", "progress", "rule")
    found = Bridge(before=before, after=before + sum(changes), **dict(zip(names, changes, strict=True)))
    causes = bridge_causes(found, VI)
    assert 4 == len(causes)
    assert all(end == start for (_, _, end), (_, start, _) in pairwise(causes))
    assert abs(causes[-1][2] - Decimal(found.after.numerator) * 100 / found.after.denominator) <= Decimal("0.05")


@pytest.fixture(scope="module")
def plan() -> Iterator[Plan]:
    """The plan of 140 long tasks, over two years."""
    with tracker_of_long_tasks() as tracker:
        yield tracker.plan(PLAN, TODAY)


@pytest.fixture(scope="module")
def drawn(plan: Plan) -> dict[str, Chart]:
    return {one.name: one for one in charts(plan, date(2024, 1, 1), TODAY, VI)}


def labels(chart: Chart) -> list[str]:
    return [label for _, label in Drawing(chart.svg).rows]


@pytest.mark.slow
def test_no_label_is_cut(plan: Plan, drawn: dict[str, Chart]) -> None:
    """Domains and agencies stand in the charts as the tables have them, in the order of the tables."""
    assert [f"{one.code}. {one.title}" for one in plan.state.domains] == labels(drawn["domains"])
    leads = [label for name, chart in drawn.items() if name.startswith("heat-map") for label in labels(chart)]
    due = {plan.lead_of(one) for one in plan.activities if one.deadline.is_dated and not one.status.has_left}
    assert [lead for lead in plan.progress_by("lead") if lead in due] == leads


@pytest.mark.slow
def test_what_is_too_high_for_a_page_is_drawn_in_parts(drawn: dict[str, Chart]) -> None:
    """Each says which of how many it is, and has the words of its own rows alone."""
    for chart in drawn.values():
        [height] = re.findall(rb'height="([\d.]+)pt"', chart.svg)
        assert float(height) / 72 <= MOST_INCHES, chart.name
    parts = [chart for name, chart in drawn.items() if name.startswith("heat-map")]
    assert len(parts) > 1
    assert [f"({place}/{len(parts)})" for place in range(1, len(parts) + 1)] == [one.title[-5:] for one in parts]
    assert len("; ".join(one.text for one in parts).split("; ")) == sum(len(labels(one)) for one in parts)


@pytest.mark.slow
def test_months_have_their_years(drawn: dict[str, Chart]) -> None:
    """On both axes of time; and quarters theirs."""
    months = [label for _, label in Drawing(drawn["burn-up"].svg).columns] + labels(drawn["calendar"])
    assert months
    assert all(re.fullmatch(r"(0[1-9]|1[0-2])/202[45]", one) for one in months)
    heads = [label for _, label in Drawing(drawn["heat-map"].svg).columns]
    assert ["Q1/2024", "Q2/2024"] == heads[:2]
    with tracker_of([scheduled()]) as tracker:
        [_, _, heat, _] = charts(tracker.plan("p", day("6-1")), day("1-1"), day("6-1"), VI)
    assert "tháng trong năm 2023" in [one.text for one in Drawing(heat.svg).texts]


@pytest.mark.slow
def test_the_legend_hides_nothing(drawn: dict[str, Chart]) -> None:
    """It stands below everything that is drawn."""
    for chart in drawn.values():
        svg = chart.svg.decode()
        legend = svg[svg.index('id="legend_1"') :]
        top = min(
            float(y) for y in re.findall(r'<g style="fill: #\w+" transform="translate\([-\d.]+ ([\d.]+)\)', legend)
        )
        drawing = Drawing(chart.svg)
        for x, label in drawing.columns:
            assert x, label
        names = {name for _, name in drawing.rows}
        ticks = [text for text in drawing.texts if text.text in names]
        assert all(tick.y < top for tick in ticks), chart.name


@pytest.mark.slow
def test_states_are_told_apart_without_colour(drawn: dict[str, Chart]) -> None:
    """What is overdue is hatched, or square; the lines of the burn-up are dotted, dashed and whole."""
    for name in ("domains", "heat-map"):
        assert b"<pattern" in drawn[name].svg
    strokes = re.findall(rb"stroke-dasharray: ([\d.,]+)", drawn["burn-up"].svg)
    assert len(set(strokes)) == 2
    shapes = {tuple(mark) for mark in re.findall(r'id="(m\w+)" d="(M[^"]+)"', drawn["calendar"].svg.decode())}
    assert len({re.sub(r"[-\d.\s]+", "", path) for _, path in shapes}) >= 2


@pytest.mark.slow
def test_nothing_is_cut_at_an_edge(drawn: dict[str, Chart], pictures: Path) -> None:
    """Of the long plan and of the worked example, in colour and in grey; each is kept to be looked at."""
    clock = DakNongClock()
    with Tracker(clock=clock) as tracker:
        record_year(tracker, clock)
        halves = [tracker.reports.issue(DAK_NONG, period, by="x") for period in ("2023-h1", "2023-year")]
    before, after = halves
    bridged = bridge_chart(before, after, bridge(before, after), "Chữ", VI)
    own = [*charts(after.plan, after.period.first, after.period.last, VI), bridged]
    for name, chart in [*(("long", one) for one in drawn.values()), *(("dak-nong", one) for one in own)]:
        colour = Image.open(io.BytesIO(chart.png)).convert("RGB")
        grey = colour.convert("L")
        for kind, image in (("colour", colour), ("grey", grey)):
            image.save(pictures / f"chart-{name}-{chart.name}-{kind}.png")
        width, height = grey.size
        edges = [
            grey.crop(box) for box in ((0, 0, 2, height), (width - 2, 0, width, height), (0, height - 2, width, height))
        ]
        assert [(255, 255)] * 3 == [edge.getextrema() for edge in edges], (name, chart.name)
        assert any(grey.histogram()[:100])


@pytest.mark.slow
def test_the_bridge_is_drawn_from_report_to_report() -> None:
    """Its words are those of a sentence; what lowers the rate is hatched."""
    with tracker_of([]) as tracker:
        tracker.record(*(scheduled(f"p/{n}") for n in range(1, 4)), ActivityCompleted("p/1", on=day("2-1")), by="x")
        before = tracker.reports.issue("p", Period(code="a", title="quý I", first=day("1-1"), last=day("3-1")), by="x")
        tracker.record(scheduled("p/4", on=day("4-1")), by="x")
        tracker.record(ActivityCompleted("p/2", on=day("5-1")), by="x")
        after = tracker.reports.issue("p", Period(code="b", title="quý II", first=day("1-1"), last=day("6-1")), by="x")
    chart = bridge_chart(before, after, bridge(before, after), "Chữ", VI)
    assert "Chữ" == chart.text
    found = Drawing(chart.svg)
    assert ["Quý I", "Quý II"] == [label for _, label in sorted(found.rows)][:: len(found.rows) - 1]
    words = [text.text for text in found.texts]
    assert {"33,3%", "50,0%", "-8,3 điểm phần trăm", "+25,0 điểm phần trăm", "không thay đổi"} <= {*words}
    assert b"<pattern" in chart.svg
    assert chart.png.startswith(b"\x89PNG")
