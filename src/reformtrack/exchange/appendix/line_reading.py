"""One row of a table: the fields that its cells are, and the number that stands before it."""

import re
from collections.abc import Collection, Mapping
from datetime import date
from itertools import count

from reformtrack.domain.texts import one_line
from reformtrack.exchange.appendix.account import Account
from reformtrack.exchange.appendix.agencies import by_role
from reformtrack.exchange.appendix.headings import own_texts
from reformtrack.exchange.appendix.lines import Number, is_tick, is_unticked, numbered, parted, quoted, text_of
from reformtrack.exchange.appendix.rows import Line, Table
from reformtrack.exchange.appendix.sheet_reader.cells import cell_name, column_name
from reformtrack.exchange.appendix.sheets import Fixed, Numbered
from reformtrack.exchange.appendix.vocabulary import PARTS, role_of, years_in

_COUNTED = re.compile(r"\(?\d{1,2}\)?(\s*=.*)?")
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}


def line_in(
    account: Account, table: Table, number: int, letters: str, above: str = "", *, quiet: bool = False
) -> Line | None:
    """
    A row with texts of its own; None for one without, and for one with only the numbers of the columns.

    Args:
        letters: as `numbered` has them.
        above: the last whole number before a row.
        quiet: nothing is told of it, since the row is read again.
    """
    sheet, headings = table.sheet, table.headings
    row, answers = sheet.rows[number], account.answers.cells
    own = own_texts(sheet, number)
    if answers:
        own = {place: answers.get(f"{sheet.name}!{cell_name(number, place)}", text) for place, text in own.items()}
    if not own:
        for place, cell in enumerate(() if quiet else row):
            if isinstance(cell, bool) or sheet.unclear:
                account.check_cell(sheet, number, place)
        return None
    if len(own) > 2 and all(_COUNTED.fullmatch(text) for text in own.values()):
        if not quiet:
            account.put(sheet, number, "heading")
        return None
    get: dict[str, str] = {}
    custom: dict[str, str] = {}
    parts: dict[str, str] = {}
    ticks: list[str] = []
    for place, heading in headings.all.items():
        cell = sheet.cell(number, place) if heading.column == "code" else None
        if place in own and isinstance(cell, Fixed):
            own[place] = cell.shown
        if place in own and isinstance(cell, date):
            key = f"{sheet.name}!{cell_name(number, place)}"
            if typed := "" if key in answers else _typed(cell, above, account):
                own[place] = typed
            elif not quiet and key not in answers:
                what = account.say(
                    "the number {text} is a day, which Excel may have made of a number as 1.1", text=quoted(own[place])
                )
                both = dict.fromkeys((f"{cell.day}.{cell.month}", f"{cell.month}.{cell.day}"))
                at, to_do = (sheet.name, cell_name(number, place)), account.say("write the number as a text")
                account.ask(at, what, to_do, f"cells:{key}", tuple(both))
        text = own[place] if place in own else text_of(row[place]) if place < len(row) else ""
        if answers and place not in own:  # an answer may fill in an empty cell
            text = answers.get(f"{sheet.name}!{cell_name(number, place)}", text)
        if not text or account.is_left_cell(sheet, number, place):
            continue
        column, cell = heading.column, sheet.cell(number, place)
        if isinstance(cell, Numbered) and column not in ("title", "code") and text == text_of(cell):
            text = text_of(cell.bare)
        if column in ("lead", "supporting"):
            for field, names in by_role(text, column).items():
                get[field] = "; ".join(filter(None, (get.get(field, ""), names)))
        elif column in headings.columns:
            get[column] = text
        elif column == "tick":
            if not is_unticked(text):
                is_when = account.reads(text)
                period = table.period_to(number, place)
                if is_when and period.startswith("Năm ") and not years_in(text):
                    text = f"{text}/{period[4:]}"
                ticks.append(period if is_tick(text) else text if is_when else f"{period} ({text})")
        elif column == "role":
            field = role_of(text) or "lead"
            get[field] = "; ".join(filter(None, (get.get(field, ""), one_line(heading.last))))
        elif column in PARTS:
            parts[column] = text
        elif column == "custom" or (column != "left" and (number, place) not in sheet.merged_down):
            custom[_unused(one_line(heading.text)[:100] or column_name(place), custom)] = text
    if ticks:
        said = get.get("deadline", "")
        days = account.days_of(said)  # a mark under "06/2025" says nothing more than "Quý II"
        more = (tick for tick in ticks if not days or not {*account.days_of(tick)} <= {*days})
        get["deadline"] = "; ".join(filter(None, [said, *more]))
    if parts:
        get["deadline"] = _joined_parts(parts, get.get("deadline", ""), account)
        is_dated = account.has_days(get["deadline"]) and not years_in(get["deadline"])
        if is_dated and years_in(parts.get("year", "")) == [parts.get("year", "")]:
            get["year"] = parts["year"]
        elif (year := parts.get("year", "")) and year not in get["deadline"]:  # it is no year of it
            heading = next(heading for heading in headings.all.values() if heading.column == "year")
            custom[_unused(one_line(heading.text)[:100], custom)] = year
    return Line(table, number, own, get, custom, *_marked(table, number, own, get, letters))


def _typed(cell: date, above: str, account: Account) -> str:
    """The number that a spreadsheet made a day, as 1.1 below 1; empty where it is not clear which it was."""
    if account.chooses_year and abs(cell.year - account.year) > 2:
        return ""
    both = {f"{cell.day}.{cell.month}", f"{cell.month}.{cell.day}"}
    fitting = [number for number in both if number.partition(".")[0] == above]
    return fitting[0] if len(fitting) == 1 else ""


def _marked(
    table: Table, number: int, own: Mapping[int, str], get: Mapping[str, str], letters: str
) -> tuple[Number, str]:
    """The number that stands before a row, and its title as that of a section."""
    merged, columns = table.sheet.merged_down, table.headings.columns
    at, title = columns.get("code", -1), get.get("title", "")
    mark = numbered("" if (number, at) in merged else get.get("code", ""), letters, title)
    if title and (number, columns.get("title", -1)) not in merged:
        if mark.form != "none":
            return mark, title
        is_item = re.match(r"[-–+•]\s*\S", title)
        return (Number("dash", ""), title) if is_item else parted(title, letters) or (mark, title)
    first = min(own)
    # A section may stand in the first column, or in a merged row.
    if first <= max(at, columns.get("title", 0)) and (at != first or mark.form in ("other", "named", "group")):
        return parted(own[first], letters) or (Number("none", ""), own[first])
    return mark, ""


def _joined_parts(parts: Mapping[str, str], main: str, account: Account) -> str:
    """A deadline of several columns: quarter, month or day, and year."""
    quarter, month, year, day = (parts.get(part, "") for part in PARTS)
    if main:
        return joined if not years_in(main) and account.reads(joined := f"{main}/{year}") else main
    text = f"tháng {month}" if month.isdigit() else month
    several = re.split(r"\s*([,;–-]|và)\s*", "" if month or day else quarter)
    if len(several) > 1 and all(part.lower() in _QUARTERS for part in several[::2]):
        signs = (" - " if sign in "–-" else "; " for sign in (*several[1::2], ";"))
        text, quarter = "".join(f"Quý {part}{sign}" for part, sign in zip(several[::2], signs, strict=True))[:-2], ""
    if quarter:
        number = _QUARTERS.get(quarter.lower(), 0)
        named = f"Quý {quarter}" if number else quarter
        is_in_it = month.isdigit() and 3 * number - 3 < int(month) <= 3 * number
        text = text if is_in_it else " ".join(filter(None, (text, f"({named})" if text else named)))
    if day:
        text = f"{day}/{month}" if month.isdigit() and day.isdigit() else day
    if not text or not year:
        return text or year
    return f"{text}/{year}" if text[-1].isdigit() or text[-1] in "IV" else f"{text} {year}"


def _unused(name: str, used: Collection[str]) -> str:
    """A name that is no other's."""
    name = f"{name} (2)" if name in ("note", "budget", "supporting") else name
    return next(tried for n in count(1) if (tried := name if n == 1 else f"{name} ({n})") not in used)
