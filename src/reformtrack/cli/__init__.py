"""The command line: record what happened, ask for any day as known on any day, maintain the store."""

import os
import sys
from collections.abc import Sequence
from functools import cache
from io import TextIOWrapper
from typing import Any, cast

from reformtrack.extras import extra
from reformtrack.language import Language

with extra("cli"):
    import typer

    from reformtrack.cli import (  # noqa: F401  # each adds its commands
        asking,
        importing,
        keeping,
        recording,
        reminding,
        reporting,
        rolling,
        sealing,
        serving,
        telling,
        workbooks,
    )
    from reformtrack.cli.app import app
    from reformtrack.cli.given import spoken
    from reformtrack.cli.help import is_asked_for, translate
    from reformtrack.cli.session import PIPE_CLOSED, USAGE, Session, complain
    from reformtrack.cli.usage import OF_USAGE
    from reformtrack.domain.said import recognised

__all__ = ["app", "main"]

_IN_ORDER_OF_USE = ("init", "import", "record", "plan", "overdue", "due", "history", "rollup", "report", "agencies")
app.registered_commands.sort(key=lambda one: (*_IN_ORDER_OF_USE, one.name).index(one.name))

_UsageError = cast(type[Exception], typer.BadParameter.__bases__[0])  # typer has no public name for it


@cache
def _command() -> Any:
    """All commands, made once: a program that runs many pays for it once."""
    return typer.main.get_command(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the command line.

    Args:
        arguments: the words after its name; default: those of the process.

    Returns:
        The exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8")  # Vietnamese, whatever the machine's locale
    words = sys.argv[1:] if arguments is None else arguments
    if is_asked_for(words) and (lang := spoken(words)) != "en":
        command = typer.main.get_command(app)
        translate(command, Language(lang))
    else:
        command = _command()
    try:
        code = command.main(arguments, prog_name="reformtrack", standalone_mode=False)
        sys.stdout.flush()
    except _UsageError as error:
        usage = f"{error.format_message()} See reformtrack --help"  # type: ignore[attr-defined]  # click has it
        complain(Session(None, spoken(words), False, True).told(recognised(usage, OF_USAGE)))
        return USAGE
    except BrokenPipeError:
        code = PIPE_CLOSED
    if code == PIPE_CLOSED:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains about unwritten output
    return code if isinstance(code, int) else 0
