"""The form of an agency's workbook: its columns, what stands in its rows, and the mark that says what it was made from."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import IntEnum
from functools import cache
from os import PathLike
from typing import get_args

import attrs
import msgspec

from reformtrack.domain.errors import SheetFileError
from reformtrack.domain.protected import redacted
from reformtrack.domain.said import said as sentence
from reformtrack.domain.texts import LedAs, normalised, one_line, remembered
from reformtrack.domain.values import MAX_ID_LENGTH, SLUG, ActivityId
from reformtrack.domain.wording import Lang, day, folded, is_nothing
from reformtrack.exchange.appendix.lines import plain, text_of
from reformtrack.exchange.appendix.sheets import Cell, Sheet
from reformtrack.exchange.words import printed_deadline
from reformtrack.extras import extra
from reformtrack.language import Language
from reformtrack.views.activity import Activity
from reformtrack.views.agencies import Registry
from reformtrack.views.plan import Plan

with extra("exchange"):
    from xlsxwriter.utility import xl_cell_to_rowcol

SIGNS = "✓✗•"
"""What the remarks of an answer begin with: done, to be put right, to be known."""

FIRST, LAST = date(2000, 1, 1), date(2999, 12, 31)
"""The days that the cells of days admit."""

_MARK = re.compile(
    rf"reformtrack (?=.{{1,{MAX_ID_LENGTH}}} )(?P<plan>{SLUG}) (?P<position>[0-9]{{1,18}})"
    r"(?: (?P<on>[0-9]{4}-[0-9]{2}-[0-9]{2})(?: (?P<digest>[0-9a-f]{16}))?)?"
)
_DAYS = tuple(
    re.compile(form + r"(?:[ t]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?", re.ASCII)
    for form in (
        r"(?:ngay )?(?P<day>\d{1,2}) ?(?:[/.-]|thang) ?(?P<month>\d{1,2}) ?(?:[/.-]|nam) ?(?P<year>\d{4})",
        r"(?P<year>\d{4})[/.-](?P<month>\d{1,2})[/.-](?P<day>\d{1,2})",
    )
)
_NUMBERS = re.compile(r"(\d{1,2})/(\d{1,2})/\d{2}(?:\d{2})?", re.ASCII)


class Place(IntEnum):
    """The columns in the order in which they are sent: a hidden id, what is shown, what is filled in."""

    ID, CODE, TITLE, OUTPUT, DEADLINE, DUE, STATUS, UPDATE, DAY, RESULT, OBSTACLES, NUMBER, ISSUED, ABOUT, ISSUER = (
        range(15)
    )


IDENTITY = (Place.CODE, Place.TITLE, Place.DUE)
"""What has to be that of the id, or the row may be about another activity."""
SHOWN, GIVEN = (tuple(Place)[part] for part in (slice(Place.CODE, Place.UPDATE), slice(Place.UPDATE, None)))
DAYS = (Place.DAY, Place.ISSUED)
Row = tuple[str | date | None, ...]


def columns(say: Language) -> list[tuple[str, int]]:
    """The heading and the width of each."""
    return [
        ("id", 4),
        (say("Code"), 7),
        (say("Activity"), 40),
        (say("Output"), 20),
        (say("Deadline"), 12),
        (say("Due day"), 14),
        (say("Status"), 15),
        (say("Update"), 20),
        (say("Day"), 13),
        (say("Result, or reason"), 26),
        (say("Obstacles"), 22),
        (say("Evidence: number"), 18),
        (say("Evidence: day"), 15),
        (say("Evidence: title"), 28),
        (say("Evidence: issuer"), 24),
    ]


def updates(say: Language) -> Mapping[str, str]:
    """What can be chosen: the words of each kind of update."""
    return {
        "started": say("work has begun"),
        "completed": say("completed"),
        "suspended": say("suspended"),
        "resumed": say("work goes on again"),
        "reported": say("progress only"),
    }


@remembered
def choice(text: str) -> str:
    """A choice, a heading or a day as it may be typed: in any case, with other spaces and marks, or none."""
    return folded(one_line(text[:100]).replace("Ð", "Đ")).strip(" .,;:")


def kind_of(text: str) -> str | None:
    """The kind of update that a choice means, in either language; None for another text."""
    return _kinds().get(choice(text).removeprefix("da "))


@cache
def _kinds() -> Mapping[str, str]:
    said = ((kind, words) for lang in get_args(Lang) for kind, words in updates(Language(lang)).items())
    return {choice(words).removeprefix("da "): kind for kind, words in said}


def given(cell: Cell) -> str:
    """The text of a cell to fill in; empty for a dash and for "Không"."""
    text = text_of(cell)
    return "" if is_nothing(text) else text


def day_in(cell: Cell) -> date | None:
    """A day that the cells admit, as a cell of days or as it is typed: a number in a cell of days is one of the year 1900."""
    text = choice(cell) if isinstance(cell, str) else ""
    match = next(filter(None, (form.fullmatch(text) for form in _DAYS)), None)
    try:
        found = date(int(match["year"]), int(match["month"]), int(match["day"])) if match else cell
    except ValueError:
        return None
    return found if isinstance(found, date) and FIRST <= found <= LAST else None


def month_first(cell: Cell, *, surely: bool) -> bool:
    """Whether a text may be a day in the American order, or can be nothing else; a cell of days may have been typed so."""
    if isinstance(cell, date):
        return not surely and cell.day <= 12 and cell.day != cell.month
    match = _NUMBERS.fullmatch(choice(cell)) if isinstance(cell, str) else None
    if match is None:
        return False
    one, other = int(match[1]), int(match[2])
    return one <= 12 < other if surely else max(one, other) <= 12 and one != other


def said(cell: Cell) -> str:
    """A cell as a text that is the same for each form of a day, of letters and of space."""
    return plain(normalised(text_of(day_in(cell) or cell)))


def captions(plan: Plan, lead: str, say: Language) -> tuple[str, ...]:
    """What stands above the table, a line each."""
    return (
        redacted(plan.state.title, say),
        say("{agency}: as of {day}", agency=redacted(lead, say), day=day(plan.on, say.lang)),
        say("Fill in the yellow cells and send the file back. Leave a row empty where nothing is new."),
        redacted(plan.notice, say),
    )


def whose(plan: Plan, registry: Registry | None, *, printed: bool) -> Mapping[ActivityId, tuple[str, ...]]:
    """The agencies that each activity is for: those responsible for it, its leads by the plan's names of them, or both."""
    found = {one.id: plan.leads_of(one) if printed else () for one in plan.activities}
    for work in registry.work(plan) if registry else ():
        found |= {one.id: (*work.names, *found[one.id]) for one in work.activities}
    return found


def rows(
    plan: Plan, lead: str, leads: Mapping[ActivityId, tuple[str, ...]], say: Language
) -> Iterator[tuple[Activity, Row]]:
    """Each row: its activity, and the cells that are protected. The id of one that recurs has the day of the occurrence."""
    is_meant = LedAs(lead)
    for activity in plan.activities:
        if any(map(is_meant, leads[activity.id])) and activity.status.is_open:
            texts = (activity.title, activity.state.terms.output, printed_deadline(activity, say.lang))
            shown, status = [redacted(text, say) for text in texts], activity.status.label(say.lang)
            for due in activity.open_days or (activity.due,):
                id = f"{activity.id} {due}" if activity.deadline.is_recurring else activity.id
                yield activity, (id, activity.code, *shown, due, status)


@attrs.frozen
class Mark:
    """What a sheet was made from. It stands in a hidden cell; those of older sheets say less."""

    plan: str
    position: int
    on: date | None = None
    digest: str = ""
    """Of what was sent."""

    def __str__(self) -> str:
        return f"reformtrack {self.plan} {self.position} {self.on} {self.digest}"


def mark_in(cell: Cell) -> Mark | None:
    """The mark that a cell has; None where it has another text, or something else."""
    match = _MARK.fullmatch(cell.strip()) if isinstance(cell, str) and "reformtrack" in cell else None
    try:
        on = date.fromisoformat(match["on"]) if match and match["on"] else None
    except ValueError:
        return None
    return Mark(match["plan"], int(match["position"]), on, match["digest"] or "") if match else None


def mark_of(sheet: Sheet) -> Mark | None:
    """The mark of a sheet, wherever it stands."""
    return next((mark for row in sheet.rows for cell in row if (mark := mark_in(cell)) is not None), None)


def digest_of(lines: Iterable[Sequence[str]]) -> str:
    """The digest of what was sent: the protected texts of each row from its id on, in whatever order the rows stand."""
    sent = sorted({tuple(line) for line in lines if any(line)})
    return hashlib.sha256(msgspec.json.encode(sent)).hexdigest()[:16]


@attrs.frozen
class Head:
    """The headings of a sheet that came back."""

    row: int
    """From 0."""
    say: Language
    """The language that it was made in."""
    places: Mapping[Place, int]
    """Of each column that it has, from 0."""
    answer: int
    """The place of the remarks, in a sheet that was answered; else -1."""
    numbers: int
    """The place of running numbers, as many add them; else -1."""


def head_of(path: str | PathLike[str], sheet: Sheet) -> Head:
    """
    The headings of a sheet, wherever they stand, in the words of today or of before.

    Raises:
        SheetFileError: one is missing, or stands there twice.
    """
    heads = [(Language(lang), [name for name, _ in columns(Language(lang))]) for lang in get_args(Lang)]
    found = -1
    for number, cells in enumerate(sheet.rows):
        told = [heading(text_of(cell)) for cell in cells]
        for lang, titles in heads:
            if (known := len({*told} & {*map(heading, titles)})) > found:
                found, row, texts, say, names = known, number, told, lang, titles
        if found == len(Place):
            break
    # Older sheets do not ask who issued a document; what stands in a column without its heading is named.
    names = [name for name in names if name != names[Place.ISSUER] or heading(name) in texts]
    if wrong := [name for name in names if texts.count(heading(name)) != 1]:
        wrongly = sentence(
            "row {row} of sheet {sheet!r} does not have each of these headings once: {headings}",
            row=row + 1,
            sheet=sheet.name,
            headings=tuple(wrong),
        )
        raise SheetFileError(path, wrongly, sentence("the headings of the file that was sent"))
    places = {place: texts.index(heading(name)) for place, name in zip(Place, names, strict=False)}
    answer = heading(say("Reply"))
    numbers = next((place for place, text in enumerate(texts) if text in ("stt", "tt", "so tt")), -1)
    return Head(row, say, places, texts.index(answer) if answer in texts else -1, numbers)


def empty_formulas(sheet: Sheet) -> Mapping[int, set[int]]:
    """Of each row, the places of formulas without a value: the reader of a file gives no cells beyond the last with one."""
    found = defaultdict[int, set[int]](set)
    for row, place in map(xl_cell_to_rowcol, sheet.empty_formulas):
        found[row].add(place)
    return found


def heading(text: str) -> str:
    """A heading, in whatever case, and in the words of before."""
    words = choice(text).replace("minh chung:", "tai lieu kiem chung:")
    return {"ngay": "ngay thuc hien", "tai lieu kiem chung: so": "tai lieu kiem chung: so, ky hieu"}.get(words, words)
