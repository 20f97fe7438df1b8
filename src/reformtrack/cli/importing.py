"""The command that reads a plan's appendix from a spreadsheet: import."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reformtrack.cli.app import command
from reformtrack.cli.columns import show_problems
from reformtrack.cli.given import PlanArgument, day_option, file_option
from reformtrack.cli.recording import ByOption, actor_of
from reformtrack.cli.screen import Column
from reformtrack.cli.session import BAD_FILE, Misuse, Session
from reformtrack.domain.values import Document
from reformtrack.domain.wording import number
from reformtrack.tracker import Tracker

if TYPE_CHECKING:
    from reformtrack.exchange.appendix.importing import Answers, Import, NewPlan


@command("import")
def import_(
    session: Session,
    plan: PlanArgument,
    file: Annotated[Path, typer.Argument(help="The appendix: a .xlsx, .xls, .ods, .docx or .csv file.")],
    on: Annotated[
        date | None, day_option("--on", "The day on which the adoption or amendment takes effect; default: today.")
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="Of a new plan.")] = None,
    year: Annotated[int | None, typer.Option("--year", help="Of a new plan.")] = None,
    jurisdiction: Annotated[str | None, typer.Option("--jurisdiction", help="Of a new plan.")] = None,
    first: Annotated[
        date | None, day_option("--first", "First day of a new plan that is not for a calendar year.")
    ] = None,
    last: Annotated[date | None, day_option("--last", "Last day of such a plan.")] = None,
    document: Annotated[
        str | None, typer.Option("--document", help="Number of the document that adopts or amends the plan.")
    ] = None,
    document_date: Annotated[date | None, day_option("--document-date", "The day of that document.")] = None,
    leave: Annotated[
        list[str] | None, typer.Option("--leave", metavar="SHEET!ROW", help="Leave a row out; may be repeated.")
    ] = None,
    sheet: Annotated[
        list[str] | None,
        typer.Option("--sheet", metavar="NAME", help="Import this sheet and no other; may be repeated."),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="HEADING=FIELD", help="What a column is, as “Đơn vị=lead”; may be repeated."),
    ] = None,
    mapping: Annotated[
        Path | None, file_option("--mapping", "Answers: a draft that was filled in, or a .json or .toml file.")
    ] = None,
    draft: Annotated[
        Path | None, file_option("--draft", "Write what the file is read as, to answer in: .xlsx or .json.")
    ] = None,
    indicators: Annotated[
        bool, typer.Option("--indicators", help="The file has indicators, of a plan that is on record.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be recorded.")] = False,
    by: ByOption = None,
) -> None:
    """Record a plan's appendix, what a changed one amends, or a plan's indicators. All of it, or nothing."""
    from reformtrack.exchange.appendix.importing import import_appendix, import_indicators

    if document_date and not document:
        raise Misuse("--document-date needs a document; accepted: --document with its number")
    cited = Document(number=document, date=document_date) if document else None
    is_trial = dry_run or draft is not None
    new = _new(title, year, jurisdiction, cited, file if is_trial else None, (first, last))
    actor = actor_of(by) if by or not is_trial else "dry-run"
    answers = _answers(file, sheet or (), column or (), mapping)
    # What is only looked at needs no store, and makes none; indicators are those of a plan that is on record.
    with (
        Tracker() if is_trial and not session.store and not indicators else session.tracker() as tracker,
        session.progress("import") as progress,
    ):
        day, left = on or tracker.today(), leave or ()
        if indicators:
            found = import_indicators(
                tracker, file, plan, by=actor, on=day, document=cited, answers=answers, leave=left, dry_run=is_trial,
                lang=session.lang,
            )  # fmt: skip
        else:
            found = import_appendix(
                tracker, file, plan, by=actor, on=day, new=new, document=cited, answers=answers, leave=left,
                dry_run=is_trial, lang=session.lang, progress=progress,
            )  # fmt: skip
    if draft is not None:
        _write(draft, found, session)
    session.answer(_document(found), lambda: _show(session, found))
    if not found.is_accepted:
        raise typer.Exit(BAD_FILE)


def _answers(file: Path, sheets: Sequence[str], columns: Sequence[str], mapping: Path | None) -> "Answers":
    """The answers of the options, and of a file; an option comes first."""
    from reformtrack.exchange.appendix.importing import Answers, answers_in

    pairs = [column.rpartition("=") for column in columns]
    if any(not heading for heading, _, _ in pairs):
        raise Misuse("--column names a heading and a field; accepted: --column “Đơn vị=lead”, or PL1!C=lead")
    chosen = {**dict.fromkeys(sheets, "take"), **({"*": "leave"} if sheets else {})}
    given = Answers(sheets=chosen, columns={heading: field for heading, _, field in pairs})
    return answers_in(mapping, file).with_(given) if mapping is not None else given


def _write(path: Path, found: "Import", session: Session) -> None:
    """Write the draft, in the form that the file's name says."""
    from reformtrack.exchange.appendix.importing import draft_xlsx

    if path.suffix not in (".xlsx", ".json"):
        raise Misuse("--draft names a file; accepted: one that ends in .xlsx or .json")
    assert found.draft is not None
    if path.suffix == ".json":
        path.write_bytes(found.draft.to_json())
    else:
        path.write_bytes(draft_xlsx(found.draft, session.lang, changes=found.changes, counts=found.counts))


def _new(
    title: str | None,
    year: int | None,
    jurisdiction: str | None,
    document: Document | None,
    tried: Path | None,
    days: tuple[date | None, date | None],
) -> "NewPlan | None":
    if tried is not None and year is not None:  # what is only looked at needs no name
        title, jurisdiction = title or tried.stem or "-", jurisdiction or "-"
    first, last = days
    year = first.year if year is None and first else year
    if title is None and year is None and jurisdiction is None:
        return None
    if title is None or year is None or jurisdiction is None:
        raise Misuse("a new plan needs more options; accepted: --title, --year and --jurisdiction together")
    from reformtrack.exchange.appendix.importing import NewPlan

    return NewPlan(title=title, year=year, jurisdiction=jurisdiction, document=document, first_day=first, last_day=last)


def _document(found: "Import") -> dict[str, Any]:
    return {
        "accepted": found.is_accepted,
        "events": [{"name": type(event).__name__, "event": event} for event in found.events],
        "problems": list(found.problems),
        "changes": list(found.changes),
        "counts": list(found.counts),
        "recorded": len(found.records),
    }


def _show(session: Session, found: "Import") -> None:
    from reformtrack.exchange.words import event_words

    screen, say = session.screen, session.say
    show_problems(session, found.problems)
    if found.records:
        screen.line(say("{count} records made", count=number(len(found.records), session.lang)), "green")
    elif not found.is_accepted:
        words = say(
            "Nothing was recorded: put right or answer what must be settled: see --draft, --mapping and --leave."
        )
        screen.line(words, "red")
    elif not found.events:
        screen.line(say("Nothing to record: the file says what is on record."), "green")
    else:
        names = event_words(say)
        columns = [Column(say("Event")), Column(say("Id"), whole=True)]
        screen.table(columns, [(names[type(event).__name__], event.subject) for event in found.events])
        for count in found.counts:
            screen.line(f"{count.name}: {number(count.before, session.lang)} → {number(count.after, session.lang)}")
