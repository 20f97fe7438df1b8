"""The deadlines of a file: how each is read, and what is told of it."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

import attrs

from reformtrack.domain.deadline import Deadline, DeadlineKind
from reformtrack.domain.deadline_column import DayOrder, checked_bounds, day_order, serial_day
from reformtrack.domain.deadline_text import MAX_TEXT, how_read
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.texts import one_line
from reformtrack.domain.wording import day, folded
from reformtrack.exchange.appendix.account import Account
from reformtrack.exchange.appendix.agencies import is_alone
from reformtrack.exchange.appendix.finding import AppendixRow
from reformtrack.exchange.appendix.lines import is_error, plain, quoted, text_of
from reformtrack.exchange.appendix.rows import Item
from reformtrack.exchange.appendix.vocabulary import years_in
from reformtrack.exchange.error_words import retold

_WHOLE_DAY = re.compile(r"([0-9]{1,2})/[0-9]{1,2}/[0-9]{4}")
_OF_HEADING = re.compile(
    r"(?!.*\b(?:theo|quyet dinh|nghi quyet|truoc|sau|so)\b)[a-z ,/(-]*?(?:nam )?(20[0-9]{2})\)?(?: ?\([a-z]+\))?[ .*]*"
)
"""A heading that names only a year, as Thời hạn (năm 2026), without marks and capitals."""
_OF_TITLE = re.compile(
    r"(?:(?:cac )?(?:nhiem vu|hoat dong|noi dung|cong viec|cong tac|ke hoach|cai cach)\b(?!.*20[0-9]{2}.*20[0-9]{2})"
    r"(?!.*\b(?:theo|nghi quyet|luat|chuan bi|chuyen tiep|du toan|sang|cho nam|xay dung ke hoach)\b).*\b)?"
    r"nam (20[0-9]{2})(?: ?\([^()]*\))?[ .:]*"
)
"""A title of tasks that ends in a year, as NHIỆM VỤ NĂM 2026, or is one."""
_SAYS_WHEN = re.compile(r"[0-9]|\b(?:quý|tháng|năm|ngày|đột xuất)\b", re.IGNORECASE)
_WRITTEN_DAY = re.compile(r"(?:0?[1-9]|1[0-2])[/.-](?:0?[1-9]|1[0-2])[/.-]20[0-9]{2}")
"""A day that is another one with its month first."""
_how_read = lru_cache(maxsize=4_096)(how_read)  # many rows of a plan have the same text


def _may_be_swapped(items: Sequence[Item]) -> bool:
    """
    Whether Excel may have taken days for others: typed in Viet Nam on an American machine, 3/4 becomes a day, the fourth of
    March, and 15/3 stays a text.
    """
    cells = [cell for item in items if isinstance(cell := item.line.raw("deadline"), date)]
    texts = (item.get.get("deadline", "") for item in items if not isinstance(item.line.raw("deadline"), date))
    days = [int(found[1]) for text in texts if (found := _WHOLE_DAY.fullmatch(text.strip()))]
    is_split = all(cell.day <= 12 for cell in cells) and all(day > 12 for day in days)
    return is_split and bool(cells and days) and len(cells) + len(days) > 2


class DeadlinesOfFile:
    """
    Reads the deadlines of tasks.

    Args:
        account: where is told how they are read, and asked what cannot be.
        tables: the tasks of each table.
    """

    def __init__(self, account: Account, tables: Iterable[Sequence[Item]]) -> None:
        self._account, self._say = account, account.say
        self._answers = {plain(text): answer for text, answer in reversed([*account.answers.deadlines.items()])}
        self._told: set[tuple[int, str]] = set()
        tables = list(tables)
        self._orders = {id(items[0].line.table): self._order_in(items) for items in tables}
        self._swapped = {id(items[0].line.table) for items in tables if _may_be_swapped(items)}

    def _order_in(self, items: Sequence[Item]) -> DayOrder:
        """The order of day and month in the deadlines of a table, as one of them proves."""
        texts = (item for item in items if not isinstance(item.line.raw("deadline"), date))
        order = day_order(item.get.get("deadline", "") for item in texts)
        if order == "mdy":
            item = next(i for i in items if day_order([i.get.get("deadline", "")]) == "mdy")
            shown = quoted(item.get["deadline"], 40)
            what = self._say("the column has days with the month first, as {text}", text=shown)
            self._account.tell(item.line.at("deadline"), what, self._say("all its days are read with the month first"))
        return order

    def of(self, row: AppendixRow, item: Item) -> Deadline | None:
        """The deadline of a row; none and a problem where it has a day that does not exist, or may be two things."""
        text = self._answers.get(plain(row.deadline), row.deadline)
        is_told, cell = text != row.deadline, item.line.raw("deadline")
        order: DayOrder = "undecided" if is_told else self._orders[id(item.line.table)]
        if isinstance(cell, date) and text == text_of(cell):
            doubt, shown = "", quoted(text)
            if order == "mdy" and cell.day <= 12:  # 3/4 as typed may have become the third of April
                doubt = self._say("the day {text} may have its month first, as others of its column", text=shown)
            elif id(item.line.table) in self._swapped:
                doubt = self._say("the day {text} may be swapped: of its column only later days are texts", text=shown)
            if doubt:
                self._ask(row, doubt)
                return None
            order = "undecided" if order == "mdy" else order
        elif order == "contradicting" and _WRITTEN_DAY.fullmatch(text.strip()):
            self._ask(
                row, self._say("the day {text} may have its month first, as others of its column", text=quoted(text))
            )
            return None
        try:
            is_of_year = is_told or bool(years_in(text))
            due = self._account.entered(text, order, 0 if is_of_year else self._year_around(item))
        except InvalidField:
            self._ask(row, self._say("the deadline {text} has a day that does not exist", text=quoted(row.deadline)))
            return None
        if due.kind is DeadlineKind.UNSPECIFIED and not self._is_kept(row, item, text):
            return None
        if due.kind is not DeadlineKind.UNSPECIFIED:
            self._tell_read(row, due, text)
        return attrs.evolve(due, text=row.deadline)

    def _year_around(self, item: Item) -> int:
        """The year that the heading of the deadlines names, or the title above the task; 0 where neither names one."""
        line = item.line
        if year_ := item.get.get("year", ""):  # of a column of its own
            return int(year_)
        place = line.headings.columns.get("deadline")
        of_heading = _OF_HEADING.fullmatch(folded(line.headings.all[place].text)) if place is not None else None
        titles = (found[1] for one in reversed(item.path) if (found := _OF_TITLE.fullmatch(folded(one.title))))
        year = of_heading[1] if of_heading else next(titles, "")
        # A title may speak of a year that is over, whose tasks go on.
        if not year or not self._account.chooses_year or (not of_heading and int(year) < self._account.year):
            return 0
        if (id(line.table), year) not in self._told and int(year) != self._account.year:
            self._told.add((id(line.table), year))
            what = self._say(
                "deadlines that name no year are of {year}, as the heading or the title above them", year=year
            )
            self._account.tell(line.at("deadline"), what, self._say("nothing, if it is meant so"))
        return int(year)

    def _ask(self, row: AppendixRow, what: str, to_do: str = "", key: str = "") -> None:
        to_do = to_do or self._to_do
        self._account.ask(row.at("deadline"), what, to_do, key or f"deadlines:{plain(row.deadline)}")

    @property
    def _to_do(self) -> str:
        return self._say("write it as 31/8/2023, Quý III or Thường xuyên, if it has a day")

    def _tell_read(self, row: AppendixRow, due: Deadline, text: str) -> None:
        """How a deadline was read, where people may have meant otherwise; and whether it is in the plan's days."""
        say, account, shown = self._say, self._account, quoted(row.deadline)
        if how := _how_read(text[: MAX_TEXT + 1], account.year):
            what = say("the deadline {text} was read: {how}", text=shown, how=retold(how, say))
            account.tell(row.at("deadline"), what, say("nothing, if it is meant so"))
        if not account.chooses_year:
            return
        first, last = account.days or (date(account.year, 1, 1), date(account.year, 12, 31))
        try:
            is_after = bool(checked_bounds(due, first, last))
        except InvalidField as error:
            what = say("the deadline {text} is not in the plan's years", text=shown)
            self._ask(row, what, retold(error.accepted, say))
            return
        if is_after:
            what = say("the deadline {text} is after the plan's last day", text=shown)
            account.tell(row.at("deadline"), what, say("nothing, if it is meant so"))

    def _is_kept(self, row: AppendixRow, item: Item, text: str) -> bool:
        """Say of a deadline that no day was read from it. Whether it can be kept so."""
        if is_error(text):
            return True  # its cell is asked about
        say, shown = self._say, quoted(text)
        to_do = say("put each text in its column, or write the deadline")
        headings = item.line.headings
        start = next((one_line(headings.all[place].text) for place in headings.places("start")), "")
        for name, other in {"output": row.output, "note": row.note, **row.custom}.items():
            if other and len(other) <= 40 and name != start and self._account.has_days(other):
                what = say(
                    "the deadline {text} is no day, and {other} stands in another column",
                    text=shown,
                    other=f"“{other}”",
                )
                sheet, cell = item.line.at("deadline")
                self._ask(row, what, to_do, f"cells:{sheet}!{cell}")
                return False
        if is_alone(text) and not _SAYS_WHEN.search(text):
            self._ask(row, say("the deadline {text} is the name of an agency", text=shown), to_do)
            return False
        if re.fullmatch(r"(?:0?[1-9]|1[0-2]) ?[/-] ?[0-9]{2}", text):
            self._ask(row, say("the deadline {text} may be a day or a month", text=shown))
            return False
        what = say("the deadline {text} is kept, but no day was read from it", text=shown)
        if (serial := serial_day(text)) is not None:
            day_ = day(serial, say.lang)
            what = say("the deadline {text} looks like the number of a day in Excel: {day}", text=shown, day=day_)
        self._account.tell(row.at("deadline"), what, self._to_do, f"deadlines:{plain(row.deadline)}")
        return True
