"""
Server-sent events: every record to every listener, each once and in order, resuming where a listener left off.

One task per process polls the log while anybody listens; a record is serialised once for all. A slow listener falls
behind the buffer and reads from the log, a page at a time, when it is ready. It delays nobody, and costs at most a page
of memory. The task has its own thread, so that questions do not delay it.
"""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice, takewhile
from typing import Any

import msgspec
from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from reformtrack.documents import record_document
from reformtrack.domain.errors import StoreError, TrackerClosed, UnreadableRecord
from reformtrack.domain.timeline import Record
from reformtrack.tracker import Tracker
from reformtrack.web.access import client_of
from reformtrack.web.answering import Endpoint, Site, admitted, patiently, read_in_thread, with_errors
from reformtrack.web.api import check_query, problem_response
from reformtrack.web.asked import whole_number
from reformtrack.web.problems import Problem

LOOKS_EVERY = 0.25
"""The polling interval of the log, in seconds."""

TRIES_EVERY = 1.0
"""The retry interval of a listener that is behind while the log cannot be read, in seconds."""

HEARTBEAT = 15.0
"""The seconds without a record after which a stream sends a keep-alive."""

LASTS = 3_600.0
"""The lifetime of a stream in seconds, so that the listener is authorised again; browsers reconnect."""

LISTENERS = 2_000
"""The most listeners."""

SHARE = 50
"""The most listeners of one client: a person who may record, else an address; for IPv6 a network (/64)."""

KEPT = 1_000
"""The most records in the buffer."""

KEPT_BYTES = 4_194_304
"""The most bytes in the buffer: a record may have hundreds of kilobytes."""

PAGE = 200
"""The most records read or sent at a time."""

PAGE_BYTES = 65_536
"""The bytes read or sent at a time; the last record may exceed it."""

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""The headers that keep proxies from caching or buffering a stream."""

Frame = tuple[int, bytes]
"""(position, the bytes sent for it)."""

_logger = logging.getLogger("reformtrack.web.feed")


class Feed:
    """Sends the records of a site's tracker to the listeners of one event loop."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._listeners: Counter[str] = Counter()
        self._task: asyncio.Task[None] | None = None
        self._thread = CapacityLimiter(1)
        self._forget(0)

    def _forget(self, position: int) -> None:
        self._kept: deque[Frame] = deque()
        self._bytes = 0
        self._floor = self._reached = position
        self._news = asyncio.Event()

    async def listen(self, after: int, head: int, client: str) -> AsyncGenerator[bytes]:
        """
        The stream to a listener: every record after a position, then each new one, with keep-alive comments.

        Args:
            after: the position to go on from.
            head: the end of the log, or a position shortly before it.
            client: who listens.

        Raises:
            Problem: there are too many listeners, or too many of this client.
        """
        if self._listeners[client] >= SHARE:
            found = f"{SHARE} streams are open to this client"
            raise Problem(429, "TooManyStreams", f"{found}; accepted: the same when one of them is closed")
        if self._listeners.total() >= LISTENERS:
            raise Problem(503, "TooManyListeners", f"{LISTENERS} listen already; accepted: the same a little later")
        end = asyncio.get_running_loop().time() + LASTS
        self._begin(head, client)
        try:
            yield b"retry: 2000\n\n"
            while asyncio.get_running_loop().time() < end:
                news = self._news
                frames = await self._after(after)
                if frames:
                    yield b"".join(frame for _, frame in frames)
                    after = frames[-1][0]
                    continue
                if self._task is not None and self._task.done():
                    self._task.result()  # its error ends the streams, and the next listener starts it again
                    return
                is_behind = after < self._floor
                try:
                    await asyncio.wait_for(news.wait(), TRIES_EVERY if is_behind else HEARTBEAT)
                except TimeoutError:
                    yield b": the log cannot be read yet\n\n" if is_behind else b": still here\n\n"
        finally:
            self._end(client)

    def _begin(self, head: int, client: str) -> None:
        self._listeners[client] += 1
        if self._task is None or self._task.done():
            self._forget(head)
            self._task = asyncio.get_running_loop().create_task(self._look())

    def _end(self, client: str) -> None:
        self._listeners -= Counter([client])  # which forgets a client without streams
        if not self._listeners and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _after(self, after: int) -> Sequence[Frame]:
        """
        The records after a position, from the buffer, else from the log; empty if there are none, or the store is
        unreachable.
        """
        if after >= self._floor:
            new = list(takewhile(lambda frame: frame[0] > after, reversed(self._kept)))
            return list(page_of(reversed(new)))
        try:
            return await read_in_thread(self._site, frames_after, self._site.tracker, after)
        except (StoreError, TrackerClosed):
            return ()

    async def _look(self) -> None:
        """Poll the log for all listeners, also while it cannot be reached, until it is closed."""
        try:
            await self._ask()
        except TrackerClosed:
            _logger.info("the tracker is closed")
        finally:
            self._news.set()

    async def _ask(self) -> None:
        while True:
            try:
                frames = await to_thread.run_sync(
                    partial(patiently, frames_after, self._site.tracker, self._reached), limiter=self._thread
                )
            except StoreError as error:
                _logger.warning("the log cannot be read", extra={"error": type(error).__name__})
                frames = []
            for frame in frames:
                self._keep(frame)
            if frames:
                self._news.set()
                self._news = asyncio.Event()
            if not is_full(frames):
                await asyncio.sleep(LOOKS_EVERY)

    def _keep(self, frame: Frame) -> None:
        self._kept.append(frame)
        self._reached = frame[0]
        self._bytes += len(frame[1])
        while len(self._kept) > KEPT or self._bytes > KEPT_BYTES:
            self._floor, dropped = self._kept.popleft()
            self._bytes -= len(dropped)


def frames_after(tracker: Tracker, after: int) -> list[Frame]:
    """
    The next records after a position, as frames; an unreadable record gives a frame that says so.

    Raises:
        StoreError: the log cannot be read.
    """
    frames: list[Frame] = []
    try:
        frames.extend(page_of((record.position, _frame(record)) for record in tracker.log.records(after)))
    except UnreadableRecord as error:
        frames.append((error.position, _unreadable(error)))
    return frames


def page_of(frames: Iterable[Frame]) -> Iterator[Frame]:
    """The first of these frames, up to the size of one batch."""
    size = 0
    for frame in islice(frames, PAGE):
        yield frame
        size += len(frame[1])
        if size >= PAGE_BYTES:
            return


def is_full(page: Sequence[Frame]) -> bool:
    return len(page) >= PAGE or sum(len(data) for _, data in page) >= PAGE_BYTES


def _frame(record: Record[Any]) -> bytes:
    data = msgspec.json.encode(record_document(record))
    return _event(record.position, type(record.event).__name__, data)


def _unreadable(error: UnreadableRecord) -> bytes:
    place = {"position": error.position, "stream": error.stream, "version": error.version}
    return _event(error.position, "unreadable", msgspec.json.encode(place))


def _event(position: int, name: str, data: bytes) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (position, name.encode(), data)


def listener(site: Site) -> Endpoint:
    """The endpoint of the stream of records."""
    feed = Feed(site)

    async def answer(request: Request) -> Response:
        actor = await admitted(request, site.authorize)
        check_query(request, {"after"})
        start = await read_in_thread(site, _start, site.tracker, request)
        if request.method == "HEAD":
            return Response(headers=HEADERS, media_type="text/event-stream")
        stream = feed.listen(*start, client_of(request, actor))
        first = await anext(stream)
        return StreamingResponse(_from(first, stream), headers=HEADERS, media_type="text/event-stream")

    return with_errors(answer, problem_response)


async def _from(first: bytes, stream: AsyncGenerator[bytes]) -> AsyncIterator[bytes]:
    try:
        yield first
        async for chunk in stream:
            yield chunk
    finally:
        with suppress(RuntimeError):  # a stream that is running while the client disconnects ends by itself
            await stream.aclose()


def _start(tracker: Tracker, request: Request) -> tuple[int, int]:
    """
    The position to continue after: the last one that the client saw, else the requested one, else the end; and the end
    of the log.
    """
    head = tracker.log.position()
    text = request.headers.get("last-event-id") or request.query_params.get("after")
    if text is None:
        return head, head
    return whole_number("after", text, 0, head), head
