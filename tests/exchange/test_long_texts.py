"""What somebody wrote takes a report little room, time and memory, whatever its length and its lines."""

from collections.abc import Iterator
from datetime import date

import pytest

from reformtrack import InvalidField, Tracker
from reformtrack.answers import Report
from reformtrack.domain.values import Document
from reformtrack.domain.wording import Lang
from reformtrack.events import EvidenceFiled, ProgressReported
from reformtrack.exchange import bounded
from reformtrack.exchange.report.blocks import Block, ReportDocument, Table
from reformtrack.exchange.report.outline import MOST_LINES, MOST_SIGNS, report_document
from reformtrack.exchange.report.pdf import pdf
from reformtrack.exchange.report.word import docx
from tests.support import LONGEST, adopted, day, scheduled, worked

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("undrawn")]

MARKS: dict[Lang, str] = {
    "vi": "… (đã rút gọn: xem toàn văn ở bản ghi)",
    "en": "… (shortened here: the record has all of it)",
}
LONG = {
    "lines": "a\n" * 9_990,
    "other lines": "a\u2028" * 9_990,
    "signs": "Vướng mắc về kinh phí. " * 860,
    "one word": "ầ" * 19_990,
    "protected": "a\n" * 50 + f"⟦nv-1:{'A' * 16_000}⟧",
}


def report_of(obstacles: str, evidence: tuple[Document, ...] = ()) -> tuple[Tracker, Report]:
    tracker = Tracker()
    tracker.record(adopted(), scheduled("p/1.01"), by="x")
    tracker.record(ProgressReported("p/1.01", on=day("6-1"), obstacles=obstacles), by="x")
    if evidence:
        tracker.record(EvidenceFiled("p/1.01", on=day("6-1"), evidence=evidence), by="x")
    return tracker, tracker.reports.issue("p", "2023-year", by="x")


def cells(document: ReportDocument) -> Iterator[str]:
    yield from (cell for block in document.blocks if isinstance(block, Table) for row in block.rows for cell in row)


@pytest.mark.parametrize("lang", MARKS)
@pytest.mark.parametrize("kind", LONG)
def test_a_long_text_is_shortened_in_a_report_and_says_so(kind: str, lang: Lang) -> None:
    """The record has all of it, and the same report is the same document again."""
    tracker, report = report_of(LONG[kind])
    with tracker:
        assert LONG[kind] == tracker.plan("p").activity("1.01").obstacles
        again = tracker.reports.get(report.id)
    document = report_document(report, lang)
    [shown] = [cell for cell in cells(document) if cell.endswith(MARKS[lang])]
    assert len(shown.splitlines()) <= MOST_LINES
    assert len(shown) <= MOST_SIGNS + len(MARKS[lang])
    assert "⟦" not in shown
    assert list(cells(document)) == list(cells(report_document(again, lang)))


@pytest.mark.parametrize("text", ["\n".join(["Vướng mắc"] * MOST_LINES), "V" * MOST_SIGNS])
def test_a_text_within_the_bounds_is_whole(text: str) -> None:
    """To its last line, and to its last letter."""
    tracker, report = report_of(text)
    tracker.close()
    assert text in list(cells(report_document(report)))


def test_many_long_titles_of_evidence_are_shortened_together() -> None:
    """What stands in one cell is one text, of however many it is made."""
    tracker, report = report_of("Khó", tuple(Document(title=f"{n}" + "\na" * 900) for n in range(20)))
    tracker.close()
    [shown] = [cell for cell in cells(report_document(report)) if cell.endswith(MARKS["vi"])]
    assert len(shown.splitlines()) <= MOST_LINES


def document_of(*blocks: Block) -> ReportDocument:
    return ReportDocument(lang="vi", title="x", kind="x", organ="x", on=date(2023, 1, 2), blocks=blocks)


def test_a_word_document_takes_work_by_its_length() -> None:
    """Each line of a cell does not cost what all before it did: these would take a minute."""
    table = Table(("x", "y"), [("1", "a\n" * 600_000)], (1, 1))
    began = worked()
    assert docx(document_of(table))
    assert worked() - began < 20


def test_a_pdf_that_takes_too_much_memory_is_given_up() -> None:
    """In a process of its own; the error says the bounds, and that another form may be asked for."""
    table = Table(("x", "y"), [("1", "a\n" * 400_000)], (1, 1))
    began = worked()
    with pytest.raises(InvalidField, match=r"\.pdf.*another form: .* 30 seconds and 1,073,741,824 bytes of memory"):
        pdf(document_of(table))
    assert worked() - began < LONGEST


def test_a_pdf_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that sets it is ended."""
    monkeypatch.setattr(bounded, "SECONDS", 0.001)
    with pytest.raises(InvalidField, match=r"at most 0\.001 seconds"):
        pdf(document_of(Table(("x",), [("1",)], (1,))))
