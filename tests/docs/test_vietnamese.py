"""The Vietnamese pages say the terms that the product says, and their code is that of the English tutorial."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted((DOCS / "vi").glob("*.md"))
NOT_SAID = (
    "hoạt động",
    "minh chứng",
    "ghi nhận",
    "rút khỏi",
    "điểm kiểm chứng",
    "không hạn",
    "trường riêng",
    "nhật ký sự kiện",
)
"""What the product does not say, for which it has another term: see the glossary."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_terms_are_those_of_the_product(page: Path) -> None:
    """In whatever place of the page."""
    text = page.read_text(encoding="utf-8").casefold()
    assert [] == [term for term in NOT_SAID if term in text]


def statements(page: Path) -> list[str]:
    """The lines of code, without comments."""
    blocks = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    return [line.partition("  # ")[0].rstrip() for block in blocks for line in block.splitlines() if line.strip()]


def test_the_tutorials_code_is_that_of_the_english_one() -> None:
    """Up to the eighth step; after it each goes its own way."""
    english, vietnamese = statements(DOCS / "tutorial.md"), statements(DOCS / "vi/tutorial.md")
    english.remove("from decimal import Decimal")  # for the step about indicators
    last = vietnamese.index('assert "ActivityReopened" in refused.accepted')
    assert vietnamese[: last + 1] == english[: last + 1]
    assert last > 60
