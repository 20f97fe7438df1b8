"""A file that is written takes the place of the old one when it is whole, and of nothing that is no file of its own."""

from pathlib import Path

import pytest

from reformtrack import Tracker
from reformtrack.store.whole_file import whole


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
            pytest.raises(FileExistsError, match="is no file of its own; accepted: a name that is free"),
        ):
            tracker.export_log(name)
    assert (tmp_path / "link").is_symlink()
    assert Path("/dev/null").is_char_device()
