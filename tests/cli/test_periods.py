"""Appendices of plans that are not for a calendar year."""

from datetime import date
from pathlib import Path

import pytest

from reformtrack import InvalidField, Tracker
from reformtrack.exchange.appendix.importing import NewPlan, import_appendix
from tests.cli.conftest import Run

pytestmark = pytest.mark.slow  # a file is read in a process of its own

ROWS = """STT,Nội dung nhiệm vụ,Cơ quan chủ trì,Thời hạn
I,Cải cách thể chế,,
1,Rà soát văn bản quy phạm pháp luật,Sở Tư pháp,Hằng quý
2,Báo cáo kết quả thực hiện,Sở Nội vụ,Hằng năm
3,Sơ kết giai đoạn,Sở Nội vụ,30/6/2028
"""
FIRST, LAST = date(2026, 1, 1), date(2030, 12, 31)


@pytest.fixture
def appendix(tmp_path: Path) -> Path:
    path = tmp_path / "phu-luc.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def test_deadlines_of_a_new_plan_are_read_in_its_days(appendix: Path) -> None:
    new = NewPlan(
        title="Kế hoạch giai đoạn 2026-2030", year=2026, jurisdiction="Tỉnh X", first_day=FIRST, last_day=LAST
    )
    with Tracker() as tracker:
        found = import_appendix(tracker, appendix, "p", by="x", on=FIRST, new=new)
        assert found.is_accepted, [problem.what for problem in found.problems]
        plan = tracker.plan("p")
        assert (FIRST, LAST) == (plan.state.first_day, plan.state.last_day)
        assert [20, 5, 1] == [len(activity.dues) for activity in plan.activities]


@pytest.mark.parametrize("title", ["Kế hoạch CCHC giai đoạn 2026-2030", "Kế hoạch 2026 – 2030"])
def test_a_plan_of_several_years_is_not_taken_for_one_of_a_year(title: str) -> None:
    with pytest.raises(InvalidField, match="the first and the last day"):
        NewPlan(title=title, year=2026, jurisdiction="Tỉnh X")


@pytest.mark.parametrize("title", ["Kế hoạch", "Kế hoạch năm 2026 thực hiện Chương trình giai đoạn 2021-2030"])
def test_a_plan_of_a_year_may_name_the_programme_that_it_serves(title: str) -> None:
    assert NewPlan(title=title, year=2026, jurisdiction="Tỉnh X").days is None


def test_the_command_line_takes_the_days_of_a_plan(run: Run, appendix: Path, tmp_path: Path) -> None:
    store = tmp_path / "p.db"
    assert 0 == run("init", "--store", store).code
    words = (
        "import",
        "p",
        appendix,
        "--title",
        "Kế hoạch giai đoạn 2026-2030",
        "--jurisdiction",
        "Tỉnh X",
        "--by",
        "x",
    )
    refused = run(*words, "--year", "2026", "--store", store, "--on", "2026-01-05")
    assert 0 != refused.code
    assert "ngày đầu và ngày cuối" in " ".join(refused.err.split())
    taken = run(*words, "--first", "01/01/2026", "--last", "31/12/2030", "--store", store, "--on", "2026-01-05")
    assert 0 == taken.code, taken.err
    with Tracker(f"sqlite:///{store}") as tracker:
        assert 20 == len(tracker.plan("p", on=LAST).activity("1").dues)
