"""
JSON that says one thing only: a key that stands twice in an object is refused, because readers differ in which they take.
"""

import json

from reformtrack.domain.said import said


def refuse_duplicate_keys(text: bytes) -> None:
    """
    Refuse JSON in which an object has a key twice, however it is written.

    Raises:
        ValueError: it has; names the key. Or it is no JSON, or nested too deeply.

    >>> refuse_duplicate_keys(b'{"on": 1, "note": {"on": 2}}')
    >>> refuse_duplicate_keys(rb'{"by": "a", "b\\u0079": "b"}')
    Traceback (most recent call last):
        ...
    ValueError: the key 'by' stands twice in one object
    """
    try:
        json.loads(text, object_pairs_hook=_once, parse_int=str, parse_float=str, parse_constant=str, strict=False)
    except RecursionError:
        raise ValueError(said("it is nested too deeply")) from None


def _once(pairs: list[tuple[str, None]]) -> None:
    keys = set[str]()
    for key, _ in pairs:
        if key in keys:
            raise ValueError(said("the key {key!r} stands twice in one object", key=key[:80]))
        keys.add(key)
