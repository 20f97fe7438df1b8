"""What docs/how-to/upgrade.md says of two versions that run at once."""

import re
from pathlib import Path

import pytest

from reformtrack import Tracker
from reformtrack.store import view_tables
from tests.support import adopted, scheduled

ROOT = Path(__file__).parents[2]


def test_two_versions_with_other_views_both_have_the_right_figures(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """They make them anew in turn, and the log is what it was."""
    with Tracker(url) as tracker:
        tracker.record(adopted(), scheduled(), by="a")
        before, figures = list(tracker.log.records()), dict(tracker.rollup(by=["plan"]).lines)
    ours = view_tables.VIEWS_VERSION
    for version in (ours, ours + 1, ours, ours + 1):
        monkeypatch.setattr(view_tables, "VIEWS_VERSION", version)
        with Tracker(url) as tracker:
            assert figures == dict(tracker.rollup(by=["plan"]).lines)
            assert () == tracker.log.check()
            assert before == list(tracker.log.records())
            assert 0 == tracker.views.lag()


def test_the_tests_that_the_page_names_are_there() -> None:
    """Else nothing holds what it says."""
    page = (ROOT / "docs/how-to/upgrade.md").read_text(encoding="utf-8")
    there = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests/store").glob("test_*.py"))
    named = re.findall(r"`(test_\w+)`", page)
    assert len(named) == 3
    assert [] == [name for name in named if f"def {name}(" not in there]
