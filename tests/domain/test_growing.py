"""A fold that is continued from what was kept of it is the fold from the beginning."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reformtrack import Document, Record
from reformtrack.domain.kinds import ACTIVITY
from reformtrack.domain.timeline import Growing
from reformtrack.domain.values import activity_id
from reformtrack.events import EvidenceFiled
from tests.support import ADOPTED, INSTANT

ID = activity_id("p/1")
EVENTS = [EvidenceFiled("p/1", on=ADOPTED + timedelta(n), evidence=(Document(number="1"),)) for n in range(90)]
MANY = [Record(0, ID, n, EVENTS[n % 90], INSTANT, "a", "x", "", "") for n in range(1, 10_001)]


def versions(before: tuple[int, int], records: Sequence[Record[Any]]) -> tuple[int, int]:
    """Of the facts so far, which of order and number makes a difference to."""
    value, number = before
    for record in records:
        value = (value * 31 + record.version) % (2**61 - 1)
    return value, number + len(records)


STREAM = Growing(ACTIVITY, MANY)
"""One for all examples: what it keeps of one is there in the next."""
AT_ONCE = [(0, 0)]
for one in STREAM.facts:
    AT_ONCE.append(versions(AT_ONCE[-1], [one]))


@given(st.randoms(use_true_random=False))
def test_a_fold_of_some_facts_is_that_from_the_beginning(random: Random) -> None:
    """Whatever was asked before, and however much of it was forgotten since."""
    counts = [random.randint(0, len(MANY)) for _ in range(200)]
    assert [AT_ONCE[count] for count in counts] == [STREAM.folded((0, 0), versions, count) for count in counts]
