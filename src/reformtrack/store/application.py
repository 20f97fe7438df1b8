"""
The event-sourced application: appends records, reads streams and the log, and says what cannot be read.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import uuid4

import msgspec
from eventsourcing.application import Application
from eventsourcing.domain import DomainEventProtocol, EventSourcingError
from eventsourcing.persistence import (
    InfrastructureFactory,
    IntegrityError,
    Mapper,
    StoredEvent,
    Transcoder,
)
from eventsourcing.utils import Environment, EnvType, TopicError

from reformtrack.domain.errors import StoreError, UnreadableRecord
from reformtrack.domain.timeline import Record
from reformtrack.domain.values import PlanId, StreamId
from reformtrack.store.recorder import LogFactory, LogRecorder, StreamRange, Unchanged
from reformtrack.store.registry import Registry, Row
from reformtrack.store.schema import file_uri, prepare

_version = attrgetter("version")
_MEMORY = ("", "eventsourcing.popo", "eventsourcing.popo:Factory")
_SQLITE = ("eventsourcing.sqlite", "eventsourcing.sqlite:Factory")
_NOT_TAKEN = {
    "MAPPER_TOPIC": "the stored form is reformtrack's own",
    "TRANSCODER_TOPIC": "the stored form is reformtrack's own",
    "APPLICATION_RECORDER_TOPIC": "the log table is reformtrack's own",
    "IS_SNAPSHOTTING_ENABLED": "streams are short, and a forged snapshot would override the events",
}


class Conflict(Exception):
    """An append that lost: a version or a request id is taken, or a condition does not hold any more."""


class JsonTranscoder(Transcoder):
    """msgspec's JSON where eventsourcing asks for a transcoder; records go through the registry instead."""

    def encode(self, obj: Any) -> bytes:
        return msgspec.json.encode(obj)

    def decode(self, data: bytes) -> Any:
        return msgspec.json.decode(data)


class RecordMapper(Mapper[str]):
    """Maps records to eventsourcing's stored events and back, through the registry, the compressor and the cipher."""

    registry = Registry()

    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> StoredEvent:
        """The stored event of a record."""
        if not isinstance(domain_event, Record):
            raise TypeError(f"a Record is stored, not {type(domain_event).__name__}")
        topic, state = self.registry.encode(domain_event)
        if self.compressor:
            state = self.compressor.compress(state)
        if self.cipher:
            state = self.cipher.encrypt(state)
        return StoredEvent(domain_event.stream, domain_event.version, topic, state)

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[str]:
        """The record of a stored event; its position is 0 unless it is a notification's."""
        position: int = getattr(stored_event, "id", 0)
        stream = str(stored_event.originator_id)
        return self.reader()(
            (position, stream, stored_event.originator_version, stored_event.topic, stored_event.state)
        )

    def reader(self) -> Callable[[Row], Record[Any]]:
        """What makes a record of a row of the log; it raises `UnreadableRecord` for a row that cannot be read."""
        if self.cipher or self.compressor:
            return lambda row: self.registry.decode(self._opened(row))
        return self.registry.decode

    def _opened(self, row: Row) -> Row:
        position, stream, version, topic, stored = row
        state = stored
        try:
            if self.cipher:
                state = self.cipher.decrypt(state)
            if self.compressor:
                state = self.compressor.decompress(state)
        except Exception as error:  # whatever a cipher or compressor of the user's raises, the record is unreadable
            raise UnreadableRecord(position, stream, version, topic, "state", repr(error), stored) from error
        return position, stream, version, topic, state


class RecordStore(Application[str]):
    """
    The application of eventsourcing that keeps reformtrack's records.

    Args:
        env: eventsourcing's own settings. The process's environment is never looked at: a variable that is set for another
            application must not redirect this one.

    Raises:
        StoreError: the store cannot be opened, or a setting is not taken.
    """

    name = "Reformtrack"

    recorder: LogRecorder
    mapper: RecordMapper

    def __init__(self, env: EnvType) -> None:
        self._anchor: sqlite3.Connection | None = None
        with _STORE_ERRORS:
            super().__init__(env)

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """The settings as given, without those of the process."""
        settings = Environment(name, env)
        for key, reason in _NOT_TAKEN.items():
            if settings.get(key):
                raise StoreError(f"the setting {key} is not taken: {reason}; accepted: settings without it")
        return settings

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        """The factory of a SQLite store, its tables made and checked; in memory unless a file is asked for."""
        module = env.get("PERSISTENCE_MODULE", "")
        database = env.get("SQLITE_DBNAME", "")
        if module in _MEMORY or (module in _SQLITE and database == ":memory:"):
            uri = f"file:reformtrack-{uuid4().hex}?mode=memory&cache=shared"
        elif module in _SQLITE and database:
            uri = file_uri(database)
        else:
            raise StoreError(
                f"the persistence module {module!r} with database {database!r} is not taken; accepted: none for memory, "
                "or 'eventsourcing.sqlite' with SQLITE_DBNAME, the path of a file"
            )
        connection = prepare(uri)
        if "mode=memory" in uri:
            self._anchor = connection  # a database in memory lasts as long as a connection to it
        else:
            connection.close()
        fixed = {"SQLITE_DBNAME": uri, "ORIGINATOR_ID_TYPE": "text", "CREATE_TABLE": "no"}
        return LogFactory(Environment(env.name, {**env, **fixed}))

    def construct_mapper(self) -> RecordMapper:
        """The mapper of records, with the compressor and the cipher of the settings."""
        try:
            return RecordMapper(JsonTranscoder(), self.factory.compressor(), self.factory.cipher())
        except (TopicError, OSError, ImportError, ValueError) as error:
            raise StoreError(
                f"the compressor or the cipher of the settings cannot be made: {error}; accepted: settings of eventsourcing"
            ) from error

    def append(
        self, records: Sequence[Record[Any]], *, request_id: str, unchanged: Iterable[Unchanged]
    ) -> Sequence[int]:
        """
        Store records of one request and one instant in one transaction, all or none.

        Returns:
            The position of each.

        Raises:
            Conflict: a version or the request id is taken, or a condition does not hold; nothing was stored.
            StoreError: the store failed; whether something was stored is unknown.
        """
        with _STORE_ERRORS:
            return self.recorder.insert_events(
                [self.mapper.to_stored_event(record) for record in records],
                request_id=request_id,
                recorded_at=_instant(records[0].recorded_at),
                unchanged=unchanged,
            )

    def streams(
        self, ranges: Sequence[StreamRange]
    ) -> tuple[dict[StreamId, list[Record[Any]]], list[UnreadableRecord]]:
        """The records of ranges of streams, each stream's in order of version; and those that cannot be read."""
        with _STORE_ERRORS:
            rows = self.recorder.select_streams(ranges)
        streams: dict[StreamId, list[Record[Any]]] = {}
        unreadable: list[UnreadableRecord] = []
        read = self.mapper.reader()
        for row in rows:
            try:
                record = read(row)
            except UnreadableRecord as error:
                unreadable.append(error)
                continue
            streams.setdefault(record.stream, []).append(record)
        for records in streams.values():
            records.sort(key=_version)
        return streams, unreadable

    def read(self, after: int, limit: int, up_to: int | None = None) -> Iterator[Record[Any] | UnreadableRecord]:
        """The log after a position, at most `limit` records; what cannot be read stands in it as its error."""
        with _STORE_ERRORS:
            rows = self.recorder.select_log(after, limit, up_to)
        read = self.mapper.reader()
        for row in rows:
            try:
                yield read(row)
            except UnreadableRecord as error:
                yield error

    def request(self, request_id: str) -> tuple[Record[Any], ...] | None:
        """
        The records that a request left; None when it left none.

        Raises:
            UnreadableRecord: one of them cannot be read.
        """
        with _STORE_ERRORS:
            found = self.recorder.select_request(request_id)
            if found is None:
                return None
            first, last = found
            rows = self.recorder.select_log(first - 1, last - first + 1, last)
        return tuple(map(self.mapper.reader(), rows))

    def latest_instant(self) -> datetime | None:
        """When the last append was recorded, in UTC; None when there is none. No later append is recorded before it."""
        with _STORE_ERRORS:
            latest = self.recorder.select_latest_instant()
        return datetime.fromisoformat(latest) if latest else None

    def head(self) -> int:
        """The position of the last record of the log; 0 when there is none."""
        with _STORE_ERRORS:
            return self.recorder.max_notification_id() or 0

    def close(self) -> None:
        """Close the store's connections."""
        super().close()
        if self._anchor is not None:
            self._anchor.close()


def stream_range(stream: str) -> StreamRange:
    """One stream."""
    return StreamRange(stream, stream + "\0")


def plan_ranges(plan: PlanId) -> tuple[StreamRange, StreamRange]:
    """A plan and its activities. A slash is followed by 0 in ASCII, and no id has a character between them."""
    return stream_range(plan), StreamRange(f"{plan}/", f"{plan}0")


def indicator_range(plan: PlanId) -> StreamRange:
    """The indicators of a plan."""
    return StreamRange(f"{plan}#", f"{plan}$")


def settings_of(url: str) -> Mapping[str, str]:
    """
    The settings that a URL stands for: `sqlite:///relative.db`, `sqlite:////absolute.db`, `sqlite://` for memory.

    Raises:
        StoreError: another scheme, a host, or options.
    """
    scheme, separator, rest = url.partition("://")
    if scheme != "sqlite" or not separator or (rest and not rest.startswith("/")) or "?" in rest or "#" in rest:
        raise StoreError(
            f"the store {url!r} is not known; accepted: sqlite:///relative.db, sqlite:////absolute.db, sqlite:// for memory"
        )
    path = rest[1:]
    if path in ("", ":memory:"):
        return {}
    return {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": path}


def _instant(instant: datetime) -> str:
    """An instant in UTC as text of one length, whose order is that of time."""
    return instant.isoformat(timespec="microseconds")


class _StoreErrors:
    """Turns the errors of eventsourcing and of SQLite into the store's own. A class, because every read goes through it."""

    def __enter__(self) -> None: ...

    def __exit__(self, _type: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, IntegrityError):
            raise Conflict(str(error)) from error
        if isinstance(error, EventSourcingError | sqlite3.Error):
            raise StoreError(
                f"the store failed: {error!r}; accepted: the same call again, with the same request_id"
            ) from error


_STORE_ERRORS = _StoreErrors()
