"""
What is told of a file while it is read, and where each of its cells is put.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from reformtrack.domain.deadline import Deadline, DeadlineKind
from reformtrack.domain.deadline_column import DayOrder, entered_in
from reformtrack.domain.deadline_text import MAX_TEXT, how_read
from reformtrack.domain.errors import InvalidField
from reformtrack.exchange.appendix.finding import (
    Answers,
    DraftCell,
    DraftRow,
    Problem,
)
from reformtrack.exchange.appendix.headings import role_of
from reformtrack.exchange.appendix.lines import (
    is_nothing,
    unread,
)
from reformtrack.exchange.appendix.rows import Line
from reformtrack.exchange.appendix.sheet_reader import cell_name
from reformtrack.exchange.appendix.sheets import Sheet
from reformtrack.exchange.appendix.vocabulary import ACTIVITIES, Vocabulary
from reformtrack.language import Language


class Account:
    """What the reading of a file has told and asked so far, and what its rows became."""

    def __init__(
        self,
        say: Language,
        year: int,
        days: tuple[date, date] | None,
        answers: Answers,
        chooses_year: bool,
        of: Vocabulary = ACTIVITIES,
    ) -> None:
        self.of = of
        self.say, self.year, self.days, self.answers, self.chooses_year = say, year, days, answers, chooses_year
        self.problems: list[Problem] = []
        self.rows: list[DraftRow] = []

    def kind_of(self, text: str) -> DeadlineKind | None:
        try:
            return self.entered(text).kind
        except InvalidField:
            return None

    def reads(self, text: str) -> bool:
        """Whether a text alone says when."""
        return self.kind_of(text) is not DeadlineKind.UNSPECIFIED

    def tell(self, sheet: str, cell: str, what: str, to_do: str, is_error: bool = False) -> None:
        self.problems.append(Problem(sheet, cell, what, to_do, is_error))

    def ask(self, sheet: str, cell: str, what: str, to_do: str, ask: str, choices: Sequence[str] = ()) -> None:
        self.problems.append(Problem(sheet, cell, what, to_do, True, ask, tuple(choices)))

    def put(self, sheet: Sheet, number: int, became: str, own: Mapping[int, str], each: str, why: str = "") -> None:
        """A row whose cells all became one thing."""
        if own:
            cells = tuple(DraftCell(cell_name(number, place), text, each) for place, text in own.items())
            self.rows.append(DraftRow(sheet=sheet.name, number=number + 1, became=became, why=why, cells=cells))

    def put_each(self, line: Line, became: str, each: Mapping[int, str]) -> None:
        cells = tuple(DraftCell(cell_name(line.number, place), text, each[place]) for place, text in line.own.items())
        self.rows.append(DraftRow(sheet=line.table.sheet.name, number=line.number + 1, became=became, cells=cells))

    def put_fields(self, line: Line, became: str) -> None:
        """A row whose cells are fields of an activity."""
        sheet, each = line.table.sheet, {}
        for place, text in line.own.items():
            heading = line.table.headings.all.get(place)
            if self.is_left_cell(sheet, line.number, place) or (heading is not None and heading.column == "left"):
                each[place] = "left"
            elif heading is None:
                each[place] = "left"
                name = cell_name(line.number, place)
                what = self.say("the text {text} stands in a column without a heading", text=f"“{text[:80]}”")
                self.tell(sheet.name, name, what, self.say("it is not imported"))
            elif heading.column in ("tick", "quarter", "month", "year", "day"):
                each[place] = "deadline"
            elif heading.column == "role":
                each[place] = role_of(text) or "unclear"
            else:
                is_empty = heading.column not in ("title", "code", "budget", "custom") and is_nothing(text)
                each[place] = (
                    "empty" if is_empty else {"start": "custom", "both": "custom"}.get(heading.column, heading.column)
                )
        self.put_each(line, became, each)

    def check_cell(self, sheet: Sheet, number: int, place: int) -> None:
        if (found := unread(sheet, number, place, self.say)) is not None:
            is_error = not isinstance(sheet.rows[number][place], bool)
            name = cell_name(number, place)
            if f"{sheet.name}!{name}" not in self.answers.cells:
                self.tell(sheet.name, name, *found, is_error=is_error)

    def is_left_cell(self, sheet: Sheet, number: int, place: int) -> bool:
        if place not in sheet.hidden_columns and not sheet.struck:
            return False
        name, letter = cell_name(number, place), cell_name(0, place)[:-1]
        if f"{sheet.name}!{name}" in self.answers.cells:
            return False
        is_hidden = place in sheet.hidden_columns and f"{sheet.name}!{letter}" not in self.answers.columns
        return is_hidden or name in sheet.struck

    def entered(self, text: str, order: DayOrder = "undecided") -> Deadline:
        return _entered(text[: MAX_TEXT + 1], self.year, order, self.days)  # a longer text is not read, and not kept


@lru_cache(maxsize=4_096)
def _entered(text: str, year: int, order: DayOrder, days: tuple[date, date] | None) -> Deadline:
    """A deadline; many rows of a plan have the same."""
    return entered_in(order, text, year) if days is None else Deadline.entered(text, year, days)


def how_read_once(text: str, year: int) -> str:
    """What `how_read` says; many rows of a plan have the same text."""
    return _how_read(text[: MAX_TEXT + 1], year)


_how_read = lru_cache(maxsize=4_096)(how_read)
