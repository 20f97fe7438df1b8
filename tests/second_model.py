"""
A second small model of what a plan answers: what is due, warnings, drift of reports, the next plan, indicators.

Written from the documentation alone, apart from the views and from the other model (`naive.py`): facts in a list, every
question answered from scratch.

`python -m tests.second_model --histories 5000 --seed 1` holds it against the library over random histories.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from reformtrack import Deadline
from reformtrack import events as ev

OVERDUE, DUE, EVIDENCE, SILENT, DIFFERS = "overdue", "due", "without_evidence", "silent", "differs"
URGENCY = (OVERDUE, DUE, EVIDENCE, SILENT, DIFFERS)
LEFT = ("withdrawn", "carried_over")
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


class Work:
    """An activity on a day."""

    def __init__(self, stream: str, facts: list[Fact], on: date, needs_confirmation: bool) -> None:
        self.stream, self.on, self.needs_confirmation = stream, on, needs_confirmation
        self.code = stream.partition("/")[2]
        self.done: dict[date, date] = {}
        self.completed_on: date | None = None
        self.begun = self.suspended = self.confirmed = self.proven = False
        self.left = ""
        self.decided_later: date | None = None
        self.last_fact, self.scheduled_on = facts[-1].event.on, facts[0].event.on
        self.undone_on: list[date] = []
        for fact in facts:
            self.take(fact.event)

    def take(self, event: Any) -> None:
        self.proven |= bool(getattr(event, "evidence", ()))
        match event:
            case ev.ActivityScheduled() | ev.ActivityRescheduled():
                self.deadline = event.deadline
                day = event.document and event.document.date
                self.decided_later = day if day and day > event.on else None
                if isinstance(event, ev.ActivityScheduled):
                    self.domain, self.title, self.lead = event.domain, event.title, event.lead
            case ev.ActivityStarted():
                self.begun = True
            case ev.ProgressReported():
                self.begun |= bool(event.percent or event.part)
            case ev.ActivityCompleted():
                self.begun, self.completed_on = True, event.on
            case ev.OccurrenceCompleted():
                self.begun, self.done[event.occurrence] = True, event.on
            case ev.CompletionConfirmed():
                self.confirmed = True
            case ev.CompletionReturned() | ev.ActivityReopened():
                # At a position amid a request, what is sent back may be retracted, and recorded anew only after it.
                if event.occurrence in self.done:
                    del self.done[event.occurrence]
                self.begun, self.completed_on, self.confirmed = True, None, False
                self.undone_on.append(event.on)
            case ev.ActivitySuspended():
                self.suspended = True
            case ev.ActivityResumed():
                self.suspended = False
            case ev.ActivityReassigned():
                self.lead = event.lead
            case ev.ActivityRevised():
                self.title = event.title or self.title
                self.domain = event.domain or self.domain
            case ev.ActivityWithdrawn():
                self.left = "withdrawn"
            case ev.ActivityCarriedOver():
                self.left = "carried_over"
            case ev.EvidenceFiled():
                pass
            case _:
                raise AssertionError(event)

    @property
    def recurring(self) -> bool:
        return len(self.deadline.days) > 1

    @property
    def dues(self) -> list[tuple[date, date | None]]:
        """Each due day, and the day on which it was met."""
        return [(day, self.done.get(day) if self.recurring else self.completed_on) for day in self.deadline.days]

    @property
    def reported(self) -> bool:
        """Whether it stands as reported complete, confirmed or not."""
        if self.left or self.suspended:
            return False
        return all(met for _, met in self.dues) if self.recurring else self.completed_on is not None

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
        return max(self.missed, key=lambda one: one[1])[0] if self.missed else self.deadline.days[-1]

    @property
    def timeliness(self) -> str:
        if not self.deadline.days:
            return "no_deadline"
        if self.left:
            return "not_judged"
        if self.status == "completed":
            return "late" if self.late else "on_time"
        return "overdue" if self.missed else "due_soon" if self.due_within(7) else "in_time"

    def counted(self, rule: str) -> str:
        if self.left:
            return self.left
        if rule == "dated_only" and not self.deadline.days:
            return "no_date"
        if self.status == "completed":
            return "completed"
        if self.missed:
            return "overdue"
        if rule != "fallen_due":
            return "open"
        past = bool(self.deadline.days) and self.deadline.days[-1] < self.on
        return "awaiting_confirmation" if self.reported and past else "not_yet_due"

    @property
    def outcome(self) -> str:
        if self.left:
            return self.left
        if self.status == "completed":
            return "completed_late" if self.late else "completed_on_time"
        return "open_overdue" if self.missed else "open_in_time"


class Plan:
    """A plan on a day, of what was known."""

    def __init__(self, log: Log, on: date, known_at: datetime | int | None = None, plan: str = "p") -> None:
        self.id, self.on = plan, on
        self.log = known(log, known_at)
        own = [fact.event for fact in timeline(self.log, plan, on)]
        self.adoption: ev.PlanAdopted | None = next((event for event in own if isinstance(event, ev.PlanAdopted)), None)
        self.works: dict[str, Work] = {}
        if self.adoption is None:
            return
        for stream in streams(self.log, f"{plan}/"):
            facts = timeline(self.log, stream, on)
            if any(isinstance(fact.event, ev.ActivityScheduled) for fact in facts):
                self.works[stream] = Work(stream, facts, on, self.adoption.confirmation_required)

    def at(self, on: date) -> "Plan":
        return Plan(self.log, on, None, self.id)

    def due_within(self, days: int) -> dict[str, date]:
        found = {work.code: work.due_within(days) for work in self.works.values()}
        return {code: days[0] for code, days in found.items() if days}

    def overdue(self) -> dict[str, int]:
        return {work.code: max(late for _, late in work.missed) for work in self.works.values() if work.missed}

    def warnings(self, stages: Sequence[int], silent_days: int) -> list[tuple[Any, ...]]:
        """(kind, subject, lead, due day, days, stage, decided later) of each, in no order."""
        found: list[tuple[Any, ...]] = []
        for work in self.works.values():
            for day, late in work.missed:
                found.append((OVERDUE, work.stream, work.lead, day, late, 0, work.decided_later))
            for day in work.open_days:
                left = (day - self.on).days
                # Smallest stage reached: "nothing is sent twice, unless an activity comes nearer to its due day".
                if left >= 0 and (reached := [stage for stage in stages if left <= stage]):
                    found.append((DUE, work.stream, work.lead, day, left, min(reached), work.decided_later))
            if work.reported and not work.proven:
                found.append((EVIDENCE, work.stream, work.lead, work.due, 0, 0, work.decided_later))
            quiet = (self.on - work.last_fact).days
            # Open holds not started, in progress, waiting for confirmation, suspended; overdue ones are warned of as such.
            if not work.left and work.status != "completed" and not work.missed and quiet > silent_days:
                found.append((SILENT, work.stream, work.lead, work.due, quiet, 0, work.decided_later))
        for indicator in self.indicators().values():
            found += [(DIFFERS, indicator.stream, "", None, 0, 0, None)] * indicator.complaints
        return found

    def figures(self, rule: str) -> dict[tuple[str, str], tuple[int, int, int]]:
        """(completed, total, overdue) of the plan, of each of its domains and of each lead."""
        domains = self.adoption.domains if self.adoption else ()
        lines: dict[tuple[str, str], list[str]] = {("total", ""): []}
        lines |= {("domain", domain.code): [] for domain in domains}
        for work in self.works.values():
            for line in (("total", ""), ("domain", work.domain), ("lead", work.lead)):
                lines.setdefault(line, []).append(work.counted(rule))
        return {
            line: (
                counted.count("completed"),
                sum(one in ("completed", "open", "overdue") for one in counted),
                counted.count("overdue"),
            )
            for line, counted in lines.items()
        }

    def balance(self, first: date) -> dict[str, tuple[str, str]]:
        """How each activity of the period from `first` until the plan's day came in, and where it stands."""
        before = self.at(first - timedelta(1)).works
        lines = {}
        for stream, work in self.works.items():
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
            days: set[date] = set()
            sides: list[tuple[Decimal | None, ...]] = []
            for side in (left, right):
                figures = []
                for name, _, part in (term.partition(".") for term in side):
                    other = others.get(name)
                    figures.append(other.figure(part) if other else None)
                    days |= {other.reading.as_of} if other and other.reading else set()
                sides.append(tuple(figures))
            holds = None
            if None not in (*sides[0], *sides[1]) and len(days) == 1:
                one, two = (sum(figure for figure in side if figure is not None) for side in sides)
                holds = {"=": one == two, "≤": one <= two, "≥": one >= two}[relation]
            self.checks.append((sides[0], sides[1], holds))


class Drift:
    """What is known of an issued report's days, beside what was when its content was frozen."""

    def __init__(self, log: Log, report: str, on: date, known_at: datetime | int | None) -> None:
        now = known(log, known_at)
        sent = [fact.event for fact in timeline(now, report, on)]
        issued = next(event for event in sent if isinstance(event, ev.ReportIssued))
        content = [event.content for event in sent if isinstance(event, ev.ReportIssued | ev.ReportCorrected)][-1]
        self.period, self.rule, position = issued.period, content.rule.value, content.position
        self.corrected = isinstance(sent[-1], ev.ReportCorrected)
        last, plan = self.period.last, report.partition("@")[0]
        self.then, self.now = Plan(now, last, position, plan), Plan(now, last, None, plan)
        old, new = self.then.figures(self.rule), self.now.figures(self.rule)
        self.sent = old
        self.lines = {k: (old.get(k), new.get(k)) for k in {**old, **new} if old.get(k) != new.get(k)}
        before, after = self.then.balance(self.period.first), self.now.balance(self.period.first)
        self.balance = {}
        for side in (0, 1):
            counts = [[line[side] for line in lines.values()] for lines in (before, after)]
            for what in {*counts[0], *counts[1]}:
                if counts[0].count(what) != counts[1].count(what):
                    self.balance[what] = (counts[0].count(what), counts[1].count(what))
        both = {**self.then.works, **self.now.works}
        views = [
            {s: (w.counted(self.rule), lines.get(s), w.domain, w.lead) for s, w in one.works.items()}
            for one, lines in ((self.then, before), (self.now, after))
        ]
        self.activities = {stream for stream in both if views[0].get(stream) != views[1].get(stream)}
        self.records = {
            fact.position
            for fact in now
            if fact.position > position
            and (fact.stream in self.activities or fact.stream == plan)
            and bool(self)
            and day_of(now, fact) <= last
        }

    def changed_in(self, other: Plan) -> set[str]:
        """What makes the headline another one in a plan on another day: came into the rate or left it, completed or no more."""
        in_rate = ("completed", "open", "overdue")
        sides = [
            {s: w.counted(self.rule) == "completed" for s, w in plan.works.items() if w.counted(self.rule) in in_rate}
            for plan in (self.then, other)
        ]
        return {stream for stream in {**sides[0], **sides[1]} if sides[0].get(stream) != sides[1].get(stream)}

    def __bool__(self) -> bool:
        return bool(self.lines or self.balance or self.activities)


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
        self.adoption = this.adoption
        # Carrying over is a record of that day, made now: the plan has to be open on both; it still is on the day of its close.
        turns = [f.event for f in timeline(log, plan, date.max) if isinstance(f.event, ev.PlanClosed | ev.PlanReopened)]
        then = [event for event in turns if event.on < on or (event.on == on and isinstance(event, ev.PlanReopened))]
        self.lets_go = not any(isinstance(one[-1], ev.PlanClosed) for one in (turns, then) if one)
        self.year = this.adoption.year + 1
        self.copied: dict[str, Deadline | None] = {}
        self.carried: dict[str, Deadline | None] = {}
        self.blocked: set[str] = set()
        self.settled: set[str] = set()
        self.redated: set[str] = set()
        self.works = this.works
        for stream, work in this.works.items():
            later = [f for f in timeline(log, stream, date.max) if f.event.on > self.day]
            if work.left:
                self.settled.add(work.code)
            elif work.deadline.kind.value in EVERY_YEAR:
                self.copied[work.code] = self.next_deadline(work)
            elif work.status == "completed":
                self.settled.add(work.code)
            elif work.reported or later:
                self.blocked.add(work.code)
            else:
                self.carried[work.code] = self.next_deadline(work)

    def next_deadline(self, work: Work) -> Deadline | None:
        """The text read anew in the next year; None where it is due in the whole of that year."""
        anew = Deadline.parse(work.deadline.text, self.year)
        lost = bool(work.deadline.days) and not anew.days
        if lost or any(day.year < self.year for day in anew.days):
            self.redated.add(work.code)
            return None
        return anew


if __name__ == "__main__":
    from tests.second_histories import main

    main()
