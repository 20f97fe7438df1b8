"""One round of a deliverer for a subscription: due retries first, then new records of the log."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from itertools import chain, islice
from random import SystemRandom
from typing import Any

import attrs

from reformtrack.documents.cloud_events import CloudEvent, cloud_event
from reformtrack.domain.errors import UnreadableRecord, WebhookClosed
from reformtrack.domain.kinds import Event
from reformtrack.domain.timeline import Record
from reformtrack.outbox import tables
from reformtrack.outbox.tables import NOWHERE, Place, Waiting
from reformtrack.store.patience import one_call
from reformtrack.tracker import Tracker

Receiver = Callable[[CloudEvent], None]
"""
Takes an event. Returning means delivered. Raise `RetryLater` to take nothing for now, `Gone` to end the subscription;
any other exception refuses this event.
"""

Wants = tuple[Receiver, tuple[type[Event], ...]]
"""The receiver, and the classes of the events to send; empty for every record."""

LONGEST_REST = 60.0
"""The longest rest in seconds when a receiver is unreachable and gives no delay."""

LONGEST_WISH = 3_600.0
"""The longest rest in seconds that a receiver can ask for."""

PAGE = 100
_RANDOM = SystemRandom()  # not the generator of the process, which a host may have seeded for its tests
_MAX_ERROR = 300
_logger = logging.getLogger("reformtrack.outbox")


class Refused(Exception):
    """
    Raised to refuse an event: it is retried later, on its own.

    Args:
        reason: why, in words.
        status: of its HTTP answer.
    """

    def __init__(self, reason: str = "not taken", *, status: int | None = None) -> None:
        super().__init__(reason)
        self.status = status


class RetryLater(Refused):
    """
    Raised when the receiver can take nothing now: the same record is retried at the time it gives, else with growing
    delays.

    Args:
        seconds: the delay in seconds; None if the receiver gave none.
    """

    def __init__(
        self, reason: str = "nothing can be taken now", seconds: float | None = None, *, status: int | None = None
    ) -> None:
        super().__init__(reason, status=status)
        self.seconds = seconds


class Gone(Refused):
    """Raised when the receiver wants no more events: its subscription is disabled until the host enables it."""


class State(StrEnum):
    """The state of a subscription."""

    IDLE = "idle"
    """Everything due was delivered; new records are delivered in the next round."""
    RESTING = "resting"
    """Its receiver can take nothing, and is not retried before then."""
    LEASED = "leased"
    """Leased by a deliverer until then; a running deliverer renews the lease."""
    DISABLED = "disabled"
    """Disabled at the request of its receiver, until it is enabled; or unsubscribed."""


@attrs.frozen
class Subscription:
    """The position and state of a subscription."""

    position: int
    """Every record up to there was delivered, waits, or was given up."""
    waiting: int
    """The number of waiting records: to be retried, or behind one that is."""
    state: State
    until: datetime | None
    """When that state ends, if known."""
    reason: str
    """The reason, in words; empty when active."""


@attrs.frozen
class Delivered:
    """The result of a round, and the state after it, as in `Subscription`."""

    delivered: int = 0
    refused: int = 0
    waiting: int = 0
    state: State = State.IDLE
    until: datetime | None = None
    reason: str = ""


class _Over(Exception):
    """Ends a round: the position says why, or nothing is due."""


def standing(place: Place, waiting: Iterable[Waiting], now: float) -> tuple[int, State, datetime | None, str]:
    """The number of waiting records of a subscription, its state, the end of that state, and the reason."""
    alive = [one for one in waiting if not one.dead]
    if place.disabled:
        return len(alive), State.DISABLED, None, place.disabled
    if place.next_at > now:
        reason = next((one.error for one in alive if one.error and not one.next_at), "")
        return len(alive), State.RESTING, datetime.fromtimestamp(place.next_at, UTC), reason
    if place.owner and place.leased_until > now:
        return len(alive), State.LEASED, datetime.fromtimestamp(place.leased_until, UTC), ""
    return len(alive), State.IDLE, None, ""


@attrs.frozen
class Terms:
    """How it is delivered."""

    source: str
    delays: Sequence[float]
    lease: float
    clock: Callable[[], float]
    owner: str


class Turn:
    """A round. It holds the subscription while its fence is the latest, and writes nothing after losing it."""

    def __init__(self, tracker: Tracker, name: str, wants: Wants, terms: Terms, stop: threading.Event) -> None:
        self._tracker, self._name = tracker, name
        self._receiver, self._only = wants
        self._terms, self._stop = terms, stop
        self._delivered = self._refused = 0
        self._reached = False
        self._backlog: dict[str, deque[Waiting]] = {}
        self._place = NOWHERE

    def _take(self) -> None:
        """
        Lease the subscription.

        Raises:
            _Over: another has it, it rests, it is disabled, or nothing is due.
        """
        with one_call(stop=self._stop):
            head, now = self._tracker.log.position(), self._terms.clock()
        with one_call(stop=self._stop), self._tracker.transaction() as session:
            self._place = place = tables.place(session, self._name)
            for one in tables.waiting(session, self._name):
                if not one.dead:
                    self._backlog.setdefault(one.stream, deque()).append(one)
            if place.disabled or place.next_at > now:
                raise _Over
            if place.position >= head and not any(queue[0].next_at <= now for queue in self._backlog.values()):
                raise _Over  # nothing is due, and nothing is written
            if place.owner not in ("", self._terms.owner) and place.leased_until > now:
                raise _Over
            until = now + self._terms.lease
            self._place = place._replace(fence=place.fence + 1, owner=self._terms.owner, leased_until=until)
            tables.put(session, self._name, self._place)

    def run(self) -> Delivered:
        """Deliver until nothing is due, stop is set, or the receiver can take nothing."""
        with suppress(_Over):
            self._take()
            self._those_that_wait()
            self._those_that_are_new()
            self._track(owner="", leased_until=0.0)
        waiting = chain.from_iterable(self._backlog.values())
        return Delivered(self._delivered, self._refused, *standing(self._place, waiting, self._terms.clock()))

    def _those_that_wait(self) -> None:
        """Deliver due records, each stream in order; once one is delivered or given up, the next of its stream is due."""
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
        """
        Deliver new records. Records of a waiting stream wait behind it; unwanted ones are skipped, with one write per
        page.
        """
        after = self._place.position
        while items := self._items_after(after, PAGE):
            for item in items:
                if self._stop.is_set():
                    return
                after = item.position
                if not self._is_wanted(item):
                    continue
                queue = self._backlog.setdefault(item.stream, deque())
                found = Waiting(after, item.stream, 0, 0.0, "", 0) if queue else self._try(item, 0)
                self._track(waits=found, position=after)
                if found is not None and not found.dead:
                    queue.append(found)
            if self._place.position < after:
                self._track(position=after)

    def _is_wanted(self, item: Record[Any] | UnreadableRecord) -> bool:
        """An unreadable record counts as wanted."""
        return not self._only or isinstance(item, UnreadableRecord) or isinstance(item.event, self._only)

    def _try(self, item: Record[Any] | UnreadableRecord, attempts: int) -> Waiting | None:
        """
        Deliver a record. None when it was delivered, or is no longer wanted; else its waiting row or dead letter.

        Raises:
            _Over: the receiver can take nothing now, or wants nothing any more.
        """
        if not self._is_wanted(item):
            return None
        if isinstance(item, UnreadableRecord):
            return Waiting(
                item.position, item.stream, attempts, 0.0, f"it cannot be read: {item.reason}"[:_MAX_ERROR], 1
            )
        try:
            self._receiver(cloud_event(item, self._terms.source))
        except WebhookClosed:
            raise
        except Gone as error:
            self._log("receiver wants nothing any more", error, position=item.position)
            self._track(disabled=str(error) or "gone", owner="", leased_until=0.0)
            raise _Over from error
        except RetryLater as error:
            if not self._is_hopeless():
                self._rest(item, attempts, error)
                raise _Over from error
            return self._waits(item, len(self._terms.delays) + 1, error)
        except Exception as error:  # any exception of a receiver concerns this record, and is stored with it
            return self._waits(item, attempts + 1, error)
        self._delivered += 1
        self._reached = True
        return None

    def _waits(self, record: Record[Any], attempts: int, error: Exception) -> Waiting:
        """The waiting row of a record refused this many times."""
        self._refused += 1
        self._reached = True
        delays = self._terms.delays
        dead = attempts > len(delays)
        self._log("record refused", error, position=record.position, attempts=attempts, given_up=dead)
        next_at = 0.0 if dead else self._terms.clock() + delays[attempts - 1] * _RANDOM.uniform(0.9, 1.1)
        return Waiting(record.position, record.stream, attempts, next_at, _text(error), int(dead))

    def _is_hopeless(self) -> bool:
        """Whether the receiver could not be reached for as long as a record is tried again."""
        since = self._place.since
        return bool(since) and self._terms.clock() - since > sum(self._terms.delays)

    def _rest(self, record: Record[Any], attempts: int, error: RetryLater) -> None:
        """Rest, with the record waiting and the reason stored with it."""
        now, failures = self._terms.clock(), self._place.failures + 1
        pause = min(LONGEST_REST, self._terms.delays[0] * 2 ** min(failures - 1, 10)) * _RANDOM.uniform(0.9, 1.1)
        if error.seconds is not None:
            pause = min(max(error.seconds, 0.0), LONGEST_WISH)
        facts = {"position": record.position, "failures": failures, "seconds": round(pause, 3)}
        self._log("receiver cannot be reached", error, **facts)
        waits = Waiting(record.position, record.stream, attempts, 0.0, _text(error), 0)
        rests = {"failures": failures, "since": self._place.since or now, "next_at": now + pause}
        position = max(record.position, self._place.position)
        self._write(waits, position=position, **rests, owner="", leased_until=0.0)
        self._backlog[record.stream] = deque([waits, *islice(self._backlog[record.stream], 1, None)])

    def _log(self, message: str, error: Exception, **facts: object) -> None:
        """Log what a receiver did, by the class of its error or cause only, because a message may quote what a person wrote."""
        said = {"error": type(error.__cause__ or error).__name__, "status": getattr(error, "status", None)}
        _logger.warning(message, extra={"subscription": self._name, **facts, **said})

    def _track(
        self, waits: Waiting | None = None, arrived: int | None = None, position: int | None = None, **changes: Any
    ) -> None:
        """Write the result for a record; reaching the receiver ends its rest."""
        rested = {"failures": 0, "since": 0.0, "next_at": 0.0} if self._reached else {}
        more = {} if position is None else {"position": position}
        self._write(waits, arrived, **{**rested, **more, **changes})

    def _write(self, waits: Waiting | None = None, arrived: int | None = None, **changes: Any) -> None:
        """
        Write the position and the waiting records in one transaction.

        Raises:
            _Over: another deliverer has taken the subscription, or it was set back.
        """
        with one_call(stop=self._stop), self._tracker.transaction() as session:
            place = tables.place(session, self._name)
            if place.fence != self._place.fence:
                self._place = place
                raise _Over
            if arrived is not None:
                tables.arrive(session, self._name, arrived)
            if waits is not None:
                tables.wait(session, self._name, waits)
            until = self._terms.clock() + self._terms.lease
            self._place = place._replace(**{"leased_until": until, **changes})
            tables.put(session, self._name, self._place)

    def _items_after(self, after: int, limit: int) -> list[Record[Any] | UnreadableRecord]:
        """The next records after a position; an unreadable one is returned as its error, and ends the page."""
        items: list[Record[Any] | UnreadableRecord] = []
        with one_call(stop=self._stop):
            try:
                items.extend(islice(self._tracker.log.records(after), limit))
            except UnreadableRecord as error:
                items.append(error)
        return items


def _text(error: Exception) -> str:
    """The stored text of an error: its message if meant for that, else with its class."""
    return (str(error) if isinstance(error, Refused) else f"{type(error).__name__}: {error}")[:_MAX_ERROR]
