"""
Files that are there when they are whole, and not before.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(*files: Path) -> Iterator[tuple[Path, ...]]:
    """
    Within, the paths to write to; afterwards the files have what was written to them, or, after an error, are as they were.

    Raises:
        FileExistsError: a name is that of a link, a device, a pipe or a folder, which are never replaced.
    """
    for file in files:
        if file.is_symlink() or (file.exists() and not file.is_file()):
            raise FileExistsError(
                f"{file} is no file of its own; accepted: a name that is free, or that of a file to be replaced"
            )
    unfinished = tuple(file.with_name(file.name + ".part") for file in files)
    try:
        yield unfinished
        for part, file in zip(unfinished, files, strict=True):
            os.replace(part, file)
    finally:
        for part in unfinished:
            part.unlink(missing_ok=True)
