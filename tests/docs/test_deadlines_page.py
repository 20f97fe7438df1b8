"""The page of deadlines says how each of its examples is read."""

import re
from pathlib import Path

import pytest

from tests.domain.test_deadline_text import meaning

PAGE = Path(__file__).parents[2] / "docs/reference/deadlines.md"
ROWS = re.findall(r"^\| [^|]+ \| ([^|]+) \| ([^|]+) \|(.*)\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)[1:]
EXAMPLES = [(text, kind, days) for texts, kind, days in ROWS for text in texts.split(" · ")]


@pytest.mark.parametrize(("text", "kind", "days"), EXAMPLES)
def test_an_example_of_the_page_is_read_as_it_says(text: str, kind: str, days: str) -> None:
    """In a plan of 2025; what is refused is `impossible` to the test."""
    named = "impossible" if kind == "refused" else kind.replace(" ", "_")
    assert " ".join([named, *days.replace(",", "").split()]) == meaning(text)


def test_the_page_has_all_kinds() -> None:
    """But for each month, whose days would fill the line."""
    assert {"refused", "each quarter", "dependent"} < {kind for _, kind, _ in EXAMPLES}
    assert len(EXAMPLES) > 100
