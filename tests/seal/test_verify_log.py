"""The stand-alone verifier: it names what was done to a log, and never ends in a traceback."""

import gzip
import json
import shutil
import sqlite3
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from reformtrack import Tracker
from reformtrack.events import ActivityCompleted
from reformtrack.seal import verify_log
from reformtrack.seal.verify_log import Row
from tests.seal.signed import (
    HASHES,
    KEY,
    checkpoint,
    growth,
    hashes_of,
    keep_tree,
    note,
    path,
    root,
    rows_of,
)
from tests.store.test_instants import STEPS, recorded
from tests.support import Clock, adopted, day, scheduled, without_triggers


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A SQLite store of 9 records."""
    file = tmp_path / "p.db"
    with Tracker(f"sqlite:///{file}") as tracker:
        tracker.record(adopted("p"), by="a")
        for n in range(4):
            tracker.record(scheduled(f"p/1.0{n}"), by="a")
            tracker.record(ActivityCompleted(f"p/1.0{n}", on=day("6-20")), by="ê")
    return file


@pytest.fixture
def sealed(store: Path) -> Path:
    """Its checkpoint."""
    file = store.with_name("checkpoint")
    file.write_text(checkpoint(hashes_of(rows_of(store))))
    return file


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Run the verifier: its status, and what it said."""

    def asked(command: str, *given: object) -> tuple[int, str]:
        status = verify_log.main([command, *map(str, given), "--key", KEY])
        said = capsys.readouterr()
        return status, said.out + said.err

    return asked


Ask = Callable[..., tuple[int, str]]


def change(store: Path, *statements: str) -> None:
    """Change a store behind the back of reformtrack."""
    with closing(sqlite3.connect(store)) as connection, connection, without_triggers(connection):
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize("form", ["db", "jsonl", "jsonl.gz"])
def test_an_honest_log_holds(store: Path, sealed: Path, ask: Ask, form: str) -> None:
    """As a store and as a log file, also after it grew; and it says what the checkpoint does not cover."""
    with Tracker(f"sqlite:///{store}") as tracker:
        tracker.record(scheduled("p/1.09"), by="a")
        log = store if form == "db" else store.with_name(f"log.{form}")
        if form != "db":
            tracker.log.export(log)
    status, said = ask("log", log, sealed)
    assert (0, True) == (status, "to position 9\n1 rows come after the last checkpoint" in said), said


def test_an_encrypted_and_compressed_log_holds(tmp_path: Path, ask: Ask) -> None:
    """What is stored is hashed, whatever it means; the log file has it byte for byte."""
    env = {
        "PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "SQLITE_DBNAME": str(tmp_path / "p.db"),
        "COMPRESSOR_TOPIC": "eventsourcing.compressor:ZlibCompressor",
    }
    with Tracker(env=env) as tracker:
        tracker.record(adopted("p"), scheduled(), by="a")
        tracker.log.export(tmp_path / "log.jsonl")
    (tmp_path / "c").write_text(checkpoint(hashes_of(rows_of(tmp_path / "p.db"))))
    for log in ("p.db", "log.jsonl"):
        assert 0 == ask("log", tmp_path / log, tmp_path / "c")[0]


TAMPERINGS = {
    "a state edited": (4, "UPDATE reformtrack_log SET state = replace(state, 'Rà', 'Rả') || '' WHERE position = 5"),
    "a state as a text": (4, "UPDATE reformtrack_log SET state = CAST(state AS TEXT) WHERE position = 5"),
    "a state of no bytes": (4, "UPDATE reformtrack_log SET state = x'' WHERE position = 5"),
    "a version that is no whole number": (4, "UPDATE reformtrack_log SET originator_version = 1.5 WHERE position = 5"),
    "a version below zero": (4, "UPDATE reformtrack_log SET originator_version = -1 WHERE position = 5"),
    "a stream that is no text": (4, "UPDATE reformtrack_log SET originator_id = x'ff' WHERE position = 5"),
    "a stream that is no UTF-8": (
        4,
        "UPDATE reformtrack_log SET originator_id = CAST(x'ff' AS TEXT) WHERE position = 5",
    ),
    "another name": (4, "UPDATE reformtrack_log SET topic = 'ActivityStarted.1' WHERE position = 5"),
    "a row deleted": (4, "DELETE FROM reformtrack_log WHERE position = 5"),
    "a row before all": (0, "INSERT INTO reformtrack_log SELECT -1, 'x', 1, topic, state FROM reformtrack_log LIMIT 1"),
    "two rows swapped": (
        4,
        "UPDATE reformtrack_log SET position = -5 WHERE position = 5",
        "UPDATE reformtrack_log SET position = 5 WHERE position = 8",
        "UPDATE reformtrack_log SET position = 8 WHERE position = -5",
    ),
    "the end cut": (7, "DELETE FROM reformtrack_log WHERE position > 7"),
    "all rows deleted": (0, "DELETE FROM reformtrack_log"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_what_was_done_to_a_row_is_found_and_the_first_is_named(store: Path, sealed: Path, ask: Ask, name: str) -> None:
    """By the tree that the store keeps, or by a copy that is right."""
    first, *statements = TAMPERINGS[name]
    copy = store.with_name("copy.db")
    shutil.copy(store, copy)
    keep_tree(store, hashes_of(rows_of(store)))
    change(store, *map(str, statements))
    signed = "the checkpoint of dak-nong, 9 rows, 2026-11-24T05:00:00.000000Z"
    expected = f"does not hold: {signed}: the first that is wrong has index {first},"
    status, said = ask("log", store, sealed)
    assert (1, True) == (status, said.startswith(expected)), said
    change(store, "DROP TABLE reformtrack_tree")
    status, said = ask("log", store, sealed, "--copy", copy)
    assert (1, True) == (status, said.startswith(expected)), said


def test_a_kept_tree_that_was_changed_with_the_log_is_not_believed(store: Path, sealed: Path, ask: Ask) -> None:
    """Then the log does not hold either, and no row is named."""
    change(store, "UPDATE reformtrack_log SET topic = 'ActivityStarted.1' WHERE position = 5")
    keep_tree(store, hashes_of(rows_of(store)))
    status, said = ask("log", store, sealed)
    assert (1, False) == (status, "the first that is wrong" in said), said


def test_an_older_checkpoint_still_holds_where_the_beginning_was_left_alone(
    store: Path, sealed: Path, ask: Ask
) -> None:
    """Of two checkpoints, the one that ends before the change holds."""
    sealed.with_name("older").write_text(checkpoint(hashes_of(rows_of(store)[:4])))
    change(store, "DELETE FROM reformtrack_log WHERE position = 5")
    status, said = ask("log", store, sealed, sealed.with_name("older"))
    assert (1, ["holds", "does not hold"]) == (status, [line.split(":")[0] for line in said.splitlines()])


def test_a_log_file_that_was_changed_does_not_hold(store: Path, sealed: Path, ask: Ask) -> None:
    """A line edited, doubled, exchanged or left out, with the digest at its end as it was or made anew."""
    file = store.with_name("log.jsonl")
    with Tracker(f"sqlite:///{store}") as tracker:
        tracker.log.export(file)
    head, *lines, _ = file.read_bytes().splitlines(keepends=True)
    edited = lines[4].replace(b"p/1.0", b"p/2.0", 1)
    for changed in (
        [*lines[:4], edited, *lines[5:]],
        [*lines[:4], lines[4], *lines[4:]],
        [*lines[:4], lines[5], lines[4], *lines[6:]],
        [*lines[:4], *lines[5:]],
        lines[:-1],
    ):
        content = head + b"".join(changed)
        for digest in (sha256(content).hexdigest(), "0" * 64):
            foot = json.dumps({"records": len(changed), "last_position": 9, "sha256": digest}, separators=(",", ":"))
            file.write_bytes(content + foot.encode() + b"\n")
            assert 1 == ask("log", file, sealed)[0]


def test_a_log_file_that_was_cut_cannot_be_read(store: Path, sealed: Path, ask: Ask) -> None:
    """Wherever it is cut, compressed or not; it says so, and does not say that it holds to the end."""
    file = store.with_name("log.jsonl")
    with Tracker(f"sqlite:///{store}") as tracker:
        tracker.log.export(file)
    whole = file.read_bytes()
    for end in range(0, len(whole), 97):
        file.write_bytes(whole[:end])
        assert 2 == ask("log", file, sealed)[0]
    packed = gzip.compress(whole)
    for end in range(0, len(packed), 29):
        file.write_bytes(packed[:end])
        assert 2 == ask("log", file, sealed)[0]


@pytest.mark.slow
def test_a_line_that_goes_on_for_ever_is_not_read_to_its_end(tmp_path: Path, sealed: Path, ask: Ask) -> None:
    """A small file of zeros that unpacks to 200 MB is refused at its first 4 MB."""
    file = tmp_path / "log.jsonl.gz"
    with gzip.open(file, "wb") as packed:
        for _ in range(200):
            packed.write(bytes(1_000_000))
    status, said = ask("log", file, sealed)
    assert (2, True) == (status, "longer than 4000000 bytes" in said)


def test_a_view_in_place_of_the_log_is_refused(store: Path, sealed: Path, ask: Ask) -> None:
    """It could make up rows without an end."""
    with closing(sqlite3.connect(store)) as file, file:
        file.execute("DROP TABLE reformtrack_log")
        file.execute(
            "CREATE VIEW reformtrack_log AS WITH RECURSIVE n(position) AS (SELECT 1 UNION ALL SELECT position + 1 FROM n) "
            "SELECT position, 'p' originator_id, 1 originator_version, 't' topic, x'00' state FROM n"
        )
    status, said = ask("log", store, sealed)
    assert (2, True) == (status, "no table reformtrack_log" in said)


def test_a_store_is_read_while_it_is_written_and_left_as_it_is(store: Path, sealed: Path, ask: Ask) -> None:
    """The write-ahead log is read with it, and the file is the same after it."""
    with Tracker(f"sqlite:///{store}") as tracker:
        tracker.record(scheduled("p/1.08"), by="a")
        before = store.read_bytes(), store.with_name("p.db-wal").read_bytes()
        status, said = ask("log", store, sealed)
        assert (0, True) == (status, "1 rows come after" in said), said
        assert before == (store.read_bytes(), store.with_name("p.db-wal").read_bytes())


@pytest.mark.parametrize("name", ["p.db", "file.db", "folder/p.db", "again.db"])
@pytest.mark.parametrize("log", ["-wal", "-journal"])
def test_what_a_database_wrote_beside_its_file_is_never_left_out(
    store: Path, sealed: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch, log: str, name: str
) -> None:
    """By whatever name the file is given: without it, rows are read that no reader of the database sees."""
    folder = store.with_name("elsewhere")
    folder.mkdir()
    for link, to in (("file.db", store), ("folder", store.parent), ("again.db", folder / "file.db")):
        (folder / link).symlink_to(to)
    connect, uris = sqlite3.connect, list[str]()

    class Refused(sqlite3.Connection):
        """As it is for who may not write beside the file."""

        def execute(self, *_: object) -> sqlite3.Cursor:
            raise sqlite3.OperationalError("unable to open database file")

    def connected(address: str, **options: Any) -> sqlite3.Connection:
        uris.append(address)
        found: sqlite3.Connection = connect(
            address, factory=sqlite3.Connection if "immutable" in address else Refused, **options
        )
        return found

    monkeypatch.setattr(sqlite3, "connect", connected)
    given = store if name == "p.db" else folder / name
    assert (0, True) == (ask("log", given, sealed)[0], any("immutable" in uri for uri in uris))
    uris.clear()
    store.with_name(f"p.db{log}").write_bytes(b"x")
    status, said = ask("log", given, sealed)
    assert (2, False) == (status, any("immutable" in uri for uri in uris))
    assert "unable to open database file" in said


def test_a_record_is_proven_by_one_line_of_a_log_file(store: Path, ask: Ask) -> None:
    """Its line, its path and the checkpoint suffice; another line does not hold."""
    file, line, proof = (store.with_name(name) for name in ("log.jsonl", "line", "proof"))
    with Tracker(f"sqlite:///{store}") as tracker:
        tracker.log.export(file)
    hashes = hashes_of(rows_of(store))
    for index, text in enumerate(file.read_bytes().splitlines()[1:-1]):
        line.write_bytes(text)
        steps = "".join(f"{b64encode(step).decode()}\n" for step in path(index, hashes))
        proof.write_text(f"c2sp.org/tlog-proof@v1\nindex {index}\n{steps}\n{checkpoint(hashes)}")
        status, said = ask("record", line, proof)
        assert (0, True) == (status, f"position {index + 1}," in said)
        line.write_bytes(text.replace(b'"version":', b'"version":1', 1))
        assert 1 == ask("record", line, proof)[0]


def test_growth_is_proven_between_two_checkpoints(store: Path, ask: Ask) -> None:
    """From each size to the last; an older checkpoint of another log does not hold."""
    old, proof = store.with_name("old"), store.with_name("proof")
    hashes = hashes_of(rows_of(store))
    for size in range(1, len(hashes) + 1):
        steps = "".join(f"{b64encode(step).decode()}\n" for step in growth(size, hashes))
        proof.write_text(f"reformtrack-consistency-proof/1\nold {size}\n{steps}\n{checkpoint(hashes)}")
        old.write_text(checkpoint(hashes[:size]))
        assert 0 == ask("growth", old, proof)[0]
        old.write_text(checkpoint([*hashes[: size - 1], HASHES[0]]))
        assert 1 == ask("growth", old, proof)[0]


ROOT = b64encode(root(HASHES)).decode()
TIME = "time 2026-11-24T05:00:00.000000Z"


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (0, note(f"dak-nong\n40\n{ROOT}\n{TIME}\n")),
        (0, note(f"dak-nong\n40\n{ROOT}\n{TIME}\n") + "— other AAAAAAAA\n"),
        (1, note(f"dak-nong\n40\n{ROOT}\n{TIME}\n", Ed25519PrivateKey.from_private_bytes(bytes(32)))),
        (1, note(f"dak-nong\n40\n{ROOT}\n{TIME}\n").replace("40", "41", 1)),
        (1, f"dak-nong\n40\n{ROOT}\n{TIME}\n\n— other AAAAAAAA\n"),
        (2, note(f"dak-nong\n40\n{ROOT}\n{TIME}\n")[:-1]),
        (2, note(f"dak-nong\n40\n{ROOT}\n{TIME}\n") + "\n"),
        (2, note(f"dak-nong\n40\n{ROOT}\n{TIME}\n").replace("\n", "\r\n")),
        (2, note(f"dak-nong\n040\n{ROOT}\n{TIME}\n")),
        (2, note(f"dak-nong\n+40\n{ROOT}\n{TIME}\n")),
        (2, note(f"dak-nong\n４０\n{ROOT}\n{TIME}\n")),
        (2, note(f"dak-nong\n-1\n{ROOT}\n{TIME}\n")),
        (2, note(f"dak-nong\n{'9' * 5000}\n{ROOT}\n{TIME}\n")),
        (2, note(f"dak-nong\n40\n{ROOT[:-1]}\n{TIME}\n")),
        (2, note(f"dak-nong\n40\n{ROOT[:-2]}{chr(ord(ROOT[-2]) + 1)}=\n{TIME}\n")),
        (2, note(f"dak-nong\n40\n {ROOT}\n{TIME}\n")),
        (2, note(f"dak-nong\n40\n{ROOT}\n")),
        (2, note(f"dak-nong\n40\n{ROOT}\n{TIME}\nmore\n")),
        (2, note(f"dak-mil\n40\n{ROOT}\n{TIME}\n")),
        (2, ""),
        (2, "\n\n"),
        (2, "\n\n\n"),
    ],
)
def test_a_checkpoint_has_one_form(tmp_path: Path, ask: Ask, expected: int, text: str) -> None:
    """Signed by the key, it is read; signed by others, it does not hold; of another form, it cannot be read."""
    file = tmp_path / "checkpoint"
    file.write_bytes(text.encode())
    assert expected == ask("checkpoint", file)[0]


@pytest.mark.parametrize("key", ["", "+", "++", "dak-nong", KEY[:-4], KEY.replace("+", "+0", 1), f"x{KEY}", "no-file"])
def test_a_key_has_one_form(tmp_path: Path, capsys: pytest.CaptureFixture[str], key: str) -> None:
    """Its name, id and bytes agree."""
    (tmp_path / "checkpoint").write_text(checkpoint(HASHES))
    assert 2 == verify_log.main(["checkpoint", str(tmp_path / "checkpoint"), "--key", key])
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.slow
def test_it_runs_alone(store: Path, sealed: Path, tmp_path: Path) -> None:
    """Copied anywhere, without any library beside Python's own, with its key in a file."""
    alone = tmp_path / "somewhere" / "verify_log.py"
    alone.parent.mkdir()
    shutil.copy(verify_log.__file__, alone)
    (tmp_path / "key").write_text(f"{KEY}\n")
    command: list[str | Path] = [sys.executable, "-I", "-S", alone, "log", store, sealed, "--key", tmp_path / "key"]
    held = subprocess.run(command, capture_output=True, text=True, cwd=alone.parent, check=False)
    assert (0, "") == (held.returncode, held.stderr)
    change(store, "DELETE FROM reformtrack_log WHERE position = 5")
    assert 1 == subprocess.run(command, capture_output=True, check=False).returncode
    store.unlink()
    gone = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (2, False) == (gone.returncode, "Traceback" in gone.stderr)


def test_what_a_terminal_would_obey_is_not_printed(tmp_path: Path, ask: Ask) -> None:
    """Control characters of a file are replaced."""
    file = tmp_path / "log.jsonl"
    file.write_bytes(b"\x1b[2J\n")
    (tmp_path / "c").write_text(checkpoint(HASHES).replace("dak-nong\n", "\u202e\n", 1))
    for said in (ask("checkpoint", tmp_path / "c")[1], ask("log", file, tmp_path / "c")[1]):
        assert said.rstrip("\n").isprintable()


GOOD = {
    "checkpoint": checkpoint(HASHES).encode(),
    "proof": f"c2sp.org/tlog-proof@v1\nindex 0\n{ROOT}\n\n{checkpoint(HASHES)}".encode(),
    "old": f"reformtrack-consistency-proof/1\nold 3\n{ROOT}\n\n{checkpoint(HASHES)}".encode(),
    "log": b'{"format":"reformtrack-log","version":1}\n{"position":1,"stream":"p","version":1,"name":"n","request_id":"r",'
    b'"recorded_at":"","state":{"a":[1,"\\ud800"]}}\n{"records":1,"last_position":1,"sha256":"0"}\n',
}


@st.composite
def spoilt(draw: st.DrawFn, kind: str) -> bytes:
    """A file of a kind with some bytes put in, taken out, or exchanged; or any bytes."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=300))
    content = bytearray(GOOD[kind])
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(content)))
        content[start : start + draw(st.integers(0, 12))] = draw(
            st.binary(max_size=6)
            | st.sampled_from([b"\n", b'"', b"[" * 3000, b"9" * 5000, b"NaN", b"\xff", b",", b"{"])
        )
    return bytes(content)


@given(data=st.data())
def test_no_file_ends_in_a_traceback(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever stands in a checkpoint, a proof, a log file or a line of it: it is judged, or refused with a reason."""
    folder = tmp_path_factory.getbasetemp()
    files = {kind: folder / f"spoilt-{kind}" for kind in GOOD}
    for kind, file in files.items():
        file.write_bytes(data.draw(spoilt(kind), label=kind))
    (folder / "right").write_bytes(GOOD["checkpoint"])
    for command, *given_ in (
        ("checkpoint", files["checkpoint"]),
        ("log", files["log"], folder / "right"),
        ("record", files["log"], files["proof"]),
        ("growth", files["checkpoint"], files["old"]),
    ):
        status = verify_log.main([command, *map(str, given_), "--key", KEY])
        assert status in (0, 1, 2)
        assert status or command == "checkpoint"


@given(changes=st.lists(st.tuples(st.integers(0, 2**20), st.binary(min_size=1, max_size=8)), min_size=1, max_size=4))
def test_no_store_ends_in_a_traceback(
    changes: list[tuple[int, bytes]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever bytes of the file are others: what it says is not a lie, and it says something."""
    folder = tmp_path_factory.getbasetemp()
    honest, file = folder / "honest.db", folder / "spoilt.db"
    if not honest.exists():
        with Tracker(f"sqlite:///{honest}") as tracker:
            tracker.record(adopted("p"), *(scheduled(f"p/1.{n:02}") for n in range(1, 20)), by="a")
        keep_tree(honest, hashes_of(rows_of(honest)))
    content = bytearray(honest.read_bytes())
    for place, put in changes:
        start = place % len(content)
        content[start : start + len(put)] = put[: len(content) - start]
    file.write_bytes(content)
    (folder / "of-honest").write_text(checkpoint(hashes_of(rows_of(honest))))
    assert verify_log.main(["log", str(file), str(folder / "of-honest"), "--key", KEY]) in (0, 1, 2)


def test_a_row_of_other_types_has_no_hash() -> None:
    """Whatever a database or a file gives, hashing it does not fail."""
    good = Row(1, "p", 1, "n", b"{}")
    assert 32 == len(verify_log.leaf_hash(0, good))
    others: tuple[object, ...] = (None, True, 1.5, -1, 2**64, "\ud800", [], {})
    for field in Row._fields:
        for other in others:
            assert b"" == verify_log.leaf_hash(0, good._replace(**{field: other}))


def wronged(store: Path) -> tuple[int, int]:
    """The store with a record of 2038 and one of today, and between them the one that says that the first is wrong."""
    clock = Clock(datetime.now(UTC) + timedelta(days=5000))
    with Tracker(f"sqlite:///{store}", clock=clock) as tracker:
        [wrong] = tracker.record(scheduled("p/1.09"), by="a")
    with Tracker(f"sqlite:///{store}") as tracker:
        right = tracker.log.correct_instants(wrong.position, wrong.position, reason="Đồng hồ sai", by="x")
        tracker.record(scheduled("p/1.10"), by="a")
    return wrong.position, right.position


@pytest.mark.parametrize("form", ["db", "jsonl", "jsonl.gz"])
def test_instants_go_back_where_it_is_on_record_that_a_clock_was_wrong(
    store: Path, sealed: Path, ask: Ask, form: str
) -> None:
    """And nowhere else: with such a record of other positions, or of a later one, or without any, the log does not hold."""
    log = store if form == "db" else store.with_name(f"log.{form}")

    def asked() -> tuple[int, str]:
        if form != "db":
            with Tracker(f"sqlite:///{store}") as tracker:
                tracker.log.export(log)
        return ask("log", log, sealed)

    wrong, right = wronged(store)
    assert 0 == asked()[0]
    meant = f'"first":{wrong},"last":{wrong}'
    for other in (
        f'"first":{wrong - 1},"last":{wrong - 1}',
        f'"first":{wrong},"last":{right}',
        '"first":"10","last":10',
    ):
        for old, new in ((meant, other), (other, meant)):
            changed = f"CAST(replace(CAST(state AS TEXT), '{old}', '{new}') AS BLOB)"
            change(store, f"UPDATE reformtrack_log SET state = {changed} WHERE position = {right}")
            status, said = asked()
            assert (1 if new == other else 0) == status, said
            assert (new == other) == (f"position {right} was recorded at" in said)
            assert (new == other) == (f"before position {wrong}, at 20" in said)
    change(store, f"UPDATE reformtrack_log SET topic = 'InstantsCorrected.9' WHERE position = {right}")
    assert 1 == asked()[0]


@given(STEPS)
def test_the_verifier_says_of_instants_what_the_check_says(steps: list[tuple[str, int]]) -> None:
    """Whatever the clock did; and where what was said of it is left out, they go back at the same place."""
    with recorded(None, steps) as tracker:
        rows = [Row(*row) for row in tracker._store.recorder.select_log(0, 10_000)]
        wrong: list[tuple[int, int]] = []
        list(verify_log.noting(iter(rows), verify_log.parse_key(KEY), {}, wrong))
        assert "" == verify_log.going_back(iter(rows), wrong)
        assert wrong == [(r.event.first, r.event.last) for r in tracker.log.history("~clock")]  # type: ignore[union-attr]  # of one kind
        instants = [record.recorded_at for record in tracker.log.records()]
        said = verify_log.going_back(iter(rows), [])
        assert (sorted(instants) == instants) == (said == "")
