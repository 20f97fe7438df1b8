"""
Patience: how long, and how often, a call is tried again while the store cannot be reached.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Annotated, TypeVar

from msgspec import Meta

from reformtrack import telemetry
from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import StoreUnavailable

PATIENCE: ContextVar[float] = ContextVar("reformtrack.patience", default=60.0)
"""For how many seconds a call is tried again when the store cannot be reached: longer than a cluster takes to change leader."""

_LONGEST_PAUSE = 1.0
_logger = logging.getLogger(__name__)
T = TypeVar("T")


def patiently(call: Callable[[], T]) -> T:
    """What a call gives that may be made again, made again while the store cannot be reached."""
    waits = pauses()
    while True:
        try:
            return call()
        except StoreUnavailable:
            if next(waits, None) is None:
                raise


@checks_arguments
@contextmanager
def patience(seconds: Annotated[float, Meta(ge=0, le=3_600)]) -> Iterator[None]:
    """
    Within, a call is tried again for so many seconds, instead of 60, when the store cannot be reached.

    For a caller that has to answer sooner, a web server say. It holds for the thread, or the task, that enters it.

    Raises:
        InvalidField: the seconds are not a number from 0 to 3,600.
    """
    token = PATIENCE.set(seconds)
    try:
        yield
    finally:
        PATIENCE.reset(token)


def pauses() -> Iterator[float]:
    """Sleeps longer and longer, up to a second, until patience is at its end; yields after each sleep."""
    patience, pause = PATIENCE.get(), 0.05
    end, warned = time.monotonic() + patience, False
    while time.monotonic() < end:
        if not warned:
            _logger.warning("the store cannot be reached; it is tried again", extra={"patience_seconds": patience})
            warned = True
        telemetry.retried()
        time.sleep(pause)
        yield pause
        pause = min(2 * pause, _LONGEST_PAUSE)
