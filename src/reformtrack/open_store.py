"""An open store: its clock, its time zone and its records, shared by everything that answers from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from types import TracebackType
from typing import Any, Self

import attrs

from reformtrack.configuration import Configuration
from reformtrack.domain.errors import InvalidInstant, NotFound
from reformtrack.domain.instants import MOST_AHEAD
from reformtrack.domain.said import said
from reformtrack.domain.timeline import KnownAt, Record
from reformtrack.domain.values import PlanId, StreamId
from reformtrack.many_plans import ManyPlans
from reformtrack.policy.asking import Policy
from reformtrack.projection import Projection
from reformtrack.recording import Recording
from reformtrack.store.application import RecordStore
from reformtrack.store.kept_tree import KeptTree
from reformtrack.store.patience import each_one_call, one_call
from reformtrack.store.session import Session
from reformtrack.store.streams import StreamRange, plan_ranges
from reformtrack.store.view_tables import NO_END
from reformtrack.telemetry import Attributes, spanned
from reformtrack.views.plan import Plan, fold_plan

__all__ = ["OpenStore"]


def system_clock() -> datetime:
    """The current instant, by the machine's clock."""
    return datetime.now(UTC)


def _of_plan(found: Plan) -> Attributes:
    return {"reformtrack.plan": found.id, "reformtrack.activities": len(found.activities)}


@each_one_call
class OpenStore:
    """
    The part of a `Tracker` that its facets, `Seals` and `Protection` use.

    Names with an underscore are for these alone.
    """

    _clock: Callable[[], datetime]
    _store: RecordStore
    _policy: Policy | None
    _configuration: Configuration
    _projection: Projection
    _many: ManyPlans
    _recording: Recording
    _tree: KeptTree

    def __repr__(self) -> str:
        return f"<Tracker {self._store.place}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """
        Close the store; closing it again does nothing. Records stay, unless the store was in memory.

        Running calls in other threads finish or raise `TrackerClosed`; waiting ones raise it at once.
        """
        self._store.close()

    @property
    def local_time(self) -> tzinfo:
        """
        The time zone of the store's days.

        Raises:
            StoreError: this machine does not know the time zone.
        """
        return self._configuration.local_time

    def today(self) -> date:
        """
        The current local day.

        It is never before the day of the last record, even if the clock was set back by minutes over midnight; when it
        is off by more, recording is refused.
        """
        now = self._now().astimezone(self.local_time)
        if now.hour < 23:  # so that most of the time nothing is asked
            return now.date()
        latest = self._store.instants.latest()
        if latest is None or not now < latest <= now + MOST_AHEAD:
            return now.date()
        return latest.astimezone(self.local_time).date()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """
        A transaction in the store's database, for tables beside the log: one at a time, committed at the end.

        It blocks updates of the views and, on SQLite, all writers: keep it short.

        Raises:
            StoreError: the store failed.
        """
        with ExitStack() as stack:
            with one_call():  # to get in is a call; what is done within is the caller's
                session = stack.enter_context(self._store.transaction())
            yield session

    def _now(self) -> datetime:
        now = self._clock()
        if not isinstance(now, datetime) or now.tzinfo is None:
            raise InvalidInstant(now, said("a clock that gives instants with their time zone"))
        return now.astimezone(UTC)

    def _position(self, known_at: KnownAt) -> int:
        """See `Log.position`."""
        if isinstance(known_at, datetime):
            if known_at.tzinfo is None:
                raise InvalidInstant(known_at, said("an instant with its time zone"))
            if known_at > self._now():
                raise InvalidInstant(known_at, said("an instant that is not in the future"))
            return self._store.instants.position(known_at)
        head = self._store.head()
        if known_at is not None and not (type(known_at) is int and 0 <= known_at <= head):
            raise InvalidInstant(known_at, said("a log position from 0 to {head}", head=head))
        return head if known_at is None else known_at

    def _asked(self, on: date | None, known_at: KnownAt) -> tuple[date, int | None]:
        """The two clocks of a question, with their defaults, checked: a day, and a log position."""
        position = None if known_at is None else self._position(known_at)
        return self.today() if on is None else on, position

    def _end_of(self, day: date) -> datetime | None:
        """See `Tracker.end_of`."""
        if day >= self.today():
            return None
        # The later one where the last hour comes twice; and back, where it never comes, to an instant that does.
        last = datetime.combine(day, time.max, self.local_time).replace(fold=1)
        return last.astimezone(UTC).astimezone(self.local_time)

    def _by_end_of(self, day: date, days: int = 0) -> int:
        """The log position at the end of a local day, or of the day this many days before it."""
        try:
            last = self._end_of(day - timedelta(days=days))
        except OverflowError:
            return 0  # nothing was recorded so long ago
        return NO_END if last is None else self._store.instants.position(last)

    def _readable(self, streams: StreamRange, known_at: int | None = None) -> Mapping[StreamId, Sequence[Record[Any]]]:
        """The known records of streams, all of which must be readable."""
        found, unreadable = self._store.streams([streams])
        for error in unreadable:
            if known_at is None or error.position <= known_at:
                raise error
        return found

    @spanned("reformtrack.plan", _of_plan)
    def _plan(self, id: PlanId, on: date | None, known_at: KnownAt) -> Plan:
        """See `Tracker.plan`."""
        on, position = self._asked(on, known_at)
        streams, unreadable, size = self._store.sized_streams(plan_ranges(id))
        folded = fold_plan(id, streams, on, position, unreadable, known_at)
        if folded.version == 0:
            for error in folded.unreadable:
                raise error
            raise NotFound("plan", id, on, known_at)
        return attrs.evolve(folded, today=self.today(), stored_bytes=size)


class Facet:
    """A part of the tracker's interface."""

    def __init__(self, tracker: OpenStore) -> None:
        self._tracker = tracker
        self._store = tracker._store

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._tracker!r})"
