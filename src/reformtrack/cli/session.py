"""One run of the command line: its store, its language, its form of output, and how it ends."""

import json
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import msgspec
import typer

from reformtrack.domain import errors, illegal
from reformtrack.domain.protected import redacted
from reformtrack.domain.said import Said, said, sentence
from reformtrack.domain.wording import Lang
from reformtrack.exchange.error_words import retold
from reformtrack.extras import extra
from reformtrack.language import Language
from reformtrack.policy import Policy, SeparationOfDuties, open_to_all
from reformtrack.store.application import settings_of
from reformtrack.tracker import Tracker

if TYPE_CHECKING:
    from reformtrack.cli.screen import Callback, Screen

Document = Mapping[str, Any] | msgspec.Struct
"""The answer of a command with `--json`."""


class Misuse(errors.OneSentence, errors.ReformtrackError, ValueError):
    """A command with missing or contradictory options."""


class BadFile(errors.OneSentence, errors.ReformtrackError, ValueError):
    """A file that cannot be read or written for its purpose."""


OK, NOT_RIGHT, USAGE, REFUSED, NOT_FOUND, STORE_FAILED, BAD_FILE = range(7)
INTERRUPTED, PIPE_CLOSED = 130, 141

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_OPTIONS = {
    ("Tracker.trend", "first"): "--from",
    ("Tracker.trend", "last"): "--on",
    ("query", "known_at"): "--known-at",
}
"""The options that are called otherwise than the arguments that they give."""
_EXIT_CODES: tuple[tuple[tuple[type[BaseException], ...], int], ...] = (
    ((illegal.IllegalHistory, errors.NotPermitted, errors.RequestReused, errors.VersionConflict), REFUSED),
    ((errors.NotFound,), NOT_FOUND),
    ((errors.LogFileError, errors.SheetFileError, BadFile), BAD_FILE),
    ((errors.SealError,), NOT_RIGHT),
    ((errors.StoreError, errors.ConcurrentUpdate), STORE_FAILED),
    ((errors.ReformtrackError,), USAGE),
    ((OSError,), BAD_FILE),
)


def exit_code(error: BaseException) -> int:
    """The exit code for an error: see the how-to."""
    return next(code for kinds, code in _EXIT_CODES if isinstance(error, kinds))


def words_of(error: errors.ReformtrackError) -> str:
    """What an error says, of an argument by the name of its option."""
    option = _OPTIONS.get((error.owner, error.field)) if isinstance(error, errors.InvalidField) else None
    if option is None or not isinstance(error.words, Said):
        return error.words
    return said("{option} cannot be {found}; accepted: {accepted}", **{**error.words.values, "option": option})


def visible(text: str) -> str:
    """
    A text with control and bidirectional characters replaced, so that it cannot steer the terminal.

    >>> visible("Rà soát" + chr(27) + "[2J")
    'Rà soát�[2J'
    """
    return "".join("�" if unicodedata.category(c) in _HIDDEN and c not in "\n\t" else c for c in text)


def complain(message: str) -> None:
    """Print an error in one line on stderr."""
    print(f"reformtrack: {' '.join(visible(message).split())}", file=sys.stderr)


def check_complete(session: "Session", left_out: Sequence[str]) -> None:
    """End with exit code 1 and a line on stderr if plans are left out of an answer."""
    if left_out:
        plans = ", ".join(left_out)
        complain(session.say("{plans}: left out, a record cannot be read; accepted: check lists it", plans=plans))
        raise typer.Exit(NOT_RIGHT)


@attrs.frozen(slots=False)
class Session:
    """The common options of a run."""

    store: str | None = attrs.field(repr=False)
    """Where the records are: a URL, or the path of a SQLite file."""
    lang: Lang
    as_json: bool
    no_color: bool
    stewards: tuple[str, ...] = ()
    """The stewards of the register; with them, roles decide who may record what."""
    open_to_all: bool = False
    """Whether to record without a policy, even if one is in force."""

    @cached_property
    def say(self) -> Language:
        """The texts of the catalogue, in the language of this run."""
        return Language(self.lang)

    def told(self, sentence: str) -> str:
        """The message of an error in the language of this run."""
        return retold(sentence, self.say, named=True)

    @cached_property
    def screen(self) -> "Screen":
        """The output for people."""
        with extra("cli"):
            from rich.console import Console

            from reformtrack.cli.screen import Screen

        return Screen(Console(no_color=self.no_color or None, markup=False, emoji=False, highlight=False), self.say)

    def tracker(self, *, make: bool = False, time_zone: str | None = None) -> Tracker:
        """
        The store, opened.

        Args:
            make: whether to create a missing file; without it, a mistyped name is an error and not a new store.
            time_zone: the time zone for a store that has none on record.

        Raises:
            Misuse: --store is missing, or a policy is both given and excluded.
            InvalidField: the time zone is unknown.
            StoreError: it does not exist, or cannot be opened.
        """
        if not self.store:
            raise Misuse("missing --store, such as --store plans.db (or set REFORMTRACK_STORE)")
        path = settings_of(self.store).get("SQLITE_DBNAME")
        if path and not make and not Path(path).exists():
            words = sentence("store {path} does not exist; create it with `reformtrack init`")
            raise errors.StoreError(words, path=path)
        return Tracker(self.store, policy=self._policy(), local_time=time_zone)

    def _policy(self) -> Policy | None:
        """The policy from the options; None if none was given."""
        if self.stewards and self.open_to_all:
            raise Misuse("--stewards and --open-to-all were both given; accepted: one of them")
        if self.stewards:
            return SeparationOfDuties(stewards=self.stewards)
        return open_to_all if self.open_to_all else None

    def answer(self, document: Document, show: Callable[[], None] | str) -> None:
        """Print the answer of a command: as one JSON document if asked for, else by `show`, or as its line."""
        if self.as_json:
            try:
                text = msgspec.json.format(msgspec.json.encode(document), indent=2).decode()
            except UnicodeEncodeError:
                # Bytes in a store that are not text are written as \udcff.
                text = json.dumps(msgspec.to_builtins(document), indent=2)
            print(text)
        elif isinstance(show, str):
            print(visible(redacted(show, self.say)))
        else:
            show()

    @contextmanager
    def progress(self, title: str) -> "Iterator[Callback | None]":
        """A progress bar on stderr for a long task; none if stderr is not a terminal."""
        from rich.console import Console

        from reformtrack.cli.screen import bar

        with bar(Console(stderr=True, no_color=self.no_color or None), title) as callback:
            yield callback
