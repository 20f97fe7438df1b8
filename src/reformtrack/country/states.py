"""
The states of a stream while its records come: a fact of an earlier day changes those after it only until they are as before.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from reformtrack.domain.timeline import Record, RecordRetracted, rests_on

S = TypeVar("S")


class Change(NamedTuple):
    """What a record changed in its stream: facts came in the place of others."""

    place: int
    """Of the first of them."""
    gone: int
    """How many there were."""
    come: int
    """How many there are."""
    end: int
    """From this place on the state after each fact is what it was before."""
    facts: Sequence[Record[Any]]
    """Those that were added or removed."""

    @property
    def day(self) -> int:
        """The first day on which something may be another."""
        day: int = min(fact.event.on.toordinal() for fact in self.facts)
        return day


class Stream(Generic[S]):
    """
    The records of a stream as they come, and the state after each fact.

    Args:
        evolve: the state after a fact.
        initial: that before the first.
    """

    def __init__(self, evolve: Callable[[S, Any], S], initial: S) -> None:
        self._evolve, self._initial = evolve, initial
        self.made = 0
        """How many states were made so far, those that were made anew among them."""
        self._retracted: set[int] = set()
        self.facts: list[Record[Any]] = []
        self.states: list[S] = []
        self._days: list[int] = []

    def add(self, record: Record[Any]) -> Change | None:
        """Add the next record. Returns what it changed; None when the facts are those of before."""
        event = record.event
        if isinstance(event, RecordRetracted):
            self._retracted.add(event.version)
            gone = [n for n, fact in enumerate(self.facts) if event.version in rests_on(fact)]
            if not gone:
                return None
            place, end = gone[0], gone[-1] + 1
            changed = [self.facts[n] for n in gone]
            come = [self.facts[n] for n in range(place, end) if n not in gone]
        elif self._retracted.isdisjoint(rests_on(record)):
            place = end = self.up_to(event.on.toordinal())
            changed = come = [record]
        else:
            return None
        self.facts[place:end] = come
        self._days[place:end] = [fact.event.on.toordinal() for fact in come]
        same_from = self._evolved(place, end, len(come))
        return Change(place, end - place, len(come), same_from, changed)

    def _evolved(self, place: int, end: int, come: int) -> int:
        """The states from a place on, made anew up to where they are those of before, which is returned."""
        before = self.states[end:]
        if before or end > place:
            del self.states[place:]
        for n in range(place, len(self.facts)):
            self.made += 1
            state = self._evolve(self.states[-1] if self.states else self._initial, self.facts[n].event)
            if n >= place + come and state == before[n - place - come]:
                self.states += before[n - place - come :]
                return n
            self.states.append(state)
        return len(self.facts)

    def up_to(self, day: int) -> int:
        """The number of facts up to a day."""
        return bisect_right(self._days, day)

    def days_after(self, day: int) -> list[int]:
        return self._days[self.up_to(day) :]
