"""The stored Merkle tree of a log: brought up to date, rebuilt, and compared with the rows."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from reformtrack.domain.errors import SealError
from reformtrack.domain.said import said
from reformtrack.store import tree
from reformtrack.store.application import RecordStore
from reformtrack.store.checking import Damage
from reformtrack.store.patience import patiently
from reformtrack.store.session import Session

T = TypeVar("T")


class KeptTree:
    """
    The stored Merkle tree of a store's log.

    Args:
        store: which.
        within_appends: whether the tree is updated in the transaction of each append, and not only on demand.
    """

    def __init__(self, store: RecordStore, within_appends: bool = False) -> None:
        self._store = store
        self._is_prepared = False
        if within_appends:
            self.catch_up()
            store.keep_tree()

    def catch_up(self) -> tree.Kept:
        """
        Add new records of the log to the tree, page by page, each in one transaction.

        Raises:
            SealError: the log is shorter than the tree.
        """
        now = self.kept()
        while now.position < (head := self._store.head()):
            now = patiently(self._batch)
        if now.position > head:
            raise SealError(
                "the log ends at position {head}, but had {size} records up to {position}; accepted: the log with "
                "all its records",
                head=head,
                size=now.size,
                position=now.position,
            )
        return now

    def _batch(self) -> tree.Kept:
        """The size of the tree after another page."""
        with self._store.transaction() as session:
            before = tree.locked(session)
            rows = self._store.select_log(before.position, tree.PAGE)
            return tree.grow(session, before, rows) if rows else before

    def read(self, answer: Callable[[Session], T]) -> T:
        """Read the tree from one snapshot; its tables must exist."""

        def read() -> T:
            with self._store.moment() as session:
                return answer(session)

        return patiently(read)

    def kept(self) -> tree.Kept:
        """The size of the tree; creates its tables on the first call."""
        if not self._is_prepared:
            patiently(self._prepare)
            self._is_prepared = True
        return self.read(tree.kept)

    def _prepare(self) -> None:
        with self._store.transaction() as session:
            tree.prepare(session)

    def leaves(self, first: int, count: int) -> Sequence[bytes]:
        return self.read(lambda session: tree.kept_leaves(session, first, count))

    def renew(self) -> None:
        """Rebuild the tree from the log as it is."""

        def clear() -> None:
            with self._store.transaction() as session:
                tree.clear(session)

        self.kept()
        patiently(clear)
        self.catch_up()

    def damage(self) -> Iterator[Damage]:
        """The first place where the log differs from the tree."""
        size = self.kept().size
        found = tree.first_difference(self._store, size, self.leaves) if size else None
        if found is not None:
            index, before, row = found
            what = said(
                "{what} {after}: of the {size} records of the kept tree this is number {number}",
                what=said("the log ends") if row is None else said("it is not the record that stood here"),
                after=said("after position {position}", position=before[0]) if before else said("at the beginning"),
                size=size,
                number=index + 1,
            )
            yield Damage(row[0] if row else 0, what)
