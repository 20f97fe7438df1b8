"""The page of guarantees names tests that there are."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_each_guarantee_names_a_test() -> None:
    """In the tests, or in the suite for every store."""
    sources = [*(ROOT / "tests").rglob("test_*.py"), ROOT / "src" / "reformtrack" / "testing" / "conformance.py"]
    there = {name for path in sources for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))}
    page = (ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8")
    named = re.findall(r"`(test_\w+)` \|$", page, re.MULTILINE)
    assert len(named) > 15
    assert set() == set(named) - there
