"""
How long files take: the import of an appendix, and the annual report in its four forms.

    python benchmarks/documents.py
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from reformtrack import Tracker
from reformtrack.exchange.importing import NewPlan, import_appendix
from reformtrack.exchange.reports import FORMS, rendered

EXAMPLES = Path(__file__).parents[1] / "examples"
sys.path.insert(0, str(EXAMPLES))

from dak_nong_events import PLAN, Clock, record_year  # noqa: E402  # found once the path is set
from dak_nong_report import LETTERHEAD, YEAR  # noqa: E402

NEW = NewPlan(title="Kế hoạch", year=2023, jurisdiction="Tỉnh")
ROWS = 5_000


def large(path: Path) -> Path:
    """A workbook of some thousand activities in fifty domains."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["STT", "Nhiệm vụ", "Sản phẩm", "Chủ trì", "Phối hợp", "Thời hạn"])
        row = 1
        for domain in range(50):
            sheet.write_row(row, 0, [f"{'I' * (domain % 3 + 1)}", f"LĨNH VỰC SỐ {domain + 1}"])
            row += 1
            for number in range(ROWS // 50):
                cells = [
                    number + 1,
                    f"Nhiệm vụ {number} của lĩnh vực {domain}",
                    "Báo cáo",
                    "Sở Nội vụ",
                    "Sở Tư pháp",
                    "Quý III",
                ]
                sheet.write_row(row, 0, cells)
                row += 1
    return path


def imported(path: Path) -> int:
    with Tracker() as tracker:
        result = import_appendix(tracker, path, "p", by="a", on=date(2023, 1, 2), new=NEW)
        if result.problems:
            raise AssertionError(result.problems[:3])
        return len(result.records)


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
    with tempfile.TemporaryDirectory() as folder:
        small, big = EXAMPLES / "data" / "dak-nong-2023-appendix.xlsx", large(Path(folder) / "large.xlsx")
        line("import of an appendix of 55 activities", seconds(lambda: imported(small), 9), 0.5)
        line(f"import of an appendix of {imported(big) - 1:,} activities", seconds(lambda: imported(big), 3), 5)
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        record_year(tracker, clock)
        report = tracker.issue_report(PLAN, YEAR, by="so-noi-vu")
    each = {form: seconds(lambda form=form: rendered(report, form, "vi", LETTERHEAD), 3) for form in FORMS}  # type: ignore[misc]
    line(
        f"the annual report in its forms ({', '.join(f'{form} {s:.2f}' for form, s in each.items())})",
        sum(each.values()),
        10,
    )


if __name__ == "__main__":
    main()
