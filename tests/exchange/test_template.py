"""A Word template is somebody's file: it fills its places, and reaches nothing else, in bounded time and memory."""

import io
import re
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from textwrap import dedent
from xml.sax.saxutils import escape, quoteattr

import docx as python_docx
import pytest
from dak_nong_events import PLAN, YEAR, Clock, record_year
from dak_nong_report import LETTERHEAD
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from jinja2 import TemplateError

from reformtrack import InvalidField, Tracker
from reformtrack.answers import Report
from reformtrack.domain.errors import TemplateFileError
from reformtrack.domain.values import Domain
from reformtrack.exchange import bounded
from reformtrack.exchange.bounded import Unusable
from reformtrack.exchange.report import template as template_module
from reformtrack.exchange.report.forms import write_report
from reformtrack.exchange.report.template import from_template
from reformtrack.exchange.report.template_filler import Sandbox, fields_in
from reformtrack.seal import SigningKey
from reformtrack.views.beside import Beside
from tests.exchange.test_reports import codes_of, pages_of, text_of
from tests.support import adopted, scheduled

pytestmark = pytest.mark.slow

KEY = SigningKey.generate("dak-nong.example/reform")
SOON = 20
"""Within how many seconds what is hostile is refused, where it does not have to be given up."""


@pytest.fixture(scope="module")
def sealed() -> Iterator[Report]:
    """The report of the worked example, sealed: it has a picture."""
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        record_year(tracker, clock)
        yield tracker.reports.issue(PLAN, YEAR, by="so-noi-vu", signing_key=KEY)


def written(path: Path, *lines: str, header: str = "", title: str = "") -> Path:
    """A template with these lines as paragraphs."""
    word = python_docx.Document()
    for line in lines:
        word.add_paragraph(line)
    if header:
        word.sections[0].header.paragraphs[0].text = header
    word.core_properties.title = title
    word.save(str(path))
    return path


def changed(path: Path, change: Callable[[str, bytes], bytes], extra: Mapping[str, bytes] | None = None) -> Path:
    """A template of which some parts are others, and which has some more."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: change(name, archive.read(name)) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**parts, **(extra or {})}.items():
            archive.writestr(name, content)
    return path


def within(part: str, old: bytes, new: bytes) -> Callable[[str, bytes], bytes]:
    return lambda name, content: content.replace(old, new, 1) if name == part else content


def related(path: Path, kind: str, target: str, *, external: bool) -> Path:
    """A template that is related to something."""
    mode = ' TargetMode="External"' if external else ""
    link = f'<Relationship Id="rId99" Type="{kind}" Target="{target}"{mode}/></Relationships>'
    part = "word/_rels/document.xml.rels"
    return changed(written(path, "x"), within(part, b"</Relationships>", link.encode()))


def texts_of(value: object) -> Iterator[object]:
    """What is in lists and dicts."""
    if type(value) in (list, dict):
        for item in value.values() if isinstance(value, dict) else value:  # type: ignore[attr-defined]  # a list
            yield from texts_of(item)
    else:
        yield value


@pytest.mark.parametrize(
    "line",
    [
        """{{ checkpoint_code.tpl.render_xml_part("{{ cycler.__init__.__globals__.os.mkdir('HERE') }}", none, {}) }}""",
        "{{ checkpoint_code.tpl.save('HERE') }}",
        "{{ checkpoint_code.tpl.docx.save('HERE') }}",
        "{{ checkpoint_code.tpl.write_xml('HERE') }}",
        "{{ checkpoint_code.tpl.template_file.getvalue() }}",
        "{{ checkpoint_code.image_descriptor.getvalue() }}",
    ],
)
def test_nothing_that_a_template_is_given_leads_to_a_library(sealed: Report, tmp_path: Path, line: str) -> None:
    """The picture is no object whose methods render outside the sandbox, or write."""
    here = tmp_path / "here"
    own = written(tmp_path / "mau.docx", line.replace("HERE", str(here)))
    with pytest.raises(InvalidField, match=r"mau\.docx"):
        from_template(sealed, own)
    assert not here.exists()


def test_a_template_is_given_texts_and_lists_and_dicts_of_them(sealed: Report) -> None:
    """And nothing else, all the way down."""
    places = template_module._places(sealed, "vi", LETTERHEAD, Beside())
    found = list(texts_of(places))
    assert len(found) > 300
    assert {str} == {type(value) for value in found}


ESCAPES = (
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''['__class__'] }}",
    "{{ organ.format }}",
    "{{ organ.format(organ) }}",
    "{{ '{0.__class__}'.format(organ) }}",
    "{{ '{0.__class__}' | format(organ) }}",
    "{{ '%s' | format(organ) }}",
    "{{ organ | attr('__class__') }}",
    "{{ domains | map(attribute='__class__') | list }}",
    "{{ domains | selectattr('title') | list }}",
    "{{ domains | map('upper') | join }}",
    "{{ domains[0].items() }}",
    "{{ domains[0].pop('title') }}",
    "{{ domains.append(1) }}",
    "{{ domains.__init__ }}",
    "{{ domains }}",
    "{{ domains[0] }}",
    "{{ organ.upper }}",
    "{{ organ.upper() }}",
    "{{ organ | safe }}",
    "{{ organ | pprint }}",
    "{{ organ | random }}",
    "{{ cycler }}",
    "{{ cycler('a') }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ joiner.__init__.__globals__.os }}",
    "{{ lipsum() }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ namespace() }}",
    "{% set n = namespace(a=1) %}",
    "{{ range(3) }}",
    "{{ dict(a=1) }}",
    "{{ self }}",
    "{{ self.__init__ }}",
    "{{ self._TemplateReference__context.parent }}",
    "{% block b %}{{ self.b }}{% endblock %}",
    "{% block b %}{{ super() }}{% endblock %}",
    "{{ loop }}",
    "{% for a in leads %}{{ loop }}{% endfor %}",
    "{% for a in leads %}{{ loop.__class__ }}{% endfor %}",
    "{% for a in leads %}{{ loop.cycle }}{% endfor %}",
    "{% for a in leads %}{{ loop.cycle('a', 'b') }}{% endfor %}",
    "{% for a in leads %}{{ loop._iterator }}{% endfor %}",
    "{% for a in leads recursive %}{{ loop(leads) }}{% endfor %}",
    "{% macro m() %}x{% endmacro %}{{ m() }}",
    "{% macro m() %}x{% endmacro %}{{ m.__call__ }}",
    "{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}x{% endcall %}",
    "{% import 'x' as y %}",
    "{% from 'x' import y %}",
    "{% include 'x' %}",
    "{% include '/etc/passwd' %}",
    "{% extends 'x' %}",
    "{% filter format %}{% endfilter %}",
    "{{ checkpoint_code.tpl }}",
    "{{ request }}",
    "{{ config }}",
    "{{ __builtins__ }}",
    "{{ ().__class__ }}",
    "{{ (1).__class__ }}",
    "{{ {}.get }}",
    "{{ [].append(1) }}",
    "{{ [1].copy() }}",
)


@pytest.mark.parametrize("line", ESCAPES)
def test_a_template_cannot_leave_its_places(sealed: Report, line: str) -> None:
    """No attribute of anything, no call, no name but those that it is given, no other template."""
    places = {**template_module._places(sealed, "vi", LETTERHEAD, Beside()), "checkpoint_code": "x"}
    with pytest.raises((TemplateError, TypeError)) as refused:
        Sandbox().from_string(line).render(places)
    assert "0x" not in str(refused.value), "no address of an object"


@pytest.mark.parametrize("where", ["body", "header", "title"])
@pytest.mark.parametrize("line", ["{{ ''.__class__ }}", "{% import 'x' as y %}"])
def test_an_escape_is_refused_wherever_it_stands(sealed: Report, tmp_path: Path, where: str, line: str) -> None:
    """In the page, in its head, and in the properties of the file: with an error that names the template."""
    header, title = (line if where == name else "" for name in ("header", "title"))
    own = written(tmp_path / "mau.docx", line if where == "body" else "x", header=header, title=title)
    with pytest.raises(TemplateFileError, match=r"mau\.docx: it cannot be read: .*; accepted: a \.docx") as refused:
        from_template(sealed, own)
    assert isinstance(refused.value, InvalidField)


@pytest.mark.parametrize(
    "said", ["PAGE", " numpages ", 'TOC \\o "1-3"', 'HYPERLINK "https://x.example"', "HYPERLINK \\l a"]
)
def test_fields_that_fetch_nothing_stay(sealed: Report, tmp_path: Path, said: str) -> None:
    """Numbers of pages, contents, links that a reader chooses to follow."""
    filled = from_template(sealed, with_field(said)(tmp_path / "a.docx"))
    with zipfile.ZipFile(io.BytesIO(filled)) as archive:
        assert [said] == list(fields_in(parse_xml(archive.read("word/document.xml"))))


def test_what_a_template_may_do(sealed: Report, tmp_path: Path) -> None:
    """Name, go through, ask, count, and a few filters."""
    lines = (
        "{{ organ | upper }}: {{ completed }}/{{ total }}",
        "{% for one in not_completed %}{{ loop.index }}. {{ one.title }}{% if not loop.last %}; {% endif %}{% endfor %}",
        "{% if overdue != '0' %}còn {{ overdue }} quá hạn{% else %}không{% endif %}",
        "{{ domains | length }} lĩnh vực, đầu tiên: {{ (domains | first).title }}; {{ leads[0]['title'] }}",
        "{{ recipients | join(', ') }}",
    )
    text = text_of(from_template(sealed, written(tmp_path / "mau.docx", *lines), "vi", LETTERHEAD), ".docx")
    assert "ỦY BAN NHÂN DÂN TỈNH ĐẮK NÔNG: 53/55" in text
    assert "1. " in text
    assert "còn 1 quá hạn" in text
    assert "7 lĩnh vực, đầu tiên: " in text
    assert "Bộ Nội vụ, TTTU, TT HĐND tỉnh, Các sở, ban, ngành" in text


BOMBS = {
    "division by zero": "{{ 1/0 }}",
    "a long text": "{{ 'a' * 10**10 }}",
    "a text that is long once printed": "{{ '%10000000000d' % 1 }}",
    "many texts": "{% set a = 'a' * 10**8 %}{{ a }}{{ a }}{{ a }}{{ a }}{{ a }}{{ a }}{{ a }}{{ a }}{{ a }}{{ a }}",
    "a long list": "{{ ([1] * 10**10) | length }}",
    "a number without end": "{{ 10 ** (10 ** 10) }}",
    "many numbers": "{% for a in range(10**9) %}{{ a }}{% endfor %}",
    "loops in loops": "".join(f"{{% for a{n} in activities %}}" for n in range(6)) + "x" + "{% endfor %}" * 6,
    "deep braces": "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}",
    "itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "a sum": "{{ " + "1+" * 20_000 + "1 }}",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_template_that_never_ends_is_given_up(
    sealed: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Or is refused before: a clear error that names it, in bounded time and memory."""
    monkeypatch.setattr(bounded, "SECONDS", 3)
    own, began = written(tmp_path / "mau.docx", BOMBS[name]), time.monotonic()
    with pytest.raises(TemplateFileError, match=r"mau\.docx: it (cannot be read|takes more than|needs too much)"):
        from_template(sealed, own)
    assert time.monotonic() - began < SOON


def inflating(path: Path) -> Path:
    """A zip of some hundred kilobytes that is 301 MB of XML."""
    return changed(written(path, "x"), lambda _, part: part, {"word/more.xml": b"<a>" + b" " * (301 << 20)})


def large_in_memory(path: Path) -> Path:
    """Within the bounds of its size, and many times that as a tree."""
    cells = b"<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 2_500_000
    return changed(written(path, "x"), within("word/document.xml", b"<w:body>", b"<w:body>" + cells))


def deep(path: Path) -> Path:
    nested = b"<w:a>" * 100_000 + b"</w:a>" * 100_000
    return changed(written(path, "x"), within("word/document.xml", b"<w:body>", b"<w:body>" + nested))


def with_entities(path: Path) -> Path:
    declared = b'?>\n<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return changed(written(path, "x"), within("word/document.xml", b"?>", declared))


def broken_once_filled(path: Path) -> Path:
    """XML as it is, and none when it is filled: a part of a paragraph stands in a condition."""
    lines = written(path, "MARK")
    halved = b"{% if total %}</w:t>{% endif %}<w:t>"
    return changed(lines, within("word/document.xml", b"MARK", halved.replace(b"</w:t>", b"<w:x>")))


def with_macros(path: Path) -> Path:
    kind = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
    types = b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    own = changed(
        related(path, kind, "vbaProject.bin", external=False), within("[Content_Types].xml", b"</Types>", types)
    )
    return changed(own, lambda _, part: part, {"word/vbaProject.bin": b"x"})


def as_docm(path: Path) -> Path:
    old = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    new = b"application/vnd.ms-word.document.macroEnabled.main+xml"
    return changed(written(path, "x"), within("[Content_Types].xml", old, new))


def linked(kind: str, target: str) -> Callable[[Path], Path]:
    return lambda path: related(path, kind, target, external=True)


def with_field(*said: str, where: str = "word/document.xml") -> Callable[[Path], Path]:
    """A template with a field: a simple one; of several texts, one whose instruction is parted in runs."""
    runs = "".join(f"<w:r><w:instrText>{escape(text)}</w:instrText></w:r>" for text in said)
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
    field = f"{begin}{runs}{end}" if len(said) > 1 else f"<w:fldSimple w:instr={quoteattr(said[0])}/>"
    return lambda path: changed(
        written(path, "{{ organ }}", header="x"), within(where, b"</w:p>", f"{field}</w:p>".encode())
    )


def called(name: str) -> Callable[[Path], Path]:
    """A template whose document is a part of another name, with a field in it that runs."""

    def make(path: Path) -> Path:
        own = with_field('DDEAUTO c:\\\\cmd.exe "/k calc"')(path)
        with zipfile.ZipFile(own) as archive:
            parts = {one: archive.read(one) for one in archive.namelist()}
        old = b"word/document.xml"
        with zipfile.ZipFile(own, "w") as archive:
            for one, content in parts.items():
                links = one in ("[Content_Types].xml", "_rels/.rels")
                place = one.replace("document.xml", name) if "word/" in one else one
                archive.writestr(place, content.replace(old, f"word/{name}".encode()) if links else content)
        return own

    return make


def of_bytes(content: bytes) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return make


def cut(path: Path) -> Path:
    content = written(path, "x").read_bytes()
    return of_bytes(content[: len(content) // 2])(path)


BEGIN, SEPARATE, END = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
RUNS = "<w:r><w:instrText>DDEAUTO cmd</w:instrText></w:r>"
OTHER = 'xmlns:q="urn:q"'
HIDDEN = [
    f"{BEGIN}<w:r><w:instrText><!-- -->DDEAUTO cmd</w:instrText></w:r>{END}",
    f"{BEGIN}<w:r><q:instrText {OTHER}>PAGE </q:instrText></w:r>{RUNS}{END}",
    f'<w:fldSimple w:instr="PAGE" q:instr="DDEAUTO cmd" {OTHER}/>',
    f'<w:r><w:fldChar w:fldCharType="begin" q:fldCharType="no" {OTHER}/></w:r>{RUNS}{END}',
    f"{BEGIN}<w:del><w:r><w:delInstrText>PAGE </w:delInstrText></w:r></w:del>{RUNS}{END}",
    f"{BEGIN}<w:r><w:t>DDEAUTO cmd</w:t></w:r>{END}",
    f"{BEGIN}{BEGIN}<w:r><w:instrText>QUOTE x</w:instrText></w:r>{END}<w:r><w:instrText>PAGE</w:instrText></w:r>{END}",
    f'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">{BEGIN}{RUNS}{END}</mc:AlternateContent>',
]
"""Fields that one reader sees otherwise than another."""


def in_document(field: str) -> Callable[[Path], Path]:
    """A template with this at the end of its paragraphs."""
    return lambda path: changed(
        written(path, "{{ organ }}"), within("word/document.xml", b"</w:p>", f"{field}</w:p>".encode())
    )


_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

HOSTILE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "inflating": (inflating, "too large when unpacked"),
    "large in memory": (large_in_memory, "too much memory|takes more than|cannot be read"),
    "deep": (deep, "cannot be read: Excessive depth"),
    "entities": (with_entities, "declares XML entities"),
    "broken once filled": (broken_once_filled, "cannot be read: .*mismatch"),
    "macros": (with_macros, "it has macros"),
    "docm": (as_docm, "macroEnabled"),
    "a template elsewhere": (linked(_OFFICE + "attachedTemplate", "http://x.example/a.dotm"), "linked to"),
    "a picture elsewhere": (linked(RELATIONSHIP_TYPE.IMAGE, "http://x.example/a.png"), "linked to"),
    "a share": (linked(RELATIONSHIP_TYPE.HYPERLINK, "file://host/share"), "linked to .*file://host"),
    "an object": (linked(_OFFICE + "oleObject", "http://x.example/a"), "it has macros, or objects in it"),
    "another file": (linked(_OFFICE + "aFChunk", "http://x.example/a"), "it has macros, or objects in it"),
    "a frame": (linked(_OFFICE + "frame", "http://x.example/a"), "linked to"),
    "a field that runs": (with_field('DDEAUTO c:\\\\cmd.exe "/k calc"'), "has a field that may run or fetch .*DDEAUTO"),
    "a field in a part of another name": (called("document.dat"), "has a field that may run or fetch .*DDEAUTO"),
    "a merge of mails": (
        lambda path: changed(
            written(path, "x"), within("word/settings.xml", b"</w:settings>", b"<w:mailMerge/></w:settings>")
        ),
        "refers to another file or place: mailMerge",
    ),
    **{
        f"a field that hides {n}": (
            in_document(field),
            "remark of XML|read in two ways|text in the code|another field says",
        )
        for n, field in enumerate(HIDDEN)
    },
    "a field in runs": (with_field("DD", "EAUTO c:\\\\cmd.exe"), "has a field that may run or fetch .*DDEAUTO"),
    "a field that fetches": (
        with_field("includepicture", ' "http://x.example/a.png"'),
        "may run or fetch .*includepicture",
    ),
    "a field in a header": (
        with_field('INCLUDETEXT "a.docx"', where="word/header1.xml"),
        "may run or fetch .*INCLUDETEXT",
    ),
    "a field that leads to a share, beside a place": (
        with_field('HYPERLINK \\l "a" "\\\\server\\x"'),
        "may run or fetch .*HYPERLINK",
    ),
    "a field that leads to a share": (with_field('HYPERLINK "file://host/share"'), "may run or fetch .*HYPERLINK"),
    "a field of a text": (with_field("{{ rate }} x"), "may run or fetch"),
    "without escapes": (
        lambda path: written(path, "{% autoescape false %}{{ organ }}{% endautoescape %}"),
        "autoescape stands in the template",
    ),
    "cut": (cut, "damaged, or another kind of file"),
    "no zip": (of_bytes(b"x" * 1_000), "damaged, or another kind of file"),
    "empty": (of_bytes(b""), "it is empty"),
    "password": (of_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), "damaged, or another kind of file"),
    "large": (of_bytes(b"x" * (bounded.MAX_BYTES + 1)), "it has more than 20,971,520 bytes"),
    "a zip of nothing": (of_bytes(b"PK\x05\x06" + bytes(18)), "cannot be read"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_template_is_refused_soon_and_clearly(sealed: Report, tmp_path: Path, name: str) -> None:
    """By what it is, and what would be accepted; before it is opened where that can be."""
    make, message = HOSTILE[name]
    own, began = make(tmp_path / "mau.docx"), time.monotonic()
    with pytest.raises(TemplateFileError, match=message) as refused:
        write_report(sealed, tmp_path / "bc.docx", template=own)
    assert time.monotonic() - began < 2 * SOON
    assert str(refused.value).startswith(f"{own}: ")
    assert "; accepted: " in str(refused.value)
    assert not (tmp_path / "bc.docx").exists()


def test_a_folder_and_a_device_are_no_templates(sealed: Report, tmp_path: Path) -> None:
    """And one that is not there is said so by the system."""
    for path in (tmp_path, Path("/dev/zero")):
        with pytest.raises(TemplateFileError, match="it is no file"):
            from_template(sealed, path)
    with pytest.raises(FileNotFoundError):
        from_template(sealed, tmp_path / "none.docx")


def test_a_link_that_a_reader_follows_may_stay(sealed: Report, tmp_path: Path) -> None:
    """As Word makes one of each address in a letterhead."""
    for number, target in enumerate(("https://daknong.gov.vn", "mailto:a@daknong.gov.vn")):
        own = related(tmp_path / f"{number}.docx", RELATIONSHIP_TYPE.HYPERLINK, target, external=True)
        assert "x" in text_of(from_template(sealed, own), ".docx")


def test_the_seal_stands_where_its_place_is(sealed: Report, tmp_path: Path) -> None:
    """In the head, in a text, twice: the texts around it stay, and the picture is the whole checkpoint."""
    lines = ("Trước {{ checkpoint_code }} giữa {{ checkpoint_code }} sau", "{{ checkpoint_code | default('x') }}")
    own = written(tmp_path / "mau.docx", *lines, header="Mã {{ checkpoint_code }}")
    content = from_template(sealed, own)
    assert {sealed.checkpoint} == codes_of(pages_of(content, ".docx", tmp_path))
    word = python_docx.Document(io.BytesIO(content))
    first, second = word.paragraphs
    assert ["Trước ", "", " giữa ", "", " sau"] == [_shown(one) for one in first.runs[0].iter_inner_content()]
    assert 1 == len(second._p.xpath(".//w:drawing"))
    [head] = word.sections[0].header.paragraphs
    assert ("Mã ", 1) == (head.text, len(head._p.xpath(".//w:drawing")))


def test_a_seal_where_no_picture_can_be_is_refused(sealed: Report, tmp_path: Path) -> None:
    """In the properties of the file; no sign is left that stands for it."""
    own = written(tmp_path / "mau.docx", "x", title="{{ checkpoint_code }}")
    with pytest.raises(
        TemplateFileError, match=r"checkpoint_code stands where no picture can be, in docProps/core\.xml"
    ):
        from_template(sealed, own)


def _shown(content: object) -> str:
    return content if isinstance(content, str) else ""


def test_a_text_of_a_record_is_never_taken_for_the_picture(tmp_path: Path) -> None:
    """Whatever sign stands for it until it is put in."""
    title = "\ue000 {{ checkpoint_code }} \ue001"
    with Tracker() as tracker:
        tracker.record(adopted(title=title, domains=(Domain("1", "A"),)), scheduled(title="\ue002"), by="x")
        report = tracker.reports.issue("p", YEAR, by="x", signing_key=KEY)
    own = written(tmp_path / "mau.docx", "{{ subject }}", "{{ activities[0].title }} \ue003", "{{ checkpoint_code }}")
    content = from_template(report, own)
    word = python_docx.Document(io.BytesIO(content))
    assert [0, 0, 1] == [len(paragraph._p.xpath(".//w:drawing")) for paragraph in word.paragraphs]
    assert title in word.paragraphs[0].text
    assert content == from_template(report, own)


@pytest.fixture
def worker(tmp_path: Path) -> Callable[[str], str]:
    """Makes a worker of the body of its function."""

    def make(body: str) -> str:
        path = tmp_path / "worker.py"
        path.write_text(f"def answer(content):\n{dedent(body).strip()}".replace("\n", "\n    "), encoding="utf-8")
        return str(path)

    return make


def test_a_worker_answers_with_bytes(worker: Callable[[str], str]) -> None:
    """Of those that it is given."""
    assert b"cba" == bounded.work(worker("return content[::-1]"), b"abc", "")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("while True: pass", "takes more than 2 seconds"),
        ("import time; time.sleep(60)", "takes more than 2 seconds"),
        ("return bytes(2 << 30)", "too much memory"),
        ("from pathlib import Path; Path('FILE').write_text('x')", "cannot be read: .*File too large"),
        ("raise ValueError('thế này')", "cannot be read: thế này$"),
        ("raise ValueError('x' * 10**6)", "cannot be read: x{300}$"),
        ("import os; os._exit(1)", "too much memory, or is damaged"),
        ("import os; os.abort()", "too much memory, or is damaged"),
    ],
)
def test_what_a_worker_does_is_bounded(
    worker: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, message: str
) -> None:
    """Its time, its memory, the files that it writes; what it raises is told in few words."""
    monkeypatch.setattr(bounded, "SECONDS", 2)
    with pytest.raises(Unusable) as found:
        bounded.work(worker(body.replace("FILE", str(tmp_path / "file"))), b"", "other")
    assert re.search(message, found.value.found)
    assert "" == ((tmp_path / "file").read_text() if (tmp_path / "file").exists() else "")


def test_a_worker_whose_parent_is_gone_ends(worker: Callable[[str], str]) -> None:
    """By the limit of its time that it has set itself."""
    limits = bounded.work(
        worker("import resource; return repr(resource.getrlimit(resource.RLIMIT_CPU)).encode()"), b"", ""
    )
    assert f"({bounded.SECONDS + 5}, {bounded.SECONDS + 5})".encode() == limits
