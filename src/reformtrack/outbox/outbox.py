"""
Delivers each record of the log to each subscription, at least once: progress is stored after delivery, so that nothing
is skipped.

After a crash, a delivered record that was not yet tracked is delivered again. An unreachable receiver is retried with
the same record, with growing delays. A refused record is retried on its own; later records of its stream wait behind
it, other streams continue. A record that is given up becomes a dead letter, and its stream continues.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from uuid import uuid4

import attrs

from reformtrack.domain.arguments import Position, Seconds, Uri, checks_arguments
from reformtrack.domain.errors import InvalidField, StoreUnavailable, UnknownSubscription
from reformtrack.domain.fields import FieldCheck, RequestId
from reformtrack.domain.kinds import EVENT_TYPES, Event
from reformtrack.domain.said import said
from reformtrack.outbox import tables
from reformtrack.outbox.tables import NOWHERE, Place
from reformtrack.outbox.turn import Delivered, Receiver, State, Subscription, Terms, Turn, Wants, standing
from reformtrack.store.patience import outage
from reformtrack.store.session import Session
from reformtrack.store.side_tables import prepare_outbox
from reformtrack.tracker import Tracker

DELAYS = (5.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0)
"""After how many seconds a refused record is tried again: some three days in all, as Standard Webhooks recommends."""

LEASE = 60.0
"""The lease of a subscription in seconds, from the deliverer's last sign of life: longer than a delivery takes."""

LOOKS_EVERY = 0.5
"""The polling interval of `run`, in seconds."""

_logger = logging.getLogger("reformtrack.outbox")
_check_name = FieldCheck("Outbox.subscribe", "name", RequestId)


@attrs.frozen
class Undelivered:
    """A record that waits to be delivered, or was given up: a dead letter."""

    position: int
    stream: str
    attempts: int
    """How often it was refused."""
    error: str
    """The last error; empty for a record that waits behind another of its stream."""
    next_try: datetime | None
    """When it, or the record that it waits behind, is retried; None when no retry is planned."""
    given_up: bool


@checks_arguments
class Outbox:
    """
    Sends the records of a tracker on.

    Args:
        tracker: the source of the records; its store keeps the position of each subscription.
        source: a URI that names the log: the `source` of the events.
        delays: the delays before retries of a refused record, in seconds; it is given up after the last.
        lease: the seconds after which a silent deliverer loses its subscription.
        clock: gives the seconds since 1970; for tests.

    >>> from datetime import date
    >>> from reformtrack.events import AgencyRegistered
    >>> with Tracker() as tracker:
    ...     outbox = Outbox(tracker, "https://example.vn/log")
    ...     outbox.subscribe("inbox", lambda event: print(event["id"], event["type"]))
    ...     records = tracker.record(AgencyRegistered("@so-noi-vu", on=date(2023, 1, 2), name="Sở Nội vụ"), by="a")
    ...     outbox.deliver("inbox").delivered
    1 reformtrack.AgencyRegistered.1
    1
    """

    def __init__(
        self,
        tracker: Tracker,
        source: Uri,
        *,
        delays: Sequence[Seconds] = DELAYS,
        lease: Seconds = LEASE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not delays:
            raise InvalidField("Outbox", "delays", delays, said("one or more, in seconds"))
        self._tracker = tracker
        self._terms = Terms(source, tuple(delays), lease, clock, uuid4().hex)
        self._receivers: dict[str, Wants] = {}
        self._states: dict[str, State] = {}
        with tracker.transaction() as session:
            prepare_outbox(session)

    def __repr__(self) -> str:
        return f"Outbox({self._tracker!r}, {self._terms.source!r})"

    def subscribe(
        self,
        name: str,
        receiver: Receiver,
        *,
        after: Position | None = None,
        only: Collection[type[Event]] | None = None,
    ) -> None:
        """
        Register a receiver; call it each time a process starts. The position is kept in the store.

        Args:
            name: names the subscription, 1 to 200 characters.
            receiver: takes each event: a function, or a `Webhook`.
            after: for a new one, the position to begin after: 0 for the whole log; default: the end of the log.
            only: the classes of the events to send, others are skipped; default: every record, including the store's
                own notes.
        """
        name = _check_name(name)
        if only is not None and not (only and set(EVENT_TYPES).issuperset(only)):
            raise InvalidField("Outbox.subscribe", "only", only, said("one or more classes of reformtrack.events"))
        start = self._tracker.log.position() if after is None else after
        with self._tracker.transaction() as session:
            if tables.place(session, name) is NOWHERE:
                tables.put(session, name, tables.BEGINNING._replace(position=start))
        self._receivers[name] = (receiver, tuple(only or ()))

    def unsubscribe(self, name: str) -> None:
        """Delete a subscription, with its position and waiting records; its name can be reused."""
        self._receivers.pop(name, None)
        with self._tracker.transaction() as session:
            self._place(session, name)
            tables.delete(session, name)

    def subscriptions(self) -> Mapping[str, Subscription]:
        """The progress and state of each subscription of the store, by name, whichever process delivers to it."""
        with self._tracker.transaction() as session:
            found = {name: (place, tables.waiting(session, name)) for name, place in tables.places(session).items()}
        now = self._terms.clock()
        return {
            name: Subscription(place.position, *standing(place, rows, now)) for name, (place, rows) in found.items()
        }

    def run(self, stop: threading.Event) -> None:
        """
        Deliver to all subscriptions until told to stop. While the store cannot be reached, this waits without limit.

        Args:
            stop: when set, ends it after the current delivery, or within a second.

        Raises:
            TrackerClosed: the tracker was closed.
            WebhookClosed: a webhook was closed.
            StoreError: the store failed for another reason than being unreachable.
        """
        waits = None
        while not stop.is_set():
            try:
                done = sum(self._deliver(*one, stop).delivered for one in tuple(self._receivers.items()))
            except StoreUnavailable:
                waits = waits or outage(stop)
                next(waits)
                continue
            waits = None
            if not done:
                stop.wait(LOOKS_EVERY)

    def deliver(self, name: str, stop: threading.Event | None = None) -> Delivered:
        """
        Deliver what is due to a subscription, until nothing is left or its receiver cannot take more.

        Does nothing while another process delivers to it, while it rests, or once it is disabled: the result says
        which.

        Args:
            stop: when set, ends it after the current delivery.

        Raises:
            UnknownSubscription: this process has no subscription of this name.
            WebhookClosed: its webhook was closed.
            StoreError: the store failed. What was delivered and not tracked is delivered again.
        """
        if name not in self._receivers:
            raise UnknownSubscription(name)
        return self._deliver(name, self._receivers[name], stop or threading.Event())

    def enable(self, name: str) -> None:
        """Resume a subscription that is disabled or rests."""
        with self._tracker.transaction() as session:
            place = self._place(session, name)
            tables.put(session, name, place._replace(disabled="", failures=0, since=0.0, next_at=0.0))

    def replay(self, name: str, after: Position = 0) -> None:
        """
        Deliver a part of the log again: every record after a position, including waiting ones and dead letters.

        Args:
            after: the position to begin after; at most the current position of the subscription.

        Raises:
            InvalidField: the position was not reached yet.
        """
        with self._tracker.transaction() as session:
            place = self._place(session, name)
            if not 0 <= after <= place.position:
                accepted = said("a log position from 0 to {position}", position=place.position)
                raise InvalidField("Outbox.replay", "after", after, accepted)
            for one in tables.waiting(session, name):
                if one.position > after:
                    tables.arrive(session, name, one.position)
            tables.put(session, name, _taken_back(place)._replace(position=after))

    def undelivered(self, name: str) -> tuple[Undelivered, ...]:
        """The undelivered records before the position, in order of the log: waiting ones and dead letters."""
        with self._tracker.transaction() as session:
            place, found = self._place(session, name), tables.waiting(session, name)
        earliest, tries = max(place.next_at, self._terms.clock()), dict[str, datetime | None]()
        for one in found:
            if not one.dead:  # the first that waits of a stream says when the others are tried
                due = datetime.fromtimestamp(max(one.next_at, earliest), UTC)
                tries.setdefault(one.stream, None if place.disabled else due)
        return tuple(
            Undelivered(*one[:3], one.error, None if one.dead else tries[one.stream], bool(one.dead)) for one in found
        )

    def redeliver(self, name: str, position: Position) -> None:
        """
        Retry a dead letter. Later records of its stream were delivered before it.

        Raises:
            InvalidField: it is not a dead letter.
        """
        with self._tracker.transaction() as session:
            place = self._place(session, name)
            found = [one for one in tables.waiting(session, name) if one.position == position and one.dead]
            if not found:
                accepted = said("the position of a dead letter of {name}", name=name)
                raise InvalidField("Outbox.redeliver", "position", position, accepted)
            tables.wait(session, name, found[0]._replace(attempts=0, next_at=0.0, error="", dead=0))
            tables.put(session, name, _taken_back(place))

    def _deliver(self, name: str, wants: Wants, stop: threading.Event) -> Delivered:
        """One round; logs when the state of the subscription changes."""
        done = Turn(self._tracker, name, wants, self._terms, stop).run()
        if done.state is not self._states.get(name, State.IDLE):
            until = done.until and done.until.isoformat()
            what = {"subscription": name, "state": str(done.state), "until": until, "waiting": done.waiting}
            _logger.info("subscription has another state", extra=what)
        self._states[name] = done.state
        return done

    def _place(self, session: Session, name: str) -> Place:
        place = tables.place(session, name)
        if place is NOWHERE:
            raise UnknownSubscription(name)
        return place


def _taken_back(place: Place) -> Place:
    """A position with a new fence: a running deliverer can no longer write."""
    return place._replace(fence=place.fence + 1, owner="", leased_until=0.0)
