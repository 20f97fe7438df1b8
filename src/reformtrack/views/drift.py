"""What changed about the days of a report after it was issued."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import attrs

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.balance import Entry, Outcome
from reformtrack.domain.kinds import Event
from reformtrack.domain.progress import PlanVersion, Progress
from reformtrack.domain.report import Figure
from reformtrack.domain.showing import brief
from reformtrack.domain.timeline import Record
from reformtrack.domain.values import ActivityId, IndicatorId, code_of
from reformtrack.domain.wording import Lang, day, late_words, later, lead_words, time_left
from reformtrack.language import Language
from reformtrack.views.activity import Activity, Due, Standing
from reformtrack.views.indicators import Indicator
from reformtrack.views.plan import PATH


@attrs.frozen(field_transformer=brief)
class FigureDrift:
    """A line of a report: as issued, and as known now for the same day."""

    key: str
    title: str
    sent: Figure | None
    """None for a line that the report did not have."""
    now: Figure | None
    """None for a line that no longer exists."""


@checks_arguments
@attrs.frozen(repr=False)
class ActivityDrift:
    """An activity whose counting, status or place has changed since a report was issued."""

    id: ActivityId
    sent: Activity | None = attrs.field(hash=False)
    """On the cut-off, as known then; None if it was not in the plan."""
    now: Activity | None = attrs.field(hash=False)
    """On the cut-off, as known now; None if it is no longer in the plan."""

    def __repr__(self) -> str:
        return f"<ActivityDrift {_cut(self.words('en'), 100)}>"

    def words(self, lang: Lang = "vi") -> str:
        """The difference: `1.04: đã hoàn thành, đúng hạn → đã hoàn thành, trễ hạn`."""
        return f"{code_of(self.id)}: {self.changes(lang)}"

    def changes(self, lang: Lang = "vi") -> str:
        """The difference without the code of the activity."""
        say = Language(lang)
        if self.sent is None or self.now is None:
            then, now = (facets(one, lang)[0][1] if one else say("not in the plan") for one in (self.sent, self.now))
            return f"{then} → {now}"
        otherwise = say("took another course in the period")
        return "; ".join(_unlike(facets(self.sent, lang), facets(self.now, lang))) or otherwise


Facet = tuple[str, str]
"""What a text is of, where it does not say so itself; and the text."""


def facets(activity: Activity, lang: Lang = "vi") -> tuple[Facet, ...]:
    """What a report prints, or its charts show, of an activity."""
    terms, say = activity.state.terms, Language(lang)
    standings = activity.standing_by(lambda due: due)
    days = ", ".join(f"{day(due, lang)}{_mark(activity, due, standing)}" for due, standing in standings.items())
    said = []
    if on := activity.completed_on:
        said.append(say("completed on {day}", day=day(on, lang)))
    if on := activity.reported_on:
        said.append(say("reported complete on {day}", day=day(on, lang)))
    missed = ", ".join(missed_words(activity, lang)) or activity.timeliness().label(lang)
    late = (late_words(due.days_late(activity.on), lang) for due in activity.met_late if activity.deadline.is_recurring)
    return (
        ("", f"{activity.status.label(lang)}, {missed}"),
        ("", ", ".join(late)),
        ("", "; ".join(said)),
        (say("number"), activity.number),
        (say("group"), PATH.join(activity.group)),
        (say("domain"), activity.domain),
        (say("lead agency"), lead_words(activity.leads, lang)),
        (say("title"), activity.title),
        ("", say("deadline {deadline} ({days})", deadline=printed_deadline(activity, lang), days=days)),
        (say("output"), terms.output),
        (say("supporting agencies"), "; ".join(terms.supporting)),
        (say("obstacles"), activity.obstacles if activity.status.is_open else ""),
        (say("evidence"), "; ".join(document.text(lang) for document in activity.state.evidence)),
    )


def _unlike(then: Sequence[Facet], now: Sequence[Facet]) -> Iterator[str]:
    """The texts that differ, each as it was and as it is."""
    for (head, one), (_, other) in zip(then, now, strict=True):
        if one != other:
            yield f"{head}{': ' if head else ''}{_cut(one) or '–'} → {_cut(other) or '–'}"


def _cut(text: str, most: int = 200) -> str:
    """A text, shortened for a difference."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def printed_deadline(activity: Activity, lang: Lang) -> str:
    """The deadline of an activity as printed; and when it was decided, if after its effective day."""
    return activity.deadline.text + later(activity.deadline_decided_later, lang)


def missed_words(activity: Activity, lang: Lang) -> Iterator[str]:
    """The days by which each due day was missed; for a recurring activity, with the due day."""
    return (time_left(-due.days_late(activity.on), lang) + of_day(activity, due, lang) for due in activity.missed)


def of_day(activity: Activity, due: Due, lang: Lang) -> str:
    """Of one of several due days, which one."""
    return f" ({day(due.day, lang)})" if activity.deadline.is_recurring else ""


def _mark(activity: Activity, due: date, standing: Standing) -> str:
    """Of one of several occurrences, whether it is missed or done, as a chart shows it."""
    if not activity.deadline.is_recurring:
        return ""
    return " ✗" if standing.overdue else "" if due in activity.open_days else " ✓"


@checks_arguments
@attrs.frozen(repr=False)
class IndicatorDrift:
    """Another figure of a report: as issued, and as known now."""

    id: IndicatorId
    sent: Indicator | None = attrs.field(hash=False)
    now: Indicator | None = attrs.field(hash=False)

    def __repr__(self) -> str:
        return f"<IndicatorDrift {_cut(self.words('en'), 100)}>"

    def words(self, lang: Lang = "vi") -> str:
        """The difference: `Vụ việc: 43 vụ → 44 vụ`."""
        one = self.sent or self.now
        printed = (each.printed(lang) if each else ("", "", "–", "") for each in (self.sent, self.now))
        then, now = ([("", text) for text in texts] for texts in printed)
        return f"{one.definition.title if one else self.id}: {'; '.join(dict.fromkeys(_unlike(then, now)))}"


@attrs.frozen(field_transformer=brief)
class Drift:
    """What changed about the days of a report after it was issued."""

    lines: tuple[FigureDrift, ...]
    """The lines whose numbers differ."""
    records: tuple[Record[Event], ...]
    """The records that caused the changes, in the order of the log: facts of those days, and retractions of such facts."""
    balance: tuple[tuple[Entry | Outcome, int, int], ...] = ()
    """(entry or outcome, as issued, now) where the numbers differ."""
    activities: tuple[ActivityDrift, ...] = ()
    """The activities of which something printed in the report has changed."""
    indicators: tuple[IndicatorDrift, ...] = ()
    """The other figures that have changed."""
    rates: tuple[tuple[Progress, Progress], ...] = ()
    """(as issued, now) under each of the three rules, where the numbers or what is left out differ."""
    version: tuple[PlanVersion, PlanVersion] | None = None
    """(as issued, now) where the plan version differs."""
    texts: tuple[tuple[str, str], ...] = ()
    """(as issued, now) of the plan's title, jurisdiction, notice and domains, where they differ."""

    def __bool__(self) -> bool:
        """Whether anything that the report prints has changed."""
        return any(getattr(self, field.name) for field in attrs.fields(Drift))

    @property
    def figures(self) -> int:
        """The number of figures that differ: lines, other figures, the plan version."""
        return len(self.lines) + len(self.indicators) + (self.version is not None)
