"""
What a tracker answers: immutable values, and what is in them; and what it is asked by: `RollupBy`, `By`, `Attention`, `Every`.
"""

from reformtrack.configuration import Head
from reformtrack.domain.activity import ActivityState
from reformtrack.domain.agency import AgencyState, RoleHeld
from reformtrack.domain.balance import Balance, Entry, Outcome
from reformtrack.domain.dispatch import DispatchState
from reformtrack.domain.indicator import IndicatorState
from reformtrack.domain.journal import JournalState
from reformtrack.domain.plan import PlanState
from reformtrack.domain.progress import Counted, PlanVersion
from reformtrack.domain.report import ReportState
from reformtrack.domain.shares import shares
from reformtrack.domain.status import ProgressStatus, Timeliness
from reformtrack.domain.tally import Tally
from reformtrack.store.checking import Damage
from reformtrack.store.session import Session
from reformtrack.views.across import Across, AcrossLine, Attention
from reformtrack.views.activity import Due, Standing
from reformtrack.views.agencies import Agency, Ambiguous, Found, Registry, Unknown, Work
from reformtrack.views.beside import Beside
from reformtrack.views.bridge import Bridge, bridge
from reformtrack.views.drift import ActivityDrift, Drift, FigureDrift, IndicatorDrift
from reformtrack.views.indicators import CheckResult, Indicator
from reformtrack.views.plan import By
from reformtrack.views.report import Comparison, IssuedReport, Report
from reformtrack.views.roll_over import RollOver
from reformtrack.views.rollup import NamedPlan, Rollup, RollupBy, Silent
from reformtrack.views.rows import PlanRow
from reformtrack.views.series import BurnUp, burn_up, burn_up_on
from reformtrack.views.trend import Every, Trend, TrendPoint
from reformtrack.views.warnings import PlanWarning, WarningKind

__all__ = [
    "Across", "AcrossLine", "ActivityDrift", "ActivityState", "Agency", "AgencyState", "Ambiguous", "Attention", "Balance",
    "Beside", "Bridge", "BurnUp", "By",
    "CheckResult", "Comparison", "Counted", "Damage", "DispatchState", "Drift", "Due", "Entry", "Every", "FigureDrift",
    "Found", "Head", "Indicator", "IndicatorDrift", "IndicatorState", "IssuedReport", "JournalState", "NamedPlan", "Outcome",
    "PlanRow",
    "PlanState", "PlanVersion", "PlanWarning", "ProgressStatus", "Registry", "Report", "ReportState", "RoleHeld",
    "RollOver", "Rollup", "RollupBy", "Session", "Silent", "Standing", "Tally", "Timeliness", "Trend", "TrendPoint", "Unknown",
    "WarningKind", "Work", "bridge", "burn_up", "burn_up_on", "shares",
]  # fmt: skip
