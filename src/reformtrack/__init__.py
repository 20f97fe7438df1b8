"""
Keep a public reform plan: every activity a stream of events, every figure derived from them, for any day as known on any.

`Tracker` is where to start; `events` is the vocabulary; everything that a tracker answers is an immutable value.
"""

from reformtrack.domain.deadline import Deadline
from reformtrack.domain.errors import (
    InvalidField,
    NotFound,
    NotPermitted,
    ReformtrackError,
    RequestReused,
    StoreError,
    StoreUnavailable,
    VersionConflict,
)
from reformtrack.domain.illegal import IllegalHistory
from reformtrack.domain.kinds import Event
from reformtrack.domain.period import Period
from reformtrack.domain.progress import CountingRule, Progress
from reformtrack.domain.timeline import Record
from reformtrack.domain.values import Document, Domain
from reformtrack.policy import Policy, SeparationOfDuties, open_to_all
from reformtrack.store.patience import patience
from reformtrack.tracker import Tracker
from reformtrack.views.activity import Activity
from reformtrack.views.plan import Plan

__version__ = "0.1.0"

__all__ = [
    "Activity", "CountingRule", "Deadline", "Document", "Domain", "Event", "IllegalHistory", "InvalidField",
    "NotFound", "NotPermitted", "Period", "Plan", "Policy", "Progress", "Record", "ReformtrackError",
    "RequestReused", "SeparationOfDuties", "StoreError", "StoreUnavailable", "Tracker", "VersionConflict",
    "open_to_all", "patience",
]  # fmt: skip
