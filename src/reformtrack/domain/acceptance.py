"""
What may be recorded: the one judgement of a whole request, over every stream that it touches and the plans around them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from reformtrack.domain import errors
from reformtrack.domain.agency import MOST_LOANS, AgencyEvent, RoleDelegated, heirs, same_line
from reformtrack.domain.confirmation import SameAgency, check_confirmations
from reformtrack.domain.events import (
    ACTIVITY,
    AGENCY,
    DISPATCH,
    INDICATOR,
    JOURNAL,
    PLAN,
    REPORT,
    Event,
    is_activity,
    is_agency,
    is_dispatch,
    is_indicator,
    is_journal,
    is_report,
)
from reformtrack.domain.plan import PlanEvent, PlanState, check_activity
from reformtrack.domain.report import FigurePublished
from reformtrack.domain.timeline import Aggregate, Growing, Record, RecordRetracted, timeline
from reformtrack.domain.values import PlanId, StreamId, plan_of

Histories = Mapping[StreamId, Sequence[Record[Any]]]
"""The records of each stream, all of them, in order of version. A stream without records may be absent."""


def accept(proposed: Sequence[Record[Event]], histories: Histories, today: date) -> None:
    """
    Refuse a request of which any record would make a history illegal. All of it is accepted, or nothing.

    Args:
        proposed: the records of the request, in order, each with the version that it would have.
        histories: the streams of the request and their plans'; of a plan that the request itself touches, every
            stream, because the plan's days bind those of its activities; and every agency when it touches one.
        today: the local day of the recording.

    Raises:
        IllegalHistory: one of its classes for each rule that can be broken.
    """
    for record in proposed:
        if not isinstance(record.event, RecordRetracted) and record.event.on > today:
            raise errors.DatedInTheFuture(record.event, f"today is {today}", "a day up to today")
    line = _lines(histories)
    for stream, records in _by_stream(proposed).items():
        history = histories.get(stream, ())
        aggregate_of(stream).judge(history, records)
        if is_activity(stream):
            check_confirmations(history, records, line)
        if is_agency(stream):
            _check_loans(history, records)
        if is_report(stream):
            _check_report_stays(history, records)
        if is_journal(stream):
            _check_journal_stays(history, records)
    if any(is_agency(record.stream) for record in proposed):
        _accept_in_registry(proposed, histories)
    by_plan: dict[PlanId, list[Record[Event]]] = {}
    for record in proposed:
        if not is_agency(record.stream) and not is_journal(record.stream):
            by_plan.setdefault(plan_of(record.stream), []).append(record)
    for plan, records in by_plan.items():
        _accept_in_plan(plan, records, histories)


def _lines(histories: Histories) -> SameAgency:
    """Whether two agencies are of one line, by the agencies among the histories."""

    @cache
    def successors(agency: str) -> Sequence[str]:
        return AGENCY.fold(timeline(histories.get(StreamId(agency), ()))).successors

    return lambda one, other: same_line(one, other, successors)


def _check_loans(history: Sequence[Record[Any]], proposed: Sequence[Record[Any]]) -> None:
    """Only new loans are refused: those on record stay, however many an earlier version let in."""
    loans = [record.event for record in proposed if isinstance(record.event, RoleDelegated)]
    if not loans:
        return
    facts = (record.event for record in timeline((*history, *proposed)))
    lent = Counter(event.actor for event in facts if isinstance(event, RoleDelegated))
    for event in loans:
        if lent[event.actor] > MOST_LOANS:
            found = f"the actor would have {lent[event.actor]} loans on record at this agency"
            raise errors.TooManyLoans(event, found, f"{MOST_LOANS} at most; a steward grants what is needed beyond")


def _check_report_stays(history: Sequence[Record[Any]], proposed: Sequence[Record[Any]]) -> None:
    """What was sent is not taken back; a figure published elsewhere that was noted wrongly is."""
    records = (*history, *proposed)
    for record in proposed:
        if isinstance(record.event, RecordRetracted):
            sent = records[record.event.version - 1]
            if not isinstance(sent.event, FigurePublished):
                raise errors.ReportIsLocked(record.event).naming(sent)


def _check_journal_stays(history: Sequence[Record[Any]], proposed: Sequence[Record[Any]]) -> None:
    for record in proposed:
        if isinstance(record.event, RecordRetracted):
            raise errors.JournalIsKept(record.event).naming(history[record.event.version - 1])


def _accept_in_registry(proposed: Sequence[Record[Event]], histories: Histories) -> None:
    """Whatever an agency hands over goes to one that exists on that day: so no agency is its own successor, by whatever way."""
    new = _by_stream(proposed)
    timelines: dict[StreamId, Sequence[Record[AgencyEvent]]] = {
        stream: timeline((*histories.get(stream, ()), *new.get(stream, ())))
        for stream in histories.keys() | new.keys()
        if is_agency(stream)
    }
    states = {stream: AGENCY.fold(records) for stream, records in timelines.items()}
    for stream, records in timelines.items():
        for record in records:
            for heir in heirs(record.event):
                state = states.get(heir, AGENCY.initial)
                since, until = state.registered_on, state.ended_on
                if since is None or record.event.on < since or (until is not None and until <= record.event.on):
                    found = f"{heir} does not exist on that day"
                    error = errors.NoSuchHeir(
                        record.event, found, "an agency that is registered by then and has not ended"
                    )
                    aspect = "registered_on" if since is None or record.event.on < since else "ended_on"
                    error.in_the_way = AGENCY.last_change(timelines.get(heir, ()), aspect) or _taken_away(
                        proposed, heir
                    )
                    if record.version <= len(histories.get(stream, ())):
                        error.proposed = tuple(one.event for one in proposed if is_agency(one.stream))
                    raise error


def _accept_in_plan(plan: PlanId, proposed: Sequence[Record[Any]], histories: Histories) -> None:
    growing = Growing(PLAN, histories.get(plan, ()))
    before = len(growing.records)
    for record in proposed:
        if record.stream == plan:
            growing.add(record)
        elif is_activity(record.stream):
            _check_lock(growing, record)
    if len(growing.records) == before:
        _check_days(growing, proposed)
    else:
        _check_whole_plan(plan, growing, proposed, histories)


def _check_lock(plan: Growing[PlanState, PlanEvent], record: Record[Any]) -> None:
    """A closed plan takes no record of its activities, whatever its day: this looks at the plan as it stands now."""
    state = plan.on()
    if state.adopted_on is None:
        raise errors.PlanNotAdopted(record.event)
    if not state.is_open:
        raise errors.PlanIsClosed(record.event).naming(PLAN.last_change(plan.facts, errors.PlanIsClosed.aspect))


def _check_days(plan: Growing[PlanState, PlanEvent], records: Iterable[Record[Any]]) -> None:
    state = plan.on()
    for record in records:
        if isinstance(record.event, RecordRetracted):
            continue
        try:
            if is_activity(record.stream):
                check_activity(state, record.event)
            elif _is_beside(record.stream) and (not state.periods or record.event.on < state.periods[0][0]):
                raise errors.PlanNotAdopted(record.event)
        except errors.IllegalHistory as error:
            error.in_the_way = PLAN.in_the_way(plan.facts, plan.up_to(record.event.on), error)
            raise


def _check_whole_plan(
    plan: PlanId, growing: Growing[PlanState, PlanEvent], proposed: Sequence[Record[Any]], histories: Histories
) -> None:
    """The plan itself changes: each fact of its activities and indicators has to fit the plan as it would be."""
    new = _by_stream(proposed)
    for stream in histories.keys() | new.keys():
        if stream == plan or plan_of(stream) != plan:
            continue
        history = histories.get(stream, ())
        for record in timeline((*history, *new.get(stream, ()))):
            try:
                _check_days(growing, [record])
            except errors.IllegalHistory as error:
                if record.version <= len(history):
                    error.in_the_way = error.in_the_way or _taken_away(proposed, plan)
                    error.proposed = tuple(p.event for p in proposed if p.stream == plan)
                raise


def _taken_away(proposed: Iterable[Record[Event]], stream: StreamId) -> Record[Event] | None:
    """The proposed retraction that takes away from a stream what another record then lacks."""
    return next((one for one in proposed if one.stream == stream and isinstance(one.event, RecordRetracted)), None)


def aggregate_of(stream: StreamId) -> Aggregate[Any, Any]:
    """The rules of what a stream is about."""
    if is_activity(stream):
        return ACTIVITY
    if is_indicator(stream):
        return INDICATOR
    if is_agency(stream):
        return AGENCY
    if is_dispatch(stream):
        return DISPATCH
    if is_journal(stream):
        return JOURNAL
    return REPORT if is_report(stream) else PLAN


def _is_beside(stream: StreamId) -> bool:
    """Whether a stream belongs to a plan without being part of its work: it needs the plan, and outlasts its close."""
    return is_indicator(stream) or is_report(stream) or is_dispatch(stream)


def _by_stream(records: Iterable[Record[Event]]) -> dict[StreamId, list[Record[Event]]]:
    streams: dict[StreamId, list[Record[Event]]] = {}
    for record in records:
        streams.setdefault(record.stream, []).append(record)
    return streams
