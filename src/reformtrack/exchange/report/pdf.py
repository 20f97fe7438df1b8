"""A report as PDF, set by Typst."""

import logging
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import Any

from reformtrack.domain.errors import InvalidField
from reformtrack.domain.gathered import grouped
from reformtrack.domain.said import said
from reformtrack.domain.texts import normalised
from reformtrack.exchange import bounded
from reformtrack.exchange.bounded import Unusable
from reformtrack.exchange.report import form, pdf_setter
from reformtrack.exchange.report.blocks import Block, Line, Pair, ReportDocument, Sheet, Table
from reformtrack.exchange.report.canvas import Chart
from reformtrack.exchange.report.qr import QR_MILLIMETRES, Seal
from reformtrack.extras import extra
from reformtrack.language import Language

with extra("exchange"):
    import typst
    from matplotlib.ft2font import FT2Font

_logger = logging.getLogger(__name__)

_MARGINS = ", ".join(f"{side}: {length}mm" for side, length in form.MARGINS.items())
_SYLLABIC = [normalised(base + tone) for base in "aăâeêioôơuưy" for tone in ("", *"\u0300\u0301\u0303\u0309\u0323")]
_LETTERS = frozenset(map(ord, "".join(_SYLLABIC) + "đ“”–…")) | frozenset(map(ord, "".join(_SYLLABIC).upper() + "Đ"))
"""What a font has to have, lest the letters that it lacks are set in another face."""

_TEMPLATE = f"""
#set document(title: data.title, author: data.organ, date: none)
#set page(paper: "a4", margin: ({_MARGINS}), header-ascent: 30%,
  header: context if counter(page).get().first() > 1 {{
    align(center, text({form.PAGE_NUMBER.size}pt, counter(page).display()))
  }}, footer: align(center, text({form.PAGE_NUMBER.size}pt, data.footer)))
#set text(font: (data.font, "{form.SUBSTITUTES[-1]}"), size: {form.BODY.size}pt, lang: data.lang, hyphenate: false,
  top-edge: "ascender", bottom-edge: "descender")
#set par(leading: 0.1em, spacing: 0pt)
#show heading: it => it.body
#let ruled(body, share) = layout(size => {{
  block(above: 0pt, below: 0pt, width: 100%, body)
  block(above: 2pt, below: 4pt, width: 100%, line(length: calc.min(measure(body).width, size.width) * share, stroke: 0.6pt))
}})
"""


@cache
def substitute() -> str:
    """
    What a PDF is set in where the machine does not have the font that its form asks for, with all letters of Vietnamese in each
    of its faces; empty where it does.
    """
    faces = grouped((face.family, face.path) for face in typst.Fonts().fonts())
    there = (one for one in (form.FONT, *form.SUBSTITUTES) if one in faces and all(map(_is_whole, faces[one])))
    found = next(there, form.SUBSTITUTES[-1])
    return "" if found == form.FONT else found


def _is_whole(path: str | None) -> bool:
    return path is not None and FT2Font(path).get_charmap().keys() >= _LETTERS


def font_words(say: Language) -> str:
    """That a PDF is set in another font than its form asks for; empty where it is not."""
    if not (other := substitute()):
        return ""
    return say(
        "This machine has no {font} with all Vietnamese letters, which a report is set in: its PDF has {other}",
        font=form.FONT,
        other=other,
    )


def pdf(document: ReportDocument) -> bytes:
    """
    The document as a PDF file; the same document gives the same bytes on one machine, whose fonts it uses.

    Raises:
        InvalidField: setting it takes too long or too much memory.
    """
    if words := font_words(Language("en")):
        _logger.info(words)
    data = {name: getattr(document, name) for name in ("title", "organ", "footer", "lang")}
    data["font"] = substitute() or form.FONT
    parts = [f"#let data = {_value(data)}", _TEMPLATE, *(part for block in document.blocks for part in _set(block))]
    try:
        return bounded.work(pdf_setter.__file__, "\n".join(parts).encode(), "")
    except Unusable as error:
        accepted = said(
            "another form: a PDF is made in at most {seconds} seconds and {memory} bytes of memory ({found})",
            seconds=bounded.SECONDS,
            memory=f"{bounded.MEMORY:,}",
            found=error.found,
        )
        raise InvalidField("rendered", "form", ".pdf", accepted) from error


def _set(block: Block) -> Iterator[str]:
    match block:
        case Sheet():
            yield "#counter(page).update(0)"
            yield f"#set page(flipped: {_value(block.landscape)})"
        case Line():
            yield f"#{_line(block)}"
        case Pair():
            columns = ", ".join(f"{width}mm" for width in block.widths)
            cells = ", ".join(
                "[" + " ".join(f"#{_line(line)}" for line in lines) + "]" for lines in (block.left, block.right)
            )
            yield f"#block(breakable: false, below: 0pt, grid(columns: ({columns}), {cells}))"
        case Table():
            yield _table(block)
        case Chart():
            yield f"#block(above: 8pt, below: 4pt, sticky: true, {_image(block, form.width(landscape=False))})"
        case Seal():
            longest = max(map(len, block.note.splitlines()))
            size = min(9, form.width(landscape=False) / 25.4 * 72 / longest / 0.61)  # nothing breaks a line of it
            yield f"#block(below: 4mm, {_image(block, QR_MILLIMETRES)})"
            yield f"#text({size:.1f}pt, raw({_value(block.note)}, block: true))"


def _image(block: Chart | Seal, width: float) -> str:
    drawing = f'bytes({_value(block.svg.decode())}), format: "svg"'
    return f"image({drawing}, width: {width}mm, alt: {_value(block.text)})"


def _line(line: Line) -> str:
    part = line.part
    weight, style = "bold" if part.bold else "regular", "italic" if part.italic else "normal"
    text = f'text(size: {part.size}pt, weight: "{weight}", style: "{style}", {_value(line.shown)})'
    if part.level:
        text = f"heading(level: {part.level}, {text})"
    text = f"ruled({text}, {float(part.ruled)})" if part.ruled else f"par({text})"
    justified = part.align == "justify"
    shape = f"justify: {_value(justified)}, first-line-indent: (amount: {part.indent}mm, all: true)"
    set_ = f"{{ set par({shape}); set align({'left' if justified else part.align}); {text} }}"
    around = f"width: 100%, above: {part.before}pt, below: {part.after}pt, sticky: {_value(line.is_kept)}"
    return f"block({around}, {set_})"


def _table(block: Table) -> str:
    columns = ", ".join(f"{abs(width)}fr" for width in block.widths)
    where = ", ".join("right" if width < 0 else "left" for width in block.widths)
    head = ", ".join(f"table.cell(align: center, strong({_value(text)}))" for text in block.head)
    across = f"table.cell(colspan: {len(block.head)}, align: left, strong("
    rows = []
    for is_heading, some in groupby(block.rows, lambda row: len(row) == 1):
        if is_heading:  # headings that follow one another are one: Typst cannot set a third below that of the table
            headings = ", ".join(f"{across}{_value(text)}))" for (text,) in some)
            rows.append(f"table.header(level: 2, repeat: false, {headings})")
        else:
            rows.extend(_row(row, block.height(row)) for row in some)
    cells = ", ".join(rows)
    shape = f"columns: ({columns},), align: ({where},), stroke: 0.5pt, inset: (x: 3.5pt, y: 2pt)"
    around = f"above: 6pt, below: 10pt, breakable: {_value(not block.is_short)}"
    text = f"set text({form.CELL.size}pt); set par(justify: false, leading: 0.1em);"
    return f"#block({around}, {{ {text} table({shape}, table.header({head}), {cells}) }})"


_HIGH = 400
"""From how many points on a row may go over the end of a page; one across has fewer than 500."""


def _row(row: Sequence[str], height: float) -> str:
    parted = _value(height > _HIGH)
    return ", ".join(f"table.cell(breakable: {parted}, {_value(text)})" for text in row)


def _value(value: Any) -> str:
    """A value in Typst's code: what a text holds is never read as markup."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return f"({', '.join(f'{name}: {_value(inner)}' for name, inner in value.items())})"
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", " ")
    return f'"{escaped}"'
