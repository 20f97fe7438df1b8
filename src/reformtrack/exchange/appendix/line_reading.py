"""
One row of a table: the fields that its cells are, and the number that stands before it.
"""

import re
from collections.abc import Collection, Mapping
from itertools import count

from reformtrack.domain.texts import one_line
from reformtrack.exchange.appendix.account import Account
from reformtrack.exchange.appendix.headings import own_texts, role_of
from reformtrack.exchange.appendix.lines import Number, numbered, parted, text_of
from reformtrack.exchange.appendix.rows import Line, Table
from reformtrack.exchange.appendix.sheet_reader import cell_name

_TICKS = ("x", "v", "✓", "✔", "√", "●", "•", "*", "có", "yes", "1", "☑", "☒", "þ", "ü")


def line_in(account: Account, table: Table, number: int, letter: str, *, quiet: bool = False) -> Line | None:
    """A row with texts of its own; None for one without, and for one with only the numbers of the columns."""
    sheet, headings = table.sheet, table.headings
    row = sheet.rows[number]
    own, answers = own_texts(sheet, number), account.answers.cells
    if answers:
        own = {p: answers.get(f"{sheet.name}!{cell_name(number, p)}", text) for p, text in own.items()}
    if not own and quiet:
        return None
    if not own:
        booleans = [p for p, cell in enumerate(row) if isinstance(cell, bool)]
        for place in booleans:
            account.check_cell(sheet, number, place)
        return None
    if len(own) > 2 and all(re.fullmatch(r"\(?\d{1,2}\)?(\s*=.*)?", text) for text in own.values()):
        if not quiet:
            account.put(sheet, number, "heading", own, "heading")
        return None
    get: dict[str, str] = {}
    custom: dict[str, str] = {}
    parts: dict[str, str] = {}
    ticks: list[str] = []
    for place, heading in headings.all.items():
        cell = row[place] if place < len(row) else None
        text = own.get(place, text_of(cell)) if place < len(row) else ""
        if place not in own and answers:  # an answer may fill in an empty cell
            text = answers.get(f"{sheet.name}!{cell_name(number, place)}", text)
        if not text or account.is_left_cell(sheet, number, place):
            continue
        if heading.column in headings.columns:
            get[heading.column] = text
        elif heading.column == "tick":
            ticks.append(heading.period if text.casefold() in _TICKS else text)
        elif heading.column == "role":
            field = role_of(text) or "lead"
            get[field] = "; ".join(filter(None, (get.get(field, ""), one_line(heading.text.rpartition(": ")[2]))))
        elif heading.column in ("quarter", "month", "year", "day"):
            parts[heading.column] = text
        elif (heading.column != "left" and (number, place) not in sheet.merged_down) or heading.column == "custom":
            custom[_unused(one_line(heading.text)[:100] or cell_name(0, place)[:-1], custom)] = text
    if ticks:
        get["deadline"] = "; ".join([*([get["deadline"]] if get.get("deadline") else []), *ticks])
    if parts:
        get["deadline"] = _joined_parts(parts, get.get("deadline", ""))
    code, title = get.get("code", ""), get.get("title", "")
    mark, head = _marked(table, number, own, code, title, letter)
    return Line(table, number, own, get, custom, mark, head)


def _marked(
    table: Table, number: int, own: Mapping[int, str], code: str, title: str, letter: str
) -> tuple[Number, str]:
    """The number that stands before a row, and its title as that of a section."""
    sheet, headings = table.sheet, table.headings
    at = headings.columns.get("code", -1)
    if (number, at) in sheet.merged_down:
        code = ""
    mark = numbered(code, letter)
    if title and (number, headings.columns.get("title", -1)) not in sheet.merged_down:
        if mark.form == "none" and re.match(r"[-–+•]\s*\S", title):
            return Number("dash", ""), title
        both = parted(title, letter) if mark.form == "none" else None
        return (both[0], both[1]) if both else (mark, title)
    first = min(own)
    text = own[first]
    # A section may stand in the first column, or in a merged row.
    if first <= max(at, headings.columns.get("title", 0)) and (at != first or mark.form in ("other", "named", "group")):
        both = parted(text, letter)
        return both or (Number("none", ""), text)
    return mark, ""


def _joined_parts(parts: Mapping[str, str], main: str) -> str:
    """A deadline of several columns: quarter, month or day, and year."""
    year = parts.get("year", "")
    if main:
        return (
            f"{main}/{year}"
            if year and not re.search(r"20[0-9]{2}", main) and re.fullmatch(r"20[0-9]{2}", year)
            else main
        )
    text = ""
    if quarter := parts.get("quarter"):
        text = f"Quý {quarter}" if re.fullmatch(r"[1-4]|IV|I{1,3}", quarter, re.IGNORECASE) else quarter
    elif month := parts.get("month"):
        text = f"tháng {month}" if month.isdigit() else month
    if day := parts.get("day"):
        text = f"{day}/{parts['month']}" if parts.get("month", "").isdigit() and day.isdigit() else day
    if not text or not year:
        return text or year
    return f"{text}/{year}" if text[-1:].isdigit() or re.search(r"[IV]$", text) else f"{text} {year}"


def _unused(name: str, used: Collection[str]) -> str:
    """A name that is no other's."""
    name = f"{name} (2)" if name in ("note", "budget", "supporting") else name
    return next(tried for n in count(1) if (tried := name if n == 1 else f"{name} ({n})") not in used)
