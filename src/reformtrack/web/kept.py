"""
A cache of answers, valid while nothing is recorded: many people look at the same pages, which poll.
"""

import threading
from collections import OrderedDict

from starlette.responses import Response

MOST = 256
"""The most cached answers."""

LARGEST = 262_144
"""The largest cached answer, in bytes: all together at most 64 MiB."""

Key = tuple[str, ...]
"""The cache key: the tag of everything that can be read, and the address."""


class Kept:
    """A cache of the last answers. A tag changes with each record and restore, so no answer is stale."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Key, tuple[bytes, str | None]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Response | None:
        """The cached answer; None if there is none."""
        with self._lock:
            found = self._answers.get(key)
            if found is None:
                return None
            self._answers.move_to_end(key)
        return Response(found[0], media_type=found[1])

    def keep(self, key: Key, response: Response) -> None:
        """Cache an answer, if it is complete and successful."""
        body = bytes(response.body)
        if response.status_code != 200 or len(body) > LARGEST:
            return
        with self._lock:
            self._answers[key] = body, response.headers.get("content-type")
            while len(self._answers) > MOST:
                self._answers.popitem(last=False)
