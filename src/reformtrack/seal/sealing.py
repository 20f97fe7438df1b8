"""
Sealing a store: the kept tree brought up to date, checkpoints made of it, and the log held against them.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

import attrs

from reformtrack.domain.errors import SealError
from reformtrack.domain.journal import BackupAccepted
from reformtrack.domain.merkle import consistency_path, inclusion_path, is_included, root
from reformtrack.domain.values import StreamId
from reformtrack.seal.checkpoint import Checkpoint, Replaced
from reformtrack.seal.keys import SigningKey
from reformtrack.seal.proof import ConsistencyProof, InclusionProof
from reformtrack.store import tree
from reformtrack.store.application import RecordStore
from reformtrack.store.checking import Damage
from reformtrack.store.log import BACKUPS, stream_range
from reformtrack.store.patience import patiently
from reformtrack.store.registry import Row
from reformtrack.store.session import Session

_NOT_OF_THIS_LOG = "the kept tree is not that of the checkpoint; accepted: a checkpoint of this log; verify says more"
T = TypeVar("T")
Progress = Callable[[int, int], None]


@attrs.frozen
class Verification:
    """What came of holding a log against a checkpoint."""

    checkpoint: Checkpoint
    size: int
    """How many records the log has; those after the checkpoint's are new, and nothing is said of them."""
    holds: bool
    """
    Whether the first records of the log are those of the checkpoint, every byte of them, or those that `accepted` names, and
    nothing is wrong beside them.
    """
    index: int | None = None
    """The place of the first record that is not as it was, from 0 on; None where that cannot be told."""
    after: int = 0
    """The log position of the last record before it, which is as it was."""
    position: int | None = None
    """The log position of the record that stands in its place; None when there is none."""
    what: str = ""
    """What is wrong with the records, in words; empty when they are those of the checkpoint."""
    accepted: Checkpoint | None = None
    """The checkpoint of the log that was accepted in place of this one's, where only that holds: an older backup came back."""
    beside: tuple[str, ...] = ()
    """What else is wrong, in words: an index that does not have all records, a definition that is not reformtrack's."""


class Sealing:
    """
    Seals a store.

    Args:
        store: which.
        within_appends: whether the tree is kept in the transaction of each append, and not only when it is asked for.
    """

    def __init__(self, store: RecordStore, within_appends: bool = False) -> None:
        self._store = store
        self._is_prepared = False
        if within_appends:
            self.catch_up()
            store.keep_tree()

    def catch_up(self) -> tree.Kept:
        """
        Add what is new in the log to the kept tree, page by page, each in one transaction.

        Raises:
            SealError: the log ends before the kept tree does.
        """
        now = self._kept()
        while now.position < (head := self._store.head()):
            now = patiently(self._batch)
        if now.position > head:
            raise SealError(
                f"the log ends at position {head} and had {now.size} records up to {now.position}; "
                "accepted: the log with all its records"
            )
        return now

    def _batch(self) -> tree.Kept:
        """How far the kept tree is after another page."""
        with self._store.transaction() as session:
            before = tree.locked(session)
            rows = self._store.select_log(before.position, tree.PAGE)
            return tree.grow(session, before, rows) if rows else before

    def _read(self, answer: Callable[[Session], T]) -> T:
        """What the kept tree says, all of one moment; its tables have to be there."""

        def read() -> T:
            with self._store.moment() as session:
                return answer(session)

        return patiently(read)

    def seal(self, key: SigningKey, now: Callable[[], datetime], after: Checkpoint | None) -> Checkpoint:
        """
        A checkpoint of all that is on record; of a log that goes on from an earlier one, when that is given.

        What is signed is computed from the rows. The kept tree remembers what they were: it has to say the same.
        """
        size, position = self.catch_up()
        known = [] if after is None else [after, *self._accepted(after)]
        roots = tree.roots(self._store, [found.size for found in known], position)
        if after is not None and not any(roots.get(found.size) == found.root for found in known):
            raise SealError(
                f"the log does not go on from the checkpoint of {after.size} records: it has {size} and is an older backup, or "
                "was changed; accepted: the log with all its records, or accept_backup once it is known why"
            )
        if size != max(roots) or roots[size] != self._read(lambda session: root(size, tree.nodes(session))):
            raise SealError(
                f"the {max(roots)} records of the log are not those of the kept tree, which has {size}: one of the two was "
                "changed; accepted: a log and a tree as reformtrack left them; check may name the first record that differs"
            )
        return Checkpoint.made(size, roots[size], now(), key)

    def in_place_of(self, lost: Checkpoint, key: SigningKey, now: Callable[[], datetime]) -> Checkpoint:
        """The checkpoint of the log as it is, signed as what takes the place of another one."""
        if lost.key != key.verifier:
            raise SealError(f"the checkpoint is signed by {lost.key.name} with another key; accepted: that key")
        if not self.verify(lost, None).what:
            raise SealError("the log is that of the checkpoint; accepted: a checkpoint that does not hold any more")
        [(size, found)] = tree.roots(self._store, ()).items()
        return Checkpoint.made(size, found, now(), key, Replaced(lost.size, lost.root))

    def renew(self) -> None:
        """Keep the tree of the log as it is, in place of the one that was kept."""

        def clear() -> None:
            with self._store.transaction() as session:
                tree.clear(session)

        self._kept()
        patiently(clear)
        self.catch_up()

    def verify(self, checkpoint: Checkpoint, progress: Progress | None) -> Verification:
        """
        Hold the log against a checkpoint: every row is read and hashed; the kept tree only says where the first difference is.

        The rows are read in their own order; questions are answered through indexes, so these are held against the rows.
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
        """The checkpoints that were accepted in place of one, signed by its key, the latest first."""
        streams, _ = self._store.streams([stream_range(BACKUPS)])
        for record in reversed(streams.get(StreamId(BACKUPS), ())):
            if not isinstance(record.event, BackupAccepted):  # put there by somebody: the journal takes nothing else
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
            found = tree.first_difference(self._store, checkpoint.size, self._leaves)
            if found is not None:
                index, before, row = found
                if row is not None:
                    return _wrong(checkpoint, size, index, before, row)
        if size < checkpoint.size:
            what = f"the log has {size} records and the checkpoint {checkpoint.size}: its end was cut, or it is an older backup"
            return Verification(
                checkpoint, size, False, size if is_known else None, last if is_known else 0, None, what
            )
        what = "the records are not those of the checkpoint; where is not known, because the kept tree is not that of it either"
        return Verification(checkpoint, size, False, what=what)

    def _are_leaves_of(self, checkpoint: Checkpoint) -> bool:
        """Whether the leaves of the kept tree are those of the checkpoint: then each of them is as good as the checkpoint."""
        self._kept()
        growing = tree.Growing()
        while left := min(checkpoint.size - growing.size, tree.PAGE):
            leaves = self._leaves(growing.size, left)
            if len(leaves) < left:
                return False
            growing.add(leaves)
        return growing.root() == checkpoint.root

    def _is_tree_of(self, checkpoint: Checkpoint) -> bool:
        """Whether the kept tree, by what is kept above its leaves, begins with that of the checkpoint."""
        if self._kept().size < checkpoint.size:
            return False
        try:
            return self._read(lambda session: root(checkpoint.size, tree.nodes(session))) == checkpoint.root
        except SealError:  # tiles are missing: the tree is of no use, and the checkpoint says enough
            return False

    def _kept(self) -> tree.Kept:
        """How far the kept tree is; its tables are there from the first time on."""
        if not self._is_prepared:
            patiently(self._prepare)
            self._is_prepared = True
        return self._read(tree.kept)

    def _prepare(self) -> None:
        with self._store.transaction() as session:
            tree.prepare(session)

    def _leaves(self, first: int, count: int) -> Sequence[bytes]:
        return self._read(lambda session: tree.kept_leaves(session, first, count))

    def prove(self, position: int, checkpoint: Checkpoint) -> InclusionProof:
        """That the record at a position is in the log of a checkpoint."""
        self._reach(checkpoint)

        def answer(session: Session) -> InclusionProof:
            row, index = self._placed(session, position)
            if index >= checkpoint.size:
                raise SealError(
                    f"the record at position {position} came after the checkpoint; accepted: a later checkpoint"
                )
            path = inclusion_path(index, checkpoint.size, tree.nodes(session))
            [leaf] = tree.leaf_hashes(index, [row])
            if not is_included(leaf, index, checkpoint.size, path, checkpoint.root):
                raise SealError(_NOT_OF_THIS_LOG)
            return InclusionProof(index, tuple(path), checkpoint)

        return self._read(answer)

    def prove_consistency(self, old: Checkpoint, new: Checkpoint) -> ConsistencyProof:
        """That the log of a checkpoint is the beginning of that of another."""
        if old.size > new.size:
            raise SealError(f"the checkpoint of {old.size} records is the newer one; accepted: the older one first")
        self._reach(new)
        path = self._read(lambda session: consistency_path(old.size, new.size, tree.nodes(session)))
        proof = ConsistencyProof(old.size, tuple(path), new)
        if not (proof.proves(old) and (old.size or self._is_tree_of(new))):
            raise SealError(_NOT_OF_THIS_LOG)
        return proof

    def leaf(self, position: int) -> bytes:
        """The bytes of the record at a position, as a leaf of the tree."""
        self.catch_up()
        row, index = self._read(lambda session: self._placed(session, position))
        return tree.leaf_of(index, row)

    def _reach(self, checkpoint: Checkpoint) -> None:
        """Bring the kept tree up to a checkpoint, if it is not there yet."""
        if self._kept().size < checkpoint.size and self.catch_up().size < checkpoint.size:
            raise SealError(_NOT_OF_THIS_LOG)

    def _placed(self, session: Session, position: int) -> tuple[Row, int]:
        """The record at a position, and its place among all of them: behind all where the kept tree has not got there."""
        rows = self._store.select_log(position - 1, 1, position)
        if not rows:
            raise SealError(f"no record has the log position {position}; accepted: that of a record")
        size, reached = tree.kept(session)
        return rows[0], tree.index_of(session, self._store, position) if position <= reached else size

    def damage(self) -> Iterator[Damage]:
        """The first place where the log is not as it was when the tree was kept."""
        size = self._kept().size
        found = tree.first_difference(self._store, size, self._leaves) if size else None
        if found is not None:
            index, before, row = found
            after = f"after position {before[0]}" if before else "at the beginning"
            what = "the log ends" if row is None else "it is not the record that stood here"
            yield Damage(
                row[0] if row else 0,
                f"{what} {after}: of the {size} records of the kept tree this is number {index + 1}",
            )


def _wrong(checkpoint: Checkpoint, size: int, index: int, before: Row | None, row: Row) -> Verification:
    after = before[0] if before else 0
    what = f"record {index + 1} is not as it was: at position {row[0]}, the first after {after}, there is another"
    return Verification(checkpoint, size, False, index, after, row[0], what)
