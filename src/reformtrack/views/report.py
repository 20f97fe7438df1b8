"""Issued reports: the figures as issued, as known now for the same days, and the causes of the differences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any

import attrs

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.balance import Balance, Entry, Outcome
from reformtrack.domain.errors import UnknownLine, UnreadableRecord
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
from reformtrack.domain.showing import Brief, brief
from reformtrack.domain.texts import name_key
from reformtrack.domain.timeline import KnownAt, Record, RecordRetracted, known, timeline
from reformtrack.domain.values import PlanId, ReportId, StreamId, code_of
from reformtrack.domain.wording import Lang, rounded_as
from reformtrack.views.activity import Activity
from reformtrack.views.drift import ActivityDrift, Drift, FigureDrift, IndicatorDrift, facets
from reformtrack.views.indicators import Indicator, fold_indicators
from reformtrack.views.plan import Plan, fold_plan


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
        """The published minus the report's own percentage, rounded to the published one's decimals; None if one is missing."""
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
        return facets(activity), line, activity.changes(since), tuple(activity.course(self.period.first))

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
        *(plan.domain_line(one.code) for one in plan.state.domains),
    )


def _counts(progress: Progress) -> tuple[object, ...]:
    """What a report prints of a rate."""
    return progress.completed, progress.total, progress.excluded


def _numbers(figure: Figure | None) -> tuple[int, int, int] | None:
    return None if figure is None else (figure.completed, figure.total, figure.overdue)


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
