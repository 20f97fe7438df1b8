"""The keys of seals, in the text forms of signed notes (C2SP): Ed25519, through `cryptography`."""

import re
from base64 import b64decode, b64encode
from functools import lru_cache
from typing import Any, NoReturn

import attrs

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import SealError
from reformtrack.extras import extra
from reformtrack.seal import verify_log

ED25519 = b"\x01"
"""What a key of this kind begins with."""

_SIGNING = re.compile(r"PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{1,100})")


def _library() -> Any:
    """Ed25519 of `cryptography`, which is an extra."""
    with extra("seal"):
        from cryptography.hazmat.primitives.asymmetric import ed25519
    return ed25519


@attrs.frozen
@checks_arguments
class VerifierKey:
    """
    The public part of a key, for checking its signatures.

    Text form: `NAME+ID+BASE64`. Publish it where verifiers look for it, apart from the log.
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
        try:
            found = verify_log.parse_key(text)
        except verify_log.Unreadable:
            raise SealError(
                "this is no verifier key; accepted: NAME+ID+KEY of a sound Ed25519 key, its ID that of the key"
            ) from None
        return cls(found.name, found.public)

    @property
    def id(self) -> bytes:
        """Four bytes that stand for the key in signatures."""
        return verify_log.key_id(self.name, ED25519 + self.public)

    @property
    def _read(self) -> verify_log.Key:
        """The same, for the stand-alone file."""
        return verify_log.Key(self.name, self.id, self.public)

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(ED25519 + self.public).decode()}"


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """The same as `verify_log.is_signed`, thirty times as fast."""
    library = _library()
    from cryptography.exceptions import InvalidSignature

    try:
        library.Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return _is_sound(public)


_is_sound = lru_cache(verify_log.is_sound)


@checks_arguments
class SigningKey:
    """
    A key that signs. Keep it away from the log, and from whoever can write to it: with both, a log can be rewritten.

    Only `text` shows the secret; neither the repr nor an error does.
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
        if not verify_log.is_name(name):
            raise SealError(
                "a key cannot be called {name!r}; accepted: 1 to 200 characters without spaces and plus signs",
                name=name,
            )
        return cls(name, _library().Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> "SigningKey":
        """
        The key that a text is.

        Raises:
            SealError: it is malformed; the error does not repeat the text.
        """
        found = _SIGNING.fullmatch(text.strip())
        try:
            seed = b64decode(found[3], validate=True) if found else b""
        except ValueError:
            seed = b""
        key = cls(found[1], seed[1:]) if found and seed[:1] == ED25519 and len(seed) == 33 else None
        if key is None or key.text() != text.strip() or not verify_log.is_name(key.verifier.name):
            raise SealError("this is not a signing key; accepted: PRIVATE+KEY+NAME+ID+BASE64, as keygen wrote it")
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

    def __reduce__(self) -> NoReturn:
        raise TypeError("a signing key is not pickled; accepted: text(), kept where it is safe")
