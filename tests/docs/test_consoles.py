"""The console blocks of the pages are run, and what a page says of a command is what it says: tests/docs/consoles.py."""

import os
import re
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.docs.consoles import NOT_RUN, commands, run, why_not

ROOT = Path(__file__).parents[2]
PAGES = {path: path.read_text(encoding="utf-8") for path in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))}
COMMANDS = [
    command
    for text in PAGES.values()
    for block in re.findall(r"^```console\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    for command, _ in commands(block)
]


@attrs.frozen
class Shown:
    """A block as Sybil gives it."""

    parsed: str
    namespace: dict[str, Any] = attrs.field(factory=lambda: {"_environment": dict(os.environ)})


def test_what_is_not_run_has_a_reason_that_is_of_use() -> None:
    """Most commands are run, and no reason is left over from a page that is gone."""
    reasons = {begins for begins in NOT_RUN if any(re.match(begins, command) for command in COMMANDS)}
    assert set(NOT_RUN) == reasons
    assert len([command for command in COMMANDS if why_not(command) is None]) > len(COMMANDS) / 2


def test_no_page_shows_commands_in_a_block_that_is_not_run() -> None:
    """In a block of another language a `$ command` would be run by nobody."""
    blocks = [
        (path.name, language)
        for path, text in PAGES.items()
        for language, block in re.findall(r"^```(\w*)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
        if language in ("sh", "bash", "shell") or (language != "console" and re.search(r"^\$ ", block, re.MULTILINE))
    ]
    assert [] == blocks


@pytest.mark.slow
@pytest.mark.parametrize(
    ("block", "wrong"),
    [
        ("$ echo a\na\n$ echo b", None),
        ("$ echo a; echo b\na\n…", None),
        ("$ echo a \\\n    b\na b", None),
        ("$ export WHO=an\n$ echo $WHO\nan", None),
        ("$ echo a 1>&2\na", None),
        ("$ echo a\nb", "says:\na"),
        ("$ echo ab\na", "says:\nab"),
        ("$ echo a\na\n$ false", "ended with 1"),
        ("$ no-such-program", "ended with 127"),
        ("echo a", "begins with"),
    ],
)
def test_a_block_is_held_to_what_its_commands_say(block: str, wrong: str | None) -> None:
    """All of it: the first command that fails, or says something else, is named."""
    found = run(Shown(block))
    assert found is None if wrong is None else found is not None and wrong in found
