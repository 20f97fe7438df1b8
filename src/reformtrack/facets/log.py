"""The log: reading, following, checking, export and import."""

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
from reformtrack.domain.values import Document, plan_id, stream_id
from reformtrack.open_store import Facet
from reformtrack.policy.asking import open_to_all
from reformtrack.store.checking import Damage
from reformtrack.store.patience import each_one_call
from reformtrack.store.streams import AGENCIES, CLOCK, REFUSALS, stream_range, whole_plan


@each_one_call
@checks_arguments
class Log(Facet):
    """The log of a tracker, all records in order: `tracker.log`."""

    def records(
        self, after: Position = 0, up_to: Position | None = None, *, stream: str | None = None
    ) -> Iterator[Record[Event]]:
        """
        Every record of the store, or of one stream, in the order of recording, read page by page as it is asked for.

        Args:
            after: the position of the last record that was handled; reading continues after it.
            up_to: the last position to read; default: the end of the log.
            stream: the id of a plan, an activity, an indicator, a report or an agency; default: all of them.

        Raises:
            UnreadableRecord: the next record cannot be read; to skip it, ask again after its `position`.
        """
        for item in self._store.all_after(after, up_to, None if stream is None else stream_id(stream)):
            if isinstance(item, UnreadableRecord):
                raise item
            yield item

    def history(self, stream: str, known_at: KnownAt = None) -> tuple[Record[Event], ...]:
        """
        Every record of a plan, an activity or an indicator in the order of recording, including retracted ones and
        retractions; empty for an unknown id.

        Args:
            stream: its id.
            known_at: an aware instant or a log position; default: all that is on record.

        Raises:
            UnreadableRecord: one of them cannot be read.
            InvalidInstant: `known_at` is naive, or has not come yet.
        """
        id, (_, position) = stream_id(stream), self._tracker._asked(None, known_at)
        return known(self._tracker._readable(stream_range(id), position).get(id, ()), position)

    def follow(self, after: Position = 0, stop: threading.Event | None = None) -> Iterator[Record[Event]]:
        """
        Every record after a position, and then, without end, each new one as it is recorded by any process.

        PostgreSQL notifies of new records; in addition the log is polled every second, a SQLite file twenty times a
        second. Keep the position of the last record that you handled, to continue from there. While the store cannot be
        reached, this waits without limit.

        Args:
            after: the position to go on from.
            stop: when set, ends the iteration within a second, after the records that exist then; at once while the
                store cannot be reached.

        Raises:
            UnreadableRecord: the next record cannot be read; to skip it, follow from its `position`.
            TrackerClosed: the tracker was closed.
            StoreError: the store failed for another reason than being unreachable.
        """
        for page in self._store.follow(after, stop or threading.Event()):
            for item in page:
                if isinstance(item, UnreadableRecord):
                    raise item
                yield item

    def position(self, known_at: KnownAt = None) -> int:
        """
        The log position of what was known at an instant, exact and permanent; default: the position of the last record.

        It is the last position of a request that was recorded by then. Where a wrong clock was corrected, records
        stamped in the future count as known from the correction on.

        Raises:
            InvalidInstant: `known_at` is naive, or has not come yet.

        >>> from datetime import UTC, datetime
        >>> from reformtrack import Tracker
        >>> with Tracker(clock=lambda: datetime(2023, 7, 10, 3, tzinfo=UTC)) as tracker:
        ...     tracker.log.position(datetime(2023, 7, 10, 3, tzinfo=UTC)), tracker.log.position(0)
        (0, 0)
        """
        return self._tracker._position(known_at)

    def head(self, plan: str | None = None, *, agencies: bool = False) -> Head:
        """
        The end of the log: its position, and a tag that identifies everything on record, for use as a cache key.

        Args:
            plan: only of what is on record of a plan, its activities, indicators and reports: 0 without a record of it.
            agencies: of a plan, and of all agencies.
        """
        if plan is None:
            return self._tracker._configuration.head()
        return Head(*self._store.last_of((*whole_plan(plan_id(plan)), *([AGENCIES] if agencies else []))))

    def quarantine(self) -> Iterator[UnreadableRecord]:
        """The stored events that cannot be read, in order: the place, the reason and the bytes of each."""
        return (item for item in self._store.all_after(0, None) if isinstance(item, UnreadableRecord))

    def refusals(self) -> tuple[Record[RecordingRefused], ...]:
        """
        Refusals by the policy, in the order of recording. One record may stand for several refusals to one actor.

        Raises:
            UnreadableRecord: a stored event of these cannot be read.
        """
        streams = self._tracker._readable(REFUSALS)
        return tuple(record for stream in sorted(streams) for record in streams[stream])

    def check(
        self,
        spot: Annotated[int, Meta(ge=1)] | None = None,
        progress: Callable[[int, int], None] | None = None,
        *,
        repair: bool = False,
    ) -> tuple[Damage, ...]:
        """
        Everything in the store that is not as it was written: records that are missing, unreadable, out of order, or
        different from their request; indexes and rows of views that differ from the records; reports whose numbers
        differ from the log at the time of issue; and what the database itself finds. Empty when all is well.

        It finds accidents and clumsy tampering, also by comparing the log with its Merkle tree. A consistent rewrite of
        everything, tree included, is found only by `Seals.verify` with a checkpoint that is kept elsewhere.

        Args:
            spot: check only this many plans, 1 or more, chosen at random: their views and reports, and the sums of all
                plans. It takes seconds, so it can run every night, but misses what is wrong elsewhere. Default: check
                everything.
            progress: called from time to time with the number of log positions done and their total; then the same for
                plans.
            repair: make anew what the views say of each plan that differs, and all of the views where more than plans
                differs; what was wrong is returned all the same. The log is never changed.

        Raises:
            InvalidField: `spot` is less than 1.
            StoreError: the store failed.
        """
        projection = self._tracker._projection
        if spot is not None:
            return (*self._store.redefined(), *audit(self._store, projection, spot, progress, repair))
        found = (*self._store.check(progress), *self._tracker._tree.damage())
        return (*found, *audit(self._store, projection, None, progress, repair))

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
            path: the file; an existing file is replaced once the new one is complete.
            after: the position to go on from.
            up_to: the last position to write; default: the end of the log.
            progress: is told, from time to time, the position reached and the last one.

        Returns:
            How many records were written.

        Raises:
            StoreError: the store failed, or a record in it belongs to no request.
            OSError: the file cannot be written.
        """
        return self._store.export_log(Path(path), after, up_to, progress)

    def load(
        self, path: str | PathLike[str], progress: Callable[[int, int], None] | None = None, *, as_it_was: bool = False
    ) -> int:
        """
        Import the records of a file of `export`, byte for byte, at their own positions, up to 9,007,199,254,740,991.

        The store must be empty or hold the beginning of the same log: existing records are compared and kept, so an
        interrupted import can be repeated. New records are checked as when recording: texts, values, instants (not in
        the future, never going back) and consecutive versions of each stream. The legality of the history is not
        checked again.

        Args:
            path: the file.
            progress: is told, from time to time, the position reached and the last one.
            as_it_was: skip these checks; only for a log that you trust, from an older reformtrack or with unreadable
                records.

        Returns:
            How many records were stored.

        Raises:
            LogFileError: the file was cut or changed, a record was refused, or the store has other records.
            NotPermitted: the tracker has a policy, or the store has one in force, which the import would bypass.
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
        Correct the instants of records that a wrong clock stamped in the future, so that recording can continue.

        The correction is itself recorded. The records keep their positions and bytes; new records continue after the
        last record with a correct instant; the corrected records count as known from now on (`position`).

        Args:
            first: the log position of the first record with a wrong instant; `ClockBehind` names it.
            last: the log position of the last one.
            reason: what was wrong, 1 to 20,000 characters.
            by: who says so.
            document: a document about it.

        Raises:
            NoSuchRecord: the positions are not those of whole requests.
            InstantNotAhead: one of the instants is not ahead of a later one or of the clock.
            ClockBehind: a record outside this range is also ahead of the clock.
            NotPermitted: the policy does not permit it.
        """
        today = self._tracker.today()
        event = InstantsCorrected(CLOCK, on=today, first=first, last=last, reason=reason, document=document)
        return self._tracker._recording.record_own(event, by)

    def grant(self, role: str) -> list[str]:
        """
        Grant a role of PostgreSQL the rights of an application: to read and append to the log, not to change it. May be
        repeated while the application is stopped; the views are dropped, and the role rebuilds them.

        Args:
            role: an existing role; this tracker must be opened as another role, which owns the tables.

        Returns:
            The statements that were run.

        Raises:
            StoreError: the store has no roles, the role does not exist, or it has more rights from elsewhere. Nothing
                is changed.
        """
        return self._store.grant(role)
