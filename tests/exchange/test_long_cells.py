"""What a cell does not take is nowhere lost in silence."""

import io
import re
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from reformtrack import Document, InvalidField, Tracker
from reformtrack.answers import Report
from reformtrack.domain.wording import Lang
from reformtrack.events import EvidenceFiled
from reformtrack.exchange.appendix.sheet_reader.cells import MAX_TEXT
from reformtrack.exchange.report.annex import appendix_xlsx, xlsx
from tests.support import adopted, day, scheduled


def report_with(evidence: tuple[Document, ...], supporting: tuple[str, ...]) -> tuple[Tracker, Report]:
    tracker = Tracker()
    tracker.record(adopted(), scheduled(supporting=supporting), scheduled("p/2"), by="x")
    if evidence:
        tracker.record(EvidenceFiled("p/1.01", on=day("2-1"), evidence=evidence), by="x")
    return tracker, tracker.reports.issue("p", "2023-year", by="x")


@settings(max_examples=15)
@given(st.integers(0, 100), st.integers(1, 2_000), st.sampled_from(["vi", "en"]))
def test_all_evidence_stands_in_the_annex(count: int, length: int, lang: Lang) -> None:
    """In its cell, or on the sheet that the cell names, with the code of its activity; each document once."""
    evidence = tuple(Document(number=f"{n}/QĐ", title="x" * length) for n in range(count))
    tracker, report = report_with(evidence, tuple(f"Sở {n} {'y' * 200}" for n in range(count)))
    with tracker, warnings.catch_warnings():
        warnings.simplefilter("error")
        book = CalamineWorkbook.from_filelike(io.BytesIO(xlsx(report, lang)))
    assert all(
        len(str(cell)) <= MAX_TEXT
        for name in book.sheet_names
        for row in book.get_sheet_by_name(name).to_python()
        for cell in row
    )
    activities, *others = (book.get_sheet_by_name(name).to_python() for name in book.sheet_names)
    [row] = [row for row in activities if row[0] == "1.01"]
    more = {"vi": "Tiếp theo", "en": "Continued"}[lang]
    left = list(others[0][4:]) if more in book.sheet_names else []
    assert all(line[0] == "1.01" for line in left)
    told = [found for cell in (row[5], row[-1]) for found in re.findall(rf"(\d+)[^;]* {more}$", str(cell))]
    assert len(left) == sum(map(int, told))
    texts = [row[-1], *(line[2] for line in left)]
    assert [f"{n}/QĐ" for n in range(count)] == re.findall(r"\d+/QĐ", " ".join(map(str, texts)))
    texts = [row[5], *(line[2] for line in left)]
    assert [f"Sở {n} y" for n in range(count)] == re.findall(r"Sở \d+ y", " ".join(map(str, texts)))


def test_an_appendix_that_a_cell_cannot_hold_is_refused() -> None:
    """It would be imported as another plan."""
    with Tracker() as tracker:
        names = tuple(f"Sở {n} {'y' * 250}" for n in range(200))
        tracker.record(adopted(), scheduled(supporting=names), by="x")
        with pytest.raises(InvalidField, match="at most 32767 characters together"):
            appendix_xlsx(tracker.plan("p"))
