"""
The page of activities of many plans: those on a list, or behind a number.
"""

from collections.abc import Sequence
from typing import get_args

from starlette.responses import Response

from reformtrack.domain.arguments import one_of
from reformtrack.domain.progress import Counted, CountingRule
from reformtrack.domain.wording import lead_title
from reformtrack.views.across import Across, Attention
from reformtrack.views.activity import SOON_DAYS
from reformtrack.views.rollup import RollupBy
from reformtrack.web.answering import Question
from reformtrack.web.asked import member, whole_number
from reformtrack.web.page import page
from reformtrack.web.paging import A_PAGE, MOST

PARTS: Sequence[RollupBy] = get_args(RollupBy)
ACROSS = ("list", *PARTS, "counted", "rule", "days", "after", "limit")
"""What activities of many plans are asked for by, besides the two clocks."""


def found_across(question: Question) -> Across:
    """A page of activities of many plans, as the query asks."""
    query, asked = question.request.query_params, question.asked
    counted = member("counted", query.get("counted"), Counted)
    return question.tracker.across(
        one_of("query", "list", query["list"], get_args(Attention)) if "list" in query else None,
        key={by: query[by] for by in PARTS if by in query},
        counted=None if counted is None else [counted],
        rule=member("rule", query.get("rule"), CountingRule) or CountingRule.WHOLE_PLAN,
        days=whole_number("days", query.get("days", str(SOON_DAYS)), 0, 100_000),
        on=asked.on,
        known_at=asked.known_at,
        after=query.get("after", ""),
        limit=whole_number("limit", query.get("limit", str(A_PAGE)), 1, MOST),
    )


def activities(question: Question) -> Response:
    """The activities of many plans on a list, or behind a number."""
    query, found = question.request.query_params, found_across(question)
    asked = {name: query.get(name) for name in ACROSS if name != "after"}
    counted, rule = member("counted", asked["counted"], Counted), member("rule", asked["rule"], CountingRule)
    parts = [lead_title(query[name], question.asked.lang) for name in PARTS if name in query]
    said = [one.label(question.asked.lang) for one in (counted, rule) if one]
    return page(question, "across.html", found=found, asked=asked, words=[*parts, *said], notices=found.notices)
