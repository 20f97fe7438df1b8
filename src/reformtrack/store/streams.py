"""Which streams of the log are read together: of a plan, of a kind, and those that the store keeps of itself."""

from typing import Any, NamedTuple

from reformtrack.domain.kinds import ACTIVITY, AGENCY, KINDS, PLAN, Kind
from reformtrack.domain.values import PlanId


class StreamRange(NamedTuple):
    """The streams with ids from `low` (inclusive) to `high` (exclusive), in the order of code points."""

    low: str
    high: str


def stream_range(stream: str) -> StreamRange:
    """One stream. Ids have no control characters, so no other id is in the range."""
    return StreamRange(stream, stream + "\x01")


def range_of(kind: Kind[Any, Any], plan: str = "") -> StreamRange:
    """All streams of a kind, of one plan if they belong to one. No id has the character after the sign in ASCII."""
    sign = kind.form.sign
    return StreamRange(f"{plan}{sign}", f"{plan}{chr(ord(sign) + 1)}")


def plan_ranges(plan: PlanId) -> tuple[StreamRange, StreamRange]:
    """A plan and its activities."""
    return stream_range(plan), range_of(ACTIVITY, plan)


def whole_plan(plan: PlanId) -> list[StreamRange]:
    """All streams of a plan."""
    beside = [kind for kind in KINDS if kind.form.of_plan and kind is not PLAN]
    return [stream_range(plan), *(range_of(kind, plan) for kind in beside)]


AGENCIES = range_of(AGENCY)
"""All agencies."""


REFUSALS = StreamRange("~refusals-", "~refusals.")
"""The journals of refusals."""


BACKUPS = "~backups"
"""The journal of accepted backups."""


CLOCK = "~clock"
"""The journal of corrected instants."""


STORE = "~store"
"""The journal of the store's configuration."""
