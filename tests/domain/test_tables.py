"""Which events are legal in which states: the table of each page says what its check does."""

import ast
import inspect
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from reformtrack import Deadline, errors
from reformtrack.answers import ProgressStatus
from reformtrack.domain.kinds import ACTIVITY, AGENCY, DISPATCH, INDICATOR, JOURNAL, KINDS, PLAN, REPORT, Kind
from reformtrack.events import (
    ActivityReopened,
    ActivityRescheduled,
    ActivityScheduled,
    CompletionReturned,
    IndicatorDefined,
    OccurrenceCompleted,
    ReadingTaken,
    RoleDelegated,
    RoleEnded,
    RoleGranted,
)
from reformtrack.store.registry import EVENT_NAMES, Registry
from reformtrack.values import IndicatorKind, Role
from tests.support import JUNE, day

ON = day("12-20")
TWICE = Deadline.parse("20/3; 20/6", 2023)
GOLDEN = Path(__file__).parents[1] / "store" / "golden"


class Page(NamedTuple):
    """A kind of streams, with events of which its histories are made, and the columns of its table."""

    kind: Kind[Any, Any]
    events: Sequence[Any]
    columns: Mapping[str, Callable[[Any], bool]]
    """By name, which states are in it: the first that fits."""


PAGES = (
    Page(
        PLAN,
        (),
        {"not adopted": lambda s: s.adopted_on is None, "open": lambda s: s.is_open, "closed": lambda s: True},
    ),
    Page(
        ACTIVITY,
        (
            *(ActivityScheduled("p/1", on=ON, domain="1", title="x", lead="y", deadline=due) for due in (JUNE, TWICE)),
            *(ActivityRescheduled("p/1", on=ON, deadline=due) for due in (JUNE, TWICE)),
            *(OccurrenceCompleted("p/1", on=ON, occurrence=due) for due in TWICE.days),
            *(CompletionReturned("p/1", on=ON, reason="x", occurrence=due) for due in (None, *TWICE.days)),
            *(ActivityReopened("p/1", on=ON, reason="x", occurrence=due) for due in (None, *TWICE.days)),
        ),
        {
            "not scheduled": lambda s: s.scheduled_on is None,
            "left": lambda s: s.status.has_left,
            "suspended": lambda s: s.status is ProgressStatus.SUSPENDED,
            "confirmed": lambda s: s.confirmed_on is not None,
            "completed": lambda s: s.status is ProgressStatus.COMPLETED,
            "started": lambda s: s.started_on is not None,
            "not started": lambda s: True,
        },
    ),
    Page(
        INDICATOR,
        (
            IndicatorDefined("p#a", on=ON, title="x", unit="", kind=IndicatorKind.TEXT),
            ReadingTaken("p#a", on=ON, as_of=ON, reported_text="x"),
        ),
        {"not defined": lambda s: s.definition is None, "defined": lambda s: True},
    ),
    Page(REPORT, (), {"not issued": lambda s: s.issued is None, "issued": lambda s: True}),
    Page(
        AGENCY,
        (
            RoleGranted("@a", on=ON, actor="An", role=Role.REPORTER),
            RoleDelegated("@a", on=ON, actor="An", role=Role.REPORTER, to="Bình", until=ON),
            RoleEnded("@a", on=ON, actor="An", role=Role.REPORTER),
        ),
        {
            "not registered": lambda s: s.registered_on is None,
            "ended, held": lambda s: s.ended_on is not None and is_held(s),
            "ended": lambda s: s.ended_on is not None,
            "exists, held": lambda s: is_held(s),
            "exists": lambda s: True,
        },
    ),
    Page(DISPATCH, (), {"always": lambda s: True}),
    Page(JOURNAL, (), {"always": lambda s: True}),
)


def with_golden(page: Page) -> Page:
    """With the event of the golden file for each class that it has none of."""
    given = {type(event) for event in page.events}
    topics = [
        topic for topic in Registry().topics if EVENT_NAMES[topic.partition(".")[0]] in {*page.kind.events} - given
    ]
    states = [(GOLDEN / f"{topic}.json").read_bytes() for topic in topics]
    streams = [json.loads(state)["event"]["subject"] for state in states]
    rows = zip(streams, topics, states, strict=True)
    events = [Registry().decode((1, stream, 1, topic, state)).event for stream, topic, state in rows]
    return page._replace(events=(*page.events, *events))


def is_held(state: Any) -> bool:
    return any(role.holds(ON) and not role.lent_by and role.actor == "An" for role in state.roles)


def is_legal(kind: Kind[Any, Any], state: Any, event: Any) -> bool:
    try:
        kind.check(state, event)
    except errors.IllegalHistory:
        return False
    return True


def states(page: Page) -> list[Any]:
    """All states that at most six of the events lead to; those that differ in nothing that a check asks are one."""
    found = {repr(page.kind.initial): page.kind.initial}
    new = list(found.values())
    for _ in range(6):
        after = [page.kind.evolve(s, event) for s in new for event in page.events if is_legal(page.kind, s, event)]
        # No state is asked how often something was added to it.
        known = {repr(key(state)): state for state in after}
        new = [state for name, state in known.items() if name not in found]
        found |= known
    return list(found.values())


def key(state: Any) -> tuple[Any, ...]:
    """What of a state a check may ask."""
    grows = (
        "filed",
        "called",
        "names",
        "functions",
        "held",
        "amendments",
        "periods",
        "readings",
        "corrections",
        "published",
    )
    fields = {
        name: getattr(state, name) for name in state.__struct_fields__ if name not in (*grows, "current", "report")
    }
    return (*fields.items(), getattr(state, "is_open", None), hasattr(state, "held") and is_held(state))


def table(page: Page) -> dict[str, dict[str, str]]:
    """By event and state, what the docstring of the page says; one without a table has all of it always legal."""
    text = inspect.getdoc(sys.modules[page.kind.check.__module__]) or ""
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("|")]
    if not rows:
        return {event.__name__: {"always": "✓"} for event in page.kind.events}
    return {row[0]: dict(zip(rows[0][1:], row[1:], strict=True)) for row in rows[2:]}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.kind.form.name)
def test_the_table_of_a_page_says_what_is_legal(page: Page) -> None:
    """Of every event, in every state that a history of a few records leaves: no more, and no less."""
    page = with_golden(page)
    assert {*KINDS} == {page.kind for page in PAGES}
    columns: dict[str, list[Any]] = {name: [] for name in page.columns}
    for state in states(page):
        columns[next(name for name, fits in page.columns.items() if fits(state))].append(state)
    found: dict[str, dict[str, str]] = {}
    for event in page.kind.events:
        of = [one for one in page.events if type(one) is event]
        found[event.__name__] = {name: cell(page, of, states) for name, states in columns.items()}
    assert table(page) == found


def cell(page: Page, events: Sequence[Any], states: Sequence[Any]) -> str:
    """✓ or –; of an activity 1 where it is legal with one deadline alone, n where it may be with several."""
    assert events
    assert states
    legal: dict[bool, set[bool]] = {False: set(), True: set()}
    for state in states:
        legal[is_recurring(state)].add(any(is_legal(page.kind, state, event) for event in events))
    if legal[False] | legal[True] == {True}:
        return "✓"
    return {(False, False): "–", (True, False): "1", (False, True): "n"}.get(
        (legal[False] == {True}, True in legal[True]), "?"
    )


def is_recurring(state: Any) -> bool:
    return hasattr(state, "terms") and state.terms.deadline.is_recurring


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.kind.form.name)
def test_check_and_evolve_are_in_the_order_of_the_table(page: Page) -> None:
    """Whoever reads one finds the place in the other."""
    tree = ast.parse(inspect.getsource(sys.modules[page.kind.check.__module__]))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    nodes = {name: sorted(ast.walk(functions[name]), key=lambda node: getattr(node, "lineno", 0)) for name in functions}
    check, evolve = (
        [node.cls.id for node in nodes[name] if isinstance(node, ast.MatchClass) and isinstance(node.cls, ast.Name)]
        for name in ("check", "evolve")
    )
    assert check == [name for name in evolve if name in check]
    assert evolve == [name for name in table(page) if name in evolve]
