"""The log as a file: from one store to another byte for byte, and nothing of a file that is not whole."""

import gzip
import json
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from reformtrack import StoreError, Tracker
from reformtrack.errors import LogFileError
from reformtrack.events import ActivityStarted, ProgressReported, RecordRetracted
from reformtrack.store import log_file
from tests.support import adopted, day, scheduled, tamper

COMPRESSED = {"COMPRESSOR_TOPIC": "eventsourcing.compressor:ZlibCompressor"}


@pytest.fixture
def source(tmp_path: Path) -> Tracker:
    tracker = Tracker(f"sqlite:///{tmp_path}/source.db")
    tracker.record(adopted(), scheduled(), scheduled("p/1.02", title="Đắk Nông \u2028 “x”\n y"), by="a", request_id="ố")
    for number in range(30):
        tracker.record(ProgressReported("p/1.01", on=day("3-1"), note=f"{number}"), by="b", request_id=f"r{number}")
    tracker.record(RecordRetracted("p/1.01", version=2, reason="x"), ActivityStarted("p/1.02", on=day("2-1")), by="a")
    return tracker


def rows(tracker: Tracker) -> tuple[Any, Any]:
    """Everything that a store has, as it is stored."""
    recorder = tracker._store.recorder
    last = recorder.max_notification_id() or 0
    return recorder.select_log(0, 10_000), recorder.select_requests(1, last) if last else []


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz"])
def test_a_store_is_made_again_from_a_file_byte_for_byte(
    source: Tracker, url: str, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From SQLite to either store, and back; positions, instants and requests are the same, and writing goes on."""
    monkeypatch.setattr(log_file, "PAGE", 7)
    assert 35 == source.log.export(tmp_path / name)
    with Tracker(url) as target, Tracker() as back:
        assert 35 == target.log.load(tmp_path / name)
        assert rows(source) == rows(target)
        assert 35 == target.log.export(tmp_path / "again.jsonl")
        assert 35 == back.log.load(tmp_path / "again.jsonl")
        assert rows(source) == rows(back)
        position = source.log.position()
        assert source.plan("p", known_at=position - 1).activities == target.plan("p", known_at=position - 1).activities
        again = source.record(ActivityStarted("p/1.01", on=day("2-1")), by="a", request_id="n")
        here = target.record(ActivityStarted("p/1.01", on=day("2-1")), by="a", request_id="n")
        assert again[0].position == here[0].position == 36
        [same] = target.record(ProgressReported("p/1.01", on=day("3-1"), note="7"), by="b", request_id="r7")
        assert 11 == same.position


def test_the_file_is_read_without_reformtrack(source: Tracker, tmp_path: Path) -> None:
    """A JSON object a line, the state of an event in it as JSON."""
    source.log.export(tmp_path / "log.jsonl.gz")
    with gzip.open(tmp_path / "log.jsonl.gz", "rt", encoding="utf-8", newline="\n") as file:
        head, *records, foot = map(json.loads, file)
    assert {"format": "reformtrack-log", "version": 1} == head
    assert ("p/1.02", 1, "ActivityScheduled.1", "ố") == tuple(
        records[2][key] for key in ("stream", "version", "name", "request_id")
    )
    assert "Đắk Nông \u2028 “x”\n y" == records[2]["state"]["event"]["title"]
    assert (35, 35) == (foot["records"], foot["last_position"])


def test_an_import_goes_on_where_it_was_interrupted(
    source: Tracker, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole requests are there or not at all; made again, it stores the rest; made once more, nothing."""
    monkeypatch.setattr(log_file, "PAGE", 4)
    source.log.export(tmp_path / "log.jsonl")
    with Tracker(url) as target:

        def interrupted(position: int, last: int) -> None:
            if position > 15:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            target.log.load(tmp_path / "log.jsonl", progress=interrupted)
        stored = target.log.position()
        assert 15 < stored < 35
        told: list[tuple[int, int]] = []
        assert 35 - stored == target.log.load(tmp_path / "log.jsonl", progress=lambda *at: told.append(at))
        assert (35, 35) == told[-1]
        assert 0 == target.log.load(tmp_path / "log.jsonl")
        assert rows(source) == rows(target)


def test_a_later_export_adds_what_is_new(source: Tracker, url: str, tmp_path: Path) -> None:
    """After a position, and up to one."""
    with Tracker(url) as target:
        assert 20 == source.log.export(tmp_path / "first.jsonl", up_to=20)
        assert 20 == target.log.load(tmp_path / "first.jsonl")
        assert 15 == source.log.export(tmp_path / "rest.jsonl", after=20)
        assert 15 == target.log.load(tmp_path / "rest.jsonl")
        assert rows(source) == rows(target)


def test_a_store_with_other_records_is_left_as_it_is(source: Tracker, url: str, tmp_path: Path) -> None:
    """Two logs are never mixed."""
    source.log.export(tmp_path / "log.jsonl")
    with Tracker(url) as target:
        target.record(adopted(), by="someone else")
        before = rows(target)
        with pytest.raises(LogFileError, match="the store has other records"):
            target.log.load(tmp_path / "log.jsonl")
        assert before == rows(target)


def changed(path: Path, how: str) -> None:
    """A file of the log that something happened to."""
    lines = path.read_bytes().splitlines(keepends=True)
    match how:
        case "cut":
            lines = lines[:-3]
        case "cut in a line":
            path.write_bytes(path.read_bytes()[:-100])
            return
        case "a digit changed":
            lines[5] = lines[5].replace(b"2023", b"2024")
        case "a line left out":
            del lines[7]
        case "two lines swapped":
            lines[4], lines[5] = lines[5], lines[4]
        case "no such format":
            lines[0] = b'{"format":"reformtrack-log","version":2}\n'
        case "empty":
            lines = []
        case "no log":
            lines = [b"hello\n"]
    path.write_bytes(b"".join(lines))


@pytest.mark.parametrize(
    "how",
    [
        "cut",
        "cut in a line",
        "a digit changed",
        "a line left out",
        "two lines swapped",
        "no such format",
        "empty",
        "no log",
    ],
)
def test_a_file_that_is_not_whole_is_refused_and_nothing_is_stored(source: Tracker, tmp_path: Path, how: str) -> None:
    """Found out before any of it is used."""
    source.log.export(tmp_path / "log.jsonl")
    changed(tmp_path / "log.jsonl", how)
    with Tracker() as target, pytest.raises(LogFileError, match="accepted: an exported log"):
        target.log.load(tmp_path / "log.jsonl")
    with Tracker() as target:
        assert 0 == target.log.position()


def test_a_compressed_store_and_an_unreadable_record_are_moved_too(tmp_path: Path, url: str) -> None:
    """Bytes that are no JSON stand in base64, and come out as they went in; what cannot be read here is taken as it was."""
    env = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": f"{tmp_path}/c.db", **COMPRESSED}
    with Tracker(env=env) as source, Tracker(url) as target:
        source.record(adopted(), scheduled(), by="a")
        with closing(sqlite3.connect(tmp_path / "c.db")) as connection, connection:
            for trigger in ("reformtrack_log_no_update",):
                connection.execute(f"DROP TRIGGER {trigger}")
            connection.execute("UPDATE reformtrack_log SET state = ? WHERE position = 2", (b'{\n"a": \xff}',))
        source.log.export(tmp_path / "log.jsonl")
        with pytest.raises(LogFileError, match=r"line 2 of .* is refused: it cannot be read"):
            target.log.load(tmp_path / "log.jsonl")
        target.log.load(tmp_path / "log.jsonl", as_it_was=True)
        assert rows(source) == rows(target)


def test_an_export_that_fails_leaves_the_file_of_before(source: Tracker, tmp_path: Path) -> None:
    """The new one takes its place when it is whole."""
    source.log.export(tmp_path / "log.jsonl")
    before = (tmp_path / "log.jsonl").read_bytes()

    def full(position: int, last: int) -> None:
        raise OSError(28, "No space left on device")

    source.record(ActivityStarted("p/1.01", on=date(2023, 2, 1)), by="a")
    with pytest.raises(OSError, match="No space left"):
        source.log.export(tmp_path / "log.jsonl", progress=full)
    assert before == (tmp_path / "log.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("limit", "said"), [("MAX_LINE_BYTES", "a line is longer"), ("MAX_REQUEST_BYTES", "its request is longer")]
)
def test_what_would_fill_the_memory_is_refused(
    source: Tracker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, said: str
) -> None:
    """A line without end, a request without end, however small the compressed file is: its digest may be right."""
    source.log.export(tmp_path / "log.jsonl.gz")
    monkeypatch.setattr(log_file, limit, 300)
    with Tracker() as target, pytest.raises(LogFileError, match=said):
        target.log.load(tmp_path / "log.jsonl.gz")


def test_records_are_stored_a_few_megabytes_at_a_time(
    source: Tracker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole requests, however large their states are."""
    source.log.export(tmp_path / "log.jsonl")
    monkeypatch.setattr(log_file, "PAGE_BYTES", 1)
    told: list[tuple[int, int]] = []
    with Tracker() as target:
        assert 35 == target.log.load(tmp_path / "log.jsonl", progress=lambda *at: told.append(at))
        assert rows(source) == rows(target)
    assert [3, *range(4, 34), 35] == [position for position, _ in told]


@pytest.mark.parametrize("position", [1, 10, 34])
def test_a_record_without_its_request_is_not_exported(source: Tracker, tmp_path: Path, position: int) -> None:
    """The file would say of it what nobody knows; the one of before stays."""
    source.log.export(tmp_path / "log.jsonl")
    before = (tmp_path / "log.jsonl").read_bytes()
    tamper(f"sqlite:///{tmp_path}/source.db", f"DELETE FROM reformtrack_requests WHERE first_position = {position}")
    with pytest.raises(StoreError, match="belongs to no request"):
        source.log.export(tmp_path / "log.jsonl")
    assert before == (tmp_path / "log.jsonl").read_bytes()
