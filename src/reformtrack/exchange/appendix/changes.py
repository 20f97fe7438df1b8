"""
What a row of an appendix amounts to as events of an activity; what the rules or the fields refuse is a problem of the row.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, TypeVar

from reformtrack.domain.activity import (
    ActivityEvent,
    ActivityReassigned,
    ActivityRescheduled,
    ActivityRevised,
    ActivityScheduled,
    ActivityWithdrawn,
)
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.fields import forbidden_character
from reformtrack.domain.illegal import ActivityAlreadyCompleted, IllegalHistory
from reformtrack.domain.kinds import ACTIVITY, Event
from reformtrack.domain.texts import one_line
from reformtrack.domain.timeline import Record, as_records
from reformtrack.domain.values import Document, StreamId
from reformtrack.domain.wording import folded, is_nothing
from reformtrack.exchange.appendix.agencies import keys_of
from reformtrack.exchange.appendix.finding import AppendixRow, Told
from reformtrack.exchange.appendix.lines import number_before, plain
from reformtrack.exchange.appendix.vocabulary import FIELDS
from reformtrack.exchange.error_words import retold, unheld
from reformtrack.language import Language
from reformtrack.views.activity import Activity

E = TypeVar("E")
F = TypeVar("F", bound=Event)
Histories = Mapping[StreamId, Sequence[Record[Any]]]

_COLUMNS: Mapping[str, str] = {"lead_text": "lead", "number": "code"}
"""By a field of an event: the column that it is from, where it is not called so."""


class Changes(Told):
    """
    Makes the events of rows.

    Args:
        plan: the plan's id.
        on: the day of the events.
        document: the amending document; None for an adoption.
        histories: the records of the plan's activities.
        has_groups: whether the file has groups; else those on record stay.
    """

    def __init__(
        self,
        plan: str,
        on: date,
        document: Document | None,
        histories: Histories,
        say: Language,
        has_groups: bool = False,
    ) -> None:
        super().__init__(say)
        self._plan, self._histories, self._has_groups = plan, histories, has_groups
        self._shared: dict[str, Any] = {"on": on, "document": document}
        """What all the events have."""

    def scheduled(self, row: AppendixRow, code: str, domain: str) -> Iterator[ActivityEvent]:
        """The event of a new activity; none when the row lacks something, which is a problem already."""
        if row.title and (row.leads or row.has_no_lead) and row.due is not None:
            event = partial(
                ActivityScheduled,
                f"{self._plan}/{code}",
                **self._shared,
                domain=domain,
                title=row.title,
                deadline=row.due,
                output=row.output,
                supporting=row.supporting,
                budget=row.budget,
                host_fields=_kept(row),
                lead=row.leads,
                lead_text=row.lead_text,
                number=row.printed_number,
                group=row.group,
            )
            yield from self._legal(row, list(self.made(row, event)))

    def changed(self, activity: Activity, row: AppendixRow, domain: str) -> Iterator[ActivityEvent]:
        """What a row says otherwise of an activity. What the file has no column for stays."""
        id, shared, terms = activity.id, self._shared, activity.state.terms
        events: list[ActivityEvent] = []
        if revised := self._revised(activity, row, domain):
            events += self.made(row, partial(ActivityRevised, id, **shared, **revised))
        years = [{day.year for day in due.days} for due in (row.due, activity.deadline) if due is not None]
        # That of the heading may be another now.
        is_other_year = len(years) == 2 and all(years) and years[0] != years[1]
        if row.due is not None and (is_other_year or plain(row.deadline) != plain(activity.deadline.text)):
            events += self.made(row, partial(ActivityRescheduled, id, **shared, deadline=row.due))
        before = names_of(terms.leads), names_of(terms.supporting)
        leads = row.leads if row.leads or row.has_no_lead else before[0]
        supporting = row.supporting if "supporting" in row.columns else before[1]
        if [keys_of(leads), keys_of(supporting)] != list(map(keys_of, before)):  # another spelling is no other agency
            given: dict[str, Any] = {"lead": leads, "supporting": supporting, "lead_text": row.lead_text}
            events += self.made(row, partial(ActivityReassigned, id, **shared, **given))
        yield from self._legal(row, events)

    def _revised(self, activity: Activity, row: AppendixRow, domain: str) -> dict[str, Any]:
        """The fields of a revision: what differs in words and means."""
        terms = activity.state.terms
        given: dict[str, Any] = {"title": _rewrapped(row.title, terms.title) or terms.title, "domain": domain}
        number, title = number_before(row.title)
        if number and plain(title) == plain(terms.title):
            given["title"] = terms.title
            what = self.say("the number {number} before the title is no part of it", number=number)
            self.tell_left(row.at("title"), what)
        if row.printed_number:
            given["number"] = row.printed_number
        if self._has_groups and list(map(folded, row.group)) != list(map(folded, terms.group)):
            given["group"] = row.group
        if "output" in row.columns:
            given["output"] = _rewrapped(row.output, terms.output)
        if row.budget is not None:
            given["budget"] = row.budget
        elif "budget" in row.columns and terms.budget is not None:
            what = self.say("the plan has a budget for {code}, and the file has none", code=activity.code)
            self.tell(row.at("budget"), what, self.say("the budget stays as it is"))
        own = terms.host_fields
        mine = {name for name in ("note", "budget", "supporting") if name in row.columns} | {*row.custom}
        # Another way to write the same figure, or the same list, is no change.
        if row.budget is not None and row.budget == terms.budget:
            mine.discard("budget")
        if keys_of(row.supporting) == keys_of(names_of(terms.supporting)):
            mine.discard("supporting")
        kept = {name: _rewrapped(text, own.get(name, "")) for name, text in _kept(row).items() if name in mine}
        given["host_fields"] = {**{name: text for name, text in own.items() if name not in mine}, **kept}
        return {name: value for name, value in given.items() if value != getattr(terms, name)}

    def withdrawn(self, activity: Activity) -> Iterator[ActivityEvent]:
        """The withdrawal of an activity that the file does not have; one that cannot be withdrawn stays, and is said."""
        event = ActivityWithdrawn(activity.id, **self._shared, reason=self.say("not in the amended appendix"))
        if (refusal := self._refusal([event])) is None:
            yield event
        else:
            tell_stays(self, activity, refusal)

    def _legal(self, row: AppendixRow, events: Sequence[ActivityEvent]) -> Iterator[ActivityEvent]:
        """The events of one activity, unless a rule refuses them."""
        if (refusal := self._refusal(events)) is None:
            yield from events
            return
        what = self.say("{subject} cannot be changed so: {reason}", subject=events[0].subject, reason=refusal)
        self.ask(row.at("title"), what, self.say("leave the row out, or put the record right first"))

    def _refusal(self, events: Sequence[ActivityEvent]) -> str | None:
        """Why the rules of activities refuse events of one; None when they do not."""
        if not events:
            return None
        history = self._histories.get(events[0].subject, ())
        try:
            ACTIVITY.judge(history, proposed(events, {events[0].subject: history}))
        except ActivityAlreadyCompleted:
            return self.say("it is completed")
        except IllegalHistory as error:
            return retold(error.found, self.say)
        return None

    def made(self, row: AppendixRow, make: Callable[[], E]) -> Iterator[E]:
        """A value; none, and a problem, when the file has something that no field can hold."""
        try:
            yield make()
        except InvalidField as error:
            field = error.field
            if field == "host_fields":  # where the texts of some other cells are kept too
                field = next((name for name, text in row.printed.items() if forbidden_character(text)), "note")
            column = _COLUMNS.get(field, field if field in FIELDS else "title")
            self.ask(row.at(column), *unheld(error, self.say))


def tell_stays(told: Told, activity: Activity, reason: str) -> None:
    """Say that an activity which the file does not have stays in the plan."""
    say = told.say
    what = say("{code} is not in the file, and stays in the plan: {reason}", code=activity.code, reason=reason)
    told.tell(("", ""), what, say("check whether the file is complete"))


def proposed(events: Sequence[F], histories: Histories) -> list[Record[F]]:
    """Events of a file as the records that they would be."""
    return as_records(events, histories, datetime.now(UTC), "import", "import")


def names_of(names: Iterable[str]) -> tuple[str, ...]:
    """Names on record as a file has them."""
    return tuple(one_line(name) for name in names if not is_nothing(name))


def _rewrapped(text: str, before: str) -> str:
    """A text; the earlier one if the two differ in white space only, or if both are empty."""
    return before if plain(text) == plain(before) or (not text and is_nothing(before)) else text


def _kept(row: AppendixRow) -> dict[str, str]:
    """The host fields of a row: its note, its other columns, and the texts of cells of which another form is recorded."""
    return {**({"note": row.note} if row.note else {}), **row.custom, **row.printed}
