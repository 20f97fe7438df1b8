"""
The pages of many plans: the country at a glance, the list of plans, and whether there is news.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import islice

import attrs
from starlette.responses import Response

from reformtrack.domain import progress as domain
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.tally import Tally
from reformtrack.domain.wording import folded, sort_key
from reformtrack.views.rollup import Part, Rollup, best_first, most_overdue, ranks, worst_first
from reformtrack.web.answering import Question
from reformtrack.web.counts import Counts
from reformtrack.web.page import page

SHOWN = 10
"""How many of the worst, the late and the silent are shown."""

A_PAGE = 100
"""How many lines a page of a long list has."""

COUNTED_NEWS = 100
"""Up to how many new records are counted one by one."""


@attrs.frozen
class Line:
    """A jurisdiction in a list."""

    rank: int
    """Its place; equals share one."""
    name: str
    tally: Tally
    plans: Sequence[str]
    """The ids of its plans."""


def country(counts: Counts, question: Question) -> Response:
    """The country at a glance: who is ahead, worst, late, silent."""
    rollup = counts.rollup(question.asked, "jurisdiction", "plan")
    lines, plans = _by_jurisdiction(rollup)
    best, worst, late = (made(lines.items()) for made in (best_first, worst_first, most_overdue))
    pages = Pages(question, len(lines))

    def ranked(parts: Sequence[Part], by: Callable[[Tally], Fraction | int | None], shown: slice) -> list[Line]:
        """Some lines of a list, each with its rank."""
        lines = zip(ranks(by(tally) for _, tally in parts), parts, strict=True)
        return [Line(rank, key[0], tally, plans[key[0]]) for rank, (key, tally) in list(lines)[shown]]

    return page(
        question,
        "country.html",
        rollup=rollup,
        total=rollup.total,
        lines=ranked(best, lambda tally: tally.rate, pages.shown),
        pages=pages,
        worst=ranked(worst, lambda tally: tally.rate, slice(SHOWN)),
        late=ranked(late, lambda tally: tally.overdue, slice(SHOWN)),
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
    lines, q = found[pages.shown], query.get("q", "")
    return page(question, "plans.html", q=q, rollup=rollup, lines=lines, pages=pages, jurisdiction=place)


class Pages:
    """
    The pages of a long list.

    Raises:
        InvalidField: the query asks for a page that there is not.
    """

    def __init__(self, question: Question, lines: int) -> None:
        text = question.request.query_params.get("page", "1")
        self.lines = lines
        self.count = max(1, -(-lines // A_PAGE))
        if not (text.isascii() and text.isdecimal() and len(text) < 9 and 1 <= int(text) <= self.count):
            raise InvalidField("query", "page", text, f"a page from 1 to {self.count}")
        self.current = int(text)
        self.shown = slice((self.current - 1) * A_PAGE, self.current * A_PAGE)
        """The lines of the page that is asked for."""


def news(question: Question) -> Response:
    """A line that says how much was recorded since a page was made; nothing when nothing was."""
    after = question.request.query_params.get("after", "0")
    if not (after.isascii() and after.isdecimal() and len(after) <= 18):
        raise InvalidField("query", "after", after, "a log position")
    if question.position <= int(after):
        return Response(status_code=204)
    number = sum(1 for _ in islice(question.tracker.log(int(after)), COUNTED_NEWS))
    return page(question, "news.html", number=number, many=number == COUNTED_NEWS)


def _by_jurisdiction(rollup: Rollup) -> tuple[Mapping[tuple[str, ...], Tally], Mapping[str, Sequence[str]]]:
    """What each jurisdiction counts, and the ids of its plans."""
    counts: dict[str, Counter[domain.Counted]] = {}
    plans: dict[str, list[str]] = {}
    for (jurisdiction, plan), tally in rollup.lines.items():
        counts.setdefault(jurisdiction, Counter()).update(dict(tally.counts))
        plans.setdefault(jurisdiction, []).append(plan)
    return {(name,): Tally(rule=rollup.rule, counts=counts[name]) for name in counts}, plans
