"""
The worked example as a web application on this machine: pages at http://127.0.0.1:8023, the API under /api/v1.

    python examples/serve_dak_nong.py [--port 8023] [--week-later]

It opens on 21 December 2023, the day of the annual report. A week later two things became known that the report does not say.
The counts are published; the list of activities and every day in it are illustrative, and each page says so.
"""

import argparse
from datetime import date, timedelta

import uvicorn
from dak_nong_events import ADOPTED, CUT_OFF, MONITOR, PLAN, YEAR, Clock, at, record_year

from reformtrack import Tracker
from reformtrack.domain.wording import day, folded
from reformtrack.events import ActivityReassigned, ActivityReopened, AgencyRegistered
from reformtrack.web import LOCAL_HOSTS, create_app

AGENCIES = ("Sở Nội vụ", "Sở Tư pháp", "Sở Tài chính", "Sở Thông tin và Truyền thông", "Văn phòng UBND tỉnh")


def worked_example(*, week_later: bool = True) -> Tracker:
    """A year of records and its report; a week later also what became known by then. Its clock stands on that day of 2023."""
    clock = Clock()
    tracker = Tracker(clock=clock)
    ids = ("@" + folded(name).replace(" ", "-").removesuffix("-tinh") for name in AGENCIES)
    tracker.record(
        *(AgencyRegistered(id, on=ADOPTED, name=name) for id, name in zip(ids, AGENCIES, strict=True)), by=MONITOR
    )
    record_year(tracker, clock)
    tracker.reports.issue(PLAN, YEAR, by=MONITOR)
    if not week_later:
        return tracker
    clock.now = at(CUT_OFF + timedelta(days=7), 600)
    handed = ActivityReassigned(f"{PLAN}/7.02", on=date(2023, 12, 18), lead="Văn phòng UBND tỉnh")
    opened = ActivityReopened(f"{PLAN}/3.01", on=date(2023, 12, 27), reason="Hồ sơ nghiệm thu còn thiếu")
    tracker.record(handed, opened, by=MONITOR)
    return tracker


def main() -> None:
    parser = argparse.ArgumentParser(description="The worked example as a web application.")
    parser.add_argument("--port", type=int, default=8023)
    parser.add_argument("--week-later", action="store_true", help="open a week after the report")
    options = parser.parse_args()
    with worked_example(week_later=options.week_later) as tracker:
        progress = tracker.plan(PLAN).progress()
        print(
            f"http://127.0.0.1:{options.port}/plans/{PLAN}: {progress}, {day(tracker.today())}; Ctrl-C để dừng",
            flush=True,
        )
        app = create_app(tracker, hosts=LOCAL_HOSTS)
        uvicorn.run(app, host="127.0.0.1", port=options.port, log_level="warning")


if __name__ == "__main__":
    main()
