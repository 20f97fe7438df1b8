"""
Who may report and who may judge work that several lead jointly: a model of its own, over random histories under a policy.

Written from `docs/how-to/decide-who-may-record.md` alone. Each actor has one role at one agency, and nothing is retracted.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple

from reformtrack import Deadline, Document, Domain, IllegalHistory, NotPermitted, SeparationOfDuties, Tracker
from reformtrack import events as ev
from reformtrack.values import Role
from tests.second_printed import names_of
from tests.support import Clock

START = date(2026, 1, 5)
AGENCIES = {"tp": "Sở Tư pháp", "nv": "Sở Nội vụ", "tc": "Sở Tài chính", "tt": "Thanh tra tỉnh"}
ALSO = {"tp": ("SỞ TƯ PHÁP",)}
"""What else is printed and is that agency: case alone may differ."""
ALIKE = {"tp": ("Sở Tư phap", "Sở Tư pháp."), "nv": ("Sở Nội Vu",)}
"""What only looks like it."""
NOBODY = "Các sở, ban, ngành"
DEEDS = (
    ev.ActivityStarted,
    ev.ProgressReported,
    ev.ActivityCompleted,
    ev.ActivitySuspended,
    ev.ActivityResumed,
    ev.EvidenceFiled,
)


class Deed(NamedTuple):
    """A record of an activity."""

    event: Any
    agency: str


def agencies_of(names: Iterable[str], *, alike: bool = False) -> set[str]:
    """The agencies that printed names are, or only look like."""
    said = ALIKE if alike else {key: (name, *ALSO.get(key, ())) for key, name in AGENCIES.items()}
    return {key for key, spelt in said.items() if not {*spelt}.isdisjoint(names)}


class Work:
    """What is on record of one activity, in the order of recording."""

    def __init__(self) -> None:
        self.records: list[Deed] = []

    def terms(self, on: date, before: int | None = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Who leads and who supports on a day; of what was recorded before something, where that is of the same day."""
        set_by = [
            one.event
            for n, one in enumerate(self.records)
            if isinstance(one.event, ev.ActivityScheduled | ev.ActivityReassigned)
            and (before is None or n < before or one.event.on < on)
        ]
        last = max((event for event in set_by if event.on <= on), key=lambda event: event.on, default=set_by[0])
        last = [event for event in set_by if event.on == last.on][-1]
        return names_of(last.lead), last.supporting

    def leaders(self, on: date) -> set[str]:
        """Of a printed lead that is nobody's, whom the plan names today: they report for the days before too."""
        return agencies_of(self.terms(on)[0]) or agencies_of(self.terms(date.max)[0])

    def whose(self, on: date) -> set[str]:
        """Whose work it is: the lead's, and of all who did something since the last return, with those who led it jointly."""
        back = [n for n, one in enumerate(self.records) if isinstance(one.event, ev.CompletionReturned)]
        since = list(enumerate(self.records))[back[-1] if back else 0 :]
        names, found = {*self.terms(on)[0]}, set[str]()
        for n, deed in since:
            if isinstance(deed.event, DEEDS):
                found.add(deed.agency)
                led = self.terms(deed.event.on, n)[0]
                names |= {*led} if len(led) > 1 else set()
        found |= agencies_of(names)
        return found | agencies_of(names, alike=True) if found else set()

    def confirmed_by(self, on: date) -> set[str]:
        """Who confirmed it on that day or later, or so that it still holds on it."""
        found = set()
        for n, one in enumerate(self.records):
            if isinstance(one.event, ev.CompletionConfirmed):
                later = (other.event for other in self.records[n:] if other.event.on <= on)
                undone = any(isinstance(event, ev.CompletionReturned | ev.ActivityReopened) for event in later)
                found |= {one.agency} if one.event.on >= on or not undone else set()
        return found

    def permits(self, event: Any, role: Role, agency: str) -> bool:
        """Whether one who has a role at an agency may record it."""
        reports = role is Role.REPORTER and agency in self.leaders(event.on)
        match event:
            case ev.ActivityReassigned():
                return role is Role.PLANNER
            case ev.CompletionConfirmed() | ev.CompletionReturned():
                whose = self.whose(event.on)
                return role is Role.MONITOR and bool(whose) and agency not in whose
            case ev.ActivityReopened():
                return role is Role.MONITOR or reports
            case ev.EvidenceFiled() if role is Role.REPORTER:
                reports |= agency in agencies_of(self.terms(event.on)[1])
        return reports and agency not in self.confirmed_by(event.on)


class Office:
    """A plan under the policy, and who is there."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.clock = Clock(datetime(2026, 1, 5, 2, tzinfo=UTC))
        self.tracker = Tracker(clock=self.clock, policy=SeparationOfDuties(stewards=("qt",)))
        self.actors = {f"{role.value}-{a}": (role, a) for a in AGENCIES for role in (Role.REPORTER, Role.MONITOR)}
        self.actors["planner"] = (Role.PLANNER, "vp")
        names = {**AGENCIES, "vp": "Văn phòng"}
        self.tracker.record(
            *(ev.AgencyRegistered(f"@{one}", on=START, name=name) for one, name in names.items()),
            *(ev.RoleGranted(f"@{one}", on=START, actor=who, role=role) for who, (role, one) in self.actors.items()),
            by="qt",
        )
        self.works = {f"p/{n}": Work() for n in range(3)}
        day, domains = Deadline.parse("Quý II", 2026), (Domain("1", "Thể chế"),)
        adopted = ev.PlanAdopted(
            "p",
            on=START,
            title="K",
            year=2026,
            jurisdiction="T",
            domains=domains,
            document=self.document(START),
            confirmation_required=True,
        )
        scheduled = [
            ev.ActivityScheduled(
                p, on=START, domain="1", title="V", lead=self.some(), supporting=self.some()[:1], deadline=day
            )
            for p in self.works
        ]
        self.tracker.record(adopted, *scheduled, by="planner")
        for event in scheduled:
            self.works[event.subject].records.append(Deed(event, "vp"))

    def document(self, on: date) -> Document:
        return Document(number="1/QĐ", date=on)

    def some(self) -> tuple[str, ...]:
        """Several names, or one, or none: each of another agency, in whatever spelling."""
        keys = self.random.sample((*AGENCIES, ""), self.random.choice((0, 1, 2, 2, 3)))
        every = [
            (AGENCIES[key], AGENCIES[key], *ALSO.get(key, ()), *ALIKE.get(key, ())) if key else (NOBODY,)
            for key in keys
        ]
        return tuple(self.random.choice(spelt) for spelt in every)

    def proposed(self, p: str) -> Any:
        on = max(START, self.tracker.today() - timedelta(self.random.choice((0, 0, 0, 2, 9))))
        done = [
            record.version for record in self.tracker.log.history(p) if isinstance(record.event, ev.ActivityCompleted)
        ]
        evidence = (Document(number="2/BC"),)
        return self.random.choice(
            (
                ev.ActivityStarted(p, on=on),
                ev.ProgressReported(p, on=on, percent=Decimal(40)),
                ev.EvidenceFiled(p, on=on, evidence=evidence),
                *(ev.ActivityCompleted(p, on=on, evidence=evidence),) * 3,
                *(ev.CompletionConfirmed(p, on=self.tracker.today(), completion=(done or [1])[-1]),) * 4,
                ev.CompletionReturned(p, on=self.tracker.today(), reason="Thiếu"),
                ev.ActivityReopened(p, on=self.tracker.today(), reason="Sai"),
                ev.ActivityReassigned(p, on=on, lead=self.some(), document=self.document(on)),
            )
        )

    def step(self, seen: Counter[str], differs: Callable[[str, Any, Any], None]) -> None:
        self.clock.now += timedelta(self.random.choice((0, 0, 1, 3)), minutes=1)
        p = self.random.choice((*self.works,))
        event, work = self.proposed(p), self.works[p]
        fitting = [who for who, (role, agency) in self.actors.items() if work.permits(event, role, agency)]
        by = self.random.choice(fitting if fitting and self.random.randrange(2) else (*self.actors,))
        role, agency = self.actors[by]
        expected = work.permits(event, role, agency)
        name = type(event).__name__
        try:
            self.tracker.record(event, by=by)
        except NotPermitted:
            differs(f"{name} on {event.on} by {by} of {[one.event for one in work.records]}", False, expected)
            seen[f"{name} refused"] += 1
            return
        except IllegalHistory:
            return
        differs(f"{name} on {event.on} by {by} of {[one.event for one in work.records]}", True, expected)
        joint = len(work.terms(event.on)[0]) > 1
        seen[f"{name} {'jointly' if joint else 'alone'}"] += 1
        work.records.append(Deed(event, agency))


def examine_rights(
    random: Random, seen: Counter[str], differs: Callable[[str, Any, Any], None], steps: int = 40
) -> None:
    """Make a history under the policy, and hold what it permits against the model."""
    office = Office(random)
    with office.tracker:
        for _ in range(steps):
            office.step(seen, differs)
