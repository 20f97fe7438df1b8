"""
A checkpoint: how many records a log had, and the one hash of all of them, signed.
"""

import re
from base64 import b64encode
from datetime import UTC, datetime
from typing import NamedTuple

import attrs

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import SealError, shortened
from reformtrack.domain.showing import brief
from reformtrack.seal.keys import SigningKey, VerifierKey, strict_base64
from reformtrack.seal.note import opened, sign

_SIZE, _ROOT = "(0|[1-9][0-9]{0,15})", "([A-Za-z0-9+/=]{44})"
_TEXT = re.compile(rf"([^\n]+)\n{_SIZE}\n{_ROOT}\ntime ([0-9TZ:.-]{{27}})\n(?:in place of {_SIZE} {_ROOT}\n)?")
_INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"


class Replaced(NamedTuple):
    """The log that another one took the place of, by its checkpoint: an older backup was put in, and somebody signed for it."""

    size: int
    """How many records it had."""
    root: bytes
    """The root of their tree, 32 bytes."""


@attrs.frozen(field_transformer=brief)
@checks_arguments
class Checkpoint:
    """
    A signed statement of a log: how many records it has, and the root of their tree. Keep it apart from the log.

    One that `parse` or `Tracker.seal` gave is authentic: its signature was checked, or just made.
    """

    origin: str
    """The name of the log, which is that of its key."""
    size: int
    """How many records."""
    root: bytes
    """The root of their tree, 32 bytes."""
    time: datetime
    """When it was made, in UTC."""
    note: str = attrs.field(repr=False)
    """The whole signed note, as it is kept, printed and mailed."""
    key: VerifierKey = attrs.field(repr=False, eq=False)
    """Whose signature it is."""
    replaces: Replaced | None = None
    """The log in place of which this one is accepted; None for most."""

    @classmethod
    def made(
        cls, size: int, root: bytes, time: datetime, key: SigningKey, replaces: Replaced | None = None
    ) -> "Checkpoint":
        """A checkpoint that a key signs."""
        origin = key.verifier.name
        at = time.astimezone(UTC)
        text = f"{origin}\n{size}\n{b64encode(root).decode()}\ntime {at.strftime(_INSTANT)}\n"
        if replaces:
            text += f"in place of {replaces.size} {b64encode(replaces.root).decode()}\n"
        return cls(origin, size, root, at, sign(text, key), key.verifier, replaces)

    @classmethod
    def parse(cls, note: str, key: VerifierKey) -> "Checkpoint":
        """
        The checkpoint that a signed note is.

        Raises:
            SealError: it is none, it is not signed by this key, or the key is that of another log.
        """
        found = _TEXT.fullmatch(opened(note, key))
        root = strict_base64(found[3], 32) if found else None
        replaced = strict_base64(found[6], 32) if found and found[6] else None
        if found is None or root is None or (found[6] and replaced is None):
            raise SealError("the note is no checkpoint of a log; accepted: one that seal wrote")
        if found[1] != key.name:
            raise SealError(
                f"the checkpoint is of {shortened(found[1])} and the key of {key.name!r}; accepted: the key of that log"
            )
        try:
            time = datetime.strptime(found[4], _INSTANT).replace(tzinfo=UTC)
        except ValueError:
            raise SealError("the instant of the checkpoint is none; accepted: the note as it was written") from None
        replaces = Replaced(int(found[5]), replaced) if replaced else None
        return cls(found[1], int(found[2]), root, time, note, key, replaces)

    def __str__(self) -> str:
        return self.note
