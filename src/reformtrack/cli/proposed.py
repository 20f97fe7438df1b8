"""
Events as they are typed or stand in a file, checked against what the event may hold.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from reformtrack.cli.session import BadFile, Misuse
from reformtrack.domain.errors import InvalidField, shortened
from reformtrack.domain.json_text import refuse_duplicate_keys
from reformtrack.domain.kinds import Event
from reformtrack.domain.said import said
from reformtrack.domain.values import PlanId
from reformtrack.exchange.event_json import Events, event_type, is_deadline, known_field, parts_of

_PLAIN = (
    msgspec.inspect.StrType,
    msgspec.inspect.DateType,
    msgspec.inspect.DecimalType,
    msgspec.inspect.IntType,
    msgspec.inspect.EnumType,
    msgspec.inspect.BoolType,
    msgspec.inspect.NoneType,
)

_LONGEST = 2_000
"""The most that is said of a line, in characters: an error of the decoder quotes it."""


class Line(msgspec.Struct, forbid_unknown_fields=True):
    """A line of a file of events."""

    name: str
    event: dict[str, Any]


def typed_event(name: str, subject: str, fields: Sequence[str], year: Callable[[PlanId], int]) -> Event:
    """
    The event that a command line says.

    Args:
        name: the event's name.
        subject: what it is about.
        fields: each `field=value`; a value that is a list or an object is JSON; a deadline may be the text as printed.
        year: gives the year of a plan, in which such a text is read.

    Raises:
        NotAnEvent: no event or field of this name.
        InvalidField: a value that the field cannot hold, or that is not JSON where it has to be.
    """
    cls = event_type(name)
    values: dict[str, Any] = {"subject": subject}
    for text in fields:
        field, separator, value = text.partition("=")
        if not separator:
            raise Misuse(
                said(
                    "{text} is no field of {name}; accepted: field=value, as note=xong",
                    text=shortened(text),
                    name=name,
                )
            )
        if field in values:
            raise Misuse(
                said(
                    "{name}.{field} is given twice; accepted: each field once, the id in its own place",
                    name=name,
                    field=field,
                )
            )
        values[field] = _value(name, known_field(cls, name, field), value)
    return Events(year).of(name, values, strict=False)


def events_in(lines: Iterable[str], source: str, year: Callable[[PlanId], int]) -> Iterator[Event]:
    """
    The events of a file of JSON Lines, each `{"name": "ActivityCompleted", "event": {…}}`, the event in its stored form.

    Args:
        lines: of the file.
        source: what it is called.
        year: as in `typed_event`.

    Raises:
        BadFile: a line is not that, or its event cannot be; names the line and the field.
    """
    events = Events(year)
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            line = msgspec.json.decode(text, type=Line)
            refuse_duplicate_keys(text.encode())
            yield events.of(line.name, line.event)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise BadFile(f"{source}, line {number}: {str(error)[:_LONGEST]}; nothing was recorded") from None


def _value(name: str, field: str, text: str) -> Any:
    """What a typed text is: itself where the field holds one value, else what its JSON says."""
    parts = parts_of(name, field)
    if all(isinstance(part, _PLAIN) for part in parts) or (is_deadline(name, field) and not text.startswith("{")):
        return text
    try:
        refuse_duplicate_keys(text.encode())
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        items = {type(getattr(part, "item_type", None)) for part in parts}
        example = '["Sở Nội vụ"]' if msgspec.inspect.StrType in items else '[{"number": "156/QĐ-UBND"}]'
        raise InvalidField(
            name, field, text, said("JSON, as {example} ({error})", example=example, error=error)
        ) from None
