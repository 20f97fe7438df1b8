"""
What the store notes about itself, in streams that belong to no plan.
"""

from datetime import date, timedelta, timezone
from typing import Annotated, assert_never

import attrs
import msgspec
from msgspec import Meta
from msgspec.structs import replace

from reformtrack.domain.errors import InvalidField
from reformtrack.domain.fields import Name, OptionalName, Reason, SignedNote, frozen
from reformtrack.domain.said import said
from reformtrack.domain.values import Document, JournalId, StreamId, journal_id, stream_id

HA_NOI_TIME = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""The time zone of Viet Nam, and of every store that names no other. It has had no summer time since 1975."""

OPEN_TO_ALL = "open_to_all"
"""The name of the policy that permits everything."""

StoreKey = Annotated[str, Meta(max_length=32, pattern="^[0-9a-f]{32}$")]
"""The id of a store: 32 lower-case hexadecimal digits, random."""

TimeZone = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[0-9A-Za-z/_+:-]+$")]
"""The name of a time zone: that of IANA, as "Asia/Ho_Chi_Minh", or a fixed offset, as "UTC+07:00"."""


@frozen(kw_only=True)
class JournalFact:
    """What every event of the store itself has."""

    subject: JournalId = attrs.field(kw_only=False, converter=journal_id)
    """The journal, as `~refusals-2023-06`, `~backups` or `~clock`."""
    on: date
    """The local day on which it took effect."""


@frozen(kw_only=True)
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


@frozen(kw_only=True)
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


@frozen(kw_only=True)
class InstantsCorrected(JournalFact):
    """
    A clock was wrong: the instants of some records are ahead of what the time was. They keep their positions and their bytes.

    Only the tracker records it. Its own instant, and those after it, go on from the last record that is not named so; what was
    known at an instant is known by the position that `Tracker.log.position` gives for it.
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
            raise InvalidField(
                "InstantsCorrected", "last", self.last, said("a log position from {first} on", first=self.first)
            )


@frozen(kw_only=True)
class StoreConfigured(JournalFact):
    """
    What holds for the whole store from now on: the time zone of its days, and the policy that judges who may record.

    Only the tracker records it: when `reformtrack init` makes a store, before the first record under another policy or in a
    time zone that was asked for, and when a steward changes the time zone.
    """

    store: StoreKey
    """The id of the store, made once. Copies have it too."""
    time_zone: TimeZone
    """The time zone in which it is "today", and in which instants are shown."""
    policy: OptionalName = ""
    """The name of the policy in force; empty while none was ever named."""


JournalEvent = RecordingRefused | BackupAccepted | InstantsCorrected | StoreConfigured

__all__ = ["RecordingRefused", "BackupAccepted", "InstantsCorrected", "StoreConfigured"]


class JournalState(msgspec.Struct, frozen=True):
    """How much a journal says, and that of the store what holds for it."""

    store: str = ""
    """The id of the store; empty until it is on record."""
    time_zone: str = str(HA_NOI_TIME)
    """The time zone of its days."""
    policy: str = ""
    """The policy in force; empty while none was ever named."""
    policy_since: date | None = None
    """The day from which on it has been in force."""
    needs_policy: bool = False
    """Whether nothing is recorded without naming a policy: from the first on that does not permit everything."""


def check(state: JournalState, event: JournalEvent) -> None:
    """Always legal: what was done was done."""


def evolve(state: JournalState, event: JournalEvent) -> JournalState:
    """The state after an event."""
    match event:
        case RecordingRefused() | BackupAccepted() | InstantsCorrected():
            return state
        case StoreConfigured():
            return replace(
                state,
                store=event.store,
                time_zone=event.time_zone,
                policy=event.policy,
                policy_since=state.policy_since if event.policy == state.policy else event.on,
                needs_policy=state.needs_policy or event.policy not in ("", OPEN_TO_ALL),
            )
        case _:
            assert_never(event)
