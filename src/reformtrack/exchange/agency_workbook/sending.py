"""Makes the workbook that a lead agency fills in."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.protected import redacted
from reformtrack.domain.said import said as sentence
from reformtrack.domain.wording import Lang
from reformtrack.exchange.agency_workbook import form
from reformtrack.exchange.agency_workbook.form import DAYS, GIVEN, SHOWN, Mark, Place, columns
from reformtrack.exchange.appendix.lines import text_of
from reformtrack.exchange.report.sheet import OPTIONS, print_on_pages, row_height, write_cell
from reformtrack.exchange.words import shared
from reformtrack.extras import extra
from reformtrack.language import Language
from reformtrack.views.agencies import Registry
from reformtrack.views.plan import Plan

with extra("exchange"):
    import xlsxwriter

HEAD = 4
"""The row of the headings as it is sent, from 0."""

FONT = {"default_format_properties": {"font_name": "Times New Roman", "font_size": 12, "valign": "top"}}


@checks_arguments
def agency_workbook(plan: Plan, lead: str, lang: Lang = "vi", *, registry: Registry | None = None) -> bytes:
    """
    A .xlsx workbook of a lead agency's open activities: what is due, and cells to fill in; all others are protected.

    A recurring activity has a row for each occurrence that is open. What a split leaves undecided is in the workbook of each
    heir, with a comment at its code.

    Args:
        plan: the plan on a day.
        lead: the lead as printed; with a registry, who answers for the work, as `Work.names` has it.
        registry: the agencies on that day.

    Raises:
        InvalidField: the agency leads no open activity of the plan.
        UnreadableRecord: a record of the plan cannot be read.
    """
    plan.check_readable()
    saved, say = BytesIO(), Language(lang)
    whose = form.whose(plan, registry, printed=registry is None)
    rows = list(form.rows(plan, lead, whose, say))
    if not rows:
        how = sentence("as printed") if registry is None else sentence("as it is called on the day")
        accepted = sentence("an agency that leads an open activity of the plan, {how}", how=how)
        raise InvalidField("agency_workbook", "lead", lead, accepted)
    captions = form.captions(plan, lead, say)
    lines = [("", caption, *[""] * (len(SHOWN) - 1)) for caption in map(form.said, captions)]
    digest = form.digest_of([*lines, *([*map(form.said, cells)] for _, cells in rows)])
    with xlsxwriter.Workbook(saved, OPTIONS | FONT) as book:
        sheet, formats = book.add_worksheet(say("Updates")), formats_of(book)
        sheet.write_string(0, Place.ID, str(Mark(plan.id, plan.position, plan.on, digest)))
        for row, caption in enumerate(captions):
            sheet.write_string(row, Place.CODE, caption, formats["title"] if row == 0 else None)
        for column, (name, _) in enumerate(columns(say)):
            sheet.write_string(HEAD, column, name, formats["head"])
        for row, (activity, cells) in enumerate(rows, HEAD + 1):
            _write(sheet, row, cells, formats, say)
            is_joint = len(activity.leads) > 1
            several = plan.leads_of(activity) if is_joint else whose[activity.id]
            if mark := shared(several, say, is_joint=is_joint):
                sheet.write_comment(row, Place.CODE, redacted(mark, say))
        set_up(sheet, HEAD, HEAD + len(rows), list(Place), say)
    return saved.getvalue()


def _write(sheet: Any, row: int, cells: form.Row, formats: dict[str, Any], say: Language) -> None:
    sheet.set_row(row, row_height([*map(text_of, cells[1:])], [width for _, width in columns(say)[1:]]))
    for column, cell in enumerate(cells):
        write_cell(sheet, row, column, cell or None, formats["days" if isinstance(cell, date) else "text"])
    for column in GIVEN:
        sheet.write_blank(row, column, None, formats["given day" if column in DAYS else "given"])


def formats_of(book: Any) -> dict[str, Any]:
    """How cells look, by what they are. What may be filled in is text, so that Excel changes nothing that is typed."""
    cell = {"text_wrap": True, "border": 1}
    given = {**cell, "locked": False, "bg_color": "#fff8dc"}
    wrong = {"bg_color": "#ffc7ce"}
    days = {"num_format": "dd/mm/yyyy", "align": "left"}
    filled: dict[str, dict[str, Any]] = {
        "caption": {},
        "text": cell,
        "days": {**cell, **days},
        "given": {**given, "num_format": "@"},
        "given day": {**given, **days},
    }
    styles = {
        **filled,
        **{f"wrong {name}": {**style, **wrong} for name, style in filled.items()},
        "title": {"font_size": 14, "bold": True},
        "head": {**cell, "bold": True, "align": "center", "valign": "vcenter", "bg_color": "#f3f5f7"},
        "wrong head": {**cell, "bold": True, **wrong},
        "done": {**cell, "font_color": "#006100"},
        "not done": {**cell, "font_color": "#9c0006"},
    }
    return {name: book.add_format(style) for name, style in styles.items()}


def set_up(sheet: Any, head: int, last: int, places: Sequence[int], say: Language) -> None:
    """What holds for a table: its widths, what can be chosen, what is protected, how it is printed."""
    width = max(places)
    for place, (_, size) in zip(places, columns(say), strict=False):
        sheet.set_column(place, place, size, None, {"hidden": place == places[Place.ID]})
    sheet.set_row(head, 50)
    chosen = places[Place.UPDATE]
    choices = {"validate": "list", "source": list(form.updates(say).values())}
    sheet.data_validation(head + 1, chosen, last, chosen, choices)
    for place in (places[column] for column in DAYS):
        limits = {"validate": "date", "criteria": "between", "minimum": form.FIRST, "maximum": form.LAST}
        sheet.data_validation(head + 1, place, last, place, limits)
    sheet.protect("", {"format_columns": True, "format_rows": True, "sort": False, "autofilter": True})
    sheet.freeze_panes(head + 1, places[Place.TITLE] + 1)
    sheet.autofilter(head, 0, last, width)
    sheet.print_area(0, places[Place.CODE], last, width)
    sheet.repeat_rows(head)
    print_on_pages(sheet, 0.3, 0.4)
