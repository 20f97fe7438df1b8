"""
A second small model of what a plan answers: what is due, warnings, drift of reports, the next plan, indicators.

Written from the documentation alone, apart from the views and from the other model (`naive.py`): facts in a list, every
question answered from scratch.

`python -m tests.second_model --histories 5000 --seed 1` holds it against the library over random histories.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from copy import copy
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import reformtrack as rt
from reformtrack import Deadline
from reformtrack import events as ev
from tests.second_printed import Days, Leads, bare, called, heading, names_of

OVERDUE, DUE, EVIDENCE, SILENT, DIFFERS = "overdue", "due", "without_evidence", "silent", "differs"
NO_LEAD = "without_lead"
URGENCY = (OVERDUE, DUE, EVIDENCE, NO_LEAD, SILENT, DIFFERS)
LEFT = ("withdrawn", "carried_over")
IN_RATE = ("completed", "open", "overdue")
V = TypeVar("V")
RULES = ("whole_plan", "dated_only", "fallen_due")
MOST_HOST_FIELDS = 50
EVERY_YEAR = ("regular", "days", "each_month", "each_quarter", "each_half_year")


class Fact(NamedTuple):
    """A record of the log."""

    position: int
    stream: str
    version: int
    event: Any
    at: datetime


Log = Sequence[Fact]


def known(log: Log, known_at: datetime | int | None) -> list[Fact]:
    """What was on record by a position or an instant."""
    if isinstance(known_at, datetime):
        return [fact for fact in log if fact.at <= known_at]
    return [fact for fact in log if known_at is None or fact.position <= known_at]


def timeline(log: Log, stream: str, on: date) -> list[Fact]:
    """The facts of a stream that hold, up to a day, in the order in which they took effect."""
    mine = [fact for fact in log if fact.stream == stream]
    gone = {fact.event.version for fact in mine if isinstance(fact.event, ev.RecordRetracted)}
    confirmations = [fact for fact in mine if isinstance(fact.event, ev.CompletionConfirmed)]
    gone |= {fact.version for fact in confirmations if fact.event.completion in gone}
    live = [fact for fact in mine if not isinstance(fact.event, ev.RecordRetracted) and fact.version not in gone]
    return sorted((f for f in live if f.event.on <= on), key=lambda f: (f.event.on, f.version))


def streams(log: Log, sign: str) -> list[str]:
    """The streams of a plan's activities, indicators or reports, in the order of their first record."""
    return list(dict.fromkeys(fact.stream for fact in log if sign in fact.stream))


def in_rate(counted: list[str]) -> tuple[int, int, int]:
    return counted.count("completed"), sum(map(IN_RATE.__contains__, counted)), counted.count("overdue")


class Work:
    """An activity on a day."""

    def __init__(self, stream: str, facts: list[Fact], on: date, needs_confirmation: bool) -> None:
        self.stream, self.on, self.needs_confirmation = stream, on, needs_confirmation
        self.code = stream.partition("/")[2]
        self.done: dict[date, date] = {}
        self.finished: date | None = None
        self.begun = self.suspended = self.confirmed = self.dated = False
        self.evidence: list[rt.Document] = []
        self.changes: list[tuple[date, bool]] = []
        self.obstacles = self.left = ""
        self.reported_last: date | None = None
        self.decided_later: date | None = None
        self.last_fact, self.scheduled_on = facts[-1].event.on, facts[0].event.on
        self.undone_on: list[date] = []
        for fact in facts:
            self.take(fact.event)

    def take(self, event: Any) -> None:
        self.evidence += getattr(event, "evidence", ())
        comes_or_leaves = isinstance(event, ev.ActivityScheduled | ev.ActivityWithdrawn | ev.ActivityCarriedOver)
        if comes_or_leaves or (isinstance(event, ev.ActivityRescheduled) and bool(event.deadline.days) != self.dated):
            self.changes.append((event.on, bool(event.document)))
        match event:
            case ev.ActivityScheduled() | ev.ActivityRescheduled():
                self.deadline, self.days, self.dated = event.deadline, event.deadline.days, bool(event.deadline.days)
                self.recurring = len(self.days) > 1
                day = event.document and event.document.date
                self.decided_later = day if day and day > event.on else None
                if isinstance(event, ev.ActivityScheduled):
                    self.domain, self.title, self.number, self.group = (
                        event.domain,
                        event.title,
                        event.number,
                        event.group,
                    )
                    self.led_by(event)
                    self.output, self.supporting, self.host_fields = event.output, event.supporting, event.host_fields
            case ev.ActivityStarted():
                self.begun = True
            case ev.ProgressReported():
                self.begun |= bool(event.percent or event.part)
                said = [] if event.obstacles.startswith("Không") or not event.obstacles else [event.obstacles]
                before = self.obstacles.split("; ") if self.obstacles and self.reported_last == event.on else []
                self.obstacles, self.reported_last = "; ".join(dict.fromkeys([*before, *said])), event.on
            case ev.ActivityCompleted():
                self.begun, self.finished = True, event.on
            case ev.OccurrenceCompleted():
                self.begun, self.done[event.occurrence] = True, event.on
            case ev.CompletionConfirmed():
                self.confirmed = True
            case ev.CompletionReturned() | ev.ActivityReopened():
                if event.occurrence:
                    del self.done[event.occurrence]
                self.begun, self.finished, self.confirmed = True, None, False
                self.undone_on.append(event.on)
            case ev.ActivitySuspended() | ev.ActivityResumed():
                self.suspended = isinstance(event, ev.ActivitySuspended)
            case ev.ActivityReassigned():
                self.led_by(event)
                self.supporting = event.supporting
            case ev.ActivityRevised():
                for name in ("title", "domain", "output", "host_fields", "number", "group"):
                    if getattr(event, name) is not None:
                        setattr(self, name, getattr(event, name))
            case ev.ActivityWithdrawn() | ev.ActivityCarriedOver():
                self.left = LEFT[isinstance(event, ev.ActivityCarriedOver)]
            case _:
                assert isinstance(event, ev.EvidenceFiled), event

    def led_by(self, event: ev.ActivityScheduled | ev.ActivityReassigned) -> None:
        self.leads, self.lead_text, self.lead_since = names_of(event.lead), event.lead_text, event.on

    @property
    def dues(self) -> list[tuple[date, date | None]]:
        """Each due day, and the day on which it was met."""
        return [(day, self.done.get(day) if self.recurring else self.finished) for day in self.days]

    @property
    def reported(self) -> bool:
        """Whether it stands as reported complete, confirmed or not."""
        if self.left or self.suspended:
            return False
        return all(met for _, met in self.dues) if self.recurring else self.finished is not None

    @property
    def reported_on(self) -> date | None:
        """The day on which it was reported complete, confirmed or not: of occurrences, the latest."""
        if not self.reported:
            return None
        return max(met for _, met in self.dues if met) if self.recurring else self.finished

    @property
    def status(self) -> str:
        if self.left:
            return self.left
        if self.reported:
            return "awaiting_confirmation" if self.needs_confirmation and not self.confirmed else "completed"
        return "suspended" if self.suspended else "in_progress" if self.begun else "not_started"

    @property
    def open_days(self) -> list[date]:
        if self.left or self.reported:
            return []
        return [day for day, met in self.dues if met is None or not self.recurring]

    @property
    def missed(self) -> list[tuple[date, int]]:
        """What makes it overdue: due days, and by how many days; of what waits, until it was reported."""
        if self.status == "awaiting_confirmation":
            return [(day, (met - day).days) for day, met in self.dues if met and met > day]
        return [(day, (self.on - day).days) for day in self.open_days if day < self.on]

    @property
    def late(self) -> bool:
        return any(met is not None and met > day for day, met in self.dues)

    def due_within(self, days: int) -> list[date]:
        return [day for day in self.open_days if self.on <= day <= self.on + timedelta(days)]

    @property
    def due(self) -> date | None:
        if self.open_days:
            return self.open_days[0]
        if self.status != "awaiting_confirmation" or not self.dues:
            return None
        return max(self.missed, key=lambda one: one[1])[0] if self.missed else self.days[-1]

    @property
    def timeliness(self) -> str:
        if not self.dated:
            return "no_deadline"
        if self.left:
            return "not_judged"
        if self.status == "completed":
            return "late" if self.late else "on_time"
        return "overdue" if self.missed else "due_soon" if self.due_within(7) else "in_time"

    def counted(self, rule: str) -> str:
        if self.left:
            return self.left
        if rule == "dated_only" and not self.dated:
            return "no_date"
        if self.status == "completed":
            return "completed"
        if self.missed:
            return "overdue"
        if rule != "fallen_due":
            return "open"
        if not self.dated:
            return "no_date"
        return "awaiting_confirmation" if self.reported and self.days[-1] < self.on else "not_yet_due"

    def counted_by_month(self, rule: str) -> dict[str, str]:
        """By what is due in each month, as if nothing else were."""
        found = {}
        for month in dict.fromkeys(f"{day:%Y-%m}" for day in self.days):
            part = copy(self)
            part.days = tuple(day for day in self.days if f"{day:%Y-%m}" == month)
            part.suspended &= not (self.recurring and all(met for _, met in part.dues))
            found[month] = part.counted(rule)
        return found or {"undated": self.counted(rule)}

    @property
    def outcome(self) -> str:
        if self.left:
            return self.left
        if self.status == "completed":
            return "completed_late" if self.late else "completed_on_time"
        return "open_overdue" if self.missed else "open_in_time"

    def changed_since(self, day: date) -> list[bool]:
        """Its changes after a day that change the denominator of a rate, and whether each has a document of its own."""
        return [documented for on, documented in self.changes if on > day]

    @property
    def printed(self) -> tuple[Any, ...]:
        """What a report prints of it, in its parts, its charts of due days and its annex; what has left is in no chart."""
        ended = self.left or self.status == "completed"
        names = (self.number, *self.group, self.title, self.domain, self.leads)
        told = (*names, self.output, self.supporting, self.evidence)
        stands = (self.status, self.timeliness, self.missed, self.reported_on, "" if ended else self.obstacles)
        waits = self.needs_confirmation and self.status != "completed"
        dues = [(day, met is not None, bool(waits and met and met > day)) for day, met in self.dues]
        is_told = self.recurring and self.status == "completed"  # of one deadline, the day of completion tells it
        late = [met - day for day, met in self.dues if met and met > day and is_told]
        return (*told, *stands, late, self.deadline, self.decided_later, None if self.left else dues)


class Plan:
    """A plan on a day, of what was known."""

    def __init__(self, log: Log, on: date, known_at: datetime | int | None = None, plan: str = "p") -> None:
        self.id, self.on = plan, on
        self.log = known(log, known_at)
        own = [fact.event for fact in timeline(self.log, plan, on)]
        self.adoption: ev.PlanAdopted | None = next((event for event in own if isinstance(event, ev.PlanAdopted)), None)
        self.documents = [event for event in own if isinstance(event, ev.PlanAdopted | ev.PlanAmended)]
        found = {stream: self.work(stream, on) for stream in streams(self.log, f"{plan}/")}
        self.works = {stream: work for stream, work in found.items() if work}

    @property
    def texts(self) -> tuple[Any, ...]:
        """What a report prints of the plan itself: title, jurisdiction, domains, days, the host's own fields now."""
        assert self.adoption is not None
        notices = [event.host_fields for event in self.documents if event.host_fields is not None]
        days = self.days.first, self.days.last  # its charts end with it
        named = self.adoption.title, self.adoption.jurisdiction, self.adoption.domains, self.adoption.document
        return *named, days, notices[-1]

    def work(self, stream: str, on: date) -> Work | None:
        facts = timeline(self.log, stream, on)
        if self.adoption is None or not any(isinstance(fact.event, ev.ActivityScheduled) for fact in facts):
            return None
        return Work(stream, facts, on, self.adoption.confirmation_required)

    def at(self, on: date) -> "Plan":
        return Plan(self.log, on, None, self.id)

    def due_within(self, days: int) -> dict[str, date]:
        found = {work.code: work.due_within(days) for work in self.works.values()}
        return {code: days[0] for code, days in found.items() if days}

    def overdue(self) -> dict[str, int]:
        return {work.code: max(late for _, late in work.missed) for work in self.works.values() if work.missed}

    def warnings(self, stages: Sequence[int], silent_days: int) -> list[tuple[Any, ...]]:
        """(kind, subject, leads, due day, days, stage, decided later) of each, in no order."""
        found: list[tuple[Any, ...]] = []
        for work in self.works.values():
            for day, late in work.missed:
                found.append((OVERDUE, work.stream, work.leads, day, late, 0, work.decided_later))
            for day in work.open_days:
                left = (day - self.on).days
                # Smallest stage reached: "nothing is sent twice, unless an activity comes nearer to its due day".
                if left >= 0 and (reached := [stage for stage in stages if left <= stage]):
                    found.append((DUE, work.stream, work.leads, day, left, min(reached), work.decided_later))
            if work.reported and not work.evidence:
                found.append((EVIDENCE, work.stream, work.leads, work.due, 0, 0, work.decided_later))
            is_open = not work.left and work.status != "completed"
            if is_open and not work.leads:
                found.append((NO_LEAD, work.stream, (), work.due, 0, 0, work.decided_later))
            quiet = (self.on - work.last_fact).days
            # Open holds not started, in progress, waiting for confirmation, suspended; overdue ones are warned of as such.
            if is_open and not work.missed and quiet > silent_days:
                found.append((SILENT, work.stream, work.leads, work.due, quiet, 0, work.decided_later))
        for indicator in self.indicators().values():
            found += [(DIFFERS, indicator.stream, (), None, 0, 0, None)] * indicator.complaints

        return found

    @cached_property
    def leads(self) -> Leads:
        return Leads(work.leads for work in self.works.values())

    def progress_by(self, by: str, rule: str) -> dict[str, tuple[int, int, int]]:
        """(completed, total, overdue) of each line; but for months they sum to the whole."""
        assert self.adoption is not None
        lines: dict[str, list[str]] = {domain.code: [] for domain in self.adoption.domains if by == "domain"}
        for work in self.works.values():
            if by == "month":
                for month, counted in work.counted_by_month(rule).items():
                    lines.setdefault(month, []).append(counted)
                continue
            name = {"domain": work.domain, "group": heading(work.group), "lead": self.leads.line(work.leads)}[by]
            lines.setdefault(name, []).append(work.counted(rule))
        return {name: in_rate(counted) for name, counted in lines.items()}

    def figures(self, rule: str) -> dict[tuple[str, str], tuple[int, int, int]]:
        """The lines of a report: the whole, each domain, each lead."""
        whole = in_rate([work.counted(rule) for work in self.works.values()])
        parts = {(by, key): n for by in ("domain", "lead") for key, n in self.progress_by(by, rule).items()}
        return {("total", ""): whole, **parts}

    def lead_titles(self) -> dict[str, str]:
        """The lines of leads, with what each is in English."""
        leads = {work.leads for work in self.works.values()}
        return {self.leads.line(one): self.leads.line(one, " (joint)", "no lead agency") for one in leads}

    @property
    def days(self) -> Days:
        assert self.adoption is not None
        return Days(self.adoption.year, self.adoption.first_day, self.adoption.last_day)

    def called(self, text: str) -> str | None:
        return called(text, self.works, self.id)

    @property
    def version(self) -> tuple[int, int, int]:
        """How many documents it has; and since the last of them, changes of its denominator without one and with one."""
        changes = [one for work in self.works.values() for one in work.changed_since(self.documents[-1].on)]
        return len(self.documents), changes.count(False), changes.count(True)

    def rate(self, rule: str) -> Counter[str]:
        """What a report prints of a rule: how many are completed, are open, are left out for which reason."""
        return Counter(work.counted(rule).replace("overdue", "open") for work in self.works.values())

    def course(self, stream: str, first: date) -> list[tuple[date, Any]]:
        """What the burn-up draws of an activity: from which day on it is in the plan, completed, last due."""
        found: list[tuple[date, Any]] = []
        for day in sorted({first, *(fact.event.on for fact in timeline(self.log, stream, self.on))}):
            work = self.work(stream, day)
            stands = work and not work.left and (work.status == "completed", work.deadline.days[-1:])
            found += [(day, stands)] if day >= first and (not found or found[-1][1] != stands) else []
        return found

    def balance(self, first: date, last: date | None = None) -> dict[str, tuple[str, str]]:
        """How each activity of the period until `last`, or the plan's day, came in, and where it stands at its end."""
        before, then = self.at(first - timedelta(1)).works, self.at(last or self.on)
        lines = {}
        for stream, work in then.works.items():
            if work.scheduled_on >= first:
                entry = "added"
            elif before[stream].status not in ("completed", *LEFT):
                entry = "carried_in"
            elif any(day >= first for day in work.undone_on):
                entry = "reopened"
            else:
                continue
            lines[stream] = (entry, work.outcome)
        return lines

    def indicators(self) -> dict[str, "Indicator"]:
        found: dict[str, Indicator] = {}
        for stream in streams(self.log, f"{self.id}#"):
            facts = timeline(self.log, stream, self.on)
            if any(isinstance(fact.event, ev.IndicatorDefined) for fact in facts):
                found[stream.partition("#")[2]] = Indicator(stream, facts)
        for indicator in found.values():
            indicator.judge(found)
        return found


class Indicator:
    """An indicator on a day."""

    def __init__(self, stream: str, facts: list[Fact]) -> None:
        self.stream = stream
        self.definition: ev.IndicatorDefined = facts[0].event
        self.readings: list[ev.ReadingTaken] = [f.event for f in facts if isinstance(f.event, ev.ReadingTaken)]
        # The figure of the latest day that one describes; of several of it, the one taken last.
        self.reading = max(reversed(self.readings), key=lambda one: (one.as_of, one.on), default=None)
        self.checks: list[tuple[tuple[Decimal | None, ...], tuple[Decimal | None, ...], bool | None]] = []
        self.judged: list[tuple[Any, ...]] = []
        self.named: set[str] = {stream}

    @property
    def rate(self) -> Fraction | None:
        one = self.reading
        return Fraction(one.part, one.whole) if one and one.part is not None and one.whole else None

    @property
    def difference(self) -> Decimal | None:
        if self.rate is None or self.reading is None or self.reading.reported_percent is None:
            return None
        places = Decimal((0, (1,), int(self.reading.reported_percent.as_tuple().exponent)))
        computed = Decimal(self.rate.numerator * 100) / Decimal(self.rate.denominator)
        return self.reading.reported_percent - computed.quantize(places, ROUND_HALF_UP)

    @property
    def complaints(self) -> int:
        return sum(holds is False for _, _, holds in self.checks) + bool(self.difference)

    def figure(self, part: str) -> Decimal | None:
        """A number of the reading; a bound is no value, and a text none."""
        if self.reading is None or self.definition.kind.value in ("bound", "text"):
            return None
        value = getattr(self.reading, part or "value")
        return None if value is None else Decimal(value)

    def judge(self, others: dict[str, "Indicator"]) -> None:
        claims = [(check.left, check.relation.value, check.right) for check in self.definition.checks]
        if self.definition.part_of:
            names = (self.stream.partition("#")[2], self.definition.part_of)
            # "The indicator whose count includes this one's": of a ratio, what is counted is its part.
            ratios = [name for name in names if name in others and others[name].definition.kind.value == "ratio"]
            own, whole = (f"{name}.part" if name in ratios else name for name in names)
            claims.append(((own,), "≤", (whole,)))
        for left, relation, right in claims:
            about = [term.partition(".")[0] for term in (*left, *right)]
            read = [others[name] for name in about if name in others and others[name].reading]
            self.named |= {f"{self.stream.partition('#')[0]}#{name}" for name in about}
            days = sorted({one.reading.as_of for one in read if one.reading})
            bounds = [one.stream for one in read if one.definition.kind.value == "bound"]
            sides: list[tuple[Decimal | None, ...]] = []
            for side in (left, right):
                terms = [term.partition(".") for term in side]
                sides.append(tuple(others[name].figure(part) if name in others else None for name, _, part in terms))
            holds, missing = None, None in (*sides[0], *sides[1])
            if not missing and len(days) == 1:
                one, two = (sum(figure for figure in side if figure is not None) for side in sides)
                holds = {"=": one == two, "≤": one <= two, "≥": one >= two}[relation]
            self.checks.append((sides[0], sides[1], holds))
            why = bounds or (["no figure"] if missing else [*map(str, days)] if len(days) > 1 else [])
            self.judged.append((relation, why) if why else (relation, holds, *sides))

    @property
    def printed(self) -> tuple[Any, ...]:
        """What a report prints of it: neither the day that a figure describes nor its source, unless checks tell days apart."""
        fields = ("value", "part", "whole", "bound", "reported_text")
        figures = [getattr(self.reading, field, None) for field in fields]
        figures.append(str(getattr(self.reading, "reported_percent", None)))  # as printed: 0,00% is not 0,0%
        return self.definition.title, self.definition.unit, self.definition.kind, figures, self.judged


class Drift:
    """What is known of an issued report's days, beside what was when its content was frozen."""

    def __init__(self, log: Log, report: str, on: date, known_at: datetime | int | None) -> None:
        now = known(log, known_at)
        sent = [fact.event for fact in timeline(now, report, on)]
        issued = next(event for event in sent if isinstance(event, ev.ReportIssued))
        content = [event.content for event in sent if isinstance(event, ev.ReportIssued | ev.ReportCorrected)][-1]
        self.period, self.rule, position = issued.period, content.rule.value, content.position
        self.sections = [(one.name, one.text) for one in content.sections]
        self.corrected = isinstance(sent[-1], ev.ReportCorrected)
        last, plan = self.period.last, report.partition("@")[0]
        self.then, self.now = Plan(now, last, position, plan), Plan(now, last, None, plan)
        sides, first, since = (self.then, self.now), self.period.first, self.then.documents[-1].on
        self.sent = self.then.figures(self.rule)
        # A lead that is spelt otherwise than in the report is the same line.
        figures = ({(kind, bare(name)): n for (kind, name), n in one.figures(self.rule).items()} for one in sides)
        self.lines = differing(*figures)
        balances = [one.balance(first) for one in sides]
        self.balance = differing(*(Counter(what for line in lines.values() for what in line) for lines in balances))
        # An activity is named, too, for its own part in the balance, in the plan version and in the burn-up.
        parts = [
            {s: (w.printed, w.changed_since(since), one.course(s, first)) for s, w in one.works.items()}
            for one in sides
        ]
        self.activities = {**differing(*parts), **differing(*balances)}
        shown = [{other.stream: other for other in one.indicators().values()} for one in sides]
        self.indicators = differing(*({s: other.printed for s, other in one.items()} for one in shown))
        self.rates = differing(*({rule: one.rate(rule) for rule in RULES} for one in sides))
        self.plan = differing(*({"version": one.version, "texts": one.texts} for one in sides))
        about = {plan, *self.activities}.union(*(one[s].named for one in shown for s in self.indicators if s in one))
        self.records = {
            fact.position
            for fact in now
            if fact.position > position and fact.stream in about and bool(self) and day_of(now, fact) <= last
        }

    def changed_in(self, other: Plan) -> set[str]:
        """What makes the headline another one in a plan on another day: came into the rate or left it, completed or no more."""
        counted = [{s: w.counted(self.rule) for s, w in plan.works.items()} for plan in (self.then, other)]
        return set(differing(*({s: one == "completed" for s, one in by.items() if one in IN_RATE} for by in counted)))

    def __bool__(self) -> bool:
        return any((self.lines, self.balance, self.activities, self.indicators, self.rates, self.plan))


def differing(one: Mapping[Any, V], other: Mapping[Any, V]) -> dict[Any, tuple[V | None, V | None]]:
    """Each key of which the two say otherwise, with what they say."""
    return {key: (one.get(key), other.get(key)) for key in {**one, **other} if one.get(key) != other.get(key)}


def day_of(log: Log, fact: Fact) -> date:
    """The day that a record is about; of a retraction, that of the record that it takes back."""
    if isinstance(fact.event, ev.RecordRetracted):
        fact = next(f for f in log if (f.stream, f.version) == (fact.stream, fact.event.version))
    day: date = fact.event.on
    return day


class RollOver:
    """The next plan, as it would be proposed."""

    def __init__(self, log: Log, on: date, plan: str = "p") -> None:
        self.day = on
        this = Plan(log, self.day, None, plan)
        assert this.adoption is not None
        self.adoption, self.notice = this.adoption, this.texts[-1]
        # Carrying over is a record of that day, made now: the plan has to be open on both; it still is on the day of its close.
        turns = [f.event for f in timeline(log, plan, date.max) if isinstance(f.event, ev.PlanClosed | ev.PlanReopened)]
        then = [event for event in turns if event.on < on or (event.on == on and isinstance(event, ev.PlanReopened))]
        self.lets_go = not any(isinstance(one[-1], ev.PlanClosed) for one in (turns, then) if one)
        self.days, self.next = this.days, this.days.next()
        self.copied: dict[str, Deadline | None] = {}
        self.carried: dict[str, Deadline | None] = {}
        self.blocked, self.settled, self.redated, self.unlinked, self.carried_before = (set[str]() for _ in range(5))
        self.works = this.works
        self.later = {s for s in streams(log, f"{plan}/") if this.work(s, date.max)} - set(this.works)
        for stream, work in this.works.items():
            later = [f for f in timeline(log, stream, date.max) if f.event.on > self.day]
            if work.left == LEFT[True]:  # in these histories work is carried into q alone
                self.carried[work.code] = self.next_deadline(work)
                self.carried_before.add(work.code)
                self.unlinked |= {work.code} if len(work.host_fields) == MOST_HOST_FIELDS else set()
            elif work.left:
                self.settled.add(work.code)
            elif work.deadline.kind.value in EVERY_YEAR:
                self.copied[work.code] = self.next_deadline(work)
            elif work.status == "completed":
                self.settled.add(work.code)
            elif work.reported or later:
                self.blocked.add(work.code)
            else:
                self.carried[work.code] = self.next_deadline(work)
                self.unlinked |= {work.code} if len(work.host_fields) == MOST_HOST_FIELDS else set()

    def next_deadline(self, work: Work) -> Deadline | None:
        """The text read anew in the next plan, where it has days; None where it is due in the whole of that plan."""
        if not work.dated:
            return work.deadline
        said, anew = (Deadline.parse(work.deadline.text, one.year, one.asked) for one in (self.days, self.next))
        if work.deadline != said or not anew.days or any(day < self.next.first for day in anew.days):
            self.redated.add(work.code)
            return None
        return anew


if __name__ == "__main__":
    from tests.second_comparison import main

    main()
