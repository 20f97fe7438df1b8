"""Pages of activities of many plans are what each plan says of itself, on any day, as known at any position."""

import contextlib
import random
import time
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack import Activity, CountingRule, Deadline, InvalidField, NotFound, Plan, Tracker
from reformtrack.answers import ProgressStatus
from reformtrack.country import spans
from reformtrack.events import OccurrenceCompleted
from reformtrack.testing import proposals
from reformtrack.views.across import Attention
from reformtrack.views.plan import PATH
from tests.country.histories import IN_DATABASES, recorded
from tests.store.test_views import BY
from tests.support import Clock, adopted, day, scheduled, tamper

LISTS: Mapping[str, Any] = {
    "overdue": lambda plan, days: [(-one.days_overdue, one) for one in plan.overdue()],
    "due-soon": lambda plan, days: [((one.due_within(days)[0] - plan.on).days, one) for one in plan.due_within(days)],
    "without-evidence": lambda plan, days: [(0, one) for one in plan.without_evidence()],
    "without-lead": lambda plan, days: [(0, one) for one in plan.activities if not one.leads and one.status.is_open],
    "awaiting-confirmation": lambda plan, days: [
        (0, one) for one in plan.activities if one.status is ProgressStatus.AWAITING_CONFIRMATION
    ],
}


def said(line: Any) -> tuple[Any, ...]:
    return line.jurisdiction, line.plan_title, line.activity


def expected(plans: list[Plan], attention: str | None, days: int) -> list[tuple[Any, ...]]:
    """The lists of the plans, put together."""
    found: list[tuple[int, str, str, Plan, Activity]] = []
    for plan in plans:
        of_one = LISTS[attention](plan, days) if attention else [(0, one) for one in plan.activities]
        found += [(rank, plan.id, one.code, plan, one) for rank, one in of_one]
    return [
        (plan.state.jurisdiction, plan.state.title, one) for *_, plan, one in sorted(found, key=lambda row: row[:3])
    ]


def all_pages(tracker: Tracker, limit: int, *args: Any, **kwargs: Any) -> list[tuple[Any, ...]]:
    lines: list[Any] = []
    after, total = "", None
    while True:
        page = tracker.across(*args, after=after, limit=limit, **kwargs)
        assert total in (None, page.total)
        total, after = page.total, page.next
        lines += page.lines
        assert len(page.lines) == limit or not after
        if not after:
            assert total == len(lines)
            return list(map(said, lines))


def check(tracker: Tracker, draw: random.Random) -> None:
    """Lists at any two dates, and the activities behind each number of a roll-up."""
    head = tracker.log.position()
    records = list(tracker.log.records())
    days = [record.event.on for record in records if hasattr(record.event, "on")]
    days += [due for record in records for due in getattr(getattr(record.event, "deadline", None), "days", ())]
    for _ in range(8):
        on, soon = draw.choice(days) + timedelta(days=draw.randrange(-8, 2)), draw.choice((0, 1, 7, 60))
        position = draw.choice((head, draw.randrange(head + 1)))
        plans = []
        for id in ("p", "q"):
            with contextlib.suppress(NotFound):
                plans.append(tracker.plan(id, on=on, known_at=position))
        for attention in (*get_args(Attention), None):
            found = all_pages(tracker, draw.choice((1, 2, 100)), attention, days=soon, on=on, known_at=position)
            assert expected(plans, attention, soon) == found, (attention, on, position, soon)
        rule, by = draw.choice(list(CountingRule)), draw.sample(BY, draw.randrange(len(BY) + 1))
        rollup = tracker.rollup(by=by, on=on, known_at=position, rule=rule)
        activities = {one.id: (plan, one) for plan in plans for one in plan.activities}
        as_ = {id: counted for plan in plans for id, counted in plan.progress(rule).counted}
        for key, tally in rollup.lines.items():
            part: Any = dict(zip(by, key, strict=True))
            for counted, number in tally.counts:
                page = tracker.across(key=part, counted=[counted], rule=rule, on=on, known_at=position)
                assert (number, number) == (page.total, len(page.lines))
                for line in page.lines:
                    plan, one = activities[line.activity.id]
                    assert counted is as_[one.id]
                    group = PATH.join(one.group)
                    own = {
                        "jurisdiction": plan.state.jurisdiction,
                        "plan": plan.id,
                        "domain": one.domain,
                        "group": group,
                    }
                    assert {name: own[name] for name in by if name != "lead"} == {
                        name: value for name, value in part.items() if name != "lead"
                    }
            whole = tracker.across(key=part, rule=rule, on=on, known_at=position)
            assert sum(number for _, number in tally.counts) == whole.total


@given(proposals(), st.integers(0, 1000))
def test_pages_are_what_the_plans_say(events: list[Any], seed: int) -> None:
    """All lists, all pages of any length; and as many behind each number of a roll-up as it says."""
    with recorded(events, seed) as (tracker, draw):
        tracker.record(scheduled("q/1.9", lead=()), by="a")
        check(tracker, draw)


@given(proposals(), st.integers(0, 1000))
@pytest.mark.slow
def test_so_they_are_of_plans_that_have_too_many_spans(events: list[Any], seed: int) -> None:
    """Which are answered from their records, beside others that are not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spans, "MOST", 6)
        with recorded(events, seed) as (tracker, draw):
            check(tracker, draw)


@IN_DATABASES
@given(events=proposals(), seed=st.integers(0, 1000), kind=st.sampled_from(["sqlite", "postgres"]))
@pytest.mark.slow
def test_so_they_are_in_databases(tmp_path: Any, server: str, events: list[Any], seed: int, kind: str) -> None:
    """The same law."""
    now = time.monotonic_ns()
    url = f"{server}&schema=across_{now}" if kind == "postgres" else f"sqlite:///{tmp_path}/{now}.db"
    with recorded(events, seed, url) as (tracker, draw):
        check(tracker, draw)


def test_an_occurrence_that_was_missed_does_not_hide_a_coming_one(any_url: str | None) -> None:
    """It is overdue and due soon; one that is done is neither."""
    quarters = Deadline.parse("20/3; 20/6; 20/9", 2023)
    with Tracker(any_url, clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled("p/1", deadline=quarters), scheduled("p/2"), by="a")
        found = [
            [line.activity.code for line in tracker.across(attention, on=day("6-15"), days=15).lines]
            for attention in ("overdue", "due-soon")
        ]
        assert [["1"], ["1", "2"]] == found
        tracker.record(OccurrenceCompleted("p/1", on=day("6-14"), occurrence=day("6-20")), by="a")
        assert ["2"] == [line.activity.code for line in tracker.across("due-soon", on=day("6-15"), days=15).lines]


def test_plans_that_cannot_be_read_are_named(url: str) -> None:
    """And left out, as of a roll-up."""
    with Tracker(url) as tracker:
        tracker.record(adopted(), scheduled(), adopted("q"), scheduled("q/1"), by="a")
        tamper(url, "UPDATE reformtrack_log SET topic = 'X.1' WHERE originator_id = 'p/1.01'")
        found = tracker.across(on=day("7-10"))
        assert (("p",), ["q/1"]) == (found.unreadable, [line.activity.id for line in found.lines])


@pytest.mark.parametrize("after", ["x", "1", "1 p", "x p/1", "1e3 p/1", "9999999999 p/1", "-- p/1"])
def test_what_is_no_next_page_is_refused(after: str) -> None:
    with Tracker() as tracker, pytest.raises(InvalidField):
        tracker.across(after=after)


def test_a_plan_that_was_never_on_record_is_not_found() -> None:
    """A mistyped id is not 0/0; a plan that was adopted later counts nothing before."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="a")
        for ask in (tracker.rollup, lambda plans: tracker.across(plans=plans)):
            with pytest.raises(NotFound, match="'q'"):
                ask(["p", "q"])
        assert "0/0 (–)" == str(tracker.rollup(["p"], on=date(2000, 1, 1)).total)
        assert 0 == tracker.across(key={"plan": "p"}, on=date(2000, 1, 1)).total
        with pytest.raises(NotFound):
            tracker.across(key={"plan": "q"})
