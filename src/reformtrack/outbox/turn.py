"""
One round of one deliverer of one subscription: what waits and is due, then what is new in the log.
"""

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
Takes an event. It was delivered when this returns. When it raises it was not: `RetryLater` when nothing can be taken now,
`Gone` when nothing is wanted any more, anything else when this one is refused.
"""

Wants = tuple[Receiver, tuple[type[Event], ...]]
"""Who receives, and the classes of the events to send: none for every record."""

LONGEST_REST = 60.0
"""For how many seconds at most a subscription rests whose receiver cannot be reached and does not say for how long."""

LONGEST_WISH = 3_600.0
"""For how many seconds at most it rests when its receiver asks for that."""

PAGE = 100
_RANDOM = SystemRandom()  # not the generator of the process, which a host may have seeded for its tests
_MAX_ERROR = 300
_logger = logging.getLogger("reformtrack.outbox")


class Refused(Exception):
    """
    A receiver that does not take an event: it is tried again after a while, on its own.

    Args:
        reason: why, in words.
        status: of its HTTP answer.
    """

    def __init__(self, reason: str = "not taken", *, status: int | None = None) -> None:
        super().__init__(reason)
        self.status = status


class RetryLater(Refused):
    """
    A receiver that can take nothing now: the same record is tried again when it says, else later and later.

    Args:
        seconds: after how many seconds to try again; None when it did not say.
    """

    def __init__(
        self, reason: str = "nothing can be taken now", seconds: float | None = None, *, status: int | None = None
    ) -> None:
        super().__init__(reason, status=status)
        self.seconds = seconds


class Gone(Refused):
    """A receiver that wants nothing any more: its subscription is disabled until the host enables it."""


class State(StrEnum):
    """What a subscription does."""

    IDLE = "idle"
    """What is due was delivered; the next record is as soon as it is looked for."""
    RESTING = "resting"
    """Its receiver can take nothing, and is not tried again before then."""
    LEASED = "leased"
    """A deliverer has it for itself until then: one that is at work prolongs that, one that was killed does not."""
    DISABLED = "disabled"
    """Nothing is sent until it is enabled, as its receiver asked for; or it was unsubscribed."""


@attrs.frozen
class Subscription:
    """How far a subscription is, and what it does."""

    position: int
    """Every record up to there was delivered, waits, or was given up."""
    waiting: int
    """How many records wait: to be tried again, or behind one that is."""
    state: State
    until: datetime | None
    """The end of that state, where it is known."""
    reason: str
    """Why, in words; empty where nothing is in the way."""


@attrs.frozen
class Delivered:
    """What a round did, and what the subscription does after it: as in `Subscription`."""

    delivered: int = 0
    refused: int = 0
    waiting: int = 0
    state: State = State.IDLE
    until: datetime | None = None
    reason: str = ""


class _Over(Exception):
    """A round that ends: the place says why, or nothing is due."""


def standing(place: Place, waiting: Iterable[Waiting], now: float) -> tuple[int, State, datetime | None, str]:
    """How many records wait for a subscription, its state, until when, and why."""
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
    """A round. It has the subscription for itself as long as its fence is the latest, and writes nothing once it has not."""

    def __init__(self, tracker: Tracker, name: str, wants: Wants, terms: Terms, stop: threading.Event) -> None:
        self._tracker = tracker
        self._name = name
        self._receiver, self._only = wants
        self._terms = terms
        self._stop = stop
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
        """Deliver what is due, until nothing is, it is told to stop, or the receiver can take nothing."""
        with suppress(_Over):
            self._take()
            self._those_that_wait()
            self._those_that_are_new()
            self._track(owner="", leased_until=0.0)
        waiting = chain.from_iterable(self._backlog.values())
        return Delivered(self._delivered, self._refused, *standing(self._place, waiting, self._terms.clock()))

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
        """What belongs to a stream that waits, waits behind it; what is not wanted is passed, and written once a page."""
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
        """What cannot be read may be what is wanted."""
        return not self._only or isinstance(item, UnreadableRecord) or isinstance(item.event, self._only)

    def _try(self, item: Record[Any] | UnreadableRecord, attempts: int) -> Waiting | None:
        """
        Deliver a record. None when it was, or is not wanted any more; else how it waits, or that it was given up.

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
        except Exception as error:  # whatever a receiver raises is about this record, and is kept with it
            return self._waits(item, attempts + 1, error)
        self._delivered += 1
        self._reached = True
        return None

    def _waits(self, record: Record[Any], attempts: int, error: Exception) -> Waiting:
        """How a record waits that was refused so often."""
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
        """Rest, with the record waiting: what is in its way stands with it."""
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
        """Say what a receiver did: by the class of its error, or of the cause, because a text may be what a person wrote."""
        said = {"error": type(error.__cause__ or error).__name__, "status": getattr(error, "status", None)}
        _logger.warning(message, extra={"subscription": self._name, **facts, **said})

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
        """The next records after a position; one that cannot be read stands in its place as its error, and ends them."""
        items: list[Record[Any] | UnreadableRecord] = []
        with one_call(stop=self._stop):
            try:
                items.extend(islice(self._tracker.log.records(after), limit))
            except UnreadableRecord as error:
                items.append(error)
        return items


def _text(error: Exception) -> str:
    """What is kept of an error: its words where they are made for that, else its class too."""
    return (str(error) if isinstance(error, Refused) else f"{type(error).__name__}: {error}")[:_MAX_ERROR]
