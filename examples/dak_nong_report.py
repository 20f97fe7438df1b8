"""
The annual report of the worked example, issued and written as Word, Excel, HTML and PDF.

    python examples/dak_nong_report.py [--lang en] [--to build]

The counts are published; the list of activities and every day in it are illustrative, and each file says so.
"""

import argparse
from pathlib import Path

from dak_nong_events import MONITOR, PLAN, YEAR, Clock, record_year

from reformtrack import Tracker
from reformtrack.exchange.report.document import Letterhead
from reformtrack.exchange.report.forms import FORMS, write_report
from reformtrack.seal import SigningKey

KEY = SigningKey.generate("dak-nong.example/reform")
"""Made for this one run. A real key is made once, and kept where nobody who can write to the store can read it."""

LETTERHEAD = Letterhead(
    organ="Ủy ban nhân dân tỉnh Đắk Nông",
    place="Đắk Nông",
    capacity="TM. Ủy ban nhân dân",
    signer_title="Chủ tịch",
    signer="Nguyễn Văn A",
    recipients=("Bộ Nội vụ", "TTTU, TT HĐND tỉnh", "Các sở, ban, ngành", "Lưu: VT, NC"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description="The annual report of the worked example.")
    parser.add_argument("--lang", choices=("vi", "en"), default="vi")
    parser.add_argument("--to", type=Path, default=Path("build"), help="the folder that the files are written to")
    options = parser.parse_args()
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        record_year(tracker, clock)
        report = tracker.reports.issue(PLAN, YEAR, by=MONITOR, signing_key=KEY)
    options.to.mkdir(parents=True, exist_ok=True)
    for form in FORMS:
        print(write_report(report, options.to / f"bao-cao-2023{form}", lang=options.lang, letterhead=LETTERHEAD))


if __name__ == "__main__":
    main()
