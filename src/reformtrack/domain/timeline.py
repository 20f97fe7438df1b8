"""
The two clocks, in one place: which records of a stream count for a day, as known at a log position.

`on` is the day in the world, `known_at` what the tracker had learnt by then: whoever asks for an instant has it turned into its
position first. A timeline is the records known by then and not retracted by then, of the days up to `on`, in order of (day,
version). Nothing else in reformtrack decides this.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Annotated, Any, Generic, Protocol, TypeVar

import attrs
import msgspec
from msgspec import Meta

from reformtrack.domain import errors
from reformtrack.domain.errors import cited, shortened
from reformtrack.domain.fields import Reason, checked
from reformtrack.domain.values import Document, StreamId, stream_id

KnownAt = datetime | int | None
"""What was known, as it is asked: at an aware instant, up to a log position, or None for all that is on record."""


@attrs.frozen(kw_only=True, field_transformer=checked)
class RecordRetracted:
    """
    A record of the same stream was wrong: from now on it is out of the timeline.

    It is about a record and not about the world, so it has no day of its own; what was known before still shows the record.
    """

    subject: StreamId = attrs.field(kw_only=False, converter=stream_id)
    """The stream of the record."""
    version: Annotated[int, Meta(ge=1)]
    """The version of the record in its stream."""
    reason: Reason
    """Why it was wrong."""
    document: Document | None = None
    """The document that says so, where a change of a plan is taken back."""


class Subject(Protocol):
    """What every event has: what it is about."""

    @property
    def subject(self) -> StreamId: ...


class Fact(Protocol):
    """What every event but a retraction has: what it is about, and the day on which it took effect."""

    @property
    def subject(self) -> StreamId: ...
    @property
    def on(self) -> date: ...


E = TypeVar("E")
S = TypeVar("S")
F = TypeVar("F", bound=Fact)
A = TypeVar("A", bound=Subject)


class Record(msgspec.Struct, Generic[E], frozen=True, gc=False):
    """
    An event on record: what happened, and when, by whom and with which request the tracker learnt of it.

    One is made for every event that is read, so it is a class of msgspec, which costs a tenth of one of attrs.
    """

    position: int
    """Its place in the log: 1 or more, growing, with gaps; 0 while it is only proposed."""
    stream: StreamId
    """The aggregate that it is about."""
    version: int
    """Its place in the stream: 1, 2, 3, …"""
    event: E
    recorded_at: datetime
    """When the tracker learnt of it, in UTC, by the clock of then: what is known at an instant goes by positions."""
    by: str
    """Who recorded it."""
    request_id: str
    """The request that it came with; all records of one request were recorded together."""
    agency: str = ""
    """The agency that it was recorded for, as `@so-noi-vu`; empty where the policy does not ask."""
    rule: str = ""
    """The rule of the policy that let it in; empty where none was asked."""

    def __repr__(self) -> str:
        what = f"{cited(self.event)}, version {self.version}, by {shortened(self.by)}"
        return f"<Record {self.position}: {what}, {self.recorded_at}>"

    @property
    def originator_id(self) -> str:
        """The stream, as eventsourcing names it."""
        return self.stream

    @property
    def originator_version(self) -> int:
        """The version, as eventsourcing names it."""
        return self.version

    def is_known(self, known_at: int | None) -> bool:
        """Whether the tracker had learnt of it by a log position; None is after all."""
        return known_at is None or self.position <= known_at


_place = attrgetter("event.on", "version")
"""Where a record of a fact stands in its timeline."""


def known(records: Iterable[Record[E]], known_at: int | None) -> tuple[Record[E], ...]:
    """The records that the tracker had learnt of by then, retracted ones and retractions included."""
    return tuple(records) if known_at is None else tuple(r for r in records if r.is_known(known_at))


def timeline(
    records: Iterable[Record[F | RecordRetracted]], on: date | None = None, known_at: int | None = None
) -> tuple[Record[F], ...]:
    """
    The records that count, in the order in which they took effect.

    A confirmation falls with the record that it confirms: what replaces that record has to be confirmed anew.

    Args:
        records: records of one stream.
        on: the last day that counts; None for all days.
        known_at: the log position up to which; None for all that is on record.
    """
    facts: list[Record[F]] = []
    retracted = set()
    for record in known(records, known_at):
        event = record.event
        if isinstance(event, RecordRetracted):
            retracted.add(event.version)
        elif on is None or event.on <= on:
            facts.append(record)  # type: ignore[arg-type]  # mypy does not narrow the record by its event
    if retracted:
        facts = [record for record in facts if retracted.isdisjoint((record.version, confirmed(record.event)))]
    return tuple(sorted(facts, key=_place))


def confirmed(event: object) -> int:
    """The version of the record that an event confirms; 0 when it confirms none."""
    found: int = getattr(event, "completion", 0)
    return found


def as_records(
    events: Iterable[A],
    histories: Mapping[StreamId, Sequence[Record[Any]]],
    recorded_at: datetime,
    by: str,
    request_id: str,
) -> list[Record[A]]:
    """
    Events as the records that they would be, at the next versions of their streams, for the rules to judge.

    Args:
        histories: all records of each stream that the events are about.
    """
    versions = {stream: len(records) for stream, records in histories.items()}
    records = []
    for event in events:
        version = versions[event.subject] = versions.get(event.subject, 0) + 1
        records.append(Record(0, event.subject, version, event, recorded_at, by, request_id))
    return records


@attrs.frozen
class Aggregate(Generic[S, F]):
    """The rules of one kind of aggregate: its first state, which events a state refuses, and what an event makes of it."""

    initial: S
    check: Callable[[S, F], None]
    evolve: Callable[[S, F], S]

    def fold(self, records: Iterable[Record[F]]) -> S:
        """The state that a timeline leaves."""
        state = self.initial
        for record in records:
            state = self.evolve(state, record.event)
        return state

    def judge(
        self, history: Sequence[Record[F | RecordRetracted]], proposed: Sequence[Record[F | RecordRetracted]]
    ) -> S:
        """
        The state that a stream's whole timeline leaves once the proposed records are in it, each at its place in valid time.

        Args:
            history: the stream's records, all of them, in order of version.
            proposed: the records to come after them.

        Raises:
            IllegalHistory: with them, the timeline would be illegal at some point; says which record is in the way.
        """
        check_retractions(history, proposed)
        records = timeline((*history, *proposed))
        unchanged = bisect_left(records, _first_change(history, proposed), key=_place)
        state = self.fold(records[:unchanged])
        for place, record in enumerate(records[unchanged:], unchanged):
            try:
                self.check(state, record.event)
            except errors.IllegalHistory as error:
                error.in_the_way = self.last_change(records[:place], error.aspect)
                if record.version <= len(history):
                    error.proposed = tuple(record.event for record in proposed)
                raise
            state = self.evolve(state, record.event)
        return state

    def last_change(self, records: Iterable[Record[F]], aspect: str) -> Record[F] | None:
        """The record of a timeline that last changed an aspect (an attribute) of the state; None when none did."""
        last, state = None, self.initial
        for record in records:
            after = self.evolve(state, record.event)
            if getattr(after, aspect) != getattr(state, aspect):
                last = record
            state = after
        return last


def _first_change(
    history: Sequence[Record[F | RecordRetracted]], proposed: Sequence[Record[F | RecordRetracted]]
) -> tuple[date, int]:
    """The earliest place in valid time at which the proposed records change a timeline."""
    places = []
    for record in proposed:
        event = record.event
        changed = history[event.version - 1].event if isinstance(event, RecordRetracted) else event
        version = event.version if isinstance(event, RecordRetracted) else record.version
        if not isinstance(changed, RecordRetracted):
            places.append((changed.on, version))
    return min(places)


def check_retractions(
    history: Sequence[Record[F | RecordRetracted]], proposed: Sequence[Record[F | RecordRetracted]]
) -> None:
    """
    Refuse a retraction of what is not there, of what is retracted already, and of a retraction.

    Raises:
        NoSuchRecord, AlreadyRetracted, RetractionOfRetraction: the rule that is broken.
    """
    retractions = [record.event for record in proposed if isinstance(record.event, RecordRetracted)]
    if not retractions:
        return
    gone = {record.event.version for record in history if isinstance(record.event, RecordRetracted)}
    for event in retractions:
        if event.version > len(history):
            versions = f"a version from 1 to {len(history)}" if history else "one that an earlier request recorded"
            raise errors.NoSuchRecord(event, f"{event.subject} has no record {event.version}", versions)
        if isinstance(history[event.version - 1].event, RecordRetracted):
            raise errors.RetractionOfRetraction(event)
        if event.version in gone:
            raise errors.AlreadyRetracted(event)
        gone.add(event.version)
