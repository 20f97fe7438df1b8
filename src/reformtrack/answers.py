"""
What a tracker answers: immutable values, and what is in them.
"""

from reformtrack.configuration import Head
from reformtrack.domain.balance import Balance, Entry, Outcome
from reformtrack.domain.progress import Counted, PlanVersion
from reformtrack.domain.shares import shares
from reformtrack.domain.status import ProgressStatus, Timeliness
from reformtrack.domain.tally import Tally
from reformtrack.store.checking import Damage
from reformtrack.views.agencies import Agency, Ambiguous, Found, Registry, Unknown
from reformtrack.views.indicators import CheckResult, Indicator
from reformtrack.views.report import Bridge, Comparison, Drift, FigureDrift, IssuedReport, Report, bridge
from reformtrack.views.roll_over import RollOver
from reformtrack.views.rollup import Rollup, Silent
from reformtrack.views.rows import PlanRow
from reformtrack.views.warnings import PlanWarning, WarningKind

__all__ = [
    "Agency",
    "Ambiguous",
    "Balance",
    "Bridge",
    "CheckResult",
    "Comparison",
    "Counted",
    "Damage",
    "Drift",
    "Entry",
    "FigureDrift",
    "Found",
    "Head",
    "Indicator",
    "IssuedReport",
    "Outcome",
    "PlanRow",
    "PlanVersion",
    "PlanWarning",
    "ProgressStatus",
    "Registry",
    "Report",
    "RollOver",
    "Rollup",
    "Silent",
    "Tally",
    "Timeliness",
    "Unknown",
    "WarningKind",
    "bridge",
    "shares",
]
