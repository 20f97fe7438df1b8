"""
JSON as it comes from outside.
"""

import json
from typing import Any


def refuse_duplicate_keys(text: bytes) -> None:
    """
    Refuse JSON in which an object has a key twice: readers differ in which of the two they take.

    Raises:
        ValueError: a key stands twice, which is named; or it is no JSON.
        RecursionError: it is too deep.

    >>> refuse_duplicate_keys(b'{"by": "a", "event": {"by": "b"}}')
    >>> refuse_duplicate_keys(b'{"by": "a", "b\\u0079": "b"}')
    Traceback (most recent call last):
        ...
    ValueError: the key 'by' stands twice in an object
    """
    json.loads(text, object_pairs_hook=_each_once, parse_int=str, parse_float=str)


def _each_once(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) == len(pairs):
        return
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise ValueError(f"the key {key[:80]!r} stands twice in an object")
        seen.add(key)
