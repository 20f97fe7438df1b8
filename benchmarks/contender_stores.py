"""
The contenders of `contenders.py` but Django: how each takes a record, and how it answers.

Each is built as one would who knows its database: rows in bulk, one durable transaction a record, an index where it helps.
"""

import sqlite3
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import duckdb
import psutil
import psycopg
import pyarrow as pa
from contender_rows import SHOWN, Counts, Desk, Late, Period, Records, Row, Table, Timelines, Value
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import StoredEvent
from plain_eventsourcing import NAMESPACE, PlainTracker
from seeding import NOW

from reformtrack import Record, Tracker

TODAY = NOW.date()
NO_END, NO_DAY = 2**62, "9999-12-31"

COUNTS = """
SELECT jurisdiction, domain, count(*) FILTER (WHERE {completed}), count(*), count(*) FILTER (WHERE {overdue})
FROM {table} GROUP BY jurisdiction, domain"""
LATE = "SELECT {id}, count(*) OVER () FROM {table} WHERE {overdue} ORDER BY {days} DESC, {id} LIMIT {shown}"


def counted(rows: Iterable[Sequence[Any]]) -> Counts:
    """Rows of `COUNTS`, by jurisdiction and domain."""
    return {(row[0], row[1]): (row[2], row[3], row[4]) for row in rows}


def listed(rows: Sequence[Sequence[Any]]) -> Late:
    """Rows of `LATE`."""
    return (rows[0][1] if rows else 0), [str(row[0]) for row in rows]


def spent_here(call: Callable[[], object]) -> float:
    """Seconds of this process."""
    started = time.process_time()
    call()
    return time.process_time() - started


class Contender(ABC):
    """What takes records and answers the four questions."""

    name, cannot = "", ""
    exact: tuple[str, ...] = ("day", "pair", "late", "today")
    """The questions whose answers are ours; the others it answers as well as it can."""

    def load(self, records: Records) -> None:
        """Take what was recorded, in its order."""
        raise NotImplementedError  # what stands on our records takes none by itself

    def add(self, record: Record[Any]) -> None:
        """Take one record, durably."""
        raise NotImplementedError  # what stands on our records takes none by itself

    @abstractmethod
    def counts(self, on: date, known_at: int | None = None) -> Counts:
        """By jurisdiction and domain on a day, as known at a position; default: as known now."""

    def today(self) -> Counts:
        return self.counts(TODAY)

    @abstractmethod
    def late(self, on: date) -> Late:
        """What is overdue on a day, as known now."""

    @abstractmethod
    def size(self) -> int:
        """Bytes on disk."""

    def spent(self, call: Callable[[], object]) -> float:
        """Seconds of the processor that a call takes, of all that works for it."""
        return spent_here(call)

    def close(self) -> None:  # noqa: B027  # most hold nothing that has to be let go of
        """Let go of what it holds."""


class Ours(Contender):
    """reformtrack: the log and the spans; in `counts` each part is read out of the answer."""

    def __init__(self, name: str, tracker: Tracker, size: Callable[[], int], server: "Server | None" = None) -> None:
        self.name, self.tracker, self._size, self._server = name, tracker, size, server

    def size(self) -> int:
        return self._size()

    def spent(self, call: Callable[[], object]) -> float:
        return self._server.spent(call) if self._server else super().spent(call)

    def add(self, record: Record[Any]) -> None:
        self.add_alone(record)
        self.tracker.views.catch_up()

    def add_alone(self, record: Record[Any]) -> None:
        """Take a record, of which the views learn when they are asked."""
        self.tracker.record(record.event, by=record.by, request_id=record.request_id)

    def counts(self, on: date, known_at: int | None = None) -> Counts:
        found = self.tracker.rollup(by=("jurisdiction", "domain"), on=on, known_at=known_at)
        return {key: (line.completed, line.total, line.overdue) for key, line in found.lines.items() if line.total}

    def late(self, on: date) -> Late:
        found = self.tracker.across("overdue", on=on, limit=SHOWN)
        return found.total, [line.activity.id for line in found.lines]


class HistoryTable(Contender):
    """A table of activities, on SQLite, of which triggers keep each former row: one clock, that of the recording."""

    name = "history by triggers, SQLite"
    cannot = "any day but the last known; who and why; that nobody rewrote it"
    exact = ("today",)
    columns = ("jurisdiction", "domain", "lead", "status", "due", "late", "done_on", "note")

    def __init__(self, path: Path, triggers: bool = True) -> None:
        self.path, self.table = path, Table()
        self.db = sqlite3.connect(path, isolation_level=None)
        names = ", ".join(self.columns)
        new, old = (", ".join(f"{row}.{name}" for name in self.columns) for row in ("NEW", "OLD"))
        begin = f"INSERT INTO history SELECT NEW.id, position, {NO_END}, {new} FROM clock;"
        end = f"UPDATE history SET known_to = (SELECT position FROM clock) WHERE id = OLD.id AND known_to = {NO_END};"
        self.db.executescript(f"""
            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
            CREATE TABLE activities (id TEXT PRIMARY KEY, {names}) WITHOUT ROWID;
            CREATE TABLE clock (position INTEGER); INSERT INTO clock VALUES (0);
            CREATE TABLE history (id TEXT, known_from INTEGER, known_to INTEGER, {names}, PRIMARY KEY (id, known_from))
                WITHOUT ROWID;""")
        if triggers:
            self.db.executescript(f"""
                CREATE TRIGGER made AFTER INSERT ON activities BEGIN {begin} END;
                CREATE TRIGGER changed AFTER UPDATE ON activities WHEN ({new}) IS NOT ({old}) BEGIN {end} {begin} END;
                CREATE TRIGGER removed AFTER DELETE ON activities BEGIN {end} END;""")
        places, changes = (
            ", ".join("?" * (len(self.columns) + 1)),
            ", ".join(f"{n} = excluded.{n}" for n in self.columns),
        )
        self.put_row = f"INSERT INTO activities VALUES ({places}) ON CONFLICT (id) DO UPDATE SET {changes}"

    def load(self, records: Records) -> None:
        self.db.execute("BEGIN")
        for record in records:
            self.put(record)
        self.db.execute("COMMIT")
        self.db.execute("ANALYZE")

    def put(self, record: Record[Any]) -> None:
        """Store what a record changes."""
        if row := self.table.changed(record):
            self.db.execute("UPDATE clock SET position = ?", [record.position])
            self.db.execute(self.put_row, (record.event.subject, *row.value))

    def add(self, record: Record[Any]) -> None:
        self.db.execute("BEGIN IMMEDIATE")
        self.put(record)
        self.db.execute("COMMIT")

    completed = "status = 'completed' AND done_on <= :on"
    overdue = "CASE WHEN done_on <= :on THEN late > 0 ELSE due < :on END"
    days = "CASE WHEN done_on <= :on THEN late ELSE julianday(:on) - julianday(due) END"

    def counts(self, on: date, known_at: int | None = None) -> Counts:
        table = "activities"
        if known_at is not None:
            table = "history WHERE known_from <= :known_at AND known_to > :known_at"
        query = COUNTS.format(completed=self.completed, overdue=self.overdue, table=table)
        return counted(self.db.execute(query, {"on": on.isoformat(), "known_at": known_at}))

    def late(self, on: date) -> Late:
        query = LATE.format(id="id", table="activities", overdue=self.overdue, days=self.days, shown=SHOWN)
        return listed(self.db.execute(query, {"on": on.isoformat()}).fetchall())

    def size(self) -> int:
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return self.path.stat().st_size

    def close(self) -> None:
        self.db.close()


class Activity(Aggregate):
    """An activity as an aggregate that keeps a row."""

    @staticmethod
    def create_id(code: str) -> UUID:
        return uuid5(NAMESPACE, code)

    @event("Scheduled")
    def __init__(
        self, code: str, jurisdiction: str, domain: str, lead: str, days: list[str], recurs: bool, confirms: bool
    ) -> None:
        self.code = code
        self.row = Row(jurisdiction, domain, lead, days, recurs, confirms)

    @event("Started")
    def start(self, on: str) -> None:
        self.row.start(on)

    @event("Reported")
    def report(self, on: str, note: str) -> None:
        self.row.report(on, note)

    @event("EvidenceFiled")
    def file(self, on: str, evidence: list[str]) -> None:
        self.row.file(on, evidence)

    @event("Completed")
    def complete(self, on: str, evidence: list[str]) -> None:
        self.row.complete(on, evidence)

    @event("OccurrenceCompleted")
    def occur(self, on: str, occurrence: str, evidence: list[str]) -> None:
        self.row.occur(on, occurrence, evidence)

    @event("Confirmed")
    def confirm(self, on: str) -> None:
        self.row.confirm(on)

    @event("SentBack")
    def send_back(self, on: str, reason: str) -> None:
        self.row.send_back(on, reason)

    @event("Rescheduled")
    def reschedule(self, on: str, days: list[str]) -> None:
        self.row.reschedule(on, days)

    @event("Reassigned")
    def reassign(self, on: str, lead: str) -> None:
        self.row.reassign(on, lead)

    @event("Retracted")
    def retract(self, completion: bool) -> None:
        self.row.retract(completion)


class PlainEvents(Contender):
    """Aggregates with @event, and a projection into a table of what is so now; a former moment is a replay up to it."""

    name = "plain eventsourcing, SQLite"
    cannot = "any day but the last known: events are replayed in one order; refuses nothing"
    exact = ("today",)

    def __init__(self, folder: Path) -> None:
        self.path = folder / "plain.db"
        self.app = PlainTracker(env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(self.path)})
        self.desk, self.view = Desk(), HistoryTable(folder / "view.db", triggers=False)
        self.reached = [0]
        """By position of ours, how many events there are of the aggregates."""

    def load(self, records: Records) -> None:
        aggregates: dict[str, Activity] = {}
        stored: list[StoredEvent] = []

        def told() -> Iterator[Record[Any]]:
            for record in records:
                if call := self.desk.told(record):
                    stored.extend(self.called(record, call, aggregates))
                self.reached.append(self.reached[-1] + bool(call))
                if len(stored) > 10_000:
                    self.app.recorder.insert_events(stored)
                    stored.clear()
                yield record

        self.view.load(told())
        self.app.recorder.insert_events(stored)

    def called(self, record: Record[Any], call: Any, aggregates: dict[str, Activity]) -> list[StoredEvent]:
        id, (name, given) = str(record.event.subject), call
        if name == "schedule":
            aggregates[id] = Activity(id, **given)
        else:
            getattr(aggregates[id], name)(**given)
        return [self.app.mapper.to_stored_event(one) for one in aggregates[id].collect_events()]

    def add(self, record: Record[Any]) -> None:
        call = self.desk.told(record)
        assert call
        aggregate: Activity = self.app.repository.get(Activity.create_id(str(record.event.subject)))
        getattr(aggregate, call[0])(**call[1])
        self.app.save(aggregate)
        self.view.add(record)
        self.reached.append(self.reached[-1] + 1)

    def counts(self, on: date, known_at: int | None = None) -> Counts:
        if known_at is None:
            return self.view.counts(on)
        found: dict[Any, Any] = {}
        if stop := self.reached[known_at]:
            for one in self.app.recorder.select_notifications(1, stop, stop=stop):
                domain_event: Any = self.app.mapper.to_domain_event(one)
                found[domain_event.originator_id] = domain_event.mutate(found.get(domain_event.originator_id))
        return _counted_here((aggregate.row.value for aggregate in found.values()), on.isoformat())

    def late(self, on: date) -> Late:
        return self.view.late(on)

    def size(self) -> int:
        with sqlite3.connect(self.path) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return self.path.stat().st_size + self.view.size()

    def close(self) -> None:
        self.app.close()
        self.view.close()


def _counted_here(values: Iterable[Value], on: str) -> Counts:
    found: dict[tuple[str, ...], list[int]] = {}
    for value in values:
        line = found.setdefault((value.jurisdiction, value.domain), [0, 0, 0])
        is_done = value.done_on is not None and value.done_on <= on
        line[0] += is_done and value.status == "completed"
        line[1] += 1
        line[2] += value.late > 0 if is_done else value.due is not None and value.due < on
    return {key: (line[0], line[1], line[2]) for key, line in found.items()}


class Server:
    """A server of PostgreSQL 18 or later."""

    def __init__(self, url: str) -> None:
        self.url = url
        with psycopg.connect(url) as db:
            assert db.info.server_version >= 180_000, db.info.server_version
            parent = psutil.Process(db.info.backend_pid).parent()
        assert parent
        self.process = parent

    def spent(self, call: Callable[[], object]) -> float:
        """Seconds of the processor that a call takes, here and in the server, whose clock ticks a hundred times a second."""
        before = self._until_now()
        here = spent_here(call)
        return here + self._until_now() - before

    def _until_now(self) -> float:
        its = self.process.cpu_times()
        alive = []
        for child in self.process.children():
            with suppress(psutil.NoSuchProcess):
                alive.append(child.cpu_times())
        return its.children_user + its.children_system + sum(one.user + one.system for one in (its, *alive))

    def settle(self) -> None:
        """Do what autovacuum would do in the midst of what is measured."""
        with psycopg.connect(self.url, autocommit=True) as db:
            db.execute("VACUUM ANALYZE")

    def size(self, tables: str) -> int:
        """Bytes of the tables of a schema, or of one of them, with their indexes."""
        schema, _, table = tables.partition(".")
        query = "SELECT sum(pg_total_relation_size(format('%%I.%%I', schemaname, tablename)::regclass)) FROM pg_tables"
        with psycopg.connect(self.url) as db:
            row = db.execute(f"{query} WHERE schemaname = %s AND tablename LIKE %s", (schema, table or "%")).fetchone()
        assert row
        return int(row[0])


class TemporalTable(Contender):
    """
    A table of PostgreSQL 18 whose key is WITHOUT OVERLAPS: one clock, that of the days.

    The id is a range of one number, because the key wants an operator class of GiST and btree_gist is not in every server.
    """

    name = "temporal table, PostgreSQL 18"
    cannot = "what was known before; what was taken back; who and why; that nobody rewrote it"
    exact = ("day", "late", "today")

    def __init__(self, server: "Server") -> None:
        self.timelines, self.ids, self.server = Timelines(), dict[str, int](), server
        self.db = psycopg.connect(server.url, autocommit=True)
        self.db.execute("""
            CREATE TABLE activities (id int4range, code text COLLATE "C", jurisdiction text, domain text, lead text,
                status text, due date, late int, holds daterange, PRIMARY KEY (id, holds WITHOUT OVERLAPS))""")

    def _rows(self, id: str, periods: Iterable[Period]) -> Iterator[tuple[Any, ...]]:
        number = self.ids.setdefault(id, len(self.ids))
        for day, end, value in periods:
            yield f"[{number},{number + 1})", id, *value[:6], f"[{day},{end or ''})"

    def load(self, records: Records) -> None:
        for record in records:
            self.timelines.changed(record)
        with self.db.cursor().copy("COPY activities FROM STDIN") as copy:
            for id, periods in self.timelines.now.items():
                for row in self._rows(id, periods):
                    copy.write_row(row)
        self.server.settle()

    def add(self, record: Record[Any]) -> None:
        if (changed := self.timelines.changed(record)) is None:
            return
        went, came = changed
        id = str(record.event.subject)
        rows = list(self._rows(id, came))
        number = self.ids[id]
        with self.db.transaction(), self.db.cursor() as cursor:
            if went:
                cursor.execute(
                    "DELETE FROM activities WHERE id = %s AND lower(holds) = ANY(%s::date[])",
                    (f"[{number},{number + 1})", [one[0] for one in went]),
                )
            places = ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s, %s)"] * len(rows))
            cursor.execute(f"INSERT INTO activities VALUES {places}", [value for row in rows for value in row])

    def counts(self, on: date, known_at: int | None = None) -> Counts:
        overdue, table = "late > 0 OR due < %(on)s", "activities WHERE holds @> %(on)s::date"
        query = COUNTS.format(completed="status = 'completed'", overdue=overdue, table=table)
        return counted(self.db.execute(query, {"on": on}))

    def late(self, on: date) -> Late:
        overdue, days = (
            "holds @> %(on)s::date AND (late > 0 OR due < %(on)s)",
            "CASE WHEN late > 0 THEN late ELSE %(on)s - due END",
        )
        query = LATE.format(id="code", table="activities", overdue=overdue, days=days, shown=SHOWN)
        return listed(self.db.execute(query, {"on": on}).fetchall())

    def size(self) -> int:
        return self.server.size("public.activities")

    def spent(self, call: Callable[[], object]) -> float:
        return self.server.spent(call)

    def close(self) -> None:
        self.db.close()


class Rectangles(Contender):
    """Rectangles of days and positions in DuckDB: both clocks, as our spans are; folded in the memory of the one who writes."""

    name = "rectangles, DuckDB"
    cannot = "who and why; that nobody rewrote it; takes one process that writes"

    def __init__(self, path: Path) -> None:
        self.path, self.timelines = path, Timelines()
        self.opened: dict[tuple[str, Period], int] = {}
        self.db = duckdb.connect(str(path))
        self.db.execute("SET threads = 1")

    def load(self, records: Records) -> None:
        rows: list[tuple[Any, ...]] = []
        for record in records:
            went, came = self.timelines.changed(record) or ((), ())
            id = str(record.event.subject)
            rows += (_rectangle(id, one, self.opened.pop((id, one)), record.position) for one in went)
            self.opened |= {(id, one): record.position for one in came}
        rows += (_rectangle(id, one, position) for (id, one), position in self.opened.items())
        columns = dict(zip(_RECTANGLE, map(pa.array, zip(*rows, strict=True)), strict=True))
        self.db.register("found", pa.table(columns))
        self.db.execute("""
            CREATE TABLE rectangles AS SELECT * REPLACE (day_from::DATE AS day_from, day_to::DATE AS day_to, due::DATE AS due)
            FROM found ORDER BY pos_to, pos_from""")
        self.db.unregister("found")
        self.db.execute("CREATE INDEX by_id ON rectangles (id)")

    def add(self, record: Record[Any]) -> None:
        went, came = self.timelines.changed(record) or ((), ())
        id = str(record.event.subject)
        self.db.begin()
        for one in went:
            self.db.execute(
                "UPDATE rectangles SET pos_to = ? WHERE id = ? AND pos_from = ? AND day_from = ?",
                [record.position, id, self.opened.pop((id, one)), one[0]],
            )
        for one in came:
            self.opened[id, one] = record.position
            row = _rectangle(id, one, record.position)
            self.db.execute(f"INSERT INTO rectangles VALUES ({', '.join('?' * len(row))})", row)
        self.db.commit()

    _then = "rectangles WHERE pos_from <= $at AND pos_to > $at AND day_from <= $on AND day_to > $on"

    def counts(self, on: date, known_at: int | None = None) -> Counts:
        query = COUNTS.format(completed="status = 'completed'", overdue="late > 0 OR due < $on", table=self._then)
        at = NO_END - 1 if known_at is None else known_at
        return counted(self.db.execute(query, {"on": on, "at": at}).fetchall())

    def late(self, on: date) -> Late:
        table, overdue = self._then.split(" WHERE ")
        days = "CASE WHEN late > 0 THEN late ELSE $on - due END"
        query = LATE.format(
            id="id", table=table, overdue=f"{overdue} AND (late > 0 OR due < $on)", days=days, shown=SHOWN
        )
        return listed(self.db.execute(query, {"on": on, "at": NO_END - 1}).fetchall())

    def size(self) -> int:
        self.db.execute("CHECKPOINT")
        return self.path.stat().st_size

    def close(self) -> None:
        self.db.close()


_RECTANGLE = "id", "jurisdiction", "domain", "lead", "status", "due", "late", "pos_from", "pos_to", "day_from", "day_to"


def _rectangle(id: str, period: Period, pos_from: int, pos_to: int = NO_END) -> tuple[Any, ...]:
    day, end, value = period
    return (id, *value[:6], pos_from, pos_to, day, end or NO_DAY)


class Parquet(Contender):
    """Our spans as `tracker.views.export_parquet` writes them, asked by DuckDB alone; `ordered` as they are read fastest."""

    cannot = "what came after the export"

    def __init__(self, file: Path, name: str) -> None:
        self.file, self.name = file, name
        self.db = duckdb.connect()
        self.db.execute("SET threads = 1")

    def ordered(self) -> "Parquet":
        """The same, in another file."""
        file = self.file.with_name("ordered.parquet")
        self.db.execute(
            f"COPY (FROM '{self.file}' ORDER BY pos_to IS NULL, pos_from) TO '{file}' (FORMAT parquet, COMPRESSION snappy)"
        )
        return Parquet(file, f"{self.name}, open rows last")

    def _then(self) -> str:
        return (
            f"'{self.file}' WHERE pos_from <= $at AND coalesce(pos_to > $at, true) AND day_from <= $on "
            "AND coalesce(day_to > $on, true) AND status NOT IN ('withdrawn', 'carried_over')"
        )

    def counts(self, on: date, known_at: int | None = None) -> Counts:
        query = COUNTS.format(completed="status = 'completed'", overdue="late OR due < $on", table=self._then())
        at = NO_END - 1 if known_at is None else known_at
        return counted(self.db.execute(query, {"on": on, "at": at}).fetchall())

    def late(self, on: date) -> Late:
        table, overdue = self._then().split(" WHERE ")
        days = "CASE WHEN late THEN days_late ELSE $on - due END"
        query = LATE.format(
            id="activity", table=table, overdue=f"{overdue} AND (late OR due < $on)", days=days, shown=SHOWN
        )
        return listed(self.db.execute(query, {"on": on, "at": NO_END - 1}).fetchall())

    def size(self) -> int:
        return self.file.stat().st_size

    def close(self) -> None:
        self.db.close()
