"""Representations of values: a short repr in one line, and a small table in notebooks."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import attrs

from reformtrack.domain.errors import shortened

K = TypeVar("K")
V = TypeVar("V")


class Brief(dict[K, V]):
    """A mapping whose repr shows only the first few entries."""

    def __repr__(self) -> str:
        return f"<{len(self)} entries: {shortened(list(self)[:5])}>"


def brief(cls: type[Any], fields: list["attrs.Attribute[Any]"]) -> list["attrs.Attribute[Any]"]:
    """An attrs `field_transformer`: the representation of each field is short."""
    return [field.evolve(repr=shortened) if field.repr is True else field for field in fields]


def brief_repr(value: object) -> str:
    """A representation whose fields are short, for a class of attrs or msgspec and for a named tuple."""
    cls: type[Any] = type(value)
    names = getattr(cls, "__struct_fields__", ()) or getattr(cls, "_fields", ())
    names = names or [field.name for field in attrs.fields(cls)]
    return f"{cls.__name__}({', '.join(f'{name}={shortened(getattr(value, name))}' for name in names)})"


def known_words(known_at: object) -> str:
    """A `known_at` for a repr."""
    return "as known now" if known_at is None else f"as known at {known_at}"


def table(caption: str, rows: Iterable[Sequence[object]]) -> str:
    """A table in HTML, all of its texts escaped and none of them long; the first cell of a row is its heading."""
    lines = (
        f"<tr><th>{_cell(first)}</th>{''.join(f'<td>{_cell(cell)}</td>' for cell in cells)}</tr>"
        for first, *cells in rows
    )
    return f"<table><caption>{_cell(caption)}</caption>{''.join(lines)}</table>"


def _cell(content: object) -> str:
    from html import (
        escape,
    )  # a notebook's alone: its table of names of letters takes longer to load than any module of ours

    text = str(content)
    return escape(text if len(text) <= 200 else f"{text[:199]}…")
