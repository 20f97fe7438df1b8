"""
Delivery: each record of the log to each subscription, tracked in the store after it was delivered, so that nothing is skipped.

What was delivered and not yet tracked when a process is killed is delivered again. A receiver that cannot be reached is tried
again, later and later, with the same record. A record that is refused waits and is tried again on its own; the later records of
its stream wait behind it, the other streams go on. One that is given up is a dead letter, and its stream goes on without it.
"""

import threading
import time
from collections.abc import Callable, Sequence
from uuid import uuid4

import attrs

from reformtrack.domain.arguments import Position, Seconds, checks_arguments
from reformtrack.domain.errors import InvalidField, NotFound, StoreUnavailable
from reformtrack.domain.fields import FieldCheck, RequestId
from reformtrack.domain.said import said
from reformtrack.outbox import tables
from reformtrack.outbox.tables import Place
from reformtrack.outbox.turn import Delivered, Lost, Receiver, Terms, Turn
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

_check_name = FieldCheck("Outbox.subscribe", "name", RequestId)


@attrs.frozen
class DeadLetter:
    """A record that was given up."""

    position: int
    stream: str
    attempts: int
    """How often it was refused."""
    error: str
    """What was said the last time."""


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
        source: str,
        *,
        delays: Sequence[Seconds] = DELAYS,
        lease: Seconds = LEASE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not delays:
            raise InvalidField("Outbox", "delays", delays, said("one or more, in seconds"))
        self._tracker = tracker
        self._terms = Terms(source, tuple(delays), lease, clock, uuid4().hex)
        self._receivers: dict[str, Receiver] = {}
        with tracker.transaction() as session:
            prepare_outbox(session)

    def __repr__(self) -> str:
        return f"Outbox({self._tracker!r}, {self._terms.source!r})"

    def subscribe(self, name: str, receiver: Receiver, *, after: Position | None = None) -> None:
        """
        Say who receives, each time a process starts; where it goes on from is in the store.

        Args:
            name: names the subscription, 1 to 200 characters.
            receiver: takes each event: a function, or a `Webhook`.
            after: for a new one, the position to begin after: 0 for the whole log; the end of the log unless given.
        """
        name = _check_name(name)
        start = self._tracker.log.position() if after is None else after
        with self._tracker.transaction() as session:
            if tables.place(session, name) is None:
                tables.put(session, name, tables.BEGINNING._replace(position=start))
        self._receivers[name] = receiver

    def run(self, stop: threading.Event) -> None:
        """
        Deliver to all subscriptions until told to stop. A store that cannot be reached is waited for, however long that is.

        Args:
            stop: ends it, after the delivery that is under way; within a second while there is none.

        Raises:
            TrackerClosed: the tracker was closed.
            StoreError: the store failed in another way than that it cannot be reached.
        """
        waits = None
        while not stop.is_set():
            try:
                done = sum(self.deliver(name, stop).delivered for name in tuple(self._receivers))
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

        It does nothing while another process delivers to it, while it rests, or once it is disabled.

        Args:
            stop: ends it, after the delivery that is under way.

        Raises:
            NotFound: this process subscribed nobody of this name.
            StoreError: the store failed. What was delivered and not tracked is delivered again.
        """
        if name not in self._receivers:
            raise NotFound("subscription", name, self._tracker.today(), None)
        try:
            turn = Turn(self._tracker, name, self._receivers[name], self._terms, stop or threading.Event())
        except Lost:
            return Delivered()
        return turn.run()

    def position(self, name: str) -> int:
        """The log position up to which every record was delivered, waits, or was given up."""
        with self._tracker.transaction() as session:
            return self._place(session, name).position

    def disabled(self, name: str) -> str:
        """Why a subscription is disabled, as its receiver said; empty while it is not."""
        with self._tracker.transaction() as session:
            return self._place(session, name).disabled

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

    def dead_letters(self, name: str) -> tuple[DeadLetter, ...]:
        """The records that were given up, in order of the log."""
        with self._tracker.transaction() as session:
            found = tables.waiting(session, name)
        return tuple(DeadLetter(one.position, one.stream, one.attempts, one.error) for one in found if one.dead)

    def redeliver(self, name: str, position: Position) -> None:
        """
        Try a dead letter anew. What came after it in its stream was delivered before it.

        Raises:
            InvalidField: it is none that was given up.
        """
        with self._tracker.transaction() as session:
            found = [one for one in tables.waiting(session, name) if one.position == position and one.dead]
            if not found:
                accepted = said("the position of a dead letter of {name}", name=name)
                raise InvalidField("Outbox.redeliver", "position", position, accepted)
            tables.wait(session, name, found[0]._replace(attempts=0, next_at=0.0, dead=0))
            tables.put(session, name, _taken_back(self._place(session, name)))

    def _place(self, session: Session, name: str) -> Place:
        place = tables.place(session, name)
        if place is None:
            raise NotFound("subscription", name, self._tracker.today(), None)
        return place


def _taken_back(place: Place) -> Place:
    """A place that no deliverer has: one that is under way writes nothing more."""
    return place._replace(fence=place.fence + 1, owner="", leased_until=0.0)
