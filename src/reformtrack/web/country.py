"""
The pages of many plans: the country at a glance, the list of plans, and whether there is news.
"""

from collections import Counter
from collections.abc import Sequence

import attrs
from starlette.responses import Response

from reformtrack.domain import progress as domain
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.tally import Tally
from reformtrack.domain.wording import folded, sort_key
from reformtrack.views.rollup import Rollup
from reformtrack.web.answering import Question
from reformtrack.web.counts import Counts
from reformtrack.web.feed import frames_after, is_full
from reformtrack.web.page import page
from reformtrack.web.paging import Pages

SHOWN = 10
"""How many of the worst, the late and the silent are shown."""


@attrs.frozen
class Line:
    """A jurisdiction, or a plan, in a list."""

    name: str
    tally: Tally
    plans: Sequence[str]
    """The ids of its plans."""


def country(counts: Counts, question: Question) -> Response:
    """The country at a glance: who is ahead, worst, late, silent."""
    rollup = counts.rollup(question.asked, "jurisdiction", "plan")
    lines = _by_jurisdiction(rollup)
    best_first = sorted(lines, key=lambda line: (-(line.tally.rate or 0), -line.tally.total, sort_key(line.name)))
    late_first = sorted(lines, key=lambda line: -line.tally.overdue)
    pages = Pages(question, len(lines))
    return page(
        question,
        "country.html",
        rollup=rollup,
        total=rollup.total,
        lines=pages.of(best_first),
        pages=pages,
        worst=[line for line in reversed(best_first) if line.tally.rate is not None][:SHOWN],
        late=[line for line in late_first if line.tally.overdue][:SHOWN],
        silent=rollup.silent[:SHOWN],
        titles=counts.titles(),
    )


def plans(counts: Counts, question: Question) -> Response:
    """The plans, those of a jurisdiction, or those with some words in their title."""
    rollup, titles = counts.rollup(question.asked, "jurisdiction", "plan"), counts.titles()
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
    shown = {"rollup": rollup, "lines": pages.of(found), "pages": pages, "jurisdiction": place}
    return page(question, "plans.html", q=query.get("q", ""), **shown)


def news(question: Question) -> Response:
    """A line that says how much was recorded since a page was made; nothing when nothing was."""
    after = question.request.query_params.get("after", "0")
    if not (after.isascii() and after.isdecimal() and len(after) <= 18):
        raise InvalidField("query", "after", after, "a log position")
    if question.position <= int(after):
        return Response(status_code=204)
    frames = frames_after(question.tracker, int(after))
    return page(question, "news.html", number=len(frames), many=is_full(frames))


def _by_jurisdiction(rollup: Rollup) -> list[Line]:
    counts: dict[str, Counter[domain.Counted]] = {}
    plans: dict[str, list[str]] = {}
    for (jurisdiction, plan), tally in rollup.lines.items():
        counts.setdefault(jurisdiction, Counter()).update(dict(tally.counts))
        plans.setdefault(jurisdiction, []).append(plan)
    return [Line(name, Tally(rule=rollup.rule, counts=counts[name]), plans[name]) for name in counts]
