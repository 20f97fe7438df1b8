"""The application: the common options, before or after a command, and how a command is run."""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Annotated, Any, get_type_hints

import attrs
import typer

from reformtrack.cli import session
from reformtrack.cli.given import language
from reformtrack.cli.session import Session, complain, exit_code, words_of
from reformtrack.cli.usage import SYSTEM
from reformtrack.domain.arguments import told
from reformtrack.domain.errors import ReformtrackError
from reformtrack.domain.said import recognised, said
from reformtrack.domain.wording import Lang

EXIT_CODES = (
    "Exit codes: 0 done; 1 a problem was found "
    "(check found damage, a checkpoint does not hold, a plan is left out); 2 wrong usage; "
    "3 refused by a rule; 4 not found; 5 the store failed; 6 a file is bad or cannot be read or written; 130 interrupted."
)

app = typer.Typer(
    name="reformtrack",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"]},
)

STORE = "Where the records are: the path of a SQLite file, sqlite:///plans.db, or postgresql://host/database."
LANG = "The language of the output: Vietnamese (the default) or English."
JSON = "Print one JSON document, for programs."
NO_COLOR = "Without colours on a terminal."
STEWARDS = "The stewards of the register of agencies, separated by commas; roles then decide who may record what."

OPEN_TO_ALL = "Record, or import a log, without the policy in force; this is itself recorded."

_SHARED: dict[str, Any] = {
    "store": Annotated[str | None, typer.Option("--store", metavar="URL", help=STORE)],
    "lang": Annotated[str | None, typer.Option("--lang", metavar="vi|en", parser=language, help=LANG)],
    "as_json": Annotated[bool, typer.Option("--json", help=JSON)],
    "no_color": Annotated[bool, typer.Option("--no-color", help=NO_COLOR)],
}


@app.callback(invoke_without_command=True)
def _options(
    ctx: typer.Context,
    store: Annotated[
        str | None, typer.Option("--store", metavar="URL", envvar="REFORMTRACK_STORE", help=STORE, show_default=False)
    ] = None,
    lang: Annotated[
        Lang, typer.Option("--lang", metavar="vi|en", envvar="REFORMTRACK_LANG", parser=language, help=LANG)
    ] = "vi",
    as_json: Annotated[bool, typer.Option("--json", help=JSON)] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help=NO_COLOR)] = False,
    stewards: Annotated[
        str,
        typer.Option("--stewards", metavar="NAMES", envvar="REFORMTRACK_STEWARDS", help=STEWARDS, show_default=False),
    ] = "",
    open_to_all: Annotated[bool, typer.Option("--open-to-all", help=OPEN_TO_ALL)] = False,
) -> None:
    """Keep public reform plans: record what happened, and ask for any day as known on any day."""
    names = tuple(name.strip() for name in stewards.split(",") if name.strip())
    ctx.obj = Session(store, lang, as_json, no_color, names, open_to_all)
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


def command(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """
    Make a function a command.

    It is called with its `Session` and its own parameters; its docstring is the help. The common options are added, so
    that they can also follow the command, where they take precedence. An error ends it with one line on stderr and the
    error's exit code.
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        @wraps(function)
        def run(ctx: typer.Context, **given: Any) -> None:
            shared = {option: given.pop(option) for option in _SHARED}
            before: Session = ctx.obj
            chosen = {option: value or getattr(before, option) for option, value in shared.items()}
            _run(attrs.evolve(before, **chosen), function, given)

        own = list(inspect.signature(function).parameters.values())[1:]
        hints = get_type_hints(function, include_extras=True)
        context = inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
        shared = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=_SHARED[name])
            for name, default in (("store", None), ("lang", None), ("as_json", False), ("no_color", False))
        ]
        run.__signature__ = inspect.Signature([context, *own, *shared])  # type: ignore[attr-defined]  # typer reads it; functions do not declare it
        run.__annotations__ = {"ctx": typer.Context, **{p.name: hints[p.name] for p in own}, **_SHARED}
        app.command(name)(run)
        return function

    return register


def _run(run: Session, function: Callable[..., None], given: Mapping[str, Any]) -> None:
    """Run a command; an error becomes a line in the language of the run, and an exit code."""
    try:
        function(run, **given)
    except BrokenPipeError:
        raise typer.Exit(session.PIPE_CLOSED) from None
    except KeyboardInterrupt:
        complain(run.told(said("interrupted; what was recorded stays")))
        raise typer.Exit(session.INTERRUPTED) from None
    except ReformtrackError as error:
        complain(run.told(words_of(error)))
        raise typer.Exit(exit_code(error)) from None
    except OSError as error:
        found = told(error)
        if error.filename:
            found = said(
                "{file}: {found}; accepted: one that can be read or written",
                file=error.filename,
                found=recognised(error.strerror or str(error), SYSTEM),
            )
        complain(run.told(found))
        raise typer.Exit(exit_code(error)) from None
