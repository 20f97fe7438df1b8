"""
Texts in the codes of before Unicode, which show as wrong letters: TCVN3, VNI, Windows-1258, and UTF-8 read as something else.
"""

import re
from collections.abc import Iterable

_TCVN3 = re.compile(r"[A-Za-z][µ¸¶¹¨»¾¼½©®ª«¬§×Ø]|[µ¸¶¹¨»¾¼½©®ª«¬§×Ø][A-Za-z]")
_VNI = re.compile(r"[aeouyAEOUY][øûïëäåùõØÛÏËÄÅÙÕ]|[ñÑ][aeiouyAEIOUY]|[aeoAEO][âêÂÊ]")
_CP1258 = re.compile(r"[aeiouyâêôãõýAEIOUYÂÊÔ][ìòÌÒÞ](?=[A-Za-z\s]|$)|ð[aeiouyAEIOUYõý]")
_MOJIBAKE = re.compile(r"á[»º][\u0080-\u2122]|Ã[\u0080-\u00bf]|Æ[°¡]|Ä\u2018")
_CODES = ((_MOJIBAKE, "UTF-8 (Windows-1252)"), (_TCVN3, "TCVN3 (ABC)"), (_VNI, "VNI"), (_CP1258, "Windows-1258"))


def old_code_of(texts: Iterable[str]) -> str:
    """
    The name of the old code that texts are in, which shows as wrong letters; empty where they are in Unicode.

    >>> old_code_of(["Rµ so¸t v¨n b¶n quy ph¹m"]), old_code_of(["Raø soaùt vaên baûn"]), old_code_of(["Rà soát văn bản"])
    ('TCVN3 (ABC)', 'VNI', '')
    """
    words = [word for text in texts for word in text.split() if not word.isascii()]
    for pattern, name in _CODES:
        if words and sum(pattern.search(word) is not None for word in words) * 4 > len(words):
            return name
    return ""
