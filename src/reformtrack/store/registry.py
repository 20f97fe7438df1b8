"""
The stored form: one JSON object per event, under a name and a schema version that are not a Python path.

The registry is closed. Unknown names are never looked up elsewhere, and nothing is imported because of stored data. The
names and versions below are the storage format: a released one never changes.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Annotated, Any, Generic, TypeVar, get_type_hints

import attrs
import msgspec
from msgspec import Meta

from reformtrack.domain.arguments import DECODER, told
from reformtrack.domain.errors import InvalidField, UnreadableRecord, shortened
from reformtrack.domain.fields import Name, OptionalName, RequestId
from reformtrack.domain.kinds import EVENT_TYPES
from reformtrack.domain.said import recognised, said
from reformtrack.domain.timeline import Record
from reformtrack.domain.values import FORMS, StreamId

E = TypeVar("E")

Row = tuple[int, str, int, str, bytes]
"""(position, stream, version, topic, state) of a stored event."""

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns the JSON object of an event of one schema version into that of the next."""

MAX_STATE_BYTES = 1_048_576
"""The largest stored event, 1 MiB, checked on writing and reading."""

_LONGEST = 500
"""The most characters of an error about a state, because errors of the decoder quote it."""

EVENT_NAMES: Mapping[str, type[Any]] = {kind.__name__: kind for kind in EVENT_TYPES}
"""By stored name, which the golden files pin."""


def _confirmed_something(event: dict[str, Any]) -> dict[str, Any]:
    """Version 1 of a confirmation does not name the record that it confirms."""
    return {**event, "completion": 0}


def _not_sealed(event: Mapping[str, Any]) -> dict[str, Any]:
    """Version 1 of a report has no checkpoint."""
    return {**event, "checkpoint": ""}


UPCASTERS: Mapping[str, Sequence[Upcaster]] = {
    "CompletionConfirmed": (_confirmed_something,),
    "ReportIssued": (_not_sealed,),
    "ReportCorrected": (_not_sealed,),
}
"""Per event name, the upcaster from version 1 to 2, from 2 to 3, …; an event's version is one more than it has of them."""


LATER_FIELDS: Mapping[str, Sequence[str]] = {
    "RecordRetracted": ("document",),
    "ActivityScheduled": ("number", "group", "lead_text", "deadline.start"),
    "ActivityRescheduled": ("deadline.start",),
    "ActivityReassigned": ("lead_text",),
    "ActivityRevised": ("number", "group"),
    "PlanAdopted": ("first_day", "last_day", "stages", "level", "above"),
    "IndicatorDefined": ("host_fields",),
    "ReportIssued": ("content.sections",),
    "ReportCorrected": ("content.sections",),
}
"""
Per event name, the fields that its version has had since a later release, in dotted form where they are of a value in it: left
out of what is stored where they have their default, so that what an earlier release would have stored is the same to the byte.
"""


class Envelope(msgspec.Struct, Generic[E], frozen=True, gc=False, omit_defaults=True):
    """The JSON object of one stored event: the event, with when and by whom it was recorded."""

    event: E
    recorded_at: Annotated[datetime, Meta(tz=True)]
    by: Name
    request_id: RequestId
    agency: OptionalName = ""
    rule: OptionalName = ""


class Registry:
    """
    Turns records into stored events and back.

    Args:
        names: the class of each event name.
        upcasters: per event name, the upcasters from version 1 on.
    """

    def __init__(
        self, names: Mapping[str, type[Any]] = EVENT_NAMES, upcasters: Mapping[str, Sequence[Upcaster]] = UPCASTERS
    ) -> None:
        self._encoder = msgspec.json.Encoder()
        self._later = {
            names[name]: [(path, attrgetter(path), default_of(names[name], path)) for path in paths]
            for name, paths in LATER_FIELDS.items()
            if name in names
        }
        self._topics = {cls: f"{name}.{len(upcasters.get(name, ())) + 1}" for name, cls in names.items()}
        self._forms = {
            cls: FORMS[getattr(attrs.fields_dict(cls)["subject"].type, "__name__", "")] for cls in names.values()
        }
        # All at once, as every decoder of ours: two threads that make the first one of a class may crash the process (msgspec).
        self._readers: dict[str, Callable[[bytes], Envelope[Any]]] = {}
        for name, cls in names.items():
            steps = upcasters.get(name, ())
            self._readers[f"{name}.{len(steps) + 1}"] = msgspec.json.Decoder(Envelope[cls]).decode  # type: ignore[valid-type]
            for version in range(1, len(steps) + 1):
                self._readers[f"{name}.{version}"] = _upcasting_reader(cls, steps[version - 1 :])

    @property
    def topics(self) -> tuple[str, ...]:
        """Every name and version that can be read, as `ActivityCompleted.1`."""
        return tuple(self._readers)

    def encode(self, record: Record[Any]) -> tuple[str, bytes]:
        """
        The stored name and state of a record.

        Raises:
            InvalidField: the state would be larger than 1 MiB.
        """
        how = record.recorded_at, record.by, record.request_id, record.agency, record.rule
        state = self._encoder.encode(Envelope(self._stored(record.event), *how))
        if len(state) > MAX_STATE_BYTES:
            owner = type(record.event).__name__
            accepted = said("at most {most} bytes as JSON", most=MAX_STATE_BYTES)
            raise InvalidField(owner, "event", said("{count} bytes", count=len(state)), accepted)
        return self._topics[type(record.event)], state

    def _stored(self, event: Any) -> Any:
        """The event, without its later fields that have their defaults; what is not left out stays as it is."""
        unsaid = [path for path, value_of, default in self._later.get(type(event), ()) if value_of(event) == default]
        if not unsaid:
            return event
        values = _fields_of(event)
        for path in unsaid:
            outer, _, name = path.rpartition(".")  # no field is deeper
            if outer and not isinstance(values[outer], dict):
                values[outer] = _fields_of(values[outer])
            del (values[outer] if outer else values)[name]
        return values

    def decode(self, row: Row) -> Record[Any]:
        """
        The record of a row of the log.

        Raises:
            UnreadableRecord: unknown name or version, bad JSON, a value out of range, or an event about another stream.
        """
        position, stream, version, topic, state = row
        try:
            envelope = self._readers[topic](state)
            event = envelope.event
            subject: StreamId = event.subject
            form = self._forms[type(event)]
            is_its_kind = form.pattern.fullmatch(subject) is not None
            if subject == stream and is_its_kind and len(state) <= MAX_STATE_BYTES and type(version) is int:
                how = envelope.recorded_at, envelope.by, envelope.request_id, envelope.agency, envelope.rule
                return Record(position, subject, version, event, *how)
            reason: str
            field, reason = "event.subject", said("it is about {subject}", subject=shortened(subject))
            if subject == stream:
                reason = said(
                    "it is about {subject}, which is not {accepted}", subject=shortened(subject), accepted=form.accepted
                )
            if len(state) > MAX_STATE_BYTES:
                field, reason = "state", said("{count} bytes, more than {most}", count=len(state), most=MAX_STATE_BYTES)
            elif type(version) is not int:  # a SQLite file can hold any value
                field, reason = "version", said("it is {found}, not a number", found=shortened(version))
        except KeyError:
            field, reason = "name", said("no event of this name and version is known; a newer reformtrack may know it")
        except (msgspec.MsgspecError, ValueError, TypeError, RecursionError) as error:
            field, reason = _field_of(error)
        raise UnreadableRecord(position, stream, version, topic, field, reason, state)


_FIELDS: dict[type[Any], tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]] = {}
"""By class, its fields in the order in which msgspec encodes them, and what gives their values."""


def _fields_of(value: Any) -> dict[str, Any]:
    found = _FIELDS.get(type(value))
    if found is None:
        names = tuple(msgspec.to_builtins(value))
        found = _FIELDS[type(value)] = names, attrgetter(*names)
    return dict(zip(found[0], found[1](value), strict=True))


def default_of(cls: type[Any], path: str) -> object:
    """The default of a field of an event, or of a value in it."""
    *outer, name = path.split(".")
    for field in outer:
        cls = get_type_hints(cls)[field]
    default: Any = attrs.fields_dict(cls)[name].default
    return default.factory() if hasattr(default, "factory") else default


def _upcasting_reader(cls: type[Any], steps: Sequence[Upcaster]) -> Callable[[bytes], Envelope[Any]]:
    raw = msgspec.json.Decoder(Envelope[dict[str, Any]])

    def read(state: bytes) -> Envelope[Any]:
        envelope = raw.decode(state)
        data = envelope.event
        for upcast in steps:
            data = upcast(data)
        return msgspec.structs.replace(envelope, event=msgspec.convert(data, cls))

    return read


def _field_of(error: Exception) -> tuple[str, str]:
    """The field of a decoder error, and the message."""
    text = str(error)[:_LONGEST]
    found = re.fullmatch(r"(.*?) - at `\$\.?(.*)`", text, re.DOTALL)
    if found:
        return found[2] or "state", recognised(found[1], DECODER)
    return "state", told(error)
