"""
The tables of the spans of many plans, in the database of the log.

A generation is a set of tables; one generation is current. A rebuild fills the next one beside it, and makes it current in one
transaction, so a reader never sees half a view. The position up to which a generation is right is written in the transaction of
its rows: each record is applied exactly once, wherever a process is killed.

A text that is counted by stands once in the table of names, and its number in the spans; the numbers belong to a generation. A
cell packs the numbers of a jurisdiction and of a domain, and the kind that an activity is counted as.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from reformtrack.store.session import Session

VIEWS_VERSION = 7
"""The version of the tables below, and of what their rows say: views of another version are rebuilt."""

KEYS_A_QUERY = 100

WAITS = 4
"""The kind in a cell of what waits for its confirmation and was reported in time: past its last day, never overdue."""

NO_END = 2**63 - 1
"""A position that no log reaches."""

NEVER = 3_652_060
"""The ordinal of the day after the last one of the calendar."""

_SPANNED = "pos_from BIGINT NOT NULL, day_from INTEGER NOT NULL, pos_to BIGINT NOT NULL, day_to INTEGER NOT NULL"
_TABLES = (
    f"""
CREATE TABLE reformtrack_plans_{{g}} (
    plan {{text}} NOT NULL, {_SPANNED}, jurisdiction {{text}} NOT NULL, title {{text}} NOT NULL, year INTEGER NOT NULL,
    version INTEGER NOT NULL, counting_rule {{text}} NOT NULL, confirmation_required INTEGER NOT NULL, is_open INTEGER NOT NULL,
    documented INTEGER NOT NULL, PRIMARY KEY (plan, pos_from, day_from)
){{clustered}}""",
    f"""
CREATE TABLE reformtrack_spans_{{g}} (
    plan {{text}} NOT NULL, code {{text}} NOT NULL, {_SPANNED}, cell BIGINT NOT NULL, due INTEGER NOT NULL,
    last INTEGER NOT NULL, lead INTEGER NOT NULL, headings INTEGER NOT NULL, status INTEGER NOT NULL, bits INTEGER NOT NULL,
    undone INTEGER NOT NULL, undocumented INTEGER NOT NULL, apart INTEGER NOT NULL, later {{text}} NOT NULL,
    PRIMARY KEY (plan, code, pos_from, day_from)
){{clustered}}""",
    """
CREATE TABLE reformtrack_names_{g} (
    id INTEGER PRIMARY KEY, digest BIGINT NOT NULL, name {text} NOT NULL
)""",
    """
CREATE TABLE reformtrack_gaps_{g} (
    plan {text} NOT NULL, pos_from BIGINT NOT NULL, pos_to BIGINT NOT NULL, PRIMARY KEY (plan, pos_from)
){clustered}""",
    """
CREATE TABLE reformtrack_today_{g} (
    cell BIGINT NOT NULL, due INTEGER NOT NULL, activities INTEGER NOT NULL, PRIMARY KEY (cell, due)
){clustered}""",
    """
CREATE TABLE reformtrack_news_{g} (
    plan {text} PRIMARY KEY, position BIGINT NOT NULL, recorded_at {text} NOT NULL, unreadable BIGINT NOT NULL,
    is_live INTEGER NOT NULL, undocumented INTEGER NOT NULL, apart INTEGER NOT NULL
)""",
)
_INDEXES = (
    "CREATE INDEX reformtrack_names_{g}_digest ON reformtrack_names_{g} (digest)",
    "CREATE INDEX reformtrack_gaps_{g}_end ON reformtrack_gaps_{g} (pos_to, pos_from, plan)",
)
_COVERING = tuple(
    f"CREATE INDEX reformtrack_spans_{{g}}_{key} ON reformtrack_spans_{{g}} ({key}, pos_from, pos_to, day_from, day_to, {rest})"
    for key, rest in (("cell", "due, last, status, bits"), ("lead", "cell, due, last"))
)
"""What is counted and listed by, where tables are clustered; elsewhere a scan of the table is faster."""
COLUMNS = {
    re.findall(r"_(\w+)_{g}", table)[0]: re.findall(r"(\w+) (?:{text}|INTEGER|BIGINT)", table) for table in _TABLES
}
"""By table of a generation, its columns."""
NAMES = tuple(COLUMNS)
"""The tables of a generation."""
MARK = f"CASE WHEN cell & 15 = {WAITS} THEN last ELSE due END"
"""The day after which an activity counts as another than before."""
_BITS = 4
_DOMAINS = 24
KIND, DOMAIN = 2**_BITS - 1, (2**_DOMAINS - 1) << _BITS


def cell(jurisdiction: int, domain: int, kind: int) -> int:
    """The number of a jurisdiction, that of a domain, and a kind from 0 to 15, in one."""
    return jurisdiction << (_BITS + _DOMAINS) | domain << _BITS | kind


def halves(session: Session, packed: str = "cell") -> str:
    """
    What is grouped by beside a cell, in SQL, where groups are hashed: its jurisdiction.

    PostgreSQL hashes the exclusive or of the halves of a number, in which cells of many jurisdictions fall together: 53,000
    groups took 44 s.
    """
    return "" if session.clustered else f", ({packed}) >> {_BITS + _DOMAINS}"


def of_cell(packed: int) -> tuple[int, int, int]:
    """The jurisdiction, the domain and the kind."""
    return packed >> (_BITS + _DOMAINS), (packed & DOMAIN) >> _BITS, packed & KIND


def place(packed: int, names: Mapping[int, str]) -> str:
    """A cell in words."""
    jurisdiction, domain, kind = of_cell(packed)
    return f"{names.get(jurisdiction)!r}, {names.get(domain)!r}, {kind}"


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
    for statement in _TABLES:
        session.execute(statement.format(g=generation, text=session.text, clustered=session.clustered))


def index(session: Session, generation: int) -> None:
    """Make the indexes of a generation: once it is filled, because that is faster."""
    for statement in (*_INDEXES, *(_COVERING if session.clustered else ())):
        session.execute(statement.format(g=generation))


def make_current(session: Session, generation: int) -> None:
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


def close(session: Session, generation: int, name: str, rows: Sequence[Sequence[Any]]) -> None:
    """End spans at a position: (position, their key …)."""
    if rows:
        keys = "plan = ? AND code = ?" if name == "spans" else "plan = ?"
        session.many(
            f"UPDATE reformtrack_{name}_{generation} SET pos_to = ? WHERE {keys} AND pos_from = ? AND day_from = ?",
            rows,
        )


def remove(session: Session, generation: int, name: str, plans: Collection[str]) -> None:
    """Take out all rows of plans."""
    session.many(f"DELETE FROM reformtrack_{name}_{generation} WHERE plan = ?", [[plan] for plan in plans])


def digest(name: str) -> int:
    """The number by which a name is looked up: several names may have one."""
    return int.from_bytes(sha256(name.encode()).digest()[:8], signed=True)


def ids(session: Session, generation: int, names: Collection[str]) -> dict[str, int]:
    """The number of each name; those that have none get one."""
    statement = f"SELECT name, id FROM reformtrack_names_{generation} WHERE digest IN "
    found: dict[str, int] = dict(_among(session, statement, [digest(name) for name in names]))
    if new := sorted(name for name in names if name not in found):
        [(last,)] = session.select(f"SELECT coalesce(max(id), 0) FROM reformtrack_names_{generation}")
        added = {name: last + n for n, name in enumerate(new, 1)}
        add(session, generation, "names", [(id, digest(name), name) for name, id in added.items()])
        found |= added
    return found


def names(session: Session, generation: int) -> dict[int, str]:
    """Each name, by its number."""
    return dict(session.select(f"SELECT id, name FROM reformtrack_names_{generation}"))


class Known(NamedTuple):
    """What the views know of a plan."""

    position: int
    """The log position of its latest record; 0 while none can be read."""
    recorded_at: str
    """When that was recorded, as its request says."""
    unreadable: int
    """The position of the first of its records that cannot be read; 0 when all can."""
    is_live: int
    """1 when it has too many spans: they are not kept, and it is answered from its records."""
    undocumented: int
    """The number of changes of the denominator since its last document, on the latest day, without a document."""
    apart: int
    """The number of those with a document of their own."""


def known(session: Session, generation: int, plans: Sequence[str]) -> dict[str, Known]:
    """What the views know of plans, by plan; those that have no record yet are not in it."""
    statement = f"SELECT {', '.join(COLUMNS['news'])} FROM reformtrack_news_{generation} WHERE plan IN "
    return {row[0]: Known(*row[1:]) for row in _among(session, statement, plans)}


def jurisdictions(session: Session, generation: int) -> list[str]:
    """Those of which a plan in spans ever was."""
    return [name for (name,) in session.select(f"SELECT DISTINCT jurisdiction FROM reformtrack_plans_{generation}")]


def _among(session: Session, statement: str, keys: Sequence[Any]) -> Iterator[Any]:
    """The rows whose key is one of these; the statement ends before the list of keys."""
    for start in range(0, len(keys), KEYS_A_QUERY):
        some = keys[start : start + KEYS_A_QUERY]
        yield from session.select(f"{statement}({', '.join('?' * len(some))})", some)


Cells = Mapping[tuple[int, int], int]
"""By cell and the day after which it counts as another: how many activities."""


def added(session: Session, generation: int, plan: str, news: Known) -> Cells:
    """What a plan adds to the counts of today; nothing when a record of it cannot be read."""
    if news.unreadable:
        return {}
    rows = session.select(f"{_today(generation)} AND plan = ? GROUP BY 1, 2{halves(session)}", [plan])
    return {(cell_, due): int(activities) for cell_, due, activities in rows}


def _today(generation: int) -> str:
    return f"SELECT cell, {MARK}, count(*) FROM reformtrack_spans_{generation} WHERE pos_to = {NO_END} AND day_to = {NEVER}"


def today_statement(generation: int) -> str:
    """The counts of the latest day and every day after: the same spans as for any other."""
    spoilt = f"SELECT plan FROM reformtrack_news_{generation} WHERE unreadable > 0"
    return f"{_today(generation)} AND plan NOT IN ({spoilt})"


def move(session: Session, generation: int, before: Cells, after: Cells) -> None:
    """Take out of the counts of today what a plan added before, and add what it adds now."""
    change = {key: after.get(key, 0) - before.get(key, 0) for key in before.keys() | after.keys()}
    rows = [(*key, number) for key, number in change.items() if number]
    table = f"reformtrack_today_{generation}"
    session.many(
        f"INSERT INTO {table} VALUES (?, ?, ?) ON CONFLICT (cell, due) "
        f"DO UPDATE SET activities = {table}.activities + excluded.activities",
        rows,
    )
    session.many(f"DELETE FROM {table} WHERE cell = ? AND due = ? AND activities = 0", [row[:2] for row in rows])


def sum_up(session: Session, generation: int) -> None:
    """Count all plans as of today, anew."""
    session.execute(f"DELETE FROM reformtrack_today_{generation}")
    counted = f"{today_statement(generation)} GROUP BY 1, 2{halves(session)}"
    session.execute(f"INSERT INTO reformtrack_today_{generation} {counted}")


def tell(session: Session, generation: int, plan: str, news: Known) -> None:
    """Upsert what the views know of a plan."""
    columns, marks = COLUMNS["news"], ", ".join("?" * len(COLUMNS["news"]))
    changed = ", ".join(f"{column} = excluded.{column}" for column in columns[1:])
    session.execute(
        f"INSERT INTO reformtrack_news_{generation} VALUES ({marks}) ON CONFLICT (plan) DO UPDATE SET {changed}",
        [plan, *news],
    )


def news(session: Session, generation: int) -> dict[str, Known]:
    """What the views know of every plan of which anything was ever recorded, by plan."""
    rows = session.select(f"SELECT {', '.join(COLUMNS['news'])} FROM reformtrack_news_{generation} ORDER BY plan")
    return {row[0]: Known(*row[1:]) for row in rows}


def left_out(session: Session, generation: int, position: int) -> tuple[list[str], list[str]]:
    """
    The plans that are not answered from spans, in order: those of which a record cannot be read, as known at a position; and
    of the others those that have too many spans.
    """
    rows = session.select(
        f"SELECT plan, unreadable, is_live FROM reformtrack_news_{generation} "
        "WHERE unreadable > 0 OR is_live = 1 ORDER BY plan"
    )
    spoilt = [plan for plan, unreadable, _ in rows if 0 < unreadable <= position]
    return spoilt, [plan for plan, _, is_live in rows if is_live and plan not in spoilt]


def rows_of(session: Session, generation: int, name: str, plan: str) -> list[tuple[Any, ...]]:
    """The rows of a plan in a table that has rows of plans."""
    rows = session.select(
        f"SELECT {', '.join(COLUMNS[name])} FROM reformtrack_{name}_{generation} WHERE plan = ?", [plan]
    )
    return list(map(tuple, rows))
