"""Headings: which column of a table holds what, in Vietnamese or in English, in whatever order, over one to three rows."""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import cast

import attrs

from reformtrack.domain.deadline import Deadline, DeadlineKind
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.wording import folded
from reformtrack.exchange.appendix.agencies import by_role, is_alone
from reformtrack.exchange.appendix.lines import is_foreign, is_tick, is_unit, numbered, text_of, unit_of_heading
from reformtrack.exchange.appendix.sheet_reader.cells import Area, column_name
from reformtrack.exchange.appendix.sheets import Cell, Sheet
from reformtrack.exchange.appendix.vocabulary import (
    ACTIVITIES,
    FIELDS,
    IN_TITLES,
    INDICATOR_FIELDS,
    LONGEST,
    PART_OF,
    PARTS,
    Column,
    Vocabulary,
    period_of,
    role_of,
)

_RAISED = re.compile("[⁰¹²³⁴-⁹]")
_STATE = re.compile(
    r"(?:đã|đang|chưa)\b.*|(?:da|dang|chua) (?:hoan thanh|thuc hien|trien khai|xong|co)\b.*"
    r"|(?:hoàn thành|hoan thanh|chậm tiến độ|quá hạn|đúng (?:hạn|tiến độ)|completed|done|in progress|ongoing|not started"
    r"|delayed|on track)(?: (?:đúng|quá|trước|chậm|trễ)? ?(?:hạn|thời hạn|tiến độ))?[ ().,%0-9]*",
    re.DOTALL | re.IGNORECASE,
)
"""How far a task is."""
_OF_CODES = re.compile(r"ma\b|code|\bid$|^ref")
_AT_ANY_TIME = re.compile(r"(?:kip thoi|(?:ngay )?(?:sau )?khi|theo (?:quy dinh|huong dan|yeu cau|tien do|ke hoach))\b")
"""What says when, in general, without marks and capitals."""
_DAY = re.compile(r"[0-9]{2}/[0-9]{2}/20[0-9]{2}")
_PLANNED = re.compile(r"\bhan\b(?! bao cao)|deadline|\bdue|du kien|ke hoach|yeu cau|duoc giao")
_TIMES: Sequence[Column] = ("deadline", "start", "tick", "quarter", "month", "day")
_WORDS = 9
_MOST = 60
"""A row with more texts is none of headings."""
_ALL_FIELDS = frozenset((*FIELDS, *INDICATOR_FIELDS))
_NUMBER = re.compile(r"\(?[0-9]{1,2}\)?(?:\s*=.*)?|\(?[A-Z]\)?")


_Text = tuple[str, tuple[tuple[int, int], ...]]
"""The text of a heading, and its cells."""


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
        """The place of each field, or its first one."""
        columns = sorted(self.all.items(), reverse=True)
        return {heading.column: place for place, heading in columns if heading.column in _ALL_FIELDS}

    @cached_property
    def has_codes(self) -> bool:
        """Whether the first column is for codes and not for running numbers."""
        return any(h.column == "code" and _OF_CODES.search(folded(h.text)) for h in self.all.values())

    @cached_property
    def unit(self) -> int | None:
        """How many đồng one of the budget's unit is; None when the heading names no unit."""
        return next((unit_of_heading(h.text) for h in self.all.values() if h.column == "budget"), None)

    def taken(self, column: Column, places: Collection[int]) -> "Headings":
        """These, some of which are for something else."""
        all_ = {p: attrs.evolve(h, column=column) if p in places else h for p, h in self.all.items()}
        return attrs.evolve(self, all=all_)

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
    if not 2 <= len(top) <= _MOST or not is_word(sheet.rows[number][min(top)], top[min(top)]):
        return None
    reading = _Reading(sheet, number, top, answers, of)
    if not (reading.may_be_guessed() if guess else reading.may_be(before)):
        return None
    found = reading.headings()
    named = {heading.column for heading in found.all.values()}
    is_table = "title" in named and named & {*of.needed, *of.also}
    return found if is_table or (guess and named & {"title", *of.needed}) else None


def is_word(cell: Cell, text: str) -> bool:
    """Whether a cell has a short text. An activity that speaks of tasks and of time begins with a number, or a long text."""
    is_text = isinstance(cell, str) and not text[:1].isdigit()
    return len(text) <= LONGEST and (is_text or bool(period_of(text, "")))


def is_at_any_time(text: str) -> bool:
    """Whether a text says when, in general, as "Kịp thời"."""
    return _AT_ANY_TIME.match(folded(text[:40])) is not None


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


@attrs.frozen
class _Reading:
    """The headings that may begin in a row of a sheet, while they are read."""

    _sheet: Sheet
    _number: int
    _top: Mapping[int, str]
    """The texts of the row, by place."""
    _answers: Mapping[str, str]
    _of: Vocabulary

    def may_be_guessed(self) -> bool:
        """Whether a row of short texts stands over others, and names anything."""
        number, sheet = self._number, self._sheet
        below = (own_texts(sheet, row) for row in range(number + 1, min(number + 4, len(sheet.rows))))
        is_known = any(kind_of(text, self._answers, self._of)[0] is not None for text in self._top.values())
        return len(self._top) >= 3 and is_known and any(len(own) >= 2 for own in below)

    def may_be(self, before: Headings | None) -> bool:
        """Whether the row names the title, and looks like headings to whom the table above has its own."""
        kinds = {place: kind_of(text, self._answers, self._of)[0] for place, text in self._top.items()}
        if "title" not in kinds.values():
            return False
        if before is None:
            return True
        above = {place: folded(heading.text) for place, heading in before.all.items()}
        alike = sum(above.get(place) == folded(text) for place, text in self._top.items())
        sure = sum(kind not in ("custom", None) for kind in kinds.values())
        if alike >= 2 or kinds[min(kinds)] == "code":
            return True
        # A task may speak of tasks, results and who is in charge: it has a number or a mark, or says when.
        row, first = self._sheet.rows[self._number], self._top[min(kinds)]
        are_words = all(is_word(row[place], text) and not is_at_any_time(text) for place, text in self._top.items())
        return are_words and numbered(first).form == "other" and sure >= 3 and 2 * sure > len(kinds)

    def headings(self) -> Headings:
        """Those of the row together with those that stand in one or two rows below it, under some of its cells."""
        number, top = self._number, self._top
        texts: dict[int, _Text] = {place: (text, ((number, place),)) for place, text in top.items()}
        height = 1
        while height < 3 and (below := own_texts(self._sheet, number + height)) and self._is_under(height, below):
            for place, text in below.items():
                over, cells = texts.get(place, (self._over(place), ()))
                texts[place] = (f"{over}: {text}" if over else text, (*cells, (number + height, place)))
            height += 1
        while _is_numbered(self._sheet, number + height):
            height += 1
        texts.update(self._under_wide(number + height, texts))
        # A heading over others has no column of its own where one stands under it in its place.
        found = {place: self._heading(place, text, cells) for place, (text, cells) in sorted(texts.items())}
        first = Headings(first=number, height=height, all=found, unclear={})
        return _settled(self._sheet, first, self._answers, self._of)

    def _under_wide(self, end: int, texts: Mapping[int, _Text]) -> dict[int, _Text]:
        """The columns with texts, but none of their own above them, under a heading that is merged over several."""
        wide = [(area[0][1], place) for area in self._areas() for place in range(area[0][1] + 1, area[1][1] + 1)]
        below = self._sheet.rows[end:]
        return {
            place: (texts[first][0], ((self._number, place),))
            for first, place in wide
            if first in texts and place not in texts and any(text_of(row[place]) for row in below if place < len(row))
        }

    def _areas(self) -> Sequence[Area]:
        """The merged cells that the row is a part of."""
        return self._sheet.merged_in(self._number)

    def _over(self, place: int) -> str:
        """The heading that stands over a place: in the merged cell above it, else the next one to the left."""
        area = next((a for a in self._areas() if a[0][1] <= place <= a[1][1]), None)
        left = area[0][1] if area else max((p for p in self._top if p <= place), default=-1)
        return self._top.get(left, "")

    def _is_under(self, height: int, below: Mapping[int, str]) -> bool:
        """Whether the texts of a row are headings under some of those above."""
        kinds = {place: kind_of(text, {}, self._of)[0] for place, text in reversed([*self._top.items()])}
        named = {kind: place for place, kind in kinds.items()}
        bare = {named.get("title"), named.get("code")}
        if bare & below.keys() or any(len(text) > LONGEST for text in below.values()):
            return False
        wide = {p for (_, left), (_, right) in self._areas() for p in range(left, right + 1) if right > left}
        if all(
            place in wide
            or folded(text) in PART_OF
            or self._is_unit(place, text)
            or kind_of(text, {}, self._of)[0] is not None
            or period_of(text, self._top.get(place) or self._over(place))
            for place, text in below.items()
        ):
            return True
        # Without merged cells: texts below which the lead or the deadline is named in the next row.
        after = own_texts(self._sheet, self._number + height + 1)
        kinds_below = {kind_of(text, {}, self._of)[0] for text in after.values()}
        is_named = bool(kinds_below & {"lead", "supporting", "deadline", "unit"})
        return height == 1 and is_named and not bare & after.keys() and min(below) > min(self._top)

    def _is_unit(self, place: int, text: str) -> bool:
        """Whether a text under a budget is nothing but its unit."""
        is_budget = kind_of(self._top.get(place, ""), {}, self._of)[0] == "budget"
        return is_budget and is_unit(text)

    def _has_marks(self, place: int) -> bool:
        """Whether most cells below have a mark that is no number, which may be a count."""
        texts = [text_of(row[place]) for row in self._sheet.rows[self._number + 1 :] if place < len(row)]
        texts = [text for text in texts if text and not period_of(text, "")]
        return 2 * sum(is_tick(text) and not text.isdigit() for text in texts) >= len(texts)

    def _heading(self, place: int, text: str, cells: tuple[tuple[int, int], ...]) -> Heading:
        """What one column is taken for, before it is compared with the others."""
        key, is_sub = f"{self._sheet.name}!{column_name(place)}", cells[-1][0] > self._number
        kind = self._answers.get(key) or kind_of(text, self._answers, self._of)[0]
        if key in self._answers or folded(text) in self._answers:
            return Heading(text=text, column=cast(Column, kind or "custom"), cells=cells)
        over, _, last = text.rpartition(": ")
        kind = (is_sub and kind_of(last, self._answers, self._of)[0]) or kind
        period = ""
        if self._of is ACTIVITIES:
            days = [text for text in self._top.values() if _DAY.fullmatch(text)]
            is_month = len(days) > 1 and all(text.startswith("01/") for text in days)  # a spreadsheet made days of them
            period = period_of(last.removeprefix("01/") if is_month else last, over)
            if (period.startswith("Năm") or "/20" in last) and not self._has_marks(place):
                period = ""
            part = PART_OF.get(folded(re.split(r"[:(]", text)[-1].strip(" )")).removesuffix(" hoan thanh"))
            if period:
                kind = "tick"
            elif part and (kind_of(over or text, {})[0] in ("deadline", None) or folded(text) in PART_OF):
                kind = part
            elif is_sub and kind_of(over.rpartition(": ")[2], {})[0] == "budget":  # the whole, and no part of it
                is_whole = re.match(r"tong|cong|total", folded(last)) or self._is_unit(place, last)
                kind = "budget" if is_whole else "custom"
            if kind == "budget" and is_foreign(text):
                kind = "custom"
        return Heading(text=text, column=cast(Column, kind or "custom"), cells=cells, period=period)


def _is_numbered(sheet: Sheet, number: int) -> bool:
    """Whether a row has nothing but the numbers of the columns, as (1) (2) (3=1+2)."""
    texts = list(own_texts(sheet, number).values())
    numbers = sum(text.strip("()")[:1].isdigit() for text in texts)
    is_lettered = "".join(text.strip("()") for text in texts) in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return all(_NUMBER.fullmatch(text) for text in texts) and (numbers > 2 or (is_lettered and len(texts) > 2))


@lru_cache(maxsize=4_096)
def _kind(text: str, of: Vocabulary) -> tuple[Column | None, int]:
    text = _RAISED.sub("", text)
    plain = re.sub(
        r"\((?!(?:chu tri|phoi hop|lead|support\w*|thuc te|actual)\))[^)]*\)", " ", folded(text.replace("_", " "))
    ).replace("/", " / ")
    plain = " ".join(plain.replace(":", " ").replace(";", " ").split()).strip(" .*")
    if not plain or len(plain.split()) > _WORDS:
        return None, 0
    return next(((kind, sure) for kind, sure, pattern in of.rules if pattern.search(plain)), (None, 0))


def kind_of(text: str, answers: Mapping[str, str], of: Vocabulary = ACTIVITIES) -> tuple[Column | None, int]:
    """
    What a heading names, and how surely; of a long one, what it begins with.

    >>> kind_of("Cơ quan chủ trì", {}), kind_of("Mã nhiệm vụ", {}), kind_of("Số nhiệm vụ", {})[0], kind_of("Địa bàn", {})
    (('lead', 2), ('code', 1), 'custom', (None, 0))
    """
    if (answer := answers.get(folded(text))) is not None:
        return cast(Column, answer), 2  # checked where it came in
    begins = text if len(text) <= LONGEST else re.split("[:;,(\n–]", text)[0]
    return _kind(begins, of) if len(begins) <= LONGEST else (None, 0)


def with_states(sheet: Sheet, found: Headings, end: int, answers: Mapping[str, str]) -> Headings:
    """The headings of a table whose column of results says how far each task is, and not what comes of it."""
    places = [
        place
        for place in found.places("output")
        if re.search("(?:ket qua|result)(?!.*(?:du kien|mong doi|can dat|expected))", folded(found.all[place].text))
        and not {f"{sheet.name}!{column_name(place)}", folded(found.all[place].text)} & answers.keys()
    ]
    below = [own_texts(sheet, number) for number in range(found.end, end)] if places else []
    texts = {place: [own[place] for own in below if place in own and len(own) > 2] for place in places}
    return found.taken(
        "custom", [place for place in places if texts[place] and all(map(_STATE.fullmatch, texts[place]))]
    )


def with_roles(sheet: Sheet, found: Headings, end: int) -> Headings:
    """The headings of a table whose leads one column has beside those who support, or columns of agencies by marks."""
    if (unclear := found.unclear.get("lead")) is None:
        return found
    below = [own_texts(sheet, number) for number in range(found.end, end)]
    both, custom = found.places("both"), found.places("custom")
    texts = [own[place] for own in below for place in both if len(own) > 1 and place in own]
    places = [p for p in found.all if (p in unclear or p in custom) and is_alone(found.all[p].last)]
    roles = {role_of(own[place]) for own in below for place in places if place in own}
    if len(both) == 1 and unclear == tuple(both) and texts and all("lead" in by_role(text, "") for text in texts):
        taken = found.taken("lead", both)
    elif len(places) > 1 and None not in roles and "lead" in roles and {*unclear} <= {*places}:
        taken = found.taken("role", places)
    else:
        return found
    return attrs.evolve(taken, unclear={field: of for field, of in found.unclear.items() if field != "lead"})


def _times(sheet: Sheet, found: Headings, parts: Sequence[int], rivals: Sequence[int]) -> Sequence[int]:
    """
    The columns that may be the deadline, of those of a month or a day and of those that are called as one.

    A day of completion is the deadline or the real day: a column of what is planned is before it, and one that may be of
    states has to say when.
    """
    is_done = any(folded(found.all[part].last).endswith("hoan thanh") for part in parts)
    below, places = sheet.rows[found.end :], (*parts, *rivals)
    texts = {p: [text for row in below if p < len(row) and (text := text_of(row[p]))] for p in places}
    is_done &= any(texts[part] for part in parts)
    if not is_done or any(_PLANNED.search(folded(found.all[p].text)) for p in rivals):
        return rivals
    return [*parts, *(p for p in rivals if kind_of(found.all[p].last, {})[1] or any(map(_says_when, texts[p])))]


def _reports(sheet: Sheet, found: Headings, answers: Mapping[str, str]) -> Sequence[int]:
    """The columns of when it is reported, beside another that speaks of time."""
    times = {place: folded(found.all[place].text) for place in found.places(*_TIMES)}
    reports = [
        place for place, text in times.items() if "thoi diem bao cao" in text and found.all[place].column == "deadline"
    ]
    asked = [p for p in reports if {times[p], f"{sheet.name}!{column_name(p)}"} & answers.keys()]
    return reports if len(reports) < len(times) and not asked else ()


def _are_one(sheet: Sheet, found: Headings, places: Sequence[int]) -> bool:
    """Whether one heading stands over several columns, and each row below has a text in one of them."""
    heads = own_texts(sheet, found.all[places[0]].cells[0][0])
    rows = (own_texts(sheet, number) for number in range(found.end, len(sheet.rows)))
    return not {*places[1:]} & {*heads} and all(sum(place in own for place in places) < 2 for own in rows)


def _says_when(text: str) -> bool:
    try:
        return Deadline.parse(text, 2000).kind is not DeadlineKind.UNSPECIFIED
    except InvalidField:  # a day that does not exist
        return True


def _settled(sheet: Sheet, found: Headings, answers: Mapping[str, str], of: Vocabulary) -> Headings:
    """Each field with one column: the one that names it surely; where several do, it is to be asked."""
    found = found.taken("custom", _reports(sheet, found, answers))
    all_, unclear = dict(found.all), dict[Column, tuple[int, ...]]()

    def give(column: Column, *places: int) -> None:
        for place in places:
            all_[place] = attrs.evolve(all_[place], column=column)

    def told(place: int) -> str | None:
        return answers.get(f"{sheet.name}!{column_name(place)}")

    ticks, parts = found.places("tick"), found.places("quarter", "month", "day")
    if len(ticks) == 1 and "deadline" in found.columns:
        give("custom", *ticks)
    if len(ticks) > 1:
        give("custom", *parts)
    rivals = found.places("deadline") if parts else []
    if rivals:
        times = _times(sheet, found, parts, rivals)
        give("custom", *parts, *rivals)
        give("deadline", *times)
    for field in of.fields:
        named = [place for place, heading in all_.items() if heading.column == field]
        fitting = of.fitting(field, {place: all_[place].text for place in named})
        surely = {place: kind_of(all_[place].last, answers, of)[1] for place in named}
        if field == "lead" and max(surely.values(), default=0) > max([1, *(surely[place] for place in fitting)]):
            fitting, surely = named, {}  # the heading of the person says "leads", that of the agency does not
        places = [
            place
            for place in named
            if place in fitting or field in (told(place), answers.get(folded(all_[place].text)))
        ]
        if (chosen := answers.get(f"{sheet.name}!{field}")) is not None:
            places = [place for place in all_ if column_name(place) == chosen.upper()]
        elif len(places) > 1 and not _are_one(sheet, found, places):
            answered = [place for place in places if answers.get(folded(all_[place].text)) == field]
            most = max(surely.get(place, 0) for place in places)
            sure = answered or [place for place in places if 0 < most == surely.get(place)]
            # Two columns of running numbers or of notes are no other plan.
            likely = sure if len(sure) == 1 and sure[0] not in parts else places
            likely = places[:1] if field in ("code", "note") or {*places} <= {*parts} else likely
            places = [place for place in places if told(place) == field] or likely
            if len(places) > 1:
                unclear[field] = tuple(places)
        give("custom", *named)
        give(field, *places[:1] if field in unclear else places)
    for place in parts if any(all_[place].column == "deadline" for place in parts) else ():
        give(found.all[place].column, place)
    both = tuple(place for place, heading in all_.items() if heading.column == "both")
    if both:
        unclear["lead"] = (*unclear.get("lead", ()), *both)
    has = {heading.column for heading in all_.values()}
    others: dict[str, set[str]] = {"lead": {"both"}, "deadline": {"tick", *PARTS}}
    for field in ("title", *of.needed):
        if not has & {field, *others.get(field, ())} and answers.get(f"{sheet.name}!{field}") != IN_TITLES:
            unclear[field] = ()
    return attrs.evolve(found, all=all_, unclear=unclear)
