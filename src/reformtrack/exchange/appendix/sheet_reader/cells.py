"""What the files of all forms have in common: cells, their names, how many of them are read, and how they are marked."""

import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from math import isfinite
from operator import eq, ge, gt, le, lt, ne
from typing import Any, NamedTuple
from xml.etree import ElementTree

MAX_ROWS, MAX_COLUMNS, MAX_SHEETS = 20_000, 200, 50

MAX_TEXT = 32_767
"""The longest text of a cell, as Excel has it."""

OLE, ZIP = b"\xd0\xcf\x11\xe0", (b"PK\x03\x04", b"PK\x05\x06")
"""How files of the old form begin, and archives."""

MAX_CELLS, MAX_CHARACTERS = 4_000_000, 50_000_000
"""Of all sheets together."""

MAX_MERGED = 100_000
"""Cells of all sheets that are merged, of each such area its first column: real sheets have some thousand."""

MAX_EMPTY = 100_000
"""Cells of a sheet with an error, or with a formula and no value."""

MAX_MARKED = 100_000
"""Cells of a sheet that are bold, struck out or under merged ones, and rows and columns that are hidden."""

DEEPEST = 20
"""Of so many styles each may be based on the next."""

MAX_FORMAT = 255
"""The longest format of numbers, as Excel has it; and the longest text of a level of a list of Word."""

NO_VALUE = "#NUM!"
"""What Excel writes in a cell whose number or day it cannot show."""

NOT_SHOWN = "#SHOWN!"
"""What stands for a cell that shows something else than its value, or does not show it."""

HIDDEN = ";;;"
"""The format of a cell whose value is not shown."""

_FIRST_YEAR = 1901
"""Before it no day of a cell is taken: Excel counts a 29 February 1900, and a day that is no number is one of 1899."""

_AS_IT_IS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
"""What is shown as it is in a format of numbers, a sign of percent too; and its colours and languages."""

OFF = ("0", "false", "off")
"""How a property says that it is not set."""

Area = tuple[tuple[int, int], tuple[int, int]]
"""((row, column) of the first cell, that of the last), from 0."""

Marks = dict[str, Any]
"""
Of a sheet: `formulas`, its cells, as `B12`, with an error or without a value; `percent`, those shown as one; `month` or
`year`, those of whose day nothing more is shown; `bold`, `struck`, and `partly` struck out ones; `hidden` rows and
`hidden_columns`, from 0; `filtered`, whether a filter hides rows; `texts`, by cell, those that have raised signs; `forms`,
by cell, the `NumberForm` of a number; `codes`, by cell, a format that may show something else than its value; `fixed`, by
cell, how many decimals of a number are shown; `comments`, by cell, the remarks of readers; in Word `unclear`, the cells of
which it is not certain what they show, and `bare`, by cell, its text without a number that Word puts before it.
"""

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹", "()[]")
"""The numbers of footnotes, as signs of their own: raised, a 1 after "tháng 1" makes no tháng 11."""


class Unclear(Exception):
    """That it is not certain what a file shows: of its sheet, by name, or of the whole of it."""


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
    by_cell = ("texts", "forms", "codes", "fixed", "comments")
    return {**{name: [] for name in lists}, "filtered": False, **{name: {} for name in by_cell}}


def elements(part: bytes, path: str) -> list[ElementTree.Element]:
    return ElementTree.fromstring(part).findall(path) if part else []


def part_name(name: str) -> str:
    """
    The name of a part of an archive as names are compared.

    >>> part_name(r"/xl\\worksheets/../Styles.xml")
    'xl/styles.xml'
    """
    return posixpath.normpath(posixpath.join("/", name.replace("\\", "/"))).lstrip("/").lower()


def linked(part_of: Callable[[str], bytes], name: str, kind: str) -> list[str]:
    """The names of the parts of a kind that a part refers to; those that the archive itself does, for no name."""
    folder, _, file = name.rpartition("/")
    links = elements(part_of(f"{folder}/_rels/{file}.rels"), "{*}Relationship")
    targets = [link.get("Target", "") for link in links if link.get("Type", "").endswith(f"/{kind}")]
    return [part_name(posixpath.join("/", folder, target)) for target in targets]


def place_of(row: int, column: int) -> int:
    """A number for a cell, by its places from 0: of one that is read later it is greater."""
    return row << 15 | column


class NumberForm(NamedTuple):
    """What a format of numbers shows besides the number itself."""

    before: str
    after: str
    digits: int
    """How many digits there are at least."""
    thousands: int
    """How many times the number is shown in thousands."""
    decimals: int = 0
    """How many digits are shown after the decimal sign, zeros too."""

    def shown(self, value: float) -> float | str:
        """A number as it is shown: a text where words stand around it."""
        scaled = value / 1_000**self.thousands if self.thousands else value
        if not (self.before or self.after):
            return scaled
        number = str(int(scaled)).zfill(self.digits) if float(scaled).is_integer() else repr(scaled).replace(".", ",")
        after = f" {self.after}" if self.after[:1].isalpha() else self.after
        return " ".join(f"{self.before}{number}{after}".split())


@cache
def number_form(code: str) -> NumberForm | None:
    """
    What a format shows besides the number; None where it shows the number alone, or depends on the number.

    Args:
        code: the format, as Excel writes it.

    >>> number_form('#,##0" triệu"'), number_form("#,##0,,").thousands, number_form("#,##0"), number_form("dd/mm/yyyy")
    (NumberForm(before='', after=' triệu', digits=1, thousands=0, decimals=0), 2, None, None)
    """
    if len(code) > MAX_FORMAT:
        return None
    first = re.sub("general", "0", code.partition(";")[0], flags=re.IGNORECASE)
    bare = _AS_IT_IS.sub(lambda found: "\0" * len(found[0]), first)
    digits = re.search(r"[0#?][0#?.,]*", bare)
    if digits is None or len(digits[0]) > 30 or {*bare.lower()} & {*"dmyhs%@e"} or re.search(r"\[[<>=]", first):
        return None
    thousands = len(digits[0]) - len(digits[0].rstrip(","))
    words = ("".join(_words(part)) for part in (first[: digits.start()], first[digits.start() :]))
    before, after = words
    if not re.search(r"[^\W_]|[$€£¥<>≤≥±~]", before + after):
        before = after = ""
    whole, _, part = digits[0].partition(".")
    found = NumberForm(before, after, whole.count("0"), thousands, 0 if thousands else part.count("0"))
    return found if any((before, after, thousands, found.decimals)) else None


_SIGNS = re.compile(
    r'"([^"]*)"?|\\(.)|\[\$([^\]-]*)[^\]]*\]|\[([<>=]+) *(-?\d+(?:\.\d+)?)\]|[_*].|d{3,}|\[[^\]]*\]'
    r"|(general|am/pm|a/p|e[+-]|[0#?.,%/@edmyhs])|(.)",
    re.DOTALL,
)
"""The parts of a format: texts, currencies, conditions, what shows nothing, what stands for the value, other signs."""

_OF_DAYS = frozenset((
    "ngày", "tháng", "thg", "năm", "thứ", "thời", "hoàn", "thành", "trước", "đến", "hết", "hạn", "chậm", "muộn", "nhất", "giờ",
    "phút", "t", "z", "h",
))  # fmt: skip
"""What formats write beside a day that does not make another of it."""

_CONDITIONS: dict[str, Callable[[float, float], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge, "=": eq, "<>": ne}


class _Section(NamedTuple):
    """A part of a format, for some of the values."""

    condition: tuple[str, float] | None
    letters: str
    """What stands for the value."""
    texts: str
    """What is shown as it is, and a zero character for each sign that stands for the value."""

    @property
    def words(self) -> list[str]:
        return re.findall(r"[^\W_]+", self.texts)


@cache
def _sections(code: str) -> tuple[list[_Section], _Section | None]:
    """The parts of a format for numbers and days, and the one for texts."""
    found = [_Section(None, "", "")]
    for *texts, sign, number, value, other in _SIGNS.findall(code[:MAX_FORMAT].lower()):
        condition, letters, text = found[-1]
        if other == ";":
            found.append(_Section(None, "", ""))
            continue
        condition = (sign, float(number)) if sign in _CONDITIONS else condition
        found[-1] = _Section(condition, letters + value, text + "".join(texts) + other + ("\0" if value else ""))
    is_text = len(found) > 3 or "@" in found[-1].letters
    return (found[: -1 if is_text else None][:3], found[-1] if is_text else None)


def shows_other(code: str, value: object) -> bool:
    """
    Whether a format shows something else than a value, whose text or number is taken.

    Args:
        value: a text, a number, or a day, as `cell` has them.

    >>> [shows_other(code, {"day": "2023-06-15"}) for code in ('"Ngày "dd/mm/yyyy', 'dd"/12/"yyyy', '"Quý I/"yyyy')]
    [False, True, True]
    >>> [shows_other(code, 1234) for code in ("#,##0", '0"."00', '[>100]"5";0')], shows_other(';;;"Quý IV"', "Quý I")
    ([False, True, True], True)
    """
    sections, of_texts = _sections(code)
    if isinstance(value, str):
        return of_texts is not None and (not {*"@g"} & {*of_texts.letters} or bool(of_texts.words))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return isinstance(value, dict) and bool(sections) and _shows_other_day(sections[0])
    if not sections:
        return False
    if any(one.condition for one in sections):
        meant = next((one for one in sections if one.condition is None or _holds(one.condition, value)), None)
        return meant is None or _shows_other_number(meant, value) or bool(meant.words) or meant.letters.endswith(",")
    meant = sections[1 if value < 0 and len(sections) > 1 else 2 if value == 0 and len(sections) > 2 else 0]
    if value == 0 and not meant.words and any(one.letters for one in sections):
        return False  # often left out, or a line
    is_minus_missing = value < 0 and meant is not sections[0] and not re.search("[-−(]", meant.texts)
    form = number_form(code)
    shown = (form.before + form.after).lower() if form else ""
    has_more = any((sign.isalnum() or sign in "<>≤≥±~") and sign not in shown for sign in meant.texts)
    has_others = meant is not sections[0] and meant.words != sections[0].words
    return is_minus_missing or has_more or has_others or _shows_other_number(meant, value)


def _holds(condition: tuple[str, float], value: float) -> bool:
    return _CONDITIONS[condition[0]](value, condition[1])


def _shows_other_day(section: _Section) -> bool:
    parts = {*section.letters} & {*"dmyhs"}
    is_other = section.condition is not None or not _OF_DAYS.issuperset(section.words)
    return is_other or not (parts >= {*"dm"} or parts in ({*"my"}, {*"y"}))


def _shows_other_number(section: _Section, value: float) -> bool:
    letters = section.letters.replace("general", "0")
    if not {*letters} & {*"0#?"} or {*letters} & {*"dmyhs"}:
        return True
    is_other_sign = value >= 0 and not section.words and re.search(r"[-−(.,]\s*\0", section.texts)
    return bool(is_other_sign or re.search(r"\0[^\0]*[^\0\s][^\0]*\0", section.texts))


_OF_EXCEL = {
    "2": "0.00", "4": "#,##0.00", "9": "0%", "10": "0.00%", "17": "mmm-yy", "18": "h:mm AM/PM", "19": "h:mm:ss AM/PM",
    "20": "h:mm", "21": "h:mm:ss", "45": "mm:ss", "46": "[h]:mm:ss", "47": "mm:ss.0",
}  # fmt: skip
"""Formats that Excel has of its own, by number."""


class Style(NamedTuple):
    """What a style of cells shows of them."""

    looks: list[str]
    """As `Marks` names them: `bold` or `struck`, and `percent`, `month` or `year`."""
    form: NumberForm | None
    code: str = ""
    """The format, where it may show something else than the value."""

    @classmethod
    def of(cls, font: str, number: str, code: str) -> "Style":
        """That of a font, by its look, and of a format, by its number, since Excel has some of its own, and by its text."""
        code = code or _OF_EXCEL.get(number, "")
        looks, bare = [font] if font else [], re.sub("d{3,}", "", _AS_IT_IS.sub(" ", code[:MAX_FORMAT]).lower())
        letters = {*bare} & {*"dmyhs"}
        if "%" in bare:
            looks.append("percent")
        elif letters == {*"my"}:
            looks.append("month")
        elif letters == {"y"}:
            looks.append("year")
        samples = ("x", {"day": ""}) if letters else ("x", 1, -1, 0)
        may_differ = re.search(r"\[[<>=]", code) or any(shows_other(code, sample) for sample in samples)
        return cls(looks, number_form(code), code if may_differ else "")


def struck_look(runs: Collection[bool]) -> str:
    """`struck` or `partly`, by whether each run of a text is struck out; empty where none is."""
    return "" if not any(runs) else "struck" if all(runs) else "partly"


def _words(part: str) -> Iterator[str]:
    """The texts that a part of a format shows as they are; a currency's sign is one."""
    for quoted, escaped, currency, sign in re.findall(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)|([$€£¥ /])', part):
        text = quoted or escaped or currency or sign
        yield f"{text} " if text.strip().upper() in ("VND", "USD", "EUR", "VNĐ") else text


def put_shown(rows: list[list[Any]], marks: Marks) -> None:
    """
    Put what is shown in the place of a cell: of a day the month or the year, where that is all; raised signs of a text;
    `NOT_SHOWN` where something else than the value is shown.
    """
    months, years = (frozenset(marks.pop(kind)) for kind in ("month", "year"))
    texts, forms, codes, cut = marks.pop("texts"), marks.pop("forms"), marks.pop("codes"), months | years
    for number, row in enumerate(rows if cut or texts or forms or codes else ()):
        for place, value in enumerate(row):
            code = codes.get(cell_name(number, place)) if codes and value is not None else None
            if code and shows_other(code, value):
                row[place] = NOT_SHOWN
            elif isinstance(value, str) and texts:
                row[place] = texts.get(cell_name(number, place), value)
            elif (forms or texts) and isinstance(value, int | float) and not isinstance(value, bool):
                form = forms.get(name := cell_name(number, place))
                row[place] = form.shown(value) if form else texts.get(name, value)
                if form and form.decimals and row[place] is value and value % 1 and len(marks["fixed"]) < MAX_MARKED:
                    marks["fixed"][name] = form.decimals
            elif isinstance(value, dict) and cut and (name := cell_name(number, place)) in cut:
                year, month, _ = value["day"].split("-")
                row[place] = f"{month}/{year}" if name in months else year


def with_raised(parts: Iterable[tuple[str, bool]]) -> str:
    """
    A text of parts, each raised or not: raised numbers are signs of their own, a raised letter at an end is left out.

    >>> [with_raised(parts) for parts in ([("Tháng 1", False), ("(1)", True)], [("Quý I", False), ("i", True)], [("10", True)])]
    ['Tháng 1¹', 'Quý I', '10']
    """
    parts = [(text, is_raised) for text, is_raised in parts if text]
    if all(is_raised for text, is_raised in parts if text.strip()):
        return "".join(text for text, _ in parts)
    shown = ""
    for number, (text, is_raised) in enumerate(parts):
        after = parts[number + 1][0] if number + 1 < len(parts) else ""
        is_mark = re.fullmatch(r"[(\[]?(?:[a-z*]|I{1,3})[)\]]?", text) and shown[-1:].strip() and not after[:1].strip()
        shown += "" if is_raised and is_mark else text.translate(_RAISED) if is_raised else text
    return shown


def raised_in(parts: Sequence[tuple[str, bool]]) -> str:
    """The same of a text with raised signs; empty where it has none."""
    return with_raised(parts) if any(is_raised and text.strip() for text, is_raised in parts) else ""


def is_on(element: ElementTree.Element, name: str) -> bool:
    """Whether a property, as `<b/>`, is set, and not to false."""
    if (found := element.find(f".//{{*}}{name}")) is None:
        return False
    return next((v for k, v in found.attrib.items() if k.endswith("val")), "1") not in OFF


def cell_name(row: int, column: int) -> str:
    """
    The name of a cell, from its places from 0.

    >>> cell_name(11, 1), cell_name(0, 26)
    ('B12', 'AA1')
    """
    return f"{column_name(column)}{row + 1}"


@cache
def column_name(column: int) -> str:
    """The letters of a column, from its place from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
