"""A report as a Word document: a style for each part, real headings, and page numbers of its own for each appendix."""

import shutil
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time
from io import BytesIO
from typing import Any

from reformtrack.exchange.report import form
from reformtrack.exchange.report.blocks import Line, Pair, ReportDocument, Sheet, Table
from reformtrack.exchange.report.canvas import Chart
from reformtrack.exchange.report.form import Part
from reformtrack.exchange.report.qr import QR_MILLIMETRES, Seal
from reformtrack.extras import extra

with extra("exchange"):
    import docx as python_docx
    from docx.enum.section import WD_ORIENT
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_LINE_SPACING, WD_PARAGRAPH_ALIGNMENT
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls, qn
    from docx.shared import Mm, Pt, RGBColor
    from markupsafe import escape

_TWIPS = 1440 / 25.4
"""Of a millimetre."""

_BARE = "<w:tblBorders/>"
_GRID = "<w:tblBorders>{}</w:tblBorders>".format(
    "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
)


def docx(document: ReportDocument) -> bytes:
    """The document as a .docx file; the same document gives the same bytes."""
    word = python_docx.Document()
    _set_styles(word)
    _set_page(word.sections[0], landscape=False)
    _set_edges(word.sections[0], document.footer)
    width = form.width(landscape=False)
    for block in document.blocks:
        match block:
            case Sheet():
                width = form.width(landscape=block.landscape)
                _set_page(word.add_section(), landscape=block.landscape)
                # A paragraph ends the section: where the page is full, it would make another one.
                word.paragraphs[-1].paragraph_format.line_spacing = Pt(1)
            case Line():
                _add(word, _line_xml(block, width))
            case Pair():
                _add(word, [_beside(block)])
            case Table():
                _add(word, [_table(block, width), _EMPTY])
            case Chart():
                own = word.add_paragraph(style=_style(form.CAPTION))
                _picture(own, block.png, form.width(landscape=False), block.text, block.title)
                own.paragraph_format.keep_with_next = True
            case Seal():
                _seal(word, block, width)
    return _saved(word, document)


def _set_styles(word: Any) -> None:
    """A style for each part; that of a heading is one of Word's own, so that the document has an outline."""
    normal = word.styles["Normal"]
    normal.font.name, normal.font.size = form.FONT, Pt(form.BODY.size)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), form.FONT)
    normal.paragraph_format.space_after = Pt(0)
    for part in form.PARTS:
        if part in _HEADINGS:
            style = word.styles[f"Heading {part.level}"]
        else:
            style = word.styles.add_style(_style(part), WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = word.styles[f"Heading {part.level}"] if part.level else normal
        style.font.name, style.font.size, style.font.color.rgb = form.FONT, Pt(part.size), RGBColor(0, 0, 0)
        fonts = style.element.rPr.rFonts
        fonts.attrib.clear()  # the theme's face would go before ours
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{script}"), form.FONT)
        style.font.bold, style.font.italic = part.bold, part.italic
        shape = style.paragraph_format
        shape.alignment, shape.first_line_indent = WD_PARAGRAPH_ALIGNMENT[part.align.upper()], Mm(part.indent)
        shape.space_before, shape.space_after = Pt(part.before), Pt(0 if part.ruled else part.after)
        shape.line_spacing_rule = WD_LINE_SPACING.SINGLE
        shape.keep_with_next = bool(part.level)


_HEADINGS = (form.PARTS_HEADING, form.HEADING, form.BELOW)


def _style(part: Part) -> str:
    return f"Heading{part.level}" if part in _HEADINGS else f"report-{part.name}"


def _set_page(section: Any, *, landscape: bool) -> None:
    """A4, its numbers beginning with 1, in the middle above each page but the first."""
    sides = [Mm(side) for side in form.PAGE]
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = sides[::-1] if landscape else sides
    for side, length in form.MARGINS.items():
        setattr(section, f"{side}_margin", Mm(length))
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True
    for old in section._sectPr.findall(qn("w:pgNumType")):
        section._sectPr.remove(old)
    number = parse_xml(f'<w:pgNumType {nsdecls("w")} w:start="1"/>')
    section._sectPr.find(qn("w:pgMar")).addnext(number)


def _set_edges(section: Any, footer: str) -> None:
    """The page number above each page but the first; a text below each."""
    field = '<w:fldSimple w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    text = f"<w:r><w:t>{escape(footer)}</w:t></w:r>" if footer else ""
    edges = [(section.header, field), (section.first_page_header, "")]
    for edge, content in (*edges, (section.footer, text), (section.first_page_footer, text)):
        edge.is_linked_to_previous = False
        old = edge.paragraphs[0]._p
        old.addprevious(_xml(f'<w:p><w:pPr><w:pStyle w:val="{_style(form.PAGE_NUMBER)}"/></w:pPr>{content}</w:p>'))
        old.getparent().remove(old)


def _add(word: Any, elements: Iterable[str]) -> None:
    end = word.element.body.find(qn("w:sectPr"))
    for element in elements:
        end.addprevious(_xml(element))


def _xml(text: str) -> Any:
    end = text.index(">") - (text[text.index(">") - 1] == "/")
    return parse_xml(f"{text[:end]} {nsdecls('w')}{text[end:]}")


def _paragraph_xml(part: Part, text: str, more: str = "") -> str:
    lines = "</w:t><w:br/><w:t>".join(str(escape(line)) for line in text.split("\n"))
    run = f"<w:r><w:t>{lines}</w:t></w:r>" if text else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{_style(part)}"/>{more}</w:pPr>{run}</w:p>'


_EMPTY = _paragraph_xml(form.CELL, "")


def _line_xml(line: Line, width: float) -> Iterator[str]:
    """A line; and the one drawn below it, which is the border of a paragraph without words."""
    kept = "<w:keepNext/>" if line.is_kept and not line.part.level else ""
    yield _paragraph_xml(line.part, line.shown, kept)
    if line.part.ruled:
        longest = max(form.length(one, line.part) for one in line.shown.split("\n"))
        space = round((width - min(longest, width) * float(line.part.ruled)) / 2 * _TWIPS)
        border = '<w:pBdr><w:top w:val="single" w:sz="6" w:space="1" w:color="auto"/></w:pBdr>'
        size = '<w:rPr><w:sz w:val="4"/></w:rPr>'
        after = 60 + round(20 * line.part.after)
        flat = f'<w:spacing w:before="50" w:after="{after}" w:line="60" w:lineRule="exact"/>'
        sides = f'<w:ind w:left="{space}" w:right="{space}"/>'
        yield f'<w:p><w:pPr><w:pStyle w:val="{_style(form.CELL)}"/>{border}{flat}{sides}{size}</w:pPr></w:p>'


def _beside(pair: Pair) -> str:
    cells = [
        "".join(xml for line in lines for xml in _line_xml(line, width - 4)) or _EMPTY
        for lines, width in zip((pair.left, pair.right), pair.widths, strict=True)
    ]
    row = "".join(_cell(cell, width) for cell, width in zip(cells, pair.widths, strict=True))
    return _table_xml(pair.widths, f"<w:tr>{_NO_SPLIT}{row}</w:tr>", _BARE)


_NO_SPLIT = "<w:trPr><w:cantSplit/></w:trPr>"
_REPEATED = "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"


def _cell(content: str, width: float, span: int = 1) -> str:
    across = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{round(width * _TWIPS)}" w:type="dxa"/>{across}</w:tcPr>{content}</w:tc>'


def _table_xml(widths: Sequence[float], rows: str, borders: str) -> str:
    grid = "".join(f'<w:gridCol w:w="{round(width * _TWIPS)}"/>' for width in widths)
    margins = "".join(f'<w:{side} w:w="70" w:type="dxa"/>' for side in ("left", "right"))
    shape = f'<w:jc w:val="center"/>{borders}<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar>'
    whole = round(sum(widths) * _TWIPS)
    return f'<w:tbl><w:tblPr><w:tblW w:w="{whole}" w:type="dxa"/>{shape}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>'


def _table(block: Table, width: float) -> str:
    whole = sum(map(abs, block.widths))
    widths = [width * abs(share) / whole for share in block.widths]
    where = ['<w:jc w:val="right"/>' if share < 0 else "" for share in block.widths]
    together = "<w:keepNext/>" if block.is_short else ""
    where = [together + side for side in where]
    rows = [_row(block.head, widths, ["<w:keepNext/>"] * len(widths), form.CELL_HEAD, _REPEATED)]
    for row in block.rows:
        if len(row) == 1:
            text = _paragraph_xml(form.CELL, row[0], "<w:keepNext/>").replace("<w:r>", "<w:r><w:rPr><w:b/></w:rPr>")
            rows.append(f"<w:tr>{_NO_SPLIT}{_cell(text, width, len(widths))}</w:tr>")
        else:
            rows.append(_row(row, widths, where, form.CELL, _NO_SPLIT))
    return _table_xml(widths, "".join(rows), _GRID)


def _row(texts: Sequence[str], widths: Sequence[float], where: Sequence[str], part: Part, kind: str) -> str:
    cells = (
        _cell(_paragraph_xml(part, text, side), width) for text, width, side in zip(texts, widths, where, strict=True)
    )
    return f"<w:tr>{kind}{''.join(cells)}</w:tr>"


def _picture(paragraph: Any, png: bytes, width: float, text: str, title: str = "") -> None:
    picture = paragraph.add_run().add_picture(BytesIO(png), width=Mm(width))
    properties = picture._inline.docPr
    properties.set("descr", text[:1000])
    if title:
        properties.set("title", title)


def _seal(word: Any, seal: Seal, width: float) -> None:
    """The QR code, and beside it the note, line by line, in letters of one width."""
    pair = Pair((), (Line(form.CELL, seal.note),), (QR_MILLIMETRES + 5, round(width) - QR_MILLIMETRES - 5))
    _add(word, [_beside(pair), _EMPTY])
    left, right = word.tables[-1].rows[0].cells
    _picture(left.paragraphs[0], seal.png, QR_MILLIMETRES, seal.text)
    for run in right.paragraphs[0].runs:
        run.font.name, run.font.size = "Courier New", Pt(9)


_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

_LONGEST_PROPERTY = 255
"""The most characters that Word has for a property of a document."""


def _saved(word: Any, document: ReportDocument) -> bytes:
    core = word.core_properties
    texts = (document.title, document.kind, document.organ)
    core.title, core.subject, core.author = (text[:_LONGEST_PROPERTY] for text in texts)
    core.language = document.lang
    core.created = core.modified = datetime.combine(document.on, time())
    core.comments, core.last_modified_by, core.revision = "", "", 1
    # Only now: each one that moves between trees costs as much as all before it.
    for text in word.element.iter(qn("w:t")):
        text.set(_SPACE, "preserve")
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
