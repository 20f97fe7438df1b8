"""A list of activities in words: its columns, and the files of it that other software opens."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, tzinfo
from typing import Generic, Protocol, TypeVar
from urllib.parse import quote

import attrs

from reformtrack.domain.errors import InvalidField
from reformtrack.domain.protected import concealed, redacted
from reformtrack.domain.said import said
from reformtrack.domain.wording import capital, day, lead_words
from reformtrack.exchange.appendix.sheet_reader.cells import MAX_TEXT
from reformtrack.exchange.words import happened, printed_deadline
from reformtrack.extras import extra
from reformtrack.language import Language
from reformtrack.views.across import AcrossLine
from reformtrack.views.activity import Activity
from reformtrack.views.list_rows import Row
from reformtrack.views.listing import Listing
from reformtrack.views.plan import PATH

Value = str | int | date | None

OF_FILE: tuple[str, ...] = (
    "plan", "code", "number", "title", "output", "domain", "group", "lead", "supporting", "deadline", "due", "status",
    "timeliness", "overdue", "completed", "evidence",
)  # fmt: skip
"""The columns of a file in which nobody chose any; the host's own fields follow."""

MOST_CELLS = 500_000
"""The most cells of a file."""

OF_MANY: tuple[str, ...] = ("jurisdiction", *OF_FILE)
"""The columns of a file of activities across many plans."""

_FORMULA = re.compile(
    r"""^(?=\s*[=+@＝＋＠\-－]|[\t\r])|(?<=[;|\t\r\n])(?![\t\r\n])(?=(?:[^\S\t\r\n]|")*([=+@＝＋＠]|[-－]\S))"""
)
"""
Where a spreadsheet takes what follows for a formula as it opens a .csv. A semicolon, a tab or a bar may tell cells apart:
then a quote after a comma opens nothing, and each line of a text begins a row.
"""


class Listed(Protocol):
    """A line of a list: it is of an activity."""

    @property
    def activity(self) -> Activity:
        """Of which."""


R = TypeVar("R", bound=Listed, contravariant=True)


@attrs.frozen
class Column(Generic[R]):
    head: str
    width: int
    """In letters."""
    value: Callable[[R], Value]


def columns(say: Language, rows: Iterable[Row], zone: tzinfo) -> dict[str, Column[Row]]:
    """Every column that a list of these activities may have, by its name: the last are the host's own fields, `field:…`."""
    named: dict[str, Column[Row]] = {
        "plan": Column(say("Plan"), 24, lambda row: row.plan.state.title),
        **_of_activity(say, lambda row: row.plan.domain_title(row.activity.domain)),
        "lead": Column(say("Lead agency"), 16, lambda row: row.plan.lead_of(row.activity, say.lang)),
        "changed": Column(say("Last recorded on"), 12, lambda row: row.changed_at.astimezone(zone).date()),
        "record": Column(say("The record that makes it so"), 24, lambda row: _decisive(row, say)),
    }
    fields = dict.fromkeys(name for row in rows for name in row.activity.state.terms.host_fields)
    own = {f"field:{quote(concealed(name), safe='')}": Column(name, 16, _field(name)) for name in fields}
    return {**named, **own}


def columns_of_many(say: Language) -> list[Column[AcrossLine]]:
    """The columns of a file of activities across many plans."""
    every: dict[str, Column[AcrossLine]] = {
        **_of_activity(say, lambda line: line.domain),
        "jurisdiction": Column(say("Jurisdiction"), 18, lambda line: line.jurisdiction),
        "plan": Column(say("Plan"), 24, lambda line: line.plan_title),
    }
    return [every[name] for name in OF_MANY]


def _of_activity(say: Language, domain: Callable[[R], str]) -> dict[str, Column[R]]:
    lang = say.lang
    return {
        "code": Column(say("Code"), 8, lambda row: row.activity.code),
        "number": Column(say("No."), 6, lambda row: row.activity.number),
        "title": Column(say("Activity"), 40, lambda row: row.activity.title),
        "output": Column(say("Output"), 18, lambda row: row.activity.state.terms.output),
        "domain": Column(say("Domain"), 18, domain),
        "group": Column(say("Group"), 14, lambda row: PATH.join(row.activity.group)),
        "lead": Column(say("Lead agency"), 16, lambda row: lead_words(row.activity.leads, lang)),
        "supporting": Column(
            say("Supporting agencies"), 18, lambda row: "; ".join(row.activity.state.terms.supporting)
        ),
        "deadline": Column(say("Deadline"), 14, lambda row: printed_deadline(row.activity, lang)),
        "due": Column(say("Next due day"), 12, lambda row: row.activity.due),
        "status": Column(say("Status"), 14, lambda row: capital(row.activity.status.label(lang))),
        "timeliness": Column(say("Timeliness"), 14, lambda row: capital(row.activity.timeliness().label(lang))),
        "overdue": Column(say("Days overdue"), 8, lambda row: row.activity.days_overdue or None),
        "completed": Column(say("Completed on"), 12, lambda row: row.activity.completed_on),
        "evidence": Column(say("Evidence"), 10, lambda row: len(row.activity.state.evidence)),
        "obstacles": Column(say("Obstacles"), 24, lambda row: row.activity.obstacles),
    }


def _decisive(row: Row, say: Language) -> str:
    last = row.activity.because[-1]
    on = getattr(last.event, "on", None)
    return f"{happened(last.event, say)}, {day(on, say.lang)}" if on else happened(last.event, say)


def _field(name: str) -> Callable[[Row], Value]:
    return lambda row: row.activity.state.terms.host_fields.get(name, "")


def columns_of_file(found: Listing, every: Mapping[str, Column[Row]]) -> list[Column[Row]]:
    """The columns of the file of a list: those that were chosen, else all."""
    several = len({row.plan.id for row in found.rows}) > 1
    whole = (*OF_FILE[not several :], *(name for name in every if name.startswith("field:")))
    names = [name for name in found.wanted.columns if name in every] or [name for name in whole if name in every]
    return [every[name] for name in names]


def table(
    rows: Sequence[R], chosen: Sequence[Column[R]], say: Language
) -> tuple[list[tuple[str, int]], list[list[Value]]]:
    """
    The heads of a file, each with its width in letters, and a line for each activity.

    Raises:
        InvalidField: it would have too many cells.
    """
    check_size(len(rows), len(chosen))
    cells = ((column.value(row) for column in chosen) for row in rows)
    lines = [[redacted(cell, say) if isinstance(cell, str) else cell for cell in line] for line in cells]
    return [(redacted(column.head, say), column.width) for column in chosen], lines


def check_size(lines: int, columns: int) -> None:
    """
    Refuse a file that would be too large.

    Raises:
        InvalidField: it would have too many cells.
    """
    if lines * columns > MOST_CELLS:
        accepted = said(
            "at most {most}, with {columns} columns: choose more filters", most=MOST_CELLS // columns, columns=columns
        )
        raise InvalidField("list", "activities", lines, accepted)


def csv_file(head: Sequence[tuple[str, int]], lines: Sequence[Sequence[Value]]) -> bytes:
    """
    A .csv in UTF-8 with its mark, days in ISO 8601. A text that a spreadsheet would take for a formula has an apostrophe before
    it.
    """
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow(_harmless(text) for text, _ in head)
    writer.writerows([_harmless(cell) for cell in line] for line in lines)
    return made.getvalue().encode("utf-8-sig")


def _harmless(value: Value) -> str:
    return "" if value is None else _FORMULA.sub("'", str(value))


def xlsx_file(
    head: Sequence[tuple[str, int]],
    lines: Sequence[Sequence[Value]],
    activities: Sequence[Activity],
    title: str,
    note: str,
    say: Language,
) -> bytes:
    """
    A .xlsx with a title and a note above the table, filters, and a print area; no text in it is a formula.

    Raises:
        MissingExtra: the extra `exchange` is not installed.
    """
    with extra("exchange"):
        import xlsxwriter
    from reformtrack.exchange.report.annex import kind_of
    from reformtrack.exchange.report.sheet import OPTIONS, Sheet

    made = io.BytesIO()
    with xlsxwriter.Workbook(made, OPTIONS) as book:
        on = max((one.on for one in activities), default=date.min)
        book.set_properties({"title": title, "created": datetime.combine(max(on, date(1980, 1, 1)), time())})
        sheet = Sheet(
            name=say("Activities"),
            title=title,
            note=note,
            head=head,
            rows=[list(map(_within, line)) for line in lines],
            kinds=[kind_of(one) for one in activities],
            frozen=2,
        )
        sheet.write(book, say)
    return made.getvalue()


def _within(value: Value) -> Value:
    """A value as a cell takes it: a text that is too long ends with a mark."""
    return f"{value[: MAX_TEXT - 1]}…" if isinstance(value, str) and len(value) > MAX_TEXT else value
