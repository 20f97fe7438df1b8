"""The documents of an issued report: other software reads them, they say what was sent, and they stay the same bytes."""

import io
import subprocess
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import axe_core_python
import docx as python_docx
import html5lib
import openpyxl
import pypdf
import pytest
import zxingcpp
from dak_nong_events import CUT_OFF, PLAN, YEAR, Clock, record_year
from dak_nong_report import LETTERHEAD
from PIL import Image
from python_calamine import CalamineWorkbook

from reformtrack import Deadline, InvalidField, Period, Tracker
from reformtrack.answers import Report
from reformtrack.domain import fields
from reformtrack.domain.values import Document, Domain
from reformtrack.events import (
    ActivityCompleted,
    ActivityReassigned,
    ActivityScheduled,
    AgencyRegistered,
    AgencyRenamed,
    PlanAmended,
)
from reformtrack.exchange.agency_workbook import agency_workbook
from reformtrack.exchange.report.annex import appendix_xlsx, xlsx
from reformtrack.exchange.report.charts import charts
from reformtrack.exchange.report.document import Letterhead
from reformtrack.exchange.report.forms import FORMS, rendered, write_report
from reformtrack.language import Language
from reformtrack.seal import Checkpoint, Seals, SigningKey
from tests.support import ADOPTED, LONGEST, adopted, scheduled

pytestmark = pytest.mark.slow

KEY = SigningKey.generate("dak-nong.example/reform")
NASTY = '=HYPERLINK("http://x") <b>&amp; #raw("x") $x$ \\ {{ 7*7 }} [link] *đậm* _nghiêng_ @ref'


@pytest.fixture(scope="module")
def example() -> Iterator[tuple[Tracker, Report]]:
    """The worked example and its annual report, which is sealed."""
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        record_year(tracker, clock)
        yield tracker, tracker.reports.issue(PLAN, YEAR, by="so-noi-vu", signing_key=KEY)


@pytest.fixture(scope="module")
def nasty() -> Report:
    """A report on a plan whose texts look like formulas and markup."""
    with Tracker() as tracker:
        tracker.record(
            adopted(title=NASTY, host_fields={"a": NASTY}, domains=(Domain("1", NASTY), Domain("2", "B"))),
            scheduled(title=NASTY, lead=NASTY, deadline=Deadline.parse(NASTY, 2023), output=NASTY),
            by=NASTY,
        )
        return tracker.reports.issue("p", YEAR, by=NASTY)


def text_of(content: bytes, form: str) -> str:
    """What a reader of the file reads."""
    if form == ".pdf":
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    if form == ".docx":
        word = python_docx.Document(io.BytesIO(content))
        cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
        return "\n".join([*(paragraph.text for paragraph in word.paragraphs), *cells])
    if form == ".html":
        return "".join(html5lib.parse(content, namespaceHTMLElements=False).itertext())
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return "\n".join(
        str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("lang", "rate", "word"), [("vi", "96,4%", "Sở Nội vụ"), ("en", "96.4%", "Sở Nội vụ")])
def test_each_form_says_the_figures_and_that_they_are_illustrative(
    example: tuple[Tracker, Report], form: str, lang: str, rate: str, word: str
) -> None:
    """The headline, an agency with all its marks, the note of the plan."""
    text = " ".join(text_of(rendered(example[1], form, lang, LETTERHEAD), form).split())  # type: ignore[arg-type]  # a parameter
    assert rate in text
    assert word in text
    assert "minh họa" in text
    assert "53/55" in text


@pytest.mark.parametrize("form", FORMS)
def test_an_issued_report_is_the_same_bytes_for_good(form: str) -> None:
    """Whatever is recorded, renamed, reassigned or added later."""
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        record_year(tracker, clock)
        before = rendered(tracker.reports.issue(PLAN, YEAR, by="a"), form)
        decision = Document(number="9/QĐ-UBND")
        tracker.record(
            AgencyRegistered("@so-noi-vu", on=ADOPTED, name="Sở Nội vụ"),
            AgencyRenamed("@so-noi-vu", on=date(2023, 3, 1), name="Sở Khác"),
            PlanAmended(PLAN, on=date(2023, 6, 1), document=decision),
            ActivityScheduled(
                f"{PLAN}/9.99",
                on=date(2023, 6, 1),
                domain="1",
                title="Mới",
                lead="Sở Mới",
                deadline=Deadline.parse("Quý III", 2023),
            ),
            ActivityReassigned(f"{PLAN}/4.06", on=date(2023, 6, 1), lead="Sở Mới"),
            ActivityCompleted(f"{PLAN}/4.06", on=CUT_OFF),
            by="a",
        )
        report = tracker.reports.get(f"{PLAN}@{YEAR.code}")
        assert report.drift()
        assert before == rendered(report, form)


@pytest.mark.parametrize("form", FORMS)
def test_texts_are_texts_in_every_form(nasty: Report, form: str) -> None:
    """No formula, no markup, no template."""
    content = rendered(nasty, form, "vi", Letterhead(organ=NASTY, signer=NASTY, recipients=(NASTY,)))
    text = " ".join(text_of(content, form).split())
    assert "{{ 7*7 }}" in text
    assert '=HYPERLINK("http://x")' in text.replace("“", '"').replace("”", '"')
    assert "<b>" in text


@pytest.mark.parametrize("start", ["=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "{=1+1}", "=HYPERLINK(1)"])
def test_no_cell_is_a_formula_whatever_its_text_begins_with(start: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In each column of the annex, the appendix and the workbook of an agency: a text, kept as it is."""
    monkeypatch.setattr(fields, "SIGNS", ())  # a lead of before such were refused
    name, deadline = start.strip(), Deadline.parse(start, 2023)
    with Tracker() as tracker:
        tracker.record(
            adopted(title=start, jurisdiction=name, host_fields={start: start}, domains=(Domain("1", start),)),
            scheduled(title=start, lead=name, output=start, supporting=(name,), deadline=deadline),
            scheduled("p/1.02"),
            ActivityCompleted("p/1.02", on=ADOPTED, evidence=(Document(number=name),)),
            by=name,
        )
        report, plan = tracker.reports.issue("p", YEAR, by=name), tracker.plan("p")
        books = [xlsx(report), appendix_xlsx(plan), agency_workbook(plan, name)]
    for book in books:
        with zipfile.ZipFile(io.BytesIO(book)) as archive:
            sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        assert sheets
        assert not any(b"<f>" in sheet or b"<f " in sheet or b"<hyperlink" in sheet for sheet in sheets)
        texts = text_of(book, ".xlsx").split("\n")
        assert texts.count(start.strip()) + texts.count(start) >= 3


@pytest.mark.parametrize("text", ["$\\frac{1}{$ x", "$\\x$", "$$", "$x^2$"])
def test_a_name_that_looks_like_a_formula_is_drawn_as_it_is(text: str) -> None:
    """What draws the charts would take it for mathematics, and fail where it is none: no report could be written."""
    with Tracker() as tracker:
        tracker.record(
            adopted(domains=(Domain("1", text),)), scheduled(lead=text), ActivityCompleted("p/1.01", on=ADOPTED), by="x"
        )
        drawn = charts(tracker.plan("p"), YEAR.first, YEAR.last, Language("vi"))
        tracker.record(ActivityReassigned("p/1.01", on=ADOPTED, lead=text.replace("$", "€")), by="x")
        other = charts(tracker.plan("p"), YEAR.first, YEAR.last, Language("vi"))
    as_text = [chart.svg.count(b"<use ") for chart in (drawn[2], other[2])]
    assert as_text[0] == as_text[1], "a letter is drawn for each, the dollars too"


def test_the_workbook_reads_back_equal(example: tuple[Tracker, Report]) -> None:
    """Numbers as numbers, days as days, each activity once, no formula."""
    _, report = example
    book = CalamineWorkbook.from_filelike(io.BytesIO(rendered(report, ".xlsx")))
    assert ["Nhiệm vụ", "Số liệu", "Số liệu khác", "Cơ sở số liệu"] == book.sheet_names
    rows = book.get_sheet_by_name("Nhiệm vụ").to_python()[4:]
    assert [
        (a.code, a.title, a.lead, a.deadline.text, a.due or "", a.deadline.last or "") for a in report.plan.activities
    ] == [(row[0], row[2], row[4], row[6], row[7], row[8]) for row in rows]
    figures = book.get_sheet_by_name("Số liệu").to_python()[4:]
    assert [(figure.title, figure.total, figure.completed) for figure in report.content.figures] == [
        (row[1], row[2], row[3]) for row in figures
    ]


def test_the_page_is_valid_and_asks_no_other_host(example: tuple[Tracker, Report], nasty: Report) -> None:
    """By a strict parser; each id once, each reference to one that is there."""
    for report in (example[1], nasty):
        content = rendered(report, ".html")
        tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(content)
        ids = [element.get("id") for element in tree.iter() if element.get("id")]
        assert len(set(ids)) == len(ids)
        for element in tree.iter():
            for name, value in element.attrib.items():
                name = str(name)
                assert name != "src"
                if name.endswith("href"):
                    assert value.startswith("#")
                    assert value[1:] in ids
        assert b"<script" not in content
        assert content.count(b"http://") + content.count(b"https://") == content.count(
            b"http://www.w3.org/"
        ) + content.count(b"http://x")


def test_a_report_is_written_in_the_form_of_its_name(example: tuple[Tracker, Report], tmp_path: Path) -> None:
    """Another ending is refused, and says what would be accepted."""
    assert tmp_path / "BC.HTML" == write_report(example[1], tmp_path / "BC.HTML")
    with pytest.raises(InvalidField, match=r"\.docx, \.xlsx, \.html, \.pdf"):
        write_report(example[1], tmp_path / "bc.odt")
    assert ["BC.HTML"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.needs("soffice")
@pytest.mark.parametrize("form", [".docx", ".xlsx", ".html"])
def test_libreoffice_opens_each_file(example: tuple[Tracker, Report], tmp_path: Path, form: str) -> None:
    """And what it prints has the figures."""
    path = write_report(example[1], tmp_path / f"bc{form}", letterhead=LETTERHEAD)
    done = subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            tmp_path,
            path,
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=LONGEST,
    )
    assert "Error" not in done.stdout + done.stderr
    text = " ".join(text_of((tmp_path / "bc.pdf").read_bytes(), ".pdf").split())
    assert "96,4%" in text
    assert "53/55" in text


def template(path: Path, *lines: str) -> Path:
    """A Word template with these lines, and a table of domains."""
    word = python_docx.Document()
    for line in lines:
        word.add_paragraph(line)
    table = word.add_table(rows=3, cols=2)
    table.rows[0].cells[0].text = "{%tr for line in domains %}"
    table.rows[1].cells[0].text, table.rows[1].cells[1].text = "{{ line.title }}", "{{ line.rate }}"
    table.rows[2].cells[0].text = "{%tr endfor %}"
    word.save(str(path))
    return path


def test_a_template_of_the_users_own_is_filled(example: tuple[Tracker, Report], nasty: Report, tmp_path: Path) -> None:
    """With the figures that were sent, the same bytes for good; texts are texts."""
    own = template(tmp_path / "mau.docx", "{{ organ }}: {{ completed }}/{{ total }} ({{ rate }})", "{{ notice }}")
    path = write_report(example[1], tmp_path / "bc.docx", letterhead=LETTERHEAD, template=own)
    text = text_of(path.read_bytes(), ".docx")
    assert "Ủy ban nhân dân tỉnh Đắk Nông: 53/55 (96,4%)" in text
    assert "minh họa" in text
    assert "Cải cách chế độ công vụ" in text
    before = path.read_bytes()
    assert before == write_report(example[1], path, letterhead=LETTERHEAD, template=own).read_bytes()
    assert "{{ 7*7 }}" in text_of(write_report(nasty, path, template=own).read_bytes(), ".docx")


@pytest.mark.parametrize("line", ["{{ nothing }}", "{{ organ", "{{ ''.__class__.__mro__ }}", "{% for %}"])
def test_a_template_that_cannot_be_filled_is_refused(
    example: tuple[Tracker, Report], tmp_path: Path, line: str
) -> None:
    """A place that is not known, one that is not closed, one that reaches for what is not its own."""
    own = template(tmp_path / "mau.docx", line)
    with pytest.raises(InvalidField, match=r"a \.docx whose places are known"):
        write_report(example[1], tmp_path / "bc.docx", template=own)
    assert not (tmp_path / "bc.docx").exists()


def test_a_template_is_a_word_file_for_a_word_file(example: tuple[Tracker, Report], tmp_path: Path) -> None:
    """And says so."""
    (tmp_path / "mau.docx").write_text("x")
    for name in ("bc.docx", "bc.pdf"):
        with pytest.raises(InvalidField, match=r"\.docx"):
            write_report(example[1], tmp_path / name, template=tmp_path / "mau.docx")


def codes_of(pictures: Iterable[bytes]) -> set[str]:
    """What a telephone reads of square codes in pictures; the bars of a chart may look like a code of goods."""
    read = (one for picture in pictures for one in zxingcpp.read_barcodes(Image.open(io.BytesIO(picture))))
    return {one.text for one in read if one.format == zxingcpp.BarcodeFormat.QRCode}


def pages_of(content: bytes, form: str, folder: Path) -> list[bytes]:
    """The pages of a PDF file, or the pictures in a file of Office."""
    if form != ".pdf":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [archive.read(name) for name in archive.namelist() if name.endswith(".png")]
    (folder / "bc.pdf").write_bytes(content)
    subprocess.run(["pdftoppm", "-r", "150", "-png", folder / "bc.pdf", folder / "page"], check=True)
    return [path.read_bytes() for path in sorted(folder.glob("page*.png"))]


@pytest.mark.parametrize("form", [".docx", ".xlsx", pytest.param(".pdf", marks=pytest.mark.needs("pdftoppm"))])
def test_a_sealed_report_carries_its_checkpoint_as_a_code_too(
    example: tuple[Tracker, Report], tmp_path: Path, form: str
) -> None:
    """What is scanned is the whole signed note, which holds over the log that the figures rest on."""
    tracker, report = example
    [scanned] = codes_of(pages_of(rendered(report, form), form, tmp_path))
    checkpoint = Checkpoint.parse(scanned, KEY.verifier)
    assert report.checkpoint == scanned == checkpoint.note
    assert checkpoint.size >= report.content.position, "it is made after the figures"
    assert Seals(tracker).verify(checkpoint).holds


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.usefixtures("undrawn")
def test_a_sealed_report_says_its_checkpoint(example: tuple[Tracker, Report], nasty: Report, form: str) -> None:
    """Line by line, to be copied; a report that is not sealed has no such part."""
    text = text_of(rendered(example[1], form), form).replace("\n", "")
    for line in example[1].checkpoint.splitlines():
        assert line in text
    assert "niêm phong nhật ký" in text.casefold()
    assert "niêm phong nhật ký" not in text_of(rendered(nasty, form), form).casefold()


def test_a_correction_carries_the_checkpoint_of_its_own_figures(example: tuple[Tracker, Report]) -> None:
    """And what was sent before stays on record with its own; a second request finds the first."""
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        record_year(tracker, clock)
        issued = tracker.reports.issue(PLAN, YEAR, by="x", signing_key=KEY, request_id="r")
        assert (
            issued.checkpoint == tracker.reports.issue(PLAN, YEAR, by="x", signing_key=KEY, request_id="r").checkpoint
        )
        corrected = tracker.reports.correct(issued.id, reason="sai", by="x", signing_key=KEY)
        first, second = (Checkpoint.parse(note, KEY.verifier) for note in (issued.checkpoint, corrected.checkpoint))
        assert first.size < second.size
        assert Seals(tracker).prove_consistency(first, second).proves(first)
        assert "" == tracker.reports.correct(issued.id, reason="lại sai", by="x").checkpoint


def test_a_template_shows_the_seal(example: tuple[Tracker, Report], nasty: Report, tmp_path: Path) -> None:
    """Its text and its picture; nothing where the log was not sealed."""
    own = template(tmp_path / "mau.docx", "Niêm phong: {{ checkpoint }}", "{{ checkpoint_code }}")
    content = write_report(example[1], tmp_path / "bc.docx", template=own).read_bytes()
    assert {example[1].checkpoint} == codes_of(pages_of(content, ".docx", tmp_path))
    assert "dak-nong.example/reform" in text_of(content, ".docx")
    content = write_report(nasty, tmp_path / "bc.docx", template=own).read_bytes()
    assert [] == pages_of(content, ".docx", tmp_path)


AXE = """
axe.run().then(result => {
  const found = document.createElement("pre");
  found.id = "found";
  found.textContent = JSON.stringify(result.violations.map(one => [one.id, one.impact, one.nodes.map(node => node.html)]));
  document.body.append(found);
})
"""


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_page_is_accessible(example: tuple[Tracker, Report], tmp_path: Path, lang: str) -> None:
    """By the rules of axe-core, in a real browser: no finding of any weight."""
    page = rendered(example[1], ".html", lang, LETTERHEAD).decode()  # type: ignore[arg-type]  # a parameter
    script = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    safe_script = script.replace("</script>", "<\\/script>")
    path = tmp_path / "page.html"
    path.write_text(
        page.replace("</body>", f"<script>{safe_script}</script><script>{AXE}</script></body>"), encoding="utf-8"
    )
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile"]
    done = subprocess.run(
        [*command, "--virtual-time-budget=20000", "--dump-dom", path.as_uri()],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=LONGEST,
    )
    assert '<pre id="found">[]</pre>' in done.stdout


def test_a_plan_with_a_long_title_has_its_report_in_every_form() -> None:
    """Word has no more than 255 characters for the title of a document: it is cut there, and nowhere else."""
    title = "Kế hoạch " * 200
    with Tracker() as tracker:
        tracker.record(adopted(title=title.strip()), scheduled(), by="a")
        report = tracker.reports.issue("p", "2023-year", by="a")
        for form in FORMS:
            assert rendered(report, form)
        word = python_docx.Document(io.BytesIO(rendered(report, ".docx")))
    assert 255 == len(word.core_properties.title)


def parts_of(content: bytes, form: str) -> str:
    """What a reader of a file reads, in the order of its pages."""
    if form != ".docx":
        return " ".join(text_of(content, form).split())
    word = python_docx.Document(io.BytesIO(content))
    texts = (text.text or "" for text in word.element.body.iter() if text.tag.endswith("}t"))
    return " ".join(" ".join(texts).split())


@pytest.mark.parametrize("form", [".docx", ".html", ".pdf"])
def test_the_signature_stands_before_the_appendices(example: tuple[Tracker, Report], form: str) -> None:
    """With those to whom it goes; the line of the file copy ends with a full stop, the others with a semicolon."""
    text = parts_of(rendered(example[1], form, "vi", LETTERHEAD), form)
    body = text.rindex("i nhận:")  # some readers of PDF read the ơ of this face twice
    assert text.rindex("6. Số liệu khác") < body < text.rindex("Phụ lục I ")
    for line in ("- Bộ Nội vụ;", "- TTTU, TT HĐND tỉnh;", "- Các sở, ban, ngành;", "- Lưu: VT, NC."):
        assert line in text[body : text.rindex("Phụ lục I ")]
    assert 1 == text.count("i nhận:")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.usefixtures("undrawn")
def test_a_report_in_english_is_of_no_country_and_has_no_vietnamese_words(
    example: tuple[Tracker, Report], form: str
) -> None:
    """Unless the letterhead says one; its period, too, is named in English."""
    text = parts_of(rendered(example[1], form, "en"), form)
    for word in ("VIET NAM", "VIỆT NAM", "Independence", "Độc lập", "/BC-…", "Nơi nhận", "của năm", "ngày 21"):
        assert word not in text, word
    assert "the year 2023" in text.lower()


@pytest.mark.parametrize("form", [".docx", ".html", ".pdf"])
@pytest.mark.usefixtures("undrawn")
def test_a_letterhead_may_say_its_country(example: tuple[Tracker, Report], form: str) -> None:
    """In either language; in Vietnamese it is Viet Nam's unless another is given."""
    other = Letterhead(nation="REPUBLIC OF X", motto="Unity", number="9/R")
    for lang in ("vi", "en"):
        text = parts_of(rendered(example[1], form, lang, other), form)
        assert "REPUBLIC OF X" in text
        assert "Unity" in text
        assert "VIỆT NAM" not in text
    own = parts_of(rendered(example[1], form, "vi"), form)
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in own
    assert "Độc lập - Tự do - Hạnh phúc" in own
    assert "……/BC-UBND" in own


def test_rates_in_the_workbook_are_numbers_in_percent(example: tuple[Tracker, Report]) -> None:
    """So they sort; a line over nothing has none."""
    book = openpyxl.load_workbook(io.BytesIO(rendered(example[1], ".xlsx")))
    rows = list(book["Số liệu"].iter_rows(min_row=5))
    for row, figure in zip(rows, example[1].content.figures, strict=True):
        cell = row[4]
        assert "0.0%" == cell.number_format
        assert isinstance(cell.value, int | float)
        assert figure.completed / figure.total == pytest.approx(cell.value)


@pytest.mark.parametrize("form", [".docx", ".html", ".pdf"])
@pytest.mark.usefixtures("undrawn")
def test_what_is_open_is_not_said_to_be_in_progress(form: str) -> None:
    """A plan in which nothing has begun: "chưa hoàn thành, trong hạn", in the balance and in the legend."""
    with Tracker() as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        report = tracker.reports.issue("p", Period(code="x", title="x", first=ADOPTED, last=date(2023, 3, 1)), by="x")
        text = parts_of(rendered(report, form), form)
    assert "chưa hoàn thành, trong hạn" in text.casefold()
    assert "đang thực hiện" not in text
