"""Caches of answers and of plans, valid while nothing is recorded: many people look at the same pages, which poll."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from starlette.responses import Response

from reformtrack.views.plan import Plan

MOST = 2_048
"""The most cached answers."""

LARGEST = 4 << 20
"""The largest cached answer, in bytes: a report with its charts has a tenth of it."""

MOST_BYTES = 64 << 20
"""The most bytes of all cached answers together."""

_TURNS = 64
"""How many locks there are for what is computed: equal questions have the same one."""

_WAIT = 1.0
"""For how many seconds a question waits for an equal one: what takes longer must not hold the threads of a server."""

_HEADERS = ("content-type", "content-disposition")
"""The headers that are cached with an answer."""

PLANS_BYTES = 16_777_216
"""How many bytes of records the kept plans have; what is folded of a record takes several times as many."""

Key = tuple[str, ...]
"""The cache key: the tag of everything that the answer may depend on, and the address."""


class Kept:
    """
    A cache of the last answers. A tag changes with each record and restore, so no answer is stale.

    The page of a plan is kept under the tag of its plan, so records of other plans do not empty the cache. They are no news for
    it either: it is given out with the position after which there are.
    """

    def __init__(self) -> None:
        self._answers: OrderedDict[Key, tuple[bytes, dict[str, str], int]] = OrderedDict()
        self._lock = threading.Lock()
        self._turns = [threading.Lock() for _ in range(_TURNS)]
        self._bytes = 0

    def answer(self, key: Key, position: int, make: Callable[[], Response]) -> Response:
        """
        The cached answer, for a position of the log; on a cache miss it is computed, once for equal requests at the same time.

        Such a request waits for the first one for a second at most, and then computes the answer itself.
        """
        found = self.get(key, position)
        if found is not None:
            return found
        turn = self._turns[hash(key) % _TURNS]
        is_mine = turn.acquire(timeout=_WAIT)
        try:
            found = self.get(key, position)
            if found is None:
                found = make()
                self.keep(key, found, position)
        finally:
            if is_mine:
                turn.release()
        return found

    def get(self, key: Key, position: int) -> Response | None:
        """The cached answer, for a position of the log; None if there is none."""
        with self._lock:
            found = self._answers.get(key)
            if found is None:
                return None
            self._answers.move_to_end(key)
        body, headers, made_at = found
        if made_at != position and headers.get("content-type", "").startswith("text/html"):
            body = body.replace(_asked_after(made_at), _asked_after(position), 1)
        return Response(body, headers=headers)

    def keep(self, key: Key, response: Response, position: int) -> None:
        """Cache an answer, made at a position of the log, if it is complete and successful."""
        body = bytes(response.body)
        if response.status_code != 200 or len(body) > LARGEST:
            return
        with self._lock:
            headers = {name: response.headers[name] for name in _HEADERS if name in response.headers}
            self._bytes += len(body) - len(self._answers.pop(key, (b"",))[0])
            self._answers[key] = body, headers, position
            while len(self._answers) > MOST or self._bytes > MOST_BYTES:
                self._bytes -= len(self._answers.popitem(last=False)[1][0])


class KeptPlans:
    """
    The plans that were folded last, for whoever turns from one of their pages to the next.

    Args:
        most: how many bytes the records behind them have in the log together; one that has more by itself is not kept.
    """

    def __init__(self, most: int = PLANS_BYTES) -> None:
        self._plans: OrderedDict[Hashable, Plan] = OrderedDict()
        self._most = most
        self._lock = threading.Lock()
        self.size = 0

    def plan(self, key: Hashable, fold: Callable[[], Plan]) -> Plan:
        """The plan of a key, which says all that it may depend on; folded if it is not kept."""
        with self._lock:
            if found := self._plans.get(key):
                self._plans.move_to_end(key)
                return found
        plan = fold()
        with self._lock:
            if plan.stored_bytes <= self._most and key not in self._plans:
                self._plans[key] = plan
                self.size += plan.stored_bytes
            while self.size > self._most:
                self.size -= self._plans.popitem(last=False)[1].stored_bytes
        return plan


def _asked_after(position: int) -> bytes:
    """How a page asks for news; nothing that a person writes comes to be so: in a page its quotes are escaped."""
    return f'after={position}" hx-trigger='.encode()
