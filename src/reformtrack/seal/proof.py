"""
Proofs that go with a checkpoint: that a record is in the log, and that a log only grew.
"""

import re
from base64 import b64encode
from collections.abc import Sequence
from typing import Self

import attrs

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import SealError
from reformtrack.domain.merkle import is_consistent, is_included, leaf_hash
from reformtrack.domain.showing import brief
from reformtrack.seal.checkpoint import Checkpoint
from reformtrack.seal.keys import VerifierKey, strict_base64
from reformtrack.seal.note import MAX_NOTE

INCLUSION = "c2sp.org/tlog-proof@v1"
CONSISTENCY = "reformtrack-consistency-proof/1"
MAX_PATH = 64
"""The longest path: that of more records than a log can have."""

_LAST = {"index": INCLUSION, "old": CONSISTENCY}
_NUMBER = re.compile("0|[1-9][0-9]{0,15}")


@attrs.frozen(field_transformer=brief)
@checks_arguments
class InclusionProof:
    """That a record is in the log of a checkpoint."""

    index: int
    """Its place among the records, from 0 on."""
    path: tuple[bytes, ...]
    """The hashes from it to the root."""
    checkpoint: Checkpoint

    @classmethod
    def parse(cls, text: str, key: VerifierKey) -> Self:
        """
        The proof that a text is; its checkpoint is authentic, and whether it proves something is another question.

        Raises:
            SealError: it is none, or its checkpoint is not signed by this key.
        """
        return cls(*_parsed(text, "index", key))

    def __str__(self) -> str:
        return _text("index", self.index, self.path, self.checkpoint)

    def proves(self, leaf: bytes) -> bool:
        """Whether these are the bytes of a record that is in the log at this place."""
        return is_included(leaf_hash(leaf), self.index, self.checkpoint.size, self.path, self.checkpoint.root)


@attrs.frozen(field_transformer=brief)
@checks_arguments
class ConsistencyProof:
    """That the log of an older checkpoint is the beginning of that of a newer one."""

    old_size: int
    """How many records the older one has."""
    path: tuple[bytes, ...]
    checkpoint: Checkpoint
    """The newer one."""

    @classmethod
    def parse(cls, text: str, key: VerifierKey) -> Self:
        """
        The proof that a text is; its checkpoint is authentic, and whether it proves something is another question.

        Raises:
            SealError: it is none, or its checkpoint is not signed by this key.
        """
        return cls(*_parsed(text, "old", key))

    def __str__(self) -> str:
        return _text("old", self.old_size, self.path, self.checkpoint)

    def proves(self, older: Checkpoint) -> bool:
        """Whether the log of this older checkpoint only grew since."""
        newer = self.checkpoint
        sizes = (older.origin, older.size) == (newer.origin, self.old_size)
        return sizes and is_consistent(older.size, newer.size, self.path, older.root, newer.root)


def _text(word: str, number: int, path: Sequence[bytes], checkpoint: Checkpoint) -> str:
    hashes = "".join(f"{b64encode(found).decode()}\n" for found in path)
    return f"{_LAST[word]}\n{word} {number}\n{hashes}\n{checkpoint.note}"


def _parsed(text: str, word: str, key: VerifierKey) -> tuple[int, tuple[bytes, ...], Checkpoint]:
    head, separator, note = text.partition("\n\n")
    first, *lines = head.split("\n")
    name, _, number = lines[0].partition(" ") if lines else ("", "", "")
    hashes = [strict_base64(line, 32) for line in lines[1 : MAX_PATH + 2]]
    path = tuple(found for found in hashes if found is not None)
    is_one = first == _LAST[word] and name == word and _NUMBER.fullmatch(number) is not None
    if len(text) > 2 * MAX_NOTE or not separator or not is_one or len(path) < len(lines) - 1 or len(path) > MAX_PATH:
        raise SealError(
            f"this is no proof of this kind; accepted: one that begins with {_LAST[word]}, as it was written"
        )
    return int(number), path, Checkpoint.parse(note, key)
