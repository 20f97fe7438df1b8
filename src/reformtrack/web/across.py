"""The page of activities of many plans: those on a list, or behind a number."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import get_args

import attrs
from starlette.responses import Response

from reformtrack.domain.arguments import one_of
from reformtrack.domain.progress import Counted, CountingRule
from reformtrack.domain.protected import concealed, unasked
from reformtrack.domain.timeline import KnownAt
from reformtrack.domain.wording import lead_title, number
from reformtrack.exchange.words import attention_words, key_words
from reformtrack.language import Language
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

MOST_OF_MANY = 5_000
"""The most activities of many plans in a file."""


def found_across(question: Question) -> Across:
    """A page of activities of many plans, as the query asks."""
    query = question.request.query_params
    limit = whole_number("limit", query.get("limit", str(A_PAGE)), 1, MOST)
    return _found(question, question.asked.on, question.asked.known_at, query.get("after", ""), limit)


def first_across(question: Question) -> Across:
    """The activities of many plans that the query asks for, on whatever page: the first of them, if they are very many."""
    asked = question.asked
    found = _found(question, asked.on, asked.known_at, "", min(MOST, MOST_OF_MANY))
    while found.next and len(found.lines) < MOST_OF_MANY:
        left = min(MOST, MOST_OF_MANY - len(found.lines))
        more = _found(question, found.on, found.position, found.next, left)
        found = attrs.evolve(more, lines=found.lines + more.lines)
    return found


def _found(question: Question, on: date | None, known_at: KnownAt, after: str, limit: int) -> Across:
    query = question.request.query_params
    counted = member("counted", query.get("counted") or None, Counted)
    return question.tracker.across(
        one_of("query", "list", query["list"], get_args(Attention)) if query.get("list") else None,
        key={by: query[by].strip() for by in PARTS if query.get(by, "").strip()},
        counted=None if counted is None else [counted],
        rule=member("rule", query.get("rule"), CountingRule) or CountingRule.WHOLE_PLAN,
        days=_days(question),
        on=on,
        known_at=known_at,
        after=after,
        limit=limit,
    )


def activities(question: Question) -> Response:
    """The activities of many plans on a list, or behind a number."""
    query, found = question.request.query_params, found_across(question)
    asked = {name: concealed(query.get(name, "")) for name in ACROSS if name != "after"}
    return page(
        question,
        "across.html",
        found=found,
        asked=asked,
        attention=attention_of(question),
        conditions=conditions_of(question, found),
        domains=_domains(found),
        cut=cut_words(found, question.asked.say),
        notices=found.notices,
    )


def _domains(found: Across) -> Mapping[str, str]:
    """By the numbers of the domains on a page, their titles: plans may call one differently."""
    titles: dict[str, dict[str, None]] = {}
    for line in found.lines:
        titles.setdefault(line.activity.domain, {})[line.domain] = None
    return {code: " / ".join(of) for code, of in titles.items()}


def _days(question: Question) -> int:
    return whole_number("days", question.request.query_params.get("days", str(SOON_DAYS)), 0, 100_000)


def attention_of(question: Question) -> Mapping[str, str]:
    """What the lists are called."""
    return attention_words(question.asked.say, _days(question))


def conditions_of(question: Question, found: Across) -> Mapping[str, str]:
    """Which of all activities are asked for, in words, by the name that the address has for each."""
    query, say = question.request.query_params, question.asked.say
    heads = key_words(say)
    values = {name: unasked(lead_title(query[name], say.lang), say) for name in PARTS if query.get(name)}
    if "plan" in values and found.lines:
        values["plan"] = found.lines[0].plan_title
    ways = {
        "counted": member("counted", query.get("counted"), Counted),
        "rule": member("rule", query.get("rule"), CountingRule),
    }
    return {
        **{name: f"{heads[name]}: {value}" for name, value in values.items()},
        **{name: one.label(say.lang) for name, one in ways.items() if one},
    }


def cut_words(found: Across, say: Language) -> str:
    """How many of the activities a file has, in words; empty if it has all."""
    if found.total <= MOST_OF_MANY:
        return ""
    facts = {"most": number(MOST_OF_MANY, say.lang), "total": number(found.total, say.lang)}
    return say("the first {most} activities of {total}; for the rest, ask for one jurisdiction or one plan", **facts)
