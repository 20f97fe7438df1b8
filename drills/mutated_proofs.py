"""
Proofs that were changed: none is accepted, by reformtrack or by the stand-alone verifier, unless it still says the same.

What a proof has to be is known from the leaves, by the definitions of RFC 6962 spelt out in `tests.seal.signed`: a changed
proof says the same only when it is that proof again.
"""

import functools
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from random import Random
from typing import NamedTuple

from drills import histories
from drills.judging import Found, Sealed
from drills.mutated_texts import changed_text, says_the_same
from reformtrack.domain.errors import SealError
from reformtrack.seal import Checkpoint, ConsistencyProof, InclusionProof, verify_log
from tests.seal import signed
from tests.support import INSTANT

_OF_ONE_PROOF = 100
_OF_ONE_LOG = 40
"""How many proofs."""
_AS_TEXT = 0.05


class Log:
    """A log of made-up records, and checkpoints of it."""

    def __init__(self, draw: Random) -> None:
        self.leaves = [
            draw.randbytes(40) for _ in range(histories.size(draw) if draw.random() < 0.7 else draw.randrange(1, 9))
        ]
        self.hashes = [sha256(b"\0" + leaf).digest() for leaf in self.leaves]
        sizes = {len(self.leaves), 0, *(draw.randrange(len(self.leaves) + 1) for _ in range(5))}
        self.sealed = [self._sealed(size) for size in sorted(sizes)]
        self.path = functools.cache(self._path)
        self.growth = functools.cache(self._growth)

    def _sealed(self, size: int) -> Sealed:
        at = INSTANT + timedelta(seconds=size)
        return histories.read(Checkpoint.made(size, signed.root(self.hashes[:size]), at, histories.KEY))

    def _path(self, index: int, size: int) -> tuple[bytes, ...] | None:
        return signed.path(index, self.hashes[:size]) if 0 <= index < size else None

    def _growth(self, old: int, new: int) -> tuple[bytes, ...] | None:
        if old > new:
            return None
        return signed.growth(old, self.hashes[:new]) if 0 < old else ()


class Inclusion(NamedTuple):
    """That a leaf is in the log of a checkpoint."""

    number: int
    path: tuple[bytes, ...]
    new: Sealed
    leaf: bytes

    def is_true(self, log: Log) -> bool:
        """Whether it is the proof of that leaf, at its place, for that checkpoint."""
        is_path = self.path == log.path(self.number, self.new.ours.size)
        return is_path and self.leaf == log.leaves[self.number]

    def ours(self) -> InclusionProof:
        return InclusionProof(self.number, self.path, self.new.ours)

    def answers(self) -> tuple[bool, bool]:
        """Whether reformtrack accepts it, and whether the stand-alone verifier does."""
        proof = verify_log.Proof(self.number, self.path, self.new.theirs)
        return self.ours().proves(self.leaf), verify_log.is_included(sha256(b"\0" + self.leaf).digest(), proof)

    def answers_to(self, text: str) -> tuple[bool, bool]:
        """The same, of a text."""
        try:
            ours = InclusionProof.parse(text, histories.KEY.verifier).proves(self.leaf)
        except SealError:
            ours = False
        try:
            proof = verify_log.parse_proof(text, histories.THEIR_KEY, verify_log.RECORD_PROOF)
        except (verify_log.Unreadable, verify_log.DoesNotHold):
            return ours, False
        return ours, verify_log.is_included(sha256(b"\0" + self.leaf).digest(), proof)

    def changed(self, draw: Random, log: Log) -> "Inclusion":
        """Another one, more or less."""
        size = max(1, self.new.ours.size)
        match draw.randrange(8):
            case 0:
                others = (self.number + 1, self.number - 1, self.number ^ 1 << draw.randrange(10), draw.randrange(size))
                return self._replace(number=draw.choice(others))
            case 1:
                place = draw.randrange(len(self.leaf) + 1)
                return self._replace(leaf=self.leaf[:place] + draw.randbytes(1) + self.leaf[place + 1 :])
            case 2:
                return self._replace(leaf=draw.choice([*log.leaves, b"", *self.path]))
            case 3:
                return self._replace(new=draw.choice(log.sealed))
            case 4:
                return self._replace(path=log.path(draw.randrange(size), size) or ())
        return self._replace(path=changed_path(draw, self.path, [*log.hashes[-9:], self.new.ours.root]))


class Growth(NamedTuple):
    """That the log of a checkpoint begins with that of an older one."""

    number: int
    path: tuple[bytes, ...]
    new: Sealed
    old: Sealed

    def is_true(self, log: Log) -> bool:
        """Whether it is the proof for these two checkpoints."""
        old, new = self.old.ours.size, self.new.ours.size
        return self.number == old and self.path == log.growth(old, new)

    def ours(self) -> ConsistencyProof:
        return ConsistencyProof(self.number, self.path, self.new.ours)

    def answers(self) -> tuple[bool, bool]:
        """Whether reformtrack accepts it, and whether the stand-alone verifier does."""
        proof = verify_log.Proof(self.number, self.path, self.new.theirs)
        return self.ours().proves(self.old.ours), verify_log.is_grown(self.old.theirs, proof)

    def answers_to(self, text: str) -> tuple[bool, bool]:
        """The same, of a text."""
        try:
            ours = ConsistencyProof.parse(text, histories.KEY.verifier).proves(self.old.ours)
        except SealError:
            ours = False
        try:
            proof = verify_log.parse_proof(text, histories.THEIR_KEY, verify_log.GROWTH_PROOF)
        except (verify_log.Unreadable, verify_log.DoesNotHold):
            return ours, False
        return ours, verify_log.is_grown(self.old.theirs, proof)

    def changed(self, draw: Random, log: Log) -> "Growth":
        """Another one, more or less."""
        match draw.randrange(8):
            case 0:
                other = draw.choice((self.number + 1, self.number - 1, self.number ^ 1 << draw.randrange(10)))
                return self._replace(number=other, old=draw.choice((self.old, *log.sealed)))
            case 1:
                return self._replace(old=self.new, new=self.old, number=draw.choice((self.number, self.new.ours.size)))
            case 2:
                old = draw.choice(log.sealed)
                return self._replace(old=old, number=draw.choice((self.number, old.ours.size)))
            case 3:
                return self._replace(new=draw.choice(log.sealed))
            case 4:
                return self._replace(path=log.growth(draw.choice(log.sealed).ours.size, self.new.ours.size) or ())
        more = [*log.hashes[-9:], self.new.ours.root, self.old.ours.root]
        return self._replace(path=changed_path(draw, self.path, more))


Claim = Inclusion | Growth


def changed_path(draw: Random, path: Sequence[bytes], more: Sequence[bytes]) -> tuple[bytes, ...]:
    """Another path: a bit flipped; a hash more, less, twice or of something else; in another order; cut; none."""
    found = list(path)
    place = draw.randrange(len(found)) if found else 0
    match draw.randrange(8) if found else 1:
        case 0 | 6 | 7:
            changed, bit = bytearray(found[place]), draw.randrange(256)
            changed[bit // 8] ^= 1 << bit % 8
            found[place] = bytes(changed)
        case 1:
            found.insert(draw.randrange(len(found) + 1), draw.choice(more))
        case 2:
            del found[place]
        case 3:
            found.insert(place, found[place])
        case 4:
            draw.shuffle(found)
        case 5:
            found[place] = draw.choice(more)
    return tuple(found[:place] if draw.random() < 0.03 else found)


def run(draw: Random, proofs: int) -> Found:
    """So many changed proofs that say something else, of logs of many sizes."""
    done = 0
    while done < proofs:
        log = Log(draw)
        yield "logs", 1
        for _ in range(_OF_ONE_LOG):
            for found in _of_a_claim(_claim(draw, log), draw, log, min(_OF_ONE_PROOF, proofs - done)):
                done += not isinstance(found, str) and found[0] == "changed proofs"
                yield found


def _claim(draw: Random, log: Log) -> Claim:
    """One that is true."""
    new = draw.choice(log.sealed[1:])
    if draw.random() < 0.5:
        index = draw.randrange(new.ours.size)
        return Inclusion(index, log.path(index, new.ours.size) or (), new, log.leaves[index])
    old = draw.choice([sealed for sealed in log.sealed if sealed.ours.size <= new.ours.size])
    return Growth(old.ours.size, log.growth(old.ours.size, new.ours.size) or (), new, old)


def _of_a_claim(claim: Claim, draw: Random, log: Log, number: int) -> Found:
    text = str(claim.ours())
    if (True, True) != claim.answers() or (True, True) != claim.answers_to(text):
        yield f"{claim} was not accepted"
    yield "proofs as they are", 1
    done = 0
    while done < number:
        if draw.random() < _AS_TEXT:
            other = changed_text(draw, text)
            is_same, answers, what = says_the_same(text, other), claim.answers_to(other), other
            yield "texts", 1
        else:
            changed: Claim = claim
            for _ in range(draw.choice((1, 1, 1, 2, 3))):
                changed = changed.changed(draw, log)
            is_same, answers, what = changed.is_true(log), changed.answers(), str(changed)
        yield from _counted(is_same, answers, what)
        done += not is_same


def _counted(is_same: bool, answers: tuple[bool, bool], what: str) -> Found:
    yield "the same again" if is_same else "changed proofs", 1
    if not is_same:
        yield "accepted", any(answers)
    if answers[0] != answers[1] or (any(answers) and not is_same):
        yield f"reformtrack and the verifier say {answers} of {what!r}"
