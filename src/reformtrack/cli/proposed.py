"""Events as typed or from a file, checked against their fields."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from typing import Any

import msgspec

from reformtrack.cli.given import A_DAY
from reformtrack.cli.session import BadFile, Misuse
from reformtrack.domain.arguments import either, told
from reformtrack.domain.errors import InvalidField, shortened
from reformtrack.domain.json_text import refuse_duplicate_keys
from reformtrack.domain.kinds import Event
from reformtrack.domain.plan import PlanState
from reformtrack.domain.said import said, sentence
from reformtrack.domain.values import PlanId
from reformtrack.domain.wording import Lang, day_of, number, readings
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
_NUMBERS = {msgspec.inspect.IntType, msgspec.inspect.DecimalType}


class Line(msgspec.Struct, forbid_unknown_fields=True):
    """A line of a file of events."""

    name: str
    event: dict[str, Any]


def typed_event(
    name: str, subject: str, fields: Sequence[str], plan: Callable[[PlanId], PlanState], lang: Lang = "vi"
) -> Event:
    """
    The event of a command line.

    Args:
        name: the event's name.
        subject: what it is about.
        fields: each `field=value`; a value that is a list or an object is JSON; a deadline may be the text as printed.
        plan: gives the state of a plan, in whose days such a text is read.
        lang: the language in which numbers are written.

    Raises:
        NotAnEvent: an unknown event or field.
        InvalidField: a value that the field cannot hold, or that is not JSON where it has to be.
    """
    cls = event_type(name)
    values: dict[str, Any] = {"subject": subject}
    for text in fields:
        field, separator, value = text.partition("=")
        if not separator:
            words = sentence("{text} is not a field of {name}; accepted: field=value, such as note=xong")
            raise Misuse(words, text=shortened(text), name=name)
        if field in values:
            words = sentence("{name}.{field} was given twice; accepted: each field once, the id in its own place")
            raise Misuse(words, name=name, field=field)
        values[field] = _value(name, known_field(cls, name, field), value, lang)
    return Events(plan).of(name, values, strict=False)


def events_in(lines: Iterable[str], source: str, plan: Callable[[PlanId], PlanState]) -> Iterator[Event]:
    """
    The events of a file of JSON Lines, each `{"name": "ActivityCompleted", "event": {…}}`, the event in its stored form.

    Args:
        lines: of the file.
        source: what it is called.
        plan: as in `typed_event`.

    Raises:
        BadFile: a line is malformed, or its event is invalid; the error names the line and the field.
    """
    events = Events(plan)
    for place, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            line = msgspec.json.decode(text, type=Line)
            refuse_duplicate_keys(text.encode())
            yield events.of(line.name, line.event)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            words = sentence("{source}, line {number}: {error}; nothing was recorded")
            raise BadFile(words, source=source, number=place, error=told(error)) from None


def _plain(name: str, field: str, text: str, types: Set[type], lang: Lang) -> str:
    """A value that is not JSON, converted for the decoder: days and numbers may be typed as they are printed."""
    if msgspec.inspect.DateType in types and text != "null":
        try:
            return day_of(text).isoformat()
        except ValueError:
            raise InvalidField(name, field, text, A_DAY) from None
    if types & _NUMBERS and msgspec.inspect.StrType not in types:
        shown = text.removesuffix("%") if field.endswith("percent") else text
        found = sorted(readings(shown, lang, whole=msgspec.inspect.DecimalType not in types))
        if len(found) > 1:
            raise InvalidField(name, field, text, either(number(one).replace(".", "") for one in found))
        return str(found[0]) if found else text
    return text


def _value(name: str, field: str, text: str, lang: Lang) -> Any:
    """The value of a typed text: itself if the field holds one value, else its JSON."""
    parts = parts_of(name, field)
    if is_deadline(name, field) and not text.startswith("{"):
        return text
    if any(isinstance(part, msgspec.inspect.StrType) for part in parts) and not text.startswith("["):
        return text  # a name, where several would be a list
    if all(isinstance(part, _PLAIN) for part in parts):
        return _plain(name, field, text, {type(part) for part in parts}, lang)
    try:
        refuse_duplicate_keys(text.encode())
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        items = {type(getattr(part, "item_type", None)) for part in parts}
        example = '["Sở Nội vụ"]' if msgspec.inspect.StrType in items else '[{"number": "156/QĐ-UBND"}]'
        accepted = said("JSON, as {example} ({error})", example=example, error=error)
        raise InvalidField(name, field, text, accepted) from None
