"""
A report as a document: its parts in order, before they are written as Word, HTML or PDF.

Every figure was locked when the report was issued, and the plan is the one known then. So the document of an issued
report never changes.
"""

import re
from collections.abc import Iterator

import attrs

from reformtrack.domain.period import cited_source
from reformtrack.domain.protected import redacted
from reformtrack.domain.wording import Lang, capital, day, folded
from reformtrack.exchange.report import form
from reformtrack.exchange.report.appendices import appendices
from reformtrack.exchange.report.blocks import Block, Id, Line, Pair, ReportDocument, Sheet, Table
from reformtrack.exchange.report.body import body
from reformtrack.exchange.report.document import Letterhead, unit_of, within
from reformtrack.exchange.report_words import headed, replaced, replacing_words, written
from reformtrack.language import Language
from reformtrack.views.beside import Beside
from reformtrack.views.report import Report


@attrs.frozen
class Cover:
    """What stands around the parts of a report."""

    head: Letterhead
    kind: str
    subject: str
    replaces: str
    """The report that it replaces; empty for none."""
    notice: str
    """The plan's notice, such as that its figures are illustrative."""
    dateline: str
    """Place and day of issue."""
    cited: str
    """The report as its appendices name it."""
    draft: str
    """That it is a draft; empty for an issued one."""


def report_document(
    report: Report,
    lang: Lang = "vi",
    letterhead: Letterhead | None = None,
    *,
    beside: Beside | None = None,
    with_basis: bool = False,
) -> ReportDocument:
    """
    The document of a report.

    Args:
        report: an issued one, or a draft.
        lang: the language.
        letterhead: the letterhead and signature.
        beside: what it is compared with, as `Reports.beside` gives it.
        with_basis: with an appendix on the basis of its figures.

    Raises:
        UnreadableRecord: a record of the plan cannot be read.
    """
    say, around = Language(lang), cover(report, lang, letterhead)
    blocks = (
        *_top(around, say),
        *_opening(report, around, say),
        *body(report, beside or Beside(), say),
        *_closing(around, say),
        *_appended(report, around, say, with_basis=with_basis),
    )
    return ReportDocument(
        lang=lang,
        title=around.subject,
        kind=around.kind,
        organ=around.head.organ,
        on=report.sent.event.on,
        footer=around.draft,
        blocks=tuple(_shown(block, say) for block in blocks),
    )


def cover(report: Report, lang: Lang = "vi", letterhead: Letterhead | None = None) -> Cover:
    say, event, state = Language(lang), report.sent.event, report.plan.state
    number = redacted(event.document.number, say) if event.document else ""
    head = (letterhead or Letterhead()).completed(redacted(state.jurisdiction, say), number, lang)
    on = event.on
    year = say("…… …… {year}", year=on.year)  # a draft has no day yet
    dated = year if report.is_draft else written(on, say)
    cited = say("(Attached to Report No. {number} of {day}, {organ})", number=head.number, day=dated, organ=head.organ)
    return Cover(
        head=head,
        kind=say("REPORT"),
        subject=redacted(subject_of(report, say), say),
        replaces=say("(Replaces {report})", report=replaced(report, say)) if report.corrections else "",
        notice=redacted(report.plan.notice, say),
        dateline=f"{head.place}, {dated}" if head.place else dated,
        cited=cited,
        draft=say("DRAFT") if report.is_draft else "",
    )


def subject_of(report: Report, say: Language) -> str:
    """What a report is about: the results of its plan, by the plan's own title; and its period, where that does not name it."""
    state, period = report.plan.state, report.period.label(say.lang)
    if say.lang == "en":
        return say("{plan}: results of {period}", plan=state.title, period=headed(report, say))
    plan = plan_words(state.title, state.jurisdiction, say)
    if folded(period) in folded(plan):
        return say("{plan}: results", plan=plan)
    return say("{plan}: results of {period}", plan=plan, period=period)


_KINDS = "(kế hoạch|chương trình|đề án|nghị quyết|quyết định|chỉ thị|chiến lược|dự án|phương án|danh mục|đề cương)"


def plan_words(title: str, jurisdiction: str, say: Language) -> str:
    """
    The title of a Vietnamese plan within a sentence, with its kind and its place.

    >>> plan_words("Cải cách hành chính năm 2024", "Tỉnh Đắk Nông", Language("vi"))
    'Kế hoạch cải cách hành chính năm 2024 của tỉnh Đắk Nông'
    >>> plan_words("Kế hoạch CCHC năm 2026 của Sở Tư pháp", "Sở Tư pháp tỉnh Lâm Đồng", Language("vi"))
    'Kế hoạch CCHC năm 2026 của Sở Tư pháp'
    >>> plan_words("KẾ HOẠCH CCHC năm 2024 tỉnh Đắk Nông", "Tỉnh Đắk Nông", Language("vi"))
    'Kế hoạch CCHC năm 2024 tỉnh Đắk Nông'
    """
    text, place = " ".join(title.split()).rstrip("."), within(jurisdiction)
    if text.isupper():
        text = re.sub(re.escape(place), lambda _: place, text.lower(), flags=re.IGNORECASE)
    if found := re.match(_KINDS, text, re.IGNORECASE):
        text = found[0].capitalize() + text[found.end() :]
    else:
        words = text.split()
        named = len(words) > 1 and words[1][:1].isupper()  # a name, or an acronym as CCHC: kept as it is
        lowered = text if named or text[1:2].isupper() else text[:1].lower() + text[1:]
        text = say("plan {title}", title=lowered)
    _, name = unit_of(jurisdiction)
    _, of, owner = folded(text).rpartition(" cua ")
    is_named = folded(name) in folded(text) or (bool(of) and folded(name).startswith(f"{owner} "))
    return text if not name or is_named else say("{plan} of {place}", plan=text, place=place)


def _top(around: Cover, say: Language) -> Iterator[Block]:
    head = around.head
    left = [
        *([Line(form.PARENT, head.parent)] if head.parent else ()),
        Line(form.ORGAN, head.organ_lines),
        Line(form.NUMBER, say("No.: {number}", number=head.number)),
        *([Line(form.DRAFT, around.draft)] if around.draft else ()),
    ]
    right = [
        *([Line(form.NATION, head.nation)] if head.nation else ()),
        *([Line(form.MOTTO, head.motto)] if head.motto else ()),
        Line(form.DATELINE, around.dateline),
    ]
    yield Pair(left, right, form.HEAD_WIDTHS)
    yield Line(form.KIND, around.kind)
    yield Line(form.SUBJECT, form.balanced(around.subject, form.SUBJECT, 150))
    if around.replaces:
        yield Line(form.REPLACES, around.replaces)
    if around.notice:
        yield Line(form.NOTICE, f"({around.notice})")
    if head.addressee:
        yield Line(form.ADDRESSEE, say("To: {agency}", agency=head.addressee))


def _opening(report: Report, around: Cover, say: Language) -> Iterator[Block]:
    if words := replacing_words(report, say):
        yield Line(form.BODY, words)
    period, state, lang = report.period, report.plan.state, say.lang
    plan = plan_words(state.title, state.jurisdiction, say) if lang == "vi" else state.title
    basis = f"{plan} ({state.document.text(lang)})" if state.document else plan
    days = say("from {first} to {last}", first=day(period.first, lang), last=day(period.last, lang))
    source = cited_source(period)
    if re.match(r"\d+/", source):
        source = say("by document No. {number}", number=source)
    yield Line(
        form.BODY,
        say(
            "In carrying out {plan}, {organ} reports the results of {period} ({days}) as follows:",
            plan=basis,
            organ=around.head.organ,
            period=period.label(lang),
            days=", ".join(filter(None, (days, source))),
        ),
    )


def _closing(around: Cover, say: Language) -> Iterator[Block]:
    subject = around.subject
    if say.lang == "vi":
        subject = subject[:1].lower() + subject[1:]
    yield Line(form.BODY, say("This was the report “{subject}”.", subject=subject))
    head, lang = around.head, say.lang
    recipients = [Line(form.RECIPIENT, line) for line in head.recipient_lines(lang)]
    left = [Line(form.RECIPIENTS, say("Recipients:")), *recipients] if recipients else []
    right = [Line(form.SIGNER_TITLE, line) for line in head.signature(lang)]
    yield Pair(left, [*right, Line(form.SIGNER, head.signer)], form.SIGN_WIDTHS)


def _appended(report: Report, around: Cover, say: Language, *, with_basis: bool) -> Iterator[Block]:
    for name, one in appendices(report, say, with_basis=with_basis):
        yield Sheet(one.landscape)
        yield Line(form.APPENDIX, name)
        width = form.width(landscape=one.landscape) - 10
        yield Line(form.APPENDIX_TITLE, one.title)
        yield Line(form.APPENDIX_OF, form.balanced(around.cited, form.APPENDIX_OF, width))
        yield from one.blocks


def _shown(block: Block, say: Language) -> Block:
    """A block with protected data replaced, and with capitals at the beginning of cells."""
    match block:
        case Line():
            return _line(block, say)
        case Pair():
            left, right = ([_line(one, say) for one in lines] for lines in (block.left, block.right))
            return attrs.evolve(block, left=left, right=right)
        case Table():
            rows = [tuple(_cell(text, say) for text in row) for row in block.rows]
            return attrs.evolve(block, head=[_cell(text, say) for text in block.head], rows=rows)
        case Sheet():
            return block
        case _:
            return attrs.evolve(block, text=redacted(block.text, say))


def _line(line: Line, say: Language) -> Line:
    return Line(line.part, redacted(line.text, say))


def _cell(text: str, say: Language) -> str:
    shown = _shortened(redacted(text, say), say)
    return shown if isinstance(text, Id) else capital(shown)


MOST_SIGNS, MOST_LINES = 4_000, 40
"""The most of a text in a cell: more than anybody writes there, and little enough that a document of many is soon made."""


def _shortened(text: str, say: Language) -> str:
    head = "".join(text[:MOST_SIGNS].splitlines(keepends=True)[:MOST_LINES])
    return text if head == text else say("{text}… (shortened here: the record has all of it)", text=head.rstrip())
