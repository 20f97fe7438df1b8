"""The amounts of a file: how each budget is read, in which unit, and with which decimal sign."""

from collections.abc import Callable, Iterable, Sequence

import attrs

from reformtrack.domain.wording import is_nothing, number
from reformtrack.exchange.appendix.account import Account
from reformtrack.exchange.appendix.finding import UNIT, UNITS, AppendixRow
from reformtrack.exchange.appendix.lines import budget_of, is_unclear_amount, quoted, text_of, unit_of
from reformtrack.exchange.appendix.rows import Item, Line
from reformtrack.exchange.appendix.sheet_reader.cells import cell_name

_LEAST = 100_000
"""The least budget, in đồng, that needs no named unit."""
_MOST = 10**12
"""The largest budget, in đồng, of which it is not asked whether its unit is meant."""


class BudgetsOfFile:
    """
    Reads the budgets of tasks.

    Args:
        account: where is asked what is unclear.
        tables: the tasks of each table.
        is_left: whether a task is left out, and nothing is asked of it.
    """

    def __init__(self, account: Account, tables: Iterable[Sequence[Item]], is_left: Callable[[Item], bool]) -> None:
        self._account, self._say, self._is_left = account, account.say, is_left
        self._signs = signs_in(account, tables, "budget")
        self._without_unit: set[int] = set()

    def read(self, row: AppendixRow, item: Item) -> AppendixRow:
        if not (text := item.get.get("budget", "")) or is_nothing(text):
            return row
        headings, table = item.line.headings, item.line.table
        key = f"{_column_of(item.line, 'budget')}{UNIT}"
        unit = unit_of(self._account.answers.amounts.get(key, "")) or headings.unit or table.unit
        is_answered = row.key("budget").removeprefix("cells:") in self._account.answers.cells
        cell = text if is_answered else item.budget
        budget = budget_of(cell, 1 if unit is None else unit, self._signs[id(table)])
        if budget and not is_answered and item.line.is_merged("budget") and not self._is_left(item):
            what = self._say("the budget {text} is one amount for several tasks", text=quoted(text))
            to_do = self._say("write the amount of each task, or “–” where the first task has it all")
            self._account.ask(row.at("budget"), what, to_do, row.key("budget"), ("–",))
        elif budget and not self._is_left(item):
            if unit is None and unit_of(text) is None and budget < _LEAST:
                self._ask_unit(item, text, key)
            if budget > _MOST and not is_answered:
                what = self._say(
                    "the budget {text} would be {amount} đồng, which is unusually large",
                    text=quoted(text),
                    amount=number(budget, self._say.lang),
                )
                to_do = self._say("write the amount with its unit, as 150 triệu đồng")
                self._account.ask(row.at("budget"), what, to_do, row.key("budget"))
        printed = {} if budget is not None and text == str(budget) else {"budget": text}
        return attrs.evolve(row, budget=budget, printed={**printed, **row.printed})

    def _ask_unit(self, item: Item, text: str, key: str) -> None:
        """Which unit a table's budgets have, once."""
        table = item.line.table
        if id(table) in self._without_unit:
            return
        self._without_unit.add(id(table))
        heading = next(heading for heading in item.line.headings.all.values() if heading.column == "budget")
        what = self._say("no unit is named for the budgets, of which {amount} would be in đồng", amount=quoted(text))
        to_do = self._say("write the heading with its unit, as Kinh phí (triệu đồng) or Kinh phí (đồng)")
        at = item.line.sheet.name, cell_name(*heading.cells[-1])
        self._account.ask(at, what, to_do, f"amounts:{key}", UNITS)


def signs_in(account: Account, tables: Iterable[Sequence[Item]], field: str) -> dict[int, str]:
    """The decimal sign of each table's amounts, where that was said; where it is not clear, it is asked."""
    signs, say, answers = dict[int, str](), account.say, account.answers.amounts
    for items in tables:
        line = items[0].line
        key = _column_of(line, field)
        signs[id(line.table)] = answers.get(key, "")
        cells = {item.line: item.line.raw(field) for item in items}
        if key not in answers and (text := is_unclear_amount(cells.values())):
            at = next(line.at(field) for line, cell in cells.items() if text in text_of(cell))
            what = say(
                "the amount {text} may be two figures: beside it are amounts written in another way", text=f"“{text}”"
            )
            to_do = say("say whether “,” or “.” is the decimal sign of the column")
            account.ask(at, what, to_do, f"amounts:{key}", (",", "."))
    return signs


def _column_of(line: Line, field: str) -> str:
    """The column of a field, as an answer names it: `PL1!F`."""
    return f"{line.sheet.name}!{line.at(field)[1].rstrip('0123456789')}"
