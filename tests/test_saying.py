"""What every test holds its errors to can fail."""

from typing import Any

import pytest

from reformtrack.domain.errors import InvalidField
from reformtrack.domain.illegal import IllegalHistory
from reformtrack.domain.said import said
from reformtrack.events import ActivityStarted
from tests.support import day

STARTED = ActivityStarted("p/1", on=day("2-1"))


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (lambda: said("nobody translated this"), "not in the catalogue: nobody translated this"),
        (lambda: InvalidField("Nobody", "x", 1, "another"), "there is no Nobody"),
        (lambda: InvalidField("Document", "colour", 1, "another"), "Document has no field colour"),
        (lambda: InvalidField("Document", "number", 1, ""), "number accepts nothing"),
        (lambda: IllegalHistory(STARTED, "found"), "nothing is accepted"),
        (lambda: IllegalHistory(STARTED, "", "accepted"), "nothing is in the way"),
    ],
)
def test_an_error_that_helps_no_reader_fails_its_test(made: Any, why: str) -> None:
    """A sentence without a translation, a field that there is not, a refusal that says nothing."""
    with pytest.raises(AssertionError, match=why):
        made()


def test_an_error_that_helps_is_taken() -> None:
    """With what was found and what is accepted."""
    assert str(InvalidField("Document", "number", 1, "another")) == "Document.number cannot be 1; accepted: another"
    assert str(IllegalHistory(STARTED, "found", "accepted"))
