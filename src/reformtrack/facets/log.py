"""
The log: read, followed, checked, written to a file and taken from one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from os import PathLike
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from reformtrack.auditing import audit
from reformtrack.configuration import Head
from reformtrack.domain.arguments import Position, checks_arguments
from reformtrack.domain.errors import NotPermitted, UnreadableRecord
from reformtrack.domain.journal import InstantsCorrected, RecordingRefused
from reformtrack.domain.kinds import Event
from reformtrack.domain.said import said
from reformtrack.domain.timeline import KnownAt, Record, known
from reformtrack.domain.values import Document, stream_id
from reformtrack.open_store import Facet
from reformtrack.policy.asking import open_to_all
from reformtrack.store.checking import Damage
from reformtrack.store.log import CLOCK, REFUSALS, stream_range
from reformtrack.store.patience import each_one_call


@each_one_call
@checks_arguments
class Log(Facet):
    """The log of a tracker, the record of all that was recorded, in order: `tracker.log`."""

    def records(
        self, after: Position = 0, up_to: Position | None = None, *, stream: str | None = None
    ) -> Iterator[Record[Event]]:
        """
        Every record of the store, or of one stream, in the order of recording, read page by page as it is asked for.

        Args:
            after: the position to go on from: that of the last record that was handled.
            up_to: the last position to read; the end of the log unless given.
            stream: the id of a plan, an activity, an indicator, a report or an agency; all of them unless given.

        Raises:
            UnreadableRecord: the next record cannot be read; to go on without it, ask again after its `position`.
        """
        for item in self._store.all_after(after, up_to, None if stream is None else stream_id(stream)):
            if isinstance(item, UnreadableRecord):
                raise item
            yield item

    def history(self, stream: str, known_at: KnownAt = None) -> tuple[Record[Event], ...]:
        """
        Every record of a plan, an activity or an indicator in the order of recording, retracted ones and retractions included;
        none where nothing of this id is on record.

        Args:
            stream: its id.
            known_at: an aware instant or a log position; all that is on record unless given.

        Raises:
            UnreadableRecord: one of them cannot be read.
            InvalidInstant: `known_at` is naive, or has not come yet.
        """
        id, (_, position) = stream_id(stream), self._tracker._asked(None, known_at)
        return known(self._tracker._readable(stream_range(id), position).get(id, ()), position)

    def follow(self, after: Position = 0, stop: threading.Event | None = None) -> Iterator[Record[Event]]:
        """
        Every record after a position, and then each new one as it is recorded, by whomever, without end.

        PostgreSQL says when there is something new; besides, it looks every second, and in a SQLite file twenty times a second.
        Keep the position of the last record that you handled, to go on from there. While the store cannot be reached it waits,
        however long that is.

        Args:
            after: the position to go on from.
            stop: ends the wait within a second when it is set, after what is on record then; at once while the store cannot be
                reached.

        Raises:
            UnreadableRecord: the next record cannot be read; to go on without it, follow from its `position`.
            TrackerClosed: the tracker was closed.
            StoreError: the store failed in another way than that it cannot be reached.
        """
        for page in self._store.follow(after, stop or threading.Event()):
            for item in page:
                if isinstance(item, UnreadableRecord):
                    raise item
                yield item

    def position(self, known_at: KnownAt = None) -> int:
        """
        The log position that names what was known at an instant, exactly and for good; that of the last record unless given.

        It is the last position of a request that was recorded by then. So where a wrong clock was corrected, the records with
        instants that had not come are known since the correction, as all that comes before it is.

        Raises:
            InvalidInstant: `known_at` is naive, or has not come yet.

        >>> from datetime import UTC, datetime
        >>> from reformtrack import Tracker
        >>> with Tracker(clock=lambda: datetime(2023, 7, 10, 3, tzinfo=UTC)) as tracker:
        ...     tracker.log.position(datetime(2023, 7, 10, 3, tzinfo=UTC)), tracker.log.position(0)
        (0, 0)
        """
        return self._tracker._position(known_at)

    def head(self) -> Head:
        """The end of the log: its position, and a tag under which to keep what was made of all that is on record by then."""
        return self._tracker._configuration.head()

    def quarantine(self) -> Iterator[UnreadableRecord]:
        """The stored events that cannot be read, in order: where each is, what is wrong with it, and its bytes."""
        return (item for item in self._store.all_after(0, None) if isinstance(item, UnreadableRecord))

    def refusals(self) -> tuple[Record[RecordingRefused], ...]:
        """
        What the policy did not permit, in the order of recording. Of many to one actor some stand for those before them.

        Raises:
            UnreadableRecord: a stored event of these cannot be read.
        """
        streams = self._tracker._readable(REFUSALS)
        return tuple(record for stream in sorted(streams) for record in streams[stream])

    def check(
        self, spot: Annotated[int, Meta(ge=1)] | None = None, progress: Callable[[int, int], None] | None = None
    ) -> tuple[Damage, ...]:
        """
        Everything in the store that is not as it was written: records that are missing, cannot be read, are out of order, or
        say something else than their request; indexes, and rows of the views, that say something else than the records; reports
        whose numbers are not what the log gave when they were sent; and what the database itself finds. Empty when all is well.

        It finds accidents, and clumsy tampering: the log is also held against the tree that was kept of it. Somebody who
        rewrites everything consistently, the tree too, is found by `Seals.verify` with a checkpoint that is kept elsewhere.

        Args:
            spot: only so many plans, drawn by chance, 1 or more: their views and reports, and the sums of all plans. For every
                night, in seconds; what it does not draw it does not see. Everything is read unless given.
            progress: is told, from time to time, how many positions of the log are done, of how many; and then plans.

        Raises:
            InvalidField: `spot` is less than 1.
            StoreError: the store failed.
        """
        projection = self._tracker._projection
        if spot is not None:
            return (*self._store.redefined(), *audit(self._store, projection, spot, progress))
        found = (*self._store.check(progress), *self._tracker._tree.damage())
        return (*found, *audit(self._store, projection, None, progress))

    def export(
        self,
        path: str | PathLike[str],
        after: Position = 0,
        up_to: Position | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> int:
        """
        Write the log to a file of JSON Lines, readable without reformtrack; compressed when its name ends in `.gz`.

        Args:
            path: the file; one that is there is replaced when the new one is whole.
            after: the position to go on from.
            up_to: the last position to write; the end of the log unless given.
            progress: is told, from time to time, the position reached and the last one.

        Returns:
            How many records were written.

        Raises:
            StoreError: the store failed, or a record in it belongs to no request.
            OSError: the file cannot be written.
        """
        return self._store.export_log(Path(path), after, up_to, progress)

    def load(
        self,
        path: str | PathLike[str],
        progress: Callable[[int, int], None] | None = None,
        *,
        as_it_was: bool = False,
    ) -> int:
        """
        Store the records of a file of `export`, byte for byte, at their own positions, up to 9,007,199,254,740,991.

        For an empty store, or one that has the beginning of the same log: what it has is compared and left as it is, so an
        import that was interrupted goes on when it is made again. What is new is held to what recording holds it to: its texts
        and values, an instant that has come and does not go back, each version of a stream after the one before. The history
        is not judged: what was on record is on record.

        Args:
            path: the file.
            progress: is told, from time to time, the position reached and the last one.
            as_it_was: hold the records to none of that: for a log that you know, of an older reformtrack, or with records that
                cannot be read here.

        Returns:
            How many records were stored.

        Raises:
            LogFileError: the file was cut or changed, a record is not taken, or the store has other records.
            NotPermitted: the tracker has a policy, or the store has one in force, which such records would go round.
        """
        policy, configuration = self._tracker._policy, self._tracker._configuration
        if policy is not None and policy is not open_to_all:
            accepted = said("accepted: Tracker(…, policy=open_to_all), or --open-to-all, by who keeps the store")
            raise NotPermitted("load", "log", accepted)
        configuration.checked("load", "log", again=True)
        stored = self._store.import_log(Path(path), progress, None if as_it_was else self._tracker._now)
        configuration.read()
        return stored

    def correct_instants(
        self, first: int, last: int, *, reason: str, by: str, document: Document | None = None
    ) -> Record[Event]:
        """
        Say that a clock was wrong: the instants of records are ahead of what the time was, and recording stopped for it.

        It goes on record. The records keep their positions and their bytes; what is recorded from now on comes after the last
        record with a right instant; and they are known at instants from this one on (`position`).

        Args:
            first: the log position of the first record with such an instant; `ClockBehind` names it.
            last: that of the last one.
            reason: what was wrong, 1 to 20,000 characters.
            by: who says so.
            document: the document that says so.

        Raises:
            NoSuchRecord: the positions are not those of whole requests.
            InstantNotAhead: one of the instants is not ahead, of a later one or of the clock.
            ClockBehind: a record that is not meant is ahead of the clock too.
            NotPermitted: the policy does not permit it.
        """
        today = self._tracker.today()
        event = InstantsCorrected(CLOCK, on=today, first=first, last=last, reason=reason, document=document)
        return self._tracker._recording.record_own(event, by)

    def grant(self, role: str) -> list[str]:
        """
        Give a role of PostgreSQL the rights of an application: it reads the log and adds to it, and cannot change it. It may be
        done again, with the application stopped: the views are dropped, and made anew by the role.

        Args:
            role: there already; this tracker was opened as another, who owns the tables.

        Returns:
            The statements that were run.

        Raises:
            StoreError: the store has no roles, the role is not there, or it has more rights from elsewhere. Nothing is changed.
        """
        return self._store.grant(role)
