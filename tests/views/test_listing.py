"""Lists of activities: filters narrow, counts keep their word, an address says the same again, an order is one."""

import random
from datetime import UTC, date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack import Deadline, Plan, Tracker
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.values import Document
from reformtrack.events import ActivityCompleted, ActivityStarted, EvidenceFiled
from reformtrack.testing import proposals
from reformtrack.views.list_rows import FACETS, GROUPED, NONE, OFFERED, SORTS, rows_of
from reformtrack.views.listing import Listing, Wanted, listing
from tests.support import ADOPTED, Clock, adopted, day, scheduled, tracker_of

DAYS = st.dates(ADOPTED, date(2024, 1, 31))
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
SOME = {
    "status": st.sampled_from(["not_started", "in_progress", "completed"]),
    "timeliness": st.sampled_from(["overdue", "on_time", "in_time", "no_deadline"]),
    "evidence": st.sampled_from(["yes", "no"]),
    "domain": st.sampled_from("1239"),
    "list": st.sampled_from(["overdue", "due-soon", "without-evidence", "without-lead"]),
    "q": st.sampled_from(["so", "Sở", "42", "xyz", "1"]),
    "due_from": DAYS.map(str),
    "due_to": DAYS.map(str),
    "changed_since": DAYS.map(str),
    "counted": st.sampled_from(["completed", "open", "overdue"]),
}
ORDERS = {
    "sort": st.sampled_from([way + name for name in SORTS for way in ("", "-")]),
    "by": st.sampled_from(GROUPED),
}
ASKED = st.fixed_dictionaries({}, optional=SOME)
ORDERED = st.fixed_dictionaries({}, optional={**SOME, **ORDERS})


def listed(plan: Plan, query: dict[str, str]) -> Listing:
    return listing(rows_of(plan, plan.activities), Wanted.read(query), UTC)


def codes(plan: Plan, query: dict[str, str]) -> list[str]:
    return [row.activity.code for row in listed(plan, query).rows]


@given(proposals(), DAYS, ORDERED)
def test_a_filter_narrows_and_each_count_is_what_one_gets(events: list[Any], on: date, query: dict[str, str]) -> None:
    """Beside each value of each filter, and beside each condition that may be taken away."""
    with tracker_of(events) as tracker:
        plan = tracker.plan("p", on=on)
    found = listed(plan, query)
    mine = {row.activity.id for row in found.rows}
    for facet in (*OFFERED, "list"):
        for option in found.options[facet]:
            assert option.count == len(codes(plan, {**query, facet: option.value})), (facet, option)
    for condition, count in found.without.items():
        wider = listed(plan, found.wanted.without(condition))
        assert count == len(wider.rows)
        assert mine <= {row.activity.id for row in wider.rows}
    assert len(plan.activities) == found.of == len(codes(plan, {}))


@given(proposals(), DAYS, ORDERED, st.randoms(use_true_random=False))
def test_an_order_is_one_whatever_order_the_activities_come_in(
    events: list[Any], on: date, query: dict[str, str], chance: random.Random
) -> None:
    """Each activity once; in groups, each group in one piece, of the size that its head says."""
    with tracker_of(events) as tracker:
        plan = tracker.plan("p", on=on)
    rows = rows_of(plan, plan.activities)
    found = listed(plan, query)
    chance.shuffle(rows)
    again = listing(rows, Wanted.read(query), UTC)
    assert [row.activity.id for row in found.rows] == [row.activity.id for row in again.rows]
    assert len(found.rows) == len({row.activity.id for row in found.rows})
    for place, row in enumerate(found.rows):
        if not found.wanted.by:
            assert found.rows[place + 1 :] == found.after(row)
    if found.wanted.by:
        groups = [found.group_of(row) for row in found.rows]
        pieces = [one for place, one in enumerate(groups) if not place or groups[place - 1] != one]
        assert len(pieces) == len(set(pieces))
        assert [groups.count(one) for one in pieces] == [one.count for one in pieces]


@given(
    st.fixed_dictionaries({}, optional={**SOME, **ORDERS, "rule": st.sampled_from(["whole_plan", "dated_only"])}),
    st.dictionaries(st.sampled_from([name for name in FACETS if name not in (*SOME, "in_rate")]), TEXTS),
    st.lists(TEXTS.map(lambda text: text.replace(",", "")), max_size=3),
)
def test_an_address_says_what_was_wanted(query: dict[str, str], more: dict[str, str], columns: list[str]) -> None:
    """Read and written again, nothing is lost and nothing comes in."""
    found = Wanted.read({**query, **{k: v for k, v in more.items() if k != "timeliness"}, "columns": ",".join(columns)})
    assert found == Wanted.read(found.address())
    assert found.address() == Wanted.read(found.address()).address()
    for condition in found.conditions:
        assert found.conditions.keys() - {condition} == Wanted.read(found.without(condition)).conditions.keys()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "done"),
        ("timeliness", "x"),
        ("evidence", "1"),
        ("list", "mine"),
        ("counted", "x"),
        ("rule", "mine"),
        ("sort", "--code"),
        ("sort", "size"),
        ("by", "supporting"),
        ("due_from", "31/02/2023"),
        ("changed_since", "yesterday"),
        ("q", "x" * 201),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_can(name: str, value: str) -> None:
    """By the name that the address has for it."""
    with pytest.raises(InvalidField) as refused:
        Wanted.read({name: value})
    assert name == refused.value.field


@pytest.fixture
def plan() -> Plan:
    with Tracker(clock=Clock()) as tracker:
        tracker.record(
            adopted(),
            scheduled("p/1.01", title="Rà soát thủ tục", number="42", group=("A",), supporting=("Sở Y tế",)),
            scheduled("p/1.02", title="Đào tạo 420 người", number="7", host_fields={"Nguồn vốn": "Ngân sách"}),
            scheduled("p/1.03", title="Tiếp 42 lượt", lead=(), deadline=Deadline.parse("Thường xuyên", 2023)),
            scheduled("p/2.01", domain="2", title="Chấm điểm", deadline=Deadline.parse("15/3; 15/9", 2023)),
            scheduled("p/2.42", domain="2", title="Khác", document=Document(number="156/QĐ-UBND")),
            by="x",
        )
        tracker.record(
            ActivityStarted("p/1.02", on=day("2-1")),
            ActivityCompleted("p/1.01", on=day("5-1"), evidence=(Document(number="12/BC-STP"),)),
            EvidenceFiled("p/2.42", on=day("9-1"), evidence=(Document(number="99/CV"),)),
            by="x",
        )
        return tracker.plan("p", on=day("6-15"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"q": "ra soat"}, ["1.01"]),
        ({"q": "RÀ  SOÁT"}, ["1.01"]),
        ({"q": "thu ra"}, ["1.01"]),
        ({"q": "so"}, ["1.01", "1.02", "2.01", "2.42"]),
        ({"q": "s"}, []),
        ({"q": "42"}, ["1.01", "1.03", "2.42"]),  # the printed number first, never a part of a number
        ({"q": "1.03"}, ["1.03"]),
        ({"q": "156/QĐ-UBND"}, ["2.42"]),
        ({"q": "56/qd"}, []),
        ({"q": "12/bc"}, ["1.01"]),
        ({"q": "99/cv"}, []),  # filed on a later day
        ({"q": "ngan sach"}, ["1.02"]),
        ({"q": "so y te"}, ["1.01"]),
        ({"supporting": "SỞ Y TẾ"}, ["1.01"]),
        ({"supporting": NONE, "status": "in_progress"}, ["1.02"]),
        ({"group": NONE, "domain": "1"}, ["1.02", "1.03"]),
        ({"group": "A"}, ["1.01"]),
        ({"list": "without-lead"}, ["1.03"]),
        ({"evidence": "yes"}, ["1.01"]),
        ({"due_from": "01/07/2023"}, ["2.01"]),
        ({"due_from": "2023-06-30", "due_to": "2023-06-30"}, ["1.01", "1.02", "2.42"]),
        ({"due_to": "2023-03-15"}, ["2.01"]),
        ({"list": "overdue"}, ["2.01"]),
        ({"sort": "-number"}, ["1.01", "1.02", "1.03", "2.01", "2.42"]),
        ({"sort": "number"}, ["1.02", "1.01", "1.03", "2.01", "2.42"]),
        ({"sort": "title"}, ["2.01", "1.02", "2.42", "1.01", "1.03"]),
        ({"sort": "-deadline"}, ["1.01", "1.02", "2.42", "2.01", "1.03"]),
    ],
)
def test_what_is_found(plan: Plan, query: dict[str, str], expected: list[str]) -> None:
    """Words with or without marks, numbers as a whole, documents of what had happened by the day."""
    assert expected == codes(plan, query)


def test_what_changed_is_what_was_recorded_since_a_local_day() -> None:
    """A record of a later effective day has not changed anything yet."""
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        tracker.record(adopted(), scheduled("p/1"), scheduled("p/2"), scheduled("p/3"), by="x")
        before = tracker.today()
        clock.now = clock.now.replace(year=clock.now.year + 1)
        tracker.record(ActivityStarted("p/1", on=day("2-1")), ActivityStarted("p/2", on=day("8-1")), by="x")
        plan = tracker.plan("p", on=day("6-1"))
        assert ["1"] == codes(plan, {"changed_since": str(tracker.today())})
        assert ["1", "2", "3"] == codes(plan, {"changed_since": str(before)})


def test_groups_are_in_the_order_of_the_plan_whatever_order_the_activities_come_in(plan: Plan) -> None:
    rows = rows_of(plan, plan.activities)
    for by in GROUPED:
        wanted = Wanted.read({"by": by})
        assert listing(rows, wanted, UTC) == listing(rows[::-1], wanted, UTC), by
