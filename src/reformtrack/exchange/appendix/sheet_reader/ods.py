"""
What of the sheets of an .ods file the library does not tell: merged cells, those without a value, how they look.
"""

import re
from collections.abc import Callable, Container, Iterator, Mapping
from functools import partial
from itertools import islice, product
from typing import NamedTuple
from xml.etree import ElementTree

from .cells import MAX_COLUMNS, MAX_MARKED, MAX_ROWS, Area, Marks, NumberForm, cell_name, no_marks, with_raised

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"

_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"

_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"

_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"

_NUMBER = "{urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0}"

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


class _Styles(NamedTuple):
    """The names of styles, by what they make of a cell or of a part of its text."""

    looks: Mapping[str, str]
    raised: Container[str]
    thousands: Mapping[str, int]
    """How many times numbers are shown in thousands."""


def ods_marks(content: bytes) -> Mapping[str, Callable[[], Marks]]:
    """By the name of a sheet of an .ods file: what finds its marks; its merged cells, as `spans`, among them."""
    if not content:
        return {}
    document = ElementTree.fromstring(content)
    styles, tables = _styles_in(document), document.iterfind(f".//{_TABLE}table")
    return {table.get(f"{_TABLE}name", ""): partial(_marks_in, table, styles) for table in tables}


def _styles_in(document: ElementTree.Element) -> _Styles:
    looks: dict[str, str] = {}
    raised = set[str]()
    factors = {
        style.get(f"{_STYLE}name", ""): int(number.get(f"{_NUMBER}display-factor", "1").partition(".")[0] or 1)
        for kind in ("number-style", "currency-style")
        for style in document.iter(f"{_NUMBER}{kind}")
        for number in style.iter(f"{_NUMBER}number")
    }
    thousands: dict[str, int] = {}
    for style in document.iter(f"{_STYLE}style"):
        name, factor = style.get(f"{_STYLE}name", ""), factors.get(style.get(f"{_STYLE}data-style-name", ""), 1)
        if factor > 1:
            thousands[name] = (len(str(factor)) - 1) // 3
        for text in style.iter(f"{_STYLE}text-properties"):
            if any(text.get(f"{_STYLE}text-line-through-{of}", "none") != "none" for of in ("style", "type")):
                looks[name] = "struck"
            elif text.get(f"{_FO}font-weight") == "bold":
                looks[name] = "bold"
            if re.match("super|[1-9]", text.get(f"{_STYLE}text-position", "")):
                raised.add(name)
    return _Styles(looks, raised, thousands)


def _shown(cell: ElementTree.Element) -> str:
    """What of the day of a cell is shown, where that is its `month` or its `year` alone."""
    year, month, *_ = (*cell.get(f"{_OFFICE}date-value", "")[:10].split("-"), "")
    text = _text_of(cell)
    numbers = [number.lstrip("0") for number in re.findall(r"\d+", text)]
    if not numbers or numbers[-1] not in (year, year[2:].lstrip("0")):
        return ""
    if numbers[:-1] == [month.lstrip("0")] or (len(numbers) == 1 and any(map(str.isalpha, text))):
        return "month"
    return "year" if text == year else ""


def _struck_part(cell: ElementTree.Element, styles: Mapping[str, str]) -> str:
    """`struck` or `partly`, where parts of the text of a cell are struck out; else empty."""
    spans = (span for span in cell.iter(f"{_TEXT}span") if styles.get(span.get(f"{_TEXT}style-name", "")) == "struck")
    text = "".join("".join(span.itertext()) for span in spans).strip()
    return "" if not text else "struck" if text == _text_of(cell) else "partly"


def _with_raised(cell: ElementTree.Element, raised: Container[str]) -> str:
    """The text of a cell with its raised signs as such; empty where it has none."""
    spans = {span for span in cell.iter(f"{_TEXT}span") if span.get(f"{_TEXT}style-name", "") in raised}
    return "\n".join(with_raised(_parts(p, spans, False)) for p in cell.iterfind(f"{_TEXT}p")) if spans else ""


def _parts(
    element: ElementTree.Element, raised: Container[ElementTree.Element], is_raised: bool
) -> Iterator[tuple[str, bool]]:
    """The texts in an element, and whether each is raised."""
    is_raised = is_raised or element in raised
    if element.tag in _BLANKS:
        yield _BLANKS[element.tag] * int(element.get(f"{_TEXT}c", "1")), is_raised
    yield element.text or "", is_raised
    for child in element:
        yield from _parts(child, raised, is_raised)
        yield child.tail or "", is_raised


_BLANKS = {f"{_TEXT}s": " ", f"{_TEXT}tab": " ", f"{_TEXT}line-break": "\n"}


def _text_of(cell: ElementTree.Element) -> str:
    """The text of a cell, without the remarks on it."""
    return "\n".join("".join(p.itertext()) for p in cell.iterfind(f"{_TEXT}p")).strip()


def _form_of(cell: ElementTree.Element, thousands: int) -> NumberForm | None:
    """What the text of a number's cell shows besides the number; None for no more than it."""
    found = re.fullmatch(r"([^\d-]*)-?[\d.,\s]+(?:E[+-]?\d+)?([^\d]*)", _text_of(cell))
    before, after = (
        part if re.search(r"[^\W\d_]|[$€£¥]", part) else "" for part in (found.groups() if found else ("", ""))
    )
    digits = re.search(r"[.,](\d+)$", _text_of(cell))
    decimals = len(digits[1]) if digits and not thousands else 0
    return NumberForm(before, after, 0, thousands, decimals) if before or after or thousands or decimals else None


def _marks_in(table: ElementTree.Element, styles: _Styles) -> Marks:
    found, spans = no_marks(), list[Area]()
    for kind, name, most in (("hidden", "row", MAX_ROWS), ("hidden_columns", "column", MAX_COLUMNS)):
        at = 0
        for one in table.iter(f"{_TABLE}table-{name}"):
            end = at + int(one.get(f"{_TABLE}number-{name}s-repeated", "1"))
            if (visibility := one.get(f"{_TABLE}visibility", "visible")) != "visible":
                found[kind] += range(at, min(end, most))
                found["filtered"] |= name == "row" and visibility == "filter"
            at = end
    top = 0
    for row in table.iter(f"{_TABLE}table-row"):
        below, left = top + int(row.get(f"{_TABLE}number-rows-repeated", "1")), 0
        for cell in row:
            right = left + int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
            type_, name = cell.get(f"{_OFFICE}value-type"), cell_name(top, left)
            down, across = (int(cell.get(f"{_TABLE}number-{name}-spanned", "1")) for name in ("rows", "columns"))
            if down * across > 1 and top < MAX_ROWS:
                spans.append(((top, left), (min(top + down, MAX_ROWS) - 1, left + across - 1)))
            if cell.get(f"{_CALC}value-type") == "error" or (f"{_TABLE}formula" in cell.attrib and type_ is None):
                found["formulas"].append(name)
            if kind := "percent" if type_ == "percentage" else _shown(cell) if type_ == "date" else "":
                # LibreOffice writes neighbours that are alike as one
                places = product(range(top, min(below, MAX_ROWS)), range(left, min(right, MAX_COLUMNS)))
                found[kind] += (cell_name(*place) for place in islice(places, MAX_MARKED + 1))
            style = cell.get(f"{_TABLE}style-name", "")
            if type_ in ("float", "currency") and (form := _form_of(cell, styles.thousands.get(style, 0))):
                places = product(range(top, min(below, MAX_ROWS)), range(left, min(right, MAX_COLUMNS)))
                found["forms"].update((cell_name(*place), form) for place in islice(places, MAX_MARKED))
            elif shown := _with_raised(cell, styles.raised):
                found["texts"][name] = shown
            look = styles.looks.get(style)
            if look != "struck" and (struck := _struck_part(cell, styles.looks)):
                look = struck
            if look and _text_of(cell):
                found[look].append(name)
            left = right
        top = below
    return {**found, "spans": spans}
