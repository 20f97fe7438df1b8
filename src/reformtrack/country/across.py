"""Pages of activities of many plans at any two dates: where they are, from the spans that hold then."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

import attrs

from reformtrack.country.counting import COUNTED, lead_line, of_leads
from reformtrack.country.folding import STATUSES, facts_on
from reformtrack.country.spans import MORE_DUE, NO_EVIDENCE, Facts
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.progress import Counted, CountingRule
from reformtrack.domain.protected import concealed
from reformtrack.domain.said import said
from reformtrack.domain.status import ProgressStatus
from reformtrack.domain.texts import LedAs
from reformtrack.store import view_reads, view_tables
from reformtrack.store.view_reads import Then
from reformtrack.store.view_tables import MARK
from reformtrack.views.across import Attention, needing
from reformtrack.views.activity import Activity
from reformtrack.views.plan import Plan
from reformtrack.views.rollup import RollupBy


class Place(NamedTuple):
    """Where an activity stands in a list."""

    rank: int
    """Minus the days by which it is overdue, or the days until it is due, where the list is in that order; else 0."""
    plan: str
    code: str

    def __str__(self) -> str:
        return f"{self.rank} {self.plan}/{self.code}"


def place_of(after: str) -> Place:
    """
    The place that a page begins after.

    Raises:
        InvalidField: it is not `next` of a page.
    """
    rank, _, activity = after.partition(" ")
    plan, _, code = activity.partition("/")
    if not after:
        return Place(-view_tables.NEVER, "", "")
    if not (code and len(rank) < 9 and rank.isascii() and rank.removeprefix("-").isdecimal()):
        raise InvalidField("Tracker.across", "after", after, said("`next` of the page before"))
    return Place(int(rank), plan, code)


@attrs.frozen(slots=False)
class Wanted:
    """Which activities are asked for: those that are all of this."""

    on: date
    attention: Attention | None
    key: Mapping[RollupBy, str]
    """Of which part of a roll-up."""
    counted: Collection[Counted] | None
    rule: CountingRule
    days: int
    """How many days ahead something is due soon."""

    def rank(self, activity: Activity) -> int:
        """See `Place`."""
        match self.attention:
            case "overdue":
                return -activity.days_overdue
            case "due-soon":
                return (activity.due_within(self.days)[0] - self.on).days
        return 0

    def places(self, plan: Plan) -> Iterator[Place]:
        """The places of the activities of a plan that is answered from its records."""
        counted, facts = dict(plan.progress(self.rule).counted), {}
        if self.key:
            facts = dict(zip((one.id for one in plan.activities), facts_on(plan), strict=True))
        for one in needing(plan, self.attention, self.days) if self.attention else plan.activities:
            if (self.counted is None or counted[one.id] in self.counted) and (
                not self.key or self._is_of_part(facts[one.id])
            ):
                yield Place(self.rank(one), plan.id, one.code)

    def _is_of_part(self, facts: Facts) -> bool:
        values = facts._asdict()
        return all(
            self._led(lead_line(facts.lead)) if by == "lead" else concealed(values[by]) == value
            for by, value in self._keys.items()
        )

    @cached_property
    def _keys(self) -> Mapping[RollupBy, str]:
        return {by: concealed(value) for by, value in self.key.items()}

    @cached_property
    def _led(self) -> LedAs:
        return LedAs(self.key["lead"])

    def listed(self, names: Mapping[int, str]) -> Sequence[str]:
        """The list that spans are on, as a condition in SQL; `names` is what the numbers in them mean."""
        on = self.on.toordinal()
        match self.attention:
            case None:
                return ()
            case "overdue":
                return (f"due < {on}",)
            case "due-soon":
                return (f"due BETWEEN {on} AND {on + self.days}",)
            case "without-evidence":
                return (f"bits & {NO_EVIDENCE} > 0",)
            case "without-lead":
                is_open = ", ".join(str(n) for n, status in enumerate(STATUSES) if status.is_open)
                return (f"lead = {_id(names, '')}", f"status IN ({is_open})")
            case "awaiting-confirmation":
                return (f"status = {STATUSES.index(ProgressStatus.AWAITING_CONFIRMATION)}",)

    def conditions(self, names: Mapping[int, str]) -> Iterator[str]:
        """All else that is asked for, in SQL."""
        on = self.on.toordinal()
        if self.counted is not None:
            ways = [
                f"{view_reads.of_kind(kind)} AND {MARK} {sign} {on}"
                for kind, ways in COUNTED[self.rule].items()
                for sign, counted in zip((">=", "<"), ways, strict=True)
                if counted in self.counted
            ]
            yield f"({' OR '.join(ways) or '1 = 0'})"
        for by, value in self._keys.items():
            match by:
                case "jurisdiction":
                    yield view_reads.of_jurisdiction(_id(names, value))
                case "domain":
                    yield view_reads.of_domain(_id(names, value))
                case "group":
                    yield f"headings = {_id(names, value)}"
                case "lead":
                    yield of_leads(names, self._led)


def _id(names: Mapping[int, str], wanted: str) -> int:
    """The number of a name; 0, the number of no name, if the name is not there."""
    return next((number for number, name in names.items() if concealed(name) == wanted), 0)


def places_after(then: Then, wanted: Wanted, live: Sequence[Plan], after: Place, limit: int) -> tuple[list[Place], int]:
    """
    The first places after one, and how many there are from the first place on.

    Args:
        live: the plans that are not in spans.
    """
    on, names = then.on, view_tables.names(then.session, then.generation)
    listed, conditions = wanted.listed(names), [*wanted.conditions(names)]
    ranks = {"overdue": f"CASE WHEN due > 0 THEN due - {on} ELSE due END", "due-soon": f"due - {on}"}
    rank = ranks.get(wanted.attention or "", "0")

    def spans(columns: str, *more: str, given: Sequence[object] = (), of_found: str = "") -> list[tuple[Any, ...]]:
        return view_reads.spans_at(then, columns, [*conditions, *more], given, of_found=of_found)

    page = spans(
        f"{rank} AS place, plan, code",
        *listed,
        given=[*after, limit],
        of_found="SELECT place, plan, code, (SELECT count(*) FROM found) FROM found WHERE (place, plan, code) > (?, ?, ?) "
        "ORDER BY 1, 2, 3 LIMIT ?",
    )
    total = page[0][3] if page else spans("count(*)", *listed)[0][0]
    others = [place for plan in live for place in wanted.places(plan)]
    if wanted.attention == "due-soon":  # an occurrence that was missed does not hide a coming one
        keys, missed = "plan, code, pos_from, day_from", (f"due < {on}", f"last >= {on}", f"bits & {MORE_DUE} > 0")
        with_days = f"SELECT plan, code, later FROM found JOIN reformtrack_spans_{then.generation} USING ({keys})"
        for plan, code, later in spans(keys, *missed, of_found=with_days):
            coming = next((day for day in map(int, later.split()) if day >= on), view_tables.NEVER)
            if coming <= on + wanted.days:
                others.append(Place(coming - on, plan, code))
    places = sorted([*(Place(*row[:3]) for row in page), *(place for place in others if place > after)])
    return places[:limit], total + len(others)
