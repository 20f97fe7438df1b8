"""Paging of long lists, by lines or bytes."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from reformtrack.domain.timeline import Record, retractions
from reformtrack.web.answering import Question
from reformtrack.web.asked import whole_number

T = TypeVar("T")

A_PAGE = 100
"""The number of lines on a page, where no other is asked for."""

MOST = 1_000
"""The most records or activities on a page of the API."""

PAGE_BYTES = 262_144
"""The size of the records or evidence on a page, as JSON; the last item may exceed it."""


class Pages:
    """
    The pages of a long list.

    Args:
        starts: the first line of each page, from 0; at least one. Default: a hundred lines a page.
        current: the page, from 1, where the query names none.

    Raises:
        InvalidField: the query asks for a page that does not exist.
    """

    def __init__(self, question: Question, lines: int, starts: Sequence[int] | None = None, current: int = 1) -> None:
        starts = starts or range(0, max(lines, 1), A_PAGE)
        self.lines, self.count = lines, len(starts)
        self.current = asked_number(question, "page", current, self.count)
        self.first = starts[self.current - 1]
        """The number of lines before this page."""
        self._starts = starts

    def of(self, lines: Sequence[T]) -> Sequence[T]:
        """The lines of the page that is asked for."""
        return page_of(lines, self._starts, self.current)


def records_shown(question: Question, records: Sequence[Record[Any]]) -> dict[str, Any]:
    """
    What a page shows of the records of a stream: one of their pages, newest first, and those that were taken back. It is the
    first page, or the one with the record whose version the query names.
    """
    newest = records[::-1]
    starts = starts_of([record.event for record in newest])
    version = asked_number(question, "record", 10**9, 10**9)
    current = bisect_right(starts, -version, lo=1, key=lambda start: -newest[start].version)
    pages = Pages(question, len(newest), starts, current)
    return {"records": pages.of(newest), "pages": pages, "retracted": retractions(records)}


def asked_number(question: Question, name: str, default: int, most: int) -> int:
    """
    A number from 1 in the query.

    Raises:
        InvalidField: not a whole number from 1 to `most`.
    """
    return whole_number(name, question.request.query_params.get(name, str(default)), 1, most)


def page_of(items: Sequence[T], starts: Sequence[int], number: int) -> Sequence[T]:
    """A page of items, by its number from 1; empty after the last."""
    first, end = (*starts, *[len(items)] * (number + 1))[number - 1 : number + 1]
    return items[first:end]


def starts_of(items: Sequence[Any]) -> list[int]:
    """The first item of each page, where a page ends with the item that exceeds the limit."""
    starts, size = [0], 0
    for place, item in enumerate(items):
        if place - starts[-1] >= A_PAGE or size >= PAGE_BYTES:
            starts.append(place)
            size = 0
        size += len(msgspec.json.encode(msgspec.to_builtins(item)))
    return starts
