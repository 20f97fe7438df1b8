"""The tables of a Word document as the rows of a sheet."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

from .cells import (
    DEEPEST,
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

_SYMBOLS = {"f0fc": "✓", "f0fe": "☑", "f0fd": "☒", "f052": "☑", "f0a8": "☐", "f06f": "☐", "f0a3": "☐", "f02a": "☐"}
_SYMBOLS |= {"f0b7": "•", "f0a7": "▪", "f0d8": "➢"}
"""What the signs of symbol fonts show that stand for a mark, or for none."""

_MOST_LAYOUTS = 100
"""The most ways in which rows of a table have their cells, for its borders to be compared."""
_SYMBOL_FONT = re.compile(r"wingdings|webdings|symbol$|(itc )?zapf|marlett|mt extra|monotype sorts", re.IGNORECASE)
_SPACES = {f"{WORD}tab": " ", f"{WORD}ptab": " ", f"{WORD}br": "\n", f"{WORD}cr": "\n", f"{WORD}noBreakHyphen": "-"}
_SIGNS = (f"{WORD}sym", "{http://schemas.microsoft.com/office/word/2015/wordml/symex}symEx")
_FORMS = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_DIFFERS = "differs"
"""Is put on what another program may show with another text."""
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"


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
    marks, looks = {**no_marks(), "unclear": [], "begins": [], "bare": {}}, _Looks(styles)
    body = ElementTree.fromstring(document).find(f"{WORD}body")
    for element in reversed([*body.iter()]) if body is not None else ():
        _choose_forms(element)
    for block in _children(body, "p", "tbl") if body is not None else ():
        if len(rows) > MAX_ROWS:
            raise ValueError(f"more than {MAX_ROWS} rows")
        marks["begins"].append(len(rows))
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
    begun, columns = dict[int, int](), _columns(table)
    before: dict[int, int]
    areas: dict[tuple[int, int], list[int]] = {}
    for row in _children(table, "tr"):
        cells: list[Any] = []
        first, is_merged = "", False
        before, begun = begun, {}
        top, is_deleted = len(rows), row.find(f"{WORD}trPr/{WORD}del") is not None
        if any(is_on(properties, "hidden") for properties in row.iterfind(f"{WORD}trPr")):
            marks["hidden"].append(top)
        borders = columns[tuple(_borders(row))]
        # A table in a cell is text of the cell.
        for cell, begin, end in zip(_children(row, "tc"), borders, borders[1:], strict=False):
            place = max(begin, len(cells))
            last = max(end - 1, place)
            cells += [None] * (place - len(cells))
            merge = cell.find(f"{WORD}tcPr/{WORD}vMerge")
            goes_on = merge is not None and value(merge, default="continue") == "continue" and place in before
            put = [("" if is_deleted else numbers.before(p), _word_text(p)) for p in cell.iter(f"{WORD}p")]
            text = "\n".join(text for _, text in put if text)
            if len(text) > MAX_TEXT:
                raise ValueError(f"a cell has {len(text)} characters, more than {MAX_TEXT}")
            is_merged |= goes_on
            if goes_on:
                begun[place] = before[place]
                area = areas[begun[place], place]
                area[:] = top, min(area[1], last)
            else:
                beside = cell.find(f"{WORD}tcPr/{WORD}hMerge")  # one program shows its text, another does not
                is_beside = beside is not None and value(beside, default="continue") == "continue"
                if (is_beside and text) or any(map(_is_unclear, _there(cell))):
                    marks["unclear"].append(cell_name(top, place))
                if merge is not None:
                    begun[place] = top
                areas[top, place] = [top, last]
                _word_marks(cell, top, place, marks, looks)
                if not any(cells):
                    first = _with_numbers(put)
                    text = text or next((number for number, _ in put if number), "")
            if is_deleted and text:
                marks["struck"].append(cell_name(top, place))
            cells += [text or None, *[None] * (last - place)]
        if first and not is_merged:  # in other cells a number only parts what stands there
            place, *others = (place for place, text in enumerate(cells) if text)
            if others:
                marks["bare"][cell_name(top, place)] = cells[place]
            cells[place] = first
        rows.append(cells[:MAX_COLUMNS])
    merged += [(first, tuple(last)) for first, last in areas.items() if first != tuple(last)]


def _borders(row: ElementTree.Element) -> list[int]:
    """Where the cells of a row begin on the grid of its table, and where the last one ends."""
    places = [min(int(value(row.find(f"{WORD}trPr/{WORD}gridBefore"), default="0")), MAX_COLUMNS)]
    for cell in _children(row, "tc"):
        width = min(int(value(cell.find(f"{WORD}tcPr/{WORD}gridSpan"), default="1")), MAX_COLUMNS)
        places.append(places[-1] + max(1, width))
    return places


def _columns(table: ElementTree.Element) -> dict[tuple[int, ...], list[int]]:
    """
    By the borders of a row's cells, the columns that they are.

    A border may be dragged in some rows: the cells of rows with as many of them are the same columns, if each overlaps that of
    the first row in its place, and no row with more cells has one there that is a column of its own.
    """
    layouts = list(dict.fromkeys(tuple(_borders(row)) for row in _children(table, "tr")))
    moved: dict[int, int] = {}
    found: dict[tuple[int, ...], list[int]] = {}
    sizes = sorted({len(layout) if len(layouts) <= _MOST_LAYOUTS else 0 for layout in layouts}, reverse=True)
    for size in sizes:
        alike = [layout for layout in layouts if not size or len(layout) == size]
        first = alike[0] if size and _are_same(alike, [*found]) else None
        for layout in alike:
            found[layout] = [moved.get(place, place) for place in first or layout]
            for place, column in zip(layout, found[layout], strict=True):
                moved.setdefault(place, column)
    used = {place: n for n, place in enumerate(sorted({place for places in found.values() for place in places}))}
    return {layout: [used[place] for place in places] for layout, places in found.items()}


def _are_same(rows: Sequence[tuple[int, ...]], wider: Sequence[tuple[int, ...]]) -> bool:
    """Whether the cells of rows with as many cells are the same columns."""
    first, borders = [*pairwise(rows[0])], [(min(places), max(places)) for places in zip(*rows, strict=True)]
    overlap = all(max(a, c) < min(b, d) for row in rows for (a, b), (c, d) in zip(first, pairwise(row), strict=True))
    return overlap and all(sum(a <= place <= b for place in row) < 2 for a, b in borders if a < b for row in wider)


def _with_numbers(paragraphs: Iterable[tuple[str, str]]) -> str:
    """The text of a cell with the numbers before its paragraphs, which are a title's; of one that is a number itself, none."""
    texts = [f"{number} {text}" if number[:1].isalnum() else text for number, text in paragraphs if text]
    return (
        ""
        if all(re.fullmatch(r"(?:[\d.]+|[IVX]+|\w)\W?", text) for _, text in paragraphs if text)
        else "\n".join(texts)
    )


def _word_text(paragraph: ElementTree.Element) -> str:
    """The text of a paragraph as it is shown, without the number that Word puts before it."""
    raised = {
        text
        for run in paragraph.iter(f"{WORD}r")
        if any(value(found) == "superscript" for found in run.iter(f"{WORD}vertAlign"))
        for text in run.iter()
    }
    there = list(_there(paragraph))
    text = with_raised((_text_of(element), element in raised) for element in there).strip()
    marks = (_SYMBOLS.get(_code(element), "") for element in there if element.tag in _SIGNS)
    return text or "".join(marks)  # beside a text, a sign is an ornament


def _text_of(element: ElementTree.Element) -> str:
    """What an element itself shows as text."""
    if element.tag == f"{WORD}t":
        return element.text or ""
    if element.tag not in _SIGNS:
        return _SPACES.get(element.tag, "")
    sign = chr(int(code, 16)) if re.fullmatch("[0-9a-f]{4,5}", code := _code(element)) else ""
    # A symbol font draws its signs in the place of the first letters.
    is_drawn = sign < "\u0100" and _SYMBOL_FONT.match(value(element, "font"))
    return sign if sign.isprintable() and not is_drawn else ""


def _code(sign: ElementTree.Element) -> str:
    return next((code.lower() for name, code in sign.attrib.items() if name.endswith("}char")), "")


def _is_unclear(element: ElementTree.Element) -> bool:
    """Whether an element shows what cannot be read: an unknown sign, a formula, what has two forms that differ."""
    if element.tag in _SIGNS:
        return not _text_of(element) and _code(element) not in _SYMBOLS
    return element.get(_DIFFERS) is not None or (element.tag == _MATH_TEXT and bool(element.text))


def _choose_forms(parent: ElementTree.Element) -> None:
    """Put one of the forms, each for other programs, of what is in an element in their place."""
    if any(child.tag == _FORMS for child in parent):
        parent[:] = [part for child in parent for part in (_chosen_form(child) if child.tag == _FORMS else (child,))]


def _chosen_form(forms: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """What is in the first form with a text; marked where a program that shows another, or none, shows another text."""
    texts = {form: "".join(map(_text_of, form.iter())).split() for form in forms}
    differs = (len(forms) < 2 and any(texts.values())) or any(text != texts[forms[0]] for text in texts.values())
    for part in next((form for form, text in texts.items() if text), forms[:1]):
        for element in part.iter() if differs else ():
            element.set(_DIFFERS, "")
        yield part


def _there(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """An element and all in it, but for what was deleted or moved away while changes are tracked."""
    yield element
    for child in element:
        if child.tag not in (f"{WORD}moveFrom", f"{WORD}del"):
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
        for _ in range(DEEPEST):
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
        if any(_text_of(element).strip() or element.tag in _SIGNS for element in run.iter())
    ]
    if look := struck_look([is_gone for _, is_gone in runs]):
        marks[look].append(cell_name(row, column))
    elif runs and all(is_on(run, "b") for run, _ in runs):
        marks["bold"].append(cell_name(row, column))
