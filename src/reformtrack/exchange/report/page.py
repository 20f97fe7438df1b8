"""A report as one self-contained HTML page: no script, and nothing from any other host."""

from importlib.resources import files

from reformtrack.exchange.report import form
from reformtrack.exchange.report.blocks import Line, ReportDocument
from reformtrack.exchange.report.canvas import Chart
from reformtrack.exchange.report.form import Part
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
    environment.globals["kind"] = lambda block: type(block).__name__
    template = environment.from_string(files(__package__).joinpath("report.html").read_text(encoding="utf-8"))
    parts = [block for block in document.blocks if isinstance(block, Line) and block.part.level]
    say = Language(document.lang)
    words = {"contents": say("Contents"), "heads": parts}
    rules = Markup("\n".join(map(_rule, form.PARTS)))
    return template.render(document=document, words=words, form=form, rules=rules).encode()


def _rule(part: Part) -> str:
    """A part's look, for a screen and for print."""
    look = (
        f"text-align: {part.align}; font-size: {part.size}pt; font-weight: {'bold' if part.bold else 'normal'}; "
        f"font-style: {'italic' if part.italic else 'normal'}; margin: {part.before}pt 0 {part.after}pt; "
        f"text-indent: {part.indent}mm;"
    )
    drawn = f" .{part.name} span::after {{ width: {float(part.ruled):.0%}; }}" if part.ruled else ""
    return f".{part.name} {{ {look} }}{drawn}"


def _drawing(chart: Chart) -> Markup:
    """A chart's SVG without what only a file of its own needs, and with ids of its own: several stand in one page."""
    svg = chart.svg.decode()
    svg = svg[svg.index("<svg") :]
    for mark in ('id="', 'xlink:href="#', "url(#"):
        svg = svg.replace(mark, f"{mark}{chart.name}-")
    # matplotlib escaped the texts in it
    return Markup(svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))
