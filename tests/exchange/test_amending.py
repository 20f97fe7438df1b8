"""What a changed appendix amends: exactly what differs, never what is left out, never a guess."""

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack import Document, InvalidField, Plan, Tracker
from reformtrack.domain.errors import VersionConflict
from reformtrack.domain.illegal import DatedInTheFuture, PlanIsClosed
from reformtrack.events import (
    ActivityCarriedOver,
    ActivityCompleted,
    ActivityReassigned,
    ActivityRescheduled,
    ActivityRevised,
    ActivityScheduled,
    ActivityWithdrawn,
    PlanAmended,
    PlanClosed,
)
from reformtrack.exchange.appendix.importing import Answers, Import, NewPlan, import_appendix
from tests.exchange.layouts import HEAD, Cells, codes, simple, table, workbook

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("in_this_process")]

NEW = NewPlan(title="Kế hoạch", year=2023, jurisdiction="Tỉnh X")
ADOPTED, AMENDED = date(2023, 1, 2), date(2023, 6, 1)
DECISION = Document(number="9/QĐ-UBND")


def imported(tracker: Tracker, cells: Cells, on: date = ADOPTED, **options: Any) -> Import:
    """The import of a table, as an adoption or an amendment."""
    with tempfile.TemporaryDirectory() as folder:
        path = table(Path(folder) / "t.csv", cells)
        given = {"by": "a", "new": NEW, "document": DECISION, "lang": "en", **options}
        return import_appendix(tracker, path, "p", on=on, **given)


def amended(tracker: Tracker, cells: Cells, **options: Any) -> Import:
    return imported(tracker, cells, AMENDED, **options)


def kinds(result: Import) -> list[tuple[str, str]]:
    return [(type(event).__name__, event.subject) for event in result.events]


def told(result: Import) -> list[tuple[str, str, bool]]:
    return [(problem.cell, problem.what, problem.is_error) for problem in result.problems]


def alike(*rows: Sequence[Any]) -> Cells:
    """A table of activities with one title in one domain."""
    return [HEAD, ["I", "THỂ CHẾ"], *([n, "Báo cáo", *row] for n, row in enumerate(rows, 1))]


ONE, TWO = ("Báo cáo", "Sở A", "", "Quý I"), ("Báo cáo", "Sở B", "", "Quý II")


def test_a_cell_that_is_emptied_empties_the_field() -> None:
    """A column that is not there leaves it."""
    cells = simple()
    cells[2] = [*cells[2][:2], "", cells[2][3], "", cells[2][5]]
    with Tracker() as tracker:
        imported(tracker, simple())
        result = amended(tracker, cells)
        assert [("PlanAmended", "p"), ("ActivityRevised", "p/1.01"), ("ActivityReassigned", "p/1.01")] == kinds(result)
        terms = tracker.plan("p").activity("1.01").state.terms
        assert ("", (), "Sở Tư pháp") == (terms.output, terms.supporting, terms.lead)
        narrow = [[cell for place, cell in enumerate(row) if place not in (2, 4)] for row in simple()]
        assert () == amended(tracker, narrow).events


def test_a_row_that_is_left_out_leaves_its_activity_as_it_is() -> None:
    """It is neither changed nor withdrawn, and is named in the result."""
    cells = simple()
    cells[2][3], cells[2][5], cells[3][5] = "", "Quý IV", "Quý IV"
    with Tracker() as tracker:
        imported(tracker, simple())
        assert not amended(tracker, cells).is_accepted
        result = amended(tracker, cells, leave=["t!3"])
        assert ([("PlanAmended", "p"), ("ActivityRescheduled", "p/1.02")], ("t!3",)) == (kinds(result), result.left)


def test_a_day_that_does_not_exist_is_a_problem_of_its_cell() -> None:
    """As where it is typed; a text without a day is kept, and said."""
    cells = simple()
    cells[2][5] = "31/2/2023"
    what = ("F3", "the deadline “31/2/2023” has a day that does not exist", True)
    with Tracker() as tracker:
        assert [what] == told(imported(tracker, cells))
        imported(tracker, simple())
        result = amended(tracker, cells)
        assert ([what], False) == (told(result), result.is_accepted)
        cells[2][5] = "sớm"
        assert [("F3", "the deadline “sớm” is kept, but no day was read from it", False)] == told(
            amended(tracker, cells)
        )


def test_an_activity_that_may_be_the_row_left_out_is_not_withdrawn() -> None:
    """As where its title and its number changed in that row too; it is said."""
    cells = simple()
    cells[2] = [7, "Rà soát văn bản (sửa)", "", "", "", ""]
    with Tracker() as tracker:
        imported(tracker, simple())
        result = amended(tracker, cells, leave=["t!3"])
        assert ((), [("", False)]) == (result.events, [(cell, error) for cell, _, error in told(result)])
        assert "1.01 is not in the file, and stays" in told(result)[0][1]


def test_a_new_title_under_one_number_is_a_revision() -> None:
    """Its record goes on, and both titles are told; a number that means quite another task is another activity."""
    cells = simple()
    cells[2][1] = "Rà soát, hệ thống hóa văn bản"
    with Tracker() as tracker:
        imported(tracker, simple())
        result = amended(tracker, cells, dry_run=True)
        assert [("PlanAmended", "p"), ("ActivityRevised", "p/1.01")] == kinds(result)
        assert [("B3", "1.01 has another title: before it was “Rà soát văn bản quy phạm pháp luật”", False)] == told(
            result
        )
        before, after = "Rà soát văn bản quy phạm pháp luật", "Rà soát, hệ thống hóa văn bản"
        assert [("t!3", "1.01", "title", before, after)] == [attrs.astuple(change) for change in result.changes]
        assert [(5, 5), (4, 4)] == [(count.before, count.after) for count in result.counts]
        cells[2] = [1, "Tổ chức hội thi", "Kế hoạch", "Sở Y tế", "", "Quý IV"]
        other = amended(tracker, cells)
        assert [("PlanAmended", "p"), ("ActivityScheduled", "p/1.03"), ("ActivityWithdrawn", "p/1.01")] == kinds(other)


def test_rows_that_move_keep_their_records() -> None:
    """A task that comes in between gives the others new numbers, and none of them another title."""
    cells = simple()
    cells[2:4] = [cells[2], [2, "Việc mới", "", "Sở Y tế", "", "Quý III"], [3, *cells[3][1:]]]
    with Tracker() as tracker:
        imported(tracker, simple())
        result = amended(tracker, cells)
        assert [("PlanAmended", "p"), ("ActivityScheduled", "p/1.03"), ("ActivityRevised", "p/1.02")] == kinds(result)
        assert ["1", "3", "2"] == [tracker.plan("p").activity(f"1.0{n}").number for n in (1, 2, 3)]


def test_codes_there_and_back_again() -> None:
    """A code that was withdrawn is not given again: its row comes back under another, stays that one, and it is said."""
    without = [row for row in codes() if row[0] != "1.02"]
    with Tracker() as tracker:
        imported(tracker, codes())
        assert [("PlanAmended", "p"), ("ActivityWithdrawn", "p/1.02")] == kinds(amended(tracker, without))
        again = amended(tracker, codes())
        assert [("PlanAmended", "p"), ("ActivityScheduled", "p/1.03")] == kinds(again)
        assert [("A4", "the code 1.02 of the file is 1.03 in the plan", False)] == told(again)
        assert () == amended(tracker, codes()).events
        assert 5 == tracker.plan("p").progress().total


def test_an_activity_is_followed_when_the_file_gets_codes() -> None:
    """By its title; nothing is withdrawn, and the number that is printed is another."""
    cells = simple()
    for row in cells[2:4]:
        row[0] = f"A.{row[0]}"
    with Tracker() as tracker:
        imported(tracker, simple())
        result = amended(tracker, cells)
    revised = [("PlanAmended", "p"), ("ActivityRevised", "p/1.01"), ("ActivityRevised", "p/1.02")]
    assert (revised, ["A3", "A4"]) == (kinds(result), [cell for cell, _, _ in told(result)])


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([TWO, ONE], [("PlanAmended", "p"), ("ActivityRevised", "p/1.02"), ("ActivityRevised", "p/1.01")]),
        (
            [TWO, (*ONE[:3], "Quý III")],
            [
                ("PlanAmended", "p"),
                ("ActivityRevised", "p/1.02"),
                ("ActivityRevised", "p/1.01"),
                ("ActivityRescheduled", "p/1.01"),
            ],
        ),
        ([ONE], [("PlanAmended", "p"), ("ActivityWithdrawn", "p/1.02")]),
        ([ONE, TWO, ONE], [("PlanAmended", "p"), ("ActivityScheduled", "p/1.03")]),
    ],
)
def test_of_activities_with_one_title_each_is_the_one_that_says_the_same(rows: Any, expected: Any) -> None:
    """Whatever their order, and then has another number; one row and one activity that are left are each other's."""
    with Tracker() as tracker:
        imported(tracker, alike(ONE, TWO))
        assert expected == kinds(amended(tracker, alike(*rows)))


def test_where_it_is_not_clear_which_activity_is_meant_nothing_is_guessed() -> None:
    """Each such row is a problem, and nothing is withdrawn; left out, they stay."""
    rows = alike((*ONE[:3], "Quý III"), (*TWO[:3], "Quý IV"))
    with Tracker() as tracker:
        imported(tracker, alike(ONE, TWO))
        result = amended(tracker, rows)
        assert ((), ()) == (result.events, result.records)
        assert [("B3", True), ("B4", True)] == [(cell, error) for cell, _, error in told(result)]
        assert () == amended(tracker, rows, leave=["t!3", "t!4"]).events


def test_what_the_rules_refuse_is_a_problem_of_its_row() -> None:
    """Another deadline for what is completed; what is said otherwise of it is recorded."""
    cells = simple()
    cells[2][5] = "Quý IV"
    with Tracker() as tracker:
        imported(tracker, simple())
        tracker.record(ActivityCompleted("p/1.01", on=date(2023, 3, 1)), by="a")
        for dry_run in (True, False):
            result = amended(tracker, cells, dry_run=dry_run)
            assert [("B3", "p/1.01 cannot be changed so: it is completed", True)] == told(result)
            assert () == result.records
        cells[2][5], cells[2][2] = "Quý II", "Tờ trình"
        assert [("PlanAmended", "p"), ("ActivityRevised", "p/1.01")] == kinds(amended(tracker, cells))


def test_a_completed_activity_that_the_file_does_not_have_stays() -> None:
    """And it is said."""
    cells = [row for row in simple() if row[1] != "Rà soát văn bản quy phạm pháp luật"]
    with Tracker() as tracker:
        imported(tracker, simple())
        tracker.record(ActivityCompleted("p/1.01", on=date(2023, 3, 1)), by="a")
        result = amended(tracker, cells)
    assert () == result.events
    assert [("", "1.01 is not in the file, and stays in the plan: it is completed", False)] == told(result)


def test_an_activity_that_was_carried_over_does_not_come_again() -> None:
    """Its row is a problem; left out, nothing differs."""
    with Tracker() as tracker:
        imported(tracker, simple())
        tracker.record(ActivityCarriedOver("p/1.01", on=date(2023, 3, 1), into="q"), by="a")
        assert [("B3", "the activity is 1.01, which was carried over into q", True)] == told(amended(tracker, simple()))
        assert () == amended(tracker, simple(), leave=["t!3"]).events


def test_an_amendment_that_comes_late_takes_its_place_in_time() -> None:
    """It is compared with the plan of its day; what later documents changed stays, and the same again records nothing."""
    second, third = simple(), simple()
    second[2][5], third[3][5] = "Quý III", "Quý IV"
    later = [*third, [3, "Việc mới", "", "Sở Y tế", "", "Quý IV"]]
    with Tracker() as tracker:
        imported(tracker, simple())
        imported(tracker, later, date(2023, 9, 1))
        result = amended(tracker, second)
        assert [("PlanAmended", "p"), ("ActivityRescheduled", "p/1.01")] == kinds(result)
        assert () == amended(tracker, second).events
        assert 6 == tracker.plan("p").progress().total
        assert "comes into the plan on a later day" in told(amended(tracker, [*second, later[-1]]))[0][1]


def test_notes_and_texts_of_budgets_are_kept_with_the_activity() -> None:
    """The host's own fields stay beside them; a budget cannot be taken away by a file, which is said."""
    head = [*HEAD, "Kinh phí (triệu đồng)", "Ghi chú"]
    cells: Cells = [head, ["I", "THỂ CHẾ"], [1, "Rà soát", "", "Sở A", "", "Quý I", "1,5", "Theo Công văn 3"]]
    with Tracker() as tracker:
        imported(tracker, cells)
        own = {"budget": "1,5", "note": "Theo Công văn 3"}
        assert (1_500_000, own) == _means(tracker.plan("p"))
        tracker.record(ActivityRevised("p/1.01", on=ADOPTED, host_fields={**own, "ref": "x"}), by="a")
        assert () == amended(tracker, cells).events
        cells[2][6:] = ["2", ""]
        assert [("PlanAmended", "p"), ("ActivityRevised", "p/1.01")] == kinds(amended(tracker, cells))
        assert (2_000_000, {"budget": "2", "ref": "x"}) == _means(tracker.plan("p"))
        cells[2][6] = ""
        assert [("G3", False)] == [(cell, error) for cell, _, error in told(amended(tracker, cells))]


def _means(plan: Plan) -> tuple[int | None, dict[str, str]]:
    terms = plan.activity("1.01").state.terms
    return terms.budget, dict(terms.host_fields)


def test_a_dry_run_is_refused_as_the_import_is() -> None:
    """Nothing that it shows is refused later."""
    cells = simple()
    cells[2][5] = "Quý IV"
    with Tracker() as tracker:
        imported(tracker, simple())
        with pytest.raises(InvalidField, match="2023-01-02, the day of adoption, or later"):
            imported(tracker, cells, date(2022, 12, 1))
        with pytest.raises(DatedInTheFuture):
            imported(tracker, cells, date(2999, 1, 1), dry_run=True)
        assert 2 == len(amended(tracker, cells, dry_run=True).events)
        tracker.record(PlanClosed("p", on=date(2023, 3, 1)), by="a")
        for dry_run in (True, False):
            with pytest.raises(PlanIsClosed):
                amended(tracker, cells, dry_run=dry_run)


def test_a_plan_that_changes_meanwhile_is_compared_anew() -> None:
    """What was compared with another state of it is not recorded."""
    cells = simple()
    cells[2][5] = "Quý IV"
    with Tracker() as tracker:
        imported(tracker, simple())

        def interfere(done: int, total: int) -> None:
            if done == total:
                moved = ActivityReassigned("p/1.01", on=AMENDED, lead="Sở Y tế")
                tracker.record(moved, by="b")

        with pytest.raises(VersionConflict):
            amended(tracker, cells, progress=interfere)
        assert [] == [event for event in tracker.log.history("p") if isinstance(event.event, PlanAmended)]


def test_a_plan_of_too_many_domains_is_a_problem() -> None:
    """Not an error of Python."""
    head = ["Lĩnh vực", "Nhiệm vụ", "Chủ trì", "Thời hạn"]
    with Tracker() as tracker:
        result = imported(tracker, [head, *([f"L{n}", f"Việc {n}", "Sở A", "Quý I"] for n in range(101))])
    assert [("A2", "the file has 101 domains", True)] == told(result)


def test_a_file_is_named_in_its_request_whatever_its_plan_is_called(tmp_path: Path) -> None:
    """The longest id of a plan too."""
    path = workbook(tmp_path / "a.xlsx", simple())
    with Tracker() as tracker:
        assert 6 == len(import_appendix(tracker, path, "p" * 100, by="a", on=ADOPTED, new=NEW).records)


def test_the_same_file_beside_the_same_plan_is_the_same_request() -> None:
    """So a retry after a lost answer finds its own records; there and back again are other requests."""
    requests, cells = [], codes()
    cells[2][5] = "Quý IV"
    for _ in range(2):
        with Tracker() as tracker:
            made = [imported(tracker, codes()), amended(tracker, cells), amended(tracker, codes())]
            requests.append([result.records[0].request_id for result in made])
    assert requests[0] == requests[1]
    assert 3 == len(set(requests[0]))


rows_of_a_plan = st.lists(
    st.tuples(
        st.sampled_from(["I", "II"]),
        st.sampled_from([f"Việc {n}" for n in range(5)]),
        st.sampled_from(["", "Báo cáo", "Tờ trình"]),
        st.sampled_from(["Sở Một", "Sở Hai"]),
        st.sampled_from(["", "Sở Ba", "Sở Ba; Sở Tư"]),
        st.sampled_from(["Quý I", "Quý II", "Thường xuyên", "20/3; 20/6", "khi rảnh"]),
        st.sampled_from(["", "Ghi chú"]),
    ),
    max_size=8,
    unique_by=lambda row: row[:2],
)
ALWAYS = [("I", "Luôn có", "", "Sở Một", "", "Quý I", ""), ("II", "Luôn có", "", "Sở Một", "", "Quý I", "")]


def laid_out(rows: Any, coded: bool) -> Cells:
    """The rows under their domains; with codes of their own, or running numbers."""
    cells: Cells = [[*HEAD, "Ghi chú"]]
    for domain in ("I", "II"):
        own = [row[1:] for row in (*ALWAYS, *rows) if row[0] == domain]
        names = [f"{domain}.{row[0].rsplit(' ')[-1]}" if coded else str(n) for n, row in enumerate(own, 1)]
        cells += [[domain, f"LĨNH VỰC {domain}"], *([name, *row] for name, row in zip(names, own, strict=True))]
    return cells


def says(plan: Plan) -> set[Any]:
    """What a plan says of its open activities."""
    open_ = [activity.state.terms for activity in plan.activities if not activity.status.has_left]
    return {
        (t.domain, t.title, t.output, t.lead, t.supporting, t.deadline, tuple(t.host_fields.items())) for t in open_
    }


@pytest.mark.long
@given(rows_of_a_plan, rows_of_a_plan, st.booleans(), st.booleans())
def test_one_file_and_then_another_equal_the_other_alone(one: Any, other: Any, first: bool, then: bool) -> None:
    """As to all that the plan says; and back again; and each again records nothing. With codes of their own, or without."""
    a, b = laid_out(one, first), laid_out(other, then)
    with Tracker() as both, Tracker() as alone, Tracker() as origin:
        imported(both, a)
        imported(alone, b)
        imported(origin, a)
        for cells, same in ((b, alone), (a, origin), (b, alone)):
            amended(both, cells, answers=Answers(sheets={"t": "replace"}))  # most may go, which is asked
            assert says(same.plan("p")) == says(both.plan("p"))
            assert () == amended(both, cells).events


@given(rows_of_a_plan, rows_of_a_plan, st.data())
def test_whatever_became_of_the_activities_an_import_is_accepted_or_a_problem(one: Any, other: Any, data: Any) -> None:
    """It never raises, and what was completed stays so."""
    with Tracker() as tracker:
        imported(tracker, laid_out(one, False))
        for activity in tracker.plan("p").activities:
            done = data.draw(st.sampled_from([None, ActivityCompleted, ActivityWithdrawn]))
            if done is not None and not activity.deadline.is_recurring:
                reason = {"reason": "x"} if done is ActivityWithdrawn else {}
                tracker.record(done(activity.id, on=date(2023, 3, 1), **reason), by="a")
        before = tracker.plan("p").progress().completed
        result = amended(tracker, laid_out(other, False))
        assert bool(result.records) == (result.is_accepted and bool(result.events))
        assert before == tracker.plan("p").progress().completed
        scheduled = [
            event.subject for event in result.events if isinstance(event, ActivityScheduled | ActivityRescheduled)
        ]
        assert len(set(scheduled)) == len(scheduled)
