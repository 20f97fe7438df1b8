"""
Instants of a store: the only place that converts an instant to a log position.

An instant means the last position of a request recorded by then. So a record is known from the minimum of its own
instant and all later ones: a wrong future instant counts only until the next correct one.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from reformtrack.domain import errors, illegal
from reformtrack.domain.instants import MOST_AHEAD, InstantOrder
from reformtrack.domain.journal import InstantsCorrected
from reformtrack.domain.said import said
from reformtrack.domain.timeline import Record
from reformtrack.store.log import LogRecorder, Request
from reformtrack.store.registry import Row
from reformtrack.store.streams import CLOCK, stream_range

T = TypeVar("T")
Read = Callable[[Row], Record[Any]]


class Answer(Protocol):
    def __call__(self, question: Callable[[], T], /) -> T: ...


class Ahead(Exception):
    """The instant that an append comes after is too far ahead of the clock."""

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.now = now


def text_of(instant: datetime) -> str:
    """An instant in UTC as fixed-length text, which sorts by time."""
    return instant.isoformat(timespec="microseconds")


def instant_of(text: str) -> datetime:
    """
    The instant of a request.

    Raises:
        StoreError: the text is not an instant: the row was changed.
    """
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        raise errors.StoreError(
            "a request was recorded at {text}, which is not an instant; accepted: a store in which check finds nothing",
            text=errors.shortened(text),
        ) from None


def stamped(latest: str | None, now: datetime) -> datetime:
    """
    The instant of an append, never before that of the request before it.

    Raises:
        Ahead: that one is too far ahead of now.
    """
    before = now if latest is None else instant_of(latest)
    if before - now > MOST_AHEAD:
        raise Ahead(now)
    return max(before, now)


def correction_of(record: Record[Any]) -> InstantsCorrected | None:
    """The correction in a record of the journal; None for a forged one: of another event, or of records after it."""
    event = record.event
    return event if isinstance(event, InstantsCorrected) and event.last < record.position else None


def corrections(recorder: LogRecorder, read: Read) -> dict[int, InstantsCorrected | None]:
    """The corrections on record by position; None for one that is forged or cannot be read."""
    found: dict[int, InstantsCorrected | None] = {}
    for row in recorder.select_streams([stream_range(CLOCK)]):
        try:
            found[row[0]] = correction_of(read(row))
        except errors.UnreadableRecord:
            found[row[0]] = None
    return found


class Instants:
    """
    The instants of a store.

    Args:
        recorder: keeps the log.
        read: makes a record of a row.
        answer: asks the database.
    """

    def __init__(self, recorder: LogRecorder, read: Read, answer: Answer) -> None:
        self._recorder, self._read, self._answer = recorder, read, answer

    def position(self, instant: datetime) -> int:
        """
        The last position of a request recorded by an instant; 0 when there is none.

        Instants go back only at turns, so a binary search after the last turn recorded by then finds it.
        """
        try:
            text = text_of(instant.astimezone(UTC))
        except OverflowError:  # at the beginning of the calendar, where UTC has no such day
            return 0
        after = max((place for place, at in self._turns() if at <= text), default=0)
        return self._answer(lambda: self._recorder.select_position(after, text))

    def instant(self, position: int) -> datetime | None:
        """The instant from which the record at a position, or the last one before it, is known; None before the first."""
        request = self._request(position)
        return request and instant_of(self.meaning()(position, request.recorded_at))

    def meaning(self) -> Callable[[int, str], str]:
        """A function from a record's position and instant to the instant from which it is known."""
        turns = self._turns()
        return lambda position, instant: min([instant, *(at for place, at in turns if place > position)])

    def latest(self) -> datetime | None:
        """The instant of the last request of the log; None when it is empty."""
        request = self._request(self._head())
        return request and instant_of(request.recorded_at)

    def check_clock(self, now: datetime) -> None:
        """
        Refuse a clock that is far behind the log.

        Raises:
            ClockBehind: it is.
        """
        latest = self.latest()
        if latest is not None and latest - now > MOST_AHEAD:
            raise self.behind(now)

    def behind(self, now: datetime) -> errors.ClockBehind:
        """The error with the records that are ahead of now."""
        known, last = self.position(now), self._head()
        rows, request = self._after(known), self._request(last)
        return errors.ClockBehind(
            rows[0][0] if rows else last, last, instant_of(request.recorded_at) if request else now, now
        )

    def corrected(self, event: InstantsCorrected, now: datetime) -> int:
        """
        The position of the last request with a correct instant after a correction; 0 if there is none.

        Raises:
            NoSuchRecord: the correction is not about whole requests of the log.
            InstantNotAhead: an instant is ahead neither of a later one nor of now; or all were corrected already.
        """
        requests = self._answer(lambda: self._recorder.select_requests(event.first, event.last))
        found = (requests[0].first_position, requests[-1].last_position) if requests else (0, 0)
        if found != (event.first, event.last) or event.last > self._head():
            where = said(
                "the requests of these records go from position {first} to {last}", first=found[0], last=found[1]
            )
            accepted = said("the first position of a request of the log, and the last one of the same or a later one")
            raise illegal.NoSuchRecord(event, where, accepted)
        known = [*filter(None, self._corrections().values())]
        if all(InstantOrder(known).first_wrong(request.first_position) for request in requests):
            raise illegal.InstantNotAhead(event, said("these instants are corrected already"))
        # Each must be ahead of something correct: of now, of a turn, or of a later request.
        later = [self._request(row[0]) for row in self._after(event.last)]
        turns = [at for place, at in self._turns() if place > event.last]
        least = min([text_of(now), *turns, *(one.recorded_at for one in later if one)])
        for request in requests:
            if request.recorded_at <= least:
                why = said(
                    "the instant of position {position}, {instant}, is not after {least}",
                    position=request.first_position,
                    instant=request.recorded_at,
                    least=least,
                )
                raise illegal.InstantNotAhead(event, why)
        right = self._last_right(InstantOrder([*known, event]))
        return right.first_position if right else 0

    def order(self, more: Sequence[InstantsCorrected]) -> InstantOrder:
        """The order of instants at the end of the log, under more corrections."""
        order = InstantOrder([*filter(None, self._corrections().values()), *more])
        right = self._last_right(order)
        order.latest = right.recorded_at if right else ""
        return order

    def _last_right(self, order: InstantOrder) -> Request | None:
        """The last request whose instant is not corrected."""
        place = self._head()
        while request := self._request(place):
            first = order.first_wrong(request.first_position)
            if first is None:
                return request
            place = first - 1
        return None

    def _turns(self) -> list[tuple[int, str]]:
        """(position, instant) of requests where instants may go back: corrections, and what follows the corrected records."""
        found = self._corrections()
        places = list(found)
        for event in filter(None, found.values()):
            places += [row[0] for row in self._after(event.last)]
        requests = [self._request(place) for place in places]
        return [(request.first_position, request.recorded_at) for request in requests if request]

    def _corrections(self) -> dict[int, InstantsCorrected | None]:
        return self._answer(lambda: corrections(self._recorder, self._read))

    def _after(self, position: int) -> list[Row]:
        """The next row of the log, if there is one."""
        return self._answer(lambda: self._recorder.select_log(position, 1))

    def _request(self, position: int) -> Request | None:
        """The request of the record at a position, or the last one before it."""
        found = self._answer(lambda: self._recorder.select_requests(position, position))
        return found[-1] if found and found[-1].first_position <= position else None

    def _head(self) -> int:
        return self._answer(self._recorder.max_notification_id) or 0
