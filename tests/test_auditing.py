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

from reformtrack import CountingRule, InvalidField, StoreError, Tracker
from reformtrack.domain.report import Content, ReportCorrected, ReportIssued
from reformtrack.domain.timeline import Record
from reformtrack.events import ActivityCompleted, ActivityReopened, RecordRetracted
from reformtrack.exchange.error_words import retold
from reformtrack.language import Language
from reformtrack.store import view_tables
from reformtrack.store.checking import Damage
from reformtrack.store.view_tables import NAMES
from reformtrack.testing import proposals
from reformtrack.values import PlanId, StreamId
from tests.store.test_grants import limited, role  # noqa: F401  # fixtures
from tests.store.test_views import run
from tests.support import INSTANT, Clock, adopted, day, scheduled, tamper

PLANS, SPANS, NAMED = "reformtrack_plans_1", "reformtrack_spans_1", "reformtrack_names_1"
TODAY, GAPS, NEWS = "reformtrack_today_1", "reformtrack_gaps_1", "reformtrack_news_1"


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
JUNE, JANUARY, END = "2023-06-30", "2023-01-02", view_tables.NO_END
OPEN_P, OPEN_Q = "'Tỉnh Đắk Nông', '1', 2", "'Xã Q', '2', 2"
CHANGES = {
    f"UPDATE {PLANS} SET jurisdiction = 'Xã Q' WHERE plan = 'p'": [
        f"{PLANS}, p, 1, {JANUARY}: jurisdiction is 'Xã Q', and the log gives 'Tỉnh Đắk Nông'"
    ],
    f"UPDATE {PLANS} SET title = 'khác' WHERE plan = 'q'": [
        f"{PLANS}, q, 4, {JANUARY}: title is 'khác', and the log gives 'Kế hoạch cải cách hành chính'"
    ],
    f"UPDATE {PLANS} SET is_open = 0, counting_rule = 'fallen_due' WHERE plan = 'p'": [
        f"{PLANS}, p, 1, {JANUARY}: counting_rule is 'fallen_due', and the log gives 'whole_plan', is_open is 0, and the log "
        "gives 1"
    ],
    f"DELETE FROM {PLANS} WHERE plan = 'q'": [f"{PLANS} has 0 rows of q, 4, {JANUARY}, and the log gives one"],
    f"INSERT INTO {PLANS} SELECT 'r', pos_from, day_from, pos_to, day_to, jurisdiction, title, year, version, "
    f"counting_rule, 0, 1, documented FROM {PLANS} WHERE plan = 'p'": [
        f"{PLANS} has a row of r, 1, {JANUARY}, and the log gives none"
    ],
    f"UPDATE {SPANS} SET status = 3 WHERE code = '1.02'": [
        f"{SPANS}, p, 1.02, 3, {JANUARY}: status is 3, and the log gives 0"
    ],
    f"UPDATE {SPANS} SET due = 0 WHERE code = '1.02'": [
        f"{SPANS}, p, 1.02, 3, {JANUARY}: due is 0, and the log gives {JUNE}",
    ],
    f"UPDATE {SPANS} SET plan = 'q' WHERE code = '1.02'": [
        f"{SPANS} has 0 rows of p, 1.02, 3, {JANUARY}, and the log gives one",
        f"{SPANS} has a row of q, 1.02, 3, {JANUARY}, and the log gives none",
    ],
    f"UPDATE {SPANS} SET pos_to = {END} WHERE code = '1.01' AND pos_to = 6": [
        f"{SPANS}, p, 1.01, 2, {JANUARY}: pos_to is no end, and the log gives 6",
    ],
    f"DELETE FROM {SPANS} WHERE plan = 'q'": [
        f"{SPANS} has 0 rows of q, 1, 5, {JANUARY}, and the log gives one",
    ],
    f"UPDATE {NAMED} SET name = 'Sở khác' WHERE name = 'Sở Nội vụ'": [
        f"{NAMED}, 3: the name 'Sở khác' is not the one that was given",
        f"{SPANS}, p, 1.02, 3, {JANUARY}: lead is 'Sở khác', and the log gives 'Sở Nội vụ'",
    ],
    f"INSERT INTO {NAMED} SELECT 99, digest, name FROM {NAMED} WHERE name = 'Sở Nội vụ'": [
        f"{NAMED}, 99: the name 'Sở Nội vụ' is not the one that was given",
    ],
    f"UPDATE {TODAY} SET activities = 2 WHERE cell = {7 << 28 | 6 << 4 | 2}": [
        f"{TODAY}, {OPEN_Q}, {JUNE}: activities is 2, and the log gives 1"
    ],
    f"DELETE FROM {TODAY} WHERE cell = {7 << 28 | 6 << 4 | 2}": [
        f"{TODAY} has 0 rows of {OPEN_Q}, {JUNE}, and the log gives one"
    ],
    f"INSERT INTO {GAPS} VALUES ('p', 2, 3)": [f"{GAPS} has a row of p, 2, and the log gives none"],
    f"UPDATE {NEWS} SET position = 1 WHERE plan = 'q'": [f"{NEWS}, q: position is 1, and the log gives 5"],
    f"UPDATE {NEWS} SET is_live = 1 WHERE plan = 'q'": [f"{NEWS}, q: is_live is 1, and the log gives 0"],
    f"UPDATE {NEWS} SET unreadable = 1 WHERE plan = 'q'": [
        f"{NEWS}, q: unreadable is 1, and the log gives 0",
    ],
    f"DELETE FROM {NEWS} WHERE plan = 'p'": [f"{NEWS} has 0 rows of p, and the log gives one"],
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


@pytest.mark.parametrize("statement", [one for one in CHANGES if "generation" not in one and "VALUES (9" not in one])
def test_what_differs_is_made_anew(behind: Behind, statement: str) -> None:
    """What was wrong is named all the same; of the plans that differ, or of all where that is not enough."""
    tracker, change = behind
    change(statement)
    assert sorted(CHANGES[statement]) == sorted(whats(tracker.log.check(repair=True)))
    assert () == tracker.log.check(repair=True)
    assert "1/3 (33,3%)" == str(tracker.rollup().total)


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
    wrong = "\n".join(whats(tracker.log.check()))
    assert f"{SPANS}, q, 1, 5, {JANUARY}: pos_to is no end, and the log gives 7" in wrong
    assert f"{SPANS} has 0 rows of q, 1, 7, {day('6-2')}, and the log gives one" in wrong


def test_views_that_say_that_they_are_behind_are_mended(behind: Behind) -> None:
    """They cannot be brought up to date, since what is to be added is there."""
    tracker, change = behind
    change("UPDATE reformtrack_views SET position = 3")
    with pytest.raises(StoreError):
        tracker.plans()
    assert tracker.log.check(repair=True)
    assert () == tracker.log.check()
    assert "1/3 (33,3%)" == str(tracker.rollup().total)


def test_a_figure_of_the_views_that_was_forged_is_named_and_the_plan_itself_is_right(behind: Behind) -> None:
    """Every row that a page reads, made to say that all is done."""
    tracker, change = behind
    change(f"UPDATE {SPANS} SET cell = cell & ~15, due = {view_tables.NEVER} WHERE plan = 'p'")
    change(f"DELETE FROM {TODAY} WHERE cell & 15 <> 0")
    change(f"UPDATE {TODAY} SET activities = 2")
    for on in (None, day("7-1")):
        assert "2/2 (100,0%)" == str(tracker.rollup(by=["jurisdiction"], on=on).lines["Tỉnh Đắk Nông",])
    assert "1/2 (50,0%)" == str(tracker.plan("p").progress())
    for found in (tracker.log.check(), tracker.log.check(spot=2)):
        tables = {text.partition(",")[0].partition(" ")[0] for text in whats(found)}
        assert {SPANS, TODAY} == tables, "what is kept for today is held against spans, and spans against the log"


def test_a_place_whose_name_is_cut_elsewhere_is_another(url: str) -> None:
    """“Huyện A, Tỉnh B” with domain 1 and “Huyện A” with domain “Tỉnh B, 1” are not one cell, here and in what is summed."""
    place, (here, there) = "Huyện Đắk Song, Đắk Nông", ("Huyện Đắk Song", "Đắk Nông, 1")
    with Tracker(url, clock=Clock()) as tracker:
        tracker.record(adopted(jurisdiction=place), scheduled(), by="a")
        tracker.plans()
        ids = f"SELECT id FROM {NAMED} WHERE name ="
        for number, name in ((98, here), (99, there)):
            row = f"({number}, {view_tables.digest(name)}, '{name}')"
            tamper(url, f"INSERT INTO {NAMED} (id, digest, name) VALUES {row}")
        for table in (SPANS, TODAY):
            is_it = f"cell >> 28 = ({ids} '{place}')"
            tamper(url, f"UPDATE {table} SET cell = ({98 << 28 | 99 << 4}) | (cell & 15) WHERE {is_it}")
        assert {(here, there)} == set(tracker.rollup(by=("jurisdiction", "domain")).lines)
        for found in (tracker.log.check(), tracker.log.check(spot=1)):
            wrong = "\n".join(whats(found))
            assert f"cell is \"'{here}', '{there}', " in wrong
            assert f"the log gives \"'{place}', '1', " in wrong
        tracker.log.check(repair=True)
        assert () == tracker.log.check()
        assert {(place, "1")} == set(tracker.rollup(by=("jurisdiction", "domain")).lines)


def test_a_table_that_is_gone_is_named(behind: Behind) -> None:
    """And no error."""
    tracker, change = behind
    change(f"DROP TABLE {SPANS}")
    assert any("the views are not held against the log: " in text for text in whats(tracker.log.check()))


def test_a_text_of_a_view_that_is_none_is_named(sqlite: str) -> None:
    """Its bytes are no UTF-8."""
    with Tracker(sqlite) as tracker:
        tracker.record(adopted(), by="a")
        tracker.plans()
        tamper(sqlite, f"UPDATE {PLANS} SET title = CAST(x'70ff' AS TEXT)")
        assert [
            f"{PLANS}, p, 1, {JANUARY}: title is 'p\\udcff', and the log gives 'Kế hoạch cải cách hành chính'"
        ] == whats(tracker.log.check())


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
    change(f"UPDATE {TODAY} SET activities = 3 WHERE cell & 15 = 0")
    said = f"{TODAY}, 'Tỉnh Đắk Nông', '1', 0, no end: activities is 3, and the log gives 1"
    assert all(said in whats(tracker.log.check(spot=1)) for _ in range(9))
    change("UPDATE reformtrack_views SET latest_day = '2022-01-01'")
    assert any("the latest day is '2022-01-01'" in text for text in whats(tracker.log.check(spot=1)))
    for spot in (0, -1, True, 1.5, "2"):
        with pytest.raises(InvalidField, match=r"Log\.check\.spot cannot be .*; accepted: "):
            tracker.log.check(spot=spot)  # type: ignore[arg-type]


def test_a_record_that_cannot_be_read_is_named_once(behind: Behind) -> None:
    """Where all are checked, and where its plan is among those that are drawn."""
    tracker, change = behind
    change("UPDATE reformtrack_log SET state = '{' WHERE position = 2")
    tracker.views.rebuild()
    [error] = tracker.log.quarantine()
    for found in (tracker.log.check(), tracker.log.check(spot=2)):
        assert [(2, error.words)] == [(damage.position, damage.what) for damage in found if damage.what == error.words]


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


@pytest.mark.parametrize("statement", [f"UPDATE {SPANS} SET due = 0 WHERE code = '1.02'", f"DELETE FROM {TODAY}"])
def test_it_is_said_what_was_repaired(behind: Behind, statement: str) -> None:
    """Of the views; a record that is missing stays so."""
    tracker, change = behind
    change(statement)
    change("DELETE FROM reformtrack_log WHERE position = 6")
    found = tracker.log.check()
    assert found
    assert not any(one.is_repaired for one in found)
    repaired = {one.what: one.is_repaired for one in tracker.log.check(repair=True)}
    assert {True, False} == set(repaired.values())
    assert all(
        is_repaired == ("_1" in what) for what, is_repaired in repaired.items() if "reformtrack_views" not in what
    )


def test_a_span_that_was_edited_is_named_and_not_the_counts_of_today(behind: Behind) -> None:
    """In the reader's language, with days and not their numbers."""
    tracker, change = behind
    change(f"UPDATE {SPANS} SET due = due + 1 WHERE code = '1.02'")
    for found in (tracker.log.check(), tracker.log.check(spot=2)):
        assert [
            "reformtrack_spans_1, p, 1.02, 3, 02/01/2023: due là 01/07/2023, còn theo các bản ghi là 30/06/2023"
        ] == [retold(one.what, Language("vi")) for one in found]
