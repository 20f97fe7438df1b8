"""Digests sent about a plan to one receiver: recorded so that nothing is sent twice, and sending can be proved."""

from datetime import date
from typing import Annotated

import attrs
import msgspec
from msgspec import Meta
from msgspec.structs import replace

from reformtrack.domain.fields import Name, OptionalName, frozen
from reformtrack.domain.showing import brief_repr
from reformtrack.domain.values import DispatchId, dispatch_id

WarningKey = Annotated[str, Meta(min_length=1, max_length=300)]
"""The key of a warning: its subject and stage."""


@frozen(kw_only=True)
class DigestSent:
    """A digest of warnings was sent, on this day."""

    subject: DispatchId = attrs.field(kw_only=False, converter=dispatch_id)
    """The plan and the receiver, as `dak-nong-2023!so-noi-vu`."""
    on: date
    """The local day on which it was sent."""
    to: Name
    """The name of the receiver: "Sở Nội vụ"."""
    address: OptionalName = ""
    """Where it was sent, as an e-mail address."""
    warnings: Annotated[tuple[WarningKey, ...], Meta(min_length=1, max_length=2_000)]
    """The keys of the warnings that were in it."""


__all__ = ["DigestSent"]


class DispatchState(msgspec.Struct, frozen=True):
    """The digests sent to one receiver."""

    __repr__ = brief_repr

    sent: tuple[DigestSent, ...] = ()
    """In the order of the timeline."""

    def last(self, key: str) -> date | None:
        """The day on which a warning was sent last; None when it was not."""
        return max((event.on for event in self.sent if key in event.warnings), default=None)


def check(state: DispatchState, event: DigestSent) -> None:
    """Always legal."""


def evolve(state: DispatchState, event: DigestSent) -> DispatchState:
    """The state after an event."""
    return replace(state, sent=(*state.sent, event))
