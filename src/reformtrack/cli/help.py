"""
The help of the command line in the language of this run. Its English texts stand where the commands are defined.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from reformtrack.language import Language


def is_asked_for(arguments: Sequence[str]) -> bool:
    """Whether these words ask for help: they say so, or there are no words but options."""
    return not arguments or any(word in ("--help", "-h") for word in arguments)


def translate(command: Any, say: Language) -> None:
    """Say the help of a command, and of all below it, in a language."""
    for holder in holders(command):
        holder.help = say(holder.help)
    if command.epilog:
        command.epilog = say(command.epilog)


def holders(command: Any) -> Iterator[Any]:
    """The command, its parameters and the commands below it that have a help text."""
    for holder in (command, *command.params):
        if getattr(holder, "help", None):
            yield holder
    for inner in getattr(command, "commands", {}).values():
        yield from holders(inner)
