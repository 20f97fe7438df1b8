"""What is told of a file while it is read, and where each of its cells is put."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from reformtrack.domain.deadline import Deadline, DeadlineKind
from reformtrack.domain.deadline_column import DayOrder, entered_in
from reformtrack.domain.deadline_text import MAX_TEXT
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.wording import is_nothing
from reformtrack.exchange.appendix.finding import Answers, DraftCell, DraftRow, Told
from reformtrack.exchange.appendix.headings import own_texts
from reformtrack.exchange.appendix.lines import quoted, unread
from reformtrack.exchange.appendix.rows import Line
from reformtrack.exchange.appendix.sheet_reader.cells import cell_name, column_name
from reformtrack.exchange.appendix.sheets import Sheet
from reformtrack.exchange.appendix.vocabulary import ACTIVITIES, PARTS, Vocabulary, role_of
from reformtrack.language import Language

_entered = lru_cache(maxsize=4_096)(entered_in)  # many rows of a plan have the same deadline
_UNDATED = (None, DeadlineKind.UNSPECIFIED, DeadlineKind.REGULAR, DeadlineKind.DEPENDENT)


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

    def entered(self, text: str, order: DayOrder = "undecided", year: int = 0) -> Deadline:
        """
        A deadline; of a text that is too long, only its beginning is read.

        Args:
            year: that of a text that names none; 0 for the plan's.
        """
        return _entered(order, text[: MAX_TEXT + 1], year or self.year, None if year else self.days)

    def kind_of(self, text: str) -> DeadlineKind | None:
        """What a text says as a deadline; None where it has a day that does not exist."""
        try:
            return self.entered(text).kind
        except InvalidField:
            return None

    def days_of(self, text: str) -> tuple[date, ...]:
        """The days that a text says as a deadline."""
        try:
            return self.entered(text).days
        except InvalidField:
            return ()

    def reads(self, text: str) -> bool:
        """Whether a text alone says when."""
        return self.kind_of(text) is not DeadlineKind.UNSPECIFIED

    def has_days(self, text: str) -> bool:
        """Whether days follow from a text alone, as from "quý II", and not from "thường xuyên"."""
        return self.kind_of(text) not in _UNDATED

    def put(self, sheet: Sheet, number: int, became: str) -> None:
        """A row that is no part of a table, or is a heading; all its cells became the same."""
        own = own_texts(sheet, number)
        self._put(sheet, number, own, became, dict.fromkeys(own, became))

    def put_line(self, line: Line, became: str, each: Mapping[int, str] | None = None, why: str = "") -> None:
        """A row of a table; its cells became the same, or each its own."""
        self._put(line.sheet, line.number, line.own, became, each or dict.fromkeys(line.own, became), why)

    def _put(
        self, sheet: Sheet, number: int, own: Mapping[int, str], became: str, each: Mapping[int, str], why: str = ""
    ) -> None:
        cells = tuple(DraftCell(cell_name(number, at), text, each[at]) for at, text in own.items())
        if cells:
            self.rows.append(DraftRow(sheet=sheet.name, number=number + 1, became=became, why=why, cells=cells))

    def put_fields(self, line: Line, became: str) -> None:
        """A row whose cells are fields of an activity."""
        self.put_line(line, became, {place: self._field(line, place, text) for place, text in line.own.items()})

    def _field(self, line: Line, place: int, text: str) -> str:
        heading = line.headings.all.get(place)
        column = heading.column if heading is not None else "left"
        if column == "left" or self.is_left_cell(line.sheet, line.number, place):
            if heading is None and not self.is_left_cell(line.sheet, line.number, place):
                what = self.say("the text {text} stands in a column without a heading", text=quoted(text))
                self.tell_left(line.at(place), what)
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
        name, column = cell_name(number, place), column_name(place)
        if f"{sheet.name}!{name}" in self.answers.cells:
            return False
        is_hidden = place in sheet.hidden_columns and f"{sheet.name}!{column}" not in self.answers.columns
        return is_hidden or name in sheet.struck
