"""The materialised views: equal to the live fold, whether they were brought up to date step by step or made anew."""

import contextlib
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reformtrack import CountingRule, IllegalHistory, InvalidField, NotFound, StoreError, Tracker
from reformtrack import projection as module
from reformtrack.answers import Rollup, Tally
from reformtrack.country import spans
from reformtrack.country.folding import read_row
from reformtrack.domain.progress import Counted
from reformtrack.domain.texts import LedAs, name_key
from reformtrack.domain.values import plan_of
from reformtrack.domain.wording import lead_words, spelt
from reformtrack.events import (
    ActivityCompleted,
    ActivityStarted,
    CompletionConfirmed,
    PlanClosed,
    ProgressReported,
    RecordRetracted,
)
from reformtrack.store import view_tables
from reformtrack.testing import proposals
from reformtrack.testing.history import DAYS
from reformtrack.views.plan import PATH
from reformtrack.views.rollup import RollupBy
from reformtrack.views.rows import PlanRow
from tests.support import ADOPTED, AT_LENGTH, INSTANT, REGULAR, Clock, adopted, day, scheduled, tamper


def tables(tracker: Tracker) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the current views."""
    with tracker._store.moment() as session:
        found = view_tables.current(session)
        assert found is not None
        contents = {
            name: list(map(tuple, session.select(f"SELECT * FROM reformtrack_{name}_{found.generation}")))
            for name in view_tables.NAMES
        }
        # A name may have another number in another generation, and stay when nothing is counted by it any more.
        names = view_tables.names(session, found.generation)
        contents["spans"] = [read_row(row, names) for row in contents["spans"]]
        contents["today"] = [(view_tables.place(cell, names), *counted) for cell, *counted in contents["today"]]
        del contents["names"]
        rows = {name: sorted(rows) for name, rows in contents.items()}
        return {**rows, "at": [(found.position, found.latest_day)]}


def called_everywhere(tracker: Tracker, plans: list[str], on: date) -> dict[str, str]:
    """How a line of a lead is called among all plans, by how it is called in its own."""
    found = []
    for id in plans:
        with contextlib.suppress(NotFound):
            plan = tracker.plan(id, on=on)
            found += [(plan.lead_of(activity), activity.leads) for activity in plan.activities]
    called = spelt(leads for _, leads in found)
    return {line: lead_words(called[leads]) for line, leads in found}


def live(tracker: Tracker, plans: list[str], rule: CountingRule, on: date) -> dict[tuple[str, ...], Tally]:
    """The counts of plans by jurisdiction, plan, domain and lead, from the plans themselves."""
    counts: dict[tuple[str, ...], Counter[Counted]] = {}
    for id in plans:
        try:
            plan = tracker.plan(id, on=on)
        except NotFound:
            continue
        counted = dict(plan.progress(rule).counted)
        for activity in plan.activities:
            key = (plan.state.jurisdiction, id, activity.domain, plan.lead_of(activity))
            counts.setdefault(key, Counter())[counted[activity.id]] += 1
    return {key: Tally(rule=rule, counts=found) for key, found in counts.items()}


def check_all(tracker: Tracker, plans: list[str], day_before: date) -> None:
    """Live = incremental = rebuilt, under every rule, today and on a day before, split in every way."""
    tracker.views.catch_up()
    incremental = tables(tracker)
    for rule in CountingRule:
        for on in (tracker.today(), tracker.today() + timedelta(days=400), day_before):
            expected, everywhere = live(tracker, plans, rule, on), called_everywhere(tracker, plans, on)
            found = tracker.rollup(by=("jurisdiction", "plan", "domain", "lead"), on=on, rule=rule)
            assert expected == found.lines
            rows = [(row.plan, row.jurisdiction, row.title) for row in tracker.plans(on)]
            assert rows == [(plan.id, plan.jurisdiction, plan.title) for plan in found.plans]
            for by in (
                ("lead",),
                ("plan", "domain"),
                ("jurisdiction", "domain"),
                ("domain", "jurisdiction"),
                ("domain",),
                (),
            ):
                places = [("jurisdiction", "plan", "domain", "lead").index(name) for name in by]
                summed: dict[tuple[str, ...], Tally] = {}
                for key, line in expected.items():
                    part = tuple(everywhere[key[3]] if place == 3 else key[place] for place in places)
                    summed[part] = summed.get(part, Tally(rule=rule)) + line
                split = tracker.rollup(by=by, on=on, rule=rule)
                assert summed == dict(split.lines)
                assert found.total == split.total
                assert len(split.lines) == len(summed)
    tracker.views.rebuild()
    assert incremental == tables(tracker)


BY: tuple[RollupBy, ...] = ("jurisdiction", "plan", "domain", "lead", "group")


def folded(tracker: Tracker, plans: list[str], on: date, position: int, rule: CountingRule) -> list[tuple[Any, ...]]:
    """(its key by all of `BY`, the leads as printed, as what it is counted) of each activity, from the live fold."""
    found: list[tuple[Any, ...]] = []
    for id in plans:
        with contextlib.suppress(NotFound):
            plan = tracker.plan(id, on=on, known_at=position)
            counted = dict(plan.progress(rule).counted)
            for one in plan.activities:
                key = (plan.state.jurisdiction, id, one.domain, plan.lead_of(one), PATH.join(one.group))
                found.append((key, one.leads, counted[one.id]))
    return found


def counted_by(activities: list[tuple[Any, ...]], by: Sequence[RollupBy]) -> dict[tuple[str, ...], Counter[Counted]]:
    """What `folded` gave, counted as a roll-up splits it; where plans are not told apart, leads are one in all of them."""
    called = spelt(leads for _, leads, _ in activities)
    counts: dict[tuple[str, ...], Counter[Counted]] = {}
    for key, leads, counted in activities:
        names = dict(zip(BY, key, strict=True))
        if "plan" not in by:
            names["lead"] = lead_words(called[leads])
        counts.setdefault(tuple(names[name] for name in by), Counter())[counted] += 1
    return counts


def check_as_known(tracker: Tracker, plans: list[str], draw: random.Random) -> None:
    """At any day, as known at any position: each roll-up is the counts of the plans, and each row of a plan is the plan."""
    head = tracker.log.position()
    days = [record.event.on for record in tracker.log.records() if hasattr(record.event, "on")]
    dues = [
        due for record in tracker.log.records() for due in getattr(getattr(record.event, "deadline", None), "days", ())
    ]
    for _ in range(12):
        on = draw.choice([*days, *dues]) + timedelta(days=draw.randrange(-1, 2))
        position, rule = draw.choice((head, draw.randrange(head + 1))), draw.choice(list(CountingRule))
        by = draw.sample(BY, draw.randrange(len(BY) + 1))
        activities = folded(tracker, plans, on, position, rule)
        counts: dict[tuple[str, ...], Counter[Counted]] = {}
        there = {row.plan: row for row in tracker.plans(on, position)}
        if {*by} <= {"jurisdiction", "plan"} and by:
            for row in there.values():
                counts.setdefault(tuple(getattr(row, name) for name in by), Counter())
        counts |= counted_by(activities, by)
        found = tracker.rollup(by=by, on=on, rule=rule, known_at=position)
        assert {key: Tally(rule=rule, counts=count) for key, count in counts.items()} == dict(found.lines)
        assert (position, tuple(by)) == (found.position, found.by)
        if position == head:
            assert dict(found.lines) == dict(tracker.rollup(by=by, on=on, rule=rule).lines)
        check_leads(tracker, activities, on, position, rule)
        assert [(row.plan, row.jurisdiction, row.title) for row in there.values()] == [
            (plan.id, plan.jurisdiction, plan.title) for plan in tracker.named_plans(on, position)
        ]
        check_plans(tracker, plans, there, on, position)
        check_silent(tracker, plans, on, position, draw.choice((0, 1, 1, 3, 30)))


def check_leads(
    tracker: Tracker, activities: list[tuple[Any, ...]], on: date, position: int, rule: CountingRule
) -> None:
    """Of one lead, in whatever spelling, are counted those of each plan that has any, and no others."""
    lines = {key[3] for key, *_ in activities}
    for line in lines:
        is_it, counts = LedAs(line.swapcase()), dict[tuple[str, ...], Counter[Counted]]()
        for key, _, counted in activities:
            if name_key(key[3]) == name_key(line):
                counts.setdefault(key[1:2], Counter())[counted] += 1
        found = tracker.rollup(by=("plan",), on=on, rule=rule, known_at=position, leads=is_it, silent_days=None)
        assert {key: Tally(rule=rule, counts=count) for key, count in counts.items()} == dict(found.lines)
        assert () == found.silent

    def others(line: str) -> bool:
        return not any(LedAs(one)(line) for one in lines)

    assert {} == tracker.rollup(by=("plan",), on=on, known_at=position, leads=others).lines


def check_plans(tracker: Tracker, plans: list[str], rows: dict[str, PlanRow], on: date, position: int) -> None:
    """Each row is what the plan says of itself."""
    for id in plans:
        try:
            plan = tracker.plan(id, on=on, known_at=position)
        except NotFound:
            assert id not in rows
            continue
        version = plan.plan_version
        assert (version.number, version.undocumented, version.apart) == (
            rows[id].version,
            rows[id].undocumented,
            rows[id].apart,
        )
        assert (plan.state.jurisdiction, plan.state.title, plan.state.is_open) == (
            rows[id].jurisdiction,
            rows[id].title,
            rows[id].is_open,
        )


def check_silent(tracker: Tracker, plans: list[str], on: date, position: int, days: int) -> None:
    """The open plans whose last record, known then and made by the end of the day, is from before the days asked for."""

    def by_end_of(day_: date) -> int:
        end = tracker.end_of(day_)
        return tracker.log.position() if end is None else tracker.log.position(end)

    expected = []
    for id in plans:
        last = [
            record
            for record in tracker.log.records()
            if plan_of(record.stream) == id and record.position <= min(position, by_end_of(on))
        ][-1:]
        with contextlib.suppress(NotFound):
            plan = tracker.plan(id, on=on, known_at=position)
            if plan.state.is_open and last and last[0].position <= by_end_of(on - timedelta(days=days)):
                expected.append((id, last[0].recorded_at))
    found = tracker.rollup(on=on, known_at=position, silent_days=days).silent
    assert sorted(expected, key=lambda one: (one[1], one[0])) == [(one.plan, one.recorded_at) for one in found]


def run(tracker: Tracker, clock: Clock, events: list[Any], draw: random.Random) -> None:
    """Record what is legal, and catch up now and then."""
    tracker.record(adopted(), adopted("q", confirmation_required=True, jurisdiction="Xã Q"), by="a")
    tracker.record(
        scheduled("q/1"), ActivityCompleted("q/1", on=day("7-1")), scheduled("q/2", deadline=REGULAR), by="a"
    )
    for event in events:
        clock.now += timedelta(minutes=draw.choice((1, 1, 500, 3_000)))
        with contextlib.suppress(IllegalHistory):
            tracker.record(event, by="monitor" if isinstance(event, CompletionConfirmed) else "tester")
        if draw.random() < 0.2:
            tracker.views.catch_up()


FEW = settings(max_examples=max(1, settings().max_examples // (1 if AT_LENGTH else 4)))
"""Each example asks hundreds of questions; test_live_incremental_and_rebuilt_views_are_equal has them all."""


@pytest.mark.long
@given(proposals(), DAYS, st.integers(0, 1000))
def test_live_incremental_and_rebuilt_views_are_equal(events: list[Any], before: date, seed: int) -> None:
    """Over any history, late facts and retractions and all, caught up at any points."""
    clock = Clock(INSTANT - timedelta(minutes=3_000 * (len(events) + 1)))
    with Tracker(clock=clock) as tracker:
        draw = random.Random(seed)
        run(tracker, clock, events, draw)
        check_all(tracker, ["p", "q"], before)
        check_as_known(tracker, ["p", "q"], draw)


@pytest.mark.long
@FEW
@given(proposals(), DAYS, st.integers(0, 1000))
def test_so_are_those_with_plans_that_have_too_many_spans(events: list[Any], before: date, seed: int) -> None:
    """Such a plan is answered from its records, beside others that are not, and stays so; the answers are the same."""
    clock = Clock(INSTANT - timedelta(minutes=3_000 * (len(events) + 1)))
    with pytest.MonkeyPatch.context() as patch, Tracker(clock=clock) as tracker:
        patch.setattr(spans, "MOST", 6)
        draw = random.Random(seed)
        run(tracker, clock, events, draw)
        check_all(tracker, ["p", "q"], before)
        check_as_known(tracker, ["p", "q"], draw)
        assert "q" not in tracker.views.live()
        assert () == tracker.log.check()


def test_a_plan_of_too_many_spans_is_named(any_url: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the limit is another, and what it keeps is made anew."""
    with Tracker(any_url, clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), adopted("q"), scheduled("q/1"), by="a")
        tracker.record(ActivityStarted("p/1.01", on=day("2-1")), ActivityStarted("q/1", on=day("2-1")), by="a")
        tracker.plans()
        assert () == tracker.views.live()
        with monkeypatch.context() as patch:
            patch.setattr(spans, "MOST", 4)
            for _ in range(2):
                tracker.record(ActivityCompleted("p/1.01", on=day("6-1")), by="a")
                tracker.record(
                    RecordRetracted("p/1.01", version=len(tracker.log.history("p/1.01")), reason="x"), by="a"
                )
            check_all(tracker, ["p", "q"], day("6-2"))
            assert ("p",) == tracker.views.live()
            assert {("p",), ("q",)} == set(tracker.rollup(by=["plan"], on=day("3-1")).lines)
            assert ["p", "q"] == [row.plan for row in tracker.plans(day("3-1"))]
            later = tracker.today() + timedelta(days=60)
            assert ["p", "q"] == sorted(one.plan for one in tracker.rollup(on=later).silent)
            assert ("p",) == tracker.views.live()
        tracker.views.refold("p")
        assert () == tracker.views.live()
        check_all(tracker, ["p", "q"], day("6-2"))
        assert () == tracker.log.check()


def test_a_plan_is_folded_anew_before_anything_was_asked(any_url: str | None) -> None:
    """There is nothing to make anew; the next question makes the views."""
    with Tracker(any_url, clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="a")
        tracker.views.refold("p")
        assert 1 == tracker.rollup().total.total
        assert () == tracker.log.check()


def test_a_plan_whose_record_can_be_read_again_is_folded_anew(url: str) -> None:
    """The only record that is learnt at an earlier position."""
    with Tracker(url) as tracker:
        tracker.record(adopted(), scheduled(), adopted("q"), scheduled("q/1"), by="a")
        tamper(url, "UPDATE reformtrack_log SET topic = 'X.1' WHERE originator_id = 'p/1.01'")
        assert ("p",) == tracker.rollup().unreadable
        tamper(url, "UPDATE reformtrack_log SET topic = 'ActivityScheduled.1' WHERE originator_id = 'p/1.01'")
        assert ("p",) == tracker.rollup().unreadable
        tracker.views.refold("p")
        assert () == tracker.rollup().unreadable
        check_all(tracker, ["p", "q"], day("6-2"))
        with pytest.raises(InvalidField):
            tracker.views.refold("P!")


@pytest.mark.long
@settings(FEW, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(events=proposals(), before=DAYS, seed=st.integers(0, 1000))
def test_they_are_equal_in_postgresql_too(server: str, events: list[Any], before: date, seed: int) -> None:
    """The same law."""
    clock = Clock(INSTANT - timedelta(minutes=3_000 * (len(events) + 1)))
    with Tracker(f"{server}&schema=law_{time.monotonic_ns()}", clock=clock) as tracker:
        draw = random.Random(seed)
        run(tracker, clock, events, draw)
        check_all(tracker, ["p", "q"], before)
        check_as_known(tracker, ["p", "q"], draw)


def test_a_plan_that_is_retracted_leaves_the_views(any_url: str | None) -> None:
    """And comes back when it is adopted again; a change of its confirmation rule changes all its activities."""
    with Tracker(any_url, clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), ActivityCompleted("p/1.01", on=day("7-10")), by="a")
        assert "1/1 (100,0%)" == str(tracker.rollup().total)
        tracker.record(
            *(RecordRetracted(s, version=v, reason="x") for s, v in (("p/1.01", 2), ("p/1.01", 1), ("p", 1))), by="a"
        )
        assert {} == tracker.rollup().lines
        tracker.record(adopted(confirmation_required=True), by="a")
        tracker.record(scheduled(), ActivityCompleted("p/1.01", on=day("7-10")), by="a")
        rollup = tracker.rollup()
        assert (0, 1, 1) == (rollup.total.completed, rollup.total.total, rollup.total.overdue)
        check_all(tracker, ["p"], day("6-30"))


def test_a_batch_and_its_position_are_one_transaction(any_url: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails in the middle leaves the views where they were; the next attempt goes on."""
    monkeypatch.setattr(module, "BATCH", 3)
    with Tracker(any_url) as tracker:
        tracker.record(adopted(), by="a")
        tracker.views.catch_up()
        tracker.record(*(scheduled(f"p/{n}") for n in range(10)), by="a")
        before, calls = tables(tracker), []

        def failing(*_: Any) -> None:
            calls.append(1)
            raise KeyboardInterrupt

        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(view_tables, "track", failing)
            tracker.views.catch_up()
        assert [1] == calls
        assert before == tables(tracker)
        assert 11 == tracker.views.catch_up()
        check_all(tracker, ["p"], ADOPTED)


def test_a_reader_never_sees_half_a_view(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """While views are made anew, again and again, each answer is the whole one."""
    monkeypatch.setattr(module, "PAGE", 20)
    with Tracker(url) as tracker:
        tracker.record(adopted(), *(scheduled(f"p/{n}") for n in range(200)), by="a")
        expected = tracker.rollup().lines
        stop = threading.Event()
        seen: list[Rollup] = []

        def read() -> None:
            with Tracker(url) as other:
                while not stop.is_set():
                    seen.append(other.rollup())

        reader = threading.Thread(target=read)
        reader.start()
        told: list[tuple[int, int]] = []
        while reader.is_alive() and (len(seen) < 5 or len(told) < 20):
            tracker.views.rebuild(lambda *at: told.append(at))
        stop.set()
        reader.join()
    assert len(seen) >= 5
    assert all(expected == rollup.lines for rollup in seen)
    assert (201, 201) == told[-1]
    assert all(done <= total for done, total in told)


def test_several_may_catch_up_at_once(url: str) -> None:
    """Each record is applied once."""
    with Tracker(url) as tracker:
        tracker.record(adopted(), by="a")

        def help_(number: int) -> None:
            with Tracker(url) as other:
                for n in range(10):
                    other.record(scheduled(f"p/{number}.{n}"), by="a")
                    other.views.catch_up()

        threads = [threading.Thread(target=help_, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        check_all(tracker, ["p"], ADOPTED)
        assert 40 == tracker.rollup().total.total


CATCHING_UP = """
import sys
from reformtrack import Tracker, projection
projection.BATCH = 7
with Tracker(sys.argv[1]) as tracker:
    print("ready", flush=True)
    while True:
        tracker.views.catch_up()
        tracker.views.rebuild()
"""


@pytest.mark.slow
def test_views_catch_up_by_themselves_after_a_kill(url: str) -> None:
    """Killed again and again while they are brought up to date and made anew, and more is recorded in between."""
    draw = random.Random(3)
    with Tracker(url) as tracker:
        tracker.record(adopted(), *(scheduled(f"p/{n}") for n in range(50)), by="a")
        for round_ in range(6):
            with subprocess.Popen(
                [sys.executable, "-c", CATCHING_UP, url], stdout=subprocess.PIPE, text=True
            ) as helper:
                assert helper.stdout is not None
                assert "ready\n" == helper.stdout.readline()
                for n in range(20):
                    tracker.record(ProgressReported(f"p/{n}", on=ADOPTED, note=f"{round_}"), by="a")
                time.sleep(draw.uniform(0, 0.1))
                helper.kill()
            check_all(tracker, ["p"], ADOPTED)


@pytest.mark.parametrize("store", ["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def test_an_unreadable_record_parks_its_plan_and_no_other(store: str, request: pytest.FixtureRequest) -> None:
    """The other plans are up to date, and the roll-up names the one that is left out."""
    url: str = request.getfixturevalue(store)
    with Tracker(url) as tracker:
        tracker.record(adopted(), scheduled(), adopted("q"), scheduled("q/1"), by="a")
        tamper(url, "UPDATE reformtrack_log SET topic = 'X.1' WHERE originator_id = 'p/1.01'")
        tracker.record(ActivityStarted("q/1", on=day("2-1")), by="a")
        for _ in range(2):
            rollup = tracker.rollup(by=["plan"])
            assert (("p",), [("q",)], 5) == (rollup.unreadable, list(rollup.lines), rollup.position)
            assert () == tracker.rollup(["q"]).unreadable
            past = tracker.rollup(by=["plan"], on=ADOPTED)
            assert [("q",)] == list(past.lines)
            known = tracker.rollup(by=["plan"], known_at=tracker.log.position())
            assert (("p",), [("q",)]) == (known.unreadable, list(known.lines))
            assert () == tracker.rollup(by=["plan"], known_at=1).unreadable
            later = tracker.today() + timedelta(days=60)
            for asked in (None, tracker.log.position()):
                assert ["q"] == [one.plan for one in tracker.rollup(on=later, known_at=asked).silent]
            tracker.views.rebuild()
        assert [2] == [error.position for error in tracker.log.quarantine()]


@pytest.mark.parametrize(
    ("stream", "parked"),
    [("x'702f312e30ff'", ("p",)), ("x'70ff'", ()), ("x'ff2f31'", ()), ("x'40ff'", ()), ("x'7023ff'", ())],
)
def test_a_stream_whose_id_is_no_text_is_parked(
    sqlite: str, stream: str, parked: tuple[str, ...], tmp_path: Path
) -> None:
    """With its plan, where the id says which; views that are there go on, and are made anew."""
    with Tracker(sqlite) as tracker:
        tracker.record(adopted(), scheduled(), scheduled("p/1.02"), adopted("q"), scheduled("q/1"), by="a")
        tamper(sqlite, f"UPDATE reformtrack_log SET originator_id = CAST({stream} AS TEXT) WHERE position = 2")
        for _ in range(2):
            rollup = tracker.rollup(by=["plan"])
            assert (parked, 5) == (rollup.unreadable, rollup.position)
            assert {("q",)} | ({("p",)} if not parked else set()) == set(rollup.lines)
            assert 5 == tracker.views.rebuild()
        assert [2] == [error.position for error in tracker.log.quarantine()]
        with pytest.raises(
            StoreError, match="the record at position 2 has a text that is not valid Unicode; accepted: "
        ):
            tracker.log.export(tmp_path / "log.jsonl")
        assert not [
            found.what for found in tracker.log.check() if "reformtrack_plans" in found.what or "views" in found.what
        ]


def test_a_rollup_names_the_worst_the_late_and_the_silent(any_url: str | None) -> None:
    """Over the plans asked for."""
    clock = Clock()
    with Tracker(any_url, clock=clock) as tracker:
        for name, done in (("a", 3), ("b", 0), ("c", 2)):
            facts = (ActivityCompleted(f"{name}/{n}", on=day("6-1")) for n in range(done))
            tracker.record(
                adopted(name, jurisdiction=f"Xã {name}"), *(scheduled(f"{name}/{n}") for n in range(3)), *facts, by="x"
            )
        tracker.record(adopted("d", jurisdiction="Xã d"), PlanClosed("d", on=day("12-1")), by="x")
        clock.now += timedelta(days=40)
        tracker.record(ProgressReported("c/2", on=day("12-1"), note="x"), by="x")
        rollup = tracker.rollup(by=["jurisdiction"], silent_days=30)
        assert [("Xã b",), ("Xã c",)] == [key for key, _ in rollup.worst()], "nothing at 100 % is among the lowest"
        assert [(("Xã b",), 3), (("Xã c",), 1)] == [(key, line.overdue) for key, line in rollup.late()]
        assert ["a", "b"] == [silent.plan for silent in rollup.silent]
        assert rollup.silent == tracker.rollup(known_at=tracker.log.position()).silent
        assert ["a", "b", "c"] == [one.plan for one in tracker.rollup(known_at=tracker.log.position() - 1).silent]
        on_the_day = tracker.rollup(on=clock.now.date() - timedelta(days=40), silent_days=1)
        assert () == on_the_day.silent
        tree = rollup.over({"Xã a": "Tỉnh", "Xã b": "Tỉnh", "Tỉnh": "Nước", "Xã c": "Nước"})
        assert {"Xã a": "3/3", "Xã b": "0/3", "Xã c": "2/3", "Xã d": "0/0", "Tỉnh": "3/6", "Nước": "5/9"} == {
            name: str(line).partition(" ")[0] for name, line in tree.items()
        }
        splits: list[list[RollupBy]] = [["jurisdiction"], ["plan"], ["jurisdiction", "plan"], ["plan", "jurisdiction"]]
        for by in splits:
            now, then = (tracker.rollup(by=by, known_at=at) for at in (None, tracker.log.position()))
            assert 4 == len(now.lines)
            assert dict(now.lines) == dict(then.lines)
        some = tracker.rollup(["a", "d"], by=["plan"])
        assert ([("a",), ("d",)], ["a"]) == (list(some.lines), [silent.plan for silent in some.silent])
        assert {} == tracker.rollup([]).lines
        for asked in ({}, {"on": day("7-1")}, {"known_at": tracker.log.position()}):
            once, twice = (tracker.rollup(given, by=["plan"], **asked) for given in (["a", "b"], ["a", "b", "a", "b"]))
            assert (once.total, dict(once.lines), once.silent) == (twice.total, dict(twice.lines), twice.silent)
        with pytest.raises(ValueError, match="above itself"):
            rollup.over({"Xã a": "Xã b", "Xã b": "Xã a"})
        with pytest.raises(ValueError, match="accepted: one by jurisdiction"):
            some.over({})
        with pytest.raises(InvalidField):
            tracker.rollup(by=["village"])  # type: ignore[list-item]


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 60), st.booleans()), max_size=8),
    st.integers(-20, 260),
    st.integers(0, 70),
    st.data(),
)
def test_a_plan_is_silent_by_its_last_record_of_the_day_asked_for(
    steps: list[tuple[int, int, bool]], on: int, days: int, data: st.DataObject
) -> None:
    """As known then, of a local day up to it, more than so many days before its end; whatever is recorded since."""
    clock = Clock(datetime(2023, 1, 5, 15, tzinfo=UTC))
    zone = timezone(timedelta(hours=7))
    with Tracker(clock=clock) as tracker:
        tracker.record(adopted("a"), adopted("b"), by="x")
        for number, (plan, later, closes) in enumerate(steps):
            clock.now += timedelta(days=later, hours=5 * number)
            event = PlanClosed("ab"[plan % 2], on=clock.now.astimezone(zone).date())
            other = scheduled(f"{'ab'[plan % 2]}/{number}", on=ADOPTED)
            with contextlib.suppress(IllegalHistory):
                tracker.record(event if closes and number > 2 else other, by="x")
        asked = ADOPTED + timedelta(days=on)
        known_at = data.draw(st.sampled_from([None, *range(tracker.log.position() + 1)]))
        found = tracker.rollup(on=asked, silent_days=days, known_at=known_at).silent
        expected = set()
        for id in "ab":
            with contextlib.suppress(NotFound):
                if tracker.plan(id, asked, known_at).state.is_open:
                    end = datetime.combine(asked + timedelta(days=1), datetime.min.time(), zone)
                    at = [
                        r.recorded_at
                        for r in tracker.log.records(0, known_at)
                        if r.stream[0] == id and r.recorded_at < end
                    ]
                    if at and end - max(at) > timedelta(days=days):
                        expected.add((id, max(at)))
        assert expected == {(one.plan, one.recorded_at) for one in found}


def test_the_lag_is_how_far_the_views_are_behind(any_url: str | None) -> None:
    """All of the log before there are views, nothing after they were read."""
    with Tracker(any_url, clock=Clock()) as tracker:
        assert 0 == tracker.views.lag()
        tracker.record(adopted(), scheduled(), by="a")
        assert 2 == tracker.views.lag()
        assert [("p", "Tỉnh Đắk Nông", 1)] == [(plan.plan, plan.jurisdiction, plan.is_open) for plan in tracker.plans()]
        assert 0 == tracker.views.lag()
        tracker.record(ActivityStarted("p/1.01", on=day("2-1")), by="a")
        assert 1 == tracker.views.lag()
