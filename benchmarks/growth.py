"""
Work that must not grow with the square: requests of many events, registers of many agencies, journals of many refusals.

    python benchmarks/growth.py [--store postgresql://…]

Each figure is a median of five, in milliseconds of CPU of this process; the aim stands beside it.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from statistics import median

from reformtrack import Deadline, Document, Domain, Event, IllegalHistory, NotPermitted, SeparationOfDuties, Tracker
from reformtrack.events import (
    ActivityCompleted,
    ActivityReassigned,
    ActivityScheduled,
    AgencyAliased,
    AgencyRegistered,
    CompletionConfirmed,
    CompletionReturned,
    EvidenceFiled,
    OccurrenceCompleted,
    PlanAdopted,
    PlanAmended,
    ProgressReported,
    RecordRetracted,
    RoleDelegated,
    RoleEnded,
    RoleGranted,
)
from reformtrack.policy import Permit, Policy, Refuse, Situation
from reformtrack.values import DeadlineKind, Role

START = date(2023, 1, 2)
DUE = Deadline.parse("Quý II", 2023)
EACH_DAY = Deadline("hằng ngày", DeadlineKind.DAYS, tuple(START + timedelta(days=i) for i in range(365)))
PAPER = Document(number="1/QĐ-UBND", date=START)
PAPERS = tuple(Document(number=str(i)) for i in range(50))
REPORTS = 20
"""Records, or refusals, that are timed together."""
ALIASES = "aliases, 200 at a time"
STEWARD, PLANNER, REPORTER, MONITOR = "quan-tri", "le-van-c", "nguyen-van-a", "tran-thi-b"


def agencies(first: int, count: int) -> Iterator[AgencyRegistered]:
    """Many of them."""
    return (AgencyRegistered(f"@co-quan-{i}", on=START, name=f"Cơ quan số {i}") for i in range(first, first + count))


def province(url: str | None, policy: Policy, registered: int) -> Tracker:
    """A store with a plan of one activity, led by an agency whose people have their roles, and many other agencies."""
    tracker = Tracker(url, policy=policy)
    roles = (
        (PLANNER, Role.PLANNER, "@van-phong"),
        (REPORTER, Role.REPORTER, "@tu-phap"),
        (MONITOR, Role.MONITOR, "@noi-vu"),
    )
    tracker.record(
        *(AgencyRegistered(id, on=START, name=id[1:]) for id in ("@tu-phap", "@noi-vu", "@van-phong")),
        *(RoleGranted(agency, on=START, actor=actor, role=role) for actor, role, agency in roles),
        by=STEWARD,
    )
    for first in range(0, registered, 500):
        tracker.record(*agencies(first, min(500, registered - first)), by=STEWARD)
    domains = (Domain("1", "Thể chế"),)
    plan = PlanAdopted("p", on=START, title="Kế hoạch", year=2023, jurisdiction="Tỉnh", domains=domains, document=PAPER)
    daily = ActivityScheduled("p/days", on=START, domain="1", title="Trực", lead="tu-phap", deadline=EACH_DAY)
    tracker.record(plan, *tasks(1), daily, by=PLANNER)
    return tracker


def tasks(count: int, plan: str = "p") -> Iterator[ActivityScheduled]:
    """Activities led by an agency."""
    for i in range(count):
        yield ActivityScheduled(f"{plan}/{i}", on=START, domain="1", title="Rà soát", lead="tu-phap", deadline=DUE)


def day(number: int) -> date:
    """One of 300 days, in order."""
    return START + timedelta(days=number * 3 // 10 % 300)


def to_and_fro(number: int) -> date:
    """One of 300 days, so that facts come in every order: what stands after the place of one has to be folded again."""
    return START + timedelta(days=number * 7919 % 300)


def by_turns(number: int) -> date:
    """Late, and ever earlier, by turns: all that came late stands after what comes next."""
    return START + timedelta(days=330 if number % 2 else 300 - number * 3 // 10 % 300)


def loans(count: int, days: Callable[[int], date] = lambda number: START) -> Iterator[RoleDelegated]:
    """Loans by the reporter, each to somebody else; no more than may be."""
    for i in range(min(count, 500)):
        until = START + timedelta(days=600)
        yield RoleDelegated("@tu-phap", on=days(i), actor=REPORTER, role=Role.REPORTER, to=f"nguoi-{i}", until=until)


def asks_all(actor: str, event: Event, situation: Situation) -> Permit | Refuse:
    """A policy of a host that looks at everything that a situation has."""
    registry = situation.registry
    seen = registry.resolve("Cơ quan số 1"), registry.roles_of(actor), situation.deeds, situation.plan, situation.state
    return Permit("everybody", "@tu-phap") if len(seen) == 5 else Refuse("accepted: nobody")


def requests(count: int) -> dict[str, tuple[str, Sequence[Event]]]:
    """Requests of many events, of every kind that could grow: who makes each, and what it is."""
    done = (
        event
        for i in range(count // 2)
        for event in (
            ActivityCompleted("p/0", on=START + timedelta(days=i % 300)),
            CompletionReturned("p/0", on=START + timedelta(days=i % 300), reason="x"),
        )
    )
    return {
        "agencies registered": (STEWARD, list(agencies(10**6, count))),
        "one agency's roles": (
            STEWARD,
            [RoleGranted("@noi-vu", on=START, actor=f"nguoi-{i}", role=Role.REPORTER) for i in range(count)],
        ),
        "plan amended": (PLANNER, [PlanAmended("p", on=day(i), document=PAPER) for i in range(count)]),
        "a plan of many activities": (
            PLANNER,
            [
                PlanAdopted(
                    "q", on=START, title="x", year=2023, jurisdiction="y", domains=(Domain("1", "z"),), document=PAPER
                ),
                *tasks(count - 1, "q"),
            ],
        ),
        "progress of one activity": (REPORTER, [ProgressReported("p/0", on=day(i), note="x") for i in range(count)]),
        "evidence of one activity": (
            REPORTER,
            [EvidenceFiled("p/0", on=day(i), evidence=(PAPER,)) for i in range(count)],
        ),
        "leads of one activity": (
            PLANNER,
            [ActivityReassigned("p/0", on=day(i), lead="tu-phap", document=PAPER) for i in range(count)],
        ),
        "progress of one activity, to and fro": (
            REPORTER,
            [ProgressReported("p/0", on=to_and_fro(i), note="x") for i in range(count)],
        ),
        "completed and returned": (MONITOR, list(done)),
        "occurrences, late and early by turns": (
            REPORTER,
            [
                OccurrenceCompleted("p/days", on=by_turns(i), occurrence=EACH_DAY.days[i])
                if i < len(EACH_DAY.days) - 1
                else ProgressReported("p/days", on=by_turns(i), note="x")
                for i in range(count)
            ],
        ),
        "evidence of 50 documents, late and early by turns": (
            REPORTER,
            [EvidenceFiled("p/0", on=by_turns(i), evidence=PAPERS) for i in range(count)],
        ),
        "loans, and ends of them ever earlier": (
            STEWARD,
            [
                *loans(count // 2),
                *(
                    RoleEnded("@tu-phap", on=by_turns(2 * i), actor=f"nguoi-{i}", role=Role.REPORTER)
                    for i in range(min(count // 2, 500))
                ),
            ],
        ),
        "loans, ever earlier": (REPORTER, list(loans(count, lambda number: by_turns(2 * number)))),
        ALIASES: (
            STEWARD,
            [AgencyAliased("@noi-vu", on=START, aliases=tuple(f"{i}-{j}" for j in range(200))) for i in range(count)],
        ),
    }


def over_and_over(count: int) -> Iterator[RoleGranted | RoleEnded]:
    """Of one person, on one day."""
    for _ in range(count // 2):
        yield RoleGranted("@noi-vu", on=START, actor="ai-do", role=Role.MONITOR)
        yield RoleEnded("@noi-vu", on=START, actor="ai-do", role=Role.MONITOR)


def followed(count: int) -> dict[str, tuple[tuple[str, Sequence[Event]], tuple[str, Sequence[Event]]]]:
    """Requests that follow another: who made that one and what it was, who makes this one and what it is."""
    filed = [EvidenceFiled("p/0", on=day(i), evidence=(PAPER,)) for i in range(count)]
    granted = [RoleGranted("@noi-vu", on=day(i), actor=f"nguoi-{i}", role=Role.REPORTER) for i in range(count)]
    return {
        "confirmed over and over, refused": (
            (REPORTER, [ActivityCompleted("p/0", on=START), *filed]),
            (MONITOR, [CompletionConfirmed("p/0", on=by_turns(i), completion=2) for i in range(count)]),
        ),
        "a role granted and ended over and over": (
            (STEWARD, list(over_and_over(count))),
            (STEWARD, list(over_and_over(count))),
        ),
        "roles retracted": (
            (STEWARD, granted),
            (STEWARD, [RecordRetracted("@noi-vu", version=3 + i, reason="x") for i in range(count)]),
        ),
    }


def cpu(call: Callable[[], object], rounds: int) -> float:
    """The median of the CPU that a call takes, in milliseconds."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        call()
        times.append(1_000 * (time.process_time() - start))
    return median(times)


def refused(tracker: Tracker, events: Sequence[Event], by: str) -> None:
    """Try what is not permitted."""
    try:
        tracker.record(*events, by=by)
    except (NotPermitted, IllegalHistory):
        return
    raise AssertionError("it was accepted")


def figures(url: str | None, scale: int, rounds: int) -> Iterator[tuple[str, float, float]]:
    """(what, milliseconds, aim) of each."""
    separated, registered = SeparationOfDuties(stewards=(STEWARD,)), scale
    for name, policy in (("separation of duties", separated), ("a host's own", asks_all)):
        for what, (by, events) in requests(scale).items():
            if (what, policy) in (("completed and returned", separated), (ALIASES, asks_all)):
                continue  # two people's, which one request is not; and names that are all asked for after each event
            times = []
            for _ in range(rounds):
                with province(url, policy, registered) as tracker:
                    before = tracker.log.position()
                    times.append(cpu(partial(tracker.record, *events, by=by), 1))
                    assert len(events) == sum(
                        1 for record in tracker.log.records() if record.by == by and record.position > before
                    )
            yield f"{what}, {scale} events, {name}", median(times), 0.15 * scale
    for what, (first, (by, events)) in followed(scale).items():
        times = []
        for _ in range(rounds):
            with province(url, separated, registered) as tracker:
                tracker.record(*first[1], by=first[0])
                times.append(cpu(partial(refused if "refused" in what else _recorded, tracker, events, by), 1))
        yield f"{what}, {scale} events, after as many", median(times), 0.15 * scale
    with province(url, separated, registered) as tracker:
        events_ = list(agencies(10**6, scale))
        yield (
            f"agencies registered, {scale} events, refused",
            cpu(lambda: refused(tracker, events_, "ai-do"), rounds),
            5,
        )
    for count in (0, scale, 4 * scale):
        with province(url, separated, count) as tracker, province(url, _open, 0) as other:
            reported(tracker)
            reported(other)
            beside = [cpu(partial(reported, one), rounds) / REPORTS for one in (tracker, other)]
            yield f"a record under a policy beside one without, {count} agencies", beside[0] - beside[1], 1.0
    with province(url, _open, 0) as tracker:
        earlier = [START + timedelta(days=300 - 300 * n // scale) for n in range(scale)]
        tracker.record(*(ProgressReported("p/0", on=on, note="x") for on in earlier), by=REPORTER)
        yield (
            f"views of {scale} reports of one activity, each of an earlier day",
            cpu(tracker.views.catch_up, 1),
            0.5 * scale,
        )
        tracker.record(ProgressReported("p/0", on=START, note="x"), by=REPORTER)
        yield "the same after one more", cpu(tracker.views.catch_up, 1), 0.1 * scale
    for journal in (0, 20 * scale):
        with province(url, separated, 0) as tracker:
            fill(tracker, journal)
            some = cpu(partial(refused_by_turns, tracker, iter(range(10**6))), rounds) / REPORTS
            yield f"a refusal, {journal} on record this month", some, 1.5


def _recorded(tracker: Tracker, events: Sequence[Event], by: str) -> None:
    tracker.record(*events, by=by)


def reported(tracker: Tracker) -> None:
    """Some reports, one a request."""
    for _ in range(REPORTS):
        tracker.record(ProgressReported("p/0", on=START, note="x"), by=REPORTER)


def refused_by_turns(tracker: Tracker, actors: Iterator[int]) -> None:
    """Some refusals, each of somebody else, so that each goes on record."""
    for _ in range(REPORTS):
        refused(tracker, [ProgressReported("p/0", on=START, note="x")], f"ai-{next(actors)}")


def _open(actor: str, event: Event, situation: Situation) -> Permit:
    return Permit()


def fill(tracker: Tracker, count: int) -> None:
    """Put many refusals on record, as a month of them would be."""
    recording = tracker._recording
    recording._refusals.due = lambda actor, now: 1  # type: ignore[method-assign]  # or a minute takes a few
    for i in range(count):
        recording._note(NotPermitted("ProgressReported", "p/0", "accepted: a reporter of the lead agency"), f"ai-{i}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", help="an empty store; memory unless given")
    parser.add_argument("--scale", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    missed = 0
    for what, found, aim in figures(options.store, options.scale, options.rounds):
        missed += found > aim
        print(f"{found:9.2f} ms  aim {aim:7.1f}  {'' if found <= aim else 'MISSED  '}{what}", flush=True)
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
