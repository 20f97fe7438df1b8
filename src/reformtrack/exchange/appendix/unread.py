"""What a file has and does not say: rows and sheets that are hidden, struck out, or left out, where they may be of a plan."""

from collections.abc import Iterator, Sequence

from reformtrack.exchange.appendix.changes import tell_stays
from reformtrack.exchange.appendix.finding import Draft, DraftRow, Told
from reformtrack.exchange.appendix.matching import pairs_alike
from reformtrack.views.activity import Activity


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
        self._cells = [(cell.text, row) for row in rows for cell in row.cells]
        hidden = (sheet.name for sheet in draft.sheets if sheet.name not in with_rows)
        self._hidden = [name for name in hidden if not others or name in self._answers.sheets]

    def without(self, activities: Sequence[Activity]) -> Iterator[Activity]:
        """
        Activities that the file does not have, but for those that may stand in what is not read of it: what a person left out
        stays, and is said; else it is asked.
        """
        rows, asked = self._rows_of(activities), dict[str, list[str]]()
        is_left = any(self._answers.sheets.get(name) == "leave" for name in self._hidden)
        for activity in activities:
            row, code = rows.get(activity.code), activity.code
            if is_left or (row is not None and self._is_left(row)):
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

    def _is_left(self, row: DraftRow) -> bool:
        """Whether a person left out a row, or its sheet."""
        rows = self._answers.rows
        answer = rows.get(f"{row.sheet}!{row.number}", rows.get(f"{row.sheet}!hidden", ""))
        return answer.startswith("leave") or self._answers.sheets.get(row.sheet) == "leave"

    def _ask(self, key: str, found: Sequence[str]) -> None:
        say, shown = self._told.say, "; ".join([*found[:10], *(["…"] if len(found) > 10 else [])])
        place, cell = key.partition(":")[2].removesuffix("!hidden"), ""
        if key.startswith("rows:"):
            cell = found[0].partition(" ")[0]
            what = say("rows that are not imported have activities of the plan: {rows}", rows=shown)
        else:
            what = say("the sheet, which is not imported, may have activities of the plan: {codes}", codes=shown)
        to_do = say("show them or put them into the table, or delete them; left out, their activities stay in the plan")
        self._told.ask((place, cell), what, to_do, key, ("leave",))
