"""The commands that record: init, record, configure."""

import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from reformtrack.cli.app import command
from reformtrack.cli.given import day_option, event_names, plans
from reformtrack.cli.proposed import events_in, typed_event
from reformtrack.cli.session import BadFile, Misuse, Session
from reformtrack.documents import record_document
from reformtrack.documents.forms import Recorded
from reformtrack.domain.kinds import Event
from reformtrack.domain.plan import PlanAdopted
from reformtrack.domain.progress import CountingRule
from reformtrack.domain.said import sentence
from reformtrack.domain.timeline import Record
from reformtrack.domain.values import Document, Domain
from reformtrack.domain.wording import day
from reformtrack.exchange.event_json import state_in
from reformtrack.exchange.words import happened
from reformtrack.tracker import Tracker

ByOption = Annotated[
    str | None, typer.Option("--by", metavar="WHO", envvar="REFORMTRACK_BY", help="Who records it.", show_default=False)
]
RequestOption = Annotated[
    str | None,
    typer.Option("--request-id", help="Id of the request: a retry with the same id and events records nothing twice."),
]


@command("init")
def init(
    session: Session,
    plan: Annotated[
        str | None, typer.Option("--plan", metavar="PLAN", help="Adopt this plan in the new store.")
    ] = None,
    title: Annotated[str, typer.Option("--title", help="The plan's title, as printed.")] = "",
    year: Annotated[int | None, typer.Option("--year", help="The plan year.")] = None,
    jurisdiction: Annotated[str, typer.Option("--jurisdiction", help="The jurisdiction of the plan.")] = "",
    domain: Annotated[
        list[str] | None,
        typer.Option("--domain", metavar="CODE=TITLE", help="A domain; repeat it for each, in the order of the plan."),
    ] = None,
    document: Annotated[
        str, typer.Option("--document", metavar="NUMBER", help="The document that adopts the plan.")
    ] = "",
    rule: Annotated[
        CountingRule, typer.Option("--rule", help="The counting rule of the rate.")
    ] = CountingRule.WHOLE_PLAN,
    on: Annotated[date | None, day_option("--on", "The day of its adoption; default: today.")] = None,
    time_zone: Annotated[
        str | None,
        typer.Option("--time-zone", metavar="ZONE", help="The time zone of its days; default: Asia/Ho_Chi_Minh."),
    ] = None,
    by: ByOption = None,
    request_id: RequestOption = None,
) -> None:
    """Create a store; with --plan, adopt a plan in it. An existing store is left as it is."""
    # Checked before a store is created: an incomplete plan leaves nothing behind.
    wanting = [name for name, value in (("--title", title), ("--year", year), ("--domain", domain)) if not value]
    if plan and (wanting or not jurisdiction):
        words = sentence("a plan needs {options}; accepted: all of what --help lists")
        raise Misuse(words, options=", ".join(wanting) or "--jurisdiction")
    if not plan and (len(wanting) < 3 or jurisdiction or document):
        raise Misuse(
            "--title, --year, --jurisdiction, --domain and --document describe a plan; accepted: --plan with its id"
        )
    domains = tuple(_domain(text) for text in domain or ())
    actor = actor_of(by) if plan else ""
    with session.tracker(make=True, time_zone=time_zone) as tracker:
        if not tracker.log.position():
            tracker.configure(by=by or "reformtrack")
        if not plan:
            document_ = {"position": tracker.log.position(), "records": []}
            session.answer(document_, session.say("The store is ready."))
            return
        adopted = PlanAdopted(
            plan,
            on=on or tracker.today(),
            title=title,
            year=year or 0,
            jurisdiction=jurisdiction,
            domains=domains,
            document=Document(number=document) if document else None,
            counting_rule=rule,
        )
        _record(session, tracker, [adopted], actor, request_id)


@command("configure")
def configure(
    session: Session,
    time_zone: Annotated[
        str,
        typer.Option("--time-zone", metavar="ZONE", help="The time zone of its days from now on, such as Europe/Riga."),
    ],
    by: ByOption = None,
) -> None:
    """Record another time zone for the store. Recorded days stay as they are."""
    with session.tracker() as tracker:
        configured = tracker.configure(time_zone=time_zone, by=actor_of(by))
    answer_records(session, [configured])


@command("record")
def record(
    session: Session,
    name: Annotated[
        str | None, typer.Argument(metavar="EVENT", help="What happened.", autocompletion=event_names)
    ] = None,
    subject: Annotated[
        str | None, typer.Argument(metavar="ID", help="Its subject, such as dak-nong-2023/1.04.", autocompletion=plans)
    ] = None,
    fields: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FIELD=VALUE", help="The fields of the event; a list or an object as JSON, a deadline as printed."
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", "-f", allow_dash=True, help="Events as JSON Lines, recorded all or none; - for stdin."),
    ] = None,
    by: ByOption = None,
    request_id: RequestOption = None,
    expected_version: Annotated[
        int | None,
        typer.Option("--expected-version", min=0, help="Refuse the record unless its subject is at this version."),
    ] = None,
) -> None:
    """
    Record an event, or a file of events.

    As `record ActivityCompleted dak-nong-2023/1.04 on=2023-06-20 note=xong`.
    """
    if (file is None) == (name is None):
        raise Misuse("accepted: either an event with its id and fields, or --file")
    actor = actor_of(by)
    with session.tracker() as tracker:
        if file is not None:
            if expected_version is not None:
                raise Misuse("--expected-version goes with one event, not with --file")
            _record(session, tracker, list(_events(file, tracker)), actor, request_id)
            return
        if name is None or subject is None:
            raise Misuse(
                "{name} needs the id of its subject; accepted: an id after it, such as dak-nong-2023/1.04", name=name
            )
        event = typed_event(name, subject, fields or (), state_in(tracker), session.lang)
        _record(session, tracker, [event], actor, request_id, expected_version)


def actor_of(by: str | None) -> str:
    """
    Who records.

    Raises:
        Misuse: --by is missing.
    """
    if not by:
        raise Misuse("missing --by, such as --by so-noi-vu (or set REFORMTRACK_BY)")
    return by


def _domain(text: str) -> Domain:
    code, separator, title = text.partition("=")
    if not separator:
        raise Misuse("{text!r} is not a domain; accepted: CODE=TITLE, such as 1=Cải cách thể chế", text=text)
    return Domain(code.strip(), title.strip())


def _events(file: Path, tracker: Tracker) -> Iterator[Event]:
    if str(file) == "-":
        yield from events_in(_text(sys.stdin, "stdin"), "stdin", state_in(tracker))
        return
    with file.open(encoding="utf-8") as lines:
        yield from events_in(_text(lines, str(file)), str(file), state_in(tracker))


def _text(lines: TextIO, source: str) -> Iterator[str]:
    try:
        for number, line in enumerate(lines):
            yield line if number else line.removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        words = sentence("{source} is not UTF-8 text ({reason}); accepted: JSON Lines in UTF-8")
        raise BadFile(words, source=source, reason=error.reason) from None


def _record(
    session: Session,
    tracker: Tracker,
    events: Sequence[Event],
    by: str,
    request_id: str | None,
    expected_version: int | None = None,
) -> None:
    expected: dict[str, int] = {} if expected_version is None else {events[0].subject: expected_version}
    records = tracker.record(*events, by=by, request_id=request_id, expected_version=expected)
    answer_records(session, records)


def answer_records(session: Session, records: Sequence[Record[Any]]) -> None:
    document = Recorded([record_document(record) for record in records])
    session.answer(document, lambda: _show_records(session, records))


def _show_records(session: Session, records: Sequence[Record[Any]]) -> None:
    """Show where each record was recorded."""
    say = session.say
    for record in records:
        words = say(
            "recorded: {what}, {subject} (record {version}, log position {position})",
            what=happened(record.event, say),
            subject=record.stream,
            version=record.version,
            position=record.position,
        )
        session.screen.line(f"{words}{_read(session, record.event)}")


def _read(session: Session, event: Any) -> str:
    """The days read from the text of a deadline, so that a misreading is seen at once."""
    deadline = getattr(event, "deadline", None)
    if deadline is None:
        return ""
    say = session.say
    days = ", ".join(day(due, session.lang) for due in deadline.days) or say("no day")
    return "; " + say("deadline read as {days}", days=days)
