"""The recipes of the docs are code of the examples, which are run as whole files."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/how-to/embed-the-web-application.md"
PORTALS = ("mount_in_fastapi", "mount_in_django", "mount_in_litestar")


def statements(code: str) -> Iterator[str]:
    """Each statement of a block, with its decorators."""
    lines = code.splitlines()
    for node in ast.parse(code).body:
        first = min(node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ())), node.lineno)
        yield "\n".join(lines[first - 1 : node.end_lineno])


def test_how_a_portal_is_made_is_the_code_of_the_portals() -> None:
    """Line by line, for each of the frameworks; what is added to it is how it is tested, and how it is given a brand."""
    code = "\n".join((ROOT / f"examples/{name}.py").read_text(encoding="utf-8") for name in PORTALS)
    blocks = re.findall(r"```py(?:thon)?\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    recipes = [block for block in blocks if "httpx" not in block and "brand" not in block]
    assert 3 == len(recipes) == len(blocks) - 2
    found = [statement for block in recipes for statement in statements(block)]
    assert len(found) > 20
    assert [] == [statement for statement in found if statement not in code]
