"""A list of activities: which are asked for and in which order, as one value that an address holds; and the answer to it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, tzinfo
from operator import attrgetter

import attrs

from reformtrack.domain.arguments import one_of
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.progress import Counted, CountingRule
from reformtrack.domain.protected import concealed
from reformtrack.domain.said import said
from reformtrack.domain.status import ProgressStatus, Timeliness
from reformtrack.domain.texts import name_key
from reformtrack.domain.wording import day_of, folded, sort_key
from reformtrack.views.list_rows import FACETS, GROUPED, LISTS, OFFERED, SORTS, Row

LONGEST_SEARCH = 200
"""The most characters that are searched for."""

LIST_DAYS = ("due_from", "due_to", "changed_since")
"""The days that a list is asked by, besides the two clocks."""

_BY_NAME = ("lead", "with", "supporting")
"""The filters whose values are names, in whatever spelling."""

_ACCEPTED: Mapping[str, Sequence[str]] = {
    "status": [one.value for one in ProgressStatus],
    "timeliness": [one.value for one in Timeliness],
    "counted": [one.value for one in Counted],
    "list": list(LISTS),
    "evidence": ["yes", "no"],
}

_ORDER_OF = {"overdue": "-overdue", "due-soon": "soon"}
"""The order of the lists that have one of their own."""


@attrs.frozen
class Wanted:
    """
    Which activities a list has and how they are shown: everything that its address says besides the clocks.

    >>> found = Wanted.read({"status": "completed", "q": "chứng thực", "sort": "-deadline"})
    >>> found.chosen, found.text, Wanted.read(found.address()) == found
    ({'status': 'completed'}, 'chứng thực', True)

    Raises:
        InvalidField: a value of the address is not accepted.
    """

    chosen: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    """The value of each of `FACETS` that is asked for."""
    text: str = ""
    due_from: date | None = None
    due_to: date | None = None
    """Something is due from and to these days, both in it."""
    changed_since: date | None = None
    """Something was recorded on this local day or later."""
    rule: CountingRule | None = None
    """By which rule they are counted; None for the plan's own."""
    sort: str = ""
    """One of `SORTS`, with a minus for the other way round."""
    by: str = ""
    """One of `GROUPED`."""
    columns: tuple[str, ...] = ()
    """The columns, in order; none for those that the list has by itself."""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Wanted":
        """What the query of an address asks for; empty values, and what else it says, are ignored."""
        given = {name: value for name, value in query.items() if value}
        accepted: Mapping[str, Sequence[str]] = {
            **_ACCEPTED,
            "by": GROUPED,
            "in_rate": ["1"],
            "rule": [rule.value for rule in CountingRule],
            "sort": [way + name for name in SORTS for way in ("", "-")],
        }
        for name, texts in accepted.items():
            if name in given:
                one_of("query", name, given[name], texts)
        if len(given.get("q", "")) > LONGEST_SEARCH:
            accepted_ = said("at most {most} characters", most=LONGEST_SEARCH)
            raise InvalidField("query", "q", given["q"][:LONGEST_SEARCH], accepted_)
        return cls(
            chosen={name: given[name] for name in FACETS if name in given},
            text=given.get("q", "").strip(),
            rule=CountingRule(given["rule"]) if "rule" in given else None,
            sort=given.get("sort", ""),
            by=given.get("by", ""),
            columns=tuple(dict.fromkeys(name for name in given.get("columns", "").split(",") if name)),
            **{name: day_in(name, given[name]) for name in LIST_DAYS if name in given},
        )

    def address(self, **changes: str) -> dict[str, str]:
        """What the query of its address says; with other values of some names, and without those that are empty."""
        days = {name: getattr(self, name) for name in LIST_DAYS}
        found = {
            **self.chosen,
            "q": self.text,
            **{name: day.isoformat() for name, day in days.items() if day},
            "rule": self.rule.value if self.rule else "",
            "sort": self.sort,
            "by": self.by,
            "columns": ",".join(self.columns),
            **changes,
        }
        return {name: value for name, value in found.items() if value}

    @property
    def conditions(self) -> Mapping[str, tuple[str, ...]]:
        """What narrows the list, by the names that its address has for each."""
        days = {"due": ("due_from", "due_to"), "changed_since": ("changed_since",)}
        found = {name: (name,) for name in self.chosen} | ({"q": ("q",)} if self.text else {})
        return found | {name: of for name, of in days.items() if any(getattr(self, one) for one in of)}

    def without(self, condition: str) -> dict[str, str]:
        """The address without one condition."""
        return self.address(**dict.fromkeys(self.conditions[condition], ""))


def day_in(name: str, text: str) -> date:
    """
    A day in a query.

    Raises:
        InvalidField: the text is no day.
    """
    try:
        return day_of(text)
    except ValueError:
        raise InvalidField("query", name, text, said("a day, as 30/06/2023 or 2023-06-30")) from None


@attrs.frozen
class Option:
    """A value of a filter."""

    value: str
    name: str
    """As the plan prints it; for a state its value."""
    count: int
    """How many activities are in the list when it is chosen, with all else that is asked."""


@attrs.frozen
class Listing:
    """The answer to what is wanted."""

    wanted: Wanted
    rows: tuple[Row, ...]
    """All of them, in order; in the order of the groups first."""
    of: int
    """How many there are without any condition."""
    options: Mapping[str, tuple[Option, ...]]
    """The values of each filter that is offered or asked, in its order: those that lead to an activity, and the chosen one."""
    without: Mapping[str, int]
    """How many there are without each condition."""

    def key(self, facet: str) -> str:
        """The chosen value of a filter, as its options have it; empty where none is."""
        return _key(facet, self.wanted.chosen.get(facet, ""))

    def name(self, facet: str, value: str) -> str:
        """The name of a value; itself where no activity has it."""
        key = _key(facet, value)
        return next((one.name for one in self.options.get(facet, ()) if one.value == key), value)

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """The counts beside the filters of the API: there a lead is one alone or with others."""
        of = {name: name for name in (*OFFERED, "list")} | {"lead": "with"}
        return {name: {one.value: one.count for one in self.options[facet]} for name, facet in of.items()}

    def after(self, row: Row) -> tuple[Row, ...]:
        """The rows that come after one in this order, whether or not it is among them."""
        ordered = _in_order({one.activity.id: one for one in (*self.rows, row)}.values(), self.wanted)
        place = next(n for n, one in enumerate(ordered) if one.activity.id == row.activity.id)
        return tuple(ordered[place + 1 :])

    def group_of(self, row: Row) -> Option:
        """The group in which a row stands; its count is how many stand there."""
        key = next(value for value, _ in FACETS[self.wanted.by](row))
        return next(one for one in self.options[self.wanted.by] if one.value == key)


def listing(rows: Sequence[Row], wanted: Wanted, zone: tzinfo) -> Listing:
    """
    The rows that are wanted, in order, with the counts beside each filter.

    Args:
        rows: of one plan, or of several.
        zone: the time zone of the store, in which days begin.
    """
    # Groups, and of the spellings of a name the one that is shown, go by it.
    rows = sorted(rows, key=attrgetter("place"))
    tests, keys = _tests(wanted, zone), {name: _key(name, value) for name, value in wanted.chosen.items()}
    facets = {name: of for name, of in FACETS.items() if name in (*OFFERED, "list", "with", *wanted.chosen)}
    values = [{name: dict(of(row)) for name, of in facets.items()} for row in rows]
    failed = [
        {name for name, test in tests.items() if not test(row)}
        | {name for name, key in keys.items() if key not in mine[name]}
        for row, mine in zip(rows, values, strict=True)
    ]
    options: dict[str, tuple[Option, ...]] = {}
    for facet in facets:
        counts: Counter[str] = Counter()
        names: dict[str, dict[str, None]] = {}
        for mine, why in zip(values, failed, strict=True):
            for value, name in mine[facet].items():
                counts[value] += why <= {facet}
                names.setdefault(value, {})[name] = None
        options[facet] = _options(facet, counts, names, wanted, rows)
    chosen = _in_order([row for row, why in zip(rows, failed, strict=True) if not why], wanted)
    if wanted.by:
        places = {one.value: place for place, one in enumerate(options[wanted.by])}
        chosen.sort(key=lambda row: places[next(value for value, _ in FACETS[wanted.by](row))])
    without = {name: sum(why <= {name} for why in failed) for name in wanted.conditions}
    return Listing(wanted, tuple(chosen), len(rows), options, without)


def _key(facet: str, value: str) -> str:
    return name_key(value) if facet in _BY_NAME else concealed(value)


def _tests(wanted: Wanted, zone: tzinfo) -> dict[str, Callable[[Row], bool]]:
    tests: dict[str, Callable[[Row], bool]] = {}
    if wanted.text:
        words = folded(wanted.text).split()
        tests["q"] = lambda row: row.is_called(wanted.text) or row.has(words)
    if wanted.due_from or wanted.due_to:
        first, last = wanted.due_from or date.min, wanted.due_to or date.max
        tests["due"] = lambda row: any(first <= day <= last for day in row.activity.deadline.days)
    if since := wanted.changed_since:
        tests["changed_since"] = lambda row: row.changed_at.astimezone(zone).date() >= since
    return tests


def _options(
    facet: str, counts: Mapping[str, int], names: Mapping[str, Iterable[str]], wanted: Wanted, rows: Sequence[Row]
) -> tuple[Option, ...]:
    chosen = _key(facet, wanted.chosen.get(facet, ""))
    # One code may be of domains with several titles, in several plans; of the spellings of a name, one is enough.
    found = [
        Option(value, " / ".join(names[value]) if facet == "domain" else next(iter(names[value])), count)
        for value, count in counts.items()
        if count or value == chosen
    ]
    if facet in _ACCEPTED:
        return tuple(sorted(found, key=lambda one: list(_ACCEPTED[facet]).index(one.value)))
    if facet == "domain":
        order = {domain.code: n for row in reversed(rows) for n, domain in enumerate(row.plan.state.domains)}
        return tuple(sorted(found, key=lambda one: order.get(one.value, len(order))))
    return tuple(found if facet == "group" else sorted(found, key=lambda one: sort_key(one.name)))


def _in_order(rows: Iterable[Row], wanted: Wanted) -> list[Row]:
    """In the order that is asked for; equal ones by plan and code, so that it is one whatever order they came in."""
    found = sorted(rows, key=attrgetter("place"))
    sort = wanted.sort or _ORDER_OF.get(wanted.chosen.get("list", ""), "")
    if not sort:
        return sorted(found, key=lambda row: bool(wanted.text) and not row.is_called(wanted.text))
    keys = [(SORTS[sort.removeprefix("-")](row), row) for row in found]
    with_key = sorted((one for one in keys if one[0] is not None), key=lambda one: one[0], reverse=sort[0] == "-")
    return [row for _, row in with_key] + [row for key, row in keys if key is None]
