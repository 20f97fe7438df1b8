"""The help of the command line in the language of this run. The English texts are where the commands are defined."""

from collections.abc import Iterator, Sequence
from typing import Any

from reformtrack.language import Language


def is_asked_for(arguments: Sequence[str]) -> bool:
    """Whether these arguments ask for help: explicitly, or because they have only options."""
    return not arguments or any(word in ("--help", "-h") for word in arguments)


def translate(command: Any, say: Language) -> None:
    """Translate the help of a command and of all its subcommands."""
    context = type("Context", (command.context_class,), {"formatter_class": _formatter(command.context_class, say)})
    for holder in holders(command):
        holder.help = say(holder.help)
        holder.context_class = context
    if command.epilog:
        command.epilog = say(command.epilog)


def _formatter(context: Any, say: "Language") -> type[Any]:
    """typer's formatter with its own English texts translated."""
    headings = {"Options": say("Options"), "Arguments": say("Arguments"), "Commands": say("Commands")}
    own = {"env var: ": say("env var: "), "default: ": say("default: "), "required]": say("required]")}

    def said(help: str) -> str:
        text, separator, notes = say(help).rpartition("  [")
        for english, words in own.items() if separator else ():
            notes = notes.replace(english, words)
        return text + separator + notes

    class Formatter(context.formatter_class):  # type: ignore[misc]  # which one depends on the version of typer
        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            for english, words in (("[OPTIONS]", say("[OPTIONS]")), ("COMMAND [ARGS]...", say("COMMAND [ARGS]..."))):
                args = args.replace(english, words)
            super().write_usage(prog, args, say("Usage: "))

        def write_heading(self, heading: str) -> None:
            super().write_heading(headings.get(heading, heading))

        def write_dl(self, rows: Sequence[tuple[str, str]], *more: Any, **layout: Any) -> None:
            super().write_dl([(name, said(help)) for name, help in rows], *more, **layout)

    say("Show this message and exit.")  # the help of --help
    return Formatter


def holders(command: Any) -> Iterator[Any]:
    """The command, its parameters and the commands below it that have a help text."""
    for holder in (command, *command.params):
        if getattr(holder, "help", None):
            yield holder
    for inner in getattr(command, "commands", {}).values():
        yield from holders(inner)
