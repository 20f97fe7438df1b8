"""
Keep a public reform plan: every activity a stream of events, every figure derived from them, for any day as known on any.

`Tracker` is where to start; the events are the vocabulary; everything a tracker answers is an immutable value.
"""

from reformtrack.analytics import ParquetExport
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
    Role,
    RoleDelegated,
    RoleEnded,
    RoleGranted,
)
from reformtrack.domain.balance import Balance, Entry, Outcome
from reformtrack.domain.deadline import Deadline, DeadlineKind
from reformtrack.domain.dispatch import DigestSent
from reformtrack.domain.errors import (
    ConcurrentUpdate,
    IllegalHistory,
    Incomparable,
    InvalidField,
    InvalidInstant,
    LogFileError,
    MissingExtra,
    NotFound,
    NotPermitted,
    PolicyRequired,
    ReformtrackError,
    RequestReused,
    StoreError,
    StoreUnavailable,
    TrackerClosed,
    UnreadableRecord,
    VersionConflict,
)
from reformtrack.domain.events import Event
from reformtrack.domain.indicator import Bound, Check, IndicatorDefined, IndicatorKind, ReadingTaken, Relation
from reformtrack.domain.journal import BackupAccepted, InstantsCorrected, RecordingRefused, StoreConfigured
from reformtrack.domain.period import Period
from reformtrack.domain.plan import PlanAdopted, PlanAmended, PlanClosed, PlanReopened
from reformtrack.domain.progress import Counted, CountingRule, PlanVersion, Progress
from reformtrack.domain.report import Content, Figure, FigurePublished, ReportCorrected, ReportIssued
from reformtrack.domain.shares import shares
from reformtrack.domain.status import ProgressStatus, Timeliness
from reformtrack.domain.tally import Tally
from reformtrack.domain.timeline import Record, RecordRetracted
from reformtrack.domain.values import ActivityId, AgencyId, Document, Domain, IndicatorId, PlanId, ReportId, StreamId
from reformtrack.policy import Permit, Policy, Refuse, SeparationOfDuties, Situation, open_to_all
from reformtrack.store.checking import Damage
from reformtrack.store.patience import patience
from reformtrack.tracker import Tracker
from reformtrack.views.agencies import Agency, Ambiguous, Found, Registry, Unknown
from reformtrack.views.indicators import CheckResult, Indicator
from reformtrack.views.plan import Activity, Plan
from reformtrack.views.report import Bridge, Comparison, Drift, FigureDrift, Report, bridge
from reformtrack.views.roll_over import RollOver
from reformtrack.views.rollup import Rollup, Silent
from reformtrack.views.rows import PlanRow
from reformtrack.views.warnings import PlanWarning, WarningKind

__all__ = [
    "Activity",
    "ActivityCarriedOver",
    "ActivityCompleted",
    "ActivityId",
    "ActivityReassigned",
    "ActivityReopened",
    "ActivityRescheduled",
    "ActivityResumed",
    "ActivityRevised",
    "ActivityScheduled",
    "ActivityStarted",
    "ActivitySuspended",
    "ActivityWithdrawn",
    "Agency",
    "AgencyAliased",
    "AgencyDissolved",
    "AgencyId",
    "AgencyMerged",
    "AgencyRegistered",
    "AgencyRenamed",
    "AgencySplit",
    "Ambiguous",
    "BackupAccepted",
    "Balance",
    "Bound",
    "Bridge",
    "Check",
    "CheckResult",
    "Comparison",
    "CompletionConfirmed",
    "CompletionReturned",
    "ConcurrentUpdate",
    "Content",
    "Counted",
    "CountingRule",
    "Damage",
    "Deadline",
    "DeadlineKind",
    "DigestSent",
    "Document",
    "Domain",
    "Drift",
    "Entry",
    "Event",
    "EvidenceFiled",
    "Figure",
    "FigureDrift",
    "FigurePublished",
    "Found",
    "FunctionMoved",
    "IllegalHistory",
    "Incomparable",
    "Indicator",
    "IndicatorDefined",
    "IndicatorId",
    "IndicatorKind",
    "InstantsCorrected",
    "InvalidField",
    "InvalidInstant",
    "LogFileError",
    "MissingExtra",
    "NotFound",
    "NotPermitted",
    "OccurrenceCompleted",
    "Outcome",
    "ParquetExport",
    "Period",
    "Permit",
    "Plan",
    "PlanAdopted",
    "PlanAmended",
    "PlanClosed",
    "PlanId",
    "PlanReopened",
    "PlanRow",
    "PlanVersion",
    "PlanWarning",
    "Policy",
    "PolicyRequired",
    "Progress",
    "ProgressReported",
    "ProgressStatus",
    "ReadingTaken",
    "Record",
    "RecordRetracted",
    "RecordingRefused",
    "ReformtrackError",
    "Refuse",
    "Registry",
    "Relation",
    "Report",
    "ReportCorrected",
    "ReportId",
    "ReportIssued",
    "RequestReused",
    "Role",
    "RoleDelegated",
    "RoleEnded",
    "RoleGranted",
    "RollOver",
    "Rollup",
    "SeparationOfDuties",
    "Silent",
    "Situation",
    "StoreConfigured",
    "StoreError",
    "StoreUnavailable",
    "StreamId",
    "Tally",
    "Timeliness",
    "Tracker",
    "TrackerClosed",
    "Unknown",
    "UnreadableRecord",
    "VersionConflict",
    "WarningKind",
    "bridge",
    "open_to_all",
    "patience",
    "shares",
]
