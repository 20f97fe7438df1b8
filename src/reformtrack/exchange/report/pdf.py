"""
A report as PDF, set by Typst.
"""

from collections.abc import Iterator
from typing import Any

from reformtrack.exchange.report.charts import Chart
from reformtrack.exchange.report.document import Block, Heading, Paragraph, ReportDocument, Signature, Table, dateline
from reformtrack.exchange.report.qr import QR_MILLIMETRES, Seal
from reformtrack.extras import extra
from reformtrack.language import Language

with extra("exchange"):
    import typst

_TEMPLATE = """
#set document(title: data.subject, author: data.organ, date: none)
#set page(paper: "a4", margin: (top: 20mm, bottom: 20mm, left: 30mm, right: 15mm),
  header: context if counter(page).get().first() > 1 { align(center, text(12pt, counter(page).display())) })
#set text(font: ("Times New Roman", "Liberation Serif", "Libertinus Serif"), size: 13pt, lang: data.lang, fallback: true)
#set par(justify: true, leading: 0.75em)
#show table.cell: set text(10.5pt)
#show table.cell: set par(justify: false)
#[#set par(justify: false)
#grid(columns: (2fr, 3fr), column-gutter: 4mm, align: center,
  [#upper(data.parent) #if data.parent != "" [\\ ] #underline(offset: 4pt, strong(upper(data.organ))) \\ #v(1mm) #data.number],
  [#for line in (strong(data.nation), underline(offset: 4pt, strong(data.motto))) [#line \\ ] #v(1mm) #emph(data.dateline)])]
#v(4mm)
#align(center)[#set par(justify: false)
#strong(data.kind) \\ #strong(data.subject)]
#if data.notice != "" { align(center, text(11pt, emph(data.notice))) }
"""


def pdf(document: ReportDocument) -> bytes:
    """The document as a PDF file; the same document gives the same bytes on one machine, whose fonts it uses."""
    say = Language(document.lang)
    head = document.letterhead
    data = {
        "subject": document.subject,
        "organ": head.organ,
        "parent": head.parent,
        "number": say("No.: {number}", number=head.number),
        "nation": head.nation,
        "motto": head.motto,
        "dateline": dateline(document, say),
        "kind": document.kind,
        "notice": document.notice,
        "lang": document.lang,
    }
    parts = [
        f"#let data = {_value(data)}",
        _TEMPLATE,
        *(part for block in document.blocks for part in _set(block, say)),
    ]
    return typst.compile("\n".join(parts).encode())


def _set(block: Block, say: Language) -> Iterator[str]:
    match block:
        case Heading():
            if block.opens_page:
                yield "#pagebreak(weak: true)"
            yield f"#block(above: 5mm, below: 3mm, sticky: true, strong({_value(block.text)}))"
        case Paragraph(kind="note"):
            yield f"#text(11pt, emph({_value(block.text)}))"
        case Paragraph():
            yield f"#par({_value(block.text)})"
        case Table():
            yield _table(block)
        case Chart():
            drawing = f'bytes({_value(block.svg.decode())}), format: "svg", width: 100%, alt: {_value(block.text)}'
            yield f"#figure(image({drawing}), numbering: none, caption: text(11pt, emph({_value(block.title)})))"
        case Signature():
            yield _signed(block, say)
        case Seal():
            code = f'image(bytes({_value(block.svg.decode())}), format: "svg", width: 100%, alt: {_value(block.text)})'
            columns = f"columns: ({QR_MILLIMETRES}mm, 1fr), column-gutter: 5mm"
            yield f"#block(breakable: false, grid({columns}, {code}, text(9pt, raw({_value(block.note)}))))"


def _table(block: Table) -> str:
    columns = ", ".join(f"{abs(width)}fr" for width in block.widths)
    where = ", ".join("right" if width < 0 else "left" for width in block.widths)
    head = ", ".join(f"table.cell(align: center, strong({_value(text)}))" for text in block.head)
    cells = ", ".join(_value(text) for row in block.rows for text in row)
    return f"#table(columns: ({columns},), align: ({where},), stroke: 0.5pt, inset: 4pt, table.header({head}), {cells})"


def _signed(block: Signature, say: Language) -> str:
    head, recipients = block.head, _value(list(block.recipients))
    left = f"text(11pt)[#strong(emph({_value(say('Recipients:'))})) #for line in {recipients} [\\ #line]]"
    right = (
        f"align(center)[#strong(upper({_value(head.capacity)})) \\ #strong(upper({_value(head.signer_title)})) "
        f"#v(22mm) #strong({_value(head.signer)})]"
    )
    return f"#v(6mm)\n#block(breakable: false, grid(columns: (1fr, 1fr), {left}, {right}))"


def _value(value: Any) -> str:
    """A value in Typst's code: what a text holds is never read as markup."""
    if isinstance(value, dict):
        return f"({', '.join(f'{name}: {_value(inner)}' for name, inner in value.items())})"
    if isinstance(value, list):
        return f"({''.join(f'{_value(inner)}, ' for inner in value)})"
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", " ")
    return f'"{escaped}"'
