"""English sentences that can be translated: their pattern is the key of the catalogue."""

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Self


class Said(str):
    """An English sentence with its pattern and values."""

    __slots__ = ("pattern", "values")

    pattern: str
    values: Mapping[str, object]

    def __new__(cls, pattern: str, values: Mapping[str, object]) -> Self:
        text = super().__new__(cls, pattern.format(**{name: _shown(value) for name, value in values.items()}))
        text.pattern, text.values = pattern, values
        return text

    def __getnewargs__(self) -> tuple[str, Mapping[str, object]]:  # type: ignore[override]  # as __new__ takes them
        return self.pattern, self.values


def said(pattern: str, /, **values: object) -> Said:
    """
    A sentence with its placeholders filled; values may be days, events or sequences.

    >>> from datetime import date
    >>> sentence = said("the deadline has no occurrence on {day}", day=date(2023, 6, 30))
    >>> sentence, sentence.pattern
    ('the deadline has no occurrence on 2023-06-30', 'the deadline has no occurrence on {day}')
    """
    return Said(pattern, values)


def sentence(pattern: str) -> str:
    """Marks a pattern for the catalogue where it is not passed to `said` directly."""
    return pattern


def recognised(text: str, patterns: Sequence[str]) -> str:
    """
    A message of another program, as a sentence if it matches one of these patterns; else unchanged.

    >>> recognised("`int` >= 0", ["`{type}` >= {least}"]).values
    {'type': 'int', 'least': '0'}
    """
    for pattern in patterns:
        places = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(pattern))
        if found := re.fullmatch(places, text, re.DOTALL):
            return Said(pattern, {name: recognised(value, patterns) for name, value in found.groupdict().items()})
    return text


def cited(event: Any) -> str:
    """An event as an error cites it: its name, its subject, and its day where it has one."""
    day = f" on {event.on}" if hasattr(event, "on") else ""
    return f"{type(event).__name__}({event.subject}){day}"


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value))
    if isinstance(value, Enum):
        return str(value.value)
    return cited(value) if hasattr(value, "subject") else str(value)
