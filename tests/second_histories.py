"""
Random legal histories of one plan, and the comparison of what the library and the second model answer about them.

`python -m tests.second_model --histories 5000 --seed 1` compares many, and says how often each case was met.
"""

import argparse
import re
import sys
import time as clocks
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from itertools import product
from random import Random
from typing import Any

import attrs

from reformtrack import (
    CountingRule,
    Deadline,
    Document,
    Domain,
    IllegalHistory,
    NotFound,
    Period,
    Progress,
    Record,
    Tracker,
)
from reformtrack.answers import Indicator, PlanVersion
from reformtrack.domain.period import period
from reformtrack.events import (
    ActivityCarriedOver,
    ActivityCompleted,
    ActivityReassigned,
    ActivityReopened,
    ActivityRescheduled,
    ActivityResumed,
    ActivityRevised,
    ActivityScheduled,
    ActivityStarted,
    ActivitySuspended,
    ActivityWithdrawn,
    CompletionConfirmed,
    CompletionReturned,
    EvidenceFiled,
    FigurePublished,
    IndicatorDefined,
    OccurrenceCompleted,
    PlanAdopted,
    PlanAmended,
    PlanClosed,
    PlanReopened,
    ProgressReported,
    ReadingTaken,
    RecordRetracted,
    ReportIssued,
)
from reformtrack.values import Bound, Check, DeadlineKind, IndicatorKind, PlanId, Relation, StreamId
from reformtrack.views.plan import By
from tests.second_model import MOST_HOST_FIELDS, URGENCY, Drift, Fact, Plan, RollOver, Work, bare, known, timeline
from tests.support import Clock

CODES = ("1", "2", "3", "4", "5")
LEADS = ("Sở Tư pháp", "Sở Nội vụ", "Đài Phát thanh")
LED = (*LEADS, *LEADS, "SỞ TƯ PHÁP.", LEADS[:2], (LEADS[1], LEADS[0]), ("Sở nội vụ", LEADS[2]), ())
GROUPS = ((), (), ("Văn bản",), ("Văn bản", "Nghị quyết"))
WORDS = ("không rõ", "Thường xuyên", "Theo hướng dẫn của Bộ Nội vụ", "Quý I", "Quý II", "6 tháng đầu năm")
RECURRING = ("Hằng quý", "20/3; 20/6", "15/2; 20/6; 20/9", "Hằng quý", "20/3/{year}; 20/6/{year}", "Hằng tháng")
DAYS = (
    "31/1",
    "30/6",
    "{month}/{year}",
    "29/2",
    "31/8/{year}",
    "Trong năm",
    "31/3/{after}",
    "20/12/{year}; 20/3/{next}",
)
PERIODS = ("q1", "h1", "q3", "year", "05", "m9", "calendar")
NAMES = ("a", "b", "c", "d", "e")
STEPS = ("retract", "steer", "report", "figure", "schedule", "work")
FLAVOURS = (
    (10, 6, 5, 8, 5, 66),
    (14, 4, 26, 2, 4, 50),  # reports, and what is learnt after them
    (14, 2, 4, 60, 2, 18),  # indicators
    (22, 2, 6, 4, 4, 62),
)


@cache
def periods_of(year: int) -> list[Period]:
    """Periods of a year that reports can be issued of."""
    return [period(f"{year}-{name}") for name in PERIODS]


class History:
    """A history in the making: a tracker in memory, its clock, and the same facts for the model."""

    def __init__(self, random: Random, seen: Counter[str]) -> None:
        self.random, self.seen = random, seen
        self.year = random.choice((2023, 2024))
        self.adopted_on = date(self.year - 1, 12, 10) + timedelta(random.randrange(40))
        self.clock = Clock(datetime.combine(self.adopted_on + timedelta(random.randrange(5)), time(3), UTC))
        self.tracker = Tracker(clock=self.clock)
        self.log: list[Fact] = []
        self.ends: list[Fact] = []
        """The last record of each request: amid one, half of it is what nobody ever knew."""
        self.weights = random.choice(FLAVOURS)
        self.periods = periods_of(self.year)

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def today(self) -> date:
        return self.tracker.today()

    def day(self) -> date:
        """Mostly today, or some days or weeks ago: what is recorded late."""
        issued = [fact for fact in self.log if isinstance(fact.event, ReportIssued)]
        if issued and self.chance(30):
            sent = self.random.choice(issued).event.period
            first: date = max(sent.first, self.adopted_on)
            return first + timedelta(self.random.randrange((sent.last - first).days + 1))
        back = 0 if self.chance(55) else self.random.randrange(90 if self.chance(40) else 12)
        return max(self.adopted_on, self.today() - timedelta(back))

    def deadline(self) -> Deadline:
        if self.chance(6):  # entered as other than its words say
            day = date(self.year, self.random.randrange(1, 13), 15)
            kind, days = self.random.choice(((DeadlineKind.DAY, (day,)), (DeadlineKind.REGULAR, ())))
            return Deadline(text=self.random.choice(("Quý II", "Trước 15/6", "31/3")), kind=kind, days=days)
        text = self.random.choice(self.random.choice((WORDS, RECURRING, DAYS)))
        month = self.random.randrange(1, 13)
        years = {"year": self.year, "next": self.year + 1, "after": self.year + 2}
        return Deadline.parse(text.format(month=month, **years), self.year)

    def document(self, on: date) -> Document | None:
        if self.chance(60):
            return None
        return Document(number="1/QĐ", date=on + timedelta(self.random.randrange(-20, 30)))

    def evidence(self) -> tuple[Document, ...]:
        return (Document(number="2/BC"),) if self.chance(50) else ()

    def record(self, *events: Any, by: str = "so-tu-phap") -> bool:
        try:
            records = self.tracker.record(*events, by=by)
        except IllegalHistory:
            self.seen["a record refused"] += 1
            return False
        self.learn(records)
        return True

    def learn(self, records: Sequence[Record[Any]]) -> None:
        for record in records:
            self.seen[f"record {type(record.event).__name__}"] += 1
            late = getattr(record.event, "on", record.recorded_at.date()) < record.recorded_at.date()
            self.seen["record made late"] += late
            self.log.append(Fact(record.position, record.stream, record.version, record.event, record.recorded_at))
        self.ends.append(self.log[-1])

    def begin(self) -> None:
        rule, confirmed = self.random.choice(list(CountingRule)), self.chance(50)
        domains = (Domain("1", "Thể chế"), Domain("2", "Thủ tục"))
        adoption = PlanAdopted(
            "p",
            on=self.adopted_on,
            title=f"Kế hoạch {self.year}",
            year=self.year,
            jurisdiction="Tỉnh",
            domains=domains,
            counting_rule=rule,
            confirmation_required=confirmed,
        )
        assert self.record(adoption, *(self.scheduled(code) for code in CODES[:3]), by="so-noi-vu")
        if self.chance(60):
            for name in NAMES:
                if self.chance(75):
                    self.record(self.definition(name), by="so-noi-vu")

    def schedule(self) -> None:
        there = {fact.stream for fact in self.log if isinstance(fact.event, ActivityScheduled)}
        code = self.random.choice(CODES)
        if f"p/{code}" not in there or self.chance(10):
            self.record(self.scheduled(code), by="so-noi-vu")

    def scheduled(self, code: str) -> ActivityScheduled:
        on = self.adopted_on if self.chance(80) else self.day()
        return ActivityScheduled(
            f"p/{code}",
            on=on,
            domain=self.random.choice("12"),
            title=f"Việc {code}",
            lead=self.random.choice(LED),
            group=self.random.choice(GROUPS),
            supporting=self.supporting(),
            deadline=self.deadline(),
            document=self.document(on),
        )

    def definition(self, name: str) -> IndicatorDefined:
        kind = {"a": IndicatorKind.RATIO, "d": IndicatorKind.BOUND, "e": IndicatorKind.TEXT}.get(
            name, IndicatorKind.COUNT
        )
        checks, part_of = [], ""
        if name == "a" and self.chance(70):
            checks.append(Check(left=("a.part", "b"), relation=Relation.EQUAL, right=("a.whole",)))
        if name == "b" and self.chance(50):
            right = self.random.choice(("c", "d", "e", "a", "a.part", "z"))
            checks.append(Check(left=("b",), relation=self.random.choice(list(Relation)), right=(right,)))
        if name in "ac" and self.chance(60):
            part_of = self.random.choice(("b", "b", "a" if name == "c" else "b", "z"))
        on = max(self.adopted_on, self.today() - timedelta(self.random.randrange(20)))
        unit = "" if kind is IndicatorKind.TEXT else "vụ"
        return IndicatorDefined(
            f"p#{name}", on=on, title=name, unit=unit, kind=kind, checks=tuple(checks), part_of=part_of
        )

    def reading(self, name: str, on: date, as_of: date) -> ReadingTaken:
        number, whole = self.random.randrange(4), self.random.randrange(1, 6)
        fields: dict[str, Any] = {"value": Decimal(number)}
        if name == "a":
            part = min(number, whole)
            fields = {"part": part, "whole": whole if self.chance(90) else part}
            if self.chance(50):
                percent = Decimal(100 * part) / Decimal(whole)
                places = self.random.choice(("1", "0.1", "0.01"))
                fields["reported_percent"] = percent.quantize(Decimal(places)) + self.random.choice(
                    (0, 0, Decimal(places))
                )
        elif name == "d":
            fields["bound"] = Bound.AT_LEAST
        elif name == "e":
            fields = {"reported_text": "tốt"}
        return ReadingTaken(f"p#{name}", on=on, as_of=as_of, **fields)

    def step(self) -> None:
        """Let some days pass, or none; then propose something."""
        if self.chance(65):
            self.clock.now += timedelta(self.random.randrange(1, 22), minutes=self.random.randrange(500))
        [name] = self.random.choices(STEPS, self.weights)
        getattr(self, name)()

    def figure(self) -> None:
        """Readings of some indicators, mostly those of one source, of one day."""
        on = self.day()
        as_of = on - timedelta(self.random.choice((0, 0, 0, 7, 40)))
        defined = {fact.stream for fact in self.log}
        for name in NAMES:
            if f"p#{name}" in defined and self.chance(70):
                other = as_of if self.chance(85) else as_of - timedelta(1)
                self.record(self.reading(name, on, other))

    def retract(self) -> None:
        facts = [f for f in self.log if "@" not in f.stream and not isinstance(f.event, RecordRetracted)]
        fact = self.random.choice(facts if self.chance(40) else facts[-8:])
        again = [] if self.chance(40) or not hasattr(fact.event, "on") else [self.reworded(fact.event)]
        self.record(RecordRetracted(fact.stream, version=fact.version, reason="Nhầm"), *again)

    def reworded(self, event: Any) -> Any:
        """The same, or of other words, or of another day."""
        if self.chance(50) and not isinstance(event, PlanAdopted | ReadingTaken):
            on = event.on + timedelta(self.random.randrange(-20, 10))
            return attrs.evolve(event, on=min(max(on, self.adopted_on), self.today()))
        words = {"title": "Tên khác", "lead": LEADS[0], "jurisdiction": "Huyện", "obstacles": "Thiếu người"}
        there = [name for name in words if getattr(event, name, None)]
        if not there or self.chance(50):
            return event
        name = self.random.choice(there)
        return attrs.evolve(event, **{name: words[name]})

    def steer(self) -> None:
        on = self.day()
        if self.today().month < 11 and self.chance(70):
            notice = self.random.choice((None, None, {}, {"Ghi chú": "Thí điểm"}))
            self.record(PlanAmended("p", on=on, document=Document(number="3/QĐ"), host_fields=notice), by="so-noi-vu")
        elif self.chance(50):
            self.record(PlanClosed("p", on=on), by="so-noi-vu")
        else:
            self.record(PlanReopened("p", on=on, reason="Làm tiếp"), by="so-noi-vu")

    def report(self) -> None:
        issued = list(dict.fromkeys(fact.stream for fact in self.log if "@" in fact.stream))
        if issued and self.chance(30):
            subject = self.random.choice(issued)
            self.tracker.reports.correct(subject, reason="Bổ sung", by="so-noi-vu")
        else:
            ended = [one for one in self.periods if self.adopted_on <= one.last <= self.today()]
            ended = [one for one in ended if f"p@{one.code}" not in issued]
            if not ended:
                return
            chosen = self.random.choice(ended)
            subject = f"p@{chosen.code}"
            on = self.random.choice((self.today(), max(chosen.last, self.today() - timedelta(5))))
            rule = self.random.choice((None, *CountingRule))
            try:
                self.tracker.reports.issue("p", chosen, by="so-noi-vu", on=on, rule=rule)
            except (NotFound, IllegalHistory):
                return
        self.learn(self.tracker.log.history(subject)[-1:])
        if self.chance(20):
            wrong = FigurePublished(
                subject, on=self.today(), period=self.log_period(subject), reported_text="1/9", part=1, whole=9
            )
            self.record(wrong)

    def log_period(self, subject: str) -> Period:
        return next(f.event.period for f in self.log if f.stream == subject and isinstance(f.event, ReportIssued))

    def work(self) -> None:
        """Something of an activity that its state on that day makes likely to be legal."""
        code, on = self.random.choice(CODES), self.day()
        now = Plan(self.log, on).works.get(f"p/{code}")
        if now is None:
            self.record(self.scheduled(code), by="so-noi-vu")
            return
        options = self.options(now, on)
        event, by = self.random.choice(options)
        self.record(event, by=by)

    def options(self, now: Work, on: date) -> list[tuple[Any, str]]:
        p, monitor, lead = now.stream, "giam-sat", "so-tu-phap"
        later = [
            (ActivityReassigned(p, on=on, lead=self.random.choice(LED), supporting=self.supporting()), lead),
            (self.random.choice(self.revisions(p, on)), lead),
            (EvidenceFiled(p, on=on, evidence=(Document(number=self.random.choice(("2/BC", "4/BC"))),)), lead),
        ]
        if now.left:
            return later
        if now.reported:
            done = [f for f in reversed(self.log) if f.stream == p]
            reports = [f for f in done if isinstance(f.event, ActivityCompleted | OccurrenceCompleted)]
            completion = self.random.choice(reports[:2]).version if reports else 1
            occurrence = self.random.choice(now.deadline.days) if now.recurring else None
            return later[-1:] + 2 * [
                (CompletionConfirmed(p, on=on, completion=reports[0].version if reports else 1), monitor),
                (CompletionConfirmed(p, on=on, completion=completion), monitor),
                (CompletionReturned(p, on=on, reason="Thiếu", occurrence=occurrence), monitor),
                (ActivityReopened(p, on=on, reason="Sai", occurrence=occurrence), monitor),
            ]
        moved = ActivityRescheduled(p, on=on, deadline=self.deadline(), document=self.document(on))
        options: list[tuple[Any, str]] = [*later, (moved, lead)]
        if self.chance(30):
            options.append((ActivityWithdrawn(p, on=on, reason="Trùng"), lead))
            options.append((ActivityCarriedOver(p, on=on, into="q"), lead))
        if now.suspended:
            return options + 3 * [(ActivityResumed(p, on=on), lead)]
        options.append((ActivitySuspended(p, on=on, reason="Chờ"), lead))
        options.append((ActivityStarted(p, on=on), lead))
        measure = self.random.choice(
            ({"percent": Decimal(0)}, {"percent": Decimal(40)}, {"note": "Đang làm"}, {"obstacles": "Thiếu kinh phí"})
        )
        options.append((ProgressReported(p, on=on, **measure), lead))
        if not now.recurring:
            return options + 5 * [(ActivityCompleted(p, on=on, evidence=self.evidence()), lead)]
        for day in now.open_days[:2]:
            done_event = OccurrenceCompleted(p, on=on, occurrence=day, evidence=self.evidence())
            options += 4 * [(done_event, lead)]
        if now.done:
            occurrence = self.random.choice(list(now.done))
            options.append((CompletionReturned(p, on=on, reason="Thiếu", occurrence=occurrence), monitor))
        return options

    def supporting(self) -> tuple[str, ...]:
        return (self.random.choice(LEADS),) if self.chance(40) else ()

    def revisions(self, p: str, on: date) -> list[Any]:
        full = {f"Trường {n}": "x" for n in range(MOST_HOST_FIELDS)}
        return [
            ActivityRevised(p, on=on, group=self.random.choice(GROUPS), number="7"),
            ActivityRevised(p, on=on, title="Việc khác", domain=self.random.choice("12")),
            ActivityRevised(p, on=on, output=self.random.choice(("", "Quyết định")), document=self.document(on)),
            ActivityRevised(p, on=on, host_fields=self.random.choice(({}, {"Mã cũ": "7"}, full, full))),
        ]

    def make(self) -> None:
        self.begin()
        for _ in range(self.random.randrange(5, 55)):
            self.step()

    def some_day(self) -> date:
        """A day to ask about: near a due day, near a fact, or any."""
        end = self.today() + timedelta(40)
        length = (end - self.adopted_on).days
        near = self.adopted_on + timedelta(self.random.randrange(length))
        if self.chance(60):
            days = [day for work in Plan(self.log, self.today()).works.values() for day in work.deadline.days]
            if days:
                near = self.random.choice(days) + timedelta(self.random.randrange(-9, 9))
        elif self.chance(50):
            facts = [f.event.on for f in self.log if hasattr(f.event, "on")]
            near = self.random.choice(facts) + timedelta(self.random.choice((-1, 0, 1, 29, 30, 31, 32)))
        return min(max(near, self.adopted_on - timedelta(2)), end)

    def some_knowledge(self) -> datetime | int | None:
        if self.chance(40):
            return None
        fact = self.random.choice(self.ends if self.chance(30) else self.ends[len(self.ends) // 2 :])
        if self.chance(50):
            return fact.position
        return min(self.clock.now, fact.at + timedelta(minutes=self.random.choice((0, 0, -1, 1, 300))))


SPLIT: tuple[By, ...] = ("domain", "group", "lead")
Differs = Callable[[str, Any, Any], None]
"""Told what was asked, what the library answers, and what the model does."""


def compare_plan(history: History, on: date, known_at: datetime | int | None, differs: Differs) -> None:
    random, seen, tracker = history.random, history.seen, history.tracker
    model = Plan(history.log, on, known_at)
    if isinstance(known_at, int):
        seen["known at a position amid a request"] += known_at not in {
            tracker.log.position(fact.at) for fact in history.log
        }
    try:
        plan = tracker.plan("p", on=on, known_at=known_at)
    except NotFound:
        differs("not found", True, model.adoption is None)
        seen["plan not found"] += 1
        return
    differs("found", True, model.adoption is not None)
    differs("activities", {a.id for a in plan.activities}, set(model.works))
    rule = random.choice(list(CountingRule))
    rollup = tracker.rollup(["p"], by=["plan"], on=on, rule=rule, known_at=known_at)
    lines = {key: (line.completed, line.total, line.overdue) for key, line in rollup.lines.items()}
    differs("roll-up", lines, {("p",): model.figures(rule.value)["total", ""]})
    split = {(by, name): part for by in SPLIT for name, part in plan.progress_by(by, rule).items()}
    expected_lines = {line: value for line, value in model.figures(rule.value).items() if line[0] != "total"}
    expected_lines |= {("group", name): value for name, value in model.groups(rule.value).items()}
    differs("progress by", {key: (p.completed, p.total, p.overdue) for key, p in split.items()}, expected_lines)
    seen["joint leads"] += any(len(work.leads) > 1 for work in model.works.values())
    seen["roll-up of a plan without activities"] += not model.works
    days = random.choice((0, 1, 3, 7, 7, 30))
    for activity in plan.activities:
        work = model.works[activity.id]
        answers: dict[str, tuple[Any, Any]] = {
            "status": (activity.status.value, work.status),
            "timeliness": (activity.timeliness().value, work.timeliness),
            "open days": (list(activity.open_days), work.open_days),
            "due": (activity.due, work.due),
            "missed": ([(due.day, due.days_late(on)) for due in activity.missed], work.missed),
            "due within": (list(activity.due_within(days)), work.due_within(days)),
            "completed on": (activity.completed_on, work.reported_on if work.status == "completed" else None),
            "reported on": (activity.reported_on, None if work.status == "completed" else work.reported_on),
            "lacks evidence": (activity.lacks_evidence, work.reported and not work.evidence),
        }
        for name, pair in answers.items():
            differs(f"{name} of {activity.id} on {on} known at {known_at}", *pair)
        seen[f"status {work.status}"] += 1
        seen[f"timeliness {work.timeliness}"] += 1
        seen["missed beside due soon"] += bool(work.missed and work.due_within(7))
        seen["overdue while waiting"] += bool(work.missed and work.reported)
        seen["overdue while suspended"] += bool(work.missed and work.suspended)
        seen["recurring, some done"] += bool(work.recurring and work.done and not work.reported)
    differs("plan version", version_of(plan.plan_version), model.version)
    seen["plan version with changes since"] += model.version[1:] != (0, 0)
    soon = [(a.code, a.due_within(days)[0]) for a in plan.due_within(days)]
    differs("plan.due_within", dict(soon), model.due_within(days))
    differs("order of plan.due_within", [day for _, day in soon], sorted(day for _, day in soon))
    seen["due_within not empty"] += bool(soon)
    late = {a.code: max(d.days_late(on) for d in a.missed) for a in plan.overdue()}
    differs("plan.overdue", late, model.overdue())
    differs("order of plan.overdue", list(late.values()), sorted(late.values(), reverse=True))
    seen["overdue not empty"] += bool(late)
    first = on - timedelta(random.choice((0, 30, 120)))
    balance = {stream: (entry.value, outcome.value) for stream, entry, outcome in plan.balance(first).lines}
    differs("balance", balance, model.balance(first))
    for line in model.balance(first).values():
        seen[f"balance {line[0]}"] += 1
        seen[f"balance {line[1]}"] += 1
    indicators = tracker.indicators("p", on=on, known_at=known_at)
    compare_indicators(history, indicators, on, known_at, differs)
    stages = random.choice(((7, 3, 1), (7, 3, 1), (14,), (10, 0), (1, 5), ()))
    silent_days = random.choice((30, 30, 7, 0))
    found = tracker.warnings("p", on=on, known_at=known_at, stages=stages, silent_days=silent_days)
    got = [(w.kind.value, w.subject, w.leads, w.due, w.days, w.stage, w.decided_later) for w in found]
    expected = model.warnings(stages, silent_days)
    differs(f"warnings {stages} {silent_days}", sorted(got, key=repr), sorted(expected, key=repr))
    kinds = [URGENCY.index(w.kind.value) for w in found]
    differs("order of warnings", kinds, sorted(kinds))
    for kind in URGENCY:
        seen[f"warning {kind}"] += any(one[0] == kind for one in expected)
    seen["warning decided later"] += any(one[-1] for one in expected)
    seen["warning of more than one missed occurrence"] += any(
        n > 1 for n in Counter(one[1] for one in expected if one[0] == "overdue").values()
    )


def compare_indicators(
    history: History, found: tuple[Indicator, ...], on: date, known_at: datetime | int | None, differs: Differs
) -> None:
    seen = history.seen
    model = Plan(history.log, on, known_at).indicators()
    differs("indicators", {one.name for one in found}, set(model))
    for one in found:
        other = model[one.name]
        differs(f"reading of {one.name}", one.reading, other.reading)
        differs(f"readings of {one.name}", list(one.readings), other.readings)
        differs(f"rate of {one.name}", one.rate, other.rate)
        differs(f"difference of {one.name}", one.percent_difference, other.difference)
        checks = sorted(repr((c.left, c.right, c.holds)) for c in one.checks)
        differs(f"checks of {one.name}", checks, sorted(map(repr, other.checks)))
        differs(f"number of warnings of {one.name}", len(one.warnings), other.complaints)
        for left, right, holds in other.checks:
            why = "a missing figure" if None in (*left, *right) else "several days"
            seen[f"check {holds}" if holds is not None else f"check not judged: {why}"] += 1
        seen["percent difference"] += bool(other.difference)
        seen["late reading of an earlier day"] += bool(other.readings and other.readings[-1] is not other.reading)
    if found:
        one = history.random.choice(found)
        differs(f"{one.name} alone", history.tracker.indicator(one.id, on=on, known_at=known_at), one)


def compare_reports(history: History, differs: Differs) -> None:
    seen, tracker = history.seen, history.tracker
    everything: set[str] = set()
    subjects = dict.fromkeys(f.stream for f in history.log if "@" in f.stream)
    days = [(history.today(), None), (history.some_day(), history.some_knowledge())]
    for subject, asked in product(subjects, days):
        on, known_at = asked
        try:
            report = tracker.reports.get(subject, on=on, known_at=known_at)
        except NotFound:
            told = timeline(known(history.log, known_at), subject, on)
            differs(f"{subject} not found", [], [fact for fact in told if isinstance(fact.event, ReportIssued)])
            seen["report not found"] += 1
            continue
        drift, model = report.drift(), Drift(history.log, subject, on, known_at)
        sent = {f.key: (f.completed, f.total, f.overdue) for f in report.content.figures}
        differs(f"{subject} sent", sent, keyed(model.sent))
        lines = {
            bare(line.key): tuple(f and (f.completed, f.total, f.overdue) for f in (line.sent, line.now))
            for line in drift.lines
        }
        differs(f"{subject} lines", lines, {bare(key): value for key, value in keyed(model.lines).items()})
        balance = {what.value: (before, after) for what, before, after in drift.balance}
        differs(f"{subject} balance", balance, {what: (a or 0, b or 0) for what, (a, b) in model.balance.items()})
        differs(f"{subject} activities", {a.id for a in drift.activities}, set(model.activities))
        differs(f"{subject} indicators", {one.id for one in drift.indicators}, set(model.indicators))
        rates = {sent.rule.value: tuple(map(printed_rate, (sent, now))) for sent, now in drift.rates}
        differs(f"{subject} rates", rates, model.rates)
        version = drift.version and tuple(map(version_of, drift.version))
        differs(f"{subject} version", version, model.plan.get("version"))
        differs(f"{subject} texts", bool(drift.texts), "texts" in model.plan)
        figures = len(model.lines) + len(model.indicators) + ("version" in model.plan)
        differs(f"{subject} figures", drift.figures, figures)
        differs(f"{subject} records", [record.position for record in drift.records], sorted(model.records))
        differs(f"{subject} drifts", bool(drift), bool(model))
        other = history.some_day()
        differs(
            f"{subject} changed in {other}",
            {one.id for pair in report.changed_in(report.plan_now.as_of(other)) for one in pair if one is not None},
            model.changed_in(model.now.at(other)),
        )
        seen["drift: none" if not model else "drift: some"] += 1
        seen["drift: activities behind equal numbers"] += bool(model.activities and not model.lines)
        seen["drift: balance only"] += bool(model.balance and not model.lines)
        seen["drift: rates only"] += bool(model.rates and not model.lines)
        seen["drift: indicators"] += bool(model.indicators)
        seen["drift: plan version"] += "version" in model.plan
        seen["drift: texts"] += "texts" in model.plan
        seen["drift: the course alone"] += any("took another course" in one.words("en") for one in drift.activities)
        seen["drift of a correction"] += model.corrected and bool(model)
    for subject in subjects:
        if Drift(history.log, subject, history.today(), None):
            everything.add(subject)
    restated = tracker.reports.restated("p")
    differs("restated", {report.id for report, _ in restated}, everything)


def version_of(version: PlanVersion) -> tuple[int, int, int]:
    return version.number, version.undocumented, version.apart


def printed_rate(progress: Progress) -> Counter[str]:
    left_out = {what.value: n for what, n in progress.excluded.items()}
    return +Counter({"completed": progress.completed, "open": progress.open, **left_out})


def keyed(lines: dict[tuple[str, str], Any]) -> dict[str, Any]:
    return {kind if kind == "total" else f"{kind}:{name}": value for (kind, name), value in lines.items()}


def compare_roll_over(history: History, on: date, differs: Differs) -> None:
    seen, tracker = history.seen, history.tracker
    try:
        proposed = tracker.roll_over("p", "q", on=on)
    except NotFound:
        differs("roll-over not found", None, Plan(history.log, on).adoption)
        return
    model = RollOver(history.log, on)
    differs("copied", set(proposed.copied), set(model.copied))
    differs("carried", set(proposed.carried), set(model.carried))
    differs("blocked", {code for code, _ in proposed.blocked}, model.blocked)
    differs("settled", set(proposed.settled), model.settled)
    differs("redated", set(proposed.redated), model.redated)
    differs("later", {f"p/{code}" for code in proposed.later}, model.later)
    differs("unlinked", set(proposed.unlinked), model.unlinked)
    differs("unclear", proposed.unclear, ())
    differs("lets go", proposed.lets_go, model.lets_go)
    scheduled = {str(e.subject): e for e in proposed.events if isinstance(e, ActivityScheduled)}
    differs("scheduled", set(scheduled), {f"q/{code}" for code in {**model.copied, **model.carried}})
    for code, deadline in {**model.copied, **model.carried}.items():
        event, work = scheduled[f"q/{code}"], model.works[f"p/{code}"]
        last = (date(model.year, 12, 31),)
        found = (
            event.deadline if deadline else event.deadline.days,
            event.domain,
            event.title,
            event.leads,
            event.group,
        )
        more = {name: value for name, value in event.host_fields.items() if name not in work.host_fields}
        differs(f"own fields of {code}", {**event.host_fields}, {**work.host_fields, **more})
        differs(f"link of {code}", len(more), int(code in model.carried and code not in model.unlinked))
        differs(f"scheduled {code}", found, (deadline or last, work.domain, work.title, work.leads, work.group))
    gone = {e.subject: (e.on, e.into) for e in proposed.events if isinstance(e, ActivityCarriedOver)}
    leaving = model.carried.keys() - model.carried_before if model.lets_go else ()
    expected = {f"p/{code}": (model.day, "q") for code in leaving}
    differs("carried over", gone, expected)
    adopted = next(event for event in proposed.events if isinstance(event, PlanAdopted))
    again = attrs.evolve(
        model.adoption,
        subject=PlanId(StreamId("q")),
        on=on,
        year=model.year,
        title=adopted.title,
        host_fields=model.notice,
    )
    differs("adopted", adopted, again)
    for name in ("copied", "carried", "carried_before", "blocked", "settled", "redated", "later", "unlinked"):
        seen[f"roll-over {name}"] += bool(getattr(model, name))
    seen["roll-over closed"] += not model.lets_go
    if on <= history.today():
        try:
            tracker.record(*proposed.events, by="so-noi-vu")
        except IllegalHistory as error:
            differs("recordable", str(error), "")
        seen["roll-over recorded"] += 1


def examine(random: Random, seen: Counter[str], differs: Differs, asks: int = 5) -> History:
    """Make a history, and hold each answer about it against the model's; `seen` counts in how many a case was met."""
    history = History(random, Counter())
    history.make()
    with history.tracker:
        for _ in range(asks):
            compare_plan(history, history.some_day(), history.some_knowledge(), differs)
        compare_reports(history, differs)
        compare_roll_over(history, history.some_day(), differs)
    seen.update(case for case, times in history.seen.items() if times)
    seen["records"] += len(history.log)
    return history


def main() -> None:
    """Compare many histories; each difference is printed with the seed of its history, and ends in a failure."""
    parser = argparse.ArgumentParser(description="Hold the library against the second small model.")
    parser.add_argument("--histories", type=int, default=5000)
    parser.add_argument("--seed", default="1")
    asked = parser.parse_args()
    seen, differences, answers = Counter[str](), Counter[str](), 0
    started = clocks.monotonic()
    for number in range(1, asked.histories + 1):

        def differs(what: str, got: Any, want: Any, number: int = number) -> None:
            nonlocal answers
            answers += 1
            if got != want:
                differences[re.sub(r"[p@#\d].*", "", what)] += 1
                print(f"history {number}: {what}: the library: {got}; the model: {want}", flush=True)

        examine(Random(f"{asked.seed}/{number}"), seen, differs)
        if number % 250 == 0 or number == asked.histories:
            took = clocks.monotonic() - started
            print(f"{number} histories, {answers} answers, {differences.total()} differences, {took:.0f} s", flush=True)
    for what, times in sorted(seen.items()):
        print(f"{times:9}  {what}")
    sys.exit(f"differences: {dict(differences)}" if differences else 0)
