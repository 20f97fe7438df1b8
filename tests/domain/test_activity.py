"""Which histories of an activity are legal, and what state they leave."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from reformtrack import Document, InvalidField, errors
from reformtrack.answers import ProgressStatus
from reformtrack.domain.activity import denominator_changes
from reformtrack.domain.kinds import ACTIVITY
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
    ProgressReported,
    RecordRetracted,
)
from tests.support import ADOPTED, JUNE, QUARTERS, REGULAR, day, given, records, scheduled

A = "p/1.01"
MARCH, SECOND = QUARTERS.days
PROOF = Document(number="12/BC")
OTHER_PROOF = Document(number="13/BC")
SCHEDULED = scheduled()
RECURRING = scheduled(deadline=QUARTERS)
STARTED = ActivityStarted(A, on=day("2-1"))
REPORTED = ProgressReported(A, on=day("3-1"), percent=Decimal(40))
COMPLETED = ActivityCompleted(A, on=day("6-1"), evidence=(PROOF,))
CONFIRMED = CompletionConfirmed(A, on=day("6-5"), completion=2)
AGAIN = CompletionConfirmed(A, on=day("6-6"), completion=2)
RETURNED = CompletionReturned(A, on=day("6-6"), reason="thiếu tài liệu")
REOPENED = ActivityReopened(A, on=day("6-7"), reason="làm lại")
SUSPENDED = ActivitySuspended(A, on=day("4-1"), reason="chờ hướng dẫn")
RESUMED = ActivityResumed(A, on=day("5-1"))
RESCHEDULED = ActivityRescheduled(A, on=day("6-8"), deadline=REGULAR)
WITHDRAWN = ActivityWithdrawn(A, on=day("7-1"), reason="không còn phù hợp")
MARCH_RETURNED = CompletionReturned(A, on=day("4-2"), reason="thiếu", occurrence=date(2023, 3, 20))
RETRACTED = RecordRetracted(A, version=2, reason="nhầm")
CARRIED = ActivityCarriedOver(A, on=day("7-2"), into="p-2024")
FIRST_DONE = OccurrenceCompleted(A, on=day("3-18"), occurrence=MARCH, evidence=(PROOF,))
SECOND_DONE = OccurrenceCompleted(A, on=day("6-25"), occurrence=SECOND)

S = ProgressStatus


@pytest.mark.parametrize(
    ("history", "status"),
    [
        ([SCHEDULED], S.NOT_STARTED),
        ([SCHEDULED, STARTED], S.IN_PROGRESS),
        ([SCHEDULED, REPORTED], S.IN_PROGRESS),
        ([SCHEDULED, STARTED, REPORTED], S.IN_PROGRESS),
        ([SCHEDULED, REPORTED, ActivityStarted(A, on=day("3-2"))], S.IN_PROGRESS),
        ([SCHEDULED, STARTED, ProgressReported(A, on=day("1-3"), percent=Decimal(5))], S.IN_PROGRESS),
        ([SCHEDULED, ProgressReported(A, on=day("3-1"), note="chưa làm")], S.NOT_STARTED),
        ([SCHEDULED, ProgressReported(A, on=day("3-1"), percent=Decimal(0))], S.NOT_STARTED),
        ([SCHEDULED, ProgressReported(A, on=day("3-1"), part=0, whole=9, unit="hồ sơ")], S.NOT_STARTED),
        ([SCHEDULED, ProgressReported(A, on=day("3-1"), part=1, whole=9, unit="hồ sơ")], S.IN_PROGRESS),
        ([SCHEDULED, REPORTED, ProgressReported(A, on=day("3-2"), percent=Decimal(0))], S.IN_PROGRESS),
        ([RECURRING, FIRST_DONE, STARTED], S.IN_PROGRESS),
        ([RECURRING, FIRST_DONE, ActivityStarted(A, on=day("4-2"))], S.IN_PROGRESS),
        ([SCHEDULED, COMPLETED, RETURNED, ActivityStarted(A, on=day("6-8"))], S.IN_PROGRESS),
        ([SCHEDULED, COMPLETED], S.COMPLETED),
        ([SCHEDULED, STARTED, COMPLETED], S.COMPLETED),
        ([SCHEDULED, COMPLETED, CONFIRMED], S.COMPLETED),
        ([SCHEDULED, COMPLETED, RETURNED], S.IN_PROGRESS),
        ([SCHEDULED, COMPLETED, REOPENED], S.IN_PROGRESS),
        ([SCHEDULED, COMPLETED, CONFIRMED, REOPENED], S.IN_PROGRESS),
        ([SCHEDULED, SUSPENDED], S.SUSPENDED),
        ([SCHEDULED, STARTED, SUSPENDED], S.SUSPENDED),
        ([SCHEDULED, SUSPENDED, RESUMED], S.NOT_STARTED),
        ([SCHEDULED, STARTED, SUSPENDED, RESUMED], S.IN_PROGRESS),
        ([SCHEDULED, STARTED, WITHDRAWN], S.WITHDRAWN),
        ([SCHEDULED, SUSPENDED, WITHDRAWN], S.WITHDRAWN),
        ([SCHEDULED, CARRIED], S.CARRIED_OVER),
        ([RECURRING, FIRST_DONE], S.IN_PROGRESS),
        ([RECURRING, FIRST_DONE, SECOND_DONE], S.COMPLETED),
        ([RECURRING, SECOND_DONE], S.IN_PROGRESS),
        ([SCHEDULED, COMPLETED, CONFIRMED, RETRACTED], S.NOT_STARTED),
    ],
)
def test_a_legal_history_leaves_the_status_that_its_events_say(history: list[Any], status: ProgressStatus) -> None:
    """Each event moves the activity as its name says."""
    *before, last = history
    assert status is given(ACTIVITY, *before).when(last).status


@pytest.mark.parametrize(
    ("history", "event", "error"),
    [
        ([], STARTED, errors.ActivityNotScheduled),
        ([SCHEDULED], scheduled(on=day("1-3")), errors.ActivityAlreadyScheduled),
        ([SCHEDULED], ActivityStarted(A, on=date(2022, 12, 31)), errors.ActivityNotScheduled),
        ([SCHEDULED, STARTED], ActivityStarted(A, on=day("2-2")), errors.ActivityAlreadyStarted),
        ([SCHEDULED, STARTED, REPORTED], ActivityStarted(A, on=day("3-2")), errors.ActivityAlreadyStarted),
        ([SCHEDULED, REPORTED, STARTED], ActivityStarted(A, on=day("1-5")), errors.ActivityAlreadyStarted),
        ([SCHEDULED, STARTED, COMPLETED, REOPENED], ActivityStarted(A, on=day("6-8")), errors.ActivityAlreadyStarted),
        ([SCHEDULED, COMPLETED], ActivityStarted(A, on=day("6-2")), errors.ActivityAlreadyCompleted),
        ([SCHEDULED, COMPLETED], ProgressReported(A, on=day("6-2"), note="x"), errors.ActivityAlreadyCompleted),
        ([SCHEDULED, COMPLETED], ActivityCompleted(A, on=day("6-2")), errors.ActivityAlreadyCompleted),
        ([SCHEDULED, COMPLETED], ActivitySuspended(A, on=day("6-2"), reason="x"), errors.ActivityAlreadyCompleted),
        ([SCHEDULED, COMPLETED], RESCHEDULED, errors.ActivityAlreadyCompleted),
        ([SCHEDULED, COMPLETED], WITHDRAWN, errors.ActivityAlreadyCompleted),
        ([SCHEDULED, COMPLETED], CARRIED, errors.ActivityAlreadyCompleted),
        ([SCHEDULED], ActivityCarriedOver(A, on=day("7-2"), into="p"), errors.CarriedIntoSamePlan),
        ([SCHEDULED], CONFIRMED, errors.ActivityNotCompleted),
        ([SCHEDULED, STARTED], RETURNED, errors.ActivityNotCompleted),
        ([SCHEDULED], REOPENED, errors.ActivityNotCompleted),
        ([SCHEDULED, COMPLETED, CONFIRMED], AGAIN, errors.ActivityAlreadyConfirmed),
        ([SCHEDULED, COMPLETED, CONFIRMED], RETURNED, errors.ActivityAlreadyConfirmed),
        ([SCHEDULED, SUSPENDED], ActivityStarted(A, on=day("4-2")), errors.ActivityIsSuspended),
        ([SCHEDULED, SUSPENDED], ActivityCompleted(A, on=day("4-2")), errors.ActivityIsSuspended),
        ([SCHEDULED, SUSPENDED], ActivitySuspended(A, on=day("4-2"), reason="x"), errors.ActivityIsSuspended),
        ([RECURRING, SUSPENDED], OccurrenceCompleted(A, on=day("4-2"), occurrence=MARCH), errors.ActivityIsSuspended),
        ([RECURRING, FIRST_DONE, SECOND_DONE], FIRST_DONE, errors.OccurrenceAlreadyCompleted),
        ([SCHEDULED], RESUMED, errors.ActivityNotSuspended),
        ([SCHEDULED, WITHDRAWN], ActivityCompleted(A, on=day("7-2")), errors.ActivityHasLeft),
        ([SCHEDULED, WITHDRAWN], EvidenceFiled(A, on=day("7-2"), evidence=(PROOF,)), errors.ActivityHasLeft),
        ([SCHEDULED, CARRIED], ActivityStarted(A, on=day("7-3")), errors.ActivityHasLeft),
        ([RECURRING], COMPLETED, errors.ActivityIsRecurring),
        ([RECURRING, FIRST_DONE, SECOND_DONE], ActivityReopened(A, on=day("7-1"), reason="x"), errors.ActivityIsRecurring),
        ([SCHEDULED], FIRST_DONE, errors.ActivityNotRecurring),
        ([SCHEDULED, COMPLETED], ActivityReopened(A, on=day("7-1"), reason="x", occurrence=MARCH), errors.ActivityNotRecurring),
        ([RECURRING], OccurrenceCompleted(A, on=day("3-18"), occurrence=day("3-21")), errors.UnknownOccurrence),
        ([RECURRING, FIRST_DONE], OccurrenceCompleted(A, on=day("3-19"), occurrence=MARCH), errors.OccurrenceAlreadyCompleted),
        ([RECURRING], CompletionReturned(A, on=day("4-1"), reason="x", occurrence=MARCH), errors.OccurrenceNotCompleted),
        ([RECURRING, FIRST_DONE, SUSPENDED], MARCH_RETURNED, errors.ActivityIsSuspended),
        ([SCHEDULED], RecordRetracted(A, version=2, reason="x"), errors.NoSuchRecord),
        ([SCHEDULED, STARTED, RETRACTED], RecordRetracted(A, version=2, reason="y"), errors.AlreadyRetracted),
        ([SCHEDULED, STARTED, RETRACTED], RecordRetracted(A, version=3, reason="y"), errors.RetractionOfRetraction),
        ([SCHEDULED, STARTED], RecordRetracted(A, version=1, reason="x"), errors.ActivityNotScheduled),
        ([SCHEDULED, COMPLETED, ActivityReopened(A, on=COMPLETED.on, reason="x")], RETRACTED, errors.ActivityNotCompleted),
        (
            [SCHEDULED, EvidenceFiled(A, on=day("12-1"), evidence=(PROOF,)), COMPLETED, REOPENED],
            RecordRetracted(A, version=3, reason="x"),
            errors.ActivityNotCompleted,
        ),
    ],
)  # fmt: skip
def test_an_illegal_history_is_refused_by_its_own_rule(
    history: list[Any], event: Any, error: type[errors.IllegalHistory]
) -> None:
    """One error class a broken rule, and the message says what was asked, found, and would be accepted."""
    refused = given(ACTIVITY, *history).when(event)
    assert type(refused) is error
    assert refused.event in (event, *history)
    assert refused.found
    assert refused.accepted
    assert str(refused).endswith(f"accepted: {refused.accepted}")
    assert A in str(refused)


def test_a_recurring_activity_says_by_what_it_is_completed() -> None:
    """By its occurrences, and by which."""
    refused = given(ACTIVITY, RECURRING).when(COMPLETED)
    assert "the deadline recurs, so the activity is completed by its occurrences" == refused.found
    assert "the occurrence, one of 2023-03-20, 2023-06-20" == refused.accepted


def test_an_occurrence_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    """All of them."""
    refused = given(ACTIVITY, RECURRING).when(OccurrenceCompleted(A, on=day("3-18"), occurrence=day("3-21")))
    assert "the deadline has no occurrence on 2023-03-21" == refused.found
    assert "one of 2023-03-20, 2023-06-20" == refused.accepted


def test_before_an_activity_came_nothing_of_it_changes_a_rate() -> None:
    """Whatever an imported log says."""
    before = day("1-1")
    assert [] == list(denominator_changes([WITHDRAWN, RESCHEDULED, CARRIED], before))
    assert [SCHEDULED, WITHDRAWN] == list(denominator_changes([RESCHEDULED, SCHEDULED, WITHDRAWN], before))
    assert [SCHEDULED, RESCHEDULED] == list(denominator_changes([SCHEDULED, RESCHEDULED], before)), "it has no date now"


def test_a_refusal_names_the_record_in_the_way() -> None:
    """The record is the one that last made the status what it is."""
    refused = given(ACTIVITY, SCHEDULED, STARTED, REPORTED).when(ActivityStarted(A, on=day("4-1")))
    assert refused.in_the_way.event == STARTED
    assert "(ActivityStarted(p/1.01) on 2023-02-01, record 2 of p/1.01)" in str(refused)
    assert not refused.proposed


def test_a_late_fact_that_would_make_a_later_record_illegal_is_refused_and_names_it() -> None:
    """A start of May before a known start of June would leave two starts."""
    june = ActivityStarted(A, on=day("6-1"))
    may = ActivityStarted(A, on=day("5-1"))
    refused = given(ACTIVITY, SCHEDULED, june).when(may)
    assert type(refused) is errors.ActivityAlreadyStarted
    assert (june, (may,)) == (refused.event, refused.proposed)
    assert may == refused.in_the_way.event
    assert "ActivityStarted(p/1.01) on 2023-05-01 would make a recorded event illegal" in str(refused)


def test_a_late_fact_takes_its_place_in_valid_time() -> None:
    """A start learnt of after the completion is the start before it."""
    state = given(ACTIVITY, SCHEDULED, COMPLETED).when(STARTED)
    assert (S.COMPLETED, STARTED.on, COMPLETED.on) == (state.status, state.started_on, state.completed_on)


def test_records_of_one_day_count_in_the_order_of_recording() -> None:
    """A completion and its return on the same day leave it in progress."""
    same_day = CompletionReturned(A, on=COMPLETED.on, reason="x")
    assert S.IN_PROGRESS is given(ACTIVITY, SCHEDULED, COMPLETED).when(same_day).status


def test_a_schedule_and_its_records_can_be_retracted_together() -> None:
    """What no record alone may do, a request may: it is judged as a whole."""
    retractions = [RecordRetracted(A, version=version, reason="nhầm kế hoạch") for version in (1, 2)]
    assert ACTIVITY.initial == given(ACTIVITY, SCHEDULED, STARTED).when(*retractions)


def test_a_retraction_names_a_record_that_is_there_already() -> None:
    """Not one of its own request, of which nothing is known yet."""
    refused = given(ACTIVITY, SCHEDULED).when(STARTED, RETRACTED)
    assert ("p/1.01 has no record 2", "a version from 1 to 1") == (refused.found, refused.accepted)
    refused = given(ACTIVITY).when(SCHEDULED, RecordRetracted(A, version=1, reason="x"))
    assert "one that an earlier request recorded" == refused.accepted


def test_a_record_is_retracted_once_in_a_request_too() -> None:
    """The second of two retractions of one record is refused."""
    refused = given(ACTIVITY, SCHEDULED, STARTED).when(RETRACTED, RecordRetracted(A, version=2, reason="lại nhầm"))
    assert errors.AlreadyRetracted is type(refused)


def test_what_is_on_record_is_replayed_whatever_the_rules_are() -> None:
    """A state that no rule of today leads to takes every event, and loses nothing of what it knows."""
    done = ACTIVITY.fold(records(SCHEDULED, COMPLETED))
    assert S.COMPLETED is ACTIVITY.evolve(done, REPORTED).status
    assert S.COMPLETED is ACTIVITY.evolve(done, STARTED).status
    for event in (
        STARTED,
        REPORTED,
        COMPLETED,
        CONFIRMED,
        RETURNED,
        REOPENED,
        SUSPENDED,
        RESUMED,
        FIRST_DONE,
        WITHDRAWN,
    ):
        assert event.on >= ADOPTED
        assert isinstance(ACTIVITY.evolve(ACTIVITY.initial, event).status, S)


def test_an_occurrence_done_on_the_day_on_which_another_is_due_is_not_that_other() -> None:
    """March's, done on the very day on which June's is due, stays done when June's is."""
    late = OccurrenceCompleted(A, on=SECOND, occurrence=MARCH)
    state = given(ACTIVITY, RECURRING, late).when(OccurrenceCompleted(A, on=SECOND, occurrence=SECOND))
    assert ((MARCH, SECOND), (SECOND, SECOND)) == state.occurrences
    assert S.COMPLETED is state.status


def test_a_recurring_activity_is_completed_on_the_latest_day_of_its_occurrences() -> None:
    """Whatever the order in which they were done."""
    state = given(ACTIVITY, RECURRING, SECOND_DONE).when(OccurrenceCompleted(A, on=day("9-1"), occurrence=MARCH))
    assert day("9-1") == state.completed_on
    assert ((MARCH, day("9-1")), (SECOND, day("6-25"))) == state.occurrences


def test_an_occurrence_that_is_reopened_is_open_and_the_others_stay_done() -> None:
    """Undoing one occurrence undoes the completion, and no more."""
    reopened = ActivityReopened(A, on=day("7-1"), reason="x", occurrence=MARCH)
    state = given(ACTIVITY, RECURRING, FIRST_DONE, SECOND_DONE).when(reopened)
    assert (state.status, state.completed_on) == (S.IN_PROGRESS, None)
    assert state.open_occurrences == (MARCH,)


def test_a_new_deadline_whose_occurrences_are_all_done_completes_the_activity() -> None:
    """Dropping the second quarter leaves nothing to do; it was done on the day of the last one that counts."""
    both = [FIRST_DONE, OccurrenceCompleted(A, on=day("6-25"), occurrence=SECOND)]
    longer = QUARTERS.__class__("20/3; 20/6; 20/9", QUARTERS.kind, (*QUARTERS.days, day("9-20")))
    fewer = ActivityRescheduled(A, on=day("7-1"), deadline=QUARTERS)
    state = given(ACTIVITY, scheduled(deadline=longer), *both).when(fewer)
    assert (S.COMPLETED, day("6-25")) == (state.status, state.completed_on)


def test_a_deadline_changed_while_suspended_completes_the_activity_when_it_resumes() -> None:
    """Nothing is left to do, but nothing is completed while it is suspended."""
    longer = QUARTERS.__class__("20/3; 20/6; 20/9", QUARTERS.kind, (*QUARTERS.days, day("9-20")))
    history = [
        scheduled(deadline=longer),
        FIRST_DONE,
        SECOND_DONE,
        ActivitySuspended(A, on=day("7-1"), reason="x"),
        ActivityRescheduled(A, on=day("7-2"), deadline=QUARTERS),
    ]
    assert S.SUSPENDED is given(ACTIVITY, *history[:-1]).when(history[-1]).status
    assert S.COMPLETED is given(ACTIVITY, *history).when(ActivityResumed(A, on=day("7-3"))).status


def test_evidence_adds_up_from_every_event_that_carries_it() -> None:
    """Completions, occurrences and filings."""
    state = given(ACTIVITY, SCHEDULED, COMPLETED).when(EvidenceFiled(A, on=day("6-2"), evidence=(OTHER_PROOF,)))
    assert state.evidence == (PROOF, OTHER_PROOF)
    assert given(ACTIVITY, RECURRING).when(FIRST_DONE).evidence == (PROOF,)


def test_a_reassignment_replaces_lead_and_supporting_agencies() -> None:
    """From its day on."""
    moved = ActivityReassigned(A, on=day("3-1"), lead="Sở Nội vụ", supporting=("Sở Tư pháp",))
    terms = given(ACTIVITY, SCHEDULED).when(moved).terms
    assert (terms.lead, terms.supporting) == ("Sở Nội vụ", ("Sở Tư pháp",))


def test_a_revision_changes_what_it_names_and_nothing_else() -> None:
    """None means that it stays."""
    before = given(ACTIVITY).when(scheduled(output="Báo cáo", weight=3, budget=5, host_fields={"id": "7"}))
    after = given(ACTIVITY, scheduled(output="Báo cáo", weight=3, budget=5, host_fields={"id": "7"})).when(
        ActivityRevised(A, on=day("3-1"), title="Rà soát mới", output="", domain="2", host_fields={})
    )
    assert (
        after.terms.title,
        after.terms.output,
        after.terms.domain,
        after.terms.host_fields,
    ) == ("Rà soát mới", "", "2", {})
    assert (before.terms.weight, before.terms.budget, JUNE) == (
        after.terms.weight,
        after.terms.budget,
        after.terms.deadline,
    )
    everything = ActivityRevised(A, on=day("3-2"), weight=9, budget=0)
    revised = given(ACTIVITY, SCHEDULED).when(everything).terms
    assert (9, 0, SCHEDULED.title) == (revised.weight, revised.budget, revised.title)


def test_the_schedule_gives_the_terms() -> None:
    """Every field of the schedule that describes the activity is in its terms."""
    event = scheduled(
        output="Báo cáo", supporting=("Sở Nội vụ",), weight=3, budget=7, host_fields={"ma": "7"}, domain="2"
    )
    state = given(ACTIVITY).when(event)
    assert state.scheduled_on == ADOPTED
    for name in ("domain", "title", "output", "lead", "supporting", "deadline", "weight", "budget", "host_fields"):
        assert getattr(event, name) == getattr(state.terms, name)


def test_a_carry_over_keeps_where_to() -> None:
    """The later plan is known from the state."""
    assert given(ACTIVITY, SCHEDULED).when(CARRIED).carried_into == "p-2024"


def test_the_latest_report_is_kept() -> None:
    """In valid time, not in the order of recording."""
    earlier = ProgressReported(A, on=day("2-15"), percent=Decimal(10))
    assert given(ACTIVITY, SCHEDULED, REPORTED).when(earlier).report == REPORTED


def test_a_confirmation_and_its_undoing_are_seen_in_the_state() -> None:
    """Reopening voids the confirmation."""
    assert CONFIRMED.on == given(ACTIVITY, SCHEDULED, COMPLETED).when(CONFIRMED).confirmed_on
    assert given(ACTIVITY, SCHEDULED, COMPLETED, CONFIRMED).when(REOPENED).confirmed_on is None


@pytest.mark.parametrize(
    "fields",
    [
        {"percent": Decimal("100.1")},
        {"percent": Decimal("-0.1")},
        {"percent": Decimal("NaN")},
        {"percent": Decimal("Infinity")},
        {"percent": 101},
        {"percent": 40.0},
        {"part": 1},
        {"part": 1, "whole": 2},
        {"whole": 2, "unit": "hồ sơ"},
        {"unit": "hồ sơ"},
        {"part": 3, "whole": 2, "unit": "hồ sơ"},
        {"part": -1, "whole": 2, "unit": "hồ sơ"},
        {"part": 1, "whole": 2, "unit": "hồ sơ", "percent": Decimal(50)},
        {},
    ],
)
def test_a_report_of_progress_has_one_whole_measure_or_words(fields: dict[str, Any]) -> None:
    """Half a measure, two measures, none, or one out of range cannot be built."""
    with pytest.raises(InvalidField) as caught:
        ProgressReported(A, on=day("3-1"), **fields)
    assert caught.value.owner == "ProgressReported"


@pytest.mark.parametrize(
    "fields",
    [
        {"percent": Decimal(0)},
        {"percent": Decimal(100)},
        {"part": 0, "whole": 0, "unit": "hồ sơ"},
        {"part": 1240, "whole": 2500, "unit": "hồ sơ"},
        {"note": "x"},
        {"obstacles": "x"},
        {"next_step": "x"},
    ],
)
def test_a_report_of_progress_with_one_measure_or_words_can_be_built(fields: dict[str, Any]) -> None:
    """The bounds themselves are in."""
    event = ProgressReported(A, on=day("3-1"), **fields)
    assert fields == {name: getattr(event, name) for name in fields}
