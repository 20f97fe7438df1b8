"""
One digest of warnings for each lead agency, for the host to send; sending is recorded, so that a warning is not sent
daily.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from hashlib import sha256
from importlib.resources import files

import attrs

from reformtrack.domain.arguments import Days, checks_arguments
from reformtrack.domain.dispatch import DigestSent, DispatchState
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.gathered import grouped
from reformtrack.domain.kinds import DISPATCH
from reformtrack.domain.protected import redacted
from reformtrack.domain.said import said
from reformtrack.domain.showing import brief
from reformtrack.domain.status import ProgressStatus
from reformtrack.domain.texts import one_line
from reformtrack.domain.timeline import timeline
from reformtrack.domain.values import DispatchId, StreamId, dispatch_id, plan_id
from reformtrack.domain.wording import Lang, capital, day, folded, sort_key
from reformtrack.exchange.report.document import is_council
from reformtrack.exchange.words import activity_link, forecast_words, printed_deadline, shared
from reformtrack.extras import extra
from reformtrack.language import Language
from reformtrack.store.streams import range_of
from reformtrack.tracker import Tracker
from reformtrack.views.activity import Activity
from reformtrack.views.agencies import Work
from reformtrack.views.plan import Plan
from reformtrack.views.warnings import PlanWarning, WarningKind, plan_warnings

with extra("exchange"):
    from jinja2 import Environment, StrictUndefined, Template

__all__ = ["Digest", "Entry", "digests", "receiver", "sent"]

REPEAT_DAYS = 7
"""After how many days a warning that still holds is sent again."""

ANSWER_DAYS = 5
"""Within how many days an answer is asked for, unless a day is given; on the Monday after, where that is at a weekend."""


@attrs.frozen(kw_only=True, field_transformer=brief)
class Entry:
    """An activity in a digest: once, whatever is to be said of it."""

    code: str
    """Its printed number with its code, where they differ, else its code."""
    title: str
    note: str
    """With whom its agency has the lead, or that this is not decided; empty for an agency alone."""
    deadline: str
    """As printed."""
    matters: tuple[str, ...]
    """What needs attention, the most urgent first."""
    asked: tuple[str, ...]
    """What is asked of the agency."""
    link: str
    """The address of its page; empty where no web application was named."""


@attrs.frozen(kw_only=True, field_transformer=brief)
@checks_arguments
class Digest:
    """A message to one receiver."""

    id: DispatchId
    """The id of the dispatch to record: the plan and the receiver."""
    to: str
    """The name of the responsible agency; for an ambiguous one, the lead as printed."""
    sender: str
    """The name of whoever sends it."""
    on: date
    """The day that it is about."""
    answer_by: date
    """The day by which an answer is asked for."""
    subject: str
    """The subject in one line, as a message header requires, whatever the title of the plan."""
    text: str
    html: str
    entries: tuple[Entry, ...]
    """The activities that it is about."""
    warnings: tuple[PlanWarning, ...]

    def sent(self, on: date, address: str = "") -> DigestSent:
        """The event to record once the host has sent it."""
        keys = tuple(_key(warning) for warning in self.warnings)
        return DigestSent(self.id, on=on, to=one_line(self.to), address=address, warnings=keys)

    def eml(self, to: str = "", sent_from: str = "", at: datetime | None = None) -> bytes:
        """
        The message as a .eml file, text and HTML, which mail programs open as a draft; the same digest gives the same bytes.

        Args:
            to: the mail address of the receiver; to be filled in unless given.
            sent_from: that of the sender; the account's own unless given.
            at: when it is sent; left to the mail program unless given.

        Raises:
            InvalidField: a text that is no mail address.
        """
        message = EmailMessage(policy=SMTP)
        message["Subject"] = self.subject
        for name, person, address in (("From", self.sender, sent_from), ("To", self.to, to)):
            if address:
                message[name] = _address(name.lower(), one_line(person), address)
        if at:
            message["Date"] = at
        message["X-Unsent"] = "1"
        message.set_content(self.text)
        message.add_alternative(self.html, subtype="html")
        message.set_boundary("=_" + sha256(f"{self.id} {self.on} {self.html}".encode()).hexdigest()[:32])
        return message.as_bytes()


def _address(field: str, name: str, address: str) -> Address:
    try:
        return Address(name, addr_spec=address)
    except (ValueError, IndexError):  # IndexError: of the standard library, for an address that ends too early
        raise InvalidField("Digest.eml", field, address, said("a mail address, as so-noi-vu@example.org")) from None


@checks_arguments
def digests(
    tracker: Tracker,
    plan: str,
    on: date | None = None,
    *,
    lang: Lang = "vi",
    repeat_days: Days = REPEAT_DAYS,
    sender: str = "",
    link: str = "",
    answer_by: date | None = None,
) -> tuple[Digest, ...]:
    """
    A digest for each agency with new warnings: those of the day that were not sent to it recently.

    It goes to the agency responsible on the day, by `Registry.work`: to each of joint leads, marked so, and to each of
    several successors, marked as undecided; what nobody leads goes to whose plan it is, its jurisdiction. For an
    unregistered or ambiguous agency it goes to the lead as printed. Each stage before a due day is a new warning. Send the
    digests, and record `digest.sent(...)`.

    Args:
        plan: the plan's id.
        on: the day; default: today.
        repeat_days: after how many days a warning that still holds is sent again.
        sender: who sends it, as "Sở Nội vụ"; default: the plan's jurisdiction.
        link: the address of the web application, to which each activity is then linked.
        answer_by: the day by which an answer is asked for; default: a few days after `on`.

    Raises:
        NotFound: the plan was not adopted by that day.
        UnreadableRecord: a record of the plan or of an agency cannot be read.
    """
    on = on or tracker.today()
    found, before = tracker.plan(plan, on), sent(tracker, plan)
    whose: dict[str, Work] = {one.id: work for work in tracker.agencies(on).work(found) for one in work.activities}
    names = ((one, whose[one.subject].names or (found.state.jurisdiction,)) for one in plan_warnings(found))
    by_agency = grouped((name, warning) for warning, of in names for name in of)
    frame = _Frame(found, Language(lang), sender or found.state.jurisdiction, answer_by or _working_day(on), link)
    made = []
    # By receiver, as earlier dispatches are recorded.
    for lead, warnings in by_agency.items():
        id = receiver(plan, lead)
        state = before.get(id, DISPATCH.initial)
        new = tuple(
            warning
            for warning in warnings
            if (last := state.last(_key(warning))) is None or on - last >= timedelta(days=repeat_days)
        )
        if new:
            made.append(_digest(id, lead, new, whose, frame))
    return tuple(sorted(made, key=lambda digest: sort_key(digest.to)))


def _working_day(on: date) -> date:
    try:
        day = on + timedelta(days=ANSWER_DAYS)
        return day + timedelta(days=7 - day.weekday() if day.weekday() > 4 else 0)
    except OverflowError:
        return date.max


@checks_arguments
def sent(tracker: Tracker, plan: str) -> Mapping[StreamId, DispatchState]:
    """
    The dispatches about a plan, by receiver.

    Raises:
        UnreadableRecord: a stored event of it cannot be read.
    """
    streams = tracker._readable(range_of(DISPATCH, plan_id(plan)))
    return {stream: DISPATCH.fold(timeline(records)) for stream, records in streams.items()}


@checks_arguments
def receiver(plan: str, lead: str) -> DispatchId:
    """
    The id of the dispatches to an agency about a plan.

    >>> receiver("dak-nong-2023", "Sở Nội vụ")
    'dak-nong-2023!so-noi-vu'
    """
    slug = re.sub(r"[^a-z0-9]+", "-", folded(lead)).strip("-") or "khong-ten"
    return dispatch_id(f"{plan}!{slug[: 190 - len(plan)].strip('-')}")


@attrs.frozen
class _Frame:
    """What all digests of a plan have."""

    plan: Plan
    say: Language
    sender: str
    answer_by: date
    link: str


def _digest(
    id: DispatchId, lead: str, warnings: Sequence[PlanWarning], whose: Mapping[str, Work], frame: _Frame
) -> Digest:
    say, plan = frame.say, frame.plan
    to, sender, title = (" ".join(redacted(it, say).split()) for it in (lead, frame.sender, plan.state.title))
    by_activity = grouped((warning.subject, warning) for warning in warnings)
    activities: dict[str, Activity] = {one.id: one for one in plan.activities}
    entries = tuple(_entry(activities[one], of, whose[one], frame) for one, of in by_activity.items())
    subject = say.plural(
        "{count} activity needs attention – {title}",
        "{count} activities need attention – {title}",
        len(entries),
        title=title,
    )
    words = {
        "subject": subject,
        "to": say("To: {agency}", agency=to),
        "opening": say.plural(
            "By the records up to {day}, {count} activity of “{title}” needs your attention.",
            "By the records up to {day}, {count} activities of “{title}” need your attention.",
            len(entries),
            day=day(plan.on, say.lang),
            title=title,
        ),
        "ask": _ask(to, day(frame.answer_by, say.lang), say),
        "forecast": forecast_words(plan.on, say) if plan.is_forecast else "",
        "sender": sender if sender != to else "",
        "notice": capital(redacted(plan.notice, say)),
    }
    heads = [say("Code"), say("Activity"), say("Deadline"), say("Status"), say("Asked for")]
    return Digest(
        id=id,
        to=lead,
        sender=sender,
        on=plan.on,
        answer_by=frame.answer_by,
        subject=subject,
        text=_text(words, entries, say),
        html=_page().render(lang=say.lang, heads=heads, entries=entries, **words),
        entries=entries,
        warnings=tuple(warnings),
    )


def _ask(to: str, day: str, say: Language) -> str:
    """A body that decides together, as a people's committee, is asked with more respect."""
    if is_council(to):
        return say("We ask you to see to what is named below, and to answer by {day}.", day=day)
    return say("Please see to what is asked below, and answer by {day}.", day=day)


@cache
def _page() -> Template:
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(
        files(__package__).joinpath("digest.html").read_text(encoding="utf-8")
    )


def _text(words: Mapping[str, str], entries: Sequence[Entry], say: Language) -> str:
    due, asked = say("Deadline"), say("Asked for")
    lines = [words["to"], "", *filter(None, (words["opening"], words["ask"], words["forecast"])), ""]
    for place, entry in enumerate(entries, 1):
        lines += [
            f"{place}. [{entry.code}] {' '.join(filter(None, (entry.title, entry.note)))}",
            f"   {due}: {entry.deadline}",
            *(f"   - {matter}" for matter in entry.matters),
            f"   {asked}: {'; '.join(entry.asked)}",
            *([f"   {entry.link}"] if entry.link else []),
            "",
        ]
    ends = [line for line in (words["sender"], words["notice"]) if line]
    return "\n".join([*lines, "\n\n".join(ends), ""])


def _entry(activity: Activity, warnings: Sequence[PlanWarning], work: Work, frame: _Frame) -> Entry:
    say, number = frame.say, activity.number
    waits = activity.status is ProgressStatus.AWAITING_CONFIRMATION
    asked = _asked(say) | ({WarningKind.OVERDUE: say("Nothing until it is confirmed")} if waits else {})
    return Entry(
        code=activity.code if number in ("", activity.code) else f"{number} ({activity.code})",
        title=redacted(activity.title, say),
        note=redacted(shared(work.names, say, is_joint=work.is_joint), say),
        deadline=redacted(printed_deadline(activity, say.lang), say) or "–",
        matters=tuple(capital(warning.what(say.lang)) for warning in warnings),
        asked=tuple(dict.fromkeys(asked[warning.kind] for warning in warnings)),
        link=activity_link(frame.link, activity),
    )


def _asked(say: Language) -> dict[WarningKind, str]:
    return {
        WarningKind.OVERDUE: say("Report the result, or why it is late and when it will be done"),
        WarningKind.DUE: say("Complete it in time and report the result"),
        WarningKind.WITHOUT_EVIDENCE: say("Send the evidence"),
        WarningKind.WITHOUT_LEAD: say("Decide who has the lead"),
        WarningKind.SILENT: say("Report the progress"),
        WarningKind.DIFFERS: say("Check the figure"),
    }


def _key(warning: PlanWarning) -> str:
    return " ".join(map(str, warning.key))
