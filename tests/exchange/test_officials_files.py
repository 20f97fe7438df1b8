"""What officials' files have that a stranger tried: units, months, agencies, roles, sections that go on, swapped days."""

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from reformtrack import Document, Tracker
from reformtrack.errors import InvalidField
from reformtrack.exchange.appendix.agencies import by_role, key_of_name, names_in
from reformtrack.exchange.appendix.draft_file import answers_in, draft_xlsx
from reformtrack.exchange.appendix.finding import Answers
from reformtrack.exchange.appendix.importing import NewPlan, read_draft
from reformtrack.exchange.appendix.reading import find_appendix
from reformtrack.exchange.appendix.sheets import Sheet
from reformtrack.language import Language
from tests.exchange.layouts import Cells, open_document
from tests.exchange.reading import read_sheets
from tests.exchange.test_appendix import found
from tests.support import Clock

pytestmark = pytest.mark.slow

HEAD = ["STT", "Nhiệm vụ", "Chủ trì", "Thời hạn"]


def asked_of(cells: Cells) -> list[str]:
    return [question.cell for question in found(cells).questions]


@pytest.mark.parametrize(
    ("unit", "dong"),
    [
        ("trđ", 10**6), ("tr.đ", 10**6), ("tr. đồng", 10**6), ("tr", 10**6), ("1.000.000 đồng", 10**6), ("x1.000.000đ", 10**6),
        ("million VND", 10**6), ("VND million", 10**6), ("1.000 đồng", 10**3), ("1000đ", 10**3), ("ngđ", 10**3),
        ("thousand VND", 10**3), ("nghìn đồng", 10**3), ("ngàn đồng", 10**3), ("VND bn", 10**9), ("tỷ đồng", 10**9),
        ("tỉ đồng", 10**9), ("trăm triệu đồng", 10**8), ("đồng", 1), ("đ", 1), ("VNĐ", 1),
    ],
)  # fmt: skip
def test_a_unit_is_read_as_it_is_written(unit: str, dong: int) -> None:
    """In the heading, in a line above the table, and below the heading."""
    row: list[Any] = [1, "Rà soát", "Sở A", "Quý I", 200]
    for cells in (
        [[*HEAD, f"Kinh phí ({unit})"], row],
        [[f"Đơn vị: {unit}"], [*HEAD, "Kinh phí"], row],
        [[f"ĐVT: {unit}"], [*HEAD, "Kinh phí từ ngân sách tỉnh"], row],
        [[*HEAD, "Dự toán"], ["", "", "", "", f"({unit})"], row],
    ):
        draft = found(cells)
        assert ([200 * dong], ()) == ([one.budget for one in draft.activities], draft.questions), cells


def test_a_cell_that_names_its_unit_has_that_one() -> None:
    """A đồng too."""
    for text, budget in (("500.000.000đ", 500_000_000), ("500 trđ", 500_000_000), ("1,5 tỷ", 1_500_000_000)):
        [row] = found([[*HEAD, "Kinh phí (triệu đồng)"], [1, "Rà soát", "Sở A", "Quý I", text]]).activities
        assert budget == row.budget


def test_small_amounts_without_a_unit_are_asked_about_once() -> None:
    """At the heading, where one answer is for all; amounts that can be đồng are not."""
    rows: Cells = [[1, "Rà soát", "Sở A", "Quý I", 200], [2, "Tập huấn", "Sở B", "Quý I", 300]]
    assert ["E1"] == asked_of([[*HEAD, "Kinh phí"], *rows])
    assert [] == asked_of([[*HEAD, "Kinh phí (đồng)"], *rows])
    assert [] == asked_of([[*HEAD, "Kinh phí"], [1, "Rà soát", "Sở A", "Quý I", 200_000_000]])
    assert [] == asked_of([[*HEAD, "Kinh phí"], [1, "Rà soát", "Sở A", "Quý I", "200 triệu"]])


@pytest.mark.parametrize("form", ["mmm-yy", "mm/yyyy", '"Tháng "mm"/"yyyy', "[$-42A]mmmm yyyy;@"])
def test_a_month_that_excel_made_a_day_is_the_month(form: str, tmp_path: Path) -> None:
    """As it is shown; a day that is shown as one stays a day."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in (HEAD, [1, "Rà soát", "Sở A", date(2026, 6, 1)], [2, "Tập huấn", "Sở A", date(2026, 6, 1)]):
        sheet.append(row)
    sheet["D2"].number_format, sheet["D3"].number_format = form, "dd/mm/yyyy"
    book.save(tmp_path / "a.xlsx")
    draft = read_draft(tmp_path / "a.xlsx", year=2026)
    dues = [row.due and row.due.days for row in draft.activities]
    assert [(date(2026, 6, 30),), (date(2026, 6, 1),)] == dues


def test_so_is_one_of_libreoffice(tmp_path: Path) -> None:
    """Whose file has the text that is shown beside the day."""
    path = open_document(
        tmp_path / "a.ods", [[*HEAD], [1, "Rà soát", "Sở A", "06/2026"], [2, "Tập huấn", "Sở A", "01/06/2026"]]
    )
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    content = parts["content.xml"].decode()
    for text in ("06/2026", "01/06/2026"):
        content = content.replace(
            f'<table:table-cell office:value-type="string"><text:p>{text}</text:p>',
            f'<table:table-cell office:value-type="date" office:date-value="2026-06-01"><text:p>{text}</text:p>',
        )
    assert 2 == content.count("office:date-value")
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in {**parts, "content.xml": content.encode()}.items():
            archive.writestr(name, part)
    [sheet] = read_sheets(path)
    assert ["06/2026", date(2026, 6, 1)] == [row[3] for row in sheet.rows[1:3]]


@pytest.mark.parametrize(
    "name",
    [
        "Văn phòng HĐND và UBND xã", "VP HĐND & UBND xã", "Văn phòng HĐND - UBND xã",
        "Văn phòng Hội đồng nhân dân và Ủy ban nhân dân xã", "Sở Giáo dục và Đào tạo", "Thanh tra Sở Nội vụ",
        "Bộ Chỉ huy Bộ đội Biên phòng tỉnh", "Tổ phối hợp liên ngành", "Trung tâm Phục vụ hành chính công tỉnh",
    ],
)  # fmt: skip
def test_one_agency_stays_one(name: str) -> None:
    """Whatever is in its name."""
    assert ((name,), True) == (names_in(name).names, names_in(name).is_sure)


@pytest.mark.parametrize(
    "text",
    [
        "Sở Nội vụ + Sở Tư pháp", "Sở Nội vụ | Sở Tư pháp", "Sở Nội vụ • Sở Tư pháp", "Sở Nội vụ hoặc Sở Tư pháp",
        "Sở Nội vụ phối hợp với Sở Tư pháp", "Sở Nội vụ cùng Sở Tư pháp", "Sở Nội vụ Sở Tư pháp",
        "Viễn thông tỉnh và Bưu điện tỉnh", "Văn phòng HĐND, UBND xã",
    ],
)  # fmt: skip
def test_what_may_be_several_is_asked_about(text: str) -> None:
    assert not names_in(text).is_sure
    assert ["C2"] == asked_of([HEAD, [1, "Rà soát", text, "Quý I"]])


@pytest.mark.parametrize(
    "text",
    [
        "Sở Nội vụ chủ trì; Sở Tư pháp phối hợp", "CT: Sở Nội vụ; PH: Sở Tư pháp", "Sở Nội vụ (CT), Sở Tư pháp (PH)",
        "Sở Nội vụ\n(phối hợp: Sở Tư pháp)",
    ],
)  # fmt: skip
def test_a_role_in_a_cell_is_no_part_of_a_name(text: str) -> None:
    assert {"lead": "Sở Nội vụ", "supporting": "Sở Tư pháp"} == by_role(text, "lead")
    assert {"lead": "Tổ phối hợp"} == by_role("Tổ phối hợp", "lead")


def test_a_section_that_goes_on_is_no_second_one() -> None:
    """Nor is one with its number beside the same without."""
    task = ["Rà soát", "Sở A", "Quý I"]
    draft = found(
        [
            HEAD,
            ["I", "THỂ CHẾ"],
            [1, *task],
            ["I", "THỂ CHẾ (tiếp theo)"],
            [2, "Khác", *task[1:]],
            ["II", "BỘ MÁY"],
            [3, *task],
        ]
    )
    assert ["THỂ CHẾ", "BỘ MÁY"] == [domain.title for domain in draft.domains]
    assert ["1", "1", "2"] == [row.domain for row in draft.activities]
    column = found([["Lĩnh vực", *HEAD], ["1. Thể chế", 1, *task], ["Thể chế", 2, "Khác", *task[1:]]])
    assert 1 == len(column.domains)


def test_the_title_of_a_second_table_with_other_headings_is_its_domain() -> None:
    """Where it stands as the last row of the first."""
    first: Cells = [["I. CHUNG"], [*HEAD, "Phối hợp"], [1, "Rà soát", "Sở A", "31/01/2026", "Các sở"]]
    second: Cells = [
        ["TT", "Thời hạn", "Nội dung", "Cơ quan thực hiện", "Đơn vị phối hợp"],
        [1, "Quý II", "Khác", "Sở B", "x"],
    ]
    betweens: list[Cells] = [[], [[]]]
    for between in betweens:
        draft = found([*first, *between, ["II. CHUYỂN ĐỔI SỐ"], *second])
        assert ["CHUNG", "CHUYỂN ĐỔI SỐ"] == [domain.title for domain in draft.domains]
        assert ["1", "2"] == [row.domain for row in draft.activities]


def test_a_sheet_that_goes_on_without_headings_is_asked_about() -> None:
    """One of other things is not."""
    first: Cells = [HEAD, ["I", "THỂ CHẾ"], [1, "Rà soát", "Sở A", "Quý I"]]
    second: Cells = [[2, "Tập huấn", "Sở A", "Quý II"], ["II", "BỘ MÁY"], [1, "Khác", "Sở B", "Quý III"]]
    assert [("S2", "")] == [(one.sheet, one.cell) for one in found(first, second).questions]
    assert () == found(first, [["Ghi chú"], ["1", "x", "2026", "y"]]).questions


def test_days_that_a_spreadsheet_may_have_swapped_are_asked_about() -> None:
    """Where every day up to the twelfth is a cell of its own, and every later one a text."""
    cells = [[n, f"Việc {n}", "Sở A", due] for n, due in enumerate((date(2026, 3, 4), "15/3/2026", "30/6/2026"), 1)]
    assert ["D2"] == asked_of([HEAD, *cells])
    assert [] == asked_of([HEAD, *cells, [4, "Việc 4", "Sở A", date(2026, 3, 31)]])
    assert [] == asked_of([HEAD, *cells, [4, "Việc 4", "Sở A", "2/6/2026"]])


def test_a_month_beside_a_quarter_is_the_month_or_asked_about() -> None:
    """Of which it is one."""
    head = ["STT", "Nhiệm vụ", "Chủ trì", "Tháng", "Quý"]
    draft = found(
        [head, [1, "Rà soát", "Sở A", 8, "III"], [2, "Tập huấn", "Sở A", "", "IV"], [3, "Khác", "Sở A", 12, "I"]]
    )
    assert ["tháng 8", "Quý IV", "tháng 12 (Quý I)"] == [row.deadline for row in draft.activities]
    assert ["4"] == [problem.cell[1:] for problem in draft.problems if "tháng 12 (Quý I)" in problem.what]
    [row] = found([head, [1, "Rà soát", "Sở A", "", "12"]]).activities
    assert "12" == row.deadline, "which is no quarter"


def test_what_a_file_takes_out_does_not_stay_in_silence() -> None:
    """In a note, a column of its own, or behind the title; and a file of what changes says what it would withdraw."""
    head = [*HEAD, "Ghi chú"]
    rows: Cells = [[n, f"Việc {n}", "Sở A", "Quý I", ""] for n in range(1, 5)]
    assert ["E2"] == asked_of([head, [1, "Rà soát", "Sở A", "Quý I", "Bãi bỏ"]])
    assert ["B2"] == asked_of([head, [1, "Rà soát (bãi bỏ)", "Sở A", "Quý I", ""]])
    with Tracker(clock=Clock()) as tracker:
        tracker.record(*_adoption(found([head, *rows]), tracker), by="x")
        changing = [[2, "Việc 2", "Sở A", "Quý II", "Sửa đổi thời hạn"]]
        again = _recorded(found([head, *changing]), tracker)
        assert ["the file says what changes, and lacks activities of the plan: 1.01, 1.03, 1.04"] == [
            problem.what for problem in again.problems if "lacks" in problem.what
        ]


def test_a_table_in_a_cell_of_word_is_text_of_the_cell(tmp_path: Path) -> None:
    """And hidden text is asked about."""
    document = docx.Document()
    table = document.add_table(2, 5)
    for cell, text in zip(table.rows[0].cells, ["STT", "Nhiệm vụ", "Sản phẩm", "Chủ trì", "Thời hạn"], strict=True):
        cell.text = text
    for cell, text in zip(table.rows[1].cells, ["1", "Rà soát", "", "Sở Nội vụ", "Quý II"], strict=True):
        cell.text = text
    inner = table.rows[1].cells[2].add_table(2, 1)
    inner.rows[0].cells[0].text, inner.rows[1].cells[0].text = "Tờ trình", "Quyết định"
    run = table.rows[1].cells[1].paragraphs[0].add_run(" mật")
    run.font.hidden = True
    out = io.BytesIO()
    document.save(out)
    (tmp_path / "a.docx").write_bytes(out.getvalue())
    draft = read_draft(tmp_path / "a.docx", year=2026)
    [row] = draft.activities
    assert ("Tờ trình\nQuyết định", ("Sở Nội vụ",), "Quý II") == (row.output, row.leads, row.deadline)
    assert ["B2"] == [question.cell for question in draft.questions]


def test_look_alikes_of_letters_are_the_letters_that_are_meant(tmp_path: Path) -> None:
    """Of old fonts in a name, and of a Roman number."""
    (tmp_path / "a.csv").write_text("STT,Nhiệm vụ,Chủ trì,Thời hạn\n1,Rà soát,Sở Tƣ pháp,Quý I\n", encoding="utf-8")
    [row] = read_draft(tmp_path / "a.csv", year=2026).activities
    assert ("Sở Tư pháp",) == row.leads
    task = ["Rà soát", "Sở A", "Quý I"]
    draft = found([HEAD, ["І", "THỂ CHẾ"], [1, *task], ["ІІ", "BỘ MÁY"], [2, *task]])
    assert ["THỂ CHẾ", "BỘ MÁY"] == [domain.title for domain in draft.domains]


def test_a_number_is_no_agency_and_a_mark_of_a_footnote_no_part_of_one() -> None:
    assert ["C2"] == asked_of([HEAD, [1, "Rà soát", "80", "Quý I"]])
    leads = ["Sở Nội vụ", "Sở Nội vụ", "Sở Nội vụ*", "Sở Nội vụ¹", "Sở Nội vụ (1)", "Sở Nội vụ và"]
    draft = found([HEAD, *([n, f"Việc {n}", lead, "Quý I"] for n, lead in enumerate(leads, 1))])
    assert {("Sở Nội vụ",)} == {row.leads for row in draft.activities}
    assert ["C3"] == asked_of([HEAD, [1, "Rà soát", "Sở Nội vụ", "Quý I"], [2, "Khác", "SởNội vụ", "Quý I"]])


@pytest.mark.parametrize("bullet", ["-", "+"])
def test_two_bullets_below_a_task_are_both_asked_about(bullet: str) -> None:
    """The first is no title of what comes after; joined, they are lines of the task."""
    bullets: Cells = [[bullet, "Văn bản của HĐND"], [bullet, "Văn bản của UBND"]]
    cells: Cells = [
        HEAD,
        ["I", "Thể chế"],
        [1, "Rà soát:", "Sở A", "Quý IV"],
        *bullets,
        [2, "Tập huấn", "Sở A", "Quý I"],
    ]
    draft = found(cells)
    assert (["A4", "A5"], [(), ()]) == ([one.cell for one in draft.questions], [row.group for row in draft.activities])
    answers = Answers(rows={"S1!4": "join", "S1!5": "join"})
    joined = find_appendix([Sheet("S1", tuple(map(tuple, cells)), frozenset())], Language("en"), answers=answers)
    assert () == joined.questions
    assert ["Rà soát: Văn bản của HĐND Văn bản của UBND", "Tập huấn"] == [
        " ".join(r.title.split()) for r in joined.activities
    ]


def test_a_raised_number_is_the_mark_of_a_footnote(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(2, 4)
    for cell, text in zip(table.rows[0].cells, HEAD, strict=True):
        cell.text = text
    for cell, text in zip(table.rows[1].cells, ["1", "Rà soát", "Sở Nội vụ", "Quý II"], strict=True):
        cell.text = text
    table.rows[1].cells[2].paragraphs[0].add_run("2").font.superscript = True
    document.save(str(tmp_path / "a.docx"))
    [row] = read_draft(tmp_path / "a.docx", year=2026).activities
    assert ("Sở Nội vụ",) == row.leads


@pytest.mark.parametrize(("kept", "asked"), [("", []), ("Sở Xây dựng", ["C2"])])
def test_what_libreoffice_struck_out_in_a_cell_is_asked_about(kept: str, asked: list[str], tmp_path: Path) -> None:
    """In a part of it; a cell that is struck out whole says nothing."""
    path = open_document(tmp_path / "a.ods", [HEAD, [1, "Rà soát", "GẠCH", "Quý I"]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    content = parts["content.xml"].decode()
    styles = (
        '<office:automatic-styles xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0">'
        '<style:style style:name="s9" style:family="text">'
        '<style:text-properties style:text-line-through-style="solid"/></style:style></office:automatic-styles>'
    )
    content = content.replace("GẠCH", f'<text:span text:style-name="s9">Sở Cũ</text:span>{kept}')
    content = content.replace("<office:body", f"{styles}<office:body", 1)
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in {**parts, "content.xml": content.encode()}.items():
            archive.writestr(name, part)
    [sheet] = read_sheets(path)
    assert (asked, [] if asked else ["C2"]) == (sorted(sheet.partly_struck), sorted(sheet.struck))


def _adoption(draft: Any, tracker: Tracker) -> Any:
    return _recorded(draft, tracker, dry_run=True).events


def _recorded(draft: Any, tracker: Tracker, *, dry_run: bool = False) -> Any:
    from reformtrack.exchange.appendix.importing import record_draft

    new = NewPlan(title="Kế hoạch", year=2023, jurisdiction="Tỉnh A")
    document = Document(number="1/QĐ")
    return record_draft(
        tracker, draft, "p", by="x", on=date(2023, 1, 2), new=new, document=document, dry_run=dry_run, lang="en"
    )


def task(number: Any, title: str, lead: str = "Sở A", deadline: str = "Quý I") -> list[Any]:
    return [number, title, lead, deadline]


@pytest.mark.parametrize("numbers", [("1", "2"), ("1", "1")])
@pytest.mark.parametrize("marks", [("a", "b"), ("a)", "b)")])
def test_titles_with_small_letters_are_groups(marks: tuple[str, str], numbers: tuple[str, str]) -> None:
    """Whether the tasks below them begin anew or not."""
    lists = [[marks[0], "Văn bản"], task(numbers[0], "Rà soát"), [marks[1], "Kiểm tra"], task(numbers[1], "Tập huấn")]
    draft = found([HEAD, ["I", "Thể chế"], *lists, ["II", "Bộ máy"], *lists])
    assert [("1", ("Văn bản",)), ("1", ("Kiểm tra",)), ("2", ("Văn bản",)), ("2", ("Kiểm tra",))] == [
        (row.domain, row.group) for row in draft.activities
    ]
    assert () == draft.questions


def test_parts_of_a_task_with_small_letters_are_no_titles() -> None:
    """A letter below a task is a part of it, also where the next task follows."""
    draft = found([HEAD, ["I", "Thể chế"], task(1, "Rà soát"), ["a", "Một phần"], task(2, "Tập huấn"), ["a", "Phần"]])
    assert [(), (), (), ()] == [row.group for row in draft.activities]
    assert {"C4", "D4", "C6", "D6"} == {question.cell for question in draft.questions}


def test_a_small_l_is_a_roman_one() -> None:
    """Where no k is before it."""
    draft = found([HEAD, *(row for n in ("l", "ll", "lll", "lV") for row in ([n, f"Phần {n}"], task(1, f"Việc {n}")))])
    assert ([("1", "Phần l"), ("2", "Phần ll"), ("3", "Phần lll"), ("4", "Phần lV")], ()) == (
        [(domain.code, domain.title) for domain in draft.domains],
        draft.questions,
    )
    draft = found([HEAD, *(task(letter, f"Việc {letter}") for letter in "abcdeghikl")])
    assert [("General",), 10] == [tuple(domain.title for domain in draft.domains), len(draft.activities)]


def test_capital_letters_go_on_past_h() -> None:
    """I after H is a letter; the titles of domains follow each other."""
    draft = found([HEAD, *(row for n in "ABCDEGHIK" for row in ([n, f"Phần {n}"], task(1, f"Việc {n}")))])
    assert [f"Phần {n}" for n in "ABCDEGHIK"] == [domain.title for domain in draft.domains]
    assert () == draft.problems


@pytest.mark.parametrize("as_numbers", [True, False])
def test_codes_that_a_spreadsheet_shortened_are_whole(as_numbers: bool) -> None:
    """1.10 and 1.20 are 1.1 and 1.2 to Excel; also where the codes begin with another."""
    codes = [f"1.{n}" for n in range(2, 22)]
    cells = [float(code) if as_numbers else code.rstrip("0") for code in codes]
    draft = found([["Mã", *HEAD[1:]], *(task(cell, f"Việc {n}") for n, cell in enumerate(cells))])
    assert (codes, ()) == ([row.code for row in draft.activities], draft.questions)


def test_codes_that_begin_anew_are_not_lengthened() -> None:
    """1.1 after 1.9 of another domain is no 1.10."""
    codes = [f"1.{n}" for n in range(1, 10)]
    draft = found(
        [["Mã", *HEAD[1:]], ["", "I. Thể chế"], *(task(float(code), f"Việc {code}") for code in codes),
         ["", "II. Bộ máy"], task(1.1, "Đề án"), task(1.2, "Báo cáo")]
    )  # fmt: skip
    assert ["2.01", "2.02"] == [row.code for row in draft.activities[-2:]]


def test_how_far_a_task_is_is_not_what_comes_of_it() -> None:
    """A column Kết quả that has only states is kept as a custom field."""
    states = ["Đã hoàn thành", "Đang thực hiện", "Chưa triển khai", "Hoàn thành đúng hạn"]
    for texts, outputs in ((states, ["", "", "", ""]), ([*states[:3], "Báo cáo"], [*states[:3], "Báo cáo"])):
        rows = [[*task(n, f"Việc {n}"), text] for n, text in enumerate(texts, 1)]
        assert outputs == [row.output for row in found([[*HEAD, "Kết quả"], *rows]).activities]


@pytest.mark.parametrize(
    ("field", "head", "titles"),
    [("lead", ["STT", "Nhiệm vụ", "Thời hạn"], ("Sở Nội vụ", "Sở Tài chính")),
     ("deadline", ["STT", "Nhiệm vụ", "Chủ trì"], ("Quý I", "Quý II"))],
)  # fmt: skip
def test_titles_may_say_what_no_column_says(field: str, head: list[str], titles: tuple[str, str]) -> None:
    """Where a person answers so; then they are no domains."""
    other = "Quý III" if field == "lead" else "Sở A"
    cells: Cells = [head, ["I", titles[0]], [1, "Rà soát", other], ["II", titles[1]], [1, "Tập huấn", other]]
    [question] = found(cells).questions
    assert (f"columns:S1!{field}", "titles") == (question.ask, question.choices[-1])
    sheet = Sheet("S1", tuple(map(tuple, cells)), frozenset())
    draft = find_appendix([sheet], Language("en"), answers=Answers(columns={f"S1!{field}": "titles"}))
    said = [row.leads[0] if field == "lead" else str(row.due) for row in draft.activities]
    assert ([*titles], (), ["General"]) == (said, draft.questions, [domain.title for domain in draft.domains])
    with pytest.raises(InvalidField):
        Answers(columns={"S1!title": "titles"})


def test_the_unit_of_budgets_can_be_answered() -> None:
    """Without a change in the file."""
    cells: Cells = [[*HEAD, "Kinh phí"], [*task(1, "Rà soát"), 200]]
    [question] = found(cells).questions
    section, _, name = question.ask.partition(":")
    sheet = Sheet("S1", tuple(map(tuple, cells)), frozenset())
    for unit, dong in zip(question.choices, (1, 10**3, 10**6, 10**9), strict=True):
        draft = find_appendix([sheet], Language("en"), answers=Answers.of({section: {name: unit}}))
        assert ([200 * dong], ()) == ([row.budget for row in draft.activities], draft.questions)


@pytest.mark.parametrize(
    ("text", "names", "is_sure"),
    [
        ("Sở NN&PTNT", ("Sở NN&PTNT",), True), ("VP.HĐND&UBND", ("VP.HĐND&UBND",), True), ("STC & STP", ("STC", "STP"), True),
        ("Bộ phận TN&TKQ", ("Bộ phận TN&TKQ",), True), ("Sở Nội vụ & UBND tỉnh", ("Sở Nội vụ", "UBND tỉnh"), True),
        ("Trung tâm PVHCC & KSTTHC", ("Trung tâm PVHCC & KSTTHC",), False), ("UBND và HĐND", ("UBND", "HĐND"), True),
        ("Phòng Nội vụ - LĐTBXH", ("Phòng Nội vụ - LĐTBXH",), False), ("Sở NN và PTNT", ("Sở NN và PTNT",), False),
        ("Sở Nội vụ&UBND", ("Sở Nội vụ", "UBND"), True), ("Sở Nội vụ và STP", ("Sở Nội vụ", "STP"), True),
    ],
)  # fmt: skip
def test_an_abbreviation_may_be_the_rest_of_a_name(text: str, names: tuple[str, ...], is_sure: bool) -> None:
    found_names = names_in(text)
    assert (names, is_sure) == (found_names.names, found_names.is_sure)


def read_of(year: int, cells: Cells, merged: tuple[Any, ...] = (), **answers: Any) -> Any:
    """A draft of one sheet for the plan of a year."""
    sheet = Sheet("S1", tuple(map(tuple, cells)), merged=merged)
    return find_appendix([sheet], Language("en"), year=year, answers=Answers(**answers))


@pytest.mark.parametrize("heading", ["Thời hạn (năm 2026)", "Thời gian hoàn thành năm 2026"])
def test_the_year_of_a_heading_is_that_of_deadlines_without_one(heading: str) -> None:
    """And it is told once."""
    cells: Cells = [["STT", "Nhiệm vụ", "Chủ trì", heading], task(1, "Rà soát"), task(2, "Họp", deadline="30/6/2025")]
    draft = read_of(2025, cells)
    assert [(date(2026, 3, 31),), (date(2025, 6, 30),)] == [row.due.days for row in draft.activities]
    assert 1 == sum("are of 2026" in problem.what for problem in draft.problems)


def test_a_title_of_a_year_is_that_of_the_deadlines_below_it() -> None:
    """Where it says nothing else: a title that speaks of a year is no year of deadlines."""
    cells: Cells = [
        HEAD,
        ["I", "NHIỆM VỤ NĂM 2026"],
        task(1, "Rà soát"),
        ["II", "Việc còn lại của năm 2024"],
        task(1, "Họp"),
    ]
    assert [2026, 2025] == [row.due.days[0].year for row in read_of(2025, cells).activities]


def test_texts_under_years_are_of_the_year() -> None:
    cells: Cells = [["STT", "Nhiệm vụ", "Chủ trì", "Năm 2025", "Năm 2026"],
                    [1, "Rà soát", "Sở A", "x", ""], [2, "Họp", "Sở A", "", "Quý I"], [3, "Thi", "Sở A", "", "x"]]  # fmt: skip
    days = [row.due.days for row in read_of(2025, cells).activities]
    assert [(date(2025, 12, 31),), (date(2026, 3, 31),), (date(2026, 12, 31),)] == days


def test_a_column_of_years_is_that_of_the_days_beside_it() -> None:
    cells: Cells = [
        ["STT", "Nhiệm vụ", "Chủ trì", "Hoàn thành trước ngày", "Năm"],
        [*task(1, "Rà soát", "Sở A", "15/3"), 2026],
    ]
    assert [(date(2026, 3, 15),)] == [row.due.days for row in read_of(2025, cells).activities]


def test_a_sheet_that_is_titled_with_another_year_is_asked_about() -> None:
    """Else the plan of one year would be recorded as that of another."""
    cells: Cells = [["KẾ HOẠCH CẢI CÁCH HÀNH CHÍNH NĂM 2026"], HEAD, task(1, "Rà soát")]
    [question] = read_of(2025, cells).questions
    assert ("sheets:S1", ("take", "leave")) == (question.ask, question.choices)
    assert () == read_of(2025, cells, sheets={"S1": "take"}).questions == read_of(2026, cells).questions


def test_a_mark_over_several_periods_is_due_in_the_last() -> None:
    cells: Cells = [["STT", "Nhiệm vụ", "Chủ trì", "Quý I", "Quý II", "Quý III"],
                    [1, "Rà soát", "Sở A", "x", None, None], [2, "Họp", "Sở A", None, "x", None]]  # fmt: skip
    draft = read_of(2025, cells, merged=(((1, 3), (1, 4)), ((2, 4), (2, 5))))
    assert ["Quý II", "Quý III"] == [row.deadline for row in draft.activities]


@pytest.mark.parametrize("title", ["MỤC TIÊU", "Các chỉ tiêu", "Mục tiêu cụ thể"])
def test_targets_above_the_tasks_are_asked_about(title: str) -> None:
    """They raise the denominator; their title says whether they are tasks."""
    cells: Cells = [HEAD, ["A", title], task(1, "100% hồ sơ trực tuyến"), ["B", "NHIỆM VỤ"], task(1, "Rà soát")]
    [question] = read_of(2025, cells).questions
    assert "rows:S1!2" == question.ask
    assert [1, 2] == [
        len(read_of(2025, cells, rows={"S1!2": answer}).activities) for answer in ("leave_tasks", "domain")
    ]


def test_titles_that_a_mark_tells_apart_are_two() -> None:
    draft = found([HEAD, ["I", "Đất đai"], task(1, "Rà soát"), ["II", "Dat dai"], task(1, "Rà soát")])
    assert ["Đất đai", "Dat dai"] == [domain.title for domain in draft.domains]


def test_marks_stand_under_agencies_below_one_heading() -> None:
    """Also where the heading over them is one of leads."""
    cells: Cells = [["STT", "Nhiệm vụ", "Cơ quan thực hiện", None, "Thời hạn"], [None, None, "Sở Nội vụ", "Sở Y tế", None],
                    [1, "Rà soát", "CT", "PH", "Quý I"], [2, "Họp", "PH", "CT", "Quý I"]]  # fmt: skip
    draft = read_of(2025, cells, merged=(((0, 2), (0, 3)),))
    said = [(row.leads, row.supporting) for row in draft.activities]
    assert ([(("Sở Nội vụ",), ("Sở Y tế",)), (("Sở Y tế",), ("Sở Nội vụ",))], ()) == (said, draft.questions)


def test_halves_of_the_year_are_periods() -> None:
    cells: Cells = [["STT", "Nhiệm vụ", "Chủ trì", "6 tháng đầu năm", "6 tháng cuối năm", "Cả năm"],
                    [1, "Rà soát", "Sở A", "x", "", ""], [2, "Họp", "Sở A", "", "x", ""],
                    [3, "Thi", "Sở A", "", "", "x"]]  # fmt: skip
    days = [row.due.days for row in read_of(2025, cells).activities]
    assert [(date(2025, 6, 30),), (date(2025, 12, 31),), (date(2025, 12, 31),)] == days


def test_a_column_of_quarters_has_their_numbers() -> None:
    """Several, a span, a Roman or an Arabic one."""
    texts = {"I": "Quý I", "II, IV": "Quý II; Quý IV", "3": "Quý 3", "I-IV": "Quý I - Quý IV", "Cả năm": "Cả năm"}
    rows = [task(n, f"Việc {n}", "Sở A", text) for n, text in enumerate(texts, 1)]
    assert [*texts.values()] == [
        row.deadline for row in found([["STT", "Nhiệm vụ", "Chủ trì", "Quý hoàn thành"], *rows]).activities
    ]


def test_a_number_that_a_spreadsheet_made_a_day_is_the_number() -> None:
    rows = [[1, "Thể chế"], task(date(2025, 1, 1), "Rà soát"), task(date(2025, 2, 1), "Họp")]
    assert ["1.1", "1.2"] == [row.printed_number for row in found([HEAD, *rows]).activities]


def test_where_one_code_begins_anew_none_of_its_form_is_one() -> None:
    rows = [["I", "A"], task("1.1", "Rà soát"), task("1.2", "Họp"), ["II", "B"], task("1.1", "Thi")]
    assert ["1.01", "1.02", "2.01"] == [row.code for row in found([["Mã", *HEAD[1:]], *rows]).activities]


def test_a_column_that_an_answer_names_is_the_one() -> None:
    """Of several that are called alike."""
    cells: Cells = [[*HEAD, "Thời hạn mới"], [*task(1, "Rà soát"), "Quý II"]]
    assert ["D1"] == [question.cell for question in read_of(2025, cells).questions]
    draft = read_of(2025, cells, columns={"Thời hạn mới": "deadline"})
    assert (["Quý II"], ()) == ([row.deadline for row in draft.activities], draft.questions)


@pytest.mark.parametrize(
    ("text", "dong"),
    [("1,5 tỉ", 1_500_000_000), ("1 tỷ 200 triệu", 1_200_000_000), ("100.000.000 đồng (một trăm triệu)", 100_000_000)],
)
def test_an_amount_is_read_as_it_is_written(text: str, dong: int) -> None:
    [row] = found([[*HEAD, "Kinh phí"], [*task(1, "Rà soát"), text]]).activities
    assert dong == row.budget


@pytest.mark.parametrize(
    ("text", "dong"),
    [("500 (nghìn đồng)", 500_000), ("1,5 (tỷ)", 1_500_000_000), ("700 (đồng)", 700), ("500 (USD)", None),
     ("1 tỷ rưỡi", 1_500_000_000)],
)  # fmt: skip
def test_a_unit_in_brackets_is_the_unit(text: str, dong: int | None) -> None:
    [row] = found([[*HEAD, "Kinh phí (triệu đồng)"], [*task(1, "Rà soát"), text]]).activities
    assert dong == row.budget


def test_a_code_that_stands_twice_by_mistake_is_asked_about() -> None:
    """It is not taken for codes that begin anew, which would take the codes of all."""
    rows = [
        ["I", "A"],
        *(task(f"NV-{n}", f"Việc {n}") for n in (1, 2, 3)),
        ["II", "B"],
        *(task(f"NV-{n}", f"Việc B{n}") for n in (3, 4)),
    ]
    draft = found([["Mã", *HEAD[1:]], *rows])
    assert ["NV-1", "NV-2", "NV-3", "NV-3", "NV-4"] == [row.code for row in draft.activities]
    assert ["A7"] == [question.cell for question in draft.questions]


def test_who_leads_is_said_by_a_title_that_is_an_agency() -> None:
    """And by none that stands nearer and is not."""
    cells: Cells = [
        ["STT", "Nhiệm vụ", "Thời hạn"],
        ["I", "SỞ NỘI VỤ (2 nhiệm vụ)"],
        [1, "Thể chế"],
        ["1.1", "Rà soát", "Quý I"],
    ]
    draft = read_of(2025, cells, columns={"S1!lead": "titles"})
    assert [("SỞ NỘI VỤ",)] == [row.leads for row in draft.activities]
    assert ["Thể chế"] == [domain.title for domain in draft.domains]


def test_an_answer_says_what_a_column_of_states_is() -> None:
    cells: Cells = [[*HEAD, "Kết quả"], [*task(1, "Rà soát"), "Đã hoàn thành"]]
    assert ["Đã hoàn thành"] == [row.output for row in read_of(2025, cells, columns={"Kết quả": "output"}).activities]
    assert ["Đã hoàn thành"] == [row.output for row in read_of(2025, cells, columns={"S1!E": "output"}).activities]


@pytest.mark.parametrize(
    "wrong",
    [{"columns": {"Đơn vị": "abc"}}, {"columns": {"Đơn vị": "titles"}}, {"amounts": {"S1!F": "triệu đồng"}},
     {"amounts": {"S1!F unit": ","}}],
)  # fmt: skip
def test_an_answer_that_says_nothing_is_refused(wrong: dict[str, dict[str, str]]) -> None:
    with pytest.raises(InvalidField, match="accepted"):
        Answers.of(wrong)


def test_titles_can_be_answered_in_the_workbook(tmp_path: Path) -> None:
    """In the words that it offers."""
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for cells in (["STT", "Nhiệm vụ", "Thời hạn"], ["I", "Sở Nội vụ"], [1, "Rà soát", "Quý I"]):
        sheet.append(cells)
    book.save(path)
    draft = read_draft(path, year=2025)
    (tmp_path / "draft.xlsx").write_bytes(draft_xlsx(draft))
    answered = openpyxl.load_workbook(tmp_path / "draft.xlsx")
    lines: Any = answered.active
    row = next(row for row in lines.iter_rows() if row[0].value == f"columns:{sheet.title}!lead")
    row[8].value = row[7].value.split("; ")[-1]
    answered.save(tmp_path / "draft.xlsx")
    again = read_draft(path, year=2025, answers=answers_in(tmp_path / "draft.xlsx"))
    assert ([("Sở Nội vụ",)], ()) == ([row.leads for row in again.activities], again.questions)


@pytest.mark.parametrize(
    "heading",
    [
        "Thời hạn (sửa theo Quyết định ngày 10/01/2026)",
        "Thời hạn (trước 31/12/2030)",
        "Thời hạn theo Nghị quyết số 2026/NQ-HĐND",
    ],
)
def test_a_year_of_a_document_in_a_heading_is_none_of_deadlines(heading: str) -> None:
    assert [2025] == [
        row.due.days[0].year for row in read_of(2025, [[*HEAD[:3], heading], task(1, "Rà soát")]).activities
    ]


@pytest.mark.parametrize(
    "title", ["NHIỆM VỤ, GIẢI PHÁP NĂM 2026", "Các nhiệm vụ thực hiện trong năm 2026 (12 nhiệm vụ)"]
)
def test_titles_that_end_in_a_year_to_come_are_of_it(title: str) -> None:
    assert [2026] == [
        row.due.days[0].year for row in read_of(2025, [HEAD, ["I", title], task(1, "Rà soát")]).activities
    ]


def test_a_year_beside_a_deadline_without_a_day_says_nothing() -> None:
    """And one beside several days is that of each."""
    cells: Cells = [
        [*HEAD, "Năm"],
        [*task(1, "Rà soát", deadline="Thường xuyên"), 2026],
        [*task(2, "Họp", deadline="30/6 và 30/12"), 2026],
    ]
    first, second = read_of(2025, cells).activities
    assert ("regular", (date(2026, 6, 30), date(2026, 12, 30))) == (first.due.kind.value, second.due.days)


def test_a_title_with_the_year_of_a_document_is_no_other_year() -> None:
    for title in (
        "Kèm theo Quyết định số 12/QĐ-UBND năm 2024",
        "TRIỂN KHAI ĐỀ ÁN 06 NĂM 2022",
        "KẾ HOẠCH theo Nghị quyết năm 2021",
    ):
        assert () == read_of(2025, [[title], HEAD, task(1, "Rà soát")]).questions


def test_agencies_of_several_columns_are_several() -> None:
    cells: Cells = [["STT", "Nhiệm vụ", "Chủ trì", "Phối hợp", "Phối hợp khác", "Thời hạn"],
                    [1, "Rà soát", "Sở A", "UBND xã", "Công an", "Quý I"]]  # fmt: skip
    draft = read_of(2025, cells, columns={"S1!D": "supporting", "S1!E": "supporting"})
    assert draft.activities[0].supporting in (("UBND xã",), ("UBND xã", "Công an"))
    assert "UBND xã Công an" not in draft.activities[0].supporting


def test_two_agencies_in_short_with_a_sign_between_them_are_asked_about() -> None:
    for text in ("Sở TC&KBNN", "Sở YT&BHXH"):
        assert not names_in(text).is_sure, text
    assert (("Sở GD và ĐT",), True) == (names_in("Sở GD và ĐT").names, names_in("Sở GD và ĐT").is_sure)


def test_who_leads_and_with_whom_may_stand_in_one_sentence() -> None:
    """Where it is the name of an agency that leads; else it is asked."""
    said = {"lead": "Sở A", "supporting": "các sở, ngành"}
    for text in ("Sở A chủ trì, phối hợp với các sở, ngành", "Chủ trì: Sở A, phối hợp với các sở, ngành"):
        assert said == by_role(text, "lead")
    text = "Giao Sở A chủ trì, phối hợp với các sở, ngành"
    assert {"lead": text} == by_role(text, "lead")
    assert not names_in(text).is_sure


def test_a_raised_number_is_no_letter_of_an_old_code() -> None:
    cells: Cells = [HEAD, task(1, "Rà soát", "STC¹"), task(2, "Họp", "SNV¹")]
    assert [("STC",), ("SNV",)] == [row.leads for row in read_of(2025, cells).activities]


def test_a_day_among_numbers_is_read_by_the_number_above() -> None:
    """1-2 as an American Excel takes it, too; what is not clear stays as it is."""
    typed = [
        [1, "Thể chế"],
        task(date(2025, 1, 1), "A"),
        task(date(2025, 1, 2), "B"),
        [2, "Bộ máy"],
        task(date(2025, 2, 1), "C"),
    ]
    assert ["1.1", "1.2", "2.1"] == [row.printed_number for row in read_of(2025, [HEAD, *typed]).activities]
    assert ["01/01/2001"] == [
        row.printed_number for row in read_of(2025, [HEAD, task(date(2001, 1, 1), "A")]).activities
    ]


@pytest.mark.parametrize(
    "text",
    ["Sở A, Sở B đồng chủ trì, phối hợp với Sở C", "Sở A là cơ quan chủ trì, phối hợp với Sở C",
     "UBND cấp xã tự chủ trì, phối hợp với Sở C", "Sở A chủ trì, phối hợp với Sở C tham mưu UBND tỉnh"],
)  # fmt: skip
def test_a_sentence_that_says_more_than_who_leads_is_asked_about(text: str) -> None:
    assert {"lead": text} == by_role(text, "lead")
    assert not names_in(text).is_sure


def test_a_long_cell_of_leads_is_not_taken_apart() -> None:
    text = "chủ trì " * 4_000
    assert ({"lead": text}, False) == (by_role(text, "lead"), names_in(text).is_sure)


@pytest.mark.parametrize(
    ("titles", "years"),
    [(("NĂM 2025", "NĂM 2026"), [2025, 2026]),
     (("NHIỆM VỤ CHUẨN BỊ CHO NĂM 2026", "CÁC NHIỆM VỤ TRONG NĂM 2026:"), [2025, 2026]),
     (("NHIỆM VỤ THEO NGHỊ QUYẾT SỐ 18 NĂM 2026", "NỘI DUNG XÂY DỰNG KẾ HOẠCH, DỰ TOÁN NĂM 2026"), [2025, 2025])],
)  # fmt: skip
def test_a_title_is_of_a_year_where_it_says_no_more(titles: tuple[str, str], years: list[int]) -> None:
    cells: Cells = [HEAD, ["I", titles[0]], task(1, "Rà soát"), ["II", titles[1]], task(1, "Họp")]
    assert years == [row.due.days[0].year for row in read_of(2025, cells).activities]


def test_a_year_that_is_none_of_a_deadline_is_kept_beside_it() -> None:
    cells: Cells = [
        [*HEAD, "Năm"],
        [*task(1, "Rà soát"), "2025-2026"],
        [*task(2, "Họp", deadline="Thường xuyên"), 2026],
    ]
    assert [{"Năm": "2025-2026"}, {"Năm": "2026"}] == [dict(row.custom) for row in read_of(2025, cells).activities]


def test_outputs_that_begin_like_states_are_outputs() -> None:
    for head, text in (
        ("Kết quả", "Đăng tải trên Cổng TTĐT"),
        ("Kết quả", "Đa dạng hóa kênh"),
        ("Kết quả dự kiến", "Hoàn thành 100%"),
    ):
        assert [text] == [row.output for row in found([[*HEAD, head], [*task(1, "Rà soát"), text]]).activities]


@pytest.mark.parametrize(
    "title",
    [
        "KẾ HOẠCH NĂM 2025 (thay thế Kế hoạch năm 2024)",
        "KẾ HOẠCH CCHC NĂM 2025 VÀ DỰ KIẾN NĂM 2026",
        "DANH MỤC CHỈ SỐ NĂM 2024",
    ],
)
def test_a_title_that_names_the_year_of_the_plan_too_is_of_it(title: str) -> None:
    assert () == read_of(2025, [[title], HEAD, task(1, "Rà soát")]).questions


def test_a_mistyped_first_code_takes_no_other_away() -> None:
    rows = [["I", "A"], task("1.1", "A1"), task("1.2", "A2"), ["II", "B"], task("1.1", "B1"), task("2.2", "B2")]
    draft = found([["Mã", *HEAD[1:]], *rows])
    assert (["1.1", "1.2", "1.1", "2.2"], ["A6"]) == (
        [row.code for row in draft.activities],
        [q.cell for q in draft.questions],
    )


@pytest.mark.parametrize("end", ["*" * 40 + "b", " và" * 10_000 + "x", "²" * 40 + "b", " ²" * 40 + "b", "*" * 40])
def test_what_ends_a_name_is_found_in_no_time(end: str) -> None:
    """However long it is: a regular expression that tries all ways to part it would take hours."""
    assert key_of_name(f"Sở Tư pháp{end}")
    assert key_of_name("Sở Tư pháp*² (1) và") == key_of_name("Sở Tư pháp")
