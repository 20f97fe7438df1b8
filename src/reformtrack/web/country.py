"""
The pages of many plans: the country at a glance, the list of plans, and whether there is news.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

import attrs
from starlette.responses import Response

from reformtrack.domain.tally import Tally
from reformtrack.domain.wording import folded, sort_key
from reformtrack.views.rollup import Part, best_first, most_overdue, ranks, worst_first
from reformtrack.web.answering import Question
from reformtrack.web.asked import LARGEST_POSITION, whole_number
from reformtrack.web.counts import Counts
from reformtrack.web.feed import frames_after, is_full
from reformtrack.web.page import page
from reformtrack.web.paging import Pages

SHOWN = 10
"""The number of lines in each list."""


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
    rollup = counts.rollup(question.asked, "jurisdiction", "plan")
    plans: dict[str, list[str]] = {}
    for jurisdiction, plan in rollup.lines:
        plans.setdefault(jurisdiction, []).append(plan)
    lines = [((jurisdiction,), tally) for jurisdiction, tally in rollup.over({}).items()]
    best, worst, late = (made(lines) for made in (best_first, worst_first, most_overdue))
    pages, silent = Pages(question, len(lines)), rollup.silent[:SHOWN]

    def ranked(parts: Sequence[Part], by: Callable[[Tally], Fraction | int | None]) -> list[Line]:
        """The lines of a list, each with its rank."""
        lines = zip(ranks(by(tally) for _, tally in parts), parts, strict=True)
        return [Line(rank, key[0], tally, plans[key[0]]) for rank, (key, tally) in lines]

    return page(
        question,
        "country.html",
        rollup=rollup,
        total=rollup.total,
        plans=len(rollup.lines),
        lines=pages.of(ranked(best, lambda tally: tally.rate)),
        pages=pages,
        worst=_shown(ranked(worst, lambda tally: tally.rate)),
        late=_shown(ranked(late, lambda tally: tally.overdue)),
        silent=silent,
        titles={
            plan: state.title for plan, state in counts.states(question.asked, [one.plan for one in silent]).items()
        },
        notices=counts.notices(question.asked, [plan for _, plan in rollup.lines]),
    )


def _shown(lines: Sequence[Line]) -> tuple[Sequence[Line], int]:
    """The lines that are shown, and how many more share the place of the last one."""
    shown = lines[:SHOWN]
    return shown, sum(line.rank == shown[-1].rank for line in lines[SHOWN:])


def plans(counts: Counts, question: Question) -> Response:
    """The plans, those of a jurisdiction, or those with some words in their title."""
    rollup, titles = counts.rollup(question.asked, "jurisdiction", "plan"), counts.titles(question.asked)
    query = question.request.query_params
    words, place = folded(query.get("q", "")), query.get("jurisdiction")
    found = [
        (jurisdiction, titles.get(plan, plan), plan, tally)
        for (jurisdiction, plan), tally in rollup.lines.items()
        if (place is None or jurisdiction == place)
        and words in folded(f"{titles.get(plan, plan)} {jurisdiction} {plan}")
    ]
    found.sort(key=lambda line: (sort_key(line[0]), sort_key(line[1]), line[2]))
    pages = Pages(question, len(found))
    lines, q = pages.of(found), query.get("q", "")
    return page(
        question,
        "plans.html",
        q=q,
        rollup=rollup,
        lines=lines,
        pages=pages,
        jurisdiction=place,
        notices=counts.notices(question.asked, [line[2] for line in lines]),
    )


def news(question: Question) -> Response:
    """A line with the number of records since a page was made; empty if there are none."""
    after = whole_number("after", question.request.query_params.get("after", "0"), 0, LARGEST_POSITION)
    if question.position <= after:
        return Response(status_code=204)
    frames = frames_after(question.tracker, after)
    return page(question, "news.html", number=len(frames), many=is_full(frames))
