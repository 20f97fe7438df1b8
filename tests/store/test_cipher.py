"""The whole log encrypted: each record at its place and no other, with keys that may be replaced, and that are asked for."""

import os
import sqlite3
from base64 import b64encode
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack import StoreError, Tracker
from reformtrack.events import ActivityStarted, ProgressReported
from reformtrack.store.cipher import RowCipher
from tests.support import Clock, adopted, day, scheduled, tamper

OLD, NEW = bytes(range(32)), bytes(range(1, 33))
NAMES = st.text(min_size=1, max_size=20)


def filled(url: str, *keys: bytes | str) -> None:
    """A plan, and an activity with three records that say the same of themselves but for their notes."""
    with Tracker(url, cipher_keys=keys, clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), ActivityStarted("p/1.01", on=day("2-1")), by="tester")
        for number in range(3):
            tracker.record(ProgressReported("p/1.01", on=day("2-2"), note=f"tin {number}"), by="tester")


def notes(tracker: Tracker) -> list[str]:
    history = tracker.log.history("p/1.01")
    return [record.event.note for record in history if isinstance(record.event, ProgressReported)]


@given(st.binary(max_size=500), NAMES, st.integers(1, 2**40), NAMES)
def test_a_state_is_read_at_its_own_place_and_nowhere_else(state: bytes, stream: str, version: int, name: str) -> None:
    cipher = RowCipher([OLD])
    stored = cipher.encrypt(state, stream, version, name)

    assert state == cipher.decrypt((1, stream, version, name, stored))
    for row in (
        (1, f"{stream}x", version, name, stored),
        (1, stream, version + 1, name, stored),
        (1, stream, version, f"{name}x", stored),
        (1, stream[:-1], version, f"{stream[-1]}{name}", stored),
    ):
        with pytest.raises(ValueError, match="changed, or moved"):
            cipher.decrypt(row)


def test_each_changed_bit_is_seen() -> None:
    """Of the header too: of the key's id it is said that no such key was given."""
    cipher = RowCipher([OLD])
    stored = cipher.encrypt(b"state", "p", 1, "PlanAdopted.1")
    for bit in range(8 * len(stored)):
        changed = bytearray(stored)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ValueError, match="it "):
            cipher.decrypt((1, "p", 1, "PlanAdopted.1", bytes(changed)))
    for length in range(len(stored)):
        with pytest.raises(ValueError, match="it "):
            cipher.decrypt((1, "p", 1, "PlanAdopted.1", stored[:length]))


def test_two_records_that_were_exchanged_are_found(url: str) -> None:
    """Also of one stream and of one kind, which eventsourcing's own cipher does not see."""
    filled(url, OLD)
    for old, new in ((3, 99), (4, 3), (99, 4)):
        tamper(url, f"UPDATE reformtrack_log SET originator_version = {new} WHERE originator_version = {old}")
    with Tracker(url, cipher_keys=[OLD]) as tracker:
        unreadable = list(tracker.log.quarantine())
        assert [("p/1.01", 3), ("p/1.01", 4)] == sorted((error.stream, error.version) for error in unreadable)
        assert all("moved from another row" in error.reason for error in unreadable)


def test_nothing_of_an_event_is_in_the_file_but_its_stream_its_name_and_its_request(sqlite: str) -> None:
    filled(sqlite, OLD)
    held = b"".join(path.read_bytes() for path in Path(sqlite.removeprefix("sqlite:///")).parent.iterdir())

    for text in ("Rà soát văn bản", "Sở Tư pháp", "tin 0", "tester", "2023-02-02"):
        assert text.encode() not in held, text
    assert b"p/1.01" in held
    assert b"ProgressReported.1" in held


@pytest.mark.parametrize("keys", [None, [NEW], [os.urandom(32), NEW]])
def test_a_store_is_not_opened_with_other_keys_and_loses_nothing(url: str, keys: list[bytes] | None) -> None:
    """Else records would be written that the right keys do not read."""
    filled(url, OLD)
    with pytest.raises(StoreError, match="accepted: the cipher_keys that the log was written with"):
        Tracker(url, cipher_keys=keys)
    with Tracker(url, cipher_keys=[b64encode(OLD).decode()]) as tracker:
        assert ["tin 0", "tin 1", "tin 2"] == notes(tracker)


def test_a_store_that_is_not_encrypted_is_not_opened_with_keys(url: str) -> None:
    with Tracker(url) as tracker:
        tracker.record(adopted(), by="tester")
    with pytest.raises(StoreError, match="it is not encrypted"):
        Tracker(url, cipher_keys=[OLD])


@pytest.mark.parametrize("value", ["'text'", "7", "x''"])
@pytest.mark.parametrize("keys", [None, [OLD]])
def test_a_store_with_a_state_that_is_no_bytes_is_opened_and_lists_it(
    sqlite: str, value: str, keys: list[bytes] | None
) -> None:
    """Whatever somebody put there: else one row would lock out all the others."""
    with Tracker(sqlite, cipher_keys=keys, clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="tester")
    tamper(sqlite, f"UPDATE reformtrack_log SET state = {value} WHERE position = 1")
    with Tracker(sqlite, cipher_keys=keys) as tracker:
        assert [1] == [error.position for error in tracker.log.quarantine()]


def test_a_key_is_replaced_and_the_old_one_still_reads(url: str) -> None:
    filled(url, OLD)
    with Tracker(url, cipher_keys=[NEW, OLD], clock=Clock()) as tracker:
        tracker.record(ProgressReported("p/1.01", on=day("2-3"), note="mới"), by="tester")
        assert ["tin 0", "tin 1", "tin 2", "mới"] == notes(tracker)
        assert () == tracker.log.check()
    with Tracker(url, cipher_keys=[NEW]) as tracker:
        unreadable = list(tracker.log.quarantine())
        assert 6 == len(unreadable)
        assert all("which was not given" in error.reason for error in unreadable)


def test_an_encrypted_log_goes_to_a_file_and_into_another_store(url: str, tmp_path: Path) -> None:
    """Byte for byte: the file is as secret as the store."""
    filled(url, OLD)
    with Tracker(url, cipher_keys=[OLD]) as tracker:
        tracker.log.export(tmp_path / "log.jsonl")
    assert b"tin 0" not in (tmp_path / "log.jsonl").read_bytes()
    with Tracker(f"sqlite:///{tmp_path}/other.db", cipher_keys=[OLD]) as other:
        assert 6 == other.log.load(tmp_path / "log.jsonl")
        assert ["tin 0", "tin 1", "tin 2"] == notes(other)


def test_compression_comes_before_encryption(tmp_path: Path) -> None:
    """The other way round nothing would get smaller."""
    env = {
        "PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "SQLITE_DBNAME": str(tmp_path / "c.db"),
        "COMPRESSOR_TOPIC": "eventsourcing.compressor:ZlibCompressor",
    }
    with Tracker(env=env, cipher_keys=[OLD]) as tracker:
        tracker.record(adopted(title="dài " * 400), by="tester")
        assert "dài " * 400 == tracker.plan("p").state.title
    with closing(sqlite3.connect(tmp_path / "c.db")) as file:
        [(size,)] = file.execute("SELECT length(state) FROM reformtrack_log")
    assert size < 500
