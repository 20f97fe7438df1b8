"""The JSON forms of what is asked of many plans, and of the register of agencies."""

from datetime import date

from msgspec import Struct

from reformtrack.documents.forms import ActivityLine, OfADay, ProgressDocument


class AgencyDocument(Struct, frozen=True):
    """An agency on a day, as known at an instant."""

    id: str
    name: str
    names: tuple[str, ...]
    registered_on: date | None
    ended_on: date | None
    successors: list[str]


class Agencies(OfADay, frozen=True, kw_only=True):
    """The agencies."""

    on: date

    agencies: list[AgencyDocument]


class RollupLine(ProgressDocument, frozen=True, kw_only=True):
    """The counts of a part."""

    key: dict[str, str]


class SilentPlan(Struct, frozen=True):
    """An open plan without a record for 30 days."""

    plan: str
    recorded_at: str
    """When the last one was recorded, in UTC."""


class RollupDocument(OfADay, frozen=True, kw_only=True):
    """The counts of many plans."""

    on: date
    rule: str
    position: int
    by: tuple[str, ...]
    total: ProgressDocument
    lines: list[RollupLine]
    unreadable: tuple[str, ...]
    """The plans that are left out, because a record of them cannot be read."""
    silent: list[SilentPlan]


class TrendPoint(Struct, frozen=True, kw_only=True):
    """A day of a trend."""

    on: date
    position: int
    """The log position up to which it counts."""
    total: ProgressDocument
    lines: list[RollupLine]
    """The parts in which there is an activity; none where the trend is not split."""
    unreadable: tuple[str, ...]
    """The plans that are left out, because a record of them cannot be read."""


class TrendDocument(Struct, frozen=True, kw_only=True):
    """The counts of many plans on some days."""

    rule: str
    by: tuple[str, ...]
    points: list[TrendPoint]


class AcrossLine(ActivityLine, frozen=True, kw_only=True):
    """An activity of one of many plans."""

    plan: str
    plan_title: str
    jurisdiction: str


class AcrossDocument(OfADay, frozen=True, kw_only=True):
    """A page of activities of many plans."""

    on: date
    position: int
    """The log position up to which everything counts: give it as `known_at` for later pages of the same list."""
    count: int
    """How many activities there are on all pages."""
    activities: list[AcrossLine]
    next: str | None
    """Where the next page begins, as `after` takes it; null on the last."""
    unreadable: tuple[str, ...]
    """The plans that are left out, because a record of them cannot be read."""
    notices: tuple[str, ...]
    """What plans whose activities are on the page ask to have beside their figures, each once."""
