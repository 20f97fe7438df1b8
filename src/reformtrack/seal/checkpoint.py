"""A checkpoint: the number of records of a log and one hash of all of them, signed."""

from base64 import b64encode
from datetime import UTC, datetime
from typing import NamedTuple

import attrs

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.showing import brief
from reformtrack.seal.keys import SigningKey, VerifierKey, is_signed
from reformtrack.seal.note import own_errors, sign
from reformtrack.seal.verify_log import INSTANT, parse_checkpoint


class Replaced(NamedTuple):
    """A log that was replaced by an older backup, by its checkpoint; somebody signed for the replacement."""

    size: int
    """How many records it had."""
    root: bytes
    """The root of their tree, 32 bytes."""


@attrs.frozen(field_transformer=brief)
@checks_arguments
class Checkpoint:
    """
    A signed statement of the number of records of a log and the root of their Merkle tree. Keep it apart from the log.

    A checkpoint from `parse` or `Seals.seal` is authentic: its signature was checked, or just made.
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
    """The key that signed it."""
    replaces: Replaced | None = None
    """The log that this one was accepted in place of; usually None."""

    @classmethod
    def made(
        cls, size: int, root: bytes, time: datetime, key: SigningKey, replaces: Replaced | None = None
    ) -> "Checkpoint":
        """A checkpoint that a key signs."""
        origin = key.verifier.name
        at = time.astimezone(UTC)
        text = f"{origin}\n{size}\n{b64encode(root).decode()}\ntime {at.strftime(INSTANT)}\n"
        if replaces:
            text += f"in place of {replaces.size} {b64encode(replaces.root).decode()}\n"
        return cls(origin, size, root, at, sign(text, key), key.verifier, replaces)

    @classmethod
    def parse(cls, note: str, key: VerifierKey) -> "Checkpoint":
        """
        Parse a signed note as a checkpoint.

        Raises:
            SealError: it is malformed, not signed by this key, or of another log than the key.
        """
        with own_errors():
            found = parse_checkpoint(note, key._read, is_signed)
        time = datetime.strptime(found.time, INSTANT).replace(tzinfo=UTC)
        return cls(found.origin, found.size, found.root, time, note, key, found.replaces and Replaced(*found.replaces))

    def __str__(self) -> str:
        return self.note
