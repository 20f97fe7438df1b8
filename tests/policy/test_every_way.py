"""No actor, role, lineage, event or interface leads to a record that separation of duties forbids."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from reformtrack import Document, IllegalHistory, InvalidField, NotPermitted, Record, SeparationOfDuties, Tracker
from reformtrack.cli import main
from reformtrack.domain.journal import HA_NOI_TIME
from reformtrack.events import (
    ActivityCompleted,
    ActivityReassigned,
    ActivityReopened,
    ActivityRescheduled,
    ActivityScheduled,
    ActivityStarted,
    AgencyMerged,
    AgencyRegistered,
    AgencySplit,
    CompletionConfirmed,
    CompletionReturned,
    EvidenceFiled,
    ProgressReported,
    RecordRetracted,
    RoleDelegated,
    RoleEnded,
    RoleGranted,
)
from reformtrack.exchange.agency_workbook import agency_workbook, import_agency_workbook
from reformtrack.values import Role
from tests.policy.world import AGENCIES, DOCUMENT, ROLES, START, STEWARD, province, site
from tests.support import INSTANT, JUNE, Clock
from tests.web.asking import ask

ACTIVITIES = ("p/1.01", "p/2.01")
ACTORS = (*(actor for actor, _, _ in ROLES), STEWARD, "moi", "ai-do")
IDS = (*AGENCIES, "@mot", "@hai")
NAMES = {**AGENCIES, "@mot": "Sở Một", "@hai": "Sở Hai"}
LEADS = (*NAMES.values(), "Sở Tư pháp, Sở Nội vụ")
FIRST = date(2023, 6, 1)
DOCUMENTS = st.sampled_from([None, DOCUMENT, Document(number="7/QĐ"), Document(number="9/QĐ", date=FIRST)])
MOVES = (ActivityScheduled, ActivityRescheduled, ActivityReassigned)
DEEDS = (ActivityStarted, ProgressReported, EvidenceFiled, ActivityCompleted)


def days(draw: st.DrawFn) -> date:
    return FIRST + timedelta(days=draw(st.integers(0, 18)))


def role_fields(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "actor": draw(st.sampled_from(ACTORS)),
        "role": draw(st.sampled_from(Role)),
        "plan": draw(st.sampled_from(["", "", "p", "q"])),
    }


def known_role(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    actor, agency, role = draw(st.sampled_from(ROLES))
    return agency, {"actor": actor, "role": role}


REGISTER: list[Callable[[st.DrawFn], Any]] = [
    lambda draw: RoleGranted(
        draw(st.sampled_from(IDS)),
        on=days(draw),
        until=draw(st.none() | st.just(date(2023, 6, 20))),
        **role_fields(draw),
    ),
    lambda draw: (lambda known: RoleEnded(known[0], on=days(draw), **known[1]))(known_role(draw)),
    lambda draw: (
        lambda known, on: RoleDelegated(
            known[0], on=on, until=on + timedelta(days=9), to=draw(st.sampled_from(["moi", "ai-do", "nam"])), **known[1]
        )
    )(known_role(draw), days(draw)),
    lambda draw: AgencyMerged(draw(st.sampled_from(IDS)), on=days(draw), into=draw(st.sampled_from(IDS))),
    lambda draw: AgencySplit(draw(st.sampled_from(IDS)), on=days(draw), into=("@mot", "@hai")),
    lambda draw: RecordRetracted(draw(st.sampled_from(IDS)), version=draw(st.integers(2, 5)), reason="x"),
]
WORK: list[Callable[[st.DrawFn, str], Any]] = [
    lambda draw, id: ActivityStarted(id, on=days(draw)),
    lambda draw, id: ProgressReported(id, on=days(draw), note="x"),
    lambda draw, id: EvidenceFiled(id, on=days(draw), evidence=(DOCUMENT,)),
    lambda draw, id: ActivityCompleted(id, on=days(draw)),
    lambda draw, id: ActivityCompleted(id, on=days(draw)),
    lambda draw, id: CompletionConfirmed(id, on=days(draw), completion=2),
    lambda draw, id: CompletionConfirmed(id, on=days(draw), completion=2),
    lambda draw, id: CompletionConfirmed(id, on=days(draw), completion=draw(st.integers(2, 6))),
    lambda draw, id: CompletionReturned(id, on=days(draw), reason="x"),
    lambda draw, id: ActivityReopened(id, on=days(draw), reason="x"),
    lambda draw, id: ActivityReassigned(id, on=days(draw), lead=draw(st.sampled_from(LEADS)), document=draw(DOCUMENTS)),
    lambda draw, id: ActivityRescheduled(id, on=days(draw), deadline=JUNE, document=draw(DOCUMENTS)),
    lambda draw, id: RecordRetracted(id, version=draw(st.integers(1, 6)), reason="x"),
    lambda draw, id: RecordRetracted(id, version=draw(st.integers(1, 6)), reason="x", document=draw(DOCUMENTS)),
]


@st.composite
def moves(draw: st.DrawFn) -> list[tuple[str, Any, int, str]]:
    """(actor, event, days that pass before it, a way to record it) of one who tries whatever comes to mind."""
    done = [("tam", "p/1.01"), ("nga", "p/2.01"), ("tuan", "p/1.01")]
    found: list[tuple[str, Any, int, str]] = [
        (actor, ActivityCompleted(id, on=FIRST), 0, "python")
        for actor, id in draw(st.lists(st.sampled_from(done), max_size=2))
    ]
    for _ in range(draw(st.integers(10, 40))):
        if draw(st.integers(0, 3)):
            id = draw(st.sampled_from(ACTIVITIES))
            made = draw(st.sampled_from(WORK))(draw, id)
            judged = isinstance(made, CompletionConfirmed | CompletionReturned)
            actor = draw(st.sampled_from(["nam", "vinh", "moi", *ACTORS] if judged else ACTORS))
        else:
            actor = draw(st.sampled_from([STEWARD, STEWARD, STEWARD, *ACTORS]))
            try:
                made = draw(st.sampled_from(REGISTER))(draw)
            except InvalidField:  # lent to themselves
                continue
        found.append((actor, made, draw(st.sampled_from([0, 0, 1, 7])), draw(st.sampled_from(["python", "http"]))))
    return found


class Naive:
    """What roles and agencies were when something was recorded: from the records before it, by looking through all of them."""

    def __init__(self, before: Iterable[Record[Any]], today: date) -> None:
        records = self.records = list(before)
        gone = {(r.stream, r.event.version) for r in records if isinstance(r.event, RecordRetracted)}
        standing = [
            r for r in records if not isinstance(r.event, RecordRetracted) and (r.stream, r.version) not in gone
        ]
        self.facts = sorted(standing, key=lambda r: (r.event.on, r.version))
        self.today = today
        self.heirs: dict[str, tuple[str, ...]] = {}
        self.ended_by: dict[str, str] = {}
        for record in self.facts:
            if record.event.on <= today:
                if isinstance(record.event, AgencyMerged):
                    self.heirs[record.stream], self.ended_by[record.stream] = (record.event.into,), record.by
                elif isinstance(record.event, AgencySplit):
                    self.heirs[record.stream] = record.event.into

    def heir(self, id: str | None, actor: str = "") -> str | None:
        """Whom an agency's mergers lead to, but for those that the actor recorded."""
        heirs = self.heirs.get(id or "")
        if heirs is None:
            return id
        return self.heir(heirs[0], actor) if len(heirs) == 1 and self.ended_by[id or ""] != actor else None

    def line(self, id: str) -> set[str]:
        return {id}.union(*(self.line(heir) for heir in self.heirs.get(id, ())))

    def acts(self, actor: str, *roles: Role) -> set[str | None]:
        """The agencies for which an actor has one of some roles in the plan today."""
        held = self.held(actor, *roles, plans=("", "p"))
        return {self.heir(at, actor) for at, _ in held} - {None}

    def has_part(self, person: str, whose: set[str], deeds: Sequence[Record[Any]]) -> bool:
        """Whether it is work of somebody, or of an agency that they act for; with a role on loan, that they have acted for."""
        used = {(r.by, r.agency) for r in self.records if r.stream.partition("/")[0] == "p"}
        own = {
            at
            for at, lender in self.held(person, *Role, plans=("", "p", "q"))
            if not lender or any(by == person and self.same(at, of) for by, of in used if of)
        }
        own |= {heir for at in own if (heir := self.heir(at))}
        return any(deed.by == person for deed in deeds) or any(self.same(one, other) for one in own for other in whose)

    def same(self, one: str, other: str) -> bool:
        return one in self.line(other) or other in self.line(one)

    def deeds(self, activity: str, day: date, besides: int = 0) -> list[Record[Any]]:
        """What was done for an activity since it was last sent back by a day; as if one record were not there."""
        found: list[Record[Any]] = []
        for record in self.facts:
            if record.stream == activity and record.version != besides:
                if isinstance(record.event, CompletionReturned) and record.event.on <= day:
                    found = [deed for deed in found if deed.position > record.position]
                elif isinstance(record.event, DEEDS):
                    found.append(record)
        return found

    def confirmers(self, activity: str, day: date, by: str, agency: str) -> list[Record[Any]]:
        """What somebody, or one of an agency's line, confirmed on a day or later, or before it and not opened again since."""
        facts = [record for record in self.facts if record.stream == activity]
        opened = [place for place, r in enumerate(facts) if isinstance(r.event, ActivityReopened | CompletionReturned)]
        return [
            record
            for place, record in enumerate(facts)
            if isinstance(record.event, CompletionConfirmed)
            and (record.by == by or self.same(record.agency, agency))
            and (day <= record.event.on or not any(place < one and facts[one].event.on <= day for one in opened))
        ]

    def held(self, actor: str, *roles: Role, plans: Sequence[str]) -> list[tuple[str, str]]:
        """(agency, who lent it) of each role that somebody has today."""
        found: list[tuple[str, str]] = []
        for record in self.facts:
            fact = record.event
            if isinstance(fact, RoleGranted | RoleDelegated) and fact.role in roles and fact.plan in plans:
                who = fact.to if isinstance(fact, RoleDelegated) else fact.actor
                over = fact.until is not None and fact.until < self.today
                if who == actor and fact.on <= self.today and not over and not self._ended(record):
                    found.append((record.stream, fact.actor if isinstance(fact, RoleDelegated) else ""))
        return found

    def _ended(self, held: Record[Any]) -> bool:
        fact = held.event
        who = {fact.actor, fact.to} if isinstance(fact, RoleDelegated) else {fact.actor}
        return any(
            isinstance(end.event, RoleEnded)
            and end.stream == held.stream
            and (end.event.role, end.event.plan) == (fact.role, fact.plan)
            and end.event.actor in who
            and (fact.on, held.version) < (end.event.on, end.version)
            and end.event.on <= self.today
            for end in self.facts
        )

    def lead(self, activity: str, day: date) -> str | None:
        leads = [
            r.event.lead for r in self.facts if r.stream == activity and r.event.on <= day and hasattr(r.event, "lead")
        ]
        return next((id for id, name in NAMES.items() if name == leads[-1]), None)

    def answers(self, activity: str, day: date, actor: str) -> str | None:
        """Who answers for the lead of a day: its heir, or that of the lead of today where nobody does."""
        then, today = (self.lead(activity, of) for of in (day, self.today))
        return self.heir(then if self.heir(then) else today, actor)


def assert_judged_by_others(now: Naive, record: Record[Any], day: date, besides: int = 0) -> None:
    """By a monitor, for an agency that has no part in the work; the monitor has none, nor has who lent them the role."""
    deeds = now.deeds(record.stream, day, besides)
    lead = now.lead(record.stream, day)
    whose = {deed.agency for deed in deeds} | ({lead} if lead else set())
    assert whose
    assert not now.has_part(record.by, whose, deeds)
    hats = now.held(record.by, Role.MONITOR, plans=("", "p"))
    assert any(
        now.heir(at, record.by) == record.agency and not (lender and now.has_part(lender, whose, deeds))
        for at, lender in hats
    )
    assert not any(now.same(record.agency, one) for one in whose)


def assert_separated(log: Sequence[Record[Any]]) -> tuple[int, int]:
    """Hold every record of work against the naive roles of its moment; how many there are, and how many confirmations."""
    work = confirmations = 0
    for place, record in enumerate(log):
        if record.stream not in ACTIVITIES or record.version == 1:
            continue
        now = Naive(log[:place], record.recorded_at.astimezone(HA_NOI_TIME).date())
        fact, by, agency = record.event, record.by, record.agency
        if isinstance(fact, DEEDS):
            assert not now.confirmers(record.stream, fact.on, by, agency), "who confirmed does nothing for it"
        if isinstance(fact, ActivityStarted | ProgressReported | ActivityCompleted):
            work += 1
            assert agency in now.acts(by, Role.REPORTER), "a reporter, now, and for that agency"
            assert now.answers(record.stream, fact.on, by) == agency, "it is the one that answers for its lead"
        elif isinstance(fact, CompletionConfirmed | CompletionReturned):
            confirmations += isinstance(fact, CompletionConfirmed)
            assert_judged_by_others(now, record, fact.on)
        elif isinstance(fact, MOVES):
            assert agency in now.acts(by, Role.PLANNER)
            assert fact.document is not None
            assert fact.document.date is not None
            assert fact.document.date <= fact.on, "it was decided by then"
        elif isinstance(fact, RecordRetracted):
            [wrong] = [r for r in log[:place] if r.stream == record.stream and r.version == fact.version]
            assert_taken_back(now, record, wrong)
        else:
            assert isinstance(fact, EvidenceFiled | ActivityReopened)
            assert agency in now.acts(by, Role.REPORTER) | now.acts(by, Role.MONITOR)
    return work, confirmations


def assert_taken_back(now: Naive, record: Record[Any], wrong: Record[Any]) -> None:
    """By whoever may record it now: the same agency what it said, judges what was judged, planners by a document."""
    if isinstance(wrong.event, MOVES):
        assert record.agency in now.acts(record.by, Role.PLANNER)
        assert record.event.document is not None
        assert record.event.document.date is not None
        assert record.event.document.date <= wrong.event.on
    elif isinstance(wrong.event, DEEDS):
        assert record.agency in now.acts(record.by, Role.REPORTER)
        assert now.heir(wrong.agency, record.by) == record.agency
    else:
        own = record.agency in now.acts(record.by, Role.REPORTER)
        if not (own and isinstance(wrong.event, ActivityReopened) and wrong.agency == record.agency):
            assert_judged_by_others(now, record, wrong.event.on, wrong.version)


def try_by_http(app: Any, actor: str, made: Any, key: str) -> None:
    body = {"events": [{"type": type(made).__name__, **msgspec.to_builtins(made)}]}
    answer = ask(app, "/api/v1/records", {"idempotency-key": key, "who": actor}, "POST", json=body)
    assert answer.status_code in (201, 403, 409), answer.text


@pytest.mark.long
@given(moves())
def test_nothing_forbidden_is_on_record(attempts: list[tuple[str, Any, int, str]]) -> None:
    """Whoever tries what, in whatever order, in Python or over HTTP: who may is who did."""
    clock = Clock(INSTANT.replace(month=6, day=15))
    with province(clock=clock) as tracker:
        tracker.record(*(AgencyRegistered(id, on=START, name=NAMES[id]) for id in ("@mot", "@hai")), by=STEWARD)
        app = site(tracker)
        for number, (actor, made, later, way) in enumerate(attempts):
            clock.now += timedelta(days=later)
            if way == "http":
                try_by_http(app, actor, made, str(number))
                continue
            try:
                tracker.record(made, by=actor)
            except (NotPermitted, IllegalHistory):
                continue
        work, confirmations = assert_separated(list(tracker.log.records()))
        event(f"work: {min(work, 3)}, confirmations: {min(confirmations, 2)}")


def try_by_sheet(tracker: Tracker, folder: Path, actor: str, activity: str) -> int:
    """Fill in what is open of an activity as done, and send the workbook back as an actor."""
    plan = tracker.plan("p")
    lead = plan.activity(activity.partition("/")[2]).lead
    try:
        (folder / "a.xlsx").write_bytes(agency_workbook(plan, lead))
    except InvalidField:  # it leads nothing that is open
        return 0
    book = openpyxl.load_workbook(folder / "a.xlsx")
    [sheet] = book.worksheets
    for row in sheet.iter_rows(min_row=6):
        if str(row[0].value).split()[0] == activity:  # of a recurring one, with its occurrence
            row[7].value, row[8].value = "đã hoàn thành", date(2023, 6, 20)
    book.save(folder / "a.xlsx")
    found = import_agency_workbook(tracker, folder / "a.xlsx", lead=lead, by=actor)
    return len(found.records)


def try_by_command(url: str, actor: str, made: Any, folder: Path) -> None:
    line = {"name": type(made).__name__, "event": msgspec.to_builtins(made)}
    (folder / "events.jsonl").write_bytes(msgspec.json.encode(line))
    code = main(
        ["--store", url, "--stewards", STEWARD, "record", "--file", str(folder / "events.jsonl"), "--by", actor]
    )
    assert code in (0, 3), code


@pytest.mark.long
@pytest.mark.slow
@settings(
    max_examples=max(1, settings().max_examples // 5),  # each fills in workbooks, and runs commands
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(attempts=moves(), data=st.data())
def test_no_way_goes_round_it(
    attempts: list[tuple[str, Any, int, str]],
    data: st.DataObject,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In Python, over HTTP, by a workbook that was filled in, on the command line: mixed at random on one store."""
    folder = tmp_path_factory.mktemp("ways")
    url = f"sqlite:///{folder}/a.db"
    province(url, Clock(INSTANT)).close()
    monkeypatch.setenv("REFORMTRACK_LANG", "en")
    with Tracker(url, policy=SeparationOfDuties(stewards=(STEWARD,))) as tracker:
        tracker.record(*(AgencyRegistered(id, on=START, name=NAMES[id]) for id in ("@mot", "@hai")), by=STEWARD)
        app = site(tracker)
        for number, (actor, made, _, _) in enumerate(attempts):
            match data.draw(st.sampled_from(["python", "http", "sheet", "command"])):
                case "http":
                    try_by_http(app, actor, made, str(number))
                case "sheet":
                    try_by_sheet(tracker, folder, actor, data.draw(st.sampled_from(ACTIVITIES)))
                case "command":
                    try_by_command(url, actor, made, folder)
                case _:
                    try:
                        tracker.record(made, by=actor)
                    except (NotPermitted, IllegalHistory):
                        continue
        assert_separated(list(tracker.log.records()))


@pytest.mark.slow
def test_the_reporter_gets_through_each_way(tmp_path: Path) -> None:
    """So that the laws above are about something: each way records what is permitted, and refuses what is not."""
    url = f"sqlite:///{tmp_path}/a.db"
    with province(url, Clock(datetime.now(INSTANT.tzinfo))) as tracker:
        try_by_http(site(tracker), "tam", ActivityStarted("p/1.01", on=date(2023, 2, 1)), "k")
        try_by_http(site(tracker), "thu", ProgressReported("p/1.01", on=date(2023, 2, 1), note="x"), "k")
        assert 2 == len(tracker.log.history("p/1.01"))
        assert 0 == try_by_sheet(tracker, tmp_path, "thu", "p/1.01")
        assert 1 == try_by_sheet(tracker, tmp_path, "tam", "p/1.01")
        confirmed = CompletionConfirmed("p/1.01", on=date(2023, 6, 21), completion=3)
        for actor in ("tam", "thu", "van", "nam"):
            try_by_command(url, actor, confirmed, tmp_path)
        assert ["van", "tam", "tam", "nam"] == [record.by for record in tracker.log.history("p/1.01")]
        assert 2 == assert_separated(list(tracker.log.records()))[0]
