"""What charts draw, read back from the drawings: on every day the figures of the tables."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import lxml.etree
import lxml.html
import pytest
from dak_nong_events import PLAN, Clock, record_year
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from reformtrack import CountingRule, Period, Plan, Progress, Tracker
from reformtrack.exchange.report.canvas import DONE, FAINT, INK, LATE, MUTED, Chart
from reformtrack.exchange.report.charts import charts
from reformtrack.exchange.report.forms import rendered
from reformtrack.language import Language
from reformtrack.testing import proposals
from reformtrack.web import create_app
from tests.faces import questions
from tests.faces.readers import pages, texts
from tests.faces.worlds import countries, made
from tests.support import AT_LENGTH, REGULAR, adopted, scheduled, tracker_of
from tests.web.asking import ask

pytestmark = pytest.mark.slow

VI = Language("vi")
SIGNS = {"✓": "done", "✗": "missed", "○": "not_due"}
FILLS = {DONE: "done", LATE: "missed", FAINT: "not_due"}
YEAR = [date(2023, 1, 1) + timedelta(days=n) for n in range(365)]
FEW = settings(max_examples=max(1, settings().max_examples // 16), phases=[Phase.explicit, Phase.reuse, Phase.generate])
"""Each draws for a second: to make one smaller would take minutes."""


class Text(NamedTuple):
    """A text of a drawing, and about where it stands."""

    text: str
    x: float
    y: float


class Drawing:
    """A chart as SVG: its letters are outlines, each text after a comment that has it."""

    def __init__(self, svg: bytes) -> None:
        self._root = lxml.etree.fromstring(svg)
        self.texts = [self._text(one) for one in self._root.iter(lxml.etree.Comment) if one.getnext() is not None]
        self.columns, self.rows = self._ticks("xtick_", "x"), self._ticks("ytick_", "y")

    @staticmethod
    def _text(comment: Any) -> Text:
        place = re.search(r"translate\(([-\d.]+) ([-\d.]+)\)", comment.getnext().get("transform", ""))
        x, y = map(float, place.groups()) if place else (0.0, 0.0)
        return Text(comment.text.strip(), x, y)

    def _ticks(self, name: str, axis: str) -> list[tuple[float, str]]:
        """Where each tick of an axis stands, and its label; where it is no line, about in the middle of the label."""
        found = []
        for group in self._root.iter("{*}g"):
            labels = [self._text(one) for one in group.iter(lxml.etree.Comment)]
            if (group.get("id") or "").startswith(name) and labels:
                label, (_, x, y) = " ".join(label.text for label in labels).replace("/ ", "/"), labels[0]
                lines = [float(use.get(axis)) for use in group.iter("{*}use") if use.get(axis)]
                middle = x + 2.8 * len(label) if axis == "x" else y - 3.3
                found.append((lines[0] if lines else middle, label))
        return found

    def paths(self, **style: str) -> list[list[tuple[float, float]]]:
        """The points of each path that is drawn with some style, as stroke or fill; a hatch is of the colour of its ground."""
        grounds = {f"url(#{one.get('id')})": one.find("{*}rect").get("fill") for one in self._root.iter("{*}pattern")}
        found = []
        for path in self._root.iter("{*}path"):
            said = dict(part.strip().split(": ", 1) for part in (path.get("style") or "").split(";") if ": " in part)
            if all(grounds.get(said.get(name, ""), said.get(name)) == value for name, value in style.items()):
                numbers = re.findall(r"[ML] ([-\d.]+) ([-\d.]+)", path.get("d"))
                found.append([(float(x), float(y)) for x, y in numbers])
        return found

    def marks(self) -> list[tuple[float, float, str]]:
        """Each marker of a scatter: where it stands, and its colour."""
        found = []
        for group in self._root.iter("{*}g"):
            if (group.get("id") or "").startswith("PathCollection"):
                for use in group.iter("{*}use"):
                    colour = re.search(r"fill: (#\w+)", use.get("style"))
                    assert colour
                    found.append((float(use.get("x")), float(use.get("y")), colour[1]))
        return found


def scale(ticks: Sequence[tuple[float, float]]) -> Any:
    """From a place to what the ticks say of it."""
    (at, value), (other, more) = ticks[0], ticks[-1]
    return lambda place: value + (place - at) * (more - value) / (other - at)


def level(points: Sequence[tuple[float, float]], x: float) -> float:
    """Where a line of steps stands at a place: after what happens there."""
    return [y for at, y in points if at <= x + 0.3][-1]


def day_of(label: str) -> float:
    month, year = map(int, label.split("/"))
    return date(year, month, 1).toordinal()


def nearest(ticks: Sequence[tuple[float, str]], place: float) -> str:
    return min(ticks, key=lambda tick: abs(tick[0] - place))[1]


def by_name(plan: Plan, last: date, rule: CountingRule | None = None) -> Mapping[str, Chart]:
    return {chart.name: chart for chart in charts(plan, YEAR[0], last, VI, rule)}


def lines_of_report(svg: bytes) -> Iterator[tuple[date, int, int, int]]:
    """(day, planned, completed, in the plan) of each day, as the burn-up of a report draws them."""
    drawing = Drawing(svg)
    days = scale([(x, day_of(label)) for x, label in drawing.columns])
    numbers = scale([(y, float(label)) for y, label in drawing.rows])
    # The legend has a short piece of each line, and the axes are drawn in ink.
    planned, completed, there = (
        max((path for path in drawing.paths(stroke=colour) if not _is_axis(path)), key=_length)
        for colour in (INK, DONE, MUTED)
    )
    left, right = min(x for x, _ in completed), max(x for x, _ in completed)
    for day in YEAR:
        x = next_x(days, day, left, right)
        yield day, *(round(numbers(level(path, x))) for path in (planned, completed, there))


def _length(path: Sequence[tuple[float, float]]) -> float:
    xs = [x for x, _ in path]
    return max(xs) - min(xs)


def _is_axis(path: Sequence[tuple[float, float]]) -> bool:
    return len(path) == 2 and path[0][1] == path[1][1] and path[0][0] < 45


def next_x(days: Any, day: date, left: float, right: float) -> float:
    """Where a day stands between the ends of a line."""
    first, last = days(left), days(right)
    return float(left + (day.toordinal() - first) * (right - left) / (last - first))


@FEW
@given(proposals(), st.booleans())
def test_the_burn_up_of_a_report_is_each_day_that_of_the_plan(events: list[Any], confirmation: bool) -> None:
    """The three lines, read at each day of the year."""
    with tracker_of(events, confirmation_required=confirmation) as tracker:
        plan = tracker.plan("p", on=YEAR[-1])
    expected = [(on, *burned(plan, on)) for on in YEAR]
    assert expected == list(lines_of_report(by_name(plan, YEAR[-1])["burn-up"].svg))


def burned(plan: Plan, on: date) -> tuple[int, int, int]:
    """planned, completed, in the plan, on a day: as the tables count."""
    then = plan.as_of(on)
    last = [one.deadline.last for one in then.activities if not one.status.has_left]
    whole = then.progress(CountingRule.WHOLE_PLAN) if then.version else Progress(rule=CountingRule.WHOLE_PLAN, on=on)
    return sum(one is not None and one <= on for one in last), whole.completed, len(last)


@FEW
@given(proposals(), st.sampled_from(YEAR), st.booleans())
def test_the_burn_up_of_the_page_is_each_day_that_of_the_plan(events: list[Any], on: date, confirmation: bool) -> None:
    """What is planned over the whole year, what is completed up to the day asked for."""
    on = max(on, date(2023, 1, 2))
    with tracker_of(events, confirmation_required=confirmation) as tracker:
        page = lxml.html.fromstring(ask(create_app(tracker), f"/plans/p?on={on}").text)
        plan = tracker.plan("p", on=on)
    [drawing] = page.xpath("//svg[@class='burnup']")
    steps = [(float(line.get("y1")), float(line.getnext().text)) for line in drawing.xpath(".//g[@class='grid']/line")]
    numbers = scale(steps)
    _, planned, completed = (
        [(float(point.partition(",")[0]), float(point.partition(",")[2])) for point in line.get("points").split()]
        for line in drawing.xpath(".//polyline")
    )
    left, right = planned[0][0], planned[-1][0]
    for number, day in enumerate(YEAR):
        x = left + number * (right - left) / (len(YEAR) - 1)
        due, done, _ = burned(plan, day)
        assert due == round(numbers(level(planned, x))), day
        if day <= on:
            assert done == round(numbers(level(completed, x))), day
    assert abs(completed[-1][0] - (left + (on - YEAR[0]).days * (right - left) / 364)) < 0.2


def heat_in_words(text: str) -> questions.Facts:
    """`Sở Nội vụ: T3 ✓ 5/5, sau 2023 ○ 0/1; …`."""
    rows = []
    for lead, row in re.findall(r"(?:^|; )(.+?): ((?:(?:T\d+|trước \d+|sau \d+) [✓✗○] \d+/\d+(?:, )?)+)", text):
        cells = re.findall(r"(T\d+|trước \d+|sau \d+) ([✓✗○]) (\d+)/(\d+)", row)
        rows.append((lead, tuple((month_of(head), int(a), int(b), SIGNS[sign]) for head, sign, a, b in cells)))
    return tuple(rows)


def month_of(head: str) -> int:
    return int(head[1:]) if head.startswith("T") else 13 if head.startswith("sau") else 0


def heat_drawn(svg: bytes) -> questions.Facts:
    """The heat map of a report: the sign and the colour of each cell, and its numbers; the agencies from above."""
    drawing = Drawing(svg)
    squares = [(path, FILLS[colour]) for colour in FILLS for path in drawing.paths(fill=colour) if len(path) > 3]
    rows: dict[str, list[Any]] = {lead: [] for _, lead in sorted(drawing.rows)}
    for text, x, y in drawing.texts:
        if found := re.fullmatch(r"([✓✗○]) (\d+)/(\d+)", text):
            there = [square for square in squares if _is_in(square[0], x + 4, y - 3)]
            path, state = max(
                there, key=lambda square: _length(square[0])
            )  # on a hatch, the words have a ground of their own
            assert {state} == {SIGNS[found[1]]} == {one for _, one in there}
            column = nearest(drawing.columns, sum(at for at, _ in path[:4]) / 4)
            lead = nearest(drawing.rows, sum(at for _, at in path[:4]) / 4)
            rows[lead].append((month_of(column), int(found[2]), int(found[3]), state))
    return tuple((lead, tuple(sorted(cells))) for lead, cells in rows.items())


def _is_in(path: Sequence[tuple[float, float]], x: float, y: float) -> bool:
    xs, ys = [at for at, _ in path], [at for _, at in path]
    return min(xs) <= x <= max(xs) and min(ys) <= y <= max(ys)


def domains_drawn(svg: bytes) -> questions.Facts:
    """The bars of the domains: completed, overdue, open in time; and the figure at their end."""
    drawing = Drawing(svg)
    numbers = scale([(x, float(label)) for x, label in drawing.columns])
    zero = next((x for x, label in drawing.columns if float(label) == 0), drawing.columns[0][0])
    names = [name for _, name in sorted(drawing.rows)]
    bars = {(name, colour): 0 for name in names for colour in (DONE, LATE, FAINT)}  # one of nothing is not drawn
    for colour in (DONE, LATE, FAINT):
        for path in drawing.paths(fill=colour):
            for y, name in drawing.rows:
                if len(path) > 3 and _is_in(path, path[0][0], y):
                    bars[name, colour] = round(numbers(zero + _length(path)) - numbers(zero))
    figures = {
        nearest(drawing.rows, y - 3): texts.ratio(text)
        for text, _, y in drawing.texts
        if re.fullmatch(r"\d+/\d+", text)
    }
    return tuple(
        (name.partition(". ")[2], *figures[name], *(bars[name, colour] for colour in (DONE, LATE, FAINT)))
        for name in names
    )


def domains_asked(plan: Plan, rule: CountingRule) -> questions.Facts:
    parts = plan.progress_by("domain", rule)
    return tuple(
        (one.title, part.completed, part.total, part.completed, part.overdue, part.open - part.overdue)
        for one in plan.state.domains
        for part in [parts[one.code]]
    )


def calendar_drawn(svg: bytes, year: int) -> set[tuple[str, int, str]]:
    """The days of a year in the calendar: how it stands, and how much is so."""
    drawing = Drawing(svg)
    days = scale([(x, float(label)) for x, label in drawing.columns])
    found = set()
    for text, x, y in drawing.texts:
        if text.isdecimal() and (at := [m for m in drawing.marks() if abs(m[0] - x) < 6 and abs(m[1] - y) < 6]):
            head = nearest(drawing.rows, at[0][1])
            if re.fullmatch(r"\d\d/\d{4}", head):
                day = date(year, int(head[:2]), round(days(at[0][0])))
                found.add((day.isoformat(), int(text), FILLS[at[0][2]]))
    return found


def calendar_asked(plan: Plan) -> set[tuple[str, int, str]]:
    """The same of each due day: missed when one is, done when all are; as the months are judged."""
    days: dict[date, list[Any]] = {}
    for one in plan.activities:
        if not one.status.has_left:
            for day in one.deadline.days:
                days.setdefault(day, []).append(one)
    found = set()
    for day, due in days.items():
        late = sum(any(missed.day == day for missed in one.missed) for one in due)
        left = sum(not (one.status.value == "completed" or _is_met(one, day)) for one in due)
        state = "missed" if late else "not_due" if left else "done"
        if day.year == plan.state.year:
            found.add((day.isoformat(), late or left or len(due), state))
    return found


def _is_met(activity: Any, day: date) -> bool:
    met = any(due.day == day and due.done_on for due in activity.dues)
    return met and activity.status.is_open and not activity.confirmation_required


@FEW
@given(countries(), st.data())
def test_heat_map_bars_and_calendar_are_the_tables(events: Sequence[Any], data: st.DataObject) -> None:
    """Drawn on some days; in words, on each day of the year; under whichever rule a report counts."""
    rule = data.draw(st.sampled_from(CountingRule))
    days = set(data.draw(st.lists(st.sampled_from(YEAR[2:]), min_size=1, max_size=12 if AT_LENGTH else 2)))
    with TemporaryDirectory() as folder:
        world = made(Path(folder), events)
        whole = world.tracker.plan("p", on=YEAR[-1])
        world.tracker.close()
    for on in YEAR[2:]:
        plan = whole.as_of(on)
        drawn = by_name(plan, on, rule)
        heat = questions.heat_of(plan)
        assert heat == heat_in_words(drawn["heat-map"].text)
        assert pages.burn_up_in(drawn["burn-up"].text) == questions.burn_up_of(plan)
        if on in days:
            assert heat == tuple(row for row in heat_drawn(drawn["heat-map"].svg) if row[1])
            assert domains_asked(plan, rule) == domains_drawn(drawn["domains"].svg)
            assert calendar_asked(plan) == calendar_drawn(drawn["calendar"].svg, 2023)


@pytest.mark.parametrize("on", [date(2023, 6, 30), date(2023, 12, 21)])
def test_what_is_drawn_of_the_worked_example_is_what_is_said(on: date) -> None:
    """All four charts; names are shortened in them."""
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        record_year(tracker, clock)
        plan = tracker.plan(PLAN, on=on)
    drawn = by_name(plan, YEAR[-1])
    assert _short(questions.heat_of(plan)) == _short(heat_drawn(drawn["heat-map"].svg))
    assert _short(domains_asked(plan, CountingRule.WHOLE_PLAN)) == _short(domains_drawn(drawn["domains"].svg))
    assert calendar_asked(plan) == calendar_drawn(drawn["calendar"].svg, 2023)
    assert [(day, *burned(plan, day)) for day in YEAR] == list(lines_of_report(drawn["burn-up"].svg))


def _short(facts: questions.Facts) -> questions.Facts:
    return [(name[:30], *rest) for name, *rest in facts]


def test_the_chart_of_the_domains_counts_by_the_rule_of_the_report() -> None:
    """What the table above it says, whatever the plan's own rule is."""
    with Tracker() as tracker:
        tracker.record(adopted(), scheduled("p/1"), scheduled("p/2", deadline=REGULAR), by="x")
        period = Period(code="x", title="x", first=YEAR[0], last=date(2023, 6, 30))
        report = tracker.reports.issue("p", period, by="x", rule=CountingRule.DATED_ONLY)
    page = lxml.html.fromstring(rendered(report, ".html").decode())
    [words] = [label for label in page.xpath("//figure/@aria-label") if label.startswith("Tiến độ theo lĩnh vực")]
    assert ["0/1", "0/0"] == re.findall(r"\d+/\d+", words)
