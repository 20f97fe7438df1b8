"""
The tables of the materialised views, in the database of the log.

A generation is a set of tables; one generation is current. A rebuild fills the next one beside it, and makes it current in one
transaction, so a reader never sees half a view. The position up to which a generation is right is written in the transaction of
its rows: each record is applied exactly once, wherever a process is killed.
"""

import re
from collections.abc import Iterator, Sequence
from operator import add as plus
from operator import sub as minus
from typing import Any, NamedTuple

from reformtrack.domain.errors import shortened
from reformtrack.store.session import Session

VIEWS_VERSION = 4
"""The version of the tables below, and of what their rows say: views of another version are rebuilt."""

KEYS_A_QUERY = 100

_TABLES = (
    """
CREATE TABLE reformtrack_plans_{g} (
    plan {text} PRIMARY KEY, jurisdiction {text} NOT NULL, title {text} NOT NULL, year INTEGER NOT NULL,
    version INTEGER NOT NULL, counting_rule {text} NOT NULL, confirmation_required INTEGER NOT NULL, is_open INTEGER NOT NULL,
    documented_on {text} NOT NULL, undocumented INTEGER NOT NULL, apart INTEGER NOT NULL
)""",
    """
CREATE TABLE reformtrack_activities_{g} (
    activity {text} PRIMARY KEY, plan {text} NOT NULL, domain {text} NOT NULL, lead {text} NOT NULL, status {text} NOT NULL,
    dated INTEGER NOT NULL, due {text} NOT NULL, late INTEGER NOT NULL, title {text} NOT NULL, deadline {text} NOT NULL,
    undocumented INTEGER NOT NULL, apart INTEGER NOT NULL
)""",
    """
CREATE TABLE reformtrack_counts_{g} (
    plan {text} NOT NULL, domain {text} NOT NULL, lead {text} NOT NULL, status {text} NOT NULL, dated INTEGER NOT NULL,
    due {text} NOT NULL, late INTEGER NOT NULL, activities INTEGER NOT NULL
)""",
    """
CREATE TABLE reformtrack_totals_{g} (
    jurisdiction {text} NOT NULL, domain {text} NOT NULL, completed_dated INTEGER NOT NULL, completed_undated INTEGER NOT NULL,
    open_dated INTEGER NOT NULL, open_undated INTEGER NOT NULL, late INTEGER NOT NULL, withdrawn INTEGER NOT NULL,
    carried_over INTEGER NOT NULL, PRIMARY KEY (jurisdiction, domain)
)""",
    """
CREATE TABLE reformtrack_dues_{g} (
    due {text} NOT NULL, jurisdiction {text} NOT NULL, domain {text} NOT NULL, waits INTEGER NOT NULL,
    activities INTEGER NOT NULL, PRIMARY KEY (due, jurisdiction, domain, waits)
)""",
    """
CREATE TABLE reformtrack_news_{g} (
    plan {text} PRIMARY KEY, position BIGINT NOT NULL, unreadable INTEGER NOT NULL
)""",
)
_INDEXES = (
    "CREATE INDEX reformtrack_activities_{g}_plan ON reformtrack_activities_{g} (plan)",
    "CREATE INDEX reformtrack_counts_{g}_plan ON reformtrack_counts_{g} (plan)",
)
_COLUMNS = {
    re.findall(r"_(\w+)_{g}", table)[0]: re.findall(r"(\w+) (?:{text}|INTEGER|BIGINT)", table) for table in _TABLES
}
"""By table of a generation, its columns."""
_KEYS = {"counts": 7, "totals": 2, "dues": 4}
"""By table, how many of its first columns name a row, where that is more than one."""
NAMES = tuple(_COLUMNS)
"""The tables of a generation."""
_LEFT = "('completed', 'withdrawn', 'carried_over')"
_TOTALS = {
    "completed_dated": "c.status = 'completed' AND c.dated = 1",
    "completed_undated": "c.status = 'completed' AND c.dated = 0",
    "open_dated": f"c.status NOT IN {_LEFT} AND c.dated = 1 AND c.late = 0",
    "open_undated": f"c.status NOT IN {_LEFT} AND c.dated = 0",
    "late": "c.late = 1",
    "withdrawn": "c.status = 'withdrawn'",
    "carried_over": "c.status = 'carried_over'",
}
"""The columns of the totals, and which counts are in each: none depends on the day. `late` waits for a confirmation."""
_SUMS = ", ".join(f"sum(CASE WHEN {which} THEN c.activities ELSE 0 END)" for which in _TOTALS.values())
_NOTHING = (0,) * len(_TOTALS)
_NEWS = (
    "n.position, (SELECT r.recorded_at FROM reformtrack_requests r WHERE r.first_position <= n.position "
    "ORDER BY r.first_position DESC LIMIT 1)"
)
"""The position and the instant of the latest record of a plan."""
_GROUPED = "plan, domain, lead, status, dated, due, late"
_WAITS = "CASE WHEN c.status = 'awaiting_confirmation' THEN 1 ELSE 0 END"
"""1 for what was reported complete, and is not overdue however long it waits: it was late then, or never."""
_DUE = "CASE WHEN c.late = 1 THEN '' ELSE c.due END"
"""The day on which it falls due, if it is still to come: what was reported late is overdue on any day."""


class Tracking(NamedTuple):
    """How far a generation is."""

    generation: int
    position: int
    """The log position up to which it is right."""
    latest_day: str
    """The latest day of a fact up to there, as ISO text; empty when there is none."""


def prepare(session: Session) -> None:
    """Make the table of generations if it is not there."""
    session.make(
        "reformtrack_views",
        "generation INTEGER PRIMARY KEY, version INTEGER NOT NULL, position BIGINT NOT NULL, "
        f"latest_day {session.text} NOT NULL, is_current INTEGER NOT NULL",
    )


def current(session: Session) -> Tracking | None:
    """The current generation; None when there is none of this version."""
    rows = session.select(
        "SELECT generation, position, latest_day FROM reformtrack_views WHERE is_current = 1 AND version = ?",
        [VIEWS_VERSION],
    )
    return Tracking(*rows[0]) if rows else None


def number_read(session: Session) -> int:
    """How many generations are marked as the one that is read."""
    [(number,)] = session.select("SELECT count(*) FROM reformtrack_views WHERE is_current = 1")
    return int(number)


def begin(session: Session) -> int:
    """
    Make the tables of a new generation, which is not current; those of others that are not current are dropped.

    They are dropped now and not when they were replaced, because a reader may have been in the middle of them.
    """
    for (unused,) in session.select("SELECT generation FROM reformtrack_views WHERE is_current = 0"):
        _drop(session, unused)
    [(last,)] = session.select("SELECT max(generation) FROM reformtrack_views")
    generation: int = (last or 0) + 1
    make(session, generation)
    session.execute("INSERT INTO reformtrack_views VALUES (?, ?, 0, '', 0)", [generation, VIEWS_VERSION])
    return generation


def make(session: Session, generation: int) -> None:
    """Make the tables of a generation."""
    for statement in _TABLES:
        session.execute(statement.format(g=generation, text=session.text))


def index(session: Session, generation: int) -> None:
    """Make the indexes of a generation: once it is filled, because that is faster."""
    for statement in _INDEXES:
        session.execute(statement.format(g=generation))


def make_current(session: Session, generation: int) -> None:
    """Make a generation the one that is read."""
    session.execute("UPDATE reformtrack_views SET is_current = 0")
    session.execute("UPDATE reformtrack_views SET is_current = 1 WHERE generation = ?", [generation])


def _drop(session: Session, generation: int) -> None:
    for name in NAMES:
        session.execute(f"DROP TABLE IF EXISTS reformtrack_{name}_{generation}")
    session.execute("DELETE FROM reformtrack_views WHERE generation = ?", [generation])


def track(session: Session, tracking: Tracking) -> None:
    """Write how far a generation is."""
    session.execute(
        "UPDATE reformtrack_views SET position = ?, latest_day = ? WHERE generation = ?",
        [tracking.position, tracking.latest_day, tracking.generation],
    )


def add(session: Session, generation: int, name: str, rows: Sequence[Sequence[Any]]) -> None:
    """Add rows whose keys are new."""
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        session.many(f"INSERT INTO reformtrack_{name}_{generation} VALUES ({marks})", rows)


def remove(session: Session, generation: int, name: str, keys: Sequence[str]) -> None:
    """Take rows out by their keys."""
    column = "activity" if name == "activities" else "plan"
    session.many(f"DELETE FROM reformtrack_{name}_{generation} WHERE {column} = ?", [[key] for key in keys])


def sum_changes(session: Session, generation: int, plans: Sequence[str] | None = None) -> None:
    """Sum up in the rows of plans what changed in their activities since their document; of all when none are named."""
    own = f"FROM reformtrack_activities_{generation} a WHERE a.plan = reformtrack_plans_{generation}.plan"
    sums = (f"{name} = (SELECT COALESCE(sum(a.{name}), 0) {own})" for name in ("undocumented", "apart"))
    statement = f"UPDATE reformtrack_plans_{generation} SET {', '.join(sums)}"
    if plans is None:
        session.execute(statement)
    else:
        session.many(f"{statement} WHERE plan = ?", [[plan] for plan in plans])


def count(session: Session, generation: int, plans: Sequence[str] | None = None) -> None:
    """Count the activities of plans anew; of all when none are named."""
    counted = f"SELECT {_GROUPED}, count(*) FROM reformtrack_activities_{generation}"
    if plans is None:
        session.execute(f"INSERT INTO reformtrack_counts_{generation} {counted} GROUP BY {_GROUPED}")
        return
    remove(session, generation, "counts", plans)
    for plan in plans:
        session.execute(
            f"INSERT INTO reformtrack_counts_{generation} {counted} WHERE plan = ? GROUP BY {_GROUPED}", [plan]
        )


class Contribution(NamedTuple):
    """What a plan adds to the totals of its jurisdiction."""

    totals: dict[tuple[str, str], tuple[int, ...]]
    """By jurisdiction and domain: the columns of the totals."""
    dues: dict[tuple[str, str, str, int], int]
    """By due day, jurisdiction, domain, and whether they wait: how many open activities fall due."""


def contribution(session: Session, generation: int, plan: str) -> Contribution:
    """What a plan adds, as it is counted now; nothing when a record of it cannot be read."""
    rows = session.select(
        f"SELECT p.jurisdiction, c.domain, {_DUE}, {_WAITS}, {_SUMS}, sum(c.activities) {_counted(generation)} "
        f"AND c.plan = ? GROUP BY p.jurisdiction, c.domain, {_DUE}, {_WAITS}",
        [plan],
    )
    found = Contribution({}, {})
    for jurisdiction, domain, due, waits, *sums_, activities in rows:
        key = jurisdiction, domain
        found.totals[key] = tuple(map(plus, found.totals.get(key, _NOTHING), map(int, sums_)))
        if due:
            found.dues[due, *key, waits] = int(activities)
    return found


def move(session: Session, generation: int, before: Contribution, after: Contribution) -> None:
    """Take out of the totals what a plan added before, and add what it adds now."""
    columns = ", ".join(f"{name} = reformtrack_totals_{generation}.{name} + excluded.{name}" for name in _TOTALS)
    moved = {
        key: tuple(map(minus, after.totals.get(key, _NOTHING), before.totals.get(key, _NOTHING)))
        for key in before.totals.keys() | after.totals.keys()
    }
    rows = [(*key, *change) for key, change in moved.items() if any(change)]
    marks = ", ".join("?" * (2 + len(_TOTALS)))
    session.many(
        f"INSERT INTO reformtrack_totals_{generation} VALUES ({marks}) "
        f"ON CONFLICT (jurisdiction, domain) DO UPDATE SET {columns}",
        rows,
    )
    empty = " AND ".join(f"{name} = 0" for name in _TOTALS)
    session.many(
        f"DELETE FROM reformtrack_totals_{generation} WHERE jurisdiction = ? AND domain = ? AND {empty}",
        [row[:2] for row in rows],
    )
    due = {key: after.dues.get(key, 0) - before.dues.get(key, 0) for key in before.dues.keys() | after.dues.keys()}
    changes = [(*key, change) for key, change in due.items() if change]
    session.many(
        f"INSERT INTO reformtrack_dues_{generation} VALUES (?, ?, ?, ?, ?) ON CONFLICT (due, jurisdiction, domain, waits) "
        f"DO UPDATE SET activities = reformtrack_dues_{generation}.activities + excluded.activities",
        changes,
    )
    session.many(
        f"DELETE FROM reformtrack_dues_{generation} "
        "WHERE due = ? AND jurisdiction = ? AND domain = ? AND waits = ? AND activities = 0",
        [row[:4] for row in changes],
    )


def sum_up(session: Session, generation: int) -> None:
    """Make the totals of all plans."""
    session.execute(
        f"INSERT INTO reformtrack_totals_{generation} {_totals(generation)} GROUP BY p.jurisdiction, c.domain"
    )
    session.execute(
        f"INSERT INTO reformtrack_dues_{generation} {_dues(generation)} GROUP BY c.due, p.jurisdiction, c.domain, {_WAITS}"
    )


def _totals(generation: int) -> str:
    return f"SELECT p.jurisdiction, c.domain, {_SUMS} {_counted(generation)}"


def _dues(generation: int) -> str:
    counted = f"{_counted(generation)} AND c.due <> '' AND c.late = 0"
    return f"SELECT c.due, p.jurisdiction, c.domain, {_WAITS}, sum(c.activities) {counted}"


def _counted(generation: int) -> str:
    """Where counts come from: the plans whose records can all be read."""
    return (
        f"FROM reformtrack_counts_{generation} c JOIN reformtrack_plans_{generation} p ON p.plan = c.plan "
        f"JOIN reformtrack_news_{generation} n ON n.plan = c.plan WHERE n.unreadable = 0"
    )


def _readable_plans(generation: int) -> str:
    """The plans, as p, whose records can all be read."""
    return f"reformtrack_plans_{generation} p JOIN reformtrack_news_{generation} n ON n.plan = p.plan WHERE n.unreadable = 0"


def totals(
    session: Session, generation: int, on: str, by: Sequence[str]
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """
    The totals of all plans, and how many of their open activities have fallen due.

    Args:
        on: the day, as ISO text.
        by: columns: jurisdiction, domain.

    Returns:
        (keys …, the columns of the totals) of each part, and (keys …, number past their due day, number of those that wait in
        time past theirs).
    """
    keys = "".join(f"{name}, " for name in by)
    grouped = f" GROUP BY {', '.join(by)}" if by else ""
    if set(by) == {"jurisdiction", "domain"}:  # the key of the table: each row is a part
        parts = f"SELECT {keys}{', '.join(_TOTALS)} FROM reformtrack_totals_{generation}"
    else:
        sums_ = ", ".join(f"sum({name})" for name in _TOTALS)
        parts = f"SELECT {keys}{sums_} FROM reformtrack_totals_{generation}{grouped}"
        if [*by] == ["jurisdiction"]:  # a place whose plans have no activities is a part too
            counted = f"EXISTS (SELECT 1 FROM reformtrack_totals_{generation} t WHERE t.jurisdiction = p.jurisdiction)"
            parts += (
                f" UNION ALL SELECT DISTINCT p.jurisdiction{', 0' * len(_TOTALS)} FROM {_readable_plans(generation)} "
                f"AND NOT {counted}"
            )
    past = ", ".join(f"sum(CASE WHEN waits = {waits} THEN activities ELSE 0 END)" for waits in (0, 1))
    return (
        session.select(parts),
        session.select(f"SELECT {keys}{past} FROM reformtrack_dues_{generation} WHERE due < ?{grouped}", [on]),
    )


class Known(NamedTuple):
    """What the views know of a plan."""

    position: int
    """The log position of its latest record; 0 while none can be read."""
    unreadable: int
    """How many of its records cannot be read."""
    row: tuple[Any, ...] | None
    """Its row; None when it is not adopted."""


def known(session: Session, generation: int, plans: Sequence[str]) -> dict[str, Known]:
    """What the views know of plans, by plan; those that have no record yet are not in it."""
    statement = (
        f"SELECT n.plan, n.position, n.unreadable, p.* FROM reformtrack_news_{generation} n "
        f"LEFT JOIN reformtrack_plans_{generation} p ON p.plan = n.plan WHERE n.plan IN "
    )
    return {
        row[0]: Known(row[1], row[2], tuple(row[3:]) if row[3] is not None else None)
        for row in _among(session, statement, plans)
    }


def activity_rows(session: Session, generation: int, activities: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    """The rows of activities, by activity."""
    statement = f"SELECT * FROM reformtrack_activities_{generation} WHERE activity IN "
    return {row[0]: tuple(row) for row in _among(session, statement, activities)}


def _among(session: Session, statement: str, keys: Sequence[str]) -> Iterator[Any]:
    """The rows whose key is one of these; the statement ends before the list of keys."""
    for start in range(0, len(keys), KEYS_A_QUERY):
        some = keys[start : start + KEYS_A_QUERY]
        yield from session.select(f"{statement}({', '.join('?' * len(some))})", some)


def sums(
    session: Session, generation: int, on: str, by: Sequence[str], plans: Sequence[str] | None = None
) -> list[tuple[Any, ...]]:
    """
    The activities counted: (keys …, status, dated, overdue, past, number), of plans whose records can all be read; split by
    plan, by place or by both alone, a plan without activities has a row with the number 0.

    Args:
        on: the day, as ISO text.
        by: columns: plan, jurisdiction, domain, lead.
        plans: the plans; default: all.
    """
    keys = ", ".join({"plan": "c.plan", "jurisdiction": "p.jurisdiction"}.get(name, f"c.{name}") for name in by)
    head = f"{keys}, " if keys else ""
    statement = (
        f"SELECT {head}c.status, c.dated, "
        f"CASE WHEN c.late = 1 OR ({_WAITS} = 0 AND c.due <> '' AND c.due < ?) THEN 1 ELSE 0 END, "
        "CASE WHEN c.due <> '' AND c.due < ? THEN 1 ELSE 0 END, sum(c.activities) "
        f"{_counted(generation)}"
    )
    parameters: list[Any] = [on, on, *(plans or ())]
    chosen = "" if plans is None else f" AND p.plan IN ({', '.join('?' * len(plans))})" if plans else " AND 1 = 0"
    grouped = ", ".join(str(number) for number in range(1, len(by) + 5))
    statement = f"{statement}{chosen} GROUP BY {grouped}"
    if by and {*by} <= {"plan", "jurisdiction"}:
        counted = f"EXISTS (SELECT 1 FROM reformtrack_counts_{generation} c WHERE c.plan = p.plan)"
        statement += (
            f" UNION ALL SELECT {', '.join(f'p.{name}' for name in by)}, 'not_started', 0, 0, 0, 0 FROM "
            f"{_readable_plans(generation)} AND NOT {counted}{chosen}"
        )
        parameters += plans or ()
    return session.select(f"{statement} ORDER BY {grouped}", parameters)


def plans_with_news(session: Session, generation: int, page: int) -> Iterator[tuple[Any, ...]]:
    """The rows of all plans whose records can be read, by plan, each with the position and instant of its latest record."""
    columns = ", ".join(f"p.{column}" for column in _COLUMNS["plans"])
    return _by_key(
        session, f"SELECT {columns}, {_NEWS} FROM reformtrack_plans_{generation} p", "p.plan", generation, page
    )


def activities_with_place(session: Session, generation: int, page: int) -> Iterator[tuple[Any, ...]]:
    """The rows of all activities of these plans, by activity, each with the jurisdiction of its plan after the plan."""
    activity, plan, *others = (f"a.{column}" for column in _COLUMNS["activities"])
    columns = ", ".join((activity, plan, "p.jurisdiction", *others))
    tables = f"reformtrack_activities_{generation} a JOIN reformtrack_plans_{generation} p ON p.plan = a.plan"
    return _by_key(session, f"SELECT {columns} FROM {tables}", "a.activity", generation, page)


def _by_key(session: Session, statement: str, key: str, generation: int, page: int) -> Iterator[tuple[Any, ...]]:
    """Rows page by page, in the order of their key, which is their first column."""
    after = ""
    while rows := session.select(
        f"{statement} JOIN reformtrack_news_{generation} n ON n.plan = p.plan "
        f"WHERE n.unreadable = 0 AND {key} > ? ORDER BY {key} LIMIT ?",
        [after, page],
    ):
        yield from rows
        after = rows[-1][0]


def rows_of(session: Session, generation: int, name: str, plan: str) -> list[tuple[Any, ...]]:
    """The rows of a plan in a table that has rows of plans."""
    columns = ", ".join(_COLUMNS[name])
    return list(
        map(tuple, session.select(f"SELECT {columns} FROM reformtrack_{name}_{generation} WHERE plan = ?", [plan]))
    )


def plans_with_rows(session: Session, generation: int) -> list[Any]:
    """Every plan that a row is of, in whatever table."""
    tables = [f"SELECT plan FROM reformtrack_{name}_{generation}" for name, own in _COLUMNS.items() if "plan" in own]
    return [plan for (plan,) in session.select(" UNION ".join(tables))]


def wrong_sums(session: Session, generation: int) -> Iterator[str]:
    """The rows of the totals that are not the sums of what is counted of the plans, in words."""
    for name, statement in (("totals", _totals(generation)), ("dues", _dues(generation))):
        columns = ", ".join(_COLUMNS[name])
        keys = f"c.due, p.jurisdiction, c.domain, {_WAITS}" if name == "dues" else "p.jurisdiction, c.domain"
        right = f"SELECT *, 1 FROM ({statement} GROUP BY {keys}) AS summed"
        found = f"SELECT {columns}, count(*) FROM reformtrack_{name}_{generation} GROUP BY {columns}"
        wrong = [session.select(f"{one} EXCEPT {other}") for one, other in ((right, found), (found, right))]
        yield from unlike(
            name, generation, *[[tuple(row[:-1]) for row in rows for _ in range(row[-1])] for rows in wrong]
        )


def unlike(
    name: str, generation: int, right: Sequence[tuple[Any, ...]], found: Sequence[tuple[Any, ...]]
) -> Iterator[str]:
    """In which rows a table is not as it has to be, in words."""
    table, width, rows = f"reformtrack_{name}_{generation}", _KEYS.get(name, 1), dict[Any, Any]()
    for side, given in enumerate((right, found)):
        for row in map(tuple, given):
            rows.setdefault(row[:width], ([], []))[side].append(row)
    for key, (gives, has) in sorted(rows.items(), key=repr):
        said = ", ".join(map(str, key))
        if not gives:
            yield f"{table} has a row of {said}, and the log gives none"
        elif len(has) != 1:
            yield f"{table} has {len(has)} rows of {said}, and the log gives one"
        elif repr(gives) != repr(has):  # 1 and 1.0 are equal, and not the same in a database
            wrong = (
                f"{column} is {shortened(one)}, and the log gives {shortened(other)}"
                for column, one, other in zip(_COLUMNS[name], has[0], gives[0], strict=True)
                if repr(one) != repr(other)
            )
            yield f"{table}, {said}: {'; '.join(wrong)}"


def plan_rows(session: Session, generation: int) -> list[tuple[Any, ...]]:
    """The rows of all plans, by plan; those with a record that cannot be read among them."""
    return session.select(f"SELECT * FROM reformtrack_plans_{generation} ORDER BY plan")


def plans_on_record(session: Session, generation: int) -> list[str]:
    """Every plan of which anything was ever recorded, by plan."""
    return [plan for (plan,) in session.select(f"SELECT plan FROM reformtrack_news_{generation} ORDER BY plan")]


def unreadable(session: Session, generation: int) -> list[str]:
    """The plans that are left out, because a record of them cannot be read."""
    return [
        plan
        for (plan,) in session.select(
            f"SELECT plan FROM reformtrack_news_{generation} WHERE unreadable > 0 ORDER BY plan"
        )
    ]


def silent(
    session: Session, generation: int, up_to: int, plans: Sequence[str] | None = None
) -> list[tuple[str, int, str]]:
    """
    (plan, position and instant of its latest record) of the open plans with no record after a position.

    A plan that is left out because a record of it cannot be read is not among them.
    """
    plan_table, news_table = f"reformtrack_plans_{generation}", f"reformtrack_news_{generation}"
    rows = session.select(
        f"SELECT n.plan, {_NEWS} FROM {news_table} n JOIN {plan_table} p ON p.plan = n.plan "
        "WHERE p.is_open = 1 AND n.unreadable = 0 AND n.position <= ?",
        [up_to],
    )
    wanted = None if plans is None else set(plans)
    return [tuple(row) for row in rows if wanted is None or row[0] in wanted]
