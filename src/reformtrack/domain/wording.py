"""
How figures and words are written in Vietnamese and in English: numbers, days, percentages; how texts are found and sorted.

Vietnamese official usage: 1.234,5 and dd/MM/yyyy.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import filterfalse

from reformtrack.domain.texts import name_key, normalised, remembered
from reformtrack.language import Lang as Lang
from reformtrack.language import Language
from reformtrack.language import number as number

_SWAPPED = str.maketrans(",.", ".,")
_NUMBER_OR_LETTER = re.compile("[0-9]{1,18}|.", re.DOTALL)
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = ("\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
"""The marks of the tones huyền, hỏi, ngã, sắc, nặng, in the order of dictionaries."""
_NOTHING = ("", "khong", "khong co", "none", "n/a", "nil")
"""Words for an empty value, without marks and capitals."""


def day(value: date, lang: Lang = "vi") -> str:
    """
    A day: dd/MM/yyyy in Vietnamese, ISO 8601 in English, where the order of day and month is not settled.

    >>> day(date(2023, 6, 30)), day(date(2023, 6, 30), "en")
    ('30/06/2023', '2023-06-30')
    """
    return f"{value.day:02}/{value.month:02}/{value.year:04}" if lang == "vi" else value.isoformat()


def is_nothing(text: str) -> bool:
    """
    Whether a text stands for an empty value: a dash, "Không".

    >>> [is_nothing(text) for text in ("- Không có.", "–", "Không có văn bản", "")]
    [True, True, False, False]
    """
    return bool(text) and len(text) <= 20 and folded(text).strip(" .-–—") in _NOTHING


_NO_OBSTACLE = re.compile(
    r"0|chua|(?:(?:kho khan|vuong mac|,|va) )*(?:(?:hien|hien tai|den nay|co ban) )?"
    r"(?:(?:khong|ko|chua)(?: (?:con|co|gap|phat sinh|thay|xay ra))*|da (?:duoc )?(?:thao go|giai quyet)|none|no|nil)"
    r"(?: (?:gi|kho khan|vuong mac|ton tai|han che|van de|obstacles?|difficult(?:y|ies)|,|va|nao|ca|lon|nhieu|dang ke))*"
)


def names_no_obstacle(text: str) -> bool:
    """
    Whether a text says that there are no obstacles.

    >>> [names_no_obstacle(text) for text in ("Không có khó khăn, vướng mắc", "Chưa phát sinh", "", "Không có kinh phí")]
    [True, True, True, False]
    """
    bare = " ".join(folded(text).replace(",", " , ").replace(":", " ").split()).strip(" .-–—*")
    return not bare or is_nothing(text) or _NO_OBSTACLE.fullmatch(bare) is not None


def capital(text: str) -> str:
    """
    A text that begins with a capital, as a cell of a table does.

    >>> capital("đã hoàn thành"), capital("")
    ('Đã hoàn thành', '')
    """
    return text[:1].upper() + text[1:]


def month(value: date, lang: Lang = "vi") -> str:
    """
    A month with its year.

    >>> month(date(2023, 6, 30)), month(date(2023, 6, 30), "en")
    ('06/2023', '2023-06')
    """
    return f"{value.month:02}/{value.year:04}" if lang == "vi" else value.isoformat()[:7]


def day_of(text: str) -> date:
    """
    A day as `day` writes it, in either language.

    Raises:
        ValueError: it is not a day.

    >>> day_of("2023-06-30") == day_of("30/06/2023") == day_of("30/6/2023") == day_of("30.6.2023") == day_of("30-06-2023")
    True
    """
    typed = re.sub(r"^([0-9]{1,2})[-. ]([0-9]{1,2})[-. ]([0-9]{4})$", r"\1/\2/\3", text)
    return datetime.strptime(typed, "%d/%m/%Y").date() if "/" in typed else date.fromisoformat(typed)


def readings(text: str, lang: Lang = "vi", *, whole: bool = False) -> set[Decimal]:
    """
    The possible values of a written number, in the form of `number` or of programs: none, one, or two that differ.

    >>> readings("96,4"), readings("96.4"), readings("1.250", whole=True)
    ({Decimal('96.4')}, {Decimal('96.4')}, {Decimal('1250')})
    >>> sorted(readings("1.250")), readings("96,4", "en")
    ([Decimal('1.250'), Decimal('1250')], set())
    """
    marked = text.translate(_SWAPPED) if lang == "vi" else text
    end = "" if whole else r"(\.\d+)?"
    forms = (text, rf"-?\d+{end}"), (marked, rf"-?(\d{{1,3}}(,\d{{3}})+|\d+){end}")
    return {Decimal(form.replace(",", "")) for form, pattern in forms if re.fullmatch(pattern, form, re.ASCII)}


def spelt(leads: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """
    How each of several leads is called among the others: each name in its plainest spelling, the shortest, then that with the
    fewest capitals, then that with the Vietnamese Đ; joint leads in an order that no spelling changes.

    >>> spelt([("SỞ Y TẾ",), ("Sở Y tế.",), ("Sở Y tế",)])[("SỞ Y TẾ",)]
    ('Sở Y tế',)
    """
    printed = dict.fromkeys(leads)
    plain: dict[str, str] = {}
    for name in sorted({name for names in printed for name in names}, key=_plainness):
        plain.setdefault(name_key(name), name)
    return {names: tuple(plain[key] for key in sorted(map(name_key, names), key=sort_key)) for names in printed}


def _plainness(name: str) -> tuple[int, bool, int, bool, str]:
    # The shortest first: so no line of joint leads is longer than as it was printed, and no full stop at an end is shown.
    # Ð, of other languages, is drawn like Đ and comes before it.
    # A name begins with a capital, and one that does not was typed in haste.
    return len(name), not name[:1].isupper(), sum(map(str.isupper, name)), name.replace("Ð", "Đ") != name, name


def roman(number: int) -> str:
    """
    A number from 1 to 39 as headings have it.

    >>> [roman(number) for number in (4, 9, 14, 38)]
    ['IV', 'IX', 'XIV', 'XXXVIII']
    """
    tens, ones = divmod(number, 10)
    return "X" * tens + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[ones]


def later(decided: date | None, lang: Lang = "vi") -> str:
    """
    The suffix for a decision made after the day on which it takes effect; empty for None.

    >>> later(date(2023, 12, 20)), later(date(2023, 12, 20), "en"), later(None)
    (' (quyết định sau, ngày 20/12/2023)', ' (decided later, on 2023-12-20)', '')
    """
    say = Language(lang)
    return " " + say("(decided later, on {day})", day=day(decided, lang)) if decided else ""


BETWEEN_LEADS = "\x1f"
"""Between the names of joint leads in a row of a view: no name has it, while one of an old log may have several lines."""


def lead_words(leads: Sequence[str], lang: Lang = "vi") -> str:
    """
    Whoever has the lead of an activity, in one line.

    >>> lead_words(["Sở Nội vụ"]), lead_words(["Bộ A", "Bộ B"]), lead_words([], "en")
    ('Sở Nội vụ', 'Bộ A, Bộ B (chung)', 'no lead agency')
    """
    if len(leads) == 1:
        return leads[0]
    say = Language(lang)
    return say("{agencies} (joint)", agencies=", ".join(leads)) if leads else say("no lead agency")


def lead_title(line: str, lang: Lang = "vi") -> str:
    """
    A line of figures by lead, which is called as `lead_words` calls it in Vietnamese, in another language.

    >>> lead_title("Bộ A, Bộ B (chung)", "en"), lead_title("Sở Nội vụ", "en")
    ('Bộ A, Bộ B (joint)', 'Sở Nội vụ')
    """
    if line == lead_words(()):
        return lead_words((), lang)
    joint = Language("vi")("{agencies} (joint)", agencies="")
    return Language(lang)("{agencies} (joint)", agencies=line.removesuffix(joint)) if line.endswith(joint) else line


def time_left(days: int, lang: Lang = "vi") -> str:
    """
    How many days there are until a due day, or since it.

    >>> time_left(3), time_left(0), time_left(-1, "en")
    ('còn 3 ngày', 'đến hạn hôm nay', '1 day overdue')
    """
    say = Language(lang)
    if not days:
        return say("due today")
    if days > 0:
        return say.plural("due in {count} day", "due in {count} days", days)
    return say.plural("{count} day overdue", "{count} days overdue", -days)


def late_words(days: int, lang: Lang = "vi") -> str:
    """
    By how many days something that is done was late.

    >>> late_words(5), late_words(1, "en")
    ('trễ hạn 5 ngày', '1 day late')
    """
    return Language(lang).plural("{count} day late", "{count} days late", days)


def percent(rate: Fraction | None, lang: Lang = "vi", decimals: int = 1) -> str:
    """
    A rate as a percentage, rounded half-up; a dash for the rate of nothing.

    >>> percent(Fraction(53, 55)), percent(Fraction(53, 55), "en"), percent(None)
    ('96,4%', '96.4%', '–')
    """
    return "–" if rate is None else f"{number(rounded_percent(rate, decimals), lang)}%"


def rounded_percent(rate: Fraction, decimals: int = 1) -> Decimal:
    """
    `rate` × 100, rounded half-up (away from zero) to `decimals` places in whole-number arithmetic.

    >>> rounded_percent(Fraction(53, 55)), rounded_percent(Fraction(1, 7), 2)
    (Decimal('96.4'), Decimal('14.29'))
    """
    scaled = abs(rate) * 100 * 10**decimals
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(units if rate >= 0 else -units).scaleb(-decimals)


def rounded_as(rate: Fraction, printed: Decimal) -> Decimal:
    """
    `rate` as a percentage with as many decimals as one that was printed.

    >>> rounded_as(Fraction(1, 7), Decimal("14.3")), rounded_as(Fraction(1, 7), Decimal("14.28"))
    (Decimal('14.3'), Decimal('14.29'))
    """
    return rounded_percent(rate, max(0, -int(printed.as_tuple().exponent)))


@remembered
def folded(text: str) -> str:
    """
    A text without marks and in lower case, for search.

    >>> folded("Sở Nội vụ"), folded("ĐẮK  NÔNG")
    ('so noi vu', 'dak nong')
    """
    plain = normalised(text.casefold(), "NFD").replace("đ", "d")
    return " ".join("".join(filterfalse(unicodedata.combining, plain)).split())


@remembered
def sort_key(text: str) -> tuple[tuple[int, ...], tuple[int, ...], str]:
    """
    The sort key of a text in Vietnamese order: by letters (a ă â b c d đ e ê …), then by tones (none, huyền, hỏi, ngã,
    sắc, nặng).

    Numbers come before letters, by value. Used for every list of names.

    >>> sorted(["ổi", "đá", "da", "ơn", "dã", "ăn", "an", "âm"], key=sort_key)
    ['an', 'ăn', 'âm', 'da', 'dã', 'đá', 'ổi', 'ơn']
    >>> sorted(["Phường 10", "Phường 2"], key=sort_key)
    ['Phường 2', 'Phường 10']
    """
    places: list[tuple[int, int]] = []
    for part in _NUMBER_OR_LETTER.findall(normalised(text.casefold().replace("ð", "đ"))):
        places += [_place("0"), (int(part), 0)] if part[0] in "0123456789" else [_place(part)]
    return tuple(letter for letter, _ in places), tuple(tone for _, tone in places), text


@lru_cache(maxsize=4_096)
def _place(letter: str) -> tuple[int, int]:
    """Where a letter stands in the alphabet, and which tone it has."""
    parts = normalised(letter, "NFD")
    tone = next((mark for mark in parts if mark in _TONES), "")
    bare = normalised(parts.replace(tone, "") if tone else parts)
    place = _ALPHABET.find(bare)
    if place < 0:
        place = len(_ALPHABET) + ord(bare[0]) if bare.isalpha() else -0x110000 + ord(bare[0])
    return place, _TONES.index(tone) + 1 if tone else 0
