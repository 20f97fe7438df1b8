"""The rows of lists of activities: what each is filtered, grouped and sorted by."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, get_args

import attrs

from reformtrack.domain.progress import IN_RATE, Counted, CountingRule
from reformtrack.domain.protected import concealed, redacted
from reformtrack.domain.status import ProgressStatus
from reformtrack.domain.texts import name_key
from reformtrack.domain.timeline import RecordRetracted
from reformtrack.domain.values import ActivityId
from reformtrack.domain.wording import folded, sort_key
from reformtrack.views.across import Attention, needing
from reformtrack.views.activity import UNDATED, Activity
from reformtrack.views.agencies import Work
from reformtrack.views.plan import PATH, Plan, code_order
from reformtrack.views.series import part_key, part_of

NONE = "-"
"""The value of a filter for activities that have nothing of its kind: no heading, no supporting agency."""

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
    return [(concealed(value), value) for value in values]


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
