"""The round trip with an agency through the command line."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from reformtrack import Tracker
from tests.cli.conftest import Run
from tests.support import adopted, scheduled

pytestmark = pytest.mark.slow
LEAD = "Sở Tư pháp"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "plans.db"
    with Tracker(f"sqlite:///{path}") as tracker:
        tracker.record(adopted(), scheduled("p/1"), scheduled("p/2"), by="a")
    return path


def test_a_workbook_is_sent_taken_and_answered(run: Run, store: Path, tmp_path: Path) -> None:
    """What is right is recorded, the rest listed; the answer is a copy with remarks, in the language of the run."""
    path, answer = tmp_path / "a.xlsx", tmp_path / "answer.xlsx"
    of = ("--lead", LEAD, "--store", store)
    assert 0 == run("ask", "p", path, *of).code
    book: Any = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet["H6"], sheet["I6"] = "Đã hoàn thành", date(2023, 6, 20)
    sheet["H7"], sheet["I7"] = "tiếp tục thực hiện", "20/6/2023"
    book.save(path)
    taken = run("take", path, *of, "--by", "tu-phap", "--answer", answer)
    assert (6, "") == (taken.code, taken.err)
    assert "H7" in taken.out
    assert "đã ghi 1 bản ghi" in taken.out
    remarks = [openpyxl.load_workbook(answer).worksheets[0].cell(row, 8).value for row in (6, 7)]
    assert ["✓", "✗"] == [str(remark)[0] for remark in remarks]
    again = json.loads(run("take", path, *of, "--by", "tu-phap", "--json").out)
    assert ([], 1, ["H7"]) == (again["records"], again["earlier"], [problem["cell"] for problem in again["problems"]])
    sheet["H7"] = None
    sheet["I7"] = None
    book.save(path)
    right = run("take", path, *of, "--by", "tu-phap")
    assert 0 == right.code
    assert "1 bản ghi đã có từ trước" in right.out


def test_what_cannot_be_sent_or_answered_is_said_before_anything_is_recorded(
    run: Run, store: Path, tmp_path: Path
) -> None:
    """An agency without open work, and a name under which no answer can be put."""
    path, of = tmp_path / "a.xlsx", ("--lead", LEAD, "--store", store)
    assert 2 == run("ask", "p", path, "--lead", "Sở Y tế", "--store", store).code
    assert not path.exists()
    run("ask", "p", path, *of)
    book: Any = openpyxl.load_workbook(path)
    book.worksheets[0]["H6"], book.worksheets[0]["I6"] = "đã hoàn thành", "20/6/2023"
    book.save(path)
    assert 6 == run("take", path, *of, "--by", "b", "--answer", tmp_path / "none" / "b.xlsx").code
    with Tracker(f"sqlite:///{store}") as tracker:
        assert 0 == tracker.plan("p").progress().completed
