"""Indicators from a table: what is recorded is what it says, or it is asked; never another one in silence."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack import Document, Tracker
from reformtrack.domain.indicator import Bound, IndicatorKind
from reformtrack.exchange.appendix.finding import Answers, Draft
from reformtrack.exchange.appendix.importing import Import, answers_in, draft_xlsx, import_indicators, read_draft
from reformtrack.exchange.appendix.indicators import find_indicators
from reformtrack.exchange.appendix.sheet_reader.cells import cell_name
from reformtrack.exchange.appendix.sheets import Cell, Percent, Sheet
from reformtrack.language import Language
from tests.cli.conftest import Run, run
from tests.exchange.accounting import unaccounted_in
from tests.exchange.layouts import workbook
from tests.support import adopted

__all__ = ["run"]
pytestmark = pytest.mark.slow
Cells = Sequence[Sequence[Cell]]
HEAD = ["STT", "Tên chỉ tiêu", "Đơn vị tính", "Thực hiện năm 2022", "Chỉ tiêu năm 2023", "Cơ quan theo dõi"]
TABLE: Cells = [
    ["PHỤ LỤC CHỈ TIÊU CẢI CÁCH HÀNH CHÍNH NĂM 2023"],
    HEAD,
    ["I", "Thủ tục hành chính"],
    [1, "Tỷ lệ hồ sơ giải quyết đúng hạn", "%", "96,5", "≥ 98", "Văn phòng UBND tỉnh"],
    [2, "Hồ sơ trực tuyến toàn trình", "hồ sơ", "538/2.107", "1.500", "Sở Thông tin và Truyền thông"],
    [None, "Trong đó:"],
    [None, "- Cấp tỉnh", "hồ sơ", 300, 900],
    [None, "- Cấp huyện", "hồ sơ", 238, 600],
    ["II", "Tổ chức bộ máy"],
    [1, "Số phòng chuyên môn giảm", "phòng", 4, 6, "Sở Nội vụ"],
    [2, "Xếp hạng PAR INDEX", "hạng", "-", "Trong nhóm 20", "Sở Nội vụ"],
    ["Ghi chú: số liệu theo Báo cáo 12"],
]


def sheet(rows: Cells, name: str = "Chỉ tiêu") -> Sheet:
    width = max(map(len, rows))
    return Sheet(name, tuple((*row, *[None] * (width - len(row))) for row in rows))


def found(rows: Cells, answers: Answers | None = None, leave: Sequence[str] = ()) -> Draft:
    read = [sheet(rows)]
    told = Answers(rows=dict.fromkeys(leave, "leave")).with_(answers or Answers())
    draft = find_indicators(read, Language("en"), year=2023, answers=told)
    assert {} == unaccounted_in(read, draft)
    return draft


def of(*row: Cell, head: Sequence[Cell] = HEAD, answers: Answers | None = None) -> Draft:
    return found([head, row], answers)


def test_a_table_becomes_its_indicators() -> None:
    """Each under its title, with its unit, target, earlier figure, and who answers for it."""
    draft = found(TABLE)
    assert () == draft.questions
    first, second, *parts, rooms, rank = draft.indicators
    assert ("Thủ tục hành chính", "Tỷ lệ hồ sơ giải quyết đúng hạn", "%", Decimal(98)) == (
        first.group,
        first.title,
        first.unit,
        first.target,
    )
    assert {"Chỉ tiêu năm 2023": "≥ 98", "Cơ quan theo dõi": "Văn phòng UBND tỉnh"} == first.host_fields
    assert first.baseline is not None
    assert (Decimal("96.5"), date(2022, 12, 31), "2022") == (
        first.baseline.value,
        first.baseline.as_of,
        first.baseline.period,
    )
    assert second.baseline is not None
    assert (IndicatorKind.RATIO, Decimal(1500), 538, 2107) == (
        second.kind,
        second.target,
        second.baseline.part,
        second.baseline.whole,
    )
    over = "Thủ tục hành chính – Hồ sơ trực tuyến toàn trình"
    assert [(over, "Cấp tỉnh"), (over, "Cấp huyện")] == [(row.group, row.title) for row in parts]
    assert (IndicatorKind.COUNT, Decimal(6)) == (rooms.kind, rooms.target)
    assert (None, None, "Trong nhóm 20") == (rank.target, rank.baseline, rank.host_fields["Chỉ tiêu năm 2023"])
    assert {"E11", "A12"} <= {note.cell for note in draft.notes}
    assert draft == Draft.from_json(draft.to_json())


ASKED: list[tuple[str, Cells, str]] = [
    ("no target", [HEAD, [1, "Tỷ lệ", "%", "90", None, "Sở A"]], "E2"),
    ("no unit", [HEAD, [1, "Tỷ lệ", None, "90", "95", "Sở A"]], "C2"),
    ("a share for a percentage", [HEAD, [1, "Tỷ lệ", "%", None, 0.95, "Sở A"]], "E2"),
    ("a share in letters", [HEAD, [1, "Tỷ lệ", "%", None, "0,95", "Sở A"]], "E2"),
    ("a share as an earlier figure", [HEAD, [1, "Tỷ lệ", "%", "0.9", "95%", "Sở A"]], "D2"),
    ("a share with a bound", [HEAD, [1, "Tỷ lệ", "%", None, "≥ 0,95", "Sở A"]], "E2"),
    ("a percentage of points", [HEAD, [1, "Điểm hài lòng", "điểm", None, Percent(0.85), "Sở A"]], "E2"),
    ("more than any percentage", [HEAD, [1, "Tỷ lệ", "%", None, "98.125", "Sở A"]], "E2"),
    ("another unit", [HEAD, [1, "Điểm hài lòng", "điểm", None, "85%", "Sở A"]], "E2"),
    (
        "two ways to write a number",
        [HEAD, [1, "Hồ sơ", "hồ sơ", None, "1,250", "Sở A"], [2, "Đơn", "đơn", None, 1250, "Sở A"]],
        "E2",
    ),
    ("one name twice", [HEAD, [1, "Tỷ lệ", "%", None, "95", ""], [2, "TỶ LỆ", "%", None, "90", ""]], "B3"),
    ("a sentence", [HEAD, [1, "Tỷ lệ", "%", None, "95"], [None, "Theo chỉ đạo"], [2, "Số", "%", None, "9"]], "B3"),
    ("figures of no day", [[*HEAD[:3], "Hiện trạng", HEAD[4]], [1, "Tỷ lệ", "%", "90", "95"]], "D2"),
    ("two columns of targets", [[*HEAD[:3], "Mục tiêu cần đạt", HEAD[4]], [1, "Tỷ lệ", "%", "90", "95"]], "D1"),
    ("the target of another year", [[*HEAD[:4], "Chỉ tiêu năm 2025"], [1, "Tỷ lệ", "%", "90", "95"]], "A1"),
    ("no table", [["STT", "Nhiệm vụ", "Chủ trì"], [1, "Rà soát", "Sở A"]], ""),
]


@pytest.mark.parametrize(("rows", "cell"), [(rows, cell) for _, rows, cell in ASKED], ids=[name for name, *_ in ASKED])
def test_what_may_be_two_things_is_asked(rows: Cells, cell: str) -> None:
    """At its cell."""
    assert [cell] == [question.cell for question in found(rows).questions]


def test_an_earlier_figure_in_the_english_way_is_one_and_what_is_none_is_kept() -> None:
    """Beside others in the Vietnamese way; the text that no figure is read from stays with the indicator."""
    earlier = [("1.234,5", Decimal("1234.5")), ("1,234.5", Decimal("1234.5")), ("khoảng 90", None), ("Đạt", None)]
    rows: Cells = [[n, f"Chỉ tiêu {n}", "tỷ đồng", text, n] for n, (text, _) in enumerate(earlier, 1)]
    draft = found([HEAD, *rows])
    assert [value for _, value in earlier] == [one.baseline and one.baseline.value for one in draft.indicators]
    kept = [one.host_fields.get("Thực hiện năm 2022") for one in draft.indicators]
    assert [None, None, "khoảng 90", "Đạt"] == kept


@pytest.mark.parametrize("more", ["60,5", "60"])
def test_one_figure_in_two_ways_is_asked_about(more: str) -> None:
    """1.500 beside 1,500: which sign the decimals have, a person says; what has none of three digits stays."""
    rows: Cells = [HEAD, [1, "A", "tỷ", "", "1.500"], [2, "B", "tỷ", "", "1,500"], [3, "C", "tỷ", "", more]]
    [question] = found(rows).questions
    assert ("E3", (",", ".")) == (question.cell, question.choices)
    section, _, name = question.ask.partition(":")
    answered = found(rows, Answers.of({section: {name: "."}}))
    assert [Decimal("1.5"), Decimal(1500), Decimal(more.replace(",", "."))] == [
        one.target for one in answered.indicators
    ]


def test_columns_of_several_years_are_told_apart_by_their_year() -> None:
    """The target is of the plan's year, the earlier figure of the last one before it; the others are kept."""
    head = ["TT", "Chỉ tiêu", "ĐVT", "Thực hiện 2021", "Ước thực hiện 2022", "Mục tiêu 2023", "Mục tiêu 2024"]
    [row] = found([head, [1, "Tỷ lệ", "%", 80, 85, 90, 95]]).indicators
    assert row.baseline is not None
    assert (Decimal(85), Decimal(90)) == (row.baseline.value, row.target)
    assert {"Thực hiện 2021": "80", "Mục tiêu 2024": "95"} == row.host_fields


def test_the_target_of_a_plan_of_several_years_is_that_of_one_of_them() -> None:
    """As "to 2030"; of several of its years, which is meant is asked."""
    days = date(2026, 1, 1), date(2030, 12, 31)

    def read(*heads: str) -> Draft:
        rows: Cells = [
            ["TT", "Tên chỉ tiêu", "ĐVT", "Hiện trạng năm 2025", *heads],
            [1, "Tỷ lệ", "%", 80, *([90, 95][: len(heads)])],
        ]
        return find_indicators([sheet(rows)], Language("en"), year=2026, days=days)

    draft = read("Mục tiêu đến năm 2030")
    assert ((), Decimal(90)) == (draft.questions, draft.indicators[0].target)
    assert [] == [column.heading for column in draft.columns if column.became == "custom"]
    assert ["E1"] == [question.cell for question in read("Mục tiêu năm 2028", "Mục tiêu năm 2030").questions]
    assert ["A1"] == [question.cell for question in read("Mục tiêu đến năm 2035").questions]


@pytest.mark.parametrize(
    ("cell", "target"), [(Percent(0.95), "95"), (Percent(0.98125), "98.125"), ("0,95%", "0.95"), (Percent(0), "0")]
)
def test_what_is_shown_as_a_percentage_is_one(cell: Cell, target: str) -> None:
    """Whatever number stands behind it."""
    draft = of(1, "Tỷ lệ", "%", cell, cell, "Sở A")
    [row] = draft.indicators
    assert row.baseline is not None
    assert ((), Decimal(target), Decimal(target)) == (draft.questions, row.target, row.baseline.value)


def test_an_answer_says_which_percentage_a_share_is() -> None:
    """Its bound is kept."""
    rows: Cells = [HEAD, [1, "Tỷ lệ", "%", None, "≥ 0,95", "Sở A"]]
    [question] = found(rows).questions
    assert ("≥ 95%", "≥ 0,95%") == question.choices
    [row] = found(rows, Answers(cells={"Chỉ tiêu!E2": question.choices[0]})).indicators
    assert Decimal(95) == row.target


def test_headings_in_two_rows_are_read_together() -> None:
    """The year stands below what it is of."""
    rows: Cells = [
        ["STT", "Nội dung chỉ tiêu", "Đơn vị tính", "Kết quả thực hiện", None, "Kế hoạch", None],
        [None, None, None, "Năm 2021", "Năm 2022", "Năm 2023", "Năm 2024"],
        [1, "Tỷ lệ", "%", 80, 85, 90, 95],
    ]
    both = ((0, 3), (0, 4)), ((0, 5), (0, 6))
    draft = find_indicators([Sheet("S", tuple(tuple(row) for row in rows), merged=both)], Language("en"), year=2023)
    assert draft.questions == ()
    [row] = draft.indicators
    assert row.baseline is not None
    assert (Decimal(85), Decimal(90)) == (row.baseline.value, row.target)


FIGURES: list[tuple[Cell, Decimal | None, Bound | None]] = [
    ("Trên 98%", Decimal(98), None),
    ("95% trở lên", Decimal(95), None),
    ("1.250,50", Decimal("1250.5"), None),
    (1250.125, Decimal("1250.125"), None),
    (0.1 + 0.2, Decimal("0.3"), None),
    ("Khoảng 90", None, None),
    ("90 - 95", None, None),
    ("Hoàn thành", None, None),
]


@pytest.mark.parametrize(("cell", "target", "_"), FIGURES)
def test_a_target_is_a_number_or_is_kept_as_text(cell: Cell, target: Decimal | None, _: object) -> None:
    """Whatever is more than the number is kept beside it, and told."""
    unit = "%" if "%" in str(cell) else "điểm"
    draft = of(1, "Tỷ lệ", unit, None, cell, "")
    [row] = draft.indicators
    assert ((), target) == (draft.questions, row.target)
    assert ("Chỉ tiêu năm 2023" in row.host_fields) == (isinstance(cell, str) and cell != "1.250,50")
    assert ("E2" in {note.cell for note in draft.notes}) == (target is None)


def test_an_answer_settles_its_question() -> None:
    """One text for a cell, one for a column."""
    answers = Answers(cells={"Chỉ tiêu!E2": "95%"}, deadlines={"Hiện trạng": "30/6/2022"})
    head = [*HEAD[:3], "Hiện trạng", *HEAD[4:]]
    draft = of(1, "Tỷ lệ", "%", "90", 0.95, "Sở A", head=head, answers=answers)
    assert () == draft.questions
    [row] = draft.indicators
    assert row.baseline is not None
    assert (Decimal(95), date(2022, 6, 30)) == (row.target, row.baseline.as_of)


def imported(tracker: Tracker, path: Path, **options: Any) -> Import:
    given = {"by": "a", "on": date(2023, 3, 1), "document": Document(number="1/BC"), "lang": "en", **options}
    return import_indicators(tracker, path, "p", **given)


@pytest.fixture
def tracker() -> Tracker:
    tracker = Tracker()
    tracker.record(adopted(), by="a")
    return tracker


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return workbook(tmp_path / "chi-tieu.xlsx", [list(row) for row in TABLE])


def test_what_is_recorded_is_what_the_table_says(tracker: Tracker, file: Path) -> None:
    """The same file again records nothing."""
    result = imported(tracker, file)
    assert 6 + 5 == len(result.records)
    there = tracker.indicators("p", date(2023, 3, 1))
    assert [row.title for row in result.draft.indicators] == [one.definition.title for one in there]  # type: ignore[union-attr]
    first = there[0]
    assert ("ty-le-ho-so-giai-quyet-dung-han", "96,5 %", Decimal(98)) == (
        first.name,
        first.text(),
        first.definition.target,
    )
    assert (date(2022, 12, 31), "1/BC") == (first.reading.as_of, first.reading.source.number)  # type: ignore[union-attr]
    again = imported(tracker, file)
    assert ((), True, ()) == (again.events, again.is_accepted, again.records)


CHANGES: list[tuple[str, int, int, Cell]] = [
    ("its target", 3, 4, "≥ 99"),
    ("its unit", 9, 2, "đơn vị"),
    ("the figure of a day", 3, 3, "97"),
]


@pytest.mark.parametrize(("row", "place", "cell"), [change[1:] for change in CHANGES], ids=[c[0] for c in CHANGES])
def test_an_indicator_on_record_never_becomes_another(
    tracker: Tracker, file: Path, row: int, place: int, cell: Cell
) -> None:
    """A file that says otherwise is a problem of its cell, and records nothing."""
    imported(tracker, file)
    rows = [list(cells) for cells in TABLE]
    rows[row][place] = cell
    result = imported(tracker, workbook(file.with_name("b.xlsx"), rows))
    assert (False, ()) == (result.is_accepted, result.records)
    [error] = [problem for problem in result.problems if problem.is_error]
    assert f"{'ABCDE'[place]}{row + 1}" == error.cell


def test_a_name_that_is_nearly_another_is_told(tracker: Tracker, file: Path) -> None:
    """And one that the file no longer has stays."""
    imported(tracker, file)
    rows = [list(cells) for cells in TABLE]
    rows[3][1] = "Tỷ lệ hồ sơ được giải quyết đúng hạn"
    result = imported(tracker, workbook(file.with_name("b.xlsx"), rows))
    assert 2 == len(result.records)
    told = [problem for problem in result.problems if "on record" in problem.what or "not in the file" in problem.what]
    assert ["B4", ""] == [problem.cell for problem in told]


def test_the_draft_comes_back_with_answers(tracker: Tracker, tmp_path: Path) -> None:
    """As a workbook; its choices are the fields of an indicator."""
    path = workbook(tmp_path / "a.xlsx", [HEAD, [1, "Tỷ lệ", "%", None, 0.95, "Sở A"]])
    draft = read_draft(path, year=2023, of="indicators")
    assert draft_xlsx(draft).startswith(b"PK")
    (tmp_path / "d.json").write_bytes(draft.to_json().replace(b'"answer": ""', b'"answer": "95%"'))
    result = imported(tracker, path, answers=answers_in(tmp_path / "d.json", path))
    assert 1 == len(result.records)


def test_the_command_imports_indicators(file: Path, tmp_path: Path, run: Run) -> None:
    """In the same way as activities: first a look, then the record."""
    store = tmp_path / "p.db"
    with Tracker(f"sqlite:///{store}") as tracker:
        tracker.record(adopted(), by="a")
    asked = ("import", "p", file, "--indicators", "--store", store, "--on", "2023-03-01")
    tried = run(*asked, "--draft", tmp_path / "draft.xlsx")
    assert (tmp_path / "draft.xlsx").exists()
    assert 0 == tried.code
    assert "11 bản ghi" in run(*asked, "--by", "a").out.replace("\n", " ")


NUMBERS: list[tuple[Cell, Decimal]] = [
    ("95", Decimal(95)),
    ("95,5", Decimal("95.5")),
    ("1.250", Decimal(1250)),
    (12.5, Decimal("12.5")),
    (7, Decimal(7)),
    ("≥ 90", Decimal(90)),
]
FOREIGN = ("Căn cứ", "Nguồn số liệu", "Đánh giá")


@given(st.data())
def test_a_random_table_is_read_as_it_was_meant_or_asked(data: st.DataObject) -> None:
    """Columns in any order, others among them, titles above, blank, hidden and struck-out rows, totals and notes below."""
    fields = {"title": "Tên chỉ tiêu", "unit": "ĐVT", "target": "Kế hoạch năm 2023", "lead": "Đơn vị phụ trách"}
    order = data.draw(st.permutations([*fields, *data.draw(st.sets(st.sampled_from(FOREIGN)))]), "columns")
    head: list[Cell] = ["STT", *(fields.get(name, name) for name in order)]
    rows = [head]
    meant: list[tuple[str, str, str, Decimal]] = []
    hidden, struck, title, group = set[int](), set[str](), 0, ""
    for _ in range(data.draw(st.integers(1, 8), "rows")):
        what = data.draw(st.sampled_from(["row", "row", "row", "section", "blank", "hidden", "struck"]), "what")
        cells = dict.fromkeys(order, "x") | {"lead": "Sở A"}
        if what == "blank":
            rows.append([None])
            continue
        title += 1
        if what == "section":
            group = f"Nhóm chỉ tiêu thứ {title}"
            rows.append(["I" * (title % 3 + 1), *(group if name == "title" else None for name in order)])
            continue
        cell, number = data.draw(st.sampled_from(NUMBERS), "target")
        cells |= {"title": f"Tỷ lệ số {title}", "unit": "điểm"}
        if what == "row":
            meant.append((group, f"Tỷ lệ số {title}", "điểm", number))
        if what == "hidden":
            hidden.add(len(rows))
        rows.append([title, *(cell if name == "target" else cells[name] for name in order)])
        if what == "struck":
            struck |= {cell_name(len(rows) - 1, place) for place in range(len(order) + 1)}
    rows += data.draw(
        st.sampled_from([[], [["Tổng cộng"]], [["Ghi chú: số liệu ước tính"]], [[None, "Nơi nhận:"]]]), "below"
    )
    made = attrs.evolve(sheet(rows), hidden=frozenset(hidden), struck=frozenset(struck))
    draft = find_indicators([made], Language("en"), year=2023)
    assert {} == unaccounted_in([made], draft)
    if not draft.questions:
        assert meant == [(row.group, row.title, row.unit, row.target) for row in draft.indicators]
    hypothesis.event("asked" if draft.questions else "read")
