"""Parquet files: from them alone, DuckDB and Dask count what the tracker counts."""

import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from drills import writers
from reformtrack import IllegalHistory, Tracker
from reformtrack.analytics import files as parquet_files
from reformtrack.answers import Rollup
from reformtrack.errors import MissingExtra
from reformtrack.events import ActivityCompleted
from tests.support import REGULAR, adopted, day, scheduled, tamper

DAYS = (date(2023, 12, 31), date(2024, 6, 30))
DOCUMENTED = Path("docs/how-to/analyse-with-parquet.md").read_text().partition('ROLLUP = """')[2].partition('"""')[0]

THEN = Path("docs/how-to/analyse-with-parquet.md").read_text().partition('THEN = """')[2].partition('"""')[0]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of three plans of which much is recorded; one confirms its completions."""
    draw, path = random.Random(3), tmp_path_factory.mktemp("log") / "log.jsonl"
    with Tracker() as tracker:
        for plan in ("p", "q", "r"):
            terms = {"confirmation_required": True} if plan == "q" else {}
            tracker.record(adopted(plan, jurisdiction=f"Xã {plan}", **terms), by="a")
            for number in range(writers.ACTIVITIES):
                deadline = {"deadline": REGULAR} if number % 7 == 0 else {}
                tracker.record(scheduled(f"{plan}/{number}", domain=str(1 + number % 2), **deadline), by="a")
        for number in range(300):
            name, events = writers.request(draw, str(number))
            try:
                tracker.record(*events, by="w", request_id=name)
            except IllegalHistory:
                continue
        tracker.log.export(path)
    return path


@pytest.fixture
def tracker(url: str, log: Path) -> Iterator[Tracker]:
    """Of these plans."""
    with Tracker(url) as tracker:
        tracker.log.load(log)
        yield tracker


def counted(rollup: Rollup) -> dict[tuple[str, ...], tuple[int, int, int]]:
    """(completed, total, overdue) of each part."""
    return {key: (line.completed, line.total, line.overdue) for key, line in rollup.lines.items()}


def test_the_documented_query_counts_what_the_tracker_counts(tracker: Tracker, tmp_path: Path) -> None:
    """By jurisdiction and domain, on the last day of the facts and half a year later."""
    export = tracker.views.export_parquet(tmp_path)
    assert (3, 3 * writers.ACTIVITIES, ()) == (export.plans, export.activities, export.unreadable)
    for on in DAYS:
        rows = duckdb.execute(DOCUMENTED.replace("export/", f"{tmp_path}/"), {"day": on}).fetchall()
        assert counted(tracker.rollup(on=on)) == {row[:2]: row[2:] for row in rows}


def test_the_documented_query_of_spans_counts_what_the_tracker_counts(tracker: Tracker, tmp_path: Path) -> None:
    """On any day, as known at any position; with joint leads and headings as they are called."""
    export, draw = tracker.views.export_parquet(tmp_path), random.Random(7)
    assert export.spans > export.activities
    for _ in range(25):
        on, position = date(2023, 1, 1) + timedelta(days=draw.randrange(400)), draw.randrange(export.position + 1)
        query = THEN.replace("export/", f"{tmp_path}/")
        rows = duckdb.execute(query, {"day": on, "position": position}).fetchall()
        assert counted(tracker.rollup(on=on, known_at=position)) == {row[:2]: row[2:] for row in rows}
    worst = [(one.id, one.days_overdue) for plan in ("p", "q", "r") for one in tracker.plan(plan, on).overdue()]
    query = (
        f"SELECT activity, if(late, days_late, $day - due) FROM '{tmp_path}/spans.parquet' WHERE (late OR due < $day) "
        "AND pos_to IS NULL AND day_from <= $day AND coalesce(day_to > $day, true)"
    )
    assert sorted(worst) == sorted(duckdb.execute(query, {"day": on}).fetchall())
    [(leads,)] = duckdb.execute(f"SELECT list(DISTINCT lead) FROM '{tmp_path}/spans.parquet'").fetchall()
    assert {one.lead for plan in ("p", "q", "r") for one in tracker.plan(plan).activities} <= set(leads)


def test_the_due_day_in_the_file_is_that_of_the_activity(tracker: Tracker, tmp_path: Path) -> None:
    """Also of what was reported late and waits for its confirmation."""
    tracker.record(scheduled("q/late"), ActivityCompleted("q/late", on=day("7-9")), by="a")
    tracker.views.export_parquet(tmp_path)
    found = duckdb.execute(f"SELECT activity, due, late FROM '{tmp_path}/activities.parquet'").fetchall()
    now = {one.id: one.due for plan in ("p", "q", "r") for one in tracker.plan(plan, tracker.today()).activities}
    assert now == {id: due for id, due, _ in found}
    assert (day("6-30"), True) == next((due, late) for id, due, late in found if id == "q/late")


def test_the_log_is_in_the_file_as_it_was_recorded(
    tracker: Tracker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every record, in order, in several row groups; the position is in the metadata; progress ends at the end."""
    monkeypatch.setattr(parquet_files, "ROW_GROUP", 100)
    told: list[tuple[int, int]] = []
    export = tracker.views.export_parquet(tmp_path, progress=lambda done, last: told.append((done, last)))
    file = pq.ParquetFile(tmp_path / "log.parquet")
    assert file.num_row_groups == len(told) > 3
    assert (export.position, export.position) == told[-1]
    table = file.read().to_pylist()
    log = list(tracker.log.records())
    assert export.records == len(log)
    assert [(r.position, r.stream, r.version, r.by, r.request_id, r.recorded_at) for r in log] == [
        (row["position"], row["stream"], row["version"], row["by"], row["request_id"], row["recorded_at"])
        for row in table
    ]
    assert [getattr(record.event, "on", None) for record in log] == [row["on"] for row in table]
    stored = tracker._store.recorder.select_log(0, export.records)
    assert [bytes(state).decode() for *_, state in stored] == [row["event"] for row in table]
    said = json.loads(file.schema_arrow.metadata[b"reformtrack"])
    assert {"position": export.position, "latest_day": str(export.latest_day), "unreadable": [], "live": []} == said
    assert sorted(path.name for path in tmp_path.glob("*.parquet*")) == [
        "activities.parquet",
        "log.parquet",
        "plans.parquet",
        "spans.parquet",
    ]


def test_a_plan_with_an_unreadable_record_is_left_out_and_named(tracker: Tracker, url: str, tmp_path: Path) -> None:
    """Its records are in the log, the one with its error."""
    tamper(url, "UPDATE reformtrack_log SET topic = 'X.1' WHERE position = 5")
    tracker.views.rebuild()
    export = tracker.views.export_parquet(tmp_path)
    assert ("p",) == export.unreadable
    assert 2 == export.plans
    rows = duckdb.execute(f"SELECT position, error FROM '{tmp_path}/log.parquet' WHERE event IS NULL").fetchall()
    assert [5] == [position for position, _ in rows]
    assert "position 5" in rows[0][1]
    on = DAYS[0]
    rows = duckdb.execute(DOCUMENTED.replace("export/", f"{tmp_path}/"), {"day": on}).fetchall()
    assert counted(tracker.rollup(on=on)) == {row[:2]: row[2:] for row in rows}


def test_an_export_that_fails_leaves_the_files_of_the_last(
    tracker: Tracker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are replaced when the new ones are whole."""
    tracker.views.export_parquet(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.parquet")}
    tracker.record(scheduled("p/999"), by="a")

    def fail(done: int, last: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tracker.views.export_parquet(tmp_path, progress=fail)
    assert before == {path.name: path.read_bytes() for path in tmp_path.glob("*.parquet")}


def test_without_pyarrow_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "reformtrack.analytics.files")
    monkeypatch.delattr("reformtrack.analytics.files")
    with Tracker() as tracker, pytest.raises(MissingExtra, match=r"pip install 'reformtrack\[analytics\]'"):
        tracker.views.export_parquet(tmp_path)


def _slowly(partition: Any) -> Any:
    time.sleep(0.1)
    return partition


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of Dask, when a worker is lost
def test_the_roll_up_on_dask_survives_the_loss_of_a_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two local workers, of which one is killed in the middle: the same figures."""
    # imported here, as Dask takes a second, in each worker
    import rollup_on_dask
    from dask.distributed import Client, LocalCluster

    monkeypatch.setattr(parquet_files, "ROW_GROUP", 10)
    with Tracker() as tracker:
        for place in range(4):
            tracker.record(adopted(f"p{place}", jurisdiction=f"Xã {place}"), by="a")
            tracker.record(*(scheduled(f"p{place}/{n}", domain=str(1 + n % 2)) for n in range(100)), by="a")
        tracker.views.export_parquet(tmp_path)
        expected = counted(tracker.rollup(on=DAYS[0]))
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:  # type: ignore[no-untyped-call]
        victim = cluster.workers[1].process.pid
        killer = threading.Timer(0.8, os.kill, (victim, signal.SIGKILL))
        killer.start()
        found = rollup_on_dask.rollup(rollup_on_dask.activities(tmp_path).map_partitions(_slowly), DAYS[0])
        assert not killer.is_alive()  # it was killed before the answer was there
        assert victim not in {worker.process.pid for worker in cluster.workers.values() if worker.process}
        assert client.status == "running"
    assert expected == {key: tuple(row) for key, row in zip(found.index, found.to_numpy().tolist(), strict=True)}
