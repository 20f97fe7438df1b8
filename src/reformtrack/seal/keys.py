"""
The keys of seals, in the text forms of signed notes (C2SP): Ed25519, through `cryptography`.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error
from hashlib import sha256
from typing import Any

import attrs

from reformtrack.domain.errors import SealError
from reformtrack.extras import extra

ED25519 = b"\x01"
"""What a key of this kind begins with."""

_NAMED = r"[^\s+\x00-\x1f\x7f\ud800-\udfff]{1,200}"
_NAME = re.compile(_NAMED)
_VERIFIER = re.compile(rf"({_NAMED})\+([0-9a-f]{{8}})\+([A-Za-z0-9+/=]{{1,100}})")
_SIGNING = re.compile(rf"PRIVATE\+KEY\+({_NAMED})\+([0-9a-f]{{8}})\+([A-Za-z0-9+/=]{{1,100}})")


def _library() -> Any:
    """The Ed25519 of `cryptography`, which is an extra."""
    with extra("seal"):
        from cryptography.hazmat.primitives.asymmetric import ed25519
    return ed25519


def strict_base64(text: str, length: int | None = None) -> bytes | None:
    """The bytes that a text in base64 stands for; None when it is not the one text for them, or they are of another length."""
    try:
        found = b64decode(text, validate=True)
    except (Error, ValueError):
        return None
    if b64encode(found).decode() != text or (length is not None and len(found) != length):
        return None
    return found


@attrs.frozen
class VerifierKey:
    """
    The public part of a key: whoever has it can check what the key has signed.

    Text: `NAME+ID+BASE64`. Publish it where those who check look for it, apart from the log.
    """

    name: str
    public: bytes
    """32 bytes."""

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """
        The key that a text is.

        Raises:
            SealError: it is none.
        """
        found = _VERIFIER.fullmatch(text.strip())
        key = strict_base64(found[3], 33) if found else None
        if found is None or key is None or key[:1] != ED25519:
            raise SealError("this is no verifier key; accepted: NAME+ID+BASE64, as keygen wrote it")
        made = cls(found[1], key[1:])
        if made.id.hex() != found[2]:
            raise SealError(
                "the id of the verifier key is not that of its name and key; accepted: the key as it was written"
            )
        return made

    @property
    def id(self) -> bytes:
        """Four bytes that stand for the key in signatures."""
        return sha256(f"{self.name}\n".encode() + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(ED25519 + self.public).decode()}"

    def is_signature(self, signature: bytes, signed: bytes) -> bool:
        """Whether it is the key's signature of something."""
        from cryptography.exceptions import InvalidSignature

        try:
            _library().Ed25519PublicKey.from_public_bytes(self.public).verify(signature, signed)
        except (InvalidSignature, ValueError):
            return False
        return True


class SigningKey:
    """
    A key that signs. Keep it away from the log, and from whoever can write to it: with both, a log can be rewritten.

    Nothing but `text` shows the secret: not its repr, nor an error.
    """

    def __init__(self, name: str, seed: bytes) -> None:
        self._key = _library().Ed25519PrivateKey.from_private_bytes(seed)
        self._seed = seed
        self.verifier = VerifierKey(name, self._key.public_key().public_bytes_raw())

    @classmethod
    def generate(cls, name: str) -> "SigningKey":
        """
        A new key.

        Args:
            name: of the key and of the log that it seals, as `dak-nong.gov.vn/reform`: 1 to 200 characters, no space, no plus.

        Raises:
            SealError: the name cannot be one.
        """
        if not _NAME.fullmatch(name):
            raise SealError(
                f"a key cannot be called {name!r}; accepted: 1 to 200 characters without spaces and plus signs"
            )
        return cls(name, _library().Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> "SigningKey":
        """
        The key that a text is.

        Raises:
            SealError: it is none; nothing of the text is said.
        """
        found = _SIGNING.fullmatch(text.strip())
        seed = strict_base64(found[3], 33) if found else None
        key = cls(found[1], seed[1:]) if found and seed and seed[:1] == ED25519 else None
        if found is None or key is None or key.verifier.id.hex() != found[2]:
            raise SealError("this is no signing key; accepted: PRIVATE+KEY+NAME+ID+BASE64, as keygen wrote it")
        return key

    def text(self) -> str:
        """The key as a text, secret included: for the place where it is kept."""
        return f"PRIVATE+KEY+{self.verifier.name}+{self.verifier.id.hex()}+{b64encode(ED25519 + self._seed).decode()}"

    def sign(self, signed: bytes) -> bytes:
        """The signature of something: 64 bytes."""
        found: bytes = self._key.sign(signed)
        return found

    def __repr__(self) -> str:
        return f"SigningKey({self.verifier.name!r}, …)"

    def __reduce__(self) -> Any:
        raise TypeError("a signing key is not pickled; accepted: text(), kept where it is safe")
