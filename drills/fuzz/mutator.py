"""
Makes one input of another by its words: a document that is valid but for one strange value gets past the first check.
"""

import re
from collections.abc import Sequence
from random import Random
from typing import NamedTuple

STRANGE = (
    *(b"", b"0", b"-1", b"1e999", b"NaN", b"Infinity", b"0.0000001", b"null", b"true", b"[]", b"{}", b'""', b'"\xff"'),
    *(b"9" * 19, b"9" * 40, b"9" * 5_000, b"-9223372036854775809", b'"1E+999999"', b'"sNaN"', b'"-0"', b'"1e-400"'),
    *(
        b"0000-00-00",
        b"9999-12-31",
        b"0001-01-01T00:00:00+23:59",
        b"9999-12-31T23:59:59-23:59",
        b"2023-06-30",
        b"24:00",
    ),
    *(
        b"\\u0000",
        b"\\ud800",
        b"\\u202e",
        b"\x00",
        b"\xe2\x80\xae",
        b"\xef\xbf\xbf",
        b"\xcc\x81" * 40,
        b"\xff\xfe",
        b"\n\n",
    ),
    *(b"[" * 2_000, b'{"a":' * 2_000, b"[" * 100_000, b"<a>" * 300, b"x" * 400, b"x" * 2_500, b"x" * 33_000),
    *("Quý".encode(), "⟦nv-1:".encode(), "⟧".encode(), "— ".encode(), "ǰ̣".encode(), "١٢".encode(), "²".encode()),
    *(
        b"@",
        b"+",
        b"%00",
        b"://",
        b"#REF!",
        b"=1+1",
        b"&lt;",
        b"&#0;",
        b"&x;",
        b"<!DOCTYPE a>",
        b"4294967295",
        b"XFD1048576",
    ),
)
"""Words that parsers stumble over: numbers, days and texts at the ends of what there is, and beyond."""

_WORD = re.compile(rb'"[^"]{0,200}"|-?\d+(?:\.\d+)?|[A-Za-z_]+|[^A-Za-z_\d"\s]|\s+')
_MOST = 1 << 20


class Edit(NamedTuple):
    """What is done to a word."""

    kind: int
    place: int
    other: int


def mutated(data: bytes, edits: Sequence[Edit]) -> bytes:
    """A document with some of its words replaced, repeated, left out, or put where others were."""
    words = _WORD.findall(data) or [b""]
    for kind, place, other in edits:
        here, there = place % len(words), other % len(words)
        match kind % 5:
            case 0:
                words[here] = STRANGE[other % len(STRANGE)]
            case 1:
                words[here] = b'"' + STRANGE[other % len(STRANGE)].strip(b'"') + b'"'
            case 2:
                words[here] = words[there]
            case 3:
                words[here : here + 1 + other % 4] = [b""]
            case _:
                words[here:here] = words[there : there + 1 + place % 12]
    return b"".join(words)[:_MOST]


def drawn(random: Random) -> list[Edit]:
    """Some edits; mostly one, because the second would hide what the first found."""
    count = random.choice((1, 1, 1, 2, 2, 3, 5))
    return [Edit(random.randrange(5), random.randrange(1 << 16), random.randrange(1 << 16)) for _ in range(count)]
