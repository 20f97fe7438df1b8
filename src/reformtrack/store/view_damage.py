"""In which rows the tables of the spans are not as they have to be, in words."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from reformtrack.domain.errors import shortened
from reformtrack.domain.said import Said, said
from reformtrack.store.session import Session
from reformtrack.store.view_tables import COLUMNS, NEVER, NO_END, WAITS, digest, halves, names, place, today_statement

_KEYS = {"plans": 3, "spans": 4, "gaps": 2, "today": 2}
"""By table, how many columns name a row in `unlike`, where that is more than one."""


def plans_with_rows(session: Session, generation: int) -> list[Any]:
    """Every plan that a row is of, in whatever table."""
    tables = [f"SELECT plan FROM reformtrack_{name}_{generation}" for name, own in COLUMNS.items() if "plan" in own]
    return [plan for (plan,) in session.select(" UNION ".join(tables))]


Sums = Mapping[tuple[str, int], int]
"""By cell in words and the day after which it counts as another: how many activities."""


def wrong_sums(session: Session, generation: int, more: Sums) -> Iterator[Said]:
    """
    The counts of today that are not the sums of the spans, in words; and names that are not as they were given.

    Args:
        more: by how much the right spans give more than those that are there.
    """
    right = f"SELECT *, 1 FROM ({today_statement(generation)} GROUP BY 1, 2{halves(session)}) AS counted"
    found = (
        f"SELECT cell, due, activities, count(*) FROM reformtrack_today_{generation} GROUP BY 1, 2, 3{halves(session)}"
    )
    wanted = (right, found) if more else (f"{right} EXCEPT {found}", f"{found} EXCEPT {right}")
    called = names(session, generation)
    right_rows, found_rows = (
        [(place(row[0], called), *row[1:-1]) for row in session.select(one) for _ in range(row[-1])] for one in wanted
    )
    if more:
        sums = Counter({(cell_, due): activities for cell_, due, activities in right_rows})
        sums.update(more)
        right_rows = [(*key, activities) for key, activities in sums.items() if activities]
    yield from unlike("today", generation, right_rows, found_rows)
    given = set[Any]()
    for id, said_, name in session.select(f"SELECT id, digest, name FROM reformtrack_names_{generation}"):
        if not isinstance(name, str) or digest(name) != said_ or name in given:
            yield said(
                "{table}, {key}: the name {name} is not the one that was given",
                table=f"reformtrack_names_{generation}",
                key=id,
                name=shortened(name),
            )
        given.add(name)


def sums_of(rows: Sequence[tuple[Any, ...]]) -> Sums:
    """What named spans of a plan add to the counts of today."""
    now = (row for row in rows if row[4:6] == (NO_END, NEVER))
    return Counter((row[6], row[8] if row[6].endswith(f", {WAITS}") else row[7]) for row in now)


def unlike(
    name: str, generation: int, right: Sequence[tuple[Any, ...]], found: Sequence[tuple[Any, ...]]
) -> Iterator[Said]:
    """In which rows a table is not as it has to be, in words."""
    table, width, rows = f"reformtrack_{name}_{generation}", _KEYS.get(name, 1), dict[Any, Any]()
    for side, given in enumerate((right, found)):
        for row in map(tuple, given):
            rows.setdefault(row[:width], ([], []))[side].append(row)
    for key, (gives, has) in sorted(rows.items(), key=repr):
        where = tuple(_shown(column, value, str) for column, value in zip(COLUMNS[name], key, strict=False))
        if not gives:
            yield said("{table} has a row of {key}, and the log gives none", table=table, key=where)
        elif len(has) != 1:
            yield said(
                "{table} has {count} rows of {key}, and the log gives one", table=table, count=len(has), key=where
            )
        elif repr(gives) != repr(has):  # 1 and 1.0 are equal, and not the same in a database
            wrong = tuple(
                said(
                    "{column} is {has}, and the log gives {gives}",
                    column=column,
                    has=_shown(column, one, shortened),
                    gives=_shown(column, other, shortened),
                )
                for column, one, other in zip(COLUMNS[name], has[0], gives[0], strict=True)
                if repr(one) != repr(other)
            )
            yield said("{table}, {key}: {changes}", table=table, key=where, changes=wrong)


def _shown(column: str, value: object, show: Callable[[object], str]) -> object:
    """A value of a column, for people."""
    if column in _OF_DAYS and type(value) is int and 0 < value < NEVER:
        return date.fromordinal(value)
    if value in (NEVER, NO_END) and type(value) is int:
        return said("no end")
    return show(value)


_OF_DAYS = ("day_from", "day_to", "due", "last", "documented")
"""The columns that have the ordinals of days."""
