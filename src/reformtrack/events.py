"""Every event: what can be recorded, and what a store notes of itself."""

from reformtrack.domain import activity, agency, dispatch, indicator, journal, plan, report
from reformtrack.domain.activity import *
from reformtrack.domain.agency import *
from reformtrack.domain.dispatch import *
from reformtrack.domain.indicator import *
from reformtrack.domain.journal import *
from reformtrack.domain.plan import *
from reformtrack.domain.report import *
from reformtrack.domain.timeline import RecordRetracted

__all__ = ["RecordRetracted"]
__all__ += activity.__all__
__all__ += agency.__all__
__all__ += dispatch.__all__
__all__ += indicator.__all__
__all__ += journal.__all__
__all__ += plan.__all__
__all__ += report.__all__
