"""What of the sheets of an .ods file the library does not tell: merged cells, those without a value, how they look."""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby, islice, product
from typing import Any, NamedTuple
from xml.etree import ElementTree

from .cells import (
    DEEPEST,
    HIDDEN,
    MAX_COLUMNS,
    MAX_FORMAT,
    MAX_MARKED,
    MAX_ROWS,
    Area,
    Marks,
    Style,
    cell_name,
    elements,
    no_marks,
    with_raised,
)

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_NUMBER = "{urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


class _Look(NamedTuple):
    """What a style makes of a cell or of a part of its text."""

    look: str = ""
    is_raised: bool = False
    format: Style | None = None
    """What the format of numbers and days shows; None where it is not known."""


_Styles = Mapping[tuple[str, str], _Look]
"""By family and name."""

_PLAIN = _Look()


def ods_marks(content: bytes, common: bytes) -> Mapping[str, Callable[[], Marks]]:
    """
    By the name of a sheet of an .ods file: what finds its marks; its merged cells, as `spans`, among them.

    Args:
        common: the part with the styles that have names of their own.
    """
    if not content:
        return {}
    document = ElementTree.fromstring(content)
    styles = _styles_in([*elements(common, f"{_OFFICE}styles"), document])
    return {
        table.get(f"{_TABLE}name", ""): partial(_marks_in, table, styles)
        for table in document.iterfind(f".//{_TABLE}table")
    }


def _styles_in(parts: Sequence[ElementTree.Element]) -> _Styles:
    """The styles of a document, each with what it has from the ones that it is made of."""
    codes: dict[str, str] = {}
    for style in (style for part in parts for style in part.iter() if style.tag in _FORMATS):
        codes[style.get(f"{_STYLE}name", "")] = _code_of(style, codes)
    own: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {}
    for style in (
        style for part in parts for tag in ("default-style", "style") for style in part.iter(f"{_STYLE}{tag}")
    ):
        found: dict[str, Any] = {}
        if data := style.get(f"{_STYLE}data-style-name"):
            found["code"] = (codes[data] or HIDDEN) if data in codes else ""
        for text in style.iter(f"{_STYLE}text-properties"):
            lines = [text.get(f"{_STYLE}text-line-through-{of}") for of in ("style", "type")]
            if any(lines):
                found["is_struck"] = any(line not in (None, "none") for line in lines)
            if weight := text.get(f"{_FO}font-weight"):
                found["is_bold"] = weight == "bold"
            if position := text.get(f"{_STYLE}text-position"):
                found["is_raised"] = bool(re.match("super|[1-9]", position))
        parent = style.get(f"{_STYLE}parent-style-name", "")
        own[style.get(f"{_STYLE}family", ""), style.get(f"{_STYLE}name", "")] = parent, found

    def whole(key: tuple[str, str], deep: int = DEEPEST) -> dict[str, Any]:
        parent, found = own.get(key, ("", {}))
        return {**whole((key[0], parent), deep - 1), **found} if deep and key in own else found

    return {
        key: _Look(
            "struck" if found.get("is_struck") else "bold" if found.get("is_bold") else "",
            found.get("is_raised", False),
            Style.of("", "", code) if (code := found.get("code")) else None,
        )
        for key, found in ((key, whole(key)) for key in own)
    }


_KINDS = ("number", "currency", "percentage", "date", "time", "text", "boolean")
_FORMATS = frozenset(f"{_NUMBER}{kind}-style" for kind in _KINDS)

_CODES = {"day": "d", "month": "m", "year": "y", "text-content": "@", "boolean": "0", "day-of-week": "dddd"}
_CODES |= {**dict.fromkeys(("hours", "minutes", "seconds"), "s"), "fraction": "?/?", "scientific-number": "0E+0"}

_MOST_PARTS = 9
"""Parts of a format besides its own: programs write three."""

_USUAL = (["[>=0]"], ["[>0]", "[<0]"], ["[>0]", "[<0]", "[=0]"])
"""The conditions that the parts of a format have without being said."""


def _code_of(style: ElementTree.Element, codes: Mapping[str, str]) -> str:
    """A format as Excel writes it; `codes` has those of the parts that stand before it."""
    found = "".join(map(_part_of, style))
    maps = style.findall(f"{_STYLE}map")[:_MOST_PARTS]
    conditions = [
        "[" + one.get(f"{_STYLE}condition", "").replace("value()", "").replace("!=", "<>") + "]" for one in maps
    ]
    shown = [codes.get(one.get(f"{_STYLE}apply-style-name", ""), "") for one in maps]
    parts = shown if conditions in _USUAL else map("".join, zip(conditions, shown, strict=True))
    return ";".join((*parts, found))[:MAX_FORMAT]


def _part_of(part: ElementTree.Element) -> str:
    kind = part.tag.removeprefix(_NUMBER)
    if kind in ("text", "currency-symbol", "quarter", "week-of-year", "era"):
        text = "".join(part.itertext()).replace('"', "") or ("" if kind == "text" else kind)
        return "%" if text == "%" else f'"{text}"'
    if kind != "number":
        return _CODES.get(kind, "")
    whole, decimals = (min(int(part.get(f"{_NUMBER}{of}", "0")), 20) for of in ("min-integer-digits", "decimal-places"))
    least = min(int(part.get(f"{_NUMBER}min-decimal-places", decimals)), decimals)
    embedded = "".join(f'"{"".join(one.itertext())}"0' for one in part if one.tag == f"{_NUMBER}embedded-text")
    factor = part.get(f"{_NUMBER}display-factor", "1").partition(".")[0]
    if len(factor) > 1 and f"{_NUMBER}decimal-places" not in part.attrib:
        return ""  # LibreOffice shows the number whole then
    digits = "#" + "0" * whole + embedded + ("." + ("0" * least).ljust(decimals, "#") if decimals else "")
    return digits + "," * ((len(factor) - 1) // 3)


def _shown(cell: ElementTree.Element, form: Style | None) -> str:
    """What of the day of a cell is shown, where that is its `month` or its `year` alone; `codes` for something else."""
    if form:
        return next((look for look in form.looks if look in ("month", "year")), "")
    year, month, day, *_ = (*cell.get(f"{_OFFICE}date-value", "").split("-"), "", "")
    text = _text_of(cell)
    numbers = [number.lstrip("0") for number in re.findall(r"\d+", text)]
    if numbers[:-1] == [month.lstrip("0")] and numbers[-1] in (year, year[2:].lstrip("0")):
        return "month"
    # Programs that show the file write such a text anew, from the day.
    return "" if not text or day[:2].lstrip("0") in numbers else "codes"


def _struck_part(cell: ElementTree.Element, styles: _Styles) -> str:
    """`struck` or `partly`, where parts of the text of a cell are struck out; else empty."""
    spans = (span for span in cell.iter(f"{_TEXT}span") if _of_span(span, styles).look == "struck")
    text = "".join("".join(span.itertext()) for span in spans).strip()
    return "" if not text else "struck" if text == _text_of(cell) else "partly"


def _of_span(span: ElementTree.Element, styles: _Styles) -> _Look:
    return styles.get(("text", span.get(f"{_TEXT}style-name", "")), _PLAIN)


def _with_raised(cell: ElementTree.Element, styles: _Styles) -> str:
    """The text of a cell with its raised signs as such; empty where it has none."""
    spans = {span for span in cell.iter(f"{_TEXT}span") if _of_span(span, styles).is_raised}
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


def _says_more(cell: ElementTree.Element) -> bool:
    """Whether the text of a number's cell has words besides the number."""
    return re.search(r"[^\W\d_]|[$€£¥]", re.sub(r"\dE[+-]?\d", "", _text_of(cell))) is not None


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
    defaults: list[str] = []
    for column in table.iter(f"{_TABLE}table-column"):
        count = min(int(column.get(f"{_TABLE}number-columns-repeated", "1")), MAX_COLUMNS - len(defaults))
        defaults += [column.get(f"{_TABLE}default-cell-style-name") or "Default"] * count
    defaults += ["Default"] * (MAX_COLUMNS - len(defaults))
    top = 0
    for row in table.iter(f"{_TABLE}table-row"):
        below, left = top + int(row.get(f"{_TABLE}number-rows-repeated", "1")), 0
        for cell in row:
            right = left + int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
            down, across = (int(cell.get(f"{_TABLE}number-{name}-spanned", "1")) for name in ("rows", "columns"))
            if down * across > 1 and top < MAX_ROWS:
                spans.append(((top, left), (min(top + down, MAX_ROWS) - 1, left + across - 1)))
            own = cell.get(f"{_TABLE}style-name") or row.get(f"{_TABLE}default-cell-style-name")
            is_empty = not len(cell) and not {f"{_OFFICE}value-type", f"{_TABLE}formula"} & {*cell.attrib}
            columns = range(left, left if is_empty else min(right, MAX_COLUMNS))
            # A cell without a style has that of its column.
            alike: Iterable[tuple[str, Iterable[int]]]
            alike = [(own, columns)] if own else groupby(columns, defaults.__getitem__)
            for style, same in alike:
                # LibreOffice writes neighbours that are alike as one
                places = product(range(top, min(below, MAX_ROWS)), [*same])
                names = [cell_name(*place) for place in islice(places, MAX_MARKED + 1)]
                _mark(found, cell, names, styles, styles.get(("table-cell", style), _PLAIN))
            left = right
        top = below
    return {**found, "spans": spans}


def _mark(found: Marks, cell: ElementTree.Element, names: Sequence[str], styles: _Styles, style: _Look) -> None:
    """Put the marks of cells that are alike."""
    type_ = cell.get(f"{_OFFICE}value-type")
    if cell.get(f"{_CALC}value-type") == "error" or (f"{_TABLE}formula" in cell.attrib and type_ is None):
        found["formulas"] += names
    kind = "percent" if type_ == "percentage" else _shown(cell, style.format) if type_ == "date" else ""
    is_number = type_ in ("float", "currency")
    if kind == "codes" or (is_number and not style.format and _says_more(cell)):
        found["codes"].update(dict.fromkeys(names, HIDDEN))
    elif kind:
        found[kind] += names
    elif is_number and style.format and style.format.form:
        found["forms"].update(dict.fromkeys(names, style.format.form))
    elif shown := _with_raised(cell, styles):
        found["texts"].update(dict.fromkeys(names, shown))
    if style.format and style.format.code:
        for name in names:
            found["codes"].setdefault(name, style.format.code)
    if not _text_of(cell):
        return
    if look := (style.look != "struck" and _struck_part(cell, styles)) or style.look:
        found[look] += names
