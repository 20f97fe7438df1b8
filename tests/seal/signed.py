"""Notes, trees and leaves spelt out as the standards define them, to hold the code against."""

import sqlite3
from base64 import b64encode
from collections.abc import Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = SIGNER.public_key().public_bytes_raw()
KEY_ID = sha256(b"dak-nong\n\x01" + PUBLIC).digest()[:4]
KEY = f"dak-nong+{KEY_ID.hex()}+" + b64encode(b"\x01" + PUBLIC).decode()


def root(hashes: Sequence[bytes]) -> bytes:
    """The root as RFC 6962 defines it, of leaf hashes."""
    if len(hashes) < 2:
        return hashes[0] if hashes else sha256(b"").digest()
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return sha256(b"\x01" + root(hashes[:half]) + root(hashes[half:])).digest()


def path(index: int, hashes: Sequence[bytes]) -> tuple[bytes, ...]:
    """The inclusion path as RFC 6962 defines it."""
    if len(hashes) == 1:
        return ()
    half = 1 << (len(hashes) - 1).bit_length() - 1
    if index < half:
        return (*path(index, hashes[:half]), root(hashes[half:]))
    return (*path(index - half, hashes[half:]), root(hashes[:half]))


def growth(old: int, hashes: Sequence[bytes], is_whole: bool = True) -> tuple[bytes, ...]:
    """The consistency path as RFC 6962 defines it."""
    if old == len(hashes):
        return () if is_whole else (root(hashes),)
    half = 1 << (len(hashes) - 1).bit_length() - 1
    if old <= half:
        return (*growth(old, hashes[:half], is_whole), root(hashes[half:]))
    return (*growth(old - half, hashes[half:], False), root(hashes[:half]))


def note(text: str, signer: Ed25519PrivateKey = SIGNER) -> str:
    """A signed note."""
    return f"{text}\n— dak-nong {b64encode(KEY_ID + signer.sign(text.encode())).decode()}\n"


def checkpoint(hashes: Sequence[bytes]) -> str:
    """The checkpoint of a log with these leaf hashes."""
    return note(f"dak-nong\n{len(hashes)}\n{b64encode(root(hashes)).decode()}\ntime 2026-11-24T05:00:00.000000Z\n")


def rows_of(file: Path) -> list[tuple[int, str, int, str, bytes]]:
    """The rows of a SQLite store, as they are stored."""
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT * FROM reformtrack_log ORDER BY position").fetchall()


def hashes_of(rows: Sequence[tuple[int, str, int, str, bytes]]) -> list[bytes]:
    """The leaf hashes of rows, spelt out."""
    hashes = []
    for index, (position, stream, version, name, state) in enumerate(rows):
        numbers = [number.to_bytes(8, "big") for number in (index, position, version)]
        fields = [b"reformtrack-log/1", *numbers[:2], stream.encode(), numbers[2], name.encode(), state]
        hashes.append(sha256(b"\x00" + b"".join(len(f).to_bytes(4, "big") + f for f in fields)).digest())
    return hashes


def keep_tree(file: Path, hashes: Sequence[bytes]) -> None:
    """Keep leaf hashes beside the log, in tiles of 256."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE reformtrack_tree (level INT, tile INT, position INT, hashes BLOB)")
        for tile in range(0, len(hashes), 256):
            content = b"".join(hashes[tile : tile + 256])
            connection.execute("INSERT INTO reformtrack_tree VALUES (0, ?, 0, ?)", (tile // 256, content))


HASHES = [sha256(bytes([n])).digest() for n in range(40)]
"""Some leaf hashes."""
