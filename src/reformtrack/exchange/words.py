"""Events in words: what happened, and the details."""

import enum
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import attrs

from reformtrack.domain.deadline import Deadline
from reformtrack.domain.indicator import Check
from reformtrack.domain.kinds import EVENT_TYPES
from reformtrack.domain.labelled import Labelled
from reformtrack.domain.period import Period
from reformtrack.domain.report import Content
from reformtrack.domain.timeline import decided_later
from reformtrack.domain.values import Document, Domain
from reformtrack.domain.wording import Lang, day, late_words, later, number
from reformtrack.domain.wording import month as month_text
from reformtrack.language import Language
from reformtrack.views.activity import SOON_DAYS, Activity
from reformtrack.views.drift import missed_words, of_day
from reformtrack.views.drift import printed_deadline as printed_deadline
from reformtrack.views.plan import Plan
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
    timeliness = activity.timeliness().label(lang) if activity.deadline.is_dated else ""
    if on := activity.completed_on:
        status = say("{status} on {day}", status=status, day=day(on, lang))
        late = (late_words(due.days_late(activity.on), lang) + of_day(activity, due, lang) for due in activity.met_late)
        timing = ", ".join(late) or timeliness
    else:
        on = activity.reported_on
        reported = say("reported complete on {day}", day=day(on, lang)) if on else ""
        timing = "; ".join(filter(None, (reported, *missed_words(activity, lang))))
        timing = timing or (timeliness if activity.status.is_open else "")
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
    first, last = plan.state.first_day, plan.state.last_day
    return str(plan.state.year) if is_of_a_year(plan) else f"{day(first, say.lang)}–{day(last, say.lang)}"


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


def several(texts: Sequence[str], say: Language) -> str:
    """
    A list of numbers within a sentence, which a comma would make decimals of.

    >>> several(["2", "5", "7"], Language("vi"))
    '2; 5 và 7'
    """
    *most, last = texts or ("",)
    return say("{most} and {last}", most="; ".join(most), last=last) if most else last


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
