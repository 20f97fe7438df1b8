"""The blocks that a report is made of: what each writer sets, in order. No writer says a word of its own."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import attrs

from reformtrack.domain.wording import Lang
from reformtrack.exchange.report import form
from reformtrack.exchange.report.canvas import Chart
from reformtrack.exchange.report.form import Part
from reformtrack.exchange.report.qr import Seal


class Line(NamedTuple):
    """A paragraph of a part."""

    part: Part
    text: str

    @property
    def shown(self) -> str:
        """The text as printed."""
        return self.text.upper() if self.part.caps else self.text

    @property
    def is_kept(self) -> bool:
        """Whether it stays on the page of what follows: a heading, words that lead to a list, the closing ones."""
        return bool(self.part.level) or self.text.endswith((":", "./."))


@attrs.frozen
class Pair:
    """Lines beside lines: the letterhead, and the recipients beside the signature."""

    left: Sequence[Line]
    right: Sequence[Line]
    widths: tuple[int, int]
    """Of the two columns, in millimetres."""


class Id(str):
    """The text of a cell that is printed as it stands: it has no capital at its beginning."""


def _lines(text: str, letters: float) -> float:
    """How many lines a text has at most: of two that follow one another more than one is filled, and each has a word."""
    parts = [(len(part), len(part.split())) for part in text.split("\n")]
    return sum(1 if length <= letters else min(words, 1 + 2 * length / letters) for length, words in parts)


@attrs.frozen
class Table:
    """Rows under headings."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    """A row of one text is a heading across all columns."""
    widths: Sequence[int]
    """The share of the width of each column; a negative one is of a column of numbers, set to the right."""

    @property
    def is_short(self) -> bool:
        """Whether it stands on one page, of which it takes a third."""
        return sum(map(self.height, self.rows)) <= 260

    def height(self, row: Sequence[str]) -> float:
        """How high a row is at most, on a page upright, in points."""
        shares = [*map(abs, self.widths)]
        points = form.width(landscape=False) / 25.4 * 72 / sum(shares)
        widths = [points * share - 7 for share in (shares if len(row) > 1 else [sum(shares)])]
        lines = [_lines(text, 2 * width / form.CELL.size) for text, width in zip(row, widths, strict=True)]
        return 1.25 * form.CELL.size * max(lines) + 4


@attrs.frozen
class Sheet:
    """From here on, a new page with page numbers of its own."""

    landscape: bool = False


Block = Line | Pair | Table | Sheet | Chart | Seal


@attrs.frozen(kw_only=True)
class ReportDocument:
    """A report, ready to be written."""

    lang: Lang
    title: str
    """For the properties of a file: what it is about."""
    kind: str
    """What it is: "BÁO CÁO"."""
    organ: str
    on: date
    """The day on which it was issued, or corrected."""
    footer: str = ""
    """Below each page: that it is a draft; empty for none."""
    blocks: Sequence[Block] = ()
