"""
Seals: what proves to somebody else that a log was not rewritten.
"""

from reformtrack.seal.checkpoint import Checkpoint
from reformtrack.seal.keys import SigningKey, VerifierKey
from reformtrack.seal.proof import ConsistencyProof, InclusionProof
from reformtrack.seal.sealing import Verification

__all__ = ["Checkpoint", "ConsistencyProof", "InclusionProof", "SigningKey", "Verification", "VerifierKey"]
