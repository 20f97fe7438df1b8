"""
The documentation site: `make docs` builds it into build/docs, with warnings as errors and no request to another host.

The pages are Markdown that also reads on a forge. Links to files outside this folder become pages or downloads of the site.
"""

import re
from os.path import relpath
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

import reformtrack

HERE = Path(__file__).parent
ROOT = HERE.parent

project = "reformtrack"
version = release = reformtrack.__version__
copyright = "the authors of reformtrack, Apache-2.0"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
exclude_patterns = ["reference.py"]
myst_heading_anchors = 3

autodoc_class_signature = "separated"
autodoc_default_options = {
    "members": True,
    "inherited-members": "Exception,str,int",
    "exclude-members": "__init__,__new__",
}
autodoc_member_order = "bysource"
autodoc_mock_imports = [
    *("cryptography", "docx", "docxtpl", "httpx", "matplotlib", "opentelemetry", "polars", "psycopg", "psycopg_pool"),
    *("pyarrow", "pytest", "python_calamine", "segno", "typst", "xlsxwriter"),
]
"""What the extras need: the site is built without."""
python_maximum_signature_line_length = 100
python_use_unqualified_type_names = True
default_role = "code"
napoleon_numpy_docstring = False

html_theme = "furo"
html_title = "reformtrack"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_search_scorer = str(HERE / "search.js")
copybutton_prompt_text = r"^(\$|>>>|\.\.\.) "
copybutton_prompt_is_regexp = True

INCLUDED = {
    "CHANGELOG.md": "changelog",
    "CONTRIBUTING.md": "contributing",
    "SECURITY.md": "security",
    "README.md": "index",
}
"""The pages of the repository that are pages of the site, by path from its root."""
WITH_CONTENTS = ("index", "vi/index", "reference/api")
_INDEXED = re.compile(r"^<!-- index: (.+) -->$", re.MULTILINE)
"""Words by which people look for what follows, and which it does not have; a number is found by them alone."""
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)#\s:]+)(#[^)\s]*)?\)")


def _links(folder: Path, text: str, to: str) -> str:
    """
    A page of the repository as a page of the site: a link out of docs/ leads to the site's page of it, else to its file.

    Args:
        folder: where the page is.
        text: what it says.
        to: the name of its page in the site.
    """

    def leads(found: re.Match[str]) -> str:
        image, shown, target, anchor = found.groups()
        path = (folder / target).resolve()
        page = HERE / to
        if path.is_relative_to(HERE):
            return f"{image}[{shown}]({relpath(path, page.parent)}{anchor or ''})"
        name = str(path.relative_to(ROOT))
        if name in INCLUDED:
            return f"[{shown}]({relpath(HERE / INCLUDED[name], page.parent)}.md{anchor or ''})"
        file = path / "README.md" if path.is_dir() else path
        return f"{{download}}`{shown.replace('`', '')} <{relpath(file, page.parent)}>`"

    return _LINK.sub(leads, text)


_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_PAGE = re.compile(r"^- \[[^\]]*\]\(([^)#:]+)\.md\)", re.MULTILINE)


def _with_contents(text: str) -> str:
    """A page that lists others under headings, with its lists as the contents of the site."""
    _, *parts = _HEADING.split(text)
    for heading, listed in zip(parts[::2], parts[1::2], strict=True):
        pages = "\n".join(page for page in _PAGE.findall(listed))
        text += f"\n```{{toctree}}\n:hidden:\n:caption: {heading}\n\n{pages}\n```\n"
    return text


def _read(app: Sphinx, name: str, source: list[str]) -> None:
    """Each page with the links of the site; one that stands for a page of the repository has its text."""
    of = {page: file for file, page in INCLUDED.items() if page != "index"}.get(name)
    path = ROOT / of if of else HERE / f"{name}.md"
    text = path.read_text(encoding="utf-8")
    text = _INDEXED.sub(lambda found: f"```{{index}} !{', !'.join(found[1].split(', '))}\n```", text)
    source[0] = _links(path.parent, _with_contents(text) if name in WITH_CONTENTS else text, name)


_fields = dict[str, list[str]]()
"""What is said of fields, by their names: napoleon would take what stands before a colon there for a type."""


def _before_napoleon(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    if what in ("attribute", "property", "data"):
        _fields[name] = lines[:]
        lines.clear()


def _after_napoleon(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    lines[:] = _fields.pop(name, lines)


_EVENT = re.compile(r"(?:[\w.]+ \| ){20,}[\w.]+")


def _named(app: Sphinx, tree: nodes.document, page: str) -> None:
    """The type of any event by its name, in place of the forty that it is of."""
    for found in [
        *tree.findall(addnodes.desc_annotation),
        *tree.findall(addnodes.desc_parameter),
        *tree.findall(addnodes.desc_returns),
    ]:
        if _EVENT.search(text := found.astext()):
            found.children = [addnodes.desc_sig_name("", _EVENT.sub("Event", text))]


def setup(app: Sphinx) -> None:
    app.connect("doctree-resolved", _named)
    app.connect("source-read", _read)
    app.connect("autodoc-process-docstring", _before_napoleon, priority=400)
    app.connect("autodoc-process-docstring", _after_napoleon, priority=600)
