"""
Delivery: each record of the log to each subscription, tracked in the store after it was delivered, so that nothing is skipped.

What was delivered and not yet tracked when a process is killed is delivered again. A receiver that cannot be reached is tried
again, later and later, with the same record. A record that is refused waits and is tried again on its own; the later records of
its stream wait behind it, the other streams go on. One that is given up is a dead letter, and its stream goes on without it.
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
"""For how many seconds a deliverer has a subscription for itself, from its last sign of life: longer than a delivery takes."""

LOOKS_EVERY = 0.5
"""How often `run` looks for what is new, in seconds."""

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
    """When it is tried again, or what it waits behind is; None when no try is planned."""
    given_up: bool


@checks_arguments
class Outbox:
    """
    Sends the records of a tracker on.

    Args:
        tracker: whose records; its store keeps how far each subscription is.
        source: a URI that names the log: the `source` of the events.
        delays: after how many seconds a refused record is tried again; given up after the last.
        lease: for how many seconds a deliverer that gives no sign of life keeps a subscription.
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
        Say who receives, each time a process starts; where it goes on from is in the store.

        Args:
            name: names the subscription, 1 to 200 characters.
            receiver: takes each event: a function, or a `Webhook`.
            after: for a new one, the position to begin after: 0 for the whole log; default: the end of the log.
            only: the classes of the events to send, the others are passed; every record unless given, also what the store
                notes of itself.
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
        """Delete a subscription, with its place and all that waits for it; its name can be used anew."""
        self._receivers.pop(name, None)
        with self._tracker.transaction() as session:
            self._place(session, name)
            tables.delete(session, name)

    def subscriptions(self) -> Mapping[str, Subscription]:
        """Each subscription of the store by its name, whichever process delivers to it: how far it is, and what it does."""
        with self._tracker.transaction() as session:
            found = {name: (place, tables.waiting(session, name)) for name, place in tables.places(session).items()}
        now = self._terms.clock()
        return {
            name: Subscription(place.position, *standing(place, rows, now)) for name, (place, rows) in found.items()
        }

    def run(self, stop: threading.Event) -> None:
        """
        Deliver to all subscriptions until told to stop. A store that cannot be reached is waited for, however long that is.

        Args:
            stop: ends it, after the delivery that is under way; within a second while there is none.

        Raises:
            TrackerClosed: the tracker was closed.
            WebhookClosed: a webhook was closed.
            StoreError: the store failed in another way than that it cannot be reached.
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
        Deliver what is due to a subscription, until nothing is, or its receiver can take nothing.

        It does nothing while another process delivers to it, while it rests, or once it is disabled: the answer says which.

        Args:
            stop: ends it, after the delivery that is under way.

        Raises:
            UnknownSubscription: this process subscribed nobody of this name.
            WebhookClosed: its webhook was closed.
            StoreError: the store failed. What was delivered and not tracked is delivered again.
        """
        if name not in self._receivers:
            raise UnknownSubscription(name)
        return self._deliver(name, self._receivers[name], stop or threading.Event())

    def enable(self, name: str) -> None:
        """Deliver again to a subscription that is disabled, or rests, from where it was."""
        with self._tracker.transaction() as session:
            place = self._place(session, name)
            tables.put(session, name, place._replace(disabled="", failures=0, since=0.0, next_at=0.0))

    def replay(self, name: str, after: Position = 0) -> None:
        """
        Deliver a part of the log again: every record after a position, those that wait and those that were given up too.

        Args:
            after: the position to begin after; not after the place where the subscription is.

        Raises:
            InvalidField: the position is none that was passed.
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
        """The records that were passed and not delivered, in order of the log: those that wait, and those given up."""
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
        Try a dead letter anew. What came after it in its stream was delivered before it.

        Raises:
            InvalidField: it is none that was given up.
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
        """One round, with a word in the log when it leaves the subscription in another state than the one before."""
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
    """A place that no deliverer has: one that is under way writes nothing more."""
    return place._replace(fence=place.fence + 1, owner="", leased_until=0.0)
