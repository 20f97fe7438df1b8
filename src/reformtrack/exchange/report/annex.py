"""
The annex of a report as a workbook: values ready to copy, in Vietnamese number formats, with filters and a print area.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from fractions import Fraction
from io import BytesIO
from itertools import accumulate
from typing import Any

from reformtrack.domain.errors import InvalidField
from reformtrack.domain.protected import redacted
from reformtrack.domain.said import said
from reformtrack.domain.wording import Lang, day, lead_words
from reformtrack.exchange.report.qr import seal
from reformtrack.exchange.words import correction_words, headed, printed_deadline
from reformtrack.extras import extra
from reformtrack.language import Language
from reformtrack.views.plan import Plan
from reformtrack.views.report import Report

with extra("exchange"):
    import xlsxwriter
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

Value = str | int | Fraction | date | None
MAX_TEXT = 32_767
"""The longest text of a cell in Excel."""

_LONGEST_NOTE = 100
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def xlsx(report: Report, lang: Lang = "vi") -> bytes:
    """The annex of an issued report as a .xlsx file; the same report gives the same bytes."""
    say = Language(lang)
    saved = BytesIO()
    with xlsxwriter.Workbook(saved, _OPTIONS) as book:
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
    head = [
        *_terms(say),
        (say("Deadline"), 18),
        (say("Budget"), 16),
    ]
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
    with xlsxwriter.Workbook(saved, _OPTIONS) as book:
        _set(
            book.add_worksheet(say("Appendix")),
            plan.state.title,
            plan,
            day(plan.on, lang),
            head,
            rows,
            _Formats(book, say),
        )
    return saved.getvalue()


def _terms(say: Language) -> tuple[tuple[str, int], ...]:
    """The columns of what an activity is, with their widths."""
    return (
        (say("Code"), 8),
        (say("Domain"), 28),
        (say("Activity"), 60),
        (say("Output"), 28),
        (say("Lead agency"), 26),
        (say("Supporting agencies"), 30),
    )


def _activities(book: Workbook, report: Report, say: Language) -> None:
    head = [
        *_terms(say),
        (say("Deadline"), 16),
        (say("Due day"), 12),
        (say("Last due day"), 12),
        (say("Status"), 22),
        (say("Timeliness"), 14),
        (say("Completed on"), 14),
        (say("Reported complete on"), 14),
        (say("Evidence"), 40),
    ]
    rows: list[list[Value]] = []
    left: list[list[Value]] = []

    def listed(code: str, heading: str, items: Iterable[str]) -> str:
        """Items in a cell; those that do not fit are counted there and listed on a separate sheet."""
        texts = [redacted(item, say) for item in items]
        whole = "; ".join(texts)
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
        state, terms = activity.state, activity.state.terms
        rows.append(
            [
                activity.code,
                report.plan.domain_title(activity.domain),
                activity.title,
                terms.output,
                lead_words(activity.leads, say.lang),
                listed(activity.code, say("Supporting agencies"), terms.supporting),
                printed_deadline(activity, say.lang),
                activity.due,
                activity.deadline.last,
                activity.status.label(say.lang),
                activity.timeliness().label(say.lang),
                activity.completed_on,
                activity.reported_on,
                listed(activity.code, say("Evidence"), (document.text(say.lang) for document in state.evidence)),
            ]
        )
    _sheet(book, say("Activities"), report, head, rows, say)
    if left:
        _sheet(book, rest, report, [(say("Code"), 8), (say("Column"), 28), (say("Text"), 100)], left, say)


def _figures(book: Workbook, report: Report, say: Language) -> None:
    head = [
        (say("Line"), 44),
        (say("Activities"), 14),
        (say("Completed"), 14),
        (say("Rate"), 12),
        (say("Overdue"), 12),
    ]
    rows: list[list[Value]] = [
        [figure.title, figure.total, figure.completed, figure.rate, figure.overdue] for figure in report.content.figures
    ]
    _sheet(book, say("Figures"), report, head, rows, say)


def _indicators(book: Workbook, report: Report, say: Language) -> None:
    head = [
        (say("Figure"), 50),
        (say("Unit"), 14),
        (say("As reported"), 44),
        (say("As computed"), 24),
        (say("Checks"), 44),
    ]
    rows: list[list[Value]] = []
    for indicator in report.indicators:
        title, *rest = indicator.printed(say.lang)
        rows.append([title, indicator.definition.unit, *rest])
    _sheet(book, say("Other figures"), report, head, rows, say)


def _basis(book: Workbook, report: Report, say: Language) -> None:
    content = report.content
    rows: list[list[Value]] = [
        [say("Plan"), report.plan.id],
        [say("Plan version"), report.version.text(say.lang)],
        [say("First day"), report.period.first],
        [say("Cut-off"), report.period.last],
        [say("Counting rule"), content.rule.label(say.lang)],
        [say("Log position"), str(content.position)],
        [say("Issued"), report.issued_on],
        [say("Recorded by"), report.by],
    ]
    rows += [[say("Correction"), words] for words in correction_words(report, say)]
    rows += [[key, text] for key, text in report.plan.state.host_fields.items()]
    if report.checkpoint:
        rows.append([say("Seal of the log"), report.checkpoint])
    sheet = _sheet(book, say("Basis"), report, [(say("Basis"), 28), ("", 60)], rows, say)
    if report.checkpoint:
        made = seal(report.checkpoint, say)
        scale = {"x_scale": 0.4, "y_scale": 0.4, "description": made.text}
        below = 5 + len(rows)
        sheet.insert_image(below, 1, "seal.png", {"image_data": BytesIO(made.png), **scale})
        sheet.print_area(0, 0, below + 12, 1)
        sheet.fit_to_pages(1, 1)  # the picture would be cut where a page ends


def _sheet(
    book: Workbook,
    name: str,
    report: Report,
    head: Sequence[tuple[str, int]],
    rows: Sequence[Sequence[Value]],
    say: Language,
) -> Worksheet:
    """A title line, a line with the basis of the figures, the headings, the rows."""
    rule = say("rule: {rule}", rule=report.content.rule.label(say.lang))
    headline = f"{headed(report, say)}: {report.text(say.lang)}; {rule}"
    shown = [[redacted(value, say) if isinstance(value, str) else value for value in row] for row in rows]
    title = redacted(report.plan.state.title, say)
    sheet = book.add_worksheet(name)
    _set(sheet, title, report.plan, headline, head, shown, _Formats(book, say))
    return sheet


def _set(
    sheet: Worksheet,
    title: str,
    plan: Plan,
    when: str,
    head: Sequence[tuple[str, int]],
    rows: Sequence[Sequence[Value]],
    formats: "_Formats",
) -> None:
    sheet.write_string(0, 0, title, formats.title)
    notice = redacted(plan.notice, formats.say)
    sheet.write_string(1, 0, " · ".join(part for part in (when, notice) if part), formats.note)
    sheet.set_row(3, 34)
    for column, (text, width) in enumerate(head):
        sheet.set_column(column, column, width)
        sheet.write_string(3, column, text, formats.head)
    for number, row in enumerate(rows, 4):
        sheet.set_row(
            number, row_height(["" if value is None else str(value) for value in row], [width for _, width in head])
        )
        for column, value in enumerate(row):
            formats.write(sheet, number, column, value)
    last = 3 + len(rows)
    sheet.freeze_panes(4, 1)
    sheet.autofilter(3, 0, last, len(head) - 1)
    sheet.print_area(0, 0, last, len(head) - 1)
    sheet.repeat_rows(3)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")


def row_height(texts: Sequence[str], widths: Sequence[int]) -> float:
    """
    The height of a row, in points, in which texts of 12 points fit columns of some widths: not every program sets it by itself.

    >>> row_height(["Rà soát", "x" * 50], [20, 20])
    50.0
    """
    lines = max(
        (
            sum(max(1, -(-len(line) // max(1, width - 1))) for line in text.split("\n"))
            for text, width in zip(texts, widths, strict=False)
        ),
        default=1,
    )
    return min(400.0, 2 + 16.0 * lines)


class _Formats:
    """How cells look: numbers with a thousands mark, days as dd/mm/yyyy; a spreadsheet shows its own locale's marks."""

    def __init__(self, book: Workbook, say: Language) -> None:
        self.say = say
        font = {"font_name": "Times New Roman", "font_size": 12}
        cell = {**font, "border": 1, "valign": "top", "text_wrap": True}
        add: Callable[[dict[str, Any]], Format] = book.add_format
        self.title = add({**font, "bold": True, "font_size": 14})
        self.note = add({**font, "italic": True})
        self.head = add({**cell, "bold": True, "align": "center", "valign": "vcenter", "bg_color": "#f3f5f7"})
        self._text = add(cell)
        self._number = add({**cell, "num_format": "#,##0"})
        self._rate = add({**cell, "num_format": "0.0%"})
        self._day = add({**cell, "num_format": "dd/mm/yyyy" if say.lang == "vi" else "yyyy-mm-dd", "align": "center"})

    def write(self, sheet: Worksheet, row: int, column: int, value: Value) -> None:
        """A cell of the type of its value; a text is never a formula."""
        match value:
            case None:
                sheet.write_blank(row, column, None, self._text)
            case int():
                sheet.write_number(row, column, value, self._number)
            case Fraction():
                sheet.write_number(row, column, float(value), self._rate)
            case date():
                sheet.write_datetime(row, column, value, self._day)
            case str():
                sheet.write_string(row, column, value, self._text)
