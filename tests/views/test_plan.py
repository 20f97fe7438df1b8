"""A plan as it is answered: timeliness at its borders, what is due, what is overdue and why."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from reformtrack import CountingRule, Deadline, Document, InvalidField, NotFound, Plan, Tracker
from reformtrack.answers import Counted, Entry, Outcome, PlanVersion, ProgressStatus, Timeliness
from reformtrack.errors import UnreadableRecord
from reformtrack.events import (
    ActivityCarriedOver,
    ActivityCompleted,
    ActivityReassigned,
    ActivityReopened,
    ActivityRescheduled,
    ActivityResumed,
    ActivityRevised,
    ActivityStarted,
    ActivitySuspended,
    ActivityWithdrawn,
    CompletionConfirmed,
    CompletionReturned,
    EvidenceFiled,
    OccurrenceCompleted,
    PlanAmended,
    ProgressReported,
    RecordRetracted,
)
from reformtrack.exchange.calendar import icalendar
from reformtrack.values import DeadlineKind
from reformtrack.views.agencies import Registry
from reformtrack.views.roll_over import roll_over
from reformtrack.views.series import burn_up_on, by_lead_and_month, due_days
from tests.support import JUNE, QUARTERS, REGULAR, Clock, adopted, day, scheduled, tamper

A = "p/1.01"
C = Counted
T = Timeliness
PROOF = Document(number="1/BC")
JUNE_30 = date(2023, 6, 30)


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), by="x")
        yield tracker


def record(tracker: Tracker, *events: Any) -> None:
    tracker.record(*events, by="x")


@pytest.mark.parametrize(
    ("events", "on", "timeliness"),
    [
        ([], day("6-22"), T.IN_TIME),
        ([], day("6-23"), T.DUE_SOON),
        ([], JUNE_30, T.DUE_SOON),
        ([], day("7-1"), T.OVERDUE),
        ([ActivitySuspended(A, on=day("6-1"), reason="x")], day("7-1"), T.OVERDUE),
        ([ActivityCompleted(A, on=JUNE_30)], day("7-1"), T.ON_TIME),
        ([ActivityCompleted(A, on=day("7-1"))], day("7-1"), T.LATE),
        ([ActivityCompleted(A, on=day("7-1"))], JUNE_30, T.DUE_SOON),
        ([ActivityRescheduled(A, on=day("7-5"), deadline=Deadline.parse("31/7", 2023))], day("7-4"), T.OVERDUE),
        ([ActivityRescheduled(A, on=day("7-5"), deadline=Deadline.parse("31/7", 2023))], day("7-5"), T.IN_TIME),
        ([ActivityRescheduled(A, on=day("7-5"), deadline=REGULAR)], day("12-1"), T.NO_DEADLINE),
        ([ActivityWithdrawn(A, on=day("6-1"), reason="x")], day("7-1"), T.NOT_JUDGED),
        ([ActivityCarriedOver(A, on=day("6-1"), into="q")], day("7-1"), T.NOT_JUDGED),
        ([ActivityCompleted(A, on=JUNE_30), ActivityReopened(A, on=day("7-2"), reason="x")], day("7-3"), T.OVERDUE),
    ],
)
def test_timeliness_at_its_borders(tracker: Tracker, events: list[Any], on: date, timeliness: Timeliness) -> None:
    """The deadline day is in time; seven days before it is due soon; a new deadline counts from its day."""
    record(tracker, scheduled(), *events)
    assert timeliness is tracker.plan("p", on=on).activity("1.01").timeliness()


def test_a_recurring_activity_is_due_occurrence_by_occurrence(tracker: Tracker) -> None:
    """Overdue by the first that is missed; late when any was late, although all are done."""
    march, june = QUARTERS.days
    record(tracker, scheduled(deadline=QUARTERS))
    activity = tracker.plan("p", on=day("3-21")).activity("1.01")
    assert (march, True, 1) == (activity.due, activity.is_overdue, activity.days_overdue)
    record(tracker, OccurrenceCompleted(A, on=day("3-25"), occurrence=march))
    activity = tracker.plan("p", on=day("4-1")).activity("1.01")
    assert (june, False, 0, T.IN_TIME) == (
        activity.due,
        activity.is_overdue,
        activity.days_overdue,
        activity.timeliness(),
    )
    record(tracker, OccurrenceCompleted(A, on=day("6-20"), occurrence=june))
    activity = tracker.plan("p", on=day("7-1")).activity("1.01")
    assert (None, T.LATE, ProgressStatus.COMPLETED) == (activity.due, activity.timeliness(), activity.status)


EACH_MONTH = Deadline.parse("Hằng tháng", 2023)


def test_each_occurrence_is_due_and_overdue_by_itself(tracker: Tracker) -> None:
    """A missed one hides neither those that come due nor those that are missed after it."""
    record(tracker, scheduled(deadline=EACH_MONTH), scheduled("p/2", deadline=Deadline.parse("25/4", 2023)))
    record(tracker, OccurrenceCompleted(A, on=day("2-1"), occurrence=day("2-28")))
    plan = tracker.plan("p", on=day("4-24"))
    one = plan.activity("1.01")
    assert [day("1-31"), day("3-31"), *EACH_MONTH.days[3:]] == list(one.open_days)
    assert [(day("1-31"), 83), (day("3-31"), 24)] == [(due.day, due.days_late(plan.on)) for due in one.missed]
    assert (day("1-31"), 83, T.OVERDUE) == (one.due, one.days_overdue, one.timeliness())
    assert (day("4-30"),) == one.due_within()
    assert (day("4-30"), day("5-31")) == one.due_within(37)
    assert ["2", "1.01"] == [activity.code for activity in plan.due_within()]
    assert ["2", "1.01"] == [activity.code for activity in plan.due_within(37)]
    assert () == tracker.plan("p", on=day("4-20")).activity("1.01").due_within()


@pytest.mark.parametrize("confirmation", [False, True])
def test_a_month_counts_what_is_due_in_it(confirmation: bool) -> None:
    """A recurring activity counts in each month in which something of it is due, by what is due then."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(confirmation_required=confirmation), by="x")
        record(
            tracker,
            scheduled("p/1", deadline=Deadline.parse("20/3; 25/3; 20/6; 20/9", 2023)),
            scheduled("p/2", deadline=Deadline.parse("20/6", 2023)),
            scheduled("p/3", deadline=REGULAR),
            scheduled("p/4", deadline=QUARTERS),
            *(OccurrenceCompleted("p/1", on=day("4-1"), occurrence=day(text)) for text in ("3-20", "3-25")),
            ActivityCompleted("p/2", on=day("6-20")),
            ActivityWithdrawn("p/4", on=day("2-1"), reason="x"),
        )
        plan = tracker.plan("p", on=day("7-1"))
        as_ = {
            rule: {
                name: [(id.rpartition("/")[2], counted) for id, counted in part.counted]
                for name, part in plan.progress_by("month", rule).items()
            }
            for rule in (CountingRule.WHOLE_PLAN, CountingRule.FALLEN_DUE)
        }
    march = C.OVERDUE if confirmation else C.COMPLETED
    june = (C.OPEN, C.AWAITING_CONFIRMATION) if confirmation else (C.COMPLETED, C.COMPLETED)
    assert {
        "2023-03": [("1", march), ("4", C.WITHDRAWN)],
        "2023-06": [("1", C.OVERDUE), ("2", june[0]), ("4", C.WITHDRAWN)],
        "2023-09": [("1", C.OPEN)],
        "undated": [("3", C.OPEN)],
    } == as_[CountingRule.WHOLE_PLAN]
    assert {
        "2023-03": [("1", march), ("4", C.WITHDRAWN)],
        "2023-06": [("1", C.OVERDUE), ("2", june[1]), ("4", C.WITHDRAWN)],
        "2023-09": [("1", C.NOT_YET_DUE)],
        "undated": [("3", C.NO_DATE)],
    } == as_[CountingRule.FALLEN_DUE]


def test_a_completion_waits_for_its_confirmation_where_the_plan_requires_one(tracker: Tracker) -> None:
    """Until then it is open; its lateness is judged by the day on which it was reported complete."""
    tracker.record(
        adopted("q", confirmation_required=True), scheduled("q/1"), scheduled("q/2"), scheduled("q/3"), by="x"
    )
    record(
        tracker,
        ActivityCompleted("q/1", on=JUNE_30),
        ActivityCompleted("q/2", on=day("7-1")),
        ActivityCompleted("q/3", on=day("6-1")),
    )
    tracker.record(CompletionConfirmed("q/3", on=day("7-10"), completion=2), by="monitor")
    plan = tracker.plan("q", on=day("8-1"))
    one, two, three = plan.activities
    assert [ProgressStatus.AWAITING_CONFIRMATION] * 2 + [ProgressStatus.COMPLETED] == [
        a.status for a in (one, two, three)
    ]
    assert [T.IN_TIME, T.OVERDUE, T.ON_TIME] == [a.timeliness() for a in (one, two, three)]
    assert [JUNE_30, JUNE_30, None] == [one.due, two.due, three.due]
    assert [0, 1, 0] == [one.days_overdue, two.days_overdue, three.days_overdue]
    assert [(), (), ()] == [a.open_days for a in (one, two, three)]
    assert () == tracker.plan("q", on=day("6-30")).activity("1").due_within()
    assert "1/3 (33,3%)" == str(plan.progress())
    assert (two,) == plan.overdue()
    assert "0/3 (0,0%)" == str(tracker.plan("q", on=day("7-9")).progress())


def test_what_was_reported_late_is_as_overdue_as_it_was_when_it_was_reported(tracker: Tracker) -> None:
    """It stands among the overdue by those days; of a recurring one the occurrence counts that was met latest."""
    tracker.record(
        adopted("q", confirmation_required=True),
        *(scheduled(f"q/{n}") for n in (1, 2)),
        scheduled("q/3", deadline=QUARTERS),
        scheduled("q/4", deadline=Deadline.parse("1/7", 2023)),
        by="x",
    )
    record(
        tracker,
        ActivityCompleted("q/1", on=day("7-31")),
        ActivityCompleted("q/2", on=day("7-1")),
        OccurrenceCompleted("q/3", on=day("3-25"), occurrence=day("3-20")),
        OccurrenceCompleted("q/3", on=day("6-30"), occurrence=day("6-20")),
    )
    plan = tracker.plan("q", on=day("8-1"))
    assert [("1", JUNE_30, 31), ("4", day("7-1"), 31), ("3", day("6-20"), 10), ("2", JUNE_30, 1)] == [
        (a.code, a.due, a.days_overdue) for a in plan.overdue()
    ]
    assert [(day("3-20"), 5), (day("6-20"), 10)] == [(d.day, d.days_late(plan.on)) for d in plan.activity("3").missed]


def test_overdue_lists_the_longest_first_and_due_the_nearest(tracker: Tracker) -> None:
    """Each with its days."""
    for code, text in (("1", "31/5"), ("2", "30/4"), ("3", "1/7"), ("4", "3/7"), ("5", "Thường xuyên")):
        record(tracker, scheduled(f"p/{code}", deadline=Deadline.parse(text, 2023)))
    plan = tracker.plan("p", on=day("7-1"))
    assert [("2", 62), ("1", 31)] == [(a.code, a.days_overdue) for a in plan.overdue()]
    assert ["3", "4"] == [a.code for a in plan.due_within()]
    assert ["3"] == [a.code for a in plan.due_within(days=1)]
    assert ["3"] == [a.code for a in plan.due_within(days=0)]
    assert ["3", "4"] == [a.code for a in plan.due_within(days=2)]


def test_activities_stand_in_the_order_of_their_codes(tracker: Tracker) -> None:
    """Numbers by value: 1.9 before 1.10."""
    record(tracker, *(scheduled(f"p/{code}") for code in ("1.10", "1.9", "2.1", "1.a", "10.1")))
    assert ["1.9", "1.10", "1.a", "2.1", "10.1"] == [a.code for a in tracker.plan("p").activities]


def test_an_activity_is_found_by_its_code_and_by_its_id(tracker: Tracker) -> None:
    """The ids that figures, warnings and records give are taken as they are; what is not of this plan is said to be so."""
    with pytest.raises(NotFound):
        tracker.plan("p").activity("1.01")
    record(tracker, scheduled())
    plan = tracker.plan("p")
    assert plan.activity("1.01") is plan.activity("p/1.01")
    assert [A] == [plan.activity(id).id for id, _ in plan.progress().counted]
    for wrong, id in {"9.99": "p/9.99", "p/9.99": "p/9.99", "q/1.01": "q/1.01"}.items():
        with pytest.raises(NotFound) as caught:
            plan.activity(wrong)
        assert (id, "a code of this plan, as 1.01") == (caught.value.id, caught.value.accepted)


def test_progress_is_split_by_domain_lead_and_month(tracker: Tracker) -> None:
    """Domains in the plan's order, an empty one included; months and leads in order, the undated apart."""
    record(
        tracker,
        scheduled("p/1", domain="2", lead="Sở Tư pháp"),
        scheduled("p/2", domain="2", lead="Sở Nội vụ", deadline=REGULAR),
        scheduled("p/3", domain="2", lead="Sở Nội vụ", deadline=Deadline.parse("31/5", 2023)),
        ActivityCompleted("p/3", on=day("5-1")),
    )
    plan = tracker.plan("p", on=day("6-1"))
    assert {"1": "0/0 (–)", "2": "1/3 (33,3%)"} == {k: str(v) for k, v in plan.progress_by("domain").items()}
    assert ["1", "2"] == list(plan.progress_by("domain"))
    assert [("Sở Nội vụ", "1/2 (50,0%)"), ("Sở Tư pháp", "0/1 (0,0%)")] == [
        (k, str(v)) for k, v in plan.progress_by("lead").items()
    ]
    assert [("2023-05", "1/1 (100,0%)"), ("2023-06", "0/1 (0,0%)"), ("undated", "0/1 (0,0%)")] == [
        (k, str(v)) for k, v in plan.progress_by("month").items()
    ]
    assert "1/1 (100,0%)" == str(plan.progress_by("lead", CountingRule.DATED_ONLY)["Sở Nội vụ"])


def test_figures_name_rule_dates_and_plan_version(tracker: Tracker) -> None:
    """The plan's own rule unless another is asked for; an amendment makes a new version from its day."""
    tracker.record(adopted("q", counting_rule=CountingRule.DATED_ONLY), by="x")
    record(tracker, PlanAmended("q", on=day("5-1"), document=PROOF))
    progress = tracker.plan("q", on=day("6-1"), known_at=3).progress()
    assert (CountingRule.DATED_ONLY, day("6-1"), 3) == (progress.rule, progress.on, progress.known_at)
    assert (PlanVersion("q", 2),) == progress.plan_versions  # type: ignore[arg-type]
    assert 1 == tracker.plan("q", on=day("4-30")).version
    assert CountingRule.FALLEN_DUE is tracker.plan("q").progress(CountingRule.FALLEN_DUE).rule


def test_because_names_the_records_that_decide(tracker: Tracker) -> None:
    """The schedule, the last new deadline, the last change of status; not the reports in between."""
    moved = ActivityRescheduled(A, on=day("5-1"), deadline=Deadline.parse("31/7", 2023))
    completed = ActivityCompleted(A, on=day("7-1"), evidence=(PROOF,))
    record(
        tracker,
        scheduled(),
        ActivityStarted(A, on=day("2-1")),
        ProgressReported(A, on=day("3-1"), note="x"),
        moved,
        EvidenceFiled(A, on=day("6-1"), evidence=(PROOF,)),
        completed,
    )
    assert [scheduled(), moved, completed] == [r.event for r in tracker.plan("p").activity("1.01").because]
    early = tracker.plan("p", on=day("3-2")).activity("1.01").because
    assert [scheduled(), ActivityStarted(A, on=day("2-1"))] == [r.event for r in early]


@pytest.mark.parametrize("confirmation", [True, False])
def test_because_ends_with_what_made_it_so(tracker: Tracker, confirmation: bool) -> None:
    """Who has it and what it is called since changes neither status nor timeliness; nor does a confirmation nobody needs."""
    tracker.record(adopted("q", confirmation_required=confirmation), by="x")
    done, confirmed = ActivityCompleted("q/1", on=day("6-1")), CompletionConfirmed("q/1", on=day("6-2"), completion=2)
    tracker.record(scheduled("q/1"), scheduled("q/2"), done, by="x")
    tracker.record(confirmed, by="y")
    for id in ("q/1", "q/2"):
        new = ActivityReassigned(id, on=day("7-1"), lead="Sở Nội vụ"), ActivityRevised(id, on=day("7-1"), title="Mới")
        tracker.record(*new, by="z")
    one, two = tracker.plan("q").activities
    assert [scheduled("q/1"), done, *[confirmed] * confirmation] == [record.event for record in one.because]
    assert [scheduled("q/2")] == [record.event for record in two.because]


def test_because_of_work_that_goes_on_again_has_all_that_stood_still(tracker: Tracker) -> None:
    """The start alone does not say that it goes on, nor the resumption that it was begun."""
    begun, held = ActivityStarted(A, on=day("2-1")), ActivitySuspended(A, on=day("3-1"), reason="x")
    record(tracker, scheduled(), begun, held, ActivityResumed(A, on=day("4-1")))
    assert [scheduled(), begun, held, ActivityResumed(A, on=day("4-1"))] == [
        r.event for r in tracker.plan("p").activity("1.01").because
    ]


def test_because_has_the_deadline_under_which_an_occurrence_was_one_of_more(tracker: Tracker) -> None:
    """Under the first deadline the work would have been complete, and the third would have changed nothing."""
    half, more, whole = (Deadline.parse(text, 2023) for text in ("20/3; 20/6", "20/3; 20/6; 20/9", "Hằng quý"))
    done = [OccurrenceCompleted(A, on=due, occurrence=due) for due in half.days]
    moved = [ActivityRescheduled(A, on=day(on), deadline=deadline) for on, deadline in (("2-1", more), ("7-1", whole))]
    record(tracker, scheduled(deadline=half), moved[0], *done, moved[1])
    assert [scheduled(deadline=half), moved[0], done[0], moved[1]] == [
        r.event for r in tracker.plan("p").activity("1.01").because
    ]


def test_because_names_what_made_each_occurrence_of_the_deadline_so(tracker: Tracker) -> None:
    """The one that was late among them; not those of a deadline that it has no more, nor one that was sent back."""
    late, on_time, again = (
        OccurrenceCompleted(A, on=day(on), occurrence=day(due))
        for on, due in (("3-25", "3-20"), ("6-20", "6-20"), ("6-22", "6-20"))
    )
    returned = CompletionReturned(A, on=day("6-21"), reason="x", occurrence=day("6-20"))
    first = scheduled(deadline=Deadline.parse("20/2; 20/3", 2023))
    gone = OccurrenceCompleted(A, on=day("2-1"), occurrence=day("2-20"))
    moved = ActivityRescheduled(A, on=day("3-1"), deadline=QUARTERS)
    record(tracker, first, gone, moved, late, on_time, returned, again)
    events = [r.event for r in tracker.plan("p").activity("1.01").because]
    assert T.LATE is tracker.plan("p").activity("1.01").timeliness()
    assert [first, moved, late, again] == events
    open_again = [r.event for r in tracker.plan("p", on=day("6-21")).activity("1.01").because]
    assert [first, moved, late, returned] == open_again


def test_completed_without_evidence_is_listed(tracker: Tracker) -> None:
    """Until evidence is filed."""
    record(tracker, scheduled(), scheduled("p/2"), ActivityCompleted(A, on=day("6-1")))
    assert ["1.01"] == [a.code for a in tracker.plan("p").without_evidence()]
    record(tracker, EvidenceFiled(A, on=day("6-2"), evidence=(PROOF,)))
    assert () == tracker.plan("p").without_evidence()
    assert ["1.01"] == [a.code for a in tracker.plan("p", on=day("6-1")).without_evidence()]


def test_a_balance_says_how_each_activity_came_in_and_where_it_stands(tracker: Tracker) -> None:
    """Carried in, added, reopened; on time, late, open, overdue, withdrawn, carried over; settled before: not in it."""
    july = Deadline.parse("31/7", 2023)
    record(
        tracker,
        scheduled("p/1"),
        scheduled("p/2"),
        scheduled("p/3", deadline=july),
        scheduled("p/4"),
        scheduled("p/5"),
        scheduled("p/6", on=day("7-1"), deadline=REGULAR),
        scheduled("p/7"),
        ActivityCompleted("p/1", on=day("6-30")),
        ActivityCompleted("p/2", on=day("7-1")),
        ActivityCompleted("p/4", on=day("5-1")),
        ActivityReopened("p/4", on=day("7-10"), reason="x"),
        ActivityCompleted("p/5", on=day("5-1")),
        ActivityCompleted("p/6", on=day("7-5")),
        ActivityWithdrawn("p/7", on=day("7-6"), reason="x"),
    )
    balance = tracker.plan("p", on=day("7-31")).balance(day("6-30"))
    came, stands = Entry, Outcome
    assert (
        ("p/1", came.CARRIED_IN, stands.COMPLETED_ON_TIME),
        ("p/2", came.CARRIED_IN, stands.COMPLETED_LATE),
        ("p/3", came.CARRIED_IN, stands.OPEN_IN_TIME),
        ("p/4", came.REOPENED, stands.OPEN_OVERDUE),
        ("p/6", came.ADDED, stands.COMPLETED_ON_TIME),
        ("p/7", came.CARRIED_IN, stands.WITHDRAWN),
    ) == balance.lines
    assert balance == tracker.plan("p").balance(day("6-30"), day("7-31"))
    assert (day("6-30"), day("7-31"), 6) == (balance.first, balance.last, balance.total)
    again = CompletionReturned("p/1", on=day("8-2"), reason="x")
    record(tracker, again, ActivityCompleted("p/1", on=day("8-3")))
    august = tracker.plan("p", on=day("8-31")).balance(day("8-1"))
    assert ("p/1", came.REOPENED, stands.COMPLETED_LATE) in august.lines
    with pytest.raises(InvalidField):
        tracker.plan("p").balance(day("8-2"), day("8-1"))


def test_the_lead_of_the_day_is_the_lead_that_is_counted(tracker: Tracker) -> None:
    """A figure of before the handing over names the agency of then."""
    record(tracker, scheduled(), ActivityReassigned(A, on=day("5-1"), lead="Sở Nội vụ"))
    assert ["Sở Tư pháp"] == list(tracker.plan("p", on=day("4-30")).progress_by("lead"))
    assert ["Sở Nội vụ"] == list(tracker.plan("p", on=day("5-1")).progress_by("lead"))


def test_a_day_to_come_shows_what_will_be_overdue(tracker: Tracker) -> None:
    """If nothing is recorded until then."""
    record(tracker, scheduled(deadline=Deadline.parse("31/3/2024", 2024)))
    assert () == tracker.plan("p").overdue()
    assert 1 == len(tracker.plan("p", on=tracker.today() + timedelta(days=200)).overdue())


def test_a_plan_knows_the_position_of_what_it_shows(tracker: Tracker) -> None:
    """That of its latest record that was known."""
    record(tracker, scheduled())
    assert (2, 1) == (tracker.plan("p").position, tracker.plan("p", known_at=1).position)
    record(tracker, adopted("q"))
    assert 2 == tracker.plan("p").position


def test_views_can_be_kept_in_sets(tracker: Tracker) -> None:
    """Although the host's fields in them are mappings."""
    record(tracker, scheduled(host_fields={"a": "b"}))
    plan = tracker.plan("p")
    assert plan.activity("1.01") in set(plan.activities)
    assert {plan} == {tracker.plan("p")} == {tracker.plan("p", on=tracker.today())}


@pytest.mark.parametrize("later", [(), (ActivityRescheduled("p/1.01", on=date(2023, 3, 1), deadline=JUNE),)])
def test_an_activity_is_not_there_while_its_schedule_is_not_known(later: tuple[Any, ...]) -> None:
    """At a position between a schedule's retraction and its new record, what else is known of the activity makes none."""
    with Tracker() as tracker:
        tracker.record(adopted(), scheduled(), scheduled("p/1.02"), *later, by="so-noi-vu")
        retraction, _ = tracker.record(
            RecordRetracted("p/1.01", version=1, reason="Nhầm"), scheduled(domain="2"), by="so-noi-vu"
        )
        plan = tracker.plan("p", known_at=retraction.position)
        assert [activity.code for activity in plan.activities] == ["1.02"]
        with pytest.raises(NotFound):
            plan.activity("1.01")
        counted = tracker.rollup(by=["domain"], known_at=retraction.position).lines
        assert {key: line.total for key, line in counted.items()} == {("1",): 1}


COUNTS: dict[str, Callable[[Plan], object]] = {
    "progress": lambda plan: plan.progress(),
    "progress by month": lambda plan: plan.progress_by("month"),
    "overdue": lambda plan: plan.overdue(),
    "due within": lambda plan: plan.due_within(),
    "without evidence": lambda plan: plan.without_evidence(),
    "balance": lambda plan: plan.balance(day("1-1")),
    "plan version": lambda plan: plan.plan_version,
    "burn-up": lambda plan: burn_up_on(plan, [plan.on]),
    "heat map": by_lead_and_month,
    "due days": due_days,
    "calendar feed": icalendar,
    "agencies": lambda plan: Registry(plan.on, None, ()).progress_by_agency(plan),
    "roll-over": lambda plan: roll_over(plan, "q", on=plan.on, registry=Registry(plan.on, None, ())),
}


@pytest.mark.parametrize("count", COUNTS.values(), ids=COUNTS)
def test_nothing_is_counted_without_what_cannot_be_read(count: Callable[[Plan], object], tmp_path: Path) -> None:
    """Whoever reads the count, or the days, would not miss the activity."""
    url = f"sqlite:///{tmp_path}/plans.db"
    with Tracker(url, clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled("p/1"), scheduled("p/2"), by="x")
        count(tracker.plan("p"))
        tamper(url, "UPDATE reformtrack_log SET topic = 'X.1' WHERE position = 2")
        plan = tracker.plan("p")
        assert "version 1, 1 activities" in repr(plan)
        with pytest.raises(UnreadableRecord):
            count(plan)


def test_a_year_has_four_digits_in_a_split_and_in_a_calendar() -> None:
    """Whatever the library of the machine prints."""
    early = Deadline("tháng 6 năm 999", DeadlineKind.MONTH, (date(999, 6, 30),))
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled("p/1", deadline=early), by="a")
        plan = tracker.plan("p")
    assert ["0999-06"] == list(plan.progress_by("month"))
    assert b"DTSTART;VALUE=DATE:09990630" in icalendar(plan)
