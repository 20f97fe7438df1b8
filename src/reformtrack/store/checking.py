"""The check of a store for internal consistency. It cannot tell whether somebody rewrote everything."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from itertools import chain, groupby
from operator import itemgetter
from typing import Any, NamedTuple

from reformtrack.domain.errors import UnreadableRecord
from reformtrack.domain.instants import InstantOrder
from reformtrack.domain.said import said, sentence
from reformtrack.domain.timeline import Record
from reformtrack.store.instants import corrections, text_of
from reformtrack.store.log import INDEXES, PAGE, Index, LogRecorder, Request, pages
from reformtrack.store.registry import Row

_LAST = 2**63 - 1
_MOST_MISSING = 1_000
"""The most missing records in one place that are named individually."""
_MOST_PARTS = 20
"""The most pages in which rows that differ from the index are named."""


Sums = dict[int, int]
"""By page of positions, the sum of the hashes of its rows."""


class Damage(NamedTuple):
    """Something that is not as reformtrack wrote it."""

    position: int
    """Its log position; 0 if it has none."""
    what: str
    """In English; a pattern with its values, which is told in other languages."""
    is_repaired: bool = False
    """Whether it was made anew, and the log gives it now."""


def check(
    recorder: LogRecorder, read: Callable[[Row], Record[Any]], progress: Callable[[int, int], None] | None = None
) -> Iterator[Damage]:
    """
    All findings, in order of position, then of stream.

    Each record can be read, belongs to one request, and bears its name and instant; no record of a request is missing;
    instants do not go back, except corrected ones; versions count from 1 in each stream; tables and indexes are
    reformtrack's own, and an index has what its table has; and the database itself finds no error in its file.
    """
    yield from dict.fromkeys((*(Damage(0, text) for text in recorder.damage()), *beside(recorder)))
    head = recorder.max_notification_id() or 0
    yield from _check_log(recorder, read, head, progress)
    yield from _as_far_as_it_goes(_check_streams(recorder, head))


def beside(recorder: LogRecorder) -> Iterator[Damage]:
    """
    What of the tables is not as reformtrack makes it, and each row that an index does not have as the table has it.

    Queries about a stream or a request use an index, so correct rows are not enough. Nor are correct entries: they may
    be where no search finds them, which the database's own check detects.
    """
    yield from (Damage(0, text) for text in (*recorder.redefined(), *recorder.disorder()))
    yield from _as_far_as_it_goes(_check_indexes(recorder))


def _as_far_as_it_goes(found: Iterator[Damage]) -> Iterator[Damage]:
    """What is found, up to where a table that was made anew has values, or columns, that no table of reformtrack has."""
    try:
        yield from found
    except (TypeError, ValueError) as error:
        yield Damage(0, said("what follows cannot be compared: {error}", error=str(error)))


def _check_indexes(recorder: LogRecorder) -> Iterator[Damage]:
    for _, of_table in groupby(sorted(recorder.indexes), key=itemgetter(0)):
        indexes, key = list(of_table), os.urandom(32)  # new each time, so that nobody can aim at a sum
        rows, end, twice = _sums(recorder.rows(indexes[0]), key)
        yield from (
            Damage(position, said("its position has more than one row")) for position in sorted(twice)[:_MOST_PARTS]
        )
        for index in indexes:
            entries, _, _ = _sums(_up_to(end, recorder.entries(index)), key)
            if entries != rows:
                yield from _check_index(recorder, index, rows, entries, end)


def _check_index(recorder: LogRecorder, index: Index, rows: Sums, entries: Sums, end: int) -> Iterator[Damage]:
    """The rows that differ between a table and its index, in the first pages whose sums differ."""
    wrong = [part for part in rows.keys() | entries.keys() if rows.get(part) != entries.get(part)]
    parts = set(sorted(wrong)[:_MOST_PARTS])
    there, found = (
        Counter((row[0], repr(row[1:])) for row in _up_to(end, read(index)) if row[0] // PAGE in parts)
        for read in (recorder.rows, recorder.entries)
    )
    for position, row in sorted({*(there - found), *(found - there)}):
        what = sentence("the index of {index} in {table} has a row that is not there: {row}")
        if (position, row) in there - found:
            what = sentence("the index of {index} in {table} does not have the row: {row}")
        yield Damage(position, said(what, index=", ".join(index.order), table=index.table, row=row))


def _sums(rows: Iterable[tuple[Any, ...]], key: bytes) -> tuple[Sums, int, set[int]]:
    """The sums of the hashes of rows; the last position; and those at which there are several, of which pages show one."""
    sums, last, there, twice = Sums(), 0, dict[int, int](), set[int]()
    for row in rows:
        last, (part, place) = max(last, row[0]), divmod(row[0], PAGE)
        before = there.get(part, 0)
        there[part] = before | 1 << place
        if there[part] == before:
            twice.add(row[0])
        hashed = blake2b(repr(row).encode("utf-8", "surrogatepass"), key=key, digest_size=16)
        sums[part] = sums.get(part, 0) + int.from_bytes(hashed.digest(), "big")
    return sums, last, twice


def _up_to(end: int, rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Excluding records made meanwhile."""
    return (row for row in rows if row[0] <= end)


def _check_log(
    recorder: LogRecorder, read: Callable[[Row], Record[Any]], head: int, progress: Callable[[int, int], None] | None
) -> Iterator[Damage]:
    requests = chain.from_iterable(_pages_of_requests(recorder, head))
    request: Request | None = None
    expected, order = 0, InstantOrder([*filter(None, corrections(recorder, read).values())])
    # Rows and requests are walked side by side, each once, in order of position.
    for row in _log(recorder, head, progress):
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
                    position,
                    said(
                        "its instant, {at}, is before {later}, that of an earlier request",
                        at=request.recorded_at,
                        later=later,
                    ),
                )
        if request is None or position < request.first_position:
            yield Damage(position, said("it belongs to no request"))
            continue
        yield from _missing(expected, position - 1)
        expected = position + 1
        yield from _check_record(row, request, read)
    if request is not None:
        yield from _missing(expected, request.last_position)
    for left in requests:
        is_new = left.first_position > head and recorder.select_log(left.first_position - 1, 1, left.last_position)
        if not is_new:
            yield Damage(left.first_position, said("request {id} has no records", id=repr(left.request_id)))


def _missing(first: int, last: int) -> Iterator[Damage]:
    end = min(last, first + _MOST_MISSING - 1)
    yield from (Damage(position, said("the record is missing")) for position in range(first, end + 1))
    if end < last:
        yield Damage(end + 1, said("the record is missing, and so are all from it to position {last}", last=last))


def _check_record(row: Row, request: Request, read: Callable[[Row], Record[Any]]) -> Iterator[Damage]:
    try:
        record = read(row)
    except UnreadableRecord as error:
        yield Damage(row[0], error.words)
        return
    instant = text_of(record.recorded_at)
    if (record.request_id, instant) != (request.request_id, request.recorded_at):
        yield Damage(
            row[0],
            said(
                "it says of itself request {id} at {at}, and is stored with {found}",
                id=repr(record.request_id),
                at=instant,
                found=str(request[2:]),
            ),
        )


def _check_streams(recorder: LogRecorder, head: int) -> Iterator[Damage]:
    for stream, rows in groupby(_up_to(head, recorder.entries(INDEXES[0])), key=itemgetter(1)):
        before = 0
        for version, row in enumerate(rows, 1):
            if row[2] != version:
                what = sentence("version {number} of {stream} stands at place {version}")
                yield Damage(row[0], said(what, number=row[2], stream=stream, version=version))
                break
            if row[0] <= before:
                what = sentence("version {number} of {stream} was recorded before the one before it")
                yield Damage(row[0], said(what, number=version, stream=stream))
            before = row[0]


def _log(recorder: LogRecorder, head: int, progress: Callable[[int, int], None] | None) -> Iterator[Row]:
    for rows in pages(lambda after: recorder.select_log(after, PAGE, head), 0, lambda row: row[0]):
        yield from rows
        if progress:
            progress(rows[-1][0], head)


def _pages_of_requests(recorder: LogRecorder, head: int) -> Iterator[list[Request]]:
    """All requests, including forged ones before or after the records, at any position."""
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
