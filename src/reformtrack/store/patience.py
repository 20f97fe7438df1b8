"""The retry budget of a call: how long it waits for a store that cannot be reached, and what ends its waits."""

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from functools import wraps
from inspect import isfunction, isgeneratorfunction, unwrap
from typing import Annotated, ParamSpec, TypeVar

from msgspec import Meta

from reformtrack import telemetry
from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import StoreUnavailable

PATIENCE: ContextVar[float] = ContextVar("reformtrack.patience", default=60.0)
"""The retry budget of a call in seconds: longer than a cluster takes to change leader."""

LEAST = 0.5
"""The seconds that a single attempt may wait, however little budget is left."""

_SHORTEST_PAUSE = 0.05
_LONGEST_PAUSE = 1.0
_SLICE = 0.25
_logger = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class Call:
    """
    A call of the library, with its remaining retry budget and what ends its waits.

    Nested calls share it, so that nested loops do not wait twice as long. Only lost time counts: from the beginning of
    an attempt to its failure, and between attempts. So an outage in the middle of a long call gets the full budget.

    Args:
        seconds: the budget; infinite for loops that run until stopped.
        ends: each of them ends the waits when set.
    """

    def __init__(self, seconds: float, *ends: threading.Event) -> None:
        self.left = self._seconds = seconds
        self._ends = set(ends)
        self._since = time.monotonic()
        self._is_warned_of = False

    @property
    def is_ended(self) -> bool:
        """Whether it was stopped, or its store was closed."""
        return any(end.is_set() for end in self._ends)

    def begin(self, closing: threading.Event) -> None:
        """Begin an attempt: earlier time was work, or is already counted."""
        self._ends.add(closing)
        self._since = time.monotonic()

    def pauses(self) -> Iterator[float]:
        """Sleep with backoff, up to a second, until no budget is left; yields after each sleep."""
        pause = _SHORTEST_PAUSE
        self._lose()
        while self.left > 0:
            if not self._is_warned_of:
                seconds = None if math.isinf(self._seconds) else self._seconds
                _logger.warning("the store cannot be reached; it is tried again", extra={"patience_seconds": seconds})
                self._is_warned_of = True
            telemetry.retried()
            end = time.monotonic() + min(pause, self.left)
            while not self.is_ended and (rest := end - time.monotonic()) > 0:
                time.sleep(min(rest, _SHORTEST_PAUSE))
            self._lose()
            if self.is_ended:
                self.left = 0.0  # one more attempt, which raises if the store was closed
            yield pause
            pause = min(2 * pause, _LONGEST_PAUSE)
            self._lose()

    def _lose(self) -> None:
        now = time.monotonic()
        self.left, self._since = self.left - (now - self._since), now


_CALL: ContextVar[Call | None] = ContextVar("reformtrack.call", default=None)


def current_call() -> Call | None:
    return _CALL.get()


class one_call:  # noqa: N801  # used as a function is; a generator would cost each record two microseconds
    """
    Make everything that waits for the store part of one `Call`: the current one, else a new one.

    Args:
        seconds: the budget of a new one; default: that of the thread or task.
        stop: ends the waits of a new one.
    """

    __slots__ = ("_seconds", "_stop", "_token")

    def __init__(self, seconds: float | None = None, stop: threading.Event | None = None) -> None:
        self._seconds, self._stop = seconds, stop

    def __enter__(self) -> None:
        self._token: Token[Call | None] | None = None
        if _CALL.get() is None:
            seconds = PATIENCE.get() if self._seconds is None else self._seconds
            self._token = _CALL.set(Call(seconds, *([self._stop] if self._stop else [])))

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            _CALL.reset(self._token)


def outage(*ends: threading.Event) -> Iterator[float]:
    """The pauses of followers of the log, which outlive any outage until stopped."""
    return Call(math.inf, *ends).pauses()


def pauses() -> Iterator[float]:
    """The pauses of the current call."""
    return (_CALL.get() or Call(PATIENCE.get())).pauses()


def patiently(ask: Callable[[], T]) -> T:
    """The result of an idempotent query, retried while the store cannot be reached."""
    if _CALL.get() is None:
        with one_call():
            return patiently(ask)
    waits = None
    while True:
        try:
            return ask()
        except StoreUnavailable:
            waits = waits or pauses()
            if next(waits, None) is None:
                raise


def waited_for(take: Callable[[float], T], seconds: float, is_late: Callable[[Exception], bool]) -> T:
    """
    Wait for a result for some seconds, or the remaining budget of the call; the wait ends with the call.

    Args:
        take: waits at most the given seconds, and is called repeatedly.
        is_late: whether its error means a timeout.
    """
    start, wait = time.monotonic(), min(_SLICE, seconds)
    while True:
        try:
            return take(wait)
        except Exception as error:
            call = _CALL.get()
            limit = seconds if call is None else max(LEAST, min(seconds, call.left))
            wait = min(_SLICE, start + limit - time.monotonic())
            if wait <= 0 or not is_late(error) or (call is not None and call.is_ended):
                raise


@checks_arguments
@contextmanager
def patience(seconds: Annotated[float, Meta(ge=0, le=3_600)]) -> Iterator[None]:
    """
    Set the retry budget of calls, instead of 60 seconds, for a store that cannot be reached.

    For callers that have to answer sooner, such as a web server. It applies to the thread or task that enters it. The
    last attempt may take up to a second more, or ten if a server goes silent during it. Followers of the log are not
    affected.

    Raises:
        InvalidField: the seconds are not a number from 0 to 3,600.
    """
    token = PATIENCE.set(seconds)
    try:
        yield
    finally:
        PATIENCE.reset(token)


def each_one_call(kind: type[T]) -> type[T]:
    """A decorator: all store queries of a method share one retry budget; a generator gets a new one after each yield."""

    def within(method: Callable[P, R]) -> Callable[P, R]:
        @wraps(method)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            with one_call():
                return method(*args, **kwargs)

        return call

    for name, member in list(vars(kind).items()):
        is_called = name == "__init__" or not name.startswith("_")
        if is_called and isfunction(member) and not isgeneratorfunction(unwrap(member)):
            setattr(kind, name, within(member))
    return kind
