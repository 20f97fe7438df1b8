"""
What the files of all forms have in common: cells, their names, how many of them are read, and how they are marked.
"""

import re
from datetime import date, datetime, time, timedelta
from functools import cache
from math import isfinite
from typing import Any
from xml.etree import ElementTree

MAX_ROWS, MAX_COLUMNS, MAX_SHEETS = 20_000, 200, 50

MAX_TEXT = 32_767
"""The longest text of a cell, as Excel has it."""

MAX_CELLS, MAX_CHARACTERS = 4_000_000, 50_000_000
"""Of all sheets together."""

MAX_MERGED = 100_000
"""Cells of all sheets that are merged, of each such area its first column: real sheets have some thousand."""

MAX_EMPTY = 100_000
"""Cells of a sheet with an error, or with a formula and no value."""

MAX_MARKED = 100_000
"""Cells of a sheet that are bold or struck out, and rows and columns that are hidden."""

NO_VALUE = "#NUM!"
"""What Excel writes in a cell whose number or day it cannot show."""

_FIRST_YEAR = 1901
"""Before it no day of a cell is taken: Excel counts a 29 February 1900, and a day that is no number is one of 1899."""

_AS_IT_IS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
"""What is shown as it is in a format of numbers, a sign of percent too; and its colours and languages."""

Area = tuple[tuple[int, int], tuple[int, int]]
"""((row, column) of the first cell, that of the last), from 0."""

Marks = dict[str, Any]
"""
Of a sheet: `formulas`, its cells, as `B12`, with an error or without a value; `percent`, those shown as one; `month` or
`year`, those of whose day nothing more is shown; `bold`, `struck`, and `partly` struck out ones; `hidden` rows and
`hidden_columns`, from 0; `filtered`, whether a filter hides rows.
"""


def cell(value: object) -> object:
    """A cell as JSON: a text, a number, a truth value, null, or a day under `day`."""
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        return {"day": day.isoformat()} if day.year >= _FIRST_YEAR else NO_VALUE
    if isinstance(value, float) and not isfinite(value):
        return NO_VALUE
    if isinstance(value, time | timedelta):
        return str(value)
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise ValueError(f"a cell has {len(value)} characters, more than {MAX_TEXT}")
        return value or None
    return value


def no_marks() -> Marks:
    """Those of a sheet that has none."""
    lists = ("formulas", "percent", "month", "year", "bold", "struck", "partly", "hidden", "hidden_columns")
    return {**{name: [] for name in lists}, "filtered": False}


def elements(part: bytes, path: str) -> list[ElementTree.Element]:
    return ElementTree.fromstring(part).findall(path) if part else []


def shown_as(number: str, code: str) -> list[str]:
    """What a format of numbers shows: a `percent`, of a day its `month` or its `year`; some Excel has of its own."""
    bare = _AS_IT_IS.sub("", code).lower()
    if number in ("9", "10") or "%" in bare:
        return ["percent"]
    letters = {*bare} & {*"dmyhs"}
    return ["month"] if number == "17" or letters == {*"my"} else ["year"] if letters == {"y"} else []


def cut_days(rows: list[list[Any]], marks: Marks) -> None:
    """Put the month or the year in the place of each day of which nothing more is shown."""
    months, years = (frozenset(marks.pop(kind)) for kind in ("month", "year"))
    for number, row in enumerate(rows if months or years else ()):
        for place, value in enumerate(row):
            if isinstance(value, dict) and (name := cell_name(number, place)) in months | years:
                year, month, _ = value["day"].split("-")
                row[place] = f"{month}/{year}" if name in months else year


def is_on(element: ElementTree.Element, name: str) -> bool:
    """Whether a property, as `<b/>`, is set, and not to false."""
    if (found := element.find(f".//{{*}}{name}")) is None:
        return False
    return next((v for k, v in found.attrib.items() if k.endswith("val")), "1") not in ("0", "false")


def cell_name(row: int, column: int) -> str:
    """
    The name of a cell, from its places from 0.

    >>> cell_name(11, 1), cell_name(0, 26)
    ('B12', 'AA1')
    """
    return f"{_letters(column)}{row + 1}"


@cache
def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
