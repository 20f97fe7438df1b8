"""
Issued reports: what was sent, what is known now of the same days, and what makes the difference.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import attrs

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.balance import Balance, Entry, Outcome
from reformtrack.domain.errors import Incomparable, UnknownLine, UnreadableRecord
from reformtrack.domain.events import REPORT, Event
from reformtrack.domain.period import Period
from reformtrack.domain.progress import IN_RATE, Counted, CountingRule, PlanVersion, Progress
from reformtrack.domain.report import TOTAL, Content, Figure, FigurePublished, ReportEvent, ReportState
from reformtrack.domain.showing import brief
from reformtrack.domain.timeline import KnownAt, Record, RecordRetracted, timeline
from reformtrack.domain.values import ActivityId, PlanId, ReportId, StreamId, code_of
from reformtrack.domain.wording import Lang, percent
from reformtrack.views.indicators import Indicator, fold_indicators
from reformtrack.views.plan import Activity, Plan, fold_plan


@attrs.frozen(field_transformer=brief)
class FigureDrift:
    """A line of a report: as it was sent, and as it is known now for the same day."""

    key: str
    title: str
    sent: Figure | None
    """None for a line that the report did not have."""
    now: Figure | None
    """None for a line that there is no more."""


@checks_arguments
@attrs.frozen(repr=False)
class ActivityDrift:
    """An activity that is counted, settled or placed otherwise now than it was when a report was sent."""

    id: ActivityId
    sent: Activity | None = attrs.field(hash=False)
    """On the cut-off, as it was known then; None when it was not in the plan."""
    now: Activity | None = attrs.field(hash=False)
    """On the cut-off, as it is known now; None when it is not in the plan any more."""

    def __repr__(self) -> str:
        return f"<ActivityDrift {self.words('en')}>"

    def words(self, lang: Lang = "vi") -> str:
        """What is otherwise: `1.04: đã hoàn thành, đúng hạn → đã hoàn thành, trễ hạn`."""
        then, now = _facets(self.sent, lang), _facets(self.now, lang)
        unlike = [pair for pair in zip(then, now, strict=True) if pair[0] != pair[1]]
        change = " → ".join("; ".join(dict.fromkeys(side)) for side in zip(*unlike, strict=True))
        return f"{code_of(self.id)}: {change or _OTHERWISE[lang]}"


def _facets(activity: Activity | None, lang: Lang) -> tuple[str, ...]:
    """What is said of an activity where a report counts it otherwise, in the same order."""
    if activity is None:
        return (_NOT_THERE[lang],) * 3
    how = f"{activity.status.label(lang)}, {activity.timeliness().label(lang)}"
    return how, activity.domain, activity.lead


_NOT_THERE: Mapping[Lang, str] = {"vi": "không có trong kế hoạch", "en": "not in the plan"}
_OTHERWISE: Mapping[Lang, str] = {"vi": "vào kỳ báo cáo theo cách khác", "en": "came into the period otherwise"}


@attrs.frozen(field_transformer=brief)
class Drift:
    """What is known now about the days of a report that was not known when it was sent."""

    lines: tuple[FigureDrift, ...]
    """The lines whose numbers differ."""
    records: tuple[Record[Event], ...]
    """The records that make the difference, in the order of the log: facts of those days, and retractions of such."""
    balance: tuple[tuple[Entry | Outcome, int, int], ...] = ()
    """(how they came in or where they stand at the end, as it was sent, as it is now) where the numbers differ."""
    activities: tuple[ActivityDrift, ...] = ()
    """The activities that are counted otherwise, under another domain or lead, or stand otherwise in the balance."""

    def __bool__(self) -> bool:
        """Whether anything differs: a number, or an activity behind one."""
        return bool(self.lines or self.balance or self.activities)


@attrs.frozen(field_transformer=brief)
class Comparison:
    """A figure published elsewhere beside the report's own."""

    published: FigurePublished
    own: Figure | None
    """Under the rule that the source counts by, where it names one, else as the report has it; None without such a line."""

    @property
    def agrees(self) -> bool | None:
        """
        Whether the numbers, or where there are none the percentage, are the same under the rule that the source counts by.

        None when there is nothing to compare, or the source names no rule.
        """
        own, published = self.own, self.published
        if own is None or published.rule is None:
            return None
        if published.part is not None:
            return (published.part, published.whole) == (own.completed, own.total)
        if published.percent is None or not own.total:
            return None
        decimals = max(0, -int(published.percent.as_tuple().exponent))
        shown = percent(Fraction(own.completed, own.total), "en", decimals).removesuffix("%").replace(",", "")
        return f"{published.percent:f}" == shown


@attrs.frozen(repr=False)
@checks_arguments
class IssuedReport:
    """A report as it was issued, and its corrections: what it says, without the plan that it is about."""

    id: ReportId
    state: ReportState = attrs.field(hash=False)
    period: Period
    content: Content
    """What it says: as issued, or as last corrected by the day asked for."""
    issued_on: date
    issued_at: datetime
    """When its issue was recorded."""
    by: str
    """Who recorded its issue."""
    checkpoint: str
    """The signed checkpoint of the log that the content rests on; empty where it was not sealed."""

    def __repr__(self) -> str:
        count = len(self.state.corrections)
        corrected = f", {count} correction{'s'[: count > 1]}" if count else ""
        return f"<Report {self.id} issued {self.issued_on}: {self.text()}{corrected}>"

    def figure(self, key: str = TOTAL) -> Figure:
        """
        A line by its key.

        Raises:
            UnknownLine: there is none. It is a KeyError.
        """
        for figure in self.content.figures:
            if figure.key == key:
                return figure
        raise UnknownLine("Report.figure", "key", key, ", ".join(figure.key for figure in self.content.figures)[:300])

    def text(self, lang: Lang = "vi") -> str:
        """The headline: `53/55 (96,4%)`."""
        total = self.figure()
        rate = Fraction(total.completed, total.total) if total.total else None
        return f"{total.completed}/{total.total} ({percent(rate, lang)})"


@attrs.frozen(repr=False)
@checks_arguments
class Report(IssuedReport):
    """A report as it was issued, its corrections, and the plan as it was known then and is known now."""

    plan: Plan = attrs.field(hash=False, repr=False)
    """The plan at the cut-off, as known when the content was frozen: the basis of every figure."""
    plan_now: Plan = attrs.field(hash=False, repr=False)
    """The plan at the cut-off, as known now."""
    indicators: tuple[Indicator, ...] = attrs.field(hash=False, repr=False)
    """The other figures of the plan on the cut-off, as known when the content was frozen."""

    @property
    def version(self) -> PlanVersion:
        """The plan version that the figures name, with what had changed the denominator since."""
        return attrs.evolve(self.plan.plan_version, number=self.content.plan_version)

    def drift(self) -> Drift:
        """
        What is known now about the days of the report that was not known when its content was frozen: of each number, and of
        the activities behind it, which may be others where the number is the same.

        Raises:
            UnreadableRecord: a record of the plan cannot be read.
        """
        sent = {figure.key: figure for figure in self.content.figures}
        now = {figure.key: figure for figure in figures_of(self.plan_now, self.content.rule)}
        lines = tuple(
            FigureDrift(key, (sent.get(key) or now[key]).title, sent.get(key), now.get(key))
            for key in dict.fromkeys((*sent, *now))
            if _numbers(sent.get(key)) != _numbers(now.get(key))
        )
        then, today = (plan.balance(self.period.first, self.period.last) for plan in (self.plan, self.plan_now))
        said = dict[Entry | Outcome, int]([*self.content.entries, *self.content.outcomes]) or _sides_of(then)
        counts = ((kind, said.get(kind, 0), count) for kind, count in _sides_of(today).items())
        activities = tuple(self._changed(then, today))
        return Drift(
            lines,
            tuple(self._new_records(activities)) if lines or activities else (),
            tuple(count for count in counts if count[1] != count[2]),
            activities,
        )

    def _changed(self, then: Balance, today: Balance) -> Iterator[ActivityDrift]:
        rule = self.content.rule
        sent, now = _standings(self.plan, rule, then), _standings(self.plan_now, rule, today)
        before, after = ({one.id: one for one in plan.activities} for plan in (self.plan, self.plan_now))
        for id in dict.fromkeys((*after, *before)):
            if sent.get(id) != now.get(id):
                yield ActivityDrift(id, before.get(id), after.get(id))

    def _new_records(self, activities: Sequence[ActivityDrift]) -> Iterable[Record[Event]]:
        """Of the plan and of the activities that changed: what was learnt since of days up to the cut-off."""
        records = (
            record
            for stream in {self.plan.id, *(one.id for one in activities)}
            for record in self.plan_now.records.get(stream, ())
            if record.position > self.content.position and self._is_of_its_days(record)
        )
        return sorted(records, key=lambda record: record.position)

    def _is_of_its_days(self, record: Record[Event]) -> bool:
        event = record.event
        if isinstance(event, RecordRetracted):
            event = self.plan_now.records[record.stream][event.version - 1].event
        return not isinstance(event, RecordRetracted) and event.on <= self.period.last

    def changed_in(self, plan: Plan) -> tuple[tuple[Activity | None, Activity | None], ...]:
        """
        What makes the headline another one in the same plan on another day: activities that came into the rate or left it, were
        completed or are no longer.

        Returns:
            Each as it was counted in the report, and as it is in `plan`; None where it was not there.

        Raises:
            UnreadableRecord: a record of the plan cannot be read.
        """
        then, now = (dict(one.progress(self.content.rule).counted) for one in (self.plan, plan))
        before, after = ({one.id: one for one in each.activities} for each in (self.plan, plan))
        ids = (id for id in dict.fromkeys((*then, *now)) if _part(then.get(id)) != _part(now.get(id)))
        return tuple((before.get(id), after.get(id)) for id in ids)

    def compared(self) -> tuple[Comparison, ...]:
        """
        The figures of the period that were published elsewhere, each beside the report's own.

        One under another rule than the report's stands beside what that rule gives of the plan as it was known then.

        Raises:
            UnreadableRecord: a record of the plan cannot be read, and such a figure is among them.
        """
        own = {self.content.rule: self.content.figures}
        found = []
        for published in self.state.published:
            rule = published.rule or self.content.rule
            if rule not in own:
                own[rule] = figures_of(self.plan, rule)
            lines = {figure.key: figure for figure in own[rule]}
            found.append(Comparison(published, lines.get(published.key)))
        return tuple(found)


def _part(counted: Counted | None) -> tuple[bool, bool]:
    """Whether an activity is in the two numbers of a rate."""
    return counted is Counted.COMPLETED, counted in IN_RATE


def _sides_of(balance: Balance) -> dict[Entry | Outcome, int]:
    return dict([*balance.entries.items(), *balance.outcomes.items()])


def _standings(plan: Plan, rule: CountingRule, balance: Balance) -> Mapping[ActivityId, tuple[object, ...]]:
    """By activity what a report says of it, in whichever of its numbers."""
    counted = dict(plan.progress(rule).counted)
    lines = {id: (entry, outcome) for id, entry, outcome in balance.lines}
    return {one.id: (counted[one.id], one.domain, one.lead, lines.get(one.id)) for one in plan.activities}


def _numbers(figure: Figure | None) -> tuple[int, int, int] | None:
    return None if figure is None else (figure.completed, figure.total, figure.overdue)


@attrs.frozen(kw_only=True)
class Bridge:
    """
    The change of a rate between two reports, split into what made it. The terms add up to the change exactly.

    The rate is taken step by step: as reported first; as known at the second report for the same day (correction); over the
    activities that the second report counts, as they stood (scope); as they stand (progress); under the second report's rule.
    """

    before: Fraction
    after: Fraction
    correction: Fraction
    """What was learnt later about the days of the first report."""
    scope: Fraction
    """Activities that came into the rate, or left it."""
    progress: Fraction
    """Activities that were completed in between, or whose completion was undone."""
    rule: Fraction
    """Another counting rule."""

    @property
    def change(self) -> Fraction:
        """after − before: the sum of the terms."""
        return self.after - self.before


@checks_arguments
def bridge(first: Report, second: Report) -> Bridge:
    """
    Split the change of the headline rate from one report to a later one of the same plan.

    A step whose rate would be over no activities takes none of the change; the next one does.

    Raises:
        Incomparable: of two plans, the second is the earlier one, or a headline is over no activities.
    """
    if first.plan.id != second.plan.id or second.period.last < first.period.last:
        raise Incomparable(f"{first.id} and {second.id}; accepted: two reports of one plan, the earlier first")
    before, after = _headline(first), _headline(second)
    rule, later = first.content.rule, second.content.rule
    known = second.plan.as_of(first.period.last).progress(rule)
    counted = second.plan.progress(rule)
    done = set(known.activities(Counted.COMPLETED))
    in_scope = _in_rate(counted)
    corrected = _rate(known) if known.total else before
    scoped = Fraction(len(done & in_scope), len(in_scope)) if in_scope else corrected
    progressed = _rate(counted) if counted.total else scoped
    return Bridge(
        before=before,
        after=after,
        correction=corrected - before,
        scope=scoped - corrected,
        progress=(progressed if rule != later else after) - scoped,
        rule=after - progressed if rule != later else Fraction(0),
    )


def _headline(report: Report) -> Fraction:
    total = report.figure()
    if not total.total:
        raise Incomparable(f"{report.id} has a rate over no activities; accepted: reports that count some")
    return Fraction(total.completed, total.total)


def _rate(progress: Progress) -> Fraction:
    return Fraction(progress.completed, progress.total)


def _in_rate(progress: Progress) -> set[ActivityId]:
    return set(progress.activities(Counted.COMPLETED, Counted.OPEN, Counted.OVERDUE))


def fold_reports(
    plan: PlanId,
    reports: Mapping[StreamId, Iterable[Record[Any]]],
    streams: Mapping[StreamId, Iterable[Record[Any]]],
    indicators: Mapping[StreamId, Iterable[Record[Any]]],
    on: date,
    known_at: int | None = None,
    unreadable: Sequence[UnreadableRecord] = (),
    asked: KnownAt = None,
) -> tuple[Report, ...]:
    """
    The issued reports that records make, in order of their cut-off.

    Args:
        reports: the records of the plan's reports.
        streams: the records of the plan's stream and of its activities'.
        indicators: the records of the plan's indicators.
        on: the day asked for.
        known_at: the log position up to which it was known; None for all that is on record.
        unreadable: the stored events of the plan and its activities that cannot be read.
        asked: the instant that means this position, where one was asked.
    """
    found = []
    for issued in fold_issued(reports, on, known_at):
        last, position = issued.period.last, issued.content.position
        found.append(
            Report(
                **{field.name: getattr(issued, field.name) for field in attrs.fields(IssuedReport)},
                plan=fold_plan(plan, streams, last, position, unreadable),
                plan_now=fold_plan(plan, streams, last, known_at, unreadable, asked),
                indicators=fold_indicators(indicators, last, position),
            )
        )
    return tuple(found)


def fold_issued(
    reports: Mapping[StreamId, Iterable[Record[Any]]], on: date, known_at: int | None = None
) -> tuple[IssuedReport, ...]:
    """The issued reports that the records of reports make, without the plan, in order of their cut-off."""
    found = []
    for stream, records in reports.items():
        facts: tuple[Record[ReportEvent], ...] = timeline(records, on, known_at)
        state = REPORT.fold(facts)
        if state.issued is None:
            continue
        sent = (state.corrections or (state.issued,))[-1]
        issue = next(record for record in facts if record.event is state.issued)
        found.append(
            IssuedReport(
                id=ReportId(stream),
                state=state,
                period=state.issued.period,
                content=sent.content,
                issued_on=state.issued.on,
                issued_at=issue.recorded_at,
                by=issue.by,
                checkpoint=sent.checkpoint,
            )
        )
    return tuple(sorted(found, key=lambda report: (report.period.last, report.id)))


def figures_of(plan: Plan, rule: CountingRule) -> tuple[Figure, ...]:
    """The lines of a report on a plan: the total, each domain in the plan's order, each lead agency."""
    titles = {domain.code: domain.title for domain in plan.state.domains}
    lines = [(TOTAL, plan.state.title, plan.progress(rule))]
    lines += [
        (f"domain:{code}", titles.get(code, code), part) for code, part in plan.progress_by("domain", rule).items()
    ]
    lines += [(f"lead:{lead}", lead, part) for lead, part in plan.progress_by("lead", rule).items()]
    return tuple(
        Figure(key=key, title=title, completed=part.completed, total=part.total, overdue=part.overdue)
        for key, title, part in lines
    )


def wrong_numbers(content: Content, plan: Plan) -> Iterator[tuple[str, str, str]]:
    """
    The lines of a report, the total and its domains, whose numbers are not those of the plan as it was known then.

    Only numbers are compared: titles, order, and how leads are told apart may be shown otherwise by another version.

    Returns:
        (key, what the report says, what the plan gives), each as text, empty where there is no such line.
    """
    said = {figure.key: _numbers(figure) for figure in content.figures}
    parts = {TOTAL: plan.progress(content.rule)}
    parts |= {f"domain:{code}": part for code, part in plan.progress_by("domain", content.rule).items()}
    given = {key: (part.completed, part.total, part.overdue) for key, part in parts.items()}
    for key in sorted(given.keys() | {key for key in said if not key.startswith("lead:")}):
        if said.get(key) != given.get(key):
            yield key, _shown(said.get(key)), _shown(given.get(key))


def _shown(numbers: tuple[int, int, int] | None) -> str:
    return f"{numbers[0]}/{numbers[1]}, {numbers[2]} overdue" if numbers else ""


def content_of(plan: Plan, period: Period, rule: CountingRule, position: int) -> Content:
    """What a report of a period says of a plan on its cut-off, as the plan is known."""
    balance = plan.balance(period.first, period.last)
    return Content(
        rule=rule,
        plan_version=plan.version,
        position=position,
        figures=figures_of(plan, rule),
        entries=tuple((entry, balance.entries[entry]) for entry in Entry),
        outcomes=tuple((outcome, balance.outcomes[outcome]) for outcome in Outcome),
    )
