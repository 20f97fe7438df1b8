"""The page of deadlines says how each of its examples is read."""

import re
from datetime import date
from pathlib import Path

import pytest

from reformtrack import Deadline, InvalidField
from tests.domain.test_deadline_text import meaning

PAGE = (Path(__file__).parents[2] / "docs/reference/deadlines.md").read_text(encoding="utf-8")
FORMS, _, PLANS = PAGE.partition("## In a plan that is not for a calendar year")
ROWS = re.findall(r"^\| [^|]+ \| ([^|]+) \| ([^|]+) \|(.*)\|$", FORMS, re.MULTILINE)[1:]
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


PERIODS = (
    (date(2025, 7, 1), date(2026, 6, 30)),
    (date(2026, 1, 1), date(2030, 12, 31)),
    (date(2025, 7, 1), date(2025, 12, 31)),
)
IN_PLANS = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PLANS, re.MULTILINE)[1:]


@pytest.mark.parametrize(("text", "said"), [(text, said) for text, *said in IN_PLANS])
def test_a_text_is_read_over_the_days_of_a_plan_as_the_page_says(text: str, said: list[str]) -> None:
    for (first, last), meant in zip(PERIODS, said, strict=True):
        try:
            days = Deadline.entered(text, first.year, (first, last)).days
        except InvalidField:
            found = "refused"
        else:
            several = (
                f"{len(days)} days" if len(days) > 4 else ", ".join(f"{day.day}/{day.month}/{day.year}" for day in days)
            )
            found = several or "no day"
        assert meant == found, (text, first)


def test_the_table_of_plans_is_read() -> None:
    assert 10 == len(IN_PLANS)
