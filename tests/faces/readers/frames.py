"""Data frames: what whoever has one counts."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

from reformtrack import CountingRule
from tests.faces.questions import Facts, most_recorded, percent
from tests.faces.worlds import Asked


@cache
def frame(asked: Asked) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = asked.then.tracker.plan(asked.plan_id, asked.on).to_frame().to_dicts()
    return found


def counted(row: dict[str, Any], rule: str) -> str:
    """What an activity is counted as, by the columns that the docs name: status, dated, overdue."""
    if row["status"] in ("withdrawn", "carried_over"):
        return str(row["status"])
    if rule == "dated_only" and not row["dated"]:
        return "no_date"
    if row["status"] == "completed":
        return "completed"
    if row["overdue"]:
        return "overdue"
    if rule != "fallen_due":
        return "open"
    if not row["dated"]:
        return "no_date"
    past = row["final_due"] is not None and row["final_due"] < row["asked"]
    return "awaiting_confirmation" if row["status"] == "awaiting_confirmation" and past else "not_yet_due"


def frame_counts(asked: Asked, rule: str, rows: Sequence[dict[str, Any]]) -> tuple[Any, ...]:

    found = Counter(counted({**row, "asked": asked.on}, rule) for row in rows)
    done, late = found.pop("completed", 0), found.pop("overdue", 0)
    whole = done + late + found.pop("open", 0)
    return done, whole, percent(Fraction(done, whole) if whole else None), late, tuple(sorted(found.items()))


def frame_headline(asked: Asked) -> Facts:
    return frame_counts(asked, asked.plan.state.counting_rule.value, frame(asked))[:3]


def frame_rates(asked: Asked) -> Facts:
    return tuple(
        (rule.value, *found[:3], found[4])
        for rule in CountingRule
        for found in [frame_counts(asked, rule.value, frame(asked))]
    )


def frame_by(column: str) -> Callable[[Asked], Facts]:
    """Those in which something counts: a frame has none without activities."""

    def read(asked: Asked) -> Facts:
        groups: dict[str, list[Any]] = {}
        for row in frame(asked):
            groups.setdefault(row[column], []).append(row)
        rule = asked.plan.state.counting_rule.value
        lines = ((name, *frame_counts(asked, rule, rows)[:4]) for name, rows in groups.items())
        return tuple(line for line in lines if line[2])

    return read


def frame_field(name: str, where: Callable[[dict[str, Any]], Any] = lambda row: True) -> Callable[[Asked], Facts]:
    def read(asked: Asked) -> Facts:
        rows = [row for row in frame(asked) if where(row)]
        return tuple((row["code"], row[name].isoformat() if isinstance(row[name], date) else row[name]) for row in rows)

    return read


def frame_codes(where: Callable[[dict[str, Any]], Any]) -> Callable[[Asked], Facts]:
    return lambda asked: tuple(row["code"] for row in frame(asked) if where(row))


def frame_terms(asked: Asked) -> Facts:
    return tuple((row["code"], row["lead"], row["deadline"]) for row in frame(asked))


def frame_history(asked: Asked) -> Facts:

    plan = asked.then.tracker.plan(asked.plan_id, asked.on)
    rows = plan.history_frame().to_dicts()
    stream = most_recorded(asked).id
    own = [row for row in rows if row["stream"] == stream and (row["on"] is None or row["on"] <= asked.on)]
    assert all(json.loads(row["event"]) for row in own)
    return tuple((row["version"], row["on"].isoformat() if row["on"] else "–", row["retracted"]) for row in own)
