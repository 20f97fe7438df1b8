"""The appendices of a report: its activities by domain, the basis of its figures, the seal of the log."""

from collections.abc import Iterator, Sequence
from datetime import UTC, timedelta

import attrs

from reformtrack.domain.period import cited_source
from reformtrack.domain.progress import CountingRule
from reformtrack.domain.values import Document
from reformtrack.domain.wording import capital, day, lead_words, percent, roman
from reformtrack.exchange.report import form
from reformtrack.exchange.report.blocks import Block, Id, Line, Table
from reformtrack.exchange.report.body import named
from reformtrack.exchange.report.qr import seal
from reformtrack.exchange.report_words import correction_words
from reformtrack.exchange.words import instant, outcome_words, printed_deadline
from reformtrack.language import Language
from reformtrack.views.plan import PATH
from reformtrack.views.report import Report


@attrs.frozen
class Appendix:
    title: str
    blocks: Sequence[Block]
    landscape: bool = False


def appendices(report: Report, say: Language, *, with_basis: bool) -> Iterator[tuple[str, Appendix]]:
    """The appendices of a report by their names; numbered where there are several."""
    found = [Appendix(say("Activities of the plan by domain"), [_activities(report, say)], landscape=True)]
    if with_basis:
        found.append(Appendix(say("Basis of figures"), list(_basis(report, say))))
    if report.checkpoint:
        found.append(Appendix(say("Seal of the log"), list(_sealed(report, say))))
    for place, one in enumerate(found, 1):
        yield (say("Appendix {number}", number=roman(place)) if len(found) > 1 else say("Appendix to the report")), one


def _activities(report: Report, say: Language) -> Table:
    """Under the heading of each domain, and of each group in it."""
    plan, lang = report.plan, say.lang
    rows: list[Sequence[str]] = []
    for domain in dict.fromkeys((*(one.code for one in plan.state.domains), *(one.domain for one in plan.activities))):
        rows.append((plan.domain_line(domain),))
        group: tuple[str, ...] = ()
        for one in plan.activities:
            if one.domain != domain:
                continue
            if one.group != group:
                rows.append((PATH.join(one.group) or capital(say("under no heading")),))
            group, terms = one.group, one.state.terms
            rows.append(
                (
                    Id(named(one, plan)),
                    one.title,
                    terms.output,
                    lead_words(one.leads, lang),
                    "; ".join(terms.supporting),
                    printed_deadline(one, lang),
                    outcome_words(one, say),
                    "; ".join(_evidence(document, say) for document in one.state.evidence),
                )
            )
    head = (
        *(say("No. in the plan"), say("Activity"), say("Output"), say("Lead agency"), say("Supporting agencies")),
        *(say("Deadline"), say("Status"), say("Evidence")),
    )
    return Table(head, rows, _widths([row for row in rows if len(row) > 1]))


_LEAST = (12, 30, 16, 18, 18, 21, 20, 20)
"""The least width of each column, in millimetres: of a number, a day, the longest words."""


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """The widths of the columns: what is left goes to those with the longest texts, so that rows are low."""
    lengths = [sum(map(len, column)) for column in zip(*rows, strict=True)] or [1] * len(_LEAST)
    left = form.width(landscape=True) - sum(_LEAST)
    return [least + left * length // sum(lengths) for least, length in zip(_LEAST, lengths, strict=True)]


def _evidence(document: Document, say: Language) -> str:
    """A piece of evidence by its number, else by its title; and of which day. All of it is in the annex."""
    words = " ".join(filter(None, (document.type, document.number))) if document.number else document.title
    named = words or document.text(say.lang)
    return f"{named} ({day(document.date, say.lang)})" if document.date and words else named


def _basis(report: Report, say: Language) -> Iterator[Block]:
    content, period, lang = report.content, report.period, say.lang
    version = say("version {number}", number=report.version.text(lang))
    is_backdated = report.issued_at.date() > report.issued_on + timedelta(days=1)  # by more than a zone may differ
    recorded = say("recorded at {instant} UTC", instant=instant(report.issued_at, UTC, lang)) if is_backdated else ""
    issued = ", ".join(filter(None, (day(report.issued_on, lang), report.by, recorded)))
    rows = [
        (say("Plan and version"), Id(f"{report.plan.id}, {version}")),
        (
            say("Period"),
            f"{day(period.first, lang)} – {day(period.last, lang)} ({cited_source(period) or period.code})",
        ),
        (say("Counting rule"), content.rule.label(lang)),
        (say("Records taken into account"), say("log positions 1 to {position}", position=content.position)),
        (say("Draft") if report.is_draft else say("Issued"), issued),
        *((say("Correction"), words) for words in correction_words(report, say)),
    ]
    yield Table((say("Basis"), ""), rows, (4, 9))
    yield Line(form.BODY, say("The rate under each counting rule, and what it leaves out:"))
    rates = [(rule, report.plan.progress(rule)) for rule in CountingRule]
    figures = [(rule.label(lang), one.ratio(lang), percent(one.rate, lang), one.left_out(lang)) for rule, one in rates]
    yield Table((say("Counting rule"), say("Completed"), say("Rate"), say("Left out")), figures, (4, -2, -2, 4))
    words = say(
        "Each figure of this report can be followed to the records that make the status of each activity so; records made "
        "later are not in it."
    )
    yield Line(form.NOTE, words)


def _sealed(report: Report, say: Language) -> Iterator[Block]:
    yield Line(
        form.NOTE,
        say(
            "The log that these figures rest on was sealed when the report was issued. Whoever has the log, this text and "
            "the key of the seal, from elsewhere, can verify that no record of it was changed since."
        ),
    )
    yield seal(report.checkpoint, say)
