"""The change of a rate between two reports, split into its causes."""

from fractions import Fraction

import attrs

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import Incomparable
from reformtrack.domain.progress import IN_RATE, Counted
from reformtrack.domain.said import sentence
from reformtrack.views.report import Report


@attrs.frozen(kw_only=True)
class Bridge:
    """
    The change of a rate between two reports, split into its causes. The terms add up to the change exactly.

    The steps: as reported first; as known at the second report for the same day (correction); over the activities that
    the second report counts (scope); with their new status (progress); under the second report's rule.
    """

    before: Fraction
    after: Fraction
    correction: Fraction
    """Facts about the days of the first report that were recorded later."""
    scope: Fraction
    """Activities that entered or left the rate."""
    progress: Fraction
    """Activities that were completed in between, or whose completion was undone."""
    rule: Fraction
    """Another counting rule."""

    @property
    def change(self) -> Fraction:
        """after − before: the sum of the terms."""
        return self.after - self.before


@checks_arguments
def bridge(first: Report, second: Report) -> Bridge:
    """
    Split the change of the headline rate from one report to a later one of the same plan.

    A step whose rate would have no activities takes none of the change; the next one does.

    Raises:
        Incomparable: the reports are of two plans or in the wrong order, or a headline has no activities.
    """
    if first.plan.id != second.plan.id or second.period.last < first.period.last:
        words = sentence("{first} and {second}; accepted: two reports of one plan, the earlier first")
        raise Incomparable(words, first=first.id, second=second.id)
    before, after = _headline(first), _headline(second)
    rule, later = first.content.rule, second.content.rule
    known = second.plan.as_of(first.period.last).progress(rule)
    counted = second.plan.progress(rule)
    done = set(known.activities(Counted.COMPLETED))
    in_scope = set(counted.activities(*IN_RATE))
    corrected = before if known.rate is None else known.rate
    scoped = Fraction(len(done & in_scope), len(in_scope)) if in_scope else corrected
    progressed = scoped if counted.rate is None else counted.rate
    return Bridge(
        before=before,
        after=after,
        correction=corrected - before,
        scope=scoped - corrected,
        progress=(progressed if rule != later else after) - scoped,
        rule=after - progressed if rule != later else Fraction(0),
    )


def _headline(report: Report) -> Fraction:
    rate = report.figure().rate
    if rate is None:
        words = sentence("{report} has a rate over no activities; accepted: reports that count some")
        raise Incomparable(words, report=report.id)
    return rate
