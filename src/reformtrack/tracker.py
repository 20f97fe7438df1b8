"""
Tracker: the one object that records events, and answers for any day as known at any instant.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import wraps
from inspect import isfunction, isgeneratorfunction, unwrap
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any, ParamSpec, Self, TypeVar

import attrs
from msgspec import Meta

from reformtrack.analytics.export import ParquetExport, export_parquet
from reformtrack.auditing import audit
from reformtrack.configuration import Configuration, Head, time_zone_name
from reformtrack.domain import errors
from reformtrack.domain.arguments import Days, Position, checks_arguments
from reformtrack.domain.dispatch import DispatchState
from reformtrack.domain.events import DISPATCH, Event
from reformtrack.domain.instants import MOST_AHEAD
from reformtrack.domain.journal import BackupAccepted, InstantsCorrected, RecordingRefused, StoreConfigured
from reformtrack.domain.period import Period
from reformtrack.domain.period import period as period_of
from reformtrack.domain.progress import CountingRule
from reformtrack.domain.report import Content, ReportCorrected, ReportIssued
from reformtrack.domain.timeline import KnownAt, Record, known, timeline
from reformtrack.domain.values import Document, PlanId, StreamId, indicator_id, plan_id, plan_of, report_id, stream_id
from reformtrack.domain.wording import Lang
from reformtrack.policy.asking import Policy, open_to_all
from reformtrack.projection import NO_END, Projection
from reformtrack.protection import Protection
from reformtrack.recording import Recording
from reformtrack.seal import Checkpoint, ConsistencyProof, InclusionProof, SigningKey, Verification
from reformtrack.seal.sealing import Sealing
from reformtrack.store.application import RecordStore, settings_of
from reformtrack.store.checking import Damage
from reformtrack.store.cipher import RowCipher
from reformtrack.store.log import (
    AGENCIES,
    BACKUPS,
    CLOCK,
    REFUSALS,
    StreamRange,
    dispatch_range,
    indicator_range,
    plan_ranges,
    report_range,
    stream_range,
)
from reformtrack.store.patience import one_call
from reformtrack.store.session import Session
from reformtrack.telemetry import Attributes, lagging, spanned
from reformtrack.views.agencies import Registry, fold_registry
from reformtrack.views.indicators import Indicator, fold_indicators
from reformtrack.views.plan import Plan, fold_plan
from reformtrack.views.report import Drift, IssuedReport, Report, content_of, fold_issued, fold_reports
from reformtrack.views.roll_over import RollOver, roll_over
from reformtrack.views.rollup import Rollup, RollupBy
from reformtrack.views.rows import PlanRow
from reformtrack.views.warnings import SILENT_DAYS, STAGES, PlanWarning, plan_warnings

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


def system_clock() -> datetime:
    """The instant that it is, by the machine's clock."""
    return datetime.now(UTC)


def _of_plan(found: Plan) -> Attributes:
    return {"reformtrack.plan": found.id, "reformtrack.activities": len(found.activities)}


def _each_one_call(kind: type[T]) -> type[T]:
    """What a method asks the store, however often, waits for it as one call; what yields in between waits anew each time."""

    def within(method: Callable[P, R]) -> Callable[P, R]:
        @wraps(method)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            with one_call():
                return method(*args, **kwargs)

        return call

    for name, member in list(vars(kind).items()):
        is_called = name == "__init__" or not name.startswith("_")
        if is_called and isfunction(member) and not isgeneratorfunction(unwrap(member)):
            setattr(kind, name, within(member))
    return kind


@_each_one_call
@checks_arguments
class Tracker:
    """
    Keeps reform plans: records events and answers for any day (`on`) as known at any instant (`known_at`).

    Args:
        url: where the records are kept: `sqlite:///file.db`, or the `Path` of the file; in memory when it is not given.
        env: eventsourcing's own settings instead of a URL, ciphers and compressors among them. The process's environment
            is never looked at; pass `os.environ` to use it.
        clock: gives the instant that it is, with its time zone; for tests and examples. The machine's own is compared with that
            of a PostgreSQL server, another one is not.
        local_time: the time zone of the days of facts, as "Europe/Riga", a `ZoneInfo`, or a fixed offset as "UTC+07:00"; that
            on record unless given, which is that of Viet Nam until another goes on record with the first record.
        cipher_keys: encrypt the whole log, each 32 bytes or their base64 text: the first for what is recorded from now on,
            the others for what was recorded with them. Needs the extra `seal`.
        master_key: protects the keys of `protect`, 32 bytes or their base64 text. Needs the extra `seal`.
        policy: says who may record what. It goes on record before the first record that it lets in. Unless given, everybody may
            record everything, in a store in which no other policy than `open_to_all` was ever in force.
        tree_within_appends: keep the Merkle tree of `seal` in the transaction of each append. Without it the tree is kept by
            `seal`, `catch_up` and whatever else needs it, and recording takes no longer for it.

    Raises:
        StoreError: the store cannot be opened, or with other keys, or its days are those of another time zone.
        InvalidField: `local_time` is no time zone.

    >>> from reformtrack import Deadline, Domain
    >>> from reformtrack.events import ActivityCompleted, ActivityScheduled, PlanAdopted
    >>> start, deadline = date(2023, 1, 2), Deadline.parse("Quý II", 2023)
    >>> domains = (Domain("1", "Cải cách thể chế"),)
    >>> with Tracker() as tracker:
    ...     records = tracker.record(
    ...         PlanAdopted("p", on=start, title="Kế hoạch", year=2023, jurisdiction="Tỉnh", domains=domains),
    ...         ActivityScheduled("p/1", on=start, domain="1", title="Rà soát", lead="Sở Tư pháp", deadline=deadline),
    ...         ActivityCompleted("p/1", on=date(2023, 6, 20)),
    ...         by="so-noi-vu",
    ...     )
    ...     print(tracker.plan("p").progress(), tracker.plan("p", on=start).progress())
    1/1 (100,0%) 0/1 (0,0%)
    """

    def __init__(
        self,
        url: str | PathLike[str] | None = None,
        *,
        env: Mapping[str, str] | None = None,
        clock: Callable[[], datetime] = system_clock,
        local_time: tzinfo | str | None = None,
        cipher_keys: Sequence[bytes | str] | None = None,
        master_key: bytes | str | None = None,
        policy: Policy | None = None,
        tree_within_appends: bool = False,
    ) -> None:
        if url is not None and env is not None:
            raise errors.StoreError("a url and env were given; accepted: one of them")
        # Before a file is made.
        zone = "" if local_time is None else time_zone_name("Tracker", "local_time", local_time)
        self._clock = clock
        rows = None if cipher_keys is None else RowCipher(cipher_keys)
        self._store = RecordStore(settings_of(url) if url is not None else env or {}, rows)
        if clock is system_clock:
            self._store.recorder.compare_clocks()
        self._policy = policy
        self._projection = Projection(self._store)
        try:
            self._configuration = Configuration(self._store, zone, policy)
            self._recording = Recording(self._store, self._now, self.today, policy, self._configuration)
            self._sealing = Sealing(self._store, tree_within_appends)
            self._protection = None if master_key is None else Protection(self._store, master_key)
        except BaseException:
            self.close()
            raise

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
        Close the store; again, it does nothing. What was recorded stays, unless it was kept in memory.

        Calls that are under way in other threads come to their end, or raise `TrackerClosed`; those that wait do so at once.
        """
        self._store.close()

    @property
    def local_time(self) -> tzinfo:
        """
        The time zone of the store's days.

        Raises:
            StoreError: no such time zone is known to this machine.
        """
        return self._configuration.local_time

    def today(self) -> date:
        """
        The local day that it is.

        It is never before that of the last record, though the clock may have been set back over midnight; by minutes, because
        more is a clock that is wrong, and nothing is recorded.
        """
        now = self._now().astimezone(self.local_time)
        if now.hour < 23:  # so that most of the time nothing is asked
            return now.date()
        latest = self._store.instants.latest()
        if latest is None or not now < latest <= now + MOST_AHEAD:
            return now.date()
        return latest.astimezone(self.local_time).date()

    def _now(self) -> datetime:
        now = self._clock()
        if not isinstance(now, datetime) or now.tzinfo is None:
            raise errors.InvalidInstant(now, "a clock that gives instants with their time zone")
        return now.astimezone(UTC)

    def record(
        self,
        *events: Event,
        by: str,
        request_id: str | None = None,
        expected_version: Mapping[str, int] | None = None,
    ) -> tuple[Record[Event], ...]:
        """
        Record events: all of them in one transaction, or none.

        Each is judged at its place in valid time: an event that comes late is accepted if the history with it is legal at
        every point. A wrong record is taken back with RecordRetracted, never changed.

        Args:
            events: any number, about any number of plans, activities and indicators.
            by: who records them, 1 to 300 characters.
            request_id: names the request, 1 to 200 characters: given again with the same events by the same actor, the
                records of the first time come back and nothing is appended. One is made up unless given.
            expected_version: the version that the caller saw of streams (0 for none): refused when they have moved on.

        Returns:
            The records, in the order of the events.

        Raises:
            IllegalHistory: the history would be illegal; one class a rule.
            NotPermitted: the policy does not permit it; PolicyRequired where one is in force and the tracker has none.
            RequestReused: the request id stands on record with other events or another actor, and the policy permits these.
            NotRecordable: what the tracker alone makes: a report is issued by `issue_report`.
            ClockBehind: the last record has an instant that is more than five minutes ahead of the clock.
            ClocksDiffer: the clock of the database server says otherwise, by more than five minutes.
            VersionConflict: a stream is not at the expected version.
            ConcurrentUpdate: other writers came first at each of ten attempts.
            InvalidField: `by` or `request_id` is not a text that can be stored.
            NoEvent: something that is no event of reformtrack, as a list of them. It is a TypeError.
            StoreError: the store failed, or a stream that the events are about cannot be read.
        """
        return self._recording.record(events, by, request_id, expected_version or {})

    def protect(self, subject: str, text: str) -> str:
        """
        Personal data as a token, to put into a text field of an event in its place. Needs `master_key`.

        The token is about a third longer than the text in UTF-8, at most 43 characters more, and the subject's id;
        what is too long for a field is refused when it is recorded.

        Args:
            subject: whose data it is, 1 to 80 characters as `nv-0417`. It stays readable: a number, never a name.
            text: what is protected.

        Raises:
            InvalidField: the subject is no such id, or the text cannot be stored, or its token has more than 20,000 characters.
            StoreError: the tracker has no master key, or another than the subject's key was made with.

        >>> from base64 import b64encode
        >>> with Tracker(master_key=b64encode(bytes(32)).decode()) as tracker:
        ...     note = f"Ký: {tracker.protect('nv-0417', 'Nguyễn Văn A')}"
        ...     before, erased = tracker.reveal(note), tracker.erase("nv-0417")
        ...     before, erased, tracker.reveal(note)
        ('Ký: Nguyễn Văn A', True, 'Ký: [đã xoá]')
        """
        return self._protecting().protect(subject, text)

    def reveal(self, text: str, lang: Lang = "vi") -> str:
        """
        A text with what its tokens hold; "[đã xoá]" stands where the key is not there, or the token is not a true one.

        Raises:
            StoreError: the tracker has no master key, or another than the keys were made with.
        """
        return self._protecting().reveal(text, lang)

    def erase(self, subject: str) -> bool:
        """
        Destroy the key of a subject: what was protected with it cannot be read any more, by anybody, wherever a copy is.

        The records stay as they are, and so does every proof about them. Backups of the database still hold the key.

        Returns:
            Whether there was a key. Erasing again is safe.

        Raises:
            InvalidField: it is no id of a subject.
            StoreError: the tracker has no master key; or the key is deleted and a copy of it still in the files: erase again.
        """
        return self._protecting().erase(subject)

    def _protecting(self) -> Protection:
        if self._protection is None:
            raise errors.StoreError("personal data needs a master key; accepted: Tracker(…, master_key=…)")
        return self._protection

    @spanned("reformtrack.plan", _of_plan)
    def plan(self, plan: str, on: date | None = None, known_at: KnownAt = None) -> Plan:
        """
        A plan on a day, as known at an instant.

        Args:
            plan: its id.
            on: the day; today unless given. A day to come shows what will be overdue if nothing is recorded until then.
            known_at: an aware instant or a log position; all that is on record unless given.

        Raises:
            NotFound: it was not adopted by that day, as known then.
            InvalidInstant: `known_at` is naive, or has not come yet.
            StoreError: the store failed.
        """
        id = plan_id(plan)
        on, position = self._asked(on, known_at)
        streams, unreadable = self._store.streams(plan_ranges(id))
        folded = fold_plan(id, streams, on, position, unreadable, known_at)
        if folded.version == 0:
            for error in folded.unreadable:
                raise error
            raise errors.NotFound("plan", id, on, known_at)
        return folded

    def indicators(self, plan: str, on: date | None = None, known_at: KnownAt = None) -> tuple[Indicator, ...]:
        """
        The indicators of a plan on a day, as known at an instant, in the order of their definition, with their checks.

        Raises:
            UnreadableRecord: a stored event of one of them cannot be read.
            InvalidInstant: `known_at` is naive, or has not come yet.
        """
        id = plan_id(plan)
        on, position = self._asked(on, known_at)
        return fold_indicators(self._readable(indicator_range(id), position), on, position)

    def indicator(self, indicator: str, on: date | None = None, known_at: KnownAt = None) -> Indicator:
        """
        An indicator on a day, as known at an instant.

        Raises:
            NotFound: it was not defined by that day, as known then.
            UnreadableRecord: a stored event of an indicator of the plan cannot be read.
            InvalidInstant: `known_at` is naive, or has not come yet.
        """
        id = indicator_id(indicator)
        for found in self.indicators(plan_of(id), on, known_at):
            if found.id == id:
                return found
        raise errors.NotFound("indicator", id, on or self.today(), known_at)

    def agencies(self, on: date | None = None, known_at: KnownAt = None) -> Registry:
        """
        The agencies on a day, as known at an instant: names, successors, and whom a printed name means.

        Raises:
            UnreadableRecord: a stored event of an agency cannot be read.
            InvalidInstant: `known_at` is naive, or has not come yet.
        """
        on, position = self._asked(on, known_at)
        return fold_registry(self._readable(AGENCIES, position), on, position, known_at)

    def refusals(self) -> tuple[Record[RecordingRefused], ...]:
        """
        What the policy did not permit, in the order of recording. Of many to one actor some stand for those before them.

        Raises:
            UnreadableRecord: a stored event of these cannot be read.
        """
        streams = self._readable(REFUSALS)
        return tuple(record for stream in sorted(streams) for record in streams[stream])

    def issue_report(
        self,
        plan: str,
        period: Period | str,
        *,
        by: str,
        on: date | None = None,
        rule: CountingRule | None = None,
        document: Document | None = None,
        note: str = "",
        signing_key: SigningKey | None = None,
        request_id: str | None = None,
    ) -> Report:
        """
        Issue the report of a period: its figures are frozen as they are known now, for the period's cut-off, and stay.

        Args:
            plan: the plan's id.
            period: a period, or the code of one that `reformtrack.domain.period` knows, as "2023-year".
            by: who issues it.
            on: the day on which it is sent; today unless given. Not before the cut-off.
            rule: what counts; the plan's own rule unless given.
            document: the document that it is sent as.
            signing_key: seals the log: the report then carries the checkpoint that its figures rest on.
            request_id: as in `record`; given again for the same report by the same actor, that report comes back.

        Raises:
            InvalidField: the period is not known, or has not ended.
            NotFound: the plan was not adopted by the cut-off.
            ReportAlreadyIssued: a report of this period was issued.
            UnreadableRecord: a record of the plan cannot be read.
        """
        period = period_of(period) if isinstance(period, str) else period
        subject = report_id(f"{plan_id(plan)}@{period.code}")
        if not self._recording.has_recorded(ReportIssued, subject, by, request_id):
            content = self._content(plan, period, rule)
            event = ReportIssued(
                subject,
                on=on or self.today(),
                period=period,
                content=content,
                document=document,
                note=note,
                checkpoint=self._checkpoint(signing_key),
            )
            self._recording.record_own(event, by, request_id)
        return self.report(subject)

    def correct_report(
        self,
        report: str,
        *,
        reason: str,
        by: str,
        on: date | None = None,
        document: Document | None = None,
        signing_key: SigningKey | None = None,
        request_id: str | None = None,
    ) -> Report:
        """
        Send a correction of an issued report: its figures as they are known now. What was sent before stays on record.

        The arguments are those of `issue_report`.

        Raises:
            NotFound: the report was not issued.
            UnreadableRecord: a record of the plan cannot be read.
        """
        found = self.report(report)
        if not self._recording.has_recorded(ReportCorrected, found.id, by, request_id):
            content = self._content(plan_of(found.id), found.period, found.content.rule)
            event = ReportCorrected(
                found.id,
                on=on or self.today(),
                content=content,
                reason=reason,
                document=document,
                checkpoint=self._checkpoint(signing_key),
            )
            self._recording.record_own(event, by, request_id)
        return self.report(report)

    def _checkpoint(self, key: SigningKey | None) -> str:
        """The checkpoint of all that a report rests on, made after its content; empty without a key."""
        return "" if key is None else self.seal(key).note

    def _content(self, plan: str, period: Period, rule: CountingRule | None) -> Content:
        position = self.position()
        found = self.plan(plan, on=period.last, known_at=position)
        return content_of(found, period, rule or found.state.counting_rule, position)

    def report(self, report: str, on: date | None = None, known_at: KnownAt = None) -> Report:
        """
        An issued report on a day, as known at an instant; what it says is what was sent, whatever was recorded since.

        Args:
            report: its id, the plan and the code of the period: "dak-nong-2023@2023-year".
            on: the day; today unless given: corrections sent later are not in it.

        Raises:
            NotFound: it was not issued by that day, as known then.
            UnreadableRecord: a stored event of it cannot be read.
            InvalidInstant: `known_at` is naive, or has not come yet.
        """
        id = report_id(report)
        for found in self._reports(plan_of(id), stream_range(id), on, known_at):
            return found
        raise errors.NotFound("report", id, on or self.today(), known_at)

    def reports(self, plan: str, on: date | None = None, known_at: KnownAt = None) -> tuple[Report, ...]:
        """
        The issued reports of a plan on a day, as known at an instant, in order of their cut-off.

        Raises:
            UnreadableRecord: a stored event of one of them, or of an indicator of the plan, cannot be read.
            InvalidInstant: `known_at` is naive, or has not come yet.
        """
        id = plan_id(plan)
        return self._reports(id, report_range(id), on, known_at)

    def issued(self, plan: str, on: date | None = None, known_at: KnownAt = None) -> tuple[IssuedReport, ...]:
        """
        What the issued reports of a plan say, in order of their cut-off: as `reports`, without the plan of each.

        Raises:
            UnreadableRecord: a stored event of one of them cannot be read.
            InvalidInstant: `known_at` is naive, or has not come yet.
        """
        on, position = self._asked(on, known_at)
        return fold_issued(self._readable(report_range(plan_id(plan)), position), on, position)

    def _reports(self, plan: PlanId, reports: StreamRange, on: date | None, known_at: KnownAt) -> tuple[Report, ...]:
        on, position = self._asked(on, known_at)
        issued, indicators = (self._readable(streams, position) for streams in (reports, indicator_range(plan)))
        streams, unreadable = self._store.streams(plan_ranges(plan))
        return fold_reports(plan, issued, streams, indicators, on, position, unreadable, known_at)

    def roll_over(
        self, plan: str, into: str, *, on: date, title: str = "", document: Document | None = None
    ) -> RollOver:
        """
        Propose the next plan from this one, as it stands on a day: as events to look at, edit, and `record`.

        Args:
            plan: the plan's id.
            into: the id of the next plan.
            on: the day of the next plan's adoption.
            title: the next plan's title; this one's with the next year in it unless given.
            document: the document that adopts it, and carries the unfinished ones over.

        Raises:
            NotFound: the plan was not adopted by that day.
            InvalidField: `into` is no plan id.
            UnreadableRecord: a record of the plan cannot be read.
        """
        return roll_over(self.plan(plan, on=on), into, on=on, title=title, document=document)

    def warnings(
        self,
        plan: str,
        on: date | None = None,
        known_at: KnownAt = None,
        *,
        stages: Sequence[Days] = STAGES,
        silent_days: Days = SILENT_DAYS,
    ) -> tuple[PlanWarning, ...]:
        """
        What asks for attention in a plan: overdue, due soon, completed without evidence, silent, figures that do not fit.

        Args:
            plan: its id.
            on: the day; today unless given.
            known_at: an aware instant or a log position; all that is on record unless given.
            stages: how many days before its due day an activity is warned of.
            silent_days: after how many days without a fact an open activity is silent.

        Raises:
            NotFound: the plan was not adopted by that day, as known then.
            UnreadableRecord: a record of the plan cannot be read.
            InvalidInstant: `known_at` is naive, or has not come yet.
        """
        found = self.plan(plan, on, known_at)
        return plan_warnings(found, self.indicators(plan, on, known_at), stages=stages, silent_days=silent_days)

    def sent(self, plan: str) -> Mapping[StreamId, DispatchState]:
        """
        What was sent about a plan, by receiver.

        Raises:
            UnreadableRecord: a stored event of it cannot be read.
        """
        streams = self._readable(dispatch_range(plan_id(plan)))
        return {stream: DISPATCH.fold(timeline(records)) for stream, records in streams.items()}

    def restated(self, plan: str) -> tuple[tuple[Report, Drift], ...]:
        """The issued reports of a plan of which some figure is known otherwise now, each with what differs and why."""
        drifts = ((report, report.drift()) for report in self.reports(plan))
        return tuple((report, drift) for report, drift in drifts if drift)

    def history(self, stream: str, known_at: KnownAt = None) -> tuple[Record[Event], ...]:
        """
        Every record of a plan, an activity or an indicator in the order of recording, retracted ones and retractions included.

        Args:
            stream: its id.
            known_at: an aware instant or a log position; all that is on record unless given.

        Raises:
            UnreadableRecord: one of them cannot be read.
            InvalidInstant: `known_at` is naive, or has not come yet.
        """
        id, (_, position) = stream_id(stream), self._asked(None, known_at)
        return known(self._readable(stream_range(id), position).get(id, ()), position)

    def log(
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
            if isinstance(item, errors.UnreadableRecord):
                raise item
            yield item

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
                if isinstance(item, errors.UnreadableRecord):
                    raise item
                yield item

    def quarantine(self) -> Iterator[errors.UnreadableRecord]:
        """The stored events that cannot be read, in order: where each is, what is wrong with it, and its bytes."""
        return (item for item in self._store.all_after(0, None) if isinstance(item, errors.UnreadableRecord))

    def catch_up(self) -> int:
        """
        Bring the materialised views up to date with the log. `rollup` does it by itself; a scheduled call keeps it quick.

        Each batch of records is applied in one transaction with its position, so a process may be killed at any moment, and
        several may do it at once.

        Returns:
            The log position that the views have reached.
        """
        self._sealing.catch_up()
        return self._projection.catch_up()

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> int:
        """
        Make the materialised views anew from the log, beside the old ones, which are read until the new are whole.

        One at a time: of two at once, the one that began first fails. The first views of a long log are made faster by this
        than by `catch_up`.

        Args:
            progress: is told, from time to time, how many records are done, of how many.

        Returns:
            The log position that the views have reached.
        """
        return self._projection.rebuild(progress)

    def rollup(
        self,
        plans: Sequence[str] | None = None,
        by: Sequence[RollupBy] = ("jurisdiction", "domain"),
        on: date | None = None,
        rule: CountingRule = CountingRule.WHOLE_PLAN,
        silent_days: Days = 30,
        known_at: KnownAt = None,
    ) -> Rollup:
        """
        The counts of many plans on a day, from the materialised views, which it brings up to date first.

        A day before the latest fact, or the latest record, and what was known at an instant, is answered from the records
        themselves: the same answer, in the time that it takes to read the plans.

        Args:
            plans: their ids, in any order; one that is given twice counts once; all plans unless given.
            by: what to split by: "jurisdiction", "plan", "domain", "lead".
            on: the day; today unless given.
            rule: what counts: one rule for all plans, so that the parts add up.
            silent_days: an open plan is silent when its last record known then, of a local day up to `on`, was made more than
                as many days before the end of `on`. Of a plan without one nobody could have said anything yet.
            known_at: an aware instant or a log position; all that is on record unless given.

        Raises:
            InvalidField: an id that is none, or a `by` that is not known.
            InvalidInstant: `known_at` is naive, or has not come yet.
            StoreError: the store failed.

        >>> from reformtrack import Deadline, Domain
        >>> from reformtrack.events import ActivityScheduled, PlanAdopted
        >>> start, domains = date(2023, 1, 2), (Domain("1", "Cải cách thể chế"),)
        >>> with Tracker() as tracker:
        ...     for plan, place in (("a", "Xã A"), ("b", "Xã B")):
        ...         adopted = PlanAdopted(plan, on=start, title="x", year=2023, jurisdiction=place, domains=domains)
        ...         due = Deadline.parse("Quý II", 2023)
        ...         task = ActivityScheduled(f"{plan}/1", on=start, domain="1", title="x", lead="y", deadline=due)
        ...         records = tracker.record(adopted, task, by="so-noi-vu")
        ...     rollup = tracker.rollup(by=["jurisdiction"])
        >>> {key: str(line) for key, line in rollup.lines.items()}, str(rollup.over({"Xã A": "Tỉnh", "Xã B": "Tỉnh"})["Tỉnh"])
        ({('Xã A',): '0/1 (0,0%)', ('Xã B',): '0/1 (0,0%)'}, '0/2 (0,0%)')
        """
        ids = None if plans is None else sorted(set(map(plan_id, plans)))  # each counts once
        day, position = self._asked(on, known_at)
        silence = self._by_end_of(day, silent_days), self._by_end_of(day)
        found = self._projection.rollup(day, tuple(by), ids, rule, silence, position)
        return attrs.evolve(found, is_forecast=day > self.today())

    def _by_end_of(self, day: date, days: int = 0) -> int:
        """The position up to which was recorded by the end of a local day, or of one so many days before it."""
        try:
            last = self.end_of(day - timedelta(days=days))
        except OverflowError:
            return 0  # nothing was recorded so long ago
        return NO_END if last is None else self._store.instants.position(last)

    def plans(self, on: date | None = None, known_at: KnownAt = None) -> tuple[PlanRow, ...]:
        """
        The plans that were adopted by a day, as they stood on it and as known at an instant, in order of their ids.

        Today, as known now, is read from the materialised views, which it brings up to date first; all else from the records.

        Args:
            on: the day; today unless given.
            known_at: an aware instant or a log position; all that is on record unless given.

        Raises:
            InvalidInstant: `known_at` is naive, or has not come yet.
            StoreError: the store failed.
        """
        day, position = self._asked(on, known_at)
        if position is None and day >= self.today():
            return self._projection.plans()
        return self._projection.plans_as_known(day, position)

    def lag(self) -> int:
        """
        How far the materialised views are behind the log, in positions: 0 when they are up to date.

        For monitoring: `rollup` and `plans` bring the views up to date before they answer.
        """
        reached = self._projection.position()  # before the end of the log, else it could be less than nothing
        behind = self._store.head() - reached
        lagging(behind)
        return behind

    def export_log(
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

    def import_log(
        self,
        path: str | PathLike[str],
        progress: Callable[[int, int], None] | None = None,
        *,
        as_it_was: bool = False,
    ) -> int:
        """
        Store the records of a file of `export_log`, byte for byte, at their own positions, up to 9,007,199,254,740,991.

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
        if self._policy is not None and self._policy is not open_to_all:
            raise errors.NotPermitted(
                "import_log",
                "log",
                "accepted: Tracker(…, policy=open_to_all), or --open-to-all, by who keeps the store",
            )
        self._configuration.checked("import_log", "log", again=True)
        stored = self._store.import_log(Path(path), progress, None if as_it_was else self._now)
        self._configuration.read()
        return stored

    def export_parquet(
        self, folder: str | PathLike[str], progress: Callable[[int, int], None] | None = None
    ) -> ParquetExport:
        """
        Write tables to files of a folder, for DuckDB, pandas, Dask and the like. Needs the extra `analytics`.

        `activities.parquet` and `plans.parquet` are as they stand after the latest fact on record; `log.parquet` has all
        records up to the same position.

        What is encrypted in the store is readable in the files.

        Args:
            folder: made when it is not there; files of these names in it are replaced when the new ones are whole.
            progress: is told, from time to time, the log position reached and the last one.

        Returns:
            The position, how much was written, and the plans that are left out because a record of them cannot be read.

        Raises:
            MissingExtra: pyarrow is not installed.
            StoreError: the store failed.
            OSError: a file cannot be written.
        """
        return export_parquet(self._store, self._projection, Path(folder), progress)

    def check(
        self, spot: Annotated[int, Meta(ge=1)] | None = None, progress: Callable[[int, int], None] | None = None
    ) -> tuple[Damage, ...]:
        """
        Everything in the store that is not as it was written: records that are missing, cannot be read, are out of order, or
        say something else than their request; indexes, and rows of the views, that say something else than the records; reports
        whose numbers are not what the log gave when they were sent; and what the database itself finds. Empty when all is well.

        It finds accidents, and clumsy tampering: the log is also held against the tree that was kept of it. Somebody who
        rewrites everything consistently, the tree too, is found by `verify` with a checkpoint that is kept elsewhere.

        Args:
            spot: only so many plans, drawn by chance, 1 or more: their views and reports, and the sums of all plans. For every
                night, in seconds; what it does not draw it does not see. Everything is read unless given.
            progress: is told, from time to time, how many positions of the log are done, of how many; and then plans.

        Raises:
            InvalidField: `spot` is less than 1.
            StoreError: the store failed.
        """
        if spot is not None:
            return (*self._store.redefined(), *audit(self._store, self._projection, spot, progress))
        found = (*self._store.check(progress), *self._sealing.damage())
        return (*found, *audit(self._store, self._projection, None, progress))

    def seal(self, key: SigningKey, *, after: Checkpoint | None = None) -> Checkpoint:
        """
        Seal the log: a signed statement of how many records it has and of the one hash of all of them (RFC 6962, C2SP).

        Print it, mail it, put it where those who keep this store cannot change it: it is what a later `verify` is good for.

        Args:
            key: signs it; kept away from the store.
            after: the last checkpoint, from where it is kept: the log is sealed only if it goes on from there.

        Raises:
            SealError: the log is not that of the tree that was kept of it, or does not go on from `after`.

        >>> from reformtrack.seal import Checkpoint, SigningKey
        >>> key = SigningKey.generate("example.vn/reform")
        >>> with Tracker() as tracker:
        ...     first = tracker.seal(key)
        ...     kept_elsewhere = str(first), str(key.verifier)
        ...     tracker.verify(Checkpoint.parse(kept_elsewhere[0], key.verifier)).holds
        True
        """
        return self._sealing.seal(key, self._now, after)

    def accept_backup(self, lost: Checkpoint, key: SigningKey, *, reason: str, by: str) -> Checkpoint:
        """
        Accept the log as it is in place of the one that a checkpoint is of: an older backup was put in, and that is known.

        It goes on record, signed with the key of the checkpoint. From then on `verify` names it where that checkpoint does not
        hold, and `seal` goes on. What was recorded in between is lost: record it again.

        Args:
            lost: the checkpoint that does not hold any more.
            key: the one that signed it.
            reason: what happened, 1 to 20,000 characters.
            by: who accepts it.

        Returns:
            The checkpoint of the log as it is now.

        Raises:
            SealError: the checkpoint holds, or another key signed it.
            NotPermitted: the policy does not permit it.
        """
        accepted = self._sealing.in_place_of(lost, key, self._now)
        event = BackupAccepted(BACKUPS, on=self.today(), checkpoint=accepted.note, reason=reason)
        self._recording.record_own(event, by)
        self._sealing.renew()
        return accepted

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
        event = InstantsCorrected(CLOCK, on=self.today(), first=first, last=last, reason=reason, document=document)
        return self._recording.record_own(event, by)

    def verify(self, checkpoint: Checkpoint, progress: Callable[[int, int], None] | None = None) -> Verification:
        """
        Hold the log against a checkpoint: whether its first records are those that were sealed, every byte of them.

        Args:
            checkpoint: from `Checkpoint.parse`, which checks who signed it.
            progress: is told, from time to time, how many records were read, of how many.
        """
        return self._sealing.verify(checkpoint, progress)

    def prove(self, position: Position, checkpoint: Checkpoint) -> InclusionProof:
        """
        A proof that the record at a log position is in the log of a checkpoint, for somebody who has no log and no reformtrack.

        Raises:
            SealError: there is no such record, it came later, or the checkpoint is not of this log.
        """
        return self._sealing.prove(position, checkpoint)

    def prove_consistency(self, old: Checkpoint, new: Checkpoint) -> ConsistencyProof:
        """
        A proof that between two checkpoints records were only added.

        Raises:
            SealError: one of them is not of this log, or they are in the wrong order.
        """
        return self._sealing.prove_consistency(old, new)

    def leaf(self, position: Position) -> bytes:
        """
        The bytes of the record at a log position that an inclusion proof is about: fields, each with its length.

        Raises:
            SealError: there is no such record.
        """
        return self._sealing.leaf(position)

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

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """
        A transaction in the tracker's database, for what is kept beside the log: one at a time, committed at the end.

        It keeps out the upkeep of the views, and on SQLite all who record: be quick in it.

        Raises:
            StoreError: the store failed.
        """
        with ExitStack() as stack:
            with one_call():  # to get in is a call; what is done within is the caller's
                session = stack.enter_context(self._store.transaction())
            yield session

    def position(self, known_at: KnownAt = None) -> int:
        """
        The log position that names what was known at an instant, exactly and for good; that of the last record unless given.

        It is the last position of a request that was recorded by then. So where a wrong clock was corrected, the records with
        instants that had not come are known since the correction, as all that comes before it is.

        Raises:
            InvalidInstant: `known_at` is naive, or has not come yet.

        >>> with Tracker(clock=lambda: datetime(2023, 7, 10, 3, tzinfo=UTC)) as tracker:
        ...     tracker.position(datetime(2023, 7, 10, 3, tzinfo=UTC)), tracker.position(0)
        (0, 0)
        """
        if isinstance(known_at, datetime):
            if known_at.tzinfo is None:
                raise errors.InvalidInstant(known_at, "an instant with its time zone")
            if known_at > self._now():
                raise errors.InvalidInstant(known_at, "an instant that has come")
            return self._store.instants.position(known_at)
        head = self._store.head()
        if known_at is not None and not (type(known_at) is int and 0 <= known_at <= head):
            raise errors.InvalidInstant(known_at, f"a log position from 0 to {head}")
        return head if known_at is None else known_at

    def head(self) -> Head:
        """The end of the log: its position, and a tag under which to keep what was made of all that is on record by then."""
        return self._configuration.head()

    def configure(self, *, time_zone: tzinfo | str | None = None, by: str) -> Record[StoreConfigured]:
        """
        Put on record what holds for the whole store, where it is not yet: its id, its time zone, its policy.

        What was recorded stays as it is, whatever the time zone: a day is a day.

        Args:
            time_zone: another one from now on, for all who use the store: as `local_time`. The policy is asked.
            by: who wants another one.

        Returns:
            What is on record of it now.

        Raises:
            InvalidField: it is no time zone.
            NotPermitted: the policy does not permit it.
            VersionConflict: another time zone was put on record at the same time.

        >>> with Tracker() as tracker:
        ...     before = tracker.local_time.utcoffset(None)
        ...     configured = tracker.configure(time_zone="UTC+01:00", by="quan-tri")
        ...     str(before), str(tracker.local_time.utcoffset(None)), configured.event.time_zone, tracker.position()
        ('7:00:00', '1:00:00', 'UTC+01:00', 1)
        """
        return self._recording.configure(
            "" if time_zone is None else time_zone_name("Tracker.configure", "time_zone", time_zone), by
        )

    def end_of(self, day: date) -> datetime | None:
        """
        The `known_at` of what was known at the end of a local day: None, all that is on record, of today and days to come.

        >>> Tracker(clock=lambda: datetime(2023, 7, 10, 3, tzinfo=UTC)).end_of(date(2023, 6, 30)).isoformat()
        '2023-06-30T23:59:59.999999+07:00'
        """
        if day >= self.today():
            return None
        # The later one where the last hour comes twice; and back, where it never comes, to an instant that does.
        last = datetime.combine(day, time.max, self.local_time).replace(fold=1)
        return last.astimezone(UTC).astimezone(self.local_time)

    def _readable(self, streams: StreamRange, known_at: int | None = None) -> Mapping[StreamId, Sequence[Record[Any]]]:
        """The records of streams, each of which can be read, of those that were known."""
        found, unreadable = self._store.streams([streams])
        for error in unreadable:
            if known_at is None or error.position <= known_at:
                raise error
        return found

    def _asked(self, on: date | None, known_at: KnownAt) -> tuple[date, int | None]:
        """The two clocks of a question, with their defaults, checked: a day, and a log position."""
        position = None if known_at is None else self.position(known_at)
        return self.today() if on is None else on, position
