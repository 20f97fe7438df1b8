"""A record as an event of CloudEvents 1.0, the form in which other systems take events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

import msgspec

from reformtrack.documents import requested_document
from reformtrack.domain.arguments import Uri, checks_arguments
from reformtrack.domain.kinds import Event
from reformtrack.domain.timeline import Record
from reformtrack.store.registry import UPCASTERS

__all__ = ["CONTENT_TYPE", "CloudEvent", "cloud_event", "structured"]


class CloudEvent(TypedDict):
    """The attributes of an event, and its `data`."""

    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: str
    datacontenttype: str
    sequence: str
    data: Mapping[str, object]
    """The record as the API has it, and its `request_id`."""


CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
"""The media type of an event in structured mode."""

_DIGITS = 20


@checks_arguments
def cloud_event(record: Record[Event], source: Uri) -> CloudEvent:
    """
    A record as a CloudEvent. The same record always gives the same event: its `id` is its log position.

    Args:
        source: a URI that names the log and makes the id unique.

    `type` is the stored name of the event with its schema version, `subject` its stream, `time` when it was recorded;
    the extension `sequence` is the position as fixed-length text, which sorts like the log.

    >>> from datetime import UTC, date, datetime
    >>> from reformtrack.events import ActivityStarted
    >>> started = ActivityStarted("p/1", on=date(2023, 2, 1))
    >>> event = cloud_event(Record(7, "p/1", 2, started, datetime(2023, 2, 2, tzinfo=UTC), "a", "r"), "https://example.vn/log")
    >>> event["id"], event["type"], event["subject"], event["time"], event["data"]["event"]["on"]
    ('7', 'reformtrack.ActivityStarted.1', 'p/1', '2023-02-02T00:00:00Z', '2023-02-01')
    """
    name = type(record.event).__name__
    return {
        "specversion": "1.0",
        "id": str(record.position),
        "source": source,
        "type": f"reformtrack.{name}.{len(UPCASTERS.get(name, ())) + 1}",
        "subject": record.stream,
        "time": record.recorded_at.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "sequence": f"{record.position:0{_DIGITS}}",
        "data": msgspec.to_builtins(requested_document(record)),
    }


@checks_arguments
def structured(event: CloudEvent) -> bytes:
    """An event in structured mode: one JSON document."""
    return msgspec.json.encode(event)
