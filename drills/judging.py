"""
What tampering changed, found by comparing rows; and what reformtrack and the stand-alone verifier say of it, held against that.
"""

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from drills.raw import LOG, TREE, Content, Row, typed
from reformtrack import Tracker
from reformtrack.seal import Checkpoint, Seals, verify_log

Found = Iterator[tuple[str, int] | str]
"""Figures, each a name and what is added to it; and, as texts, what is wrong."""

_NAMED = re.compile(
    r"index (\d+), after (?:position (\S+)|the beginning): (?:at position (\S+) stands another row|the log ends there)"
)


class Place(NamedTuple):
    """Where a log is not as it was."""

    number: int
    """The index of the row."""
    after: int
    """The position of the row before it; 0 when there is none."""
    position: int | None
    """That of the row that stands there; None when there is none."""


class Answer(NamedTuple):
    """What is said of a log and a checkpoint."""

    holds: bool
    place: Place | None
    """The first place that is not as it was, where it is named."""


class Sealed(NamedTuple):
    """A checkpoint, as each of the two has read it from its note."""

    ours: Checkpoint
    theirs: verify_log.Checkpoint


def first_wrong(before: Sequence[Row], after: Sequence[Row], size: int) -> Place | None:
    """The first of so many rows that is not as it was; None when all are."""
    for index, right in enumerate(before[:size]):
        found = after[index] if index < len(after) else None
        if found is None or typed(found) != typed(right):
            return Place(index, after[index - 1][0] if index else 0, None if found is None else found[0])
    return None


def judged(who: str, answer: Answer, wrong: Place | None, is_known: bool) -> Found:
    """
    An answer, held against what is so.

    Args:
        wrong: the first place that is not as it was.
        is_known: whether it has to be named: the kept tree is as it was, or there is a copy of the log.
    """
    yield f"{who} asked", 1
    yield f"{who} had to find", wrong is not None
    if answer.holds != (wrong is None):
        yield f"{who}: {answer}, but {wrong} is wrong"
    elif wrong is not None:
        yield f"{who} found", 1
        if answer.place != wrong and (is_known or answer.place is not None):
            yield f"{who} names {answer.place}, but {wrong} is wrong"
        elif answer.place is not None:
            yield f"{who} named the place", 1


def by_verify(tracker: Tracker, checkpoint: Checkpoint) -> Answer:
    """What `Seals.verify` says of the rows."""
    found = Seals(tracker).verify(checkpoint)
    return Answer(not found.what, None if found.index is None else Place(found.index, found.after, found.position))


def offline(log: verify_log.Log, checkpoints: Sequence[Sealed]) -> list[Answer]:
    """What the stand-alone verifier says of each checkpoint; they come with the smallest first."""
    said = list(verify_log.audit(log, [checkpoint.theirs for checkpoint in checkpoints]))
    return [Answer(holds, named(text)) for holds, text in said[: len(checkpoints)]]


def named(text: str) -> Place | None:
    """The place that the stand-alone verifier names."""
    found = _NAMED.search(text)
    return found and Place(int(found[1]), int(found[2] or 0), int(found[3]) if found[3] else None)


def offline_log(content: Content) -> verify_log.Log:
    """What is in the tables, as the stand-alone verifier takes it."""
    leaves = (row[3][start : start + 32] for row in content[TREE] if row[0] == 0 for start in range(0, len(row[3]), 32))
    return map(verify_log.Row._make, content[LOG]), leaves


def is_plain(rows: Sequence[Row]) -> bool:
    """Whether a log file can have such rows: of the types that a log has."""
    return all(list(map(type, row)) == [int, str, int, str, bytes] for row in rows)


def write_log(path: Path, rows: Sequence[Row]) -> None:
    """Rows as a log file, as anybody can write one: the digest at its end is right, whatever the rows are."""
    lines: list[dict[str, object]] = [{"format": "reformtrack-log", "version": 1}]
    for position, stream, version, name, state in rows:
        said = {"position": position, "stream": stream, "version": version, "name": name, "request_id": "r"}
        lines.append({**said, "state": b64encode(state).decode(), "encoding": "base64"})
    data = "".join(map(_line, lines)).encode()
    foot = {"records": len(rows), "last_position": 0, "sha256": sha256(data).hexdigest()}
    path.write_bytes(data + _line(foot).encode())


def _line(fields: object) -> str:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")) + "\n"
