"""JSON in which a key stands twice says two things, of which a parser takes one in silence: it is refused at every door."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack.cli.proposed import events_in, typed_event
from reformtrack.cli.session import BadFile, Misuse
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.json_text import refuse_duplicate_keys
from reformtrack.domain.plan import PlanState
from reformtrack.web.writing import events_of

TWICE: dict[str, tuple[str, str]] = {
    "at once": ('{"a":1,"a":2}', "a"),
    "the same value": ('{"a":1,"a":1}', "a"),
    "escaped": ('{"on":1,"\\u006fn":2}', "on"),
    "deep": ('[{"x":[{"y":{"số":1,"b":2,"số":null}}]}]', "số"),
    "empty": ('{"":1,"":2}', ""),
    "objects": ('{"a":{"a":1},"a":{}}', "a"),
    "after a big number": ("{" + f'"n":{"9" * 10_000},"f":1e999,"a":1,"a":2' + "}", "a"),
}


@pytest.mark.parametrize("kind", TWICE)
def test_a_key_that_stands_twice_in_an_object_is_named(kind: str) -> None:
    """However it is written."""
    text, key = TWICE[kind]
    with pytest.raises(ValueError, match=f"the key '{key}' stands twice"):
        refuse_duplicate_keys(text.encode())


def test_the_same_key_in_two_objects_is_none_of_that() -> None:
    """One within the other, or one after the other."""
    refuse_duplicate_keys('{"a":{"a":[{"a":1},{"a":1}]},"á":"\\ud800","b":"x\ty"}'.encode())


@pytest.mark.parametrize("text", [b"[" * 100_000, b'{"a":' * 100_000, b"[" * 100_000 + b"]" * 100_000])
def test_what_is_nested_too_deeply_is_refused(text: bytes) -> None:
    """Not as an error of Python."""
    with pytest.raises(ValueError, match=r"^it is nested too deeply$"):
        refuse_duplicate_keys(text)


def test_a_long_key_is_named_by_its_beginning() -> None:
    """80 characters of it."""
    with pytest.raises(ValueError, match=f"^the key '{'x' * 80}' stands twice in one object$"):
        refuse_duplicate_keys(b'{"KEY":1,"KEY":2}'.replace(b"KEY", b"x" * 81))


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(json)
def test_whatever_a_mapping_says_says_nothing_twice(value: Any) -> None:
    """What is made of a mapping is accepted."""
    refuse_duplicate_keys(msgspec.json.encode(value))


@given(st.dictionaries(st.text(max_size=5), json, min_size=1, max_size=4), st.data())
def test_a_pair_put_in_once_more_is_found(value: dict[str, Any], data: st.DataObject) -> None:
    """Wherever it stands, with whatever value."""
    pairs = [*value.items(), (data.draw(st.sampled_from(sorted(value))), data.draw(json))]
    pairs = data.draw(st.permutations(pairs))
    text = b",".join(msgspec.json.encode(key) + b":" + msgspec.json.encode(found) for key, found in pairs)
    with pytest.raises(ValueError, match="stands twice"):
        refuse_duplicate_keys(b'[{"x":{' + text + b"}}]")


STARTED = '"subject":"p/1","on":"2023-01-02"'
DOORS: dict[str, tuple[Callable[[str], Any], type[Exception], str]] = {
    "a request": (
        lambda event: events_of(
            f'{{"events":[{{"type":"ActivityStarted",{event}}}]}}'.encode(), lambda plan: PlanState(year=2023)
        ),
        InvalidField,
        "body",
    ),
    "a file": (
        lambda event: list(
            events_in([f'{{"name":"ActivityStarted","event":{{{event}}}}}'], "f", lambda plan: PlanState(year=2023))
        ),
        BadFile,
        "line 1",
    ),
}


@pytest.mark.parametrize("door", DOORS)
def test_an_event_that_says_something_twice_is_refused(door: str) -> None:
    """With an error that names the key; what says it once is taken."""
    read, error, where = DOORS[door]
    assert read(STARTED)[0].subject == "p/1"
    for key, event in (("on", f'{STARTED},"on":"2023-03-01"'), ("note", f'"note":"a",{STARTED},"n\\u006fte":"a"')):
        with pytest.raises(error, match=f"the key '{key}' stands twice") as caught:
            read(event)
        assert where in str(caught.value)


def test_what_is_around_the_events_is_said_once_too() -> None:
    """The lists themselves, and a type; and in a file the name."""
    event = f'{{"type":"ActivityStarted",{STARTED}}}'
    for body in (f'{{"events":[],"events":[{event}]}}', f'{{"events":[{event[:-1]},"type":"ActivityStarted"}}]}}'):
        with pytest.raises(InvalidField, match="stands twice"):
            events_of(body.encode(), lambda plan: PlanState(year=2023))
    with pytest.raises(BadFile, match="the key 'name' stands twice"):
        list(
            events_in(
                [f'{{"name":"PlanClosed","name":"ActivityStarted","event":{{{STARTED}}}}}'],
                "f",
                lambda plan: PlanState(year=2023),
            )
        )


def test_what_is_typed_is_said_once() -> None:
    """A field; a key within the JSON of one; and the subject, which has its own place."""
    on = "on=2023-01-02"
    with pytest.raises(Misuse, match=r"ActivityStarted\.note is given twice"):
        typed_event("ActivityStarted", "p/1", [on, "note=a", "note=b"], lambda plan: PlanState(year=2023))
    with pytest.raises(Misuse, match=r"ActivityStarted\.subject is given twice"):
        typed_event("ActivityStarted", "p/1", [on, "subject=p/2"], lambda plan: PlanState(year=2023))
    with pytest.raises(InvalidField, match="the key 'number' stands twice"):
        typed_event(
            "ActivityCompleted",
            "p/1",
            [on, 'evidence=[{"number":"1","number":"2"}]'],
            lambda plan: PlanState(year=2023),
        )
