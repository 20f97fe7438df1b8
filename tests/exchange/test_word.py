"""The appendix as it is published, in Word: its tables are read as sheets are."""

import io
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from reformtrack.domain.errors import SheetFileError
from reformtrack.exchange.appendix.finding import Draft
from reformtrack.exchange.appendix.importing import read_draft
from tests.exchange.accounting import unaccounted
from tests.exchange.reading import read_sheets

pytestmark = pytest.mark.slow

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
HEAD = ("STT", "Nhiệm vụ", "Sản phẩm", "Chủ trì", "Thời hạn")


def run(text: str, *, struck: bool = False) -> str:
    look = "<w:rPr><w:strike/></w:rPr>" if struck else ""
    return f"<w:r>{look}<w:t>{escape(text)}</w:t></w:r>"


def paragraph(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


def cell(text: str, *, across: int = 1, down: str = "", struck: bool = False) -> str:
    span = f'<w:gridSpan w:val="{across}"/>' if across > 1 else ""
    merge = {"": "", "begins": '<w:vMerge w:val="restart"/>', "goes on": "<w:vMerge/>"}[down]
    lines = "".join(paragraph(run(line, struck=struck)) if line else paragraph() for line in text.split("\n"))
    return f"<w:tc><w:tcPr>{span}{merge}</w:tcPr>{lines}</w:tc>"


def row(*cells: str) -> str:
    return f"<w:tr>{''.join(one if one.startswith('<') else cell(one) for one in cells)}</w:tr>"


def document(path: Path, *blocks: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{''.join(blocks)}</w:body></w:document>")
    return path


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def read(path: Path) -> Draft:
    draft = read_draft(path, year=2025, lang="en")
    assert {} == unaccounted(path, draft)
    return draft


def test_tables_over_pages_are_one_with_their_merged_cells(tmp_path: Path) -> None:
    """Headings repeated, sections in merged rows, a task over two rows, text around."""
    one = table(
        row(*HEAD),
        row(cell("I. THỂ CHẾ", across=5)),
        row(cell("1", down="begins"), cell("Rà soát", down="begins"), "Kế hoạch", "Sở A", "Quý I"),
        row(cell("", down="goes on"), cell("", down="goes on"), "Báo cáo", "Sở A", "Quý IV"),
    )
    other = table(
        row(*HEAD),
        row("2", "Công bố", "", "Sở B\nSở C", "Quý II"),
        row("II", "BỘ MÁY", "", "", ""),
        row("1", "Sắp xếp", "", "Sở D", "30/6"),
    )
    path = document(
        tmp_path / "a.docx",
        paragraph(run("PHỤ LỤC")),
        paragraph(run("NHIỆM VỤ CẢI CÁCH HÀNH CHÍNH")),
        one,
        paragraph(),
        other,
        paragraph(run("Nơi nhận:")),
        paragraph(run("- Như trên;")),
    )
    draft = read(path)
    assert () == draft.questions
    assert ["THỂ CHẾ", "BỘ MÁY"] == [domain.title for domain in draft.domains]
    assert [("Rà soát", ("Sở A",)), ("Công bố", ("Sở B", "Sở C")), ("Sắp xếp", ("Sở D",))] == [
        (task.title, task.leads) for task in draft.activities
    ]
    assert "Kế hoạch\nBáo cáo" == draft.activities[0].output


def test_domains_may_stand_between_tables(tmp_path: Path) -> None:
    """As numbered titles above each."""
    tables = (table(row(*HEAD), row("1", f"Việc {n}", "", "Sở A", "Quý I")) for n in "ab")
    first, second = tables
    path = document(tmp_path / "a.docx", paragraph(run("I. THỂ CHẾ")), first, paragraph(run("II. BỘ MÁY")), second)
    draft = read(path)
    assert ((), ["1", "2"]) == (draft.questions, [task.domain for task in draft.activities])
    assert ["THỂ CHẾ", "BỘ MÁY"] == [domain.title for domain in draft.domains]


def test_what_was_deleted_is_no_text_and_what_is_struck_out_is_told(tmp_path: Path) -> None:
    """Changes that are tracked; a row that is struck out."""
    deleted = "<w:del><w:r><w:delText>Quý I</w:delText></w:r></w:del>"
    due = f"<w:tc>{paragraph(deleted, run('Quý II'))}</w:tc>"
    struck = [cell(text, struck=True) for text in ("2", "Việc cũ", "", "Sở B", "Quý III")]
    partly = f"<w:tc>{paragraph(run('Quý I', struck=True), run('Quý IV'))}</w:tc>"
    path = document(
        tmp_path / "a.docx",
        table(
            row(*HEAD),
            row("I", "THỂ CHẾ", "", "", ""),
            row("1", "Rà soát", "", "Sở A", due),
            row(*struck),
            row("3", "Công bố", "", "Sở A", partly),
        ),
    )
    draft = read(path)
    assert [("Rà soát", "Quý II"), ("Công bố", "Quý IQuý IV")] == [
        (task.title, task.deadline) for task in draft.activities
    ]
    assert ["E5"] == [question.cell for question in draft.questions]
    assert "4" in {note.cell for note in draft.notes}


STYLES = (
    '<w:style w:type="paragraph" w:styleId="Gone"><w:rPr>{look}</w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="On"><w:basedOn w:val="Gone"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Back"><w:basedOn w:val="Gone"/><w:rPr>{back}</w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Sign"><w:rPr>{look}</w:rPr></w:style>'
)
DEFAULTS = "<w:docDefaults><w:rPrDefault><w:rPr>{look}</w:rPr></w:rPrDefault></w:docDefaults>"
NORMAL = '<w:style w:type="paragraph" w:default="1" w:styleId="N"><w:basedOn w:val="Gone"/></w:style>'
P, R = '<w:pPr><w:pStyle w:val="{}"/></w:pPr>', '<w:rPr><w:rStyle w:val="Sign"/></w:rPr>'

BY_STYLE = {
    "of the paragraph": ("", P.format("Gone"), "", True),
    "of one that it is based on": ("", P.format("On"), "", True),
    "taken back": ("", P.format("Back"), "", False),
    "of the text": ("", "", R, True),
    "twice, which takes it back": ("", P.format("Gone"), R, False),
    "taken back by its own format": ("", P.format("Gone"), "<w:rPr>{back}</w:rPr>", False),
    "of the document": (DEFAULTS, "", "", True),
    "of all paragraphs": (NORMAL, "", "", True),
}


@pytest.mark.parametrize("look", ["strike", "dstrike", "vanish"])
@pytest.mark.parametrize("way", BY_STYLE)
def test_what_a_style_hides_or_strikes_out_is_told(way: str, look: str, tmp_path: Path) -> None:
    """As what its own format does."""
    more, of_paragraph, of_run, is_gone = BY_STYLE[way]
    set_ = {"look": f"<w:{look}/>", "back": f'<w:{look} w:val="off"/>'}
    text = f"<w:p>{of_paragraph}<w:r>{of_run.format(**set_)}<w:t>Việc cũ</w:t></w:r></w:p>"
    path = document(tmp_path / "a.docx", table(row(f"<w:tc>{text}</w:tc>")))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("word/styles.xml", f"<w:styles {W}>{(more + STYLES).format(**set_)}</w:styles>")
    assert [["A1"] if is_gone else []] == [[*sheet.struck] for sheet in read_sheets(path)]


def test_a_row_that_is_hidden_is_told(tmp_path: Path) -> None:
    """And left out, as that of a sheet."""
    hidden, shown = (
        row(str(n), title, "", "Sở A", "Quý I").replace("<w:tr>", f"<w:tr><w:trPr><w:hidden{off}/></w:trPr>")
        for n, title, off in ((1, "Việc ẩn", ""), (2, "Rà soát", ' w:val="0"'))
    )
    draft = read(document(tmp_path / "a.docx", table(row(*HEAD), hidden, shown)))
    assert ["Rà soát"] == [task.title for task in draft.activities]
    assert "2" in {note.cell for note in draft.notes}


def test_a_pdf_is_answered_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7")
    with pytest.raises(SheetFileError, match=r"open it in Word, check the table, and save it as \.docx"):
        read_draft(path, year=2025)


def test_a_document_that_is_no_xml_is_refused(tmp_path: Path) -> None:
    """Whatever it is, in the process of its own."""
    whole = document(tmp_path / "a.docx", table(row(*HEAD)))
    content = io.BytesIO()
    with zipfile.ZipFile(whole) as archive, zipfile.ZipFile(content, "w") as packed:
        packed.writestr("word/document.xml", archive.read("word/document.xml")[:-20])
    path = tmp_path / "b.docx"
    path.write_bytes(content.getvalue())
    with pytest.raises(SheetFileError, match="it cannot be read"):
        read_draft(path, year=2025)
