"""
The tables of a Word document as the rows of a sheet.
"""

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from .cells import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, MAX_TEXT, RAISED, Marks, cell_name, is_on, no_marks
from .word_numbers import WordNumbers

_SYMBOLS = {"f0fc": "✓", "f0fe": "☑", "f0fd": "☒", "f052": "☑", "f0a8": "☐", "f06f": "☐", "f0a3": "☐", "f02a": "☐"}
"""What the signs of symbol fonts show that stand for a mark, or for none."""

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def word_sheet(document: bytes, numbers: WordNumbers) -> dict[str, Any]:
    """
    A Word document as one sheet: a paragraph is a row with one cell, a row of a table is a row.

    Args:
        document: the part with its text.
        numbers: what stands before its paragraphs.

    What was deleted or moved away while changes are tracked is no text.
    """
    rows: list[list[Any]] = []
    merged: list[Any] = []
    marks = no_marks()
    body = ElementTree.fromstring(document).find(f"{_WORD}body")
    for block in _children(body, "p", "tbl") if body is not None else ():
        if len(rows) > MAX_ROWS:
            raise ValueError(f"more than {MAX_ROWS} rows")
        if block.tag == f"{_WORD}p":
            if text := _word_text(block, numbers):
                rows.append([text])
                _word_marks(block, len(rows) - 1, 0, marks)
        else:
            _add_table(block, rows, merged, marks, numbers)
    width = max(map(len, rows), default=0)
    if width > MAX_COLUMNS or sum(map(len, rows)) > MAX_CELLS:
        raise ValueError(f"more than {MAX_COLUMNS} columns")
    return {"name": "Word", "rows": rows, "merged": merged, **marks}


def _children(parent: ElementTree.Element, *names: str) -> Iterator[ElementTree.Element]:
    """The paragraphs and tables of a document, the rows of a table, the cells of a row: those in content controls too."""
    for child in parent:
        if child.tag.removeprefix(_WORD) in names:
            yield child
        elif child.tag in (f"{_WORD}sdt", f"{_WORD}sdtContent", f"{_WORD}customXml"):
            yield from _children(child, *names)


def _add_table(
    table: ElementTree.Element, rows: list[list[Any]], merged: list[Any], marks: Marks, numbers: WordNumbers
) -> None:
    begun: dict[int, int] = {}
    areas: dict[tuple[int, int], list[int]] = {}
    for row in _children(table, "tr"):
        cells: list[Any] = []
        top = len(rows)
        before = row.find(f"{_WORD}trPr/{_WORD}gridBefore")
        cells += [None] * (min(int(before.get(f"{_WORD}val", "0")), MAX_COLUMNS) if before is not None else 0)
        for cell in _children(row, "tc"):  # a table in a cell is text of the cell
            place = len(cells)
            span = cell.find(f"{_WORD}tcPr/{_WORD}gridSpan")
            width = min(int(span.get(f"{_WORD}val", "1")), MAX_COLUMNS) if span is not None else 1
            merge = cell.find(f"{_WORD}tcPr/{_WORD}vMerge")
            goes_on = merge is not None and merge.get(f"{_WORD}val", "continue") == "continue" and place in begun
            text = "\n".join(filter(None, (_word_text(p, numbers) for p in cell.iter(f"{_WORD}p"))))
            if len(text) > MAX_TEXT:
                raise ValueError(f"a cell has {len(text)} characters, more than {MAX_TEXT}")
            if goes_on and not text:
                areas[begun[place], place][0] = top
            else:
                begun.pop(place, None)
                if merge is not None:
                    begun[place] = top
                areas[top, place] = [top, place + max(1, width) - 1]
                _word_marks(cell, top, place, marks)
            cells += [text or None, *[None] * (max(1, width) - 1)]
        rows.append(cells[:MAX_COLUMNS])
    merged += [(first, tuple(last)) for first, last in areas.items() if first != tuple(last)]


def _word_text(paragraph: ElementTree.Element, numbers: WordNumbers) -> str:
    """The text of a paragraph as it is shown, with the number that Word puts before it."""
    parts = {f"{_WORD}tab": " ", f"{_WORD}br": "\n", f"{_WORD}cr": "\n", f"{_WORD}noBreakHyphen": "-"}
    raised = {
        text
        for run in paragraph.iter(f"{_WORD}r")
        if any(found.get(f"{_WORD}val") == "superscript" for found in run.iter(f"{_WORD}vertAlign"))
        for text in run.iter(f"{_WORD}t")
    }

    def text_of(element: ElementTree.Element) -> str:
        if element.tag == f"{_WORD}sym":
            return _SYMBOLS.get(element.get(f"{_WORD}char", "").lower(), "")
        return (element.text or "").translate(RAISED if element in raised else {}) if element.tag == f"{_WORD}t" else ""

    text = "".join(parts.get(element.tag) or text_of(element) for element in _there(paragraph))
    return f"{numbers.before(paragraph)} {text}".strip()


def _there(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """An element and all in it, but for what was moved away while changes are tracked."""
    yield element
    for child in element:
        if child.tag != f"{_WORD}moveFrom":
            yield from _there(child)


def _word_marks(element: ElementTree.Element, row: int, column: int, marks: Marks) -> None:
    runs = [run for run in element.iter(f"{_WORD}r") if "".join(t.text or "" for t in run.iter(f"{_WORD}t")).strip()]
    struck = [any(is_on(run, name) for name in ("strike", "dstrike", "vanish")) for run in runs]
    if runs and any(struck):
        marks["struck" if all(struck) else "partly"].append(cell_name(row, column))
    elif runs and all(is_on(run, "b") for run in runs):
        marks["bold"].append(cell_name(row, column))
