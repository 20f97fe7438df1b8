"""
A load generator: raw connections in one event loop, which cost it a few tens of microseconds a request.
"""

import asyncio
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple, cast

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_RECORD = re.compile(rb"\nid: (\d+)\n")
_END = b"\r\n\r\n"


class Load(NamedTuple):
    """What came of a load."""

    seconds: float
    times: list[float]
    """Of each answer: how long it took, in seconds."""
    statuses: Counter[int]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds

    def ms(self, percent: float) -> float:
        """The time, in milliseconds, that so many percent of the answers did not exceed."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] * 1e3


def middle(loads: list[Load]) -> Load:
    """The load of median rate."""
    rate = statistics.median_low(load.rate for load in loads)
    return next(load for load in loads if load.rate == rate)


def get(path: str, **headers: str) -> bytes:
    """A request, as it is sent."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\n{more}\r\n".encode()


def post(path: str, body: bytes, key: str) -> bytes:
    """A request that records."""
    lines = (
        f"POST {path} HTTP/1.1",
        "Host: bench",
        "Content-Type: application/json",
        f"Idempotency-Key: {key}",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join(lines).encode() + _END + body


class Connection(asyncio.Protocol):
    """A connection on which one request is under way at a time."""

    def __init__(self) -> None:
        self._got = bytearray()
        self._need = 0
        self._answer: Callable[[int, bytes], None] = lambda status, answer: None
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def send(self, request: bytes, answer: Callable[[int, bytes], None]) -> None:
        """Send a request; what is given is called with the status and the answer."""
        self._answer = answer
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._got += data
        if not self._need:
            end = self._got.find(_END)
            if end < 0:
                return
            found = _LENGTH.search(self._got, 0, end)
            self._need = end + len(_END) + (int(found[1]) if found else 0)
        if len(self._got) >= self._need:
            whole, self._got, self._need = bytes(self._got[: self._need]), bytearray(), 0
            self._answer(int(whole[9:12]), whole)


async def connection(port: int) -> Connection:
    """A connection to this machine."""
    _, protocol = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", port)
    return protocol


async def asked(port: int, request: bytes) -> tuple[int, bytes]:
    """The status of the answer to one request, and the answer."""
    one = await connection(port)
    found: asyncio.Future[tuple[int, bytes]] = asyncio.get_running_loop().create_future()
    one.send(request, lambda status, answer: found.set_result((status, answer)))
    try:
        return await asyncio.wait_for(found, 30)
    finally:
        one.transport.close()


async def load(port: int, requests: Iterator[bytes], connections: int, seconds: float) -> Load:
    """Requests on so many connections, each the next one as soon as its answer has come."""
    times: list[float] = []
    statuses: Counter[int] = Counter()
    open_ = [await connection(port) for _ in range(connections)]
    left, done = connections, asyncio.Event()
    started = time.perf_counter()
    end = started + seconds

    def go(one: Connection) -> None:
        sent = time.perf_counter()

        def answered(status: int, answer: bytes) -> None:
            nonlocal left
            now = time.perf_counter()
            times.append(now - sent)
            statuses[status] += 1
            if now < end:
                go(one)
                return
            left -= 1
            if not left:
                done.set()

        one.send(next(requests), answered)

    for one in open_:
        go(one)
    await asyncio.wait_for(done.wait(), seconds + 60)
    for one in open_:
        one.transport.close()
    return Load(time.perf_counter() - started, times, statuses)


class Listener(asyncio.Protocol):
    """Listens to a stream of events, and notes when each record came."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._rest = b""
        self.listening = asyncio.Event()
        self.came: list[tuple[int, float]] = []
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(get(self._path))

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        whole, _, self._rest = (self._rest + data).rpartition(b"\n\n")
        if b"retry:" in whole:
            self.listening.set()
        self.came += [(int(position), now) for position in _RECORD.findall(b"\n" + whole + b"\n")]


async def listener(port: int, path: str) -> Listener:
    """A listener to a path of this machine."""
    _, protocol = await asyncio.get_running_loop().create_connection(lambda: Listener(path), "127.0.0.1", port)
    return protocol
