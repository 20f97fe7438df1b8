"""
The tables of a Word document as the rows of a sheet.
"""

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from .cells import (
    MAX_CELLS,
    MAX_CHARACTERS,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_TEXT,
    OFF,
    Marks,
    cell_name,
    elements,
    is_on,
    no_marks,
    struck_look,
    with_raised,
)
from .word_numbers import WORD, WordNumbers, value

_DEEPEST = 20
"""Of so many styles each may be based on the next."""

_SYMBOLS = {"f0fc": "✓", "f0fe": "☑", "f0fd": "☒", "f052": "☑", "f0a8": "☐", "f06f": "☐", "f0a3": "☐", "f02a": "☐"}
"""What the signs of symbol fonts show that stand for a mark, or for none."""


def word_sheet(document: bytes, numbers: WordNumbers, styles: bytes) -> dict[str, Any]:
    """
    A Word document as one sheet: a paragraph is a row with one cell, a row of a table is a row.

    Args:
        document: the part with its text.
        numbers: what stands before its paragraphs.
        styles: the part with its styles; empty for none.

    What was deleted or moved away while changes are tracked is no text.
    """
    rows: list[list[Any]] = []
    merged: list[Any] = []
    marks, looks = no_marks(), _Looks(styles)
    body = ElementTree.fromstring(document).find(f"{WORD}body")
    for block in _children(body, "p", "tbl") if body is not None else ():
        if len(rows) > MAX_ROWS:
            raise ValueError(f"more than {MAX_ROWS} rows")
        if block.tag == f"{WORD}p":
            number = numbers.before(block)
            if text := f"{number} {_word_text(block)}".strip() if number[:1].isalnum() else _word_text(block):
                rows.append([text])
                _word_marks(block, len(rows) - 1, 0, marks, looks)
        else:
            _add_table(block, rows, merged, marks, numbers, looks)
    if sum(len(text) for row in rows for text in row if text) > MAX_CHARACTERS:
        raise ValueError(f"more than {MAX_CHARACTERS} characters")
    width = max(map(len, rows), default=0)
    if width > MAX_COLUMNS or sum(map(len, rows)) > MAX_CELLS:
        raise ValueError(f"more than {MAX_COLUMNS} columns")
    return {"name": "Word", "rows": rows, "merged": merged, **marks}


def _children(parent: ElementTree.Element, *names: str) -> Iterator[ElementTree.Element]:
    """The paragraphs and tables of a document, the rows of a table, the cells of a row: those in content controls too."""
    for child in parent:
        if child.tag.removeprefix(WORD) in names:
            yield child
        elif child.tag in (f"{WORD}sdt", f"{WORD}sdtContent", f"{WORD}customXml"):
            yield from _children(child, *names)


def _add_table(
    table: ElementTree.Element,
    rows: list[list[Any]],
    merged: list[Any],
    marks: Marks,
    numbers: WordNumbers,
    looks: "_Looks",
) -> None:
    begun: dict[int, int] = {}
    areas: dict[tuple[int, int], list[int]] = {}
    for row in _children(table, "tr"):
        cells: list[Any] = []
        first, is_merged = "", False
        top, is_deleted = len(rows), row.find(f"{WORD}trPr/{WORD}del") is not None
        if any(is_on(properties, "hidden") for properties in row.iterfind(f"{WORD}trPr")):
            marks["hidden"].append(top)
        cells += [None] * min(int(value(row.find(f"{WORD}trPr/{WORD}gridBefore"), default="0")), MAX_COLUMNS)
        for cell in _children(row, "tc"):  # a table in a cell is text of the cell
            place = len(cells)
            width = min(int(value(cell.find(f"{WORD}tcPr/{WORD}gridSpan"), default="1")), MAX_COLUMNS)
            merge = cell.find(f"{WORD}tcPr/{WORD}vMerge")
            goes_on = merge is not None and value(merge, default="continue") == "continue" and place in begun
            put = [numbers.before(p) for p in cell.iter(f"{WORD}p") if not is_deleted]
            text = "\n".join(filter(None, map(_word_text, cell.iter(f"{WORD}p"))))
            if len(text) > MAX_TEXT:
                raise ValueError(f"a cell has {len(text)} characters, more than {MAX_TEXT}")
            is_merged |= goes_on and not text
            if goes_on and not text:
                areas[begun[place], place][0] = top
            else:
                begun.pop(place, None)
                if merge is not None:
                    begun[place] = top
                areas[top, place] = [top, place + max(1, width) - 1]
                _word_marks(cell, top, place, marks, looks)
                if not any(cells) and (put := [*filter(None, put)]):
                    first, text = (put[0], text) if text else ("", put[0])
            if is_deleted and text:
                marks["struck"].append(cell_name(top, place))
            cells += [text or None, *[None] * (max(1, width) - 1)]
        _number_title(cells, "" if is_merged else first)
        rows.append(cells[:MAX_COLUMNS])
    merged += [(first, tuple(last)) for first, last in areas.items() if first != tuple(last)]


def _number_title(cells: list[Any], number: str) -> None:
    """
    Put the number of a row's first text before it, where the row has no other: there it is a title's.

    A cell without a text has its number as one. In others a number or a bullet only parts what stands there.
    """
    places = [place for place, text in enumerate(cells) if text]
    if number and len(places) == 1 and number[0].isalnum():
        cells[places[0]] = f"{number} {cells[places[0]]}"


def _word_text(paragraph: ElementTree.Element) -> str:
    """The text of a paragraph as it is shown, without the number that Word puts before it."""
    parts = {f"{WORD}tab": " ", f"{WORD}br": "\n", f"{WORD}cr": "\n", f"{WORD}noBreakHyphen": "-"}
    raised = {
        text
        for run in paragraph.iter(f"{WORD}r")
        if any(value(found) == "superscript" for found in run.iter(f"{WORD}vertAlign"))
        for text in run.iter(f"{WORD}t")
    }

    def text_of(element: ElementTree.Element) -> str:
        return parts.get(element.tag) or ((element.text or "") if element.tag == f"{WORD}t" else "")

    there = list(_there(paragraph))
    text = with_raised((text_of(element), element in raised) for element in there).strip()
    marks = (_SYMBOLS.get(e.get(f"{WORD}char", "").lower(), "") for e in there if e.tag == f"{WORD}sym")
    return text or "".join(marks)  # beside a text, a sign is an ornament


def _there(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """An element and all in it, but for what was moved away while changes are tracked."""
    yield element
    for child in element:
        if child.tag != f"{WORD}moveFrom":
            yield from _there(child)


class _Looks:
    """
    What is hidden or struck out, by its own format or by its styles.

    Args:
        styles: the part of the document with its styles.
    """

    def __init__(self, styles: bytes) -> None:
        found = elements(styles, f"{WORD}style")
        self._styles = {value(style, "styleId"): style for style in found}
        self._default = next((value(style, "styleId") for style in found if _is_default(style)), "")
        self._everywhere = elements(styles, f"{WORD}docDefaults/{WORD}rPrDefault")

    def is_gone(self, run: ElementTree.Element, paragraph: ElementTree.Element) -> bool:
        """Whether a run of a paragraph is hidden or struck out."""
        of_run = value(run.find(f"{WORD}rPr/{WORD}rStyle"))
        of_paragraph = value(paragraph.find(f"{WORD}pPr/{WORD}pStyle"), default=self._default)
        return any(self._is(name, run, of_run, of_paragraph) for name in ("strike", "dstrike", "vanish"))

    def _is(self, name: str, run: ElementTree.Element, *styles: str) -> bool:
        if (own := _own(run, name)) is not None:
            return own
        # Where both styles say it, one takes back what the other does.
        return sum(self._of(style, name) for style in styles) == 1 or any(_own(one, name) for one in self._everywhere)

    def _of(self, style: str, name: str) -> bool:
        """Whether a style says it, or one that it is based on."""
        for _ in range(_DEEPEST):
            if (found := self._styles.get(style)) is None:
                break
            if (own := _own(found, name)) is not None:
                return own
            style = value(found.find(f"{WORD}basedOn"))
        return False


def _is_default(style: ElementTree.Element) -> bool:
    return value(style, "type") == "paragraph" and value(style, "default") in ("1", "true", "on")


def _own(element: ElementTree.Element, name: str) -> bool | None:
    """What the format of a run or a style itself says of a property; None for nothing."""
    found = element.find(f"{WORD}rPr/{WORD}{name}")
    return None if found is None else value(found, default="1") not in OFF


def _word_marks(element: ElementTree.Element, row: int, column: int, marks: Marks, looks: _Looks) -> None:
    runs = [
        (run, looks.is_gone(run, paragraph))
        for paragraph in element.iter(f"{WORD}p")
        for run in paragraph.iter(f"{WORD}r")
        if "".join(t.text or "" for t in run.iter(f"{WORD}t")).strip()
    ]
    if look := struck_look([is_gone for _, is_gone in runs]):
        marks[look].append(cell_name(row, column))
    elif runs and all(is_on(run, "b") for run, _ in runs):
        marks["bold"].append(cell_name(row, column))
