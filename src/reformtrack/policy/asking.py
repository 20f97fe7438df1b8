"""The question to a policy, and its answer."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import attrs

from reformtrack.domain.activity import (
    TERMS_CHANGE,
    ActivityState,
    CompletionConfirmed,
    EvidenceFiled,
    Terms,
    WorkReport,
    changed,
)
from reformtrack.domain.agency import AgencyState, RoleHeld
from reformtrack.domain.confirmation import DEEDS, NOBODY, Confirmed, Deed, Deeds, confirmers, deeds
from reformtrack.domain.dispatch import DispatchState
from reformtrack.domain.fields import FieldCheck, OptionalName, Reason, frozen
from reformtrack.domain.indicator import IndicatorState
from reformtrack.domain.journal import JournalState
from reformtrack.domain.kinds import AGENCY, Event, kind_of
from reformtrack.domain.plan import PlanAdopted, PlanEvent, PlanState
from reformtrack.domain.report import ReportState
from reformtrack.domain.said import Said
from reformtrack.domain.timeline import Growing, Record, RecordRetracted
from reformtrack.domain.values import AgencyId, StreamId, plan_of
from reformtrack.views.agencies import Agency, Registry, agency_of

AnyState = PlanState | ActivityState | IndicatorState | ReportState | AgencyState | DispatchState | JournalState
"""The state of an event's subject."""

Streams = Mapping[StreamId, Sequence[Record[Any]]]
"""The records of each stream, in order of version."""


@frozen
class Permit:
    """The event may be recorded."""

    rule: OptionalName = ""
    """The rule that permits it, as recorded: at most 300 characters."""
    agency: OptionalName = ""
    """The agency for which it is recorded, as `@so-noi-vu`; empty where the policy does not ask."""


_REASON = FieldCheck("Refuse", "reason", Reason)


def _reason(text: str) -> str:
    """Checks the text; a sentence of the catalogue stays translatable."""
    checked: str = _REASON(text)
    return text if isinstance(text, Said) else checked


@frozen
class Refuse:
    """The event may not be recorded."""

    reason: Reason = attrs.field(converter=_reason)
    """Why, and who may: one text for each rule, which discloses nothing on record."""


class Situation:
    """
    The situation of an event: the state of its subject on its day, and the agencies of today with their roles.

    Everything is computed lazily, so a policy must not keep a situation after it has judged.
    """

    def __init__(
        self,
        record: "Record[Event]",
        before: Registry,
        registry: Registry,
        stream: Growing[Any, Any],
        plan: "Growing[PlanState, PlanEvent] | None",
        *,
        adopts: bool,
        acted: frozenset[tuple[str, str]],
        is_confirmed: bool,
    ) -> None:
        event = record.event
        self.today: date = registry.on
        """The local day of the recording."""
        self.before = before
        """The agencies before the request, on the day of recording."""
        self.registry = registry
        """The agencies on the day of the recording."""
        self.retracted: Record[Event] | None = _retracted(stream, event) if isinstance(event, RecordRetracted) else None
        """For a retraction: the record that it retracts, if it exists."""
        self.adopts = adopts
        """Whether the request itself adopts the plan."""
        self.acted = acted
        """(person, agency) of the records in the plan; only computed when somebody with a delegated role judges."""
        fact = event if self.retracted is None else self.retracted.event
        self._day = self.today if isinstance(fact, RecordRetracted) else fact.on
        self._record, self._stream, self._plan = record, stream, plan
        self._is_confirmed = is_confirmed

    def __repr__(self) -> str:
        return f"<Situation on {self._day}, recorded on {self.today}>"

    @cached_property
    def state(self) -> AnyState:
        """The state of the aggregate on the day of the event; for a retraction, on the day of the retracted record."""
        state: AnyState = self._stream.on(min(self._day, self.today))
        return state

    @cached_property
    def terms(self) -> Terms:
        """The terms of an activity on that day: the part of its state that most rules need, and faster to compute."""
        return self._stream.folded(_NO_TERMS, _terms, self._stream.up_to(min(self._day, self.today)))

    @cached_property
    def plan(self) -> PlanState:
        """The state of its plan on that day; an empty state for an agency."""
        return PlanState() if self._plan is None else self._plan.on(self._day)

    @cached_property
    def _done(self) -> Deeds:
        """The deeds up to today. A retracted return does not count, so the work before it counts again."""
        return deeds(self._stream, self._day, self.today, self.retracted)

    @property
    def leads(self) -> tuple[str, ...]:
        """Whoever has the lead of an activity today, as printed."""
        return self._done.leads

    @property
    def deeds(self) -> frozenset[Deed]:
        """Who contributed to an activity since its last return, and for which agency; see `confirmation.deeds`."""
        return self._done.found

    @cached_property
    def _confirmed(self) -> Confirmed:
        """The confirmations up to today; a retracted reopening does not count, so the confirmation before it stands."""
        last = self._stream.up_to(self.today)
        if self.retracted is None:
            return self._stream.folded(NOBODY, confirmers, last)
        return confirmers(NOBODY, (one for one in self._stream.facts[:last] if one is not self.retracted))

    def confirmers(self, day: date) -> list[tuple[str, str]]:
        """
        (person, agency) of each confirmation of the activity that is dated on the day or later, or still holds on it.

        Retracted ones do not count, nor those reopened by that day.
        """
        if not self._is_confirmed:
            return []
        return [who for who, (on, opened) in self._confirmed.items() if day <= on or opened is None or day < opened]

    @cached_property
    def worked(self) -> frozenset[date]:
        """The days, in UTC, on which the reports and the evidence of an activity were recorded."""
        found: frozenset[date] = self._stream.folded(_NO_DAYS, _worked, len(self._stream.facts))
        return found

    def done_since(self, version: int) -> list[Record[WorkReport | EvidenceFiled]]:
        """The work reports and the evidence recorded for an activity after one of its records, and not retracted."""
        later = (one for one in self._stream.facts if one.version > version)
        return [one for one in later if type(one.event) in DEEDS]

    @property
    def registry_after(self) -> Registry:
        """The agencies on the day of recording, after the event, which is about one of them."""
        stream, id = self._stream, AgencyId(self._record.stream)
        changed: Record[Event] = self.retracted or self._record
        if isinstance(changed.event, RecordRetracted):  # it retracts nothing
            return self.registry
        place = stream.place(changed)
        added = [] if self.retracted else [changed]
        rest = [*added, *(one for one in stream.facts[place : stream.up_to(self.today)] if one is not self.retracted)]
        state = AGENCY.fold_on(stream.folded(AGENCY.initial, AGENCY.fold_on, place), rest)
        agency = Agency(id, self.today, state, (*stream.facts[:place], *rest))
        return self.registry.with_agency(id, None if state.registered_on is None else agency)


def counts_against(loan: RoleHeld, today: date, worked: Iterable[date]) -> bool:
    """
    Whether a delegated role counts against who used it.

    It does to the day after its last one, because the last day of one that is ended today is yesterday; and later for
    work of which something was recorded while it was held, give or take the day by which UTC may differ.
    """
    if loan.first > today:
        return False
    if loan.last is None or today - loan.last <= _DAY:
        return True
    return any(loan.first - day <= _DAY and day - loan.last <= 2 * _DAY for day in worked)


def _worked(before: frozenset[date], records: Iterable[Record[Any]]) -> frozenset[date]:
    return before | {record.recorded_at.date() for record in records if type(record.event) in DEEDS}


_DAY = timedelta(days=1)
_NO_DAYS = frozenset[date]()
_NO_TERMS = Terms()


def _terms(before: Terms, records: Iterable[Record[Any]]) -> Terms:
    for record in records:
        if type(record.event) in TERMS_CHANGE:
            before = changed(before, record.event)
    return before


Policy = Callable[[str, Event, Situation], Permit | Refuse]
"""
A policy: a pure function that decides whether somebody may record an event in a situation, called for each event of a
request in turn.

It judges the name given as `by`. Authentication is the task of the host.
"""


def open_to_all(actor: str, event: "Event", situation: Situation) -> Permit:
    """The policy for a personal machine: everybody may record everything."""
    return Permit()


class Situations:
    """
    The situation of each event of a request, after the events before it.

    States are computed once and then updated event by event.

    Args:
        streams: the streams that the request is about, their plans, and all agencies.
        registry: the agencies on the day of the recording.
    """

    def __init__(self, streams: Streams, registry: Registry) -> None:
        self._before = self.registry = registry
        """The agencies on the day of the recording."""
        self._streams = streams
        self._today = registry.on
        self._growing: dict[StreamId, Growing[Any, Any]] = {}
        self._adopted, self._confirmed = set[StreamId](), set[StreamId]()
        self._acted = frozenset[tuple[str, str]]()

    def has_borrowed(self, actor: str, proposed: Iterable[Record[Event]]) -> bool:
        """Whether a delegated role may count against somebody, in any spelling of their name, who proposes records."""
        loans = [role for _, role in self.registry.roles_of(actor) if role.lent_by]
        of = {record.stream: record for record in proposed} if loans else {}
        worked = frozenset[date]().union(*(self.of(record).worked for record in of.values()))
        return any(counts_against(loan, self._today, worked) for loan in loans)

    def add_acts(self, streams: Streams) -> None:
        """Add the agencies that the records of whole plans were made for."""
        self._acted |= {(r.by, r.agency) for records in streams.values() for r in records if r.agency}

    def add(self, record: Record[Event]) -> None:
        """Add a permitted record of the request."""
        stream = record.stream
        growing = self._of(stream)
        growing.add(record)
        if isinstance(record.event, PlanAdopted):
            self._adopted.add(stream)
        if isinstance(record.event, CompletionConfirmed):
            self._confirmed.add(stream)
        if AGENCY.has(stream):
            id = AgencyId(stream)
            retracted = _retracted(growing, record.event) if isinstance(record.event, RecordRetracted) else None
            fact = record.event if retracted is None else retracted.event
            self.registry = self.registry.with_agency(id, agency_of(growing, id, self._today), fact)
        elif record.agency and (record.by, record.agency) not in self._acted:
            self._acted |= {(record.by, record.agency)}

    def of(self, record: Record[Event]) -> Situation:
        """The situation of the next event, as a proposed record."""
        stream, plan = record.stream, plan_of(record.stream)
        growing = self._of(plan) if plan else None
        return Situation(
            record,
            self._before,
            self.registry,
            self._of(stream),
            growing,
            adopts=plan in self._adopted,
            acted=self._acted,
            is_confirmed=stream in self._confirmed,
        )

    def _of(self, stream: StreamId) -> Growing[Any, Any]:
        if stream not in self._growing:
            records = self._streams.get(stream, ())
            self._growing[stream] = Growing(kind_of(stream), records)
            if any(isinstance(record.event, CompletionConfirmed) for record in records):
                self._confirmed.add(stream)
        return self._growing[stream]


def _retracted(growing: Growing[Any, Any], event: RecordRetracted) -> Record[Event] | None:
    return growing.records[event.version - 1] if event.version <= len(growing.records) else None
