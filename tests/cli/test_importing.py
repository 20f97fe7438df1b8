"""The appendix of a plan through the command line."""

import json
from pathlib import Path

import pytest

from reformtrack import Tracker
from tests.cli.conftest import Run
from tests.exchange.layouts import simple, table

APPENDIX = Path("examples/data/dak-nong-2023-appendix.xlsx")
NEW = ("--title", "Kế hoạch", "--year", "2023", "--jurisdiction", "Tỉnh Đắk Nông", "--on", "2022-12-28", "--by", "a")


@pytest.mark.slow
def test_an_appendix_is_looked_at_imported_and_imported_again(run: Run, tmp_path: Path) -> None:
    """A dry run first; the second time there is nothing to record."""
    store = ("--store", tmp_path / "plans.db")
    run("init", *store)
    of = ("import", "dak-nong-2023", APPENDIX, *NEW, *store)
    dry = run(*of, "--dry-run", "--json")
    assert (True, 56, 0) == tuple(
        len(value) if isinstance(value, list) else value
        for value in (json.loads(dry.out)[key] for key in ("accepted", "events", "recorded"))
    )
    assert "đưa vào kế hoạch" in run(*of, "--dry-run").out
    assert "56" in run(*of).out
    assert "Không có gì để ghi" in run(*of).out
    with Tracker(f"sqlite:///{tmp_path}/plans.db") as tracker:
        assert 55 == tracker.plan("dak-nong-2023").progress().total


def test_problems_are_listed_with_their_cells(run: Run, tmp_path: Path) -> None:
    """Nothing is recorded; a row may be left out; a file that is no spreadsheet is said to be none."""
    cells = simple()
    cells[2][3] = ""
    path = table(tmp_path / "a.csv", cells)
    of = ("import", "p", path, *NEW, "--store", tmp_path / "plans.db")
    ran = run(*of)
    assert (6, "") == (ran.code, ran.err)
    assert "D3" in ran.out
    assert "nhiệm vụ không có cơ quan chủ trì" in ran.out
    assert 0 == run(*of, "--leave", "a!3").code
    bad = run("import", "p", __file__, *NEW, "--store", tmp_path / "q.db")
    assert 6 == bad.code
    nameless = run("import", "q", path, "--by", "a", "--store", tmp_path / "plans.db")
    assert 2 == nameless.code
    assert "tên, năm và địa phương, đơn vị" in nameless.err
    assert 2 == run("import", "q", path, "--title", "x", "--by", "a", "--store", tmp_path / "plans.db").code
