"""
A report as one self-contained HTML page: no script, and nothing from any other host.
"""

from importlib.resources import files

from reformtrack.exchange.report.charts import Chart
from reformtrack.exchange.report.document import ReportDocument, Signature, dateline
from reformtrack.exchange.report.qr import Seal
from reformtrack.extras import extra
from reformtrack.language import Language

with extra("exchange"):
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup


def html(document: ReportDocument) -> bytes:
    """The document as an HTML page in UTF-8; the same document gives the same bytes."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["drawing"] = _drawing
    environment.filters["code"] = lambda block: Markup(block.svg.decode())  # segno made it, of no text of others
    environment.tests["chart"] = lambda block: isinstance(block, Chart)
    environment.tests["signature"] = lambda block: isinstance(block, Signature)
    environment.tests["seal"] = lambda block: isinstance(block, Seal)
    template = environment.from_string(files(__package__).joinpath("report.html").read_text(encoding="utf-8"))
    say = Language(document.lang)
    words = {
        "number": say("No.: {number}", number=document.letterhead.number),
        "recipients": say("Recipients:"),
        "dateline": dateline(document, say),
        "contents": say("Contents"),
    }
    return template.render(document=document, words=words, head=document.letterhead).encode()


def _drawing(chart: Chart) -> Markup:
    """A chart's SVG without what only a file of its own needs, and with ids of its own: several stand in one page."""
    svg = chart.svg.decode()
    svg = svg[svg.index("<svg") :]
    for mark in ('id="', 'xlink:href="#', "url(#"):
        svg = svg.replace(mark, f"{mark}{chart.name}-")
    return Markup(
        svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
    )  # matplotlib escaped the texts in it
