"""
A report as a Word document, in the form of Nghị định 30/2020/NĐ-CP: A4, Times New Roman, the two heads side by side.
"""

import shutil
import zipfile
from collections.abc import Sequence
from datetime import datetime, time
from io import BytesIO
from typing import Any

from reformtrack.exchange.report.charts import Chart
from reformtrack.exchange.report.document import Heading, Paragraph, ReportDocument, Signature, Table, dateline
from reformtrack.exchange.report.qr import QR_MILLIMETRES, Seal
from reformtrack.extras import extra
from reformtrack.language import Language

with extra("exchange"):
    import docx as python_docx
    from docx.enum.section import WD_ORIENT
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

_FONT = "Times New Roman"
_WIDTH = 165
"""Millimetres between the margins of the page."""
_CENTRE, _LEFT, _RIGHT, _BOTH = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)


def docx(document: ReportDocument) -> bytes:
    """The document as a .docx file; the same document gives the same bytes."""
    say = Language(document.lang)
    word = python_docx.Document()
    _set_page(word)
    _set_head(word, document, say)
    _line(word, document.kind, 14, _CENTRE, bold=True, before=12)
    _line(word, document.subject, 14, _CENTRE, bold=True, after=6)
    if document.notice:
        _line(word, document.notice, 12, _CENTRE, italic=True, after=6)
    for block in document.blocks:
        match block:
            case Heading():
                _line(word, block.text, 14, _LEFT, bold=True, before=8, after=4, keep=True)
                word.paragraphs[-1].paragraph_format.page_break_before = block.opens_page
            case Paragraph():
                note = block.kind == "note"
                _line(word, block.text, 12 if note else 14, _BOTH, italic=note, after=6)
            case Table():
                _table(word, block)
            case Chart():
                _chart(word, block)
            case Seal():
                _seal(word, block)
            case Signature():
                _sign(word, block, say)
    return _saved(word, document)


def _set_page(word: Any) -> None:
    section = word.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.different_first_page_header_footer = True
    _page_number(section.header.paragraphs[0])
    style = word.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    style.paragraph_format.space_after = Pt(0)


def _page_number(paragraph: Any) -> None:
    """In the middle of the head, from the second page on."""
    paragraph.alignment = _CENTRE
    run = paragraph.add_run()
    run.font.size = Pt(13)
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _set_head(word: Any, document: ReportDocument, say: Language) -> None:
    head = document.letterhead
    table = _bare(word, (60, 105))
    left, right = table.rows[0].cells
    if head.parent:
        _text(left, head.parent.upper(), 13)
    _text(left, head.organ.upper(), 13, bold=True, ruled=True)
    _text(left, say("No.: {number}", number=head.number), 13, before=6)
    if head.nation:
        _text(right, head.nation, 12, bold=True)
    if head.motto:
        _text(right, head.motto, 14, bold=True, ruled=True)
    _text(right, dateline(document, say), 14, italic=True, before=6)


def _sign(word: Any, block: Signature, say: Language) -> None:
    head = block.head
    _line(word, "", 14, _LEFT)
    left, right = _bare(word, (80, 85)).rows[0].cells
    _text(left, say("Recipients:"), 12, bold=True, italic=True, where=_LEFT)
    for recipient in block.recipients:
        _text(left, recipient, 11, where=_LEFT)
    for line in (head.capacity, head.signer_title):
        if line:
            _text(right, line.upper(), 14, bold=True)
    for _ in range(4):
        _text(right, "", 14)
    _text(right, head.signer, 14, bold=True)


def _bare(word: Any, widths: Sequence[int]) -> Any:
    """A table without lines, to set things side by side."""
    table = word.add_table(rows=1, cols=len(widths))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    _set_widths(table, [Mm(width) for width in widths])
    for cell, width in zip(table.rows[0].cells, widths, strict=True):
        cell.width = Mm(width)
        cell._element.remove(cell.paragraphs[0]._element)
    return table


def _text(
    where_: Any,
    text: str,
    size: int,
    *,
    bold: bool = False,
    italic: bool = False,
    ruled: bool = False,
    before: int = 0,
    where: Any = _CENTRE,
) -> None:
    """A paragraph of a cell."""
    paragraph = where_.add_paragraph()
    paragraph.alignment = where
    paragraph.paragraph_format.space_before = Pt(before)
    run = paragraph.add_run(text)
    run.bold, run.italic, run.underline, run.font.size = bold, italic, ruled, Pt(size)


def _line(
    word: Any,
    text: str,
    size: int,
    where: Any,
    *,
    bold: bool = False,
    italic: bool = False,
    before: int = 0,
    after: int = 0,
    keep: bool = False,
) -> None:
    """A paragraph of the page."""
    paragraph = word.add_paragraph()
    paragraph.alignment = where
    shape = paragraph.paragraph_format
    shape.space_before, shape.space_after, shape.keep_with_next = Pt(before), Pt(after), keep
    run = paragraph.add_run(text)
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)


def _table(word: Any, block: Table) -> None:
    table = word.add_table(rows=1, cols=len(block.head))
    table.style = "Table Grid"
    table.autofit = False
    whole = sum(map(abs, block.widths))
    widths = [Mm(_WIDTH * abs(width) / whole) for width in block.widths]
    _set_widths(table, widths)
    _fill(table.rows[0], block.head, widths, block.widths, bold=True)
    _repeat(table.rows[0])
    for row in block.rows:
        _fill(table.add_row(), row, widths, block.widths, bold=False)
    _line(word, "", 6, _LEFT)


def _set_widths(table: Any, widths: Sequence[Any]) -> None:
    """Of the grid; Word goes by the cells, LibreOffice by this."""
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width


def _fill(row: Any, texts: Sequence[str], widths: Sequence[Any], shares: Sequence[int], *, bold: bool) -> None:
    for cell, text, width, share in zip(row.cells, texts, widths, shares, strict=True):
        cell.width = width
        paragraph = cell.paragraphs[0]
        paragraph.alignment = _CENTRE if bold else _RIGHT if share < 0 else _LEFT
        run = paragraph.add_run(text)
        run.bold, run.font.size = bold, Pt(11)
    cannot_split = OxmlElement("w:cantSplit")
    row._tr.get_or_add_trPr().append(cannot_split)


def _repeat(row: Any) -> None:
    """The headings stand on each page of the table."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _chart(word: Any, chart: Chart) -> None:
    paragraph = word.add_paragraph()
    paragraph.alignment = _CENTRE
    paragraph.paragraph_format.keep_with_next = True
    picture = paragraph.add_run().add_picture(BytesIO(chart.png), width=Mm(_WIDTH))
    properties = picture._inline.docPr
    properties.set("descr", chart.text[:1000])
    properties.set("title", chart.title)
    _line(word, chart.title, 12, _CENTRE, italic=True, after=8)


def _seal(word: Any, seal: Seal) -> None:
    """The QR code, and beside it the note, line by line, in letters of one width."""
    left, right = _bare(word, (QR_MILLIMETRES + 5, _WIDTH - QR_MILLIMETRES - 5)).rows[0].cells
    picture = left.add_paragraph().add_run().add_picture(BytesIO(seal.png), width=Mm(QR_MILLIMETRES))
    picture._inline.docPr.set("descr", seal.text)
    paragraph = right.add_paragraph()
    paragraph.alignment = _LEFT
    run = paragraph.add_run(seal.note)
    run.font.name, run.font.size = "Courier New", Pt(9)


_LONGEST_PROPERTY = 255
"""The most characters that Word has for a property of a document."""


def _saved(word: Any, document: ReportDocument) -> bytes:
    core = word.core_properties
    texts = (document.subject, document.kind, document.letterhead.organ)
    core.title, core.subject, core.author = (text[:_LONGEST_PROPERTY] for text in texts)
    core.language = document.lang
    core.created = core.modified = datetime.combine(document.on, time())
    core.comments, core.last_modified_by, core.revision = "", "", 1
    saved = BytesIO()
    word.save(saved)
    return dated_alike(saved.getvalue())


def dated_alike(archive: bytes) -> bytes:
    """A zip archive with one date for all its parts, so that the same content is the same bytes."""
    alike = BytesIO()
    with zipfile.ZipFile(BytesIO(archive)) as source, zipfile.ZipFile(alike, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            part.compress_type = zipfile.ZIP_DEFLATED
            with source.open(name) as old, target.open(part, "w") as new:  # piece by piece: a part may be large
                shutil.copyfileobj(old, new)
    return alike.getvalue()
