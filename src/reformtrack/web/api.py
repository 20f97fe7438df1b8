"""
The questions of the API: the same as the tracker's, on the same two clocks, as JSON.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, get_args

import attrs
import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from reformtrack import documents
from reformtrack.documents.forms import (
    AcrossDocument,
    Activities,
    ActivityDocument,
    Agencies,
    Indicators,
    OfADay,
    PlanDocument,
    Plans,
    Records,
    ReportDocument,
    Reports,
    RollupDocument,
    TrendDocument,
    Warnings,
)
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.progress import Counted, CountingRule
from reformtrack.domain.said import said
from reformtrack.domain.status import ProgressStatus, Timeliness
from reformtrack.domain.texts import name_key
from reformtrack.domain.timeline import Record, RecordRetracted
from reformtrack.domain.values import plan_id, stream_id
from reformtrack.views.across import Attention
from reformtrack.views.activity import Activity
from reformtrack.views.plan import Plan
from reformtrack.views.rollup import RollupBy
from reformtrack.views.trend import Every
from reformtrack.web.across import found_across
from reformtrack.web.answering import Handler, Question
from reformtrack.web.asked import LARGEST_POSITION, day_of, member, whole_number
from reformtrack.web.counts import Counts
from reformtrack.web.paging import asked_number, page_of, starts_of
from reformtrack.web.problems import Problem
from reformtrack.web.trends import WEEKS

A_PAGE = 100
"""The default number of records on a page of the log."""

MOST = 1_000
"""The most records or activities on a page."""

LOOKED_AT = 10_000
"""The number of records of the log that are scanned for one page."""

MOST_BYTES = 1_048_576
"""The size of a page as JSON; its last item may exceed it."""

_ROLLUP_KEYS: tuple[str, ...] = get_args(RollupBy)


@attrs.frozen
class Query:
    """A parameter of a query."""

    schema: Mapping[str, Any]
    """Its JSON Schema."""
    about: str


@attrs.frozen
class Read:
    """A question that the API answers."""

    path: str
    summary: str
    answer: Callable[[Question], Struct]
    document: type[Struct]
    query: Mapping[str, Query] = attrs.field(factory=dict)
    """Its parameters besides the two clocks."""
    clocks: bool = True
    """Whether it takes `on` and `known_at`."""


CLOCKS: Mapping[str, Query] = {
    "on": Query({"type": "string", "format": "date"}, "The day; default: today."),
    "known_at": Query(
        {"anyOf": [{"format": "date"}, {"format": "date-time"}, {"pattern": "^[0-9]{1,18}$"}], "type": "string"},
        "What was known: a day (its end), an instant with its zone, or a log position; default: all that is on record.",
    ),
}
"""The parameters of nearly every question."""


def plans(counts: Counts, question: Question) -> Plans:
    """The plans that were adopted by then."""
    return Plans([documents.plan_line(row) for row in counts.plans(question.asked)])


def plan(question: Question) -> PlanDocument:
    """A plan: its figures under each rule, by domain and by lead agency."""
    return documents.plan_document(question.plan())


def activities(question: Question) -> Activities:
    """The activities of a plan, page by page."""
    query = question.request.query_params
    wanted = {
        "status": member("status", query.get("status"), ProgressStatus),
        "timeliness": member("timeliness", query.get("timeliness"), Timeliness),
        "lead": name_key(query["lead"]) if "lead" in query else None,
        "domain": query.get("domain"),
    }
    found = question.plan()
    found.check_readable()
    limit, after = whole_number("limit", query.get("limit", str(MOST)), 1, MOST), query.get("after")
    start = 0 if after is None else found.activities.index(found.activity(after)) + 1
    chosen = [
        one
        for one in found.activities[start:]
        if all(value is None or value in _OF[name](one, found) for name, value in wanted.items())
    ]
    return documents.activities_document(found, chosen[:limit], chosen[limit - 1].code if len(chosen) > limit else None)


def activity(question: Question) -> ActivityDocument:
    """An activity, and the records behind its status; in pages, if it has many or large documents."""
    found = question.plan()
    one = found.activity(question.request.path_params["code"])
    evidence = starts_of(one.state.evidence)
    because = starts_of([record.event for record in one.because])
    pages = max(len(evidence), len(because))
    page = asked_number(question, "page", 1, pages)
    return documents.activity_document(
        one,
        len(found.records[one.id]),
        page_of(one.state.evidence, evidence, page),
        page_of(one.because, because, page),
        page + 1 if page < pages else None,
    )


def indicators(question: Question) -> Indicators:
    """The other figures of a plan."""
    found, asked = question.plan(), question.asked
    figures = question.tracker.indicators(found.id, asked.on, asked.known_at)
    return Indicators([documents.indicator_document(one) for one in figures])


def reports(question: Question) -> Reports:
    """The issued reports of a plan."""
    found, asked = question.plan(), question.asked
    issued = question.tracker.reports.of(found.id, asked.on, asked.known_at)
    return Reports([documents.report_document(one, one.drift()) for one in issued])


def report(question: Question) -> ReportDocument:
    """An issued report: each line as issued, and as known now for the same day."""
    asked, place = question.asked, question.request.path_params
    one = question.tracker.reports.get(f"{plan_id(place['plan'])}@{place['period']}", asked.on, asked.known_at)
    return documents.report_document(one, one.drift())


def warnings(question: Question) -> Warnings:
    """What needs attention in a plan."""
    asked = question.asked
    found = question.tracker.warnings(question.request.path_params["plan"], asked.on, asked.known_at)
    return Warnings([documents.warning_document(one) for one in found])


def agencies(question: Question) -> Agencies:
    """The agencies, those that have ended too."""
    found = question.tracker.agencies(question.asked.on, question.asked.known_at)
    is_forecast = question.tracker.is_forecast(question.asked.on)
    return documents.agencies_document(found, found.agencies, is_forecast=is_forecast)


def rollup(counts: Counts, question: Question) -> RollupDocument:
    """The counts of all plans, under one rule."""
    query = question.request.query_params
    by = _by(query.get("by", "jurisdiction"))
    rule = member("rule", query.get("rule"), CountingRule) or CountingRule.WHOLE_PLAN
    return documents.rollup_document(counts.rollup(question.asked, *by, rule=rule))


def _by(text: str) -> Sequence[RollupBy]:
    """What to split by, in the order of `RollupBy`."""
    by = [name for name in text.split(",") if name]
    for name in by:
        if name not in _ROLLUP_KEYS or by.count(name) > 1:
            raise InvalidField("query", "by", name, said("some of {keys}, each once", keys=", ".join(_ROLLUP_KEYS)))
    return [key for key in get_args(RollupBy) if key in by]


def trend(question: Question) -> TrendDocument:
    """The counts of all plans over days or weeks."""
    query, asked = question.request.query_params, question.asked
    last = asked.on or question.tracker.today()
    found = question.tracker.trend(
        day_of("from", query["from"]) if "from" in query else last - timedelta(weeks=WEEKS - 1),
        last,
        every="day" if query.get("every") == "day" else "week",
        by=_by(query.get("by", "")),
        rule=member("rule", query.get("rule"), CountingRule) or CountingRule.WHOLE_PLAN,
        known_at=asked.known_at,
        as_it_was=query.get("as_it_was") == "true",
    )
    return documents.trend_document(found)


def across(question: Question) -> AcrossDocument:
    """The activities of many plans on a list, or behind a number of a roll-up."""
    return documents.across_document(found_across(question))


def records(question: Question) -> Records:
    """The records of the log, or of one stream, in the order of recording, after a position."""
    query, asked = question.request.query_params, question.asked
    after = whole_number("after", query.get("after", "0"), 0, LARGEST_POSITION)
    limit = whole_number("limit", query.get("limit", str(A_PAGE)), 1, MOST)
    stream = stream_id(query["stream"]) if "stream" in query else None
    known_at = question.tracker.log.position(asked.known_at)
    found, size = [], 0
    for count, record in enumerate(question.tracker.log.records(after, known_at, stream=stream), 1):
        document = documents.record_document(record)
        size += len(msgspec.json.encode(document))
        if _is_of_its_days(record, question):
            found.append(document)
        if len(found) == limit or count == LOOKED_AT or size >= MOST_BYTES:
            return Records(found, record.position)
    return Records(found, None)


def _is_of_its_days(record: Record[Any], question: Question) -> bool:
    on = question.asked.on
    return on is None or isinstance(record.event, RecordRetracted) or record.event.on <= on


_OF: Mapping[str, Callable[[Activity, Plan], Collection[object]]] = {
    "status": lambda activity, _: (activity.status,),
    "timeliness": lambda activity, _: (activity.timeliness(),),
    "lead": lambda activity, plan: plan.lead_keys(activity),
    "domain": lambda activity, _: (activity.domain,),
}
_TEXT = {"type": "string"}
_POSITION = {"type": "integer", "minimum": 0, "maximum": LARGEST_POSITION}
_LIMIT = {"type": "integer", "minimum": 1, "maximum": MOST}


def reads(counts: Counts) -> Sequence[Read]:
    """Every question that the API answers."""
    filters = {
        "status": Query({"type": "string", "enum": [one.value for one in ProgressStatus]}, "How far they are."),
        "timeliness": Query({"type": "string", "enum": [one.value for one in Timeliness]}, "Whether they are in time."),
        "lead": Query(_TEXT, "Their lead agency in whatever spelling, alone or with others."),
        "domain": Query(_TEXT, "The code of their domain."),
        "after": Query(_TEXT, "The code to go on from: `next` of the page before."),
        "limit": Query(_LIMIT, f"How many at most; default: {MOST}."),
    }
    pages = {
        "after": Query(_POSITION, "The position to go on from: `next` of the page before."),
        "limit": Query(_LIMIT, f"How many at most; {A_PAGE} unless given, and fewer where they are large."),
        "stream": Query(_TEXT, "The id of a plan, an activity, an indicator, a report or an agency."),
    }
    page = {"page": Query({"type": "integer", "minimum": 1}, "The page: `next` of the page before.")}
    rule = Query(
        {"type": "string", "enum": [rule.value for rule in CountingRule]},
        "What counts, one rule for all plans; default: the whole plan.",
    )
    by = {
        "by": Query(_TEXT, f"What to split by: some of {', '.join(_ROLLUP_KEYS)}, with commas between."),
        "rule": rule,
    }
    series = {
        "from": Query({"type": "string", "format": "date"}, "The first day; `on` is the last. Default: a year before."),
        "every": Query({"type": "string", "enum": list(get_args(Every))}, "How far points are apart; default: a week."),
        "as_it_was": Query(
            {"type": "string", "enum": ["true", "false"]}, "Whether each day is as it was known at its own end."
        ),
        **by,
    }
    lists = {
        "list": Query(
            {"type": "string", "enum": list(get_args(Attention))}, "What they need; default: all activities."
        ),
        **{name: Query(_TEXT, "Only those of a part of a roll-up: the value of this key.") for name in _ROLLUP_KEYS},
        "counted": Query({"type": "string", "enum": [one.value for one in Counted]}, "What they are counted as."),
        "rule": rule,
        "days": Query({"type": "integer", "minimum": 0}, "How many days ahead something is due soon; default: 7."),
        "after": Query(_TEXT, "Where to go on: `next` of the page before."),
        "limit": Query(_LIMIT, f"How many at most; default: {A_PAGE}."),
    }
    return (
        Read("/plans", "The plans", lambda question: plans(counts, question), Plans),
        Read("/plans/{plan}", "A plan and its figures", plan, PlanDocument),
        Read("/plans/{plan}/activities", "The activities of a plan", activities, Activities, filters),
        Read("/plans/{plan}/activities/{code}", "An activity, and why it is so", activity, ActivityDocument, page),
        Read("/plans/{plan}/indicators", "The other figures of a plan", indicators, Indicators),
        Read("/plans/{plan}/reports", "The issued reports of a plan", reports, Reports),
        Read("/plans/{plan}/reports/{period}", "An issued report", report, ReportDocument),
        Read("/plans/{plan}/warnings", "What asks for attention in a plan", warnings, Warnings),
        Read("/trend", "The counts of all plans over days or weeks", trend, TrendDocument, series),
        Read("/activities", "Activities of all plans on a list, or behind a number", across, AcrossDocument, lists),
        Read("/agencies", "The agencies", agencies, Agencies),
        Read("/rollup", "The counts of all plans", lambda question: rollup(counts, question), RollupDocument, by),
        Read("/records", "The log, page by page", records, Records, pages),
    )


def answered(read: Read) -> Handler:
    """A handler that answers a question as JSON and refuses unknown parameters."""
    known = {*read.query, *(CLOCKS if read.clocks else ())}

    def handler(question: Question) -> Response:
        check_query(question.request, known)
        answer = read.answer(question)
        if isinstance(answer, OfADay):
            is_forecast = question.tracker.is_forecast(question.asked.on)
            answer = msgspec.structs.replace(answer, is_forecast=is_forecast)
        return json_response(answer)

    return handler


def check_query(request: Request, known: set[str]) -> None:
    """
    Refuse an unknown, empty or repeated parameter: a mistyped `know_at` must not give today's figure.

    Raises:
        InvalidField: there is one.
    """
    given = [name for name, _ in request.query_params.multi_items()]
    for name, value in request.query_params.multi_items():
        if name not in known:
            raise InvalidField("query", name, value, said("{known} and no other", known=", ".join(sorted(known))))
        if not value:
            raise InvalidField("query", name, value, said("a value, or no such parameter"))
        if given.count(name) > 1:
            raise InvalidField("query", name, request.query_params.getlist(name), said("each parameter once"))


def json_response(document: Struct, status: int = 200) -> Response:
    """A document as JSON."""
    return Response(msgspec.json.encode(document), status, media_type="application/json")


def problem_response(request: Request, problem: Problem) -> Response:
    """A problem as its document."""
    return Response(problem.document(), problem.status, media_type="application/problem+json")
