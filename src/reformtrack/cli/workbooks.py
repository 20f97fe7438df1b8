"""The commands of the round trip with an agency: ask, take."""

from pathlib import Path
from typing import Annotated

import typer

from reformtrack.cli.app import command
from reformtrack.cli.columns import show_problems
from reformtrack.cli.given import OnOption, PlanArgument, file_option
from reformtrack.cli.recording import ByOption, actor_of
from reformtrack.cli.session import BAD_FILE, Session
from reformtrack.documents import record_document
from reformtrack.domain.wording import number
from reformtrack.store.whole_file import check_replaceable, write_whole

LeadOption = Annotated[str, typer.Option("--lead", metavar="AGENCY", help="The agency, as the plan prints it.")]


@command("ask")
def ask(
    session: Session,
    plan: PlanArgument,
    file: Annotated[Path, typer.Argument(help="The .xlsx to write.")],
    lead: LeadOption,
    on: OnOption = None,
) -> None:
    """Write the workbook of an agency's open activities, for it to fill in and send back."""
    from reformtrack.exchange.agency_workbook import agency_workbook

    with session.tracker() as tracker:
        content = agency_workbook(tracker.plan(plan, on), lead, session.lang)
    write_whole(file, content)
    session.answer({"file": str(file)}, str(file))


@command("take")
def take(
    session: Session,
    file: Annotated[Path, typer.Argument(help="The workbook that came back.")],
    lead: LeadOption,
    answer: Annotated[
        Path | None, file_option("--answer", "Write a copy with remarks beside its cells, as .xlsx.")
    ] = None,
    by: ByOption = None,
) -> None:
    """Record what an agency filled in. What cannot be recorded is listed, and the rest recorded."""
    from reformtrack.exchange.agency_workbook import answer_agency_workbook, import_agency_workbook

    actor = actor_of(by)
    if answer:
        check_replaceable(answer)  # what is recorded stands
    with session.tracker() as tracker:
        found = import_agency_workbook(tracker, file, lead=lead, by=actor, lang=session.lang)
        records = [record_document(record) for record in found.records]
    if answer:
        write_whole(answer, answer_agency_workbook(file, found, session.lang))

    def show() -> None:
        screen, say = session.screen, session.say
        show_problems(session, found.problems)
        made, known = (number(len(rows), session.lang) for rows in (found.records, found.earlier))
        screen.line(say("{count} records made", count=made), "green")
        if found.earlier:
            screen.line(say("{count} were on record already", count=known))

    document = {"problems": list(found.problems), "records": records, "earlier": len(found.earlier)}
    session.answer(document, show)
    if any(problem.is_error for problem in found.problems):
        raise typer.Exit(BAD_FILE)
