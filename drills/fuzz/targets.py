"""
Every parser of what comes from outside, by name: a function that takes bytes and raises only when it found something.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from drills.fuzz import events, logs, seals, sheets, texts
from drills.fuzz.target import Target

CORPUS = Path(__file__).parent / "corpus"
"""By target, the inputs that once found something, as small as they could be made."""

TARGETS: Mapping[str, Target] = {
    **events.TARGETS,
    **logs.TARGETS,
    **seals.TARGETS,
    **sheets.TARGETS,
    **texts.TARGETS,
}


@cache
def seeds_of(name: str) -> Sequence[bytes]:
    """The inputs that a target begins with."""
    return TARGETS[name].seeds()
