"""The country of the benchmarks is one that could have been recorded."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby

import pytest
from seeding import ACTIVITIES, MOST_DAYS_LATE, NOW, fill

from reformtrack import Tracker

PLANS = 7


@pytest.fixture(scope="module")
def seeded() -> Iterator[Tracker]:
    """A store with the first plans of the country."""
    with Tracker(clock=lambda: NOW) as tracker:
        fill(tracker, PLANS)
        yield tracker


@pytest.mark.slow
def test_each_request_is_accepted_when_it_is_recorded_in_its_turn(seeded: Tracker) -> None:
    now = [NOW]
    with Tracker(clock=lambda: now[0]) as tracker:
        for request, records in groupby(seeded.log.records(), key=lambda record: record.request_id):
            together = list(records)
            now[0] = together[0].recorded_at
            tracker.record(*(record.event for record in together), by=together[0].by, request_id=request)
        assert [record.event for record in seeded.log.records()] == [record.event for record in tracker.log.records()]
        for row in seeded.plans():
            assert seeded.plan(row.plan).progress_by("lead") == tracker.plan(row.plan).progress_by("lead")


def test_plans_stand_among_each_other_in_the_order_in_which_they_were_recorded(seeded: Tracker) -> None:
    records = list(seeded.log.records())
    instants = [record.recorded_at for record in records]
    assert instants == sorted(instants)
    assert instants[-1] < NOW
    assert instants[0] > datetime(2023, 1, 2, tzinfo=UTC)
    middle = {str(record.event.subject).partition("/")[0] for record in records[len(records) // 2 :][:200]}
    assert PLANS == len(middle)
    late = [
        record.recorded_at.date() - day for record in records if (day := getattr(record.event, "on", None)) is not None
    ]
    assert max(late) > timedelta(days=20)
    assert min(late) >= timedelta(0)
    assert sum(days <= timedelta(days=MOST_DAYS_LATE) for days in late) > 0.95 * len(late)


def test_what_happens_in_it_is_what_its_page_says(seeded: Tracker) -> None:
    kinds = Counter(type(record.event).__name__ for record in seeded.log.records())
    assert PLANS * ACTIVITIES == kinds["ActivityScheduled"] == kinds["ActivityStarted"]
    assert kinds.keys() > {"CompletionConfirmed", "CompletionReturned", "RecordRetracted", "OccurrenceCompleted"}
    assert 0.05 < kinds["ActivityRescheduled"] / (PLANS * ACTIVITIES) < 0.15
    leads = {found.leads for row in seeded.plans() for found in seeded.plan(row.plan).activities}
    assert {1, 2} == set(map(len, leads))
