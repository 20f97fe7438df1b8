"""
The log as a file: JSON Lines that any tool reads, and that restore a store byte for byte.

The first line names the format. Each line after it is a record: its place in the log, its request and instant, and its
stored state, as JSON or, if encrypted or compressed, in base64. The last line counts the records and has the SHA-256
digest of all lines before it, so that a file that was cut or changed by accident is refused before any of it is used.
"""

import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby, islice
from pathlib import Path
from typing import IO, Annotated, Literal

import msgspec
from eventsourcing.persistence import IntegrityError
from msgspec import Meta

from reformtrack.domain.arguments import told
from reformtrack.domain.errors import LogFileError, StoreError
from reformtrack.domain.fields import forbidden_character
from reformtrack.domain.json_text import refuse_duplicate_keys
from reformtrack.domain.said import said, sentence
from reformtrack.store.instants import text_of
from reformtrack.store.log import LogRecorder, Request, pages
from reformtrack.store.registry import MAX_STATE_BYTES, Row
from reformtrack.store.streams import CLOCK
from reformtrack.store.whole_file import whole

PAGE = 5_000
"""The number of records read, or stored in a transaction, at a time; a request is never split."""

PAGE_BYTES = 64 << 20
"""The bytes of states stored in a transaction, unless a single request is longer."""

MAX_REQUEST_BYTES = 256 << 20
"""The longest request, all its lines together: it must fit into memory, because it is stored whole or not at all."""

MAX_LINE_BYTES = 2 * MAX_STATE_BYTES
"""The longest line: a state in base64, and what stands around it."""

_UNREADABLE = (msgspec.DecodeError, ValueError, RecursionError, zlib.error, OSError, EOFError)
"""The errors of reading a file that is damaged or has another format."""

MAX_POSITION = 2**53 - 1
"""The highest position in a file: exact in every JSON reader, and far below what the columns of either database hold."""

MAX_CORRECTIONS = 100
"""The most corrections of instants in a file: every record is compared with each."""

MAX_CORRECTION_BYTES = 200_000
"""The longest line of a correction."""

Number = Annotated[int, Meta(ge=1, le=2**63 - 1)]
"""The largest integer of a column in either database."""

Progress = Callable[[int, int], None]
"""Called from time to time with the number of positions done and their total."""

_CLOCK = b'"stream":"%s"' % CLOCK.encode()


class Head(msgspec.Struct, frozen=True):
    """The first line."""

    format: Literal["reformtrack-log"] = "reformtrack-log"
    version: Literal[1] = 1


class Line(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A record."""

    position: Annotated[int, Meta(ge=1, le=MAX_POSITION)]
    stream: str
    version: Number
    name: str
    request_id: str
    recorded_at: str
    state: msgspec.Raw
    """The stored JSON; or, if the state is not JSON in one line, its bytes in base64."""
    encoding: Literal["json", "base64"] = "json"


class Foot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last line."""

    records: int
    last_position: int
    sha256: str


Admit = Callable[[Line], None]
"""Raises ValueError for a record that recording would have refused."""

_encode = msgspec.json.Encoder().encode
_head = msgspec.json.Decoder(Head).decode
_line = msgspec.json.Decoder(Line).decode
_foot = msgspec.json.Decoder(Foot).decode
_bytes = msgspec.json.Decoder(bytes).decode


def export_log(
    recorder: LogRecorder, path: Path, after: int = 0, up_to: int | None = None, progress: Progress | None = None
) -> int:
    """
    Write the log to a file, compressed if its name ends in `.gz`. The file appears only once it is complete.

    Returns:
        How many records were written.

    Raises:
        StoreError: a record belongs to no request; no file is written.
    """
    last = (recorder.max_notification_id() or 0) if up_to is None else up_to
    digest, records, position = hashlib.sha256(), 0, after
    with whole(path) as (unfinished,), _opened(unfinished, "wb") as file:

        def write(line: bytes) -> None:
            digest.update(line)
            file.write(line)

        write(_encode(Head()) + b"\n")
        for rows in pages(lambda end: recorder.select_log(end, PAGE, last), after, lambda row: row[0]):
            for line in _lines(rows, recorder.select_requests(rows[0][0], rows[-1][0])):
                write(line)
            records, position = records + len(rows), rows[-1][0]
            if progress:
                progress(position, last)
        file.write(_encode(Foot(records, position, digest.hexdigest())) + b"\n")
    return records


def _lines(rows: Iterable[Row], requests: Iterable[Request]) -> Iterator[bytes]:
    left = iter(requests)
    request = next(left, None)
    for position, stream, version, name, state in rows:
        while request is not None and request.last_position < position:
            request = next(left, None)
        if request is None or position < request.first_position:
            raise StoreError(
                "the record at position {position} belongs to no request; accepted: a store in which check finds nothing",
                position=position,
            )
        raw, encoding = _stated(bytes(state))
        line = Line(position, stream, version, name, request.request_id, request.recorded_at, raw, encoding)
        try:
            yield _encode(line) + b"\n"
        except UnicodeEncodeError:
            raise StoreError(
                "the record at position {position} has a text that is not valid Unicode; "
                "accepted: a store in which check finds nothing",
                position=position,
            ) from None


def _stated(state: bytes) -> tuple[msgspec.Raw, Literal["json", "base64"]]:
    """A state as in a line."""
    try:
        msgspec.json.decode(state)
        if b"\n" not in state and state == state.strip():
            return msgspec.Raw(state), "json"
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    return msgspec.Raw(_encode(state)), "base64"


def import_log(
    recorder: LogRecorder,
    path: Path,
    progress: Progress | None = None,
    admission: Callable[[Sequence[Line]], Admit] | None = None,
) -> int:
    """
    Import the records of a file at their own positions.

    Records that the store already has must be the same, and are kept. So an interrupted import can be repeated, and a
    later export of the same log adds new records.

    Args:
        admission: checks each record, given those that correct instants; default: nothing is checked.

    Returns:
        How many records were stored.

    Raises:
        LogFileError: the file is incomplete, and nothing was stored; or the store has other records, and nothing was
            stored from the first difference on.
    """
    foot, corrections = verify(path)
    if admission and len(corrections) > MAX_CORRECTIONS:
        words = sentence("{path} has more than {most} corrections of instants; accepted: fewer, or as_it_was")
        raise LogFileError(words, path=path, most=MAX_CORRECTIONS)
    admit, stored = admission(corrections) if admission else None, 0
    for lines in _batches(read(path, foot.records, admit)):
        stored += _store(recorder, lines, gapless=admit is not None)
        if progress:
            progress(lines[-1].position, foot.last_position)
    return stored


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Complete requests, as many as fit into memory."""
    pending, size = list[Line](), 0
    for _, request in groupby(lines, key=lambda line: line.request_id):
        for line in request:
            pending.append(line)
            size += memoryview(line.state).nbytes
        if len(pending) >= PAGE or size >= PAGE_BYTES:
            yield pending
            pending, size = [], 0
    if pending:
        yield pending


def _store(recorder: LogRecorder, lines: list[Line], *, gapless: bool) -> int:
    """Store the new records of some complete requests, in one transaction."""
    try:
        with recorder.exclusive():
            new = _new(recorder, lines)
            if new:
                recorder.restore(list(map(row_of, new)), list(_requests(new)), gapless=gapless)
    except IntegrityError as error:
        raise LogFileError(
            "from position {first} to {last} a stream has a duplicate or missing version, or a request is in two "
            "places; accepted: an exported log",
            first=lines[0].position,
            last=lines[-1].position,
        ) from error
    return len(new)


def _new(recorder: LogRecorder, lines: list[Line]) -> list[Line]:
    """The records that the store does not have, after checking that the others are the same."""
    head = recorder.max_notification_id() or 0
    known = [line for line in lines if line.position <= head]
    place = (known[0].position - 1, len(known) + 1, known[-1].position) if known else None
    if place and recorder.select_log(*place, most=MAX_REQUEST_BYTES + PAGE_BYTES) != list(map(row_of, known)):
        raise LogFileError(
            "the store has other records from position {first} to {last} than the file; "
            "accepted: an empty store, or one that holds the beginning of the same log",
            first=known[0].position,
            last=known[-1].position,
        )
    return lines[len(known) :]


def row_of(line: Line) -> Row:
    state = _bytes(line.state) if line.encoding == "base64" else bytes(line.state)
    return line.position, line.stream, line.version, line.name, state


def _requests(lines: Iterable[Line]) -> Iterator[Request]:
    for request_id, group in groupby(lines, key=lambda line: line.request_id):
        records = list(group)
        yield Request(records[0].position, records[-1].position, request_id, records[0].recorded_at)


def read(path: Path, records: int, admit: Admit | None = None) -> Iterator[Line]:
    """
    The records of a file, in order.

    Args:
        records: their number.
        admit: checks each.

    Raises:
        LogFileError: a line is not a record that can be stored; the error names it.
    """
    with _opened(path, "rb") as file:
        file.readline()
        before, request, instant, size = 0, "", "", 0
        for number, text in enumerate(islice(file, records), 2):
            try:
                refuse_duplicate_keys(text)
                line = _checked(_line(text), before)
                size = len(text) + (size if line.request_id == request else 0)
                if line.request_id == request and line.recorded_at != instant:
                    raise ValueError(
                        said(
                            "it has another instant than the record before it, of request {request!r}", request=request
                        )
                    )
                if size > MAX_REQUEST_BYTES:
                    raise ValueError(said("its request is longer than {most} bytes", most=MAX_REQUEST_BYTES))
            except _UNREADABLE as error:
                words = sentence("line {number} of {path} is not a record: {error}; accepted: an exported log")
                raise LogFileError(words, number=number, path=path, error=told(error)) from error
            try:
                if admit:
                    admit(line)
            except (ValueError, RecursionError) as error:
                raise LogFileError(
                    "line {number} of {path} is refused: {error}; accepted: a record that could be recorded today; "
                    "for a log that you trust, as_it_was",
                    number=number,
                    path=path,
                    error=told(error),
                ) from error
            yield line
            before, request, instant = line.position, line.request_id, line.recorded_at


def _checked(line: Line, before: int) -> Line:
    """
    A record that a store can keep.

    Raises:
        ValueError: its stream or instant is malformed, it is out of order, or its state is not base64.
    """
    for field, text in (("stream", line.stream), ("name", line.name), ("request_id", line.request_id)):
        if refused := forbidden_character(text):
            raise ValueError(said("{field} has {refused}", field=field, refused=refused))
    if line.position <= before:
        raise ValueError(said("position {position} comes after {before}", position=line.position, before=before))
    if text_of(datetime.fromisoformat(line.recorded_at)) != line.recorded_at:
        raise ValueError(
            said("recorded_at is {found!r}, not an instant as 2023-06-30T10:00:00.000000+00:00", found=line.recorded_at)
        )
    if line.encoding == "base64":
        _bytes(line.state)
    return line


def verify(path: Path) -> tuple[Foot, list[Line]]:
    """
    The last line of a complete file, and its corrections of instants, up to one more than accepted.

    Raises:
        LogFileError: it was cut or changed, or has another format.
    """
    digest, before, count, corrections = hashlib.sha256(), b"", 0, list[Line]()
    try:
        with _opened(path, "rb") as file:
            while line := file.readline(MAX_LINE_BYTES):
                if len(line) == MAX_LINE_BYTES:
                    raise ValueError(said("a line is longer than {most} bytes", most=MAX_LINE_BYTES))
                if before:
                    digest.update(before)
                    count += 1
                    if _CLOCK in before and len(corrections) <= MAX_CORRECTIONS and len(before) <= MAX_CORRECTION_BYTES:
                        corrections.append(_line(before))
                elif not count and _head(line) != Head():
                    break
                before = line
        foot = _foot(before)
    except _UNREADABLE as error:
        words = sentence("{path} is incomplete, or not a log: {error}; accepted: an exported log")
        raise LogFileError(words, path=path, error=told(error)) from error
    if (foot.sha256, foot.records) != (digest.hexdigest(), count - 1):
        raise LogFileError(
            "{path} was changed: the digest of its {count} records is not the one in its last line, of {records}; "
            "accepted: an exported log, unchanged",
            path=path,
            count=count - 1,
            records=foot.records,
        )
    return foot, corrections


def _opened(path: Path, mode: Literal["rb", "wb"]) -> IO[bytes] | gzip.GzipFile:
    if path.name.removesuffix(".part").endswith(".gz"):
        return gzip.open(path, mode, compresslevel=6)
    return path.open(mode)
