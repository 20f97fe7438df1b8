"""The numbers of a Word document that Word itself puts before its paragraphs: they are no text of the document."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple
from xml.etree.ElementTree import Element

from .cells import MAX_FORMAT, elements, is_on

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9
_BULLETS = str.maketrans({"\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "-", "\uf0fc": "-", "o": "-"})
"""What the signs of symbol fonts show before an item of a list."""


class _Level(NamedTuple):
    """One level of a list."""

    form: str
    """As `upperRoman`."""
    text: str
    """As `%1.%2.`."""
    start: int
    is_legal: bool
    """Whether the numbers of higher levels stand in it as 1, 2, 3."""
    goes_on: bool
    """Whether it counts on below the next item of a higher level."""


class WordNumbers:
    """
    Counts the numbered paragraphs of a document, from its beginning.

    Args:
        numbering: the part of the document with its lists; empty for a document without lists.
        styles: the part with its styles.
    """

    def __init__(self, numbering: bytes, styles: bytes) -> None:
        self._styles = {value(style, "styleId"): style for style in elements(styles, f"{WORD}style")}
        made = {value(one, "abstractNumId"): one for one in elements(numbering, f"{WORD}abstractNum")}
        nums = {
            value(one, "numId"): value(one.find(f"{WORD}abstractNumId")) for one in elements(numbering, f"{WORD}num")
        }
        kinds = {}
        for id, kind_ in made.items():
            linked = self._of_style(value(kind_.find(f"{WORD}numStyleLink")))[0]
            kinds[id] = _levels(kind_) or _levels(made.get(nums.get(linked, ""), kind_))
        self._lists: dict[str, tuple[str, Mapping[int, _Level]]] = {}
        for one in elements(numbering, f"{WORD}num"):
            kind = value(one.find(f"{WORD}abstractNumId"))
            restarted = {int(value(o, "ilvl") or 0): o for o in one.findall(f"{WORD}lvlOverride")}
            levels = dict(kinds.get(kind, {}))
            for number, override in restarted.items():
                start = override.find(f"{WORD}startOverride")
                levels |= _levels(override)
                if number in levels and start is not None:
                    levels[number] = levels[number]._replace(start=_start(start))
            id = value(one, "numId")
            self._lists[id] = (f"{kind} {id}" if restarted else kind, levels)
        self._counts: dict[str, list[int]] = defaultdict(lambda: [-1] * _LEVELS)

    def before(self, paragraph: Element) -> str:
        """What stands before a paragraph, which is the next one of the document; empty where nothing does."""
        own = paragraph.find(f"{WORD}pPr")
        gone = (own.find(f"{WORD}rPr/{WORD}{name}") for name in ("del", "moveFrom")) if own is not None else ()
        if any(mark is not None for mark in gone):
            return ""  # while changes are tracked
        id, level = _of(own)
        if not id and own is not None:
            id, of_style = self._of_style(value(own.find(f"{WORD}pStyle")))
            level = of_style if own.find(f"{WORD}numPr/{WORD}ilvl") is None else level
        key, levels = self._lists.get(id, ("", {}))
        if id in ("", "0") or level not in levels or not 0 <= level < _LEVELS:
            return ""
        counts = self._counts[key]
        for upper in range(level):
            counts[upper] = max(counts[upper], levels[upper].start if upper in levels else 1)
        counts[level] = counts[level] + 1 if counts[level] >= 0 else levels[level].start
        for lower in range(level + 1, _LEVELS):
            if lower not in levels or not levels[lower].goes_on:
                counts[lower] = -1
        if levels[level].form == "bullet":
            return levels[level].text.translate(_BULLETS)
        text = levels[level].text
        for place in range(_LEVELS):
            form = levels[place].form if place in levels and not levels[level].is_legal else "decimal"
            text = text.replace(f"%{place + 1}", _said(counts[place], form))
        return text.strip()

    def _of_style(self, name: str) -> tuple[str, int]:
        """The list of a style, or of the one that it is based on."""
        for _ in range(_LEVELS):
            if (style := self._styles.get(name)) is None:
                break
            if (found := _of(style.find(f"{WORD}pPr")))[0]:
                return found
            name = value(style.find(f"{WORD}basedOn"))
        return "", 0


def _levels(kind: Element) -> dict[int, _Level]:
    found = {}
    for level in kind.findall(f"{WORD}lvl"):
        form, text = (value(level.find(f"{WORD}{name}")) for name in ("numFmt", "lvlText"))
        found[int(value(level, "ilvl") or 0)] = _Level(
            form or "decimal",
            text[:MAX_FORMAT],
            _start(level.find(f"{WORD}start")),
            is_on(level, "isLgl"),
            value(level.find(f"{WORD}lvlRestart")) == "0",
        )
    return found


def _start(element: Element | None) -> int:
    """The first number of a level; 1 where none, or none that can be counted from, is given."""
    given = value(element)
    return int(given) if given.isdigit() and len(given) < 6 else 1


def _of(properties: Element | None) -> tuple[str, int]:
    """The id of the list of a paragraph or a style, and its level."""
    numbered = properties.find(f"{WORD}numPr") if properties is not None else None
    if numbered is None:
        return "", 0
    level = value(numbered.find(f"{WORD}ilvl"))
    return value(numbered.find(f"{WORD}numId")), int(level) if level.isdigit() else 0


def value(element: Element | None, name: str = "val", default: str = "") -> str:
    """An attribute of an element, its value unless another is named; or else the default."""
    return element.get(f"{WORD}{name}", default) if element is not None else default


def _said(count: int, form: str) -> str:
    """A number as its form has it."""
    if count < 1 or form not in ("upperRoman", "lowerRoman", "upperLetter", "lowerLetter"):
        return "" if form == "none" else f"{count:02}" if form == "decimalZero" else str(max(count, 0))
    if form.endswith("Letter"):
        text = chr(65 + (count - 1) % 26) * min(1 + (count - 1) // 26, 5)
    else:
        text, rest = "", min(count, 3_999)
        for value, sign in _ROMAN:
            text, rest = text + sign * (rest // value), rest % value
    return text.lower() if form.startswith("lower") else text


_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"),
    (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
