"""A file that is written takes the place of the old one when it is whole, and of nothing that is no file of its own."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from reformtrack import Tracker
from reformtrack.store.whole_file import whole
from tests.support import adopted, scheduled


def test_a_file_is_replaced_when_the_new_one_is_whole(tmp_path: Path) -> None:
    """And nothing is left lying about, also after an error."""
    file = tmp_path / "a"
    file.write_text("old")
    with pytest.raises(KeyboardInterrupt), whole(file) as (part,):
        part.write_text("half")
        raise KeyboardInterrupt
    assert ("old", [file]) == (file.read_text(), list(tmp_path.iterdir()))
    with whole(file) as (part,):
        part.write_text("new")
        assert "old" == file.read_text()
    assert ("new", [file]) == (file.read_text(), list(tmp_path.iterdir()))


def test_a_link_a_device_or_a_folder_is_never_replaced(tmp_path: Path) -> None:
    """Else `export_log("/dev/stdout")` would take the device away from the machine."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    (tmp_path / "folder").mkdir()
    for name in (tmp_path / "link", tmp_path / "folder", Path("/dev/null")):
        with (
            Tracker() as tracker,
            pytest.raises(FileExistsError, match="is a folder, a link or a device; accepted: a new name"),
        ):
            tracker.log.export(name)
    assert (tmp_path / "link").is_symlink()
    assert Path("/dev/null").is_char_device()


@pytest.fixture
def umask() -> Iterator[None]:
    """One that hides nothing."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_a_new_store_and_what_is_beside_it_are_their_owners_alone(tmp_path: Path, umask: None) -> None:
    """The write-ahead log has the records too; tables for analysis as well, and exports."""
    with Tracker(f"sqlite:///{tmp_path}/plans.db") as tracker:
        tracker.record(adopted(), scheduled(), by="a")
        tracker.log.export(tmp_path / "log.jsonl.gz")
        tracker.views.export_parquet(tmp_path / "tables")
        files = {file.name: mode(file) for file in tmp_path.rglob("*") if file.is_file()}
    assert {"plans.db", "plans.db-wal", "plans.db-shm", "log.jsonl.gz", "plans.parquet"} <= files.keys()
    assert {0o600} == set(files.values())


def test_a_file_that_is_there_keeps_its_mode(tmp_path: Path, umask: None) -> None:
    """Whoever made it has said who reads it."""
    for name in ("plans.db", "log.jsonl"):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o640)
    with Tracker(f"sqlite:///{tmp_path}/plans.db") as tracker:
        tracker.record(adopted(), by="a")
        tracker.log.export(tmp_path / "log.jsonl")
        assert {0o640} == {mode(file) for file in tmp_path.iterdir()}


def test_what_a_killed_process_left_is_no_trap(tmp_path: Path, umask: None) -> None:
    """An unfinished file of before, or a link in its place, is not written to."""
    (tmp_path / "other").write_text("x")
    (tmp_path / "log.jsonl.part").symlink_to(tmp_path / "other")
    with Tracker() as tracker:
        tracker.record(adopted(), by="a")
        tracker.log.export(tmp_path / "log.jsonl")
    assert ("x", 0o600) == ((tmp_path / "other").read_text(), mode(tmp_path / "log.jsonl"))
