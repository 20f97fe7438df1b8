"""Every error of reformtrack."""
# ruff: noqa: F403, F405

from reformtrack.domain.errors import *
from reformtrack.domain.illegal import *

__all__ = [
    "ActivityAlreadyCompleted", "ActivityAlreadyConfirmed", "ActivityAlreadyScheduled", "ActivityAlreadyStarted",
    "ActivityHasLeft", "ActivityIsRecurring", "ActivityIsSuspended", "ActivityNotCompleted", "ActivityNotRecurring",
    "ActivityNotScheduled", "ActivityNotSuspended", "AgencyAlreadyRegistered", "AgencyHasEnded",
    "AgencyNotRegistered", "AlreadyRetracted", "CarriedIntoSamePlan", "ClockBehind", "ClocksDiffer",
    "ConcurrentUpdate", "ConfirmsAnotherRecord", "ConfirmsOwnWork", "DatedInTheFuture", "IllegalHistory",
    "Incomparable", "IndicatorAlreadyDefined", "IndicatorNotDefined", "InstantNotAhead", "InvalidField",
    "InvalidInstant", "JournalIsKept", "LogFileError", "MissingExtra", "NoEvent", "NoSuchHeir", "NoSuchRecord",
    "NotFound", "NotPermitted", "NotRecordable", "OccurrenceAlreadyCompleted", "OccurrenceNotCompleted",
    "PlanAlreadyAdopted", "PlanIsClosed", "PlanIsOpen", "PlanNotAdopted", "PlanNotOpenThen", "PolicyRequired",
    "ReadingDoesNotFit", "ReformtrackError", "ReportAlreadyIssued", "ReportIsLocked", "ReportNotIssued",
    "RequestReused", "RetractionOfRetraction", "RoleNotHeld", "SealError", "SheetFileError", "StoreError",
    "StoreUnavailable", "TemplateFileError", "TooManyLoans", "TrackerClosed", "UnknownDomain", "UnknownLine",
    "UnknownOccurrence", "UnknownSubscription", "UnreadableRecord", "VersionConflict", "WebhookClosed",
]  # fmt: skip
