"""
A country at random dates: each answer from the views is the one that the plan's own records give.

    python -m drills.country sqlite:///country.db [--questions 10000] [--seed 1]

The store is one that `python benchmarks/country.py --store` has written, or any other.
"""

import argparse
import random
import sys
import time
from datetime import timedelta

from reformtrack import CountingRule, Tracker
from reformtrack.answers import Tally
from reformtrack.testing.history import ADOPTED
from tests.store.test_views import BY, counted_by, folded

DAYS = 400
"""The days asked for: so many from a month before the plans are adopted."""


def is_right(tracker: Tracker, plan: str, draw: random.Random, head: int) -> bool:
    """Whether one question, at random, has the answer of the live fold."""
    on = ADOPTED + timedelta(days=draw.randrange(-30, DAYS - 30))
    position, rule = draw.randrange(head + 1), draw.choice(list(CountingRule))
    by = draw.sample(BY[2:], draw.randrange(4))
    counts = counted_by(folded(tracker, [plan], on, position, rule), by)
    found = tracker.rollup([plan], by, on, rule, None, position)
    return {key: Tally(rule=rule, counts=count) for key, count in counts.items()} == dict(found.lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="A country at random dates, from its views and from its records.")
    parser.add_argument("store")
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    draw, started, wrong = random.Random(options.seed), time.monotonic(), 0
    with Tracker(options.store) as tracker:
        plans, head = [row.plan for row in tracker.plans()], tracker.log.position()
        for number in range(1, options.questions + 1):
            plan = draw.choice(plans)
            wrong += not is_right(tracker, plan, draw, head)
            if number % 1_000 == 0:
                print(f"{number:,} questions, {wrong} wrong, {time.monotonic() - started:.0f} s", flush=True)
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
