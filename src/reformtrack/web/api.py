"""The questions of the API: the same as the tracker's, on the same two clocks, as JSON."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, get_args

import attrs
import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from reformtrack import documents
from reformtrack.country.trends import days_of
from reformtrack.documents.country_forms import AcrossDocument, Agencies, RollupDocument, TrendDocument
from reformtrack.documents.forms import (
    Activities,
    ActivityDocument,
    AgencyActivities,
    Indicators,
    OfADay,
    PlanDocument,
    Plans,
    Records,
    Warnings,
)
from reformtrack.documents.report_forms import ReportDocument, Reports
from reformtrack.domain.arguments import one_of
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.labelled import Labelled
from reformtrack.domain.progress import Counted, CountingRule
from reformtrack.domain.said import said
from reformtrack.domain.status import ProgressStatus, Timeliness
from reformtrack.domain.timeline import Record, RecordRetracted
from reformtrack.domain.values import plan_id, stream_id
from reformtrack.exchange.moments import LARGEST_POSITION
from reformtrack.views.activity import Activity
from reformtrack.views.list_rows import LISTS, NONE, SORTS, Row
from reformtrack.views.listing import Wanted, day_in
from reformtrack.views.plan import Plan
from reformtrack.views.rollup import Rollup, RollupBy
from reformtrack.views.trend import Every
from reformtrack.web import lists
from reformtrack.web.across import PARTS, found_across
from reformtrack.web.answering import Handler, Question
from reformtrack.web.asked import member, whole_number
from reformtrack.web.counts import Counts
from reformtrack.web.lists import Found
from reformtrack.web.paging import A_PAGE, MOST, asked_number, page_of, starts_of
from reformtrack.web.problems import Problem

LOOKED_AT = 10_000
"""The number of records of the log that are scanned for one page."""

MOST_BYTES = 1_048_576
"""The size of a page as JSON; its last item may exceed it."""

MOST_LINES = 100_000
"""The most figures of an answer, on all of its days together: a country by plan and lead, day by day, would fill the memory."""


@attrs.frozen
class Query:
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


CLOCKS: Mapping[str, Query] = {
    "on": Query({"type": "string", "format": "date"}, "The day; default: today."),
    "known_at": Query(
        {"anyOf": [{"format": "date"}, {"format": "date-time"}, {"pattern": "^[0-9]{1,18}$"}], "type": "string"},
        "What was known: a day (its end), an instant with its zone, or a log position; default: all that is on record.",
    ),
}
"""The parameters of every question."""


def plans(question: Question) -> Plans:
    """The plans that were adopted by then."""
    found = question.tracker.plans(question.asked.on, question.asked.known_at)
    return Plans([documents.plan_line(row) for row in found])


def plan(question: Question) -> PlanDocument:
    """A plan: its figures under each rule, by domain and by lead agency."""
    return documents.plan_document(question.plan())


def activities(question: Question) -> Struct:
    """The activities of a plan that are asked for, page by page."""
    return _page_of_list(question, lists.of_plan(question, _wanted(question)))


def agency_activities(counts: Counts, question: Question) -> Struct:
    """The activities that an agency leads, in all plans, page by page."""
    return _page_of_list(question, lists.of_agency(counts, question, _wanted(question)))


def _wanted(question: Question) -> Wanted:
    """What is asked of a list. A lead is one in whatever spelling, alone or with others; a page asks for a line of figures."""
    query = dict(question.request.query_params)
    return Wanted.read({("with" if name == "lead" else name): value for name, value in query.items()})


def _page_of_list(question: Question, found: Found) -> Struct:
    query, rows = question.request.query_params, found.listing.rows
    limit = whole_number("limit", query.get("limit", str(MOST)), 1, MOST)
    if "after" in query:
        id = found.of.activity(query["after"]).id if isinstance(found.of, Plan) else query["after"]
        last = next((row for row in found.every if row.activity.id == id), None)
        if last is None:
            raise InvalidField("query", "after", query["after"], said("the id of one of its activities"))
        rows = found.listing.after(last)
    shown = rows[:limit]
    return list_document(question, found, shown, shown[-1].activity if len(rows) > limit else None)


def list_document(question: Question, found: Found, rows: Sequence[Row], last: Activity | None) -> Struct:
    """
    A page of a list.

    Args:
        last: the activity after which the next page begins.
    """
    shown = [row.activity for row in rows]
    if isinstance(found.of, Plan):
        return documents.activities_document(found.of, shown, last.code if last else None, found.listing)
    next_id, known_at = last.id if last else None, question.asked.known_at
    return documents.agency_activities_document(found.of, known_at, shown, next_id, found.listing, found.unclear)


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
    found = question.agencies()
    is_forecast = question.tracker.is_forecast(question.asked.on)
    return documents.agencies_document(found, found.agencies, is_forecast=is_forecast)


def rollup(counts: Counts, question: Question) -> RollupDocument:
    """The counts of all plans, under one rule."""
    query = question.request.query_params
    by = _by(query.get("by", "jurisdiction"))
    rule = member("rule", query.get("rule"), CountingRule) or CountingRule.WHOLE_PLAN
    return documents.rollup_document(_bounded(counts.rollup(question.asked, *by, rule=rule), 1))


def _bounded(found: Rollup, days: int) -> Rollup:
    """
    A roll-up of which so many may be told.

    Raises:
        InvalidField: they would have too many figures.
    """
    if len(found.lines) * days > MOST_LINES:
        accepted = said("keys with at most {most} figures on all days together", most=MOST_LINES)
        raise InvalidField("query", "by", ",".join(found.by), accepted)
    return found


def _by(text: str) -> Sequence[RollupBy]:
    """What to split by, in the order of `RollupBy`."""
    by = [name for name in text.split(",") if name]
    for name in by:
        if name not in PARTS or by.count(name) > 1:
            raise InvalidField("query", "by", name, said("some of {keys}, each once", keys=", ".join(PARTS)))
    return [key for key in PARTS if key in by]


def trend(counts: Counts, question: Question) -> TrendDocument:
    """The counts of all plans over days or weeks."""
    query, asked, by = question.request.query_params, question.asked, _by(question.request.query_params.get("by", ""))
    first, last = day_in("from", query["from"]) if "from" in query else None, asked.on or question.tracker.today()
    every = one_of("query", "every", query.get("every", "week"), get_args(Every))
    if by:
        _bounded(counts.rollup(asked, *by), len(days_of(first, last, every)))
    found = question.tracker.trend(
        first,
        last,
        every=every,
        by=by,
        rule=member("rule", query.get("rule"), CountingRule) or CountingRule.WHOLE_PLAN,
        known_at=asked.known_at,
        as_it_was=one_of("query", "as_it_was", query.get("as_it_was", "false"), ("true", "false")) == "true",
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


def _one_of(kind: type[Labelled]) -> dict[str, Any]:
    return {"type": "string", "enum": [one.value for one in kind]}


_TEXT = {"type": "string"}
_DATE = {"type": "string", "format": "date"}
_POSITION = {"type": "integer", "minimum": 0, "maximum": LARGEST_POSITION}
_LIMIT = {"type": "integer", "minimum": 1, "maximum": MOST}


def reads(counts: Counts) -> Sequence[Read]:
    """Every question that the API answers."""
    filters = {
        "q": Query(_TEXT, "Words in their texts, with or without marks; a printed number; the number of a document."),
        "status": Query(_one_of(ProgressStatus), "How far they are."),
        "timeliness": Query(_one_of(Timeliness), "Whether they are in time."),
        "lead": Query(_TEXT, "Their lead agency in whatever spelling, alone or with others."),
        "supporting": Query(_TEXT, f"One of their supporting agencies; {NONE} for none."),
        "domain": Query(_TEXT, "The code of their domain."),
        "group": Query(_TEXT, f"The headings that they stand under; {NONE} for none."),
        "evidence": Query({"type": "string", "enum": ["yes", "no"]}, "Whether a document proves them."),
        "list": Query({"type": "string", "enum": list(LISTS)}, "The list of what needs attention that they are on."),
        "counted": Query(_one_of(Counted), "What they are counted as under the rule."),
        "rule": Query(_one_of(CountingRule), "The rule; default: the plan's own."),
        "due_from": Query(_DATE, "Something is due on this day or later."),
        "due_to": Query(_DATE, "Something is due on this day or before."),
        "changed_since": Query(_DATE, "Something was recorded on this local day or later."),
        "sort": Query(
            {"type": "string", "enum": [way + name for name in SORTS for way in ("", "-")]},
            "Their order, with a minus for the other way round; default: by code.",
        ),
        "after": Query(_TEXT, "The activity to go on from: `next` of the page before."),
        "limit": Query(_LIMIT, f"How many at most; default: {MOST}."),
    }
    pages = {
        "after": Query(_POSITION, "The position to go on from: `next` of the page before."),
        "limit": Query(_LIMIT, f"How many at most; {A_PAGE} unless given, and fewer where they are large."),
        "stream": Query(_TEXT, "The id of a plan, an activity, an indicator, a report or an agency."),
    }
    page = {"page": Query({"type": "integer", "minimum": 1}, "The page: `next` of the page before.")}
    rule = Query(_one_of(CountingRule), "What counts, one rule for all plans; default: the whole plan.")
    by = {"by": Query(_TEXT, f"What to split by: some of {', '.join(PARTS)}, with commas between."), "rule": rule}
    series = {
        "from": Query(_DATE, "The first day; `on` is the last. Default: a year before."),
        "every": Query({"type": "string", "enum": list(get_args(Every))}, "How far points are apart; default: a week."),
        "as_it_was": Query(
            {"type": "string", "enum": ["true", "false"]}, "Whether each day is as it was known at its own end."
        ),
        **by,
    }
    of_many: dict[str, Query] = {
        "list": Query({"type": "string", "enum": list(LISTS)}, "What they need; default: all activities."),
        **{name: Query(_TEXT, "Only those of a part of a roll-up: the value of this key.") for name in PARTS},
        "counted": Query(_one_of(Counted), "What they are counted as."),
        "rule": rule,
        "days": Query({"type": "integer", "minimum": 0}, "How many days ahead something is due soon; default: 7."),
        "after": Query(_TEXT, "Where to go on: `next` of the page before."),
        "limit": Query(_LIMIT, f"How many at most; default: {A_PAGE}."),
    }
    return (
        Read("/plans", "The plans", plans, Plans),
        Read("/plans/{plan}", "A plan and its figures", plan, PlanDocument),
        Read("/plans/{plan}/activities", "The activities of a plan", activities, Activities, filters),
        Read(
            "/agencies/{name}/activities",
            "The activities that an agency leads, in all plans",
            partial(agency_activities, counts),
            AgencyActivities,
            {"plan": Query(_TEXT, "The id of their plan."), **filters},
        ),
        Read("/plans/{plan}/activities/{code}", "An activity, and why it is so", activity, ActivityDocument, page),
        Read("/plans/{plan}/indicators", "The other figures of a plan", indicators, Indicators),
        Read("/plans/{plan}/reports", "The issued reports of a plan", reports, Reports),
        Read("/plans/{plan}/reports/{period}", "An issued report", report, ReportDocument),
        Read("/plans/{plan}/warnings", "What asks for attention in a plan", warnings, Warnings),
        Read("/trend", "The counts of all plans over days or weeks", partial(trend, counts), TrendDocument, series),
        Read("/activities", "Activities of all plans on a list, or behind a number", across, AcrossDocument, of_many),
        Read("/agencies", "The agencies", agencies, Agencies),
        Read("/rollup", "The counts of all plans", partial(rollup, counts), RollupDocument, by),
        Read("/records", "The log, page by page", records, Records, pages),
    )


def answered(read: Read) -> Handler:
    """A handler that answers a question as JSON and refuses unknown parameters."""
    known = {*read.query, *CLOCKS}

    def handler(question: Question) -> Response:
        check_query(question.request, known)
        return json_response(of_its_day(question, read.answer(question)))

    return handler


def of_its_day(question: Question, answer: Struct) -> Struct:
    """An answer that says whether its day has not come yet."""
    if not isinstance(answer, OfADay):
        return answer
    return msgspec.structs.replace(answer, is_forecast=question.tracker.is_forecast(question.asked.on))


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
    return Response(msgspec.json.encode(document), status, media_type="application/json")


def problem_response(request: Request, problem: Problem) -> Response:
    return Response(problem.document(), problem.status, media_type="application/problem+json")
