"""Random histories of plans, recorded in a store, for the laws of what is answered of many plans."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings

from reformtrack import Tracker
from tests.store.test_views import run
from tests.support import INSTANT, Clock

IN_DATABASES = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=max(1, settings().max_examples // 4),
)
"""Fewer examples, since each is in a store of its own."""


@contextmanager
def recorded(events: Sequence[Any], seed: int, url: str | None = None) -> Iterator[tuple[Tracker, random.Random]]:
    """A tracker in which whatever is legal of some events was recorded by an instant; and what the rest is drawn with."""
    clock, draw = Clock(INSTANT - timedelta(minutes=3_000 * (len(events) + 1))), random.Random(seed)
    with Tracker(url, clock=clock) as tracker:
        run(tracker, clock, list(events), draw)
        yield tracker, draw
