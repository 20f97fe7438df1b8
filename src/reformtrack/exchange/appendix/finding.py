"""
What was found in a file: a draft, in which each cell of the source stands in one place, and everything that is to be asked.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

import attrs
import msgspec

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.deadline import Deadline
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.indicator import Bound, IndicatorKind
from reformtrack.domain.said import said
from reformtrack.domain.showing import brief
from reformtrack.exchange.appendix.sheet_reader.cells import cell_name
from reformtrack.exchange.appendix.vocabulary import FIELDS, IN_TITLES, INDICATOR_FIELDS, OF_TITLES, PARTS
from reformtrack.language import Language

Progress = Callable[[int, int], None]
"""Is told how many are done, of how many."""

Place = tuple[str, str]
"""(name of the sheet, name of the cell as `B12`)"""

UNIT, UNITS = " unit", ("đồng", "nghìn đồng", "triệu đồng", "tỷ đồng")
"""What ends the name of an answer that says the unit of a column of budgets, and what may be answered."""

_TAKEN: Mapping[str, Sequence[str]] = {
    "sheets": ("take", "leave", "replace", "withdraw"),
    "columns": list(dict.fromkeys((*FIELDS, *INDICATOR_FIELDS, *PARTS, "custom", "left"))),
    "rows": (
        "leave",
        "leave_heading",
        "leave_tasks",
        "take",
        "join",
        "activity",
        "domain",
        "group",
        "note",
        "withdraw",
    ),
    "amounts": (",", "."),
}
"""By section, the answers that are taken; the others are texts."""


@attrs.frozen
class Problem:
    """Something in a file that a person has to look at."""

    sheet: str
    cell: str
    """As `B12`; a row alone as `12`; empty for the whole sheet."""
    what: str
    to_do: str
    is_error: bool = True
    """Whether the file is not accepted because of it; else it is only to be known."""
    ask: str = ""
    """What an answer to it names, as `rows:Phụ lục!12`; empty if it takes no answer: only the file can be changed."""
    choices: tuple[str, ...] = ()
    """Answers that are taken; where it has `ask` and none of these, the answer is a text."""

    @property
    def row(self) -> str:
        """The row that it is about, as `leave` names it: `Phụ lục!12`."""
        return f"{self.sheet}!{self.cell.lstrip('ABCDEFGHIJKLMNOPQRSTUVWXYZ')}"


@checks_arguments
@attrs.frozen(kw_only=True)
class Answers:
    """
    What a person says of a file: how its sheets, columns, rows and texts are to be taken.

    Sheets are named as they are; a column by its heading or as `PL1!C`; a row as `PL1!12`; a cell as `PL1!C12`; deadlines and
    agencies by the text that is printed, so that one mapping serves a plan's next appendix too.

    >>> Answers.of({"columns": {"Đơn vị": "lead"}, "agencies": {"VP": "Văn phòng UBND tỉnh"}}).agencies
    {'VP': 'Văn phòng UBND tỉnh'}
    """

    sheets: Mapping[str, str] = attrs.field(factory=dict)
    """`take` or `leave`; by `*`, of all that are not named; `replace` where its tasks take the place of most of the plan's;
    `withdraw` where those that it may have are withdrawn."""
    columns: Mapping[str, str] = attrs.field(factory=dict)
    """The field, as `lead`; `custom`, or `left`. By `PL1!lead`, the column that is the lead, or `titles`."""
    rows: Mapping[str, str] = attrs.field(factory=dict)
    """`leave`, `join`, `activity`, `domain`, `group`, `take`; of one that may be a task of the plan, `take` where it is;
    `withdraw` where tasks of the plan that stand in what is left out are withdrawn."""
    cells: Mapping[str, str] = attrs.field(factory=dict)
    """The text that is meant."""
    deadlines: Mapping[str, str] = attrs.field(factory=dict)
    agencies: Mapping[str, str] = attrs.field(factory=dict)
    """The names, with ";" between them."""
    amounts: Mapping[str, str] = attrs.field(factory=dict)
    """By the place of a column, as `PL1!F`, its decimal sign, "," or "."; by `PL1!F unit`, its unit, as "triệu đồng"."""
    aside: Mapping[str, str] = attrs.field(factory=dict)
    """By section and name, as `rows:PL1!12`, what is not taken: it is about places of another file."""

    def __attrs_post_init__(self) -> None:
        for section, taken in _TAKEN.items():
            for name, answer in getattr(self, section).items():
                names_unit = section == "amounts" and name.endswith(UNIT)
                if answer not in (accepted := UNITS if names_unit else taken) and not (
                    section == "columns" and _is_column(name, answer)
                ):
                    raise InvalidField("Answers", f"{section}: {name}", answer, ", ".join(accepted))

    @classmethod
    def of(cls, given: object) -> "Answers":
        """
        The answers of a mapping file.

        Raises:
            InvalidField: it is no mapping of these sections, each with texts by texts.
        """
        accepted = said("sections {sections}, each with texts by texts", sections=", ".join(_SECTIONS))
        if not isinstance(given, dict) or not given.keys() <= set(_SECTIONS):
            raise InvalidField("Answers.of", "given", given, accepted)
        try:
            return cls(**msgspec.convert(given, dict[str, dict[str, str]]))
        except msgspec.ValidationError:
            raise InvalidField("Answers.of", "given", given, accepted) from None

    def with_(self, other: "Answers") -> "Answers":
        """These, and others that come before them."""
        return Answers(**{name: {**mine, **getattr(other, name)} for name, mine in attrs.asdict(self).items()})

    def of_another_file(self) -> "Answers":
        """These without those that name places of a file, which are set aside."""
        aside = {f"{section}:{name}": answer for section, name, answer, _, _ in self._placed()}
        kept = {
            section: {name: text for name, text in getattr(self, section).items() if f"{section}:{name}" not in aside}
            for section in _SECTIONS
        }
        return Answers(**kept, aside=aside)

    def unheard(self, lengths: Mapping[str, int]) -> list[str]:
        """
        The names of those that are set aside, or about a place that is not there.

        Args:
            lengths: by name, how many rows each sheet of the file has.
        """
        nowhere = (
            f"{section}:{name}" for section, name, _, sheet, row in self._placed() if row > lengths.get(sheet, -1)
        )
        return [*self.aside, *nowhere]

    def _placed(self) -> Iterator[tuple[str, str, str, str, int]]:
        """(section, name, answer, sheet, row) of those that name a place; 0 for the whole sheet, or a column of it."""
        for name, answer in self.sheets.items():
            if name != "*":
                yield "sheets", name, answer, name, 0
        for section in ("columns", "rows", "cells", "amounts"):
            for name, answer in getattr(self, section).items():
                sheet, mark, place = name.rpartition("!")
                if mark or section != "columns":
                    yield section, name, answer, sheet, int(re.findall(r"\d*$", place)[0] or 0)


_SECTIONS = [name for name in attrs.fields_dict(Answers) if name != "aside"]
"""What a mapping may say."""


def _is_column(name: str, answer: str) -> bool:
    """Whether an answer says which column a field of a sheet is, or that the titles above the tasks say it."""
    _, mark, field = name.rpartition("!")
    is_letter = re.fullmatch(r"[A-Za-z]{1,3}", answer) is not None
    return bool(mark) and (is_letter or (answer == IN_TITLES and field in OF_TITLES))


@attrs.frozen
class DraftCell:
    """A cell of the source with text, and what it became."""

    cell: str
    text: str
    became: str
    """A field, as `lead`; `domain`, `group`, `heading`, `note`, `custom`, `left`, `empty`, `unclear`."""


@attrs.frozen(kw_only=True)
class DraftRow:
    """A row of the source with text, and what it became."""

    sheet: str
    number: int
    """From 1."""
    became: str
    """`heading`, `domain`, `group`, `activity`, `joined`, `note`, `left`, `unclear`."""
    why: str = ""
    """In words, where it is not plain."""
    cells: tuple[DraftCell, ...]


@attrs.frozen(kw_only=True)
class DraftSheet:
    """A sheet, and whether it is imported."""

    name: str
    is_taken: bool
    why: str = ""


@attrs.frozen(kw_only=True)
class DraftColumn:
    """A column of a table, and what it was taken for."""

    sheet: str
    column: str
    """Its letter."""
    row: int
    """Of its heading, from 1."""
    heading: str
    became: str


@attrs.frozen(kw_only=True)
class AppendixDomain:
    """A domain, with the code that it has in the file's order."""

    code: str
    title: str


class _InFile:
    """What stands in a row of a file."""

    __slots__ = ()
    sheet: str
    number: int
    columns: Mapping[str, int]

    @property
    def row(self) -> str:
        """Where it stands, as `Phụ lục!12`."""
        return f"{self.sheet}!{self.number}"

    def at(self, column: str) -> Place:
        """Its cell in a column, or the row where there is no such column."""
        place = self.columns.get(column)
        return self.sheet, str(self.number) if place is None else cell_name(self.number - 1, place)

    def key(self, column: str) -> str:
        """What an answer in the place of its cell names, as `cells:PL1!B12`; empty where there is no such column."""
        sheet, cell = self.at(column)
        return f"cells:{sheet}!{cell}" if column in self.columns else ""


@attrs.frozen(kw_only=True)
class AppendixRow(_InFile):
    """An activity of the appendix; its texts as they stand in the file, but for spaces around them, and in names between."""

    sheet: str
    number: int
    """Of the row, from 1."""
    columns: Mapping[str, int] = attrs.field(hash=False)
    """The places of its table's columns, from 0. What has no column, the file says nothing of."""
    code: str
    """Its code: the file's own, or the domain's number and its place in it, as `1.04`."""
    has_own_code: bool
    printed_number: str = ""
    """What stands before it in the file, as `12` or `a)`."""
    domain: str
    """The code of its domain."""
    group: tuple[str, ...] = ()
    """The titles that it stands under within its domain, from the widest."""
    title: str
    leads: tuple[str, ...]
    """The lead agencies."""
    has_no_lead: bool = False
    """Whether the file says, by a dash, that nobody has the lead."""
    lead_text: str = ""
    """The lead's cell as printed, where it differs."""
    deadline: str
    due: Deadline | None
    """The deadline as read; None if it has to be corrected first."""
    output: str = ""
    supporting: tuple[str, ...] = ()
    budget: int | None = None
    note: str = ""
    custom: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    """By heading, what stands in columns that are no field."""
    printed: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    """By column, the text of a cell of which something else was read: `{"budget": "1,25 tỷ đồng"}`."""


@attrs.frozen(kw_only=True)
class EarlierFigure:
    """A figure of an indicator as a table has it."""

    text: str
    """As printed."""
    as_of: date
    """The last day that it describes."""
    period: str
    """As `2024`."""
    heading: str
    """That of its column."""
    value: Decimal | None = None
    part: int | None = None
    whole: int | None = None
    bound: Bound | None = None


@attrs.frozen(kw_only=True)
class IndicatorRow(_InFile):
    """An indicator of a table; its texts as they stand in the file, but for spaces."""

    sheet: str
    number: int
    """Of the row, from 1."""
    columns: Mapping[str, int] = attrs.field(hash=False)
    """The places of its table's columns, from 0."""
    code: str = ""
    """The file's own code of it; empty when it has none."""
    group: str = ""
    """The titles that it stands under, from the widest."""
    title: str
    unit: str
    kind: IndicatorKind
    target: Decimal | None = None
    """In the unit; None where none is given, or it is no number: then `host_fields` has its text."""
    baseline: EarlierFigure | None = None
    """What it was before."""
    host_fields: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    """By heading: the lead, the period, the note, and what stands in columns that are no field."""


class Told:
    """What of a file is told and asked."""

    def __init__(self, say: Language) -> None:
        self.say, self.problems = say, list[Problem]()

    def tell(self, at: Place, what: str, to_do: str, key: str = "") -> None:
        """Say what is only to be known; with a key, it may be answered."""
        self.problems.append(Problem(*at, what, to_do, is_error=False, ask=key))

    def tell_left(self, at: Place, what: str) -> None:
        """Say what is not imported."""
        self.tell(at, what, self.say("it is not imported"))

    def ask(self, at: Place, what: str, to_do: str, key: str = "", choices: Sequence[str] = ()) -> None:
        """Ask what has to be answered, or put right in the file, before it is accepted."""
        self.problems.append(Problem(*at, what, to_do, ask=key, choices=tuple(choices)))


@checks_arguments
@attrs.frozen(kw_only=True, field_transformer=brief)
class Draft:
    """
    What a file would be recorded as: every sheet, column, row and cell of it with what it became, and what is to be asked.

    Each cell with text stands in exactly one of `rows`. While `questions` has one, nothing is recorded.
    """

    file: str
    """The name of the file."""
    digest: str
    """SHA-256 of its content, in hexadecimal digits."""
    year: int
    """The plan year, in which deadlines were read."""
    sheets: tuple[DraftSheet, ...]
    columns: tuple[DraftColumn, ...]
    rows: tuple[DraftRow, ...]
    domains: tuple[AppendixDomain, ...]
    activities: tuple[AppendixRow, ...]
    problems: tuple[Problem, ...]
    left: tuple[str, ...] = ()
    """The rows that were left out because a person said so, as `Phụ lục!12`."""
    set_aside: tuple[AppendixRow, ...] = ()
    """The activities of those rows: an amendment leaves what is on record of them as it is."""
    indicators: tuple[IndicatorRow, ...] = ()
    """Of a table of indicators, which has no activities."""
    answers: Answers = Answers()
    """What a person said of the file."""

    @property
    def questions(self) -> tuple[Problem, ...]:
        """The problems that stand in the way of recording it."""
        return tuple(problem for problem in self.problems if problem.is_error)

    @property
    def notes(self) -> tuple[Problem, ...]:
        """What is only to be known."""
        return tuple(problem for problem in self.problems if not problem.is_error)

    def to_json(self) -> bytes:
        """The draft as JSON; `from_json` gives it back. A problem's `answer` may be filled in, see `answers_in`."""
        form = msgspec.to_builtins(self)
        for problem in form["problems"]:
            problem |= {"answer": ""} if problem["ask"] else {}
        return msgspec.json.format(msgspec.json.encode(form), indent=1)

    @classmethod
    def from_json(cls, content: bytes) -> "Draft":
        """
        A draft of its JSON form.

        Raises:
            InvalidField: it is not the JSON of a draft.
        """
        try:
            return _draft(content)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise InvalidField("Draft.from_json", "content", str(error)[:200], said("the JSON of a draft")) from None


_draft = msgspec.json.Decoder(Draft).decode


def answers_of(keyed: Iterable[tuple[str, str]]) -> Answers:
    """Answers of pairs as `("rows:PL1!12", "leave")`; what is no such pair is left out."""
    found: dict[str, dict[str, str]] = {section: {} for section in _SECTIONS}
    for key, answer in keyed:
        section, _, name = key.partition(":")
        if section in found and name and answer.strip():
            found[section][name] = answer.strip()
    return Answers(**found)


def place_of(problem: Problem) -> tuple[int, int, str]:
    """The order of a sheet's problems: by row and column."""
    digits = re.search(r"\d+", problem.cell)
    return int(digits[0]) if digits else 0, len(problem.cell), problem.cell
