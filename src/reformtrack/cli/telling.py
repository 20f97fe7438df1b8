"""The command for the records behind an answer: history."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Annotated, Any

import typer

from reformtrack.cli.app import command
from reformtrack.cli.columns import show_host_fields
from reformtrack.cli.given import KnownAtOption, OnOption, known, plans
from reformtrack.cli.screen import Column
from reformtrack.cli.session import Session
from reformtrack.documents import history_document
from reformtrack.domain.errors import NotFound
from reformtrack.domain.kinds import PLAN
from reformtrack.domain.timeline import KnownAt, Record, retractions, timeline
from reformtrack.domain.values import plan_of
from reformtrack.domain.wording import day
from reformtrack.exchange.words import details, happened, instant
from reformtrack.tracker import Tracker

Records = Sequence[Record[Any]]
StreamArgument = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="Its subject: dak-nong-2023, dak-nong-2023/1.04, dak-nong-2023#complaints, @so-noi-vu.",
        autocompletion=plans,
    ),
]
ActivityArgument = Annotated[
    str,
    typer.Argument(
        metavar="[ACTIVITY]", help="Of a plan: one activity, by its code or the number that the plan prints."
    ),
]


@command("history")
def history(
    session: Session,
    subject: StreamArgument,
    activity: ActivityArgument = "",
    on: OnOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Every record of a plan, activity, report or agency, including retracted ones."""
    with session.tracker() as tracker:
        then = known(tracker, known_at)
        if activity:
            subject = tracker.plan(subject, on, then).activity(activity).id
        # A retraction has no day.
        records = [r for r in tracker.log.history(subject, then) if on is None or getattr(r.event, "on", on) <= on]
        if not records:
            raise NotFound("record of", subject, on or tracker.today(), then)
        host_fields, zone = _host_fields(tracker, subject, then), tracker.local_time
    gone = retractions(records)
    document = history_document(subject, records, gone, host_fields)
    session.answer(document, lambda: _show(session, subject, records, gone, host_fields, zone))


def _host_fields(tracker: Tracker, subject: str, known_at: KnownAt) -> Mapping[str, str]:
    """The host's own fields of the plan of a stream; an agency has none."""
    if not plan_of(subject):
        return {}
    records: tuple[Record[Any], ...] = tracker.log.history(plan_of(subject), known_at)
    return PLAN.fold(timeline(records)).host_fields


def _show(
    session: Session,
    subject: str,
    records: Records,
    gone: Mapping[int, Record[Any]],
    host_fields: Mapping[str, str],
    zone: tzinfo,
) -> None:
    screen, say = session.screen, session.say
    screen.line(subject, "bold")
    show_host_fields(session, host_fields)
    screen.line()
    columns = [
        Column(say("No."), right=True, whole=True),
        Column(say("Took effect"), whole=True),
        Column(say("Recorded"), below=True),
        Column(say("By"), below=True),
        Column(say("What happened")),
        Column(say("Evidence"), below=True),
        Column(say("Details"), below=True),
    ]
    rows = [_row(session, record, gone.get(record.version), zone) for record in records]
    screen.table(columns, rows, lambda place: "strike" if records[place].version in gone else "")


def _row(session: Session, record: Record[Any], retraction: Record[Any] | None, zone: tzinfo) -> tuple[str, ...]:
    say, lang, event = session.say, session.lang, record.event
    what = happened(event, say)
    if retraction is not None:
        what += ", " + say("retracted by record {version}", version=retraction.version)
    return (
        str(record.version),
        day(event.on, lang) if hasattr(event, "on") else "–",
        instant(record.recorded_at, zone, lang),
        record.by,
        what,
        "; ".join(document.text(lang) for document in getattr(event, "evidence", ())),
        "; ".join(details(event, say)),
    )
