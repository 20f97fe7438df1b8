"""Every link of the pages leads somewhere: to a file that is there, and to a heading that it has."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    {*ROOT.glob("*.md"), *(page for top in ("docs", "benchmarks", "drills") for page in (ROOT / top).rglob("*.md"))}
)

_CODE = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|^\[[^\]]+\]: +(\S+)", re.MULTILINE)


def text(page: Path) -> str:
    """A page without its code."""
    lines = _CODE.sub("", page.read_text(encoding="utf-8"))
    return re.sub(r"`[^`\n]*\]\([^`\n]*`", "", lines)


def anchors(page: Path) -> set[str]:
    """What can follow # in a link to a page, as GitHub makes it of the headings."""
    found, seen = set(), Counter[str]()
    for heading in re.findall(r"^#{1,6} +(.+?) *$", text(page), re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        anchor = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        found.add(f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
        seen[anchor] += 1
    return found


def dead(page: Path) -> list[str]:
    """The links of a page that lead nowhere."""
    found = []
    for link in (inline or reference for inline, reference in _LINK.findall(text(page))):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        to = (page.parent / path).resolve() if path else page
        if not to.exists() or (anchor and (to.suffix != ".md" or anchor not in anchors(to))):
            found.append(link)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_of_a_page_is_dead(page: Path) -> None:
    """Neither the file nor the heading."""
    assert [] == dead(page)


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    """In whichever way it is dead."""
    page = tmp_path / "a.md"
    page.write_text(
        "# A `b`, c\n## A\n## A\n[x](#a-b-c) [x](#a-1) [x](a.md#a) [x](https://example.vn/#z)\n"
        "[x](#b) [x](b.md) [x](a.md#a-2)\n```\n[x](#code)\n```\n[y]: c.md\n",
        encoding="utf-8",
    )
    assert ["#b", "b.md", "a.md#a-2", "c.md"] == dead(page)
