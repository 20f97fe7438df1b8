"""
The catalogue: every event that can be recorded, by the aggregate that it is about.
"""

from datetime import date

from reformtrack.domain import activity, agency, dispatch, indicator, journal, plan, report
from reformtrack.domain.activity import ActivityEvent, ActivityState
from reformtrack.domain.agency import AgencyEvent, AgencyState
from reformtrack.domain.dispatch import DigestSent, DispatchState
from reformtrack.domain.indicator import IndicatorEvent, IndicatorState
from reformtrack.domain.journal import JournalEvent, JournalState
from reformtrack.domain.plan import PlanEvent, PlanState
from reformtrack.domain.report import ReportEvent, ReportState
from reformtrack.domain.timeline import Aggregate, RecordRetracted
from reformtrack.domain.values import StreamId

AnyFact = PlanEvent | ActivityEvent | IndicatorEvent | ReportEvent | DigestSent | AgencyEvent | JournalEvent
"""An event that took effect in the world on a day."""

Event = AnyFact | RecordRetracted
"""Anything that can be recorded."""

EVENT_TYPES: tuple[type[Event], ...] = (
    plan.PlanAdopted,
    plan.PlanAmended,
    plan.PlanClosed,
    plan.PlanReopened,
    activity.ActivityScheduled,
    activity.ActivityStarted,
    activity.ProgressReported,
    activity.EvidenceFiled,
    activity.ActivityCompleted,
    activity.OccurrenceCompleted,
    activity.CompletionConfirmed,
    activity.CompletionReturned,
    activity.ActivityReopened,
    activity.ActivitySuspended,
    activity.ActivityResumed,
    activity.ActivityRescheduled,
    activity.ActivityReassigned,
    activity.ActivityRevised,
    activity.ActivityWithdrawn,
    activity.ActivityCarriedOver,
    indicator.IndicatorDefined,
    indicator.ReadingTaken,
    report.ReportIssued,
    report.ReportCorrected,
    report.FigurePublished,
    dispatch.DigestSent,
    agency.AgencyRegistered,
    agency.AgencyAliased,
    agency.AgencyRenamed,
    agency.AgencyMerged,
    agency.AgencySplit,
    agency.FunctionMoved,
    agency.AgencyDissolved,
    agency.RoleGranted,
    agency.RoleDelegated,
    agency.RoleEnded,
    journal.RecordingRefused,
    journal.BackupAccepted,
    journal.InstantsCorrected,
    journal.StoreConfigured,
    RecordRetracted,
)
"""The class of each event."""

RECORDABLE: tuple[type[Event], ...] = tuple(
    kind for kind in EVENT_TYPES if kind not in (report.ReportIssued, report.ReportCorrected, *journal.JOURNAL_EVENTS)
)
"""What is recorded from outside, by whatever interface. The tracker makes reports, and what a store notes of itself."""

PLAN: Aggregate[PlanState, PlanEvent] = Aggregate(plan.UNADOPTED, plan.check, plan.evolve)
ACTIVITY: Aggregate[ActivityState, ActivityEvent] = Aggregate(
    activity.SCHEDULED_NOWHERE, activity.check, activity.evolve
)
INDICATOR: Aggregate[IndicatorState, IndicatorEvent] = Aggregate(indicator.UNDEFINED, indicator.check, indicator.evolve)

REPORT: Aggregate[ReportState, ReportEvent] = Aggregate(report.UNISSUED, report.check, report.evolve)
DISPATCH: Aggregate[DispatchState, DigestSent] = Aggregate(dispatch.NOTHING_SENT, dispatch.check, dispatch.evolve)
AGENCY: Aggregate[AgencyState, AgencyEvent] = Aggregate(agency.UNREGISTERED, agency.check, agency.evolve)
JOURNAL: Aggregate[JournalState, JournalEvent] = Aggregate(journal.EMPTY, journal.check, journal.evolve)


def decided_later(event: Event | None) -> date | None:
    """
    The day of the document of an event, where that is after the day on which the event takes effect; else None.

    True facts come late, so such an event is legal; whoever reads what follows from it is told.
    """
    document, on = getattr(event, "document", None), getattr(event, "on", None)
    if document is None or document.date is None or on is None or document.date <= on:
        return None
    decided: date = document.date
    return decided


def is_activity(stream: StreamId) -> bool:
    """Whether a stream is an activity's."""
    return "/" in stream


def is_indicator(stream: StreamId) -> bool:
    """Whether a stream is an indicator's."""
    return "#" in stream


def is_report(stream: StreamId) -> bool:
    """Whether a stream is a report's."""
    return "@" in stream[1:]


def is_dispatch(stream: StreamId) -> bool:
    """Whether a stream is of what is sent to a receiver."""
    return "!" in stream


def is_agency(stream: StreamId) -> bool:
    """Whether a stream is an agency's."""
    return stream.startswith("@")


def is_journal(stream: StreamId) -> bool:
    """Whether a stream is a journal of the store itself."""
    return stream.startswith("~")
