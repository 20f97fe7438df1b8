"""Random legal histories of one plan, made for the second model and the library alike."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
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
    Record,
    Tracker,
)
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
from reformtrack.values import Bound, Check, DeadlineKind, IndicatorKind, Level, Relation
from tests.second_model import MOST_HOST_FIELDS, Fact, Plan, Work
from tests.second_printed import Days
from tests.support import Clock

CODES = ("1", "2", "3", "4", "5")
SPELLINGS = (
    ("Sở Tư pháp", "SỞ TƯ PHÁP", "Sở tư pháp.", "Sở Tư Pháp"),
    ("Sở Nội vụ", "Sở nội vụ"),
    ("Đài Phát thanh", "Ðài Phát thanh", "ĐÀI PHÁT THANH"),
    ("UBND TP. Hoà Bình", "UBND TP Hòa Bình", "UBND TP.Hòa Bình"),
    ("Sở Tư phap",),  # another tone mark: another name
)
"""Names, each in several spellings."""
GROUPS = ((), (), ("Văn bản",), ("Văn bản", "Nghị quyết"), ("Văn bản", "Nghị quyết", "Mới"), ("Nghị quyết",))
NUMBERS = ("", "1", "2", "7", "7", "42", "7a")
VAGUE = ("không rõ", "Thường xuyên", "Theo hướng dẫn của Bộ Nội vụ")
EACH = (
    "Hằng quý",
    "Hằng quý",
    "Hằng tháng",
    "Hằng năm",
    "6 tháng một lần",
    "15/{month} hằng năm",
    "Quý II hằng năm",
    "ngày 20 hằng tháng",
)
SEVERAL = ("20/3; 20/6", "15/2; 20/6; 20/9", "Quý II; Quý IV", "20/3/{year}; 20/6/{year}", "20/12/{year}; 20/3/{next}")
DAYS = (
    "Quý I",
    "Quý II",
    "Quý III",
    "Quý IV/{next}",
    "6 tháng đầu năm",
    "31/1",
    "30/6",
    "tháng {month}",
    "{month}/{year}",
    "29/2",
    "31/8/{year}",
    "Trong năm",
    "31/3/{after}",
    "trước quý III",
)
SPANS = ("1/9 - 31/10", "1/3 - 30/6", "Quý I-III", "1/3 - 30/6/{next}", "Quý II-IV")
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
        self.days = self.some_days(random.choice((2023, 2024)))
        self.year = self.days.year
        self.adopted_on = self.days.first + timedelta(random.randrange(-22, 18))
        self.clock = Clock(datetime.combine(self.adopted_on + timedelta(random.randrange(5)), time(3), UTC))
        self.tracker = Tracker(clock=self.clock)
        self.log: list[Fact] = []
        self.ends: list[Fact] = []
        """The last record of each request: amid one, half of it is what nobody ever knew."""
        self.weights = random.choice(FLAVOURS)
        self.stages = self.some_stages()
        self.periods = [
            *self.stages,
            *(one for n in range(self.year, self.days.last.year + 1) for one in periods_of(n)),
        ]
        self.pace = max(1, (self.days.last - self.days.first).days // 400)
        self.parsed: dict[str, Deadline] = {}

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def some_days(self, year: int) -> Days:
        """Those of a calendar year, or of another one, or of several."""
        whole, january, july = self.random.randrange(100), date(year, 1, 1), date(year, 7, 1)
        if whole < 35:
            return Days(year, None, None)
        if whole < 55:
            return Days(year, july, date(year + 1, 6, 30))
        if whole < 80:
            return Days(year, january, date(year + self.random.choice((1, 2, 4)), 12, 31))
        named = (
            (july, date(year + 1, 12, 31)),
            (july, None),
            (january, None),
            (date(year, 12, 15), date(year + 1, 12, 14)),
        )
        return Days(year, *self.random.choice(named))

    def some_stages(self) -> list[Period]:
        """One after the other; not all of the plan need be in one."""
        if not self.days.named or self.chance(40):
            return []
        first, last = self.days.first, self.days.last
        half = first + (last - first) // 2
        ends = ((first, half), (half + timedelta(1), last))[: self.random.choice((1, 2))]
        return [Period(code=f"giai-doan-{n}", title=f"giai đoạn {n}", first=a, last=b) for n, (a, b) in enumerate(ends)]

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
        text = self.random.choice(self.random.choice((VAGUE, EACH, EACH, SEVERAL, DAYS, DAYS, SPANS)))
        month = self.random.randrange(1, 13)
        text = text.format(month=month, year=self.year, next=self.year + 1, after=self.year + 2)
        return self.parsed.setdefault(text, Deadline.parse(text, self.year, self.days.asked))

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
            year=self.random.choice((0, self.year)) if self.days.named else self.year,
            jurisdiction="Tỉnh",
            domains=domains,
            counting_rule=rule,
            confirmation_required=confirmed,
            first_day=self.days.first if self.days.named else None,
            last_day=self.days.given_last,
            stages=tuple(self.stages),
            level=self.random.choice((None, *Level)),
            above=self.random.choice(("", "Tỉnh Lâm Đồng")),
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
            lead=self.led(),
            lead_text=self.lead_text(),
            number=self.random.choice(NUMBERS),
            group=self.random.choice(GROUPS),
            supporting=self.supporting(),
            deadline=self.deadline(),
            document=self.document(on),
        )

    def led(self) -> str | tuple[str, ...]:
        """One name, or several jointly, or none, in whatever spelling."""
        if self.chance(12):
            return ()
        names = self.random.sample(SPELLINGS, 1 if self.chance(50) else self.random.choice((2, 2, 3)))
        spelt = tuple(one[0] if self.chance(50) else self.random.choice(one) for one in names)
        return spelt if len(spelt) > 1 else spelt[0]

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
            self.clock.now += timedelta(self.random.randrange(1, 22) * self.pace, minutes=self.random.randrange(500))
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
        words: dict[str, Any] = {
            "title": "Tên khác",
            "lead": "Sở Tư pháp",
            "number": "9",
            "group": ("Khác",),
            "last_day": self.days.last + timedelta(365),
            "jurisdiction": "Huyện",
            "obstacles": "Thiếu người",
        }
        there = [name for name in words if getattr(event, name, None)]
        if not there or self.chance(50):
            return event
        name = self.random.choice(there)
        return attrs.evolve(event, **{name: words[name]})

    def steer(self) -> None:
        on = self.day()
        if self.today() < self.days.last - timedelta(60) and self.chance(70):
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
            said = self.random.choice((None, None, {}, {"Kiến nghị": "Bổ sung kinh phí"}))
            self.tracker.reports.correct(subject, reason="Bổ sung", by="so-noi-vu", sections=said)
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
                said = self.random.choice((None, {"Đánh giá chung": "Tốt", "Kiến nghị": "Không"}, {"Kiến nghị": "Có"}))
                self.tracker.reports.issue("p", chosen, by="so-noi-vu", on=on, rule=rule, sections=said)
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
            (
                ActivityReassigned(p, on=on, lead=self.led(), supporting=self.supporting(), lead_text=self.lead_text()),
                lead,
            ),
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
        said = ("Thiếu kinh phí", "Chờ hướng dẫn", "Không", "Không có khó khăn, vướng mắc")
        measures = ({"percent": Decimal(0)}, {"percent": Decimal(40)}, {"note": "Đang làm"})
        measure = self.random.choice((*measures, {"obstacles": self.random.choice(said)}))
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
        return (self.random.choice(SPELLINGS)[0],) if self.chance(40) else ()

    def lead_text(self) -> str:
        return self.random.choice(("", "", "Các sở nêu trên"))

    def revisions(self, p: str, on: date) -> list[Any]:
        full = {f"Trường {n}": "x" for n in range(MOST_HOST_FIELDS)}
        return [
            ActivityRevised(p, on=on, group=self.random.choice(GROUPS), number=self.random.choice(NUMBERS)),
            ActivityRevised(p, on=on, number=self.random.choice(NUMBERS)),
            ActivityRevised(p, on=on, group=self.random.choice(GROUPS)),
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
        if self.chance(20):
            end = max(end, self.days.last + timedelta(20))
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
