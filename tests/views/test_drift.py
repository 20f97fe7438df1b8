"""Whatever a report prints is compared with what is known now: where nothing differs, it would be printed the same today."""

import contextlib
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from reformtrack import CountingRule, Deadline, IllegalHistory, Period, Tracker
from reformtrack.answers import Report
from reformtrack.domain.values import Document
from reformtrack.events import (
    ActivityCompleted,
    ActivityRescheduled,
    ActivityRevised,
    CompletionConfirmed,
    EvidenceFiled,
    IndicatorDefined,
    OccurrenceCompleted,
    PlanAmended,
    ProgressReported,
    ReadingTaken,
    RecordRetracted,
)
from reformtrack.exchange.report.annex import xlsx
from reformtrack.exchange.report.blocks import Line, Table
from reformtrack.exchange.report.canvas import Chart
from reformtrack.exchange.report.outline import report_document
from reformtrack.exchange.report_words import drift_words
from reformtrack.language import Language
from reformtrack.testing import proposals
from reformtrack.testing.history import CODES, DAYS
from reformtrack.values import Check, IndicatorKind, Relation
from reformtrack.views.drift import Drift
from reformtrack.views.report import content_of
from reformtrack.views.series import burn_up, by_lead_and_month, due_days
from tests.support import ADOPTED, REGULAR, adopted, day, scheduled, tracker_of

VI = Language("vi")
PERIOD = Period(code="x", title="x", first=ADOPTED, last=ADOPTED)


def dated(text: str) -> Deadline:
    return Deadline.parse(text, 2023)


def figure(value: int) -> ReadingTaken:
    return ReadingTaken("p#n", on=day("6-1"), as_of=day("6-1"), value=Decimal(value), reported_text=f"{value} vụ")


def restated(before: list[Any], *after: Any, period: str = "2023-h1") -> tuple[Report, Drift]:
    """A report, and its drift after what was recorded later."""
    with Tracker() as tracker:
        tracker.record(adopted(), *before, by="a")
        id = tracker.reports.issue("p", period, by="a").id
        tracker.record(*after, by="b")
        report = tracker.reports.get(id)
        drift = report.drift()
        assert [id] * bool(drift) == [found.id for found, _ in tracker.reports.restated("p")]
    return report, drift


def test_another_reading_of_an_indicator_is_a_difference() -> None:
    """Section VI prints it; with the retraction and the new reading, and no other record."""
    defined = IndicatorDefined("p#n", on=ADOPTED, title="Vụ việc", unit="vụ", kind=IndicatorKind.COUNT)
    wrong = RecordRetracted("p#n", version=2, reason="nhầm")
    later = ReadingTaken("p#n", on=day("7-1"), as_of=day("7-1"), value=Decimal(7))
    _, drift = restated([scheduled("p/1"), defined, figure(43)], wrong, figure(99), later)
    assert drift
    assert ["Vụ việc: 43 vụ → 99 vụ"] == drift_words(drift, VI)
    assert ["RecordRetracted", "ReadingTaken"] == [type(record.event).__name__ for record in drift.records]
    assert 1 == drift.figures


def test_the_rates_under_the_other_rules_are_compared() -> None:
    """Section I prints three: an activity that lost its date changes the second, whatever rule the report is under."""
    before = [scheduled("p/1", deadline=dated("31/7")), scheduled("p/2")]
    _, drift = restated(before, ActivityRescheduled("p/1", on=day("3-1"), deadline=REGULAR))
    assert drift
    assert () == drift.lines
    assert {CountingRule.DATED_ONLY, CountingRule.FALLEN_DUE} == {sent.rule for sent, _ in drift.rates}
    said = "\n".join(drift_words(drift, VI))
    assert "chỉ tính nhiệm vụ có thời hạn: 0/2 → 0/1" in said
    assert "1 không có thời hạn cụ thể" in said
    assert ["ActivityRescheduled"] == [type(record.event).__name__ for record in drift.records]


def test_days_overdue_are_compared() -> None:
    """Section V prints them."""
    before = [scheduled("p/1", deadline=dated("31/3"))]
    _, drift = restated(before, ActivityRescheduled("p/1", on=day("3-1"), deadline=dated("30/4")))
    assert [
        "1: chưa thực hiện, quá hạn 75 ngày → chưa thực hiện, quá hạn 45 ngày; "
        "thời hạn 31/3 (31/03/2023) → thời hạn 30/4 (30/04/2023)"
    ] == [one.words() for one in drift.activities]


def test_what_was_settled_before_the_period_is_compared() -> None:
    """The annex prints whether it was in time."""
    before = [scheduled("p/1", deadline=dated("31/3")), ActivityCompleted("p/1", on=day("3-30"))]
    after = RecordRetracted("p/1", version=2, reason="x"), ActivityCompleted("p/1", on=day("4-20"))
    _, drift = restated(before, *after, period="2023-q3")
    assert ((), ()) == (drift.lines, drift.balance)
    assert [
        "1: đã hoàn thành, đúng hạn → đã hoàn thành, trễ hạn; hoàn thành ngày 30/03/2023 → hoàn thành ngày 20/04/2023"
    ] == [one.words() for one in drift.activities]


def test_a_due_day_in_another_month_is_a_difference() -> None:
    """The heat map and the calendar show it, and an occurrence that is done."""
    _, drift = restated(
        [scheduled("p/1", deadline=dated("31/7"))], ActivityRescheduled("p/1", on=day("3-1"), deadline=dated("31/8"))
    )
    assert ["1: thời hạn 31/7 (31/07/2023) → thời hạn 31/8 (31/08/2023)"] == [one.words() for one in drift.activities]
    quarters = scheduled("p/1", deadline=dated("20/6; 20/9"))
    early = OccurrenceCompleted("p/1", on=day("6-1"), occurrence=day("6-20"))
    _, drift = restated([quarters, ProgressReported("p/1", on=day("3-1"), percent=Decimal(10))], early)
    assert "20/06/2023, 20/09/2023) → thời hạn 20/6; 20/9 (20/06/2023 ✓, 20/09/2023)" in drift.activities[0].words()


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (ActivityRevised("p/1", on=day("3-1"), title="Khác"), "tên: Rà soát văn bản → Khác"),
        (ProgressReported("p/1", on=day("3-1"), obstacles="Thiếu kinh phí"), "khó khăn, vướng mắc: – → Thiếu kinh phí"),
        (EvidenceFiled("p/1", on=day("3-1"), evidence=(Document(number="9/QĐ"),)), "tài liệu kiểm chứng: – → 9/QĐ"),
    ],
)
def test_a_text_that_is_printed_is_compared(event: Any, words: str) -> None:
    """Title, obstacles, evidence."""
    _, drift = restated([scheduled("p/1")], event)
    assert [f"1: {words}"] == [one.words() for one in drift.activities]


def test_the_plan_version_is_compared() -> None:
    """A document that was recorded late makes it another one."""
    _, drift = restated([scheduled("p/1")], PlanAmended("p", on=day("3-1"), document=Document(number="1")))
    assert drift
    assert ["phiên bản kế hoạch: 1 → 2"] == drift_words(drift, VI)
    assert ["PlanAmended"] == [type(record.event).__name__ for record in drift.records]


def test_the_course_within_the_period_is_compared() -> None:
    """The chart draws it: completed and confirmed earlier, with the same day printed everywhere else."""
    with Tracker() as tracker:
        tracker.record(adopted(confirmation_required=True), scheduled("p/1"), by="a")
        tracker.record(ActivityCompleted("p/1", on=day("3-1")), by="a")
        [late] = tracker.record(CompletionConfirmed("p/1", on=day("6-1"), completion=2), by="b")
        id = tracker.reports.issue("p", "2023-h1", by="a").id
        tracker.record(
            RecordRetracted("p/1", version=late.version, reason="x"),
            CompletionConfirmed("p/1", on=day("3-2"), completion=2),
            by="b",
        )
        drift = tracker.reports.get(id).drift()
    assert ["1: diễn biến khác trong kỳ báo cáo"] == [one.words() for one in drift.activities]
    assert 2 == len(drift.records)


def test_what_is_printed_nowhere_is_no_difference() -> None:
    """A note of progress; the same fact recorded again; what is of later days."""
    completed = ActivityCompleted("p/1", on=day("5-2"))
    again = RecordRetracted("p/1", version=2, reason="x"), completed
    _, drift = restated(
        [scheduled("p/1"), scheduled("p/2"), completed],
        *again,
        ProgressReported("p/2", on=day("3-1"), note="bình thường"),
        ActivityCompleted("p/2", on=day("6-15")),
    )
    assert not drift
    assert () == drift.records


def test_what_is_in_the_way_of_completed_work_is_printed_nowhere() -> None:
    """Section V prints it of open work; reported late, of work that was completed by the cut-off, it is no difference."""
    before = [scheduled("p/1"), ActivityCompleted("p/1", on=day("5-2"))]
    _, drift = restated(before, ProgressReported("p/1", on=day("3-1"), obstacles="Thiếu kinh phí"))
    assert not drift


def test_records_of_another_figure_are_named_where_a_check_names_it() -> None:
    """A reading of another day makes two figures comparable; what is about a third one is no part of the difference."""
    check = Check(left=("n",), relation=Relation.AT_MOST, right=("m",))
    one, two, three = (
        IndicatorDefined(f"p#{name}", on=ADOPTED, title=name, unit="vụ", kind=IndicatorKind.COUNT, checks=checks)
        for name, checks in (("n", (check,)), ("m", ()), ("k", ()))
    )
    other, third = (attrs.evolve(figure(43), subject=f"p#{name}", as_of=day("5-1")) for name in ("m", "k"))
    _, drift = restated(
        [scheduled("p/1"), one, two, three, figure(43), other, third],
        RecordRetracted("p#m", version=2, reason="nhầm"),
        attrs.evolve(other, as_of=day("6-1")),
        RecordRetracted("p#k", version=2, reason="nhầm"),
        third,
    )
    assert ["p#n"] == [one.id for one in drift.indicators]
    assert ["p#m", "p#m"] == [record.stream for record in drift.records]


def test_an_occurrence_that_waits_and_was_late_is_compared() -> None:
    """The chart of due days says of each whether it was missed; of those that are not confirmed, by the day of the report."""
    with Tracker() as tracker:
        quarters = dated("20/3; 20/6; 20/9")
        tracker.record(adopted(confirmation_required=True), scheduled("p/1", deadline=quarters), by="a")
        late, other = (OccurrenceCompleted("p/1", on=day(on), occurrence=day("3-20")) for on in ("3-25", "3-19"))
        tracker.record(late, by="a")
        id = tracker.reports.issue("p", "2023-h1", by="a").id
        tracker.record(RecordRetracted("p/1", version=2, reason="x"), other, by="a")
        report = tracker.reports.get(id)
    march = [
        (by_lead_and_month(plan)["Sở Tư pháp"][3].missed, due_days(plan)[day("3-20")].missed)
        for plan in (report.plan, report.plan_now)
    ]
    assert [(1, 1), (0, 0)] == march
    [changed] = report.drift().activities
    assert "(20/03/2023 ✗, 20/06/2023, 20/09/2023) → " in changed.words()
    assert "(20/03/2023 ✓, 20/06/2023, 20/09/2023)" in changed.words()


TEXTS = st.sampled_from(["", "Thiếu kinh phí"])
MORE = [dated("31/3"), dated("30/4"), dated("Hằng tháng"), dated("Theo hướng dẫn")]
EXTRAS: list[Callable[[st.DrawFn, str, date], Any]] = [
    lambda draw, id, on: ActivityRevised(id, on=on, domain=draw(st.sampled_from("12"))),
    lambda draw, id, on: ProgressReported(id, on=on, percent=Decimal(draw(st.integers(0, 99))), obstacles=draw(TEXTS)),
    lambda draw, id, on: EvidenceFiled(id, on=on, evidence=(Document(number="9/QĐ"),)),
    lambda draw, id, on: ActivityRescheduled(id, on=on, deadline=draw(st.sampled_from(MORE))),
    lambda draw, id, on: ReadingTaken("p#n", on=on, as_of=on, value=Decimal(draw(st.integers(0, 3)))),
    lambda draw, id, on: RecordRetracted("p#n", version=draw(st.integers(2, 5)), reason="x"),
    lambda draw, id, on: PlanAmended("p", on=on, document=Document(number="1")),
]


@st.composite
def histories(draw: st.DrawFn) -> list[Any]:
    """Events of a plan of which everything that a report prints may change."""
    events = draw(proposals())
    for _ in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, len(events)))
        event = draw(st.sampled_from(EXTRAS))(draw, f"p/{draw(st.sampled_from(CODES))}", draw(DAYS))
        events.insert(place, event)
    return events


def printed(report: Report) -> list[Any]:
    """All that the document and its annex say, but for the log positions that they rest on."""
    document = report_document(report)
    found: list[Any] = [burn_up(report.plan, report.period.first, report.period.last), report.version.text()]
    for block in document.blocks:
        match block:
            case Line():
                found.append(block.text)
            case Table():
                found.append((block.head, block.rows))
            case Chart():
                found.append((block.text, block.note))
    book = CalamineWorkbook.from_filelike(BytesIO(xlsx(report)))
    found += [book.get_sheet_by_name(name).to_python() for name in book.sheet_names[:-1]]
    return found


@given(histories(), histories(), DAYS, st.booleans(), st.sampled_from(CountingRule))
def test_a_report_without_drift_is_printed_the_same_today(
    events: list[Any], more: list[Any], last: date, confirms: bool, rule: CountingRule
) -> None:
    """Made again from what is known now, word for word, in the document and in the annex; and drift names its records."""
    defined = IndicatorDefined("p#n", on=ADOPTED, title="Vụ việc", unit="vụ", kind=IndicatorKind.COUNT)
    days = attrs.evolve(PERIOD, first=min(ADOPTED + timedelta(days=60), last), last=last)
    with tracker_of([defined, *events], confirmation_required=confirms) as tracker:
        tracker.reports.issue("p", days, by="a", rule=rule)
        for event in more:
            with contextlib.suppress(IllegalHistory):
                tracker.record(event, by="a")
        report = tracker.reports.get("p@x")
    drift = report.drift()
    content = content_of(report.plan_now, days, rule, report.content.position)
    today = attrs.evolve(report, content=content, plan=report.plan_now, indicators=report.indicators_now)
    course = "diễn biến khác trong kỳ báo cáo"  # of which the chart draws every seventh day
    shown = [one for one in drift.activities if not one.words().endswith(course)]
    if not drift or shown or drift.figures:
        assert bool(drift) == (printed(report) != printed(today))
    assert bool(drift) == bool(drift.records)
