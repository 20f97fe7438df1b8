"""
How long an appendix takes: the worked example, and a workbook of 5,000 activities, looked at, adopted, imported again and
amended. CPU seconds, of the process that reads the file too.

    python benchmarks/appendix.py
"""

import os
import statistics
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter

from reformtrack import Document, Tracker
from reformtrack.exchange.appendix.importing import NewPlan, import_appendix, read_draft

EXAMPLE = Path(__file__).parents[1] / "examples" / "data" / "dak-nong-2023-appendix.xlsx"
NEW = NewPlan(title="Kế hoạch", year=2023, jurisdiction="Tỉnh")
DECISION = Document(number="9/QĐ-UBND")
ROUNDS, ROWS, DOMAINS = 5, 5_000, 10


class Line(NamedTuple):
    """A line of the table: the median of its rounds in CPU seconds, and the aim."""

    operation: str
    median: float
    aim: float

    def __str__(self) -> str:
        verdict = "met" if self.median <= self.aim else "MISSED"
        return f"{self.operation:<62} {self.median:>6.2f} s   aim ≤ {self.aim:g} s: {verdict}"


def workbook(path: Path, changed: int = 0) -> Path:
    """5,000 activities in ten domains; the deadline of every tenth is another one when some are changed."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        rows: list[list[Any]] = [["STT", "Nhiệm vụ", "Sản phẩm", "Chủ trì", "Phối hợp", "Thời hạn"]]
        for domain in range(DOMAINS):
            rows.append(["I", f"LĨNH VỰC SỐ {domain + 1}"])
            for number in range(ROWS // DOMAINS):
                deadline = "Quý IV" if changed and number % 10 == 0 else "Quý III"
                title = f"Nhiệm vụ {number} của lĩnh vực {domain}"
                rows.append([number + 1, title, "Báo cáo", "Sở Nội vụ", "Sở Tư pháp", deadline])
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    return path


def imported(tracker: Tracker, path: Path, expected: int) -> None:
    """Import a file, as an adoption or as an amendment of 1 June, and check how many records it makes."""
    on = date(2023, 6, 1) if tracker.log.position() else date(2023, 1, 2)
    result = import_appendix(tracker, path, "p", by="a", on=on, new=NEW, document=DECISION)
    assert expected == len(result.records), result.problems[:3]


def looked_at(tracker: Tracker, path: Path) -> None:
    """A draft of a file, and nothing recorded."""
    draft = read_draft(path, year=2023)
    assert not draft.questions
    assert len(draft.activities) == ROWS


def worked() -> float:
    """CPU seconds of this process and of those that it started, until now."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def timed(work: Callable[[Tracker], None], before: Path | None = None, records: int = 0) -> float:
    """The median of some rounds, each with a store of its own that has an import already where `before` is given."""
    taken = []
    for _ in range(ROUNDS):
        with Tracker() as tracker:
            if before is not None:
                imported(tracker, before, records)
            began = worked()
            work(tracker)
            taken.append(worked() - began)
    return statistics.median(taken)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        one, other = workbook(Path(folder) / "a.xlsx"), workbook(Path(folder) / "b.xlsx", changed=1)
        whole = ROWS + 1
        print(Line("the worked example, 55 activities", timed(lambda t: imported(t, EXAMPLE, 56)), 0.5))
        print(Line("a workbook of 5,000 activities, read to a draft", timed(lambda t: looked_at(t, one)), 5))
        print(Line("a workbook of 5,000 activities, adopted", timed(lambda t: imported(t, one, whole)), 5))
        print(Line("the same again: nothing to record", timed(lambda t: imported(t, one, 0), one, whole), 5))
        print(Line("one that re-dates 500 of them", timed(lambda t: imported(t, other, 501), one, whole), 5))


if __name__ == "__main__":
    main()
