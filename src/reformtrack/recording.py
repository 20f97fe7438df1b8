"""Recording: a request is judged over every stream that it touches, and appended while that judgement still holds."""

import logging
import time
from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from datetime import date, datetime
from functools import lru_cache
from random import SystemRandom
from typing import Any, TypeVar

from msgspec.structs import replace

from reformtrack.configuration import Configuration, Reading
from reformtrack.domain import errors, illegal
from reformtrack.domain.acceptance import Histories, accept
from reformtrack.domain.activity import Judgement
from reformtrack.domain.fields import FieldCheck, Name, RequestId
from reformtrack.domain.journal import InstantsCorrected, RecordingRefused, StoreConfigured
from reformtrack.domain.kinds import AGENCY, EVENT_TYPES, JOURNAL, RECORDABLE, Event
from reformtrack.domain.said import said
from reformtrack.domain.timeline import Record, RecordRetracted, as_records
from reformtrack.domain.values import StreamId, plan_of, stream_id
from reformtrack.policy.asking import Permit, Policy, Refuse, Situations, open_to_all
from reformtrack.policy.separation import SeparationOfDuties
from reformtrack.refusals import Refusals
from reformtrack.register import KeptRegister, Register
from reformtrack.store.application import Conflict, RecordStore
from reformtrack.store.instants import Ahead
from reformtrack.store.log import Unchanged
from reformtrack.store.patience import pauses
from reformtrack.store.streams import STORE, StreamRange, stream_range, whole_plan
from reformtrack.telemetry import Attributes, recorded, spanned
from reformtrack.views.agencies import Registry

_RANDOM = SystemRandom()  # not the generator of the process, which a host may have seeded for its tests

ATTEMPTS = 10
"""How often a request that loses to other writers is judged and tried."""

QUICK_ATTEMPTS = 3
"""Optimistic attempts before taking the append lock."""

_OURSELVES = "reformtrack"
T = TypeVar("T")
_logger = logging.getLogger(__name__)
_RECORDABLE = frozenset(RECORDABLE)
_check_by = FieldCheck("Tracker.record", "by", Name)
_known_by = lru_cache(maxsize=256)(_check_by)
"""The same for texts: few people record, again and again."""
_check_request_id = FieldCheck("Tracker.record", "request_id", RequestId)


def _of_recording(found: tuple[tuple[Record[Event], ...], int]) -> Attributes:
    records, attempts = found
    facts = {"events": len(records), "attempts": attempts, "position": records[-1].position}
    return {f"reformtrack.{name}": fact for name, fact in facts.items()}


def new_request_id() -> str:
    """An id for a request, in order of time: at random each would be written to another page of the index of requests."""
    return f"{time.time_ns() // 1_000_000:012x}{_RANDOM.getrandbits(80):020x}"


class Recording:
    """
    Records requests in a store.

    Args:
        store: where.
        now: returns the current instant, in UTC.
        today: returns the current local day.
        policy: decides who may record what; None permits everything.
        configuration: the configuration of the store.
    """

    def __init__(
        self,
        store: RecordStore,
        now: Callable[[], datetime],
        today: Callable[[], date],
        policy: Policy | None,
        configuration: Configuration,
    ) -> None:
        self._store, self._now, self._today = store, now, today
        self._policy = open_to_all if policy is None else policy
        self._configuration = configuration
        self._refusals = Refusals()
        self._register = KeptRegister(store)

    def record(
        self, events: Sequence[Event], by: str, request_id: str | None, expected_version: Mapping[str, int]
    ) -> tuple[Record[Event], ...]:
        """See `Tracker.record`."""
        for event in events:
            if type(event) not in _RECORDABLE:
                if type(event) in EVENT_TYPES:
                    raise errors.NotRecordable(type(event).__name__, event.subject)
                accepted = said("the events of reformtrack, one by one: record(*events, by=…)")
                raise errors.NoEvent("Tracker.record", "events", event, accepted)
        return self._recorded(events, by, request_id, expected_version)

    def record_own(self, event: Event, by: str, request_id: str | None = None) -> Record[Event]:
        """Record an event that only the tracker creates, on behalf of somebody who is permitted to."""
        [record] = self._recorded([event], by, request_id, {})
        return record

    def has_recorded(self, kind: type[Event], subject: str, by: str, request_id: str | None) -> bool:
        """The records of an earlier request for an event that the tracker creates: created again, the event would differ."""
        records = None if request_id is None else self._store.request(_check_request_id(request_id))
        asked = kind, subject, _check_by(by)
        return any((type(record.event), record.stream, record.by) == asked for record in records or ())

    def configure(self, time_zone: str, by: str) -> Record[StoreConfigured]:
        """
        Record the configuration of the store, if it is not recorded yet or a new time zone is given.

        Raises:
            VersionConflict: another time zone was recorded at the same time.
        """
        reading = self._configuration.read()
        event, expected = self._configuration.event(reading, self._today(), time_zone), {STORE: reading.version}
        if self._configuration.is_another_zone(event):
            self._recorded([event], by, None, expected)
        elif self._configuration.is_due(reading) or not reading.version:
            try:
                self._tried([event], _OURSELVES, new_request_id(), False, expected)
            except errors.VersionConflict:  # somebody was faster: there may be nothing left to record
                return self.configure(time_zone, by)
        return self._store.streams([stream_range(STORE)])[0][StreamId(STORE)][-1]

    def _recorded(
        self, events: Sequence[Event], by: str, request_id: str | None, expected_version: Mapping[str, int]
    ) -> tuple[Record[Event], ...]:
        by = _known_by(by) if type(by) is str else _check_by(by)
        repeatable = request_id is not None
        request_id = _check_request_id(request_id) if repeatable else new_request_id()
        if not events:
            return ()
        start = time.perf_counter()
        try:
            records, attempts = self._tried(events, by, request_id, repeatable, expected_version)
        except errors.PolicyRequired:
            raise  # who opened this tracker forgot something; it has no policy under which to put anything on record
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
        """The records, and the number of attempts: 0 when they were on record before."""
        attempts, waits, register = 0, pauses(), None
        correction = events[0] if isinstance(events[0], InstantsCorrected) else None
        lost = QUICK_ATTEMPTS if correction else 0  # what it says of the log has to be so when it is appended
        while True:
            if (repeatable or attempts) and (found := self._records_of(request_id, events, by)) is not None:
                return found, attempts  # whether a commit took place may be unknown until the request is looked for
            attempts += 1
            try:
                with self._store.exclusive() if lost >= QUICK_ATTEMPTS else nullcontext():
                    name, subject = type(events[0]).__name__, events[0].subject
                    reading = self._configuration.checked(name, subject, again=attempts > 1)
                    proposed, unchanged, register = self.judge(events, by, request_id, expected_version)
                    reading = self._configured(reading, events[0])
                    unchanged.append(reading.unchanged())
                    after = self._store.instants.corrected(correction, self._now()) if correction else None
                    records = self._store.append(proposed, now=self._now, unchanged=unchanged, after=after)
                if isinstance(events[0], StoreConfigured):
                    reading = reading.after(records[0])
                self._configuration.learn(reading)
                if register is not None:
                    self._register.learn(register, records)
                return records, attempts
            except Ahead as error:
                raise self._store.instants.behind(error.now) from None
            except Conflict:
                lost += 1
                if register is not None:
                    self._register.renewed(register)
                if lost == ATTEMPTS:
                    raise errors.ConcurrentUpdate(sorted({event.subject for event in events}), ATTEMPTS) from None
                time.sleep(_RANDOM.uniform(0, 0.002 * 2**lost))
            except (illegal.IllegalHistory, errors.VersionConflict) as error:
                if (found := self._records_of(request_id, events, by)) is not None:
                    return found, 0  # the same request, made twice at once: its own records are not in its way
                if isinstance(error, illegal.DatedInTheFuture):
                    self._store.instants.check_clock(self._now())
                raise
            except errors.StoreUnavailable:
                if next(waits, None) is None:
                    raise
            except errors.StoreError:
                if (found := self._records_of(request_id, events, by)) is not None:
                    return found, attempts
                raise

    def _configured(self, reading: Reading, first: Event) -> Reading:
        """
        The configuration, after recording the one that the tracker was opened with.

        So each record was judged by the policy that the last configuration record before it names. The exception is the
        correction of a wrong clock, before which nothing can be recorded.
        """
        if not self._configuration.is_due(reading) or isinstance(first, StoreConfigured | InstantsCorrected):
            return reading
        event = self._configuration.event(reading, self._today())
        record = Record[Event](0, event.subject, reading.version + 1, event, self._now(), _OURSELVES, new_request_id())
        [stored] = self._store.append([record], now=self._now, unchanged=[reading.unchanged()])
        return reading.after(stored)

    def _note(self, error: errors.NotPermitted, by: str) -> None:
        """Record a refusal, unless there are too many. The refusal stands even if that fails."""
        times = self._refusals.due(by, self._now())
        if not times:
            return
        today = self._today()
        journal = f"~refusals-{today:%Y-%m}"
        names = {"event": error.event, "about": error.subject, "reason": str(error.reason)}
        event = RecordingRefused(journal, on=today, actor=by, times=times, **names)
        try:
            self._tried([event], _OURSELVES, new_request_id(), False, {})
        except (errors.StoreError, errors.ConcurrentUpdate, errors.TrackerClosed):
            _logger.exception("a refusal could not be recorded", extra=names)

    def _records_of(self, request_id: str, events: Sequence[Event], by: str) -> tuple[Record[Event], ...] | None:
        records = self._store.request(request_id)
        if records is None:
            return None
        if tuple(record.event for record in records) != tuple(events) or records[0].by != by:
            # Who may not record this learns nothing of requests.
            self._by_register(events, {}, lambda register: self._proposed(events, by, request_id, {}, register))
            raise errors.RequestReused(request_id, records[0].position)
        return records

    def judge(
        self, events: Sequence[Event], by: str, request_id: str, expected: Mapping[str, int]
    ) -> tuple[list[Record[Event]], list[Unchanged], Register | None]:
        """The events as records, the append conditions, and the agencies that the judgement used."""
        if isinstance(events[0], RecordingRefused):
            # It follows from nothing in its journal, which may be long and is not read.
            version = self._store.last_version(events[0].subject) + 1
            return [Record[Event](0, events[0].subject, version, events[0], self._now(), by, request_id)], [], None
        return self._by_register(
            events, expected, lambda register: self._judged(events, by, request_id, expected, register)
        )

    def _by_register(
        self, events: Sequence[Event], expected: Mapping[str, int], judged: Callable[[Register | None], T]
    ) -> T:
        """
        A judgement that may depend on the agencies. An append requires that they are unchanged; a refusal has no such
        condition, so the agencies are checked again before it stands.
        """
        asked = self._asks(events) or any(
            AGENCY.has(stream_id(one)) for one in (*(e.subject for e in events), *expected)
        )
        while True:
            register = self._register.on(self._today()) if asked else None
            try:
                return judged(register)
            except (errors.NotPermitted, illegal.IllegalHistory, errors.VersionConflict):
                if register is None or not self._register.renewed(register):
                    raise

    def _judged(
        self, events: Sequence[Event], by: str, request_id: str, expected: Mapping[str, int], register: Register | None
    ) -> tuple[list[Record[Event]], list[Unchanged], Register | None]:
        proposed, streams, around = self._proposed(events, by, request_id, expected, register)
        known = _with(streams, register)
        for stream, version in expected.items():
            found = len(known.get(stream_id(stream), ()))
            if found != version:
                raise errors.VersionConflict(stream, version, found)
        accept(proposed, known, self._today())
        head = max((records[-1].position for records in streams.values()), default=0)
        unchanged = [Unchanged(streams_, head) for streams_ in around]
        return proposed, unchanged if register is None else [*unchanged, register.unchanged()], register

    def _proposed(
        self, events: Sequence[Event], by: str, request_id: str, expected: Mapping[str, int], register: Register | None
    ) -> tuple[list[Record[Event]], dict[StreamId, list[Record[Event]]], list[StreamRange]]:
        """
        The events as records that the policy permits, the streams by which they are judged, and which of these are only
        around them.
        """
        if register is not None and self._asks(events) and self._is_stranger(by, register.registry):
            # They are refused whatever is on record, so nothing of it is read for them, nor is what cannot be read told.
            agencies = register.streams
            self._permitted(as_records(events, agencies, self._now(), by, request_id), agencies, register.registry)
        own, around = _ranges(events, [stream_id(stream) for stream in expected])
        streams = self._read([*own, *around]) if own or around else {}
        known = _with(streams, register)
        proposed = as_records(events, known, self._now(), by, request_id)
        if register is not None and self._asks(events):
            proposed = self._permitted(proposed, known, register.registry)
        return proposed, streams, around

    def _asks(self, events: Sequence[Event]) -> bool:
        """Whether the policy is asked."""
        return self._policy is not open_to_all and not self._is_own(events[0])

    def _is_stranger(self, by: str, registry: Registry) -> bool:
        return isinstance(self._policy, SeparationOfDuties) and self._policy.is_stranger(by, registry)

    def _is_own(self, event: Event) -> bool:
        """Whether an event is the tracker's own note, for which no policy is asked."""
        if isinstance(event, StoreConfigured):
            return not self._configuration.is_another_zone(event)
        return isinstance(event, RecordingRefused)

    def _read(self, ranges: Sequence[StreamRange]) -> dict[StreamId, list[Record[Event]]]:
        streams, unreadable = self._store.streams(ranges)
        if unreadable:
            raise unreadable[0]
        return streams

    def _permitted(
        self, proposed: Sequence[Record[Event]], streams: Histories, registry: Registry
    ) -> list[Record[Event]]:
        """
        The records with the rule that permits each and the agency it is for. Runs before any other check reports about
        them.
        """
        permitted, situations = [], Situations(streams, registry)
        judgements = [one for one in proposed if isinstance(one.event, Judgement | RecordRetracted)]
        if judgements and situations.has_borrowed(proposed[0].by, judgements):
            # No condition of the append: a use of the loan that comes at the same moment might as well come after.
            plans = {plan for record in proposed if (plan := plan_of(record.stream))}
            situations.add_acts(self._read([of for plan in sorted(plans) for of in whole_plan(plan)]))
        for record in proposed:
            answer = self._policy(record.by, record.event, situations.of(record))
            if not isinstance(answer, Permit | Refuse):
                raise errors.InvalidField("policy", "answer", answer, said("a Permit or a Refuse"))
            if isinstance(answer, Refuse):
                raise errors.NotPermitted(type(record.event).__name__, record.stream, answer.reason)
            permitted.append(replace(record, agency=answer.agency, rule=answer.rule))
            situations.add(permitted[-1])
        return permitted


def _with(streams: Histories, register: Register | None) -> Histories:
    if register is None:
        return streams
    return ChainMap[StreamId, Sequence[Record[Any]]](dict(streams), register.streams)


def _ranges(events: Sequence[Event], expected: Sequence[StreamId]) -> tuple[list[StreamRange], list[StreamRange]]:
    """
    The streams that a request is judged by, besides agencies: those that it writes to, and those around them.

    Around them are their plans, and every stream of a plan that the request itself changes. The append requires that
    these are unchanged; for the streams it writes to, their versions ensure it.
    """
    subjects = {event.subject for event in events if not AGENCY.has(event.subject)}
    expected = [stream for stream in expected if not AGENCY.has(stream)]
    whole = {subject for subject in subjects if plan_of(subject) == subject}
    own = {subject for subject in subjects if plan_of(subject) not in whole}
    around = (
        {plan_of(subject) for subject in own if not JOURNAL.has(subject)}
        | {s for s in expected if plan_of(s) not in whole}
    ) - own
    ranges = [stream_range(stream) for stream in sorted(around)]
    for plan in sorted(whole):
        ranges += whole_plan(plan_of(plan))
    return [stream_range(stream) for stream in sorted(own)], ranges
