"""
What only grows from one state to the next, and is read far less often than it grows.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

T = TypeVar("T")
A = TypeVar("A")


class Gathered(Generic[T, A]):
    """
    A tuple that grows by what is added to it: in the same time however long it is. The tuple itself is made when it is asked.

    It never changes, so states and threads share one. Two are equal when their tuples are.

    Args:
        join: makes the tuple, of the one before and of all that was added to it, in order. A function of a module.
        whole: the tuple to begin with.

    >>> some = Gathered(concatenated, ("a",))
    >>> some.plus(("b", "c")).whole, some.whole
    (('a', 'b', 'c'), ('a',))
    """

    __slots__ = ("_join", "_parts", "_whole")

    def __init__(self, join: Callable[[tuple[T, ...], Sequence[A]], tuple[T, ...]], whole: tuple[T, ...] = ()) -> None:
        self._join = join
        self._whole = whole
        self._parts: tuple[Gathered[T, A], A] | None = None

    def plus(self, added: A) -> "Gathered[T, A]":
        """Another, with more."""
        more = Gathered(self._join)
        more._parts = self, added
        return more

    @property
    def whole(self) -> tuple[T, ...]:
        """The tuple."""
        added, one = [], self
        while (parts := one._parts) is not None:
            one = parts[0]
            added.append(parts[1])
        if added:
            self._whole = self._join(one._whole, added[::-1])
            self._parts = None  # after the tuple: another thread that reads goes by the one or by the other
        return self._whole

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Gathered) and self.whole == other.whole)

    def __hash__(self) -> int:
        return hash(self.whole)

    def __repr__(self) -> str:
        return repr(self.whole)

    def __reduce__(self) -> tuple[Any, ...]:
        return Gathered, (self._join, self.whole)


def concatenated(before: tuple[T, ...], added: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    """The way to gather tuples: one after the other."""
    return (*before, *(one for more in added for one in more))
