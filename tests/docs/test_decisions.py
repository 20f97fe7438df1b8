"""Each decision says when it was taken, why, and what follows."""

import re
from datetime import date
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs/explanation/decisions.md"


def test_each_decision_has_its_date_and_its_parts() -> None:
    """Numbered, in the order in which they were taken."""
    _, *records = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    titles = [record.partition("\n")[0] for record in records]
    assert [f"{number}." for number in range(1, len(records) + 1)] == [title.split()[0] for title in titles]
    parts = [re.findall(r"^\*\*(\w+)\.\*\* ", record, re.MULTILINE) for record in records]
    assert [["Context", "Decision", "Consequences"]] * len(records) == parts
    days = [
        date.fromisoformat(found) for record in records for found in re.findall(r"^\*(.+)\*$", record, re.MULTILINE)
    ]
    assert sorted(days) == days
    assert len(days) == len(records) > 5
