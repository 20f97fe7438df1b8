"""The store's notes about itself, in streams that belong to no plan."""

from datetime import date, timedelta, timezone
from typing import Annotated, assert_never

import attrs
import msgspec
from msgspec import Meta
from msgspec.structs import replace

from reformtrack.domain.errors import unfit
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
    """The fields of every event of the store itself."""

    subject: JournalId = attrs.field(kw_only=False, converter=journal_id)
    """The journal, as `~refusals-2023-06`, `~backups` or `~clock`."""
    on: date
    """The local day on which it took effect."""


@frozen(kw_only=True)
class RecordingRefused(JournalFact):
    """
    Somebody was not permitted to record something. The content is not kept.

    Only the tracker records it, with a rate limit: `times` is the number of refusals that it stands for.
    """

    actor: Name
    """Who tried."""
    event: Name
    """The name of the event that was refused."""
    about: StreamId = attrs.field(converter=stream_id)
    """Its subject."""
    reason: Reason
    """The rule that refused it, in words."""
    times: Annotated[int, Meta(ge=1)] = 1
    """The number of refusals to this actor that it stands for: those since the previous record, and this one."""


@frozen(kw_only=True)
class BackupAccepted(JournalFact):
    """
    An older backup replaced the log; records made after that backup are given up.

    Only the tracker records it, signed with the key of the log's checkpoints: until then the checkpoint of the longer
    log fails to verify, and afterwards this record explains why.
    """

    checkpoint: SignedNote
    """The checkpoint of the log as it is now, which names the one that it replaces."""
    reason: Reason
    """What happened, in words."""


@frozen(kw_only=True)
class InstantsCorrected(JournalFact):
    """
    A clock was wrong and stamped some records in the future. They keep their positions and bytes.

    Only the tracker records it. Its own instant and later ones continue after the last record that is not corrected;
    what was known at an instant is found by `Tracker.log.position`.
    """

    first: Annotated[int, Meta(ge=1, le=2**63 - 1)]
    """The log position of the first record with a wrong instant, which is the first of its request."""
    last: Annotated[int, Meta(ge=1, le=2**63 - 1)]
    """The log position of the last one, which is the last of its request; all records between are included."""
    reason: Reason
    """What was wrong with the clock, in words."""
    document: Document | None = None
    """The document that says so."""

    def __attrs_post_init__(self) -> None:
        if self.last < self.first:
            raise unfit(self, "last", said("a log position from {first} on", first=self.first))


@frozen(kw_only=True)
class StoreConfigured(JournalFact):
    """
    The configuration of the whole store from now on: its time zone, and the policy that decides who may record.

    Only the tracker records it: when `reformtrack init` creates a store, before the first record with another policy or
    a requested time zone, and when a steward changes the time zone.
    """

    store: StoreKey
    """The id of the store, generated once. Copies share it."""
    time_zone: TimeZone
    """The time zone of "today", and in which instants are shown."""
    policy: OptionalName = ""
    """The name of the policy in force; empty while none was ever named."""


JournalEvent = RecordingRefused | BackupAccepted | InstantsCorrected | StoreConfigured

__all__ = ["RecordingRefused", "BackupAccepted", "InstantsCorrected", "StoreConfigured"]


class JournalState(msgspec.Struct, frozen=True):
    """The state of a journal; for that of the store, its configuration."""

    store: str = ""
    """The id of the store; empty until it is on record."""
    time_zone: str = str(HA_NOI_TIME)
    """The time zone of its days."""
    policy: str = ""
    """The policy in force; empty while none was ever named."""
    policy_since: date | None = None
    """The day from which on it has been in force."""
    needs_policy: bool = False
    """Whether recording requires a policy: from the first policy on that does not permit everything."""


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
