"""
Files of the log: as reformtrack imports them, and as the verifier that stands alone reads them.
"""

import gzip
import hashlib
import sqlite3
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from drills.fuzz.target import Target, check_error
from reformtrack import StoreError, Tracker
from reformtrack.errors import LogFileError
from reformtrack.events import ActivityCompleted
from reformtrack.seal import verify_log
from reformtrack.store import log_file
from tests.seal.signed import HASHES, KEY, checkpoint
from tests.support import Clock, adopted, day, scheduled


@contextmanager
def _file(data: bytes, name: str = "log.jsonl") -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        yield path


def log_as_it_is(data: bytes) -> None:
    """A file that somebody sent, compressed or not, read to its end."""
    with _file(data, "log.jsonl.gz" if data[:2] == b"\x1f\x8b" else "log.jsonl") as path:
        try:
            foot, _ = log_file.verify(path)
            for _ in log_file.read(path, foot.records):
                pass
        except LogFileError as error:
            check_error(error)


def log_with_its_digest(data: bytes) -> None:
    """Records that somebody made up, under a head and a foot that fit: what is stored can be read, and recorded after."""
    lines = data.split(b"\n")
    body = b"".join(line + b"\n" for line in (b'{"format":"reformtrack-log","version":1}', *lines))
    foot = b'{"records":%d,"last_position":%d,"sha256":"%s"}\n'
    end = foot % (len(lines), len(lines), hashlib.sha256(body).hexdigest().encode())
    with _file(body + end) as path, Tracker(clock=Clock()) as tracker:
        try:
            tracker.log.load(path)
        except LogFileError as error:
            check_error(error)
            try:
                tracker.log.load(path, as_it_was=True)
            except LogFileError as other:
                check_error(other)
                return
        tracker.log.check()
        tracker.log.quarantine()
        tracker.log.export(path.with_name("again.jsonl"))
        with suppress(StoreError):
            tracker.record(adopted("new"), by="a")


def audited(data: bytes) -> None:
    """A log file, or a SQLite store, as the verifier reads it."""
    with _file(data) as path:
        try:
            key, wrong = verify_log.parse_key(KEY), list[tuple[int, int]]()
            with verify_log.opened(path) as (rows, kept):
                rows = verify_log.noting(rows, key, {}, wrong)
                list(verify_log.audit((rows, kept), [verify_log.parse_checkpoint(_checkpoint(), key)]))
            with verify_log.opened(path) as (rows, _):
                verify_log.going_back(rows, wrong)
        except (verify_log.Unreadable, verify_log.DoesNotHold) as error:
            check_error(error)


def audited_record(data: bytes) -> None:
    """One line of a log, as the verifier reads it."""
    with suppress(ValueError, RecursionError):  # which it says are unreadable
        row = verify_log._row(1, verify_log._fields(1, data))
        verify_log.leaf_hash(0, row)


@cache
def _checkpoint() -> str:
    return checkpoint(HASHES[:3])


@cache
def _exported() -> tuple[bytes, bytes]:
    """A log file, and the SQLite store that it is of."""
    with TemporaryDirectory() as folder:
        path, log = Path(folder, "p.db"), Path(folder, "log.jsonl")
        with Tracker(f"sqlite:///{path}", clock=Clock()) as tracker:
            tracker.record(adopted(), scheduled(), by="a", request_id="r1")
            tracker.record(ActivityCompleted("p/1.01", on=day("6-20")), by="ê", request_id="r2")
            tracker.log.export(log)
        with closing(sqlite3.connect(path)) as file:
            file.execute("PRAGMA journal_mode = DELETE")
        return log.read_bytes(), path.read_bytes()


def _whole() -> Sequence[bytes]:
    log, _ = _exported()
    return [
        log,
        gzip.compress(log, mtime=0),
        gzip.compress(log, mtime=0)[:-30],
        log[: len(log) // 2],
        b"\n".join(_bodies()),
    ]


def _bodies() -> Sequence[bytes]:
    """The records of a log file, and of one whose states are in base64."""
    _, *records, _ = _exported()[0].splitlines()
    state = b64encode(records[0].partition(b'"state":')[2][:-1])
    coded = records[0].partition(b'"state":')[0] + b'"state":"' + state + b'","encoding":"base64"}'
    return [b"\n".join(records), coded]


TARGETS = {
    "log_as_it_is": Target(log_as_it_is, _whole),
    "log_with_its_digest": Target(log_with_its_digest, _bodies),
    "audited_log": Target(audited, lambda: [*_whole(), _exported()[1]]),
    "audited_record": Target(
        audited_record, lambda: [line + b"\n" for body in _bodies() for line in body.split(b"\n")]
    ),
}
