"""
What the store notes about itself, in streams that belong to no plan.
"""

from datetime import date
from typing import Annotated

import attrs
import msgspec
from msgspec import Meta
from msgspec.structs import replace

from reformtrack.domain.fields import Name, Reason, checked
from reformtrack.domain.values import JournalId, StreamId, journal_id, stream_id


@attrs.frozen(kw_only=True, field_transformer=checked)
class RecordingRefused:
    """
    Somebody was not permitted to record something. What it would have said is not kept.

    Only the tracker records it, and not more often than it takes to see what goes on: `times` says how many it stands for.
    """

    subject: JournalId = attrs.field(kw_only=False, converter=journal_id)
    """The journal of the month, as `~refusals-2023-06`."""
    on: date
    """The local day on which it was refused."""
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


class JournalState(msgspec.Struct, frozen=True):
    """How much a journal says."""

    refusals: int = 0
    """How many refusals its records stand for."""


EMPTY = JournalState()
"""The state of a journal before its first event."""


def check(state: JournalState, event: RecordingRefused) -> None:
    """Refuse nothing: what was noted was noted."""


def evolve(state: JournalState, event: RecordingRefused) -> JournalState:
    """The state after an event."""
    return replace(state, refusals=state.refusals + event.times)
