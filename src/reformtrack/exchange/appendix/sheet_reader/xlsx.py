"""
What of the sheets of an .xlsx file the library does not tell: cells without a value, and how they look.
"""

import posixpath
import re
from collections.abc import Callable, Mapping
from functools import partial
from itertools import chain, islice, pairwise
from xml.etree.ElementTree import Element

from .cells import (
    MAX_COLUMNS,
    MAX_MARKED,
    MAX_TEXT,
    Marks,
    Style,
    elements,
    is_on,
    no_marks,
    raised_in,
    struck_look,
)

_CELL = re.compile(rb"<(?:\w+:)?c\s([^<>]{0,500})>")

_HAS_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")

_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^<>]{0,500})?>([^<]*)<")

_ROW_OR_COLUMN = re.compile(rb"<(?:\w+:)?(row|col)\s([^<>]{0,1000})>")

_ATTRIBUTE = re.compile(rb"""\b(\w+)=["']([^"']*)["']""")

_PLAIN = Style([], None)


def xlsx_marks(part_of: Callable[[str], bytes]) -> Mapping[str, Callable[[], Marks]]:
    """By the name of a sheet of an .xlsx file: what finds its marks."""
    book, links = part_of("xl/workbook.xml"), elements(part_of("xl/_rels/workbook.xml.rels"), ".//{*}Relationship")
    if not book or not links:
        return {}
    targets = {link.get("Id"): posixpath.join("/xl", link.get("Target", "")).lstrip("/") for link in links}
    styles, shared = _styles(part_of("xl/styles.xml")), part_of("xl/sharedStrings.xml")
    struck = _said_of_texts(shared, b"strike", _struck_look)
    raised = _said_of_texts(shared, b"superscript", _with_raised)
    found: dict[str, Callable[[], Marks]] = {}
    for sheet in elements(book, ".//{*}sheet"):
        id = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")  # of either namespace
        found[sheet.get("name", "")] = partial(_marks_of, part_of, targets.get(id, ""), styles, struck, raised)
    return found


def _styles(part: bytes) -> dict[bytes, Style]:
    """The styles of cells, by their numbers."""
    fonts = [
        "struck" if is_on(font, "strike") else "bold" if is_on(font, "b") else ""
        for font in elements(part, ".//{*}fonts/{*}font")
    ]
    formats = {one.get("numFmtId"): one.get("formatCode", "") for one in elements(part, ".//{*}numFmts/{*}numFmt")}
    found = {}
    for number, style in enumerate(elements(part, ".//{*}cellXfs/{*}xf")):
        font, form = int(style.get("fontId", "0")), style.get("numFmtId", "")
        look = fonts[font] if font < len(fonts) else ""
        found[str(number).encode()] = Style.of(look, form, formats.get(form, ""))
    return found


def _said_of_texts(part: bytes, mark: bytes, said: Callable[[Element], str]) -> dict[bytes, str]:
    """By its number, what is said of each shared text, where anything is; without the mark in the part, it is of none."""
    texts = enumerate(elements(part, "{*}si") if mark in part else ())
    return {str(number).encode(): found for number, text in texts if (found := said(text))}


def _struck_look(text: Element) -> str:
    """`struck` or `partly`, where runs of a text are struck out; else empty."""
    return struck_look([is_on(run, "strike") for run in text.iterfind("{*}r") if "".join(run.itertext()).strip()])


def _with_raised(text: Element) -> str:
    """A text with its raised signs as such; empty where it has none."""
    parts = []
    for run in text.iterfind("{*}r"):
        is_raised = any(one.get("val") == "superscript" for one in run.iterfind("{*}rPr/{*}vertAlign"))
        parts.append(("".join(t.text or "" for t in run.iterfind("{*}t")), is_raised))
    return raised_in(parts)


def _marks_of(
    part_of: Callable[[str], bytes],
    name: str,
    styles: Mapping[bytes, Style],
    struck: Mapping[bytes, str],
    raised: Mapping[bytes, str],
) -> Marks:
    """The marks of a sheet of an .xlsx file, of whose cells an empty text is a value."""
    found, part = no_marks(), part_of(name)
    found["comments"] = _comments(part_of, name)
    for kind, attributes in _ROW_OR_COLUMN.findall(part):
        given = dict(_ATTRIBUTE.findall(attributes))
        size = given.get(b"ht" if kind == b"row" else b"width", b"1")
        if given.get(b"hidden") in (b"1", b"true") or not size.strip(b"0."):
            if kind == b"row" and given.get(b"r", b"").isdigit():
                found["hidden"].append(int(given[b"r"]) - 1)
            elif kind == b"col":
                first, last = int(given.get(b"min", b"1")), int(given.get(b"max", b"1"))
                found["hidden_columns"] += range(first - 1, min(last, MAX_COLUMNS))
    ends = chain(_CELL.finditer(part), [None])
    for cell, after in pairwise(ends):
        assert cell is not None
        given = dict(_ATTRIBUTE.findall(cell[1]))
        name, type_, end = given.get(b"r", b"").decode(), given.get(b"t"), after.start() if after else len(part)
        value = _VALUE.search(part, cell.end(), end)
        is_nan = value is not None and value[1].strip().lower().lstrip(b"+-") == b"nan"
        is_empty = not (value and (value[1].strip() or type_ == b"str")) and _HAS_FORMULA.search(part, cell.end(), end)
        if name and (type_ == b"e" or is_nan or is_empty):
            found["formulas"].append(name)
        looks, form = styles.get(given.get(b"s", b""), _PLAIN)
        if value and form:
            found["forms"][name] = form
        if value and type_ == b"s" and value[1] in struck:
            looks = [struck[value[1]]]
        if value and type_ == b"s" and value[1] in raised:
            found["texts"][name] = raised[value[1]]
        if type_ == b"inlineStr" and (b"strike" in (inline := part[cell.end() : end]) or b"superscript" in inline):
            inlines = elements(b"<c>%b</is></c>" % inline.split(b"</is>")[0], "is")
            looks = [*filter(None, map(_struck_look, inlines))] or looks
            found["texts"].update((name, shown) for shown in map(_with_raised, inlines) if shown)
        for look in looks:
            found[look].append(name)
    found["filtered"] = b"filterColumn" in part
    return found


def _comments(part_of: Callable[[str], bytes], name: str) -> dict[str, str]:
    """By cell, what somebody remarked on it."""
    folder, _, file = name.rpartition("/")
    links = elements(part_of(f"{folder}/_rels/{file}.rels"), ".//{*}Relationship")
    targets = (link.get("Target", "") for link in links if link.get("Type", "").endswith("/comments"))
    parts = (posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/") for target in targets)
    remarks = (one for part in parts for one in elements(part_of(part), ".//{*}comment"))
    texts = {one.get("ref", ""): "".join(one.itertext()).strip()[:MAX_TEXT] for one in remarks}
    # Of a thread, Excel writes a notice first, which says that older versions cannot show it.
    return {
        cell: text.partition("Comment:")[2].strip() if text.startswith("[Threaded comment]") else text
        for cell, text in islice(texts.items(), MAX_MARKED)
    }
