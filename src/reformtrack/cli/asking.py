"""The commands that ask of one plan: plan, overdue, due."""

from collections.abc import Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Annotated

import typer

from reformtrack import documents
from reformtrack.cli.app import command
from reformtrack.cli.columns import figure_columns, figures, show_host_fields
from reformtrack.cli.given import KnownAtOption, OnOption, PlanArgument, known
from reformtrack.cli.screen import Column
from reformtrack.cli.session import Session
from reformtrack.domain.progress import CountingRule
from reformtrack.domain.wording import day, lead_words, number, time_left
from reformtrack.exchange.words import forecast_words, printed_deadline
from reformtrack.views.activity import SOON_DAYS, Activity
from reformtrack.views.plan import Plan


@command("plan")
def plan(session: Session, plan: PlanArgument, on: OnOption = None, known_at: KnownAtOption = None) -> None:
    """The progress of a plan: its rate with its rule, the three rates, its domains, and activities by status."""
    with session.tracker() as tracker:
        found = tracker.plan(plan, on, known(tracker, known_at))
    session.answer(documents.plan_document(found), lambda: _show_plan(session, found))


@command("overdue")
def overdue(session: Session, plan: PlanArgument, on: OnOption = None, known_at: KnownAtOption = None) -> None:
    """The activities whose due day is past. The longest overdue first."""
    with session.tracker() as tracker:
        found = tracker.plan(plan, on, known(tracker, known_at))
    activities = found.overdue()
    rows = [(activity, due.day, due.days_late(found.on)) for activity in activities for due in activity.missed]
    headline = session.say.plural("{count} activity is overdue", "{count} activities are overdue", len(activities))
    session.answer(
        documents.activities_document(found, activities), lambda: _show_activities(session, found, headline, rows)
    )


@command("due")
def due(
    session: Session,
    plan: PlanArgument,
    days: Annotated[int, typer.Option("--days", min=0, help="How many days ahead.")] = SOON_DAYS,
    on: OnOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """The activities with something due soon. The nearest first."""
    with session.tracker() as tracker:
        found = tracker.plan(plan, on, known(tracker, known_at))
    activities = found.due_within(days)
    rows = [(activity, day, (found.on - day).days) for activity in activities for day in activity.due_within(days)]
    headline = session.say.plural(
        "{count} activity due within {days} days",
        "{count} activities due within {days} days",
        len(activities),
        days=days,
    )
    session.answer(documents.due_document(found, days), lambda: _show_activities(session, found, headline, rows))


def _show_headline(session: Session, plan: Plan, headline: str) -> None:
    screen = session.screen
    screen.line(plan.state.title, "bold")
    screen.line(headline, "bold cyan")
    if plan.is_forecast:
        screen.line(forecast_words(plan.on, session.say), "yellow")
    show_host_fields(session, plan.state.host_fields)


def _show_plan(session: Session, plan: Plan) -> None:
    screen, say, lang = session.screen, session.say, session.lang
    progress = plan.progress()
    _show_headline(session, plan, progress.text(lang))
    screen.line(progress.basis(lang), "dim")
    screen.line()
    _show_rates(session, plan)
    screen.line()
    _show_domains(session, plan)
    _show_counts(session, say("Status"), {s.label(lang): n for s, n in documents.statuses(plan).items()})
    timeliness = {t.label(lang): n for t, n in documents.timeliness(plan).items()}
    _show_counts(session, say("Timeliness"), timeliness)
    if without := plan.without_evidence():
        screen.line()
        codes = ", ".join(activity.code for activity in without)
        screen.line(say("Reported complete without evidence: {codes}", codes=codes), "yellow")


def _show_rates(session: Session, plan: Plan) -> None:
    say, lang = session.say, session.lang
    rates = [plan.progress(rule) for rule in CountingRule]
    columns = [Column(say("Counting rule")), Column(say("Left out"), below=True), *figure_columns(session.say)]
    rows = [
        (progress.rule.label(lang), progress.left_out(lang), *figures(session.lang, progress)) for progress in rates
    ]
    session.screen.table(columns, rows)


def _show_domains(session: Session, plan: Plan) -> None:
    say = session.say
    columns = [Column(say("Code"), whole=True), Column(say("Domain")), *figure_columns(session.say)]
    parts = plan.progress_by("domain").items()
    rows = [(code, plan.domain_title(code), *figures(session.lang, part)) for code, part in parts]
    session.screen.table(columns, rows)


def _show_counts(session: Session, title: str, counts: Mapping[str, int]) -> None:
    if not counts:
        return
    session.screen.line()
    columns = [Column(title), Column(session.say("Activities"), right=True, whole=True)]
    session.screen.table(columns, [(label, number(count, session.lang)) for label, count in counts.items()])


def _show_activities(session: Session, plan: Plan, headline: str, rows: Sequence[tuple[Activity, date, int]]) -> None:
    """Each due day of each activity, with the days by which it is late; the latest or nearest first."""
    screen, say, lang = session.screen, session.say, session.lang
    _show_headline(session, plan, headline)
    screen.line(
        say("as of {day}, plan version {version}", day=day(plan.on, lang), version=plan.plan_version.text(lang)), "dim"
    )
    if not rows:
        return
    screen.line()
    columns = [
        Column(say("Code"), whole=True),
        Column(say("Activity")),
        Column(say("Lead agency"), below=True),
        Column(say("Status"), below=True),
        Column(say("Due")),
        Column(say("Time"), below=True),
        Column(say("Deadline as printed"), below=True),
    ]
    rows = sorted(rows, key=itemgetter(2), reverse=True)
    screen.table(columns, [_row(session, *row) for row in rows])


def _row(session: Session, activity: Activity, due: date, late: int) -> tuple[str, ...]:
    lang = session.lang
    return (
        activity.code,
        activity.title,
        lead_words(activity.leads, lang),
        activity.status.label(lang),
        day(due, lang),
        time_left(-late, lang),
        printed_deadline(activity, lang),
    )
