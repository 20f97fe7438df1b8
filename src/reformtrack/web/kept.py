"""
Answers that are kept while nothing is recorded: many people look at the same pages, and their pages ask again and again.
"""

import threading
from collections import OrderedDict

from starlette.responses import Response

MOST = 256
"""How many answers are kept."""

LARGEST = 262_144
"""The largest answer that is kept, in bytes: all together are 64 MiB at most."""

Key = tuple[str, ...]
"""What an answer depends on: the tag of what can be read, and the address."""


class Kept:
    """The last answers that were given. A tag changes with each record and restore, so none is ever out of date."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Key, tuple[bytes, str | None]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Response | None:
        """The answer, made anew from what is kept; None when it is not."""
        with self._lock:
            found = self._answers.get(key)
            if found is None:
                return None
            self._answers.move_to_end(key)
        return Response(found[0], media_type=found[1])

    def keep(self, key: Key, response: Response) -> None:
        """Keep an answer, if it is a whole and good one."""
        body = bytes(response.body)
        if response.status_code != 200 or len(body) > LARGEST:
            return
        with self._lock:
            self._answers[key] = body, response.headers.get("content-type")
            while len(self._answers) > MOST:
                self._answers.popitem(last=False)
