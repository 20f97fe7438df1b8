"""The changelog has the form of Keep a Changelog, and names what there is."""

import re
from pathlib import Path

from reformtrack import Tracker

PAGE = (Path(__file__).parents[2] / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_versions_and_their_parts_are_those_of_the_form() -> None:
    """The unreleased first, then each version with its day, or that it has none."""
    versions = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
    assert versions[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - (\d{4}-\d\d-\d\d|not released)", one) for one in versions[1:])
    parts = re.findall(r"^### (.+)$", PAGE, re.MULTILINE)
    assert parts == ["Added", "Changed", "Fixed", "Security", "Names that moved"]


def test_what_it_names_of_a_tracker_is_there() -> None:
    """By the names of now, but in the table of those of before."""
    entries, _, moved = PAGE.partition("### Names that moved")
    assert moved.count("\n|") > 10
    named = set(re.findall(r"`tracker\.(\w+)\.(\w+)", entries))
    assert len(named) > 5
    with Tracker() as tracker:
        assert [] == [name for name in named if not hasattr(getattr(tracker, name[0]), name[1])]
