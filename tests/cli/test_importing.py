"""The appendix of a plan through the command line."""

import json
from pathlib import Path

import openpyxl
import pytest

from reformtrack import Tracker
from tests.cli.conftest import Run
from tests.exchange.layouts import Cells, simple, table, workbook

APPENDIX = Path("examples/data/dak-nong-2023-appendix.xlsx")
pytestmark = pytest.mark.slow

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
    run("init", "--store", tmp_path / "plans.db")
    ran = run(*of)
    assert (6, "") == (ran.code, ran.err)
    assert "D3" in ran.out
    assert "nhiệm vụ không có cơ quan chủ trì" in ran.out
    assert 0 == run(*of, "--leave", "a!3").code
    bad = run("import", "p", __file__, *NEW, "--store", tmp_path / "plans.db")
    assert 6 == bad.code
    nameless = run("import", "q", path, "--by", "a", "--store", tmp_path / "plans.db")
    assert 2 == nameless.code
    assert "tên, năm và địa phương, đơn vị" in nameless.err
    assert 2 == run("import", "q", path, "--title", "x", "--by", "a", "--store", tmp_path / "plans.db").code


def test_what_is_only_looked_at_needs_no_store_and_a_mistyped_one_makes_none(run: Run, tmp_path: Path) -> None:
    """With the year, in which deadlines are read; nothing is made where it is said, or beside it."""
    dry = run("import", "p", APPENDIX, "--year", "2023", "--dry-run", "--json")
    assert (0, 55) == (dry.code, json.loads(dry.out)["counts"][0]["after"])
    for options in ((), ("--dry-run",)):
        mistyped = run("import", "p", APPENDIX, *NEW, *options, "--store", tmp_path / "plan.db")
        assert (5, []) == (mistyped.code, [*tmp_path.iterdir()])


@pytest.mark.parametrize("form", ["xlsx", "json"])
def test_a_draft_is_written_answered_and_given_back(form: str, run: Run, tmp_path: Path) -> None:
    """Nothing is recorded until each question is answered."""
    cells = simple()
    cells[2][3] = "Sở Nội vụ, Tư pháp"
    path, draft, store = table(tmp_path / "a.csv", cells), tmp_path / f"draft.{form}", tmp_path / "plans.db"
    run("init", "--store", store)
    of = ("import", "p", path, *NEW, "--store", store)
    asked = run(*of, "--draft", draft)
    assert 6 == asked.code
    assert "chưa rõ “Sở Nội vụ, Tư pháp” là một hay nhiều cơ quan" in asked.out
    answer = "Sở Nội vụ; Sở Tư pháp"
    if form == "json":
        content = json.loads(draft.read_text("utf-8"))
        [question] = [problem for problem in content["problems"] if problem["ask"]]
        question["answer"] = answer
        draft.write_text(json.dumps(content), "utf-8")
    else:
        book = openpyxl.load_workbook(draft)
        [row] = [row for row in book.worksheets[0].iter_rows() if str(row[0].value).startswith("agencies:")]
        row[8].value = answer
        book.save(draft)
    assert 0 == run(*of, "--mapping", draft).code
    with Tracker(f"sqlite:///{store}") as tracker:
        assert answer == "; ".join(tracker.plan("p").activity("1.01").leads)


def test_sheets_columns_and_a_mapping_are_said_by_options(run: Run, tmp_path: Path) -> None:
    """A mapping serves the next appendix too: it names columns by headings, agencies and deadlines by texts."""
    head = ["STT", "Nhiệm vụ", "Bên A", "Bên B", "Thời hạn"]
    cells: Cells = [head, ["I", "THỂ CHẾ"], [1, "Rà soát", "VP", "Sở Y tế", "sớm"]]
    path = workbook(tmp_path / "a.xlsx", cells, [["x"]])
    look = ("import", "p", path, "--year", "2023", "--dry-run", "--json")
    assert 6 == run(*look).code
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        '[columns]\n"Bên A" = "lead"\n[agencies]\nVP = "Văn phòng UBND tỉnh"\n[deadlines]\n"sớm" = "Quý II"\n', "utf-8"
    )
    found = json.loads(run(*look, "--sheet", "Sheet1", "--column", "Bên B=supporting", "--mapping", mapping).out)
    event = found["events"][1]["event"]
    assert (["Văn phòng UBND tỉnh", ["Sở Y tế"]], "sớm") == (
        [event["lead"], event["supporting"]],
        event["deadline"]["text"],
    )
    assert ["2023-06-30"] == event["deadline"]["days"]
    assert 2 == run(*look, "--column", "Bên B=boss").code
    assert 2 == run(*look, "--column", "lead").code
