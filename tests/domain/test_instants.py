"""The instants of a log in order, where no correction says that they are wrong; and what JSON is taken, and what values."""

import json
from datetime import date
from itertools import accumulate

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack import Deadline, Document, InvalidField
from reformtrack.domain.fields import rebuilt
from reformtrack.domain.instants import InstantOrder
from reformtrack.domain.journal import JournalState
from reformtrack.domain.json_text import refuse_duplicate_keys
from reformtrack.domain.kinds import JOURNAL
from reformtrack.events import InstantsCorrected
from reformtrack.values import DeadlineKind
from tests.support import records, scheduled

DAY = date(2023, 6, 30)
RANGES = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 9)), max_size=4)
INSTANTS = st.lists(st.sampled_from(["2023", "2024", "2025", "2038"]), max_size=30)


def corrected(ranges: list[tuple[int, int]]) -> list[InstantsCorrected]:
    return [InstantsCorrected("~clock", on=DAY, first=first, last=first + more, reason="x") for first, more in ranges]


@given(RANGES, INSTANTS)
def test_an_instant_is_passed_by_the_latest_right_one_before_it(
    ranges: list[tuple[int, int]], instants: list[str]
) -> None:
    """And by none when it is wrong itself, or is as late."""
    wrong = {place for first, more in ranges for place in range(first, first + more + 1)}
    right = [instant if place not in wrong else "" for place, instant in enumerate(instants, 1)]
    latest = ["", *accumulate(right, max)]
    expected = [before if at and at < before else "" for at, before in zip(right, latest, strict=False)]
    order = InstantOrder(corrected(ranges))
    assert expected == [order.passed_by(place, instant) for place, instant in enumerate(instants, 1)]


@given(RANGES, st.integers(1, 45))
def test_a_wrong_instant_is_traced_to_the_first_of_what_says_so(ranges: list[tuple[int, int]], position: int) -> None:
    """Of several that overlap the earliest."""
    firsts = [first for first, more in ranges if first <= position <= first + more]
    assert min(firsts, default=None) == InstantOrder(corrected(ranges)).first_wrong(position)


def test_an_order_goes_on_from_an_instant() -> None:
    """Of what came before."""
    assert "2024" == InstantOrder([], "2024").passed_by(7, "2023")
    assert "" == InstantOrder([], "2024").passed_by(7, "2024")


def test_a_journal_takes_what_it_says() -> None:
    """Corrections among the rest."""
    assert JournalState() == JOURNAL.judge((), records(*corrected([(1, 2), (5, 0)])))


NESTED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@given(NESTED, st.booleans())
def test_json_with_each_key_once_is_taken(value: object, ascii_: bool) -> None:
    """However deep, and the same key in another object."""
    refuse_duplicate_keys(json.dumps({"a": value, "b": {"a": value}}, ensure_ascii=ascii_).encode())


@given(NESTED, NESTED, st.text(max_size=5), st.booleans(), st.sampled_from(["{}", "[1, {}]", '{{"x": [{}]}}']))
def test_json_with_a_key_twice_is_refused(one: object, two: object, key: str, ascii_: bool, around: str) -> None:
    """Written in whichever way, wherever it stands, whatever its values; and named."""
    first, second = json.dumps(key), json.dumps(key, ensure_ascii=ascii_)
    text = f'{{{first}: {json.dumps(one)}, "other": 1, {second}: {json.dumps(two)}}}'
    with pytest.raises(ValueError, match="stands twice") as caught:
        refuse_duplicate_keys(around.format(text).encode())
    assert repr(key) in str(caught.value) or "other" == key


def test_what_is_no_json_is_refused() -> None:
    """By Python's own errors, which are values that are wrong."""
    for text in (b"", b"{", b"\xff", b'{"a" 1}'):
        with pytest.raises(ValueError):
            refuse_duplicate_keys(text)


def test_a_value_that_was_read_is_built_anew_with_its_parts() -> None:
    """So what reading does not ask is asked: here of a document within an event, and of the text of a deadline."""
    event = scheduled(document=Document(number="1"))
    assert event == rebuilt(event)
    document = Document(number="1")
    object.__setattr__(document, "url", "https://a.vn@evil.example")
    deadline = Deadline("x\u202e", DeadlineKind.REGULAR, ())
    for changed in ({"document": document}, {"deadline": deadline}):
        read = attrs.evolve(event)
        for name, value in changed.items():
            object.__setattr__(read, name, value)
        with pytest.raises(InvalidField):
            rebuilt(read)
    assert (1, ("a", Document(number="1")), None) == rebuilt((1, ("a", Document(number="1")), None))
