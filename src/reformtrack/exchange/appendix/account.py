"""
What is told of a file while it is read, and where each of its cells is put.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from reformtrack.domain.deadline import Deadline, DeadlineKind
from reformtrack.domain.deadline_column import DayOrder, entered_in
from reformtrack.domain.deadline_text import MAX_TEXT
from reformtrack.domain.errors import InvalidField
from reformtrack.exchange.appendix.finding import Answers, DraftCell, DraftRow, Told
from reformtrack.exchange.appendix.headings import own_texts
from reformtrack.exchange.appendix.lines import is_nothing, quoted, unread
from reformtrack.exchange.appendix.rows import Line
from reformtrack.exchange.appendix.sheet_reader.cells import cell_name
from reformtrack.exchange.appendix.sheets import Sheet
from reformtrack.exchange.appendix.vocabulary import ACTIVITIES, PARTS, Vocabulary, role_of
from reformtrack.language import Language


class Account(Told):
    """What the reading of a file has told and asked so far, and what its rows became."""

    def __init__(
        self,
        say: Language,
        year: int,
        answers: Answers | None,
        days: tuple[date, date] | None = None,
        of: Vocabulary = ACTIVITIES,
    ) -> None:
        super().__init__(say)
        self.of, self.days, self.answers = of, days, answers or Answers()
        self.year, self.chooses_year = year or 2000, bool(year)
        self.rows: list[DraftRow] = []

    def entered(self, text: str, order: DayOrder = "undecided") -> Deadline:
        """A deadline; of a text that is too long, only its beginning is read."""
        return _entered(text[: MAX_TEXT + 1], self.year, order, self.days)

    def kind_of(self, text: str) -> DeadlineKind | None:
        """What a text says as a deadline; None where it has a day that does not exist."""
        try:
            return self.entered(text).kind
        except InvalidField:
            return None

    def reads(self, text: str) -> bool:
        """Whether a text alone says when."""
        return self.kind_of(text) is not DeadlineKind.UNSPECIFIED

    def put(self, sheet: Sheet, number: int, became: str) -> None:
        """A row that is no part of a table, or is a heading."""
        self._put(sheet, number, became, own_texts(sheet, number))

    def put_line(self, line: Line, became: str, each: Mapping[int, str] | None = None, why: str = "") -> None:
        """A row of a table; its cells became the same, or each its own."""
        self._put(line.sheet, line.number, became, line.own, each, why)

    def _put(
        self,
        sheet: Sheet,
        number: int,
        became: str,
        own: Mapping[int, str],
        each: Mapping[int, str] | None = None,
        why: str = "",
    ) -> None:
        cells = (DraftCell(cell_name(number, at), text, each[at] if each else became) for at, text in own.items())
        if own:
            row = DraftRow(sheet=sheet.name, number=number + 1, became=became, why=why, cells=tuple(cells))
            self.rows.append(row)

    def put_fields(self, line: Line, became: str) -> None:
        """A row whose cells are fields of an activity."""
        self.put_line(line, became, {place: self._field(line, place, text) for place, text in line.own.items()})

    def _field(self, line: Line, place: int, text: str) -> str:
        heading = line.headings.all.get(place)
        column = heading.column if heading is not None else "left"
        if column == "left" or self.is_left_cell(line.sheet, line.number, place):
            if heading is None and not self.is_left_cell(line.sheet, line.number, place):
                what = self.say("the text {text} stands in a column without a heading", text=quoted(text))
                self.tell(line.at(place), what, self.say("it is not imported"))
            return "left"
        if column in ("tick", *PARTS):
            return "deadline"
        if column == "role":
            return role_of(text) or "unclear"
        if column in ("start", "both"):
            column = "custom"
        return "empty" if is_nothing(text) and column not in ("title", "code", "budget", "custom") else column

    def check_cell(self, sheet: Sheet, number: int, place: int) -> None:
        """Tell of a cell that says nothing that can be taken."""
        name = cell_name(number, place)
        found = unread(sheet, number, place, self.say)
        if found is not None and f"{sheet.name}!{name}" not in self.answers.cells:
            put = self.tell if isinstance(sheet.rows[number][place], bool) else self.ask
            put((sheet.name, name), *found)

    def is_left_cell(self, sheet: Sheet, number: int, place: int) -> bool:
        """Whether a cell is struck out, or its column is hidden, and nobody says that it is meant."""
        if place not in sheet.hidden_columns and not sheet.struck:
            return False
        name, column = cell_name(number, place), cell_name(0, place)[:-1]
        if f"{sheet.name}!{name}" in self.answers.cells:
            return False
        is_hidden = place in sheet.hidden_columns and f"{sheet.name}!{column}" not in self.answers.columns
        return is_hidden or name in sheet.struck


@lru_cache(maxsize=4_096)
def _entered(text: str, year: int, order: DayOrder, days: tuple[date, date] | None) -> Deadline:
    """A deadline; many rows of a plan have the same."""
    return entered_in(order, text, year) if days is None else Deadline.entered(text, year, days)
