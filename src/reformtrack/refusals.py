"""
How many refusals are put on record: enough to see what goes on, too few to fill the log.
"""

import threading
from datetime import datetime, timedelta

import attrs

from reformtrack.domain.texts import folded_name

A_MINUTE = 3
"""How many refusals to one actor are put on record in a minute."""

ACTORS = 100
"""How many actors' refusals are put on record in a minute."""


@attrs.define
class _Told:
    """What was put on record of one actor since an instant."""

    since: datetime
    records: int = 0
    unsaid: int = 0


class Refusals:
    """Counts refusals, and says which of them are put on record. Any thread may ask."""

    def __init__(self) -> None:
        self._of: dict[str, _Told] = {}
        self._lock = threading.Lock()

    def due(self, actor: str, now: datetime) -> int:
        """
        How many refusals to an actor, in whichever spelling, a record of this one stands for; 0 when it is not to be made.
        """
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
        """Let go of those of whom everything is said, and of all that are old when there are too many."""
        if len(self._of) < ACTORS:
            return
        old = now - timedelta(minutes=1)
        self._of = {actor: told for actor, told in self._of.items() if told.since > old}
