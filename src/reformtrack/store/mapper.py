"""Records ⇄ the stored events of eventsourcing: through the registry, and the compressor and the cipher of the settings."""

import zlib
from collections.abc import Callable
from typing import Any

from eventsourcing.compressor import ZlibCompressor
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, StoredEvent

from reformtrack.domain.errors import UnreadableRecord
from reformtrack.domain.said import said
from reformtrack.domain.timeline import Record
from reformtrack.store.cipher import RowCipher, is_encrypted
from reformtrack.store.registry import MAX_STATE_BYTES, Registry, Row


class RecordMapper(Mapper[str]):
    """Maps records to eventsourcing's stored events and back, through the registry, the compressor and the cipher."""

    registry = Registry()
    rows: RowCipher | None = None
    """What encrypts each state at its place, after the compressor and the cipher of the settings."""

    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> StoredEvent:
        if not isinstance(domain_event, Record):
            raise TypeError(f"a Record is stored, not {type(domain_event).__name__}")
        topic, state = self.registry.encode(domain_event)
        if self.compressor:
            state = self.compressor.compress(state)
        if self.cipher:
            state = self.cipher.encrypt(state)
        if self.rows:
            state = self.rows.encrypt(state, domain_event.stream, domain_event.version, topic)
        return StoredEvent(domain_event.stream, domain_event.version, topic, state)

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[str]:
        """The record of a stored event; its position is 0 unless it is a notification."""
        position: int = getattr(stored_event, "id", 0)
        stream = str(stored_event.originator_id)
        return self.reader()(
            (position, stream, stored_event.originator_version, stored_event.topic, stored_event.state)
        )

    def reader(self) -> Callable[[Row], Record[Any]]:
        """A function that makes a record of a row of the log, or raises `UnreadableRecord`."""
        if self.cipher or self.compressor or self.rows:
            return lambda row: self.registry.decode(self.opened(row))
        return self.registry.decode

    def unlike(self, stored: bytes) -> str:
        """Why the given keys cannot be those of a stored state; empty if they may be."""
        if self.rows:
            return self.rows.unlike(stored)
        return "it is encrypted, and no cipher_keys were given" if is_encrypted(stored) else ""

    def opened(self, row: Row) -> Row:
        """
        A row of the log with its state as JSON.

        Raises:
            UnreadableRecord: the cipher or the compressor cannot open it.
        """
        position, stream, version, topic, stored = row
        state = stored
        try:
            if self.rows:
                state = self.rows.decrypt(row)
            if self.cipher:
                state = self.cipher.decrypt(state)
            if self.compressor:
                state = _decompressed(self.compressor, state)
        except Exception as error:  # any error of a custom cipher or compressor makes the record unreadable
            raise UnreadableRecord(position, stream, version, topic, "state", repr(error), stored) from error
        return position, stream, version, topic, state


def _decompressed(compressor: Any, state: bytes) -> bytes:
    """Decompress a state; zlib is stopped at the largest state, before it fills memory."""
    if compressor is not zlib and not isinstance(compressor, ZlibCompressor):
        found: bytes = compressor.decompress(state)
        return found
    stream = zlib.decompressobj()
    found = stream.decompress(state, MAX_STATE_BYTES + 1)
    if len(found) > MAX_STATE_BYTES:
        raise ValueError(said("the state is more than {most} bytes when decompressed", most=MAX_STATE_BYTES))
    if not stream.eof:
        raise ValueError(said("the compressed state is cut off"))
    return found
