"""What of the sheets of an .xlsx file the library does not tell: cells without a value, and how they look."""

import posixpath
import re
from array import array
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from io import BytesIO
from itertools import islice
from typing import NamedTuple
from xml.etree.ElementTree import Element, fromstring, iterparse

from .cells import (
    MAX_COLUMNS,
    MAX_MARKED,
    MAX_TEXT,
    Marks,
    Style,
    Unclear,
    cell_name,
    elements,
    is_on,
    linked,
    no_marks,
    part_name,
    place_of,
    raised_in,
    struck_look,
)

_BOOK = "xl/workbook.xml"

_MAIN = (
    "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}",
    "{http://purl.oclc.org/ooxml/spreadsheetml/main}",
)
"""The namespace of sheets, and the one of the strict form."""

_CUT = re.compile(
    rb"<(?:[^\s<>:/]+:)?(?:v[\s>][^<]*<[!?]|[cv][\s>][^<]*&#(?:0*(?:4[35689]|5[0-7]|6[5-9]|[78]\d|9[07-9]|1[01]\d|12[0-2])|x0*[2-7][\da-f]);)",
    re.IGNORECASE,
)
"""What the library leaves out of values: remarks of XML within them; letters, digits and signs of numbers by their codes."""

_PLAIN = Style([], None)


class _Texts(NamedTuple):
    """What is known of the shared texts, by their numbers."""

    struck: dict[int, str]
    raised: dict[int, str]
    blank: set[int]


class _Kinds(dict[str, str]):
    """The names of elements without their namespace: empty for one that is not of a sheet's own."""

    def __missing__(self, tag: str) -> str:
        space, _, name = tag.rpartition("}")
        self[tag] = name if space + "}" in _MAIN else ""
        if name == "sheetData" and not self[tag]:
            raise Unclear
        return self[tag]


def xlsx_marks(part_of: Callable[[str], bytes]) -> Mapping[str, Callable[[], Marks]]:
    """
    By the name of a sheet of an .xlsx file: what finds its marks.

    Raises:
        Unclear: the library reads other parts than those that are shown.
    """
    if not (book := part_of(_BOOK)):
        return {}
    _check_lists(book, {"workbookPr": (), "sheets": ("sheet",)})
    links = elements(part_of("xl/_rels/workbook.xml.rels"), "{*}Relationship")
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    fixed = {kind: f"xl/{kind}.xml" for kind in ("styles", "sharedStrings")}
    if len(targets) < len(links) or any({*linked(part_of, _BOOK, k)} - {part_name(fixed[k])} for k in fixed):
        raise Unclear
    styles, texts = _styles(part_of(fixed["styles"])), _texts(part_of(fixed["sharedStrings"]))
    found: dict[str, Callable[[], Marks]] = {}
    for sheet in elements(book, ".//{*}sheets/{*}sheet"):
        ids = [value for name, value in sheet.attrib.items() if name.endswith("}id")]  # of either namespace
        if (name := sheet.get("name", "")) in found or len(ids) != 1:
            raise Unclear
        found[name] = partial(_marks_of, part_of, _part_of(targets.get(ids[0], "")), styles, texts)
    return found


def _part_of(target: str) -> str:
    """The name of the part that a workbook refers to; empty where the library takes it for another."""
    meant = part_name(posixpath.join("/xl", target))
    return meant if meant == part_name(target if target.startswith(("xl/", "/xl/")) else f"xl/{target}") else ""


def _styles(part: bytes) -> Sequence[Style]:
    """The styles of cells, by their numbers."""
    _check_lists(part, {"fonts": ("font",), "numFmts": ("numFmt",), "cellXfs": ("xf",)})
    fonts = [
        "struck" if is_on(font, "strike") else "bold" if is_on(font, "b") else ""
        for font in elements(part, ".//{*}fonts/{*}font")
    ]
    formats = {one.get("numFmtId"): one.get("formatCode", "") for one in elements(part, ".//{*}numFmts/{*}numFmt")}
    found = []
    for style in elements(part, ".//{*}cellXfs/{*}xf"):
        font, form = int(style.get("fontId", "0")), style.get("numFmtId", "")
        look = fonts[font] if font < len(fonts) else ""
        found.append(Style.of(look, form, formats.get(form, "")))
    return found


def _check_lists(part: bytes, lists: Mapping[str, Sequence[str]]) -> None:
    """
    The library reads lists and their parts wherever they stand, and in whichever namespace; programs that show a file do not.

    Args:
        lists: by the name of a list at the top of the part, what it may have in it.

    Raises:
        Unclear: one stands elsewhere, or has something else in it.
    """
    kinds, root = _Kinds(), fromstring(part) if part else Element("")
    own = [child for child in root if kinds[child.tag] in lists]
    named = sum(one.tag.rpartition("}")[2] in lists for one in root.iter())
    if named > len(own) or len({one.tag for one in own}) < len(own):
        raise Unclear
    for one in own:
        if {kinds[child.tag] for child in one} - {*lists[kinds[one.tag]]}:
            raise Unclear


def _check_text(text: Element, kinds: "_Kinds") -> None:
    """Raises `Unclear` where a text has parts that the library reads and programs that show it leave out."""
    runs = [child for child in text if kinds[child.tag] in ("r", "rPh")]
    if {kinds[child.tag] for child in text} - {"t", "r", "rPh", "phoneticPr"}:
        raise Unclear
    if {kinds[child.tag] for run in runs for child in run} - {"t", "rPr"}:
        raise Unclear


def _texts(part: bytes) -> _Texts:
    found, number = _Texts({}, {}, set()), 0
    kinds = _Kinds()
    for _, text in iterparse(BytesIO(part)) if part else ():
        if kinds[text.tag] == "si":
            _check_text(text, kinds)
            if struck := _struck_look(text):
                found.struck[number] = struck
            if raised := _with_raised(text):
                found.raised[number] = raised
            if not _is_text(text):
                found.blank.add(number)
            text.clear()
            number += 1
        elif text.tag.endswith("}sst") and {kinds[child.tag] for child in text} - {"si"}:
            raise Unclear
    return found


def _is_text(text: Element) -> bool:
    """Whether a text has signs that are seen."""
    return any((t.text or "").strip() for path in ("{*}t", "{*}r/{*}t") for t in text.iterfind(path))


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


class _Value(NamedTuple):
    """What stands in a cell."""

    text: str | None
    """As it is stored; None for no value."""
    inline: Element | None
    """A text of the cell's own."""
    has_formula: bool


class _Sheet:
    """Finds the marks of a sheet, row by row; raises `Unclear` where the library, or Excel, may see other cells."""

    def __init__(self, styles: Sequence[Style], texts: _Texts) -> None:
        self.found = no_marks()
        self._texts, self._kinds = texts, _Kinds()
        self._filled = array("q")
        self._count, self._row = 0, -1

        @cache
        def style(number: str) -> Style:
            is_number = number.strip().lstrip("+").isdigit()
            return styles[int(number)] if is_number and int(number) < len(styles) else _PLAIN

        self._style = style

    def read(self, part: bytes) -> Marks:
        for _, element in iterparse(BytesIO(part)):
            match self._kinds[element.tag]:
                case "row":
                    self._add_row(element)
                    element.clear()
                case "sheetData":
                    if len(element) != self._count or {self._kinds[row.tag] for row in element} - {"row"}:
                        raise Unclear
                case "col" if _is_hidden(element, "width"):
                    first, last = int(element.get("min", "1")), int(element.get("max", "1"))
                    self.found["hidden_columns"] += range(first - 1, min(last, MAX_COLUMNS))
                case "filterColumn":
                    self.found["filtered"] = True
        return {**self.found, "filled": self._filled}

    def _add_row(self, row: Element) -> None:
        before, self._row = self._row, int(row.get("r", self._row + 2)) - 1
        self._count += 1
        if self._row <= before:
            raise Unclear
        if _is_hidden(row, "ht"):
            self.found["hidden"].append(self._row)
        column, digits = -1, str(self._row + 1)
        for cell in row:
            kind = self._kinds[cell.tag]
            before, name = column, cell.get("r") or cell_name(self._row, column + 1)
            letters = name.rstrip("0123456789")
            column = _column(letters)
            if kind != "c" or column <= before or name != letters + digits:
                raise Unclear
            self._add_cell(cell, name, column)

    def _add_cell(self, cell: Element, name: str, column: int) -> None:
        type_ = cell.get("t", "n")
        looks, form, code = self._style(cell.get("s", "0"))
        if len(cell):
            text, inline, has_formula = self._value(cell, type_)
            is_seen = bool(text and text.strip())
            has_no_value = has_formula and not is_seen and (text is None or type_ != "str")
            if type_ == "e" or has_no_value or _is_nan(text, type_):
                self.found["formulas"].append(name)
            if form and text is not None:
                self.found["forms"][name] = form
            if code:
                self.found["codes"][name] = code
            shown = ""
            if inline is not None:
                is_seen = _is_text(inline)
                struck, shown = _struck_look(inline), _with_raised(inline)
                looks = [struck] if struck else looks
            elif type_ == "s" and text:
                number = int(text)
                is_seen = number not in self._texts.blank
                looks = [self._texts.struck[number]] if number in self._texts.struck else looks
                shown = self._texts.raised.get(number, "")
            if shown:
                self.found["texts"][name] = shown
            if text or inline is not None:
                self._filled.append(place_of(self._row, column) << 1 | (is_seen and type_ != "e"))
        for look in looks:
            self.found[look].append(name)

    def _value(self, cell: Element, type_: str) -> _Value:
        text = inline = None
        has_formula = False
        for child in cell:
            match self._kinds[child.tag]:
                case "v" if text is None:
                    text = child.text or ""
                case "is" if type_ == "inlineStr" and inline is None:
                    _check_text(child, self._kinds)
                    inline = child
                case "f":
                    has_formula = True
                case "extLst":
                    pass
                case _:
                    raise Unclear
        return _Value(None if type_ == "inlineStr" else text, inline, has_formula)


def _is_nan(text: str | None, type_: str) -> bool:
    return text is not None and type_ == "n" and text.strip().lower().lstrip("+-") == "nan"


def _is_hidden(element: Element, size: str) -> bool:
    """Whether a row or a column is hidden, or has no height or width."""
    is_hidden = element.get("hidden", "0").strip() not in ("0", "false")
    return is_hidden or float(element.get(size, "1").strip() or 0) == 0


@cache
def _column(letters: str) -> int:
    """The place of a column, from 0."""
    if not re.fullmatch("[A-Z]{1,3}", letters):
        raise Unclear
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


def _marks_of(part_of: Callable[[str], bytes], name: str, styles: Sequence[Style], texts: _Texts) -> Marks:
    """The marks of a sheet of an .xlsx file, of whose cells an empty text is a value; its cells, as `filled`, among them."""
    part = part_of(name)
    may_be_cut = b"<!" in part or b"&#" in part or part.count(b"<?") > 1
    if not part or (may_be_cut and _CUT.search(part)):
        raise Unclear
    return {**_Sheet(styles, texts).read(part), "comments": _comments(part_of, name)}


def _comments(part_of: Callable[[str], bytes], name: str) -> dict[str, str]:
    """By cell, what somebody remarked on it."""
    remarks = (one for part in linked(part_of, name, "comments") for one in elements(part_of(part), ".//{*}comment"))
    texts = {one.get("ref", ""): "".join(one.itertext()).strip()[:MAX_TEXT] for one in remarks}
    # Of a thread, Excel writes a notice first, which says that older versions cannot show it.
    return {
        cell: text.partition("Comment:")[2].strip() if text.startswith("[Threaded comment]") else text
        for cell, text in islice(texts.items(), MAX_MARKED)
    }
