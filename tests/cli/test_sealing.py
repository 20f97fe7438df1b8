"""Seals on the command line: a key, checkpoints kept elsewhere, and what they show."""

import json
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from reformtrack.seal import Checkpoint, SigningKey, VerifierKey
from tests.cli.conftest import Run
from tests.store.test_indexes import hidden
from tests.support import tamper


@pytest.fixture
def store(example: Path, tmp_path: Path) -> Path:
    """A copy of the worked example's store."""
    return Path(shutil.copy(example, tmp_path / "plans.db"))


@pytest.fixture
def key(run: Run, tmp_path: Path) -> Path:
    """The file of a new signing key."""
    assert 0 == run("keygen", "dak-nong.example/reform", "--to", tmp_path / "key").code
    return tmp_path / "key"


def test_an_index_that_hides_a_record_is_told_of(run: Run, store: Path, key: Path, elsewhere: Path) -> None:
    """The records are those of the checkpoint, and what answers questions about them does not have them all."""
    run("--store", store, "seal", "--key", key, "--to", elsewhere)
    hidden(store, "reformtrack_log", "originator_id, originator_version", "position <> 60", traceless=True)
    [checkpoint] = elsewhere.iterdir()
    words = ("--store", store, "verify", checkpoint, "--key", key.with_name("key.pub"))
    answer = run(*words, "--lang", "en")
    assert (1, "The records are unchanged, but tables were changed.\n") == (answer.code, answer.out)
    assert (
        "reformtrack: the index of originator_id, originator_version in reformtrack_log does not have the row: "
        in answer.err
    )
    [found] = json.loads(run(*words, "--json").out)["checkpoints"]
    assert (False, "", True) == (found["holds"], found["what"], "row 60 missing from index" in found["beside"][0])


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    (tmp_path / "elsewhere").mkdir()
    return tmp_path / "elsewhere"


def note(run: Run, store: Path) -> None:
    """Record one more fact."""
    words = (
        "record",
        "EvidenceFiled",
        "dak-nong-2023/7.01",
        "on=2023-12-20",
        'evidence=[{"title":"Báo cáo"}]',
        "--by",
        "x",
    )
    ran = run("--store", store, *words)
    assert 0 == ran.code, ran.err


def test_a_key_is_for_its_owner_and_never_overwritten(run: Run, key: Path) -> None:
    """Its public part stands beside it, and is what is shown."""
    assert 0o600 == stat.S_IMODE(key.stat().st_mode)
    public = VerifierKey.parse(key.with_name("key.pub").read_text())
    assert public == SigningKey.parse(key.read_text()).verifier
    before = key.read_bytes()
    again = run("keygen", "x", "--to", key)
    assert (6, before) == (again.code, key.read_bytes())
    assert before.decode().strip() not in again.err
    key.unlink()  # of which the public part is kept
    assert (6, False) == (run("keygen", "x", "--to", key).code, key.exists())
    key.with_name("key.pub").unlink()
    with pytest.MonkeyPatch.context() as full:
        full.setattr(SigningKey, "text", lambda self: "\ud800")  # as a disk that is full, it cannot be written
        with pytest.raises(UnicodeEncodeError):
            run("keygen", "x", "--to", key)
    assert not [*key.parent.glob("key*")]
    assert 0 == run("keygen", "x", "--to", key).code


def test_the_log_is_sealed_into_a_folder_and_verified_from_there(
    run: Run, store: Path, key: Path, elsewhere: Path
) -> None:
    """Again and again, while it grows; each checkpoint holds for good."""
    for _ in range(2):
        sealed = run("--store", store, "seal", "--key", key, "--to", elsewhere)
        assert 0 == sealed.code
        note(run, store)
    notes = sorted(elsewhere.iterdir())
    assert ["000000000629.checkpoint", "000000000630.checkpoint"] == [path.name for path in notes]
    assert sealed.out == notes[1].read_text(encoding="utf-8")
    answer = run("--store", store, "verify", *notes, "--key", key.with_name("key.pub"))
    assert (0, 2) == (answer.code, answer.out.count("đúng là của mốc niêm phong"))
    document = json.loads(
        run("--store", store, "--json", "verify", notes[0], "--key", key.with_name("key.pub").read_text()).out
    )
    assert [(True, 631, 629)] == [
        (one["holds"], one["size"], one["checkpoint"]["size"]) for one in document["checkpoints"]
    ]


def test_a_record_that_was_changed_is_named(run: Run, store: Path, key: Path, elsewhere: Path) -> None:
    """And the command ends with 1."""
    run("--store", store, "seal", "--key", key, "--to", elsewhere)
    tamper(f"sqlite:///{store}", "UPDATE reformtrack_log SET topic = 'Other.1' WHERE position = 100")
    [checkpoint] = elsewhere.iterdir()
    answer = run("--store", store, "--lang", "en", "verify", checkpoint, "--key", key.with_name("key.pub"))
    assert 1 == answer.code
    assert "does not match the checkpoint of 629 records" in answer.out
    assert "at position 100" in answer.err


def test_an_older_backup_is_an_alarm_until_it_is_accepted(
    run: Run, store: Path, key: Path, elsewhere: Path, tmp_path: Path
) -> None:
    """Neither verified nor sealed over; then it is on record who accepted it."""
    shutil.copy(store, tmp_path / "backup.db")
    note(run, store)
    run("--store", store, "seal", "--key", key, "--to", elsewhere)
    [lost] = elsewhere.iterdir()
    store = tmp_path / "backup.db"
    verify = ("--store", store, "verify", lost, "--key", key.with_name("key.pub"))
    seal = ("--store", store, "seal", "--key", key, "--to", elsewhere)
    assert 1 == run(*verify).code
    refused = run(*seal)
    assert (1, [lost]) == (refused.code, list(elsewhere.iterdir()))
    assert "nhật ký không nối tiếp mốc niêm phong" in refused.err
    accept = ("--store", store, "accept-backup", lost, "--key", key, "--reason", "Ổ đĩa hỏng")
    assert 2 == run(*accept).code, "it has to be said who accepts it"
    assert 0 == run(*accept, "--by", "quan-tri").code
    assert (0, True) == ((answer := run(*verify)).code, "đã được chấp nhận" in answer.out)
    assert 0 == run(*seal).code
    assert "quan-tri" in run("--store", store, "history", "~backups").out


def test_a_checkpoint_is_copied_from_a_terminal_as_it_is(
    run: Run, store: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However narrow it is: a note that is wrapped is signed by nobody."""
    for name, value in (("FORCE_COLOR", "1"), ("TTY_COMPATIBLE", "1"), ("COLUMNS", "60")):
        monkeypatch.setenv(name, value)
    shown = run("--store", store, "seal", "--key", key).out
    verifier = VerifierKey.parse(key.with_name("key.pub").read_text())
    assert 629 == Checkpoint.parse(shown, verifier).size


@pytest.mark.slow
def test_a_proof_is_checked_where_there_is_no_reformtrack(
    run: Run, store: Path, key: Path, elsewhere: Path, tmp_path: Path
) -> None:
    """With the program that the command line writes: a record, and that the log only grew."""
    run("--store", store, "seal", "--key", key, "--to", elsewhere)
    note(run, store)
    run("--store", store, "seal", "--key", key, "--to", elsewhere)
    old, new = sorted(elsewhere.iterdir())
    public = key.with_name("key.pub")
    alone = tmp_path / "alone"
    alone.mkdir()
    assert 0 == run("verifier", alone / "verify_log.py").code
    prove = ("--store", store, "prove", new, "--key", public, "--to")
    event = ("EvidenceFiled", "dak-nong-2023/7.01", "on=2023-12-20", 'evidence=[{"title": "Hai\\u2028dòng"}]')
    assert 0 == run("--store", store, "record", *event, "--by", "x").code
    run("--store", store, "seal", "--key", key, "--to", elsewhere)
    new = max(elsewhere.iterdir())
    prove = ("--store", store, "prove", new, "--key", public, "--to")
    assert 0 == run(*prove, alone / "lines", "--position", int(new.name[:12])).code
    assert 0 == run(*prove, alone / "proof", "--position", 100).code
    assert 0 == run(*prove, alone / "growth", "--since", old).code
    for words in (
        ("record", alone / "proof.record", alone / "proof"),
        ("record", alone / "lines.record", alone / "lines"),
        ("growth", old, alone / "growth"),
        ("checkpoint", new),
    ):
        command = [sys.executable, "-I", alone / "verify_log.py", *words, "--key", public]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (0, "") == (done.returncode, done.stderr), done.stdout
    assert 2 == run(*prove, alone / "x").code
    assert 2 == run(*prove, alone / "x", "--position", 1, "--since", old).code
    assert not (alone / "x").exists()


def test_a_report_is_sealed_when_it_is_issued(run: Run, store: Path, key: Path) -> None:
    """It carries the checkpoint."""
    words = ("--store", store, "--json", "report", "dak-nong-2023", "2023-h1")
    issued = run(*words, "--issue", "--by", "so-noi-vu", "--seal-with", key)
    assert 0 == issued.code
    verifier = VerifierKey.parse(key.with_name("key.pub").read_text())
    assert 629 == Checkpoint.parse(json.loads(issued.out)["checkpoint"], verifier).size


@pytest.mark.parametrize("content", [b"", b"PRIVATE+KEY+x+y+z", b"\xff", b"x" * 70_000])
def test_a_file_that_is_no_key_is_said_to_be_none(run: Run, store: Path, tmp_path: Path, content: bytes) -> None:
    """And nothing is sealed."""
    file = tmp_path / "no-key"
    file.write_bytes(content)
    for words in (("seal", "--key", file), ("verify", file, "--key", file)):
        answer = run("--store", store, *words)
        assert (6, "") == (answer.code, answer.out)
        assert str(file) in answer.err
