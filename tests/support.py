"""What several test modules need: the shortest valid events, with what a test changes of them."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from typing import Any

import attrs
import psycopg
from hypothesis import settings
from psycopg.sql import SQL, Identifier

from reformtrack import Record, Tracker
from reformtrack.documents.cloud_events import cloud_event
from reformtrack.domain.illegal import IllegalHistory
from reformtrack.domain.timeline import Aggregate, timeline
from reformtrack.events import ActivityScheduled, PlanAdopted, PlanClosed
from reformtrack.testing import history
from reformtrack.testing.history import ADOPTED as ADOPTED
from reformtrack.testing.history import INSTANT as INSTANT
from reformtrack.testing.history import JUNE as JUNE
from reformtrack.testing.history import QUARTERS as QUARTERS
from reformtrack.testing.history import REGULAR as REGULAR
from reformtrack.testing.history import Clock as Clock
from reformtrack.values import StreamId

EVENT = cloud_event(
    Record(1, StreamId("p"), 1, PlanClosed("p", on=ADOPTED), INSTANT, "a", "r"), "https://example.vn/log"
)

AT_LENGTH = settings().max_examples >= 300
"""Whether this is `make test-long`: where cases are many, or many of a kind, all are tried, and else some."""

LONGEST = 300.0
"""How long a test waits for what has to come, in seconds: where a hang ends, and no claim, as the machine may be busy."""


def worked() -> float:
    """For how many seconds this process, and those that it waited for, have worked: what other processes do is not counted."""
    return sum(os.times()[:4])


def day(text: str) -> date:
    """A day of 2023, given as `6-30`."""
    month, number = text.split("-")
    return date(2023, int(month), int(number))


def adopted(plan: str = "p", **changes: Any) -> PlanAdopted:
    """A plan of two domains."""
    return attrs.evolve(history.adopted(plan), **changes)


def scheduled(activity: str = "p/1.01", **changes: Any) -> ActivityScheduled:
    """An activity due on 30 June."""
    return attrs.evolve(history.scheduled(activity), **changes)


def tracker_of(events: Sequence[Any], **plan: Any) -> Tracker:
    """A tracker with the plan `p`, that was given the events one by one and kept the legal ones."""
    return history.tracker_of(events, first=[adopted(**plan)])


def records(*events: Any, start: int = 1) -> list[Record[Any]]:
    """The events as the records of one stream."""
    return [
        Record(version, event.subject, version, event, INSTANT, "tester", f"request-{version}")
        for version, event in enumerate(events, start)
    ]


def tamper(url: str, statement: str) -> None:
    """Change the rows of a store's log behind the library's back: its triggers are off meanwhile."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file, file, without_triggers(file):
            file.execute(statement)
        return
    address, _, schema = url.partition("&schema=")
    tables = ("reformtrack_log", "reformtrack_requests")
    with psycopg.connect(address) as server:
        server.execute(SQL("SET search_path = {}").format(Identifier(schema or "public")))
        for turn in ("DISABLE", "ENABLE"):
            for table in tables:
                server.execute(SQL(f"ALTER TABLE {table} {turn} TRIGGER ALL"))
            if turn == "DISABLE":
                server.execute(SQL(statement))


@contextmanager
def without_triggers(file: sqlite3.Connection) -> Iterator[None]:
    """Within, the log of a SQLite store can be changed."""
    triggers = file.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        file.execute(f"DROP TRIGGER {name}")
    yield
    for _, sql in triggers:
        file.execute(sql)


def given(aggregate: Aggregate[Any, Any], *history: Any) -> "Given":
    """The start of a given / when / then on one stream."""
    return Given(aggregate, history)


class Given:
    """A history; `when` proposes events to it."""

    def __init__(self, aggregate: Aggregate[Any, Any], history: Sequence[Any]) -> None:
        self.aggregate = aggregate
        self.history = records(*history)

    def when(self, *events: Any) -> Any:
        """The state that the history and the events leave, or the error that refuses them."""
        proposed = records(*events, start=len(self.history) + 1)
        try:
            state = self.aggregate.judge(self.history, proposed)
        except IllegalHistory as error:
            return error
        assert state == self.aggregate.fold(timeline((*self.history, *proposed)))
        return state
