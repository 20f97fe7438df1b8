"""When a document is of a later day than what it decides."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from reformtrack import Document
from reformtrack.domain.timeline import decided_later
from reformtrack.events import ActivityWithdrawn


@given(st.dates(), st.dates() | st.none())
def test_it_is_later_when_its_document_is_of_a_day_after_its_own(on: date, issued: date | None) -> None:
    event = ActivityWithdrawn("p/1", on=on, reason="x", document=Document(number="99/QĐ-UBND", date=issued))
    assert (issued if issued is not None and issued > on else None) == decided_later(event)
