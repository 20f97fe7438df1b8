"""
The check of a store: that what it holds is whole, by itself. Whether somebody rewrote it all is another question.
"""

from collections.abc import Callable, Iterator
from itertools import chain, groupby
from typing import Any, NamedTuple

from reformtrack.domain.errors import UnreadableRecord
from reformtrack.domain.instants import InstantOrder
from reformtrack.domain.timeline import Record
from reformtrack.store.instants import corrections
from reformtrack.store.log import LogRecorder, Request
from reformtrack.store.registry import Row

PAGE = 5_000
_LAST = 2**63 - 1
_MOST_MISSING = 1_000
"""How many records that are missing in one place are named one by one."""


class Damage(NamedTuple):
    """Something that is not as reformtrack wrote it."""

    position: int
    """The log position that it is about; 0 when it is about none."""
    what: str


def check(recorder: LogRecorder, read: Callable[[Row], Record[Any]]) -> Iterator[Damage]:
    """
    Everything that is found, in order of position, then of stream.

    Each record can be read, belongs to one request, and bears its name and instant; no record of a request is missing; instants
    do not go back, unless it is on record that they were wrong; versions count from 1 in each stream; and the database itself
    finds nothing wrong with its file.
    """
    yield from (Damage(0, text) for text in recorder.damage())
    head = recorder.max_notification_id() or 0
    yield from _check_log(recorder, read, head)
    yield from _check_streams(recorder, head)


def _check_log(recorder: LogRecorder, read: Callable[[Row], Record[Any]], head: int) -> Iterator[Damage]:
    requests = chain.from_iterable(_pages_of_requests(recorder, head))
    request: Request | None = None
    expected, order = 0, InstantOrder([*filter(None, corrections(recorder, read).values())])
    for row in _log(recorder, head):
        position = row[0]
        while request is None or position > request.last_position:
            if request is not None:
                yield from _missing(expected, request.last_position)
            request = next(requests, None)
            if request is None:
                break
            expected = request.first_position
            if later := order.passed_by(request.first_position, request.recorded_at):
                yield Damage(
                    position, f"its instant, {request.recorded_at}, is before {later}, that of an earlier request"
                )
        if request is None or position < request.first_position:
            yield Damage(position, "it belongs to no request")
            continue
        yield from _missing(expected, position - 1)
        expected = position + 1
        yield from _check_record(row, request, read)
    if request is not None:
        yield from _missing(expected, request.last_position)
    for left in requests:
        is_new = left.first_position > head and recorder.select_log(left.first_position - 1, 1, left.last_position)
        if not is_new:
            yield Damage(left.first_position, f"request {left.request_id!r} has no records")


def _missing(first: int, last: int) -> Iterator[Damage]:
    end = min(last, first + _MOST_MISSING - 1)
    yield from (Damage(position, "the record is missing") for position in range(first, end + 1))
    if end < last:
        yield Damage(end + 1, f"the record is missing, and so are all from it to position {last}")


def _check_record(row: Row, request: Request, read: Callable[[Row], Record[Any]]) -> Iterator[Damage]:
    try:
        record = read(row)
    except UnreadableRecord as error:
        yield Damage(row[0], str(error))
        return
    instant = record.recorded_at.isoformat(timespec="microseconds")
    if (record.request_id, instant) != (request.request_id, request.recorded_at):
        yield Damage(
            row[0], f"it says of itself request {record.request_id!r} at {instant}, and is stored with {request[2:]}"
        )


def _check_streams(recorder: LogRecorder, head: int) -> Iterator[Damage]:
    for stream, rows in groupby(_streams(recorder, head), key=lambda row: row[1]):
        before = 0
        for version, row in enumerate(rows, 1):
            if row[2] != version:
                yield Damage(row[0], f"version {row[2]} of {stream} stands at place {version}")
                break
            if row[0] <= before:
                yield Damage(row[0], f"version {version} of {stream} was recorded before the one before it")
            before = row[0]


def _log(recorder: LogRecorder, head: int) -> Iterator[Row]:
    after = 0
    while rows := recorder.select_log(after, PAGE, head):
        yield from rows
        after = rows[-1][0]


def _streams(recorder: LogRecorder, head: int) -> Iterator[Row]:
    after = ("", 0)
    while rows := recorder.select_by_stream(after, PAGE, head):
        yield from rows
        after = rows[-1][1], rows[-1][2]


def _pages_of_requests(recorder: LogRecorder, head: int) -> Iterator[list[Request]]:
    """All that are there, also those that somebody put before the records or after them. Far positions are soon reached."""
    yield recorder.select_requests(0, 0)
    first, span = 1, PAGE
    while first <= head:
        page = _within(recorder, first, min(first + span - 1, head))
        yield page
        first, span = first + span, PAGE if page else 2 * span
    yield _within(recorder, min(head + 1, _LAST), _LAST)


def _within(recorder: LogRecorder, first: int, last: int) -> list[Request]:
    """The requests that begin from one position to another."""
    return [request for request in recorder.select_requests(first, last) if request.first_position >= first]
