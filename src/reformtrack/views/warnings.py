"""What needs attention on a day: due soon, overdue, reported complete without evidence, silent, figures that do not fit."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from operator import itemgetter
from typing import assert_never

import attrs

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.labelled import Labelled
from reformtrack.domain.showing import brief
from reformtrack.domain.wording import Lang, day, later, lead_words, time_left
from reformtrack.language import Language
from reformtrack.views.activity import Activity
from reformtrack.views.indicators import Indicator
from reformtrack.views.plan import Plan

STAGES = (7, 3, 1)
"""The days before a due day at which a warning is given: seven, three, one."""

SILENT_DAYS = 30
"""The days after which an open activity without a fact, or an open plan without a record, is silent."""


class WarningKind(Labelled):
    """The kind of a warning."""

    DUE = "due", "due soon"
    """Something is due within the days of the stage."""
    OVERDUE = "overdue"
    WITHOUT_EVIDENCE = "without_evidence", "reported complete without evidence"
    """Reported complete, and no evidence is on record."""
    WITHOUT_LEAD = "without_lead", "no lead agency"
    """Open, and the plan names nobody who has the lead."""
    SILENT = "silent", "no update"
    """Open, started or not, without news for a long time."""
    DIFFERS = "differs", "a figure does not fit"
    """A published figure does not follow from its own numbers, or does not fit another."""


@attrs.frozen(kw_only=True, field_transformer=brief)
@checks_arguments
class PlanWarning:
    """Something that needs attention on a day."""

    kind: WarningKind
    subject: str
    """The activity or the indicator."""
    title: str
    leads: tuple[str, ...] = ()
    """Whoever has the lead, several jointly; none for an indicator."""
    due: date | None = None
    """The day on which it is or was due."""
    days: int = 0
    """The days left until it is due, or passed since it was due or last heard of."""
    stage: int = 0
    """For what is due: the stage reached, 7, 3 or 1."""
    text: str = ""
    """For a figure that differs: how, in Vietnamese."""
    text_en: str = ""
    """The same in English."""
    decided_later: date | None = None
    """The day of the document that set the due day, if that is after the effective day; else None."""

    @property
    def lead(self) -> str:
        """Whoever has the lead, in one line; empty for an indicator."""
        return "" if self.kind is WarningKind.DIFFERS else lead_words(self.leads)

    @property
    def key(self) -> tuple[str, str, str, int]:
        """A key that stays the same from day to day if nothing happens, so that a warning is not sent daily."""
        return self.kind.value, self.subject, str(self.due or ""), self.stage

    def words(self, lang: Lang = "vi") -> str:
        """
        The warning in words.

        >>> PlanWarning(kind=WarningKind.OVERDUE, subject="p/1", title="Rà soát", due=date(2023, 6, 30), days=5).words()
        'quá hạn 5 ngày (thời hạn 30/06/2023): Rà soát'
        """
        return f"{self.what(lang)}: {self.title}"

    def what(self, lang: Lang = "vi") -> str:
        """The same without its title."""
        say = Language(lang)
        match self.kind:
            case WarningKind.DUE | WarningKind.OVERDUE:
                left = time_left(-self.days if self.kind is WarningKind.OVERDUE else self.days, say.lang)
                due = day(self.due, say.lang) + later(self.decided_later, say.lang) if self.due else ""
                return say("{left} (deadline {due})", left=left, due=due)
            case WarningKind.WITHOUT_EVIDENCE | WarningKind.WITHOUT_LEAD:
                return self.kind.label(say.lang)
            case WarningKind.SILENT:
                return say.plural("no update for {count} day", "no update for {count} days", self.days)
            case WarningKind.DIFFERS:
                return f"{self.kind.label(say.lang)} ({self.text if say.lang == 'vi' else self.text_en})"
            case _:
                assert_never(self.kind)


def plan_warnings(
    plan: Plan, indicators: Iterable[Indicator] = (), *, stages: Sequence[int] = STAGES, silent_days: int = SILENT_DAYS
) -> tuple[PlanWarning, ...]:
    """
    What needs attention in a plan on its day, the most urgent first: overdue, due, without evidence, silent, figures.

    Args:
        plan: the plan on a day.
        indicators: its other figures on that day.
        stages: the days before a due day at which a warning is given.
        silent_days: the days after which an open activity without a fact is silent.

    Raises:
        UnreadableRecord: a record of the plan cannot be read.
    """
    found = [
        *_overdue(plan),
        *_due(plan, stages),
        *(_warning(WarningKind.WITHOUT_EVIDENCE, activity) for activity in plan.without_evidence()),
        *(_warning(WarningKind.WITHOUT_LEAD, activity) for activity in plan.without_lead()),
        *_silent(plan, silent_days),
    ]
    return (*found, *_differing(indicators))


def _warning(
    kind: WarningKind, activity: Activity, due: date | None = None, days: int = 0, stage: int = 0
) -> PlanWarning:
    return PlanWarning(
        kind=kind,
        subject=activity.id,
        title=activity.title,
        leads=activity.leads,
        due=due or activity.due,
        days=days,
        stage=stage,
        decided_later=activity.deadline_decided_later,
    )


def _overdue(plan: Plan) -> list[PlanWarning]:
    """A warning for each missed due day, the oldest first."""
    missed = [(due.days_late(plan.on), due.day, activity) for activity in plan.overdue() for due in activity.missed]
    return [
        _warning(WarningKind.OVERDUE, activity, day, days)
        for days, day, activity in sorted(missed, key=itemgetter(0), reverse=True)
    ]


def _due(plan: Plan, stages: Sequence[int]) -> list[PlanWarning]:
    """A warning for each near due day, the nearest first."""
    most = max(stages, default=0)
    soon = [((day - plan.on).days, day, one) for one in plan.due_within(most) for day in one.due_within(most)]
    return [
        _warning(WarningKind.DUE, activity, day, left, min(stage for stage in stages if left <= stage))
        for left, day, activity in sorted(soon, key=itemgetter(0))
        if stages
    ]


def _silent(plan: Plan, silent_days: int) -> Iterator[PlanWarning]:
    """Overdue activities are left out: they already have a warning."""
    for activity in plan.activities:
        quiet = (plan.on - max(record.event.on for record in activity.timeline)).days
        if activity.status.is_open and not activity.is_overdue and quiet > silent_days:
            yield _warning(WarningKind.SILENT, activity, days=quiet)


def _differing(indicators: Iterable[Indicator]) -> Iterator[PlanWarning]:
    for indicator in indicators:
        for text, text_en in zip(indicator.warnings, indicator.warned("en"), strict=True):
            title, kind = indicator.definition.title, WarningKind.DIFFERS
            yield PlanWarning(kind=kind, subject=indicator.id, title=title, text=text, text_en=text_en)
