"""A cache of the agencies: they change seldom, and every request under a policy needs them all."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from reformtrack.domain.gathered import grouped
from reformtrack.domain.kinds import AGENCY
from reformtrack.domain.timeline import Growing, Record
from reformtrack.domain.values import AgencyId, StreamId
from reformtrack.store.application import RecordStore
from reformtrack.store.log import Unchanged
from reformtrack.store.streams import AGENCIES
from reformtrack.views.agencies import Registry, agency_of, fold_registry

_FEW = 20
"""The most agencies that are updated one by one; for more, the register is rebuilt."""


class Register(NamedTuple):
    """The records of all agencies, as far as they were read."""

    streams: dict[StreamId, Sequence[Record[Any]]]
    position: int
    """The position of the last of them; 0 before the first."""
    registry: Registry

    def unchanged(self) -> Unchanged:
        """The append condition: the agencies are unchanged."""
        return Unchanged(AGENCIES, self.position)


class KeptRegister:
    """
    Keeps the register of a store. An append requires that the register it was judged by is unchanged; a refusal has no
    such condition and asks `renewed`.

    Args:
        store: the store.
    """

    def __init__(self, store: RecordStore) -> None:
        self._store = store
        self._kept: Register | None = None

    def on(self, today: date) -> Register:
        """
        The register on a day, as last read.

        Raises:
            UnreadableRecord: a stored event of an agency cannot be read.
        """
        kept = self._kept
        if kept is None:
            return self._read(today)
        if kept.registry.on != today:
            kept = self._kept = kept._replace(registry=fold_registry(kept.streams, today))
        return kept

    def renewed(self, before: Register) -> bool:
        """Whether an agency has changed since; if so, the register is read again on the next call."""
        if not self._store.has_changed(before.unchanged()):
            return False
        self._kept = None
        return True

    def learn(self, before: Register, records: Sequence[Record[Any]]) -> None:
        """Continue with records that were appended under the condition that the register was unchanged."""
        streams, registry = dict(before.streams), before.registry
        changed = grouped((record.stream, record) for record in records if AGENCY.has(record.stream))
        streams |= {stream: [*streams.get(stream, ()), *more] for stream, more in changed.items()}
        if len(changed) > _FEW:
            registry = fold_registry(streams, registry.on)
        else:
            for stream in changed:
                agency = agency_of(Growing(AGENCY, streams[stream]), AgencyId(stream), registry.on)
                registry = registry.with_agency(AgencyId(stream), agency)
        now = self._kept
        if changed and (now is None or now.position < records[-1].position):
            self._kept = Register(streams, records[-1].position, registry.settled())

    def _read(self, today: date) -> Register:
        streams, unreadable = self._store.streams([AGENCIES])
        for error in unreadable:
            raise error
        position = max((records[-1].position for records in streams.values()), default=0)
        self._kept = kept = Register(dict(streams), position, fold_registry(streams, today))
        return kept
