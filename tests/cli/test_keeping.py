"""The commands that keep a store: what they make, and what they say of it."""

import json
import os
import re
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reformtrack import Tracker
from reformtrack.events import ProgressReported
from reformtrack.facets import Log
from tests.cli.conftest import Run
from tests.support import Clock, adopted, day, scheduled, tamper


@pytest.fixture
def store(example: Path, tmp_path: Path) -> Path:
    """A copy of the worked example, to write to."""
    with closing(sqlite3.connect(example)) as source, closing(sqlite3.connect(tmp_path / "copy.db")) as target:
        source.backup(target)
    return tmp_path / "copy.db"


def test_a_log_goes_from_one_store_into_another(run: Run, store: Path, tmp_path: Path) -> None:
    """Whole, in parts, and again."""
    whole, first, rest, other = (tmp_path / name for name in ("all.jsonl.gz", "1.jsonl", "2.jsonl", "other.db"))
    with Tracker(f"sqlite:///{store}") as tracker:
        log = list(tracker.log.records())

    assert f"{len(log)} bản ghi\n" == run("export-log", whole, "--store", store).out
    run("export-log", first, "--up-to", 100, "--store", store)
    run("export-log", rest, "--after", 100, "--store", store)
    counts = [json.loads(run("import-log", file, "--store", other, "--json").out) for file in (first, rest, whole)]

    assert [{"stored": 100}, {"stored": len(log) - 100}, {"stored": 0}] == counts
    with Tracker(f"sqlite:///{other}") as tracker:
        assert log == list(tracker.log.records())


def test_an_export_takes_the_place_of_no_link_and_no_folder(run: Run, store: Path, tmp_path: Path) -> None:
    """/dev/stdout is a link; to put a file in its place would harm the whole machine."""
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "log.jsonl")
    for target in (link, tmp_path):
        ran = run("export-log", target, "--store", store)
        assert (6, "") == (ran.code, ran.out)
        assert "không phải là tệp thường; chấp nhận: tên chưa dùng" in ran.err
    assert link.is_symlink()


def test_tables_are_exported_for_other_tools(run: Run, store: Path, tmp_path: Path) -> None:
    """With how much was written."""
    ran = run("export-parquet", tmp_path / "tables", "--store", store, "--json")
    said = run("export-parquet", tmp_path / "tables", "--store", store, "--lang", "en").out

    assert (1, 55, []) == tuple(json.loads(ran.out)[key] for key in ("plans", "activities", "unreadable"))
    assert {"activities.parquet", "log.parquet", "plans.parquet", "spans.parquet"} == {
        p.name for p in (tmp_path / "tables").iterdir()
    }
    assert said.startswith("1 plans, 55 activities and ")


def test_views_are_caught_up_and_rebuilt(run: Run, store: Path) -> None:
    """To the end of the log."""
    with Tracker(f"sqlite:///{store}") as tracker:
        position = tracker.log.position()
    for command in ("catch-up", "rebuild"):
        assert {"position": position} == json.loads(run(command, "--store", store, "--json").out)


def test_a_plan_that_cannot_be_read_is_named(run: Run, store: Path, tmp_path: Path) -> None:
    """Its counts are left out, and the exit code says that something is not right."""
    tamper(f"sqlite:///{store}", "UPDATE reformtrack_log SET state = '{' WHERE position = 5")
    run("rebuild", "--store", store)
    for words in (("rollup",), ("export-parquet", tmp_path / "tables")):
        ran = run(*words, "--store", store, "--json")
        assert 1 == ran.code
        assert ["dak-nong-2023"] == json.loads(ran.out)["unreadable"]
        assert "dak-nong-2023: không tính, có bản ghi không đọc được" in ran.err
    spot = run("check", "--spot", "1", "--store", store, "--lang", "en")
    assert 1 == spot.code
    assert "cannot be read" in spot.out
    assert "as it was written" not in spot.out


def test_a_whole_store_is_said_to_be_whole(run: Run, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the check ends well; the log is not read once more for what cannot be read."""
    monkeypatch.delattr(Log, "quarantine")
    whole = "Every record is as it was written, as far as can be checked without a checkpoint.\n"
    assert (0, whole, "") == run("check", "--store", store, "--lang", "en")
    few = "no problem found in 1 plan chosen at random\n"
    assert (0, few, "") == run("check", "--spot", "1", "--store", store, "--lang", "en")
    assert {"damage": [], "repaired": False, "unreadable": [], "live": []} == json.loads(
        run("check", "--store", store, "--json").out
    )


@pytest.mark.slow
def test_a_figure_that_the_log_does_not_give_is_named(run: Run, store: Path) -> None:
    """Of all plans, or of so many as are drawn; other plans are not read then."""
    run("rebuild", "--store", store)
    for words in (("check",), ("check", "--spot", 5)):
        assert 0 == run(*words, "--store", store).code
    with closing(sqlite3.connect(store)) as file:
        [(read,)] = file.execute("SELECT generation FROM reformtrack_views WHERE is_current = 1").fetchall()
    tamper(f"sqlite:///{store}", f"UPDATE reformtrack_today_{read} SET activities = 99")
    for words in (("check",), ("check", "--spot", 1)):
        ran = run(*words, "--store", store, "--json")
        assert 1 == ran.code
        for found in json.loads(ran.out)["damage"]:
            assert re.match(
                f"reformtrack_today_{read}, 'Tỉnh Đắk Nông', .*: activities is 99, and the log gives ", found["what"]
            )
    assert "activities là 99, còn theo các bản ghi là " in run("check", "--store", store).out
    checked: list[int | None] = []
    check = Log.check
    with pytest.MonkeyPatch.context() as patch:

        def counted(log: Log, *given: Any, **named: Any) -> Any:
            checked.append(1)
            return check(log, *given, **named)

        patch.setattr(Log, "check", counted)
        repaired = run("check", "--repair", "--store", store, "--lang", "en")
    assert [1] == checked, "what was repaired is looked at again, and nothing else"
    assert 0 == repaired.code
    assert repaired.out.endswith("All of this is repaired: the views say again what the log gives.\n")
    assert 0 == run("check", "--store", store).code
    assert 2 == run("check", "--spot", 0, "--store", store).code


def test_a_check_says_what_is_no_text(run: Run, store: Path) -> None:
    """As JSON too, for a program."""
    tamper(f"sqlite:///{store}", "UPDATE reformtrack_log SET originator_id = CAST(x'70ff' AS TEXT) WHERE position = 5")
    assert "p�" in run("check", "--store", store).out
    document = json.loads(run("check", "--store", store, "--json").out)
    assert ["p\udcff"] == [record["stream"] for record in document["unreadable"]]


def test_the_version_needs_no_store(run: Run) -> None:
    """So that it can be asked first."""
    assert 0 == run("version").code
    assert ["version"] == list(json.loads(run("version", "--json").out))


def test_a_wrong_clock_stops_the_recording_until_it_is_corrected(run: Run, tmp_path: Path) -> None:
    """The error names the records; then everything goes on, and the history shows who said what was wrong."""
    store, clock = tmp_path / "plans.db", Clock(datetime.now(UTC) - timedelta(hours=1))
    with Tracker(f"sqlite:///{store}", clock=clock) as tracker:
        tracker.record(adopted(), scheduled(), by="a")
        clock.now += timedelta(days=5000)
        tracker.record(ProgressReported("p/1.01", on=day("3-1"), note="x"), by="a")
    record = ("record", "ProgressReported", "p/1.01", "on=2023-03-02", "note=y", "--by", "a", "--store", store)
    refused = run(*record)
    assert (5, "") == (refused.code, refused.out)
    assert "correct_instants(3, 3)" in refused.err
    correct = ("correct-instants", 3, 3, "--store", store, "--reason", "Đồng hồ sai", "--document", "12/BB")
    assert (2, "--by" in run(*correct).err) == (run(*correct).code, True), "it has to be said who corrects"
    assert 3 == run("correct-instants", 1, 2, "--store", store, "--reason", "x", "--by", "x").code
    answer = run(*correct, "--by", "quan-tri", "--json")
    assert (0, 4) == (answer.code, json.loads(answer.out)["records"][0]["position"])
    assert 0 == run(*record).code
    assert 0 == run("check", "--store", store).code
    told = run("history", "~clock", "--store", store).out
    assert all(text in told for text in ("đính chính thời điểm ghi", "quan-tri", "bản ghi đầu: 3", "12/BB"))
    known = run("history", "p/1.01", "--store", store, "--json", "--known-at", datetime.now(UTC).isoformat()).out
    assert [2, 3, 5] == [one["position"] for one in json.loads(known)["records"]]


def test_a_log_is_taken_as_it_was(run: Run, store: Path, tmp_path: Path) -> None:
    """When that is asked for: a state that cannot be read, among the rest."""
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("DROP TRIGGER reformtrack_log_no_update")
        connection.execute("UPDATE reformtrack_log SET topic = 'X.1' WHERE position = 5")
    run("export-log", tmp_path / "log.jsonl", "--store", store)
    command = ("import-log", tmp_path / "log.jsonl", "--store", tmp_path / "other.db")
    refused = run(*command)
    assert 6 == refused.code
    assert "không nhận dòng 6 của" in refused.err
    assert 0 == run(*command, "--as-it-was").code


@pytest.mark.slow
def test_new_files_are_their_owners_alone(run: Run, tmp_path: Path) -> None:
    """Whatever the umask: stores, exports, keys, checkpoints, proofs, reports; but what verifies is for all."""
    before, store, key = os.umask(0), tmp_path / "plans.db", tmp_path / "seal.key"
    (tmp_path / "checkpoints").mkdir()
    checkpoint = tmp_path / "checkpoints" / "000000000004.checkpoint"
    try:
        with Tracker(f"sqlite:///{store}") as tracker:
            tracker.record(adopted(), scheduled(), scheduled("p/1.02"), by="a")
            tracker.reports.issue("p", "2023-h1", by="a")
        for command in (
            ("keygen", "example.vn/log", "--to", key),
            ("seal", "--key", key, "--to", tmp_path / "checkpoints"),
            ("prove", checkpoint, "--key", f"{key}.pub", "--to", tmp_path / "proof", "--position", 1),
            ("export-log", tmp_path / "log.jsonl"),
            ("export-parquet", tmp_path / "tables"),
            ("report", "p", "2023-h1", "--to", tmp_path / "report.html"),
        ):
            ran = run("--store", store, *command)
            assert 0 == ran.code, ran.err
    finally:
        os.umask(before)
    files = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.rglob("*") if file.is_file()}
    expected = {
        "plans.db",
        "log.jsonl",
        "plans.parquet",
        "spans.parquet",
        "seal.key",
        "proof",
        "proof.record",
        "report.html",
        checkpoint.name,
    }
    assert expected <= files.keys()
    assert 0o644 == files.pop("seal.key.pub")
    assert {0o600} == set(files.values())
