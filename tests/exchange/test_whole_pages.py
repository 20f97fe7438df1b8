"""What a PDF sets stands on its pages, to the last line: a table is kept on one page only where it fits."""

import re
import subprocess
from collections.abc import Sequence

import pytest

from reformtrack.exchange.report import form
from reformtrack.exchange.report.blocks import Block, ReportDocument, Sheet, Table
from reformtrack.exchange.report.pdf import pdf
from tests.support import ADOPTED

pytestmark = [pytest.mark.slow, pytest.mark.needs("pdftotext")]
STATUS = "Chưa thực hiện, quá hạn 101 ngày, từ ngày 20/01/2025, 20/02/2025, 20/03/2025"
"""Of one of few rows, in a column of a few letters."""


def lines_of(content: bytes) -> tuple[list[str], list[tuple[str, float]]]:
    """The words of a PDF, and those that stand in its lower margin."""
    done = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=content, capture_output=True, check=True)
    words, below, height = list[str](), list[tuple[str, float]](), 0.0
    for line in done.stdout.decode().splitlines():
        if found := re.search(r'<page .*height="([\d.]+)"', line):
            height = float(found[1])
        elif found := re.search(r'yMax="([\d.]+)">([^<]*)<', line):
            words.append(found[2])
            if float(found[1]) > height - form.MARGINS["bottom"] / 25.4 * 72 + 1:
                below.append((found[2], float(found[1])))
    return words, below


@pytest.mark.parametrize("landscape", [False, True], ids=["portrait", "landscape"])
@pytest.mark.parametrize(
    "rows",
    [
        [(str(n), STATUS) for n in range(1, 8)],
        [(str(n), "Sở Nội vụ " * 20 if n == 1 else "Sở A") for n in range(1, 9)],
        [("1", "Sở Kế hoạch và Đầu tư, " * 17)],
        [("1", "nhiệm\nvụ\n" * 40)],
        [(str(n), "Sở Nội vụ" * 4) for n in range(1, 20)],
    ],
    ids=["short", "one-is-long", "narrow", "lines", "unbroken"],
)
@pytest.mark.parametrize("share", [1, 12])
def test_no_row_runs_over_the_end_of_a_page(rows: Sequence[tuple[str, str]], share: int, landscape: bool) -> None:
    """Wherever on the page its table begins, and however narrow its column is."""
    table = Table(("TT", "Tình trạng", ""), [(*row, "") for row in rows], (1, share, 12))
    blocks: list[Block] = [Sheet(landscape=landscape), table, table]
    made = pdf(ReportDocument(lang="vi", title="x", kind="BÁO CÁO", organ="x", on=ADOPTED, blocks=blocks))
    words, below = lines_of(made)
    assert [] == below
    expected = [word for row in rows for cell in row for word in cell.split()]
    assert 2 * len("".join(expected)) <= len("".join(words))
