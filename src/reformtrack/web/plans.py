"""
The pages of one plan: its status, the activities behind each figure, one activity, its other figures, its reports.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import get_args

from starlette.responses import Response

from reformtrack.domain.errors import UnreadableRecord
from reformtrack.domain.progress import IN_RATE, Counted, CountingRule
from reformtrack.domain.texts import name_key
from reformtrack.domain.timeline import retractions, timeline
from reformtrack.domain.values import ActivityId, PlanId
from reformtrack.exchange.words import outside, part_words
from reformtrack.language import Language
from reformtrack.views.across import Attention, needing
from reformtrack.views.activity import UNDATED, Activity
from reformtrack.views.agencies import Work
from reformtrack.views.plan import PATH, Plan
from reformtrack.views.report import Drift, IssuedReport, Report
from reformtrack.views.series import BurnUp, burn_up_on, by_lead_and_month, part_key, part_of, parts_of
from reformtrack.web.answering import Question
from reformtrack.web.asked import attention, member
from reformtrack.web.drawing import Drawing, drawing_of
from reformtrack.web.page import page
from reformtrack.web.paging import record_pages, starts_of

Parts = Mapping[str, Callable[[Activity, Plan], tuple[str, ...]]]

SHOWN = 5
"""The number of activities of each list on the page of a plan; a link leads to all."""


def plan(question: Question) -> Response:
    """The status of a plan."""
    found = question.plan()
    first, last = found.state.first_day, found.state.last_day
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    points = burn_up_on(found, sorted({*days, found.on}))
    leads = by_lead_and_month(found)
    rates = {rule: found.progress(rule) for rule in CountingRule}
    reported = _last_report(question, found.id)
    pages = record_pages(question, found.records[found.id])
    return page(
        question,
        "plan.html",
        plan=found,
        headline=rates[found.state.counting_rule],
        rates=list(rates.values()),
        reported=reported,
        now_by_its_rule=rates[reported.content.rule] if isinstance(reported, IssuedReport) else None,
        domains=found.progress_by("domain"),
        drawing=_burn_up([point for point in points if first <= point.day <= last], found.on),
        now=next(point for point in points if point.day == found.on),
        outside=outside(found, Language(question.asked.lang)),
        leads=leads,
        months={part: part_key(part, found) for part in parts_of(leads, found)},
        this_month=part_of(found.on, found),
        lists={name: needing(found, name) for name in get_args(Attention)},
        shown=SHOWN,
        records=pages.of(found.records[found.id]),
        pages=pages,
        counting={record.version for record in timeline(found.records[found.id], found.on)},
        retracted=retractions(found.records[found.id]),
    )


def _burn_up(points: Sequence[BurnUp], on: date) -> Drawing:
    lines = {
        "there": [point.total for point in points],
        "planned": [point.planned for point in points],
        "completed": [point.completed for point in points if point.day <= on],
    }
    return drawing_of([point.day for point in points], lines, on)


def activities(question: Question) -> Response:
    """The activities behind a figure of a plan: by how they are counted, by part, or on a list."""
    found, query, say = question.plan(), question.request.query_params, Language(question.asked.lang)
    rule = member("rule", query.get("rule"), CountingRule) or found.state.counting_rule
    counted = member("counted", query.get("counted"), Counted)
    wanted = {name: query.get(name) for name in ("domain", "group", "lead", "with", "month", "agency")}
    works = _works(question, found) if wanted["agency"] else {}
    parts: Parts = {**_PARTS, "agency": lambda activity, _: (works[activity.id].label,)}
    asked = {name: name_key(value) if value and name in ("lead", "with") else value for name, value in wanted.items()}
    listed = attention(query.get("list"))
    as_ = dict(found.progress(rule).counted)
    # Every condition narrows: a figure that is clicked shows as many activities as it says.
    chosen = [
        activity
        for activity in (needing(found, listed) if listed else found.activities)
        if (counted is None or as_[activity.id] is counted)
        and (query.get("in_rate") is None or as_[activity.id] in IN_RATE)
        and all(value is None or value in parts[name](activity, found) for name, value in asked.items())
    ]
    return page(
        question,
        "activities.html",
        plan=found,
        activities=[(activity, as_[activity.id], activity.because[-1]) for activity in chosen],
        rule=rule,
        counted=counted,
        listed=listed,
        wanted=[_title(name, value, found, works.values(), say) for name, value in wanted.items() if value is not None],
    )


def _works(question: Question, plan: Plan) -> Mapping[ActivityId, Work]:
    """The work that each activity is part of."""
    registry = question.tracker.agencies(question.asked.on, question.asked.known_at)
    return {one.id: work for work in registry.work(plan) for one in work.activities}


def _title(name: str, value: str, plan: Plan, works: Iterable[Work], say: Language) -> str:
    """What activities were chosen by, in words; the value itself where the plan has no such part."""
    match name:
        case "domain":
            return plan.domain_title(value)
        case "group":
            return value or say("under no heading")
        case "lead":
            return plan.lead_title(value, say.lang)
        case "agency":
            return next((work.words(say.lang) for work in works if work.label == value), value)
        case "month":
            parts = range(part_of(plan.state.last_day, plan) + 2)
            return next((part_words(part, plan, say) for part in parts if part_key(part, plan) == value), value)
        case _:
            return value


def activity(question: Question) -> Response:
    """An activity: its status and why, and every record of it on both clocks."""
    found = question.plan()
    one = found.activity(question.request.path_params["code"])
    evidence, pages = one.state.evidence, record_pages(question, found.records[one.id])
    shown = (*starts_of(evidence), len(evidence))[1]
    return page(
        question,
        "activity.html",
        plan=found,
        activity=one,
        evidence=evidence[:shown],
        left_out=len(evidence) - shown,
        records=pages.of(found.records[one.id]),
        pages=pages,
        because={record.version for record in one.because},
        counting={record.version for record in one.timeline},
        retracted=retractions(found.records[one.id]),
    )


def indicators(question: Question) -> Response:
    """The other figures of a plan, and whether they agree."""
    found = question.plan()
    figures = question.tracker.indicators(found.id, question.asked.on, question.asked.known_at)
    return page(question, "indicators.html", plan=found, indicators=figures)


def reports(question: Question) -> Response:
    """The issued reports of a plan, and the changes since."""
    found = question.plan()
    issued = question.tracker.reports.of(found.id, question.asked.on, question.asked.known_at)
    return page(question, "reports.html", plan=found, reports=[(report, report.drift()) for report in issued])


def report(question: Question) -> Response:
    """An issued report: its figures as issued, beside those known now for the same days."""
    found = question.plan()
    period = question.request.path_params["period"]
    one = question.tracker.reports.get(f"{found.id}@{period}", question.asked.on, question.asked.known_at)
    drift, history = one.drift(), question.tracker.log.history(one.id, question.asked.known_at)
    pages = record_pages(question, history)
    return page(
        question,
        "report.html",
        plan=found,
        report=one,
        drift=drift,
        now={line.key: line for line in drift.lines},
        parts={key: _part(key) for key in _keys(one, drift)},
        compared=one.compared(),
        since=found.progress(one.content.rule),
        changed=one.changed_in(found),
        records=pages.of(history),
        pages=pages,
    )


def _last_report(question: Question, plan: PlanId) -> IssuedReport | UnreadableRecord | None:
    """The last issued report; what cannot be read, where it may be the last one: the plan itself has its figures."""
    asked = question.asked
    try:
        issued = question.tracker.reports.issued(plan, asked.on, asked.known_at)
    except UnreadableRecord as error:
        return error
    return issued[-1] if issued else None


def _keys(report: Report, drift: Drift) -> Iterator[str]:
    yield from (figure.key for figure in report.content.figures)
    yield from (line.key for line in drift.lines)


def _part(key: str) -> dict[str, str]:
    """The query for the activities of a report's line; empty for the whole plan."""
    name, _, value = key.partition(":")
    return {name: value} if value else {}


def _months(activity: Activity, plan: Plan) -> tuple[str, ...]:
    """The parts of the plan of its due days, by their keys."""
    return tuple(part_key(part_of(day, plan), plan) for day in activity.deadline.days) or (UNDATED,)


_PARTS: Parts = {
    "domain": lambda activity, _: (activity.domain,),
    "group": lambda activity, _: (PATH.join(activity.group),),
    "lead": lambda activity, plan: (name_key(plan.lead_of(activity)),),
    "with": lambda activity, _: tuple(map(name_key, activity.leads)),
    "month": _months,
}
