"""
The instants of a log: how far clocks may be apart, and whether the instants of its requests go on.
"""

from collections.abc import Sequence
from datetime import timedelta

import attrs

from reformtrack.domain.journal import InstantsCorrected

MOST_AHEAD = timedelta(minutes=5)
"""How far the last instant of a log may be ahead of the clock, and two clocks apart, while records are taken."""


@attrs.define
class InstantOrder:
    """
    The order of the instants of requests: each is no earlier than those before it, where no correction says that one is wrong.

    Args:
        corrections: all that are in the log.
        latest: the latest instant until now, as ISO text of one length; empty at the beginning of a log.

    >>> from datetime import date
    >>> order = InstantOrder([InstantsCorrected("~clock", on=date(2023, 7, 1), first=2, last=3, reason="Đồng hồ sai")])
    >>> [order.passed_by(position, year) for position, year in enumerate(("2023", "2038", "2038", "2024", "2023"), 1)]
    ['', '', '', '', '2024']
    """

    corrections: Sequence[InstantsCorrected]
    latest: str = ""

    def first_wrong(self, position: int) -> int | None:
        """The first record of those that a correction of this one's instant is about; None when it is not said to be wrong."""
        return min((one.first for one in self.corrections if one.first <= position <= one.last), default=None)

    def passed_by(self, position: int, instant: str) -> str:
        """The later instant of a request before the next one; empty when the instants go on."""
        if self.first_wrong(position) is not None:
            return ""
        passed, self.latest = self.latest, max(self.latest, instant)
        return passed if instant < passed else ""
