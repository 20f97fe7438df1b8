"""
Every event: what can be recorded, and what a store notes of itself.
"""

from reformtrack.domain.activity import (
    ActivityCarriedOver,
    ActivityCompleted,
    ActivityReassigned,
    ActivityReopened,
    ActivityRescheduled,
    ActivityResumed,
    ActivityRevised,
    ActivityScheduled,
    ActivityStarted,
    ActivitySuspended,
    ActivityWithdrawn,
    CompletionConfirmed,
    CompletionReturned,
    EvidenceFiled,
    OccurrenceCompleted,
    ProgressReported,
)
from reformtrack.domain.agency import (
    AgencyAliased,
    AgencyDissolved,
    AgencyMerged,
    AgencyRegistered,
    AgencyRenamed,
    AgencySplit,
    FunctionMoved,
    RoleDelegated,
    RoleEnded,
    RoleGranted,
)
from reformtrack.domain.dispatch import DigestSent
from reformtrack.domain.indicator import IndicatorDefined, ReadingTaken
from reformtrack.domain.journal import BackupAccepted, InstantsCorrected, RecordingRefused, StoreConfigured
from reformtrack.domain.plan import PlanAdopted, PlanAmended, PlanClosed, PlanReopened
from reformtrack.domain.report import FigurePublished, ReportCorrected, ReportIssued
from reformtrack.domain.timeline import RecordRetracted

__all__ = [
    "ActivityCarriedOver", "ActivityCompleted", "ActivityReassigned", "ActivityReopened", "ActivityRescheduled",
    "ActivityResumed", "ActivityRevised", "ActivityScheduled", "ActivityStarted", "ActivitySuspended",
    "ActivityWithdrawn", "AgencyAliased", "AgencyDissolved", "AgencyMerged", "AgencyRegistered", "AgencyRenamed",
    "AgencySplit", "BackupAccepted", "CompletionConfirmed", "CompletionReturned", "DigestSent", "EvidenceFiled",
    "FigurePublished", "FunctionMoved", "IndicatorDefined", "InstantsCorrected", "OccurrenceCompleted",
    "PlanAdopted", "PlanAmended", "PlanClosed", "PlanReopened", "ProgressReported", "ReadingTaken",
    "RecordRetracted", "RecordingRefused", "ReportCorrected", "ReportIssued", "RoleDelegated", "RoleEnded",
    "RoleGranted", "StoreConfigured",
]  # fmt: skip
