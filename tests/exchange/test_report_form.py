"""The form of a report, as Nghị định 30/2020/NĐ-CP has it, read back from each file; what it says, in its place."""

import io
import itertools
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import docx as python_docx
import lxml.html
import pypdf
import pytest
from dak_nong_events import PLAN, YEAR, Clock, record_year
from dak_nong_report import LETTERHEAD
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.text.paragraph import Paragraph

from reformtrack import Deadline, InvalidField, Tracker
from reformtrack.answers import Report
from reformtrack.domain.values import Document
from reformtrack.events import ActivityCompleted, ActivityScheduled, PlanAdopted
from reformtrack.exchange.report import form, pdf
from reformtrack.exchange.report.blocks import Table
from reformtrack.exchange.report.document import Letterhead
from reformtrack.exchange.report.forms import rendered
from reformtrack.exchange.report.outline import plan_words, report_document, subject_of
from reformtrack.language import Language
from reformtrack.seal import SigningKey
from tests.long_plan import report_of_long_tasks
from tests.support import LONGEST, adopted, day, scheduled

pytestmark = pytest.mark.slow

Form = Literal[".docx", ".pdf", ".html"]
FORMS: tuple[Form, ...] = (".docx", ".pdf", ".html")
HEAD = LETTERHEAD
KEY = SigningKey.generate("dak-nong.example/reform")

DECREE = (
    # part, a text of it, place, the sizes allowed, bold, italic, in capitals
    ("quốc hiệu", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "right of head", (12, 13), True, False, True),
    ("tiêu ngữ", "Độc lập - Tự do - Hạnh phúc", "right of head", (13, 14), True, False, False),
    ("cơ quan ban hành", "ỦY BAN NHÂN DÂN TỈNH ĐẮK NÔNG", "left of head", (12, 13), True, False, True),
    ("số, ký hiệu", "Số: ……/BC-UBND", "left of head", (13, 13), False, False, False),
    ("địa danh, ngày", "Đắk Nông, ngày 21 tháng 12 năm 2023", "right of head", (13, 14), False, True, False),
    ("tên loại", "BÁO CÁO", "center", (13, 14), True, False, True),
    (
        *("trích yếu", "Kết quả thực hiện Kế hoạch cải cách hành chính năm 2023 của tỉnh Đắk Nông", "center"),
        *((13, 14), True, False, False),
    ),
    ("phần", "I. KẾT QUẢ THỰC HIỆN", "justify", (13, 14), True, False, True),
    ("mục", "1. Kết quả chung", "justify", (13, 14), True, False, False),
    ("nội dung", "Trên đây là Báo cáo kết quả thực hiện Kế hoạch cải cách", "justify", (13, 14), False, False, False),
    ("nơi nhận", "Nơi nhận:", "left of signature", (12, 12), True, True, False),
    ("nơi nhận, dòng", "- Lưu: VT, NC.", "left of signature", (11, 11), False, False, False),
    ("quyền hạn", "TM. ỦY BAN NHÂN DÂN", "right of signature", (13, 14), True, False, True),
    ("chức vụ", "CHỦ TỊCH", "right of signature", (13, 14), True, False, True),
    ("phụ lục", "Phụ lục I", "center", (14, 14), True, False, False),
    ("tên phụ lục", "TÌNH HÌNH THỰC HIỆN NHIỆM VỤ THEO LĨNH VỰC", "center", (13, 14), True, False, True),
    ("kèm theo", "(Kèm theo Báo cáo số ……/BC-UBND ngày 21 tháng 12", "center", (13, 14), False, True, False),
)


@pytest.fixture(scope="module")
def report() -> Iterator[Report]:
    """The annual report of the worked example, sealed."""
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        record_year(tracker, clock)
        yield tracker.reports.issue(PLAN, YEAR, by="so-noi-vu", signing_key=KEY)


@pytest.fixture(scope="module")
def files(report: Report) -> dict[str, bytes]:
    return {one: rendered(report, one, "vi", HEAD, with_basis=True) for one in FORMS}


def one_line(text: str) -> str:
    return " ".join(text.split())


def paragraphs_of(word: Any) -> Iterator[tuple[str, str, Any]]:
    """(text, place, style) of each paragraph of a Word document; of cells, in the first and the last table without lines."""
    sides = ("left", "right")
    bare = [table for table in word.tables if len(table.columns) == 2 and "insideH" not in table._tbl.xml]
    for name, table in zip(("head", "signature"), bare, strict=False):
        for side, cell in zip(sides, table.rows[0].cells, strict=True):
            for one in cell.paragraphs:
                yield one_line(one.text), f"{side} of {name}", one.style
    for one in word.paragraphs:
        align = one.style.paragraph_format.alignment
        yield one_line(one.text), {value: name for name, value in ALIGNED.items()}.get(align, ""), one.style


ALIGNED = {
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
    "left": WD_ALIGN_PARAGRAPH.LEFT,
}


@pytest.fixture(scope="module")
def paragraphs(files: dict[str, bytes]) -> list[tuple[str, str, Any]]:
    return [*paragraphs_of(python_docx.Document(io.BytesIO(files[".docx"])))]


@pytest.mark.parametrize("row", DECREE, ids=[row[0] for row in DECREE])
def test_each_part_has_the_form_of_the_decree_in_word(paragraphs: list[tuple[str, str, Any]], row: Any) -> None:
    """By its style: place, size, bold, italic; and it is printed in capitals where the decree has them."""
    _, text, place, (least, most), bold, italic, caps = row
    found = [one for one in paragraphs if one[0].startswith(text)]
    assert found, text
    _, where, style = found[0]
    assert place == where
    assert least <= style.font.size.pt <= most
    assert (bold, italic) == (style.font.bold, style.font.italic)
    assert "Times New Roman" == style.font.name
    assert caps == text.isupper() or text == "Phụ lục I"


def runs_of(content: bytes) -> list[tuple[str, float, str]]:
    """(text, size, name of its face) of each run of a PDF, in the order of its pages."""
    found: list[tuple[str, float, str]] = []

    def visit(text: str, _: Any, matrix: Any, font: Any, size: float) -> None:
        if text.strip() and font:
            found.append((text, round(size * abs(matrix[3]), 1), str(font["/BaseFont"])))

    for page in pypdf.PdfReader(io.BytesIO(content)).pages:
        page.extract_text(visitor_text=visit)
    return found


@pytest.fixture(scope="module")
def runs(files: dict[str, bytes]) -> list[tuple[str, float, str]]:
    return runs_of(files[".pdf"])


@pytest.mark.parametrize("row", DECREE, ids=[row[0] for row in DECREE])
def test_each_part_has_the_form_of_the_decree_in_pdf(runs: list[tuple[str, float, str]], row: Any) -> None:
    """By the size and the face of what is set."""
    _, text, _, (least, most), bold, italic, _ = row
    start = " ".join(text.removeprefix("Nơi ").split()[:2])  # some readers of PDF read the ơ of this face twice
    places = [
        place
        for place in range(len(runs))
        if one_line("".join(one[0] for one in runs[place : place + 6])).startswith(start) or start in runs[place][0]
    ]
    looks = {(size, "Bold" in face, "Italic" in face) for _, size, face in (runs[place] for place in places)}
    assert any(least <= size <= most and look == [bold, italic] for size, *look in looks), looks


@pytest.mark.parametrize("row", DECREE, ids=[row[0] for row in DECREE])
def test_each_part_has_the_form_of_the_decree_on_the_page(files: dict[str, bytes], row: Any) -> None:
    """By the rule of its class."""
    _, text, _, (least, most), bold, italic, _ = row
    page = files[".html"].decode()
    found = [one for one in lxml.html.fromstring(page).iter("p", "h1", "h2", "h3", "h4") if said(one).startswith(text)]
    assert found, text
    rules = dict(re.findall(r"^\.([\w-]+) \{ (.*?) \}", page, re.MULTILINE))
    rule = rules[found[0].get("class").split()[0]]
    size = re.search(r"font-size: ([\d.]+)pt", rule)
    assert size
    assert least <= float(size[1]) <= most
    assert (bold, italic) == ("font-weight: bold" in rule, "font-style: italic" in rule)


def said(element: Any) -> str:
    return one_line("".join(element.itertext()))


def test_lines_are_drawn_below_the_motto_the_organ_and_the_subject(files: dict[str, bytes]) -> None:
    """As long as the motto; a third to a half of the others. In Word, the border of a paragraph without words."""
    shares = {part.name: float(part.ruled) for part in form.PARTS if part.ruled}
    assert shares.pop("motto") == 1
    assert {"organ", "subject"} == shares.keys()
    assert all(1 / 3 <= share <= 1 / 2 for share in shares.values())
    body = python_docx.Document(io.BytesIO(files[".docx"])).element.body
    assert 3 == len(body.xpath(".//w:pBdr/w:top"))


def test_the_page_is_that_of_the_decree(files: dict[str, bytes]) -> None:
    """A4; margins of 20–25, 30–35, 15–20 mm; numbers in the middle above, from the second page on; appendices apart."""
    word: Any = python_docx.Document(io.BytesIO(files[".docx"]))
    body, activities, basis, seal = word.sections
    for section in word.sections:
        sides = [round(side.mm) for side in (section.page_width, section.page_height)]
        assert [210, 297] == sorted(sides)
        assert (section._sectPr is activities._sectPr) == (sides == [297, 210])
        assert section.orientation == (WD_ORIENT.LANDSCAPE if sides == [297, 210] else WD_ORIENT.PORTRAIT)
        top, bottom, left, right = (
            round(margin.mm)
            for margin in (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
        )
        assert 20 <= top <= 25
        assert 20 <= bottom <= 25
        assert 30 <= left <= 35
        assert 15 <= right <= 20
        assert section.different_first_page_header_footer
        assert ["1"] == section._sectPr.xpath("./w:pgNumType/@w:start")
    assert "PAGE" in body.header._element.xml
    assert "PAGE" not in body.first_page_header._element.xml
    assert basis.header.is_linked_to_previous
    assert seal.header.is_linked_to_previous
    pages = pypdf.PdfReader(io.BytesIO(files[".pdf"])).pages
    tops = [page.extract_text().strip().split("\n")[0] for page in pages]
    numbers = [int(top) if top.strip().isdecimal() else 1 for top in tops]
    assert 4 == numbers.count(1), "the report and each appendix begin anew"
    assert all(after in (before + 1, 1) for before, after in itertools.pairwise(numbers))
    boxes = [tuple(map(round, page.mediabox[2:])) for page in pages]
    assert {(595, 842), (842, 595)} == set(boxes)
    assert boxes[0] == boxes[-1] == (595, 842)


def test_a_paragraph_is_set_as_the_decree_says() -> None:
    """Justified; its first line 1–1.27 cm in; 6 points between paragraphs."""
    assert "justify" == form.BODY.align
    assert 10 <= form.BODY.indent <= 12.7
    assert form.BODY.after >= 6
    assert form.CELL.size >= 11


def test_word_has_an_outline(files: dict[str, bytes]) -> None:
    """Its own styles for the parts, and the appendices among them."""
    word: Any = python_docx.Document(io.BytesIO(files[".docx"]))
    heads = [(one.style.name, one.text) for one in word.paragraphs if one.style.name.startswith("Heading")]
    assert ("Heading 1", "I. KẾT QUẢ THỰC HIỆN") in heads
    assert ("Heading 2", "2. Kết quả theo lĩnh vực") in heads
    based = [one.text for one in word.paragraphs if one.style.base_style == word.styles["Heading 1"]]
    assert ["Phụ lục I", "Phụ lục II", "Phụ lục III"] == based
    marks = [one.title for one in pypdf.PdfReader(io.BytesIO(files[".pdf"])).outline if not isinstance(one, list)]
    assert ["I. KẾT QUẢ THỰC HIỆN", "Phụ lục I"] == [marks[0], marks[2]]


def words_of(content: bytes, kind: Form) -> Counter[str]:
    """How often each word is printed, what charts draw left out; of a PDF, page numbers too, and heads on each page."""
    if kind == ".pdf":
        done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True)
        printed = re.sub("-\n", "-", done.stdout.decode()).replace(
            "ơơ", "ơ"
        )  # a name goes over the line; one ơ is read twice
        return Counter(printed.split())
    if kind == ".docx":
        root = python_docx.Document(io.BytesIO(content)).element.body
        joined = (Paragraph(one, None).text for one in root.iter("{*}p"))  # type: ignore[arg-type]  # of no parent
        return Counter(" ".join(joined).split())
    page = lxml.html.fromstring(content.decode())
    for gone in page.xpath("//style | //nav | //title | //*[local-name()='svg']"):
        gone.drop_tree()
    return Counter(" ".join(page.itertext()).split())


@pytest.mark.needs("pdftotext")
@pytest.mark.parametrize("which", ["example", "long"])
def test_the_texts_of_word_pdf_and_the_page_agree(report: Report, which: str) -> None:
    """Word by word, as often; empty heads are said with a dash on the page, and a PDF repeats heads and has page numbers."""
    report = report_of_long_tasks() if which == "long" else report
    word, pdf_, page = (words_of(rendered(report, one, "vi", HEAD, with_basis=True), one) for one in FORMS)
    assert page - word <= Counter({"–": 5})
    assert Counter() == word - page
    heads = {
        one
        for block in report_document(report).blocks
        if isinstance(block, Table)
        for head in block.head
        for one in head.split()
    }
    assert {one for one in pdf_ - word if one not in heads and not one.isdecimal()} == set()
    assert Counter() == word - pdf_


@pytest.mark.parametrize("kind", [".docx", ".html"])
def test_what_begins_a_cell_is_a_capital(files: dict[str, bytes], kind: Form) -> None:
    """In each table of the document; the PDF is set of the same blocks."""
    if kind == ".docx":
        word = python_docx.Document(io.BytesIO(files[kind]))
        cells = [cell.text for table in word.tables[1:-1] for row in table.rows for cell in row.cells]
    else:
        cells = [said(one) for one in lxml.html.fromstring(files[kind].decode()).iter("td", "th")]
    assert len(cells) > 500
    assert {"dak-nong-2023, phiên bản 1"} == {text for text in cells if text[:1].islower() and text[:3] != "so-"}


@pytest.mark.parametrize(
    ("title", "place", "said"),
    [
        (
            "Kế hoạch cải cách hành chính năm 2023",
            "Tỉnh Đắk Nông",
            "Kế hoạch cải cách hành chính năm 2023 của tỉnh Đắk Nông",
        ),
        ("Kế hoạch CCHC tỉnh Đắk Nông năm 2023", "Tỉnh Đắk Nông", "Kế hoạch CCHC tỉnh Đắk Nông năm 2023"),
        ("Cải cách hành chính năm 2023", "Tỉnh Đắk Nông", "Kế hoạch cải cách hành chính năm 2023 của tỉnh Đắk Nông"),
        ("CCHC năm 2023", "Bộ Nội vụ", "Kế hoạch CCHC năm 2023 của Bộ Nội vụ"),
        (
            "KẾ HOẠCH CẢI CÁCH NĂM 2023 CỦA TỈNH ĐẮK NÔNG",
            "Tỉnh Đắk Nông",
            "Kế hoạch cải cách năm 2023 của tỉnh Đắk Nông",
        ),
        ("chương trình số 5", "Xã Quảng Tín", "Chương trình số 5 của xã Quảng Tín"),
        ("Kế hoạch năm 2023.", "Thành phố Hồ Chí Minh", "Kế hoạch năm 2023 của Thành phố Hồ Chí Minh"),
        ("Đắk Nông chuyển đổi số", "Tỉnh Đắk Nông", "Kế hoạch Đắk Nông chuyển đổi số"),
        ("KẾ HOẠCH SỐ 5", r"Đơn vị A\d", r"Kế hoạch số 5 của Đơn vị A\d"),
        (r"KẾ HOẠCH CỦA ĐƠN VỊ A\D", r"Đơn vị A\d", r"Kế hoạch của Đơn vị A\d"),
    ],
)
def test_the_subject_is_made_of_the_title_of_the_plan(title: str, place: str, said: str) -> None:
    """Whatever it begins with, and whether it names its place."""
    assert said == plan_words(title, place, Language("vi"))


def test_the_subject_names_a_period_that_the_title_does_not() -> None:
    """A half-year; one that replaces another has the same subject."""
    with Tracker(clock=lambda: datetime(2024, 1, 9, tzinfo=UTC)) as tracker:
        tracker.record(adopted(title="Kế hoạch CCHC năm 2023", jurisdiction="Tỉnh Đắk Nông"), scheduled(), by="x")
        half, year = (tracker.reports.issue("p", f"2023-{part}", by="x") for part in ("h1", "year"))
        corrected = tracker.reports.correct(year.id, reason="x", by="x")
    say = Language("vi")
    plan = "Kế hoạch CCHC năm 2023 của tỉnh Đắk Nông"
    assert f"Kết quả thực hiện {plan} 6 tháng đầu năm 2023" == subject_of(half, say)
    assert f"Kết quả thực hiện {plan}" == subject_of(year, say) == subject_of(corrected, say)


@pytest.mark.parametrize(
    ("head", "lines"),
    [
        ({"organ": "Ủy ban nhân dân tỉnh", "signer_title": "Chủ tịch"}, ["TM. Ủy ban nhân dân", "Chủ tịch"]),
        (
            {"organ": "Ủy ban nhân dân xã", "signer_title": "Phó Chủ tịch Thường trực"},
            ["TM. Ủy ban nhân dân", "KT. Chủ tịch", "Phó Chủ tịch Thường trực"],
        ),
        ({"organ": "Sở Nội vụ", "signer_title": "Giám đốc"}, ["Giám đốc"]),
        ({"organ": "Sở Nội vụ", "signer_title": "Phó Giám đốc"}, ["KT. Giám đốc", "Phó Giám đốc"]),
        (
            {"organ": "Bộ Nội vụ", "signer_title": "Thứ trưởng", "capacity": "KT. Bộ trưởng"},
            ["KT. Bộ trưởng", "Thứ trưởng"],
        ),
        (
            {"organ": "Ủy ban nhân dân tỉnh", "signer_title": "Chánh Văn phòng", "capacity": "TL. Chủ tịch"},
            ["TL. Chủ tịch", "Chánh Văn phòng"],
        ),
        ({"organ": "Ủy ban nhân dân tỉnh"}, []),
    ],
)
def test_who_signs_signs_in_the_right_name(head: dict[str, str], lines: list[str]) -> None:
    """TM. for a body that decides together, KT. for a deputy; unless it is said otherwise."""
    assert lines == list(Letterhead(**head).signature("vi"))


def test_a_letterhead_is_read_from_a_file_and_from_texts(tmp_path: Path) -> None:
    """What is given goes before the file; a name that is none is refused."""
    path = tmp_path / "head.toml"
    path.write_text('organ = "Sở Nội vụ"\nparent = "UBND tỉnh"\nrecipients = ["Bộ Nội vụ"]\n', encoding="utf-8")
    head = Letterhead.read(path, {"number": "1/BC-SNV", "parent": ""})
    assert ("Sở Nội vụ", "", "1/BC-SNV", ["Bộ Nội vụ"]) == (head.organ, head.parent, head.number, list(head.recipients))
    assert ["- Bộ Nội vụ;", "- Lưu: VT."] == list(head.recipient_lines("vi"))
    assert ["- Bộ Nội vụ."] == list(head.recipient_lines("en"))
    with pytest.raises(InvalidField, match="one of organ"):
        Letterhead.read(given={"oragn": "x"})


SECTIONS = {
    "Công tác chỉ đạo, điều hành": "Đã ban hành 12 văn bản.\nBan Chỉ đạo họp 4 phiên.",
    "1. Thể chế": "Đã ban hành 35 văn bản quy phạm.",
    "Kết quả nổi bật": "Chỉ số PAPI tăng 3 bậc.",
    "Tồn tại, hạn chế": "Một số đơn vị báo cáo chậm.",
    "Kinh phí": "Đã giải ngân 90%.",
    "Phương hướng, nhiệm vụ": "Sắp xếp tổ chức bộ máy.",
    "Kiến nghị, đề xuất": "Sớm ban hành hướng dẫn.",
}


@pytest.mark.parametrize("kind", FORMS)
def test_what_is_said_in_words_stands_in_its_place(kind: Form) -> None:
    """In a report of all parts: in each form, in the order of such a report."""
    with Tracker(clock=lambda: datetime(2024, 1, 9, tzinfo=UTC)) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        report = tracker.reports.issue("p", "2023-year", by="x", sections=SECTIONS)
        text = text_of(rendered(report, kind), kind)
    marks = [
        *(
            "I. CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH",
            "Đã ban hành 12",
            "Ban Chỉ đạo họp",
            "II. KẾT QUẢ THỰC HIỆN",
            "2. Kết quả theo",
        ),
        *(
            "Thể chế",
            "Đã ban hành 35",
            "III. ĐÁNH GIÁ CHUNG",
            "1. Kết quả nổi bật",
            "PAPI",
            "2. Tồn tại",
            "báo cáo chậm",
        ),
        *("IV. KINH PHÍ", "V. PHƯƠNG HƯỚNG, NHIỆM VỤ", "Sắp xếp", "VI. KIẾN NGHỊ, ĐỀ XUẤT", "Sớm ban hành", "Trên đây"),
    ]
    at = 0
    for mark in marks:
        at = text.index(mark, at)


def text_of(content: bytes, kind: Form) -> str:
    if kind == ".pdf":
        text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
        return one_line(re.sub(r"(?<=\w)- ?\n", "-", text))
    if kind == ".html":
        page = lxml.html.fromstring(content.decode())
        for nav in page.xpath("//nav | //style"):
            nav.drop_tree()
        return one_line(" ".join(page.itertext()))
    root = python_docx.Document(io.BytesIO(content)).element.body
    return one_line(" ".join(root.itertext("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t")))


@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.usefixtures("undrawn")
def test_a_draft_says_that_it_is_one_and_is_not_recorded(kind: Form) -> None:
    """It may be changed; what is issued then is what it showed, without the word and with its day."""
    with Tracker(clock=lambda: datetime(2023, 12, 20, tzinfo=UTC)) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        before = tracker.log.position()
        shown = [tracker.reports.draft("p", "2023-year", sections={"Kinh phí": text}) for text in ("một", "hai")]
        assert before == tracker.log.position()
        assert () == tracker.reports.of("p")
        issued = tracker.reports.issue("p", "2023-year", by="x", sections={"Kinh phí": "hai"})
    first, second, last = (text_of(rendered(one, kind), kind) for one in (*shown, issued))
    assert "DỰ THẢO" in first
    assert "ngày …… tháng …… năm 2023" in one_line(first)
    assert "DỰ THẢO" not in last
    assert "ngày 20 tháng 12 năm 2023" in last
    assert [True, True, False] == ["một" in first, "hai" in second, "DỰ THẢO" in last]
    assert shown[1].content == issued.content


def test_a_draft_is_shown_before_its_period_has_ended() -> None:
    """With what is known by now."""
    with Tracker(clock=lambda: datetime(2023, 6, 1, tzinfo=UTC)) as tracker:
        tracker.record(adopted(), scheduled(), ActivityCompleted("p/1.01", on=day("5-2")), by="x")
        draft = tracker.reports.draft("p", "2023-h1")
    assert ("1/1 (100,0%)", date(2023, 6, 14)) == (draft.text(), draft.sent.event.on)
    assert not draft.drift()


@pytest.fixture
def two_years() -> Iterator[Tracker]:
    """Plans of two years of one place, each with a half-year; in the second, a completion is learnt after June's report."""
    now = [datetime(2022, 12, 20, tzinfo=UTC)]
    with Tracker(clock=lambda: now[0]) as tracker:
        for year in (2022, 2023):
            now[0] = datetime(year, 12, 21, tzinfo=UTC)
            due, on = Deadline.parse("Quý IV", year), date(year, 1, 2)
            tracker.record(
                PlanAdopted(
                    f"p-{year}",
                    on=on,
                    title=f"Kế hoạch năm {year}",
                    year=year,
                    jurisdiction="Tỉnh Đắk Nông",
                    domains=adopted().domains,
                ),
                *(
                    ActivityScheduled(f"p-{year}/{n}", on=on, domain="1", title=f"Việc {n}", lead="Sở A", deadline=due)
                    for n in range(1, 5)
                ),
                ActivityCompleted(f"p-{year}/1", on=date(year, 5, 2)),
                by="x",
            )
            tracker.reports.issue(f"p-{year}", f"{year}-h1", by="x", on=date(year, 12, 21))
        tracker.record(
            ActivityCompleted("p-2023/2", on=date(2023, 6, 1)),
            ActivityCompleted("p-2023/3", on=date(2023, 9, 1)),
            by="x",
        )
        yield tracker


def test_a_report_is_compared_with_the_period_before_and_with_last_year(two_years: Tracker) -> None:
    """By causes that add up; as figures beside, which are found by place, year and period."""
    half = two_years.reports.get("p-2023@2023-h1")
    year = two_years.reports.issue("p-2023", "2023-year", by="x")
    beside = two_years.reports.beside(year)
    assert (half.id, None) == (beside.before and beside.before.id, beside.last_year)
    text = text_of(rendered(year, ".docx", beside=beside), ".docx")
    assert (
        "So với 6 tháng đầu năm 2023 (báo cáo ngày 21/12/2023), tỷ lệ hoàn thành tăng 50,0 điểm phần trăm, từ 25,0% lên 75,0%, "
        "trong đó: do cập nhật số liệu kỳ trước sau khi báo cáo +25,0 điểm phần trăm; "
        "do kết quả thực hiện nhiệm vụ +25,0 điểm phần trăm."
    ) in text
    last = two_years.reports.beside(half)
    assert last.before is None
    assert last.last_year is not None
    assert "p-2022@2022-h1" == last.last_year.id
    text = text_of(rendered(half, ".docx", beside=last), ".docx")
    assert "So với cùng kỳ năm trước (6 tháng đầu năm 2022, báo cáo ngày" in text
    assert "Tỷ lệ 25,0% 25,0%" in text
    named = two_years.reports.beside(year, "p-2022@2022-h1")
    assert named.last_year is not None
    assert last.last_year.id == named.last_year.id


@pytest.mark.long
@pytest.mark.usefixtures("undrawn")
def test_what_a_report_is_compared_with_stays(two_years: Tracker) -> None:
    """Whatever is corrected later: its documents keep their bytes."""
    year = two_years.reports.issue("p-2023", "2023-year", by="x")
    before = [rendered(year, kind, beside=two_years.reports.beside(year)) for kind in FORMS]
    two_years.reports.correct("p-2023@2023-h1", reason="bổ sung", by="x")
    two_years.reports.correct("p-2022@2022-h1", reason="bổ sung", by="x")
    again = two_years.reports.get(year.id)
    assert before == [rendered(again, kind, beside=two_years.reports.beside(again)) for kind in FORMS]


@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.usefixtures("undrawn")
def test_the_appendix_says_of_each_activity_what_an_official_asks(kind: Form) -> None:
    """Printed number, task, output, leads, supporting agencies, deadline, state, by how much it was late, evidence."""
    with Tracker(clock=lambda: datetime(2024, 1, 9, tzinfo=UTC)) as tracker:
        proof = Document(type="Báo cáo", number="7/BC-SNV", date=day("7-5"))
        tracker.record(
            adopted(),
            scheduled(
                "p/1.01", number="42", deadline=Deadline.parse("30/6", 2023), output="báo cáo", supporting=("Sở B",)
            ),
            scheduled("p/1.02", title="Việc quá hạn", deadline=Deadline.parse("30/6", 2023)),
            ActivityCompleted("p/1.01", on=day("7-5"), evidence=(proof,)),
            by="x",
        )
        report = tracker.reports.issue("p", "2023-year", by="x")
        text = text_of(rendered(report, kind), kind)
    appendix = text[text.rindex("Phụ lục") :]
    assert "Kèm theo Báo cáo số" in appendix
    for word in (
        "42",
        "Báo cáo",
        "Sở B",
        "Đã hoàn thành ngày 05/07/2023; trễ hạn 5 ngày",
        "Báo cáo 7/BC-SNV (05/07/2023)",
    ):
        assert word in appendix, word
    assert "1. Thể chế" in appendix
    body = text[: text.rindex("Phụ lục")]
    assert re.search(r"- 42\. .* – .*: trễ hạn 5 ngày\.", body)
    assert re.search(r"1\.02 Việc quá hạn .*quá hạn 167 ngày", body)


@pytest.mark.usefixtures("undrawn")
def test_no_page_of_log_positions(report: Report) -> None:
    """The basis is an appendix that has to be asked for, of one page."""
    plain, based = (rendered(report, ".pdf", with_basis=with_basis) for with_basis in (False, True))
    assert "Cách tính" not in text_of(plain, ".pdf").split("Phụ lục II")[-1]
    pages = [len(pypdf.PdfReader(io.BytesIO(content)).pages) for content in (plain, based)]
    assert 1 == pages[1] - pages[0]


@pytest.mark.parametrize("group", [("Văn bản",), ("Văn bản", "Nghị quyết")])
@pytest.mark.parametrize("activities", [1, 60])
def test_headings_may_follow_one_another_in_a_pdf(group: tuple[str, ...], activities: int) -> None:
    """As where the first activity of a plan stands in a group: below the heading of its domain."""
    with Tracker() as tracker:
        tasks = [scheduled(f"p/1.{n:02}", group=group) for n in range(activities)]
        tracker.record(adopted(), *tasks, scheduled("p/1.99"), by="x")
        found = rendered(tracker.reports.issue("p", YEAR, by="x"), ".pdf")
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(found)).pages)
    assert 1 == text.count("1. Thể chế")
    assert 1 == text.count(" › ".join(group))
    assert text.index("Không thuộc nhóm nào") < text.rindex("1.99"), "what stands in no group does not stand under one"


def test_a_pdf_in_another_font_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """And which; nothing where the font is there."""
    monkeypatch.setattr(pdf, "substitute", lambda: "Tinos")
    assert (
        "Máy này không có phông chữ Times New Roman đủ chữ tiếng Việt theo thể thức của báo cáo: bản PDF dùng phông Tinos"
        == pdf.font_words(Language("vi"))
    )
    monkeypatch.setattr(pdf, "substitute", lambda: "")
    assert "" == pdf.font_words(Language("vi"))


@pytest.mark.long
@pytest.mark.needs("soffice")
@pytest.mark.needs("pdftoppm")
@pytest.mark.parametrize("which", ["example", "long"])
def test_each_page_is_a_picture_to_look_at(report: Report, which: str, tmp_path: Path) -> None:
    """Of Word by LibreOffice and of PDF: none is empty, and a task of the appendix takes a quarter of a page at most."""
    if which == "long":
        report = report_of_long_tasks()
    for kind in (".docx", ".pdf"):
        (tmp_path / f"bc{kind}").write_bytes(rendered(report, kind, "vi", HEAD))
    office: list[str | Path] = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "pdf",
    ]
    command = [*office, "--outdir", tmp_path / "word", tmp_path / "bc.docx"]
    subprocess.run(command, capture_output=True, check=True, timeout=LONGEST)
    for path in (tmp_path / "word" / "bc.pdf", tmp_path / "bc.pdf"):
        subprocess.run(["pdftoppm", "-r", "40", "-png", path, path.with_suffix("")], check=True)
        pages = pypdf.PdfReader(path).pages
        assert len(pages) == len(list(path.parent.glob("bc-*.png")))
        done = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True)
        texts = done.stdout.decode().removesuffix("\f").split("\f")
        assert len(pages) == len(texts)
        assert all(len(text.strip()) > 40 for text in texts)
        wide = sum(page.mediabox[2] > page.mediabox[3] for page in pages)
        assert wide <= len(report.plan.activities) / 4
