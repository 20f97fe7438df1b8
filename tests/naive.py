"""
A naive model of a plan, written apart from reformtrack: lists, dicts and strings, every question answered from scratch.
"""

from datetime import date
from typing import Any

Fact = dict[str, Any]

WORKABLE = ("not started", "in progress")


class Illegal(Exception):
    """The naive model refuses."""


class NaivePlan:
    """A plan adopted on a day, with the records of its activities in the order of recording."""

    def __init__(self, adopted_on: date) -> None:
        self.periods: list[tuple[date, date | None]] = [(adopted_on, None)]
        self.facts: list[Fact] = []

    def is_open(self) -> bool:
        return self.periods[-1][1] is None

    def contains(self, day: date, periods: list[tuple[date, date | None]] | None = None) -> bool:
        return any(first <= day and (last is None or day <= last) for first, last in periods or self.periods)

    def versions(self, code: str) -> int:
        return sum(fact["code"] == code for fact in self.facts)

    def would_accept(self, fact: Fact) -> bool:
        """Whether the history with the fact is legal at every point."""
        if not self.is_open():
            return False
        if fact["name"] == "retract":
            target = [f for f in self.facts if f["code"] == fact["code"] and f["version"] == fact["target"]]
            done = [f for f in self.facts if f["code"] == fact["code"] and f.get("target") == fact["target"]]
            if not target or done or target[0]["name"] == "retract":
                return False
        elif not self.contains(fact["on"]):
            return False
        gone = [f["target"] for f in self.facts if f["name"] == "retract" and f["code"] == fact["code"]]
        if fact["name"] == "confirm" and fact["completion"] in gone:
            return False
        try:
            self.replay([*self.facts, fact], fact["code"], date.max, None)
        except Illegal:
            return False
        return True

    def would_close(self, day: date) -> bool:
        if not self.is_open() or day < self.periods[-1][0]:
            return False
        periods = [*self.periods[:-1], (self.periods[-1][0], day)]
        gone = {(f["code"], f["target"]) for f in self.facts if f["name"] == "retract"}
        gone |= {(f["code"], f["version"]) for f in self.facts if (f["code"], f.get("completion")) in gone}
        live = [f for f in self.facts if f["name"] != "retract" and (f["code"], f["version"]) not in gone]
        return all(self.contains(f["on"], periods) for f in live)

    def replay(self, facts: list[Fact], code: str, on: date, known: int | None) -> dict[str, Any] | None:
        """The state of an activity, or None when it is not in the plan."""
        seen = [f for f in facts if f["code"] == code and (known is None or f["position"] <= known)]
        gone = [f["target"] for f in seen if f["name"] == "retract"]
        gone += [f["version"] for f in seen if f["name"] == "confirm" and f["completion"] in gone]
        live = [f for f in seen if f["name"] != "retract" and f["version"] not in gone and f["on"] <= on]
        state: dict[str, Any] | None = None
        for fact in sorted(live, key=lambda f: (f["on"], f["version"])):
            state = step(state, fact)
        return state


def step(state: dict[str, Any] | None, fact: Fact) -> dict[str, Any]:
    """One fact applied to a state, or Illegal."""
    name = fact["name"]
    if name == "schedule":
        if state is not None:
            raise Illegal
        return {
            "status": "not started",
            "started": False,
            "due": fact["due"],
            "done": {},
            "completed": None,
            "confirmed": False,
            "reports": [],
        }
    if state is None or state["status"] in ("withdrawn", "carried over"):
        raise Illegal
    state = {**state, "done": dict(state["done"]), "reports": list(state["reports"])}
    recurring = len(state["due"]) > 1
    status = state["status"]
    if name in ("start", "report", "complete", "occurrence", "suspend") and status not in WORKABLE:
        raise Illegal
    if name == "start":
        if state["started"]:
            raise Illegal
        state.update(status="in progress", started=True)
    elif name == "report":
        if fact["percent"]:
            state["status"] = "in progress"
    elif name == "complete":
        if recurring:
            raise Illegal
        state.update(status="completed", completed=fact["on"], reports=[(None, fact["version"], fact["by"])])
    elif name == "occurrence":
        if not recurring or fact["due_day"] not in state["due"] or fact["due_day"] in state["done"]:
            raise Illegal
        state["done"][fact["due_day"]] = fact["on"]
        state["status"] = "in progress"
        state["reports"].append((fact["due_day"], fact["version"], fact["by"]))
    elif name == "confirm":
        if status != "completed" or state["confirmed"]:
            raise Illegal
        reports = [report for report in state["reports"] if report[0] is None or report[0] in state["due"]]
        if fact["completion"] != reports[-1][1] or fact["by"] in [by for _, _, by in reports]:
            raise Illegal
        state["confirmed"] = True
    elif name in ("return", "reopen"):
        undo(state, fact, recurring)
    elif name == "suspend":
        state.update(status="suspended", before=status)
    elif name == "resume":
        if status != "suspended":
            raise Illegal
        state["status"] = state["before"]
    elif name in ("withdraw", "carry over", "reschedule"):
        if status == "completed":
            raise Illegal
        if name == "reschedule":
            state["due"] = fact["due"]
        else:
            state["status"] = {"withdraw": "withdrawn", "carry over": "carried over"}[name]
    elif name != "reassign":
        raise AssertionError(name)
    complete_if_all_done(state)
    return state


def undo(state: dict[str, Any], fact: Fact, recurring: bool) -> None:
    if fact["name"] == "return" and state["confirmed"]:
        raise Illegal
    if fact["due_day"] is None:
        if recurring or state["status"] != "completed":
            raise Illegal
    else:
        if not recurring or fact["due_day"] not in state["due"] or fact["due_day"] not in state["done"]:
            raise Illegal
        if state["status"] == "suspended":
            raise Illegal
        del state["done"][fact["due_day"]]
    state["reports"] = [report for report in state["reports"] if report[0] != fact["due_day"]]
    state.update(status="in progress", completed=None, confirmed=False)


def complete_if_all_done(state: dict[str, Any]) -> None:
    due = state["due"]
    if len(due) > 1 and state["status"] in WORKABLE and all(day in state["done"] for day in due):
        state.update(status="completed", completed=max(state["done"][day] for day in due))


def status_of(state: dict[str, Any], confirmation_required: bool) -> str:
    if state["status"] == "completed" and confirmation_required and not state["confirmed"]:
        return "awaiting"
    return str(state["status"])


def was_late(state: dict[str, Any]) -> bool:
    due = state["due"]
    if len(due) > 1:
        return any(state["done"][day] > day for day in due if day in state["done"])
    return bool(due) and state["completed"] is not None and state["completed"] > due[0]


def is_overdue(state: dict[str, Any], on: date, confirmation_required: bool) -> bool:
    status = status_of(state, confirmation_required)
    if status == "awaiting":
        return was_late(state)
    if status in ("completed", "withdrawn", "carried over"):
        return False
    missed = [day for day in state["due"] if day < on]
    if len(state["due"]) > 1:
        missed = [day for day in missed if day not in state["done"]]
    return bool(missed)


def rates(states: list[dict[str, Any]], on: date, confirmation_required: bool) -> dict[str, tuple[int, int]]:
    """(completed, total) under each of the three rules, and the count of overdue ones."""
    present = [s for s in states if s["status"] not in ("withdrawn", "carried over")]
    completed = [s for s in present if status_of(s, confirmation_required) == "completed"]
    overdue = [s for s in present if is_overdue(s, on, confirmation_required)]
    dated = [s for s in present if s["due"]]
    return {
        "whole_plan": (len(completed), len(present)),
        "dated_only": (sum(bool(s["due"]) for s in completed), len(dated)),
        "fallen_due": (len(completed), len(completed) + len(overdue)),
        "overdue": (len(overdue), len(overdue)),
    }
