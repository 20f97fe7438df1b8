"""
Checks a log of reformtrack against its signed checkpoints, with nothing but Python 3.11 or newer and this one file.

    python verify_log.py log LOG --key KEY CHECKPOINT...     rows of a log file (.jsonl, .jsonl.gz) or a SQLite store, and
                                                             that their instants go on
    python verify_log.py record LINE PROOF --key KEY         one line of a log file, and the proof that the log has it
    python verify_log.py growth OLD PROOF --key KEY          that the log of an older checkpoint was only added to
    python verify_log.py checkpoint CHECKPOINT... --key KEY  the signatures, and what was signed

KEY is the verifier key `NAME+ID+KEY`, or a file that has it. Get it, and the checkpoints, from somebody other than the
owner of the log. Exit code 0: it holds; 1: it does not, and the output says what; 2: something cannot be read, so
nothing was judged.

The formats: C2SP signed notes with Ed25519 (RFC 8032), tlog-checkpoint and tlog-proof, Merkle trees of RFC 6962.
"""

import argparse
import base64
import binascii
import gzip
import hashlib
import json
import re
import sqlite3
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import count as count_from
from pathlib import Path
from typing import Any, NamedTuple, TextIO
from urllib.parse import quote

MAX_NOTE = 16_384
"""The longest note that is read, in characters; a proof may have as much before it."""
MAX_FILE_BYTES = 1_000_000
MAX_LINE_BYTES = 4_000_000
MAX_NAME = 200
MAX_PATH = 64
MAX_SIGNATURES = 100


class Unreadable(Exception):
    """The input has the wrong format: nothing was judged."""


class DoesNotHold(Exception):
    """What was found differs from what was signed."""


# --- Ed25519, RFC 8032 -------------------------------------------------------------------------------------------------

Point = tuple[int, int, int, int]
"""X, Y, Z, T with x = X/Z, y = Y/Z, x·y = T/Z."""

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)
_NEUTRAL: Point = (0, 1, 1, 0)


def _sum(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % _P, (p[1] + p[0]) * (q[1] + q[0]) % _P
    c, d = 2 * p[3] * q[3] * _D % _P, 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _encoded(point: Point) -> bytes:
    inverse = pow(point[2], -1, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _decoded(data: bytes) -> Point | None:
    """The point encoded by 32 bytes; None if it does not exist or the encoding is not canonical."""
    number = int.from_bytes(data, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT_OF_MINUS_ONE % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return x, y, 1, x * y % _P


def _base_point() -> Point:
    point = _decoded((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))
    if point is None:
        raise ArithmeticError("the base point of Ed25519 is on the curve")
    return point


_BASE = _base_point()


def _key_point(public: bytes) -> Point | None:
    """The point of a key; None if it is invalid, not canonical, or of small order, which would verify anything."""
    key = _decoded(public) if len(public) == 32 else None
    if key is None:
        return None
    doubled = _sum(key, key)
    fourfold = _sum(doubled, doubled)
    return None if _encoded(_sum(fourfold, fourfold)) == _encoded(_NEUTRAL) else key


def is_sound(public: bytes) -> bool:
    """Whether 32 bytes are a key with which only the holder of its secret can sign."""
    return _key_point(public) is not None


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """
    Whether an Ed25519 signature of a message is by a key.

    Strict: S below the order, one encoding a point, no cofactor, and no key of small order, by which anything is signed.
    """
    key, s = _key_point(public), int.from_bytes(signature[32:], "little")
    if key is None or len(signature) != 64 or s >= _L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _L
    minus = (_P - key[0], key[1], 1, _P - key[3])
    both, result = _sum(_BASE, minus), _NEUTRAL
    for bit in range(252, -1, -1):
        result = _sum(result, result)
        match s >> bit & 1, k >> bit & 1:
            case 1, 1:
                result = _sum(result, both)
            case 1, 0:
                result = _sum(result, _BASE)
            case 0, 1:
                result = _sum(result, minus)
    return _encoded(result) == signature[:32]


# --- Notes, checkpoints and proofs -------------------------------------------------------------------------------------


class Key(NamedTuple):
    """A verifier key."""

    name: str
    id: bytes
    public: bytes


class Checkpoint(NamedTuple):
    """What was signed: that the first `size` rows have this root."""

    origin: str
    size: int
    root: bytes
    time: str
    replaces: tuple[int, bytes] | None = None
    """Size and root of the log that this one was accepted in place of: an older backup was restored and signed for."""

    def __str__(self) -> str:
        return f"the checkpoint of {self.origin}, {self.size} rows, {self.time}"


class Proof(NamedTuple):
    """A proof that a row, or an older log, is in the log of a checkpoint."""

    number: int
    """The index of the row, or the size of the older log."""
    path: tuple[bytes, ...]
    checkpoint: Checkpoint


Check = Callable[[bytes, bytes, bytes], bool]
"""Checks a signature: `is_signed`, or a faster equivalent."""

_NUMBER = re.compile("0|[1-9][0-9]{0,15}")
_JSON = json.JSONDecoder()
INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"
_TIME = re.compile(r"time ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z)")
RECORD_PROOF = "c2sp.org/tlog-proof@v1", "index "
GROWTH_PROOF = "reformtrack-consistency-proof/1", "old "


def _base64(text: str, length: int | None = None) -> bytes:
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise Unreadable(f"{text[:60]!r} is no base64: {error}") from error
    if base64.b64encode(data).decode() != text or length not in (None, len(data)):
        raise Unreadable(f"{text[:60]!r} is not the base64 of {length or 'any'} bytes")
    return data


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise Unreadable(f"{text[:60]!r} is no number; accepted: a decimal number without leading zeros")
    return int(text)


def is_name(text: str) -> bool:
    """Whether a name is valid for a key."""
    return 0 < len(text) <= MAX_NAME and not any(sign == "+" or sign.isspace() or _is_control(sign) for sign in text)


def _is_control(sign: str) -> bool:
    """Whether a character is forbidden: a control character or a surrogate."""
    return sign < " " or sign == "\x7f" or "\ud800" <= sign <= "\udfff"


def parse_key(text: str) -> Key:
    """Parse a key from its text `NAME+ID+KEY`."""
    name, _, rest = text.strip().partition("+")
    hex_id, _, encoded = rest.partition("+")
    try:
        data = _base64(encoded, 33)
    except Unreadable:
        data = b""
    if not is_name(name) or data[:1] != b"\x01" or hex_id != key_id(name, data).hex() or not is_sound(data[1:]):
        # The error does not repeat the text: it may be the signing key.
        raise Unreadable(
            "this is no verifier key; accepted: NAME+ID+KEY of a sound Ed25519 key, its ID that of the key"
        )
    return Key(name, bytes.fromhex(hex_id), data[1:])


def key_id(name: str, data: bytes) -> bytes:
    """The four bytes that name a key in a signature; `data` is the kind of the key and the key."""
    return hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]


def opened_note(note: str, key: Key, check: Check = is_signed) -> str:
    """
    The text of a signed note, if the key signed it. Signatures of other keys are ignored.

    Raises:
        Unreadable: it is no signed note.
        DoesNotHold: the key did not sign it.
    """
    text, found, signatures = note.rpartition("\n\n")
    text += "\n"
    is_text = not any(_is_control(sign) and sign != "\n" for sign in note[:MAX_NOTE])
    if not found or not signatures.endswith("\n") or len(note) > MAX_NOTE or not is_text:
        raise Unreadable(
            f"it is no signed note; accepted: text, an empty line, signatures, at most {MAX_NOTE} characters"
        )
    # Every line must be a signature, if only of another key: else anything could be added below a signed text.
    lines = signatures[:-1].split("\n", MAX_SIGNATURES)
    if len(lines) > MAX_SIGNATURES:
        raise Unreadable(f"it has more than {MAX_SIGNATURES} signatures")
    signed = False
    for line in lines:
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        data = _base64(encoded)
        if dash != "—" or not is_name(name) or len(data) < 5:
            raise Unreadable(f"{line[:100]!r} is no signature; accepted: — NAME SIGNATURE")
        if (name, data[:4]) == (key.name, key.id):
            if not check(key.public, text.encode(), data[4:]):
                raise DoesNotHold(f"the signature of {name} is not that of this text: one of the two was changed")
            signed = True
    if not signed:
        raise DoesNotHold(
            f"it is not signed by {key.name} ({key.id.hex()}), but has the signatures {signatures[:200]!r}"
        )
    return text


def parse_checkpoint(note: str, key: Key, check: Check = is_signed) -> Checkpoint:
    """The checkpoint in a note that the key signed."""
    lines = opened_note(note, key, check).split("\n")[:-1]
    if len(lines) not in (4, 5):
        raise Unreadable("it is no checkpoint; accepted: the lines origin, size, root, time")
    time = _TIME.fullmatch(lines[3])
    if lines[0] != key.name or not time or not _is_instant(time[1]):
        raise Unreadable(f"{lines[0][:60]!r}, {lines[3][:60]!r}: it is no checkpoint of {key.name} with its time")
    return Checkpoint(lines[0], _number(lines[1]), _base64(lines[2], 32), time[1], _replaced(lines[4:]))


def _is_instant(text: str) -> bool:
    try:
        datetime.strptime(text, INSTANT)
    except ValueError:
        return False
    return True


def _replaced(lines: Sequence[str]) -> tuple[int, bytes] | None:
    """The log that a checkpoint was accepted in place of, from its last line, if present."""
    if not lines:
        return None
    size, _, root = lines[0].removeprefix("in place of ").partition(" ")
    if not lines[0].startswith("in place of "):
        raise Unreadable(f"{lines[0][:60]!r} is no line of a checkpoint; accepted: 'in place of', a size, a root")
    return _number(size), _base64(root, 32)


def parse_proof(text: str, key: Key, kind: tuple[str, str], check: Check = is_signed) -> Proof:
    """The proof of a kind that a text is, with a checkpoint that the key signed."""
    proof, _, note = text.partition("\n\n")
    first, *lines = proof.split("\n", MAX_PATH + 2)
    is_short = len(text) <= 2 * MAX_NOTE and len(lines) <= MAX_PATH + 1
    if first != kind[0] or not lines or not lines[0].startswith(kind[1]) or not is_short:
        raise Unreadable(
            f"{first[:60]!r} is no such proof; accepted: {kind[0]!r}, then a line of {kind[1]!r} and a number"
        )
    number, *hashes = lines
    path = tuple(_base64(line, 32) for line in hashes)
    return Proof(_number(number.removeprefix(kind[1])), path, parse_checkpoint(note, key, check))


# --- The Merkle tree, RFC 6962 -----------------------------------------------------------------------------------------


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A Merkle tree built incrementally: it keeps only the roots of its full subtrees."""

    def __init__(self) -> None:
        self.size = 0
        self._parts: list[bytes] = []

    def add(self, leaf_hash: bytes) -> None:
        """One more leaf."""
        node, size = leaf_hash, self.size
        while size & 1:
            node, size = _node(self._parts.pop(), node), size >> 1
        self._parts.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves until now."""
        if not self._parts:
            return hashlib.sha256().digest()
        *others, root = self._parts
        for part in reversed(others):
            root = _node(part, root)
        return root


def is_included(leaf_hash: bytes, proof: Proof) -> bool:
    """Whether the tree of the proof's checkpoint has the leaf at the proof's index."""
    place, last, root = proof.number, proof.checkpoint.size - 1, leaf_hash
    if not 0 <= place <= last:
        return False
    for sibling in proof.path:
        if not last:
            return False
        if place & 1 or place == last:
            root = _node(sibling, root)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            root = _node(root, sibling)
        place, last = place >> 1, last >> 1
    return not last and root == proof.checkpoint.root


def is_grown(old: Checkpoint, proof: Proof) -> bool:
    """Whether the tree of the proof's checkpoint begins with the tree of the older one."""
    new = proof.checkpoint
    if old.size != proof.number or old.size > new.size:
        return False
    if not old.size and old.root != Tree().root():
        return False
    if old.size in (0, new.size):
        return not proof.path and (old.root == new.root or new.size > old.size)
    # RFC 9162, 2.1.4.2, by its names: `place` is fn, `last` sn, `before` fr, `after` sr.
    place, last = old.size - 1, new.size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    path = iter(proof.path if place else (old.root, *proof.path))
    before = after = next(path, b"")
    for sibling in path:
        if not last:
            return False
        if place & 1 or place == last:
            before, after = _node(sibling, before), _node(sibling, after)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            after = _node(after, sibling)
        place, last = place >> 1, last >> 1
    return not last and (before, after) == (old.root, new.root)


# --- The rows of a log -------------------------------------------------------------------------------------------------


class Row(NamedTuple):
    """A stored record. Fields may have any type, because a changed row can hold anything."""

    position: object
    stream: object
    version: object
    name: object
    state: object


Log = tuple[Iterator[Row], Iterator[bytes]]
"""The rows of a log, and the leaf hashes stored beside them, if any."""


def leaf_hash(index: int, row: Row) -> bytes:
    """The hash of a row at its index, from 0; empty if it holds something that reformtrack never stores."""
    try:
        numbers = [number.to_bytes(8, "big") for number in (index, row.position, row.version) if type(number) is int]
        texts = [text.encode("utf-8", "surrogateescape") for text in (row.stream, row.name) if type(text) is str]
    except (OverflowError, UnicodeEncodeError):
        return b""
    if len(numbers) < 3 or len(texts) < 2 or type(row.state) is not bytes:
        return b""
    fields = (b"reformtrack-log/1", numbers[0], numbers[1], texts[0], numbers[2], texts[1], row.state)
    return hashlib.sha256(b"\0" + b"".join(len(field).to_bytes(4, "big") + field for field in fields)).digest()


@contextmanager
def opened(path: Path) -> Iterator[Log]:
    """A log file, compressed or not, or a SQLite store, detected by content."""
    try:
        with path.open("rb") as file:
            first = file.read(16)
        if first == b"SQLite format 3\0":
            with closing(_connected(path)) as connection:
                yield _stored(connection), _kept(connection)
        else:
            with gzip.open(path) if first[:2] == b"\x1f\x8b" else path.open("rb") as lines:
                yield _lines(lines.readline), iter(())
    except (OSError, EOFError, zlib.error, ValueError, RecursionError, sqlite3.Error) as error:
        raise Unreadable(f"{path} cannot be read: {error or type(error).__name__}") from error


def _connected(path: Path) -> sqlite3.Connection:
    """
    Never writes. Without leave to write beside the file, SQLite reads it only if it is told that nobody else writes.

    Then it leaves out what stands in a log or a journal beside the file, which others read: so not where there is one.
    """
    file = path.resolve()
    uri, logs = f"file:{quote(str(file))}?mode=ro", [Path(f"{file}-wal"), Path(f"{file}-journal")]
    for more in ("", "&immutable=1"):
        connection = sqlite3.connect(uri + more, uri=True, isolation_level=None)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_LINE_BYTES)
        try:
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_master")
        except sqlite3.Error:
            connection.close()
            if more or any(log.exists() and log.stat().st_size for log in logs):
                raise
        else:
            break
    connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    return connection


def _has_table(connection: sqlite3.Connection, name: str) -> bool:
    """Whether it is a table: a view could invent rows."""
    found = connection.execute("SELECT type, sql FROM sqlite_master WHERE name = ?", (name,)).fetchall()
    return [(kind, str(sql)[:13].upper()) for kind, sql in found] == [("table", "CREATE TABLE ")]


_OURS = re.compile(
    "reformtrack_(log|requests|tree|tree_size|subject_keys|views|subscriptions|waiting|(plans|spans|gaps|news|names|today)_[0-9]+)"
)
"""The tables of a store; others are a host's own."""
_SPACES = re.compile(r"[ \t\n\f\r]+")
"""What is a space to SQLite: any other is a part of a name."""

_INDEXES = {
    "reformtrack_log": "position, originator_id, originator_version",
    "reformtrack_requests": "first_position, request_id",
}
"""By table: the columns of its index."""

_DEFINITIONS = {
    "reformtrack_log": "51fb2876c6affd53bcf1c218597d0666",
    "reformtrack_log_no_delete": "54bbe0150a39a5a27361e41932559bf8",
    "reformtrack_log_no_update": "be5e2ee3449633f48918c0214c933fa1",
    "reformtrack_requests": "a618b9fddf0197e590e389de6a30696b",
    "reformtrack_requests_no_delete": "25aabeeaf5d1e45812b5327ea17f0fdb",
    "reformtrack_requests_no_update": "d4227b4553e9a57d21f835940b713c14",
    **{f"sqlite_autoindex_{table}_1": "e3b0c44298fc1c149afbf4c8996fb924" for table in _INDEXES},
}
"""By name: how the SHA-256 of the definition begins of each table, trigger and index that a store has for its log."""


def beside(path: Path) -> Iterator[str]:
    """What a SQLite store answers questions by, and what of it is not as reformtrack makes it, or as the rows are; in words."""
    with path.open("rb") as file:
        if file.read(16) != b"SQLite format 3\0":
            return
    try:
        with closing(_connected(path)) as connection:
            yield from _redefined(connection)
    except sqlite3.Error as error:
        raise Unreadable(f"{path} cannot be read: {error}") from error


def _redefined(connection: sqlite3.Connection) -> Iterator[str]:
    tables = ", ".join(f"'{table}'" for table in _INDEXES)
    found = {
        str(name): hashlib.sha256(_SPACES.sub(" ", str(sql or "")).encode("utf-8", "surrogateescape")).hexdigest()[:32]
        for name, sql in connection.execute(f"SELECT name, sql FROM sqlite_master WHERE lower(tbl_name) IN ({tables})")
    }
    for name in sorted(found.keys() | _DEFINITIONS.keys()):
        if name not in found:
            yield f"{name} is missing"
        elif found[name] != _DEFINITIONS.get(name):
            yield f"{name[:60]} is not as reformtrack makes it"
    # As SQLite takes them, whatever stands beside a definition about what it is of.
    for name, *_ in connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'reformtrack%'"
    ):
        table = str(name)
        if _OURS.fullmatch(table) and _triggers(connection, table) != ([0, 1, 1] if table in _INDEXES else [0, 0, 0]):
            yield f"{table[:60]} has triggers that are not reformtrack's"
        if table in _INDEXES and len(connection.execute(f"PRAGMA index_list({table})").fetchall()) != 1:
            yield f"{table} has indexes that are not reformtrack's"
    # Both ways round: an index may lack a row, or have one that the table lacks.
    for table, columns in _INDEXES.items():
        for (said,) in connection.execute(f"PRAGMA integrity_check({table})") if table in found else ():
            if said != "ok":
                yield f"{table}: {said[:200]}"
        index = f"sqlite_autoindex_{table}_1"
        rows, entries = (
            f"SELECT {columns} FROM {table} NOT INDEXED",
            f"SELECT {columns} FROM {table} INDEXED BY {index}",
        )
        for there, other in ((rows, entries), (entries, rows)) if index in found else ():
            what = "lacks a row that the table has" if there == rows else "has a row that the table lacks"
            for row in connection.execute(f"{there} EXCEPT {other} LIMIT 20"):
                yield f"{index} {what}: {str(row)[:100]}"


def _triggers(connection: sqlite3.Connection, table: str) -> list[int]:
    """How many triggers an insertion, an update and a deletion of rows run."""
    columns = ", ".join(f'"{name}" = 1' for _, name, *_ in connection.execute(f'PRAGMA table_info("{table}")'))
    changes = f'INSERT INTO "{table}" DEFAULT VALUES', f'UPDATE "{table}" SET {columns}', f'DELETE FROM "{table}"'
    return [sum(code == "Program" for _, code, *_ in connection.execute(f"EXPLAIN {change}")) for change in changes]


def _stored(connection: sqlite3.Connection) -> Iterator[Row]:
    if not _has_table(connection, "reformtrack_log"):
        raise ValueError("it has no table reformtrack_log; accepted: a store of reformtrack")
    if any(hidden for *_, hidden in connection.execute("PRAGMA table_xinfo(reformtrack_log)")):
        raise ValueError("its table reformtrack_log has columns that are computed; accepted: a store of reformtrack")
    columns = "position, originator_id, originator_version, topic, state"
    yield from map(
        Row._make, connection.execute(f"SELECT {columns} FROM reformtrack_log NOT INDEXED ORDER BY position")
    )


def _kept(connection: sqlite3.Connection) -> Iterator[bytes]:
    """The leaf hashes that the store keeps of its rows, in tiles."""
    if _has_table(connection, "reformtrack_tree"):
        for (tile,) in connection.execute("SELECT hashes FROM reformtrack_tree WHERE level = 0 ORDER BY tile"):
            hashes = tile if isinstance(tile, bytes) else b""
            yield from (hashes[start : start + 32] for start in range(0, len(hashes), 32))


def _lines(readline: Callable[[int], bytes]) -> Iterator[Row]:
    """
    The rows of a log file.

    Raises:
        ValueError: a line is no record, or there is no last line.
        DoesNotHold: the file is not as it was exported.
    """
    digest, count = hashlib.sha256(), 0
    for number in count_from(1):
        line = readline(MAX_LINE_BYTES)
        if len(line) == MAX_LINE_BYTES:
            raise ValueError(f"line {number} is longer than {MAX_LINE_BYTES} bytes")
        found = _fields(number, line)
        if number == 1:
            if found != {"format": '"reformtrack-log"', "version": "1"}:
                raise ValueError("its first line is not that of a log file; accepted: an exported log")
        elif "records" in found:
            break
        else:
            yield _row(number, found)
            count += 1
        digest.update(line)
    if (found["records"], found.get("sha256")) != (str(count), f'"{digest.hexdigest()}"'):
        raise DoesNotHold(
            f"the file was changed after it was written: its {count} records have another digest than its end says"
        )
    if readline(1):
        raise ValueError("there is something after its last line; accepted: an exported log")


def _fields(number: int, line: bytes) -> dict[str, str]:
    """The fields of a JSON object without spaces, each value as it stands there."""
    text, at, found = line.decode(), 0, dict[str, str]()
    while text[at : at + 1] == ("," if found else "{"):
        name, colon = _JSON.raw_decode(text, at + 1)
        if type(name) is not str or name in found or text[colon : colon + 1] != ":":
            break
        _, at = _JSON.raw_decode(text, colon + 1)
        found[name] = text[colon + 1 : at]
    if text[at:] != "}\n":
        raise ValueError(f"line {number} is no record, or is not whole; accepted: an exported log")
    return found


def _row(number: int, found: dict[str, str]) -> Row:
    try:
        position, stream, version, name = (json.loads(found[key]) for key in ("position", "stream", "version", "name"))
        is_json = found.get("encoding", '"json"') == '"json"'
        state = found["state"].encode() if is_json else _base64(json.loads(found["state"]))
    except (KeyError, AttributeError, Unreadable) as error:
        raise ValueError(f"line {number} is no record: {error}") from error
    return Row(position, stream, version, name, state)


# --- What is asked -----------------------------------------------------------------------------------------------------


def audit(log: Log, checkpoints: Sequence[Checkpoint]) -> Iterator[tuple[bool, str]]:
    """
    Whether the rows match each checkpoint, in order of size, with a text.

    The first changed row is named if the stored leaf hashes match a checkpoint, so that they can be trusted.
    """
    rows, kept = log
    # Two trees side by side, of the rows and of what was kept of them: each checkpoint says which of them it knows.
    found, meant = Tree(), Tree()
    last = wrong = ""
    for checkpoint in sorted(checkpoints, key=lambda checkpoint: checkpoint.size):
        while max(found.size, meant.size) < checkpoint.size:
            row, leaf = next(rows, None), next(kept, None)
            if row is None and leaf is None:
                break
            hashed = leaf_hash(max(found.size, meant.size), row) if row else b""
            if not wrong and hashed != leaf:
                wrong = _wrong(found.size, last, row)
            if row:
                found.add(hashed)
                last = f"position {_shown(row)}"
            if leaf is not None:
                meant.add(leaf)
        holds = (found.size, found.root()) == (checkpoint.size, checkpoint.root)
        is_known = (meant.size, meant.root()) == (checkpoint.size, checkpoint.root)
        yield holds, _judged(checkpoint, holds, found.size, last, wrong if is_known else "")
    after = sum(1 for _ in rows)
    if after:
        yield True, f"{after} rows come after the last checkpoint, which says nothing of them"


def _wrong(index: int, last: str, row: Row | None) -> str:
    """The first changed row, in words."""
    place = f"the first that is wrong has index {index}, after {last or 'the beginning'}"
    return f"{place}: at position {_shown(row)} stands another row" if row else f"{place}: the log ends there"


def _shown(row: Row) -> str:
    return str(row.position)[:60]


def _judged(checkpoint: Checkpoint, holds: bool, size: int, last: str, wrong: str) -> str:
    if holds:
        return f"holds: {checkpoint}: every row is as it was, to {last or 'none'}"
    if wrong:
        return f"does not hold: {checkpoint}: {wrong}"
    if size < checkpoint.size:
        return f"does not hold: {checkpoint}: the log has {size} rows: rows are missing, or it is an older copy"
    return f"does not hold: {checkpoint}: rows are not as they were; which cannot be told without a copy that is right"


Accepted = dict[tuple[int, bytes], Checkpoint]
"""The checkpoints of logs that were accepted in place of others, by size and root of those."""


Wrong = list[tuple[int, int]]
"""From which position to which the instants of rows are said to be wrong."""


def noting(rows: Iterator[Row], key: Key, accepted: Accepted, wrong: Wrong) -> Iterator[Row]:
    """The rows, while collecting corrections of instants and signed acceptances of backups."""
    for row in rows:
        if row.stream == "~clock" and row.name == "InstantsCorrected.1" and type(row.position) is int:
            match _state(row).get("event"):
                case {"first": int(first), "last": int(last)} if last < row.position:
                    wrong.append((first, last))
        if row.stream == "~backups" and row.name == "BackupAccepted.1" and isinstance(row.state, bytes):
            try:
                found = parse_checkpoint(str(_state(row)["event"]["checkpoint"]), key)
            except (ValueError, KeyError, TypeError, RecursionError, Unreadable, DoesNotHold):
                found = None  # encrypted, signed by another key, or forged: it accepts nothing here
            if found and found.replaces:
                accepted[found.replaces] = found
        yield row


def going_back(rows: Iterator[Row], wrong: Wrong) -> str:
    """The first row whose instant is before that of an earlier row, without a correction of either; in words."""
    latest, last, until, to_come = None, 0, 0, sorted(wrong, reverse=True)
    for row in rows:
        instant, position = _instant(row), row.position
        if type(position) is not int:
            continue
        while to_come and to_come[-1][0] <= position:
            until = max(until, to_come.pop()[1])
        if instant is None or position <= until:
            continue
        if latest is not None and instant < latest:
            return (
                f"position {position} was recorded at {instant}, before position {last}, at {latest}, and no row says that a "
                "clock was wrong"
            )
        latest, last = instant, position
    return ""


def _instant(row: Row) -> datetime | None:
    """When a row was recorded, if readable: a state may be encrypted or changed."""
    try:
        instant = datetime.fromisoformat(_state(row)["recorded_at"])
    except (ValueError, KeyError, TypeError):
        return None
    return instant if instant.tzinfo else None


def _state(row: Row) -> dict[str, Any]:
    """The JSON object of a state; empty if it is not one."""
    try:
        state = json.loads(row.state if isinstance(row.state, bytes) else b"")
    except (ValueError, RecursionError):
        return {}
    return state if isinstance(state, dict) else {}


def _log(asked: argparse.Namespace, key: Key) -> Iterator[tuple[bool, str]]:
    checkpoints = sorted((parse_checkpoint(_text(path), key) for path in asked.checkpoints), key=lambda c: c.size)
    accepted: Accepted = {}
    wrong: Wrong = []
    with opened(asked.log) as (rows, kept):
        rows = noting(rows, key, accepted, wrong)
        if asked.copy is None:
            judged = list(audit((rows, kept), checkpoints))
        else:
            with opened(asked.copy) as (others, _):
                hashes = (leaf_hash(index, row) for index, row in enumerate(others))
                judged = list(audit((rows, hashes), checkpoints))
    for checkpoint, (holds, said) in zip(checkpoints, judged, strict=False):
        instead = accepted.get((checkpoint.size, checkpoint.root))
        if not holds and instead and _holds(asked.log, instead):
            yield True, f"replaced: {checkpoint}: an older backup was accepted in its place, by {instead}, which holds"
        else:
            yield holds, said
    yield from judged[len(checkpoints) :]
    with opened(asked.log) as (rows, _):
        if said := going_back(rows, wrong):
            yield False, f"does not hold: {said}"
    yield from ((False, f"does not hold: {said}") for said in beside(asked.log))


def _holds(path: Path, checkpoint: Checkpoint) -> bool:
    with opened(path) as (rows, _):
        return next(audit((rows, iter(())), [checkpoint]))[0]


def _record(asked: argparse.Namespace, key: Key) -> Iterator[tuple[bool, str]]:
    proof = parse_proof(_text(asked.proof), key, RECORD_PROOF)
    try:
        row = _row(1, _fields(1, asked.line.read_bytes()[:MAX_LINE_BYTES].rstrip(b"\n") + b"\n"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{asked.line} cannot be read: {error}") from error
    holds = is_included(leaf_hash(proof.number, row), proof)
    said = "holds" if holds else "does not hold"
    yield holds, f"{said}: {str(row.name)[:60]} at position {_shown(row)}, index {proof.number} of {proof.checkpoint}"


def _growth(asked: argparse.Namespace, key: Key) -> Iterator[tuple[bool, str]]:
    old, proof = parse_checkpoint(_text(asked.old), key), parse_proof(_text(asked.proof), key, GROWTH_PROOF)
    holds = is_grown(old, proof)
    yield holds, f"{'holds' if holds else 'does not hold'}: {proof.checkpoint} has all rows of {old}"


def _checkpoint(asked: argparse.Namespace, key: Key) -> Iterator[tuple[bool, str]]:
    for path in asked.checkpoints:
        checkpoint = parse_checkpoint(_text(path), key)
        yield True, f"signed: {checkpoint}, root {base64.b64encode(checkpoint.root).decode()}"


def _text(path: Path) -> str:
    """A note or a proof."""
    with path.open("rb") as file:
        data = file.read(MAX_FILE_BYTES + 1)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path} is no text: {error}") from error
    if len(data) > MAX_FILE_BYTES:
        raise Unreadable(f"{path} is longer than {MAX_FILE_BYTES} bytes")
    return text


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for judge, names in ((_log, ["log"]), (_record, ["line", "proof"]), (_growth, ["old", "proof"]), (_checkpoint, [])):
        command = commands.add_parser(judge.__name__[1:])
        command.set_defaults(judge=judge)
        command.add_argument("--key", required=True, help="the verifier key NAME+ID+KEY, or a file that has it")
        for name in names:
            command.add_argument(name, type=Path)
        if judge is _log:
            command.add_argument(
                "--copy", type=Path, help="another copy of the log, to name the first row that differs"
            )
        if judge in (_log, _checkpoint):
            command.add_argument("checkpoints", type=Path, nargs="+", metavar="CHECKPOINT")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line: 0 when it holds, 1 when it does not, 2 when something cannot be read."""
    asked, status = _asked(arguments), 0
    try:
        key = parse_key(asked.key if asked.key.count("+") > 1 else _text(Path(asked.key)))
        for holds, said in asked.judge(asked, key):
            _say(said, sys.stdout)
            status |= not holds
    except DoesNotHold as error:
        _say(f"does not hold: {error}", sys.stdout)
        return 1
    except (Unreadable, OSError) as error:
        _say(f"cannot be read: {error}", sys.stderr)
        return 2
    return status


def _say(text: str, where: TextIO) -> None:
    """Print any text safely: without control characters, in the terminal's encoding."""
    shown, encoding = "".join(sign if sign.isprintable() else "�" for sign in text), where.encoding or "utf-8"
    print(shown.encode(encoding, "backslashreplace").decode(encoding), file=where)


if __name__ == "__main__":
    sys.exit(main())
