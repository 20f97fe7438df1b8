"""
The form of a report, part by part, as phụ lục I of Nghị định 30/2020/NĐ-CP has it. Each writer reads this table.

Sizes and spaces are in points, lengths in millimetres.
"""

import math
from fractions import Fraction
from typing import Literal

import attrs

FONT = "Times New Roman"
SUBSTITUTES = ("Liberation Serif", "Tinos", "TeX Gyre Termes", "Libertinus Serif")
"""What a PDF is set in where the machine does not have it; the last comes with what sets it."""

PAGE = (210, 297)
MARGINS = {"top": 20, "bottom": 20, "left": 30, "right": 15}
HEAD_WIDTHS = (66, 99)
"""The columns of the letterhead: the organ, the nation."""

SIGN_WIDTHS = (80, 85)

Align = Literal["left", "center", "right", "justify"]


def width(*, landscape: bool) -> int:
    """Between the margins of a page."""
    return PAGE[landscape] - MARGINS["left"] - MARGINS["right"]


@attrs.frozen
class Part:
    """How a part of a report is printed."""

    name: str
    """For the styles of Word and of the page."""
    size: float
    align: Align = "center"
    bold: bool = False
    italic: bool = False
    caps: bool = False
    before: float = 0
    after: float = 0
    indent: float = 0
    """Of its first line."""
    ruled: Fraction = Fraction(0)
    """The length of the line below it, as a share of its text's; 0 for none."""
    level: int = 0
    """As a heading: 1 to 3; 0 for none."""


_HALF = Fraction(2, 5)

NATION = Part("nation", 12, bold=True, caps=True)
MOTTO = Part("motto", 13, bold=True, ruled=Fraction(1))
PARENT = Part("parent", 12, caps=True)
ORGAN = Part("organ", 12, bold=True, caps=True, ruled=_HALF)
NUMBER = Part("number", 13, before=6)
DATELINE = Part("dateline", 13, italic=True, before=6)
DRAFT = Part("draft", 13, bold=True, caps=True, before=6)
KIND = Part("kind", 14, bold=True, caps=True, before=14)
SUBJECT = Part("subject", 14, bold=True, after=8, ruled=_HALF)
REPLACES = Part("replaces", 14, italic=True, after=8)
NOTICE = Part("notice", 12, italic=True, after=8)
ADDRESSEE = Part("addressee", 14, before=4, after=10)
PARTS_HEADING = Part("part", 14, "justify", bold=True, caps=True, before=10, after=4, indent=10, level=1)
HEADING = Part("heading", 14, "justify", bold=True, before=6, after=4, indent=10, level=2)
BELOW = Part("below", 14, "justify", bold=True, italic=True, before=4, after=4, indent=10, level=3)
BODY = Part("body", 14, "justify", after=6, indent=10)
CAPTION = Part("caption", 12, italic=True, after=8)
NOTE = Part("note", 12, "justify", italic=True, after=6)
RECIPIENTS = Part("recipients", 12, "left", bold=True, italic=True)
RECIPIENT = Part("recipient", 11, "left")
SIGNER_TITLE = Part("signer-title", 14, bold=True, caps=True)
SIGNER = Part("signer", 14, bold=True, before=72)
APPENDIX = Part("appendix", 14, bold=True, level=1)
APPENDIX_TITLE = Part("appendix-title", 14, bold=True, caps=True)
APPENDIX_OF = Part("appendix-of", 14, italic=True, after=8)
CELL_HEAD = Part("cell-head", 11, bold=True)
CELL = Part("cell", 11, "left")
PAGE_NUMBER = Part("page-number", 13)

PARTS = tuple(value for value in list(globals().values()) if isinstance(value, Part))

_WIDE = {**dict.fromkeys(" fijltI.,;:'()-", 0.3), **dict.fromkeys("mwMW", 0.85)}
"""The widths of letters that are far from the mean, as shares of the size."""


def length(text: str, part: Part) -> float:
    """About how long a line is in print, in millimetres: Word has nothing that it could be measured by."""
    ems = sum(_WIDE.get(letter, 0.71 if letter.isupper() else 0.475) for letter in text)
    return ems * part.size * (1.06 if part.bold else 1) / 72 * 25.4


def balanced(text: str, part: Part, most: float) -> str:
    """
    A text in as few lines as fit, about as long as each other, that part no name: a capital stays with the one before it.

    >>> balanced("Kết quả thực hiện Kế hoạch cải cách hành chính năm 2023 của tỉnh Đắk Nông", SUBJECT, 140).splitlines()
    ['Kết quả thực hiện Kế hoạch cải cách', 'hành chính năm 2023 của tỉnh Đắk Nông']
    """
    words = text.split()
    whole = length(text, part)
    lines: list[str] = []
    for left in range(math.ceil(whole / most), 1, -1):
        aim = length(" ".join(words), part) / left
        ends = [end for end in range(1, len(words)) if not (words[end - 1][:1].isupper() and words[end][:1].isupper())]
        fits = [end for end in ends if length(" ".join(words[:end]), part) <= most]
        if not fits:
            break
        best = min(fits, key=lambda end: abs(length(" ".join(words[:end]), part) - aim))
        lines.append(" ".join(words[:best]))
        words = words[best:]
    return "\n".join((*lines, " ".join(words)))
