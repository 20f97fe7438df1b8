"""The days that are asked for most: the ends of quarters, the cut-offs of the periods, what the issued reports saw."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from reformtrack.domain.period import quarterly
from reformtrack.domain.timeline import KnownAt
from reformtrack.exchange.report_words import headed
from reformtrack.language import Language
from reformtrack.views.plan import Plan
from reformtrack.views.report import IssuedReport

MOST = 4
"""How many of each kind: those of a year."""


def presets(
    today: date, plan: Plan | None, reports: Sequence[IssuedReport], say: Language, since: date | None = None
) -> Iterator[tuple[str, date, KnownAt]]:
    """
    (name, day, log position or None) of each, none of them in the future.

    Args:
        plan: whose years they are of; default: this year and the one before.
        since: the day from which there is what the page is about.
        reports: the issued reports of the plan: each is asked for as it was known when it was issued.
    """
    first, last = (plan.state.first_day, plan.state.last_day) if plan else (date(max(1, today.year - 1), 1, 1), today)
    since = since or (plan.state.adopted_on if plan else None)
    first = max(first, since or first)
    years = range(max(2, min(last, today).year - 1, first.year), min(last, today).year + 1)
    quarters = [(n, date(year + n // 4, n % 4 * 3 + 1, 1) - timedelta(days=1)) for year in years for n in range(1, 5)]
    ends = (
        say("end of quarter I/{year}"), say("end of quarter II/{year}"), say("end of quarter III/{year}"),
        say("end of quarter IV/{year}"),
    )  # fmt: skip
    for n, day in [(n, day) for n, day in quarters if first <= day <= today][-MOST:]:
        yield ends[n - 1].format(year=day.year), day, None
    cut_offs = (
        say("cut-off of the first quarter"), say("cut-off of six months"), say("cut-off of the third quarter"),
        say("cut-off of the year"),
    )  # fmt: skip
    periods = [pair for year in years for pair in zip(cut_offs, quarterly(year), strict=True)]
    for name, period in [(name, period) for name, period in periods if first <= period.last <= today][-MOST:]:
        yield name, period.last, None
    for report in reports[-MOST:]:
        yield say("report, {period}", period=headed(report, say)), report.period.last, report.content.position
