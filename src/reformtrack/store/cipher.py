"""
Encryption of the whole log: AES-256-GCM, with each stored state bound to its place.

A state is `RTE1`, the id of its key (8 bytes), a nonce (12 bytes), and the ciphertext with its tag. Stream, version and
name of the event are its associated data: a state that was moved to another row cannot be read there. eventsourcing's
hook for ciphers gets none of these, so the mapper calls this one.
"""

import hashlib
import os
from base64 import b64decode
from collections.abc import Sequence
from typing import TYPE_CHECKING

from reformtrack.domain.errors import StoreError
from reformtrack.domain.said import said, sentence
from reformtrack.extras import extra
from reformtrack.store.registry import Row

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"RTE1"
KEY_BYTES = 32
_KEY_ID, _NONCE = 8, 12
_HEADER = len(MAGIC) + _KEY_ID
_ACCEPTED = said("{count} bytes, or the base64 text of them", count=KEY_BYTES)


def aes_gcm(key: bytes | str, name: str) -> tuple[bytes, "AESGCM"]:
    """
    The id of a key, which reveals nothing about it, and its cipher. The key is not kept where a repr would show it.

    Args:
        key: 32 bytes, or their base64 text.
        name: the name of the key in errors.

    Raises:
        StoreError: it is not such a key. The message has nothing of the key.
    """
    with extra("seal"):
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    try:
        raw = b64decode(key, validate=True) if isinstance(key, str) else key
        if isinstance(raw, bytes) and len(raw) == KEY_BYTES:
            return hashlib.sha256(b"reformtrack-key-id/1" + raw).digest()[:_KEY_ID], AESGCM(raw)
    except ValueError:  # its message may quote the key
        pass
    raise StoreError("{name} is not a key; accepted: {accepted}", name=name, accepted=_ACCEPTED) from None


class RowCipher:
    """
    Encrypts states with the first of its keys, and decrypts those of all of them.

    Raises:
        StoreError: no key was given, or something else.
    """

    def __init__(self, keys: Sequence[bytes | str]) -> None:
        if isinstance(keys, str | bytes) or not keys:
            words = sentence("cipher_keys has no keys; accepted: a list, the newest key first, each {accepted}")
            raise StoreError(words, accepted=_ACCEPTED)
        ciphers = [aes_gcm(key, said("a key of cipher_keys")) for key in keys]
        self._ciphers = dict(ciphers)
        self._id, self._cipher = ciphers[0]

    def encrypt(self, state: bytes, stream: str, version: int, topic: str) -> bytes:
        """The stored form of a state at its place."""
        nonce = os.urandom(_NONCE)
        header = MAGIC + self._id
        return header + nonce + self._cipher.encrypt(nonce, state, _place(header, stream, version, topic))

    def decrypt(self, row: Row) -> bytes:
        """
        The state of a row.

        Raises:
            ValueError: it is not encrypted, its key is not here, it was changed, or it belongs to another row.
        """
        from cryptography.exceptions import InvalidTag

        _, stream, version, topic, stored = row
        if wrong := self.unlike(stored):
            raise ValueError(wrong)
        header, nonce, sealed = stored[:_HEADER], stored[_HEADER : _HEADER + _NONCE], stored[_HEADER + _NONCE :]
        try:
            return self._ciphers[header[len(MAGIC) :]].decrypt(nonce, sealed, _place(header, stream, version, topic))
        except (InvalidTag, ValueError):  # of a state that was cut, the library says that its nonce is short
            raise ValueError(said("it was changed, or moved from another row")) from None

    def unlike(self, stored: bytes) -> str:
        """Why a stored state was not made with these keys; empty if it may have been."""
        if not is_encrypted(stored):
            return "it is not encrypted"
        id = stored[len(MAGIC) : _HEADER]
        return "" if id in self._ciphers else f"it is encrypted with the key {id.hex()}, which was not given"


def is_encrypted(stored: object) -> bool:
    """Whether a stored state is encrypted by us. A SQLite column can hold any type, if somebody wrote it there."""
    return isinstance(stored, bytes) and stored.startswith(MAGIC)


def _place(header: bytes, stream: str, version: int, topic: str) -> bytes:
    parts = (header, stream.encode(), version.to_bytes(8, "big"), topic.encode())
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
