"""Counts of many plans at any two dates, from the spans that hold then."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from reformtrack.country.folding import (
    CARRIED_OVER,
    COMPLETED,
    COMPLETED_UNDATED,
    OPEN,
    OPEN_UNDATED,
    WITHDRAWN,
    facts_on,
    is_counted,
    is_past,
    kind,
)
from reformtrack.domain.progress import Counted, CountingRule, counted_as
from reformtrack.domain.status import ProgressStatus
from reformtrack.domain.tally import Tally
from reformtrack.domain.values import PlanId, StreamId, plan_of
from reformtrack.domain.wording import BETWEEN_LEADS, lead_words, spelt
from reformtrack.store import view_reads, view_tables
from reformtrack.store.session import Session
from reformtrack.store.view_tables import WAITS
from reformtrack.views.activity import Standing
from reformtrack.views.plan import Plan
from reformtrack.views.rollup import RollupBy

_STANDINGS = {
    COMPLETED: Standing(ProgressStatus.COMPLETED, True, False, False),
    COMPLETED_UNDATED: Standing(ProgressStatus.COMPLETED, False, False, False),
    OPEN: Standing(ProgressStatus.IN_PROGRESS, True, False, False),
    OPEN_UNDATED: Standing(ProgressStatus.IN_PROGRESS, False, False, False),
    WAITS: Standing(ProgressStatus.AWAITING_CONFIRMATION, True, False, False),
    WITHDRAWN: Standing(ProgressStatus.WITHDRAWN, False, False, False),
    CARRIED_OVER: Standing(ProgressStatus.CARRIED_OVER, False, False, False),
}
"""How an activity of each kind stands up to its day, as far as counting goes; later it is overdue, or past where it waits."""

COUNTED = {
    rule: {
        number: (counted_as(rule, *standing), counted_as(rule, *standing._replace(overdue=number != WAITS, past=True)))
        for number, standing in _STANDINGS.items()
    }
    for rule in CountingRule
}
"""By rule and kind, what an activity is counted as up to its day, and later."""

Key = tuple[str, ...]
Part = tuple[Sequence[Any], ...]
"""Each ends with a cell or a kind, and with numbers as `view_reads.split` has them; of rows, the rows themselves."""


class Lines(Mapping[Key, Tally]):
    """The parts of a roll-up, each tally made when it is asked for: a country has tens of thousands."""

    def __init__(self, rule: CountingRule, parts: Mapping[Key, Part]) -> None:
        self._rule, self._parts = rule, parts

    def __getitem__(self, key: Key) -> Tally:
        return Tally(rule=self._rule, counts=self._counts(self._parts[key]))

    def _counts(self, part: Part) -> Iterator[tuple[Counted, int]]:
        for *_, cell, numbers in part:
            before, after = COUNTED[self._rule][view_tables.of_cell(cell)[-1]]
            activities, past = view_reads.split(numbers)
            yield before, activities - past
            yield after, past

    def __repr__(self) -> str:
        return f"<{len(self)} parts>"

    def __iter__(self) -> Iterator[Key]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)


def lines_of(
    rule: CountingRule,
    by: Sequence[RollupBy],
    rows: Iterable[tuple[Any, ...]],
    names: Mapping[int, str],
    live: Iterable[tuple[Key, int, int]],
    empty: Iterable[Key],
) -> Lines:
    """
    The parts of a roll-up. Spellings of one lead are one part: in each plan by itself where plans are told apart.

    Args:
        rows: as `view_reads.counts` has them.
        names: what the numbers in them mean.
        live: (key, kind, numbers) of plans that are not in the rows.
        empty: the keys of parts that may have no activity.
    """
    columns = [*(name for name in ("plan", "lead", "group") if name in by), "jurisdiction", "domain"]
    places = [(columns.index(name), name == "plan") for name in by]
    parts: dict[Key, Part] = dict.fromkeys(empty, ())
    for (cell, given), part in groupby(sorted(rows), lambda row: (row[-2] | view_tables.KIND, row[:-2])):
        numbers = (*given, *view_tables.of_cell(cell))
        key = tuple([numbers[n] if is_plan else names[numbers[n]] for n, is_plan in places])
        parts[key] = (*parts.get(key, ()), *part)
    for key, *row_of_live in live:
        parts[key] = (*parts.get(key, ()), row_of_live)
    return Lines(rule, _with_leads(parts, by) if "lead" in by else parts)


def lead_line(names: str) -> str:
    """Whoever has the lead, from what stands in a span, in one line."""
    leads = tuple(filter(None, names.split(BETWEEN_LEADS)))
    return lead_words(spelt([leads])[leads] if len(leads) > 1 else leads)


def of_leads(names: Mapping[int, str], is_meant: Callable[[str], bool]) -> str:
    """Whether the lead of a span is meant, in SQL; `names` is what the numbers in it mean."""
    meant = [str(number) for number, name in names.items() if is_meant(lead_line(name))]
    return f"lead IN ({', '.join(meant) or 0})"


def _with_leads(parts: Mapping[Key, Part], by: Sequence[RollupBy]) -> dict[Key, Part]:
    """The same parts, with leads as the figures of a plan have them."""
    lead, plan = by.index("lead"), by.index("plan") if "plan" in by else None
    names = {key[lead]: tuple(filter(None, key[lead].split(BETWEEN_LEADS))) for key in parts}
    found: dict[object, set[tuple[str, ...]]] = {}
    for key in parts:
        found.setdefault(None if plan is None else key[plan], set()).add(names[key[lead]])
    called = {part: spelt(leads) for part, leads in found.items()}
    merged: dict[Key, Part] = {}
    for key, part in parts.items():
        words = lead_words(called[None if plan is None else key[plan]][names[key[lead]]])
        whole = (*key[:lead], words, *key[lead + 1 :])
        merged[whole] = (*merged.get(whole, ()), *part)
    return merged


def live_rows(
    plan: Plan, by: Sequence[RollupBy], leads: Callable[[str], bool] | None = None
) -> Iterator[tuple[Key, int, int]]:
    """(key, kind, numbers) of each activity of a plan that is answered from its records, or of those of some leads."""
    for facts in facts_on(plan):
        values = {**facts._asdict(), "plan": plan.id}
        if leads is None or leads(lead_line(facts.lead)):
            yield (
                tuple(values[name] for name in by),
                kind(facts),
                view_reads.packed(1, is_past(facts, plan.on.toordinal())),
            )


def silent_plans(
    session: Session, generation: int, silence: tuple[int, int], position: int
) -> dict[str, tuple[int, str]]:
    """
    By plan, open or not, the position and the instant of its latest record up to a position, where that is long ago.

    Args:
        silence: a plan is silent if its last record up to the second of these positions is not after the first.
    """
    end = min(silence[1], position)
    since = min(silence[0], end)
    found = {plan: (at, when) for plan, at, when in view_reads.last_news(session, generation, since, end)}
    if end <= silence[0]:  # less than a day, of which not all gaps are kept
        for stream, at, when in view_reads.news_of_a_day(session, end):
            plan = plan_of(StreamId(str(stream)))
            if at > found.get(plan, (0, ""))[0] and is_counted(stream):
                found[plan] = at, when
    return found


def id_of(plan: str) -> PlanId:
    """A plan's id that was read from a table."""
    return PlanId(StreamId(plan))
