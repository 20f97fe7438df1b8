"""
Stores of random histories, which grow honestly: sizes over the borders of tiles, requests of several records, gaps.
"""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from random import Random
from typing import NamedTuple

from drills.judging import Sealed
from drills.raw import Raw
from reformtrack import Tracker
from reformtrack.events import ProgressReported
from reformtrack.seal import Checkpoint, Seals, SigningKey, verify_log
from reformtrack.store.application import settings_of
from tests.servers import postgres_server
from tests.support import Clock, adopted, day, scheduled

KEY = SigningKey.generate("example.vn/log")
THEIR_KEY = verify_log.parse_key(str(KEY.verifier))
_COMPRESSED = {"COMPRESSOR_TOPIC": "eventsourcing.compressor:ZlibCompressor"}
_ACTIVITIES = 5
_TEXT = "Đã rà soát văn bản, còn thiếu ý kiến của Sở Tài chính; "

_numbers = count(1)


class Kind(NamedTuple):
    """How a store keeps its rows, and the tree of them."""

    is_compressed: bool
    cipher_keys: list[bytes] | None
    tree_within_appends: bool

    @classmethod
    def drawn(cls, draw: Random) -> "Kind":
        """Any, most often neither compressed nor encrypted."""
        keys = [secrets.token_bytes(32)] if draw.random() < 0.25 else None
        return cls(draw.random() < 0.25, keys, draw.random() < 0.25)

    def opened(self, url: str) -> Tracker:
        """A store of this kind."""
        settings = {**settings_of(url), **(_COMPRESSED if self.is_compressed else {})}
        return Tracker(
            env=settings, clock=Clock(), cipher_keys=self.cipher_keys, tree_within_appends=self.tree_within_appends
        )


@contextmanager
def urls(database: str) -> Iterator[Iterator[str]]:
    """URLs of empty stores, as many as are asked for."""
    if database == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield (f"sqlite:///{folder}/{number}.db" for number in _numbers)
        return
    with postgres_server() as server:
        yield (f"{server.url}&schema=t{number}" for number in _numbers)


def file_of(url: str) -> Path | None:
    """The file of a store in SQLite."""
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else None


def size(draw: Random) -> int:
    """Of a log: often at the border of a tile."""
    kind = draw.random()
    if kind < 0.4:
        return draw.randrange(9, 60)
    return draw.choice((256, 512)) + draw.randrange(-2, 3) if kind < 0.7 else draw.randrange(60, 700)


def begin(tracker: Tracker) -> None:
    """A plan and its activities: the first records."""
    tracker.record(adopted(), *(scheduled(f"p/1.{n:02}") for n in range(_ACTIVITIES)), by="so-tu-phap")


def grow(tracker: Tracker, draw: Random, records: int) -> None:
    """So many records more, in requests of one to eight."""
    while records > 0:
        some = min(records, draw.choice((1, 1, 2, 3, 8)))
        tracker.record(*(_event(draw) for _ in range(some)), by="so-tu-phap")
        records -= some


def _event(draw: Random) -> ProgressReported:
    text = _TEXT * draw.choice((0, 0, 1, 1, 4)) + str(draw.randrange(1_000))
    return ProgressReported(f"p/1.{draw.randrange(_ACTIVITIES):02}", on=day("2-1"), note=text)


def grown(tracker: Tracker, raw: Raw, draw: Random) -> Iterator[Sealed]:
    """Checkpoints at several sizes, the smallest first; in the end the log is as long as the last of them, or longer."""
    has_gaps, start = draw.random() < 0.6, _ACTIVITIES + 1
    for end in sorted({size(draw) for _ in range(draw.randrange(1, 4))}):
        _grow_to(tracker, raw, draw, start, end, has_gaps)
        start = end
        yield sealed(tracker)
    _grow_to(tracker, raw, draw, start, start + draw.choice((0, 0, 1, 20)), has_gaps)
    Seals(tracker).seal(KEY)


def _grow_to(tracker: Tracker, raw: Raw, draw: Random, start: int, end: int, has_gaps: bool) -> None:
    """From one size of the log to another, with gaps in its positions."""
    while start < end:
        if has_gaps and draw.random() < 0.5:
            raw.skip(draw.randrange(1, 9))
        some = min(end - start, draw.randrange(1, 90))
        grow(tracker, draw, some)
        start += some


def sealed(tracker: Tracker) -> Sealed:
    """A checkpoint of all that is on record."""
    return read(Seals(tracker).seal(KEY))


def read(checkpoint: Checkpoint) -> Sealed:
    """A checkpoint as it is read from its note."""
    return Sealed(
        Checkpoint.parse(checkpoint.note, KEY.verifier), verify_log.parse_checkpoint(checkpoint.note, THEIR_KEY)
    )
