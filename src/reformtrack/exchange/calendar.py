"""The due days of a plan as an iCalendar feed (RFC 5545), for people's own calendars."""

from collections.abc import Iterator
from datetime import date, timedelta

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.protected import redacted
from reformtrack.domain.status import ProgressStatus, Timeliness
from reformtrack.domain.texts import name_key
from reformtrack.domain.wording import Lang, capital, lead_words, time_left
from reformtrack.exchange.words import activity_link, printed_deadline
from reformtrack.language import Language
from reformtrack.views.activity import Activity, Standing
from reformtrack.views.plan import Plan
from reformtrack.views.warnings import STAGES

__all__ = ["icalendar"]

_LINE = 75
"""Octets of a line, without its end (RFC 5545, 3.1)."""


@checks_arguments
def icalendar(plan: Plan, *, lead: str = "", lang: Lang = "vi", link: str = "") -> bytes:
    """
    A feed with an all-day event for each due day of a plan's activities: a day that is done, overdue, or waits for its
    confirmation, says so in its title; those of activities that have left are cancelled.

    Each due day has a permanent id, so a calendar that reads the feed again follows changes.

    Args:
        plan: the plan on a day.
        lead: only the activities of this lead agency in whatever spelling, joint ones too; of all unless given.
        link: the address of the web application, to which each event is then linked.

    Raises:
        UnreadableRecord: a record of the plan cannot be read. A calendar would delete the days that a feed no longer has.
    """
    plan.check_readable()
    say = Language(lang)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//reformtrack//plan//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(plan.state.title)}",
        "REFRESH-INTERVAL;VALUE=DURATION:P1D",
    ]
    key = name_key(lead)
    for activity in plan.activities:
        if not key or key in plan.lead_keys(activity):
            for due, standing in activity.standing_by(lambda day: day).items():
                lines += _event(activity, due, standing, plan, link, say)
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(redacted(line, say))}\r\n" for line in lines).encode()


def _event(activity: Activity, due: date, standing: Standing, plan: Plan, link: str, say: Language) -> Iterator[str]:
    lead, deadline, status = say("Lead agency"), say("Deadline"), say("Status")
    state = standing.status.label(say.lang)
    if standing.status.is_open and standing.overdue:
        state = Timeliness.OVERDUE.label(say.lang)
    words = (
        f"{lead}: {lead_words(activity.leads, say.lang)}",
        f"{deadline}: {printed_deadline(activity, say.lang)}",
        f"{status}: {capital(state)}",
        capital(plan.notice),
    )
    is_marked = standing.overdue or standing.status not in (ProgressStatus.NOT_STARTED, ProgressStatus.IN_PROGRESS)
    mark = f"[{capital(state)}] " if is_marked else ""
    yield "BEGIN:VEVENT"
    yield f"UID:{activity.id}/{_day(due)}@reformtrack"
    yield f"DTSTAMP:{_day(plan.on)}T000000Z"
    yield f"DTSTART;VALUE=DATE:{_day(due)}"
    if due < date.max:  # without it an event of a day ends with the day
        yield f"DTEND;VALUE=DATE:{_day(due + timedelta(days=1))}"
    yield f"SUMMARY:{_escaped(f'{mark}{activity.number or activity.code} {activity.title}')}"
    yield f"CATEGORIES:{_escaped(plan.domain_title(activity.domain))},{_escaped(capital(state))}"
    if address := activity_link(link, activity):
        yield f"URL:{address}"
    yield f"DESCRIPTION:{_escaped(chr(10).join(word for word in words if word))}"
    yield f"STATUS:{'CANCELLED' if activity.status.has_left else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"
    if due in activity.open_days:
        for days in STAGES:
            yield from (
                "BEGIN:VALARM",
                "ACTION:DISPLAY",
                f"TRIGGER:-P{days}D",
                f"DESCRIPTION:{_escaped(time_left(days, say.lang))}",
                "END:VALARM",
            )
    yield "END:VEVENT"


def _day(value: date) -> str:
    return value.isoformat().replace("-", "")  # %Y has four digits in some C libraries only


def _escaped(text: str) -> str:
    """A text, escaped by RFC 5545 (3.3.11)."""
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\n").replace("\n", "\\n")


def _folded(line: str) -> str:
    """A line folded into pieces of at most 75 octets without splitting characters (3.1)."""
    pieces: list[str] = []
    piece = ""
    for letter in line:
        if len((piece + letter).encode()) > _LINE - bool(pieces):
            pieces.append(piece)
            piece = ""
        piece += letter
    return "\r\n ".join([*pieces, piece])
