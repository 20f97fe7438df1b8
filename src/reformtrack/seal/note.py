"""
Signed notes (C2SP): a text, an empty line, and lines of signatures, that can be printed, mailed and read by a person.
"""

import re
from base64 import b64encode

from reformtrack.domain.errors import SealError
from reformtrack.seal.keys import SigningKey, VerifierKey, strict_base64

MAX_NOTE = 16_384
"""The longest note that is read, in characters."""

_SIGNATURE = re.compile(r"— (\S{1,200}) ([A-Za-z0-9+/=]{1,1000})")


def sign(text: str, key: SigningKey) -> str:
    """A text, which ends with its line, as a note that a key has signed."""
    verifier = key.verifier
    return f"{text}\n— {verifier.name} {b64encode(verifier.id + key.sign(text.encode())).decode()}\n"


def opened(note: str, key: VerifierKey) -> str:
    """
    The text of a note that a key has signed.

    Signatures of others may stand beside; there has to be one of this key, and it has to be right.

    Raises:
        SealError: it is no signed note, or not signed by this key.
    """
    text, separator, signatures = note.rpartition("\n\n")
    if len(note) > MAX_NOTE or not separator or not signatures.endswith("\n") or _has_controls(note):
        raise SealError(
            "this is no signed note; accepted: a text, an empty line, and lines of signatures, as it was written"
        )
    found = False
    for line in signatures[:-1].split("\n"):
        match = _SIGNATURE.fullmatch(line)
        signature = strict_base64(match[2]) if match else None
        if match is None or signature is None or len(signature) < 5:
            raise SealError("a line of the note is no signature; accepted: the note as it was written")
        if (match[1], signature[:4]) == (key.name, key.id):
            if not key.is_signature(signature[4:], f"{text}\n".encode()):
                raise SealError(f"the signature of {key.name} is not of this text; accepted: the note as it was signed")
            found = True
    if not found:
        raise SealError(f"the note is not signed by {key.name}; accepted: one that this key has signed")
    return f"{text}\n"


def _has_controls(text: str) -> bool:
    return any((sign < " " and sign != "\n") or sign == "\x7f" for sign in text) or not _is_utf8(text)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
