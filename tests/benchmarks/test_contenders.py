"""Others that keep history answer as ours do where they can, and the benchmark says where they cannot."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from contender_rows import Table, Timelines
from seeding import NOW, fill

from reformtrack import Tracker

CONTENDERS = Path(__file__).parents[2] / "benchmarks" / "contenders.py"
PLANS = 3


def test_what_is_kept_of_an_activity_ends_in_the_order_of_recording_as_in_that_of_the_days() -> None:
    """Of all activities: a row that is updated is right for the last day, and so are the periods of the days."""
    table, timelines = Table(), Timelines()
    with Tracker(clock=lambda: NOW) as tracker:
        fill(tracker, PLANS)
        for record in tracker.log.records():
            table.changed(record)
            timelines.changed(record)
        for plan in tracker.plans():
            for activity in tracker.plan(plan.plan).activities:
                (*_, before, (_, end, last)), row = timelines.now[activity.id], table.rows[activity.id].value
                assert (None, activity.status.value, activity.domain) == (end, last.status, last.domain)
                assert (row.status, row.late, row.lead) == (last.status, last.late, last.lead)
                assert before[2] != last


@pytest.mark.slow
def test_their_answers_are_ours_where_they_can_answer(tmp_path: Path) -> None:
    """Over few plans; an answer that is another ends the run. The export that it leaves is asked again."""
    words: list[str | Path] = [sys.executable, CONTENDERS, "--plans", str(PLANS), "--pairs", "20", "--export", tmp_path]
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=env)
    assert 0 == done.returncode, done.stderr
    costs, otherwise = done.stdout.split("\n\n")
    rows = [line.split(" | ") for line in otherwise.splitlines()[2:]]
    assert len(costs.splitlines()) == len(rows) + 4
    one_clock = {"history by triggers", "temporal table", "django-simple-history", "plain eventsourcing"}
    for name, day, pair, *_ in rows:
        is_one_clocked = name.removeprefix("| ").partition(",")[0] in one_clock
        assert is_one_clocked == bool(pair), (name, pair)
        assert not day or is_one_clocked
