"""
What the charts of a report are drawn on: one definition for HTML, Word and PDF, as SVG with its letters as outlines, or as PNG.
"""

import textwrap
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from io import BytesIO
from itertools import accumulate
from typing import Any

import attrs

from reformtrack.extras import extra

with extra("exchange"):
    import matplotlib
    import typst
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

INK, DONE, LATE, FAINT, MUTED = "#1f2933", "#06606a", "#bf360c", "#e4e9ee", "#4a5968"
"""
The colours: text, completed, overdue, the rest, and the text of what is to come; the page has the same.

Told apart without red or green, and without colour too: by place, hatch, line, shape, sign or number.
"""

HATCH: Any = {"hatch": "////", "edgecolor": "white", "linewidth": 0}
"""What is overdue, or lowers a rate: on black and white paper it is as dark as what is completed."""

_SETTINGS: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "hatch.linewidth": 0.8,
    "svg.fonttype": "path",
    "svg.hashsalt": "reformtrack",
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_WIDTH = 7.2
_LINE, _BETWEEN = 0.145, 0.14
"""The height of a line of a label, and what a row is higher than its lines: in inches."""

_LETTERS = 38
"""The length of a line of a label."""

_HIGHEST = 7.0
"""The height that the rows of a chart may have, in inches: more are drawn in charts of their own, each on one page."""


@attrs.frozen
class Chart:
    """A chart of a plan."""

    name: str
    """What it is, as `burn-up`: for file names and anchors. Each part after the first has its number."""
    title: str
    text: str
    """What it shows, as alternative text."""
    note: str
    """The note beside it; empty for none."""
    _drawn: Callable[[], bytes] = attrs.field(repr=False)

    @cached_property
    def svg(self) -> bytes:
        """Drawn as lines."""
        return self._drawn()

    @cached_property
    def png(self) -> bytes:
        """The same as dots, 220 an inch."""
        drawing = "".join(f"\\u{{{ord(letter):x}}}" if letter in '"\\' else letter for letter in self.svg.decode())
        page = f'#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes("{drawing}"), format: "svg")'
        return typst.compile(page.encode(), format="png", ppi=220)


def told(axes: Axes, x: float, y: float, words: str) -> None:
    axes.annotate(words, (x, y), (4, 0), textcoords="offset points", va="center")


def chart(name: str, title: str, text: str, height: float, draw: Callable[[Axes], None], note: str = "") -> Chart:
    def drawn() -> bytes:
        content = BytesIO()
        with matplotlib.rc_context(_SETTINGS):
            figure = Figure(figsize=(_WIDTH, height), layout="constrained")
            draw(figure.subplots())
            # Figure.savefig would draw it twice.
            metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
            FigureCanvasSVG(figure).print_svg(content, metadata=metadata)  # type: ignore[no-untyped-call]  # no stubs
        return content.getvalue()

    return Chart(name, title, text, note, drawn)


@attrs.frozen
class Rows:
    """The rows of a chart, each as high as its label, which is wrapped: in inches from above."""

    labels: Sequence[str]
    middles: Sequence[float]
    height: float

    @classmethod
    def of(cls, labels: Sequence[str]) -> "Rows":
        wrapped = [_wrapped(label) for label in labels]
        ends = list(accumulate(map(_height, wrapped)))
        middles = [end - _height(label) / 2 for end, label in zip(ends, wrapped, strict=True)]
        return cls(wrapped, middles, ends[-1] if ends else _BETWEEN + _LINE)

    def set(self, axes: Axes) -> None:
        axes.set_yticks(self.middles, self.labels)
        axes.set_ylim(self.height, 0)


def _wrapped(label: str) -> str:
    return textwrap.fill(label, _LETTERS)


def _height(wrapped: str) -> float:
    return _BETWEEN + _LINE * (wrapped.count("\n") + 1)


def pages(labels: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where each part of rows begins and ends that is not too high for a page; one part of nothing."""
    start, height = 0, 0.0
    for place, label in enumerate(labels):
        own = _height(_wrapped(label))
        if height + own > _HIGHEST:
            yield start, place
            start, height = place, 0.0
        height += own
    yield start, len(labels)
