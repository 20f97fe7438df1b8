"""The annex of a report as a workbook: values ready to copy, in Vietnamese number formats, with filters and a print area."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from io import BytesIO
from itertools import accumulate

from reformtrack.domain.errors import InvalidField
from reformtrack.domain.protected import redacted
from reformtrack.domain.said import said
from reformtrack.domain.wording import Lang, capital, day, lead_words
from reformtrack.exchange.appendix.sheet_reader.cells import MAX_TEXT
from reformtrack.exchange.appendix.vocabulary import field_label
from reformtrack.exchange.report.qr import seal
from reformtrack.exchange.report.sheet import OPTIONS, Kind, Sheet, Value
from reformtrack.exchange.report_words import correction_words, headed
from reformtrack.exchange.words import printed_deadline
from reformtrack.extras import extra
from reformtrack.language import Language
from reformtrack.views.activity import Activity
from reformtrack.views.plan import Plan
from reformtrack.views.report import Report

with extra("exchange"):
    import xlsxwriter
    from xlsxwriter.workbook import Workbook

_LONGEST_NOTE = 100


def xlsx(report: Report, lang: Lang = "vi") -> bytes:
    """The annex of an issued report as a .xlsx file; the same report gives the same bytes."""
    say = Language(lang)
    saved = BytesIO()
    with xlsxwriter.Workbook(saved, OPTIONS) as book:
        made = datetime.combine(report.sent.event.on, time())
        title, author = redacted(report.plan.state.title, say), redacted(report.plan.state.jurisdiction, say)
        book.set_properties({"title": title, "author": author, "created": made})
        _activities(book, report, say)
        _figures(book, report, say)
        if report.indicators:
            _indicators(book, report, say)
        _basis(book, report, say)
    return saved.getvalue()


def appendix_xlsx(plan: Plan, lang: Lang = "vi") -> bytes:
    """
    The current appendix of a plan, as a .xlsx file for `import_appendix`; importing it unchanged records nothing.

    Activities that have left the plan are not in it.

    Raises:
        UnreadableRecord: a record of the plan cannot be read.
        InvalidField: the supporting agencies of an activity do not fit into a cell.
    """
    plan.check_readable()
    say, saved = Language(lang), BytesIO()
    head = [*_terms(say, (8, 26, 60, 26, 26, 28)), (say("Deadline"), 16), (say("Budget (đồng)"), 14)]
    rows: list[list[Value]] = []
    for activity in plan.activities:
        terms = activity.state.terms
        if not activity.status.has_left:
            supporting = "; ".join(terms.supporting)
            if len(supporting) > MAX_TEXT:
                accepted = said("names of at most {most} characters together, the limit of a cell", most=MAX_TEXT)
                raise InvalidField("appendix", "supporting", supporting, accepted)
            what: list[Value] = [activity.code, plan.domain_title(terms.domain), terms.title, terms.output]
            rows.append([*what, "; ".join(terms.leads) or "–", supporting, terms.deadline.text, terms.budget])
    note = _note(plan, capital(say("as of {day}", day=day(plan.on, lang))), say)
    with xlsxwriter.Workbook(saved, OPTIONS) as book:
        sheet = Sheet(name=say("Appendix"), title=plan.state.title, note=note, head=head, rows=rows)
        sheet.write(book, say)
    return saved.getvalue()


def _note(plan: Plan, when: str, say: Language) -> str:
    return " · ".join(part for part in (when, capital(redacted(plan.notice, say))) if part)


def _terms(say: Language, widths: Sequence[int]) -> list[tuple[str, int]]:
    """The columns of what an activity is."""
    fields = ("code", "domain", "title", "output", "lead", "supporting")
    return [(field_label(field, say), width) for field, width in zip(fields, widths, strict=True)]


def _activities(book: Workbook, report: Report, say: Language) -> None:
    has_numbers = any(activity.number not in ("", activity.code) for activity in report.plan.activities)
    head = [
        *[(say("No."), 6)] * has_numbers,
        *_terms(say, (8, 15, 38 - 7 * has_numbers, 16, 16, 17)),
        (say("Deadline"), 12),
        (say("Due day"), 11),
        (say("Last due day"), 11),
        (say("Status"), 12),
        (say("Timeliness"), 12),
        (say("Completed on"), 11),
        (say("Reported complete on"), 11),
        (say("Evidence"), 22),
    ]
    rows: list[list[Value]] = []
    left: list[list[Value]] = []

    def listed(code: str, heading: str, items: Iterable[str]) -> str:
        """Items in a cell; those that do not fit are counted there and listed on a separate sheet."""
        texts = [redacted(item, say) for item in items]
        whole = capital("; ".join(texts))
        if len(whole) <= MAX_TEXT:
            return whole
        ends = accumulate(len(text) + 2 for text in texts)
        fit = sum(end < MAX_TEXT - _LONGEST_NOTE for end in ends)
        left.extend([code, heading, text] for text in texts[fit:])
        note = say.plural(
            "{count} more on the sheet {sheet}", "{count} more on the sheet {sheet}", len(texts) - fit, sheet=rest
        )
        return "; ".join([*texts[:fit], note])

    rest = say("Continued")
    for activity in report.plan.activities:
        state, terms, number = activity.state, activity.state.terms, activity.number
        rows.append(
            [
                *[int(number) if number.isascii() and number.isdecimal() else number] * has_numbers,
                activity.code,
                report.plan.domain_title(activity.domain),
                activity.title,
                terms.output,
                lead_words(activity.leads, say.lang),
                listed(activity.code, say("Supporting agencies"), terms.supporting),
                printed_deadline(activity, say.lang),
                activity.due,
                activity.deadline.last,
                capital(activity.status.label(say.lang)),
                capital(activity.timeliness().label(say.lang)),
                activity.completed_on,
                activity.reported_on,
                listed(activity.code, say("Evidence"), (document.text(say.lang) for document in state.evidence)),
            ]
        )
    kinds = [kind_of(activity) for activity in report.plan.activities]
    _sheet(report, say("Activities"), head, rows, say, kinds=kinds, frozen=1 + has_numbers).write(book, say)
    if left:
        below = [(say("Code"), 8), (say("Column"), 28), (say("Text"), 100)]
        _sheet(report, rest, below, left, say).write(book, say)


def kind_of(activity: Activity) -> Kind:
    if activity.status.has_left:
        return "left"
    return "late" if activity.is_overdue else "line"


def _figures(book: Workbook, report: Report, say: Language) -> None:
    head = [
        (say("Split by"), 18),
        (say("Line"), 60),
        (say("Number of activities"), 19),
        (say("Completed"), 16),
        (say("Rate"), 12),
        (say("Overdue"), 12),
    ]
    kinds: dict[str, tuple[str, Kind]] = {
        "total": (say("Total"), "total"),
        "domain": (say("Domain"), "part"),
        "lead": (say("Lead agency"), "line"),
    }
    figures = [(kinds[figure.key.partition(":")[0]], figure) for figure in report.content.figures]
    rows: list[list[Value]] = [
        [name, report.title_of(one, say.lang), one.total, one.completed, one.rate, one.overdue]
        for (name, _), one in figures
    ]
    _sheet(report, say("Figures"), head, rows, say, kinds=[kind for (_, kind), _ in figures], frozen=2).write(book, say)


def _indicators(book: Workbook, report: Report, say: Language) -> None:
    head = [
        (say("Figure"), 50),
        (say("Unit"), 14),
        (say("As reported"), 44),
        (say("As on record"), 24),
        (say("Rate"), 10),
        (say("Checks"), 44),
    ]
    rows: list[list[Value]] = []
    for indicator in report.indicators:
        title, reported, computed, checks = indicator.printed(say.lang)
        rows.append([title, indicator.definition.unit, reported, computed, indicator.rate, capital(checks)])
    _sheet(report, say("Other figures"), head, rows, say).write(book, say)


def _basis(book: Workbook, report: Report, say: Language) -> None:
    content = report.content
    rows: list[list[Value]] = [
        [say("Plan"), report.plan.id],
        [say("Plan version"), report.version.text(say.lang)],
        [say("First day"), day(report.period.first, say.lang)],
        [say("Cut-off"), day(report.period.last, say.lang)],
        [say("Counting rule"), capital(content.rule.label(say.lang))],
        [say("Log position"), str(content.position)],
        [say("Issued"), day(report.issued_on, say.lang)],
        [say("Recorded by"), report.by],
    ]
    rows += [[say("Correction"), words] for words in correction_words(report, say)]
    rows += [[capital(key), capital(text)] for key, text in report.plan.state.host_fields.items()]
    if report.checkpoint:
        rows.append([say("Seal of the log"), report.checkpoint])
    sheet = _sheet(report, say("Basis"), [(say("Basis"), 28), (say("Content"), 100)], rows, say).write(book, say)
    if report.checkpoint:
        made = seal(report.checkpoint, say)
        scale = {"x_scale": 0.4, "y_scale": 0.4, "description": made.text}
        below = 5 + len(rows)
        sheet.insert_image(below, 1, "seal.png", {"image_data": BytesIO(made.png), **scale})
        sheet.print_area(0, 0, below + 12, 1)
        sheet.fit_to_pages(1, 1)  # the picture would be cut where a page ends


def _sheet(
    report: Report,
    name: str,
    head: Sequence[tuple[str, int]],
    rows: Sequence[Sequence[Value]],
    say: Language,
    kinds: Sequence[Kind] = (),
    frozen: int = 1,
) -> Sheet:
    """A sheet about a report, with the basis of the figures; protected data is replaced."""
    rule = say("rule: {rule}", rule=report.content.rule.label(say.lang))
    note = _note(report.plan, f"{capital(headed(report, say))}: {report.text(say.lang)}; {rule}", say)
    shown = [[redacted(value, say) if isinstance(value, str) else value for value in row] for row in rows]
    title = redacted(report.plan.state.title, say)
    return Sheet(name=name, title=title, note=note, head=head, rows=shown, kinds=kinds, frozen=frozen)
