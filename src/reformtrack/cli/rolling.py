"""The commands that ask of many plans: rollup, trend, across."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, tzinfo
from typing import Annotated, cast, get_args

import typer

from reformtrack.cli.app import command
from reformtrack.cli.columns import figure_columns, figures
from reformtrack.cli.given import KnownAtOption, OnOption, day_option, known, plans
from reformtrack.cli.screen import Column
from reformtrack.cli.session import Misuse, Session, check_complete
from reformtrack.documents import across_document, rollup_document, trend_document
from reformtrack.domain.progress import Counted, CountingRule
from reformtrack.domain.values import plan_of
from reformtrack.domain.wording import Lang, day, lead_title, lead_words, time_left
from reformtrack.exchange.words import attention_words, forecast_words, instant, key_words, printed_deadline
from reformtrack.views.across import Across, Attention
from reformtrack.views.activity import SOON_DAYS
from reformtrack.views.rollup import Rollup, RollupBy
from reformtrack.views.trend import Every, Trend
from reformtrack.views.warnings import SILENT_DAYS

PlansOption = Annotated[
    list[str] | None,
    typer.Option("--plan", metavar="PLAN", help="Only this plan; may be repeated.", autocompletion=plans),
]
_SHOWN = 10
"""How many silent plans are named."""
RuleOption = Annotated[CountingRule, typer.Option("--rule", help="What counts.")]


@command("rollup")
def rollup(
    session: Session,
    by: Annotated[
        str, typer.Option("--by", help="What to split by: jurisdiction, plan, domain, lead, group, joined by commas.")
    ] = "jurisdiction,domain",
    plan: PlansOption = None,
    rule: RuleOption = CountingRule.WHOLE_PLAN,
    silent_days: Annotated[
        int, typer.Option("--silent-days", min=0, help="A plan is silent after this many days without a record.")
    ] = SILENT_DAYS,
    on: OnOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """The counts of many plans, split so that the parts sum to the whole."""
    keys = [_key(key.strip()) for key in by.split(",")]
    with session.tracker() as tracker:
        found = tracker.rollup(plan or None, keys, on, rule, silent_days, known(tracker, known_at))
        zone = tracker.local_time
    session.answer(rollup_document(found), lambda: _show_rollup(session, found, zone))
    check_complete(session, found.unreadable)


def _key(text: str) -> RollupBy:
    keys = get_args(RollupBy)
    if text in keys:
        return cast(RollupBy, text)
    raise Misuse("--by cannot be {text!r}; accepted: {keys}, joined by commas", text=text, keys=keys)


def _part(given: Sequence[str]) -> dict[RollupBy, str]:
    """The part of a roll-up that is asked for."""
    keys, found = get_args(RollupBy), dict[RollupBy, str]()
    for text in given:
        by, sign, value = text.partition("=")
        if by not in keys or by in found or not sign:
            raise Misuse(
                "--of {text} is no part; accepted: each of {keys} once, with = and its value", text=text, keys=keys
            )
        found[cast(RollupBy, by)] = value
    return found


@command("trend")
def trend(
    session: Session,
    first: Annotated[date | None, day_option("--from", "The first day; default: 51 weeks before the last.")] = None,
    on: Annotated[date | None, day_option("--on", "The last day; default: today.")] = None,
    every: Annotated[Every, typer.Option("--every", help="How far the points are apart.")] = "week",
    plan: PlansOption = None,
    rule: RuleOption = CountingRule.WHOLE_PLAN,
    known_at: KnownAtOption = None,
    as_it_was: Annotated[
        bool, typer.Option("--as-it-was", help="Each day as it was known at its end; default: as known now.")
    ] = False,
) -> None:
    """The counts of many plans over days or weeks, with a line of bars."""
    with session.tracker() as tracker:
        found = tracker.trend(
            first,
            on,
            every=every,
            plans=plan or None,
            rule=rule,
            known_at=known(tracker, known_at),
            as_it_was=as_it_was,
        )
    session.answer(trend_document(found), lambda: _show_trend(session, found))
    check_complete(session, sorted({plan for point in found.points for plan in point.unreadable}))


def _show_trend(session: Session, trend: Trend) -> None:
    screen, say, lang = session.screen, session.say, session.lang
    screen.line(trend.sparkline, "bold cyan")
    screen.line(say("rule: {rule}", rule=trend.rule.label(lang)), "dim")
    screen.line()
    columns = [Column(say("Date"), whole=True), *figure_columns(say), Column(say("Position"), right=True, whole=True)]
    screen.table(
        columns, [(day(point.on, lang), *figures(lang, point.total), str(point.position)) for point in trend.points]
    )


@command("across")
def across(
    session: Session,
    attention: Annotated[
        Attention | None, typer.Argument(help="What they need; default: all activities.", show_default=False)
    ] = None,
    plan: PlansOption = None,
    of: Annotated[
        list[str] | None,
        typer.Option("--of", metavar="KEY=VALUE", help="Only those of a part of a roll-up; may be repeated."),
    ] = None,
    counted: Annotated[Counted | None, typer.Option("--counted", help="Only those that are counted as this.")] = None,
    rule: RuleOption = CountingRule.WHOLE_PLAN,
    days: Annotated[int, typer.Option("--days", min=0, help="How many days ahead something is due soon.")] = SOON_DAYS,
    on: OnOption = None,
    known_at: KnownAtOption = None,
    after: Annotated[str, typer.Option("--after", help="Where the page begins: told by the page before.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000, help="How many are on a page.")] = 100,
) -> None:
    """The activities of many plans on a list, or behind a number of a roll-up, page by page."""
    key = _part(of or ())
    with session.tracker() as tracker:
        found = tracker.across(
            attention,
            plans=plan or None,
            key=key,
            counted=counted and [counted],
            rule=rule,
            days=days,
            on=on,
            known_at=known(tracker, known_at),
            after=after,
            limit=limit,
        )
    session.answer(
        across_document(found),
        lambda: _show_across(session, found, attention and attention_words(session.say, days)[attention]),
    )
    check_complete(session, found.unreadable)


def _show_across(session: Session, found: Across, title: str | None) -> None:
    screen, say, lang = session.screen, session.say, session.lang
    count = say.plural("{count} activity", "{count} activities", found.total)
    screen.line(f"{title}: {count}" if title else count, "bold cyan")
    basis = say("as of {day}; log position {position}", day=day(found.on, lang), position=found.position)
    screen.line(basis, "dim")
    if found.is_forecast:
        screen.line(forecast_words(found.on, say), "yellow")
    for notice in found.notices:
        screen.line(notice, "yellow")
    screen.line()
    columns = [
        Column(say("Jurisdiction")),
        Column(say("Plan"), below=True),
        Column(say("Code"), whole=True),
        Column(say("Activity")),
        Column(say("Lead agency"), below=True),
        Column(say("Status"), below=True),
        Column(say("Deadline as printed")),
        Column(say("Time"), below=True),
    ]
    rows = [
        (
            line.jurisdiction,
            plan_of(line.activity.id),
            line.activity.code,
            line.activity.title,
            lead_words(line.activity.leads, lang),
            line.activity.status.label(lang),
            printed_deadline(line.activity, lang),
            time_left(-line.activity.days_overdue, lang) if line.activity.is_overdue else "",
        )
        for line in found.lines
    ]
    screen.table(columns, rows)
    if found.next:
        again = say(
            "The next page: --after {after} --known-at {position}", after=repr(found.next), position=found.position
        )
        screen.line(again, "dim")


def _show_rollup(session: Session, rollup: Rollup, zone: tzinfo) -> None:
    screen, say, lang = session.screen, session.say, session.lang
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
    columns = [*(Column(key_words(say)[name]) for name in rollup.by), *figure_columns(say)]
    rows = [(*_words(rollup.by, key, lang), *figures(lang, line)) for key, line in rollup.in_order()]
    screen.table(columns, rows)
    for silent in rollup.silent[:_SHOWN]:
        last = instant(silent.recorded_at, zone, lang)
        words = say("{plan}: nothing recorded since {instant}", plan=silent.plan, instant=last)
        screen.line(words, "yellow")
    if (more := len(rollup.silent) - _SHOWN) > 0:
        words = say.plural("and {count} more plan; --json has all", "and {count} more plans; --json has all", more)
        screen.line(words, "yellow")


def _words(by: Iterable[str], key: Iterable[str], lang: Lang) -> Iterator[str]:
    """The key of a part; leads in the words of a language."""
    return (lead_title(part, lang) if name == "lead" else part for name, part in zip(by, key, strict=True))
