"""
Events in words: what happened, and the details.
"""

import enum
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import cache
from itertools import accumulate, pairwise
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import attrs

from reformtrack.domain.deadline import Deadline
from reformtrack.domain.indicator import Check
from reformtrack.domain.kinds import EVENT_TYPES
from reformtrack.domain.labelled import Labelled
from reformtrack.domain.period import Period
from reformtrack.domain.report import Content, Figure, ReportCorrected, ReportIssued
from reformtrack.domain.timeline import Record, decided_later
from reformtrack.domain.values import Document, Domain
from reformtrack.domain.wording import Lang, day, late_words, later, number, percent, rounded_percent
from reformtrack.domain.wording import month as month_text
from reformtrack.language import Language
from reformtrack.views.activity import SOON_DAYS, Activity
from reformtrack.views.bridge import Bridge
from reformtrack.views.drift import Drift, missed_words, of_day
from reformtrack.views.drift import printed_deadline as printed_deadline
from reformtrack.views.plan import Plan
from reformtrack.views.report import Comparison, IssuedReport
from reformtrack.views.rollup import RollupBy
from reformtrack.views.series import BEFORE, MOST_MONTHS, BurnUp, DueState, due_days, first_month, month_of, part_of

_NAMED_BY_NUMBER = ("year", "version", "first", "last")
_NOT_SAID = ("subject", "on", "evidence")


_HAPPENED = {
    "ActivityCompleted": "reported complete",
    "ActivityRescheduled": "deadline changed",
    "ActivityReassigned": "handed to another agency",
    "ActivityWithdrawn": "withdrawn from the plan",
    "ReadingTaken": "figure taken",
    "FigurePublished": "figure published elsewhere",
    "DigestSent": "warnings sent",
    "AgencyAliased": "agency also called otherwise",
    "AgencyMerged": "agency merged into another",
    "FunctionMoved": "function moved to another agency",
    "BackupAccepted": "older backup accepted",
}
"""What happened, in English, where the name of the event does not say it."""

_FIELDS = {
    "on": "effective day",
    "subject": "id",
    "host_fields": "own fields",
    "lead": "lead agency",
    "supporting": "supporting agencies",
    "into": "goes on in",
    "aliases": "also called",
    "content": "figures",
    "key": "line",
    "rule": "counting rule",
    "version": "record",
    "completion": "confirms record",
    "actor": "who",
    "plan": "for the plan",
    "until": "last day",
    "event": "what was refused",
    "first": "first record",
    "last": "last record",
    "store": "store id",
    "policy": "policy in force",
    "as_of": "as-of day",
    "reported_text": "as reported",
    "due_from": "due from",
    "due_to": "due to",
    "changed_since": "recorded since",
}
"""The label of a field, in English, where it is not its name."""


@cache
def event_words(say: Language) -> Mapping[str, str]:
    """What happened, by the name of the event."""
    names = [kind.__name__ for kind in EVENT_TYPES]
    spaced = {name: re.sub(r"\B(?=[A-Z])", " ", name.removeprefix("Activity")).lower() for name in names}
    return {name: say(_HAPPENED.get(name, words)) for name, words in spaced.items()}


@cache
def field_words(say: Language) -> Mapping[str, str]:
    """The label of each field of an event, and of each day that a list is asked by."""
    names = {field.name for kind in EVENT_TYPES for field in attrs.fields(kind)} | _FIELDS.keys()
    return {name: say(_FIELDS.get(name, name.replace("_", " "))) for name in names}


def happened(event: Any, say: Language) -> str:
    """What happened; and when it was decided, if later."""
    return event_words(say)[type(event).__name__] + later(decided_later(event), say.lang)


def shared(names: Sequence[str], say: Language, *, is_joint: bool) -> str:
    """A note on work of several agencies: that they have the lead jointly, or that one has to be decided on; empty for one."""
    if len(names) < 2:
        return ""
    said = say("(joint lead: {agencies})") if is_joint else say("(lead not decided: {agencies})")
    return said.format(agencies=", ".join(names))


def activity_link(link: str, activity: Activity) -> str:
    """
    The address of the page of an activity; empty without one of the web application.

    Args:
        link: the address of the application, as "https://cchc.example.vn".
    """
    plan, _, code = activity.id.partition("/")
    return f"{link.rstrip('/')}/plans/{quote(plan)}/activities/{quote(code, safe='')}" if link else ""


def outcome_words(activity: Activity, say: Language) -> str:
    """Where an activity stands, on time or late by how much: "đã hoàn thành ngày 05/07/2023; trễ hạn 5 ngày"."""
    status, lang = activity.status.label(say.lang), say.lang
    if on := activity.completed_on:
        status = say("{status} on {day}", status=status, day=day(on, lang))
        late = (late_words(due.days_late(activity.on), lang) + of_day(activity, due, lang) for due in activity.met_late)
        timing = ", ".join(late) or (activity.timeliness().label(lang) if activity.deadline.is_dated else "")
    else:
        reported = (
            say("reported complete on {day}", day=day(activity.reported_on, lang)) if activity.reported_on else ""
        )
        timing = "; ".join(filter(None, (reported, *missed_words(activity, lang))))
        timing = timing or (
            activity.timeliness().label(lang) if activity.status.is_open and activity.deadline.is_dated else ""
        )
    return "; ".join(filter(None, (status, timing)))


def key_words(say: Language) -> Mapping[RollupBy, str]:
    """What the keys of a roll-up are called."""
    return {
        "jurisdiction": say("Jurisdiction"),
        "plan": say("Plan"),
        "domain": say("Domain"),
        "lead": say("Lead agency"),
        "group": say("Group"),
    }


def attention_words(say: Language, days: int = SOON_DAYS) -> Mapping[str, str]:
    """
    What the lists of activities that need attention are called.

    Args:
        days: how many days ahead the list of what falls due looks. It has what is overdue too, if it falls due again: what
            `Timeliness` calls due soon is not overdue.
    """
    return {
        "overdue": say("Overdue"),
        "due-soon": say.plural("Due within {count} day", "Due within {count} days", days),
        "without-evidence": say("Reported complete without evidence"),
        "without-lead": say("Without a lead agency"),
        "awaiting-confirmation": say("Waiting for confirmation"),
    }


def due_words(say: Language) -> Mapping[DueState, tuple[str, str]]:
    """The sign and the legend text of each state of due work."""
    return {state: (sign, state.label(say.lang)) for state, sign in zip(DueState, "✓✗○", strict=True)}


def period_words(plan: Plan, say: Language) -> str:
    """The year of a plan; its days, where it is for others than those of one calendar year."""
    state = plan.state
    return (
        str(state.year) if is_of_a_year(plan) else f"{day(state.first_day, say.lang)}–{day(state.last_day, say.lang)}"
    )


def is_of_a_year(plan: Plan) -> bool:
    """Whether a plan is for one calendar year."""
    return plan.state.is_of_years and plan.state.last_day.year == plan.state.year


def part_words(part: int, plan: Plan, say: Language, *, by_month: bool = False) -> str:
    """
    The head of a part of a plan, as `part_of` counts them; what is outside the plan too.

    Args:
        by_month: the part is a month, as `month_of` counts them: with its year.
    """
    first, last = plan.state.first_day, plan.state.last_day
    ends = (first.year, last.year) if plan.state.is_of_years else (day(first, say.lang), day(last, say.lang))
    if part == BEFORE:
        return say("before {year}", year=ends[0])
    if part > (month_of if by_month else part_of)(last, plan):
        return say("after {year}", year=ends[1])
    year, month = first_month(part, plan, by_month=by_month)
    if not by_month and is_of_a_year(plan):
        return say("m{month}", month=month)
    if by_month or month_of(last, plan) <= MOST_MONTHS:
        return month_text(date(year, month, 1), say.lang)
    return say("Q{quarter}/{year}", quarter=-(-month // 3), year=year)


def forecast_words(on: date, say: Language) -> str:
    """The note on each answer for a future day."""
    return say("Forecast for {day}, if nothing else is recorded until then", day=day(on, say.lang))


def burn_up_words(point: BurnUp, say: Language) -> str:
    """The values of a burn-up on a day."""
    return say(
        "On {day} {completed} of {total} activities of the plan are completed; "
        "{planned} were planned by then, {later} are due later, {undated} have no deadline.",
        day=day(point.day, say.lang),
        completed=number(point.completed, say.lang),
        total=number(point.total, say.lang),
        planned=number(point.planned, say.lang),
        later=number(point.later, say.lang),
        undated=number(point.undated, say.lang),
    )


def outside(plan: Plan, say: Language) -> str:
    """The due days of a plan outside its year or its days, and how much is due on each; empty when there are none."""
    first, last = plan.state.first_day, plan.state.last_day
    plan.check_readable()
    if all(first <= at <= last for activity in plan.activities for at in activity.deadline.days):
        return ""  # as of most plans
    days = [(at, cell.due) for at, cell in due_days(plan).items() if not first <= at <= last]
    named = ", ".join(f"{day(at, say.lang)} ({count})" for at, count in days)
    return say("Due days outside {year}: {days}.", year=period_words(plan, say), days=named) if days else ""


def figure_words(figure: Figure | None, say: Language) -> str:
    """The numbers of a line of a report; a dash for none."""
    if figure is None:
        return "–"
    overdue = say.plural("{count} overdue", "{count} overdue", figure.overdue)
    return f"{figure.ratio(say.lang)}, {overdue}"


def drift_words(drift: Drift, say: Language) -> list[str]:
    """The changes since a report besides its lines and activities: balance, rates, other figures, version, texts."""
    lang = say.lang
    found = [f"{kind.label(lang)}: {number(sent, lang)} → {number(now, lang)}" for kind, sent, now in drift.balance]
    for pair in drift.rates:
        sent, now = (one.ratio(lang) + (f" ({left})" if (left := one.left_out(lang)) else "") for one in pair)
        found.append(f"{pair[0].rule.label(lang)}: {sent} → {now}")
    found += [one.words(lang) for one in drift.indicators]
    if drift.version:
        sent, now = (version.text(lang) for version in drift.version)
        found.append(say("plan version: {sent} → {now}", sent=sent, now=now))
    return [*found, *(f"{sent} → {now}" for sent, now in drift.texts)]


def comparison_words(one: Comparison, say: Language) -> str:
    """A figure published elsewhere, the report's own under its rule, and by how much they differ."""
    published, own, lang = one.published, one.own, say.lang
    percentage = "" if published.percent is None else f"{number(published.percent, lang)}%"
    counts = "" if published.part is None else f"{published.part}/{published.whole}"
    unsaid = ", ".join(text for text in (counts, percentage) if text not in published.reported_text)
    computed = "–"
    if own is not None:
        decimals = -min(0, int((published.percent or Decimal("0.0")).as_tuple().exponent))
        rate = percent(own.rate, lang, decimals)
        computed = f"{number(own.completed, lang)}/{number(own.total, lang)} ({rate})"
    words = say(
        "{line}: published “{published}”{unsaid}; computed {computed}, rule: {rule}; {verdict}",
        line=one.title,
        published=published.reported_text,
        unsaid=f" ({unsaid})" if unsaid else "",
        computed=computed,
        rule=one.rule.label(lang),
        verdict=_verdict(one, say),
    )
    return words + (say(". Source: {source}", source=published.source.text(lang)) if published.source else "")


def _verdict(one: Comparison, say: Language) -> str:
    """Whether a published figure agrees with the report's own; the difference, or why they cannot be compared."""
    published, own, points = one.published, one.own, one.percent_difference
    if own is None or one.agrees is None:
        unnamed = say("cannot be compared: its source names no counting rule")
        return say("cannot be compared") if own is None or published.rule else unnamed
    if one.agrees:
        return say("agrees")
    off = [
        (say("Completed"), (published.part or 0) - own.completed),
        (say("Activities"), (published.whole or 0) - own.total),
    ]
    found = [f"{name} {signed(count, say)}" for name, count in off if count and published.part is not None]
    if points:
        found.append(" ".join((say("Rate"), signed_points(points, say))))
    return say("differs ({difference})", difference="; ".join(found))


def signed(value: int | Decimal, say: Language) -> str:
    return f"{'+' if value > 0 else ''}{number(value, say.lang)}"


def signed_points(points: Decimal, say: Language) -> str:
    """A difference of two percentages."""
    return say("{difference} percentage points", difference=signed(points, say))


def bridge_causes(found: Bridge, say: Language) -> list[tuple[str, Decimal, Decimal]]:
    """What changed a rate, and from how much to how much, in percent as printed: so the printed parts add up."""
    causes = {
        say("what was learnt later about the period before"): found.correction,
        say("activities that entered or left the plan"): found.scope,
        say("progress of the work"): found.progress,
        say("another counting rule"): found.rule,
    }
    levels = [rounded_percent(level) for level in accumulate([found.before, *causes.values()])]
    return [(cause, *ends) for cause, ends in zip(causes, pairwise(levels), strict=True)]


def headed(report: IssuedReport, say: Language) -> str:
    """The period of a report, with the number of the correction, if it is one."""
    period, count = report.period.label(say.lang), len(report.corrections)
    return say("{period} (correction {number})", period=period, number=count) if count else period


def correction_words(report: IssuedReport, say: Language) -> list[str]:
    """For each correction of a report, and for the report: the day, the author, the reason and the record."""
    issue = _of_record(report.issue, say)
    return [
        say(
            "Correction {number}, {record}: {reason}. It corrects the report issued on {issue}.",
            number=place,
            record=_of_record(one, say),
            reason=one.event.reason.rstrip("."),
            issue=issue,
        )
        for place, one in enumerate(report.corrections, 1)
    ]


def several(texts: Sequence[str], say: Language) -> str:
    """
    A list of numbers within a sentence, which a comma would make decimals of.

    >>> several(["2", "5", "7"], Language("vi"))
    '2; 5 và 7'
    """
    *most, last = texts or ("",)
    return say("{most} and {last}", most="; ".join(most), last=last) if most else last


def written(on: date, say: Language) -> str:
    """A day in official prose: days below 10 and months 1 and 2 with a zero."""
    if say.lang == "en":
        return day(on, "en")
    return f"ngày {on.day:02} tháng {f'{on.month:02}' if on.month < 3 else on.month} năm {on.year}"


def replaced(report: IssuedReport, say: Language) -> str:
    """The document that a correction replaces, by its number and day; empty if the report is no correction."""
    if not report.corrections:
        return ""
    event = report.corrections[-2].event if len(report.corrections) > 1 else report.issue.event
    number, on = (event.document.number, event.document.date) if event.document else ("", None)
    on_day = written(on or event.on, say)
    if number:
        return say("Report No. {number} of {day}", number=number, day=on_day)
    return say("the report of {day}", day=on_day)


def replacing_words(report: IssuedReport, say: Language) -> str:
    """That a report replaces another, and why; empty for one that does not."""
    if not report.corrections:
        return ""
    reason = report.corrections[-1].event.reason.rstrip(".")
    return say("This report replaces {report}; reason: {reason}.", report=replaced(report, say), reason=reason)


def _of_record(record: Record[ReportIssued] | Record[ReportCorrected], say: Language) -> str:
    """The day of a report or of a correction, its document, who recorded it, and where."""
    document = record.event.document
    title = (document.number or document.text(say.lang)) if document else ""
    about = (day(record.event.on, say.lang), title, record.by)
    place = say("log position {position}", position=record.position)
    return f"{', '.join(filter(None, about))} ({place})"


def details(event: Any, say: Language, domains: Mapping[str, str] = MappingProxyType({})) -> list[str]:
    """
    The fields of an event besides its day and evidence, each as `label: value`, without defaults.

    Args:
        domains: what to say for the code of a domain.
    """
    labels = field_words(say)
    said = []
    for field in attrs.fields(type(event)):
        value = getattr(event, field.name)
        if field.name not in _NOT_SAID and value not in ("", None, (), {}) and value != field.default:
            text = str(value) if field.name in _NAMED_BY_NUMBER else value_words(value, say)
            text += "%" if field.name == "percent" else ""
            text = domains.get(text, text) if field.name == "domain" else text
            said.append(f"{labels.get(field.name, field.name)}: {text}")
    return said


def instant(value: datetime, zone: tzinfo, lang: Lang) -> str:
    """An instant in a time zone, to the minute."""
    local = value.astimezone(zone)
    return f"{day(local.date(), lang)} {local:%H:%M}"


def value_words(value: Any, say: Language) -> str:
    """A value of a field of an event."""
    # bool before int, and the enums with words of their own before the others: the first case that fits is taken.
    match value:
        case bool():
            return say("yes") if value else say("no")
        case Labelled():
            return value.label(say.lang)
        case enum.Enum():
            return str(value.value)
        case date():
            return day(value, say.lang)
        case int() | Decimal():
            return number(value, say.lang)
        case Document():
            return value.text(say.lang)
        case Domain():
            return f"{value.code}. {value.title}"
        case Check():
            return f"{' + '.join(value.left)} {value.relation.value} {' + '.join(value.right)}"
        case Deadline():
            return value.text
        case Period():
            return value.label(say.lang)
        case Content():
            return value.figures[0].ratio(say.lang)
        case tuple():
            return "; ".join(value_words(item, say) for item in value)
        case Mapping():
            return "; ".join(f"{name}: {text}" for name, text in value.items())
        case _:
            return str(value)
