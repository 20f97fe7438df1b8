"""
Texts in the codes of before Unicode, which show as wrong letters: TCVN3, VNI, Windows-1258, and UTF-8 read as something else.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest

_TCVN3 = re.compile(r"[A-Za-z][µ¸¶¹¨»¾¼½©®ª«¬§×Ø]|[µ¸¶¹¨»¾¼½©®ª«¬§×Ø][A-Za-z]")
_TCVN3_BROAD = re.compile(_TCVN3.pattern + "|[b-df-hj-np-tvxB-DF-HJ-NP-TVX][äåæçëîïñöøûüþ]")
_VNI = re.compile(r"[aeouyAEOUY][øûïëäåùõØÛÏËÄÅÙÕ]|[ñÑ][aeiouyAEIOUY]|[aeoAEO][âêÂÊ]")
_CP1258 = re.compile(r"[aeiouyâêôãõýAEIOUYÂÊÔ][ìòÌÒÞ](?=[A-Za-z\s]|$)|ð[aeiouyAEIOUYõý]")
_MOJIBAKE = re.compile(r"á[»º][\u0080-\u2122]|Ã[\u0080-\u00bf]|Æ[°¡]|Ä\u2018")
_LOST = re.compile(r"(?<!\S)[^\W\d_]+(?:\?[^\W\d_]|\ufffd)\S*|\ufffd")
"""What a letter became that the code of the file lacks."""
_CODES = (
    ("UTF-8 (Windows-1252)", _MOJIBAKE, _MOJIBAKE),
    ("TCVN3 (ABC)", _TCVN3, _TCVN3_BROAD),
    ("VNI", _VNI, _VNI),
    ("Windows-1258", _CP1258, _CP1258),
)
"""The name of each; what no other letters show, which one word has to have; what its words are counted by."""


def old_code_of(texts: Iterable[str], least: int = 1) -> str:
    """
    The name of the old code that texts are in, which shows as wrong letters; empty where they are in Unicode.

    Args:
        least: so many words show it.

    >>> old_code_of(["Rµ so¸t v¨n b¶n quy ph¹m"]), old_code_of(["Raø soaùt vaên baûn"]), old_code_of(["Rà soát văn bản"])
    ('TCVN3 (ABC)', 'VNI', '')
    """
    # A raised number at the end of a word is a footnote's.
    words = [word for text in texts for part in text.split() if not (word := part.strip("«»").rstrip("¹²³")).isascii()]
    for name, sure, counted in _CODES:
        found = sum(counted.search(word) is not None for word in words)
        if found >= least and found * 4 > len(words) and any(map(sure.search, words)):
            return name
    return ""


def old_code_in(rows: Sequence[Sequence[object]]) -> str:
    """The name of the old code that a row or a column of a sheet is in; empty where all are in Unicode."""
    texts = [[cell if isinstance(cell, str) and not cell.isascii() else "" for cell in row] for row in rows]
    shown = [row for row in texts if any(cell and any(sure.search(cell) for _, sure, _ in _CODES) for cell in row)]
    parts = (*shown, *(zip_longest(*texts, fillvalue="") if shown else ()))  # of many rows, few show any
    return next((code for part in parts if (code := old_code_of(part, least=2))), "")


def lost_in(rows: Sequence[Sequence[object]]) -> str:
    """
    The first text of which letters were lost in another code; empty where none is.

    >>> lost_in([["STT", "C?i cách th? t?c"]]), lost_in([["C?i cách"], ["Có hay không? Công bố"]])
    ('C?i cách th? t?c', '')
    """
    texts = (cell for row in rows for cell in row if isinstance(cell, str) and ("?" in cell or "\ufffd" in cell))
    return next((text for text in texts if len(_LOST.findall(text)) > 1), "")
