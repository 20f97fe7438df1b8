"""
Recording: a request is judged over every stream that it touches, and appended while that judgement still holds.
"""

import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from datetime import date, datetime
from uuid import uuid4

from msgspec.structs import replace

from reformtrack.domain import errors
from reformtrack.domain.acceptance import accept
from reformtrack.domain.events import EVENT_TYPES, Event, is_agency, is_journal
from reformtrack.domain.fields import FieldCheck, Name, RequestId
from reformtrack.domain.journal import JOURNAL_EVENTS, BackupAccepted, RecordingRefused
from reformtrack.domain.timeline import Record, as_records
from reformtrack.domain.values import StreamId, plan_of, stream_id
from reformtrack.policy.asking import Policy, Refuse, open_to_all, situations
from reformtrack.refusals import Refusals
from reformtrack.store.application import Conflict, RecordStore
from reformtrack.store.log import (
    AGENCIES,
    StreamRange,
    Unchanged,
    dispatch_range,
    indicator_range,
    plan_ranges,
    report_range,
    stream_range,
)
from reformtrack.store.patience import pauses
from reformtrack.telemetry import Attributes, recorded, spanned

ATTEMPTS = 10
"""How often a request that loses to other writers is judged and tried."""

QUICK_ATTEMPTS = 3
"""How often it tries while others may be faster; after that it keeps them out while it is judged."""

_logger = logging.getLogger(__name__)
_EVENT_TYPES = frozenset(EVENT_TYPES).difference(JOURNAL_EVENTS)
_check_by = FieldCheck("Tracker.record", "by", Name)
_check_request_id = FieldCheck("Tracker.record", "request_id", RequestId)


def _of_recording(found: tuple[tuple[Record[Event], ...], int]) -> Attributes:
    records, attempts = found
    facts = {"events": len(records), "attempts": attempts, "position": records[-1].position}
    return {f"reformtrack.{name}": fact for name, fact in facts.items()}


class Recording:
    """
    Records requests in a store.

    Args:
        store: where.
        now: gives the instant that it is, in UTC.
        today: gives the local day that it is.
        policy: says who may record what.
    """

    def __init__(
        self, store: RecordStore, now: Callable[[], datetime], today: Callable[[], date], policy: Policy
    ) -> None:
        self._store = store
        self._now = now
        self._today = today
        self._policy = policy
        self._refusals = Refusals()

    def record(
        self, events: Sequence[Event], by: str, request_id: str | None, expected_version: Mapping[str, int]
    ) -> tuple[Record[Event], ...]:
        """What `Tracker.record` says."""
        for event in events:
            if type(event) not in _EVENT_TYPES:
                raise TypeError(f"{event!r} cannot be recorded; accepted: the events of reformtrack")
        return self._recorded(events, by, request_id, expected_version)

    def accept_backup(self, event: BackupAccepted, by: str) -> Record[Event]:
        """Record what the tracker found out about the log itself: by somebody who may."""
        [record] = self._recorded([event], by, None, {})
        return record

    def _recorded(
        self, events: Sequence[Event], by: str, request_id: str | None, expected_version: Mapping[str, int]
    ) -> tuple[Record[Event], ...]:
        by = _check_by(by)
        repeatable = request_id is not None
        request_id = _check_request_id(request_id) if repeatable else uuid4().hex
        if not events:
            return ()
        start = time.perf_counter()
        try:
            records, attempts = self._tried(events, by, request_id, repeatable, expected_version)
        except errors.NotPermitted as error:
            self._note(error, by)
            raise
        recorded(len(records) if attempts else 0, seconds := time.perf_counter() - start)
        if _logger.isEnabledFor(logging.DEBUG):
            facts = {"events": len(records), "position": records[-1].position, "attempts": attempts, "seconds": seconds}
            _logger.debug("recorded", extra={"streams": sorted({record.stream for record in records}), **facts})
        return records

    @spanned("reformtrack.record", _of_recording)
    def _tried(
        self, events: Sequence[Event], by: str, request_id: str, repeatable: bool, expected_version: Mapping[str, int]
    ) -> tuple[tuple[Record[Event], ...], int]:
        """The records, and how many attempts it took: none when they stood on record before."""
        attempts, lost, waits = 0, 0, pauses()
        while True:
            if (repeatable or attempts) and (found := self._records_of(request_id, events, by)) is not None:
                return found, attempts  # whether a commit took place may be unknown until the request is looked for
            attempts += 1
            try:
                with self._store.exclusive() if lost >= QUICK_ATTEMPTS else nullcontext():
                    proposed, unchanged = self.judge(events, by, request_id, expected_version)
                    return self._store.append(proposed, now=self._now, unchanged=unchanged), attempts
            except Conflict:
                lost += 1
                if lost == ATTEMPTS:
                    raise errors.ConcurrentUpdate(sorted({event.subject for event in events}), ATTEMPTS) from None
                time.sleep(random.uniform(0, 0.002 * 2**lost))
            except (errors.IllegalHistory, errors.VersionConflict):
                if (found := self._records_of(request_id, events, by)) is not None:
                    return found, 0  # the same request, made twice at once: its own records are not in its way
                raise
            except errors.StoreUnavailable:
                if next(waits, None) is None:
                    raise
            except errors.StoreError:
                if (found := self._records_of(request_id, events, by)) is not None:
                    return found, attempts
                raise

    def _note(self, error: errors.NotPermitted, by: str) -> None:
        """Put a refusal on record, unless there are too many. Whatever comes of that, the refusal stands."""
        times = self._refusals.due(by, self._now())
        if not times:
            return
        today = self._today()
        journal = f"~refusals-{today:%Y-%m}"
        names = {"event": error.event, "about": error.subject, "reason": error.reason}
        event = RecordingRefused(journal, on=today, actor=by, times=times, **names)
        try:
            self._tried([event], "reformtrack", uuid4().hex, False, {})
        except (errors.StoreError, errors.ConcurrentUpdate, errors.TrackerClosed):
            _logger.exception("a refusal could not be put on record", extra=names)

    def _records_of(self, request_id: str, events: Sequence[Event], by: str) -> tuple[Record[Event], ...] | None:
        records = self._store.request(request_id)
        if records is None:
            return None
        if tuple(record.event for record in records) != tuple(events) or records[0].by != by:
            raise errors.RequestReused(request_id, records[0].position)
        return records

    def judge(
        self, events: Sequence[Event], by: str, request_id: str, expected: Mapping[str, int]
    ) -> tuple[list[Record[Event]], list[Unchanged]]:
        """The events as records that may be appended, and the conditions under which the judgement holds."""
        asks = self._policy is not open_to_all and not isinstance(events[0], RecordingRefused)
        own, around = _ranges(events, [stream_id(stream) for stream in expected], registry=asks)
        streams, unreadable = self._store.streams([*own, *around])
        if unreadable:
            raise unreadable[0]
        proposed = as_records(events, streams, self._now(), by, request_id)
        if asks:
            proposed = self._permitted(proposed, streams)
        for stream, version in expected.items():
            found = len(streams.get(stream_id(stream), ()))
            if found != version:
                raise errors.VersionConflict(stream, version, found)
        accept(proposed, streams, self._today())
        head = max((records[-1].position for records in streams.values()), default=0)
        return proposed, [Unchanged(streams_, head) for streams_ in around]

    def _permitted(
        self, proposed: Sequence[Record[Event]], streams: Mapping[StreamId, Sequence[Record[Event]]]
    ) -> list[Record[Event]]:
        """The records with the rule that lets each in, and the agency that it is for; before anything else is said of them."""
        permitted = []
        for record, situation in zip(proposed, situations(proposed, streams, self._today()), strict=True):
            answer = self._policy(record.by, record.event, situation)
            if isinstance(answer, Refuse):
                raise errors.NotPermitted(type(record.event).__name__, record.stream, answer.reason)
            permitted.append(replace(record, agency=answer.agency, rule=answer.rule))
        return permitted


def _ranges(
    events: Sequence[Event], expected: Sequence[StreamId], *, registry: bool
) -> tuple[list[StreamRange], list[StreamRange]]:
    """
    The streams that a request is judged by: those that it writes to, and those around them.

    Around them are their plans, and all of a plan that the request writes to itself. Nothing may have been recorded in these
    when the request is; in those that it writes to, the version that it takes says so. An agency is judged with all others, and
    a policy asks them all.
    """
    registry = registry or any(is_agency(stream) for stream in (*(event.subject for event in events), *expected))
    subjects = {event.subject for event in events if not is_agency(event.subject)}
    expected = [stream for stream in expected if not is_agency(stream)]
    whole = {subject for subject in subjects if plan_of(subject) == subject}
    own = {subject for subject in subjects if plan_of(subject) not in whole}
    around = (
        {plan_of(subject) for subject in own if not is_journal(subject)}
        | {s for s in expected if plan_of(s) not in whole}
    ) - own
    ranges = [stream_range(stream) for stream in sorted(around)]
    for plan in sorted(whole):
        id = plan_of(plan)
        ranges += [*plan_ranges(id), indicator_range(id), report_range(id), dispatch_range(id)]
    if registry:
        ranges.append(AGENCIES)
    return [stream_range(stream) for stream in sorted(own)], ranges
