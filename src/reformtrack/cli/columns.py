"""Shared output of commands: the columns of a rate, the host's own fields of a plan, the problems of a file."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from reformtrack.cli.screen import Column
from reformtrack.cli.session import Session
from reformtrack.domain.progress import Counts
from reformtrack.domain.wording import Lang, number, percent
from reformtrack.language import Language

if TYPE_CHECKING:
    from reformtrack.exchange.appendix.finding import Problem


def show_problems(session: Session, problems: "Sequence[Problem]") -> None:
    """What a person has to look at in a file, each with its cell; an empty line after it."""
    from reformtrack.exchange.appendix.draft_file import words_of

    say = session.say
    if not problems:
        return
    columns = [
        Column(say("Sheet")),
        Column(say("Cell"), whole=True),
        Column("", whole=True),
        Column(say("Problem")),
        Column(say("What to do"), below=True),
    ]
    rows, taken = [], words_of(say)
    for one in problems:
        choices = ", ".join(f"{choice} ({taken[choice]})" if choice in taken else choice for choice in one.choices)
        to_do = say("{to_do}; answers: {answers}", to_do=one.to_do, answers=choices) if choices else one.to_do
        rows.append((one.sheet, one.cell, say("must be settled") if one.is_error else say("to know"), one.what, to_do))
    session.screen.table(columns, rows, lambda place: "red" if problems[place].is_error else "yellow")
    session.screen.line()


def show_host_fields(session: Session, host_fields: Mapping[str, str]) -> None:
    """The host's own fields of a plan, one per line; the source of its figures may be among them."""
    for name, text in host_fields.items():
        session.screen.line(f"{name}: {text}", "dim italic")


def figure_columns(say: Language) -> list[Column]:
    """The columns that `figures` fills."""
    titles = say("Completed"), say("Rate"), say("Overdue")
    return [Column(title, right=True, whole=True) for title in titles]


def figures(lang: Lang, counts: Counts) -> tuple[str, str, str]:
    """
    A rate as cells.

    >>> from reformtrack import CountingRule
    >>> from reformtrack.answers import Counted, Tally
    >>> figures("vi", Tally(rule=CountingRule.WHOLE_PLAN, counts={Counted.COMPLETED: 53, Counted.OVERDUE: 2}))
    ('53/55', '96,4%', '2')
    """
    return counts.ratio(lang), percent(counts.rate, lang), number(counts.overdue, lang)
