"""
How long the annual report takes in its four forms, in seconds of the processor: of the worked example, and of 140 long tasks.

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
from reformtrack.answers import Report
from reformtrack.exchange.report.forms import FORMS, rendered

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "examples")]

from dak_nong_events import PLAN, YEAR, Clock, record_year  # noqa: E402  # found once the path is set
from dak_nong_report import LETTERHEAD  # noqa: E402  # the same

from tests.long_plan import report_of_long_tasks  # noqa: E402  # the same


def seconds(call: Callable[[], Any], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        started = time.process_time()
        call()
        times.append(time.process_time() - started)
    return statistics.median(times)


def measure(report: Report, aim: float) -> None:
    """The report in each form, one after the other, as it is asked for: each chart is drawn once."""
    each = {form: seconds(partial(rendered, report, form, "vi", LETTERHEAD), 1) for form in FORMS}
    value, forms = sum(each.values()), ", ".join(f"{form} {s:.2f}" for form, s in each.items())
    what = f"a report of {len(report.plan.activities)} activities ({forms})"
    print(f"{what:80} {value:6.2f} s   ≤ {aim} s: {'met' if value <= aim else 'MISSED'}", flush=True)


def main() -> None:
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        record_year(tracker, clock)
        measure(tracker.reports.issue(PLAN, YEAR, by="so-noi-vu"), 5)
    measure(report_of_long_tasks(), 10)


if __name__ == "__main__":
    main()
