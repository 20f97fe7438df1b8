"""
The pages of one plan: its status, one activity, its other figures, its reports.
"""

from collections.abc import Iterator
from datetime import timedelta

from starlette.responses import Response

from reformtrack.domain.errors import UnreadableRecord
from reformtrack.domain.progress import CountingRule
from reformtrack.domain.timeline import retractions, timeline
from reformtrack.domain.values import PlanId
from reformtrack.exchange.words import outside
from reformtrack.language import Language
from reformtrack.views.listing import LISTS
from reformtrack.views.report import Drift, IssuedReport, Report
from reformtrack.views.series import burn_up_on, by_lead_and_month, part_key, part_of, parts_of
from reformtrack.web.answering import Question
from reformtrack.web.drawing import drawing_of
from reformtrack.web.page import page
from reformtrack.web.paging import record_pages, starts_of

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
        drawing=drawing_of([point for point in points if first <= point.day <= last], found.on),
        now=next(point for point in points if point.day == found.on),
        outside=outside(found, Language(question.asked.lang)),
        leads=leads,
        months={part: part_key(part, found) for part in parts_of(leads, found)},
        this_month=part_of(found.on, found),
        lists={name: of(found) for name, of in LISTS.items()},
        shown=SHOWN,
        records=pages.of(found.records[found.id]),
        pages=pages,
        counting={record.version for record in timeline(found.records[found.id], found.on)},
        retracted=retractions(found.records[found.id]),
    )


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
