"""
What is asked of the tables of views: which spans hold on a day, as known at a log position, counted, listed or as they are.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from reformtrack.store.instants import text_of
from reformtrack.store.log import LOG_TABLE, REQUESTS_TABLE
from reformtrack.store.session import Session
from reformtrack.store.view_tables import COLUMNS, DOMAIN, KIND, MARK, NO_END, cell, halves


class Then(NamedTuple):
    """What is asked of the spans: those that hold on a day, as known at a log position, of some plans."""

    session: Session
    generation: int
    on: int
    """The ordinal of the day."""
    position: int
    plans: Sequence[str] | None = None
    """Of these plans; default: of all."""
    without: Collection[str] = ()
    """Plans that are left out."""


_THEN = "{s}pos_from <= ? AND {s}pos_to > ? AND {s}day_from <= ? AND {s}day_to > ?"
"""The condition for the spans that hold on a day, as known at a position; `_then` gives its parameters."""

_GIVEN = {"plan": "plan", "lead": "lead", "group": "headings"}


_EACH = 2**32
"""What counts one activity, in a number that also counts, below this, those that are past their day."""


def split(numbers: int) -> tuple[int, int]:
    """The number of activities, and of those that are past their day: of a country, one column is read sooner than two."""
    return divmod(numbers, _EACH)


def packed(activities: int, past: int) -> int:
    """The inverse of `split`."""
    return activities * _EACH + past


def _one(mark: str, on: int | str) -> str:
    """What counts one activity on a day, in SQL."""
    return f"CASE WHEN {mark} < {on} THEN {packed(1, 1)} ELSE {packed(1, 0)} END"


def _summed(numbers: str) -> str:
    return f"CAST(sum({numbers}) AS BIGINT)"


def of_jurisdiction(jurisdiction: int) -> str:
    """Whether a cell is of a jurisdiction, in SQL: a range, which the index of cells has together."""
    return f"cell >= {cell(jurisdiction, 0, 0)} AND cell < {cell(jurisdiction + 1, 0, 0)}"


def of_domain(domain: int) -> str:
    """Whether a cell is of a domain, in SQL."""
    return f"cell & {DOMAIN} = {cell(0, domain, 0)}"


def of_kind(kind: int) -> str:
    """Whether a cell is of a kind, in SQL."""
    return f"cell & {KIND} = {kind}"


def _then(on: int, position: int) -> list[int]:
    return [position, position, on, on]


def today(session: Session, generation: int, on: int, by: Collection[str]) -> list[tuple[Any, ...]]:
    """The same as `counts` of a day from the latest one on, as known now, by jurisdiction and domain or less."""
    numbers = _summed(f"activities * {_one('due', '?')}")
    grouped = f"GROUP BY 1{halves(session, _cells(by))}"
    return session.select(f"SELECT {_cells(by)}, {numbers} FROM reformtrack_today_{generation} {grouped}", [on])


def counts(then: Then, by: Collection[str], conditions: Sequence[str] = ()) -> list[tuple[Any, ...]]:
    """
    The activities counted on a day, as known at a position.

    Args:
        by: plan, lead, group; and jurisdiction and domain, which are in the cell.
        conditions: what else is asked for, in SQL.

    Returns:
        (plan, lead and group as far as they are asked for, cell, numbers: see `split`).
    """
    given = [column for name, column in _GIVEN.items() if name in by]
    keys = [*given, f"{_cells(by)} AS cell" if given else "cell"]
    columns = f"{', '.join(keys)}, {_summed(_one(MARK, then.on))} AS numbers"
    places = ", ".join(str(number) for number in range(1, len(keys) + 1))
    grouped = f" GROUP BY {places}{halves(then.session, _cells(by) if given else 'cell')}"
    # `found` has the whole cell, which an index has in order: grouping it again is cheaper than sorting all spans
    again = f"SELECT {_cells(by)}, {_summed('numbers')} FROM found GROUP BY 1{halves(then.session, _cells(by))}"
    return spans_at(then, columns, conditions, tail=grouped, of_found="" if given else again)


def spans_at(
    then: Then,
    columns: str,
    conditions: Sequence[str],
    given: Sequence[object] = (),
    tail: str = "",
    of_found: str = "",
) -> list[tuple[Any, ...]]:
    """
    What is asked of the spans that hold on a day, as known at a position.

    Args:
        columns, conditions, tail: in SQL; `given` are the parameters of what is in SQL.
        of_found: a query of what was selected, which is read once and is the table `found`.
    """
    of_plans, names = _chosen(then.plans, then.without)
    where = "".join(f" AND {condition}" for condition in conditions) + tail
    found = f"SELECT {columns} FROM reformtrack_spans_{then.generation} WHERE {_THEN.format(s='')}{of_plans}{where}"
    statement = f"WITH found AS ({found}) {of_found}" if of_found else found
    return then.session.select(statement, [*_then(then.on, then.position), *names, *given])


def spans_over(
    session: Session,
    generation: int,
    days: tuple[int, int],
    positions: tuple[int, int],
    by: Collection[str],
    places: Sequence[int | str],
    number: int,
    plans: Sequence[str] | None,
    without: Collection[str],
) -> Iterator[tuple[Any, ...]]:
    """
    The spans that hold on some of many days, counted.

    Args:
        days, positions: the first and the last.
        places: in SQL, of the first day in a span, of the first position, of the first after each; of the first past its day.
        number: how many days there are.

    Returns:
        (what `counts` splits by, the first place in the span, the first after it, the first that is past, the number).
    """
    keys = [*(column for name, column in _GIVEN.items() if name in by), f"{_cells(by)} AS cell"]
    of_plans, names = _chosen(plans, without)
    named = ", ".join(f"{sql} AS {name}" for sql, name in zip(places, ("d0", "p0", "d1", "p1", "past"), strict=True))
    held = (  # the limit, which there is not, keeps the places from being computed anew for each mention of them
        f"SELECT {', '.join(keys)}, {named} FROM reformtrack_spans_{generation} "
        f"WHERE pos_from <= ? AND pos_to > ? AND day_from <= ? AND day_to > ?{of_plans} LIMIT {NO_END}"
    )
    start, until = "CASE WHEN d0 > p0 THEN d0 ELSE p0 END", "CASE WHEN d1 < p1 THEN d1 ELSE p1 END"
    base, columns = number + 1, [key.rpartition(" ")[2] for key in keys]
    numbers = ", ".join(str(number) for number in range(1, len(columns) + 2))
    packed = (
        f"(({start}) * CAST({base} AS BIGINT) + {until}) * {base} + past"  # one for three: what is grouped is sorted
    )
    rows = session.select(
        f"SELECT {', '.join(columns)}, {packed}, count(*) FROM ({held}) AS held GROUP BY {numbers}{halves(session)}",
        [positions[1], positions[0], days[1], days[0], *names],
    )
    for *key, place, spans in rows:
        both, past = divmod(place, base)
        first, after = divmod(both, base)
        if first < after:
            yield (*key, first, after, past, spans)


def _cells(by: Collection[str]) -> str:
    """A cell without what is not asked for."""
    without = (0 if "jurisdiction" in by else ~(DOMAIN | KIND)) | (0 if "domain" in by else DOMAIN)
    return f"cell & {~without}" if without else "cell"


def _chosen(plans: Collection[str] | None, without: Collection[str]) -> tuple[str, list[str]]:
    """The condition for plans, and its parameters."""
    sql, given = "", [*(plans or ()), *sorted(without)]
    if plans is not None:
        sql += f" AND plan IN ({', '.join('?' * len(plans))})" if plans else " AND 1 = 0"
    return sql + (f" AND plan NOT IN ({', '.join('?' * len(without))})" if without else ""), given


def plans(then: Then, columns: Collection[str] = ("plan", *COLUMNS["plans"][5:])) -> list[tuple[Any, ...]]:
    """The plans that were adopted on a day, as known at a position, by plan: what stands in their spans, or some of it."""
    of_plans, names = _chosen(then.plans, then.without)
    table = f"reformtrack_plans_{then.generation}"
    return then.session.select(
        f"SELECT {', '.join(columns)} FROM {table} WHERE {_THEN.format(s='')}{of_plans} ORDER BY plan",
        [*_then(then.on, then.position), *names],
    )


def changes(
    session: Session, generation: int, on: int, position: int, plan: str | None = None
) -> dict[str, tuple[int, int]]:
    """
    The changes of the denominator on a day, as known at a position, since the last document of each plan: those without a
    document, and those with one of their own. Plans without such a change are omitted.
    """
    one, given = ("", []) if plan is None else (" AND p.plan = ?", [plan])
    now, before = (
        f"CASE WHEN s.day_from <= {day} AND s.day_to > {day} THEN 1 ELSE 0 END" for day in (on, "p.documented")
    )
    changed = ", ".join(f"sum(s.{column} * ({now} - {before}))" for column in ("undocumented", "apart"))
    rows = session.select(
        f"SELECT p.plan, {changed} FROM reformtrack_plans_{generation} p "
        f"JOIN reformtrack_spans_{generation} s ON s.plan = p.plan WHERE {_THEN.format(s='p.')}{one} "
        "AND s.pos_from <= ? AND s.pos_to > ? AND (s.undocumented <> 0 OR s.apart <> 0) GROUP BY p.plan",
        [*_then(on, position), *given, position, position],
    )
    return {name: (int(undocumented), int(apart)) for name, undocumented, apart in rows}


_RECORDED = (
    f"(SELECT r.recorded_at FROM {REQUESTS_TABLE} r WHERE r.first_position <= n.pos_from "
    "ORDER BY r.first_position DESC LIMIT 1)"
)
"""The instant of the latest record of a plan."""


def last_news(session: Session, generation: int, since: int, position: int) -> list[tuple[str, int, str]]:
    """
    (plan, position and instant of its latest record up to a position) of the plans with none after an earlier one.

    Only gaps of a day and more are kept: of plans with a shorter one around the position, `news_of_a_day` gives the rest.
    """
    rows = session.select(
        f"SELECT plan, pos_from, {_RECORDED} FROM (SELECT plan, pos_from FROM reformtrack_gaps_{generation} "
        f"WHERE pos_from <= ? AND pos_to > ? UNION ALL SELECT plan, position FROM reformtrack_news_{generation} "
        "WHERE position BETWEEN 1 AND ?) AS n",
        [since, position, since],
    )
    return list(map(tuple, rows))


def news_of_a_day(session: Session, position: int) -> list[tuple[Any, int, str]]:
    """
    (stream, position and instant of its latest record) of the records up to a position, and in the day before it; the latest
    first.
    """
    request = (
        f"SELECT recorded_at FROM {REQUESTS_TABLE} WHERE first_position <= ? {{}}ORDER BY first_position DESC LIMIT 1"
    )
    at = session.select(request.format(""), [position])
    if not at:
        return []
    before = text_of(datetime.fromisoformat(at[0][0]) - timedelta(days=1))
    last = request.format("AND recorded_at < ? ").replace("recorded_at", "last_position", 1)
    [(first,)] = session.select(last, [position, before]) or [(0,)]
    rows = session.select(
        f"SELECT stream, pos_from, {_RECORDED} FROM (SELECT originator_id AS stream, max(position) AS pos_from "
        f"FROM {LOG_TABLE} WHERE position > ? AND position <= ? GROUP BY originator_id) AS n ORDER BY pos_from DESC",
        [first, position],
    )
    return list(map(tuple, rows))


def all_spans(session: Session, generation: int, page: int) -> Iterator[tuple[Any, ...]]:
    """The spans of all activities, those that are still open last, each in order of position: so a file is quick to read."""
    for is_open in ("<", "="):
        after: tuple[Any, ...] = (0, "", "", 0)
        while rows := session.select(
            f"SELECT {', '.join(COLUMNS['spans'])} FROM reformtrack_spans_{generation} WHERE pos_to {is_open} {NO_END} "
            "AND (pos_from, plan, code, day_from) > (?, ?, ?, ?) ORDER BY pos_from, plan, code, day_from LIMIT ?",
            [*after, page],
        ):
            yield from map(tuple, rows)
            plan, code, pos_from, day_from, *_ = rows[-1]
            after = pos_from, plan, code, day_from
