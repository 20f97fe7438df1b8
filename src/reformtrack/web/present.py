"""What the pages say in words: of an activity its deadline and what set it, and its latest progress; of a chart its values."""

from datetime import date
from itertools import groupby

from reformtrack.domain.activity import ActivityRescheduled, ActivityScheduled, ProgressReported
from reformtrack.domain.timeline import decided_later
from reformtrack.domain.wording import day, later, number
from reformtrack.language import Language
from reformtrack.views.activity import Activity
from reformtrack.views.series import BurnUp


def deadline_words(activity: Activity, say: Language) -> str:
    """
    The deadlines of an activity as printed, one after the other, and what set the last one: `Quý IV → 30/11/2023, theo Quyết
    định số 12/QĐ-UBND, có hiệu lực từ ngày 05/10/2023`.
    """
    events = (record.event for record in activity.timeline)
    found = [event for event in events if isinstance(event, ActivityScheduled | ActivityRescheduled)]
    texts = " → ".join(text for text, _ in groupby(event.deadline.text for event in found))
    last = found[-1]
    if isinstance(last, ActivityScheduled):
        return texts + later(decided_later(last), say.lang)
    in_force = say("in force from {day}", day=day(last.on, say.lang)) + later(decided_later(last), say.lang)
    by = say("by {document}", document=last.document.text(say.lang)) if last.document else say("without a document")
    return ", ".join((texts, by, in_force))


def progress_words(report: ProgressReported, say: Language) -> str:
    """How far the work is, as last reported: the measure, the day, the note."""
    measure = ""
    if report.percent is not None:
        measure = f"{number(report.percent, say.lang)}%"
    elif report.part is not None and report.whole is not None:
        measure = f"{number(report.part, say.lang)}/{number(report.whole, say.lang)} {report.unit}".strip()
    return "; ".join(filter(None, (measure, report.note))) + f" ({day(report.on, say.lang)})"


def point_words(point: BurnUp, on: date, say: Language) -> str:
    """The values of a burn-up on a day; what is completed only up to the day asked for."""
    facts = {name: number(getattr(point, name), say.lang) for name in ("completed", "planned", "total")}
    facts["day"] = day(point.day, say.lang)
    if point.day <= on:
        return say("{day}: {completed} completed, {planned} planned, {total} in the plan", **facts)
    return say("{day}: {planned} planned, {total} in the plan", **facts)
