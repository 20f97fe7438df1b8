"""
How the text of a deadline is read. Its forms are in deadline_forms.py, and listed in docs/reference/deadlines.md.

Reading never guesses: a text is read only when a form accounts for all of it, and anything else is kept as `unspecified`, which
has no day and is never overdue.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

from reformtrack.domain.deadline_forms import EACH, FORMS, MONTHS_OF, NAMES, THANG, DeadlineKind, Reader, Reading
from reformtrack.domain.said import said
from reformtrack.domain.texts import normalised

MAX_TEXT = 500
"""Longer texts are kept and not read."""

_UNREAD = Reading(DeadlineKind.UNSPECIFIED)
_BULLETS = "+-–•*"
_QUOTES = "\"'“”"

# The words before a day or a period; each may be missing.
_LEAD = re.compile(
    r"(?:phan dau )?(?:trinh (?:(?:hdnd|ubnd)(?: tinh)? )?)?"
    r"(?:(?:hoan thanh|xong|thuc hien|trien khai|ban hanh|(?:to be )?(?:due|completed|done)) |"
    r"gia han (?=den|toi|[0-9]{1,2}/)|extended (?:to|until) |"
    r"(?:bao cao|gui|nop)(?: ket qua)? (?=truoc|cham|muon|tre|khong))?"
    r"(?:(?:(?:cham|muon|tre) nhat|khong (?:duoc )?(?:qua|sau|(?:cham|muon|tre) hon)|(?:no|not) later than) )*(?:la )?"
    r"(?:(?:vao|trong|in|on|at|during|within) )?(?P<before>(?:truoc|before|prior to) )?"
    r"(?P<until>(?:(?:cho )?(?:den|toi)|by|until) )?(?:the )?(?P<end>(?:het|cuoi|end(?:[ -]of)?)[ -])?(?:the )?"
    r"(?:[0-2]?[0-9](?: [0-5][0-9]| ?(?:h|gio) ?(?:[0-5][0-9])?(?: ?phut)?),? (?=ngay ))?"
)
# What a deadline depends on, and after it the last day.
_LAST = r"(?:truoc|(?:cham|muon|tre) nhat|khong (?:qua|muon hon)|den het|xong truoc|(?:no|not) later than|before)"
_NOT_OF_A_DOCUMENT = "".join(
    f"(?<!{word})" for word in ("ban hanh", "hieu luc", "duyet", "ap dung", "cong bo", "ngay", "tuan")
)
_DONE = "(?:hoan thanh|xong|ban hanh|trinh|trong)"
# After "khi" and "sau khi" a day without a comma before it is that of what it depends on.
_UNTIL = re.compile(
    rf"(?:theo .+?(?:(?:,|{_NOT_OF_A_DOCUMENT}) (?=(?:(?:va|nhung|bao cao|hoan thanh) )*{_LAST} )|, (?={_DONE} ))|"
    rf"(?:khi|sau|ngay sau|following|after|upon|when|as) .+?(?:, (?=(?:(?:bao cao|hoan thanh) )*(?:{_LAST}|by) |{_DONE} )|"
    rf",? (?=(?:va|nhung|but) (?:(?:bao cao|hoan thanh) )*{_LAST} )))(?:(?:va|nhung|but) )?(?P<until>.+)"
)
_BESIDE = re.compile(r" ?[,;()] ?")
_TIMES = "(?:lan|dot) (?:thu )?(?:[1-4]|i{1,3}|nhat|hai)"
_TURN = re.compile(rf"^{_TIMES} | ?\({_TIMES}\)$")
_NAMED_YEAR = re.compile("[0-9]{4}")
# A comma before a year belongs to the date.
_SEPARATOR = re.compile(r" ?(?:;|,(?! ?(?:nam )?[0-9]{4}(?:[ ,;]|$))) ?(?:(?:va|and) )?| (?:va|and) | ?[&+] ?")
_UNIT_OF_LIST = re.compile(rf"(?:{_LEAD.pattern})(?:cac )?(?P<unit>quy|thang) ")
_SPAN = re.compile(
    r"(?:(?:hoan thanh|thuc hien|trien khai|trong|thoi gian|het|cuoi|den het) )*"
    r"(?P<word>(?:(?:giai doan|gd|thoi ky|tu|from|period) )+)?(?:(?:cac|hai|[23]) (?=nam ))?"
)
_TO = re.compile(
    r" ?->? ?(?:(?:den|toi) )?|(?P<word> (?:cho )?(?:den|toi|to|until|till|through) (?:het |cuoi |(?:the )?end of )?)"
)
_UNIT = re.compile(rf"quy|{THANG}|{NAMES}\b|[qt]")
# In "Tháng 6-25" it may be a year.
_NUMBER = re.compile(r"(?:[01]?[0-9]|[iv]+)\b")
_DAY_NUMBER = re.compile(r"[0-9]{1,2}\b")
_YEARLY = "(?:hang|moi) nam|(?:each|every) year|annually|yearly"
_EACH_YEAR = (
    rf"(?:dinh ky )?(?P<before>.+?)[ ,(/-]+(?:(?:dinh ky|vao|trong|cua) )?(?:{_YEARLY})\)?|"
    rf"(?:dinh ky )?(?:{_YEARLY})[ ,(-]+(?P<after>.+?)\)?|"
    rf"(?:each|every) (?P<month>{NAMES})"
)
_FROM_THEN_ON = (
    r"(?:(?:ke )?tu |from )?(?P<head>.+?),? (?:(?:va|and|&) )?"
    r"(?:(?:nhung|cac) nam (?:tiep theo|sau(?: do| nay)?|ke tiep|tiep sau|toi)|tro di|"
    r"(?:the )?(?:following|subsequent|next|later|coming) years|beyond|onwards?)"
)


def read(text: str, year: int) -> Reading:
    """
    Read a deadline of a plan of some year.

    Raises:
        ValueError: it has the form of a day, month or quarter that no calendar has, as "31/2" or "Quý 5".
        OverflowError: the year is out of all bounds.

    >>> read("Quý II, III", 2025).note
    'read as 2 occurrences, each to be completed'
    """
    if len(text) > MAX_TEXT:
        return _UNREAD
    if "\n" not in text:
        return _read(_folded(text), year) or _UNREAD
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    is_item = [line[0] in _BULLETS for line in lines]
    reading = None if any(is_item[1:]) else _read(_folded(text), year)
    if not reading and len({*is_item}) == 1:  # no wrapped text, but a deadline in each line
        reading = _several("; ".join(map(_folded, lines)), year)
    return reading or _UNREAD


def read_over(text: str, first: date, last: date) -> Reading:
    """
    Read a deadline of a plan from one day to another, which is not for its calendar year.

    A text that names its years says the same in each of them. One that is of every year, as "Hằng quý" or "15/3 hằng năm", is
    due in each, on the days that are the plan's. Of another, as "Quý III", the year is that in which it is the plan's, if there
    is one such year; of several days, as "15/6, 15/12", that of each.

    Raises:
        ValueError, OverflowError: as `read` does.

    >>> five_years = date(2026, 1, 1), date(2030, 12, 31)
    >>> len(read_over("Hằng quý", *five_years).days), read_over("Quý III/2027", *five_years).days
    (20, (datetime.date(2027, 9, 30),))
    >>> read_over("Quý III", *five_years).kind
    <DeadlineKind.UNSPECIFIED: 'unspecified'>
    >>> read_over("Quý I", date(2026, 7, 1), date(2027, 6, 30)).days
    (datetime.date(2027, 3, 31),)
    >>> read_over("Trong năm", date(2026, 7, 1), date(2027, 6, 30)).days
    (datetime.date(2027, 6, 30),)
    """
    is_yearly = re.search(_YEARLY, _folded(text)) is not None
    found = {year: _in_year(text, year) for year in range(first.year, last.year + 1)}
    readings = [reading for reading in found.values() if reading]
    if len(readings) < len(found) and (is_yearly or not readings):
        without = next(year for year, reading in found.items() if not reading)
        return read(text, without)  # it has not such a day, which is said
    one, after = readings[0], _in_year(text, last.year + 1)
    is_of_a_year = first.year == last.year
    if after and all(reading.days == after.days for reading in readings):
        return one
    if is_of_a_year and all(first <= day <= last for day in one.days):
        return one
    if one.kind in EACH or one.is_every_month or is_yearly:
        days = tuple(day for reading in readings for day in reading.days if first <= day <= last)
        kind = one.kind if one.kind in EACH else DeadlineKind.DAYS
        return Reading(kind if len(days) > 1 else DeadlineKind.DAY, days, one.note) if days else _UNREAD
    if is_of_a_year or len({len(reading.days) for reading in readings}) > 1:
        return one if is_of_a_year else _UNREAD
    if one.kind is DeadlineKind.YEAR and last < first.replace(day=1) + timedelta(days=366):
        # The year of such a plan is its own; its end may be that of the calendar.
        return _UNREAD if re.search("cuoi |end", _folded(text)) else Reading(one.kind, (last,))
    inside = [{day for day in days if first <= day <= last} for days in zip(*(r.days for r in readings), strict=True)]
    if any(len(days) != 1 for days in inside):
        return _UNREAD
    due = tuple(day for days in inside for day in days)
    return next(reading for reading in readings if due[-1] in reading.days)._replace(days=due)


def _in_year(text: str, year: int) -> Reading | None:
    """What a text says in a year; None where it says a day that this year has not."""
    try:
        return read(text, year)
    except (ValueError, OverflowError):
        return None


def how_read(text: str, year: int) -> str:
    """
    How a text was read, as a sentence, where people may have meant otherwise; else empty.

    >>> how_read("Trước tháng 6/2025", 2025), how_read("Tháng 6/2025", 2025)
    ('before it begins, so due on 2025-05-31', '')
    """
    reading = _in_year(text, year)
    return reading.note if reading else ""


# Marks of Vietnamese letters go; "Ð" is often typed for "Đ", and some fonts have Roman numerals as one sign.
_FOLDED = str.maketrans(
    dict.fromkeys("\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323\u200b\u200c\u200d\u2060\ufeff\xad")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212→÷", "-")
    | dict.fromkeys("đð", "d")
    | {"ⅰ": "i", "ⅱ": "ii", "ⅲ": "iii", "ⅳ": "iv", ":": " ", "’": "'"}
)

_SIX = "sa\u0301u"  # without its mark it would be "sau", after

_QUARTER_OF_L = re.compile(r"(?<=\bquy )(?=[iv]*l)[ilv]{1,3}\b")

# "*", "(1)", "[a]", "²": what a footnote is marked with.
_FOOTNOTE = re.compile(
    r"(?: ?(?:[*†‡\u00b9\u00b2\u00b3\u2070-\u2079]+|\((?:[0-9]{1,2}|[a-z]|\*+)\),?|\[(?:[0-9]{1,2}|[a-z*])\]))+$"
)
_EXTENDED = re.compile(
    r"[ ,(\[-]+(?:da |duoc )*(?:gia han|dieu chinh|sua doi|extended|revised)(?: lan (?:[0-9]|i{1,3}|dau|thu [a-z0-9]+))?[)\]]?$"
)


def _folded(text: str) -> str:
    """The text for reading: without marks, in lower case, single spaces, no bullet before it and no footnote after it."""
    plain = text.casefold() if text.isascii() else normalised(text, "NFD").casefold().replace(_SIX, "6")
    plain = " ".join(plain.translate(_FOLDED).split()).lstrip(f" {_BULLETS}{_QUOTES}").rstrip(f" .;,{_QUOTES}")
    plain = re.sub(r"\bqui(?![a-hj-uw-z])", "quy", plain) if "qui" in plain else plain  # the other spelling, "Quí"
    plain = _QUARTER_OF_L.sub(lambda found: found[0].replace("l", "i"), plain) if "quy" in plain else plain
    return plain if plain[-1:].isalnum() and plain.isascii() else _FOOTNOTE.sub("", plain).rstrip(" .;,")


def _read(text: str, year: int) -> Reading | None:
    return (
        _one(_EXTENDED.sub("", text), year)
        or _until(text, year)
        or _other(text, year)
        or _goes_on(text, year)
        or _span(text, year)
        or _year_first(text)
        or _yearly(text, year)
        or _several(text, year)
    )


@cache
def _matchers(table: str) -> tuple[tuple[Callable[[str], re.Match[str] | None], Reader], ...]:
    """The forms of a table; compiled when the first deadline is read, as that takes longer than all else at an import."""
    return tuple((re.compile(pattern).fullmatch, reader) for pattern, reader in FORMS[table])


def _first(table: str, text: str, year: int) -> Reading | None:
    for fullmatch, reader in _matchers(table):
        if match := fullmatch(text):
            return reader(match, year)
    return None


def _one(text: str, year: int) -> Reading | None:
    """
    A day or a period, and the words that stand before it.

    "Before", "by", "at the latest" a day are all due on that day: a deadline day is inclusive, and officials write "trước ngày"
    for it. Before a month, a quarter or a year is before it begins. By a month or a quarter may be by its first day or by its
    last, so it is not read.
    """
    lead = _LEAD.match(text)
    assert lead is not None  # each of its words may be missing
    core = text[lead.end() :]
    reading = _first("core", core, year)
    if not reading or reading.kind not in MONTHS_OF or lead["end"] or not (lead["before"] or lead["until"]):
        return reading
    is_year = reading.kind is DeadlineKind.YEAR
    if lead["until"]:
        return reading if is_year and re.search("[0-9]{4}|year[ -]end", core) else None
    if reading.kind is DeadlineKind.HALF_YEAR or (is_year and not re.match("(?:nam|year) [0-9]", core)):
        return None
    last = reading.days[0]
    eve = last.replace(month=last.month - MONTHS_OF[reading.kind] + 1, day=1) - timedelta(days=1)
    return Reading(reading.kind, (eve,), said("before it begins, so due on {day}", day=eve))


def _until(text: str, year: int) -> Reading | None:
    """The last day of what depends on something, as "theo hướng dẫn của Bộ, chậm nhất 30/9"."""
    found = _UNTIL.fullmatch(text)
    reading = found and _one(found["until"], year)
    if not reading:
        return None
    note = said("what it depends on may come earlier, so due on {day} at the latest", day=reading.days[-1])
    return reading._replace(note=reading.note or note) if len(reading.days) == 1 else None


def _other(text: str, year: int) -> Reading | None:
    """What stands by itself; nothing that depends on something and says when beside it, which would be lost."""
    reading = _first("others", text, year)
    if reading and reading.kind is DeadlineKind.DEPENDENT:
        if re.match(r"theo (?:tuan|thang|quy|nam)\b", text):
            return None
        beside = (part for part in _BESIDE.split(text)[1:] if part)
        if any((_read(part, year) or reading).days for part in beside):
            return None
    return reading


def _span(text: str, year: int) -> Reading | None:
    """From one day or period to another, due at the end of the other. Where several dashes could be the one, it is not read."""
    lead = _SPAN.match(text)
    assert lead is not None  # as above
    is_worded, rest = bool(lead["word"]), text[lead.end() :]
    ends = [
        reading
        for to in _TO.finditer(rest)
        if (reading := _end(rest[: to.start()], rest[to.end() :], year, is_worded or bool(to["word"])))
    ]
    return ends[0] if len(ends) == 1 else None


def _end(first: str, last: str, year: int, is_worded: bool) -> Reading | None:
    """
    The end of a span, if its beginning is read and comes before it. Both are of one kind, unless words say "from … to".

    The beginning takes the year of the end. An end without a year after a beginning with another year than the plan's is
    unclear.
    """
    if first.startswith("cac "):  # perhaps each of them
        return None
    named = _NAMED_YEAR.search(last)
    if number := re.fullmatch("(?:ngay )?([0-9]{1,2})", first):
        end = _first("days", last, year)
        is_later = end and 0 < int(number[1]) < end.days[0].day
        return end._replace(start=end.days[0].replace(day=int(number[1]))) if end and is_later else None
    own = _NAMED_YEAR.search(first)
    if own and not named and int(own[0]) != year:
        return None
    begin = _first("core", first if own or not named else f"{first}/{named[0]}", year)
    if not begin and not (is_worded and first in ("nay", "dau nam", "now")):
        return None
    unit = _UNIT.match(first)
    is_bare = unit and (_NUMBER if unit[0][0] in "qt" else _DAY_NUMBER).match(last)
    end = (unit and is_bare and _first("core", f"{unit[0]} {last}", year)) or _first("core", last, year)
    if not end or len(end.days) != 1:
        return None
    if not begin:
        return end
    is_later = begin.days[-1:] < end.days if begin.kind is end.kind else is_worded and begin.days[-1:] <= end.days
    return end._replace(start=_beginning(begin)) if begin.days and is_later else None


def _beginning(reading: Reading) -> date:
    """The first day of a day or a period."""
    [day] = reading.days[-1:]
    months = MONTHS_OF.get(reading.kind)
    return day if months is None else day.replace(month=day.month - months + 1, day=1)


def _goes_on(text: str, year: int) -> Reading | None:
    """A year or a period "and the following years"."""
    found = re.fullmatch(_FROM_THEN_ON, text)
    head = found and (_one(found["head"], year) or _span(found["head"], year))
    if not head or head.kind not in MONTHS_OF:
        return None
    note = said("goes on in later years: without a deadline, and not counted where dated activities alone are")
    return Reading(DeadlineKind.REGULAR, (), note)


def _year_first(text: str) -> Reading | None:
    """ "2025 Q2": the same as with the year after it."""
    found = re.fullmatch(r"(?:nam )?([0-9]{4})[ ,/.(-]*((?:(?<![0-9])6 )?[a-z][^)]*)\)?", text)
    if not found or _NAMED_YEAR.search(found[2]):
        return None
    text, year = f"{found[2]}, {found[1]}", int(found[1])
    return _one(text, year) or _span(text, year) or _several(text, year)


def _yearly(text: str, year: int) -> Reading | None:
    """On some days of each year; in a plan of one year these are its days."""
    found = re.fullmatch(_EACH_YEAR, text)
    rest = found and (found["before"] or found["after"] or found["month"])
    if not rest or _NAMED_YEAR.search(rest):
        return None
    return _one(rest, year) or _span(rest, year) or _several(rest, year)


def _several(text: str, year: int) -> Reading | None:
    """Several days or periods in one text; one part that cannot be read leaves the whole unread."""
    parts = _SEPARATOR.split(text)
    if len(parts) == 1:
        return None
    unit = _UNIT_OF_LIST.match(text)
    kinds: set[DeadlineKind] = set()
    days: list[date] = []
    for part in (_TURN.sub("", part) for part in parts):
        reading = _one(part, year) or (unit and _first("core", f"{unit['unit']} {part}", year))
        # A year by itself may be that of the parts before it. "Before" may be said of the first part alone.
        is_year = reading and reading.kind is DeadlineKind.YEAR and not re.search("cuoi |ca |end", part)
        if not reading or is_year or reading.note:
            return None
        kinds.add(reading.kind)
        days += reading.days
    # "Quý II, 30/6" is one day said twice. "Quý 1, 3/2024" may mean the third quarter, or March; "15 tháng 3, tháng 6" the 15th
    # of June, or all of it.
    is_unclear = (
        (len(kinds) > 1 and len({*days}) == 1)
        or {DeadlineKind.MONTH, DeadlineKind.QUARTER} <= kinds
        or ({DeadlineKind.MONTH, DeadlineKind.DAY} <= kinds and re.search("[0-9] thang", text))
    )
    if is_unclear or _year_is_unclear(parts, year):
        return None
    note = (
        said("read as {count} occurrences, each to be completed", count=len(set(days))) if kinds & {*MONTHS_OF} else ""
    )
    return Reading(DeadlineKind.DAYS, tuple(days), note)


def _year_is_unclear(parts: list[str], year: int) -> bool:
    """Whether only some parts name a year, and it is not the plan's: it may be meant for the other parts too."""
    named = [_NAMED_YEAR.search(part) for part in parts]
    return None in named and any(found and int(found[0]) != year for found in named)
