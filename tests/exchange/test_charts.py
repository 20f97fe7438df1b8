"""What charts show, on paper and on the page: three states told apart by all, nothing to come is late, nothing is left out."""

import re
from datetime import date
from itertools import combinations
from pathlib import Path

import html5lib
import pytest
from dak_nong_events import ADOPTED, CUT_OFF, PLAN, Clock, record_year

import reformtrack
from reformtrack import Deadline, Period, Tracker
from reformtrack.events import ActivityCompleted
from reformtrack.exchange.report.canvas import DONE, FAINT, INK, LATE, MUTED, Chart
from reformtrack.exchange.report.charts import charts
from reformtrack.exchange.report.forms import rendered
from reformtrack.exchange.words import burn_up_words
from reformtrack.language import Language
from reformtrack.values import DeadlineKind
from reformtrack.views.plan import Plan
from reformtrack.views.series import burn_up_on
from reformtrack.web import create_app
from tests.colours import SEES, contrast, difference, seen
from tests.exchange.test_reports import text_of
from tests.support import REGULAR, adopted, day, scheduled
from tests.web.asking import ask

pytestmark = pytest.mark.slow

VI = Language("vi")
STYLE = (Path(reformtrack.__file__).parent / "web" / "static" / "site.css").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((50, 2.49, -0.001), (50, -2.49, 0.0011), 7.2195),
        ((50, -0.001, 2.49), (50, 0.0011, -2.49), 4.7461),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_difference_of_colours_is_that_of_its_authors(
    one: tuple[float, float, float], other: tuple[float, float, float], expected: float
) -> None:
    """The test data of Sharma, Wu and Dalal."""
    assert expected == round(difference(one, other), 4) == round(difference(other, one), 4)


@pytest.mark.parametrize("sight", SEES)
def test_the_states_are_told_apart_without_red_or_green(sight: str) -> None:
    """By 20 of ΔE00 at least, any two."""
    for one, other in combinations((DONE, LATE, FAINT), 2):
        assert difference(seen(one, sight), seen(other, sight)) >= 20


def test_the_texts_in_the_states_are_read_and_the_page_has_the_same_colours() -> None:
    """4,5 : 1, as WCAG asks; and what is done is the same colour on paper and on the page."""
    light = dict(re.findall(r"--(\w+): (#\w+)", STYLE.split("@media")[0]))
    found = re.findall(r"\.(done|missed|not_due) \{ background: ([^;]+); color: [^;]+; \}", STYLE)
    style = {name: light.get(fill.removeprefix("var(--").removesuffix(")"), fill) for name, fill in found}
    assert {"done": DONE, "missed": LATE, "not_due": FAINT} == style
    for fill, ink in ((DONE, "#ffffff"), (LATE, "#ffffff"), (FAINT, MUTED), (FAINT, INK)):
        assert contrast(fill, ink) >= 4.5


def on(day_: date) -> Plan:
    """The worked example on a day."""
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        record_year(tracker, clock)
        return tracker.plan(PLAN, on=day_)


def drawn(plan: Plan, first: date = ADOPTED) -> dict[str, Chart]:
    return {chart.name: chart for chart in charts(plan, first, plan.on, VI)}


def test_in_june_no_month_to_come_is_late() -> None:
    """The cells of July to December are done or not due yet."""
    heat = drawn(on(date(2023, 6, 30)))["heat-map"].text
    later = re.findall(r"(T(?:7|8|9|10|11|12)) (.) \d+/\d+", heat)
    assert later
    assert {"✓", "○"} >= {sign for _, sign in later}


def page_of(tracker: Tracker, path: str) -> str:
    answer = ask(create_app(tracker), path)
    document = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(answer.text)
    return " ".join("".join(document.itertext()).split())


OUT = (date(2022, 12, 30), date(2024, 1, 15))


@pytest.fixture
def beyond() -> Tracker:
    """A plan with due days before and after its year."""
    tracker = Tracker()
    dated = {"p/2": OUT[0], "p/3": OUT[1]}
    tracker.record(
        adopted(),
        scheduled("p/1"),
        *(scheduled(id, deadline=Deadline("x", DeadlineKind.DAY, (at,))) for id, at in dated.items()),
        scheduled("p/4", deadline=REGULAR),
        ActivityCompleted("p/1", on=day("6-1")),
        by="x",
    )
    return tracker


def test_due_days_outside_the_year_are_drawn_counted_and_named(beyond: Tracker) -> None:
    """At the edges of the heat map and of the calendar, and in the words beside each chart and on the page."""
    named = "Thời hạn ngoài năm 2023: 30/12/2022 (1), 15/01/2024 (1)."
    by_name = drawn(beyond.plan("p", on=day("12-14")), day("1-1"))
    for name in ("calendar", "burn-up"):
        assert named in by_name[name].note
    assert "trước 2023 ✗ 0/1, T6 ✓ 1/1, sau 2023 ○ 0/1" in by_name["heat-map"].text
    said = page_of(beyond, "/plans/p?on=2023-12-14")
    assert named in said
    assert "trước 2023T1T2" in said
    assert "T12sau 2023" in said
    for month, code in (("2023-00", "2"), ("2023-13", "3")):
        shown = ask(create_app(beyond), f"/plans/p/activities?month={month}").text
        assert [code] == re.findall(r'<th scope="row"><a href="/plans/p/activities/([^"?]+)', shown)


@pytest.mark.parametrize("at", [date(2022, 12, 30), day("6-30"), day("12-14"), date(2024, 2, 1)])
def test_planned_by_a_day_is_one_number_wherever_it_is_said(beyond: Tracker, at: date) -> None:
    """On the page, under the chart, in every document: what has no deadline stands beside it."""
    plan = beyond.plan("p", on=max(at, day("1-2")))
    [point] = burn_up_on(plan, [plan.on])
    words = burn_up_words(point, VI)
    dated = [one.deadline.last for one in plan.activities if one.deadline.last]
    assert sum(last <= plan.on for last in dated) == point.planned
    assert words in page_of(beyond, f"/plans/p?on={plan.on}")
    period = Period(code="x", title="x", first=day("1-1"), last=max(plan.on, day("1-2")))
    report = beyond.reports.issue("p", period, by="x")
    for form in (".docx", ".html", ".pdf"):
        assert words in " ".join(text_of(rendered(report, form), form).split())


def test_the_web_and_the_report_agree_on_the_day_of_the_worked_example() -> None:
    """19 are planned by 21 December 2023, and 12 have no deadline; none is planned because the chart ends."""
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        record_year(tracker, clock)
        plan = tracker.plan(PLAN, on=CUT_OFF)
        [point] = burn_up_on(plan, [CUT_OFF])
        assert burn_up_words(point, VI) == drawn(plan)["burn-up"].text
        assert (19, 53, 55, 12) == (point.planned, point.completed, point.total, point.undated)
