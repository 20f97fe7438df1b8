"""Stores to ask: the worked example among other plans, and a plan as it is seen through each public door at one moment."""

import contextlib
import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs
import lxml.html
from dak_nong_events import CUT_OFF, MONITOR, PLAN, Clock, at, corrections, figure_events, plan_events, rows, year
from hypothesis import strategies as st

from reformtrack import CountingRule, Deadline, Document, Domain, IllegalHistory, InvalidField, Period, Plan, Tracker
from reformtrack.answers import Report
from reformtrack.cli import main
from reformtrack.events import (
    ActivityCarriedOver,
    ActivityCompleted,
    ActivityReassigned,
    ActivityReopened,
    ActivityRescheduled,
    ActivityStarted,
    ActivitySuspended,
    ActivityWithdrawn,
    AgencyRegistered,
    CompletionConfirmed,
    IndicatorDefined,
    OccurrenceCompleted,
    PlanAmended,
    ReadingTaken,
    RecordRetracted,
)
from reformtrack.exchange.digest import Digest, digests
from reformtrack.exchange.report.forms import rendered
from reformtrack.values import Check, DeadlineKind, IndicatorKind, Relation
from reformtrack.web import create_app
from tests.support import adopted, day, scheduled
from tests.web.asking import ask

NOW = at(date(2024, 1, 8))
"""When all is asked."""


@attrs.frozen(eq=False)
class World:
    """A store in a file, a tracker over it, and the application over the tracker."""

    path: Path
    tracker: Tracker
    clock: Clock

    @cached_property
    def app(self) -> Any:
        """The pages and the API."""
        return create_app(self.tracker)

    def get(self, path: str, query: dict[str, Any]) -> str:
        """What an address of the application answers."""
        answer = ask(self.app, path, params=query or None)
        assert answer.status_code == 200, answer.text
        return answer.text

    def run(self, *words: object) -> str:
        """What a command writes."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(["--store", str(self.path), *map(str, words)])
        assert code == 0, (words, err.getvalue())
        return out.getvalue()


def world(folder: Path, name: str, clock: Clock) -> World:
    """An empty store."""
    path = folder / f"{name}.db"
    return World(path, Tracker(path, clock=clock), clock)


@attrs.frozen(eq=False)
class Asked:
    """
    A plan on a day, as known at a log position or now, through every door.

    Doors that take no `known_at` are those of a store that has the log up to that position, and nothing else.
    """

    world: World
    plan_id: str
    on: date
    known_at: int | None
    folder: Path
    open: ExitStack

    @cached_property
    def plan(self) -> Plan:
        """The plan that the library answers."""
        return self.world.tracker.plan(self.plan_id, self.on, self.known_at)

    @cached_property
    def query(self) -> dict[str, Any]:
        """The two clocks, as an address has them."""
        known = {} if self.known_at is None else {"known_at": str(self.known_at)}
        return {"on": self.on.isoformat(), **known}

    @cached_property
    def _pages(self) -> dict[str, Any]:
        return {}

    def page(self, path: str, **query: str) -> Any:
        """A page of the application, parsed."""
        key = f"{path} {sorted(query.items())}"
        if key not in self._pages:
            self._pages[key] = lxml.html.fromstring(self.world.get(path, {**self.query, **query}))
        return self._pages[key]

    def api(self, path: str, **query: str) -> Any:
        """What the API answers."""
        key = f"/api/v1{path} {sorted(query.items())}"
        if key not in self._pages:
            self._pages[key] = json.loads(self.world.get(f"/api/v1{path}", {**self.query, **query}))
        return self._pages[key]

    def json(self, *words: str) -> Any:
        """What a command about a plan answers with `--json`."""
        return json.loads(self._run("--json", *words))

    def terminal(self, *words: str) -> str:
        """What a command about a plan writes."""
        return self._run(*words)

    def _run(self, *words: str) -> str:
        known = () if self.known_at is None else ("--known-at", self.known_at)
        return self.world.run(*words, "--on", self.on, *known)

    def json_then(self, *words: str) -> Any:
        """What a command answers with `--json` that takes no `known_at`."""
        return json.loads(self.then.run("--json", *words, "--on", self.on))

    def terminal_then(self, *words: str) -> str:
        """What a command writes that takes no `known_at`."""
        return self.then.run(*words, "--on", self.on)

    def _copy(self, name: str) -> World:
        """A store with the log up to the position."""
        file = self.folder / f"{name}.jsonl"
        self.world.tracker.log.export(file, up_to=self.known_at)
        made = world(self.folder, name, self.world.clock)
        self.open.callback(made.tracker.close)
        made.tracker.log.load(file)
        return made

    @cached_property
    def then(self) -> World:
        """The store as it was at the position; nothing is recorded in it."""
        return self.world if self.known_at is None else self._copy("then")

    @cached_property
    def report(self) -> Report:
        """The report of a period that ends on the day, issued at the position."""
        first = date(self.on.year, 1, 1)
        period = Period(code="ky-nay", title="kỳ này", first=first, last=self.on)
        return self._copy("issuing").tracker.reports.issue(self.plan_id, period, by="so-noi-vu")

    @cached_property
    def _documents(self) -> dict[str, bytes]:
        return {}

    def document(self, form: str) -> bytes:
        """That report in a form."""
        if form not in self._documents:
            self._documents[form] = rendered(self.report, form, with_basis=True)
        return self._documents[form]

    @cached_property
    def digests(self) -> Sequence[Digest]:
        """The digests of the day."""
        return digests(self.then.tracker, self.plan_id, self.on)


def asked(world: World, plan: str, on: date, known_at: int | None, folder: Path, open: ExitStack) -> Asked:
    """A plan at a moment; its stores are closed with `open`."""
    folder.mkdir(parents=True, exist_ok=True)
    return Asked(world, plan, on, known_at, folder, open)


# the worked example, among others

ISSUED = date(2023, 7, 5)
FOREIGN = "xa-nam-dong"


@contextlib.contextmanager
def country(folder: Path) -> Iterator[World]:
    """The worked example, with a report on its first half, and plans that have what it does not."""
    clock = Clock()
    made = world(folder, "country", clock)
    with made.tracker as tracker:
        tracker.record(*plan_events(rows("dak-nong-2023-activities.csv")), by=MONITOR)
        facts = sorted((*year(rows("dak-nong-2023-activities.csv")), *corrections()), key=lambda fact: fact.told)
        others = list(other_plans())
        is_issued = False
        for fact in facts:
            clock.now = fact.told
            if fact.told.date() > ISSUED and not is_issued:
                is_issued = True
                tracker.reports.issue(PLAN, "2023-h1", by=MONITOR, on=ISSUED)
            tracker.record(*fact.events(tracker), by=fact.by)
            now = [group for group in others if all(event.on <= clock.now.date() for event in group[1:])]
            for by, *events in now[:3]:
                tracker.record(*events, by=by)
            others = [group for group in others if group not in now[:3]]
        assert not others
        clock.now = at(CUT_OFF, 9 * 60)
        tracker.record(*figure_events(rows("dak-nong-2023-figures.csv")), by=MONITOR)
        tracker.reports.issue(FOREIGN, "2023-h1", by="y", on=CUT_OFF)
        tracker.record(
            ActivityCompleted(f"{FOREIGN}/1.2", on=day("6-29")),
            ActivityReassigned(f"{FOREIGN}/1.10", on=day("6-1"), lead="Đài Truyền thanh"),
            by="y",
        )
        clock.now = NOW
        yield made


def several(text: str, *days: date) -> Deadline:
    """A deadline of days that are given."""
    kind = {0: DeadlineKind.REGULAR, 1: DeadlineKind.DAY}.get(len(days), DeadlineKind.DAYS)
    return Deadline(text, kind, days)


PLACES = ("Ủy ban xã", "Ấp Bắc", "Đắk Mil", "Ban Mê", "Ấp 10", "Ấp 2", "Văn Lâm")
LEADS = ("Văn phòng", "Ủy ban", "Đài Truyền thanh", "Sở Y tế", "Ban Dân tộc", "Ấp 2", "Ấp 10")


def other_plans() -> Iterator[Sequence[Any]]:
    """
    Who records, and events: names that code points put in another order, equal rates, a plan whose completions are confirmed,
    work that left, came without a document, is due outside the year, is missed again and again.
    """
    yield ("x", *(AgencyRegistered(f"@{n}", on=day("1-2"), name=name) for n, name in enumerate(LEADS)))
    for number, place in enumerate(PLACES):
        plan = f"p-{number}"
        yield ("x", adopted(plan, jurisdiction=place, title=f"Kế hoạch của {place}"))
        for n in range(1, 3 + number % 3):
            yield ("x", scheduled(f"{plan}/{n}", lead=LEADS[n], deadline=several("x", day("6-30"))))
        for n in range(1, 2 + number % 2):
            yield ("x", ActivityCompleted(f"{plan}/{n}", on=day("3-1")))
    yield ("x", adopted("p-7", jurisdiction="Đắk Mil", title="Ấp chiến lược", domains=(Domain("1", "Thể chế"),)))
    yield (
        "x",
        adopted(
            FOREIGN,
            jurisdiction="Xã Nam Dong",
            domains=(Domain("1", "Thể chế"), Domain("10", "Tổ chức"), Domain("2", "Công vụ")),
            counting_rule=CountingRule.FALLEN_DUE,
            confirmation_required=True,
            host_fields={"nguồn": "minh họa"},
        ),
    )
    quarters = several("hằng quý", day("3-20"), day("6-20"), day("9-20"), day("12-20"))
    work: dict[str, tuple[str, Deadline]] = {
        "1.10": ("Ủy ban", quarters),
        "1.2": ("Văn phòng", several("30/6", day("6-30"))),
        "1.9": ("Đài Truyền thanh", several("15/1", day("1-15"))),
        "2.1": ("Ấp 10", several("thường xuyên")),
        "2.2": ("Ấp 2", quarters),
        "2.3": ("Ban Dân tộc", several("15/1/2024", date(2024, 1, 15))),
        "2.4": ("Ban Dân tộc", several("20/12/2022 và 5/5", date(2022, 12, 20), day("5-5"))),
        "10.1": ("Sở Y tế", several("30/6", day("6-30"))),
        "10.2": ("Sở Y tế", several("1/7", day("7-1"))),
        "10.3": ("Sở Y tế", several("1/7", day("7-1"))),
        "1.3": ("Văn phòng", several("1/7", day("7-1"))),
        "10.4": ("Sở Y tế", several("30/6", day("6-30"))),
        "10.5": ("Sở Y tế", several("2/7", day("7-2"))),
    }
    for code, (lead, deadline) in work.items():
        domain = code.partition(".")[0]
        yield ("x", scheduled(f"{FOREIGN}/{code}", domain=domain, lead=lead, deadline=deadline, title=f"Việc {code}"))
    yield ("x", OccurrenceCompleted(f"{FOREIGN}/1.10", on=day("3-25"), occurrence=day("3-20")))
    for due in quarters.days:
        yield ("x", OccurrenceCompleted(f"{FOREIGN}/2.2", on=due - timedelta(days=5), occurrence=due))
    yield ("x", ActivityCompleted(f"{FOREIGN}/1.9", on=day("2-1")))
    yield ("x", ActivityCompleted(f"{FOREIGN}/2.1", on=day("5-1")))
    yield ("y", CompletionConfirmed(f"{FOREIGN}/2.1", on=day("5-2"), completion=2))
    yield ("x", ActivityCompleted(f"{FOREIGN}/10.1", on=day("6-1")))
    yield ("x", ActivityWithdrawn(f"{FOREIGN}/10.2", on=day("6-15"), reason="thôi"))
    yield ("x", ActivityCarriedOver(f"{FOREIGN}/10.3", on=day("6-15"), into="xa-nam-dong-2024"))
    yield ("x", PlanAmended(FOREIGN, on=day("6-16"), document=Document(number="9/QĐ")))
    yield ("x", scheduled(f"{FOREIGN}/2.5", on=day("6-17"), domain="2", lead="Ấp 2", deadline=quarters))
    yield ("x", scheduled(f"{FOREIGN}/2.6", on=day("6-17"), domain="2", lead="Ấp 2", document=Document(number="10/CV")))
    yield (
        "x",
        *(
            IndicatorDefined(
                f"{FOREIGN}#{name}", on=day("1-3"), title=name, kind=IndicatorKind.COUNT, unit="vụ", checks=checks
            )
            for name, checks in {
                "xong": (),
                "con": (),
                "tong": (
                    Check(left=("xong", "con"), relation=Relation.EQUAL, right=("tong",)),
                    Check(left=("xong",), relation=Relation.AT_MOST, right=("tong",)),
                ),
                "cu": (Check(left=("xong",), relation=Relation.AT_LEAST, right=("cu",)),),
            }.items()
        ),
    )
    for name, (value, of) in {"xong": (43, day("6-10")), "tong": (40, day("6-10")), "cu": (1, day("6-1"))}.items():
        yield (
            "x",
            ReadingTaken(
                f"{FOREIGN}#{name}",
                on=of,
                as_of=of,
                reported_text=f"{value} vụ",
                value=Decimal(value),
            ),
        )


def position(world: World, at: datetime) -> int:
    """What was known at an instant."""
    return world.tracker.log.position(at)


# random plans

_DAYS = st.integers(0, 360).map(lambda n: date(2023, 1, 2) + timedelta(days=n))
_DEADLINES = st.sampled_from(
    [
        several("30/6", day("6-30")),
        several("31/12", day("12-31")),
        several("thường xuyên"),
        several("hằng quý", *(day(text) for text in ("3-20", "6-20", "9-20", "12-20"))),
        several("cuối năm và sang năm", day("11-5"), date(2024, 1, 15)),
        several("năm trước", date(2022, 12, 20)),
    ]
)
_CODES = st.sampled_from(["1.1", "1.2", "1.9", "1.10", "2.1", "10.1"])
_DOCUMENTS = st.sampled_from([None, Document(number="9/QĐ"), Document(number="10/CV", date=date(2023, 3, 1))])


@st.composite
def countries(draw: st.DrawFn, plans: int = 1) -> list[Any]:
    """Events of some plans, legal or not; most activities are scheduled first. `p` is the first plan."""
    names = ["p", "q", "r", "s"][:plans]
    events: list[Any] = [
        AgencyRegistered(f"@{n}", on=day("1-2"), name=name) for n, name in enumerate(LEADS) if plans > 1
    ]
    for name in names:
        place = draw(st.sampled_from(PLACES))
        events.append(
            adopted(
                name,
                jurisdiction=place,
                title=draw(st.sampled_from(["Kế hoạch", "Ấp", "Đề án"])),
                domains=(Domain("1", "Thể chế"), Domain("10", "Tổ chức"), Domain("2", "Công vụ")),
                counting_rule=draw(st.sampled_from(CountingRule)),
                confirmation_required=draw(st.booleans()),
            )
        )
        codes = draw(st.lists(_CODES, unique=True, min_size=int(name == "p")))
        events += [_scheduled(draw, f"{name}/{code}", day("1-2")) for code in codes]
    if draw(st.booleans()):
        events += _indicators(draw)
    for number in range(draw(st.integers(0, 30))):
        if number == 12:
            events.append("a report")
        id = f"{draw(st.sampled_from([*names, 'p']))}/{draw(_CODES)}"
        events.append(draw(st.sampled_from(_MAKERS))(draw, id, draw(_DAYS)))
    return events


def _scheduled(draw: st.DrawFn, id: str, on: date) -> Any:
    lead, deadline = draw(st.sampled_from(LEADS)), draw(_DEADLINES)
    domain = id.rpartition("/")[2].partition(".")[0]
    return scheduled(id, on=on, domain=domain, title=f"Việc {id[2:]}", lead=lead, deadline=deadline)


def _indicators(draw: st.DrawFn) -> list[Any]:
    check = Check(left=("a", "b"), relation=draw(st.sampled_from(Relation)), right=("c",))
    on, kind = day("1-3"), IndicatorKind.COUNT
    found: list[Any] = [
        IndicatorDefined(f"p#{name}", on=on, title=name, unit="vụ", kind=kind, checks=(check,) if name == "c" else ())
        for name in "cab"
    ]
    for name in draw(st.lists(st.sampled_from("abc"), max_size=5)):
        at, value = draw(st.sampled_from([day("2-1"), day("5-1")])), Decimal(draw(st.integers(0, 3)))
        found.append(ReadingTaken(f"p#{name}", on=at, as_of=at, reported_text=f"{value} vụ", value=value))
    return found


_MAKERS: list[Callable[[st.DrawFn, str, date], Any]] = [
    _scheduled,
    lambda draw, id, on: ActivityStarted(id, on=on),
    lambda draw, id, on: ActivityCompleted(id, on=on),
    lambda draw, id, on: ActivityCompleted(id, on=on, evidence=(Document(number="1"),)),
    lambda draw, id, on: OccurrenceCompleted(id, on=on, occurrence=draw(_DEADLINES.filter(_recurs)).days[0]),
    lambda draw, id, on: ActivityReopened(id, on=on, reason="x"),
    lambda draw, id, on: CompletionConfirmed(id, on=on, completion=draw(st.integers(1, 4))),
    lambda draw, id, on: ActivitySuspended(id, on=on, reason="x"),
    lambda draw, id, on: ActivityRescheduled(id, on=on, deadline=draw(_DEADLINES), document=draw(_DOCUMENTS)),
    lambda draw, id, on: ActivityReassigned(id, on=on, lead=draw(st.sampled_from(LEADS))),
    lambda draw, id, on: ActivityWithdrawn(id, on=on, reason="x"),
    lambda draw, id, on: ActivityCarriedOver(id, on=on, into="z"),
    lambda draw, id, on: RecordRetracted(id, version=draw(st.integers(1, 4)), reason="x"),
    lambda draw, id, on: PlanAmended(id[0], on=on, document=Document(number="9/QĐ")),
]


def _recurs(deadline: Deadline) -> bool:
    return deadline.is_recurring


def made(folder: Path, events: Sequence[Any]) -> World:
    """A store that was given the events one by one, some days apart, and kept the legal ones."""
    clock = Clock()
    clock.now = NOW - timedelta(days=2 * len(events) + 1)
    found = world(folder, "random", clock)
    for event in events:
        clock.now += timedelta(days=2)
        with contextlib.suppress(IllegalHistory, InvalidField):
            if event == "a report":
                found.tracker.reports.issue("p", "2023-h1", by="tester")
            else:
                found.tracker.record(event, by="tester" if not isinstance(event, CompletionConfirmed) else "monitor")
    clock.now = NOW
    return found
