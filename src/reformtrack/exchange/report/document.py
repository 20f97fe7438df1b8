"""
A periodic report as a document: its content in order, before it is written as Word, HTML or PDF.

Every figure was locked when the report was issued, and the plan is the one known then. So the document of an issued
report never changes.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

import attrs

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.progress import CountingRule
from reformtrack.domain.protected import redacted
from reformtrack.domain.report import Figure
from reformtrack.domain.shares import shares
from reformtrack.domain.wording import day, lead_words, number, percent, roman
from reformtrack.exchange.report.charts import Chart, charts
from reformtrack.exchange.report.qr import Seal, seal
from reformtrack.exchange.words import (
    correction_words,
    headed,
    overdue_words,
    printed_deadline,
)
from reformtrack.language import Language
from reformtrack.views.activity import Activity
from reformtrack.views.report import Report

__all__ = ["Letterhead"]


@checks_arguments
@attrs.frozen(kw_only=True)
class Letterhead:
    """The letterhead and signature of a report, laid out by Nghị định 30/2020/NĐ-CP."""

    organ: str = ""
    """The issuing organ; default: the plan's jurisdiction."""
    parent: str = ""
    """The organ above it; empty for none."""
    nation: str = ""
    """The name of the state; default: that of Viet Nam in Vietnamese, none in English, if no motto is given either."""
    motto: str = ""
    """Its motto, below."""
    number: str = ""
    """Number and symbol, as "156/BC-UBND"; default: of the report's document, else dots to fill in."""
    place: str = ""
    """The place of issue; empty for none."""
    capacity: str = ""
    """In whose name it is signed, as "TM. ỦY BAN NHÂN DÂN"."""
    signer_title: str = ""
    """The office of the signer, as "CHỦ TỊCH"."""
    signer: str = ""
    recipients: Sequence[str] = ()
    """The recipients."""


@attrs.frozen
class Heading:
    """The title of a part."""

    text: str
    opens_page: bool = False
    """Whether it begins a new page."""


@attrs.frozen
class Paragraph:
    """Running text."""

    text: str
    kind: Literal["body", "note"] = "body"


@attrs.frozen
class Table:
    """Rows under headings."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    """The share of the width of each column; a negative one is of a column of numbers, set to the right."""


@attrs.frozen
class Signature:
    """The recipients on the left, the signature on the right: after the last part, before the appendices."""

    head: Letterhead

    @property
    def recipients(self) -> Sequence[str]:
        """The recipients, one per line; the last, the file copy, ends with a full stop."""
        names = [recipient.rstrip(" ;.") for recipient in self.head.recipients]
        return [f"- {name}{';' if place < len(names) else '.'}" for place, name in enumerate(names, 1)]


Block = Heading | Paragraph | Table | Chart | Seal | Signature


@attrs.frozen(kw_only=True)
class ReportDocument:
    """A report, ready to be written."""

    lang: Literal["vi", "en"]
    letterhead: Letterhead
    kind: str
    """What it is: "BÁO CÁO"."""
    subject: str
    on: date
    """The day on which it was issued, or corrected."""
    blocks: Sequence[Block]
    notice: str
    """The plan's notice, such as that its figures are illustrative."""


def report_document(
    report: Report, lang: Literal["vi", "en"] = "vi", letterhead: Letterhead | None = None
) -> ReportDocument:
    """
    The document of an issued report.

    Raises:
        UnreadableRecord: a record of the plan cannot be read.
    """
    say, around = Language(lang), cover(report, lang, letterhead)
    blocks = _blocks(report, around.letterhead, say)
    return attrs.evolve(around, blocks=tuple(_shown(block, say) for block in blocks))


def cover(report: Report, lang: Literal["vi", "en"] = "vi", letterhead: Letterhead | None = None) -> ReportDocument:
    """The document of an issued report without its blocks."""
    say = Language(lang)
    sent = report.sent.event
    number_ = sent.document.number if sent.document else ""
    given = letterhead or Letterhead()
    organ = given.organ or redacted(report.plan.state.jurisdiction, say)
    number_ = given.number or redacted(number_, say) or say("……")
    nation, motto = given.nation, given.motto
    if lang == "vi" and not (nation or motto):
        nation, motto = _VIET_NAM
    head = attrs.evolve(given, organ=organ, number=number_, nation=nation, motto=motto)
    return ReportDocument(
        lang=lang,
        letterhead=head,
        kind=say("REPORT"),
        subject=redacted(
            say("{plan}: results of {period}", plan=report.plan.state.title, period=headed(report, say)), say
        ),
        on=sent.on,
        blocks=(),
        notice=redacted(report.plan.notice, say),
    )


_VIET_NAM = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")


def _shown(block: Block, say: Language) -> Block:
    """A block with protected data replaced."""
    match block:
        case Table():
            rows = [tuple(redacted(text, say) for text in row) for row in block.rows]
            return attrs.evolve(block, rows=rows)
        case Heading() | Paragraph() | Chart():
            return attrs.evolve(block, text=redacted(block.text, say))
        case Seal() | Signature():
            return block


def dateline(document: ReportDocument, say: Language) -> str:
    """Place and day of issue, in official prose: days below 10 and months 1 and 2 with a zero."""
    place = f"{document.letterhead.place}, " if document.letterhead.place else ""
    if say.lang == "en":
        return f"{place}{day(document.on, 'en')}"
    month = f"{document.on.month:02}" if document.on.month < 3 else str(document.on.month)
    return f"{place}ngày {document.on.day:02} tháng {month} năm {document.on.year}"


def _blocks(report: Report, head: Letterhead, say: Language) -> Iterator[Block]:
    drawn = _charts(report, say)
    yield from (Paragraph(words) for words in correction_words(report, say)[-1:])
    yield Heading(say("I. Overall"))
    yield from _overall(report, say)
    yield from _drawn(drawn, "burn-up")
    yield Heading(say("II. By domain"))
    yield _figures(report, "domain:", say("Domain"), say)
    yield from _drawn(drawn, "domains")
    yield Heading(say("III. By lead agency"))
    yield _figures(report, "lead:", say("Lead agency"), say)
    yield from _drawn(drawn, "heat-map")
    yield Heading(say("IV. Balance of the period"))
    yield from _balance(report, say)
    yield Heading(say("V. Not completed"))
    yield from _not_completed(report, say)
    if report.indicators:
        yield Heading(say("VI. Other figures"))
        yield _indicators(report, say)
    for place, section in enumerate(report.content.sections, 7 if report.indicators else 6):
        yield Heading(f"{roman(place)}. {section.name}")
        yield from map(Paragraph, filter(str.strip, section.text.splitlines()))
    yield Signature(head)
    yield Heading(say("Appendix 1. Activities of the plan"), opens_page=True)
    yield _activities(report, say)
    yield from _drawn(drawn, "calendar")
    yield Heading(say("Appendix 2. Basis of figures"))
    yield from _basis(report, say)


def _charts(report: Report, say: Language) -> tuple[Chart, ...]:
    return charts(report.plan, report.period.first, report.period.last, say, report.content.rule)


def _drawn(charts: Sequence[Chart], name: str) -> Iterator[Block]:
    parts = [chart for chart in charts if chart.name.startswith(name)]
    yield from parts
    if parts[-1].note:
        yield Paragraph(parts[-1].note, "note")


def _overall(report: Report, say: Language) -> Iterator[Block]:
    total = report.figure()
    domains = len(report.plan.state.domains)
    counted = say.plural("The plan has {count} domain.", "The plan has {count} domains.", domains)
    yield Paragraph(
        say.plural(
            "By {day}, {completed}/{total} activities were completed ({rate}), counted over the {rule}; "
            "{overdue} was overdue. {domains}",
            "By {day}, {completed}/{total} activities were completed ({rate}), counted over the {rule}; "
            "{overdue} were overdue. {domains}",
            total.overdue,
            day=day(report.period.last, say.lang),
            completed=number(total.completed, say.lang),
            total=number(total.total, say.lang),
            rate=percent(total.rate, say.lang),
            rule=report.content.rule.label(say.lang),
            overdue=number(total.overdue, say.lang),
            domains=counted,
        )
    )
    rows = []
    for rule in CountingRule:
        progress = report.plan.progress(rule)
        figures = progress.ratio(say.lang), percent(progress.rate, say.lang), progress.left_out(say.lang)
        rows.append((rule.label(say.lang), *figures))
    yield Table((say("Counting rule"), say("Completed"), say("Rate"), say("Left out")), rows, (4, -2, -2, 4))


def _figures(report: Report, prefix: str, name: str, say: Language) -> Table:
    figures = [figure for figure in report.content.figures if figure.key.startswith(prefix)]
    rows = [_line(figure, figure.title, say) for figure in figures]
    rows.append(_line(report.figure(), say("Total"), say))
    head = (name, say("Activities"), say("Completed"), say("Rate"), say("Overdue"))
    return Table(head, rows, (8, -2, -2, -2, -2))


def _line(figure: Figure, title: str, say: Language) -> tuple[str, ...]:
    counts = (figure.total, figure.completed)
    return (
        title,
        *(number(n, say.lang) for n in counts),
        percent(figure.rate, say.lang),
        number(figure.overdue, say.lang),
    )


def _balance(report: Report, say: Language) -> Iterator[Block]:
    """The entries on the left, the outcomes with their shares on the right; both sides have the same total."""
    content, lang = report.content, say.lang
    parts = shares([count for _, count in content.outcomes])
    entries = [(entry.label(lang), number(count, lang)) for entry, count in content.entries]
    outcomes = [
        (outcome.label(lang), number(count, lang), f"{number(part, lang)}%")
        for (outcome, count), part in zip(content.outcomes, parts, strict=True)
    ]
    height = max(len(entries), len(outcomes))
    entries += [("", "")] * (height - len(entries))
    outcomes += [("", "", "")] * (height - len(outcomes))
    both = number(sum(count for _, count in content.entries), lang)
    rows = [(*entry, *outcome) for entry, outcome in zip(entries, outcomes, strict=True)]
    rows.append((say("Total"), both, say("Total"), both, f"{number(sum(parts, Decimal(0)), lang)}%"))
    head = (say("Came in"), say("Activities"), say("Stand at the end"), say("Activities"), say("Share"))
    yield Table(head, rows, (5, -2, 5, -2, -2))
    yield Paragraph(say("Shares are rounded by largest remainder, so that they add up to 100."), "note")


def _not_completed(report: Report, say: Language) -> Iterator[Block]:
    left = [activity for activity in report.plan.activities if activity.status.is_open]
    if not left:
        yield Paragraph(say("No activity of the plan is left open."))
        return
    rows = [
        (a.code, a.title, lead_words(a.leads, say.lang), printed_deadline(a, say.lang), _state(a, say), a.obstacles)
        for a in left
    ]
    head = (say("Code"), say("Activity"), say("Lead agency"), say("Deadline"), say("Status"), say("Obstacles"))
    yield Table(head, rows, (2, 7, 4, 4, 4, 5))


def _state(activity: Activity, say: Language) -> str:
    on = activity.reported_on
    reported = say("reported complete on {day}", day=day(on, say.lang)) if on else ""
    return "; ".join(filter(None, (activity.status.label(say.lang), reported, overdue_words(activity, say))))


def _indicators(report: Report, say: Language) -> Table:
    rows = [indicator.printed(say.lang) for indicator in report.indicators]
    return Table((say("Figure"), say("As reported"), say("As computed"), say("Checks")), rows, (6, 5, 3, 4))


def _activities(report: Report, say: Language) -> Table:
    rows = []
    for activity in report.plan.activities:
        done = day(activity.completed_on, say.lang) if activity.completed_on else ""
        rows.append(
            (
                activity.code,
                activity.title,
                lead_words(activity.leads, say.lang),
                printed_deadline(activity, say.lang),
                _state(activity, say),
                done,
            )
        )
    head = (say("Code"), say("Activity"), say("Lead agency"), say("Deadline"), say("Status"), say("Completed on"))
    return Table(head, rows, (2, 8, 4, 4, 4, 4))


def _basis(report: Report, say: Language) -> Iterator[Block]:
    content, period = report.content, report.period
    version = say("version {number}", number=report.version.text(say.lang))
    rows = [
        (say("Plan and version"), f"{report.plan.id}, {version}"),
        (
            say("Period"),
            f"{day(period.first, say.lang)} – {day(period.last, say.lang)} ({period.source or period.code})",
        ),
        (say("Counting rule"), content.rule.label(say.lang)),
        (say("Records taken into account"), say("log positions 1 to {position}", position=content.position)),
        (say("Issued"), f"{day(report.issued_on, say.lang)}, {report.by}"),
        *((say("Correction"), words) for words in correction_words(report, say)),
    ]
    yield Table((say("Basis"), ""), rows, (4, 9))
    yield Paragraph(
        say(
            "Each figure of this report can be followed to the records below: the log positions of the records that make "
            "the status of each activity so. Records that were made later are not in it."
        ),
        "note",
    )
    made = [
        (a.code, _state(a, say), ", ".join(str(record.position) for record in a.because))
        for a in report.plan.activities
    ]
    yield Table((say("Code"), say("Status"), say("Log positions of its records")), made, (2, 5, 6))
    if report.checkpoint:
        yield Heading(say("Appendix 3. Seal of the log"))
        yield Paragraph(
            say(
                "The log that these figures rest on was sealed when the report was issued. Whoever has the log, this text and "
                "the key of the seal, from elsewhere, can verify that no record of it was changed since."
            ),
            "note",
        )
        yield seal(report.checkpoint, say)
