"""A figure that the log does not give is named: in the rows of the views, and in the reports on record."""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reformtrack import CountingRule, InvalidField, Tracker
from reformtrack.domain.report import Content, ReportCorrected, ReportIssued
from reformtrack.domain.timeline import Record
from reformtrack.events import ActivityCompleted, ActivityReopened, RecordRetracted
from reformtrack.store.checking import Damage
from reformtrack.store.view_tables import NAMES
from reformtrack.testing import proposals
from reformtrack.values import PlanId, StreamId
from tests.store.test_grants import limited, role  # noqa: F401  # fixtures
from tests.store.test_views import run
from tests.support import INSTANT, Clock, adopted, day, scheduled, tamper

PLANS, ACTIVITIES, COUNTS = "reformtrack_plans_1", "reformtrack_activities_1", "reformtrack_counts_1"
TOTALS, DUES, NEWS = "reformtrack_totals_1", "reformtrack_dues_1", "reformtrack_news_1"


def whats(found: tuple[Damage, ...]) -> list[str]:
    return [damage.what for damage in found]


@given(proposals(), st.integers(0, 1000), st.booleans())
def test_no_honest_history_is_damage(events: list[Any], seed: int, is_rebuilt: bool) -> None:
    """Over any history, late facts and retractions and all: views brought up to date at any points, made anew, and behind."""
    clock = Clock(INSTANT - timedelta(minutes=len(events) + 1))
    with Tracker(clock=clock) as tracker:
        run(tracker, clock, events, random.Random(seed))
        assert () == tracker.log.check(), "the views may be behind"
        tracker.views.catch_up()
        assert () == tracker.log.check()
        if is_rebuilt:
            tracker.views.rebuild()
            assert () == tracker.log.check() == tracker.log.check(spot=1)


@settings(max_examples=15)
@given(events=proposals(), seed=st.integers(0, 1000))
def test_nor_is_it_in_postgresql(server: str, events: list[Any], seed: int) -> None:
    """The same law."""
    clock = Clock(INSTANT - timedelta(minutes=len(events) + 1))
    with Tracker(f"{server}&schema=audit_{time.monotonic_ns()}", clock=clock) as tracker:
        run(tracker, clock, events, random.Random(seed))
        tracker.views.catch_up()
        assert () == tracker.log.check() == tracker.log.check(spot=1)


@pytest.fixture
def behind(url: str) -> Iterator[tuple[Tracker, Callable[[str], None]]]:
    """A store of two plans whose views are made, and what changes it behind its back."""
    with Tracker(url, clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), scheduled("p/1.02", lead="Sở Nội vụ"), by="a")
        tracker.record(adopted("q", jurisdiction="Xã Q"), scheduled("q/1", domain="2"), by="a")
        tracker.record(ActivityCompleted("p/1.01", on=day("6-1")), by="b")
        tracker.plans()
        yield tracker, lambda statement: tamper(url, statement)


Behind = tuple[Tracker, Callable[[str], None]]
CHANGES = {
    f"UPDATE {PLANS} SET jurisdiction = 'Xã Q' WHERE plan = 'p'": [
        f"{PLANS}, p: jurisdiction is 'Xã Q', and the log gives 'Tỉnh Đắk Nông'",
        f"{TOTALS} has a row of Tỉnh Đắk Nông, 1, and the log gives none",
        f"{TOTALS} has 0 rows of Xã Q, 1, and the log gives one",
        f"{DUES} has a row of 2023-06-30, Tỉnh Đắk Nông, 1, 0, and the log gives none",
        f"{DUES} has 0 rows of 2023-06-30, Xã Q, 1, 0, and the log gives one",
    ],
    f"UPDATE {PLANS} SET title = 'khác' WHERE plan = 'q'": [
        f"{PLANS}, q: title is 'khác', and the log gives 'Kế hoạch cải cách hành chính'"
    ],
    f"UPDATE {PLANS} SET is_open = 0, counting_rule = 'fallen_due' WHERE plan = 'p'": [
        f"{PLANS}, p: counting_rule is 'fallen_due', and the log gives 'whole_plan'; is_open is 0, and the log gives 1"
    ],
    f"DELETE FROM {PLANS} WHERE plan = 'q'": [
        f"{PLANS} has 0 rows of q, and the log gives one",
        f"{TOTALS} has a row of Xã Q, 2, and the log gives none",
        f"{DUES} has a row of 2023-06-30, Xã Q, 2, 0, and the log gives none",
    ],
    f"INSERT INTO {PLANS} SELECT 'r', jurisdiction, title, year, version, counting_rule, 0, 1, documented_on, 0, 0 "
    f"FROM {PLANS} WHERE plan = 'p'": [f"{PLANS} has a row of r, and the log gives none"],
    f"UPDATE {ACTIVITIES} SET status = 'completed', due = '' WHERE activity = 'p/1.02'": [
        f"{ACTIVITIES}, p/1.02: status is 'completed', and the log gives 'not_started'; due is '', and the log gives "
        "'2023-06-30'"
    ],
    f"UPDATE {ACTIVITIES} SET plan = 'q' WHERE activity = 'p/1.02'": [
        f"{ACTIVITIES} has 0 rows of p/1.02, and the log gives one",
        f"{ACTIVITIES} has a row of p/1.02, and the log gives none",
    ],
    f"DELETE FROM {ACTIVITIES} WHERE activity = 'q/1'": [f"{ACTIVITIES} has 0 rows of q/1, and the log gives one"],
    f"UPDATE {COUNTS} SET activities = 2 WHERE plan = 'p' AND status = 'completed'": [
        f"{COUNTS}, p, 1, Sở Tư pháp, completed, 1, , 0: activities is 2, and the log gives 1",
        f"{TOTALS}, Tỉnh Đắk Nông, 1: completed_dated is 1, and the log gives 2",
    ],
    f"INSERT INTO {COUNTS} SELECT * FROM {COUNTS} WHERE plan = 'q'": [
        f"{COUNTS} has 2 rows of q, 2, Sở Tư pháp, not_started, 1, 2023-06-30, 0, and the log gives one",
        f"{TOTALS}, Xã Q, 2: open_dated is 1, and the log gives 2",
        f"{DUES}, 2023-06-30, Xã Q, 2, 0: activities is 1, and the log gives 2",
    ],
    f"UPDATE {TOTALS} SET completed_dated = 2, open_dated = 0 WHERE jurisdiction = 'Tỉnh Đắk Nông'": [
        f"{TOTALS}, Tỉnh Đắk Nông, 1: completed_dated is 2, and the log gives 1; open_dated is 0, and the log gives 1"
    ],
    f"DELETE FROM {TOTALS} WHERE domain = '2'": [f"{TOTALS} has 0 rows of Xã Q, 2, and the log gives one"],
    f"UPDATE {DUES} SET due = '2024-06-30' WHERE domain = '2'": [
        f"{DUES} has 0 rows of 2023-06-30, Xã Q, 2, 0, and the log gives one",
        f"{DUES} has a row of 2024-06-30, Xã Q, 2, 0, and the log gives none",
    ],
    f"UPDATE {NEWS} SET position = 1 WHERE plan = 'q'": [f"{NEWS}, q: position is 1, and the log gives 5"],
    f"UPDATE {NEWS} SET unreadable = 1 WHERE plan = 'q'": [
        f"{NEWS}, q: unreadable is 1, and the log gives 0",
        f"{TOTALS} has a row of Xã Q, 2, and the log gives none",
        f"{DUES} has a row of 2023-06-30, Xã Q, 2, 0, and the log gives none",
    ],
    f"DELETE FROM {NEWS} WHERE plan = 'p'": [
        f"{NEWS} has 0 rows of p, and the log gives one",
        f"{TOTALS} has a row of Tỉnh Đắk Nông, 1, and the log gives none",
        f"{DUES} has a row of 2023-06-30, Tỉnh Đắk Nông, 1, 0, and the log gives none",
    ],
    "UPDATE reformtrack_views SET position = 99": ["reformtrack_views says position 99, and the log ends at 6"],
    "UPDATE reformtrack_views SET latest_day = '2023-01-01'": [
        "reformtrack_views says that the latest day is '2023-01-01', and the log gives '2023-06-01'"
    ],
    "UPDATE reformtrack_views SET latest_day = '2024-01-01'": [
        "reformtrack_views says that the latest day is '2024-01-01', and the log gives '2023-06-01'"
    ],
    "INSERT INTO reformtrack_views VALUES (9, 2, 6, '', 1)": [
        "reformtrack_views has 2 generations that are read, and the log gives one"
    ],
}


@pytest.mark.parametrize("statement", CHANGES)
def test_each_row_that_the_log_does_not_give_is_named(behind: Behind, statement: str) -> None:
    """With what it says and what the log gives; nothing else is. Made anew, the views are as they have to be."""
    tracker, change = behind
    assert () == tracker.log.check()
    change(statement)
    assert sorted(CHANGES[statement]) == sorted(whats(tracker.log.check()))
    change("DELETE FROM reformtrack_views WHERE generation = 9")
    tracker.views.rebuild()
    assert () == tracker.log.check()


def test_every_table_of_the_views_is_among_them() -> None:
    """A table that is added is checked, or this fails."""
    changed = " ".join(CHANGES)
    assert [] == [name for name in NAMES if f" reformtrack_{name}_1 " not in f"{changed} "]


def test_a_row_that_moved_its_plans_views_behind_is_named(behind: Behind) -> None:
    """A position that says that records were applied which were not."""
    tracker, change = behind
    tracker.record(ActivityCompleted("q/1", on=day("6-2")), by="b")
    assert () == tracker.log.check(), "behind is not damage"
    change("UPDATE reformtrack_views SET position = 7, latest_day = '2023-06-02'")
    assert (
        f"{ACTIVITIES}, q/1: status is 'not_started', and the log gives 'completed'; due is '2023-06-30', and the log "
        in ("\n".join(whats(tracker.log.check())))
    )


def test_a_figure_of_the_views_that_was_forged_is_named_and_the_plan_itself_is_right(behind: Behind) -> None:
    """Every row that a page reads, made to say that all is done."""
    tracker, change = behind
    for statement in (
        f"UPDATE {ACTIVITIES} SET status = 'completed', due = '' WHERE plan = 'p'",
        f"DELETE FROM {COUNTS} WHERE plan = 'p' AND status <> 'completed'",
        f"UPDATE {COUNTS} SET activities = 2 WHERE plan = 'p'",
        f"UPDATE {TOTALS} SET completed_dated = 2, open_dated = 0 WHERE jurisdiction = 'Tỉnh Đắk Nông'",
        f"DELETE FROM {DUES} WHERE jurisdiction = 'Tỉnh Đắk Nông'",
    ):
        change(statement)
    assert "2/2 (100,0%)" == str(tracker.rollup(by=["jurisdiction"]).lines["Tỉnh Đắk Nông",])
    assert "1/2 (50,0%)" == str(tracker.plan("p").progress())
    tables = {text.partition(",")[0].partition(" ")[0] for text in whats(tracker.log.check())}
    assert {ACTIVITIES, COUNTS} == tables, "sums are held against counts, and counts against the log"
    assert {ACTIVITIES, COUNTS} == {
        text.partition(",")[0].partition(" ")[0] for text in whats(tracker.log.check(spot=2))
    }


def test_a_table_that_is_gone_is_named(behind: Behind) -> None:
    """And no error."""
    tracker, change = behind
    change(f"DROP TABLE {COUNTS}")
    assert any("the views are not held against the log: " in text for text in whats(tracker.log.check()))


def test_a_text_of_a_view_that_is_none_is_named(sqlite: str) -> None:
    """Its bytes are no UTF-8."""
    with Tracker(sqlite) as tracker:
        tracker.record(adopted(), by="a")
        tracker.plans()
        tamper(sqlite, f"UPDATE {PLANS} SET title = CAST(x'70ff' AS TEXT)")
        assert [f"{PLANS}, p: title is 'p\\udcff', and the log gives 'Kế hoạch cải cách hành chính'"] == whats(
            tracker.log.check()
        )


def test_views_that_are_made_anew_meanwhile_are_no_damage(url: str) -> None:
    """Nor is what is recorded and applied meanwhile."""
    with Tracker(url) as tracker, Tracker(url) as other:
        for plan in "abcdef":
            tracker.record(adopted(plan), scheduled(f"{plan}/1"), by="a")
        tracker.plans()

        def meanwhile(done: int, total: int) -> None:
            if total == 6:
                plan = "abcdef"[done - 1]
                other.record(ActivityCompleted(f"{plan}/1", on=day("6-1") + timedelta(days=done)), by="a")
                if done % 2:
                    other.views.rebuild()
                other.plans()

        assert () == tracker.log.check(progress=meanwhile)
        assert () == tracker.log.check()


def test_so_many_plans_are_drawn_and_the_sums_of_all_compared(behind: Behind) -> None:
    """Each has its turn; one that is not drawn is not seen."""
    tracker, change = behind
    change(f"UPDATE {PLANS} SET title = 'khác' WHERE plan = 'q'")
    seen = [len(tracker.log.check(spot=1)) for _ in range(60)]
    assert {0, 1} == set(seen)
    assert 1 == len(tracker.log.check(spot=2)) == len(tracker.log.check(spot=100))
    change(f"UPDATE {TOTALS} SET withdrawn = 1 WHERE domain = '2'")
    assert all(
        f"{TOTALS}, Xã Q, 2: withdrawn is 1, and the log gives 0" in whats(tracker.log.check(spot=1)) for _ in range(9)
    )
    change("UPDATE reformtrack_views SET latest_day = '2022-01-01'")
    assert any("the latest day is '2022-01-01'" in text for text in whats(tracker.log.check(spot=1)))
    for spot in (0, -1, True, 1.5, "2"):
        with pytest.raises(InvalidField, match=r"Log\.check\.spot cannot be .*; accepted: "):
            tracker.log.check(spot=spot)  # type: ignore[arg-type]


def test_a_definition_that_is_not_ours_is_named_by_the_spot_check_too(sqlite: str) -> None:
    """An index could hide rows from it."""
    with Tracker(sqlite) as tracker:
        tracker.record(adopted(), by="a")
        tracker.plans()
        with closing(sqlite3.connect(sqlite.removeprefix("sqlite:///"))) as file:
            file.execute(f"CREATE INDEX mine ON {PLANS} (plan) WHERE plan <> 'p'")
        assert [f"the index mine on {PLANS} is not reformtrack's"] == whats(tracker.log.check(spot=1))


def test_it_is_told_how_far_it_is(behind: Behind) -> None:
    """In positions, and then in plans."""
    tracker, _ = behind
    told: list[tuple[int, int]] = []
    tracker.log.check(progress=lambda *at: told.append(at))
    assert [(6, 6), (1, 2), (2, 2)] == told
    told.clear()
    tracker.log.check(spot=1, progress=lambda *at: told.append(at))
    assert [(1, 1)] == told


def test_the_views_of_another_role_are_said_not_to_be_checked(postgres: str, limited: str) -> None:  # noqa: F811
    """Their owner could let the server run code for whoever reads them; that role itself checks them."""
    with Tracker(limited) as tracker:
        tracker.record(adopted(), scheduled(), by="a")
        tracker.plans()
        assert () == tracker.log.check()
        with tracker.transaction() as session:
            session.execute(f"UPDATE {PLANS} SET title = 'khác'")
        assert 1 == len(tracker.log.check())
    with Tracker(postgres) as owner:
        [text] = whats(owner.log.check())
    assert text.startswith(
        "the views are not held against the log: the table reformtrack_views belongs to another role"
    )


# --- Reports -----------------------------------------------------------------------------------------------------------


def made_up(tracker: Tracker, event: Any) -> int:
    """A record that no rule was asked about; its position."""
    version = len(tracker.log.history(event.subject)) + 1
    record = Record(0, event.subject, version, event, INSTANT, "x", f"made-up-{tracker.log.position()}")
    [stored] = tracker._store.append([record], now=lambda: INSTANT, unchanged=())
    return stored.position


def with_figure(content: Content, key: str, numbers: dict[str, Any]) -> Content:
    """A content that says other numbers on a line."""
    figures = tuple(attrs.evolve(one, **numbers) if one.key == key else one for one in content.figures)
    return attrs.evolve(content, figures=figures)


def issued(tracker: Tracker) -> Content:
    """The content of an honest report of a plan with 1 of 2 activities completed, one of them late; issued for its year."""
    tracker.record(adopted(), scheduled(), scheduled("p/1.02"), ActivityCompleted("p/1.01", on=day("6-1")), by="a")
    return tracker.reports.issue("p", "2023-year", by="a").content


def test_an_honest_report_is_right_whatever_is_learnt_later(url: str) -> None:
    """Under each rule, after late facts, retractions, corrections; and a figure published elsewhere is none of ours."""
    with Tracker(url, clock=Clock()) as tracker:
        issued(tracker)
        for code, rule in (("2023-q1", CountingRule.FALLEN_DUE), ("2023-h1", CountingRule.DATED_ONLY)):
            tracker.reports.issue("p", code, by="a", rule=rule)
        tracker.record(ActivityCompleted("p/1.02", on=day("7-1")), by="a")
        tracker.record(RecordRetracted("p/1.01", version=2, reason="x"), scheduled("p/2.01", domain="2"), by="a")
        assert () == tracker.log.check()
        tracker.reports.correct("p@2023-year", reason="x", by="a")
        tracker.record(ActivityReopened("p/1.02", on=day("8-1"), reason="x"), by="a")
        assert tracker.reports.restated("p")
        assert () == tracker.log.check() == tracker.log.check(spot=1)


@pytest.mark.parametrize(
    ("key", "numbers", "says"),
    [
        ("total", {"completed": 2, "overdue": 0}, "says 2/2, 0 overdue of 'total', and the log gave 1/2, 1 overdue"),
        ("domain:1", {"overdue": 0}, "says 1/2, 0 overdue of 'domain:1', and the log gave 1/2, 1 overdue"),
        ("domain:2", {"total": 1}, "says 0/1, 0 overdue of 'domain:2', and the log gave 0/0, 0 overdue"),
    ],
)
@pytest.mark.parametrize("is_correction", [False, True])
def test_a_report_whose_numbers_the_log_does_not_give_is_named(
    url: str, key: str, numbers: dict[str, int], says: str, is_correction: bool
) -> None:
    """As issued, and as corrected; also by the spot check. A correction that is right is none of it."""
    with Tracker(url, clock=Clock()) as tracker:
        content = with_figure(issued(tracker), key, numbers)
        if is_correction:
            position = made_up(tracker, ReportCorrected("p@2023-year", on=day("12-31"), content=content, reason="x"))
        else:
            quarter = attrs.evolve(tracker.reports.get("p@2023-year").period, code="2023-x")
            position = made_up(tracker, ReportIssued("p@2023-x", on=day("12-31"), period=quarter, content=content))
        subject = "p@2023-year" if is_correction else "p@2023-x"
        assert [Damage(position, f"{subject} {says} at position 4")] == list(tracker.log.check())
        assert [position] == [damage.position for damage in tracker.log.check(spot=1)]
        tracker.reports.correct(subject, reason="số liệu bịa", by="a")
        assert [position] == [damage.position for damage in tracker.log.check()], "what was sent stays on record"


def test_lines_that_a_report_lacks_or_makes_up_are_named_and_leads_are_not_looked_at(url: str) -> None:
    """Nor titles, order, entries and outcomes: another version may group and call them otherwise."""
    with Tracker(url, clock=Clock()) as tracker:
        content = issued(tracker)
        total, one, two, *leads = content.figures
        made = attrs.evolve(
            content,
            figures=(
                attrs.evolve(total, title="khác"),
                attrs.evolve(leads[0], key="lead:Sở khác"),
                two,
                attrs.evolve(one, key="domain:9"),
            ),
            entries=(),
            outcomes=(),
        )
        made_up(tracker, ReportCorrected("p@2023-year", on=day("12-31"), content=made, reason="x"))
        assert [
            "p@2023-year says nothing of 'domain:1', and the log gave 1/2, 1 overdue at position 4",
            "p@2023-year says 1/2, 1 overdue of 'domain:9', and the log gave nothing at position 4",
        ] == whats(tracker.log.check())


def test_a_report_that_rests_on_another_position_is_held_against_that(url: str) -> None:
    """Numbers that are right now, and were not then."""
    with Tracker(url, clock=Clock()) as tracker:
        issued(tracker)
        tracker.record(ActivityCompleted("p/1.02", on=day("7-1")), by="a")
        content = tracker.reports._content(PlanId(StreamId("p")), tracker.reports.get("p@2023-year").period, None)
        early = attrs.evolve(content, position=4)
        position = made_up(tracker, ReportCorrected("p@2023-year", on=day("12-31"), content=early, reason="x"))
        assert {position} == {damage.position for damage in tracker.log.check()}
        assert "p@2023-year says 2/2, 0 overdue of 'total', and the log gave 1/2, 1 overdue at position 4" in whats(
            tracker.log.check()
        )


def test_a_report_that_rests_on_what_came_after_it_is_named(url: str) -> None:
    """It could be right by chance, or by somebody's patience."""
    with Tracker(url, clock=Clock()) as tracker:
        content = attrs.evolve(issued(tracker), position=1_000)
        position = made_up(tracker, ReportCorrected("p@2023-year", on=day("12-31"), content=content, reason="x"))
        assert [Damage(position, "p@2023-year rests on position 1000, which is not before its own")] == list(
            tracker.log.check()
        )


def test_a_report_of_a_plan_that_was_never_adopted_is_named(url: str) -> None:
    """Of nothing there are no numbers."""
    with Tracker(url, clock=Clock()) as tracker:
        content = issued(tracker)
        period = tracker.reports.get("p@2023-year").period
        made_up(tracker, ReportIssued("ghost@2023-year", on=day("12-31"), period=period, content=content))
        assert "ghost@2023-year says 1/2, 1 overdue of 'total', and the log gave 0/0, 0 overdue at position 4" in whats(
            tracker.log.check()
        )


def test_a_report_of_a_plan_that_cannot_be_read_is_unchecked_and_not_damaged(url: str) -> None:
    """Only where the unreadable record was there when the report was sent."""
    with Tracker(url, clock=Clock()) as tracker:
        issued(tracker)
        tracker.record(ActivityCompleted("p/1.02", on=day("7-1")), by="a")
        tamper(url, "UPDATE reformtrack_log SET topic = 'X.1' WHERE position = 6")
        assert not any("p@2023-year" in text for text in whats(tracker.log.check()))
        tamper(url, "UPDATE reformtrack_log SET topic = 'X.1' WHERE position = 3")
        [text] = [text for text in whats(tracker.log.check()) if "p@2023-year" in text]
        assert text.startswith("the numbers of p@2023-year cannot be checked: record 1 of p/1.02 (position 3, 'X.1')")
