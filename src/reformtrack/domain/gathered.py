"""An append-only collection in a state, built lazily because it is read far less often than it grows; and items by key."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Generic, TypeVar

K = TypeVar("K")
T = TypeVar("T")
W = TypeVar("W", bound=Collection[Any])
A = TypeVar("A")


class Gathered(Generic[W, A]):
    """
    An immutable collection with constant-time additions, joined on first read.

    States and threads can share it. Two are equal when their wholes are.

    Args:
        join: joins the previous whole with all additions, in order. A module-level function.
        whole: the one to begin with.

    >>> some = Gathered(concatenated, ("a",))
    >>> some.plus(("b", "c")).whole, some.whole
    (('a', 'b', 'c'), ('a',))
    """

    __slots__ = ("_join", "_parts", "_whole")

    def __init__(self, join: Callable[[W, Sequence[A]], W], whole: W) -> None:
        self._join, self._whole = join, whole
        self._parts: tuple[Gathered[W, A], A] | None = None

    def plus(self, added: A) -> "Gathered[W, A]":
        """A new one with more items."""
        more = Gathered(self._join, self._whole)
        more._parts = self, added
        return more

    @property
    def whole(self) -> W:
        added, one = [], self
        while (parts := one._parts) is not None:
            one = parts[0]
            added.append(parts[1])
        if added:
            self._whole = self._join(one._whole, added[::-1])
            self._parts = None  # after the whole: another thread that reads goes by the one or by the other
        return self._whole

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Gathered) and self.whole == other.whole)

    def __hash__(self) -> int:
        return hash(frozenset(self.whole))  # of a mapping too

    def __repr__(self) -> str:
        return repr(self.whole)

    def __reduce__(self) -> tuple[Any, ...]:
        return Gathered, (self._join, self.whole)


def concatenated(before: tuple[T, ...], added: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    """Joins tuples by concatenation."""
    return (*before, *(one for more in added for one in more))


def grouped(pairs: Iterable[tuple[K, T]]) -> dict[K, list[T]]:
    """The items of each key, in order; the keys in the order of their first items."""
    groups: dict[K, list[T]] = {}
    for key, item in pairs:
        groups.setdefault(key, []).append(item)
    return groups
