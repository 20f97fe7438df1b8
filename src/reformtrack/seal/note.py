"""
Signed notes (C2SP): a text, an empty line, and lines of signatures, that can be printed, mailed and read by a person.

They are parsed by the stand-alone file, so both accept and refuse the same notes.
"""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager

from reformtrack.domain.errors import SealError
from reformtrack.domain.said import sentence
from reformtrack.seal.keys import SigningKey
from reformtrack.seal.verify_log import DoesNotHold, Unreadable


def sign(text: str, key: SigningKey) -> str:
    """A text, which ends with a newline, as a note signed by a key."""
    verifier = key.verifier
    return f"{text}\n— {verifier.name} {b64encode(verifier.id + key.sign(text.encode())).decode()}\n"


@contextmanager
def own_errors() -> Iterator[None]:
    """Turn refusals of the stand-alone file into `SealError`."""
    try:
        yield
    except (Unreadable, DoesNotHold) as error:
        if "accepted: " in str(error):
            raise SealError("{error}", error=str(error)) from None
        words = sentence("{error}; accepted: the text as it was written, and signed by this key")
        raise SealError(words, error=str(error)) from None
