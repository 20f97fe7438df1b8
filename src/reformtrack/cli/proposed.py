"""
Events as they are typed or stand in a file, checked against what the event may hold.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import attrs
import msgspec

from reformtrack.cli.session import BadFile, Misuse
from reformtrack.domain.deadline import Deadline
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.events import Event
from reformtrack.store.registry import EVENT_NAMES

_PLAIN = (
    msgspec.inspect.StrType,
    msgspec.inspect.DateType,
    msgspec.inspect.DecimalType,
    msgspec.inspect.IntType,
    msgspec.inspect.EnumType,
    msgspec.inspect.BoolType,
    msgspec.inspect.NoneType,
)
_ACCEPTED = {
    "Invalid RFC3339 encoded date": "a day as 2023-06-30",
    "Invalid decimal string": "a number as 12.5",
}


class Line(msgspec.Struct, forbid_unknown_fields=True):
    """A line of a file of events."""

    name: str
    event: dict[str, Any]


def typed_event(name: str, subject: str, fields: Sequence[str], year: Callable[[], int]) -> Event:
    """
    The event that a command line says.

    Args:
        name: the event's name.
        subject: what it is about.
        fields: each `field=value`; a value that is a list or an object is JSON; a deadline may be the text as printed.
        year: gives the year of the plan, in which such a text is read.

    Raises:
        Misuse: no event or field of this name, or a value that is not JSON where it has to be.
        InvalidField: a value that the field cannot hold.
    """
    cls = _event_type(name)
    values: dict[str, Any] = {"subject": subject}
    for text in fields:
        field, separator, value = text.partition("=")
        if not separator:
            raise Misuse(f"{text!r} is no field of {name}; accepted: field=value, as note=xong")
        values[field] = _value(name, _known_field(cls, name, field), value, year)
    return event_of(name, values, strict=False)


def events_in(lines: Iterable[str], source: str) -> Iterator[Event]:
    """
    The events of a file of JSON Lines, each `{"name": "ActivityCompleted", "event": {…}}`, the event in its stored form.

    Raises:
        BadFile: a line is not that, or its event cannot be; names the line and the field.
    """
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            line = msgspec.json.decode(text, type=Line)
            yield event_of(line.name, line.event)
        except (msgspec.MsgspecError, Misuse, InvalidField) as error:
            raise BadFile(f"{source}, line {number}: {error}; nothing was recorded") from None


def event_of(name: str, values: Mapping[str, Any], *, strict: bool = True) -> Event:
    """
    The event of a name and the values of its fields, built as if by hand, so that every check of it is made.

    Args:
        strict: whether numbers and truth values have to be such, and not texts of them.

    Raises:
        Misuse: no event or field of this name.
        InvalidField: a value that the field cannot hold.

    >>> event_of("ActivityStarted", {"subject": "p/1", "on": "2023-01-02"}).on
    datetime.date(2023, 1, 2)
    """
    cls = _event_type(name)
    for given in values:
        _known_field(cls, name, given)
    for field in attrs.fields(cls):
        if field.default is attrs.NOTHING and field.name not in values:
            raise Misuse(f"{name}.{field.name} is missing; accepted: all of {', '.join(_required(cls))}")
    try:
        decoded = msgspec.convert(values, cls, strict=strict)
    except msgspec.ValidationError as error:
        raise _in_words(error, name, values) from None
    _check_names(values, decoded, name)
    event: Event = _rebuilt(decoded)
    return event


def _in_words(error: msgspec.ValidationError, name: str, values: Mapping[str, Any]) -> InvalidField:
    """An error of the decoder, as one that names the field, what was found and what would be accepted."""
    reason, _, place = str(error).partition(" - at `$.")
    if isinstance(error.__cause__, InvalidField):
        return error.__cause__
    path = place.rstrip("`")
    field = re.split(r"[.\[]", path)[0]
    accepted = _ACCEPTED.get(reason, reason.removeprefix("Expected "))
    for part in _parts(_types(name)[field]):
        if isinstance(part, msgspec.inspect.EnumType):
            accepted = ", ".join(str(member.value) for member in part.cls)
    return InvalidField(name, path, values[field], accepted)


def _check_names(given: Any, decoded: Any, place: str) -> None:
    """Refuse a field that is not there, at any depth: the decoder would leave it out without a word."""
    if isinstance(decoded, tuple):
        for number, (one, other) in enumerate(zip(given, decoded, strict=True)):
            _check_names(one, other, f"{place}[{number}]")
    elif attrs.has(type(decoded)):
        for field, value in given.items():
            _known_field(type(decoded), place, field)
            _check_names(value, getattr(decoded, field), f"{place}.{field}")


def _event_type(name: str) -> type[Any]:
    if name not in EVENT_NAMES:
        raise Misuse(f"there is no event {name!r}; accepted: {', '.join(EVENT_NAMES)}")
    return EVENT_NAMES[name]


def _known_field(cls: type[Any], name: str, field: str) -> str:
    names = [attribute.name for attribute in attrs.fields(cls)]
    if field not in names:
        raise Misuse(f"{name} has no field {field!r}; accepted: {', '.join(names)}")
    return field


def _required(cls: type[Any]) -> list[str]:
    return [field.name for field in attrs.fields(cls) if field.default is attrs.NOTHING]


def _value(name: str, field: str, text: str, year: Callable[[], int]) -> Any:
    """What a typed text is: itself where the field holds one value, else what its JSON says."""
    parts = _parts(_types(name)[field])
    if all(isinstance(part, _PLAIN) for part in parts):
        return text
    if any(getattr(part, "cls", None) is Deadline for part in parts) and not text.startswith("{"):
        return attrs.asdict(Deadline.parse(text, year()))
    try:
        return json.loads(text)
    except ValueError:
        raise InvalidField(name, field, text, 'JSON, as [{"number": "156/QĐ-UBND"}]') from None


def _parts(type_: msgspec.inspect.Type) -> tuple[msgspec.inspect.Type, ...]:
    """The types that a field may have."""
    return type_.types if isinstance(type_, msgspec.inspect.UnionType) else (type_,)


@cache
def _types(name: str) -> dict[str, msgspec.inspect.Type]:
    info = msgspec.inspect.type_info(EVENT_NAMES[name])
    assert isinstance(info, msgspec.inspect.DataclassType)
    return {field.name: field.type for field in info.fields}


def _rebuilt(value: Any) -> Any:
    """A decoded value built anew: decoding checks types and limits, building also normalises text and refuses some of it."""
    if attrs.has(type(value)):
        return type(value)(**{field.name: _rebuilt(getattr(value, field.name)) for field in attrs.fields(type(value))})
    return tuple(map(_rebuilt, value)) if isinstance(value, tuple) else value
