"""Whatever a parser is given, it reads it or refuses it with its own error; what once found something never does again."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.fuzz.mutator import STRANGE, Edit, mutated
from drills.fuzz.target import Finding, check_error, check_texts
from drills.fuzz.targets import CORPUS, TARGETS, seeds_of


def _marks(name: str) -> list[pytest.MarkDecorator]:
    """A workbook is read in a process of its own."""
    return [pytest.mark.slow] if name in ("sheet_file", "workbook_parts") else []


NAMES = [pytest.param(name, marks=_marks(name)) for name in TARGETS]
FOUND = [
    pytest.param(path.parent.name, path, marks=_marks(path.parent.name), id=f"{path.parent.name}-{path.name}")
    for path in sorted(CORPUS.glob("*/*"))
]
EDITS = st.lists(
    st.builds(Edit, st.integers(0, 4), st.integers(0, 65_535), st.integers(0, 65_535)), min_size=1, max_size=4
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.slow
def test_each_target_reads_the_inputs_that_it_begins_with(name: str) -> None:
    for data in seeds_of(name):
        TARGETS[name].read(data)


@pytest.mark.parametrize(("name", "path"), FOUND)
def test_what_once_found_something_is_read_or_refused(name: str, path: Path) -> None:
    TARGETS[name].read(path.read_bytes())


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_whatever_it_is_given_a_parser_raises_its_own_errors_only(name: str, data: st.DataObject) -> None:
    """Any bytes, and valid inputs with some words exchanged for others."""
    changed = st.builds(mutated, st.sampled_from(seeds_of(name)), EDITS)
    TARGETS[name].read(data.draw(st.binary(max_size=300) | changed | changed))


def test_a_mutated_document_is_often_another_one() -> None:
    """Each kind of edit changes something, and an edit is the same edit each time."""
    document = json.dumps({"name": "PlanClosed", "event": {"subject": "p", "on": "2023-01-02", "note": 5}}).encode()
    for kind in range(5):
        made = {mutated(document, [Edit(kind, place, other)]) for place in range(20) for other in range(len(STRANGE))}
        assert 20 < len(made)
        assert mutated(document, [Edit(kind, 3, 4)]) == mutated(document, [Edit(kind, 3, 4)])


CALLED = {
    "request_body": "drills.fuzz.events.events_of",
    "event_file": "drills.fuzz.events.events_in",
    "typed_event": "drills.fuzz.events.typed_event",
    "stored_row": "reformtrack.store.registry.Registry.decode",
    "stored_state": "reformtrack.store.registry.Registry.decode",
    "log_as_it_is": "reformtrack.store.log_file.read",
    "log_with_its_digest": "reformtrack.store.log_file.read",
    "audited_log": "reformtrack.seal.verify_log._row",
    "audited_record": "reformtrack.seal.verify_log._row",
    "key": "reformtrack.seal.keys.VerifierKey.parse",
    "signed_note": "reformtrack.seal.checkpoint.Checkpoint.parse",
    "signed_text": "reformtrack.seal.verify_log.parse_checkpoint",
    "proof": "reformtrack.seal.proof.InclusionProof.parse",
    "audited_proof": "reformtrack.seal.verify_log.parse_proof",
    "sheet_file": "reformtrack.exchange.appendix.sheets.csv_text",
    "workbook_parts": "reformtrack.exchange.appendix.sheets._answered",
    "workbook_cells": "drills.fuzz.sheets.unread",
    "appendix": "reformtrack.exchange.appendix.importing.find_appendix",
    "agency_return": "reformtrack.exchange.agency_workbook.returning.mark_of",
    "deadline": "reformtrack.domain.deadline.read",
    "store_url": "drills.fuzz.texts.settings_of",
    "evidence_url": "drills.fuzz.texts.Document",
    "stream_id": "drills.fuzz.texts.stream_id",
    "token": "drills.fuzz.texts.redacted",
    "option": "reformtrack.cli.given.day",
    "query": "drills.fuzz.texts.asked",
    "headers": "drills.fuzz.texts._expected",
}
"""By target, a function that it cannot do without."""


@pytest.mark.parametrize("name", NAMES)
def test_a_parser_that_is_broken_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a target lets through, it is not every error."""

    def broken(*given: object, **named: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(CALLED[name], broken)
    with pytest.raises(ZeroDivisionError):
        for data in seeds_of(name):
            TARGETS[name].read(data)


def test_a_text_that_no_record_may_carry_is_found_where_it_is_accepted() -> None:
    """Also when it is not in NFC, or an error is as long as what it quotes."""
    for text in ("a\u202eb", "\x00", "e\u0301"):
        with pytest.raises(Finding):
            check_texts({"events": [{"note": text}]})
    with pytest.raises(Finding):
        check_error(ValueError("x" * 3_000))
