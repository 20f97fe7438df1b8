"""Never another plan in silence: over random layouts and faults, what is recorded is what was meant, or it is asked."""

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from reformtrack import Plan, Tracker
from reformtrack.exchange.appendix.finding import Draft
from reformtrack.exchange.appendix.importing import NewPlan, read_draft, record_draft
from reformtrack.exchange.appendix.reading import find_appendix
from reformtrack.exchange.appendix.sheet_reader.cells import cell_name
from reformtrack.exchange.appendix.sheets import Sheet
from reformtrack.language import Language
from tests.exchange.accounting import unaccounted, unaccounted_in
from tests.exchange.made_sheets import YEAR, Made, Says, made, said_by, says

SHEETS = int(os.environ.get("SHEETS", "1000"))
FIRST = int(os.environ.get("FIRST_SHEET", "0"))


def read(case: Made) -> Draft:
    return find_appendix(case.sheets, Language("en"), year=YEAR)


def silent(case: Made, draft: Draft) -> bool:
    """Whether the draft is another plan than was meant, and nothing is asked."""
    if draft.questions:
        return False
    return case.tasks is None or list(map(says, case.tasks)) != said_by(draft)


@pytest.mark.parametrize("part", [0, 1, 2, *(pytest.param(part, marks=pytest.mark.slow) for part in range(3, 10))])
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


RECORDED = int(os.environ.get("RECORDED", "50"))
FILES = int(os.environ.get("FILES", "15"))


def in_plan(plan: Plan) -> list[Says]:
    """What a plan on record says, in the order of its domains."""
    found: list[Says] = []
    for activity in plan.activities:
        terms = activity.state.terms
        due = activity.deadline
        note = terms.host_fields.get("note", "")
        found.append(
            (
                " ".join(plan.domain_title(terms.domain).split()).casefold(),
                tuple(title.casefold() for title in terms.group),
                " ".join(terms.title.split()),
                " ".join(terms.output.split()),
                terms.leads,
                terms.supporting,
                (due.kind, due.days),
                " ".join(note.split()),
            )
        )
    return found


def key(one: Says) -> str:
    return repr(one)


def test_what_is_recorded_is_what_was_meant() -> None:
    """And the same draft again records nothing."""
    new = NewPlan(title="Kế hoạch", year=YEAR, jurisdiction="Tỉnh X")
    for seed in range(FIRST, FIRST + RECORDED):
        case = made(seed)
        draft = read(case)
        if draft.questions:
            continue
        with Tracker() as tracker:
            result = record_draft(tracker, draft, "p", by="a", on=date(YEAR, 1, 2), new=new)
            assert result.records, (seed, case.how, result.problems)
            plan = tracker.plan("p")
            assert sorted(map(says, case.tasks or ()), key=key) == sorted(in_plan(plan), key=key), (seed, case.how)
            again = record_draft(tracker, draft, "p", by="a", on=date(YEAR, 1, 2), new=new)
            assert () == again.events, (seed, case.how)


@pytest.mark.slow
def test_a_real_file_is_read_as_its_sheets_are(tmp_path: Path) -> None:
    """Each cell, and what of it is merged, hidden and struck out."""
    for seed in range(FIRST, FIRST + FILES):
        case = made(seed)
        path = written(tmp_path / f"{seed}.xlsx", case.sheets)
        draft, expected = read_draft(path, year=YEAR, lang="en"), read(case)
        assert expected.activities == draft.activities, (seed, case.how)
        assert [p.what for p in expected.questions] == [p.what for p in draft.questions], (seed, case.how)
        assert {} == unaccounted(path, draft), (seed, case.how)


def written(path: Path, sheets: Sequence[Sheet]) -> Path:
    """Sheets as a workbook."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        struck = book.add_format({"font_strikeout": True})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            for number, row in enumerate(sheet.rows):
                for place, cell in enumerate(row):
                    if cell is not None and (number, place) not in sheet.merged_down:
                        look = struck if cell_name(number, place) in sheet.struck else None
                        page.write(number, place, cell, look)
                if number in sheet.hidden:
                    page.set_row(number, None, None, {"hidden": True})
            for (top, left), (bottom, right) in sheet.merged:
                page.merge_range(top, left, bottom, right, "")
                if (value := sheet.rows[top][left]) is not None:
                    page.write(top, left, value)
    return path
