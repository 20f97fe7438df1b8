"""Progress: a rate as a value with its rule, dates, plan versions and the activities behind each count."""

from abc import abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

import attrs

from reformtrack.domain.arguments import checks_arguments, members
from reformtrack.domain.errors import Incomparable, InvalidField, unfit
from reformtrack.domain.labelled import Labelled
from reformtrack.domain.said import said, sentence
from reformtrack.domain.showing import known_words, table
from reformtrack.domain.status import ProgressStatus
from reformtrack.domain.values import ActivityId, PlanId, StreamId
from reformtrack.domain.wording import Lang, day, number, percent, rounded_percent
from reformtrack.language import Language


@checks_arguments
class CountingRule(Labelled):
    """
    The numerator and denominator of a rate. All three rules are official and give different figures for one plan, so a
    percentage always needs its rule.

    >>> CountingRule.WHOLE_PLAN.label(), CountingRule.WHOLE_PLAN.label("en")
    ('toàn kế hoạch', 'whole plan')
    """

    WHOLE_PLAN = "whole_plan"
    """Rule A: completed ÷ all activities (Đắk Nông 2023)."""
    DATED_ONLY = "dated_only", "dated activities only"
    """Rule B: completed dated ÷ dated; those without a date are left out (Government steering committee 2024)."""
    FALLEN_DUE = "fallen_due", "activities fallen due"
    """Rule C: completed ÷ (completed + overdue); those not yet due are left out (Prime Minister's working group 2017)."""


@checks_arguments
class Counted(Labelled):
    """What an activity is counted as under a rule: in the rate, or left out of it and why."""

    COMPLETED = "completed"
    OPEN = "open"
    """In the denominator, not completed, not overdue."""
    OVERDUE = "overdue"
    """In the denominator, not completed, its deadline past."""
    NO_DATE = "no_date", "without a date"
    """Left out: it has no date, and the rule counts dated ones only, or those that have fallen due or are completed."""
    NOT_YET_DUE = "not_yet_due"
    """Left out: it has not fallen due, and the rule counts those that have."""
    AWAITING_CONFIRMATION = "awaiting_confirmation", "fallen due, waiting for confirmation"
    """Left out: it has fallen due and was reported in time; the rule counts it once it is confirmed."""
    WITHDRAWN = "withdrawn"
    """Left out: it was withdrawn from the plan."""
    CARRIED_OVER = "carried_over"
    """Left out: it goes on in a later plan."""


IN_RATE = (Counted.COMPLETED, Counted.OPEN, Counted.OVERDUE)
"""The values that count in a rate; the rest is left out."""
_LEFT_OUT_BY = {
    CountingRule.WHOLE_PLAN: (),
    CountingRule.DATED_ONLY: (Counted.NO_DATE,),
    CountingRule.FALLEN_DUE: (Counted.NO_DATE, Counted.NOT_YET_DUE, Counted.AWAITING_CONFIRMATION),
}
_ALWAYS_LEFT_OUT = {ProgressStatus.WITHDRAWN: Counted.WITHDRAWN, ProgressStatus.CARRIED_OVER: Counted.CARRIED_OVER}


def counted_as(rule: CountingRule, status: ProgressStatus, dated: bool, overdue: bool, past: bool) -> Counted:
    """
    What an activity is counted as under a rule.

    Args:
        status: how far it is, its confirmation taken into account.
        dated: whether its deadline has a day.
        overdue: whether it is open and a due day is past, or waits for its confirmation and was reported late.
        past: whether its last due day is past.

    >>> counted_as(CountingRule.FALLEN_DUE, ProgressStatus.IN_PROGRESS, dated=True, overdue=False, past=False)
    <Counted.NOT_YET_DUE: 'not_yet_due'>
    """
    if status.has_left:
        return _ALWAYS_LEFT_OUT[status]
    if rule is CountingRule.DATED_ONLY and not dated:
        return Counted.NO_DATE
    if status is ProgressStatus.COMPLETED:
        return Counted.COMPLETED
    if overdue:
        return Counted.OVERDUE
    if rule is not CountingRule.FALLEN_DUE:
        return Counted.OPEN
    if not dated:
        return Counted.NO_DATE
    waits = status is ProgressStatus.AWAITING_CONFIRMATION and past
    return Counted.AWAITING_CONFIRMATION if waits else Counted.NOT_YET_DUE


@checks_arguments
@attrs.frozen(order=True)
class PlanVersion:
    """
    The version of a plan: 1 from its adoption, one more with each amendment; and what changed its denominator since.

    >>> PlanVersion("p", 1).text(), PlanVersion("p", 1, undocumented=2).text()
    ('1', '1, 2 thay đổi chưa có văn bản')
    """

    plan: PlanId
    number: int
    """The number of documents behind it: the adoption and the amendments."""
    undocumented: int = 0
    """The changes of the denominator since then without a document: activities added or removed, dates set or lost."""
    apart: int = 0
    """The changes with a document of their own that is not a recorded amendment."""

    def text(self, lang: Lang = "vi") -> str:
        """Its number, and the changes that it does not include."""
        plural, said = Language(lang).plural, [str(self.number)]
        if count := self.undocumented:
            said.append(plural("{count} change without a document", "{count} changes without a document", count))
        if count := self.apart:
            said.append(
                plural("{count} change by a document of its own", "{count} changes by documents of their own", count)
            )
        return ", ".join(said)


def _sorted_pairs(
    pairs: Mapping[ActivityId, Counted] | Mapping[str, Counted] | Iterable[tuple[str, Counted]],
) -> tuple[tuple[ActivityId, Counted], ...]:
    items: Iterable[tuple[str, Counted]] = pairs.items() if isinstance(pairs, Mapping) else pairs
    return tuple((ActivityId(StreamId(id)), as_) for id, as_ in sorted(items, key=lambda pair: pair[0]))


def _sorted_versions(versions: Iterable[PlanVersion]) -> tuple[PlanVersion, ...]:
    return tuple(sorted(set(versions)))


@checks_arguments
class Rate:
    """Completed of total, and how it is printed: shared by every kind of figure."""

    __slots__ = ()

    @property
    @abstractmethod
    def completed(self) -> int:
        """The numerator."""

    @property
    @abstractmethod
    def total(self) -> int:
        """The denominator."""

    @property
    def rate(self) -> Fraction | None:
        """completed ÷ total, exactly; None when there is nothing to divide by."""
        return Fraction(self.completed, self.total) if self.total else None

    @property
    def percent(self) -> Decimal | None:
        """The rate as a percentage, rounded half-up to one decimal; None when there is nothing to divide by."""
        return None if self.rate is None else rounded_percent(self.rate)

    def ratio(self, lang: Lang = "vi") -> str:
        """Its two numbers as printed: `53/55`, `1.053/2.107`."""
        return f"{number(self.completed, lang)}/{number(self.total, lang)}"

    def text(self, lang: Lang = "vi") -> str:
        """The figure as printed: `53/55 (96,4%)`."""
        return f"{self.ratio(lang)} ({percent(self.rate, lang)})"

    def __str__(self) -> str:
        return self.text()


class Counts(Rate):
    """
    A rate computed from how activities are counted.

    Every number is derived from the counts, so no two can disagree: 0 ≤ completed ≤ total, overdue ≤ open, and
    completed + open = total, always.
    """

    __slots__ = ()

    @property
    @abstractmethod
    def counts(self) -> tuple[tuple[Counted, int], ...]:
        """(counted as, how many), in the order of `Counted`."""

    def _number(self, *counted: Counted) -> int:
        return sum(count for as_, count in self.counts if as_ in counted)

    @property
    def completed(self) -> int:
        """The numerator."""
        return self._number(Counted.COMPLETED)

    @property
    def open(self) -> int:
        """In the denominator and not completed, overdue ones included."""
        return self._number(Counted.OPEN, Counted.OVERDUE)

    @property
    def overdue(self) -> int:
        """Open ones whose deadline is past."""
        return self._number(Counted.OVERDUE)

    @property
    def total(self) -> int:
        """The denominator: completed + open."""
        return self._number(*IN_RATE)

    @property
    def excluded(self) -> dict[Counted, int]:
        """How many activities the rate leaves out, by reason."""
        return {as_: count for as_, count in self.counts if as_ not in IN_RATE}

    def left_out(self, lang: Lang = "vi") -> str:
        """The same as printed: `7 không có thời hạn cụ thể; 1 đưa ra khỏi kế hoạch`."""
        return "; ".join(f"{number(count, lang)} {reason.label(lang)}" for reason, count in self.excluded.items())


@checks_arguments
@attrs.frozen(kw_only=True, repr=False)
class Progress(Counts):
    """
    How many activities are completed, of how many, under one counting rule on one day.

    `+` joins the progress of disjoint sets of activities under the same rule and dates; it is commutative and associative,
    and the progress of no activities is its identity.

    Raises:
        InvalidField: an activity is given twice, or counted as something that the rule does not leave out.

    >>> progress = Progress(
    ...     rule=CountingRule.WHOLE_PLAN,
    ...     on=date(2023, 12, 21),
    ...     counted={"p/1": Counted.COMPLETED, "p/2": Counted.OVERDUE, "p/3": Counted.WITHDRAWN},
    ... )
    >>> str(progress), progress.rate, progress.open, progress.excluded
    ('1/2 (50,0%)', Fraction(1, 2), 1, {<Counted.WITHDRAWN: 'withdrawn'>: 1})
    """

    rule: CountingRule
    on: date
    """The day that the figure describes."""
    known_at: datetime | int | None = None
    """The `known_at` asked for: an instant, a log position, or None for everything recorded when asked."""
    plan_versions: tuple[PlanVersion, ...] = attrs.field(default=(), converter=_sorted_versions)
    """The version of each plan that it counts."""
    counted: tuple[tuple[ActivityId, Counted], ...] = attrs.field(default=(), converter=_sorted_pairs)
    """How each activity is counted, in order of id; given as a mapping or as pairs."""

    def __attrs_post_init__(self) -> None:
        _check_counted(self)

    @cached_property
    def counts(self) -> tuple[tuple[Counted, int], ...]:
        """(counted as, how many), in the order of `Counted`."""
        found = Counter(as_ for _, as_ in self.counted)
        return tuple((as_, found[as_]) for as_ in Counted if as_ in found)

    def activities(self, *counted: Counted) -> tuple[ActivityId, ...]:
        """The activities behind a count, in order of id."""
        for one in counted:
            if not isinstance(one, Counted):
                raise InvalidField("Progress.activities", "counted", one, members(Counted))
        return tuple(activity for activity, as_ in self.counted if as_ in counted)

    def __add__(self, other: "Progress") -> "Progress":
        """
        The progress of both sets of activities: numerators and denominators are added, percentages never averaged.

        Raises:
            Incomparable: other rule or dates, an activity in both, or two versions of one plan.
        """
        if not isinstance(other, Progress):
            return NotImplemented
        for name in ("rule", "on", "known_at"):
            if getattr(self, name) != getattr(other, name):
                raise Incomparable(
                    "progress with {name} {one} and {other} cannot be added; accepted: the same {name} in both",
                    name=name,
                    one=getattr(self, name),
                    other=getattr(other, name),
                )
        if both := dict(self.counted).keys() & dict(other.counted).keys():
            words = sentence(
                "{count} activities are in both, such as {first}; accepted: sets with no activity in common"
            )
            raise Incomparable(words, count=len(both), first=min(both))
        versions = {*self.plan_versions, *other.plan_versions}
        if len({version.plan for version in versions}) < len(versions):
            raise Incomparable("two versions of one plan cannot be added; accepted: the same version in both")
        return attrs.evolve(self, counted=self.counted + other.counted, plan_versions=versions)

    def __repr__(self) -> str:
        return f"<Progress {self.text()} on {self.on}, {known_words(self.known_at)}, {self.rule.value}>"

    def _repr_html_(self) -> str:
        return table(f"{self.text()}; {self.basis()}", [(as_.label(), count) for as_, count in self.counts])

    def basis(self, lang: Lang = "vi") -> str:
        """The basis of the figure in one line: its rule, what is left out, its dates and plan versions."""
        say, left_out = Language(lang), self.left_out(lang)
        versions = ", ".join(f"{version.plan} v{version.text(lang)}" for version in self.plan_versions)
        parts = [
            say("rule: {rule}", rule=self.rule.label(lang)),
            say("as of {day}", day=day(self.on, lang)),
            self._known(say),
            say("plan version: {version}", version=versions) if versions else "",
            say("left out: {reasons}", reasons=left_out) if left_out else "",
        ]
        return "; ".join(part for part in parts if part)

    def _known(self, say: Language) -> str:
        if self.known_at is None:
            return say("as known now")
        when = say("log position {position}", position=self.known_at)
        if isinstance(self.known_at, datetime):
            when = f"{day(self.known_at.date(), say.lang)} {self.known_at:%H:%M:%S%z}"
        return say("as known at {when}", when=when)


def _check_counted(progress: Progress) -> None:
    if len({activity for activity, _ in progress.counted}) < len(progress.counted):
        raise unfit(progress, "counted", said("each activity once"))
    if len({version.plan for version in progress.plan_versions}) < len(progress.plan_versions):
        raise unfit(progress, "plan_versions", said("one version of each plan"))
    allowed = [*IN_RATE, *_LEFT_OUT_BY[progress.rule], *_ALWAYS_LEFT_OUT.values()]
    if progress.rule is CountingRule.FALLEN_DUE:
        allowed.remove(Counted.OPEN)
    for _, counted in progress.counted:
        if counted not in allowed:
            accepted = ", ".join(one.value for one in allowed)
            raise InvalidField(
                "Progress",
                "counted",
                counted.value,
                said("under the rule {rule}: {accepted}", rule=progress.rule.value, accepted=accepted),
            )
