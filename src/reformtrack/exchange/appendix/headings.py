"""
Headings: which column of a table has what, in Vietnamese or in English, in whatever order.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Literal

import attrs

from reformtrack.domain.wording import folded
from reformtrack.exchange.appendix.sheets import Cell

Column = Literal["code", "title", "output", "lead", "supporting", "deadline", "budget", "note", "domain"]

_WORDS: Sequence[tuple[Column, tuple[str, ...]]] = (
    ("supporting", ("phoi hop", "supporting")),
    (
        "lead",
        ("chu tri", "lead", "co quan thuc hien", "don vi thuc hien", "phan cong", "phu trach", "chiu trach nhiem"),
    ),
    ("deadline", ("thoi gian", "thoi han", "han hoan thanh", "tien do", "deadline", "due", "ngay hoan thanh")),
    ("budget", ("kinh phi", "du toan", "budget")),
    ("note", ("ghi chu", "note", "remark")),
    ("output", ("san pham", "ket qua", "output", "result")),
    ("domain", ("linh vuc", "domain")),
    ("title", ("nhiem vu", "hoat dong", "noi dung", "cong viec", "activity", "task")),
)
"""What each heading has in it, in the order in which they are tried."""
_TITLE = re.compile("|".join(_WORDS[-1][1]))
_PATTERNS = [(kind, re.compile(rf"\b(?:{'|'.join(words)})\b")) for kind, words in _WORDS]
_ANY = re.compile("|".join(word for _, words in _WORDS for word in words))
_WHOLE: Mapping[str, Column] = {
    **dict.fromkeys(("stt", "so tt", "tt", "ma", "ma so", "ma nhiem vu", "code", "no.", "no", "#"), "code"),
    **dict.fromkeys(("ket thuc", "hoan thanh", "ngay ket thuc"), "deadline"),
}
"""Headings that are these words and no other."""
_OF_CODES = ("ma", "ma so", "ma nhiem vu", "code")
_BEGINNING = re.compile(r"\bbat dau\b|\bstart\b")
_UNDER = ("lead", "supporting", "deadline")
_LONGEST = 60
_MOST = 60
"""A row with more texts is none of headings."""
_UNITS = ((10**9, "ty"), (10**6, "trieu"), (10**3, "nghin"), (10**3, "ngan"), (1, "dong"), (1, "vnd"))


@attrs.frozen(kw_only=True)
class Headings:
    """The headings of a table."""

    columns: Mapping[Column, int]
    """The place of each column that is known, from 0."""
    height: int
    """How many rows they take: 1 or 2."""
    others: tuple[tuple[int, int, str], ...]
    """(row, column, text) of headings that name no column, or one that another names already."""
    has_codes: bool
    """Whether the first column is for codes and not for running numbers."""
    unit: int | None
    """How many đồng one of the budget's unit is; None when the headings name no unit."""


def find_headings(rows: Sequence[Sequence[Cell]], number: int) -> Headings | None:
    """The headings that a row has, or it and the next together; None when it has none."""
    if not _may_be_headings(rows[number]):
        return None
    # The cheap question came first; a title alone is a sentence, so lead or deadline has to be named beside it.
    above = dict(_named(rows[number]))
    if "title" not in above or not _are_headings(rows[number], above):
        return None
    below = dict(_named(rows[number + 1])) if number + 1 < len(rows) else {}
    under = {name: place for name, place in below.items() if name in _UNDER}
    height = 2 if under and "title" not in below else 1
    columns = above | under if height == 2 else above
    if "lead" not in columns and "deadline" not in columns:
        return None
    code, budget = (_heading(rows[number], columns.get(name)) for name in ("code", "budget"))
    others = tuple(_others(rows, range(number, number + height), columns))
    return Headings(columns=columns, height=height, others=others, has_codes=code in _OF_CODES, unit=unit_of(budget))


def unit_of(text: str) -> int | None:
    """
    How many đồng one of the unit is that a text names; None when it names none.

    >>> unit_of("Kinh phí (triệu đồng)"), unit_of("Kinh phí")
    (1000000, None)
    """
    words = re.findall("[a-z]+", folded(text))
    return next((unit for unit, word in _UNITS if word in words), None)


def _may_be_headings(row: Sequence[Cell]) -> bool:
    """Whether a title's heading is in a row at all: looked at first, because most rows of a table have none."""
    texts = [cell for cell in row if isinstance(cell, str) and len(cell) <= _LONGEST]
    return len(texts) <= _MOST and _TITLE.search(folded(" ".join(texts).replace("_", " "))) is not None


def _named(row: Sequence[Cell]) -> Iterator[tuple[Column, int]]:
    """The columns that a row names, each where it is named first."""
    found: set[Column] = set()
    for place, cell in enumerate(row):
        kind = _kind(_folded(cell))
        if kind is not None and kind not in found:
            found.add(kind)
            yield kind, place


@lru_cache(maxsize=1_000)
def _kind(text: str) -> Column | None:
    if text in _WHOLE:
        return _WHOLE[text]
    if _ANY.search(text) is None or _BEGINNING.search(text):
        return None
    return next((kind for kind, words in _PATTERNS if words.search(text)), None)


def _are_headings(row: Sequence[Cell], named: Mapping[Column, int]) -> bool:
    """Whether a row is one of headings, not an activity that speaks of a task and of time: most of its cells name a column."""
    filled = [cell for cell in row if isinstance(cell, str) and cell.strip()]
    code = _heading(row, named.get("code"))
    first = next((str(cell) for cell in row if cell is not None and str(cell).strip()), "")
    return (bool(code) or not first[:1].isdigit()) and 2 * sum(_kind(_folded(c)) is not None for c in filled) > len(
        filled
    )


def _others(
    rows: Sequence[Sequence[Cell]], numbers: range, columns: Mapping[Column, int]
) -> Iterator[tuple[int, int, str]]:
    known = set(columns.values())
    for number in numbers:
        for place, cell in enumerate(rows[number]):
            if isinstance(cell, str) and cell.strip() and place not in known:
                over = any(place < other for other in known) and _kind(_folded(cell)) in _UNDER and len(numbers) == 2
                if not over:
                    yield number, place, cell.strip()


def _heading(row: Sequence[Cell], place: int | None) -> str:
    return "" if place is None or place >= len(row) else _folded(row[place])


def _folded(cell: Cell) -> str:
    """A cell as a heading is compared; empty when it is too long to be one."""
    return folded(cell.replace("_", " ")) if isinstance(cell, str) and len(cell) <= _LONGEST else ""
