"""
The worked example as a web application on this machine: pages at http://127.0.0.1:8023, the API under /api/v1.

    python examples/serve_dak_nong.py [--port 8023]

The counts are published; the list of activities and every day in it are illustrative, and each page says so.
"""

import argparse
from datetime import date, timedelta

import uvicorn
from dak_nong_events import ADOPTED, CUT_OFF, MONITOR, PLAN, YEAR, Clock, at, record_year

from reformtrack import ActivityReassigned, ActivityReopened, AgencyRegistered, Tracker
from reformtrack.domain.wording import folded
from reformtrack.web import create_app

AGENCIES = ("Sở Nội vụ", "Sở Tư pháp", "Sở Tài chính", "Sở Thông tin và Truyền thông", "Văn phòng UBND tỉnh")


def worked_example() -> Tracker:
    """A year of records, its report, and what became known the week after; its clock stands on 28 December 2023."""
    clock = Clock()
    tracker = Tracker(clock=clock)
    ids = ("@" + folded(name).replace(" ", "-") for name in AGENCIES)
    tracker.record(
        *(AgencyRegistered(id, on=ADOPTED, name=name) for id, name in zip(ids, AGENCIES, strict=True)), by=MONITOR
    )
    record_year(tracker, clock)
    tracker.issue_report(PLAN, YEAR, by=MONITOR)
    clock.now = at(CUT_OFF + timedelta(days=7), 600)
    handed = ActivityReassigned(f"{PLAN}/7.02", on=date(2023, 12, 18), lead="Văn phòng UBND tỉnh")
    opened = ActivityReopened(f"{PLAN}/3.01", on=date(2023, 12, 27), reason="Hồ sơ nghiệm thu còn thiếu")
    tracker.record(handed, opened, by=MONITOR)
    return tracker


def main() -> None:
    parser = argparse.ArgumentParser(description="The worked example as a web application.")
    parser.add_argument("--port", type=int, default=8023)
    options = parser.parse_args()
    with worked_example() as tracker:
        uvicorn.run(create_app(tracker), host="127.0.0.1", port=options.port, log_level="warning")


if __name__ == "__main__":
    main()
