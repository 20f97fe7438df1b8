"""Each point of a trend is the roll-up of its day, as it is known and as it was known."""

import random
import time
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack import CountingRule, InvalidField, NotFound, Tracker
from reformtrack.country import spans
from reformtrack.testing import proposals
from tests.country.histories import IN_DATABASES, recorded
from tests.store.test_views import BY
from tests.support import INSTANT, Clock, adopted, day, scheduled, tamper


def check(tracker: Tracker, draw: random.Random) -> None:
    """Series of any length over any days, split in any way, under any rule."""
    head, today = tracker.log.position(), tracker.today()
    days = [record.event.on for record in tracker.log.records() if hasattr(record.event, "on")]
    for _ in range(4):
        first = draw.choice([*days, today]) - timedelta(days=draw.randrange(40))
        every, number = draw.choice((("day", 1), ("week", 7))), draw.choice((1, 2, 9, 30))
        last = first + timedelta(days=every[1] * number - draw.randrange(every[1]))
        by, rule = draw.sample(BY, draw.randrange(len(BY) + 1)), draw.choice(list(CountingRule))
        known_at, as_it_was = draw.choice((None, head, draw.randrange(head + 1))), draw.random() < 0.6
        asked: Any = {"every": every[0], "by": by, "rule": rule, "known_at": known_at, "as_it_was": as_it_was}
        trend = tracker.trend(first, last, **asked)
        assert (last, tuple(by), rule) == (trend.points[-1].on, trend.by, trend.rule)
        assert first <= trend.points[0].on < first + timedelta(days=every[1])
        for point in trend.points:
            position = head if known_at is None else known_at
            end = tracker.end_of(point.on)
            if as_it_was and end is not None:
                position = min(position, tracker.log.position(end))
            rollup = tracker.rollup(by=by, on=point.on, rule=rule, known_at=position)
            assert {key: tally for key, tally in rollup.lines.items() if tally.counts} == dict(point.lines)
            assert (rollup.total, rollup.position, rollup.unreadable) == (point.total, point.position, point.unreadable)


@given(proposals(), st.integers(0, 1000))
def test_each_point_is_the_rollup_of_its_day(events: list[Any], seed: int) -> None:
    """Whatever happened, and was learnt late."""
    with recorded(events, seed) as (tracker, draw):
        check(tracker, draw)


@given(proposals(), st.integers(0, 1000))
@pytest.mark.slow
def test_so_it_is_of_plans_that_have_too_many_spans(events: list[Any], seed: int) -> None:
    """Which are answered from their records."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spans, "MOST", 6)
        with recorded(events, seed) as (tracker, draw):
            check(tracker, draw)


@IN_DATABASES
@given(events=proposals(), seed=st.integers(0, 1000), kind=st.sampled_from(["sqlite", "postgres"]))
@pytest.mark.slow
def test_so_it_is_in_databases(tmp_path: Any, server: str, events: list[Any], seed: int, kind: str) -> None:
    """The same law."""
    now = time.monotonic_ns()
    url = f"{server}&schema=trend_{now}" if kind == "postgres" else f"sqlite:///{tmp_path}/{now}.db"
    with recorded(events, seed, url) as (tracker, draw):
        check(tracker, draw)


def test_a_plan_is_counted_until_a_record_of_it_cannot_be_read(url: str) -> None:
    """As of a roll-up: on the days known before that record."""
    clock = Clock(INSTANT - timedelta(days=30))
    with Tracker(url, clock=clock) as tracker:
        tracker.record(adopted(), scheduled(), adopted("q"), scheduled("q/1"), by="a")
        clock.now += timedelta(days=20)
        tracker.record(scheduled("p/2"), by="a")
        clock.now += timedelta(days=10)
        tamper(url, "UPDATE reformtrack_log SET topic = 'X.1' WHERE originator_id = 'p/2'")
        trend = tracker.trend(tracker.today() - timedelta(days=28), as_it_was=True)
        assert [2, 2, 2, 1, 1] == [point.total.total for point in trend.points]
        assert [(), (), (), ("p",), ("p",)] == [point.unreadable for point in trend.points]
        for point in trend.points:
            assert point.total == tracker.rollup(on=point.on, known_at=point.position).total


def test_a_trend_is_of_some_days() -> None:
    """A day after the last is refused, and so is a millennium; a plan that is nowhere on record is not found."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="a")
        for first in (tracker.today() + timedelta(days=1), date(1000, 1, 1)):
            with pytest.raises(InvalidField, match="1000 points at most"):
                tracker.trend(first)
        with pytest.raises(NotFound):
            tracker.trend(day("6-1"), plans=["x"])
        found = tracker.trend(day("6-28"), day("7-2"), every="day")
        assert "▁▁▁▁▁" == found.sparkline
        frame = found.to_frame()
        assert ["on", "position", "completed", "total", "open", "overdue"] == frame.columns
        assert [0, 0, 0, 1, 1] == frame["overdue"].to_list()
        assert ["p"] * 5 == tracker.trend(day("6-28"), day("7-2"), every="day", by=["plan"]).to_frame()[
            "plan"
        ].to_list()
