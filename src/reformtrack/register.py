"""
The agencies, as they were read last: they change seldom, and every request under a policy asks them all.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from reformtrack.domain.kinds import AGENCY
from reformtrack.domain.timeline import Growing, Record
from reformtrack.domain.values import AgencyId, StreamId
from reformtrack.store.application import RecordStore
from reformtrack.store.log import AGENCIES, Unchanged
from reformtrack.views.agencies import Registry, agency_of, fold_registry

_FEW = 20
"""As many agencies are changed one by one in a register; of more, all of it is made anew."""


class Register(NamedTuple):
    """The records of all agencies, as far as they were read."""

    streams: dict[StreamId, Sequence[Record[Any]]]
    position: int
    """That of the last of them; 0 before the first."""
    registry: Registry

    def unchanged(self) -> Unchanged:
        """The condition that these are still all."""
        return Unchanged(AGENCIES, self.position)


class KeptRegister:
    """
    Keeps the register of a store. What was judged by it is appended on the condition that it is still so, and where that is
    not known, as of a refusal, `renewed` says.

    Args:
        store: which.
    """

    def __init__(self, store: RecordStore) -> None:
        self._store = store
        self._kept: Register | None = None

    def on(self, today: date) -> Register:
        """
        The register on a day, as it was read last.

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
        """Whether an agency has changed since; what is kept is then read again when it is asked for."""
        if not self._store.has_changed(before.unchanged()):
            return False
        self._kept = None
        return True

    def learn(self, before: Register, records: Sequence[Record[Any]]) -> None:
        """Go on from records that were appended on the condition that the register was still so."""
        streams, registry = dict(before.streams), before.registry
        changed: dict[StreamId, list[Record[Any]]] = {}
        for record in records:
            if AGENCY.has(record.stream):
                changed.setdefault(record.stream, []).append(record)
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
