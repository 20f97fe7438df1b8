"""Unambiguous JSON: an object with a duplicate key is refused, because readers differ in which value they take."""

import json

from reformtrack.domain.said import said


def refuse_duplicate_keys(text: bytes) -> None:
    """
    Refuse JSON in which an object has a duplicate key, in any escaping.

    Raises:
        ValueError: it has a duplicate key, which the message names; it is not JSON; or it is nested too deeply.

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
