"""Files that are there when they are whole, and not before; and whom new ones are for."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reformtrack.domain.said import said

PRIVATE = 0o600
"""The mode of a new file: what is in the log, and whoever signs it, is the owner's business until the owner says otherwise."""


def make_private(file: Path) -> None:
    """
    Make an empty file that its owner alone reads.

    Raises:
        FileExistsError: it is there; it is left as it is.
    """
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))


def check_replaceable(file: Path) -> None:
    """
    Refuse a name under which no file can be put.

    Raises:
        FileExistsError: it is that of a link, a device, a pipe or a folder, which are never replaced.
        FileNotFoundError: there is no such folder.
    """
    if not file.parent.is_dir():
        raise FileNotFoundError(
            said(
                "the folder {folder} for {file} does not exist; accepted: an existing folder",
                folder=file.parent,
                file=file.name,
            )
        )
    if file.is_symlink() or (file.exists() and not file.is_file()):
        raise FileExistsError(
            said(
                "{file} is a folder, a link or a device; accepted: a new name, or that of a file to be replaced",
                file=file,
            )
        )


@contextmanager
def whole(*files: Path) -> Iterator[tuple[Path, ...]]:
    """
    Within, the paths to write to; afterwards the files have what was written to them, or, after an error, are as they were.

    A file that is replaced keeps its mode; a new one is its owner's alone.

    Raises:
        FileExistsError: a name is that of a link, a device, a pipe or a folder, which are never replaced.
        FileNotFoundError: there is no such folder.
    """
    for file in files:
        check_replaceable(file)
    unfinished = tuple(file.with_name(file.name + ".part") for file in files)
    try:
        for part, file in zip(unfinished, files, strict=True):
            part.unlink(missing_ok=True)  # of a process that was killed
            make_private(part)
            if file.exists():
                part.chmod(stat.S_IMODE(file.stat().st_mode))
        yield unfinished
        for part, file in zip(unfinished, files, strict=True):
            os.replace(part, file)
    finally:
        for part in unfinished:
            part.unlink(missing_ok=True)


def write_whole(file: Path, content: bytes) -> None:
    """Write a file, as `whole` does."""
    with whole(file) as (unfinished,):
        unfinished.write_bytes(content)
