"""A seal holds over an honest log however it grew, and over no other; the first record that is not as it was is named."""

import copy
import pickle
import random
import sqlite3
import traceback
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reformtrack import Tracker
from reformtrack.domain.errors import SealError
from reformtrack.events import ProgressReported
from reformtrack.seal import Checkpoint, ConsistencyProof, InclusionProof, Seals, SigningKey, VerifierKey
from reformtrack.store import tree
from tests.support import Clock, adopted, day, scheduled, tamper

KEY = SigningKey.generate("example.vn/log")
OTHER = SigningKey.generate("example.vn/log")


def more(tracker: Tracker, count: int) -> None:
    """Record progress of two activities, one or several records at a time."""
    events = [ProgressReported(f"p/{1 + n % 2}.01", on=day("2-1"), note=f"lần {n}") for n in range(count)]
    for start in range(0, count, 7):
        tracker.record(*events[start : start + 7], by="so-tu-phap")


def sealed(url: str, count: int = 20, clock: Clock | None = None) -> Checkpoint:
    """A new store of some records, and its checkpoint."""
    with Tracker(url, clock=clock or Clock()) as tracker:
        tracker.record(adopted(), scheduled("p/1.01"), scheduled("p/2.01", domain="2"), by="van-phong")
        more(tracker, count - 3)
        return Seals(tracker).seal(KEY)


def test_a_seal_holds_over_a_log_that_grew(url: str) -> None:
    """By whatever numbers, over the borders of tiles; each checkpoint for good, and proofs between any two."""
    with Tracker(url, clock=Clock()) as tracker:
        checkpoints = [Seals(tracker).seal(KEY)]
        tracker.record(adopted(), scheduled("p/1.01"), scheduled("p/2.01", domain="2"), by="van-phong")
        for count in (0, 1, 252, 1, 300):
            more(tracker, count)
            checkpoints.append(Seals(tracker).seal(KEY))
        assert [0, 3, 4, 256, 257, 557] == [checkpoint.size for checkpoint in checkpoints]
        for checkpoint in checkpoints:
            found = Seals(tracker).verify(checkpoint)
            assert (True, 557, "") == (found.holds, found.size, found.what)
        for old in checkpoints:
            for new in checkpoints:
                if old.size <= new.size:
                    proof = ConsistencyProof.parse(str(Seals(tracker).prove_consistency(old, new)), KEY.verifier)
                    assert proof.proves(old)
                    assert all(not proof.proves(other) for other in checkpoints if other.size != old.size)
        assert () == tracker.log.check()


def test_a_record_is_proved_to_be_in_the_log(url: str) -> None:
    """Each one, in less than 2 kB, at its own place and as it is stored."""
    checkpoint = sealed(url, 300)
    with Tracker(url, clock=Clock()) as tracker:
        leaves = {}
        for record in list(tracker.log.records())[::13]:
            text = str(Seals(tracker).prove(record.position, checkpoint))
            assert len(text.encode()) <= 2_000
            leaves[record.position] = InclusionProof.parse(text, KEY.verifier), Seals(tracker).leaf(record.position)
        for position, (proof, leaf) in leaves.items():
            assert proof.proves(leaf)
            assert all(not proof.proves(other) for place, (_, other) in leaves.items() if place != position)
        more(tracker, 1)
        with pytest.raises(SealError, match="came after the checkpoint"):
            Seals(tracker).prove(tracker.log.position(), checkpoint)
        with pytest.raises(SealError, match="no record has the log position 9999"):
            Seals(tracker).prove(9_999, checkpoint)


EDIT = (
    "UPDATE reformtrack_log SET state = replace(CAST(state AS TEXT), 'so-tu-phap', 'so-noi-vu ') WHERE position = {p}"
)
EDIT_PG = (
    "UPDATE reformtrack_log SET state = convert_to(replace(convert_from(state, 'UTF8'), 'so-tu-phap', 'so-noi-vu '), 'UTF8') "
    "WHERE position = {p}"
)


@pytest.mark.parametrize(
    ("statements", "index", "position"),
    [
        (["edit"], 10, 11),
        (["UPDATE reformtrack_log SET topic = 'ActivityStarted.1' WHERE position = 11"], 10, 11),
        (["UPDATE reformtrack_log SET originator_version = 99 WHERE position = 11"], 10, 11),
        (["UPDATE reformtrack_log SET originator_id = 'p/3.01' WHERE position = 11"], 10, 11),
        (["UPDATE reformtrack_log SET position = 1000 WHERE position = 11"], 10, 12),
        (["DELETE FROM reformtrack_log WHERE position = 11"], 10, 12),
        (["DELETE FROM reformtrack_log WHERE position = 1"], 0, 2),
        (
            [
                "DELETE FROM reformtrack_log WHERE position = 11",
                "UPDATE reformtrack_log SET position = 11 WHERE position = 14",
            ],
            10,
            11,
        ),
        (
            [
                "UPDATE reformtrack_log SET position = 2000 WHERE position = 11",
                "UPDATE reformtrack_log SET position = 11 WHERE position = 12",
                "UPDATE reformtrack_log SET position = 12 WHERE position = 2000",
            ],
            10,
            11,
        ),
        (["DELETE FROM reformtrack_log WHERE position > 15"], 15, None),
    ],
)
def test_what_is_done_behind_its_back_is_found(
    url: str, statements: list[str], index: int, position: int | None
) -> None:
    """An edited, deleted, moved, replaced or swapped row, and a cut tail: with the first place that is not as it was."""
    checkpoint = sealed(url)
    if url.startswith("postgres"):
        tamper(url, "ALTER TABLE reformtrack_log ALTER position DROP IDENTITY")
    for statement in statements:
        edit = EDIT if url.startswith("sqlite") else EDIT_PG
        tamper(url, (edit if statement == "edit" else statement).format(p=11))
    with Tracker(url, clock=Clock()) as tracker:
        found = Seals(tracker).verify(checkpoint)
        assert (False, index, index, position) == (found.holds, found.index, found.after, found.position)
        assert found.what
        assert any(damage.position == (position or 0) for damage in tracker.log.check())
        if position is None:
            with pytest.raises(SealError, match="the log ends at position 15, but had 20 records up to 20"):
                Seals(tracker).seal(KEY)


@pytest.mark.parametrize(
    "change",
    ["state = NULL", "originator_version = 1.5", "originator_id = x'FF'", "topic = x'00'", "position = -5"],
)
def test_values_that_no_row_has_are_found_like_others(sqlite: str, change: str) -> None:
    """A file takes what it is given: nothing for bytes, a fraction, a number below zero. None of it is an error of Python."""
    checkpoint = sealed(sqlite)
    with closing(sqlite3.connect(sqlite.removeprefix("sqlite:///"))) as file, file:
        for statement in (
            "CREATE TABLE other (position INTEGER PRIMARY KEY, originator_id, originator_version, topic, state)",
            "INSERT INTO other SELECT position, originator_id, originator_version, topic, state FROM reformtrack_log",
            "DROP TABLE reformtrack_log",
            "ALTER TABLE other RENAME TO reformtrack_log",
            f"UPDATE reformtrack_log SET {change} WHERE position = 11",
        ):
            file.execute(statement)
    with Tracker(sqlite, clock=Clock()) as tracker:
        found = Seals(tracker).verify(checkpoint)
        assert found.what
        assert "the table reformtrack_log is not as reformtrack makes it" in found.beside


def test_whoever_changes_the_kept_tree_too_is_found_but_not_the_place(url: str) -> None:
    """The checkpoint alone says that something is wrong."""
    checkpoint = sealed(url)
    tamper(url, "UPDATE reformtrack_log SET topic = 'ActivityStarted.1' WHERE position = 11")
    tamper(url, "DELETE FROM reformtrack_tree")
    tamper(url, "UPDATE reformtrack_tree_size SET size = 0, position = 0")
    with Tracker(url, clock=Clock()) as tracker:
        tracker.views.catch_up()
        found = Seals(tracker).verify(checkpoint)
        assert (False, None, None) == (found.holds, found.index, found.position)
        assert Seals(tracker).verify(Seals(tracker).seal(KEY)).holds, "only an older checkpoint finds out who can sign"
        with pytest.raises(SealError, match="does not match the checkpoint"):
            Seals(tracker).prove(3, checkpoint)


def test_tiles_that_are_missing_seal_nothing(url: str) -> None:
    """And are an error that says so."""
    checkpoint = sealed(url)
    tamper(url, "DELETE FROM reformtrack_tree")
    with Tracker(url, clock=Clock()) as tracker:
        with pytest.raises(SealError, match="tiles of the stored tree are missing"):
            Seals(tracker).seal(KEY)
        assert Seals(tracker).verify(checkpoint).holds, "the log itself is as it was"


def test_what_a_checkpoint_sealed_is_not_sealed_again_when_it_was_rewritten(url: str) -> None:
    """Whoever rewrites a record, and the one hash of the kept tree that the root is made of, gets no signature for it."""
    old = sealed(url, 400)
    with Tracker(url, clock=Clock()) as tracker:
        more(tracker, 200)
        assert 600 == Seals(tracker).seal(KEY, after=old).size
    tamper(url, "UPDATE reformtrack_log SET topic = 'ActivityStarted.1' WHERE position = 300")
    with Tracker(url, clock=Clock()) as tracker:
        rows = tracker._store.select_log(256, 256)
        with tracker._store.transaction() as session:
            [(above,)] = session.select("SELECT hashes FROM reformtrack_tree WHERE level = 1")
            forged = above[:32] + tree._folded(tree.leaf_hashes(256, rows))
            session.execute("UPDATE reformtrack_tree SET hashes = ? WHERE level = 1", [forged])
        with pytest.raises(SealError, match="the log does not continue the checkpoint of 400 records"):
            Seals(tracker).seal(KEY, after=old)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE reformtrack_log SET topic = 'ActivityStarted.1' WHERE position = 11",
        "DELETE FROM reformtrack_log WHERE position = 11",
        "UPDATE reformtrack_tree_size SET size = 0",
        "UPDATE reformtrack_tree_size SET size = 19",
        "UPDATE reformtrack_tree_size SET size = -1, position = 0",
    ],
)
def test_what_the_kept_tree_does_not_say_is_not_sealed(url: str, change: str) -> None:
    """It remembers the rows, whether or not they were sealed; and a checkpoint is of all of them."""
    sealed(url)
    tamper(url, change)
    with Tracker(url, clock=Clock()) as tracker, pytest.raises(SealError, match="do not match the stored tree"):
        Seals(tracker).seal(KEY)


def test_a_seal_is_of_the_rows_whatever_the_tiles_say(sqlite: str) -> None:
    """Hashes of tiles are made others, one at a time: what is signed is what the rows are, or nothing is."""
    right, wrong = sealed(sqlite, 515), "UPDATE reformtrack_tree SET hashes = ? WHERE level = ? AND tile = ?"
    with Tracker(sqlite, clock=Clock()) as tracker:
        with tracker._store.moment() as session:
            tiles = session.select("SELECT level, tile, hashes FROM reformtrack_tree")
        for level, tile, hashes in tiles:
            for place in {0, 32, len(hashes) - 32}:
                with tracker._store.transaction() as session:
                    session.execute(wrong, [hashes[:place] + bytes(32) + hashes[place + 32 :], level, tile])
                for after in (None, right):
                    with suppress(SealError):
                        assert right.root == Seals(tracker).seal(KEY, after=after).root
            with tracker._store.transaction() as session:
                session.execute(wrong, [hashes, level, tile])
        assert right.root == Seals(tracker).seal(KEY, after=right).root


def test_a_log_that_was_moved_is_the_same_log(url: str, tmp_path: Path) -> None:
    """Byte for byte, into another store."""
    checkpoint = sealed(url)
    with Tracker(url, clock=Clock()) as tracker, Tracker(clock=Clock()) as other:
        tracker.log.export(tmp_path / "log.jsonl")
        other.log.load(tmp_path / "log.jsonl")
        assert Seals(other).verify(checkpoint).holds
        assert checkpoint.root == Seals(other).seal(KEY).root


@pytest.mark.slow
def test_every_flipped_bit_is_found_by_the_check(sqlite: str) -> None:
    """400 of them, each alone, in whatever place of a stored state; put back, all is well."""
    sealed(sqlite)
    draw = random.Random(6)
    with Tracker(sqlite, clock=Clock()) as tracker:
        with tracker.transaction() as session:
            rows = session.select("SELECT position, state FROM reformtrack_log")
        missed = []
        for _ in range(400):
            position, state = draw.choice(rows)
            bit = draw.randrange(len(state) * 8)
            changed = bytearray(state)
            changed[bit // 8] ^= 1 << bit % 8
            tamper(sqlite, f"UPDATE reformtrack_log SET state = x'{changed.hex()}' WHERE position = {position}")
            if not tracker.log.check():
                missed.append((position, bit))
            tamper(sqlite, f"UPDATE reformtrack_log SET state = x'{bytes(state).hex()}' WHERE position = {position}")
        assert [] == missed
        assert () == tracker.log.check()


def test_every_flipped_bit_is_found_on_postgresql_too(postgres: str) -> None:
    """A hundred, as above."""
    sealed(postgres)
    draw = random.Random(7)
    with Tracker(postgres, clock=Clock()) as tracker:
        with tracker.transaction() as session:
            rows = session.select("SELECT position, state FROM reformtrack_log")
        for _ in range(100):
            position, state = draw.choice(rows)
            bit = draw.randrange(len(state) * 8)
            changed = bytearray(state)
            changed[bit // 8] ^= 1 << bit % 8
            tamper(postgres, f"UPDATE reformtrack_log SET state = '\\x{changed.hex()}' WHERE position = {position}")
            assert tracker.log.check(), (position, bit)
            tamper(
                postgres, f"UPDATE reformtrack_log SET state = '\\x{bytes(state).hex()}' WHERE position = {position}"
            )
        assert () == tracker.log.check()


def test_a_checkpoint_is_a_note_that_a_person_can_read() -> None:
    """The log, how many, the hash, when; and who signed it."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), by="x")
        lines = Seals(tracker).seal(KEY).note.split("\n")
        assert ["example.vn/log", "1"] == lines[:2]
        assert ["time 2023-12-31T10:00:00.000000Z", ""] == lines[3:5]
        assert lines[5].startswith("— example.vn/log ")
        assert datetime(2023, 12, 31, 10, tzinfo=UTC) == Seals(tracker).seal(KEY).time
        assert Seals(tracker).seal(KEY) == Checkpoint.parse(Seals(tracker).seal(KEY).note, KEY.verifier)


@pytest.mark.parametrize(
    "change",
    [
        lambda note: note.replace("\n1\n", "\n2\n"),
        lambda note: note.replace("\n1\n", "\n01\n"),
        lambda note: note.replace("time 2023", "time 2022"),
        lambda note: note.replace("— example.vn/log ", "— example.vn/other "),
        lambda note: note.replace("— example.vn/log ", "- example.vn/log "),
        lambda note: note.replace("\n", "\r\n"),
        lambda note: note[:-1],
        lambda note: note + "\n",
        lambda note: note + note.rpartition("\n\n")[2][:30] + "\n",
        lambda note: " " + note,
        lambda note: note[:-3] + ("A" if note[-3] != "A" else "B") + note[-2:],
        lambda note: note.replace("\n\n", "\nmore\n\n"),
        lambda note: "",
        lambda note: "\ud800" + note,
        lambda note: note + "x" * 20_000,
    ],
)
def test_a_note_that_was_changed_is_refused(change: Callable[[str], str]) -> None:
    """Whatever was."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), by="x")
        note = Seals(tracker).seal(KEY).note
        assert change(note) != note
        with pytest.raises(SealError):
            Checkpoint.parse(change(note), KEY.verifier)
        with pytest.raises(SealError, match="not signed by"):
            Checkpoint.parse(note, OTHER.verifier)


def test_keys_are_texts_that_come_back() -> None:
    """And others are refused, with nothing of the secret said."""
    text = KEY.text()
    assert text == SigningKey.parse(text).text()
    assert KEY.verifier == VerifierKey.parse(str(KEY.verifier)) == SigningKey.parse(f"{text}\n").verifier
    for wrong in (
        "",
        "x",
        text[:-1],
        text.replace("example", "exampel"),
        text.replace("PRIVATE", "PUBLIC"),
        str(KEY.verifier),
    ):
        with pytest.raises(SealError) as caught:
            SigningKey.parse(wrong)
        assert text.split("+", 4)[4][:12] not in "".join(traceback.format_exception(caught.value))
    verifier = str(KEY.verifier)
    for wrong in ("", text, verifier[:-1], verifier.replace("example", "exampel"), verifier.replace("+AV", "+AQ")):
        if wrong != verifier:
            with pytest.raises(SealError):
                VerifierKey.parse(wrong)
    for name in ("", "a b", "a+b", "a\nb", "x" * 201):
        with pytest.raises(SealError, match="cannot be called"):
            SigningKey.generate(name)


def test_a_secret_key_shows_itself_nowhere() -> None:
    """Neither printed, nor copied, nor pickled."""
    secret = KEY.text().split("+", 4)[4]
    assert secret not in f"{KEY!r} {KEY} {vars(KEY).keys()}"
    for hide in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="not pickled"):
            hide(KEY)
