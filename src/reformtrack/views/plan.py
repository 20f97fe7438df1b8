"""
A plan and its activities on a day, as known at an instant: status, lateness, progress, balance, and the records behind each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import attrs

from reformtrack.domain.activity import ActivityEvent, ActivityReopened, CompletionReturned
from reformtrack.domain.arguments import Days, checks_arguments
from reformtrack.domain.balance import Balance, Entry, Outcome
from reformtrack.domain.errors import NotFound, UnreadableRecord
from reformtrack.domain.kinds import ACTIVITY, PLAN, Event
from reformtrack.domain.plan import PlanEvent, PlanState
from reformtrack.domain.progress import CountingRule, PlanVersion, Progress, counted_as
from reformtrack.domain.protected import redacted
from reformtrack.domain.said import said
from reformtrack.domain.showing import Brief, known_words, table
from reformtrack.domain.status import ProgressStatus, Timeliness
from reformtrack.domain.texts import name_key
from reformtrack.domain.timeline import KnownAt, Record, known, timeline
from reformtrack.domain.values import ActivityId, PlanId, StreamId, code_of
from reformtrack.domain.wording import Lang, lead_words, sort_key, spelt
from reformtrack.extras import extra
from reformtrack.views.activity import SOON_DAYS, Activity, Standing

if TYPE_CHECKING:
    import polars

By = Literal["domain", "group", "lead", "month"]
"""
What progress can be split by: the domain's code, the headings under which activities stand ("Xây dựng văn bản"), whoever has
the lead, the months ("2023-06") in which something is due.
"""

PATH = " › "
"""Between the headings of a group."""


@attrs.frozen(slots=False, repr=False)
@checks_arguments
class Plan:
    """
    A plan on a day, as known at an instant.

    Figures raise UnreadableRecord while a record of the plan cannot be read, because a count that silently omits an
    activity is worse than none. Everything else still works.
    """

    id: PlanId
    on: date
    """The day asked for."""
    known_at: KnownAt
    """The `known_at` asked for."""
    position: int
    """The log position of the latest record of the plan that was known; 0 when there is none."""
    state: PlanState = attrs.field(hash=False)
    """The state of the plan on that day."""
    activities: tuple[Activity, ...]
    """The activities scheduled by that day, those that have left included, in order of code."""
    unreadable: tuple[UnreadableRecord, ...] = ()
    """The stored events of the plan that cannot be read, among those that were known."""
    records: Mapping[StreamId, tuple[Record[Event], ...]] = attrs.field(factory=dict, repr=False, eq=False)
    """All records of each stream that were known, retracted ones and later days included."""
    today: date | None = attrs.field(default=None, repr=False, eq=False)
    """The local day of the question; None if unknown."""
    stored_bytes: int = attrs.field(default=0, repr=False, eq=False)
    """How many bytes the records of the plan and its activities have in the log; 0 if unknown."""

    def _of(self, stream: StreamId) -> tuple[Record[Any], ...]:
        """The records of a stream; of which kind of event, its id says."""
        return self.records.get(stream, ())

    def __repr__(self) -> str:
        version = self.version if self.unreadable else self.plan_version.text("en")
        what = f"version {version}, {len(self.activities)} activities"
        forecast = ", a forecast" if self.is_forecast else ""
        return f"<Plan {self.id} on {self.on}{forecast}, {known_words(self.known_at)}: {what}, {self._figure()}>"

    def _repr_html_(self) -> str:
        parts = {} if self.unreadable else self.progress_by("domain")
        rows = [(domain.code, redacted(domain.title, str), parts.get(domain.code, "")) for domain in self.state.domains]
        whole = ("", f"{self.on}, {known_words(self.known_at)}", self._figure())
        return table(redacted(self.state.title, str), [*rows, whole])

    def _figure(self) -> str:
        """Its rate as printed, or how much cannot be read."""
        count = len(self.unreadable)
        return f"{count} record{'s'[: count > 1]} cannot be read" if count else str(self.progress())

    @property
    def version(self) -> int:
        """The plan version that the figures name."""
        return self.state.version

    @cached_property
    def plan_version(self) -> PlanVersion:
        """
        The plan version with the changes of the denominator since: of the activities in the plan, and of those with a
        date.

        As known at one instant, two days with the same plan version have the same denominator under `WHOLE_PLAN` and
        `DATED_ONLY`. Under `FALLEN_DUE` it grows with the days; in a part it also changes when work moves between
        domains or leads.
        """
        self.check_readable()
        since = self.state.documented_on or date.max
        apart = [own for one in self.activities for own in one.changes(since)]
        return PlanVersion(self.id, self.version, len(apart) - sum(apart), sum(apart))

    @property
    def is_forecast(self) -> bool:
        """Whether the day was in the future when asked: a forecast if nothing else is recorded until then."""
        return self.today is not None and self.on > self.today

    @property
    def notice(self) -> str:
        """The notice beside its figures everywhere; see `PlanState.notice`."""
        return self.state.notice

    @cached_property
    def _domain_titles(self) -> dict[str, str]:
        return {domain.code: domain.title for domain in self.state.domains}

    def domain_title(self, code: str) -> str:
        """The title of a domain; its code if the plan has no such domain, as within a request that adopts the plan again."""
        return self._domain_titles.get(code, code)

    def domain_line(self, code: str) -> str:
        """A domain as lists and headings name it: `1. Cải cách thể chế`."""
        title = self.domain_title(code)
        return f"{code}. {title}" if title != code else code

    @cached_property
    def _by_code(self) -> dict[str, Activity]:
        return {activity.code: activity for activity in self.activities}

    def activity(self, code: str) -> Activity:
        """
        An activity by its code, "1.04", its id, "dak-nong-2023/1.04", or the number that the plan prints, "42".

        A code comes before a number; a number that several activities have, as where each domain begins with 1, finds none.

        Raises:
            UnreadableRecord: a stored event of it cannot be read.
            NotFound: the plan has none of this code on that day, as known then, or the id is of another plan.
        """
        own = f"{self.id}/"
        is_id, code = code.startswith(own), code.removeprefix(own)
        for error in self.unreadable:
            if error.stream == own + code:
                raise error
        if code in self._by_code:
            return self._by_code[code]
        number = "" if is_id else name_key(code)
        numbered = [one for one in self.activities if number and name_key(one.number) == number]
        if len(numbered) == 1:
            return numbered[0]
        accepted: str = ""
        if self.activities:
            accepted = said("a code of this plan, as {code}", code=self.activities[0].code)
        if numbered:
            accepted = said("one of {codes}", codes=tuple(one.code for one in numbered))
        raise NotFound("activity", code if "/" in code else own + code, self.on, self.known_at, accepted)

    def progress(self, rule: CountingRule | None = None) -> Progress:
        """
        How many activities are completed, of how many.

        Args:
            rule: what counts; default: the plan's own rule.
        """
        return self._progress(self._standings.items(), rule)

    def progress_by(self, by: By, rule: CountingRule | None = None) -> dict[str, Progress]:
        """
        Progress split by something. Split by domain, group and lead, the parts sum to the whole.

        An activity that several lead jointly is counted once, in a line of its own: "Bộ A, Bộ B (chung)". Spellings of one
        name are one lead, called by the plainest (`spelt`). What stands under no heading is the group "".

        A month counts the activities with something due in it, each by what is due then; a recurring one counts in each
        month with an occurrence.

        Args:
            by: "domain" (in the plan's order, domains without activities included), "group" (in the order of their first
                activities), "lead" (in order of name) or "month".
            rule: what counts; the plan's own rule unless given.
        """
        groups: dict[str, list[tuple[ActivityId, Standing]]] = {}
        if by == "domain":
            groups = {domain.code: [] for domain in self.state.domains}
        for activity in self.activities:
            for name, standing in self._parts(by, activity):
                groups.setdefault(name, []).append((activity.id, standing))
        names = groups if by in ("domain", "group") else sorted(groups, key=sort_key)
        return {name: self._progress(groups[name], rule) for name in names}

    def _parts(self, by: By, activity: Activity) -> Iterable[tuple[str, Standing]]:
        if by == "month":
            return activity.by_month().items()
        part = {"domain": activity.domain, "group": PATH.join(activity.group), "lead": self.lead_of(activity)}[by]
        return ((part, self._standings[activity.id]),)

    @cached_property
    def _leads(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        return spelt(activity.leads for activity in self.activities)

    @cached_property
    def _spellings(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        return spelt((name,) for activity in self.activities for name in activity.leads)

    def spelling(self, name: str) -> str:
        """The name that the plan's figures give to a lead of it as printed; the name itself where none is printed so."""
        return self._spellings.get((name,), (name,))[0]

    def leads_of(self, activity: Activity) -> tuple[str, ...]:
        """Whoever has the lead of an activity, by the names that the plan's figures give them: each in one spelling."""
        return self._leads[activity.leads]

    def lead_keys(self, activity: Activity) -> frozenset[str]:
        """What an activity is found by, through `name_key`: each name of its leads, and the line on which it is counted."""
        return frozenset(map(name_key, (self.lead_of(activity), activity.lead, *activity.leads)))

    def lead_of(self, activity: Activity, lang: Lang = "vi") -> str:
        """The line of `progress_by("lead")` on which an activity is counted."""
        return lead_words(self.leads_of(activity), lang)

    def lead_title(self, lead: str, lang: Lang = "vi") -> str:
        """A line of `progress_by("lead")`, in whatever spelling, in a language."""
        key = name_key(lead)
        return next((lead_words(one, lang) for one in self._leads.values() if name_key(lead_words(one)) == key), lead)

    def _progress(self, counted: Iterable[tuple[ActivityId, Standing]], rule: CountingRule | None) -> Progress:
        self.check_readable()
        rule = rule or self.state.counting_rule
        return Progress(
            rule=rule,
            on=self.on,
            known_at=self.known_at,
            plan_versions=(self.plan_version,),
            counted=[(id, counted_as(rule, *standing)) for id, standing in counted],
        )

    @cached_property
    def _standings(self) -> Mapping[ActivityId, Standing]:
        """What determines how each activity is counted; cached, because a page counts each about ten times."""
        return {one.id: one.standing for one in self.activities}

    def overdue(self) -> tuple[Activity, ...]:
        """The open activities whose due day is past, the longest overdue first."""
        self.check_readable()
        late = [activity for activity in self.activities if self._standings[activity.id].overdue]
        return tuple(sorted(late, key=lambda activity: -activity.days_overdue))

    def due_within(self, days: Days = SOON_DAYS) -> tuple[Activity, ...]:
        """
        The activities with something due from the day asked for to `days` later, the nearest first.

        `Activity.due_within` gives the days of each; a missed occurrence does not hide a coming one.
        """
        self.check_readable()
        due = [(days_, activity) for activity in self.activities if (days_ := activity.due_within(days))]
        return tuple(activity for _, activity in sorted(due, key=lambda pair: pair[0][0]))

    def without_evidence(self) -> tuple[Activity, ...]:
        """The activities reported complete without evidence on record."""
        self.check_readable()
        return tuple(activity for activity in self.activities if activity.lacks_evidence)

    def without_lead(self) -> tuple[Activity, ...]:
        """The open activities that nobody has the lead of."""
        self.check_readable()
        return tuple(activity for activity in self.activities if activity.status.is_open and not activity.leads)

    def balance(self, first: date, last: date | None = None) -> Balance:
        """
        How activities came into a period and where they stand at its end.

        Args:
            first: the first day of the period.
            last: its last day, in it; default: the day asked for.
        """
        self.check_readable()
        last = self.on if last is None else last
        before = self.as_of(first - timedelta(days=1))._by_code if first > date.min else {}
        lines = []
        for activity in self.as_of(last).activities:
            entry = _entry(before.get(activity.code), activity)
            if entry is not None:
                lines.append((activity.id, entry, outcome_of(activity)))
        return Balance(first=first, last=last, lines=lines)

    def as_of(self, on: date) -> Plan:
        """The same plan on another day, as known at the same instant, from the loaded records, without the store."""
        found = fold_plan(self.id, self.records, on, None, self.unreadable, self.known_at)
        return attrs.evolve(found, today=self.today)

    def to_frame(self) -> polars.DataFrame:
        """
        The activities as a data frame, a row each. Needs the extra `analytics`.

        Raises:
            UnreadableRecord: a record of the plan cannot be read.
            MissingExtra: polars is not installed.
        """
        with extra("analytics"):
            from reformtrack.views.frames import activities_frame
        return activities_frame(self)

    def history_frame(self) -> polars.DataFrame:
        """
        The records of the plan and its activities that were known, a row each. Needs the extra `analytics`.

        Raises:
            UnreadableRecord: a record of the plan cannot be read.
            MissingExtra: polars is not installed.
        """
        with extra("analytics"):
            from reformtrack.views.frames import history_frame
        return history_frame(self)

    def check_readable(self) -> None:
        """
        Raise if a record of the plan cannot be read, as every figure does.

        Raises:
            UnreadableRecord: the first of them.
        """
        if self.unreadable:
            raise self.unreadable[0]


def fold_plan(
    plan: PlanId,
    streams: Mapping[StreamId, Iterable[Record[Any]]],
    on: date,
    known_at: int | None = None,
    unreadable: Iterable[UnreadableRecord] = (),
    asked: KnownAt = None,
) -> Plan:
    """
    Build a plan from the records of its streams.

    Args:
        streams: the records of the plan's stream and of its activities'.
        on: the day asked for.
        known_at: the log position up to which it was known; None for all that is on record.
        unreadable: the stored events that cannot be read.
        asked: the instant that was asked for, if any.
    """
    known_records = Brief({stream: known(records, known_at) for stream, records in streams.items()})
    plan_timeline: tuple[Record[PlanEvent], ...] = timeline(known_records.get(plan, ()), on)
    state = PLAN.fold(plan_timeline)
    activities = []
    for stream in sorted(known_records, key=code_order):
        if not ACTIVITY.has(stream):
            continue
        records: tuple[Record[ActivityEvent], ...] = timeline(known_records[stream], on)
        activity_state = ACTIVITY.fold(records)
        # A position within a request may include the retraction of an adoption or schedule, but not yet its
        # replacement.
        if state.adopted_on is not None and activity_state.scheduled_on is not None:
            activities.append(Activity(ActivityId(stream), on, activity_state, state.confirmation_required, records))
    return Plan(
        id=plan,
        on=on,
        known_at=known_at if asked is None else asked,
        position=max((records[-1].position for records in known_records.values() if records), default=0),
        state=state,
        activities=tuple(activities),
        unreadable=tuple(error for error in unreadable if known_at is None or error.position <= known_at),
        records=known_records,
    )


def code_order(stream: StreamId) -> tuple[tuple[int, int, str], ...]:
    """Order of codes: numbers by value, so that 1.9 stands before 1.10, words after numbers."""
    parts = code_of(stream).replace("-", ".").replace("_", ".").split(".")
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def _entry(before: Activity | None, after: Activity) -> Entry | None:
    """How an activity came into a period; None if it was settled before and still is."""
    if before is None:
        return Entry.ADDED
    if before.status.is_open:
        return Entry.CARRIED_IN
    return Entry.REOPENED if _was_reopened(before, after) else None


def _was_reopened(before: Activity, after: Activity) -> bool:
    """Whether the completion of an activity was undone since, even if it is complete again."""
    return any(
        isinstance(record.event, CompletionReturned | ActivityReopened)
        for record in after.timeline[len(before.timeline) :]
    )


def outcome_of(activity: Activity) -> Outcome:
    if activity.status is ProgressStatus.WITHDRAWN:
        return Outcome.WITHDRAWN
    if activity.status is ProgressStatus.CARRIED_OVER:
        return Outcome.CARRIED_OVER
    if activity.status is ProgressStatus.COMPLETED:
        return Outcome.COMPLETED_LATE if activity.timeliness() is Timeliness.LATE else Outcome.COMPLETED_ON_TIME
    return Outcome.OPEN_OVERDUE if activity.is_overdue else Outcome.OPEN_IN_TIME
