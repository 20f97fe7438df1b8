"""What a file has and does not say: rows and sheets that are hidden, struck out, or left out, where they may be of a plan."""

import re
from collections.abc import Iterable, Iterator, Sequence

from reformtrack.domain.wording import folded
from reformtrack.exchange.appendix.changes import tell_stays
from reformtrack.exchange.appendix.finding import Draft, DraftRow, Told
from reformtrack.exchange.appendix.matching import pairs_alike
from reformtrack.views.activity import Activity

_OUT = r"(?:dua ra|rut|loai) khoi (?:ke hoach|chuong trinh|phu luc)\b"
_TAKEN_OUT = re.compile(rf"(?!.*\b(?:khong|chua|de nghi|de xuat|xem xet)\b).*\b{_OUT}")
"""What a text has, without marks and capitals, that says of a task that it is withdrawn."""
_OF_TAKEN_OUT = re.compile(
    rf"(?:(?:cac|danh muc|nhung) )*(?:nhiem vu|noi dung|cong viec|hoat dong)(?: (?:duoc|da|bi))* {_OUT}.{{0,60}}"
)
"""A title of tasks that are withdrawn."""


class Unread:
    """
    Finds activities of a plan in what is not read of a file.

    Args:
        told: where is told what stays, and what is unclear is asked.
    """

    def __init__(self, draft: Draft, told: Told) -> None:
        self._told, self._answers = told, draft.answers
        self._asked = {problem.ask for problem in draft.questions}
        self._taken = {sheet.name for sheet in draft.sheets if sheet.is_taken}
        with_rows = {row.sheet for row in draft.rows} | self._taken
        others = "*" in self._answers.sheets
        # A sheet that no person left out, as last year's, has nothing of the plan.
        kept = self._taken | {name for name in with_rows if others or name in self._answers.sheets}
        rows = (row for row in draft.rows if row.became in ("left", "joined", "note") and row.sheet in kept)
        self._cells = [(cell.text, row) for row in self._not_withdrawn(rows) for cell in row.cells]
        hidden = (sheet.name for sheet in draft.sheets if sheet.name not in with_rows)
        answered = self._answers.sheets
        self._hidden = [n for n in hidden if (not others or n in answered) and answered.get(n) != "withdraw"]

    def without(self, activities: Sequence[Activity]) -> Iterator[Activity]:
        """
        Activities that the file does not have, but for those that may stand in what is not read of it: what a person left out
        stays, and is said; else it is asked.
        """
        rows, asked = self._rows_of(activities), dict[str, list[str]]()
        is_left = any(self._answers.sheets.get(name) == "leave" for name in self._hidden)
        for activity in activities:
            row, code = rows.get(activity.code), activity.code
            if is_left or (row is not None and self._answer(row).startswith("leave")):
                tell_stays(self._told, activity, self._told.say("it may be the row that is left out"))
            elif row is not None and row.sheet in self._taken:
                asked.setdefault(f"rows:{row.sheet}!hidden", []).append(f"{row.number} ({code})")
            elif row is not None or self._hidden:
                for name in self._hidden if row is None else [row.sheet]:
                    asked.setdefault(f"sheets:{name}", []).append(code)
            else:
                yield activity
        for key, found in asked.items():
            if key not in self._asked:
                self._ask(key, found)

    def _rows_of(self, activities: Sequence[Activity]) -> dict[str, DraftRow]:
        """By code of an activity, the row with its code, or with a title like its."""
        by_text = dict(reversed(self._cells))
        pairs = pairs_alike([activity.title for activity in activities], [text for text, _ in self._cells])
        found = {activities[place].code: self._cells[other][1] for _, place, other in reversed(pairs)}
        return found | {a.code: by_text[a.code] for a in activities if a.code in by_text}

    def _not_withdrawn(self, rows: Iterable[DraftRow]) -> Iterator[DraftRow]:
        """Rows, but for those of which a person says, or the file does, that their tasks are withdrawn."""
        title = ("", 0)
        for row in rows:
            texts = [folded(cell.text) for cell in row.cells]
            is_title = len(texts) == 1 and _OF_TAKEN_OUT.fullmatch(texts[0].strip(" .:")) is not None
            is_below = title == (row.sheet, row.number - 1)
            if is_title or is_below:
                title = (row.sheet, row.number)
            if not (is_title or is_below or any(map(_TAKEN_OUT.match, texts)) or self._answer(row) == "withdraw"):
                yield row

    def _answer(self, row: DraftRow) -> str:
        """What a person says of a row, or of its sheet."""
        rows, sheets = self._answers.rows, self._answers.sheets
        of_sheet = sheets.get(row.sheet, "") if row.sheet not in self._taken else ""
        return of_sheet or rows.get(f"{row.sheet}!{row.number}", rows.get(f"{row.sheet}!hidden", ""))

    def _ask(self, key: str, found: Sequence[str]) -> None:
        say, shown = self._told.say, "; ".join([*found[:10], *(["…"] if len(found) > 10 else [])])
        place, cell = key.partition(":")[2].removesuffix("!hidden"), ""
        if key.startswith("rows:"):
            cell = found[0].partition(" ")[0]
            what = say("rows that are not imported have activities of the plan: {rows}", rows=shown)
        else:
            what = say("the sheet, which is not imported, may have activities of the plan: {codes}", codes=shown)
        to_do = say(
            "show them or put them into the table; left out, their activities stay in the plan, or are withdrawn"
        )
        self._told.ask((place, cell), what, to_do, key, ("leave", "withdraw"))
