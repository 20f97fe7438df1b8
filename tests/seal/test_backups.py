"""An older backup in place of the log raises the alarm, until somebody who has the key signs that it is known."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from reformtrack import NotPermitted, SeparationOfDuties, Tracker
from reformtrack.domain.errors import SealError
from reformtrack.domain.illegal import JournalIsKept
from reformtrack.domain.kinds import JOURNAL
from reformtrack.domain.timeline import RecordRetracted
from reformtrack.events import BackupAccepted, ProgressReported
from reformtrack.seal import Checkpoint, Seals, SigningKey, verify_log
from tests.support import Clock, adopted, day, scheduled, tamper

KEY = SigningKey.generate("example.vn/log")
OTHER = SigningKey.generate("example.vn/log")


def open_(url: str) -> Tracker:
    return Tracker(url, clock=Clock())


def note(tracker: Tracker, count: int) -> None:
    """Record progress, one record after another."""
    for number in range(count):
        tracker.record(ProgressReported("p/1.01", on=day("2-1"), note=f"lần {number}"), by="x")


def backup(path: Path) -> Path:
    """A copy of a SQLite store, as a backup makes it."""
    to = path.with_suffix(".backup")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)
    return to


def rolled_back(tmp_path: Path) -> tuple[str, Checkpoint, Checkpoint]:
    """A store in whose place a backup of four records was put, and its checkpoints of four and of nine records."""
    path = tmp_path / "plans.db"
    url = f"sqlite:///{path}"
    with open_(url) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        note(tracker, 2)
        early = Seals(tracker).seal(KEY)
        copy = backup(path)
        note(tracker, 5)
        late = Seals(tracker).seal(KEY, after=early)
    for name in ("plans.db", "plans.db-wal", "plans.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    shutil.move(copy, path)
    return url, early, late


def test_an_older_backup_raises_the_alarm_until_it_is_accepted(tmp_path: Path) -> None:
    """Also after more was recorded than was lost; then it is on record who accepted it, and sealing goes on."""
    url, early, late = rolled_back(tmp_path)
    with open_(url) as tracker:
        assert Seals(tracker).verify(early).holds
        found = Seals(tracker).verify(late)
        assert (False, 4, None) == (found.holds, found.size, found.accepted)
        assert "older backup" in found.what
        note(tracker, 9)
        assert not Seals(tracker).verify(late).holds
        with pytest.raises(SealError, match="does not continue the checkpoint of 9 records"):
            Seals(tracker).seal(KEY, after=late)

        accepted = Seals(tracker).accept_backup(late, KEY, reason="Ổ đĩa hỏng", by="quan-tri")

        [record] = tracker.log.history("~backups")
        assert isinstance(record.event, BackupAccepted)
        assert ("quan-tri", "Ổ đĩa hỏng", accepted.note) == (record.by, record.event.reason, record.event.checkpoint)
        found = Seals(tracker).verify(late)
        assert (True, accepted, "") == (found.holds, found.accepted, found.what)
        assert (9, late.root) == accepted.replaces
        assert Seals(tracker).verify(accepted).holds
        assert Seals(tracker).verify(Seals(tracker).seal(KEY, after=late)).holds
        assert () == tracker.log.check()
        with pytest.raises(SealError, match="accepted: a checkpoint that no longer holds"):
            Seals(tracker).accept_backup(late, KEY, reason="lần nữa", by="quan-tri")


def test_what_is_changed_after_it_was_accepted_is_found(tmp_path: Path) -> None:
    """The acceptance holds for the log that it was signed for."""
    url, _, late = rolled_back(tmp_path)
    with open_(url) as tracker:
        Seals(tracker).accept_backup(late, KEY, reason="x", by="x")
    tamper(url, "UPDATE reformtrack_log SET topic = 'ActivityStarted.1' WHERE position = 3")
    with open_(url) as tracker:
        found = Seals(tracker).verify(late)
        assert (False, None) == (found.holds, found.accepted)


def test_nobody_accepts_without_the_key(tmp_path: Path) -> None:
    """Neither with another key, nor by a statement that another key signed, nor by one for another checkpoint."""
    url, early, late = rolled_back(tmp_path)
    with open_(url) as tracker:
        with pytest.raises(SealError, match="with another key"):
            Seals(tracker).accept_backup(late, OTHER, reason="x", by="x")
        with pytest.raises(SealError, match="no longer holds"):
            Seals(tracker).accept_backup(early, KEY, reason="x", by="x")
        Seals(tracker).accept_backup(Checkpoint.made(late.size, late.root, late.time, OTHER), OTHER, reason="x", by="x")
        elsewhere = Checkpoint.made(late.size + 1, late.root, late.time, KEY)
        Seals(tracker).accept_backup(elsewhere, KEY, reason="x", by="x")
        assert Seals(tracker).verify(elsewhere).holds
        assert not Seals(tracker).verify(late).holds
        with pytest.raises(TypeError, match=r"accepted: reports\.issue, reports\.correct, .*accept_backup"):
            tracker.record(BackupAccepted("~backups", on=day("6-1"), checkpoint=late.note, reason="x"), by="x")


def test_an_acceptance_is_not_taken_back(tmp_path: Path) -> None:
    """As nothing is that the tracker notes of itself."""
    url, _, late = rolled_back(tmp_path)
    with open_(url) as tracker:
        Seals(tracker).accept_backup(late, KEY, reason="x", by="x")
        with pytest.raises(JournalIsKept):
            tracker.record(RecordRetracted("~backups", version=1, reason="x"), by="x")


def test_a_policy_lets_stewards_accept_and_nobody_else(tmp_path: Path) -> None:
    """And what was refused left the tree and the log as they were, but for the refusal."""
    url, _, late = rolled_back(tmp_path)
    with Tracker(url, clock=Clock(), policy=SeparationOfDuties(stewards=("quan-tri",))) as tracker:
        with pytest.raises(NotPermitted):
            Seals(tracker).accept_backup(late, KEY, reason="x", by="x")
        assert () == tracker.log.history("~backups")
        assert not Seals(tracker).verify(late).holds
        Seals(tracker).accept_backup(late, KEY, reason="x", by="quan-tri")
        assert Seals(tracker).verify(late).holds


def test_a_cut_tail_is_accepted_too(url: str) -> None:
    """Whose kept tree is longer than the log: it is kept anew, and sealing goes on."""
    with open_(url) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        note(tracker, 5)
        late = Seals(tracker).seal(KEY)
    tamper(url, "DELETE FROM reformtrack_log WHERE position > 4")
    with open_(url) as tracker:
        with pytest.raises(SealError, match="the log ends at position 4"):
            Seals(tracker).seal(KEY)
        Seals(tracker).accept_backup(late, KEY, reason="x", by="x")
        assert Seals(tracker).verify(Seals(tracker).seal(KEY, after=late)).holds
        assert Seals(tracker).verify(late).holds


def test_every_event_of_the_store_itself_is_the_trackers_own() -> None:
    """By no interface is one recorded from outside."""
    from reformtrack.exchange import event_json

    names = {kind.__name__ for kind in JOURNAL.made}
    assert {"RecordingRefused", "BackupAccepted", "InstantsCorrected", "StoreConfigured"} == names
    assert not names & set(event_json.RECORDABLE_NAMES)
    for name in names:
        with pytest.raises(event_json.NotAnEvent):
            event_json.event_type(name)


def judged(arguments: list[object], folder: Path) -> tuple[int, str]:
    """What the file that stands alone says, copied to where there is nothing else."""
    alone = folder / "alone"
    alone.mkdir(exist_ok=True)
    file = shutil.copy(verify_log.__file__, alone)
    command = [sys.executable, "-I", file, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PYTHONUTF8": "1"})
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("form", ["store", "file"])
def test_the_file_that_stands_alone_says_the_same(tmp_path: Path, form: str) -> None:
    """Before it is accepted, after, by a key that is not the log's, and once a record was changed."""
    url, early, late = rolled_back(tmp_path)
    for name, checkpoint in (("early", early), ("late", late)):
        (tmp_path / name).write_text(str(checkpoint), encoding="utf-8")

    def asked() -> tuple[int, str]:
        log = tmp_path / "plans.db"
        if form == "file":
            log = tmp_path / "log.jsonl"
            with open_(url) as tracker:
                tracker.log.export(log)
        return judged(["log", log, tmp_path / "early", tmp_path / "late", "--key", KEY.verifier], tmp_path)

    code, said = asked()
    assert (1, 1, 1) == (code, said.count("\nholds: ") + said.startswith("holds: "), said.count("does not hold: "))
    with open_(url) as tracker:
        other = Checkpoint.made(late.size, late.root, late.time, OTHER)
        Seals(tracker).accept_backup(other, OTHER, reason="x", by="x")
        assert 1 == asked()[0]
        Seals(tracker).accept_backup(late, KEY, reason="x", by="x")
    code, said = asked()
    assert (0, 1) == (code, said.count("replaced: "))
    assert "an older backup was accepted in its place" in said
    tamper(url, "UPDATE reformtrack_log SET originator_version = 7 WHERE position = 3")
    code, said = asked()
    assert (1, 0) == (code, said.count("replaced: "))
