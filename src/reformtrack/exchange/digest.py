"""
One digest of warnings for each lead agency, for the host to send; sending is recorded, so that a warning is not sent
daily.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import attrs

from reformtrack.domain.arguments import Days, checks_arguments
from reformtrack.domain.dispatch import DigestSent, DispatchState
from reformtrack.domain.kinds import DISPATCH
from reformtrack.domain.protected import redacted
from reformtrack.domain.showing import brief
from reformtrack.domain.texts import one_line
from reformtrack.domain.timeline import timeline
from reformtrack.domain.values import DispatchId, StreamId, code_of, dispatch_id, plan_id
from reformtrack.domain.wording import Lang, day, folded, sort_key
from reformtrack.exchange.words import forecast_words, shared
from reformtrack.extras import extra
from reformtrack.language import Language
from reformtrack.store.log import range_of
from reformtrack.tracker import Tracker
from reformtrack.views.agencies import Work
from reformtrack.views.warnings import PlanWarning, plan_warnings

with extra("exchange"):
    from jinja2 import Environment

__all__ = ["Digest", "digests", "receiver", "sent"]

REPEAT_DAYS = 7
"""After how many days a warning that still holds is sent again."""

_PAGE = Environment(autoescape=True).from_string(
    '<!DOCTYPE html><html lang="{{ lang }}"><head><meta charset="utf-8"><title>{{ subject }}</title></head>'
    "<body><p>{{ opening }}</p><ul>{% for line in lines %}<li>{{ line }}</li>{% endfor %}</ul>"
    "{% if notice %}<p><em>{{ notice }}</em></p>{% endif %}</body></html>\n"
)


@attrs.frozen(kw_only=True, field_transformer=brief)
@checks_arguments
class Digest:
    """A message to one receiver."""

    id: DispatchId
    """The id of the dispatch to record: the plan and the receiver."""
    to: str
    """The name of the responsible agency; for an ambiguous one, the lead as printed."""
    subject: str
    """The subject in one line, as a message header requires, whatever the title of the plan."""
    text: str
    html: str
    warnings: tuple[PlanWarning, ...]

    def sent(self, on: date, address: str = "") -> DigestSent:
        """The event to record once the host has sent it."""
        keys = tuple(_key(warning) for warning in self.warnings)
        return DigestSent(self.id, on=on, to=one_line(self.to), address=address, warnings=keys)


@checks_arguments
def digests(
    tracker: Tracker, plan: str, on: date | None = None, *, lang: Lang = "vi", repeat_days: Days = REPEAT_DAYS
) -> tuple[Digest, ...]:
    """
    A digest for each agency with new warnings: those of the day that were not sent to it recently.

    It goes to the agency responsible on the day, by `Registry.work`: to each of joint leads, marked so, and to each of
    several successors, marked as undecided; what nobody leads goes to nobody. For an unregistered or ambiguous agency it
    goes to the lead as printed. Each stage before a due day is a new warning. Send the digests, and record
    `digest.sent(...)`.

    Args:
        plan: the plan's id.
        on: the day; default: today.
        repeat_days: after how many days a warning that still holds is sent again.

    Raises:
        NotFound: the plan was not adopted by that day.
        UnreadableRecord: a record of the plan or of an agency cannot be read.
    """
    on = on or tracker.today()
    found, before = tracker.plan(plan, on), sent(tracker, plan)
    title, notice = found.state.title, redacted(found.notice, Language(lang))
    made = []
    say = Language(lang)
    forecast = forecast_words(on, say) if found.is_forecast else ""
    whose: dict[str, Work] = {one.id: work for work in tracker.agencies(on).work(found) for one in work.activities}
    by_agency: dict[str, list[PlanWarning]] = {}
    for warning in plan_warnings(found):
        for name in whose[warning.subject].names:
            by_agency.setdefault(name, []).append(warning)
    # By receiver, as earlier dispatches are recorded.
    for lead, warnings in by_agency.items():
        id = receiver(plan, lead)
        state = before.get(id)
        new = tuple(
            warning
            for warning in warnings
            if state is None or (last := state.last(_key(warning))) is None or on - last >= timedelta(days=repeat_days)
        )
        if new:
            lines = [_line(warning, whose[warning.subject], say) for warning in new]
            made.append(_digest(id, lead, title, notice, new, lines, on, say, forecast))
    return tuple(sorted(made, key=lambda digest: sort_key(digest.to)))


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


def _digest(
    id: DispatchId,
    lead: str,
    title: str,
    notice: str,
    warnings: tuple[PlanWarning, ...],
    lines: Sequence[str],
    on: date,
    say: Language,
    forecast: str,
) -> Digest:
    subject = say.plural(
        "{count} matter that needs attention: {title}",
        "{count} matters that need attention: {title}",
        len(warnings),
        title=" ".join(redacted(title, say).split()),
    )
    opening = say("To {agency}, as of {day}:", agency=" ".join(redacted(lead, say).split()), day=day(on, say.lang))
    opening = f"{opening} {forecast}".strip()
    text = "\n".join([opening, "", *(f"- {line}" for line in lines), *(["", notice] if notice else []), ""])
    html = _PAGE.render(lang=say.lang, subject=subject, opening=opening, lines=lines, notice=notice)
    return Digest(id=id, to=lead, subject=subject, text=text, html=html, warnings=warnings)


def _line(warning: PlanWarning, work: Work, say: Language) -> str:
    words = f"{code_of(warning.subject)}: {warning.words(say.lang)}"
    return redacted(f"{words} {shared(work.names, say, is_joint=work.is_joint)}".rstrip(), say)


def _key(warning: PlanWarning) -> str:
    return " ".join(map(str, warning.key))
