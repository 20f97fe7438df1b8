"""The commands that remind agencies of their work: digest, calendar."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reformtrack.cli.app import command
from reformtrack.cli.given import OnOption, PlanArgument, day_option, file_option, texts_in
from reformtrack.cli.recording import ByOption, actor_of
from reformtrack.cli.screen import Column
from reformtrack.cli.session import Misuse, Session
from reformtrack.domain.texts import name_key
from reformtrack.domain.wording import day, number
from reformtrack.store.whole_file import write_whole

if TYPE_CHECKING:
    from reformtrack.exchange.digest import Digest

LinkOption = Annotated[
    str,
    typer.Option("--link", metavar="URL", help="The address of the web application, which activities are linked to."),
]


@command("digest")
def digest(
    session: Session,
    plan: PlanArgument,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FOLDER", help="Write each as a mail, .eml, into this folder.")
    ] = None,
    sender: Annotated[
        str, typer.Option("--sender", metavar="NAME", help="Who sends them; default: whose plan it is.")
    ] = "",
    sent_from: Annotated[str, typer.Option("--from", metavar="ADDRESS", help="The mail address of the sender.")] = "",
    addresses: Annotated[
        Path | None, file_option("--addresses", "A JSON object of mail addresses by the names of agencies.")
    ] = None,
    link: LinkOption = "",
    answer_by: Annotated[date | None, day_option("--answer-by", "The day by which an answer is asked for.")] = None,
    sent: Annotated[
        bool,
        typer.Option(
            "--sent",
            help="Record the digests as sent; with --addresses, those that have one. What was sent is not repeated for a week.",
        ),
    ] = False,
    by: ByOption = None,
    on: OnOption = None,
) -> None:
    """What each agency has to see to, as a mail to each: what is new since the last ones that were sent."""
    from reformtrack.exchange.digest import digests

    actor = actor_of(by) if sent else ""
    known = {name_key(name): address for name, address in texts_in(addresses).items()} if addresses else {}
    with session.tracker() as tracker:
        found = digests(tracker, plan, on, lang=session.lang, sender=sender, link=link, answer_by=answer_by)
        files = _write(to, found, known, sent_from) if to else [""] * len(found)
        # What has no address was sent to nobody.
        mailed = [one for one in found if addresses is None or _address(known, one)]
        if sent and mailed:
            tracker.record(*(one.sent(one.on, _address(known, one)) for one in mailed), by=actor)
    answers = [
        {
            "id": one.id,
            "to": one.to,
            "address": _address(known, one),
            "subject": one.subject,
            "answer_by": one.answer_by.isoformat(),
            "text": one.text,
            "html": one.html,
            "file": file,
        }
        for one, file in zip(found, files, strict=True)
    ]
    session.answer({"digests": answers}, lambda: _show(session, found, files, known))


def _address(known: dict[str, str], digest: "Digest") -> str:
    return known.get(name_key(digest.to), "")


def _write(folder: Path, found: "tuple[Digest, ...]", known: dict[str, str], sent_from: str) -> list[str]:
    """Write each as a file, named after its receiver."""
    contents = [one.eml(_address(known, one), sent_from) for one in found]
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{one.id.partition('!')[2]}.eml" for one in found]
    for file, content in zip(files, contents, strict=True):
        write_whole(file, content)
    return [str(file) for file in files]


def _show(session: Session, found: "tuple[Digest, ...]", files: list[str], known: dict[str, str]) -> None:
    screen, say = session.screen, session.say
    if not found:
        screen.line(say("Nothing new to remind of."), "green")
        return
    columns = [
        Column(say("Agency")),
        Column(say("Activities"), right=True),
        Column(say("Answer by"), whole=True),
        Column(say("Mail address")),
        Column(say("File")),
    ]
    rows = [
        (one.to, number(len(one.entries), session.lang), day(one.answer_by, session.lang), _address(known, one), file)
        for one, file in zip(found, files, strict=True)
    ]
    screen.table(columns, rows)


@command("calendar")
def calendar(
    session: Session,
    plan: PlanArgument,
    file: Annotated[Path, typer.Argument(help="The .ics to write.")],
    lead: Annotated[
        str, typer.Option("--lead", metavar="AGENCY", help="Only the work of this agency, as the plan prints it.")
    ] = "",
    link: LinkOption = "",
    on: OnOption = None,
) -> None:
    """Write the due days of a plan as a calendar (.ics), for people's own calendars."""
    from reformtrack.exchange.calendar import icalendar

    if file.suffix.lower() != ".ics":
        raise Misuse("{file}: accepted: a file that ends in .ics", file=str(file))
    with session.tracker() as tracker:
        content = icalendar(tracker.plan(plan, on), lead=lead, lang=session.lang, link=link)
    write_whole(file, content)
    session.answer({"file": str(file)}, str(file))
