"""
What a policy is asked, and what it answers.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import attrs

from reformtrack.domain.acceptance import aggregate_of
from reformtrack.domain.activity import ActivityCompleted, OccurrenceCompleted
from reformtrack.domain.events import PLAN, Event, is_agency
from reformtrack.domain.fields import OptionalName, Reason, checked
from reformtrack.domain.plan import UNADOPTED, PlanState
from reformtrack.domain.showing import brief
from reformtrack.domain.timeline import Record, RecordRetracted, timeline
from reformtrack.domain.values import StreamId, plan_of
from reformtrack.views.agencies import Registry, fold_registry

Streams = Mapping[StreamId, Sequence[Record[Any]]]
"""The records of each stream, in order of version."""


@attrs.frozen(field_transformer=checked)
class Permit:
    """The event may be recorded."""

    rule: OptionalName = ""
    """The rule that lets it in, as it stands on record: at most 300 characters."""
    agency: OptionalName = ""
    """The agency for which it is recorded, as `@so-noi-vu`; empty where the policy does not ask."""


@attrs.frozen(field_transformer=checked)
class Refuse:
    """The event may not be recorded."""

    reason: Reason
    """Why, and who may: a text of its own for each rule, that says nothing of what is on record."""


@attrs.frozen(field_transformer=brief)
class Situation:
    """What an event meets: the state of what it is about on its day, and the agencies of today with their roles."""

    today: date
    """The local day of the recording."""
    state: Any
    """The state of the aggregate on the day of the event; for a retraction, on the day of what is retracted."""
    plan: PlanState
    """The state of its plan on that day; that of no plan for an agency."""
    registry: Registry
    """The agencies on the day of the recording."""
    retracted: Record[Any] | None = None
    """For a retraction: the record that it takes back, if there is one."""
    done_for: tuple[str, ...] = ()
    """The agencies for which an activity was reported complete by that day, whoever leads it since; also what was sent back."""


Policy = Callable[[str, Event, Situation], Permit | Refuse]
"""
Whether somebody may record an event in a situation: a pure function, asked for each event of a request in turn.

What is asked is who they say they are: `by`. To find out who somebody is, is the task of whoever embeds the tracker.
"""


def open_to_all(actor: str, event: Event, situation: Situation) -> Permit:
    """The policy of one's own machine: everybody may record everything."""
    return Permit()


def situations(proposed: Sequence[Record[Event]], streams: Streams, today: date) -> list[Situation]:
    """
    The situation of each event of a request: what was before, and what the events before it make of that.

    Args:
        proposed: the request, as the records that it would be.
        streams: the streams that it is about, their plans, and all agencies.
        today: the local day of the recording.
    """
    histories: dict[StreamId, list[Record[Any]]] = {stream: list(records) for stream, records in streams.items()}
    registry, found = _registry(histories, today), []
    for record in proposed:
        found.append(_situation(record, histories, registry, today))
        histories.setdefault(record.stream, []).append(record)
        if is_agency(record.stream):
            registry = _registry(histories, today)
    return found


def _registry(histories: Streams, today: date) -> Registry:
    return fold_registry({stream: records for stream, records in histories.items() if is_agency(stream)}, today)


def _situation(record: Record[Event], histories: Streams, registry: Registry, today: date) -> Situation:
    event, stream = record.event, record.stream
    retracted = _retracted(event, histories) if isinstance(event, RecordRetracted) else None
    fact = event if retracted is None else retracted.event
    day = today if isinstance(fact, RecordRetracted) else fact.on
    facts = timeline(histories.get(stream, ()), day)
    state = aggregate_of(stream).fold(facts)
    done_for = tuple({fact.agency for fact in facts if isinstance(fact.event, ActivityCompleted | OccurrenceCompleted)})
    plan = PLAN.fold(timeline(histories.get(plan_of(stream), ()), day)) if plan_of(stream) else UNADOPTED
    return Situation(today, state, plan, registry, retracted, done_for)


def _retracted(event: RecordRetracted, histories: Streams) -> Record[Any] | None:
    records = histories.get(event.subject, ())
    return records[event.version - 1] if event.version <= len(records) else None
