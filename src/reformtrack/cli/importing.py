"""
The command that reads a plan's appendix from a spreadsheet: import.
"""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reformtrack.cli.app import command
from reformtrack.cli.columns import show_problems
from reformtrack.cli.given import PlanArgument
from reformtrack.cli.given import day as given_day
from reformtrack.cli.recording import ByOption, actor_of
from reformtrack.cli.session import BAD_FILE, Misuse, Session
from reformtrack.domain.values import Document
from reformtrack.domain.wording import number

if TYPE_CHECKING:
    from reformtrack.cli.screen import Screen
    from reformtrack.exchange.appendix.importing import Import, NewPlan


@command("import")
def import_(
    session: Session,
    plan: PlanArgument,
    file: Annotated[Path, typer.Argument(help="The appendix: a .xlsx, .xls, .ods or .csv file.")],
    on: Annotated[
        date | None,
        typer.Option(
            "--on",
            metavar="DAY",
            parser=given_day,
            help="The day on which the adoption or amendment takes effect; default: today.",
        ),
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="Of a new plan.")] = None,
    year: Annotated[int | None, typer.Option("--year", help="Of a new plan.")] = None,
    jurisdiction: Annotated[str | None, typer.Option("--jurisdiction", help="Of a new plan.")] = None,
    document: Annotated[
        str | None, typer.Option("--document", help="Number of the document that adopts or amends the plan.")
    ] = None,
    document_date: Annotated[
        date | None,
        typer.Option("--document-date", metavar="DAY", parser=given_day, help="The day of that document."),
    ] = None,
    leave: Annotated[
        list[str] | None, typer.Option("--leave", metavar="SHEET!ROW", help="Leave a row out; may be repeated.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be recorded.")] = False,
    by: ByOption = None,
) -> None:
    """Record a plan's appendix, or what a changed one amends. All of it, or nothing."""
    from reformtrack.exchange.appendix.importing import import_appendix

    if document_date and not document:
        raise Misuse("--document-date needs a document; accepted: --document with its number")
    cited = Document(number=document, date=document_date) if document else None
    actor = actor_of(by)
    with session.tracker(make=not dry_run) as tracker, session.progress("import") as progress:
        found = import_appendix(
            tracker,
            file,
            plan,
            by=actor,
            on=on or tracker.today(),
            new=_new(title, year, jurisdiction, cited),
            document=cited,
            leave=leave or (),
            dry_run=dry_run,
            lang=session.lang,
            progress=progress,
        )
    session.answer(_document(found), lambda screen: _show(session, screen, found))
    if not found.is_accepted:
        raise typer.Exit(BAD_FILE)


def _new(title: str | None, year: int | None, jurisdiction: str | None, document: Document | None) -> "NewPlan | None":
    if title is None and year is None and jurisdiction is None:
        return None
    if title is None or year is None or jurisdiction is None:
        raise Misuse("a new plan needs more options; accepted: --title, --year and --jurisdiction together")
    from reformtrack.exchange.appendix.importing import NewPlan

    return NewPlan(title=title, year=year, jurisdiction=jurisdiction, document=document)


def _document(found: "Import") -> dict[str, Any]:
    return {
        "accepted": found.is_accepted,
        "events": [{"name": type(event).__name__, "event": event} for event in found.events],
        "problems": list(found.problems),
        "recorded": len(found.records),
    }


def _show(session: Session, screen: "Screen", found: "Import") -> None:
    from reformtrack.cli.screen import Column
    from reformtrack.exchange.words import event_words

    say = session.say
    show_problems(screen, found.problems, say)
    if found.records:
        screen.line(say("{count} records made", count=number(len(found.records), session.lang)), "green")
    elif not found.is_accepted:
        screen.line(say("Nothing was recorded: put right what is in red, or leave its rows out with --leave."), "red")
    elif not found.events:
        screen.line(say("Nothing to record: the file says what is on record."), "green")
    else:
        words = event_words(say)
        columns = [Column(say("Event")), Column(say("Id"), whole=True)]
        screen.table(columns, [(words[type(event).__name__], event.subject) for event in found.events])
