"""Data frames: what is counted in them is what the plan counts, and each record is in them once."""

import json
import sys
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Any

import attrs
import msgspec
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack import CountingRule, Deadline, Document, Plan, Tracker
from reformtrack.answers import ProgressStatus, Timeliness
from reformtrack.domain.kinds import EVENT_TYPES
from reformtrack.domain.values import plan_id
from reformtrack.errors import MissingExtra, UnreadableRecord
from reformtrack.events import (
    ActivityCompleted,
    ActivityRescheduled,
    CompletionConfirmed,
    OccurrenceCompleted,
    PlanAmended,
    RecordRetracted,
)
from reformtrack.testing import events as any_events
from reformtrack.testing import proposals
from reformtrack.testing.history import DAYS
from reformtrack.views.frames import ACTIVITIES, HISTORY, STATUSES, TIMELINESS, activities_frame, history_frame
from reformtrack.views.plan import fold_plan
from reformtrack.web import create_app
from tests.cli.conftest import Run, run
from tests.support import ADOPTED, QUARTERS, REGULAR, Clock, adopted, day, records, scheduled, tamper, tracker_of
from tests.web.asking import ask

__all__ = ["run"]

COMPLETED, OVERDUE, DATED = pl.col("status") == "completed", pl.col("overdue"), pl.col("dated")
IN_PLAN = ~pl.col("status").is_in(["withdrawn", "carried_over"])
COUNTED = {
    CountingRule.WHOLE_PLAN: IN_PLAN,
    CountingRule.DATED_ONLY: IN_PLAN & DATED,
    CountingRule.FALLEN_DUE: IN_PLAN & (COMPLETED | OVERDUE),
}
"""What the docs say of each rule, in the words of polars."""

KEYS = {
    "domain": pl.col("domain"),
    "lead": pl.col("lead"),
}
A = "p/1.01"


@given(proposals(), DAYS, st.booleans())
def test_the_frame_counts_what_the_plan_counts(events: list[Any], on: date, confirmation: bool) -> None:
    """Under every rule and split every way: completed, total and overdue."""
    with tracker_of(events, confirmation_required=confirmation) as tracker:
        plan = tracker.plan("p", on=on)
    frame = activities_frame(plan)
    for rule, counted in COUNTED.items():
        for by, key in KEYS.items():
            grouped = frame.group_by(key.alias("key")).agg(
                (COMPLETED & counted).sum().alias("completed"), counted.sum().alias("total"), OVERDUE.sum()
            )
            expected = {
                name: (part.completed, part.total, part.overdue)
                for name, part in plan.progress_by(by, rule).items()  # type: ignore[arg-type]  # the keys of KEYS
                if by == "lead" or any(activity.domain == name for activity in plan.activities)
            }
            assert expected == {name: tuple(row) for name, *row in grouped.iter_rows()}


@given(proposals(), DAYS, st.booleans())
def test_a_row_of_the_frame_says_what_the_activity_says(events: list[Any], on: date, confirmation: bool) -> None:
    """Every activity once, in the plan's order; days, status and counts as they are."""
    with tracker_of(events, confirmation_required=confirmation) as tracker:
        plan = tracker.plan("p", on=on)
    rows = activities_frame(plan).to_dicts()
    assert [activity.id for activity in plan.activities] == [row["activity"] for row in rows]
    for activity, row in zip(plan.activities, rows, strict=True):
        assert (activity.status, activity.timeliness()) == (
            ProgressStatus(row["status"]),
            Timeliness(row["timeliness"]),
        )
        assert (activity.due, activity.is_overdue, activity.days_overdue) == (
            row["due"],
            row["overdue"],
            row["days_overdue"],
        )
        assert (activity.completed_on, activity.reported_on) == (row["completed_on"], row["reported_on"])
        assert activity.state.confirmed_on == row["confirmed_on"]
        assert (len(activity.state.evidence), len(activity.timeline)) == (row["evidence"], row["records"])
        done = set(activity.deadline.occurrences) & set(dict(activity.state.occurrences))
        assert (len(activity.deadline.occurrences), len(done)) == (row["occurrences"], row["occurrences_done"])
        assert {"1": "Thể chế", "2": "Thủ tục hành chính"}[row["domain"]] == row["domain_title"]


def test_an_occurrence_that_left_the_deadline_is_not_counted_as_done() -> None:
    """Two of two are open once the deadline is of other days; none when it does not recur."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(deadline=Deadline.parse("20/2; 20/3", 2023)), by="a")
        tracker.record(
            OccurrenceCompleted(A, on=day("2-1"), occurrence=day("2-20")),
            ActivityRescheduled(A, on=day("3-1"), deadline=Deadline.parse("20/5; 20/6", 2023)),
            ActivityRescheduled(A, on=day("4-1"), deadline=Deadline.parse("20/2", 2023)),
            by="a",
        )
        found = [
            activities_frame(tracker.plan("p", on=day(on))).select("occurrences", "occurrences_done").row(0)
            for on in ("2-2", "3-2", "4-2")
        ]
    assert [(2, 1), (2, 0), (0, 0)] == found


@given(proposals(), proposals(), DAYS)
def test_the_history_has_each_record_that_was_known_once(before: list[Any], after: list[Any], on: date) -> None:
    """In the order of the log, as it was recorded; what came later is not in it, and does not retract in it."""
    with tracker_of(before) as tracker:
        position = tracker.log.position()
        log = list(tracker.log.records())
        gone = {(r.stream, r.event.version) for r in log if isinstance(r.event, RecordRetracted)}
        for number, event in enumerate(after):
            try:
                tracker.record(event, by="tester", request_id=str(number))
            except ValueError:
                continue
        frame = history_frame(tracker.plan("p", on=on, known_at=position))
        whole = history_frame(tracker.plan("p"))
        assert len(list(tracker.log.records())) == len(whole)
    assert whole.head(len(log)).drop("retracted").equals(frame.drop("retracted"))
    rows = frame.to_dicts()
    assert [(r.position, r.stream, r.version, r.by, r.request_id, r.recorded_at) for r in log] == [
        (row["position"], row["stream"], row["version"], row["by"], row["request_id"], row["recorded_at"])
        for row in rows
    ]
    assert [getattr(record.event, "on", None) for record in log] == [row["on"] for row in rows]
    assert gone == {(row["stream"], row["version"]) for row in rows if row["retracted"]}
    types = {cls.__name__: cls for cls in EVENT_TYPES}
    assert [r.event for r in log] == [msgspec.json.decode(row["event"], type=types[row["name"]]) for row in rows]


@given(any_events())
def test_every_event_reads_back_from_its_json(event: Any) -> None:
    """Of any kind, with any text and number that it may have."""
    plan = fold_plan(plan_id("p"), {}, ADOPTED)
    [row] = history_frame(attrs.evolve(plan, records={event.subject: tuple(records(event))})).to_dicts()
    assert event == msgspec.json.decode(row["event"], type=type(event))


def test_the_columns_are_typed_whatever_is_in_them() -> None:
    """A plan without activities has the columns and types of one with; so has a history of nothing."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), by="x")
        empty = tracker.plan("p")
        tracker.record(scheduled(supporting=("Sở Nội vụ",), budget=10**15, weight=3), by="x")
        full = activities_frame(tracker.plan("p"))
    assert full.schema == activities_frame(empty).schema
    assert (0, 1) == (len(activities_frame(empty)), len(full))
    assert {"plan", "domain_title", "lead", *(name for name, *_ in ACTIVITIES)} == set(full.columns)
    days = ("due", "final_due", "scheduled_on", "started_on", "completed_on", "reported_on", "confirmed_on")
    assert [pl.Date] * 7 == [full.schema[name] for name in days]
    assert [STATUSES, TIMELINESS] == [full.schema[name] for name in ("status", "timeliness")]
    assert [(["Sở Nội vụ"], 10**15, 3)] == full.select("supporting", "budget", "weight").rows()
    nothing = history_frame(fold_plan(empty.id, {}, ADOPTED))
    assert (0, pl.Schema(HISTORY)) == (len(nothing), nothing.schema)
    assert history_frame(empty).schema == nothing.schema


def test_frames_of_several_plans_stand_under_each_other() -> None:
    """The same columns and types, and each row names its plan."""
    with Tracker(clock=Clock()) as tracker:
        for plan in ("p", "q"):
            tracker.record(adopted(plan), scheduled(f"{plan}/1", deadline=QUARTERS), by="x")
        frames = [activities_frame(tracker.plan(plan)) for plan in ("p", "q")]
    assert [("p", 2), ("q", 2)] == pl.concat(frames).select("plan", "occurrences").rows()


def test_the_history_names_the_instant_in_utc_and_has_what_is_not_of_the_day_yet() -> None:
    """`recorded_at` is an instant with its zone; a record of a later day is in it."""
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        tracker.record(adopted(), scheduled(deadline=REGULAR), by="x", request_id="r1")
        clock.now += timedelta(microseconds=1)
        tracker.record(PlanAmended("p", on=day("12-1"), document=Document(number="2/QĐ")), by="y", request_id="r2")
        frame = history_frame(tracker.plan("p", on=ADOPTED))
    assert [("x", "r1"), ("x", "r1"), ("y", "r2")] == frame.select("by", "request_id").rows()
    assert clock.now == frame["recorded_at"][2]
    assert UTC.utcoffset(None) == frame["recorded_at"][2].utcoffset()
    assert ["PlanAdopted", "ActivityScheduled", "PlanAmended"] == frame["name"].to_list()


@pytest.mark.parametrize("frame", [activities_frame, history_frame])
def test_a_plan_with_an_unreadable_record_gives_no_frame(frame: Any, tmp_path: Any) -> None:
    """A frame that silently leaves out a row would be counted."""
    url = f"sqlite:///{tmp_path}/plans.db"
    with Tracker(url, clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        tamper(url, "UPDATE reformtrack_log SET topic = 'X.1' WHERE position = 2")
        with pytest.raises(UnreadableRecord):
            frame(tracker.plan("p"))


def test_a_plan_gives_its_frames() -> None:
    """`to_frame` and `history_frame`."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        plan = tracker.plan("p")
    assert activities_frame(plan).equals(plan.to_frame())
    assert history_frame(plan).equals(plan.history_frame())


@pytest.mark.parametrize("frame", [Plan.to_frame, Plan.history_frame])
def test_without_polars_it_is_said_what_to_install(frame: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    monkeypatch.delitem(sys.modules, "reformtrack.views.frames")
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), by="x")
        with pytest.raises(MissingExtra, match=r"polars is not installed; .* 'reformtrack\[analytics\]'"):
            frame(tracker.plan("p"))


def test_a_confirmation_falls_with_what_it_confirms_wherever_it_is_shown(tmp_path: Path, run: Run) -> None:
    """In the frame, as JSON, in the terminal and on the page: with the record by which it fell."""
    url = f"sqlite:///{tmp_path}/plans.db"
    with Tracker(url, clock=Clock()) as tracker:
        tracker.record(
            adopted(confirmation_required=True), scheduled("p/1"), ActivityCompleted("p/1", on=day("3-1")), by="x"
        )
        tracker.record(CompletionConfirmed("p/1", on=day("3-2"), completion=2), by="y")
        tracker.record(RecordRetracted("p/1", version=2, reason="nhầm"), by="x")
        frame = history_frame(tracker.plan("p")).filter(pl.col("stream") == "p/1")
        page = ask(create_app(tracker), "/plans/p/activities/1").text
    assert [False, True, True, False] == frame["retracted"].to_list()
    said = json.loads(run("history", "p/1", "--store", tmp_path / "plans.db", "--json").out)["records"]
    assert [None, 4, 4, None] == [one["retracted_by"] for one in said]
    assert 2 == run("history", "p/1", "--store", tmp_path / "plans.db").out.count("thu hồi bởi bản ghi số 4")
    assert 2 == page.count("thu hồi bởi bản ghi số 4. Lý do thu hồi: nhầm")


def test_amid_a_request_a_domain_that_is_gone_has_its_code_for_a_title(tmp_path: Path, run: Run) -> None:
    """The plan is adopted anew with fewer domains, and an activity is not yet in another one: it is counted on each face."""
    url, few = f"sqlite:///{tmp_path}/plans.db", adopted().domains[:1]
    with Tracker(url, clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled("p/1", domain="2"), by="x")
        gone = (RecordRetracted(id, version=1, reason="nhầm") for id in ("p", "p/1"))
        tracker.record(next(gone), adopted(domains=few), next(gone), scheduled("p/1"), by="x")
        plan = tracker.plan("p", known_at=4)
        assert ["2"] == plan.to_frame()["domain_title"].to_list()
        assert list(plan.progress_by("domain")) == [few[0].code, "2"]
    lines = run("plan", "p", "--store", tmp_path / "plans.db", "--known-at", "4").out.splitlines()
    assert ["2", "2", "0/1", "0,0%", "1"] in [line.split() for line in lines]
