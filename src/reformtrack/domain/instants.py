"""The instants of a log: how far clocks may differ, and whether instants never go back."""

from collections.abc import Sequence
from datetime import timedelta

import attrs

from reformtrack.domain.journal import InstantsCorrected

MOST_AHEAD = timedelta(minutes=5)
"""The tolerance between the last instant of a log and the clock, and between two clocks."""


@attrs.define
class InstantOrder:
    """
    Checks that instants never go back, corrected ones left out.

    Args:
        corrections: all of the log.
        latest: the latest instant so far, as ISO text of one length; empty at the beginning of a log.

    >>> from datetime import date
    >>> order = InstantOrder([InstantsCorrected("~clock", on=date(2023, 7, 1), first=2, last=3, reason="Đồng hồ sai")])
    >>> [order.passed_by(position, year) for position, year in enumerate(("2023", "2038", "2038", "2024", "2023"), 1)]
    ['', '', '', '', '2024']
    """

    corrections: Sequence[InstantsCorrected]
    latest: str = ""

    def first_wrong(self, position: int) -> int | None:
        """The first record of the correction that covers this one; None when there is no such correction."""
        return min((one.first for one in self.corrections if one.first <= position <= one.last), default=None)

    def passed_by(self, position: int, instant: str) -> str:
        """The later instant that precedes this one; empty when instants do not go back."""
        if self.first_wrong(position) is not None:
            return ""
        passed, self.latest = self.latest, max(self.latest, instant)
        return passed if instant < passed else ""
