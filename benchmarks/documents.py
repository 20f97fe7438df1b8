"""
How long the annual report takes in its four forms.

    python benchmarks/documents.py
"""

import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from reformtrack import Tracker
from reformtrack.exchange.report.forms import FORMS, rendered

EXAMPLES = Path(__file__).parents[1] / "examples"
sys.path.insert(0, str(EXAMPLES))

from dak_nong_events import PLAN, YEAR, Clock, record_year  # noqa: E402  # found once the path is set
from dak_nong_report import LETTERHEAD  # noqa: E402  # the same


def seconds(call: Callable[[], Any], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def line(what: str, value: float, aim: float) -> None:
    print(f"{what:60} {value:8.2f} s   ≤ {aim} s: {'met' if value <= aim else 'MISSED'}", flush=True)


def main() -> None:
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        record_year(tracker, clock)
        report = tracker.reports.issue(PLAN, YEAR, by="so-noi-vu")
    each = {form: seconds(partial(rendered, report, form, "vi", LETTERHEAD), 3) for form in FORMS}
    line(
        f"the annual report in its forms ({', '.join(f'{form} {s:.2f}' for form, s in each.items())})",
        sum(each.values()),
        10,
    )


if __name__ == "__main__":
    main()
