"""
The console blocks of README.md and docs/ are run where their Python blocks are: in order, one folder a page.

A line `$ command` is run by a shell, one that ends in a backslash goes on, and what stands below is what the command says, on
both outputs; `…` stands for anything. Where nothing stands below, it only has to succeed. What `export` sets holds for a page.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests import programs

LONGEST = 120
"""How long a command may take, in seconds."""

NOT_RUN: dict[str, str] = {
    r"pip install": "it asks a package index",
    r"psql|pg_dump|pg_restore|.*postgresql://": "it needs a server of PostgreSQL; tests/store has what it does",
    r"reformtrack serve": "it runs until it is interrupted; tests/cli/test_serving.py starts it",
    r"reformtrack --install-completion": "it changes the start-up file of the shell",
}
"""The commands that are not run, by how they begin, and why."""


class Block(Protocol):
    """What a block is, for Sybil: its text, and what all blocks of the page share."""

    @property
    def parsed(self) -> str: ...
    @property
    def namespace(self) -> dict[str, Any]: ...


def commands(block: str) -> Iterator[tuple[str, str]]:
    """Each command of a block, and what stands below it."""
    for one in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = one.splitlines(keepends=True)
        last = next((place for place, line in enumerate(lines) if not line.endswith("\\\n")), len(lines) - 1)
        yield "".join(lines[: last + 1]).strip(), "".join(lines[last + 1 :]).strip()


def why_not(command: str) -> str | None:
    """Why a command is not run; None for one that is."""
    return next((why for begins, why in NOT_RUN.items() if re.match(begins, command)), None)


def run(block: Block) -> str | None:
    """Run the commands of a block; what is wrong with the first that does not do as the page says."""
    if not block.parsed.startswith("$ "):
        return "a console block begins with `$ `, and a command"
    environment = block.namespace.setdefault("_environment", _fresh())
    for command, said in commands(block.parsed):
        if why_not(command):
            continue
        if (program := command.partition(" ")[0]) in programs.missing():
            pytest.skip(f"{program} is not installed")
        if command.startswith("export "):
            environment.update(pair.split("=", 1) for pair in shlex.split(command)[1:])
            continue
        done = subprocess.run(
            ["bash", "-c", command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST,
        )
        if done.returncode:
            return f"$ {command}\nended with {done.returncode}:\n{done.stdout}"
        if said and not _is_said(said, done.stdout):
            return f"$ {command}\nsays:\n{done.stdout}\nand the page:\n{said}"
    return None


def _is_said(page: str, output: str) -> bool:
    form = ".*".join(map(re.escape, page.split("…")))
    lines = "\n".join(line.rstrip() for line in output.strip().splitlines())
    return re.fullmatch(form, lines, re.DOTALL) is not None


def _fresh() -> dict[str, str]:
    """The environment of a page: the programs of this Python first, and nothing that is set for reformtrack."""
    not_said = ("REFORMTRACK_", "PYTHONDONTWRITEBYTECODE")  # without bytecode each command compiles everything anew
    here = {name: value for name, value in os.environ.items() if not name.startswith(not_said)}
    return here | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{here['PATH']}"}
