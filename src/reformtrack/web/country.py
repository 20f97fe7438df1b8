"""The pages of many plans: the country at a glance, the list of plans, and whether there is news."""

from collections.abc import Callable, Sequence
from fractions import Fraction

import attrs
from starlette.responses import Response

from reformtrack.domain.gathered import grouped
from reformtrack.domain.protected import concealed, redacted, unasked
from reformtrack.domain.tally import Tally
from reformtrack.domain.wording import folded, sort_key
from reformtrack.exchange.moments import LARGEST_POSITION
from reformtrack.views.rollup import Part, best_first, most_overdue, ranks, worst_first
from reformtrack.web.answering import Question
from reformtrack.web.asked import whole_number
from reformtrack.web.counts import Counts
from reformtrack.web.feed import frames_after, is_full
from reformtrack.web.page import page
from reformtrack.web.paging import Pages

SHOWN = 10
"""The number of lines in each list."""

MOST_AT_ONCE = 1_000
"""Of how many plans a page shows the trend with itself; that of more takes seconds, and has a page of its own."""


@attrs.frozen
class Line:
    """A jurisdiction in a list."""

    rank: int
    """Its rank; equals share one."""
    name: str
    tally: Tally
    plans: Sequence[str]
    """The ids of its plans."""


def country(counts: Counts, question: Question) -> Response:
    """The country at a glance: the best, the worst, the late and the silent."""
    rollup = counts.rollup(question.asked, "jurisdiction")
    plans = grouped((plan.jurisdiction, plan.id) for plan in rollup.plans)
    lines = [*rollup.lines.items()]
    best, worst, late = (made(lines) for made in (best_first, worst_first, most_overdue))
    pages, silent = Pages(question, len(lines)), rollup.silent[:SHOWN]

    def ranked(parts: Sequence[Part], by: Callable[[Tally], Fraction | int | None]) -> list[Line]:
        lines = zip(ranks(by(tally) for _, tally in parts), parts, strict=True)
        return [Line(rank, key[0], tally, plans[key[0]]) for rank, (key, tally) in lines]

    return page(
        question,
        "country.html",
        rollup=rollup,
        total=rollup.total,
        plans=len(rollup.plans),
        at_once=len(rollup.plans) <= MOST_AT_ONCE,
        lines=pages.of(ranked(best, lambda tally: tally.rate)),
        pages=pages,
        worst=_shown(ranked(worst, lambda tally: tally.rate)),
        late=_shown(ranked(late, lambda tally: tally.overdue)),
        silent=silent,
        titles={plan.id: plan.title for plan in rollup.plans},
        notices=counts.notices(question.asked, [plan.id for plan in rollup.plans]),
    )


def _shown(lines: Sequence[Line]) -> tuple[Sequence[Line], int]:
    """The lines that are shown, and how many more share the place of the last one."""
    shown = lines[:SHOWN]
    return shown, sum(line.rank == shown[-1].rank for line in lines[SHOWN:])


def plans(counts: Counts, question: Question) -> Response:
    """The plans, those of a jurisdiction, or those with some words in their title."""
    query = question.request.query_params
    words, place = folded(query.get("q", "")), query.get("jurisdiction") or None
    of = counts.named(question.asked) if place is None else counts.plans_of(question.asked, place)
    found = [
        plan
        for plan in of
        if not words or words in folded(redacted(f"{plan.title} {plan.jurisdiction} {plan.id}", str))
    ]
    found.sort(key=lambda plan: (sort_key(plan.jurisdiction), sort_key(plan.title), plan.id))
    pages = Pages(question, len(found))
    shown, q = pages.of(found), query.get("q", "")
    rollup = counts.rollup(question.asked, "plan", plans=tuple(plan.id for plan in shown))
    tallies = rollup.lines
    lines = [(plan, tallies[plan.id,]) for plan in shown if (plan.id,) in tallies]  # else it was taken back meanwhile
    return page(
        question,
        "plans.html",
        q=q,
        rollup=rollup,
        lines=lines,
        pages=pages,
        jurisdiction=concealed(place or ""),
        title=unasked(concealed(place or ""), question.asked.say),
        notices=counts.notices(question.asked, [plan.id for plan in shown]),
    )


def news(question: Question) -> Response:
    """A line with the number of records since a page was made; empty if there are none."""
    after = whole_number("after", question.request.query_params.get("after", "0"), 0, LARGEST_POSITION)
    if question.position <= after:
        return Response(status_code=204)
    frames = frames_after(question.tracker, after)
    return page(question, "news.html", number=len(frames), many=is_full(frames))
