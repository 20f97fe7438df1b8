"""
Patience: for how long a call waits for a store that cannot be reached, and what ends its waits.
"""

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
"""For how many seconds a call waits in all for a store that cannot be reached: longer than a cluster takes to change leader."""

LEAST = 0.5
"""For how many seconds a single try may wait, however little patience is left."""

_SHORTEST_PAUSE = 0.05
_LONGEST_PAUSE = 1.0
_SLICE = 0.25
_logger = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class Call:
    """
    A call of the library: the patience that is left of it, and what ends its waits.

    What it nests shares it, so that a loop within a loop does not wait twice as long. Only time that was lost counts: from the
    begin of a try to its failure, and between two tries. A long call that has an outage in its middle is as patient as others.

    Args:
        seconds: how patient it is; infinite for what goes on until it is told to stop.
        ends: each of them ends its waits, when it is set.
    """

    def __init__(self, seconds: float, *ends: threading.Event) -> None:
        self.left = self._seconds = seconds
        self._ends = set(ends)
        self._since = time.monotonic()
        self._is_warned_of = False

    @property
    def is_ended(self) -> bool:
        """Whether it was told to stop, or what it asks was closed."""
        return any(end.is_set() for end in self._ends)

    def begin(self, closing: threading.Event) -> None:
        """Begin a try: what came before it was work, or is counted."""
        self._ends.add(closing)
        self._since = time.monotonic()

    def pauses(self) -> Iterator[float]:
        """Sleeps after a failure, longer and longer, up to a second, until no patience is left; yields after each sleep."""
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
                self.left = 0.0  # one more try, which says so where the store was closed
            yield pause
            pause = min(2 * pause, _LONGEST_PAUSE)
            self._lose()

    def _lose(self) -> None:
        now = time.monotonic()
        self.left, self._since = self.left - (now - self._since), now


_CALL: ContextVar[Call | None] = ContextVar("reformtrack.call", default=None)


def current_call() -> Call | None:
    """The call that this is part of."""
    return _CALL.get()


class one_call:  # noqa: N801  # used as a function is; a generator would cost each record two microseconds
    """
    Within, all that waits for the store is one `Call`: the one that it is part of, else a new one.

    Args:
        seconds: how patient a new one is; default: as the thread, or the task,.
        stop: ends the waits of a new one.
    """

    __slots__ = ("_seconds", "_stop", "_token")

    def __init__(self, seconds: float | None = None, stop: threading.Event | None = None) -> None:
        self._seconds = seconds
        self._stop = stop

    def __enter__(self) -> None:
        self._token: Token[Call | None] | None = None
        if _CALL.get() is None:
            seconds = PATIENCE.get() if self._seconds is None else self._seconds
            self._token = _CALL.set(Call(seconds, *([self._stop] if self._stop else [])))

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            _CALL.reset(self._token)


def outage(*ends: threading.Event) -> Iterator[float]:
    """The pauses of what follows the log: it outlives any outage, until it is told to stop."""
    return Call(math.inf, *ends).pauses()


def pauses() -> Iterator[float]:
    """The pauses of the call that this is part of."""
    return (_CALL.get() or Call(PATIENCE.get())).pauses()


def patiently(ask: Callable[[], T]) -> T:
    """What a question gives that may be asked again, asked again while the store cannot be reached."""
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
    What comes within some seconds, or what is left of the call's patience; the wait ends with the call.

    Args:
        take: waits at most as many seconds as it is told, and is called again.
        is_late: whether what it raised says that nothing came by then.
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
    Within, a call waits so many seconds in all, instead of 60, for a store that cannot be reached.

    For a caller that has to answer sooner, a web server say. It holds for the thread, or the task, that enters it. The last try
    may take up to a second more, or ten when a server goes silent in the middle of it. It does not bind what follows the log.

    Raises:
        InvalidField: the seconds are not a number from 0 to 3,600.
    """
    token = PATIENCE.set(seconds)
    try:
        yield
    finally:
        PATIENCE.reset(token)


def each_one_call(kind: type[T]) -> type[T]:
    """What a method asks the store, however often, waits for it as one call; what yields in between waits anew each time."""

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
