"""
The one JSON form of every answer: of the API, of the stream of records, and of the commands with `--json`.

Keys are stable: they are added, never renamed. A day is `2023-06-30`, an instant has its zone, a percentage is a text
without the sign, null where there is nothing to divide by.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct


class OfADay(Struct, frozen=True, kw_only=True):
    """An answer for a day."""

    is_forecast: bool = False
    """Whether the day is in the future: a forecast if nothing else is recorded until then."""


class ProgressDocument(Struct, frozen=True, kw_only=True):
    """How many activities are completed, of how many, under one rule."""

    rule: str
    completed: int
    total: int
    percent: str | None
    """The rate, rounded half-up to one decimal, as "96.4"; null when there is nothing to divide by."""
    open: int
    overdue: int
    excluded: dict[str, int]
    """How many activities the rate leaves out, by reason."""


class RecordDocument(Struct, frozen=True, kw_only=True):
    """A record: an event, with when and by whom it was recorded."""

    position: int
    stream: str
    version: int
    type: str
    recorded_at: datetime
    by: str
    agency: str
    """The agency that it was recorded for; empty where no policy asks."""
    rule: str
    """The rule that permitted it; empty where no policy asks."""
    decided_later: date | None
    """The day of the event's document, if it is after the effective day."""
    event: dict[str, Any]
    """The fields of the event, as the schema of its type says."""


class RequestedRecord(RecordDocument, frozen=True, kw_only=True):
    """A record with its request."""

    request_id: str


class HistoryLine(RequestedRecord, frozen=True, kw_only=True):
    """A record in the history of a stream."""

    retracted_by: int | None
    """The version of its retraction, or of the retraction of the record that it confirms; null while it counts."""


class History(Struct, frozen=True):
    """Every record of a stream."""

    stream: str
    host_fields: Mapping[str, str]
    """The host's own fields of the plan."""
    records: list[HistoryLine]


class PlanLine(Struct, frozen=True, kw_only=True):
    """A plan in the list of plans."""

    id: str
    title: str
    jurisdiction: str
    year: int
    plan_version: int
    undocumented_changes: int
    """How many changes of the denominator since that version's document have no document."""
    changes_by_own_documents: int
    """How many have one of their own, which is no amendment."""
    is_open: bool


class Plans(OfADay, frozen=True):
    """The plans."""

    plans: list[PlanLine]


class Part(Struct, frozen=True):
    """The progress of a part of a plan."""

    key: str
    title: str
    progress: ProgressDocument


class PlanAsked(OfADay, frozen=True, kw_only=True):
    """A plan, and the two clocks of an answer about it."""

    plan: str
    title: str
    on: date
    known_at: datetime | int | None
    """The instant or the log position that was asked for; null for all that is on record."""
    position: int
    """The log position of the latest record of the plan that was known."""
    plan_version: int
    undocumented_changes: int
    """How many changes of the denominator since that version's document have no document."""
    changes_by_own_documents: int
    """How many have one of their own, which is no amendment."""
    notice: str
    """The notice to show beside its figures everywhere; empty for none."""
    host_fields: Mapping[str, str]
    """The host's own fields, the notice among them."""


class Stage(Struct, frozen=True):
    """A named part of a plan."""

    code: str
    title: str
    first: date
    last: date


class PlanDocument(PlanAsked, frozen=True, kw_only=True):
    """A plan on a day, as known at an instant."""

    year: int
    first_day: date
    """Its first day."""
    last_day: date
    """Its last day."""
    stages: list[Stage]
    """Named parts of it, in order."""
    jurisdiction: str
    level: str | None
    """The level of government: central, province, district, commune; null where the plan does not say."""
    above: str
    """The jurisdiction above; empty where the plan does not say."""
    adopted_on: date | None
    document: dict[str, Any] | None
    """The document that adopted it."""
    is_open: bool
    progress: ProgressDocument
    """Under the plan's own rule."""
    rates: list[ProgressDocument]
    """Under each of the three rules."""
    domains: list[Part]
    groups: list[Part]
    leads: list[Part]
    statuses: dict[str, int]
    """How many activities stand at each status."""
    timeliness: dict[str, int]
    """The number of activities by timeliness."""
    due_within_7_days: int
    overdue: int
    without_evidence: list[str]
    """The codes of the activities that are reported complete without evidence."""


class ActivityLine(Struct, frozen=True, kw_only=True):
    """An activity on a day, as known at an instant."""

    id: str
    code: str
    domain: str
    title: str
    number: str
    """As printed in the plan; empty when none is."""
    group: tuple[str, ...]
    """The headings under which it stands in its domain."""
    lead: str
    """Whoever has the lead, in one line."""
    leads: tuple[str, ...]
    """The names of whoever has the lead: one, several jointly, or none."""
    status: str
    timeliness: str
    deadline: str
    deadline_decided_later: date | None
    """The day of the document that set the deadline, if that is after the effective day."""
    due: date | None
    days_overdue: int
    open_days: tuple[date, ...]
    """The open due days; of a recurring activity, those of its open occurrences."""
    because: tuple[int, ...]
    """The log positions of the records behind its status and timeliness."""


class ListedLine(ActivityLine, frozen=True, kw_only=True):
    """An activity in a list."""

    output: str
    supporting: tuple[str, ...]
    completed_on: date | None
    """Null while it waits for its confirmation."""
    evidence: int
    """How many documents prove it."""
    host_fields: Mapping[str, str]
    """The host's own fields of the activity."""


class DueLine(ActivityLine, frozen=True, kw_only=True):
    """An activity with something due soon."""

    due_within: tuple[date, ...]
    """Its open due days within the days asked for."""


class DueActivities(PlanAsked, frozen=True, kw_only=True):
    """The activities of a plan with something due soon, the nearest first."""

    days: int
    """The number of days ahead that was asked for."""
    activities: list[DueLine]


class Activities(PlanAsked, frozen=True, kw_only=True):
    """A page of the activities of a plan that were asked for, in the order that was asked for; by code unless another was."""

    activities: list[ListedLine]
    next: str | None = None
    """The code after which the next page begins; null on the last page."""
    count: int = 0
    """How many activities there are on all pages."""
    counts: Mapping[str, Mapping[str, int]] = {}
    """For each filter and each of its values, how many activities there are with it and all else that is asked."""


class AgencyActivities(OfADay, frozen=True, kw_only=True):
    """The activities that an agency leads in all plans, those of unclear leads apart: a page of them."""

    agency: str
    name: str
    on: date
    known_at: datetime | int | None
    """The instant or the log position that was asked for; null for all that is on record."""
    activities: list[ListedLine]
    next: str | None = None
    """The id after which the next page begins; null on the last page."""
    count: int
    counts: Mapping[str, Mapping[str, int]]
    unclear: int
    """How many activities are not in it, because their lead may mean several agencies."""


class ActivityDocument(OfADay, frozen=True, kw_only=True):
    """An activity, and the records behind its status."""

    activity: ActivityLine
    output: str
    supporting: list[str]
    completed_on: date | None
    """Null while it waits for its confirmation."""
    reported_on: date | None
    """While it waits for its confirmation, the day on which it was reported complete."""
    confirmed_on: date | None
    evidence: list[dict[str, Any]]
    """A page of the evidence: at most a hundred documents, fewer if they are large."""
    version: int
    """The version of its stream in this answer, without records that were not known."""
    version_tag: str
    """The same for the header If-Match of a write, which is refused if somebody has recorded since."""
    because: list[RecordDocument]
    """A page of the records behind its status and timeliness."""
    next: int | None
    """The next page of the evidence and the records; null on the last of both."""


class CheckDocument(Struct, frozen=True):
    """A check between figures."""

    text: str
    holds: bool | None
    """Null when a figure is missing."""


class IndicatorDocument(Struct, frozen=True):
    """Another figure of a plan."""

    id: str
    title: str
    unit: str
    text: str
    """As computed from the reading."""
    reported_text: str
    as_of: date | None
    percent: str | None
    reported_percent: str | None
    """The percentage that the source printed."""
    percent_difference: str | None
    """The printed minus the computed percentage, rounded to the decimals of the printed one; "0.00" if they agree."""
    checks: list[CheckDocument]


class Indicators(OfADay, frozen=True):
    """The other figures of a plan."""

    indicators: list[IndicatorDocument]


class WarningDocument(Struct, frozen=True):
    """Something that needs attention."""

    kind: str
    subject: str
    title: str
    lead: str
    leads: tuple[str, ...]
    due: date | None
    days: int
    stage: int
    """For what is due: the stage reached, 7, 3 or 1; else 0."""
    text: str
    """For a figure that differs: how; else empty."""
    decided_later: date | None
    """The day of the document that set the due day, if that is after the effective day."""


class Warnings(OfADay, frozen=True):
    """What needs attention in a plan, the most urgent first."""

    warnings: list[WarningDocument]


class Records(Struct, frozen=True):
    """A page of the log."""

    records: list[RecordDocument]
    next: int | None
    """The position after which the next page begins; null at the end of the log."""


class Recorded(Struct, frozen=True):
    """The records of a request."""

    records: list[RecordDocument]


class ProblemDocument(Struct, frozen=True):
    """What went wrong: RFC 9457. Some problems say more."""

    type: str
    title: str
    status: int
    detail: str
