"""The Python code of the pages has the types that it is called with: who copies it into a typed program finds no error."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from mypy import api

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
OF_EXAMPLES = "embed-the-web-application.md"
"""Several programs on one page: their code is that of the examples, which are checked as files."""

_NOT_READ = "polars.*,numpy.*,pandas.*,matplotlib.*,pyarrow.*,cryptography.*,fastapi.*,pydantic.*"
"""Libraries whose own types take most of the time."""


def code(page: Path) -> Iterator[str]:
    """The lines of a page that are Python, each at its place; the others empty."""
    is_python = False
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            is_python = line == "```python" and not is_python
            yield ""
        else:
            yield line if is_python else ""


@pytest.mark.long
@pytest.mark.slow
def test_the_code_of_the_pages_has_its_types(tmp_path: Path) -> None:
    """As mypy sees it; the helpers of a page need no annotations, and what is in them is checked too."""
    for page in PAGES:
        lines = list(code(page))
        if any(lines) and page.name != OF_EXAMPLES:
            name = re.sub(r"\W", "_", str(page.relative_to(ROOT)))
            (tmp_path / f"{name}.py").write_text("\n".join(lines), encoding="utf-8")
    settings = tmp_path / "mypy.ini"
    settings.write_text(
        f"[mypy]\nmypy_path = {ROOT / 'examples'}\n[mypy-{_NOT_READ}]\nfollow_imports = skip\n", encoding="utf-8"
    )
    options = [
        f"--config-file={settings}",
        "--check-untyped-defs",
        "--warn-unreachable",
        f"--cache-dir={tmp_path}/cache",
    ]
    options += ["--explicit-package-bases", "--disable-error-code=var-annotated"]
    files = sorted(map(str, tmp_path.glob("*.py")))
    assert len(files) > 25
    found, errors, code_ = api.run([*options, *files])
    assert (0, "") == (code_, errors), found
