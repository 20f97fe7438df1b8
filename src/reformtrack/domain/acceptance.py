"""Judges a whole request, over every stream that it touches and the plans around them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from reformtrack.domain import illegal
from reformtrack.domain.agency import MOST_LOANS, AgencyEvent, RoleDelegated
from reformtrack.domain.confirmation import check_confirmations
from reformtrack.domain.gathered import grouped
from reformtrack.domain.kinds import ACTIVITY, AGENCY, JOURNAL, PLAN, Event, Kind, kind_of
from reformtrack.domain.lineage import Lineage, heirs
from reformtrack.domain.period import check_period
from reformtrack.domain.plan import PlanAdopted, PlanEvent, PlanState, check_activity, check_adopted
from reformtrack.domain.report import FigurePublished
from reformtrack.domain.said import said
from reformtrack.domain.timeline import Growing, Record, RecordRetracted, timeline
from reformtrack.domain.values import PlanId, StreamId, plan_of

Histories = Mapping[StreamId, Sequence[Record[Any]]]
"""All records of each stream, in order of version. A stream without records may be absent."""


def accept(proposed: Sequence[Record[Event]], histories: Histories, today: date) -> None:
    """
    Refuse a request if any of its records would make a history illegal. All of it is accepted, or nothing.

    Args:
        proposed: the records of the request, in order, each with the version that it would have.
        histories: the streams of the request and their plans'; for a plan that the request itself touches, every
            stream, because the plan's days bind those of its activities; and every agency when it touches one.
        today: the local day of the recording.

    Raises:
        IllegalHistory: a subclass for each rule that can be broken.
        InvalidField: a period has the code of another one.
    """
    for record in proposed:
        if isinstance(record.event, PlanAdopted):
            for stage in record.event.stages:
                check_period(stage, (), "PlanAdopted", "stages")
        if not isinstance(record.event, RecordRetracted) and record.event.on > today:
            raise illegal.DatedInTheFuture(record.event, said("today is {day}", day=today), said("a day up to today"))
    # First each stream by itself, then the rules between streams: agencies and their successors, activities and their
    # plan.
    # Each agency among the histories is folded when it is asked for, once.
    lineage = Lineage(cache(lambda id: AGENCY.fold(timeline(histories.get(StreamId(id), ())))))
    for stream, records in _by_stream(proposed).items():
        history = histories.get(stream, ())
        kind = kind_of(stream)
        kind.judge(history, records)
        if kind is ACTIVITY:
            check_confirmations(history, records, lineage)
        elif kind is AGENCY:
            _check_loans(history, records)
        elif kind.made:
            _check_made_stays(kind, history, records)
    if any(AGENCY.has(record.stream) for record in proposed):
        _accept_in_registry(proposed, histories)
    for plan, records in grouped((plan_of(record.stream), record) for record in proposed).items():
        if plan:
            _accept_in_plan(plan, records, histories)


def _check_loans(history: Sequence[Record[Any]], proposed: Sequence[Record[Any]]) -> None:
    """Only new delegations are refused; recorded ones stay, even beyond the limit."""
    loans = [record.event for record in proposed if isinstance(record.event, RoleDelegated)]
    if not loans:
        return
    facts = (record.event for record in timeline((*history, *proposed)))
    lent = Counter(event.actor for event in facts if isinstance(event, RoleDelegated))
    for event in loans:
        if lent[event.actor] > MOST_LOANS:
            found = said("the actor would have {count} delegations on record at this agency", count=lent[event.actor])
            accepted = said("at most {most}; a steward grants further roles", most=MOST_LOANS)
            raise illegal.TooManyLoans(event, found, accepted)


def _check_made_stays(kind: Kind[Any, Any], history: Sequence[Record[Any]], proposed: Sequence[Record[Any]]) -> None:
    """Refuse retractions of reports, digests and journals; a published figure may be retracted."""
    for record in proposed:
        if isinstance(record.event, RecordRetracted):
            retracted = history[record.event.version - 1]
            if isinstance(retracted.event, kind.made):
                error = illegal.JournalIsKept if kind is JOURNAL else illegal.ReportIsLocked
                raise error(record.event).naming(retracted)


def _accept_in_registry(proposed: Sequence[Record[Event]], histories: Histories) -> None:
    """An agency hands over only to agencies that exist on that day, so none becomes its own successor."""
    new = _by_stream(proposed)
    timelines: dict[StreamId, Sequence[Record[AgencyEvent]]] = {
        stream: timeline((*histories.get(stream, ()), *new.get(stream, ())))
        for stream in histories.keys() | new.keys()
        if AGENCY.has(stream)
    }
    states = {stream: AGENCY.fold(records) for stream, records in timelines.items()}
    # Every record, not only new ones: ending an agency breaks what was handed to it before.
    for stream, records in timelines.items():
        for record in records:
            for heir in heirs(record.event):
                state = states.get(heir, AGENCY.initial)
                if not state.exists_on(record.event.on):
                    found = said("{heir} does not exist on that day", heir=heir)
                    accepted = said("an agency that is registered by then and has not ended")
                    error = illegal.NoSuchHeir(record.event, found, accepted)
                    is_over = state.ended_on is not None and state.ended_on <= record.event.on
                    aspect = "ended_on" if is_over else "registered_on"
                    error.in_the_way = AGENCY.last_change(timelines.get(heir, ()), aspect) or _taken_away(
                        proposed, heir
                    )
                    if record.version <= len(histories.get(stream, ())):
                        error.proposed = tuple(one.event for one in proposed if AGENCY.has(one.stream))
                    raise error


def _accept_in_plan(plan: PlanId, proposed: Sequence[Record[Any]], histories: Histories) -> None:
    growing = Growing(PLAN, histories.get(plan, ()))
    before = len(growing.records)
    for record in proposed:
        if record.stream == plan:
            growing.add(record)
        elif ACTIVITY.has(record.stream):
            _check_lock(growing, record)
        elif isinstance(record.event, FigurePublished):  # a report's period was checked where the tracker made it
            check_period(record.event.period, growing.on().stages, "FigurePublished", "period")
    if len(growing.records) == before:
        _check_days(growing, proposed)
    else:
        _check_whole_plan(plan, growing, proposed, histories)


def _check_lock(plan: Growing[PlanState, PlanEvent], record: Record[Any]) -> None:
    """A closed plan takes no record of its activities, whatever the day: this looks at the plan as of now."""
    state = plan.on()
    if state.adopted_on is None:
        raise illegal.PlanNotAdopted(record.event)
    if not state.is_open:
        raise illegal.PlanIsClosed(record.event).naming(PLAN.last_change(plan.facts, illegal.PlanIsClosed.aspect))


def _check_days(plan: Growing[PlanState, PlanEvent], records: Iterable[Record[Any]]) -> None:
    state = plan.on()
    for record in records:
        if isinstance(record.event, RecordRetracted):
            continue
        try:
            if ACTIVITY.has(record.stream):
                check_activity(state, record.event)
            else:  # an indicator, a report or a digest needs the plan, and outlasts its close
                check_adopted(state, record.event)
        except illegal.IllegalHistory as error:
            error.in_the_way = PLAN.in_the_way(plan.facts, plan.up_to(record.event.on), error)
            raise


def _check_whole_plan(
    plan: PlanId, growing: Growing[PlanState, PlanEvent], proposed: Sequence[Record[Any]], histories: Histories
) -> None:
    """The plan itself changes: each fact of its activities and indicators has to fit the changed plan."""
    new = _by_stream(proposed)
    for stream in histories.keys() | new.keys():
        if stream == plan or plan_of(stream) != plan:
            continue
        history = histories.get(stream, ())
        for record in timeline((*history, *new.get(stream, ()))):
            try:
                _check_days(growing, [record])
            except illegal.IllegalHistory as error:
                if record.version <= len(history):
                    error.in_the_way = error.in_the_way or _taken_away(proposed, plan)
                    error.proposed = tuple(p.event for p in proposed if p.stream == plan)
                raise


def _taken_away(proposed: Iterable[Record[Event]], stream: StreamId) -> Record[Event] | None:
    """The proposed retraction that removes what another record depends on."""
    return next((one for one in proposed if one.stream == stream and isinstance(one.event, RecordRetracted)), None)


def _by_stream(records: Iterable[Record[Event]]) -> dict[StreamId, list[Record[Event]]]:
    return grouped((record.stream, record) for record in records)
