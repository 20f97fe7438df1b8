"""Where a table ends and what stands below it: no signature, no other table and no other year becomes a part of the plan."""

from pathlib import Path
from typing import Any

import pytest

from reformtrack.exchange.appendix.finding import Answers, Draft
from reformtrack.exchange.appendix.importing import read_draft
from reformtrack.exchange.appendix.reading import find_appendix
from reformtrack.exchange.appendix.sheets import Sheet
from reformtrack.language import Language
from tests.exchange.accounting import unaccounted_in
from tests.exchange.layouts import Cells
from tests.exchange.test_not_in_silence import document_of

HEAD = ["STT", "Nhiệm vụ", "Sản phẩm", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời hạn"]


def task(number: object, title: str, lead: str = "Sở Nội vụ") -> list[Any]:
    return [number, title, "Báo cáo", lead, "Sở Tư pháp", "Quý II"]


PLAN: Cells = [HEAD, ["I", "THỂ CHẾ"], task(1, "Rà soát văn bản"), task(2, "Công bố danh mục")]


def found(rows: Cells, year: int = 2025, answers: Answers | None = None, **marks: Any) -> Draft:
    width = max(map(len, rows))
    cells = tuple((*(cell if cell != "" else None for cell in row), *[None] * (width - len(row))) for row in rows)
    sheet = Sheet("S1", cells, **marks)
    draft = find_appendix([sheet], Language("en"), answers=answers, year=year)
    assert {} == unaccounted_in([sheet], draft)
    return draft


def in_word(path: Path, *parts: Any) -> Draft:
    return read_draft(document_of(path / "a.docx", *parts), year=2025, lang="en")


def said_by(draft: Draft) -> list[tuple[object, ...]]:
    titles = {domain.code: domain.title for domain in draft.domains}
    return [
        (titles[row.domain], row.group, row.title, row.output, row.leads, row.supporting) for row in draft.activities
    ]


def titles(draft: Draft) -> list[tuple[str, str]]:
    return [(domain, title) for domain, _, title, *_ in said_by(draft)]  # type: ignore[misc]


# signatures

SIGNATURES = {
    "who made it": ["Người lập", "Nguyễn Văn A"],
    "place, day, office": ["Đắk Nông ngày 28 tháng 12 năm 2024", "Thủ trưởng đơn vị", "Nguyễn Văn A"],
    "place with a comma": ["Đắk Nông, ngày 28 tháng 12 năm 2024", "Trưởng phòng", "Nguyễn Văn A"],
    "an office with its agency": ["Chủ tịch UBND xã", "Nguyễn Văn A"],
    "an agency": ["UBND XÃ QUẢNG SƠN", "Nguyễn Văn A"],
    "a name": ["Nguyễn Văn A"],
}


@pytest.mark.parametrize("column", [2, 3, 4, 5])
@pytest.mark.parametrize("texts", SIGNATURES.values(), ids=SIGNATURES)
def test_a_signature_below_the_table_is_no_part_of_its_last_task(texts: list[str], column: int) -> None:
    draft = found([*PLAN, [], [], *([""] * column + [text] for text in texts)])
    assert said_by(found(PLAN)) == said_by(draft)
    assert () == draft.questions


@pytest.mark.parametrize(
    "rows",
    [
        [["Người lập", "Thủ trưởng đơn vị"], ["Lê Thị C", "Nguyễn Văn A"]],
        [["Kế toán", "Người lập", "", "Thủ trưởng cơ quan"], ["Lê Thị C", "Bùi D", "", "Nguyễn Văn A"]],
        [["", "NGƯỜI LẬP BIỂU", "", "", "GIÁM ĐỐC"], ["", "Lê Thị C", "", "", "Nguyễn Văn A"]],
        [
            ["Xác nhận của lãnh đạo", "", "", "Đắk Nông, ngày 28 tháng 12 năm 2024\nNgười báo cáo"],
            ["", "", "", "Bùi D"],
        ],
        [["", "Người lập\n\nLê Thị C", "", "Giám đốc\n\nNguyễn Văn A"]],
        [["", "Phó Giám đốc", "", "Phòng Nội vụ"], ["", "Bùi D", "", "Nguyễn Văn A"]],
    ],
)
def test_a_signature_over_two_columns_is_no_task(rows: Cells) -> None:
    draft = found([*PLAN, [], *rows])
    assert said_by(found(PLAN)) == said_by(draft)[:2]
    assert len(said_by(draft)) == 2 or draft.questions


@pytest.mark.parametrize("text", ["Chủ tịch UBND các xã", "Phòng Kinh tế", "Nguyễn Văn A"])
def test_what_may_be_another_lead_is_asked_directly_below_a_task(text: str) -> None:
    assert [question.cell for question in found([*PLAN, ["", "", "", text]]).questions] == ["D5"]


def test_a_lead_that_goes_on_in_small_letters_is_joined() -> None:
    draft = found([*PLAN, ["", "", "", "và Công an tỉnh"], task(3, "Tổng kết")])
    assert draft.activities[1].leads == ("Sở Nội vụ", "Công an tỉnh")
    assert () == draft.questions


def test_no_row_goes_on_over_an_empty_one() -> None:
    draft = found([*PLAN, [], ["", "", "Tờ trình", "", "Sở Y tế"], task(3, "Tổng kết")])
    assert ["C6"] == [question.cell for question in draft.questions]


@pytest.mark.slow
@pytest.mark.parametrize(
    "rows",
    [
        [["", "", "", "Chủ tịch UBND xã"], ["", "", "", "Nguyễn Văn A"]],
        [["", "", "", "UBND XÃ QUẢNG SƠN"], ["", "", "", "Nguyễn Văn A"]],
        [["NGƯỜI LẬP\n\n\nLê Thị C", "GIÁM ĐỐC\n\n\nNguyễn Văn A"]],
        [["", "", "", "Lâm Đồng, ngày 28 tháng 12 năm 2024"], ["Người lập biểu", "", "", "Thủ trưởng cơ quan"]],
    ],
)
def test_a_table_of_signatures_in_word_is_no_part_of_the_last_task(rows: Cells, tmp_path: Path) -> None:
    draft = in_word(tmp_path, PLAN, rows)
    assert said_by(found(PLAN)) == said_by(draft)
    assert () == draft.questions
