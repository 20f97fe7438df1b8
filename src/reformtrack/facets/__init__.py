"""The facets of a tracker: its log, its issued reports, its materialised views."""

from reformtrack.facets.log import Log
from reformtrack.facets.reports import Reports
from reformtrack.facets.views import Views

__all__ = ["Log", "Reports", "Views"]
