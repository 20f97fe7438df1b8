"""The appendix of a plan: read from whatever layout, recorded whole or not at all, amended by exactly what differs."""

import csv
import io
import random
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from dak_nong_events import PLAN
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reformtrack import Deadline, Document, InvalidField, Plan, Tracker
from reformtrack.domain.errors import SheetFileError
from reformtrack.events import (
    ActivityCompleted,
    ActivityReassigned,
    ActivityRescheduled,
    ActivityRevised,
    ActivityScheduled,
    ActivityWithdrawn,
    PlanAmended,
)
from reformtrack.exchange import bounded
from reformtrack.exchange.appendix.importing import Answers, Import, NewPlan, import_appendix
from reformtrack.exchange.appendix.reading import find_appendix
from reformtrack.exchange.appendix.sheets import Cell, Sheet
from reformtrack.exchange.report.annex import appendix_xlsx
from reformtrack.exchange.report.forms import write_report
from reformtrack.language import Language
from reformtrack.testing import proposals
from tests.exchange.layouts import DOMAINS, HEAD, LAYOUTS, Cells, open_document, simple, table, workbook
from tests.exchange.reading import in_this_process, read_sheets
from tests.support import LONGEST, tracker_of

pytestmark = pytest.mark.slow

APPENDIX = Path("examples/data/dak-nong-2023-appendix.xlsx")
LIST = Path("examples/data/dak-nong-2023-activities.csv")
NEW = NewPlan(title="Kế hoạch", year=2023, jurisdiction="Tỉnh X")
ADOPTED, AMENDED = date(2023, 1, 2), date(2023, 6, 1)
DECISION = Document(number="9/QĐ-UBND")


def imported(tracker: Tracker, path: Path, **options: Any) -> Import:
    return import_appendix(tracker, path, "p", **{"by": "a", "on": ADOPTED, "new": NEW, **options})


def amended(tracker: Tracker, path: Path, **options: Any) -> Import:
    return imported(tracker, path, on=AMENDED, document=DECISION, **options)


def terms(plan: Plan) -> dict[tuple[str, str], tuple[Any, ...]]:
    """By domain and title, what the plan says of the activities that have not left it."""
    titles = {domain.code: domain.title.casefold() for domain in plan.state.domains}
    return {
        (titles[a.domain], a.title): (a.lead, a.state.terms.supporting, a.deadline, a.state.terms.output)
        for a in plan.activities
        if not a.status.has_left
    }


def expected() -> dict[tuple[str, str], tuple[Any, ...]]:
    return {
        (domain.casefold(), title): (lead, (supporting,), Deadline.parse(deadline, 2023), output)
        for domain, rows in DOMAINS
        for title, output, lead, supporting, deadline in rows
    }


def test_the_appendix_of_the_example_is_imported_whole() -> None:
    """7 domains, 55 activities, each as in the list that it was made from."""
    with Tracker() as tracker:
        result = import_appendix(tracker, APPENDIX, PLAN, by="a", on=ADOPTED, new=NEW)
        plan = tracker.plan(PLAN)
    assert (True, (), 56) == (result.is_accepted, result.problems, len(result.records))
    assert (7, 55) == (len(plan.state.domains), len(plan.activities))
    with LIST.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["code"], row["activity"], row["output"], row["lead_agency"], row["deadline"]) for row in rows] == [
        (a.code, a.title, a.state.terms.output, "; ".join(a.leads), a.deadline.text) for a in plan.activities
    ]
    assert [row["supporting_agencies"] for row in rows] == [
        "; ".join(a.state.terms.supporting) for a in plan.activities
    ]


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("form", [".xlsx", ".csv", ".ods"])
@in_this_process()
def test_every_layout_is_read_to_the_same_plan(name: str, form: str, tmp_path: Path) -> None:
    """Headings in any order, in one row or two, with titles above, totals below and rows between."""
    path, cells = tmp_path / f"{name}{form}", LAYOUTS[name]()
    if form == ".xlsx":
        workbook(path, cells)
    elif form == ".ods":
        open_document(path, cells)
    else:
        table(path, cells, random.Random(name).choice(",;\t"), "utf-8-sig")
    with Tracker() as tracker:
        result = imported(tracker, path)
        assert () == result.problems
        assert expected() == terms(tracker.plan("p"))
        assert ["1.01", "1.02", "2.01", "2.02", "2.03"] == [a.code for a in tracker.plan("p").activities]


def test_a_table_over_several_sheets_is_one(tmp_path: Path) -> None:
    """A domain a sheet, and one that has none."""
    cells = simple()
    path = workbook(tmp_path / "a.xlsx", [["Mục lục"]], cells[:4], [HEAD, *cells[4:]])
    with Tracker() as tracker:
        [problem] = imported(tracker, path).problems
        assert ("Sheet1", False) == (problem.sheet, problem.is_error)
        assert expected() == terms(tracker.plan("p"))


def test_a_lead_that_is_merged_downwards_is_that_of_each_row(tmp_path: Path) -> None:
    """As in a printed table."""
    cells = simple()
    for row in cells[4:]:
        if len(row) > 3:
            row[3] = row[3] if row[0] == 1 else ""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(cells):
            sheet.write_row(number, 0, row)
        sheet.merge_range(5, 3, 7, 3, "Sở Nội vụ")
    with Tracker() as tracker:
        assert () == imported(tracker, path).problems
        assert expected() == terms(tracker.plan("p"))


def test_problems_come_all_at_once_and_nothing_is_recorded(tmp_path: Path) -> None:
    """With their cells, and what to do; the rows may be left out by name."""
    cells = simple()
    cells[2][3] = ""
    cells[5][5] = None
    cells[6][1] = ""
    cells[3][5] = "khi rảnh"
    path = workbook(tmp_path / "a.xlsx", cells)
    with Tracker() as tracker:
        result = imported(tracker, path)
        assert not result.is_accepted
        assert ["D3", "F4", "F6", "B7"] == [problem.cell for problem in result.problems]
        assert [True, False, True, True] == [problem.is_error for problem in result.problems]
        assert all(problem.what and problem.to_do and problem.sheet == "Sheet1" for problem in result.problems)
        assert 0 == tracker.log.position()
        rows = [problem.row for problem in result.problems if problem.is_error]
        left = imported(tracker, path, leave=rows)
        assert (True, 2) == (left.is_accepted, len(tracker.plan("p").activities))


def test_a_dry_run_shows_the_events_and_records_nothing(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", simple())
    with Tracker() as tracker:
        told: list[tuple[int, int]] = []
        result = imported(tracker, path, dry_run=True, progress=lambda done, last: told.append((done, last)))
        assert (6, (), 0) == (len(result.events), result.records, tracker.log.position())
        read, compared = told[:-5], told[-5:]
        assert [(n, 5) for n in range(1, 6)] == compared
        assert read == [(n, read[-1][1]) for n in range(1, len(read) + 1)]
        assert 7 <= len(read) <= read[-1][1]


@pytest.mark.parametrize("name", LAYOUTS)
@in_this_process()
def test_the_same_file_again_records_nothing(name: str, tmp_path: Path) -> None:
    """Also on a later day, and as an amendment."""
    path = workbook(tmp_path / "a.xlsx", LAYOUTS[name]())
    with Tracker() as tracker:
        imported(tracker, path)
        for again in (imported(tracker, path), amended(tracker, path)):
            assert ((), ()) == (again.events, again.problems)


def changed() -> Cells:
    """The appendix as it was amended: one more, one gone, one re-dated, one reassigned, one retitled in its output."""
    cells = simple()
    cells[2][5] = "Quý IV"
    cells[5][3] = "Sở Thông tin và Truyền thông"
    cells[6][2] = "Hồ sơ số; báo cáo"
    cells[3] = [2, "Việc mới", "Báo cáo", "Sở Y tế", "", "Quý III"]
    return cells


def test_a_changed_file_records_exactly_what_differs(tmp_path: Path) -> None:
    """Each under the amending document."""
    one, other = workbook(tmp_path / "a.xlsx", simple()), workbook(tmp_path / "b.xlsx", changed())
    with Tracker() as tracker:
        imported(tracker, one)
        with pytest.raises(InvalidField, match="the document that amends the plan: 5 things differ"):
            imported(tracker, other, on=AMENDED)
        result = amended(tracker, other)
        kinds = [type(event) for event in result.events]
        assert [
            PlanAmended,
            ActivityRescheduled,
            ActivityScheduled,
            ActivityReassigned,
            ActivityRevised,
            ActivityWithdrawn,
        ] == kinds
        assert {DECISION} == {getattr(event, "document", None) for event in result.events}
        assert (2, "1.03") == (
            tracker.plan("p").version,
            next(a.code for a in tracker.plan("p").activities if a.title == "Việc mới"),
        )
        assert () == amended(tracker, other).events


def test_there_and_back_again(tmp_path: Path) -> None:
    """A, then B, then A: each time exactly what differs; a code is never used for another activity."""
    one, other = workbook(tmp_path / "a.xlsx", simple()), workbook(tmp_path / "b.xlsx", changed())
    with Tracker() as tracker:
        imported(tracker, one)
        before = terms(tracker.plan("p"))
        amended(tracker, other)
        amended(tracker, one)
        assert before == terms(tracker.plan("p"))
        codes = [activity.code for activity in tracker.plan("p").activities]
        assert len(set(codes)) == len(codes) == 7


rows_of_a_plan = st.lists(
    st.tuples(
        st.sampled_from(["A", "B"]),
        st.sampled_from([f"Việc {n}" for n in range(8)]),
        st.sampled_from(["Sở Một", "Sở Hai"]),
        st.sampled_from(["Quý I", "Quý II", "Thường xuyên"]),
    ),
    min_size=1,
    max_size=10,
    unique_by=lambda row: row[:2],
).map(lambda rows: sorted(rows, key=lambda row: row[0]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows_of_a_plan, rows_of_a_plan)
@in_this_process()
def test_importing_one_file_and_then_another_equals_importing_the_other(tmp_path: Path, one: Any, other: Any) -> None:
    """As to what the plan says of its activities."""

    def path(name: str, rows: Any) -> Path:
        every = [*rows, ("A", "Luôn có", "Sở Một", "Quý I"), ("B", "Luôn có", "Sở Một", "Quý I")]
        cells = [["Lĩnh vực", "Nhiệm vụ", "Chủ trì", "Thời hạn"], *map(list, every)]
        return table(tmp_path / name, cells)

    a, b = path("a.csv", one), path("b.csv", other)
    with Tracker() as both, Tracker() as alone:
        imported(both, a)
        amended(both, b, answers=Answers(sheets={"b": "replace"}))  # most may go, which is asked
        imported(alone, b)
        assert terms(alone.plan("p")) == terms(both.plan("p"))
        assert () == amended(both, b).events


def test_a_completed_activity_stays_completed_when_its_plan_is_amended(tmp_path: Path) -> None:
    """An import says nothing of what was done."""
    one, other = workbook(tmp_path / "a.xlsx", simple()), workbook(tmp_path / "b.xlsx", changed())
    with Tracker() as tracker:
        imported(tracker, one)
        tracker.record(ActivityCompleted("p/2.01", on=date(2023, 3, 1)), by="a")
        amended(tracker, other)
        assert 1 == tracker.plan("p").progress().completed


def test_a_new_plan_needs_its_name_and_an_amendment_a_known_domain(tmp_path: Path) -> None:
    """And says so."""
    path = workbook(tmp_path / "a.xlsx", simple())
    with Tracker() as tracker:
        with pytest.raises(InvalidField, match="title, year and jurisdiction"):
            imported(tracker, path, new=None)
        imported(tracker, path)
        cells = simple()
        cells[1][1] = "LĨNH VỰC KHÁC"
        result = amended(tracker, workbook(tmp_path / "b.xlsx", cells))
        assert (False, ()) == (result.is_accepted, result.records)
        assert "LĨNH VỰC KHÁC" in result.problems[0].what


def zipped(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def repacked(path: Path, change: Callable[[str, bytes], bytes], extra: dict[str, bytes] | None = None) -> Path:
    """A workbook with some of its parts changed."""
    whole = workbook(path.with_name("whole.xlsx"), simple())
    with zipfile.ZipFile(whole) as archive:
        parts = {name: change(name, archive.read(name)) for name in archive.namelist()}
    return zipped(path, {**parts, **(extra or {})})


def far_cell(name: str, part: bytes) -> bytes:
    return part.replace(b'r="A1"', b'r="XFD1048576"') if name.endswith("sheet1.xml") else part


def entities(name: str, part: bytes) -> bytes:
    declared = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>'
    return part.replace(b"?>", b"?>" + declared, 1) if name.endswith("sheet1.xml") else part


def same(name: str, part: bytes) -> bytes:
    return part


def bomb(path: Path) -> Path:
    return zipped(path, {f"xl/worksheets/sheet{n}.xml": b"0" * (64 << 20) for n in range(6)})


def protected(path: Path) -> Path:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"))
    return path


def written(content: bytes) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return make


HOSTILE: list[tuple[str, Callable[[Path], Path], str]] = [
    ("empty", written(b""), "it is empty"),
    ("picture", written(b"\x89PNG\r\n\x1a\n\0\0"), "it is a picture"),
    ("noise", written(b"\x99\xff\x80\0"), "no text in UTF-8, and no workbook"),
    ("page", written(b"<html><table></table></html>"), "a web page"),
    ("zip", lambda path: zipped(path, {"a.txt": b"x"}), "an archive, and no workbook"),
    (
        "cut",
        lambda path: written(workbook(path, simple()).read_bytes()[:3_000])(path),
        "damaged, or another kind of file",
    ),
    ("bomb", bomb, "too large when unpacked"),
    ("far cell", lambda path: repacked(path, far_cell), "too much memory|more than 20000|cannot be read|not certain"),
    ("entities", lambda path: repacked(path, entities), "declares XML entities"),
    ("macros", lambda path: repacked(path, same, {"xl/vbaProject.bin": b"x"}), "has macros"),
    (
        "links",
        lambda path: repacked(path, same, {"xl/externalLinks/externalLink1.xml": b"<x/>"}),
        "links to other files",
    ),
    ("password", protected, "protected by a password"),
    ("ole", written(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 3_000), "cannot be read|too much memory"),
    ("large", written(b"a" * (bounded.MAX_BYTES + 1)), "bytes"),
    ("long rows", written(b"a," * 300), "more than 20000 rows or 200 columns"),
    ("many rows", written(b"a,b\n" * 20_001), "more than 20000 rows or 200 columns"),
    ("long cell", written(b'"' + b"a" * 200_000 + b'"'), "cannot be read: field larger"),
]


@pytest.mark.parametrize(
    ("make", "message"), [(make, message) for _, make, message in HOSTILE], ids=[name for name, *_ in HOSTILE]
)
def test_a_hostile_file_is_refused_with_a_clear_error(
    make: Callable[[Path], Path], message: str, tmp_path: Path
) -> None:
    """And says what would be accepted."""
    path = make(tmp_path / "a.xlsx")
    with Tracker() as tracker, pytest.raises(SheetFileError, match=message) as refused:
        imported(tracker, path)
    assert "; accepted: " in str(refused.value)
    assert str(path) in str(refused.value)


def test_a_wrong_ending_does_not_matter(tmp_path: Path) -> None:
    """What a file is, its content says."""
    path = workbook(tmp_path / "a.xlsx", simple()).rename(tmp_path / "a.csv")
    with Tracker() as tracker:
        assert () == imported(tracker, path).problems
    path = table(tmp_path / "b.xlsx", simple())
    with Tracker() as tracker:
        assert () == imported(tracker, path).problems


def test_a_formula_has_to_have_a_value(tmp_path: Path) -> None:
    """Its value is taken; without one, or with an error, the cell is named."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(simple()):
            sheet.write_row(number, 0, row)
        sheet.write_formula("B3", '="Rà soát"', value="Rà soát")
        sheet.write_formula("D4", "=#REF!", value="#REF!")
        sheet.write_formula("F6", "=A1", value="")
    broken = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).replace(b"<f>A1</f><v></v>", b"<f>A1</f>") for name in archive.namelist()}
    with Tracker() as tracker:
        problems = imported(tracker, zipped(broken, parts)).problems
    assert {"D4", "F6"} == {problem.cell for problem in problems if problem.is_error}


def test_a_hidden_sheet_is_not_looked_at(tmp_path: Path) -> None:
    """Nobody sees what is in it."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for hidden in (False, True):
            sheet = book.add_worksheet()
            for number, row in enumerate(simple()):
                sheet.write_row(number, 0, row)
            if hidden:
                sheet.hide()
    with Tracker() as tracker:
        assert () == imported(tracker, path).problems


cells = st.one_of(
    st.none(),
    st.sampled_from([*HEAD, "Chủ trì", "Phối hợp", "I", "II", "1.01", "TỔNG CỘNG", "(1)", "#REF!", "Quý II", "x"]),
    st.text(max_size=20),
    st.integers(-3, 10**18),
    st.floats(),
    st.booleans(),
    st.dates(),
)


@given(
    st.lists(st.lists(cells, max_size=8), max_size=25),
    st.frozensets(st.tuples(st.integers(0, 9), st.integers(0, 5)), max_size=4),
)
def test_whatever_is_in_a_sheet_there_are_only_problems(
    rows: list[list[Cell]], merged: frozenset[tuple[int, int]]
) -> None:
    """Never an error of Python; and what is found can be recorded, or is a problem."""
    sheet = Sheet("S", tuple(map(tuple, rows)), merged)
    appendix = find_appendix([sheet], Language("vi"))
    assert appendix.activities or appendix.problems
    for problem in appendix.problems:
        assert problem.what
        assert problem.to_do


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.text(max_size=30), max_size=6), max_size=10))
@in_this_process()
def test_whatever_is_in_a_table_is_imported_or_a_problem(tmp_path: Path, rows: list[list[str]]) -> None:
    """Through a file, with texts that no record may carry among them."""
    path = tmp_path / "a.csv"
    out = io.StringIO()
    csv.writer(out).writerows([["Lĩnh vực", "Nhiệm vụ", "Chủ trì", "Thời hạn"], *rows])
    path.write_text(out.getvalue(), encoding="utf-8", newline="", errors="replace")
    with Tracker() as tracker:
        try:
            result = imported(tracker, path)
        except SheetFileError:
            return
        assert bool(result.records) == (result.is_accepted and bool(result.events))


def test_the_sheets_of_a_file_keep_their_places(tmp_path: Path) -> None:
    """Rows and columns from A1 on, so that a problem names the right cell."""
    [sheet] = read_sheets(workbook(tmp_path / "a.xlsx", [[], ["", "", "x"], ["", date(2023, 1, 2)]]))
    assert ((None, None, None), (None, None, "x"), (None, date(2023, 1, 2), None)) == sheet.rows


def test_activities_need_codes_of_their_own(tmp_path: Path) -> None:
    """Two of one code are named."""
    data = [["Mã số", *HEAD[1:]], ["1.1", "a", "", "x", "", "Quý I"], ["1.1", "b", "", "x", "", "Quý I"]]
    with Tracker() as tracker:
        [problem] = imported(tracker, table(tmp_path / "a.csv", data)).problems
    assert ("A3", True) == (problem.cell, problem.is_error)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(proposals())
@in_this_process()
def test_an_export_that_is_imported_records_nothing(tmp_path: Path, events: list[Any]) -> None:
    """Whatever became of the plan's activities: re-dated, reassigned, completed, withdrawn."""
    with tracker_of(events) as tracker:
        plan = tracker.plan("p")
        if not any(not activity.status.has_left for activity in plan.activities):
            return
        path = tmp_path / "a.xlsx"
        path.write_bytes(appendix_xlsx(plan))
        for document in (None, DECISION):
            result = import_appendix(tracker, path, "p", by="a", on=plan.on, document=document)
            assert ((), ()) == (result.events, result.problems)


def test_the_annex_of_a_report_is_said_to_be_one(tmp_path: Path) -> None:
    """It has no budgets and notes: as an appendix it would be another plan."""
    with Tracker() as tracker:
        import_appendix(tracker, APPENDIX, PLAN, by="a", on=ADOPTED, new=NEW)
        report = tracker.reports.issue(PLAN, "2023-year", by="a")
        path = write_report(report, tmp_path / "a.xlsx")
        result = import_appendix(tracker, path, PLAN, by="a", on=AMENDED)
    assert (False, ()) == (result.is_accepted, result.events)
    assert "phụ biểu của báo cáo" in result.problems[0].what


@pytest.mark.needs("soffice")
@pytest.mark.parametrize("form", ["xls", "ods"])
def test_what_libreoffice_saves_is_read_too(form: str, tmp_path: Path) -> None:
    """The forms of before, and of others."""
    (tmp_path / "out").mkdir()
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", form]
    path = workbook(tmp_path / "a.xlsx", LAYOUTS["two_rows"]())
    subprocess.run([*command, "--outdir", tmp_path / "out", path], check=True, capture_output=True, timeout=LONGEST)
    with Tracker() as tracker:
        assert () == imported(tracker, tmp_path / "out" / f"a.{form}").problems
        assert expected() == terms(tracker.plan("p"))
