"""Sealing a log: checkpoints from its Merkle tree, and verification of the log against them."""

from collections.abc import Iterator

import attrs

from reformtrack.domain.arguments import Position, checks_arguments
from reformtrack.domain.errors import SealError
from reformtrack.domain.journal import BackupAccepted
from reformtrack.domain.merkle import consistency_path, inclusion_path, is_included, root
from reformtrack.domain.said import said, sentence
from reformtrack.domain.values import StreamId
from reformtrack.open_store import Facet, OpenStore
from reformtrack.seal.checkpoint import Checkpoint, Replaced
from reformtrack.seal.keys import SigningKey
from reformtrack.seal.proof import ConsistencyProof, InclusionProof
from reformtrack.store import tree
from reformtrack.store.log_file import Progress
from reformtrack.store.patience import each_one_call
from reformtrack.store.registry import Row
from reformtrack.store.session import Session
from reformtrack.store.streams import BACKUPS, stream_range

_NOT_OF_THIS_LOG = said(
    "the stored tree does not match the checkpoint; accepted: a checkpoint of this log; verify says more"
)


@attrs.frozen
class Verification:
    """Result of verifying the log against a checkpoint."""

    checkpoint: Checkpoint
    size: int
    """The number of records of the log; those after the checkpoint are not verified."""
    holds: bool
    """
    Whether the first records of the log match the checkpoint, or the one named by `accepted`, byte for byte, and
    nothing else is wrong.
    """
    index: int | None = None
    """The index of the first record that was changed, from 0; None if unknown."""
    after: int = 0
    """The log position of the last unchanged record before it."""
    position: int | None = None
    """The log position of the record that stands in its place; None when there is none."""
    what: str = ""
    """What is wrong with the records, in words; empty when they match the checkpoint."""
    accepted: Checkpoint | None = None
    """The checkpoint of the backup that was accepted in place of this log, when only that one holds."""
    beside: tuple[str, ...] = ()
    """What else is wrong, in words: an incomplete index, a definition that is not reformtrack's."""


@each_one_call
@checks_arguments
class Seals(Facet):
    """
    Seals the log of a tracker, and proves to somebody else that it was not rewritten. Needs the extra `seal`.

    >>> from reformtrack import Tracker
    >>> from reformtrack.seal import Checkpoint, Seals, SigningKey
    >>> key = SigningKey.generate("example.vn/reform")
    >>> with Tracker() as tracker:
    ...     first = Seals(tracker).seal(key)
    ...     kept_elsewhere = str(first), str(key.verifier)
    ...     Seals(tracker).verify(Checkpoint.parse(kept_elsewhere[0], key.verifier)).holds
    True
    """

    def __init__(self, tracker: OpenStore) -> None:
        super().__init__(tracker)
        self._tree = tracker._tree

    def seal(self, key: SigningKey, *, after: Checkpoint | None = None) -> Checkpoint:
        """
        Seal the log: sign the number of its records and one hash of all of them (RFC 6962, C2SP).

        The hash is computed from the rows and must agree with the stored tree, which remembers what they were. Print
        the checkpoint, mail it, or put it where the administrators of this store cannot change it: a later `verify`
        depends on it.

        Args:
            key: signs it; kept away from the store.
            after: the last checkpoint that was kept: the log is sealed only if it continues that one.

        Raises:
            SealError: the log does not match its stored tree, or does not continue `after`.
        """
        size, position = self._tree.catch_up()
        known = [] if after is None else [after, *self._accepted(after)]
        roots = tree.roots(self._store, [found.size for found in known], position)
        if after is not None and not any(roots.get(found.size) == found.root for found in known):
            raise SealError(
                "the log does not continue the checkpoint of {sealed} records: it has {size} and is an older "
                "backup, or was changed; accepted: the log with all its records, or accept_backup once the reason "
                "is known",
                sealed=after.size,
                size=size,
            )
        if size != max(roots) or roots[size] != self._tree.read(lambda session: root(size, tree.nodes(session))):
            raise SealError(
                "the {read} records of the log do not match the stored tree, which has {size}: one of the two was "
                "changed; accepted: an unchanged log and tree; check may name the first record that differs",
                read=max(roots),
                size=size,
            )
        return Checkpoint.made(size, roots[size], self._tracker._now(), key)

    def accept_backup(self, lost: Checkpoint, key: SigningKey, *, reason: str, by: str) -> Checkpoint:
        """
        Accept the current log, a restored older backup, in place of the log of a checkpoint.

        This is recorded and signed with the key of the checkpoint. From then on `verify` reports it where that
        checkpoint does not hold, and `seal` works again. Records made in between are lost: record them again.

        Args:
            lost: the checkpoint that no longer holds.
            key: the one that signed it.
            reason: what happened, 1 to 20,000 characters.
            by: who accepts it.

        Returns:
            The checkpoint of the log as it is now.

        Raises:
            SealError: the checkpoint holds, or another key signed it.
            NotPermitted: the policy does not permit it.
        """
        if lost.key != key.verifier:
            words = sentence("the checkpoint is signed by {name} with another key; accepted: that key")
            raise SealError(words, name=lost.key.name)
        if not self.verify(lost).what:
            raise SealError("the log matches the checkpoint; accepted: a checkpoint that no longer holds")
        [(size, found)] = tree.roots(self._store, ()).items()
        accepted = Checkpoint.made(size, found, self._tracker._now(), key, Replaced(lost.size, lost.root))
        event = BackupAccepted(BACKUPS, on=self._tracker.today(), checkpoint=accepted.note, reason=reason)
        self._tracker._recording.record_own(event, by)
        self._tree.renew()
        return accepted

    def verify(self, checkpoint: Checkpoint, progress: Progress | None = None) -> Verification:
        """
        Verify the log against a checkpoint: whether its first records match the sealed ones byte for byte.

        Every row is read and hashed; the stored tree only locates the first difference. Because queries use indexes,
        these are compared with the rows.

        Args:
            checkpoint: from `Checkpoint.parse`, which checks who signed it.
            progress: called from time to time with the number of records read and their total.
        """
        found = self._held_against(checkpoint, progress)
        if not found.holds:
            for accepted in self._accepted(checkpoint):
                if self._held_against(accepted, None).holds:
                    found = Verification(checkpoint, found.size, True, accepted=accepted)
                    break
        beside = tuple(damage.what for damage in self._store.beside())
        return attrs.evolve(found, holds=found.holds and not beside, beside=beside)

    def _accepted(self, checkpoint: Checkpoint) -> Iterator[Checkpoint]:
        """The checkpoints accepted in place of one, signed by its key, latest first."""
        streams, _ = self._store.streams([stream_range(BACKUPS)])
        for record in reversed(streams.get(StreamId(BACKUPS), ())):
            if not isinstance(record.event, BackupAccepted):  # forged: the journal accepts no other events
                continue
            try:
                found = Checkpoint.parse(record.event.checkpoint, checkpoint.key)
            except SealError:  # one that somebody else signed says nothing about this checkpoint
                continue
            if found.replaces == (checkpoint.size, checkpoint.root):
                yield found

    def _held_against(self, checkpoint: Checkpoint, progress: Progress | None) -> Verification:
        growing, last, size = tree.Growing(), 0, 0
        for rows in tree.rows_of(self._store):
            new = rows[: checkpoint.size - growing.size]
            growing.add(tree.leaf_hashes(growing.size, new))
            last, size = (new[-1][0] if new else last), size + len(rows)
            if progress:
                progress(min(size, checkpoint.size), checkpoint.size)
        if growing.size == checkpoint.size and growing.root() == checkpoint.root:
            return Verification(checkpoint, size, True)
        return self._difference(checkpoint, size, last)

    def _difference(self, checkpoint: Checkpoint, size: int, last: int) -> Verification:
        is_known = self._are_leaves_of(checkpoint)
        if is_known:
            found = tree.first_difference(self._store, checkpoint.size, self._tree.leaves)
            if found is not None:
                index, before, row = found
                if row is not None:
                    return _wrong(checkpoint, size, index, before, row)
        if size < checkpoint.size:
            what = said(
                "the log has {size} records and the checkpoint {sealed}: its end was cut, or it is an older backup",
                size=size,
                sealed=checkpoint.size,
            )
            return Verification(
                checkpoint, size, False, size if is_known else None, last if is_known else 0, None, what
            )
        what = said(
            "the records are not those of the checkpoint; where is not known, because the kept tree is not that of it either"
        )
        return Verification(checkpoint, size, False, what=what)

    def _are_leaves_of(self, checkpoint: Checkpoint) -> bool:
        """Whether the leaves of the stored tree match the checkpoint, so that each leaf can be trusted."""
        self._tree.kept()
        growing = tree.Growing()
        while left := min(checkpoint.size - growing.size, tree.PAGE):
            leaves = self._tree.leaves(growing.size, left)
            if len(leaves) < left:
                return False
            growing.add(leaves)
        return growing.root() == checkpoint.root

    def _is_tree_of(self, checkpoint: Checkpoint) -> bool:
        """Whether the stored nodes above the leaves match the checkpoint."""
        if self._tree.kept().size < checkpoint.size:
            return False
        try:
            return self._tree.read(lambda session: root(checkpoint.size, tree.nodes(session))) == checkpoint.root
        except SealError:  # tiles are missing: the tree cannot be used, and the checkpoint is enough
            return False

    def prove(self, position: Position, checkpoint: Checkpoint) -> InclusionProof:
        """
        A proof that the record at a log position is in the log of a checkpoint, for somebody without the log or
        reformtrack.

        Raises:
            SealError: the record does not exist or came later, or the checkpoint is not of this log.
        """
        self._reach(checkpoint)

        def answer(session: Session) -> InclusionProof:
            row, index = self._placed(session, position)
            if index >= checkpoint.size:
                raise SealError(
                    "the record at position {position} came after the checkpoint; accepted: a later checkpoint",
                    position=position,
                )
            path = inclusion_path(index, checkpoint.size, tree.nodes(session))
            [leaf] = tree.leaf_hashes(index, [row])
            if not is_included(leaf, index, checkpoint.size, path, checkpoint.root):
                raise SealError(_NOT_OF_THIS_LOG)
            return InclusionProof(index, tuple(path), checkpoint)

        return self._tree.read(answer)

    def prove_consistency(self, old: Checkpoint, new: Checkpoint) -> ConsistencyProof:
        """
        A proof that between two checkpoints records were only added.

        Raises:
            SealError: one of them is not of this log, or they are in the wrong order.
        """
        if old.size > new.size:
            words = sentence("the checkpoint of {size} records is the newer one; accepted: the older one first")
            raise SealError(words, size=old.size)
        self._reach(new)
        path = self._tree.read(lambda session: consistency_path(old.size, new.size, tree.nodes(session)))
        proof = ConsistencyProof(old.size, tuple(path), new)
        if not (proof.proves(old) and (old.size or self._is_tree_of(new))):
            raise SealError(_NOT_OF_THIS_LOG)
        return proof

    def leaf(self, position: Position) -> bytes:
        """
        The bytes of the record at a log position, as an inclusion proof hashes them: fields, each with its length.

        Raises:
            SealError: there is no such record.
        """
        self._tree.catch_up()
        row, index = self._tree.read(lambda session: self._placed(session, position))
        return tree.leaf_of(index, row)

    def _reach(self, checkpoint: Checkpoint) -> None:
        """Bring the stored tree up to a checkpoint."""
        if self._tree.kept().size < checkpoint.size and self._tree.catch_up().size < checkpoint.size:
            raise SealError(_NOT_OF_THIS_LOG)

    def _placed(self, session: Session, position: int) -> tuple[Row, int]:
        """The record at a position, and its index; the end for records that the stored tree does not have yet."""
        rows = self._store.select_log(position - 1, 1, position)
        if not rows:
            raise SealError(
                "no record has the log position {position}; accepted: the position of a record", position=position
            )
        size, reached = tree.kept(session)
        return rows[0], tree.index_of(session, self._store, position) if position <= reached else size


def _wrong(checkpoint: Checkpoint, size: int, index: int, before: Row | None, row: Row) -> Verification:
    after = before[0] if before else 0
    what = said(
        "record {number} is not as it was: at position {position}, the first after {after}, there is another, of {stream}",
        number=index + 1,
        position=row[0],
        after=after,
        stream=row[1],
    )
    return Verification(checkpoint, size, False, index, after, row[0], what)
