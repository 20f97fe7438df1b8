"""What was done for an activity since the last return, taken step by step or at once, is what its records say."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from reformtrack import Document, Record
from reformtrack.domain.confirmation import NOTHING_DONE, Deed, deeds, done
from reformtrack.domain.kinds import ACTIVITY
from reformtrack.domain.timeline import Growing, timeline
from reformtrack.domain.values import activity_id
from reformtrack.events import (
    ActivityReassigned,
    ActivityReopened,
    ActivityStarted,
    CompletionReturned,
    EvidenceFiled,
)
from tests.support import ADOPTED, INSTANT, scheduled

ID = activity_id("p/1")
KINDS: dict[str, Any] = {
    "report": lambda on: ActivityStarted("p/1", on=on),
    "evidence": lambda on: EvidenceFiled("p/1", on=on, evidence=(Document(number="1"),)),
    "lead": lambda on: ActivityReassigned("p/1", on=on, lead="B"),
    "return": lambda on: CompletionReturned("p/1", on=on, reason="x"),
    "return of one": lambda on: CompletionReturned("p/1", on=on, reason="x", occurrence=ADOPTED),
    "reopening": lambda on: ActivityReopened("p/1", on=on, reason="x"),
}
Step = tuple[str, int, str]
STEPS = st.lists(st.tuples(st.sampled_from(sorted(KINDS)), st.integers(0, 2), st.sampled_from("ab")), max_size=9)
"""In the order of recording, of what kind, how many days after the first, and by whom: each is dated as it likes."""
FEW: list[Step] = [(kind, days, "a") for kind in ("report", "evidence", "return") for days in (0, 1)]


def expected(records: Sequence[Record[Any]]) -> dict[Deed, int]:
    """By the definition: each deed of which a record stands behind, or was recorded after, every return of all; its last."""
    found = dict[Deed, int]()
    for place, record in enumerate(records):
        leads = [one.event.leads for one in records[:place] if isinstance(one.event, ActivityReassigned)]
        returns = (one for one in records[place:] if isinstance(one.event, CompletionReturned))
        returned = any(one.version > record.version and one.event.occurrence is None for one in returns)
        if isinstance(record.event, ActivityStarted | EvidenceFiled) and not returned:
            deed = Deed(record.by, record.agency, [("A",), *leads][-1], record.event.on)
            found[deed] = max(record.version, found.get(deed, 0))
    return found


@given(STEPS, st.sets(st.integers(0, 9)))
@settings(max_examples=200)
def test_deeds_are_those_recorded_after_every_return(steps: list[Step], cuts: set[int]) -> None:
    """In whatever parts they are taken; a deed that is said twice has the last version."""
    recorded = [
        Record(0, ID, version, KINDS[kind](ADOPTED + timedelta(days)), INSTANT, by, "x", "", "")
        for version, (kind, days, by) in enumerate(steps, 2)
    ]
    records = timeline(recorded)
    first = Record(0, ID, 1, scheduled("p/1", lead="A"), INSTANT, "a", "x", "", "")
    state, start = done(NOTHING_DONE, [first]), 0
    for cut in (*sorted(cuts), len(records)):
        state, start = done(state, records[start:cut]), max(start, min(cut, len(records)))
    assert expected(records) == state.versions
    assert set(expected(records)) == state.found
    assert all(type(deed) is Deed for deed in state.versions)


@given(st.lists(st.sampled_from(FEW), min_size=2, max_size=5), st.integers(0, 2), st.integers(0, 2), st.integers(0, 4))
@settings(max_examples=400)
def test_deeds_without_a_record_are_those_of_a_history_that_never_had_it(
    steps: list[Step], judged: int, today: int, place: int
) -> None:
    """On whatever day they are judged: what is retracted counts neither as a deed, nor as a return."""
    records = [
        Record(0, ID, version, KINDS[kind](ADOPTED + timedelta(days)), INSTANT, by, "x", "", "")
        for version, (kind, days, by) in enumerate(steps, 2)
    ]
    first = Record(0, ID, 1, scheduled("p/1", lead="A"), INSTANT, "a", "x", "", "")
    days = ADOPTED + timedelta(judged), ADOPTED + timedelta(today)
    without = records[place] if place < len(records) else None
    never = [record for record in records if record is not without]
    found = deeds(Growing(ACTIVITY, [first, *records]), *days, without=without)
    assert deeds(Growing(ACTIVITY, [first, *never]), *days).versions == found.versions
