"""
Handles files that may be hostile: they are first checked for their type, then opened by a library in a separate process
with bounded memory and time.

The process runs this file as a script with a worker: another file whose function `answer` takes and returns bytes.
Neither imports reformtrack, so a library that a hostile file takes over finds nothing there.
"""

import io
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

if __name__ != "__main__":  # the worker does not need it
    from reformtrack.domain.said import said
    from reformtrack.exchange.appendix.sheet_reader.cells import part_name

MAX_BYTES = 20 << 20
"""The largest file: 20 MiB."""

MAX_INFLATED = 300 << 20
"""The most bytes of all parts of a file when unpacked."""

MAX_PARTS = 5_000
"""The most parts of an archive."""

MEMORY = 1 << 30
"""Bytes of address space of the process."""

SECONDS = 30
"""The time limit of the process."""

_FAILED = 3
"""The exit code of a worker that reports why it failed."""

_XML = (".xml", ".rels", ".vml")
_BEGINS = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*<")
"""How XML begins, whatever the part is called."""
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_PIECE = 1 << 20
LONGEST = 300
"""The most characters of an error about a file, because errors quote its content."""


class Unusable(Exception):
    """A file that cannot be used. Attributes: `found` and `accepted`."""

    def __init__(self, found: str, accepted: str) -> None:
        super().__init__(found, accepted)
        self.found = found
        self.accepted = accepted


def content_of(path: Path, accepted: str) -> bytes:
    """
    The content of a file, read once.

    Raises:
        Unusable: it is empty, too large, or not a file.
        OSError: it cannot be read.
    """
    if not path.is_file() and path.exists():
        raise Unusable(said("it is no file"), accepted)
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        found = said("it has more than {most} bytes", most=f"{MAX_BYTES:,}")
        raise Unusable(found, said("at most {most} bytes", most=f"{MAX_BYTES:,}"))
    if not content:
        raise Unusable(said("it is empty"), accepted)
    return content


@contextmanager
def opened(content: bytes, accepted: str) -> Iterator[zipfile.ZipFile]:
    """
    An archive of XML parts. Only list its parts before `check_parts`.

    Raises:
        Unusable: it is damaged; also raised while listing parts.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        found = said("it is damaged, or another kind of file: {error}", error=str(error)[:LONGEST])
        raise Unusable(found, accepted) from error


def check_parts(archive: zipfile.ZipFile, accepted: str) -> None:
    """
    Check that an archive has not too many parts and none twice, that they are not too large when unpacked, and that they
    declare no entities.

    Raises:
        Unusable: they are.
    """
    parts, left = archive.infolist(), MAX_INFLATED
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_INFLATED:
        raise _too_large()
    names = set[str]()
    for part in parts:
        if (name := part_name(part.filename)) in names:
            raise Unusable(said("it has two parts of the name {part}", part=name[:80]), accepted)
        names.add(name)
        left -= _inflated(archive, part, left, accepted)


def _inflated(archive: zipfile.ZipFile, part: zipfile.ZipInfo, most: int, accepted: str) -> int:
    """The real size of a part, counted while unpacking it: the size in the directory may be forged."""
    part = copy(part)
    part.file_size = most + 2 * _PIECE
    count, end, is_xml = 0, b"", part.filename.lower().endswith(_XML)
    with archive.open(part) as file:
        while piece := file.read(_PIECE):
            is_xml |= count == 0 and _BEGINS.match(piece) is not None
            if is_xml:
                if _DECLARATION.search(end + piece) or (count == 0 and b"\0" in piece[:64]):
                    found = said("{part} declares XML entities or is not UTF-8", part=part.filename[:80])
                    raise Unusable(found, accepted)
                end = piece[-16:]
            count += len(piece)
            if count > most:
                raise _too_large()
    return count


def _too_large() -> Unusable:
    return Unusable(
        said("it would be too large when unpacked"),
        said("at most {most} bytes in {parts} parts", most=f"{MAX_INFLATED:,}", parts=f"{MAX_PARTS:,}"),
    )


def work(worker: str, content: bytes, accepted: str) -> bytes:
    """
    The answer of a worker for a content, computed in a separate process.

    Args:
        worker: the path of its file.

    Raises:
        Unusable: it takes too long or too much memory, or the worker fails, with its message.
    """
    command = [sys.executable, "-I", __file__, worker]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        found = said("it takes more than {seconds} seconds to read", seconds=SECONDS)
        raise Unusable(found, said("a smaller file")) from None
    if done.returncode == _FAILED:
        found = said("it cannot be read: {error}", error=done.stdout.decode(errors="replace")[:LONGEST])
        raise Unusable(found, accepted)
    if done.returncode:
        raise Unusable(said("it needs too much memory, or is damaged"), said("a smaller file"))
    return done.stdout


def _bound() -> None:
    """Limit the memory of this process, where the system supports it, and its time, in case its parent is gone."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS + 5, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no file; its output goes through a pipe


def _loaded(worker: str) -> ModuleType:
    """A worker, as the module `worker`; one that is a package imports its own modules by their places in it."""
    spec = spec_from_file_location("worker", worker, submodule_search_locations=[str(Path(worker).parent)])
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["worker"] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _run(worker: str) -> None:
    try:
        module = _loaded(worker)
        said, code = module.answer(sys.stdin.buffer.read()), 0
    except MemoryError:
        said, code = b"it needs too much memory", _FAILED
    except Exception as error:  # any error of the library is reported, and this process ends
        said, code = f"{error}".encode(errors="replace"), _FAILED
    sys.stdout.buffer.write(said)
    sys.exit(code)


if __name__ == "__main__":
    _bound()
    _run(sys.argv[1])
