"""
The commands that keep a store: export-log, import-log, export-parquet, catch-up, rebuild, check, correct-instants, grant,
version.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import attrs
import typer

from reformtrack import __version__
from reformtrack.cli.app import command
from reformtrack.cli.recording import ByOption, actor_of, answer_records
from reformtrack.cli.screen import Column
from reformtrack.cli.session import NOT_RIGHT, Session, check_complete
from reformtrack.domain.values import Document
from reformtrack.domain.wording import number

if TYPE_CHECKING:
    from reformtrack.store.checking import Damage


@command("export-log")
def export_log(
    session: Session,
    file: Annotated[Path, typer.Argument(help="The file to write; compressed when its name ends in .gz.")],
    after: Annotated[int, typer.Option("--after", min=0, help="Write only records after this log position.")] = 0,
    up_to: Annotated[int | None, typer.Option("--up-to", min=0, help="The last log position to write.")] = None,
) -> None:
    """Write the log to a file of JSON Lines. It can be read without reformtrack."""
    with session.tracker() as tracker, session.progress("export-log") as progress:
        count = tracker.log.export(file, after, up_to, progress)
    _answer_count(session, "written", count)


@command("import-log")
def import_log(
    session: Session,
    file: Annotated[Path, typer.Argument(help="A file written by export-log, complete or the next part.")],
    as_it_was: Annotated[
        bool,
        typer.Option(
            "--as-it-was", help="Also accept records that could not be recorded today. Only for a log that you trust."
        ),
    ] = False,
) -> None:
    """Import a file of export-log, at its own positions. The store must be empty or hold the beginning of the same log."""
    with file.open("rb"):
        pass  # a file that is not there leaves no store behind
    with session.tracker(make=True) as tracker, session.progress("import-log") as progress:
        count = tracker.log.load(file, progress, as_it_was=as_it_was)
    _answer_count(session, "stored", count)


@command("export-parquet")
def export_parquet(
    session: Session,
    folder: Annotated[Path, typer.Argument(help="The folder to write the files to; created if missing.")],
) -> None:
    """Write tables for DuckDB, pandas, Dask and the like."""
    with session.tracker() as tracker, session.progress("export-parquet") as progress:
        done = tracker.views.export_parquet(folder, progress)
    words = session.say(
        "{plans} plans, {activities} activities and {records} records written, up to log position {position}",
        **{name: number(getattr(done, name), session.lang) for name in ("plans", "activities", "records")},
        position=done.position,
    )
    session.answer(attrs.asdict(done), words)
    check_complete(session, done.unreadable)


@command("catch-up")
def catch_up(session: Session) -> None:
    """Bring the views up to date with the log. rollup does this too; a scheduled call keeps rollup fast."""
    with session.tracker() as tracker:
        position = tracker.views.catch_up()
    _answer_position(session, position)


@command("rebuild")
def rebuild(session: Session) -> None:
    """Rebuild the views from the log. The old ones stay in use until the new ones are complete."""
    with session.tracker() as tracker, session.progress("rebuild") as progress:
        position = tracker.views.rebuild(progress)
    _answer_position(session, position)


@command("check")
def check(
    session: Session,
    spot: Annotated[
        int | None,
        typer.Option(
            "--spot",
            min=1,
            help="Check only this many plans, chosen at random: for every night, where checking all takes too long.",
        ),
    ] = None,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Make anew what the views say of what differs; the records stay as they are."),
    ] = False,
) -> None:
    """Check the store: list changed and unreadable records, and stored figures that differ from the log."""
    with session.tracker() as tracker, session.progress("check") as progress:
        damage = tracker.log.check(spot, progress, repair=repair)
        unreadable = [
            {name: getattr(error, name) for name in ("position", "stream", "version", "name", "field")}
            | {"reason": str(error.reason)}
            for error in (tracker.log.quarantine() if damage and spot is None else ())
        ]
        live = () if damage else tracker.views.live()
    left = [found for found in damage if not found.is_repaired]
    document = {
        "damage": [found._asdict() | {"what": str(found.what)} for found in damage],
        "repaired": bool(damage) and not left,
        "unreadable": unreadable,
        "live": live,
    }

    def show() -> None:
        _show_damage(session, damage, len(live), spot)
        if damage and not left:
            session.screen.line(
                session.say("All of this is repaired: the views say again what the log gives."), "green"
            )

    session.answer(document, show)
    if left:
        raise typer.Exit(NOT_RIGHT)


@command("correct-instants")
def correct_instants(
    session: Session,
    first: Annotated[int, typer.Argument(min=1, help="The log position of the first record with a wrong instant.")],
    last: Annotated[int, typer.Argument(min=1, help="The log position of the last record with a wrong instant.")],
    reason: Annotated[str, typer.Option("--reason", help="What was wrong with the clock.")],
    document: Annotated[str, typer.Option("--document", metavar="NUMBER", help="The document about it.")] = "",
    by: ByOption = None,
) -> None:
    """Correct the instants of records that a clock stamped in the future. The error that stopped the recording names them."""
    actor = actor_of(by)
    with session.tracker() as tracker:
        source = Document(number=document) if document else None
        record = tracker.log.correct_instants(first, last, reason=reason, by=actor, document=source)
    answer_records(session, [record])


@command("grant")
def grant(
    session: Session,
    role: Annotated[str, typer.Argument(help="The role of PostgreSQL that the application connects as.")],
) -> None:
    """Let a role of PostgreSQL read and append to the log, nothing else. Run it as the owner; it prints its SQL."""
    with session.tracker() as tracker:
        statements = tracker.log.grant(role)
    session.answer({"statements": statements}, "\n".join(f"{line};" for line in statements))


@command("version")
def version(session: Session) -> None:
    """The version of reformtrack."""
    session.answer({"version": __version__}, f"reformtrack {__version__}")


def _answer_count(session: Session, key: str, count: int) -> None:
    words = session.say.plural("{count} record", "{count} records", count)
    session.answer({key: count}, words)


def _answer_position(session: Session, position: int) -> None:
    words = session.say("the views are at log position {position}", position=position)
    session.answer({"position": position}, words)


def _show_damage(session: Session, damage: "tuple[Damage, ...]", live: int, spot: int | None) -> None:
    screen, say = session.screen, session.say
    if live:
        many = say.plural(
            "{count} plan has too many revisions and is answered from its records: country pages are slower",
            "{count} plans have too many revisions and are answered from their records: country pages are slower",
            live,
        )
        screen.line(many, "yellow")
    if not damage:
        if spot:
            few = say.plural(
                "no problem found in {count} plan chosen at random",
                "no problem found in {count} plans chosen at random",
                spot,
            )
            screen.line(few, "green")
        else:
            screen.line(
                say("Every record is as it was written, as far as can be checked without a checkpoint."), "green"
            )
        return
    columns = [Column(say("Position"), right=True, whole=True), Column(say("What is wrong"))]
    screen.table(
        columns, [(str(found.position) if found.position else "–", session.told(found.what)) for found in damage]
    )
