"""
The deadlines of a file: how each is read, and what is told of it.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date

import attrs

from reformtrack.domain.deadline import Deadline, DeadlineKind
from reformtrack.domain.deadline_column import DayOrder, checked_bounds, day_order, serial_day
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.texts import one_line
from reformtrack.domain.wording import day
from reformtrack.exchange.appendix.account import Account, how_read_once
from reformtrack.exchange.appendix.agencies import is_alone
from reformtrack.exchange.appendix.finding import AppendixRow, problem_in
from reformtrack.exchange.appendix.lines import plain
from reformtrack.exchange.appendix.rows import Item
from reformtrack.exchange.words import retold


class DeadlinesOfFile:
    """
    Reads the deadlines of tasks.

    Args:
        account: where is told how they are read, and asked what cannot be.
        tables: the tasks of each table.
    """

    def __init__(self, account: Account, tables: Iterable[Sequence[Item]]) -> None:
        self._account, self._say, self._answers = account, account.say, account.answers
        self._orders = {id(items[0].line.table): self._order_in(items) for items in tables}

    def _order_in(self, items: Sequence[Item]) -> DayOrder:
        """The order of day and month in the deadlines of a table, as one of them proves."""
        order = day_order(item.get.get("deadline", "") for item in items)
        if order == "mdy":
            item = next(i for i in items if day_order([i.get.get("deadline", "")]) == "mdy")
            what = self._say(
                "the column has days with the month first, as {text}", text=f"“{item.get['deadline'][:40]}”"
            )
            to_do = self._say("all its days are read with the month first")
            self._account.tell(item.line.table.sheet.name, item.line.cell("deadline"), what, to_do)
        return order

    def of(self, row: AppendixRow, item: Item) -> Deadline | None:
        """The deadline of a row; none and a problem where it has a day that does not exist, or may be two things."""
        say, printed = self._say, row.deadline
        shown = f"“{printed[:80]}”"
        text = next(
            (answer for given, answer in self._answers.deadlines.items() if plain(given) == plain(printed)), printed
        )
        ask = f"deadlines:{plain(printed)}"
        to_do = say("write it as 31/8/2023, Quý III or Thường xuyên, if it has a day")
        try:
            due = self._account.entered(text, self._orders[id(item.line.table)])
        except InvalidField:
            what = say("the deadline {text} has a day that does not exist", text=shown)
            self._account.problems.append(problem_in(row, "deadline", what, to_do, ask=ask))
            return None
        if due.kind is DeadlineKind.UNSPECIFIED:
            return attrs.evolve(due, text=printed) if self._tell_unread(row, item, text, ask, to_do) else None
        self._tell_read(row, due, text, ask)
        return attrs.evolve(due, text=printed)

    def _tell_read(self, row: AppendixRow, due: Deadline, text: str, ask: str) -> None:
        """How a deadline was read, where people may have meant otherwise; and whether it is in the plan's days."""
        say, shown = self._say, f"“{row.deadline[:80]}”"
        if how := how_read_once(text, self._account.year):
            what = say("the deadline {text} was read: {how}", text=shown, how=retold(how, say))
            self._account.problems.append(
                problem_in(row, "deadline", what, say("nothing, if it is meant so"), is_error=False)
            )
        if not self._account.chooses_year:
            return
        try:
            bounds = checked_bounds(
                due, *(self._account.days or (date(self._account.year, 1, 1), date(self._account.year, 12, 31)))
            )
        except InvalidField as error:
            what = say("the deadline {text} is not in the plan's years", text=shown)
            self._account.problems.append(problem_in(row, "deadline", what, retold(error.accepted, say), ask=ask))
            return
        if bounds:
            what = say("the deadline {text} is after the plan's last day", text=shown)
            self._account.problems.append(
                problem_in(row, "deadline", what, say("nothing, if it is meant so"), is_error=False)
            )

    def _tell_unread(self, row: AppendixRow, item: Item, text: str, ask: str, to_do: str) -> bool:
        """Say of a deadline that no day was read from it. Whether it can be kept so."""
        say, shown = self._say, f"“{text[:80]}”"
        others = {"output": row.output, "note": row.note, **row.custom}
        for name, other in others.items():
            kind = self._account.kind_of(other) if other and len(other) <= 40 else None
            if kind not in (
                None,
                DeadlineKind.UNSPECIFIED,
                DeadlineKind.REGULAR,
                DeadlineKind.DEPENDENT,
            ) and name != _start_of(item):
                what = say(
                    "the deadline {text} is no day, and {other} stands in another column",
                    text=shown,
                    other=f"“{other}”",
                )
                self._account.problems.append(
                    problem_in(
                        row,
                        "deadline",
                        what,
                        say("put each text in its column, or write the deadline"),
                        ask=f"cells:{row.sheet}!{item.line.cell('deadline')}",
                    )
                )
                return False
        if is_alone(text):
            what = say("the deadline {text} is the name of an agency", text=shown)
            to_do = say("put each text in its column, or write the deadline")
            self._account.problems.append(problem_in(row, "deadline", what, to_do, ask=ask))
            return False
        if re.fullmatch(r"(?:0?[1-9]|1[0-2]) ?[/-] ?[0-9]{2}", text):
            what = say("the deadline {text} may be a day or a month", text=shown)
            self._account.problems.append(problem_in(row, "deadline", what, to_do, ask=ask))
            return False
        what = say("the deadline {text} is kept, but no day was read from it", text=shown)
        if (serial := serial_day(text)) is not None:
            shown_day = day(serial, say.lang)
            what = say("the deadline {text} looks like the number of a day in Excel: {day}", text=shown, day=shown_day)
        self._account.problems.append(problem_in(row, "deadline", what, to_do, is_error=False))
        return True


def _start_of(item: Item) -> str:
    """The heading of the days on which work starts."""
    headings = item.line.table.headings
    return next((one_line(headings.all[place].text) for place in headings.places("start")), "")
