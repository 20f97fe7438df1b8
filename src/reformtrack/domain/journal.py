"""
What the store notes about itself, in streams that belong to no plan.
"""

from datetime import date
from typing import Annotated, assert_never

import attrs
import msgspec
from msgspec import Meta
from msgspec.structs import replace

from reformtrack.domain.errors import InvalidField
from reformtrack.domain.fields import Name, Reason, SignedNote, checked
from reformtrack.domain.values import Document, JournalId, StreamId, journal_id, stream_id


@attrs.frozen(kw_only=True, field_transformer=checked)
class JournalFact:
    """What every event of the store itself has."""

    subject: JournalId = attrs.field(kw_only=False, converter=journal_id)
    """The journal, as `~refusals-2023-06`, `~backups` or `~clock`."""
    on: date
    """The local day on which it took effect."""


@attrs.frozen(kw_only=True, field_transformer=checked)
class RecordingRefused(JournalFact):
    """
    Somebody was not permitted to record something. What it would have said is not kept.

    Only the tracker records it, and not more often than it takes to see what goes on: `times` says how many it stands for.
    """

    actor: Name
    """Who tried."""
    event: Name
    """The name of the event that was refused."""
    about: StreamId = attrs.field(converter=stream_id)
    """What it was about."""
    reason: Reason
    """The rule that refused it, in words."""
    times: Annotated[int, Meta(ge=1)] = 1
    """How many refusals to this actor it stands for: those since the record before it, and this one."""


@attrs.frozen(kw_only=True, field_transformer=checked)
class BackupAccepted(JournalFact):
    """
    An older backup was put in place of the log, and is the log from now on; what was recorded after it is given up.

    Only the tracker records it, with what the key of the log's checkpoints signs for it: until then the checkpoint of the
    longer log raises the alarm, and afterwards this says why.
    """

    checkpoint: SignedNote
    """The checkpoint of the log as it is now, which names the one that it took the place of."""
    reason: Reason
    """What happened, in words."""


@attrs.frozen(kw_only=True, field_transformer=checked)
class InstantsCorrected(JournalFact):
    """
    A clock was wrong: the instants of some records are ahead of what the time was. They keep their positions and their bytes.

    Only the tracker records it. Its own instant, and those after it, go on from the last record that is not named so; what was
    known at an instant is known by the position that `Tracker.position` gives for it.
    """

    first: Annotated[int, Meta(ge=1, le=2**63 - 1)]
    """The log position of the first record with a wrong instant, which is the first of its request."""
    last: Annotated[int, Meta(ge=1, le=2**63 - 1)]
    """The log position of the last one, which is the last of its request; all records between are meant too."""
    reason: Reason
    """What was wrong with the clock, in words."""
    document: Document | None = None
    """The document that says so."""

    def __attrs_post_init__(self) -> None:
        if self.last < self.first:
            raise InvalidField("InstantsCorrected", "last", self.last, f"a log position from {self.first} on")


JournalEvent = RecordingRefused | BackupAccepted | InstantsCorrected

JOURNAL_EVENTS: tuple[type[JournalEvent], ...] = (RecordingRefused, BackupAccepted, InstantsCorrected)
"""What the tracker alone records."""


class JournalState(msgspec.Struct, frozen=True):
    """How much a journal says."""

    refusals: int = 0
    """How many refusals its records stand for."""
    backups: int = 0
    """How many backups were accepted."""
    corrections: int = 0
    """How many times instants were said to be wrong."""


EMPTY = JournalState()
"""The state of a journal before its first event."""


def check(state: JournalState, event: JournalEvent) -> None:
    """Refuse nothing: what was noted was noted."""


def evolve(state: JournalState, event: JournalEvent) -> JournalState:
    """The state after an event."""
    match event:
        case RecordingRefused():
            return replace(state, refusals=state.refusals + event.times)
        case BackupAccepted():
            return replace(state, backups=state.backups + 1)
        case InstantsCorrected():
            return replace(state, corrections=state.corrections + 1)
        case _:
            assert_never(event)
