"""
Fills a Word template, as a worker of `reformtrack.exchange.bounded`.

What stands in the braces of a template may name what it is given, print it and go through it, and no more. It calls nothing,
sees no attribute of any object, and no object of a library is ever given to it.
"""

import json
from base64 import b64decode
from collections.abc import Iterator
from copy import deepcopy
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.parts.story import StoryPart
from docx.shared import Mm
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, Undefined
from jinja2.filters import FILTERS
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

ALLOWED = {"capitalize", "count", "d", "default", "first", "join", "last", "length", "lower", "replace", "title"}
ALLOWED |= {"trim", "upper"}
"""The filters."""

OF_LOOPS = frozenset({"index", "index0", "revindex", "revindex0", "first", "last", "length"})
"""What a template may ask of a loop."""

LINKS = ("http://", "https://", "mailto:")
"""Where a link of a template may lead: a reader follows it or does not. All else would be fetched by itself."""

ACTIVE = frozenset(
    {
        *("vbaProject", "wordVbaData", "control", "activeXControlBinary", "keyMapCustomizations", "attachedToolbars"),
        *("oleObject", "aFChunk"),
    }
)
"""The relationships of what runs in Word, leads to what does, or brings in another file."""


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja for texts, lists and dicts: no calls, no attributes but those of loops, no global names, few filters."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, finalize=printable)
        self.globals.clear()
        self.filters = {name: FILTERS[name] for name in ALLOWED}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """What stands after a dot: the key of a dict, or what may be asked of a loop; never an attribute."""
        known = isinstance(obj, LoopContext) and attribute in OF_LOOPS
        return getattr(obj, attribute) if known else self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """What stands in brackets; where there is nothing, never an attribute instead."""
        try:
            return obj[argument]
        except (TypeError, LookupError):
            return self.undefined(obj=obj, name=argument)

    def is_safe_callable(self, obj: Any) -> bool:
        """Whether a template may call something: nothing."""
        return False


def printable(value: Any) -> Any:
    """A value that stands in braces, if it is a text or a number."""
    if not isinstance(value, str | int | float | Undefined):  # one that is not defined says so itself
        raise TemplateError(f"a {type(value).__name__} stands in braces, and is no text")
    return value


class Template(DocxTemplate):  # type: ignore[misc]  # it has no types
    """A template whose parts have to be XML once they are filled: docxtpl would mend it in silence."""

    def render_xml_part(self, src_xml: str, part: Any, context: Any, jinja_env: Any = None) -> str:
        """A part, filled."""
        filled: str = super().render_xml_part(src_xml, part, context, jinja_env)
        parse_xml(filled.encode())
        return filled


def answer(content: bytes) -> bytes:
    """
    The filled template.

    Args:
        content: a line of JSON, and the template. `places`: what it may name. `picture`: a PNG as base64 for the place
            `checkpoint_code`, `millimetres` wide; empty for none.
    """
    head, _, template = content.partition(b"\n")
    given = json.loads(head)
    word, filled = Template(BytesIO(template)), BytesIO()
    check(word.get_docx())
    mark = unused(given["places"], template) if given["picture"] else ""
    word.render({**given["places"], "checkpoint_code": mark}, Sandbox(), autoescape=True)
    word.save(filled)
    if not mark:
        return filled.getvalue()
    return illustrated(filled, mark, b64decode(given["picture"]), Mm(given["millimetres"]))


def unused(places: Any, template: bytes) -> str:
    """A sign that stands for the picture until it is put in: of private use, and in no text of the report or the template."""
    with ZipFile(BytesIO(template)) as archive:
        texts = [archive.read(name).decode(errors="ignore") for name in archive.namelist() if name.endswith(".xml")]
    texts.append(json.dumps(places, ensure_ascii=False))
    return next(sign for sign in map(chr, range(0xE000, 0xF900)) if not any(sign in text for text in texts))


def check(word: Any) -> None:
    """Refuse what runs in Word, and what Word would fetch by itself."""
    for one in word.part.package.iter_rels():
        kind = one.reltype.rpartition("/")[2]
        if kind in ACTIVE:
            raise ValueError("it has macros, or objects in it")
        if one.is_external and not (kind == "hyperlink" and one.target_ref.lower().startswith(LINKS)):
            raise ValueError(f"it is linked to another file or place: {one.target_ref[:100]}")


def illustrated(filled: BytesIO, mark: str, png: bytes, width: int) -> bytes:
    """A document with a picture in the place of each mark; no mark is left where no picture can be."""
    word, saved = Document(filled), BytesIO()
    for part in word.part.package.iter_parts():
        if isinstance(part, StoryPart):
            for text in list(marked(part.element, mark)):
                _put(part, text, mark, png, width)
    word.save(saved)
    with ZipFile(saved) as archive:
        left = [name for name in archive.namelist() if name.endswith(".xml") and mark.encode() in archive.read(name)]
    if left:
        raise ValueError(f"checkpoint_code stands where no picture can be, in {left[0]}")
    return saved.getvalue()


def marked(element: Any, mark: str) -> Iterator[Any]:
    """The texts of runs that have a mark."""
    return (text for text in element.iter(qn("w:t")) if mark in (text.text or "") and text.getparent().tag == qn("w:r"))


def _put(part: StoryPart, text: Any, mark: str, png: bytes, width: int) -> None:
    """A text of a run, parted where its marks are, with the picture there."""
    first, *others = text.text.split(mark)
    text.text = first
    for other in others:
        drawing = text.makeelement(qn("w:drawing"))
        drawing.append(part.new_pic_inline(BytesIO(png), width=width))
        text.addnext(drawing)
        drawing.addnext(after := deepcopy(text))
        after.text, text = other, after
