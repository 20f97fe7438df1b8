"""An issued report beside the one before it and the one of a year before."""

import re

import attrs

from reformtrack.domain.errors import Incomparable
from reformtrack.views.bridge import Bridge, bridge
from reformtrack.views.report import IssuedReport, Report


@attrs.frozen
class Beside:
    """What a report is compared with, as it was issued."""

    before: IssuedReport | None = None
    """The report of the period before, of the same plan."""
    bridge: Bridge | None = None
    """The change of the headline since, by its causes; None where one of the two has no rate."""
    last_year: IssuedReport | None = None
    """The report of a year before, of another plan: its figures stand beside, without causes."""


def beside(report: Report, before: Report | None, last_year: IssuedReport | None) -> Beside:
    """A report beside the one before, and the one of a year before."""
    try:
        split = bridge(before, report) if before else None
    except Incomparable:
        split = None
    return Beside(before, split, last_year)


def a_year_before(code: str) -> str:
    """
    The code of the period of a year before; empty for one that does not begin with a year.

    >>> a_year_before("2023-h1"), a_year_before("dot-1")
    ('2022-h1', '')
    """
    found = re.fullmatch(r"(\d{4})(-.*)?", code)
    return f"{int(found[1]) - 1:04}{found[2] or ''}" if found else ""
