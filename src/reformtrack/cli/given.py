"""Parsing of typed values: days, instants, languages; and completion of plans and events."""

import os
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from reformtrack.cli.session import BadFile, Session
from reformtrack.domain.arguments import told
from reformtrack.domain.errors import shortened
from reformtrack.domain.said import said
from reformtrack.domain.timeline import KnownAt
from reformtrack.domain.wording import Lang, day_of
from reformtrack.exchange.event_json import RECORDABLE_NAMES
from reformtrack.exchange.moments import known_in

if TYPE_CHECKING:
    from reformtrack.tracker import Tracker

_LANGUAGES: Mapping[str, Lang] = {"vi": "vi", "en": "en"}
A_DAY = said("a day as 30/06/2023 or 2023-06-30")


def language(text: str) -> Lang:
    """
    A supported language.

    Raises:
        typer.BadParameter: it is not supported.
    """
    if text not in _LANGUAGES:
        raise typer.BadParameter(f"{shortened(text)}; accepted: vi, en.")
    return _LANGUAGES[text]


def spoken(words: Sequence[str]) -> Lang:
    """
    The language asked for on a command line, before it is parsed; default: Vietnamese.

    >>> spoken(["--lang", "en", "plan"]), spoken(["plan", "--lang=vi"])
    ('en', 'vi')
    """
    given = [after for word, after in pairwise((*words, "")) if word == "--lang"]
    given += [word.removeprefix("--lang=") for word in words if word.startswith("--lang=")]
    known = [_LANGUAGES[word] for word in (os.environ.get("REFORMTRACK_LANG", ""), *given) if word in _LANGUAGES]
    return known[-1] if known else "vi"


def day(text: str) -> date:
    """
    A day in the format of either language.

    Raises:
        typer.BadParameter: it is not a day.

    >>> day("2023-06-30") == day("30/06/2023") == day("30/6/2023")
    True
    """
    try:
        return day_of(text)
    except ValueError:
        raise typer.BadParameter(f"{shortened(text)}; accepted: {A_DAY}.") from None


def known(tracker: "Tracker", text: str | None) -> KnownAt:
    """A `known_at`, as `known_in` reads it; None for everything on record."""
    return None if text is None else known_in(tracker, text)


def texts_in(path: Path) -> dict[str, str]:
    """
    The texts of a JSON object in a file, by their names.

    Raises:
        BadFile: it is not a JSON object of texts, or not UTF-8.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadFile("{path}: {error}", path=str(path), error=told(error)) from None


def plans(ctx: typer.Context, incomplete: str) -> list[str]:
    """The ids of the store's plans that begin like this; none when the store cannot be asked."""
    root = ctx.find_root().params.get("store")
    store = ctx.params.get("store") or root or os.environ.get("REFORMTRACK_STORE")
    try:
        with Session(store, "en", True, True).tracker() as tracker:
            ids = [key[0] for key in tracker.rollup(by=["plan"]).lines]
    except Exception:  # completion must never show an error
        return []
    return [plan for plan in ids if plan.startswith(incomplete)]


def event_names(incomplete: str) -> list[str]:
    """The names of the events that begin like this."""
    return [name for name in RECORDABLE_NAMES if name.startswith(incomplete)]


PlanArgument = Annotated[
    str,
    typer.Argument(metavar="PLAN", help="The plan, such as dak-nong-2023.", autocompletion=plans, show_default=False),
]


def day_option(name: str, help: str) -> Any:
    return typer.Option(name, metavar="DAY", parser=day, help=help)


def file_option(name: str, help: str) -> Any:
    return typer.Option(name, metavar="FILE", help=help)


OnOption = Annotated[date | None, day_option("--on", "The day asked for; default: today.")]
KnownAtOption = Annotated[
    str | None,
    typer.Option(
        "--known-at",
        metavar="DAY|INSTANT|POSITION",
        help="As known then: at the end of a day, at an instant with its zone, or a log position; default: all records.",
    ),
]
