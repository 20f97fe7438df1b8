"""A confirmation names the record that it confirms, falls with it, and is never of one's own work."""

from collections.abc import Iterator
from contextlib import nullcontext, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack import Deadline, Document, Event, Record, Tracker, errors
from reformtrack.answers import ProgressStatus
from reformtrack.domain.confirmation import NOBODY, Deed, check_confirmations, confirmers, deeds
from reformtrack.domain.kinds import ACTIVITY
from reformtrack.domain.lineage import Lineage
from reformtrack.domain.timeline import Growing, timeline
from reformtrack.domain.values import StreamId
from reformtrack.events import (
    ActivityCompleted,
    ActivityReassigned,
    ActivityReopened,
    ActivityRescheduled,
    AgencyMerged,
    AgencyRegistered,
    CompletionConfirmed,
    CompletionReturned,
    EvidenceFiled,
    OccurrenceCompleted,
    RecordRetracted,
)
from reformtrack.policy import Permit, Situation
from tests.support import INSTANT, QUARTERS, Clock, adopted, day, scheduled, tamper

A = "p/1.01"
MARCH, SECOND = QUARTERS.days
DONE = ActivityCompleted(A, on=day("6-1"))
DAYS = st.integers(1, 6).map(lambda n: day(f"6-{n}"))
OPENS = (ActivityReopened, CompletionReturned)


def confirmed(completion: int, on: str = "7-1") -> CompletionConfirmed:
    return CompletionConfirmed(A, on=day(on), completion=completion)


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(confirmation_required=True), by="x")
        yield tracker


def status(tracker: Tracker, known_at: int | datetime | None = None) -> ProgressStatus:
    return tracker.plan("p", known_at=known_at).activity("1.01").status


def test_it_names_the_record_that_completed_the_activity(tracker: Tracker) -> None:
    """No other record, not even a completion that no longer counts."""
    tracker.record(scheduled(), DONE, by="reporter")
    for wrong in (1, 3, 99):
        with pytest.raises(errors.ConfirmsAnotherRecord, match=rf"record 2 of p/1.01 completed it, not record {wrong}"):
            tracker.record(confirmed(wrong), by="monitor")
    with pytest.raises(errors.ConfirmsAnotherRecord, match=r"not record 0 .* accepted: completion=2"):
        tracker.record(confirmed(0), by="monitor")
    tracker.record(confirmed(2), by="monitor")
    assert status(tracker) is ProgressStatus.COMPLETED


@pytest.mark.parametrize(("agency", "accepted"), [("@tu-phap", False), ("@noi-vu", False), ("@tai-chinh", True)])
def test_no_policy_lets_an_agency_or_its_line_confirm_its_own_work(agency: str, accepted: bool) -> None:
    """A policy that permits everything says for whom each records; the work is of an agency that merged into another."""

    def everything(actor: str, event: Event, situation: Situation) -> Permit:
        return Permit("everybody", {"reporter": "@tu-phap", "monitor": agency}.get(actor, ""))

    with Tracker(clock=Clock(), policy=everything) as tracker:
        tracker.record(
            *(AgencyRegistered(id, on=day("1-2"), name=id[1:]) for id in ("@tu-phap", "@noi-vu", "@tai-chinh")),
            AgencyMerged("@tu-phap", on=day("6-2"), into="@noi-vu"),
            by="steward",
        )
        tracker.record(adopted(confirmation_required=True), scheduled(), by="planner")
        tracker.record(DONE, by="reporter")
        with nullcontext() if accepted else pytest.raises(errors.ConfirmsOwnWork):
            tracker.record(confirmed(2), by="monitor")


SAID: Any = st.one_of(
    st.builds(ActivityReassigned, st.just(A), on=DAYS, lead=st.sampled_from(["Sở A", "Sở B"])),
    st.builds(EvidenceFiled, st.just(A), on=DAYS, evidence=st.just((Document(number="1"),))),
    st.builds(ActivityCompleted, st.just(A), on=DAYS),
    st.builds(CompletionConfirmed, st.just(A), on=DAYS, completion=st.integers(1, 9)),
    st.builds(
        CompletionReturned, st.just(A), on=DAYS, reason=st.just("x"), occurrence=st.sampled_from([None, None, MARCH])
    ),
    st.builds(ActivityReopened, st.just(A), on=DAYS, reason=st.just("x")),
    st.builds(RecordRetracted, st.just(A), version=st.integers(1, 9), reason=st.just("x")),
)


@given(st.lists(st.tuples(SAID, st.sampled_from("ab")), max_size=12), DAYS, st.integers(0, 12))
def test_what_grows_is_what_the_definition_says(said: list[tuple[Any, str]], on: date, left_out: int) -> None:
    """After each record: who did what that no later return sent back which was recorded after it, and who confirmed."""
    growing, records = Growing(ACTIVITY, ()), list[Record[Any]]()
    for version, (event, by) in enumerate(said, 1):
        if isinstance(event, RecordRetracted) and event.version >= version:
            continue
        records.append(Record(0, StreamId(A), len(records) + 1, event, INSTANT, by, "r"))
        growing.add(records[-1])
        facts = timeline(records)
        without = next((r for r in facts if r.version == left_out), None)
        found = deeds(growing, on, day("6-9"), without)
        assert _naive_deeds([r for r in facts if r is not without], on) == found.found
        confirmed = growing.folded(NOBODY, confirmers, len(growing.facts))
        for who in "ab":
            places = [n for n, r in enumerate(facts) if isinstance(r.event, CompletionConfirmed) and r.by == who]
            opened = [r.event.on for r in facts[places[-1] :] if isinstance(r.event, OPENS)] if places else []
            expected = (facts[places[-1]].event.on, opened[0] if opened else None) if places else None
            assert expected == confirmed.get((who, ""))


def _naive_deeds(facts: list[Record[Any]], on: date) -> set[Deed]:
    found = set()
    for place, record in enumerate(facts):
        returns = [
            r.version
            for r in facts[place:]
            if isinstance(r.event, CompletionReturned) and r.event.occurrence is None and r.event.on <= on
        ]
        if isinstance(record.event, EvidenceFiled | ActivityCompleted) and record.version > max(returns, default=0):
            leads = [r.event.leads for r in facts[:place] if isinstance(r.event, ActivityReassigned)]
            found.add(Deed(record.by, "", leads[-1] if leads else (), record.event.on))
    return found


def test_an_amendment_voids_it(tracker: Tracker) -> None:
    """The completion is recorded anew with another day: it waits for a confirmation again; what was known before stays."""
    tracker.record(scheduled(), DONE, by="reporter")
    before = tracker.record(confirmed(2), by="monitor")[0].position
    again = ActivityCompleted(A, on=day("6-20"))
    tracker.record(RecordRetracted(A, version=2, reason="sai ngày"), again, by="reporter")
    assert status(tracker) is ProgressStatus.AWAITING_CONFIRMATION
    assert status(tracker, before) is ProgressStatus.COMPLETED
    with pytest.raises(errors.ConfirmsAnotherRecord, match=r"record 2 of p/1.01 is retracted"):
        tracker.record(confirmed(2), by="monitor")
    tracker.record(confirmed(5), by="monitor")
    assert status(tracker) is ProgressStatus.COMPLETED


def test_a_completion_after_a_reopening_is_confirmed_anew(tracker: Tracker) -> None:
    """By the version of the new record."""
    reopened = ActivityReopened(A, on=day("7-2"), reason="làm lại")
    tracker.record(scheduled(), DONE, by="reporter")
    tracker.record(confirmed(2), reopened, ActivityCompleted(A, on=day("7-3")), by="monitor")
    with pytest.raises(errors.ConfirmsAnotherRecord):
        tracker.record(confirmed(2, "7-4"), by="other")
    tracker.record(confirmed(5, "7-4"), by="other")


def test_nobody_confirms_what_they_reported(tracker: Tracker) -> None:
    """Not in the same request either, and not when the completion comes after the confirmation was recorded."""
    with pytest.raises(errors.ConfirmsOwnWork):
        tracker.record(scheduled(), DONE, confirmed(2), by="one")
    tracker.record(scheduled(), DONE, by="one")
    with pytest.raises(errors.ConfirmsOwnWork, match=r"record 2 of p/1.01"):
        tracker.record(confirmed(2), by="one")
    assert status(tracker) is ProgressStatus.AWAITING_CONFIRMATION


def test_nobody_who_reported_an_occurrence_confirms_the_whole(tracker: Tracker) -> None:
    """The record to name is the last report; each of those that count is work of somebody."""
    tracker.record(scheduled(deadline=QUARTERS), by="x")
    tracker.record(OccurrenceCompleted(A, on=day("3-18"), occurrence=MARCH), by="one")
    tracker.record(OccurrenceCompleted(A, on=day("6-18"), occurrence=SECOND), by="two")
    for own in ("one", "two"):
        with pytest.raises(errors.ConfirmsOwnWork):
            tracker.record(confirmed(3), by=own)
    with pytest.raises(errors.ConfirmsAnotherRecord, match="accepted: completion=3"):
        tracker.record(confirmed(2), by="three")
    tracker.record(confirmed(3), by="three")
    assert status(tracker) is ProgressStatus.COMPLETED


def test_an_occurrence_that_was_opened_again_and_completed_is_the_last_to_be_named(tracker: Tracker) -> None:
    """Whichever occurrence comes first in the year."""
    tracker.record(scheduled(deadline=QUARTERS), by="x")
    tracker.record(OccurrenceCompleted(A, on=day("3-18"), occurrence=MARCH), by="one")
    tracker.record(OccurrenceCompleted(A, on=day("6-18"), occurrence=SECOND), by="two")
    tracker.record(CompletionReturned(A, on=day("6-20"), occurrence=MARCH, reason="thiếu số liệu"), by="three")
    tracker.record(OccurrenceCompleted(A, on=day("6-25"), occurrence=MARCH), by="one")
    with pytest.raises(errors.ConfirmsAnotherRecord, match="accepted: completion=5"):
        tracker.record(confirmed(3), by="three")
    tracker.record(confirmed(5), by="three")
    assert status(tracker) is ProgressStatus.COMPLETED


def test_an_occurrence_that_is_no_longer_asked_for_does_not_count(tracker: Tracker) -> None:
    """Who reported it has not reported the completion."""
    tracker.record(scheduled(deadline=QUARTERS), by="x")
    tracker.record(OccurrenceCompleted(A, on=day("3-18"), occurrence=MARCH), by="one")
    later = Deadline("20/6; 20/9", QUARTERS.kind, (SECOND, day("9-20")))
    tracker.record(ActivityRescheduled(A, on=day("4-1"), deadline=later), by="planner")
    tracker.record(OccurrenceCompleted(A, on=day("6-18"), occurrence=SECOND), by="two")
    tracker.record(OccurrenceCompleted(A, on=day("9-18"), occurrence=day("9-20")), by="two")
    tracker.record(confirmed(5, "9-30"), by="one")
    assert status(tracker) is ProgressStatus.COMPLETED


def test_an_occurrence_is_not_replaced_under_a_confirmation(tracker: Tracker) -> None:
    """What was late when it was confirmed would be on time, and confirmed: the confirmation is taken back first."""
    tracker.record(scheduled(deadline=QUARTERS), by="x")
    tracker.record(OccurrenceCompleted(A, on=day("5-8"), occurrence=MARCH), by="one")
    tracker.record(OccurrenceCompleted(A, on=day("6-18"), occurrence=SECOND), by="one")
    tracker.record(confirmed(3), by="two")
    taken = RecordRetracted(A, version=2, reason="sai ngày")
    again = OccurrenceCompleted(A, on=day("3-18"), occurrence=MARCH)
    with pytest.raises(errors.ConfirmsAnotherRecord, match=r"record 6 of p/1.01 came after .*, record 4") as caught:
        tracker.record(taken, again, by="one")
    assert (taken, again) == tuple(caught.value.proposed)
    assert 6 == caught.value.in_the_way.version
    tracker.record(RecordRetracted(A, version=4, reason="sửa"), by="two")
    tracker.record(taken, again, by="one")
    assert status(tracker) is ProgressStatus.AWAITING_CONFIRMATION
    tracker.record(confirmed(3), by="two")
    assert status(tracker) is ProgressStatus.COMPLETED


@given(
    st.lists(
        st.tuples(st.sampled_from((MARCH, SECOND)), st.integers(1, 12), st.booleans()) | st.integers(1, 12),
        min_size=4,
        max_size=12,
    )
)
def test_what_is_confirmed_was_on_record_when_it_was_confirmed(said: list[tuple[date, int, bool] | int]) -> None:
    """Whatever is reported, taken back and reported anew: after each request every report that counts is older."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(confirmation_required=True), scheduled(deadline=QUARTERS), by="x")
        for what in ((MARCH, 5, True), (SECOND, 6, True), 3, *said):
            taken = [RecordRetracted(A, version=what, reason="x")] if isinstance(what, int) else []
            events: list[Any] = taken
            if isinstance(what, tuple):
                due, month, is_anew = what
                gone = [r.version for r in tracker.log.history(A) if getattr(r.event, "occurrence", None) == due]
                events = [RecordRetracted(A, version=n, reason="x") for n in gone[-1:] if is_anew]
                events.append(OccurrenceCompleted(A, on=date(2023, month, 8), occurrence=due))
            with suppress(errors.ReformtrackError):
                tracker.record(*events, by="one")
            with suppress(errors.ReformtrackError):
                tracker.record(confirmed(len(tracker.log.history(A)), "12-30"), by="two")
            reports: dict[date, int] = {}
            history: Any = tracker.log.history(A)
            for record in timeline(history):
                if isinstance(record.event, OccurrenceCompleted):
                    reports[record.event.occurrence] = record.version
                elif isinstance(record.event, CompletionConfirmed):
                    assert max(reports.values()) < record.version


def test_what_would_make_a_confirmation_wrong_is_refused(tracker: Tracker) -> None:
    """Somebody reports late what comes before it: the error names the confirmation and what was proposed."""
    tracker.record(scheduled(), by="x")
    reopened = ActivityReopened(A, on=day("6-10"), reason="x")
    tracker.record(DONE, by="one")
    tracker.record(confirmed(2, "7-1"), by="two")
    with pytest.raises(errors.IllegalHistory) as caught:
        tracker.record(reopened, ActivityCompleted(A, on=day("6-20")), by="two")
    assert isinstance(caught.value, errors.ConfirmsAnotherRecord)
    assert (reopened, ActivityCompleted(A, on=day("6-20"))) == tuple(caught.value.proposed)


def test_records_of_before_the_rule_stay_as_they_are(tmp_path: Path) -> None:
    """A confirmation that names nothing counts as it did, and whatever comes after it is judged as before."""
    url = f"sqlite:///{tmp_path}/old.db"
    with Tracker(url, clock=(clock := Clock())) as tracker:
        tracker.record(adopted(confirmation_required=True), scheduled(), DONE, by="one")
        tracker.record(confirmed(2), by="two")
    tamper(
        url,
        "UPDATE reformtrack_log SET topic = 'CompletionConfirmed.1', "
        "state = CAST(json_remove(state, '$.event.completion') AS BLOB) WHERE topic = 'CompletionConfirmed.2'",
    )
    with Tracker(url, clock=clock) as tracker:
        last = tracker.log.history(A)[-1].event
        assert isinstance(last, CompletionConfirmed)
        assert 0 == last.completion
        assert status(tracker) is ProgressStatus.COMPLETED
        clock.now += timedelta(days=1)
        tracker.record(ActivityReopened(A, on=day("7-2"), reason="làm lại"), by="two")
        assert status(tracker) is ProgressStatus.IN_PROGRESS


def test_what_nothing_completed_cannot_be_confirmed() -> None:
    """As in a log that was imported, of which the first records are not there."""
    alone = Record(0, StreamId(A), 3, confirmed(2), INSTANT, "b", "r")
    with pytest.raises(errors.ConfirmsAnotherRecord) as caught:
        check_confirmations([], [alone], Lineage(lambda _: None))
    assert "nothing completed p/1.01" == caught.value.found
    assert "the record that completed it" == caught.value.accepted
