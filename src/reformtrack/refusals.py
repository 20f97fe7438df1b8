"""The rate limit of recorded refusals: enough to see what happens, too few to fill the log."""

import threading
from datetime import datetime, timedelta

import attrs

from reformtrack.domain.texts import folded_name

A_MINUTE = 3
"""The recorded refusals to one actor per minute."""

ACTORS = 100
"""The actors with recorded refusals per minute."""


@attrs.define
class _Told:
    """The refusals recorded of one actor since an instant."""

    since: datetime
    records: int = 0
    unsaid: int = 0


class Refusals:
    """Counts refusals and decides which of them are recorded. Thread-safe."""

    def __init__(self) -> None:
        self._of: dict[str, _Told] = {}
        self._lock = threading.Lock()

    def due(self, actor: str, now: datetime) -> int:
        """The number of refusals to an actor, in any spelling, that a record of this one stands for; 0 to record nothing."""
        actor = folded_name(actor)
        with self._lock:
            self._forget(now)
            if actor not in self._of and len(self._of) >= ACTORS:
                return 0
            told = self._of.setdefault(actor, _Told(now))
            if now - told.since >= timedelta(minutes=1):
                told.since, told.records = now, 0
            told.unsaid += 1
            if told.records == A_MINUTE:
                return 0
            told.records += 1
            times, told.unsaid = told.unsaid, 0
            return times

    def _forget(self, now: datetime) -> None:
        """Forget actors with nothing left to record, and all old ones when there are too many."""
        if len(self._of) < ACTORS:
            return
        old = now - timedelta(minutes=1)
        self._of = {actor: told for actor, told in self._of.items() if told.since > old}
