"""Seals: prove to somebody else that a log was not rewritten."""

from reformtrack.seal.checkpoint import Checkpoint, Replaced
from reformtrack.seal.keys import SigningKey, VerifierKey
from reformtrack.seal.proof import ConsistencyProof, InclusionProof
from reformtrack.seal.seals import Seals, Verification

__all__ = [
    "Checkpoint", "ConsistencyProof", "InclusionProof", "Replaced", "Seals", "SigningKey", "Verification", "VerifierKey",
]  # fmt: skip
