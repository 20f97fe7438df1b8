"""
Issued reports: the figures as issued, as known now for the same days, and the causes of the differences.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import zip_longest
from typing import Any

import attrs

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.balance import Balance, Entry, Outcome
from reformtrack.domain.errors import Incomparable, UnknownLine, UnreadableRecord
from reformtrack.domain.kinds import REPORT, Event
from reformtrack.domain.period import Period
from reformtrack.domain.progress import IN_RATE, Counted, CountingRule, PlanVersion, Progress
from reformtrack.domain.report import (
    TOTAL,
    Content,
    Figure,
    FigurePublished,
    ReportCorrected,
    ReportIssued,
    ReportState,
)
from reformtrack.domain.said import sentence
from reformtrack.domain.showing import Brief, brief
from reformtrack.domain.texts import name_key
from reformtrack.domain.timeline import KnownAt, Record, RecordRetracted, known, timeline
from reformtrack.domain.values import ActivityId, IndicatorId, PlanId, ReportId, StreamId, code_of
from reformtrack.domain.wording import Lang, day, late_words, later, lead_words, rounded_as, time_left
from reformtrack.language import Language
from reformtrack.views.activity import Activity, Due, Standing
from reformtrack.views.indicators import Indicator, fold_indicators
from reformtrack.views.plan import PATH, Plan, fold_plan


@attrs.frozen(field_transformer=brief)
class FigureDrift:
    """A line of a report: as issued, and as known now for the same day."""

    key: str
    title: str
    sent: Figure | None
    """None for a line that the report did not have."""
    now: Figure | None
    """None for a line that no longer exists."""


@checks_arguments
@attrs.frozen(repr=False)
class ActivityDrift:
    """An activity whose counting, status or place has changed since a report was issued."""

    id: ActivityId
    sent: Activity | None = attrs.field(hash=False)
    """On the cut-off, as known then; None if it was not in the plan."""
    now: Activity | None = attrs.field(hash=False)
    """On the cut-off, as known now; None if it is no longer in the plan."""

    def __repr__(self) -> str:
        return f"<ActivityDrift {_cut(self.words('en'), 100)}>"

    def words(self, lang: Lang = "vi") -> str:
        """The difference: `1.04: đã hoàn thành, đúng hạn → đã hoàn thành, trễ hạn`."""
        say = Language(lang)
        if self.sent is None or self.now is None:
            then, now = (_facets(one, lang)[0] if one else say("not in the plan") for one in (self.sent, self.now))
            return f"{code_of(self.id)}: {then} → {now}"
        otherwise = say("took another course in the period")
        unlike = _unlike(_facets(self.sent, lang), _facets(self.now, lang))
        return f"{code_of(self.id)}: {'; '.join(unlike) or otherwise}"


def _facets(activity: Activity, lang: Lang = "vi") -> tuple[str, ...]:
    """What a report prints, or its charts show, of an activity."""
    terms, say = activity.state.terms, Language(lang)
    late = (time_left(-due.days_late(activity.on), lang) + _of_day(activity, due, lang) for due in activity.missed)
    standings = activity.standing_by(lambda due: due)
    days = ", ".join(f"{day(due, lang)}{_mark(activity, due, standing)}" for due, standing in standings.items())
    printed = activity.deadline.text + later(activity.deadline_decided_later, lang)
    said = []
    if on := activity.completed_on:
        said.append(say("completed on {day}", day=day(on, lang)))
    if on := activity.reported_on:
        said.append(say("reported complete on {day}", day=day(on, lang)))
    return (
        f"{activity.status.label(lang)}, {', '.join(late) or activity.timeliness().label(lang)}",
        ", ".join(
            late_words(due.days_late(activity.on), lang) for due in activity.met_late if activity.deadline.is_recurring
        ),
        "; ".join(said),
        activity.number,
        PATH.join(activity.group),
        activity.domain,
        lead_words(activity.leads, lang),
        activity.title,
        say("deadline {deadline} ({days})", deadline=printed, days=days),
        terms.output,
        "; ".join(terms.supporting),
        activity.obstacles if activity.status.is_open else "",
        "; ".join(document.text(lang) for document in activity.state.evidence),
    )


def _unlike(then: Sequence[str], now: Sequence[str]) -> Iterator[str]:
    """The facets that differ, each as it was and as it is."""
    pairs = zip(then, now, strict=True)
    return (f"{_cut(one) or '–'} → {_cut(other) or '–'}" for one, other in pairs if one != other)


def _cut(text: str, most: int = 200) -> str:
    """A text, shortened for a difference."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _of_day(activity: Activity, due: Due, lang: Lang) -> str:
    return f" ({day(due.day, lang)})" if activity.deadline.is_recurring else ""


def _mark(activity: Activity, due: date, standing: Standing) -> str:
    """Of one of several occurrences, whether it is missed or done, as a chart shows it."""
    if not activity.deadline.is_recurring:
        return ""
    return " ✗" if standing.overdue else "" if due in activity.open_days else " ✓"


@checks_arguments
@attrs.frozen(repr=False)
class IndicatorDrift:
    """Another figure of a report: as issued, and as known now."""

    id: IndicatorId
    sent: Indicator | None = attrs.field(hash=False)
    now: Indicator | None = attrs.field(hash=False)

    def __repr__(self) -> str:
        return f"<IndicatorDrift {_cut(self.words('en'), 100)}>"

    def words(self, lang: Lang = "vi") -> str:
        """The difference: `Vụ việc: 43 vụ → 44 vụ`."""
        one = self.sent or self.now
        then, now = (each.printed(lang) if each else ("", "", "–", "") for each in (self.sent, self.now))
        return f"{one.definition.title if one else self.id}: {'; '.join(dict.fromkeys(_unlike(then, now)))}"


@attrs.frozen(field_transformer=brief)
class Drift:
    """What changed about the days of a report after it was issued."""

    lines: tuple[FigureDrift, ...]
    """The lines whose numbers differ."""
    records: tuple[Record[Event], ...]
    """
    The records that caused the changes, in the order of the log: facts of those days, and retractions of such facts.
    """
    balance: tuple[tuple[Entry | Outcome, int, int], ...] = ()
    """(entry or outcome, as issued, now) where the numbers differ."""
    activities: tuple[ActivityDrift, ...] = ()
    """The activities of which something printed in the report has changed."""
    indicators: tuple[IndicatorDrift, ...] = ()
    """The other figures that have changed."""
    rates: tuple[tuple[Progress, Progress], ...] = ()
    """(as issued, now) under each of the three rules, where the numbers or what is left out differ."""
    version: tuple[PlanVersion, PlanVersion] | None = None
    """(as issued, now) where the plan version differs."""
    texts: tuple[tuple[str, str], ...] = ()
    """(as issued, now) of the plan's title, jurisdiction, notice and domains, where they differ."""

    def __bool__(self) -> bool:
        """Whether anything that the report prints has changed."""
        return any(getattr(self, field.name) for field in attrs.fields(Drift))

    @property
    def figures(self) -> int:
        """The number of figures that differ: lines, other figures, the plan version."""
        return len(self.lines) + len(self.indicators) + (self.version is not None)


@attrs.frozen(field_transformer=brief)
class Comparison:
    """A figure published elsewhere beside the report's own."""

    published: FigurePublished
    own: Figure | None
    """Under the rule of the source, if it names one, else under that of the report; None without such a line."""
    rule: CountingRule
    """The rule of the report's own figure."""

    @property
    def title(self) -> str:
        """The title of the line; for a line that the plan does not have, from its key."""
        return self.own.title if self.own else self.published.key.partition(":")[2] or self.published.key

    @property
    def percent_difference(self) -> Decimal | None:
        """
        The published minus the report's own percentage, rounded to the published one's decimals; None if one is
        missing.
        """
        own, published = self.own, self.published.percent
        if own is None or own.rate is None or published is None:
            return None
        return published - rounded_as(own.rate, published)

    @property
    def agrees(self) -> bool | None:
        """
        Whether the printed numbers and percentage agree under the counting rule of the source.

        None if there is nothing to compare, or the source names no rule.
        """
        own, published = self.own, self.published
        if own is None or published.rule is None:
            return None
        found: list[bool] = []
        if published.part is not None:
            found.append((published.part, published.whole) == (own.completed, own.total))
        if self.percent_difference is not None:
            found.append(not self.percent_difference)
        return all(found) if found else None


@attrs.frozen(repr=False)
@checks_arguments
class IssuedReport:
    """The content of a report and its corrections, without its plan."""

    id: ReportId
    state: ReportState = attrs.field(hash=False)
    period: Period
    content: Content
    """The content: as issued, or as last corrected by the day asked for."""
    issue: Record[ReportIssued]
    """The record of its issue."""
    corrections: tuple[Record[ReportCorrected], ...]
    """The records of its corrections by the day asked for, in order; the last one has the content."""
    checkpoint: str
    """The signed checkpoint of the log behind the content; empty if it was not sealed."""

    def __repr__(self) -> str:
        count = len(self.corrections)
        corrected = f", {count} correction{'s'[: count > 1]}" if count else ""
        return f"<Report {self.id} issued {self.issued_on}: {self.text()}{corrected}>"

    @property
    def issued_on(self) -> date:
        """The day of issue, even if it was corrected later."""
        return self.issue.event.on

    @property
    def issued_at(self) -> datetime:
        """When its issue was recorded."""
        return self.issue.recorded_at

    @property
    def by(self) -> str:
        """Who recorded its issue."""
        return self.issue.by

    @property
    def sent(self) -> Record[ReportIssued] | Record[ReportCorrected]:
        """The record with its content: of its last correction, else of its issue."""
        return self.corrections[-1] if self.corrections else self.issue

    def figure(self, key: str = TOTAL) -> Figure:
        """
        A line by its key.

        Raises:
            UnknownLine: there is no such line. It is a KeyError.
        """
        for figure in self.content.figures:
            if figure.key == key:
                return figure
        raise UnknownLine("Report.figure", "key", key, ", ".join(figure.key for figure in self.content.figures)[:300])

    def text(self, lang: Lang = "vi") -> str:
        """The headline: `53/55 (96,4%)`."""
        return self.figure().text(lang)


@attrs.frozen(repr=False)
@checks_arguments
class Report(IssuedReport):
    """A report and its corrections, with the plan as known then and as known now."""

    plan: Plan = attrs.field(hash=False, repr=False)
    """The plan at the cut-off, as known when the content was locked: the basis of every figure."""
    plan_now: Plan = attrs.field(hash=False, repr=False)
    """The plan at the cut-off, as known now."""
    indicators: tuple[Indicator, ...] = attrs.field(hash=False, repr=False)
    """The other figures of the plan on the cut-off, as known when the content was locked."""
    indicator_records: Mapping[StreamId, tuple[Record[Event], ...]] = attrs.field(factory=dict, repr=False, eq=False)
    """All records of the plan's indicators as known now."""
    is_draft: bool = False
    """Whether it is not issued: what `Reports.draft` shows."""

    @property
    def indicators_now(self) -> tuple[Indicator, ...]:
        """The other figures of the plan on the cut-off, as known now."""
        return fold_indicators(self.indicator_records, self.period.last)

    @property
    def version(self) -> PlanVersion:
        """The plan version of the figures, with the changes of the denominator since."""
        return attrs.evolve(self.plan.plan_version, number=self.content.plan_version)

    def title_of(self, line: Figure | FigureDrift, lang: Lang = "vi") -> str:
        """The title of a line: as issued, but in English the words for joint leads, and for none, are English."""
        if lang == "vi" or not line.key.startswith("lead:"):
            return line.title
        is_sent = any(line.key == sent.key for sent in self.content.figures)
        return (self.plan if is_sent else self.plan_now).lead_title(line.title, lang)

    def drift(self) -> Drift:
        """
        What changed about the days of the report after its content was locked, in everything that it prints.

        Raises:
            UnreadableRecord: a record of the plan cannot be read.
        """
        # Each part in turn, as sent and as known now; only what differs is kept.
        sent = _lines(self.content.figures)
        now = _lines(figures_of(self.plan_now, self.content.rule))
        then, today = (plan.balance(self.period.first, self.period.last) for plan in (self.plan, self.plan_now))
        said = dict[Entry | Outcome, int]([*self.content.entries, *self.content.outcomes]) or _sides_of(then)
        counts = ((kind, said.get(kind, 0), count) for kind, count in _sides_of(today).items())
        rates = ((self.plan.progress(rule), self.plan_now.progress(rule)) for rule in CountingRule)
        versions = self.version, self.plan_now.plan_version
        texts = zip_longest(_texts(self.plan), _texts(self.plan_now), fillvalue="–")
        found = Drift(
            lines=tuple(
                FigureDrift((one := sent.get(key) or now[key]).key, one.title, sent.get(key), now.get(key))
                for key in dict.fromkeys((*sent, *now))
                if _numbers(sent.get(key)) != _numbers(now.get(key))
            ),
            records=(),
            balance=tuple(count for count in counts if count[1] != count[2]),
            activities=tuple(self._changed(then, today)),
            indicators=tuple(self._changed_indicators()),
            rates=tuple(pair for pair in rates if _counts(pair[0]) != _counts(pair[1])),
            version=None if versions[0] == versions[1] else versions,
            texts=tuple(pair for pair in texts if pair[0] != pair[1]),
        )
        return attrs.evolve(found, records=tuple(self._new_records(found))) if found else found

    def _changed(self, then: Balance, today: Balance) -> Iterator[ActivityDrift]:
        lines = [{id: (entry, outcome) for id, entry, outcome in balance.lines} for balance in (then, today)]
        before, after = ({one.id: one for one in plan.activities} for plan in (self.plan, self.plan_now))
        for id in dict.fromkeys((*after, *before)):
            one, other = before.get(id), after.get(id)
            sides = (one, lines[0].get(id)), (other, lines[1].get(id))
            if one != other and self._said(*sides[0]) != self._said(*sides[1]):
                yield ActivityDrift(id, one, other)

    def _said(self, activity: Activity | None, line: tuple[Entry, Outcome] | None) -> tuple[object, ...]:
        """Everything that the report says about an activity."""
        if activity is None:
            return ()
        since = self.plan.state.documented_on or date.max
        return _facets(activity), line, activity.changes(since), tuple(activity.course(self.period.first))

    def _changed_indicators(self) -> Iterator[IndicatorDrift]:
        before, after = ({one.id: one for one in each} for each in (self.indicators, self.indicators_now))
        for id in dict.fromkeys((*after, *before)):
            one, other = before.get(id), after.get(id)
            if (one and one.printed()) != (other and other.printed()):
                yield IndicatorDrift(id, one, other)

    def _new_records(self, drift: Drift) -> Iterable[Record[Event]]:
        """The later records about days up to the cut-off, of the plan and of what changed in it."""
        known = {**self.plan_now.records, **self.indicator_records}
        streams = {self.plan.id, *(one.id for one in drift.activities)}
        figures = [side for one in drift.indicators for side in (one.sent, one.now) if side]
        # The check of one may differ because of another.
        names = {one.name for one in figures}.union(*(result.check.names for one in figures for result in one.checks))
        streams |= {id for id in self.indicator_records if code_of(id) in names}
        records = (
            record
            for stream in streams
            for record in known.get(stream, ())
            if record.position > self.content.position and self._is_of_its_days(record, known)
        )
        return sorted(records, key=lambda record: record.position)

    def _is_of_its_days(self, record: Record[Event], known: Mapping[StreamId, Sequence[Record[Event]]]) -> bool:
        event = record.event
        if isinstance(event, RecordRetracted):
            event = known[record.stream][event.version - 1].event
        return not isinstance(event, RecordRetracted) and event.on <= self.period.last

    def changed_in(self, plan: Plan) -> tuple[tuple[Activity | None, Activity | None], ...]:
        """
        What changed the headline in the same plan on another day: activities that entered or left the rate, were
        completed or reopened.

        Returns:
            Pairs of an activity on the report's day, as known then, and in `plan`; one of the two may be None.

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

        For a figure under another rule, the own one is computed by that rule from the plan as known then.

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
            found.append(Comparison(published, lines.get(published.key), rule))
        return tuple(found)


def _part(counted: Counted | None) -> tuple[bool, bool]:
    """Whether an activity is in the two numbers of a rate."""
    return counted is Counted.COMPLETED, counted in IN_RATE


def _sides_of(balance: Balance) -> dict[Entry | Outcome, int]:
    return dict([*balance.entries.items(), *balance.outcomes.items()])


def _texts(plan: Plan) -> tuple[str, ...]:
    """What a report prints of a plan itself."""
    return (
        plan.state.title,
        plan.state.jurisdiction,
        plan.notice,
        plan.state.document.text() if plan.state.document else "",
        f"{plan.state.first_day:%d/%m/%Y} – {plan.state.last_day:%d/%m/%Y}",
        *(f"{one.code}. {one.title}" for one in plan.state.domains),
    )


def _counts(progress: Progress) -> tuple[object, ...]:
    """What a report prints of a rate."""
    return progress.completed, progress.total, progress.excluded


def _numbers(figure: Figure | None) -> tuple[int, int, int] | None:
    return None if figure is None else (figure.completed, figure.total, figure.overdue)


@attrs.frozen(kw_only=True)
class Bridge:
    """
    The change of a rate between two reports, split into its causes. The terms add up to the change exactly.

    The steps: as reported first; as known at the second report for the same day (correction); over the activities that
    the second report counts (scope); with their new status (progress); under the second report's rule.
    """

    before: Fraction
    after: Fraction
    correction: Fraction
    """What was learnt later about the days of the first report."""
    scope: Fraction
    """Activities that entered or left the rate."""
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

    A step whose rate would have no activities takes none of the change; the next one does.

    Raises:
        Incomparable: the reports are of two plans or in the wrong order, or a headline has no activities.
    """
    if first.plan.id != second.plan.id or second.period.last < first.period.last:
        words = sentence("{first} and {second}; accepted: two reports of one plan, the earlier first")
        raise Incomparable(words, first=first.id, second=second.id)
    before, after = _headline(first), _headline(second)
    rule, later = first.content.rule, second.content.rule
    known = second.plan.as_of(first.period.last).progress(rule)
    counted = second.plan.progress(rule)
    done = set(known.activities(Counted.COMPLETED))
    in_scope = _in_rate(counted)
    corrected = before if known.rate is None else known.rate
    scoped = Fraction(len(done & in_scope), len(in_scope)) if in_scope else corrected
    progressed = scoped if counted.rate is None else counted.rate
    return Bridge(
        before=before,
        after=after,
        correction=corrected - before,
        scope=scoped - corrected,
        progress=(progressed if rule != later else after) - scoped,
        rule=after - progressed if rule != later else Fraction(0),
    )


def _headline(report: Report) -> Fraction:
    rate = report.figure().rate
    if rate is None:
        words = sentence("{report} has a rate over no activities; accepted: reports that count some")
        raise Incomparable(words, report=report.id)
    return rate


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
    Build the issued reports from records, in order of their cut-off.

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
                indicator_records=Brief({stream: known(records, known_at) for stream, records in indicators.items()}),
            )
        )
    return tuple(found)


def fold_issued(
    reports: Mapping[StreamId, Iterable[Record[Any]]], on: date, known_at: int | None = None
) -> tuple[IssuedReport, ...]:
    """Build the contents of issued reports from their records, without the plan, in order of cut-off, then of issue."""
    found = []
    for stream, records in reports.items():
        facts: tuple[Record[Any], ...] = timeline(records, on, known_at)
        state = REPORT.fold(facts)
        if state.issued is None:
            continue
        sent = (state.corrections or (state.issued,))[-1]
        found.append(
            IssuedReport(
                id=ReportId(stream),
                state=state,
                period=state.issued.period,
                content=sent.content,
                issue=next(record for record in facts if record.event is state.issued),
                corrections=tuple(record for record in facts if isinstance(record.event, ReportCorrected)),
                checkpoint=sent.checkpoint,
            )
        )
    return tuple(sorted(found, key=lambda report: (report.period.last, report.issue.position)))


def _lines(figures: Iterable[Figure]) -> dict[str, Figure]:
    """The lines of a report, however a lead is spelt: one that is called otherwise than before is the same line."""
    found: dict[str, Figure] = {}
    for figure in figures:
        key = name_key(figure.key) if figure.key.startswith("lead:") else figure.key
        one = found.setdefault(key, figure)
        if one is not figure:
            sums = {name: getattr(one, name) + getattr(figure, name) for name in ("completed", "total", "overdue")}
            found[key] = attrs.evolve(one, **sums)
    return found


def figures_of(plan: Plan, rule: CountingRule) -> tuple[Figure, ...]:
    """The lines of a report on a plan: the total, each domain in the plan's order, each lead agency."""
    lines = [(TOTAL, plan.state.title or plan.id, plan.progress(rule))]  # it may not be adopted by then, as known now
    lines += [
        (f"domain:{code}", plan.domain_title(code), part) for code, part in plan.progress_by("domain", rule).items()
    ]
    lines += [(f"lead:{lead}", lead, part) for lead, part in plan.progress_by("lead", rule).items()]
    return tuple(
        Figure(key=key, title=title, completed=part.completed, total=part.total, overdue=part.overdue)
        for key, title, part in lines
    )


def wrong_numbers(content: Content, plan: Plan) -> Iterator[tuple[str, str, str]]:
    """
    The lines of a report, total and domains, whose numbers differ from the plan as known then.

    Only numbers are compared: another version of the library may show titles, order or leads differently.

    Returns:
        (key, value in the report, value of the plan), each as text, empty if there is no such line.
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
    """The content of a report of a period on a plan at its cut-off."""
    balance = plan.balance(period.first, period.last)
    return Content(
        rule=rule,
        plan_version=plan.version,
        position=position,
        figures=figures_of(plan, rule),
        entries=tuple((entry, balance.entries[entry]) for entry in Entry),
        outcomes=tuple((outcome, balance.outcomes[outcome]) for outcome in Outcome),
    )
