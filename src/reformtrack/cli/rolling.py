"""
The command that asks of many plans: rollup.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from reformtrack.cli.app import command
from reformtrack.cli.columns import figure_columns, figures
from reformtrack.cli.given import KnownAtOption, OnOption, known, plans
from reformtrack.cli.session import NOT_RIGHT, Misuse, Session, complain, left_out
from reformtrack.documents import rollup_document
from reformtrack.domain.progress import CountingRule
from reformtrack.domain.said import sentence
from reformtrack.domain.wording import Lang, day, lead_title
from reformtrack.exchange.words import forecast_words, instant
from reformtrack.views.rollup import Rollup, RollupBy
from reformtrack.views.warnings import SILENT_DAYS

if TYPE_CHECKING:
    from reformtrack.cli.screen import Screen


@command("rollup")
def rollup(
    session: Session,
    by: Annotated[
        str, typer.Option("--by", help="What to split by: jurisdiction, plan, domain, lead, group, joined by commas.")
    ] = "jurisdiction,domain",
    plan: Annotated[
        list[str] | None,
        typer.Option("--plan", metavar="PLAN", help="Only this plan; may be repeated.", autocompletion=plans),
    ] = None,
    rule: Annotated[CountingRule, typer.Option("--rule", help="What counts.")] = CountingRule.WHOLE_PLAN,
    silent_days: Annotated[
        int, typer.Option("--silent-days", min=0, help="A plan is silent after this many days without a record.")
    ] = SILENT_DAYS,
    on: OnOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """The counts of many plans, split so that the parts sum to the whole."""
    keys = [_key(key.strip()) for key in by.split(",")]
    with session.tracker() as tracker:
        found, zone = tracker.rollup(plan or None, keys, on, rule, silent_days, known(known_at)), tracker.local_time
    session.answer(rollup_document(found), lambda screen: _show_rollup(session, screen, found, zone))
    if found.unreadable:
        complain(left_out(found.unreadable, session))
        raise typer.Exit(NOT_RIGHT)


def _key(text: str) -> RollupBy:
    for key in get_args(RollupBy):
        if text == key:
            return cast(RollupBy, key)
    words = sentence("--by cannot be {text!r}; accepted: {keys}, joined by commas")
    raise Misuse(words, text=text, keys=tuple(get_args(RollupBy)))


def _show_rollup(session: Session, screen: "Screen", rollup: Rollup, zone: tzinfo) -> None:
    from reformtrack.cli.screen import Column

    say, lang = session.say, session.lang
    screen.line(rollup.total.text(lang), "bold cyan")
    basis = say(
        "rule: {rule}; as of {day}; log position {position}",
        rule=rollup.rule.label(lang),
        day=day(rollup.on, lang),
        position=rollup.position,
    )
    screen.line(basis, "dim")
    if rollup.is_forecast:
        screen.line(forecast_words(rollup.on, say), "yellow")
    screen.line()
    columns = [*(Column(title) for title in _key_titles(session, rollup.by)), *figure_columns(say)]
    rows = [(*_words(rollup.by, key, lang), *figures(lang, line)) for key, line in rollup.in_order()]
    screen.table(columns, rows)
    for silent in rollup.silent:
        last = instant(datetime.fromisoformat(silent.recorded_at), zone, lang)
        words = say("{plan}: nothing recorded since {instant}", plan=silent.plan, instant=last)
        screen.line(words, "yellow")


def _words(by: Iterable[str], key: Iterable[str], lang: Lang) -> Iterator[str]:
    """The key of a part; leads in the words of a language."""
    return (lead_title(part, lang) if name == "lead" else part for name, part in zip(by, key, strict=True))


def _key_titles(session: Session, by: Iterable[str]) -> list[str]:
    say = session.say
    titles = {
        "jurisdiction": say("Jurisdiction"),
        "plan": say("Plan"),
        "domain": say("Domain"),
        "lead": say("Lead agency"),
    }
    return [titles[key] for key in by]
