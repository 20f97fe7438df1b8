"""What a changed file leaves unsaid, hides or numbers anew takes nothing from the plan on record in silence."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font

from reformtrack import Document, Tracker
from reformtrack.exchange.appendix.finding import Answers, Draft
from reformtrack.exchange.appendix.importing import Import, NewPlan, import_appendix, read_draft, record_draft
from tests.exchange.layouts import Cells

pytestmark = pytest.mark.slow

HEAD = ["STT", "Nhiệm vụ", "Sản phẩm", "Chủ trì", "Phối hợp", "Thời hạn"]
NARROW = ["STT", "Nhiệm vụ", "Chủ trì", "Thời hạn"]
DOMAIN = ["I", "THỂ CHẾ"]
Sheets = dict[str, Cells]
Change = Callable[[Any], object]


def task(number: object, title: str, lead: str = "Sở A", due: str = "Quý II", output: str = "Báo cáo") -> list[object]:
    return [number, title, output, lead, "Sở Tư pháp", due]


THREE: Cells = [HEAD, DOMAIN, task(1, "Rà soát văn bản"), task(2, "Công bố thủ tục"), task(3, "Kiểm tra công vụ")]


def book(path: Path, sheets: Sheets | Cells, change: Change = lambda book: None) -> Path:
    made = openpyxl.Workbook()
    for name, rows in (sheets if isinstance(sheets, dict) else {"PL": sheets}).items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    del made["Sheet"]
    change(made)
    made.save(path)
    return path


def amended(
    tmp_path: Path,
    before: Sheets | Cells,
    after: Sheets | Cells,
    change: Change = lambda book: None,
    answers: Answers | None = None,
    **given: Any,
) -> Import:
    """What a second file makes of the plan of a first one, by way of a draft that was kept."""
    new = NewPlan(title="Kế hoạch", year=2025, jurisdiction="Tỉnh")
    options: dict[str, Any] = {"by": "a", "lang": "en"}
    with Tracker() as tracker:
        first = book(tmp_path / "a.xlsx", before)
        made = import_appendix(tracker, first, "p", on=date(2025, 1, 3), new=new, **options)
        assert made.is_accepted, made.problems
        draft = read_draft(book(tmp_path / "b.xlsx", after, change), year=2025, answers=answers, lang="en")
        kept = Draft.from_json(draft.to_json())
        return record_draft(
            tracker, kept, "p", on=date(2025, 6, 1), document=Document(number="9/QĐ"), **options, **given
        )


def changes(result: Import) -> list[tuple[str, str, str, str]]:
    return [(one.activity, one.field, one.before, one.after) for one in result.changes]


def asked(result: Import) -> list[tuple[str, str]]:
    return [(one.cell, one.ask) for one in result.problems if one.is_error]


def notes(result: Import) -> str:
    return "\n".join(one.what for one in result.problems if not one.is_error)


# what is hidden, struck out, or left out


def hide_row(made: Any) -> None:
    made["PL"].row_dimensions[4].hidden = True


def strike_row(made: Any) -> None:
    for cell in made["PL"][4]:
        cell.font = Font(strike=True)


def filter_row(made: Any) -> None:
    made["PL"].auto_filter.ref = "A1:F5"
    made["PL"].auto_filter.add_filter_column(1, ["x"])
    hide_row(made)


@pytest.mark.parametrize("change", [hide_row, strike_row])
@pytest.mark.parametrize("title", ["Công bố thủ tục", "2. Công bố, công khai thủ tục"])
def test_an_activity_in_a_row_that_is_not_seen_is_asked_about(change: Change, title: str, tmp_path: Path) -> None:
    """Left out, it stays; without its row, it is withdrawn."""
    after = [*THREE[:3], task(2, title), THREE[4]]
    result = amended(tmp_path, THREE, after, change)
    assert ([("4", "rows:PL!hidden")], []) == (asked(result), changes(result))
    for row in ("PL!hidden", "PL!4"):
        result = amended(tmp_path, THREE, after, change, Answers(rows={row: "leave"}))
        assert ([], []) == (asked(result), changes(result))
        assert "1.02 is not in the file, and stays" in notes(result)
    for row in ("PL!hidden", "PL!4"):
        result = amended(tmp_path, THREE, after, change, Answers(rows={row: "withdraw"}))
        assert ([], [("1.02", "activity", "Công bố thủ tục", "")]) == (asked(result), changes(result)[-1:])
    without = amended(tmp_path, THREE, [*THREE[:3], THREE[4]])
    assert [("1.02", "activity", "Công bố thủ tục", "")] == changes(without)[-1:]


def test_a_hidden_row_of_another_task_keeps_none(tmp_path: Path) -> None:
    """What the plan never had, and what is hidden in an adoption, is told only."""
    after = [*THREE[:3], task(9, "Mua sắm trang thiết bị"), THREE[4]]
    result = amended(tmp_path, THREE, after, hide_row)
    assert ([], [("1.02", "activity", "Công bố thủ tục", "")]) == (asked(result), changes(result))


def test_rows_that_a_filter_hides_are_asked_about_once(tmp_path: Path) -> None:
    """Left out, their activities stay."""
    result = amended(tmp_path, THREE, THREE, filter_row)
    assert ([("", "rows:PL!hidden")], []) == (asked(result), changes(result))
    for answer in ("leave", "take"):
        result = amended(tmp_path, THREE, THREE, filter_row, Answers(rows={"PL!hidden": answer}))
        assert ([], []) == (asked(result), changes(result))


@pytest.mark.parametrize(
    "row",
    [["", "Kiểm tra công vụ", "", "Sở A"], ["", "Kiểm tra công vụ"], ["", "", "", "Kiểm tra công vụ"]],
)
def test_an_activity_below_the_signature_is_asked_about(row: list[object], tmp_path: Path) -> None:
    result = amended(tmp_path, THREE, [*THREE[:4], [], ["", "", "", "TM. ỦY BAN NHÂN DÂN"], row])
    assert ([("7", "rows:PL!hidden")], []) == (asked(result), changes(result))


@pytest.mark.parametrize("column", ["C", "E"])
def test_what_a_hidden_column_has_stays(column: str, tmp_path: Path) -> None:
    result = amended(tmp_path, THREE, THREE, lambda made: setattr(made["PL"].column_dimensions[column], "hidden", True))
    assert ([], []) == (asked(result), changes(result))
    assert "is hidden" in notes(result)


@pytest.mark.parametrize("cell", ["C4", "E4"])
def test_what_is_struck_out_in_a_cell_empties_no_field(cell: str, tmp_path: Path) -> None:
    """It is told that the cell is not imported; an empty one empties the field."""
    result = amended(tmp_path, THREE, THREE, lambda made: setattr(made["PL"][cell], "font", Font(strike=True)))
    assert ([], []) == (asked(result), changes(result))
    assert "is struck out" in notes(result)
    emptied = amended(tmp_path, THREE, THREE, lambda made: setattr(made["PL"][cell], "value", None))
    assert ["1.02"] == [code for code, *_ in changes(emptied)]


BOTH: Sheets = {
    "PL1": [HEAD, DOMAIN, task(1, "Rà soát văn bản"), task(2, "Công bố thủ tục")],
    "PL2": [HEAD, ["II", "BỘ MÁY"], task(3, "Sắp xếp tổ chức")],
}


def hide_sheet(made: Any) -> None:
    made["PL2"].sheet_state = "hidden"


def test_activities_of_a_sheet_that_is_left_out_stay(tmp_path: Path) -> None:
    """Of a hidden one it is asked; without it, they are withdrawn, and where a person chose the sheets that are read."""
    for change in (hide_sheet, lambda made: None):
        left = amended(tmp_path, BOTH, BOTH, change, Answers(sheets={"PL2": "leave"}))
        assert ([], []) == (asked(left), changes(left))
        assert "2.01 is not in the file, and stays" in notes(left)
    others = Answers(sheets={"*": "leave", "PL1": "take"})
    for answers, change in ((None, hide_sheet), (others, lambda made: None)):
        hidden = amended(tmp_path, BOTH, BOTH, change, answers)
        assert ([("", "sheets:PL2")], []) == (asked(hidden), changes(hidden))
    for without in (amended(tmp_path, BOTH, {"PL1": BOTH["PL1"]}), amended(tmp_path, BOTH, BOTH, hide_sheet, others)):
        assert ([], [("2.01", "activity", "Sắp xếp tổ chức", "")]) == (asked(without), changes(without))


def test_activities_that_a_hidden_sheet_may_have_are_withdrawn_where_a_person_says_so(tmp_path: Path) -> None:
    """A hidden list of agencies has none, and its cells are not read."""
    both = {"PL": [*THREE[:3], THREE[4]], "DM": [["Sở A"], ["Sở B"]]}

    def hide(made: Any) -> None:
        made["DM"].sheet_state = "hidden"

    result = amended(tmp_path, THREE, both, hide)
    assert [("", "sheets:DM")] == asked(result)
    [question] = (one for one in result.problems if one.is_error)
    assert ("leave", "withdraw") == question.choices
    told = amended(tmp_path, THREE, both, hide, Answers(sheets={"DM": "withdraw"}))
    assert ([], [("1.02", "activity", "Công bố thủ tục", "")]) == (asked(told), changes(told))
    others = Answers(sheets={"*": "leave", "PL1": "take", "PL2": "withdraw"})
    for change in (hide_sheet, lambda made: None):
        told = amended(tmp_path, BOTH, BOTH, change, others)
        assert ([], [("2.01", "activity", "Sắp xếp tổ chức", "")]) == (asked(told), changes(told))


LONG = "Công bố, công khai thủ tục hành chính thuộc thẩm quyền của tỉnh"


@pytest.mark.parametrize(
    "below",
    [
        [["Ghi chú: đưa ra khỏi kế hoạch nhiệm vụ " + LONG]],
        [[f"Nhiệm vụ {LONG} được rút khỏi Kế hoạch."]],
        [["", "Các nhiệm vụ đưa ra khỏi kế hoạch:"], ["", "Ban hành kế hoạch"], ["", LONG]],
    ],
)
def test_a_note_that_an_activity_is_withdrawn_withdraws_it(below: Cells, tmp_path: Path) -> None:
    result = amended(tmp_path, [*THREE, task(4, LONG)], [*THREE, [], *below])
    assert ([], [("1.04", "activity", LONG, "")]) == (asked(result), changes(result))


@pytest.mark.parametrize(
    "below",
    [
        [["Ghi chú: không đưa ra khỏi kế hoạch nhiệm vụ " + LONG]],
        [["Các nhiệm vụ đưa ra khỏi kế hoạch: không có"], [], [LONG]],
    ],
)
def test_a_note_that_does_not_say_so_is_asked_about(below: Cells, tmp_path: Path) -> None:
    result = amended(tmp_path, [*THREE, task(4, LONG)], [*THREE, [], *below])
    assert ["rows:PL!hidden"] == [key for _, key in asked(result)]


def test_a_row_of_which_a_person_says_that_it_is_withdrawn_is(tmp_path: Path) -> None:
    result = amended(tmp_path, THREE, THREE, answers=Answers(rows={"PL!4": "withdraw"}))
    assert ([], [("1.02", "activity", "Công bố thủ tục", "")]) == (asked(result), changes(result))


def test_last_years_sheet_keeps_no_activity(tmp_path: Path) -> None:
    """It is another plan's."""
    now = {"Năm 2024": THREE, "Năm 2025": [*THREE[:3], THREE[4]]}
    result = amended(tmp_path, {"Năm 2025": THREE}, now)
    assert ([], [("1.02", "activity", "Công bố thủ tục", "")]) == (asked(result), changes(result))


# another plan


OTHER: Cells = [
    HEAD,
    DOMAIN,
    task(1, "Xây dựng nông thôn mới", "Sở Y tế", "Quý IV", "KH"),
    task(2, "Cấp giấy phép", "Sở Y tế", "Quý III", "Giấy"),
]


def test_a_file_that_lacks_most_of_the_plan_is_asked_about(tmp_path: Path) -> None:
    """It may be another plan's, or have only what is added. Told to replace the plan, it does."""
    one_in_common: Cells = [*OTHER, task(3, "Kiểm tra công vụ")]
    same_numbers: Cells = [HEAD, DOMAIN, task(1, "Tập huấn"), task(2, "Tuyên truyền pháp luật"), task(3, "Hội nghị")]
    for after in (OTHER, one_in_common, same_numbers, [*THREE[:2], task(1, "Tập huấn", "Sở B", "Quý IV", "KH")]):
        result = amended(tmp_path, THREE, after)
        assert [("", "sheets:PL")] == asked(result)
        replaced = amended(tmp_path, THREE, after, answers=Answers(sheets={"PL": "replace"}))
        assert [] == asked(replaced)
        gone = [code for code, field, _, new in changes(replaced) if field == "activity" and not new]
        assert (["1.01", "1.02"] if after is one_in_common else ["1.01", "1.02", "1.03"]) == gone


def test_a_file_that_lacks_some_of_the_plan_is_not(tmp_path: Path) -> None:
    assert [] == asked(amended(tmp_path, THREE, [*THREE[:3], THREE[4]]))


# numbers and titles


def untitled(*titles: str) -> Cells:
    return [["Nhiệm vụ", "Chủ trì", "Thời hạn"], ["I. THỂ CHẾ"], *([title, "Sở A", "Quý II"] for title in titles)]


def test_a_number_in_the_cell_of_a_title_is_no_part_of_it(tmp_path: Path) -> None:
    """A task that is put in at the top takes no record of another one."""
    before, after = ["Rà soát văn bản", "Công bố thủ tục"], ["Ban hành kế hoạch", "Rà soát văn bản", "Công bố thủ tục"]
    for sign in ("{}. {}", "{}) {}", "{} - {}", "1.{}. {}", "({}) {}", "I.{} {}"):
        first, second = (untitled(*(sign.format(*one) for one in enumerate(titles, 1))) for titles in (before, after))
        result = amended(tmp_path, first, second)
        assert ([], [("1.03", "activity", "", "Ban hành kế hoạch")]) == (
            asked(result),
            [one for one in changes(result) if one[1] != "number"],
        )
        assert ["1.01", "1.02"] == [code for code, field, *_ in changes(result) if field == "number"]


@pytest.mark.parametrize("sign", ["{}) ", "1.{}. "])
def test_a_number_in_the_cell_of_a_title_beside_its_own_is_none_either(sign: str, tmp_path: Path) -> None:
    """It is told, and the title stays; one that the title had before is a part of it."""
    rows = [task(n, sign.format("abc"[n - 1] if ")" in sign else n) + str(THREE[n + 1][1])) for n in (1, 2, 3)]
    after: Cells = [HEAD, DOMAIN, *rows]
    result = amended(tmp_path, THREE, after)
    assert ([], []) == (asked(result), changes(result))
    assert 3 == notes(result).count("before the title is no part of it")
    again = amended(tmp_path, after, after)
    assert ([], [], "") == (asked(again), changes(again), notes(again))


def test_a_title_that_is_alike_is_followed_where_it_stands(tmp_path: Path) -> None:
    """And what stands under its number is another task."""
    before: Cells = [HEAD, DOMAIN, task(1, "Rà soát văn bản"), task(2, "Công bố thủ tục")]
    after: Cells = [
        HEAD,
        DOMAIN,
        task(1, "Ban hành kế hoạch"),
        task(2, "Rà soát văn bản quy phạm"),
        task(3, "Công bố thủ tục"),
    ]
    result = amended(tmp_path, before, after)
    assert [] == asked(result)
    assert ("1.03", "activity", "", "Ban hành kế hoạch") in changes(result)
    assert ("1.01", "title", "Rà soát văn bản", "Rà soát văn bản quy phạm") in changes(result)


def test_a_title_that_is_nearly_one_of_another_number_is_asked_about(tmp_path: Path) -> None:
    """It is the task, or another one, as a person says."""
    before: Cells = [HEAD, DOMAIN, task(1, "Xây dựng kế hoạch tuyên truyền CCHC"), task(2, "Công bố thủ tục")]
    after: Cells = [HEAD, DOMAIN, task(1, "Công bố thủ tục"), task(2, "Xây dựng kế hoạch kiểm tra CCHC")]
    assert [("B4", "rows:PL!4")] == asked(amended(tmp_path, before, after))
    same = amended(tmp_path, before, after, answers=Answers(rows={"PL!4": "take"}))
    assert "title" in [field for code, field, *_ in changes(same) if code == "1.01"]
    new = amended(tmp_path, before, after, answers=Answers(rows={"PL!4": "activity"}))
    assert ["1.03", "1.01"] == [code for code, field, *_ in changes(new) if field == "activity"]


def test_another_title_under_a_number_is_asked_about(tmp_path: Path) -> None:
    """Where the lead, the output or the day is the same."""
    after = [*THREE[:3], task(2, "Ban hành quy chế"), THREE[4]]
    assert [("B4", "rows:PL!4")] == asked(amended(tmp_path, THREE, after))
    same = amended(tmp_path, THREE, after, answers=Answers(rows={"PL!4": "take"}))
    assert [("1.02", "title", "Công bố thủ tục", "Ban hành quy chế")] == changes(same)
    new = amended(tmp_path, THREE, after, answers=Answers(rows={"PL!4": "activity"}))
    assert [("1.04", "activity"), ("1.02", "activity")] == [(code, field) for code, field, *_ in changes(new)]


def test_codes_beside_titles_like_those_of_others_are_asked_about(tmp_path: Path) -> None:
    """As in a list that was numbered anew, whose titles were changed a little too."""
    before: Cells = [HEAD, DOMAIN, task("1.1", "Rà soát văn bản"), task("1.2", "Công bố thủ tục")]
    after: Cells = [
        HEAD,
        DOMAIN,
        task("1.1", "Ban hành kế hoạch"),
        task("1.2", "Rà soát văn bản quy phạm"),
        task("1.3", "Công bố thủ tục hành chính"),
    ]
    assert [("A4", "")] == asked(amended(tmp_path, before, after))


def test_codes_beside_the_titles_of_another_plan_are_one_question(tmp_path: Path) -> None:
    """Codes as 1.1 are those of any plan; told to replace it, its tasks are new ones."""
    titles = ("Rà soát văn bản", "Công bố thủ tục", "Kiểm tra công vụ")
    others = ("Xây dựng nông thôn mới", "Cấp giấy phép", "Kiểm tra công vụ")
    before: Cells = [HEAD, DOMAIN, *(task(f"1.{n}", one) for n, one in enumerate(titles, 1))]
    after: Cells = [HEAD, DOMAIN, *(task(f"1.{n}", one) for n, one in enumerate(others, 1))]
    assert [("", "sheets:PL")] == asked(amended(tmp_path, before, after))
    replaced = amended(tmp_path, before, after, answers=Answers(sheets={"PL": "replace"}))
    kinds = [(before, after) for _, field, before, after in changes(replaced) if field == "activity"]
    assert [("", others[0]), ("", others[1]), (titles[0], ""), (titles[1], "")] == kinds
    taken = amended(tmp_path, before, after, answers=Answers(rows={"PL!3": "take", "PL!4": "take"}))
    assert ([], ["title", "title"]) == (asked(taken), [field for _, field, *_ in changes(taken)])


def test_where_no_number_is_printed_a_title_that_is_only_alike_is_asked_about(tmp_path: Path) -> None:
    before = untitled("Xây dựng kế hoạch tuyên truyền CCHC", "Công bố thủ tục", "Rà soát văn bản")
    after = untitled("Xây dựng kế hoạch kiểm tra CCHC", "Công bố thủ tục", "Rà soát văn bản quy phạm")
    result = amended(tmp_path, before, after)
    assert ([("A3", "rows:PL!3")], "1.03 has another title") == (asked(result), notes(result)[:22])


def test_a_task_that_stands_under_another_domain_keeps_its_record(tmp_path: Path) -> None:
    """It is told; the title of a domain may have been moved, or hidden."""
    before: Cells = [*THREE, ["II", "BỘ MÁY"], task(1, "Sắp xếp tổ chức")]
    after: Cells = [*THREE[:4], ["II", "BỘ MÁY"], task(1, "Kiểm tra công vụ"), task(2, "Sắp xếp tổ chức")]
    result = amended(tmp_path, before, after)
    assert ([], [("1.03", "domain"), ("1.03", "number"), ("2.01", "number")]) == (
        asked(result),
        sorted((code, field) for code, field, *_ in changes(result)),
    )
    assert "1.03 stands under another domain than before" == notes(result)


# domains


def strike_title(made: Any) -> None:
    for cell in made["PL"][6]:
        cell.font = Font(strike=True)


def hide_title(made: Any) -> None:
    made["PL"].row_dimensions[6].hidden = True


@pytest.mark.parametrize("change", [hide_title, strike_title])
@pytest.mark.parametrize("title", [["II", "BỘ MÁY"], ["", "BỘ MÁY NHÀ NƯỚC"]])
def test_a_title_that_is_not_seen_above_tasks_that_are_is_asked_about(
    title: list[object], change: Change, tmp_path: Path
) -> None:
    """Their domain is that of the hidden title where it is imported, and else the one above."""
    first = [DOMAIN, ["", "CẢI CÁCH THỂ CHẾ"]][not title[0]]
    rows: Cells = [HEAD, first, *THREE[2:], title, task(1, "Sắp xếp tổ chức"), task(2, "Rà soát chức năng")]
    result = amended(tmp_path, rows, rows, change)
    assert [("6", "rows:PL!6")] == asked(result)
    if change is hide_title:
        taken = amended(tmp_path, rows, rows, change, Answers(rows={"PL!6": "take"}))
        assert ([], []) == (asked(taken), changes(taken))
    left = amended(tmp_path, rows, rows, change, Answers(rows={"PL!6": "leave"}))
    assert ([], ["2.01", "2.02"]) == (asked(left), [code for code, field, *_ in changes(left) if field == "domain"])


def test_a_title_that_a_filter_hides_is_asked_about_once_the_hidden_rows_are_left_out(tmp_path: Path) -> None:
    rows: Cells = [*THREE, ["II", "BỘ MÁY"], task(1, "Sắp xếp tổ chức")]

    def filtered(made: Any) -> None:
        filter_row(made)
        made["PL"].row_dimensions[4].hidden = False
        hide_title(made)

    for answers, keys in (({}, ["PL!hidden"]), ({"PL!hidden": "leave"}, ["PL!6"]), ({"PL!hidden": "take"}, [])):
        result = amended(tmp_path, rows, rows, filtered, Answers(rows=answers))
        assert [f"rows:{key}" for key in keys] == [key for _, key in asked(result)]


def test_a_title_that_is_hidden_with_all_its_tasks_is_not(tmp_path: Path) -> None:
    """Nor one above a signature."""
    rows: Cells = [
        *THREE,
        ["II", "BỘ MÁY"],
        task(1, "Sắp xếp"),
        ["III", "TÀI CHÍNH"],
        task(1, "Tự chủ"),
        ["IV", "CHUNG"],
    ]

    def hide(made: Any) -> None:
        for row in (6, 7, 10):
            made["PL"].row_dimensions[row].hidden = True

    path = book(tmp_path / "a.xlsx", [*rows, [], ["", "", "", "TM. ỦY BAN NHÂN DÂN"]], hide)
    draft = read_draft(path, year=2025)
    assert ((), ["THỂ CHẾ", "TÀI CHÍNH"]) == (draft.questions, [one.title for one in draft.domains])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("THỂ CHẾ (1 nhiệm vụ)", "THỂ CHẾ (2 nhiệm vụ)"),
        ("Thể chế", "Thể chế (gồm 02 nhiệm vụ)"),
        ("THỂ CHẾ [01 nhóm, 1 nhiệm vụ]", "Thể chế: 2 nhiệm vụ"),
        ("THỂ CHẾ – 1 NV", "THỂ CHẾ (tiếp theo)"),
        ("THỂ CHẾ", "Thể chế (5 nhiệm vụ, 10,5%)"),
        ("Thể chế", "THỂ CHẾ:"),
        ("Thể chế.", "Lĩnh vực thể chế"),
        ("Về thể chế", "Thể chế: (tiếp theo)"),
    ],
)
def test_a_count_is_no_part_of_the_name_of_a_domain_or_group(first: str, second: str, tmp_path: Path) -> None:
    before: Cells = [HEAD, ["I", first], ["1", "Nhóm văn bản (1 nhiệm vụ)"], task("1.1", "Rà soát văn bản")]
    after: Cells = [
        HEAD,
        ["I", second],
        ["1", "Nhóm văn bản (02 nhiệm vụ)"],
        task("1.1", "Rà soát văn bản"),
        task("1.2", "Sắp xếp"),
    ]
    result = amended(tmp_path, before, after)
    assert ([], [("1.2", "activity", "", "Sắp xếp")]) == (asked(result), changes(result))


def test_a_domain_that_the_plan_does_not_have_is_refused_with_what_to_do(tmp_path: Path) -> None:
    result = amended(tmp_path, THREE, [*THREE, ["II", "BỘ MÁY"], task(4, "Sắp xếp")])
    [question] = (one for one in result.problems if one.is_error)
    assert "“BỘ MÁY”" in question.what
    assert question.to_do.endswith("adopted with: THỂ CHẾ")


# columns of what changes


@pytest.mark.parametrize(
    "heading",
    ["Điều chỉnh thành", "Sửa thành", "Lùi đến", "Nội dung thay đổi", "Thời gian mới", "Cơ quan mới", "Nay là", "Chuyển về",
     "Sau sắp xếp", "Cập nhật"],
)  # fmt: skip
@pytest.mark.parametrize("text", ["Quý III", "30/9/2025", "Sở Y tế"])
def test_a_column_of_what_holds_now_is_asked_about(heading: str, text: str, tmp_path: Path) -> None:
    """Also in the first file of a plan; it is a custom field where a person says so, or where it says why."""
    before: Cells = [NARROW, DOMAIN, [1, "Rà soát", "Sở A", "Quý I"], [2, "Công bố", "Sở A", "Quý I"]]
    after: Cells = [[*NARROW, heading], DOMAIN, [*before[2], text], before[3]]
    result = amended(tmp_path, before, after)
    is_title = heading == "Nội dung thay đổi"
    assert ([("B1", "columns:PL!title")] if is_title else [("E1", "columns:PL!E")]) == asked(result)
    path = book(tmp_path / "c.xlsx", after)
    assert read_draft(path, year=2025).questions
    answers = Answers(columns={"PL!title": "B"} if is_title else {"PL!E": "custom"})
    assert () == read_draft(path, year=2025, answers=answers).questions
    for said in (["Lý do điều chỉnh", "Chờ hướng dẫn của Bộ"], ["Điểm mới so với năm 2024", "Sở Y tế thay Sở A"]):
        why: Cells = [[*NARROW, said[0]], DOMAIN, [*before[2], said[1]], before[3]]
        assert [] == asked(amended(tmp_path, before, why))


def test_a_title_that_is_free_elsewhere_takes_no_record_from_a_task_that_is_alike(tmp_path: Path) -> None:
    """It may be a new task under a title that another one had; which it is, is asked."""
    before: Cells = [HEAD, DOMAIN, task(1, "Tuyên truyền"), task(2, "Rà soát"), ["II", "BỘ MÁY"], task(3, "Sắp xếp")]
    after: Cells = [HEAD, DOMAIN, task(1, "Tuyên truyền cải cách thể chế"), task(2, "Rà soát"), ["II", "BỘ MÁY"]]
    result = amended(tmp_path, before, [*after, task(3, "Sắp xếp"), task(4, "Tuyên truyền")])
    assert ("1.01", "domain", "1", "2") not in changes(result) or asked(result)
    moved: Cells = [HEAD, DOMAIN, task(2, "Rà soát"), ["II", "BỘ MÁY"], task(3, "Sắp xếp"), task(4, "Tuyên truyền")]
    assert [] == asked(amended(tmp_path, before, moved))
