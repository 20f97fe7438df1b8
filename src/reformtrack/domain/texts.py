"""What texts have in common, however they are written: one normal form, made in bounded work, and what may stand in a name."""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Literal, TypeVar

import attrs

from reformtrack.domain.protected import concealed
from reformtrack.domain.said import said

T = TypeVar("T")
MOST_MARKS = 30
"""How many combining marks may follow each other: the "stream-safe" limit of Unicode (UAX 15)."""

TOO_MANY_MARKS = said("more than {most} combining marks in a row", most=MOST_MARKS)
"""What a text has that goes beyond it, in words."""

# All that is no letter, digit or underscore; and the two signs that are marks only once they are taken apart (NFKC).
_MAY_BE_MARKS = re.compile(rf"[\W\uff9e\uff9f]{{{MOST_MARKS + 1},}}")

# In a name: controls and separators; formats (Cf); and all else that shows nothing (Default_Ignorable_Code_Point, variation
# selectors, the blank Braille pattern, the null notehead, the Khitan filler). Written out, so that it is the same under every
# Python.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u1680\u17b4\u17b5"
    "\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U00016fe4\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)

_UNASSIGNED = ("Cn", "Co")
"""What no font need show: private signs, and those that the Unicode of this Python does not know."""


def has_too_many_marks(text: str) -> bool:
    """
    Whether more than 30 combining marks follow each other: to put thousands in order takes a time that grows with the square.

    >>> has_too_many_marks("Sở Nội vụ"), has_too_many_marks("e" + chr(0x301) * 31)
    (False, True)
    """
    if text.isascii() or len(text) <= MOST_MARKS:
        return False
    for found in _MAY_BE_MARKS.finditer(text):
        count = 0
        for sign in found[0]:
            count = count + 1 if sign in "\uff9e\uff9f" or unicodedata.category(sign)[0] == "M" else 0
            if count > MOST_MARKS:
                return True
    return False


def normalised(text: str, form: Literal["NFC", "NFD", "NFKC"] = "NFC") -> str:
    """
    A text in a normal form; as it is when it has too many marks, which is refused where a text comes in.

    Nothing else in reformtrack normalises.
    """
    return text if has_too_many_marks(text) else unicodedata.normalize(form, text)


def _shown(text: str) -> str:
    """A text without what shows nothing."""
    text = _UNSEEN.sub("", text)
    if text.isascii():
        return text
    return "".join(sign for sign in text if unicodedata.category(sign) not in _UNASSIGNED)


def refused_in_name(text: str) -> str:
    """
    What a text has that no name may have, in words; empty when there is nothing.

    >>> refused_in_name("Sở Nội vụ"), refused_in_name("Sở" + chr(0x200B)), refused_in_name("Sở ")
    ('', 'U+200B', 'spaces at its ends or next to each other')
    """
    if len(_shown(text)) < len(text):
        return f"U+{ord(next(sign for sign in text if not _shown(sign))):04X}"
    return said("spaces at its ends or next to each other") if text.strip(" ") != text or "  " in text else ""


def one_line(text: str) -> str:
    """
    A text as a name: without invisible characters, single spaces. For one that is on record, or stands in a cell of a sheet.

    >>> one_line(" Sở Nội" + chr(10) + "vụ")
    'Sở Nội vụ'
    """
    return " ".join(normalised(_shown(" ".join(text.split()))).split())


def same_name(one: str, other: str) -> bool:
    """
    Whether two names may be of one person: the same but for case, width, spaces and invisible characters.

    It is asked only to refuse something. Who may do something, is said by the very name.

    >>> same_name("nguyễn văn a", "NGUYỄN VĂN A "), same_name("Hoà", "Hòa")
    (True, False)
    """
    return folded_name(one) == folded_name(other)


LONGEST_KEPT = 300
"""The most characters of a text that a cache keeps: names and titles, and no text of a whole page."""


def remembered(function: Callable[[str], T]) -> Callable[[str], T]:
    """Keep what a function says of the last texts, of those that are short: what is kept is bounded in all."""
    kept = lru_cache(maxsize=8_192)(function)

    @wraps(function)
    def said(text: str) -> T:
        return kept(text) if len(text) <= LONGEST_KEPT else function(text)

    vars(said)["cache_clear"] = kept.cache_clear
    return said


# Latin letters by what is drawn alike in other alphabets, as `folded_name` leaves it; and the đ of other languages.
_ALIKE = str.maketrans("авсԁеһіјкмнорԛѕтуԝхαβειкνορτυχᴀðɖ", "abcdehijkmhopqstywxabeiknoptyxađđ")
_TONE_AT_END = re.compile("(?<!q)([ou])([aey])([\u0300\u0301\u0303\u0309\u0323])(?![a-zđ])")


@remembered
def name_key(text: str) -> str:
    """
    What the spellings of an agency's name have in common: case, white space, full stops, signs that show nothing, letters that
    look alike, and on which of two vowels a tone mark stands do not count; letters and tone marks do. A protected name is the
    same as a page asks for it. Names are grouped and found by it; no right comes from it.

    >>> name_key("Sở Y  tế.") == name_key("SỞ Y TẾ"), name_key("Sở Tư pháp") == name_key("Sở Tư phap")
    (True, False)
    >>> name_key("\u00d0oàn thể") == name_key("Đoàn thể"), name_key("Hoà Bình") == name_key("Hòa Bình")
    (True, True)
    """
    # Names that end with a full stop, or what folds to one, stand in lines of joint leads.
    unstopped = " ".join(folded_name(concealed(text)).translate(_ALIKE).replace(".", " ").split()).replace(" ,", ",")
    return normalised(_TONE_AT_END.sub(r"\1\3\2", normalised(unstopped, "NFD")))


@remembered
def folded_name(text: str) -> str:
    """What the spellings of one name have in common: NFKC and case as Unicode folds them, tone marks and all."""
    folded = normalised(_shown(" ".join(text.split())), "NFD").casefold()
    return " ".join(_shown(normalised(normalised(folded, "NFKC").casefold(), "NFKC")).split())


def _key(words: str) -> str:  # a converter has to be a plain function, for mypy
    return name_key(words)


@attrs.frozen
class LedAs:
    """
    Whether a line of a lead is called by some words, in whatever spelling.

    >>> LedAs("Sở Nội vụ")("SỞ NỘI VỤ"), LedAs("Sở Nội vụ")("Sở Nội vụ, Sở Tư pháp (chung)")
    (True, False)
    """

    key: str = attrs.field(converter=_key)  # once: they may be long, and the lines many

    def __call__(self, line: str) -> bool:
        return name_key(line) == self.key
