"""
What a plan prints, for the second small model: spellings, leads, headings, numbers, and the days that a plan is for.

Written from `docs/explanation/what-a-plan-prints.md` and `docs/reference/deadlines.md` alone.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

NOBODY = "chưa có cơ quan chủ trì"
TONES = "\u0300\u0309\u0303\u0301\u0323"  # huyền, hỏi, ngã, sắc, nặng: their order
LETTERS = " (),.0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"


@cache
def bare(name: str) -> str:
    """A name without case, spaces, full stops, signs that show nothing, and with each tone mark behind its vowels."""
    letters = unicodedata.normalize("NFD", name).casefold().replace("ð", "đ")
    kept = "".join(c for c in letters if c != "." and not c.isspace() and unicodedata.category(c) != "Cf")

    def tones_last(vowels: re.Match[str]) -> str:
        return "".join(sorted(vowels[0], key=TONES.__contains__))

    return re.sub(r"(?:[aeiouy][\u0300-\u036f]*)+", tones_last, kept)


def plain(spelling: str) -> tuple[int, bool, int, bool, str]:
    """The shortest is the plainest, then one that begins with a capital, then the fewest capitals, then Đ, then codes."""
    capitals = sum(c.isupper() for c in spelling)
    return len(spelling), not spelling[0].isupper(), capitals, "Ð" in spelling, spelling


@cache
def in_order(name: str) -> tuple[list[int], list[int]]:
    """The place of a name in the order of the Vietnamese alphabet."""
    letters = unicodedata.normalize("NFD", name.casefold().replace("ð", "đ"))
    toneless = unicodedata.normalize("NFC", "".join(c for c in letters if c not in TONES))
    tones = [
        TONES.find(re.sub(f"[^{TONES}]", "", unicodedata.normalize("NFD", c)) or " ")
        for c in unicodedata.normalize("NFC", letters)
    ]
    return [LETTERS.index(c) for c in toneless if c in LETTERS], tones


def names_of(lead: str | Sequence[str]) -> tuple[str, ...]:
    """One name, several jointly, or none."""
    return (lead,) if isinstance(lead, str) else tuple(lead)


class Leads:
    """The names that the figures of a plan give to its leads."""

    def __init__(self, leads: Iterable[tuple[str, ...]]) -> None:
        self.spelt: dict[str, str] = {}
        for name in (name for names in leads for name in names):
            known = self.spelt.setdefault(bare(name), name)
            self.spelt[bare(name)] = min(known, name, key=plain)

    def name(self, name: str) -> str:
        return self.spelt.get(bare(name), name)

    def names(self, leads: tuple[str, ...]) -> list[str]:
        """The order in which a document names those who lead jointly makes no other line."""
        return sorted(map(self.name, leads), key=in_order)

    def line(self, leads: tuple[str, ...], joint: str = " (chung)", nobody: str = NOBODY) -> str:
        """The one line on which an activity is counted."""
        return ", ".join(self.names(leads)) + joint * (len(leads) > 1) if leads else nobody


def heading(group: tuple[str, ...]) -> str:
    return " › ".join(group)


def called(text: str, works: Mapping[str, Any], plan: str) -> str | None:
    """The activity that is meant by a code, an id, or the number that it alone has."""
    for stream in (f"{plan}/{text}", text):
        if stream in works:
            return stream
    own = text.startswith(f"{plan}/")
    numbered = [stream for stream, work in works.items() if not own and bare(work.number) == bare(text)]
    return numbered[0] if text and len(numbered) == 1 else None


def months_later(day: date, months: int) -> date:
    """The same day of a later month; of a month that has no such day, its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return min(day.day, month_end(year, month + 1).day) * timedelta(1) + date(year, month + 1, 1) - timedelta(1)


def month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(1)


class Days:
    """The days that a plan is for: those of its calendar year unless it names them."""

    def __init__(self, year: int, first: date | None, last: date | None) -> None:
        self.first = first or date(year, 1, 1)
        self.last = last or date(self.first.year, 12, 31)
        self.year, self.named, self.given_last = self.first.year, first is not None, last

    def next(self) -> "Days":
        """From the day after, as many months; or as many days, of one that is not for whole months."""
        if not self.named:
            return Days(self.year + 1, None, None)
        first = self.last + timedelta(1)
        if first.day != self.first.day:
            return Days(first.year, first, first + (self.last - self.first))
        months = (first.year - self.first.year) * 12 + first.month - self.first.month
        return Days(first.year, first, months_later(first, months) - timedelta(1))

    @property
    def asked(self) -> tuple[date, date] | None:
        """What `Deadline.parse` is given beside the year."""
        return (self.first, self.last) if self.named else None

    def read(self, text: str) -> tuple[date | None, tuple[date, ...]]:
        """The first day of a span, and the due days, of a text in one of the forms that random histories have."""
        if each := re.fullmatch(
            r"(hằng tháng|hằng quý|6 tháng một lần)|(?:(.+) )?hằng năm|ngày (\d+) hằng tháng", text, re.IGNORECASE
        ):
            return None, self.each(each[1] or "", each[2] or "", int(each[3] or 0))
        if span := re.fullmatch(r"(\d+/\d+) - (\d+/\d+)((?:/\d+)?)|(Quý )(\w+)-(\w+)", text):
            one, two, year, quarter, three, four = span.groups(default="")
            return self.span(one + year, two + year) if one else self.span(f"{quarter}{three}", f"{quarter}{four}")
        found = [self.once(part) for part in text.split("; ")]
        days = sorted({day for day in found if day})
        return None, tuple(days) if len(days) == len(found) else ()

    def each(self, every: str, what: str, number: int) -> tuple[date, ...]:
        """What comes again and again comes as often as the plan has it."""
        step = {"hằng tháng": 1, "hằng quý": 3, "6 tháng một lần": 6}.get(every.casefold(), 1)
        years = range(self.first.year, self.last.year + 1)
        if every or number:
            ends = [month_end(year, month) for year in years for month in range(step, 13, step)]
            found: list[date | None] = [day.replace(day=number) if number else day for day in ends]
        else:
            found = [of_year(what or "năm", year) for year in years]
        return tuple(day for day in found if day and self.first <= day <= self.last)

    def once(self, text: str) -> date | None:
        """A text without a year is of that year of the plan in which it lies in it, if there is one, or of its only year."""
        if (
            text == "Trong năm"
            and self.first.year < self.last.year
            and self.last - self.first.replace(day=1) < timedelta(366)
        ):
            return self.last
        found = self.those(text)
        if not found and self.first.year == self.last.year:
            return of_year(text, self.year)
        return found[0] if len(found) == 1 else None

    def those(self, text: str) -> list[date]:
        if re.search(r"\d{4}", text):
            return [day for day in [of_year(text, 0)] if day]
        days = (of_year(text, year) for year in range(self.first.year, self.last.year + 1))
        return [day for day in days if day and self.first <= day <= self.last]

    def span(self, one: str, two: str) -> tuple[date | None, tuple[date, ...]]:
        """Due at its end; it begins in the year in which it ends."""
        due = self.once(two)
        if due is None:
            return None, ()
        start = of_year(one, due.year)
        if start and "Quý" in one:
            start = start.replace(month=start.month - 2, day=1)
        return (start, (due,)) if start and start < due else (None, ())


def of_year(text: str, year: int) -> date | None:
    """The due day of a text that names one, or a period that ends on it, in a year."""
    ends = {"Quý I": 3, "Quý II": 6, "Quý III": 9, "Quý IV": 12, "6 tháng đầu năm": 6, "năm": 12, "Trong năm": 12}
    if match := re.fullmatch(r"(.*?)/?(\d{4})", text):
        text, year = match[1].strip(), int(match[2])
    if text in ends:
        return month_end(year, ends[text])
    if before := re.fullmatch(r"trước quý (\w+)", text):
        return month_end(year, ends[f"Quý {before[1]}"] - 3) if before[1] != "I" else date(year - 1, 12, 31)
    if match := re.fullmatch(r"(?:tháng )?(\d+)", text):
        return month_end(year, int(match[1]))
    if not (match := re.fullmatch(r"(\d+)/(\d+)", text)):
        return None
    day, month = int(match[1]), int(match[2])
    return date(year, month, day) if day <= month_end(year, month).day else None
