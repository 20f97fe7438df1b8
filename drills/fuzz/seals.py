"""
Keys, signed notes, checkpoints and proofs: as reformtrack reads them, and as the verifier that stands alone does.
"""

from base64 import b64encode
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

from drills.fuzz.target import Target, check_error
from reformtrack.domain.errors import SealError
from reformtrack.seal import verify_log
from reformtrack.seal.checkpoint import Checkpoint
from reformtrack.seal.keys import SigningKey, VerifierKey
from reformtrack.seal.proof import ConsistencyProof, InclusionProof
from tests.seal.signed import HASHES, KEY, checkpoint, growth, note, path

_KEY = VerifierKey.parse(KEY)
_AUDITOR = verify_log.parse_key(KEY)
_KINDS = (verify_log.RECORD_PROOF, verify_log.GROWTH_PROOF)
INCLUSION, CONSISTENCY = (kind[0] for kind in _KINDS)


def _read(read: Callable[[], Any]) -> Any:
    """What a text is; None when it is refused."""
    try:
        return read()
    except (SealError, verify_log.Unreadable, verify_log.DoesNotHold) as error:
        check_error(error)
        return None


def key(data: bytes) -> None:
    """A key that checks, or one that signs, as a command line or a file has it."""
    text = data.decode("utf-8", "surrogateescape")
    for read in (VerifierKey.parse, SigningKey.parse, verify_log.parse_key):
        found = _read(partial(read, text))
        if isinstance(found, VerifierKey):
            assert found == VerifierKey.parse(str(found))


def signed_note(data: bytes) -> None:
    """A note as it came: mostly one that nobody signed."""
    _compare(data.decode("utf-8", "replace"))


def signed_text(data: bytes) -> None:
    """A checkpoint that the right key signed, whatever it says."""
    _compare(note(data.decode("utf-8", "replace")))


def _compare(text: str) -> None:
    """The library and the verifier take the same for a checkpoint, and refuse the same."""
    mine = _read(lambda: Checkpoint.parse(text, _KEY))
    other = _read(lambda: verify_log.parse_checkpoint(text, _AUDITOR))
    assert (mine and (mine.origin, mine.size, mine.root)) == (other and other[:3])


def proof(data: bytes) -> None:
    """The proof that goes with a checkpoint that the right key signed."""
    text = f"{data.decode('utf-8', 'replace')}\n{checkpoint(HASHES[:7])}"
    older = Checkpoint.parse(checkpoint(HASHES[:3]), _KEY)
    if (included := _read(lambda: InclusionProof.parse(text, _KEY))) is not None:
        included.proves(b"x")
    if (grown := _read(lambda: ConsistencyProof.parse(text, _KEY))) is not None:
        grown.proves(older)


def audited_proof(data: bytes) -> None:
    """The same, as the verifier reads it; it takes much longer, because its signatures are plain Python."""
    text = f"{data.decode('utf-8', 'replace')}\n{checkpoint(HASHES[:7])}"
    old = verify_log.Checkpoint("dak-nong", 3, HASHES[0], "")
    for kind in _KINDS:
        found = _read(partial(verify_log.parse_proof, text, _AUDITOR, kind))
        if found is not None:
            verify_log.is_included(HASHES[0], found)
            verify_log.is_grown(old, found)


@cache
def _texts() -> Sequence[str]:
    """The texts of checkpoints."""
    root = b64encode(HASHES[0]).decode()
    first = f"dak-nong\n3\n{root}\ntime 2026-11-24T05:00:00.000000Z\n"
    return first, f"{first}in place of 3 {root}\n", first.replace("3", "9999999999999999"), f"x\n{first}"


def _proofs() -> Sequence[bytes]:
    def of(kind: str, word: str, number: int, hashes: Sequence[bytes]) -> bytes:
        return "\n".join([kind, f"{word} {number}", *(b64encode(found).decode() for found in hashes), ""]).encode()

    return [
        of(INCLUSION, "index", 2, path(2, HASHES[:7])),
        of(CONSISTENCY, "old", 3, growth(3, HASHES[:7])),
        of(CONSISTENCY, "old", 0, HASHES),
        of(INCLUSION, "index", 10**15, ()),
    ]


def _keys() -> Sequence[bytes]:
    signing = SigningKey("dak-nong", bytes(range(32)))
    return [KEY.encode(), signing.text().encode(), f"ê{KEY}".encode(), b"\xff" + KEY.encode()]


TARGETS = {
    "key": Target(key, _keys),
    "signed_note": Target(signed_note, lambda: [note(text).encode() for text in _texts()]),
    "signed_text": Target(signed_text, lambda: [text.encode() for text in _texts()]),
    "proof": Target(proof, _proofs),
    "audited_proof": Target(audited_proof, _proofs),
}
