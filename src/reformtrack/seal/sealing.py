"""
Sealing a store: the kept tree brought up to date, checkpoints made of it, and the log held against them.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import attrs

from reformtrack.domain.errors import SealError
from reformtrack.domain.merkle import consistency_path, inclusion_path, root
from reformtrack.seal.checkpoint import Checkpoint
from reformtrack.seal.keys import SigningKey
from reformtrack.seal.proof import ConsistencyProof, InclusionProof
from reformtrack.store import tree
from reformtrack.store.application import RecordStore
from reformtrack.store.checking import Damage
from reformtrack.store.registry import Row

Progress = Callable[[int, int], None]


@attrs.frozen
class Verification:
    """What came of holding a log against a checkpoint."""

    checkpoint: Checkpoint
    size: int
    """How many records the log has; those after the checkpoint's are new, and nothing is said of them."""
    holds: bool
    """Whether the first records of the log are those of the checkpoint, every byte of them."""
    index: int | None = None
    """The place of the first record that is not as it was, from 0 on; None where that cannot be told."""
    after: int = 0
    """The log position of the last record before it, which is as it was."""
    position: int | None = None
    """The log position of the record that stands in its place; None when there is none."""
    what: str = ""
    """What is wrong, in words; empty when it holds."""


class Sealing:
    """
    Seals a store.

    Args:
        store: which.
    """

    def __init__(self, store: RecordStore) -> None:
        self._store = store

    def catch_up(self) -> tree.Kept:
        """
        Add what is new in the log to the kept tree, page by page, each in one transaction.

        Raises:
            SealError: the log ends before the kept tree does.
        """
        while True:
            with self._store.transaction() as session:
                tree.prepare(session)
                now = tree.kept(session)
                rows = self._store.recorder.select_log(now.position, tree.PAGE)
                if rows:
                    now = tree.grow(session, rows)
            if len(rows) < tree.PAGE:
                break
        if now.position > self._store.head():
            raise SealError(
                f"the log ends at position {self._store.head()} and had {now.size} records up to {now.position}; "
                "accepted: the log with all its records"
            )
        return now

    def seal(self, key: SigningKey, now: Callable[[], datetime]) -> Checkpoint:
        """A checkpoint of all that is on record."""
        size, _ = self.catch_up()
        with self._store.moment() as session:
            found = root(size, tree.nodes(session))
        if not found:
            raise SealError("tiles of the kept tree are missing; accepted: a store whose tree nobody touched")
        return Checkpoint.made(size, found, now(), key)

    def verify(self, checkpoint: Checkpoint, progress: Progress | None) -> Verification:
        """
        Hold the log against a checkpoint: every row is read and hashed; the kept tree only says where the first difference is.
        """
        growing, last, size = tree.Growing(), 0, 0
        for rows in tree.rows_of(self._store.recorder):
            new = rows[: checkpoint.size - growing.size]
            growing.add(tree.leaf_hashes(growing.size, new))
            last, size = (new[-1][0] if new else last), size + len(rows)
            if progress:
                progress(min(size, checkpoint.size), checkpoint.size)
        if growing.size == checkpoint.size and growing.root() == checkpoint.root:
            return Verification(checkpoint, size, True)
        return self._difference(checkpoint, size, last)

    def _difference(self, checkpoint: Checkpoint, size: int, last: int) -> Verification:
        known = self._kept_leaves(checkpoint)
        if known is not None:
            found = tree.first_difference(self._store.recorder, checkpoint.size, known)
            if found is not None:
                index, before, row = found
                if row is not None:
                    return _wrong(checkpoint, size, index, before, row)
        if size < checkpoint.size:
            what = f"the log has {size} records and the checkpoint {checkpoint.size}: its end was cut, or it is an older backup"
            is_beginning = known is not None
            return Verification(
                checkpoint, size, False, size if is_beginning else None, last if is_beginning else 0, None, what
            )
        what = "the records are not those of the checkpoint; where is not known, because the kept tree is not that of it either"
        return Verification(checkpoint, size, False, what=what)

    def _kept_leaves(self, checkpoint: Checkpoint) -> Callable[[int, int], Sequence[bytes]] | None:
        """The leaves of the kept tree, when it is that of the checkpoint: then they are as good as the checkpoint itself."""
        with self._store.transaction() as session:
            tree.prepare(session)
        with self._store.moment() as session:
            if tree.kept(session).size < checkpoint.size:
                return None
            try:
                found = root(checkpoint.size, tree.nodes(session))
            except SealError:  # tiles are missing: the tree is of no use, and the checkpoint says enough
                return None
        return self._leaves if found == checkpoint.root else None

    def _leaves(self, first: int, count: int) -> Sequence[bytes]:
        with self._store.moment() as session:
            return tree.kept_leaves(session, first, count)

    def prove(self, position: int, checkpoint: Checkpoint) -> InclusionProof:
        """That the record at a position is in the log of a checkpoint."""
        self._check_kept(checkpoint)
        index = self._index(position)
        if index >= checkpoint.size:
            raise SealError(
                f"the record at position {position} came after the checkpoint; accepted: a later checkpoint"
            )
        with self._store.moment() as session:
            path = inclusion_path(index, checkpoint.size, tree.nodes(session))
        return InclusionProof(index, tuple(path), checkpoint)

    def prove_consistency(self, old: Checkpoint, new: Checkpoint) -> ConsistencyProof:
        """That the log of a checkpoint is the beginning of that of another."""
        if old.size > new.size:
            raise SealError(f"the checkpoint of {old.size} records is the newer one; accepted: the older one first")
        self._check_kept(old)
        self._check_kept(new)
        with self._store.moment() as session:
            path = consistency_path(old.size, new.size, tree.nodes(session))
        return ConsistencyProof(old.size, tuple(path), new)

    def leaf(self, position: int) -> bytes:
        """The bytes of the record at a position, as a leaf of the tree."""
        self.catch_up()
        return tree.leaf_of(self._index(position), self._row(position))

    def damage(self) -> Iterator[Damage]:
        """The first place where the log is not as it was when the tree was kept."""
        with self._store.transaction() as session:
            tree.prepare(session)
            size, _ = tree.kept(session)
        found = tree.first_difference(self._store.recorder, size, self._leaves) if size else None
        if found is not None:
            index, before, row = found
            after = f"after position {before[0]}" if before else "at the beginning"
            what = "the log ends" if row is None else "it is not the record that stood here"
            yield Damage(
                row[0] if row else 0,
                f"{what} {after}: of the {size} records of the kept tree this is number {index + 1}",
            )

    def _check_kept(self, checkpoint: Checkpoint) -> None:
        self.catch_up()
        if self._kept_leaves(checkpoint) is None:
            raise SealError(
                "the kept tree is not that of the checkpoint; accepted: a checkpoint of this log; verify says more"
            )

    def _row(self, position: int) -> Row:
        rows = self._store.recorder.select_log(position - 1, 1, position)
        if not rows:
            raise SealError(f"no record has the log position {position}; accepted: that of a record")
        return rows[0]

    def _index(self, position: int) -> int:
        """The place of a record among all of them."""
        self._row(position)
        with self._store.moment() as session:
            return tree.index_of(session, self._store.recorder, position)


def _wrong(checkpoint: Checkpoint, size: int, index: int, before: Row | None, row: Row) -> Verification:
    after = before[0] if before else 0
    what = f"record {index + 1} is not as it was: at position {row[0]}, the first after {after}, there is another"
    return Verification(checkpoint, size, False, index, after, row[0], what)
