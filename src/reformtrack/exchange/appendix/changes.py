"""
What a row of an appendix amounts to as events of an activity; what the rules or the fields refuse is a problem of the row.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from reformtrack.domain.activity import (
    ActivityEvent,
    ActivityReassigned,
    ActivityRescheduled,
    ActivityRevised,
    ActivityScheduled,
    ActivityWithdrawn,
)
from reformtrack.domain.errors import ActivityAlreadyCompleted, IllegalHistory, InvalidField
from reformtrack.domain.fields import forbidden_character
from reformtrack.domain.kinds import ACTIVITY, Event
from reformtrack.domain.texts import one_line
from reformtrack.domain.timeline import Record, as_records
from reformtrack.domain.values import Document, StreamId
from reformtrack.domain.wording import folded
from reformtrack.exchange.appendix.agencies import key_of_name
from reformtrack.exchange.appendix.finding import AppendixRow, Problem, problem_in
from reformtrack.exchange.appendix.lines import is_nothing, plain
from reformtrack.exchange.words import retold, unheld
from reformtrack.language import Language
from reformtrack.views.activity import Activity

E = TypeVar("E")
F = TypeVar("F", bound=Event)
Histories = Mapping[StreamId, Sequence[Record[Any]]]

_COLUMNS: Mapping[str, str] = {
    "title": "title",
    "output": "output",
    "domain": "domain",
    "lead": "lead",
    "lead_text": "lead",
    "number": "code",
    "group": "group",
    "supporting": "supporting",
    "deadline": "deadline",
    "budget": "budget",
    "host_fields": "note",
    "id": "code",
}
"""By a field of an event: the column that it is from."""


class Changes:
    """
    Makes the events of rows, and remembers the problems.

    Args:
        plan: the plan's id.
        on: the day of the events.
        year: the plan year.
        document: the amending document; None for an adoption.
        histories: the records of the plan's activities.
        has_groups: whether the file has groups; else those on record stay.
    """

    def __init__(
        self,
        plan: str,
        on: date,
        year: int,
        document: Document | None,
        histories: Histories,
        say: Language,
        has_groups: bool = False,
    ) -> None:
        self.problems: list[Problem] = []
        self._plan, self._on, self._year, self._document = plan, on, year, document
        self._histories, self._say, self.has_groups = histories, say, has_groups

    def scheduled(self, row: AppendixRow, code: str, domain: str) -> Iterator[ActivityEvent]:
        """The event of a new activity; none when the row lacks something, which is a problem already."""
        if row.title and (row.leads or row.has_no_lead) and row.due is not None:
            subject, due = f"{self._plan}/{code}", row.due
            made = self.made(
                row,
                lambda: ActivityScheduled(
                    subject,
                    on=self._on,
                    domain=domain,
                    title=row.title,
                    deadline=due,
                    output=row.output,
                    supporting=row.supporting,
                    budget=row.budget,
                    document=self._document,
                    host_fields=_kept(row),
                    lead=row.leads,
                    lead_text=row.lead_text,
                    number=row.printed_number,
                    group=row.group,
                ),
            )
            yield from self._legal(row, made)

    def changed(self, activity: Activity, row: AppendixRow, domain: str) -> Iterator[ActivityEvent]:
        """What a row says otherwise of an activity. What the file has no column for stays."""
        shared: dict[str, Any] = {"on": self._on, "document": self._document}
        events: list[ActivityEvent] = []
        if revised := self._revised(activity, row, domain):
            events += self.made(row, lambda: ActivityRevised(activity.id, **shared, **revised))
        if row.due is not None and plain(row.deadline) != plain(activity.deadline.text):
            due = row.due
            events += self.made(row, lambda: ActivityRescheduled(activity.id, **shared, deadline=due))
        terms = activity.state.terms
        before = names_of(terms.leads), names_of(terms.supporting)
        leads = row.leads if row.leads or row.has_no_lead else before[0]
        supporting = row.supporting if "supporting" in row.columns else before[1]
        if _keys(leads, supporting) != _keys(*before):  # another spelling is no other agency
            events += self.made(
                row,
                lambda: ActivityReassigned(
                    activity.id, **shared, lead=leads, supporting=supporting, lead_text=row.lead_text
                ),
            )
        yield from self._legal(row, events)

    def _revised(self, activity: Activity, row: AppendixRow, domain: str) -> dict[str, Any]:
        """The fields of a revision: what differs in words and means."""
        terms = activity.state.terms
        given: dict[str, Any] = {"title": _rewrapped(row.title, terms.title) or terms.title, "domain": domain}
        if row.printed_number:
            given["number"] = row.printed_number
        if self.has_groups and list(map(folded, row.group)) != list(map(folded, terms.group)):
            given["group"] = row.group
        if "output" in row.columns:
            given["output"] = _rewrapped(row.output, terms.output)
        if row.budget is not None:
            given["budget"] = row.budget
        elif "budget" in row.columns and terms.budget is not None:
            what = self._say("the plan has a budget for {code}, and the file has none", code=activity.code)
            self.problems.append(
                problem_in(row, "budget", what, self._say("the budget stays as it is"), is_error=False)
            )
        own = terms.host_fields
        mine = {name for name in ("note", "budget", "supporting") if name in row.columns} | {*row.custom}
        kept = {name: _rewrapped(text, own.get(name, "")) for name, text in _kept(row).items()}
        # Another way to write the same figure, or the same list, is no change.
        for name, is_same in (
            ("budget", row.budget is not None and row.budget == terms.budget),
            (
                "supporting",
                list(map(key_of_name, row.supporting)) == list(map(key_of_name, names_of(terms.supporting))),
            ),
        ):
            if is_same and name in mine:
                kept.pop(name, None)
                mine.discard(name)
        given["host_fields"] = {**{name: text for name, text in own.items() if name not in mine}, **kept}
        return {name: value for name, value in given.items() if value != getattr(terms, name)}

    def withdrawn(self, activity: Activity) -> Iterator[ActivityEvent]:
        """The withdrawal of an activity that the file does not have; one that cannot be withdrawn stays, and is said."""
        reason = self._say("not in the amended appendix")
        event = ActivityWithdrawn(activity.id, on=self._on, reason=reason, document=self._document)
        if (refusal := self._refusal([event])) is None:
            yield event
            return
        what = self._say(
            "{code} is not in the file, and stays in the plan: {reason}", code=activity.code, reason=refusal
        )
        self.problems.append(Problem("", "", what, self._say("check whether the file is complete"), is_error=False))

    def _legal(
        self, row: AppendixRow, events: Iterator[ActivityEvent] | list[ActivityEvent]
    ) -> Iterator[ActivityEvent]:
        """The events of one activity, unless a rule refuses them."""
        made = list(events)
        if (refusal := self._refusal(made)) is None:
            yield from made
            return
        what = self._say("{subject} cannot be changed so: {reason}", subject=made[0].subject, reason=refusal)
        self.problems.append(
            problem_in(row, "title", what, self._say("leave the row out, or put the record right first"))
        )

    def _refusal(self, events: Sequence[ActivityEvent]) -> str | None:
        """Why the rules of activities refuse events of one; None when they do not."""
        if not events:
            return None
        history = self._histories.get(events[0].subject, ())
        try:
            ACTIVITY.judge(history, proposed(events, {events[0].subject: history}))
        except ActivityAlreadyCompleted:
            return self._say("it is completed")
        except IllegalHistory as error:
            return retold(error.found, self._say)
        return None

    def made(self, row: AppendixRow, make: Callable[[], E]) -> Iterator[E]:
        """A value; none, and a problem, when the file has something that no field can hold."""
        try:
            yield make()
        except InvalidField as error:
            field = error.field
            if field == "host_fields":  # where the texts of some other cells are kept too
                field = next((name for name, text in row.printed.items() if forbidden_character(text)), field)
            column = _COLUMNS.get(field, "title")
            self.problems.append(problem_in(row, column, *unheld(error, self._say)))


def proposed(events: Sequence[F], histories: Histories) -> list[Record[F]]:
    """Events of a file as the records that they would be."""
    return as_records(events, histories, datetime.now(UTC), "import", "import")


def _keys(leads: Iterable[str], supporting: Iterable[str]) -> tuple[list[str], list[str]]:
    return list(map(key_of_name, leads)), list(map(key_of_name, supporting))


def names_of(names: Iterable[str]) -> tuple[str, ...]:
    """Names on record as a file has them."""
    return tuple(one_line(name) for name in names if not is_nothing(name))


def _rewrapped(text: str, before: str) -> str:
    """A text; the earlier one if the two differ in white space only, or if both are empty."""
    return before if plain(text) == plain(before) or (not text and is_nothing(before)) else text


def _kept(row: AppendixRow) -> dict[str, str]:
    """The host fields of a row: its note, its other columns, and the texts of cells of which another form is recorded."""
    return {**({"note": row.note} if row.note else {}), **row.custom, **row.printed}
