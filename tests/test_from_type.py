"""`st.from_type` gives every public value, and only valid ones, drawn from histories that any tracker accepts."""

import inspect
import subprocess
import sys
from enum import Enum
from typing import Any, NewType

import attrs
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reformtrack
from reformtrack import Activity, Event, Plan, Record, Tracker, answers, events, policy, values
from reformtrack.domain.kinds import EVENT_TYPES, RECORDABLE
from reformtrack.domain.values import FORMS
from reformtrack.events import ActivityCompleted, EvidenceFiled
from reformtrack.policy import Terms
from reformtrack.testing import Clock, histories


def public_values() -> list[Any]:
    """What is exported without an extra: each attrs class, struct, named tuple, enumeration and type of ids."""
    modules = (reformtrack, answers, events, policy, values)
    found = {getattr(module, name) for module in modules for name in module.__all__}
    return sorted(filter(is_value, found), key=lambda kind: kind.__name__)


def is_value(kind: Any) -> bool:
    if not inspect.isclass(kind):
        return isinstance(kind, NewType)
    return attrs.has(kind) or issubclass(kind, msgspec.Struct | Enum | tuple)


FOLDED = {Activity, Plan, Terms, *(kind for kind in vars(answers).values() if inspect.isclass(kind))} - {answers.Damage}
"""What is drawn from a history, all of one test case from the same."""
VALUES = public_values()


def valid(kind: Any, drawn: Any) -> None:
    """Its very class, of the form of its ids; and what is checked when it is built lets it in again."""
    if isinstance(kind, NewType):
        assert FORMS[kind.__name__].pattern.fullmatch(drawn)
        return
    assert type(drawn) is kind
    assert repr(drawn)
    if attrs.has(kind):
        assert attrs.evolve(drawn) == drawn


@pytest.mark.parametrize("kind", [kind for kind in VALUES if kind not in FOLDED], ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_each_public_value_is_drawn(kind: Any, data: st.DataObject) -> None:
    """Events, what they are made of, ids, enumerations."""
    valid(kind, data.draw(st.from_type(kind)))


@given(data=st.data())
def test_each_answer_is_drawn(data: st.DataObject) -> None:
    """Of one store: a plan and the register of its agencies belong together."""
    for kind in VALUES:
        if kind in FOLDED:
            valid(kind, data.draw(st.from_type(kind)))
    plan, rollup = data.draw(st.from_type(Plan)), data.draw(st.from_type(answers.Rollup))
    assert plan.state.jurisdiction in {key[0] for key in rollup.lines}


@given(st.from_type(Record[ActivityCompleted | EvidenceFiled]), st.from_type(Record), st.from_type(Event))  # type: ignore[arg-type]  # a union of events is no type to mypy
def test_records_are_of_the_events_that_stand_in_the_brackets(
    some: Record[ActivityCompleted | EvidenceFiled], one: Record[Event], event: Event
) -> None:
    """Of any event where nothing does; and the union of all events is drawn too."""
    assert isinstance(some.event, ActivityCompleted | EvidenceFiled)
    assert some.stream == some.event.subject
    assert type(one.event) in EVENT_TYPES
    assert type(event) in EVENT_TYPES


@given(histories())
def test_a_history_is_accepted_by_any_tracker(history: tuple[Record[Event], ...]) -> None:
    """Each record where it stands, with the same clock; what only a tracker makes is left out."""
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        for record in history:
            clock.now = record.recorded_at
            if isinstance(record.event, RECORDABLE):
                [again] = tracker.record(record.event, by=record.by)
                assert (record.stream, record.event) == (again.stream, again.event)
    assert [record.position for record in history] == sorted({record.position for record in history})


@pytest.mark.slow
def test_who_does_not_test_does_not_load_hypothesis() -> None:
    """Nor does the command line."""
    words = "import reformtrack, reformtrack.cli, sys; print('hypothesis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True).stdout == "False\n"
