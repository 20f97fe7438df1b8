"""What a report says in words: its figures beside others, what changed since, and the report that it replaces."""

from datetime import date
from decimal import Decimal
from itertools import accumulate, pairwise

from reformtrack.domain.report import Figure, ReportCorrected, ReportIssued
from reformtrack.domain.timeline import Record
from reformtrack.domain.wording import day, number, percent, rounded_percent
from reformtrack.language import Language
from reformtrack.views.bridge import Bridge
from reformtrack.views.drift import Drift
from reformtrack.views.report import Comparison, IssuedReport


def figure_words(figure: Figure | None, say: Language) -> str:
    """The numbers of a line of a report; a dash for none."""
    if figure is None:
        return "–"
    overdue = say.plural("{count} overdue", "{count} overdue", figure.overdue)
    return f"{figure.ratio(say.lang)}, {overdue}"


def drift_words(drift: Drift, say: Language) -> list[str]:
    """The changes since a report besides its lines and activities: balance, rates, other figures, version, texts."""
    lang = say.lang
    found = [f"{kind.label(lang)}: {number(sent, lang)} → {number(now, lang)}" for kind, sent, now in drift.balance]
    for pair in drift.rates:
        sent, now = (one.ratio(lang) + (f" ({left})" if (left := one.left_out(lang)) else "") for one in pair)
        found.append(f"{pair[0].rule.label(lang)}: {sent} → {now}")
    found += [one.words(lang) for one in drift.indicators]
    if drift.version:
        sent, now = (version.text(lang) for version in drift.version)
        found.append(say("plan version: {sent} → {now}", sent=sent, now=now))
    return [*found, *(f"{sent} → {now}" for sent, now in drift.texts)]


def comparison_words(one: Comparison, say: Language) -> str:
    """A figure published elsewhere, the report's own under its rule, and by how much they differ."""
    published, own, lang = one.published, one.own, say.lang
    percentage = "" if published.percent is None else f"{number(published.percent, lang)}%"
    counts = "" if published.part is None else f"{published.part}/{published.whole}"
    unsaid = ", ".join(text for text in (counts, percentage) if text not in published.reported_text)
    computed = "–"
    if own is not None:
        decimals = -min(0, int((published.percent or Decimal("0.0")).as_tuple().exponent))
        rate = percent(own.rate, lang, decimals)
        computed = f"{number(own.completed, lang)}/{number(own.total, lang)} ({rate})"
    words = say(
        "{line}: published “{published}”{unsaid}; computed {computed}, rule: {rule}; {verdict}",
        line=one.title,
        published=published.reported_text,
        unsaid=f" ({unsaid})" if unsaid else "",
        computed=computed,
        rule=one.rule.label(lang),
        verdict=_verdict(one, say),
    )
    return words + (say(". Source: {source}", source=published.source.text(lang)) if published.source else "")


def _verdict(one: Comparison, say: Language) -> str:
    """Whether a published figure agrees with the report's own; the difference, or why they cannot be compared."""
    published, own, points = one.published, one.own, one.percent_difference
    if own is None or one.agrees is None:
        unnamed = say("cannot be compared: its source names no counting rule")
        return say("cannot be compared") if own is None or published.rule else unnamed
    if one.agrees:
        return say("agrees")
    off = [
        (say("Completed"), (published.part or 0) - own.completed),
        (say("Activities"), (published.whole or 0) - own.total),
    ]
    found = [f"{name} {signed(count, say)}" for name, count in off if count and published.part is not None]
    if points:
        found.append(" ".join((say("Rate"), signed_points(points, say))))
    return say("differs ({difference})", difference="; ".join(found))


def signed(value: int | Decimal, say: Language) -> str:
    return f"{'+' if value > 0 else ''}{number(value, say.lang)}"


def signed_points(points: Decimal, say: Language) -> str:
    """A difference of two percentages."""
    return say("{difference} percentage points", difference=signed(points, say))


def bridge_causes(found: Bridge, say: Language) -> list[tuple[str, Decimal, Decimal]]:
    """What changed a rate, and from how much to how much, in percent as printed: so the printed parts add up."""
    causes = {
        say("what was learnt later about the period before"): found.correction,
        say("activities that entered or left the plan"): found.scope,
        say("progress of the work"): found.progress,
        say("another counting rule"): found.rule,
    }
    levels = [rounded_percent(level) for level in accumulate([found.before, *causes.values()])]
    return [(cause, *ends) for cause, ends in zip(causes, pairwise(levels), strict=True)]


def headed(report: IssuedReport, say: Language) -> str:
    """The period of a report, with the number of the correction, if it is one."""
    period, count = report.period.label(say.lang), len(report.corrections)
    return say("{period} (correction {number})", period=period, number=count) if count else period


def correction_words(report: IssuedReport, say: Language) -> list[str]:
    """For each correction of a report, and for the report: the day, the author, the reason and the record."""
    issue = _of_record(report.issue, say)
    return [
        say(
            "Correction {number}, {record}: {reason}. It corrects the report issued on {issue}.",
            number=place,
            record=_of_record(one, say),
            reason=one.event.reason.rstrip("."),
            issue=issue,
        )
        for place, one in enumerate(report.corrections, 1)
    ]


def written(on: date, say: Language) -> str:
    """A day in official prose: days below 10 and months 1 and 2 with a zero."""
    if say.lang == "en":
        return day(on, "en")
    return f"ngày {on.day:02} tháng {f'{on.month:02}' if on.month < 3 else on.month} năm {on.year}"


def replaced(report: IssuedReport, say: Language) -> str:
    """The document that a correction replaces, by its number and day; empty if the report is no correction."""
    if not report.corrections:
        return ""
    event = report.corrections[-2].event if len(report.corrections) > 1 else report.issue.event
    number, on = (event.document.number, event.document.date) if event.document else ("", None)
    on_day = written(on or event.on, say)
    if number:
        return say("Report No. {number} of {day}", number=number, day=on_day)
    return say("the report of {day}", day=on_day)


def replacing_words(report: IssuedReport, say: Language) -> str:
    """That a report replaces another, and why; empty for one that does not."""
    if not report.corrections:
        return ""
    reason = report.corrections[-1].event.reason.rstrip(".")
    return say("This report replaces {report}; reason: {reason}.", report=replaced(report, say), reason=reason)


def _of_record(record: Record[ReportIssued] | Record[ReportCorrected], say: Language) -> str:
    """The day of a report or of a correction, its document, who recorded it, and where."""
    document = record.event.document
    title = (document.number or document.text(say.lang)) if document else ""
    about = (day(record.event.on, say.lang), title, record.by)
    place = say("log position {position}", position=record.position)
    return f"{', '.join(filter(None, about))} ({place})"
