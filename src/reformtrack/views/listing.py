"""
A list of activities: which are asked for and in which order, as one value that an address holds; and the answer to it.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from functools import cached_property
from typing import Any, TypeVar, get_args

import attrs

from reformtrack.domain.errors import InvalidField
from reformtrack.domain.labelled import Labelled
from reformtrack.domain.progress import IN_RATE, Counted, CountingRule
from reformtrack.domain.protected import redacted
from reformtrack.domain.said import said
from reformtrack.domain.status import ProgressStatus, Timeliness
from reformtrack.domain.texts import name_key
from reformtrack.domain.timeline import RecordRetracted
from reformtrack.domain.values import ActivityId
from reformtrack.domain.wording import day_of, folded, sort_key
from reformtrack.views.across import Attention, needing
from reformtrack.views.activity import UNDATED, Activity
from reformtrack.views.agencies import Work
from reformtrack.views.plan import PATH, Plan, code_order
from reformtrack.views.series import part_key, part_of

L = TypeVar("L", bound=Labelled)

NONE = "-"
"""The value of a filter for activities that have nothing of its kind: no heading, no supporting agency."""

LONGEST_SEARCH = 200
"""The most characters that are searched for."""

LISTS: Sequence[Attention] = get_args(Attention)
"""The lists of a plan that need attention."""


@attrs.frozen(slots=False)
class Row:
    """An activity in a list, with the plan that it is of."""

    plan: Plan
    activity: Activity
    counted: Counted
    """What it is counted as, under the rule of the list."""
    lists: frozenset[str]
    """The `LISTS` that it is on."""
    agency: str = ""
    """Who answers for it: the label of a `Work`; empty where nobody asked."""

    @cached_property
    def changed_at(self) -> datetime:
        """The instant at which the latest record of it was made, of those that had taken effect, or took one back."""
        found = self.plan.records[self.activity.id]
        counts = (one for one in found if isinstance(one.event, RecordRetracted) or one.event.on <= self.plan.on)
        return max(record.recorded_at for record in counts)

    @cached_property
    def place(self) -> tuple[Any, ...]:
        """Where it stands among all others: by the title of its plan, then by its code."""
        return sort_key(self.plan.state.title), self.plan.id, code_order(self.activity.id)

    @cached_property
    def _text(self) -> str:
        one, terms = self.activity, self.activity.state.terms
        events = [record.event for record in one.timeline]
        decided = (getattr(event, "document", None) for event in events)
        filed = (document for event in events for document in getattr(event, "evidence", ()))
        documents = (document.text() for document in (*decided, *filed) if document is not None)
        names = (*one.leads, terms.lead_text, *terms.supporting, *terms.host_fields.values())
        texts = (one.title, one.code, one.number, terms.output, one.deadline.text, *names, *documents)
        return "\n".join(folded(redacted(text, str)) for text in texts)

    def has(self, words: Iterable[str]) -> bool:
        """Whether each of several folded words is in its texts, as a whole: 42 is neither in 142 nor in 420."""
        return all(re.search(_whole(word), self._text) for word in words)

    def is_called(self, text: str) -> bool:
        """Whether a text is its printed number, or its code."""
        return name_key(text) in (name_key(self.activity.number), name_key(self.activity.code))


def _whole(word: str) -> str:
    # The words of Vietnamese are syllables: without marks, parts of them would be found nearly everywhere.
    before, after = (r"(?<!\w)" if word[0].isalnum() else ""), (r"(?!\w)" if word[-1].isalnum() else "")
    return before + re.escape(word) + after


def rows_of(
    plan: Plan, activities: Iterable[Activity], rule: CountingRule | None = None, works: Iterable[Work] = ()
) -> list[Row]:
    """
    Activities of a plan as rows of a list.

    Args:
        rule: by which they are counted; default: the plan's own.
        works: who answers for each, if that is asked.

    Raises:
        UnreadableRecord: a record of the plan cannot be read.
    """
    counted, labels = (
        dict(plan.progress(rule).counted),
        {one.id: work.label for work in works for one in work.activities},
    )
    on: dict[ActivityId, set[str]] = {}
    for name in LISTS:
        for one in needing(plan, name):
            on.setdefault(one.id, set()).add(name)
    return [
        Row(plan, one, counted[one.id], frozenset(on.get(one.id, ())), labels.get(one.id, "")) for one in activities
    ]


Values = Iterable[tuple[str, str]]
"""The values of a row, each with its name as the plan prints it."""


def _named(names: Iterable[str]) -> Values:
    return [(name_key(name), name) for name in names]


def _plain(*values: str) -> Values:
    return [(value, value) for value in values]


def _months(activity: Activity, plan: Plan) -> tuple[str, ...]:
    """The parts of the plan of its due days, by their keys."""
    return tuple(part_key(part_of(day, plan), plan) for day in activity.deadline.days) or (UNDATED,)


FACETS: Mapping[str, Callable[[Row], Values]] = {
    "plan": lambda row: [(row.plan.id, row.plan.state.title)],
    "list": lambda row: _plain(*row.lists),
    "status": lambda row: _plain(row.activity.status.value),
    "timeliness": lambda row: _plain(row.activity.timeliness().value),
    "domain": lambda row: [(row.activity.domain, row.plan.domain_title(row.activity.domain))],
    "group": lambda row: _plain(PATH.join(row.activity.group) or NONE),
    "lead": lambda row: _named([row.plan.lead_of(row.activity)]),
    "supporting": lambda row: _named(row.activity.state.terms.supporting) or _plain(NONE),
    "evidence": lambda row: _plain("yes" if row.activity.state.evidence else "no"),
    "counted": lambda row: _plain(row.counted.value),
    "in_rate": lambda row: _plain("1" if row.counted in IN_RATE else "0"),
    "with": lambda row: _plain(*row.plan.lead_keys(row.activity)),
    "month": lambda row: _plain(*_months(row.activity, row.plan)),
    "agency": lambda row: _plain(row.agency),
}
"""What activities are filtered by; the last five have figures behind them."""

OFFERED = ("status", "timeliness", "domain", "group", "lead", "supporting", "evidence", "plan")
"""The filters that a reader chooses from, each with its counts."""

GROUPED = ("status", "timeliness", "domain", "group", "lead", "evidence", "plan")
"""What a list can be grouped by: what has one value of each activity."""

_BY_NAME = ("lead", "with", "supporting")
"""The filters whose values are names, in whatever spelling."""

_ACCEPTED: Mapping[str, Sequence[str]] = {
    "status": [one.value for one in ProgressStatus],
    "timeliness": [one.value for one in Timeliness],
    "counted": [one.value for one in Counted],
    "list": list(LISTS),
    "evidence": ["yes", "no"],
}

SORTS: Mapping[str, Callable[[Row], Any]] = {
    "code": lambda row: code_order(row.activity.id),
    "number": lambda row: sort_key(row.activity.number) if row.activity.number else None,
    "title": lambda row: sort_key(row.activity.title),
    "lead": lambda row: sort_key(row.plan.lead_of(row.activity)),
    "deadline": lambda row: row.activity.due or row.activity.deadline.last,
    "status": lambda row: list(ProgressStatus).index(row.activity.status),
    "overdue": lambda row: row.activity.days_overdue or None,
    "soon": lambda row: next(iter(row.activity.due_within()), None),
    "changed": lambda row: row.changed_at,
}
"""What a list can be sorted by; None comes last, whichever way."""

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
        InvalidField: the address has a value that is none.
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
        for name, accepted in (*_ACCEPTED.items(), ("by", GROUPED), ("rule", [rule.value for rule in CountingRule])):
            _check(name, given.get(name), accepted)
        _check("sort", given.get("sort", "").removeprefix("-") or None, list(SORTS))
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
            **{name: _day(name, given[name]) for name in ("due_from", "due_to", "changed_since") if name in given},
        )

    def address(self, **changes: str) -> dict[str, str]:
        """What the query of its address says; with other values of some names, and without those that are empty."""
        days = {name: getattr(self, name) for name in ("due_from", "due_to", "changed_since")}
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


def _check(name: str, value: str | None, accepted: Sequence[str]) -> None:
    if value is not None and value not in accepted:
        raise InvalidField("query", name, value, said("one of {codes}", codes=", ".join(accepted)))


def _day(name: str, text: str) -> date:
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
        key = name_key(value) if facet in _BY_NAME else value
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
    tests = _tests(wanted, zone)
    facets = {name: of for name, of in FACETS.items() if name in (*OFFERED, "list", "with", *wanted.chosen)}
    values = [{name: dict(of(row)) for name, of in facets.items()} for row in rows]
    failed = [
        {name for name, test in tests.items() if not test(row)}
        | {name for name, value in wanted.chosen.items() if _key(name, value) not in mine[name]}
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
    return name_key(value) if facet in _BY_NAME else value


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
    found = sorted(rows, key=lambda row: row.place)
    sort = wanted.sort or _ORDER_OF.get(wanted.chosen.get("list", ""), "")
    if not sort:
        return sorted(found, key=lambda row: bool(wanted.text) and not row.is_called(wanted.text))
    keys = [(SORTS[sort.removeprefix("-")](row), row) for row in found]
    with_key = sorted((one for one in keys if one[0] is not None), key=lambda one: one[0], reverse=sort[0] == "-")
    return [row for _, row in with_key] + [row for key, row in keys if key is None]
