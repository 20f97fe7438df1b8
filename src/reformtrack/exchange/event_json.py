"""Events from JSON of any source, built by their constructors, so that every check runs."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import attrs
import msgspec

from reformtrack.domain.arguments import DECODER
from reformtrack.domain.deadline import Deadline
from reformtrack.domain.errors import InvalidField, OneSentence, ReformtrackError, shortened
from reformtrack.domain.fields import rebuilt
from reformtrack.domain.kinds import RECORDABLE, Event
from reformtrack.domain.plan import PlanAdopted, PlanState, evolve
from reformtrack.domain.said import recognised, said, sentence
from reformtrack.domain.values import PlanId, activity_id, plan_of
from reformtrack.tracker import Tracker

RECORDABLE_NAMES: Mapping[str, type[Event]] = {kind.__name__: kind for kind in RECORDABLE}
"""The class of each event that is recorded from outside, by its name."""

_ACCEPTED = {
    "Invalid RFC3339 encoded date": said("a day as 2023-06-30"),
    "Invalid decimal string": said("a number as 12.5"),
}


class NotAnEvent(OneSentence, ReformtrackError, ValueError):
    """JSON that is not an event: the name or a field is unknown, or a field is missing."""


class Events:
    """
    The events of one request, from JSON: a deadline may be the text as the plan prints it, read in the plan's year.

    Args:
        plan: gives the state of a plan; not asked of one that the request itself adopts.
    """

    def __init__(self, plan: Callable[[PlanId], PlanState]) -> None:
        self._plan, self._plans = plan, dict[PlanId, PlanState]()

    def of(self, name: str, values: Mapping[str, Any], *, strict: bool = True) -> Event:
        """The next event, as by `event_of`, with the same errors."""
        event_type(name)
        texts = {field: text for field, text in values.items() if isinstance(text, str) and is_deadline(name, field)}
        if texts and "subject" in values:
            plan = plan_of(activity_id(values["subject"]))
            values = {**values, **{field: self._read(name, field, text, plan) for field, text in texts.items()}}
        event = event_of(name, values, strict=strict)
        if isinstance(event, PlanAdopted):
            self._plans[event.subject] = evolve(PlanState(), event)
        return event

    def _read(self, name: str, field: str, text: str, plan: PlanId) -> Mapping[str, Any]:
        if plan not in self._plans:
            self._plans[plan] = self._plan(plan)
        state = self._plans[plan]
        try:
            return attrs.asdict(Deadline.entered(text, state.year, state.days))
        except InvalidField as error:
            raise InvalidField(name, field, text, error.accepted) from None


def state_in(tracker: Tracker) -> Callable[[PlanId], PlanState]:
    """What gives the state of a plan that is on record, and NotFound for another."""
    return lambda plan: tracker.plan(plan).state


def event_of(name: str, values: Mapping[str, Any], *, strict: bool = True) -> Event:
    """
    An event from its name and the values of its fields, built by its constructor, so that every check runs.

    Args:
        strict: whether numbers and booleans must not be given as texts.

    Raises:
        NotAnEvent: an unknown event or field, or a missing field.
        InvalidField: a value that a field cannot hold.

    >>> event_of("ActivityStarted", {"subject": "p/1", "on": "2023-01-02"}).on
    datetime.date(2023, 1, 2)
    """
    cls = event_type(name)
    for given in values:
        known_field(cls, name, given)
    for field in attrs.fields(cls):
        if field.default is attrs.NOTHING and field.name not in values:
            words = sentence("{owner}.{field} is missing; accepted: all of {fields}")
            raise NotAnEvent(words, owner=name, field=field.name, fields=", ".join(_required(cls)))
    try:
        decoded = msgspec.convert(values, cls, strict=strict)
    except msgspec.ValidationError as error:
        raise _in_words(error, name, values) from None
    _check_names(values, decoded, name)
    event: Event = rebuilt(decoded)
    return event


def _in_words(error: msgspec.ValidationError, name: str, values: Mapping[str, Any]) -> InvalidField:
    """Convert a decoder error to one that names the field, what was found and what would be accepted."""
    reason, _, place = str(error).partition(" - at ")
    if isinstance(error.__cause__, InvalidField):
        return error.__cause__
    path = place.rpartition("`$")[2].strip(".`")  # of the key of a mapping it says: `key` in `$.host_fields`
    field = re.split(r"[.\[]", path)[0]
    accepted = _ACCEPTED.get(reason) or recognised(reason.removeprefix("Expected "), DECODER)
    for part in _parts_at(name, path):
        if isinstance(part, msgspec.inspect.EnumType):
            accepted = ", ".join(str(member.value) for member in part.cls)
        if isinstance(part, msgspec.inspect.DataclassType):  # all of it at once, whatever is wrong in it first
            required = ", ".join(_required(part.cls)) or said("any of {fields}", fields=", ".join(_names(part.cls)))
            accepted = said("an object with {fields}", fields=required)
            if part.cls is Deadline:
                accepted = said('the text as the plan prints it, as "Quý III", or {object}', object=accepted)
    return InvalidField(name, path, values[field], accepted)


def _check_names(given: Any, decoded: Any, place: str) -> None:
    """Refuse an unknown field at any depth: the decoder would silently ignore it."""
    if isinstance(decoded, tuple):
        for number, (one, other) in enumerate(zip(given, decoded, strict=True)):
            _check_names(one, other, f"{place}[{number}]")
    elif attrs.has(type(decoded)):
        for field, value in given.items():
            known_field(type(decoded), place, field)
            _check_names(value, getattr(decoded, field), f"{place}.{field}")


def event_type(name: str) -> type[Event]:
    """
    The class of an event's name.

    Raises:
        NotAnEvent: no event of this name can be recorded.
    """
    if name not in RECORDABLE_NAMES:
        words = sentence("no event {name} can be recorded; accepted: {names}")
        raise NotAnEvent(words, name=shortened(name), names=tuple(RECORDABLE_NAMES))
    return RECORDABLE_NAMES[name]


def known_field(cls: type[Any], name: str, field: str) -> str:
    """
    A field of a class.

    Args:
        name: the name of the class in the error.

    Raises:
        NotAnEvent: it has no such field.
    """
    names = _names(cls)
    if field not in names:
        words = sentence("{owner} has no field {field}; accepted: {names}")
        raise NotAnEvent(words, owner=name, field=shortened(field), names=", ".join(names))
    return field


def _names(cls: type[Any]) -> list[str]:
    return [field.name for field in attrs.fields(cls)]


def _required(cls: type[Any]) -> list[str]:
    return [field.name for field in attrs.fields(cls) if field.default is attrs.NOTHING]


def parts_of(name: str, field: str) -> tuple[msgspec.inspect.Type, ...]:
    """The types that a field of an event may have."""
    return _parts(_types(name)[field])


def is_deadline(name: str, field: str) -> bool:
    return field in _types(name) and any(getattr(part, "cls", None) is Deadline for part in parts_of(name, field))


def _parts(type_: msgspec.inspect.Type) -> tuple[msgspec.inspect.Type, ...]:
    return type_.types if isinstance(type_, msgspec.inspect.UnionType) else (type_,)


def _parts_at(name: str, path: str) -> Sequence[msgspec.inspect.Type]:
    """The types allowed at a path in an event, as `checks[0].relation`."""
    first, *steps = re.findall(r"[^.\[\]]+", path)
    found: Sequence[msgspec.inspect.Type] = parts_of(name, first)
    for step in steps:
        found = [part for type_ in found for inner in _within(type_, step) for part in _parts(inner)]
    return found


def _within(type_: msgspec.inspect.Type, step: str) -> list[msgspec.inspect.Type]:
    """The types of a field, or of an item."""
    if isinstance(type_, msgspec.inspect.DataclassType):
        return [field.type for field in type_.fields if field.name == step]
    return [type_.item_type] if isinstance(type_, msgspec.inspect.VarTupleType) else []


@cache
def _types(name: str) -> dict[str, msgspec.inspect.Type]:
    info = msgspec.inspect.type_info(RECORDABLE_NAMES[name])
    assert isinstance(info, msgspec.inspect.DataclassType)
    return {field.name: field.type for field in info.fields}
