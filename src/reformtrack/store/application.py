"""The event-sourced application: appends records, reads streams and the log, and reports unreadable records."""

import logging
import os
import re
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime
from functools import lru_cache, partial
from hashlib import blake2b
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeVar

from eventsourcing.application import Application
from eventsourcing.domain import EventSourcingError
from eventsourcing.persistence import InfrastructureFactory, IntegrityError, JSONTranscoder, StoredEvent
from eventsourcing.utils import Environment, EnvType, TopicError
from msgspec.structs import replace

from reformtrack import telemetry
from reformtrack.domain.errors import ReformtrackError, StoreError, StoreUnavailable, TrackerClosed, UnreadableRecord
from reformtrack.domain.said import said, sentence
from reformtrack.domain.timeline import Record
from reformtrack.domain.values import StreamId
from reformtrack.extras import extra
from reformtrack.store import log_file
from reformtrack.store.admission import Admission
from reformtrack.store.checking import Damage, beside, check
from reformtrack.store.cipher import RowCipher
from reformtrack.store.instants import Instants, stamped, text_of
from reformtrack.store.log import NOT_OPENED, PAGE_BYTES, URL_KEY, Append, LogRecorder, Newest, Unchanged, pages
from reformtrack.store.log_file import Progress
from reformtrack.store.mapper import RecordMapper
from reformtrack.store.patience import current_call, one_call, outage, patiently
from reformtrack.store.registry import Row
from reformtrack.store.session import Session
from reformtrack.store.sqlite import SQLiteLogFactory
from reformtrack.store.streams import StreamRange

_MOST_WARNINGS = 1_000
_MOST_KEPT, _SMALL, _FEW = 512, 8_192, 16
"""
How many records are kept that were read in few, of how many bytes at most: the same plans are read again for each record of
their activities. What the bytes at a place say never changes.
"""
_PAGE = 1_000
_FIRST_PAGE = 100, 65_536
_LONGEST_WAIT = 1.0
_logger = logging.getLogger(__name__)
_version = attrgetter("version")
_MEMORY = ("", "eventsourcing.popo", "eventsourcing.popo:Factory")
_SQLITE = ("eventsourcing.sqlite", "eventsourcing.sqlite:Factory")
_POSTGRES = ("eventsourcing.postgres", "eventsourcing.postgres:Factory")
_NOT_TAKEN = {
    "MAPPER_TOPIC": said("the stored form is reformtrack's own"),
    "TRANSCODER_TOPIC": said("the stored form is reformtrack's own"),
    "APPLICATION_RECORDER_TOPIC": said("the log table is reformtrack's own"),
    "IS_SNAPSHOTTING_ENABLED": said("streams are short, and a forged snapshot would override the events"),
}
_NOT_KNOWN = said(
    "unknown store; accepted: the path of a SQLite file, such as plans.db, without ://, :…@ or password= in it; "
    "sqlite:///relative.db; sqlite:////absolute.db; sqlite:// for memory; postgresql://user:password@host/database"
)
"""The message does not repeat the value, which may contain a password."""
_ADDRESS = re.compile(r"://|:[^/\\]+@|(\b|pg|ssl)(pass\w*|pwd|user\w*|uid|host\w*|dbname)\s*=", re.IGNORECASE)
"""Characters that occur in the address of a database, never in a file name."""
_SCHEME = re.compile("[a-z][a-z0-9+.-]+:", re.IGNORECASE)
"""The beginning of an address; a single letter is a drive of Windows."""
T = TypeVar("T")


class Conflict(Exception):
    """An append that lost to another: a version or request id is taken, or a condition no longer holds."""


class RecordStore(Application[str]):
    """
    The application of eventsourcing that keeps reformtrack's records.

    Args:
        env: eventsourcing's own settings. The process's environment is never read: a variable for another application
        must not redirect this one.
        rows: the cipher of the whole log.

    Raises:
        StoreError: the store cannot be opened, a setting is refused, or the log was written with other keys.
    """

    name = "Reformtrack"

    factory: InfrastructureFactory[Any]
    recorder: LogRecorder
    mapper: RecordMapper

    def __init__(self, env: EnvType, rows: RowCipher | None = None) -> None:
        self._process = os.getpid()
        self._within = threading.local()
        self._warned = set[int]()
        try:
            patiently(lambda: super(RecordStore, self).__init__(env))
        except StoreError:
            raise
        except (EventSourcingError, OSError, ValueError) as error:
            raise StoreError(NOT_OPENED, error=str(error)) from error
        self.mapper.rows = rows
        self._kept = lru_cache(_MOST_KEPT, typed=True)(lambda *row: self.mapper.reader()(row))
        self.instants = Instants(self.recorder, lambda row: self.mapper.reader()(row), self._answer)
        self._check_keys()

    @property
    def place(self) -> str:
        """The location of the records, for people, without the password and the parameters of the address."""
        env = self.env
        if url := env.get(URL_KEY):
            scheme, _, rest = url.partition("://")
            authority, slash, database = rest.partition("?")[0].partition("/")
            # An @ behind the host may be of a password that was written as it should not be: then nothing is shown.
            is_clear = rest.count("@") == authority.count("@")
            return f"{scheme}://{authority.rpartition('@')[2]}{slash}{database}" if is_clear else f"{scheme}://…"
        return env.get("SQLITE_DBNAME") or (
            "in memory" if isinstance(self.factory, SQLiteLogFactory) else "in PostgreSQL"
        )

    def _check_keys(self) -> None:
        """Refuse keys that neither the first nor the last record was written with, before anything is recorded."""
        try:
            head = self.head()
            rows = [row for after in (0, head - 1) for row in self._answer(partial(self.recorder.select_log, after, 1))]
            wrong = [found for row in rows if (found := self.mapper.unlike(row[4]))]
            if rows and len(wrong) == len(rows):
                raise StoreError(
                    "the store cannot be opened: of the record at position {position}, {wrong}; accepted: the cipher_keys "
                    "that the log was written with",
                    position=head,
                    wrong=wrong[-1],
                )
        except BaseException:
            self.close()
            raise

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """The settings as given, without the process's environment."""
        settings = Environment(name, env)
        for key, reason in _NOT_TAKEN.items():
            if settings.get(key):
                words = sentence("the setting {key} is refused: {reason}; accepted: settings without it")
                raise StoreError(words, key=key, reason=reason)
        return settings

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        """The factory of the store in the settings; default: in memory."""
        module = env.get("PERSISTENCE_MODULE", "")
        if module in _MEMORY:
            return SQLiteLogFactory(Environment(env.name, {**env, "SQLITE_DBNAME": ":memory:"}))
        if module in _SQLITE and env.get("SQLITE_DBNAME"):
            return SQLiteLogFactory(env)
        if module in _POSTGRES:
            return _postgres_factory(env)
        raise StoreError(
            "the persistence module {module!r} is refused with these settings; accepted: none for memory, "
            "'eventsourcing.sqlite' with SQLITE_DBNAME, the path of a file, or 'eventsourcing.postgres'",
            module=module,
        )

    def construct_recorder(self) -> LogRecorder:
        recorder = self.factory.application_recorder()
        if not isinstance(recorder, LogRecorder):
            raise TypeError(f"a LogRecorder keeps the log, not {type(recorder).__name__}")
        return recorder

    def construct_mapper(self) -> RecordMapper:
        """The mapper of records, with the compressor and the cipher of the settings."""
        try:
            return RecordMapper(JSONTranscoder(), self.factory.compressor(), self.factory.cipher())
        except (TopicError, OSError, ImportError, ValueError) as error:
            raise StoreError(
                "the compressor or the cipher of the settings cannot be made: {error}; accepted: settings of eventsourcing",
                error=str(error),
            ) from error

    def append(
        self,
        records: Sequence[Record[Any]],
        *,
        now: Callable[[], datetime],
        unchanged: Iterable[Unchanged],
        after: int | None = None,
    ) -> tuple[Record[Any], ...]:
        """
        Append the records of one request in one transaction, all or none.

        Args:
            records: one or more, of one request.
            now: gives the instant of the recording, in UTC.
            unchanged: the append conditions.
            after: the position of the request that its instant must follow; default: the last one of the log.

        Returns:
            The records as they were stored, with their instant and positions. No append has an instant before the one
            of that request.

        Raises:
            Ahead: that instant is too far ahead of now.
            ClocksDiffer: the database's clock is far from now, if it is compared.
            Conflict: a version or the request id is taken, or a condition does not hold; nothing was stored.
            StoreUnavailable: the store cannot be reached; whether something was stored is unknown.
            StoreError: the store failed; whether something was stored is unknown, and a retry would not help.
        """
        proposed, records = records, ()

        def stamp(latest: str | None) -> tuple[str, Sequence[StoredEvent]]:
            nonlocal records
            instant = stamped(latest, now())
            records = [replace(record, recorded_at=instant) for record in proposed]
            return text_of(instant), list(map(self.mapper.to_stored_event, records))

        self._begin()
        try:
            positions = self.recorder.append(Append(stamp, proposed[0].request_id, tuple(unchanged), after))
        except IntegrityError as error:
            raise Conflict(str(error)) from error
        except EventSourcingError as error:
            raise self._failed(error) from error
        return tuple(map(_placed, records, positions))

    def exclusive(self) -> AbstractContextManager[object]:
        """Hold the append lock: no other append, and reads stay valid, for one append."""
        return self._held(self.recorder.exclusive())

    def streams(
        self, ranges: Sequence[StreamRange]
    ) -> tuple[dict[StreamId, list[Record[Any]]], list[UnreadableRecord]]:
        """The records of ranges of streams, each stream in order of version; and the unreadable ones."""
        streams, unreadable, _ = self.sized_streams(ranges)
        return streams, unreadable

    def sized_streams(
        self, ranges: Sequence[StreamRange]
    ) -> tuple[dict[StreamId, list[Record[Any]]], list[UnreadableRecord], int]:
        """The same, and how many bytes they have in the log."""
        streams: dict[StreamId, list[Record[Any]]] = {}
        unreadable: list[UnreadableRecord] = []
        read = self.mapper.reader()
        rows = self._answer(lambda: self.recorder.select_streams(ranges))
        for row in rows:
            try:  # somebody may have put another value than bytes in the place of a state
                is_kept = len(rows) <= _FEW and isinstance(row[4], bytes) and len(row[4]) <= _SMALL
                record = self._kept(*row) if is_kept else read(row)
            except UnreadableRecord as error:
                self._warn(error)
                unreadable.append(error)
                continue
            streams.setdefault(record.stream, []).append(record)
        for records in streams.values():
            records.sort(key=_version)
        return streams, unreadable, sum(len(row[4]) for row in rows if isinstance(row[4], bytes))

    def read(self, after: int, limit: int) -> Iterator[Record[Any] | UnreadableRecord]:
        """The log after a position, at most `limit` records or a page; unreadable records are returned as errors."""
        return self._records(self._answer(lambda: self.recorder.select_log(after, limit)))

    def all_after(
        self, after: int, up_to: int | None, stream: StreamId | None = None
    ) -> Iterator[Record[Any] | UnreadableRecord]:
        """
        The log, or one stream, after a position, read page by page; unreadable records are returned as errors.

        The first pages are small, so that reading a few records does not load a thousand.
        """
        select = partial(self.recorder.select_stream, stream) if stream else self.recorder.select_log
        limit, most = _FIRST_PAGE

        def read(position: int) -> list[Row]:
            nonlocal limit, most
            rows = self._answer(partial(select, position, limit, up_to, most=most))
            limit, most = min(4 * limit, _PAGE), min(4 * most, PAGE_BYTES)
            return rows

        for rows in pages(read, after, lambda row: row[0]):
            yield from self._records(rows)

    def follow(self, after: int, stop: threading.Event) -> Iterator[Sequence[Record[Any] | UnreadableRecord]]:
        """
        The log after a position, page by page, and then new records; outages are waited out, without limit.

        Args:
            stop: when set, ends it after the records that exist then; at once while the store cannot be reached.
        """
        waits: Iterator[float] | None = None
        while True:
            try:
                # Each attempt is a short call of its own, which `stop` ends; none is open while the reader handles a
                # page.
                with ExitStack() as listening:
                    with one_call(0, stop):
                        wait = listening.enter_context(self.listening())
                    while True:
                        is_last = stop.is_set()
                        with one_call(0, stop):
                            page = list(self.read(after, _PAGE))
                            if not page and not is_last:
                                wait(_LONGEST_WAIT)
                        waits = None
                        if page:
                            after = page[-1].position
                            yield page
                        elif is_last:
                            return
            except StoreUnavailable:
                waits = waits or outage(stop, self.closing)
                next(waits)
                if stop.is_set():
                    return

    def _records(self, rows: Iterable[Row]) -> Iterator[Record[Any] | UnreadableRecord]:
        read = self.mapper.reader()
        for row in rows:
            try:
                yield read(row)
            except UnreadableRecord as error:
                self._warn(error)
                yield error

    def _warn(self, error: UnreadableRecord) -> None:
        """Log an unreadable record once; at most a thousand of them, since with a wrong cipher all are."""
        if error.position in self._warned or len(self._warned) >= _MOST_WARNINGS:
            return
        self._warned.add(error.position)
        telemetry.met_unreadable()
        facts = {"position": error.position, "stream": error.stream, "version": error.version, "event": error.name}
        _logger.warning("a record cannot be read; see Tracker.log.quarantine", extra=facts)

    def request(self, request_id: str) -> tuple[Record[Any], ...] | None:
        """
        The records of a request; None if there are none.

        Raises:
            UnreadableRecord: one of them cannot be read.
        """
        found = self._answer(lambda: self.recorder.select_request(request_id))
        if found is None:
            return None
        first, last = found
        rows = self._answer(lambda: self.recorder.select_log(first - 1, last - first + 1, last, most=sys.maxsize))
        return tuple(map(self.mapper.reader(), rows))

    @contextmanager
    def listening(self) -> Iterator[Callable[[float], None]]:
        """Yields a function that waits until something may have been recorded, or a number of seconds."""
        with self._own_errors(), self.recorder.listening() as wait:
            yield wait

    def transaction(self) -> AbstractContextManager[Session]:
        """A transaction of the views: one maintainer at a time."""
        return self._held(self.recorder.transaction())

    def erasing(self, table: str, secret: str) -> AbstractContextManager[Session]:
        """A transaction for deleting rows of a small table; the values of a column are then erased from the files too."""
        return self._held(self.recorder.erasing(table, secret))

    def moment(self) -> AbstractContextManager[Session]:
        """Read from one snapshot."""
        return self._held(self.recorder.moment())

    def stream_ids(self) -> Iterator[StreamId]:
        """The id of each stream, in order, read page by page; ids that are not texts are skipped."""
        for ids in pages(
            lambda after: self._answer(partial(self.recorder.select_stream_ids, after, _PAGE)), "", lambda id: id
        ):
            yield from ids

    def check(self, progress: Progress | None = None) -> Iterator[Damage]:
        """Everything that is not as it was written."""
        with self._own_errors():
            yield from check(self.recorder, self.mapper.reader(), progress)

    def redefined(self) -> list[Damage]:
        """The definitions of tables that are not reformtrack's."""
        return self._answer(lambda: [Damage(0, text) for text in self.recorder.redefined()])

    def beside(self) -> list[Damage]:
        """The definitions of the log's tables that are not reformtrack's, and the rows that differ from their index entries."""
        return self._answer(lambda: list(beside(self.recorder)))

    def grant(self, role: str) -> list[str]:
        """Give a role of the database the rights of an application; the statements that were run."""
        with self._own_errors():
            return self.recorder.grant(role)

    def export_log(self, path: Path, after: int, up_to: int | None, progress: Progress | None) -> int:
        """Write the stored events to a file; returns their number."""
        return self._answer(lambda: log_file.export_log(self.recorder, path, after, up_to, progress))

    def import_log(self, path: Path, progress: Progress | None, now: Callable[[], datetime] | None) -> int:
        """Import the events of a file at their own positions; returns their number. Without a clock nothing is checked."""
        admission = partial(Admission, self, now) if now else None
        return self._answer(lambda: log_file.import_log(self.recorder, path, progress, admission))

    def keep_tree(self) -> None:
        """Keep the Merkle tree in the transaction of each append from now on."""
        with self._own_errors():
            self.recorder.keep_tree()

    def select_log(self, after: int | None, limit: int, up_to: int | None = None) -> list[Row]:
        """The rows of the log after a position, as they are stored, at most `limit`."""
        return self._answer(lambda: self.recorder.select_log(after, limit, up_to))

    def count(self, after: int, up_to: int) -> int:
        """How many records the log has after a position, up to another."""
        return self._answer(lambda: self.recorder.count(after, up_to))

    def head(self) -> int:
        """The position of the last record of the log; 0 when there is none."""
        return self._answer(self.recorder.max_notification_id) or 0

    def has_changed(self, condition: Unchanged) -> bool:
        """Whether an append condition no longer holds."""
        return self._answer(lambda: self.recorder.has_changed(condition))

    def last_version(self, stream: str) -> int:
        """The version of the last record of a stream; 0 when it has none."""
        return self._answer(lambda: self.recorder.last_version(stream))

    def newest(self, stream: str) -> Newest:
        """The newest records of the log and of a stream, from one snapshot."""
        rows = self._answer(lambda: self.recorder.select_newest(stream))
        return Newest(rows[0][1], _tag(rows), rows[0][0] or 0) if rows else Newest(0, _tag(rows), 0)

    def last_of(self, ranges: Sequence[StreamRange]) -> tuple[int, str]:
        """The position of the last record of ranges of streams, 0 without one; and what identifies them."""
        rows = self._answer(lambda: self.recorder.select_last_of(ranges))
        return rows[0][0] if rows else 0, _tag(rows)

    def _answer(self, question: Callable[[], T]) -> T:
        """The result of a query, retried while the database cannot be reached; without retry on a held connection."""

        def answer() -> T:
            with self._own_errors():
                return question()

        return answer() if getattr(self._within, "held", False) else patiently(answer)

    @contextmanager
    def _held(self, connection: AbstractContextManager[T]) -> Iterator[T]:
        """Hold one connection for this thread; if it is lost, the work must start again."""
        with self._own_errors(), connection as found:
            self._within.held = True
            try:
                yield found
            finally:
                self._within.held = False

    @contextmanager
    def _own_errors(self) -> Iterator[None]:
        """Convert the errors of eventsourcing to the store's own."""
        self._begin()
        try:
            yield
        except EventSourcingError as error:
            raise self._failed(error) from error

    def _failed(self, error: EventSourcingError) -> ReformtrackError:
        if self.closing.is_set():
            return TrackerClosed()
        if self.recorder.is_passing(error):
            return StoreUnavailable(
                "the store cannot be reached: {error}; accepted: the same call again, with the same request_id",
                error=str(error),
            )
        return StoreError(
            "the store failed: {error}; accepted: the same call again, with the same request_id", error=repr(error)
        )

    def _begin(self) -> None:
        """Refuse to use connections after a close, or in a forked child, which would share them."""
        if self.closing.is_set():
            raise TrackerClosed
        if os.getpid() != self._process:
            raise StoreError(
                "this tracker was opened in process {process} but is used in its fork {other}; accepted: a Tracker "
                "opened in each process",
                process=self._process,
                other=os.getpid(),
            )
        if call := current_call():
            call.begin(self.closing)


def settings_of(url: str | os.PathLike[str]) -> Mapping[str, str]:
    """
    The settings for the URL of a store or the path of a SQLite file, by the one grammar used everywhere.

    `plans.db` or its `Path`, `sqlite:///relative.db`, `sqlite:////absolute.db`, `sqlite://` for memory, or a URL of PostgreSQL.

    Raises:
        StoreError: an empty text or another scheme; for SQLite a host, options, or a file name that looks like the
        address of a database. The message has no password.
    """
    if isinstance(url, os.PathLike):
        return {**_file(os.fspath(url)), "SQLITE_DBNAME": str(Path(url).absolute())}
    scheme, separator, rest = url.partition("://")
    if scheme in ("postgresql", "postgres") and separator:
        return {"PERSISTENCE_MODULE": "eventsourcing.postgres", URL_KEY: url}
    if not separator and url and not _SCHEME.match(url):
        return {} if url == ":memory:" else _file(url)
    if scheme != "sqlite" or not separator or (rest and not rest.startswith("/")) or "?" in rest or "#" in rest:
        raise StoreError(_NOT_KNOWN)
    path = rest[1:]
    return {} if path in ("", ":memory:") else _file(path)


def _file(path: str) -> Mapping[str, str]:
    """The settings of a file. A name that looks like an address is refused: its password would become a file name."""
    if _ADDRESS.search(path):
        raise StoreError(_NOT_KNOWN)
    return {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": path}


def _postgres_factory(env: Environment) -> InfrastructureFactory[Any]:
    """Imported lazily: psycopg is an extra."""
    with extra("postgres"):
        from reformtrack.store.postgres_factory import PostgresLogFactory
    return PostgresLogFactory(env)


def _tag(rows: list[Any]) -> str:
    return blake2b(repr(rows).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _placed(record: Record[Any], position: int) -> Record[Any]:
    return replace(record, position=position)
