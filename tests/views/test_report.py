"""Issued reports stay as they were sent; what is known otherwise now is shown, and why; a change of a rate is explained."""

import contextlib
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack import Activity, CountingRule, IllegalHistory, InvalidField, NotFound, Period, Plan, Tracker, errors
from reformtrack.answers import Bridge, Counted, Outcome, ProgressStatus, bridge
from reformtrack.domain.period import calendar_year, month, nine_months, period, quarterly
from reformtrack.domain.progress import IN_RATE
from reformtrack.domain.texts import name_key
from reformtrack.errors import Incomparable
from reformtrack.events import (
    ActivityCompleted,
    ActivityReassigned,
    ActivityReopened,
    ActivityRescheduled,
    ActivityWithdrawn,
    FigurePublished,
    RecordRetracted,
    ReportIssued,
)
from reformtrack.testing import proposals
from reformtrack.testing.history import DAYS
from reformtrack.values import Figure
from reformtrack.views.report import IssuedReport, figures_of
from tests.support import ADOPTED, REGULAR, Clock, adopted, day, scheduled, tracker_of

WHOLE = CountingRule.WHOLE_PLAN
HALF = Period(code="2023-dau", title="6 tháng", first=ADOPTED, last=date(2023, 6, 30))
REST = Period(code="2023-h2", title="cả năm", first=ADOPTED, last=date(2023, 12, 15))
NOW = datetime(2024, 3, 1, 3, tzinfo=UTC)


@pytest.fixture
def tracker() -> Tracker:
    """Four activities, of which two were completed in the first half of the year, and one of these is known by then."""
    tracker = Tracker(clock=Clock(NOW))
    tracker.record(adopted(), *(scheduled(f"p/{n}") for n in range(1, 5)), by="a")
    tracker.record(ActivityCompleted("p/1", on=day("5-2")), by="a")
    return tracker


def test_a_report_says_what_was_known_when_it_was_issued(tracker: Tracker) -> None:
    """With its rule, plan version, log position and the balance of its period."""
    report = tracker.reports.issue("p", HALF, by="so-noi-vu", note="n")
    assert "1/4 (25,0%)" == report.text()
    assert ("p@2023-dau", "so-noi-vu", 6, 1) == (
        report.id,
        report.by,
        report.content.position,
        report.content.plan_version,
    )
    assert ["total", "domain:1", "domain:2", "lead:Sở Tư pháp"] == [figure.key for figure in report.content.figures]
    assert 4 == sum(count for _, count in report.content.entries) == sum(count for _, count in report.content.outcomes)
    assert not report.drift()
    assert () == tracker.reports.restated("p")
    with pytest.raises(KeyError):
        report.figure("domain:9")


def test_what_is_learnt_later_is_shown_beside_and_changes_nothing(tracker: Tracker) -> None:
    """Line by line, with the records that make the difference, and no others."""
    report = tracker.reports.issue("p", HALF, by="a")
    [late] = tracker.record(ActivityCompleted("p/2", on=day("6-1")), by="a")
    tracker.record(ActivityCompleted("p/3", on=day("7-1")), by="a")
    [taken_back] = tracker.record(RecordRetracted("p/1", version=2, reason="nhầm"), by="a")
    [moved] = tracker.record(ActivityReassigned("p/4", on=day("6-2"), lead="Sở Nội vụ"), by="a")
    again = tracker.reports.get("p@2023-dau")
    assert (report.content, report.plan, report.text()) == (again.content, again.plan, again.text())
    drift = again.drift()
    assert [late, taken_back, moved] == list(drift.records)
    changed = {line.key: (line.sent and line.sent.total, line.now and line.now.total) for line in drift.lines}
    assert {"total", "domain:1", "lead:Sở Tư pháp", "lead:Sở Nội vụ"} >= changed.keys()
    assert {"lead:Sở Tư pháp": (4, 3), "lead:Sở Nội vụ": (None, 1)}.items() <= changed.items()
    assert [again.id] == [found.id for found, _ in tracker.reports.restated("p")]


def test_a_difference_in_the_total_names_its_line(tracker: Tracker) -> None:
    """What was sent, what it is now."""
    tracker.reports.issue("p", HALF, by="a")
    tracker.record(ActivityCompleted("p/2", on=day("6-1")), by="a")
    [total, *_] = tracker.reports.get("p@2023-dau").drift().lines
    assert total.sent is not None
    assert total.now is not None
    assert ("total", 1, 2) == (total.key, total.sent.completed, total.now.completed)


def test_what_keeps_every_total_is_a_difference_too(tracker: Tracker) -> None:
    """On time become late, and one completion for another: by activity, by outcome, with the records."""
    tracker.reports.issue("p", REST, by="a")
    [first, late] = tracker.record(
        RecordRetracted("p/1", version=2, reason="nhầm"), ActivityCompleted("p/1", on=day("7-2")), by="a"
    )
    drift = tracker.reports.get("p@2023-h2").drift()
    assert drift
    assert () == drift.lines
    assert ((Outcome.COMPLETED_ON_TIME, 1, 0), (Outcome.COMPLETED_LATE, 0, 1)) == drift.balance
    days = "hoàn thành ngày 02/05/2023 → hoàn thành ngày 02/07/2023"
    assert [f"1: đã hoàn thành, đúng hạn → đã hoàn thành, trễ hạn; {days}"] == [one.words() for one in drift.activities]
    assert [first, late] == list(drift.records)
    assert ["p@2023-h2"] == [report.id for report, _ in tracker.reports.restated("p")]
    tracker.reports.correct("p@2023-h2", reason="x", by="a")
    assert () == tracker.reports.restated("p")
    tracker.record(RecordRetracted("p/1", version=4, reason="nhầm"), ActivityCompleted("p/2", on=day("7-2")), by="a")
    drift = tracker.reports.get("p@2023-h2").drift()
    assert ((), ()) == (drift.lines, drift.balance)
    assert {"p/1": (True, False), "p/2": (False, True)} == {
        one.id: tuple(each is not None and each.status is ProgressStatus.COMPLETED for each in (one.sent, one.now))
        for one in drift.activities
    }
    tracker.reports.correct("p@2023-h2", reason="x", by="a")
    back = ActivityReopened("p/2", on=day("7-3"), reason="x"), ActivityCompleted("p/2", on=day("7-4"))
    tracker.record(*back, by="a")
    [(_, drift)] = tracker.reports.restated("p")
    assert ["2: hoàn thành ngày 02/07/2023 → hoàn thành ngày 04/07/2023"] == [one.words() for one in drift.activities]
    assert ((), ()) == (drift.lines, drift.balance), (
        "it was added in the period, open or not, and is complete at its end"
    )


def test_activities_that_change_places_are_a_difference(tracker: Tracker) -> None:
    """Two leads, one activity of each handed to the other: as many everywhere, and others."""
    tracker.record(ActivityReassigned("p/4", on=day("6-2"), lead="Sở Nội vụ"), by="a")
    tracker.reports.issue("p", HALF, by="a")
    tracker.record(
        ActivityReassigned("p/4", on=day("6-3"), lead="Sở Tư pháp"),
        ActivityReassigned("p/3", on=day("6-3"), lead="Sở Nội vụ"),
        by="a",
    )
    drift = tracker.reports.get("p@2023-dau").drift()
    assert ((), ()) == (drift.lines, drift.balance)
    swapped = ("3: cơ quan chủ trì: Sở Tư pháp → Sở Nội vụ", "4: cơ quan chủ trì: Sở Nội vụ → Sở Tư pháp")
    assert swapped == tuple(one.words() for one in drift.activities)
    assert 2 == len(drift.records)


def test_a_correction_is_sent_beside_the_report(tracker: Tracker) -> None:
    """Before its day, and as known before it, the report says what was sent first."""
    first = tracker.reports.issue("p", HALF, by="a")
    tracker.record(ActivityCompleted("p/2", on=day("6-1")), by="a")
    corrected = tracker.reports.correct("p@2023-dau", reason="Bổ sung", by="a", on=date(2024, 3, 1))
    assert "2/4 (50,0%)" == corrected.text()
    assert first.content == tracker.reports.get("p@2023-dau", known_at=first.content.position + 1).content
    assert not corrected.drift()
    with pytest.raises(NotFound):
        tracker.reports.correct("p@2023-q1", reason="x", by="a")


@pytest.mark.parametrize("event", [RecordRetracted("p@2023-dau", version=1, reason="x")])
def test_what_was_sent_is_not_taken_back(tracker: Tracker, event: Any) -> None:
    """Not the report, nor a correction; a figure of others that was noted wrongly is."""
    tracker.reports.issue("p", HALF, by="a")
    with pytest.raises(errors.ReportIsLocked, match=r"a correction, by tracker\.reports\.correct") as refused:
        tracker.record(event, by="a")
    assert isinstance(refused.value.in_the_way.event, ReportIssued)
    assert event == refused.value.event
    tracker.record(FigurePublished("p@2023-dau", on=REST.last, period=HALF, reported_text="1/4"), by="a")
    tracker.record(RecordRetracted("p@2023-dau", version=2, reason="x"), by="a")
    assert () == tracker.reports.get("p@2023-dau").compared()


def test_a_report_is_issued_once(tracker: Tracker) -> None:
    """The same request again gives the same report, whatever was recorded in between."""
    report = tracker.reports.issue("p", HALF, by="a", request_id="r")
    tracker.record(ActivityCompleted("p/2", on=day("6-1")), by="a")
    assert report.content == tracker.reports.issue("p", HALF, by="a", request_id="r").content
    with pytest.raises(errors.ReportAlreadyIssued):
        tracker.reports.issue("p", HALF, by="a")
    with pytest.raises(NotFound):
        tracker.reports.issue("q", HALF, by="a")
    with pytest.raises(InvalidField, match="2023-h1, 2023-q3"):
        tracker.reports.issue("p", "2023", by="a")
    with pytest.raises(InvalidField, match="a period that has ended by 2023-12-01: this one ends on"):
        tracker.reports.issue("p", REST, by="a", on=date(2023, 12, 1))


def test_a_figure_of_a_plan_that_is_not_adopted_is_refused(tracker: Tracker) -> None:
    """There is nothing yet that it could be compared with; a report of it cannot be issued either."""
    with pytest.raises(errors.PlanNotAdopted):
        tracker.record(FigurePublished("q@2023-dau", on=REST.last, period=HALF, reported_text="1/4"), by="a")
    with pytest.raises(NotFound):
        tracker.reports.issue("q", HALF, by="a")


@pytest.mark.parametrize(
    ("fields", "agrees"),
    [
        ({"part": 1, "whole": 4, "rule": WHOLE}, True),
        ({"part": 2, "whole": 4, "rule": WHOLE}, False),
        ({"percent": Decimal("25.0"), "rule": WHOLE}, True),
        ({"percent": Decimal(25), "rule": WHOLE}, True),
        ({"percent": Decimal("25.01"), "rule": WHOLE}, False),
        ({"part": 1, "whole": 3, "rule": CountingRule.DATED_ONLY}, True),
        ({"part": 1, "whole": 4, "rule": CountingRule.DATED_ONLY}, False),
        ({"percent": Decimal(100), "rule": CountingRule.FALLEN_DUE}, True),
        ({"percent": Decimal("25.0"), "rule": CountingRule.FALLEN_DUE}, False),
        ({"key": "domain:1", "part": 1, "whole": 3, "rule": CountingRule.DATED_ONLY}, True),
        ({"part": 1, "whole": 4, "percent": Decimal(50), "rule": WHOLE}, False),
        ({"part": 1, "whole": 4, "percent": Decimal("25.0"), "rule": WHOLE}, True),
        ({"part": 2, "whole": 4, "percent": Decimal("25.0"), "rule": WHOLE}, False),
        ({"key": "domain:2", "part": 0, "whole": 0, "percent": Decimal(0), "rule": WHOLE}, True),
        ({"key": "domain:9", "percent": Decimal(25), "rule": WHOLE}, None),
        ({"rule": WHOLE}, None),
        ({"part": 1, "whole": 4}, None),
        ({"percent": Decimal("25.0")}, None),
        ({}, None),
    ],
)
def test_a_figure_published_elsewhere_is_kept_and_compared(tracker: Tracker, fields: Any, agrees: bool | None) -> None:
    """Never replaced; under the rule that its source counts by, and not at all where the source names none."""
    tracker.record(ActivityRescheduled("p/4", on=day("2-1"), deadline=REGULAR), by="a")
    tracker.reports.issue("p", HALF, by="a")
    published = FigurePublished("p@2023-dau", on=REST.last, period=HALF, reported_text="như đã công bố", **fields)
    tracker.record(published, by="a")
    [comparison] = tracker.reports.get("p@2023-dau").compared()
    assert (published, agrees) == (comparison.published, comparison.agrees)


def test_a_percentage_of_minus_zero_is_zero() -> None:
    """However its source wrote it."""
    with Tracker(clock=Clock(NOW)) as tracker:
        tracker.record(adopted(), scheduled("p/1"), by="a")
        tracker.reports.issue("p", HALF, by="a")
        fields: dict[str, Any] = {"period": HALF, "reported_text": "0%", "percent": Decimal("-0"), "rule": WHOLE}
        tracker.record(FigurePublished("p@2023-dau", on=REST.last, **fields), by="a")
        [comparison] = tracker.reports.get("p@2023-dau").compared()
    assert comparison.agrees


def test_the_change_of_a_rate_is_split_into_what_made_it(tracker: Tracker) -> None:
    """Correction, scope, progress and rule, as fractions that add up."""
    first = tracker.reports.issue("p", HALF, by="a")
    tracker.record(
        ActivityCompleted("p/2", on=day("6-1")),  # learnt late: a correction, 1/4 → 2/4
        ActivityWithdrawn("p/4", on=day("8-1"), reason="x"),  # out of scope: 2/4 → 2/3
        ActivityCompleted("p/3", on=day("9-1")),  # progress: 2/3 → 3/3
        by="a",
    )
    found = bridge(first, tracker.reports.issue("p", REST, by="a", rule=CountingRule.WHOLE_PLAN))
    assert (
        Bridge(
            before=Fraction(1, 4),
            after=Fraction(1),
            correction=Fraction(1, 4),
            scope=Fraction(1, 6),
            progress=Fraction(1, 3),
            rule=Fraction(0),
        )
        == found
    )
    assert Fraction(3, 4) == found.change
    with pytest.raises(Incomparable):
        bridge(tracker.reports.get("p@2023-h2"), first)


@given(proposals(), proposals(), st.sampled_from(CountingRule), st.sampled_from(CountingRule))
def test_the_terms_of_a_bridge_sum_to_the_change(
    events: list[Any], more: list[Any], one: CountingRule, other: CountingRule
) -> None:
    """Exactly, over any history, and under any two rules; and the second is explained from what it says."""
    with tracker_of(events) as tracker:
        first = tracker.reports.issue("p", HALF, by="a", rule=one)
        _record(tracker, more)
        second = tracker.reports.issue("p", REST, by="a", rule=other)
        try:
            found = bridge(first, second)
        except Incomparable:
            assert 0 in (first.figure().total, second.figure().total)
            return
    assert found.change == found.correction + found.scope + found.progress + found.rule
    assert (found.before, found.after) == tuple(
        Fraction(report.figure().completed, report.figure().total) for report in (first, second)
    )
    assert one is not other or not found.rule
    assert -1 <= found.change <= 1


@given(proposals(), proposals(), DAYS)
def test_an_issued_report_never_changes(events: list[Any], more: list[Any], last: date) -> None:
    """Whatever is recorded later; and its drift names each figure, each count of the balance, each part that is otherwise."""
    days = Period(code="x", title="x", first=min(ADOPTED + timedelta(days=60), last), last=last)
    with tracker_of(events) as tracker:
        report = tracker.reports.issue("p", days, by="a")
        before = tracker.plan("p", on=last)
        _record(tracker, more)
        again = tracker.reports.get("p@x")
        assert (report.content, report.plan, report.state) == (again.content, again.plan, again.state)
        drift, now = again.drift(), tracker.plan("p", on=last)
        restated = tracker.reports.restated("p")
    rule = again.content.rule
    # A lead that is spelt otherwise is the same line.
    lines = (_numbers(figures) for figures in (again.content.figures, figures_of(now, rule)))
    assert {name_key(line.key) for line in drift.lines} == _unlike(
        *({name_key(key): value for key, value in of.items()} for of in lines)
    )
    then, today = (_said(plan, rule, days) for plan in (before, now))
    assert bool(drift) == bool(restated) == bool(drift.records)
    assert drift or then == today
    assert all(record.position > again.content.position for record in drift.records)
    counts = {kind: (sent, now) for kind, sent, now in drift.balance}
    assert counts.keys() == _unlike(*({kind: len(ids) for kind, ids in said[1].items()} for said in (then, today)))
    changed = {one.id for one in drift.activities}
    for sent, now_ in zip(then, today, strict=True):
        for key in sent.keys() | now_.keys():
            assert sent.get(key, set()) ^ now_.get(key, set()) <= changed


def _unlike(one: dict[Any, Any], other: dict[Any, Any]) -> set[Any]:
    return {key for key in one.keys() | other.keys() if one.get(key) != other.get(key)}


def _said(plan: Plan, rule: CountingRule, days: Period) -> tuple[dict[Any, set[str]], dict[Any, set[str]]]:
    """The activities behind each line of a report and each number of its balance, asked one by one."""
    lines: dict[Any, set[str]] = {}
    for key, part in (
        ("", plan.progress(rule)),
        *plan.progress_by("domain", rule).items(),
        *plan.progress_by("lead", rule).items(),
    ):
        for counted in Counted:
            lines.setdefault((name_key(key), counted), set()).update(part.activities(counted))
    balance: dict[Any, set[str]] = {}
    for id, entry, outcome in plan.balance(days.first, days.last).lines:
        balance.setdefault(entry, set()).add(id)
        balance.setdefault(outcome, set()).add(id)
    return {key: ids for key, ids in lines.items() if ids}, balance


@given(proposals(), proposals(), DAYS, st.sampled_from(CountingRule))
def test_what_changed_since_a_report_makes_the_whole_difference(
    events: list[Any], more: list[Any], on: date, rule: CountingRule
) -> None:
    """In both numbers of the headline, to the last activity, on any day; and nothing else is named."""
    with tracker_of(events) as tracker:
        tracker.reports.issue("p", HALF, by="a", rule=rule)
        _record(tracker, more)
        report, plan = tracker.reports.get("p@2023-dau"), tracker.plan("p", on=on)
        assert {field.name: getattr(report, field.name) for field in attrs.fields(IssuedReport)} == {
            field.name: getattr(tracker.reports.issued("p")[0], field.name) for field in attrs.fields(IssuedReport)
        }
    changed, now, sent = report.changed_in(plan), plan.progress(rule), report.figure()
    then_counted, now_counted = dict(report.plan.progress(rule).counted), dict(now.counted)

    def numbers(counted: Any, one: Activity | None) -> tuple[int, int]:
        how = counted.get(one.id) if one else None
        return how is Counted.COMPLETED, how in IN_RATE

    pairs = [(numbers(then_counted, before), numbers(now_counted, after)) for before, after in changed]
    assert now.completed - sent.completed == sum(after[0] - before[0] for before, after in pairs)
    assert now.total - sent.total == sum(after[1] - before[1] for before, after in pairs)
    assert all(before != after for before, after in pairs)
    named = [one.id for before, after in changed if (one := after or before) is not None]
    assert len(named) == len(set(named)) == len(changed)


def _numbers(figures: Iterable[Figure]) -> dict[str, tuple[int, int, int]]:
    return {figure.key: (figure.completed, figure.total, figure.overdue) for figure in figures}


def _record(tracker: Tracker, events: list[Any]) -> None:
    for event in events:
        with contextlib.suppress(IllegalHistory):
            tracker.record(event, by="a")


def test_the_periods_of_the_periodic_report_are_those_of_the_ministry() -> None:
    """581/BNV-CCHC: four periods, from 15/12, the third quarter by itself; a month from 15 to 14; nine months."""
    assert [
        ("2023-q1", date(2022, 12, 15), date(2023, 3, 14), True),
        ("2023-h1", date(2022, 12, 15), date(2023, 6, 14), True),
        ("2023-q3", date(2023, 6, 15), date(2023, 9, 14), False),
        ("2023-year", date(2022, 12, 15), date(2023, 12, 14), True),
    ] == [(p.code, p.first, p.last, p.cumulative) for p in quarterly(2023)]
    assert {date(2023, 3, 20), date(2023, 6, 20), date(2023, 9, 20), date(2023, 12, 20)} == {
        p.due for p in quarterly(2023)
    }
    assert (date(2023, 4, 15), date(2023, 5, 14)) == (month(2023, 5).first, month(2023, 5).last)
    assert (date(2022, 12, 15), date(2023, 9, 14)) == (nine_months(2023).first, nine_months(2023).last)


@pytest.mark.parametrize(
    "known", [*quarterly(2024), nine_months(2024), calendar_year(2024), month(2024, 1), month(2024, 12)]
)
def test_a_period_is_found_by_its_code(known: Period) -> None:
    """Each code names one."""
    assert known == period(known.code)


@pytest.mark.parametrize("code", ["", "2023", "2023-", "2023-13", "abcd-year", "0001-year", "2023-year-x"])
def test_a_code_of_no_period_is_refused(code: str) -> None:
    """And it is said what would be accepted."""
    with pytest.raises(InvalidField, match="-year, "):
        period(code)


def test_a_period_does_not_end_before_it_begins() -> None:
    with pytest.raises(InvalidField, match="a day from"):
        Period(code="x", title="x", first=ADOPTED, last=ADOPTED - timedelta(days=1))


def test_nothing_is_in_a_plan_while_its_adoption_is_not_known() -> None:
    """At a position between an adoption's retraction and its new record, the drift of a report is that nothing is there."""
    with Tracker() as tracker:
        tracker.record(adopted(), scheduled(), by="so-noi-vu")
        tracker.reports.issue("p", "2023-h1", by="so-noi-vu")
        retraction, again = tracker.record(RecordRetracted("p", version=1, reason="Nhầm"), adopted(), by="so-noi-vu")
        drift = tracker.reports.get("p@2023-h1", known_at=retraction.position).drift()
        assert {line.key: line.now and line.now.total for line in drift.lines}["total"] == 0
        assert [(one.id, one.now) for one in drift.activities] == [("p/1.01", None)]
        assert tracker.rollup(known_at=retraction.position).total.total == 0
        assert not tracker.reports.get("p@2023-h1", known_at=again.position).drift()


def test_a_plan_that_was_adopted_only_after_the_cut_off_is_a_drift() -> None:
    """An adoption may be moved up to the day of issue: of the days of a report before it, nothing is known now."""
    with Tracker() as tracker:
        tracker.record(adopted(), scheduled(), by="so-noi-vu")
        tracker.reports.issue("p", "2023-q1", by="so-noi-vu")
        moved = date(2023, 5, 2)
        retractions = (RecordRetracted(stream, version=1, reason="Nhầm ngày") for stream in ("p/1.01", "p"))
        tracker.record(*retractions, adopted(on=moved), scheduled(on=moved), by="so-noi-vu")
        [(report, drift)] = tracker.reports.restated("p")
        assert report.id == "p@2023-q1"
        assert {line.key: line.now and line.now.total for line in drift.lines}["total"] == 0
        assert [(one.id, one.now) for one in drift.activities] == [("p/1.01", None)]


def test_reports_of_one_cut_off_stand_in_the_order_of_their_issue(tracker: Tracker) -> None:
    """So the last one listed is the last report, as the page of the plan names it."""
    codes = ("z", "a")
    for code in codes:
        tracker.reports.issue("p", attrs.evolve(HALF, code=code), by="a")
    assert codes == tuple(report.period.code for report in tracker.reports.of("p"))
    assert codes == tuple(report.period.code for report in tracker.reports.issued("p"))


OTHER_DAYS: dict[str, dict[str, Any]] = {
    "first": {"first": date(2023, 1, 1)},
    "last": {"last": date(2025, 1, 1)},
    "cumulative": {"cumulative": False},
    "title": {"title": "quý IV năm 2023"},
}


@pytest.mark.parametrize("days", OTHER_DAYS)
@pytest.mark.parametrize("code", ["2023-q1", "2023-h1", "2023-year", "2023-m9", "2023-calendar"])
def test_a_known_period_is_the_only_one_with_its_code(code: str, days: str) -> None:
    """At every door: else the report that has to be sent would be taken by one with another cut-off."""
    known = period(code)
    calendar = {"first": {"last": date(2023, 12, 30)}}
    wrong = attrs.evolve(known, **(calendar if code == "2023-calendar" else OTHER_DAYS).get(days, OTHER_DAYS[days]))
    decided = attrs.evolve(known, due=None, source="7/QĐ-UBND")
    published = FigurePublished(f"p@{code}", on=date(2025, 1, 1), period=wrong, reported_text="1/2")
    staged = adopted("q", year=2022, first_day=date(2022, 1, 1), last_day=date(2026, 1, 1), stages=(wrong,))
    with Tracker(clock=Clock(datetime(2026, 1, 2, tzinfo=UTC))) as tracker:
        tracker.record(adopted(), scheduled("p/1"), by="a")
        doors: list[Callable[[], object]] = [
            lambda: tracker.reports.issue("p", wrong, by="a", on=date(2025, 1, 2)),
            lambda: tracker.reports.draft("p", wrong),
            lambda: tracker.record(published, by="a"),
            lambda: tracker.record(staged, by="a"),
        ]
        for door in doors:
            with pytest.raises(
                errors.InvalidField,
                match=f"“{known.title}” from {known.first} to {known.last}, with cumulative={known.cumulative}",
            ):
                door()
        assert f"p@{code}" == tracker.reports.issue("p", decided, by="a").id


def test_a_report_of_other_days_that_is_on_record_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was issued before this was refused: it is read, corrected, and held to its own days."""
    wrong = attrs.evolve(period("2023-h1"), last=date(2023, 12, 31))
    with Tracker(clock=Clock(NOW)) as tracker:
        tracker.record(adopted(), scheduled("p/1"), by="a")
        with monkeypatch.context() as before:
            for module in ("domain.acceptance", "facets.reports"):
                before.setattr(f"reformtrack.{module}.check_period", lambda *_: None)
            tracker.reports.issue("p", wrong, by="a", on=date(2024, 1, 2))
        assert wrong == tracker.reports.correct("p@2023-h1", reason="Bổ sung", by="a").period
        right = FigurePublished("p@2023-h1", on=day("7-1"), period=period("2023-h1"), reported_text="1/2")
        assert 1 == len(tracker.record(right, by="a")), "a record of an earlier day has those after it judged anew"
        assert not tracker.reports.get("p@2023-h1").drift()


def test_a_stage_of_the_plan_is_the_only_period_with_its_code() -> None:
    """Else the report that has to be sent would be taken by one with another cut-off."""
    stage = Period(code="dot-1", title="Đợt 1", first=ADOPTED, last=day("6-1"))
    wrong = attrs.evolve(stage, last=date(2023, 12, 31))
    with Tracker(clock=Clock(NOW)) as tracker:
        tracker.record(adopted(stages=(stage,)), scheduled("p/1"), by="a")
        with pytest.raises(errors.InvalidField, match="another code: dot-1 is “Đợt 1” from"):
            tracker.reports.issue("p", wrong, by="a", on=date(2024, 1, 2))
        with pytest.raises(errors.InvalidField, match="another code: dot-1 is “Đợt 1” from"):
            tracker.reports.draft("p", wrong)
        with pytest.raises(
            errors.InvalidField, match=r"FigurePublished\.period .* another code: dot-1 is “Đợt 1” from"
        ):
            tracker.record(FigurePublished("p@dot-1", on=NOW.date(), period=wrong, reported_text="1/2"), by="a")
        assert "p@dot-1" == tracker.reports.issue("p", stage, by="a", on=day("7-1")).id
        assert stage == tracker.reports.get("p@dot-1").period


def test_a_stage_with_a_known_code_that_is_on_record_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan was adopted before this was refused; the ministry's period is not what its code means."""
    stage = Period(code="2023-q1", title="Đợt 1", first=date(2023, 1, 1), last=date(2023, 3, 31))
    with Tracker(clock=Clock(NOW)) as tracker:
        with monkeypatch.context() as before:
            before.setattr("reformtrack.domain.acceptance.check_period", lambda *_: None)
            tracker.record(adopted(stages=(stage,)), scheduled("p/1"), by="a")
        with pytest.raises(errors.InvalidField, match="another code: 2023-q1 is “Đợt 1” from"):
            tracker.reports.issue("p", period("2023-q1"), by="a")
        assert stage == tracker.reports.draft("p", "2023-q1").period
        assert stage == tracker.reports.issue("p", "2023-q1", by="a").period
        assert stage == tracker.reports.correct("p@2023-q1", reason="Bổ sung", by="a").period
