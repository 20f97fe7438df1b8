"""
A parser under test: what reads an input, and valid inputs to begin with.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple
from unicodedata import normalize

import attrs
import msgspec

from reformtrack.domain.deadline import Deadline
from reformtrack.domain.fields import forbidden_character


class Target(NamedTuple):
    """A parser; whatever `read` raises is a finding."""

    read: Callable[[bytes], None]
    """Reads an input, and lets through only the errors that the parser is documented to raise."""
    seeds: Callable[[], Sequence[bytes]]
    """Small valid inputs, and some that are nearly so."""


class Finding(AssertionError):
    """A parser accepted what it should refuse."""


def check_error(error: Exception) -> None:
    """An error says something, and in few enough words that a person reads them."""
    said = str(error)
    if not said or len(said) > 2_500:
        raise Finding(f"an error of {len(said)} characters") from error


def check_texts(value: Any) -> None:
    """All texts of a value that was accepted are in NFC, without a character that no record may carry."""
    for text in _texts(msgspec.to_builtins(value)):
        if forbidden_character(text) or text != normalize("NFC", text):
            raise Finding(f"{text!r} was accepted")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        is_deadline = value.keys() == _DEADLINE
        yield from (normalize("NFC", value[name]) if is_deadline and name == "text" else name for name in value)
        yield from (text for name in value if not is_deadline for text in _texts(value[name]))
    elif isinstance(value, list):
        yield from (text for item in value for text in _texts(item))
    elif isinstance(value, str):
        yield value


_DEADLINE = {field.name for field in attrs.fields(Deadline)}
"""A deadline keeps its text as it was printed, NFC or not."""
