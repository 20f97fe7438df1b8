"""
Headings: which column of a table holds what, in Vietnamese or in English, in whatever order, over one to three rows.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache

import attrs

from reformtrack.domain.wording import folded
from reformtrack.exchange.appendix.agencies import is_alone
from reformtrack.exchange.appendix.lines import text_of, unit_of
from reformtrack.exchange.appendix.sheet_reader import cell_name
from reformtrack.exchange.appendix.sheets import Sheet
from reformtrack.exchange.appendix.vocabulary import ACTIVITIES, FIELDS, INDICATOR_FIELDS, Column, Vocabulary

_UNITS: Mapping[str, Column] = {
    **dict.fromkeys(("quy", "quarter"), "quarter"),
    **dict.fromkeys(("thang", "month"), "month"),
    **dict.fromkeys(("nam", "year"), "year"),
    **dict.fromkeys(("ngay", "day"), "day"),
}
_PERIOD = re.compile(
    r"(?P<unit>quy|q|quarter|thang|t|month)?\.? ?(?P<n>iv|i{1,3}|1[0-2]|0?[1-9])(?: ?(?:[/-]|nam)? ?(?P<year>20[0-9]{2}))?"
)
_OF_CODES = re.compile(r"ma\b|code|\bid$|^ref")
_LONGEST = 60
_WORDS = 9
_MOST = 60
"""A row with more texts is none of headings."""
_ALL_FIELDS = frozenset((*FIELDS, *INDICATOR_FIELDS))
_PARTS: Sequence[Column] = ("quarter", "month", "year", "day")


@attrs.frozen(kw_only=True)
class Heading:
    """What stands above a column, and what it was taken for."""

    text: str
    column: Column
    cells: tuple[tuple[int, int], ...]
    """(row, column), from 0, of the cells that it is made of."""
    period: str = ""
    """Of a `tick`: the deadline that a mark means, as "Quý I"."""

    @property
    def last(self) -> str:
        """Its text without those of the headings over it."""
        return self.text.rpartition(": ")[2]


@attrs.frozen(kw_only=True)
class Headings:
    """The headings of a table."""

    first: int
    height: int
    all: Mapping[int, Heading]
    """By the place of a column, from 0."""
    unclear: Mapping[Column, tuple[int, ...]]
    """By field, the places of columns that may all be it; and of needed fields that no column is, none."""

    @property
    def end(self) -> int:
        """The first row below them."""
        return self.first + self.height

    @cached_property
    def columns(self) -> dict[str, int]:
        """The place of each field that one column has."""
        return {heading.column: place for place, heading in self.all.items() if heading.column in _ALL_FIELDS}

    @cached_property
    def has_codes(self) -> bool:
        """Whether the first column is for codes and not for running numbers."""
        return any(h.column == "code" and _OF_CODES.search(folded(h.text)) for h in self.all.values())

    @cached_property
    def unit(self) -> int | None:
        """How many đồng one of the budget's unit is; None when the heading names no unit."""
        return next((unit_of(h.text) for h in self.all.values() if h.column == "budget"), None)

    @property
    def key(self) -> tuple[tuple[int, str], ...]:
        """What is the same of a table that goes on, on another page or sheet."""
        return tuple((place, folded(heading.text)) for place, heading in self.all.items())

    def places(self, *columns: Column) -> list[int]:
        """The places of all columns of some kinds, from the left."""
        return [place for place, heading in sorted(self.all.items()) if heading.column in columns]


def find_headings(
    sheet: Sheet,
    number: int,
    answers: Mapping[str, str],
    before: Headings | None,
    *,
    guess: bool = False,
    of: Vocabulary = ACTIVITIES,
) -> Headings | None:
    """
    The headings that begin in a row; None when none do.

    Args:
        answers: by a column's heading, or its place as `PL1!C`, what it is for; by `PL1!lead`, which column is that.
        before: those of the table above: below it, a row has to look more like headings to be one.
        guess: take a row of short texts for headings although it does not name the activity, the lead and the deadline.
        of: what the table is one of.
    """
    top = own_texts(sheet, number)
    if not 2 <= len(top) <= _MOST or not _is_of_words(sheet, number, top):
        return None
    known = {place: kind for place, text in top.items() if (kind := kind_of(text, answers, of)[0]) is not None}
    if not _may_be(sheet, number, top, known, before, guess):
        return None
    found = _with_rows_below(sheet, number, top, answers, of)
    named = {heading.column for heading in found.all.values()}
    is_table = "title" in named and named & {*of.needed, *of.also}
    if not is_table and not (guess and named & {"title", *of.needed}):
        return None
    return found


def _is_of_words(sheet: Sheet, number: int, top: Mapping[int, str]) -> bool:
    """Whether a row has short texts only. An activity that speaks of tasks and of time has a number, a day or a long text."""
    return all(
        len(text) <= _LONGEST and isinstance(sheet.rows[number][place], str) and not text[:1].isdigit()
        for place, text in top.items()
    )


def _may_be(
    sheet: Sheet, number: int, top: Mapping[int, str], known: Mapping[int, Column], before: Headings | None, guess: bool
) -> bool:
    if guess:
        below = range(number + 1, min(number + 4, len(sheet.rows)))
        return len(top) >= 3 and bool(known) and any(len(own_texts(sheet, row)) >= 2 for row in below)
    if "title" not in known.values():
        return False
    if before is None:
        return True
    first = known.get(min(top))
    alike = sum(folded(before.all[place].text) == folded(text) for place, text in top.items() if place in before.all)
    sure = sum(kind not in ("custom", None) for kind in known.values())
    return alike >= 2 or first == "code" or (sure >= 3 and 2 * sure > len(top))


def own_texts(sheet: Sheet, number: int) -> dict[int, str]:
    """The texts of a row's own cells, by place."""
    if number >= len(sheet.rows):
        return {}
    row = sheet.rows[number]
    return {
        place: text
        for place, cell in enumerate(row)
        if (text := text_of(cell)) and (number, place) not in sheet.merged_down
    }


def _with_rows_below(
    sheet: Sheet, number: int, top: Mapping[int, str], answers: Mapping[str, str], of: Vocabulary
) -> Headings:
    """The headings of a row together with those that stand in one or two rows below it, under some of its cells."""
    texts = {place: (text, ((number, place),)) for place, text in top.items()}
    over = dict(top)
    height = 1
    while (
        height < 3 and (below := own_texts(sheet, number + height)) and _is_under(sheet, number, height, top, below, of)
    ):
        for place, text in below.items():
            parent = over.get(place) or _parent(sheet, number, place, top)
            cells = (*(texts[place][1] if place in texts else ()), (number + height, place))
            texts[place] = (f"{parent}: {text}" if parent else text, cells)
            over[place] = texts[place][0]
        height += 1
    while _is_numbered(sheet, number + height):
        height += 1
    subs = {place for place, (_, cells) in texts.items() if cells[-1][0] > number}
    # A heading over others has no column of its own where one stands under it in its place.
    found = {
        place: _heading(sheet.name, place, text, cells, answers, place in subs, of)
        for place, (text, cells) in sorted(texts.items())
    }
    return _settled(sheet.name, Headings(first=number, height=height, all=found, unclear={}), answers, of)


def _parent(sheet: Sheet, number: int, place: int, top: Mapping[int, str]) -> str:
    """The heading that stands over a place: in the merged cell above it, else the next one to the left."""
    area = next((a for a in sheet.merged if a[0][0] <= number <= a[1][0] and a[0][1] <= place <= a[1][1]), None)
    left = area[0][1] if area else max((p for p in top if p <= place), default=-1)
    return top.get(left, "")


def _is_under(
    sheet: Sheet, number: int, height: int, top: Mapping[int, str], below: Mapping[int, str], of: Vocabulary
) -> bool:
    title = next((place for place, text in top.items() if kind_of(text, {}, of)[0] == "title"), None)
    code = next((place for place, text in top.items() if kind_of(text, {}, of)[0] == "code"), None)
    if {title, code} & below.keys() or any(len(text) > _LONGEST for text in below.values()):
        return False
    wide = [a for a in sheet.merged if a[0][0] <= number <= a[1][0] and a[1][1] > a[0][1]]

    def fits(place: int, text: str) -> bool:
        if kind_of(text, {}, of)[0] is not None or period_of(
            text, top.get(place, "") or _parent(sheet, number, place, top)
        ):
            return True
        return folded(text) in _UNITS or any(a[0][1] <= place <= a[1][1] for a in wide)

    if all(fits(place, text) for place, text in below.items()):
        return True
    # Without merged cells: texts below which the lead or the deadline is named in the next row.
    after = own_texts(sheet, number + height + 1)
    is_named = any(kind_of(text, {}, of)[0] in ("lead", "supporting", "deadline", "unit") for text in after.values())
    return height == 1 and is_named and not {title, code} & after.keys() and min(below) > min(top)


_FORMULA = re.compile(r"\(?[0-9]{1,2}\)?(?:\s*=.*)?|\(?[A-Z]\)?")


def _is_numbered(sheet: Sheet, number: int) -> bool:
    """Whether a row has nothing but the numbers of the columns, as (1) (2) (3=1+2)."""
    texts = list(own_texts(sheet, number).values())
    return (
        len(texts) > 2
        and all(_FORMULA.fullmatch(text) for text in texts)
        and sum(t.strip("()")[:1].isdigit() for t in texts) > 2
    )


def period_of(text: str, parent: str) -> str:
    """
    The deadline that a mark under a heading means; empty when the heading is no period.

    >>> period_of("Quý I", ""), period_of("T6/2025", ""), period_of("III", "Quý"), period_of("3", "")
    ('Quý I', 'tháng 6/2025', 'Quý III', '')
    """
    match = _PERIOD.fullmatch(folded(text))
    if match is None:
        return ""
    unit = match["unit"] or next((u for u in folded(parent).replace(":", " ").split()[::-1] if u in _UNITS), "")
    year = f"/{match['year']}" if match["year"] else ""
    if unit in ("quy", "q", "quarter"):
        return f"Quý {match['n'].upper()}{year}"
    return f"tháng {match['n']}{year}" if unit in ("thang", "t", "month") and match["n"].isdigit() else ""


@lru_cache(maxsize=4_096)
def _kind(text: str, of: Vocabulary) -> tuple[Column | None, bool]:
    plain = re.sub(r"\([^)]*\)", " ", folded(text.replace("_", " "))).replace("/", " / ")
    plain = " ".join(plain.replace(":", " ").replace(";", " ").split()).strip(" .*")
    if not plain or len(plain.split()) > _WORDS:
        return None, False
    return next(((kind, sure) for kind, sure, pattern in of.rules if pattern.search(plain)), (None, False))


def kind_of(text: str, answers: Mapping[str, str], of: Vocabulary = ACTIVITIES) -> tuple[Column | None, bool]:
    """
    What a heading names, and whether it names it surely.

    >>> kind_of("Cơ quan chủ trì", {}), kind_of("Mã nhiệm vụ", {}), kind_of("Số nhiệm vụ", {})[0], kind_of("Địa bàn", {})
    (('lead', True), ('code', True), 'custom', (None, False))
    """
    if (answer := answers.get(folded(text))) is not None:
        return answer, True  # type: ignore[return-value]  # checked where it came in
    return _kind(text, of) if len(text) <= _LONGEST else (None, False)


def _heading(
    sheet: str,
    place: int,
    text: str,
    cells: tuple[tuple[int, int], ...],
    answers: Mapping[str, str],
    is_sub: bool,
    of: Vocabulary,
) -> Heading:
    """What one column is taken for, before it is compared with the others."""
    letter = cell_name(0, place)[:-1]
    parent, _, last = text.rpartition(": ")
    kind = answers.get(f"{sheet}!{letter}") or kind_of(text, answers, of)[0]
    period = ""
    if f"{sheet}!{letter}" not in answers and folded(text) not in answers:
        sub = kind_of(last, answers, of)[0] if is_sub else None
        kind = sub or kind
    if of is ACTIVITIES and f"{sheet}!{letter}" not in answers and folded(text) not in answers:
        if is_sub and kind_of(parent.rpartition(": ")[2], {})[0] == "budget":  # the whole, and no part of it
            kind = "budget" if re.match(r"tong|cong|total", folded(last)) else "custom"
        period = period_of(last, parent)
        unit = _UNITS.get(folded(re.split(r"[:(]", text)[-1].strip(" )")))
        if period:
            kind = "tick"
        elif unit and (kind_of(parent or text, {})[0] in ("deadline", None) or folded(text) in _UNITS):
            kind = unit
    return Heading(text=text, column=kind or "custom", cells=cells, period=period)  # type: ignore[arg-type]  # a column, as answers are checked


_ROLES: Mapping[str, Column] = {
    **dict.fromkeys(("ct", "chu tri", "c", "lead"), "lead"),
    **dict.fromkeys(("ph", "phoi hop", "p", "support", "supporting"), "supporting"),
}


def role_of(text: str) -> Column | None:
    """
    What a mark under an agency means: whether it leads or supports.

    >>> role_of("CT"), role_of("Phối hợp"), role_of("x")
    ('lead', 'supporting', None)
    """
    return _ROLES.get(folded(text).strip(" .()")) if len(text) <= _LONGEST else None


def with_roles(sheet: Sheet, found: Headings, end: int) -> Headings:
    """The headings of a table without a column of leads, where each of some agencies has a column with marks of its part."""
    if found.unclear.get("lead") != ():
        return found
    places = [p for p in found.places("custom") if is_alone(found.all[p].text.rpartition(": ")[2])]
    below = [own_texts(sheet, number) for number in range(found.first + found.height, end)]
    roles = {role_of(own[place]) for own in below for place in places if place in own}
    if len(places) < 2 or None in roles or "lead" not in roles:
        return found
    all_ = {p: attrs.evolve(h, column="role") if p in places else h for p, h in found.all.items()}
    return attrs.evolve(found, all=all_, unclear={f: u for f, u in found.unclear.items() if f != "lead"})


def _settled(sheet: str, found: Headings, answers: Mapping[str, str], of: Vocabulary) -> Headings:
    """Each field with one column: the one that names it surely; where several do, it is to be asked."""
    all_, unclear = dict(found.all), dict[Column, tuple[int, ...]]()

    def give(place: int, column: Column) -> None:
        all_[place] = attrs.evolve(all_[place], column=column)

    if len(found.places("tick")) == 1 and "deadline" in found.columns:
        give(found.places("tick")[0], "custom")
    parts = found.places(*_PARTS)
    if parts and len(parts) < 2 and not found.places("deadline"):
        give(parts[0], "deadline")
    elif len(parts) == 1:
        give(parts[0], "custom")
    for field in of.fields:
        places = [place for place, heading in all_.items() if heading.column == field]
        fitting = of.of_plan_years(field, {place: all_[place].text for place in places})
        for place in set(places) - set(fitting):
            if answers.get(f"{sheet}!{cell_name(0, place)[:-1]}") != field:
                places.remove(place)
                give(place, "custom")
        chosen = answers.get(f"{sheet}!{field}")
        if chosen is not None:
            places = [place for place in all_ if cell_name(0, place)[:-1] == chosen.upper()]
        elif len(places) > 1:
            told = [p for p in places if answers.get(f"{sheet}!{cell_name(0, p)[:-1]}") == field]
            sure = [p for p in places if kind_of(all_[p].text.rpartition(": ")[2], answers, of)[1]]
            # Two columns of running numbers or of notes are no other plan.
            places = told or (sure if len(sure) == 1 else places[:1] if field in ("code", "note") else places)
            if len(places) > 1:
                unclear[field] = tuple(places)
                places = places[:1]
        for place, heading in list(all_.items()):
            if heading.column == field and place not in places:
                give(place, "custom")
        for place in places:
            give(place, field)
    for place, heading in all_.items():
        if heading.column == "both":
            unclear["lead"] = (*unclear.get("lead", ()), place)
    has = {heading.column for heading in all_.values()}
    there = {
        "lead": bool(has & {"lead", "both"}),
        "deadline": bool(has & {"deadline", "tick", *_PARTS}),
    }
    for field in ("title", *of.needed):
        if not there.get(field, field in has):
            unclear[field] = ()
    return attrs.evolve(found, all=all_, unclear=unclear)
