"""A plan that goes out as an appendix and comes back in any form is the same plan: nothing is recorded."""

import csv
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from reformtrack import Deadline, Document, Tracker
from reformtrack.exchange.appendix.importing import NewPlan, import_appendix
from reformtrack.exchange.report.annex import appendix_xlsx
from tests.support import LONGEST, adopted, scheduled

pytestmark = pytest.mark.slow

ON = date(2023, 6, 1)
APPENDIX = Path("examples/data/dak-nong-2023-appendix.xlsx")
NEW = NewPlan(title="Kế hoạch", year=2023, jurisdiction="Tỉnh X")


def rows_of(path: Path) -> list[list[Any]]:
    sheet: Any = openpyxl.load_workbook(path).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def as_text(path: Path) -> Path:
    """As a program writes CSV: quotes around line breaks and semicolons."""
    with path.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows_of(path))
    return path.with_suffix(".csv")


def as_word(path: Path) -> Path:
    """Lines above the table as paragraphs; the table as one."""
    document = docx.Document()
    rows = rows_of(path)
    first = next(number for number, row in enumerate(rows) if sum(cell is not None for cell in row) > 5)
    for row in rows[:first]:
        document.add_paragraph(" ".join(str(cell) for cell in row if cell is not None))
    table = document.add_table(len(rows) - first, len(rows[first]))
    for line, row in zip(table.rows, rows[first:], strict=True):
        for cell, value in zip(line.cells, row, strict=True):
            cell.text = "" if value is None else str(value)
    document.save(str(path.with_suffix(".docx")))
    return path.with_suffix(".docx")


def converted(form: str, *, to: str = "") -> Callable[[Path], Path]:
    """As LibreOffice saves it."""

    def convert(path: Path) -> Path:
        out = path.parent / "out"
        profile = f"-env:UserInstallation=file://{path.parent}/profile"
        command = ["soffice", profile, "--headless", "--convert-to", to or form, "--outdir", str(out), str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=LONGEST)
        return out / f"{path.stem}.{form}"

    return convert


FORMS: dict[str, Callable[[Path], Path]] = {
    "xlsx": lambda path: path,
    "csv": as_text,
    "docx": as_word,
    "ods": converted("ods"),
    "xls": converted("xls"),
    "csv of LibreOffice": converted("csv", to="csv:Text - txt - csv (StarCalc):59,34,76,1"),
}


def example() -> Tracker:
    """The worked example, 55 activities."""
    tracker = Tracker()
    import_appendix(tracker, APPENDIX, "p", by="a", on=date(2023, 1, 2), new=NEW)
    return tracker


def peculiar() -> Tracker:
    """Texts with line breaks, quotes and signs, joint leads, names with a comma, budgets, several days, no lead."""
    tracker = Tracker()
    several = Deadline.parse("15/3; 15/9", 2023)
    tracker.record(
        adopted(),
        scheduled(
            "p/1.01",
            title='Rà soát "quy chế";\nvăn bản',
            output="- Kế hoạch\n- Báo cáo, tờ trình",
            budget=1_250_000_000,
        ),
        scheduled("p/1.02", lead=("Sở Văn hóa, Thể thao và Du lịch", "Công an tỉnh"), supporting=("Sở A", "Sở B")),
        scheduled("p/1.03", title="=1+1", deadline=several, budget=1),
        scheduled("p/1.04", title="1. Nhiệm vụ có số", lead=(), deadline=Deadline.parse("sớm", 2023)),
        scheduled("p/2.01", title="TỔNG KẾT", domain="2", deadline=Deadline.parse("Thường xuyên", 2023)),
        by="a",
    )
    return tracker


@pytest.mark.needs("soffice")
@pytest.mark.parametrize("plan", [example, peculiar])
@pytest.mark.parametrize("form", FORMS)
def test_an_appendix_comes_back_in_any_form(form: str, plan: Callable[[], Tracker], tmp_path: Path) -> None:
    """Whether a document is named or not."""
    with plan() as tracker:
        path = tmp_path / "phu-luc.xlsx"
        path.write_bytes(appendix_xlsx(tracker.plan("p", ON)))
        path = FORMS[form](path)
        for document in (None, Document(number="9/QĐ")):
            found = import_appendix(tracker, path, "p", by="a", on=ON, document=document, lang="en")
            assert ((), True) == (found.events, found.is_accepted), found.problems
