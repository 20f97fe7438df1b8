"""Proofs against a checkpoint: that a record is in the log, and that a log only grew."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Self

import attrs

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.merkle import is_consistent, is_included, leaf_hash
from reformtrack.domain.showing import brief
from reformtrack.seal.checkpoint import Checkpoint
from reformtrack.seal.keys import VerifierKey, is_signed
from reformtrack.seal.note import own_errors
from reformtrack.seal.verify_log import GROWTH_PROOF, RECORD_PROOF, parse_proof


@attrs.frozen(field_transformer=brief)
@checks_arguments
class InclusionProof:
    """That a record is in the log of a checkpoint."""

    index: int
    """Its index among the records, from 0."""
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
        return cls(*_parsed(text, RECORD_PROOF, key))

    def __str__(self) -> str:
        return _text(RECORD_PROOF, self.index, self.path, self.checkpoint)

    def proves(self, leaf: bytes) -> bool:
        """Whether these are the bytes of the record in the log at this index."""
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
        return cls(*_parsed(text, GROWTH_PROOF, key))

    def __str__(self) -> str:
        return _text(GROWTH_PROOF, self.old_size, self.path, self.checkpoint)

    def proves(self, older: Checkpoint) -> bool:
        """Whether the log of this older checkpoint only grew since."""
        newer = self.checkpoint
        sizes = (older.origin, older.size) == (newer.origin, self.old_size)
        return sizes and is_consistent(older.size, newer.size, self.path, older.root, newer.root)


def _text(kind: tuple[str, str], number: int, path: Sequence[bytes], checkpoint: Checkpoint) -> str:
    hashes = "".join(f"{b64encode(found).decode()}\n" for found in path)
    return f"{kind[0]}\n{kind[1]}{number}\n{hashes}\n{checkpoint.note}"


def _parsed(text: str, kind: tuple[str, str], key: VerifierKey) -> tuple[int, tuple[bytes, ...], Checkpoint]:
    with own_errors():
        found = parse_proof(text, key._read, kind, is_signed)
    return found.number, found.path, Checkpoint.parse(text.partition("\n\n")[2], key)
