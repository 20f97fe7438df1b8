"""
Fills a Word template, as a worker of `reformtrack.exchange.bounded`.

Expressions in a template may only name, print and iterate over the given data. They cannot call anything or read
attributes, and get no objects of libraries.
"""

import json
import re
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
from jinja2 import StrictUndefined, TemplateError, Undefined, nodes
from jinja2.filters import FILTERS
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

ALLOWED = {"capitalize", "count", "d", "default", "first", "join", "last", "length", "lower", "replace", "title"}
ALLOWED |= {"trim", "upper"}
"""The filters."""

OF_LOOPS = frozenset({"index", "index0", "revindex", "revindex0", "first", "last", "length"})
"""The loop attributes allowed in a template."""

LINKS = ("http://", "https://", "mailto:")
"""
The allowed schemes of links in a template. A reader chooses to follow a link; other references would be fetched
automatically.
"""

ACTIVE = frozenset(
    {
        *("vbaProject", "wordVbaData", "control", "activeXControlBinary", "keyMapCustomizations", "attachedToolbars"),
        *("oleObject", "aFChunk", "subDocument", "extensibility", "webextension", "webextensiontaskpanes"),
    }
)
"""The relationships that run something in Word, lead to it, or include another file."""


REFERENCES = frozenset({"mailMerge", "saveThroughXslt", "schemaLibrary", "attachedSchema", "altChunk", "subDoc"})
"""The elements that lead Word to another file or place without a relationship."""

FIELDS = frozenset(
    {
        *("PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "DATE", "TIME", "TOC", "REF", "PAGEREF", "NOTEREF"),
        *("STYLEREF", "IF", "QUOTE", "SAVEDATE", "CREATEDATE", "PRINTDATE", "SYMBOL", "TITLE", "SUBJECT", "AUTHOR"),
        *("DOCPROPERTY", "FORMTEXT", "FORMCHECKBOX", "FORMDROPDOWN", "SEQ", "="),
    }
)
"""The fields of Word that a filled document may have: they run nothing, and fetch nothing from elsewhere."""


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja for texts, lists and dicts: no calls, no attributes but those of loops, no global names, few filters."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, finalize=printable)
        self.globals.clear()
        self.filters = {name: FILTERS[name] for name in ALLOWED}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        if tree.find(nodes.EvalContextModifier):  # else a text of the data could be markup
            raise TemplateError("autoescape stands in the template, and cannot be changed")
        return tree

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Resolve a dot: the key of a dict, or an allowed loop attribute; never another attribute."""
        known = isinstance(obj, LoopContext) and attribute in OF_LOOPS
        return getattr(obj, attribute) if known else self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Resolve brackets; never fall back to an attribute."""
        try:
            return obj[argument]
        except (TypeError, LookupError):
            return self.undefined(obj=obj, name=argument)

    def is_safe_callable(self, obj: Any) -> bool:
        """Refuse every call."""
        return False


def printable(value: Any) -> Any:
    """The value of an expression, if it is a text or a number."""
    if not isinstance(value, str | int | float | Undefined):  # an undefined value raises its own error
        raise TemplateError(f"a {type(value).__name__} stands in braces, and is no text")
    return value


class Template(DocxTemplate):  # type: ignore[misc]  # it has no types
    """A template whose filled parts must be valid XML: docxtpl would silently repair them."""

    def render_xml_part(self, src_xml: str, part: Any, context: Any, jinja_env: Any = None) -> str:
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
    check_fields(filled)
    if not mark:
        return filled.getvalue()
    return illustrated(filled, mark, b64decode(given["picture"]), Mm(given["millimetres"]))


def unused(places: Any, template: bytes) -> str:
    """
    A placeholder for the picture until it is inserted: a private-use character that is in no text of the report or
    template.
    """
    with ZipFile(BytesIO(template)) as archive:
        texts = [archive.read(name).decode(errors="ignore") for name in archive.namelist() if name.endswith(".xml")]
    texts.append(json.dumps(places, ensure_ascii=False))
    return next(sign for sign in map(chr, range(0xE000, 0xF900)) if not any(sign in text for text in texts))


def check(word: Any) -> None:
    """Refuse macros and anything that Word would fetch automatically."""
    for one in word.part.package.iter_rels():
        kind = one.reltype.rpartition("/")[2]
        if kind in ACTIVE:
            raise ValueError("it has macros, or objects in it")
        if one.is_external and not (kind == "hyperlink" and one.target_ref.lower().startswith(LINKS)):
            raise ValueError(f"it is linked to another file or place: {one.target_ref[:100]}")


def check_fields(filled: BytesIO) -> None:
    """
    Refuse fields that Word would run, or fetch something for; of the filled document, since data may stand in one.

    Raises:
        ValueError: one is not among those that are known to do neither.
    """
    with ZipFile(filled) as archive:
        contents = [archive.read(name) for name in archive.namelist()]
    # What a part is, its content says: it may be called anything.
    parts = [parse_xml(content) for content in contents if content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<"]
    for element in (element for part in parts for element in part.iter()):
        if not isinstance(element.tag, str):
            raise ValueError("it has a remark of XML, by which a field could be hidden")
        space, name = _named(element.tag)
        given = {_named(key)[1] for key in element.attrib}
        if name in REFERENCES or (space == _VML and given & {"src", "href", "althref"}):
            raise ValueError(f"it refers to another file or place: {name}")
    for said in (said for part in parts for said in fields_in(part)):
        found = re.match(r"\s*(\w+|=)\s*(.*)", said, re.DOTALL)
        kind, rest = (found[1].upper(), found[2].strip()) if found else ("", said.strip())
        link = _LINK.fullmatch(rest) if kind == "HYPERLINK" else None
        leads_well = link is not None and (bool(link["local"]) or link["place"].lower().startswith(LINKS))
        if (kind or rest) and kind not in FIELDS and not leads_well:
            raise ValueError(f"it has a field that may run or fetch something: {said.strip()[:100]}")


_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
    "",
)
"""The namespaces of Word's elements, and of attributes that have none."""
_VML = "urn:schemas-microsoft-com:vml"
_LINK = re.compile(r'(?P<local>\\l\s+)?"?(?P<place>[^"\s\\]+)"?(?:\s+\\[ot]\s+"?[^"\\]*"?)*(?:\s+\\h)?\s*')


def _named(name: str) -> tuple[str, str]:
    """The namespace of a name of XML, and the name without it."""
    space, _, local = name.rpartition("}")
    return space.lstrip("{"), local


def fields_in(part: Any) -> Iterator[str]:
    """
    What each field of a part says, those within others too.

    Raises:
        ValueError: one is written so that another reader may see another field.
    """
    begun: list[str | None] = []  # None once the code of a field is over
    for element in part.iter("*"):
        space, name = _named(element.tag)
        is_in_code = bool(begun) and begun[-1] is not None
        if name in ("fldSimple", "fldChar", "instrText", "delInstrText"):
            foreign = {
                key
                for key in element.attrib
                if _named(key)[0] not in _WORD and _named(key)[1] in ("instr", "fldCharType")
            }
            if space not in _WORD or foreign or name == "delInstrText" or _is_alternative(element):
                raise ValueError(f"it has a field that can be read in two ways: {name}")
        if name == "fldSimple":
            yield next((value for key, value in element.attrib.items() if _named(key)[1] == "instr"), "")
        elif name == "instrText":
            begun = begun or [""]
            begun[-1] = (begun[-1] or "") + (element.text or "")
        elif name == "t" and is_in_code and (element.text or "").strip():
            raise ValueError("it has a text in the code of a field")
        elif name == "fldChar":
            kind = next((value for key, value in element.attrib.items() if _named(key)[1] == "fldCharType"), "")
            if kind == "begin":
                if is_in_code and not (begun[-1] or "").strip():
                    raise ValueError("it has a field whose kind another field says")
                begun.append("")
            elif kind == "separate" and is_in_code:
                yield begun[-1] or ""
                begun[-1] = None
            elif kind == "end" and begun and (said := begun.pop()) is not None:
                yield said
    yield from (said for said in begun if said is not None)


def _is_alternative(element: Any) -> bool:
    """Whether an element stands among alternatives, of which each reader takes another."""
    return any(_named(above.tag)[1] == "AlternateContent" for above in element.iterancestors())


def illustrated(filled: BytesIO, mark: str, png: bytes, width: int) -> bytes:
    """A document with a picture in place of each mark; marks where no picture is possible are removed."""
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
