"""Never another plan in silence: over random layouts and faults, what is recorded is what was meant, or it is asked."""

import os

import pytest

from reformtrack.exchange.appendix.finding import Draft
from reformtrack.exchange.appendix.reading import find_appendix
from reformtrack.language import Language
from tests.exchange.accounting import unaccounted_in
from tests.exchange.made_sheets import YEAR, Made, made, said_by, says

SHEETS = int(os.environ.get("SHEETS", "1000"))
FIRST = int(os.environ.get("FIRST_SHEET", "0"))


def read(case: Made) -> Draft:
    return find_appendix(case.sheets, Language("en"), year=YEAR)


def silent(case: Made, draft: Draft) -> bool:
    """Whether the draft is another plan than was meant, and nothing is asked."""
    if draft.questions:
        return False
    return case.tasks is None or list(map(says, case.tasks)) != said_by(draft)


@pytest.mark.parametrize("part", range(10))
def test_no_sheet_silently_becomes_another_plan(part: int) -> None:
    """And each cell of the source stands in one place of the draft."""
    asked = 0
    for seed in range(FIRST + part, FIRST + SHEETS, 10):
        case = made(seed)
        draft = read(case)
        assert not silent(case, draft), (seed, case.how)
        assert {} == unaccounted_in(case.sheets, draft), (seed, case.how)
        asked += bool(draft.questions)
    assert asked < 0.5 * SHEETS / 10


def test_a_sheet_without_faults_asks_nothing() -> None:
    """Whatever its layout."""
    plain = [case for case in map(made, range(300)) if len(case.how) == 1]
    assert len(plain) > 50
    for case in plain:
        draft = read(case)
        assert ((), list(map(says, case.tasks or ()))) == (draft.questions, said_by(draft)), case.how
