"""
One round of one deliverer of one subscription: what waits and is due, then what is new in the log.
"""

import logging
import random
import threading
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

import attrs

from reformtrack.documents.cloud_events import CloudEvent, cloud_event
from reformtrack.domain.errors import UnreadableRecord
from reformtrack.domain.timeline import Record
from reformtrack.outbox import tables
from reformtrack.outbox.tables import Place, Waiting
from reformtrack.store.patience import one_call
from reformtrack.tracker import Tracker

Receiver = Callable[[CloudEvent], None]
"""
Takes an event. It was delivered when this returns. When it raises it was not: `RetryLater` when nothing can be taken now,
`Gone` when nothing is wanted any more, anything else when this one is refused.
"""

LONGEST_REST = 60.0
"""For how many seconds at most a subscription rests whose receiver cannot be reached and does not say for how long."""

LONGEST_WISH = 3_600.0
"""For how many seconds at most it rests when its receiver asks for that."""

PAGE = 100
_MAX_ERROR = 300
_logger = logging.getLogger("reformtrack.outbox")


class RetryLater(Exception):
    """
    A receiver that can take nothing now: the same record is tried again when it says, else later and later.

    Args:
        reason: what is wrong, for the log.
        seconds: after how many seconds to try again; None when it did not say.
    """

    def __init__(self, reason: str = "nothing can be taken now", seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Gone(Exception):
    """A receiver that wants nothing any more: its subscription is disabled until the host enables it."""


class Lost(Exception):
    """The subscription is another deliverer's, rests, is disabled, or has nothing that is due."""


class _Rests(Exception):
    """The receiver can take nothing now."""


@attrs.frozen
class Delivered:
    """What a round did."""

    delivered: int = 0
    refused: int = 0
    waiting: int = 0
    """How many records wait after it: to be tried again, or behind one that is."""


@attrs.frozen
class Terms:
    """How it is delivered."""

    source: str
    delays: Sequence[float]
    lease: float
    clock: Callable[[], float]
    owner: str


class Turn:
    """
    A round. It has the subscription for itself as long as its fence is the latest, and writes nothing once it has not.

    Raises:
        Lost: another has it, it rests, it is disabled, or nothing is due.
    """

    def __init__(self, tracker: Tracker, name: str, receiver: Receiver, terms: Terms, stop: threading.Event) -> None:
        self._tracker = tracker
        self._name = name
        self._receiver = receiver
        self._terms = terms
        self._stop = stop
        self._delivered = self._refused = 0
        self._reached = False
        self._backlog: dict[str, deque[Waiting]] = {}
        self._place = self._take()

    def _take(self) -> Place:
        with one_call(stop=self._stop):
            head, now = self._tracker.log.position(), self._terms.clock()
        with one_call(stop=self._stop), self._tracker.transaction() as session:
            place = tables.place(session, self._name)
            for one in tables.waiting(session, self._name):
                if not one.dead:
                    self._backlog.setdefault(one.stream, deque()).append(one)
            if place is None or place.disabled or place.next_at > now:
                raise Lost
            if place.position >= head and not any(queue[0].next_at <= now for queue in self._backlog.values()):
                raise Lost  # nothing is due, and nothing is written
            if place.owner not in ("", self._terms.owner) and place.leased_until > now:
                raise Lost
            until = now + self._terms.lease
            place = place._replace(fence=place.fence + 1, owner=self._terms.owner, leased_until=until)
            tables.put(session, self._name, place)
        return place

    def run(self) -> Delivered:
        """Deliver what is due, until nothing is, it is told to stop, or the receiver can take nothing."""
        try:
            self._those_that_wait()
            self._those_that_are_new()
            self._track(owner="", leased_until=0.0)
        except (Lost, _Rests) as error:
            _logger.info("round ended", extra={"subscription": self._name, "why": type(error).__name__})
        return Delivered(self._delivered, self._refused, sum(map(len, self._backlog.values())))

    def _those_that_wait(self) -> None:
        """Each stream in its order; what waits behind one that was delivered, or given up, is due."""
        for queue in self._backlog.values():
            while queue and queue[0].next_at <= self._terms.clock() and not self._stop.is_set():
                one = queue[0]
                [item] = self._items_after(one.position - 1, 1)
                found = self._try(item, one.attempts)
                self._track(waits=found, arrived=one.position)
                queue.popleft()
                if found is not None and not found.dead:
                    queue.appendleft(found)
                    break

    def _those_that_are_new(self) -> None:
        """What belongs to a stream that waits, waits behind it."""
        after = self._place.position
        while items := self._items_after(after, PAGE):
            for item in items:
                if self._stop.is_set():
                    return
                after = item.position
                queue = self._backlog.setdefault(item.stream, deque())
                found = Waiting(after, item.stream, 0, 0.0, "", 0) if queue else self._try(item, 0)
                self._track(waits=found, position=after)
                if found is not None and not found.dead:
                    queue.append(found)

    def _try(self, item: Record[Any] | UnreadableRecord, attempts: int) -> Waiting | None:
        """
        Deliver a record. None when it was; else how it waits, or that it was given up.

        Raises:
            _Rests: the receiver can take nothing now.
        """
        if isinstance(item, UnreadableRecord):
            return Waiting(
                item.position, item.stream, attempts, 0.0, f"it cannot be read: {item.reason}"[:_MAX_ERROR], 1
            )
        try:
            self._receiver(cloud_event(item, self._terms.source))
        except Gone as error:
            self._track(disabled=str(error) or "gone", owner="", leased_until=0.0)
            raise _Rests from error
        except RetryLater as error:
            if not self._is_hopeless():
                self._rest(error)
                raise _Rests from error
            return self._waits(item, len(self._terms.delays) + 1, error)
        except Exception as error:  # whatever a receiver raises is about this record, and is kept with it
            return self._waits(item, attempts + 1, error)
        self._delivered += 1
        self._reached = True
        return None

    def _waits(self, record: Record[Any], attempts: int, error: Exception) -> Waiting:
        """How a record waits that was refused so often."""
        self._refused += 1
        self._reached = True
        text, delays = f"{type(error).__name__}: {error}"[:_MAX_ERROR], self._terms.delays
        dead = attempts > len(delays)
        said = {"subscription": self._name, "position": record.position, "attempts": attempts, "given_up": dead}
        _logger.warning("record refused", extra=said)
        if dead:
            return Waiting(record.position, record.stream, attempts, 0.0, text, 1)
        pause = delays[attempts - 1] * random.uniform(0.9, 1.1)
        return Waiting(record.position, record.stream, attempts, self._terms.clock() + pause, text, 0)

    def _is_hopeless(self) -> bool:
        """Whether the receiver could not be reached for as long as a record is tried again."""
        since = self._place.since
        return bool(since) and self._terms.clock() - since > sum(self._terms.delays)

    def _rest(self, error: RetryLater) -> None:
        now, failures = self._terms.clock(), self._place.failures + 1
        pause = min(LONGEST_REST, self._terms.delays[0] * 2 ** min(failures - 1, 10)) * random.uniform(0.9, 1.1)
        if error.seconds is not None:
            pause = min(max(error.seconds, 0.0), LONGEST_WISH)
        said = {"subscription": self._name, "failures": failures, "seconds": round(pause, 3)}
        _logger.warning("receiver cannot be reached", extra=said)
        self._write(failures=failures, since=self._place.since or now, next_at=now + pause, owner="", leased_until=0.0)

    def _track(
        self, waits: Waiting | None = None, arrived: int | None = None, position: int | None = None, **changes: Any
    ) -> None:
        """Write what became of a record; once the receiver was reached, it does not rest any more."""
        rested = {"failures": 0, "since": 0.0, "next_at": 0.0} if self._reached else {}
        more = {} if position is None else {"position": position}
        self._write(waits, arrived, **{**rested, **more, **changes})

    def _write(self, waits: Waiting | None = None, arrived: int | None = None, **changes: Any) -> None:
        """
        Write a change of the place, and of what waits, in one transaction.

        Raises:
            Lost: another deliverer has taken the subscription, or it was set back.
        """
        with one_call(stop=self._stop), self._tracker.transaction() as session:
            place = tables.place(session, self._name)
            if place is None or place.fence != self._place.fence:
                raise Lost
            if arrived is not None:
                tables.arrive(session, self._name, arrived)
            if waits is not None:
                tables.wait(session, self._name, waits)
            until = self._terms.clock() + self._terms.lease
            self._place = place._replace(**{"leased_until": until, **changes})
            tables.put(session, self._name, self._place)

    def _items_after(self, after: int, limit: int) -> list[Record[Any] | UnreadableRecord]:
        """The next records after a position; one that cannot be read stands in its place as its error, and ends them."""
        items: list[Record[Any] | UnreadableRecord] = []
        with one_call(stop=self._stop):
            try:
                items.extend(islice(self._tracker.log.records(after), limit))
            except UnreadableRecord as error:
                items.append(error)
        return items
