"""The pages of one plan: its status, one activity, its other figures, its reports."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from starlette.responses import Response

from reformtrack.domain.errors import UnreadableRecord
from reformtrack.domain.gathered import grouped
from reformtrack.domain.progress import CountingRule
from reformtrack.domain.timeline import timeline
from reformtrack.domain.values import PlanId
from reformtrack.exchange.words import outside
from reformtrack.views.across import needing
from reformtrack.views.beside import beside
from reformtrack.views.drift import Drift
from reformtrack.views.list_rows import LISTS
from reformtrack.views.report import IssuedReport, Report
from reformtrack.views.series import BurnUp, burn_up_on, by_lead_and_month, part_key, part_of, parts_of
from reformtrack.views.states import OPEN, STATES, due_next, recent, states_by
from reformtrack.web.answering import Question
from reformtrack.web.drawing import Bar, Drawing, bridge_of, drawing_of
from reformtrack.web.page import page
from reformtrack.web.paging import records_shown, starts_of
from reformtrack.web.present import point_words

SHOWN = 5
"""The number of activities of each list on the page of a plan; a link leads to all."""

NEWS_DAYS = 7
"""The days, up to the one asked for, of which the page of a plan says what is new."""


def plan(question: Question) -> Response:
    """The status of a plan."""
    found = question.plan()
    first, last = found.state.first_day, found.state.last_day
    since = found.on - timedelta(days=min(NEWS_DAYS, found.on.toordinal()) - 1)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    points = burn_up_on(found, sorted({*days, found.on}))
    drawing = _burn_up([point for point in points if first <= point.day <= last], found.on)
    drawn = {day for _, _, day in drawing.ends}
    ends = [point for point in points if point.day in drawn]
    leads = by_lead_and_month(found)
    rates = {rule: found.progress(rule) for rule in CountingRule}
    issued = _issued(question, found.id)
    reported = issued[-1] if isinstance(issued, tuple) and issued else issued or None
    return page(
        question,
        "plan.html",
        plan=found,
        headline=rates[found.state.counting_rule],
        rates=list(rates.values()),
        reported=reported,
        issued=issued if isinstance(issued, tuple) else (),
        now_by_its_rule=rates[reported.content.rule] if isinstance(reported, IssuedReport) else None,
        domains=found.progress_by("domain"),
        drawing=drawing,
        points=ends,
        values={point.day: point_words(point, found.on, question.asked.say) for point in ends},
        now=next(point for point in points if point.day == found.on),
        outside=outside(found, question.asked.say),
        leads=leads,
        months={part: part_key(part, found) for part in parts_of(leads, found)},
        this_month=part_of(found.on, found),
        lists={name: needing(found, name) for name in LISTS},
        shown=SHOWN,
        heads=(STATES, OPEN),
        by_domain=states_by(found, "domain"),
        by_lead=states_by(found, "lead"),
        next=due_next(found, SHOWN),
        recent=recent(found, question.tracker.local_time, since),
        since=since,
        counting={record.version for record in timeline(found.records[found.id], found.on)},
        **records_shown(question, found.records[found.id]),
    )


def _burn_up(points: Sequence[BurnUp], on: date) -> Drawing:
    lines = {
        "there": [point.total for point in points],
        "planned": [point.planned for point in points],
        "completed": [point.completed for point in points if point.day <= on],
    }
    return drawing_of([point.day for point in points], lines, on)


def activity(question: Question) -> Response:
    """An activity: its status and why, and every record of it on both clocks."""
    found = question.plan()
    one = found.activity(question.request.path_params["code"])
    evidence = one.state.evidence
    shown = (*starts_of(evidence), len(evidence))[1]
    return page(
        question,
        "activity.html",
        plan=found,
        activity=one,
        begun=one.timeline[0],
        evidence=evidence[:shown],
        left_out=len(evidence) - shown,
        because={record.version for record in one.because},
        counting={record.version for record in one.timeline},
        **records_shown(question, found.records[one.id]),
    )


def indicators(question: Question) -> Response:
    """The other figures of a plan, and whether they agree."""
    found = question.plan()
    figures = question.tracker.indicators(found.id, question.asked.on, question.asked.known_at)
    groups = grouped((one.definition.group, (one, one.history)) for one in figures)
    recorders = [one.timeline[-1] for one in figures]
    return page(question, "indicators.html", plan=found, figures=figures, groups=[*groups.items()], recorders=recorders)


def reports(question: Question) -> Response:
    """The issued reports of a plan, and the changes since."""
    found = question.plan()
    issued = question.tracker.reports.of(found.id, question.asked.on, question.asked.known_at)
    drifts = [(report, report.drift()) for report in issued]
    sent = [report.sent for report in issued]
    return page(question, "reports.html", plan=found, reports=drifts, issued=issued, recorders=sent)


def report(question: Question) -> Response:
    """An issued report: its figures as issued, beside those known now for the same days."""
    found = question.plan()
    period = question.request.path_params["period"]
    one = question.tracker.reports.get(f"{found.id}@{period}", question.asked.on, question.asked.known_at)
    drift, history = one.drift(), question.tracker.log.history(one.id, question.asked.known_at)
    return page(
        question,
        "report.html",
        plan=found,
        report=one,
        begun=one.sent,
        drift=drift,
        now={line.key: line for line in drift.lines},
        parts={key: _part(key) for key in _keys(one, drift)},
        compared=one.compared(),
        since=found.progress(one.content.rule),
        changed=one.changed_in(found),
        rates=[(one.plan.progress(rule), one.plan_now.progress(rule)) for rule in CountingRule],
        bars=_bars(question, one),
        counting={record.version for record in timeline(history, found.on)},
        recorders=(*history, *drift.records, one.sent),
        **records_shown(question, history),
    )


def _bars(question: Question, report: Report) -> list[Bar]:
    """The bridge from the issued report before one; nothing where there is none, or one of the two has no rate."""
    found = beside(report, question.tracker.reports.before(report), None)
    if found.before is None or found.bridge is None:
        return []
    return bridge_of(found.before, report, found.bridge, question.asked.say)


def _issued(question: Question, plan: PlanId) -> tuple[IssuedReport, ...] | UnreadableRecord:
    """The issued reports; what cannot be read, where it may be the last one: the plan itself has its figures."""
    try:
        return question.tracker.reports.issued(plan, question.asked.on, question.asked.known_at)
    except UnreadableRecord as error:
        return error


def _keys(report: Report, drift: Drift) -> Iterator[str]:
    yield from (figure.key for figure in report.content.figures)
    yield from (line.key for line in drift.lines)


def _part(key: str) -> dict[str, str]:
    """The query for the activities of a report's line; empty for the whole plan."""
    name, _, value = key.partition(":")
    return {name: value} if value else {}
