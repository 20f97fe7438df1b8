"""
The two clocks, in one place: which records of a stream count for a day, as known at a log position.

`on` is the effective day; `known_at` limits what was recorded by then, and an instant is first converted to a log
position. A timeline is the records known and not retracted by then, of days up to `on`, in order of (day, version).
This module alone decides it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter, itemgetter
from typing import Annotated, Any, Generic, Protocol, TypeVar

import attrs
import msgspec
from msgspec import Meta

from reformtrack.domain import errors, illegal
from reformtrack.domain.errors import shortened
from reformtrack.domain.fields import Reason, frozen
from reformtrack.domain.said import cited, said
from reformtrack.domain.values import Document, StreamId, stream_id

KnownAt = datetime | int | None
"""A `known_at`: an aware instant, a log position, or None for everything on record."""


@frozen(kw_only=True)
class RecordRetracted:
    """
    A record of the same stream was wrong, and is out of the timeline from now on.

    It is about a record, not about the world, so it has no day; earlier states of knowledge still show the record.
    """

    subject: StreamId = attrs.field(kw_only=False, converter=stream_id)
    """The stream of the record."""
    version: Annotated[int, Meta(ge=1)]
    """The version of the record in its stream."""
    reason: Reason
    """Why it was wrong."""
    document: Document | None = None
    """The document behind it, when a change of a plan is retracted."""


class Subject(Protocol):
    """The field of every event: its subject."""

    @property
    def subject(self) -> StreamId: ...


class Fact(Subject, Protocol):
    """The fields of every event except a retraction: its subject, and its effective day."""

    @property
    def on(self) -> date: ...


E = TypeVar("E")
E_co = TypeVar("E_co", covariant=True)
S = TypeVar("S")
T = TypeVar("T")
F = TypeVar("F", bound=Fact)
A = TypeVar("A", bound=Subject)


class Record(msgspec.Struct, Generic[E_co], frozen=True, gc=False):
    """
    An event on record, with when, by whom and by which request it was recorded.

    A msgspec class, because one is created for every event read and attrs costs ten times as much.
    """

    position: int
    """Its place in the log: 1 or more, growing, with gaps; 0 while it is only proposed."""
    stream: StreamId
    """The aggregate that it is about."""
    version: int
    """Its place in the stream: 1, 2, 3, …"""
    event: E_co
    recorded_at: datetime
    """When it was recorded, in UTC, by the clock at that time; what is known at an instant is decided by positions."""
    by: str
    """Who recorded it."""
    request_id: str
    """Its request; all records of one request were recorded together."""
    agency: str = ""
    """The agency that it was recorded for, as `@so-noi-vu`; empty where the policy does not ask."""
    rule: str = ""
    """The rule of the policy that permitted it; empty where no policy was asked."""

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
        """
        Whether it was known at a log position; None is the end of the log.

        Raises:
            InvalidInstant: it is not a log position; `Tracker.log.position` converts an instant to one.
        """
        try:
            return known_at is None or self.position <= known_at
        except TypeError:
            raise errors.InvalidInstant(
                known_at, said("a log position: Tracker.log.position says that of an instant")
            ) from None


_STEP, _VALUES = 200, 16
"""The interval of facts at which values are cached; some requested counts are cached too."""
_count = itemgetter(0)
_day = attrgetter("event.on")
_place = attrgetter("event.on", "version")
"""Where a record of a fact stands in its timeline."""


def known(records: Iterable[Record[E]], known_at: int | None) -> tuple[Record[E], ...]:
    """The records known by then, including retracted ones and retractions."""
    return tuple(records) if known_at is None else tuple(r for r in records if r.is_known(known_at))


def timeline(
    records: Iterable[Record[F | RecordRetracted]], on: date | None = None, known_at: int | None = None
) -> tuple[Record[F], ...]:
    """
    The records that count, in the order in which they took effect.

    A confirmation falls with the record that it confirms; a replacement of that record has to be confirmed again.

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
        facts = [record for record in facts if retracted.isdisjoint(rests_on(record))]
    return tuple(sorted(facts, key=_place))


def retractions(records: Sequence[Record[Any]]) -> dict[int, Record[RecordRetracted]]:
    """By version of each record that no longer counts: its retraction, or the retraction of the record it confirms."""
    found: dict[int, Record[RecordRetracted]] = {
        r.event.version: r for r in records if isinstance(r.event, RecordRetracted)
    }
    fallen = {r.version: found[confirmed(r.event)] for r in records if confirmed(r.event) in found}
    return fallen | found


class Growing(Generic[S, F]):
    """
    A stream to which records are added one by one, and folds of its facts by day.

    Cached values avoid folding again what precedes a new record.

    Args:
        aggregate: the rules of the stream.
        records: those that it has, in order of version.
    """

    def __init__(self, aggregate: "Aggregate[S, F]", records: Sequence[Record[F | RecordRetracted]]) -> None:
        self.records = list(records)
        """All of them, in order of version."""
        self.facts = list(timeline(records))
        """Those that count, in the order in which they took effect."""
        self._aggregate = aggregate
        self._fold = aggregate.fold_on
        self._retracted = {r.event.version for r in records if isinstance(r.event, RecordRetracted)}
        self._confirming: dict[int, list[Record[Any]]] = {}
        for record in records:
            self._confirming.setdefault(confirmed(record.event), []).append(record)
        self._kept: dict[Callable[[Any, Any], Any], list[tuple[int, Any]]] = {}
        """By fold: (number of facts, value) of some counts, ascending."""

    def add(self, record: Record[F | RecordRetracted]) -> None:
        self.records.append(record)
        event = record.event
        if isinstance(event, RecordRetracted):
            self._retracted.add(event.version)
            fallen = [*self.records[event.version - 1 : event.version], *self._confirming.get(event.version, ())]
            for one in fallen:
                place = self.place(one)
                if place < len(self.facts) and self.facts[place] is one:
                    del self.facts[place]
                    self._forget(place)
            return
        self._confirming.setdefault(confirmed(event), []).append(record)
        if self._retracted.isdisjoint(rests_on(record)):
            place = self.place(record)
            self.facts.insert(place, record)  # type: ignore[arg-type]  # mypy does not narrow the record by its event
            self._forget(place)

    def _forget(self, place: int) -> None:
        for values in self._kept.values():
            while values[-1][0] > place:
                values.pop()

    def place(self, record: Record[Any]) -> int:
        """The place of a record among the facts; the end for what is not a fact."""
        is_fact = not isinstance(record.event, RecordRetracted)
        return bisect_left(self.facts, _place(record), key=_place) if is_fact else len(self.facts)

    def up_to(self, day: date) -> int:
        """The number of facts up to a day."""
        return bisect_right(self.facts, day, key=_day)

    def on(self, day: date | None = None) -> S:
        """The state on a day; default: that of all facts."""
        count = len(self.facts) if day is None else self.up_to(day)
        return self.folded(self._aggregate.initial, self._fold, count)

    def folded(self, initial: T, fold: Callable[[T, Sequence[Record[F]]], T], count: int) -> T:
        """The fold of the first facts, continued from a cached value. Always call it with the same function."""
        values = self._kept.setdefault(fold, [(0, initial)])
        place = bisect_right(values, count, key=_count)
        done, value = values[place - 1]
        while done < count:  # in steps, so that a record inserted before the end only refolds what follows its step
            after = min(done + _STEP, count)
            value = fold(value, self.facts[done:after])
            values.insert(place, (after, value))
            done, place = after, place + 1
        if len(values) > _VALUES + 2 * len(self.facts) // _STEP:
            del values[1:-1:2]
        return value  # type: ignore[no-any-return]  # what is kept of a fold is its own


def rests_on(record: Record[Any]) -> tuple[int, int]:
    """The versions whose retraction takes a record out of the timeline: its own, and that of the record that it confirms."""
    return record.version, confirmed(record.event)


def confirmed(event: object) -> int:
    """The version of the record that an event confirms; 0 when it confirms none."""
    found: int = getattr(event, "completion", 0)
    return found


def decided_later(event: object) -> date | None:
    """
    The day of the document of an event, where that is after the day on which the event takes effect; else None.

    True facts come late, so such an event is legal; whoever reads what follows from it is told.
    """
    document: Document | None = getattr(event, "document", None)
    on: date | None = getattr(event, "on", None)
    if document is None or document.date is None or on is None or document.date <= on:
        return None
    return document.date


def as_records(
    events: Iterable[A],
    histories: Mapping[StreamId, Sequence[Record[Any]]],
    recorded_at: datetime,
    by: str,
    request_id: str,
) -> list[Record[A]]:
    """
    Events as proposed records, at the next versions of their streams, for the rules to judge.

    Args:
        histories: all records of each stream that the events are about.
    """
    versions: dict[StreamId, int] = {}
    records = []
    for event in events:
        subject = event.subject
        version = versions[subject] = versions.get(subject, len(histories.get(subject, ()))) + 1
        records.append(Record(0, subject, version, event, recorded_at, by, request_id))
    return records


@attrs.frozen(eq=False)
class Aggregate(Generic[S, F]):
    """The rules of one kind of aggregate: its initial state, `check` and `evolve`."""

    initial: S
    check: Callable[[S, F], None]
    evolve: Callable[[S, F], S]

    def fold(self, records: Iterable[Record[F]]) -> S:
        """The state after a timeline."""
        return self.fold_on(self.initial, records)

    def fold_on(self, state: S, records: Iterable[Record[F]]) -> S:
        """The state after the next records of a timeline."""
        for record in records:
            state = self.evolve(state, record.event)
        return state

    def judge(
        self, history: Sequence[Record[F | RecordRetracted]], proposed: Sequence[Record[F | RecordRetracted]]
    ) -> S:
        """
        The state after a stream's whole timeline with the proposed records, each at its place in valid time.

        Args:
            history: the stream's records, all of them, in order of version.
            proposed: the records to come after them.

        Raises:
            IllegalHistory: with them, the timeline would be illegal at some point; the error names the record that
                causes it.
        """
        check_retractions(history, proposed)
        records = timeline((*history, *proposed))
        unchanged = bisect_left(records, _first_change(history, proposed), key=_place)
        state = self.fold(records[:unchanged])
        for place, record in enumerate(records[unchanged:], unchanged):
            try:
                self.check(state, record.event)
            except illegal.IllegalHistory as error:
                error.in_the_way = self.in_the_way(records, place, error)
                if record.version <= len(history):
                    error.proposed = tuple(record.event for record in proposed)
                raise
            state = self.evolve(state, record.event)
        return state

    def in_the_way(self, facts: Sequence[Record[F]], place: int, error: illegal.IllegalHistory) -> Record[F] | None:
        """
        The record that makes the event at a place illegal: an earlier one, or the later one that would have to precede
        it.
        """
        found = self.last_change(facts[:place], error.aspect)
        comes_later = found is None and isinstance(error, LookupError)
        return self.last_change(facts, error.aspect) if comes_later else found

    def last_change(self, records: Iterable[Record[F]], aspect: str) -> Record[F] | None:
        """The record of a timeline that last changed an attribute of the state; None when none did."""
        last, state = None, self.initial
        for record in records:
            after = self.evolve(state, record.event)
            if getattr(after, aspect, None) != getattr(state, aspect, None):
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
    Refuse a retraction of a missing record, of a retracted one, and of a retraction.

    Raises:
        NoSuchRecord, AlreadyRetracted, RetractionOfRetraction: the rule that is broken.
    """
    retractions = [record for record in proposed if isinstance(record.event, RecordRetracted)]
    if not retractions:
        return
    gone = {record.event.version: record for record in history if isinstance(record.event, RecordRetracted)}
    for record in retractions:
        event: Any = record.event
        if event.version > len(history):
            accepted: str = said("one that an earlier request recorded")
            if history:
                accepted = said("a version from 1 to {last}", last=len(history))
            found = said("{stream} has no record {version}", stream=event.subject, version=event.version)
            raise illegal.NoSuchRecord(event, found, accepted)
        retracted = history[event.version - 1]
        if isinstance(retracted.event, RecordRetracted):
            raise illegal.RetractionOfRetraction(event).naming(retracted)
        if event.version in gone:
            raise illegal.AlreadyRetracted(event).naming(gone[event.version])
        gone[event.version] = record
