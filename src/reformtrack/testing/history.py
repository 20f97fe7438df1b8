"""Histories: what becomes of a plan in a year, recorded in a tracker in memory, and all that this tracker answers of it."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import getstate, setstate
from typing import Any, TypeVar

import attrs
import msgspec

from reformtrack.answers import bridge, burn_up
from reformtrack.domain import activity
from reformtrack.domain.agency import AgencyRegistered, Role, RoleGranted
from reformtrack.domain.deadline import Deadline, DeadlineKind
from reformtrack.domain.dispatch import DigestSent
from reformtrack.domain.illegal import IllegalHistory
from reformtrack.domain.indicator import Check, IndicatorDefined, IndicatorKind, ReadingTaken, Relation
from reformtrack.domain.kinds import Event, kind_of
from reformtrack.domain.plan import PlanAdopted
from reformtrack.domain.progress import CountingRule
from reformtrack.domain.report import FigurePublished
from reformtrack.domain.timeline import Record, RecordRetracted, timeline
from reformtrack.domain.values import Domain, code_of
from reformtrack.extras import extra
from reformtrack.tracker import Tracker

with extra("testing"):
    from hypothesis import assume
    from hypothesis import strategies as st

T = TypeVar("T")

ADOPTED = date(2023, 1, 2)
INSTANT = datetime(2023, 12, 31, 10, tzinfo=UTC)
JUNE = Deadline("30/6/2023", DeadlineKind.DAY, (date(2023, 6, 30),))
QUARTERS = Deadline("20/3; 20/6", DeadlineKind.DAYS, (date(2023, 3, 20), date(2023, 6, 20)))
REGULAR = Deadline("Thường xuyên", DeadlineKind.REGULAR, ())
CODES = ("1.01", "1.02", "2.01", "2.02")
LEADS = ("Sở Tư pháp", "Sở Nội vụ", "Văn phòng UBND tỉnh")

DAYS = st.integers(0, 300).map(lambda n: ADOPTED + timedelta(days=n))
_DEADLINES = st.sampled_from([JUNE, QUARTERS, REGULAR])
_DUE = st.sampled_from(QUARTERS.days)
_VERSIONS = st.integers(1, 5)
_LED = st.sampled_from((*LEADS, *LEADS, "SỞ NỘI VỤ.", LEADS[:2], (LEADS[1], LEADS[0]), ()))
_GROUPS = st.sampled_from([(), (), ("Văn bản",), ("Văn bản", "Nghị quyết")])
_PERCENT = st.sampled_from([None, Decimal(0), Decimal(40)])


@attrs.define(eq=False)
class Clock:
    """A clock that stands still until it is set."""

    now: datetime = INSTANT

    def __call__(self) -> datetime:
        return self.now


def adopted(plan: str = "p") -> PlanAdopted:
    """A plan of two domains."""
    domains = (Domain("1", "Thể chế"), Domain("2", "Thủ tục hành chính"))
    title, where = "Kế hoạch cải cách hành chính", "Tỉnh Đắk Nông"
    return PlanAdopted(plan, on=ADOPTED, title=title, year=2023, jurisdiction=where, domains=domains)


def scheduled(id: str = "p/1.01") -> activity.ActivityScheduled:
    """An activity due on 30 June."""
    return activity.ActivityScheduled(id, on=ADOPTED, domain="1", title="Rà soát văn bản", lead=LEADS[0], deadline=JUNE)


_MAKERS: list[Callable[[st.DrawFn, str, date], Event]] = [
    lambda draw, id, on: attrs.evolve(
        scheduled(id), on=on, domain=code_of(id)[0], deadline=draw(_DEADLINES), lead=draw(_LED), group=draw(_GROUPS)
    ),
    lambda draw, id, on: activity.ActivityStarted(id, on=on),
    lambda draw, id, on: activity.ProgressReported(id, on=on, percent=draw(_PERCENT), note="x"),
    lambda draw, id, on: activity.ActivityCompleted(id, on=on),
    lambda draw, id, on: activity.OccurrenceCompleted(id, on=on, occurrence=draw(_DUE)),
    lambda draw, id, on: activity.CompletionConfirmed(id, on=on, completion=draw(_VERSIONS)),
    lambda draw, id, on: activity.CompletionReturned(id, on=on, reason="x", occurrence=draw(st.none() | _DUE)),
    lambda draw, id, on: activity.ActivityReopened(id, on=on, reason="x", occurrence=draw(st.none() | _DUE)),
    lambda draw, id, on: activity.ActivitySuspended(id, on=on, reason="x"),
    lambda draw, id, on: activity.ActivityResumed(id, on=on),
    lambda draw, id, on: activity.ActivityRescheduled(id, on=on, deadline=draw(_DEADLINES)),
    lambda draw, id, on: activity.ActivityReassigned(id, on=on, lead=draw(_LED)),
    lambda draw, id, on: activity.ActivityWithdrawn(id, on=on, reason="x"),
    lambda draw, id, on: activity.ActivityCarriedOver(id, on=on, into="q"),
    lambda draw, id, on: RecordRetracted(id, version=draw(_VERSIONS), reason="x"),
]


@st.composite
def happenings(draw: st.DrawFn, codes: Sequence[str] = CODES, days: st.SearchStrategy[date] = DAYS) -> Event:
    """An event about one of the activities of the plan `p`, legal or not, each kind as often as the others."""
    return draw(st.sampled_from(_MAKERS))(draw, f"p/{draw(st.sampled_from(codes))}", draw(days))


@st.composite
def proposals(draw: st.DrawFn, codes: Sequence[str] = CODES, days: st.SearchStrategy[date] = DAYS) -> list[Event]:
    """Events about the activities of the plan `p` in 2023, legal or not, most activities scheduled first."""
    first = [_MAKERS[0](draw, f"p/{code}", ADOPTED) for code in codes if draw(st.integers(0, 5))]
    return first + draw(st.lists(happenings(codes, days), max_size=25))


def tracker_of(events: Sequence[Event], *, first: Sequence[Event] = ()) -> Tracker:
    """
    A new tracker in memory, to be closed: with what came first, and the legal ones of some events, a minute apart.

    Args:
        events: are tried one by one, by "tester", and confirmations by "monitor"; illegal ones are left out.
        first: is recorded before them, all in one request, by "tester"; default: the plan `p` is adopted.
    """
    clock = Clock(INSTANT - timedelta(minutes=len(events) + 1))
    tracker = Tracker(clock=clock)
    tracker.record(*(first or [adopted()]), by="tester", request_id="first")
    for number, event in enumerate(events):
        clock.now += timedelta(minutes=1)
        with contextlib.suppress(IllegalHistory):
            by = "monitor" if isinstance(event, activity.CompletionConfirmed) else "tester"
            tracker.record(event, by=by, request_id=f"request-{number}")
    clock.now = INSTANT
    return tracker


@st.composite
def histories(draw: st.DrawFn) -> tuple[Record[Event], ...]:
    """
    Whole logs, each legal: a plan with agencies, roles, indicators and their readings, two reports and what came after them.
    """
    with _a_year(draw) as tracker:
        return tuple(tracker.log.records())


@st.composite
def _all_answers(draw: st.DrawFn) -> list[object]:
    with _a_year(draw) as tracker:
        return list(_within(_answers(tracker), set()))


@st.composite
def answers_of(draw: st.DrawFn, kind: type[T]) -> T:
    """An answer of a class, from a tracker with one of the `histories`: of all that is drawn for one test, the same."""
    found = [one for one in draw(_ANSWERS) if type(one) is kind]
    assume(found)
    return draw(st.sampled_from(found))


_ANSWERS = st.shared(_all_answers(), key="reformtrack")


@contextlib.contextmanager
def _a_year(draw: st.DrawFn) -> Iterator[Tracker]:
    """A tracker with a plan in it, what is around it, and what was learnt after each of two reports."""
    before = getstate()
    try:
        with _recorded(draw) as tracker:
            yield tracker
    finally:
        setstate(before)  # the ids of spans come from it, where a host listens, and Hypothesis minds


def _recorded(draw: st.DrawFn) -> Tracker:
    values, kind = st.integers(0, 3).map(Decimal), IndicatorKind.COUNT
    reading = ReadingTaken("p#a", on=ADOPTED, as_of=ADOPTED, value=Decimal(0))
    check = Check(left=("a",), relation=draw(st.sampled_from(Relation)), right=("b",))
    rule, confirmation = draw(st.sampled_from(CountingRule)), draw(st.booleans())
    around: list[Event] = [
        *(AgencyRegistered(f"@{n}", on=ADOPTED, name=name, aliases=("Sở",)) for n, name in enumerate(LEADS)),
        RoleGranted("@1", on=ADOPTED, actor="tester", role=draw(st.sampled_from(Role))),
        attrs.evolve(adopted(), counting_rule=rule, confirmation_required=confirmation),
        IndicatorDefined("p#a", on=ADOPTED, title="Đơn", unit="đơn", kind=kind, checks=(check,)),
        IndicatorDefined("p#b", on=ADOPTED, title="Vụ việc", unit="vụ", kind=kind),
        *(attrs.evolve(reading, subject=f"p#{name}", value=draw(values)) for name in "ab"),
        scheduled("p/1.09"),
    ]
    tracker = tracker_of(draw(proposals()), first=around)
    for code, counts in {"2023-h1": CountingRule.WHOLE_PLAN, "2023-year": rule}.items():
        period = tracker.reports.issue("p", code, by="tester", rule=counts, request_id=code).period
        last = period.last
        late: list[Event] = [
            attrs.evolve(scheduled(f"p/1.{code}"), on=last),
            attrs.evolve(reading, as_of=last, on=last, value=draw(values) + 4),
            FigurePublished(f"p@{code}", on=last, period=period, reported_text="96,4%", percent=Decimal("96.4")),
            DigestSent("p!so-tu-phap", on=last, to=LEADS[0], warnings=("quá hạn 28 ngày",)),
        ]
        tracker.record(*late, by="tester", request_id=f"after {code}")
    tracker.configure(time_zone="UTC+08:00", by="tester")
    return tracker


def _answers(tracker: Tracker) -> Iterator[object]:
    """What a tracker answers of the plan."""
    plan, registry, reports = tracker.plan("p"), tracker.agencies(), tracker.reports.of("p")
    yield plan, registry, reports, tracker.reports.issued("p"), tracker.indicators("p"), tracker.warnings("p")
    yield tracker.plans(), tracker.log.head(), tracker.log.records()
    yield tracker.rollup(on=tracker.today() + timedelta(days=9), silent_days=0)
    yield tracker.across(), tracker.trend(plan.on - timedelta(days=7), plan.on)
    yield tracker.roll_over("p", "q", on=date(2024, 1, 2))
    yield plan.progress(), plan.balance(ADOPTED), burn_up(plan, ADOPTED, plan.on), bridge(*reports)
    yield [(one.drift(), one.compared(), tracker.reports.beside(one)) for one in reports]
    yield [(one.dues, one.standing) for one in plan.activities]
    yield registry.work(plan), registry.roles_of("tester"), [registry.resolve(name) for name in (*LEADS, "Sở", "?")]
    for stream in dict.fromkeys(record.stream for record in tracker.log.records()):
        yield kind_of(stream).fold(timeline(tracker.log.history(stream)))


def _within(value: Any, seen: set[int]) -> Iterator[object]:
    """A value, and all that it is made of, each once."""
    if id(value) in seen or isinstance(value, str):
        return
    seen.add(id(value))
    yield value
    parts: Iterable[object] = ()
    if isinstance(value, Mapping):
        parts = value.values()
    elif isinstance(value, Iterable):
        parts = value
    elif attrs.has(type(value)):
        parts = [getattr(value, field.name) for field in attrs.fields(type(value))]
    elif isinstance(value, msgspec.Struct):
        parts = [getattr(value, name) for name in value.__struct_fields__]
    for part in parts:
        yield from _within(part, seen)
