"""The words of a report, its workbook and its digest, as an editor of official documents asked for them."""

import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import docx as python_docx
import matplotlib.figure
import pypdf
import pytest
from docx.shared import Pt

from reformtrack import Deadline, InvalidField, Period, Tracker
from reformtrack.answers import Report
from reformtrack.domain.values import Document
from reformtrack.events import ActivityCompleted, IndicatorDefined
from reformtrack.exchange.agency_workbook.form import columns
from reformtrack.exchange.digest import digests
from reformtrack.exchange.report import canvas, form, pdf
from reformtrack.exchange.report.blocks import Line, Pair, ReportDocument, Table
from reformtrack.exchange.report.canvas import Chart
from reformtrack.exchange.report.charts import charts
from reformtrack.exchange.report.document import Letterhead
from reformtrack.exchange.report.forms import FORMS, rendered, write_report
from reformtrack.exchange.report.outline import report_document, subject_of
from reformtrack.language import Language
from reformtrack.values import IndicatorKind
from reformtrack.views.series import Cell
from tests.cli.conftest import Run, run
from tests.support import ADOPTED, Clock, adopted, day, scheduled

__all__ = ["run"]

VI = Language("vi")


def parts(document: ReportDocument, *names: str) -> list[str]:
    """The texts of the parts of some names."""
    lines = (one for block in document.blocks for one in _lines(block))
    return [one.text for one in lines if one.part.name in names]


def _lines(block: Any) -> Iterator[Line]:
    match block:
        case Line():
            yield block
        case Pair():
            yield from (*block.left, *block.right)


def running_text(document: ReportDocument) -> str:
    """All words of a document, cells and notes too."""
    cells = (
        cell
        for block in document.blocks
        if isinstance(block, Table)
        for row in (block.head, *block.rows)
        for cell in row
    )
    return "\n".join([*(one.text for block in document.blocks for one in _lines(block)), *cells])


@pytest.fixture
def replacing() -> Iterator[Report]:
    """A report that was corrected twice, the first time with a number."""
    clock = Clock(datetime(2023, 6, 20, 3, tzinfo=UTC))
    with Tracker(clock=clock) as tracker:
        tracker.record(adopted(), scheduled("p/1"), scheduled("p/2"), by="so-noi-vu")
        number = Document(type="Báo cáo", number="312/BC-UBND", date=date(2023, 6, 20))
        tracker.reports.issue("p", "2023-h1", by="nguyen-van-a", document=number)
        clock.now = datetime(2023, 7, 10, 3, tzinfo=UTC)
        tracker.record(ActivityCompleted("p/1", on=day("4-1")), by="so-noi-vu")
        yield tracker.reports.correct("p@2023-h1", reason="bổ sung kết quả nhiệm vụ 1", by="tran-thi-b")


def test_a_correction_of_figures_is_a_report_that_replaces(replacing: Report) -> None:
    """Its title block and its opening name what it replaces by number and day, as the decree has it for wrong content."""
    document = report_document(replacing)
    assert ["(Thay thế Báo cáo số 312/BC-UBND ngày 20 tháng 6 năm 2023)"] == parts(document, "replaces")
    assert (
        "Báo cáo này thay thế Báo cáo số 312/BC-UBND ngày 20 tháng 6 năm 2023; lý do: bổ sung kết quả nhiệm vụ 1."
        in parts(document, "body")
    )
    assert "ính chính" not in running_text(document)
    assert "Kết quả thực hiện Kế hoạch" in subject_of(replacing, VI)


def test_no_id_and_no_position_stands_in_the_running_text(replacing: Report) -> None:
    """They are for auditors: in the appendix on the basis of figures, which has to be asked for."""
    text = running_text(report_document(replacing))
    for word in ("tran-thi-b", "nguyen-van-a", "so-noi-vu", "số thứ tự bản ghi", "p@2023-h1"):
        assert word not in text
    with_basis = running_text(report_document(replacing, with_basis=True))
    assert f"số thứ tự bản ghi {replacing.sent.position}" in with_basis


def test_a_report_without_a_number_is_replaced_by_its_day() -> None:
    """And the second correction replaces the first."""
    clock = Clock(datetime(2023, 6, 20, 3, tzinfo=UTC))
    with Tracker(clock=clock) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        first = tracker.reports.issue("p", "2023-h1", by="x")
        clock.now = datetime(2023, 7, 1, 3, tzinfo=UTC)
        second = tracker.reports.correct(first.id, reason="x", by="x")
        clock.now = datetime(2023, 8, 2, 3, tzinfo=UTC)
        third = tracker.reports.correct(first.id, reason="x", by="x")
    assert [] == parts(report_document(first), "replaces")
    assert ["(Thay thế Báo cáo ngày 20 tháng 6 năm 2023)"] == parts(report_document(second), "replaces")
    assert ["(Thay thế Báo cáo ngày 01 tháng 7 năm 2023)"] == parts(report_document(third), "replaces")
    assert ["(Replaces the report of 2023-07-01)"] == parts(report_document(third, "en"), "replaces")


def issued(*events: Any, **options: Any) -> Report:
    with Tracker(clock=Clock(datetime(2024, 1, 9, tzinfo=UTC))) as tracker:
        tracker.record(adopted(), *events, by="x")
        return tracker.reports.issue("p", "2023-year", by="x", **options)


@pytest.mark.parametrize(("on", "is_backdated"), [("2023-12-20", True), ("2024-01-08", False), ("2024-01-09", False)])
def test_the_basis_says_when_a_backdated_report_was_recorded(on: str, is_backdated: bool) -> None:
    """It has what was known then; on the day itself, whatever the zone, it says nothing."""
    report = issued(scheduled(), on=date.fromisoformat(on))
    text = running_text(report_document(report, with_basis=True))
    assert is_backdated == ("ghi vào hệ thống lúc 09/01/2024 00:00 UTC" in text)


def test_a_report_may_be_addressed(tmp_path: Path) -> None:
    """The line stands below the subject, and the first recipient is the one above; from a file, too."""
    path = tmp_path / "head.toml"
    path.write_text('addressee = "Bộ Nội vụ"\nrecipients = ["UBND tỉnh"]\n', encoding="utf-8")
    head = Letterhead.read(path)
    assert ["- Như trên;", "- UBND tỉnh;", "- Lưu: VT."] == list(head.recipient_lines("vi"))
    document = report_document(issued(scheduled()), "vi", head)
    assert ["Kính gửi: Bộ Nội vụ"] == parts(document, "addressee")
    names = [one.part.name for block in document.blocks for one in _lines(block)]
    assert names.index("subject") < names.index("addressee") < names.index("body")
    assert [] == parts(report_document(issued(scheduled())), "addressee")
    own = Letterhead(addressee="Bộ Nội vụ", recipients=("Như trên", "Lưu: VT"))
    assert ["- Như trên;", "- Lưu: VT."] == list(own.recipient_lines("vi"))


@pytest.mark.parametrize(("signer", "warned"), [("", True), ("Nguyễn Văn A", False)])
@pytest.mark.slow
def test_a_report_that_nobody_signs_warns(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, signer: str, warned: bool
) -> None:
    """Of a document, not of the workbook; it is written all the same."""
    report = issued(scheduled())
    write_report(report, tmp_path / "bc.xlsx", letterhead=Letterhead(signer=signer))
    assert [] == caplog.messages
    write_report(report, tmp_path / "bc.html", letterhead=Letterhead(signer=signer))
    assert warned == ("The name of the signer is missing" in caplog.text)
    assert (tmp_path / "bc.html").exists()


@pytest.mark.slow
def test_the_command_line_warns_that_nobody_signs(run: Run, tmp_path: Path) -> None:
    """Once, on stderr, with what to give; nothing where it is given."""
    store = tmp_path / "p.db"
    with Tracker(f"sqlite:///{store}", clock=Clock(datetime(2024, 1, 9, tzinfo=UTC))) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
    of = ("report", "p", "2023-year", "--store", store, "--draft", "--to", tmp_path / "a.docx", "--to")
    ran = run(*of, tmp_path / "a.html")
    assert 0 == ran.code
    assert 1 == ran.err.count("Chưa có họ và tên người ký")
    assert "" == run(*of, tmp_path / "b.html", "--head", "signer=Nguyễn Văn A").err


@pytest.mark.slow
def test_the_terminal_does_not_say_that_a_draft_is_issued(run: Run, tmp_path: Path) -> None:
    """It has no day of issue, and nothing has changed since."""
    store = tmp_path / "p.db"
    with Tracker(f"sqlite:///{store}", clock=Clock(datetime(2024, 1, 9, tzinfo=UTC))) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
    out = run("report", "p", "2023-year", "--store", store, "--draft").out
    assert "DỰ THẢO" in out
    assert "ban hành" not in out
    assert "sau khi báo cáo" not in out


SAID = {"Phương hướng, nhiệm vụ 6 tháng cuối năm": "Tập trung hoàn thành các nhiệm vụ."}


def test_what_falls_due_next_stands_within_what_the_part_is_about() -> None:
    """Three months of six are said to be a part of them; alone, they are the sentence."""
    clock = Clock(datetime(2023, 6, 20, tzinfo=UTC))
    with Tracker(clock=clock) as tracker:
        tracker.record(adopted(), scheduled(deadline=Deadline.parse("31/8", 2023)), by="x")
        alone, told = (tracker.reports.draft("p", "2023-h1", sections=sections) for sections in ({}, SAID))
    words = "ừ ngày 15/06/2023 đến ngày 14/09/2023, kế hoạch có 1 nhiệm vụ đến hạn."
    assert f"T{words}" in parts(report_document(alone), "body")
    assert f"Trong đó, t{words}" in parts(report_document(told), "body")


def test_the_heads_of_figures_say_of_what() -> None:
    """All tasks, and those that are completed."""
    document = report_document(issued(scheduled()))
    heads = [block.head for block in document.blocks if isinstance(block, Table)]
    assert ("Lĩnh vực", "Tổng số nhiệm vụ", "Đã hoàn thành", "Tỷ lệ", "Quá hạn") in [tuple(head) for head in heads]


def test_the_subject_names_the_plan_and_then_the_period() -> None:
    """As a trích yếu does."""
    with Tracker(clock=Clock(datetime(2024, 1, 9, tzinfo=UTC))) as tracker:
        plan = adopted(title="Kế hoạch cải cách hành chính", jurisdiction="Tỉnh Đắk Nông")
        tracker.record(plan, scheduled(), by="x")
        report = tracker.reports.issue("p", "2023-h1", by="x")
    said = "Kết quả thực hiện Kế hoạch cải cách hành chính của tỉnh Đắk Nông 6 tháng đầu năm 2023"
    assert said == subject_of(report, VI)


def test_a_task_has_the_same_number_in_the_body_and_in_the_appendix() -> None:
    """Its printed number; its code where two tasks of the plan are printed under one number."""
    due = Deadline.parse("31/3", 2023)
    tasks = [
        scheduled("p/1.01", number="1", deadline=due, title="Việc một"),
        scheduled("p/1.02", number="1", deadline=due, title="Việc hai"),
        scheduled("p/1.03", number="3", deadline=due, title="Việc ba"),
    ]
    document = report_document(issued(*tasks))
    rows = [row for block in document.blocks if isinstance(block, Table) for row in block.rows]
    for title, number in (("Việc một", "1.01"), ("Việc hai", "1.02"), ("Việc ba", "3")):
        assert {number} == {row[0] for row in rows if title in row}
        assert 2 == sum(title in row for row in rows), "overdue in the body, and in the appendix"


def test_no_two_numbers_stand_side_by_side_as_one_decimal() -> None:
    """What is planned and what is due later are of two clauses."""
    texts = [block.text for block in report_document(issued(scheduled())).blocks if isinstance(block, Chart)]
    assert texts
    assert not [text for text in texts if re.search(r"là \d+, \d", text)]


@pytest.mark.parametrize(
    ("of", "words"),
    [
        ("2022-h1", "So với cùng kỳ năm trước (6 tháng đầu năm 2022, báo cáo ngày 05/01/2023):"),
        ("2022-q1", "So với quý I năm 2022 (báo cáo ngày 05/01/2023):"),
    ],
)
def test_last_year_is_compared_as_the_same_period(of: str, words: str) -> None:
    """Where it is the same; a report of another period is named."""
    clock = Clock(datetime(2023, 1, 5, 3, tzinfo=UTC))
    with Tracker(clock=clock) as tracker:
        tracker.record(adopted("p-2022", on=date(2022, 1, 2), year=2022), by="x")
        before = tracker.reports.issue("p-2022", of, by="x")
        clock.now = datetime(2023, 6, 20, tzinfo=UTC)
        tracker.record(adopted(), scheduled(), by="x")
        report = tracker.reports.issue("p", "2023-h1", by="x")
        beside = tracker.reports.beside(report, before.id)
    assert words in parts(report_document(report, beside=beside), "body")


@pytest.mark.parametrize(
    ("lead", "words"), [("Sở Nội vụ", "Đề nghị Quý cơ quan"), ("UBND các huyện, thành phố", "Kính đề nghị Quý cơ quan")]
)
def test_a_people_s_committee_is_asked_with_respect(lead: str, words: str) -> None:
    """In text and in HTML."""
    with Tracker(clock=Clock(datetime(2023, 7, 20, tzinfo=UTC))) as tracker:
        tracker.record(adopted(), scheduled(lead=lead), by="x")
        [one] = digests(tracker, "p")
    assert re.search(rf"^{words}", one.text, re.MULTILINE)
    assert f">{words}" in one.html


def test_the_heads_of_the_workbook_are_those_of_documents() -> None:
    """What is filled in: the day on which it was done, the number and symbol of a document."""
    heads = [name for name, _ in columns(VI)]
    assert {"Ngày thực hiện", "Tài liệu kiểm chứng: số, ký hiệu"} <= {*heads}


def test_an_id_in_a_cell_says_that_it_is_one() -> None:
    """It stays as it stands; any other cell begins with a capital, whatever it looks like."""
    report = issued(scheduled("p/a-1", title="e-office cho cấp xã"))
    rows = [
        row
        for block in report_document(report, with_basis=True).blocks
        if isinstance(block, Table)
        for row in block.rows
    ]
    assert {("a-1", "E-office cho cấp xã")} == {tuple(row[:2]) for row in rows if row[0] == "a-1"}
    assert "p, phiên bản 1" in [row[1] for row in rows if row[0] == "Kế hoạch, phiên bản"]


STAGE = Period(code="giai-doan-1", title="giai đoạn 2023-2024", first=date(2023, 1, 1), last=date(2024, 6, 30))
STAGED = adopted(first_day=date(2023, 1, 1), last_day=date(2025, 12, 31), stages=(STAGE,))


@pytest.mark.slow
def test_a_stage_of_the_plan_is_a_period(run: Run, tmp_path: Path) -> None:
    """By its code, as the periods that are known; on the command line too."""
    store = tmp_path / "p.db"
    with Tracker(f"sqlite:///{store}", clock=Clock(datetime(2024, 7, 9, tzinfo=UTC))) as tracker:
        tracker.record(STAGED, scheduled(), by="x")
        assert STAGE == tracker.reports.draft("p", "giai-doan-1").period
        with pytest.raises(InvalidField, match="giai-doan-2"):
            tracker.reports.draft("p", "giai-doan-2")
    ran = run("report", "p", "giai-doan-1", "--store", store, "--issue", "--by", "x")
    assert (0, "") == (ran.code, ran.err)
    assert "giai đoạn 2023-2024" in ran.out


def faces_of(content: bytes) -> set[str]:
    """The families that the letters of a PDF are set in."""
    found = set[str]()
    for page in pypdf.PdfReader(io.BytesIO(content)).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]  # pypdf's types do not say so
            found.add(re.sub(r"^.*\+|-.*$", "", font["/BaseFont"]))
    return found


@pytest.mark.slow
def test_a_pdf_is_set_in_one_family(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that lacks Vietnamese letters is left for the next, rather than mixed with it letter by letter."""
    check = IndicatorDefined("p#a", on=ADOPTED, title="Công dân được tiếp", unit="người", kind=IndicatorKind.COUNT)
    report = issued(scheduled(title="Rà soát, hệ thống hóa: ẳ ẵ ẹ ỹ ự"), check)
    assert 1 == len(faces_of(rendered(report, ".pdf")))
    monkeypatch.setattr(form, "FONT", "OpenSymbol")
    monkeypatch.setattr(form, "SUBSTITUTES", ("DejaVu Serif", "Libertinus Serif"))
    pdf.substitute.cache_clear()
    try:
        assert pdf.substitute() in ("DejaVu Serif", "Libertinus Serif")
        assert {pdf.substitute().replace(" ", "")} == faces_of(rendered(report, ".pdf"))
    finally:
        pdf.substitute.cache_clear()


def test_a_font_is_chosen_by_what_it_covers(monkeypatch: pytest.MonkeyPatch) -> None:
    """In each of its faces: of the fonts that come with matplotlib, one has all letters, one has none of them."""
    folder = Path(matplotlib.get_data_path()) / "fonts/ttf"
    whole, bare = folder / "DejaVuSerif.ttf", folder / "cmr10.ttf"
    there = [("Times New Roman", whole), ("Times New Roman", bare), ("Tinos", whole), ("Liberation Serif", bare)]

    class Fonts:
        def fonts(self) -> list[SimpleNamespace]:
            return [SimpleNamespace(family=family, path=str(path)) for family, path in there]

    monkeypatch.setattr(pdf, "typst", SimpleNamespace(Fonts=Fonts))
    for words in ("Tinos", "Libertinus Serif"):
        pdf.substitute.cache_clear()
        assert words == pdf.substitute()
        there[2:3] = []
    pdf.substitute.cache_clear()
    there[1:2] = []
    assert "" == pdf.substitute()
    pdf.substitute.cache_clear()


@pytest.mark.slow
def test_what_is_drawn_for_one_form_is_drawn_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one report: each chart once, whatever the forms are."""
    drawn: list[int] = []
    figure = matplotlib.figure.Figure

    def counted(*args: Any, **options: Any) -> Any:
        drawn.append(1)
        return figure(*args, **options)

    monkeypatch.setattr(canvas, "Figure", counted)
    report = issued(scheduled())
    for one in FORMS:
        rendered(report, one)
    assert 4 == len(drawn)
    rendered(report, ".html", "en")
    assert 8 == len(drawn)


def test_a_day_with_something_overdue_says_how_much_of_it_is() -> None:
    """Eight of nine are done: the square of what is overdue says one."""
    assert [1, 9, 2] == [cell.of_state for cell in (Cell(8, 9, 1), Cell(9, 9, 0), Cell(7, 9, 0))]
    notes = {chart.name: chart.note for chart in charts(issued(scheduled()).plan, day("1-1"), day("12-31"), VI)}
    assert "Mỗi ô ghi số nhiệm vụ đã hoàn thành trên số nhiệm vụ đến hạn" in notes["heat-map"]
    assert "chỉ ghi số lượt quá hạn" in notes["calendar"]


def test_what_is_short_stands_on_one_page() -> None:
    """By its words, not by its rows: nine long ones would be cut at the end of the page."""
    assert Table(("a",), [("Sở Nội vụ", "1")] * 12, (1, 1)).is_short
    assert not Table(("a",), [("1", "Rà soát, đánh giá " * 10)] * 9, (1, 1)).is_short


def test_the_signature_is_not_alone_on_its_page() -> None:
    """The closing words go with it."""
    [closing] = [
        one for one in report_document(issued(scheduled())).blocks if isinstance(one, Line) and "Trên đây" in one.text
    ]
    assert closing.is_kept


@pytest.mark.slow
def test_what_ends_the_body_in_word_takes_no_page() -> None:
    """Below a signature at the end of its page, an empty line would make an empty page."""
    word = python_docx.Document(io.BytesIO(rendered(issued(scheduled()), ".docx")))
    [end] = [one for one in word.paragraphs if one._p.xpath("./w:pPr/w:sectPr")]
    assert end.paragraph_format.line_spacing == Pt(1)
